/* Lists: the procedures written in C. */
#include "collection_support.h"

#define F(n)  FLU_FIX(n)
#define EMPTY FLU_EMPTY

static flu_value int_list(int64_t from, int64_t to) { return flu_fn_range(w, F(from), F(to), FLU_UNDEF); }

static flu_value improper(void) { return flu_cons(w, F(1), F(2)); }

static void heads_and_tails(void **state) {
    (void)state;
    flu_value l = int_list(1, 4);
    SHOWS("1", flu_fn_head(w, l));
    SHOWS("(2 3)", flu_fn_tail(w, l));
    SHOWS("2", flu_fn_second(w, l));
    SHOWS("3", flu_fn_third(w, l));
    SHOWS("3", flu_fn_last(w, l));
    SHOWS("2", flu_fn_last(w, LIST(F(2))));
    SHOWS("2", flu_fn_tail(w, improper()));
    RAISES("index-error", "head", flu_fn_head(w, EMPTY));
    RAISES("index-error", "tail", flu_fn_tail(w, FLU_NIL));
    RAISES("index-error", "third", flu_fn_third(w, LIST(F(1), F(2))));
    RAISES("index-error", "last", flu_fn_last(w, EMPTY));
    RAISES("type-error", "head: argument 1 must be", flu_fn_head(w, F(5)));
    RAISES("type-error", "tail: argument 1 must be", flu_fn_tail(w, STRING("abc")));
    SHOWS("7", flu_fn_head(w, CALL(flu_fn_vector, F(7), F(8))));
}

static void lengths(void **state) {
    (void)state;
    SHOWS("3", flu_fn_length(w, int_list(0, 3)));
    SHOWS("0", flu_fn_length(w, FLU_NIL));
    SHOWS("2", flu_fn_length(w, STRING("h\xc3\xa9")));
    SHOWS("1", flu_fn_length(w, DICT(F(1), F(2))));
    SHOWS("2", flu_fn_length(w, SET(F(1), F(2))));
    SHOWS("2", flu_fn_length(w, CALL(flu_fn_vector, F(1), F(2))));
    SHOWS("2", flu_fn_length(w, CALL(flu_fn_bytes, F(1), F(2))));
    SHOWS("2", flu_fn_length(w, CALL(flu_fn_queue_new, F(1), F(2))));
    RAISES("type-error", "length: argument 1 must be a collection or string, got 5", flu_fn_length(w, F(5)));
    RAISES("type-error", "length", flu_fn_length(w, improper()));
    SHOWS("true", flu_fn_empty_p(w, FLU_NIL));
    SHOWS("true", flu_fn_empty_p(w, STRING("")));
    SHOWS("false", flu_fn_empty_p(w, LIST(FLU_NIL)));
    SHOWS("true", flu_fn_empty_p(w, FLU_EMPTY_SET));
    RAISES("type-error", "empty?", flu_fn_empty_p(w, F(0)));
}

static void by_index(void **state) {
    (void)state;
    SHOWS("2", flu_fn_nth(w, int_list(0, 4), F(2), FLU_UNDEF));
    SHOWS("9", flu_fn_nth(w, int_list(0, 4), F(4), F(9)));
    RAISES("index-error", "nth", flu_fn_nth(w, int_list(0, 4), F(4), FLU_UNDEF));
    RAISES("index-error", "nth", flu_fn_nth(w, int_list(0, 4), F(-1), FLU_UNDEF));
    RAISES("index-error", "nth", flu_fn_nth(w, int_list(0, 4), flu_int_lit(w, "99999999999999999999"), FLU_UNDEF));
    RAISES("type-error", "nth: argument 2 must be an int", flu_fn_nth(w, int_list(0, 4), FLOAT(1.0), FLU_UNDEF));
    RAISES("type-error", "nth: argument 1 must be", flu_fn_nth(w, F(4), F(0), FLU_UNDEF));
    SHOWS("\"\xc3\xa9\"", flu_fn_nth(w, STRING("h\xc3\xa9"), F(1), FLU_UNDEF));
    SHOWS("(:b 2)", flu_fn_nth(w, DICT(KEYWORD("a"), F(1), KEYWORD("b"), F(2)), F(1), FLU_UNDEF));
    SHOWS("5", flu_fn_get(w, SET(F(4), F(5)), FLOAT(5.0), FLU_UNDEF) == FLOAT(5.0) ? F(5) : F(0));
    SHOWS("nil", flu_fn_get(w, int_list(0, 4), F(4), FLU_UNDEF));
    RAISES("type-error", "get: argument 2", flu_fn_get(w, int_list(0, 4), KEYWORD("a"), FLU_UNDEF));
    RAISES("type-error", "get: argument 1", flu_fn_get(w, F(3), F(0), FLU_UNDEF));
    flu_value e = flu_make_error(w, SYMBOL("io-error"), "no file", F(3));
    SHOWS("\"no file\"", flu_fn_get(w, e, STRING("message"), FLU_UNDEF));
    SHOWS("io-error", flu_fn_get(w, e, KEYWORD("kind"), FLU_UNDEF));
    SHOWS("nil", flu_fn_get(w, e, KEYWORD("cause"), FLU_UNDEF));
}

