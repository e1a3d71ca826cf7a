/* broadcast.c: one source, any number of channels that all get its values.
 *
 * The subscribers are an immutable list, replaced as a whole under the lock: a broadcast! walks the one it found at its
 * start, without any lock, and may wait on the way. Unsubscribing closes the channel, so that such a broadcast! goes
 * on. */
#include "flu/builtins.h"
#include "flu/chan.h"

typedef struct broadcaster {
    flu_header h;
    uint32_t id;
    flu_lock lock;      /* guards subscribers and closed */
    flu_value capacity; /* of the channels, as chan takes it; checked */
    flu_value policy;
    flu_value subscribers; /* channels, the oldest first */
    bool closed;
} broadcaster;
#define BROADCASTER(v) FLU_AS(broadcaster, v)

static bool is_broadcaster(flu_value v) { return flu_is(v, FLU_T_BROADCAST); }

flu_value flu_broadcast_make(flu_worker *w, flu_value capacity, flu_value policy) {
    flu_value probe = flu_chan_make(w, capacity, policy); /* for its checks, and its id */
    if (probe == FLU_ABNORMAL) return FLU_ABNORMAL;
    broadcaster *b = flu_alloc(w, sizeof *b);
    b->h = FLU_HEADER(FLU_T_BROADCAST, 0, 0, 0);
    b->id = FLU_CHAN(probe)->id;
    b->capacity = capacity;
    b->policy = policy;
    b->subscribers = FLU_EMPTY;
    return FLU_VALUE(b);
}

/* list with x at its end. */
static flu_value with_last(flu_worker *w, flu_value list, flu_value x) {
    flu_value first = flu_cons(w, x, FLU_EMPTY), *end = &first;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) {
        *end = flu_cons(w, FLU_CELL(list)->head, *end);
        end = &FLU_CELL(*end)->tail;
    }
    return first;
}

/* list without x, which occurs at most once; the same list if it does not. */
static flu_value without(flu_worker *w, flu_value list, flu_value x) {
    flu_value at = list;
    while (flu_is_cons(at) && FLU_CELL(at)->head != x) at = FLU_CELL(at)->tail;
    if (at == FLU_EMPTY) return list;
    flu_value first = FLU_CELL(at)->tail, *end = &first;
    for (; list != at; list = FLU_CELL(list)->tail) {
        *end = flu_cons(w, FLU_CELL(list)->head, *end);
        end = &FLU_CELL(*end)->tail;
    }
    return first;
}

flu_value flu_broadcast_subscribe(flu_worker *w, flu_value v) {
    if (!is_broadcaster(v)) return flu_type_error(w, "subscribe", 1, "a broadcaster", v);
    broadcaster *b = BROADCASTER(v);
    flu_value ch = flu_chan_make(w, b->capacity, b->policy);
    flu_lock_take(w, &b->lock);
    bool closed = b->closed;
    if (!closed) b->subscribers = with_last(w, b->subscribers, ch);
    flu_lock_release(w, &b->lock);
    if (closed) flu_chan_close_now(w, FLU_CHAN(ch));
    return ch;
}

flu_value flu_broadcast_unsubscribe(flu_worker *w, flu_value v, flu_value ch) {
    if (!is_broadcaster(v)) return flu_type_error(w, "unsubscribe", 1, "a broadcaster", v);
    if (!flu_is_chan(ch)) return flu_type_error(w, "unsubscribe", 2, "a channel", ch);
    broadcaster *b = BROADCASTER(v);
    flu_lock_take(w, &b->lock);
    flu_value rest = without(w, b->subscribers, ch);
    bool found = rest != b->subscribers;
    b->subscribers = rest;
    flu_lock_release(w, &b->lock);
    if (found) flu_chan_close_now(w, FLU_CHAN(ch));
    return FLU_BOOL(found);
}

flu_value flu_broadcast_subscribers(flu_worker *w, flu_value v) {
    if (!is_broadcaster(v)) return flu_type_error(w, "broadcast!", 1, "a broadcaster", v);
    broadcaster *b = BROADCASTER(v);
    flu_lock_take(w, &b->lock);
    bool closed = b->closed;
    flu_value all = b->subscribers;
    flu_lock_release(w, &b->lock);
    return closed ? flu_throw(w, flu_chan_closed_error(w, "broadcast!")) : all;
}

bool flu_broadcast_close(flu_worker *w, flu_value v) {
    broadcaster *b = BROADCASTER(v);
    flu_lock_take(w, &b->lock);
    bool first = !b->closed;
    flu_value all = b->subscribers;
    b->closed = true;
    b->subscribers = FLU_EMPTY;
    flu_lock_release(w, &b->lock);
    for (; flu_is_cons(all); all = FLU_CELL(all)->tail) flu_chan_close_now(w, FLU_CHAN(FLU_CELL(all)->head));
    return first;
}

bool flu_broadcast_is_closed(flu_worker *w, flu_value v) {
    broadcaster *b = BROADCASTER(v);
    flu_lock_take(w, &b->lock);
    bool closed = b->closed;
    flu_lock_release(w, &b->lock);
    return closed;
}
