/* test_print.c: the text of values, and the buffer of standard output. */
#include <fcntl.h>
#include <unistd.h>

#include "values.h"

#include "flu/chan.h"

static const char *display(flu_value v) {
    flu_value s = flu_fn_str(w, 1, &v);
    return FLU_STR(s)->bytes;
}

static void test_simple(void **state) {
    (void)state;
    assert_repr(FLU_NIL, "nil");
    assert_repr(FLU_TRUE, "true");
    assert_repr(FLU_FALSE, "false");
    assert_repr(FLU_EMPTY, "()");
    assert_repr(N(-42), "-42");
    assert_repr(F(1), "1.0");
    assert_repr(BIG("-123456789012345678901234567890"), "-123456789012345678901234567890");
    assert_repr(SYM("list->string"), "list->string");
    assert_repr(KEY("name"), ":name");
    assert_string_equal(display(S("a\"b\n")), "a\"b\n");
    assert_repr(S("a\"b\\\n\t\r\x01\x7f\xc2\x85\u00e9"), "\"a\\\"b\\\\\\n\\t\\r\\u{1}\\u{7f}\\u{85}\u00e9\"");
}

static void test_collections(void **state) {
    (void)state;
    assert_repr(LIST(N(1), N(2), S("a")), "(1 2 \"a\")");
    assert_string_equal(display(LIST(N(1), S("a"))), "(1 \"a\")");
    assert_repr(flu_cons(w, N(1), N(2)), "(1 . 2)");
    assert_repr(flu_cons(w, N(0), flu_cons(w, N(1), N(2))), "(0 1 . 2)");
    assert_repr(flu_cons(w, N(1), FLU_NIL), "(1 . nil)");
    assert_repr(LIST(SYM("quote"), SYM("x")), "(quote x)");
    assert_repr(LIST(LIST(), LIST(LIST(N(1)))), "(() ((1)))");
    assert_repr(DICT(KEY("a"), N(1), S("k"), N(2)), "{:a 1 \"k\" 2}");
    assert_repr(FLU_EMPTY_DICT, "{}");
    assert_repr(FLU_EMPTY_SET, "#{}");
    assert_repr(flu_set_add(w, flu_set_add(w, FLU_EMPTY_SET, N(1)), S("b")), "#{1 \"b\"}");
    assert_repr(flu_vector_new(w, 2, NULL, S("x")), "#(\"x\" \"x\")");
    assert_repr(flu_vector_new(w, 0, NULL, N(1)), "#()");
    assert_repr(flu_bytes_copy(w, "abc", 3), "#<bytes 3>");
    assert_repr(flu_tagged_make(w, ARGS(SYM("increment"), N(5))), "(increment 5)");
    assert_repr(flu_tagged_make(w, ARGS(SYM("Unit"))), "(Unit)");
    flu_value v = flu_vector_new(w, 2, NULL, N(1));
    flu_fn_vector_set(w, v, N(0), LIST(v));
    assert_repr(v, "#((#(...)) 1)");
}

static void test_opaque(void **state) {
    (void)state;
    static const flu_class plain = {"thing", NULL};
    flu_opaque *o = flu_alloc(w, sizeof *o);
    o->h = FLU_HEADER(FLU_T_OTHER, 0, 0, 0);
    o->cls = &plain;
    assert_repr(FLU_VALUE(o), "#<thing>");
    assert_repr(flu_make_error(w, SYM("io-error"), "no such file", FLU_NIL), "#<error io-error: no such file>");
    assert_repr(LIST(flu_make_error(w, KEY("mine"), "why", FLU_NIL)), "(#<error mine: why>)");
    flu_chan *ch = flu_chan_new(w, 1, FLU_CHAN_BLOCK);
    char expected[40];
    snprintf(expected, sizeof expected, "#<channel %u>", ch->id);
    assert_repr(FLU_VALUE(ch), expected);
    flu_promise *p = flu_promise_new(w);
    snprintf(expected, sizeof expected, "#<promise %u pending>", p->id);
    assert_repr(FLU_VALUE(p), expected);
    flu_promise_fulfil(w, p, N(1));
    snprintf(expected, sizeof expected, "#<promise %u fulfilled>", p->id);
    assert_repr(FLU_VALUE(p), expected);
    static const flu_proc_info info = {.name = "fact"};
    FLU_PROC_STATIC(fact, 1, NULL, &info);
    assert_repr(FLU_VALUE(&fact), "#<procedure fact>");
}

