/* chan.c: channels; chan.h states the invariants. */
#include <stdio.h>

#include "flu/chan.h"
#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/sched.h"

enum {
    FIRST_RING = 2,   /* slots of a ring when it is first needed */
    KEPT_RING = 4096, /* a larger one is given back when it runs empty */
};

/* ---- the ring of buffered values ---- */

static void ring_grow(flu_worker *w, flu_chan *ch) {
    uint32_t size = ch->size ? 2 * ch->size : ch->capacity == 1 ? 1 : FIRST_RING;
    flu_value *ring = flu_alloc(w, size * sizeof *ring);
    for (uint32_t i = 0; i < ch->count; i++) ring[i] = ch->ring[(ch->head + i) & (ch->size - 1)];
    ch->ring = ring;
    ch->size = size;
    ch->head = 0;
}

static void ring_push(flu_worker *w, flu_chan *ch, flu_value v) {
    if (flu_unlikely(ch->count == ch->size)) ring_grow(w, ch);
    ch->ring[(ch->head + ch->count++) & (ch->size - 1)] = v;
}

/* Requires count > 0. The slot is cleared: the collector is conservative, and an old value must not outlive its
 * receipt. */
static flu_value ring_shift(flu_chan *ch) {
    flu_value v = ch->ring[ch->head];
    ch->ring[ch->head] = 0;
    ch->head = (ch->head + 1) & (ch->size - 1);
    if (--ch->count == 0 && flu_unlikely(ch->size > KEPT_RING)) {
        ch->ring = NULL;
        ch->size = ch->head = 0;
    }
    return v;
}

/* ---- the operations, lock held ---- */

/* Takes the value out of a claimed sender. */
static flu_value sender_value(flu_waiter *sender) {
    flu_value v = sender->value;
    sender->value = FLU_NIL;
    return v;
}

FLU_INLINE flu_chan_result send_locked(flu_worker *w, flu_chan *ch, flu_value v, flu_waiter **wake) {
    *wake = NULL;
    if (flu_unlikely(ch->closed)) return FLU_CHAN_CLOSED;
    if ((*wake = flu_wait_queue_claim(w, &ch->receivers))) return FLU_CHAN_DONE;
    if (ch->count >= ch->capacity) {
        if (ch->policy == FLU_CHAN_BLOCK) return FLU_CHAN_WAIT;
        if (ch->policy == FLU_CHAN_DROP || ch->capacity == 0) return FLU_CHAN_DONE;
        ring_shift(ch);
    }
    ring_push(w, ch, v);
    flu_count(&w->sched->moved);
    return FLU_CHAN_DONE;
}

FLU_INLINE flu_chan_result recv_locked(flu_worker *w, flu_chan *ch, flu_value *v, flu_waiter **wake) {
    *wake = flu_wait_queue_claim(w, &ch->senders);
    if (ch->count > 0) {
        *v = ring_shift(ch);
        if (*wake) ring_push(w, ch, sender_value(*wake));
        return FLU_CHAN_DONE;
    }
    if (*wake) {
        *v = sender_value(*wake);
        return FLU_CHAN_DONE;
    }
    return ch->closed ? FLU_CHAN_CLOSED : FLU_CHAN_WAIT;
}

flu_chan_result flu_chan_send_locked(flu_worker *w, flu_chan *ch, flu_value v, flu_waiter **wake) {
    return send_locked(w, ch, v, wake);
}
flu_chan_result flu_chan_recv_locked(flu_worker *w, flu_chan *ch, flu_value *v, flu_waiter **wake) {
    return recv_locked(w, ch, v, wake);
}

/* ---- making ---- */

flu_chan *flu_chan_new(flu_worker *w, int64_t capacity, flu_chan_policy policy) {
    flu_chan *ch = flu_alloc(w, sizeof *ch);
    ch->h = FLU_HEADER(FLU_T_CHANNEL, 0, 0, 0);
    ch->id = flu_next_id(w);
    ch->capacity = capacity;
    ch->policy = (uint8_t)policy;
    return ch;
}

static bool is_keyword(flu_value v, const char *name) {
    return flu_is_keyword(v) && strcmp(FLU_SYM(v)->name, name) == 0;
}

static flu_value chan_with_policy(flu_worker *w, int64_t capacity, flu_value policy) {
    if (is_keyword(policy, "dropping")) return FLU_VALUE(flu_chan_new(w, capacity, FLU_CHAN_DROP));
    if (is_keyword(policy, "sliding")) return FLU_VALUE(flu_chan_new(w, capacity, FLU_CHAN_SLIDE));
    return flu_type_error(w, "chan", 2, ":dropping or :sliding", policy);
}

