/* arena.h: the transpiler's memory. One arena for the whole run, freed at exit; nothing is freed singly. */
#ifndef ARENA_H
#define ARENA_H

#include <stdarg.h>
#include <stddef.h>

/* Cleared memory, 8-aligned. Never NULL (exhaustion prints a message and exits with status 1). */
void *arena_alloc(size_t bytes);
#define NEW(T)          ((T *)arena_alloc(sizeof(T)))
#define NEW_ARRAY(T, n) ((T *)arena_array(sizeof(T), (size_t)(n)))
void *arena_array(size_t item_size, size_t n); /* checks the product for overflow */
/* A copy of n bytes, NUL-terminated. */
char *arena_copy(const char *s, size_t n);
char *arena_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *arena_vprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0), nonnull(1)));
/* Where arena_alloc and all that is made of it takes memory from. Scratch memory is for what one procedure of the
 * program needs while it is printed: whoever makes something that lasts in the midst of that switches to ARENA_KEPT and
 * back. */
typedef enum arena_region { ARENA_KEPT, ARENA_SCRATCH } arena_region;
arena_region arena_use(arena_region region); /* gives the one before; at the start it is ARENA_KEPT */
void arena_clear_scratch(void);              /* all scratch memory is free again */
/* For other large memory: says so and exits with status 1, as when the arena has no more. */
_Noreturn void arena_out_of_memory(void);
/* Advice about fresh memory; a matter of speed only. */
void ask_for_huge_pages(char *start, size_t bytes);
/* Frees everything, interned names included: no pointer from here may be used afterwards. */
void arena_free_all(void);

/* The one copy of a name: equal names give equal pointers. The pointer is the transpiler's symbol type. */
const char *intern(const char *s, size_t n);
const char *intern_cstr(const char *s);

/* A name that a macro expansion has made: another symbol with the same characters, told apart by its address. */
typedef struct name_copy {
    const char *of;         /* what it copies: an interned name, or a copy itself */
    struct macro_use *made; /* macro.h: the expansion that made it */
    unsigned number;        /* of the copies, in order */
} name_copy;
const char *copy_name(const char *of, struct macro_use *made);
/* NULL: name is an interned one. It must be one of the two. */
static inline const name_copy *name_copied(const char *name) {
    return ((const name_copy *const *)(const void *)name)[-1];
}
/* The interned name behind all copies: what it is as data. */
const char *name_base(const char *name);

/* Growable array: PUSH(array, count, capacity, item). */
#define PUSH(items, count, capacity, item)                                                                             \
    do {                                                                                                               \
        if ((count) == (capacity)) (items) = arena_grow((items), sizeof *(items), &(capacity));                        \
        (items)[(count)++] = (item);                                                                                   \
    } while (0)
void *arena_grow(void *items, size_t item_size, size_t *capacity);

#endif
