/* rate_limiter.c: at most `limit` permits in any window of time; sync.h states the invariant.
 *
 * One timer a limiter, for the moment the oldest permit leaves the window; it keeps the program alive while somebody
 * who is no daemon waits. */
#include "flu/builtins.h"
#include "flu/sched.h"
#include "sync_internal.h"

enum { FIRST_RING = 8 };

static void window_moved(flu_worker *w, flu_timer *timer);

flu_value flu_rate_limiter_make(flu_worker *w, flu_value n, flu_value ms) {
    int64_t limit = flu_count_of(w, "rate-limiter", 1, n, 1);
    int64_t window = limit < 0 ? -1 : flu_duration(w, "rate-limiter", 2, ms);
    if (window < 0) return FLU_ABNORMAL;
    flu_rate_limiter *r = flu_sync_new(w, FLU_T_RATE_LIMITER, sizeof *r);
    r->limit = limit;
    r->window = window;
    r->timer = flu_alloc(w, sizeof *r->timer);
    *r->timer =
        (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .fire = window_moved, .data = FLU_VALUE(r)};
    return FLU_VALUE(r);
}

/* ---- the permits in the window, lock held ---- */

static void grow(flu_worker *w, flu_rate_limiter *r) {
    int64_t size = r->size ? 2 * r->size : FIRST_RING;
    if (size > r->limit) size = r->limit;
    int64_t *grants = flu_alloc_atomic(w, (size_t)size * sizeof *grants);
    for (int64_t i = 0; i < r->count; i++) grants[i] = r->grants[(r->head + i) % r->size];
    r->grants = grants;
    r->size = size;
    r->head = 0;
}

static void note_grant(flu_worker *w, flu_rate_limiter *r, int64_t now) {
    if (r->count == r->size) grow(w, r);
    r->grants[(r->head + r->count++) % r->size] = now;
}

static void forget_old_grants(flu_rate_limiter *r, int64_t now) {
    while (r->count > 0 && r->grants[r->head] + r->window <= now) {
        r->head = (r->head + 1) % r->size;
        r->count--;
    }
}

/* ---- waiting ---- */

static bool only_daemons_wait(const flu_rate_limiter *r) {
    const flu_waiter *wt = r->base.waiters.first;
    while (wt != NULL && wt->task->daemon) wt = wt->next;
    return wt == NULL;
}

/* Sets the timer for the next permit, if somebody waits for one. */
static void set_timer(flu_worker *w, flu_rate_limiter *r) {
    if (flu_sync_oldest(&r->base.waiters) == NULL) {
        flu_timer_cancel(w, r->timer);
        return;
    }
    int64_t due = r->grants[r->head] + r->window;
    bool weak = only_daemons_wait(r);
    if (r->timer->index >= 0 && r->timer->due == due && r->timer->weak == weak) return;
    flu_timer_cancel(w, r->timer);
    r->timer->weak = weak;
    flu_timer_set(w, r->timer, due);
}

/* Lock held: gives permits to those whose turn it is; gives them claimed, linked by next. */
static flu_waiter *admit(flu_worker *w, flu_rate_limiter *r, int64_t now) {
    flu_waiter *first = NULL, **end = &first, *wt;
    forget_old_grants(r, now);
    while (r->count < r->limit && (wt = flu_wait_queue_claim(w, &r->base.waiters)) != NULL) {
        note_grant(w, r, now);
        *end = wt;
        end = &wt->next;
    }
    return first;
}

static void serve(flu_worker *w, flu_rate_limiter *r) {
    flu_lock_take(w, &r->base.lock);
    flu_waiter *admitted = admit(w, r, flu_now(w));
    set_timer(w, r);
    flu_lock_release(w, &r->base.lock);
    flu_sync_hand_over_all(w, admitted);
}

static void window_moved(flu_worker *w, flu_timer *timer) { serve(w, FLU_RATE_LIMITER(timer->data)); }

/* A waiter was cancelled: if it was the last one the timer is not needed any more. */
static void left_queue(flu_worker *w, flu_waiter *wt) {
    serve(w, FLU_RATE_LIMITER(flu_parking_of(wt->task)->wait_object));
}

/* (rate-limit! r): gives true. */
flu_value flu_rate_limit(flu_worker *w, flu_value v) {
    if (!flu_is(v, FLU_T_RATE_LIMITER)) return flu_type_error(w, "rate-limit!", 1, "a rate-limiter", v);
    flu_rate_limiter *r = FLU_RATE_LIMITER(v);
    int64_t now = flu_now(w);
    flu_lock_take(w, &r->base.lock);
    flu_waiter *admitted = admit(w, r, now); /* the timer may be due, but has not fired yet */
    bool free = r->count < r->limit, wait = !free && !flu_cancel_due_locked(w);
    if (free) note_grant(w, r, now);
    if (wait) flu_sync_enlist(w, &r->base.lock, &r->base.waiters, FLU_TRUE, left_queue);
    set_timer(w, r);
    flu_lock_release(w, &r->base.lock);
    flu_sync_hand_over_all(w, admitted);
    if (free) return FLU_TRUE;
    return wait ? flu_park(w, FLU_WAIT_RATE, v) : FLU_ABNORMAL;
}
