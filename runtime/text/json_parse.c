/* json_parse.c: (json-parse text), RFC 8259.
 *
 * The parser keeps its open arrays and objects on a stack of its own, so that nesting is limited by memory alone, and
 * stops for other tasks like any procedure. Why not jansson: its ints end at 64 bits, and on a document of 10 MB it
 * took 2.5 times as long as node, this one less than node.
 *
 * An open array takes three words of the stack: where the one around it begins, the list so far and its last cell; an
 * open object one such word and then its keys and values in turn. */
#include "text_internal.h"

#include <stdio.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/equal.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/print.h"
#include "value/number_internal.h"

enum {
    STACK_SIZE = 64, /* words of stack that need no allocation */
    KEY_CACHE = 64,  /* keys seen lately: most documents repeat a few */
    CHECK_EVERY = 256,
    NOTHING_OPEN = 0,
};

typedef struct json_parser {
    flu_worker *w;
    flu_value text;       /* keeps the bytes that the pointers point to */
    const char *at, *end; /* *end is a NUL */
    flu_value *stack;
    size_t count, capacity;
    size_t open; /* index of the first word of the innermost open collection; NOTHING_OPEN: none */
    flu_value keys[KEY_CACHE];
    flu_value local[STACK_SIZE];
} json_parser;

static flu_value json_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info json_info = {.name = "json-parse", .file = "<runtime>", .resume = json_resume};

/* ---- errors ---- */

static FLU_COLD flu_value fail_at(json_parser *p, const char *at, const char *message) {
    return flu_text_error(p->w, "json-parse", FLU_STR(p->text)->bytes, at, message);
}

static FLU_COLD flu_value fail_expected(json_parser *p, const char *what) {
    char found[FLU_FOUND_SIZE], message[128];
    snprintf(message, sizeof message, "expected %s, found %s", what, flu_text_found(found, p->at, p->end));
    return fail_at(p, p->at, message);
}

/* ---- the stack ---- */

static FLU_NOINLINE void grow(json_parser *p) {
    flu_value *more = flu_alloc(p->w, 2 * p->capacity * sizeof *more);
    memcpy(more, p->stack, p->count * sizeof *more);
    p->stack = more;
    p->capacity *= 2;
}

FLU_INLINE void push(json_parser *p, flu_value v) {
    if (flu_unlikely(p->count == p->capacity)) grow(p);
    p->stack[p->count++] = v;
}

typedef enum collection { ARRAY, OBJECT } collection;

FLU_INLINE void open_collection(json_parser *p, collection kind) {
    size_t around = p->open;
    p->open = p->count;
    push(p, FLU_FIX(around << 1 | kind));
    if (kind == ARRAY) push(p, FLU_EMPTY), push(p, FLU_NIL);
}

FLU_INLINE collection innermost(const json_parser *p) { return (collection)(flu_fix(p->stack[p->open]) & 1); }

FLU_INLINE void close_collection(json_parser *p) {
    p->count = p->open;
    p->open = (size_t)flu_fix(p->stack[p->open]) >> 1;
}

FLU_INLINE void add_element(json_parser *p, flu_value v) {
    flu_value cell = flu_cons(p->w, v, FLU_EMPTY), last = p->stack[p->open + 2];
    if (flu_is_cons(last))
        FLU_CELL(last)->tail = cell;
    else
        p->stack[p->open + 1] = cell;
    p->stack[p->open + 2] = cell;
}

/* Keys come from the cache with their hashes: as long as those differ, the keys do. */
static bool hashes_differ(const flu_value *pairs, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (FLU_STR(pairs[2 * i])->hash == FLU_STR(pairs[2 * k])->hash) return false;
    return true;
}

static flu_value make_dict(json_parser *p) {
    const flu_value *pairs = p->stack + p->open + 1;
    size_t n = (p->count - p->open - 1) / 2;
    if (n > FLU_TABLE_FLAT_MAX || !hashes_differ(pairs, n)) return flu_dict_lit(p->w, (int)n, pairs);
    flu_dict *d = flu_alloc(p->w, sizeof *d + 2 * n * sizeof(flu_value));
    d->h = FLU_HEADER(FLU_T_DICT, 0, 0, n);
    memcpy(d->items, pairs, 2 * n * sizeof(flu_value));
    return FLU_VALUE(d);
}

