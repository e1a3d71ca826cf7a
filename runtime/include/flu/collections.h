/* collections.h: lists, vectors, bytes, dicts, sets, queues and tagged values: their layouts, what other C code may
 * call, and the operations that emitted code does in line.
 *
 * Everything but vectors is immutable, so values may be shared between workers freely. Functions that take a flu_worker
 * may allocate and none of them suspends. Those named flu_fn_* are the procedures that programs see (rows in
 * runtime/builtins): they check their arguments and raise. The others require what their comment says.
 * None recurses over the length of a list. */
#ifndef FLU_COLLECTIONS_H
#define FLU_COLLECTIONS_H

#include "arith.h"
#include "worker.h"

/* ---- dicts and sets ---- */

/* header size: number of entries; flag FLU_TABLE_TRIE: items are the root of a hash trie (runtime/coll/trie.h) and, as
 * a fixnum, the insertion number of the next new entry. Without it: at most 8 entries, in order of insertion; a dict's
 * are key and value. */
typedef struct flu_table {
    flu_header h;
    flu_value items[];
} flu_table;
typedef flu_table flu_dict, flu_set;

enum { FLU_TABLE_TRIE = 1, FLU_TABLE_FLAT_MAX = 8 };

#define flu_is_dict(v)     flu_is(v, FLU_T_DICT)
#define flu_is_set(v)      flu_is(v, FLU_T_SET)
#define flu_table_count(v) ((size_t)flu_header_size(FLU_OBJECT(v)->h)) /* of a dict or a set */

extern const flu_table flu_empty_dict, flu_empty_set;
#define FLU_EMPTY_DICT FLU_VALUE(&flu_empty_dict)
#define FLU_EMPTY_SET  FLU_VALUE(&flu_empty_set)

/* d and s must be a dict and a set. Keys are compared by flu_key_equals: 1 and 1.0 are the same key. */
flu_value flu_dict_get(flu_worker *w, flu_value d, flu_value key); /* FLU_UNDEF: not there */
flu_value flu_dict_set(flu_worker *w, flu_value d, flu_value key, flu_value value);
flu_value flu_dict_remove(flu_worker *w, flu_value d, flu_value key);
bool flu_set_has(flu_worker *w, flu_value s, flu_value x);
flu_value flu_set_add(flu_worker *w, flu_value s, flu_value x);
flu_value flu_set_remove(flu_worker *w, flu_value s, flu_value x);

/* The entries in order of insertion: *pairs is key, value, key, value ...; *items the elements. Gives how many entries
 * there are. The array may be part of d itself (keep d alive, do not write) or new. */
size_t flu_dict_entries(flu_worker *w, flu_value d, flu_value **pairs);
size_t flu_set_entries(flu_worker *w, flu_value s, flu_value **items);

/* ---- lists ---- */

/* Builds a list in order. Start with {FLU_EMPTY, NULL}; the list is in `list` at any time. The cells must not have been
 * shown to anybody before the last flu_list_add. */
typedef struct flu_list_builder {
    flu_value list;
    flu_cell *last;
} flu_list_builder;

FLU_INLINE void flu_list_add(flu_worker *w, flu_list_builder *b, flu_value v) {
    flu_value cell = flu_cons(w, v, FLU_EMPTY);
    if (b->last == NULL)
        b->list = cell;
    else
        b->last->tail = cell;
    b->last = FLU_CELL(cell);
}

/* Number of elements; -1: not a proper list (nil counts as empty, also at the end). */
int64_t flu_list_length(flu_value list);

/* Any collection as a list: lists as they are (not checked to be proper), nil as (), vectors, sets, bytes, queues,
 * dicts as pairs, strings as one-character strings. Otherwise type-error for argument `position` of proc. */
flu_value flu_seq_list(flu_worker *w, const char *proc, int position, flu_value v);

/* A copy of the elements of any collection, as above. Gives how many; -1: raised (type-error; lists must be proper). */
int64_t flu_seq_array(flu_worker *w, const char *proc, int position, flu_value v, flu_value **items);

/* type-error: argument `position` of proc is a list whose last tail is neither () nor nil. */
flu_value flu_improper_error(flu_worker *w, const char *proc, int position, flu_value list);

