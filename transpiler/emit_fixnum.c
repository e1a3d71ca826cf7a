/* emit_fixnum.c: arithmetic of the fast body on words guessed to be fixnums (fixnums.c). */
#include <string.h>

#include "emit_function.h"

void forget_fixnums(function_emitter *fe, size_t kept) {
    while (fe->fixnum_count > kept) fe->tested[fe->fixnum_vars[--fe->fixnum_count]->id] = false;
    if (fe->fewest_fixnums > kept) fe->fewest_fixnums = kept;
}

bool is_known_fixnum(const function_emitter *fe, atom a) {
    if (a.kind == ATOM_VAR) return fe->f->fixnums[a.var->id] || fe->tested[a.var->id];
    return atom_is_fixnum_literal(a);
}

static void learn(function_emitter *fe, atom a) {
    if (a.kind != ATOM_VAR || a.var->assigned || fe->tested[a.var->id]) return;
    fe->tested[a.var->id] = true;
    PUSH(fe->fixnum_vars, fe->fixnum_count, fe->fixnum_capacity, a.var);
}

static void leave_fast(function_emitter *fe, const cps_node *n, const char *condition) {
    statement(fe, "if (%s) goto deopt_%d;", condition, n->deopt->number);
    use_deopt(fe, n->deopt);
}

static void test_operands(function_emitter *fe, const cps_node *n) {
    const char *unknown[2];
    size_t count = 0;
    for (size_t i = 0; i < n->op->count; i++) {
        atom a = n->op->items[i];
        if (is_known_fixnum(fe, a)) continue;
        unknown[count++] = atom_text(fe, a);
        learn(fe, a);
    }
    if (count == 1) leave_fast(fe, n, arena_printf("flu_unlikely(!flu_is_fix(%s))", unknown[0]));
    if (count == 2) leave_fast(fe, n, arena_printf("flu_unlikely(!flu_are_fix(%s, %s))", unknown[0], unknown[1]));
}

/* ---- results ---- */

static void emit_overflowing(function_emitter *fe, const cps_node *n, const char *operation, const char *a,
                             const char *b) {
    if (is_unused(fe, n->result)) return; /* nor does it matter whether it fits */
    const char *r = fe->names[n->result->id];
    if (!fe->at_top[n->result->id]) statement(fe, "flu_value %s;", r);
    leave_fast(fe, n, arena_printf("flu_fix_%s_fails(%s, %s, %s)", operation, a, b, r));
    if (!strcmp(operation, "mul")) statement(fe, "%s |= FLU_TAG_FIXNUM;", r);
}

static void emit_division(function_emitter *fe, const cps_node *n, const char *function, const char *a, const char *b) {
    atom divisor = n->op->items[1];
    if (divisor.kind != ATOM_CONST || divisor.datum->i == 0 || divisor.datum->i == -1)
        leave_fast(fe, n, arena_printf("flu_unlikely(!flu_plain_divisor(%s))", b));
    if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("%s(%s, %s)", function, a, b));
}

/* C compilers warn of comparisons of a variable with itself. */
static const char *same_operands_text(const char *operator) { return strchr(operator, '=') ? "FLU_TRUE" : "FLU_FALSE"; }

static void emit_test(function_emitter *fe, const cps_node *n, const char *operator, const char * a, const char *b) {
    if (is_unused(fe, n->result)) return;
    const char *signedness = !strcmp(operator, "==") ? "" : "(int64_t)";
    const char *text = arena_printf("FLU_BOOL(%s%s %s %s%s)", signedness, a, operator, signedness, b);
    if (!strcmp(a, b)) text = same_operands_text(operator);
    if (used_next_only(fe, n))
        fe->folded[n->result->id] = text;
    else
        assign(fe, n->result, text);
}

typedef struct fixnum_op {
    const char *prim;
    void (*emit)(function_emitter *fe, const cps_node *n, const char *what, const char *a, const char *b);
    const char *what;
} fixnum_op;

static const fixnum_op *find_op(const char *name) {
    static const fixnum_op ops[] = {
        {"%add", emit_overflowing, "add"},
        {"%div", emit_division, "flu_fix_quotient"},
        {"%equal", emit_test, "=="},
        {"%ge", emit_test, ">="},
        {"%gt", emit_test, ">"},
        {"%le", emit_test, "<="},
        {"%lt", emit_test, "<"},
        {"%mul", emit_overflowing, "mul"},
        {"%sub", emit_overflowing, "sub"},
        {"dec", emit_overflowing, "sub"},
        {"inc", emit_overflowing, "add"},
        {"mod", emit_division, "flu_fix_mod"},
        {"quotient", emit_division, "flu_fix_quotient"},
        {"remainder", emit_division, "flu_fix_remainder"},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!strcmp(ops[i].prim, name)) return &ops[i];
    return NULL;
}

const char *fixnum_comparison(const op *o) {
    const fixnum_op *f = find_op(o->prim->name);
    return f && f->emit == emit_test ? f->what : NULL;
}

void emit_fixnum_bind(function_emitter *fe, const cps_node *n) {
    const op *o = n->op;
    print_line_directive(fe, n->at);
    test_operands(fe, n);
    const fixnum_op *f = find_op(o->prim->name);
    const char *b = o->count > 1 ? atom_text(fe, o->items[1]) : "FLU_FIX(1)";
    f->emit(fe, n, f->what, atom_text(fe, o->items[0]), b);
}

/* ---- the entry ---- */

/* Parameters are tested together. Where that fails, or guesses failed often before, the general body does it all. */
void emit_entry_guards(function_emitter *fe) {
    const char *all = NULL;
    size_t n = lambda_params(fe->f->fn) + INFO(fe->f->fn)->free_count;
    for (size_t i = 0; i < n; i++) {
        if (!fe->f->fixnums[i] || !fe->uses[i]) continue;
        all = all ? arena_printf("%s & %s", all, fe->names[i]) : fe->names[i];
    }
    emit_double_guards(fe);
    if (fe->f->risky && !fe->double_vector_count) {
        statement(fe, "if (flu_guesses_fail(%s__failures)) goto general;", INFO(fe->f->fn)->c_name);
        fe->leaves_at_entry = true;
    }
    if (all) {
        statement(fe, "if (flu_unlikely(!flu_is_fix(%s))) goto general;", all);
        fe->leaves_at_entry = true;
    }
}
