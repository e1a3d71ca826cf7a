/* name_map.h: a table from interned names to anything. */
#ifndef NAME_MAP_H
#define NAME_MAP_H

#include <stddef.h>

typedef struct name_map_entry {
    const char *name; /* NULL: free */
    void *value;
} name_map_entry;

/* Open addressing by the name's address, at most half full, in the arena; {0} is empty. */
typedef struct name_map {
    name_map_entry *slots;
    size_t size, count;
} name_map;

/* NULL: nothing is known of the name. */
void *name_map_get(const name_map *m, const char *interned_name);
/* Replaces what was there. */
void name_map_put(name_map *m, const char *interned_name, void *value);

#endif
