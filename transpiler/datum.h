/* datum.h: what the reader makes: a tree of data with positions. */
#ifndef DATUM_H
#define DATUM_H

#include "diag.h"

typedef enum __attribute__((packed)) datum_kind {
    DATUM_INT,    /* i: fits in 61 bits */
    DATUM_BIGINT, /* text: decimal digits with an optional minus sign */
    DATUM_FLOAT,  /* f */
    DATUM_STRING, /* text, size: decoded UTF-8, may hold NULs */
    DATUM_TRUE,
    DATUM_FALSE,
    DATUM_NIL,
    DATUM_SYMBOL,  /* text: interned */
    DATUM_KEYWORD, /* text: interned, without the colon */
    DATUM_LIST,    /* ( ) : items, count; tail after a dot, or NULL. count may be 0 with a tail: (. xs) */
    DATUM_BRACKET, /* [ ] */
    DATUM_BRACE,   /* { } */
} datum_kind;

/* 'x `x ,x ,@x are read as the lists (quote x), (quasiquote x), (unquote x), (unquote-splicing x), with sugar set;
 * so are the ranges 1..5 and 1..=5, as (.. 1 5) and (..= 1 5), the ends being integer literals. The span of a form in
 * brackets begins at its opener and ends after its closer, that of sugar covers prefix and form.
 * A tail is never a plain list in parentheses: (a . (b c)) is read as (a b c), (a . ()) as (a). A sugared tail stays:
 * (a . ,b). Characters #\a are DATUM_STRINGs. inf, nan, +inf, -inf are DATUM_FLOATs. `@` alone and `...rest` are
 * symbols. In [ ] and { } a comma is white space unless a quasiquote is open (also a spelt-out one) and a datum follows
 * it directly. Neither the pairing of { } nor the place of unquotes is checked here. */
typedef struct datum {
    datum_kind kind;
    bool sugar;
    union {
        uint32_t size; /* of text, in bytes: also for symbols and keywords */
        uint32_t
            weight; /* of what has items: data in it and itself, each as often as it stands there; 0: not counted yet */
    };
    span at;
    union { /* by kind */
        int64_t i;
        double f;
        const char *text; /* NUL-terminated */
        struct datum **items;
    };
    size_t count; /* of items; 0 in what has none */
    struct datum *tail;
} datum;

typedef struct datum_file {
    const source *src;
    datum **forms;
    size_t count;
    bool unfinished; /* the text ends inside of a form, string or comment: more of it may mend that */
    bool runs_tests; /* for flc2c test: its deftest forms are to run */
} datum_file;

/* Reads all forms of a file. Recovers after errors and reports all it can; never fails, the result then holds
 * what could be read. Nesting deeper than 10,000 levels is a diagnostic. */
datum_file read_source(const source *src, diag *d);

enum { MAX_WEIGHT = (1 << 24) - 1 };
/* d->weight, at most MAX_WEIGHT. Code from macros may hold the same data many times over: what walks it looks first. */
uint32_t datum_weight(datum *d);
/* d as data: without copies of names that macros have made (arena.h). d itself if it has none. */
datum *datum_base(datum *d);

/* Prints a datum as text (for --emit=read and messages), without positions, on one line: reading it again gives an
 * equal datum. Any depth. */
void datum_print(FILE *out, const datum *x);
/* The same into arena text, cut after at most max bytes (at a character) with "..." added. */
const char *datum_text(const datum *x, size_t max);
/* Bytes of the whole text, or max + 1 if it is longer. */
size_t datum_width(const datum *x, size_t max);

#endif
