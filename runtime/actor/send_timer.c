/* send_timer.c: send-after and send-every. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/sched.h"

/* A letter for later. Its timer points to it, and it to its timer: cancelling needs only the latter. */
typedef struct sender {
    flu_opaque o;
    flu_timer *timer; /* data: the sender */
    flu_lock lock;    /* guards over, and setting the timer */
    bool over;        /* nothing will be sent any more */
    flu_value target; /* as given: a name is looked up when the time comes */
    flu_letter letter;
    int64_t every; /* nanoseconds; 0: once */
} sender;

static const flu_class sender_class = {.name = "timer"};

static void deliver_anywhere(flu_worker *w, flu_value target, flu_letter letter) {
    switch (flu_type_of(target)) {
    case FLU_T_ACTOR:
    case FLU_T_TASK: flu_deliver(w, target, letter); return;
    case FLU_T_CHANNEL: flu_chan_offer(w, FLU_CHAN(target), letter.message); return;
    case FLU_T_PROMISE:
        flu_ask_answered(w, FLU_PROM(target));
        flu_promise_fulfil(w, FLU_PROM(target), letter.message);
        return;
    default: break;
    }
    flu_value named = flu_whereis(w, target);
    if (named == FLU_NIL)
        flu_dead_letter(w, target, letter, FLU_DEAD_STOPPED);
    else
        flu_deliver(w, named, letter);
}

static bool has_ended(flu_value target) {
    if (flu_is_actor(target)) return flu_actor_status(flu_actor_of(target)) == FLU_ACTOR_STOPPED;
    return flu_is_task(target) && atomic_load_explicit(&FLU_PROM(target)->state, memory_order_acquire) != FLU_PENDING;
}

/* Lock held. */
static void set_again(flu_worker *w, sender *s) {
    int64_t now = flu_now(w), due = s->timer->due + s->every;
    flu_timer_set(w, s->timer, due > now ? due : now + s->every); /* ticks that were missed are left out */
}

static void send_now(flu_worker *w, flu_timer *t) {
    sender *s = FLU_AS(sender, t->data);
    flu_lock_take(w, &s->lock);
    bool cancelled = s->over; /* by another worker, right now */
    /* Repeated letters to the dead would come for ever. */
    bool again = !cancelled && s->every > 0 && !has_ended(s->target);
    if (again) set_again(w, s);
    s->over = !again;
    flu_lock_release(w, &s->lock);
    if (!cancelled && (again || s->every == 0)) deliver_anywhere(w, s->target, s->letter);
}

static bool is_target(flu_value x) {
    switch (flu_type_of(x)) {
    case FLU_T_ACTOR:
    case FLU_T_TASK:
    case FLU_T_CHANNEL:
    case FLU_T_STRING:
    case FLU_T_SYMBOL:
    case FLU_T_KEYWORD: return true;
    case FLU_T_PROMISE: return FLU_PROM(x)->deferred;
    default: return false;
    }
}

static flu_value send_later(flu_worker *w, const char *proc, flu_value ms, flu_value target, flu_letter letter,
                            bool again) {
    int64_t ns = flu_duration(w, proc, 1, ms);
    if (ns < 0) return FLU_ABNORMAL;
    if (again && ns == 0) return flu_type_error(w, proc, 1, "a positive number of milliseconds", ms);
    if (!is_target(target))
        return flu_type_error(w, proc, 2, "an actor, a task, a registered name, a channel or a reply handle", target);
    sender *s = flu_alloc(w, sizeof *s);
    flu_timer *t = flu_alloc(w, sizeof *t);
    s->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &sender_class};
    s->timer = t;
    s->target = target;
    s->letter = letter;
    s->every = again ? ns : 0;
    t->h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0);
    t->index = -1;
    t->weak = again;
    t->fire = send_now;
    t->data = FLU_VALUE(s);
    flu_timer_set(w, t, flu_now(w) + ns);
    return FLU_VALUE(s);
}

flu_value flu_send_after(flu_worker *w, flu_value ms, flu_value target, flu_value message, flu_value site) {
    return send_later(w, "send-after", ms, target, (flu_letter){message, site}, false);
}

flu_value flu_send_every(flu_worker *w, flu_value ms, flu_value target, flu_value message, flu_value site) {
    return send_later(w, "send-every", ms, target, (flu_letter){message, site}, true);
}

flu_value flu_cancel_timer(flu_worker *w, flu_value timer) {
    if (!flu_is(timer, FLU_T_OTHER) || FLU_AS(flu_opaque, timer)->cls != &sender_class)
        return flu_type_error(w, "cancel-timer", 1, "a timer of send-after or send-every", timer);
    sender *s = FLU_AS(sender, timer);
    flu_lock_take(w, &s->lock);
    bool was_set = !s->over;
    s->over = true;
    flu_timer_cancel(w, s->timer);
    flu_lock_release(w, &s->lock);
    return FLU_BOOL(was_set);
}
