/* ticker.c: the thread that ends time slices.
 *
 * It looks at the workers at each tick. A task that has run through two ticks, while another one could run or an event
 * is due, is asked to yield at its next check. How many workers there should be it also finds out (balance.c). The
 * thread only hints: what it reads may be stale, and a needless or missed hint does no harm. While all workers are idle
 * it sleeps. It is started with the second task, or the first timer, and is unknown to the collector. */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "flu/sched.h"

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

/* ---- the thread ---- */

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
    flu_balance balance;
    flu_balance_start(rt, &balance);
    for (;;) {
        nanosleep(&(struct timespec){0, FLU_TICK_NS}, NULL);
        if (all_idle(rt)) sleep_while_idle(rt);
        bool waits = false;
        uint32_t count = atomic_load_explicit(&ws->count, memory_order_acquire);
        for (uint32_t i = 0; i < count; i++) waits |= look_at(rt, ws->all[i], &seen[i]);
        flu_balance_tick(rt, &balance, waits);
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
