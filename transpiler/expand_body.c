/* expand_body.c: definition forms, and bodies with definitions inside.
 *
 * A body with inner definitions is letrec*: its names are visible in all of it, its forms run in order. Procedures are
 * bound by CORE_FIX as late as possible (just before the first form that can reach them), so that what they refer to
 * mostly has its value by then and is a plain CORE_LET. Only a variable that something placed before its initialiser
 * refers to becomes an assigned variable, and only such references check that it has a value. */
#include <ctype.h>
#include <string.h>

#include "borrowed.h"
#include "macro.h"

/* ---- definition forms ---- */

void add_definition(item_list *out, definition *def) {
    PUSH(out->items, out->count, out->capacity, ((body_item){.at = def->at, .def = def}));
}

definition *definition_new(definition_kind kind, const datum *form, const datum *name) {
    definition *def = NEW(definition);
    *def = (definition){.kind = kind, .name = name->text, .at = form->at, .name_at = name->at, .place = form->at};
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
    if (name->kind == DATUM_FLOAT && isalpha((unsigned char)datum_text(name, 40)[0]))
        diag_hint(x->d, "%s is a float, as 1.5 is: choose another name", datum_text(name, 40));
    else
        diag_hint(x->d, "write (define name expression) or (define (name params ...) body ...)");
    return false;
}

static core *generator_body(expander *x, const lambda_form *f) {
    return expand_generator_body(x, f->body, f->body_count, f->name, f->at);
}

/* (define (name params ...) body ...), (define-async ...), (define-generator ...) */
static void collect_function(expander *x, datum *form, item_list *out) {
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
                            .async = is_symbol(form->items[0], "define-async"),
                            .make_body = is_symbol(form->items[0], "define-generator") ? generator_body : NULL};
    add_definition(out, def);
}

static void collect_define(expander *x, datum *form, item_list *out) {
    datum *head = form->items[1];
    if (head->kind == DATUM_LIST)
        collect_function(x, form, out);
    else if (check_defined_name(x, head))
        collect_value(x, form, out);
}

