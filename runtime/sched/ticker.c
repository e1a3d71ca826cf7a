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

enum {
    ENOUGH_TICKS = 4, /* with one worker busy, until it runs solo */
    COLD_TICKS = 20,  /* of a solo worker, until others are called only by the ticker */
};

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
    return !rt->virtual_clock && atomic_load_explicit(&s->timer_next, memory_order_relaxed) <= flu_real_now();
}

/* True: a task waits although the worker has been busy with another one, or it has more than one that waits. */
static bool look_at(flu_runtime *rt, flu_worker *w, struct seen *seen) {
    flu_sched *s = w->sched;
    if (atomic_load(&s->idle)) {
        seen->ticks = 0;
        return false;
    }
    uint64_t picks = atomic_load_explicit(&s->picks, memory_order_relaxed);
    seen->ticks = picks == seen->picks ? seen->ticks + 1 : 0;
    seen->picks = picks;
    bool waits = queued(s) > (seen->ticks > 0 ? 0 : 1);
    if (seen->ticks >= 2 && has_reason_to_switch(rt, s)) {
        flu_preempt(w);
        seen->ticks = 0;
    }
    return waits;
}

/* Tasks have waited for two ticks: one more worker. One worker has been enough for some ticks: it alone. */
static void adjust(flu_runtime *rt, bool waits, int *waited, int *enough, int *solo_ticks) {
    struct flu_workers *ws = &rt->workers;
    bool parallel = atomic_load_explicit(&ws->parallel, memory_order_relaxed);
    uint32_t idle = atomic_load_explicit(&ws->idle, memory_order_relaxed);
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_relaxed);
    *waited = waits ? *waited + 1 : 0;
    *enough = parallel && !waits && idle + 1 == count ? *enough + 1 : 0;
    if (*waited >= 2 && (count < ws->limit || idle > 0 || !parallel) && ws->limit > 1) {
        atomic_store_explicit(&ws->more_wanted, true, memory_order_relaxed);
        *waited = 0;
    }
    bool solo = *enough >= ENOUGH_TICKS && !ws->eager;
    atomic_store_explicit(&ws->solo_wanted, solo, memory_order_relaxed);
    if (solo) rt->poller->wake(rt); /* it parks then */
    *solo_ticks = parallel ? 0 : *solo_ticks + 1;
    if (*solo_ticks == COLD_TICKS && !ws->eager) atomic_store_explicit(&ws->warm, false, memory_order_relaxed);
    if (parallel && rt->main_done) atomic_store_explicit(&ws->look_for_end, true, memory_order_relaxed);
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
    atomic_thread_fence(memory_order_seq_cst); /* s->idle was cleared before asleep is read */
    if (!atomic_load_explicit(&ticker.asleep, memory_order_relaxed)) return;
    pthread_mutex_lock(&ticker.lock);
    atomic_store(&ticker.asleep, false);
    pthread_cond_signal(&ticker.wake);
    pthread_mutex_unlock(&ticker.lock);
}

static void *tick(void *data) {
    flu_runtime *rt = data;
    struct flu_workers *ws = &rt->workers;
    static struct seen seen[FLU_MAX_WORKERS]; /* this thread's alone */
    int waited = 0, enough = 0, solo_ticks = 0;
    for (;;) {
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
        if (all_idle(rt)) sleep_while_idle(rt);
        bool waits = false;
        uint32_t count = atomic_load_explicit(&ws->count, memory_order_acquire);
        for (uint32_t i = 0; i < count; i++) waits |= look_at(rt, ws->all[i], &seen[i]);
        if (ws->limit > 1) adjust(rt, waits, &waited, &enough, &solo_ticks);
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
