/* sync.h: mutexes, read-write locks, semaphores, barriers, latches, wait groups, events, rate limiters, atoms,
 * concurrent dicts and priority queues. (Asynchronous queues are channels of another type: chan.h.)
 *
 * All that can be waited on start with a flu_sync: one lock and one queue of waiters, served first come, first served.
 * They share one way to wait (handover.c): whoever makes the thing available claims the oldest waiter under the lock
 * and hands it over, so that nobody who comes later can take it in between; a woken task owns what it waited for. A
 * waiter that was cancelled or timed out has lost its claim and is passed over; until its task runs again it may still
 * be queued ("dead"). "Waits" below: queued and not dead.
 *
 * What takes callbacks (swap!, cdict-update!, once, priority queues) is in stdlib/sync.flu, the with- forms are
 * expanded by the compiler (expand_sync.c). */
#ifndef FLU_SYNC_H
#define FLU_SYNC_H

#include "task.h"

typedef struct flu_sync {
    flu_header h;  /* size: the number it prints with */
    flu_lock lock; /* guards everything below, and what the types that follow add */
    flu_wait_queue waiters;
} flu_sync;
#define FLU_SYNC(v) FLU_AS(flu_sync, v)

/* ---- handover.c ---- */

/* A cleared object of `size` bytes that starts with a flu_sync. */
void *flu_sync_new(flu_worker *w, flu_type type, size_t size);
bool flu_sync_is_dead(const flu_waiter *wt); /* lock held */
/* Lock held: is there a waiter that is not dead? Gives the oldest one, unclaimed, or NULL; takes out dead ones before
 * it. */
flu_waiter *flu_sync_oldest(flu_wait_queue *q);
/* Lock held, the running task is to wait, and no cancellation is due: queues it. value: what flu_sync_hand_over wakes
 * it with. withdrawn: NULL, or as in flu_waiter. The caller may still prepare what it needs, and returns flu_sync_park.
 */
void flu_sync_enlist(flu_worker *w, flu_lock *lock, flu_wait_queue *q, flu_value value,
                     void (*withdrawn)(flu_worker *w, flu_waiter *self));
flu_value flu_sync_park(flu_worker *w, flu_lock *lock, flu_wait_kind kind, flu_value object);
/* Both, unless a cancellation is due, which is raised instead. */
flu_value flu_sync_wait(flu_worker *w, flu_sync *s, flu_value value, flu_wait_kind kind);
/* No lock held: wakes a claimed waiter, or a list of them made by flu_wait_queue_claim_all (may be empty). */
void flu_sync_hand_over(flu_worker *w, flu_waiter *claimed);
void flu_sync_hand_over_all(flu_worker *w, flu_waiter *list);

/* ---- mutexes (mutex.c) ----
 * While lock is free: no owner implies that nobody waits. Not re-entrant. */
typedef struct flu_mutex {
    flu_sync base;
    flu_task *owner; /* NULL: free */
} flu_mutex;
#define FLU_MUTEX(v) FLU_AS(flu_mutex, v)

flu_mutex *flu_mutex_new(flu_worker *w);
flu_value flu_mutex_lock_slow(flu_worker *w, flu_value m);
void flu_mutex_unlock_slow(flu_worker *w, flu_mutex *m, flu_task *holder);
/* Does the running task hold, or wait for, a mutex by acquire!? */
FLU_INLINE bool flu_mutexes_are_held(const flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    return flu_unlikely(more != NULL) && flu_is_cons(more->held);
}
/* t, for which flu_mutexes_are_held, ends: those that it still holds go to the next that wait. */
void flu_mutexes_release_all(flu_worker *w, flu_task *t);

/* (%lock m): waits for m and gives what %unlock takes: the task that has locked it, which is another one than the task
 * that unlocks where a continuation goes on elsewhere. */
FLU_INLINE flu_value flu_mutex_lock(flu_worker *w, flu_value m) {
    if (flu_likely(flu_is(m, FLU_T_MUTEX) && !w->parallel && FLU_MUTEX(m)->owner == NULL)) {
        FLU_MUTEX(m)->owner = w->task;
        return FLU_VALUE(w->task);
    }
    return flu_mutex_lock_slow(w, m);
}
/* (%unlock m holder): nothing if holder does not hold it any more. */
FLU_INLINE flu_value flu_mutex_unlock(flu_worker *w, flu_value v, flu_value holder) {
    flu_mutex *m = FLU_MUTEX(v);
    if (!flu_is(v, FLU_T_MUTEX)) FLU_UNREACHABLE(); /* it was locked */
    if (flu_likely(!w->parallel && m->base.waiters.first == NULL && FLU_VALUE(m->owner) == holder))
        m->owner = NULL;
    else
        flu_mutex_unlock_slow(w, m, FLU_TASK(holder));
    return FLU_NIL;
}

/* ---- semaphores (semaphore.c) ----
 * While lock is free: permits > 0 implies that nobody waits. */
typedef struct flu_semaphore {
    flu_sync base;
    int64_t permits;
} flu_semaphore;
#define FLU_SEMAPHORE(v) FLU_AS(flu_semaphore, v)

/* ---- read-write locks (rw_lock.c) ----
 * First come, first served: readers that come one after the other share, a waiting writer keeps later readers out. The
 * first waiter is never one that could go on. */
