/* diag.c: sources and positions, and the printing of diagnostics. */
#include "diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "codepoint.h"

enum {
    MAX_PRINTED = 50,   /* of each severity */
    MAX_STORED = 2000,  /* reports kept for sorting; the rest are only counted */
    MAX_MESSAGE = 600,  /* bytes of one message: names can be as long as the file */
    MAX_WIDTH = 100,    /* display columns of a source line */
    CARET_CONTEXT = 60, /* of these, before the caret when the line is cut */
    TAB_WIDTH = 4,
    MAX_NAME = 64, /* longer names are not guessed at */
};

/* --- Sources ------------------------------------------------------------------------------------------------- */

static bool has_bom(const source *src) { return src->size >= 3 && memcmp(src->text, "\xEF\xBB\xBF", 3) == 0; }

static void find_lines(source *src) {
    size_t n = 1;
    const char *end = src->text + src->size;
    for (const char *p = src->text; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) n++;
    src->lines = NEW_ARRAY(uint32_t, n);
    src->line_count = (uint32_t)n;
    size_t i = 1;
    for (const char *p = src->text; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        src->lines[i++] = (uint32_t)(p + 1 - src->text);
}

/* Passes ask in the order of the text: continuing from the last answer keeps a file of one long line from taking
 * quadratic time. */
struct last_position {
    uint32_t line, offset, column; /* of source_position; line 0-based; offset is on it */
    uint32_t found;                /* of line_of */
};

source *source_from_text(const char *path, const char *text, size_t size) {
    source *src = NEW(source);
    src->path = arena_copy(path, strlen(path));
    src->text = arena_copy(text, size);
    src->size = size;
    src->last = arena_alloc(sizeof *src->last);
    src->written = src;
    find_lines(src);
    return src;
}

const source *source_expanded(const source *src, const macro_use *e) {
    source *expanded = NEW(source);
    *expanded = *src;
    expanded->expansion = e;
    return expanded;
}

span span_written(span at) {
    while (at.src && at.src->expansion) at = at.src->expansion->use;
    return at;
}

/* The text that the span is in, whatever has been made of it. */
static span in_text(span at) {
    if (at.src) at.src = at.src->written;
    return at;
}

/* Reads all of a stream into malloced memory; false: errno. */
static bool read_all(FILE *in, char **text, size_t *size) {
    size_t capacity = 1 << 16, n = 0;
    char *buffer = malloc(capacity);
    while (buffer != NULL) {
        size_t got = fread(buffer + n, 1, capacity - n, in);
        n += got;
        if (got == 0) break;
        if (n < capacity) continue;
        char *bigger = realloc(buffer, capacity *= 2);
        if (bigger == NULL) free(buffer);
        buffer = bigger;
    }
    if (buffer == NULL) {
        errno = ENOMEM;
        return false;
    }
    if (ferror(in)) {
        free(buffer);
        return false;
    }
    *text = buffer;
    *size = n;
    return true;
}

static source *load_stream(FILE *in, const char *path, const char **error) {
    char *text;
    size_t size;
    struct stat st;
    if (fstat(fileno(in), &st) == 0 && S_ISDIR(st.st_mode)) {
        *error = "it is a directory";
        return NULL;
    }
    if (!read_all(in, &text, &size)) {
        *error = arena_printf("%s", strerror(errno));
        return NULL;
    }
    source *src = NULL;
    if (size >= UINT32_MAX)
        *error = "a source file must be smaller than 4 GB";
    else
        src = source_from_text(path, text, size);
    free(text);
    return src;
}

typedef struct source_table {
    source **items;
    size_t count, capacity;
} source_table;

static source_table loaded; /* by path; the transpiler has one thread */

static source *loaded_source(const char *path) {
    for (size_t i = 0; i < loaded.count; i++)
        if (strcmp(loaded.items[i]->path, path) == 0) return loaded.items[i];
    return NULL;
}

source *source_provide(const char *path, const char *text, size_t size) {
    source *src = source_from_text(path, text, size);
    PUSH(loaded.items, loaded.count, loaded.capacity, src);
    return src;
}

source *source_load(const char *path, const char **error) {
    bool is_stdin = strcmp(path, "-") == 0;
    const char *shown = is_stdin ? "<stdin>" : path;
    source *known = loaded_source(shown);
    if (known) return known;
    FILE *in = is_stdin ? stdin : fopen(path, "rb");
    if (in == NULL) {
        *error = arena_printf("%s", strerror(errno));
        return NULL;
    }
    source *src = load_stream(in, shown, error);
    if (!is_stdin) fclose(in);
    if (src != NULL) PUSH(loaded.items, loaded.count, loaded.capacity, src);
    return src;
}

static bool on_line(const source *src, uint32_t line, uint32_t offset) {
    return src->lines[line] <= offset && (line + 1 == src->line_count || offset < src->lines[line + 1]);
}

/* Asked mostly for places near the last one. */
static uint32_t line_of(const source *src, uint32_t offset) {
    enum { NEAR = 16 };
    uint32_t last = src->last->found, low = 0, high = src->line_count;
    if (on_line(src, last, offset)) return last;
    if (src->lines[last] < offset) {
        low = last;
        if (high - low > NEAR && offset < src->lines[low + NEAR]) high = low + NEAR;
    } else {
        high = last;
        if (high > NEAR && src->lines[high - NEAR] <= offset) low = high - NEAR;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (src->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    src->last->found = low;
    return low;
}

uint32_t source_line(const source *src, uint32_t offset) { return line_of(src, offset) + 1; }

static uint32_t count_code_points(const char *s, uint32_t n) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) count += ((unsigned char)s[i] & 0xC0) != 0x80;
    return count;
}

void source_position(const source *src, uint32_t offset, uint32_t *line, uint32_t *column) {
    struct last_position *last = src->last;
    if (offset > src->size) offset = (uint32_t)src->size;
    if (offset < 3 && has_bom(src)) offset = 3;
    uint32_t at = line_of(src, offset);
    bool near = last->column != 0 && last->line == at &&
                (last->offset <= offset || last->offset - offset < offset - src->lines[at]);
    if (!near) {
        *last = (struct last_position){.line = at, .offset = src->lines[at], .column = 1, .found = at};
        if (at == 0 && has_bom(src)) last->offset = 3;
    }
    if (offset > last->offset) last->column += count_code_points(src->text + last->offset, offset - last->offset);
    if (offset < last->offset) last->column -= count_code_points(src->text + offset, last->offset - offset);
    last->offset = offset;
    *line = at + 1;
    *column = last->column;
}

/* --- Reports ------------------------------------------------------------------------------------------------- */

typedef struct note {
    span at;
    const char *text;
} note;

typedef struct report {
    severity sev;
    diag_code code;
    span at;
    const macro_use *expansion; /* innermost; NULL: none */
    const char *text, *hint;
    note *notes;
    size_t note_count, note_capacity;
    uint32_t hash;
    bool printed;
} report;

struct diag {
    bool ignored[DIAG_CODE_COUNT]; /* warnings with these codes */
    const source *warned;          /* the file whose warnings count; NULL: all */
    FILE *out;
    bool color;
    report *reports;
    size_t count, capacity;
    size_t pending;          /* reports[pending..count) are not printed yet */
    size_t errors, warnings; /* reported, also those not stored */
    size_t shown[DIAG_NOTE + 1];
    const macro_use *expanding;
    bool ignore_extras; /* the last report was not kept: drop its hints */
    span *spoilt;       /* places whose reports are dropped */
    size_t spoilt_count, spoilt_capacity;
    uint32_t *table; /* 1 + index in reports, by hash; open addressing */
    size_t table_size;
};

static const char *const code_names[] = {
#define DIAG_CODE(code, title, text) #code,
#include "diag_codes.def"
#undef DIAG_CODE
    "",
};

const char *diag_code_name(diag_code code) { return code < DIAG_CODE_COUNT ? code_names[code] : ""; }

const char *diag_explain(const char *code) {
    static const char *const texts[] = {
#define DIAG_CODE(code, title, text) #code ": " title "\n\n" text,
#include "diag_codes.def"
#undef DIAG_CODE
        NULL,
    };
    for (size_t i = 0; texts[i] != NULL; i++)
        if (strcasecmp(code, code_names[i]) == 0) return texts[i];
    return NULL;
}

static bool wants_color(FILE *out, color_mode color) {
    if (color != COLOR_AUTO) return color == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color != NULL && no_color[0] != '\0') return false;
    if (term != NULL && strcmp(term, "dumb") == 0) return false;
    return isatty(fileno(out)) == 1;
}

