/* assert.c: assert-equal and assert-error. Where two values differ is said by place: what in nested data has another
 * value, is missing or is too much. */
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/equal.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/special.h"
#include "flu/text.h"

/* ---- differences ---- */

#define SHOWN_MAX  10   /* differences listed */
#define DEPTH_MAX  20   /* nesting that is looked into; what lies deeper is compared as a whole */
#define VALUE_MAX  2000 /* bytes of the two values */
#define DETAIL_MAX 200  /* bytes of a value in the list */

typedef struct finder {
    flu_worker *w;
    flu_buf *out;
    flu_value path[DEPTH_MAX]; /* keys and indexes, as get-in takes them */
    int depth;
    uint64_t found;
} finder;

static void add_value(flu_worker *w, flu_buf *b, flu_value v, size_t limit) {
    flu_value text = flu_repr_string(w, v, limit);
    flu_buf_add(b, FLU_STR(text)->bytes, flu_str_size(text));
}

/* Starts the line of a difference at the present path. False: enough are shown. */
static bool start_line(finder *f) {
    if (++f->found > SHOWN_MAX) return false;
    flu_buf_puts(f->out, "\n  ");
    if (f->depth == 0) return true; /* sets */
    flu_buf_puts(f->out, "at [");
    for (int i = 0; i < f->depth; i++) {
        if (i > 0) flu_buf_char(f->out, ' ');
        add_value(f->w, f->out, f->path[i], DETAIL_MAX);
    }
    flu_buf_puts(f->out, "]: ");
    return true;
}

static void note_other(finder *f, flu_value expected, flu_value actual) {
    if (!start_line(f)) return;
    flu_buf_puts(f->out, "expected ");
    add_value(f->w, f->out, expected, DETAIL_MAX);
    flu_buf_puts(f->out, ", got ");
    add_value(f->w, f->out, actual, DETAIL_MAX);
}

static void note_one(finder *f, const char *what, flu_value key, flu_value v) {
    f->path[f->depth++] = key;
    if (start_line(f)) {
        flu_buf_puts(f->out, what);
        add_value(f->w, f->out, v, DETAIL_MAX);
    }
    f->depth--;
}

static void find(finder *f, flu_value expected, flu_value actual);

static void find_under(finder *f, flu_value key, flu_value expected, flu_value actual) {
    f->path[f->depth++] = key;
    find(f, expected, actual);
    f->depth--;
}

static void find_in_dicts(finder *f, flu_value expected, flu_value actual) {
    flu_value *pairs;
    size_t count = flu_dict_entries(f->w, expected, &pairs);
    for (size_t i = 0; i < count; i++) {
        flu_value other = flu_dict_get(f->w, actual, pairs[2 * i]);
        if (other == FLU_UNDEF)
            note_one(f, "missing: ", pairs[2 * i], pairs[2 * i + 1]);
        else
            find_under(f, pairs[2 * i], pairs[2 * i + 1], other);
    }
    count = flu_dict_entries(f->w, actual, &pairs);
    for (size_t i = 0; i < count; i++)
        if (flu_dict_get(f->w, expected, pairs[2 * i]) == FLU_UNDEF)
            note_one(f, "not expected: ", pairs[2 * i], pairs[2 * i + 1]);
}

static void note_not_in(finder *f, const char *what, flu_value set, flu_value other) {
    flu_value *items;
    size_t count = flu_set_entries(f->w, set, &items);
    for (size_t i = 0; i < count; i++) {
        if (flu_set_has(f->w, other, items[i]) || !start_line(f)) continue;
        flu_buf_puts(f->out, what);
        add_value(f->w, f->out, items[i], DETAIL_MAX);
    }
}

