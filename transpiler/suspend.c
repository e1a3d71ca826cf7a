/* suspend.c: mark_suspending: which procedures may suspend, which may fail at all, and which check the stack at entry.
 *
 * A procedure may suspend if it calls an unknown procedure or a builtin that may, if it loops or recurses (preemption
 * and stack overflow strike there), or if it calls a known procedure that may. The others are plain C functions without
 * resume points. In: program from convert_closures().  Out: lambda_info.may_suspend, may_fail, checks_entry. */
#include "simplify.h"

typedef struct scan {
    lambda_info *info;
    bool changed;
} scan;

static void raise_flag(scan *s, bool *flag) {
    if (*flag) return;
    *flag = true;
    s->changed = true;
}

static lambda *direct_callee(const core *x) {
    if (x->kind != CORE_CALL || !x->direct) return NULL;
    return x->a->kind == CORE_LOCAL ? x->a->var->fn : x->a->global->fn;
}

static void scan_call(scan *s, const core *x) {
    lambda *fn = direct_callee(x);
    if (!fn || INFO(fn)->may_suspend) {
        raise_flag(s, &s->info->may_suspend);
        raise_flag(s, &s->info->may_fail);
        s->info->checks_entry = true;
    } else if (INFO(fn)->may_fail) {
        raise_flag(s, &s->info->may_fail);
    }
}

static void scan_node(core **child, void *context) {
    scan *s = context;
    core *x = *child;
    switch (x->kind) {
    case CORE_CALL: scan_call(s, x); break;
    case CORE_PRIM:
        if (x->prim->flags & SUSPENDS) raise_flag(s, &s->info->may_suspend);
        if (x->prim->flags & CALLS) s->info->checks_entry = true;
        if (!(x->prim->flags & NOTHROW)) raise_flag(s, &s->info->may_fail);
        break;
    case CORE_LABEL:
        if (x->label->is_loop) raise_flag(s, &s->info->may_suspend), raise_flag(s, &s->info->may_fail);
        break;
    case CORE_GLOBAL:
        if (!x->global->fn && !x->global->early && !x->ready) raise_flag(s, &s->info->may_fail);
        break;
    default: break;
    }
    core_children(x, scan_node, s, false);
}

/* ---- recursion: strongly connected components of the direct calls (Tarjan 1972) ---- */

typedef struct tarjan {
    lambda *current;
    lambda **stack;
    size_t count, capacity;
    int next;
} tarjan;

static void visit_lambda(tarjan *t, lambda *fn);

static void visit_call(core **child, void *context) {
    tarjan *t = context;
    core *x = *child;
    lambda *callee = direct_callee(x);
    if (callee) {
        lambda_info *from = INFO(t->current), *to = INFO(callee);
        if (callee == t->current) from->recursive = true;
        if (!to->index) {
            lambda *saved = t->current;
            visit_lambda(t, callee);
            t->current = saved;
            if (to->low < from->low) from->low = to->low;
        } else if (to->on_stack && to->index < from->low) {
            from->low = to->index;
        }
    }
    core_children(x, visit_call, t, false);
}

static void visit_lambda(tarjan *t, lambda *fn) {
    lambda_info *info = INFO(fn);
    info->index = info->low = ++t->next;
    info->on_stack = true;
    PUSH(t->stack, t->count, t->capacity, fn);
    t->current = fn;
    visit_call(&fn->body, t);
    if (info->low != info->index) return;
    bool group = t->stack[t->count - 1] != fn;
    lambda *member;
    do {
        member = t->stack[--t->count];
        INFO(member)->on_stack = false;
        INFO(member)->recursive |= group;
    } while (member != fn);
}

static void find_recursion(program *p) {
    tarjan t = {0};
    for (size_t i = 0; i < p->lambda_count; i++)
        if (!INFO(p->lambdas[i])->index) visit_lambda(&t, p->lambdas[i]);
}

void mark_suspending(program *p) {
    find_recursion(p);
    for (size_t i = 0; i < p->lambda_count; i++) {
        lambda_info *info = INFO(p->lambdas[i]);
        if (info->recursive) info->may_suspend = info->may_fail = info->checks_entry = true;
    }
    scan s = {.changed = true};
    while (s.changed) {
        s.changed = false;
        for (size_t i = p->lambda_count; i-- > 0;) {
            s.info = INFO(p->lambdas[i]);
            scan_node(&p->lambdas[i]->body, &s);
        }
    }
}
