/* closures.c: convert_closures: decides how each procedure is represented.
 *
 * In:  simplified program.  Out: p->lambdas: every reachable procedure with its lambda_info; variables that are both
 * assigned and captured live in boxes (%cell, %cell-ref, %cell-set!), so that every captured variable can be copied.
 *
 *   does not escape   a C function that takes its free variables as further arguments; only ever called directly
 *   escapes           a C function that takes its procedure object (self) first and reads free variables from it; one
 *                     without free variables is a static object */
#include <assert.h>
#include <string.h>

#include "simplify.h"

typedef struct closures {
    program *p;
    lambda *current;
    unsigned mark; /* of the variables known to be free in current */
    bool changed;
} closures;

static lambda_info *info_of(closures *c, lambda *fn) {
    if (!fn->info) {
        lambda_info *info = NEW(lambda_info);
        fn->info = info;
        PUSH(c->p->lambdas, c->p->lambda_count, c->p->lambda_capacity, fn);
    }
    return fn->info;
}

/* ---- ownership, reachability, escape ---- */

static void own(closures *c, core *x);

static void own_child(core **child, void *context) { own(context, *child); }

static void bind_var(closures *c, var *v) {
    v->owner = c->current;
    v->captured = false;
}

static void own_lambda(closures *c, lambda *fn) {
    lambda_info *info = info_of(c, fn);
    fn->outer = c->current;
    info->outermost = c->current ? INFO(c->current)->outermost : fn;
    if (info->outermost != fn) {
        info->next = INFO(info->outermost)->nested;
        INFO(info->outermost)->nested = fn;
    }
    closures inner = {.p = c->p, .current = fn};
    for (size_t i = 0; i < lambda_params(fn); i++) bind_var(&inner, fn->params[i]);
    own(&inner, fn->body);
}

/* Another C file has it; it may do whatever procedures do. */
static void reach_external(closures *c, global *g) {
    lambda_info *info = NEW(lambda_info);
    *info = (lambda_info){.global = g, .external = true, .linked = true, .escapes = true};
    info->may_suspend = info->may_fail = true;
    info->index = 1; /* visited: there is nothing to look at */
    info->outermost = g->fn;
    g->fn->info = info;
    PUSH(c->p->externals, c->p->external_count, c->p->external_capacity, g->fn);
}

static void reach_global(closures *c, global *g) {
    if (!g->fn || g->fn->info) return;
    if (g->module->external) {
        reach_external(c, g);
        return;
    }
    info_of(c, g->fn)->global = g;
    closures top = {.p = c->p};
    own_lambda(&top, g->fn);
}

static void use_var(closures *c, var *v) {
    if (v->owner == c->current) return;
    v->captured = true;
    if (v->assigned) INFO(INFO(c->current)->outermost)->boxes = true;
}

static void own(closures *c, core *x) {
    switch (x->kind) {
    case CORE_LOCAL:
        use_var(c, x->var);
        if (x->var->fn) info_of(c, x->var->fn)->escapes = true;
        break;
    case CORE_GLOBAL:
        reach_global(c, x->global);
        if (x->global->fn) INFO(x->global->fn)->escapes = true;
        break;
    case CORE_CALL:
        if (x->direct && x->a->kind == CORE_GLOBAL) reach_global(c, x->a->global);
        if (!x->direct) own(c, x->a);
        for (size_t i = 0; i < x->count; i++) own(c, x->items[i]);
        break;
    case CORE_SET_LOCAL:
        use_var(c, x->var);
        own(c, x->a);
        break;
    case CORE_LET:
    case CORE_TRY:
        bind_var(c, x->var);
        core_children(x, own_child, c, false);
        break;
    case CORE_LABEL:
        for (size_t i = 0; i < x->label->count; i++) bind_var(c, x->label->params[i]);
        core_children(x, own_child, c, false);
        break;
    case CORE_LAMBDA:
        info_of(c, x->fn)->escapes = true;
        own_lambda(c, x->fn);
        break;
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++) bind_var(c, x->fns[i]->self);
        for (size_t i = 0; i < x->count; i++) own_lambda(c, x->fns[i]);
        own(c, x->b);
        break;
    default: core_children(x, own_child, c, false); break;
    }
}

/* ---- boxes for assigned captured variables ---- */

static bool boxed(const var *v) { return v->assigned && v->captured; }

static core *prim1(const char *name, core *a, span at) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = a;
    return core_prim(name, items, 1, at);
}

static core *prim2(const char *name, core *a, core *b, span at) {
    core **items = NEW_ARRAY(core *, 2);
    items[0] = a;
    items[1] = b;
    return core_prim(name, items, 2, at);
}

/* A parameter v that must be boxed: *param becomes a fresh variable and v a box of it in the body. */
static core *box_param(var **param, core *body, lambda *owner) {
    var *v = *param;
    var *raw = var_new(v->name, v->at);
    raw->temporary = v->temporary;
    raw->owner = owner;
    *param = raw;
    return core_let(v, prim1("%cell", core_local(raw, v->at), v->at), body, v->at);
}

static core *box_params(var **params, size_t count, core *body, lambda *owner) {
    for (size_t i = 0; i < count; i++)
        if (boxed(params[i])) body = box_param(&params[i], body, owner);
    return body;
}