/* Of sequences of different lengths what is equal at both ends is set aside: so one element too many is one line. */
static void find_in_arrays(finder *f, const flu_value *expected, int64_t n, const flu_value *actual, int64_t m) {
    int64_t start = 0, end = 0;
    if (n != m) {
        while (start < n && start < m && flu_equals(f->w, expected[start], actual[start])) start++;
        while (end < n - start && end < m - start && flu_equals(f->w, expected[n - 1 - end], actual[m - 1 - end]))
            end++;
    }
    int64_t i = start;
    for (; i < n - end && i < m - end; i++) find_under(f, FLU_FIX(i), expected[i], actual[i]);
    for (int64_t k = i; k < n - end; k++) note_one(f, "missing: ", FLU_FIX(k), expected[k]);
    for (int64_t k = i; k < m - end; k++) note_one(f, "not expected: ", FLU_FIX(k), actual[k]);
}

static bool is_proper_list(flu_value v) { return (flu_is_cons(v) || v == FLU_EMPTY) && flu_list_length(v) >= 0; }

static bool are_sequences(flu_value a, flu_value b) {
    return (is_proper_list(a) && is_proper_list(b)) || (flu_is_vector(a) && flu_is_vector(b));
}

static bool are_alike_tagged(flu_value a, flu_value b) {
    return flu_is(a, FLU_T_TAGGED) && flu_is(b, FLU_T_TAGGED) && FLU_TAGGED(a)->tag == FLU_TAGGED(b)->tag &&
           flu_header_size(FLU_TAGGED(a)->h) == flu_header_size(FLU_TAGGED(b)->h);
}

static void find(finder *f, flu_value expected, flu_value actual) {
    flu_worker *w = f->w;
    if (flu_equals(w, expected, actual)) return;
    if (f->depth == DEPTH_MAX) {
        note_other(f, expected, actual);
    } else if (flu_is_dict(expected) && flu_is_dict(actual)) {
        find_in_dicts(f, expected, actual);
    } else if (flu_is_set(expected) && flu_is_set(actual)) {
        note_not_in(f, "missing: ", expected, actual);
        note_not_in(f, "not expected: ", actual, expected);
    } else if (are_alike_tagged(expected, actual)) {
        int64_t fields = flu_header_size(FLU_TAGGED(actual)->h);
        find_in_arrays(f, FLU_TAGGED(expected)->fields, fields, FLU_TAGGED(actual)->fields, fields);
    } else if (are_sequences(expected, actual)) {
        flu_value *a, *b;
        int64_t n = flu_seq_array(w, "assert-equal", 1, expected, &a),
                m = flu_seq_array(w, "assert-equal", 2, actual, &b);
        find_in_arrays(f, a, n, b, m);
    } else if (f->depth > 0) {
        note_other(f, expected, actual);
    }
}

static void list_differences(flu_worker *w, flu_buf *b, flu_value expected, flu_value actual) {
    finder f = {.w = w, .out = b};
    find(&f, expected, actual);
    if (f.found > SHOWN_MAX)
        flu_buf_printf(b, "\n  ... %llu more differences", (unsigned long long)(f.found - SHOWN_MAX));
}

/* ---- assert-equal ---- */

/* For texts too long to compare by eye. */
static void locate_in_strings(flu_buf *b, flu_value expected, flu_value actual) {
    const char *x = FLU_STR(expected)->bytes, *y = FLU_STR(actual)->bytes;
    size_t i = 0, line = 1, column = 1;
    if (flu_str_size(expected) < 40 && strchr(x, '\n') == NULL) return;
    for (; i < flu_str_size(expected) && i < flu_str_size(actual) && x[i] == y[i]; i++) {
        column += (x[i] & 0xc0) != 0x80;
        if (x[i] == '\n') line++, column = 1;
    }
    flu_buf_printf(b, "\n  the first difference is at line %zu, character %zu", line, column);
}

static void explain(flu_worker *w, flu_buf *b, flu_value expected, flu_value actual) {
    flu_buf_puts(b, "\n  expected: ");
    size_t from = b->size;
    add_value(w, b, expected, VALUE_MAX);
    size_t size = b->size - from;
    flu_buf_puts(b, "\n  actual:   ");
    size_t second = b->size;
    add_value(w, b, actual, VALUE_MAX);
    if (!b->failed && size < VALUE_MAX && b->size - second == size &&
        memcmp(b->data + from, b->data + second, size) == 0)
        flu_buf_puts(b, "\n  they look alike, but = takes them for different");
    if (flu_is_string(expected) && flu_is_string(actual))
        locate_in_strings(b, expected, actual);
    else
        list_differences(w, b, expected, actual);
}

