/* ticker.c: the thread that ends time slices.
 *
 * It looks at the workers at each tick. A task that has run through two ticks, while another one could run or an event
 * is due, is asked to yield at its next check. Where tasks have to wait it asks for another worker, and where one is
 * enough for that one to run solo (workers.c). The thread only hints: what it reads may be stale, and a needless or
 * missed hint does no harm. While all workers are idle it sleeps. It is started with the second task, or the first
 * timer, and is unknown to the collector. */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "flu/sched.h"

#define TICK_NS 5000000 /* a time slice lasts one to two ticks more than this: about 10 ms */

static struct {
    pthread_mutex_t lock; /* guards asleep */
    pthread_cond_t wake;
    _Atomic bool asleep;
} ticker = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};

/* What the ticker has seen of a worker. */
struct seen {
    uint64_t picks;
    int ticks; /* in a row during which one task ran */
};

static uint32_t queued(const flu_sched *s) { return atomic_load_explicit(&s->queued, memory_order_relaxed); }

static bool has_reason_to_switch(flu_runtime *rt, flu_sched *s) {
    if (queued(s) > 0) return true;
    if (atomic_load_explicit(&rt->watching, memory_order_relaxed) > 0) return true;
    if (rt->testing != NULL) return true; /* a test may take too long; set before this thread was started */
    return !rt->virtual_clock && flu_timers_hint(rt) <= flu_real_now();
}

/* True: a task waits although the worker has been busy with another one, or it has more than one that waits. */
static bool look_at(flu_runtime *rt, flu_worker *w, struct seen *seen, uint64_t *switches) {
    flu_sched *s = w->sched;
    if (atomic_load(&s->idle)) {
        seen->ticks = 0;
        return false;
    }
    uint64_t picks = atomic_load_explicit(&s->picks, memory_order_relaxed);
    seen->ticks = picks == seen->picks ? seen->ticks + 1 : 0;
    *switches += picks - seen->picks;
    seen->picks = picks;
    bool waits = queued(s) > (seen->ticks > 0 ? 0 : 1);
    if (seen->ticks >= 2 && has_reason_to_switch(rt, s)) {
        flu_preempt(w);
        seen->ticks = 0;
    }
    return waits;
}

/* ---- how many workers ----
 *
 * Several workers are called for while tasks have to wait. Where tasks run for microseconds only, and mostly wait for
 * each other, they may get on more slowly in several caches than in one: so the rate of task switches is measured,
 * before and after. If it has not risen by a quarter one worker takes all over again, and the next attempt comes later
 * and later. Now and then it is measured anew. */

enum {
    FINE = 1000,       /* task switches in a tick: more than one in 5 us */
    WAIT_TICKS = 2,    /* that tasks have to wait until one more worker is called */
    ENOUGH_TICKS = 4,  /* with one worker busy, until it runs solo */
    COLD_TICKS = 20,   /* of a solo worker, until others are called only by the ticker */
    SETTLE_TICKS = 2,  /* from the start of another worker until the rate is measured, */
    MEASURE_TICKS = 4, /* over so many ticks */
    AGAIN_TICKS = 200, /* until it is measured again */
    FIRST_HOLD = 16,   /* ticks until the next attempt, doubled each time */
    LONGEST_HOLD = 1024,
};

/* What the ticker knows about all workers together; its thread's alone. */
struct balance {
    int waited, enough, solo_ticks, parallel_ticks; /* ticks in a row */
    uint64_t rate, solo_rate; /* switches in a tick: in the last one; in the last ones that were solo */
    uint64_t sum;
    int hold, next_hold;
};

static void set_hint(_Atomic bool *hint) { atomic_store_explicit(hint, true, memory_order_relaxed); }

static void note_solo(struct flu_workers *ws, struct balance *b, bool waits) {
    b->parallel_ticks = 0;
    if (++b->solo_ticks == COLD_TICKS && !ws->eager) atomic_store_explicit(&ws->warm, false, memory_order_relaxed);
    if (waits) b->solo_rate = b->waited > 1 ? (b->solo_rate + b->rate) / 2 : b->rate;
    if (b->hold > 0) b->hold--;
    if (b->waited < WAIT_TICKS || (b->hold > 0 && b->solo_rate >= FINE / 4)) return;
    set_hint(&ws->more_wanted);
    b->waited = 0;
}

