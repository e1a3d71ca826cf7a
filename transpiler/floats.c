/* floats.c: find_floats: which variables always hold floats.
 *
 * +, -, * and / with one float operand give a float whatever the other operand is (or raise an error), and sqrt always
 * does; so from literals and sqrt the knowledge spreads through arithmetic, copies and loop variables. Optimistic:
 * every local variable with a definition is assumed to be a float until one of its definitions contradicts; the
 * assumptions only ever shrink. */
#include <string.h>

#include "cps.h"
#include "text.h"

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

bool op_is_prim(const op *o, const char *name) { return o->kind == OP_PRIM && same_text(o->prim->name, name); }

static bool is_arithmetic(const op *o) {
    static const char *const binary[] = {"%add", "%sub", "%mul", "%div"};
    return o->kind == OP_PRIM && o->count == 2 && is_one_of(o->prim->name, binary, 4);
}

static bool is_sqrt(const op *o) { return op_is_prim(o, "sqrt") && o->count == 1; }

static bool has_float(const op *o) { return atom_is_float(o->items[0]) || atom_is_float(o->items[1]); }

bool is_float_arithmetic(const op *o) { return is_sqrt(o) || (is_arithmetic(o) && has_float(o)); }

static bool is_comparison(const op *o) {
    static const char *const binary[] = {"%lt", "%gt", "%le", "%ge", "%equal"};
    return o->kind == OP_PRIM && o->count == 2 && is_one_of(o->prim->name, binary, 5);
}

bool is_float_comparison(const op *o) {
    if (!is_comparison(o)) return false;
    atom a = o->items[0], b = o->items[1];
    return (atom_is_float(a) && (atom_is_float(b) || is_small_int(b))) || (is_small_int(a) && atom_is_float(b));
}

bool is_vector_ref(const op *o) { return op_is_prim(o, "vector-ref") && o->count == 2; }

