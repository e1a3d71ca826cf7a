/* The table of other languages' words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "borrowed.h"

static const char *const rows[] = {
#define BORROWED(name, hint, defines) name,
#include "borrowed_words.def"
#undef BORROWED
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* It is looked up by halves. */
static void rows_are_sorted(void **state) {
    (void)state;
    for (size_t i = 1; i < ROW_COUNT; i++) assert_true(strcmp(rows[i - 1], rows[i]) < 0);
}

static void every_row_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const borrowed_word *word = borrowed_word_find(rows[i]);
        assert_non_null(word);
        assert_string_equal(word->name, rows[i]);
        assert_true(strlen(word->hint) > 0);
    }
    assert_null(borrowed_word_find("print-line"));
    assert_null(borrowed_word_find(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted),
        cmocka_unit_test(every_row_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