static void joining(void **state) {
    (void)state;
    SHOWS("()", flu_fn_append(w, 0, NULL));
    SHOWS("(1 2 3 4)", CALL(flu_fn_append, int_list(1, 3), EMPTY, int_list(3, 5)));
    SHOWS("(1 2 5)", CALL(flu_fn_append, int_list(1, 3), F(5)));
    SHOWS("(5)", CALL(flu_fn_append, F(5)));
    RAISES("type-error", "append: argument 1", CALL(flu_fn_append, F(5), int_list(0, 2)));
    RAISES("type-error", "append: argument 2 must be a proper list", CALL(flu_fn_append, EMPTY, improper(), EMPTY));
    SHOWS("(1 2 . 3)", CALL(flu_list_star, F(1), F(2), F(3)));
    RAISES("type-error", "unquote-splicing", flu_append2(w, F(1), EMPTY));
    SHOWS("(a 1 b)", flu_fn_flatten(w, LIST(LIST(SYMBOL("a"), F(1)), EMPTY, SYMBOL("b"))));
    SHOWS("(1 (2))", flu_fn_flatten(w, LIST(LIST(F(1), LIST(F(2))))));
    SHOWS("(1 2 3)", flu_fn_flatten_deep(w, LIST(LIST(F(1), LIST(LIST(F(2)), EMPTY)), F(3))));
    SHOWS("((1 3) (2 4))", CALL(flu_fn_zip, int_list(1, 3), int_list(3, 10)));
    SHOWS("()", flu_fn_zip(w, 0, NULL));
    SHOWS("((1 2) (3 4))", flu_fn_unzip(w, CALL(flu_fn_zip, int_list(1, 3), int_list(3, 5))));
    SHOWS("(() ())", flu_fn_unzip(w, EMPTY));
    RAISES("type-error", "unzip", flu_fn_unzip(w, LIST(LIST(F(1), F(2)), LIST(F(1)))));
    SHOWS("(1 3 2 4)", CALL(flu_fn_interleave, int_list(1, 3), int_list(3, 10)));
    SHOWS("(1 0 2)", flu_fn_interpose(w, F(0), int_list(1, 3)));
    SHOWS("()", flu_fn_interpose(w, F(0), EMPTY));
}

/* No recursion over depth or length. */
static void deep_and_long(void **state) {
    (void)state;
    enum { MANY = 1000000 };
    flu_value deep = F(1);
    for (int i = 0; i < MANY; i++) deep = LIST(deep);
    SHOWS("(1)", flu_fn_flatten_deep(w, deep));
    flu_value l = int_list(0, MANY);
    SHOWS("1000000", flu_fn_length(w, CALL(flu_fn_append, l, EMPTY)));
    SHOWS("999999", flu_fn_head(w, flu_fn_reverse(w, l)));
    SHOWS("999999", flu_fn_last(w, l));
}

