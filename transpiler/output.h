/* output.h: the C file while it is made. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdarg.h>
#include <stddef.h>

/* Text that grows at its end, outside the arena, because it is large; {0} is empty. Where memory runs out flc2c ends,
 * as with the arena. */
typedef struct output {
    char *chars;
    size_t size, capacity;
} output;

void out_bytes(output *o, const char *s, size_t size);
void out_text(output *o, const char *s);
void out_char(output *o, char c);
void out_printf(output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_vprintf(output *o, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void out_free(output *o);

#endif
