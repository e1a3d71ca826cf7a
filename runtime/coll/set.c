/* set.c: sets: the C interface and the procedures. */
#include <flu/collections.h>
#include <flu/builtins.h>

#include "table.h"

const flu_table flu_empty_set __attribute__((aligned(16))) = {.h = FLU_HEADER(FLU_T_SET, 0, 0, 0)};

/* ---- for C code ---- */

bool flu_set_has(flu_worker *w, flu_value s, flu_value x) { return flu_table_find(w, s, x, 1) != NULL; }

flu_value flu_set_add(flu_worker *w, flu_value s, flu_value x) { return flu_table_put(w, s, &x, 1); }

flu_value flu_set_remove(flu_worker *w, flu_value s, flu_value x) { return flu_table_remove(w, s, x, 1); }

size_t flu_set_entries(flu_worker *w, flu_value s, flu_value **items) { return flu_table_entries(w, s, 1, items); }

/* ---- procedures ---- */

static flu_value not_a_set(flu_worker *w, const char *proc, int position, flu_value v) {
    return flu_type_error(w, proc, position, "a set", v);
}

flu_value flu_fn_set_new(flu_worker *w, int argc, const flu_value *argv) {
    return flu_table_make(w, argv, (size_t)argc, 1);
}

flu_value flu_fn_list_to_set(flu_worker *w, flu_value list) {
    flu_value *items;
    if (flu_is_set(list)) return list;
    int64_t n = flu_seq_array(w, "list->set", 1, list, &items);
    return n < 0 ? FLU_ABNORMAL : flu_table_make(w, items, (size_t)n, 1);
}

flu_value flu_fn_set_add(flu_worker *w, int argc, const flu_value *argv) {
    flu_value s = argv[0];
    if (!flu_is_set(s)) return not_a_set(w, "set-add", 1, s);
    for (int i = 1; i < argc; i++) s = flu_set_add(w, s, argv[i]);
    return s;
}

flu_value flu_set_add_owned(flu_worker *w, flu_value s, flu_value x, flu_value owner) {
    return flu_is_set(s) ? flu_table_put_owned(w, s, &x, 1, owner) : not_a_set(w, "set-add", 1, s);
}

flu_value flu_fn_set_remove(flu_worker *w, int argc, const flu_value *argv) {
    flu_value s = argv[0];
    if (!flu_is_set(s)) return not_a_set(w, "set-remove", 1, s);
    for (int i = 1; i < argc; i++) s = flu_set_remove(w, s, argv[i]);
    return s;
}

flu_value flu_fn_set_has_p(flu_worker *w, flu_value s, flu_value x) {
    return flu_is_set(s) ? FLU_BOOL(flu_set_has(w, s, x)) : not_a_set(w, "set-has?", 1, s);
}

flu_value flu_fn_set_size(flu_worker *w, flu_value s) {
    return flu_is_set(s) ? FLU_FIX(flu_table_count(s)) : not_a_set(w, "set-size", 1, s);
}

flu_value flu_fn_set_to_list(flu_worker *w, flu_value s) {
    return flu_is_set(s) ? flu_seq_list(w, "set->list", 1, s) : not_a_set(w, "set->list", 1, s);
}

/* The position of the first argument that is no set; -1: all are. */
static int first_not_a_set(int argc, const flu_value *argv) {
    for (int i = 0; i < argc; i++)
        if (!flu_is_set(argv[i])) return i;
    return -1;
}

/* A set that nobody else has seen, for flu_table_put_own. */
static flu_value fresh_copy(flu_worker *w, flu_value s) {
    flu_value *items;
    size_t n = flu_set_entries(w, s, &items);
    return flu_table_make(w, items, n, 1);
}

/* When much is added, building the whole anew is cheaper than a path copy for each element. */
static flu_value add_all(flu_worker *w, flu_value s, flu_value other) {
    flu_value *items;
    if (flu_table_count(s) == 0) return other;
    size_t n = flu_set_entries(w, other, &items);
    bool own = n > flu_table_count(s) / 4;
    if (own) s = fresh_copy(w, s);
    for (size_t i = 0; i < n; i++) s = own ? flu_table_put_own(w, s, items + i, 1) : flu_set_add(w, s, items[i]);
    return s;
}

flu_value flu_fn_set_union(flu_worker *w, int argc, const flu_value *argv) {
    int bad = first_not_a_set(argc, argv);
    if (bad >= 0) return not_a_set(w, "set-union", bad + 1, argv[bad]);
    flu_value s = FLU_EMPTY_SET;
    for (int i = 0; i < argc; i++) s = add_all(w, s, argv[i]);
    return s;
}

/* The elements of s, in its order, that other has (keep) or has not. */
static flu_value select_by(flu_worker *w, flu_value s, flu_value other, bool keep) {
    flu_value *items, *kept;
    size_t n = flu_set_entries(w, s, &items), m = 0;
    kept = flu_alloc(w, (n + 1) * sizeof *kept);
    for (size_t i = 0; i < n; i++)
        if (flu_set_has(w, other, items[i]) == keep) kept[m++] = items[i];
    return m == n ? s : flu_table_make(w, kept, m, 1);
}

flu_value flu_fn_set_intersection(flu_worker *w, int argc, const flu_value *argv) {
    int bad = first_not_a_set(argc, argv);
    if (bad >= 0) return not_a_set(w, "set-intersection", bad + 1, argv[bad]);
    flu_value s = argv[0];
    for (int i = 1; i < argc; i++) s = select_by(w, s, argv[i], true);
    return s;
}

flu_value flu_fn_set_difference(flu_worker *w, int argc, const flu_value *argv) {
    int bad = first_not_a_set(argc, argv);
    if (bad >= 0) return not_a_set(w, "set-difference", bad + 1, argv[bad]);
    flu_value s = argv[0];
    for (int i = 1; i < argc; i++) s = select_by(w, s, argv[i], false);
    return s;
}

typedef struct membership {
    flu_worker *w;
    flu_value set;
} membership;

static bool is_member(void *context, const flu_value *entry) {
    membership *m = context;
    return flu_set_has(m->w, m->set, entry[0]);
}

static bool is_subset(flu_worker *w, flu_value a, flu_value b) {
    membership m = {w, b};
    return flu_table_count(a) <= flu_table_count(b) && flu_table_each(a, 1, is_member, &m);
}

flu_value flu_fn_set_subset_p(flu_worker *w, flu_value a, flu_value b) {
    if (!flu_is_set(a)) return not_a_set(w, "set-subset?", 1, a);
    if (!flu_is_set(b)) return not_a_set(w, "set-subset?", 2, b);
    return FLU_BOOL(is_subset(w, a, b));
}
