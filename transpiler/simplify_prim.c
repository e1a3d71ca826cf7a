/* simplify_prim.c: calls of variadic builtins with two arguments become their inline two-argument forms. */
#include <string.h>

#include "simplify.h"
#include "text.h"

typedef struct binary_form {
    const char *name, *inline_name;
    bool nests;   /* (f a b c) = (f (f a b) c) */
    bool negated; /* the inline form's result is inverted */
} binary_form;

static const binary_form binary_forms[] = {
    {"+", "%add", true, false},    {"-", "%sub", true, false},  {"*", "%mul", true, false},
    {"/", "%div", true, false},    {"<", "%lt", false, false},  {">", "%gt", false, false},
    {"<=", "%le", false, false},   {">=", "%ge", false, false}, {"=", "%equal", false, false},
    {"!=", "%equal", false, true},
};

/* All names are of one or two characters, which few builtins' are. */
static const binary_form *find_form(const builtin *b) {
    if (b->name[1] && b->name[2]) return NULL;
    for (size_t i = 0; i < sizeof binary_forms / sizeof *binary_forms; i++)
        if (same_text(binary_forms[i].name, b->name)) return &binary_forms[i];
    return NULL;
}

static core *make_binary(const char *name, core *a, core *b, span at) {
    core **items = NEW_ARRAY(core *, 2);
    items[0] = a;
    items[1] = b;
    return core_prim(name, items, 2, at);
}

static core *make_not(core *x) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = x;
    return core_prim("%not", items, 1, x->at);
}

static bool is_settled(const core *x) {
    return x->kind == CORE_CONST || x->kind == CORE_LOCAL || x->kind == CORE_BUILTIN || x->kind == CORE_LAMBDA;
}

/* (f (f a b) c) may fail before c is evaluated, (f a b c) not: then the operands are evaluated into variables first.
 * The number of those that must be. */
static size_t operands_to_settle(const core *x) {
    size_t n = x->count;
    while (n > 2 && is_settled(x->items[n - 1])) n--;
    return n > 2 ? n : 0;
}

static bool changes_later(const core *x) { return !is_settled(x) || (x->kind == CORE_LOCAL && x->var->assigned); }

static core *nest(core *x, const char *name) {
    size_t settled = operands_to_settle(x);
    core **values = NEW_ARRAY(core *, x->count);
    memcpy(values, x->items, x->count * sizeof *values);
    for (size_t i = 0; i < settled; i++) {
        if (!changes_later(x->items[i])) continue;
        x->items[i] = core_local(var_temp(values[i]->at), values[i]->at);
        x->items[i]->var->uses = 1;
    }
    core *r = x->items[0];
    for (size_t i = 1; i < x->count; i++) r = fold_prim(make_binary(name, r, x->items[i], x->at));
    for (size_t i = settled; i-- > 0;)
        if (x->items[i] != values[i]) r = core_let(x->items[i]->var, values[i], r, values[i]->at);
    return r;
}

core *simplify_prim(core *x) {
    if (!strcmp(x->prim->name, "not") && x->count == 1) return fold_prim(make_not(x->items[0]));
    if (!strcmp(x->prim->name, "list")) return core_prim("%list", x->items, x->count, x->at);
    const binary_form *form = x->count >= 2 ? find_form(x->prim) : NULL;
    if (!form || (x->count > 2 && !form->nests)) return fold_prim(x);
    core *r = nest(x, form->inline_name);
    return form->negated ? fold_prim(make_not(r)) : r;
}
