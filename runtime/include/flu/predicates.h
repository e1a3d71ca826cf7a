/* predicates.h: the type predicates and constants of the library (INLINEFN rows of number.def and print.def). */
#ifndef FLU_PREDICATES_H
#define FLU_PREDICATES_H

#include "number.h"
#include "worker.h"

#define FLU_PREDICATE(c_name, test)                                                                                    \
    FLU_INLINE flu_value c_name(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(test); }

FLU_PREDICATE(flu_fn_int_p, flu_is_int(v))
FLU_PREDICATE(flu_fn_float_p, flu_is_float(v))
FLU_PREDICATE(flu_fn_number_p, flu_is_number(v))
FLU_PREDICATE(flu_fn_nil_p, v == FLU_NIL)
FLU_PREDICATE(flu_fn_boolean_p, v == FLU_TRUE || v == FLU_FALSE)
FLU_PREDICATE(flu_fn_string_p, flu_is_string(v))
FLU_PREDICATE(flu_fn_symbol_p, flu_is_symbol(v))
FLU_PREDICATE(flu_fn_keyword_p, flu_is_keyword(v))
FLU_PREDICATE(flu_fn_list_p, flu_is_list(v))
FLU_PREDICATE(flu_fn_dict_p, flu_is(v, FLU_T_DICT))
FLU_PREDICATE(flu_fn_set_p, flu_is(v, FLU_T_SET))
FLU_PREDICATE(flu_fn_vector_p, flu_is(v, FLU_T_VECTOR))
FLU_PREDICATE(flu_fn_bytes_p, flu_is(v, FLU_T_BYTES))
FLU_PREDICATE(flu_fn_tagged_p, flu_is(v, FLU_T_TAGGED))
FLU_PREDICATE(flu_fn_error_p, flu_is(v, FLU_T_ERROR))
#undef FLU_PREDICATE

FLU_INLINE flu_value flu_fn_pi(flu_worker *w) { return flu_float(w, 3.14159265358979323846); }
FLU_INLINE flu_value flu_fn_e(flu_worker *w) { return flu_float(w, 2.7182818284590452354); }
FLU_INLINE flu_value flu_fn_tau(flu_worker *w) { return flu_float(w, 6.28318530717958647693); }

#endif
