/* socket.c: TCP, Unix and UDP sockets. The operations whose names begin with % give the absent argument when they are
 * to be called again (handle.h); stdlib/net.flu has the loops. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/print.h"
#include "flu/text.h"
#include "handle.h"
#include "value/arguments.h"

#define READ_ROOM ((size_t)16 << 10)

typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
    struct sockaddr_storage room;
} address;

/* ---- arguments ---- */

static const char *text_arg(flu_worker *w, const char *proc, int position, const char *what, flu_value v) {
    if (flu_is_string(v) && strlen(FLU_STR(v)->bytes) == flu_str_size(v)) return FLU_STR(v)->bytes;
    flu_type_error(w, proc, position, what, v);
    return NULL;
}

static bool port_arg(flu_worker *w, const char *proc, int position, flu_value v, uint16_t *port) {
    if (flu_is_fix(v) && flu_fix(v) >= 0 && flu_fix(v) <= 65535) return *port = (uint16_t)flu_fix(v), true;
    return flu_type_error(w, proc, position, "a port (an int from 0 to 65535)", v), false;
}

static flu_endpoint *handle_arg(flu_worker *w, const char *proc, flu_value v, const flu_class *cls, const char *what) {
    if (flu_is_handle(v, cls)) return FLU_HANDLE(v);
    flu_type_error(w, proc, 1, what, v);
    return NULL;
}

static flu_endpoint *stream_arg(flu_worker *w, const char *proc, flu_value v) {
    if (flu_is_handle(v, &flu_pipe_class)) return FLU_HANDLE(v);
    return handle_arg(w, proc, v, &flu_connection_class, "a connection");
}

/* An address in numbers; false: it is a name. */
static bool numeric(const char *host, uint16_t port, address *a, socklen_t *size) {
    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
        a->v4.sin_family = AF_INET;
        a->v4.sin_port = htons(port);
        *size = sizeof a->v4;
        return true;
    }
    if (inet_pton(AF_INET6, host, &a->v6.sin6_addr) != 1) return false;
    a->v6.sin6_family = AF_INET6;
    a->v6.sin6_port = htons(port);
    *size = sizeof a->v6;
    return true;
}

/* (%numeric-address? host) */
flu_value flu_net_numeric_p(FLU_UNUSED flu_worker *w, flu_value host) {
    address a;
    socklen_t size;
    return FLU_BOOL(flu_is_string(host) && numeric(FLU_STR(host)->bytes, 0, &a, &size));
}

static bool local_address(flu_worker *w, const char *proc, flu_value path, address *a, socklen_t *size) {
    const char *name = text_arg(w, proc, 1, "a path (a string without NUL)", path);
    if (name == NULL) return false;
    memset(a, 0, sizeof *a);
    if (strlen(name) >= sizeof a->local.sun_path) {
        flu_network_error(w, proc, "the path is too long for a socket");
        return false;
    }
    a->local.sun_family = AF_UNIX;
    strcpy(a->local.sun_path, name);
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + 1);
    return true;
}

/* The error is thrown with errno as it is now; fd is closed. */
static flu_value fail_closing(flu_worker *w, const char *proc, const char *target, int fd) {
    char reason[256];
    snprintf(reason, sizeof reason, "%s: %s", target, strerror(errno));
    if (fd >= 0) close(fd);
    return flu_network_error(w, proc, reason);
}

/* ---- listening ---- */

static flu_value listen_at(flu_worker *w, const char *proc, const char *target, const address *a, socklen_t size) {
    int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return fail_closing(w, proc, target, fd);
    if (a->any.sa_family != AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &a->any, size) < 0 || listen(fd, SOMAXCONN) < 0) return fail_closing(w, proc, target, fd);
    return flu_handle_new(w, &flu_listener_class, fd);
}

/* (%tcp-listen host port): host in numbers. */
flu_value flu_net_listen(flu_worker *w, flu_value host, flu_value port) {
    address a;
    socklen_t size;
    uint16_t number;
    const char *name = text_arg(w, "tcp-listen", 1, "a host (a string)", host);
    if (name == NULL || !port_arg(w, "tcp-listen", 2, port, &number)) return FLU_ABNORMAL;
    if (!numeric(name, number, &a, &size)) return flu_network_error(w, "tcp-listen", "no such address");
    char target[300];
    snprintf(target, sizeof target, "%.250s port %u", name, number);
    return listen_at(w, "tcp-listen", target, &a, size);
}

/* A socket that is left of a process that has ended is in the way: it is removed if nobody answers there. */
static void remove_dead_socket(const address *a, socklen_t size) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    if (connect(fd, &a->any, size) < 0 && errno == ECONNREFUSED) unlink(a->local.sun_path);
    close(fd);
}

