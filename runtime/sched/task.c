/* task.c: tasks, promises, the wait protocol (task.h describes it), and the builtins on them. */
#include <sched.h>
#include <stdio.h>

#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/cancel.h"
#include "flu/chan.h"
#include "flu/handler.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"
#include "flu/sync.h"
#include "flu/timeline.h"

void flu_lock_slow(flu_lock *l) {
    for (int spins = 0; atomic_exchange_explicit(&l->held, 1, memory_order_acquire); spins++)
        if (spins >= 100) sched_yield();
}

/* ---- making and ending tasks ---- */

flu_task *flu_task_make(flu_worker *w, flu_value thunk) {
    flu_task *t = flu_alloc(w, sizeof *t); /* cleared */
    t->promise.h = FLU_HEADER(FLU_T_TASK, 0, 0, 0);
    t->promise.id = flu_next_id(w);
    t->promise.value = FLU_NIL;
    t->start = thunk;
    flu_count(&w->sched->made);
    /* As after a wait that has ended: nobody can claim it. */
    atomic_store_explicit(&t->wait, FLU_WAIT_CLAIMED | FLU_WAIT_COMMITTED | FLU_WAIT_READY, memory_order_relaxed);
    flu_memory_note_task(t);
    if (flu_unlikely(w->rt->leaks != NULL)) flu_leaks_watch(w, t);
    return t;
}

