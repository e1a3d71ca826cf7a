/* atom.c: atoms; reading and storing are inline in sync.h, swap! is in stdlib/sync.flu. */
#include "flu/builtins.h"
#include "flu/arith.h"
#include "flu/sched.h"
#include "flu/sync.h"

flu_value flu_atom_make(flu_worker *w, flu_value v) {
    flu_atom *a = flu_alloc(w, sizeof *a);
    a->h = FLU_HEADER(FLU_T_ATOM, 0, 0, flu_next_id(w));
    atomic_init(&a->value, v);
    return FLU_VALUE(a);
}

flu_value flu_atom_error(flu_worker *w, const char *proc, flu_value v) {
    return flu_type_error(w, proc, 1, "an atom", v);
}

/* (compare-and-set! a old new): compares by =, as numbers and strings have no identity; what is exchanged is then the
 * very value that was compared. */
flu_value flu_atom_compare_and_set(flu_worker *w, flu_value a, flu_value old, flu_value new) {
    if (!flu_is(a, FLU_T_ATOM)) return flu_atom_error(w, "compare-and-set!", a);
    for (;;) {
        flu_value current = atomic_load_explicit(&FLU_ATOM(a)->value, memory_order_acquire);
        if (current != old && flu_equal(w, current, old) == FLU_FALSE) return FLU_FALSE;
        if (flu_atom_exchange(w, a, current, new) == FLU_TRUE) return FLU_TRUE;
    }
}
