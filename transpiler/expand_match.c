/* expand_match.c: patterns become tests.
 *
 * Each clause is compiled to nested tests whose failures jump to a label with the code of the next clause, so that
 * every body stands in the output once. (A single failure needs no label: the next clause takes the jump's place.) An
 * `or` pattern with several alternatives jumps to a label whose parameters are the names it binds; what follows the
 * pattern is that label's body. */
#include <string.h>

#include "expand.h"

/* Where to go when a clause does not match. */
typedef struct failure {
    label *target;
    core *jump; /* the last one made */
    size_t jumps;
} failure;

/* What to make when everything has matched. */
typedef struct goal goal;
struct goal {
    core *(*reach)(expander *x, const goal *g);
    const match_clause *clause;  /* its body */
    const pattern *alternatives; /* ... or the jump with the names that this `or` binds */
    label *join;
};

/* A pattern that waits for its turn, and how to get the value for it. */
typedef struct todo {
    const pattern *p;
    core *access;
    struct todo *next;
} todo;

static core *match_rest(expander *x, todo *t, failure *f, const goal *g);
static core *match_on(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g);

static core *fail(failure *f, span at) {
    f->jumps++;
    f->jump = core_jump(f->target, NEW_ARRAY(core *, 1), 0, at);
    return f->jump;
}

/* `code`, whose failures go on with `next`. */
static core *join_failure(const failure *f, core *code, core *next, span at) {
    if (f->jumps == 0) return code;
    if (f->jumps > 1) {
        f->target->body = next;
        return core_label(f->target, code, at);
    }
    if (next->kind == CORE_LOCAL) { /* its place may be known elsewhere: see check_initialised */
        core **items = NEW_ARRAY(core *, 1);
        items[0] = next;
        next = core_seq(items, 1, next->at);
    }
    *f->jump = *next;
    return code;
}

static todo *todo_new(const pattern *p, core *access, todo *next) {
    todo *t = NEW(todo);
    *t = (todo){p, access, next};
    return t;
}

static core *ref(var *v, span at) { return core_local(v, at); }

/* ---- one function per kind ---- */

static core *match_test(expander *x, core *test, span at, todo *rest, failure *f, const goal *g) {
    core *then = match_rest(x, rest, f, g);
    return core_if(test, then, fail(f, at), at);
}

static core *bind_name(expander *x, const char *name, core *value, span at, todo *rest, failure *f, const goal *g) {
    var *v = var_new(name, at);
    const binding *mark = x->scope;
    scope_bind(x, name, v);
    core *code = match_rest(x, rest, f, g);
    scope_leave(x, mark);
    return core_let(v, value, code, at);
}

static bool is_identity_literal(const datum *d) {
    return d->kind == DATUM_SYMBOL || d->kind == DATUM_KEYWORD || d->kind == DATUM_TRUE || d->kind == DATUM_FALSE;
}

static core *match_literal(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    const char *equal = is_identity_literal(p->datum) ? "%eq?" : "%equal";
    return match_test(x, core_prim2(equal, ref(v, p->at), core_const(p->datum, p->at), p->at), p->at, rest, f, g);
}

static core *match_empty(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    return match_test(x, core_prim1("%empty?", ref(v, p->at), p->at), p->at, rest, f, g);
}

static core *match_cons(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    rest = todo_new(p->subs[1], core_prim1("%tail", ref(v, p->at), p->at), rest);
    rest = todo_new(p->subs[0], core_prim1("%head", ref(v, p->at), p->at), rest);
    return match_test(x, core_prim1("%cons?", ref(v, p->at), p->at), p->at, rest, f, g);
}

static core *match_tag(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    span at = p->at;
    for (size_t i = p->count; i-- > 0;)
        rest = todo_new(p->subs[i], core_prim2("%field", ref(v, at), core_int((int64_t)i, at), at), rest);
    core *test =
        core_prim3("%tagged?", ref(v, at), core_quote_symbol(p->name, at), core_int((int64_t)p->count, at), at);
    return match_test(x, test, at, rest, f, g);
}

static core *match_dict(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    span at = p->at;
    for (size_t i = p->count; i-- > 0;) {
        core *key = core_const(p->keys[i], p->keys[i]->at);
        rest = todo_new(p->subs[i], core_prim2("%dict-find", ref(v, at), key, at), rest);
    }
    return match_test(x, core_prim1("%dict?", ref(v, at), at), at, rest, f, g);
}

static core *match_present(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    core *then = match_on(x, p->subs[0], v, rest, f, g);
    return core_if(core_prim1("%absent?", ref(v, p->at), p->at), fail(f, p->at), then, p->at);
}

