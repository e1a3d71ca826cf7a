/* actor.c: starting an actor, the loop that handles its letters, and its end. actor.h describes its life. */
#include "flu/actor.h"

#include "flu/builtins.h"
#include "flu/cancel.h"
#include "flu/handler.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"
#include "flu/sync.h"
#include "flu/timeline.h"

/* ---- the running actor ---- */

flu_value flu_running(flu_worker *w) {
    flu_actor *a = flu_running_actor(w);
    return a ? FLU_VALUE(a) : FLU_VALUE(w->task);
}

static flu_ties *ties_new(flu_worker *w, flu_value owner) {
    flu_ties *ties = flu_alloc(w, sizeof *ties); /* cleared */
    ties->owner = owner;
    ties->names = FLU_EMPTY;
    ties->stop_reason = ties->supervisor = ties->child = ties->child_id = ties->expects = FLU_NIL;
    ties->receive_until = INT64_MAX;
    ties->incarnation = 1;
    return ties;
}

flu_ties *flu_actor_ties(flu_worker *w, flu_actor *a) {
    flu_ties *ties = flu_actor_ties_or_null(a);
    return ties != NULL ? ties : flu_store_first((void **)&a->ties, ties_new(w, FLU_VALUE(a)));
}

flu_ties *flu_task_ties_new(flu_worker *w, flu_task *t) {
    return flu_store_first((void **)&flu_task_more(w, t)->ties, ties_new(w, FLU_VALUE(t)));
}

flu_ties *flu_ties_of(flu_worker *w, flu_value x) {
    if (flu_is_actor(x)) return flu_actor_ties(w, flu_actor_of(x));
    return flu_is_task(x) ? flu_task_ties(w, FLU_TASK(x)) : NULL;
}

/* ---- making ---- */

static flu_value run_code(flu_worker *w, flu_value self);
static flu_value run_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info run_info = {.name = "actor", .file = "", .resume = run_resume};
FLU_PROC_STATIC(run_proc, 0, run_code, &run_info);

static flu_actor *actor_new(flu_worker *w) {
    flu_actor *a = flu_alloc(w, sizeof *a); /* cleared */
    a->h = FLU_HEADER(FLU_T_ACTOR, 0, 0, 0);
    a->id = flu_next_id(w);
    return a;
}

flu_actor *flu_actor_new(flu_worker *w, flu_value state, flu_value handler) {
    flu_actor *a = actor_new(w);
    a->status = FLU_ACTOR_RUNNING;
    a->state = state;
    a->handler = handler;
    return a;
}

/* It keeps its spawner's handlers. */
static void inherit(flu_worker *w, flu_actor *a) {
    struct flu_dynamic *handlers = flu_handlers_in_force(w);
    if (flu_unlikely(handlers != NULL)) flu_actor_ties(w, a)->handlers = handlers;
}

flu_value flu_actor_start(flu_worker *w, flu_value state, flu_value handler, FLU_UNUSED flu_value site) {
    if (!flu_is_proc(handler)) return flu_type_error(w, "actor", 2, "a procedure of a state and a message", handler);
    flu_actor *a = flu_actor_new(w, state, handler);
    inherit(w, a);
    flu_expect_child(w, a);
    return FLU_VALUE(a);
}

const flu_class flu_behaviour_class = {.name = "actor-definition"};
_Static_assert(sizeof(flu_actor) <= 128, "a million of them should fit");

flu_value flu_behaviour_make(flu_worker *w, flu_value name, flu_value init, flu_value handler, flu_value on_start,
                             flu_value on_stop, flu_value limit, flu_value policy) {
    bool bounded = limit != FLU_NIL;
    if (bounded && (!flu_is_fix(limit) || flu_fix(limit) < 1 || flu_fix(limit) > INT32_MAX))
        return flu_type_error(w, "mailbox", 1, "an int of at least 1", limit);
    flu_behaviour *b = flu_alloc(w, sizeof *b);
    b->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &flu_behaviour_class};
    b->name = name;
    b->init = init;
    b->handler = handler;
    b->on_start = on_start;
    b->on_stop = on_stop;
    b->limit = bounded ? (uint32_t)flu_fix(limit) : 0;
    b->policy = policy == FLU_SYMBOL_LIT("drop-newest")   ? FLU_MAILBOX_DROP_NEWEST
                : policy == FLU_SYMBOL_LIT("drop-oldest") ? FLU_MAILBOX_DROP_OLDEST
                : policy == FLU_SYMBOL_LIT("error")       ? FLU_MAILBOX_ERROR
                                                          : FLU_MAILBOX_BLOCK;
    return FLU_VALUE(b);
}

