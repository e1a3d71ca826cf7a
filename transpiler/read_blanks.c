/* read_blanks.c: strings, comments and white space. */
#include "reader.h"

/* ---- strings ---- */

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

void read_string(reader *r) {
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

/* ---- comments and white space ---- */

/* A name with an unwanted character inside is no name. */
void spoil_around(reader *r, uint32_t start, uint32_t end) {
    while (start > 0 && !(class_at(&r->x, start - 1) & CLASS_DELIMITER)) start--;
    while (!(class_at(&r->x, end) & CLASS_DELIMITER)) end++;
    spoil(&r->x, start, end);
}

void report_nul(reader *r, uint32_t at) {
    spoil_around(r, at, at + 1);
    diag_error(r->x.d, E0010, span_of(&r->x, at, at + 1), "NUL character outside a string");
    diag_hint(r->x.d, "remove it; in a string write \\0");
}

static void check_comment(reader *r, uint32_t start, uint32_t end) {
    const char *nul = memchr(r->x.text + start, '\0', end - start);
    if (nul != NULL) report_nul(r, (uint32_t)(nul - r->x.text));
}

void skip_line(reader *r) {
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
void skip_blanks(reader *r) {
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
