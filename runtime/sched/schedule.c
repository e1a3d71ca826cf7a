/* schedule.c: FLU_SCHEDULE=seed:N: other interleavings of the tasks, the same ones for the same seed.
 *
 * Two things are left to a generator that the seed starts: which of the runnable tasks is next, and after how many
 * checks at procedure entries and loop heads the running one has to yield. To count the checks the stack limit is kept
 * at the value that makes every one of them fail: the task then comes to flu_yield, which asks flu_schedule_preempts.
 * A task that calls (yield-now) runs again after those before it.
 * Everything else that could differ from run to run is taken out: the thread that ends time slices is not started, time
 * is virtual unless FLU_CLOCK=real, and (random) is seeded. What the language promises still holds: objects serve their
 * waiters in order, select starts where it has to, and (async e) runs up to its first suspension.
 *
 * A program without the setting never comes here: the tests for rt->schedule stand where the scheduler looks for timers
 * and input, and where a check has failed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flu/number.h"
#include "flu/sched.h"

#define CANDIDATES   64     /* runnable tasks, from the front of the queue, that may be next */
#define ASYNC_CHECKS 100000 /* checks after which a task that (async e) has started yields after all: it may spin */

/* Plain memory: must keep no task alive. */
struct flu_schedule {
    uint64_t seed, state;
    const flu_task *picked; /* the task that the loop took from the queue; only compared */
    uint32_t checks_left;   /* of the picked task's time slice */
    uint32_t async_checks;  /* made by tasks running on top of it */
};

/* ---- the generator: splitmix64 ---- */

static uint64_t next_bits(struct flu_schedule *s) {
    uint64_t z = s->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t below(struct flu_schedule *s, uint32_t n) { return (uint32_t)((next_bits(s) >> 32) * n >> 32); }

/* ---- start ---- */

static bool parse_seed(const char *text, uint64_t *seed) {
    if (strncmp(text, "seed:", 5) != 0 || text[5] < '0' || text[5] > '9') return false;
    char *end;
    errno = 0;
    *seed = strtoull(text + 5, &end, 10);
    return errno == 0 && *end == '\0';
}

void flu_schedule_start(flu_runtime *rt) {
    const char *text = getenv("FLU_SCHEDULE");
    if (text == NULL || *text == '\0') return;
    uint64_t seed;
    if (!parse_seed(text, &seed)) flu_bad_setting("FLU_SCHEDULE", text, "seed:N, N an int from 0 to 2^64 - 1");
    rt->schedule = malloc(sizeof *rt->schedule);
    if (rt->schedule == NULL) flu_fatal("out-of-memory: no memory is left");
    *rt->schedule = (struct flu_schedule){.seed = seed};
    atomic_store(&rt->ticker_started, true); /* it is not to run */
    flu_schedule_restart(rt);
}

void flu_schedule_restart(flu_runtime *rt) {
    if (rt->schedule == NULL) return;
    rt->schedule->state = rt->schedule->seed;
    flu_random_seed(rt->worker->random, next_bits(rt->schedule));
}

/* ---- which task is next ---- */

/* Short slices put switches between any two steps; long ones let some tasks get far ahead of others. */
static uint32_t slice_length(struct flu_schedule *s) {
    static const uint16_t longest[] = {1, 1, 2, 4, 8, 32, 256, 4096};
    return 1 + below(s, longest[below(s, sizeof longest / sizeof *longest)]);
}

static void append(flu_sched *q, flu_task *first, flu_task *last) {
    if (q->last != NULL)
        q->last->next = first;
    else
        q->first = first;
    q->last = last;
}

/* All runnable tasks become one queue, those that came last at its end. */
static void join_queues(flu_sched *q) {
    if (q->newest != NULL) append(q, q->newest, q->oldest_new);
    q->newest = q->oldest_new = NULL;
    if (q->lifo == NULL) return;
    q->lifo->next = NULL;
    append(q, q->lifo, q->lifo);
    q->lifo = NULL;
}

/* The place of a task that may be next. One that has called (yield-now) may when all before it in the queue have run.
 */
static uint32_t choose_place(struct flu_schedule *s, const flu_sched *q) {
    uint32_t count = 0, place = 0;
    for (const flu_task *t = q->first; t != NULL && count < CANDIDATES; t = t->next) count++;
    uint32_t chosen = below(s, count);
    const flu_task *t = q->first;
    for (; place < chosen; place++) t = t->next;
    return t->flags & FLU_TASK_YIELDED ? 0 : place;
}

static flu_task *take_nth(flu_sched *q, uint32_t n) {
    flu_task *before = NULL, *t = q->first;
    for (; n > 0; n--) {
        before = t;
        t = t->next;
    }
    if (before != NULL)
        before->next = t->next;
    else
        q->first = t->next;
    if (q->last == t) q->last = before;
    t->next = NULL;
    return t;
}

void flu_schedule_choose(flu_worker *w) {
    struct flu_schedule *s = w->rt->schedule;
    flu_sched *q = w->sched;
    uint32_t count = atomic_load_explicit(&q->queued, memory_order_relaxed);
    flu_set_stack_limit(w, UINTPTR_MAX); /* also has the loop come here before it takes the next task */
    if (count == 0) return;
    join_queues(q);
    q->lifo = take_nth(q, choose_place(s, q));
    q->lifo->flags &= (uint8_t)~FLU_TASK_YIELDED;
    q->lifo_streak = 0;
    s->picked = q->lifo;
    s->checks_left = slice_length(s);
    s->async_checks = 0;
}

/* ---- when it yields ---- */

bool flu_schedule_preempts(flu_worker *w) {
    struct flu_schedule *s = w->rt->schedule;
    flu_set_stack_limit(w, UINTPTR_MAX);
    if (w->task != s->picked) return ++s->async_checks % ASYNC_CHECKS == 0;
    return --s->checks_left == 0;
}
