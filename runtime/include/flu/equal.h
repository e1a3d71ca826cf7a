/* equal.h: equality, hashing and ordering of values for C code (collections, channels, pattern tables).
 *
 * Equality is that of `=`: numbers by value across int and float (exactly: no rounding), everything else structurally;
 * procedures, promises, channels and the like by identity. Lists are walked, nested data uses a stack on the heap: no
 * depth or length exhausts the C stack. Vectors may contain themselves: a pair that is being compared counts as equal.
 */
#ifndef FLU_EQUAL_H
#define FLU_EQUAL_H

#include "worker.h"

/* (= a b): NaN equals nothing, itself included. */
bool flu_equals(flu_worker *w, flu_value a, flu_value b);
/* Equality of dict keys and set elements: as flu_equals, but NaN is one key. */
bool flu_key_equals(flu_worker *w, flu_value a, flu_value b);
/* Values that are equal as keys have equal hashes: (= 1 1.0), so both hash alike. All bits are well mixed. */
uint32_t flu_hash(flu_worker *w, flu_value v);
/* The hash of a string, computed at most once. */
uint32_t flu_string_hash(flu_value s);
uint32_t flu_bytes_hash(const void *data, size_t size); /* never 0 */

/* Equality of two strings (requires both to be strings). */
FLU_INLINE bool flu_string_equals(flu_value a, flu_value b) {
    return a == b ||
           (flu_str_size(a) == flu_str_size(b) && memcmp(FLU_STR(a)->bytes, FLU_STR(b)->bytes, flu_str_size(a)) == 0);
}

typedef enum flu_order {
    FLU_LESS = -1,
    FLU_SAME = 0,
    FLU_GREATER = 1,
    FLU_UNORDERED = 2,
    FLU_INCOMPARABLE = 3
} flu_order;
/* Order of two numbers (exact; UNORDERED if one is NaN) or of two strings (by code point); INCOMPARABLE: anything else.
 */
flu_order flu_compare(flu_value a, flu_value b);

#endif