/* ---- the task of an actor ---- */

static void ended(flu_worker *w, flu_actor *a, flu_value reason, const struct flu_trace *trace);

/* Tasks of actors that ran out of mail, kept for the next ones. Nobody else can refer to them: (self) is the actor. */
enum { SPARE_TASKS = 1024 };

static flu_task *take_task(flu_worker *w) {
    flu_sched *s = w->sched;
    flu_task *t = s->spare_tasks;
    if (flu_likely(t != NULL)) {
        s->spare_tasks = t->next;
        s->spare_count--;
        t->next = NULL;
        t->flags &= (uint8_t)~FLU_TASK_STARTED;
        t->start = FLU_VALUE(&run_proc);
        return t;
    }
    t = flu_task_new(w, FLU_VALUE(&run_proc));
    t->flags |= FLU_TASK_ACTOR;
    return t;
}

static void spare_task(flu_sched *s, flu_task *t) {
    if (s->spare_count >= SPARE_TASKS) return;
    t->next = s->spare_tasks;
    s->spare_tasks = t;
    s->spare_count++;
}

static bool is_clean(const flu_task *t) { return !flu_task_is_asked(t) && flu_task_more_or_null(t) == NULL; }

/* Cancelled before it ran, or while a handler had given up its loop. */
static void never_ran(flu_worker *w, flu_actor *a) {
    struct flu_trace *trace;
    flu_value error = flu_take_throw(w, &trace);
    ended(w, a, flu_actor_has(a, FLU_ACTOR_STOPPING) ? a->ties->stop_reason : error, NULL);
}

static inline bool still_handles(flu_worker *w, flu_actor *a, const flu_task *t) {
    flu_lock_take(w, &a->box.lock);
    bool does = a->task == t;
    flu_lock_release(w, &a->box.lock);
    return does;
}

static flu_task *note_stop(flu_worker *w, flu_actor *a, flu_value reason, bool kill);

/* v: what the handler that gave up the loop has given, or thrown. */
static flu_value abandoned_reason(flu_worker *w, flu_value v) {
    struct flu_trace *trace;
    if (v == FLU_ABNORMAL) return flu_take_throw(w, &trace);
    flu_raise_data(w, "abandoned", v, "a handler gave up what the actor did, with %s",
                   FLU_STR(flu_repr_string(w, v, 40))->bytes);
    return flu_take_throw(w, &trace);
}

/* A handler that the actor has inherited gave up its loop, the frames of which are gone: that is a crash. on-stop runs
 * in another task, unless it is what was given up. */
static FLU_NOINLINE void abandoned(flu_worker *w, flu_actor *a, flu_value v) {
    flu_value reason = abandoned_reason(w, v);
    a->flags |= FLU_ACTOR_CRASHED;
    if (a->flags & FLU_ACTOR_ENDING) {
        ended(w, a, reason, NULL);
        return;
    }
    flu_lock_take(w, &a->box.lock);
    a->task = NULL;
    flu_task *fresh = note_stop(w, a, reason, false);
    flu_lock_release(w, &a->box.lock);
    flu_queue_push(w, fresh);
}

void flu_actor_task_ended(flu_worker *w, flu_task *t, flu_value v) {
    flu_actor *a = flu_actor_of(flu_task_actor(t));
    if (flu_unlikely(v == FLU_ABNORMAL && flu_is_cancellation(w->thrown)))
        never_ran(w, a);
    else if (flu_unlikely(still_handles(w, a, t)))
        abandoned(w, a, v);
    flu_task_actor(t) = FLU_NIL;
    t->cleanups = 0;
    if (is_clean(t)) spare_task(w->sched, t);
}

flu_task *flu_actor_activate(flu_worker *w, flu_actor *a) {
    flu_task *t = take_task(w);
    flu_task_actor(t) = FLU_VALUE(a);
    if (flu_unlikely(a->ties != NULL && a->ties->handlers != NULL)) flu_handlers_give(w, a->ties->handlers, t);
    a->task = t;
    return t;
}

