/* file_internal.h: what file.c and open_file.c share. proc names the procedure in messages. */
#ifndef FLU_FILE_INTERNAL_H
#define FLU_FILE_INTERNAL_H

#include "file_op.h"
#include "flu/sched.h"

/* io-error "PROC: PATH: reason", reason from errno; its data is the path. */
flu_value flu_io_error(flu_worker *w, const char *proc, flu_value path);
/* The argument as C text; NULL: type-error was thrown. */
const char *flu_path_arg(flu_worker *w, const char *proc, int position, flu_value path);
/* At most `most` bytes of a file; result makes the value of them. */
flu_value flu_read_whole(flu_worker *w, const char *proc, flu_value path, size_t most,
                         flu_value (*result)(flu_worker *w, flu_file_op *op));
/* Makes size bytes, which data keeps alive, the content of a file (mode "wbe"), or puts them behind it ("abe"); nil. */
flu_value flu_write_whole(flu_worker *w, const char *proc, const char *mode, flu_value path, flu_value data,
                          const char *bytes, size_t size);
/* Open files. */
bool flu_is_file(flu_value v);
/* At most `most` of the bytes that are left. */
flu_value flu_file_rest(flu_worker *w, const char *proc, flu_value file, size_t most,
                        flu_value (*result)(flu_worker *w, flu_file_op *op));
flu_value flu_file_put(flu_worker *w, const char *proc, flu_value file, flu_value data, const char *bytes, size_t size);

#endif
