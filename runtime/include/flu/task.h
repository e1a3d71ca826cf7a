/* task.h: promises, tasks and the one waiting mechanism that everything which suspends shares.
 *
 * The wait protocol
 * -----------------
 * A primitive that cannot finish at once, on the running task's own worker:
 *   1. wt = flu_wait_begin(w)      task->wait = 0: nobody has claimed the wake-up yet; wt: the task's own waiter
 *   2. under the object's lock     looks again; if it still cannot finish, appends a waiter to the object's queue
 *   3. return flu_park(w, what, object)    gives FLU_ABNORMAL with FLU_SUSPEND, FLU_PARKED; the C stack unwinds into
 * frames The trampoline, once the chain is complete, sets COMMITTED in task->wait.
 *
 * Whoever wants to end the wait (a sender, a settlement, a timer, a cancellation):
 *   1. flu_claim(task)             sets CLAIMED; true for exactly one party per wait. The losers drop the waiter and
 * look further.
 *   2. completes the operation for the waiter (hands over the value: no retry, nothing is ever taken by a loser)
 *   3. flu_wake(w, task, value) or flu_wake_throw(w, task, error): stores the result, sets READY.
 * READY and COMMITTED may come in either order (another worker may claim while the task is still unwinding); whoever
 * sets the second of the two pushes the task to a run queue. The result becomes the value of the builtin call that
 * parked.
 *
 * A waiter is claimed while it still stands in its queue, under the object's lock, and taken out then: a task that
 * finds its waiter in no queue may use it again. flags, wake_value and the rest of a task that waits belong to the task
 * itself up to its READY: a claimer writes wake_value and wake_throws, nothing else.
 *
 * Waiters left in queues (the losing clauses of a select, a wait ended by a timer or a cancellation) are taken out by
 * flu_wait_end, which the trampoline calls before the task runs again: so a task is in no queue while it runs, and a
 * parked task's waiters all belong to its present wait.
 *
 * Locks: one flu_lock per object; select takes several in address order. None is held while user code runs, or over an
 * allocation that may run a finalizer. With one worker flu_lock_take and flu_lock_release do nothing. */
#ifndef FLU_TASK_H
#define FLU_TASK_H

#include <stdatomic.h>

#include "worker.h"

typedef struct flu_lock {
    _Atomic uint32_t held;
} flu_lock;
void flu_lock_slow(flu_lock *l); /* spins, then yields the processor, until l is taken */
FLU_INLINE void flu_lock_take(flu_worker *w, flu_lock *l) {
    if (flu_unlikely(w->parallel) && atomic_exchange_explicit(&l->held, 1, memory_order_acquire)) flu_lock_slow(l);
}
FLU_INLINE void flu_lock_release(flu_worker *w, flu_lock *l) {
    if (flu_unlikely(w->parallel)) atomic_store_explicit(&l->held, 0, memory_order_release);
}

/* False: somebody holds it. */
FLU_INLINE bool flu_lock_try(flu_worker *w, flu_lock *l) {
    return !w->parallel || !atomic_exchange_explicit(&l->held, 1, memory_order_acquire);
}

