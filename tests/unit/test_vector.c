/* Vectors, bytes, queues, tagged values and records. */
#include "collection_support.h"

#define F(n) FLU_FIX(n)

static void vectors(void **state) {
    (void)state;
    flu_value v = CALL(flu_fn_vector, F(1), F(2));
    SHOWS("#(1 2)", v);
    SHOWS("2", flu_fn_vector_ref(w, v, F(1)));
    SHOWS("nil", flu_fn_vector_set(w, v, F(0), KEYWORD("x")));
    for (int i = 0; i < 1000; i++) SHOWS("nil", flu_fn_vector_push(w, v, F(i)));
    SHOWS("1002", flu_fn_vector_length(w, v));
    SHOWS("500", flu_fn_vector_ref(w, v, F(502)));
    for (int i = 999; i >= 0; i--) assert_true(flu_fn_vector_pop(w, v) == F(i));
    SHOWS("(:x 2)", flu_fn_vector_to_list(w, v));
    SHOWS("#(nil nil)", flu_fn_make_vector(w, F(2), FLU_UNDEF));
    SHOWS("#(0 0)", flu_fn_make_vector(w, F(2), F(0)));
    SHOWS("#(1 2)", flu_fn_list_to_vector(w, LIST(F(1), F(2))));
    SHOWS("#()", flu_fn_vector(w, 0, NULL));
}

static void bad_vector_accesses(void **state) {
    (void)state;
    flu_value v = CALL(flu_fn_vector, F(1), F(2));
    RAISES("index-error", "vector-ref", flu_fn_vector_ref(w, v, F(2)));
    RAISES("index-error", "vector-ref", flu_fn_vector_ref(w, v, F(-1)));
    RAISES("type-error", "vector-ref: argument 2 must be an int", flu_fn_vector_ref(w, v, FLOAT(1.0)));
    RAISES("type-error", "vector-ref: argument 1 must be a vector", flu_fn_vector_ref(w, LIST(F(1)), F(0)));
    RAISES("index-error", "vector-set!", flu_fn_vector_set(w, v, F(2), F(0)));
    RAISES("type-error", "vector-push!", flu_fn_vector_push(w, FLU_NIL, F(0)));
    RAISES("index-error", "vector-pop!", flu_fn_vector_pop(w, flu_fn_vector(w, 0, NULL)));
    RAISES("type-error", "make-vector", flu_fn_make_vector(w, F(-1), FLU_UNDEF));
    RAISES("type-error", "vector-length", flu_fn_vector_length(w, F(-1)));
}

static const char *text(flu_value s) {
    assert_true(flu_is_string(s));
    return FLU_STR(s)->bytes;
}

static void bytes(void **state) {
    (void)state;
    flu_value b = CALL(flu_fn_bytes, F(0), F(171), F(255));
    SHOWS("#<bytes 3>", b);
    SHOWS("171", flu_fn_bytes_ref(w, b, F(1)));
    RAISES("index-error", "bytes-ref", flu_fn_bytes_ref(w, b, F(3)));
    RAISES("type-error", "bytes: argument 2", CALL(flu_fn_bytes, F(0), F(256)));
    SHOWS("3", flu_fn_bytes_length(w, b));
    assert_string_equal(text(flu_fn_bytes_to_hex(w, b)), "00abff");
    assert_string_equal(text(flu_fn_bytes_to_hex(w, flu_fn_bytes_slice(w, b, F(1), FLU_UNDEF))), "abff");
    RAISES("index-error", "bytes-slice", flu_fn_bytes_slice(w, b, F(2), F(1)));
    assert_true(flu_equals(w, flu_fn_hex_to_bytes(w, STRING("00ABff")), b));
    RAISES("parse-error", "hex->bytes", flu_fn_hex_to_bytes(w, STRING("0")));
    RAISES("parse-error", "hex->bytes: no hexadecimal digit at byte 1", flu_fn_hex_to_bytes(w, STRING("0g")));
    SHOWS("(1 2)", flu_seq_list(w, "f", 1, CALL(flu_fn_bytes, LIST(F(1), F(2)))));
}

static void base64(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_string_equal(text(flu_fn_base64_encode(w, STRING(pairs[i][0]))), pairs[i][1]);
        flu_value b = flu_fn_base64_decode(w, STRING(pairs[i][1]));
        assert_int_equal(flu_bytes_size(b), strlen(pairs[i][0]));
        assert_memory_equal(FLU_BYTES(b)->data, pairs[i][0], strlen(pairs[i][0]));
    }
    SHOWS("2", flu_fn_bytes_length(w, flu_fn_base64_decode(w, STRING("Z\nm8"))));
    SHOWS("(255 239)", flu_seq_list(w, "f", 1, flu_fn_base64_decode(w, STRING("_-8="))));
    RAISES("parse-error", "base64-decode", flu_fn_base64_decode(w, STRING("Z")));
    RAISES("parse-error", "base64-decode", flu_fn_base64_decode(w, STRING("Zg=")));
    RAISES("parse-error", "base64-decode", flu_fn_base64_decode(w, STRING("Zg===")));
    RAISES("parse-error", "at byte 1", flu_fn_base64_decode(w, STRING("Z*==")));
    RAISES("parse-error", "base64-decode", flu_fn_base64_decode(w, STRING("Zg==Zg==")));
    RAISES("type-error", "base64-decode", flu_fn_base64_decode(w, F(1)));
}

