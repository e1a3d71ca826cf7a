/* gate.c: latches, wait groups and events: gates that let everybody through while their count is 0. */
#include "flu/builtins.h"
#include "sync_internal.h"

static flu_value new_gate(flu_worker *w, flu_type type, int64_t count) {
    flu_gate *g = flu_sync_new(w, type, sizeof *g);
    g->count = count;
    return FLU_VALUE(g);
}

/* Gives true. */
static flu_value pass(flu_worker *w, flu_gate *g, flu_wait_kind kind) {
    flu_lock_take(w, &g->base.lock);
    if (g->count > 0) return flu_sync_wait(w, &g->base, FLU_TRUE, kind);
    flu_lock_release(w, &g->base.lock);
    return FLU_TRUE;
}

/* Lock held; releases it. */
static void set_count(flu_worker *w, flu_gate *g, int64_t count) {
    g->count = count;
    flu_waiter *through = count == 0 ? flu_wait_queue_claim_all(w, &g->base.waiters) : NULL;
    flu_lock_release(w, &g->base.lock);
    flu_sync_hand_over_all(w, through);
}

/* ---- latches ---- */

flu_value flu_latch_make(flu_worker *w, flu_value n) {
    int64_t count = flu_count_of(w, "latch", 1, n, 0);
    return count < 0 ? FLU_ABNORMAL : new_gate(w, FLU_T_LATCH, count);
}

flu_value flu_latch_count_down(flu_worker *w, flu_value l) {
    if (!flu_is(l, FLU_T_LATCH)) return flu_type_error(w, "count-down!", 1, "a latch", l);
    flu_gate *g = FLU_GATE(l);
    flu_lock_take(w, &g->base.lock);
    int64_t left = g->count > 0 ? g->count - 1 : 0;
    set_count(w, g, left);
    return FLU_FIX(left);
}

flu_value flu_latch_wait(flu_worker *w, flu_value l) {
    if (!flu_is(l, FLU_T_LATCH)) return flu_type_error(w, "latch-wait!", 1, "a latch", l);
    return pass(w, FLU_GATE(l), FLU_WAIT_LATCH);
}

/* ---- wait groups ---- */

flu_value flu_wait_group_make(flu_worker *w) { return new_gate(w, FLU_T_WAIT_GROUP, 0); }

/* Adds n, which may be negative. */
static flu_value add_to_group(flu_worker *w, const char *proc, flu_value v, int64_t n) {
    if (!flu_is(v, FLU_T_WAIT_GROUP)) return flu_type_error(w, proc, 1, "a wait-group", v);
    flu_gate *g = FLU_GATE(v);
    flu_lock_take(w, &g->base.lock);
    int64_t count = g->count + n;
    if (count < 0 || count > FLU_FIXNUM_MAX) {
        flu_lock_release(w, &g->base.lock);
        return flu_raise_data(w, "domain-error", v, "%s: the count of %s would become %s", proc, flu_shown(w, v),
                              count < 0 ? "negative" : "too large");
    }
    set_count(w, g, count);
    return FLU_FIX(count);
}

flu_value flu_wait_group_add(flu_worker *w, flu_value g, flu_value n) {
    if (n == FLU_UNDEF) n = FLU_FIX(1);
    if (!flu_is_fix(n)) return flu_type_error(w, "wg-add!", 2, "an int", n);
    return add_to_group(w, "wg-add!", g, flu_fix(n));
}

flu_value flu_wait_group_done(flu_worker *w, flu_value g) { return add_to_group(w, "wg-done!", g, -1); }

flu_value flu_wait_group_wait(flu_worker *w, flu_value g) {
    if (!flu_is(g, FLU_T_WAIT_GROUP)) return flu_type_error(w, "wg-wait!", 1, "a wait-group", g);
    return pass(w, FLU_GATE(g), FLU_WAIT_GROUP);
}

/* ---- events ---- */

enum { SET = 0, NOT_SET = 1 };

flu_value flu_event_make(flu_worker *w) { return new_gate(w, FLU_T_EVENT, NOT_SET); }

/* Gives true if that changed it. */
static flu_value change_event(flu_worker *w, const char *proc, flu_value e, int64_t state) {
    if (!flu_is(e, FLU_T_EVENT)) return flu_type_error(w, proc, 1, "an event", e);
    flu_gate *g = FLU_GATE(e);
    flu_lock_take(w, &g->base.lock);
    bool changes = g->count != state;
    set_count(w, g, state);
    return FLU_BOOL(changes);
}

flu_value flu_event_set(flu_worker *w, flu_value e) { return change_event(w, "event-set!", e, SET); }
flu_value flu_event_reset(flu_worker *w, flu_value e) { return change_event(w, "event-reset!", e, NOT_SET); }

flu_value flu_event_wait(flu_worker *w, flu_value e) {
    if (!flu_is(e, FLU_T_EVENT)) return flu_type_error(w, "event-wait!", 1, "an event", e);
    return pass(w, FLU_GATE(e), FLU_WAIT_EVENT);
}
