/* number.c: the functions on numbers: rounding, powers, logarithms, integers, bits, statistics, random numbers. */
#include "flu/number.h"
#include "flu/task.h"

#include <math.h>
#include <stdlib.h>
#include <sys/random.h>

#include "flu/arith.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/equal.h"

#include "arguments.h"
#include "number_internal.h"

bool flu_need_count(flu_worker *w, const char *proc, int position, flu_value v, int64_t *n) {
    if (!flu_need_int(w, proc, position, v)) return false;
    if (flu_int_sign(v) < 0) {
        flu_domain_error(w, proc, position, "0 or more", v);
        return false;
    }
    if (!flu_int_fits(v, n)) *n = INT64_MAX;
    return true;
}

bool flu_need_index(flu_worker *w, const char *proc, int position, flu_value v, int64_t limit, int64_t length,
                    int64_t *n) {
    if (!flu_need_int(w, proc, position, v)) return false;
    if (flu_int_fits(v, n) && *n >= 0 && *n <= limit) return true;
    return flu_index_error(w, proc, v, length), false;
}

bool flu_need_slice(flu_worker *w, const char *proc, flu_value start, flu_value end, int64_t length, int64_t *from,
                    int64_t *to) {
    *to = length;
    if (!flu_need_index(w, proc, 2, start, length, length, from)) return false;
    if (end != FLU_UNDEF && !flu_need_index(w, proc, 3, end, length, length, to)) return false;
    if (*from <= *to) return true;
    flu_raise_data(w, "index-error", start, "%s: the start %lld is after the end %lld", proc, (long long)*from,
                   (long long)*to);
    return false;
}

static flu_value domain_error(flu_worker *w, const char *proc, const char *what, flu_value got) {
    return flu_raise_data(w, "domain-error", got, "%s: %s", proc, what);
}

/* ---- predicates that look at the value ---- */

flu_value flu_fn_even_p(flu_worker *w, flu_value a) {
    return flu_need_int(w, "even?", 1, a) ? FLU_BOOL(!flu_int_is_odd(a)) : FLU_ABNORMAL;
}

flu_value flu_fn_odd_p(flu_worker *w, flu_value a) {
    return flu_need_int(w, "odd?", 1, a) ? FLU_BOOL(flu_int_is_odd(a)) : FLU_ABNORMAL;
}

/* Sign of a number: -1, 0, 1; 0 for NaN. */
static int sign_of(flu_value v) {
    if (flu_is_int(v)) return flu_int_sign(v);
    return (flu_double(v) > 0) - (flu_double(v) < 0);
}

flu_value flu_fn_zero_p(flu_worker *w, flu_value a) {
    if (!flu_need_number(w, "zero?", 1, a)) return FLU_ABNORMAL;
    return FLU_BOOL(a == FLU_FIX(0) || (flu_is_float(a) && flu_double(a) == 0));
}

flu_value flu_fn_positive_p(flu_worker *w, flu_value a) {
    return flu_need_number(w, "positive?", 1, a) ? FLU_BOOL(sign_of(a) > 0) : FLU_ABNORMAL;
}

flu_value flu_fn_negative_p(flu_worker *w, flu_value a) {
    return flu_need_number(w, "negative?", 1, a) ? FLU_BOOL(sign_of(a) < 0) : FLU_ABNORMAL;
}

flu_value flu_fn_nan_p(flu_worker *w, flu_value a) {
    return flu_need_number(w, "nan?", 1, a) ? FLU_BOOL(flu_is_float(a) && isnan(flu_double(a))) : FLU_ABNORMAL;
}

/* ---- sign, extremes, rounding ---- */

flu_value flu_fn_abs(flu_worker *w, flu_value a) {
    if (!flu_need_number(w, "abs", 1, a)) return FLU_ABNORMAL;
    if (flu_is_float(a)) return flu_float(w, fabs(flu_double(a)));
    return flu_int_sign(a) < 0 ? flu_sub(w, FLU_FIX(0), a) : a;
}

flu_value flu_fn_sign(flu_worker *w, flu_value a) {
    if (!flu_need_number(w, "sign", 1, a)) return FLU_ABNORMAL;
    if (flu_is_int(a)) return FLU_FIX(flu_int_sign(a));
    double d = flu_double(a);
    return isnan(d) ? a : flu_float(w, copysign(d != 0, d));
}

