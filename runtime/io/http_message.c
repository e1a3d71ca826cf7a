/* http_message.c: HTTP messages as values, for stdlib/http.flu. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/print.h"
#include "flu/text.h"
#include "handle.h"
#include "http.h"
#include "http_file.h"

#define READ_ROOM ((size_t)8 << 10)

static bool is_named(const char *bytes, size_t size, const char *name) {
    return size == strlen(name) && memcmp(bytes, name, size) == 0;
}

/* ---- percent signs ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Text with its escapes undone; what does not give UTF-8 stays as it is. */
static flu_value unescaped(flu_worker *w, const char *text, size_t size, bool plus) {
    flu_buf b;
    flu_buf_init(&b);
    for (size_t i = 0; i < size; i++) {
        int high = text[i] == '%' && i + 2 < size ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) i += 2;
        flu_buf_char(&b, low >= 0 ? (char)(high * 16 + low) : plus && text[i] == '+' ? ' ' : text[i]);
    }
    bool valid = !b.failed && flu_utf8_valid(b.data, b.size);
    flu_value v = valid ? flu_string_new(w, b.data, b.size) : flu_string_new(w, text, size);
    flu_buf_free(&b);
    return v;
}

/* "a=1&b=2": a dict; the last of equal names counts. */
static flu_value query_dict(flu_worker *w, const char *text, size_t size) {
    flu_value d = flu_dict_lit(w, 0, NULL);
    const char *end = text + size;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        if (stop == NULL) stop = end;
        const char *sign = memchr(text, '=', (size_t)(stop - text));
        const char *value = sign == NULL ? stop : sign + 1;
        if (stop > text)
            d = flu_dict_set(w, d, unescaped(w, text, (size_t)((sign ? sign : stop) - text), true),
                             unescaped(w, value, (size_t)(stop - value), true));
        text = stop + 1;
    }
    return d;
}

flu_value flu_http_query(flu_worker *w, flu_value text) {
    if (!flu_is_string(text)) return flu_type_error(w, "url-query", 1, "a string", text);
    return query_dict(w, FLU_STR(text)->bytes, flu_str_size(text));
}

/* ---- heads ---- */

/* "http://host/path" in place of a path is allowed. */
static void path_of(const flu_http_head *head, const char **path, size_t *size) {
    *path = head->target;
    *size = head->target_size;
    if (*size < 7 || memcmp(*path, "http://", 7) != 0) return;
    const char *slash = memchr(*path + 7, '/', *size - 7);
    *size = slash ? *size - (size_t)(slash - *path) : 1;
    *path = slash ? slash : "/";
}

/* ({"method" "path" "query" "headers" "body" "params"} length keep-alive expects http/1.0?) */
static flu_value request_value(flu_worker *w, const flu_http_head *head) {
    const char *path, *mark;
    size_t size;
    path_of(head, &path, &size);
    mark = memchr(path, '?', size);
    size_t length = mark ? (size_t)(mark - path) : size, rest = mark ? size - length - 1 : 0;
    flu_value items[12] = {
        flu_string_lit(w, "method"),  flu_string_new(w, head->method, head->method_size),
        flu_string_lit(w, "path"),    unescaped(w, path, length, false),
        flu_string_lit(w, "query"),   query_dict(w, mark ? mark + 1 : path, rest),
        flu_string_lit(w, "headers"), head->headers,
        flu_string_lit(w, "body"),    flu_string_lit(w, ""),
        flu_string_lit(w, "params"),  flu_dict_lit(w, 0, NULL),
    };
    flu_value parts[5] = {flu_dict_lit(w, 6, items), FLU_FIX(head->length), FLU_BOOL(head->keep_alive),
                          FLU_BOOL(head->expects), FLU_BOOL(head->minor == 0)};
    return flu_list_lit(w, 5, parts, FLU_EMPTY);
}

/* (status headers length keep-alive) */
static flu_value response_value(flu_worker *w, const flu_http_head *head) {
    flu_value parts[4] = {FLU_FIX(head->status), head->headers, FLU_FIX(head->length), FLU_BOOL(head->keep_alive)};
    return flu_list_lit(w, 4, parts, FLU_EMPTY);
}

/* The size of the head in the buffer; 0: it is not complete. */
static size_t head_size(flu_endpoint *h) {
    const char *text = h->data + h->start;
    size_t n = flu_handle_buffered(h), from = h->scanned > 3 ? h->scanned - 3 : 0;
    const char *end = n > from ? memmem(text + from, n - from, "\r\n\r\n", 4) : NULL;
    h->scanned = n;
    return end ? (size_t)(end - text) + 4 : 0;
}

