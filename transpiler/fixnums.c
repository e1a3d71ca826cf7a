/* fixnums.c: find_fixnums: arithmetic that is likely on fixnums, and which variables hold fixnums if it is.
 *
 * Evidence are literals (in i + 1, i < 10), operations that make sense on ints only (mod, quotient), and what spreads
 * from them through operands, results, copies and loop variables. Such operations the fast body of a procedure does on
 * fixnums: it tests parameters once, at its entry, other operands at their first use, and leaves for the general body
 * where a test fails or a result does not fit. Optimistic as in floats.c; the sets only grow, or only shrink. */
#include <string.h>

#include "cps.h"
#include "text.h"

typedef struct fixnum_pass {
    cps_function *f;
    bool *likely; /* by var id */
    bool *fixnum; /* by var id */
    bool changed;
} fixnum_pass;

typedef enum int_op {
    NO_INT_OP,
    ARITHMETIC, /* + - *: an int literal is evidence */
    DIVISION,   /* an int literal is none: floats are divided by them too */
    INT_ONLY,   /* mod and the like: evidence in itself */
    COMPARISON, /* < and the like: as + */
    EQUALITY,   /* an int literal is no evidence: anything is compared with them */
} int_op;

static bool is_test(int_op kind) { return kind == COMPARISON || kind == EQUALITY; }

static int_op kind_of(const op *o) {
    static const struct {
        const char *name;
        int_op kind;
    } kinds[] = {
        {"%add", ARITHMETIC},    {"%sub", ARITHMETIC}, {"%mul", ARITHMETIC}, {"inc", INT_ONLY},
        {"dec", INT_ONLY},       {"%lt", COMPARISON},  {"%gt", COMPARISON},  {"%le", COMPARISON},
        {"%ge", COMPARISON},     {"%equal", EQUALITY}, {"%div", DIVISION},   {"quotient", INT_ONLY},
        {"remainder", INT_ONLY}, {"mod", INT_ONLY},
    };
    for (size_t i = 0; o->kind == OP_PRIM && i < sizeof kinds / sizeof *kinds; i++)
        if (same_text(o->prim->name, kinds[i].name)) return kinds[i].kind;
    return NO_INT_OP;
}

bool atom_is_fixnum_literal(atom a) {
    enum { MAX_BITS = 60 };
    const int64_t limit = INT64_C(1) << MAX_BITS;
    return a.kind == ATOM_CONST && a.datum->kind == DATUM_INT && a.datum->i >= -limit && a.datum->i < limit;
}

static bool is_fast_float(const cps_function *f, const var *v) { return f->fast_floats && f->fast_floats[v->id]; }

static bool may_hold_fixnum(const fixnum_pass *p, const var *v) { return !is_fast_float(p->f, v) && v != p->f->self; }

/* May all operands be fixnums? */
static bool is_possible(const fixnum_pass *p, const op *o) {
    for (size_t i = 0; i < o->count; i++) {
        atom a = o->items[i];
        if (!atom_is_fixnum_literal(a) && (a.kind != ATOM_VAR || !may_hold_fixnum(p, a.var))) return false;
    }
    return true;
}

static bool is_likely(const fixnum_pass *p, const var *v) { return v && p->likely[v->id]; }

static void make_likely(fixnum_pass *p, const var *v) {
    if (p->likely[v->id] || !may_hold_fixnum(p, v)) return;
    p->likely[v->id] = p->changed = true;
}

/* Gives the length of something, which is a fixnum. */
static bool is_count(const op *o) {
    static const char *const names[] = {"vector-length", "length", "string-length", "bytes-length"};
    return o->kind == OP_PRIM && is_one_of(o->prim->name, names, sizeof names / sizeof *names);
}

static bool has_evidence(const fixnum_pass *p, const cps_node *n, int_op kind) {
    if (kind == INT_ONLY || is_likely(p, n->result)) return true;
    for (size_t i = 0; i < n->op->count; i++) {
        atom a = n->op->items[i];
        if (a.kind == ATOM_VAR ? is_likely(p, a.var) : kind == ARITHMETIC || kind == COMPARISON) return true;
    }
    return false;
}

static bool is_guess(const fixnum_pass *p, const cps_node *n) {
    int_op kind = kind_of(n->op);
    if (kind == NO_INT_OP || (n->result && is_fast_float(p->f, n->result))) return false;
    return is_possible(p, n->op) && has_evidence(p, n, kind);
}

/* ---- evidence ---- */

static void spread_bind(fixnum_pass *p, const cps_node *n) {
    const op *o = n->op;
    if (o->kind == OP_MOVE && n->result && o->items[0].kind == ATOM_VAR) {
        if (is_likely(p, n->result)) make_likely(p, o->items[0].var);
        if (is_likely(p, o->items[0].var)) make_likely(p, n->result);
        return;
    }
    if (n->result && is_count(o)) make_likely(p, n->result);
    if (!is_guess(p, n)) return;
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].kind == ATOM_VAR) make_likely(p, o->items[i].var);
    if (n->result && !is_test(kind_of(o))) make_likely(p, n->result);
}

static void spread_jump(fixnum_pass *p, const cps_node *n) {
    for (size_t i = 0; i < n->count; i++) {
        const var *param = n->label->params[i];
        atom a = n->items[i];
        if (atom_is_fixnum_literal(a) || (a.kind == ATOM_VAR && is_likely(p, a.var))) make_likely(p, param);
        if (a.kind == ATOM_VAR && is_likely(p, param)) make_likely(p, a.var);
    }
}

