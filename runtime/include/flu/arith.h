/* arith.h: arithmetic and comparison as emitted code calls them.
 *
 * Each operation is an inline fast path on fixnums, then on self-tagged floats, and a call of an out-of-line function
 * for everything else (big integers, mixed and boxed floats, strings in comparisons, type errors that name the
 * operator). Where a fast path gives its result, the compiler is told that it is not FLU_ABNORMAL, so that the caller's
 * check of the result disappears there; with a constant operand the tests of that operand fold away. */
#ifndef FLU_ARITH_H
#define FLU_ARITH_H

#include "worker.h"

/* The general case of each operation: any two values. FLU_ABNORMAL: type-error or division-by-zero was thrown. */
FLU_COLD_CALL flu_value flu_add_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_sub_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_mul_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_div_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_mod_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_remainder_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_quotient_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_lt_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_gt_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_le_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_ge_slow(flu_worker *w, flu_value a, flu_value b);
FLU_COLD_CALL flu_value flu_inc_slow(flu_worker *w, flu_value a);
FLU_COLD_CALL flu_value flu_dec_slow(flu_worker *w, flu_value a);
/* Does not throw. */
bool flu_equals(flu_worker *w, flu_value a, flu_value b);

/* A word that is known to be a value. */
FLU_INLINE flu_value flu_sure(flu_value v) {
    if (v == FLU_ABNORMAL) FLU_UNREACHABLE();
    return v;
}

#define flu_are_flonums(a, b) (flu_is_flonum(a) && flu_is_flonum(b))

/* A fixnum's tag is all ones, so tagged words add and subtract directly once one tag is taken off, and a 64-bit
 * overflow of the tagged words is a 61-bit overflow of the numbers. */
FLU_INLINE flu_value flu_add(flu_worker *w, flu_value a, flu_value b) {
    int64_t r;
    if (flu_likely(flu_are_fix(a, b))) {
        if (flu_likely(!__builtin_add_overflow((int64_t)a, (int64_t)(b - FLU_TAG_FIXNUM), &r)))
            return flu_sure((flu_value)r);
    } else if (flu_are_flonums(a, b)) {
        return flu_sure(flu_float(w, flu_flonum(a) + flu_flonum(b)));
    }
    return flu_add_slow(w, a, b);
}

FLU_INLINE flu_value flu_sub(flu_worker *w, flu_value a, flu_value b) {
    int64_t r;
    if (flu_likely(flu_are_fix(a, b))) {
        if (flu_likely(!__builtin_sub_overflow((int64_t)a, (int64_t)(b - FLU_TAG_FIXNUM), &r)))
            return flu_sure((flu_value)r);
    } else if (flu_are_flonums(a, b)) {
        return flu_sure(flu_float(w, flu_flonum(a) - flu_flonum(b)));
    }
    return flu_sub_slow(w, a, b);
}

FLU_INLINE flu_value flu_mul(flu_worker *w, flu_value a, flu_value b) {
    int64_t r;
    if (flu_likely(flu_are_fix(a, b))) {
        if (flu_likely(!__builtin_mul_overflow((int64_t)(a - FLU_TAG_FIXNUM), flu_fix(b), &r)))
            return (flu_value)r | FLU_TAG_FIXNUM;
    } else if (flu_are_flonums(a, b)) {
        return flu_sure(flu_float(w, flu_flonum(a) * flu_flonum(b)));
    }
    return flu_mul_slow(w, a, b);
}

/* Fixnums that may be divided without further thought: not 0, and not -1 (the least fixnum has no negative). */
#define flu_plain_divisor(b) ((((b)-FLU_FIX(-1)) & ~(flu_value)8) != 0) /* in one test */

/* Operations on words known to be fixnums (and plain divisors), for procedures that guessed so. The macros store the
 * result in the variable r; true: it is no fixnum. */
#define flu_fix_add_fails(a, b, r)                                                                                     \
    flu_unlikely(__builtin_add_overflow((int64_t)(a), (int64_t)((b)-FLU_TAG_FIXNUM), (int64_t *)&(r)))
#define flu_fix_sub_fails(a, b, r)                                                                                     \
    flu_unlikely(__builtin_sub_overflow((int64_t)(a), (int64_t)((b)-FLU_TAG_FIXNUM), (int64_t *)&(r)))
/* r still lacks the tag. */
#define flu_fix_mul_fails(a, b, r)                                                                                     \
    flu_unlikely(__builtin_mul_overflow((int64_t)((a)-FLU_TAG_FIXNUM), flu_fix(b), (int64_t *)&(r)))

/* Processors divide words of 32 bits in less time. What is divided by a constant needs no division. */
#define flu_divides_short(n, d) (!__builtin_constant_p(d) && flu_likely(((uint64_t)(n) | (uint64_t)(d)) <= UINT32_MAX))

FLU_INLINE flu_value flu_fix_quotient(flu_value a, flu_value b) {
    int64_t n = flu_fix(a), d = flu_fix(b);
    return FLU_FIX(flu_divides_short(n, d) ? (int64_t)((uint32_t)n / (uint32_t)d) : n / d);
}
FLU_INLINE flu_value flu_fix_remainder(flu_value a, flu_value b) {
    int64_t n = flu_fix(a), d = flu_fix(b);
    return FLU_FIX(flu_divides_short(n, d) ? (int64_t)((uint32_t)n % (uint32_t)d) : n % d);
}
FLU_INLINE flu_value flu_fix_mod(flu_value a, flu_value b) {
    int64_t n = flu_fix(a), d = flu_fix(b);
    if (flu_divides_short(n, d)) return FLU_FIX((int64_t)((uint32_t)n % (uint32_t)d));
    int64_t r = n % d;
    return FLU_FIX(r != 0 && (r ^ d) < 0 ? r + d : r);
}

