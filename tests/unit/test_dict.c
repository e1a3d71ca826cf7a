/* Dicts and sets: order, persistence, growth and shrinking, colliding hashes, against a plain model. */
#include "collection_support.h"

#include <stdio.h>
#include <stdlib.h>

static void small_dicts_keep_order(void **state) {
    (void)state;
    flu_value d = DICT(KEYWORD("b"), FLU_FIX(1), KEYWORD("a"), FLU_FIX(2));
    SHOWS("{:b 1 :a 2}", d);
    SHOWS("{:b 3 :a 2}", flu_dict_set(w, d, KEYWORD("b"), FLU_FIX(3)));
    SHOWS("{:b 1 :a 2 \"k\" 3}", flu_dict_set(w, d, STRING("k"), FLU_FIX(3)));
    SHOWS("{:a 2}", flu_dict_remove(w, d, KEYWORD("b")));
    SHOWS("{:b 1 :a 2}", d);
    SHOWS("{}", FLU_EMPTY_DICT);
    assert_true(flu_dict_set(w, d, KEYWORD("b"), FLU_FIX(1)) == d);
    assert_true(flu_dict_remove(w, d, KEYWORD("c")) == d);
}

static void numbers_are_keys_by_value(void **state) {
    (void)state;
    flu_value d = DICT(FLU_FIX(1), STRING("one"));
    SHOWS("\"one\"", flu_dict_get(w, d, FLOAT(1.0)));
    SHOWS("{1 \"eins\"}", flu_dict_set(w, d, FLOAT(1.0), STRING("eins")));
    flu_value nan = FLOAT(0.0 / 0.0), n = flu_dict_set(w, FLU_EMPTY_DICT, nan, FLU_FIX(1));
    SHOWS("{nan 2}", flu_dict_set(w, n, nan, FLU_FIX(2)));
    assert_true(flu_dict_get(w, d, STRING("1")) == FLU_UNDEF);
    assert_true(flu_dict_get(w, d, FLU_NIL) == FLU_UNDEF);
}

static void making_dicts(void **state) {
    (void)state;
    SHOWS("{1 3 2 2}", DICT(FLU_FIX(1), FLU_FIX(1), FLU_FIX(2), FLU_FIX(2), FLU_FIX(1), FLU_FIX(3)));
    RAISES("arity-error", "dict-new", DICT(FLU_FIX(1)));
    flu_value items[60];
    for (int i = 0; i < 60; i++) items[i] = FLU_FIX(i / 2 % 20 + (i % 2) * 100);
    flu_value d = flu_dict_lit(w, 30, items);
    assert_int_equal(flu_table_count(d), 20);
    flu_value *pairs;
    assert_int_equal(flu_dict_entries(w, d, &pairs), 20);
    for (int i = 0; i < 20; i++) assert_true(pairs[2 * i] == FLU_FIX(i) && pairs[2 * i + 1] == FLU_FIX(i + 100));
}

/* ---- a model: entries in order in a plain array ---- */

enum { KEYS = 700 };

typedef struct model {
    int keys[KEYS], values[KEYS], count;
} model;

static int model_find(const model *m, int key) {
    for (int i = 0; i < m->count; i++)
        if (m->keys[i] == key) return i;
    return -1;
}

static void model_set(model *m, int key, int value) {
    int i = model_find(m, key);
    if (i < 0) m->keys[i = m->count++] = key;
    m->values[i] = value;
}

static void model_remove(model *m, int key) {
    int i = model_find(m, key);
    if (i < 0) return;
    m->count--;
    memmove(m->keys + i, m->keys + i + 1, (size_t)(m->count - i) * sizeof(int));
    memmove(m->values + i, m->values + i + 1, (size_t)(m->count - i) * sizeof(int));
}

/* Keys of several types, so that all ways of comparing take part. */
static flu_value key_value(int key) {
    char text[32];
    switch (key % 3) {
    case 0: return FLU_FIX(key);
    case 1: return FLOAT(key + 0.5);
    default: snprintf(text, sizeof text, "key %d", key); return STRING(text);
    }
}

