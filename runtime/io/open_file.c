/* open_file.c: open files, lines and bytes of files, and what is done with names of files and folders. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_internal.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/print.h"
#include "flu/text.h"
#include "handle.h"

/* ---- open files ---- */

static const flu_class file_class = {.name = "file", .print = NULL};

struct flu_file {
    flu_opaque o;
    flu_lock lock; /* guards closed; unless it waits, held while an operation is under way */
    bool closed;
    bool waits; /* its operations may */
    flu_value path;
    FILE *stream;
    _Atomic uint32_t
        users; /* operations under way on helpers, and one until it is closed: the last one closes the stream */
};

static void is_garbage(void *object, FLU_UNUSED void *data) {
    flu_file *f = object;
    if (!f->closed) fclose(f->stream);
}

static flu_file *file_of(flu_value v) {
    return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == &file_class ? FLU_AS(flu_file, v) : NULL;
}

bool flu_is_file(flu_value v) { return file_of(v) != NULL; }

static flu_value opened(flu_worker *w, flu_file_op *op) {
    flu_file *f = flu_alloc(w, sizeof *f); /* cleared */
    f->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &file_class};
    f->waits = op->waits;
    f->path = op->path;
    f->stream = op->stream;
    atomic_store_explicit(&f->users, 1, memory_order_relaxed);
    op->stream = NULL;
    flu_on_garbage(f, is_garbage, NULL);
    return FLU_VALUE(f);
}

static flu_value open_file(flu_worker *w, const char *proc, flu_value path, const char *mode) {
    flu_file_op here, *op = flu_file_op_at(w, &here, proc, path, flu_run_open);
    if (op == NULL) return FLU_ABNORMAL;
    op->mode = mode;
    op->result = opened;
    return flu_file_op_start(w, op);
}

/* (%file-open path mode) */
flu_value flu_file_open(flu_worker *w, flu_value path, flu_value mode) {
    const char *letter = flu_is_string(mode) ? FLU_STR(mode)->bytes : "";
    if (strcmp(letter, "r") != 0 && strcmp(letter, "w") != 0 && strcmp(letter, "a") != 0)
        return flu_type_error(w, "with-open-file", 2, "the mode \"r\", \"w\" or \"a\"", mode);
    return open_file(w, "with-open-file", path, *letter == 'r' ? "rbe" : *letter == 'w' ? "wbe" : "abe");
}

/* The last one closes the stream; false: that has failed, see errno. */
static bool leave(flu_file *f) { return atomic_fetch_sub(&f->users, 1) > 1 || fclose(f->stream) == 0; }

void flu_file_op_over(flu_worker *w, flu_file_op *op) {
    if (op->waits)
        leave(op->file);
    else
        flu_lock_release(w, &op->file->lock);
}

/* (%file-close f): once or more. What could not be written at last is an io-error. */
flu_value flu_file_close(flu_worker *w, flu_value v) {
    flu_file *f = file_of(v);
    flu_lock_take(w, &f->lock);
    bool closed = f->closed;
    f->closed = true;
    flu_lock_release(w, &f->lock);
    if (closed) return FLU_NIL;
    flu_on_garbage(f, NULL, NULL);
    return leave(f) ? FLU_NIL : flu_io_error(w, "with-open-file", f->path);
}

/* An operation on an open file; NULL: it is closed. */
static flu_file_op *use(flu_worker *w, flu_file_op *here, const char *proc, flu_file *f, bool (*run)(flu_file_op *)) {
    flu_file_op *op = flu_file_op_new(w, here, f->waits, proc, f->path, run);
    flu_lock_take(w, &f->lock);
    bool closed = f->closed;
    if (f->waits && !closed) atomic_fetch_add_explicit(&f->users, 1, memory_order_relaxed);
    if (f->waits || closed) flu_lock_release(w, &f->lock);
    if (closed) return NULL;
    op->file = f;
    op->stream = f->stream;
    return op;
}

static flu_value closed_error(flu_worker *w, const char *proc, const flu_file *f) {
    return flu_raise_data(w, "io-error", f->path, "%s: %s: the file is closed", proc, FLU_STR(f->path)->bytes);
}

static flu_value line_or_nil(flu_worker *w, flu_file_op *op) { return op->line != NULL ? flu_op_line(w, op) : FLU_NIL; }

flu_value flu_file_read_line(flu_worker *w, flu_value v) {
    flu_file *f = file_of(v);
    if (f == NULL) return flu_type_error(w, "file-read-line", 1, "an open file", v);
    flu_file_op here, *op = use(w, &here, "file-read-line", f, flu_run_line);
    if (op == NULL) return closed_error(w, "file-read-line", f);
    op->result = line_or_nil;
    return flu_file_op_start(w, op);
}

flu_value flu_file_rest(flu_worker *w, const char *proc, flu_value file, size_t most,
                        flu_value (*result)(flu_worker *w, flu_file_op *op)) {
    flu_file_op here, *op = use(w, &here, proc, file_of(file), flu_run_read);
    if (op == NULL) return closed_error(w, proc, file_of(file));
    op->most = most;
    op->result = result;
    return flu_file_op_start(w, op);
}

