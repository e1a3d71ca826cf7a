/* semaphore.c: semaphores, and acquire! and release!, which take mutexes too. */
#include <stdio.h>

#include "flu/builtins.h"
#include "sync_internal.h"

int64_t flu_count_of(flu_worker *w, const char *proc, int position, flu_value v, int64_t least) {
    if (flu_is_fix(v) && flu_fix(v) >= least) return flu_fix(v);
    char expected[48];
    snprintf(expected, sizeof expected, "an int of at least %d", (int)least);
    flu_type_error(w, proc, position, expected, v);
    return -1;
}

flu_value flu_semaphore_make(flu_worker *w, flu_value permits) {
    int64_t n = flu_count_of(w, "semaphore", 1, permits, 0);
    if (n < 0) return FLU_ABNORMAL;
    flu_semaphore *s = flu_sync_new(w, FLU_T_SEMAPHORE, sizeof *s);
    s->permits = n;
    return FLU_VALUE(s);
}

/* Gives true. */
static flu_value take_permit(flu_worker *w, flu_semaphore *s) {
    flu_lock_take(w, &s->base.lock);
    if (s->permits == 0) return flu_sync_wait(w, &s->base, FLU_TRUE, FLU_WAIT_PERMIT);
    s->permits--;
    flu_lock_release(w, &s->base.lock);
    return FLU_TRUE;
}

static void give_permit(flu_worker *w, flu_semaphore *s) {
    flu_lock_take(w, &s->base.lock);
    flu_waiter *next = flu_wait_queue_claim(w, &s->base.waiters);
    if (next == NULL) s->permits++;
    flu_lock_release(w, &s->base.lock);
    if (next) flu_sync_hand_over(w, next);
}

/* (%permit s) and (%permit-end s), of with-permit */
flu_value flu_semaphore_enter(flu_worker *w, flu_value s) {
    if (!flu_is(s, FLU_T_SEMAPHORE)) return flu_type_error(w, "with-permit", 1, "a semaphore", s);
    return take_permit(w, FLU_SEMAPHORE(s));
}
flu_value flu_semaphore_leave(flu_worker *w, flu_value s, FLU_UNUSED flu_value hold) {
    give_permit(w, FLU_SEMAPHORE(s));
    return FLU_NIL;
}

flu_value flu_sync_acquire(flu_worker *w, flu_value v) {
    if (flu_is(v, FLU_T_SEMAPHORE)) return take_permit(w, FLU_SEMAPHORE(v));
    if (!flu_is(v, FLU_T_MUTEX)) return flu_type_error(w, "acquire!", 1, "a semaphore or mutex", v);
    return flu_mutex_acquire_noted(w, FLU_MUTEX(v));
}

flu_value flu_sync_release(flu_worker *w, flu_value v) {
    if (flu_is(v, FLU_T_SEMAPHORE)) {
        give_permit(w, FLU_SEMAPHORE(v));
        return FLU_TRUE;
    }
    if (!flu_is(v, FLU_T_MUTEX)) return flu_type_error(w, "release!", 1, "a semaphore or mutex", v);
    if (flu_mutex_release_noted(w, FLU_MUTEX(v))) return FLU_TRUE;
    return flu_raise_data(w, "domain-error", v, "release!: the task does not hold %s", flu_shown(w, v));
}
