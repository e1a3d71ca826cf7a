/* tls.c: TLS on connections, by OpenSSL (handle.h).
 *
 * OpenSSL reads from the socket directly. What it writes goes to the socket as far as that takes it; the rest is kept
 * here and goes out before anything else: so its calls wait for input only, and which task of a connection comes when
 * the socket has room again does not matter. */
#include "tls.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* A peer that makes us answer (by key updates, say) and reads nothing is given up. */
#define KEPT_MAX    ((size_t)1 << 20)
#define RECORD_SIZE ((size_t)16 << 10)

struct flu_tls {
    SSL *ssl;
    int fd;    /* the handle's */
    int cause; /* errno of the last failed call on fd */
    bool at_end;
    bool failed;
    char *kept; /* what the socket has not taken yet, or NULL: from start to end */
    size_t start, end, room;
    char reason[200];
};

/* ---- between OpenSSL and the socket ---- */

static ssize_t send_some(struct flu_tls *t, const char *bytes, size_t size) {
    ssize_t n;
    do n = send(t->fd, bytes, size, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0) return n;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    t->cause = errno;
    return -1;
}

static bool keep(struct flu_tls *t, const char *bytes, size_t size) {
    if (size > KEPT_MAX - t->end) return false;
    if (t->end + size > t->room) {
        size_t room = t->end + size > 2 * t->room ? t->end + size : 2 * t->room;
        char *kept = realloc(t->kept, room);
        if (kept == NULL) return false;
        t->kept = kept;
        t->room = room;
    }
    memcpy(t->kept + t->end, bytes, size);
    t->end += size;
    return true;
}

/* 1: nothing is left. 0: the socket takes no more now. -1: failed. */
static int send_kept(struct flu_tls *t) {
    while (t->start < t->end) {
        ssize_t n = send_some(t, t->kept + t->start, t->end - t->start);
        if (n <= 0) return (int)n;
        t->start += (size_t)n;
    }
    free(t->kept); /* connections are many, and mostly idle */
    t->kept = NULL;
    t->start = t->end = t->room = 0;
    return 1;
}

static int bio_write(BIO *b, const char *bytes, int size) {
    struct flu_tls *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    ssize_t sent = t->start == t->end ? send_some(t, bytes, (size_t)size) : 0;
    if (sent < 0 || (sent < size && !keep(t, bytes + sent, (size_t)(size - sent)))) return -1;
    return size;
}

static int bio_read(BIO *b, char *to, int room) {
    struct flu_tls *t = BIO_get_data(b);
    ssize_t n;
    BIO_clear_retry_flags(b);
    do n = recv(t->fd, to, (size_t)room, 0);
    while (n < 0 && errno == EINTR);
    if (n == 0) t->at_end = true;
    if (n >= 0) return (int)n;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        BIO_set_retry_read(b);
    else
        t->cause = errno;
    return -1;
}

static long bio_control(BIO *b, int what, FLU_UNUSED long n, FLU_UNUSED void *p) {
    const struct flu_tls *t = BIO_get_data(b);
    return what == BIO_CTRL_FLUSH || (what == BIO_CTRL_EOF && t->at_end);
}

static BIO_METHOD *method;

static void make_method(void) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "flu");
    if (method == NULL) flu_fatal("tls: no memory");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
}

/* ---- failures ---- */

static const char *of_certificate(const struct flu_tls *t) {
    long result = SSL_get_verify_result(t->ssl);
    return result == X509_V_OK ? "certificate verify failed" : X509_verify_cert_error_string(result);
}

/* The last call on t->ssl gave n, and failed for good. */
static int fail(struct flu_tls *t) {
    unsigned long code = ERR_peek_error();
    const char *text = code != 0 ? ERR_reason_error_string(code) : NULL;
    if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED && ERR_GET_LIB(code) == ERR_LIB_SSL)
        snprintf(t->reason, sizeof t->reason, "the certificate is not accepted: %s", of_certificate(t));
    else if (t->at_end)
        snprintf(t->reason, sizeof t->reason, "the connection was cut off");
    else if (t->cause != 0)
        snprintf(t->reason, sizeof t->reason, "%s", strerror(t->cause));
    else
        snprintf(t->reason, sizeof t->reason, "TLS: %s", text != NULL ? text : "failed");
    ERR_clear_error();
    t->failed = true;
    send_kept(t); /* the alert that tells the other side */
    return -2;
}

static const char *reason(const flu_endpoint *h) { return h->tls->failed ? h->tls->reason : NULL; }

/* ---- the transport ---- */

