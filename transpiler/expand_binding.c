/* expand_binding.c: local variables: let, let*, letrec, named let; set!. */
#include <string.h>

#include "expand.h"

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
        const datum *second = b->count == 3 ? b->items[1] : NULL;
        bool assigns = second && (is_name(second) || second->kind == DATUM_KEYWORD) &&
                       (strcmp(second->text, "=") == 0 || strcmp(second->text, ":=") == 0);
        if (assigns)
            diag_hint(x->d, "write (%s %s): no sign stands between them", b->items[0]->text,
                      datum_text(b->items[2], 40));
        else
            diag_hint(x->d,
                      b->count == 1 ? "write (%s nil) if it gets its value later"
                                    : "write (%s (do ...)) for several forms",
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
    if (b->init) b->init = expand_head(x, b->init);
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

/* Expands the initialisers; do they refer to each other, so that they need variables of their own? */
static bool enter_arguments(expander *x, let_binding *inits, size_t count) {
    const binding *mark = x->scope;
    bool chained = false;
    const binding **outer = NEW_ARRAY(const binding *, count + 1);
    for (size_t i = 0; i < count; i++) outer[i] = scope_find(x, inits[i].name->text);
    for (size_t i = 0; i < count; i++) enter_argument(x, &inits[i], outer[i]);
    for (binding *b = x->scope; b != mark; b = b->older) {
        chained |= b->used || b->var->assigned;
        b->expected_used = false;
    }
    scope_leave(x, mark);
    return chained;
}

/* The loop's procedure, bound to its name, and the first call. */
static core *loop_code(expander *x, const lambda_form *f, const datum *name, core **args) {
    const binding *mark = x->scope;
    let_binding loop = {.name = name, .v = var_new(name->text, name->at), .sees_itself = true};
    scope_bind(x, name->text, loop.v)->expected_used = true;
    loop.value = expand_lambda_form(x, f);
    scope_leave(x, mark);
    return leave_binding(&loop, core_call(core_local(loop.v, name->at), args, f->param_count, f->at));
}

/* (let name ((param init) ...) body ...): the procedure is called with the initialisers. */
static core *expand_named_let(expander *x, datum *form) {
    const datum *name = form->items[1];
    if (form->count < 3) {
        diag_error(x->d, E0105, form->at, "the named let %s has no bindings", name->text);
        diag_hint(x->d, "write (let %s ((i 0)) body ...)", name->text);
        return core_nil(form->at);
    }
    lambda_form f = {.name = name->text, .at = form->at, .body = form->items + 3, .body_count = form->count - 3};
    let_binding *inits = read_bindings(x, form->items[2], &f.param_count);
    bool chained = enter_arguments(x, inits, f.param_count);
    core **args = NEW_ARRAY(core *, f.param_count + 1);
    f.params = NEW_ARRAY(datum *, f.param_count + 1);
    for (size_t i = 0; i < f.param_count; i++) {
        bool direct = !chained && !inits[i].sees_itself;
        f.params[i] = (datum *)inits[i].name;
        args[i] = direct ? inits[i].value : core_local(inits[i].v, inits[i].name->at);
    }
    core *code = loop_code(x, &f, name, args);
    for (size_t i = f.param_count; i-- > 0;)
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

/* The state is no variable of the clause: an assignment would be lost. */
static core *report_implicit(expander *x, const datum *form, const binding *b) {
    if (b->implicit == IMPLICIT_RESULT) {
        diag_error(x->d, E0164, form->at, "result, which a contract is about, cannot be assigned");
        return core_nil(form->at);
    }
    diag_error(x->d, E0164, form->at, "%s of an actor cannot be assigned", b->name);
    if (b->implicit == IMPLICIT_STATE) diag_hint(x->d, "write (become %s)", datum_text(form->items[2], 40));
    return core_nil(form->at);
}

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
    if (macro_named(x, name->text)) return report_macro_value(x, name);
    if (!b) {
        const char *global = top_spelling(x, name->text);
        PUSH(x->assigned, x->assigned_count, x->assigned_capacity, global);
        return core_set_global(global, value, form->at);
    }
    if (b->implicit) return report_implicit(x, form, b);
    core *node = core_set_local(b->var, value, form->at);
    b->var->assigned = true;
    if (b->body) body_note_reference(b->body, b->item, node);
    return node;
}
