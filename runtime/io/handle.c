/* handle.c: waiting for descriptors (handle.h). */
#include "handle.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flu/collections.h"
#include "flu/text.h"

const flu_class flu_connection_class = {.name = "connection", .print = NULL};
const flu_class flu_listener_class = {.name = "listener", .print = NULL};
const flu_class flu_udp_class = {.name = "udp-socket", .print = NULL};
const flu_class flu_pipe_class = {.name = "pipe", .print = NULL};
const flu_class flu_tls_class = {.name = "tls-context", .print = NULL};

enum { STRONG, WEAK }; /* waits that keep the program alive, and those of daemons */

/* Made by the first wait. Order of locks: a handle's, then this one, then the watches'. */
struct flu_io {
    flu_watch watch[2];        /* both of the epoll descriptor; by strength */
    flu_lock lock;             /* guards all below */
    flu_wait_queue present[2]; /* empty or not, as the scheduler wants to know it */
    size_t waiting[2];
    flu_endpoint **handles; /* by descriptor: those that somebody waits for; NULL: nobody */
    size_t room;
    int epoll;
};

bool flu_is_handle(flu_value v, const flu_class *cls) {
    return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == cls;
}

static void is_garbage(void *object, FLU_UNUSED void *data) {
    flu_endpoint *h = object;
    if (h->transport != NULL) h->transport->close(h);
    if (h->fd >= 0) close(h->fd);
    free(h->data);
    h->fd = -1;
    h->data = NULL;
}

flu_value flu_handle_new(flu_worker *w, const flu_class *cls, int fd) {
    flu_endpoint *h = flu_alloc(w, sizeof *h);
    h->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), cls};
    h->fd = fd;
    flu_on_garbage(h, is_garbage, NULL);
    return FLU_VALUE(h);
}

/* An idle connection keeps no buffer: there may be many. */
static void drop_buffer(flu_endpoint *h) {
    free(h->data);
    h->data = NULL;
    h->start = h->end = h->capacity = h->scanned = 0;
}

/* ---- events ---- */

static void count_wait(flu_worker *w, int strength, int by);

static flu_endpoint *handle_of(flu_worker *w, struct flu_io *io, int fd) {
    flu_lock_take(w, &io->lock);
    flu_endpoint *h = (size_t)fd < io->room ? io->handles[fd] : NULL;
    flu_lock_release(w, &io->lock);
    return h;
}

static bool has_waiters(const flu_endpoint *h) {
    return h->waiters[FLU_READABLE].first != NULL || h->waiters[FLU_WRITABLE].first != NULL;
}

/* Lock held: one event, for what is waited for. */
static void arm(struct flu_io *io, flu_endpoint *h) {
    struct epoll_event e = {.events = EPOLLONESHOT, .data = {.fd = h->fd}};
    if (h->waiters[FLU_READABLE].first != NULL) e.events |= EPOLLIN | EPOLLRDHUP;
    if (h->waiters[FLU_WRITABLE].first != NULL) e.events |= EPOLLOUT;
    epoll_ctl(io->epoll, h->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, h->fd, &e);
    h->registered = true;
}

/* Lock held: after waiters have left. */
static void waiters_left(flu_worker *w, struct flu_io *io, flu_endpoint *h) {
    if (h->fd < 0) return;
    if (has_waiters(h)) {
        arm(io, h);
        return;
    }
    flu_lock_take(w, &io->lock);
    if (io->handles[h->fd] == h) io->handles[h->fd] = NULL;
    flu_lock_release(w, &io->lock);
}

/* Lock held: takes out the oldest waiter whose wait is still on. The others withdraw by themselves. */
static flu_waiter *claim(flu_worker *w, flu_wait_queue *q) {
    for (flu_waiter *wt = q->first; wt != NULL; wt = wt->next) {
        if (!flu_claim(w, wt->task)) continue;
        flu_wait_queue_remove(wt);
        return wt;
    }
    return NULL;
}

static void wake_one(flu_worker *w, flu_waiter *wt) {
    flu_task *t = wt->task;
    count_wait(w, t->daemon ? WEAK : STRONG, -1);
    flu_wake(w, t, FLU_UNDEF);
}

static void event(flu_worker *w, struct flu_io *io, const struct epoll_event *e) {
    flu_endpoint *h = handle_of(w, io, e->data.fd);
    if (h == NULL) return;
    bool broken = e->events & (EPOLLERR | EPOLLHUP);
    flu_waiter *reader = NULL, *writer = NULL;
    flu_lock_take(w, &h->lock);
    if (h->fd == e->data.fd) {
        if (broken || e->events & (EPOLLIN | EPOLLRDHUP)) reader = claim(w, &h->waiters[FLU_READABLE]);
        if (broken || e->events & EPOLLOUT) writer = claim(w, &h->waiters[FLU_WRITABLE]);
        waiters_left(w, io, h);
    }
    flu_lock_release(w, &h->lock);
    if (reader != NULL) wake_one(w, reader);
    if (writer != NULL) wake_one(w, writer);
}