diag *diag_new(FILE *out, color_mode color) {
    diag *d = NEW(diag);
    d->out = out;
    d->color = wants_color(out, color);
    return d;
}

diag *diag_silent(void) { return diag_new(stderr, COLOR_NEVER); } /* never flushed */

static uint32_t hash_report(const report *r) {
    uint32_t h = (uint32_t)r->code * 31 + r->at.start;
    for (const char *p = r->text; *p != '\0'; p++) h = (h ^ (unsigned char)*p) * 16777619u;
    return h;
}

static bool same_report(const report *a, const report *b) {
    return a->hash == b->hash && a->sev == b->sev && a->code == b->code && a->at.src == b->at.src &&
           a->at.start == b->at.start && strcmp(a->text, b->text) == 0;
}

static void table_insert(diag *d, size_t index) {
    size_t i = d->reports[index].hash & (d->table_size - 1);
    while (d->table[i] != 0) i = (i + 1) & (d->table_size - 1);
    d->table[i] = (uint32_t)index + 1;
}

static void rebuild_table(diag *d, size_t size) {
    d->table = NEW_ARRAY(uint32_t, size);
    d->table_size = size;
    for (size_t i = 0; i < d->count; i++) table_insert(d, i);
}

static bool reported_already(const diag *d, const report *r) {
    if (d->table_size == 0) return false;
    for (size_t i = r->hash & (d->table_size - 1); d->table[i] != 0; i = (i + 1) & (d->table_size - 1))
        if (same_report(&d->reports[d->table[i] - 1], r)) return true;
    return false;
}