flu_value flu_file_put(flu_worker *w, const char *proc, flu_value file, flu_value data, const char *bytes,
                       size_t size) {
    flu_file_op here, *op = use(w, &here, proc, file_of(file), flu_run_write);
    if (op == NULL) return closed_error(w, proc, file_of(file));
    op->data = data;
    op->bytes = bytes;
    op->size = size;
    return flu_file_op_start(w, op);
}

/* ---- of line-stream ---- */

/* (%line-reader path): an open file; (%line-reader-next r): the next line, or the absent argument. */
flu_value flu_line_reader(flu_worker *w, flu_value path) { return open_file(w, "line-stream", path, "rbe"); }

flu_value flu_line_reader_next(flu_worker *w, flu_value r) {
    flu_file_op here, *op = use(w, &here, "line-stream", file_of(r), flu_run_line);
    if (op == NULL) return FLU_UNDEF;
    op->result = flu_op_line;
    return flu_file_op_start(w, op);
}

/* ---- bytes ---- */

static flu_value bytes_or_nil(flu_worker *w, flu_file_op *op) {
    return op->buf.size > 0 ? flu_op_bytes(w, op) : FLU_NIL;
}

flu_value flu_file_read_bytes(flu_worker *w, flu_value x, flu_value max) {
    if (max != FLU_UNDEF && (!flu_is_fix(max) || flu_fix(max) < 1))
        return flu_type_error(w, "file-read-bytes", 2, "a positive int", max);
    size_t most = max == FLU_UNDEF ? SIZE_MAX : (size_t)flu_fix(max);
    if (flu_is_file(x)) return flu_file_rest(w, "file-read-bytes", x, most, bytes_or_nil);
    return flu_read_whole(w, "file-read-bytes", x, most, flu_op_bytes);
}

flu_value flu_file_write_bytes(flu_worker *w, flu_value x, flu_value data) {
    size_t size;
    const char *bytes = flu_data_arg(w, "file-write-bytes", 2, data, &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    return flu_is_file(x) ? flu_file_put(w, "file-write-bytes", x, data, bytes, size)
                          : flu_write_whole(w, "file-write-bytes", "wbe", x, data, bytes, size);
}

/* ---- lines ---- */

/* The lines of what was read, without their ends. */
static flu_value lines_of(flu_worker *w, flu_file_op *op) {
    flu_list_builder lines = {FLU_EMPTY, NULL};
    const char *at = op->buf.data, *end = at + op->buf.size;
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at)), *stop = feed != NULL ? feed : end;
        flu_value line = flu_string_checked(w, op->proc, at, flu_line_size(at, (size_t)(stop - at)));
        if (line == FLU_ABNORMAL) return FLU_ABNORMAL;
        flu_list_add(w, &lines, line);
        at = feed != NULL ? feed + 1 : end;
    }
    return lines.list;
}

flu_value flu_file_read_lines(flu_worker *w, flu_value path) {
    return flu_read_whole(w, "file-read-lines", path, SIZE_MAX, lines_of);
}

flu_value flu_file_write_lines(flu_worker *w, flu_value path, flu_value lines) {
    flu_file_op here, *op = flu_file_op_at(w, &here, "file-write-lines", path, flu_run_write_whole);
    flu_value list = op == NULL ? FLU_ABNORMAL : flu_seq_list(w, "file-write-lines", 2, lines);
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (flu_value l = list; flu_is_cons(l); l = FLU_CELL(l)->tail)
        if (!flu_is_string(FLU_CELL(l)->head))
            return flu_type_error(w, "file-write-lines", 2, "a list of strings", FLU_CELL(l)->head);
    for (flu_value l = list; flu_is_cons(l); l = FLU_CELL(l)->tail) {
        flu_buf_add(&op->buf, FLU_STR(FLU_CELL(l)->head)->bytes, flu_str_size(FLU_CELL(l)->head));
        flu_buf_char(&op->buf, '\n');
    }
    op->mode = "wbe";
    op->bytes = op->buf.data;
    op->size = op->buf.size;
    return flu_file_op_start(w, op);
}

/* ---- names ---- */

flu_value flu_file_rename(flu_worker *w, flu_value from, flu_value to) {
    const char *old = flu_path_arg(w, "file-rename", 1, from);
    const char *fresh = old == NULL ? NULL : flu_path_arg(w, "file-rename", 2, to);
    if (fresh == NULL) return FLU_ABNORMAL;
    return rename(old, fresh) == 0 ? FLU_NIL : flu_io_error(w, "file-rename", from);
}

flu_value flu_file_size(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "file-size", 1, path);
    struct stat st;
    if (name == NULL) return FLU_ABNORMAL;
    return stat(name, &st) == 0 ? FLU_FIX((int64_t)st.st_size) : flu_io_error(w, "file-size", path);
}

flu_value flu_dir_create(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "dir-create", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    return mkdir(name, 0777) == 0 ? FLU_NIL : flu_io_error(w, "dir-create", path);
}

flu_value flu_dir_delete(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "dir-delete", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    return rmdir(name) == 0 ? FLU_NIL : flu_io_error(w, "dir-delete", path);
}

flu_value flu_current_directory(flu_worker *w) {
    char path[PATH_MAX];
    if (getcwd(path, sizeof path) == NULL) return flu_raise(w, "io-error", "current-directory: %s", strerror(errno));
    return flu_string_checked(w, "current-directory", path, strlen(path));
}
