/* diag.c: reports are collected: each once, until they are printed or taken. */
#include "diag.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "arena.h"
#include "diag_report.h"

enum {
    MAX_STORED = 2000, /* reports kept for sorting; the rest are only counted */
    MAX_MESSAGE = 600, /* bytes of one message: names can be as long as the file */
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
    if (d->spoilt_count < MAX_STORED) PUSH(d->spoilt, d->spoilt_count, d->spoilt_capacity, span_in_text(at));
}

static bool is_spoilt(const diag *d, span at) {
    for (size_t i = 0; i < d->spoilt_count; i++) {
        const span *s = &d->spoilt[i];
        if (s->src == at.src && s->start <= at.start && at.end <= s->end) return true;
    }
    return false;
}

void diag_ignore(diag *d, diag_code code) { d->ignored[code] = true; }

void diag_warn_about(diag *d, const source *src) { d->warned = src; }

void diag_report(diag *d, severity sev, diag_code code, span at, const char *format, ...) {
    bool from_template = at.src && at.src->expansion;
    va_list args;
    va_start(args, format);
    report r = {.sev = sev, .code = code, .at = span_in_text(at), .text = shorten(arena_vprintf(format, args))};
    va_end(args);
    r.expansion = at.src && at.src->expansion ? at.src->expansion : d->expanding;
    at = r.at;
    r.hash = hash_report(&r);
    d->ignore_extras = true;
    if (sev == DIAG_WARNING && (from_template || (d->warned && at.src && at.src != d->warned))) return;
    if (sev == DIAG_WARNING && (d->ignored[code] || diag_is_allowed(at, code))) return;
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
    note n = {.at = span_in_text(at), .text = shorten(arena_vprintf(format, args))};
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
