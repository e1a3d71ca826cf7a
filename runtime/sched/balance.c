/* balance.c: how many workers a program is to have at the moment; the ticker's thread decides (ticker.c).
 *
 * Several workers are called for while tasks have to wait. Where tasks run for microseconds only, and mostly wait for
 * each other, they may get on more slowly in several caches than in one. So what gets done in a tick is counted (task
 * switches, new tasks, letters taken, values put into channels), before another worker starts and, in a trial of some
 * milliseconds, after that. If it has not risen by a quarter one worker takes all over again, and the next trial comes
 * later and later. Now and then several are tried against one anew. The time of collections is left out. */
#include <time.h>

#include "flu/sched.h"

enum {
    TICK_NS = FLU_TICK_NS,
    FINE = 1000,       /* things done in a tick: more than one in 5 us */
    WAIT_TICKS = 2,    /* that tasks have to wait until one more worker is called */
    ENOUGH_TICKS = 4,  /* with one worker busy, until it runs solo */
    COLD_TICKS = 20,   /* of a solo worker, until others are called only by the ticker */
    AGAIN_TICKS = 200, /* until it is measured again */
    FIRST_HOLD = 16,   /* ticks until the next attempt, doubled each time */
    LONGEST_HOLD = 1024,
    /* A trial: */
    LOOK_NS = 1000000, /* between two looks */
    BEGIN_LOOKS = 5,   /* until the solo worker must have seen that it is to go parallel */
    SETTLE_LOOKS = 1,  /* until the other one is under way */
    SURE_LOOKS = 2,    /* until a clear loss is believed */
    MEASURE_LOOKS = 6, /* until it is decided */
};

/* ---- measuring ---- */

static uint64_t done(const flu_sched *s) {
    return atomic_load_explicit(&s->picks, memory_order_relaxed) +
           atomic_load_explicit(&s->made, memory_order_relaxed) + atomic_load_explicit(&s->moved, memory_order_relaxed);
}

/* A point in time, and what all workers have done until then. */
static flu_balance_mark mark(flu_runtime *rt) {
    struct flu_workers *ws = &rt->workers;
    int64_t now = flu_real_now();
    flu_balance_mark m = {.at = now - flu_memory_collecting(rt, now)};
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++) m.done += done(ws->all[i]->sched);
    return m;
}

/* What was done in a tick's time between the two. */
static uint64_t rate_between(flu_balance_mark from, flu_balance_mark to) {
    int64_t ns = to.at - from.at;
    if (ns < TICK_NS / 20) return 0; /* all of it was a collection */
    return (uint64_t)((double)(to.done - from.done) * TICK_NS / (double)ns);
}

void flu_balance_start(flu_runtime *rt, flu_balance *b) {
    *b = (flu_balance){.next_hold = FIRST_HOLD, .last = mark(rt)};
}

/* ---- one worker ---- */

static void set_hint(_Atomic bool *hint) { atomic_store_explicit(hint, true, memory_order_relaxed); }

static bool is_parallel(const struct flu_workers *ws) {
    return atomic_load_explicit(&ws->parallel, memory_order_relaxed);
}

/* True: another worker is called. */
static bool note_solo(struct flu_workers *ws, flu_balance *b, bool waits) {
    b->parallel_ticks = 0;
    b->tried = b->in_vain = false;
    if (++b->solo_ticks == COLD_TICKS && !ws->eager) atomic_store_explicit(&ws->warm, false, memory_order_relaxed);
    if (waits && b->rate > 0) b->solo_rate = b->waited > 1 && b->solo_rate > 0 ? (b->solo_rate + b->rate) / 2 : b->rate;
    if (b->hold > 0) b->hold--;
    if (b->waited < WAIT_TICKS || (b->hold > 0 && b->solo_rate >= FINE / 4)) return false;
    set_hint(&ws->more_wanted);
    b->waited = 0;
    return true;
}

/* ---- several workers ---- */

static void pause_for_look(void) { nanosleep(&(struct timespec){0, LOOK_NS}, NULL); }