flu_value flu_chan_make(flu_worker *w, flu_value capacity, flu_value policy) {
    if (capacity == FLU_UNDEF) return FLU_VALUE(flu_chan_new(w, 1, FLU_CHAN_BLOCK));
    if (is_keyword(capacity, "unbounded")) {
        if (policy != FLU_UNDEF) return flu_type_error(w, "chan", 2, "absent for an unbounded channel", policy);
        return FLU_VALUE(flu_chan_new(w, INT64_MAX, FLU_CHAN_UNBOUNDED));
    }
    if (!flu_is_fix(capacity) || flu_fix(capacity) < 0)
        return flu_type_error(w, "chan", 1, "a capacity (an int of at least 0, or :unbounded)", capacity);
    if (policy != FLU_UNDEF) return chan_with_policy(w, flu_fix(capacity), policy);
    return FLU_VALUE(flu_chan_new(w, flu_fix(capacity), FLU_CHAN_BLOCK));
}

/* ---- waking: what a claimed waiter gets ---- */

/* The answer to a receiver that waits in this way: a value, or the end (FLU_UNDEF). */
static flu_value answer(flu_worker *w, uint32_t how, flu_value v) {
    if (how == FLU_WAITS_ITEM) return v;
    flu_value item = v == FLU_UNDEF ? FLU_NIL : v;
    if (how != FLU_WAITS_PAIR) return item;
    return flu_cons(w, item, flu_cons(w, FLU_BOOL(v != FLU_UNDEF), FLU_EMPTY));
}

static bool is_select(const flu_waiter *wt) { return wt->clause - 1 < FLU_WAITS_END - 1; }

/* v: the value received or true for a sender; FLU_UNDEF for a receiver at the end. */
FLU_INLINE void wake_with(flu_worker *w, flu_waiter *wt, flu_value v) {
    if (flu_likely(wt->clause == FLU_WAITS_VALUE && v != FLU_UNDEF)) {
        flu_wake(w, wt->task, v);
    } else if (is_select(wt)) {
        flu_select_wake(w, wt, v == FLU_UNDEF ? FLU_NIL : v);
    } else {
        flu_wake(w, wt->task, answer(w, wt->clause, v));
    }
}

void flu_waiter_wake(flu_worker *w, flu_waiter *wt, flu_value v) { wake_with(w, wt, v); }

void flu_waiter_throw(flu_worker *w, flu_waiter *wt, flu_value error) {
    if (is_select(wt)) flu_select_note(wt);
    flu_wake_throw(w, wt->task, error);
}

/* ---- waiting ---- */

/* Queues the running task, releases the lock, and parks; unless a cancellation is due. */
FLU_INLINE flu_value park(flu_worker *w, flu_chan *ch, flu_wait_queue *q, flu_value v, uint32_t clause,
                          flu_wait_kind kind) {
    if (flu_cancel_due_locked(w)) {
        flu_lock_release(w, &ch->lock);
        return FLU_ABNORMAL;
    }
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &ch->lock;
    wt->value = v;
    wt->clause = clause;
    flu_wait_queue_push(q, wt);
    flu_lock_release(w, &ch->lock);
    return flu_park(w, kind, FLU_VALUE(ch));
}

flu_value flu_chan_closed_error(flu_worker *w, const char *proc) {
    char message[80];
    snprintf(message, sizeof message, "%s: the channel is closed", proc);
    return flu_make_error(w, FLU_SYMBOL_LIT("channel-closed"), message, FLU_NIL);
}

/* The same for whoever sends to ch. */
static flu_value closed_error(flu_worker *w, const flu_chan *ch) {
    if (flu_header_type(ch->h) != FLU_T_ASYNC_QUEUE) return flu_chan_closed_error(w, "send!");
    return flu_make_error(w, FLU_SYMBOL_LIT("channel-closed"), "enqueue!: the queue is closed", FLU_NIL);
}

static FLU_COLD flu_value send_closed(flu_worker *w, const flu_chan *ch, uint32_t how) {
    return how == FLU_WAITS_ITEM ? FLU_FALSE : flu_throw(w, closed_error(w, ch));
}

