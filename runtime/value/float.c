/* float.c: boxed floats, and floats as text: the shortest digits that read back (Schubfach), and correctly rounded
 * reading (Clinger's exact case, then Eisel-Lemire, then exact integers). Nothing depends on the C locale. */
#include "flu/number.h"

#include <math.h>
#include <tommath.h>

#include "float_powers.h"
#include "number_internal.h"

/* ---- boxes ---- */

/* The boxed values that are no numbers of their own: one object each, so that a NaN is identical to any other. */
static const flu_boxed_float special_floats[] __attribute__((aligned(16))) = {
    {FLU_HEADER(FLU_T_FLOAT, 0, 0, 0), NAN},
    {FLU_HEADER(FLU_T_FLOAT, 0, 0, 0), INFINITY},
    {FLU_HEADER(FLU_T_FLOAT, 0, 0, 0), -INFINITY},
};
_Static_assert(sizeof(flu_boxed_float) == 16, "array elements must be aligned as objects are");

flu_value flu_box_float(flu_worker *w, double d) {
    if (isnan(d)) return FLU_VALUE(&special_floats[0]);
    if (isinf(d)) return FLU_VALUE(&special_floats[d > 0 ? 1 : 2]);
    flu_boxed_float *f = flu_alloc_atomic(w, sizeof *f);
    f->h = FLU_HEADER(FLU_T_FLOAT, 0, 0, 0);
    f->d = d;
    return FLU_VALUE(f);
}

/* ---- writing: Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020) ---- */

typedef unsigned __int128 uint128;

/* g of the paper: 10^k, 128 bits, rounded up. */
static void power_rounded_up(int k, uint64_t *high, uint64_t *low) {
    *high = power_of_ten[k - FLU_POWER_MIN].high;
    *low = power_of_ten[k - FLU_POWER_MIN].low;
    if (k < 0 || k > 55) *high += ++*low == 0;
}

/* floor(g * c / 2^128), its last bit set if anything was cut off. */
static uint64_t multiply_to_odd(uint64_t high, uint64_t low, uint64_t c) {
    uint64_t carry = (uint64_t)((uint128)low * c >> 64);
    uint128 product = (uint128)high * c + carry;
    return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

/* The shortest decimal within the rounding interval of c * 2^q, the closest to it if several are: digits * 10^exponent.
 */
static uint64_t shortest_decimal(uint64_t c, int q, bool lower_is_closer, int *exponent) {
    uint64_t open = c & 1; /* an even significand owns the ends of its interval: reading rounds ties to even */
    int k = (q * 1262611 - (lower_is_closer ? 524031 : 0)) >> 22;
    int h = q + ((-k * 1741647) >> 19) + 1;
    uint64_t high, low;
    power_rounded_up(-k, &high, &low);
    uint64_t left = multiply_to_odd(high, low, (4 * c - 2 + lower_is_closer) << h) + open;
    uint64_t here = multiply_to_odd(high, low, 4 * c << h);
    uint64_t right = multiply_to_odd(high, low, (4 * c + 2) << h) - open;
    uint64_t s = here / 4;
    if (s >= 10) { /* one digit less? */
        uint64_t tens = s / 10;
        bool below_inside = left <= 40 * tens, above_inside = 40 * tens + 40 <= right;
        if (below_inside != above_inside) {
            *exponent = k + 1;
            return tens + above_inside;
        }
    }
    *exponent = k;
    bool below_inside = left <= 4 * s, above_inside = 4 * s + 4 <= right;
    if (below_inside != above_inside) return s + above_inside;
    uint64_t middle = 4 * s + 2;
    return s + (here > middle || (here == middle && (s & 1)));
}

int flu_float_digits(char digits[18], int *point, double d) {
    uint64_t bits, decimal;
    memcpy(&bits, &d, sizeof bits);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff), exponent = 0;
    uint64_t c = biased ? fraction | (uint64_t)1 << 52 : fraction;
    int q = (biased ? biased : 1) - 1075;
    if (q <= 0 && q > -53 && (c & (((uint64_t)1 << -q) - 1)) == 0)
        decimal = c >> -q; /* a small integer: its own digits, which may well be the only short ones */
    else
        decimal = shortest_decimal(c, q, fraction == 0 && biased > 1, &exponent);
    for (; decimal % 10 == 0; exponent++) decimal /= 10;
    int count = 0;
    for (uint64_t rest = decimal; rest; rest /= 10) count++;
    for (int i = count; i-- > 0; decimal /= 10) digits[i] = (char)('0' + decimal % 10);
    digits[count] = '\0';
    *point = exponent + count;
    return count;
}