/* The extreme of the arguments; a NaN among them is the result. */
static flu_value extreme(flu_worker *w, const char *proc, flu_order wanted, int argc, const flu_value *argv) {
    flu_value best = argv[0];
    for (int i = 0; i < argc; i++) {
        if (!flu_need_number(w, proc, i + 1, argv[i])) return FLU_ABNORMAL;
        flu_order order = flu_compare(argv[i], best);
        if (order == FLU_UNORDERED ? !(flu_is_float(best) && isnan(flu_double(best))) : order == wanted) best = argv[i];
    }
    return best;
}

flu_value flu_fn_min(flu_worker *w, int argc, const flu_value *argv) { return extreme(w, "min", FLU_LESS, argc, argv); }
flu_value flu_fn_max(flu_worker *w, int argc, const flu_value *argv) {
    return extreme(w, "max", FLU_GREATER, argc, argv);
}

flu_value flu_fn_clamp(flu_worker *w, flu_value x, flu_value low, flu_value high) {
    if (!flu_need_number(w, "clamp", 1, x) || !flu_need_number(w, "clamp", 2, low) ||
        !flu_need_number(w, "clamp", 3, high))
        return FLU_ABNORMAL;
    if (flu_compare(low, high) == FLU_GREATER)
        return domain_error(w, "clamp", "the lower bound is above the upper one", low);
    if (flu_compare(x, low) == FLU_LESS) return low;
    return flu_compare(x, high) == FLU_GREATER ? high : x;
}

/* One-argument functions that give a float. */
#define FLOAT_FUNCTION(c_name, name, expression)                                                                       \
    flu_value c_name(flu_worker *w, flu_value a) {                                                                     \
        if (!flu_need_number(w, name, 1, a)) return FLU_ABNORMAL;                                                      \
        double x = flu_to_double(a);                                                                                   \
        return flu_float(w, expression);                                                                               \
    }

FLOAT_FUNCTION(flu_fn_floor, "floor", floor(x))
FLOAT_FUNCTION(flu_fn_ceil, "ceil", ceil(x))
FLOAT_FUNCTION(flu_fn_round, "round", round(x))
FLOAT_FUNCTION(flu_fn_trunc, "trunc", trunc(x))
FLOAT_FUNCTION(flu_fn_exp, "exp", exp(x))
FLOAT_FUNCTION(flu_fn_sin, "sin", sin(x))
FLOAT_FUNCTION(flu_fn_cos, "cos", cos(x))
FLOAT_FUNCTION(flu_fn_tan, "tan", tan(x))
FLOAT_FUNCTION(flu_fn_asin, "asin", asin(x))
FLOAT_FUNCTION(flu_fn_acos, "acos", acos(x))
FLOAT_FUNCTION(flu_fn_atan, "atan", atan(x))
FLOAT_FUNCTION(flu_fn_sinh, "sinh", sinh(x))
FLOAT_FUNCTION(flu_fn_cosh, "cosh", cosh(x))
FLOAT_FUNCTION(flu_fn_tanh, "tanh", tanh(x))
FLOAT_FUNCTION(flu_fn_degrees, "degrees", x *(180 / M_PI))
FLOAT_FUNCTION(flu_fn_radians, "radians", x *(M_PI / 180))

static flu_value to_int(flu_worker *w, const char *proc, double (*rounding)(double), flu_value a) {
    if (!flu_need_number(w, proc, 1, a)) return FLU_ABNORMAL;
    if (flu_is_int(a)) return a;
    if (!isfinite(flu_double(a))) return domain_error(w, proc, "there is no such int", a);
    return flu_int_from_double(w, rounding(flu_double(a)));
}

flu_value flu_fn_floor_to_int(flu_worker *w, flu_value a) { return to_int(w, "floor->int", floor, a); }
flu_value flu_fn_ceil_to_int(flu_worker *w, flu_value a) { return to_int(w, "ceil->int", ceil, a); }
flu_value flu_fn_round_to_int(flu_worker *w, flu_value a) { return to_int(w, "round->int", round, a); }
flu_value flu_fn_trunc_to_int(flu_worker *w, flu_value a) { return to_int(w, "trunc->int", trunc, a); }

