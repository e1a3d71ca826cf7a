/* expand_binding.c: definitions, procedures, local variables.
 *
 * A body with inner definitions is letrec*: its names are visible in all of it, its forms run in order. Procedures are
 * bound by CORE_FIX as late as possible (just before the first form that can reach them), so that what they refer to
 * mostly has its value by then and is a plain CORE_LET. Only a variable that something placed before its initialiser
 * refers to becomes an assigned variable, and only such references check that it has a value. */
#include <string.h>

#include "expand.h"

/* ---- parameters ---- */

typedef struct optional_param {
    var *raw; /* the parameter itself: the argument, or absent */
    var *v;   /* what the body sees */
    core *init;
} optional_param;

typedef struct param_reader {
    expander *x;
    lambda *fn;
    bound_name *names;
    size_t name_count, count;
    optional_param *optionals;
} param_reader;

static void note_name(param_reader *r, const datum *name) {
    for (size_t i = 0; i < r->name_count && strcmp(name->text, "_") != 0; i++) {
        if (r->names[i].name != name->text) continue;
        diag_error(r->x->d, E0104, name->at, "two parameters are called %s", name->text);
        diag_note_at(r->x->d, r->names[i].at, "the first one");
        break;
    }
    r->names[r->name_count++] = (bound_name){name->text, name->at};
}

static void add_required(param_reader *r, const datum *name) {
    note_name(r, name);
    var *v = var_new(name->text, name->at);
    scope_bind(r->x, name->text, v);
    r->fn->params[r->count++] = v;
    r->fn->required++;
}

/* name with a default, which sees the parameters before it; NULL: nil */
static void add_optional(param_reader *r, const datum *name, datum *init) {
    note_name(r, name);
    optional_param *o = &r->optionals[r->fn->optional++];
    o->raw = var_new(name->text, name->at);
    r->fn->params[r->count++] = o->raw;
    core *value = init ? expand_named(r->x, init, name->text) : core_nil(name->at);
    o->init = core_if(core_prim1("%absent?", core_local(o->raw, name->at), name->at), value,
                      core_local(o->raw, name->at), name->at);
    o->v = var_new(name->text, name->at);
    scope_bind(r->x, name->text, o->v);
}

static void add_rest(param_reader *r, const datum *name) {
    note_name(r, name);
    var *v = var_new(name->text, name->at);
    scope_bind(r->x, name->text, v);
    r->fn->params[r->count++] = v;
    r->fn->rest = true;
}

static void bad_param(param_reader *r, const datum *p, const char *what, const char *hint) {
    diag_error(r->x->d, E0103, p->at, "%s", what);
    diag_hint(r->x->d, "%s", hint);
}

static void read_optional(param_reader *r, datum *p) {
    if (is_name(p))
        add_optional(r, p, NULL);
    else if (p->kind == DATUM_LIST && !p->tail && (p->count == 1 || p->count == 2) && is_name(p->items[0]))
        add_optional(r, p->items[0], p->count == 2 ? p->items[1] : NULL);
    else {
        bad_param(r, p, "an optional parameter is a name or (name default)", "write &optional (x 1) y");
        if (p->kind == DATUM_LIST && p->count > 2 && is_name(p->items[0])) add_optional(r, p->items[0], p->items[1]);
    }
}

static void read_required(param_reader *r, datum *p) {
    if (is_name(p))
        add_required(r, p);
    else if (p->kind == DATUM_LIST && p->count == 2 && is_name(p->items[0])) {
        bad_param(r, p, "a parameter with a default needs &optional before it",
                  arena_printf("write &optional %s", datum_text(p, 60)));
        add_required(r, p->items[0]);
    } else
        bad_param(r, p, arena_printf("a parameter is a name, not %s", datum_text(p, 40)),
                  "to take a value apart use match in the body");
}

