/* diag.h: diagnostics: file:line:column, the source line, a caret, a hint, a stable code.
 *
 *   jobs.flu:12:5: error[E0301]: select clause has no handler
 *      12 |     ((recv! jobs))
 *         |     ^^^^^^^^^^^^^^
 *     hint: write ((recv! ch) (fn (v) ...))
 *
 * Every pass reports what it finds and goes on; the driver stops after the passes that need valid input.
 * Identical reports at one place are printed once. At most 50 errors and 50 warnings are printed; the rest are counted.
 * The underlined part is that of the span's first line; tabs are shown as spaces, and a long line is cut around the
 * caret. */
#ifndef DIAG_H
#define DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct source {
    const char *path; /* as given, "<stdin>" for standard input */
    const char *text; /* NUL-terminated */
    size_t size;
    uint32_t *lines; /* byte offset of each line's start */
    uint32_t line_count;
    uint32_t first_form;               /* forms from this offset on are read before the others (flc2c repl); 0: none */
    struct last_position *last;        /* asked for, to go on from */
    const struct macro_use *expansion; /* the macro expansion that what has this source comes from; NULL: none */
    const struct source *written;      /* the source as it was loaded: itself unless expansion is set */
} source;

/* A stretch of a source file, in byte offsets; src NULL: no place (made by the compiler). Code from the template of a
 * macro has the place of the template, with a source that tells the expansion. */
typedef struct span {
    const source *src;
    uint32_t start, end;
} span;

/* One use of a macro. */
typedef struct macro_use {
    const char *name;                /* of the macro */
    span defined;                    /* its definition */
    span use;                        /* may be in another expansion */
    unsigned depth;                  /* expansions around the use */
    struct macro_instance *instance; /* macro.h */
} macro_use;

/* Where code of macros was asked for in the text: what a program's traces and line numbers tell. */
span span_written(span at);
/* src as the source of what an expansion has made of it. */
const source *source_expanded(const source *src, const macro_use *e);

typedef enum severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE } severity;

/* Every code stands in diag_codes.def with its long explanation: DIAG_CODE(E0301, "title", "explanation") */
typedef enum diag_code {
#define DIAG_CODE(code, title, text) code,
#include "diag_codes.def"
#undef DIAG_CODE
    DIAG_CODE_COUNT
} diag_code;

typedef struct diag diag;

typedef enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color_mode;

diag *diag_new(FILE *out, color_mode color);
/* Reports; hint may be added afterwards to the last report (printed with it). Texts are printf-formatted. */
void diag_report(diag *d, severity sev, diag_code code, span at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void diag_hint(diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hints may hold several lines, and several may be given. */
/* A second place for the last report: "note: first defined here". */
void diag_note_at(diag *d, span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* From now on reports come from the expansion e, or from none (NULL), if their place does not tell; gives what was set
 * before. Reports of errors end with the expansions they come from. Warnings about the code of templates are dropped.
 */
const macro_use *diag_expanding(diag *d, const macro_use *e);
/* For passes whose mistakes nobody is to see: nothing of it is printed. */
diag *diag_silent(void);
/* From now on only warnings about this file are reported. */
void diag_warn_about(diag *d, const source *src);
/* From now on warnings with this code are not reported. */
void diag_ignore(diag *d, diag_code code);
/* Warnings with the codes in the list ("W0113,W0131", or "all") are reported nowhere; gives a word that is no code of a
 * warning, or NULL. A comment "; flc2c: allow W0113 ..." does the same for its line and the next one or, before the
 * first form, for its file. */
const char *diag_allow(const char *list);
bool diag_failed(const diag *d); /* an error was reported */
size_t diag_error_count(const diag *d);
size_t diag_warning_count(const diag *d);
/* Prints what is pending, sorted by file (in order of first report) and place within one call; and, if anything was
 * printed, a closing line with the counts so far, "2 errors, 1 warning". */
void diag_flush(diag *d);

/* For a pass that reads tentatively: diag_rewind forgets what was reported since the mark. No diag_flush in between. */
typedef struct diag_mark {
    size_t reports, errors, warnings;
} diag_mark;
diag_mark diag_mark_now(const diag *d);
/* What a pass could only repair by guessing: reports of later passes inside are consequences, and are dropped from now
 * on. */
void diag_spoil(diag *d, span at);
void diag_rewind(diag *d, diag_mark mark);
#define diag_error(d, code, at, ...)   diag_report(d, DIAG_ERROR, code, at, __VA_ARGS__)
#define diag_warning(d, code, at, ...) diag_report(d, DIAG_WARNING, code, at, __VA_ARGS__)

/* For tools: what was reported and not rewound, sorted as diag_flush would print it. */
typedef struct diag_item {
    severity sev;
    diag_code code;
    span at;          /* in the text as it was loaded; src NULL: no place */
    const char *text; /* the message */
    const char *hint; /* NULL: none */
} diag_item;
/* Marks all as printed; items in arena memory. */
diag_item *diag_take(diag *d, size_t *count);

/* 1-based line, and column in code points, of a byte offset; a byte-order mark at the start of the file does not count.
 */
void source_position(const source *src, uint32_t offset, uint32_t *line, uint32_t *column);
uint32_t source_line(const source *src, uint32_t offset); /* the line alone: quick however long the line is */
/* Reads a whole file ("-": standard input); NULL with *error set to the reason, "No such file or directory". Interned
 * per path: one source per file. */
source *source_load(const char *path, const char **error);
/* From now on source_load gives this text for the path, whatever the file holds. */
source *source_provide(const char *path, const char *text, size_t size);
source *source_from_text(const char *path, const char *text, size_t size);

/* The candidate nearest to name (Damerau-Levenshtein, at most a third of its length away, names of one or two
 * characters at most one exchange of letters), or NULL. The first of equally near ones; never name itself. */
const char *did_you_mean(const char *name, const char *const *candidates, size_t n);
/* The explanation of a code such as "E0301" (any case), its title first, or NULL: for flc2c explain. */
const char *diag_explain(const char *code);
const char *diag_code_name(diag_code code);

#endif
