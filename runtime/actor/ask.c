/* ask.c: requests with a reply: (ask target message ms).
 *
 * The reply handle is a promise that a program may settle, and the request a larger object that begins with it. While
 * it is pending the request stands in the list of the actor that was asked, so that it can be withdrawn (it timed out,
 * the asker gave up) and refused (the actor died), and has a timer. An answer takes it out again: nothing outlives the
 * request.
 *
 * Most requests are answered before the asker's worker comes to look at timers again, often on top of the C stack of
 * the asker (flu_run_woken). So a solo worker keeps new requests in a list of its own, without a timer, and only those
 * that are still there between two tasks, or when their actor ends, are entered in full (flu_asks_enter). */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/sched.h"

#define DEFAULT_MS 5000

enum whereabouts { NOWHERE, NEW, ENTERED }; /* NEW: in the worker's list, ENTERED: in that of the actor asked */

typedef struct flu_ask {
    flu_promise handle; /* must be first */
    flu_timer *timer;   /* data: the ask; NULL: never entered */
    flu_value asked;    /* an actor or task */
    flu_value name;     /* the target as the asker called it, for messages */
    flu_value ms;
    flu_value message; /* once it is sent */
    struct flu_ask *next, *prev;
    uint8_t where; /* enum whereabouts; guarded by list_lock, or, if it is NEW, the solo worker's */
} flu_ask;
#define ASK(p) ((flu_ask *)(p))

static void cancel_ask(flu_worker *w, flu_promise *p, flu_value error);
static flu_canceller ask_canceller = {.cancel = cancel_ask}; /* of all requests */

/* The request of a handle that is still pending, or NULL. */
static flu_ask *ask_of(flu_promise *handle) {
    if (atomic_load_explicit(&handle->state, memory_order_acquire) != FLU_PENDING) return NULL;
    return flu_canceller_of(handle) == &ask_canceller ? ASK(handle) : NULL;
}

flu_promise *flu_reply_handle(flu_value message) {
    if (message == 0 || !flu_is(message, FLU_T_TAGGED)) return NULL;
    uint32_t n = flu_header_size(FLU_TAGGED(message)->h);
    if (n == 0) return NULL;
    flu_value last = FLU_TAGGED(message)->fields[n - 1];
    return flu_is(last, FLU_T_PROMISE) && ask_of(FLU_PROM(last)) != NULL ? FLU_PROM(last) : NULL;
}

flu_value flu_asked(flu_promise *handle) {
    flu_ask *ask = ask_of(handle);
    return ask != NULL ? ask->asked : FLU_NIL;
}

/* ---- the list of the actor asked ---- */

/* Guards the list, and ask->where of those in it. */
static flu_lock *list_lock(flu_worker *w, flu_value target) {
    return flu_is_actor(target) ? &flu_actor_of(target)->box.lock : &flu_ties_of(w, target)->box.lock;
}

static void enlist(flu_worker *w, flu_ask *ask) {
    flu_ties *ties = flu_ties_of(w, ask->asked);
    flu_lock *lock = list_lock(w, ask->asked);
    flu_lock_take(w, lock);
    ask->where = ENTERED;
    ask->next = ties->asks;
    if (ties->asks != NULL) ties->asks->prev = ask;
    ties->asks = ask;
    flu_lock_release(w, lock);
}

static void take_out(flu_worker *w, flu_ask *ask) {
    if (ask->next != NULL) ask->next->prev = ask->prev;
    if (ask->prev != NULL)
        ask->prev->next = ask->next;
    else
        flu_ties_of(w, ask->asked)->asks = ask->next;
    ask->next = ask->prev = NULL;
    ask->where = NOWHERE;
}

static void delist(flu_worker *w, flu_ask *ask) {
    flu_lock *lock = list_lock(w, ask->asked);
    flu_lock_take(w, lock);
    if (ask->where == ENTERED) take_out(w, ask);
    flu_lock_release(w, lock);
}

static void time_is_over(flu_worker *w, flu_timer *timer);

static void enter(flu_worker *w, flu_ask *ask, int64_t now) {
    ask->timer = flu_alloc(w, sizeof *ask->timer);
    *ask->timer =
        (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .fire = time_is_over, .data = FLU_VALUE(ask)};
    flu_timer_set(w, ask->timer, now + flu_duration(w, "ask", 3, ask->ms));
    enlist(w, ask);
}

/* No other worker runs. */
void flu_asks_move(flu_worker *w, flu_actor *child, flu_actor *fresh) {
    flu_asks_enter(w);
    for (flu_ask *ask; (ask = fresh->ties->asks) != NULL;) {
        fresh->ties->asks = ask->next;
        ask->next = ask->prev = NULL;
        ask->asked = FLU_VALUE(child);
        enlist(w, ask);
    }
}

