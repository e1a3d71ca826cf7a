/* tool_json.c: a JSON reader and the quoting of strings. Recursion ends at MAX_DEPTH. */
#include "tool_json.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "codepoint.h"

enum { MAX_DEPTH = 256 };

typedef struct reader {
    const char *p, *end;
    int depth;
} reader;

static json *read_value(reader *r);

static void skip_space(reader *r) {
    while (r->p < r->end && strchr(" \t\r\n", *r->p) && *r->p) r->p++;
}

static bool take(reader *r, char c) {
    skip_space(r);
    if (r->p >= r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static json *new_value(json_kind kind) {
    json *x = NEW(json);
    x->kind = kind;
    return x;
}

/* ---- strings ---- */

static bool read_hex4(reader *r, uint32_t *unit) {
    *unit = 0;
    if (r->end - r->p < 4) return false;
    for (int i = 0; i < 4; i++) {
        char c = *r->p++;
        const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
        if (!at) return false;
        *unit = *unit << 4 | (uint32_t)(at - digits);
    }
    return true;
}

/* Behind \u; a lone surrogate becomes U+FFFD. */
static bool read_unicode(reader *r, uint32_t *cp) {
    uint32_t low;
    if (!read_hex4(r, cp)) return false;
    if (*cp >= 0xD800 && *cp < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
        r->p += 2;
        if (!read_hex4(r, &low)) return false;
        *cp = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00) : CODEPOINT_REPLACEMENT;
    }
    if (!codepoint_valid(*cp)) *cp = CODEPOINT_REPLACEMENT;
    return true;
}

static bool read_escape(reader *r, text *out) {
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (r->p >= r->end || *r->p == '\0') return false;
    char c = *r->p++, bytes[4];
    const char *at = strchr(letters, c);
    uint32_t cp;
    if (at) {
        text_add_bytes(out, &values[at - letters], 1);
        return true;
    }
    if (c != 'u' || !read_unicode(r, &cp)) return false;
    text_add_bytes(out, bytes, utf8_encode(cp, bytes));
    return true;
}

static json *read_string(reader *r) {
    text out = {0};
    r->p++;
    for (;;) {
        const char *from = r->p;
        while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20) r->p++;
        if (r->p > from) text_add_bytes(&out, from, (size_t)(r->p - from));
        if (r->p >= r->end || (unsigned char)*r->p < 0x20) return NULL;
        if (*r->p++ == '"') break;
        if (!read_escape(r, &out)) return NULL;
    }
    json *x = new_value(JSON_STRING);
    x->text = text_chars(&out);
    x->size = out.size;
    return x;
}

/* ---- the rest ---- */

static json *read_number(reader *r) {
    char digits[64];
    size_t n = 0;
    while (r->p + n < r->end && r->p[n] && strchr("+-.eE0123456789", r->p[n]) && n < sizeof digits - 1) n++;
    memcpy(digits, r->p, n);
    digits[n] = '\0';
    char *end;
    json *x = new_value(JSON_NUMBER);
    x->number = strtod(digits, &end);
    if (n == 0 || end == digits || *end) return NULL;
    r->p += n;
    return x;
}

static json *read_word(reader *r) {
    static const struct {
        const char *word;
        json_kind kind;
    } words[] = {{"null", JSON_NULL}, {"true", JSON_TRUE}, {"false", JSON_FALSE}};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(words[i].word);
        if ((size_t)(r->end - r->p) < n || memcmp(r->p, words[i].word, n) != 0) continue;
        r->p += n;
        return new_value(words[i].kind);
    }
    return NULL;
}

static json *read_member(reader *r) {
    skip_space(r);
    if (r->p >= r->end || *r->p != '"') return NULL;
    const json *key = read_string(r);
    json *x = key && take(r, ':') ? read_value(r) : NULL;
    if (x) x->key = key->text;
    return x;
}

static json *read_items(reader *r, json_kind kind, char closer) {
    json *x = new_value(kind);
    r->p++;
    if (take(r, closer)) return x;
    do {
        json *item = kind == JSON_OBJECT ? read_member(r) : read_value(r);
        if (!item) return NULL;
        PUSH(x->items, x->count, x->capacity, item);
    } while (take(r, ','));
    return take(r, closer) ? x : NULL;
}

static json *read_any(reader *r) {
    switch (*r->p) {
    case '{': return read_items(r, JSON_OBJECT, '}');
    case '[': return read_items(r, JSON_ARRAY, ']');
    case '"': return read_string(r);
    case 'n':
    case 't':
    case 'f': return read_word(r);
    default: return read_number(r);
    }
}

static json *read_value(reader *r) {
    skip_space(r);
    if (r->p >= r->end || r->depth == MAX_DEPTH) return NULL;
    const char *start = r->p;
    r->depth++;
    json *x = read_any(r);
    r->depth--;
    if (!x) return NULL;
    x->raw = start;
    x->raw_size = (size_t)(r->p - start);
    return x;
}

const json *json_parse(const char *s, size_t n) {
    reader r = {.p = s, .end = s + n};
    const json *x = read_value(&r);
    skip_space(&r);
    return r.p == r.end ? x : NULL;
}

/* ---- asking ---- */

const json *json_get(const json *o, const char *key) {
    if (!o || o->kind != JSON_OBJECT) return NULL;
    for (size_t i = o->count; i-- > 0;) /* of two of one name the last counts */
        if (strcmp(o->items[i]->key, key) == 0) return o->items[i];
    return NULL;
}

const json *json_at(const json *a, size_t index) {
    return a && a->kind == JSON_ARRAY && index < a->count ? a->items[index] : NULL;
}

const char *json_text(const json *s) { return s && s->kind == JSON_STRING ? s->text : ""; }

long json_int(const json *n, long otherwise) {
    bool fits = n && n->kind == JSON_NUMBER && fabs(n->number) < 1e15;
    return fits ? (long)n->number : otherwise;
}

bool json_true(const json *b) { return b && b->kind == JSON_TRUE; }

/* ---- writing ---- */

static void add_code_point(text *out, const char *s, size_t n, uint32_t cp) {
    if (cp == '"' || cp == '\\')
        text_printf(out, "\\%c", (char)cp);
    else if (cp == '\n')
        text_add(out, "\\n");
    else if (cp < 0x20 || cp == 0x7F)
        text_printf(out, "\\u%04x", (unsigned)cp);
    else
        text_add_bytes(out, s, n);
}

void json_add(text *out, const char *s, size_t n) {
    text_add(out, "\"");
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t length = utf8_decode(s + i, n - i, &cp);
        if (length)
            add_code_point(out, s + i, length, cp);
        else
            text_add(out, "\xEF\xBF\xBD");
        i += length ? length : 1;
    }
    text_add(out, "\"");
}
