/* text.h: text made piece by piece. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

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

#endif
