/* text.h: text made piece by piece. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Equality and strcmp's order. Names mostly differ in their first two characters, and the passes compare millions. */
static inline bool same_text(const char *a, const char *b) {
    return a[0] == b[0] && (a[0] == '\0' || (a[1] == b[1] && strcmp(a, b) == 0));
}
static inline bool is_one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (same_text(name, names[i])) return true;
    return false;
}
static inline int compare_texts(const char *a, const char *b) {
    int first = (unsigned char)a[0] - (unsigned char)b[0];
    return first != 0 ? first : strcmp(a, b);
}

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
