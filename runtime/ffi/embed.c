/* embed.c: the runtime inside of a C program (embed.h): its start and end, and requests from other threads.
 *
 * The first worker runs on a thread made for it. Other threads put requests into a list and wake the poller through a
 * descriptor, which it watches from the start to the end: so the program does not end, and no deadlock is declared
 * although all tasks wait, for the next request may wake them. Only while the top-level forms run the watch is quiet:
 * until they have ended no request can come. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "embed_internal.h"
#include "flu/builtins.h"
#include "flu/flu.h"

#define STACK_SIZE ((size_t)8 << 20) /* of the first worker: as that of the main thread, usually */

enum state { NOT_STARTED, STARTING, RUNNING, STOPPING, STOPPED };

/* One runtime per process. Static data is scanned by the collector. */
static struct {
    pthread_mutex_t lock;   /* guards all but what is marked */
    pthread_cond_t changed; /* state, or all has become empty */
    enum state state;
    request *first, *last; /* posted, oldest first, by next */
    request *all;          /* not done, by after */
    request start;         /* the top-level forms */
    flu_watch watch;       /* the worker's */
    flu_wait_queue watched;
    flu_waiter nobody;          /* stands in `watched`, else the watch would be dropped */
    const flu_library *library; /* set by who starts, before the runtime's thread is there; argc, argv too */
    int argc;
    char **argv;
    flu_value *exports; /* of the library: set while the top-level forms run */
} embedding = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* ---- requests ---- */

/* Lock held. */
static void link_request(request *r) {
    pthread_cond_init(&r->ended, NULL);
    r->before = NULL;
    r->after = embedding.all;
    if (embedding.all != NULL) embedding.all->before = r;
    embedding.all = r;
}

/* Lock held. */
static void finish_request(request *r) {
    if (r->before != NULL)
        r->before->after = r->after;
    else
        embedding.all = r->after;
    if (r->after != NULL) r->after->before = r->before;
    r->done = true;
    pthread_cond_signal(&r->ended);
    if (embedding.all == NULL) pthread_cond_broadcast(&embedding.changed);
}

/* Lock held. */
static void enqueue(request *r) {
    uint64_t one = 1;
    link_request(r);
    r->next = NULL;
    if (embedding.last != NULL)
        embedding.last->next = r;
    else
        embedding.first = r;
    embedding.last = r;
    ssize_t written = write(embedding.watch.fd, &one, sizeof one);
    (void)written; /* full: it is readable anyway */
}

static const char *refusal(void) {
    if (flu_thread_is_worker) return "a thread of the runtime cannot wait for the runtime: declare it :blocking true";
    switch (embedding.state) {
    case RUNNING: return NULL;
    case NOT_STARTED:
    case STARTING: return "the runtime has not been started";
    default: return "the runtime has been stopped";
    }
}

void embed_post(request *r) {
    pthread_mutex_lock(&embedding.lock);
    const char *refused = refusal();
    if (refused == NULL) {
        enqueue(r);
        while (!r->done) pthread_cond_wait(&r->ended, &embedding.lock);
    }
    pthread_mutex_unlock(&embedding.lock);
    if (refused != NULL)
        r->failure = embed_failure("state-conflict", refused);
    else
        pthread_cond_destroy(&r->ended);
}

void embed_done(request *r) {
    pthread_mutex_lock(&embedding.lock);
    finish_request(r);
    pthread_mutex_unlock(&embedding.lock);
}

static void serve(flu_worker *w, flu_watch *watch) {
    uint64_t count;
    pthread_mutex_lock(&embedding.lock);
    ssize_t got = read(watch->fd, &count, sizeof count);
    (void)got;
    request *r = embedding.first;
    embedding.first = embedding.last = NULL;
    pthread_mutex_unlock(&embedding.lock);
    while (r != NULL) {
        request *next = r->next; /* r may be gone as soon as it has begun */
        embed_begin(w, r);
        r = next;
    }
}

flu_value flu_embed_export(flu_worker *w, flu_value entry, flu_value v) {
    if (embedding.exports == NULL)
        embedding.exports = flu_alloc(w, embedding.library->exports * sizeof *embedding.exports);
    embedding.exports[flu_fix(entry)] = v;
    return FLU_NIL;
}

flu_value embed_exported(unsigned entry) { return embedding.exports[entry]; }

/* ---- the end ---- */

/* Nothing of the runtime runs any more: whoever waits for it is told. */
static void announce_end(const char *kind, const char *message) {
    pthread_mutex_lock(&embedding.lock);
    embedding.state = STOPPED;
    embedding.first = embedding.last = NULL;
    while (embedding.all != NULL) {
        request *r = embedding.all;
        if (r->failure == NULL) r->failure = embed_failure(kind, message);
        finish_request(r);
    }
    pthread_cond_broadcast(&embedding.changed);
    pthread_mutex_unlock(&embedding.lock);
}

/* The worker is the last one that runs. Its stack is still what the collector believes it is: the thread stays. */
FLU_NORETURN static void sleep_for_ever(flu_worker *w) {
    atomic_store(&w->sched->idle, true);
    for (;;) pause();
}