static void for_each_node(cps_node *n, void (*visit)(fixnum_pass *p, cps_node *n), fixnum_pass *p) {
    for (; n; n = n->next) {
        visit(p, n);
        if (n->kind == CPS_IF) for_each_node(n->other, visit, p);
        if (n->kind == CPS_LABEL) for_each_node(n->label->body, visit, p);
    }
}

static void spread(fixnum_pass *p, cps_node *n) {
    if (n->kind == CPS_BIND) spread_bind(p, n);
    if (n->kind == CPS_JUMP) spread_jump(p, n);
}

/* ---- variables that always hold fixnums in the fast body ---- */

static bool is_fixnum(const fixnum_pass *p, atom a) {
    return a.kind == ATOM_VAR ? p->fixnum[a.var->id] : atom_is_fixnum_literal(a);
}

static void define(fixnum_pass *p, const var *v, bool fixnum) {
    if (fixnum || !p->fixnum[v->id]) return;
    p->fixnum[v->id] = false;
    p->changed = true;
}

static bool gives_fixnum(const fixnum_pass *p, const cps_node *n) {
    if (n->op->kind == OP_MOVE) return is_fixnum(p, n->op->items[0]);
    return is_count(n->op) || (is_guess(p, n) && !is_test(kind_of(n->op)));
}

static void check(fixnum_pass *p, cps_node *n) {
    if (n->kind == CPS_BIND && n->result) define(p, n->result, gives_fixnum(p, n));
    if (n->kind == CPS_LABEL && n->label->is_handler) define(p, n->label->params[0], false);
    for (size_t i = 0; i < n->count; i++) {
        if (n->kind == CPS_JUMP) define(p, n->label->params[i], is_fixnum(p, n->items[i]));
        if (n->kind == CPS_CLOSURES) define(p, n->fns[i]->self, false);
    }
}

/* ---- where the fast body may leave ---- */

static bool is_step(const fixnum_pass *p, const op *o) {
    bool step = op_is_prim(o, "%add") || op_is_prim(o, "%sub") || op_is_prim(o, "inc") || op_is_prim(o, "dec");
    if (!step) return false;
    bool literal = o->count == 1;
    for (size_t i = 0; i < o->count; i++) {
        if (!is_fixnum(p, o->items[i])) return false;
        literal |= o->items[i].kind == ATOM_CONST;
    }
    return literal;
}

static bool is_sure(const fixnum_pass *p, const op *o) {
    for (size_t i = 0; i < o->count; i++)
        if (!is_fixnum(p, o->items[i])) return false;
    return is_test(kind_of(o));
}

static void add_guess(fixnum_pass *p, cps_node *n) {
    if (n->kind != CPS_BIND || !is_guess(p, n)) return;
    n->op->fixnums = true;
    if (is_sure(p, n->op)) return;
    add_deopt(p->f, n);
    p->f->risky |= !is_step(p, n->op);
}

/* ---- the function ---- */

static void note_loop(fixnum_pass *p, cps_node *n) {
    if (n->kind == CPS_LABEL && n->label->is_loop) p->changed = true;
}

/* Twice the code is worth it where a procedure repeats itself, and is not long. */
static bool is_worth_guessing(cps_function *f) {
    enum { MAX_POINTS = 60 };
    if (f->speculative) return true;
    if (f->point_count > MAX_POINTS) return false;
    fixnum_pass p = {.f = f};
    for_each_node(f->body, note_loop, &p);
    return p.changed || INFO(f->fn)->recursive;
}

static bool is_entry_variable(const cps_function *f, size_t id) {
    const lambda *fn = f->fn;
    size_t params = fn->required + fn->optional + (fn->rest ? 1 : 0);
    return id < fn->required || (id >= params && id < params + INFO(fn)->free_count);
}

static bool is_optional(const cps_function *f, size_t id) {
    const lambda *fn = f->fn;
    return id >= fn->required && id < fn->required + fn->optional + (fn->rest ? 1 : 0);
}

static void note_guess(fixnum_pass *p, cps_node *n) { p->changed |= n->kind == CPS_BIND && is_guess(p, n); }

static bool find_likely(fixnum_pass *p) {
    for (p->changed = true; p->changed;) {
        p->changed = false;
        for_each_node(p->f->body, spread, p);
    }
    for_each_node(p->f->body, note_guess, p);
    return p->changed;
}

static void find_certain(fixnum_pass *p) {
    cps_function *f = p->f;
    for (size_t i = 0; i < f->var_count; i++) p->fixnum[i] = p->likely[i] && !is_optional(f, i);
    for (p->changed = true; p->changed;) {
        p->changed = false;
        for_each_node(f->body, check, p);
    }
    for (size_t i = 0; i < f->var_count; i++)
        if (is_entry_variable(f, i) && p->fixnum[i]) f->guards_entry = true;
}

void find_fixnums(cps_function *f) {
    f->fixnums = NEW_ARRAY(bool, f->var_count + 1);
    if (!is_worth_guessing(f)) return;
    fixnum_pass p = {.f = f, .likely = NEW_ARRAY(bool, f->var_count + 1), .fixnum = f->fixnums};
    if (!find_likely(&p)) return;
    find_certain(&p);
    f->speculative = true;
    for_each_node(f->body, add_guess, &p);
}
