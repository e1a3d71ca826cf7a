/* trie.h: the hash trie under large dicts and sets (internal to runtime/coll).
 *
 * A persistent trie of 16-way nodes, four bits of the hash a level, with the entries inline (CHAMP: Steindorfer, Vinju,
 * "Optimizing Hash-Array Mapped Tries", OOPSLA 2015). 16 ways rather than 32 because an update copies one node a level:
 * with 50,000 keys that is 600 bytes instead of 1000. An entry is `width` words (dict 2: key, value; set 1: key)
 * followed by its insertion number, a fixnum, by which iteration restores the order of insertion; an update keeps the
 * number.
 *
 * Keys are compared by flu_key_equals and hashed by flu_hash. Keys with equal hashes share a collision node below the
 * last level. Canonical form: no child holds fewer than two entries in all. A node never changes once published, but by
 * its owner: a loop of the program, say, that alone sees the table it builds (transpiler/own_updates.c). An owner is a
 * number given once, and a node notes for whom it was made; what others see was made for other owners, or for none. */
#ifndef FLU_TRIE_H
#define FLU_TRIE_H

#include <flu/worker.h>

/* header size: low half: bit i set = slot i holds an entry; high half: = slot i holds a child. Of a collision node:
 * number of entries. aux: how many entries (low byte) and children (high byte); not of a collision node. slots: entries
 * in slot order, then children in slot order. */
typedef struct flu_node {
    flu_header h;
    flu_value owner; /* a fixnum: whose update made it, and may change it; FLU_OWN_NONE: nobody may */
    flu_value slots[];
} flu_node;

#define FLU_OWN_NONE FLU_FIX(0)
#define FLU_OWN_ALL  FLU_FIX(-1) /* as an argument: nobody else has seen any node yet */

/* Gets each entry (width words and its insertion number); false ends the walk. Must not keep the pointer. */
typedef bool flu_entry_fn(void *context, const flu_value *entry);

/* The entry of key, or NULL. The pointer is into a node: copy what is needed before any allocation. */
const flu_value *flu_trie_find(flu_worker *w, const flu_node *root, uint32_t hash, flu_value key, unsigned width);

/* root with this entry (width words) put in. An entry with an equal key keeps its key and number, and gets the new
 * value; otherwise the entry gets number seq and *added becomes true. */
flu_node *flu_trie_put(flu_worker *w, const flu_node *root, uint32_t hash, const flu_value *entry, unsigned width,
                       flu_value seq, bool *added);

/* The same, changing the nodes of this owner in place; root NULL: a new trie. FLU_OWN_ALL requires that root was built
 * by such calls alone. */
flu_node *flu_trie_put_own(flu_worker *w, flu_node *root, uint32_t hash, const flu_value *entry, unsigned width,
                           flu_value seq, flu_value owner, bool *added);

/* root without key; root itself if it is not there. Requires: two entries at least. */
flu_node *flu_trie_remove(flu_worker *w, flu_node *root, uint32_t hash, flu_value key, unsigned width);

/* Calls f on every entry, in no particular order; false if f ended the walk. */
bool flu_trie_each(const flu_node *root, unsigned width, flu_entry_fn *f, void *context);

/* Fills out with the count * width words of all entries in the order of insertion. Requires: all numbers < seq_end;
 * takes time and temporary space linear in count + seq_end / 64. */
void flu_trie_in_order(flu_worker *w, const flu_node *root, unsigned width, uint64_t seq_end, flu_value *out);

#endif
