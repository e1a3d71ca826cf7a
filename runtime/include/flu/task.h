/* task.h: promises, tasks and the one waiting mechanism that everything which suspends shares.
 *
 * The wait protocol
 * -----------------
 * A primitive that cannot finish at once, on the running task's own worker:
 *   1. flu_wait_begin(w)           task->wait = 0: nobody has claimed the wake-up yet
 *   2. under the object's lock     looks again; if it still cannot finish, appends a waiter to the object's queue
 *   3. return flu_park(w, what, object)    gives FLU_ABNORMAL with FLU_SUSPEND, FLU_PARKED; the C stack unwinds into frames
 * The trampoline, once the chain is complete, sets COMMITTED in task->wait.
 *
 * Whoever wants to end the wait (a sender, a settlement, a timer, a cancellation):
 *   1. flu_claim(task)             sets CLAIMED; true for exactly one party per wait. The losers drop the waiter and look further.
 *   2. completes the operation for the waiter (hands over the value: no retry, nothing is ever taken by a loser)
 *   3. flu_wake(w, task, value) or flu_wake_throw(w, task, error): stores the result, sets READY.
 * READY and COMMITTED may come in either order (another worker may claim while the task is still unwinding); whoever sets the
 * second of the two pushes the task to a run queue. The result becomes the value of the builtin call that parked.
 *
 * Waiters left in queues (the losing clauses of a select, a wait ended by a timer or a cancellation) are taken out by
 * flu_wait_end, which the trampoline calls before the task runs again: so a task is in no queue while it runs, and a parked
 * task's waiters all belong to its present wait.
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
void flu_lock_slow(flu_lock *l);
FLU_INLINE void flu_lock_take(flu_worker *w, flu_lock *l);
FLU_INLINE void flu_lock_release(flu_worker *w, flu_lock *l);

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
} flu_wait_kind;

typedef struct flu_wait_queue flu_wait_queue;

/* One registration of one waiting task with one object. Guarded by the object's lock while queued.
 * Always a heap object of its own, except flu_task.waiter (whose displacement is registered with the collector): a queue is what
 * keeps its waiters alive, and the collector does not follow other interior pointers. */
typedef struct flu_waiter {
    struct flu_waiter *next, *prev;
    flu_wait_queue *queue; /* NULL: not queued */
    flu_lock *lock;        /* of the object */
    flu_task *task;        /* NULL: a callback waiter (promise combinators): see notify */
    flu_value value;       /* a sender's value; otherwise free for the primitive's use */
    uint32_t clause;       /* 0: waits on this object alone; i + 1: clause i of a select; more: the primitive's own modes */
    union {
        /* Without a task: called with no lock held, on the waker's worker, when the object is ready. */
        void (*notify)(flu_worker *w, struct flu_waiter *self, flu_value object);
        struct flu_select_state *select; /* of a select's clause: where the rotation is noted, or NULL */
    };
} flu_waiter;

struct flu_wait_queue {
    flu_waiter *first, *last;
};

/* ---- promises ---- */

typedef enum flu_promise_state { FLU_PENDING, FLU_FULFILLED, FLU_REJECTED, FLU_CANCELLED } flu_promise_state;

typedef struct flu_promise {
    flu_header h;
    _Atomic uint32_t state; /* flu_promise_state; written once, under lock, after value */
    flu_lock lock;          /* guards waiters and the transition */
    uint32_t id;            /* for printing: #<promise 7 pending> */
    uint8_t observed;       /* somebody awaited, linked or supervised it: a rejection is handled */
    uint8_t deferred;       /* made by (deferred): ! settles it */
    flu_value value;        /* the value or the error, once settled */
    flu_wait_queue waiters;
    void *cancel;           /* combined promises: what cancelling this one cancels (promise.c); else NULL */
} flu_promise;
#define FLU_PROM(v) FLU_AS(flu_promise, v)
FLU_INLINE bool flu_is_promise(flu_value v) { return flu_is(v, FLU_T_PROMISE) || flu_is(v, FLU_T_TASK); }

/* ---- tasks ---- */

enum { FLU_WAIT_CLAIMED = 1, FLU_WAIT_COMMITTED = 2, FLU_WAIT_READY = 4 }; /* bits of task->wait */

