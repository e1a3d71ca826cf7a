/* expand_control.c: conditions, loops, threading, assert, try. */
#include <string.h>

#include "expand.h"

/* ---- if, when, unless, and, or ---- */

core *expand_if(expander *x, datum *form) {
    core *test = expand_test(x, form->items[1]);
    core *then = expand_form(x, form->items[2]);
    core *otherwise = form->count > 3 ? expand_form(x, form->items[3]) : core_nil(form->at);
    return core_if(test, then, otherwise, form->at);
}

core *expand_when(expander *x, datum *form) {
    core *test = expand_test(x, form->items[1]);
    core *body = expand_body(x, form->items + 2, form->count - 2, form->at);
    return core_if(test, body, core_nil(form->at), form->at);
}

core *expand_unless(expander *x, datum *form) {
    core *test = expand_test(x, form->items[1]);
    core *body = expand_body(x, form->items + 2, form->count - 2, form->at);
    return core_if(test, core_nil(form->at), body, form->at);
}

core *expand_and_or_test(expander *x, datum *form, bool is_and) {
    size_t count = form->count - 1;
    if (count == 0) return core_bool(is_and, form->at);
    core **tests = NEW_ARRAY(core *, count);
    for (size_t i = 0; i < count; i++) tests[i] = expand_test(x, form->items[i + 1]);
    core *code = tests[--count];
    while (count-- > 0) {
        core *decided = core_bool(!is_and, form->at);
        code = is_and ? core_if(tests[count], code, decided, form->at) : core_if(tests[count], decided, code, form->at);
    }
    return code;
}

static core *expand_and_or(expander *x, datum *form, bool is_and) {
    size_t count = form->count - 1;
    if (count == 0) return core_bool(is_and, form->at);
    core **values = NEW_ARRAY(core *, count);
    for (size_t i = 0; i < count; i++) values[i] = expand_form(x, form->items[i + 1]);
    core *code = values[--count];
    while (count-- > 0) {
        var *v = var_temp(values[count]->at);
        core *test = core_local(v, v->at), *value = core_local(v, v->at);
        core *choice = is_and ? core_if(test, code, value, form->at) : core_if(test, value, code, form->at);
        code = core_let(v, values[count], choice, form->at);
    }
    return code;
}

core *expand_and(expander *x, datum *form) { return expand_and_or(x, form, true); }
core *expand_or(expander *x, datum *form) { return expand_and_or(x, form, false); }

/* ---- cond ---- */

typedef struct cond_branch {
    core *test;     /* NULL: else */
    core *body;     /* NULL: the value of the test */
    core *receiver; /* of (test => receiver) */
    span at;
} cond_branch;

static bool check_clause(expander *x, const datum *clause, const char *hint) {
    if (clause->kind == DATUM_LIST && clause->count > 0 && !clause->tail) return true;
    diag_error(x->d, E0106, clause->at, "a clause is a list in parentheses, not %s", datum_text(clause, 40));
    diag_hint(x->d, "%s", hint);
    return false;
}

/* Is the clause headed by else? Reports if it is not the last one. */
static bool is_else(expander *x, datum *const *clauses, size_t i, size_t count) {
    if (!is_headed(clauses[i], "else")) return false;
    if (i + 1 < count) {
        diag_error(x->d, E0107, clauses[i + 1]->at, "this clause comes after else and can never run");
        diag_note_at(x->d, clauses[i]->at, "the else clause");
        diag_hint(x->d, "move the else clause to the end");
    }
    return true;
}

static void read_cond_clause(expander *x, datum *clause, cond_branch *out) {
    out->test = expand_test(x, clause->items[0]);
    if (clause->count == 1) return;
    if (!is_symbol(clause->items[1], "=>") || scope_find(x, clause->items[1]->text)) {
        out->body = expand_body(x, clause->items + 1, clause->count - 1, clause->at);
        return;
    }
    if (clause->count != 3) {
        diag_error(x->d, E0106, clause->at, "=> is followed by one function");
        diag_hint(x->d, "write (test => f): f is called with the value of the test");
        out->body = core_nil(clause->at);
        return;
    }
    out->receiver = expand_form(x, clause->items[2]);
}

