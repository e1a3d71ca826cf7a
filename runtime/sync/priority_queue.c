/* priority_queue.c: the parts of priority queues that call nothing; sync.h says how they work. All but making and
 * closing are called with the guard held, so that only closing changes anything meanwhile. */
#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/special.h"
#include "sync_internal.h"

enum { FIRST_CAPACITY = 8 };

static flu_priority_queue *queue_of(flu_value q) { return FLU_PRIORITY_QUEUE(q); }

flu_value flu_priority_queue_make(flu_worker *w, flu_value less) {
    if (!flu_is_proc(less)) return flu_type_error(w, "priority-queue", 1, "a procedure", less);
    flu_priority_queue *q = flu_sync_new(w, FLU_T_PRIORITY_QUEUE, sizeof *q);
    q->less = less;
    q->guard = flu_mutex_new(w);
    return FLU_VALUE(q);
}

flu_value flu_priority_queue_guard(FLU_UNUSED flu_worker *w, flu_value q) { return FLU_VALUE(queue_of(q)->guard); }
flu_value flu_priority_queue_less(FLU_UNUSED flu_worker *w, flu_value q) { return queue_of(q)->less; }
flu_value flu_priority_queue_count(FLU_UNUSED flu_worker *w, flu_value q) { return FLU_FIX(queue_of(q)->count); }

flu_value flu_priority_queue_item(FLU_UNUSED flu_worker *w, flu_value q, flu_value i) {
    return queue_of(q)->heap[flu_fix(i)].value;
}

flu_value flu_priority_queue_earlier(FLU_UNUSED flu_worker *w, flu_value q, flu_value a, flu_value b) {
    const flu_heap_entry *heap = queue_of(q)->heap;
    return FLU_BOOL(heap[flu_fix(a)].turn < heap[flu_fix(b)].turn);
}

/* (%pq-offer q v): true: handed to one who waits; false: v is to get a place in the heap; closed: nil.
 */
flu_value flu_priority_queue_offer(flu_worker *w, flu_value v, flu_value item) {
    flu_priority_queue *q = queue_of(v);
    flu_lock_take(w, &q->base.lock);
    bool closed = q->closed;
    flu_waiter *receiver = flu_wait_queue_claim(w, &q->base.waiters);
    flu_lock_release(w, &q->base.lock);
    if (closed) return FLU_NIL;
    if (receiver) flu_wake(w, receiver->task, item);
    return FLU_BOOL(receiver != NULL);
}

static void grow(flu_worker *w, flu_priority_queue *q) {
    uint32_t capacity = q->capacity ? 2 * q->capacity : FIRST_CAPACITY;
    flu_heap_entry *heap = flu_alloc(w, capacity * sizeof *heap);
    if (q->count) memcpy(heap, q->heap, q->count * sizeof *heap);
    q->heap = heap;
    q->capacity = capacity;
}

/* (%pq-insert q i v): v at index i, which lies on the way from the root to the first free place; what was there, and
 * below, moves down along that way. */
flu_value flu_priority_queue_insert(flu_worker *w, flu_value v, flu_value place, flu_value item) {
    flu_priority_queue *q = queue_of(v);
    if (q->count == q->capacity) grow(w, q);
    uint32_t to = (uint32_t)flu_fix(place), hole = q->count++;
    for (; hole > to; hole = (hole - 1) / 2) q->heap[hole] = q->heap[(hole - 1) / 2];
    q->heap[to] = (flu_heap_entry){item, q->turns++};
    return FLU_TRUE;
}

/* Moves what lies on the way from the root to `place` up by one; the root is given. */
static flu_value lift(flu_heap_entry *heap, uint32_t place) {
    flu_heap_entry moving = heap[place];
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        flu_heap_entry up = heap[parent];
        heap[parent] = moving;
        moving = up;
        place = parent;
    }
    return moving.value;
}

/* (%pq-remove q i): takes the root out and gives it; the last element goes to index i, which the comparisons have
 * found. */
flu_value flu_priority_queue_remove(FLU_UNUSED flu_worker *w, flu_value v, flu_value place) {
    flu_priority_queue *q = queue_of(v);
    flu_heap_entry last = q->heap[--q->count];
    q->heap[q->count] = (flu_heap_entry){0, 0}; /* the collector scans it all */
    if (q->count == 0) return last.value;
    uint32_t to = (uint32_t)flu_fix(place);
    flu_value root = lift(q->heap, to);
    q->heap[to] = last;
    return root;
}

/* (%pq-wait q holder): the queue is empty, the task holds the guard as holder: unlocks it and waits for an element. */
flu_value flu_priority_queue_wait(flu_worker *w, flu_value v, flu_value holder) {
    flu_priority_queue *q = queue_of(v);
    flu_lock_take(w, &q->base.lock);
    if (q->closed || flu_cancel_due_locked(w)) {
        flu_lock_release(w, &q->base.lock);
        return q->closed ? FLU_NIL : FLU_ABNORMAL;
    }
    flu_sync_enlist(w, &q->base.lock, &q->base.waiters, FLU_NIL, NULL);
    flu_lock_release(w, &q->base.lock);
    flu_mutex_unlock(w, FLU_VALUE(q->guard), holder);
    return flu_park(w, FLU_WAIT_DEQUEUE, v);
}
