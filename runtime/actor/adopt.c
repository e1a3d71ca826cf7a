/* adopt.c: a supervised child goes on as what its restart has made. */
#include "flu/actor.h"
#include "flu/sched.h"

/* The owner may be parked in a receive: from now on it waits at the child's mailbox. */
static void move_mailbox(flu_mailbox *to, flu_mailbox *from) {
    to->letters = from->letters;
    to->cursor = from->cursor;
    to->waiting = from->waiting;
    for (flu_waiter *wt = to->waiting.first; wt != NULL; wt = wt->next) {
        wt->queue = &to->waiting;
        wt->lock = &to->lock;
    }
    from->letters = (flu_letters){0};
    from->waiting = (flu_wait_queue){0};
}

/* No other worker runs: no lock. */
void flu_actor_adopt(flu_worker *w, flu_actor *child, flu_actor *fresh) {
    flu_letters waiting = child->box.letters;
    move_mailbox(&child->box, &fresh->box);
    child->state = fresh->state;
    child->handler = fresh->handler;
    child->does = fresh->does;
    child->task = fresh->task;
    child->current = fresh->current;
    child->status = fresh->status;
    child->flags = fresh->flags;
    child->signs = fresh->signs | FLU_ACTOR_SUPERVISED;
    if (child->task != NULL) flu_task_actor(child->task) = FLU_VALUE(child);
    fresh->status = FLU_ACTOR_ALIAS;
    fresh->state = FLU_VALUE(child);
    flu_ties_move(w, child, fresh);
    while (flu_letters_count(&waiting) > 0) flu_deliver(w, FLU_VALUE(child), flu_letters_pop(&waiting));
}
