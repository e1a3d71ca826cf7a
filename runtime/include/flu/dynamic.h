/* dynamic.h: a task's dynamic stack: the handlers, scopes and prompts in force where it runs, innermost first.
 *
 * A linked list of heap records, headed in flu_task_more. Whoever pushes a record is a C activation with a frame of its
 * own, and pops it on every way out by storing record->parent (not a pointer saved before: a captured continuation may
 * have been attached to another list meanwhile). The part of the list above a prompt belongs to the prompt's body: it
 * leaves and comes back with the body's frames (prompt.h).
 *
 * Only the task that runs touches its list. Tasks do not share records: what a spawned task inherits is copied. */
#ifndef FLU_DYNAMIC_H
#define FLU_DYNAMIC_H

#include "task.h"

typedef enum flu_dynamic_kind {
    FLU_DYNAMIC_HANDLER, /* flu_handler (handler.c): a prompt and its clauses */
    FLU_DYNAMIC_PROMPT,  /* flu_stream (stream.h): a generator whose body runs */
    FLU_DYNAMIC_MASK,    /* flu_mask (handler.c): a handler's function runs, for which the handler does not exist */
    FLU_DYNAMIC_STORE,   /* flu_store_scope (state.c): a private store */
    FLU_DYNAMIC_SCOPE,   /* a cancel scope */
    FLU_DYNAMIC_SHIELD,  /* no cancellation is delivered */
} flu_dynamic_kind;

typedef struct flu_dynamic {
    flu_header h;
    struct flu_dynamic *parent; /* next outer one */
    uint8_t kind;               /* flu_dynamic_kind */
} flu_dynamic;

/* A handler's function runs outside of its handler: the records from here to `masked` are there, for cancellation and
 * captures, but no effect is looked up in them. */
typedef struct flu_mask {
    flu_dynamic dynamic;
    flu_dynamic *masked;
} flu_mask;

/* The next record in which effects are looked up. */
FLU_INLINE flu_dynamic *flu_dynamic_outer(const flu_dynamic *d) {
    return d->kind == FLU_DYNAMIC_MASK ? ((const flu_mask *)d)->masked->parent : d->parent;
}

/* The running task's list. */
FLU_INLINE flu_dynamic *flu_dynamic_head(flu_worker *w) {
    struct flu_task_more *more = flu_task_more_or_null(w->task);
    return more == NULL ? NULL : more->dynamic;
}
FLU_INLINE struct flu_task_more *flu_running_more(flu_worker *w) {
    struct flu_task_more *more = flu_task_more_or_null(w->task);
    return flu_likely(more != NULL) ? more : flu_task_more(w, w->task);
}
FLU_INLINE void flu_dynamic_set(flu_worker *w, flu_dynamic *d) {
    struct flu_task_more *more = flu_running_more(w);
    flu_lock_take(w, &w->task->promise.lock); /* others look through it for cancellation requests */
    more->dynamic = d;
    flu_lock_release(w, &w->task->promise.lock);
}

/* The running task's list was changed: which cancellations are to be delivered may have changed with it. Not needed
 * where only a HANDLER, PROMPT, MASK or STORE came or went. */
void flu_cancel_refresh(flu_worker *w, flu_task *t);

#endif
