/* cancel.h: cancellation: requests, and the scopes they are made against.
 *
 * A request is an error of kind cancelled that a task is to raise at its present wait, or where it next suspends. It is
 * made against the task itself (flu_task_request), or against a scope on the task's dynamic stack (flu_scope_request:
 * the timer of with-timeout, the token of with-cancel, a failed sibling in with-tasks). The error's identity tells
 * whose it is: the boundary of a scope turns its own request's error into the outcome of its form, and lets all others
 * pass.
 *
 * States of a request:
 *   PENDING    the next suspension point raises it, unless a shield, or the cleanup of another one, is in between
 *   DELIVERED  its error is unwinding; cleanup may suspend, for the grace time (FLU_CANCEL_GRACE). Until the error is
 *              caught or arrives at its boundary, neither requests from farther out nor those of the scopes that it
 *              unwinds are raised
 *   OVERDUE    the grace time is over: every suspension point raises it
 * A catch clause that takes the error makes it PENDING again: it is raised once more at the next suspension point,
 * unless (uncancel) has withdrawn it. When a cleanup replaces the error in flight by one of its own, catching that one
 * counts.
 *
 * task->cancel sums this up in one byte, which is all that a primitive looks at before it parks (flu_cancel_due). It is
 * recomputed (flu_cancel_refresh) whenever the requests or the scopes of the list change. */
#ifndef FLU_CANCEL_H
#define FLU_CANCEL_H

#include "dynamic.h"
#include "task.h"

/* ---- requests ---- */

enum flu_request {
    FLU_REQUEST_CANCEL, /* (cancel task): uncancel withdraws it */
    FLU_REQUEST_EXIT,   /* an exit signal, stop or shutdown: the same, but nothing withdraws it */
    FLU_REQUEST_KILL,   /* no grace, no shield: from now on every suspension point raises it */
};

typedef enum flu_request_state { FLU_REQUEST_PENDING, FLU_REQUEST_DELIVERED, FLU_REQUEST_OVERDUE } flu_request_state;

typedef struct flu_cancel_request {
    flu_timer grace; /* must be first; data: the task, of a request against a task; set while DELIVERED */
    flu_value error;
    flu_value carrier;       /* not PENDING: the thrown value that unwinds for it: error, or what has replaced it */
    struct flu_scope *scope; /* NULL: against the task */
    uint8_t state;           /* flu_request_state */
} flu_cancel_request;

/* Asks t to end with this error, which must have been made by flu_cancelled_error and is used for nothing else. Of each
 * kind the first one counts; a task that has ended takes none. A task that has not run yet does not run. On any worker,
 * no lock held; returns at once. */
void flu_task_request(flu_worker *w, flu_task *t, flu_value error, enum flu_request kind);

/* ---- scopes ---- */

/* A record of kind FLU_DYNAMIC_SCOPE, pushed and popped by the C function of its form. */
typedef struct flu_scope {
    flu_dynamic dynamic;         /* must be first */
    flu_task *task;              /* on whose list it is, or was last */
    flu_cancel_request *request; /* against it, or NULL: the first one counts */
    /* Not NULL: called when an error begins to unwind the scope, which is in the middle of it (with-tasks: cancels the
     * other tasks). No lock is held. */
    void (*interrupt)(flu_worker *w, struct flu_scope *self, flu_value reason);
    bool muted; /* a delivered request from farther out unwinds it: its own is not raised */
} flu_scope;

/* Puts the record, cleared but for what follows its first member, on the running task's list. */
void flu_scope_push(flu_worker *w, flu_scope *s);
/* Takes it off again. True: v (of the scope's body) is the throw of its own request, which is now over; the boundary
 * takes the throw and goes on in its own way. */
bool flu_scope_pop(flu_worker *w, flu_scope *s, flu_value v);
/* Asks the body of s to end; error as for flu_task_request. False: it has a request already. From any worker. */
bool flu_scope_request(flu_worker *w, flu_scope *s, flu_value error);

/* ---- for the scheduler and for error handling ---- */

/* Something about t's requests has changed: raises one at its present wait if that is due. */
void flu_cancel_poke(flu_worker *w, flu_task *t);
/* t ends: its timers are stopped. */
void flu_cancel_end(flu_worker *w, flu_task *t);

void flu_cancel_replaced_slow(flu_worker *w, flu_value old, flu_value error);
void flu_cancel_rethrown_slow(flu_worker *w, flu_value v);
/* A cleanup has raised error while old was in flight. */
FLU_INLINE void flu_cancel_replaced(flu_worker *w, flu_value old, flu_value error) {
    if (flu_unlikely(w->task != NULL && w->task->cancel != FLU_CANCEL_NONE)) flu_cancel_replaced_slow(w, old, error);
}
/* The program throws v: perhaps an error that it has caught before. */
FLU_INLINE void flu_cancel_rethrown(flu_worker *w, flu_value v) {
    if (flu_unlikely(w->task != NULL && w->task->cancel != FLU_CANCEL_NONE)) flu_cancel_rethrown_slow(w, v);
}

#endif
