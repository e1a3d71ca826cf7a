/* chan.h: channels.
 *
 * Invariants, whenever the lock is free ("waits": queued and not yet claimed by anybody):
 *   - count > 0 implies that no receiver waits: a sender that finds one hands its value over and never buffers it;
 *   - count < capacity implies that no sender waits: whoever frees a slot fills it at once from the oldest waiting
 * sender;
 *   - closed implies that nobody waits;
 *   - the slots of the ring that hold no value are zero, and ring is NULL until the first value is buffered: a channel
 * that only hands over, or on which a task just waits, has none, and a drained one keeps nothing alive. Hence nobody
 * overtakes: a sender finds a free slot, or a receiver, only when no sender waits. Waiters whose wait ended otherwise
 * (a timer, a cancellation, another clause) may still be queued for a moment: claiming them fails, and they are passed
 * over.
 *
 * Both queues can hold waiters at once: those of one select that sends to and receives from the same channel. */
#ifndef FLU_CHAN_H
#define FLU_CHAN_H

#include "print.h"
#include "task.h"

typedef enum flu_chan_policy {
    FLU_CHAN_BLOCK,     /* full: senders wait */
    FLU_CHAN_DROP,      /* full: the value sent is dropped */
    FLU_CHAN_SLIDE,     /* full: the oldest buffered value is dropped */
    FLU_CHAN_UNBOUNDED, /* never full */
} flu_chan_policy;

typedef struct flu_chan {
    flu_header h;
    uint32_t id;          /* for printing */
    flu_lock lock;        /* guards count to closed */
    int64_t capacity;     /* set at creation; INT64_MAX: unbounded */
    uint32_t count, head; /* buffered values; index of the oldest */
    uint32_t size;        /* of ring: 0 or a power of two */
    uint8_t policy;       /* flu_chan_policy; set at creation */
    uint8_t closed;       /* false to true, once */
    flu_value *ring;
    flu_wait_queue senders, receivers;
} flu_chan;
#define FLU_CHAN(v)    FLU_AS(flu_chan, v)
#define flu_is_chan(v) flu_is(v, FLU_T_CHANNEL)

_Static_assert(sizeof(flu_chan) == 80, "a channel that holds nothing stays small");

/* What became of an attempt. */
typedef enum flu_chan_result {
    FLU_CHAN_DONE,
    FLU_CHAN_WAIT,   /* nothing was done: the caller would have to wait */
    FLU_CHAN_CLOSED, /* nothing was done: closed (a receiver: and drained) */
} flu_chan_result;

flu_chan *flu_chan_new(flu_worker *w, int64_t capacity, flu_chan_policy policy);

/* The operations proper, lock held. *wake gets the claimed waiter on the other side (or NULL), which the caller wakes
 * once it has released the lock: a receiver with the value sent, a sender with true. */
flu_chan_result flu_chan_send_locked(flu_worker *w, flu_chan *ch, flu_value v, flu_waiter **wake);
flu_chan_result flu_chan_recv_locked(flu_worker *w, flu_chan *ch, flu_value *v, flu_waiter **wake);

/* Sends if that is possible at once: for timers and other code that is no task. */
flu_chan_result flu_chan_offer(flu_worker *w, flu_chan *ch, flu_value v);
/* True the first time. */
bool flu_chan_close_now(flu_worker *w, flu_chan *ch);
/* The channel-closed error that senders get. */
flu_value flu_chan_closed_error(flu_worker *w, const char *proc);

/* ---- asynchronous queues (sync/queue.c) are channels of another type ---- */

#define flu_is_async_queue(v) flu_is(v, FLU_T_ASYNC_QUEUE)
/* send! and recv!, for a queue. */
flu_value flu_chan_enqueue(flu_worker *w, flu_chan *q, flu_value v);
flu_value flu_chan_dequeue(flu_worker *w, flu_chan *q);
/* As try-recv!. */
flu_value flu_chan_poll(flu_worker *w, flu_chan *ch);

/* ---- broadcasters (broadcast.c) ---- */

bool flu_broadcast_close(flu_worker *w, flu_value b); /* true the first time */
bool flu_broadcast_is_closed(flu_worker *w, flu_value b);

/* ---- select ---- */

/* One per select form: where the next look starts. */
typedef struct flu_rotation {
    flu_header h;          /* FLU_T_NODE */
    _Atomic uint32_t next; /* the clause after the one last chosen; relaxed: any recent value is a fair start */
} flu_rotation;

/* Ends the wait of a select with the clause of this claimed waiter; v for %select-value. */
void flu_select_wake(flu_worker *w, flu_waiter *wt, flu_value v);
/* Notes the clause of a claimed waiter as chosen. */
void flu_select_note(const flu_waiter *wt);
/* flu_wait_end of a select: takes the task's waiters out of the queues they are still in, and forgets the objects. */
void flu_select_end(flu_worker *w, flu_task *t);
/* For reports: " among recv! #<channel 3>, await #<promise 4 pending>", what a parked select waits on. */
void flu_select_print(flu_worker *w, flu_buf *b, const flu_task *t);

#endif
