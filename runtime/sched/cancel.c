/* cancel.c: cancellation requests: making, raising, withdrawing them; cancel.h says how it all fits. */
#include "flu/cancel.h"

#include "flu/builtins.h"
#include "flu/sched.h"
#include "flu/special.h"

#define SCOPE(d) ((flu_scope *)(d))

static bool is_settled(flu_promise *p) { return atomic_load_explicit(&p->state, memory_order_acquire) != FLU_PENDING; }

/* ---- what is due: the task's cancel_lock is held ---- */

/* The outermost request that the task is to raise now, or NULL. */
static flu_cancel_request *due(const struct flu_task_more *more) {
    if (more->requests[FLU_REQUEST_KILL] != NULL) return more->requests[FLU_REQUEST_KILL];
    flu_cancel_request *found = NULL;
    for (flu_dynamic *d = more->dynamic; d != NULL; d = d->parent) {
        if (d->kind == FLU_DYNAMIC_SHIELD) return found;
        if (d->kind != FLU_DYNAMIC_SCOPE || SCOPE(d)->request == NULL || SCOPE(d)->muted) continue;
        if (SCOPE(d)->request->state == FLU_REQUEST_DELIVERED) return found;
        found = SCOPE(d)->request;
    }
    for (int kind = FLU_REQUEST_CANCEL; kind <= FLU_REQUEST_EXIT; kind++) {
        flu_cancel_request *r = more->requests[kind];
        if (r != NULL) return r->state == FLU_REQUEST_DELIVERED ? found : r;
    }
    return found;
}

/* The scopes of the list learn whose they are; gives whether there are requests at all. */
static bool look_through(flu_task *t, struct flu_task_more *more) {
    bool any =
        more->requests[FLU_REQUEST_CANCEL] || more->requests[FLU_REQUEST_EXIT] || more->requests[FLU_REQUEST_KILL];
    for (flu_dynamic *d = more->dynamic; d != NULL; d = d->parent) {
        if (d->kind != FLU_DYNAMIC_SCOPE) continue;
        SCOPE(d)->task = t;
        any |= SCOPE(d)->request != NULL;
    }
    return any;
}

static void sum_up(flu_task *t, struct flu_task_more *more) {
    if (!look_through(t, more))
        t->cancel = FLU_CANCEL_NONE;
    else
        t->cancel = due(more) ? FLU_CANCEL_REQUESTED : FLU_CANCEL_HELD;
}

void flu_cancel_refresh(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL) return;
    flu_lock_take(w, &more->cancel_lock);
    sum_up(t, more);
    flu_lock_release(w, &more->cancel_lock);
}

/* ---- raising ---- */

/* The scopes that the throw of r unwinds. */
static void mute(struct flu_task_more *more, const flu_cancel_request *r, bool muted) {
    for (flu_dynamic *d = more->dynamic; d != NULL && SCOPE(d) != r->scope; d = d->parent)
        if (d->kind == FLU_DYNAMIC_SCOPE) SCOPE(d)->muted = muted;
}

/* r is being raised; lock held. */
static void deliver(flu_worker *w, flu_task *t, struct flu_task_more *more, flu_cancel_request *r) {
    r->carrier = r->error;
    if (r->state == FLU_REQUEST_PENDING) {
        r->state = FLU_REQUEST_DELIVERED;
        mute(more, r, true);
        if (r != more->requests[FLU_REQUEST_KILL]) flu_timer_set(w, &r->grace, flu_now(w) + w->rt->cancel_grace);
    }
    sum_up(t, more);
}

/* After deliver, without the lock: t does not run, or is the running task. */
static void interrupt_scopes(flu_worker *w, struct flu_task_more *more, const flu_cancel_request *r) {
    flu_value reason = FLU_ERR(r->error)->data;
    for (flu_dynamic *d = more->dynamic; d != NULL; d = d->parent) {
        if (d->kind == FLU_DYNAMIC_SCOPE && SCOPE(d)->interrupt != NULL) SCOPE(d)->interrupt(w, SCOPE(d), reason);
        if (SCOPE(d) == r->scope) return;
    }
}

