/* Formatting and the text that the C file is made of. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "format.h"
#include "output.h"

__attribute__((format(printf, 3, 4))) static size_t format_into(char *to, size_t room, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t n = format_text(to, room, format, args);
    va_end(args);
    return n;
}

/* format_text and the C library agree. */
#define SAME(...)                                                                                                      \
    do {                                                                                                               \
        char expected[200], got[200];                                                                                  \
        size_t n = (size_t)snprintf(expected, sizeof expected, __VA_ARGS__);                                           \
        assert_int_equal(format_into(got, sizeof got, __VA_ARGS__), n);                                                \
        assert_string_equal(got, expected);                                                                            \
    } while (0)

static void conversions(void **state) {
    (void)state;
    const char *empty = "";
    SAME("plain");
    SAME("%s%s|%s", "a", empty, "longer text");
    SAME("%.*s|%.*s", 2, "abc", 5, "abc");
    SAME("%c%c", 'x', '%');
    SAME("%d %d %d", 0, INT_MIN, INT_MAX);
    SAME("%ld %lld %lld", LONG_MIN, LLONG_MIN, LLONG_MAX);
    SAME("%u %zu %llu", UINT_MAX, SIZE_MAX, ULLONG_MAX);
}

static void the_rest_is_vsnprintf(void **state) {
    (void)state;
    SAME("%d%% of %s", 7, "all");
    SAME("%s: %02x, then %s and %d", "hex", 10, "text", 5);
    SAME("%.17g", 0.1);
}

static void what_does_not_fit_is_counted(void **state) {
    (void)state;
    char to[8] = "";
    assert_int_equal(format_into(to, sizeof to, "%s%d", "1234", 567), 7);
    assert_string_equal(to, "1234567");
    assert_int_equal(format_into(to, sizeof to, "%s%d", "1234", 5678), 8);
    assert_int_equal(format_into(to, sizeof to, "%s, %s, %x", "12345678", "b", 12u), 14);
    assert_int_equal(format_into(NULL, 0, "%s", "abc"), 3);
}

static size_t size_of(const output *o) {
    size_t n = 0;
    for (const output_block *b = o->first; b; b = b->next) n += b->size;
    return n;
}

static const char *all_of(const output *o) {
    char *all = arena_alloc(size_of(o) + 1), *end = all;
    for (const output_block *b = o->first; b; b = b->next) end = mempcpy(end, b->chars, b->size);
    return all;
}

static void output_grows(void **state) {
    (void)state;
    enum { ROUNDS = 10000 };
    output o = {0};
    out_printf(&o, "%d", 1);
    out_text(&o, "");
    for (size_t i = 0; i < ROUNDS; i++) {
        out_text(&o, "ab");
        out_char(&o, 'c');
        out_bytes(&o, "dxx", 1);
        out_printf(&o, "%s%u", "e", 6u);
    }
    assert_int_equal(size_of(&o), 1 + 6 * ROUNDS);
    const char *all = all_of(&o);
    assert_int_equal(all[0], '1');
    for (size_t i = 0; i < ROUNDS; i++) assert_memory_equal(all + 1 + 6 * i, "abcde6", 6);
    out_free(&o);
    assert_null(o.first);
}

static void outputs_are_joined(void **state) {
    (void)state;
    output a = {0}, b = {0}, none = {0};
    out_text(&b, "second");
    out_append(&a, &none);
    out_append(&a, &b);
    out_text(&a, " third");
    assert_string_equal(all_of(&a), "second third");
    assert_null(b.first);
    out_text(&b, "first, ");
    out_append(&b, &a);
    assert_string_equal(all_of(&b), "first, second third");
    out_free(&b);
}

static void streams_append(void **state) {
    (void)state;
    output o = {0};
    out_text(&o, "a");
    FILE *stream = out_stream(&o);
    fprintf(stream, "%03d", 7);
    fclose(stream);
    out_text(&o, "b");
    assert_string_equal(all_of(&o), "a007b");
    out_free(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions),
        cmocka_unit_test(the_rest_is_vsnprintf),
        cmocka_unit_test(what_does_not_fit_is_counted),
        cmocka_unit_test(output_grows),
        cmocka_unit_test(outputs_are_joined),
        cmocka_unit_test(streams_append),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
