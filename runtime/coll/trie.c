/* trie.c: see trie.h. Functions whose speed counts take the width as a constant: they are inlined into one version
 * each. */
#include "trie.h"

#include <flu/equal.h>

enum { BITS = 4, WAYS = 1 << BITS, HASH_BITS = 32 };

#define WIDTH_SWITCH(width, call1, call2) ((width) == 1 ? (call1) : (call2))

static uint32_t maps_of(const flu_node *n) { return flu_header_size(n->h); }

static uint32_t slot_bit(uint32_t hash, unsigned shift) { return 1u << (hash >> shift & (WAYS - 1)); }

/* How many entries (low half) and children (high half) does `maps` name? Counts both halves at once: plain x86-64 has
 * no popcount instruction. */
static inline uint32_t count_both(uint32_t maps) {
    maps -= maps >> 1 & 0x55555555u;
    maps = (maps & 0x33333333u) + (maps >> 2 & 0x33333333u);
    maps = (maps + (maps >> 4)) & 0x0f0f0f0fu;
    return (maps + (maps >> 8)) & 0x001f001fu;
}

/* The counts of what stands before the slot of `bit`. */
static inline uint32_t count_before(uint32_t maps, uint32_t bit) {
    uint32_t below = bit - 1;
    return count_both(maps & (below | below << WAYS));
}

#define entries_in(counts)  ((counts)&0xffffu)
#define children_in(counts) ((counts) >> 16)

static inline bool same_key(flu_worker *w, flu_value a, flu_value b) {
    if (a == b) return true;
    if (flu_is(a, FLU_T_STRING) && flu_is(b, FLU_T_STRING)) return flu_string_equals(a, b);
    return !flu_are_fix(a, b) && flu_key_equals(w, a, b);
}

/* The same for all of a node, which knows them. Not of a collision node. */
static inline uint32_t counts_of(const flu_node *n) {
    uint32_t both = flu_header_aux(n->h);
    return (both & 0xff) | (both & 0xff00) << 8;
}

static inline bool is_own(const flu_node *n, flu_value owner) {
    return owner != FLU_OWN_NONE && (owner == FLU_OWN_ALL || n->owner == owner);
}

static inline flu_node *new_node(flu_worker *w, uint32_t maps, size_t slots, flu_value owner) {
    uint32_t counts = count_both(maps);
    flu_node *n = flu_alloc(w, sizeof *n + slots * sizeof(flu_value));
    n->h = FLU_HEADER(FLU_T_NODE, 0, entries_in(counts) | children_in(counts) << 8, maps);
    n->owner = owner;
    return n;
}

/* Nodes are small: four words a step beat a call of memcpy. */
static inline void copy_words(flu_value *to, const flu_value *from, size_t n) {
    for (; n >= 4; n -= 4, to += 4, from += 4) memcpy(to, from, 4 * sizeof *to);
    if (n & 2) {
        memcpy(to, from, 2 * sizeof *to);
        to += 2, from += 2;
    }
    if (n & 1) *to = *from;
}

static inline void store_entry(flu_value *to, const flu_value *entry, unsigned width, flu_value seq) {
    copy_words(to, entry, width);
    to[width] = seq;
}

/* ---- find ---- */

static const flu_value *find_in_collision(flu_worker *w, const flu_node *n, flu_value key, unsigned stride) {
    for (uint32_t i = 0; i < maps_of(n); i++)
        if (same_key(w, n->slots[i * stride], key)) return n->slots + i * stride;
    return NULL;
}

static inline const flu_value *find(flu_worker *w, const flu_node *n, uint32_t hash, flu_value key, unsigned stride) {
    for (unsigned shift = 0; shift < HASH_BITS; shift += BITS) {
        uint32_t maps = maps_of(n), bit = slot_bit(hash, shift);
        uint32_t before = count_before(maps, bit);
        if (maps & bit) {
            const flu_value *entry = n->slots + entries_in(before) * stride;
            return same_key(w, entry[0], key) ? entry : NULL;
        }
        if (!(maps & bit << WAYS)) return NULL;
        n = FLU_AS(const flu_node, n->slots[entries_in(counts_of(n)) * stride + children_in(before)]);
    }
    return find_in_collision(w, n, key, stride);
}

const flu_value *flu_trie_find(flu_worker *w, const flu_node *root, uint32_t hash, flu_value key, unsigned width) {
    return WIDTH_SWITCH(width, find(w, root, hash, key, 2), find(w, root, hash, key, 3));
}