/* What follows &rest: gives the number of data used up. */
static size_t read_rest(param_reader *r, datum **params, size_t left) {
    if (left < 2 || !is_name(params[1])) {
        bad_param(r, params[0], arena_printf("a name must follow %s", params[0]->text), "write &rest xs");
        return 1;
    }
    if (left > 2) bad_param(r, params[2], "nothing can follow the rest parameter", "&rest xs stands last");
    add_rest(r, params[1]);
    return left;
}

static bool is_marker(const datum *p) { return is_name(p) && p->text[0] == '&' && strcmp(p->text, "&") != 0; }

static void read_params(param_reader *r, const lambda_form *f) {
    bool optional = false;
    for (size_t i = 0; i < f->param_count; i++) {
        datum *p = f->params[i];
        if (is_symbol(p, "&optional")) {
            if (optional)
                bad_param(r, p, "&optional stands here a second time", "one &optional serves all that follow");
            optional = true;
        } else if (is_symbol(p, "&rest") || is_symbol(p, "&")) {
            if (p->text[1] == '\0') bad_param(r, p, "& is no marker of parameters", "write &rest xs, or . xs");
            i += read_rest(r, f->params + i, f->param_count - i) - 1;
        } else if (is_marker(p))
            bad_param(r, p, arena_printf("%s is unknown", p->text), "the markers are &optional and &rest");
        else if (optional)
            read_optional(r, p);
        else
            read_required(r, p);
    }
    if (!f->rest) return;
    if (!is_name(f->rest))
        bad_param(r, f->rest, "a name must follow the dot", "write (a b . xs)");
    else if (r->fn->rest)
        bad_param(r, f->rest, "there is a rest parameter already", "write either &rest xs or . xs");
    else
        add_rest(r, f->rest);
}

void lambda_form_params(expander *x, lambda_form *f, datum *params) {
    if (params->kind == DATUM_LIST) {
        f->params = params->items;
        f->param_count = params->count;
        f->rest = params->tail;
        return;
    }
    if (is_name(params)) {
        f->rest = params;
        return;
    }
    diag_error(x->d, E0103, params->at, "a parameter list is expected here, not %s", datum_text(params, 40));
    diag_hint(x->d, params->kind == DATUM_BRACKET ? "write the parameters in parentheses: (a b)"
                                                  : "write (a b), or () for none");
    if (params->kind == DATUM_BRACKET) f->params = params->items, f->param_count = params->count;
}

/* ---- procedures ---- */

/* The task carries the function's name, for error traces. */
static core *async_body(core *body, const char *name, span at) {
    core *thunk = core_thunk(body, at);
    thunk->fn->name = name;
    return core_prim1("%async", thunk, at);
}

static void take_docstring(lambda_form *f, lambda *fn) {
    if (f->body_count < 2 || f->body[0]->kind != DATUM_STRING) return;
    fn->doc = f->body[0]->text;
    f->body++;
    f->body_count--;
}

core *expand_lambda_form(expander *x, const lambda_form *form) {
    lambda_form f = *form;
    lambda *fn = NEW(lambda);
    size_t most = f.param_count + 1;
    *fn = (lambda){.name = f.name, .at = f.at, .params = NEW_ARRAY(var *, most)};
    param_reader r = {
        .x = x, .fn = fn, .names = NEW_ARRAY(bound_name, most), .optionals = NEW_ARRAY(optional_param, most)};
    const binding *mark = x->scope;
    read_params(&r, &f);
    take_docstring(&f, fn);
    core *body = expand_body(x, f.body, f.body_count, f.at);
    scope_leave(x, mark);
    for (size_t i = fn->optional; i-- > 0;) {
        const optional_param *o = &r.optionals[i];
        body = core_let(o->v, o->init, body, o->v->at);
    }
    fn->body = f.async ? async_body(body, f.name, f.at) : body;
    return core_lambda(fn, f.at);
}

/* (HEAD params body ...) */
static core *expand_procedure(expander *x, datum *form, bool async) {
    lambda_form f = {.at = form->at, .body = form->items + 2, .body_count = form->count - 2, .async = async};
    lambda_form_params(x, &f, form->items[1]);
    return expand_lambda_form(x, &f);
}

