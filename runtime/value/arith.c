/* arith.c: arithmetic and comparison in full (arith.h has the fast paths), and their forms with any number of
 * arguments. */
#include "flu/arith.h"

#include <math.h>

#include "flu/builtins.h"
#include "flu/equal.h"
#include "flu/number.h"

#include "arguments.h"

static flu_value number_error(flu_worker *w, const char *proc, flu_value a, flu_value b) {
    return flu_is_number(a) ? flu_type_error(w, proc, 2, "a number", b) : flu_type_error(w, proc, 1, "a number", a);
}

static bool are_ints(flu_value a, flu_value b) { return flu_is_int(a) && flu_is_int(b); }
static bool are_numbers(flu_value a, flu_value b) { return flu_is_number(a) && flu_is_number(b); }

flu_value flu_add_slow(flu_worker *w, flu_value a, flu_value b) {
    if (are_ints(a, b)) return flu_int_add(w, a, b);
    if (are_numbers(a, b)) return flu_float(w, flu_to_double(a) + flu_to_double(b));
    return number_error(w, "+", a, b);
}

flu_value flu_sub_slow(flu_worker *w, flu_value a, flu_value b) {
    if (are_ints(a, b)) return flu_int_sub(w, a, b);
    if (are_numbers(a, b)) return flu_float(w, flu_to_double(a) - flu_to_double(b));
    return number_error(w, "-", a, b);
}

flu_value flu_mul_slow(flu_worker *w, flu_value a, flu_value b) {
    if (are_ints(a, b)) return flu_int_mul(w, a, b);
    if (are_numbers(a, b)) return flu_float(w, flu_to_double(a) * flu_to_double(b));
    return number_error(w, "*", a, b);
}

flu_value flu_inc_slow(flu_worker *w, flu_value a) {
    return flu_need_number(w, "inc", 1, a) ? flu_add_slow(w, a, FLU_FIX(1)) : FLU_ABNORMAL;
}

flu_value flu_dec_slow(flu_worker *w, flu_value a) {
    return flu_need_number(w, "dec", 1, a) ? flu_sub_slow(w, a, FLU_FIX(1)) : FLU_ABNORMAL;
}

/* ---- division ---- */

static flu_value zero_divisor(flu_worker *w, const char *proc) {
    return flu_raise(w, "division-by-zero", "%s: division by zero", proc);
}

/* Are these two numbers, the second not zero? Otherwise throws. */
static bool may_divide(flu_worker *w, const char *proc, flu_value a, flu_value b) {
    if (!are_numbers(a, b)) return number_error(w, proc, a, b), false;
    if (b == FLU_FIX(0) || (flu_is_float(b) && flu_double(b) == 0)) return zero_divisor(w, proc), false;
    return true;
}

static flu_value int_quotient(flu_worker *w, flu_value a, flu_value b) {
    flu_value q;
    return flu_int_divide(w, a, b, &q, NULL) ? q : FLU_ABNORMAL;
}

flu_value flu_div_slow(flu_worker *w, flu_value a, flu_value b) {
    if (!may_divide(w, "/", a, b)) return FLU_ABNORMAL;
    if (are_ints(a, b)) return int_quotient(w, a, b);
    return flu_float(w, flu_to_double(a) / flu_to_double(b));
}

flu_value flu_quotient_slow(flu_worker *w, flu_value a, flu_value b) {
    if (!may_divide(w, "quotient", a, b)) return FLU_ABNORMAL;
    if (are_ints(a, b)) return int_quotient(w, a, b);
    return flu_float(w, trunc(flu_to_double(a) / flu_to_double(b)));
}

flu_value flu_remainder_slow(flu_worker *w, flu_value a, flu_value b) {
    flu_value r;
    if (!may_divide(w, "remainder", a, b)) return FLU_ABNORMAL;
    if (are_ints(a, b)) return flu_int_divide(w, a, b, NULL, &r) ? r : FLU_ABNORMAL;
    return flu_float(w, fmod(flu_to_double(a), flu_to_double(b)));
}

