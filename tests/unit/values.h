/* values.h: what the tests of values share: they run as the main task of a program, so that there is a worker. */
#ifndef VALUES_H
#define VALUES_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flu/collections.h"
#include "flu/equal.h"
#include "flu/flu.h"
#include "flu/number.h"
#include "flu/print.h"
#include "flu/text.h"

static flu_worker *w;
static int failures;

#define N(n)         FLU_FIX(n)
#define F(d)         flu_float(w, d)
#define S(text)      flu_string_lit(w, text)
#define BIG(decimal) flu_int_lit(w, decimal)
#define SYM(name)    FLU_SYMBOL_LIT(name)
#define KEY(name)    FLU_KEYWORD_LIT(name)
#define ARGS(...)                                                                                                      \
    (int)(sizeof((flu_value[]){__VA_ARGS__}) / sizeof(flu_value)), (flu_value[]) { __VA_ARGS__ }
#define LIST(...) flu_list_lit(w, ARGS(__VA_ARGS__), FLU_EMPTY)
#define DICT(...)                                                                                                      \
    flu_dict_lit(w, (int)(sizeof((flu_value[]){__VA_ARGS__}) / sizeof(flu_value)) / 2, (flu_value[]){__VA_ARGS__})

/* Readable form of v, valid until the next call but three. */
static inline const char *repr(flu_value v) {
    static char *texts[4];
    static int next;
    assert_int_not_equal(v, FLU_ABNORMAL);
    flu_buf b;
    flu_buf_init(&b);
    flu_repr(w, &b, v);
    free(texts[next]);
    char *text = texts[next] = strndup(b.data, b.size);
    next = (next + 1) % 4;
    flu_buf_free(&b);
    return text;
}

#define assert_repr(v, expected) assert_string_equal(repr(v), expected)
#define assert_true_value(v)     assert_int_equal(v, FLU_TRUE)
#define assert_false_value(v)    assert_int_equal(v, FLU_FALSE)

/* The last call raised: its kind and message. */
static inline void check_raised(flu_value v, const char *kind, const char *message) {
    assert_int_equal(v, FLU_ABNORMAL);
    assert_int_equal(w->signal, FLU_THROW);
    flu_value e = flu_catch(w);
    assert_true(flu_is(e, FLU_T_ERROR));
    assert_string_equal(FLU_SYM(FLU_ERR(e)->kind)->name, kind);
    if (message) assert_string_equal(FLU_STR(FLU_ERR(e)->message)->bytes, message);
}
#define assert_raises(v, kind)                 check_raised(v, kind, NULL)
#define assert_raises_saying(v, kind, message) check_raised(v, kind, message)

/* Defines main, which runs the array of tests. */
#define RUN_TESTS(tests)                                                                                               \
    static flu_value run_all(flu_worker *worker) {                                                                     \
        w = worker;                                                                                                    \
        failures = cmocka_run_group_tests(tests, NULL, NULL);                                                          \
        return FLU_NIL;                                                                                                \
    }                                                                                                                  \
    static void no_literals(FLU_UNUSED flu_worker *worker) {}                                                          \
    int main(int argc, char **argv) {                                                                                  \
        const flu_program program = {__FILE__, no_literals, run_all};                                                  \
        int status = flu_main(argc, argv, &program);                                                                   \
        return status != 0 ? status : failures;                                                                        \
    }

#endif