/* Is one worker better than the two that have just begun? */
static bool is_in_vain(flu_runtime *rt, const flu_balance *b) {
    for (int i = 0; i < SETTLE_LOOKS; i++) pause_for_look();
    flu_balance_mark from = mark(rt);
    uint64_t rate = 0;
    for (int i = 1; i <= MEASURE_LOOKS; i++) {
        pause_for_look();
        if (!is_parallel(&rt->workers)) return false;
        rate = rate_between(from, mark(rt));
        if (i >= SURE_LOOKS && rate < b->solo_rate) return true;
    }
    return rate < b->solo_rate + b->solo_rate / 4;
}

static void try_several(flu_runtime *rt, flu_balance *b) {
    b->tried = true;
    if (b->solo_rate < FINE) return;
    b->in_vain = is_in_vain(rt, b);
    b->hold = b->in_vain ? b->next_hold : 0;
    b->next_hold = !b->in_vain ? FIRST_HOLD : 2 * b->next_hold < LONGEST_HOLD ? 2 * b->next_hold : LONGEST_HOLD;
    if (b->in_vain) set_hint(&rt->workers.merge_wanted);
}

static void note_parallel(flu_runtime *rt, flu_balance *b) {
    struct flu_workers *ws = &rt->workers;
    uint32_t idle = atomic_load_explicit(&ws->idle, memory_order_relaxed);
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_relaxed);
    b->solo_ticks = 0;
    b->parallel_ticks++;
    b->enough = idle + 1 == count && b->waited == 0 ? b->enough + 1 : 0;
    atomic_store_explicit(&ws->spare, b->rate < FINE / 2 * (count - idle) ? 1 : FLU_SPARE_FINE, memory_order_relaxed);
    if (rt->main_done) set_hint(&ws->look_for_end);
    if (ws->eager) return;
    if (!b->tried) try_several(rt, b); /* it did not wait to be called */
    if (b->waited >= WAIT_TICKS && (count < ws->limit || idle > 0)) {
        set_hint(&ws->more_wanted);
        b->waited = 0;
    }
    atomic_store_explicit(&ws->solo_wanted, b->enough >= ENOUGH_TICKS, memory_order_relaxed);
    if (b->enough >= ENOUGH_TICKS) rt->poller->wake(rt); /* it parks then */
    bool again = b->parallel_ticks % AGAIN_TICKS == 0 && b->rate >= FINE;
    if (again || b->in_vain) set_hint(&ws->merge_wanted); /* a keeper that ran out of tasks gave up */
}

/* Has a busy worker come to see what is wanted. */
static void call_one(flu_runtime *rt) {
    struct flu_workers *ws = &rt->workers;
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++) {
        if (atomic_load(&ws->all[i]->sched->idle)) continue;
        flu_preempt(ws->all[i]);
        return;
    }
}

static bool something_wanted(const struct flu_workers *ws) {
    return atomic_load_explicit(&ws->more_wanted, memory_order_relaxed) ||
           atomic_load_explicit(&ws->solo_wanted, memory_order_relaxed) ||
           atomic_load_explicit(&ws->merge_wanted, memory_order_relaxed) ||
           atomic_load_explicit(&ws->look_for_end, memory_order_relaxed);
}

/* Another worker was called: until it begins. False: it does not. */
static bool has_begun(const struct flu_workers *ws) {
    for (int i = 0; i < BEGIN_LOOKS && !is_parallel(ws); i++) pause_for_look();
    return is_parallel(ws);
}

void flu_balance_tick(flu_runtime *rt, flu_balance *b, bool waits) {
    struct flu_workers *ws = &rt->workers;
    if (ws->limit == 1) return;
    b->rate = rate_between(b->last, mark(rt));
    b->waited = waits ? b->waited + 1 : 0;
    bool called = false;
    if (is_parallel(ws))
        note_parallel(rt, b);
    else
        called = note_solo(ws, b, waits);
    if (something_wanted(ws)) call_one(rt);
    if (called && b->solo_rate >= FINE && has_begun(ws)) {
        try_several(rt, b);
        if (something_wanted(ws)) call_one(rt);
    }
    b->last = mark(rt);
}
