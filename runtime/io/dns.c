/* dns.c: names of hosts (dns-lookup), by c-ares: it reads /etc/hosts, /etc/resolv.conf and the order in
 * /etc/nsswitch.conf, and asks the name servers over UDP, or over TCP where an answer is too long. Not the system's
 * getaddrinfo: a static program could not call it, and both kinds of program are to find the same.
 *
 * A lookup runs on a helper thread (ffi/job.c), with a channel of c-ares of its own: what the files say is read anew
 * each time. */
#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "flu/builtins.h"
#include "flu/foreign.h"
#include "flu/literal.h"
#include "flu/print.h"

enum { TRIES = 2, MOST_WAIT_MS = 1000 };

typedef struct lookup {
    flu_job job; /* must be first */
    flu_value host;
    const char *proc; /* for messages */
    flu_buf found;    /* addresses in numbers, each with a NUL */
    bool over;
    const char *failure; /* NULL: none */
} lookup;

/* ---- on the helper thread ---- */

static const char *reason(int status) {
    switch (status) {
    case ARES_ENOTFOUND: return "no such host";
    case ARES_ENODATA: return "the host has no address";
    case ARES_EBADNAME: return "not a name of a host";
    case ARES_EBADRESP: return "the name server's answer is malformed";
    case ARES_ETIMEOUT: return "no name server answers";
    case ARES_ECONNREFUSED: return "no name server listens, or all have failed"; /* SERVFAIL and the like */
    default: return ares_strerror(status);
    }
}

static void put_address(flu_buf *b, const struct sockaddr *a) {
    char text[INET6_ADDRSTRLEN];
    const void *ip = a->sa_family == AF_INET ? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
                                             : (const void *)&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    if (inet_ntop(a->sa_family, ip, text, sizeof text) == NULL) return;
    flu_buf_puts(b, text);
    flu_buf_char(b, '\0');
}

static void answered(void *data, int status, FLU_UNUSED int timeouts, struct ares_addrinfo *found) {
    lookup *l = data;
    l->over = true;
    if (status == ARES_SUCCESS)
        for (struct ares_addrinfo_node *n = found->nodes; n != NULL; n = n->ai_next) put_address(&l->found, n->ai_addr);
    else
        l->failure = reason(status);
    if (found != NULL) ares_freeaddrinfo(found);
}

/* Waits until a server answers or is late. */
static void wait_for_servers(ares_channel channel) {
    ares_socket_t fds[ARES_GETSOCK_MAXNUM];
    struct pollfd polled[ARES_GETSOCK_MAXNUM];
    int bits = ares_getsock(channel, fds, ARES_GETSOCK_MAXNUM);
    nfds_t n = 0;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events =
            (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));
        if (events != 0) polled[n++] = (struct pollfd){.fd = fds[i], .events = events};
    }
    struct timeval most = {.tv_sec = MOST_WAIT_MS / 1000}, left, *until = ares_timeout(channel, &most, &left);
    poll(polled, n, (int)(until->tv_sec * 1000 + until->tv_usec / 1000 + 1));
    for (nfds_t i = 0; i < n; i++)
        ares_process_fd(channel, polled[i].revents & ~POLLOUT ? polled[i].fd : ARES_SOCKET_BAD,
                        polled[i].revents & POLLOUT ? polled[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* who is late */
}

/* No name server is to be asked for it (RFC 6761, 6.3). */
static bool is_localhost(const char *host) {
    size_t size = strlen(host);
    if (size > 0 && host[size - 1] == '.') size--;
    return size >= 9 && strncasecmp(host + size - 9, "localhost", 9) == 0 && (size == 9 || host[size - 10] == '.');
}

static int make_channel(ares_channel *channel, const char *host) {
    char files[] = "f";
    struct ares_options options = {.tries = TRIES, .lookups = files};
    int status = ares_init_options(channel, &options, ARES_OPT_TRIES | (is_localhost(host) ? ARES_OPT_LOOKUPS : 0));
    if (status != ARES_SUCCESS) return status;
    const char *servers = getenv("FLU_NAME_SERVERS");
    if (servers == NULL || *servers == '\0') return ARES_SUCCESS;
    status = ares_set_servers_ports_csv(*channel, servers);
    if (status != ARES_SUCCESS) ares_destroy(*channel);
    return status;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start_library(void) { ares_library_init(ARES_LIB_INIT_ALL); }

static void run_lookup(flu_job *job) {
    lookup *l = (lookup *)job;
    ares_channel channel;
    pthread_once(&once, start_library);
    const char *host = FLU_STR(l->host)->bytes;
    int status = make_channel(&channel, host);
    if (status != ARES_SUCCESS) {
        l->failure = status == ARES_EBADSTR ? "FLU_NAME_SERVERS must be addresses with commas between them, as "
                                              "10.0.0.2,[fd00::2]:5353"
                                            : ares_strerror(status);
        return;
    }
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (*host == '\0')
        answered(l, ARES_EBADNAME, 0, NULL);
    else
        ares_getaddrinfo(channel, host, NULL, &hints, answered, l);
    while (!l->over && !atomic_load(&job->abandoned)) wait_for_servers(channel);
    ares_destroy(channel);
    if (l->failure != NULL && is_localhost(host)) {
        l->failure = NULL;
        flu_buf_add(&l->found, "127.0.0.1\0::1", sizeof "127.0.0.1\0::1");
    }
}

/* ---- on the worker ---- */

static flu_value list_of(flu_worker *w, const char *text, size_t size) {
    flu_value list = FLU_EMPTY;
    size_t end = size;
    while (end > 0) { /* from the last one on */
        size_t from = end - 1;
        while (from > 0 && text[from - 1] != '\0') from--;
        list = flu_cons(w, flu_string_lit(w, text + from), list);
        end = from;
    }
    return list;
}

static flu_value end_lookup(flu_worker *w, flu_job *job) {
    lookup *l = (lookup *)job;
    const char *failure = l->found.failed ? "out of memory" : l->failure;
    if (failure == NULL && l->found.size == 0) failure = reason(ARES_ENODATA);
    flu_value v = failure != NULL
                      ? flu_raise(w, "network-error", "%s: %s: %s", l->proc, FLU_STR(l->host)->bytes, failure)
                      : list_of(w, l->found.data, l->found.size);
    flu_buf_free(&l->found);
    return v;
}

static void drop_lookup(flu_job *job) { flu_buf_free(&((lookup *)job)->found); }

/* (%dns-lookup host proc): its addresses, perhaps some of them twice. */
flu_value flu_net_dns_lookup(flu_worker *w, flu_value host, flu_value proc) {
    if (!flu_is_string(host) || strlen(FLU_STR(host)->bytes) != flu_str_size(host))
        return flu_type_error(w, FLU_STR(proc)->bytes, 1, "a host (a string)", host);
    lookup *l = flu_job_new(w, sizeof *l, run_lookup, end_lookup);
    l->job.drop = drop_lookup;
    l->host = host;
    l->proc = FLU_STR(proc)->bytes;
    flu_buf_init(&l->found);
    return flu_job_start(w, &l->job);
}
