/* workers.c: how many threads run tasks, and when.
 *
 * A program starts with one worker, which runs alone: it takes no locks, and its protocols need no atomic operations.
 * While tasks wait for a worker for longer than a tick (ticker.c), others are started, up to FLU_WORKERS, and steal
 * from those that have more than they can begin. When one worker is enough again it runs alone again. So a program that
 * is never busy with several things at once pays nothing for the other cores; and one that ends within some
 * milliseconds runs as with FLU_WORKERS=1.
 *
 * States of a worker: running, or looking for work; idle, which is either parked on its own condition or, one of them,
 * waiting for events as the poller; halted, while another worker is alone. `gate` guards the changes.
 *
 *   - A parked worker has no task: nobody puts a task into another worker's queue. So when all other workers are idle,
 *     and none of them is the poller, the last one is alone in the program (solo): its `parallel` is false, and only it
 *     makes it true again. What looks at the whole program (is it over, is it stuck, may virtual time go on) is done by
 *     a solo worker, or by one between flu_alone_begin and flu_alone_end: there the numbers do not move.
 *   - A worker that sees no idle one when it queues a task wakes nobody, and one that is about to park may not see that
 *     task. Such a lost wake-up is harmless: who queued it is running and gets to it, and the ticker wakes another one
 *     if that takes long.
 *   - Only a worker without a task in the middle of C code parks, and only at a safepoint does it halt: between two
 *     tasks, or in flu_alone_begin. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flu/sched.h"

enum {
    SEARCH_ROUNDS = 24,      /* looks at all other workers before parking, */
    FIRST_PAUSES = 8,        /* with so many pause instructions after the first one, a quarter more each time, */
    MOST_PAUSES = 256,       /* up to this: some 20 to 50 us in all. A look takes a cache line from who is looked at */
    STUCK_ROUNDS = 10,       /* a worker that has not switched tasks for so many looks is stuck in one */
    HALT_RETRY_NS = 1000000, /* a request to halt may have been used up by a task that has started another */
};

/* ---- small parts ---- */

static uint32_t count_of(const struct flu_workers *ws) {
    return atomic_load_explicit(&ws->count, memory_order_acquire);
}

static uint32_t idle_count(const struct flu_workers *ws) {
    return atomic_load_explicit(&ws->idle, memory_order_relaxed);
}

/* Gate held, as in all that change something. */
static uint32_t running(const struct flu_workers *ws) { return count_of(ws) - idle_count(ws) - ws->halted; }

static void set_idle(flu_worker *w, bool idle) {
    struct flu_workers *ws = &w->rt->workers;
    atomic_store_explicit(&ws->idle, idle_count(ws) + (idle ? 1 : -1u), memory_order_relaxed);
    atomic_store(&w->sched->idle, idle);
    if (!idle) flu_ticker_wake(w->rt);
    if (idle && ws->alone != NULL) pthread_cond_signal(&ws->halt);
}

static void set_parallel(flu_worker *w, bool parallel) {
    atomic_store_explicit(&w->rt->workers.parallel, parallel, memory_order_relaxed);
    w->parallel = parallel;
}

/* Once is enough. */
static void wake_poller(flu_runtime *rt) {
    struct flu_workers *ws = &rt->workers;
    if (ws->poller == NULL || ws->poller_woken) return;
    ws->poller_woken = true;
    rt->poller->wake(rt);
}

static void wait_while_alone(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    while (ws->alone != NULL && ws->alone != w) {
        ws->halted++;
        pthread_cond_signal(&ws->halt);
        pthread_cond_wait(&ws->over, &ws->gate);
        ws->halted--;
    }
}

/* ---- being alone ---- */

static void preempt_others(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    for (uint32_t i = 0; i < count_of(ws); i++)
        if (ws->all[i] != w) flu_preempt(ws->all[i]);
}

static struct timespec soon(int64_t ns) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += ns;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

bool flu_alone_begin(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    if (!w->parallel) return false;
    pthread_mutex_lock(&ws->gate);
    wait_while_alone(w);
    ws->alone = w;
    while (running(ws) > 1 || (ws->poller != NULL && ws->poller != w)) {
        preempt_others(w);
        ws->poller_woken = false;
        wake_poller(w->rt); /* what it does once it is woken is not idling */
        struct timespec until = soon(HALT_RETRY_NS);
        pthread_cond_timedwait(&ws->halt, &ws->gate, &until);
    }
    w->parallel = false;
    pthread_mutex_unlock(&ws->gate);
    return true;
}

