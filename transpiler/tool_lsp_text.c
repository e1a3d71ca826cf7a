/* tool_lsp_text.c: open documents, URIs and positions. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "tool_lsp.h"

/* ---- URIs ---- */

static int hex(char c) {
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10 : -1;
}

char *lsp_path_of(const char *uri) {
    const char *p = strncmp(uri, "file://", 7) == 0 ? uri + 7 : uri;
    if (p > uri && *p != '/') p += strcspn(p, "/"); /* the host */
    char *path = malloc(strlen(p) + 1), *out = path;
    if (!path) arena_out_of_memory();
    for (; *p; p++) {
        bool escaped = *p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0 && (p[1] != '0' || p[2] != '0');
        *out++ = escaped ? (char)(hex(p[1]) << 4 | hex(p[2])) : *p;
        if (escaped) p += 2;
    }
    *out = '\0';
    return path;
}

const char *lsp_uri_of(const char *path) {
    text out = {0};
    text_add(&out, "file://");
    for (const char *p = path; *p; p++) {
        if (isalnum((unsigned char)*p) || strchr("-._~/", *p))
            text_add_bytes(&out, p, 1);
        else
            text_printf(&out, "%%%02X", (unsigned)(unsigned char)*p);
    }
    return text_chars(&out);
}

/* ---- documents ---- */

lsp_document *lsp_find(lsp_server *s, const char *uri) {
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->documents[i].uri, uri) == 0) return &s->documents[i];
    return NULL;
}

static char *copied(const char *chars, size_t size) {
    char *copy = malloc(size + 1);
    if (!copy) arena_out_of_memory();
    memcpy(copy, chars, size);
    copy[size] = '\0';
    return copy;
}

static void set_text(lsp_document *doc, char *chars, size_t size) {
    free(doc->text);
    doc->text = chars;
    doc->size = size;
    doc->dirty = true;
}

void lsp_open(lsp_server *s, const char *uri, const char *chars, size_t size) {
    lsp_document *doc = lsp_find(s, uri);
    if (!doc) {
        s->documents = realloc(s->documents, (s->count + 1) * sizeof *s->documents);
        if (!s->documents) arena_out_of_memory();
        doc = &s->documents[s->count++];
        *doc = (lsp_document){.uri = copied(uri, strlen(uri)), .path = lsp_path_of(uri)};
    }
    set_text(doc, copied(chars, size), size);
}

void lsp_close(lsp_server *s, const char *uri) {
    lsp_document *doc = lsp_find(s, uri);
    if (!doc) return;
    free(doc->uri);
    free(doc->path);
    free(doc->text);
    *doc = s->documents[--s->count];
}

/* ---- positions ---- */

/* What a code point of n bytes counts in a line. */
static size_t units(const lsp_server *s, size_t n) { return s->utf8 ? n : n == 4 ? 2 : 1; }

static size_t code_point_size(const char *p, size_t left) {
    uint32_t cp;
    size_t n = utf8_decode(p, left, &cp);
    return n ? n : 1;
}

size_t lsp_offset(const lsp_server *s, const char *chars, size_t size, const json *position) {
    long line = json_int(json_get(position, "line"), 0), wanted = json_int(json_get(position, "character"), 0);
    size_t at = 0;
    for (; line > 0; line--) {
        const char *newline = memchr(chars + at, '\n', size - at);
        if (!newline) return size;
        at = (size_t)(newline - chars) + 1;
    }
    for (long column = 0; column < wanted && at < size && chars[at] != '\n';) {
        size_t n = code_point_size(chars + at, size - at);
        column += (long)units(s, n);
        at += n;
    }
    return at;
}

void lsp_add_position(const lsp_server *s, const source *src, uint32_t offset, text *out) {
    if (offset > src->size) offset = (uint32_t)src->size;
    uint32_t line = source_line(src, offset) - 1, column = 0;
    for (uint32_t at = src->lines[line]; at < offset;) {
        size_t n = code_point_size(src->text + at, src->size - at);
        column += (uint32_t)units(s, n);
        at += (uint32_t)n;
    }
    text_printf(out, "{\"line\":%u,\"character\":%u}", line, column);
}

void lsp_add_range(const lsp_server *s, const source *src, uint32_t start, uint32_t end, text *out) {
    text_add(out, "{\"start\":");
    lsp_add_position(s, src, start, out);
    text_add(out, ",\"end\":");
    lsp_add_position(s, src, end, out);
    text_add(out, "}");
}

void lsp_add_location(const lsp_server *s, span at, text *out) {
    text_add(out, "{\"uri\":");
    json_add_text(out, lsp_uri_of(at.src->path));
    text_add(out, ",\"range\":");
    lsp_add_range(s, at.src, at.start, at.end, out);
    text_add(out, "}");
}

/* ---- changes ---- */

void lsp_change(const lsp_server *s, lsp_document *doc, const json *change) {
    const json *fresh = json_get(change, "text"), *range = json_get(change, "range");
    if (!fresh || fresh->kind != JSON_STRING) return;
    size_t start = 0, end = doc->size;
    if (range && range->kind == JSON_OBJECT) {
        start = lsp_offset(s, doc->text, doc->size, json_get(range, "start"));
        end = lsp_offset(s, doc->text, doc->size, json_get(range, "end"));
        if (end < start) end = start;
    }
    size_t size = start + fresh->size + (doc->size - end);
    char *chars = malloc(size + 1);
    if (!chars) arena_out_of_memory();
    memcpy(chars, doc->text, start);
    memcpy(chars + start, fresh->text, fresh->size);
    memcpy(chars + start + fresh->size, doc->text + end, doc->size - end);
    chars[size] = '\0';
    set_text(doc, chars, size);
}
