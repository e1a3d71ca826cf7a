/* bigint.c: ints of any size. Operands are seen by libtommath in place, without copying; a result is computed in
 * libtommath's own (malloc) memory, then copied into a collected object or, where it fits, a fixnum. */
#include "flu/number.h"

#include <math.h>
#include <tommath.h>

#include "number_internal.h"

_Static_assert(MP_DIGIT_BIT == 60 && sizeof(mp_digit) == 8, "flu_bigint holds libtommath digits of 60 bits");

#define BIG(v)             FLU_AS(flu_bigint, v)
#define big_is_negative(v) (flu_header_aux(BIG(v)->h) != 0)
#define big_used(v)        ((int)flu_header_size(BIG(v)->h))

/* Results longer than this many bits (512 MB) are refused. */
#define MOST_BITS ((uint64_t)1 << 32)

flu_value flu_out_of_memory(flu_worker *w, const char *proc) {
    return flu_raise(w, "out-of-memory", "%s: the result is too large", proc);
}

/* ---- operands and results ---- */

/* An int as libtommath sees it; never written to, never cleared. */
typedef struct operand {
    mp_int n;
    mp_digit small[2];
} operand;

static const mp_int *see(operand *o, flu_value v) {
    if (flu_is_fix(v)) {
        int64_t n = flu_fix(v);
        uint64_t magnitude = n < 0 ? -(uint64_t)n : (uint64_t)n;
        o->small[0] = magnitude & MP_MASK;
        o->small[1] = magnitude >> MP_DIGIT_BIT;
        o->n = (mp_int){.used = o->small[1]   ? 2
                                : o->small[0] ? 1
                                              : 0,
                        .alloc = 2,
                        .sign = n < 0 ? MP_NEG : MP_ZPOS,
                        .dp = o->small};
    } else {
        o->n = (mp_int){.used = big_used(v),
                        .alloc = big_used(v),
                        .sign = big_is_negative(v) ? MP_NEG : MP_ZPOS,
                        .dp = BIG(v)->digits};
    }
    return &o->n;
}

static flu_value from_mp(flu_worker *w, const mp_int *n) {
    uint64_t magnitude = mp_get_mag_u64(n), limit = (uint64_t)FLU_FIXNUM_MAX + (n->sign == MP_NEG);
    if (n->used <= 2 && mp_count_bits(n) <= 61 && magnitude <= limit)
        return FLU_FIX(n->sign == MP_NEG ? (int64_t)-magnitude : (int64_t)magnitude);
    flu_bigint *b = flu_alloc_atomic(w, sizeof *b + (size_t)n->used * sizeof(mp_digit));
    b->h = FLU_HEADER(FLU_T_BIGINT, 0, n->sign == MP_NEG, n->used);
    memcpy(b->digits, n->dp, (size_t)n->used * sizeof(mp_digit));
    return FLU_VALUE(b);
}

/* The value of a finished computation; clears n. */
static flu_value finish(flu_worker *w, const char *proc, mp_err e, mp_int *n) {
    flu_value v = e == MP_OKAY ? from_mp(w, n) : flu_out_of_memory(w, proc);
    mp_clear(n);
    return v;
}

flu_value flu_int_wide(flu_worker *w, __int128 n) {
    if (n >= FLU_FIXNUM_MIN && n <= FLU_FIXNUM_MAX) return FLU_FIX((int64_t)n);
    unsigned __int128 magnitude = n < 0 ? -(unsigned __int128)n : (unsigned __int128)n;
    uint32_t used = 0;
    mp_digit digits[3];
    for (; magnitude; magnitude >>= MP_DIGIT_BIT) digits[used++] = (mp_digit)magnitude & MP_MASK;
    flu_bigint *b = flu_alloc_atomic(w, sizeof *b + used * sizeof(mp_digit));
    b->h = FLU_HEADER(FLU_T_BIGINT, 0, n < 0, used);
    memcpy(b->digits, digits, used * sizeof(mp_digit));
    return FLU_VALUE(b);
}

