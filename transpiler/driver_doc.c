/* driver_doc.c: flc2c doc: the documentation of library functions, effects and special forms, from the tables that the
 * passes use, and of whole sections of the library. docs/library.py makes docs/library.md from the same rows. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "builtins.h"
#include "diag.h"
#include "driver.h"
#include "expand.h"

enum { WIDTH = 100 }; /* columns of running text */

/* ---- the table ---- */

/* A section's row has a title; doc: its name on the command line. An alias's doc is the other name. */
typedef struct doc_row {
    const char *name, *doc, *title;
    bool is_alias;
} doc_row;

#define SECTION(title, word)                          {NULL, word, title, false},
#define BUILTIN(name, c, min, max, flags, doc)        {name, doc, NULL, false},
#define INLINEFN(name, c, min, max, flags, doc)       {name, doc, NULL, false},
#define LIBFN(name, c, nparams, min, max, flags, doc) {name, doc, NULL, false},
#define ALIAS(alias, name)                            {alias, name, NULL, true},

/* clang-format off */
static const doc_row rows[] = {
    SECTION("Printing, equality, type predicates", "printing")
#include "../runtime/builtins/print.def"
    SECTION("Numbers", "numbers")
#include "../runtime/builtins/number.def"
    SECTION("Strings, symbols, regular expressions", "strings")
#include "../runtime/builtins/string.def"
    SECTION("Lists", "lists")
#include "../runtime/builtins/list.def"
    SECTION("Procedures that take procedures", "procedures")
#include "../runtime/builtins/stdlib.def"
    SECTION("Dicts, sets, persistent queues", "dicts")
#include "../runtime/builtins/dict.def"
    SECTION("Vectors, bytes, tagged values", "vectors")
#include "../runtime/builtins/vector.def"
    SECTION("Text formats", "formats")
#include "../runtime/builtins/text.def"
    SECTION("Dates and times", "times")
#include "../runtime/builtins/time.def"
    SECTION("Logging", "logging")
#include "../runtime/builtins/logger.def"
    SECTION("Errors", "errors")
#include "../runtime/builtins/error.def"
    SECTION("Tasks", "tasks")
#include "../runtime/builtins/task.def"
    SECTION("Cancellation", "cancellation")
#include "../runtime/builtins/cancel.def"
    SECTION("Promises", "promises")
#include "../runtime/builtins/promise.def"
    SECTION("Channels", "channels")
#include "../runtime/builtins/chan.def"
    SECTION("C functions", "foreign")
#include "../runtime/builtins/ffi.def"
    SECTION("Files", "files")
#include "../runtime/builtins/file.def"
    SECTION("HTTP", "http")
#include "../runtime/builtins/http.def"
    SECTION("Sockets", "sockets")
#include "../runtime/builtins/network.def"
    SECTION("TLS", "tls")
#include "../runtime/builtins/tls.def"
    SECTION("Streams", "streams")
#include "../runtime/builtins/stream.def"
    SECTION("Actors", "actors")
#include "../runtime/builtins/actor.def"
    SECTION("Concurrent data structures", "structures")
#include "../runtime/builtins/sync.def"
    SECTION("The program and its surroundings", "system")
#include "../runtime/builtins/system.def"
    SECTION("Assertions", "assertions")
#include "../runtime/builtins/test.def"
};
/* clang-format on */
enum { ROW_COUNT = sizeof rows / sizeof *rows };

static const char forms_word[] = "forms"; /* the section of the special forms */

/* Names that programs can write. */
static bool is_public(const doc_row *row) { return row->name && (row->name[0] != '%' || row->name[1] == '\0'); }

static const doc_row *find_row(const char *name) {
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_public(&rows[i]) && strcmp(rows[i].name, name) == 0)
            return rows[i].is_alias ? find_row(rows[i].doc) : &rows[i];
    return NULL;
}

static const doc_row *find_section(const char *word) {
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].title && strcmp(rows[i].doc, word) == 0) return &rows[i];
    return NULL;
}

static const special_form *find_form(const char *name) {
    const special_form *form = special_form_find(name);
    return form ? form : call_form_find(name);
}

/* ---- text ---- */

/* Paragraph of words, in lines of at most WIDTH bytes. */
static void print_wrapped(const char *indent, const char *text) {
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > 0 && column + 1 + word > WIDTH) printf("\n"), column = 0;
        if (column == 0)
            printf("%s%.*s", indent, (int)word, text), column = strlen(indent) + word;
        else
            printf(" %.*s", (int)word, text), column += 1 + word;
        text += word + (text[word] == ' ');
    }
    printf("\n");
}