/* (define-async name (params ...) body ...), or as define */
static void collect_define_async(expander *x, datum *form, item_list *out) {
    datum *head = form->items[1];
    if (head->kind == DATUM_LIST) {
        collect_function(x, form, out);
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

static void collect_define_generator(expander *x, datum *form, item_list *out) {
    const datum *head = form->items[1];
    if (head->kind == DATUM_LIST) {
        collect_function(x, form, out);
        return;
    }
    diag_error(x->d, E0102, head->at, "define-generator takes (name params ...), not %s", datum_text(head, 40));
    diag_hint(x->d, "write (define-generator (%s params ...) body ...), or (define %s (generator body ...))",
              is_name(head) ? head->text : "name", is_name(head) ? head->text : "name");
}

core *expand_definition(expander *x, const definition *def) {
    switch (def->kind) {
    case DEFINE_VALUE: return def->value ? expand_named(x, def->value, def->name) : core_nil(def->at);
    case DEFINE_FUNCTION: return expand_lambda_form(x, &def->fn);
    case DEFINE_FORM: return def->make(x, def->form);
    case DEFINE_MADE: break;
    }
    return def->made;
}

/* Reached only where an expression is expected: definitions in bodies are collected before. */
core *expand_define(expander *x, datum *form) {
    if (is_symbol(form->items[0], "spec:contract")) {
        diag_error(x->d, E0108, form->at, "a contract stands inside an expression");
        diag_hint(x->d, "contracts stand at the top level or in a body, beside the definition of their function");
        return core_nil(form->at);
    }
    diag_error(x->d, E0108, form->at, "%s stands inside an expression", form->items[0]->text);
    diag_hint(x->d,
              "definitions stand at the top level or in a body; use let for a local variable, set! to change one");
    return core_nil(form->at);
}

/* ---- bodies: collecting ---- */

typedef void item_collector(expander *x, datum *form, item_list *out);

static const struct {
    const char *form;
    item_collector *collect;
} collectors[] = {
    {"define", collect_define},
    {"define-actor", collect_actor},
    {"define-async", collect_define_async},
    {"define-c", collect_foreign},
    {"define-generator", collect_define_generator},
    {"define-record", collect_record},
    {"define-supervisor", collect_supervisor},
    {"define-syntax", collect_syntax},
    {"define-type", collect_type},
    {"spec:contract", collect_contract},
};

static item_collector *definition_collector(const special_form *row) {
    if (row->expand != expand_define) return NULL;
    size_t i = 0;
    while (strcmp(collectors[i].form, row->name) != 0) i++;
    return collectors[i].collect;
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
 * A use of a macro may become one. */
static bool may_define(expander *x, const datum *form) {
    const special_form *row = special_form_of(x, form);
    if (!row) return x->has_macros && macro_of(x, form) != NULL;
    if (row->expand == expand_define) return true;
    if (row->expand != expand_begin || is_plain_begin(x, form)) return false;
    for (size_t i = 1; i < form->count; i++)
        if (may_define(x, form->items[i])) return true;
    note_plain_begin(x, form);
    return false;
}

static void collect_item(expander *x, datum *const *form, item_list *out);

static void collect_expansion(expander *x, datum *form, item_list *out) {
    datum **expanded = NEW_ARRAY(datum *, 1);
    size_t first = out->count;
    *expanded = expand_head(x, form);
    const macro_use *use = x->expanded, *around = diag_expanding(x->d, use);
    collect_item(x, expanded, out);
    diag_expanding(x->d, around);
    for (size_t i = first; i < out->count; i++)
        if (!out->items[i].expansion) out->items[i].expansion = use;
}

static void collect_item(expander *x, datum *const *form, item_list *out) {
    if (x->has_macros && macro_of(x, *form)) {
        collect_expansion(x, *form, out);
        return;
    }
    if (!may_define(x, *form)) {
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

/* ---- definitions of other languages ---- */

/* The name that (def NAME ...), (defn NAME ...) or (defun (NAME ...) ...) is meant to define, or NULL. */
static const datum *borrowed_name(const datum *form) {
    if (form->kind != DATUM_LIST || form->count < 2 || form->sugar || !is_name(form->items[0])) return NULL;
    const borrowed_word *word = borrowed_word_find(form->items[0]->text);
    if (!word || !word->defines) return NULL;
    const datum *name = form->items[1];
    if (name->kind == DATUM_LIST && name->count) name = name->items[0];
    return is_name(name) ? name : NULL;
}

void mend_borrowed(expander *x, item_list *items) {
    for (size_t i = 0; i < items->count; i++) {
        body_item *item = &items->items[i];
        const datum *form = item->def || item->form_count != 1 ? NULL : item->forms[0];
        const datum *name = form ? borrowed_name(form) : NULL;
        if (!name || is_user_defined(x, form->items[0]->text)) continue;
        const char *word = form->items[0]->text;
        diag_error(x->d, E0302, form->items[0]->at, "%s is not defined", word);
        diag_hint(x->d, "%s", borrowed_word_find(word)->hint);
        *item = (body_item){.at = form->at, .def = definition_new(DEFINE_VALUE, form, name)};
        if (items->top && !top_find(x, name->text)) declare_definition(x, item->def);
    }
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
    const item_list *items;
    part *parts;
    size_t count, current;
};

void body_note_reference(body *b, size_t item, core *node) {
    part *p = &b->parts[b->current];
    PUSH(p->refs, p->ref_count, p->ref_capacity, ((reference){item, node}));
}

static bool report_macro(expander *x, const body *b, const definition *def) {
    for (size_t i = 0; i < b->items->macro_count; i++) {
        const macro *m = b->items->macros[i];
        if (m->name != def->name) continue;
        diag_error(x->d, E0109, def->place, "%s is defined twice in this body", def->name);
        diag_note_at(x->d, m->at, "the other definition, a macro");
        return true;
    }
    return false;
}

static bool report_duplicate(expander *x, const body *b, const definition *def) {
    const binding *old = scope_find(x, def->name);
    if (report_macro(x, b, def)) return true;
    if (!old || old->body != b || old->name != def->name) return false;
    diag_error(x->d, E0109, def->place, "%s is defined twice in this body", def->name);
    diag_note_at(x->d, b->parts[old->item].item->def->place, "first defined here");
    diag_hint(x->d, "rename one of the two, or use (set! %s ...)", def->name);
    return true;
}

static void declare_parts(expander *x, body *b) {
    for (size_t i = 0; i < b->count; i++) {
        const definition *def = b->parts[i].item->def;
        if (!def || report_duplicate(x, b, def)) continue;
        binding *bound = scope_bind(x, def->name, var_new(def->name, def->name_at));
        bound->body = b;
        contract_of_local(def, bound->var);
        bound->item = i;
        bound->variant = def->variant;
        bound->expected_used = !def->generated;
        b->parts[i].bound = bound;
    }
}

static core *part_code(expander *x, const body_item *item) {
    if (item->def) return expand_definition(x, item->def);
    return item->form_count == 1 ? expand_form(x, item->forms[0])
                                 : expand_body(x, item->forms, item->form_count, item->at);
}

static core *expand_part(expander *x, const body_item *item) {
    if (!item->expansion) return part_code(x, item);
    const macro_use *around = diag_expanding(x->d, item->expansion);
    core *code = part_code(x, item);
    diag_expanding(x->d, around);
    return code;
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

core *expand_items(expander *x, const item_list *items, span at) {
    attach_contracts(x, items);
    body b = {.items = items, .parts = NEW_ARRAY(part, items->count + 1), .count = items->count};
    for (size_t i = 0; i < b.count; i++) b.parts[i].item = &items->items[i];
    const binding *mark = x->scope;
    declare_parts(x, &b);
    macros_see_body(x, items);
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
    for (size_t i = 0; i < count && !defines; i++) defines = may_define(x, forms[i]);
    if (!defines) return expand_sequence(x, forms, count, at);
    item_list items = {0};
    const binding *mark = x->scope;
    collect_items(x, forms, count, &items);
    core *code = expand_items(x, &items, at);
    scope_leave(x, mark);
    return code;
}

core *expand_begin(expander *x, datum *form) { return expand_body(x, form->items + 1, form->count - 1, form->at); }