/* ---- starting one from its definition ---- */

static flu_value take_name(flu_worker *w, flu_actor *a, flu_value name) {
    return name == FLU_NIL ? FLU_TRUE : flu_register(w, name, FLU_VALUE(a));
}

flu_value flu_actor_spawn(flu_worker *w, flu_value behaviour, flu_value name, flu_value link, flu_value monitor) {
    if (!flu_is_behaviour(behaviour))
        return flu_type_error(w, "spawn-actor", 1, "what a define-actor procedure gives", behaviour);
    flu_behaviour *b = FLU_AS(flu_behaviour, behaviour);
    flu_actor *a = actor_new(w);
    a->status = FLU_ACTOR_STARTING;
    a->flags = FLU_ACTOR_KEEPS_STATE | (b->limit ? FLU_ACTOR_BOUNDED : 0);
    a->state = FLU_NIL;
    a->handler = b->handler;
    a->does = b;
    inherit(w, a);
    flu_expect_child(w, a);
    bool at_once = flu_is_cons(b->init) && b->on_start == FLU_NIL;
    if (at_once) {
        a->status = FLU_ACTOR_RUNNING;
        a->state = FLU_CELL(b->init)->head;
    }
    if (take_name(w, a, name) == FLU_ABNORMAL) return FLU_ABNORMAL;
    if (flu_truthy(link)) flu_bond_new(w, flu_running(w), FLU_VALUE(a), FLU_LINK);
    if (flu_truthy(monitor)) flu_bond_new(w, flu_running(w), FLU_VALUE(a), FLU_MONITOR);
    if (!at_once) flu_queue_push(w, flu_actor_activate(w, a));
    return FLU_VALUE(a);
}

/* ---- the loop ----
 *
 * What runs in an actor's task. The frame holds the actor, and while it ends the reason and the trace of its error. */

enum { INIT, START, BETWEEN, HANDLING, STOPPING }; /* resume points: in (state ...), on-start, the handler, on-stop */
enum { ACTOR, REASON, TRACE, FRAME_SLOTS };

static flu_value handle_letters(flu_worker *w, flu_frame *old, flu_actor *a);

/* The user's code was left: suspended (then a frame is saved), or by a throw (false). */
static bool suspended(flu_worker *w, flu_frame *old, flu_actor *a, unsigned point) {
    if (w->signal != FLU_SUSPEND) return false;
    flu_save(w, old, &run_info, point, 1)->slots[ACTOR] = FLU_VALUE(a);
    return true;
}

/* Waiters of a start or an end are told; the promise may not exist. */
static void tell(flu_worker *w, flu_promise *p, flu_value v) {
    if (p != NULL) flu_promise_fulfil(w, p, v);
}

/* Lock held: the promise that somebody waits for, or NULL. */
static flu_promise *start_promise(const flu_actor *a) {
    flu_ties *ties = flu_actor_ties_or_null(a);
    return ties ? ties->started : NULL;
}

static void started(flu_worker *w, flu_actor *a) {
    flu_lock_take(w, &a->box.lock);
    a->status = FLU_ACTOR_RUNNING;
    flu_promise *waited = start_promise(a);
    flu_lock_release(w, &a->box.lock);
    tell(w, waited, FLU_TRUE);
}

/* The next that waits for room in its mailbox, or NULL. */
static flu_waiter *claim_sender(flu_worker *w, flu_actor *a) {
    flu_lock_take(w, &a->box.lock);
    flu_waiter *wt = flu_wait_queue_claim(w, &flu_actor_ties_or_null(a)->room);
    flu_lock_release(w, &a->box.lock);
    return wt;
}

/* The letters it will not handle. */
static void bury_letters(flu_worker *w, flu_actor *a) {
    flu_lock_take(w, &a->box.lock);
    flu_letters all = a->box.letters;
    a->box.letters = (flu_letters){0};
    flu_lock_release(w, &a->box.lock);
    while (flu_letters_count(&all) > 0) flu_dead_letter(w, FLU_VALUE(a), flu_letters_pop(&all), FLU_DEAD_STOPPED);
    if (flu_actor_ties_or_null(a) == NULL) return;
    for (flu_waiter *wt; (wt = claim_sender(w, a)) != NULL;) {
        flu_dead_letter(w, FLU_VALUE(a), (flu_letter){wt->value, FLU_NIL}, FLU_DEAD_STOPPED);
        flu_waiter_wake(w, wt, FLU_TRUE);
    }
    flu_letters *stash = &a->ties->stash;
    while (flu_letters_count(stash) > 0) flu_dead_letter(w, FLU_VALUE(a), flu_letters_pop(stash), FLU_DEAD_STOPPED);
}