flu_value flu_int(flu_worker *w, int64_t n) { return flu_fits_fix(n) ? FLU_FIX(n) : flu_int_wide(w, n); }

flu_value flu_int_unsigned(flu_worker *w, uint64_t n) {
    return n <= (uint64_t)FLU_FIXNUM_MAX ? FLU_FIX(n) : flu_int_wide(w, n);
}

bool flu_int_fits(flu_value v, int64_t *n) {
    if (flu_is_fix(v)) return *n = flu_fix(v), true;
    if (big_used(v) > 2 || BIG(v)->digits[1] >= 16) return false;
    uint64_t magnitude = BIG(v)->digits[0] | BIG(v)->digits[1] << MP_DIGIT_BIT;
    if (magnitude > (uint64_t)INT64_MAX + big_is_negative(v)) return false;
    *n = (int64_t)(big_is_negative(v) ? -magnitude : magnitude);
    return true;
}

/* ---- ints and floats ---- */

/* Splits a finite d into mantissa * 2^exponent; the mantissa is an integer of at most 53 bits, with d's sign. */
static int64_t integer_mantissa(double d, int *exponent) {
    int64_t mantissa = (int64_t)ldexp(frexp(d, exponent), 53);
    *exponent -= 53;
    return mantissa;
}

/* n = the integer part of d. */
static mp_err set_double(mp_int *n, double d) {
    int exponent;
    int64_t mantissa = integer_mantissa(trunc(d), &exponent);
    if (exponent < 0)
        mantissa /= (int64_t)1 << (exponent < -62 ? 62 : -exponent); /* exact: the bits shifted out are zeros */
    mp_set_i64(n, mantissa);
    return exponent > 0 ? mp_mul_2d(n, exponent, n) : MP_OKAY;
}

flu_value flu_int_from_double(flu_worker *w, double d) {
    mp_int n;
    if (fabs(d) < 0x1p60) return FLU_FIX((int64_t)d);
    mp_err e = mp_init(&n);
    if (e != MP_OKAY) return flu_out_of_memory(w, "int");
    return finish(w, "int", set_double(&n, d), &n);
}

/* The top 64 bits of a big integer's magnitude: |v| is *top * 2^exponent, or a little more if `more` is set. */
static uint64_t big_top(flu_value v, int64_t *exponent, bool *more) {
    int used = big_used(v);
    const uint64_t *digits = BIG(v)->digits;
    int lead = __builtin_clzll(digits[used - 1]) - 4; /* unused bits of the top digit */
    unsigned __int128 bits =
        (unsigned __int128)digits[used - 1] << 60 | digits[used - 2]; /* always two digits or more */
    int have = 120 - lead, cut = have - 64;
    *more = false;
    if (cut < 0 && used > 2) { /* top digit short: a third one helps to fill 64 bits (cut >= -3) */
        bits = bits << 60 | digits[used - 3];
        have += 60, cut += 60, used--;
    }
    uint64_t top = cut >= 0 ? (uint64_t)(bits >> cut) : (uint64_t)bits << -cut;
    if (cut > 0) *more = (bits & (((unsigned __int128)1 << cut) - 1)) != 0;
    for (int i = used - 3; i >= 0 && !*more; i--) *more = digits[i] != 0;
    *exponent = (int64_t)(used - 2) * 60 + cut;
    return top;
}

double flu_to_double(flu_value v) {
    int64_t exponent;
    bool more;
    if (flu_is_fix(v)) return (double)flu_fix(v);
    if (!flu_is_bigint(v)) return flu_double(v);
    uint64_t top = big_top(v, &exponent, &more);
    double d = flu_round_to_double(top, exponent, more);
    return big_is_negative(v) ? -d : d;
}