static int64_t tls_read(flu_endpoint *h, char *to, size_t room) {
    struct flu_tls *t = h->tls;
    if (t->failed) return -2;
    ERR_clear_error();
    int n = SSL_read(t->ssl, to, room < RECORD_SIZE ? (int)room : (int)RECORD_SIZE);
    if (send_kept(t) < 0) return fail(t); /* answers that reading asked for */
    if (n > 0) return n;
    switch (SSL_get_error(t->ssl, n)) {
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_WANT_READ: return -1;
    default: return fail(t);
    }
}

static int64_t tls_write(flu_endpoint *h, const char *from, size_t size) {
    struct flu_tls *t = h->tls;
    if (t->failed) return -2;
    int sent = send_kept(t);
    if (sent <= 0) return sent < 0 ? fail(t) : -1;
    if (size == 0) return 0;
    ERR_clear_error();
    int n = SSL_write(t->ssl, from, size < RECORD_SIZE ? (int)size : (int)RECORD_SIZE);
    return n > 0 ? n : fail(t);
}

static int tls_handshake(flu_endpoint *h, enum flu_direction *way) {
    struct flu_tls *t = h->tls;
    if (t->failed) return -2;
    ERR_clear_error();
    int n = SSL_do_handshake(t->ssl);
    if (n != 1 && SSL_get_error(t->ssl, n) != SSL_ERROR_WANT_READ) return fail(t);
    int sent = send_kept(t);
    if (sent < 0) return fail(t);
    *way = sent == 0 ? FLU_WRITABLE : FLU_READABLE;
    return n == 1 && sent == 1 ? 0 : -1;
}

/* What has come and will not be read is taken from the socket: else the system would answer with a reset, which may
 * overtake what was sent last. */
static void drain(const struct flu_tls *t) {
    char part[4096];
    for (int i = 0; i < 16 && recv(t->fd, part, sizeof part, MSG_DONTWAIT) > 0; i++) {
    }
}

static void tls_close(flu_endpoint *h) {
    struct flu_tls *t = h->tls;
    ERR_clear_error();
    if (!t->failed && h->fd >= 0 && SSL_is_init_finished(t->ssl) && send_kept(t) == 1) SSL_shutdown(t->ssl);
    if (h->fd >= 0) drain(t);
    SSL_free(t->ssl);
    free(t->kept);
    free(t);
    ERR_clear_error();
    h->tls = NULL;
    h->transport = NULL;
}

static const flu_transport tls_transport = {tls_read, tls_write, tls_handshake, reason, tls_close};

SSL *flu_tls_of(const flu_endpoint *h) { return h->transport == &tls_transport ? h->tls->ssl : NULL; }

/* ---- beginning ---- */

static bool expect_name(SSL *ssl, const char *name) {
    unsigned char ip[16];
    bool numeric = inet_pton(AF_INET, name, ip) == 1 || inet_pton(AF_INET6, name, ip) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (numeric) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

static bool as_server(SSL *ssl, const flu_tls_context *c) {
    SSL_set_accept_state(ssl);
    if (c->client_authorities == NULL) return true;
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return SSL_set1_verify_cert_store(ssl, c->client_authorities) == 1;
}

static bool as_client(SSL *ssl, const flu_tls_context *c, const char *name) {
    SSL_set_connect_state(ssl);
    SSL_set_verify(ssl, c->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    return name == NULL || expect_name(ssl, name);
}

static bool connect_bio(struct flu_tls *t) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_method);
    BIO *b = BIO_new(method);
    if (b == NULL) return false;
    BIO_set_data(b, t);
    BIO_set_init(b, 1);
    SSL_set_bio(t->ssl, b, b); /* which owns it */
    return true;
}

const char *flu_tls_begin(const flu_tls_context *c, flu_endpoint *h, bool server, const char *name) {
    if (h->transport != NULL) return "the connection has TLS already";
    /* It came before anybody had proved anything. */
    if (flu_handle_buffered(h) > 0) return "the other side has sent something before TLS began";
    if (server && SSL_CTX_get0_certificate(c->ctx) == NULL) return "the tls-context has no certificate";
    struct flu_tls *t = calloc(1, sizeof *t);
    if (t == NULL) return "no memory";
    t->fd = h->fd;
    t->ssl = SSL_new(c->ctx);
    bool ok = t->ssl != NULL && connect_bio(t) && (server ? as_server(t->ssl, c) : as_client(t->ssl, c, name));
    if (!ok) {
        SSL_free(t->ssl);
        free(t);
        ERR_clear_error();
        return "TLS cannot begin: is the name of the host right?";
    }
    h->tls = t;
    h->transport = &tls_transport;
    return NULL;
}