static void print_aliases(const doc_row *row) {
    bool first = true;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!rows[i].name || !rows[i].is_alias || strcmp(rows[i].doc, row->name) != 0) continue;
        printf("%s%s", first ? "  also: " : ", ", rows[i].name);
        first = false;
    }
    if (!first) printf("\n");
}

static void print_row(const doc_row *row) {
    const char *end = builtin_signature_end(row->doc);
    printf("%.*s\n", (int)(end - row->doc), row->doc);
    if (*end) print_wrapped("  ", end + 2);
    print_aliases(row);
}

static void print_form(const special_form *form) {
    printf("%s\n", form->usage);
    print_wrapped("  ", special_form_find(form->name) ? "A special form: see docs/language.md."
                                                      : "A form that a program may define anew: see docs/language.md.");
}

static void print_effect(const char *effect, const doc_row *row) {
    printf("(effect %s ...)\n", effect);
    print_wrapped("  ", arena_printf("An effect. Without a handler it is a call of %s:", row->name));
    print_row(row);
}

/* ---- listings ---- */

static void list_sections(void) {
    printf("flc2c doc NAME ... describes functions and forms, flc2c doc SECTION lists a section:\n\n");
    printf("  %-14s%s\n", forms_word, "Special forms");
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].title) printf("  %-14s%s\n", rows[i].doc, rows[i].title);
}

static void list_section(const doc_row *section) {
    printf("%s\n", section->title);
    for (const doc_row *row = section + 1; row < rows + ROW_COUNT && !row->title; row++) {
        if (!is_public(row) || row->is_alias) continue;
        printf("\n");
        print_row(row);
    }
}

static void list_forms(void) {
    size_t count;
    const char *const *names = special_form_names(&count);
    printf("Special forms\n\n");
    for (size_t i = 0; i < count; i++) printf("%s\n", find_form(names[i])->usage);
}

/* ---- the command ---- */

static const char *nearest(const char *name) {
    size_t builtin_count, form_count, count = 0;
    const char *const *builtins = builtin_names(&builtin_count), *const *forms = special_form_names(&form_count);
    const char **all = NEW_ARRAY(const char *, builtin_count + form_count + ROW_COUNT);
    for (size_t i = 0; i < builtin_count; i++) all[count++] = builtins[i];
    for (size_t i = 0; i < form_count; i++) all[count++] = forms[i];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].title) all[count++] = rows[i].doc;
    return did_you_mean(name, all, count);
}

static bool describe(const char *name) {
    const char *function = effect_function(name);
    const doc_row *row = find_row(name), *section = find_section(name);
    if (row)
        print_row(row);
    else if (find_form(name))
        print_form(find_form(name));
    else if (function && find_row(function))
        print_effect(name, find_row(function));
    else if (section)
        list_section(section);
    else if (strcmp(name, forms_word) == 0)
        list_forms();
    else
        return false;
    return true;
}

/* The public names that hold the word, "json-parse, json-stringify", or NULL; of many the first ones. */
static const char *names_with(const char *word) {
    enum { MOST = 12 };
    size_t count, found = 0;
    const char *const *names = builtin_names(&count), *list = NULL;
    for (size_t i = 0; i < count && strlen(word) > 1; i++) {
        if (names[i][0] == '%' || !strstr(names[i], word)) continue;
        if (++found > MOST) return arena_printf("%s, ...", list);
        list = list ? arena_printf("%s, %s", list, names[i]) : names[i];
    }
    return list;
}

static void report_no_name(const char *name) {
    const char *names = names_with(name), *near = nearest(name);
    size_t size = strlen(name);
    if (size > 1 && name[size - 1] == '-') /* the shell took the rest: flc2c doc string->number */
        driver_error("there is no %s in the library; if the name has > in it, put it in quotes for the shell: "
                     "flc2c doc '%s>...'",
                     name, name);
    else if (names)
        driver_error("there is no %s in the library, but %s", name, names);
    else if (near)
        driver_error("there is no %s in the library; did you mean `%s`?", name, near);
    else
        driver_error("there is no %s in the library; flc2c doc lists its sections", name);
}

int doc_command(const driver_options *o) {
    if (o->file_count == 0) list_sections();
    for (size_t i = 0; i < o->file_count; i++) {
        if (i > 0) printf("\n");
        if (describe(o->files[i])) continue;
        report_no_name(o->files[i]);
        return STATUS_FAILED;
    }
    return STATUS_OK;
}