core *expand_lambda(expander *x, datum *form) { return expand_procedure(x, form, false); }
core *expand_async_fn(expander *x, datum *form) { return expand_procedure(x, form, true); }

bool is_function_literal(const expander *x, const datum *form) {
    return is_form(x, form, "lambda") || is_form(x, form, "fn") || is_form(x, form, "async-fn") ||
           (is_form(x, form, "async") && form->count > 2);
}

/* ---- definition forms ---- */

void add_definition(item_list *out, definition *def) {
    PUSH(out->items, out->count, out->capacity, ((body_item){.at = def->at, .def = def}));
}

static definition *definition_new(definition_kind kind, const datum *form, const datum *name) {
    definition *def = NEW(definition);
    *def = (definition){.kind = kind, .name = name->text, .at = form->at, .name_at = name->at};
    return def;
}

static void collect_value(expander *x, datum *form, item_list *out) {
    datum *name = form->items[1];
    definition *def = definition_new(DEFINE_VALUE, form, name);
    if (form->count == 3) {
        def->value = form->items[2];
    } else if (form->count == 2) {
        diag_error(x->d, E0101, form->at, "define gives %s no value", name->text);
        diag_hint(x->d, "write (define %s expression)", name->text);
    } else {
        diag_error(x->d, E0101, form->at, "define takes one expression for %s", name->text);
        if (form->items[2]->kind == DATUM_LIST)
            diag_hint(x->d, "to define a function write (define (%s params ...) body ...)", name->text);
        else
            diag_hint(x->d, "for several forms write (define %s (do ...))", name->text);
    }
    add_definition(out, def);
}

static bool check_defined_name(expander *x, const datum *name) {
    if (is_name(name)) return true;
    diag_error(x->d, E0102, name->at, "the name to define is expected here, not %s", datum_text(name, 40));
    diag_hint(x->d, "write (define name expression) or (define (name params ...) body ...)");
    return false;
}

/* (define (name params ...) body ...) */
static void collect_function(expander *x, datum *form, bool async, item_list *out) {
    datum *head = form->items[1];
    if (head->count == 0 || !check_defined_name(x, head->items[0])) {
        if (head->count == 0) check_defined_name(x, head);
        return;
    }
    definition *def = definition_new(DEFINE_FUNCTION, form, head->items[0]);
    def->fn = (lambda_form){.name = def->name,
                            .at = form->at,
                            .params = head->items + 1,
                            .param_count = head->count - 1,
                            .rest = head->tail,
                            .body = form->items + 2,
                            .body_count = form->count - 2,
                            .async = async};
    add_definition(out, def);
}

static void collect_define(expander *x, datum *form, item_list *out) {
    datum *head = form->items[1];
    if (head->kind == DATUM_LIST)
        collect_function(x, form, false, out);
    else if (check_defined_name(x, head))
        collect_value(x, form, out);
}

/* (define-async name (params ...) body ...), or as define */
static void collect_define_async(expander *x, datum *form, item_list *out) {
    datum *head = form->items[1];
    if (head->kind == DATUM_LIST) {
        collect_function(x, form, true, out);
        return;
    }
    if (!check_defined_name(x, head)) return;
    definition *def = definition_new(DEFINE_FUNCTION, form, head);
    def->fn = (lambda_form){.name = def->name, .at = form->at, .async = true};
    bool has_params = form->count > 2 && (form->items[2]->kind == DATUM_LIST || form->count > 3);
    if (has_params) {
        lambda_form_params(x, &def->fn, form->items[2]);
        def->fn.body = form->items + 3;
        def->fn.body_count = form->count - 3;
    } else {
        diag_error(x->d, E0103, form->at, "the async function %s has no parameter list", def->name);
        diag_hint(x->d, "write (define-async (%s params ...) body ...)", def->name);
    }
    add_definition(out, def);
}

