/* balance.c: how many workers a program is to have at the moment; the ticker's thread decides (ticker.c).
 *
 * Several workers are called for while tasks have to wait. Where tasks run for microseconds only, and mostly wait for
 * each other, they may get on more slowly in several caches than in one. So what gets done in a tick is counted (task
 * switches, new tasks, letters taken, values put into channels), before another worker starts and, in a trial of some
 * milliseconds, after that. If it has not risen by a quarter one worker takes all over again, and the next trial comes
 * later and later. Now and then, and soon after a trial that cannot be believed, several are tried against one anew.
 * The time of collections is left out. */
#include <time.h>

#include "flu/sched.h"

enum {
    TICK_NS = FLU_TICK_NS,
    FINE = 1000,      /* things done in a tick: more than one in 5 us */
    WAIT_TICKS = 2,   /* that tasks have to wait until one more worker is called */
    ENOUGH_TICKS = 4, /* with one worker busy, until it runs solo */
    COLD_TICKS = 20,  /* of a solo worker, until others are called only by the ticker */
    FIRST_HOLD = 32,  /* ticks with one worker until the next trial, doubled each time */
    LONGEST_HOLD = 1024,
    DOUBT_CHECK = 2,  /* ticks with several workers until one is tried, after a trial with a doubtful result, */
    FIRST_CHECK = 16, /* and after any other one, four times as many each time */
    LONGEST_CHECK = 256,
    /* A trial: */
    LOOK_NS = 500000,   /* between two looks */
    BEGIN_LOOKS = 10,   /* until the solo worker must have seen that it is to go parallel */
    SETTLE_LOOKS = 1,   /* until the other one is under way */
    SURE_LOOKS = 4,     /* until a loss is believed: half the rate is one at once */
    MEASURE_LOOKS = 12, /* until it is decided */
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
    *b = (flu_balance){.next_hold = FIRST_HOLD, .next_check = FIRST_CHECK, .last = mark(rt)};
}

/* ---- one worker ---- */

static void set_hint(_Atomic bool *hint) { atomic_store_explicit(hint, true, memory_order_relaxed); }

static bool is_parallel(const struct flu_workers *ws) {
    return atomic_load_explicit(&ws->parallel, memory_order_relaxed);
}

/* True: another worker is called. */
static bool note_solo(struct flu_workers *ws, flu_balance *b, bool waits) {
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

/* What two workers that have just begun do in a tick; until that is clear, or one of them has gone. */
static uint64_t rate_of_several(flu_runtime *rt, const flu_balance *b) {
    for (int i = 0; i < SETTLE_LOOKS; i++) pause_for_look();
    flu_balance_mark from = mark(rt);
    uint64_t rate = 0;
    for (int i = 1; i <= MEASURE_LOOKS && is_parallel(&rt->workers); i++) {
        pause_for_look();
        rate = rate_between(from, mark(rt));
        if (rate < (i < SURE_LOOKS ? b->solo_rate / 2 : b->solo_rate)) break;
    }
    return rate;
}

/* One takes over again. */
static void give_up_several(flu_runtime *rt, flu_balance *b) {
    b->in_vain = true;
    b->hold = b->next_hold;
    if (b->next_hold < LONGEST_HOLD) b->next_hold *= 2;
    b->next_check = FIRST_CHECK;
    set_hint(&rt->workers.merge_wanted);
}

/* rate: theirs. If they are too much faster, the program did something else while one was measured. */
static void keep_several(flu_balance *b, uint64_t rate) {
    bool in_doubt = rate / 5 > b->solo_rate / 2;
    b->hold = 0;
    b->next_hold = FIRST_HOLD;
    b->check = in_doubt ? DOUBT_CHECK : b->next_check;
    if (!in_doubt && b->next_check < LONGEST_CHECK) b->next_check *= 4;
}

static void try_several(flu_runtime *rt, flu_balance *b) {
    b->tried = true;
    b->check = FIRST_CHECK;
    if (b->solo_rate < FINE) return;
    uint64_t rate = rate_of_several(rt, b);
    if (is_parallel(&rt->workers) && rate < b->solo_rate + b->solo_rate / 4)
        give_up_several(rt, b);
    else
        keep_several(b, rate);
}

static void note_parallel(flu_runtime *rt, flu_balance *b) {
    struct flu_workers *ws = &rt->workers;
    uint32_t idle = atomic_load_explicit(&ws->idle, memory_order_relaxed);
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_relaxed);
    b->solo_ticks = 0;
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
    bool again = b->check > 0 && --b->check == 0 && b->rate >= FINE;
    if (again || b->in_vain) set_hint(&ws->merge_wanted); /* all may have gone idle meanwhile */
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