flu_value flu_net_unix_listen(flu_worker *w, flu_value path) {
    address a;
    socklen_t size;
    if (!local_address(w, "unix-listen", path, &a, &size)) return FLU_ABNORMAL;
    remove_dead_socket(&a, size);
    return listen_at(w, "unix-listen", a.local.sun_path, &a, size);
}

flu_value flu_net_port(flu_worker *w, flu_value v) {
    address a;
    socklen_t size = sizeof a;
    bool known = flu_is_handle(v, &flu_listener_class) || flu_is_handle(v, &flu_udp_class) ||
                 flu_is_handle(v, &flu_connection_class);
    if (!known) return flu_type_error(w, "listener-port", 1, "a listener", v);
    flu_endpoint *h = FLU_HANDLE(v);
    flu_lock_take(w, &h->lock);
    int failed = h->fd < 0 ? -1 : getsockname(h->fd, &a.any, &size);
    flu_lock_release(w, &h->lock);
    if (h->fd < 0) return flu_network_error(w, "listener-port", "it is closed");
    if (failed < 0) return flu_network_error(w, "listener-port", NULL);
    if (a.any.sa_family == AF_INET) return FLU_FIX(ntohs(a.v4.sin_port));
    return a.any.sa_family == AF_INET6 ? FLU_FIX(ntohs(a.v6.sin6_port)) : FLU_NIL;
}

static bool passes(int cause) {
    return cause == EINTR || cause == ECONNABORTED || cause == EPROTO || cause == EPERM || cause == ENETDOWN ||
           cause == EHOSTUNREACH || cause == ENETUNREACH;
}