void flu_alone_end(flu_worker *w, bool begun) {
    struct flu_workers *ws = &w->rt->workers;
    if (!begun) return;
    pthread_mutex_lock(&ws->gate);
    w->parallel = true;
    ws->alone = NULL;
    pthread_cond_broadcast(&ws->over);
    pthread_mutex_unlock(&ws->gate);
}

/* ---- numbers ---- */

uint32_t flu_next_ids(flu_worker *w) {
    flu_sched *s = w->sched;
    s->last_id = atomic_fetch_add_explicit(&w->rt->last_id, FLU_IDS_IN_STORE, memory_order_relaxed) + 1;
    s->ids_left = FLU_IDS_IN_STORE - 1;
    return s->last_id;
}

flu_value flu_owner(flu_worker *w) {
    flu_sched *s = w->sched;
    if (flu_unlikely(s->owners_left == 0)) {
        s->last_owner = atomic_fetch_add_explicit(&w->rt->last_owner, FLU_OWNERS_IN_STORE, memory_order_relaxed);
        s->owners_left = FLU_OWNERS_IN_STORE;
    }
    s->owners_left--;
    return FLU_FIX(++s->last_owner);
}

/* ---- starting and waking workers ---- */

_Thread_local bool flu_thread_is_worker;

static void *run_worker(void *data) {
    flu_worker *w = data;
    flu_thread_is_worker = true;
    flu_stack_region(w, w->rt->stack_region);
    pthread_mutex_lock(&w->rt->workers.gate);
    wait_while_alone(w);
    pthread_mutex_unlock(&w->rt->workers.gate);
    int status = flu_sched_loop(w);
    if (w->rt->ended != NULL) w->rt->ended(w, status);
    flu_program_end(w, status);
}

static void start_worker(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    pthread_mutex_lock(&ws->gate);
    bool mine = !ws->starting && count_of(ws) < ws->limit;
    if (mine) ws->starting = true; /* nobody else changes the count */
    pthread_mutex_unlock(&ws->gate);
    if (!mine) return;
    flu_worker *fresh = flu_worker_new(w, w->rt);
    pthread_mutex_lock(&ws->gate);
    ws->all[count_of(ws)] = fresh;
    atomic_store_explicit(&ws->count, count_of(ws) + 1, memory_order_release);
    pthread_mutex_unlock(&ws->gate);
    bool started = flu_thread_start(run_worker, fresh);
    pthread_mutex_lock(&ws->gate);
    ws->starting = false;
    if (!started) { /* no thread is to be had: fewer workers will do */
        atomic_store_explicit(&ws->count, count_of(ws) - 1, memory_order_release);
        ws->limit = count_of(ws);
    }
    pthread_mutex_unlock(&ws->gate);
}

/* It counts as running from now on. */
static bool wake_parked(struct flu_workers *ws) {
    for (uint32_t i = 0; i < count_of(ws); i++) {
        flu_sched *s = ws->all[i]->sched;
        if (!s->parked) continue;
        s->parked = false;
        set_idle(ws->all[i], false);
        pthread_cond_signal(&s->unparked);
        return true;
    }
    return false;
}

void flu_workers_wake(flu_runtime *rt) {
    struct flu_workers *ws = &rt->workers;
    if (atomic_load_explicit(&ws->searching, memory_order_relaxed) > 0) return; /* it will find it, and wake the next */
    pthread_mutex_lock(&ws->gate);
    if (ws->alone == NULL && ws->keeper == NULL && !wake_parked(ws)) wake_poller(rt);
    pthread_mutex_unlock(&ws->gate);
}

/* Solo no longer. */
static void go_parallel(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    pthread_mutex_lock(&ws->gate);
    set_parallel(w, true);
    bool woken = wake_parked(ws);
    pthread_mutex_unlock(&ws->gate);
    if (!woken && count_of(ws) < ws->limit) start_worker(w);
}

/* Another one, while several run already. */
static void add_worker(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    if (idle_count(ws) > 0)
        flu_workers_wake(w->rt);
    else if (count_of(ws) < ws->limit)
        start_worker(w);
}

