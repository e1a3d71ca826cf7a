/* number.h: numbers for C code: big integers, conversions, text. */
#ifndef FLU_NUMBER_H
#define FLU_NUMBER_H

#include "worker.h"

#define flu_is_bigint(v) flu_is(v, FLU_T_BIGINT)
FLU_INLINE bool flu_is_int(flu_value v) { return flu_is_fix(v) || flu_is_bigint(v); }
FLU_INLINE bool flu_is_number(flu_value v) { return flu_is_int(v) || flu_is_float(v); }

/* The int n: a fixnum, or a big integer where n does not fit. */
flu_value flu_int(flu_worker *w, int64_t n);
flu_value flu_int_unsigned(flu_worker *w, uint64_t n);
flu_value flu_int_wide(flu_worker *w, __int128 n);
/* The int that d is, its fraction cut off. Requires d to be finite. */
flu_value flu_int_from_double(flu_worker *w, double d);
/* Does v fit an int64_t? Requires flu_is_int(v). */
bool flu_int_fits(flu_value v, int64_t *n);

/* The nearest double (ties to even; infinite when too large). Requires flu_is_number(v). */
double flu_to_double(flu_value v);
/* |v| as m * 2^exponent with 0.5 <= m < 1 (0: 0), also beyond the range of doubles; m has v's sign. Requires a finite
 * number. */
double flu_to_frexp(flu_value v, int64_t *exponent);

/* Arithmetic on ints. Requires flu_is_int of all operands; a result may be FLU_ABNORMAL (out-of-memory). */
flu_value flu_int_add(flu_worker *w, flu_value a, flu_value b);
flu_value flu_int_sub(flu_worker *w, flu_value a, flu_value b);
flu_value flu_int_mul(flu_worker *w, flu_value a, flu_value b);
flu_value flu_int_gcd(flu_worker *w, flu_value a, flu_value b);
flu_value flu_int_pow(flu_worker *w, const char *proc, flu_value base, uint64_t exponent);
flu_value flu_int_shift_left(flu_worker *w, const char *proc, flu_value a, uint64_t n);
flu_value flu_int_shift_right(flu_worker *w, flu_value a, uint64_t n);
typedef enum flu_bit_op { FLU_BIT_AND, FLU_BIT_OR, FLU_BIT_XOR } flu_bit_op;
flu_value flu_int_bits(flu_worker *w, flu_bit_op op, flu_value a, flu_value b);
/* Division, truncating; either result pointer may be NULL. Requires b not to be 0. False: out-of-memory was thrown. */
bool flu_int_divide(flu_worker *w, flu_value a, flu_value b, flu_value *quotient, flu_value *remainder);
int flu_int_sign(flu_value v);
bool flu_int_is_odd(flu_value v);
/* -1, 0, 1: order of two ints. */
int flu_int_compare(flu_value a, flu_value b);
/* Exact order of an int and a double: -1, 0, 1, or 2 if d is NaN. */
int flu_int_compare_double(flu_value a, double d);
uint32_t flu_number_hash(flu_value v);

/* ---- text ---- */

#define FLU_NUMBER_SIZE 32 /* room for any float or fixnum in decimal, NUL included */

/* Writes d in the shortest form that reads back, per the language's rules ("3.0", "1e+100", "-0.0", "nan"). Gives the
 * length. */
size_t flu_float_text(char out[FLU_NUMBER_SIZE], double d);
/* Decimal text of a fixnum-sized int. */
size_t flu_fix_text(char out[FLU_NUMBER_SIZE], int64_t n);
/* Upper bound of the size of an int's text in this radix (2 to 36), sign included, and the text itself, lower case;
 * gives the length, or 0 when memory is exhausted. Requires flu_is_int(v). */
size_t flu_int_text_bound(flu_value v, int radix);
size_t flu_int_text(char *out, flu_value v, int radix);
/* The shortest decimal digits of a finite d > 0: value 0.DIGITS * 10^point. Gives the number of digits (at most 17). */
int flu_float_digits(char digits[18], int *point, double d);

/* The number that text[0..size) is, as the reader of programs would read it (decimal, 0x, 0b, underscores between
 * digits, floats, inf, nan). radix 10 for that; otherwise plain digits of that radix (2 to 36). FLU_UNDEF: it is no
 * number. */
flu_value flu_parse_number(flu_worker *w, const char *text, size_t size, int radix);
/* digits * 10^exponent correctly rounded, for 1 or more ASCII digits. */
double flu_decimal_to_double(const char *digits, size_t count, int64_t exponent);

/* ---- random numbers ---- */

/* From the running task's generator if it was seeded, else the worker's. */
uint64_t flu_random_bits(flu_worker *w);
void flu_random_seed(uint64_t *generator, uint64_t seed); /* of four words */

#endif
