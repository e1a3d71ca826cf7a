/* send.c: (! target message) to actors, tasks, names, channels and reply handles; bounded mailboxes. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/timeline.h"

/* Tells the owner that waits in a receive or a select about the letter just put last. Lock held. True: a select took
 * it, and it is not to stay in the mailbox. *wake gets whom to wake. */
static bool offer(flu_worker *w, flu_mailbox *box, flu_waiter **wake) {
    flu_waiter *wt = flu_wait_queue_claim(w, &box->waiting);
    if (wt == NULL) return false;
    *wake = wt;
    if (wt->clause != 0) return true;
    box->cursor++;
    return false;
}

/* Lock held, released. */
static void put_letter(flu_worker *w, flu_mailbox *box, flu_letter letter) {
    flu_waiter *wake = NULL;
    if (!offer(w, box, &wake)) flu_letters_push(w, &box->letters, letter);
    flu_letter_sent(w);
    flu_lock_release(w, &box->lock);
    if (wake != NULL) flu_waiter_wake(w, wake, letter.message);
}

static inline void deliver_to_actor(flu_worker *w, flu_actor *a, flu_letter letter) {
    flu_lock_take(w, &a->box.lock);
    while (flu_unlikely(flu_actor_status(a) == FLU_ACTOR_ALIAS)) { /* adopted meanwhile */
        flu_lock_release(w, &a->box.lock);
        a = flu_actor_of(FLU_VALUE(a));
        flu_lock_take(w, &a->box.lock);
    }
    if (flu_unlikely(flu_actor_status(a) == FLU_ACTOR_STOPPED)) {
        flu_lock_release(w, &a->box.lock);
        flu_dead_letter(w, FLU_VALUE(a), letter, FLU_DEAD_STOPPED);
        return;
    }
    if (flu_likely(a->task != NULL) || flu_actor_status(a) == FLU_ACTOR_SUSPENDED) {
        if (flu_unlikely(a->box.waiting.first != NULL)) {
            put_letter(w, &a->box, letter);
            return;
        }
        flu_letters_push(w, &a->box.letters, letter);
        flu_letter_sent(w);
        flu_lock_release(w, &a->box.lock);
        return;
    }
    flu_letters_push(w, &a->box.letters, letter);
    flu_task *t = flu_actor_activate(w, a);
    flu_lock_release(w, &a->box.lock);
    flu_letter_sent(w);
    flu_queue_next(w, t);
}

static void deliver_to_task(flu_worker *w, flu_task *t, flu_letter letter) {
    if (atomic_load_explicit(&t->promise.state, memory_order_acquire) != FLU_PENDING) {
        flu_dead_letter(w, FLU_VALUE(t), letter, FLU_DEAD_STOPPED);
        return;
    }
    flu_mailbox *box = &flu_task_ties(w, t)->box;
    flu_lock_take(w, &box->lock);
    put_letter(w, box, letter);
}

void flu_deliver(flu_worker *w, flu_value target, flu_letter letter) {
    if (flu_is_actor(target))
        deliver_to_actor(w, flu_actor_of(target), letter);
    else
        deliver_to_task(w, FLU_TASK(target), letter);
}

/* ---- bounded mailboxes ---- */

/* Lock held: is there no room for one more? */
static bool is_full(const flu_actor *a) {
    return flu_letters_count(&a->box.letters) >= a->does->limit && a->box.waiting.first == NULL &&
           flu_actor_status(a) != FLU_ACTOR_STOPPED;
}

/* Lock held, released. */
static flu_value wait_for_room(flu_worker *w, flu_actor *a, flu_letter letter) {
    if (flu_cancel_due_locked(w)) {
        flu_lock_release(w, &a->box.lock);
        return FLU_ABNORMAL;
    }
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &a->box.lock;
    wt->clause = 0;
    wt->value = letter.message;
    flu_wait_queue_push(&flu_actor_ties(w, a)->room, wt);
    flu_lock_release(w, &a->box.lock);
    return flu_park(w, FLU_WAIT_SEND, FLU_VALUE(a));
}