/* (%tcp-accept l): a connection; nil: no descriptor is left for it, for a while; the absent argument: again. */
flu_value flu_net_accept(flu_worker *w, flu_value v) {
    flu_endpoint *h = handle_arg(w, "tcp-accept", v, &flu_listener_class, "a listener");
    if (h == NULL || flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    int fd = -1;
    if (h->fd >= 0) {
        do fd = accept4(h->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        while (fd < 0 && passes(errno));
        if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return flu_handle_wait(w, h, FLU_READABLE);
    }
    int cause = errno;
    bool closed = h->fd < 0;
    flu_lock_release(w, &h->lock);
    if (closed) return flu_network_error(w, "tcp-accept", "the listener is closed");
    if (fd >= 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* does nothing on Unix sockets */
        return flu_handle_new(w, &flu_connection_class, fd);
    }
    if (cause == EMFILE || cause == ENFILE || cause == ENOBUFS || cause == ENOMEM) return FLU_NIL;
    errno = cause;
    return flu_network_error(w, "tcp-accept", NULL);
}

/* ---- connecting ---- */

static flu_value connect_to(flu_worker *w, const char *proc, const char *target, const address *a, socklen_t size) {
    int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return fail_closing(w, proc, target, fd);
    if (a->any.sa_family != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, &a->any, size) < 0 && errno != EINPROGRESS && errno != EINTR)
        return fail_closing(w, proc, target, fd);
    return flu_handle_new(w, &flu_connection_class, fd);
}

/* (%tcp-connect ip port): a connection that is being made. */
flu_value flu_net_connect(flu_worker *w, flu_value host, flu_value port) {
    address a;
    socklen_t size;
    uint16_t number;
    const char *name = text_arg(w, "tcp-connect", 1, "a host (a string)", host);
    if (name == NULL || !port_arg(w, "tcp-connect", 2, port, &number)) return FLU_ABNORMAL;
    if (!numeric(name, number, &a, &size)) return flu_network_error(w, "tcp-connect", "no such address");
    char target[300];
    snprintf(target, sizeof target, "%.250s port %u", name, number);
    return connect_to(w, "tcp-connect", target, &a, size);
}

flu_value flu_net_unix_connect(flu_worker *w, flu_value path) {
    address a;
    socklen_t size;
    if (!local_address(w, "unix-connect", path, &a, &size)) return FLU_ABNORMAL;
    return connect_to(w, "unix-connect", a.local.sun_path, &a, size);
}

/* (%tcp-connected c target): true once the connection is made; the absent argument: again. */
flu_value flu_net_connected(flu_worker *w, flu_value v, flu_value target) {
    flu_endpoint *h = FLU_HANDLE(v);
    address a;
    socklen_t size = sizeof a, cause_size = sizeof(int);
    int cause = 0;
    flu_lock_take(w, &h->lock);
    if (getpeername(h->fd, &a.any, &size) < 0) {
        getsockopt(h->fd, SOL_SOCKET, SO_ERROR, &cause, &cause_size);
        if (cause == 0) return flu_handle_wait(w, h, FLU_WRITABLE);
    }
    flu_lock_release(w, &h->lock);
    if (cause == 0) return FLU_TRUE;
    flu_handle_close(w, h);
    errno = cause;
    return fail_closing(w, "tcp-connect", FLU_STR(target)->bytes, -1);
}

/* ---- reading ---- */

/* Bytes at the front that make whole characters: all but the beginning of one that may go on. */
static size_t whole_characters(const char *data, size_t size) {
    for (size_t back = 1; back <= 3 && back <= size; back++) {
        unsigned char c = (unsigned char)data[size - back];
        if ((c & 0xc0) == 0x80) continue;
        size_t wants = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        return wants > back ? size - back : size;
    }
    return size;
}

enum wanted { SOME_TEXT, SOME_BYTES };

static flu_value read_some(flu_worker *w, const char *proc, flu_value v, flu_value max, enum wanted wanted) {
    flu_endpoint *h = stream_arg(w, proc, v);
    int64_t most = (int64_t)READ_ROOM * 4;
    if (h == NULL || flu_cancel_due(w)) return FLU_ABNORMAL;
    if (max != FLU_UNDEF && (!flu_is_fix(max) || flu_fix(max) < 1))
        return flu_type_error(w, proc, 2, "a positive int", max);
    if (max != FLU_UNDEF) most = flu_fix(max);
    flu_lock_take(w, &h->lock);
    for (bool at_end = false;;) {
        if (h->fd < 0) return flu_handle_error(w, proc, h);
        size_t n = flu_handle_buffered(h);
        if (n > (size_t)most) n = (size_t)most;
        size_t whole = wanted == SOME_BYTES || at_end ? n : whole_characters(h->data + h->start, n);
        if (whole == 0 && n == (size_t)most) whole = flu_handle_buffered(h) < 4 ? 0 : 4; /* at least one character */
        if (whole > 0) {
            flu_value part = wanted == SOME_BYTES ? flu_bytes_copy(w, h->data + h->start, whole)
                                                  : flu_string_checked(w, proc, h->data + h->start, whole);
            flu_handle_take(h, whole);
            flu_lock_release(w, &h->lock);
            return part;
        }
        int got = at_end ? 0 : flu_handle_fill(h, READ_ROOM);
        if (got == 0 && flu_handle_buffered(h) == 0) {
            flu_lock_release(w, &h->lock);
            return FLU_NIL;
        }
        if (got == -1) return flu_handle_wait(w, h, FLU_READABLE);
        if (got == -2) return flu_handle_error(w, proc, h);
        at_end = got == 0;
    }
}

flu_value flu_net_read(flu_worker *w, flu_value c, flu_value max) {
    return read_some(w, "tcp-read", c, max, SOME_TEXT);
}
flu_value flu_net_read_bytes(flu_worker *w, flu_value c, flu_value max) {
    return read_some(w, "tcp-read-bytes", c, max, SOME_BYTES);
}

static flu_value take_line(flu_worker *w, flu_endpoint *h, size_t size, size_t ending) {
    const char *line = h->data + h->start;
    size_t shown = size > 0 && line[size - 1] == '\r' ? size - 1 : size;
    flu_value text = flu_string_checked(w, "tcp-read-line", line, shown);
    flu_handle_take(h, size + ending);
    flu_lock_release(w, &h->lock);
    return text;
}

/* (%tcp-read-line c most): without its end; nil at the end. network-error: it has more than about `most` bytes. */
flu_value flu_net_read_line(flu_worker *w, flu_value v, flu_value most) {
    flu_endpoint *h = stream_arg(w, "tcp-read-line", v);
    if (h == NULL || flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    for (;;) {
        if (h->fd < 0) return flu_handle_error(w, "tcp-read-line", h);
        size_t n = flu_handle_buffered(h);
        const char *line = h->data + h->start;
        const char *end = n > h->scanned ? memchr(line + h->scanned, '\n', n - h->scanned) : NULL;
        if (end != NULL) return take_line(w, h, (size_t)(end - line), 1);
        h->scanned = n;
        if (n > (size_t)flu_fix(most)) {
            flu_lock_release(w, &h->lock);
            return flu_raise(w, "network-error", "tcp-read-line: the line is longer than %zu bytes",
                             (size_t)flu_fix(most));
        }
        int got = flu_handle_fill(h, READ_ROOM);
        if (got == -1) return flu_handle_wait(w, h, FLU_READABLE);
        if (got == -2) return flu_handle_error(w, "tcp-read-line", h);
        if (got == 1) continue;
        if (n > 0) return take_line(w, h, n, 0);
        flu_lock_release(w, &h->lock);
        return FLU_NIL;
    }
}

/* (%tcp-read-exactly c n): n bytes, as text if they are UTF-8; nil: the end came before. */
flu_value flu_net_read_exactly(flu_worker *w, flu_value v, flu_value size) {
    flu_endpoint *h = FLU_HANDLE(v);
    size_t n = (size_t)flu_fix(size);
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    for (;;) {
        if (h->fd < 0) return flu_handle_error(w, "tcp-read", h);
        size_t held = flu_handle_buffered(h);
        if (held >= n) break;
        int got = flu_handle_fill(h, n - held > READ_ROOM ? READ_ROOM : n - held);
        if (got == -1) return flu_handle_wait(w, h, FLU_READABLE);
        if (got == -2) return flu_handle_error(w, "tcp-read", h);
        if (got == 1) continue;
        flu_lock_release(w, &h->lock);
        return FLU_NIL;
    }
    flu_value body = flu_bytes_copy(w, h->data + h->start, n);
    flu_handle_take(h, n);
    flu_lock_release(w, &h->lock);
    return body;
}

/* (%bytes-join parts): text if all of it is UTF-8, else bytes. */
flu_value flu_net_join(flu_worker *w, flu_value parts) {
    flu_buf b;
    flu_buf_init(&b);
    for (; flu_is_cons(parts); parts = FLU_CELL(parts)->tail) {
        flu_value part = FLU_CELL(parts)->head;
        if (flu_is_string(part))
            flu_buf_add(&b, FLU_STR(part)->bytes, flu_str_size(part));
        else
            flu_buf_add(&b, (const char *)FLU_BYTES(part)->data, flu_bytes_size(part));
    }
    flu_value whole =
        b.failed ? flu_raise(w, "out-of-memory", "a body is too large") : flu_text_or_bytes(w, b.data, b.size);
    flu_buf_free(&b);
    return whole;
}

/* ---- writing ---- */

/* (%tcp-write c data from): from: bytes that have been taken already. Gives nil once all has gone out, or how many have
 * been taken by now, or the absent argument: again, when there is room. */
flu_value flu_net_write(flu_worker *w, flu_value v, flu_value data, flu_value from) {
    flu_endpoint *h = stream_arg(w, "tcp-write", v);
    size_t size, sent = (size_t)flu_fix(from), before = sent;
    if (h == NULL || flu_cancel_due(w)) return FLU_ABNORMAL;
    const char *bytes = flu_data_arg(w, "tcp-write", 2, data, &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    if (h->fd < 0) return flu_handle_error(w, "tcp-write", h);
    /* What a transport has taken it may still have to send. */
    while (sent < size || h->transport != NULL) {
        int64_t n = flu_handle_send(h, bytes + sent, size - sent);
        if (n == -2) return flu_handle_error(w, "tcp-write", h);
        if (n == -1 && sent == before) return flu_handle_wait(w, h, FLU_WRITABLE);
        if (n == -1) {
            flu_lock_release(w, &h->lock);
            return FLU_FIX((int64_t)sent);
        }
        if (sent == size) break;
        sent += (size_t)n;
    }
    flu_lock_release(w, &h->lock);
    return FLU_NIL;
}

flu_value flu_net_close(flu_worker *w, flu_value v) {
    bool known = flu_is_handle(v, &flu_connection_class) || flu_is_handle(v, &flu_listener_class) ||
                 flu_is_handle(v, &flu_udp_class) || flu_is_handle(v, &flu_pipe_class);
    if (!known) return flu_type_error(w, "tcp-close", 1, "a connection, listener or udp-socket", v);
    flu_handle_close(w, FLU_HANDLE(v));
    return FLU_NIL;
}

static bool nothing_came(flu_endpoint *h) {
    char c;
    if (h->transport != NULL) return flu_handle_fill(h, 1) == -1;
    return recv(h->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* (%net-alive? c): an idle connection whose other side has neither sent anything nor gone away. */
flu_value flu_net_alive_p(flu_worker *w, flu_value v) {
    flu_endpoint *h = FLU_HANDLE(v);
    flu_lock_take(w, &h->lock);
    bool alive = h->fd >= 0 && flu_handle_buffered(h) == 0 && nothing_came(h);
    flu_lock_release(w, &h->lock);
    return FLU_BOOL(alive);
}

/* (%net-idle! c idle): whether closing it loses something; (%net-close-idle c): closes it if not. */
flu_value flu_net_set_idle(FLU_UNUSED flu_worker *w, flu_value v, flu_value idle) {
    FLU_HANDLE(v)->idle = idle == FLU_TRUE;
    return FLU_NIL;
}
/* (%net-shutdown c): says that nothing more will come, but still reads. With TLS the end would look cut off: nothing.
 */
flu_value flu_net_shutdown(flu_worker *w, flu_value v) {
    flu_endpoint *h = FLU_HANDLE(v);
    flu_lock_take(w, &h->lock);
    if (h->fd >= 0 && h->transport == NULL) shutdown(h->fd, SHUT_WR);
    flu_lock_release(w, &h->lock);
    return FLU_NIL;
}

flu_value flu_net_close_idle(flu_worker *w, flu_value v) {
    if (FLU_HANDLE(v)->idle) flu_handle_close(w, FLU_HANDLE(v));
    return FLU_NIL;
}

/* ---- UDP ---- */

flu_value flu_net_udp_open(flu_worker *w, flu_value host, flu_value port) {
    address a;
    socklen_t size;
    uint16_t number = 0;
    const char *name = host == FLU_UNDEF ? "0.0.0.0" : text_arg(w, "udp-open", 1, "an address (a string)", host);
    if (name == NULL || (port != FLU_UNDEF && !port_arg(w, "udp-open", 2, port, &number))) return FLU_ABNORMAL;
    if (strcmp(name, "localhost") == 0) name = "127.0.0.1";
    if (!numeric(name, number, &a, &size))
        return flu_network_error(w, "udp-open", "the host must be an address in numbers");
    int fd = socket(a.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, &a.any, size) < 0) return fail_closing(w, "udp-open", name, fd);
    return flu_handle_new(w, &flu_udp_class, fd);
}

/* (%udp-send u data ip port) */
flu_value flu_net_udp_send(flu_worker *w, flu_value v, flu_value data, flu_value host, flu_value port) {
    flu_endpoint *h = handle_arg(w, "udp-send", v, &flu_udp_class, "a udp-socket");
    address a;
    socklen_t size;
    size_t length;
    uint16_t number;
    if (h == NULL || flu_cancel_due(w)) return FLU_ABNORMAL;
    const char *bytes = flu_data_arg(w, "udp-send", 2, data, &length);
    if (bytes == NULL || !port_arg(w, "udp-send", 4, port, &number)) return FLU_ABNORMAL;
    if (!numeric(FLU_STR(host)->bytes, number, &a, &size)) return flu_network_error(w, "udp-send", "no such address");
    flu_lock_take(w, &h->lock);
    if (h->fd < 0) return flu_handle_error(w, "udp-send", h);
    ssize_t n = sendto(h->fd, bytes, length, MSG_NOSIGNAL, &a.any, size);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return flu_handle_wait(w, h, FLU_WRITABLE);
    if (n < 0) return flu_handle_error(w, "udp-send", h);
    flu_lock_release(w, &h->lock);
    return FLU_NIL;
}

/* (%udp-recv u): (data host port). */
flu_value flu_net_udp_recv(flu_worker *w, flu_value v) {
    flu_endpoint *h = handle_arg(w, "udp-recv", v, &flu_udp_class, "a udp-socket");
    if (h == NULL || flu_cancel_due(w)) return FLU_ABNORMAL;
    address a;
    socklen_t size = sizeof a;
    char *data = malloc(65536), host[INET6_ADDRSTRLEN] = "";
    if (data == NULL) return flu_raise(w, "out-of-memory", "udp-recv: no memory for a packet");
    flu_lock_take(w, &h->lock);
    ssize_t n = h->fd < 0 ? -1 : recvfrom(h->fd, data, 65536, 0, &a.any, &size);
    if (n < 0) {
        int cause = errno;
        free(data);
        if (h->fd >= 0 && (cause == EAGAIN || cause == EWOULDBLOCK)) return flu_handle_wait(w, h, FLU_READABLE);
        errno = cause;
        return flu_handle_error(w, "udp-recv", h);
    }
    flu_lock_release(w, &h->lock);
    bool v4 = a.any.sa_family == AF_INET;
    inet_ntop(a.any.sa_family, v4 ? (void *)&a.v4.sin_addr : (void *)&a.v6.sin6_addr, host, sizeof host);
    flu_value items[3] = {flu_text_or_bytes(w, data, (size_t)n), flu_string_lit(w, host),
                          FLU_FIX(ntohs(v4 ? a.v4.sin_port : a.v6.sin6_port))};
    free(data);
    return flu_list_lit(w, 3, items, FLU_EMPTY);
}