static char *put_zeros(char *p, int n) {
    while (n-- > 0) *p++ = '0';
    return p;
}

static char *put(char *p, const char *text, int n) {
    memcpy(p, text, (size_t)n);
    return p + n;
}

/* 0.DIGITS * 10^point without an exponent, for -3 <= point <= 16. */
static char *put_positional(char *p, const char *digits, int count, int point) {
    if (point <= 0) {
        p = put_zeros(put(p, "0.", 2), -point);
        return put(p, digits, count);
    }
    if (count <= point) {
        p = put_zeros(put(p, digits, count), point - count);
        return put(p, ".0", 2);
    }
    p = put(put(p, digits, point), ".", 1);
    return put(p, digits + point, count - point);
}

static char *put_scientific(char *p, const char *digits, int count, int point) {
    int e = point - 1;
    *p++ = digits[0];
    if (count > 1) p = put(put(p, ".", 1), digits + 1, count - 1);
    *p++ = 'e';
    *p++ = e < 0 ? '-' : '+';
    if (e < 0) e = -e;
    if (e >= 100) *p++ = (char)('0' + e / 100);
    *p++ = (char)('0' + e / 10 % 10);
    *p++ = (char)('0' + e % 10);
    return p;
}

size_t flu_float_text(char out[FLU_NUMBER_SIZE], double d) {
    char digits[18], *p = out;
    int point, count;
    if (isnan(d)) return (size_t)(stpcpy(out, "nan") - out);
    if (signbit(d)) *p++ = '-', d = -d;
    if (isinf(d)) return (size_t)(stpcpy(p, "inf") - out);
    if (d == 0) return (size_t)(stpcpy(p, "0.0") - out);
    count = flu_float_digits(digits, &point, d);
    p = point > -4 && point <= 16 ? put_positional(p, digits, count, point) : put_scientific(p, digits, count, point);
    *p = '\0';
    return (size_t)(p - out);
}

/* ---- reading ---- */