/* True: no faster than solo. */
static bool is_in_vain(struct balance *b) {
    if (b->parallel_ticks <= SETTLE_TICKS) b->sum = 0;
    b->sum += b->rate;
    if (b->parallel_ticks != SETTLE_TICKS + MEASURE_TICKS || b->solo_rate < FINE) return false;
    bool slower = b->sum / MEASURE_TICKS < b->solo_rate + b->solo_rate / 4;
    b->hold = slower ? b->next_hold : 0;
    b->next_hold = !slower ? FIRST_HOLD : 2 * b->next_hold < LONGEST_HOLD ? 2 * b->next_hold : LONGEST_HOLD;
    return slower;
}

static void note_parallel(flu_runtime *rt, struct balance *b) {
    struct flu_workers *ws = &rt->workers;
    uint32_t idle = atomic_load_explicit(&ws->idle, memory_order_relaxed);
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_relaxed);
    b->solo_ticks = 0;
    b->parallel_ticks++;
    b->enough = idle + 1 == count && b->waited == 0 ? b->enough + 1 : 0;
    atomic_store_explicit(&ws->spare, b->rate < FINE / 2 * (count - idle) ? 1 : FLU_SPARE_FINE, memory_order_relaxed);
    if (rt->main_done) set_hint(&ws->look_for_end);
    if (ws->eager) return;
    if (b->waited >= WAIT_TICKS && (count < ws->limit || idle > 0)) {
        set_hint(&ws->more_wanted);
        b->waited = 0;
    }
    atomic_store_explicit(&ws->solo_wanted, b->enough >= ENOUGH_TICKS, memory_order_relaxed);
    if (b->enough >= ENOUGH_TICKS) rt->poller->wake(rt); /* it parks then */
    bool again = b->parallel_ticks % AGAIN_TICKS == 0 && b->rate >= FINE;
    if (is_in_vain(b) || again) set_hint(&ws->merge_wanted);
}

static void adjust(flu_runtime *rt, struct balance *b, bool waits) {
    b->waited = waits ? b->waited + 1 : 0;
    if (atomic_load_explicit(&rt->workers.parallel, memory_order_relaxed))
        note_parallel(rt, b);
    else
        note_solo(&rt->workers, b, waits);
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

static bool all_idle(flu_runtime *rt) {
    uint32_t count = atomic_load_explicit(&rt->workers.count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (!atomic_load(&rt->workers.all[i]->sched->idle)) return false;
    return true;
}

static void sleep_while_idle(flu_runtime *rt) {
    pthread_mutex_lock(&ticker.lock);
    atomic_store(&ticker.asleep, true);
    while (atomic_load(&ticker.asleep) && all_idle(rt)) pthread_cond_wait(&ticker.wake, &ticker.lock);
    atomic_store(&ticker.asleep, false);
    pthread_mutex_unlock(&ticker.lock);
}

void flu_ticker_wake(FLU_UNUSED flu_runtime *rt) {
    if (!atomic_load(&ticker.asleep)) return; /* s->idle was cleared before */
    pthread_mutex_lock(&ticker.lock);
    atomic_store(&ticker.asleep, false);
    pthread_cond_signal(&ticker.wake);
    pthread_mutex_unlock(&ticker.lock);
}

static void *tick(void *data) {
    flu_runtime *rt = data;
    struct flu_workers *ws = &rt->workers;
    static struct seen seen[FLU_MAX_WORKERS]; /* this thread's alone */
    struct balance balance = {.next_hold = FIRST_HOLD};
    for (;;) {
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
        if (all_idle(rt)) sleep_while_idle(rt);
        bool waits = false;
        balance.rate = 0;
        uint32_t count = atomic_load_explicit(&ws->count, memory_order_acquire);
        for (uint32_t i = 0; i < count; i++) waits |= look_at(rt, ws->all[i], &seen[i], &balance.rate);
        if (ws->limit > 1) adjust(rt, &balance, waits);
        if (something_wanted(ws)) call_one(rt);
    }
    return NULL;
}

void flu_ticker_start(flu_runtime *rt) {
    if (atomic_exchange(&rt->ticker_started, true)) return;
    /* Signals are for the program's own threads. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 64 << 10);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    if (pthread_create(&thread, &attr, tick, rt) != 0) flu_fatal("cannot start the scheduler's timer thread");
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}
