/* fold.c: computes builtins marked FOLD on literal arguments at compile time. */
#include <math.h>
#include <string.h>

#include "program.h"
#include "simplify.h"

enum { MAX_FIX_BITS = 60 };

static bool fits(int64_t i) { return i >= -(INT64_C(1) << MAX_FIX_BITS) && i < INT64_C(1) << MAX_FIX_BITS; }

static bool is_number(const datum *x) { return x->kind == DATUM_INT || x->kind == DATUM_FLOAT; }

static double as_double(const datum *x) { return x->kind == DATUM_INT ? (double)x->i : x->f; }

static core *fold_float(double d, span at) {
    datum *x = NEW(datum);
    *x = (datum){.kind = DATUM_FLOAT, .f = d, .at = at};
    return core_const(x, at);
}

/* NULL: leave it to run time (overflow into big integers, errors). */
static core *fold_ints(const char *op, int64_t a, int64_t b, span at) {
    int64_t r;
    bool overflow = true;
    if (!strcmp(op, "%add")) overflow = __builtin_add_overflow(a, b, &r);
    if (!strcmp(op, "%sub")) overflow = __builtin_sub_overflow(a, b, &r);
    if (!strcmp(op, "%mul")) overflow = __builtin_mul_overflow(a, b, &r);
    if (!strcmp(op, "%div") && b != 0 && b != -1) overflow = false, r = a / b;
    return overflow || !fits(r) ? NULL : core_int(r, at);
}

static core *fold_floats(const char *op, double a, double b, span at) {
    if (!strcmp(op, "%add")) return fold_float(a + b, at);
    if (!strcmp(op, "%sub")) return fold_float(a - b, at);
    if (!strcmp(op, "%mul")) return fold_float(a * b, at);
    if (!strcmp(op, "%div") && b != 0) return fold_float(a / b, at);
    return NULL;
}

/* Comparisons of an int with a float are exact at run time; here only same kinds are folded. */
static core *fold_compare(const char *op, const datum *a, const datum *b, span at) {
    int order;
    if (a->kind == DATUM_INT && b->kind == DATUM_INT) {
        order = a->i < b->i ? -1 : a->i > b->i;
    } else if (a->kind == DATUM_FLOAT && b->kind == DATUM_FLOAT && !isnan(a->f) && !isnan(b->f)) {
        order = a->f < b->f ? -1 : a->f > b->f;
    } else {
        return NULL;
    }
    if (!strcmp(op, "%lt")) return core_bool(order < 0, at);
    if (!strcmp(op, "%gt")) return core_bool(order > 0, at);
    if (!strcmp(op, "%le")) return core_bool(order <= 0, at);
    if (!strcmp(op, "%ge")) return core_bool(order >= 0, at);
    if (!strcmp(op, "%equal")) return core_bool(order == 0, at);
    return NULL;
}

static core *fold_binary(const char *op, const datum *a, const datum *b, span at) {
    if (!is_number(a) || !is_number(b)) return NULL;
    core *compared = fold_compare(op, a, b, at);
    if (compared) return compared;
    if (a->kind == DATUM_INT && b->kind == DATUM_INT) return fold_ints(op, a->i, b->i, at);
    return fold_floats(op, as_double(a), as_double(b), at);
}

core *fold_prim(core *x) {
    if (!(x->prim->flags & FOLD)) return x;
    for (size_t i = 0; i < x->count; i++)
        if (x->items[i]->kind != CORE_CONST) return x;
    const char *op = x->prim->name;
    if (x->count == 1 && !strcmp(op, "%not")) {
        datum_kind k = x->items[0]->datum->kind;
        return core_bool(k == DATUM_FALSE || k == DATUM_NIL, x->at);
    }
    core *folded = x->count == 2 ? fold_binary(op, x->items[0]->datum, x->items[1]->datum, x->at) : NULL;
    return folded ? folded : x;
}