/* ---- vectors ----
 *
 * The elements of a vector are an array of values or, while all of them are floats, one of C doubles. Which it is
 * stands in the same word as the array's address, the vector's body: whoever loads that word once can never take the
 * one for the other. A vector made of floats only, or empty, starts with doubles; when anything else is stored its
 * elements move to an array of values, for good.
 *
 * Vectors may be shared between workers: programs must order their accesses to get sensible contents, but memory stays
 * sound whatever they do. Writers store an element before a larger length, readers load the length before the body, and
 * capacity never shrinks: an index below the length that was read is always inside the body that is read after it. A
 * body is replaced (when it grows or changes its kind) under flu_runtime.vectors, and an array that was replaced stays
 * as it was for those who still use it. What another worker stores into it from then on is lost; as there is never a
 * check (flu_must_yield) between loading a body and using it, it will be enough to make the others wait at one. */
typedef uintptr_t flu_body;

/* Added to the address of doubles: a displacement that the collector knows. */
enum { FLU_BODY_DOUBLES = FLU_TAG_CONS };

/* Doubles hold all ints up to this size. */
#define FLU_DOUBLE_EXACT ((int64_t)1 << 53)

#define flu_body_is_doubles(body) (((body)&FLU_BODY_DOUBLES) != 0)
#define flu_body_values(body)     ((flu_value *)(body))
#define flu_body_doubles(body)    ((double *)((body)-FLU_BODY_DOUBLES))

#define flu_is_vector(v)    flu_is(v, FLU_T_VECTOR)
#define flu_vector_count(v) __atomic_load_n(&FLU_VEC(v)->length, __ATOMIC_ACQUIRE)
#define flu_vector_body(v)  __atomic_load_n(&FLU_VEC(v)->body, __ATOMIC_RELAXED)

/* A new vector with a copy of n items; items NULL: n times fill. */
flu_value flu_vector_new(flu_worker *w, size_t n, const flu_value *items, flu_value fill);

/* The elements of vector v: an array of values, which may be part of v or new: keep v alive, do not write. */
size_t flu_vector_elements(flu_worker *w, flu_value v, flu_value **items);

/* Element i of vector v; i is below a length that was read before. May allocate. */
FLU_INLINE flu_value flu_vector_at(flu_worker *w, flu_value v, size_t i) {
    flu_body body = flu_vector_body(v);
    return flu_body_is_doubles(body) ? flu_float(w, flu_body_doubles(body)[i]) : flu_body_values(body)[i];
}

/* ---- bytes ---- */

#define flu_is_bytes(v)   flu_is(v, FLU_T_BYTES)
#define FLU_BYTES(v)      FLU_AS(flu_bytes, v)
#define flu_bytes_size(v) ((size_t)flu_header_size(FLU_BYTES(v)->h))

/* ---- queues: two lists; taking from the front, the rear reversed when it is empty ---- */

typedef struct flu_queue {
    flu_header h;    /* size: number of elements */
    flu_value front; /* next out first; empty only if the queue is */
    flu_value rear;  /* last in first */
} flu_queue;
#define FLU_QUEUE(v) FLU_AS(flu_queue, v)

/* ---- records ---- */

/* Names of the fields of a declared record type, keywords; NULL: id is 0 or unknown. */
const flu_value *flu_record_fields(unsigned id, uint32_t *count);

/* Is key the keyword, symbol or string of this name? */
bool flu_named(flu_value key, const char *name);

/* ---- in line ---- */

/* n fields; id: of a declared record type, or 0. */
FLU_INLINE flu_value flu_tagged_new(flu_worker *w, unsigned id, flu_value tag, size_t n, const flu_value *fields) {
    flu_tagged *t = flu_alloc(w, sizeof *t + n * sizeof(flu_value));
    t->h = FLU_HEADER(FLU_T_TAGGED, 0, id, n);
    t->tag = tag;
    for (size_t i = 0; i < n; i++) t->fields[i] = fields[i];
    return FLU_VALUE(t);
}
FLU_INLINE flu_value flu_tagged_make(flu_worker *w, int argc, const flu_value *argv) {
    return flu_tagged_new(w, 0, argv[0], (size_t)argc - 1, argv + 1);
}
FLU_INLINE flu_value flu_record_make(flu_worker *w, int argc, const flu_value *argv) {
    return flu_tagged_new(w, (unsigned)flu_fix(argv[0]), argv[1], (size_t)argc - 2, argv + 2);
}

