/* reader.c: source text -> data with positions.
 *
 * In: the text of one file. Out: its top-level forms; errors are reported and repaired as well as can be guessed, so
 * that the forms after them are read. Keeps an explicit stack of open forms: depth never uses the C stack.
 *
 * Two mistakes show only at the end of the file: a form and a string that were never closed. The reader then goes back
 * to where the top-level form at fault began and reads on from there with more suspicion: a definition in column 1 ends
 * what is open before it, the suspected string ends with its line. So valid text is never judged by its indentation.
 * Each such step moves forward or changes the mode, and their number is limited. */
#include <math.h>
#include <string.h>

#include "reader_internal.h"

enum {
    MAX_DEPTH = 10000,
    MAX_REWINDS = 60,          /* more errors than are printed */
    MAX_LOOKAHEAD = 64 * 1024, /* bytes scanned to tell a wrong closer from a missing one */
};

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

/* Delimiters end a symbol. Bytes from 0x80 on are parts of symbols, but need a look (CLASS_HIGH). */
const unsigned char char_class[256] = {
    [0 ... 8] = CLASS_DELIMITER | CLASS_CONTROL,
    ['\t' ... '\r'] = CLASS_DELIMITER | CLASS_SPACE,
    [14 ... 31] = CLASS_DELIMITER | CLASS_CONTROL,
    [' '] = CLASS_DELIMITER | CLASS_SPACE,
    ['('] = CLASS_DELIMITER,
    [')'] = CLASS_DELIMITER,
    ['['] = CLASS_DELIMITER,
    [']'] = CLASS_DELIMITER,
    ['{'] = CLASS_DELIMITER,
    ['}'] = CLASS_DELIMITER,
    ['"'] = CLASS_DELIMITER,
    [';'] = CLASS_DELIMITER,
    ['\''] = CLASS_DELIMITER,
    ['`'] = CLASS_DELIMITER,
    [','] = CLASS_DELIMITER,
    [127] = CLASS_DELIMITER | CLASS_CONTROL,
    [128 ... 255] = CLASS_HIGH,
};

static const char openers[] = "([{", closers[] = ")]}";

/* --- Small things -------------------------------------------------------------------------------------------- */

int quoted_size(const lexer *x, uint32_t start, uint32_t end) {
    enum { LONGEST = 60 };
    if (end - start <= LONGEST) return (int)(end - start);
    uint32_t n = LONGEST;
    while (n > 0 && ((unsigned char)x->text[start + n] & 0xC0) == 0x80) n--;
    return (int)n;
}

datum *datum_new(const lexer *x, datum_kind kind, uint32_t start, uint32_t end) {
    datum *result = NEW(datum);
    result->kind = kind;
    result->at = span_of(x, start, end);
    return result;
}

datum *datum_symbol(const lexer *x, const char *interned, uint32_t start, uint32_t end) {
    datum *result = datum_new(x, DATUM_SYMBOL, start, end);
    result->text = interned;
    result->size = strlen(interned);
    return result;
}

void spoil(lexer *x, uint32_t start, uint32_t end) {
    PUSH(x->spoilt, x->spoilt_count, x->spoilt_capacity, span_of(x, start, end));
}

static frame *top(reader *r) { return r->depth == 0 ? NULL : &r->frames[r->depth - 1]; }
static bool is_prefix(const frame *f) { return f->kind >= FRAME_PREFIX; }

static uint32_t line_number(const reader *r, uint32_t offset) { return source_line(r->x.src, offset); }

static const frame *innermost_bracket(const reader *r) {
    if (r->brackets == 0) return NULL;
    return &r->frames[r->frames[r->depth - 1].bracket];
}

static bool starts_with(const reader *r, uint32_t pos, const char *text) {
    size_t n = strlen(text);
    return n <= r->x.size - pos && memcmp(r->x.text + pos, text, n) == 0;
}

/* --- Finished data go to the form around them ---------------------------------------------------------------- */

/* Spelt-out (quasiquote ...) and (unquote ...) count like their prefixes. */
static void note_head(reader *r, frame *f, const datum *head) {
    if (head->kind != DATUM_SYMBOL) return;
    if (head->text == r->quasiquote)
        f->quasi++;
    else if (f->quasi > 0 && (head->text == r->unquote || head->text == r->splicing))
        f->quasi--;
}

static void add_item(reader *r, frame *f, datum *x) {
    if (f->dot && r->item_count - f->base > f->dot_index) {
        if (f->dot_reported) return;
        f->dot_reported = true;
        diag_error(r->x.d, E0013, x->at, "more than one element after a dot");
        diag_hint(r->x.d, "the dot stands before the last element: (a b . rest)");
        return;
    }
    if (r->item_count == f->base && f->kind == FRAME_PAREN) note_head(r, f, x);
    PUSH(r->items, r->item_count, r->item_capacity, x);
}

static datum *wrap(reader *r, const frame *f, datum *x) {
    uint32_t prefix_end = f->start + (f->prefix == r->splicing ? 2 : 1);
    datum *result = datum_new(&r->x, DATUM_LIST, f->start, x->at.end);
    result->sugar = true;
    result->count = 2;
    result->items = NEW_ARRAY(datum *, 2);
    result->items[0] = datum_symbol(&r->x, f->prefix, f->start, prefix_end);
    result->items[1] = x;
    return result;
}

