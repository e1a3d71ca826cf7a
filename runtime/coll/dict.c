/* dict.c: dicts: the C interface and the procedures that need no callback. */
#include <flu/collections.h>
#include <flu/equal.h>
#include <flu/literal.h>
#include <flu/builtins.h>

#include "table.h"

const flu_table flu_empty_dict __attribute__((aligned(16))) = {.h = FLU_HEADER(FLU_T_DICT, 0, 0, 0)};

/* ---- for C code ---- */

flu_value flu_dict_get(flu_worker *w, flu_value d, flu_value key) {
    const flu_value *entry = flu_table_find(w, d, key, 2);
    return entry == NULL ? FLU_UNDEF : entry[1];
}

flu_value flu_dict_set(flu_worker *w, flu_value d, flu_value key, flu_value value) {
    const flu_value entry[2] = {key, value};
    return flu_table_put(w, d, entry, 2);
}

flu_value flu_dict_remove(flu_worker *w, flu_value d, flu_value key) { return flu_table_remove(w, d, key, 2); }

size_t flu_dict_entries(flu_worker *w, flu_value d, flu_value **pairs) { return flu_table_entries(w, d, 2, pairs); }

flu_value flu_dict_lit(flu_worker *w, int n, const flu_value *items) { return flu_table_make(w, items, (size_t)n, 2); }

/* ---- procedures ---- */

flu_value flu_dict_make(flu_worker *w, int argc, const flu_value *argv) {
    return flu_table_make(w, argv, (size_t)argc / 2, 2);
}

flu_value flu_fn_dict_new(flu_worker *w, int argc, const flu_value *argv) {
    if (argc % 2 != 0)
        return flu_raise(w, "arity-error", "dict-new: takes keys and values in turn, got %d arguments", argc);
    return flu_dict_make(w, argc, argv);
}

flu_value flu_dict_find(flu_worker *w, flu_value d, flu_value key) {
    return flu_is_dict(d) ? flu_dict_get(w, d, key) : FLU_UNDEF;
}

static flu_value not_a_dict(flu_worker *w, const char *proc, int position, flu_value v) {
    return flu_type_error(w, proc, position, "a dict", v);
}

flu_value flu_fn_dict_get_or(flu_worker *w, flu_value d, flu_value key, flu_value otherwise) {
    if (!flu_is_dict(d)) return not_a_dict(w, "dict-get-or", 1, d);
    flu_value v = flu_dict_get(w, d, key);
    return v == FLU_UNDEF ? otherwise : v;
}

flu_value flu_fn_dict_set(flu_worker *w, flu_value d, flu_value key, flu_value value) {
    return flu_is_dict(d) ? flu_dict_set(w, d, key, value) : not_a_dict(w, "dict-set", 1, d);
}

flu_value flu_dict_set_owned(flu_worker *w, flu_value d, flu_value key, flu_value value, flu_value owner) {
    if (!flu_is_dict(d)) return not_a_dict(w, "dict-set", 1, d);
    const flu_value entry[2] = {key, value};
    return flu_table_put_owned(w, d, entry, 2, owner);
}

flu_value flu_dict_lookup(flu_worker *w, flu_value d, flu_value key, flu_value proc) {
    return flu_is_dict(d) ? flu_dict_get(w, d, key) : not_a_dict(w, FLU_STR(proc)->bytes, 1, d);
}

flu_value flu_dict_replace(flu_worker *w, flu_value d, flu_value values) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, d, &pairs);
    flu_value *copy = flu_alloc(w, (2 * n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++, values = FLU_CELL(values)->tail) {
        copy[2 * i] = pairs[2 * i];
        copy[2 * i + 1] = FLU_CELL(values)->head;
    }
    return flu_table_make(w, copy, n, 2);
}

flu_value flu_fn_dict_remove(flu_worker *w, int argc, const flu_value *argv) {
    if (!flu_is_dict(argv[0])) return not_a_dict(w, "dict-remove", 1, argv[0]);
    flu_value d = argv[0];
    for (int i = 1; i < argc; i++) d = flu_dict_remove(w, d, argv[i]);
    return d;
}

flu_value flu_fn_dict_has_p(flu_worker *w, flu_value d, flu_value key) {
    if (!flu_is_dict(d)) return not_a_dict(w, "dict-has?", 1, d);
    return FLU_BOOL(flu_table_find(w, d, key, 2) != NULL);
}

/* Every second word of the entries, from `first` on: the keys or the values. */
static flu_value half_of_entries(flu_worker *w, flu_value d, size_t first) {
    flu_value *pairs, list = FLU_EMPTY;
    for (size_t i = flu_dict_entries(w, d, &pairs); i-- > 0;) list = flu_cons(w, pairs[2 * i + first], list);
    return list;
}

flu_value flu_fn_dict_keys(flu_worker *w, flu_value d) {
    return flu_is_dict(d) ? half_of_entries(w, d, 0) : not_a_dict(w, "dict-keys", 1, d);
}

flu_value flu_fn_dict_values(flu_worker *w, flu_value d) {
    return flu_is_dict(d) ? half_of_entries(w, d, 1) : not_a_dict(w, "dict-values", 1, d);
}

flu_value flu_fn_dict_items(flu_worker *w, flu_value d) {
    return flu_is_dict(d) ? flu_seq_list(w, "dict-items", 1, d) : not_a_dict(w, "dict-items", 1, d);
}

