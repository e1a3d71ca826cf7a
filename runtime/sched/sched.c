/* sched.c: the trampoline and the loop of a worker.
 *
 * flu_run is the trampoline: it enters a task's frames from the heap, innermost first, and passes each one's result to
 * the next, until the task parks, ends or yields. It may run on top of another task's C stack: (async e) starts its
 * task that way. */
#include "flu/actor.h"
#include "flu/cancel.h"
#include "flu/handler.h"
#include "flu/sched.h"
#include "flu/special.h"
#include "flu/timeline.h"

/* ---- the trampoline ---- */

/* The chain of the frames that were on the C stack, with those that had stayed in the heap behind it, is the
 * continuation. */
static inline void take_captured(flu_worker *w, flu_task *t) {
    *w->captured_end = t->frames;
    t->frames = w->captured;
    t->depth += (uint32_t)w->captured_words;
    w->captured = NULL;
    w->captured_end = &w->captured;
    w->captured_words = 0;
}

/* Passes v (or the throw in flight) to the task's frames until one suspends or none is left. Gives the outermost
 * frame's result, or FLU_ABNORMAL with w->signal. */
static inline flu_value enter_frames(flu_worker *w, flu_task *t, flu_value v) {
    flu_frame *f;
    while ((f = t->frames) != NULL) {
        t->frames = f->parent;
        t->depth -= flu_frame_words(f);
        v = f->info->resume(w, f, v);
        if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) break;
    }
    return v;
}

bool flu_takes_no_arguments(flu_value v) {
    if (!flu_is_proc(v)) return false;
    unsigned arity = flu_header_aux(FLU_PROC(v)->h);
    return arity == 0 || (arity == FLU_ARITY_ANY && FLU_PROC(v)->info->min == 0);
}

/* Runs until the task suspends or has its final value (or error). */
static inline flu_value advance(flu_worker *w, flu_task *t, flu_value v) {
    for (;;) {
        v = enter_frames(w, t, v);
        if (flu_likely(!(t->flags & FLU_TASK_CALL_VALUE)) || v == FLU_ABNORMAL) return v;
        t->flags &= (uint8_t)~FLU_TASK_CALL_VALUE;
        if (!flu_takes_no_arguments(v)) return v;
        v = flu_call0(w, v);
        if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) return v;
    }
}

/* The wait ended with an error: throws it. The trace of a promise's error goes on in its awaiter. */
static FLU_NOINLINE flu_value throw_wake_error(flu_worker *w, flu_task *t, flu_value error) {
    const struct flu_trace *from = flu_trace_of(error);
    enum flu_trace_next next = FLU_TRACE_CALLER;
    flu_value waited = flu_parking_of(t)->wait_object;
    if (t->wait_kind == FLU_WAIT_AWAIT && flu_is_promise(waited)) {
        const flu_promise *p = FLU_PROM(waited);
        if (p->value == error) { /* else the wait ended otherwise: by its deadline, or a cancellation */
            from = p->trace;
            if (from != NULL) next = FLU_TRACE_AWAITER;
        }
    }
    t->wake_throws = false;
    flu_parking_of(t)->wait_object = FLU_NIL;
    return flu_throw_from(w, error, from, next);
}

/* The value that a task goes on with: what it was woken with, or its first call's result. */
static inline flu_value first_value(flu_worker *w, flu_task *t) {
    flu_value v = t->wake_value;
    t->wake_value = FLU_NIL;
    if (flu_likely(t->flags & FLU_TASK_STARTED)) {
        if (flu_unlikely(t->wake_throws)) return throw_wake_error(w, t, v);
        if (flu_parking_of(t) != NULL) flu_parking_of(t)->wait_object = FLU_NIL;
        return v;
    }
    __atomic_store_n(&t->flags, t->flags | FLU_TASK_STARTED, __ATOMIC_RELAXED); /* who stops an actor looks at it */
    /* A task that was cancelled before it ran does not run. An actor's looks itself: on-stop has to run. */
    if (!(t->flags & FLU_TASK_ACTOR) && flu_cancel_due(w)) return FLU_ABNORMAL;
    return flu_call0(w, v);
}

static FLU_COLD flu_value too_deep(flu_worker *w) {
    return flu_raise(w, "stack-overflow", "recursion deeper than %llu MB (FLU_MAX_DEPTH_MB)",
                     (unsigned long long)(w->rt->max_depth * sizeof(flu_value) >> 20));
}

/* The trampoline's side of the wait protocol. False: it was woken already and is to go on at once. */
static inline bool commit_wait(flu_worker *w, flu_task *t) {
    if (flu_likely(!w->parallel)) {
        uint32_t bits = atomic_load_explicit(&t->wait, memory_order_relaxed);
        atomic_store_explicit(&t->wait, bits | FLU_WAIT_COMMITTED, memory_order_relaxed);
        return !(bits & FLU_WAIT_READY);
    }
    /* Release: the frames, before another worker enters them. */
    bool ready = atomic_fetch_or_explicit(&t->wait, FLU_WAIT_COMMITTED, memory_order_seq_cst) & FLU_WAIT_READY;
    /* A request that came after the last look, and before the wait began, found nothing to claim. */
    if (!ready && flu_unlikely(atomic_load_explicit(&t->cancel, memory_order_relaxed) == FLU_CANCEL_REQUESTED))
        flu_cancel_poke(w, t);
    return !ready;
}

