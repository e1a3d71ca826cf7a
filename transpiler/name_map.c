/* name_map.c: a table from interned names to anything. */
#include "name_map.h"

#include <stdint.h>

#include "arena.h"

static name_map_entry *find_slot(const name_map *m, const char *name) {
    size_t i = ((uintptr_t)name >> 4) * 0x9e3779b97f4a7c15u >> 20 & (m->size - 1);
    while (m->slots[i].name && m->slots[i].name != name) i = (i + 1) & (m->size - 1);
    return &m->slots[i];
}

static void grow(name_map *m) {
    name_map bigger = {.size = m->size ? m->size * 2 : 16, .count = m->count};
    bigger.slots = NEW_ARRAY(name_map_entry, bigger.size);
    for (size_t i = 0; i < m->size; i++)
        if (m->slots[i].name) *find_slot(&bigger, m->slots[i].name) = m->slots[i];
    *m = bigger;
}

void *name_map_get(const name_map *m, const char *name) { return m->size ? find_slot(m, name)->value : NULL; }

void name_map_put(name_map *m, const char *name, void *value) {
    if (m->count * 2 >= m->size) grow(m);
    name_map_entry *e = find_slot(m, name);
    m->count += !e->name;
    *e = (name_map_entry){name, value};
}