flu_value flu_fn_round_to(flu_worker *w, flu_value a, flu_value places) {
    int64_t n;
    if (!flu_need_number(w, "round-to", 1, a) || !flu_need_int(w, "round-to", 2, places)) return FLU_ABNORMAL;
    double x = flu_to_double(a);
    if (!flu_int_fits(places, &n)) n = flu_int_sign(places) < 0 ? -400 : 400;
    if (n > 308 || !isfinite(x)) return flu_float(w, x); /* no double has that many places */
    if (n < -308) return flu_float(w, copysign(0, x));
    double scale = pow(10, (double)(n < 0 ? -n : n));
    double scaled = n < 0 ? round(x / scale) * scale : round(x * scale) / scale;
    return flu_float(w, isfinite(scaled) ? scaled : x);
}

/* ---- powers and logarithms ---- */

/* Square root also of ints beyond the range of doubles. */
flu_value flu_fn_sqrt(flu_worker *w, flu_value a) {
    if (!flu_need_number(w, "sqrt", 1, a)) return FLU_ABNORMAL;
    if (!flu_is_bigint(a)) return flu_float(w, sqrt(flu_to_double(a)));
    int64_t exponent;
    double m = flu_to_frexp(a, &exponent);
    if (exponent & 1) m *= 2, exponent--;
    return flu_float(w, ldexp(sqrt(m), exponent / 2 > 5000 ? 5000 : (int)(exponent / 2)));
}

static flu_value int_pow(flu_worker *w, flu_value base, flu_value exponent) {
    int64_t n;
    if (flu_int_fits(exponent, &n)) return flu_int_pow(w, "pow", base, (uint64_t)n);
    /* Only -1, 0 and 1 have powers that high: their parity is all that counts. */
    return flu_int_pow(w, "pow", base, flu_int_is_odd(exponent) ? UINT64_MAX : UINT64_MAX - 1);
}

flu_value flu_fn_pow(flu_worker *w, flu_value a, flu_value b) {
    if (!flu_need_number(w, "pow", 1, a) || !flu_need_number(w, "pow", 2, b)) return FLU_ABNORMAL;
    if (flu_is_int(a) && flu_is_int(b) && flu_int_sign(b) >= 0) return int_pow(w, a, b);
    double x = flu_to_double(a), y = flu_to_double(b);
    if (x == 0 && y < 0) return flu_raise(w, "division-by-zero", "pow: zero to a negative power");
    return flu_float(w, pow(x, y));
}

/* A logarithm: of the mantissa by `log_of`, plus the exponent times log_of(2), so that ints of any size do. */
static bool logarithm(flu_worker *w, const char *proc, int position, double (*log_of)(double), flu_value v,
                      double *result) {
    if (!flu_need_number(w, proc, position, v)) return false;
    if (flu_is_float(v) ? flu_double(v) <= 0 : flu_int_sign(v) <= 0)
        return flu_domain_error(w, proc, position, "positive", v), false;
    if (flu_is_bigint(v)) {
        int64_t exponent;
        double m = flu_to_frexp(v, &exponent);
        *result = log_of(m) + (double)exponent * log_of(2);
    } else {
        *result = log_of(flu_to_double(v));
    }
    return true;
}

flu_value flu_fn_ln(flu_worker *w, flu_value a) {
    double r;
    return logarithm(w, "ln", 1, log, a, &r) ? flu_float(w, r) : FLU_ABNORMAL;
}

flu_value flu_fn_log2(flu_worker *w, flu_value a) {
    double r;
    return logarithm(w, "log2", 1, log2, a, &r) ? flu_float(w, r) : FLU_ABNORMAL;
}

flu_value flu_fn_log10(flu_worker *w, flu_value a) {
    double r;
    return logarithm(w, "log10", 1, log10, a, &r) ? flu_float(w, r) : FLU_ABNORMAL;
}

flu_value flu_fn_log(flu_worker *w, flu_value a, flu_value base) {
    double r, divisor;
    if (base == FLU_UNDEF) return logarithm(w, "log", 1, log, a, &r) ? flu_float(w, r) : FLU_ABNORMAL;
    double (*log_of)(double) = log; /* for the usual bases the one that is exact on their powers */
    if (flu_is_number(base) && flu_to_double(base) == 2) log_of = log2;
    if (flu_is_number(base) && flu_to_double(base) == 10) log_of = log10;
    if (!logarithm(w, "log", 1, log_of, a, &r) || !logarithm(w, "log", 2, log_of, base, &divisor)) return FLU_ABNORMAL;
    if (divisor == 0) return domain_error(w, "log", "the base must not be 1", base);
    return flu_float(w, r / divisor);
}