/* ---- white space ---- */

FLU_INLINE void skip_space(json_parser *p) {
    while (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t') p->at++;
}

/* ---- strings ---- */

/* Four hexadecimal digits; -1: they are none. (What follows the text is a NUL.) */
static int32_t hex4(const char *p) {
    int32_t n = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (digit < 0) return -1;
        n = n << 4 | digit;
    }
    return n;
}

/* The code point of the \u escape at *at (behind the u), two of them for a pair of surrogates. Moves past it. NULL, or
 * what is wrong. */
static const char *unicode_escape(const char **at, uint32_t *c) {
    int32_t first = hex4(*at);
    if (first < 0) return "\\u must be followed by four hexadecimal digits";
    *at += 4;
    *c = (uint32_t)first;
    if (first < 0xd800 || first > 0xdfff) return NULL;
    int32_t second = first < 0xdc00 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2) : -1;
    if (second < 0xdc00 || second > 0xdfff) return "a lone surrogate is no character";
    *at += 6;
    *c = 0x10000 + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00);
    return NULL;
}

/* The character that a backslash and c stand for; 0: none. */
static char short_escape(char c) {
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"':
    case '\\':
    case '/': return c;
    default: return 0;
    }
}

/* The escape at *at (behind the backslash) goes to b as UTF-8. Moves past it. NULL, or what is wrong. */
static const char *escape(const char **at, flu_buf *b) {
    uint32_t c = (uint8_t)short_escape(**at);
    bool unicode = **at == 'u';
    ++*at;
    const char *wrong = unicode ? unicode_escape(at, &c) : c == 0 ? "no such escape" : NULL;
    if (wrong == NULL && flu_buf_reserve(b, 4)) b->size += flu_utf8_put(b->data + b->size, c);
    return wrong;
}

/* The string that begins at `start`, plain up to p->at, goes to b; p->at comes to stand behind it. False after
 * throwing. */
static bool unescape(json_parser *p, const char *start, flu_buf *b) {
    uint64_t mixed = 0;
    for (;;) {
        flu_buf_add(b, start, (size_t)(p->at - start));
        if (*p->at == '"') return p->at++, true;
        if (p->at == p->end) return fail_at(p, p->at, "the string has no closing quote"), false;
        if (*p->at != '\\') return fail_at(p, p->at, "control characters in strings must be escaped"), false;
        const char *backslash = p->at++, *wrong = escape(&p->at, b);
        if (wrong != NULL) return fail_at(p, backslash, wrong), false;
        start = p->at;
        p->at = flu_json_plain(p->at, p->end, &mixed);
    }
}

static FLU_NOINLINE flu_value escaped_string(json_parser *p, const char *start) {
    flu_buf b;
    flu_buf_init(&b);
    flu_value s = unescape(p, start, &b) ? flu_buf_string(p->w, &b, "json-parse") : FLU_ABNORMAL;
    flu_buf_free(&b);
    return s;
}

/* The string whose text begins at p->at; if it has no escapes, `plain` makes it. */
FLU_INLINE flu_value parse_string(json_parser *p, flu_value (*plain)(json_parser *, const char *, size_t, bool)) {
    const char *start = p->at;
    uint64_t mixed = 0;
    p->at = flu_json_plain(start, p->end, &mixed);
    if (flu_unlikely(*p->at != '"')) return escaped_string(p, start);
    return plain(p, start, (size_t)(p->at++ - start), (mixed & FLU_HIGH_BITS) == 0);
}

FLU_INLINE flu_value plain_string(json_parser *p, const char *start, size_t size, bool ascii) {
    return flu_string_make(p->w, start, size, ascii ? size : flu_utf8_count(start, size));
}

FLU_INLINE flu_value plain_key(json_parser *p, const char *start, size_t size, bool ascii) {
    uint32_t hash = flu_bytes_hash(start, size);
    flu_value *known = &p->keys[hash % KEY_CACHE];
    if (*known != 0 && FLU_STR(*known)->hash == hash && flu_str_size(*known) == size &&
        memcmp(FLU_STR(*known)->bytes, start, size) == 0)
        return *known;
    *known = plain_string(p, start, size, ascii);
    flu_string_hash(*known); /* of short ones it may not be known yet */
    return *known;
}

