/* ticker.c: the thread that ends time slices.
 *
 * It looks at the worker at each tick. A task that has run through two ticks, while another one could run or an event
 * is due, is asked to yield at its next check. The thread only hints: what it reads may be stale, and a needless or
 * missed hint does no harm. While the worker is idle it sleeps. It is started with the second task, or the first timer,
 * and is unknown to the collector. */
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

static bool has_reason_to_switch(flu_runtime *rt, flu_sched *s) {
    if (atomic_load_explicit(&s->queued, memory_order_relaxed) > 0) return true;
    if (atomic_load_explicit(&rt->watching, memory_order_relaxed) > 0) return true;
    if (rt->testing != NULL) return true; /* a test may take too long; set before this thread was started */
    return !rt->virtual_clock && atomic_load_explicit(&s->timer_next, memory_order_relaxed) <= flu_real_now();
}

static void sleep_while_idle(flu_sched *s) {
    pthread_mutex_lock(&ticker.lock);
    atomic_store(&ticker.asleep, true);
    while (atomic_load(&ticker.asleep) && atomic_load(&s->idle)) pthread_cond_wait(&ticker.wake, &ticker.lock);
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
    flu_sched *s = rt->worker->sched;
    uint64_t seen = 0;
    int ticks = 0; /* in a row during which one task ran */
    for (;;) {
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
        if (atomic_load(&s->idle)) {
            sleep_while_idle(s);
            ticks = 0;
        }
        uint64_t picks = atomic_load_explicit(&s->picks, memory_order_relaxed);
        ticks = picks == seen ? ticks + 1 : 0;
        seen = picks;
        if (ticks >= 2 && has_reason_to_switch(rt, s)) {
            flu_preempt(rt->worker);
            ticks = 0;
        }
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
