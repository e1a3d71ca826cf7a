/* read_string.c: strings, their escapes, and the #\ characters. */
#include <string.h>

#include "lexer.h"

uint32_t string_end(const lexer *x, uint32_t start) {
    const char *p = x->text + start + 1, *end = x->text + x->size;
    for (; p < end; p++) {
        if (*p == '"') return (uint32_t)(p + 1 - x->text);
        if (*p == '\\') p++;
    }
    return 0;
}

/* The code point written as n hexadecimal digits, or -1. */
static int64_t hex_code_point(const char *p, size_t n) {
    uint32_t value = 0;
    if (n == 0 || n > 6) return -1;
    for (size_t i = 0; i < n; i++) {
        int v = hex_value(p[i]);
        if (v < 0) return -1;
        value = value << 4 | (uint32_t)v;
    }
    return codepoint_valid(value) ? (int64_t)value : -1;
}

static size_t hex_digits(const char *p, const char *end) {
    size_t n = 0;
    while (p + n < end && hex_value(p[n]) >= 0) n++;
    return n;
}

/* Code point of the {HHHH} at *p, which moves behind it; -1: malformed, *p moves behind what can belong to it. */
static int64_t braced_code_point(const char **p, const char *end) {
    const char *digits = *p + 1;
    if (*p >= end || **p != '{') return -1;
    size_t n = hex_digits(digits, end);
    *p = digits + n;
    if (*p >= end || **p != '}') return -1;
    ++*p;
    return hex_code_point(digits, n);
}

static uint32_t bad_escape(lexer *x, const char *escape, const char *end, const char *hint) {
    uint32_t start = (uint32_t)(escape - x->text), stop = (uint32_t)(end - x->text);
    diag_error(x->d, E0008, span_of(x, start, stop), "malformed escape `%.*s`", QUOTED(x, start, stop));
    diag_hint(x->d, "%s", hint);
    return CODEPOINT_REPLACEMENT;
}

/* \u{...}: *p is behind the u. */
static uint32_t unicode_escape(lexer *x, const char *escape, const char **p, const char *end) {
    bool braced = *p < end && **p == '{';
    int64_t cp = braced_code_point(p, end);
    if (cp >= 0) return (uint32_t)cp;
    bool closed = braced && (*p)[-1] == '}';
    if (!braced) *p += hex_digits(*p, end < *p + 4 ? end : *p + 4);
    return bad_escape(x, escape, *p,
                      closed ? "one to six hexadecimal digits, at most 10FFFF, no surrogate (D800 to DFFF)"
                             : "write \\u{...} with hexadecimal digits in braces, as in \\u{e9}");
}

static uint32_t hex_escape(lexer *x, const char *escape, const char **p, const char *end) {
    size_t n = hex_digits(*p, end < *p + 2 ? end : *p + 2);
    const char *digits = *p;
    *p += n;
    if (n == 2) return (uint32_t)hex_code_point(digits, 2);
    return bad_escape(x, escape, *p, "write \\xHH with two hexadecimal digits, as in \\x41");
}

static void unknown_escape(lexer *x, const char *escape, const char *end) {
    uint32_t start = (uint32_t)(escape - x->text), stop = (uint32_t)(end - x->text);
    bool newline = escape[1] == '\n' || escape[1] == '\r';
    if (newline)
        diag_warning(x->d, W0101, span_of(x, start, start + 1), "backslash at the end of a line in a string is kept");
    else
        diag_warning(x->d, W0101, span_of(x, start, stop), "unknown escape `%.*s` in a string keeps its backslash",
                     QUOTED(x, start, stop));
    diag_hint(x->d, newline ? "a string may simply go on in the next line" : "write \\\\ for a backslash");
}

/* Decodes the escape at *p (its backslash) into out; gives the number of bytes, never more than were read. */
static size_t decode_escape(lexer *x, const char **p, const char *end, char *out) {
    static const char letters[] = "ntr\\\"0", values[] = "\n\t\r\\\"\0";
    const char *escape = *p, *letter = *p + 1;
    const char *known = letter < end && *letter != '\0' ? strchr(letters, *letter) : NULL;
    *p += 2;
    if (known != NULL) {
        *out = values[known - letters];
        return 1;
    }
    if (letter < end && *letter == 'u') {
        /* A malformed one may be shorter than the replacement character's three bytes: \u alone is two. */
        uint32_t cp = unicode_escape(x, escape, p, end);
        if (cp == CODEPOINT_REPLACEMENT && *p - escape < 3) cp = '?';
        return utf8_encode(cp, out);
    }
    if (letter < end && *letter == 'x') {
        uint32_t cp = hex_escape(x, escape, p, end);
        if (cp == CODEPOINT_REPLACEMENT && *p - escape < 3) cp = '?';
        return utf8_encode(cp, out);
    }
    uint32_t cp;
    size_t n = letter < end ? utf8_decode(letter, (size_t)(end - letter), &cp) : 0;
    *p = letter + (n > 0 ? n : letter < end);
    unknown_escape(x, escape, *p);
    memcpy(out, escape, (size_t)(*p - escape));
    return (size_t)(*p - escape);
}