/* A key and its colon. */
FLU_INLINE flu_value parse_key(json_parser *p) {
    skip_space(p);
    if (flu_unlikely(*p->at != '"')) return fail_expected(p, "a key in quotes");
    p->at++;
    flu_value key = parse_string(p, plain_key);
    if (key == FLU_ABNORMAL) return FLU_ABNORMAL;
    flu_string_hash(key);
    skip_space(p);
    if (flu_unlikely(*p->at != ':')) return fail_expected(p, "':'");
    p->at++;
    return key;
}

/* ---- numbers ---- */

FLU_INLINE bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits are gathered in *n as long as they fit; gives how many there are. */
FLU_INLINE int64_t digits(const char **at, uint64_t *n) {
    const char *start = *at;
    for (; is_digit(**at); ++*at) *n = *n * 10 + (uint64_t)(**at - '0');
    return *at - start;
}

/* A number of many digits: [digits][.digits] with this exponent. */
static FLU_NOINLINE double long_decimal(const char *start, const char *end, int64_t exponent) {
    flu_buf b;
    double d = 0;
    flu_buf_init(&b);
    if (flu_buf_reserve(&b, (size_t)(end - start))) {
        for (; start < end; start++)
            if (is_digit(*start)) b.data[b.size++] = *start;
        d = flu_decimal_to_double(b.data, b.size, exponent);
    }
    flu_buf_free(&b);
    return d;
}

/* The exponent behind an e, added to *exponent; false: there are no digits. */
static bool parse_exponent(json_parser *p, int64_t *exponent) {
    bool negative = *p->at == '-';
    int64_t n = 0;
    if (*p->at == '-' || *p->at == '+') p->at++;
    if (!is_digit(*p->at)) return false;
    for (; is_digit(*p->at); p->at++)
        if (n < INT32_MAX) n = n * 10 + (*p->at - '0');
    *exponent += negative ? -n : n;
    return true;
}

/* The number at `start` goes on behind its first digits, whose value (if there are not too many) is m. */
static flu_value parse_float(json_parser *p, const char *start, int64_t count, uint64_t m, bool negative) {
    int64_t exponent = 0;
    double d;
    if (*p->at == '.') {
        p->at++;
        int64_t more = digits(&p->at, &m);
        if (more == 0) return fail_expected(p, "a digit");
        count += more;
        exponent = -more;
    }
    const char *end = p->at;
    if (*p->at == 'e' || *p->at == 'E') {
        p->at++;
        if (!parse_exponent(p, &exponent)) return fail_expected(p, "a digit");
    }
    if (count > 19 || !flu_short_decimal(m, exponent, &d)) d = long_decimal(start, end, exponent);
    if (flu_unlikely(__builtin_isinf(d))) return fail_at(p, start, "the number is too large for a float");
    return flu_float(p->w, negative ? -d : d);
}

FLU_INLINE flu_value parse_number(json_parser *p) {
    const char *start = p->at;
    bool negative = *p->at == '-';
    uint64_t m = 0;
    p->at += negative;
    const char *first = p->at;
    int64_t count = digits(&p->at, &m);
    if (flu_unlikely(count == 0)) return fail_expected(p, "a digit");
    if (flu_unlikely(*first == '0' && count > 1)) return fail_at(p, start, "a number must not begin with 0");
    if (*p->at == '.' || *p->at == 'e' || *p->at == 'E') return parse_float(p, first, count, m, negative);
    if (flu_likely(count <= 18)) return flu_int(p->w, negative ? -(int64_t)m : (int64_t)m);
    return flu_int_from_digits(p->w, first, (size_t)count, 10, negative);
}

/* ---- values ---- */

static flu_value parse_word(json_parser *p, const char *word, flu_value v) {
    size_t size = strlen(word);
    if ((size_t)(p->end - p->at) < size || memcmp(p->at, word, size) != 0) return fail_expected(p, "a value");
    p->at += size;
    return v;
}

