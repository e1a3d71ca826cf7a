/* diag_print.c: reports as a person reads them: the place, the source line, a caret, hints; in the order of the text.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "codepoint.h"
#include "diag_report.h"

enum {
    MAX_PRINTED = 50,   /* of each severity */
    MAX_WIDTH = 100,    /* display columns of a source line */
    CARET_CONTEXT = 60, /* of these, before the caret when the line is cut */
    TAB_WIDTH = 4,
};

static const char RESET[] = "\033[0m", BOLD[] = "\033[1m", RED[] = "\033[1;31m", YELLOW[] = "\033[1;33m",
                  CYAN[] = "\033[1;36m", GREEN[] = "\033[1;32m", BLUE[] = "\033[34m";

static const char *paint(const diag *d, const char *color) { return d->color ? color : ""; }

/* One code point of a text that need not be valid: U+FFFD for a bad byte. Gives its length in bytes. */
static size_t decode(const char *s, size_t n, uint32_t *cp) {
    size_t length = utf8_decode(s, n, cp);
    if (length > 0) return length;
    *cp = CODEPOINT_REPLACEMENT;
    return 1;
}

/* Terminal columns of a code point; enough to keep carets under East Asian text, emoji and combining marks. */
static unsigned display_width(uint32_t cp) {
    if (cp < 0x300) return 1;
    if (cp <= 0x36F || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF) return 0;
    static const struct {
        uint32_t first, last;
    } wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
                {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (cp >= wide[i].first && cp <= wide[i].last) return 2;
    return 1;
}

/* What is shown of a source line: bytes [from, to), the caret's column and width in display columns. */
typedef struct excerpt {
    const char *from, *to;
    bool cut_left, cut_right;
    const char *caret, *caret_end;
} excerpt;

/* Control characters, and what is invisible or changes the direction of what follows. */
static bool hidden(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x200B || cp == 0x2060 || cp == 0xFEFF ||
           (cp >= 0x200E && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Walks over the shown bytes, printing if out is given; what is hidden is shown as `?`. Gives the column after them. */
static unsigned show_bytes(FILE *out, const char *from, const char *to, unsigned column) {
    while (from < to) {
        uint32_t cp;
        size_t n = decode(from, (size_t)(to - from), &cp);
        if (cp == '\t') {
            do {
                if (out != NULL) fputc(' ', out);
            } while (++column % TAB_WIDTH != 0);
        } else if (hidden(cp)) {
            if (out != NULL) fputc('?', out);
            column++;
        } else {
            if (out != NULL && cp == CODEPOINT_REPLACEMENT)
                fputs("\xEF\xBF\xBD", out);
            else if (out != NULL)
                fwrite(from, 1, n, out);
            column += display_width(cp);
        }
        from += n;
    }
    return column;
}

static const char *back_code_points(const char *p, const char *limit, unsigned n) {
    while (p > limit && n > 0) {
        p--;
        while (p > limit && ((unsigned char)*p & 0xC0) == 0x80) p--;
        n--;
    }
    return p;
}

static const char *forward_columns(const char *p, const char *limit, unsigned columns) {
    for (unsigned used = 0; p < limit;) {
        uint32_t cp;
        size_t n = decode(p, (size_t)(limit - p), &cp);
        used += cp == '\t' ? TAB_WIDTH : display_width(cp);
        if (used > columns) break;
        p += n;
    }
    return p;
}

static excerpt make_excerpt(span at, uint32_t line) {
    const source *src = at.src;
    const char *start = src->text + src->lines[line], *end = src->text + src->size;
    if (line + 1 < src->line_count) end = src->text + src->lines[line + 1] - 1;
    if (line == 0 && source_has_bom(src)) start += 3;
    while (end > start && end[-1] == '\r') end--;
    excerpt e = {.from = start, .to = end};
    e.caret = src->text + (at.start > src->size ? src->size : at.start);
    e.caret_end = src->text + (at.end > src->size ? src->size : at.end);
    if (e.caret < start) e.caret = start;
    if (e.caret > end) e.caret = end;
    if (e.caret_end > end) e.caret_end = end;
    if (forward_columns(start, end, MAX_WIDTH) < end) {
        e.from = back_code_points(e.caret, start, CARET_CONTEXT);
        e.to = forward_columns(e.from, end, MAX_WIDTH);
        e.cut_left = e.from > start;
        e.cut_right = e.to < end;
        if (e.caret_end > e.to) e.caret_end = e.to;
    }
    return e;
}

static void print_excerpt(diag *d, span at, const char *color) {
    uint32_t line, column;
    source_position(at.src, at.start, &line, &column);
    excerpt e = make_excerpt(at, line - 1);
    const char *left = e.cut_left ? "..." : "";
    fprintf(d->out, "%s%5u |%s %s", paint(d, BLUE), line, paint(d, RESET), left);
    show_bytes(d->out, e.from, e.to, 0);
    fputs(e.cut_right ? "...\n" : "\n", d->out);
    unsigned margin = line > 99999 ? (unsigned)snprintf(NULL, 0, "%u", line) : 5;
    fprintf(d->out, "%s%*s |%s %s", paint(d, BLUE), (int)margin, "", paint(d, RESET), e.cut_left ? "   " : "");
    unsigned from = show_bytes(NULL, e.from, e.caret, 0), to = show_bytes(NULL, e.caret, e.caret_end, from);
    fprintf(d->out, "%*s%s", (int)from, "", paint(d, color));
    do fputc('^', d->out);
    while (++from < to);
    fprintf(d->out, "%s\n", paint(d, RESET));
}

/* Texts may quote the program: no control characters but line breaks, which go to the margin of the hints. */
static void print_text(FILE *out, const char *text) {
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        show_bytes(out, text, text + n, 0);
        text += n;
        if (*text != '\n') break;
        fputs("\n        ", out);
        text++;
    }
    fputc('\n', out);
}

static void print_place(diag *d, span at) {
    if (at.src == NULL) {
        fprintf(d->out, "%sflc2c:%s ", paint(d, BOLD), paint(d, RESET));
        return;
    }
    uint32_t line, column;
    source_position(at.src, at.start, &line, &column);
    fprintf(d->out, "%s%s:%u:%u:%s ", paint(d, BOLD), at.src->path, line, column, paint(d, RESET));
}

static void print_hints(diag *d, const char *hint) {
    while (hint != NULL) {
        const char *end = strchr(hint, '\n');
        size_t n = end == NULL ? strlen(hint) : (size_t)(end - hint);
        fprintf(d->out, "  %shint:%s ", paint(d, GREEN), paint(d, RESET));
        show_bytes(d->out, hint, hint + n, 0);
        fputc('\n', d->out);
        hint = end == NULL ? NULL : end + 1;
    }
}

static void print_position(diag *d, span at) {
    uint32_t line, column;
    source_position(at.src, at.start, &line, &column);
    fprintf(d->out, "%s:%u:%u", at.src->path, line, column);
}

/* The expansions that the report comes from, innermost first; of many only the first and the last few. */
static void print_backtrace(diag *d, const macro_use *e) {
    enum { SHOWN = 5 };
    unsigned last = e ? e->depth : 0;
    for (; e; e = e->use.src ? e->use.src->expansion : NULL) {
        if (last > 2 * SHOWN && last - e->depth >= SHOWN && e->depth >= SHOWN) {
            if (last - e->depth == SHOWN) fprintf(d->out, "  ... %u more expansions ...\n", last + 1 - 2 * SHOWN);
            continue;
        }
        fprintf(d->out, "  %sin expansion of%s `%s`", paint(d, CYAN), paint(d, RESET), e->name);
        if (e->use.src) fputs(" at ", d->out), print_position(d, e->use);
        if (e->defined.src) fputs(", defined at ", d->out), print_position(d, e->defined);
        fputc('\n', d->out);
    }
}

static void print_report(diag *d, const report *r) {
    static const char *const names[] = {"error", "warning", "note"};
    const char *color = r->sev == DIAG_ERROR ? RED : r->sev == DIAG_WARNING ? YELLOW : CYAN;
    print_place(d, r->at);
    fprintf(d->out, "%s%s[%s]:%s ", paint(d, color), names[r->sev], diag_code_name(r->code), paint(d, RESET));
    print_text(d->out, r->text);
    if (r->at.src != NULL) print_excerpt(d, r->at, color);
    for (size_t i = 0; i < r->note_count; i++) {
        const note *n = &r->notes[i];
        print_place(d, n->at);
        fprintf(d->out, "%snote:%s ", paint(d, CYAN), paint(d, RESET));
        print_text(d->out, n->text);
        if (n->at.src != NULL) print_excerpt(d, n->at, CYAN);
    }
    if (r->sev == DIAG_ERROR) print_backtrace(d, r->expansion);
    print_hints(d, r->hint);
}

/* Sorting: by file in order of first report (no file: first of all), then place, then order of report. */
typedef struct sort_key {
    size_t file;
    uint32_t offset;
    size_t index;
} sort_key;

static int compare_keys(const void *a, const void *b) {
    const sort_key *x = a, *y = b;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static size_t file_rank(const source ***files, size_t *count, size_t *capacity, const source *src) {
    if (src == NULL) return 0;
    for (size_t i = 0; i < *count; i++)
        if ((*files)[i] == src) return i + 1;
    PUSH(*files, *count, *capacity, src);
    return *count;
}

static sort_key *sorted_pending(const diag *d) {
    size_t n = d->count - d->pending, file_count = 0, file_capacity = 0;
    const source **files = NULL;
    sort_key *keys = NEW_ARRAY(sort_key, n);
    for (size_t i = 0; i < n; i++) {
        span at = d->reports[d->pending + i].at;
        keys[i] = (sort_key){.file = file_rank(&files, &file_count, &file_capacity, at.src),
                             .offset = at.start,
                             .index = d->pending + i};
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    return keys;
}

static void print_count(FILE *out, size_t n, size_t shown, const char *what) {
    fprintf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
    if (shown < n) fprintf(out, " (%zu shown)", shown);
}

static void print_summary(const diag *d) {
    if (d->errors > 0) print_count(d->out, d->errors, d->shown[DIAG_ERROR], "error");
    if (d->errors > 0 && d->warnings > 0) fputs(", ", d->out);
    if (d->warnings > 0) print_count(d->out, d->warnings, d->shown[DIAG_WARNING], "warning");
    if (d->errors + d->warnings > 0) fputc('\n', d->out);
}

void diag_flush(diag *d) {
    size_t n = d->count - d->pending;
    if (n == 0) return;
    const sort_key *keys = sorted_pending(d);
    for (size_t i = 0; i < n; i++) {
        const report *r = &d->reports[keys[i].index];
        if (d->shown[r->sev] >= MAX_PRINTED) continue;
        d->shown[r->sev]++;
        print_report(d, r);
    }
    d->pending = d->count;
    print_summary(d);
    fflush(d->out);
}

diag_item *diag_take(diag *d, size_t *count) {
    *count = d->count - d->pending;
    const sort_key *keys = sorted_pending(d);
    diag_item *items = NEW_ARRAY(diag_item, *count);
    for (size_t i = 0; i < *count; i++) {
        const report *r = &d->reports[keys[i].index];
        items[i] = (diag_item){.sev = r->sev, .code = r->code, .at = r->at, .text = r->text, .hint = r->hint};
    }
    d->pending = d->count;
    return items;
}