static flu_value send_to_full(flu_worker *w, flu_actor *a, flu_letter letter) {
    switch (a->does->policy) {
    case FLU_MAILBOX_DROP_OLDEST:
        flu_letters_pop(&a->box.letters);
        if (a->box.cursor > 0) a->box.cursor--;
        flu_lock_release(w, &a->box.lock);
        deliver_to_actor(w, a, letter);
        return FLU_TRUE;
    case FLU_MAILBOX_DROP_NEWEST: flu_lock_release(w, &a->box.lock); return FLU_TRUE;
    case FLU_MAILBOX_ERROR: {
        flu_lock_release(w, &a->box.lock);
        flu_value text = flu_repr_string(w, FLU_VALUE(a), 80);
        return flu_raise_data(w, "mailbox-full", FLU_VALUE(a), "the mailbox of %s holds its %u messages",
                              FLU_STR(text)->bytes, (unsigned)a->does->limit);
    }
    default: return wait_for_room(w, a, letter);
    }
}

void flu_mailbox_has_room(flu_worker *w, flu_actor *a) {
    flu_ties *ties = flu_actor_ties_or_null(a);
    if (ties == NULL) return;
    flu_lock_take(w, &a->box.lock);
    flu_waiter *wt = flu_wait_queue_claim(w, &ties->room);
    if (wt != NULL) flu_letters_push(w, &a->box.letters, (flu_letter){wt->value, FLU_NIL});
    flu_lock_release(w, &a->box.lock);
    if (wt != NULL) flu_waiter_wake(w, wt, FLU_TRUE);
}

static FLU_NOINLINE flu_value send_bounded(flu_worker *w, flu_actor *a, flu_letter letter) {
    flu_lock_take(w, &a->box.lock);
    if (is_full(a)) return send_to_full(w, a, letter);
    flu_lock_release(w, &a->box.lock);
    deliver_to_actor(w, a, letter);
    return FLU_TRUE;
}

/* ---- the send ---- */

static FLU_COLD flu_value no_process(flu_worker *w, flu_value name) {
    flu_value text = flu_repr_string(w, name, 80);
    return flu_raise_data(w, "no-process", name, "!: nothing is registered as %s", FLU_STR(text)->bytes);
}

static inline flu_letter letter_of(flu_worker *w, flu_value message, flu_value site) {
    return (flu_letter){message, flu_unlikely(w->timeline) ? flu_timeline_send(w, message, site) : site};
}

static FLU_NOINLINE flu_value send_elsewhere(flu_worker *w, flu_value target, flu_value message, flu_value site) {
    switch (flu_type_of(target)) {
    case FLU_T_TASK: deliver_to_task(w, FLU_TASK(target), letter_of(w, message, site)); return FLU_TRUE;
    case FLU_T_CHANNEL: return flu_chan_send(w, target, message);
    case FLU_T_PROMISE:
        if (!FLU_PROM(target)->deferred) break;
        flu_ask_answered(w, FLU_PROM(target));
        flu_promise_fulfil(w, FLU_PROM(target), message);
        return FLU_TRUE;
    case FLU_T_STRING:
    case FLU_T_SYMBOL:
    case FLU_T_KEYWORD: {
        flu_value named = flu_whereis(w, target);
        return named == FLU_NIL ? no_process(w, target) : flu_send(w, named, message, site);
    }
    default: break;
    }
    return flu_type_error(w, "!", 1, "an actor, a task, a registered name, a channel or a reply handle", target);
}

static FLU_NOINLINE flu_value send_slow(flu_worker *w, flu_value target, flu_value message, flu_value site) {
    flu_actor *a = flu_actor_of(target);
    if (flu_actor_is_bounded(a)) return send_bounded(w, a, letter_of(w, message, site));
    deliver_to_actor(w, a, letter_of(w, message, site));
    return FLU_TRUE;
}

/* An actor that is busy with its letters needs no waking. */
flu_value flu_send(flu_worker *w, flu_value target, flu_value message, flu_value site) {
    if (!flu_is_actor(target)) return send_elsewhere(w, target, message, site);
    if (flu_unlikely(w->parallel || w->timeline)) return send_slow(w, target, message, site);
    flu_actor *a = FLU_ACTOR(target);
    bool plain = flu_actor_status(a) == FLU_ACTOR_RUNNING && !(a->flags & FLU_ACTOR_BOUNDED);
    if (flu_unlikely(!plain || a->task == NULL || a->box.waiting.first != NULL))
        return send_slow(w, target, message, site);
    flu_letters_push(w, &a->box.letters, (flu_letter){message, site});
    flu_letter_sent(w);
    return FLU_TRUE;
}

/* ---- dead letters ---- */

/* What one report covers: all messages with this tag, or of this kind. */
static flu_value tag_of(flu_value message) {
    if (flu_is(message, FLU_T_TAGGED)) return FLU_TAGGED(message)->tag;
    return flu_is_symbol(message) || flu_is_keyword(message) ? message : FLU_NIL;
}