void flu_cancel_poke(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL || is_settled(&t->promise)) return;
    flu_lock_take(w, &more->cancel_lock);
    sum_up(t, more);
    flu_cancel_request *r = t->cancel == FLU_CANCEL_REQUESTED && flu_claim(w, t) ? due(more) : NULL;
    if (r != NULL) deliver(w, t, more, r);
    flu_lock_release(w, &more->cancel_lock);
    if (r == NULL) return; /* nothing is due, or it runs, or has its result: raised where it next suspends */
    interrupt_scopes(w, more, r);
    flu_wake_throw(w, t, r->error);
}

bool flu_cancel_due_slow(flu_worker *w) {
    flu_task *t = w->task;
    struct flu_task_more *more = flu_task_more(w, t);
    flu_lock_take(w, &more->cancel_lock);
    flu_cancel_request *r = due(more);
    if (r != NULL)
        deliver(w, t, more, r);
    else
        sum_up(t, more);
    flu_lock_release(w, &more->cancel_lock);
    if (r == NULL) return false;
    interrupt_scopes(w, more, r);
    flu_throw(w, r->error);
    return true;
}

/* ---- requests ---- */

/* Cleanup took too long: whatever it waits for is cut short. */
static void grace_is_over(flu_worker *w, flu_timer *timer) {
    flu_cancel_request *r = (flu_cancel_request *)timer;
    if (r->state == FLU_REQUEST_DELIVERED) r->state = FLU_REQUEST_OVERDUE;
    flu_cancel_poke(w, r->scope ? r->scope->task : FLU_TASK(timer->data));
}

static flu_cancel_request *request_new(flu_worker *w, flu_task *t, flu_scope *scope, flu_value error) {
    flu_cancel_request *r = flu_alloc(w, sizeof *r); /* cleared */
    r->grace = (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .weak = true, .fire = grace_is_over};
    r->grace.data = FLU_VALUE(t);
    r->error = error;
    r->scope = scope;
    return r;
}

void flu_task_request(flu_worker *w, flu_task *t, flu_value error, enum flu_request kind) {
    if (is_settled(&t->promise)) return;
    struct flu_task_more *more = flu_task_more(w, t);
    if (more->requests[kind] != NULL) return;
    more->requests[kind] = request_new(w, t, NULL, error);
    flu_cancel_poke(w, t);
}

bool flu_scope_request(flu_worker *w, flu_scope *s, flu_value error) {
    if (s->request != NULL) return false;
    s->request = request_new(w, NULL, s, error);
    if (s->task != NULL) flu_cancel_poke(w, s->task);
    return true;
}

/* Takes a request against the task back. False: there is none. */
static bool withdraw(flu_worker *w, flu_task *t, enum flu_request kind) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL || more->requests[kind] == NULL) return false;
    flu_lock_take(w, &more->cancel_lock);
    flu_cancel_request *r = more->requests[kind];
    more->requests[kind] = NULL;
    flu_timer_cancel(w, &r->grace);
    if (r->state != FLU_REQUEST_PENDING) mute(more, r, false);
    sum_up(t, more);
    flu_lock_release(w, &more->cancel_lock);
    return true;
}

void flu_cancel_end(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL) return;
    for (int kind = FLU_REQUEST_CANCEL; kind <= FLU_REQUEST_KILL; kind++)
        if (more->requests[kind] != NULL) flu_timer_cancel(w, &more->requests[kind]->grace);
}

/* ---- what throws mean to requests: on the running task ---- */

/* Calls visit for every request that concerns the task. */
static void each_request(flu_worker *w, flu_value a, flu_value b,
                         void (*visit)(flu_worker *w, struct flu_task_more *more, flu_cancel_request *r, flu_value a,
                                       flu_value b)) {
    struct flu_task_more *more = flu_task_more(w, w->task);
    flu_lock_take(w, &more->cancel_lock);
    for (flu_dynamic *d = more->dynamic; d != NULL; d = d->parent)
        if (d->kind == FLU_DYNAMIC_SCOPE && SCOPE(d)->request != NULL) visit(w, more, SCOPE(d)->request, a, b);
    for (int kind = FLU_REQUEST_CANCEL; kind <= FLU_REQUEST_EXIT; kind++)
        if (more->requests[kind] != NULL) visit(w, more, more->requests[kind], a, b);
    sum_up(w->task, more);
    flu_lock_release(w, &more->cancel_lock);
}

