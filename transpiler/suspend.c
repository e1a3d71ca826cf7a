/* suspend.c: mark_suspending: which procedures may suspend, which may fail at all, and which check the stack at entry.
 *
 * A procedure may suspend if it calls an unknown procedure or a builtin that may, if it loops or recurses (preemption
 * and stack overflow strike there), or if it calls a known procedure that may. The others are plain C functions without
 * resume points. In: program from convert_closures().  Out: lambda_info.may_suspend, may_fail, checks_entry, recursive.
 *
 * One walk, in the order of Tarjan's strongly connected components of the direct calls (1972): whatever a procedure
 * calls is decided before it, except what it recurses with; and all that recurse may suspend. */
#include "simplify.h"

typedef struct tarjan {
    lambda *current;
    lambda **stack;
    size_t count, capacity;
    int next;
} tarjan;

lambda *direct_callee(const core *x) {
    if (x->kind != CORE_CALL || !x->direct) return NULL;
    return x->a->kind == CORE_LOCAL ? x->a->var->fn : x->a->global->fn;
}

static void visit_lambda(tarjan *t, lambda *fn);

static void visit_callee(tarjan *t, lambda *callee) {
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

/* callee: NULL if it is not known. */
static void mark_call(lambda_info *info, lambda *callee) {
    if (!callee || INFO(callee)->may_suspend)
        info->may_suspend = info->may_fail = info->checks_entry = true;
    else if (INFO(callee)->may_fail)
        info->may_fail = true;
}

static void mark_prim(lambda_info *info, const builtin *b) {
    if (b->flags & SUSPENDS) info->may_suspend = true;
    if (b->flags & CALLS) info->checks_entry = true;
    if (!(b->flags & NOTHROW)) info->may_fail = true;
}

static void visit(core **child, void *context) {
    tarjan *t = context;
    core *x = *child;
    lambda_info *info = INFO(t->current);
    switch (x->kind) {
    case CORE_CALL: {
        lambda *callee = direct_callee(x);
        if (callee) visit_callee(t, callee);
        mark_call(info, callee);
        break;
    }
    case CORE_PRIM: mark_prim(info, x->prim); break;
    case CORE_LABEL:
        x->label->bounded = x->label->is_loop && is_bounded_loop(x);
        if (x->label->is_loop && !x->label->bounded) info->may_suspend = info->may_fail = true;
        break;
    case CORE_GLOBAL:
        if (!x->global->fn && !x->global->early && !x->ready) info->may_fail = true;
        break;
    default: break;
    }
    core_children(x, visit, t, false);
}

static void visit_lambda(tarjan *t, lambda *fn) {
    lambda_info *info = INFO(fn);
    info->index = info->low = ++t->next;
    info->on_stack = true;
    PUSH(t->stack, t->count, t->capacity, fn);
    t->current = fn;
    visit(&fn->body, t);
    if (info->low != info->index) return;
    bool group = t->stack[t->count - 1] != fn;
    lambda *member;
    do {
        member = t->stack[--t->count];
        lambda_info *m = INFO(member);
        m->on_stack = false;
        m->recursive |= group;
        if (m->recursive) m->may_suspend = m->may_fail = m->checks_entry = true;
    } while (member != fn);
}

void mark_suspending(program *p) {
    tarjan t = {0};
    for (size_t i = 0; i < p->lambda_count; i++)
        if (!INFO(p->lambdas[i])->index) visit_lambda(&t, p->lambdas[i]);
}