flu_value flu_mod_slow(flu_worker *w, flu_value a, flu_value b) {
    flu_value r;
    if (!may_divide(w, "mod", a, b)) return FLU_ABNORMAL;
    if (are_ints(a, b)) {
        if (!flu_int_divide(w, a, b, NULL, &r)) return FLU_ABNORMAL;
        return r != FLU_FIX(0) && flu_int_sign(r) != flu_int_sign(b) ? flu_int_add(w, r, b) : r;
    }
    double divisor = flu_to_double(b), rest = fmod(flu_to_double(a), divisor);
    if (rest == 0) return flu_float(w, copysign(0, divisor));
    return flu_float(w, (rest < 0) != (divisor < 0) ? rest + divisor : rest);
}

/* ---- comparison ---- */

static flu_order order_of(int c) { return c < 0 ? FLU_LESS : c > 0 ? FLU_GREATER : FLU_SAME; }

static flu_order compare_numbers(flu_value a, flu_value b) {
    bool a_is_int = flu_is_int(a), b_is_int = flu_is_int(b);
    if (a_is_int && b_is_int) return order_of(flu_int_compare(a, b));
    if (a_is_int || b_is_int) {
        int c = a_is_int ? flu_int_compare_double(a, flu_double(b)) : flu_int_compare_double(b, flu_double(a));
        return c == 2 ? FLU_UNORDERED : order_of(a_is_int ? c : -c);
    }
    double x = flu_double(a), y = flu_double(b);
    return x < y ? FLU_LESS : x > y ? FLU_GREATER : x == y ? FLU_SAME : FLU_UNORDERED;
}

/* UTF-8 sorts by bytes as it does by code points. */
static flu_order compare_strings(flu_value a, flu_value b) {
    size_t n = flu_str_size(a), m = flu_str_size(b);
    int c = memcmp(FLU_STR(a)->bytes, FLU_STR(b)->bytes, n < m ? n : m);
    return order_of(c != 0 ? c : (n > m) - (n < m));
}

flu_order flu_compare(flu_value a, flu_value b) {
    if (are_numbers(a, b)) return compare_numbers(a, b);
    if (flu_is_string(a) && flu_is_string(b)) return compare_strings(a, b);
    return FLU_INCOMPARABLE;
}

static flu_value order_error(flu_worker *w, const char *proc, flu_value a, flu_value b, int second) {
    if (!flu_is_number(a) && !flu_is_string(a)) return flu_type_error(w, proc, second - 1, "a number or a string", a);
    if (!flu_is_number(b) && !flu_is_string(b))
        return flu_type_error(w, proc, second, flu_is_number(a) ? "a number" : "a string", b);
    bool first_is_string = flu_is_string(a);
    return flu_raise_data(w, "type-error", first_is_string ? a : b,
                          "%s: a number cannot be compared with a string: argument %d is %s, argument %d is %s", proc,
                          second - 1, flu_shown(w, a), second, flu_shown(w, b));
}

/* A comparison as the set of the orders that make it true. */
#define ORDER_BIT(o) (1u << ((o) + 1))
enum {
    LESS = ORDER_BIT(FLU_LESS),
    GREATER = ORDER_BIT(FLU_GREATER),
    LESS_OR_SAME = LESS | ORDER_BIT(FLU_SAME),
    GREATER_OR_SAME = GREATER | ORDER_BIT(FLU_SAME),
};

static flu_value compare_two(flu_worker *w, const char *proc, unsigned wanted, flu_value a, flu_value b) {
    flu_order order = flu_compare(a, b);
    if (flu_unlikely(order == FLU_INCOMPARABLE)) return order_error(w, proc, a, b, 2);
    return FLU_BOOL(wanted & ORDER_BIT(order));
}

flu_value flu_lt_slow(flu_worker *w, flu_value a, flu_value b) { return compare_two(w, "<", LESS, a, b); }
flu_value flu_gt_slow(flu_worker *w, flu_value a, flu_value b) { return compare_two(w, ">", GREATER, a, b); }
flu_value flu_le_slow(flu_worker *w, flu_value a, flu_value b) { return compare_two(w, "<=", LESS_OR_SAME, a, b); }
flu_value flu_ge_slow(flu_worker *w, flu_value a, flu_value b) { return compare_two(w, ">=", GREATER_OR_SAME, a, b); }