static void box_vars(core **child, void *context) {
    core *x = *child;
    core_children(x, box_vars, context, true);
    switch (x->kind) {
    case CORE_LOCAL:
        if (boxed(x->var)) *child = prim1("%cell-ref", core_local(x->var, x->at), x->at);
        break;
    case CORE_SET_LOCAL:
        if (boxed(x->var)) *child = prim2("%cell-set!", core_local(x->var, x->at), x->a, x->at);
        break;
    case CORE_LET:
        if (boxed(x->var)) x->a = prim1("%cell", x->a, x->at);
        break;
    case CORE_TRY: x->b = box_params(&x->var, 1, x->b, x->var->owner); break;
    case CORE_LABEL:
        if (x->label->count)
            x->label->body = box_params(x->label->params, x->label->count, x->label->body, x->label->params[0]->owner);
        break;
    case CORE_LAMBDA: x->fn->body = box_params(x->fn->params, lambda_params(x->fn), x->fn->body, x->fn); break;
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++)
            x->fns[i]->body = box_params(x->fns[i]->params, lambda_params(x->fns[i]), x->fns[i]->body, x->fns[i]);
        break;
    default: break;
    }
}

/* A local procedure whose variable is assigned is an ordinary variable that starts with the procedure. */
static void unfix_assigned(core **child, void *context) {
    core *x = *child;
    core_children(x, unfix_assigned, context, true);
    if (x->kind != CORE_FIX) return;
    size_t kept = 0;
    for (size_t i = 0; i < x->count; i++) {
        lambda *fn = x->fns[i];
        if (!fn->self->assigned) {
            x->fns[kept++] = fn;
            continue;
        }
        core **items = NEW_ARRAY(core *, 2);
        items[0] = core_set_local(fn->self, core_lambda(fn, fn->at), fn->at);
        items[1] = x->b;
        x->b = core_seq(items, 2, x->at);
        fn->self->fn = NULL;
        var *v = fn->self;
        fn->self = NULL;
        core *outer = core_let(v, core_prim("%undef", NULL, 0, x->at), x, x->at);
        *child = *child == x ? outer : core_let(v, core_prim("%undef", NULL, 0, x->at), *child, x->at);
    }
    x->count = kept;
}

/* ---- free variables ---- */

static bool static_procedure(const lambda *fn) { return INFO(fn)->escapes && INFO(fn)->free_count == 0; }

static void add_free(closures *c, var *v) {
    lambda *fn = c->current;
    lambda_info *info = INFO(fn);
    if (v->owner == fn || v == fn->self) return;
    if (v->fn && (!INFO(v->fn)->escapes || static_procedure(v->fn))) return;
    if (v->mark == c->mark) return;
    v->mark = c->mark;
    PUSH(info->free, info->free_count, info->free_capacity, v);
    c->changed = true;
}

static void add_free_of(closures *c, const lambda *fn) {
    for (size_t i = 0; i < INFO(fn)->free_count; i++) add_free(c, INFO(fn)->free[i]);
}

static void find_free(core **child, void *context) {
    closures *c = context;
    core *x = *child;
    switch (x->kind) {
    case CORE_LOCAL:
    case CORE_SET_LOCAL: add_free(c, x->var); break;
    case CORE_CALL:
        if (x->direct && x->a->kind == CORE_LOCAL) {
            lambda *fn = x->a->var->fn;
            if (INFO(fn)->escapes)
                add_free(c, x->a->var);
            else
                add_free_of(c, fn);
        }
        if (!x->direct) find_free(&x->a, c);
        for (size_t i = 0; i < x->count; i++) find_free(&x->items[i], c);
        return;
    case CORE_LAMBDA: add_free_of(c, x->fn); return;
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++)
            if (INFO(x->fns[i])->escapes) add_free_of(c, x->fns[i]);
        break;
    default: break;
    }
    core_children(x, find_free, c, false);
}

static void find_free_in(closures *c, lambda *fn) {
    c->current = fn;
    c->mark++;
    for (size_t i = 0; i < INFO(fn)->free_count; i++) INFO(fn)->free[i]->mark = c->mark;
    find_free(&fn->body, c);
}

/* Procedures share variables only with those of the same outermost one, which itself has none free. Sets only grow, and
 * are bounded by the variables there are, so this ends; inner procedures, which decide about outer ones, come first. */
static void find_free_variables(closures *c, const lambda *outermost) {
    if (!INFO(outermost)->nested) return;
    do {
        c->changed = false;
        for (lambda *fn = INFO(outermost)->nested; fn; fn = INFO(fn)->next) find_free_in(c, fn);
    } while (c->changed);
}

static bool is_library_export(const global *g) {
    const builtin *b = builtin_find(g->name);
    return b && (b->flags & LIB);
}

static void prepare(lambda *fn) {
    core *body = fn->body;
    unfix_assigned(&body, NULL);
    fn->body = body;
}

void convert_closures(program *p) {
    closures c = {.p = p};
    for (size_t i = 0; i < p->global_count; i++)
        if (p->globals[i]->fn) prepare(p->globals[i]->fn);
    prepare(p->main);
    own_lambda(&c, p->main);
    for (size_t i = 0; i < p->global_count && p->separate; i++) {
        global *g = p->globals[i];
        if (!g->fn || g->module->external || !is_linked(p, g)) continue;
        reach_global(&c, g);
        INFO(g->fn)->escapes = INFO(g->fn)->linked = true;
    }
    if (p->stdlib)
        for (size_t i = 0; i < p->global_count; i++)
            if (is_library_export(p->globals[i])) reach_global(&c, p->globals[i]);
    for (size_t i = 0; i < p->lambda_count; i++) {
        lambda *fn = p->lambdas[i];
        if (fn->outer) continue; /* nested ones are reached from their outermost */
        if (INFO(fn)->boxes) {
            box_vars(&fn->body, NULL);
            fn->body = box_params(fn->params, lambda_params(fn), fn->body, fn);
        }
        find_free_variables(&c, fn);
    }
}
