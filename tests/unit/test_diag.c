/* Diagnostics: positions, what is printed and in which order, hints, colours, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"

/* --- Helpers ------------------------------------------------------------------------------------------------- */

typedef struct fixture {
    FILE *out;
    diag *d;
    source *src;
} fixture;

static span at(const fixture *f, uint32_t from, uint32_t to) { return (span){.src = f->src, .start = from, .end = to}; }

/* Declares f, and text and size of what was printed so far. */
#define START(source_text)                                                                                             \
    char *text = NULL;                                                                                                 \
    size_t size = 0;                                                                                                   \
    fixture f = {.out = open_memstream(&text, &size),                                                                  \
                 .src = source_from_text("a.flu", source_text, strlen(source_text))};                                  \
    f.d = diag_new(f.out, COLOR_NEVER)

#define EXPECT(expected)                                                                                               \
    do {                                                                                                               \
        diag_flush(f.d);                                                                                               \
        fflush(f.out);                                                                                                 \
        assert_string_equal(text, expected);                                                                           \
    } while (0)

#define END()                                                                                                          \
    do {                                                                                                               \
        fclose(f.out);                                                                                                 \
        free(text);                                                                                                    \
    } while (0)

static void check_position(const char *text, uint32_t offset, uint32_t line, uint32_t column) {
    source *src = source_from_text("p", text, strlen(text));
    uint32_t got_line, got_column;
    source_position(src, offset, &got_line, &got_column);
    assert_int_equal(got_line, line);
    assert_int_equal(got_column, column);
    assert_int_equal(source_line(src, offset), line);
}

/* --- Positions ----------------------------------------------------------------------------------------------- */

static void positions(void **state) {
    (void)state;
    check_position("", 0, 1, 1);
    check_position("abc", 0, 1, 1);
    check_position("abc", 3, 1, 4);
    check_position("a\nb", 1, 1, 2);
    check_position("a\nb", 2, 2, 1);
    check_position("a\n\n\nb", 4, 4, 1);
    check_position("a\n", 2, 2, 1);
    check_position("a\r\nb", 3, 2, 1);
    check_position("äöü x", 7, 1, 5);
    check_position("😀x", 4, 1, 2);
    check_position("\tx", 1, 1, 2);
    check_position("\xEF\xBB\xBFx", 3, 1, 1);
    check_position("\xEF\xBB\xBFx", 0, 1, 1);
    check_position("\xEF\xBB\xBFx\ny", 5, 2, 1);
    check_position("abc", 99, 1, 4);
}

static void positions_in_any_order(void **state) {
    (void)state;
    static const char text[] = "\xEF\xBB\xBF"
                               "aä\nbö😀c\n\nd";
    source *src = source_from_text("p", text, sizeof text - 1);
    uint32_t lines[sizeof text], columns[sizeof text];
    for (uint32_t i = 0; i < sizeof text; i++) source_position(src, i, &lines[i], &columns[i]);
    for (uint32_t i = sizeof text; i-- > 0;) {
        source *other = source_from_text("q", text, sizeof text - 1);
        uint32_t line, column;
        source_position(src, i, &line, &column);
        assert_int_equal(line, lines[i]);
        assert_int_equal(column, columns[i]);
        source_position(other, i, &line, &column);
        assert_int_equal(line, lines[i]);
        assert_int_equal(column, columns[i]);
    }
}

/* --- Printing ------------------------------------------------------------------------------------------------ */

static void one_error(void **state) {
    (void)state;
    START("(select\n    ((recv! jobs)))\n");
    assert_false(diag_failed(f.d));
    diag_error(f.d, E0001, at(&f, 12, 26), "select clause has no %s", "handler");
    diag_hint(f.d, "write %s", "((recv! ch) (fn (v) ...))");
    assert_true(diag_failed(f.d));
    EXPECT("a.flu:2:5: error[E0001]: select clause has no handler\n"
           "    2 |     ((recv! jobs)))\n"
           "      |     ^^^^^^^^^^^^^^\n"
           "  hint: write ((recv! ch) (fn (v) ...))\n"
           "1 error\n");
    EXPECT(text); /* nothing is pending */
    END();
}

