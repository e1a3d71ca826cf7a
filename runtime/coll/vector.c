/* vector.c: mutable vectors. See collections.h for what holds when workers share one. */
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/number.h>
#include <flu/sched.h>

enum { FIRST_CAPACITY = 8 };

/* ---- bodies: see collections.h ---- */

/* What is replaced together. */
typedef struct room {
    flu_body body;
    uint32_t capacity;
} room;

/* + 1: an empty array of values is an array too. */
static flu_body new_values(flu_worker *w, size_t n) { return (flu_body)flu_alloc(w, (n + 1) * sizeof(flu_value)); }

/* Nobody looks at an empty array of doubles: most vectors that start empty will hold something else. */
static flu_body new_doubles(flu_worker *w, size_t n) {
    return (n ? (flu_body)flu_alloc_atomic(w, n * sizeof(double)) : 0) + FLU_BODY_DOUBLES;
}

static void store(flu_body body, size_t i, flu_value x) {
    if (flu_likely(flu_body_is_doubles(body)))
        flu_body_doubles(body)[i] = flu_double(x);
    else
        flu_body_values(body)[i] = x;
}

static bool takes(flu_body body, flu_value x) { return !flu_body_is_doubles(body) || flu_is_float(x); }

static bool all_floats(size_t n, const flu_value *items) {
    for (size_t i = 0; i < n; i++)
        if (!flu_is_float(items[i])) return false;
    return true;
}

flu_value flu_vector_new(flu_worker *w, size_t n, const flu_value *items, flu_value fill) {
    bool floats = items ? all_floats(n, items) : n == 0 || flu_is_float(fill);
    flu_body body = floats ? new_doubles(w, n) : new_values(w, n);
    if (floats)
        for (size_t i = 0; i < n; i++) flu_body_doubles(body)[i] = flu_double(items ? items[i] : fill);
    else
        for (size_t i = 0; i < n; i++) flu_body_values(body)[i] = items ? items[i] : fill;
    flu_vector *v = flu_alloc(w, sizeof *v);
    v->h = FLU_HEADER(FLU_T_VECTOR, 0, 0, 0);
    v->length = v->capacity = (uint32_t)n;
    v->body = body;
    return FLU_VALUE(v);
}

static void box_all(flu_worker *w, flu_value *items, const double *doubles, size_t n) {
    for (size_t i = 0; i < n; i++) items[i] = flu_float(w, doubles[i]);
}

size_t flu_vector_elements(flu_worker *w, flu_value v, flu_value **items) {
    size_t n = flu_vector_count(v);
    flu_body body = flu_vector_body(v);
    *items = flu_body_values(body);
    if (!flu_body_is_doubles(body)) return n;
    *items = flu_body_values(new_values(w, n));
    box_all(w, *items, flu_body_doubles(body), n);
    return n;
}

flu_value flu_double_at(flu_worker *w, flu_body body, int64_t i) { return flu_float(w, flu_body_doubles(body)[i]); }

static room room_of(flu_worker *w, flu_vector *v) {
    flu_lock_take(w, &w->rt->vectors);
    room r = {flu_vector_body(FLU_VALUE(v)), v->capacity};
    flu_lock_release(w, &w->rt->vectors);
    return r;
}

/* The body is published before the capacity that promises its room. Not done if another worker was faster. */
static void publish(flu_worker *w, flu_vector *v, room old, room new) {
    flu_lock_take(w, &w->rt->vectors);
    if (v->body == old.body && v->capacity == old.capacity) {
        __atomic_store_n(&v->body, new.body, __ATOMIC_RELEASE);
        __atomic_store_n(&v->capacity, new.capacity, __ATOMIC_RELEASE);
    }
    flu_lock_release(w, &w->rt->vectors);
}

/* The elements move to a body with room for `capacity`, of values or, if they are in one of doubles, of doubles. */
static bool replace_body(flu_worker *w, const char *proc, flu_vector *v, room old, uint32_t capacity, bool doubles) {
    if (!flu_memory_room(w, proc, (size_t)capacity * sizeof(flu_value))) return false;
    size_t n = flu_vector_count(FLU_VALUE(v));
    if (n > old.capacity) n = old.capacity; /* another worker was faster */
    room new = {doubles ? new_doubles(w, capacity) : new_values(w, capacity), capacity};
    if (doubles) {
        if (n) memcpy(flu_body_doubles(new.body), flu_body_doubles(old.body), n * sizeof(double));
    } else {
        flu_value *values = flu_body_values(new.body);
        if (flu_body_is_doubles(old.body))
            box_all(w, values, flu_body_doubles(old.body), n);
        else if (n)
            memcpy(values, flu_body_values(old.body), n * sizeof *values);
        for (size_t i = n; i < capacity; i++) values[i] = FLU_NIL;
    }
    publish(w, v, old, new);
    return true;
}