static core *match_uncancelled(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    core *then = match_on(x, p->subs[0], v, rest, f, g);
    return core_if(core_prim1("%cancelled?", ref(v, p->at), p->at), fail(f, p->at), then, p->at);
}

static core *match_as(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    rest = todo_new(p->subs[0], ref(v, p->at), rest);
    return bind_name(x, p->name, ref(v, p->at), p->at, rest, f, g);
}

/* The guard's turn comes when the names of its pattern are bound. */
static core *match_when(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    pattern *test = NEW(pattern);
    *test = (pattern){.kind = PATTERN_TEST, .at = p->datum->at, .datum = p->datum};
    return match_on(x, p->subs[0], v, todo_new(test, NULL, rest), f, g);
}

static core *match_view(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    core *seen = core_call1(expand_form(x, p->datum), ref(v, p->at), p->at);
    return match_rest(x, todo_new(p->subs[0], seen, rest), f, g);
}

static core *match_pred(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    core *test = core_call1(expand_form(x, p->datum), ref(v, p->at), p->at);
    return match_test(x, test, p->at, todo_new(p->subs[0], ref(v, p->at), rest), f, g);
}

#define FIXNUM_MAX ((int64_t)0x0fffffffffffffff)

static core *is_int_value(var *v, span at) {
    core **args = NEW_ARRAY(core *, 1);
    args[0] = ref(v, at);
    return core_library_call("int?", args, 1, at);
}

/* Ends that %int-in-range? cannot take. */
static core *wide_range_test(const pattern *p, var *v) {
    span at = p->at;
    core *below = core_prim2(p->inclusive ? "%le" : "%lt", ref(v, at), core_const(p->keys[1], at), at);
    core *above = core_prim2("%le", core_const(p->keys[0], at), ref(v, at), at);
    return core_if(is_int_value(v, at), core_if(above, below, core_bool(false, at), at), core_bool(false, at), at);
}

static core *match_range(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    span at = p->at;
    const datum *low = p->keys[0], *high = p->keys[1];
    core *test;
    if (low->kind == DATUM_INT && high->kind == DATUM_INT && high->i < FIXNUM_MAX)
        test = core_prim3("%int-in-range?", ref(v, at), core_int(low->i, at), core_int(high->i + p->inclusive, at), at);
    else
        test = wide_range_test(p, v);
    return match_test(x, test, at, rest, f, g);
}

static core *library_call1(const char *name, var *v, span at) {
    core **args = NEW_ARRAY(core *, 1);
    args[0] = ref(v, at);
    return core_library_call(name, args, 1, at);
}

static core *match_error(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    span at = p->at;
    rest = todo_new(p->subs[0], ref(v, at), rest);
    if (p->datum) {
        core *kind = core_quote_symbol(p->datum->text, p->datum->at);
        return match_test(x, core_prim2("%error-kind?", ref(v, at), kind, at), at, rest, f, g);
    }
    if (p->count == 2) rest = todo_new(p->subs[1], library_call1("error-kind", v, at), rest);
    return match_test(x, library_call1("error?", v, at), at, rest, f, g);
}

/* The names are bound to anything: the program is wrong already. */
static core *match_bad(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    for (size_t i = p->count; i-- > 0;) rest = todo_new(p->subs[i], ref(v, p->at), rest);
    return match_rest(x, rest, f, g);
}

static core *reach_join(expander *x, const goal *g) {
    const pattern *p = g->alternatives;
    core **args = NEW_ARRAY(core *, p->name_count + 1);
    for (size_t i = 0; i < p->name_count; i++) {
        const binding *b = scope_find(x, p->names[i].name);
        args[i] = b ? ref(b->var, p->at) : core_nil(p->at); /* not bound: reported */
    }
    return core_jump(g->join, args, p->name_count, p->at);
}

static core *match_alternatives(expander *x, const pattern *p, var *v, failure *f, const goal *g) {
    failure *failures = NEW_ARRAY(failure, p->count);
    core **codes = NEW_ARRAY(core *, p->count);
    for (size_t i = 0; i < p->count; i++) {
        bool last = i + 1 == p->count;
        failures[i].target = label_new("or", 0);
        codes[i] = match_on(x, p->subs[i], v, NULL, last ? f : &failures[i], g);
    }
    core *code = codes[p->count - 1];
    for (size_t i = p->count - 1; i-- > 0;) code = join_failure(&failures[i], codes[i], code, p->at);
    return code;
}