typedef struct flu_read_hold { /* of one task's with-read-lock */
    flu_header h;              /* FLU_T_NODE */
    flu_task *task;
    struct flu_read_hold *next, *prev;
    bool held;
} flu_read_hold;
typedef struct flu_rw_lock {
    flu_sync base;
    flu_task *writer;     /* NULL: none */
    flu_read_hold *reads; /* those that hold it */
} flu_rw_lock;
#define FLU_RW_LOCK(v) FLU_AS(flu_rw_lock, v)

/* ---- gates (gate.c): latches, wait groups, events ----
 * Closed while count > 0; while lock is free and count is 0 nobody waits. An event has count 1 until it is set. */
typedef struct flu_gate {
    flu_sync base;
    int64_t count;
} flu_gate;
#define FLU_GATE(v) FLU_AS(flu_gate, v)

/* ---- barriers (barrier.c) ----
 * While lock is free: fewer than `parties` wait. */
typedef struct flu_barrier {
    flu_sync base;
    int64_t parties; /* set at creation */
    int64_t queued;  /* how many have been queued since it last opened; the dead among them are still counted */
} flu_barrier;
#define FLU_BARRIER(v) FLU_AS(flu_barrier, v)

/* ---- rate limiters (rate_limiter.c) ----
 * While lock is free: a waiter implies that the window is full and the timer is set for when it will not be. */
typedef struct flu_rate_limiter {
    flu_sync base;
    int64_t limit, window; /* set at creation: permits in any window of so many nanoseconds */
    int64_t *grants;       /* ring of the times of the permits in the window, the oldest at head */
    int64_t size, head, count;
    flu_timer *timer;
} flu_rate_limiter;
#define FLU_RATE_LIMITER(v) FLU_AS(flu_rate_limiter, v)

/* ---- atoms (atom.c) ---- */

typedef struct flu_atom {
    flu_header h;            /* size: its number */
    _Atomic flu_value value; /* acquire and release: what it refers to is published with it */
} flu_atom;
#define FLU_ATOM(v) FLU_AS(flu_atom, v)

FLU_COLD_CALL flu_value flu_atom_error(flu_worker *w, const char *proc, flu_value v);
FLU_INLINE flu_value flu_atom_deref(flu_worker *w, flu_value a) {
    if (flu_unlikely(!flu_is(a, FLU_T_ATOM))) return flu_atom_error(w, "deref", a);
    return atomic_load_explicit(&FLU_ATOM(a)->value, memory_order_acquire);
}
FLU_INLINE flu_value flu_atom_reset(flu_worker *w, flu_value a, flu_value v) {
    if (flu_unlikely(!flu_is(a, FLU_T_ATOM))) return flu_atom_error(w, "reset!", a);
    atomic_store_explicit(&FLU_ATOM(a)->value, v, memory_order_release);
    return v;
}
/* (%atom-value a): as deref, for swap!. */
FLU_INLINE flu_value flu_atom_value(flu_worker *w, flu_value a) {
    if (flu_unlikely(!flu_is(a, FLU_T_ATOM))) return flu_atom_error(w, "swap!", a);
    return atomic_load_explicit(&FLU_ATOM(a)->value, memory_order_acquire);
}
/* (%atom-exchange a old new): stores new if the value is still the very same word; a is an atom. */
FLU_INLINE flu_value flu_atom_exchange(flu_worker *w, flu_value a, flu_value old, flu_value new) {
    if (flu_unlikely(w->parallel))
        return FLU_BOOL(atomic_compare_exchange_strong_explicit(&FLU_ATOM(a)->value, &old, new, memory_order_acq_rel,
                                                                memory_order_acquire));
    if (atomic_load_explicit(&FLU_ATOM(a)->value, memory_order_relaxed) != old) return FLU_FALSE;
    atomic_store_explicit(&FLU_ATOM(a)->value, new, memory_order_relaxed);
    return FLU_TRUE;
}

/* ---- concurrent dicts (cdict.c) ----
 * The entries are a persistent dict, replaced as a whole: whoever reads never waits. A key that cdict-update! works on
 * is held: others that change it wait their turn. */
typedef struct flu_key_hold {
    flu_header h;    /* FLU_T_NODE */
    flu_task *owner; /* NULL: free, kept for reuse */
    flu_value key;
    flu_wait_queue waiters; /* guarded by the dict's lock */
} flu_key_hold;
typedef struct flu_cdict {
    flu_header h;  /* size: its number */
    flu_lock lock; /* guards all below */
    flu_value dict;
    flu_key_hold *first; /* the one key held, usually; its owner is NULL if none is */
    flu_value more;      /* a dict from the other keys held to their flu_key_hold */
} flu_cdict;
#define FLU_CDICT(v) FLU_AS(flu_cdict, v)

/* ---- priority queues (priority_queue.c, stdlib/sync.flu) ----
 * A binary heap of the elements, changed only by who holds the guard: comparing calls the program's less?, which may
 * wait. An element waits for its place outside of the heap until all comparisons are done, so an error in less? changes
 * nothing. While lock and guard are free: elements in the heap imply that nobody waits. */
typedef struct flu_heap_entry {
    flu_value value;
    uint64_t turn; /* of two elements neither of which is less, the one that came earlier comes first */
} flu_heap_entry;
typedef struct flu_priority_queue {
    flu_sync base;
    flu_value less;   /* set at creation */
    flu_mutex *guard; /* set at creation */
    flu_heap_entry *heap;
    uint32_t count, capacity;
    uint64_t turns;
    bool closed;
} flu_priority_queue;
#define FLU_PRIORITY_QUEUE(v) FLU_AS(flu_priority_queue, v)

#endif
