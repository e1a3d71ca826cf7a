/* sync_internal.h: what the files of this folder share beyond flu/sync.h. */
#ifndef FLU_SYNC_INTERNAL_H
#define FLU_SYNC_INTERNAL_H

#include "flu/sync.h"

/* mutex.c. Waits for m on behalf of proc; gives result. deadlock: the task holds m already. */
flu_value flu_mutex_acquire(flu_worker *w, const char *proc, flu_mutex *m, flu_value result);
/* False: holder does not hold m. */
bool flu_mutex_release(flu_worker *w, flu_mutex *m, flu_task *holder);
/* acquire! and release! of the running task: what it holds so is released at its end, however it ends. */
flu_value flu_mutex_acquire_noted(flu_worker *w, flu_mutex *m);
bool flu_mutex_release_noted(flu_worker *w, flu_mutex *m);
/* Raises deadlock. */
flu_value flu_own_lock(flu_worker *w, const char *proc, flu_value lock);
/* An int of at least `least` that fits a count, or -1: type-error raised. */
int64_t flu_count_of(flu_worker *w, const char *proc, int position, flu_value v, int64_t least);

#endif