static void warnings_notes_and_hints(void **state) {
    (void)state;
    START("a b\nc");
    diag_warning(f.d, W0101, at(&f, 4, 5), "second");
    diag_hint(f.d, "one\nanother");
    diag_hint(f.d, "third");
    diag_error(f.d, E0002, at(&f, 0, 1), "first");
    diag_note_at(f.d, at(&f, 2, 3), "see %c", 'b');
    diag_note_at(f.d, (span){0}, "nowhere");
    diag_report(f.d, DIAG_NOTE, E0003, at(&f, 2, 3), "just so");
    assert_int_equal(diag_error_count(f.d), 1);
    assert_int_equal(diag_warning_count(f.d), 1);
    EXPECT("a.flu:1:1: error[E0002]: first\n"
           "    1 | a b\n"
           "      | ^\n"
           "a.flu:1:3: note: see b\n"
           "    1 | a b\n"
           "      |   ^\n"
           "flc2c: note: nowhere\n"
           "a.flu:1:3: note[E0003]: just so\n"
           "    1 | a b\n"
           "      |   ^\n"
           "a.flu:2:1: warning[W0101]: second\n"
           "    2 | c\n"
           "      | ^\n"
           "  hint: one\n"
           "  hint: another\n"
           "  hint: third\n"
           "1 error, 1 warning\n");
    END();
}

static void no_place(void **state) {
    (void)state;
    START("a");
    diag_error(f.d, E0001, at(&f, 0, 1), "here");
    diag_error(f.d, E0002, (span){0}, "nowhere");
    EXPECT("flc2c: error[E0002]: nowhere\n"
           "a.flu:1:1: error[E0001]: here\n"
           "    1 | a\n"
           "      | ^\n"
           "2 errors\n");
    END();
}

static void several_files(void **state) {
    (void)state;
    START("a");
    source *other = source_from_text("0.flu", "b", 1);
    diag_warning(f.d, W0101, at(&f, 0, 1), "one");
    diag_warning(f.d, W0101, (span){.src = other, .start = 0, .end = 1}, "two");
    diag_warning(f.d, W0102, at(&f, 0, 1), "three");
    EXPECT("a.flu:1:1: warning[W0101]: one\n    1 | a\n      | ^\n"
           "a.flu:1:1: warning[W0102]: three\n    1 | a\n      | ^\n"
           "0.flu:1:1: warning[W0101]: two\n    1 | b\n      | ^\n"
           "3 warnings\n");
    assert_false(diag_failed(f.d));
    END();
}

static void duplicates(void **state) {
    (void)state;
    START("a b");
    diag_error(f.d, E0001, at(&f, 0, 1), "x %d", 1);
    diag_hint(f.d, "kept");
    diag_error(f.d, E0001, at(&f, 0, 1), "x %d", 1);
    diag_hint(f.d, "of a duplicate");
    diag_note_at(f.d, at(&f, 2, 3), "of a duplicate");
    diag_error(f.d, E0001, at(&f, 0, 1), "x %d", 2);
    diag_error(f.d, E0002, at(&f, 0, 1), "x %d", 1);
    diag_error(f.d, E0001, at(&f, 2, 3), "x %d", 1);
    assert_int_equal(diag_error_count(f.d), 4);
    diag_flush(f.d);
    /* Not again after a flush either. */
    diag_error(f.d, E0001, at(&f, 0, 1), "x %d", 1);
    assert_int_equal(diag_error_count(f.d), 4);
    EXPECT("a.flu:1:1: error[E0001]: x 1\n    1 | a b\n      | ^\n  hint: kept\n"
           "a.flu:1:1: error[E0001]: x 2\n    1 | a b\n      | ^\n"
           "a.flu:1:1: error[E0002]: x 1\n    1 | a b\n      | ^\n"
           "a.flu:1:3: error[E0001]: x 1\n    1 | a b\n      |   ^\n"
           "4 errors\n");
    END();
}

