/* access.c: what works on every kind of collection: conversion to lists and arrays, length, empty?, nth, get. */
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/literal.h>
#include <flu/number.h>
#include <flu/print.h>
#include <flu/text.h>

/* ---- any collection as a list or an array ---- */

static flu_value pair_list(flu_worker *w, const flu_value *pairs, size_t n) {
    flu_value list = FLU_EMPTY;
    while (n-- > 0) list = flu_cons(w, flu_list_lit(w, 2, pairs + 2 * n, FLU_EMPTY), list);
    return list;
}

static flu_value item_list(flu_worker *w, const flu_value *items, size_t n) {
    flu_value list = FLU_EMPTY;
    while (n-- > 0) list = flu_cons(w, items[n], list);
    return list;
}

static flu_value byte_list(flu_worker *w, flu_value v) {
    flu_value list = FLU_EMPTY;
    for (size_t i = flu_bytes_size(v); i-- > 0;) list = flu_cons(w, FLU_FIX(FLU_BYTES(v)->data[i]), list);
    return list;
}

/* front, then rear backwards. */
static flu_value queue_list(flu_worker *w, flu_value v) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value rear = FLU_EMPTY;
    for (flu_value l = FLU_QUEUE(v)->rear; flu_is_cons(l); l = FLU_CELL(l)->tail)
        rear = flu_cons(w, FLU_CELL(l)->head, rear);
    for (flu_value l = FLU_QUEUE(v)->front; flu_is_cons(l); l = FLU_CELL(l)->tail)
        flu_list_add(w, &b, FLU_CELL(l)->head);
    if (b.last == NULL) return rear;
    b.last->tail = rear;
    return b.list;
}

flu_value flu_seq_list(flu_worker *w, const char *proc, int position, flu_value v) {
    flu_value *items;
    size_t n;
    if (flu_is_list(v)) return v;
    if (v == FLU_NIL) return FLU_EMPTY;
    switch (flu_type_of(v)) {
    case FLU_T_VECTOR: n = flu_vector_elements(w, v, &items); return item_list(w, items, n);
    case FLU_T_DICT: n = flu_dict_entries(w, v, &items); return pair_list(w, items, n);
    case FLU_T_SET: n = flu_set_entries(w, v, &items); return item_list(w, items, n);
    case FLU_T_STRING: return flu_string_chars(w, v);
    case FLU_T_BYTES: return byte_list(w, v);
    case FLU_T_QUEUE: return queue_list(w, v);
    default: return flu_type_error(w, proc, position, "a collection", v);
    }
}

int64_t flu_list_length(flu_value list) {
    int64_t n = 0;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) n++;
    return list == FLU_EMPTY || list == FLU_NIL ? n : -1;
}

flu_value flu_improper_error(flu_worker *w, const char *proc, int position, flu_value list) {
    return flu_type_error(w, proc, position, "a proper list", list);
}

/* + 1: an empty array is an array too. */
static flu_value *new_array(flu_worker *w, int64_t n) { return flu_alloc(w, (size_t)(n + 1) * sizeof(flu_value)); }

int64_t flu_seq_array(flu_worker *w, const char *proc, int position, flu_value v, flu_value **items) {
    if (flu_is_vector(v)) {
        flu_value *elements;
        size_t n = flu_vector_elements(w, v, &elements);
        *items = new_array(w, (int64_t)n);
        memcpy(*items, elements, n * sizeof **items);
        return (int64_t)n;
    }
    flu_value list = flu_seq_list(w, proc, position, v);
    if (list == FLU_ABNORMAL) return -1;
    int64_t n = flu_list_length(list);
    if (n < 0) {
        flu_improper_error(w, proc, position, list);
        return -1;
    }
    *items = new_array(w, n);
    for (int64_t i = 0; i < n; i++, list = FLU_CELL(list)->tail) (*items)[i] = FLU_CELL(list)->head;
    return n;
}

flu_value flu_seq_to_list_slow(flu_worker *w, flu_value v, flu_value proc, flu_value position) {
    return flu_seq_list(w, FLU_STR(proc)->bytes, (int)flu_fix(position), v);
}