/* Slow paths. */
flu_value flu_head_error(flu_worker *w, flu_value v);
flu_value flu_tail_error(flu_worker *w, flu_value v);
flu_value flu_second_error(flu_worker *w, flu_value v);
flu_value flu_third_error(flu_worker *w, flu_value v);
FLU_COLD_CALL flu_value flu_vector_ref_slow(flu_worker *w, flu_value v, flu_value i);
flu_value flu_vector_set_slow(flu_worker *w, flu_value v, flu_value i, flu_value x);
flu_value flu_vector_push_slow(flu_worker *w, flu_value v, flu_value x);
flu_value flu_double_at(flu_worker *w, flu_body body, int64_t i); /* element of a body of doubles */
flu_value flu_hold_slow(flu_worker *w, flu_value v, flu_body body, int64_t i, flu_value x);
FLU_COLD_CALL flu_value flu_vector_length_slow(flu_worker *w, flu_value v);
flu_value flu_length_slow(flu_worker *w, flu_value v);
flu_value flu_empty_slow(flu_worker *w, flu_value v);
flu_value flu_seq_to_list_slow(flu_worker *w, flu_value v, flu_value proc, flu_value position);
flu_value flu_need_proc_slow(flu_worker *w, flu_value f, flu_value proc, flu_value position);
flu_value flu_list_end_slow(flu_worker *w, flu_value rest, flu_value proc, flu_value position);

FLU_INLINE flu_value flu_fn_cons(flu_worker *w, flu_value head, flu_value tail) {
    flu_value cell = flu_cons(w, head, tail);
    return flu_sure(cell);
}

FLU_INLINE flu_value flu_fn_head(flu_worker *w, flu_value v) {
    if (flu_likely(flu_is_cons(v))) return flu_sure(FLU_CELL(v)->head);
    return flu_head_error(w, v);
}

FLU_INLINE flu_value flu_fn_tail(flu_worker *w, flu_value v) {
    if (flu_likely(flu_is_cons(v))) return flu_sure(FLU_CELL(v)->tail);
    return flu_tail_error(w, v);
}

FLU_INLINE flu_value flu_fn_second(flu_worker *w, flu_value v) {
    if (flu_unlikely(!flu_is_cons(v) || !flu_is_cons(FLU_CELL(v)->tail))) return flu_second_error(w, v);
    return flu_sure(FLU_CELL(FLU_CELL(v)->tail)->head);
}

FLU_INLINE flu_value flu_fn_third(flu_worker *w, flu_value v) {
    if (flu_likely(flu_is_cons(v) && flu_is_cons(FLU_CELL(v)->tail))) {
        flu_value rest = FLU_CELL(FLU_CELL(v)->tail)->tail;
        if (flu_likely(flu_is_cons(rest))) return flu_sure(FLU_CELL(rest)->head);
    }
    return flu_third_error(w, v);
}

FLU_INLINE flu_value flu_fn_empty_p(flu_worker *w, flu_value v) {
    if (flu_likely(flu_is_list(v))) return FLU_BOOL(v == FLU_EMPTY);
    return flu_empty_slow(w, v);
}

FLU_INLINE flu_value flu_fn_length(flu_worker *w, flu_value v) {
    if (flu_is(v, FLU_T_VECTOR)) return FLU_FIX(flu_vector_count(v));
    return flu_length_slow(w, v);
}

/* A vector of at least n elements? vector: it is known that v is one. */
FLU_INLINE bool flu_is_vector_of(flu_value v, uint32_t n, bool vector) {
    return (vector || flu_is(v, FLU_T_VECTOR)) && flu_vector_count(v) >= n;
}

/* The body of v if it is a vector of at least n elements, and these are doubles; else 0. */
FLU_INLINE flu_body flu_doubles_of(flu_value v, uint32_t n) {
    if (flu_unlikely(!flu_is_vector_of(v, n, false))) return 0;
    flu_body body = flu_vector_body(v);
    return flu_likely(flu_body_is_doubles(body)) ? body : 0;
}