static void limits(void **state) {
    (void)state;
    char line[] = "x";
    START(line);
    for (int i = 0; i < 3000; i++) diag_error(f.d, E0001, at(&f, 0, 1), "error %d", i);
    for (int i = 0; i < 60; i++) diag_warning(f.d, W0101, at(&f, 0, 1), "warning %d", i);
    assert_int_equal(diag_error_count(f.d), 3000);
    diag_flush(f.d);
    fflush(f.out);
    assert_non_null(strstr(text, "error 49\n"));
    assert_null(strstr(text, "error 50\n"));
    assert_non_null(strstr(text, "\n3000 errors (50 shown), 60 warnings"));
    END();
}

static void mark_and_rewind(void **state) {
    (void)state;
    START("a b");
    diag_error(f.d, E0001, at(&f, 0, 1), "kept");
    diag_mark mark = diag_mark_now(f.d);
    diag_error(f.d, E0001, at(&f, 2, 3), "tentative");
    diag_warning(f.d, W0101, at(&f, 2, 3), "tentative");
    diag_rewind(f.d, mark);
    diag_hint(f.d, "belongs to nothing");
    assert_int_equal(diag_error_count(f.d), 1);
    assert_int_equal(diag_warning_count(f.d), 0);
    diag_error(f.d, E0001, at(&f, 0, 1), "kept");
    diag_error(f.d, E0001, at(&f, 2, 3), "tentative");
    assert_int_equal(diag_error_count(f.d), 2);
    EXPECT("a.flu:1:1: error[E0001]: kept\n    1 | a b\n      | ^\n"
           "a.flu:1:3: error[E0001]: tentative\n    1 | a b\n      |   ^\n"
           "2 errors\n");
    END();
}

static void consequences(void **state) {
    (void)state;
    START("(a (b) c)");
    diag_error(f.d, E0001, at(&f, 3, 6), "cause");
    diag_spoil(f.d, at(&f, 3, 6));
    diag_error(f.d, E0002, at(&f, 4, 5), "inside");
    diag_hint(f.d, "of what is inside");
    diag_warning(f.d, W0101, at(&f, 3, 6), "the same place");
    diag_error(f.d, E0002, at(&f, 0, 9), "around");
    diag_error(f.d, E0002, (span){0}, "nowhere");
    assert_int_equal(diag_error_count(f.d), 3);
    assert_int_equal(diag_warning_count(f.d), 0);
    EXPECT("flc2c: error[E0002]: nowhere\n"
           "a.flu:1:1: error[E0002]: around\n    1 | (a (b) c)\n      | ^^^^^^^^^\n"
           "a.flu:1:4: error[E0001]: cause\n    1 | (a (b) c)\n      |    ^^^\n"
           "3 errors\n");
    END();
}

/* --- Excerpts ------------------------------------------------------------------------------------------------ */

static void check_excerpt(const char *source_text, uint32_t from, uint32_t to, const char *expected) {
    START(source_text);
    diag_error(f.d, E0001, at(&f, from, to), "m");
    diag_flush(f.d);
    fflush(f.out);
    const char *excerpt = strchr(text, '\n') + 1;
    assert_string_equal(excerpt, arena_printf("%s1 error\n", expected));
    END();
}

static void excerpts(void **state) {
    (void)state;
    check_excerpt("\ta\tb", 3, 4, "    1 |     a   b\n      |         ^\n");
    check_excerpt("\t\tb", 1, 3, "    1 |         b\n      |     ^^^^^\n");
    check_excerpt("a\r\n", 0, 1, "    1 | a\n      | ^\n");
    check_excerpt("a\r\nb", 0, 4, "    1 | a\n      | ^\n");
    check_excerpt("äb c", 4, 5, "    1 | äb c\n      |    ^\n");
    check_excerpt("日本 c", 7, 8, "    1 | 日本 c\n      |      ^\n");
    check_excerpt("日本 c", 0, 6, "    1 | 日本 c\n      | ^^^^\n");
    check_excerpt("e\xCC\x81 c", 4, 5, "    1 | e\xCC\x81 c\n      |   ^\n");
    check_excerpt("abc", 3, 3, "    1 | abc\n      |    ^\n");
    check_excerpt("abc", 1, 1, "    1 | abc\n      |  ^\n");
    check_excerpt("(a\nb)", 0, 5, "    1 | (a\n      | ^^\n");
    check_excerpt("", 0, 0, "    1 | \n      | ^\n");
    check_excerpt("a\n", 2, 2, "    2 | \n      | ^\n");
    check_excerpt("\xEF\xBB\xBF"
                  "abc",
                  4, 5, "    1 | abc\n      |  ^\n");
    check_excerpt("a\x1b[31mb\xFFz", 6, 7, "    1 | a?[31mb\xEF\xBF\xBDz\n      |       ^\n");
    check_excerpt("a\xE2\x80\xAE"
                  "b",
                  4, 5, "    1 | a?b\n      |   ^\n");
}