core *expand_definition(expander *x, const definition *def) {
    switch (def->kind) {
    case DEFINE_VALUE: return def->value ? expand_named(x, def->value, def->name) : core_nil(def->at);
    case DEFINE_FUNCTION: return expand_lambda_form(x, &def->fn);
    case DEFINE_MADE: break;
    }
    return def->made;
}

/* Reached only where an expression is expected: definitions in bodies are collected before. */
core *expand_define(expander *x, datum *form) {
    diag_error(x->d, E0108, form->at, "%s stands inside an expression", form->items[0]->text);
    diag_hint(x->d,
              "definitions stand at the top level or in a body; use let for a local variable, set! to change one");
    return core_nil(form->at);
}

/* ---- bodies: collecting ---- */

typedef void item_collector(expander *x, datum *form, item_list *out);

static item_collector *definition_collector(const special_form *row) {
    if (row->expand != expand_define) return NULL;
    if (strcmp(row->name, "define") == 0) return collect_define;
    if (strcmp(row->name, "define-async") == 0) return collect_define_async;
    return strcmp(row->name, "define-record") == 0 ? collect_record : collect_type;
}

static size_t plain_slot(const datum *const *slots, size_t size, const datum *form) {
    size_t i = ((uintptr_t)form >> 4) * 0x9e3779b97f4a7c15u >> 20 & (size - 1);
    while (slots[i] && slots[i] != form) i = (i + 1) & (size - 1);
    return i;
}

static bool is_plain_begin(const expander *x, const datum *form) {
    return x->plain_begin_slots && x->plain_begins[plain_slot(x->plain_begins, x->plain_begin_slots, form)];
}

static void note_plain_begin(expander *x, const datum *form) {
    if (x->plain_begin_count * 2 >= x->plain_begin_slots) {
        size_t size = x->plain_begin_slots ? x->plain_begin_slots * 2 : 64;
        const datum **slots = NEW_ARRAY(const datum *, size);
        for (size_t i = 0; i < x->plain_begin_slots; i++)
            if (x->plain_begins[i]) slots[plain_slot(slots, size, x->plain_begins[i])] = x->plain_begins[i];
        x->plain_begins = slots;
        x->plain_begin_slots = size;
    }
    x->plain_begins[plain_slot(x->plain_begins, x->plain_begin_slots, form)] = form;
    x->plain_begin_count++;
}

/* A definition, or a begin or do that holds one directly? Nested begins are looked at once: the answer is remembered.
 */
static bool is_definition(expander *x, const datum *form) {
    const special_form *row = special_form_of(x, form);
    if (!row) return false;
    if (row->expand == expand_define) return true;
    if (row->expand != expand_begin || is_plain_begin(x, form)) return false;
    for (size_t i = 1; i < form->count; i++)
        if (is_definition(x, form->items[i])) return true;
    note_plain_begin(x, form);
    return false;
}

static void collect_item(expander *x, datum *const *form, item_list *out) {
    if (!is_definition(x, *form)) {
        PUSH(out->items, out->count, out->capacity, ((body_item){.forms = form, .form_count = 1, .at = (*form)->at}));
        return;
    }
    const special_form *row = special_form_of(x, *form);
    item_collector *collect = definition_collector(row);
    if (!collect)
        collect_items(x, (*form)->items + 1, (*form)->count - 1, out);
    else if (check_operands(x, *form, row))
        collect(x, *form, out);
}

void collect_items(expander *x, datum *const *forms, size_t count, item_list *out) {
    for (size_t i = 0; i < count; i++) collect_item(x, &forms[i], out);
}

/* ---- bodies: expansion ---- */

typedef struct reference {
    size_t target; /* item that defines the name */
    core *node;
} reference;

/* An item of a body that is being expanded. */
typedef struct part {
    const body_item *item;
    binding *bound; /* NULL: an expression */
    core *value;
    reference *refs; /* to names of this body, from anywhere in value */
    size_t ref_count, ref_capacity;
    bool is_procedure; /* bound by a CORE_FIX */
    bool placed;       /* a procedure that something needs ... */
    size_t place;      /* ... the first time in this item */
    lambda **group;    /* procedures to bind just before this item */
    size_t group_count, group_capacity;
    bool early; /* a variable that exists before its initialiser has run */
} part;