/* The loop of a worker has ended: only a deadlock of the top-level forms can be the reason. */
FLU_NORETURN static void loop_ended(flu_worker *w, int status) {
    flu_program_finish(w, status);
    announce_end("deadlock", "the library's top-level forms wait, and nothing can wake them");
    sleep_for_ever(w);
}

static flu_value stop_runtime(flu_worker *w, request *r) {
    (void)r;
    flu_program_finish(w, 0);
    announce_end("cancelled", "the runtime has been stopped");
    sleep_for_ever(w);
}

/* ---- the start ---- */

/* From now on requests are served. */
static void begin_to_serve(flu_worker *w) {
    w->rt->poller->unwatch(w, &embedding.watch);
    embedding.watch.quiet = false;
    w->rt->poller->watch(w, &embedding.watch);
}

static flu_value started(flu_worker *w, request *r, flu_value v) {
    (void)v;
    if (r->failure != NULL) return stop_runtime(w, r);
    flu_any_release(&r->result); /* nobody wants it */
    begin_to_serve(w);
    pthread_mutex_lock(&embedding.lock);
    embedding.state = RUNNING;
    pthread_mutex_unlock(&embedding.lock);
    return FLU_NIL;
}

static flu_value run_forms(flu_worker *w, request *r) {
    (void)r;
    return w->rt->program->main(w);
}

static void *run_runtime(FLU_UNUSED void *data) {
    flu_thread_is_worker = true;
    flu_memory_first_thread();
    flu_runtime *rt = flu_runtime_start(embedding.argc, embedding.argv, embedding.library->program);
    flu_worker *w = rt->worker;
    rt->ended = loop_ended;
    if (rt->program->init) rt->program->init(w);
    embedding.watch.waiters = &embedding.watched;
    embedding.watched.first = embedding.watched.last = &embedding.nobody;
    embedding.watch.ready = serve;
    embedding.watch.quiet = true;
    rt->poller->watch(w, &embedding.watch);
    embedding.start.begin = run_forms;
    embedding.start.finally = started;
    rt->main_task = embed_main_task(w, &embedding.start);
    flu_queue_push(w, rt->main_task);
    loop_ended(w, flu_sched_loop(w));
}

/* Signals are for the program's own threads. Not the collector's way to start a thread: it would take the caller for
 * one of its own. */
static bool start_thread(void) {
    sigset_t all, before;
    pthread_attr_t attr;
    pthread_t thread;
    sigfillset(&all);
    flu_memory_keep_signals(&all);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool made = pthread_create(&thread, &attr, run_runtime, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return made;
}

/* Lock held. NULL: it runs. */
static flu_failure *start_and_wait(void) {
    request *r = &embedding.start;
    embedding.watch.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (embedding.watch.fd < 0) return embed_failure("io-error", "no descriptor is left for the runtime");
    link_request(r);
    if (!start_thread()) {
        finish_request(r);
        close(embedding.watch.fd);
        return embed_failure("io-error", "no thread can be started for the runtime");
    }
    embedding.state = STARTING;
    while (!r->done) pthread_cond_wait(&r->ended, &embedding.lock);
    return r->failure;
}

flu_failure *flu_library_start(const flu_library *library, int argc, char **argv) {
    static char *none[] = {NULL, NULL};
    flu_failure *f;
    pthread_mutex_lock(&embedding.lock);
    if (embedding.state != NOT_STARTED) {
        f = embed_failure("state-conflict", "a library has been started in this process already");
    } else {
        embedding.library = library;
        embedding.argc = argc > 0 ? argc : 0;
        embedding.argv = argc > 0 ? argv : none;
        f = start_and_wait();
    }
    pthread_mutex_unlock(&embedding.lock);
    return f;
}

/* ---- stopping ---- */

static struct timespec in_ms(int64_t ms) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Lock held. */
static void wait_for_calls(int64_t grace_ms) {
    struct timespec until = in_ms(grace_ms < 0 ? 0 : grace_ms < INT32_MAX ? grace_ms : INT32_MAX);
    int waited = 0;
    while (embedding.all != NULL && waited != ETIMEDOUT)
        waited = grace_ms < 0 ? pthread_cond_wait(&embedding.changed, &embedding.lock)
                              : pthread_cond_timedwait(&embedding.changed, &embedding.lock, &until);
}

void flu_library_stop(int64_t grace_ms) {
    request stop = {.begin = stop_runtime};
    pthread_mutex_lock(&embedding.lock);
    if (embedding.state == RUNNING && !flu_thread_is_worker) {
        embedding.state = STOPPING;
        wait_for_calls(grace_ms);
        enqueue(&stop);
        while (!stop.done) pthread_cond_wait(&stop.ended, &embedding.lock);
        flu_failure_release(stop.failure);
    }
    while (embedding.state == STOPPING && !flu_thread_is_worker) /* by another thread */
        pthread_cond_wait(&embedding.changed, &embedding.lock);
    pthread_mutex_unlock(&embedding.lock);
}