static void long_lines(void **state) {
    (void)state;
    char line[400];
    for (size_t i = 0; i < sizeof line; i++) line[i] = (char)('a' + i % 26);
    line[399] = '\0';
    char *expected = arena_printf("    1 | %.100s...\n      | %5s^^\n", line, "");
    check_excerpt(line, 5, 7, expected);
    expected = arena_printf("    1 | ...%.100s...\n      |    %60s^^\n", line + 140, "");
    check_excerpt(line, 200, 202, expected);
    expected = arena_printf("    1 | ...%.61s\n      |    %60s^\n", line + 338, "");
    check_excerpt(line, 398, 399, expected);
    /* A span longer than what is shown. */
    expected = arena_printf(
        "    1 | %.100s...\n      | %.100s\n", line,
        "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^");
    check_excerpt(line, 0, 399, expected);
    line[100] = '\0';
    check_excerpt(line, 99, 100, arena_printf("    1 | %s\n      | %99s^\n", line, ""));
}

static void messages_are_cut_and_cleaned(void **state) {
    (void)state;
    START("a");
    char *name = arena_alloc(5001);
    memset(name, 'n', 5000);
    diag_error(f.d, E0001, at(&f, 0, 1), "name %s", name);
    diag_error(f.d, E0002, at(&f, 0, 1), "escape \033[31m\x01 and\ntwo lines");
    diag_flush(f.d);
    fflush(f.out);
    assert_non_null(strstr(text, "nnn...\n"));
    assert_true(size < 1000);
    assert_non_null(strstr(text, "escape ?[31m? and\n        two lines\n"));
    END();
}

static void colors(void **state) {
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    source *src = source_from_text("a.flu", "ab", 2);
    diag *d = diag_new(out, COLOR_ALWAYS);
    diag_error(d, E0001, (span){.src = src, .start = 0, .end = 2}, "m");
    diag_hint(d, "h");
    diag_flush(d);
    fclose(out);
    assert_string_equal(text, "\033[1ma.flu:1:1:\033[0m \033[1;31merror[E0001]:\033[0m m\n"
                              "\033[34m    1 |\033[0m ab\n"
                              "\033[34m      |\033[0m \033[1;31m^^\033[0m\n"
                              "  \033[1;32mhint:\033[0m h\n"
                              "1 error\n");
    free(text);
}

static void no_colors_without_a_terminal(void **state) {
    (void)state;
    FILE *out = tmpfile();
    source *src = source_from_text("a.flu", "ab", 2);
    diag *d = diag_new(out, COLOR_AUTO);
    diag_error(d, E0001, (span){.src = src, .start = 0, .end = 2}, "m");
    diag_flush(d);
    rewind(out);
    char line[100];
    assert_non_null(fgets(line, sizeof line, out));
    assert_string_equal(line, "a.flu:1:1: error[E0001]: m\n");
    fclose(out);
}

/* --- Codes --------------------------------------------------------------------------------------------------- */