static void deliver(reader *r, datum *x) {
    if (r->too_deep > 0) return;
    frame *f;
    while ((f = top(r)) != NULL && is_prefix(f)) {
        r->depth--;
        if (f->kind == FRAME_DISCARD) return;
        x = wrap(r, f, x);
    }
    if (f != NULL) {
        add_item(r, f, x);
        return;
    }
    if (r->has_boundary && !r->distrust && !r->broken) r->flat_style = true;
    if (r->guessed || r->broken) spoil(&r->x, x->at.start, x->at.end);
    PUSH(r->forms, r->form_count, r->form_capacity, x);
    r->last_form_start = x->at.start;
    if (r->column_one_form == x->at.start) r->column_one_end = x->at.end;
    r->any_form = true;
}

/* (a . (b c)) is (a b c): a tail that is a plain list is joined. */
static void set_tail(datum *list, datum *tail) {
    if (tail->kind != DATUM_LIST || tail->sugar) {
        list->tail = tail;
        return;
    }
    datum **items = NEW_ARRAY(datum *, list->count + tail->count);
    if (list->count > 0) memcpy(items, list->items, list->count * sizeof *items);
    if (tail->count > 0) memcpy(items + list->count, tail->items, tail->count * sizeof *items);
    list->items = items;
    list->count += tail->count;
    list->tail = tail->tail;
}

/* Ends the innermost form, which is no prefix. */
static void finish_frame(reader *r, uint32_t end) {
    static const datum_kind kinds[] = {DATUM_LIST, DATUM_BRACKET, DATUM_BRACE};
    frame f = r->frames[--r->depth];
    r->brackets--;
    datum *list = datum_new(&r->x, f.is_call ? DATUM_LIST : kinds[f.kind], f.start, end);
    list->count = r->item_count - f.base;
    datum *tail = NULL;
    if (f.dot && list->count > f.dot_index) {
        tail = r->items[r->item_count - 1];
        list->count--;
    } else if (f.dot) {
        diag_error(r->x.d, E0013, span_of(&r->x, f.dot_at, f.dot_at + 1), "nothing after the dot");
        diag_hint(r->x.d, "the dot stands before the last element: (a b . rest)");
    }
    list->items = NEW_ARRAY(datum *, list->count);
    if (list->count > 0) memcpy(list->items, r->items + f.base, list->count * sizeof *list->items);
    if (tail != NULL) set_tail(list, tail);
    r->item_count = f.base;
    if (f.column == f.line_indent) r->ended = (ended_form){f.start, f.column, end};
    deliver(r, list);
}

/* --- Going back ---------------------------------------------------------------------------------------------- */

static void begin_form(reader *r, uint32_t pos) {
    r->form = (checkpoint){.pos = pos,
                           .line_start = r->line_start,
                           .form_count = r->form_count,
                           .spoilt_count = r->x.spoilt_count,
                           .mark = diag_mark_now(r->x.d)};
    r->has_boundary = r->broken = r->guessed = r->depth_reported = false;
    if (pos == r->line_start) r->column_one_form = pos;
    r->distrust = pos == r->distrust_at;
    r->suspect = (suspect){0};
    r->early_before = r->early;
    r->ended = r->early = (ended_form){0};
}

static void go_back(reader *r, checkpoint to) {
    r->rewinds++;
    diag_rewind(r->x.d, to.mark);
    r->depth = r->brackets = r->too_deep = r->item_count = 0;
    r->form_count = to.form_count;
    r->x.spoilt_count = to.spoilt_count;
    r->x.pos = to.pos;
    r->line_start = to.line_start;
    r->line_begun = false;
    r->early = (ended_form){0};
    begin_form(r, to.pos);
}

/* --- Forms that are not closed ------------------------------------------------------------------------------- */

/* Does this opening parenthesis look like the beginning of a top-level form? Where complete forms had such lines
 * inside, only definitions do. */
static bool is_boundary(const reader *r, uint32_t pos) {
    static const char *const heads[] = {"(def", "(module ", "(import ", "(export "};
    if (pos != r->line_start || r->x.text[pos] != '(') return false;
    if (!r->flat_style) return true;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (starts_with(r, pos, heads[i])) return true;
    return false;
}

/* The closers that are missing, innermost first, or how many. */
static const char *missing_closers(const reader *r) {
    enum { MOST = 12 };
    char text[MOST + 1];
    size_t n = 0;
    if (r->brackets > MOST) return arena_printf("%zu closers", r->brackets);
    for (size_t i = r->depth; i-- > 0;)
        if (!is_prefix(&r->frames[i])) text[n++] = closers[r->frames[i].kind];
    return arena_printf("`%.*s`", (int)n, text);
}

static const frame *outermost_bracket(const reader *r) {
    for (size_t i = 0; i < r->depth; i++)
        if (!is_prefix(&r->frames[i])) return &r->frames[i];
    return NULL;
}

static void report_by_indentation(reader *r) {
    const suspect *s = &r->suspect;
    diag_error(r->x.d, E0001, span_of(&r->x, s->start, s->start + 1), "`%c` is never closed", openers[s->kind]);
    diag_note_at(r->x.d, span_of(&r->x, s->line, s->line + 1),
                 "to judge by its indentation, it should end before this line");
    diag_hint(r->x.d, "add `%c` before line %u", closers[s->kind], line_number(r, s->line));
    if (r->brackets > 1) diag_hint(r->x.d, "%zu closers are missing in all", r->brackets);
}

/* boundary: the line that begins the next top-level form, or 0: the file ends. */
static void report_unclosed(reader *r, uint32_t boundary) {
    const frame *first = outermost_bracket(r), *last = innermost_bracket(r);
    if (first == NULL || r->broken) return;
    r->guessed = true;
    if (r->suspect.line != 0) {
        report_by_indentation(r);
        return;
    }
    diag_error(r->x.d, E0001, span_of(&r->x, first->start, first->start + 1), "`%c` is never closed",
               openers[first->kind]);
    if (last != first)
        diag_note_at(r->x.d, span_of(&r->x, last->start, last->start + 1), "the innermost form left open begins here");
    if (boundary != 0)
        diag_hint(r->x.d, "add %s before line %u", missing_closers(r), line_number(r, boundary));
    else
        diag_hint(r->x.d, "add %s at the end", missing_closers(r));
}