/* All others are parked? Then this one is solo. Gate held. */
static bool try_solo(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    if (ws->poller != NULL || ws->alone != NULL || running(ws) > 1 || ws->halted > 0) return false;
    set_parallel(w, false);
    return true;
}

/* The keeper goes on alone when the others have parked. */
static void merge(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    flu_worker *keeper = ws->keeper;
    if (keeper == NULL) return;
    if (w != keeper) {
        flu_queue_give(w, keeper);
        return;
    }
    wake_poller(w->rt);
    if (!try_solo(w)) return;
    ws->keeper = NULL;
    atomic_store_explicit(&ws->warm, false, memory_order_relaxed);
}

/* Gate held: the ticker wants one worker to take over. */
static void choose_keeper(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    if (atomic_exchange_explicit(&ws->merge_wanted, false, memory_order_relaxed) && ws->keeper == NULL) {
        ws->keeper = w;
        preempt_others(w);
    }
}

static void halt_if_wanted(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    pthread_mutex_lock(&ws->gate);
    wait_while_alone(w);
    choose_keeper(w);
    merge(w);
    if (atomic_exchange_explicit(&ws->solo_wanted, false, memory_order_relaxed)) try_solo(w);
    pthread_mutex_unlock(&ws->gate);
}

/* A solo worker that was one of several a short while ago has more to do than it can begin. */
static bool is_busy_again(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    return !w->parallel && atomic_load_explicit(&ws->warm, memory_order_relaxed) &&
           (ws->eager ? count_of(ws) < ws->limit : atomic_load_explicit(&w->sched->queued, memory_order_relaxed) > 1);
}

void flu_workers_look(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    if (w->parallel) halt_if_wanted(w);
    bool wanted = atomic_load_explicit(&ws->more_wanted, memory_order_relaxed) &&
                  atomic_exchange_explicit(&ws->more_wanted, false, memory_order_relaxed);
    if (flu_likely(!wanted && !is_busy_again(w))) return;
    if (w->parallel)
        add_worker(w);
    else
        go_parallel(w);
}

/* ---- looking for work ---- */

/* Gives how many pauses the next time. */
static int pause_a_little(int pauses) {
    for (int i = 0; i < pauses; i++) flu_pause();
    pauses += pauses / 4;
    return pauses < MOST_PAUSES ? pauses : MOST_PAUSES;
}

/* One look at all others. picks: what they had done at the last look at which they had got on. */
static flu_task *look_around(flu_worker *w, uint64_t *picks, uint16_t *rounds) {
    struct flu_workers *ws = &w->rt->workers;
    uint32_t n = count_of(ws), start = w->sched->steal_from++;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = (start + k) % n;
        flu_worker *victim = ws->all[i];
        if (victim == w) continue;
        uint64_t done = atomic_load_explicit(&victim->sched->picks, memory_order_relaxed);
        rounds[i] = done == picks[i] ? (uint16_t)(rounds[i] + 1) : 0;
        picks[i] = done;
        flu_task *t = flu_queue_steal(w, victim, rounds[i] >= STUCK_ROUNDS);
        if (t != NULL) return t;
    }
    return NULL;
}

static bool somebody_has_spare(const struct flu_workers *ws) {
    for (uint32_t i = 0; i < count_of(ws); i++)
        if (atomic_load_explicit(&ws->all[i]->sched->queued, memory_order_relaxed) > 1) return true;
    return false;
}

static flu_task *search(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    uint64_t picks[FLU_MAX_WORKERS];
    uint16_t rounds[FLU_MAX_WORKERS] = {0};
    for (uint32_t i = 0; i < count_of(ws); i++) picks[i] = UINT64_MAX;
    atomic_fetch_add_explicit(&ws->searching, 1, memory_order_relaxed);
    flu_task *t = NULL;
    int pauses = FIRST_PAUSES;
    for (int round = 0; round < SEARCH_ROUNDS; round++) {
        if (flu_stack_limit(w) == UINTPTR_MAX) break; /* somebody wants to be alone */
        if ((t = look_around(w, picks, rounds)) != NULL) break;
        pauses = pause_a_little(pauses);
    }
    uint32_t others = atomic_fetch_sub_explicit(&ws->searching, 1, memory_order_relaxed) - 1;
    if (t == NULL) return NULL;
    atomic_fetch_add_explicit(&ws->steals, 1, memory_order_relaxed);
    if (others == 0 && idle_count(ws) > 0 && somebody_has_spare(ws)) flu_workers_wake(w->rt);
    return t;
}

