/* source.c: the texts of a program: loading, lines, positions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "codepoint.h"
#include "diag_report.h"

bool source_has_bom(const source *src) { return src->size >= 3 && memcmp(src->text, "\xEF\xBB\xBF", 3) == 0; }

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

span span_in_text(span at) {
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
uint32_t source_line_index(const source *src, uint32_t offset) {
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

uint32_t source_line(const source *src, uint32_t offset) { return source_line_index(src, offset) + 1; }

static uint32_t count_code_points(const char *s, uint32_t n) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) count += ((unsigned char)s[i] & 0xC0) != 0x80;
    return count;
}

void source_position(const source *src, uint32_t offset, uint32_t *line, uint32_t *column) {
    struct last_position *last = src->last;
    if (offset > src->size) offset = (uint32_t)src->size;
    if (offset < 3 && source_has_bom(src)) offset = 3;
    uint32_t at = source_line_index(src, offset);
    bool near = last->column != 0 && last->line == at &&
                (last->offset <= offset || last->offset - offset < offset - src->lines[at]);
    if (!near) {
        *last = (struct last_position){.line = at, .offset = src->lines[at], .column = 1, .found = at};
        if (at == 0 && source_has_bom(src)) last->offset = 3;
    }
    if (offset > last->offset) last->column += count_code_points(src->text + last->offset, offset - last->offset);
    if (offset < last->offset) last->column -= count_code_points(src->text + offset, last->offset - offset);
    last->offset = offset;
    *line = at + 1;
    *column = last->column;
}
