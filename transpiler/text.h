/* text.h: text made piece by piece. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Text in the arena that grows at its end; {0} is empty. */
typedef struct text {
    char *chars; /* NUL-terminated if there was anything added, else NULL */
    size_t size, capacity;
} text;

void text_add(text *t, const char *s);
void text_add_bytes(text *t, const char *s, size_t size);
void text_printf(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As it is now; valid until something is added. */
const char *text_chars(const text *t);

/* As open_memstream: what is printed to the stream is in *chars (malloc'd, NUL-terminated) and *size after fclose,
 * which fails if memory runs out. For large texts: growing neither copies nor clears, and the stream takes no locks, so
 * only one thread may use it. NULL: no memory. */
FILE *text_stream(char **chars, size_t *size);

#endif
