/* barrier.c: barriers; sync.h states the invariant.
 *
 * A waiter that is cancelled has not arrived: the others wait for one more. So the waiters that are still on have to be
 * counted; that is done only when enough have been queued to open it, and the dead are dropped then, so that each
 * cancellation costs one more count at most. */
#include "flu/builtins.h"
#include "sync_internal.h"

flu_value flu_barrier_make(flu_worker *w, flu_value n) {
    int64_t parties = flu_count_of(w, "barrier", 1, n, 1);
    if (parties < 0) return FLU_ABNORMAL;
    flu_barrier *b = flu_sync_new(w, FLU_T_BARRIER, sizeof *b);
    b->parties = parties;
    return FLU_VALUE(b);
}

/* Lock held: drops the dead and gives how many wait. */
static int64_t count_waiters(flu_wait_queue *q) {
    int64_t n = 0;
    for (flu_waiter *wt = q->first, *next; wt != NULL; wt = next) {
        next = wt->next;
        if (flu_sync_is_dead(wt))
            flu_wait_queue_remove(wt);
        else
            n++;
    }
    return n;
}

/* (barrier-wait! b): true for the one that opens it. */
flu_value flu_barrier_wait(flu_worker *w, flu_value v) {
    if (!flu_is(v, FLU_T_BARRIER)) return flu_type_error(w, "barrier-wait!", 1, "a barrier", v);
    flu_barrier *b = FLU_BARRIER(v);
    flu_lock_take(w, &b->base.lock);
    if (b->queued >= b->parties - 1) b->queued = count_waiters(&b->base.waiters);
    if (b->queued < b->parties - 1) {
        if (flu_cancel_due_locked(w)) {
            flu_lock_release(w, &b->base.lock);
            return FLU_ABNORMAL;
        }
        b->queued++;
        flu_sync_enlist(w, &b->base.lock, &b->base.waiters, FLU_FALSE, NULL);
        return flu_sync_park(w, &b->base.lock, FLU_WAIT_BARRIER, v);
    }
    /* All were there when the lock was taken: it opens, even if another worker cancels one of them right now. */
    b->queued = 0;
    flu_waiter *through = flu_wait_queue_claim_all(w, &b->base.waiters);
    flu_lock_release(w, &b->base.lock);
    flu_sync_hand_over_all(w, through);
    return FLU_TRUE;
}
