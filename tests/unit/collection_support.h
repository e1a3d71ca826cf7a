/* collection_support.h: what the unit tests of collections share: a running worker, short constructors, checks. */
#ifndef COLLECTION_SUPPORT_H
#define COLLECTION_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <flu/flu.h>
#include <flu/equal.h>
#include <flu/print.h>
#include <flu/sched.h>

static flu_worker *w; /* made by start_worker, for the whole program */

FLU_UNUSED static int start_worker(void **state) {
    static char name[] = "test", *argv[] = {name, NULL};
    (void)state;
    if (w == NULL) w = flu_runtime_start(1, argv, NULL)->worker;
    return 0;
}

#define STRING(s)    flu_string_lit(w, s)
#define KEYWORD(s)   FLU_KEYWORD_LIT(s)
#define SYMBOL(s)    FLU_SYMBOL_LIT(s)
#define COUNT(...)   (sizeof((flu_value[]){__VA_ARGS__}) / sizeof(flu_value))
#define CALL(f, ...) f(w, (int)COUNT(__VA_ARGS__), (flu_value[]){__VA_ARGS__})
#define LIST(...)    CALL(flu_list, __VA_ARGS__)
#define DICT(...)    CALL(flu_fn_dict_new, __VA_ARGS__)
#define SET(...)     CALL(flu_fn_set_new, __VA_ARGS__)
#define FLOAT(d)     flu_float(w, d)

/* v is displayed as text. */
FLU_UNUSED static void check_text(const char *text, flu_value v, int line) {
    assert_true(v != FLU_ABNORMAL);
    flu_value s = flu_repr_string(w, v, 0);
    if (strcmp(FLU_STR(s)->bytes, text) != 0) fail_msg("line %d: expected %s, got %s", line, text, FLU_STR(s)->bytes);
}
#define SHOWS(text, v) check_text(text, v, __LINE__)

/* v is FLU_ABNORMAL and an error of this kind was thrown, whose message contains part. */
FLU_UNUSED static void check_raised(const char *kind, const char *part, flu_value v, int line) {
    if (v != FLU_ABNORMAL) fail_msg("line %d: no error", line);
    flu_value e = flu_catch(w);
    assert_true(flu_is(e, FLU_T_ERROR));
    assert_string_equal(FLU_SYM(FLU_ERR(e)->kind)->name, kind);
    const char *message = FLU_STR(FLU_ERR(e)->message)->bytes;
    if (strstr(message, part) == NULL) fail_msg("line %d: message is %s", line, message);
}
#define RAISES(kind, part, v) check_raised(kind, part, v, __LINE__)

#endif
