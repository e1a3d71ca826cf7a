/* cancel.c: cancellation requests: making, raising, withdrawing them; cancel.h says how it all fits. */
#include "flu/cancel.h"

#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"

#define SCOPE(d) ((flu_scope *)(d))

static bool is_settled(flu_promise *p) { return atomic_load_explicit(&p->state, memory_order_acquire) != FLU_PENDING; }

/* ---- what is due: the task's promise.lock is held ---- */

static void start_grace(flu_worker *w, flu_cancel_request *r) {
    if (r->graced) return;
    r->graced = true;
    flu_timer_set(w, &r->grace, flu_now(w) + w->rt->cancel_grace);
}

/* A cleanup inside of what r is against holds it off; but not for ever. */
static bool waits_for_cleanup(flu_worker *w, const flu_task *t, unsigned cleanups, flu_cancel_request *r) {
    if (t->cleanups <= cleanups || r->overdue) return false;
    start_grace(w, r);
    return true;
}

/* Goes through the requests from the innermost scope to the task itself. The outermost that is due, or NULL; *any: is
 * there one at all? */
static flu_cancel_request *look_through(flu_worker *w, flu_task *t, struct flu_task_more *more, bool *any) {
    flu_cancel_request *found = NULL;
    bool shielded = false;
    for (flu_dynamic *d = more->dynamic; d != NULL; d = d->parent) {
        if (d->kind == FLU_DYNAMIC_SHIELD) shielded = true;
        if (d->kind != FLU_DYNAMIC_SCOPE) continue;
        flu_scope *s = SCOPE(d);
        atomic_store_explicit(&s->task, t, memory_order_release);
        flu_cancel_request *r = atomic_load_explicit(&s->request, memory_order_acquire);
        if (r == NULL) continue;
        *any = true;
        if (!shielded && !waits_for_cleanup(w, t, s->cleanups, r)) found = r;
    }
    for (int kind = FLU_REQUEST_EXIT; kind >= FLU_REQUEST_CANCEL; kind--) {
        flu_cancel_request *r = more->requests[kind];
        if (r == NULL) continue;
        *any = true;
        if (!shielded && !waits_for_cleanup(w, t, 0, r)) found = r;
    }
    if (more->requests[FLU_REQUEST_KILL] == NULL) return found;
    *any = true;
    return more->requests[FLU_REQUEST_KILL];
}

/* Recomputes the summary; gives what is due. */
static flu_cancel_request *sum_up(flu_worker *w, flu_task *t, struct flu_task_more *more) {
    bool any = false;
    flu_cancel_request *r = look_through(w, t, more, &any);
    uint8_t state = r ? FLU_CANCEL_REQUESTED : any ? FLU_CANCEL_HELD : FLU_CANCEL_NONE;
    atomic_store_explicit(&t->cancel, state, memory_order_relaxed);
    return r;
}

void flu_cancel_refresh(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL) return;
    flu_lock_take(w, &t->promise.lock);
    sum_up(w, t, more);
    flu_lock_release(w, &t->promise.lock);
}

/* ---- raising ---- */

/* r is going to unwind t; the lock is held. */
static void note_unwinding(flu_worker *w, struct flu_task_more *more, flu_cancel_request *r) {
    if (r != more->requests[FLU_REQUEST_KILL]) start_grace(w, r);
}

/* r begins to unwind t, which does not run elsewhere; no lock held. */
static void begin_unwinding(flu_worker *w, struct flu_task_more *more, flu_cancel_request *r) {
    flu_value reason = FLU_ERR(r->error)->data;
    for (flu_dynamic *d = more->dynamic; d != NULL; d = d->parent) {
        if (d->kind == FLU_DYNAMIC_SCOPE && SCOPE(d)->interrupt != NULL) SCOPE(d)->interrupt(w, SCOPE(d), reason);
        if (SCOPE(d) == r->scope) return;
    }
}

void flu_cancel_poke(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL || is_settled(&t->promise)) return;
    flu_lock_take(w, &t->promise.lock);
    flu_cancel_request *r = sum_up(w, t, more);
    /* If it runs, or has its result, it is raised where the task next suspends. */
    flu_fence(w); /* either the task's look after it has committed its wait finds the request, or this its wait */
    bool claimed = r != NULL && flu_claim(w, t);
    if (claimed) note_unwinding(w, more, r);
    flu_lock_release(w, &t->promise.lock);
    if (!claimed) return;
    begin_unwinding(w, more, r);
    flu_wake_throw(w, t, r->error);
}

bool flu_cancel_due_slow(flu_worker *w) {
    struct flu_task_more *more = flu_task_more(w, w->task);
    flu_lock_take(w, &w->task->promise.lock);
    flu_cancel_request *r = sum_up(w, w->task, more);
    if (r != NULL) note_unwinding(w, more, r);
    flu_lock_release(w, &w->task->promise.lock);
    if (r == NULL) return false;
    begin_unwinding(w, more, r);
    flu_throw(w, r->error);
    return true;
}