/* Bodies that t has captured are given up first: true if it suspends there. */
static inline bool ends_late(flu_worker *w, flu_task *t, flu_value *v) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    if (flu_likely(more == NULL || !flu_is_cons(more->pending))) return false;
    *v = flu_handlers_task_ends(w, *v);
    return *v == FLU_ABNORMAL && w->signal == FLU_SUSPEND;
}

/* Runs t until it leaves the worker; gives the task to run in its place at once (FLU_SWITCHED), or NULL. */
static inline flu_task *run_one(flu_worker *w, flu_task *t) {
    flu_wait_end(w, t);
    flu_value v = first_value(w, t);
    if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) goto suspended;
    for (;;) {
        v = advance(w, t, v);
        if (v != FLU_ABNORMAL || w->signal != FLU_SUSPEND) {
            if (flu_likely(!ends_late(w, t, &v))) {
                if (flu_unlikely(w->timeline)) flu_timeline_ends(w, t);
                flu_task_finish(w, t, v);
                return NULL;
            }
        }
    suspended:
        take_captured(w, t);
        v = FLU_NIL;
        switch (w->reason) {
        case FLU_PARKED:
            if (flu_unlikely(w->timeline)) flu_timeline_parks(w, t);
            if (flu_likely(commit_wait(w, t))) return NULL;
            if (flu_unlikely(w->timeline)) flu_timeline_goes_on(w, t);
            flu_wait_end(w, t);
            v = first_value(w, t);
            break;
        case FLU_PREEMPTED: flu_queue_push(w, t); return NULL;
        case FLU_OVERFLOWED:
            if (flu_unlikely(t->depth > w->rt->max_depth)) v = too_deep(w);
            break;
        case FLU_SWITCHED: return w->sched->switch_to;
        case FLU_CAPTURED:
            if (!flu_prompt_cut(w, &t->frames, &t->depth)) FLU_UNREACHABLE();
            break;
        }
    }
}

void flu_run(flu_worker *w, flu_task *t) {
    flu_task *outer = w->task;
    flu_task *starters = NULL; /* tasks that wait for the task they have started to leave the worker, by next */
    for (;;) {
        w->task = t;
        if (flu_unlikely(w->timeline)) flu_timeline_enter(w, t);
        flu_task *started = run_one(w, t);
        if (flu_unlikely(w->timeline)) flu_timeline_leave(w);
        if (flu_unlikely(started != NULL)) {
            t->wake_value = FLU_VALUE(started); /* the value of (async e) */
            t->next = starters;
            starters = t;
            t = started;
        } else if (flu_unlikely(starters != NULL)) {
            t = starters;
            starters = t->next;
            t->next = NULL;
        } else {
            break;
        }
    }
    w->task = outer;
}

/* Of the tasks in the queue only one that has just been woken: who woke it and now waits has to do with it, mostly. */
static bool may_run_woken(flu_worker *w) {
    flu_sched *s = w->sched;
    if (w->parallel || s->lifo == NULL || w->rt->schedule != NULL) return false;
    if (s->until_events <= 1 || flu_stack_limit(w) == UINTPTR_MAX) return false;
    return flu_queue_peek(s) != NULL && flu_stack_to_spare(w);
}

bool flu_run_woken(flu_worker *w) {
    flu_sched *s = w->sched;
    if (!may_run_woken(w)) return false;
    flu_task *t = flu_queue_pick(w);
    s->until_events--;
    flu_count(&s->picks);
    s->nested++;
    flu_run(w, t);
    s->nested--;
    return true;
}

/* ---- the loop ---- */

void flu_stack_region(flu_worker *w, size_t region) {
    w->real_stack_limit = flu_sp() - region;
    flu_set_stack_limit(w, w->real_stack_limit);
}

/* Waits that ended otherwise (a timeout, a cancellation) may have left descriptors that nobody waits on. */
static void drop_unwanted_watches(flu_worker *w) {
    flu_watch *next;
    for (flu_watch *x = w->rt->watches; x != NULL; x = next) {
        next = x->next;
        if (!x->quiet && x->waiters->first == NULL) w->rt->poller->unwatch(w, x);
    }
}

/* Is a task under way that keeps the program alive: on another worker, which has halted in the middle of it? */
static bool is_busy(const flu_worker *x, const flu_worker *self) {
    return x->sched->busy > 0 || (x != self && x->task != NULL && !x->task->daemon);
}

/* The worker is alone. */
static bool nothing_strong_left(flu_worker *w) {
    flu_runtime *rt = w->rt;
    drop_unwanted_watches(w);
    if (!rt->main_done || rt->watches_strong > 0) return false;
    uint32_t count = atomic_load_explicit(&rt->workers.count, memory_order_relaxed);
    for (uint32_t i = 0; i < count; i++)
        if (is_busy(rt->workers.all[i], w) || rt->workers.all[i]->sched->timers_strong > 0) return false;
    return true;
}