static void caught(flu_worker *w, struct flu_task_more *more, flu_cancel_request *r, flu_value v,
                   FLU_UNUSED flu_value unused) {
    if (r->state == FLU_REQUEST_PENDING || r->carrier != v) return;
    r->state = FLU_REQUEST_PENDING;
    flu_timer_cancel(w, &r->grace);
    mute(more, r, false);
}

static void replaced(FLU_UNUSED flu_worker *w, FLU_UNUSED struct flu_task_more *more, flu_cancel_request *r,
                     flu_value old, flu_value error) {
    if (r->state != FLU_REQUEST_PENDING && r->carrier == old) r->carrier = error;
}

static void rethrown(flu_worker *w, struct flu_task_more *more, flu_cancel_request *r, flu_value v,
                     FLU_UNUSED flu_value unused) {
    if (r->error == v) deliver(w, w->task, more, r);
}

void flu_cancel_replaced_slow(flu_worker *w, flu_value old, flu_value error) { each_request(w, old, error, replaced); }
void flu_cancel_rethrown_slow(flu_worker *w, flu_value v) { each_request(w, v, FLU_NIL, rethrown); }

flu_value flu_caught(flu_worker *w, flu_value v) {
    if (flu_unlikely(w->task->cancel != FLU_CANCEL_NONE)) each_request(w, v, FLU_NIL, caught);
    return FLU_NIL;
}

/* ---- scopes ---- */

void flu_scope_push(flu_worker *w, flu_scope *s) {
    struct flu_task_more *more = flu_running_more(w);
    s->dynamic.h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    s->dynamic.kind = FLU_DYNAMIC_SCOPE;
    s->dynamic.parent = more->dynamic;
    more->dynamic = &s->dynamic;
    s->task = w->task;
    if (s->request != NULL || w->task->cancel != FLU_CANCEL_NONE) flu_cancel_refresh(w, w->task);
}

bool flu_scope_pop(flu_worker *w, flu_scope *s, flu_value v) {
    flu_dynamic_set(w, s->dynamic.parent);
    flu_cancel_request *r = s->request;
    if (r != NULL) flu_timer_cancel(w, &r->grace);
    if (w->task->cancel != FLU_CANCEL_NONE) flu_cancel_refresh(w, w->task);
    return r != NULL && v == FLU_ABNORMAL && w->signal == FLU_THROW && w->thrown == r->error;
}

/* ---- cancel, and what a task may ask about itself ---- */

bool flu_cancel_with(flu_worker *w, flu_promise *p, flu_value error) {
    if (is_settled(p)) return false;
    if (flu_header_type(p->h) == FLU_T_TASK) {
        /* Each request has an error of its own: its identity tells them apart. */
        flu_task_request(w, (flu_task *)p, flu_cancelled_error(w, FLU_ERR(error)->data), FLU_REQUEST_CANCEL);
        return true;
    }
    flu_canceller *canceller = p->cancel;
    if (canceller == NULL) return flu_promise_reject(w, p, error);
    canceller->cancel(w, p, error);
    return true;
}

flu_value flu_cancel(flu_worker *w, flu_value p, flu_value reason) {
    if (!flu_is_promise(p)) return flu_type_error(w, "cancel", 1, "a promise or task", p);
    return FLU_BOOL(flu_cancel_with(w, FLU_PROM(p), flu_cancelled_error(w, reason == FLU_UNDEF ? FLU_NIL : reason)));
}

flu_value flu_uncancel(flu_worker *w) { return FLU_BOOL(withdraw(w, w->task, FLU_REQUEST_CANCEL)); }

flu_value flu_is_cancelled(flu_worker *w) { return FLU_BOOL(w->task->cancel != FLU_CANCEL_NONE); }

flu_value flu_check_cancelled(flu_worker *w) { return flu_cancel_due(w) ? FLU_ABNORMAL : FLU_NIL; }
