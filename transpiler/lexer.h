/* lexer.h: what the reader (reader.h) shares with read_number.c and read_string.c. */
#ifndef LEXER_H
#define LEXER_H

#include "arena.h"
#include "codepoint.h"
#include "datum.h"

/* Place in the text, and whom to tell. */
typedef struct lexer {
    const source *src;
    diag *d;
    const char *text; /* src->text: a NUL stands at text[size] */
    uint32_t size, pos;
    span *spoilt; /* for diag_spoil, at the end: what had to be guessed */
    size_t spoilt_count, spoilt_capacity;
} lexer;

/* What was read from start to end is a guess: later passes should not report its consequences. */
void spoil(lexer *x, uint32_t start, uint32_t end);

enum { CLASS_DELIMITER = 1, CLASS_SPACE = 2, CLASS_CONTROL = 4, CLASS_HIGH = 8 };
extern const unsigned char char_class[256];

static inline unsigned class_at(const lexer *x, uint32_t pos) { return char_class[(unsigned char)x->text[pos]]; }
static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Value of a hexadecimal digit, or -1. */
static inline int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static inline span span_of(const lexer *x, uint32_t start, uint32_t end) {
    return (span){.src = x->src, .start = start, .end = end};
}

/* A text for %.*s: what stands from start to end, at most 60 bytes of it. */
#define QUOTED(x, start, end) quoted_size((x), (start), (end)), (x)->text + (start)
int quoted_size(const lexer *x, uint32_t start, uint32_t end);

datum *datum_new(const lexer *x, datum_kind kind, uint32_t start, uint32_t end);
datum *datum_symbol(const lexer *x, const char *interned, uint32_t start, uint32_t end);

/* Does the token begin as only numbers may? */
bool begins_number(const lexer *x, uint32_t start, uint32_t end);
/* The number or range of a token for which begins_number; reports malformed ones and gives 0 then. */
datum *read_number(lexer *x, uint32_t start, uint32_t end);

/* End of the string that starts at start (just behind its closing quote), or 0: the text ends first. */
uint32_t string_end(const lexer *x, uint32_t start);
/* The string whose contents are text[from, to), between the quotes: escapes decoded, bad ones reported. */
datum *read_string_contents(lexer *x, uint32_t from, uint32_t to, span at);
/* #\a, #\newline, #\u{e9}: x->pos is at the #, and moves behind. */
datum *read_character(lexer *x);

#endif
