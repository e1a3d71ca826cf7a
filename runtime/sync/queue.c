/* queue.c: asynchronous queues, which are channels of another type: bounded ones make producers wait. */
#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/sync.h"
#include "sync_internal.h"

flu_value flu_async_queue_make(flu_worker *w, flu_value n) {
    int64_t capacity = n == FLU_UNDEF ? INT64_MAX : flu_count_of(w, "queue", 1, n, 1);
    if (capacity < 0) return FLU_ABNORMAL;
    flu_chan *q = flu_chan_new(w, capacity, n == FLU_UNDEF ? FLU_CHAN_UNBOUNDED : FLU_CHAN_BLOCK);
    q->h = FLU_HEADER(FLU_T_ASYNC_QUEUE, 0, 0, 0);
    return FLU_VALUE(q);
}

static flu_value not_a_queue(flu_worker *w, const char *proc, flu_value v) {
    if (flu_is(v, FLU_T_QUEUE)) return flu_type_error(w, proc, 1, "a queue made by (queue), not a persistent one", v);
    return flu_type_error(w, proc, 1, "a queue or priority-queue", v);
}

static bool is_priority_queue(flu_value v) { return flu_is(v, FLU_T_PRIORITY_QUEUE); }

/* Priority queues call less?: they are in stdlib/sync.flu. These are no library procedures themselves, so that the
 * place of the call is known while a task waits. */

flu_value flu_async_enqueue(flu_worker *w, flu_value q, flu_value v) {
    if (flu_is_async_queue(q)) return flu_chan_enqueue(w, FLU_CHAN(q), v);
    return is_priority_queue(q) ? flu_lib_pq_enqueue(w, q, v) : not_a_queue(w, "enqueue!", q);
}

flu_value flu_async_dequeue(flu_worker *w, flu_value q) {
    if (flu_is_async_queue(q)) return flu_chan_dequeue(w, FLU_CHAN(q));
    return is_priority_queue(q) ? flu_lib_pq_dequeue(w, q) : not_a_queue(w, "dequeue!", q);
}

flu_value flu_async_try_enqueue(flu_worker *w, flu_value q, flu_value v) {
    if (flu_is_async_queue(q)) return FLU_BOOL(flu_chan_offer(w, FLU_CHAN(q), v) == FLU_CHAN_DONE);
    return is_priority_queue(q) ? flu_lib_pq_try_enqueue(w, q, v) : not_a_queue(w, "try-enqueue!", q);
}

flu_value flu_async_try_dequeue(flu_worker *w, flu_value q) {
    if (flu_is_async_queue(q)) return flu_chan_poll(w, FLU_CHAN(q));
    return is_priority_queue(q) ? flu_lib_pq_try_dequeue(w, q) : not_a_queue(w, "try-dequeue!", q);
}

static bool close_priority_queue(flu_worker *w, flu_priority_queue *q) {
    flu_lock_take(w, &q->base.lock);
    bool first = !q->closed;
    q->closed = true;
    flu_waiter *waiters = flu_wait_queue_claim_all(w, &q->base.waiters);
    flu_lock_release(w, &q->base.lock);
    flu_sync_hand_over_all(w, waiters);
    return first;
}

flu_value flu_async_queue_close(flu_worker *w, flu_value q) {
    if (flu_is(q, FLU_T_PRIORITY_QUEUE)) return FLU_BOOL(close_priority_queue(w, FLU_PRIORITY_QUEUE(q)));
    if (!flu_is_async_queue(q)) return not_a_queue(w, "queue-close!", q);
    return FLU_BOOL(flu_chan_close_now(w, FLU_CHAN(q)));
}
