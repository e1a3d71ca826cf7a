/* text.c: growing text, in the arena and as a stream. */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "format.h"

/* ---- in the arena ---- */

enum { FIRST_CAPACITY = 120 };

/* Room for size bytes more, and the NUL. */
static void reserve(text *t, size_t size) {
    if (t->capacity > size && t->size < t->capacity - size) return;
    size_t capacity = t->capacity ? t->capacity * 2 : FIRST_CAPACITY;
    while (capacity - t->size <= size) capacity *= 2;
    char *chars = arena_alloc(capacity);
    if (t->size) memcpy(chars, t->chars, t->size);
    t->chars = chars;
    t->capacity = capacity;
}

void text_add_bytes(text *t, const char *s, size_t size) {
    reserve(t, size);
    memcpy(t->chars + t->size, s, size);
    t->size += size;
    t->chars[t->size] = '\0';
}

void text_add(text *t, const char *s) { text_add_bytes(t, s, strlen(s)); }

void text_printf(text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reserve(t, 0);
    size_t room = t->capacity - t->size;
    size_t n = format_text(t->chars + t->size, room, format, args);
    if (n >= room) {
        reserve(t, n);
        format_text(t->chars + t->size, n + 1, format, args);
    }
    t->size += n;
    va_end(args);
}

const char *text_chars(const text *t) { return t->chars ? t->chars : ""; }

/* ---- as a stream ---- */

typedef struct gathered {
    char *chars;
    size_t size, capacity;
    char **chars_out;
    size_t *size_out;
} gathered;

/* Large blocks are moved by realloc without copying. */
static bool make_room(gathered *g, size_t size) {
    if (g->capacity - g->size > size) return true;
    size_t capacity = g->capacity;
    while (capacity - g->size <= size)
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity)) return false;
    char *chars = realloc(g->chars, capacity);
    if (!chars) return false;
    g->chars = chars;
    g->capacity = capacity;
    return true;
}

static ssize_t gather(void *cookie, const char *s, size_t size) {
    gathered *g = cookie;
    if (!make_room(g, size)) {
        errno = ENOMEM;
        return 0;
    }
    memcpy(g->chars + g->size, s, size);
    g->size += size;
    return (ssize_t)size;
}

static int hand_over(void *cookie) {
    gathered *g = cookie;
    g->chars[g->size] = '\0';
    *g->chars_out = g->chars;
    *g->size_out = g->size;
    free(g);
    return 0;
}

FILE *text_stream(char **chars, size_t *size) {
    enum { FIRST_ROOM = 1 << 13 };
    gathered *g = malloc(sizeof *g);
    char *room = malloc(FIRST_ROOM);
    FILE *stream = g && room ? fopencookie(g, "w", (cookie_io_functions_t){.write = gather, .close = hand_over}) : NULL;
    if (!stream) {
        free(g);
        free(room);
        return NULL;
    }
    *g = (gathered){.chars = room, .capacity = FIRST_ROOM, .chars_out = chars, .size_out = size};
    __fsetlocking(stream, FSETLOCKING_BYCALLER);
    return stream;
}