flu_value flu_dict_entry_list(flu_worker *w, flu_value d, flu_value proc, flu_value position) {
    if (!flu_is_dict(d)) return not_a_dict(w, FLU_STR(proc)->bytes, (int)flu_fix(position), d);
    return flu_seq_list(w, FLU_STR(proc)->bytes, (int)flu_fix(position), d);
}

flu_value flu_fn_dict_size(flu_worker *w, flu_value d) {
    return flu_is_dict(d) ? FLU_FIX(flu_table_count(d)) : not_a_dict(w, "dict-size", 1, d);
}

/* A dict that nobody else has seen, for flu_table_put_own. */
static flu_value fresh_copy(flu_worker *w, flu_value d) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, d, &pairs);
    return flu_table_make(w, pairs, n, 2);
}

/* When much is added, building the whole anew is cheaper than a path copy for each entry. */
static flu_value merge_into(flu_worker *w, flu_value d, flu_value other) {
    flu_value *pairs;
    if (flu_table_count(d) == 0) return other;
    size_t n = flu_dict_entries(w, other, &pairs);
    bool own = n > flu_table_count(d) / 4;
    if (own) d = fresh_copy(w, d);
    for (size_t i = 0; i < n; i++)
        d = own ? flu_table_put_own(w, d, pairs + 2 * i, 2) : flu_table_put(w, d, pairs + 2 * i, 2);
    return d;
}

flu_value flu_fn_dict_merge(flu_worker *w, int argc, const flu_value *argv) {
    flu_value d = FLU_EMPTY_DICT;
    for (int i = 0; i < argc; i++) {
        if (!flu_is_dict(argv[i])) return not_a_dict(w, "dict-merge", i + 1, argv[i]);
        d = merge_into(w, d, argv[i]);
    }
    return d;
}

/* Is v a list of two elements? Stores them in entry. */
static bool is_pair(flu_value v, flu_value entry[2]) {
    if (!flu_is_cons(v) || !flu_is_cons(FLU_CELL(v)->tail)) return false;
    flu_cell *second = FLU_CELL(FLU_CELL(v)->tail);
    entry[0] = FLU_CELL(v)->head;
    entry[1] = second->head;
    return second->tail == FLU_EMPTY || second->tail == FLU_NIL;
}

flu_value flu_fn_list_to_dict(flu_worker *w, flu_value pairs) {
    flu_value *items, d = FLU_EMPTY_DICT, entry[2];
    if (flu_is_dict(pairs)) return pairs;
    int64_t n = flu_seq_array(w, "list->dict", 1, pairs, &items);
    if (n < 0) return FLU_ABNORMAL;
    for (int64_t i = 0; i < n; i++) {
        if (!is_pair(items[i], entry)) return flu_type_error(w, "list->dict", 1, "a list of pairs", pairs);
        d = flu_table_put_own(w, d, entry, 2);
    }
    return d;
}

/* The place of key's value in a dict that nobody else has seen yet; a new key gets `initial`. */
static flu_value *own_slot(flu_worker *w, flu_value *d, flu_value key, flu_value initial) {
    const flu_value *entry = flu_table_find(w, *d, key, 2);
    if (entry == NULL) {
        const flu_value new[2] = {key, initial};
        *d = flu_table_put_own(w, *d, new, 2);
        entry = flu_table_find(w, *d, key, 2);
    }
    return (flu_value *)entry + 1;
}

flu_value flu_fn_frequencies(flu_worker *w, flu_value list) {
    flu_value *items, d = FLU_EMPTY_DICT;
    int64_t n = flu_seq_array(w, "frequencies", 1, list, &items);
    if (n < 0) return FLU_ABNORMAL;
    for (int64_t i = 0; i < n; i++) {
        flu_value *count = own_slot(w, &d, items[i], FLU_FIX(0));
        *count = FLU_FIX(flu_fix(*count) + 1);
    }
    return d;
}

/* The groups are lists that grow in place. The dict first maps a key to the last cell of a ring, whose tail is the
 * first one; the rings are opened when all items are in. */
static void add_to_ring(flu_worker *w, flu_value *ring, flu_value item) {
    flu_value cell = flu_cons(w, item, FLU_EMPTY);
    FLU_CELL(cell)->tail = *ring == FLU_EMPTY ? cell : FLU_CELL(*ring)->tail;
    if (*ring != FLU_EMPTY) FLU_CELL(*ring)->tail = cell;
    *ring = cell;
}

static flu_value open_ring(flu_value last) {
    flu_value first = FLU_CELL(last)->tail;
    FLU_CELL(last)->tail = FLU_EMPTY;
    return first;
}

flu_value flu_dict_group(flu_worker *w, flu_value keys, flu_value items) {
    flu_value rings = FLU_EMPTY_DICT, *pairs;
    for (; flu_is_cons(keys); keys = FLU_CELL(keys)->tail, items = FLU_CELL(items)->tail)
        add_to_ring(w, own_slot(w, &rings, FLU_CELL(keys)->head, FLU_EMPTY), FLU_CELL(items)->head);
    size_t n = flu_dict_entries(w, rings, &pairs); /* pairs is new, or part of rings, which nobody else has seen */
    for (size_t i = 0; i < n; i++) pairs[2 * i + 1] = open_ring(pairs[2 * i + 1]);
    return flu_table_make(w, pairs, n, 2);
}