static flu_promise *take_end_promise(flu_worker *w, flu_actor *a, flu_ties *ties) {
    flu_lock_take(w, &a->box.lock);
    flu_promise *p = ties->ended;
    ties->ended = NULL;
    flu_lock_release(w, &a->box.lock);
    return p;
}

void flu_actor_retire(flu_worker *w, flu_actor *a, flu_value reason) {
    flu_lock_take(w, &a->box.lock);
    a->status = FLU_ACTOR_STOPPED;
    flu_lock_release(w, &a->box.lock);
    a->handler = FLU_NIL; /* a stopped actor keeps nothing alive */
    a->state = FLU_NIL;
    flu_ties *ties = flu_actor_ties_or_null(a);
    if (ties != NULL) {
        flu_names_free(w, ties);
        flu_child_bond_end(w, ties);
        flu_asks_refuse_all(w, ties, reason);
    }
    bury_letters(w, a);
    if (ties != NULL) tell(w, take_end_promise(w, a, ties), FLU_TRUE);
}

/* A failure is reported unless it is one of a start that somebody waits for: who waits raises it. */
static bool is_to_be_reported(const flu_actor *a, flu_value reason, bool failed_start) {
    if (!(a->flags & FLU_ACTOR_CRASHED) || flu_actor_has(a, FLU_ACTOR_KILLED) || flu_is_cancellation(reason))
        return false;
    return !(failed_start && start_promise(a) != NULL);
}

/* This life of the actor is over. */
static void ended(flu_worker *w, flu_actor *a, flu_value reason, const struct flu_trace *trace) {
    /* Its supervisor must not retire it, or give it a new life, half way. */
    bool alone = flu_actor_has(a, FLU_ACTOR_SUPERVISED) && flu_alone_begin(w);
    bool failed_start = flu_actor_status(a) == FLU_ACTOR_STARTING;
    if (is_to_be_reported(a, reason, failed_start)) flu_report_crash(w, a, reason, trace);
    flu_promise *asked = flu_reply_handle(a->current.message);
    flu_lock_take(w, &a->box.lock);
    bool goes_on = flu_actor_has(a, FLU_ACTOR_SUPERVISED);
    a->task = NULL;
    a->current = (flu_letter){0, 0};
    a->box.cursor = 0;
    a->status = goes_on ? FLU_ACTOR_SUSPENDED : FLU_ACTOR_STOPPED;
    a->signs &= FLU_ACTOR_SUPERVISED;
    a->flags &= FLU_ACTOR_BOUNDED | FLU_ACTOR_KEEPS_STATE;
    flu_ties *ties = flu_actor_ties_or_null(a);
    flu_promise *start = failed_start ? start_promise(a) : NULL;
    if (ties != NULL) ties->stop_reason = reason;
    flu_lock_release(w, &a->box.lock);
    if (asked != NULL) flu_ask_refuse(w, asked, reason);
    if (start != NULL) flu_promise_reject(w, start, reason);
    flu_fence(w); /* who links to it now looks whether it has ended */
    ties = flu_actor_ties_or_null(a);
    if (ties != NULL) flu_bonds_broken(w, ties, reason);
    if (!goes_on) {
        flu_actor_retire(w, a, reason);
        flu_alone_end(w, alone);
        return;
    }
    tell(w, take_end_promise(w, a, ties), FLU_TRUE);
    flu_child_ended(w, ties, reason);
    flu_alone_end(w, alone);
}

/* on-stop has returned, or thrown, or does not exist. */
static flu_value stopped(flu_worker *w, flu_actor *a, flu_value reason, const struct flu_trace *trace) {
    ended(w, a, reason, trace);
    return FLU_NIL;
}

