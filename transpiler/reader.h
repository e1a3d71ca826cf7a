/* reader.h: the reader's state and its parts, for the files that make up the reader:
 *
 *   reader.c        the loop over the tokens
 *   read_forms.c    open forms: openers, closers, prefixes, dots
 *   read_repair.c   forms that are not closed, or wrongly: what was meant
 *   read_blanks.c   strings, comments and white space
 *   read_atom.c     names, keywords and what begins with #
 *
 * Numbers (read_number.c) and the contents of strings (read_string.c) need only the lexer (lexer.h). */
#ifndef READER_H
#define READER_H

#include <string.h>

#include "lexer.h"

enum { MAX_REWINDS = 60 }; /* more errors than are printed */

typedef enum frame_kind {
    FRAME_PAREN,
    FRAME_BRACKET,
    FRAME_BRACE,
    FRAME_PREFIX,  /* ' ` , ,@ : waits for one datum */
    FRAME_DISCARD, /* #; */
} frame_kind;

/* An open form. */
typedef struct frame {
    frame_kind kind;
    uint32_t start;        /* offset of its opener or prefix */
    uint32_t line_indent;  /* of the opener's line, in bytes */
    uint32_t column;       /* of the opener: bytes before it on its line */
    bool has_aligned_line; /* a line inside begins to the right of the opener */
    size_t base;           /* its items are reader.items[base..) */
    size_t bracket;        /* index of the innermost frame that is no prefix, itself included; SIZE_MAX: none */
    unsigned quasi;        /* quasiquotes open inside it */
    const char *prefix;    /* FRAME_PREFIX: interned quote, quasiquote, ... */
    bool is_call;          /* read as a list whatever its brackets */
    bool dot;              /* a dot was read: item `dot_index` is the tail */
    bool dot_reported;     /* its misuse */
    size_t dot_index;
    uint32_t dot_at;
} frame;

/* Where a top-level form begins: the reader can go back to it. */
typedef struct checkpoint {
    uint32_t pos, line_start;
    size_t form_count, spoilt_count;
    diag_mark mark;
} checkpoint;

/* A form that should have ended before a line, to judge by the line's indentation. */
typedef struct suspect {
    uint32_t start, line; /* offsets of its opener and of the first token on that line; line 0: none */
    frame_kind kind;
    size_t depth; /* of the frame, 1 = outermost */
} suspect;

/* A form at the start of a line that has ended, perhaps too early: the next line is indented as if it were inside. */
typedef struct ended_form {
    uint32_t start, column, end; /* offsets; end 0: none */
} ended_form;

/* A string over several lines, for which a missing quote is to blame if quotes do not pair up. */
typedef struct long_string {
    bool found;
    uint32_t start;
    checkpoint form;
} long_string;

typedef struct reader {
    lexer x;
    frame *frames;
    size_t depth, frame_capacity;
    size_t brackets; /* frames that are no prefixes */
    size_t too_deep; /* openers skipped beyond MAX_DEPTH and not yet closed */
    datum **items;   /* of all open forms */
    size_t item_count, item_capacity;
    datum **forms;
    size_t form_count, form_capacity;

    uint32_t line_start;  /* offset of the line's first byte */
    uint32_t line_indent; /* bytes before its first token */
    bool line_begun;      /* a token was seen on it */

    bool flat_style; /* a complete form was written with inner lines that begin in column 1 */

    /* The top-level form being read. */
    checkpoint form;

    bool has_boundary;    /* a line inside looks like the beginning of another top-level form */
    bool distrust;        /* second reading: such a line ends this form */
    uint32_t distrust_at; /* offset of the form to read so */
    bool broken;          /* its end was lost with a string or comment: no report of unclosed forms */
    bool guessed;         /* its structure was repaired: nothing inside should be reported by later passes */
    bool depth_reported;
    suspect suspect;
    ended_form ended;        /* the last one in the top-level form */
    ended_form early;        /* the first one that ended too early */
    ended_form early_before; /* the same of the top-level form before */

    long_string odd_string;  /* the first one with a closing quote that looks like an opening one */
    long_string last_string; /* the last one */
    uint32_t *unclosed;      /* strings known to lack their quote */
    size_t unclosed_count, unclosed_capacity;
    unsigned unclosed_reports;
    unsigned rewinds;
    bool unfinished;          /* for datum_file.unfinished: at the first reading, before anything is guessed */
    uint32_t last_form_start; /* of the last complete top-level form */
    uint32_t column_one_form; /* of the last one that begins in column 1 */
    uint32_t column_one_end;  /* where it ended */
    bool any_form;

    const char *true_name, *false_name, *nil_name, *inf_name, *nan_name, *dot_name;
    const char *quote, *quasiquote, *unquote, *splicing;
} reader;

#define OPENERS "([{" /* by frame kind */
#define CLOSERS ")]}"

static inline frame *top(reader *r) { return r->depth == 0 ? NULL : &r->frames[r->depth - 1]; }
static inline bool is_prefix(const frame *f) { return f->kind >= FRAME_PREFIX; }
static inline unsigned quasi_level(reader *r) { return r->depth == 0 ? 0 : top(r)->quasi; }
static inline uint32_t line_number(const reader *r, uint32_t offset) { return source_line(r->x.src, offset); }

static inline const frame *innermost_bracket(const reader *r) {
    if (r->brackets == 0) return NULL;
    return &r->frames[r->frames[r->depth - 1].bracket];
}

static inline bool starts_with(const reader *r, uint32_t pos, const char *text) {
    size_t n = strlen(text);
    return n <= r->x.size - pos && memcmp(r->x.text + pos, text, n) == 0;
}

/* ---- read_forms.c ---- */

bool push_frame(reader *r, frame f); /* false: nested too deeply, which is reported */
void open_form(reader *r, frame_kind kind);
void close_form(reader *r, frame_kind kind);
void finish_frame(reader *r, uint32_t end); /* ends the innermost form, which is no prefix */
void push_prefix(reader *r, const char *name, uint32_t size);
void read_comma(reader *r);
void read_dot(reader *r, uint32_t at);
void deliver(reader *r, datum *x); /* a finished datum goes to the form around it */

/* ---- read_repair.c ---- */

void begin_form(reader *r, uint32_t pos);                 /* a top-level one */
void begin_line(reader *r, uint32_t pos);                 /* at the first token of a line */
void pass_lines(reader *r, uint32_t start, uint32_t pos); /* the text up to pos was read as one token */
void go_back(reader *r, checkpoint to);
bool end_text(reader *r); /* false: the reader went back and goes on */
void report_dangling(reader *r, const frame *f);
void close_mismatch(reader *r, frame_kind kind, uint32_t at);
void close_nothing(reader *r, uint32_t at);

/* ---- read_blanks.c ---- */

void read_string(reader *r);
void skip_line(reader *r);
void skip_blanks(reader *r); /* white space and comments, but for #; and commas */
void spoil_around(reader *r, uint32_t start, uint32_t end);
void report_nul(reader *r, uint32_t at);

/* ---- read_atom.c ---- */

void read_atom(reader *r);
void read_keyword(reader *r);
void read_hash(reader *r);
void skip_control(reader *r);

#endif
