/* websocket.c: frames of WebSocket (RFC 6455, section 5), and the keys of its handshake (section 4), by OpenSSL. What
 * is done with frames stands in stdlib/tls/websocket.flu. */
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/sched.h"
#include "flu/text.h"
#include "handle.h"

enum { CONTROL = 8 }; /* opcodes with this bit: close 8, ping 9, pong 10; else: more of a message 0, text 1, bytes 2 */
enum { PROTOCOL_ERROR = 1002, TOO_BIG = 1009 };
enum { HEAD_MAX = 14, MASK = 4 };
#define READ_ROOM ((size_t)16 << 10)

/* ---- frames that come ---- */

typedef struct frame {
    bool last;
    unsigned opcode;
    size_t head;   /* bytes before the payload */
    uint64_t size; /* of the payload */
} frame;

enum { INCOMPLETE, COMPLETE }; /* or a status to close with */

static bool is_opcode(unsigned opcode) { return opcode <= 2 || (opcode >= CONTROL && opcode <= 10); }

/* p: the first n bytes of a frame. What a client sends is masked, what a server sends is not. */
static int parse_head(const uint8_t *p, size_t n, bool masked, frame *f) {
    if (n < 2) return INCOMPLETE;
    unsigned first = p[0], length = p[1] & 0x7F;
    f->last = first & 0x80;
    f->opcode = first & 0x0F;
    if ((first & 0x70) || !is_opcode(f->opcode) || masked != !!(p[1] & 0x80)) return PROTOCOL_ERROR;
    if ((f->opcode & CONTROL) && (!f->last || length > 125)) return PROTOCOL_ERROR;
    size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
    f->head = 2 + more + (masked ? MASK : 0);
    if (n < f->head) return INCOMPLETE;
    f->size = more == 0 ? length : 0;
    for (size_t i = 0; i < more; i++) f->size = f->size << 8 | p[2 + i];
    bool could_be_shorter = (more == 2 && f->size < 126) || (more == 8 && f->size < 65536);
    return could_be_shorter || f->size >> 63 ? PROTOCOL_ERROR : COMPLETE;
}

static void apply_mask(uint8_t *to, const uint8_t *from, size_t size, const uint8_t mask[MASK]) {
    for (size_t i = 0; i < size; i++) to[i] = from[i] ^ mask[i % MASK];
}

/* (last? opcode payload) */
static flu_value frame_value(flu_worker *w, const uint8_t *p, const frame *f, bool masked) {
    flu_value payload = flu_bytes_copy(w, (const char *)p + f->head, (size_t)f->size);
    uint8_t *bytes = FLU_BYTES(payload)->data;
    if (masked) apply_mask(bytes, bytes, (size_t)f->size, p + f->head - MASK);
    flu_value items[3] = {FLU_BOOL(f->last), FLU_FIX(f->opcode), payload};
    return flu_list_lit(w, 3, items, FLU_EMPTY);
}

static flu_value unlock(flu_worker *w, flu_endpoint *h, flu_value v) {
    flu_lock_release(w, &h->lock);
    return v;
}

/* (%ws-read c masked? most): the next frame (last? opcode payload), taken as a whole: a reader that is cancelled loses
 * nothing. An int: the status to close with. Nil: the end. The absent argument: again. */
flu_value flu_ws_read(flu_worker *w, flu_value c, flu_value masked, flu_value most) {
    flu_endpoint *h = FLU_HANDLE(c);
    frame f;
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    for (;;) {
        if (h->fd < 0) return unlock(w, h, FLU_NIL);
        const uint8_t *p = (const uint8_t *)h->data + h->start;
        size_t held = flu_handle_buffered(h);
        int state = parse_head(p, held, masked == FLU_TRUE, &f);
        if (state == COMPLETE && f.size > (uint64_t)flu_fix(most)) state = TOO_BIG;
        if (state > COMPLETE) return unlock(w, h, FLU_FIX(state));
        if (state == COMPLETE && held >= f.head + f.size) {
            flu_value v = frame_value(w, p, &f, masked == FLU_TRUE);
            flu_handle_take(h, f.head + (size_t)f.size);
            return unlock(w, h, v);
        }
        int got = flu_handle_fill(h, READ_ROOM);
        if (got == -1) return flu_handle_wait(w, h, FLU_READABLE);
        if (got <= 0) return unlock(w, h, FLU_NIL);
    }
}

