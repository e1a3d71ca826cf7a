/* tls.h: between the files that know OpenSSL: tls.c (connections) and tls_context.c (certificates and settings). */
#ifndef FLU_TLS_H
#define FLU_TLS_H

#include <openssl/ssl.h>

#include "handle.h"

/* flu_tls_context.begin */
const char *flu_tls_begin(const flu_tls_context *c, flu_endpoint *h, bool server, const char *name);
/* NULL: h has no TLS. Its lock is held. */
SSL *flu_tls_of(const flu_endpoint *h);

#endif
