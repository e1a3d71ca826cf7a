/* mutex.c: mutexes; sync.h states the invariant. An unlocked mutex goes to the oldest waiter at once, so that nobody
 * who comes later overtakes. */
#include "flu/builtins.h"
#include "flu/print.h"
#include "flu/sync.h"
#include "sync_internal.h"

flu_mutex *flu_mutex_new(flu_worker *w) { return flu_sync_new(w, FLU_T_MUTEX, sizeof(flu_mutex)); }

flu_value flu_mutex_make(flu_worker *w) { return FLU_VALUE(flu_mutex_new(w)); }

flu_value flu_own_lock(flu_worker *w, const char *proc, flu_value lock) {
    return flu_raise_data(w, "deadlock", lock, "%s: the task holds %s already", proc,
                          FLU_STR(flu_repr_string(w, lock, 40))->bytes);
}

flu_value flu_mutex_acquire(flu_worker *w, const char *proc, flu_mutex *m, flu_value result) {
    flu_task *self = w->task;
    flu_lock_take(w, &m->base.lock);
    if (m->owner != NULL && m->owner != self) return flu_sync_wait(w, &m->base, result, FLU_WAIT_LOCK);
    bool own = m->owner == self;
    m->owner = self;
    flu_lock_release(w, &m->base.lock);
    return own ? flu_own_lock(w, proc, FLU_VALUE(m)) : result;
}

flu_value flu_mutex_lock_slow(flu_worker *w, flu_value v) {
    if (!flu_is(v, FLU_T_MUTEX)) return flu_type_error(w, "with-lock", 1, "a mutex", v);
    return flu_mutex_acquire(w, "with-lock", FLU_MUTEX(v), FLU_VALUE(w->task));
}

bool flu_mutex_release(flu_worker *w, flu_mutex *m, flu_task *holder) {
    flu_waiter *next = NULL;
    flu_lock_take(w, &m->base.lock);
    bool held = m->owner == holder;
    if (held) {
        next = flu_wait_queue_claim(w, &m->base.waiters);
        m->owner = next ? next->task : NULL;
    }
    flu_lock_release(w, &m->base.lock);
    if (next) flu_sync_hand_over(w, next);
    return held;
}

void flu_mutex_unlock_slow(flu_worker *w, flu_mutex *m, flu_task *holder) { flu_mutex_release(w, m, holder); }

/* ---- acquire! and release! ---- */

static bool is_noted(flu_value list, flu_value m) {
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail)
        if (FLU_CELL(list)->head == m) return true;
    return false;
}

/* Noted before it is taken: the wait may end by owning it. */
flu_value flu_mutex_acquire_noted(flu_worker *w, flu_mutex *m) {
    struct flu_task_more *more = flu_task_more(w, w->task);
    if (more->held == 0) more->held = FLU_EMPTY;
    if (!is_noted(more->held, FLU_VALUE(m))) more->held = flu_cons(w, FLU_VALUE(m), more->held);
    return flu_mutex_acquire(w, "acquire!", m, FLU_TRUE);
}

static flu_value without(flu_worker *w, flu_value list, flu_value m) {
    if (!flu_is_cons(list)) return list;
    if (FLU_CELL(list)->head == m) return FLU_CELL(list)->tail;
    flu_value kept = FLU_EMPTY;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail)
        if (FLU_CELL(list)->head != m) kept = flu_cons(w, FLU_CELL(list)->head, kept);
    return kept;
}

bool flu_mutex_release_noted(flu_worker *w, flu_mutex *m) {
    struct flu_task_more *more = flu_task_more_or_null(w->task);
    if (more != NULL && more->held != 0) more->held = without(w, more->held, FLU_VALUE(m));
    return flu_mutex_release(w, m, w->task);
}

void flu_mutexes_release_all(flu_worker *w, flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    flu_value list = more->held;
    more->held = 0;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) flu_mutex_release(w, FLU_MUTEX(FLU_CELL(list)->head), t);
}