/* Cuts a text at a code point. */
static const char *shorten(char *text) {
    if (strlen(text) <= MAX_MESSAGE) return text;
    size_t n = MAX_MESSAGE;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) n--;
    strcpy(text + n, "...");
    return text;
}

void diag_spoil(diag *d, span at) {
    if (d->spoilt_count < MAX_STORED) PUSH(d->spoilt, d->spoilt_count, d->spoilt_capacity, in_text(at));
}

static bool is_spoilt(const diag *d, span at) {
    for (size_t i = 0; i < d->spoilt_count; i++) {
        const span *s = &d->spoilt[i];
        if (s->src == at.src && s->start <= at.start && at.end <= s->end) return true;
    }
    return false;
}

void diag_ignore(diag *d, diag_code code) { d->ignored[code] = true; }

/* --- Warnings that are meant ----------------------------------------------------------------------------------- */

static bool allowed[DIAG_CODE_COUNT]; /* by --allow: set before anything is read */

/* The code at the start of the text, `all` being DIAG_CODE_COUNT; false: there is none. *size: of its name. */
static bool code_at(const char *p, size_t size, unsigned *code, size_t *length) {
    size_t n = 0;
    while (n < size && ((p[n] >= '0' && p[n] <= '9') || ((p[n] | 32) >= 'a' && (p[n] | 32) <= 'z'))) n++;
    *length = n;
    for (*code = 0; *code < DIAG_CODE_COUNT; ++*code)
        if (strlen(code_names[*code]) == n && strncasecmp(code_names[*code], p, n) == 0) return true;
    return n == strlen("all") && strncasecmp(p, "all", n) == 0;
}

const char *diag_allow(const char *list) {
    for (size_t n; *list; list += n + (list[n] == ',')) {
        unsigned code;
        size_t length;
        n = strcspn(list, ",");
        bool known = code_at(list, n, &code, &length) && length == n;
        if (!known || (code < DIAG_CODE_COUNT && code_names[code][0] != 'W')) return arena_copy(list, n);
        for (unsigned i = 0; i < DIAG_CODE_COUNT; i++) allowed[i] |= code == i || code == DIAG_CODE_COUNT;
    }
    return NULL;
}

/* Does the line have a comment "; flc2c: allow CODE ..." that names the code? */
static bool line_allows(const source *src, uint32_t line, diag_code code) {
    static const char word[] = "flc2c: allow";
    const char *start = src->text + src->lines[line];
    const char *end = src->text + (line + 1 < src->line_count ? src->lines[line + 1] : src->size);
    const char *comment = memchr(start, ';', (size_t)(end - start));
    const char *p = comment ? memmem(comment, (size_t)(end - comment), word, sizeof word - 1) : NULL;
    if (!p) return false;
    for (p += sizeof word - 1; p < end;) {
        unsigned found;
        size_t length;
        if (code_at(p, (size_t)(end - p), &found, &length) && (found == code || found == DIAG_CODE_COUNT)) return true;
        p += length ? length : 1;
    }
    return false;
}

/* Lines of comments and blank ones. */
static bool is_comment_line(const source *src, uint32_t line) {
    const char *p = src->text + src->lines[line];
    if (line == 0 && has_bom(src)) p += 3;
    if (line == 0 && p[0] == '#' && p[1] == '!') return true;
    p += strspn(p, " \t\r");
    return *p == ';' || *p == '\n';
}

/* Such a comment speaks of its own line and the next one; before the first form, of the whole file. */
static bool is_allowed(span at, diag_code code) {
    if (allowed[code]) return true;
    if (!at.src) return false;
    uint32_t line = line_of(at.src, at.start < at.src->size ? at.start : (uint32_t)at.src->size);
    if (line_allows(at.src, line, code) || (line && line_allows(at.src, line - 1, code))) return true;
    for (uint32_t i = 0; i < at.src->line_count && is_comment_line(at.src, i); i++)
        if (line_allows(at.src, i, code)) return true;
    return false;
}

void diag_warn_about(diag *d, const source *src) { d->warned = src; }

