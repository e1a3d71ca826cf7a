/* cancel.h: cancellation: requests, and the scopes they are made against.
 *
 * A request is an error of kind cancelled that a task is to raise at its present wait, or where it next suspends. It is
 * made against the task itself (flu_task_request, task.h), or against a scope on the task's dynamic stack
 * (flu_scope_request: the timer of with-timeout, the token of with-cancel, a failed sibling in with-tasks). The error's
 * identity tells whose it is: the boundary of a scope turns its own request's error into the outcome of its form, and
 * lets all others pass.
 *
 * Requests are levels, not events: one stands until its scope or task has ended (or uncancel has withdrawn it), and
 * every suspension point raises it, so whoever catches it meets it again. Only these hold it off:
 *   cleanup   (finally, with-resource, defer) inside what is to end: it may suspend, until the grace time
 *             (FLU_CANCEL_GRACE) is over, which counts from the first time that the request was raised or held off
 *   a shield  inside what is to end
 * Of several that are due the outermost is raised. A kill is held off by nothing.
 *
 * The task's promise.lock guards requests, the dynamic stack and the count of cleanups: a worker that finds a request
 * due claims the task's wait before it releases it, so that no cleanup begins in between. The task itself reads its
 * own stack and count without the lock.
 *
 * task->cancel sums this up in one byte, which is all that a primitive looks at before it parks (flu_cancel_due). It is
 * recomputed (flu_cancel_refresh) whenever requests, scopes or cleanups come or go. */
#ifndef FLU_CANCEL_H
#define FLU_CANCEL_H

#include "dynamic.h"
#include "task.h"

/* ---- requests ---- */

typedef struct flu_cancel_request {
    flu_timer grace; /* must be first; data: the task, of a request against a task */
    flu_value error;
    struct flu_scope *scope; /* NULL: against the task */
    /* Guarded by the promise.lock of the task: */
    bool graced;  /* the grace time has begun, and */
    bool overdue; /* it is over */
} flu_cancel_request;

/* ---- scopes ---- */

/* A record of kind FLU_DYNAMIC_SCOPE, pushed and popped by the C function of its form. */
typedef struct flu_scope {
    flu_dynamic dynamic;                 /* must be first */
    flu_task *_Atomic task;              /* on whose list it is, or was last */
    flu_cancel_request *_Atomic request; /* against it, or NULL: the first one counts */
    /* Not NULL: called when an error begins to unwind the scope, which is in the middle of it (with-tasks: cancels the
     * other tasks). No lock is held. */
    void (*interrupt)(flu_worker *w, struct flu_scope *self, flu_value reason);
    uint16_t cleanups; /* task->cleanups outside of it */
} flu_scope;

/* Puts the record, cleared but for request and interrupt, on the running task's list. */
void flu_scope_push(flu_worker *w, flu_scope *s);
/* Takes it off again. True: v (of the scope's body) is the throw of its own request, which is now over; the boundary
 * takes the throw and goes on in its own way. */
bool flu_scope_pop(flu_worker *w, flu_scope *s, flu_value v);
/* Asks the body of s to end; error as for flu_task_request. False: it has a request already. On any worker. */
bool flu_scope_request(flu_worker *w, flu_scope *s, flu_value error);

/* The same two for a record of kind FLU_DYNAMIC_SHIELD. */
void flu_shield_push(flu_worker *w, flu_dynamic *d);
void flu_shield_pop(flu_worker *w, flu_dynamic *d);

/* A cleanup begins, or ends: as around that of finally. */
flu_value flu_cleanup_begin(flu_worker *w);
flu_value flu_cleanup_end(flu_worker *w);

/* ---- for the scheduler ---- */

/* Something about t's requests has changed: raises one at its present wait if that is due. */
void flu_cancel_poke(flu_worker *w, flu_task *t);
/* t ends: its timers are stopped. */
void flu_cancel_end(flu_worker *w, flu_task *t);
/* What the promise of t, which has ended with this throw, is to hold: the error that an exit signal brought, if that
 * ended it, else what was thrown. In t's own task. */
flu_value flu_exit_reason(flu_task *t, flu_value thrown);

#endif
