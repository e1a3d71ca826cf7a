/* vector.c: mutable vectors. See collections.h for what holds when workers share one. */
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/number.h>

enum { FIRST_CAPACITY = 8 };

flu_value flu_vector_new(flu_worker *w, size_t n, const flu_value *items, flu_value fill) {
    flu_value *copy = flu_alloc(w, (n + 1) * sizeof *copy); /* + 1: an empty vector has items too */
    for (size_t i = 0; i < n; i++) copy[i] = items != NULL ? items[i] : fill;
    flu_vector *v = flu_alloc(w, sizeof *v);
    v->h = FLU_HEADER(FLU_T_VECTOR, 0, 0, 0);
    v->length = v->capacity = (uint32_t)n;
    v->items = copy;
    return FLU_VALUE(v);
}

static flu_value not_a_vector(flu_worker *w, const char *proc, flu_value v) {
    return flu_type_error(w, proc, 1, "a vector", v);
}

flu_value flu_fn_vector(flu_worker *w, int argc, const flu_value *argv) {
    return flu_vector_new(w, (size_t)argc, argv, FLU_NIL);
}

flu_value flu_fn_make_vector(flu_worker *w, flu_value size, flu_value fill) {
    if (!flu_is_int(size) || flu_int_sign(size) < 0)
        return flu_type_error(w, "make-vector", 1, "an int of 0 or more", size);
    if (!flu_is_fix(size) || flu_fix(size) >= UINT32_MAX)
        return flu_raise(w, "out-of-memory", "make-vector: the vector would be too long");
    if (!flu_memory_room(w, "make-vector", (size_t)flu_fix(size) * sizeof(flu_value))) return FLU_ABNORMAL;
    return flu_vector_new(w, (size_t)flu_fix(size), NULL, fill == FLU_UNDEF ? FLU_NIL : fill);
}

flu_value flu_fn_list_to_vector(flu_worker *w, flu_value list) {
    flu_value *items;
    int64_t n = flu_seq_array(w, "list->vector", 1, list, &items);
    return n < 0 ? FLU_ABNORMAL : flu_vector_new(w, (size_t)n, items, FLU_NIL);
}

flu_value flu_fn_vector_to_list(flu_worker *w, flu_value v) {
    return flu_is_vector(v) ? flu_seq_list(w, "vector->list", 1, v) : not_a_vector(w, "vector->list", v);
}

flu_value flu_vector_list(flu_worker *w, flu_value v, flu_value proc) {
    const char *name = FLU_STR(proc)->bytes;
    return flu_is_vector(v) ? flu_seq_list(w, name, 1, v) : not_a_vector(w, name, v);
}

/* Says what is wrong with v or i. */
static flu_value bad_access(flu_worker *w, const char *proc, flu_value v, flu_value i) {
    if (!flu_is_vector(v)) return not_a_vector(w, proc, v);
    if (!flu_is_int(i)) return flu_type_error(w, proc, 2, "an int", i);
    return flu_index_error(w, proc, i, flu_vector_count(v));
}

flu_value flu_vector_ref_slow(flu_worker *w, flu_value v, flu_value i) { return bad_access(w, "vector-ref", v, i); }

flu_value flu_vector_set_slow(flu_worker *w, flu_value v, flu_value i, FLU_UNUSED flu_value x) {
    return bad_access(w, "vector-set!", v, i);
}

flu_value flu_vector_length_slow(flu_worker *w, flu_value v) { return not_a_vector(w, "vector-length", v); }

/* Twice the room; items are published before the capacity that promises them. */
static bool grow(flu_worker *w, flu_vector *v) {
    uint32_t old = v->capacity, capacity = old < FIRST_CAPACITY   ? FIRST_CAPACITY
                                           : old > UINT32_MAX / 2 ? UINT32_MAX
                                                                  : old * 2;
    if (!flu_memory_room(w, "vector-push!", (size_t)capacity * sizeof(flu_value))) return false;
    flu_value *items = flu_alloc(w, (size_t)capacity * sizeof *items);
    memcpy(items, v->items, (size_t)old * sizeof *items);
    __atomic_store_n(&v->items, items, __ATOMIC_RELEASE);
    __atomic_store_n(&v->capacity, capacity, __ATOMIC_RELEASE);
    return true;
}

flu_value flu_vector_push_slow(flu_worker *w, flu_value v, flu_value x) {
    if (!flu_is_vector(v)) return not_a_vector(w, "vector-push!", v);
    if (FLU_VEC(v)->length == UINT32_MAX) return flu_raise(w, "out-of-memory", "vector-push!: the vector is too long");
    if (!grow(w, FLU_VEC(v))) return FLU_ABNORMAL;
    return flu_fn_vector_push(w, v, x);
}

flu_value flu_fn_vector_pop(flu_worker *w, flu_value v) {
    if (!flu_is_vector(v)) return not_a_vector(w, "vector-pop!", v);
    uint32_t n = flu_vector_count(v);
    if (n == 0) return flu_raise(w, "index-error", "vector-pop!: the vector is empty");
    flu_value x = flu_vector_data(v)[n - 1];
    __atomic_store_n(&FLU_VEC(v)->length, n - 1, __ATOMIC_RELEASE);
    flu_vector_data(v)[n - 1] = FLU_NIL; /* the collector is conservative: the slot must not keep x alive */
    return x;
}

flu_value flu_vector_replace(FLU_UNUSED flu_worker *w, flu_value v, flu_value list) {
    for (uint32_t i = 0; flu_is_cons(list) && i < flu_vector_count(v); i++, list = FLU_CELL(list)->tail)
        flu_vector_data(v)[i] = FLU_CELL(list)->head;
    return FLU_NIL;
}