static void report_dangling(reader *r, const frame *f) {
    bool discard = f->kind == FRAME_DISCARD, unquote = f->prefix == r->unquote || f->prefix == r->splicing;
    uint32_t n = discard || f->prefix == r->splicing ? 2 : 1;
    r->guessed = true;
    diag_error(r->x.d, E0014, span_of(&r->x, f->start, f->start + n), "%s without a form after it",
               discard ? "`#;`" : f->prefix);
    /* Its frame counts one quasiquote less than what is around it. */
    bool in_template = f->quasi > 0 || (f > r->frames && f[-1].quasi > 0);
    diag_hint(r->x.d, discard                   ? "remove it"
                      : unquote && !in_template ? "a comma means unquote; arguments are separated by spaces"
                                                : "write the form directly after it");
}

/* Ends all open forms where the text stands. */
static void close_all(reader *r, uint32_t end) {
    r->too_deep = 0;
    while (r->depth > 0) {
        if (is_prefix(top(r)))
            r->depth--;
        else
            finish_frame(r, end);
    }
}

/* At the end of the text. False: the reader went back and goes on. */
static bool finish(reader *r) {
    if (r->depth == 0) return true;
    r->unfinished = true;
    if (r->brackets > 0 && r->has_boundary && !r->distrust && !r->broken && r->rewinds < MAX_REWINDS) {
        r->distrust_at = r->form.pos;
        go_back(r, r->form);
        return false;
    }
    if (r->brackets == 0 && !r->broken) report_dangling(r, top(r));
    report_unclosed(r, 0);
    close_all(r, r->x.size);
    return true;
}

/* --- Layout -------------------------------------------------------------------------------------------------- */

/* A line begins: should the innermost form have ended before? So if the line is not deeper than the one on which the
 * form was opened, or falls back to the left of its opener after other lines inside stood to the right. */
static void suspect_form(reader *r, uint32_t pos, uint32_t indent) {
    frame *f = &r->frames[top(r)->bracket];
    if (r->suspect.line != 0) {
        /* The suspect was closed and its surroundings go on beside it: it was in order after all. What was opened
         * after it says nothing about it. */
        bool surrounds = f->start < r->suspect.start && r->suspect.depth > r->depth;
        if (surrounds && indent > f->line_indent) r->suspect.line = 0;
        return;
    }
    if (f->start >= r->line_start || (r->flat_style && indent == 0)) return;
    if (indent > f->column)
        f->has_aligned_line = true;
    else if (indent <= f->line_indent || (f->has_aligned_line && indent < f->column))
        r->suspect = (suspect){.start = f->start, .line = pos, .kind = f->kind, .depth = r->depth};
}

/* At the first token of a line. */
static void begin_line(reader *r, uint32_t pos) {
    uint32_t indent = pos - r->line_start;
    r->line_begun = true;
    r->line_indent = indent;
    if (r->brackets == 0) return;
    if (strchr(closers, r->x.text[pos]) != NULL) return;
    if (is_boundary(r, pos)) {
        r->has_boundary = true;
        if (r->distrust || r->broken) {
            report_unclosed(r, pos);
            close_all(r, pos);
            return;
        }
    }
    suspect_form(r, pos, indent);
    if (!r->early.end && r->ended.end && indent > r->ended.column) r->early = r->ended;
}

/* The text up to pos was read as one token: were there line breaks in it? */
static void pass_lines(reader *r, uint32_t start, uint32_t pos) {
    const char *last = memrchr(r->x.text + start, '\n', pos - start);
    if (last != NULL) r->line_start = (uint32_t)(last + 1 - r->x.text);
}

/* --- Openers, closers, prefixes, dots ------------------------------------------------------------------------ */

static bool push_frame(reader *r, frame f) {
    if (r->depth == MAX_DEPTH || r->too_deep > 0) {
        if (!r->depth_reported) {
            diag_error(r->x.d, E0006, span_of(&r->x, f.start, f.start + 1), "forms are nested more than %d levels deep",
                       MAX_DEPTH);
            diag_hint(r->x.d, "build such data when the program runs");
        }
        r->depth_reported = r->guessed = true;
        return false;
    }
    bool outside = r->brackets == 0;
    f.bracket = !is_prefix(&f) ? r->depth : outside ? SIZE_MAX : top(r)->bracket;
    f.base = r->item_count;
    f.line_indent = r->line_indent;
    f.column = f.start - r->line_start;
    PUSH(r->frames, r->depth, r->frame_capacity, f);
    return true;
}

static unsigned quasi_level(reader *r) { return r->depth == 0 ? 0 : top(r)->quasi; }

static void open_form(reader *r, frame_kind kind) {
    bool pushed = push_frame(r, (frame){.kind = kind, .start = r->x.pos, .quasi = quasi_level(r)});
    if (pushed)
        r->brackets++;
    else
        r->too_deep++;
    r->x.pos++;
}

static void push_prefix(reader *r, const char *name, uint32_t size) {
    unsigned quasi = quasi_level(r);
    if (name == r->quasiquote)
        quasi++;
    else if (name != r->quote && quasi > 0)
        quasi--;
    push_frame(r, (frame){.kind = FRAME_PREFIX, .start = r->x.pos, .quasi = quasi, .prefix = name});
    r->x.pos += size;
}