static void look(flu_worker *w) {
    struct flu_io *io = w->rt->io;
    struct epoll_event events[128];
    int n = epoll_wait(io->epoll, events, 128, 0);
    for (int i = 0; i < n; i++) event(w, io, &events[i]);
}

static void ready(flu_worker *w, FLU_UNUSED flu_watch *x) { look(w); }

/* ---- start ---- */

static struct flu_io *start(flu_worker *w) {
    struct flu_io *io = flu_alloc(w, sizeof *io);
    io->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (io->epoll < 0) flu_fatal("input and output: no descriptor is left for epoll");
    for (int i = 0; i < 2; i++) {
        io->watch[i].fd = io->epoll;
        io->watch[i].weak = i == WEAK;
        io->watch[i].ready = ready;
        io->watch[i].waiters = &io->present[i];
    }
    return io;
}

static struct flu_io *the_io(flu_worker *w) {
    struct flu_io *io = __atomic_load_n(&w->rt->io, __ATOMIC_ACQUIRE);
    if (flu_likely(io != NULL)) return io;
    struct flu_io *made = start(w);
    io = flu_store_first((void **)&w->rt->io, made);
    if (io != made) close(made->epoll);
    return io;
}

static bool is_watched(flu_worker *w, const flu_watch *x) {
    bool found = false;
    flu_lock_take(w, &w->rt->watch_lock);
    for (const flu_watch *y = w->rt->watches; y != NULL && !found; y = y->next) found = x == y;
    flu_lock_release(w, &w->rt->watch_lock);
    return found;
}

/* The scheduler drops a watch that nobody waits for, while it is alone. */
static void count_wait(flu_worker *w, int strength, int by) {
    struct flu_io *io = w->rt->io;
    static flu_waiter somebody;
    flu_lock_take(w, &io->lock);
    io->waiting[strength] += (size_t)by;
    io->present[strength].first = io->waiting[strength] > 0 ? &somebody : NULL;
    bool first = by > 0 && io->waiting[strength] == 1;
    if (first && !is_watched(w, &io->watch[strength])) w->rt->poller->watch(w, &io->watch[strength]);
    flu_lock_release(w, &io->lock);
}

/* ---- waiting ---- */

/* The wait ended otherwise: a cancellation, a timeout. */
static void withdrawn(flu_worker *w, flu_waiter *wt) {
    flu_endpoint *h = FLU_HANDLE(wt->value);
    wt->value = FLU_NIL;
    flu_lock_take(w, &h->lock);
    waiters_left(w, w->rt->io, h);
    flu_lock_release(w, &h->lock);
    count_wait(w, wt->task->daemon ? WEAK : STRONG, -1);
}

static void note_handle(flu_worker *w, struct flu_io *io, flu_endpoint *h) {
    flu_lock_take(w, &io->lock);
    size_t fd = (size_t)h->fd;
    if (fd >= io->room) {
        size_t room = 2 * fd + 64;
        flu_endpoint **handles = flu_alloc(w, room * sizeof *handles);
        if (io->room > 0) memcpy(handles, io->handles, io->room * sizeof *handles);
        io->handles = handles;
        io->room = room;
    }
    io->handles[fd] = h;
    flu_lock_release(w, &io->lock);
}

flu_value flu_handle_wait(flu_worker *w, flu_endpoint *h, enum flu_direction way) {
    if (flu_cancel_due_locked(w)) {
        flu_lock_release(w, &h->lock);
        return FLU_ABNORMAL;
    }
    struct flu_io *io = the_io(w);
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &h->lock;
    wt->clause = FLU_WAITS_HOOKED;
    wt->withdrawn = withdrawn;
    wt->value = FLU_VALUE(h);
    flu_wait_queue_push(&h->waiters[way], wt);
    note_handle(w, io, h);
    count_wait(w, w->task->daemon ? WEAK : STRONG, 1);
    arm(io, h);
    flu_lock_release(w, &h->lock);
    return flu_park(w, FLU_WAIT_IO, FLU_VALUE(h));
}

/* Lock held. */
static flu_waiter *claim_all(flu_worker *w, flu_wait_queue *q, flu_waiter *list) {
    for (flu_waiter *wt; (wt = claim(w, q)) != NULL; list = wt) wt->next = list;
    return list;
}

/* Lock held: nobody finds the handle by its descriptor any more. */
static void forget(flu_worker *w, flu_endpoint *h) {
    struct flu_io *io = w->rt->io;
    if (!h->registered) return;
    epoll_ctl(io->epoll, EPOLL_CTL_DEL, h->fd, NULL);
    flu_lock_take(w, &io->lock);
    if ((size_t)h->fd < io->room && io->handles[h->fd] == h) io->handles[h->fd] = NULL;
    flu_lock_release(w, &io->lock);
}

