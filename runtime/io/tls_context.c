/* tls_context.c: certificates and settings of TLS, and what a connection tells of them. */
#include <errno.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/print.h"
#include "flu/sched.h"
#include "flu/text.h"
#include "tls.h"

/* ---- errors ---- */

static bool complain(flu_worker *w, const char *file, const char *what) {
    flu_raise(w, "network-error", "tls-context: %s%s%s", file, *file ? ": " : "", what);
    ERR_clear_error();
    return false;
}

/* ---- PEM: the text itself, or a file of it ---- */

static const char beginning[] = "-----BEGIN";

static bool is_pem(const char *text) { return strncmp(text, beginning, sizeof beginning - 1) == 0; }
/* How messages call it. */
static const char *name_of(const char *source) { return is_pem(source) ? "PEM text" : source; }

/* NULL: io-error was thrown. */
static BIO *open_pem(flu_worker *w, const char *source) {
    BIO *b = is_pem(source) ? BIO_new_mem_buf(source, -1) : BIO_new_file(source, "re");
    int cause = errno;
    if (b == NULL) flu_raise(w, "io-error", "tls-context: %s: %s", name_of(source), strerror(cause));
    ERR_clear_error();
    return b;
}

/* Without this OpenSSL would ask at the terminal. */
static int no_password(FLU_UNUSED char *to, FLU_UNUSED int room, FLU_UNUSED int writing, FLU_UNUSED void *data) {
    return -1;
}

static bool is_at_end(void) {
    unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

/* ---- certificate and key ---- */

static bool add_chain(SSL_CTX *ctx, BIO *b) {
    for (X509 *x; (x = PEM_read_bio_X509(b, NULL, no_password, NULL)) != NULL;)
        if (SSL_CTX_add0_chain_cert(ctx, x) != 1) {
            X509_free(x);
            return false;
        }
    return is_at_end();
}

static bool read_certificates(SSL_CTX *ctx, BIO *b) {
    X509 *own = PEM_read_bio_X509_AUX(b, NULL, no_password, NULL);
    bool ok = own != NULL && SSL_CTX_use_certificate(ctx, own) == 1 && add_chain(ctx, b);
    X509_free(own);
    return ok;
}

static bool use_certificate(flu_worker *w, SSL_CTX *ctx, const char *source) {
    BIO *b = open_pem(w, source);
    if (b == NULL) return false;
    bool ok = read_certificates(ctx, b);
    BIO_free(b);
    ERR_clear_error();
    return ok || complain(w, name_of(source), "this is no certificate in PEM form");
}

static bool use_key(flu_worker *w, SSL_CTX *ctx, const char *source) {
    BIO *b = open_pem(w, source);
    if (b == NULL) return false;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, no_password, NULL);
    BIO_free(b);
    if (key == NULL) return complain(w, name_of(source), "this is no private key in PEM form without a password");
    bool fits = SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;
    EVP_PKEY_free(key);
    return fits || complain(w, name_of(source), "the key does not belong to the certificate");
}

/* ---- authorities ---- */