/* A task is its own promise. */
struct flu_task {
    flu_promise promise;   /* must be first */
    flu_frame *frames;     /* the continuation, innermost first; NULL while running or before the first run */
    flu_value start;       /* thunk to call at the first run; FLU_UNDEF afterwards */
    flu_value wake_value;  /* result of the wait: FLU_ABNORMAL means throw wake_error */
    flu_value wake_error;
    flu_value select_value; /* value that goes with a select's clause number */
    flu_task *next;        /* run queue link */
    flu_waiter waiter;     /* for waits on one object */
    flu_waiter **waiters;  /* of a select: waiter_count in use of waiter_capacity, kept for reuse */
    struct flu_timer *timer; /* of the present wait, or NULL */
    flu_value wait_object; /* what it waits on: for reports */
    struct flu_task_more *more; /* rarely needed parts (mailbox, handlers, cancellation, links), or NULL */
    size_t depth;          /* bytes of frames moved to the heap by stack overflow */
    _Atomic uint32_t wait; /* bits above */
    uint16_t waiter_count, waiter_capacity;
    uint8_t wait_kind;     /* flu_wait_kind */
    uint8_t daemon;        /* does not keep the program alive */
    uint8_t cancel;        /* a cancellation is requested */
};
#define FLU_TASK(v) FLU_AS(flu_task, v)
#define flu_is_task(v) flu_is(v, FLU_T_TASK)

/* A new task that will call thunk; not yet in a run queue. */
flu_task *flu_task_new(flu_worker *w, flu_value thunk);
/* Makes a new task that calls thunk and queues it: (spawn e). */
flu_value flu_spawn(flu_worker *w, flu_value thunk);
/* Starts thunk at once, up to its first suspension, as a new task: (async e). */
flu_value flu_async(flu_worker *w, flu_value thunk);
/* Parts of the wait protocol, in the order of use; see above. */
void flu_wait_begin(flu_worker *w);
flu_value flu_park(flu_worker *w, flu_wait_kind kind, flu_value object);
bool flu_claim(flu_worker *w, flu_task *t);
void flu_wake(flu_worker *w, flu_task *t, flu_value v);
void flu_wake_throw(flu_worker *w, flu_task *t, flu_value error);
void flu_wait_end(flu_worker *w, flu_task *t);
/* The same as flu_wake and flu_wake_throw for a waiter whose task the caller has claimed, whatever it waits with: a select gets
 * its clause number, and v for %select-value (select.c). Whoever settles, sends or closes uses these. wt is dead afterwards. */
void flu_waiter_wake(flu_worker *w, flu_waiter *wt, flu_value v);
void flu_waiter_throw(flu_worker *w, flu_waiter *wt, flu_value error);
/* Called by a primitive about to park: true if a cancellation request is due, then it returns FLU_ABNORMAL (thrown: cancelled). */
bool flu_cancel_due(flu_worker *w);

void flu_wait_queue_push(flu_wait_queue *q, flu_waiter *wt);   /* lock held */
flu_waiter *flu_wait_queue_pop(flu_wait_queue *q);             /* lock held; NULL: empty */
void flu_wait_queue_remove(flu_waiter *wt);                    /* lock held; wt is queued */

/* Settling. Each gives true if this call settled it. Wakes all waiters. */
bool flu_promise_fulfil(flu_worker *w, flu_promise *p, flu_value v);
bool flu_promise_reject(flu_worker *w, flu_promise *p, flu_value error);
flu_promise *flu_promise_new(flu_worker *w);
/* (await p ms): timeout_ms FLU_UNDEF: none. type-error if p is no promise. */
flu_value flu_await(flu_worker *w, flu_value p, flu_value timeout_ms);

/* ---- timers ---- */

/* One-shot timer in its worker's heap. The callback runs on that worker, between tasks, no lock held. */
typedef struct flu_timer {
    flu_header h;
    int64_t due;   /* monotonic nanoseconds */
    uint64_t seq;  /* ties fire in the order they were set */
    int32_t index; /* in the heap; -1: not set */
    bool weak;     /* does not keep the program alive (ticker, send-every) */
    void (*fire)(flu_worker *w, struct flu_timer *t);
    flu_value data; /* for fire: a task, a channel, ... */
} flu_timer;
void flu_timer_set(flu_worker *w, flu_timer *t, int64_t due);
void flu_timer_cancel(flu_worker *w, flu_timer *t); /* no-op if not set */
/* Monotonic nanoseconds (virtual under FLU_CLOCK=virtual). */
int64_t flu_now(flu_worker *w);
/* Milliseconds as given by a program to nanoseconds: int or float, negative counts as 0; otherwise type-error and -1. */
int64_t flu_duration(flu_worker *w, const char *proc, int position, flu_value ms);
/* Makes the running task's present wait end with fire's choice at `due`: sets task->timer, whose default fire claims the
 * task and wakes it with `v` (FLU_ABNORMAL: a timeout error with the given message). Cancelled by flu_wait_end. */
void flu_wait_deadline(flu_worker *w, int64_t due, flu_value v, const char *message);

#endif
