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
 * the time slice: whatever calls it has one.
 *
 * In a recursion over trees the first test asks for the kind of a parameter, or of its head or tail:
 *
 *   FLU_INLINED static flu_value count(flu_worker *w, flu_value tree) {
 *       if (tree == FLU_NIL) return FLU_FIX(0);
 *       return count__fast(w, tree);
 *   }
 *
 * What is printed there need not find all leaves: the body begins with the same test again, also of what is no tree. */
#include <string.h>

#include "emit_function.h"
#include "text.h"

static size_t calls_of_itself(const cps_function *f) {
    size_t count = 0;
    for (size_t i = 0; i < f->call_count; i++) count += f->calls[i]->fn == f->fn;
    return count;
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
    case DATUM_LIST: return a.datum->count == 0 && !a.datum->tail ? atom_text(fe, a) : NULL;
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

static bool tests_result(const cps_node *branch, const cps_node *bind) {
    return branch->kind == CPS_IF && branch->test.kind == ATOM_VAR && bind->result && branch->test.var == bind->result;
}

/* Where the procedure begins with a loop its parameters are what this jump passes. NULL: it does not. */
static atom at_entry(const cps_node *jump, atom a) {
    if (!jump || a.kind != ATOM_VAR) return a;
    for (size_t i = 0; i < jump->count; i++)
        if (jump->label->params[i] == a.var) return jump->items[i];
    return a;
}

/* What n returns at once; NULL: it does more. */
static const char *returned_text(function_emitter *fe, const cps_node *jump, const cps_node *n) {
    n = behind_single_jump(n);
    return n->kind == CPS_RETURN ? simple_text(fe, at_entry(jump, n->test)) : NULL;
}

/* The test and what it returns, if the body begins so. */
static bool find_leaf_of_fixnums(function_emitter *fe, const char **condition, const char **result) {
    const cps_node *n = first_operation(fe->f->body), *branch = n->next;
    if (n->kind != CPS_BIND || !tests_result(branch, n)) return false;
    *condition = comparison_of_params(fe, n);
    *result = *condition ? returned_text(fe, NULL, branch->next) : NULL;
    if (*result) fe->leaf_branch = branch;
    return *result != NULL;
}

/* ---- tests of kind ---- */

/* A C condition around the value: if it holds the test does, or fails. */
typedef struct kind_test {
    const char *prim;
    struct {
        const char *before, *behind;
    } holds, fails;
} kind_test;

static const kind_test *find_kind_test(const op *o) {
    static const kind_test tests[] = {
        {"nil?", {"", " == FLU_NIL"}, {"", " != FLU_NIL"}},
        {"empty?", {"", " == FLU_EMPTY"}, {"flu_is_cons(", ")"}},
        {"%cons?", {"flu_is_cons(", ")"}, {"!flu_is_cons(", ")"}},
    };
    if (o->kind != OP_PRIM || o->count != 1) return NULL;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (same_text(o->prim->name, tests[i].prim)) return &tests[i];
    return NULL;
}

/* The test that a body begins with. */
typedef struct first_test {
    const kind_test *kind;
    const char *list, *value; /* C: what is tested, and if that is part of a parameter, the parameter; else NULL */
    const cps_node *branch, *jump;
} first_test;

/* The head or tail of a parameter. */
static bool find_part(function_emitter *fe, first_test *t, const op *o) {
    static const char *const heads[] = {"head", "%head"}, *const tails[] = {"tail", "%tail"};
    if (o->kind != OP_PRIM || o->count != 1 || !is_plain_param(fe->f, at_entry(t->jump, o->items[0]))) return false;
    bool head = is_one_of(o->prim->name, heads, 2);
    if (!head && !is_one_of(o->prim->name, tails, 2)) return false;
    t->list = simple_text(fe, at_entry(t->jump, o->items[0]));
    t->value = arena_printf("FLU_CELL(%s)->%s", t->list, head ? "head" : "tail");
    return true;
}

static bool find_first_test(function_emitter *fe, first_test *t) {
    const cps_node *n = first_operation(fe->f->body);
    if (n->kind == CPS_JUMP && n->label->is_loop) {
        t->jump = n;
        n = first_operation(n->label->body);
    }
    const var *part = NULL;
    if (n->kind == CPS_BIND && find_part(fe, t, n->op)) {
        part = n->result;
        n = n->next;
    }
    t->kind = n->kind == CPS_BIND ? find_kind_test(n->op) : NULL;
    if (!t->kind || !tests_result(n->next, n)) return false;
    t->branch = n->next;
    atom tested = at_entry(t->jump, n->op->items[0]);
    if (part) return tested.kind == ATOM_VAR && tested.var == part;
    if (!is_plain_param(fe->f, tested)) return false;
    t->value = simple_text(fe, tested);
    return true;
}

/* The same of a procedure that calls itself for two parts of its parameter: a list has one end only. */
static bool find_leaf_of_kind(function_emitter *fe, const char **condition, const char **result) {
    first_test t = {0};
    if (!find_first_test(fe, &t) || (!t.jump && calls_of_itself(fe->f) == 1)) return false;
    bool holds = (*result = returned_text(fe, t.jump, t.branch->next)) != NULL;
    if (!holds && !(*result = returned_text(fe, t.jump, t.branch->other))) return false;
    const char *before = holds ? t.kind->holds.before : t.kind->fails.before;
    const char *behind = holds ? t.kind->holds.behind : t.kind->fails.behind;
    *condition = arena_printf("%s%s%s", before, t.value, behind);
    if (t.list) *condition = arena_printf("flu_is_cons(%s) && %s", t.list, *condition);
    return true;
}

/* ---- printing ---- */

static void emit_head(function_emitter *fe, const char *suffix) {
    out_text(fe->out, "FLU_INLINED ");
    emit_signature(fe->out, fe->f->fn, suffix, param_names(fe));
    out_text(fe->out, " {\n");
}

static bool may_have_leaf(const function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    return !has_linkage(fn) && !takes_self(fn) && calls_of_itself(fe->f) > 0;
}

static void emit_leaf_of_fixnums(function_emitter *fe, const char *condition, const char *result) {
    emit_fast_prototype(fe);
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
}

bool emit_leaf_of_kind(function_emitter *fe) {
    const char *condition, *result;
    if (!may_have_leaf(fe) || !find_leaf_of_kind(fe, &condition, &result)) return false;
    emit_fast_prototype(fe);
    begin_c_function(fe);
    emit_head(fe, "");
    statement(fe, "if (%s) return %s;", condition, result);
    emit_call_of(fe, "__fast");
    out_text(fe->out, "}\n");
    end_c_function(fe);
    return true;
}

bool emit_leaf_test(function_emitter *fe) {
    const char *condition, *result;
    if (!may_have_leaf(fe) || !find_leaf_of_fixnums(fe, &condition, &result)) return emit_leaf_of_kind(fe);
    emit_leaf_of_fixnums(fe, condition, result);
    return true;
}

bool calls_with_fixnums(const function_emitter *fe, const op *o) {
    if (!fe->leaf_branch || o->fn != fe->f->fn) return false;
    for (size_t i = 0; i < o->count; i++)
        if (is_guarded(fe, i) && !is_known_fixnum(fe, o->items[i])) return false;
    return true;
}