/* ---- requests ---- */

/* Cleanup took too long: whatever it waits for is cut short. */
static void grace_is_over(flu_worker *w, flu_timer *timer) {
    flu_cancel_request *r = (flu_cancel_request *)timer;
    flu_task *t = r->scope ? atomic_load_explicit(&r->scope->task, memory_order_acquire) : FLU_TASK(timer->data);
    flu_lock_take(w, &t->promise.lock);
    r->overdue = true;
    flu_lock_release(w, &t->promise.lock);
    flu_cancel_poke(w, t);
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
    flu_cancel_request *r = request_new(w, t, NULL, error);
    flu_lock_take(w, &t->promise.lock);
    bool first = more->requests[kind] == NULL;
    if (first) more->requests[kind] = r;
    flu_lock_release(w, &t->promise.lock);
    if (first) flu_cancel_poke(w, t);
}

bool flu_scope_request(flu_worker *w, flu_scope *s, flu_value error) {
    flu_cancel_request *none = NULL;
    if (!atomic_compare_exchange_strong(&s->request, &none, request_new(w, NULL, s, error))) return false;
    /* Either this finds the task, or the task, about to push the scope, finds the request. */
    flu_task *t = atomic_load(&s->task);
    if (t != NULL) flu_cancel_poke(w, t);
    return true;
}

/* Takes a request against the task back. False: there is none. */
static bool withdraw(flu_worker *w, flu_task *t, enum flu_request kind) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL) return false;
    flu_lock_take(w, &t->promise.lock);
    bool there = more->requests[kind] != NULL;
    if (there) {
        flu_timer_cancel(w, &more->requests[kind]->grace);
        more->requests[kind] = NULL;
        sum_up(w, t, more);
    }
    flu_lock_release(w, &t->promise.lock);
    return there;
}

void flu_cancel_end(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (more == NULL) return;
    flu_lock_take(w, &t->promise.lock);
    for (int kind = FLU_REQUEST_CANCEL; kind <= FLU_REQUEST_KILL; kind++)
        if (more->requests[kind] != NULL) flu_timer_cancel(w, &more->requests[kind]->grace);
    flu_lock_release(w, &t->promise.lock);
}

/* Did whoever died first die by its own fault? Being stopped or killed is none. */
static bool is_fault(flu_value reason) {
    if (flu_is(reason, FLU_T_ERROR)) return !flu_is_cancellation(reason);
    return reason != FLU_NIL && !flu_same_kind(reason, FLU_SYMBOL_LIT("shutdown")) &&
           !flu_same_kind(reason, FLU_SYMBOL_LIT("killed"));
}

/* The request unwound t as a cancellation, but what links to it or awaits it learns what the exit signal told. */
flu_value flu_exit_reason(flu_task *t, flu_value thrown) {
    const struct flu_task_more *more = flu_task_more_or_null(t);
    const flu_cancel_request *r = more == NULL ? NULL : more->requests[FLU_REQUEST_EXIT];
    if (flu_likely(r == NULL) || r->error != thrown) return thrown;
    flu_value reason = FLU_ERR(thrown)->data;
    return is_fault(reason) ? reason : thrown;
}

/* ---- cleanups, scopes, shields ---- */

static inline void refresh_running(flu_worker *w) {
    if (flu_unlikely(flu_task_is_asked(w->task))) flu_cancel_refresh(w, w->task);
}

/* Under the lock: whoever decides that a request is due, and ends the task's wait for it, holds it in between. */
static inline void count_cleanup(flu_worker *w, int change) {
    flu_task *t = w->task;
    flu_lock_take(w, &t->promise.lock);
    t->cleanups = (uint16_t)(t->cleanups + change);
    flu_lock_release(w, &t->promise.lock);
    refresh_running(w);
}

flu_value flu_cleanup_begin(flu_worker *w) {
    count_cleanup(w, 1);
    return FLU_NIL;
}

flu_value flu_cleanup_end(flu_worker *w) {
    count_cleanup(w, -1);
    return FLU_NIL;
}

flu_value flu_cleanup_failed(flu_worker *w, flu_value error) {
    flu_cleanup_end(w);
    return flu_rethrow(w, error);
}

static void push(flu_worker *w, flu_dynamic *d, flu_dynamic_kind kind) {
    d->h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    d->kind = (uint8_t)kind;
    d->parent = flu_dynamic_head(w);
    flu_dynamic_set(w, d);
}

void flu_scope_push(flu_worker *w, flu_scope *s) {
    s->cleanups = w->task->cleanups;
    push(w, &s->dynamic, FLU_DYNAMIC_SCOPE);
    atomic_store(&s->task, w->task);
    if (atomic_load(&s->request) != NULL) flu_cancel_refresh(w, w->task);
}