static core *cond_code(const cond_branch *b, core *otherwise) {
    if (!b->test) return b->body;
    if (b->body) return core_if(b->test, b->body, otherwise, b->at);
    var *v = var_temp(b->at);
    core *value = core_local(v, b->at);
    if (b->receiver) value = core_call1(b->receiver, value, b->at);
    return core_let(v, b->test, core_if(core_local(v, b->at), value, otherwise, b->at), b->at);
}

/* true, :else and other literals that are not false: what follows is never reached. */
static void check_certain_test(expander *x, const datum *clause, const datum *next) {
    const datum *test = clause->items[0];
    switch (test->kind) {
    case DATUM_TRUE:
    case DATUM_KEYWORD:
    case DATUM_STRING:
    case DATUM_INT:
        diag_warning(x->d, W0111, next->at, "this clause can never be reached");
        diag_note_at(x->d, test->at, "this test is always true");
        diag_hint(x->d, "move the clause with %s to the end, as (else ...)", datum_text(test, 40));
        break;
    default: break;
    }
}

core *expand_cond(expander *x, datum *form) {
    datum **clauses = form->items + 1;
    size_t count = form->count - 1, n = 0;
    cond_branch *branches = NEW_ARRAY(cond_branch, count + 1);
    for (size_t i = 0; i < count; i++) {
        datum *c = clauses[i];
        if (!check_clause(x, c, "write (cond (test body ...) ... (else body ...))")) continue;
        cond_branch *b = &branches[n++];
        *b = (cond_branch){.at = c->at};
        if (!is_else(x, clauses, i, count)) {
            read_cond_clause(x, c, b);
            if (i + 1 < count) check_certain_test(x, c, clauses[i + 1]);
            continue;
        }
        b->body = expand_body(x, c->items + 1, c->count - 1, c->at);
        break;
    }
    core *code = core_nil(form->at);
    while (n-- > 0) code = cond_code(&branches[n], code);
    return code;
}

/* ---- case ---- */

static bool compares_by_identity(const datum *d) {
    return d->kind == DATUM_SYMBOL || d->kind == DATUM_KEYWORD || d->kind == DATUM_TRUE || d->kind == DATUM_FALSE ||
           d->kind == DATUM_NIL || (d->kind == DATUM_LIST && d->count == 0);
}

static core *case_test(const var *key, datum *d) {
    core *value = core_local((var *)key, d->at);
    return core_prim2(compares_by_identity(d) ? "%eq?" : "%equal", value, core_const(d, d->at), d->at);
}

/* Written 'x by mistake, it is x that is meant. */
static datum *case_datum(datum *d) { return d->sugar && is_quoted(d) ? d->items[1] : d; }

static core *case_tests(const var *key, datum *head) {
    head = case_datum(head);
    if (head->kind != DATUM_LIST) return case_test(key, head);
    if (head->count == 0) return core_bool(false, head->at);
    core *code = case_test(key, case_datum(head->items[head->count - 1]));
    for (size_t i = head->count - 1; i-- > 0;)
        code = core_if(case_test(key, case_datum(head->items[i])), core_bool(true, head->at), code, head->at);
    return code;
}

/* Warns where an earlier clause has the same datum. */
static void check_case_data(expander *x, datum *const *clauses, size_t n, const datum *d) {
    for (size_t i = 0; i < n; i++) {
        if (clauses[i]->kind != DATUM_LIST || clauses[i]->count == 0) continue;
        datum *head = case_datum(clauses[i]->items[0]);
        size_t count = head->kind == DATUM_LIST ? head->count : 1;
        for (size_t k = 0; k < count; k++) {
            datum *other = head->kind == DATUM_LIST ? case_datum(head->items[k]) : head;
            if (other == d || !datum_equal(other, d)) continue;
            diag_warning(x->d, W0111, d->at, "%s stands in an earlier clause, which takes it", datum_text(d, 40));
            diag_note_at(x->d, other->at, "the earlier one");
            return;
        }
    }
}

