/* floats.c: find_floats: which variables always hold floats.
 *
 * +, -, * and / with one float operand give a float whatever the other operand is (or raise an error), and sqrt always
 * does; so from literals and sqrt the knowledge spreads through arithmetic, copies and loop variables. Optimistic:
 * every local variable with a definition is assumed to be a float until one of its definitions contradicts; the
 * assumptions only ever shrink. */
#include <string.h>

#include "cps.h"

typedef struct float_pass {
    const cps_function *f;
    bool *defined;      /* by var id */
    const bool *pinned; /* taken for floats whatever their definitions say; or NULL */
    bool changed;
} float_pass;

bool atom_is_float(atom a) {
    if (a.kind == ATOM_VAR) return a.var->flonum;
    return a.kind == ATOM_CONST && a.datum->kind == DATUM_FLOAT;
}

static bool is_small_int(atom a) {
    enum { EXACT = 1 << 30 };
    return a.kind == ATOM_CONST && a.datum->kind == DATUM_INT && a.datum->i > -EXACT && a.datum->i < EXACT;
}

static bool is_one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}

bool is_float_arithmetic(const op *o) {
    static const char *const binary[] = {"%add", "%sub", "%mul", "%div"};
    if (o->kind != OP_PRIM) return false;
    if (o->count == 1 && !strcmp(o->prim->name, "sqrt")) return true;
    return o->count == 2 && is_one_of(o->prim->name, binary, 4) &&
           (atom_is_float(o->items[0]) || atom_is_float(o->items[1]));
}

bool is_float_comparison(const op *o) {
    static const char *const binary[] = {"%lt", "%gt", "%le", "%ge", "%equal"};
    if (o->kind != OP_PRIM || o->count != 2 || !is_one_of(o->prim->name, binary, 5)) return false;
    atom a = o->items[0], b = o->items[1];
    return (atom_is_float(a) && (atom_is_float(b) || is_small_int(b))) || (is_small_int(a) && atom_is_float(b));
}

bool op_is_prim(const op *o, const char *name) { return o->kind == OP_PRIM && !strcmp(o->prim->name, name); }

bool is_constant_vector_access(const op *o) {
    enum { MAX_INDEX = 1 << 20 };
    if (!op_is_prim(o, "vector-ref") && !op_is_prim(o, "vector-set!")) return false;
    atom v = o->items[0], i = o->items[1];
    return v.kind == ATOM_VAR && !v.var->assigned && i.kind == ATOM_CONST && i.datum->kind == DATUM_INT &&
           i.datum->i >= 0 && i.datum->i < MAX_INDEX;
}

static bool gives_float(const op *o) {
    if (o->kind == OP_MOVE) return atom_is_float(o->items[0]);
    return is_float_arithmetic(o);
}

static void define(float_pass *p, var *v, bool is_float) {
    p->defined[v->id] = true;
    if (is_float || !v->flonum || (p->pinned && p->pinned[v->id])) return;
    v->flonum = false;
    p->changed = true;
}

static void scan_label(float_pass *p, const cps_label *l);

static void scan(float_pass *p, const cps_node *n) {
    for (; n; n = n->next) {
        if (n->kind == CPS_BIND && n->result) define(p, n->result, gives_float(n->op));
        if (n->kind == CPS_IF) scan(p, n->other);
        if (n->kind == CPS_LABEL) scan_label(p, n->label);
        if (n->kind == CPS_JUMP)
            for (size_t i = 0; i < n->count; i++) define(p, n->label->params[i], atom_is_float(n->items[i]));
        if (n->kind == CPS_CLOSURES)
            for (size_t i = 0; i < n->count; i++) define(p, n->fns[i]->self, false);
    }
}

static void scan_label(float_pass *p, const cps_label *l) {
    if (l->is_handler) define(p, l->params[0], false);
    scan(p, l->body);
}

static size_t c_params(const cps_function *f) {
    return f->fn->required + f->fn->optional + (f->fn->rest ? 1 : 0) + INFO(f->fn)->free_count;
}

static bool is_local(const cps_function *f, size_t id) { return id >= c_params(f) && f->vars[id] != f->self; }

static void spread(cps_function *f, const bool *pinned) {
    float_pass p = {f, NEW_ARRAY(bool, f->var_count + 1), pinned, true};
    while (p.changed) {
        p.changed = false;
        scan(&p, f->body);
    }
    for (size_t i = 0; i < f->var_count; i++)
        if (is_local(f, i)) f->vars[i]->flonum &= p.defined[i];
}

/* ---- probable floats ----
 *
 * The result of arithmetic on operands of unknown type is likely a float if it is used where only floats make sense:
 * beside a float, under sqrt, or in arithmetic whose result is likely a float. Integer literals among the operands
 * speak against it. */

typedef struct likely_pass {
    bool *candidate; /* every definition is such arithmetic */
    bool changed;
} likely_pass;

static bool is_plain_arithmetic(const op *o) {
    static const char *const binary[] = {"%add", "%sub", "%mul", "%div"};
    if (o->kind != OP_PRIM || o->count != 2 || !is_one_of(o->prim->name, binary, 4)) return false;
    return !is_small_int(o->items[0]) && !is_small_int(o->items[1]);
}

