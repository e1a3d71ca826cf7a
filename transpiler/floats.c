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
    bool *defined; /* by var id */
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

static bool gives_float(const op *o) {
    if (o->kind == OP_MOVE) return atom_is_float(o->items[0]);
    return is_float_arithmetic(o);
}

static void define(float_pass *p, var *v, bool is_float) {
    p->defined[v->id] = true;
    if (is_float || !v->flonum) return;
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

void find_floats(cps_function *f) {
    size_t params = f->fn->required + f->fn->optional + (f->fn->rest ? 1 : 0) + INFO(f->fn)->free_count;
    float_pass p = {f, NEW_ARRAY(bool, f->var_count + 1), true};
    for (size_t i = 0; i < f->var_count; i++) f->vars[i]->flonum = i >= params && f->vars[i] != f->self;
    while (p.changed) {
        p.changed = false;
        scan(&p, f->body);
    }
    for (size_t i = 0; i < f->var_count; i++) f->vars[i]->flonum &= p.defined[i];
}