/* ---- the procedures ---- */

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

flu_value flu_vector_set_slow(flu_worker *w, flu_value v, flu_value i, flu_value x) {
    if (!flu_is_vector_index(v, i)) return bad_access(w, "vector-set!", v, i);
    for (;;) {
        flu_body body = flu_vector_body(v);
        if (takes(body, x)) {
            store(body, (size_t)flu_fix(i), x);
            return FLU_NIL;
        }
        room r = room_of(w, FLU_VEC(v));
        if (!replace_body(w, "vector-set!", FLU_VEC(v), r, r.capacity, false)) return FLU_ABNORMAL;
    }
}

flu_value flu_hold_slow(flu_worker *w, flu_value v, flu_body body, int64_t i, flu_value x) {
    if (flu_unlikely(!flu_is_flonum(x))) return flu_vector_set_slow(w, v, FLU_FIX(i), x);
    flu_body_doubles(body)[i] = flu_flonum(x);
    return FLU_NIL;
}

flu_value flu_vector_length_slow(flu_worker *w, flu_value v) { return not_a_vector(w, "vector-length", v); }

static uint32_t next_capacity(uint32_t old) {
    return old < FIRST_CAPACITY ? FIRST_CAPACITY : old > UINT32_MAX / 2 ? UINT32_MAX : old * 2;
}

static flu_value push(flu_worker *w, flu_value v, flu_value x) {
    for (;;) {
        uint32_t n = FLU_VEC(v)->length, capacity = __atomic_load_n(&FLU_VEC(v)->capacity, __ATOMIC_ACQUIRE);
        flu_body body = flu_vector_body(v);
        if (flu_likely(n < capacity && takes(body, x))) {
            store(body, n, x);
            __atomic_store_n(&FLU_VEC(v)->length, n + 1, __ATOMIC_RELEASE);
            return FLU_NIL;
        }
        if (n == UINT32_MAX) return flu_raise(w, "out-of-memory", "vector-push!: the vector is too long");
        room r = room_of(w, FLU_VEC(v));
        capacity = n < r.capacity ? r.capacity : next_capacity(r.capacity);
        bool doubles = flu_body_is_doubles(r.body) && flu_is_float(x);
        if (!replace_body(w, "vector-push!", FLU_VEC(v), r, capacity, doubles)) return FLU_ABNORMAL;
    }
}

/* Tasks that push to one vector, or pop, at the same time do so one after the other. */
flu_value flu_vector_push_slow(flu_worker *w, flu_value v, flu_value x) {
    if (!flu_is_vector(v)) return not_a_vector(w, "vector-push!", v);
    flu_lock_take(w, &w->rt->lengths);
    flu_value done = push(w, v, x);
    flu_lock_release(w, &w->rt->lengths);
    return done;
}

static flu_value pop(flu_worker *w, flu_value v) {
    uint32_t n = flu_vector_count(v);
    if (n == 0) return flu_raise(w, "index-error", "vector-pop!: the vector is empty");
    flu_value x = flu_vector_at(w, v, n - 1);
    __atomic_store_n(&FLU_VEC(v)->length, n - 1, __ATOMIC_RELEASE);
    /* The collector is conservative: the slot must not keep x alive. */
    flu_body body = flu_vector_body(v);
    if (!flu_body_is_doubles(body)) flu_body_values(body)[n - 1] = FLU_NIL;
    return x;
}

flu_value flu_fn_vector_pop(flu_worker *w, flu_value v) {
    if (!flu_is_vector(v)) return not_a_vector(w, "vector-pop!", v);
    flu_lock_take(w, &w->rt->lengths);
    flu_value x = pop(w, v);
    flu_lock_release(w, &w->rt->lengths);
    return x;
}

flu_value flu_vector_replace(flu_worker *w, flu_value v, flu_value list) {
    for (uint32_t i = 0; flu_is_cons(list) && i < flu_vector_count(v); i++, list = FLU_CELL(list)->tail)
        flu_fn_vector_set(w, v, FLU_FIX(i), FLU_CELL(list)->head);
    return FLU_NIL;
}