/* Does a datum stand directly here? */
static bool datum_follows(const reader *r, uint32_t pos) {
    char c = r->x.text[pos];
    if (pos >= r->x.size || c == ';' || c == ',' || (c != '\0' && strchr(closers, c) != NULL)) return false;
    if (c == '#' && (r->x.text[pos + 1] == '|' || r->x.text[pos + 1] == ';')) return false;
    return !(class_at(&r->x, pos) & (CLASS_SPACE | CLASS_CONTROL));
}

static void read_comma(reader *r) {
    const frame *f = innermost_bracket(r);
    bool in_list = f == NULL || f->kind == FRAME_PAREN;
    if (!in_list && (quasi_level(r) == 0 || !datum_follows(r, r->x.pos + 1)))
        r->x.pos++;
    else if (r->x.text[r->x.pos + 1] == '@')
        push_prefix(r, r->splicing, 2);
    else
        push_prefix(r, r->unquote, 1);
}

static void read_dot(reader *r, uint32_t at) {
    frame *f = top(r);
    span where = span_of(&r->x, at, at + 1);
    while (f != NULL && is_prefix(f)) {
        report_dangling(r, f);
        r->depth--;
        f = top(r);
    }
    if (r->too_deep > 0) return;
    if (f == NULL || f->kind != FRAME_PAREN) {
        diag_error(r->x.d, E0013, where, f == NULL ? "a dot outside of any list" : "a dot alone in `%c %c`",
                   f == NULL ? 0 : openers[f->kind], f == NULL ? 0 : closers[f->kind]);
        diag_hint(r->x.d, f == NULL ? "remove it" : "in a list pattern the rest is written ...rest");
    } else if (f->dot) {
        if (f->dot_reported) return;
        f->dot_reported = true;
        diag_error(r->x.d, E0013, where, "a second dot in one list");
        diag_hint(r->x.d, "the dot stands before the last element: (a b . rest)");
    } else {
        f->dot = true;
        f->dot_index = r->item_count - f->base;
        f->dot_at = at;
    }
}

/* How many forms that are open now get closed before the next top-level form: to guess what a wrong closer means. */
static size_t closers_ahead(const reader *r) {
    const char *p = r->x.text + r->x.pos, *end = r->x.text + r->x.size;
    if (end - p > MAX_LOOKAHEAD) end = p + MAX_LOOKAHEAD;
    size_t inner = 0, closed = 0;
    for (; p < end; p++) {
        if (*p == '(' || *p == '[' || *p == '{') {
            if (*p == '(' && p[-1] == '\n') break;
            inner++;
        } else if (*p == ')' || *p == ']' || *p == '}') {
            if (inner > 0)
                inner--;
            else
                closed++;
        } else if (*p == ';') {
            while (p + 1 < end && p[1] != '\n') p++;
        } else if (*p == '"') {
            uint32_t after = string_end(&r->x, (uint32_t)(p - r->x.text));
            if (after == 0) break;
            p = r->x.text + after - 1;
        } else if (*p == '#' && p[1] == '\\') {
            p += 2;
        }
    }
    return closed;
}

static size_t difference(size_t a, size_t b) { return a > b ? a - b : b - a; }

/* Opens forms above the innermost one of this kind, or SIZE_MAX. */
static size_t forms_above(const reader *r, frame_kind kind) {
    size_t n = 0;
    for (size_t i = r->depth; i-- > 0;) {
        if (r->frames[i].kind == kind) return n;
        n += !is_prefix(&r->frames[i]);
    }
    return SIZE_MAX;
}

/* A closer that does not fit the innermost form: it is a slip for the right one, or that form lacks its closer, or it
 * is one too many. The closers that follow tell which. */
static void close_mismatch(reader *r, frame_kind kind, uint32_t at) {
    frame *f = top(r);
    /* Errors beyond those that are printed are not worth looking around for. */
    bool thorough = diag_error_count(r->x.d) < MAX_REWINDS;
    size_t above = thorough ? forms_above(r, kind) : SIZE_MAX, ahead = thorough ? closers_ahead(r) : 0;
    size_t if_slip = difference(r->brackets - 1, ahead), if_extra = difference(r->brackets, ahead);
    size_t if_missing = above == SIZE_MAX ? SIZE_MAX : difference(r->brackets - 1 - above, ahead);
    uint32_t line = line_number(r, f->start);
    diag_error(r->x.d, E0003, span_of(&r->x, at, at + 1), "`%c` does not close the `%c` opened on line %u",
               closers[kind], openers[f->kind], line);
    if (line != line_number(r, at)) diag_note_at(r->x.d, span_of(&r->x, f->start, f->start + 1), "opened here");
    if (if_slip <= if_missing && if_slip <= if_extra) {
        diag_hint(r->x.d, "write `%c` here", closers[f->kind]);
        finish_frame(r, at + 1);
        return;
    }
    r->guessed = true;
    if (if_missing <= if_extra) {
        diag_hint(r->x.d, "add `%c` before this `%c`", closers[f->kind], closers[kind]);
        for (; above > 0; above--) {
            while (is_prefix(top(r))) r->depth--;
            finish_frame(r, at);
        }
        while (is_prefix(top(r))) r->depth--;
        finish_frame(r, at + 1);
    } else {
        diag_hint(r->x.d, "remove this `%c`", closers[kind]);
    }
}