flu_value flu_need_proc_slow(flu_worker *w, flu_value f, flu_value proc, flu_value position) {
    return flu_type_error(w, FLU_STR(proc)->bytes, (int)flu_fix(position), "a procedure", f);
}

flu_value flu_list_end_slow(flu_worker *w, flu_value rest, flu_value proc, flu_value position) {
    if (rest == FLU_NIL) return FLU_NIL;
    return flu_raise(w, "type-error", "%s: argument %d must be a proper list, got one that ends with %s",
                     FLU_STR(proc)->bytes, (int)flu_fix(position), FLU_STR(flu_repr_string(w, rest, 100))->bytes);
}

/* ---- length, empty? ---- */

/* Number of elements of any collection but a list or string; -1: v is none. */
static int64_t collection_size(flu_value v) {
    switch (flu_type_of(v)) {
    case FLU_T_VECTOR: return flu_vector_count(v);
    case FLU_T_DICT:
    case FLU_T_SET: return (int64_t)flu_table_count(v);
    case FLU_T_STRING: return FLU_STR(v)->length;
    case FLU_T_BYTES: return (int64_t)flu_bytes_size(v);
    case FLU_T_QUEUE: return flu_header_size(FLU_QUEUE(v)->h);
    default: return v == FLU_NIL ? 0 : -1;
    }
}

flu_value flu_length_slow(flu_worker *w, flu_value v) {
    if (flu_is_list(v)) {
        int64_t n = flu_list_length(v);
        return n < 0 ? flu_improper_error(w, "length", 1, v) : FLU_FIX(n);
    }
    int64_t n = collection_size(v);
    return n < 0 ? flu_type_error(w, "length", 1, "a collection or string", v) : FLU_FIX(n);
}

flu_value flu_empty_slow(flu_worker *w, flu_value v) {
    int64_t n = collection_size(v);
    return n < 0 ? flu_type_error(w, "empty?", 1, "a collection or string", v) : FLU_BOOL(n == 0);
}

/* ---- by index ---- */

/* The cell with index i of a list; NULL: the list is shorter. */
static flu_cell *nth_cell(flu_value list, int64_t i) {
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail)
        if (i-- == 0) return FLU_CELL(list);
    return NULL;
}

/* The element with index i >= 0 of an indexed collection; FLU_UNDEF: out of range; FLU_ABNORMAL without a signal: v is
 * no collection. Sets and dicts (pairs) count in the order of insertion. */
static flu_value element_at(flu_worker *w, flu_value v, int64_t i) {
    flu_value *items;
    if (flu_is_list(v)) {
        flu_cell *cell = nth_cell(v, i);
        return cell == NULL ? FLU_UNDEF : cell->head;
    }
    int64_t n = collection_size(v);
    if (n < 0) return FLU_ABNORMAL;
    if (i >= n) return FLU_UNDEF;
    switch (flu_type_of(v)) {
    case FLU_T_VECTOR: return flu_vector_at(w, v, (size_t)i);
    case FLU_T_STRING: return flu_string_at(w, v, (size_t)i);
    case FLU_T_BYTES: return FLU_FIX(FLU_BYTES(v)->data[i]);
    case FLU_T_SET: flu_set_entries(w, v, &items); return items[i];
    case FLU_T_DICT: flu_dict_entries(w, v, &items); return flu_list_lit(w, 2, items + 2 * i, FLU_EMPTY);
    default: return nth_cell(flu_seq_list(w, "nth", 1, v), i)->head;
    }
}

/* element_at for an int of any size and sign. */
static flu_value element_at_int(flu_worker *w, flu_value v, flu_value i) {
    bool in_range = flu_is_fix(i) && flu_fix(i) >= 0;
    return element_at(w, v, in_range ? flu_fix(i) : FLU_FIXNUM_MAX);
}

static int64_t length_for_message(flu_value v) {
    if (!flu_is_list(v)) return collection_size(v);
    int64_t n = 0;
    for (; flu_is_cons(v); v = FLU_CELL(v)->tail) n++;
    return n;
}