static void skip_empty_lines(flu_endpoint *h) {
    while (flu_handle_buffered(h) >= 2 && memcmp(h->data + h->start, "\r\n", 2) == 0) flu_handle_take(h, 2);
}

static flu_value unlock(flu_worker *w, flu_endpoint *h, flu_value v) {
    flu_lock_release(w, &h->lock);
    return v;
}

/* (%http-head c request? limit): the next head as above; an int: refused with this status; nil: the connection has
 * ended; the absent argument: again. */
flu_value flu_http_head_read(flu_worker *w, flu_value c, flu_value request, flu_value limit) {
    flu_endpoint *h = FLU_HANDLE(c);
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    for (;;) {
        if (h->fd < 0) return unlock(w, h, FLU_NIL);
        skip_empty_lines(h);
        size_t size = head_size(h);
        if (size > (size_t)flu_fix(limit) || (size == 0 && flu_handle_buffered(h) > (size_t)flu_fix(limit)))
            return unlock(w, h, FLU_FIX(431));
        if (size > 0) {
            flu_http_head head;
            int refused = flu_http_parse(w, h->data + h->start, size, request == FLU_TRUE, &head);
            flu_value v = refused               ? FLU_FIX(refused)
                          : request == FLU_TRUE ? request_value(w, &head)
                                                : response_value(w, &head);
            flu_handle_take(h, size);
            return unlock(w, h, v);
        }
        int got = flu_handle_fill(h, READ_ROOM);
        if (got == -1) return flu_handle_wait(w, h, FLU_READABLE);
        if (got <= 0) return unlock(w, h, flu_handle_buffered(h) > 0 ? FLU_FIX(400) : FLU_NIL);
    }
}

/* (%http-begun? c): has anything of the next message come? */
flu_value flu_http_begun_p(flu_worker *w, flu_value c) {
    flu_endpoint *h = FLU_HANDLE(c);
    flu_lock_take(w, &h->lock);
    bool begun = h->fd >= 0 && flu_handle_buffered(h) > 0;
    flu_lock_release(w, &h->lock);
    return FLU_BOOL(begun);
}

/* (%http-chunk-size line): of a chunk; -1: it is malformed, or too large. */
flu_value flu_http_chunk_size(FLU_UNUSED flu_worker *w, flu_value line) {
    const char *p = FLU_STR(line)->bytes;
    int64_t n = 0;
    int digits = 0;
    for (; digits < 9 && hex_digit(*p) >= 0 && (hex_digit(*p) < 10 || (*p | 0x20) >= 'a'); p++, digits++)
        n = n * 16 + hex_digit(*p);
    while (*p == ' ' || *p == '\t') p++;
    return FLU_FIX(digits == 0 || digits == 9 || (*p != '\0' && *p != ';') ? -1 : n);
}

/* ---- what is sent ---- */

static const char *reason_of(int64_t status) {
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {100, "Continue"},
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status) return reasons[i].reason;
    return "";
}

static void add_date(flu_buf *b) {
    char text[FLU_HTTP_DATE_SIZE];
    flu_http_date(time(NULL), text);
    flu_buf_printf(b, "Date: %s\r\n", text);
}

static bool has_break(flu_value text) {
    for (size_t i = 0; i < flu_str_size(text); i++) {
        char c = FLU_STR(text)->bytes[i];
        if (c == '\r' || c == '\n' || c == '\0') return true;
    }
    return false;
}

static bool is_name(flu_value name) {
    if (flu_str_size(name) == 0 || has_break(name)) return false;
    return strpbrk(FLU_STR(name)->bytes, " :\t") == NULL;
}

/* The framing is the library's business. */
static bool is_framing(flu_value name) {
    const char *s = FLU_STR(name)->bytes;
    return strcasecmp(s, "content-length") == 0 || strcasecmp(s, "transfer-encoding") == 0 ||
           strcasecmp(s, "connection") == 0;
}

static flu_value named_text(flu_worker *w, flu_value v) {
    if (flu_is_string(v)) return v;
    flu_buf b;
    flu_buf_init(&b);
    flu_display(w, &b, v);
    bool colon = flu_is(v, FLU_T_KEYWORD) && b.size > 0 && b.data[0] == ':';
    flu_value text = flu_string_new(w, b.data + colon, b.size - colon);
    flu_buf_free(&b);
    return text;
}

