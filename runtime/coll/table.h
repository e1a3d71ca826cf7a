/* table.h: what dicts and sets share (internal to runtime/coll): a persistent table of entries of `width` words (dict
 * 2, set 1) whose first word is the key. Up to 8 entries a flat array, beyond that a hash trie; a trie shrinks back
 * below 7. */
#ifndef FLU_TABLE_H
#define FLU_TABLE_H

#include <flu/collections.h>

#include "trie.h"

/* The entry of key, or NULL; points into the table. */
const flu_value *flu_table_find(flu_worker *w, flu_value table, flu_value key, unsigned width);
/* An equal key keeps its place and itself, and gets the rest of the new entry. */
flu_value flu_table_put(flu_worker *w, flu_value table, const flu_value *entry, unsigned width);
/* The same, changing what this owner (trie.h) made by earlier calls, which nobody else may hold. */
flu_value flu_table_put_owned(flu_worker *w, flu_value table, const flu_value *entry, unsigned width, flu_value owner);
/* The same, changing the table itself where that saves copies: requires that nobody else has seen it yet, that is, that
 * it comes from flu_table_make or from this function, or is empty. */
FLU_INLINE flu_value flu_table_put_own(flu_worker *w, flu_value table, const flu_value *entry, unsigned width) {
    return flu_table_put_owned(w, table, entry, width, FLU_OWN_ALL);
}
/* A new table of count entries in turn; of equal keys the first one's place and the last one's value stay. */
flu_value flu_table_make(flu_worker *w, const flu_value *entries, size_t count, unsigned width);
flu_value flu_table_remove(flu_worker *w, flu_value table, flu_value key, unsigned width);
/* The entries in order of insertion; the array may be the table's own. Gives how many. */
size_t flu_table_entries(flu_worker *w, flu_value table, unsigned width, flu_value **out);
/* Calls f on each entry, in no particular order; false if f ended the walk. Does not allocate. */
bool flu_table_each(flu_value table, unsigned width, flu_entry_fn *f, void *context);

#endif