/* A value that is no collection, or the beginning of one: then FLU_UNDEF, and it is open (unless it was empty). */
FLU_INLINE flu_value begin_value(json_parser *p) {
    skip_space(p);
    switch (*p->at) {
    case '"': p->at++; return parse_string(p, plain_string);
    case '{':
        p->at++, skip_space(p);
        if (*p->at == '}') return p->at++, FLU_EMPTY_DICT;
        open_collection(p, OBJECT);
        return FLU_UNDEF;
    case '[':
        p->at++, skip_space(p);
        if (*p->at == ']') return p->at++, FLU_EMPTY;
        open_collection(p, ARRAY);
        return FLU_UNDEF;
    case 't': return parse_word(p, "true", FLU_TRUE);
    case 'f': return parse_word(p, "false", FLU_FALSE);
    case 'n': return parse_word(p, "null", FLU_NIL);
    default:
        if (is_digit(*p->at) || *p->at == '-') return parse_number(p);
        return fail_expected(p, "a value");
    }
}

/* Puts *v into the innermost collection. If that ends here it becomes *v, and so on outwards. False: thrown. */
FLU_INLINE bool finish_value(json_parser *p, flu_value *v) {
    while (p->open != NOTHING_OPEN) {
        collection kind = innermost(p);
        if (kind == ARRAY)
            add_element(p, *v);
        else
            push(p, *v);
        skip_space(p);
        if (*p->at == ',') return p->at++, true;
        if (flu_unlikely(*p->at != (kind == ARRAY ? ']' : '}')))
            return fail_expected(p, kind == ARRAY ? "',' or ']'" : "',' or '}'"), false;
        p->at++;
        *v = kind == ARRAY ? p->stack[p->open + 1] : make_dict(p);
        close_collection(p);
    }
    return true;
}

static flu_value finish_text(json_parser *p, flu_value v) {
    skip_space(p);
    return p->at == p->end ? v : fail_expected(p, "the end of the text");
}

/* Parses until the end, or for a while: then FLU_UNDEF. Between two calls a value is due. */
static flu_value parse_some(json_parser *p) {
    for (int left = CHECK_EVERY; left > 0; left--) {
        if (p->open != NOTHING_OPEN && innermost(p) == OBJECT) {
            flu_value key = parse_key(p);
            if (key == FLU_ABNORMAL) return FLU_ABNORMAL;
            push(p, key);
        }
        flu_value v = begin_value(p);
        if (v == FLU_UNDEF) continue;
        if (v == FLU_ABNORMAL || !finish_value(p, &v)) return FLU_ABNORMAL;
        if (p->open == NOTHING_OPEN) return finish_text(p, v);
    }
    return FLU_UNDEF;
}

/* ---- stopping for others ---- */

static json_parser *in_heap(json_parser *p) {
    json_parser *copy = flu_alloc(p->w, sizeof *copy);
    *copy = *p;
    if (p->stack == p->local) copy->stack = copy->local;
    return copy;
}

/* p: on the C stack, or in the heap if the parser was resumed from `old`. */
static flu_value parse_all(flu_worker *w, flu_frame *old, json_parser *p) {
    flu_value v;
    while ((v = parse_some(p)) == FLU_UNDEF) {
        if (!flu_must_yield(w)) continue;
        flu_frame *f = flu_yield(w, old, &json_info, 0, 1);
        if (f != NULL) f->slots[0] = FLU_VALUE(old == NULL ? in_heap(p) : p);
        return FLU_ABNORMAL;
    }
    return v;
}

static flu_value json_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
    json_parser *p = FLU_AS(json_parser, f->slots[0]);
    p->w = w; /* another worker may have taken the task over */
    return parse_all(w, f, p);
}

/* ---- the procedure ---- */

/* The text to parse: a string, or the body of an HTTP response. FLU_ABNORMAL: type-error. */
static flu_value text_argument(flu_worker *w, flu_value v) {
    if (flu_is_string(v)) return v;
    if (flu_is_dict(v)) {
        flu_value body = flu_dict_get(w, v, flu_string_lit(w, "body"));
        if (flu_is_string(body)) return body;
    }
    return flu_type_error(w, "json-parse", 1, "a string, or a response with a \"body\"", v);
}

flu_value flu_json_parse(flu_worker *w, flu_value text) {
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    text = text_argument(w, text);
    if (text == FLU_ABNORMAL) return FLU_ABNORMAL;
    json_parser p = {.w = w, .text = text, .count = 1, .capacity = STACK_SIZE, .open = NOTHING_OPEN};
    p.stack = p.local;
    p.at = FLU_STR(text)->bytes;
    p.end = p.at + flu_str_size(text);
    if (strncmp(p.at, byte_order_mark, 3) == 0) p.at += 3;
    return parse_all(w, NULL, &p);
}
