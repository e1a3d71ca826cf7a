/* receive.c: the receive expression: taking the oldest letter that a clause matches.
 *
 * (receive ...) expands to %receive-begin, then %receive-next for one letter after the other until a clause matches,
 * then %receive-take. The mailbox's cursor counts the letters looked at; others stay, in order. In a handler of
 * (actor ...) the message being handled counts as the first letter until a receive has taken it (FLU_ACTOR_OPEN). */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/sched.h"
#include "flu/timeline.h"

/* The mailbox of whoever runs, and how many messages stand before its letters: 1 if the one being handled does. */
typedef struct post {
    flu_mailbox *box;
    flu_actor *actor; /* NULL: a task */
    flu_ties *ties;   /* of an actor perhaps NULL */
    uint32_t open;
} post;

static inline post own_post(flu_worker *w) {
    flu_actor *a = flu_running_actor(w);
    if (a != NULL) return (post){&a->box, a, a->ties, (a->flags & FLU_ACTOR_OPEN) != 0};
    flu_ties *ties = flu_task_ties(w, w->task);
    return (post){&ties->box, NULL, ties, 0};
}

flu_value flu_receive_begin(flu_worker *w, flu_value ms) {
    post p = own_post(w);
    flu_lock_take(w, &p.box->lock);
    p.box->cursor = 0;
    flu_lock_release(w, &p.box->lock);
    if (ms == FLU_UNDEF) {
        if (p.ties != NULL) p.ties->receive_until = INT64_MAX;
        return FLU_NIL;
    }
    int64_t ns = flu_duration(w, "after", 1, ms);
    if (ns < 0) return FLU_ABNORMAL;
    flu_ties *ties = p.actor ? flu_actor_ties(w, p.actor) : p.ties;
    ties->receive_until = flu_now(w) + ns;
    return FLU_NIL;
}

/* Lock held: the message at the cursor, which moves on; 0: all have been looked at. */
static flu_value look(const post *p) {
    uint32_t i = p->box->cursor;
    if (i < p->open) {
        p->box->cursor++;
        return p->actor->current.message;
    }
    if (i - p->open >= flu_letters_count(&p->box->letters)) return 0;
    p->box->cursor++;
    return flu_letters_at(&p->box->letters, i - p->open)->message;
}

/* Lock held, released. */
static flu_value wait_for_letter(flu_worker *w, const post *p, int64_t until) {
    flu_waiter *wt = flu_wait_begin(w);
    if (until != INT64_MAX) flu_wait_deadline(w, until, FLU_UNDEF, NULL);
    wt->lock = &p->box->lock;
    wt->clause = 0;
    flu_wait_queue_push(&p->box->waiting, wt);
    flu_lock_release(w, &p->box->lock);
    return flu_park(w, FLU_WAIT_RECEIVE, p->actor ? FLU_VALUE(p->actor) : FLU_NIL);
}

flu_value flu_receive_next(flu_worker *w) {
    post p = own_post(w);
    flu_lock_take(w, &p.box->lock);
    flu_value message = look(&p);
    if (message != 0) {
        flu_lock_release(w, &p.box->lock);
        return message;
    }
    int64_t until = p.ties ? p.ties->receive_until : INT64_MAX;
    bool expired = until != INT64_MAX && flu_now(w) >= until;
    if (!expired && !flu_cancel_due_locked(w)) return wait_for_letter(w, &p, until);
    flu_lock_release(w, &p.box->lock);
    return expired ? FLU_UNDEF : FLU_ABNORMAL;
}

/* Takes the message looked at last. */
flu_value flu_receive_take(flu_worker *w) {
    post p = own_post(w);
    flu_lock_take(w, &p.box->lock);
    uint32_t i = p.box->cursor - 1;
    flu_letter taken = {0, FLU_NIL};
    p.box->cursor = 0;
    if (i < p.open)
        p.actor->flags &= (uint16_t)~FLU_ACTOR_OPEN;
    else
        taken = flu_letters_remove(&p.box->letters, i - p.open);
    flu_lock_release(w, &p.box->lock);
    if (flu_unlikely(w->timeline) && taken.message != 0) flu_timeline_take(w, taken);
    if (p.actor != NULL && (p.actor->flags & FLU_ACTOR_BOUNDED)) flu_mailbox_has_room(w, p.actor);
    return FLU_NIL;
}

/* ---- the (receive) clause of a select: see select.c ---- */

flu_value flu_mailbox_take_locked(flu_worker *w) {
    post p = own_post(w);
    if (p.open) {
        p.actor->flags &= (uint16_t)~FLU_ACTOR_OPEN;
        return p.actor->current.message;
    }
    if (flu_letters_count(&p.box->letters) == 0) return 0;
    flu_letter letter = flu_letters_pop(&p.box->letters);
    if (flu_unlikely(w->timeline)) flu_timeline_take(w, letter);
    return letter.message;
}

/* ---- counting ---- */

flu_value flu_mailbox_length(flu_worker *w, flu_value x) {
    if (!flu_is_actor(x) && !flu_is_task(x)) return flu_type_error(w, "mailbox-length", 1, "an actor or task", x);
    flu_mailbox *box = flu_is_actor(x) ? &flu_actor_of(x)->box : &flu_task_ties(w, FLU_TASK(x))->box;
    flu_lock_take(w, &box->lock);
    uint32_t count = flu_letters_count(&box->letters);
    flu_lock_release(w, &box->lock);
    return FLU_FIX(count);
}
