/* table.c: see table.h. */
#include "table.h"

#include <flu/equal.h>

enum {
    SHRINK_BELOW = 7, /* less than FLU_TABLE_FLAT_MAX: adding and removing in turn must not rebuild each time */
    SPARSE = 64,      /* entries are numbered anew when there are this many times as many numbers as entries */
};

#define is_trie(t)    (flu_header_flags((t)->h) & FLU_TABLE_TRIE)
#define root_of(t)    FLU_AS(flu_node, (t)->items[0])
#define seq_end_of(t) ((uint64_t)flu_fix((t)->items[1]))

static flu_type type_of_width(unsigned width) { return width == 2 ? FLU_T_DICT : FLU_T_SET; }

static flu_table *new_flat(flu_worker *w, size_t count, unsigned width) {
    flu_table *t = flu_alloc(w, sizeof *t + count * width * sizeof(flu_value));
    t->h = FLU_HEADER(type_of_width(width), 0, 0, count);
    return t;
}

static void change_trie(flu_table *t, size_t count, unsigned width, const flu_node *root, uint64_t seq_end) {
    t->h = FLU_HEADER(type_of_width(width), FLU_TABLE_TRIE, 0, count);
    t->items[0] = FLU_VALUE(root);
    t->items[1] = FLU_FIX(seq_end);
}

static flu_value new_trie(flu_worker *w, size_t count, unsigned width, const flu_node *root, uint64_t seq_end) {
    flu_table *t = flu_alloc(w, sizeof *t + 2 * sizeof(flu_value));
    change_trie(t, count, width, root, seq_end);
    return FLU_VALUE(t);
}

/* ---- flat tables ---- */

/* Keys that are equal to themselves alone. */
static bool has_identity(flu_value v) {
    if ((v & FLU_TAG_MASK) == FLU_TAG_IMMEDIATE) return true;
    flu_type type = flu_type_of(v);
    return type == FLU_T_KEYWORD || type == FLU_T_SYMBOL;
}

static inline const flu_value *find_flat(flu_worker *w, const flu_table *t, flu_value key, unsigned width) {
    const flu_value *end = t->items + flu_header_size(t->h) * width;
    for (const flu_value *e = t->items; e < end; e += width)
        if (*e == key) return e;
    if (has_identity(key)) return NULL;
    for (const flu_value *e = t->items; e < end; e += width)
        if (!flu_are_fix(*e, key) && flu_key_equals(w, *e, key)) return e;
    return NULL;
}

static flu_value flat_with_entry(flu_worker *w, const flu_table *t, const flu_value *entry, unsigned width) {
    size_t count = flu_header_size(t->h);
    flu_table *copy = new_flat(w, count + 1, width);
    memcpy(copy->items, t->items, count * width * sizeof(flu_value));
    memcpy(copy->items + count * width, entry, width * sizeof(flu_value));
    return FLU_VALUE(copy);
}

/* A trie of count entries in order. */
static flu_value build_trie(flu_worker *w, const flu_value *entries, size_t count, unsigned width) {
    flu_node *root = NULL;
    bool added;
    for (size_t i = 0; i < count; i++)
        root = flu_trie_put_own(w, root, flu_hash(w, entries[i * width]), entries + i * width, width, FLU_FIX(i),
                                FLU_OWN_ALL, &added);
    return new_trie(w, count, width, root, count);
}

static flu_value grow_to_trie(flu_worker *w, const flu_table *t, const flu_value *entry, unsigned width) {
    flu_value all[2 * (FLU_TABLE_FLAT_MAX + 1)];
    memcpy(all, t->items, FLU_TABLE_FLAT_MAX * width * sizeof(flu_value));
    memcpy(all + FLU_TABLE_FLAT_MAX * width, entry, width * sizeof(flu_value));
    return build_trie(w, all, FLU_TABLE_FLAT_MAX + 1, width);
}

static flu_value put_flat(flu_worker *w, const flu_table *t, const flu_value *entry, unsigned width) {
    size_t count = flu_header_size(t->h);
    const flu_value *old = find_flat(w, t, entry[0], width);
    if (old == NULL)
        return count < FLU_TABLE_FLAT_MAX ? flat_with_entry(w, t, entry, width) : grow_to_trie(w, t, entry, width);
    if (width == 1 || old[1] == entry[1]) return FLU_VALUE(t);
    flu_table *copy = new_flat(w, count, width);
    memcpy(copy->items, t->items, count * width * sizeof(flu_value));
    copy->items[old - t->items + 1] = entry[1];
    return FLU_VALUE(copy);
}

static flu_value remove_flat(flu_worker *w, const flu_table *t, flu_value key, unsigned width) {
    const flu_value *old = find_flat(w, t, key, width);
    if (old == NULL) return FLU_VALUE(t);
    size_t count = flu_header_size(t->h), before = (size_t)(old - t->items), after = count * width - before - width;
    flu_table *copy = new_flat(w, count - 1, width);
    memcpy(copy->items, t->items, before * sizeof(flu_value));
    memcpy(copy->items + before, old + width, after * sizeof(flu_value));
    return FLU_VALUE(copy);
}

/* ---- tries ---- */

/* The table of a trie that lost an entry: flat when few are left, numbered anew when the numbers have become sparse (so
 * that iteration stays linear; each renumbering is paid for by the many changes before it). */