double flu_to_frexp(flu_value v, int64_t *exponent) {
    bool more;
    if (!flu_is_bigint(v)) {
        int e;
        double m = frexp(flu_to_double(v), &e);
        *exponent = e;
        return m;
    }
    uint64_t top = big_top(v, exponent, &more);
    *exponent += 64;
    double m = flu_round_to_double(top, -64, more);
    return big_is_negative(v) ? -m : m;
}

int flu_int_compare(flu_value a, flu_value b) {
    operand x, y;
    if (flu_are_fix(a, b)) return ((int64_t)a > (int64_t)b) - ((int64_t)a < (int64_t)b);
    return mp_cmp(see(&x, a), see(&y, b));
}

static int compare_fix_double(int64_t n, double d) {
    if (d >= 0x1p61) return -1;
    if (d <= -0x1p61) return 1;
    int64_t whole = (int64_t)d;
    if (n != whole) return n < whole ? -1 : 1;
    return (d < (double)whole) - (d > (double)whole); /* whole is exact here: d had a fraction, or is whole itself */
}

static int compare_big_double(flu_value a, double d) {
    operand x;
    mp_int y;
    int sign = big_is_negative(a) ? -1 : 1, exponent;
    if (isinf(d) || (d < 0) != (sign < 0)) return isinf(d) ? (d > 0 ? -1 : 1) : sign;
    frexp(d, &exponent); /* 2^(exponent-1) <= |d| < 2^exponent */
    const mp_int *n = see(&x, a);
    int bits = mp_count_bits(n);
    if (bits != exponent) return bits < exponent ? -sign : sign;
    /* Same length, at least 61 bits: so d is an integer. */
    if (mp_init(&y) != MP_OKAY) return 0;
    int order = set_double(&y, d) == MP_OKAY ? mp_cmp(n, &y) : 0;
    mp_clear(&y);
    return order;
}

int flu_int_compare_double(flu_value a, double d) {
    if (isnan(d)) return 2;
    return flu_is_fix(a) ? compare_fix_double(flu_fix(a), d) : compare_big_double(a, d);
}

/* ---- hashing: numbers that are equal hash alike. An integer hashes as its residue modulo 2^61 - 1, which is as easily
 * computed from a double as from digits of 60 bits, and is a fixnum itself. ---- */

#define MODULUS (((uint64_t)1 << 61) - 1)

static uint32_t mix_number(uint64_t n) {
    n = (n ^ n >> 32) * 0x9e3779b97f4a7c15u;
    n = (n ^ n >> 29) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(n >> 32);
}

static uint64_t rotate61(uint64_t n, int by) { return by == 0 ? n : ((n << by) & MODULUS) | n >> (61 - by); }

static uint32_t hash_residue(uint64_t residue, bool negative) {
    if (residue == MODULUS) residue = 0;
    return mix_number(negative ? -residue : residue);
}

static uint32_t hash_double(double d) {
    uint64_t bits;
    if (isfinite(d) && d == trunc(d)) {
        int exponent;
        int64_t mantissa = integer_mantissa(d, &exponent);
        uint64_t magnitude = (uint64_t)(mantissa < 0 ? -mantissa : mantissa);
        if (exponent < 0) magnitude >>= exponent < -63 ? 63 : -exponent, exponent = 0;
        return hash_residue(rotate61(magnitude, exponent % 61), mantissa < 0);
    }
    if (isnan(d)) d = NAN;
    memcpy(&bits, &d, sizeof bits);
    return mix_number(bits ^ 0x5851f42d4c957f2du);
}

uint32_t flu_number_hash(flu_value v) {
    if (flu_is_fix(v)) {
        int64_t n = flu_fix(v);
        return mix_number((uint64_t)n);
    }
    if (!flu_is_bigint(v)) return hash_double(flu_double(v));
    uint64_t residue = 0;
    for (int i = big_used(v); i-- > 0;) {
        residue = rotate61(residue, 60) + BIG(v)->digits[i];
        if (residue >= MODULUS) residue -= MODULUS;
    }
    return hash_residue(residue, big_is_negative(v));
}