flu_value flu_fn_nth(flu_worker *w, flu_value list, flu_value i, flu_value otherwise) {
    flu_value v = element_at_int(w, list, i);
    if (v == FLU_ABNORMAL) return flu_type_error(w, "nth", 1, "a collection", list);
    if (!flu_is_int(i)) return flu_type_error(w, "nth", 2, "an int", i);
    if (v != FLU_UNDEF) return v;
    if (otherwise != FLU_UNDEF) return otherwise;
    return flu_index_error(w, "nth", i, length_for_message(list));
}

/* ---- get ---- */

flu_value flu_error_trace(flu_worker *w, flu_value e); /* error.c: (error-trace e) */

static flu_value get_of_error(flu_worker *w, flu_value e, flu_value key) {
    if (flu_named(key, "kind")) return FLU_ERR(e)->kind;
    if (flu_named(key, "message")) return FLU_ERR(e)->message;
    if (flu_named(key, "data")) return FLU_ERR(e)->data;
    if (flu_named(key, "cause")) return FLU_ERR(e)->cause;
    if (flu_named(key, "trace")) return flu_error_trace(w, e);
    return FLU_UNDEF;
}

static flu_value get_of_tagged(flu_value v, flu_value key) {
    flu_tagged *t = FLU_TAGGED(v);
    uint32_t n = flu_header_size(t->h), known;
    if (flu_is_fix(key)) return (uint64_t)flu_fix(key) < n ? t->fields[flu_fix(key)] : FLU_UNDEF;
    const flu_value *fields = flu_record_fields(flu_header_aux(t->h), &known);
    if (fields == NULL) return FLU_UNDEF;
    for (uint32_t i = 0; i < n && i < known; i++)
        if (flu_named(key, FLU_SYM(fields[i])->name)) return t->fields[i];
    return FLU_UNDEF;
}

/* inside: v was found in the middle of a path, by get-in. */
static flu_value no_parts_error(flu_worker *w, const char *proc, flu_value v, flu_value key, bool inside) {
    if (!inside) return flu_type_error(w, proc, 1, "a dict, collection, string, error or record", v);
    flu_value found = flu_repr_string(w, v, 40), wanted = flu_repr_string(w, key, 40);
    return flu_raise_data(w, "type-error", v, "%s: there is %s where %s is looked for", proc, FLU_STR(found)->bytes,
                          FLU_STR(wanted)->bytes);
}

/* FLU_UNDEF: not there. proc, inside: who asks, for messages. */
static flu_value get_or_undef(flu_worker *w, const char *proc, flu_value v, flu_value key, bool inside) {
    if (flu_is_dict(v)) return flu_dict_get(w, v, key);
    if (flu_is_set(v)) return flu_set_has(w, v, key) ? key : FLU_UNDEF;
    if (flu_is(v, FLU_T_ERROR)) return get_of_error(w, v, key);
    if (flu_is(v, FLU_T_TAGGED)) return get_of_tagged(v, key);
    if (v == FLU_NIL) return FLU_UNDEF;
    flu_value x = element_at_int(w, v, key);
    if (x == FLU_ABNORMAL) return no_parts_error(w, proc, v, key, inside);
    if (!flu_is_int(key)) return flu_type_error(w, proc, 2, "an int", key);
    return x;
}

flu_value flu_fn_get(flu_worker *w, flu_value v, flu_value key, flu_value otherwise) {
    flu_value x = get_or_undef(w, "get", v, key, false);
    if (x != FLU_UNDEF) return x;
    return otherwise == FLU_UNDEF ? FLU_NIL : otherwise;
}

flu_value flu_fn_get_in(flu_worker *w, flu_value v, flu_value path, flu_value otherwise) {
    flu_value keys = flu_seq_list(w, "get-in", 2, path);
    if (keys == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (bool inside = false; flu_is_cons(keys); keys = FLU_CELL(keys)->tail, inside = true) {
        v = get_or_undef(w, "get-in", v, FLU_CELL(keys)->head, inside);
        if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
        if (v == FLU_UNDEF) return otherwise == FLU_UNDEF ? FLU_NIL : otherwise;
    }
    return v;
}