/* Requires: v is a vector, i a fixnum. */
FLU_INLINE bool flu_is_inside(flu_value v, flu_value i) { return (uint64_t)flu_fix(i) < flu_vector_count(v); }

/* A vector, and an index into it? vector, fixnum: it is known that v is a vector, or i a fixnum. */
FLU_INLINE bool flu_is_vector_index_known(flu_value v, flu_value i, bool vector, bool fixnum) {
    return (vector || flu_is(v, FLU_T_VECTOR)) && (fixnum || flu_is_fix(i)) && flu_is_inside(v, i);
}
FLU_INLINE bool flu_is_vector_index(flu_value v, flu_value i) { return flu_is_vector_index_known(v, i, false, false); }

/* Element i of a body. Requires: i is inside it. As a double it may be asked for if flu_holds_float says so; _number
 * goes for ints too, as far as a double gives them exactly. (Two functions each, so that no address is taken: see
 * flu_unboxes.) */
FLU_INLINE flu_value flu_held(flu_worker *w, flu_body body, int64_t i) {
    if (flu_unlikely(flu_body_is_doubles(body))) return flu_sure(flu_double_at(w, body, i));
    flu_value x = flu_body_values(body)[i];
    return flu_sure(x);
}
FLU_INLINE bool flu_holds_float(flu_body body, int64_t i) {
    return flu_likely(flu_body_is_doubles(body)) || flu_is_flonum(flu_body_values(body)[i]);
}
FLU_INLINE double flu_held_float(flu_body body, int64_t i) {
    return flu_likely(flu_body_is_doubles(body)) ? flu_body_doubles(body)[i] : flu_flonum(flu_body_values(body)[i]);
}
FLU_INLINE bool flu_holds_number(flu_body body, int64_t i) {
    if (flu_likely(flu_body_is_doubles(body))) return true;
    flu_value x = flu_body_values(body)[i];
    return flu_is_flonum(x) || (flu_is_fix(x) && flu_fix(x) >= -FLU_DOUBLE_EXACT && flu_fix(x) <= FLU_DOUBLE_EXACT);
}
FLU_INLINE double flu_held_number(flu_body body, int64_t i) {
    if (flu_likely(flu_body_is_doubles(body))) return flu_body_doubles(body)[i];
    flu_value x = flu_body_values(body)[i];
    return flu_is_fix(x) ? (double)flu_fix(x) : flu_flonum(x);
}

/* Stores. The first may replace the body of v. FLU_ABNORMAL: out-of-memory was thrown. */
FLU_INLINE flu_value flu_hold(flu_worker *w, flu_value v, flu_body body, int64_t i, flu_value x) {
    if (flu_unlikely(flu_body_is_doubles(body))) return flu_hold_slow(w, v, body, i, x);
    flu_body_values(body)[i] = x;
    return FLU_NIL;
}
/* In two functions, for code that calls nothing on its straight path. */
FLU_INLINE bool flu_takes_double(flu_body body, double d) {
    return flu_likely(flu_body_is_doubles(body)) || flu_tags_itself(d);
}
FLU_INLINE void flu_put_double(flu_body body, int64_t i, double d) {
    if (flu_likely(flu_body_is_doubles(body)))
        flu_body_doubles(body)[i] = d;
    else
        flu_body_values(body)[i] = flu_from_double(d);
}
FLU_INLINE void flu_hold_double(flu_worker *w, flu_body body, int64_t i, double d) {
    if (flu_likely(flu_body_is_doubles(body)))
        flu_body_doubles(body)[i] = d;
    else
        flu_body_values(body)[i] = flu_float(w, d);
}

FLU_INLINE flu_value flu_vector_ref_known(flu_worker *w, flu_value v, flu_value i, bool vector, bool fixnum) {
    if (flu_unlikely(!flu_is_vector_index_known(v, i, vector, fixnum))) return flu_vector_ref_slow(w, v, i);
    return flu_held(w, flu_vector_body(v), flu_fix(i));
}

