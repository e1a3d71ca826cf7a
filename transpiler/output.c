/* output.c: text that grows by realloc, which moves large blocks without copying. */
#include "output.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "format.h"

enum { FIRST_CAPACITY = 1 << 13 };

static void grow(output *o, size_t size) {
    size_t capacity = o->capacity ? o->capacity : FIRST_CAPACITY;
    while (capacity - o->size <= size)
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity)) arena_out_of_memory();
    char *chars = realloc(o->chars, capacity);
    if (!chars) arena_out_of_memory();
    o->chars = chars;
    o->capacity = capacity;
    ask_for_huge_pages(chars, capacity);
}

/* Room for size bytes more, and a NUL. */
static inline void reserve(output *o, size_t size) {
    if (o->capacity - o->size <= size) grow(o, size);
}

void out_bytes(output *o, const char *s, size_t size) {
    reserve(o, size);
    memcpy(o->chars + o->size, s, size);
    o->size += size;
}

void out_text(output *o, const char *s) { out_bytes(o, s, strlen(s)); }

void out_char(output *o, char c) {
    reserve(o, 1);
    o->chars[o->size++] = c;
}

void out_vprintf(output *o, const char *format, va_list args) {
    reserve(o, 0);
    size_t room = o->capacity - o->size;
    size_t n = format_text(o->chars + o->size, room, format, args);
    if (n >= room) {
        reserve(o, n);
        format_text(o->chars + o->size, n + 1, format, args);
    }
    o->size += n;
}

void out_printf(output *o, const char *format, ...) {
    va_list args;
    va_start(args, format);
    out_vprintf(o, format, args);
    va_end(args);
}

void out_free(output *o) {
    free(o->chars);
    *o = (output){0};
}