static void check_model(const model *m, flu_value d) {
    flu_value *pairs;
    assert_int_equal(flu_table_count(d), m->count);
    assert_int_equal(flu_dict_entries(w, d, &pairs), m->count);
    for (int i = 0; i < m->count; i++) {
        assert_true(flu_key_equals(w, pairs[2 * i], key_value(m->keys[i])));
        assert_true(pairs[2 * i + 1] == FLU_FIX(m->values[i]));
        assert_true(flu_dict_get(w, d, key_value(m->keys[i])) == FLU_FIX(m->values[i]));
    }
    for (int key = 0; key < KEYS; key += 7)
        if (model_find(m, key) < 0) assert_true(flu_dict_get(w, d, key_value(key)) == FLU_UNDEF);
}

/* Random changes; the share of removals goes up and down, so that the dict grows and shrinks through all its forms. */
static void dicts_follow_the_model(void **state) {
    (void)state;
    enum { STEPS = 30000, VERSIONS = 40 };
    static model now, old[VERSIONS];
    flu_value d = FLU_EMPTY_DICT, versions[VERSIONS];
    int kept = 0;
    srand(7);
    for (int i = 0; i < STEPS; i++) {
        bool removing = rand() % 100 < (i / 2500 % 2 == 0 ? 25 : 80);
        int key = rand() % KEYS, value = rand() % 1000;
        if (removing) {
            if (now.count > 0 && rand() % 2) key = now.keys[rand() % now.count];
            model_remove(&now, key);
            d = flu_dict_remove(w, d, key_value(key));
        } else {
            model_set(&now, key, value);
            d = flu_dict_set(w, d, key_value(key), FLU_FIX(value));
        }
        if (i % (STEPS / VERSIONS) != 0) continue;
        check_model(&now, d);
        old[kept] = now;
        versions[kept++] = d;
    }
    for (int i = 0; i < kept; i++) check_model(&old[i], versions[i]);
}

/* Adding and removing one key uses up insertion numbers: they must not make iteration slow or wrong. */
static void sparse_numbers_are_renewed(void **state) {
    (void)state;
    flu_value d = FLU_EMPTY_DICT, *pairs;
    for (int i = 0; i < 20; i++) d = flu_dict_set(w, d, FLU_FIX(i), FLU_FIX(i));
    for (int i = 0; i < 100000; i++) {
        d = flu_dict_set(w, d, KEYWORD("x"), FLU_FIX(i));
        d = flu_dict_remove(w, d, KEYWORD("x"));
    }
    assert_int_equal(flu_dict_entries(w, d, &pairs), 20);
    for (int i = 0; i < 20; i++) assert_true(pairs[2 * i] == FLU_FIX(i));
    flu_value big = FLU_EMPTY_DICT;
    for (int i = 0; i < 20000; i++) big = flu_dict_set(w, big, FLU_FIX(i), FLU_NIL);
    for (int i = 0; i < 19990; i++) big = flu_dict_remove(w, big, FLU_FIX(i));
    SHOWS("(19990 19991 19992 19993 19994 19995 19996 19997 19998 19999)", flu_fn_dict_keys(w, big));
}

typedef struct hashed {
    uint32_t hash;
    int key;
} hashed;

static int by_hash(const void *a, const void *b) {
    uint32_t x = ((const hashed *)a)->hash, y = ((const hashed *)b)->hash;
    return (x > y) - (x < y);
}