/* All arguments are checked, also behind a pair that decides. */
static flu_value compare_all(flu_worker *w, const char *proc, unsigned wanted, int argc, const flu_value *argv) {
    bool holds = true;
    for (int i = 1; i < argc; i++) {
        flu_order order = flu_compare(argv[i - 1], argv[i]);
        if (order == FLU_INCOMPARABLE) return order_error(w, proc, argv[i - 1], argv[i], i + 1);
        holds = holds && (wanted & ORDER_BIT(order));
    }
    return FLU_BOOL(holds);
}

flu_value flu_fn_lt(flu_worker *w, int argc, const flu_value *argv) { return compare_all(w, "<", LESS, argc, argv); }
flu_value flu_fn_gt(flu_worker *w, int argc, const flu_value *argv) { return compare_all(w, ">", GREATER, argc, argv); }
flu_value flu_fn_le(flu_worker *w, int argc, const flu_value *argv) {
    return compare_all(w, "<=", LESS_OR_SAME, argc, argv);
}
flu_value flu_fn_ge(flu_worker *w, int argc, const flu_value *argv) {
    return compare_all(w, ">=", GREATER_OR_SAME, argc, argv);
}

static bool all_equal(flu_worker *w, int argc, const flu_value *argv) {
    for (int i = 1; i < argc; i++)
        if (flu_equal(w, argv[i - 1], argv[i]) == FLU_FALSE) return false;
    return true;
}

flu_value flu_fn_equal(flu_worker *w, int argc, const flu_value *argv) { return FLU_BOOL(all_equal(w, argc, argv)); }
flu_value flu_fn_not_equal(flu_worker *w, int argc, const flu_value *argv) {
    return FLU_BOOL(!all_equal(w, argc, argv));
}

/* ---- any number of arguments ---- */

/* Checked before anything is computed, so that the error names the right position. */
static bool all_numbers(flu_worker *w, const char *proc, int argc, const flu_value *argv) {
    for (int i = 0; i < argc; i++)
        if (!flu_need_number(w, proc, i + 1, argv[i])) return false;
    return true;
}

flu_value flu_fn_add(flu_worker *w, int argc, const flu_value *argv) {
    flu_value sum = FLU_FIX(0);
    if (!all_numbers(w, "+", argc, argv)) return FLU_ABNORMAL;
    if (argc > 0) sum = argv[0]; /* not 0 + it: -0.0 stays */
    for (int i = 1; i < argc && sum != FLU_ABNORMAL; i++) sum = flu_add(w, sum, argv[i]);
    return sum;
}

flu_value flu_fn_mul(flu_worker *w, int argc, const flu_value *argv) {
    flu_value product = FLU_FIX(1);
    if (!all_numbers(w, "*", argc, argv)) return FLU_ABNORMAL;
    for (int i = 0; i < argc && product != FLU_ABNORMAL; i++) product = flu_mul(w, product, argv[i]);
    return product;
}

static flu_value negate(flu_worker *w, flu_value v) {
    return flu_is_float(v) ? flu_float(w, -flu_double(v)) : flu_sub(w, FLU_FIX(0), v);
}

flu_value flu_fn_sub(flu_worker *w, int argc, const flu_value *argv) {
    if (!all_numbers(w, "-", argc, argv)) return FLU_ABNORMAL;
    if (argc == 1) return negate(w, argv[0]);
    flu_value rest = argv[0];
    for (int i = 1; i < argc && rest != FLU_ABNORMAL; i++) rest = flu_sub(w, rest, argv[i]);
    return rest;
}

flu_value flu_fn_div(flu_worker *w, int argc, const flu_value *argv) {
    if (!all_numbers(w, "/", argc, argv)) return FLU_ABNORMAL;
    if (argc == 1) return flu_div(w, FLU_FIX(1), argv[0]);
    flu_value quotient = argv[0];
    for (int i = 1; i < argc && quotient != FLU_ABNORMAL; i++) quotient = flu_div(w, quotient, argv[i]);
    return quotient;
}

bool flu_unboxes_slow(flu_value v) { return flu_is_number(v); }

double flu_unbox_slow(flu_value v) { return flu_to_double(v); }