/* ---- arithmetic ---- */

typedef mp_err (*mp_binary)(const mp_int *, const mp_int *, mp_int *);

static flu_value binary(flu_worker *w, const char *proc, mp_binary f, flu_value a, flu_value b) {
    operand x, y;
    mp_int r;
    if (mp_init(&r) != MP_OKAY) return flu_out_of_memory(w, proc);
    return finish(w, proc, f(see(&x, a), see(&y, b), &r), &r);
}

flu_value flu_int_add(flu_worker *w, flu_value a, flu_value b) {
    if (flu_are_fix(a, b)) return flu_int(w, flu_fix(a) + flu_fix(b));
    return binary(w, "+", mp_add, a, b);
}

flu_value flu_int_sub(flu_worker *w, flu_value a, flu_value b) {
    if (flu_are_fix(a, b)) return flu_int(w, flu_fix(a) - flu_fix(b));
    return binary(w, "-", mp_sub, a, b);
}

flu_value flu_int_mul(flu_worker *w, flu_value a, flu_value b) {
    if (flu_are_fix(a, b)) return flu_int_wide(w, (__int128)flu_fix(a) * flu_fix(b));
    return binary(w, "*", mp_mul, a, b);
}

static uint64_t magnitude(int64_t n) { return n < 0 ? -(uint64_t)n : (uint64_t)n; }

flu_value flu_int_gcd(flu_worker *w, flu_value a, flu_value b) {
    if (!flu_are_fix(a, b)) return binary(w, "gcd", mp_gcd, a, b);
    uint64_t x = magnitude(flu_fix(a)), y = magnitude(flu_fix(b));
    while (y != 0) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return flu_int_unsigned(w, x);
}

bool flu_int_divide(flu_worker *w, flu_value a, flu_value b, flu_value *quotient, flu_value *remainder) {
    operand x, y;
    mp_int q, r;
    if (flu_are_fix(a, b)) {
        if (quotient) *quotient = flu_int(w, flu_fix(a) / flu_fix(b));
        if (remainder) *remainder = FLU_FIX(flu_fix(a) % flu_fix(b));
        return true;
    }
    if (mp_init_multi(&q, &r, NULL) != MP_OKAY) return flu_out_of_memory(w, "/"), false;
    mp_err e = mp_div(see(&x, a), see(&y, b), quotient ? &q : NULL, remainder ? &r : NULL);
    if (e == MP_OKAY && quotient) *quotient = from_mp(w, &q);
    if (e == MP_OKAY && remainder) *remainder = from_mp(w, &r);
    mp_clear_multi(&q, &r, NULL);
    if (e != MP_OKAY) flu_out_of_memory(w, "/");
    return e == MP_OKAY;
}

/* Is a product of this many bits refused? */
static bool too_long(uint64_t bits, uint64_t times) { return bits != 0 && times > MOST_BITS / bits; }

flu_value flu_int_pow(flu_worker *w, const char *proc, flu_value base, uint64_t exponent) {
    operand x;
    mp_int r;
    if (base == FLU_FIX(0)) return FLU_FIX(exponent == 0);
    if (base == FLU_FIX(1)) return base;
    if (base == FLU_FIX(-1)) return FLU_FIX(exponent & 1 ? -1 : 1);
    const mp_int *n = see(&x, base);
    if (too_long((uint64_t)mp_count_bits(n) - 1, exponent) || exponent > UINT32_MAX) return flu_out_of_memory(w, proc);
    if (mp_init(&r) != MP_OKAY) return flu_out_of_memory(w, proc);
    return finish(w, proc, mp_expt_u32(n, (uint32_t)exponent, &r), &r);
}

