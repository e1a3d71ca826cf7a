/* arena.c: bump allocation from zeroed chunks, and the table of interned names. */
#include "arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "format.h"

enum {
    ALIGNMENT = 8,
    FIRST_CHUNK = 1 << 16,
    LAST_CHUNK = 1 << 25,
    HUGE_PAGE = 1 << 21,
    FIRST_SLOTS = 1 << 10,
    FIRST_CAPACITY = 8
};

/* calloc gives big chunks as fresh zero pages, so clearing costs nothing beyond touching them. */
typedef struct chunk {
    struct chunk *next;
    size_t size;
    _Alignas(ALIGNMENT) char memory[];
} chunk;

typedef struct region {
    chunk *chunks;
    chunk *open; /* the one that small blocks come from */
    char *free_start, *free_end;
    size_t chunk_bytes; /* of the next one: they double, up to LAST_CHUNK */
} region;

static region regions[] = {[ARENA_KEPT] = {.chunk_bytes = FIRST_CHUNK}, [ARENA_SCRATCH] = {.chunk_bytes = FIRST_CHUNK}};
static arena_region current = ARENA_KEPT;

_Noreturn void arena_out_of_memory(void) {
    fputs("flc2c: out of memory\n", stderr);
    exit(1);
}

/* A big source makes hundreds of megabytes of data: page faults would take longer than the reader itself. */
void ask_for_huge_pages(char *start, size_t bytes) {
#ifdef MADV_HUGEPAGE
    size_t skip = -(uintptr_t)start & (HUGE_PAGE - 1);
    if (bytes >= 2 * HUGE_PAGE) madvise(start + skip, (bytes - skip) & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE);
#else
    (void)start, (void)bytes;
#endif
}

static chunk *new_chunk(region *r, size_t bytes) {
    if (bytes > SIZE_MAX - sizeof(chunk)) arena_out_of_memory();
    chunk *c = calloc(1, sizeof *c + bytes);
    if (c == NULL) arena_out_of_memory();
    c->size = bytes;
    c->next = r->chunks;
    r->chunks = c;
    ask_for_huge_pages((char *)c, sizeof *c + bytes);
    return c;
}

void *arena_alloc(size_t bytes) {
    region *r = &regions[current];
    if (bytes > SIZE_MAX - ALIGNMENT) arena_out_of_memory();
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (bytes == 0) bytes = ALIGNMENT;
    if (bytes > (size_t)(r->free_end - r->free_start)) {
        /* A big block gets a chunk of its own, so that the rest of the present one is not lost. */
        if (bytes > r->chunk_bytes / 4) return new_chunk(r, bytes)->memory;
        r->open = new_chunk(r, r->chunk_bytes);
        r->free_start = r->open->memory;
        r->free_end = r->free_start + r->chunk_bytes;
        if (r->chunk_bytes < LAST_CHUNK) r->chunk_bytes *= 2;
    }
    void *p = r->free_start;
    r->free_start += bytes;
    return p;
}

arena_region arena_use(arena_region region) {
    arena_region before = current;
    current = region;
    return before;
}

static void free_chunks(region *r, chunk *kept) {
    for (chunk *c = r->chunks, *next; c != NULL; c = next) {
        next = c->next;
        if (c != kept) free(c);
    }
    r->chunks = kept;
    if (kept) kept->next = NULL;
}

/* The open chunk stays. What was used of it is still in the processor's cache, so it is cleared fast. */
void arena_clear_scratch(void) {
    region *r = &regions[ARENA_SCRATCH];
    free_chunks(r, r->open);
    if (!r->open) return;
    memset(r->open->memory, 0, (size_t)(r->free_start - r->open->memory));
    r->free_start = r->open->memory;
}

void *arena_array(size_t item_size, size_t n) {
    size_t bytes;
    if (__builtin_mul_overflow(item_size, n, &bytes)) arena_out_of_memory();
    return arena_alloc(bytes);
}

char *arena_copy(const char *s, size_t n) {
    if (n == SIZE_MAX) arena_out_of_memory();
    char *p = arena_alloc(n + 1);
    if (n > 0) memcpy(p, s, n);
    return p;
}

