/* poll.c: the default poller: a few descriptors, with poll(2). */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "flu/sched.h"

#define POLL_MAX 64 /* descriptors looked at in one call; more take turns */

static void add(flu_worker *w, flu_watch *x) {
    flu_watch **end = &w->rt->watches;
    while (*end != NULL) end = &(*end)->next;
    x->next = NULL;
    *end = x;
    w->rt->watches_strong += !x->weak;
    w->rt->watches_quiet += x->quiet;
    atomic_fetch_add_explicit(&w->rt->watching, 1, memory_order_relaxed);
}

static void take_out(flu_worker *w, flu_watch *x) {
    for (flu_watch **at = &w->rt->watches; *at != NULL; at = &(*at)->next) {
        if (*at != x) continue;
        *at = x->next;
        x->next = NULL;
        w->rt->watches_strong -= !x->weak;
        w->rt->watches_quiet -= x->quiet;
        atomic_fetch_sub_explicit(&w->rt->watching, 1, memory_order_relaxed);
        return;
    }
}

static void wake(flu_runtime *rt);

static void watch(flu_worker *w, flu_watch *x) {
    flu_lock_take(w, &w->rt->watch_lock);
    add(w, x);
    flu_lock_release(w, &w->rt->watch_lock);
    if (w->parallel) wake(w->rt); /* a wait under way does not know of it */
}

static void unwatch(flu_worker *w, flu_watch *x) {
    flu_lock_take(w, &w->rt->watch_lock);
    take_out(w, x);
    flu_lock_release(w, &w->rt->watch_lock);
}

/* ---- waking: the event descriptor is made when it is first needed ---- */

static _Atomic int event_fd = -1;

static int the_event_fd(void) {
    int fd = atomic_load(&event_fd);
    if (fd >= 0) return fd;
    int fresh = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fresh < 0) return -1; /* no descriptors: waits are short then */
    if (atomic_compare_exchange_strong(&event_fd, &fd, fresh)) return fresh;
    close(fresh);
    return fd;
}

static void wake(FLU_UNUSED flu_runtime *rt) {
    uint64_t one = 1;
    ssize_t written = write(the_event_fd(), &one, sizeof one);
    (void)written; /* full: it is awake anyway */
}

static void take_wakes(int fd) {
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
}

/* ---- waiting ---- */

enum { SHORT_WAIT_NS = 10000000 };

static struct timespec time_left(int64_t until) {
    int64_t ns = until == 0 ? 0 : until - flu_real_now();
    if (ns < 0) ns = 0;
    return (struct timespec){ns / 1000000000, ns % 1000000000};
}

static bool is_watched(flu_worker *w, const flu_watch *x) {
    bool found = false;
    flu_lock_take(w, &w->rt->watch_lock);
    for (const flu_watch *y = w->rt->watches; y != NULL && !found; y = y->next) found = x == y;
    flu_lock_release(w, &w->rt->watch_lock);
    return found;
}

static nfds_t list_watches(flu_worker *w, struct pollfd *fds, flu_watch **watches) {
    nfds_t count = 0;
    flu_lock_take(w, &w->rt->watch_lock);
    for (flu_watch *x = w->rt->watches; x != NULL && count < POLL_MAX; x = x->next) {
        fds[count] = (struct pollfd){x->fd, POLLIN, 0};
        watches[count++] = x;
    }
    flu_lock_release(w, &w->rt->watch_lock);
    return count;
}

static void wait_ready(flu_worker *w, int64_t until) {
    struct pollfd fds[POLL_MAX + 1];
    flu_watch *watches[POLL_MAX];
    nfds_t count = list_watches(w, fds, watches);
    int wakes = w->parallel || until != 0 ? the_event_fd() : -1;
    if (wakes >= 0) fds[count] = (struct pollfd){wakes, POLLIN, 0};
    struct timespec left = time_left(until);
    bool unlimited = until == INT64_MAX;
    if (w->parallel && wakes < 0 && (unlimited || left.tv_sec > 0 || left.tv_nsec > SHORT_WAIT_NS)) {
        unlimited = false;
        left = (struct timespec){0, SHORT_WAIT_NS};
    }
    if (ppoll(fds, count + (wakes >= 0), unlimited ? NULL : &left, NULL) <= 0) return; /* time is over, or a signal */
    if (wakes >= 0 && fds[count].revents != 0) take_wakes(wakes);
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].revents != 0 && is_watched(w, watches[i])) watches[i]->ready(w, watches[i]);
}

const flu_poller flu_default_poller = {watch, unwatch, wait_ready, wake};