flu_value flu_int_shift_left(flu_worker *w, const char *proc, flu_value a, uint64_t n) {
    operand x;
    mp_int r;
    if (a == FLU_FIX(0)) return a;
    if (flu_is_fix(a) && n < 64) return flu_int_wide(w, (__int128)flu_fix(a) * ((__int128)1 << n));
    if (n >= MOST_BITS / 2) return flu_out_of_memory(w, proc);
    if (mp_init(&r) != MP_OKAY) return flu_out_of_memory(w, proc);
    return finish(w, proc, mp_mul_2d(see(&x, a), (int)n, &r), &r);
}

flu_value flu_int_shift_right(flu_worker *w, flu_value a, uint64_t n) {
    operand x;
    mp_int r;
    if (flu_is_fix(a)) return FLU_FIX(flu_fix(a) >> (n < 63 ? n : 63));
    const mp_int *big = see(&x, a);
    if (n >= (uint64_t)mp_count_bits(big)) return FLU_FIX(big_is_negative(a) ? -1 : 0);
    if (mp_init(&r) != MP_OKAY) return flu_out_of_memory(w, "bit-shift-right");
    return finish(w, "bit-shift-right", mp_signed_rsh(big, (int)n, &r), &r);
}

flu_value flu_int_bits(flu_worker *w, flu_bit_op op, flu_value a, flu_value b) {
    static const mp_binary functions[] = {[FLU_BIT_AND] = mp_and, [FLU_BIT_OR] = mp_or, [FLU_BIT_XOR] = mp_xor};
    static const char *const names[] = {[FLU_BIT_AND] = "bit-and", [FLU_BIT_OR] = "bit-or", [FLU_BIT_XOR] = "bit-xor"};
    if (flu_are_fix(a, b)) {
        int64_t x = flu_fix(a), y = flu_fix(b);
        return FLU_FIX(op == FLU_BIT_AND ? x & y : op == FLU_BIT_OR ? x | y : x ^ y);
    }
    return binary(w, names[op], functions[op], a, b);
}

int flu_int_sign(flu_value v) {
    if (flu_is_fix(v)) return (flu_fix(v) > 0) - (flu_fix(v) < 0);
    return big_is_negative(v) ? -1 : 1;
}

bool flu_int_is_odd(flu_value v) { return (flu_is_fix(v) ? (uint64_t)flu_fix(v) : BIG(v)->digits[0]) & 1; }

/* ---- text ---- */

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
    "99";

static int count_digits(uint64_t n) {
    int count = 1;
    for (; n >= 10000; n /= 10000) count += 4;
    return count + (n >= 10) + (n >= 100) + (n >= 1000);
}

size_t flu_fix_text(char out[FLU_NUMBER_SIZE], int64_t n) {
    uint64_t rest = magnitude(n);
    size_t size = (size_t)count_digits(rest) + (n < 0);
    char *p = out + size;
    *p = '\0';
    for (; rest >= 100; rest /= 100) memcpy(p -= 2, digit_pairs + rest % 100 * 2, 2);
    if (rest >= 10)
        memcpy(p -= 2, digit_pairs + rest * 2, 2);
    else
        *--p = (char)('0' + rest);
    if (n < 0) *--p = '-';
    return size;
}

size_t flu_int_text_bound(flu_value v, int radix) {
    operand x;
    int bits_per_digit = 31 - __builtin_clz((unsigned)radix); /* at least this many bits go into each digit */
    return (size_t)mp_count_bits(see(&x, v)) / (size_t)bits_per_digit + 3;
}

/* The largest power of radix that fits a digit, and its exponent. */
static uint64_t chunk_of(int radix, int *width) {
    uint64_t chunk = (uint64_t)radix;
    for (*width = 1; chunk <= MP_MASK / (uint64_t)radix; ++*width) chunk *= (uint64_t)radix;
    return chunk;
}

/* Divides digits[0..used) in place by a digit, gives the remainder. */
static uint64_t divide_digits(uint64_t *digits, int used, uint64_t by) {
    uint64_t rest = 0;
    for (int i = used; i-- > 0;) {
        unsigned __int128 here = (unsigned __int128)rest << 60 | digits[i];
        digits[i] = (uint64_t)(here / by);
        rest = (uint64_t)(here % by);
    }
    return rest;
}