/* While other workers run only daemons. True: the program is over, and stays so: nobody else runs any more. */
static bool is_over(flu_worker *w) {
    if (!atomic_exchange_explicit(&w->rt->workers.look_for_end, false, memory_order_relaxed)) return false;
    bool alone = flu_alone_begin(w);
    if (nothing_strong_left(w)) return true;
    flu_alone_end(w, alone);
    return false;
}

/* Input, while tasks can run. */
static void look_at_input(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    if (!w->parallel) {
        w->rt->poller->wait(w, 0);
        return;
    }
    if (pthread_mutex_trylock(&ws->gate) != 0) return;
    if (ws->poller == NULL) {
        ws->poller = w;
        ws->poll_until = 0;
        pthread_mutex_unlock(&ws->gate);
        w->rt->poller->wait(w, 0);
        pthread_mutex_lock(&ws->gate);
        ws->poller = NULL;
    }
    pthread_mutex_unlock(&ws->gate);
}

/* Timers and input, while tasks can run; a new time slice; and what concerns all workers. True: the program is over. */
static FLU_NOINLINE bool look_at_events(flu_worker *w) {
    flu_sched *s = w->sched;
    s->until_events = FLU_EVENT_INTERVAL;
    if (!w->rt->out_of_memory) flu_set_stack_limit(w, w->real_stack_limit);
    flu_workers_look(w);
    if (flu_unlikely(atomic_load_explicit(&w->rt->dump_wanted, memory_order_relaxed))) flu_dump_tasks(w);
    flu_run_finalizers(w);
    /* Virtual time stands still while any task can run. */
    if (flu_timers_hint(w->rt) != INT64_MAX && !flu_clock_is_virtual(w)) flu_timers_run(w);
    if (atomic_load_explicit(&w->rt->watching, memory_order_relaxed) > 0) look_at_input(w);
    if (w->rt->testing != NULL) w->rt->testing->look(w);
    if (w->rt->schedule != NULL) flu_schedule_choose(w);
    return flu_unlikely(w->parallel) && is_over(w);
}

static bool has_queued(const flu_sched *s) { return s->lifo != NULL || s->first != NULL || s->newest != NULL; }

/* Waits for a timer or input; the worker is solo. False: none will ever come. */
static bool wait_for_event(flu_worker *w) {
    flu_runtime *rt = w->rt;
    drop_unwanted_watches(w);
    int64_t due = flu_timers_next(w);
    if (due == INT64_MAX && atomic_load_explicit(&rt->watching, memory_order_relaxed) == rt->watches_quiet)
        return false;
    if (flu_clock_is_virtual(w) && due != INT64_MAX) {
        if (rt->watches != NULL) rt->poller->wait(w, 0);
        if (has_queued(w->sched)) return true;
        if (due > rt->virtual_now) rt->virtual_now = due;
        flu_timers_run(w);
        return true;
    }
    atomic_store_explicit(&w->sched->idle, true, memory_order_relaxed);
    flu_out_idle();
    rt->poller->wait(w, rt->testing != NULL && rt->testing->deadline < due ? rt->testing->deadline : due);
    atomic_store(&w->sched->idle, false); /* before flu_ticker_wake looks */
    if (rt->testing != NULL) rt->testing->look(w);
    flu_ticker_wake(rt);
    flu_timers_run(w);
    w->sched->until_events = 0;
    return true;
}

/* Nothing is in the worker's queue. A task of another's, or NULL: look again, or, *over, the program has ended. */
static FLU_NOINLINE flu_task *find_work(flu_worker *w, bool *over) {
    flu_run_finalizers(w);
    if (w->parallel) return flu_workers_find(w);
    if (!has_queued(w->sched)) *over = !wait_for_event(w);
    return NULL;
}

/* No task can ever run again. */
static int end_of_all(flu_worker *w) {
    if (w->rt->main_done) return w->rt->exit_status;
    flu_report_deadlock(w);
    return 2;
}

int flu_sched_loop(flu_worker *w) {
    flu_sched *s = w->sched;
    bool over = false;
    for (;;) {
        if (flu_unlikely(s->first_ask != NULL)) flu_asks_enter(w);
        if (flu_unlikely(s->until_events-- == 0 || flu_stack_limit(w) == UINTPTR_MAX)) over = look_at_events(w);
        if (flu_unlikely(w->rt->main_done) && (over || (!w->parallel && nothing_strong_left(w))))
            return w->rt->exit_status;
        flu_task *t = flu_queue_pick(w);
        if (flu_unlikely(t == NULL)) {
            t = find_work(w, &over);
            if (over) return end_of_all(w);
            if (t == NULL) continue;
        }
        flu_count(&s->picks);
        w->letters_left = FLU_LETTERS;
        flu_run(w, t);
    }
}