/* Pairs of ints with one hash, found by trying. */
static void colliding_keys(void **state) {
    (void)state;
    enum { TRIED = 400000 };
    hashed *all = malloc(TRIED * sizeof *all);
    assert_non_null(all);
    for (int i = 0; i < TRIED; i++) all[i] = (hashed){flu_hash(w, FLU_FIX(i)), i};
    qsort(all, TRIED, sizeof *all, by_hash);
    int pairs = 0;
    for (int i = 0; i + 1 < TRIED; i++) {
        if (all[i].hash != all[i + 1].hash) continue;
        flu_value a = FLU_FIX(all[i].key), b = FLU_FIX(all[i + 1].key), d = FLU_EMPTY_DICT;
        for (int k = 0; k < 12; k++) d = flu_dict_set(w, d, FLU_FIX(-1 - k), FLU_NIL);
        d = flu_dict_set(w, flu_dict_set(w, d, a, FLU_FIX(1)), b, FLU_FIX(2));
        assert_true(flu_dict_get(w, d, a) == FLU_FIX(1) && flu_dict_get(w, d, b) == FLU_FIX(2));
        flu_value changed = flu_dict_set(w, d, b, FLU_FIX(3));
        assert_true(flu_dict_get(w, changed, b) == FLU_FIX(3) && flu_dict_get(w, d, b) == FLU_FIX(2));
        flu_value without = flu_dict_remove(w, d, a);
        assert_true(flu_dict_get(w, without, a) == FLU_UNDEF && flu_dict_get(w, without, b) == FLU_FIX(2));
        assert_int_equal(flu_table_count(without), 13);
        assert_true(flu_dict_get(w, flu_dict_remove(w, without, b), b) == FLU_UNDEF);
        pairs++;
    }
    free(all);
    print_message("%d pairs of colliding keys\n", pairs);
}

static void equality_ignores_order_and_form(void **state) {
    (void)state;
    flu_value up = FLU_EMPTY_DICT, down = FLU_EMPTY_DICT;
    for (int i = 0; i < 50; i++) up = flu_dict_set(w, up, FLU_FIX(i), FLU_FIX(i * i));
    for (int i = 49; i >= 0; i--) down = flu_dict_set(w, down, FLOAT(i), FLOAT(i * i));
    assert_true(flu_equals(w, up, down));
    assert_int_equal(flu_hash(w, up), flu_hash(w, down));
    assert_false(flu_equals(w, up, flu_dict_remove(w, down, FLU_FIX(3))));
    assert_false(flu_equals(w, up, flu_dict_set(w, down, FLU_FIX(3), FLU_NIL)));
    for (int i = 0; i < 43; i++) up = flu_dict_remove(w, up, FLU_FIX(i)); /* 7 left: still a trie */
    flu_value flat = FLU_EMPTY_DICT;
    for (int i = 49; i >= 43; i--) flat = flu_dict_set(w, flat, FLU_FIX(i), FLU_FIX(i * i));
    assert_true(flu_equals(w, up, flat) && flu_equals(w, flat, up));
    assert_int_equal(flu_hash(w, up), flu_hash(w, flat));
}

static void dict_procedures(void **state) {
    (void)state;
    flu_value d = DICT(KEYWORD("a"), FLU_FIX(1), KEYWORD("b"), FLU_NIL);
    SHOWS("1", flu_fn_get(w, d, KEYWORD("a"), FLU_UNDEF));
    SHOWS("nil", flu_fn_get(w, d, KEYWORD("b"), FLU_FIX(9)));
    SHOWS("nil", flu_fn_get(w, d, KEYWORD("c"), FLU_UNDEF));
    SHOWS("9", flu_fn_get(w, d, KEYWORD("c"), FLU_FIX(9)));
    SHOWS("9", flu_fn_dict_get_or(w, d, KEYWORD("c"), FLU_FIX(9)));
    SHOWS("true", flu_fn_dict_has_p(w, d, KEYWORD("b")));
    SHOWS("((:a 1) (:b nil))", flu_fn_dict_items(w, d));
    SHOWS("(:a :b)", flu_fn_dict_keys(w, d));
    SHOWS("(1 nil)", flu_fn_dict_values(w, d));
    SHOWS("{:a 2 :b nil :c 3}", CALL(flu_fn_dict_merge, d, DICT(KEYWORD("c"), FLU_FIX(3), KEYWORD("a"), FLU_FIX(2))));
    SHOWS("{:x 1}", flu_fn_list_to_dict(w, LIST(LIST(KEYWORD("x"), FLU_FIX(1)))));
    RAISES("type-error", "list->dict: argument 1 must be a list of pairs", flu_fn_list_to_dict(w, LIST(FLU_FIX(1))));
    RAISES("type-error", "dict-set: argument 1 must be a dict, got 5",
           flu_fn_dict_set(w, FLU_FIX(5), FLU_NIL, FLU_NIL));
    SHOWS("{b 2 a 1}", flu_fn_frequencies(w, LIST(SYMBOL("b"), SYMBOL("a"), SYMBOL("b"))));
    flu_value nested = DICT(KEYWORD("a"), LIST(FLU_FIX(1), DICT(KEYWORD("b"), FLU_FIX(2))));
    SHOWS("2", flu_fn_get_in(w, nested, LIST(KEYWORD("a"), FLU_FIX(1), KEYWORD("b")), FLU_UNDEF));
    SHOWS("7", flu_fn_get_in(w, nested, LIST(KEYWORD("z"), FLU_FIX(1)), FLU_FIX(7)));
}