struct body {
    part *parts;
    size_t count, current;
};

void body_note_reference(body *b, size_t item, core *node) {
    part *p = &b->parts[b->current];
    PUSH(p->refs, p->ref_count, p->ref_capacity, ((reference){item, node}));
}

static bool report_duplicate(expander *x, const body *b, const definition *def) {
    const binding *old = scope_find(x, def->name);
    if (!old || old->body != b) return false;
    diag_error(x->d, E0109, def->name_at, "%s is defined twice in this body", def->name);
    diag_note_at(x->d, old->var->at, "first defined here");
    diag_hint(x->d, "rename one of the two, or use (set! %s ...)", def->name);
    return true;
}

static void declare_parts(expander *x, body *b) {
    for (size_t i = 0; i < b->count; i++) {
        const definition *def = b->parts[i].item->def;
        if (!def || report_duplicate(x, b, def)) continue;
        binding *bound = scope_bind(x, def->name, var_new(def->name, def->name_at));
        bound->body = b;
        bound->item = i;
        bound->variant = def->variant;
        bound->expected_used = !def->generated;
        b->parts[i].bound = bound;
    }
}

static core *expand_part(expander *x, const body_item *item) {
    if (item->def) return expand_definition(x, item->def);
    return item->form_count == 1 ? expand_form(x, item->forms[0])
                                 : expand_body(x, item->forms, item->form_count, item->at);
}

/* Which procedures does item `from` need, that nothing before it needed? They are to be bound just before item `place`.
 */
static void place_needed(body *b, size_t from, size_t place, size_t *stack) {
    size_t depth = 0;
    stack[depth++] = from;
    while (depth) {
        const part *p = &b->parts[stack[--depth]];
        for (size_t i = 0; i < p->ref_count; i++) {
            part *target = &b->parts[p->refs[i].target];
            if (!target->is_procedure || target->placed) continue;
            target->placed = true;
            target->place = place;
            stack[depth++] = p->refs[i].target;
        }
    }
}

static void place_procedures(body *b) {
    size_t *stack = NEW_ARRAY(size_t, b->count + 1);
    for (size_t i = 0; i < b->count; i++)
        if (!b->parts[i].is_procedure) place_needed(b, i, i, stack);
    for (size_t i = 0; i < b->count; i++) {
        part *p = &b->parts[i];
        if (!p->placed) continue;
        part *at = &b->parts[p->place];
        p->value->fn->self = p->bound->var;
        PUSH(at->group, at->group_count, at->group_capacity, p->value->fn);
    }
}

/* In place: the body may hold the node anywhere. */
static void check_initialised(core *node) {
    core *value = core_local(node->var, node->at);
    core *absent = core_prim1("%absent?", core_local(node->var, node->at), node->at);
    core *unbound = core_prim1("%unbound", core_quote_symbol(node->var->name, node->at), node->at);
    *node = *core_if(absent, unbound, value, node->at);
}

/* References that may run before the variable's initialiser. */
static void find_early(body *b) {
    for (size_t i = 0; i < b->count; i++) {
        const part *p = &b->parts[i];
        if (p->is_procedure && !p->placed) continue;
        size_t when = p->is_procedure ? p->place : i;
        for (size_t k = 0; k < p->ref_count; k++) {
            part *target = &b->parts[p->refs[k].target];
            if (target->is_procedure || when > p->refs[k].target) continue;
            target->early = true;
            if (p->refs[k].node->kind == CORE_LOCAL) check_initialised(p->refs[k].node);
        }
    }
}

/* Code made from the last form to the first: forms that wait to be put in one sequence before `rest`. */
typedef struct assembly {
    core **pending; /* last first */
    size_t count, capacity;
    core *rest; /* NULL: nothing yet */
} assembly;