double flu_round_to_double(uint64_t m, int64_t exponent, bool more) {
    if (m == 0) return 0;
    int shift = __builtin_clzll(m);
    m <<= shift;
    exponent -= shift;
    int64_t top = exponent + 63; /* m = 1.x * 2^top */
    if (top > 1023) return INFINITY;
    bool is_normal = top >= -1022;
    int64_t drop = is_normal ? 11 : 11 + (-1022 - top); /* bits beyond a double's precision at this magnitude */
    if (drop > 64) return 0;
    uint64_t kept = drop == 64 ? 0 : m >> drop;
    uint64_t rest = drop == 64 ? m : m & (((uint64_t)1 << drop) - 1), half = (uint64_t)1 << (drop - 1);
    if (rest > half || (rest == half && (more || (kept & 1)))) kept++;
    /* Denormals have the exponent 0, and become normal when rounded up to 2^52; normal ones overflow to infinity so. */
    uint64_t bits = is_normal ? kept + ((uint64_t)(top + 1022) << 52) : kept;
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* w * 10^q by a 192-bit product (after Daniel Lemire, "Number Parsing at a Gigabyte per Second", 2021): sets bounds of
 * the rounded result that differ only where the product is too close to call. Requires w > 0, q within the table. */
static void multiply_power(uint64_t w, int q, double *least, double *most) {
    int shift = __builtin_clzll(w);
    w <<= shift;
    uint64_t power_high = power_of_ten[q - FLU_POWER_MIN].high, power_low = power_of_ten[q - FLU_POWER_MIN].low;
    uint128 bottom = (uint128)w * power_low;
    uint128 product = (uint128)w * power_high + (uint64_t)(bottom >> 64);
    int exponent = ((217706 * q) >> 16) + 1 - shift;
    bool exact = q >= 0 && q <= 55;
    bool more = !exact || (uint64_t)product != 0 || (uint64_t)bottom != 0;
    *least = *most = flu_round_to_double((uint64_t)(product >> 64), exponent, more);
    /* What the table cut off amounts to less than two units of the product's low end (and the sum cannot overflow: both
     * factors are below 2^64 - 1, or the power is exact). */
    if (!exact && (uint64_t)product >= UINT64_MAX - 1)
        *most = flu_round_to_double((uint64_t)((product + 2) >> 64), exponent, true);
}

#define MOST_DIGITS 800 /* no tie between doubles has more significant digits; the rest only says "more" */

static mp_err power_of_ten_int(mp_int *r, int64_t n) {
    mp_set_u64(r, 10);
    return mp_expt_u32(r, (uint32_t)n, r);
}

/* n / d as a double. Both positive. */
static mp_err ratio_to_double(mp_int *n, mp_int *d, mp_int *rest, double *result) {
    mp_err e;
    int scale = 63 - (mp_count_bits(n) - mp_count_bits(d)); /* the quotient then has 63 or 64 bits */
    if (scale > 0 && (e = mp_mul_2d(n, scale, n)) != MP_OKAY) return e;
    if (scale < 0 && (e = mp_mul_2d(d, -scale, d)) != MP_OKAY) return e;
    if ((e = mp_div(n, d, n, rest)) != MP_OKAY) return e;
    *result = flu_round_to_double(mp_get_mag_u64(n), -scale, !mp_iszero(rest));
    return MP_OKAY;
}

/* digits * 10^exponent by exact integers; the digits are at most MOST_DIGITS, the result is in the range of doubles or
 * near. */
static double exact_decimal(const char *digits, int count, int64_t exponent) {
    char text[MOST_DIGITS + 2];
    mp_int n, d, power;
    double result = 0;
    memcpy(text, digits, (size_t)count);
    text[count] = '\0';
    if (mp_init_multi(&n, &d, &power, NULL) != MP_OKAY) return 0;
    mp_set_u64(&d, 1);
    mp_err e = mp_read_radix(&n, text, 10);
    if (e == MP_OKAY) e = power_of_ten_int(&power, exponent < 0 ? -exponent : exponent);
    if (e == MP_OKAY) e = exponent < 0 ? mp_copy(&power, &d) : mp_mul(&n, &power, &n);
    if (e == MP_OKAY) e = ratio_to_double(&n, &d, &power, &result);
    mp_clear_multi(&n, &d, &power, NULL);
    return e == MP_OKAY ? result : 0;
}

static double slow_decimal(const char *digits, size_t count, int64_t exponent) {
    char cut[MOST_DIGITS + 1];
    if (count <= MOST_DIGITS) return exact_decimal(digits, (int)count, exponent);
    memcpy(cut, digits, MOST_DIGITS);
    cut[MOST_DIGITS] = '1'; /* stands for whatever follows: it is not all zeros */
    return exact_decimal(cut, MOST_DIGITS + 1, exponent + (int64_t)(count - MOST_DIGITS) - 1);
}

bool flu_short_decimal(uint64_t m, int64_t exponent, double *d) {
    static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double most;
    if (m <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22) { /* one exact operation: rounded once */
        *d = exponent < 0 ? (double)m / exact_powers[-exponent] : (double)m * exact_powers[exponent];
        return true;
    }
    if (m == 0 || exponent < FLU_POWER_MIN || exponent > FLU_POWER_MAX) return *d = 0, m == 0;
    multiply_power(m, (int)exponent, d, &most);
    return *d == most;
}

double flu_decimal_to_double(const char *digits, size_t count, int64_t exponent) {
    while (count > 0 && *digits == '0') digits++, count--;
    for (; count > 0 && digits[count - 1] == '0'; count--) exponent++;
    if (count == 0) return 0;
    if (exponent + (int64_t)count > 310) return INFINITY;
    if (exponent + (int64_t)count < -325) return 0;
    uint64_t w = 0;
    size_t used = count < 19 ? count : 19;
    for (size_t i = 0; i < used; i++) w = w * 10 + (uint64_t)(digits[i] - '0');
    int64_t q = exponent + (int64_t)(count - used);
    double least, most;
    bool known = flu_short_decimal(w, q, &least);
    if (known && count > used) known = flu_short_decimal(w + 1, q, &most) && least == most;
    return known ? least : slow_decimal(digits, count, exponent);
}