bool is_constant_vector_access(const op *o) {
    enum { MAX_INDEX = 1 << 20 };
    if (!is_vector_ref(o) && !op_is_prim(o, "vector-set!")) return false;
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
 * speak against it. So it is with an element of a vector that is used for nothing but arithmetic, comparison, and to be
 * stored in vectors. */

typedef struct likely_pass {
    bool *candidate; /* by var id: every definition is such arithmetic, or vector-ref */
    bool *element;   /* by var id: defined by vector-ref */
    bool changed;
} likely_pass;

static bool is_plain_arithmetic(const op *o) {
    return is_arithmetic(o) && !is_small_int(o->items[0]) && !is_small_int(o->items[1]);
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
    if (!n->result || n->result->assigned || n->result->flonum) return;
    p->element[n->result->id] = is_vector_ref(n->op);
    p->candidate[n->result->id] = is_plain_arithmetic(n->op) || is_vector_ref(n->op);
}

static bool takes_float(const op *o, size_t operand) {
    return is_arithmetic(o) || is_sqrt(o) || is_comparison(o) || (op_is_prim(o, "vector-set!") && operand == 2);
}

static void reject(likely_pass *p, atom a) {
    if (a.kind == ATOM_VAR && p->element[a.var->id]) p->candidate[a.var->id] = false;
}

/* Elements that are used in another way are no candidates. */
static void reject_elements(likely_pass *p, const cps_node *n) {
    for (; n; n = n->next) {
        for (size_t i = 0; n->op && i < n->op->count; i++)
            if (n->kind != CPS_BIND || !takes_float(n->op, i)) reject(p, n->op->items[i]);
        if (n->op) reject(p, n->op->callee);
        if (n->kind == CPS_IF || n->kind == CPS_RETURN) reject(p, n->test);
        if (n->kind == CPS_IF) reject_elements(p, n->other);
        if (n->kind == CPS_LABEL) reject_elements(p, n->label->body);
        if (n->kind != CPS_CLOSURES) continue;
        for (size_t i = 0; i < n->count; i++)
            for (size_t k = 0; k < INFO(n->fns[i])->free_count; k++) reject(p, n->envs[i][k]);
    }
}

static void mark_likely(const cps_node *n, void *context) {
    likely_pass *p = context;
    bool compares = is_comparison(n->op) && has_float(n->op);
    bool evidence = compares || is_float_arithmetic(n->op) || (n->result && n->result->likely && !is_vector_ref(n->op));
    for (size_t i = 0; evidence && i < n->op->count; i++) {
        atom a = n->op->items[i];
        if (a.kind != ATOM_VAR || a.var->likely || !p->candidate[a.var->id]) continue;
        if (compares && !p->element[a.var->id]) continue;
        a.var->likely = a.var->as_number = p->changed = true;
    }
}

static void find_likely(cps_function *f, bool *element) {
    likely_pass p = {NEW_ARRAY(bool, f->var_count + 1), element, true};
    for_each_bind(f->body, mark_candidate, &p);
    reject_elements(&p, f->body);
    while (p.changed) {
        p.changed = false;
        for_each_bind(f->body, mark_likely, &p);
    }
}

/* An int may take an element's place where it meets a float, but not where it meets another element. */
static bool converts(const op *o, size_t operand, const bool *element) {
    if (is_sqrt(o)) return true;
    if (!is_arithmetic(o) && !is_comparison(o)) return false;
    atom other = o->items[1 - operand];
    return atom_is_float(other) && (other.kind != ATOM_VAR || !element[other.var->id]);
}

static void find_numbers(const cps_node *n, const bool *element) {
    for (; n; n = n->next) {
        const atom *items = n->op ? n->op->items : n->items;
        size_t count = n->op ? n->op->count : n->kind == CPS_JUMP ? n->count : 0;
        for (size_t i = 0; i < count; i++)
            if (items[i].kind == ATOM_VAR && !(n->op && converts(n->op, i, element))) items[i].var->as_number = false;
        if (n->kind == CPS_IF) find_numbers(n->other, element);
        if (n->kind == CPS_LABEL) find_numbers(n->label->body, element);
    }
}

/* In the fast version even certain float arithmetic leaves for the general one where it could fail: so its straight
 * path has no calls. */
static bool may_leave(const op *o) {
    if (is_sqrt(o)) return !atom_is_float(o->items[0]);
    if (is_arithmetic(o)) return !atom_is_float(o->items[0]) || !atom_is_float(o->items[1]) || op_is_prim(o, "%div");
    return is_vector_ref(o);
}

void add_deopt(cps_function *f, cps_node *n) {
    cps_point *p = NEW(cps_point);
    *p = (cps_point){.number = f->point_count, .at = n->at, .suspends = true, .next = f->deopts};
    if (f->deopts) p->number = f->deopts->number + 1;
    f->deopts = p;
    n->deopt = p;
}

static void add_float_deopt(const cps_node *n, void *context) {
    bool guess = n->result && n->result->flonum && may_leave(n->op);
    bool stores_double = op_is_prim(n->op, "vector-set!") && n->op->count == 3 && atom_is_float(n->op->items[2]);
    if (guess || stores_double || is_constant_vector_access(n->op)) add_deopt(context, (cps_node *)n);
}

void assume_likely_floats(cps_function *f, bool assume) {
    if (!f->fast_floats) return; /* it has no floats at all */
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

static void speculate(cps_function *f, bool *element) {
    bool *pinned = NEW_ARRAY(bool, f->var_count + 1);
    f->certain_floats = f->fast_floats = copy_flags(f);
    for (size_t i = 0; i < f->var_count; i++) {
        pinned[i] = f->vars[i]->likely;
        f->speculative |= pinned[i];
    }
    if (!f->speculative) return;
    f->risky = true;
    for (size_t i = 0; i < f->var_count; i++)
        if (is_local(f, i)) f->vars[i]->flonum = true;
    spread(f, pinned);
    find_numbers(f->body, element);
    f->fast_floats = copy_flags(f);
    for_each_bind(f->body, add_float_deopt, f);
    assume_likely_floats(f, false);
}

static void find_float_locals(cps_function *f) {
    for (size_t i = 0; i < f->var_count; i++)
        if (is_local(f, i)) f->vars[i]->flonum = true;
    spread(f, NULL);
}

void find_floats(cps_function *f) {
    if (!f->may_have_floats) return;
    find_float_locals(f);
    bool *element = NEW_ARRAY(bool, f->var_count + 1);
    find_likely(f, element);
    speculate(f, element);
}

/* ---- parameters ----
 *
 * Most procedures have nothing to do with floats: only those with a float literal or sqrt in them, and what they call,
 * are looked at more than once. */

static bool brings_float(const op *o) {
    if (is_float_arithmetic(o)) return true;
    for (size_t i = 0; i < o->count; i++)
        if (atom_is_float(o->items[i])) return true;
    return false;
}

/* Finds the calls, and whether there are floats before any variable is known to hold one. */
static void survey(cps_function *f, const cps_node *n, bool in_loop) {
    for (; n; n = n->next) {
        if (n->op && brings_float(n->op)) f->may_have_floats = true;
        if (n->op && n->op->kind == OP_CALL) {
            lambda_info *callee = INFO(n->op->fn);
            callee->called_again = callee->called;
            callee->called = true;
            callee->called_in_loop = in_loop && !f->fn->top_level;
            PUSH(f->calls, f->call_count, f->call_capacity, n->op);
        }
        if (n->kind == CPS_IF) survey(f, n->other, in_loop);
        if (n->kind == CPS_LABEL) survey(f, n->label->body, in_loop || n->label->is_loop);
        if (n->kind == CPS_JUMP)
            for (size_t i = 0; i < n->count; i++) f->may_have_floats |= atom_is_float(n->items[i]);
    }
}

static void pass_floats_on(cps_function *f) {
    for (size_t i = 0; i < f->call_count; i++) {
        cps_function *callee = INFO(f->calls[i]->fn)->cps;
        if (!callee || callee->may_have_floats) continue; /* NULL: in another C file */
        callee->may_have_floats = true;
        pass_floats_on(callee);
    }
}

/* Only direct calls reach such a procedure, so its parameters can be C doubles. */
static bool takes_doubles(const program *p, const cps_function *f) {
    const lambda *fn = f->fn;
    return f->may_have_floats && INFO(fn)->called && !INFO(fn)->escapes && !p->stdlib && !fn->optional && !fn->rest;
}

typedef struct param_pass {
    cps_function **pending; /* a stack */
    size_t count, capacity;
} param_pass;

static void look_at(param_pass *p, cps_function *f) {
    if (f->float_pending) return;
    f->float_pending = true;
    PUSH(p->pending, p->count, p->capacity, f);
}

static void check_arguments(param_pass *p, const op *o) {
    size_t n = o->fn->required;
    for (size_t i = 0; i < n && i < o->count; i++) {
        if (!o->fn->params[i]->flonum || atom_is_float(o->items[i])) continue;
        o->fn->params[i]->flonum = false;
        look_at(p, INFO(o->fn)->cps);
    }
}

/* Optimistic, like the rest. */
void find_float_params(program *p, cps_function **functions) {
    for (size_t i = 0; i < p->lambda_count; i++) survey(functions[i], functions[i]->body, false);
    for (size_t i = 0; i < p->lambda_count; i++)
        if (functions[i]->may_have_floats) pass_floats_on(functions[i]);
    param_pass pass = {0};
    for (size_t i = 0; i < p->lambda_count; i++) {
        lambda *fn = p->lambdas[i];
        if (takes_doubles(p, functions[i]))
            for (size_t k = 0; k < fn->required; k++) fn->params[k]->flonum = !fn->params[k]->assigned;
        look_at(&pass, functions[i]);
    }
    while (pass.count) {
        cps_function *f = pass.pending[--pass.count];
        f->float_pending = false;
        if (f->may_have_floats) find_float_locals(f);
        for (size_t i = 0; i < f->call_count; i++) check_arguments(&pass, f->calls[i]);
    }
}
