/* special.h: the inline primitives that the compiler produces itself (INLINEFN rows of special.def), arithmetic apart
 * (arith.h). "Unchecked" ones are only emitted behind the test that makes them valid. */
#ifndef FLU_SPECIAL_H
#define FLU_SPECIAL_H

#include "worker.h"

/* Header flags of error values, set by the runtime alone. */
#define FLU_ERROR_CANCELLED 1u /* a cancellation: a catch by variable or _ does not take it */
#define FLU_ERROR_UNWIND    2u /* no error of the program's: unwinds a body that is given up (prompt.h) */

FLU_INLINE flu_value flu_absent_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(v == FLU_UNDEF); }
FLU_INLINE flu_value flu_not(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(!flu_truthy(v)); }
FLU_INLINE flu_value flu_eq_p(FLU_UNUSED flu_worker *w, flu_value a, flu_value b) { return FLU_BOOL(a == b); }
FLU_INLINE flu_value flu_undef(FLU_UNUSED flu_worker *w) { return FLU_UNDEF; }
FLU_INLINE flu_value flu_procedure_p2(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_is_proc(v)); }
FLU_INLINE flu_value flu_dict_p2(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_is(v, FLU_T_DICT)); }

/* ---- tagged values and cells ---- */

FLU_INLINE flu_value flu_tagged_p(FLU_UNUSED flu_worker *w, flu_value v, flu_value tag, flu_value fields) {
    return FLU_BOOL(flu_is_tagged(v, tag, (uint32_t)flu_fix(fields)));
}
FLU_INLINE flu_value flu_field(FLU_UNUSED flu_worker *w, flu_value v, flu_value i) {
    return FLU_TAGGED(v)->fields[flu_fix(i)];
}
FLU_INLINE flu_value flu_cons_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_is_cons(v)); }
FLU_INLINE flu_value flu_empty_or_nil_p(FLU_UNUSED flu_worker *w, flu_value v) {
    return FLU_BOOL(v == FLU_EMPTY || v == FLU_NIL);
}
FLU_INLINE flu_value flu_cell_head(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_CELL(v)->head; }
FLU_INLINE flu_value flu_cell_tail(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_CELL(v)->tail; }

/* a and b are fixnums. */
FLU_INLINE flu_value flu_int_in_range_p(FLU_UNUSED flu_worker *w, flu_value v, flu_value a, flu_value b) {
    return FLU_BOOL(flu_is_fix(v) && flu_fix(v) >= flu_fix(a) && flu_fix(v) < flu_fix(b));
}

/* ---- boxes of assigned captured variables ---- */

FLU_INLINE flu_value flu_varcell_new(flu_worker *w, flu_value v) {
    flu_varcell *c = flu_alloc(w, sizeof *c);
    c->h = FLU_HEADER(FLU_T_VARCELL, 0, 0, 0);
    c->value = v;
    return FLU_VALUE(c);
}
FLU_INLINE flu_value flu_varcell_ref(FLU_UNUSED flu_worker *w, flu_value c) { return FLU_AS(flu_varcell, c)->value; }
FLU_INLINE flu_value flu_varcell_set(FLU_UNUSED flu_worker *w, flu_value c, flu_value v) {
    FLU_AS(flu_varcell, c)->value = v;
    return FLU_NIL;
}

/* ---- errors ---- */

/* Do two kinds (symbols or keywords) have one name? */
FLU_INLINE bool flu_same_kind(flu_value a, flu_value b) {
    if (a == b) return true;
    if (!(flu_is_symbol(a) || flu_is_keyword(a)) || !(flu_is_symbol(b) || flu_is_keyword(b))) return false;
    return strcmp(FLU_SYM(a)->name, FLU_SYM(b)->name) == 0;
}
FLU_INLINE bool flu_is_unwinding(flu_value v) {
    return flu_is(v, FLU_T_ERROR) && (flu_header_flags(FLU_ERR(v)->h) & FLU_ERROR_UNWIND);
}
FLU_INLINE flu_value flu_error_kind_p(FLU_UNUSED flu_worker *w, flu_value v, flu_value kind) {
    return FLU_BOOL(flu_is(v, FLU_T_ERROR) && flu_same_kind(FLU_ERR(v)->kind, kind) && !flu_is_unwinding(v));
}
FLU_INLINE bool flu_is_cancellation(flu_value v) {
    return flu_is(v, FLU_T_ERROR) && (flu_header_flags(FLU_ERR(v)->h) & FLU_ERROR_CANCELLED);
}
FLU_INLINE flu_value flu_cancelled_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_is_cancellation(v)); }

#endif