/* ---- put ---- */

static inline flu_node *copy_node(flu_worker *w, const flu_node *n, size_t slots, flu_value owner) {
    flu_node *copy = flu_alloc(w, sizeof *n + slots * sizeof(flu_value));
    copy->h = n->h;
    copy->owner = owner;
    copy_words(copy->slots, n->slots, slots);
    return copy;
}

/* n with an entry inserted at slot `bit`, where nothing is. */
static flu_node *with_entry(flu_worker *w, const flu_node *n, uint32_t bit, const flu_value *entry, unsigned stride,
                            flu_value seq, flu_value owner) {
    uint32_t maps = maps_of(n), counts = counts_of(n);
    size_t slots = entries_in(counts) * stride + children_in(counts);
    size_t at = entries_in(count_before(maps, bit)) * stride;
    flu_node *copy = new_node(w, maps | bit, slots + stride, owner);
    copy_words(copy->slots, n->slots, at);
    store_entry(copy->slots + at, entry, stride - 1, seq);
    copy_words(copy->slots + at + stride, n->slots + at, slots - at);
    return copy;
}

/* n with the entry at slot `bit` replaced by a child. */
static flu_node *entry_to_child(flu_worker *w, const flu_node *n, uint32_t bit, const flu_node *child, unsigned stride,
                                flu_value owner) {
    uint32_t maps = maps_of(n), counts = counts_of(n), before = count_before(maps, bit);
    size_t entry_at = entries_in(before) * stride;
    size_t old_children = entries_in(counts) * stride, before_child = old_children + children_in(before);
    size_t slots = old_children + children_in(counts);
    flu_node *copy = new_node(w, (maps & ~bit) | bit << WAYS, slots - stride + 1, owner);
    copy_words(copy->slots, n->slots, entry_at);
    copy_words(copy->slots + entry_at, n->slots + entry_at + stride, before_child - entry_at - stride);
    copy->slots[before_child - stride] = FLU_VALUE(child);
    copy_words(copy->slots + before_child - stride + 1, n->slots + before_child, slots - before_child);
    return copy;
}

/* n with the child at slot `bit` replaced by an entry (given with its number). */
static flu_node *child_to_entry(flu_worker *w, const flu_node *n, uint32_t bit, const flu_value *entry,
                                unsigned stride) {
    uint32_t maps = maps_of(n), counts = counts_of(n), before = count_before(maps, bit);
    size_t entry_at = entries_in(before) * stride;
    size_t child_at = entries_in(counts) * stride + children_in(before);
    size_t slots = entries_in(counts) * stride + children_in(counts);
    flu_node *copy = new_node(w, (maps & ~(bit << WAYS)) | bit, slots - 1 + stride, FLU_OWN_NONE);
    copy_words(copy->slots, n->slots, entry_at);
    copy_words(copy->slots + entry_at, entry, stride);
    copy_words(copy->slots + entry_at + stride, n->slots + entry_at, child_at - entry_at);
    copy_words(copy->slots + child_at + stride, n->slots + child_at + 1, slots - child_at - 1);
    return copy;
}

/* A node for two entries with different keys below level `shift`: chains of one child where their hashes agree. */
static flu_node *pair_node(flu_worker *w, unsigned shift, const flu_value *old, uint32_t old_hash,
                           const flu_value *entry, uint32_t hash, unsigned stride, flu_value seq, flu_value owner) {
    if (shift >= HASH_BITS) {
        flu_node *n = new_node(w, 2, 2 * stride, owner);
        copy_words(n->slots, old, stride);
        store_entry(n->slots + stride, entry, stride - 1, seq);
        return n;
    }
    uint32_t old_bit = slot_bit(old_hash, shift), bit = slot_bit(hash, shift);
    if (old_bit == bit) {
        flu_node *child = pair_node(w, shift + BITS, old, old_hash, entry, hash, stride, seq, owner);
        flu_node *n = new_node(w, bit << WAYS, 1, owner);
        n->slots[0] = FLU_VALUE(child);
        return n;
    }
    flu_node *n = new_node(w, old_bit | bit, 2 * stride, owner);
    copy_words(n->slots + (old_bit < bit ? 0 : stride), old, stride);
    store_entry(n->slots + (old_bit < bit ? stride : 0), entry, stride - 1, seq);
    return n;
}

