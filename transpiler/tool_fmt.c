/* tool_fmt.c: flc2c fmt: the layout of a text, what makes sure that it means the same, and the command.
 *
 * format_source: In: a source. Out: its text in the layout, which a second call leaves alone. Ends: the layout of a
 * layout is taken until nothing changes, which mostly is at once, and at most ROUNDS times. */
#include "tool_fmt.h"

#include <string.h>
#include <sys/stat.h>

#include "driver.h"
#include "tools.h"

enum { ROUNDS = 10 };

/* ---- the same data? ---- */

static bool same_datum(const datum *a, const datum *b);

static bool same_items(const datum *a, const datum *b) {
    if (a->count != b->count || !a->tail != !b->tail) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_datum(a->items[i], b->items[i])) return false;
    return !a->tail || same_datum(a->tail, b->tail);
}

static bool same_datum(const datum *a, const datum *b) {
    if (a->kind != b->kind || a->sugar != b->sugar) return false;
    switch (a->kind) {
    case DATUM_INT: return a->i == b->i;
    case DATUM_FLOAT: return memcmp(&a->f, &b->f, sizeof a->f) == 0;
    case DATUM_BIGINT: return strcmp(a->text, b->text) == 0;
    case DATUM_STRING: return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
    case DATUM_SYMBOL:
    case DATUM_KEYWORD: return a->text == b->text;
    case DATUM_TRUE:
    case DATUM_FALSE:
    case DATUM_NIL: return true;
    default: return same_items(a, b);
    }
}

static bool same_data(const datum_file *a, const datum_file *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_datum(a->forms[i], b->forms[i])) return false;
    return true;
}

/* ---- the layout ---- */

static text laid_out(const char *chars, size_t size) {
    text out = {0};
    layout_print(layout_read(chars, size), &out);
    return out;
}

static bool same_bytes(const text *a, const char *chars, size_t size) {
    return a->size == size && (size == 0 || memcmp(a->chars, chars, size) == 0);
}

/* The first datum of the text that the layout lost or changed. */
static span first_difference(const datum_file *a, const datum_file *b) {
    for (size_t i = 0; i < a->count; i++)
        if (i >= b->count || !same_datum(a->forms[i], b->forms[i])) return a->forms[i]->at;
    return (span){.src = a->src};
}

bool format_source(const source *src, diag *d, text *out) {
    size_t errors = diag_error_count(d);
    datum_file before = read_source(src, d);
    if (diag_error_count(d) > errors) return false;
    text now = laid_out(src->text, src->size);
    for (int round = 1; round < ROUNDS; round++) {
        text next = laid_out(text_chars(&now), now.size);
        bool settled = same_bytes(&next, now.chars, now.size);
        now = next;
        if (settled) break;
    }
    diag *silent = diag_silent();
    const source *result = source_from_text(src->path, text_chars(&now), now.size);
    datum_file after = read_source(result, silent);
    if (diag_failed(silent) || !same_data(&before, &after)) {
        diag_error(d, E0902, first_difference(&before, &after), "the layout would change what this form means");
        diag_hint(d, "nothing was written; this is a fault of flc2c fmt: please report it with this form");
        return false;
    }
    *out = now;
    return true;
}

/* ---- the command ---- */

/* Gives the exit status. */
static int format_file(const char *path, const driver_options *o) {
    diag *d = diag_new(stderr, o->color);
    const char *error;
    source *src = source_load(path, &error);
    if (!src) {
        driver_error("cannot read %s: %s", path, error);
        return STATUS_FAILED;
    }
    text out = {0};
    bool ok = format_source(src, d, &out);
    if (!ok) diag_flush(d);
    if (!ok) return STATUS_FAILED;
    bool changed = !same_bytes(&out, src->text, src->size), is_stdin = strcmp(path, "-") == 0;
    if (o->check_only) {
        if (changed) puts(src->path);
        return changed ? STATUS_FAILED : STATUS_OK;
    }
    if (!changed && !is_stdin) return STATUS_OK;
    output all = {0};
    if (out.size) out_bytes(&all, out.chars, out.size);
    ok = is_stdin ? write_output("-", &all) : replace_file(path, &all);
    out_free(&all);
    return ok ? STATUS_OK : STATUS_FAILED;
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Files, and the sources below folders. */
int fmt_command(const driver_options *o) {
    int status = STATUS_OK;
    path_list files = {0};
    for (size_t i = 0; i < o->file_count; i++) {
        if (is_folder(o->files[i]))
            find_sources(&files, o->files[i], NULL);
        else
            PUSH(files.paths, files.count, files.capacity, o->files[i]);
    }
    for (size_t i = 0; i < files.count; i++)
        if (format_file(files.paths[i], o) != STATUS_OK) status = STATUS_FAILED;
    return status;
}
