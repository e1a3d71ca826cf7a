/* queue.c: persistent queues. Each operation is O(1), amortised; none changes a queue. */
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/literal.h>

static flu_value new_queue(flu_worker *w, uint32_t count, flu_value front, flu_value rear) {
    flu_queue *q = flu_alloc(w, sizeof *q);
    q->h = FLU_HEADER(FLU_T_QUEUE, 0, 0, count);
    q->front = front;
    q->rear = rear;
    return FLU_VALUE(q);
}

static uint32_t count_of(flu_value q) { return flu_header_size(FLU_QUEUE(q)->h); }

static flu_value not_a_queue(flu_worker *w, const char *proc, flu_value v) {
    return flu_type_error(w, proc, 1, "a persistent queue", v);
}

static flu_value empty_error(flu_worker *w, const char *proc) {
    return flu_raise(w, "index-error", "%s: the queue is empty", proc);
}

flu_value flu_fn_queue_new(flu_worker *w, int argc, const flu_value *argv) {
    return new_queue(w, (uint32_t)argc, flu_list_lit(w, argc, argv, FLU_EMPTY), FLU_EMPTY);
}

flu_value flu_fn_queue_enqueue(flu_worker *w, flu_value q, flu_value x) {
    if (!flu_is(q, FLU_T_QUEUE)) return not_a_queue(w, "queue-enqueue", q);
    if (count_of(q) == 0) return new_queue(w, 1, flu_cons(w, x, FLU_EMPTY), FLU_EMPTY);
    return new_queue(w, count_of(q) + 1, FLU_QUEUE(q)->front, flu_cons(w, x, FLU_QUEUE(q)->rear));
}

static flu_value reversed(flu_worker *w, flu_value list) {
    flu_value out = FLU_EMPTY;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) out = flu_cons(w, FLU_CELL(list)->head, out);
    return out;
}

flu_value flu_fn_queue_dequeue(flu_worker *w, flu_value q) {
    if (!flu_is(q, FLU_T_QUEUE)) return not_a_queue(w, "queue-dequeue", q);
    if (count_of(q) == 0) return empty_error(w, "queue-dequeue");
    flu_cell *first = FLU_CELL(FLU_QUEUE(q)->front);
    bool last_of_front = first->tail == FLU_EMPTY;
    flu_value front = last_of_front ? reversed(w, FLU_QUEUE(q)->rear) : first->tail;
    flu_value rest = new_queue(w, count_of(q) - 1, front, last_of_front ? FLU_EMPTY : FLU_QUEUE(q)->rear);
    return flu_cons(w, first->head, flu_cons(w, rest, FLU_EMPTY));
}

flu_value flu_fn_queue_peek(flu_worker *w, flu_value q) {
    if (!flu_is(q, FLU_T_QUEUE)) return not_a_queue(w, "queue-peek", q);
    return count_of(q) == 0 ? empty_error(w, "queue-peek") : FLU_CELL(FLU_QUEUE(q)->front)->head;
}

flu_value flu_fn_queue_empty_p(flu_worker *w, flu_value q) {
    return flu_is(q, FLU_T_QUEUE) ? FLU_BOOL(count_of(q) == 0) : not_a_queue(w, "queue-empty?", q);
}