static bool add_header(flu_worker *w, flu_buf *b, flu_value key, flu_value value, bool *has_type) {
    flu_value name = named_text(w, key), text = named_text(w, value);
    if (!is_name(name) || has_break(text)) {
        flu_raise(w, "domain-error", "http: %s is no header, or its value has a line break", FLU_STR(name)->bytes);
        return false;
    }
    bool upgrades =
        strcasecmp(FLU_STR(name)->bytes, "connection") == 0 && strcasecmp(FLU_STR(text)->bytes, "upgrade") == 0;
    if (is_framing(name) && !upgrades) return true;
    if (strcasecmp(FLU_STR(name)->bytes, "content-type") == 0) *has_type = true;
    flu_buf_printf(b, "%s: %s\r\n", FLU_STR(name)->bytes, FLU_STR(text)->bytes);
    return true;
}

static bool add_headers(flu_worker *w, flu_buf *b, flu_value headers, bool *has_type) {
    if (headers == FLU_NIL || headers == FLU_UNDEF) return true;
    if (!flu_is(headers, FLU_T_DICT)) {
        flu_raise(w, "type-error", "http: headers must be a dict, got %s", flu_shown(w, headers));
        return false;
    }
    flu_value *pairs;
    size_t n = flu_dict_entries(w, headers, &pairs);
    for (size_t i = 0; i < n; i++)
        if (pairs[2 * i + 1] != FLU_NIL && !add_header(w, b, pairs[2 * i], pairs[2 * i + 1], has_type)) return false;
    return true;
}

static flu_value finish(flu_worker *w, flu_buf *b, bool ok) {
    flu_value v = !ok         ? FLU_ABNORMAL
                  : b->failed ? flu_raise(w, "out-of-memory", "http: a message is too large")
                              : flu_bytes_copy(w, b->data, b->size);
    flu_buf_free(b);
    return v;
}

/* The size of what a response carries, and its bytes; those of a file are sent later. False: type-error was thrown. */
static bool body_of(flu_worker *w, flu_value body, const char **bytes, size_t *size) {
    const flu_http_file *file = flu_http_file_of(body);
    *bytes = "";
    *size = file != NULL ? (size_t)file->left : 0;
    if (file != NULL || body == FLU_NIL || body == FLU_FALSE) return true;
    *bytes = flu_data_arg(w, "http response", 1, body, size);
    return *bytes != NULL;
}

/* (%http-response status headers body type keep head-only): the bytes of a response. body: a string or bytes, or a
 * file, which follows; or nil: chunks follow; or false: all that follows. keep: true; false: the connection is closed
 * then; :http10: it stays open for a client that must be told so. */