static void check_case_clause(expander *x, datum *const *clauses, size_t i) {
    enum { MOST_CHECKED = 500 }; /* clauses: the check compares each with each */
    datum *head = case_datum(clauses[i]->items[0]);
    if (i >= MOST_CHECKED) return;
    if (head->kind != DATUM_LIST) {
        check_case_data(x, clauses, i, head);
        return;
    }
    for (size_t k = 0; k < head->count && k < MOST_CHECKED; k++)
        check_case_data(x, clauses, i, case_datum(head->items[k]));
}

core *expand_case(expander *x, datum *form) {
    datum **clauses = form->items + 2;
    size_t count = form->count - 2, n = 0;
    var *key = var_temp(form->items[1]->at);
    core *value = expand_form(x, form->items[1]);
    cond_branch *branches = NEW_ARRAY(cond_branch, count + 1);
    for (size_t i = 0; i < count; i++) {
        datum *c = clauses[i];
        if (!check_clause(x, c, "write (case x (datum body ...) ((d1 d2) body ...) (else body ...))")) continue;
        bool last = is_else(x, clauses, i, count);
        if (!last) check_case_clause(x, clauses, i);
        branches[n++] = (cond_branch){.test = last ? NULL : case_tests(key, c->items[0]),
                                      .body = expand_body(x, c->items + 1, c->count - 1, c->at),
                                      .at = c->at};
        if (last) break;
    }
    core *code = core_nil(form->at);
    while (n-- > 0) code = cond_code(&branches[n], code);
    return core_let(key, value, code, form->at);
}

/* ---- loops ---- */

core *expand_while(expander *x, datum *form) {
    label *loop = label_new("while", 0);
    loop->is_loop = true;
    core *test = expand_test(x, form->items[1]);
    core *body = expand_body(x, form->items + 2, form->count - 2, form->at);
    core *again = core_jump(loop, NEW_ARRAY(core *, 1), 0, form->at);
    loop->body = core_if(test, core_seq2(body, again, form->at), core_nil(form->at), form->at);
    return core_label(loop, core_jump(loop, NEW_ARRAY(core *, 1), 0, form->at), form->at);
}

static core *jump1(label *l, core *a, span at) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = a;
    return core_jump(l, items, 1, at);
}

/* The loop counts by a variable of its own, so that each round has a fresh one that set! and closures can have. */
static core *dotimes_code(var *i, core *limit, core *body, span at) {
    var *n = var_temp(at), *k = var_temp(at);
    label *loop = label_new("dotimes", 1);
    loop->is_loop = true;
    loop->params[0] = k;
    core *next = core_prim2("%add", core_local(k, at), core_int(1, at), at);
    core *round = core_let(i, core_local(k, at), core_seq2(body, jump1(loop, next, at), at), at);
    loop->body = core_if(core_prim2("%lt", core_local(k, at), core_local(n, at), at), round, core_nil(at), at);
    return core_let(n, limit, core_label(loop, jump1(loop, core_int(0, at), at), at), at);
}

core *expand_dotimes(expander *x, datum *form) {
    datum *head = form->items[1];
    if (head->kind != DATUM_LIST || head->tail || head->count != 2 || !is_name(head->items[0])) {
        diag_error(x->d, E0105, head->at, "dotimes counts by (name limit), not %s", datum_text(head, 40));
        diag_hint(x->d, "write (dotimes (i 10) body ...)");
        return core_nil(form->at);
    }
    const datum *name = head->items[0];
    core *limit = expand_form(x, head->items[1]);
    var *i = var_new(name->text, name->at);
    const binding *mark = x->scope;
    scope_bind(x, name->text, i);
    core *body = expand_body(x, form->items + 2, form->count - 2, form->at);
    scope_leave(x, mark);
    return dotimes_code(i, limit, body, form->at);
}

