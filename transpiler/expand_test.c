/* expand_test.c: deftest, assert-error, assert-equal.
 *
 * Under flc2c test a deftest hands its body to the runtime, and the program ends by running what was defined. Elsewhere
 * the body is only checked. */
#include <string.h>

#include "expand.h"

/* ---- deftest ---- */

static bool is_test_name(const expander *x, const datum *name) {
    switch (name->kind) {
    case DATUM_STRING: return true;
    case DATUM_LIST: return name->count > 0; /* an expression, as in (str "case " n) */
    case DATUM_SYMBOL: return name_bound(x, name->text);
    default: return false;
    }
}

static bool check_test_name(expander *x, const datum *name) {
    if (is_test_name(x, name)) return true;
    diag_error(x->d, E0102, name->at, "the name of a test is a string, not %s", datum_text(name, 40));
    diag_hint(x->d, "write (deftest \"what it shows\" body ...)");
    return false;
}

core *expand_deftest(expander *x, datum *form) {
    span at = form->at;
    datum *name = form->items[1];
    core *body = expand_body(x, form->items + 2, form->count - 2, at);
    if (!check_test_name(x, name)) return core_nil(at);
    core *thunk = core_thunk(body, at);
    thunk->fn->name = name->kind == DATUM_STRING ? intern_cstr(arena_printf("test %s", datum_text(name, 60))) : "test";
    core *shown = expand_form(x, name);
    if (!x->runs_tests) return core_if(core_bool(false, at), core_seq2(shown, thunk, at), core_nil(at), at);
    at = span_written(at);
    return core_prim3("%test-define", shown, thunk, core_int((int64_t)source_line(at.src, at.start), at), at);
}

core *expand_tests_begin(span at) { return core_prim0("%tests-begin", at); }

core *expand_tests_run(span at) { return core_library_call("%run-tests", NEW_ARRAY(core *, 1), 0, at); }

/* ---- assertions ---- */

/* The check stands in the procedure itself, so that its failure has that place.
 * A bare name is a kind, unless it is a variable of the program; _ stands for any. */
static core *error_kind(expander *x, datum *d) {
    if (!is_name(d) || scope_find(x, d->text) || top_find(x, d->text)) return expand_form(x, d);
    return is_symbol(d, "_") ? core_nil(d->at) : core_quote_symbol(d->text, d->at);
}

core *expand_assert_error(expander *x, datum *form) {
    span at = form->at;
    var *kind = var_temp(at);
    core **items = NEW_ARRAY(core *, 2);
    items[0] = core_local(kind, at);
    items[1] = core_thunk(expand_body(x, form->items + 2, form->count - 2, at), at);
    core *outcome = core_library_call("%run-to-error", items, 2, at);
    core *check = core_prim2("%assert-error-check", core_local(kind, at), outcome, at);
    return core_let(kind, core_prim1("%assert-error-kind", error_kind(x, form->items[1]), at), check, at);
}

static bool all_literal(const datum *d, size_t from);

/* Is its value plain from the text? */
static bool is_literal(const datum *d) {
    switch (d->kind) {
    case DATUM_SYMBOL: return false;
    case DATUM_LIST:
        if (d->tail) return false;
        return d->count == 0 || is_quoted(d) || (is_symbol(d->items[0], "list") && all_literal(d, 1));
    case DATUM_BRACKET:
    case DATUM_BRACE: return all_literal(d, 0);
    default: return true;
    }
}

static bool all_literal(const datum *d, size_t from) {
    for (size_t i = from; i < d->count; i++)
        if (!is_literal(d->items[i])) return false;
    return true;
}

/* The two are evaluated in their order; messages call the literal one, or else the first, what was expected. */
core *expand_assert_equal(expander *x, datum *form) {
    core **items = NEW_ARRAY(core *, 3);
    for (size_t i = 1; i < form->count; i++) items[i - 1] = expand_form(x, form->items[i]);
    bool swapped = is_literal(form->items[2]) && !is_literal(form->items[1]);
    return core_library_call(swapped ? "%assert-equal-to" : "assert-equal", items, form->count - 1, form->at);
}