/* All closers of a run are one mistake. */
static void close_nothing(reader *r, uint32_t at) {
    uint32_t end = at + 1;
    for (uint32_t p = end; p < r->x.size; p++) {
        char c = r->x.text[p];
        if (c == '\0' || (strchr(closers, c) == NULL && c != ' ')) break;
        if (c != ' ') end = p + 1;
    }
    r->x.pos = end;
    /* Forms after one in column 1 that begin further to the right were probably meant to stand inside of it. */
    bool ended_early = r->any_form && r->last_form_start > r->column_one_form && r->column_one_end > r->column_one_form;
    if (ended_early) spoil(&r->x, r->column_one_form, end);
    diag_error(r->x.d, E0002, span_of(&r->x, at, end), "`%.*s` without an opener", QUOTED(&r->x, at, end));
    if (ended_early)
        diag_hint(r->x.d, "look for a closer too many before: the form that begins on line %u ends on line %u",
                  line_number(r, r->column_one_form), line_number(r, r->column_one_end));
    else if (r->any_form && r->early_before.end) {
        uint32_t closer = r->early_before.end - 1;
        diag_note_at(r->x.d, span_of(&r->x, closer, closer + 1),
                     "to judge by the indentation of the next line, the form was not meant to end here");
        diag_hint(r->x.d, "remove a closer in line %u, or this one", line_number(r, closer));
    } else if (r->any_form)
        diag_hint(r->x.d, "remove it; the form that begins on line %u was complete",
                  line_number(r, r->last_form_start));
    else
        diag_hint(r->x.d, "remove it");
}

static void close_form(reader *r, frame_kind kind) {
    uint32_t at = r->x.pos++;
    if (r->too_deep > 0) {
        r->too_deep--;
        if (r->too_deep == 0) deliver(r, datum_new(&r->x, DATUM_NIL, at, at + 1));
        return;
    }
    for (; r->depth > 0 && is_prefix(top(r)); r->depth--) report_dangling(r, top(r));
    if (r->depth == 0)
        close_nothing(r, at);
    else if (top(r)->kind == kind)
        finish_frame(r, r->x.pos);
    else
        close_mismatch(r, kind, at);
}

/* --- Strings and comments ------------------------------------------------------------------------------------ */

/* A string without its quote is taken to end with its line, before the closers there. */
static uint32_t end_of_unclosed(const reader *r, uint32_t start) {
    const char *from = r->x.text + start + 1, *end = memchr(from, '\n', r->x.size - start - 1);
    if (end == NULL) end = r->x.text + r->x.size;
    while (end > from && end[-1] != '\0' && strchr(" \t\r)]}", end[-1]) != NULL) end--;
    return (uint32_t)(end - r->x.text);
}

static bool ends_in_escape(const reader *r, uint32_t start, uint32_t end) {
    uint32_t p = end;
    while (p > start && r->x.text[p - 1] == '\\') p--;
    return (end - p) % 2 == 1;
}

static void read_unclosed_string(reader *r, uint32_t start) {
    uint32_t end = end_of_unclosed(r, start);
    uint32_t contents_end = ends_in_escape(r, start + 1, end) ? end - 1 : end;
    diag_error(r->x.d, E0004, span_of(&r->x, start, start + 1), "string is never closed");
    diag_hint(r->x.d, "add `\"` where the text ends, perhaps in this line");
    r->broken = true;
    /* Each one was looked for to the end of the text: not too often. */
    r->x.pos = ++r->unclosed_reports < MAX_REWINDS ? end : r->x.size;
    deliver(r, read_string_contents(&r->x, start + 1, contents_end, span_of(&r->x, start, end)));
}

static bool known_unclosed(const reader *r, uint32_t start) {
    for (size_t i = 0; i < r->unclosed_count; i++)
        if (r->unclosed[i] == start) return true;
    return false;
}

/* The text ended in the string that begins at start; which string lacks its quote? Where one does, later quotes change
 * roles: what looks like an opening quote closes. */
static void blame_string(reader *r, uint32_t start) {
    const long_string *culprit = NULL;
    bool after_name = start > 0 && !(class_at(&r->x, start - 1) & CLASS_DELIMITER);
    if (r->odd_string.found)
        culprit = &r->odd_string;
    else if (after_name && r->last_string.found)
        culprit = &r->last_string;
    if (culprit == NULL || r->rewinds >= MAX_REWINDS) {
        read_unclosed_string(r, start);
        return;
    }
    PUSH(r->unclosed, r->unclosed_count, r->unclosed_capacity, culprit->start);
    checkpoint form = culprit->form;
    r->odd_string.found = r->last_string.found = false;
    go_back(r, form);
}

static void read_string(reader *r) {
    uint32_t start = r->x.pos;
    if (r->unclosed_count > 0 && known_unclosed(r, start)) {
        read_unclosed_string(r, start);
        return;
    }
    uint32_t end = string_end(&r->x, start);
    if (end == 0) {
        r->unfinished = true;
        blame_string(r, start);
        return;
    }
    r->x.pos = end;
    datum *x = read_string_contents(&r->x, start + 1, end - 1, span_of(&r->x, start, end));
    if (memchr(r->x.text + start, '\n', end - start) != NULL) {
        pass_lines(r, start, end);
        r->last_string = (long_string){.found = true, .start = start, .form = r->form};
        bool before_name = end < r->x.size && !(class_at(&r->x, end) & CLASS_DELIMITER);
        if (before_name && !r->odd_string.found) r->odd_string = r->last_string;
    }
    deliver(r, x);
}

/* A name with an unwanted character inside is no name. */
static void spoil_around(reader *r, uint32_t start, uint32_t end) {
    while (start > 0 && !(class_at(&r->x, start - 1) & CLASS_DELIMITER)) start--;
    while (!(class_at(&r->x, end) & CLASS_DELIMITER)) end++;
    spoil(&r->x, start, end);
}

static void report_nul(reader *r, uint32_t at) {
    spoil_around(r, at, at + 1);
    diag_error(r->x.d, E0010, span_of(&r->x, at, at + 1), "NUL character outside a string");
    diag_hint(r->x.d, "remove it; in a string write \\0");
}

