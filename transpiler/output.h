/* output.h: the C file while it is made. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct output_block {
    struct output_block *next;
    size_t size, capacity;
    char chars[];
} output_block;

/* Text that grows at its end, in blocks outside the arena, because it is large; {0} is empty. Where memory runs out
 * flc2c ends, as with the arena. */
typedef struct output {
    output_block *first, *last;
    bool joins;    /* newlines become blanks: see out_join */
    bool mid_line; /* something has been written since the last out_break; while it joins */
} output;

void out_bytes(output *o, const char *s, size_t size);
void out_text(output *o, const char *s);
void out_char(output *o, char c);
void out_printf(output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_vprintf(output *o, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* From now on, until it is called with false, all is one line but where out_break is called: what stands in one line of
 * C has one place in the source. At the beginning of a line; leaves o there. */
void out_join(output *o, bool joins);
void out_break(output *o);
/* Moves all of tail to the end of o, without copying it; tail is empty then. */
void out_append(output *o, output *tail);
void out_free(output *o);

/* A stream that appends to o, complete after fclose; it takes no locks: for one thread. NULL: no memory. */
FILE *out_stream(output *o);

#endif