bool flu_scope_pop(flu_worker *w, flu_scope *s, flu_value v) {
    flu_dynamic_set(w, s->dynamic.parent);
    flu_cancel_request *r = atomic_load_explicit(&s->request, memory_order_acquire);
    if (r != NULL) {
        flu_lock_take(w, &w->task->promise.lock);
        r->graced = true; /* not any more */
        flu_timer_cancel(w, &r->grace);
        flu_lock_release(w, &w->task->promise.lock);
    }
    refresh_running(w);
    return r != NULL && v == FLU_ABNORMAL && w->signal == FLU_THROW && w->thrown == r->error;
}

void flu_shield_push(flu_worker *w, flu_dynamic *d) {
    push(w, d, FLU_DYNAMIC_SHIELD);
    refresh_running(w);
}

void flu_shield_pop(flu_worker *w, flu_dynamic *d) {
    flu_dynamic_set(w, d->parent);
    refresh_running(w);
}

/* ---- cancel, and what a task may ask about itself ---- */

bool flu_cancel_with(flu_worker *w, flu_promise *p, flu_value error) {
    if (is_settled(p)) return false;
    if (flu_header_type(p->h) == FLU_T_TASK) {
        /* Each request has an error of its own: its identity tells them apart. */
        flu_task_request(w, (flu_task *)p, flu_cancelled_error(w, FLU_ERR(error)->data), FLU_REQUEST_CANCEL);
        return true;
    }
    flu_canceller *canceller = flu_canceller_of(p);
    if (canceller == NULL) return flu_promise_reject(w, p, error);
    canceller->cancel(w, p, error);
    return true;
}

flu_value flu_cancel(flu_worker *w, flu_value p, flu_value reason) {
    flu_value error = flu_cancelled_error(w, reason == FLU_UNDEF ? FLU_NIL : reason);
    if (flu_is_actor(p)) return FLU_BOOL(flu_actor_request_stop(w, flu_actor_of(p), error, false));
    if (!flu_is_promise(p)) return flu_type_error(w, "cancel", 1, "a promise, task or actor", p);
    return FLU_BOOL(flu_cancel_with(w, FLU_PROM(p), error));
}

/* p, and what its cancellation cancels, in front of list. */
static flu_value with_parts(flu_worker *w, flu_promise *p, flu_value list) {
    flu_value todo = flu_cons(w, FLU_VALUE(p), FLU_EMPTY);
    while (flu_is_cons(todo)) {
        p = FLU_PROM(FLU_CELL(todo)->head);
        todo = FLU_CELL(todo)->tail;
        list = flu_cons(w, FLU_VALUE(p), list);
        if (is_settled(p) || flu_header_type(p->h) == FLU_T_TASK) continue;
        flu_canceller *canceller = flu_canceller_of(p);
        flu_value parts = canceller != NULL && canceller->parts ? canceller->parts(w, p) : FLU_EMPTY;
        for (; flu_is_cons(parts); parts = FLU_CELL(parts)->tail) todo = flu_cons(w, FLU_CELL(parts)->head, todo);
    }
    return list;
}

static flu_value wait_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info wait_info = {.name = "cancel-wait", .file = "", .resume = wait_resume, .min = 1, .max = 2};

/* Waits for all in the list. */
static flu_value wait_for(flu_worker *w, flu_frame *old, flu_value list, flu_value result) {
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) {
        if (flu_await_end(w, FLU_PROM(FLU_CELL(list)->head)) != FLU_ABNORMAL) continue;
        if (w->signal != FLU_SUSPEND) return FLU_ABNORMAL;
        flu_frame *f = flu_save(w, old, &wait_info, 0, 2);
        f->slots[0] = FLU_CELL(list)->tail;
        f->slots[1] = result;
        return FLU_ABNORMAL;
    }
    return result;
}

static flu_value wait_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return v == FLU_ABNORMAL ? v : wait_for(w, f, f->slots[0], f->slots[1]);
}

flu_value flu_cancel_wait(flu_worker *w, flu_value p, flu_value reason) {
    if (!flu_is_promise(p) && !flu_is_actor(p))
        return flu_type_error(w, "cancel-wait", 1, "a promise, task or actor", p);
    flu_value end = flu_is_actor(p) ? flu_end_promise(w, p) : p;
    flu_value all = with_parts(w, FLU_PROM(end), FLU_EMPTY);
    return wait_for(w, NULL, all, flu_cancel(w, p, reason));
}

flu_value flu_uncancel(flu_worker *w) { return FLU_BOOL(withdraw(w, w->task, FLU_REQUEST_CANCEL)); }

flu_value flu_is_cancelled(flu_worker *w) { return FLU_BOOL(flu_task_is_asked(w->task)); }

flu_value flu_check_cancelled(flu_worker *w) { return flu_cancel_due(w) ? FLU_ABNORMAL : FLU_NIL; }