FLU_INLINE flu_value send_to(flu_worker *w, flu_chan *ch, flu_value v, uint32_t how, flu_wait_kind kind) {
    flu_waiter *wake;
    flu_lock_take(w, &ch->lock);
    flu_chan_result r = send_locked(w, ch, v, &wake);
    if (r == FLU_CHAN_WAIT) return park(w, ch, &ch->senders, v, how, kind);
    flu_lock_release(w, &ch->lock);
    if (r == FLU_CHAN_CLOSED) return send_closed(w, ch, how);
    if (wake) wake_with(w, wake, v);
    return FLU_TRUE;
}

FLU_INLINE flu_value send(flu_worker *w, flu_value c, flu_value v, uint32_t how) {
    if (flu_unlikely(!flu_is_chan(c))) return flu_type_error(w, "send!", 1, "a channel", c);
    return send_to(w, FLU_CHAN(c), v, how, FLU_WAIT_SEND);
}

flu_value flu_chan_send(flu_worker *w, flu_value c, flu_value v) { return send(w, c, v, FLU_WAITS_VALUE); }
flu_value flu_chan_send_open(flu_worker *w, flu_value c, flu_value v) { return send(w, c, v, FLU_WAITS_ITEM); }
flu_value flu_chan_enqueue(flu_worker *w, flu_chan *q, flu_value v) {
    return send_to(w, q, v, FLU_WAITS_VALUE, FLU_WAIT_ENQUEUE);
}

FLU_INLINE flu_value receive_from(flu_worker *w, flu_chan *ch, uint32_t how, flu_wait_kind kind) {
    flu_value v = FLU_UNDEF;
    flu_waiter *wake;
    flu_lock_take(w, &ch->lock);
    flu_chan_result r = recv_locked(w, ch, &v, &wake);
    if (r == FLU_CHAN_WAIT) return park(w, ch, &ch->receivers, FLU_NIL, how, kind);
    flu_lock_release(w, &ch->lock);
    if (wake) wake_with(w, wake, FLU_TRUE);
    return answer(w, how, v);
}

FLU_INLINE flu_value receive(flu_worker *w, flu_value c, const char *proc, uint32_t how) {
    if (flu_unlikely(!flu_is_chan(c))) return flu_type_error(w, proc, 1, "a channel", c);
    return receive_from(w, FLU_CHAN(c), how, FLU_WAIT_RECV);
}

flu_value flu_chan_recv(flu_worker *w, flu_value c) { return receive(w, c, "recv!", FLU_WAITS_VALUE); }
flu_value flu_chan_recv_ok(flu_worker *w, flu_value c) { return receive(w, c, "recv-ok!", FLU_WAITS_PAIR); }
flu_value flu_chan_recv_item(flu_worker *w, flu_value c) { return receive(w, c, "recv!", FLU_WAITS_ITEM); }
flu_value flu_chan_dequeue(flu_worker *w, flu_chan *q) { return receive_from(w, q, FLU_WAITS_VALUE, FLU_WAIT_DEQUEUE); }

/* ---- the rest ---- */

flu_chan_result flu_chan_offer(flu_worker *w, flu_chan *ch, flu_value v) {
    flu_waiter *wake;
    flu_lock_take(w, &ch->lock);
    flu_chan_result r = flu_chan_send_locked(w, ch, v, &wake);
    flu_lock_release(w, &ch->lock);
    if (wake) flu_waiter_wake(w, wake, v);
    return r;
}

flu_value flu_chan_try_send(flu_worker *w, flu_value c, flu_value v) {
    if (!flu_is_chan(c)) return flu_type_error(w, "try-send!", 1, "a channel", c);
    return FLU_BOOL(flu_chan_offer(w, FLU_CHAN(c), v) == FLU_CHAN_DONE);
}

flu_value flu_chan_poll(flu_worker *w, flu_chan *ch) {
    flu_value v = FLU_NIL;
    flu_waiter *wake;
    flu_lock_take(w, &ch->lock);
    flu_chan_result r = flu_chan_recv_locked(w, ch, &v, &wake);
    flu_lock_release(w, &ch->lock);
    if (wake) flu_waiter_wake(w, wake, FLU_TRUE);
    return flu_cons(w, FLU_BOOL(r == FLU_CHAN_DONE), flu_cons(w, v, FLU_EMPTY));
}

flu_value flu_chan_try_recv(flu_worker *w, flu_value c) {
    if (!flu_is_chan(c)) return flu_type_error(w, "try-recv!", 1, "a channel", c);
    return flu_chan_poll(w, FLU_CHAN(c));
}

