/* inflate.c: bodies of HTTP messages that came compressed, by zlib. */
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "flu/builtins.h"
#include "flu/print.h"
#include "handle.h"

enum { GZIP = 16 + MAX_WBITS, ZLIB = MAX_WBITS, RAW = -MAX_WBITS };

enum outcome { WHOLE, BROKEN, TOO_LARGE };

/* Until the stream ends: appends to b. */
static enum outcome inflate_stream(z_stream *z, flu_buf *b, size_t most) {
    for (;;) {
        if (!flu_buf_reserve(b, 65536)) return TOO_LARGE;
        z->next_out = (Bytef *)b->data + b->size;
        z->avail_out = 65536;
        int status = inflate(z, Z_NO_FLUSH);
        b->size += 65536 - z->avail_out;
        if (b->size > most) return TOO_LARGE;
        if (status == Z_STREAM_END) return WHOLE;
        if (status != Z_OK || (z->avail_in == 0 && z->avail_out > 0)) return BROKEN; /* or cut off */
    }
}

/* A gzip body may be several streams, one after the other. */
static enum outcome inflate_all(const char *bytes, size_t size, int form, flu_buf *b, size_t most) {
    z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)size};
    enum outcome outcome = inflateInit2(&z, form) == Z_OK ? WHOLE : BROKEN;
    if (outcome == BROKEN) return BROKEN;
    do outcome = inflate_stream(&z, b, most);
    while (outcome == WHOLE && form == GZIP && z.avail_in > 0 && inflateReset(&z) == Z_OK);
    inflateEnd(&z);
    return outcome;
}

/* (%inflate body coding most): body, which came in this coding, "gzip" or "deflate": text or bytes. False: it is
 * broken. Nil: it has more than `most` bytes. */
flu_value flu_http_inflate(flu_worker *w, flu_value body, flu_value coding, flu_value most) {
    size_t size, limit = (size_t)flu_fix(most);
    const char *bytes = flu_data_arg(w, "http", 1, body, &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    if (size > UINT_MAX) return FLU_NIL;
    bool gzip = strcmp(FLU_STR(coding)->bytes, "gzip") == 0;
    flu_buf b;
    flu_buf_init(&b);
    enum outcome outcome = inflate_all(bytes, size, gzip ? GZIP : ZLIB, &b, limit);
    if (outcome == BROKEN && !gzip) { /* some servers send deflate without its header */
        b.size = 0;
        outcome = inflate_all(bytes, size, RAW, &b, limit);
    }
    flu_value v = outcome == BROKEN ? FLU_FALSE : outcome == TOO_LARGE ? FLU_NIL : flu_text_or_bytes(w, b.data, b.size);
    flu_buf_free(&b);
    return v;
}