/* Writes n in this radix so that it ends at `end`, padded with zeros to width; gives its start. */
static char *put_digits(char *end, uint64_t n, int radix, int width) {
    for (; n != 0 || width > 0; n /= (uint64_t)radix, width--)
        *--end = "0123456789abcdefghijklmnopqrstuvwxyz"[n % (uint64_t)radix];
    return end;
}

/* Takes the digits apart chunk by chunk, from the low end; they are destroyed. Gives the start of the text. */
static char *put_big(char *end, uint64_t *digits, int used, int radix) {
    int width;
    uint64_t chunk = chunk_of(radix, &width);
    for (;;) {
        uint64_t low = divide_digits(digits, used, chunk);
        while (used > 0 && digits[used - 1] == 0) used--;
        if (used == 0) return put_digits(end, low, radix, 1);
        end = put_digits(end, low, radix, width);
    }
}

size_t flu_int_text(char *out, flu_value v, int radix) {
    mp_int n;
    operand x;
    if (flu_is_fix(v) && radix == 10) {
        char text[FLU_NUMBER_SIZE];
        size_t size = flu_fix_text(text, flu_fix(v));
        memcpy(out, text, size);
        return size;
    }
    size_t bound = flu_int_text_bound(v, radix);
    if (mp_init_copy(&n, see(&x, v)) != MP_OKAY) return 0;
    char *end = out + bound, *start = put_big(end, n.dp, n.used, radix);
    if (n.sign == MP_NEG) *--start = '-';
    mp_clear(&n);
    memmove(out, start, (size_t)(end - start));
    return (size_t)(end - start);
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

/* n = the number that the digits (with underscores) are. */
static mp_err read_digits(mp_int *n, const char *text, size_t size, int radix) {
    uint64_t low = 0, scale = 1;
    int width, used = 0;
    mp_err e = MP_OKAY;
    chunk_of(radix, &width);
    for (size_t i = 0; i < size && e == MP_OKAY; i++) {
        if (text[i] == '_') continue;
        low = low * (uint64_t)radix + (uint64_t)digit_value(text[i]);
        scale *= (uint64_t)radix;
        if (++used < width) continue;
        e = mp_mul_d(n, scale, n);
        if (e == MP_OKAY) e = mp_add_d(n, low, n);
        low = 0, scale = 1, used = 0;
    }
    if (used == 0 || e != MP_OKAY) return e;
    e = mp_mul_d(n, scale, n);
    return e == MP_OKAY ? mp_add_d(n, low, n) : e;
}

/* Digits of a number, underscores single and between digits only; at least one. */
bool flu_digits_valid(const char *text, size_t size, int radix) {
    if (size == 0 || text[0] == '_' || text[size - 1] == '_') return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '_' ? text[i - 1] == '_' : digit_value(text[i]) >= radix) return false;
    }
    return true;
}

flu_value flu_int_from_digits(flu_worker *w, const char *text, size_t size, int radix, bool negative) {
    mp_int n;
    uint64_t small = 0;
    if (size <= 12) { /* 36^11 < 2^60 */
        size_t i = 0;
        for (; i < size && i < 11; i++)
            if (text[i] != '_') small = small * (uint64_t)radix + (uint64_t)digit_value(text[i]);
        if (i == size) return FLU_FIX(negative ? -(int64_t)small : (int64_t)small);
    }
    if (mp_init(&n) != MP_OKAY) return flu_out_of_memory(w, "string->number");
    mp_err e = read_digits(&n, text, size, radix);
    if (negative && !mp_iszero(&n)) n.sign = MP_NEG;
    return finish(w, "string->number", e, &n);
}

flu_value flu_int_lit(flu_worker *w, const char *decimal) {
    bool negative = *decimal == '-';
    return flu_int_from_digits(w, decimal + negative, strlen(decimal + negative), 10, negative);
}
