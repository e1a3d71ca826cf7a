/* sched.c: the trampoline and the run queue.
 *
 * flu_run is the trampoline: it enters a task's frames from the heap, innermost first, and passes each one's result to
 * the next, until the task parks, ends or yields. It may run on top of another task's C stack: (async e) starts its
 * task that way. */
#include "flu/cancel.h"
#include "flu/handler.h"
#include "flu/sched.h"
#include "flu/special.h"

/* ---- run queue ---- */

static inline void count_in(flu_sched *s, const flu_task *t) {
    s->busy += !t->daemon;
    /* Only this thread writes it: no read-modify-write needed. */
    atomic_store_explicit(&s->queued, atomic_load_explicit(&s->queued, memory_order_relaxed) + 1, memory_order_relaxed);
}

static inline void count_out(flu_sched *s, const flu_task *t) {
    s->busy -= !t->daemon;
    atomic_store_explicit(&s->queued, atomic_load_explicit(&s->queued, memory_order_relaxed) - 1, memory_order_relaxed);
}

static inline void append(flu_sched *s, flu_task *t) {
    t->next = NULL;
    if (s->last)
        s->last->next = t;
    else
        s->first = t;
    s->last = t;
}

void flu_queue_push(flu_worker *w, flu_task *t) {
    count_in(w->sched, t);
    append(w->sched, t);
}

/* Beyond some number of runnable tasks, new ones go in front: a tree of spawns is then walked in depth, and takes
 * memory for its depth, not for its width. */
void flu_queue_new(flu_worker *w, flu_task *t) {
    flu_sched *s = w->sched;
    bool many = atomic_load_explicit(&s->queued, memory_order_relaxed) >= FLU_MANY_TASKS;
    count_in(s, t);
    if (flu_likely(!many)) {
        append(s, t);
        return;
    }
    t->next = s->newest;
    if (s->newest == NULL) s->oldest_new = t;
    s->newest = t;
}

/* Of several tasks woken at once the first one takes the slot, the others queue: so they run in the order they were
 * woken. */
void flu_queue_next(flu_worker *w, flu_task *t) {
    flu_sched *s = w->sched;
    count_in(s, t);
    if (s->lifo == NULL)
        s->lifo = t;
    else
        append(s, t);
}

static inline flu_task *take_first(flu_sched *s) {
    flu_task *t = s->first;
    if (t == NULL) return NULL;
    s->first = t->next;
    if (s->first == NULL) s->last = NULL;
    t->next = NULL;
    return t;
}

/* The newest task, mostly; NULL: take the first of the queue. All others have their turn too, now and then from the
 * queue, and in the end all that waited for long are put into it. */
static FLU_NOINLINE flu_task *take_newest(flu_sched *s) {
    flu_task *t = s->newest;
    if (++s->new_streak >= FLU_NEW_LIMIT) {
        if (s->last)
            s->last->next = t;
        else
            s->first = t;
        s->last = s->oldest_new;
        s->newest = s->oldest_new = NULL;
        s->new_streak = 0;
        return NULL;
    }
    if (s->new_streak % FLU_NEW_SHARE == 0 && s->first != NULL) return NULL;
    s->newest = t->next;
    if (s->newest == NULL) {
        s->oldest_new = NULL;
        s->new_streak = 0;
    }
    t->next = NULL;
    return t;
}

static inline flu_task *take_next(flu_sched *s) {
    flu_task *t = NULL;
    if (flu_unlikely(s->newest != NULL)) t = take_newest(s);
    return t != NULL ? t : take_first(s);
}

static flu_task *pick(flu_sched *s) {
    flu_task *t = s->lifo;
    if (flu_likely(t != NULL)) {
        s->lifo = NULL;
        if (flu_unlikely(++s->lifo_streak >= FLU_LIFO_LIMIT && (s->first != NULL || s->newest != NULL))) {
            append(s, t); /* two that keep waking each other must not starve the rest */
            t = take_next(s);
            s->lifo_streak = 0;
        }
    } else {
        t = take_next(s);
        if (t == NULL) return NULL;
        s->lifo_streak = 0;
    }
    count_out(s, t);
    return t;
}

void flu_preempt(flu_worker *w) { __atomic_store_n(&w->stack_limit, UINTPTR_MAX, __ATOMIC_RELAXED); }

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
    const struct flu_trace *from = flu_is(error, FLU_T_ERROR) ? FLU_ERR(error)->trace : NULL;
    enum flu_trace_next next = FLU_TRACE_CALLER;
    flu_value waited = t->promise.parking->wait_object;
    if (t->wait_kind == FLU_WAIT_AWAIT && flu_is_promise(waited)) {
        const flu_promise *p = FLU_PROM(waited);
        if (p->value == error) { /* else the wait ended otherwise: by its deadline, or a cancellation */
            from = p->trace;
            if (from != NULL) next = FLU_TRACE_AWAITER;
        }
    }
    t->flags &= (uint8_t)~FLU_TASK_WAKE_THROWS;
    t->promise.parking->wait_object = FLU_NIL;
    return flu_throw_from(w, error, from, next);
}