void diag_report(diag *d, severity sev, diag_code code, span at, const char *format, ...) {
    bool from_template = at.src && at.src->expansion;
    va_list args;
    va_start(args, format);
    report r = {.sev = sev, .code = code, .at = in_text(at), .text = shorten(arena_vprintf(format, args))};
    va_end(args);
    r.expansion = at.src && at.src->expansion ? at.src->expansion : d->expanding;
    at = r.at;
    r.hash = hash_report(&r);
    d->ignore_extras = true;
    if (sev == DIAG_WARNING && (from_template || (d->warned && at.src && at.src != d->warned))) return;
    if (sev == DIAG_WARNING && (d->ignored[code] || is_allowed(at, code))) return;
    if (reported_already(d, &r) || (at.src != NULL && is_spoilt(d, at))) return;
    d->errors += sev == DIAG_ERROR;
    d->warnings += sev == DIAG_WARNING;
    if (d->count - d->pending >= MAX_STORED) return;
    d->ignore_extras = false;
    PUSH(d->reports, d->count, d->capacity, r);
    if (d->count * 2 > d->table_size)
        rebuild_table(d, d->table_size == 0 ? 64 : d->table_size * 2);
    else
        table_insert(d, d->count - 1);
}

static report *last_report(diag *d) { return d->ignore_extras || d->count == 0 ? NULL : &d->reports[d->count - 1]; }

void diag_hint(diag *d, const char *format, ...) {
    report *r = last_report(d);
    if (r == NULL) return;
    va_list args;
    va_start(args, format);
    const char *text = shorten(arena_vprintf(format, args));
    va_end(args);
    r->hint = r->hint == NULL ? text : arena_printf("%s\n%s", r->hint, text);
}

void diag_note_at(diag *d, span at, const char *format, ...) {
    report *r = last_report(d);
    if (r == NULL) return;
    va_list args;
    va_start(args, format);
    note n = {.at = in_text(at), .text = shorten(arena_vprintf(format, args))};
    va_end(args);
    PUSH(r->notes, r->note_count, r->note_capacity, n);
}

const macro_use *diag_expanding(diag *d, const macro_use *e) {
    const macro_use *before = d->expanding;
    d->expanding = e;
    return before;
}

bool diag_failed(const diag *d) { return d->errors > 0; }
size_t diag_error_count(const diag *d) { return d->errors; }
size_t diag_warning_count(const diag *d) { return d->warnings; }

diag_mark diag_mark_now(const diag *d) {
    return (diag_mark){.reports = d->count, .errors = d->errors, .warnings = d->warnings};
}

void diag_rewind(diag *d, diag_mark mark) {
    d->errors = mark.errors;
    d->warnings = mark.warnings;
    d->ignore_extras = true;
    if (mark.reports == d->count) return;
    d->count = mark.reports;
    rebuild_table(d, d->table_size);
}

/* --- Printing ------------------------------------------------------------------------------------------------ */

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
    if (line == 0 && has_bom(src)) start += 3;
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

/* --- Did you mean -------------------------------------------------------------------------------------------- */

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

/* Insertions, deletions, replacements and exchanges of neighbours; anything above limit is limit + 1. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m, size_t limit) {
    size_t rows[3][MAX_NAME + 1];
    size_t *before = rows[0], *previous = rows[1], *row = rows[2];
    if ((n > m ? n - m : m - n) > limit) return limit + 1;
    for (size_t j = 0; j <= m; j++) previous[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t best = row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            row[j] = min_size(min_size(previous[j], row[j - 1]) + 1, previous[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_size(row[j], before[j - 2] + 1);
            best = min_size(best, row[j]);
        }
        if (best > limit) return limit + 1;
        size_t *free_row = before;
        before = previous, previous = row, row = free_row;
    }
    return previous[m];
}

static bool letters_exchanged(const char *a, const char *b) { return a[0] == b[1] && a[1] == b[0] && b[2] == '\0'; }

const char *did_you_mean(const char *name, const char *const *candidates, size_t n) {
    size_t length = strlen(name);
    if (length < 2 || length > MAX_NAME) return NULL;
    size_t limit = length / 3;
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *candidate = candidates[i];
        if (length == 2) {
            if (best == NULL && candidate[0] != candidate[1] && strlen(candidate) == 2 &&
                letters_exchanged(name, candidate))
                best = candidate;
            continue;
        }
        size_t size = strnlen(candidate, MAX_NAME + 1);
        if (size > MAX_NAME || size > length + limit || size + limit < length) continue;
        size_t distance = edit_distance(name, length, candidate, size, limit);
        if (distance == 0 || distance > limit) continue;
        best = candidate;
        limit = distance - 1;
        if (limit == 0) break;
    }
    return best;
}