static core *assembled(assembly *a, span at) {
    if (!a->count) return a->rest ? a->rest : core_nil(at);
    size_t n = a->count + (a->rest != NULL);
    core **items = NEW_ARRAY(core *, n);
    for (size_t i = 0; i < a->count; i++) items[i] = a->pending[a->count - 1 - i];
    if (a->rest) items[n - 1] = a->rest;
    a->count = 0;
    a->rest = n == 1 ? items[0] : core_seq(items, n, items[0]->at);
    return a->rest;
}

static void prepend(assembly *a, core *x) { PUSH(a->pending, a->count, a->capacity, x); }

static void assemble_part(assembly *a, const part *p, span at) {
    if (p->item->def && !a->count && !a->rest) a->rest = core_nil(at); /* a definition at the end gives nil */
    if (!p->item->def)
        prepend(a, p->value);
    else if (p->early)
        prepend(a, core_set_local(p->bound->var, p->value, p->item->at));
    else if (p->bound && !p->is_procedure)
        a->rest = core_let(p->bound->var, p->value, assembled(a, at), p->item->at);
    if (p->group_count) a->rest = core_fix(p->group, p->group_count, assembled(a, at), p->item->at);
}

static core *assemble(body *b, span at) {
    for (size_t i = 0; i < b->count; i++) {
        part *p = &b->parts[i];
        p->is_procedure = p->bound && p->value->kind == CORE_LAMBDA && !p->bound->var->assigned;
    }
    place_procedures(b);
    find_early(b);
    assembly a = {0};
    for (size_t i = b->count; i-- > 0;) assemble_part(&a, &b->parts[i], at);
    core *code = assembled(&a, at);
    for (size_t i = b->count; i-- > 0;) {
        const part *p = &b->parts[i];
        if (p->early) code = core_let(p->bound->var, core_prim0("%undef", p->item->at), code, p->item->at);
    }
    return code;
}

static core *expand_items(expander *x, const item_list *items, span at) {
    body b = {.parts = NEW_ARRAY(part, items->count + 1), .count = items->count};
    for (size_t i = 0; i < b.count; i++) b.parts[i].item = &items->items[i];
    const binding *mark = x->scope;
    declare_parts(x, &b);
    for (b.current = 0; b.current < b.count; b.current++)
        b.parts[b.current].value = expand_part(x, b.parts[b.current].item);
    scope_leave(x, mark);
    return assemble(&b, at);
}

static core *expand_sequence(expander *x, datum *const *forms, size_t count, span at) {
    if (count == 0) return core_nil(at);
    if (count == 1) return expand_form(x, forms[0]);
    core **items = NEW_ARRAY(core *, count);
    for (size_t i = 0; i < count; i++) items[i] = expand_form(x, forms[i]);
    return core_seq(items, count, forms[0]->at);
}

core *expand_body(expander *x, datum *const *forms, size_t count, span at) {
    bool defines = false;
    for (size_t i = 0; i < count && !defines; i++) defines = is_definition(x, forms[i]);
    if (!defines) return expand_sequence(x, forms, count, at);
    item_list items = {0};
    collect_items(x, forms, count, &items);
    return expand_items(x, &items, at);
}

core *expand_begin(expander *x, datum *form) { return expand_body(x, form->items + 1, form->count - 1, form->at); }

/* ---- let ---- */

/* One binding of a let; name NULL: malformed and reported. */
typedef struct let_binding {
    const datum *name;
    datum *init;
    var *v;
    core *value;
    bool sees_itself;
} let_binding;

static void report_binding(expander *x, const datum *b) {
    diag_error(x->d, E0105, b->at, "a binding is a name and an expression in parentheses, not %s", datum_text(b, 40));
    if (is_name(b))
        diag_hint(x->d, "write (let ((%s expression)) body ...), with two pairs of parentheses", b->text);
    else
        diag_hint(x->d, "write (let ((x 1) (y 2)) body ...)");
}