flu_value flu_http_response(flu_worker *w, int argc, const flu_value *argv) {
    (void)argc;
    flu_value body = argv[2];
    bool switches = argv[0] == FLU_FIX(101);
    if (!switches && (!flu_is_fix(argv[0]) || flu_fix(argv[0]) < 200 || flu_fix(argv[0]) > 599))
        return flu_raise(w, "domain-error", "http: the status must be an int from 200 to 599, got %s",
                         flu_shown(w, argv[0]));
    int64_t status = flu_fix(argv[0]);
    size_t size;
    const char *bytes;
    if (!body_of(w, body, &bytes, &size)) return FLU_ABNORMAL;
    bool has_type = false, empty = switches || status == 204 || status == 304;
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_printf(&b, "HTTP/1.1 %d %s\r\n", (int)status, reason_of(status));
    add_date(&b);
    bool ok = add_headers(w, &b, argv[1], &has_type);
    if (!has_type && !empty && argv[3] != FLU_NIL) flu_buf_printf(&b, "Content-Type: %s\r\n", FLU_STR(argv[3])->bytes);
    if (!empty && body == FLU_NIL) flu_buf_puts(&b, "Transfer-Encoding: chunked\r\n");
    if (!empty && body != FLU_NIL && body != FLU_FALSE) flu_buf_printf(&b, "Content-Length: %zu\r\n", size);
    if (argv[4] != FLU_TRUE && !switches)
        flu_buf_puts(&b, flu_is_keyword(argv[4]) ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    flu_buf_puts(&b, "\r\n");
    if (!empty && argv[5] != FLU_TRUE && flu_http_file_of(body) == NULL) flu_buf_add(&b, bytes, size);
    return finish(w, &b, ok);
}

/* (%http-request method host target headers body): the bytes of a request; body nil: none. */
flu_value flu_http_request_text(flu_worker *w, int argc, const flu_value *argv) {
    (void)argc;
    size_t size = 0;
    const char *bytes = argv[4] == FLU_NIL ? "" : flu_data_arg(w, "http-request", 1, argv[4], &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    bool has_type = false;
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_printf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", FLU_STR(argv[0])->bytes, FLU_STR(argv[2])->bytes,
                   FLU_STR(argv[1])->bytes);
    bool ok = add_headers(w, &b, argv[3], &has_type);
    if (argv[4] != FLU_NIL) flu_buf_printf(&b, "Content-Length: %zu\r\n", size);
    flu_buf_puts(&b, "\r\n");
    flu_buf_add(&b, bytes, size);
    return finish(w, &b, ok);
}

/* (%http-chunk part): the bytes of a chunk; empty for an empty part, which would be the last one. */
flu_value flu_http_chunk(flu_worker *w, flu_value part) {
    size_t size;
    const char *bytes = flu_data_arg(w, "http response", 1, part, &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    flu_buf b;
    flu_buf_init(&b);
    if (size > 0) {
        flu_buf_printf(&b, "%zx\r\n", size);
        flu_buf_add(&b, bytes, size);
        flu_buf_puts(&b, "\r\n");
    }
    return finish(w, &b, true);
}

/* ---- URLs ---- */

/* Blanks and what is not ASCII are escaped. */
static flu_value escaped_target(flu_worker *w, const char *text, size_t size) {
    flu_buf b;
    flu_buf_init(&b);
    if (size == 0 || *text != '/') flu_buf_char(&b, '/');
    for (size_t i = 0; i < size && text[i] != '#'; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c > 0x20 && c < 0x7f)
            flu_buf_char(&b, (char)c);
        else
            flu_buf_printf(&b, "%%%02X", c);
    }
    flu_value v = flu_string_new(w, b.data, b.size);
    flu_buf_free(&b);
    return v;
}

/* (%url-parse url): (scheme host port target authority), or nil: it is none, or has no host. */
flu_value flu_http_url(flu_worker *w, flu_value url) {
    const char *text = FLU_STR(url)->bytes, *end = text + flu_str_size(url), *colon = strstr(text, "://");
    if (colon == NULL) return FLU_NIL;
    size_t scheme = (size_t)(colon - text);
    bool secure = is_named(text, scheme, "https");
    if (!secure && !is_named(text, scheme, "http")) return FLU_NIL;
    const char *host = colon + 3, *stop = host + strcspn(host, "/?#");
    const char *port = stop;
    const char *name_end = *host == '[' ? memchr(host, ']', (size_t)(stop - host)) : NULL;
    const char *sign = memchr(name_end ? name_end : host, ':', (size_t)(stop - (name_end ? name_end : host)));
    long number = secure ? 443 : 80;
    if (memchr(host, '@', (size_t)(stop - host)) != NULL) return FLU_NIL; /* no passwords in addresses */
    if (sign != NULL) {
        char *after;
        number = strtol(sign + 1, &after, 10);
        if (after != stop || after == sign + 1 || number < 1 || number > 65535) return FLU_NIL;
        port = sign;
    }
    const char *name = name_end ? host + 1 : host;
    size_t size = (size_t)((name_end ? name_end : port) - name);
    if (size == 0 || strcspn(name, " \r\n\t") < size) return FLU_NIL;
    flu_value items[5] = {flu_string_new(w, text, scheme), flu_string_new(w, name, size), FLU_FIX(number),
                          escaped_target(w, stop, (size_t)(end - stop)),
                          flu_string_new(w, host, (size_t)(stop - host))};
    return flu_list_lit(w, 5, items, FLU_EMPTY);
}

/* ---- servers ---- */

typedef struct http_server {
    flu_opaque o;
    flu_value parts[4]; /* listener, wait-group, cdict of connections, atom: is it to stop? */
} http_server;

static const flu_class server_class = {.name = "http-server", .print = NULL};

/* (%http-server listener group connections stopping) */
flu_value flu_http_server_new(flu_worker *w, flu_value a, flu_value b, flu_value c, flu_value d) {
    http_server *s = flu_alloc(w, sizeof *s);
    s->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &server_class};
    s->parts[0] = a;
    s->parts[1] = b;
    s->parts[2] = c;
    s->parts[3] = d;
    return FLU_VALUE(s);
}

/* (%http-server-part s i name): type-error naming the procedure if s is no server. */
flu_value flu_http_server_part(flu_worker *w, flu_value s, flu_value i, flu_value name) {
    if (!flu_is_handle(s, &server_class)) return flu_type_error(w, FLU_STR(name)->bytes, 1, "an http-server", s);
    return FLU_AS(http_server, s)->parts[flu_fix(i)];
}

/* (%io-shared i fresh): what the program shares under this number: fresh, if there is nothing yet. */
flu_value flu_io_shared(flu_worker *w, flu_value i, flu_value fresh) {
    return (flu_value)flu_store_first(&w->rt->shared[flu_fix(i)], (void *)fresh);
}