/* Straight into the free memory: formatting twice, to learn the size first, is for what does not fit. */
char *arena_vprintf(const char *format, va_list args) {
    region *r = &regions[current];
    size_t room = (size_t)(r->free_end - r->free_start);
    size_t n = format_text(r->free_start, room, format, args);
    bool fits = n < room;
    if (!fits && room) memset(r->free_start, 0, room);
    char *p = arena_alloc(n + 1); /* where it stands already, if it fits */
    if (!fits) format_text(p, n + 1, format, args);
    return p;
}

char *arena_printf(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *p = arena_vprintf(format, args);
    va_end(args);
    return p;
}

void *arena_grow(void *items, size_t item_size, size_t *capacity) {
    size_t old = *capacity;
    size_t wanted = old == 0 ? FIRST_CAPACITY : old * 2;
    if (wanted < old) arena_out_of_memory();
    char *p = arena_array(item_size, wanted);
    if (old > 0) memcpy(p, items, old * item_size);
    *capacity = wanted;
    return p;
}

/* Interned names: open addressing, linear probing, at most half full. */
typedef struct slot {
    const char *text; /* NULL: free */
    uint32_t hash;
    uint32_t size;
} slot;

static slot *slots;
static size_t slot_count, slots_used;

static uint32_t hash_bytes(const char *s, size_t n) {
    uint64_t h = 0xcbf29ce484222325u ^ n;
    while (n >= 8) {
        uint64_t word;
        memcpy(&word, s, 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
        s += 8, n -= 8;
    }
    for (; n > 0; n--) h = (h ^ (unsigned char)*s++) * 0x100000001b3u;
    return (uint32_t)((h * 0x9e3779b97f4a7c15u) >> 32);
}

static void grow_slots(void) {
    size_t old_count = slot_count;
    slot *old = slots;
    slot_count = old_count == 0 ? FIRST_SLOTS : old_count * 2;
    slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL) arena_out_of_memory();
    for (size_t k = 0; k < old_count; k++) {
        if (old[k].text == NULL) continue;
        size_t i = old[k].hash & (slot_count - 1);
        while (slots[i].text != NULL) i = (i + 1) & (slot_count - 1);
        slots[i] = old[k];
    }
    free(old);
}

/* A word stands before the characters: the copy that the name is, or NULL. */
static char *new_name(const char *s, size_t n, const name_copy *copy) {
    const name_copy **block = arena_alloc(sizeof *block + n + 1);
    *block = copy;
    memcpy(block + 1, s, n);
    return (char *)(block + 1);
}

const char *copy_name(const char *of, struct macro_use *made) {
    name_copy *copy = NEW(name_copy);
    static unsigned copies;
    *copy = (name_copy){of, made, ++copies};
    return new_name(of, strlen(of), copy);
}

const char *name_base(const char *name) {
    for (const name_copy *c = name_copied(name); c; c = name_copied(name)) name = c->of;
    return name;
}

const char *intern(const char *s, size_t n) {
    if (n > UINT32_MAX) arena_out_of_memory();
    if (slots_used * 2 >= slot_count) grow_slots();
    uint32_t hash = hash_bytes(s, n);
    size_t i = hash & (slot_count - 1);
    for (; slots[i].text != NULL; i = (i + 1) & (slot_count - 1))
        if (slots[i].hash == hash && slots[i].size == n && memcmp(slots[i].text, s, n) == 0) return slots[i].text;
    arena_region outer = arena_use(ARENA_KEPT);
    slots[i] = (slot){.text = new_name(s, n, NULL), .hash = hash, .size = (uint32_t)n};
    arena_use(outer);
    slots_used++;
    return slots[i].text;
}

const char *intern_cstr(const char *s) { return intern(s, strlen(s)); }

void arena_free_all(void) {
    for (arena_region i = ARENA_KEPT; i <= ARENA_SCRATCH; i++) {
        free_chunks(&regions[i], NULL);
        regions[i] = (region){.chunk_bytes = FIRST_CHUNK};
    }
    free(slots);
    slots = NULL;
    slot_count = slots_used = 0;
}