/* ---- frames that go ---- */

static size_t put_head(uint8_t head[HEAD_MAX], unsigned opcode, uint64_t size, bool masked) {
    size_t more = size < 126 ? 0 : size < 65536 ? 2 : 8;
    head[0] = (uint8_t)(0x80 | opcode);
    head[1] = (uint8_t)((masked ? 0x80 : 0) | (more == 0 ? size : more == 2 ? 126 : 127));
    for (size_t i = 0; i < more; i++) head[2 + i] = (uint8_t)(size >> 8 * (more - 1 - i));
    return 2 + more;
}

static void random_bytes(uint8_t *to, int size) {
    if (RAND_bytes(to, size) != 1) flu_fatal("websocket: the system gives no random numbers");
}

/* (%ws-frame opcode payload masked?): the bytes of a frame that is a whole message. */
flu_value flu_ws_frame(flu_worker *w, flu_value opcode, flu_value payload, flu_value masked) {
    size_t size;
    uint8_t head[HEAD_MAX];
    const char *bytes = flu_data_arg(w, "websocket-send", 2, payload, &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    size_t n = put_head(head, (unsigned)flu_fix(opcode), size, masked == FLU_TRUE);
    if (masked == FLU_TRUE) {
        random_bytes(head + n, MASK);
        n += MASK;
    }
    flu_value v = flu_bytes_new(w, n + size);
    uint8_t *to = FLU_BYTES(v)->data;
    memcpy(to, head, n);
    if (masked == FLU_TRUE)
        apply_mask(to + n, (const uint8_t *)bytes, size, head + n - MASK);
    else
        memcpy(to + n, bytes, size);
    return v;
}

/* ---- the handshake ---- */

static flu_value base64(flu_worker *w, const uint8_t *bytes, int size) {
    unsigned char text[64];
    int n = EVP_EncodeBlock(text, bytes, size);
    return flu_string_new(w, (const char *)text, (size_t)n);
}

/* (%ws-key): what a client asks with. */
flu_value flu_ws_key(flu_worker *w) {
    uint8_t key[16];
    random_bytes(key, sizeof key);
    return base64(w, key, sizeof key);
}

/* (%ws-answer key): what proves that the server has understood it. */
flu_value flu_ws_answer(flu_worker *w, flu_value key) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t digest[SHA_DIGEST_LENGTH];
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = c != NULL && EVP_DigestInit_ex(c, EVP_sha1(), NULL) == 1 &&
              EVP_DigestUpdate(c, FLU_STR(key)->bytes, flu_str_size(key)) == 1 &&
              EVP_DigestUpdate(c, guid, sizeof guid - 1) == 1 && EVP_DigestFinal_ex(c, digest, NULL) == 1;
    EVP_MD_CTX_free(c);
    return ok ? base64(w, digest, sizeof digest) : flu_raise(w, "network-error", "websocket: no SHA-1 is to be had");
}

/* ---- the object ---- */

enum { PARTS = 7 };

typedef struct websocket {
    flu_opaque o;
    flu_value parts[PARTS]; /* websocket.flu names them */
} websocket;

static const flu_class websocket_class = {.name = "websocket", .print = NULL};

/* (%websocket part ...) */
flu_value flu_ws_new(flu_worker *w, int argc, const flu_value *argv) {
    websocket *s = flu_alloc(w, sizeof *s);
    s->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &websocket_class};
    for (int i = 0; i < PARTS; i++) s->parts[i] = i < argc ? argv[i] : FLU_NIL;
    return FLU_VALUE(s);
}

/* (%websocket-part s i name): type-error naming the procedure if s is none. */
flu_value flu_ws_part(flu_worker *w, flu_value s, flu_value i, flu_value name) {
    if (!flu_is_handle(s, &websocket_class)) return flu_type_error(w, FLU_STR(name)->bytes, 1, "a websocket", s);
    return FLU_AS(websocket, s)->parts[flu_fix(i)];
}

flu_value flu_ws_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_is_handle(v, &websocket_class)); }