static void check_comment(reader *r, uint32_t start, uint32_t end) {
    const char *nul = memchr(r->x.text + start, '\0', end - start);
    if (nul != NULL) report_nul(r, (uint32_t)(nul - r->x.text));
}

static void skip_line(reader *r) {
    uint32_t start = r->x.pos;
    const char *end = memchr(r->x.text + start, '\n', r->x.size - start);
    r->x.pos = end == NULL ? r->x.size : (uint32_t)(end - r->x.text);
    check_comment(r, start, r->x.pos);
}

static void skip_block_comment(reader *r) {
    uint32_t start = r->x.pos, pos = start + 2, last_opener = start;
    size_t level = 1;
    for (; level > 0 && pos + 1 < r->x.size; pos++) {
        char c = r->x.text[pos], next = r->x.text[pos + 1];
        if (c == '|' && next == '#')
            level--, pos++;
        else if (c == '#' && next == '|')
            level++, last_opener = pos, pos++;
    }
    if (level > 0) {
        r->unfinished = true;
        pos = r->x.size;
        spoil(&r->x, 0, pos);
        diag_error(r->x.d, E0005, span_of(&r->x, start, start + 2), "block comment is never closed");
        if (last_opener != start)
            diag_note_at(r->x.d, span_of(&r->x, last_opener, last_opener + 2), "this inner `#|` needs its own `|#`");
        diag_hint(r->x.d, "add `|#`");
        r->broken = true;
    }
    check_comment(r, start, pos);
    pass_lines(r, start, pos);
    r->x.pos = pos;
}

/* White space and comments, but for #; and commas. */
static void skip_blanks(reader *r) {
    for (;;) {
        const char c = r->x.text[r->x.pos];
        if (r->x.pos >= r->x.size) return;
        if (c == '\n') {
            r->line_start = ++r->x.pos;
            r->line_begun = false;
        } else if (class_at(&r->x, r->x.pos) & CLASS_SPACE) {
            r->x.pos++;
        } else if (c == ';') {
            skip_line(r);
        } else if (c == '#' && r->x.text[r->x.pos + 1] == '|') {
            skip_block_comment(r);
        } else {
            return;
        }
    }
}

/* --- Atoms --------------------------------------------------------------------------------------------------- */

/* What must not stand in a name because nobody could see it, or NULL. */
static const char *unwanted_name(uint32_t cp) {
    if (cp == 0xA0 || cp == 0x202F || cp == 0x2007) return "no-break space";
    if ((cp >= 0x2000 && cp <= 0x200A) || cp == 0x205F || cp == 0x3000 || cp == 0x1680) return "typographic space";
    if (cp == 0x200B || cp == 0x2060) return "zero-width space";
    if (cp == 0xFEFF) return "byte-order mark";
    if (cp == 0x2028 || cp == 0x2029 || cp == 0x85) return "Unicode line separator";
    if (cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069))
        return "direction mark";
    if (cp >= 0x80 && cp < 0xA0) return "control character";
    if (cp == 0x201C || cp == 0x201D || cp == 0x2018 || cp == 0x2019) return "curly quote";
    return NULL;
}

/* The end of a token that begins at pos. *high: it has bytes outside of ASCII. */
static uint32_t scan_token(const reader *r, uint32_t pos, bool *high) {
    unsigned seen = 0;
    for (; !(class_at(&r->x, pos) & CLASS_DELIMITER); pos++) seen |= class_at(&r->x, pos);
    *high = seen & CLASS_HIGH;
    return pos;
}

/* Where a token must end because an unwanted character stands in it. */
static uint32_t cut_at_unwanted(const reader *r, uint32_t start, uint32_t end) {
    for (uint32_t p = start; p < end;) {
        uint32_t cp = 0;
        size_t n = utf8_decode(r->x.text + p, end - p, &cp);
        if (n > 1 && unwanted_name(cp) != NULL) return p;
        p += n == 0 ? 1 : (uint32_t)n;
    }
    return end;
}

/* A text in curly quotes is read as the string that was meant, if it ends on its line. */
static void read_curly_string(reader *r, uint32_t start, uint32_t after, const char *closing) {
    const char *from = r->x.text + after;
    const char *line_end = memchr(from, '\n', r->x.size - after);
    size_t n = line_end == NULL ? r->x.size - after : (size_t)(line_end - from);
    const char *close = memmem(from, n, closing, 3);
    if (close == NULL) return;
    uint32_t to = (uint32_t)(close - r->x.text);
    r->x.pos = to + 3;
    deliver(r, read_string_contents(&r->x, after, to, span_of(&r->x, start, to + 3)));
}

static void skip_unwanted(reader *r) {
    uint32_t start = r->x.pos, cp = 0;
    uint32_t end = start + (uint32_t)utf8_decode(r->x.text + start, r->x.size - start, &cp);
    const char *name = unwanted_name(cp);
    r->x.pos = end;
    spoil_around(r, start, end);
    diag_error(r->x.d, E0010, span_of(&r->x, start, end), "%s (U+%04X) in the program text", name, cp);
    bool curly = cp >= 0x2018 && cp <= 0x201D;
    diag_hint(r->x.d,
              curly ? "strings are written with plain quotes: \"text\"" : "replace it by a plain space, or remove it");
    if (cp == 0x201C) read_curly_string(r, start, end, "\xE2\x80\x9D");
    if (cp == 0x2018) read_curly_string(r, start, end, "\xE2\x80\x99");
}

static void read_float_name(reader *r, double f, uint32_t start, uint32_t end) {
    datum *x = datum_new(&r->x, DATUM_FLOAT, start, end);
    x->f = f;
    deliver(r, x);
}