static let_binding read_binding(expander *x, datum *b) {
    bool pair = b->kind == DATUM_LIST && !b->tail && b->count >= 1;
    if (!pair || !is_name(b->items[0])) {
        if (pair && b->count == 2) {
            diag_error(x->d, E0102, b->items[0]->at, "the name to bind is expected here, not %s",
                       datum_text(b->items[0], 40));
            diag_hint(x->d, "to take a value apart use match");
        } else
            report_binding(x, b);
        return (let_binding){0};
    }
    if (b->count != 2) {
        diag_error(x->d, E0105, b->at, "the binding of %s has %zu expressions instead of one", b->items[0]->text,
                   b->count - 1);
        diag_hint(x->d,
                  b->count == 1 ? "write (%s nil) if it gets its value later" : "write (%s (do ...)) for several forms",
                  b->items[0]->text);
    }
    return (let_binding){.name = b->items[0], .init = b->count > 1 ? b->items[1] : NULL};
}

/* Names and expressions in turn, without the inner parentheses: taken as what they were meant to be. */
static let_binding *flat_bindings(datum *list, size_t *count) {
    let_binding *out = NEW_ARRAY(let_binding, list->count + 1);
    for (size_t i = 0; i < list->count; i += 2)
        if (is_name(list->items[i]))
            out[(*count)++] =
                (let_binding){list->items[i], i + 1 < list->count ? list->items[i + 1] : NULL, NULL, NULL, false};
    return out;
}

static let_binding *read_bindings(expander *x, datum *list, size_t *count) {
    *count = 0;
    if (list->kind != DATUM_LIST || list->tail) {
        diag_error(x->d, E0105, list->at, "a list of bindings is expected here, not %s", datum_text(list, 40));
        diag_hint(x->d, "write (let ((x 1) (y 2)) body ...)");
        return flat_bindings(list, count);
    }
    if (list->count == 2 && is_name(list->items[0]) && !is_name(list->items[1])) { /* (let (x 1) ...) */
        report_binding(x, list->items[0]);
        return flat_bindings(list, count);
    }
    let_binding *out = NEW_ARRAY(let_binding, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        let_binding b = read_binding(x, list->items[i]);
        if (b.name) out[(*count)++] = b;
    }
    return out;
}

static void enter_binding(expander *x, let_binding *b) {
    b->v = var_new(b->name->text, b->name->at);
    b->sees_itself = b->init && is_function_literal(x, b->init);
    binding *bound = NULL;
    if (b->sees_itself) bound = scope_bind(x, b->name->text, b->v);
    b->value = b->init ? expand_named(x, b->init, b->name->text) : core_nil(b->name->at);
    if (!b->sees_itself) bound = scope_bind(x, b->name->text, b->v);
    bound->used = false; /* by itself does not count */
    bound->expected_used = true;
}

/* After the body is expanded: only then is it known whether the variable is assigned. */
static core *leave_binding(const let_binding *b, core *rest) {
    span at = b->name->at;
    if (!b->sees_itself || b->value->kind != CORE_LAMBDA) return core_let(b->v, b->value, rest, at);
    if (b->v->assigned) {
        core *set = core_set_local(b->v, b->value, at);
        return core_let(b->v, core_prim0("%undef", at), core_seq2(set, rest, at), at);
    }
    lambda **fns = NEW_ARRAY(lambda *, 1);
    fns[0] = b->value->fn;
    fns[0]->self = b->v;
    return core_fix(fns, 1, rest, at);
}

/* An initialiser of a named let is an argument of the first call: it sees the variables around the loop, so that
 * (let loop ((xs (tail xs)) (best (head xs))) ...) means what it says; a name that none of them has is an earlier
 * parameter. */
static void enter_argument(expander *x, let_binding *b, const binding *outer_bound) {
    if (!outer_bound) {
        enter_binding(x, b);
        return;
    }
    b->v = var_new(b->name->text, b->name->at);
    b->value = b->init ? expand_named(x, b->init, b->name->text) : core_nil(b->name->at);
}

