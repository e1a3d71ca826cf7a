/* handler.h: effect handlers: performing effects, and what tasks inherit.
 *
 * A handler form runs its body in a prompt (prompt.h) whose record, on the task's dynamic list, is where effects are
 * looked up. Its clauses are of three kinds: plain    f is called where the effect was performed, and its value is the
 * effect's; only the list is masked, so that f's own effects are looked up outside resume   the body is captured, and f
 * is called in the place of the handler form, with the continuation error    for thrown errors: f is called in the
 * place of the handler form, once the body is unwound A continuation, called, is the body again, inside the same
 * handler: the value of the call is what the form would give. */
#ifndef FLU_HANDLER_H
#define FLU_HANDLER_H

#include "prompt.h"

/* A task that is not in a run queue yet gets copies of what is in force in `from` (or NULL): its value is then what its
 * thunk gives inside those handlers, and one that gives up the body ends the task. Sets the task's frames. */
void flu_handlers_give(flu_worker *w, flu_dynamic *from, flu_task *t);
/* What is in force in the running task, as a list of its own that does not change: to be given to tasks made later.
 * NULL: nothing. */
flu_dynamic *flu_handlers_in_force(flu_worker *w);
/* state.c: a copy of a record of kind FLU_DYNAMIC_STORE. */
flu_dynamic *flu_store_scope_copy(flu_worker *w, const flu_dynamic *d);
/* t ends with v (or a throw in flight): bodies that it had captured and nobody has called are given up. Gives v, or
 * FLU_ABNORMAL: a throw, or FLU_SUSPEND. */
flu_value flu_handlers_task_ends(flu_worker *w, flu_value v);

#endif