flu_value flu_fn_atan2(flu_worker *w, flu_value y, flu_value x) {
    if (!flu_need_number(w, "atan2", 1, y) || !flu_need_number(w, "atan2", 2, x)) return FLU_ABNORMAL;
    return flu_float(w, atan2(flu_to_double(y), flu_to_double(x)));
}

flu_value flu_fn_hypot(flu_worker *w, flu_value a, flu_value b) {
    if (!flu_need_number(w, "hypot", 1, a) || !flu_need_number(w, "hypot", 2, b)) return FLU_ABNORMAL;
    return flu_float(w, hypot(flu_to_double(a), flu_to_double(b)));
}

/* ---- integers ---- */

static bool all_ints(flu_worker *w, const char *proc, int argc, const flu_value *argv) {
    for (int i = 0; i < argc; i++)
        if (!flu_need_int(w, proc, i + 1, argv[i])) return false;
    return true;
}

flu_value flu_fn_gcd(flu_worker *w, int argc, const flu_value *argv) {
    flu_value r = FLU_FIX(0);
    if (!all_ints(w, "gcd", argc, argv)) return FLU_ABNORMAL;
    for (int i = 0; i < argc && r != FLU_ABNORMAL; i++) r = flu_int_gcd(w, r, argv[i]);
    return r;
}

static flu_value lcm_of(flu_worker *w, flu_value a, flu_value b) {
    flu_value q, common = flu_int_gcd(w, a, b);
    if (common == FLU_ABNORMAL || common == FLU_FIX(0)) return common;
    if (!flu_int_divide(w, a, common, &q, NULL)) return FLU_ABNORMAL;
    flu_value product = flu_int_mul(w, q, b);
    return product == FLU_ABNORMAL ? product : flu_fn_abs(w, product);
}

flu_value flu_fn_lcm(flu_worker *w, int argc, const flu_value *argv) {
    flu_value r = FLU_FIX(1);
    if (!all_ints(w, "lcm", argc, argv)) return FLU_ABNORMAL;
    for (int i = 0; i < argc && r != FLU_ABNORMAL; i++) r = lcm_of(w, r, argv[i]);
    return r;
}

/* The product of from..to by halves: factors of like size multiply fastest. */
static flu_value product_of_range(flu_worker *w, int64_t from, int64_t to) {
    if (to - from < 8) {
        flu_value r = FLU_FIX(1);
        for (int64_t i = from; i <= to && r != FLU_ABNORMAL; i++) r = flu_mul(w, r, FLU_FIX(i));
        return r;
    }
    int64_t middle = from + (to - from) / 2;
    flu_value low = product_of_range(w, from, middle);
    if (low == FLU_ABNORMAL) return low;
    flu_value high = product_of_range(w, middle + 1, to);
    return high == FLU_ABNORMAL ? high : flu_int_mul(w, low, high);
}

flu_value flu_fn_factorial(flu_worker *w, flu_value a) {
    int64_t n;
    if (!flu_need_count(w, "factorial", 1, a, &n)) return FLU_ABNORMAL;
    if (n > 100000000) return flu_out_of_memory(w, "factorial");
    return product_of_range(w, 2, n);
}

static flu_value bits_of_all(flu_worker *w, const char *proc, flu_bit_op op, int argc, const flu_value *argv) {
    if (!all_ints(w, proc, argc, argv)) return FLU_ABNORMAL;
    flu_value r = argv[0];
    for (int i = 1; i < argc && r != FLU_ABNORMAL; i++) r = flu_int_bits(w, op, r, argv[i]);
    return r;
}

flu_value flu_fn_bit_and(flu_worker *w, int argc, const flu_value *argv) {
    return bits_of_all(w, "bit-and", FLU_BIT_AND, argc, argv);
}
flu_value flu_fn_bit_or(flu_worker *w, int argc, const flu_value *argv) {
    return bits_of_all(w, "bit-or", FLU_BIT_OR, argc, argv);
}
flu_value flu_fn_bit_xor(flu_worker *w, int argc, const flu_value *argv) {
    return bits_of_all(w, "bit-xor", FLU_BIT_XOR, argc, argv);
}

