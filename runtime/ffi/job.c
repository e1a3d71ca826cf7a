/* job.c: C functions that block, on helper threads (foreign.h).
 *
 * A job is queued by the worker of the task that calls, run by a helper thread, and ended by a worker, which the helper
 * wakes through a descriptor that the poller watches while any job is under way. There are as many helpers as jobs run
 * at once: one that never ends keeps no other waiting. Helpers touch nothing that the collector moves or scans but the
 * job itself, so it need not know of them; the list of all jobs keeps them and their arguments alive. */
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "flu/foreign.h"
#include "flu/sched.h"

enum { HELPER_IDLE_S = 10 };

struct flu_helpers {
    flu_watch watch; /* must be first; guarded by lock, as is all else */
    pthread_mutex_t lock;
    pthread_cond_t work;   /* a job was queued */
    flu_job *first, *last; /* queued, oldest first, by next */
    flu_job *done;         /* by next */
    flu_job *all;          /* under way, by later and prev */
    unsigned helpers;      /* threads */
    unsigned idle, queued;
    flu_lock wait_lock;     /* guards waiters; taken with lock held, or without */
    flu_wait_queue waiters; /* the calling tasks; their waiters' values are their jobs */
};

void *flu_job_new(flu_worker *w, size_t size, void (*run)(flu_job *), flu_value (*end)(flu_worker *, flu_job *)) {
    flu_job *job = flu_alloc(w, size); /* cleared */
    job->run = run;
    job->end = end;
    return job;
}

/* ---- helper threads ---- */

static void report_done(struct flu_helpers *h, flu_job *job) {
    uint64_t one = 1;
    job->next = h->done;
    h->done = job;
    ssize_t written = write(h->watch.fd, &one, sizeof one);
    (void)written; /* full: it is readable anyway */
}

/* lock held: the next job; NULL: there was none for a while. */
static flu_job *next_job(struct flu_helpers *h) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += HELPER_IDLE_S;
    h->idle++;
    int waited = 0;
    while (h->first == NULL && waited != ETIMEDOUT) waited = pthread_cond_timedwait(&h->work, &h->lock, &until);
    h->idle--;
    flu_job *job = h->first;
    if (job == NULL) return NULL;
    h->first = job->next;
    if (h->first == NULL) h->last = NULL;
    h->queued--;
    return job;
}

/* What nobody waits for any more is dropped at once: until a worker looks at the job there may be long. */
static void run_job(flu_job *job) {
    if (!atomic_load(&job->abandoned)) job->run(job);
    if (!atomic_load(&job->abandoned)) return;
    if (job->drop != NULL) job->drop(job);
    job->drop = NULL;
}

static void *help(void *data) {
    struct flu_helpers *h = data;
    pthread_mutex_lock(&h->lock);
    for (flu_job *job; (job = next_job(h)) != NULL;) {
        pthread_mutex_unlock(&h->lock);
        run_job(job);
        pthread_mutex_lock(&h->lock);
        report_done(h, job);
    }
    h->helpers--;
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* Signals are for the program's own threads. lock held */
static bool start_helper(struct flu_helpers *h) {
    sigset_t all, before;
    pthread_t thread;
    pthread_attr_t detached;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &detached, help, h);
    pthread_attr_destroy(&detached);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    h->helpers += !failed;
    return !failed;
}

/* ---- workers ---- */

/* lock held */
static void unlink_job(struct flu_helpers *h, flu_job *job) {
    if (job->prev)
        job->prev->later = job->later;
    else
        h->all = job->later;
    if (job->later) job->later->prev = job->prev;
    job->later = job->prev = NULL;
}

/* The task has been cancelled while the job was under way. */
static void caller_left(FLU_UNUSED flu_worker *w, flu_waiter *wt) {
    atomic_store(&FLU_AS(flu_job, wt->value)->abandoned, true);
}

/* The task that still waits for the job, claimed; NULL: it has been cancelled. */
static flu_task *claim_caller(flu_worker *w, struct flu_helpers *h, flu_job *job) {
    flu_lock_take(w, &h->wait_lock);
    flu_waiter *wt = h->waiters.first;
    while (wt != NULL && wt->value != FLU_VALUE(job)) wt = wt->next;
    flu_task *t = wt != NULL && flu_claim(w, wt->task) ? wt->task : NULL;
    if (wt != NULL) {
        wt->value = FLU_NIL;
        flu_wait_queue_remove(wt);
    }
    flu_lock_release(w, &h->wait_lock);
    return t;
}