/* ---- threading ---- */

/* value put into step: (f a) becomes (f value a), or (f a value) at the end; f becomes (f value). */
static datum *thread(datum *value, datum *step, bool at_end) {
    bool call = step->kind == DATUM_LIST && step->count > 0 && !step->tail && !step->sugar;
    size_t count = call ? step->count + 1 : 2;
    datum **items = NEW_ARRAY(datum *, count);
    if (call) memcpy(items, step->items, step->count * sizeof *items);
    items[0] = call ? step->items[0] : step;
    size_t place = at_end ? count - 1 : 1;
    if (call && !at_end) memmove(items + 2, step->items + 1, (step->count - 1) * sizeof *items);
    items[place] = value;
    return datum_list(items, count, step->at);
}

static core *expand_thread(expander *x, const datum *form, bool at_end) {
    datum *value = form->items[1];
    for (size_t i = 2; i < form->count; i++) value = thread(value, form->items[i], at_end);
    return expand_form(x, value);
}

core *expand_arrow(expander *x, datum *form) { return expand_thread(x, form, false); }
core *expand_arrow_last(expander *x, datum *form) { return expand_thread(x, form, true); }

/* ---- assert ---- */

core *expand_assert(expander *x, datum *form) {
    span at = form->at;
    core *test = expand_test(x, form->items[1]);
    core *message = form->count > 2 ? expand_form(x, form->items[2]) : core_prim0("%undef", at);
    core *text = core_string(datum_text(form->items[1], 200), at);
    return core_if(test, core_nil(at), core_prim2("%assert-failed", message, text, at), at);
}

/* ---- try ---- */

typedef struct try_parts {
    size_t body_count; /* forms after the head */
    match_clause *catches;
    size_t catch_count;
    datum *finally;
} try_parts;

static bool is_try_clause(const datum *d) { return is_headed(d, "catch") || is_headed(d, "finally"); }

static void read_catch(expander *x, datum *clause, try_parts *parts) {
    if (parts->finally) {
        diag_error(x->d, E0113, clause->at, "catch stands before finally");
        diag_note_at(x->d, parts->finally->at, "the finally clause");
        diag_hint(x->d, "move this clause up");
    }
    match_clause *out = &parts->catches[parts->catch_count];
    if (parse_clause(x, clause->items + 1, clause->count - 1, clause->at, true, out)) parts->catch_count++;
}

static void read_finally(expander *x, datum *clause, try_parts *parts) {
    if (parts->finally) {
        diag_error(x->d, E0113, clause->at, "try has a second finally");
        diag_note_at(x->d, parts->finally->at, "the first one");
        diag_hint(x->d, "put the cleanup into one clause");
        return;
    }
    parts->finally = clause;
}

static const char *clause_meant(const datum *d) {
    static const char *const clauses[] = {"catch", "finally"};
    bool headed = d->kind == DATUM_LIST && d->count > 0 && d->items[0]->kind == DATUM_SYMBOL;
    return headed ? did_you_mean(d->items[0]->text, clauses, 2) : NULL;
}

static try_parts read_try(expander *x, datum *form) {
    try_parts parts = {.catches = NEW_ARRAY(match_clause, form->count)};
    size_t i = 1, errors = diag_error_count(x->d);
    while (i < form->count && !is_try_clause(form->items[i])) i++;
    parts.body_count = i - 1;
    for (; i < form->count; i++) {
        datum *d = form->items[i];
        if (is_headed(d, "catch"))
            read_catch(x, d, &parts);
        else if (is_headed(d, "finally"))
            read_finally(x, d, &parts);
        else {
            diag_error(x->d, E0113, d->at, "this stands after a clause of try");
            const char *near = clause_meant(d);
            if (near)
                diag_hint(x->d, "did you mean `%s`?", near);
            else
                diag_hint(x->d, "first the body, then the catch clauses, then finally");
        }
    }
    if (diag_error_count(x->d) == errors) check_coverage(x, parts.catches, parts.catch_count, false, form->at);
    return parts;
}