/* -1 - a: the complement of two's complement. */
flu_value flu_fn_bit_not(flu_worker *w, flu_value a) {
    return flu_need_int(w, "bit-not", 1, a) ? flu_sub(w, FLU_FIX(-1), a) : FLU_ABNORMAL;
}

flu_value flu_fn_bit_shift_left(flu_worker *w, flu_value a, flu_value by) {
    int64_t n;
    if (!flu_need_int(w, "bit-shift-left", 1, a) || !flu_need_count(w, "bit-shift-left", 2, by, &n))
        return FLU_ABNORMAL;
    return flu_int_shift_left(w, "bit-shift-left", a, (uint64_t)n);
}

flu_value flu_fn_bit_shift_right(flu_worker *w, flu_value a, flu_value by) {
    int64_t n;
    if (!flu_need_int(w, "bit-shift-right", 1, a) || !flu_need_count(w, "bit-shift-right", 2, by, &n))
        return FLU_ABNORMAL;
    return flu_int_shift_right(w, a, (uint64_t)n);
}

/* ---- statistics over one collection ---- */

/* The numbers of the collection; -1 after throwing. */
static int64_t numbers_of(flu_worker *w, const char *proc, flu_value collection, flu_value **items) {
    int64_t n = flu_seq_array(w, proc, 1, collection, items);
    for (int64_t i = 0; i < n; i++) {
        if (flu_is_number((*items)[i])) continue;
        flu_type_error(w, proc, 1, "a list of numbers", (*items)[i]);
        return -1;
    }
    return n;
}

flu_value flu_fn_sum(flu_worker *w, flu_value collection) {
    flu_value *items, sum = FLU_FIX(0);
    int64_t n = numbers_of(w, "sum", collection, &items);
    if (n < 0) return FLU_ABNORMAL;
    for (int64_t i = 0; i < n && sum != FLU_ABNORMAL; i++) sum = flu_add(w, sum, items[i]);
    return sum;
}

flu_value flu_fn_product(flu_worker *w, flu_value collection) {
    flu_value *items, product = FLU_FIX(1);
    int64_t n = numbers_of(w, "product", collection, &items);
    if (n < 0) return FLU_ABNORMAL;
    for (int64_t i = 0; i < n && product != FLU_ABNORMAL; i++) product = flu_mul(w, product, items[i]);
    return product;
}

/* As numbers_of, for functions that need one number at least. */
static int64_t samples_of(flu_worker *w, const char *proc, flu_value collection, flu_value **items) {
    int64_t n = numbers_of(w, proc, collection, items);
    if (n != 0) return n;
    domain_error(w, proc, "the list is empty", collection);
    return -1;
}

/* Exact for ints: only the sum is rounded. */
static double mean_of(flu_worker *w, int64_t n, const flu_value *items) {
    flu_value sum = FLU_FIX(0);
    for (int64_t i = 0; i < n && sum != FLU_ABNORMAL; i++) sum = flu_add(w, sum, items[i]);
    return sum == FLU_ABNORMAL ? NAN : flu_to_double(sum) / (double)n;
}

flu_value flu_fn_mean(flu_worker *w, flu_value collection) {
    flu_value *items;
    int64_t n = samples_of(w, "mean", collection, &items);
    return n < 0 ? FLU_ABNORMAL : flu_float(w, mean_of(w, n, items));
}

flu_value flu_fn_variance(flu_worker *w, flu_value collection) {
    flu_value *items;
    int64_t n = samples_of(w, "variance", collection, &items);
    if (n < 0) return FLU_ABNORMAL;
    double mean = mean_of(w, n, items), squares = 0;
    for (int64_t i = 0; i < n; i++) {
        double d = flu_to_double(items[i]) - mean;
        squares += d * d;
    }
    return flu_float(w, squares / (double)n);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

flu_value flu_fn_median(flu_worker *w, flu_value collection) {
    flu_value *items;
    int64_t n = samples_of(w, "median", collection, &items);
    if (n < 0) return FLU_ABNORMAL;
    double *sorted = flu_alloc_atomic(w, (size_t)n * sizeof *sorted);
    for (int64_t i = 0; i < n; i++) {
        sorted[i] = flu_to_double(items[i]);
        if (isnan(sorted[i])) return flu_float(w, NAN);
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    double upper = sorted[n / 2], lower = sorted[n / 2 - !(n & 1)];
    return flu_float(w, isfinite(lower + upper) ? (lower + upper) / 2 : lower / 2 + upper / 2);
}

/* ---- random numbers: xoshiro256** (Blackman, Vigna), one state per worker, seeded from the system at its first use,
 * and one for each task that asks for its own ---- */

static uint64_t rotate_left(uint64_t x, int by) { return x << by | x >> (64 - by); }

void flu_random_seed(uint64_t *generator, uint64_t seed) {
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        generator[i] = z ^ z >> 31;
    }
}

static void seed_from_system(flu_worker *w) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) seed = (uint64_t)(uintptr_t)w;
    flu_random_seed(w->random, seed);
}