static flu_value on_stop_left(flu_worker *w, flu_frame *old, flu_actor *a, flu_value reason, struct flu_trace *trace) {
    if (w->signal == FLU_SUSPEND) {
        flu_frame *f = flu_save(w, old, &run_info, STOPPING, FRAME_SLOTS);
        f->slots[ACTOR] = FLU_VALUE(a);
        f->slots[REASON] = reason;
        f->slots[TRACE] = FLU_VALUE(trace);
        return FLU_ABNORMAL;
    }
    if (flu_is_unwinding(w->thrown)) return FLU_ABNORMAL; /* given up: see abandoned */
    struct flu_trace *own;
    flu_value error = flu_take_throw(w, &own);
    if (!flu_is_cancellation(error) && !flu_actor_has(a, FLU_ACTOR_KILLED)) flu_report_on_stop(w, a, error, own);
    return stopped(w, a, reason, trace);
}

static flu_value stop(flu_worker *w, flu_frame *old, flu_actor *a, flu_value reason, struct flu_trace *trace) {
    bool runs = a->does != NULL && a->does->on_stop != FLU_NIL && flu_actor_status(a) == FLU_ACTOR_RUNNING;
    if (!runs || flu_actor_has(a, FLU_ACTOR_KILLED)) return stopped(w, a, reason, trace);
    flu_cleanup_begin(w); /* until the task ends */
    a->flags |= FLU_ACTOR_ENDING;
    flu_value v = flu_call2(w, a->does->on_stop, a->state, reason);
    return v == FLU_ABNORMAL ? on_stop_left(w, old, a, reason, trace) : stopped(w, a, reason, trace);
}

/* The actor's own code threw. A cancellation that answers a stop request ends it for the request's reason. */
static flu_value failed(flu_worker *w, flu_frame *old, flu_actor *a) {
    if (flu_unlikely(flu_is_unwinding(w->thrown))) return FLU_ABNORMAL; /* given up: see abandoned */
    struct flu_trace *trace;
    flu_value error = flu_take_throw(w, &trace);
    if (flu_actor_has(a, FLU_ACTOR_STOPPING) && flu_is_cancellation(error))
        return stop(w, old, a, a->ties->stop_reason, NULL);
    a->flags |= FLU_ACTOR_CRASHED;
    return stop(w, old, a, error, trace);
}

enum next { LETTER, NOTHING, STOP, WAIT };

/* Takes the oldest letter, or leaves the actor idle. WAIT: the lock is held; the actor is to keep its task, which holds
 * a mutex. */
static inline enum next next_letter(flu_worker *w, flu_actor *a) {
    enum next next = LETTER;
    flu_lock_take(w, &a->box.lock);
    if (flu_unlikely(flu_actor_has(a, FLU_ACTOR_STOPPING))) {
        next = STOP;
    } else if (flu_letters_count(&a->box.letters) == 0) {
        if (flu_unlikely(flu_mutexes_are_held(w->task))) return WAIT;
        a->task = NULL;
        a->current = (flu_letter){0, 0};
        next = NOTHING;
    } else {
        a->current = flu_letters_pop(&a->box.letters);
        if (flu_letters_count(&a->box.letters) > 0) /* of many letters the next one has left the cache */
            __builtin_prefetch((void *)flu_letters_at(&a->box.letters, 0)->message);
    }
    flu_lock_release(w, &a->box.lock);
    return next;
}

/* Before the letter just taken is handled. */
static inline void open_letter(flu_worker *w, flu_actor *a) {
    if (flu_unlikely(w->timeline)) flu_timeline_take(w, a->current);
    if (flu_likely((a->flags & (FLU_ACTOR_KEEPS_STATE | FLU_ACTOR_BOUNDED)) == FLU_ACTOR_KEEPS_STATE)) return;
    if (a->flags & FLU_ACTOR_BOUNDED) flu_mailbox_has_room(w, a);
    if (!(a->flags & FLU_ACTOR_KEEPS_STATE)) a->flags |= FLU_ACTOR_OPEN;
}

/* The handler has returned v. Gives the actor, which may have got another identity meanwhile. */
static inline flu_actor *handled(flu_actor *a, flu_value v) {
    if (flu_likely((a->flags & FLU_ACTOR_KEEPS_STATE) && flu_actor_status(a) == FLU_ACTOR_RUNNING)) return a;
    if (flu_unlikely(flu_actor_status(a) == FLU_ACTOR_ALIAS)) a = flu_actor_of(FLU_VALUE(a));
    if (!(a->flags & (FLU_ACTOR_BECAME | FLU_ACTOR_KEEPS_STATE))) a->state = v;
    a->flags &= (uint16_t) ~(FLU_ACTOR_BECAME | FLU_ACTOR_OPEN);
    return a;
}