/* ---- new requests of a solo worker ---- */

static inline void add_new(flu_sched *s, flu_ask *ask) {
    ask->where = NEW;
    ask->prev = s->last_ask;
    if (s->last_ask != NULL)
        s->last_ask->next = ask;
    else
        s->first_ask = ask;
    s->last_ask = ask;
}

static inline void remove_new(flu_sched *s, flu_ask *ask) {
    if (ask->next != NULL)
        ask->next->prev = ask->prev;
    else
        s->last_ask = ask->prev;
    if (ask->prev != NULL)
        ask->prev->next = ask->next;
    else
        s->first_ask = ask->next;
    ask->next = ask->prev = NULL;
    ask->where = NOWHERE;
}

void flu_asks_enter(flu_worker *w) {
    flu_sched *s = w->sched;
    if (s->first_ask == NULL) return;
    int64_t now = flu_now(w);
    for (flu_ask *ask; (ask = s->first_ask) != NULL;) {
        remove_new(s, ask);
        enter(w, ask, now);
    }
}

/* ---- ends ---- */

/* The request is over, however it ended. */
static void finish(flu_worker *w, flu_ask *ask) {
    if (flu_likely(!w->parallel && ask->where == NEW)) {
        remove_new(w->sched, ask);
    } else if (ask->timer != NULL) {
        flu_timer_cancel(w, ask->timer);
        __atomic_store_n(&ask->timer->data, FLU_NIL, __ATOMIC_RELAXED);
        delist(w, ask);
    }
}

void flu_ask_answered(flu_worker *w, flu_promise *handle) {
    flu_ask *ask = ask_of(handle);
    if (ask != NULL) finish(w, ask);
}

/* ---- ends without an answer ---- */

/* Takes the request out of the mailbox if it is still there. */
static void withdraw(flu_worker *w, flu_ask *ask) {
    flu_actor *a = flu_is_actor(ask->asked) ? flu_actor_of(ask->asked) : NULL;
    flu_mailbox *box = a ? &a->box : &flu_ties_of(w, ask->asked)->box;
    flu_lock_take(w, &box->lock);
    uint32_t open = a && (a->flags & FLU_ACTOR_OPEN);
    for (uint32_t i = 0; i < flu_letters_count(&box->letters); i++) {
        if (flu_letters_at(&box->letters, i)->message != ask->message) continue;
        flu_letters_remove(&box->letters, i);
        if (box->cursor > i + open) box->cursor--;
        break;
    }
    flu_lock_release(w, &box->lock);
}

static void cancel_ask(flu_worker *w, flu_promise *p, flu_value error) {
    flu_ask *ask = ASK(p);
    if (!flu_promise_reject(w, p, error)) return;
    withdraw(w, ask);
    finish(w, ask);
}

static void put_what(flu_worker *w, flu_buf *b, const flu_ask *ask) {
    flu_buf_puts(b, "ask: ");
    flu_repr(w, b, ask->name);
    if (flu_is(ask->message, FLU_T_TAGGED)) {
        flu_buf_puts(b, " has not answered ");
        flu_repr(w, b, FLU_TAGGED(ask->message)->tag);
    } else {
        flu_buf_puts(b, " has not answered");
    }
}

static flu_value ask_error(flu_worker *w, flu_buf *b, const char *kind, flu_value data) {
    flu_buf_char(b, '\0');
    flu_value error =
        flu_make_error(w, flu_symbol_new(kind, strlen(kind)), b->failed ? "ask: no answer" : b->data, data);
    flu_buf_free(b);
    return error;
}

static void time_is_over(flu_worker *w, flu_timer *timer) {
    flu_value data = __atomic_load_n(&timer->data, __ATOMIC_RELAXED);
    if (data == FLU_NIL) return; /* over meanwhile */
    flu_ask *ask = FLU_AS(flu_ask, data);
    flu_buf b;
    flu_buf_init(&b);
    put_what(w, &b, ask);
    flu_buf_puts(&b, " within ");
    flu_display(w, &b, ask->ms);
    flu_buf_puts(&b, " ms");
    flu_value error = ask_error(w, &b, "timeout", ask->name);
    if (!flu_promise_reject(w, &ask->handle, error)) return;
    withdraw(w, ask);
    finish(w, ask);
}

