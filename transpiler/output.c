/* output.c: text in blocks, each twice as large as the one before. */
#include "output.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "format.h"

enum { FIRST_BLOCK = 1 << 13, LAST_BLOCK = 1 << 25 };

static void add_block(output *o, size_t size) {
    size_t capacity = FIRST_BLOCK;
    if (o->last) capacity = o->last->capacity < LAST_BLOCK ? o->last->capacity * 2 : LAST_BLOCK;
    if (capacity <= size) capacity = size + 1;
    output_block *b = size < SIZE_MAX / 2 ? malloc(sizeof *b + capacity) : NULL;
    if (!b) arena_out_of_memory();
    ask_for_huge_pages((char *)b, sizeof *b + capacity);
    *b = (output_block){.capacity = capacity};
    if (o->last)
        o->last->next = b;
    else
        o->first = b;
    o->last = b;
}

/* Room for size bytes more in one block, and a NUL. */
static inline output_block *reserve(output *o, size_t size) {
    if (!o->last || o->last->capacity - o->last->size <= size) add_block(o, size);
    return o->last;
}

/* What has just been written. */
static void join(output *o, char *s, size_t size) {
    o->mid_line = true;
    for (char *end = s + size; (s = memchr(s, '\n', (size_t)(end - s))); s++) *s = ' ';
}

void out_bytes(output *o, const char *s, size_t size) {
    output_block *b = reserve(o, size);
    memcpy(b->chars + b->size, s, size);
    if (o->joins) join(o, b->chars + b->size, size);
    b->size += size;
}

void out_text(output *o, const char *s) { out_bytes(o, s, strlen(s)); }

void out_char(output *o, char c) { out_bytes(o, &c, 1); }

void out_break(output *o) {
    if (!o->mid_line) return;
    bool joins = o->joins;
    o->joins = false;
    out_char(o, '\n');
    o->joins = joins;
    o->mid_line = false;
}

void out_join(output *o, bool joins) {
    out_break(o);
    o->joins = joins;
}

void out_vprintf(output *o, const char *format, va_list args) {
    output_block *b = reserve(o, 0);
    size_t room = b->capacity - b->size;
    size_t n = format_text(b->chars + b->size, room, format, args);
    if (n >= room) {
        b = reserve(o, n);
        format_text(b->chars + b->size, n + 1, format, args);
    }
    if (o->joins) join(o, b->chars + b->size, n);
    b->size += n;
}

void out_printf(output *o, const char *format, ...) {
    va_list args;
    va_start(args, format);
    out_vprintf(o, format, args);
    va_end(args);
}

void out_append(output *o, output *tail) {
    if (!tail->first) return;
    if (o->last)
        o->last->next = tail->first;
    else
        o->first = tail->first;
    o->last = tail->last;
    *tail = (output){0};
}

void out_free(output *o) {
    for (output_block *b = o->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *o = (output){0};
}

static ssize_t gather(void *cookie, const char *s, size_t size) {
    out_bytes(cookie, s, size);
    return (ssize_t)size;
}

FILE *out_stream(output *o) {
    FILE *stream = fopencookie(o, "w", (cookie_io_functions_t){.write = gather});
    if (stream) __fsetlocking(stream, FSETLOCKING_BYCALLER);
    return stream;
}
