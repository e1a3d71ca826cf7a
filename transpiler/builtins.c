/* builtins.c: the table of builtins, and its index by name. */
#include "builtins.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ANY = -1 };

static const struct builtin rows[] = {
#define BUILTIN(name, c, min, max, flags, doc)        {name, #c, min, max, max, (flags), doc},
#define INLINEFN(name, c, min, max, flags, doc)       {name, #c, min, max, max, (flags) | INLINE, doc},
#define LIBFN(name, c, nparams, min, max, flags, doc) {name, #c, min, max, nparams, (flags) | LIB, doc},
#define ALIAS(alias, name)
#include "../runtime/builtins/builtins.def"
#undef BUILTIN
#undef INLINEFN
#undef LIBFN
#undef ALIAS
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

static const struct {
    const char *alias, *name;
} aliases[] = {
#define BUILTIN(name, c, min, max, flags, doc)
#define INLINEFN(name, c, min, max, flags, doc)
#define LIBFN(name, c, nparams, min, max, flags, doc)
#define ALIAS(alias, name) {alias, name},
#include "../runtime/builtins/builtins.def"
#undef BUILTIN
#undef INLINEFN
#undef LIBFN
#undef ALIAS
};
enum { ALIAS_COUNT = sizeof aliases / sizeof *aliases };

/* Open addressing, at most half full, built at the first use. */
typedef struct entry {
    const char *name; /* NULL: free */
    const struct builtin *row;
} entry;

enum {
    ENTRY_COUNT = ROW_COUNT + ALIAS_COUNT,
    TABLE_SIZE = ENTRY_COUNT < 1024   ? 2048
                 : ENTRY_COUNT < 4096 ? 8192
                                      : 65536,
};
_Static_assert(ENTRY_COUNT * 2 < TABLE_SIZE, "the index of builtins is too small");
static entry table[TABLE_SIZE];

static uint32_t hash_name(const char *name) {
    uint32_t h = 2166136261u;
    for (; *name != '\0'; name++) h = (h ^ (unsigned char)*name) * 16777619u;
    return h ^ h >> 15;
}

/* The name's entry, or the free one where it belongs. */
static entry *find_entry(const char *name) {
    uint32_t i = hash_name(name) & (TABLE_SIZE - 1);
    while (table[i].name != NULL && strcmp(table[i].name, name) != 0) i = (i + 1) & (TABLE_SIZE - 1);
    return &table[i];
}

static void build_table(void) {
    static bool built;
    if (built) return;
    built = true;
    for (size_t i = 0; i < ROW_COUNT; i++) *find_entry(rows[i].name) = (entry){.name = rows[i].name, .row = &rows[i]};
    for (size_t i = 0; i < ALIAS_COUNT; i++) {
        const entry *target = find_entry(aliases[i].name);
        if (target->name != NULL) *find_entry(aliases[i].alias) = (entry){.name = aliases[i].alias, .row = target->row};
    }
}

const struct builtin *builtin_find(const char *name) {
    build_table();
    return find_entry(name)->row;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The operator % is the one user name that begins with the compiler's sign. */
static bool user_name(const char *name) { return name[0] != '%' || name[1] == '\0'; }

const char *const *builtin_names(size_t *count) {
    static const char *names[ENTRY_COUNT];
    static size_t name_count;
    build_table();
    if (name_count == 0) {
        for (size_t i = 0; i < TABLE_SIZE; i++)
            if (table[i].name != NULL && user_name(table[i].name)) names[name_count++] = table[i].name;
        qsort(names, name_count, sizeof *names, compare_names);
    }
    *count = name_count;
    return names;
}

const char *builtin_signature_end(const char *doc) {
    int depth = 0;
    for (const char *p = doc; *p; p++) {
        depth += (strchr("([{", *p) != NULL) - (strchr(")]}", *p) != NULL);
        if (depth == 0 && p[0] == ':' && p[1] == ' ') return p;
    }
    return doc + strlen(doc);
}