static flu_value settle(flu_worker *w, flu_node *root, size_t count, unsigned width, uint64_t seq_end) {
    bool flat = count < SHRINK_BELOW;
    if (!flat && seq_end <= SPARSE * (uint64_t)count) return new_trie(w, count, width, root, seq_end);
    flu_table *ordered = new_flat(w, count, width);
    flu_trie_in_order(w, root, width, seq_end, ordered->items);
    return flat ? FLU_VALUE(ordered) : build_trie(w, ordered->items, count, width);
}

static flu_value put_trie(flu_worker *w, const flu_table *t, const flu_value *entry, unsigned width) {
    uint32_t hash = flu_hash(w, entry[0]);
    if (width == 1 && flu_trie_find(w, root_of(t), hash, entry[0], 1)) return FLU_VALUE(t);
    bool added;
    size_t count = flu_header_size(t->h);
    uint64_t seq = seq_end_of(t);
    flu_node *root = flu_trie_put(w, root_of(t), hash, entry, width, FLU_FIX(seq), &added);
    if (!added) return new_trie(w, count, width, root, seq);
    return settle(w, root, count + 1, width, seq + 1);
}

/* In place, but for the nodes that others made. A table whose root is the owner's is so itself, and is given back. */
static flu_value put_trie_owned(flu_worker *w, flu_table *t, const flu_value *entry, unsigned width, flu_value owner) {
    uint32_t hash = flu_hash(w, entry[0]);
    bool all = owner == FLU_OWN_ALL, own = all || root_of(t)->owner == owner, added;
    if (width == 1 && !all && flu_trie_find(w, root_of(t), hash, entry[0], 1)) return FLU_VALUE(t);
    uint64_t seq = seq_end_of(t);
    flu_node *root = flu_trie_put_own(w, root_of(t), hash, entry, width, FLU_FIX(seq), owner, &added);
    size_t count = flu_header_size(t->h) + added;
    if (!own) return settle(w, root, count, width, seq + added);
    change_trie(t, count, width, root, seq + added);
    return FLU_VALUE(t);
}

static flu_value remove_trie(flu_worker *w, const flu_table *t, flu_value key, unsigned width) {
    flu_node *root = flu_trie_remove(w, root_of(t), flu_hash(w, key), key, width);
    if (root == root_of(t)) return FLU_VALUE(t);
    return settle(w, root, flu_header_size(t->h) - 1, width, seq_end_of(t));
}

/* ---- both ---- */

const flu_value *flu_table_find(flu_worker *w, flu_value table, flu_value key, unsigned width) {
    const flu_table *t = FLU_AS(const flu_table, table);
    return is_trie(t) ? flu_trie_find(w, root_of(t), flu_hash(w, key), key, width) : find_flat(w, t, key, width);
}

flu_value flu_table_put(flu_worker *w, flu_value table, const flu_value *entry, unsigned width) {
    const flu_table *t = FLU_AS(const flu_table, table);
    return is_trie(t) ? put_trie(w, t, entry, width) : put_flat(w, t, entry, width);
}

flu_value flu_table_put_owned(flu_worker *w, flu_value table, const flu_value *entry, unsigned width, flu_value owner) {
    flu_table *t = FLU_AS(flu_table, table);
    return is_trie(t) ? put_trie_owned(w, t, entry, width, owner) : put_flat(w, t, entry, width);
}

flu_value flu_table_remove(flu_worker *w, flu_value table, flu_value key, unsigned width) {
    const flu_table *t = FLU_AS(const flu_table, table);
    return is_trie(t) ? remove_trie(w, t, key, width) : remove_flat(w, t, key, width);
}

flu_value flu_table_make(flu_worker *w, const flu_value *entries, size_t count, unsigned width) {
    size_t first = count < FLU_TABLE_FLAT_MAX ? count : FLU_TABLE_FLAT_MAX;
    flu_table *t = new_flat(w, first, width);
    size_t used = 0;
    for (size_t i = 0; i < first; i++) { /* t is not published yet: filled in place */
        t->h = FLU_HEADER(type_of_width(width), 0, 0, used);
        const flu_value *entry = entries + i * width, *old = find_flat(w, t, entry[0], width);
        if (old == NULL)
            memcpy(t->items + used++ * width, entry, width * sizeof(flu_value));
        else if (width == 2)
            t->items[old - t->items + 1] = entry[1];
    }
    t->h = FLU_HEADER(type_of_width(width), 0, 0, used);
    flu_value table = FLU_VALUE(t);
    for (size_t i = first; i < count; i++) table = flu_table_put_own(w, table, entries + i * width, width);
    return table;
}

size_t flu_table_entries(flu_worker *w, flu_value table, unsigned width, flu_value **out) {
    flu_table *t = FLU_AS(flu_table, table);
    size_t count = flu_header_size(t->h);
    *out = t->items;
    if (!is_trie(t)) return count;
    *out = flu_alloc(w, count * width * sizeof(flu_value));
    flu_trie_in_order(w, root_of(t), width, seq_end_of(t), *out);
    return count;
}

bool flu_table_each(flu_value table, unsigned width, flu_entry_fn *f, void *context) {
    const flu_table *t = FLU_AS(const flu_table, table);
    if (is_trie(t)) return flu_trie_each(root_of(t), width, f, context);
    for (size_t i = 0; i < flu_header_size(t->h); i++)
        if (!f(context, t->items + i * width)) return false;
    return true;
}
