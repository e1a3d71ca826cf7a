/* diag_allow.c: warnings that are meant: --allow, and comments "; flc2c: allow CODE ...". */
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "diag_report.h"

static bool allowed[DIAG_CODE_COUNT]; /* by --allow: set before anything is read */

/* The code at the start of the text, `all` being DIAG_CODE_COUNT; false: there is none. *size: of its name. */
static bool code_at(const char *p, size_t size, unsigned *code, size_t *length) {
    size_t n = 0;
    while (n < size && ((p[n] >= '0' && p[n] <= '9') || ((p[n] | 32) >= 'a' && (p[n] | 32) <= 'z'))) n++;
    *length = n;
    for (*code = 0; *code < DIAG_CODE_COUNT; ++*code)
        if (strlen(diag_code_name(*code)) == n && strncasecmp(diag_code_name(*code), p, n) == 0) return true;
    return n == strlen("all") && strncasecmp(p, "all", n) == 0;
}

const char *diag_allow(const char *list) {
    for (size_t n; *list; list += n + (list[n] == ',')) {
        unsigned code;
        size_t length;
        n = strcspn(list, ",");
        bool known = code_at(list, n, &code, &length) && length == n;
        if (!known || (code < DIAG_CODE_COUNT && diag_code_name(code)[0] != 'W')) return arena_copy(list, n);
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
    if (line == 0 && source_has_bom(src)) p += 3;
    if (line == 0 && p[0] == '#' && p[1] == '!') return true;
    p += strspn(p, " \t\r");
    return *p == ';' || *p == '\n';
}

/* Such a comment speaks of its own line and the next one; before the first form, of the whole file. */
bool diag_is_allowed(span at, diag_code code) {
    if (allowed[code]) return true;
    if (!at.src) return false;
    uint32_t line = source_line_index(at.src, at.start < at.src->size ? at.start : (uint32_t)at.src->size);
    if (line_allows(at.src, line, code) || (line && line_allows(at.src, line - 1, code))) return true;
    for (uint32_t i = 0; i < at.src->line_count && is_comment_line(at.src, i); i++)
        if (line_allows(at.src, i, code)) return true;
    return false;
}