static flu_node *put_in_collision(flu_worker *w, const flu_node *n, const flu_value *entry, unsigned stride,
                                  flu_value seq, flu_value owner, bool *added) {
    uint32_t count = maps_of(n);
    const flu_value *old = find_in_collision(w, n, entry[0], stride);
    *added = old == NULL;
    flu_node *copy = new_node(w, count + *added, (count + *added) * stride, owner);
    copy_words(copy->slots, n->slots, count * stride);
    if (*added)
        store_entry(copy->slots + count * stride, entry, stride - 1, seq);
    else
        copy_words(copy->slots + (old - n->slots) + 1, entry + 1, stride - 2);
    return copy;
}

/* Copies the path from the root down, but for what the owner may change: of that, only the node that has to grow.
 * `link` is where the copy of the node at hand goes. */
static inline flu_node *put(flu_worker *w, flu_node *n, uint32_t hash, const flu_value *entry, unsigned stride,
                            flu_value seq, flu_value owner, bool *added) {
    flu_value root, *link = &root;
    for (unsigned shift = 0; shift < HASH_BITS; shift += BITS) {
        uint32_t maps = maps_of(n), bit = slot_bit(hash, shift);
        uint32_t counts = counts_of(n), before = count_before(maps, bit);
        size_t slots = entries_in(counts) * stride + children_in(counts);
        if (maps & bit << WAYS) {
            flu_node *copy = is_own(n, owner) ? n : copy_node(w, n, slots, owner);
            *link = FLU_VALUE(copy);
            link = &copy->slots[entries_in(counts) * stride + children_in(before)];
            n = FLU_AS(flu_node, *link);
            continue;
        }
        if (!(maps & bit)) {
            *added = true;
            *link = FLU_VALUE(with_entry(w, n, bit, entry, stride, seq, owner));
            return FLU_AS(flu_node, root);
        }
        size_t at = entries_in(before) * stride;
        const flu_value *old = n->slots + at;
        if (same_key(w, old[0], entry[0])) {
            flu_node *copy = is_own(n, owner) ? n : copy_node(w, n, slots, owner);
            copy_words(copy->slots + at + 1, entry + 1, stride - 2);
            *link = FLU_VALUE(copy);
            return FLU_AS(flu_node, root);
        }
        flu_node *child = pair_node(w, shift + BITS, old, flu_hash(w, old[0]), entry, hash, stride, seq, owner);
        *added = true;
        *link = FLU_VALUE(entry_to_child(w, n, bit, child, stride, owner));
        return FLU_AS(flu_node, root);
    }
    *link = FLU_VALUE(put_in_collision(w, n, entry, stride, seq, owner, added));
    return FLU_AS(flu_node, root);
}

static flu_node *first_node(flu_worker *w, uint32_t hash, const flu_value *entry, unsigned width, flu_value seq,
                            flu_value owner) {
    flu_node *n = new_node(w, slot_bit(hash, 0), width + 1, owner);
    store_entry(n->slots, entry, width, seq);
    return n;
}

flu_node *flu_trie_put(flu_worker *w, const flu_node *root, uint32_t hash, const flu_value *entry, unsigned width,
                       flu_value seq, bool *added) {
    flu_node *n = (flu_node *)root; /* not changed: nobody owns it */
    *added = false;
    return WIDTH_SWITCH(width, put(w, n, hash, entry, 2, seq, FLU_OWN_NONE, added),
                        put(w, n, hash, entry, 3, seq, FLU_OWN_NONE, added));
}

flu_node *flu_trie_put_own(flu_worker *w, flu_node *root, uint32_t hash, const flu_value *entry, unsigned width,
                           flu_value seq, flu_value owner, bool *added) {
    *added = root == NULL;
    if (root == NULL) return first_node(w, hash, entry, width, seq, owner);
    return WIDTH_SWITCH(width, put(w, root, hash, entry, 2, seq, owner, added),
                        put(w, root, hash, entry, 3, seq, owner, added));
}

/* ---- remove ---- */

static flu_node *without_entry(flu_worker *w, const flu_node *n, uint32_t new_maps, size_t slots, size_t at,
                               unsigned stride) {
    flu_node *copy = new_node(w, new_maps, slots - stride, FLU_OWN_NONE);
    copy_words(copy->slots, n->slots, at);
    copy_words(copy->slots + at, n->slots + at + stride, slots - at - stride);
    return copy;
}