FLU_INLINE flu_value flu_vector_set_known(flu_worker *w, flu_value v, flu_value i, flu_value x, bool vector,
                                          bool fixnum) {
    if (flu_unlikely(!flu_is_vector_index_known(v, i, vector, fixnum))) return flu_vector_set_slow(w, v, i, x);
    return flu_hold(w, v, flu_vector_body(v), flu_fix(i), x);
}

/* The same of a float, which any body takes as it is. */
FLU_INLINE flu_value flu_vector_set_double(flu_worker *w, flu_value v, flu_value i, double d, bool vector,
                                           bool fixnum) {
    if (flu_unlikely(!flu_is_vector_index_known(v, i, vector, fixnum)))
        return flu_vector_set_slow(w, v, i, flu_float(w, d));
    flu_hold_double(w, flu_vector_body(v), flu_fix(i), d);
    return FLU_NIL;
}

FLU_INLINE flu_value flu_fn_vector_ref(flu_worker *w, flu_value v, flu_value i) {
    return flu_vector_ref_known(w, v, i, false, false);
}

FLU_INLINE flu_value flu_fn_vector_set(flu_worker *w, flu_value v, flu_value i, flu_value x) {
    return flu_vector_set_known(w, v, i, x, false, false);
}

FLU_INLINE flu_value flu_fn_vector_push(flu_worker *w, flu_value v, flu_value x) {
    if (flu_likely(flu_is(v, FLU_T_VECTOR) && !w->parallel)) {
        uint32_t n = FLU_VEC(v)->length;
        if (flu_likely(n < __atomic_load_n(&FLU_VEC(v)->capacity, __ATOMIC_ACQUIRE))) {
            flu_body body = flu_vector_body(v);
            if (flu_likely(!flu_body_is_doubles(body))) {
                flu_body_values(body)[n] = x;
                __atomic_store_n(&FLU_VEC(v)->length, n + 1, __ATOMIC_RELEASE);
                return FLU_NIL;
            }
        }
    }
    return flu_vector_push_slow(w, v, x);
}

FLU_INLINE flu_value flu_fn_vector_length(flu_worker *w, flu_value v) {
    if (flu_likely(flu_is(v, FLU_T_VECTOR))) return FLU_FIX(flu_vector_count(v));
    return flu_vector_length_slow(w, v);
}

/* ---- for the FluentAI part of the library (folder stdlib) ---- */

/* Lists built in order: %collector gives a cell whose tail is the list; %collect! appends to the last cell and gives
 * the new last one. Nobody else sees the cells before %collected, and a continuation runs once, so this is safe across
 * suspension. */
FLU_INLINE flu_value flu_collector(flu_worker *w) {
    flu_value cell = flu_cons(w, FLU_NIL, FLU_EMPTY);
    return flu_sure(cell);
}

FLU_INLINE flu_value flu_collect(flu_worker *w, flu_value last, flu_value v) {
    flu_value cell = flu_cons(w, v, FLU_EMPTY);
    FLU_CELL(last)->tail = cell;
    return flu_sure(cell);
}

/* Makes `cell` (the collector's own, with its tail) the tail of last; gives cell. */
FLU_INLINE flu_value flu_link(FLU_UNUSED flu_worker *w, flu_value last, flu_value cell) {
    FLU_CELL(last)->tail = cell;
    return flu_sure(cell);
}

FLU_INLINE flu_value flu_collected(FLU_UNUSED flu_worker *w, flu_value first) {
    return flu_sure(FLU_CELL(first)->tail);
}

FLU_INLINE flu_value flu_need_proc(flu_worker *w, flu_value f, flu_value proc, flu_value position) {
    if (flu_likely(flu_is_proc(f))) return FLU_NIL;
    return flu_need_proc_slow(w, f, proc, position);
}

FLU_INLINE flu_value flu_seq_to_list(flu_worker *w, flu_value v, flu_value proc, flu_value position) {
    if (flu_likely(flu_is_list(v))) return v;
    return flu_seq_to_list_slow(w, v, proc, position);
}

FLU_INLINE flu_value flu_list_end(flu_worker *w, flu_value rest, flu_value proc, flu_value position) {
    if (flu_likely(rest == FLU_EMPTY)) return FLU_NIL;
    return flu_list_end_slow(w, rest, proc, position);
}

#endif
