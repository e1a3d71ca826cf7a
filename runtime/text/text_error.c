/* text_error.c: errors at a place in a text. */
#include "text_internal.h"

#include <inttypes.h>
#include <stdio.h>

#include "flu/literal.h"

static const char *line_start(const char *text, const char *at, int64_t *line) {
    const char *start = text;
    *line = 1;
    for (const char *p = text; p < at; p++) {
        if (*p != '\n' && !(*p == '\r' && p[1] != '\n')) continue;
        ++*line;
        start = p + 1;
    }
    return start;
}

flu_value flu_text_error(flu_worker *w, const char *proc, const char *text, const char *at, const char *message) {
    int64_t line;
    const char *start = line_start(text, at, &line);
    int64_t column = 1 + (int64_t)flu_utf8_count(start, (size_t)(at - start));
    flu_value where[] = {FLU_KEYWORD_LIT("line"), FLU_FIX(line), FLU_KEYWORD_LIT("column"), FLU_FIX(column)};
    return flu_raise_data(w, "parse-error", flu_dict_lit(w, 2, where), "%s: line %" PRId64 ", column %" PRId64 ": %s",
                          proc, line, column, message);
}

const char *flu_text_found(char out[FLU_FOUND_SIZE], const char *at, const char *end) {
    if (at >= end) return "the end of the text";
    const char *next = at;
    uint32_t c = flu_utf8_next(&next);
    if (c < ' ' || c == 0x7f)
        snprintf(out, FLU_FOUND_SIZE, "the control character U+%04" PRIX32, c);
    else
        snprintf(out, FLU_FOUND_SIZE, "'%.*s'", (int)(next - at), at);
    return out;
}
