/* file_op.h: one operation on a file: opening it, reading a line, writing a text. Files answer at once, as good as
 * always, and the operation runs on the worker. One on a pipe, a terminal or a device may take for ever: a helper
 * thread runs it (ffi/job.c) while only the calling task waits. Why not the poller: opening a named pipe waits too, for
 * its other end.
 *
 *   flu_file_op here, *op = flu_file_op_at(w, &here, proc, path, run);
 *   ...                                      what run needs
 *   return flu_file_op_start(w, op);         the value that op->result makes, or FLU_ABNORMAL
 *
 * A task that is cancelled goes on at once. Its operation ends with what comes next from the other side, which is lost.
 */
#ifndef FLU_FILE_OP_H
#define FLU_FILE_OP_H

#include <stdio.h>

#include "flu/foreign.h"
#include "flu/print.h"

typedef struct flu_file_op flu_file_op;
typedef struct flu_file flu_file;

struct flu_file_op {
    flu_job job; /* must be first */
    bool waits;
    const char *proc; /* for messages */
    flu_value path;   /* too */
    /* Uses nothing of the runtime. False: it failed, see errno. */
    bool (*run)(flu_file_op *op);
    flu_value (*result)(flu_worker *w, flu_file_op *op); /* NULL: nil. On a worker */
    int cause;
    const char *mode; /* of fopen */
    FILE *stream;     /* run reads or writes it, or has opened it, and result has not taken it */
    flu_file *file;   /* NULL, or the open file that stream belongs to: flu_file_op_over */
    flu_value data;   /* keeps what is to be written alive */
    const char *bytes;
    size_t size;
    flu_buf buf; /* what was read, or is to be written */
    size_t most; /* bytes to be read */
    char *line;  /* that was read, of size bytes; NULL: there was none */
};

/* here: the caller's, used if the operation runs at once. */
flu_file_op *flu_file_op_new(flu_worker *w, flu_file_op *here, bool waits, const char *proc, flu_value path,
                             bool (*run)(flu_file_op *op));
/* The same for the file of that name, argument 1 of proc; NULL: it is no path, type-error was thrown. */
flu_file_op *flu_file_op_at(flu_worker *w, flu_file_op *here, const char *proc, flu_value path,
                            bool (*run)(flu_file_op *op));
flu_value flu_file_op_start(flu_worker *w, flu_file_op *op);
/* open_file.c: op has ended, or never began; its file may be used by the next one. w: NULL on a helper. */
void flu_file_op_over(flu_worker *w, flu_file_op *op);

/* The size of a line whose line feed was cut off, without the CR before it. */
static inline size_t flu_line_size(const char *line, size_t size) {
    return size - (size > 0 && line[size - 1] == '\r');
}

/* ---- what is run ---- */

bool flu_run_open(flu_file_op *op);        /* opens path; a folder is refused */
bool flu_run_line(flu_file_op *op);        /* from stream: a line, without its end */
bool flu_run_read(flu_file_op *op);        /* from stream: at most `most` bytes */
bool flu_run_write(flu_file_op *op);       /* to stream, bytes; at once if it waits */
bool flu_run_read_whole(flu_file_op *op);  /* opens path, reads, closes it */
bool flu_run_write_whole(flu_file_op *op); /* opens path, writes bytes, closes it */

/* ---- results ---- */

flu_value flu_op_text(flu_worker *w, flu_file_op *op);  /* what was read as a string; parse-error */
flu_value flu_op_line(flu_worker *w, flu_file_op *op);  /* the line; FLU_UNDEF: there was none; parse-error */
flu_value flu_op_bytes(flu_worker *w, flu_file_op *op); /* as bytes */

#endif