static void refuse(flu_worker *w, flu_ask *ask, flu_value reason) {
    flu_buf b;
    flu_buf_init(&b);
    put_what(w, &b, ask);
    flu_buf_puts(&b, ": it has stopped");
    flu_value error = ask_error(w, &b, "actor-stopped", ask->name);
    if (flu_is(reason, FLU_T_ERROR)) FLU_ERR(error)->cause = reason;
    finish(w, ask);
    flu_promise_reject(w, &ask->handle, error);
}

void flu_ask_refuse(flu_worker *w, flu_promise *handle, flu_value reason) {
    flu_ask *ask = ask_of(handle);
    if (ask != NULL) refuse(w, ask, reason);
}

void flu_asks_refuse_all(flu_worker *w, flu_ties *ties, flu_value reason) {
    flu_lock *lock = list_lock(w, ties->owner);
    flu_asks_enter(w);
    for (;;) {
        flu_lock_take(w, lock);
        flu_ask *ask = ties->asks;
        flu_lock_release(w, lock);
        if (ask == NULL) return;
        refuse(w, ask, reason);
    }
}

/* ---- asking ---- */

static flu_value resolve_target(flu_worker *w, flu_value target) {
    if (flu_is_actor(target)) return FLU_VALUE(flu_actor_of(target));
    if (flu_is_task(target)) return target;
    if (!flu_is_string(target) && !flu_is_symbol(target) && !flu_is_keyword(target))
        return flu_type_error(w, "ask", 1, "an actor, a task or a registered name", target);
    flu_value named = flu_whereis(w, target);
    if (named != FLU_NIL) return named;
    flu_value text = flu_repr_string(w, target, 80);
    return flu_raise_data(w, "no-process", target, "ask: nothing is registered as %s", FLU_STR(text)->bytes);
}

flu_value flu_ask_handle(flu_worker *w, flu_value target, flu_value ms) {
    flu_value asked = resolve_target(w, target);
    if (asked == FLU_ABNORMAL) return FLU_ABNORMAL;
    if (ms == FLU_UNDEF) ms = FLU_FIX(DEFAULT_MS);
    if (flu_duration(w, "ask", 3, ms) < 0) return FLU_ABNORMAL;
    flu_ask *ask = flu_alloc(w, sizeof *ask); /* cleared */
    flu_promise_begin(w, &ask->handle);
    ask->handle.deferred = true;
    ask->asked = asked;
    ask->name = target;
    ask->ms = ms;
    flu_set_canceller(&ask->handle, &ask_canceller);
    return FLU_VALUE(ask);
}

flu_value flu_ask_value(flu_worker *w, flu_value v, flu_value handle) {
    flu_value all[2] = {v, handle};
    if (flu_is_symbol(v)) return flu_tagged_make(w, 2, all);
    if (!flu_is(v, FLU_T_TAGGED))
        return flu_type_error(w, "ask", 2, "a message (tag arg ...) to which the reply handle is added", v);
    uint32_t n = flu_header_size(FLU_TAGGED(v)->h);
    flu_tagged *longer = flu_alloc(w, sizeof *longer + (n + 1) * sizeof(flu_value));
    longer->h = FLU_HEADER(FLU_T_TAGGED, 0, 0, n + 1);
    longer->tag = FLU_TAGGED(v)->tag;
    memcpy(longer->fields, FLU_TAGGED(v)->fields, n * sizeof(flu_value));
    longer->fields[n] = handle;
    return FLU_VALUE(longer);
}

/* The send waits for room in a bounded mailbox: the promise is given when it is done. */
static flu_value sent(FLU_UNUSED flu_worker *w, flu_frame *f, flu_value v) {
    return v == FLU_ABNORMAL ? FLU_ABNORMAL : f->slots[0];
}
static const flu_proc_info ask_info = {.name = "ask", .file = "", .resume = sent};

flu_value flu_ask_send(flu_worker *w, FLU_UNUSED flu_value target, flu_value message, flu_value handle,
                       flu_value site) {
    flu_ask *ask = ask_of(FLU_PROM(handle));
    if (ask == NULL) return handle; /* settled by the arguments of the message already */
    ask->message = message;
    if (flu_likely(!w->parallel)) {
        add_new(w->sched, ask);
        flu_queue_free_slot(w);
    } else {
        enter(w, ask, flu_now(w));
        if (ask_of(FLU_PROM(handle)) == NULL) finish(w, ask); /* it is over meanwhile */
    }
    flu_value v = flu_send(w, ask->asked, message, site);
    if (v != FLU_ABNORMAL) return handle;
    if (w->signal == FLU_SUSPEND) flu_save(w, NULL, &ask_info, 0, 1)->slots[0] = handle;
    return FLU_ABNORMAL;
}