/* (let name ((param init) ...) body ...): the procedure is called with the initialisers. */
static core *expand_named_let(expander *x, datum *form) {
    const datum *name = form->items[1];
    if (form->count < 3) {
        diag_error(x->d, E0105, form->at, "the named let %s has no bindings", name->text);
        diag_hint(x->d, "write (let %s ((i 0)) body ...)", name->text);
        return core_nil(form->at);
    }
    size_t count;
    let_binding *inits = read_bindings(x, form->items[2], &count);
    const binding *mark = x->scope;
    bool chained = false;
    const binding **outer = NEW_ARRAY(const binding *, count + 1);
    for (size_t i = 0; i < count; i++) outer[i] = scope_find(x, inits[i].name->text);
    for (size_t i = 0; i < count; i++) enter_argument(x, &inits[i], outer[i]);
    for (const binding *b = x->scope; b != mark; b = b->older) chained |= b->used || b->var->assigned;
    for (binding *b = x->scope; b != mark; b = b->older) b->expected_used = false;
    scope_leave(x, mark);

    lambda_form f = {.name = name->text,
                     .at = form->at,
                     .params = NEW_ARRAY(datum *, count + 1),
                     .param_count = count,
                     .body = form->items + 3,
                     .body_count = form->count - 3};
    core **args = NEW_ARRAY(core *, count + 1);
    for (size_t i = 0; i < count; i++) {
        bool direct = !chained && !inits[i].sees_itself;
        f.params[i] = (datum *)inits[i].name;
        args[i] = direct ? inits[i].value : core_local(inits[i].v, inits[i].name->at);
    }
    var *self = var_new(name->text, name->at);
    scope_bind(x, name->text, self)->expected_used = true;
    core *fn = expand_lambda_form(x, &f);
    scope_leave(x, mark);
    core *call = core_call(core_local(self, name->at), args, count, form->at);
    let_binding loop = {.name = name, .v = self, .value = fn, .sees_itself = true};
    core *code = leave_binding(&loop, call);
    for (size_t i = count; i-- > 0;)
        if (chained || inits[i].sees_itself) code = leave_binding(&inits[i], code);
    return code;
}

core *expand_let(expander *x, datum *form) {
    if (is_name(form->items[1]) && strcmp(form->items[0]->text, "let") == 0) return expand_named_let(x, form);
    size_t count;
    let_binding *bindings = read_bindings(x, form->items[1], &count);
    const binding *mark = x->scope;
    for (size_t i = 0; i < count; i++) enter_binding(x, &bindings[i]);
    core *code = expand_body(x, form->items + 2, form->count - 2, form->at);
    scope_leave(x, mark);
    while (count-- > 0) code = leave_binding(&bindings[count], code);
    return code;
}

/* The bindings are the definitions of a body, the body is its last form. */
core *expand_letrec(expander *x, datum *form) {
    size_t count;
    let_binding *bindings = read_bindings(x, form->items[1], &count);
    item_list items = {0};
    for (size_t i = 0; i < count; i++) {
        definition *def = definition_new(DEFINE_VALUE, bindings[i].name, bindings[i].name);
        def->value = bindings[i].init;
        add_definition(&items, def);
    }
    body_item last = {.forms = form->items + 2, .form_count = form->count - 2, .at = form->at};
    PUSH(items.items, items.count, items.capacity, last);
    return expand_items(x, &items, form->at);
}

/* ---- set! ---- */

core *expand_set(expander *x, datum *form) {
    datum *name = form->items[1];
    core *value = expand_form(x, form->items[2]);
    if (!is_name(name)) {
        diag_error(x->d, E0102, name->at, "set! assigns a variable, and %s is none", datum_text(name, 40));
        diag_hint(
            x->d,
            "collections are immutable: use dict-set, list-set and so on for a changed copy, vector-set! for vectors");
        return core_nil(form->at);
    }
    binding *b = scope_find(x, name->text);
    if (!b) return core_set_global(name->text, value, form->at);
    core *node = core_set_local(b->var, value, form->at);
    b->var->assigned = true;
    if (b->body) body_note_reference(b->body, b->item, node);
    return node;
}
