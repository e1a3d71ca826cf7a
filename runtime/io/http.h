/* http.h: the heads of HTTP/1.1 messages (RFC 9112), read strictly: whatever two programs might understand differently
 * (bare line feeds, blanks before a colon, folded lines, several lengths, a length with a transfer coding) is refused,
 * so that no request can be smuggled past another server. */
#ifndef FLU_HTTP_H
#define FLU_HTTP_H

#include "flu/worker.h"

enum { /* how long the body is, beside a number of bytes */
       FLU_HTTP_CHUNKED = -1,
       FLU_HTTP_UNTIL_CLOSE = -2, /* of responses */
};

typedef struct flu_http_head {
    const char *method, *target, *reason; /* into the text */
    size_t method_size, target_size, reason_size;
    int status;        /* of a response */
    int minor;         /* HTTP/1.minor */
    int64_t length;    /* of the body, or one of the above */
    bool keep_alive;   /* the connection may serve another message */
    bool expects;      /* 100-continue */
    bool upgrade;      /* a connection header names it */
    flu_value headers; /* dict from names in lower case to values; several of one name are joined by commas */
} flu_http_head;

/* Reads the head that text is, its empty line included. 0, or the status of the response that refuses it. */
int flu_http_parse(flu_worker *w, const char *text, size_t size, bool request, flu_http_head *head);

#endif
