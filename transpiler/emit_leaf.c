/* emit_leaf.c: the leaves of a recursion.
 *
 * Half of the calls in a recursion over numbers, or more, only find that there is nothing to do. Where the fast body of
 * a procedure that calls itself begins with such a test, guards and test are printed as inline functions, so that the C
 * compiler puts them at the calls; only what goes on calls the body, NAME__fast:
 *
 *   FLU_INLINED static flu_value fib__fix(flu_worker *w, flu_value n) {
 *       if ((int64_t)n < (int64_t)FLU_FIX(2)) return n;
 *       return fib__fast(w, n);
 *   }
 *   FLU_INLINED static flu_value fib(flu_worker *w, flu_value n) {
 *       if (flu_unlikely(!flu_is_fix(n))) goto general;
 *       return fib__fix(w, n);
 *   general:
 *       return fib__code(w, NULL, FLU_NIL, n);
 *   }
 *
 * The body calls itself as NAME__fix where it knows the arguments for fixnums. A leaf needs no check of the stack or
 * the time slice: whatever calls it has one. */
#include <string.h>

#include "emit_function.h"

static bool calls_itself(const cps_function *f) {
    for (size_t i = 0; i < f->call_count; i++)
        if (f->calls[i]->fn == f->fn) return true;
    return false;
}

static bool is_plain_param(const cps_function *f, atom a) {
    return a.kind == ATOM_VAR && (size_t)a.var->id < lambda_params(f->fn) && !a.var->flonum && !a.var->assigned;
}

/* The name of a parameter, or a constant that is one word; NULL: something else. */
static const char *simple_text(function_emitter *fe, atom a) {
    if (is_plain_param(fe->f, a)) return fe->names[a.var->id];
    if (a.kind != ATOM_CONST) return NULL;
    switch (a.datum->kind) {
    case DATUM_INT:
    case DATUM_TRUE:
    case DATUM_FALSE:
    case DATUM_NIL: return atom_text(fe, a);
    default: return NULL;
    }
}

static bool is_guarded(const function_emitter *fe, size_t param) { return fe->f->fixnums[param] && fe->uses[param]; }

static bool is_fixnum(const function_emitter *fe, atom a) {
    return a.kind == ATOM_VAR ? is_guarded(fe, (size_t)a.var->id) : atom_is_fixnum_literal(a);
}

/* A comparison of guarded parameters and literals as a C condition; NULL: n is no such test. */
static const char *comparison_of_params(function_emitter *fe, const cps_node *n) {
    const op *o = n->op;
    const char *operator= o->fixnums && o->count == 2 ? fixnum_comparison(o) : NULL;
    if (!operator) return NULL;
    const char *a = simple_text(fe, o->items[0]), *b = simple_text(fe, o->items[1]);
    if (!a || !b || !strcmp(a, b) || !is_fixnum(fe, o->items[0]) || !is_fixnum(fe, o->items[1])) return NULL;
    const char *type = !strcmp(operator, "==") ? "" : "(int64_t)";
    return arena_printf("%s%s %s %s%s", type, a, operator, type, b);
}

/* Past the check at the entry and labels for what comes later. */
static const cps_node *first_operation(const cps_node *n) {
    while (n->kind == CPS_CHECK || n->kind == CPS_LABEL) n = n->next;
    return n;
}

static const char *returned_text(function_emitter *fe, const cps_node *n) {
    n = behind_single_jump(n);
    return n->kind == CPS_RETURN ? simple_text(fe, n->test) : NULL;
}

/* The test and what it returns, if the body begins so. */
static bool find_leaf(function_emitter *fe, const char **condition, const char **result) {
    const cps_node *n = first_operation(fe->f->body), *branch = n->next;
    if (n->kind != CPS_BIND || branch->kind != CPS_IF || !n->result) return false;
    if (branch->test.kind != ATOM_VAR || branch->test.var != n->result) return false;
    *condition = comparison_of_params(fe, n);
    *result = *condition ? returned_text(fe, branch->next) : NULL;
    if (*result) fe->leaf_branch = branch;
    return *result != NULL;
}

static void emit_head(function_emitter *fe, const char *suffix) {
    out_text(fe->out, "FLU_INLINED ");
    emit_signature(fe->out, fe->f->fn, suffix, param_names(fe));
    out_text(fe->out, " {\n");
}

static void emit_call_of(function_emitter *fe, const char *suffix) {
    const lambda *fn = fe->f->fn;
    out_printf(fe->out, "    return %s%s(w", INFO(fn)->c_name, suffix);
    for (size_t i = 0; i < lambda_params(fn) + INFO(fn)->free_count; i++) out_printf(fe->out, ", %s", fe->names[i]);
    out_text(fe->out, ");\n");
}

bool emit_leaf_test(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    const char *condition, *result;
    if (has_linkage(fn) || takes_self(fn) || !calls_itself(fe->f) || !find_leaf(fe, &condition, &result)) return false;
    fe->indent = 1;
    emit_signature(fe->out, fn, "__fast", NULL);
    out_text(fe->out, ";\n");
    begin_c_function(fe);
    emit_head(fe, "__fix");
    statement(fe, "if (%s) return %s;", condition, result);
    emit_call_of(fe, "__fast");
    out_text(fe->out, "}\n");
    end_c_function(fe);
    begin_c_function(fe);
    emit_head(fe, "");
    emit_entry_guards(fe);
    emit_call_of(fe, "__fix");
    out_text(fe->out, "general:\n");
    emit_call_of_code(fe);
    out_text(fe->out, "}\n");
    end_c_function(fe);
    return true;
}

bool calls_with_fixnums(const function_emitter *fe, const op *o) {
    if (!fe->leaf_branch || o->fn != fe->f->fn) return false;
    for (size_t i = 0; i < o->count; i++)
        if (is_guarded(fe, i) && !is_known_fixnum(fe, o->items[i])) return false;
    return true;
}
