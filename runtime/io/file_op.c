/* file_op.c: operations on files, at once or by a helper (file_op.h). */
#include "file_op.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file_internal.h"
#include "flu/collections.h"
#include "flu/text.h"

/* ---- running ---- */

static void run(flu_file_op *op) { op->cause = op->run(op) ? 0 : errno; }

/* Frees what is left. w: NULL on a helper. */
static void over(flu_worker *w, flu_file_op *op) {
    flu_buf_free(&op->buf);
    free(op->line);
    if (op->file != NULL)
        flu_file_op_over(w, op);
    else if (op->stream != NULL)
        fclose(op->stream);
}

static flu_value end(flu_worker *w, flu_file_op *op) {
    flu_value v = FLU_NIL;
    if (op->buf.failed) {
        v = flu_raise(w, "out-of-memory", "%s: %s is too large", op->proc, FLU_STR(op->path)->bytes);
    } else if (op->cause != 0) {
        errno = op->cause;
        v = flu_io_error(w, op->proc, op->path);
    } else if (op->result != NULL) {
        v = op->result(w, op);
    }
    over(w, op);
    return v;
}

static void run_job(flu_job *job) { run((flu_file_op *)job); }
static flu_value end_job(flu_worker *w, flu_job *job) { return end(w, (flu_file_op *)job); }
static void drop_job(flu_job *job) { over(NULL, (flu_file_op *)job); }

flu_file_op *flu_file_op_new(flu_worker *w, flu_file_op *here, bool waits, const char *proc, flu_value path,
                             bool (*run)(flu_file_op *op)) {
    flu_file_op *op = waits ? flu_job_new(w, sizeof *op, run_job, end_job) : here;
    op->waits = waits;
    op->proc = proc;
    op->path = path;
    op->run = run;
    op->result = NULL;
    op->cause = 0;
    op->stream = NULL;
    op->file = NULL;
    op->line = NULL;
    flu_buf_init(&op->buf);
    if (waits) op->job.drop = drop_job;
    return op;
}

/* Is it a pipe, a terminal or a device? */
static bool may_wait(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

flu_file_op *flu_file_op_at(flu_worker *w, flu_file_op *here, const char *proc, flu_value path,
                            bool (*run)(flu_file_op *op)) {
    const char *name = flu_path_arg(w, proc, 1, path);
    return name == NULL ? NULL : flu_file_op_new(w, here, may_wait(name), proc, path, run);
}

flu_value flu_file_op_start(flu_worker *w, flu_file_op *op) {
    if (!op->waits) {
        run(op);
        return end(w, op);
    }
    flu_value v = flu_job_start(w, &op->job);
    if (w->signal != FLU_SUSPEND) over(w, op); /* it has not begun */
    return v;
}

/* ---- streams ---- */

static bool fails_with(int cause) {
    errno = cause;
    return false;
}

static bool open_stream(flu_file_op *op) {
    op->stream = fopen(FLU_STR(op->path)->bytes, op->mode);
    return op->stream != NULL;
}

bool flu_run_open(flu_file_op *op) {
    struct stat st;
    if (!open_stream(op)) return false;
    return fstat(fileno(op->stream), &st) != 0 || !S_ISDIR(st.st_mode) || fails_with(EISDIR);
}

/* An error at one operation is none for the next. */
static bool is_fine(FILE *stream) {
    int cause = errno;
    bool fine = !ferror(stream);
    clearerr(stream);
    errno = cause;
    return fine;
}

bool flu_run_line(flu_file_op *op) {
    char *line = NULL;
    size_t room = 0;
    errno = 0;
    ssize_t size = getline(&line, &room, op->stream);
    if (size <= 0) {
        int cause = errno != 0 ? errno : EIO;
        free(line);
        return (feof(op->stream) && is_fine(op->stream)) || fails_with(cause);
    }
    size -= line[size - 1] == '\n';
    op->line = line;
    op->size = flu_line_size(line, (size_t)size);
    return true;
}

static void read_at_once(flu_file_op *op) {
    flu_buf *b = &op->buf;
    size_t part, got;
    do {
        part = op->most - b->size < 65536 ? op->most - b->size : 65536;
        got = flu_buf_reserve(b, part) ? fread(b->data + b->size, 1, part, op->stream) : 0;
        b->size += got;
    } while (got == part && b->size < op->most);
}

static bool is_abandoned(flu_file_op *op) { return atomic_load_explicit(&op->job.abandoned, memory_order_relaxed); }

/* Stops at what comes first after its caller has gone. */
static void read_slowly(flu_file_op *op) {
    flu_buf *b = &op->buf;
    while (b->size < op->most && !b->failed) {
        int c = getc_unlocked(op->stream);
        if (c == EOF) break;
        flu_buf_char(b, (char)c);
        if (is_abandoned(op)) break;
    }
}

bool flu_run_read(flu_file_op *op) {
    flockfile(op->stream); /* what another task reads meanwhile comes before or after all of this */
    if (op->waits)
        read_slowly(op);
    else
        read_at_once(op);
    funlockfile(op->stream);
    return op->buf.failed || is_fine(op->stream);
}

/* There is a reader, who is to see it now. */
static bool write_slowly(flu_file_op *op) {
    for (size_t at = 0; at < op->size && !is_abandoned(op);) {
        size_t part = op->size - at < 4096 ? op->size - at : 4096;
        if (fwrite(op->bytes + at, 1, part, op->stream) != part || fflush(op->stream) != 0) return false;
        at += part;
    }
    return true;
}

bool flu_run_write(flu_file_op *op) {
    bool fine = op->waits ? write_slowly(op) : fwrite(op->bytes, 1, op->size, op->stream) == op->size;
    if (!fine) is_fine(op->stream);
    return fine;
}

/* ---- whole files ---- */

static bool close_stream(flu_file_op *op, bool fine) {
    int cause = errno;
    bool closed = fclose(op->stream) == 0;
    op->stream = NULL;
    return fine ? closed : fails_with(cause);
}

bool flu_run_read_whole(flu_file_op *op) {
    op->mode = "rbe";
    return open_stream(op) && close_stream(op, flu_run_read(op));
}

bool flu_run_write_whole(flu_file_op *op) {
    if (op->buf.failed) return false; /* not all is there that is to be written */
    return open_stream(op) && close_stream(op, flu_run_write(op));
}

/* ---- results ---- */

flu_value flu_op_text(flu_worker *w, flu_file_op *op) {
    return flu_string_checked(w, op->proc, op->buf.data, op->buf.size);
}

flu_value flu_op_line(flu_worker *w, flu_file_op *op) {
    return op->line != NULL ? flu_string_checked(w, op->proc, op->line, op->size) : FLU_UNDEF;
}

flu_value flu_op_bytes(flu_worker *w, flu_file_op *op) { return flu_bytes_copy(w, op->buf.data, op->buf.size); }