static bool read_authorities(flu_worker *w, X509_STORE *store, const char *source) {
    BIO *b = open_pem(w, source);
    if (b == NULL) return false;
    int count = 0;
    bool ok = true;
    for (X509 *x; ok && (x = PEM_read_bio_X509_AUX(b, NULL, no_password, NULL)) != NULL; count++) {
        ok = X509_STORE_add_cert(store, x) == 1;
        X509_free(x);
    }
    ok = ok && count > 0 && is_at_end();
    BIO_free(b);
    ERR_clear_error();
    return ok || complain(w, name_of(source), "these are no certificates in PEM form");
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool add_authorities(flu_worker *w, X509_STORE *store, const char *source) {
    if (is_pem(source) || !is_folder(source)) return read_authorities(w, store, source);
    return X509_STORE_load_path(store, source) == 1 || complain(w, source, "cannot be read");
}

/* A folder whose certificates have names made from hashes: they are read when they are needed. */
static bool is_hashed(const char *folder) {
    DIR *dir = opendir(folder);
    bool found = false;
    for (struct dirent *e; dir != NULL && !found && (e = readdir(dir)) != NULL;)
        found = strspn(e->d_name, "0123456789abcdef") == 8 && e->d_name[8] == '.';
    if (dir != NULL) closedir(dir);
    return found;
}

/* Where systems keep all of them in one file. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

/* Those of the machine: none, if there are none; then no certificate will be accepted. */
static void add_system_authorities(X509_STORE *store) {
    const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");
    bool has_file = file != NULL && *file != '\0', has_folder = folder != NULL && *folder != '\0';
    if (has_file) X509_STORE_load_file(store, file);
    if (has_folder) X509_STORE_load_path(store, folder);
    if (!has_file && !has_folder && is_hashed("/etc/ssl/certs"))
        X509_STORE_load_path(store, "/etc/ssl/certs");
    else if (!has_file && !has_folder)
        for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
            if (X509_STORE_load_file(store, bundles[i]) == 1) break;
    ERR_clear_error();
}

static X509_STORE *client_authorities(flu_worker *w, const char *source) {
    X509_STORE *store = X509_STORE_new();
    if (store != NULL && add_authorities(w, store, source)) return store;
    X509_STORE_free(store);
    return NULL;
}

/* ---- protocols ---- */

typedef struct protocols {
    unsigned size;
    unsigned char names[]; /* as in the handshake: lengths, then bytes */
} protocols;

static int protocols_index;

static void free_protocols(FLU_UNUSED void *parent, void *p, FLU_UNUSED CRYPTO_EX_DATA *ad, FLU_UNUSED int index,
                           FLU_UNUSED long l, FLU_UNUSED void *data) {
    free(p);
}

static int choose_protocol(FLU_UNUSED SSL *ssl, const unsigned char **out, unsigned char *size,
                           const unsigned char *theirs, unsigned theirs_size, void *data) {
    const protocols *p = data;
    unsigned char *chosen;
    int found = SSL_select_next_proto(&chosen, size, p->names, p->size, theirs, theirs_size);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* names: a list of strings, or nil. */
static bool use_protocols(flu_worker *w, SSL_CTX *ctx, flu_value names) {
    flu_buf b;
    flu_buf_init(&b);
    for (; flu_is_cons(names); names = FLU_CELL(names)->tail) {
        flu_value name = FLU_CELL(names)->head;
        if (!flu_is_string(name) || flu_str_size(name) == 0 || flu_str_size(name) > 255) break;
        flu_buf_char(&b, (char)flu_str_size(name));
        flu_buf_add(&b, FLU_STR(name)->bytes, flu_str_size(name));
    }
    bool ok = names == FLU_EMPTY || names == FLU_NIL;
    protocols *p = ok && b.size > 0 ? malloc(sizeof *p + b.size) : NULL;
    if (p != NULL) {
        p->size = (unsigned)b.size;
        memcpy(p->names, b.data, b.size);
        SSL_CTX_set_ex_data(ctx, protocols_index, p);
        SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, p);
        ok = SSL_CTX_set_alpn_protos(ctx, p->names, p->size) == 0;
    }
    flu_buf_free(&b);
    if (ok) return true;
    flu_raise(w, "type-error", "tls-context: :alpn must be a list of names of protocols, such as (list \"http/1.1\")");
    return false;
}

/* ---- contexts ---- */

/* At the end of the program other threads may still be using it: nothing is torn down. */
static void initialize(void) {
    OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL);
    protocols_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_protocols);
}

static SSL_CTX *new_ctx(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, initialize);
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    if (ctx == NULL) flu_fatal("tls: no memory");
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    /* Connections are long or pooled: resuming sessions is not worth the tickets, which a client that only sends would
     * leave unread. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    return ctx;
}

static void is_garbage(void *object, FLU_UNUSED void *data) {
    flu_tls_context *c = object;
    SSL_CTX_free(c->ctx);
    X509_STORE_free(c->client_authorities);
    c->ctx = NULL;
    c->client_authorities = NULL;
}

static flu_tls_context *new_context(flu_worker *w) {
    flu_tls_context *c = flu_alloc(w, sizeof *c);
    c->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &flu_tls_class};
    c->begin = flu_tls_begin;
    c->ctx = new_ctx();
    c->verify = true;
    flu_on_garbage(c, is_garbage, NULL);
    return c;
}

/* nil, or a string without NUL. */
static bool text_option(flu_worker *w, const char *name, flu_value v, const char **text) {
    *text = NULL;
    if (v == FLU_NIL) return true;
    if (!flu_is_string(v) || strlen(FLU_STR(v)->bytes) != flu_str_size(v)) {
        /* The value is not shown: it may be a key. */
        flu_raise(w, "type-error", "tls-context: %s must be a path or PEM text (a string without NUL)", name);
        return false;
    }
    *text = FLU_STR(v)->bytes;
    return true;
}

