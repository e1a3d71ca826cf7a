/* text.c: growing text in the arena. */
#include "text.h"

#include <stdarg.h>
#include <string.h>

#include "arena.h"
#include "format.h"

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