static core *match_or(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    if (p->count == 1) return match_on(x, p->subs[0], v, rest, f, g);
    label *join = label_new("matched", p->name_count);
    const goal reached = {.reach = reach_join, .alternatives = p, .join = join};
    core *code = match_alternatives(x, p, v, f, &reached);
    const binding *mark = x->scope;
    for (size_t i = 0; i < p->name_count; i++) {
        join->params[i] = var_new(p->names[i].name, p->names[i].at);
        scope_bind(x, p->names[i].name, join->params[i]);
    }
    join->body = match_rest(x, rest, f, g);
    scope_leave(x, mark);
    return core_label(join, code, p->at);
}

/* ---- dispatch ---- */

typedef core *pattern_matcher(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g);

static pattern_matcher *const matchers[] = {
    [PATTERN_LITERAL] = match_literal, [PATTERN_EMPTY] = match_empty,     [PATTERN_CONS] = match_cons,
    [PATTERN_TAG] = match_tag,         [PATTERN_DICT] = match_dict,       [PATTERN_OR] = match_or,
    [PATTERN_AS] = match_as,           [PATTERN_WHEN] = match_when,       [PATTERN_VIEW] = match_view,
    [PATTERN_RANGE] = match_range,     [PATTERN_PRED] = match_pred,       [PATTERN_ERROR] = match_error,
    [PATTERN_BAD] = match_bad,         [PATTERN_PRESENT] = match_present, [PATTERN_UNCANCELLED] = match_uncancelled,
};

static core *match_on(expander *x, const pattern *p, var *v, todo *rest, failure *f, const goal *g) {
    if (p->kind == PATTERN_ANY) return match_rest(x, rest, f, g);
    if (p->kind == PATTERN_VAR) return bind_name(x, p->name, ref(v, p->at), p->at, rest, f, g);
    return matchers[p->kind](x, p, v, rest, f, g);
}

static core *match_rest(expander *x, todo *t, failure *f, const goal *g) {
    while (t && t->p->kind == PATTERN_ANY && t->access->kind != CORE_CALL) t = t->next;
    if (!t) return g->reach(x, g);
    const pattern *p = t->p;
    if (p->kind == PATTERN_TEST) return match_test(x, expand_test(x, p->datum), p->at, t->next, f, g);
    if (p->kind == PATTERN_VAR) return bind_name(x, p->name, t->access, p->at, t->next, f, g);
    if (t->access->kind == CORE_LOCAL) return match_on(x, p, t->access->var, t->next, f, g);
    var *v = var_temp(p->at);
    return core_let(v, t->access, match_on(x, p, v, t->next, f, g), p->at);
}

/* ---- clauses ---- */

static core *reach_body(expander *x, const goal *g) {
    const match_clause *c = g->clause;
    core *body = expand_body(x, c->body, c->body_count, c->at);
    return c->prelude ? core_seq2(core_prim0(c->prelude, c->at), body, c->at) : body;
}

core *compile_clauses(expander *x, const match_clause *clauses, size_t count, var *v, core *otherwise) {
    failure *failures = NEW_ARRAY(failure, count + 1);
    core **codes = NEW_ARRAY(core *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const goal body = {.reach = reach_body, .clause = &clauses[i]};
        failures[i].target = label_new("next", 0);
        codes[i] = match_on(x, clauses[i].pattern, v, NULL, &failures[i], &body);
    }
    core *code = otherwise;
    while (count-- > 0) code = join_failure(&failures[count], codes[count], code, clauses[count].at);
    return code;
}

static bool read_match_clause(expander *x, datum *d, match_clause *out) {
    if (d->kind == DATUM_LIST && !d->tail) return parse_clause(x, d->items, d->count, d->at, false, out);
    diag_error(x->d, E0208, d->at, "a clause is a list in parentheses, not %s", datum_text(d, 40));
    diag_hint(x->d, "write (match value (pattern body ...) ...)");
    return false;
}

core *expand_match(expander *x, datum *form) {
    span at = form->at;
    core *value = expand_form(x, form->items[1]);
    match_clause *clauses = NEW_ARRAY(match_clause, form->count);
    size_t count = 0, errors = diag_error_count(x->d);
    for (size_t i = 2; i < form->count; i++)
        if (read_match_clause(x, form->items[i], &clauses[count])) count++;
    if (form->count == 2) {
        diag_error(x->d, E0208, at, "match has no clauses");
        diag_hint(x->d, "write (match value (pattern body ...) ...)");
    }
    if (diag_error_count(x->d) == errors) check_coverage(x, clauses, count, true, at);
    var *v = var_temp(form->items[1]->at);
    core *code = compile_clauses(x, clauses, count, v, core_prim1("%match-error", core_local(v, at), at));
    return core_let(v, value, code, at);
}
