/* handover.c: how tasks wait for the structures of sync.h, and what deadlock reports say about who holds them. */
#include <inttypes.h>

#include "flu/sched.h"
#include "flu/sync.h"

void *flu_sync_new(flu_worker *w, flu_type type, size_t size) {
    flu_sync *s = flu_alloc(w, size); /* cleared */
    s->h = FLU_HEADER(type, 0, 0, flu_next_id(w));
    return s;
}

bool flu_sync_is_dead(const flu_waiter *wt) {
    /* Relaxed: whoever is about to claim it does so by flu_claim. */
    return atomic_load_explicit(&wt->task->wait, memory_order_relaxed) & FLU_WAIT_CLAIMED;
}

flu_waiter *flu_sync_oldest(flu_wait_queue *q) {
    while (q->first != NULL && flu_sync_is_dead(q->first)) flu_wait_queue_remove(q->first);
    return q->first;
}

void flu_sync_enlist(flu_worker *w, flu_lock *lock, flu_wait_queue *q, flu_value value,
                     void (*withdrawn)(flu_worker *w, flu_waiter *self)) {
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = lock;
    wt->value = value;
    wt->clause = withdrawn ? FLU_WAITS_HOOKED : FLU_WAITS_VALUE;
    wt->withdrawn = withdrawn;
    flu_wait_queue_push(q, wt);
}

flu_value flu_sync_park(flu_worker *w, flu_lock *lock, flu_wait_kind kind, flu_value object) {
    flu_lock_release(w, lock);
    return flu_park(w, kind, object);
}

flu_value flu_sync_wait(flu_worker *w, flu_sync *s, flu_value value, flu_wait_kind kind) {
    if (flu_cancel_due_locked(w)) {
        flu_lock_release(w, &s->lock);
        return FLU_ABNORMAL;
    }
    flu_sync_enlist(w, &s->lock, &s->waiters, value, NULL);
    return flu_sync_park(w, &s->lock, kind, FLU_VALUE(s));
}

void flu_sync_hand_over(flu_worker *w, flu_waiter *wt) {
    flu_value v = wt->value;
    wt->value = FLU_NIL;
    flu_wake(w, wt->task, v);
}

void flu_sync_hand_over_all(flu_worker *w, flu_waiter *list) {
    while (list) flu_sync_hand_over(w, flu_waiter_unlink(&list));
}

/* ---- reports ---- */

static void print_readers(flu_buf *b, const flu_read_hold *reads) {
    enum { SHOWN = 5 };
    flu_buf_puts(b, " (read by ");
    for (int n = 0; reads != NULL && n <= SHOWN; reads = reads->next, n++) {
        if (n == SHOWN)
            flu_buf_puts(b, ", ...");
        else
            flu_buf_printf(b, "%stask %" PRIu32, n > 0 ? ", " : "", reads->task->promise.id);
    }
    flu_buf_char(b, ')');
}

static flu_task *writer_of(flu_value v) {
    return flu_is(v, FLU_T_MUTEX) ? FLU_MUTEX(v)->owner : flu_is(v, FLU_T_RW_LOCK) ? FLU_RW_LOCK(v)->writer : NULL;
}

flu_task *flu_sync_holder(flu_value v) {
    flu_task *writer = writer_of(v);
    bool is_read = writer == NULL && flu_is(v, FLU_T_RW_LOCK) && FLU_RW_LOCK(v)->reads != NULL;
    return is_read ? FLU_RW_LOCK(v)->reads->task : writer;
}

void flu_sync_print_holder(flu_buf *b, flu_value v) {
    const flu_task *holder = writer_of(v);
    if (holder != NULL) flu_buf_printf(b, " (held by task %" PRIu32 ")", holder->promise.id);
    if (flu_is(v, FLU_T_RW_LOCK) && FLU_RW_LOCK(v)->reads != NULL) print_readers(b, FLU_RW_LOCK(v)->reads);
}
