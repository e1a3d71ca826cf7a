/* file_internal.h: what file.c, open_file.c and waiting_file.c share. proc names the procedure in messages. */
#ifndef FLU_FILE_INTERNAL_H
#define FLU_FILE_INTERNAL_H

#include <stdio.h>

#include "flu/sched.h"

typedef struct flu_file flu_file;

/* io-error "PROC: PATH: reason", reason from errno; its data is the path. */
flu_value flu_io_error(flu_worker *w, const char *proc, flu_value path);
/* The argument as C text; NULL: type-error was thrown. */
const char *flu_path_arg(flu_worker *w, const char *proc, int position, flu_value path);
/* Reads the rest of f; false: an error, see errno. Uses nothing of the runtime. */
bool flu_read_all(FILE *f, flu_buf *b);
/* The bytes as a string; parse-error, out-of-memory. */
flu_value flu_text_read(flu_worker *w, const char *proc, flu_value path, const flu_buf *b);
/* Is it a pipe, a terminal or a device? waiting_file.c: reads or writes all of it while only the running task waits. */
bool flu_file_may_wait(const char *path);
flu_value flu_file_read_waiting(flu_worker *w, const char *proc, flu_value path);
flu_value flu_file_write_waiting(flu_worker *w, const char *proc, const char *mode, flu_value path, flu_value text);
/* Makes size bytes the content of a file (mode "wbe"), or puts them behind it ("abe"); nil. */
flu_value flu_write_whole(flu_worker *w, const char *proc, const char *mode, flu_value path, const char *bytes,
                          size_t size);
/* NULL: v is no open file. */
flu_file *flu_file_of(flu_value v);
/* At most `most` of the bytes that are left, as text or bytes; no bytes left: nil, or "" as text. */
flu_value flu_file_rest(flu_worker *w, const char *proc, flu_file *f, size_t most, bool text);
flu_value flu_file_put(flu_worker *w, const char *proc, flu_file *f, const char *bytes, size_t size);

#endif
