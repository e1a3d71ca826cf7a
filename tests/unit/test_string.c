/* test_string.c: strings, symbols, characters, formats, regular expressions. */
#include "values.h"

#define UNDEF FLU_UNDEF

static void test_making(void **state) {
    (void)state;
    flu_value s = S("h\u00e9llo \U0001F600");
    assert_int_equal(FLU_STR(s)->length, 7);
    assert_int_equal(flu_str_size(s), 11);
    assert_false(flu_str_is_ascii(s));
    assert_true(flu_str_is_ascii(S("plain")));
    assert_int_equal(S("a"), S("a")); /* one-character strings of ASCII exist once */
    flu_value with_nul = flu_string_new(w, "a\0b", 3);
    assert_int_equal(FLU_STR(with_nul)->length, 3);
    assert_repr(with_nul, "\"a\\u{0}b\"");
    assert_true_value(flu_equal(w, with_nul, flu_string_new(w, "a\0b", 3)));
    assert_false_value(flu_equal(w, with_nul, flu_string_new(w, "a\0c", 3)));
}

static void test_utf8(void **state) {
    (void)state;
    static const char *const good[] = {"",
                                       "abc",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "abcdefgh\xc3\xa9ijklmnopq"};
    static const char *const bad[] = {"\x80",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
                                      "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                      "\xff",         "abc\xc3",          "\xe2\x82",         "\xf0\x9f\x98",
                                      "abcdefgh\xff"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(flu_utf8_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(flu_utf8_valid(bad[i], strlen(bad[i])));
    for (uint32_t c = 1; c < 0x110000; c += 77) {
        char bytes[4];
        if (c >= 0xd800 && c < 0xe000) continue;
        size_t n = flu_utf8_put(bytes, c);
        const char *p = bytes;
        assert_true(flu_utf8_valid(bytes, n));
        assert_int_equal(flu_utf8_next(&p), c);
        assert_ptr_equal(p, bytes + n);
        assert_int_equal(flu_utf8_count(bytes, n), 1);
    }
    assert_int_equal(flu_utf8_count("h\u00e9llo w\u00f6rld \U0001F600 abcdefghi", 28), 23);
    assert_raises_saying(flu_fn_bytes_to_string(w, flu_bytes_copy(w, "a\xff", 2)), "parse-error",
                         "bytes->string: the text is not valid UTF-8");
    assert_repr(flu_fn_bytes_to_string(w, flu_fn_string_bytes(w, S("\u00e9t\u00e9"))), "\"\u00e9t\u00e9\"");
    assert_raises(flu_fn_bytes_to_string(w, S("x")), "type-error");
}

static void test_parts(void **state) {
    (void)state;
    flu_value s = S("h\u00e9llo");
    assert_repr(flu_fn_substring(w, s, N(1), N(3)), "\"\u00e9l\"");
    assert_repr(flu_fn_substring(w, s, N(2), UNDEF), "\"llo\"");
    assert_repr(flu_fn_substring(w, s, N(5), N(5)), "\"\"");
    assert_int_equal(flu_fn_substring(w, s, N(0), N(5)), s);
    assert_raises(flu_fn_substring(w, s, N(0), N(6)), "index-error");
    assert_raises(flu_fn_substring(w, s, N(-1), UNDEF), "index-error");
    assert_raises(flu_fn_substring(w, s, N(3), N(2)), "index-error");
    assert_raises(flu_fn_substring(w, s, F(1), N(2)), "type-error");
    assert_raises(flu_fn_substring(w, s, BIG("100000000000000000000"), UNDEF), "index-error");
    assert_repr(flu_fn_string_ref(w, s, N(1)), "\"\u00e9\"");
    assert_repr(flu_fn_string_ref(w, s, N(4)), "\"o\"");
    assert_raises_saying(flu_fn_string_ref(w, s, N(5)), "index-error", "string-ref: index 5 out of range for length 5");
    assert_raises(flu_fn_string_ref(w, S(""), N(0)), "index-error");
    assert_repr(flu_fn_string_split(w, S("a,b,,c"), S(",")), "(\"a\" \"b\" \"\" \"c\")");
    assert_repr(flu_fn_string_split(w, S(""), S(",")), "(\"\")");
    assert_repr(flu_fn_string_split(w, S("a::b"), S("::")), "(\"a\" \"b\")");
    assert_repr(flu_fn_string_split(w, s, S("")), "(\"h\" \"\u00e9\" \"l\" \"l\" \"o\")");
    assert_repr(flu_fn_string_split(w, S(""), S("")), "()");
    assert_repr(flu_fn_lines(w, S("a\nb\r\n\nc")), "(\"a\" \"b\" \"\" \"c\")");
    assert_repr(flu_fn_lines(w, S("a\n")), "(\"a\")");
    assert_repr(flu_fn_lines(w, S("")), "()");
    assert_repr(flu_fn_words(w, S("  a b\t\u00a0c\n")), "(\"a\" \"b\" \"c\")");
    assert_repr(flu_fn_words(w, S("   ")), "()");
    assert_repr(flu_fn_string_to_list(w, s), "(\"h\" \"\u00e9\" \"l\" \"l\" \"o\")");
    assert_repr(flu_fn_string_trim(w, S(" \t\u2003a b \n")), "\"a b\"");
    assert_repr(flu_fn_string_trim_left(w, S("  a ")), "\"a \"");
    assert_repr(flu_fn_string_trim_right(w, S("  a\u3000 ")), "\"  a\"");
    assert_repr(flu_fn_string_trim(w, S("   ")), "\"\"");
    assert_repr(flu_fn_string_index_of(w, s, S("l"), UNDEF), "2");
    assert_repr(flu_fn_string_index_of(w, s, S("l"), N(3)), "3");
    assert_repr(flu_fn_string_index_of(w, s, S("l"), N(4)), "-1");
    assert_repr(flu_fn_string_index_of(w, s, S(""), N(5)), "5");
    assert_repr(flu_fn_string_index_of(w, s, S(""), N(6)), "-1");
    assert_raises(flu_fn_string_index_of(w, s, S("l"), N(-1)), "domain-error");
}

static void test_questions(void **state) {
    (void)state;
    flu_value s = S("hello");
    assert_int_equal(flu_fn_string_length(w, S("h\u00e9")), N(2));
    assert_true_value(flu_fn_string_contains_p(w, s, S("ell")));
    assert_true_value(flu_fn_string_contains_p(w, s, S("")));
    assert_false_value(flu_fn_string_contains_p(w, s, S("elo")));
    assert_true_value(flu_fn_string_starts_with_p(w, s, S("he")));
    assert_false_value(flu_fn_string_starts_with_p(w, s, S("hello!")));
    assert_true_value(flu_fn_string_ends_with_p(w, s, S("llo")));
    assert_false_value(flu_fn_string_ends_with_p(w, s, S("lo ")));
    assert_true_value(flu_fn_string_empty_p(w, S("")));
    assert_true_value(flu_fn_string_lt(w, ARGS(S("a"), S("b"), S("c"))));
    assert_false_value(flu_fn_string_lt(w, ARGS(S("a"), S("a"))));
    assert_true_value(flu_fn_string_gt(w, ARGS(S("b"), S("a"))));
    assert_raises_saying(flu_fn_string_lt(w, ARGS(S("b"), S("a"), N(1))), "type-error",
                         "string<?: argument 3 must be a string, got 1");
}

static void test_putting_together(void **state) {
    (void)state;
    assert_repr(flu_fn_string_concat(w, 0, NULL), "\"\"");
    assert_repr(flu_fn_string_concat(w, ARGS(S("a"), S("\u00e9"), S(""), S("b"))), "\"a\u00e9b\"");
    assert_int_equal(FLU_STR(flu_fn_string_concat(w, ARGS(S("a"), S("\u00e9"))))->length, 2);
    assert_raises_saying(flu_fn_string_concat(w, ARGS(S("a"), N(2))), "type-error",
                         "string-concat: argument 2 must be a string, got 2");
    assert_repr(flu_fn_string_join(w, S(", "), LIST(S("a"), S("b"))), "\"a, b\"");
    assert_repr(flu_fn_string_join(w, LIST(S("a"), S("b")), S("-")), "\"a-b\"");
    assert_repr(flu_fn_string_join(w, S(", "), FLU_EMPTY), "\"\"");
    assert_repr(flu_fn_string_join(w, S(", "), LIST(S(""), S(""))), "\", \"");
    assert_repr(flu_fn_string_join(w, S(""), LIST(S(""), S(""))), "\"\"");
    assert_raises(flu_fn_string_join(w, S(", "), LIST(N(1))), "type-error");
    assert_raises(flu_fn_string_join(w, S(", "), S("ab")), "type-error");
    assert_raises(flu_fn_string_join(w, N(1), N(2)), "type-error");
    assert_repr(flu_fn_list_to_string(w, LIST(S("a"), S("bc"))), "\"abc\"");
    assert_repr(flu_fn_string_replace(w, S("banana"), S("an"), S("x")), "\"bxxa\"");
    assert_repr(flu_fn_string_replace(w, S("aaa"), S("aa"), S("b")), "\"ba\"");
    assert_repr(flu_fn_string_replace(w, S("a\u00e9"), S(""), S("-")), "\"-a-\u00e9-\"");
    assert_repr(flu_fn_string_replace(w, S("abc"), S("x"), S("-")), "\"abc\"");
    assert_repr(flu_fn_string_repeat(w, S("ab"), N(3)), "\"ababab\"");
    assert_repr(flu_fn_string_repeat(w, S("ab"), N(0)), "\"\"");
    assert_raises(flu_fn_string_repeat(w, S("ab"), N(-1)), "domain-error");
    assert_raises(flu_fn_string_repeat(w, S("ab"), N(1000000000000)), "out-of-memory");
    assert_repr(flu_fn_string_reverse(w, S("a\u00e9b")), "\"b\u00e9a\"");
    assert_repr(flu_fn_string_pad_left(w, S("7"), N(3), S("0")), "\"007\"");
    assert_repr(flu_fn_string_pad_right(w, S("\u00e9"), N(3), UNDEF), "\"\u00e9  \"");
    assert_repr(flu_fn_string_pad_center(w, S("a"), N(4), S("-")), "\"-a--\"");
    assert_repr(flu_fn_string_pad_left(w, S("x"), N(6), S("ab")), "\"ababax\"");
    assert_repr(flu_fn_string_pad_left(w, S("long"), N(2), UNDEF), "\"long\"");
    assert_repr(flu_fn_string_pad_left(w, S("long"), N(-2), UNDEF), "\"long\"");
    assert_raises(flu_fn_string_pad_left(w, S("x"), N(6), S("")), "domain-error");
}

static void test_case(void **state) {
    (void)state;
    assert_repr(flu_fn_string_upcase(w, S("stra\u00e7e \u00e9")), "\"STRA\u00c7E \u00c9\"");
    assert_repr(flu_fn_string_downcase(w, S("\u00c9COLE \u0130")), "\"\u00e9cole i\"");
    assert_repr(flu_fn_string_capitalize(w, S("hELLO wORLD")), "\"Hello world\"");
    assert_repr(flu_fn_string_capitalize(w, S("")), "\"\"");
    assert_repr(flu_fn_char_upcase(w, S("\u00e9")), "\"\u00c9\"");
    assert_repr(flu_fn_char_downcase(w, S("A")), "\"a\"");
    assert_repr(flu_fn_char_to_int(w, S("\U0001F600")), "128512");
    assert_repr(flu_fn_int_to_char(w, N(233)), "\"\u00e9\"");
    assert_raises(flu_fn_int_to_char(w, N(0xd800)), "domain-error");
    assert_raises(flu_fn_int_to_char(w, N(0x110000)), "domain-error");
    assert_raises(flu_fn_int_to_char(w, N(-1)), "domain-error");
    assert_raises_saying(flu_fn_char_to_int(w, S("ab")), "type-error",
                         "char->int: argument 1 must be a one-character string, got \"ab\"");
    assert_true_value(flu_fn_char_alphabetic_p(w, S("\u00e9")));
    assert_false_value(flu_fn_char_alphabetic_p(w, S("1")));
    assert_true_value(flu_fn_char_numeric_p(w, S("7")));
    assert_true_value(flu_fn_char_whitespace_p(w, S("\u2003")));
    assert_true_value(flu_fn_char_upper_case_p(w, S("\u00c9")));
    assert_true_value(flu_fn_char_lower_case_p(w, S("\u00e9")));
    assert_true_value(flu_fn_char_alphanumeric_p(w, S("z")));
    assert_false_value(flu_fn_char_alphanumeric_p(w, S("_")));
}

static void test_symbols(void **state) {
    (void)state;
    assert_int_equal(flu_fn_string_to_symbol(w, S("abc")), SYM("abc"));
    assert_int_equal(flu_fn_string_to_keyword(w, S("abc")), KEY("abc"));
    assert_int_not_equal(SYM("abc"), KEY("abc"));
    assert_repr(flu_fn_symbol_to_string(w, SYM("abc")), "\"abc\"");
    assert_repr(flu_fn_keyword_to_string(w, KEY("abc")), "\"abc\"");
    assert_raises(flu_fn_symbol_to_string(w, S("abc")), "type-error");
    for (int i = 0; i < 20000; i++) { /* the table grows */
        char name[16];
        size_t n = (size_t)snprintf(name, sizeof name, "sym%d", i);
        flu_value v = flu_symbol_new(name, n);
        assert_int_equal(v & 15, 0);
        assert_int_equal(flu_symbol_new(name, n), v);
        assert_string_equal(FLU_SYM(v)->name, name);
    }
}

#define FORMAT(...) flu_fn_string_format(w, ARGS(__VA_ARGS__))

static void test_format(void **state) {
    (void)state;
    assert_repr(FORMAT(S("~a is ~d~%~~"), S("x"), N(5)), "\"x is 5\\n~\"");
    assert_repr(FORMAT(S("~s ~a"), S("q"), LIST(S("q"))), "\"\\\"q\\\" (\\\"q\\\")\"");
    assert_repr(FORMAT(S("[~8a]"), S("ab")), "\"[ab      ]\"");
    assert_repr(FORMAT(S("[~8a]"), N(42)), "\"[      42]\"");
    assert_repr(FORMAT(S("[~6d]"), N(-42)), "\"[   -42]\"");
    assert_repr(FORMAT(S("[~06d]"), N(-42)), "\"[-00042]\"");
    assert_repr(FORMAT(S("[~-6d]"), N(42)), "\"[42    ]\"");
    assert_repr(FORMAT(S("~.2f"), F(3.14159)), "\"3.14\"");
    assert_repr(FORMAT(S("~8.2f|"), F(3.14159)), "\"    3.14|\"");
    assert_repr(FORMAT(S("~.0f"), F(2.5)), "\"2\"");
    assert_repr(FORMAT(S("~.2f"), N(2)), "\"2.00\"");
    assert_repr(FORMAT(S("~f ~f ~f"), F(0.1), N(3), F(-1e-7)), "\"0.1 3.0 -0.0000001\"");
    assert_repr(FORMAT(S("~f ~f ~.1f"), F(0), F(1234567), F(-0.04)), "\"0.0 1234567.0 -0.0\"");
    assert_repr(FORMAT(S("~.3f"), F(NAN)), "\"nan\"");
    assert_repr(FORMAT(S("~x ~x ~x"), N(255), N(-255), BIG("79228162514264337593543950335")),
                "\"ff -ff ffffffffffffffffffffffff\"");
    assert_repr(FORMAT(S("~.3a|"), S("h\u00e9llo")), "\"h\u00e9l|\"");
    assert_repr(FORMAT(S("~4a|"), S("\u00e9")), "\"\u00e9   |\"");
    assert_raises(FORMAT(S("~a ~a"), N(1)), "arity-error");
    assert_raises(FORMAT(S("~q"), N(1)), "parse-error");
    assert_raises(FORMAT(S("~"), N(1)), "parse-error");
    assert_raises(FORMAT(S("~99999999999a"), N(1)), "parse-error");
    assert_raises_saying(FORMAT(S("~d"), S("x")), "type-error", "string-format: argument 2 must be an int, got \"x\"");
    assert_raises(FORMAT(S("~d"), F(1.5)), "type-error");
    assert_raises(FORMAT(N(1)), "type-error");
}

static void test_regex(void **state) {
    (void)state;
    flu_value re = flu_fn_regex(w, S("(\\d+)-(x)?"));
    assert_repr(re, "#<regex \"(\\\\d+)-(x)?\">");
    assert_repr(flu_fn_regex_find(w, re, S("\u00e9 12-"), UNDEF),
                "{:match \"12-\" :groups (\"12\" nil) :start 2 :end 5}");
    assert_repr(flu_fn_regex_find(w, re, S("12-x 7-"), N(1)), "{:match \"2-x\" :groups (\"2\" \"x\") :start 1 :end 4}");
    assert_repr(flu_fn_regex_find(w, re, S("none"), UNDEF), "nil");
    assert_raises(flu_fn_regex_find(w, re, S("none"), N(5)), "index-error");
    assert_repr(flu_fn_regex_match(w, S("a+"), S("aaa")), "{:match \"aaa\" :groups () :start 0 :end 3}");
    assert_repr(flu_fn_regex_match(w, S("a+"), S("aaab")), "nil");
    assert_repr(flu_fn_regex_match(w, S("a|ab"), S("ab")), "{:match \"ab\" :groups () :start 0 :end 2}");
    assert_repr(flu_fn_regex_find_all(w, S("a*"), S("baac")),
                "({:match \"\" :groups () :start 0 :end 0} {:match \"aa\" :groups () :start 1 :end 3} {:match \"\" "
                ":groups () :start 3 :end 3} "
                "{:match \"\" :groups () :start 4 :end 4})");
    assert_repr(flu_fn_regex_replace(w, S("(\\w)(\\w*)"), S("hello big world"), S("$2${1}ay")),
                "\"ellohay igbay orldway\"");
    assert_repr(flu_fn_regex_replace(w, S("a"), S("banana"), S("$$0 $")), "\"b$0 $n$0 $n$0 $\"");
    assert_repr(flu_fn_regex_replace(w, S("(?<n>\\d)"), S("a1b2"), S("<${n}>")), "\"a<1>b<2>\"");
    assert_repr(flu_fn_regex_replace(w, S(""), S("\u00e9a"), S("-")), "\"-\u00e9-a-\"");
    assert_repr(flu_fn_regex_split(w, S("\\s*,\\s*"), S("a , b,c")), "(\"a\" \"b\" \"c\")");
    assert_repr(flu_fn_regex_split(w, S(","), S("")), "(\"\")");
    assert_repr(flu_fn_regex_split(w, S(","), S(",a,")), "(\"\" \"a\" \"\")");
    assert_repr(flu_fn_regex_split(w, S(""), S("ab\u00e9")), "(\"a\" \"b\" \"\u00e9\")");
    assert_raises(flu_fn_regex(w, S("(")), "parse-error");
    assert_raises(flu_fn_regex_find(w, N(1), S("a"), UNDEF), "type-error");
    assert_raises(flu_fn_regex_find(w, S("a"), N(1), UNDEF), "type-error");
    assert_raises(
        flu_fn_regex_match(w, S("(a+)+$"), flu_string_concat2(w, flu_fn_string_repeat(w, S("a"), N(40)), S("b"))),
        "domain-error");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_making),
    cmocka_unit_test(test_utf8),
    cmocka_unit_test(test_parts),
    cmocka_unit_test(test_questions),
    cmocka_unit_test(test_putting_together),
    cmocka_unit_test(test_case),
    cmocka_unit_test(test_symbols),
    cmocka_unit_test(test_format),
    cmocka_unit_test(test_regex),
};
RUN_TESTS(tests)