static FLU_NOINLINE flu_value yield_between(flu_worker *w, flu_frame *old, flu_actor *a) {
    flu_frame *f = flu_yield(w, old, &run_info, BETWEEN, 1);
    if (f == NULL) return failed(w, old, a);
    f->slots[ACTOR] = FLU_VALUE(a);
    return FLU_ABNORMAL;
}

/* Lock held, released: the mailbox is empty. */
static FLU_NOINLINE flu_value wait_between(flu_worker *w, flu_frame *old, flu_actor *a) {
    a->current = (flu_letter){0, 0};
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &a->box.lock;
    wt->clause = 0;
    flu_wait_queue_push(&a->box.waiting, wt);
    flu_lock_release(w, &a->box.lock);
    flu_park(w, FLU_WAIT_RECEIVE, FLU_VALUE(a));
    flu_save(w, old, &run_info, BETWEEN, 1)->slots[ACTOR] = FLU_VALUE(a);
    return FLU_ABNORMAL;
}

/* The running task has no mail left. If another actor's is next, and has not begun yet, this one handles its letters
 * too: a message from actor to actor then needs no way through the worker's loop. Not if a task below it on the C stack
 * waits to go on. Gives that actor, or NULL. */
static inline flu_actor *hand_over(flu_worker *w) {
    flu_sched *s = w->sched;
    if (w->parallel || w->timeline || s->nested > 0 || s->until_events == 0 || flu_stack_limit(w) == UINTPTR_MAX)
        return NULL;
    flu_task *own = w->task, *next = flu_queue_peek(s);
    if (next == NULL || next->flags != FLU_TASK_ACTOR || own->flags != (FLU_TASK_ACTOR | FLU_TASK_STARTED)) return NULL;
    if (!is_clean(next) || !is_clean(own) || own->cleanups != 0) return NULL;
    flu_actor *a = FLU_ACTOR(flu_task_actor(next));
    if (flu_actor_status(a) != FLU_ACTOR_RUNNING) return NULL;
    flu_queue_pick(w);
    flu_count(&s->picks);
    s->until_events--;
    a->task = own;
    flu_task_actor(own) = FLU_VALUE(a);
    flu_task_actor(next) = FLU_NIL;
    spare_task(s, next);
    return a;
}

/* After the check of a loop head. */
static flu_value go_on(flu_worker *w, flu_frame *old, flu_actor *a) {
    for (;;) {
        enum next next = next_letter(w, a);
        flu_actor *other;
        if (next == NOTHING && (other = hand_over(w)) != NULL) {
            a = other;
            continue;
        }
        if (flu_unlikely(next == WAIT)) return wait_between(w, old, a);
        if (flu_unlikely(next != LETTER))
            return next == STOP ? stop(w, old, a, flu_actor_ties(w, a)->stop_reason, NULL) : FLU_NIL;
        flu_count(&w->sched->moved);
        open_letter(w, a);
        flu_value v = flu_call2(w, a->handler, a->state, a->current.message);
        if (flu_unlikely(v == FLU_ABNORMAL)) {
            if (suspended(w, old, a, HANDLING)) return FLU_ABNORMAL;
            return failed(w, old, flu_actor_of(FLU_VALUE(a)));
        }
        a = handled(a, v);
        if (flu_must_yield(w)) return yield_between(w, old, a);
    }
}

static flu_value handle_letters(flu_worker *w, flu_frame *old, flu_actor *a) {
    return flu_must_yield(w) ? yield_between(w, old, a) : go_on(w, old, a);
}

static flu_value has_started(flu_worker *w, flu_frame *old, flu_actor *a) {
    started(w, a);
    return handle_letters(w, old, a);
}

static flu_value has_state(flu_worker *w, flu_frame *old, flu_actor *a, flu_value state) {
    a->state = state;
    if (a->does->on_start == FLU_NIL) return has_started(w, old, a);
    flu_value v = flu_call1(w, a->does->on_start, state);
    if (v != FLU_ABNORMAL) return has_started(w, old, a);
    return suspended(w, old, a, START) ? FLU_ABNORMAL : failed(w, old, a);
}