static void parts(void **state) {
    (void)state;
    flu_value l = int_list(0, 5);
    SHOWS("(0 1)", flu_fn_take(w, F(2), l));
    SHOWS("(0 1 2 3 4)", flu_fn_take(w, F(9), l));
    SHOWS("()", flu_fn_take(w, F(-1), l));
    SHOWS("(3 4)", flu_fn_drop(w, F(3), l));
    SHOWS("()", flu_fn_drop(w, F(9), l));
    SHOWS("((0) (1 2 3 4))", flu_fn_split_at(w, F(1), l));
    SHOWS("(1 2)", flu_fn_list_slice(w, l, F(1), F(3)));
    SHOWS("(3 4)", flu_fn_list_slice(w, l, F(3), FLU_UNDEF));
    RAISES("index-error", "list-slice", flu_fn_list_slice(w, l, F(1), F(6)));
    RAISES("type-error", "take: argument 1 must be an int", flu_fn_take(w, STRING("2"), l));
    RAISES("type-error", "take: argument 2", flu_fn_take(w, F(2), F(3)));
    SHOWS("(0 :x 2 3 4)", flu_fn_list_set(w, l, F(1), KEYWORD("x")));
    RAISES("index-error", "list-set", flu_fn_list_set(w, l, F(5), F(0)));
    SHOWS("((0 1) (2 3) (4))", flu_fn_chunk(w, l, F(2)));
    SHOWS("((0 1) (2 3) (4))", flu_fn_chunk(w, F(2), l));
    SHOWS("((\"a\" \"b\") (\"c\"))", flu_fn_chunk(w, STRING("abc"), F(2)));
    RAISES("domain-error", "chunk", flu_fn_chunk(w, l, F(0)));
    RAISES("type-error", "chunk", flu_fn_chunk(w, l, l));
    SHOWS("((0 1 2) (1 2 3) (2 3 4))", flu_fn_sliding_window(w, F(3), l));
    SHOWS("()", flu_fn_sliding_window(w, l, F(6)));
    SHOWS("(2 1)", flu_fn_reverse(w, SET(F(1), F(2))));
    RAISES("type-error", "reverse", flu_fn_reverse(w, improper()));
}

static void ranges(void **state) {
    (void)state;
    SHOWS("(0 1 2)", flu_fn_range(w, F(3), FLU_UNDEF, FLU_UNDEF));
    SHOWS("()", flu_fn_range(w, F(-3), FLU_UNDEF, FLU_UNDEF));
    SHOWS("(5 3 1)", flu_fn_range(w, F(5), F(0), F(-2)));
    SHOWS("(0 3)", flu_fn_range(w, F(0), F(6), F(3)));
    SHOWS("(0 0.25 0.5 0.75)", flu_fn_range(w, F(0), F(1), FLOAT(0.25)));
    SHOWS("(0 1 2)", flu_fn_range(w, FLOAT(2.5), FLU_UNDEF, FLU_UNDEF));
    SHOWS("(100000000000000000000 100000000000000000001)",
          flu_fn_range(w, flu_int_lit(w, "100000000000000000000"), flu_int_lit(w, "100000000000000000002"), FLU_UNDEF));
    RAISES("domain-error", "range", flu_fn_range(w, F(0), F(1), F(0)));
    RAISES("out-of-memory", "range", flu_fn_range(w, F(0), FLOAT(1e300), FLU_UNDEF));
    RAISES("type-error", "range: argument 2", flu_fn_range(w, F(0), STRING("x"), FLU_UNDEF));
    SHOWS("(7 7)", flu_fn_repeat(w, F(7), F(2)));
    SHOWS("()", flu_fn_repeat(w, F(7), F(-2)));
}

static void searching(void **state) {
    (void)state;
    flu_value l = LIST(F(1), STRING("b"), FLOAT(3.0));
    SHOWS("1", flu_fn_list_index_of(w, STRING("b"), l));
    SHOWS("2", flu_fn_list_index_of(w, F(3), l));
    SHOWS("-1", flu_fn_list_index_of(w, F(4), l));
    SHOWS("true", flu_fn_member_p(w, F(3), l));
    SHOWS("false", flu_fn_member_p(w, FLU_NIL, l));
    SHOWS("(b 2)", flu_fn_assoc(w, SYMBOL("b"), LIST(LIST(SYMBOL("a"), F(1)), LIST(SYMBOL("b"), F(2)))));
    SHOWS("nil", flu_fn_assoc(w, SYMBOL("c"), EMPTY));
    RAISES("type-error", "assoc", flu_fn_assoc(w, SYMBOL("c"), LIST(F(1))));
    SHOWS("(3 1 2)", flu_fn_list_unique(w, LIST(F(3), F(1), FLOAT(3.0), F(2), F(1))));
}

