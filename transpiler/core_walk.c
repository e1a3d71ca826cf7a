/* core_walk.c: traversal and copying of core trees. */
#include <string.h>

#include "program.h"

void core_children(core *x, core_visitor *visit, void *context, bool into_lambdas) {
    switch (x->kind) {
    case CORE_LET:
    case CORE_TRY:
        visit(&x->a, context);
        visit(&x->b, context);
        break;
    case CORE_IF:
        visit(&x->a, context);
        visit(&x->b, context);
        visit(&x->c, context);
        break;
    case CORE_SET_LOCAL:
    case CORE_SET_GLOBAL: visit(&x->a, context); break;
    case CORE_FIX:
        if (into_lambdas)
            for (size_t i = 0; i < x->count; i++) visit(&x->fns[i]->body, context);
        visit(&x->b, context);
        break;
    case CORE_LAMBDA:
        if (into_lambdas) visit(&x->fn->body, context);
        break;
    case CORE_LABEL:
        visit(&x->label->body, context);
        visit(&x->a, context);
        break;
    case CORE_CALL: visit(&x->a, context); /* fall through */
    case CORE_PRIM:
    case CORE_SEQ:
    case CORE_JUMP:
        for (size_t i = 0; i < x->count; i++) visit(&x->items[i], context);
        break;
    default: break;
    }
}

/* ---- copying ---- */

typedef struct renaming {
    const void *from;
    void *to;
    struct renaming *next;
} renaming;

static void *renamed(const renaming *r, const void *from) {
    for (; r; r = r->next)
        if (r->from == from) return r->to;
    return (void *)from;
}

static renaming *add_renaming(renaming *r, const void *from, void *to) {
    renaming *n = NEW(renaming);
    *n = (renaming){from, to, r};
    return n;
}

static var *copy_var(const var *v) {
    var *c = NEW(var);
    *c = *v;
    return c;
}

static var **copy_vars(var **vars, size_t count, renaming **r) {
    var **out = NEW_ARRAY(var *, count ? count : 1);
    for (size_t i = 0; i < count; i++) {
        out[i] = copy_var(vars[i]);
        *r = add_renaming(*r, vars[i], out[i]);
    }
    return out;
}

static core *copy(const core *x, renaming *r);

static size_t param_count(const lambda *fn) { return fn->required + fn->optional + (fn->rest ? 1 : 0); }

static lambda *copy_lambda(const lambda *fn, var *self, renaming *r) {
    lambda *c = NEW(lambda);
    *c = *fn;
    c->info = NULL;
    c->self = self;
    c->params = copy_vars(fn->params, param_count(fn), &r);
    c->body = copy(fn->body, r);
    return c;
}

static void copy_fix(core *c, const core *x, renaming *r) {
    c->fns = NEW_ARRAY(lambda *, x->count);
    var **selves = NEW_ARRAY(var *, x->count);
    for (size_t i = 0; i < x->count; i++) {
        selves[i] = copy_var(x->fns[i]->self);
        r = add_renaming(r, x->fns[i]->self, selves[i]);
    }
    for (size_t i = 0; i < x->count; i++) c->fns[i] = copy_lambda(x->fns[i], selves[i], r);
    c->b = copy(x->b, r);
}

static void copy_label(core *c, const core *x, renaming *r) {
    label *l = NEW(label);
    *l = *x->label;
    r = add_renaming(r, x->label, l);
    c->label = l;
    renaming *inner = r;
    l->params = copy_vars(x->label->params, x->label->count, &inner);
    l->body = copy(x->label->body, inner);
    c->a = copy(x->a, r);
}

static core *copy(const core *x, renaming *r) {
    core *c = NEW(core);
    *c = *x;
    switch (x->kind) {
    case CORE_LOCAL: c->var = renamed(r, x->var); break;
    case CORE_SET_LOCAL:
        c->var = renamed(r, x->var);
        c->a = copy(x->a, r);
        break;
    case CORE_SET_GLOBAL: c->a = copy(x->a, r); break;
    case CORE_IF:
        c->a = copy(x->a, r);
        c->b = copy(x->b, r);
        c->c = copy(x->c, r);
        break;
    case CORE_LET:
    case CORE_TRY: {
        c->a = copy(x->a, r);
        c->var = copy_var(x->var);
        c->b = copy(x->b, add_renaming(r, x->var, c->var));
        break;
    }
    case CORE_FIX: copy_fix(c, x, r); break;
    case CORE_LAMBDA: c->fn = copy_lambda(x->fn, NULL, r); break;
    case CORE_LABEL: copy_label(c, x, r); break;
    case CORE_JUMP: c->label = renamed(r, x->label); /* fall through */
    case CORE_CALL:
    case CORE_PRIM:
    case CORE_SEQ:
        if (x->a) c->a = copy(x->a, r);
        c->items = NEW_ARRAY(core *, x->count ? x->count : 1);
        for (size_t i = 0; i < x->count; i++) c->items[i] = copy(x->items[i], r);
        break;
    default: break;
    }
    return c;
}

core *core_copy(const core *x) { return copy(x, NULL); }

lambda *lambda_copy(const lambda *fn) { return copy_lambda(fn, NULL, NULL); }