static void test_deep_and_long(void **state) {
    (void)state;
    flu_value v = N(7);
    for (int i = 0; i < 1000000; i++) v = i % 2 ? LIST(v) : DICT(N(1), v);
    flu_value text = flu_fn_repr(w, v);
    assert_int_equal(flu_str_size(text), 1000000 / 2 * 2 + 1000000 / 2 * 4 + 1);
    v = FLU_EMPTY;
    for (int i = 0; i < 1000000; i++) v = flu_cons(w, N(1), v);
    assert_int_equal(flu_str_size(flu_fn_repr(w, v)), 2000001);
    assert_string_equal(FLU_STR(flu_repr_string(w, v, 10))->bytes, "(1 1 1 1 1...");
    assert_string_equal(FLU_STR(flu_repr_string(w, S("\u00e9\u00e9\u00e9\u00e9"), 4))->bytes, "\"\u00e9...");
    assert_string_equal(FLU_STR(flu_repr_string(w, S("abc"), 60))->bytes, "\"abc\"");
}

static void test_str(void **state) {
    (void)state;
    assert_repr(flu_fn_str(w, 0, NULL), "\"\"");
    assert_repr(flu_fn_str(w, ARGS(S("a"), N(1), FLU_NIL, F(2.5), LIST(S("b")))), "\"a1nil2.5(\\\"b\\\")\"");
    assert_repr(flu_fn_repr(w, S("a")), "\"\\\"a\\\"\"");
}

static void test_buffer(void **state) {
    (void)state;
    flu_buf b;
    flu_buf_init(&b);
    for (int i = 0; i < 1000; i++) flu_buf_printf(&b, "%d,", i);
    assert_int_equal(b.size, 10 * 2 + 90 * 3 + 900 * 4);
    assert_memory_equal(b.data, "0,1,2,", 6);
    assert_memory_equal(b.data + b.size - 8, "998,999,", 8);
    flu_buf_free(&b);
}

/* Standard output of what f prints. */
static char *captured(void (*f)(void)) {
    int pipe_ends[2], saved = dup(STDOUT_FILENO);
    assert_int_equal(pipe(pipe_ends), 0);
    fflush(stdout);
    flu_out_flush();
    dup2(pipe_ends[1], STDOUT_FILENO);
    close(pipe_ends[1]);
    f();
    flu_out_flush();
    dup2(saved, STDOUT_FILENO);
    close(saved);
    static char text[1024];
    ssize_t n = read(pipe_ends[0], text, sizeof text - 1);
    close(pipe_ends[0]);
    text[n] = '\0';
    return text;
}

static void print_some(void) {
    flu_fn_print(w, ARGS(N(1), S("a b"), LIST(S("c"))));
    flu_fn_print(w, 0, NULL);
    flu_fn_print_line(w, 0, NULL);
    flu_fn_print_line(w, ARGS(S("x"), FLU_NIL));
    assert_int_equal(flu_fn_print_line(w, ARGS(KEY("last"))), FLU_NIL);
}

static void test_print(void **state) {
    (void)state;
    assert_string_equal(captured(print_some), "1 a b (\"c\")\nx nil\n:last\n");
}

static void test_write_error(void **state) {
    (void)state;
    int saved = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);
    if (full < 0) skip();
    fflush(stdout);
    dup2(full, STDOUT_FILENO);
    flu_value text = flu_fn_string_repeat(w, S("x"), N(100000));
    flu_value result = flu_fn_print(w, ARGS(text));
    flu_fn_print(w, ARGS(S("short")));
    int flushed = flu_out_flush();
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(full);
    assert_int_not_equal(flushed, 0);
    assert_raises_saying(result, "io-error", "print: cannot write to standard output: No space left on device");
    assert_int_equal(flu_out_flush(), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_simple),        cmocka_unit_test(test_collections), cmocka_unit_test(test_opaque),
    cmocka_unit_test(test_deep_and_long), cmocka_unit_test(test_str),         cmocka_unit_test(test_buffer),
    cmocka_unit_test(test_print),         cmocka_unit_test(test_write_error),
};
RUN_TESTS(tests)