void flu_handle_close(flu_worker *w, flu_endpoint *h) {
    flu_lock_take(w, &h->lock);
    if (h->fd < 0) {
        flu_lock_release(w, &h->lock);
        return;
    }
    flu_waiter *list = claim_all(w, &h->waiters[FLU_READABLE], NULL);
    list = claim_all(w, &h->waiters[FLU_WRITABLE], list);
    forget(w, h);
    if (h->transport != NULL) h->transport->close(h);
    h->transport = NULL;
    close(h->fd);
    h->fd = -1;
    drop_buffer(h);
    flu_lock_release(w, &h->lock);
    flu_on_garbage(h, NULL, NULL);
    while (list != NULL) wake_one(w, flu_waiter_unlink(&list));
}

/* ---- the input buffer ---- */

static bool make_room(flu_endpoint *h, size_t room) {
    size_t held = h->end - h->start;
    if (h->capacity - h->end >= room) return true;
    if (h->start > 0) {
        memmove(h->data, h->data + h->start, held);
        h->start = 0;
        h->end = held;
    }
    if (h->capacity - h->end >= room) return true;
    size_t capacity = h->capacity * 2 > held + room ? h->capacity * 2 : held + room;
    char *data = realloc(h->data, capacity);
    if (data == NULL) return false;
    h->data = data;
    h->capacity = capacity;
    return true;
}

static int64_t read_plain(flu_endpoint *h, char *to, size_t room) {
    ssize_t n;
    do n = read(h->fd, to, room);
    while (n < 0 && errno == EINTR);
    return n >= 0 ? n : errno == EAGAIN || errno == EWOULDBLOCK ? -1 : -2;
}

int flu_handle_fill(flu_endpoint *h, size_t room) {
    if (!make_room(h, room)) {
        errno = ENOMEM;
        return -2;
    }
    char *to = h->data + h->end;
    size_t most = h->capacity - h->end;
    int64_t n = h->transport != NULL ? h->transport->read(h, to, most) : read_plain(h, to, most);
    if (n > 0) {
        h->end += (size_t)n;
        return 1;
    }
    int cause = errno;
    if (h->start == h->end) drop_buffer(h);
    errno = cause;
    return (int)n;
}

void flu_handle_take(flu_endpoint *h, size_t n) {
    h->start += n;
    h->scanned = 0;
    if (h->start == h->end) h->start = h->end = 0;
}

/* ---- output ---- */

/* A pipe without a reader is an error here, not the end of the program: the signal is caught while it is pending. */
static ssize_t write_pipe(int fd, const char *bytes, size_t size) {
    sigset_t pipe_only, before;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t n = write(fd, bytes, size);
    int cause = errno;
    if (n < 0 && cause == EPIPE) sigtimedwait(&pipe_only, NULL, &(struct timespec){0, 0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = cause;
    return n;
}

int64_t flu_handle_send(flu_endpoint *h, const char *bytes, size_t size) {
    if (h->transport != NULL) return h->transport->write(h, bytes, size);
    bool is_pipe = h->o.cls == &flu_pipe_class;
    ssize_t n;
    do n = is_pipe ? write_pipe(h->fd, bytes, size) : send(h->fd, bytes, size, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n >= 0 ? n : errno == EAGAIN || errno == EWOULDBLOCK ? -1 : -2;
}

/* ---- arguments and errors ---- */

flu_value flu_text_or_bytes(flu_worker *w, const char *data, size_t size) {
    return flu_utf8_valid(data, size) ? flu_string_make(w, data, size, flu_utf8_count(data, size))
                                      : flu_bytes_copy(w, data, size);
}

const char *flu_data_arg(flu_worker *w, const char *proc, int position, flu_value v, size_t *size) {
    if (flu_is_string(v)) {
        *size = flu_str_size(v);
        return FLU_STR(v)->bytes;
    }
    if (flu_is(v, FLU_T_BYTES)) {
        *size = flu_bytes_size(v);
        return (const char *)FLU_BYTES(v)->data;
    }
    flu_type_error(w, proc, position, "a string or bytes", v);
    return NULL;
}

flu_value flu_handle_error(flu_worker *w, const char *proc, flu_endpoint *h) {
    int cause = errno;
    const char *known = h->fd < 0 ? "the connection is closed" : h->transport != NULL ? h->transport->reason(h) : NULL;
    char reason[256];
    snprintf(reason, sizeof reason, "%s", known != NULL ? known : strerror(cause));
    flu_lock_release(w, &h->lock);
    return flu_network_error(w, proc, reason);
}

flu_value flu_network_error(flu_worker *w, const char *proc, const char *reason) {
    return flu_raise(w, "network-error", "%s: %s", proc, reason != NULL ? reason : strerror(errno));
}