static void read_symbol(reader *r, uint32_t start, uint32_t end) {
    const char *name = intern(r->x.text + start, end - start);
    if (name == r->dot_name) {
        read_dot(r, start);
    } else if (name == r->true_name || name == r->false_name || name == r->nil_name) {
        datum_kind kind = name == r->true_name ? DATUM_TRUE : name == r->false_name ? DATUM_FALSE : DATUM_NIL;
        deliver(r, datum_new(&r->x, kind, start, end));
    } else if (name == r->inf_name) {
        read_float_name(r, INFINITY, start, end);
    } else if (name == r->nan_name) {
        read_float_name(r, NAN, start, end);
    } else {
        datum *x = datum_new(&r->x, DATUM_SYMBOL, start, end);
        x->text = name;
        x->size = end - start;
        deliver(r, x);
    }
}

/* +inf -inf +nan -nan */
static bool signed_float_name(const char *s, uint32_t n, double *f) {
    if (n != 4 || (s[0] != '+' && s[0] != '-')) return false;
    bool is_inf = memcmp(s + 1, "inf", 3) == 0;
    if (!is_inf && memcmp(s + 1, "nan", 3) != 0) return false;
    *f = !is_inf ? NAN : s[0] == '-' ? -INFINITY : INFINITY;
    return true;
}

static void read_atom(reader *r) {
    uint32_t start = r->x.pos;
    bool high;
    double f;
    uint32_t end = scan_token(r, start, &high);
    if (high) end = cut_at_unwanted(r, start, end);
    if (end == start) {
        skip_unwanted(r);
        return;
    }
    const char *s = r->x.text + start;
    r->x.pos = end;
    if (s[0] == '|' && s[1] == '#') {
        diag_error(r->x.d, E0011, span_of(&r->x, start, start + 2), "`|#` without `#|`");
        diag_hint(r->x.d, "block comments nest: look for a `|#` too many before");
        r->x.pos = start + 2;
    } else if (signed_float_name(s, end - start, &f)) {
        read_float_name(r, f, start, end);
    } else if (begins_number(&r->x, start, end)) {
        deliver(r, read_number(&r->x, start, end));
    } else {
        read_symbol(r, start, end);
    }
}

static void read_keyword(reader *r) {
    uint32_t start = r->x.pos;
    bool high;
    uint32_t end = scan_token(r, start + 1, &high);
    if (high) end = cut_at_unwanted(r, start + 1, end);
    r->x.pos = end;
    if (end == start + 1) {
        const frame *f = innermost_bracket(r);
        spoil(&r->x, start, end);
        diag_error(r->x.d, E0015, span_of(&r->x, start, end), "keyword without a name");
        diag_hint(r->x.d, f != NULL && f->kind == FRAME_BRACE
                              ? "a dict is written {:key 1 \"key\" 2}, without a colon in between"
                              : "the name directly follows the colon: :name");
        if (f == NULL || f->kind != FRAME_BRACE) deliver(r, datum_new(&r->x, DATUM_NIL, start, end));
        return;
    }
    datum *x = datum_new(&r->x, DATUM_KEYWORD, start, end);
    x->text = intern(r->x.text + start + 1, end - start - 1);
    x->size = end - start - 1;
    deliver(r, x);
}

/* --- # ------------------------------------------------------------------------------------------------------- */

static void hint_hash(reader *r, char c) {
    const char *hint = c == 'x' || c == 'X'   ? "hexadecimal is written 0x1F"
                       : c == 'b' || c == 'B' ? "binary is written 0b101"
                       : c == '!'             ? "`#!` is allowed in the first line only"
                       : c == '\''            ? "procedures are values: write just the name"
                       : c == '<'             ? "opaque values are printed so, but cannot be read"
                       : c == '('             ? "a vector is written (vector 1 2)"
                       : c == '{'             ? "a set is written (set 1 2)"
                                              : "booleans are #t and #f, characters #\\a, comments #| |# and #;";
    diag_hint(r->x.d, "%s", hint);
}

/* The end of the unknown thing at start. */
static uint32_t unknown_hash_end(reader *r, uint32_t start) {
    char c = r->x.text[start + 1];
    bool high;
    uint32_t end = scan_token(r, start + 1, &high);
    if (high) end = cut_at_unwanted(r, start, end);
    if (c == '(' || c == '[' || c == '{' || c == '\'') return start + 2;
    /* #<channel 3>: up to the angle bracket in the same line. */
    size_t n = c == '<' ? strcspn(r->x.text + end, ">()[]{}\"\n") : 0;
    return c == '<' && r->x.text[end - 1] != '>' && r->x.text[end + n] == '>' ? end + (uint32_t)n + 1 : end;
}

/* #(1 2) and #{1 2} are read as the calls that were meant. */
static void open_call(reader *r, uint32_t start, char opener) {
    size_t depth = r->depth;
    r->x.pos = start + 1;
    open_form(r, opener == '(' ? FRAME_PAREN : FRAME_BRACE);
    if (r->depth == depth) return;
    top(r)->is_call = true;
    top(r)->start = start;
    deliver(r, datum_symbol(&r->x, intern_cstr(opener == '(' ? "vector" : "set"), start, start + 2));
}

static void read_unknown_hash(reader *r) {
    uint32_t start = r->x.pos, end = unknown_hash_end(r, start);
    char c = r->x.text[start + 1];
    bool opener = c == '(' || c == '{';
    spoil(&r->x, start, end);
    diag_error(r->x.d, E0011, span_of(&r->x, start, end), "unknown syntax `%.*s`", QUOTED(&r->x, start, end));
    hint_hash(r, c);
    if (opener) {
        open_call(r, start, c);
        return;
    }
    r->x.pos = c == '[' ? start + 1 : end;
    if (c == '!') skip_line(r);
    if (c != '!' && c != '\'' && c != '[') deliver(r, datum_new(&r->x, DATUM_NIL, start, end));
}