static uint64_t *generator(flu_worker *w) {
    struct flu_task_more *more = w->task == NULL ? NULL : flu_task_more_or_null(w->task);
    return more != NULL && more->random != NULL ? more->random : w->random;
}

uint64_t flu_random_bits(flu_worker *w) {
    uint64_t *s = generator(w);
    if (flu_unlikely((s[0] | s[1] | s[2] | s[3]) == 0)) seed_from_system(w);
    uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

static double random_unit(flu_worker *w) { return (double)(flu_random_bits(w) >> 11) * 0x1p-53; }

/* Below n, without bias (Lemire). */
static uint64_t random_below(flu_worker *w, uint64_t n) {
    unsigned __int128 product = (unsigned __int128)flu_random_bits(w) * n;
    if ((uint64_t)product < n) {
        uint64_t excess = -n % n;
        while ((uint64_t)product < excess) product = (unsigned __int128)flu_random_bits(w) * n;
    }
    return (uint64_t)(product >> 64);
}

/* Below a big n: 64 bits more than it has, reduced; the bias is below 2^-64. */
static flu_value random_big_below(flu_worker *w, flu_value n) {
    int64_t bits;
    flu_value r = FLU_FIX(0);
    flu_to_frexp(n, &bits);
    for (int64_t have = 0; have < bits + 64; have += 32) {
        r = flu_int_shift_left(w, "random", r, 32);
        if (r == FLU_ABNORMAL) return r;
        r = flu_int_add(w, r, FLU_FIX(flu_random_bits(w) >> 32));
    }
    return flu_int_divide(w, r, n, NULL, &r) ? r : FLU_ABNORMAL;
}

static flu_value random_int_below(flu_worker *w, flu_value n) {
    return flu_is_fix(n) ? FLU_FIX(random_below(w, (uint64_t)flu_fix(n))) : random_big_below(w, n);
}

flu_value flu_fn_random(flu_worker *w, flu_value n) {
    if (n == FLU_UNDEF) return flu_float(w, random_unit(w));
    if (!flu_need_number(w, "random", 1, n)) return FLU_ABNORMAL;
    if (sign_of(n) <= 0) return flu_domain_error(w, "random", 1, "positive (the bound)", n);
    return flu_is_float(n) ? flu_float(w, random_unit(w) * flu_double(n)) : random_int_below(w, n);
}

flu_value flu_fn_random_int(flu_worker *w, flu_value low, flu_value high) {
    if (!flu_need_int(w, "random-int", 1, low) || !flu_need_int(w, "random-int", 2, high)) return FLU_ABNORMAL;
    if (flu_int_compare(low, high) >= 0)
        return flu_raise_data(w, "domain-error", high, "random-int: no int is at least %s and below %s",
                              flu_shown(w, low), flu_shown(w, high));
    flu_value width = flu_int_sub(w, high, low);
    flu_value below = width == FLU_ABNORMAL ? width : random_int_below(w, width);
    return below == FLU_ABNORMAL ? below : flu_int_add(w, low, below);
}

flu_value flu_fn_random_seed(flu_worker *w, flu_value seed) {
    if (!flu_need_int(w, "random-seed", 1, seed)) return FLU_ABNORMAL;
    int64_t n;
    struct flu_task_more *more = flu_task_more(w, w->task);
    if (more->random == NULL) more->random = flu_alloc(w, sizeof w->random);
    flu_random_seed(more->random, flu_int_fits(seed, &n) ? (uint64_t)n : flu_number_hash(seed));
    return FLU_NIL;
}
