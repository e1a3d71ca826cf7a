/* expand_contract.c: (spec:contract f :requires [..] :ensures [..] :invariant [..] :pure true :complexity "O(1)").
 *
 * A function with a contract becomes two: the outer one, which everybody calls, checks the clauses around a call of the
 * inner one, which has the body. A tail call of f in its own body is a call of the inner one, so that loops stay
 * loops. */
#include <string.h>

#include "expand.h"
#include "program.h"

enum { REQUIRES, ENSURES, INVARIANT, PURE_CLAIM, COMPLEXITY, OPTION_COUNT };

struct contract {
    datum *form;
    const datum *name;
    option options[OPTION_COUNT];
    var *self; /* the variable of a local function, NULL: a definition of the module */
    bool used;
};

/* ---- the form ---- */

static void check_claims(expander *x, const contract *c) {
    const datum *pure = c->options[PURE_CLAIM].value, *complexity = c->options[COMPLEXITY].value;
    if (pure && pure->kind != DATUM_TRUE && pure->kind != DATUM_FALSE) {
        diag_error(x->d, E0165, pure->at, ":pure is true or false, not %s", datum_text(pure, 40));
        diag_hint(x->d, "write :pure true");
    }
    if (complexity && complexity->kind != DATUM_STRING) {
        diag_error(x->d, E0165, complexity->at, ":complexity is a string, not %s", datum_text(complexity, 40));
        diag_hint(x->d, "write :complexity \"O(n)\"");
    }
}

void collect_contract(expander *x, datum *form, item_list *out) {
    contract *c = NEW(contract);
    *c = (contract){.form = form,
                    .name = form->items[1],
                    .options = {{.name = "requires"},
                                {.name = "ensures"},
                                {.name = "invariant"},
                                {.name = "pure"},
                                {.name = "complexity"}}};
    if (!is_name(c->name)) {
        diag_error(x->d, E0102, c->name->at, "the name of a function is expected here, not %s",
                   datum_text(c->name, 40));
        diag_hint(x->d, "write (spec:contract f :requires [(> n 0)] :ensures [(> result 0)])");
        return;
    }
    read_options(x, "spec:contract", form->items + 2, form->count - 2, c->options, OPTION_COUNT);
    check_claims(x, c);
    PUSH(out->contracts, out->contract_count, out->contract_capacity, c);
}

/* ---- attaching contracts to definitions ---- */

/* (define f (fn (params ...) body ...)) is as good as (define (f params ...) body ...). */
static bool make_function(expander *x, definition *def) {
    if (def->kind == DEFINE_FUNCTION) return true;
    if (def->kind != DEFINE_VALUE || !def->value || !is_function_literal(x, def->value)) return false;
    datum *value = def->value;
    def->fn = (lambda_form){.name = def->name,
                            .at = value->at,
                            .body = value->items + 2,
                            .body_count = value->count - 2,
                            .async = !is_form(x, value, "lambda") && !is_form(x, value, "fn")};
    if (value->count < 2) return false;
    lambda_form_params(x, &def->fn, value->items[1]);
    def->kind = DEFINE_FUNCTION;
    return true;
}

static void report_no_function(expander *x, const contract *c, const definition *def) {
    diag_error(x->d, E0165, c->name->at, "%s is not defined as a function, so it cannot have a contract",
               c->name->text);
    diag_note_at(x->d, def->name_at, "defined here");
    diag_hint(x->d, "define it as (define (%s params ...) body ...): the clauses are about its parameters",
              c->name->text);
}

static void attach(expander *x, contract *c, definition *def) {
    if (!make_function(x, def)) {
        report_no_function(x, c, def);
    } else if (def->fn.contract) {
        diag_error(x->d, E0165, c->form->at, "%s has a contract already", c->name->text);
        diag_note_at(x->d, def->fn.contract->form->at, "the first one");
        diag_hint(x->d, "put the clauses of both into one");
    } else {
        def->fn.contract = c;
    }
}

