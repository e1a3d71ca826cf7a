/* group.c: with-tasks: a scope whose tasks all end before it does.
 *
 * The form's C function runs the body, then waits for the tasks. The first failure, of the body or of a task, is kept;
 * it asks the body (by a request against the scope) and the other tasks to end. Once the scope has failed, or is being
 * left by a cancellation from outside, the tasks are waited for behind a shield: they have their own grace time. */
#include "flu/builtins.h"
#include "flu/cancel.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"

typedef struct member {
    flu_waiter waiter; /* must be first; on the task's promise, value: the group */
    flu_task *task;
    struct member *next, *prev;
} member;

/* Guarded by lock: all but scope and shield, which belong to the owner, and result. */
typedef struct group {
    flu_opaque o;
    struct group_scope *scope;
    flu_lock lock;
    member *first, *last; /* the tasks that run, the oldest first; one without its task yet is about to get it */
    flu_wait_queue owner; /* the owner, while it waits for the last of them */
    bool failed;          /* error is raised in the end */
    bool over;            /* takes no more tasks */
    flu_value error;
    struct flu_trace *trace;
    enum flu_trace_next trace_next;
    flu_value result; /* of the body */
    flu_dynamic *shield;
} group;
#define GROUP(v) FLU_AS(group, v)

struct group_scope {
    flu_scope scope; /* must be first */
    group *group;
};

static const flu_class group_class = {.name = "task-scope"};
static bool is_group(flu_value v) { return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == &group_class; }

/* ---- the tasks ---- */

/* A request may end a task at once, which then leaves the list: it is copied first. */
static void cancel_tasks(flu_worker *w, group *g, flu_value reason) {
    flu_value tasks = FLU_EMPTY;
    flu_lock_take(w, &g->lock);
    for (member *m = g->last; m != NULL; m = m->prev)
        if (m->task != NULL) tasks = flu_cons(w, FLU_VALUE(m->task), tasks);
    flu_lock_release(w, &g->lock);
    for (; flu_is_cons(tasks); tasks = FLU_CELL(tasks)->tail)
        flu_task_request(w, FLU_TASK(FLU_CELL(tasks)->head), flu_cancelled_error(w, reason), FLU_REQUEST_CANCEL);
}

static void interrupt(flu_worker *w, flu_scope *s, flu_value reason) {
    cancel_tasks(w, ((struct group_scope *)s)->group, reason);
}

/* Keeps the first error. */
static bool fail(flu_worker *w, group *g, flu_value error, struct flu_trace *trace, enum flu_trace_next next) {
    flu_lock_take(w, &g->lock);
    bool first = !g->failed;
    if (first) {
        g->failed = true;
        g->error = error;
        g->trace = trace;
        g->trace_next = trace ? next : FLU_TRACE_CALLER;
    }
    flu_lock_release(w, &g->lock);
    return first;
}

/* The reason that those get who are cancelled because of this error. */
static flu_value reason_of(flu_value error) { return flu_is_cancellation(error) ? FLU_ERR(error)->data : error; }

static void remove_member(flu_worker *w, group *g, member *m) {
    flu_lock_take(w, &g->lock);
    if (m->prev)
        m->prev->next = m->next;
    else
        g->first = m->next;
    if (m->next)
        m->next->prev = m->prev;
    else
        g->last = m->prev;
    m->next = m->prev = NULL;
    flu_waiter *owner = g->first == NULL ? flu_wait_queue_claim(w, &g->owner) : NULL;
    flu_lock_release(w, &g->lock);
    if (owner != NULL) flu_wake(w, owner->task, FLU_NIL);
}

/* A task that was cancelled on its own has not failed. */
static void task_ended(flu_worker *w, flu_waiter *waiter, FLU_UNUSED flu_value object) {
    member *m = (member *)waiter;
    group *g = GROUP(waiter->value);
    flu_promise *p = &m->task->promise;
    bool rejected = atomic_load_explicit(&p->state, memory_order_acquire) == FLU_REJECTED;
    if (rejected && fail(w, g, p->value, p->trace, FLU_TRACE_AWAITER)) {
        flu_scope_request(w, &g->scope->scope, flu_cancelled_error(w, reason_of(p->value)));
        cancel_tasks(w, g, reason_of(p->value));
    }
    remove_member(w, g, m);
}

static void watch_task(flu_worker *w, member *m) {
    flu_promise *p = &m->task->promise;
    m->waiter.lock = &p->lock;
    m->waiter.notify = task_ended;
    flu_lock_take(w, &p->lock);
    bool pending = atomic_load_explicit(&p->state, memory_order_relaxed) == FLU_PENDING;
    if (pending) flu_wait_queue_push(&p->waiters, &m->waiter);
    flu_lock_release(w, &p->lock);
    if (!pending) task_ended(w, &m->waiter, FLU_VALUE(p));
}

/* False: the scope takes no more tasks. */
static bool add_member(flu_worker *w, group *g, member *m) {
    flu_lock_take(w, &g->lock);
    bool open = !g->over;
    if (open) {
        m->prev = g->last;
        if (g->last)
            g->last->next = m;
        else
            g->first = m;
        g->last = m;
    }
    flu_lock_release(w, &g->lock);
    return open;
}

flu_value flu_spawn_in(flu_worker *w, flu_value v, flu_value thunk) {
    if (!is_group(v)) return flu_type_error(w, "spawn-in", 1, "a scope of with-tasks", v);
    group *g = GROUP(v);
    member *m = flu_alloc(w, sizeof *m); /* cleared */
    m->waiter.value = v;
    if (!add_member(w, g, m)) return flu_raise(w, "error", "spawn-in: the scope has ended");
    flu_value task = flu_spawn_value(w, thunk);
    flu_observe(FLU_PROM(task)); /* a failure is the scope's */
    flu_lock_take(w, &g->lock);
    m->task = FLU_TASK(task);
    bool failed = g->failed; /* then the others have been cancelled without it */
    flu_lock_release(w, &g->lock);
    watch_task(w, m);
    if (failed) flu_task_request(w, m->task, flu_cancelled_error(w, reason_of(g->error)), FLU_REQUEST_CANCEL);
    return task;
}

