/* arguments.h: checks of builtins' arguments. Each gives false after throwing type-error (or what its comment says),
 * naming the procedure and the argument's position. */
#ifndef FLU_ARGUMENTS_H
#define FLU_ARGUMENTS_H

#include "flu/number.h"
#include "flu/worker.h"

FLU_INLINE bool flu_need_number(flu_worker *w, const char *proc, int position, flu_value v) {
    if (flu_likely(flu_is_number(v))) return true;
    return flu_type_error(w, proc, position, "a number", v), false;
}

FLU_INLINE bool flu_need_int(flu_worker *w, const char *proc, int position, flu_value v) {
    if (flu_likely(flu_is_int(v))) return true;
    return flu_type_error(w, proc, position, "an int", v), false;
}

FLU_INLINE bool flu_need_string(flu_worker *w, const char *proc, int position, flu_value v) {
    if (flu_likely(flu_is_string(v))) return true;
    return flu_type_error(w, proc, position, "a string", v), false;
}

/* A count: an int, not negative (else domain-error); anything too large to matter becomes INT64_MAX. */
bool flu_need_count(flu_worker *w, const char *proc, int position, flu_value v, int64_t *n);
/* An index: an int with 0 <= n <= limit, else index-error for that length. */
bool flu_need_index(flu_worker *w, const char *proc, int position, flu_value v, int64_t limit, int64_t length,
                    int64_t *n);
/* Arguments 2 and 3, the bounds of a slice of `length` items: 0 <= *from <= *to <= length, else index-error. end: the
 * absent argument for length. */
bool flu_need_slice(flu_worker *w, const char *proc, flu_value start, flu_value end, int64_t length, int64_t *from,
                    int64_t *to);

#endif