static bool fill(flu_worker *w, flu_tls_context *c, const flu_value *options) {
    static const char *const names[] = {":cert", ":key", ":ca", ":client-ca"};
    const char *texts[4];
    for (int i = 0; i < 4; i++)
        if (!text_option(w, names[i], options[i], &texts[i])) return false;
    const char *cert = texts[0], *key = texts[1], *ca = texts[2], *client_ca = texts[3];
    if (cert == NULL && key != NULL) return complain(w, "", "a :key without a :cert");
    if (cert != NULL && (!use_certificate(w, c->ctx, cert) || !use_key(w, c->ctx, key != NULL ? key : cert)))
        return false;
    if (ca != NULL && !add_authorities(w, SSL_CTX_get_cert_store(c->ctx), ca)) return false;
    if (ca == NULL) add_system_authorities(SSL_CTX_get_cert_store(c->ctx));
    if (client_ca != NULL && (c->client_authorities = client_authorities(w, client_ca)) == NULL) return false;
    return use_protocols(w, c->ctx, options[4]);
}

/* (%tls-context cert key ca client-ca alpn verify): nil: not given. */
flu_value flu_tls_context_new(flu_worker *w, FLU_UNUSED int argc, const flu_value *argv) {
    flu_tls_context *c = new_context(w);
    c->verify = flu_truthy(argv[5]);
    return fill(w, c, argv) ? FLU_VALUE(c) : FLU_ABNORMAL;
}

/* ---- what a connection tells ---- */

static flu_value text_or_nil(flu_worker *w, const char *text, size_t size) {
    return text == NULL || size == 0 || !flu_utf8_valid(text, size) ? FLU_NIL : flu_string_new(w, text, size);
}

static flu_value subject(flu_worker *w, X509 *x) {
    if (x == NULL) return FLU_NIL;
    BIO *b = BIO_new(BIO_s_mem());
    char *text;
    X509_NAME_print_ex(b, X509_get_subject_name(x), 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    long size = BIO_get_mem_data(b, &text);
    flu_value v = text_or_nil(w, text, (size_t)size);
    BIO_free(b);
    return v;
}

static flu_value info(flu_worker *w, SSL *ssl) {
    const unsigned char *protocol;
    unsigned size;
    const char *version = SSL_get_version(ssl), *cipher = SSL_get_cipher_name(ssl),
               *host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_get0_alpn_selected(ssl, &protocol, &size);
    flu_value items[10] = {
        FLU_KEYWORD_LIT("version"), flu_string_lit(w, version),
        FLU_KEYWORD_LIT("cipher"),  flu_string_lit(w, cipher),
        FLU_KEYWORD_LIT("alpn"),    text_or_nil(w, (const char *)protocol, size),
        FLU_KEYWORD_LIT("host"),    text_or_nil(w, host, host ? strlen(host) : 0),
        FLU_KEYWORD_LIT("peer"),    subject(w, SSL_get0_peer_certificate(ssl)),
    };
    return flu_dict_lit(w, 5, items);
}

flu_value flu_tls_info(flu_worker *w, flu_value v) {
    if (!flu_is_handle(v, &flu_connection_class)) return flu_type_error(w, "tls-info", 1, "a connection", v);
    flu_endpoint *h = FLU_HANDLE(v);
    flu_lock_take(w, &h->lock);
    SSL *ssl = flu_tls_of(h);
    flu_value found = ssl == NULL ? FLU_NIL : info(w, ssl);
    flu_lock_release(w, &h->lock);
    return found;
}
