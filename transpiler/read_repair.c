/* read_repair.c: forms that are not closed, or by the wrong closer: which mistake it was, and how to go on.
 *
 * Indentation tells what was meant, but only once something is wrong: the reader goes back then (reader.c). */
#include "reader.h"

enum { MAX_LOOKAHEAD = 64 * 1024 }; /* bytes scanned to tell a wrong closer from a missing one */

/* ---- going back ---- */

void begin_form(reader *r, uint32_t pos) {
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

void go_back(reader *r, checkpoint to) {
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

/* ---- forms that are not closed ---- */

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
        if (!is_prefix(&r->frames[i])) text[n++] = CLOSERS[r->frames[i].kind];
    return arena_printf("`%.*s`", (int)n, text);
}

static const frame *outermost_bracket(const reader *r) {
    for (size_t i = 0; i < r->depth; i++)
        if (!is_prefix(&r->frames[i])) return &r->frames[i];
    return NULL;
}

static void report_by_indentation(reader *r) {
    const suspect *s = &r->suspect;
    diag_error(r->x.d, E0001, span_of(&r->x, s->start, s->start + 1), "`%c` is never closed", OPENERS[s->kind]);
    diag_note_at(r->x.d, span_of(&r->x, s->line, s->line + 1),
                 "to judge by its indentation, it should end before this line");
    diag_hint(r->x.d, "add `%c` before line %u", CLOSERS[s->kind], line_number(r, s->line));
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
               OPENERS[first->kind]);
    if (last != first)
        diag_note_at(r->x.d, span_of(&r->x, last->start, last->start + 1), "the innermost form left open begins here");
    if (boundary != 0)
        diag_hint(r->x.d, "add %s before line %u", missing_closers(r), line_number(r, boundary));
    else
        diag_hint(r->x.d, "add %s at the end", missing_closers(r));
}

void report_dangling(reader *r, const frame *f) {
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
bool end_text(reader *r) {
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

/* ---- layout ---- */

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
void begin_line(reader *r, uint32_t pos) {
    uint32_t indent = pos - r->line_start;
    r->line_begun = true;
    r->line_indent = indent;
    if (r->brackets == 0) return;
    if (strchr(CLOSERS, r->x.text[pos]) != NULL) return;
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
void pass_lines(reader *r, uint32_t start, uint32_t pos) {
    const char *last = memrchr(r->x.text + start, '\n', pos - start);
    if (last != NULL) r->line_start = (uint32_t)(last + 1 - r->x.text);
}

/* ---- closers that do not fit ---- */

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
void close_mismatch(reader *r, frame_kind kind, uint32_t at) {
    frame *f = top(r);
    /* Errors beyond those that are printed are not worth looking around for. */
    bool thorough = diag_error_count(r->x.d) < MAX_REWINDS;
    size_t above = thorough ? forms_above(r, kind) : SIZE_MAX, ahead = thorough ? closers_ahead(r) : 0;
    size_t if_slip = difference(r->brackets - 1, ahead), if_extra = difference(r->brackets, ahead);
    size_t if_missing = above == SIZE_MAX ? SIZE_MAX : difference(r->brackets - 1 - above, ahead);
    uint32_t line = line_number(r, f->start);
    diag_error(r->x.d, E0003, span_of(&r->x, at, at + 1), "`%c` does not close the `%c` opened on line %u",
               CLOSERS[kind], OPENERS[f->kind], line);
    if (line != line_number(r, at)) diag_note_at(r->x.d, span_of(&r->x, f->start, f->start + 1), "opened here");
    if (if_slip <= if_missing && if_slip <= if_extra) {
        diag_hint(r->x.d, "write `%c` here", CLOSERS[f->kind]);
        finish_frame(r, at + 1);
        return;
    }
    r->guessed = true;
    if (if_missing <= if_extra) {
        diag_hint(r->x.d, "add `%c` before this `%c`", CLOSERS[f->kind], CLOSERS[kind]);
        for (; above > 0; above--) {
            while (is_prefix(top(r))) r->depth--;
            finish_frame(r, at);
        }
        while (is_prefix(top(r))) r->depth--;
        finish_frame(r, at + 1);
    } else {
        diag_hint(r->x.d, "remove this `%c`", CLOSERS[kind]);
    }
}

/* All closers of a run are one mistake. */
void close_nothing(reader *r, uint32_t at) {
    uint32_t end = at + 1;
    for (uint32_t p = end; p < r->x.size; p++) {
        char c = r->x.text[p];
        if (c == '\0' || (strchr(CLOSERS, c) == NULL && c != ' ')) break;
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
