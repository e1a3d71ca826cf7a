/* poll.c: the default poller: a few descriptors, with poll(2). */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "flu/sched.h"

#define POLL_MAX 64 /* descriptors looked at in one call; more take turns */

static void watch(flu_worker *w, flu_watch *x) {
    flu_watch **end = &w->rt->watches;
    while (*end != NULL) end = &(*end)->next;
    x->next = NULL;
    *end = x;
    w->rt->watches_strong += !x->weak;
    w->rt->watches_quiet += x->quiet;
    atomic_fetch_add_explicit(&w->rt->watching, 1, memory_order_relaxed);
}

static void unwatch(flu_worker *w, flu_watch *x) {
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

static struct timespec time_left(int64_t until) {
    int64_t ns = until == 0 ? 0 : until - flu_real_now();
    if (ns < 0) ns = 0;
    return (struct timespec){ns / 1000000000, ns % 1000000000};
}

static bool is_watched(flu_worker *w, const flu_watch *x) {
    for (const flu_watch *y = w->rt->watches; y != NULL; y = y->next)
        if (x == y) return true;
    return false;
}

static void wait_ready(flu_worker *w, int64_t until) {
    struct pollfd fds[POLL_MAX];
    flu_watch *watches[POLL_MAX];
    nfds_t count = 0;
    for (flu_watch *x = w->rt->watches; x != NULL && count < POLL_MAX; x = x->next) {
        fds[count] = (struct pollfd){x->fd, POLLIN, 0};
        watches[count++] = x;
    }
    struct timespec left = time_left(until);
    if (ppoll(fds, count, until == INT64_MAX ? NULL : &left, NULL) <= 0) return; /* time is over, or a signal came */
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].revents != 0 && is_watched(w, watches[i])) watches[i]->ready(w, watches[i]);
}

const flu_poller flu_default_poller = {watch, unwatch, wait_ready};
