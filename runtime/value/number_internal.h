/* number_internal.h: what the files of runtime/value share about numbers. */
#ifndef FLU_NUMBER_INTERNAL_H
#define FLU_NUMBER_INTERNAL_H

#include "flu/number.h"

/* m * 2^exponent rounded once to the nearest double, ties to even, denormals included. more: the exact value is a
 * little larger (by less than one unit of m). */
double flu_round_to_double(uint64_t m, int64_t exponent, bool more);

/* m * 10^exponent, correctly rounded, if that can be told quickly (else false: flu_decimal_to_double). */
bool flu_short_decimal(uint64_t m, int64_t exponent, double *d);

/* Are these digits of an int: radix 2 to 36, single underscores between digits allowed, at least one digit? */
bool flu_digits_valid(const char *text, size_t size, int radix);
/* The int that valid digits are. */
flu_value flu_int_from_digits(flu_worker *w, const char *text, size_t size, int radix, bool negative);

/* Throws out-of-memory naming proc; gives FLU_ABNORMAL. */
flu_value flu_out_of_memory(flu_worker *w, const char *proc);

#endif
