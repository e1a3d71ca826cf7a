/* system.c: the program's surroundings: arguments, environment, standard input, exit. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flu/builtins.h"
#include "flu/number.h"
#include "flu/sched.h"
#include "flu/text.h"

flu_value flu_args(flu_worker *w) {
    flu_value list = FLU_EMPTY;
    for (int i = w->rt->argc; i-- > 0;) {
        flu_value arg = flu_string_checked(w, "args", w->rt->argv[i], strlen(w->rt->argv[i]));
        if (arg == FLU_ABNORMAL) return FLU_ABNORMAL;
        list = flu_cons(w, arg, list);
    }
    return list;
}

flu_value flu_getenv(flu_worker *w, flu_value name) {
    if (!flu_is_string(name)) return flu_type_error(w, "getenv", 1, "a string", name);
    if (strlen(FLU_STR(name)->bytes) != flu_str_size(name)) return FLU_NIL; /* a NUL in it: no such variable */
    const char *value = getenv(FLU_STR(name)->bytes);
    return value == NULL ? FLU_NIL : flu_string_checked(w, "getenv", value, strlen(value));
}

flu_value flu_exit(flu_worker *w, flu_value status) {
    if (status == FLU_UNDEF || status == FLU_NIL) flu_program_end(w, 0);
    if (!flu_is_fix(status) || flu_fix(status) < 0 || flu_fix(status) > 255)
        return flu_type_error(w, "exit", 1, "an int from 0 to 255", status);
    flu_program_end(w, (int)flu_fix(status));
}

/* ---- standard input ----
 * One buffer, and a queue of the tasks that wait for a line, served in order. Touched by a worker that is alone, or by
 * the poller, which is none of the others then. */

struct flu_stdin {
    flu_watch watch; /* must be first */
    flu_lock lock;   /* guards waiters */
    flu_wait_queue waiters;
    char *data; /* plain memory */
    size_t start, end, capacity;
    bool at_end, watched;
};

#define READ_SIZE ((size_t)64 << 10)

static bool readable(int fd) {
    struct pollfd p = {fd, POLLIN, 0};
    return poll(&p, 1, 0) > 0;
}

static bool make_room(struct flu_stdin *in) {
    if (in->start == in->end) in->start = in->end = 0;
    if (in->capacity - in->end >= READ_SIZE) return true;
    if (in->start > 0) {
        memmove(in->data, in->data + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
        if (in->capacity - in->end >= READ_SIZE) return true;
    }
    size_t capacity = in->capacity ? 2 * in->capacity : 2 * READ_SIZE;
    char *data = realloc(in->data, capacity);
    if (data == NULL) return false;
    in->data = data;
    in->capacity = capacity;
    return true;
}

/* Reads what there is; the descriptor is readable. */
static void read_more(struct flu_stdin *in) {
    if (!make_room(in)) flu_fatal("out-of-memory: a line of input is larger than the memory left");
    ssize_t n;
    do n = read(in->watch.fd, in->data + in->end, READ_SIZE);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        in->end += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        in->at_end = true;
}

/* The next line without its end, or nil at the end of the input; FLU_UNDEF: more must be read first. FLU_ABNORMAL:
 * thrown. */
static flu_value next_line(flu_worker *w, struct flu_stdin *in) {
    char *line = in->data + in->start;
    size_t left = in->end - in->start;
    char *newline = left ? memchr(line, '\n', left) : NULL;
    if (newline == NULL && !in->at_end) return FLU_UNDEF;
    if (left == 0) return FLU_NIL;
    size_t size = newline ? (size_t)(newline - line) : left;
    in->start += size + (newline != NULL);
    if (size > 0 && line[size - 1] == '\r') size--;
    return flu_string_checked(w, "read-line", line, size);
}

static void answer(flu_worker *w, flu_task *t, flu_value line) {
    if (line != FLU_ABNORMAL) {
        flu_wake(w, t, line);
        return;
    }
    struct flu_trace *trace;
    flu_value error = flu_take_throw(w, &trace);
    flu_wake_throw(w, t, error);
}

static void serve_waiters(flu_worker *w, struct flu_stdin *in) {
    flu_waiter *wt;
    flu_value line;
    while ((wt = in->waiters.first) != NULL) {
        if ((line = next_line(w, in)) == FLU_UNDEF) return;
        bool claimed = flu_claim(w, wt->task);
        flu_wait_queue_remove(wt);
        if (claimed) answer(w, wt->task, line);
    }
}

static void input_ready(flu_worker *w, flu_watch *watch) {
    struct flu_stdin *in = (struct flu_stdin *)watch;
    if (in->waiters.first != NULL) {
        read_more(in);
        serve_waiters(w, in);
    }
    if (in->waiters.first != NULL) return;
    w->rt->poller->unwatch(w, watch);
}

static struct flu_stdin *standard_input(flu_worker *w) {
    if (w->rt->stdin_reader != NULL) return w->rt->stdin_reader;
    struct flu_stdin *in = flu_alloc(w, sizeof *in); /* cleared */
    in->watch.fd = STDIN_FILENO;
    in->watch.ready = input_ready;
    in->watch.waiters = &in->waiters;
    return w->rt->stdin_reader = in;
}

static bool is_watched(const flu_runtime *rt, const flu_watch *x) {
    for (const flu_watch *y = rt->watches; y != NULL; y = y->next)
        if (x == y) return true;
    return false;
}

static flu_value wait_for_line(flu_worker *w, struct flu_stdin *in) {
    flu_task *t = w->task;
    flu_out_flush();
    if (is_watched(w->rt, &in->watch) && in->watch.weak && !t->daemon) w->rt->poller->unwatch(w, &in->watch);
    if (!is_watched(w->rt, &in->watch)) {
        in->watch.weak = t->daemon;
        w->rt->poller->watch(w, &in->watch);
    }
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &in->lock;
    wt->clause = 0;
    flu_wait_queue_push(&in->waiters, wt);
    return flu_park(w, FLU_WAIT_IO, FLU_NIL);
}

static flu_value read_a_line(flu_worker *w) {
    struct flu_stdin *in = standard_input(w);
    flu_value line = FLU_UNDEF;
    if (in->waiters.first == NULL) {
        while ((line = next_line(w, in)) == FLU_UNDEF && readable(in->watch.fd)) read_more(in);
    }
    if (line != FLU_UNDEF) return line;
    return flu_cancel_due(w) ? FLU_ABNORMAL : wait_for_line(w, in);
}

flu_value flu_read_line(flu_worker *w) {
    bool alone = flu_alone_begin(w);
    flu_value line = read_a_line(w);
    flu_alone_end(w, alone);
    return line;
}
