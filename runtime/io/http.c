/* http.c: the parser of HTTP heads (http.h). */
#include "http.h"

#include <string.h>

#include "flu/collections.h"
#include "flu/print.h"
#include "flu/text.h"

typedef struct reader {
    const char *at, *end;
} reader;

/* Characters of tokens: methods and the names of headers. */
static bool is_token(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_value(unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static size_t span_of(reader *r, bool (*is)(unsigned char)) {
    const char *start = r->at;
    while (r->at < r->end && is((unsigned char)*r->at)) r->at++;
    return (size_t)(r->at - start);
}

static bool skip(reader *r, const char *text) {
    size_t n = strlen(text);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0) return false;
    r->at += n;
    return true;
}

static bool is_visible(unsigned char c) { return c > 0x20 && c < 0x7f; }

static bool version(reader *r, int *minor) {
    if (!skip(r, "HTTP/1.") || r->at == r->end || (*r->at != '0' && *r->at != '1')) return false;
    *minor = *r->at++ - '0';
    return true;
}

static int request_line(reader *r, flu_http_head *head) {
    head->method = r->at;
    head->method_size = span_of(r, is_token);
    if (head->method_size == 0 || !skip(r, " ")) return 400;
    head->target = r->at;
    head->target_size = span_of(r, is_visible);
    if (head->target_size == 0 || !skip(r, " ")) return 400;
    if (!version(r, &head->minor)) return r->end - r->at > 5 && memcmp(r->at, "HTTP/", 5) == 0 ? 505 : 400;
    return skip(r, "\r\n") ? 0 : 400;
}

static bool status_line(reader *r, flu_http_head *head) {
    if (!version(r, &head->minor) || !skip(r, " ") || r->end - r->at < 3) return false;
    for (int i = 0; i < 3; i++, r->at++) {
        if (*r->at < '0' || *r->at > '9') return false;
        head->status = head->status * 10 + (*r->at - '0');
    }
    skip(r, " ");
    head->reason = r->at;
    head->reason_size = span_of(r, is_value);
    return skip(r, "\r\n");
}

/* ---- headers ---- */

static bool text_is(const char *text, size_t size, const char *word) {
    if (strlen(word) != size) return false;
    for (size_t i = 0; i < size; i++)
        if (lower(text[i]) != word[i]) return false;
    return true;
}

/* One of a comma-separated list. */
static bool list_has(flu_value list, const char *word) {
    if (!flu_is_string(list)) return false;
    const char *at = FLU_STR(list)->bytes, *end = at + flu_str_size(list);
    while (at < end) {
        while (at < end && (*at == ' ' || *at == '\t' || *at == ',')) at++;
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end, *next = stop;
        while (stop > at && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
        if (text_is(at, (size_t)(stop - at), word)) return true;
        at = next;
    }
    return false;
}

static flu_value header(flu_worker *w, const flu_http_head *head, const char *name) {
    flu_value v = flu_dict_get(w, head->headers, flu_string_lit(w, name));
    return v == FLU_UNDEF ? FLU_NIL : v;
}

/* Values are bytes; what is not UTF-8 is taken as Latin 1. */
static flu_value value_text(flu_worker *w, const char *text, size_t size) {
    if (flu_utf8_valid(text, size)) return flu_string_new(w, text, size);
    flu_buf b;
    flu_buf_init(&b);
    for (size_t i = 0; i < size; i++) {
        char point[4];
        flu_buf_add(&b, point, flu_utf8_put(point, (unsigned char)text[i]));
    }
    flu_value v = flu_string_new(w, b.data, b.size);
    flu_buf_free(&b);
    return v;
}

static flu_value joined(flu_worker *w, flu_value name, flu_value old, flu_value value) {
    bool cookie = strcmp(FLU_STR(name)->bytes, "cookie") == 0;
    flu_value front = flu_string_concat2(w, old, flu_string_lit(w, cookie ? "; " : ", "));
    return flu_string_concat2(w, front, value);
}

enum { NAME_MAX_SIZE = 256 };

static bool one_header(flu_worker *w, reader *r, flu_http_head *head) {
    char name[NAME_MAX_SIZE];
    const char *start = r->at;
    size_t size = span_of(r, is_token);
    if (size == 0 || size > sizeof name || !skip(r, ":")) return false;
    for (size_t i = 0; i < size; i++) name[i] = lower(start[i]);
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t')) r->at++;
    const char *text = r->at;
    size_t length = span_of(r, is_value);
    if (!skip(r, "\r\n")) return false;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
    flu_value key = flu_string_new(w, name, size), value = value_text(w, text, length);
    flu_value old = flu_dict_get(w, head->headers, key);
    head->headers = flu_dict_set(w, head->headers, key, old == FLU_UNDEF ? value : joined(w, key, old, value));
    return true;
}

/* A length that is given twice, in the same words, is one: RFC 9112, 6.3. -1: it is none. */
static int64_t content_length(flu_value text) {
    const char *p = FLU_STR(text)->bytes;
    int64_t first = -1;
    for (;;) {
        int64_t n = 0;
        int digits = 0;
        for (; *p >= '0' && *p <= '9' && digits < 18; p++, digits++) n = n * 10 + (*p - '0');
        if (digits == 0 || (first >= 0 && n != first)) return -1;
        first = n;
        if (*p == '\0') return first;
        if (strncmp(p, ", ", 2) != 0) return -1;
        p += 2;
    }
}

static int framing(flu_worker *w, flu_http_head *head, bool request) {
    flu_value length = header(w, head, "content-length"), coding = header(w, head, "transfer-encoding");
    head->length = request ? 0 : FLU_HTTP_UNTIL_CLOSE;
    if (coding != FLU_NIL) {
        if (length != FLU_NIL || head->minor == 0) return 400;
        if (!text_is(FLU_STR(coding)->bytes, flu_str_size(coding), "chunked")) return 501;
        head->length = FLU_HTTP_CHUNKED;
    } else if (length != FLU_NIL && (head->length = content_length(length)) < 0) {
        return 400;
    }
    return 0;
}

static void connection(flu_worker *w, flu_http_head *head) {
    flu_value options = header(w, head, "connection");
    head->keep_alive = head->minor == 1 ? !list_has(options, "close") : list_has(options, "keep-alive");
    head->upgrade = list_has(options, "upgrade");
    head->expects = head->minor == 1 && list_has(header(w, head, "expect"), "100-continue");
}

int flu_http_parse(flu_worker *w, const char *text, size_t size, bool request, flu_http_head *head) {
    reader r = {text, text + size};
    *head = (flu_http_head){.headers = flu_dict_lit(w, 0, NULL)};
    int refused = request ? request_line(&r, head) : status_line(&r, head) ? 0 : 400;
    if (refused) return refused;
    while (!skip(&r, "\r\n"))
        if (!one_header(w, &r, head)) return 400;
    if (r.at != r.end) return 400;
    refused = framing(w, head, request);
    if (refused) return refused;
    connection(w, head);
    /* One host, and no more: RFC 9112, 3.2. */
    flu_value host = header(w, head, "host");
    if (request && head->minor == 1 && host == FLU_NIL) return 400;
    return request && host != FLU_NIL && strchr(FLU_STR(host)->bytes, ',') != NULL ? 400 : 0;
}