/* What this worker has stored is seen by others before what it loads from now on. */
FLU_INLINE void flu_fence(flu_worker *w) {
    if (flu_likely(!w->parallel)) return;
#ifdef __SANITIZE_THREAD__ /* knows no fences */
    static _Atomic int fence;
    atomic_fetch_add(&fence, 1);
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

typedef enum flu_wait_kind { /* what a parked task waits on: for the deadlock report and diagnostics */
                             FLU_WAIT_NONE,
                             FLU_WAIT_SEND,
                             FLU_WAIT_RECV,
                             FLU_WAIT_SELECT,
                             FLU_WAIT_AWAIT,
                             FLU_WAIT_SLEEP,
                             FLU_WAIT_RECEIVE,
                             FLU_WAIT_LOCK,
                             FLU_WAIT_IO,
                             FLU_WAIT_ENQUEUE,
                             FLU_WAIT_DEQUEUE,
                             FLU_WAIT_READ_LOCK,
                             FLU_WAIT_WRITE_LOCK,
                             FLU_WAIT_PERMIT,
                             FLU_WAIT_BARRIER,
                             FLU_WAIT_LATCH,
                             FLU_WAIT_GROUP,
                             FLU_WAIT_EVENT,
                             FLU_WAIT_RATE,
                             FLU_WAIT_KEY,
} flu_wait_kind;

typedef struct flu_wait_queue flu_wait_queue;

/* One registration of one waiting task with one object. Guarded by the object's lock while queued.
 * Always at the start of a heap object: a queue is what keeps its waiters alive, and the collector does not follow
 * interior pointers. */
typedef struct flu_waiter {
    struct flu_waiter *next, *prev;
    flu_wait_queue *queue; /* NULL: not queued */
    flu_lock *lock;        /* of the object */
    flu_task *task;        /* NULL: a callback waiter (promise combinators): see notify */
    flu_value value;       /* a sender's value; otherwise free for the primitive's use */
    uint32_t clause; /* 0: waits on this object alone; i + 1: clause i of a select; more: the primitive's own modes */
    union {
        /* Without a task: called with no lock held, on the waker's worker, when the object is ready. */
        void (*notify)(flu_worker *w, struct flu_waiter *self, flu_value object);
        struct flu_rotation *select; /* of a select's clause: where the rotation is noted, or NULL */
        /* clause FLU_WAITS_HOOKED: the wait ended otherwise, and the waiter has just been taken out of its queue:
         * whoever stood behind it may have become ready. Called with no lock held, on the worker that runs its task
         * next. */
        void (*withdrawn)(flu_worker *w, struct flu_waiter *self);
    };
} flu_waiter;

/* flu_waiter.clause of lone waits. Clauses of a select are i + 1, which stay below all but the first of these. */
enum {
    FLU_WAITS_VALUE = 0,         /* nothing special. A channel's receiver: the value; nil at the end. A sender: true */
    FLU_WAITS_PAIR = UINT32_MAX, /* recv-ok!: (value true); (nil false) at the end */
    FLU_WAITS_ITEM = UINT32_MAX - 1,   /* %recv: the value; FLU_UNDEF at the end. %send: true; false when closed */
    FLU_WAITS_HOOKED = UINT32_MAX - 2, /* with `withdrawn` */
    FLU_WAITS_END = UINT32_MAX - 3,    /* on a promise: nil, however it is settled (task.c); the smallest */
};

struct flu_wait_queue {
    flu_waiter *first, *last;
};

/* ---- promises ---- */

typedef enum flu_promise_state { FLU_PENDING, FLU_FULFILLED, FLU_REJECTED, FLU_CANCELLED } flu_promise_state;

typedef struct flu_promise {
    flu_header h;
    _Atomic uint32_t state;   /* flu_promise_state; written once, under lock, after value */
    flu_lock lock;            /* guards waiters and the transition */
    uint32_t id;              /* for printing: #<promise 7 pending> */
    _Atomic uint8_t observed; /* somebody awaited, linked or supervised it: a rejection is handled */
    uint8_t deferred;         /* made by (deferred): ! settles it */
    flu_value value;          /* the value or the error, once settled */
    union {
        flu_wait_queue waiters;  /* while pending */
        struct flu_trace *trace; /* once rejected: where the error came from, or NULL */
    };
    union {
        void *cancel;                /* combined promises: a flu_canceller, what cancelling this one does; else NULL */
        struct flu_parking *parking; /* tasks: what waiting needs, or NULL: it has not waited yet, or has ended */
    };
} flu_promise;

/* First member of what flu_promise.cancel points to. cancel is called at most once per (cancel p), p being pending; it
 * is to settle p as cancelled with `error` (kind cancelled, data: the reason). */
typedef struct flu_canceller {
    void (*cancel)(flu_worker *w, flu_promise *p, flu_value error);
    /* The list of the promises that cancelling p cancels in turn; NULL: none. */
    flu_value (*parts)(flu_worker *w, flu_promise *p);
} flu_canceller;
/* NULL: there is none, or p has been settled. */
#define flu_canceller_of(p)             ((void *)__atomic_load_n(&(p)->cancel, __ATOMIC_ACQUIRE))
#define flu_set_canceller(p, canceller) __atomic_store_n(&(p)->cancel, canceller, __ATOMIC_RELEASE)
/* For the definition of a canceller: its address stands in the first word of its object, where the heap walk expects
 * headers; aligned, it looks like none. */
#define FLU_CANCELLER __attribute__((aligned(16)))
#define FLU_PROM(v)   FLU_AS(flu_promise, v)
FLU_INLINE void flu_observe(flu_promise *p) { atomic_store_explicit(&p->observed, true, memory_order_relaxed); }
FLU_INLINE bool flu_is_observed(flu_promise *p) { return atomic_load_explicit(&p->observed, memory_order_relaxed); }
FLU_INLINE bool flu_is_promise(flu_value v) { return flu_is(v, FLU_T_PROMISE) || flu_is(v, FLU_T_TASK); }

/* ---- tasks ---- */

enum { FLU_WAIT_CLAIMED = 1, FLU_WAIT_COMMITTED = 2, FLU_WAIT_READY = 4 }; /* bits of task->wait */

/* Task flags: written by the task's own worker only. */
enum {
    FLU_TASK_STARTED = 1,    /* it has run */
    FLU_TASK_CALL_VALUE = 2, /* spawned: if its value is a procedure of no arguments, that is called */
    FLU_TASK_TIMED = 8,      /* its timer is set */
    FLU_TASK_SELECTING = 16, /* parking->select has waiters in use */
    FLU_TASK_ACTOR = 32,     /* it handles an actor's letters: actor.h */
    FLU_TASK_YIELDED = 64,   /* it is to run after those that were runnable before it (schedule.c) */
};

/* Summary of the cancellation requests that concern a task (cancel.h). */
enum flu_cancel_state {
    FLU_CANCEL_NONE,
    FLU_CANCEL_HELD,      /* there are some, but none to be raised now: cleanup runs, or a shield is up */
    FLU_CANCEL_REQUESTED, /* the next suspension point raises one */
};

/* A task is its own promise. Written by the worker that runs it, and by whoever has claimed its wake-up. */
struct flu_task {
    flu_promise promise; /* must be first */
    flu_frame *frames; /* the continuation, innermost first; while running: the part of it that is not on the C stack */
    union {
        flu_value start;      /* before the first run: the thunk to call */
        flu_value wake_value; /* result of the wait, value or error */
    };
    flu_task *next;         /* run queue link */
    _Atomic uint32_t wait;  /* bits above */
    uint32_t depth;         /* words of frames in the heap */
    uint8_t wait_kind;      /* flu_wait_kind */
    uint8_t daemon;         /* does not keep the program alive */
    _Atomic uint8_t cancel; /* enum flu_cancel_state; guarded by promise.lock, but for glances */
    uint8_t flags;
    uint16_t cleanups; /* cleanups (finally) that run, each inside the one before (cancel.h) */
    bool wake_throws;  /* wake_value is to be thrown: written by whoever has claimed the wait */
};
_Static_assert(sizeof(flu_task) == 96, "many tasks end without ever waiting: a million of them should fit");

/* What a task needs to wait: made at its first wait, kept for the later ones, dropped when it ends. While it is parked
 * all of it belongs to its present wait. */
typedef struct flu_parking {
    flu_waiter waiter;            /* for waits on one object; must be first */
    struct flu_selecting *select; /* for selects (select.c), or NULL */
    struct flu_timer *timer;      /* of the present or an earlier wait, or NULL */
    flu_value wait_object; /* what it waits on, or nil: keeps the object alive until the task goes on; for reports */
    struct flu_task_more *more; /* rarely needed parts of the task, or NULL */
} flu_parking;
_Static_assert(sizeof(flu_parking) == 96, "parked tasks are many, too");

/* Rarely needed parts of a task: flu_task_more makes it, by whoever may write to the task. Dropped when it ends. */
struct flu_task_more {
    /* Guarded by the task's promise.lock: */
    struct flu_dynamic *dynamic;            /* handlers, scopes and prompts in force (dynamic.h) */
    struct flu_cancel_request *requests[3]; /* against the task itself (cancel.h), by enum flu_request, or NULL */
    /* The task's own: */
    struct flu_ties *ties;                /* mailbox, links, names (actor.h), or NULL */
    flu_value pending;                    /* captured bodies that its end gives up: handler.c; 0: none */
    uint32_t pending_count, pending_kept; /* how many there are, and were when they were last sorted out */
    struct flu_transaction *transaction;  /* state.c, or NULL */
    flu_value held; /* mutex.c: mutexes that its acquire! took or waited for, to be released at its end; 0: none ever */
    uint64_t *random;  /* number.c: its own generator, or NULL */
    flu_value expects; /* supervise.c: while a child's expression is evaluated; 0: none is */
};
/* Stores `made` in *place, which is NULL, unless another worker does so first; gives what is there then. For parts that
 * are made by whoever needs them first. Acquire and release. */
void *flu_store_first(void **place, void *made);
FLU_COLD_CALL flu_parking *flu_parking_new(flu_worker *w, flu_task *t);
FLU_COLD_CALL struct flu_task_more *flu_task_more(flu_worker *w, flu_task *t);
/* NULL: not made yet, or dropped. */
FLU_INLINE flu_parking *flu_parking_of(const flu_task *t) {
    return __atomic_load_n(&t->promise.parking, __ATOMIC_ACQUIRE);
}
/* The same if it has been made, else NULL. */
FLU_INLINE struct flu_task_more *flu_task_more_or_null(const flu_task *t) {
    flu_parking *p = flu_parking_of(t);
    return p == NULL ? NULL : __atomic_load_n(&p->more, __ATOMIC_ACQUIRE);
}
FLU_INLINE flu_parking *flu_task_parking(flu_worker *w, flu_task *t) {
    flu_parking *p = flu_parking_of(t);
    return flu_likely(p != NULL) ? p : flu_parking_new(w, t);
}
#define FLU_TASK(v)    FLU_AS(flu_task, v)
#define flu_is_task(v) flu_is(v, FLU_T_TASK)

/* A new task that will call thunk; not yet in a run queue. */
flu_task *flu_task_new(flu_worker *w, flu_value thunk);
/* Makes a new task that calls thunk and queues it: (spawn e). */
flu_value flu_spawn(flu_worker *w, flu_value thunk);
/* Starts thunk at once, up to its first suspension, as a new task: (async e). */
flu_value flu_async(flu_worker *w, flu_value thunk);
/* Parts of the wait protocol, in the order of use; see above. */
FLU_INLINE flu_waiter *flu_wait_begin(flu_worker *w) {
    flu_task *t = w->task;
    flu_waiter *wt = &flu_task_parking(w, t)->waiter;
    /* Release: what has been written to the task, before somebody claims the wait. */
    atomic_store_explicit(&t->wait, 0, memory_order_release);
    return wt;
}
FLU_INLINE flu_value flu_park(flu_worker *w, flu_wait_kind kind, flu_value object) {
    flu_task *t = w->task;
    t->wait_kind = (uint8_t)kind;
    flu_parking_of(t)->wait_object = object;
    w->signal = FLU_SUSPEND;
    w->reason = FLU_PARKED;
    return FLU_ABNORMAL;
}
FLU_INLINE bool flu_claim(flu_worker *w, flu_task *t) {
    /* Acquire: the claimer goes on to read what the task prepared before it enlisted. */
    if (flu_unlikely(w->parallel))
        return !(atomic_fetch_or_explicit(&t->wait, FLU_WAIT_CLAIMED, memory_order_acquire) & FLU_WAIT_CLAIMED);
    uint32_t bits = atomic_load_explicit(&t->wait, memory_order_relaxed);
    atomic_store_explicit(&t->wait, bits | FLU_WAIT_CLAIMED, memory_order_relaxed);
    return !(bits & FLU_WAIT_CLAIMED);
}
void flu_wake(flu_worker *w, flu_task *t, flu_value v);
void flu_wake_later(flu_worker *w, flu_task *t, flu_value v); /* behind those that are runnable now */
void flu_wake_throw(flu_worker *w, flu_task *t, flu_value error);
void flu_wait_end(flu_worker *w, flu_task *t);
/* The running task has begun a wait that it does not need any more. False: somebody has ended it meanwhile: the task
 * must park, and go on with that. */
bool flu_wait_give_up(flu_worker *w);
/* The same as flu_wake and flu_wake_throw for a waiter whose task the caller has claimed, whatever it waits with: a
 * select gets its clause number, and v for %select-value (select.c). Whoever settles, sends or closes uses these. wt is
 * dead afterwards. */
void flu_waiter_wake(flu_worker *w, flu_waiter *wt, flu_value v);
void flu_waiter_throw(flu_worker *w, flu_waiter *wt, flu_value error);
enum flu_request {
    FLU_REQUEST_CANCEL, /* (cancel task): uncancel withdraws it */
    FLU_REQUEST_EXIT,   /* an exit signal, stop or shutdown: the same, but nothing withdraws it */
    FLU_REQUEST_KILL,   /* no grace, no shield: from now on every suspension point raises it */
};
/* Asks t to end with this error (cancel.h), which must have been made by flu_cancelled_error and is used for nothing
 * else. Of each kind the first one counts; a task that has ended takes none. A task that has not run yet does not run.
 * On any worker, no lock held; returns at once. */
void flu_task_request(flu_worker *w, flu_task *t, flu_value error, enum flu_request kind);
/* Called by a primitive about to park: true if a cancellation request is due, then it returns FLU_ABNORMAL (thrown:
 * cancelled). */
bool flu_cancel_due_slow(flu_worker *w);
/* Is there any cancellation request, whether due or held off? */
FLU_INLINE bool flu_task_is_asked(const flu_task *t) {
    return atomic_load_explicit(&t->cancel, memory_order_relaxed) != FLU_CANCEL_NONE;
}
FLU_INLINE bool flu_cancel_due(flu_worker *w) {
    return flu_unlikely(atomic_load_explicit(&w->task->cancel, memory_order_relaxed) >= FLU_CANCEL_REQUESTED) &&
           flu_cancel_due_slow(w);
}
/* The same with an object's lock held: raising takes other locks. With other workers the task parks, and the
 * trampoline, which looks again once the frames are complete, has it woken. */
FLU_INLINE bool flu_cancel_due_locked(flu_worker *w) { return flu_likely(!w->parallel) && flu_cancel_due(w); }
/* (cancel p reason): a request to a task; a combined promise's canceller is called; any other promise is rejected.
 * Gives true if it was still pending; type-error if p is no promise. */
flu_value flu_cancel(flu_worker *w, flu_value p, flu_value reason);
/* The same with the data of an error made by flu_cancelled_error as the reason; p is a promise. */
bool flu_cancel_with(flu_worker *w, flu_promise *p, flu_value error);
/* A new error of kind cancelled; its data is the reason (nil: none given). */
flu_value flu_cancelled_error(flu_worker *w, flu_value reason);

/* lock held; wt is not queued */
FLU_INLINE void flu_wait_queue_push(flu_wait_queue *q, flu_waiter *wt) {
    wt->queue = q;
    wt->next = NULL;
    wt->prev = q->last;
    if (q->last)
        q->last->next = wt;
    else
        q->first = wt;
    q->last = wt;
}
/* lock held. Last of all: once its task sees that a waiter is not queued it takes it for its next wait, without the
 * lock. Whoever is to end the wait must have claimed it before, or not at all. */
FLU_INLINE void flu_waiter_is_out(flu_waiter *wt) { __atomic_store_n(&wt->queue, NULL, __ATOMIC_RELEASE); }
/* lock held; wt is queued. Links are cleared: the collector is conservative, dead waiters must not chain. */
FLU_INLINE void flu_wait_queue_remove(flu_waiter *wt) {
    flu_wait_queue *q = wt->queue;
    if (wt->prev)
        wt->prev->next = wt->next;
    else
        q->first = wt->next;
    if (wt->next)
        wt->next->prev = wt->prev;
    else
        q->last = wt->prev;
    wt->next = wt->prev = NULL;
    flu_waiter_is_out(wt);
}

/* lock held: takes out and claims the oldest waiter whose wait is still on; NULL if there is none. All are tasks. */
FLU_INLINE flu_waiter *flu_wait_queue_claim(flu_worker *w, flu_wait_queue *q) {
    flu_waiter *wt;
    while ((wt = q->first)) {
        bool claimed = flu_claim(w, wt->task);
        if (flu_likely(!wt->next)) {
            *q = (flu_wait_queue){NULL, NULL};
            flu_waiter_is_out(wt);
        } else {
            flu_wait_queue_remove(wt);
        }
        if (flu_likely(claimed)) return wt;
    }
    return NULL;
}
/* lock held: all of them, claimed and linked by next, the oldest first: to be woken without the lock. */
flu_waiter *flu_wait_queue_claim_all(flu_worker *w, flu_wait_queue *q);
/* The next of such a list, which is not empty: taken off before it is woken, as it is dead then. */
FLU_INLINE flu_waiter *flu_waiter_unlink(flu_waiter **list) {
    flu_waiter *wt = *list;
    *list = wt->next;
    wt->next = NULL;
    return wt;
}

/* Settling. Each gives true if this call settled it. Wakes all waiters. */
bool flu_promise_fulfil(flu_worker *w, flu_promise *p, flu_value v);
bool flu_promise_reject(flu_worker *w, flu_promise *p, flu_value error); /* a cancelled error: ends as FLU_CANCELLED */
flu_promise *flu_promise_new(flu_worker *w);
void flu_promise_begin(flu_worker *w, flu_promise *p); /* the first part of a larger object, which is cleared */
/* Waits until p is settled, in whatever way: nil. Throws only a cancellation of the running task. */
flu_value flu_await_end(flu_worker *w, flu_promise *p);
/* (await p ms): timeout_ms FLU_UNDEF: none. type-error if p is no promise. */
flu_value flu_await(flu_worker *w, flu_value p, flu_value timeout_ms);

/* ---- timers ---- */

/* One-shot timer in the heap of the worker that set it. The callback runs on any worker, between tasks, no lock held.
 * It may come while another worker cancels or sets the timer: what it does must then be right, or nothing. Of a timer
 * that ends a wait (ends_wait) this holds by itself: data is a task, whose wait is claimed with the heap locked, and
 * fire is called only if that was won. */
typedef struct flu_timer {
    flu_header h;
    int64_t due;           /* monotonic nanoseconds */
    _Atomic uint64_t seq;  /* ties fire in the order they were set; the low byte: in the heap of which worker */
    _Atomic int32_t index; /* -1: not set */
    bool weak;             /* does not keep the program alive (ticker, send-every) */
    bool ends_wait;        /* see above */
    void (*fire)(flu_worker *w, struct flu_timer *t);
    flu_value data; /* for fire: a task, a channel, ... */
} flu_timer;
/* Set or cancelled by one worker at a time: the object that a timer belongs to sees to that. */
void flu_timer_set(flu_worker *w, flu_timer *t, int64_t due);
bool flu_timer_cancel(flu_worker *w, flu_timer *t); /* was it set? */
/* Monotonic nanoseconds (virtual under FLU_CLOCK=virtual). */
int64_t flu_now(flu_worker *w);
/* Milliseconds as given by a program to nanoseconds: int or float, negative counts as 0; otherwise type-error and -1.
 */
int64_t flu_duration(flu_worker *w, const char *proc, int position, flu_value ms);
/* Makes the running task's present wait end with fire's choice at `due`: sets parking->timer, whose default fire claims
 * the task and wakes it with `v` (FLU_ABNORMAL: a timeout error with the given message). Cancelled by flu_wait_end. */
void flu_wait_deadline(flu_worker *w, int64_t due, flu_value v, const char *message);

#endif
