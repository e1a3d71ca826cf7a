/* rw_lock.c: read-write locks; sync.h states the invariant.
 *
 * A task that reads already may read again even while a writer waits: it would wait for itself otherwise. */
#include "flu/builtins.h"
#include "sync_internal.h"

flu_value flu_rw_lock_make(flu_worker *w) { return FLU_VALUE(flu_sync_new(w, FLU_T_RW_LOCK, sizeof(flu_rw_lock))); }

/* ---- who holds it, lock held ---- */

static flu_read_hold *new_hold(flu_worker *w) {
    flu_read_hold *hold = flu_alloc(w, sizeof *hold); /* cleared */
    hold->h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    hold->task = w->task;
    return hold;
}

static void add_read(flu_rw_lock *l, flu_read_hold *hold) {
    hold->held = true;
    hold->prev = NULL;
    hold->next = l->reads;
    if (l->reads) l->reads->prev = hold;
    l->reads = hold;
}

/* Links are cleared: the collector is conservative. */
static void remove_read(flu_rw_lock *l, flu_read_hold *hold) {
    if (hold->prev)
        hold->prev->next = hold->next;
    else
        l->reads = hold->next;
    if (hold->next) hold->next->prev = hold->prev;
    hold->next = hold->prev = NULL;
    hold->held = false;
}

static bool reads_already(const flu_rw_lock *l, const flu_task *t) {
    for (const flu_read_hold *hold = l->reads; hold != NULL; hold = hold->next)
        if (hold->task == t) return true;
    return false;
}

/* ---- letting waiters in ---- */

/* A waiter's value: a reader's hold; a writer's task. */
static bool is_reader(const flu_waiter *wt) { return flu_is(wt->value, FLU_T_NODE); }

static bool may_enter(const flu_rw_lock *l, const flu_waiter *wt) {
    return l->writer == NULL && (is_reader(wt) || l->reads == NULL);
}

/* Lock held: lets in the waiters whose turn it is; gives them claimed, linked by next. */
static flu_waiter *admit(flu_worker *w, flu_rw_lock *l) {
    flu_waiter *first = NULL, **end = &first, *wt;
    while ((wt = flu_sync_oldest(&l->base.waiters)) && may_enter(l, wt)) {
        flu_wait_queue_remove(wt);
        if (!flu_claim(w, wt->task)) continue;
        if (is_reader(wt))
            add_read(l, FLU_AS(flu_read_hold, wt->value));
        else
            l->writer = wt->task;
        *end = wt;
        end = &wt->next;
    }
    return first;
}

/* Releases the lock, after a change that may let somebody in. */
static void changed(flu_worker *w, flu_rw_lock *l) {
    flu_waiter *admitted = admit(w, l);
    flu_lock_release(w, &l->base.lock);
    flu_sync_hand_over_all(w, admitted);
}

/* A waiter was cancelled, one perhaps that kept those behind it out. */
static void left_queue(flu_worker *w, flu_waiter *wt) {
    flu_rw_lock *l = FLU_RW_LOCK(flu_parking_of(wt->task)->wait_object);
    wt->value = FLU_NIL;
    flu_lock_take(w, &l->base.lock);
    changed(w, l);
}

/* ---- entering and leaving ---- */

/* Takes the lock. Those who have waited behind one that was cancelled, but has not left the queue itself yet, come in
 * first: whoever looks at the queue now takes that one out of it. */
static void take_in_turn(flu_worker *w, flu_rw_lock *l) {
    flu_lock_take(w, &l->base.lock);
    if (flu_likely(l->base.waiters.first == NULL)) return;
    changed(w, l);
    flu_lock_take(w, &l->base.lock);
}

static flu_value wait_in_line(flu_worker *w, flu_rw_lock *l, flu_value value, flu_wait_kind kind) {
    if (flu_cancel_due_locked(w)) {
        flu_lock_release(w, &l->base.lock);
        return FLU_ABNORMAL;
    }
    flu_sync_enlist(w, &l->base.lock, &l->base.waiters, value, left_queue);
    return flu_sync_park(w, &l->base.lock, kind, FLU_VALUE(l));
}

/* (%read-lock l): gives what %read-unlock takes. */
flu_value flu_rw_lock_read(flu_worker *w, flu_value v) {
    if (!flu_is(v, FLU_T_RW_LOCK)) return flu_type_error(w, "with-read-lock", 1, "a rw-lock", v);
    flu_rw_lock *l = FLU_RW_LOCK(v);
    flu_read_hold *hold = new_hold(w);
    take_in_turn(w, l);
    if (l->writer == w->task) {
        flu_lock_release(w, &l->base.lock);
        return flu_own_lock(w, "with-read-lock", v);
    }
    bool free = l->writer == NULL && flu_sync_oldest(&l->base.waiters) == NULL;
    if (!free && !reads_already(l, w->task)) return wait_in_line(w, l, FLU_VALUE(hold), FLU_WAIT_READ_LOCK);
    add_read(l, hold);
    flu_lock_release(w, &l->base.lock);
    return FLU_VALUE(hold);
}

flu_value flu_rw_lock_end_read(flu_worker *w, flu_value v, flu_value hold) {
    flu_rw_lock *l = FLU_RW_LOCK(v);
    flu_lock_take(w, &l->base.lock);
    if (FLU_AS(flu_read_hold, hold)->held) remove_read(l, FLU_AS(flu_read_hold, hold));
    changed(w, l);
    return FLU_NIL;
}

/* (%write-lock l): gives what %write-unlock takes. */
flu_value flu_rw_lock_write(flu_worker *w, flu_value v) {
    if (!flu_is(v, FLU_T_RW_LOCK)) return flu_type_error(w, "with-write-lock", 1, "a rw-lock", v);
    flu_rw_lock *l = FLU_RW_LOCK(v);
    flu_task *self = w->task;
    take_in_turn(w, l);
    if (l->writer == self || reads_already(l, self)) {
        flu_lock_release(w, &l->base.lock);
        return flu_own_lock(w, "with-write-lock", v);
    }
    if (l->writer != NULL || l->reads != NULL || flu_sync_oldest(&l->base.waiters) != NULL)
        return wait_in_line(w, l, FLU_VALUE(self), FLU_WAIT_WRITE_LOCK);
    l->writer = self;
    flu_lock_release(w, &l->base.lock);
    return FLU_VALUE(self);
}

flu_value flu_rw_lock_end_write(flu_worker *w, flu_value v, flu_value holder) {
    flu_rw_lock *l = FLU_RW_LOCK(v);
    flu_lock_take(w, &l->base.lock);
    if (FLU_VALUE(l->writer) == holder) l->writer = NULL;
    changed(w, l);
    return FLU_NIL;
}