static void explanations(void **state) {
    (void)state;
    assert_string_equal(diag_code_name(E0001), "E0001");
    assert_string_equal(diag_code_name(W0101), "W0101");
    assert_non_null(diag_explain("E0001"));
    assert_ptr_equal(diag_explain("e0001"), diag_explain("E0001"));
    assert_int_equal(strncmp(diag_explain("E0001"), "E0001: form not closed\n\n", 24), 0);
    assert_null(diag_explain("E9999"));
    assert_null(diag_explain(""));
    assert_null(diag_explain("E000"));
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const char *name = diag_code_name((diag_code)i);
        assert_int_equal(strlen(name), 5);
        assert_true(name[0] == 'E' || name[0] == 'W');
        assert_true(strlen(diag_explain(name)) > 60);
    }
}

/* --- Did you mean -------------------------------------------------------------------------------------------- */

static const char *nearest(const char *name) {
    static const char *const candidates[] = {"print", "print-line",    "println", "map", "filter", "fold", "if",
                                             "or",    "string-length", "send!",   "x",   "recv!",  "first"};
    return did_you_mean(name, candidates, sizeof candidates / sizeof *candidates);
}

static void suggestions(void **state) {
    (void)state;
    assert_string_equal(nearest("prnt"), "print");
    assert_string_equal(nearest("pritn"), "print");
    assert_string_equal(nearest("print-lin"), "print-line");
    assert_string_equal(nearest("printline"), "print-line");
    assert_string_equal(nearest("mpa"), "map");
    assert_string_equal(nearest("maps"), "map");
    assert_string_equal(nearest("flod"), "fold");
    assert_string_equal(nearest("fi"), "if");
    assert_string_equal(nearest("ro"), "or");
    assert_string_equal(nearest("string-lenght"), "string-length");
    assert_string_equal(nearest("sned!"), "send!");
    assert_null(nearest("zzz"));
    assert_null(nearest("abc"));
    assert_null(nearest("y"));
    assert_null(nearest(""));
    assert_null(nearest("ix"));
    assert_null(did_you_mean("print", NULL, 0));
    char *name = arena_alloc(1000);
    memset(name, 'n', 999);
    assert_null(nearest(name));
}

static void suggestion_of_many(void **state) {
    (void)state;
    static const char *const candidates[] = {"abcdef", "abcxef", "abcde", "abcdfe"};
    /* The nearest, the first of equals, never the name itself. */
    assert_string_equal(did_you_mean("abcdfe", candidates, 3), "abcdef");
    assert_string_equal(did_you_mean("abcdeg", candidates, 4), "abcdef");
    assert_string_equal(did_you_mean("abcde", candidates, 3), "abcdef");
}

/* --- Files --------------------------------------------------------------------------------------------------- */

static void loading(void **state) {
    (void)state;
    char path[] = "/tmp/test-diag-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char contents[] = "(a\0b)\n(c)";
    assert_int_equal(write(fd, contents, sizeof contents - 1), sizeof contents - 1);
    close(fd);
    const char *error = NULL;
    source *src = source_load(path, &error);
    assert_non_null(src);
    assert_string_equal(src->path, path);
    assert_int_equal(src->size, sizeof contents - 1);
    assert_memory_equal(src->text, contents, sizeof contents);
    assert_int_equal(src->line_count, 2);
    assert_int_equal(src->lines[1], 6);
    assert_ptr_equal(source_load(path, &error), src);
    unlink(path);
    assert_null(source_load("/nonexistent/x.flu", &error));
    assert_string_equal(error, "No such file or directory");
    assert_null(source_load("/tmp", &error));
    assert_string_equal(error, "it is a directory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions),
        cmocka_unit_test(positions_in_any_order),
        cmocka_unit_test(one_error),
        cmocka_unit_test(warnings_notes_and_hints),
        cmocka_unit_test(no_place),
        cmocka_unit_test(several_files),
        cmocka_unit_test(duplicates),
        cmocka_unit_test(limits),
        cmocka_unit_test(mark_and_rewind),
        cmocka_unit_test(consequences),
        cmocka_unit_test(excerpts),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(messages_are_cut_and_cleaned),
        cmocka_unit_test(colors),
        cmocka_unit_test(no_colors_without_a_terminal),
        cmocka_unit_test(explanations),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(suggestion_of_many),
        cmocka_unit_test(loading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