static void report_dead_letter(flu_worker *w, flu_value target, flu_letter letter, enum flu_dead_cause cause) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "warning: dead letter ");
    flu_buf_puts(&b, FLU_STR(flu_repr_string(w, letter.message, 200))->bytes);
    flu_buf_puts(&b, cause == FLU_DEAD_STOPPED ? ": " : ": no clause of ");
    flu_repr(w, &b, target);
    flu_buf_puts(&b, cause == FLU_DEAD_STOPPED ? " has stopped" : " matches it");
    flu_value site = flu_letter_site(letter);
    if (flu_is_string(site)) flu_buf_printf(&b, " (sent at %s)", FLU_STR(site)->bytes);
    flu_buf_puts(&b, "; others with this tag are only counted\n");
    flu_out_flush();
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
}

/* Supervisors' own messages are nobody's business. */
static bool is_internal(flu_value message) {
    return flu_is(message, FLU_T_TAGGED) && FLU_SYM(FLU_TAGGED(message)->tag)->name[0] == '%';
}

/* A task that calls the hook with the message, and its target if it takes two. */
static flu_value call_hook(flu_worker *w, flu_value self) {
    const flu_value *env = FLU_PROC(self)->env;
    return flu_is_proc_of(env[0], 2) ? flu_call2(w, env[0], env[1], env[2]) : flu_call1(w, env[0], env[1]);
}
static const flu_proc_info hook_info = {.name = "on-dead-letter", .file = ""};

static void tell_hook(flu_worker *w, flu_value hook, flu_value message, flu_value target) {
    flu_value thunk = flu_closure_new(w, 0, 3, (flu_code)call_hook, &hook_info);
    flu_value *env = FLU_PROC(thunk)->env;
    env[0] = hook;
    env[1] = message;
    env[2] = target;
    flu_spawn(w, thunk);
}

/* Only the first dead letter with a tag is reported. */
static bool is_first_with(flu_worker *w, flu_value tag) {
    struct flu_post *post = &w->rt->post;
    flu_lock_take(w, &post->counts_lock);
    bool first = !flu_set_has(w, post->reported_tags, tag);
    if (first) post->reported_tags = flu_set_add(w, post->reported_tags, tag);
    flu_lock_release(w, &post->counts_lock);
    return first;
}

void flu_dead_letter(flu_worker *w, flu_value target, flu_letter letter, enum flu_dead_cause cause) {
    struct flu_post *post = &w->rt->post;
    if (is_internal(letter.message)) return;
    flu_lock_take(w, &post->counts_lock);
    post->dead_letters++;
    flu_value hook = post->dead_letter_hook;
    flu_lock_release(w, &post->counts_lock);
    flu_promise *asked = flu_reply_handle(letter.message);
    if (asked != NULL && cause == FLU_DEAD_STOPPED) flu_ask_refuse(w, asked, FLU_NIL);
    if (hook != FLU_NIL) {
        tell_hook(w, hook, letter.message, target);
        return;
    }
    if (flu_letter_site(letter) == FLU_NIL)
        return; /* of the runtime's own, or left behind by a task: nobody's mistake */
    if (is_first_with(w, tag_of(letter.message))) report_dead_letter(w, target, letter, cause);
}

flu_value flu_dead_message(flu_worker *w, flu_value message) {
    flu_actor *a = flu_running_actor(w);
    flu_letter letter = {message, a ? a->current.site : FLU_NIL};
    flu_dead_letter(w, flu_running(w), letter, FLU_DEAD_NO_CLAUSE);
    return FLU_NIL;
}

flu_value flu_dead_letter_count(flu_worker *w) {
    flu_lock_take(w, &w->rt->post.counts_lock);
    uint64_t count = w->rt->post.dead_letters;
    flu_lock_release(w, &w->rt->post.counts_lock);
    return FLU_FIX(count);
}

flu_value flu_on_dead_letter(flu_worker *w, flu_value hook) {
    if (hook != FLU_NIL && !flu_is_proc(hook))
        return flu_type_error(w, "on-dead-letter", 1, "a procedure of a message and its target, or nil", hook);
    flu_lock_take(w, &w->rt->post.counts_lock);
    w->rt->post.dead_letter_hook = hook;
    flu_lock_release(w, &w->rt->post.counts_lock);
    return FLU_NIL;
}