void *flu_store_first(void **place, void *made) {
    void *there = NULL;
    return __atomic_compare_exchange_n(place, &there, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ? made : there;
}

flu_parking *flu_parking_new(flu_worker *w, flu_task *t) {
    flu_parking *p = flu_alloc(w, sizeof *p); /* cleared */
    p->waiter.task = t;
    p->wait_object = FLU_NIL;
    return flu_store_first((void **)&t->promise.parking, p);
}

struct flu_task_more *flu_task_more(flu_worker *w, flu_task *t) {
    flu_parking *p = flu_task_parking(w, t);
    struct flu_task_more *more = __atomic_load_n(&p->more, __ATOMIC_ACQUIRE);
    return more != NULL ? more : flu_store_first((void **)&p->more, flu_alloc(w, sizeof *more)); /* cleared */
}

flu_task *flu_task_new(flu_worker *w, flu_value thunk) {
    if (flu_unlikely(!atomic_load_explicit(&w->rt->ticker_started, memory_order_relaxed))) flu_ticker_start(w->rt);
    return flu_task_make(w, thunk);
}

/* Between tasks nothing is in force. */
static inline void inherit(flu_worker *w, flu_task *t) {
    if (flu_unlikely(w->task == NULL)) return;
    flu_dynamic *d = flu_dynamic_head(w);
    if (flu_unlikely(d != NULL)) flu_handlers_give(w, d, t);
}

static flu_value spawn(flu_worker *w, flu_value thunk, uint8_t flags, bool daemon) {
    flu_task *t = flu_task_new(w, thunk);
    t->flags = flags;
    t->daemon = daemon;
    inherit(w, t);
    if (flu_unlikely(w->timeline)) flu_timeline_spawned(w, t);
    flu_queue_new(w, t);
    return FLU_VALUE(t);
}

flu_value flu_spawn(flu_worker *w, flu_value thunk) { return spawn(w, thunk, 0, false); }

flu_value flu_async(flu_worker *w, flu_value thunk) {
    flu_task *t = flu_task_new(w, thunk);
    inherit(w, t);
    if (flu_likely(flu_stack_to_spare(w))) {
        flu_run(w, t);
        return FLU_VALUE(t);
    }
    w->sched->switch_to = t;
    w->signal = FLU_SUSPEND;
    w->reason = FLU_SWITCHED;
    return FLU_ABNORMAL;
}

static bool settle(flu_worker *w, flu_promise *p, flu_promise_state state, flu_value v, struct flu_trace *trace);

static void end_by_throw(flu_worker *w, flu_task *t) {
    struct flu_trace *trace;
    flu_value v = flu_take_throw(w, &trace);
    flu_value exit = flu_exit_reason(t, v);
    if (flu_unlikely(exit != v)) {
        v = exit;
        trace = flu_trace_of(v);
        flu_observe(&t->promise); /* it is linked: whoever died first has been reported */
    }
    if (t == w->rt->main_task) {
        flu_report_uncaught(w, v, trace);
        flu_program_end(w, 1);
    }
    settle(w, &t->promise, flu_is_cancellation(v) ? FLU_CANCELLED : FLU_REJECTED, v, trace);
}

static inline struct flu_ties *ties_or_null(flu_worker *w, flu_task *t) {
    flu_fence(w);
    struct flu_task_more *more = flu_task_more_or_null(t);
    return flu_likely(more == NULL) ? NULL : __atomic_load_n(&more->ties, __ATOMIC_ACQUIRE);
}

void flu_task_finish(flu_worker *w, flu_task *t, flu_value v) {
    flu_runtime *rt = w->rt;
    if (flu_unlikely(flu_task_is_asked(t))) flu_cancel_end(w, t);
    if (flu_unlikely(flu_mutexes_are_held(t))) flu_mutexes_release_all(w, t);
    if (t->flags & FLU_TASK_ACTOR) {
        flu_actor_task_ended(w, t, v);
        return;
    }
    if (flu_unlikely(t == rt->main_task)) rt->main_done = true;
    if (flu_likely(v != FLU_ABNORMAL))
        settle(w, &t->promise, FLU_FULFILLED, v, NULL);
    else
        end_by_throw(w, t);
    /* Who links to the task now looks whether it has ended, after that. */
    struct flu_ties *ties = ties_or_null(w, t);
    if (flu_unlikely(ties != NULL)) flu_task_ties_ended(w, t, ties);
    __atomic_store_n(&t->promise.parking, NULL, __ATOMIC_RELAXED); /* a finished task must not keep what it used */
}

/* ---- waking ---- */

/* Ready. True: its frames are complete, and the caller has to put it into a run queue. */
static inline bool make_ready(flu_worker *w, flu_task *t) {
    uint32_t before;
    if (flu_unlikely(w->timeline)) flu_timeline_wakes(w, t);
    if (flu_likely(!w->parallel)) {
        before = atomic_load_explicit(&t->wait, memory_order_relaxed);
        atomic_store_explicit(&t->wait, before | FLU_WAIT_READY, memory_order_relaxed);
    } else {
        /* Release: the result; acquire: the frames. */
        before = atomic_fetch_or_explicit(&t->wait, FLU_WAIT_READY, memory_order_acq_rel);
    }
    return before & FLU_WAIT_COMMITTED;
}

void flu_wake(flu_worker *w, flu_task *t, flu_value v) {
    t->wake_value = v;
    if (make_ready(w, t)) flu_queue_next(w, t);
}

void flu_wake_later(flu_worker *w, flu_task *t, flu_value v) {
    t->wake_value = v;
    if (make_ready(w, t)) flu_queue_push(w, t);
}

void flu_wake_throw(flu_worker *w, flu_task *t, flu_value error) {
    t->wake_value = error;
    t->wake_throws = true;
    if (make_ready(w, t)) flu_queue_next(w, t);
}

flu_waiter *flu_wait_queue_claim_all(flu_worker *w, flu_wait_queue *q) {
    flu_waiter *first = NULL, **end = &first, *wt;
    while ((wt = flu_wait_queue_claim(w, q))) {
        *end = wt;
        end = &wt->next;
    }
    *end = NULL;
    return first;
}

static FLU_NOINLINE void waiter_withdraw(flu_worker *w, flu_waiter *wt) {
    flu_lock *lock = wt->lock;
    flu_lock_take(w, lock);
    bool queued = wt->queue != NULL;
    if (queued) flu_wait_queue_remove(wt);
    flu_lock_release(w, lock);
    if (queued && wt->clause == FLU_WAITS_HOOKED) wt->withdrawn(w, wt);
}

static FLU_NOINLINE void end_special_wait(flu_worker *w, flu_task *t) {
    if (t->flags & FLU_TASK_SELECTING) flu_select_end(w, t);
    if (t->flags & FLU_TASK_TIMED) flu_timer_cancel(w, flu_parking_of(t)->timer);
    t->flags &= (uint8_t) ~(FLU_TASK_SELECTING | FLU_TASK_TIMED);
}

void flu_wait_end(flu_worker *w, flu_task *t) {
    flu_parking *p = flu_parking_of(t);
    if (p == NULL) return;
    if (flu_unlikely(__atomic_load_n(&p->waiter.queue, __ATOMIC_ACQUIRE) != NULL)) waiter_withdraw(w, &p->waiter);
    if (flu_unlikely(t->flags & (FLU_TASK_SELECTING | FLU_TASK_TIMED))) end_special_wait(w, t);
}

bool flu_wait_give_up(flu_worker *w) {
    if (!flu_claim(w, w->task)) return false;
    flu_wait_end(w, w->task);
    return true;
}

/* ---- promises ---- */

static flu_promise_state state_of(flu_promise *p) {
    /* Acquire: the value was stored before the state. */
    return (flu_promise_state)atomic_load_explicit(&p->state, memory_order_acquire);
}

void flu_promise_begin(flu_worker *w, flu_promise *p) {
    p->h = FLU_HEADER(FLU_T_PROMISE, 0, 0, 0);
    p->id = flu_next_id(w);
    p->value = FLU_NIL;
}

flu_promise *flu_promise_new(flu_worker *w) {
    flu_promise *p = flu_alloc(w, sizeof *p); /* cleared */
    flu_promise_begin(w, p);
    return p;
}

/* Lock held: empties the queue; gives the waiters that are to be told, linked by next. Tasks among them are claimed:
 * they cannot run, and use their waiter otherwise, until they are woken. */
static flu_waiter *claim_waiters(flu_worker *w, flu_promise *p) {
    flu_waiter *first = NULL, **end = &first, *wt;
    while ((wt = p->waiters.first) != NULL) {
        bool told = wt->task == NULL || flu_claim(w, wt->task);
        flu_wait_queue_remove(wt);
        if (!told) continue;
        *end = wt;
        end = &wt->next;
    }
    return first;
}

static void tell_waiters(flu_worker *w, flu_promise *p, flu_waiter *wt) {
    while (wt != NULL) {
        flu_waiter *next = wt->next;
        wt->next = NULL;
        if (wt->task == NULL)
            wt->notify(w, wt, FLU_VALUE(p));
        else if (flu_unlikely(wt->clause == FLU_WAITS_END))
            flu_wake(w, wt->task, FLU_NIL);
        else if (state_of(p) == FLU_FULFILLED)
            flu_waiter_wake(w, wt, p->value);
        else
            flu_waiter_throw(w, wt, p->value);
        wt = next;
    }
}

/* trace: of a rejection, immutable, or NULL. */
static bool settle(flu_worker *w, flu_promise *p, flu_promise_state state, flu_value v, struct flu_trace *trace) {
    flu_lock_take(w, &p->lock);
    if (state_of(p) != FLU_PENDING) {
        flu_lock_release(w, &p->lock);
        return false;
    }
    flu_waiter *waiters = p->waiters.first == NULL ? NULL : claim_waiters(w, p);
    p->waiters = (flu_wait_queue){NULL, NULL};
    p->trace = trace;
    if (flu_header_type(p->h) == FLU_T_PROMISE) flu_set_canceller(p, NULL);
    p->value = v;
    atomic_store_explicit(&p->state, state, memory_order_release);
    flu_lock_release(w, &p->lock);
    flu_awaited *awaited = w->sched->awaited;
    if (awaited != NULL && awaited->promise == p) awaited->is_late = w->sched->lifo != NULL;
    if (flu_unlikely(state == FLU_REJECTED) && !flu_is_observed(p)) flu_unhandled_add(w, p);
    tell_waiters(w, p, waiters);
    return true;
}

bool flu_promise_fulfil(flu_worker *w, flu_promise *p, flu_value v) { return settle(w, p, FLU_FULFILLED, v, NULL); }

bool flu_promise_reject(flu_worker *w, flu_promise *p, flu_value error) {
    struct flu_trace *trace = flu_trace_of(error);
    return settle(w, p, flu_is_cancellation(error) ? FLU_CANCELLED : FLU_REJECTED, error, trace);
}

static void set_await_deadline(flu_worker *w, int64_t timeout) {
    char message[64];
    snprintf(message, sizeof message, "await: not settled within %g ms", (double)timeout / 1e6);
    flu_wait_deadline(w, flu_now(w) + timeout, FLU_ABNORMAL, message);
}

/* The running task waits for p: what has just been woken runs on top of it first, and may settle p. If others were
 * woken before p was settled they still come before this task. */
static bool run_woken_for(flu_worker *w, flu_promise *p) {
    if (w->parallel || w->sched->lifo == NULL) return false;
    flu_awaited awaited = {.promise = p, .outer = w->sched->awaited};
    w->sched->awaited = &awaited;
    bool any = false;
    while ((state_of(p) == FLU_PENDING || awaited.is_late) && flu_run_woken(w)) any = true;
    w->sched->awaited = awaited.outer;
    return any;
}

flu_value flu_await(flu_worker *w, flu_value v, flu_value timeout_ms) {
    if (!flu_is_promise(v)) return flu_type_error(w, "await", 1, "a promise or task", v);
    int64_t timeout = -1;
    if (timeout_ms != FLU_UNDEF && (timeout = flu_duration(w, "await", 2, timeout_ms)) < 0) return FLU_ABNORMAL;
    flu_promise *p = FLU_PROM(v);
    flu_observe(p);
    flu_promise_state state = state_of(p); /* once: another worker may settle it right now */
    if (state == FLU_FULFILLED) return p->value;
    if (state != FLU_PENDING)
        return flu_throw_from(w, p->value, p->trace, p->trace ? FLU_TRACE_AWAITER : FLU_TRACE_CALLER);
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    if (timeout < 0 && run_woken_for(w, p)) return flu_await(w, v, FLU_UNDEF); /* settled now, perhaps */

    flu_waiter *wt = flu_wait_begin(w);
    if (timeout >= 0) set_await_deadline(w, timeout);
    flu_lock_take(w, &p->lock);
    if (flu_unlikely(state_of(p) != FLU_PENDING)) { /* settled by another worker in between: look again */
        flu_lock_release(w, &p->lock);
        if (!flu_wait_give_up(w)) return flu_park(w, FLU_WAIT_AWAIT, v);
        return flu_await(w, v, FLU_UNDEF);
    }
    wt->lock = &p->lock;
    wt->clause = 0;
    flu_wait_queue_push(&p->waiters, wt);
    flu_lock_release(w, &p->lock);
    return flu_park(w, FLU_WAIT_AWAIT, v);
}

flu_value flu_await_end(flu_worker *w, flu_promise *p) {
    flu_observe(p);
    if (state_of(p) != FLU_PENDING) return FLU_NIL;
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &p->lock);
    bool pending = state_of(p) == FLU_PENDING;
    if (pending) {
        flu_waiter *wt = flu_wait_begin(w);
        wt->lock = &p->lock;
        wt->clause = FLU_WAITS_END;
        flu_wait_queue_push(&p->waiters, wt);
    }
    flu_lock_release(w, &p->lock);
    return pending ? flu_park(w, FLU_WAIT_AWAIT, FLU_VALUE(p)) : FLU_NIL;
}

