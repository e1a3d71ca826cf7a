/* ask.c: requests with a reply: (ask target message ms).
 *
 * The reply handle is a promise that a program may settle. While it is pending its canceller, a flu_ask, stands in the
 * list of the actor that was asked, so that the request can be withdrawn (it timed out, the asker gave up) and refused
 * (the actor died). An answer takes it out again: nothing outlives the request. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/sched.h"

#define DEFAULT_MS 5000

typedef struct flu_ask {
    flu_canceller canceller; /* must be first */
    flu_timer *timer;        /* data: the ask */
    flu_promise *handle;
    flu_value asked;  /* an actor or task */
    flu_value target; /* the same while the request is in its list, else nil */
    flu_value name;   /* the target as the asker called it, for messages */
    flu_value ms;
    int64_t ns;        /* the same */
    flu_value message; /* once it is sent */
    struct flu_ask *next, *prev;
} flu_ask;

static void cancel_ask(flu_worker *w, flu_promise *p, flu_value error);

/* The request of a handle that is still pending, or NULL. */
static flu_ask *ask_of(flu_promise *handle) {
    if (atomic_load_explicit(&handle->state, memory_order_acquire) != FLU_PENDING) return NULL;
    flu_canceller *c = flu_canceller_of(handle);
    return c != NULL && c->cancel == cancel_ask ? (flu_ask *)c : NULL;
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

/* Guards the list, and ask->target of those in it. */
static flu_lock *list_lock(flu_worker *w, flu_value target) {
    return flu_is_actor(target) ? &flu_actor_of(target)->box.lock : &flu_ties_of(w, target)->box.lock;
}

static void enlist(flu_worker *w, flu_ask *ask) {
    flu_ties *ties = flu_ties_of(w, ask->target);
    flu_lock *lock = list_lock(w, ask->target);
    flu_lock_take(w, lock);
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
        flu_ties_of(w, ask->target)->asks = ask->next;
    ask->next = ask->prev = NULL;
    ask->target = FLU_NIL;
}

static void delist(flu_worker *w, flu_ask *ask) {
    flu_lock *lock = list_lock(w, ask->asked);
    flu_lock_take(w, lock);
    if (ask->target != FLU_NIL) take_out(w, ask);
    flu_lock_release(w, lock);
}

/* No other worker runs. */
void flu_asks_move(flu_worker *w, flu_actor *child, flu_actor *fresh) {
    for (flu_ask *ask; (ask = fresh->ties->asks) != NULL;) {
        fresh->ties->asks = ask->next;
        ask->next = ask->prev = NULL;
        ask->target = FLU_VALUE(child);
        enlist(w, ask);
    }
}

/* The request is over, however it ended. */
static void finish(flu_worker *w, flu_ask *ask) {
    flu_timer_cancel(w, ask->timer);
    __atomic_store_n(&ask->timer->data, FLU_NIL, __ATOMIC_RELAXED);
    delist(w, ask);
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
    flu_ask *ask = flu_canceller_of(p);
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
    if (!flu_promise_reject(w, ask->handle, error)) return;
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
    flu_promise_reject(w, ask->handle, error);
}

void flu_ask_refuse(flu_worker *w, flu_promise *handle, flu_value reason) {
    flu_ask *ask = ask_of(handle);
    if (ask != NULL) refuse(w, ask, reason);
}

void flu_asks_refuse_all(flu_worker *w, flu_ties *ties, flu_value reason) {
    flu_lock *lock = list_lock(w, ties->owner);
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
    int64_t ns = flu_duration(w, "ask", 3, ms);
    if (ns < 0) return FLU_ABNORMAL;
    flu_ask *ask = flu_alloc(w, sizeof *ask); /* cleared */
    ask->canceller.cancel = cancel_ask;
    ask->timer = flu_alloc(w, sizeof *ask->timer);
    *ask->timer =
        (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .fire = time_is_over, .data = FLU_VALUE(ask)};
    ask->target = FLU_NIL;
    ask->asked = asked;
    ask->name = target;
    ask->ms = ms;
    ask->ns = ns;
    ask->handle = flu_promise_new(w);
    ask->handle->deferred = true;
    flu_set_canceller(ask->handle, ask);
    return FLU_VALUE(ask->handle);
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
    ask->target = ask->asked;
    flu_timer_set(w, ask->timer, flu_now(w) + ask->ns);
    enlist(w, ask);
    if (ask_of(FLU_PROM(handle)) == NULL) finish(w, ask); /* it is over meanwhile */
    flu_value v = flu_send(w, ask->asked, message, site);
    if (v != FLU_ABNORMAL) return handle;
    if (w->signal == FLU_SUSPEND) flu_save(w, NULL, &ask_info, 0, 1)->slots[0] = handle;
    return FLU_ABNORMAL;
}