/* Under the lock: who asks it to stop from now on finds the task started, and lets the request interrupt it. */
static bool is_stopping(flu_worker *w, flu_actor *a) {
    flu_lock_take(w, &a->box.lock);
    bool stopping = flu_actor_has(a, FLU_ACTOR_STOPPING);
    flu_lock_release(w, &a->box.lock);
    return stopping;
}

static flu_value run_code(flu_worker *w, FLU_UNUSED flu_value self) {
    flu_actor *a = flu_actor_of(flu_task_actor(w->task));
    if (flu_actor_status(a) != FLU_ACTOR_STARTING) return handle_letters(w, NULL, a);
    if (is_stopping(w, a)) return stop(w, NULL, a, a->ties->stop_reason, NULL);
    if (flu_is_cons(a->does->init)) return has_state(w, NULL, a, FLU_CELL(a->does->init)->head);
    flu_value v = flu_call0(w, a->does->init);
    if (v != FLU_ABNORMAL) return has_state(w, NULL, a, v);
    return suspended(w, NULL, a, INIT) ? FLU_ABNORMAL : failed(w, NULL, a);
}

static flu_value run_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_actor *a = flu_actor_of(f->slots[ACTOR]);
    unsigned point = flu_frame_point(f);
    if (point == STOPPING) {
        flu_value reason = f->slots[REASON];
        struct flu_trace *trace = FLU_AS(struct flu_trace, f->slots[TRACE]);
        return v == FLU_ABNORMAL ? on_stop_left(w, f, a, reason, trace) : stopped(w, a, reason, trace);
    }
    if (v == FLU_ABNORMAL) return failed(w, f, a);
    switch (point) {
    case INIT: return has_state(w, f, a, v);
    case START: return has_started(w, f, a);
    case HANDLING: return handle_letters(w, f, handled(a, v));
    default: return go_on(w, f, a); /* BETWEEN */
    }
}

/* ---- stopping another ---- */

bool flu_reason_is_normal(flu_value reason) {
    return flu_same_kind(reason, FLU_SYMBOL_LIT("normal")) || flu_same_kind(reason, FLU_SYMBOL_LIT("shutdown"));
}

/* Under the lock: the stop is noted; gives the task it has to run in, if it is to be queued. */
static flu_task *note_stop(flu_worker *w, flu_actor *a, flu_value reason, bool kill) {
    flu_ties *ties = flu_actor_ties(w, a);
    if (!flu_actor_has(a, FLU_ACTOR_STOPPING) || (kill && !flu_actor_has(a, FLU_ACTOR_KILLED)))
        ties->stop_reason = reason;
    a->signs |= (uint8_t)(FLU_ACTOR_STOPPING | (kill ? FLU_ACTOR_KILLED : 0));
    return a->task == NULL ? flu_actor_activate(w, a) : NULL;
}

bool flu_actor_request_stop(flu_worker *w, flu_actor *a, flu_value reason, bool kill) {
    flu_lock_take(w, &a->box.lock);
    if (flu_actor_status(a) == FLU_ACTOR_STOPPED || flu_actor_status(a) == FLU_ACTOR_SUSPENDED) {
        flu_lock_release(w, &a->box.lock);
        return false;
    }
    flu_task *fresh = note_stop(w, a, reason, kill);
    flu_task *running = fresh ? NULL : a->task;
    /* One that has not run yet looks at the flags first; a request would keep it from running at all, and on-stop too.
     */
    if (running != NULL && !(__atomic_load_n(&running->flags, __ATOMIC_RELAXED) & FLU_TASK_STARTED)) running = NULL;
    /* Under the lock: the task is this actor's as long as it is held. */
    if (running != NULL && (kill || running != w->task)) /* stopping oneself waits for the message's end */
        flu_task_request(w, running, flu_is_cancellation(reason) ? reason : flu_cancelled_error(w, reason),
                         kill ? FLU_REQUEST_KILL : FLU_REQUEST_EXIT);
    flu_lock_release(w, &a->box.lock);
    if (fresh != NULL) flu_queue_push(w, fresh);
    return true;
}