/* ---- builtins ---- */

flu_value flu_spawn_value(flu_worker *w, flu_value thunk) { return spawn(w, thunk, FLU_TASK_CALL_VALUE, false); }
flu_value flu_spawn_daemon_value(flu_worker *w, flu_value thunk) { return spawn(w, thunk, FLU_TASK_CALL_VALUE, true); }

flu_value flu_self(flu_worker *w) { return flu_running(w); }
flu_value flu_task_id(flu_worker *w) {
    const flu_actor *a = flu_running_actor(w);
    return FLU_FIX(a ? a->id : w->task->promise.id);
}
flu_value flu_promise_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_is_promise(v)); }

flu_value flu_promise_state_value(flu_worker *w, flu_value p) {
    if (!flu_is_promise(p)) return flu_type_error(w, "promise-state", 1, "a promise or task", p);
    switch (state_of(FLU_PROM(p))) {
    case FLU_PENDING: return FLU_KEYWORD_LIT("pending");
    case FLU_FULFILLED: return FLU_KEYWORD_LIT("fulfilled");
    case FLU_REJECTED: return FLU_KEYWORD_LIT("rejected");
    default: return FLU_KEYWORD_LIT("cancelled");
    }
}

/* To the back of the queue. Also a point where a cancellation is delivered. */
flu_value flu_yield_now(flu_worker *w) {
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    if (flu_unlikely(w->rt->schedule != NULL)) w->task->flags |= FLU_TASK_YIELDED;
    w->signal = FLU_SUSPEND;
    w->reason = FLU_PREEMPTED;
    return FLU_ABNORMAL;
}