static void groups(void **state) {
    (void)state;
    flu_value keys = FLU_EMPTY, items = FLU_EMPTY;
    for (int i = 99; i >= 0; i--) {
        keys = flu_cons(w, FLU_FIX(i % 30), keys);
        items = flu_cons(w, FLU_FIX(i), items);
    }
    flu_value d = flu_dict_group(w, keys, items);
    assert_int_equal(flu_table_count(d), 30);
    SHOWS("(7 37 67 97)", flu_dict_get(w, d, FLU_FIX(7)));
    SHOWS("(29 59 89)", flu_dict_get(w, d, FLU_FIX(29)));
    SHOWS("{1 (:a :c) 2 (:b)}",
          flu_dict_group(w, LIST(FLU_FIX(1), FLU_FIX(2), FLU_FIX(1)), LIST(KEYWORD("a"), KEYWORD("b"), KEYWORD("c"))));
}

static flu_value int_set(int from, int to) {
    flu_value s = FLU_EMPTY_SET;
    for (int i = from; i < to; i++) s = flu_set_add(w, s, FLU_FIX(i));
    return s;
}

static void sets(void **state) {
    (void)state;
    flu_value s = SET(FLU_FIX(3), FLU_FIX(1), FLOAT(3.0));
    SHOWS("#{3 1}", s);
    assert_true(flu_set_add(w, s, FLU_FIX(1)) == s);
    SHOWS("#{1}", flu_set_remove(w, s, FLU_FIX(3)));
    SHOWS("#{0 1 2 3 4 5 6 7 8 9 10 11}", CALL(flu_fn_set_union, int_set(0, 5), int_set(3, 12)));
    SHOWS("#{3 4}", CALL(flu_fn_set_intersection, int_set(0, 5), int_set(3, 50)));
    SHOWS("#{0 1 2}", CALL(flu_fn_set_difference, int_set(0, 5), int_set(3, 50)));
    SHOWS("true", flu_fn_set_subset_p(w, int_set(3, 5), int_set(0, 50)));
    SHOWS("false", flu_fn_set_subset_p(w, int_set(0, 50), int_set(3, 5)));
    assert_true(flu_equals(w, int_set(0, 30), CALL(flu_fn_set_union, int_set(20, 30), int_set(0, 20))));
    assert_int_equal(flu_hash(w, int_set(0, 30)), flu_hash(w, CALL(flu_fn_set_union, int_set(20, 30), int_set(0, 20))));
    RAISES("type-error", "set-union: argument 2 must be a set", CALL(flu_fn_set_union, s, FLU_FIX(1)));
    flu_value big = int_set(0, 1000);
    for (int i = 0; i < 1000; i++) assert_true(flu_set_has(w, big, FLOAT(i)));
    for (int i = 0; i < 995; i++) big = flu_set_remove(w, big, FLU_FIX(i));
    SHOWS("#{995 996 997 998 999}", big);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_dicts_keep_order),
        cmocka_unit_test(numbers_are_keys_by_value),
        cmocka_unit_test(making_dicts),
        cmocka_unit_test(dicts_follow_the_model),
        cmocka_unit_test(sparse_numbers_are_renewed),
        cmocka_unit_test(colliding_keys),
        cmocka_unit_test(equality_ignores_order_and_form),
        cmocka_unit_test(dict_procedures),
        cmocka_unit_test(groups),
        cmocka_unit_test(sets),
    };
    return cmocka_run_group_tests(tests, start_worker, NULL);
}