void attach_contracts(expander *x, const item_list *items) {
    for (size_t i = 0; i < items->contract_count; i++) {
        contract *c = items->contracts[i];
        for (size_t k = 0; k < items->count; k++) {
            definition *def = items->items[k].def;
            if (!def || def->name != c->name->text) continue;
            if (!c->used) attach(x, c, def);
            c->used = true;
        }
        if (c->used) continue;
        diag_error(x->d, E0165, c->name->at, "%s is not defined %s", c->name->text,
                   items->top ? "in this module" : "in this body");
        diag_hint(x->d, "a contract stands beside the definition of its function");
    }
}

void contract_of_local(const definition *def, var *self) {
    if (def->fn.contract) def->fn.contract->self = self;
}

/* ---- checks ---- */

/* The parameters' names, in order; *rest: the last one is a list of what is left. */
static const datum **parameter_names(const lambda_form *f, size_t *count, bool *rest) {
    const datum **names = NEW_ARRAY(const datum *, f->param_count + 1);
    *count = 0;
    *rest = f->rest != NULL;
    for (size_t i = 0; i < f->param_count; i++) {
        const datum *p = f->params[i];
        if (is_symbol(p, "&rest")) *rest = true;
        if (p->kind == DATUM_LIST && p->count) p = p->items[0];
        if (is_name(p) && p->text[0] != '&') names[(*count)++] = p;
    }
    if (f->rest && is_name(f->rest)) names[(*count)++] = f->rest;
    return names;
}

/* Their values, where the checks stand. */
static core **parameter_values(expander *x, const lambda_form *f, size_t *count, bool *rest) {
    const datum **names = parameter_names(f, count, rest);
    core **values = NEW_ARRAY(core *, *count + 2);
    for (size_t i = 0; i < *count; i++) values[i] = expand_form(x, (datum *)names[i]);
    return values;
}

static core *argument_list(expander *x, const lambda_form *f, span at) {
    size_t count;
    bool rest;
    core **values = parameter_values(x, f, &count, &rest);
    return core_prim(rest ? "%list*" : "%list", values, count, at);
}

/* What a clause that does not hold raises. */
static core *violation(expander *x, const lambda_form *f, const char *kind, const datum *clause, core *result) {
    enum { CLAUSE_TEXT = 300 };
    span at = clause->at;
    core **items = NEW_ARRAY(core *, 5);
    items[0] = core_string(f->name, at);
    items[1] = core_string(kind, at);
    items[2] = core_string(datum_text(clause, CLAUSE_TEXT), at);
    items[3] = argument_list(x, f, at);
    items[4] = result ? result : core_prim0("%undef", at);
    return core_prim("%contract-violation", items, 5, at);
}

static core *check_clause(expander *x, const lambda_form *f, const char *kind, datum *clause, var *result) {
    core *value = result ? core_local(result, clause->at) : NULL;
    core *test = expand_test(x, clause);
    return core_if(test, core_nil(clause->at), violation(x, f, kind, clause, value), clause->at);
}

typedef struct checks {
    core **items;
    size_t count, capacity;
} checks;

/* One clause, or several in brackets. result: NULL before the call. */
static void add_checks(expander *x, const lambda_form *f, size_t which, var *result, checks *out) {
    const option *o = &f->contract->options[which];
    if (!o->value) return;
    bool several = o->value->kind == DATUM_BRACKET;
    for (size_t i = 0; i < (several ? o->value->count : 1); i++) {
        datum *clause = several ? o->value->items[i] : o->value;
        PUSH(out->items, out->count, out->capacity, check_clause(x, f, o->name, clause, result));
    }
}

/* ---- the inner function ---- */

static bool is_self(const core *callee, const contract *c) {
    if (c->self) return callee->kind == CORE_LOCAL && callee->var == c->self;
    return callee->kind == CORE_GLOBAL && callee->name == c->name->text;
}

/* Calls of f in tail position become calls of the inner function. */
static void redirect(core *code, const contract *c, var *inner) {
    switch (code->kind) {
    case CORE_CALL:
        if (is_self(code->a, c)) code->a = core_local(inner, code->a->at);
        return;
    case CORE_IF:
        redirect(code->b, c, inner);
        redirect(code->c, c, inner);
        return;
    case CORE_LET:
    case CORE_FIX: redirect(code->b, c, inner); return;
    case CORE_SEQ: redirect(code->items[code->count - 1], c, inner); return;
    case CORE_LABEL:
        redirect(code->a, c, inner);
        redirect(code->label->body, c, inner);
        return;
    default: return;
    }
}

