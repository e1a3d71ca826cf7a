/* test_number.c: arithmetic, comparison, equality, hashing, number text. */
#include "values.h"

#define MAX_FIX N(FLU_FIXNUM_MAX)
#define MIN_FIX N(FLU_FIXNUM_MIN)

static void test_fixnum_boundaries(void **state) {
    (void)state;
    assert_repr(flu_add(w, MAX_FIX, N(1)), "1152921504606846976");
    assert_repr(flu_sub(w, MIN_FIX, N(1)), "-1152921504606846977");
    assert_repr(flu_add(w, MIN_FIX, MIN_FIX), "-2305843009213693952");
    assert_int_equal(flu_sub(w, flu_add(w, MAX_FIX, N(1)), N(1)), MAX_FIX);
    assert_int_equal(flu_add(w, flu_sub(w, MIN_FIX, N(1)), N(1)), MIN_FIX);
    assert_repr(flu_inc(w, MAX_FIX), "1152921504606846976");
    assert_repr(flu_dec(w, MIN_FIX), "-1152921504606846977");
    assert_repr(flu_mul(w, MIN_FIX, N(-1)), "1152921504606846976");
    assert_repr(flu_div(w, MIN_FIX, N(-1)), "1152921504606846976");
    assert_repr(flu_quotient(w, MIN_FIX, N(-1)), "1152921504606846976");
    assert_int_equal(flu_mod(w, MIN_FIX, N(-1)), N(0));
    assert_int_equal(flu_remainder(w, MIN_FIX, N(-1)), N(0));
    assert_repr(flu_mul(w, MAX_FIX, MAX_FIX), "1329227995784915870597964051066650625");
    assert_int_equal(flu_mul(w, N(1 << 30), N(1 << 29)), N((int64_t)1 << 59));
    assert_int_equal(flu_mul(w, N(1 << 30), N(-(1 << 30))), MIN_FIX);
    assert_repr(flu_fn_sub(w, ARGS(MIN_FIX)), "1152921504606846976");
    assert_int_equal(flu_fn_sub(w, ARGS(flu_fn_sub(w, ARGS(MIN_FIX)))), MIN_FIX);
    assert_repr(flu_fn_abs(w, MIN_FIX), "1152921504606846976");
    assert_int_equal(flu_int(w, FLU_FIXNUM_MAX), MAX_FIX);
    assert_repr(flu_int(w, INT64_MIN), "-9223372036854775808");
    assert_repr(flu_int_unsigned(w, UINT64_MAX), "18446744073709551615");
    int64_t n;
    assert_true(flu_int_fits(BIG("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_true(flu_int_fits(BIG("9223372036854775807"), &n) && n == INT64_MAX);
    assert_false(flu_int_fits(BIG("9223372036854775808"), &n));
    assert_false(flu_int_fits(BIG("-9223372036854775809"), &n));
}

static void test_division(void **state) {
    (void)state;
    assert_int_equal(flu_div(w, N(7), N(2)), N(3));
    assert_int_equal(flu_div(w, N(-7), N(2)), N(-3));
    assert_repr(flu_div(w, N(7), F(2)), "3.5");
    assert_int_equal(flu_mod(w, N(-7), N(3)), N(2));
    assert_int_equal(flu_mod(w, N(7), N(-3)), N(-2));
    assert_int_equal(flu_mod(w, N(-6), N(3)), N(0));
    assert_int_equal(flu_remainder(w, N(-7), N(3)), N(-1));
    assert_int_equal(flu_remainder(w, N(7), N(-3)), N(1));
    assert_repr(flu_mod(w, F(-7.5), N(2)), "0.5");
    assert_repr(flu_mod(w, F(7.5), N(-2)), "-0.5");
    assert_repr(flu_mod(w, F(-4), N(2)), "0.0");
    assert_repr(flu_remainder(w, F(-7.5), N(2)), "-1.5");
    assert_repr(flu_quotient(w, F(-7.5), N(2)), "-3.0");
    assert_raises_saying(flu_div(w, N(1), N(0)), "division-by-zero", "/: division by zero");
    assert_raises(flu_div(w, F(1), N(0)), "division-by-zero");
    assert_raises(flu_div(w, F(1), F(0)), "division-by-zero");
    assert_raises(flu_div(w, N(1), F(-0.0)), "division-by-zero");
    assert_raises(flu_mod(w, N(1), N(0)), "division-by-zero");
    assert_raises(flu_mod(w, F(1), F(0)), "division-by-zero");
    assert_raises(flu_remainder(w, N(1), N(0)), "division-by-zero");
    assert_raises(flu_quotient(w, N(1), N(0)), "division-by-zero");
    assert_raises(flu_fn_div(w, ARGS(N(0))), "division-by-zero");
    assert_raises(flu_div(w, BIG("100000000000000000000"), N(0)), "division-by-zero");
    assert_int_equal(flu_fn_div(w, ARGS(N(2))), N(0));
    assert_repr(flu_fn_div(w, ARGS(F(2))), "0.5");
    assert_int_equal(flu_fn_div(w, ARGS(N(100), N(3), N(2))), N(16));
    assert_repr(flu_div(w, BIG("-100000000000000000000"), N(3)), "-33333333333333333333");
    assert_int_equal(flu_mod(w, BIG("-100000000000000000000"), N(3)), N(2));
    assert_int_equal(flu_remainder(w, BIG("-100000000000000000000"), N(3)), N(-1));
    assert_repr(flu_mod(w, N(5), BIG("-100000000000000000000")), "-99999999999999999995");
    assert_int_equal(flu_div(w, MAX_FIX, BIG("100000000000000000000")), N(0));
}

static void test_any_number_of_arguments(void **state) {
    (void)state;
    assert_int_equal(flu_fn_add(w, 0, NULL), N(0));
    assert_int_equal(flu_fn_mul(w, 0, NULL), N(1));
    assert_repr(flu_fn_add(w, ARGS(F(-0.0))), "-0.0");
    assert_int_equal(flu_fn_add(w, ARGS(N(1), N(2), N(3))), N(6));
    assert_repr(flu_fn_add(w, ARGS(N(1), F(2.5), N(3))), "6.5");
    assert_repr(flu_fn_sub(w, ARGS(F(0.0))), "-0.0");
    assert_raises_saying(flu_fn_add(w, ARGS(N(1), N(2), S("x"))), "type-error",
                         "+: argument 3 must be a number, got \"x\"");
    assert_raises(flu_fn_add(w, ARGS(FLU_NIL)), "type-error");
    assert_raises_saying(flu_add(w, N(1), FLU_TRUE), "type-error", "+: argument 2 must be a number, got true");
    assert_raises_saying(flu_mul(w, KEY("a"), FLU_TRUE), "type-error", "*: argument 1 must be a number, got :a");
    assert_true_value(flu_fn_lt(w, ARGS(N(1), F(1.5), N(2))));
    assert_false_value(flu_fn_lt(w, ARGS(N(1), N(3), N(2))));
    assert_raises_saying(flu_fn_lt(w, ARGS(N(3), N(1), S("x"))), "type-error",
                         "<: a number cannot be compared with a string: argument 2 is 1, argument 3 is \"x\"");
    assert_raises_saying(flu_lt(w, S("x"), N(1)), "type-error",
                         "<: a number cannot be compared with a string: argument 1 is \"x\", argument 2 is 1");
    assert_raises_saying(flu_ge(w, FLU_NIL, N(1)), "type-error",
                         ">=: argument 1 must be a number or a string, got nil");
    assert_true_value(flu_lt(w, S("a"), S("b")));
    assert_true_value(flu_lt(w, S("a"), S("ab")));
    assert_true_value(flu_lt(w, S("z"), S("\u00e9")));
    assert_true_value(flu_le(w, S("a"), S("a")));
    assert_false_value(flu_gt(w, S("a"), S("a")));
    assert_repr(flu_fn_max(w, ARGS(N(1), F(1), N(3))), "3");
    assert_repr(flu_fn_max(w, ARGS(N(1), F(1))), "1");
    assert_repr(flu_fn_min(w, ARGS(F(2), N(2))), "2.0");
    assert_repr(flu_fn_max(w, ARGS(N(1), F(NAN), N(3))), "nan");
    assert_repr(flu_fn_max(w, ARGS(F(NAN), N(3))), "nan");
    assert_raises(flu_fn_max(w, ARGS(N(1), S("2"))), "type-error");
}

static void test_exact_comparison(void **state) {
    (void)state;
    flu_value above = N(((int64_t)1 << 53) + 1), near = F(0x1p53);
    assert_false_value(flu_equal(w, above, near));
    assert_true_value(flu_gt(w, above, near));
    assert_true_value(flu_lt(w, near, above));
    assert_true_value(flu_equal(w, N((int64_t)1 << 53), near));
    assert_true_value(flu_equal(w, N(1), F(1)));
    assert_true_value(flu_equal(w, N(0), F(-0.0)));
    assert_true_value(flu_equal(w, F(0), F(-0.0)));
    assert_false_value(flu_equal(w, N(1), F(1.5)));
    assert_true_value(flu_lt(w, N(1), F(1.5)));
    assert_true_value(flu_gt(w, N(-1), F(-1.5)));
    assert_true_value(flu_lt(w, MAX_FIX, F(0x1p60)));
    assert_true_value(flu_equal(w, MIN_FIX, F(-0x1p60)));
    assert_true_value(flu_equal(w, BIG("1152921504606846976"), F(0x1p60)));
    assert_true_value(flu_equal(w, F(0x1p100), BIG("1267650600228229401496703205376")));
    assert_false_value(flu_equal(w, F(0x1p100), BIG("1267650600228229401496703205377")));
    assert_true_value(flu_lt(w, F(0x1p100), BIG("1267650600228229401496703205377")));
    assert_true_value(flu_gt(w, F(-0x1p100), BIG("-1267650600228229401496703205377")));
    assert_true_value(flu_lt(w, BIG("-1267650600228229401496703205377"), N(0)));
    assert_true_value(flu_lt(w, BIG("1267650600228229401496703205377"), F(INFINITY)));
    assert_true_value(flu_gt(w, BIG("-1267650600228229401496703205377"), F(-INFINITY)));
    assert_true_value(flu_gt(w, BIG("1267650600228229401496703205377"), F(-1.5)));
    for (int i = 0; i < 2; i++) {
        flu_value n = i ? N(1) : BIG("100000000000000000000");
        assert_false_value(flu_lt(w, n, F(NAN)));
        assert_false_value(flu_ge(w, n, F(NAN)));
        assert_false_value(flu_equal(w, n, F(NAN)));
    }
    flu_value nan = F(NAN);
    assert_false_value(flu_equal(w, nan, nan));
    assert_true_value(flu_fn_not_equal(w, ARGS(nan, nan)));
    assert_true_value(flu_equal(w, F(1e300), F(1e300)));
    assert_true_value(flu_equal(w, F(INFINITY), F(INFINITY)));
    assert_true_value(flu_lt(w, F(1e300), F(1e301)));
    assert_true_value(flu_lt(w, F(5e-324), F(1e-300)));
}

static flu_value long_list(int n, flu_value end) {
    flu_value list = FLU_EMPTY;
    for (int i = 0; i < n; i++) list = flu_cons(w, i == 0 ? end : N(i), list);
    return list;
}

static flu_value nested(int n, flu_value inner) {
    for (int i = 0; i < n; i++) inner = i % 3 ? LIST(inner) : i % 2 ? DICT(KEY("a"), inner) : LIST(N(1), inner, N(2));
    return inner;
}

static void test_equality(void **state) {
    (void)state;
    assert_true_value(flu_equal(w, LIST(N(1), F(2)), LIST(F(1), N(2))));
    assert_false_value(flu_equal(w, LIST(N(1)), LIST(N(1), N(2))));
    assert_false_value(flu_equal(w, FLU_NIL, FLU_EMPTY));
    assert_false_value(flu_equal(w, FLU_FALSE, FLU_NIL));
    assert_true_value(flu_equal(w, S("abc"), S("abc")));
    assert_false_value(flu_equal(w, S("abc"), SYM("abc")));
    assert_false_value(flu_equal(w, KEY("abc"), SYM("abc")));
    assert_true_value(flu_equal(w, SYM("abc"), SYM("abc")));
    assert_true_value(flu_equal(w, flu_cons(w, N(1), N(2)), flu_cons(w, N(1), F(2))));
    assert_false_value(flu_equal(w, flu_cons(w, N(1), N(2)), LIST(N(1), N(2))));
    assert_true_value(flu_equal(w, DICT(KEY("a"), N(1), KEY("b"), N(2)), DICT(KEY("b"), N(2), KEY("a"), F(1))));
    assert_false_value(flu_equal(w, DICT(KEY("a"), N(1)), DICT(KEY("b"), N(1))));
    assert_false_value(flu_equal(w, DICT(KEY("a"), N(1)), DICT(KEY("a"), N(2))));
    assert_false_value(flu_equal(w, DICT(KEY("a"), F(NAN)), DICT(KEY("a"), F(NAN))));
    assert_true(flu_key_equals(w, LIST(F(NAN)), LIST(F(NAN))));
    assert_true_value(flu_equal(w, flu_bytes_copy(w, "ab", 2), flu_bytes_copy(w, "ab", 2)));
    assert_false_value(flu_equal(w, flu_bytes_copy(w, "ab", 2), flu_bytes_copy(w, "ac", 2)));
    assert_true_value(flu_fn_equal(w, ARGS(N(1), F(1), N(1))));
    assert_false_value(flu_fn_equal(w, ARGS(N(1), N(1), N(2))));
    assert_true_value(flu_fn_not_equal(w, ARGS(N(1), N(1), N(2))));
    flu_value a = flu_vector_new(w, 2, NULL, N(1)), b = flu_vector_new(w, 2, NULL, F(1));
    assert_true_value(flu_equal(w, a, b));
    flu_fn_vector_set(w, a, N(0), a); /* both contain themselves */
    flu_fn_vector_set(w, b, N(0), b);
    assert_true_value(flu_equal(w, a, b));
    assert_int_equal(flu_hash(w, a), flu_hash(w, b));
    flu_fn_vector_set(w, b, N(1), N(7));
    assert_false_value(flu_equal(w, a, b));
}

static void test_deep_and_long(void **state) {
    (void)state;
    flu_value a = long_list(1000000, N(1)), b = long_list(1000000, F(1)), c = long_list(1000000, N(2));
    assert_true_value(flu_equal(w, a, b));
    assert_false_value(flu_equal(w, a, c));
    assert_int_equal(flu_hash(w, a), flu_hash(w, b));
    a = nested(300000, N(1)), b = nested(300000, F(1)), c = nested(300000, N(2));
    assert_true_value(flu_equal(w, a, b));
    assert_false_value(flu_equal(w, a, c));
    assert_int_equal(flu_hash(w, a), flu_hash(w, b));
}

static void same_hash(flu_value a, flu_value b) { assert_int_equal(flu_hash(w, a), flu_hash(w, b)); }

static void test_hash(void **state) {
    (void)state;
    same_hash(N(1), F(1));
    same_hash(N(-1), F(-1));
    same_hash(N(0), F(-0.0));
    same_hash(MIN_FIX, F(-0x1p60));
    same_hash(BIG("1152921504606846976"), F(0x1p60));
    same_hash(BIG("2305843009213693952"), F(0x1p61));
    same_hash(BIG("1267650600228229401496703205376"), F(0x1p100));
    same_hash(BIG("-1267650600228229401496703205376"), F(-0x1p100));
    same_hash(flu_int_from_double(w, 1.2345e250), F(1.2345e250));
    same_hash(flu_int_from_double(w, -1e300), F(-1e300));
    same_hash(F(NAN), F(-NAN));
    same_hash(S("hello"), S("hello"));
    same_hash(LIST(N(1), S("a")), LIST(F(1), S("a")));
    same_hash(DICT(N(1), N(2), N(3), N(4)), DICT(F(3), F(4), F(1), F(2)));
    assert_int_not_equal(flu_hash(w, LIST(N(1), N(2))), flu_hash(w, LIST(N(2), N(1))));
    assert_int_not_equal(flu_hash(w, F(0.5)), flu_hash(w, F(0.25)));
    assert_int_not_equal(flu_hash(w, FLU_EMPTY), flu_hash(w, FLU_NIL));
    /* Spread of similar keys over the low bits. */
    unsigned buckets[1024] = {0}, most = 0;
    for (int i = 0; i < 50000; i++) {
        char text[16];
        unsigned h = flu_bytes_hash(text, (size_t)snprintf(text, sizeof text, "w%d", i)) % 1024;
        if (++buckets[h] > most) most = buckets[h];
    }
    assert_in_range(most, 49, 100);
}

static const char *float_text(double d) {
    static char text[FLU_NUMBER_SIZE];
    flu_float_text(text, d);
    return text;
}

static void test_float_text(void **state) {
    (void)state;
    static const struct {
        double d;
        const char *text;
    } cases[] = {
        {3, "3.0"},
        {0.1, "0.1"},
        {1e100, "1e+100"},
        {-0.0, "-0.0"},
        {0, "0.0"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {-NAN, "nan"},
        {5e-324, "5e-324"},
        {1e21, "1e+21"},
        {1e-5, "1e-05"},
        {1e-4, "0.0001"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e16, "1e+16"},
        {1e15, "1000000000000000.0"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {9.5e-323, "9.4e-323"},
        {0x1p-1022, "2.2250738585072014e-308"},
        {0x1.ffffffffffffep-1023, "2.225073858507201e-308"},
        {0x1.fffffffffffffp1023, "1.7976931348623157e+308"},
        {0x1p-44, "5.684341886080802e-14"},
        {9007199254740993.0, "9007199254740992.0"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {123456.789, "123456.789"},
        {-1.5e-7, "-1.5e-07"},
        {0.00012345, "0.00012345"},
        {4.35, "4.35"},
        {2.0 / 3, "0.6666666666666666"},
        {1e-300, "1e-300"},
        {100, "100.0"},
        {0x1p64, "1.8446744073709552e+19"},
        {2251799813685249.5, "2251799813685249.5"},
        {6.02214076e23, "6.02214076e+23"},
        {5e-05, "5e-05"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(float_text(cases[i].d), cases[i].text);
}

static uint64_t random_state = 88172645463325252u;
static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

/* Reads back to the same value, and no shorter %g does (for digits that printf can try). */
static void check_round_trip(double d) {
    char shorter[40], digits[18];
    int point, count = flu_float_digits(digits, &point, fabs(d));
    flu_value v = flu_parse_number(w, float_text(d), strlen(float_text(d)), 10);
    assert_true(flu_is_float(v) && flu_double(v) == d);
    assert_true(strtod(float_text(d), NULL) == d);
    if (count > 1) {
        snprintf(shorter, sizeof shorter, "%.*e", count - 2, d);
        assert_true(strtod(shorter, NULL) != d);
    }
}

static void test_float_round_trip(void **state) {
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random();
        double d;
        memcpy(&d, &bits, sizeof d);
        if (isfinite(d) && d != 0) check_round_trip(d);
    }
    for (int e = -1074; e < 1024; e++)
        check_round_trip(ldexp(1, e)), check_round_trip(-nextafter(ldexp(1, e), 0) - 5e-324);
    for (int i = 1; i < 2000; i++)
        check_round_trip(i * 5e-324), check_round_trip(i / 100.0), check_round_trip(i * 1e20);
}

static void check_reading(const char *text) {
    flu_value v = flu_parse_number(w, text, strlen(text), 10);
    assert_true(flu_is_float(v));
    double expected = strtod(text, NULL), got = flu_double(v);
    if (memcmp(&expected, &got, sizeof got) != 0) fail_msg("%s reads as %.17g, not %.17g", text, got, expected);
}

static void test_float_reading(void **state) {
    (void)state;
    static const char *const cases[] = {"0.0",
                                        "-0.0",
                                        "1e400",
                                        "-1e400",
                                        "1e-400",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "4.9406564584124654e-324",
                                        "2.2250738585072011e-308",
                                        "2.2250738585072012e-308",
                                        "1.7976931348623158e308",
                                        "1.7976931348623159e308",
                                        "9007199254740993e0",
                                        "9007199254740992.99999999999999999999999999",
                                        "9007199254740993.00000000000000000000000001",
                                        "4503599627370497.5",
                                        "0.500000000000000166533453693773481063544750213623046875",
                                        "3.518437208883201171875e13",
                                        "62.5364939768271845828",
                                        "8.10109172351e-10",
                                        "1.50000000000000011102230246251565404e0",
                                        "123456789012345678901234567890e-10",
                                        "1e23",
                                        "8.5e-323",
                                        "1e999999999999",
                                        "1e-999999999999",
                                        "0e999999999999",
                                        "6929495644600919.5",
                                        "3.7455744005952583e15",
                                        "2.2250738585072013830902327173324040642192159804623318306e-308"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_reading(cases[i]);
    for (int i = 0; i < 50000; i++) {
        char text[64];
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)next_random() >> (i % 64),
                 (unsigned long long)next_random(), (int)(next_random() % 660) - 350);
        check_reading(text);
    }
    char *long_text = malloc(3000); /* a tie decided by the last of many digits */
    memcpy(long_text, "9007199254740993.", 17);
    memset(long_text + 17, '0', 2900);
    strcpy(long_text + 2917, "1");
    check_reading(long_text);
    free(long_text);
}

static void test_parse_number(void **state) {
    (void)state;
    assert_repr(flu_fn_string_to_number(w, S("42"), FLU_UNDEF), "42");
    assert_repr(flu_fn_string_to_number(w, S("-7"), FLU_UNDEF), "-7");
    assert_repr(flu_fn_string_to_number(w, S("+7"), FLU_UNDEF), "7");
    assert_repr(flu_fn_string_to_number(w, S("0x1F"), FLU_UNDEF), "31");
    assert_repr(flu_fn_string_to_number(w, S("-0b101"), FLU_UNDEF), "-5");
    assert_repr(flu_fn_string_to_number(w, S("1_000_000"), FLU_UNDEF), "1000000");
    assert_repr(flu_fn_string_to_number(w, S("3.25"), FLU_UNDEF), "3.25");
    assert_repr(flu_fn_string_to_number(w, S("2.5e-3"), FLU_UNDEF), "0.0025");
    assert_repr(flu_fn_string_to_number(w, S("1e9"), FLU_UNDEF), "1000000000.0");
    assert_repr(flu_fn_string_to_number(w, S("-inf"), FLU_UNDEF), "-inf");
    assert_repr(flu_fn_string_to_number(w, S("nan"), FLU_UNDEF), "nan");
    assert_repr(flu_fn_string_to_number(w, S("ff"), N(16)), "255");
    assert_repr(flu_fn_string_to_number(w, S("-Zz"), N(36)), "-1295");
    assert_repr(flu_fn_string_to_number(w, S("1152921504606846975"), FLU_UNDEF), "1152921504606846975");
    assert_int_equal(flu_fn_string_to_number(w, S("1152921504606846975"), FLU_UNDEF), MAX_FIX);
    assert_int_equal(flu_fn_string_to_number(w, S("-1152921504606846976"), FLU_UNDEF), MIN_FIX);
    assert_repr(flu_fn_string_to_number(w, S("123456789012345678901234567890"), FLU_UNDEF),
                "123456789012345678901234567890");
    assert_repr(flu_fn_string_to_number(w, S("0xffffffffffffffffffffffff"), FLU_UNDEF),
                "79228162514264337593543950335");
    assert_int_equal(flu_fn_string_to_number(w, S("-000000000000000000000000"), FLU_UNDEF), N(0));
    static const char *const bad[] = {"",    "-",   "abc",   "12x",  "1 ",   " 1",    "1__0", "_1",
                                      "1_",  "0x",  "0b2",   "1e",   "1e+",  "1.2.3", ".",    "e5",
                                      "--1", "+-1", "0x1.5", "1e5x", "infx", "+nan",  "1_.5", "1._5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_raises(flu_fn_string_to_number(w, S(bad[i]), FLU_UNDEF), "parse-error");
    assert_raises_saying(flu_fn_string_to_number(w, S("abc"), FLU_UNDEF), "parse-error",
                         "string->number: \"abc\" is no number");
    assert_raises(flu_fn_string_to_number(w, S("12"), N(2)), "parse-error");
    assert_raises(flu_fn_string_to_number(w, S("12"), N(1)), "domain-error");
    assert_raises(flu_fn_string_to_number(w, N(12), FLU_UNDEF), "type-error");
    assert_repr(flu_fn_parse_number(w, S("12x"), KEY("no")), ":no");
    assert_repr(flu_fn_parse_number(w, S("12.5"), KEY("no")), "12.5");
    assert_raises(flu_fn_parse_number(w, FLU_NIL, KEY("no")), "type-error");
    assert_repr(flu_fn_number_to_string(w, N(255), N(16)), "\"ff\"");
    assert_repr(flu_fn_number_to_string(w, N(-5), N(2)), "\"-101\"");
    assert_repr(flu_fn_number_to_string(w, N(0), N(2)), "\"0\"");
    assert_repr(flu_fn_number_to_string(w, MIN_FIX, FLU_UNDEF), "\"-1152921504606846976\"");
    assert_repr(flu_fn_number_to_string(w, MIN_FIX, N(36)), "\"-8rc4kbdvss1s\"");
    assert_repr(flu_fn_number_to_string(w, F(1.5), FLU_UNDEF), "\"1.5\"");
    assert_repr(flu_fn_number_to_string(w, N(7), FLU_UNDEF), "\"7\"");
    assert_raises(flu_fn_number_to_string(w, F(1.5), N(2)), "type-error");
    assert_raises(flu_fn_number_to_string(w, N(1), N(37)), "domain-error");
}

static void test_big_integers(void **state) {
    (void)state;
    flu_value f = flu_fn_factorial(w, N(30));
    assert_repr(f, "265252859812191058636308480000000");
    assert_int_equal(flu_fn_factorial(w, N(0)), N(1));
    assert_int_equal(flu_fn_factorial(w, N(1)), N(1));
    assert_int_equal(flu_fn_factorial(w, N(5)), N(120));
    assert_raises(flu_fn_factorial(w, N(-1)), "domain-error");
    assert_raises(flu_fn_factorial(w, F(3)), "type-error");
    assert_repr(flu_fn_pow(w, N(2), N(100)), "1267650600228229401496703205376");
    assert_repr(flu_fn_pow(w, N(-2), N(61)), "-2305843009213693952");
    assert_int_equal(flu_fn_pow(w, N(2), N(3)), N(8));
    assert_int_equal(flu_fn_pow(w, N(0), N(0)), N(1));
    assert_repr(flu_fn_pow(w, N(2), N(-1)), "0.5");
    assert_repr(flu_fn_pow(w, F(2), N(3)), "8.0");
    assert_repr(flu_fn_pow(w, N(-8), F(0.5)), "nan");
    assert_int_equal(flu_fn_pow(w, N(-1), BIG("100000000000000000001")), N(-1));
    assert_raises(flu_fn_pow(w, N(2), BIG("100000000000000000001")), "out-of-memory");
    assert_raises(flu_fn_pow(w, N(10), N(100000000000)), "out-of-memory");
    assert_raises(flu_fn_pow(w, N(0), N(-1)), "division-by-zero");
    assert_int_equal(flu_fn_gcd(w, ARGS(N(12), N(-18))), N(6));
    assert_int_equal(flu_fn_gcd(w, ARGS(f, N(1000003))), N(1));
    assert_repr(flu_fn_gcd(w, ARGS(MIN_FIX)), "1152921504606846976");
    assert_int_equal(flu_fn_lcm(w, ARGS(N(4), N(-6))), N(12));
    assert_int_equal(flu_fn_lcm(w, ARGS(N(4), N(0))), N(0));
    assert_repr(flu_fn_lcm(w, ARGS(MAX_FIX, N(2))), "2305843009213693950");
    assert_repr(
        flu_fn_bit_and(w, ARGS(BIG("-1267650600228229401496703205376"), BIG("1267650600228229401496703205377"))),
        "1267650600228229401496703205376");
    assert_int_equal(flu_fn_bit_and(w, ARGS(N(12), N(10))), N(8));
    assert_int_equal(flu_fn_bit_or(w, ARGS(N(12), N(10), N(1))), N(15));
    assert_int_equal(flu_fn_bit_xor(w, ARGS(N(12), N(10))), N(6));
    assert_int_equal(flu_fn_bit_not(w, N(0)), N(-1));
    assert_repr(flu_fn_bit_not(w, BIG("1267650600228229401496703205376")), "-1267650600228229401496703205377");
    assert_repr(flu_fn_bit_shift_left(w, N(1), N(100)), "1267650600228229401496703205376");
    assert_repr(flu_fn_bit_shift_left(w, N(-1), N(100)), "-1267650600228229401496703205376");
    assert_int_equal(flu_fn_bit_shift_left(w, N(-1), N(60)), MIN_FIX);
    assert_int_equal(flu_fn_bit_shift_left(w, N(0), N(1000000000000)), N(0));
    assert_int_equal(flu_fn_bit_shift_right(w, N(-5), N(1)), N(-3));
    assert_int_equal(flu_fn_bit_shift_right(w, N(-5), N(1000)), N(-1));
    assert_int_equal(flu_fn_bit_shift_right(w, BIG("1267650600228229401496703205376"), N(100)), N(1));
    assert_int_equal(flu_fn_bit_shift_right(w, BIG("-1267650600228229401496703205377"), N(100)), N(-2));
    assert_int_equal(flu_fn_bit_shift_right(w, BIG("-1267650600228229401496703205377"), N(1000)), N(-1));
    assert_raises(flu_fn_bit_shift_left(w, N(1), N(-1)), "domain-error");
    assert_raises(flu_fn_bit_shift_left(w, N(1), N(100000000000)), "out-of-memory");
    assert_repr(flu_fn_number_to_string(w, flu_fn_pow(w, N(2), N(100)), N(16)), "\"10000000000000000000000000\"");
    flu_value big = flu_fn_pow(w, N(3), N(5000)), text = flu_fn_number_to_string(w, big, FLU_UNDEF);
    assert_true_value(flu_equal(w, flu_fn_string_to_number(w, text, FLU_UNDEF), big));
    text = flu_fn_number_to_string(w, big, N(7));
    assert_true_value(flu_equal(w, flu_fn_string_to_number(w, text, N(7)), big));
}

static void test_conversions(void **state) {
    (void)state;
    assert_true(flu_to_double(BIG("9007199254740993000000000000")) == 9007199254740993000000000000.0);
    assert_true(flu_to_double(flu_fn_pow(w, N(10), N(400))) == INFINITY);
    assert_true(flu_to_double(flu_fn_pow(w, N(-10), N(401))) == -INFINITY);
    assert_true(flu_to_double(flu_add(w, flu_fn_pow(w, N(2), N(120)), flu_fn_pow(w, N(2), N(67)))) == 0x1p120);
    assert_true(flu_to_double(flu_fn_add(w, ARGS(flu_fn_pow(w, N(2), N(120)), flu_fn_pow(w, N(2), N(67)), N(1)))) ==
                nextafter(0x1p120, INFINITY));
    for (int e = 61; e < 1023; e++) {
        double d = ldexp(1.2345678901234567, e);
        assert_true(flu_to_double(flu_int_from_double(w, d)) == d);
        assert_true(flu_to_double(flu_int_from_double(w, -d)) == -d);
    }
    assert_int_equal(flu_int_from_double(w, -0x1p60), MIN_FIX);
    assert_repr(flu_int_from_double(w, 0x1p60), "1152921504606846976");
    assert_repr(flu_int_from_double(w, 1e23), "99999999999999991611392");
    assert_repr(flu_fn_floor_to_int(w, F(-2.5)), "-3");
    assert_repr(flu_fn_ceil_to_int(w, F(2.1)), "3");
    assert_repr(flu_fn_round_to_int(w, F(2.5)), "3");
    assert_repr(flu_fn_round_to_int(w, F(-2.5)), "-3");
    assert_repr(flu_fn_trunc_to_int(w, F(-2.9)), "-2");
    assert_repr(flu_fn_trunc_to_int(w, N(5)), "5");
    assert_raises(flu_fn_floor_to_int(w, F(NAN)), "domain-error");
    assert_raises(flu_fn_round_to_int(w, F(INFINITY)), "domain-error");
}

static void test_mathematics(void **state) {
    (void)state;
    assert_repr(flu_fn_floor(w, N(7)), "7.0");
    assert_repr(flu_fn_round(w, F(2.5)), "3.0");
    assert_repr(flu_fn_round(w, F(-0.4)), "-0.0");
    assert_repr(flu_fn_sqrt(w, N(16)), "4.0");
    assert_repr(flu_fn_sqrt(w, N(-1)), "nan");
    assert_repr(flu_fn_sqrt(w, flu_fn_pow(w, N(10), N(400))), "1e+200");
    assert_repr(flu_fn_ln(w, N(1)), "0.0");
    assert_repr(flu_fn_log(w, N(8), N(2)), "3.0");
    assert_repr(flu_fn_log(w, N(1000), N(10)), "3.0");
    assert_repr(flu_fn_log10(w, flu_fn_pow(w, N(10), N(1000))), "1000.0");
    assert_repr(flu_fn_log2(w, flu_fn_pow(w, N(2), N(5000))), "5000.0");
    assert_raises(flu_fn_ln(w, N(0)), "domain-error");
    assert_raises(flu_fn_log(w, F(-1), FLU_UNDEF), "domain-error");
    assert_raises(flu_fn_log(w, N(2), N(1)), "domain-error");
    assert_raises(flu_fn_log(w, N(2), N(0)), "domain-error");
    assert_raises(flu_fn_sin(w, S("x")), "type-error");
    assert_repr(flu_fn_degrees(w, flu_fn_pi(w)), "180.0");
    assert_repr(flu_fn_round_to(w, F(3.14159), N(2)), "3.14");
    assert_repr(flu_fn_round_to(w, F(-2.5), N(0)), "-3.0");
    assert_repr(flu_fn_round_to(w, N(1250), N(-2)), "1300.0");
    assert_repr(flu_fn_round_to(w, F(1e308), N(5)), "1e+308");
    assert_repr(flu_fn_round_to(w, F(1.5), N(1000)), "1.5");
    assert_repr(flu_fn_clamp(w, N(5), N(1), F(3.5)), "3.5");
    assert_repr(flu_fn_clamp(w, N(0), N(1), N(3)), "1");
    assert_raises(flu_fn_clamp(w, N(0), N(3), N(1)), "domain-error");
    assert_repr(flu_fn_sign(w, F(-2.5)), "-1.0");
    assert_repr(flu_fn_sign(w, BIG("-100000000000000000000")), "-1");
    assert_true_value(flu_fn_even_p(w, BIG("100000000000000000000")));
    assert_true_value(flu_fn_odd_p(w, N(-1)));
    assert_raises(flu_fn_even_p(w, F(2)), "type-error");
    assert_true_value(flu_fn_zero_p(w, F(-0.0)));
    assert_true_value(flu_fn_nan_p(w, F(NAN)));
    assert_false_value(flu_fn_nan_p(w, N(1)));
}

static void test_statistics(void **state) {
    (void)state;
    flu_value list = LIST(N(4), N(1), N(3), N(2));
    assert_int_equal(flu_fn_sum(w, list), N(10));
    assert_int_equal(flu_fn_product(w, list), N(24));
    assert_repr(flu_fn_mean(w, list), "2.5");
    assert_repr(flu_fn_median(w, list), "2.5");
    assert_repr(flu_fn_median(w, LIST(N(5), N(1), F(3))), "3.0");
    assert_repr(flu_fn_variance(w, list), "1.25");
    assert_int_equal(flu_fn_sum(w, FLU_EMPTY), N(0));
    assert_int_equal(flu_fn_product(w, FLU_EMPTY), N(1));
    assert_raises(flu_fn_mean(w, FLU_EMPTY), "domain-error");
    assert_raises(flu_fn_sum(w, LIST(N(1), S("x"))), "type-error");
    assert_raises(flu_fn_sum(w, N(1)), "type-error");
    assert_int_equal(flu_fn_sum(w, flu_vector_new(w, 3, NULL, N(5))), N(15));
}

static void test_random(void **state) {
    (void)state;
    unsigned seen[6] = {0};
    for (int i = 0; i < 6000; i++) {
        double d = flu_double(flu_fn_random(w, FLU_UNDEF));
        assert_true(d >= 0 && d < 1);
        seen[flu_fix(flu_fn_random(w, N(6)))]++;
        int64_t n = flu_fix(flu_fn_random_int(w, N(-3), N(3)));
        assert_true(n >= -3 && n < 3);
    }
    for (int i = 0; i < 6; i++) assert_in_range(seen[i], 800, 1200);
    flu_value bound = BIG("1267650600228229401496703205376"), r = flu_fn_random(w, bound);
    assert_true_value(flu_lt(w, r, bound));
    assert_true_value(flu_ge(w, r, N(0)));
    assert_raises(flu_fn_random(w, N(0)), "domain-error");
    assert_raises(flu_fn_random_int(w, N(3), N(3)), "domain-error");
    flu_fn_random_seed(w, N(42));
    flu_value first = flu_fn_random(w, N(1000000));
    flu_fn_random_seed(w, N(42));
    assert_int_equal(flu_fn_random(w, N(1000000)), first);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_fixnum_boundaries),
    cmocka_unit_test(test_division),
    cmocka_unit_test(test_any_number_of_arguments),
    cmocka_unit_test(test_exact_comparison),
    cmocka_unit_test(test_equality),
    cmocka_unit_test(test_deep_and_long),
    cmocka_unit_test(test_hash),
    cmocka_unit_test(test_float_text),
    cmocka_unit_test(test_float_round_trip),
    cmocka_unit_test(test_float_reading),
    cmocka_unit_test(test_parse_number),
    cmocka_unit_test(test_big_integers),
    cmocka_unit_test(test_conversions),
    cmocka_unit_test(test_mathematics),
    cmocka_unit_test(test_statistics),
    cmocka_unit_test(test_random),
};
RUN_TESTS(tests)