FLU_INLINE flu_value flu_div(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b))) {
        if (flu_likely(flu_plain_divisor(b))) return flu_fix_quotient(a, b);
    } else if (flu_are_flonums(a, b) && flu_flonum(b) != 0) {
        return flu_sure(flu_float(w, flu_flonum(a) / flu_flonum(b)));
    }
    return flu_div_slow(w, a, b);
}

FLU_INLINE flu_value flu_quotient(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b) && flu_plain_divisor(b))) return flu_fix_quotient(a, b);
    return flu_quotient_slow(w, a, b);
}

FLU_INLINE flu_value flu_remainder(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b) && flu_plain_divisor(b))) return flu_fix_remainder(a, b);
    return flu_remainder_slow(w, a, b);
}

FLU_INLINE flu_value flu_mod(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b) && flu_plain_divisor(b))) return flu_fix_mod(a, b);
    return flu_mod_slow(w, a, b);
}

FLU_INLINE flu_value flu_inc(flu_worker *w, flu_value a) {
    return flu_likely(flu_is_fix(a) && a != FLU_FIX(FLU_FIXNUM_MAX)) ? flu_sure(a + 8) : flu_inc_slow(w, a);
}

FLU_INLINE flu_value flu_dec(flu_worker *w, flu_value a) {
    return flu_likely(flu_is_fix(a) && a != FLU_FIX(FLU_FIXNUM_MIN)) ? flu_sure(a - 8) : flu_dec_slow(w, a);
}

FLU_INLINE flu_value flu_lt(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b))) return FLU_BOOL((int64_t)a < (int64_t)b);
    if (flu_are_flonums(a, b)) return FLU_BOOL(flu_flonum(a) < flu_flonum(b));
    return flu_lt_slow(w, a, b);
}

FLU_INLINE flu_value flu_gt(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b))) return FLU_BOOL((int64_t)a > (int64_t)b);
    if (flu_are_flonums(a, b)) return FLU_BOOL(flu_flonum(a) > flu_flonum(b));
    return flu_gt_slow(w, a, b);
}

FLU_INLINE flu_value flu_le(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b))) return FLU_BOOL((int64_t)a <= (int64_t)b);
    if (flu_are_flonums(a, b)) return FLU_BOOL(flu_flonum(a) <= flu_flonum(b));
    return flu_le_slow(w, a, b);
}

FLU_INLINE flu_value flu_ge(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b))) return FLU_BOOL((int64_t)a >= (int64_t)b);
    if (flu_are_flonums(a, b)) return FLU_BOOL(flu_flonum(a) >= flu_flonum(b));
    return flu_ge_slow(w, a, b);
}

/* (= a b). Two fixnums, or anything and an immediate, are decided by their words; equal words that are no object (which
 * might be a NaN) are equal. Literal operands leave only one of these tests. */
FLU_INLINE flu_value flu_equal(flu_worker *w, flu_value a, flu_value b) {
    if (flu_likely(flu_are_fix(a, b))) return FLU_BOOL(a == b);
    /* Only worth the code where it folds: against a literal. */
    bool literal = __builtin_constant_p(a) || __builtin_constant_p(b);
    if (literal && ((a & FLU_TAG_MASK) == FLU_TAG_IMMEDIATE || (b & FLU_TAG_MASK) == FLU_TAG_IMMEDIATE))
        return FLU_BOOL(a == b);
    return FLU_BOOL(flu_equals(w, a, b));
}

/* A number as a double, for operations whose other operand is a float. Test and value are two functions, so that what
 * is emitted takes no address: gcc takes the scopes that handlers are jumped into for dangling ones. */
FLU_COLD_CALL bool flu_unboxes_slow(flu_value v);
FLU_COLD_CALL double flu_unbox_slow(flu_value v);
FLU_INLINE bool flu_unboxes(flu_value v) {
    return flu_likely(flu_is_flonum(v)) || flu_is_fix(v) || flu_unboxes_slow(v);
}
FLU_INLINE double flu_unbox(flu_value v) {
    if (flu_likely(flu_is_flonum(v))) return flu_flonum(v);
    return flu_is_fix(v) ? (double)flu_fix(v) : flu_unbox_slow(v);
}
/* The same of small numbers alone, without calls. */
#define flu_is_small_number(v) (flu_likely(flu_is_flonum(v)) || flu_is_fix(v))
#define flu_small_number(v)    (flu_likely(flu_is_flonum(v)) ? flu_flonum(v) : (double)flu_fix(v))
/* Is it 0.0 or -0.0? As an int, which needs no test for NaN. */
FLU_INLINE bool flu_is_zero(double d) { return flu_double_bits(d) << 1 == 0; }
/* 0, or not a number: one comparison. */
FLU_INLINE bool flu_may_be_zero(double d) { return !__builtin_islessgreater(d, 0.0); }

#endif