static void read_hash(reader *r) {
    uint32_t start = r->x.pos;
    char c = r->x.text[start + 1];
    if (c == ';') {
        push_frame(r, (frame){.kind = FRAME_DISCARD, .start = start, .quasi = quasi_level(r)});
        r->x.pos += 2;
        return;
    }
    if (c == '\\') {
        datum *x = read_character(&r->x);
        deliver(r, x);
        return;
    }
    bool high;
    uint32_t end = scan_token(r, start, &high), n = end - start;
    bool is_true = (n == 2 && c == 't') || (n == 5 && memcmp(r->x.text + start, "#true", 5) == 0);
    bool is_false = (n == 2 && c == 'f') || (n == 6 && memcmp(r->x.text + start, "#false", 6) == 0);
    if (!is_true && !is_false) {
        read_unknown_hash(r);
        return;
    }
    r->x.pos = end;
    deliver(r, datum_new(&r->x, is_true ? DATUM_TRUE : DATUM_FALSE, start, end));
}

static void skip_control(reader *r) {
    uint32_t at = r->x.pos++;
    unsigned char c = (unsigned char)r->x.text[at];
    if (c == '\0') {
        report_nul(r, at);
        return;
    }
    spoil_around(r, at, at + 1);
    diag_error(r->x.d, E0010, span_of(&r->x, at, at + 1), "control character U+%04X outside a string", c);
    diag_hint(r->x.d, "remove it; in a string write \\u{%x}", c);
}

/* --- The loop ------------------------------------------------------------------------------------------------ */

static void read_token(reader *r) {
    switch (r->x.text[r->x.pos]) {
    case '(': open_form(r, FRAME_PAREN); break;
    case '[': open_form(r, FRAME_BRACKET); break;
    case '{': open_form(r, FRAME_BRACE); break;
    case ')': close_form(r, FRAME_PAREN); break;
    case ']': close_form(r, FRAME_BRACKET); break;
    case '}': close_form(r, FRAME_BRACE); break;
    case '"': read_string(r); break;
    case '\'': push_prefix(r, r->quote, 1); break;
    case '`': push_prefix(r, r->quasiquote, 1); break;
    case ',': read_comma(r); break;
    case '#': read_hash(r); break;
    case ':': read_keyword(r); break;
    default:
        if (class_at(&r->x, r->x.pos) & CLASS_CONTROL)
            skip_control(r);
        else
            read_atom(r);
    }
}

/* One report a line: a file in another encoding has many bad bytes. */
static void check_utf8(reader *r) {
    const char *p = r->x.text, *end = p + r->x.size;
    while (p < end) {
        uint64_t word;
        while (end - p >= 8 && (memcpy(&word, p, 8), (word & 0x8080808080808080u) == 0)) p += 8;
        if (p == end) break;
        uint32_t cp;
        size_t n = utf8_decode(p, (size_t)(end - p), &cp);
        if (n > 0) {
            p += n;
            continue;
        }
        uint32_t at = (uint32_t)(p - r->x.text);
        diag_error(r->x.d, E0009, span_of(&r->x, at, at + 1), "byte 0x%02X is not UTF-8", (unsigned char)*p);
        diag_hint(r->x.d, "save the file as UTF-8");
        p = memchr(p, '\n', (size_t)(end - p));
        if (p == NULL) break;
    }
}

static void intern_names(reader *r) {
    r->true_name = intern_cstr("true");
    r->false_name = intern_cstr("false");
    r->nil_name = intern_cstr("nil");
    r->inf_name = intern_cstr("inf");
    r->nan_name = intern_cstr("nan");
    r->dot_name = intern_cstr(".");
    r->quote = intern_cstr("quote");
    r->quasiquote = intern_cstr("quasiquote");
    r->unquote = intern_cstr("unquote");
    r->splicing = intern_cstr("unquote-splicing");
}

/* A byte-order mark counts as nothing, a line #!... as a comment. */
static void skip_start(reader *r) {
    if (starts_with(r, 0, "\xEF\xBB\xBF")) r->x.pos = r->line_start = 3;
    if (starts_with(r, r->x.pos, "#!")) skip_line(r);
}

/* Forms of earlier entries of a session stand behind the text, where they change no positions. */
static void bring_to_front(reader *r, uint32_t offset) {
    size_t n = 0;
    while (n < r->form_count && r->forms[n]->at.start < offset) n++;
    datum **forms = NEW_ARRAY(datum *, r->form_count);
    memcpy(forms, r->forms + n, (r->form_count - n) * sizeof *forms);
    memcpy(forms + (r->form_count - n), r->forms, n * sizeof *forms);
    r->forms = forms;
}

datum_file read_source(const source *src, diag *d) {
    reader r = {.x = {.src = src, .d = d, .text = src->text, .size = (uint32_t)src->size}, .distrust_at = UINT32_MAX};
    intern_names(&r);
    check_utf8(&r);
    skip_start(&r);
    do {
        for (skip_blanks(&r); r.x.pos < r.x.size; skip_blanks(&r)) {
            if (!r.line_begun) begin_line(&r, r.x.pos);
            if (r.depth == 0) begin_form(&r, r.x.pos);
            read_token(&r);
        }
    } while (!finish(&r));
    for (size_t i = 0; i < r.x.spoilt_count; i++) diag_spoil(d, r.x.spoilt[i]);
    if (src->first_form && r.form_count) bring_to_front(&r, src->first_form);
    return (datum_file){.src = src, .forms = r.forms, .count = r.form_count, .unfinished = r.unfinished};
}