static core *call_inner(expander *x, const lambda_form *f, var *inner) {
    size_t count;
    bool rest;
    core **values = parameter_values(x, f, &count, &rest);
    if (!rest) return core_call(core_local(inner, f->at), values, count, f->at);
    memmove(values + 1, values, count * sizeof *values);
    values[0] = core_local(inner, f->at);
    return core_library_call("apply", values, count + 1, f->at);
}

/* ---- :pure ---- */

typedef struct purity {
    expander *x;
    const lambda_form *f;
    bool reported;
} purity;

static void report_impure(purity *p, const core *at, const char *what) {
    if (p->reported) return;
    p->reported = true;
    diag_warning(p->x->d, W0117, at->at, "%s is declared :pure, but %s", p->f->name, what);
    diag_note_at(p->x->d, p->f->contract->options[PURE_CLAIM].key->at, "declared here");
}

/* Effects that can be seen without knowing what is called. */
static void look_for_effects(core **child, void *context) {
    purity *p = context;
    core *c = *child;
    if (c->kind == CORE_SET_GLOBAL) report_impure(p, c, arena_printf("assigns %s", c->name));
    if (c->kind == CORE_PRIM && strcmp(c->prim->name, "%perform") == 0) report_impure(p, c, "performs an effect");
    if (c->kind == CORE_PRIM && strcmp(c->prim->name, "%tell") == 0) report_impure(p, c, "sends a message");
    bool library = c->kind == CORE_GLOBAL && builtin_find(c->name) && !top_find(p->x, c->name);
    const char *effect = library ? function_effect(c->name, 0) : NULL;
    if (effect && strncmp(effect, "concurrent:", 11) != 0) report_impure(p, c, arena_printf("calls %s", c->name));
    core_children(c, look_for_effects, p, true);
}

static void check_purity(expander *x, const lambda_form *f, core *body) {
    const datum *pure = f->contract->options[PURE_CLAIM].value;
    purity p = {x, f, false};
    if (pure && pure->kind == DATUM_TRUE) look_for_effects(&body, &p);
}

/* ---- the outer function ---- */

static core *in_order(checks *before, core *last, span at) {
    PUSH(before->items, before->count, before->capacity, last);
    return core_seq(before->items, before->count, at);
}

/* The call of the inner function, and the checks of its result. */
static core *checked_call(expander *x, const lambda_form *f, var *inner) {
    core *call = call_inner(x, f, inner);
    const contract *c = f->contract;
    if (!c->options[ENSURES].value && !c->options[INVARIANT].value) return call;
    const char *name = intern_cstr("result");
    const binding *mark = x->scope;
    var *result = var_new(name, f->at);
    checks after = {0};
    add_checks(x, f, INVARIANT, result, &after);
    checks ensured = {0};
    scope_bind(x, name, result)->implicit = IMPLICIT_RESULT;
    add_checks(x, f, ENSURES, result, &ensured);
    scope_leave(x, mark);
    for (size_t i = 0; i < after.count; i++) PUSH(ensured.items, ensured.count, ensured.capacity, after.items[i]);
    return core_let(result, call, in_order(&ensured, core_local(result, f->at), f->at), f->at);
}

core *contract_body(expander *x, const lambda_form *f) {
    lambda_form inside = *f;
    inside.contract = NULL;
    inside.async = false;
    core *body = expand_lambda_form(x, &inside);
    check_purity(x, f, body);
    if (x->no_contracts) return NULL;
    checks before = {0};
    add_checks(x, f, REQUIRES, NULL, &before);
    add_checks(x, f, INVARIANT, NULL, &before);
    var *inner = var_new(f->name, f->at);
    redirect(body->fn->body, f->contract, inner);
    lambda **fns = NEW_ARRAY(lambda *, 1);
    fns[0] = body->fn;
    fns[0]->self = inner;
    core *code = in_order(&before, checked_call(x, f, inner), f->at);
    return core_fix(fns, 1, code, f->at);
}