static void queues(void **state) {
    (void)state;
    flu_value q = flu_fn_queue_new(w, 0, NULL);
    SHOWS("true", flu_fn_queue_empty_p(w, q));
    for (int i = 0; i < 10; i++) q = flu_fn_queue_enqueue(w, q, F(i));
    flu_value full = q;
    for (int i = 0; i < 10; i++) {
        assert_true(flu_fn_queue_peek(w, q) == F(i));
        flu_value out = flu_fn_queue_dequeue(w, q);
        assert_true(FLU_CELL(out)->head == F(i));
        q = flu_fn_second(w, out);
        if (i == 4) q = flu_fn_queue_enqueue(w, q, F(10));
    }
    assert_true(flu_fn_queue_peek(w, q) == F(10));
    SHOWS("0", flu_fn_queue_peek(w, full));
    SHOWS("10", flu_fn_length(w, full));
    RAISES("index-error", "queue-dequeue", flu_fn_queue_dequeue(w, flu_fn_queue_new(w, 0, NULL)));
    RAISES("index-error", "queue-peek", flu_fn_queue_peek(w, flu_fn_queue_new(w, 0, NULL)));
    RAISES("type-error", "queue-enqueue", flu_fn_queue_enqueue(w, F(1), F(1)));
}

static void records(void **state) {
    (void)state;
    flu_value tag = SYMBOL("point");
    flu_value id = flu_record_declare_values(w, tag, LIST(SYMBOL("x"), SYMBOL("y")));
    flu_value p = CALL(flu_record_make, id, tag, F(1), F(2));
    SHOWS("(point 1 2)", p);
    SHOWS("2", flu_record_field(w, p, id, tag, F(1)));
    RAISES("type-error", "point-y: argument 1 must be a point", flu_record_field(w, F(3), id, tag, F(1)));
    flu_value stranger = CALL(flu_tagged_make, tag, F(1), F(2));
    SHOWS("1", flu_record_field(w, stranger, id, tag, F(0)));
    RAISES("type-error", "point-x", flu_record_field(w, CALL(flu_tagged_make, tag, F(1)), id, tag, F(0)));
    SHOWS("(point 1 5)", CALL(flu_record_with, id, p, KEYWORD("y"), F(5)));
    SHOWS("(point 1 2)", p);
    RAISES("key-error", "point-with", CALL(flu_record_with, id, p, KEYWORD("z"), F(5)));
    RAISES("type-error", "point-with", CALL(flu_record_with, id, F(1), KEYWORD("x"), F(5)));
    SHOWS("2", flu_fn_get(w, p, KEYWORD("y"), FLU_UNDEF));
    SHOWS("1", flu_fn_get(w, p, STRING("x"), FLU_UNDEF));
    SHOWS("nil", flu_fn_get(w, p, KEYWORD("z"), FLU_UNDEF));
    SHOWS("2", flu_fn_get(w, stranger, F(1), FLU_UNDEF));
    static const char *const fields[] = {"width", "height"};
    for (int i = 0; i < 300; i++) { /* the registry grows */
        unsigned other = flu_record_declare(w, SYMBOL("rect"), 2, fields);
        flu_value r = CALL(flu_record_make, F(other), SYMBOL("rect"), F(i), F(0));
        assert_true(flu_fn_get(w, r, KEYWORD("width"), FLU_UNDEF) == F(i));
    }
    SHOWS("2", flu_fn_get(w, p, KEYWORD("y"), FLU_UNDEF));
}

static void tagged_values(void **state) {
    (void)state;
    flu_value t = CALL(flu_fn_make_tagged, SYMBOL("increment"), F(5));
    SHOWS("(increment 5)", t);
    SHOWS("increment", flu_fn_tagged_tag(w, t));
    SHOWS("(5)", flu_fn_tagged_values(w, t));
    SHOWS("(tuple 1 2)", CALL(flu_fn_tuple, F(1), F(2)));
    RAISES("type-error", "make-tagged: argument 1 must be a symbol", CALL(flu_fn_make_tagged, F(5)));
    RAISES("type-error", "tagged-values", flu_fn_tagged_values(w, F(5)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),       cmocka_unit_test(bad_vector_accesses),
        cmocka_unit_test(bytes),         cmocka_unit_test(base64),
        cmocka_unit_test(queues),        cmocka_unit_test(records),
        cmocka_unit_test(tagged_values),
    };
    return cmocka_run_group_tests(tests, start_worker, NULL);
}
