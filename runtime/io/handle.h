/* handle.h: descriptors as values: sockets, pipes, processes. A task that waits for one is parked; the worker never
 * blocks.
 *
 * All waiting goes through one epoll descriptor, which itself is a descriptor that the scheduler's poller watches: so
 * the core knows nothing of sockets, and a program without them links none of this. An operation is tried at once on
 * the task's own worker; only where it would block does the task wait, and then it tries again: flu_handle_wait wakes
 * it with the absent argument, and the library's procedures (stdlib/net.flu) loop. */
#ifndef FLU_HANDLE_H
#define FLU_HANDLE_H

#include "flu/sched.h"

enum flu_direction { FLU_READABLE, FLU_WRITABLE };

struct flu_endpoint;

/* What stands between a connection and its descriptor: TLS (tls.c). It is reached through the connection, and through
 * the context that begins it, so that programs without TLS link none of it. The handle's lock is held in all. */
typedef struct flu_transport {
    /* At least one byte: how many. 0: the end. -1: would block. -2: failed. */
    int64_t (*read)(struct flu_endpoint *h, char *to, size_t room);
    /* How many bytes were taken; all must have been sent before more are taken. -1: would block. -2: failed. With size
     * 0: sends what is still to go, and gives 0 once all has gone. */
    int64_t (*write)(struct flu_endpoint *h, const char *from, size_t size);
    /* 0: done. -1: would block, and waits for *way. -2: failed. */
    int (*handshake)(struct flu_endpoint *h, enum flu_direction *way);
    /* Why it failed: valid until the lock is released. NULL: see errno. */
    const char *(*reason)(const struct flu_endpoint *h);
    /* Says goodbye, if that can be sent at once, and frees h->tls. */
    void (*close)(struct flu_endpoint *h);
} flu_transport;

typedef struct flu_endpoint {
    flu_opaque o;
    flu_lock lock;   /* guards all below; held during system calls on fd, which therefore cannot be closed meanwhile */
    int fd;          /* non-blocking; -1: closed */
    bool registered; /* with epoll */
    bool idle;       /* an HTTP connection between two requests: closing it loses nothing */
    flu_wait_queue waiters[2];
    /* What was read and not yet taken: plain memory; NULL while there is nothing. */
    char *data;
    size_t start, end, capacity;
    size_t scanned; /* bytes from start that were searched in vain for the end of a line or head */
    /* NULL: the bytes go as they are. */
    const flu_transport *transport;
    struct flu_tls *tls; /* the transport's own; plain memory */
} flu_endpoint;

/* A TLS context (tls.c): certificates and settings that connections begin with. */
typedef struct flu_tls_context {
    flu_opaque o;
    /* Puts TLS on h, whose lock is held. server: which side. name: the host that the other side must prove to be; NULL:
     * any. NULL, or why not. */
    const char *(*begin)(const struct flu_tls_context *c, flu_endpoint *h, bool server, const char *name);
    struct ssl_ctx_st *ctx;                   /* NULL: garbage */
    struct x509_store_st *client_authorities; /* as a server, demands certificates that these have signed; NULL: none */
    bool verify;                              /* as a client */
} flu_tls_context;

extern const flu_class flu_connection_class, flu_listener_class, flu_udp_class, flu_pipe_class, flu_tls_class;

#define FLU_HANDLE(v) FLU_AS(flu_endpoint, v)
bool flu_is_handle(flu_value v, const flu_class *cls);

/* Owns fd from now on: closed by flu_handle_close, or once the handle is garbage. */
flu_value flu_handle_new(flu_worker *w, const flu_class *cls, int fd);
/* Parks the running task until fd is ready that way, or the handle is closed: it is woken with the absent argument. h's
 * lock is held; releases it. */
flu_value flu_handle_wait(flu_worker *w, flu_endpoint *h, enum flu_direction way);
/* Closes it and wakes whoever waits. Any number of times. */
void flu_handle_close(flu_worker *w, flu_endpoint *h);
/* Reads more, at least one byte if it gives 1. 0: the end. -1: would block. -2: an error, in errno. Lock held. */
int flu_handle_fill(flu_endpoint *h, size_t room);
/* The first n bytes have been used. Lock held. */
void flu_handle_take(flu_endpoint *h, size_t n);
FLU_INLINE size_t flu_handle_buffered(const flu_endpoint *h) { return h->end - h->start; }
/* Text if it is UTF-8, else bytes. */
flu_value flu_text_or_bytes(flu_worker *w, const char *data, size_t size);
/* v is a string or bytes: its bytes; NULL: type-error was thrown. */
const char *flu_data_arg(flu_worker *w, const char *proc, int position, flu_value v, size_t *size);
/* network-error "PROC: reason"; NULL: that of errno. */
flu_value flu_network_error(flu_worker *w, const char *proc, const char *reason);
/* Writes to the descriptor or through the transport, without a signal: how much; -1: would block; -2: failed. Lock
 * held. With a transport, size 0 sends what is still to go. */
int64_t flu_handle_send(flu_endpoint *h, const char *bytes, size_t size);
/* Releases h's lock, and raises what made a call on it fail: "PROC: reason"; or that it is closed. */
flu_value flu_handle_error(flu_worker *w, const char *proc, flu_endpoint *h);

#endif