static void for_each_bind(const cps_node *n, void (*visit)(const cps_node *n, void *context), void *context) {
    for (; n; n = n->next) {
        if (n->kind == CPS_BIND) visit(n, context);
        if (n->kind == CPS_IF) for_each_bind(n->other, visit, context);
        if (n->kind == CPS_LABEL) for_each_bind(n->label->body, visit, context);
    }
}

static void mark_candidate(const cps_node *n, void *context) {
    likely_pass *p = context;
    if (n->result)
        p->candidate[n->result->id] = is_plain_arithmetic(n->op) && !n->result->assigned && !n->result->flonum;
}

static void mark_likely(const cps_node *n, void *context) {
    likely_pass *p = context;
    bool evidence = is_float_arithmetic(n->op) || (n->result && n->result->likely);
    for (size_t i = 0; evidence && i < n->op->count; i++) {
        atom a = n->op->items[i];
        if (a.kind != ATOM_VAR || a.var->likely || !p->candidate[a.var->id]) continue;
        a.var->likely = p->changed = true;
    }
}

static void find_likely(cps_function *f) {
    likely_pass p = {NEW_ARRAY(bool, f->var_count + 1), true};
    for_each_bind(f->body, mark_candidate, &p);
    while (p.changed) {
        p.changed = false;
        for_each_bind(f->body, mark_likely, &p);
    }
}

static void add_deopt(const cps_node *n, void *context) {
    cps_function *f = context;
    bool guess = n->result && n->result->flonum && n->op->kind != OP_MOVE && !is_float_arithmetic(n->op);
    if (!guess && !is_constant_vector_access(n->op)) return;
    cps_point *p = NEW(cps_point);
    *p = (cps_point){.number = f->point_count, .at = n->at, .suspends = true, .next = f->deopts};
    if (f->deopts) p->number = f->deopts->number + 1;
    f->deopts = p;
    ((cps_node *)n)->deopt = p;
}

void assume_likely_floats(cps_function *f, bool assume) {
    for (size_t i = 0; i < f->var_count; i++) {
        bool fast = f->fast_floats[i], general = f->certain_floats[i];
        f->vars[i]->flonum = assume ? fast : general;
    }
}

static bool *copy_flags(const cps_function *f) {
    bool *flags = NEW_ARRAY(bool, f->var_count + 1);
    for (size_t i = 0; i < f->var_count; i++) flags[i] = f->vars[i]->flonum;
    return flags;
}

static void speculate(cps_function *f) {
    bool *pinned = NEW_ARRAY(bool, f->var_count + 1);
    f->certain_floats = copy_flags(f);
    for (size_t i = 0; i < f->var_count; i++) {
        pinned[i] = f->vars[i]->likely;
        f->speculative |= pinned[i];
        if (is_local(f, i)) f->vars[i]->flonum = true;
    }
    if (f->speculative) spread(f, pinned);
    f->fast_floats = copy_flags(f);
    if (f->speculative) for_each_bind(f->body, add_deopt, f);
    assume_likely_floats(f, false);
}

void find_floats(cps_function *f) {
    for (size_t i = 0; i < f->var_count; i++)
        if (is_local(f, i)) f->vars[i]->flonum = true;
    spread(f, NULL);
    find_likely(f);
    speculate(f);
}

/* ---- parameters ---- */

typedef struct param_pass {
    bool changed;
} param_pass;

static void scan_calls(const cps_node *n, void (*visit)(const op *o, param_pass *p), param_pass *p) {
    for (; n; n = n->next) {
        if (n->op && n->op->kind == OP_CALL) visit(n->op, p);
        if (n->kind == CPS_IF) scan_calls(n->other, visit, p);
        if (n->kind == CPS_LABEL) scan_calls(n->label->body, visit, p);
    }
}

static void check_arguments(const op *o, param_pass *p) {
    size_t n = o->fn->required;
    for (size_t i = 0; i < n && i < o->count; i++) {
        if (!o->fn->params[i]->flonum || atom_is_float(o->items[i])) continue;
        o->fn->params[i]->flonum = false;
        p->changed = true;
    }
}

static void mark_called(const op *o, param_pass *p) {
    (void)p;
    INFO(o->fn)->called = true;
}

/* Only direct calls reach such a procedure, so its parameters can be C doubles. Optimistic, like the rest. */
void find_float_params(program *p, cps_function **functions) {
    param_pass pass = {true};
    for (size_t i = 0; i < p->lambda_count; i++) scan_calls(functions[i]->body, mark_called, &pass);
    for (size_t i = 0; i < p->lambda_count; i++) {
        lambda *fn = p->lambdas[i];
        bool possible = INFO(fn)->called && !INFO(fn)->escapes && !p->stdlib && !fn->optional && !fn->rest;
        for (size_t k = 0; possible && k < fn->required; k++) fn->params[k]->flonum = !fn->params[k]->assigned;
    }
    while (pass.changed) {
        pass.changed = false;
        for (size_t i = 0; i < p->lambda_count; i++) {
            cps_function *f = functions[i];
            for (size_t k = 0; k < f->var_count; k++)
                if (is_local(f, k)) f->vars[k]->flonum = true;
            spread(f, NULL);
            scan_calls(f->body, check_arguments, &pass);
        }
    }
}