static flu_value sorted(flu_value l) { return flu_sort_by_keys(w, l, l, STRING("sort"), F(1)); }

static void sorting(void **state) {
    (void)state;
    SHOWS("(1 2 3)", sorted(LIST(F(3), F(1), F(2))));
    SHOWS("()", sorted(EMPTY));
    SHOWS("(\"a\" \"ab\" \"b\")", sorted(LIST(STRING("b"), STRING("ab"), STRING("a"))));
    SHOWS("(-inf 0.5 1 1.0 100000000000000000000 nan nan)",
          sorted(LIST(FLOAT(0.0 / 0.0), F(1), flu_int_lit(w, "100000000000000000000"), FLOAT(1.0), FLOAT(-1 / 0.0),
                      FLOAT(0.0 / 0.0), FLOAT(0.5))));
    RAISES("type-error", "sort: argument 1 must be a list of numbers", sorted(LIST(F(1), STRING("x"))));
    RAISES("type-error", "sort: argument 1", sorted(LIST(FLU_NIL)));
    flu_value keys = FLU_EMPTY, items = FLU_EMPTY;
    for (int i = 999; i >= 0; i--) {
        keys = flu_cons(w, F(i * 7919 % 10), keys);
        items = flu_cons(w, F(i), items);
    }
    flu_value l = flu_sort_by_keys(w, keys, items, STRING("sort-by"), F(2));
    int64_t before = -1;
    for (int n = 0; n < 1000; n++, l = FLU_CELL(l)->tail) {
        int64_t i = flu_fix(FLU_CELL(l)->head), rank = i * 7919 % 10 * 1000 + i; /* equal keys: old order */
        assert_true(rank > before);
        before = rank;
    }
    assert_true(l == FLU_EMPTY);
}

static void conversions(void **state) {
    (void)state;
    SHOWS("((:a 1))", flu_seq_list(w, "f", 1, DICT(KEYWORD("a"), F(1))));
    SHOWS("(\"h\" \"\xc3\xa9\")", flu_seq_list(w, "f", 1, STRING("h\xc3\xa9")));
    SHOWS("(1 255)", flu_seq_list(w, "f", 1, CALL(flu_fn_bytes, F(1), F(255))));
    SHOWS("()", flu_seq_list(w, "f", 1, FLU_NIL));
    flu_value q = flu_fn_queue_enqueue(w, flu_fn_queue_enqueue(w, CALL(flu_fn_queue_new, F(1), F(2)), F(3)), F(4));
    SHOWS("(1 2 3 4)", flu_seq_list(w, "f", 1, q));
    RAISES("type-error", "f: argument 3 must be a collection, got :k", flu_seq_list(w, "f", 3, KEYWORD("k")));
    SHOWS("nil", flu_list_end(w, FLU_NIL, STRING("map"), F(2)));
    RAISES("type-error", "map: argument 2 must be a proper list", flu_list_end(w, F(1), STRING("map"), F(2)));
    flu_value first = flu_collector(w), last = flu_collect(w, first, F(1));
    last = flu_collect_value(w, flu_collect_value(w, last, LIST(F(2), F(3))), FLU_NIL);
    flu_collect_value(w, last, F(4));
    SHOWS("(1 2 3 4)", flu_collected(w, first));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_and_tails), cmocka_unit_test(lengths),       cmocka_unit_test(by_index),
        cmocka_unit_test(joining),         cmocka_unit_test(deep_and_long), cmocka_unit_test(parts),
        cmocka_unit_test(ranges),          cmocka_unit_test(searching),     cmocka_unit_test(sorting),
        cmocka_unit_test(conversions),
    };
    return cmocka_run_group_tests(tests, start_worker, NULL);
}