datum *read_string_contents(lexer *x, uint32_t from, uint32_t to, span at) {
    datum *result = datum_new(x, DATUM_STRING, at.start, at.end);
    const char *p = x->text + from, *end = x->text + to;
    char *out = arena_alloc((size_t)(to - from) + 1), *q = out;
    while (p < end) {
        const char *backslash = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((backslash == NULL ? end : backslash) - p);
        memcpy(q, p, plain);
        p += plain, q += plain;
        if (p < end) q += decode_escape(x, &p, end, q);
    }
    result->text = out;
    result->size = (uint32_t)(q - out);
    return result;
}

/* --- Characters ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    char value;
} char_names[] = {{"newline", '\n'}, {"space", ' '},  {"tab", '\t'},       {"return", '\r'},
                  {"nul", '\0'},     {"null", '\0'},  {"backspace", '\b'}, {"delete", 127},
                  {"escape", 27},    {"alarm", '\a'}, {"linefeed", '\n'},  {"page", '\f'}};
enum { CHAR_NAMES = sizeof char_names / sizeof *char_names };

static uint32_t unknown_character(lexer *x, uint32_t start, uint32_t end) {
    const char *names[CHAR_NAMES];
    for (size_t i = 0; i < CHAR_NAMES; i++) names[i] = char_names[i].name;
    diag_error(x->d, E0012, span_of(x, start, end), "unknown character name `%.*s`", QUOTED(x, start, end));
    const char *near = did_you_mean(arena_copy(x->text + start + 2, end - start - 2), names, CHAR_NAMES);
    if (near != NULL)
        diag_hint(x->d, "did you mean `#\\%s`?", near);
    else
        diag_hint(x->d, "write #\\a, #\\newline, #\\u{e9}, or a string");
    return '?';
}

/* #\name, #\x41, #\u00e9: name is text[start + 2, end), at least two bytes. */
static uint32_t named_character(lexer *x, uint32_t start, uint32_t end) {
    const char *name = x->text + start + 2;
    size_t n = end - start - 2;
    for (size_t i = 0; i < CHAR_NAMES; i++)
        if (strlen(char_names[i].name) == n && memcmp(char_names[i].name, name, n) == 0)
            return (unsigned char)char_names[i].value;
    int64_t cp = name[0] == 'x' || name[0] == 'u' ? hex_code_point(name + 1, n - 1) : -1;
    return cp >= 0 ? (uint32_t)cp : unknown_character(x, start, end);
}

/* #\u{e9}: x->pos is at the u. */
static uint32_t braced_character(lexer *x, uint32_t start) {
    const char *p = x->text + x->pos + 1, *end = x->text + x->size;
    int64_t cp = braced_code_point(&p, end);
    x->pos = (uint32_t)(p - x->text);
    while (!(class_at(x, x->pos) & CLASS_DELIMITER)) x->pos++, cp = -1;
    if (cp >= 0) return (uint32_t)cp;
    diag_error(x->d, E0008, span_of(x, start, x->pos), "malformed character `%.*s`", QUOTED(x, start, x->pos));
    diag_hint(x->d, "one to six hexadecimal digits in braces, at most 10FFFF, no surrogate: #\\u{e9}");
    return '?';
}

datum *read_character(lexer *x) {
    uint32_t start = x->pos, cp = '?';
    x->pos += 2;
    char c = x->text[x->pos];
    if (x->pos >= x->size || c == '\n' || c == '\r' || c == '\0') {
        diag_error(x->d, E0012, span_of(x, start, x->pos), "no character after `#\\`");
        diag_hint(x->d, "write #\\newline for a line break");
    } else if (c == 'u' && x->text[x->pos + 1] == '{') {
        cp = braced_character(x, start);
    } else {
        size_t first = utf8_decode(x->text + x->pos, x->size - x->pos, &cp);
        bool delimiter = class_at(x, x->pos) & CLASS_DELIMITER;
        uint32_t end = x->pos + (first == 0 ? 1 : (uint32_t)first);
        if (first == 0) cp = '?';
        if (!delimiter)
            while (!(class_at(x, end) & CLASS_DELIMITER)) end++;
        if (first > 0 && end > x->pos + first) cp = named_character(x, start, end);
        x->pos = end;
    }
    char bytes[4];
    datum *result = datum_new(x, DATUM_STRING, start, x->pos);
    result->size = utf8_encode(cp, bytes);
    result->text = arena_copy(bytes, result->size);
    return result;
}