static core *catch_code(expander *x, const try_parts *parts, core *body, span at) {
    var *thrown = var_temp(at);
    core *rethrow = core_prim1("%rethrow", core_local(thrown, at), at);
    core *handler = compile_clauses(x, parts->catches, parts->catch_count, thrown, rethrow);
    return core_try(body, thrown, handler, at);
}

static core *call_cleanup(var *cleanup, span at) {
    return core_call(core_local(cleanup, at), NEW_ARRAY(core *, 1), 0, at);
}

/* The body of a cleanup, in which cancellations wait for the grace time. */
core *core_cleanup(core *body, span at) {
    var *error = var_temp(at);
    core *failed = core_prim1("%cleanup-failed", core_local(error, at), at);
    core *guarded = core_try(body, error, failed, at);
    return core_seq2(core_prim0("%cleanup-begin", at), core_seq2(guarded, core_prim0("%cleanup-end", at), at), at);
}

core *core_cleanup_on_throw(core *body, core *cleanup, span at) {
    var *thrown = var_temp(at), *newer = var_temp(at);
    core *replaced = core_prim2("%finally-error", core_local(newer, at), core_local(thrown, at), at);
    core *rethrow = core_prim1("%rethrow", core_local(thrown, at), at);
    return core_try(body, thrown, core_seq2(core_try(cleanup, newer, replaced, at), rethrow, at), at);
}

/* The cleanup is a procedure called on both ways out; the normal one lies outside of the try, so that it runs once. */
core *core_finally(core *body, core *cleanup_body, span at) {
    var *cleanup = var_temp(at), *result = var_temp(at);
    core *thunk = core_thunk(core_cleanup(cleanup_body, at), at);
    thunk->fn->name = "finally";
    thunk->fn->self = cleanup;
    core *guarded = core_cleanup_on_throw(body, call_cleanup(cleanup, at), at);
    core *normal = core_seq2(call_cleanup(cleanup, at), core_local(result, at), at);
    lambda **fns = NEW_ARRAY(lambda *, 1);
    fns[0] = thunk->fn;
    return core_fix(fns, 1, core_let(result, guarded, normal, at), at);
}

core *expand_try(expander *x, datum *form) {
    try_parts parts = read_try(x, form);
    core *code = expand_body(x, form->items + 1, parts.body_count, form->at);
    if (parts.catch_count) code = catch_code(x, &parts, code, form->at);
    if (!parts.finally) return code;
    datum *f = parts.finally;
    return core_finally(code, expand_body(x, f->items + 1, f->count - 1, f->at), form->at);
}

/* Words that mean something only inside another form. */
typedef struct inner_word {
    const char *name, *shown, *outside, *hint;
} inner_word;

static const inner_word inner_words[] = {
    {"..", "a range", "pattern", "ranges are patterns of match; for a list of numbers write (range 1 5)"},
    {"..=", "a range", "pattern", "ranges are patterns of match; for a list of numbers write (range 1 6)"},
    {"catch", "catch", "try", "catch is a clause at the end of (try body ...): check the parentheses"},
    {"finally", "finally", "try", "finally is a clause at the end of (try body ...): check the parentheses"},
    {"syntax-rules", "syntax-rules", "define-syntax",
     "macros have names: (define-syntax name (syntax-rules () ((_ x ...) template)))"},
    {"unquote", "a comma", "quasiquote", "a comma inserts a value into data quoted with a backquote: `(a ,b)"},
    {"unquote-splicing", ",@", "quasiquote", ",@ inserts a list into data quoted with a backquote: `(a ,@b)"},
};

core *expand_misplaced(expander *x, datum *form) {
    const inner_word *w = inner_words;
    while (strcmp(w->name, form->items[0]->text) != 0) w++;
    diag_error(x->d, E0112, form->at, "%s stands outside of a %s", w->shown, w->outside);
    diag_hint(x->d, "%s", w->hint);
    return core_nil(form->at);
}