static flu_value not_equal(flu_worker *w, flu_value expected, flu_value actual, flu_value message) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "assert-equal: ");
    if (message != FLU_UNDEF)
        flu_display(w, &b, message);
    else
        flu_buf_puts(&b, "the values differ");
    explain(w, &b, expected, actual);
    flu_value text = flu_buf_string(w, &b, "assert-equal");
    flu_buf_free(&b);
    if (text == FLU_ABNORMAL) return FLU_ABNORMAL;
    flu_value data = flu_dict_set(w, FLU_EMPTY_DICT, FLU_KEYWORD_LIT("expected"), expected);
    data = flu_dict_set(w, data, FLU_KEYWORD_LIT("actual"), actual);
    return flu_throw(w, flu_make_error(w, FLU_SYMBOL_LIT("assertion-failed"), FLU_STR(text)->bytes, data));
}

flu_value flu_assert_equal(flu_worker *w, flu_value expected, flu_value actual, flu_value message) {
    return flu_equals(w, expected, actual) ? FLU_NIL : not_equal(w, expected, actual, message);
}

flu_value flu_assert_equal_to(flu_worker *w, flu_value actual, flu_value expected, flu_value message) {
    return flu_equals(w, expected, actual) ? FLU_NIL : not_equal(w, expected, actual, message);
}

/* ---- assert-error ---- */

static void add_kind(flu_buf *b, flu_worker *w, flu_value kind) {
    if (kind == FLU_NIL) {
        flu_buf_puts(b, "an error");
        return;
    }
    flu_buf from;
    flu_buf_init(&from);
    flu_display(w, &from, kind);
    bool keyword = from.size > 0 && from.data[0] == ':';
    flu_buf_puts(b, "an error of kind ");
    flu_buf_add(b, from.data + keyword, from.size - keyword);
    flu_buf_free(&from);
}

static void add_thrown(flu_buf *b, flu_worker *w, flu_value thrown) {
    if (!flu_is(thrown, FLU_T_ERROR)) {
        flu_buf_puts(b, "the thrown value ");
        add_value(w, b, thrown, DETAIL_MAX);
        return;
    }
    flu_display(w, b, FLU_ERR(thrown)->kind);
    flu_buf_puts(b, ": ");
    flu_display(w, b, FLU_ERR(thrown)->message);
}

static flu_value not_raised(flu_worker *w, flu_value kind, bool threw, flu_value v) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "assert-error: expected ");
    add_kind(&b, w, kind);
    flu_buf_puts(&b, threw ? ", but got " : ", but the body gave ");
    if (threw)
        add_thrown(&b, w, v);
    else
        add_value(w, &b, v, VALUE_MAX);
    flu_value text = flu_buf_string(w, &b, "assert-error");
    flu_buf_free(&b);
    if (text == FLU_ABNORMAL) return FLU_ABNORMAL;
    flu_value error = flu_make_error(w, FLU_SYMBOL_LIT("assertion-failed"), FLU_STR(text)->bytes, FLU_NIL);
    if (threw) FLU_ERR(error)->cause = v;
    return flu_throw(w, error);
}

flu_value flu_assert_error_kind(flu_worker *w, flu_value kind) {
    if (kind == FLU_NIL || flu_is_symbol(kind) || flu_is_keyword(kind)) return kind;
    return flu_type_error(w, "assert-error", 1, "a symbol or keyword", kind);
}

flu_value flu_assert_error_check(flu_worker *w, flu_value kind, flu_value outcome) {
    bool threw = FLU_CELL(outcome)->head == FLU_TRUE;
    flu_value v = FLU_CELL(outcome)->tail;
    if (threw && (kind == FLU_NIL || flu_error_kind_p(w, v, kind) == FLU_TRUE)) return v;
    return not_raised(w, kind, threw, v);
}