/* ---- the form ---- */

enum { BODY, JOINING, DRAINING }; /* points of the frame */
static flu_value group_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info group_info = {
    .name = "with-tasks", .file = "", .resume = group_resume, .column = FLU_CLEANS_UP, .min = 1};

static flu_value suspend(flu_worker *w, flu_frame *old, group *g, unsigned point) {
    flu_save(w, old, &group_info, point, 1)->slots[0] = FLU_VALUE(g);
    return FLU_ABNORMAL;
}

/* Everything has ended, or (killed) nothing is waited for any more. */
static flu_value finish(flu_worker *w, group *g, flu_value v, bool killed) {
    flu_lock_take(w, &g->lock);
    g->over = true;
    flu_lock_release(w, &g->lock);
    if (g->shield != NULL) flu_shield_pop(w, g->shield);
    flu_scope_pop(w, &g->scope->scope, v);
    if (killed) return FLU_ABNORMAL;
    return g->failed ? flu_throw_from(w, g->error, g->trace, g->trace_next) : g->result;
}

/* True: no task is left, and from now on none comes. */
static bool close_if_empty(flu_worker *w, group *g) {
    flu_lock_take(w, &g->lock);
    bool empty = g->first == NULL;
    g->over = empty;
    flu_lock_release(w, &g->lock);
    return empty;
}

static bool has_failed(flu_worker *w, group *g) {
    flu_lock_take(w, &g->lock);
    bool failed = g->failed;
    flu_lock_release(w, &g->lock);
    return failed;
}

/* Nil: the last task has ended. FLU_ABNORMAL: suspended, or thrown. */
static flu_value wait_for_tasks(flu_worker *w, group *g) {
    if (close_if_empty(w, g)) return FLU_NIL;
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &g->lock);
    if (g->first == NULL) { /* ended on another worker meanwhile */
        flu_lock_release(w, &g->lock);
        return FLU_NIL;
    }
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &g->lock;
    wt->clause = 0;
    flu_wait_queue_push(&g->owner, wt);
    flu_lock_release(w, &g->lock);
    return flu_park(w, FLU_WAIT_AWAIT, FLU_VALUE(g));
}

/* The scope has failed: v is what waiting gave. Only a kill passes the shield. */
static flu_value drained(flu_worker *w, flu_frame *old, group *g, flu_value v) {
    while (v == FLU_NIL && !close_if_empty(w, g)) v = wait_for_tasks(w, g);
    if (v != FLU_ABNORMAL) return finish(w, g, v, false);
    if (w->signal == FLU_SUSPEND) return suspend(w, old, g, DRAINING);
    return finish(w, g, v, true);
}

static flu_value drain(flu_worker *w, flu_frame *old, group *g) {
    cancel_tasks(w, g, reason_of(g->error));
    g->shield = flu_alloc(w, sizeof *g->shield);
    flu_shield_push(w, g->shield);
    return drained(w, old, g, FLU_NIL);
}

/* A throw out of the body, or of the wait for the tasks: the first error, the scope's own request, or a cancellation
 * from outside. */
static flu_value thrown(flu_worker *w, flu_frame *old, group *g) {
    flu_cancel_request *own = g->scope->scope.request;
    struct flu_trace *trace;
    flu_value error = flu_take_throw(w, &trace);
    if (own == NULL || error != own->error) fail(w, g, error, trace, FLU_TRACE_SAME);
    return drain(w, old, g);
}

static flu_value joined(flu_worker *w, flu_frame *old, group *g, flu_value v) {
    while (v == FLU_NIL && !close_if_empty(w, g) && !has_failed(w, g)) v = wait_for_tasks(w, g);
    if (v == FLU_ABNORMAL) return w->signal == FLU_SUSPEND ? suspend(w, old, g, JOINING) : thrown(w, old, g);
    return has_failed(w, g) ? drain(w, old, g) : finish(w, g, v, false);
}

static flu_value body_left(flu_worker *w, flu_frame *old, group *g, flu_value v) {
    if (v == FLU_ABNORMAL) return w->signal == FLU_SUSPEND ? suspend(w, old, g, BODY) : thrown(w, old, g);
    g->result = v;
    return joined(w, old, g, FLU_NIL);
}

static flu_value group_resume(flu_worker *w, flu_frame *f, flu_value v) {
    group *g = GROUP(f->slots[0]);
    switch (flu_frame_point(f)) {
    case BODY: return body_left(w, f, g, v);
    case JOINING: return joined(w, f, g, v);
    default: return drained(w, f, g, v);
    }
}

flu_value flu_task_scope(flu_worker *w) {
    group *g = flu_alloc(w, sizeof *g); /* cleared */
    g->o.h = FLU_HEADER(FLU_T_OTHER, 0, 0, 0);
    g->o.cls = &group_class;
    g->error = g->result = FLU_NIL;
    g->scope = flu_alloc(w, sizeof *g->scope); /* cleared */
    g->scope->group = g;
    g->scope->scope.interrupt = interrupt;
    return FLU_VALUE(g);
}

flu_value flu_with_tasks(flu_worker *w, flu_value v, flu_value body) {
    group *g = GROUP(v);
    flu_scope_push(w, &g->scope->scope);
    return body_left(w, NULL, g, flu_call0(w, body));
}