/* Gate held, released meanwhile. */
static void park(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    flu_sched *s = w->sched;
    set_idle(w, true);
    s->parked = true;
    atomic_fetch_add_explicit(&ws->parks, 1, memory_order_relaxed);
    while (s->parked) pthread_cond_wait(&s->unparked, &ws->gate);
}

static void poll_for_all(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    int64_t due = flu_timers_next(w);
    set_idle(w, true);
    ws->poller = w;
    ws->poller_woken = false;
    ws->poll_until = due;
    pthread_mutex_unlock(&ws->gate);
    flu_out_idle();
    w->rt->poller->wait(w, flu_clock_is_virtual(w) ? INT64_MAX : due);
    pthread_mutex_lock(&ws->gate);
    ws->poller = NULL;
    set_idle(w, false);
}

/* Gate held: the keeper has run out of tasks, those of the others are on their way. One that has some takes its place;
 * NULL: none has. */
static flu_worker *next_keeper(const flu_worker *w) {
    const struct flu_workers *ws = &w->rt->workers;
    for (uint32_t i = 0; i < count_of(ws); i++)
        if (ws->all[i] != w && !atomic_load(&ws->all[i]->sched->idle)) return ws->all[i];
    return NULL;
}

/* Waits; false: this worker is the only one that does not, and from now on solo. */
static bool idle(flu_worker *w) {
    struct flu_workers *ws = &w->rt->workers;
    pthread_mutex_lock(&ws->gate);
    wait_while_alone(w);
    merge(w);
    if (atomic_load_explicit(&w->sched->queued, memory_order_relaxed) > 0) { /* somebody has just given it all */
        pthread_mutex_unlock(&ws->gate);
        return true;
    }
    bool alone = !w->parallel || try_solo(w);
    if (ws->keeper == w) ws->keeper = alone ? NULL : next_keeper(w);
    if (alone) {
        atomic_store_explicit(&ws->warm, true, memory_order_relaxed);
        w->sched->until_events = 1;
    } else {
        bool leaves = ws->keeper != NULL || atomic_load_explicit(&ws->solo_wanted, memory_order_relaxed);
        flu_worker *poller = ws->poller;
        if (poller == NULL && !leaves) {
            poll_for_all(w);
        } else {
            /* The poller must know of this worker's timers; and when no other runs it is the last one. */
            if (running(ws) == 1 || flu_timers_next(w) < ws->poll_until) wake_poller(w->rt);
            park(w);
        }
        wait_while_alone(w);
    }
    pthread_mutex_unlock(&ws->gate);
    return !alone;
}

flu_task *flu_workers_find(flu_worker *w) {
    flu_task *t = w->rt->workers.keeper == NULL ? search(w) : NULL;
    if (t != NULL || !idle(w)) return t;
    if (!flu_clock_is_virtual(w)) flu_timers_run(w);
    return NULL;
}

/* ---- start ---- */

/* Those that the process may use. */
static uint32_t cores(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > FLU_MAX_WORKERS ? FLU_MAX_WORKERS : (uint32_t)n;
}

/* FLU_WORKERS=N, or N:eager. */
static uint32_t workers_setting(struct flu_workers *ws) {
    const char *text = getenv("FLU_WORKERS");
    if (text == NULL || *text == '\0') return cores();
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    ws->eager = strcmp(end, ":eager") == 0;
    if (errno != 0 || (*end != '\0' && !ws->eager) || *text < '0' || *text > '9' || n < 1 || n > FLU_MAX_WORKERS)
        flu_bad_setting("FLU_WORKERS", text, "an int from 1 to 256");
    return (uint32_t)n;
}

static void make_condition(pthread_cond_t *c) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

void flu_workers_start(flu_runtime *rt) {
    struct flu_workers *ws = &rt->workers;
    pthread_mutex_init(&ws->gate, NULL);
    make_condition(&ws->halt);
    pthread_cond_init(&ws->over, NULL);
    /* What is to be repeated exactly has one worker. */
    ws->limit = rt->schedule != NULL ? 1 : workers_setting(ws);
    if (ws->limit == 1) ws->eager = false;
    ws->warm = ws->eager;
    ws->spare = 1;
}