/* The channel was closed over a parked sender. */
static void refuse(flu_worker *w, const flu_chan *ch, flu_waiter *sender) {
    sender->value = FLU_NIL;
    if (sender->clause == FLU_WAITS_ITEM) {
        flu_wake(w, sender->task, FLU_FALSE);
    } else {
        flu_waiter_throw(w, sender, closed_error(w, ch));
    }
}

bool flu_chan_close_now(flu_worker *w, flu_chan *ch) {
    flu_waiter *receivers = NULL, *senders = NULL;
    flu_lock_take(w, &ch->lock);
    bool first = !ch->closed;
    if (first) {
        ch->closed = true;
        receivers = flu_wait_queue_claim_all(w, &ch->receivers);
        senders = flu_wait_queue_claim_all(w, &ch->senders);
    }
    flu_lock_release(w, &ch->lock);
    while (receivers) wake_with(w, flu_waiter_unlink(&receivers), FLU_UNDEF);
    while (senders) refuse(w, ch, flu_waiter_unlink(&senders));
    return first;
}

flu_value flu_chan_close(flu_worker *w, flu_value c) {
    if (flu_is(c, FLU_T_BROADCAST)) return FLU_BOOL(flu_broadcast_close(w, c));
    if (!flu_is_chan(c)) return flu_type_error(w, "close!", 1, "a channel", c);
    return FLU_BOOL(flu_chan_close_now(w, FLU_CHAN(c)));
}

flu_value flu_chan_p(flu_worker *w FLU_UNUSED, flu_value c) { return FLU_BOOL(flu_is_chan(c)); }

flu_value flu_chan_closed_p(flu_worker *w, flu_value c) {
    if (flu_is(c, FLU_T_BROADCAST)) return FLU_BOOL(flu_broadcast_is_closed(w, c));
    if (!flu_is_chan(c)) return flu_type_error(w, "closed?", 1, "a channel", c);
    flu_chan *ch = FLU_CHAN(c);
    flu_lock_take(w, &ch->lock);
    bool closed = ch->closed;
    flu_lock_release(w, &ch->lock);
    return FLU_BOOL(closed);
}

flu_value flu_chan_length(flu_worker *w, flu_value c) {
    if (!flu_is_chan(c)) return flu_type_error(w, "chan-length", 1, "a channel", c);
    flu_chan *ch = FLU_CHAN(c);
    flu_lock_take(w, &ch->lock);
    uint32_t count = ch->count;
    flu_lock_release(w, &ch->lock);
    return FLU_FIX(count);
}

flu_value flu_chan_capacity(flu_worker *w, flu_value c) {
    if (!flu_is_chan(c)) return flu_type_error(w, "chan-capacity", 1, "a channel", c);
    flu_chan *ch = FLU_CHAN(c);
    return ch->policy == FLU_CHAN_UNBOUNDED ? FLU_KEYWORD_LIT("unbounded") : FLU_FIX(ch->capacity);
}

/* (%chan-arg "proc" position x): x, or type-error if it is no channel. */
flu_value flu_chan_arg(flu_worker *w, flu_value proc, flu_value position, flu_value x) {
    return flu_is_chan(x) ? x : flu_type_error(w, FLU_STR(proc)->bytes, (int)flu_fix(position), "a channel", x);
}

/* ---- tickers ---- */

typedef struct ticker {
    flu_timer timer; /* must be first */
    flu_chan *ch;
    int64_t period; /* nanoseconds */
    int64_t ticks;
} ticker;

/* A tick that finds the last one not yet received is dropped; a closed channel ends the ticks. */
static void tick(flu_worker *w, flu_timer *timer) {
    ticker *t = (ticker *)timer;
    if (flu_chan_offer(w, t->ch, FLU_FIX(++t->ticks)) == FLU_CHAN_CLOSED) return;
    int64_t late = flu_now(w) - timer->due;
    int64_t missed = late > 0 ? late / t->period : 0;
    flu_timer_set(w, timer, timer->due + (missed + 1) * t->period);
}

flu_value flu_chan_ticker(flu_worker *w, flu_value ms) {
    int64_t period = flu_duration(w, "ticker", 1, ms);
    if (period < 0) return FLU_ABNORMAL;
    if (period == 0) return flu_type_error(w, "ticker", 1, "a positive number of milliseconds", ms);
    ticker *t = flu_alloc(w, sizeof *t);
    t->timer = (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .weak = true, .fire = tick};
    t->ch = flu_chan_new(w, 1, FLU_CHAN_BLOCK);
    t->period = period;
    flu_timer_set(w, &t->timer, flu_now(w) + period);
    return FLU_VALUE(t->ch);
}