/* A collision node that comes down to one entry becomes a one-entry node, which the level above takes over. */
static flu_node *remove_from_collision(flu_worker *w, flu_node *n, flu_value key, unsigned stride) {
    const flu_value *entry = find_in_collision(w, n, key, stride);
    if (entry == NULL) return n;
    uint32_t count = maps_of(n);
    return without_entry(w, n, count - 1, count * stride, (size_t)(entry - n->slots), stride);
}

static bool holds_one_entry(const flu_node *n, unsigned shift) {
    return shift >= HASH_BITS ? maps_of(n) == 1 : counts_of(n) == 1;
}

static flu_node *remove_at(flu_worker *w, flu_node *n, unsigned shift, uint32_t hash, flu_value key, unsigned stride) {
    if (shift >= HASH_BITS) return remove_from_collision(w, n, key, stride);
    uint32_t maps = maps_of(n), bit = slot_bit(hash, shift);
    uint32_t counts = counts_of(n), before = count_before(maps, bit);
    size_t slots = entries_in(counts) * stride + children_in(counts);
    if (maps & bit) {
        size_t at = entries_in(before) * stride;
        return same_key(w, n->slots[at], key) ? without_entry(w, n, maps & ~bit, slots, at, stride) : n;
    }
    if (!(maps & bit << WAYS)) return n;
    size_t at = entries_in(counts) * stride + children_in(before);
    flu_node *child = FLU_AS(flu_node, n->slots[at]);
    flu_node *rest = remove_at(w, child, shift + BITS, hash, key, stride);
    if (rest == child) return n;
    if (holds_one_entry(rest, shift + BITS)) return child_to_entry(w, n, bit, rest->slots, stride);
    flu_node *copy = copy_node(w, n, slots, FLU_OWN_NONE);
    copy->slots[at] = FLU_VALUE(rest);
    return copy;
}

flu_node *flu_trie_remove(flu_worker *w, flu_node *root, uint32_t hash, flu_value key, unsigned width) {
    return remove_at(w, root, 0, hash, key, width + 1);
}

/* ---- walks ---- */

static bool each_at(const flu_node *n, unsigned shift, unsigned stride, flu_entry_fn *f, void *context) {
    uint32_t counts = shift >= HASH_BITS ? maps_of(n) : counts_of(n);
    uint32_t entries = shift >= HASH_BITS ? counts : entries_in(counts);
    uint32_t children = shift >= HASH_BITS ? 0 : children_in(counts);
    for (uint32_t i = 0; i < entries; i++)
        if (!f(context, n->slots + i * stride)) return false;
    const flu_value *child = n->slots + entries * stride;
    for (uint32_t i = 0; i < children; i++)
        if (!each_at(FLU_AS(const flu_node, child[i]), shift + BITS, stride, f, context)) return false;
    return true;
}

bool flu_trie_each(const flu_node *root, unsigned width, flu_entry_fn *f, void *context) {
    return each_at(root, 0, width + 1, f, context);
}

/* The order of insertion without sorting: a bit set of the numbers in use gives each entry its rank. */
typedef struct ranking {
    uint64_t *used;   /* bit per number */
    uint32_t *before; /* by word of used: how many numbers stand in earlier words */
    flu_value *out;
    unsigned width;
} ranking;

static bool mark_used(void *context, const flu_value *entry) {
    ranking *r = context;
    uint64_t seq = (uint64_t)flu_fix(entry[r->width]);
    r->used[seq / 64] |= (uint64_t)1 << seq % 64;
    return true;
}

static bool place_entry(void *context, const flu_value *entry) {
    ranking *r = context;
    uint64_t seq = (uint64_t)flu_fix(entry[r->width]);
    uint64_t lower = r->used[seq / 64] & (((uint64_t)1 << seq % 64) - 1);
    size_t rank = r->before[seq / 64] + (size_t)__builtin_popcountll(lower);
    copy_words(r->out + rank * r->width, entry, r->width);
    return true;
}

void flu_trie_in_order(flu_worker *w, const flu_node *root, unsigned width, uint64_t seq_end, flu_value *out) {
    size_t words = seq_end / 64 + 1;
    ranking r = {flu_alloc_atomic(w, words * sizeof *r.used), flu_alloc_atomic(w, words * sizeof *r.before), out,
                 width};
    memset(r.used, 0, words * sizeof *r.used);
    flu_trie_each(root, width, mark_used, &r);
    uint32_t before = 0;
    for (size_t i = 0; i < words; i++) {
        r.before[i] = before;
        before += (uint32_t)__builtin_popcountll(r.used[i]);
    }
    flu_trie_each(root, width, place_entry, &r);
}