static void end_job(flu_worker *w, struct flu_helpers *h, flu_job *job) {
    flu_task *t = claim_caller(w, h, job);
    if (t == NULL) {
        if (job->drop != NULL) job->drop(job);
        return;
    }
    flu_value v = job->end(w, job);
    if (v != FLU_ABNORMAL) {
        flu_wake(w, t, v);
        return;
    }
    struct flu_trace *trace;
    flu_value error = flu_take_throw(w, &trace);
    flu_wake_throw(w, t, error);
}

static void end_jobs(flu_worker *w, flu_watch *watch) {
    struct flu_helpers *h = (struct flu_helpers *)watch;
    uint64_t count;
    pthread_mutex_lock(&h->lock);
    ssize_t got = read(watch->fd, &count, sizeof count);
    (void)got;
    flu_job *done = h->done;
    h->done = NULL;
    for (flu_job *job = done; job != NULL; job = job->next) unlink_job(h, job);
    if (h->all == NULL) w->rt->poller->unwatch(w, watch);
    pthread_mutex_unlock(&h->lock);
    while (done != NULL) {
        flu_job *job = done;
        done = job->next;
        job->next = NULL;
        end_job(w, h, job);
    }
}

static struct flu_helpers *helpers_of(flu_worker *w) {
    struct flu_helpers *h = __atomic_load_n(&w->rt->helpers, __ATOMIC_ACQUIRE);
    if (h != NULL) return h;
    h = flu_alloc(w, sizeof *h);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->work, NULL);
    h->watch.ready = end_jobs;
    h->watch.waiters = &h->waiters;
    h->watch.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct flu_helpers *there = flu_store_first((void **)&w->rt->helpers, h);
    if (there != h && h->watch.fd >= 0) close(h->watch.fd);
    return there;
}

static bool is_watched(flu_worker *w, const flu_watch *x) {
    flu_lock_take(w, &w->rt->watch_lock);
    const flu_watch *y = w->rt->watches;
    while (y != NULL && y != x) y = y->next;
    flu_lock_release(w, &w->rt->watch_lock);
    return y != NULL;
}

/* lock held. A job of a task that is no daemon keeps the program alive. A watch that nobody waits for any more, as all
 * callers were cancelled, is dropped by the scheduler. */
static void watch_jobs(flu_worker *w, struct flu_helpers *h) {
    bool weak = w->task->daemon, watched = is_watched(w, &h->watch);
    if (watched && (!h->watch.weak || weak)) return;
    if (watched) w->rt->poller->unwatch(w, &h->watch);
    h->watch.weak = weak;
    w->rt->poller->watch(w, &h->watch);
}

/* lock held */
static void queue_job(struct flu_helpers *h, flu_job *job) {
    job->later = h->all;
    if (h->all) h->all->prev = job;
    h->all = job;
    if (h->last)
        h->last->next = job;
    else
        h->first = job;
    h->last = job;
    h->queued++;
}

flu_value flu_job_start(flu_worker *w, flu_job *job) {
    struct flu_helpers *h = helpers_of(w);
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    if (h->watch.fd < 0) return flu_raise(w, "io-error", "no descriptor is left for a blocking call");
    pthread_mutex_lock(&h->lock);
    /* The helper is started before the job is queued: without one the job would never run. */
    bool helped = h->idle > h->queued || start_helper(h) || h->helpers > 0;
    if (!helped) {
        pthread_mutex_unlock(&h->lock);
        return flu_raise(w, "io-error", "no thread can be started for a blocking call");
    }
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &h->wait_lock;
    wt->clause = FLU_WAITS_HOOKED;
    wt->withdrawn = caller_left;
    wt->value = FLU_VALUE(job);
    flu_lock_take(w, &h->wait_lock);
    flu_wait_queue_push(&h->waiters, wt);
    flu_lock_release(w, &h->wait_lock);
    queue_job(h, job);
    watch_jobs(w, h);
    pthread_cond_signal(&h->work);
    pthread_mutex_unlock(&h->lock);
    return flu_park(w, FLU_WAIT_IO, FLU_NIL);
}
