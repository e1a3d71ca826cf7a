/* print.h: text of values, and the standard output of programs. */
#ifndef FLU_PRINT_H
#define FLU_PRINT_H

#include "worker.h"

/* Growable byte buffer; small texts stay in it. Lives on the C stack of its user, who frees it. Nothing in it is seen
 * by the collector. When memory is exhausted `failed` is set and further text is dropped. */
typedef struct flu_buf {
    char *data;
    size_t size, capacity;
    bool failed;
    char local[488];
} flu_buf;

void flu_buf_init(flu_buf *b);
void flu_buf_free(flu_buf *b);
/* Room for n more bytes at data + size; false: memory is exhausted. */
bool flu_buf_reserve(flu_buf *b, size_t n);
void flu_buf_add(flu_buf *b, const char *text, size_t size);
void flu_buf_puts(flu_buf *b, const char *text);
void flu_buf_char(flu_buf *b, char c);
void flu_buf_printf(flu_buf *b, const char *format, ...) FLU_PRINTF(2, 3);
/* A string with the buffer's text (which must be UTF-8); FLU_ABNORMAL: out-of-memory was thrown, naming proc. */
flu_value flu_buf_string(flu_worker *w, flu_buf *b, const char *proc);

/* Appends the text of v: displayed (a string as it is; strings inside collections quoted), or in readable form (strings
 * quoted). Any depth and length; vectors that contain themselves are cut with #(...). Nothing is thrown. */
void flu_display(flu_worker *w, flu_buf *b, flu_value v);
void flu_repr(flu_worker *w, flu_buf *b, flu_value v);
/* A string as it is read: quotes, escapes. */
void flu_repr_text(flu_buf *b, const char *text, size_t size);
/* The readable form as a string, cut to about `limit` bytes with "..." : for error messages. limit 0: not cut. */
flu_value flu_repr_string(flu_worker *w, flu_value v, size_t limit);

/* ---- standard output ----
 * One buffer of 64 KB for the process, written when full, at each newline if it is a terminal, when the program waits
 * for time or input, and by flu_out_flush. A
 * call's text never mixes with another's. A reader that went away (EPIPE) ends the process as SIGPIPE does. */

/* 0, or the errno of a failed write (the text that could not be written is dropped). */
int flu_out_write(const char *text, size_t size);
/* To be called before a blocking read and before the process ends. 0, or an errno. */
int flu_out_flush(void);
/* Before waiting for events. What fails is told by the next flu_out_flush. */
void flu_out_idle(void);
/* From now on the text is written at each newline, as if to a terminal. */
void flu_out_by_lines(void);
/* Standard error, unbuffered, in one piece. */
int flu_err_write(const char *text, size_t size);

#endif