/* The value that a task goes on with: what it was woken with, or its first call's result. */
static inline flu_value first_value(flu_worker *w, flu_task *t) {
    flu_value v = t->wake_value;
    t->wake_value = FLU_NIL;
    if (flu_likely(t->flags & FLU_TASK_STARTED)) {
        if (flu_unlikely(t->flags & FLU_TASK_WAKE_THROWS)) return throw_wake_error(w, t, v);
        if (t->promise.parking != NULL) t->promise.parking->wait_object = FLU_NIL;
        return v;
    }
    t->flags |= FLU_TASK_STARTED;
    /* A task that was cancelled before it ran does not run. */
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
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
    if (!ready && flu_unlikely(t->cancel == FLU_CANCEL_REQUESTED)) flu_cancel_poke(w, t);
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
                flu_task_finish(w, t, v);
                return NULL;
            }
        }
    suspended:
        take_captured(w, t);
        v = FLU_NIL;
        switch (w->reason) {
        case FLU_PARKED:
            if (flu_likely(commit_wait(w, t))) return NULL;
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
        flu_task *started = run_one(w, t);
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

/* ---- the loop ---- */

void flu_stack_region(flu_worker *w, size_t region) {
    w->real_stack_limit = flu_sp() - region;
    w->stack_limit = w->real_stack_limit;
}

/* Timers and input, while tasks can run. Also a new time slice. */
static FLU_NOINLINE void look_at_events(flu_worker *w) {
    flu_sched *s = w->sched;
    s->until_events = FLU_EVENT_INTERVAL;
    if (!w->rt->out_of_memory) w->stack_limit = w->real_stack_limit;
    flu_run_finalizers(w->rt);
    /* Virtual time stands still while any task can run. */
    if (s->timer_count != 0 && !w->rt->virtual_clock) flu_timers_run(w);
    if (w->rt->watches != NULL) w->rt->poller->wait(w, 0);
    if (w->rt->testing != NULL) w->rt->testing->look(w);
    if (w->rt->schedule != NULL) flu_schedule_choose(w);
}

/* Waits that ended otherwise (a timeout, a cancellation) may have left descriptors that nobody waits on. */
static void drop_unwanted_watches(flu_worker *w) {
    flu_watch *next;
    for (flu_watch *x = w->rt->watches; x != NULL; x = next) {
        next = x->next;
        if (!x->quiet && x->waiters->first == NULL) w->rt->poller->unwatch(w, x);
    }
}

static bool nothing_strong_left(flu_worker *w) {
    drop_unwanted_watches(w);
    return w->rt->main_done && w->sched->busy == 0 && w->sched->timers_strong == 0 && w->rt->watches_strong == 0;
}

/* Waits for a timer or input. False: none will ever come. */
static bool wait_for_event(flu_worker *w) {
    flu_runtime *rt = w->rt;
    drop_unwanted_watches(w);
    int64_t due = flu_timers_next(w);
    if (due == INT64_MAX && atomic_load_explicit(&rt->watching, memory_order_relaxed) == rt->watches_quiet)
        return false;
    if (rt->virtual_clock && due != INT64_MAX) {
        if (rt->watches != NULL) rt->poller->wait(w, 0);
        if (w->sched->lifo != NULL || w->sched->first != NULL || w->sched->newest != NULL) return true;
        if (due > rt->virtual_now) rt->virtual_now = due;
        flu_timers_run(w);
        return true;
    }
    atomic_store_explicit(&w->sched->idle, true, memory_order_relaxed);
    rt->poller->wait(w, rt->testing != NULL && rt->testing->deadline < due ? rt->testing->deadline : due);
    atomic_store_explicit(&w->sched->idle, false, memory_order_relaxed);
    if (rt->testing != NULL) rt->testing->look(w);
    flu_ticker_wake(rt);
    flu_timers_run(w);
    return true;
}

int flu_sched_loop(flu_worker *w) {
    flu_sched *s = w->sched;
    for (;;) {
        if (flu_unlikely(s->until_events-- == 0 || *(volatile uintptr_t *)&w->stack_limit == UINTPTR_MAX))
            look_at_events(w);
        if (flu_unlikely(w->rt->main_done) && nothing_strong_left(w)) return w->rt->exit_status;
        flu_task *t = pick(s);
        if (flu_unlikely(t == NULL)) {
            flu_run_finalizers(w->rt);
            if (wait_for_event(w)) continue;
            if (w->rt->main_done) return w->rt->exit_status;
            flu_report_deadlock(w);
            return 2;
        }
        atomic_store_explicit(&s->picks, atomic_load_explicit(&s->picks, memory_order_relaxed) + 1,
                              memory_order_relaxed);
        flu_run(w, t);
    }
}
