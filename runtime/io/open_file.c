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
    flu_lock lock; /* guards all below */
    FILE *file;    /* NULL: closed */
    flu_value path;
};

static void is_garbage(void *object, FLU_UNUSED void *data) {
    flu_file *f = object;
    if (f->file != NULL) fclose(f->file);
}

flu_file *flu_file_of(flu_value v) {
    return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == &file_class ? FLU_AS(flu_file, v) : NULL;
}

/* (%file-open path mode) */
flu_value flu_file_open(flu_worker *w, flu_value path, flu_value mode) {
    const char *name = flu_path_arg(w, "with-open-file", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    const char *letter = flu_is_string(mode) ? FLU_STR(mode)->bytes : "";
    if (strcmp(letter, "r") != 0 && strcmp(letter, "w") != 0 && strcmp(letter, "a") != 0)
        return flu_type_error(w, "with-open-file", 2, "the mode \"r\", \"w\" or \"a\"", mode);
    FILE *file = fopen(name, *letter == 'r' ? "rbe" : *letter == 'w' ? "wbe" : "abe");
    if (file == NULL) return flu_io_error(w, "with-open-file", path);
    struct stat st;
    if (fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(file);
        errno = EISDIR;
        return flu_io_error(w, "with-open-file", path);
    }
    flu_file *f = flu_alloc(w, sizeof *f);
    f->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &file_class};
    f->file = file;
    f->path = path;
    flu_on_garbage(f, is_garbage, NULL);
    return FLU_VALUE(f);
}

/* (%file-close f): once or more. What could not be written at last is an io-error. */
flu_value flu_file_close(flu_worker *w, flu_value v) {
    flu_file *f = flu_file_of(v);
    flu_lock_take(w, &f->lock);
    FILE *file = f->file;
    f->file = NULL;
    flu_lock_release(w, &f->lock);
    if (file == NULL) return FLU_NIL;
    flu_on_garbage(f, NULL, NULL);
    return fclose(file) == 0 ? FLU_NIL : flu_io_error(w, "with-open-file", f->path);
}

/* Lock held if true. */
static bool begin(flu_worker *w, const char *proc, flu_file *f) {
    flu_lock_take(w, &f->lock);
    if (f->file != NULL) return true;
    flu_lock_release(w, &f->lock);
    flu_raise_data(w, "io-error", f->path, "%s: %s: the file is closed", proc, FLU_STR(f->path)->bytes);
    return false;
}

static flu_value end(flu_worker *w, const char *proc, flu_file *f, bool ok, flu_value v) {
    int cause = errno;
    if (!ok) clearerr(f->file);
    flu_lock_release(w, &f->lock);
    errno = cause;
    return ok ? v : flu_io_error(w, proc, f->path);
}

/* The next line without its end; FLU_UNDEF: there is none. *ok false: it could not be read. */
static flu_value next_line(flu_worker *w, const char *proc, FILE *file, bool *ok) {
    char *line = NULL;
    size_t room = 0;
    ssize_t size = getline(&line, &room, file);
    flu_value text = FLU_UNDEF;
    if (size > 0) {
        size -= line[size - 1] == '\n';
        size -= size > 0 && line[size - 1] == '\r';
        text = flu_string_checked(w, proc, line, (size_t)size);
    }
    *ok = size > 0 || !ferror(file);
    free(line);
    return text;
}

flu_value flu_file_read_line(flu_worker *w, flu_value v) {
    flu_file *f = flu_file_of(v);
    bool ok;
    if (f == NULL) return flu_type_error(w, "file-read-line", 1, "an open file", v);
    if (!begin(w, "file-read-line", f)) return FLU_ABNORMAL;
    flu_value line = next_line(w, "file-read-line", f->file, &ok);
    return end(w, "file-read-line", f, ok, line == FLU_UNDEF ? FLU_NIL : line);
}

static bool read_up_to(FILE *file, flu_buf *b, size_t most) {
    while (b->size < most && !feof(file)) {
        size_t part = most - b->size < 65536 ? most - b->size : 65536;
        if (!flu_buf_reserve(b, part)) return true;
        b->size += fread(b->data + b->size, 1, part, file);
        if (ferror(file)) return false;
    }
    return true;
}

static flu_value made(flu_worker *w, const char *proc, flu_buf *b, bool text) {
    flu_value v = b->failed ? flu_raise(w, "out-of-memory", "%s: the file is too large", proc)
                  : text    ? flu_string_checked(w, proc, b->data, b->size)
                            : flu_bytes_copy(w, b->data, b->size);
    flu_buf_free(b);
    return v;
}

flu_value flu_file_rest(flu_worker *w, const char *proc, flu_file *f, size_t most, bool text) {
    flu_buf b;
    if (!begin(w, proc, f)) return FLU_ABNORMAL;
    flu_buf_init(&b);
    bool ok = read_up_to(f->file, &b, most), nothing = ok && b.size == 0;
    flu_value v = ok ? made(w, proc, &b, text) : FLU_NIL;
    return end(w, proc, f, ok, nothing && !text ? FLU_NIL : v);
}

flu_value flu_file_put(flu_worker *w, const char *proc, flu_file *f, const char *bytes, size_t size) {
    if (!begin(w, proc, f)) return FLU_ABNORMAL;
    return end(w, proc, f, fwrite(bytes, 1, size, f->file) == size, FLU_NIL);
}

/* ---- bytes ---- */

flu_value flu_file_read_bytes(flu_worker *w, flu_value x, flu_value max) {
    if (max != FLU_UNDEF && (!flu_is_fix(max) || flu_fix(max) < 1))
        return flu_type_error(w, "file-read-bytes", 2, "a positive int", max);
    size_t most = max == FLU_UNDEF ? SIZE_MAX : (size_t)flu_fix(max);
    if (flu_file_of(x) != NULL) return flu_file_rest(w, "file-read-bytes", flu_file_of(x), most, false);
    const char *name = flu_path_arg(w, "file-read-bytes", 1, x);
    if (name == NULL) return FLU_ABNORMAL;
    FILE *file = fopen(name, "rbe");
    flu_buf b;
    if (file == NULL) return flu_io_error(w, "file-read-bytes", x);
    flu_buf_init(&b);
    flu_value v =
        read_up_to(file, &b, most) ? made(w, "file-read-bytes", &b, false) : flu_io_error(w, "file-read-bytes", x);
    fclose(file);
    return v;
}

flu_value flu_file_write_bytes(flu_worker *w, flu_value x, flu_value data) {
    size_t size;
    const char *bytes = flu_data_arg(w, "file-write-bytes", 2, data, &size);
    if (bytes == NULL) return FLU_ABNORMAL;
    if (flu_file_of(x) != NULL) return flu_file_put(w, "file-write-bytes", flu_file_of(x), bytes, size);
    const char *name = flu_path_arg(w, "file-write-bytes", 1, x);
    return name == NULL ? FLU_ABNORMAL : flu_write_whole(w, "file-write-bytes", "wbe", x, bytes, size);
}

/* ---- lines ---- */

flu_value flu_file_read_lines(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "file-read-lines", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    FILE *file = fopen(name, "rbe");
    if (file == NULL) return flu_io_error(w, "file-read-lines", path);
    flu_list_builder lines = {FLU_EMPTY, NULL};
    flu_value line;
    bool ok;
    while ((line = next_line(w, "file-read-lines", file, &ok)) != FLU_UNDEF && line != FLU_ABNORMAL)
        flu_list_add(w, &lines, line);
    if (!ok) line = flu_io_error(w, "file-read-lines", path);
    fclose(file);
    return line == FLU_ABNORMAL ? FLU_ABNORMAL : lines.list;
}

flu_value flu_file_write_lines(flu_worker *w, flu_value path, flu_value lines) {
    if (flu_path_arg(w, "file-write-lines", 1, path) == NULL) return FLU_ABNORMAL;
    flu_value list = flu_seq_list(w, "file-write-lines", 2, lines);
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    flu_buf b;
    flu_buf_init(&b);
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) {
        flu_value line = FLU_CELL(list)->head;
        if (!flu_is_string(line)) {
            flu_buf_free(&b);
            return flu_type_error(w, "file-write-lines", 2, "a list of strings", line);
        }
        flu_buf_add(&b, FLU_STR(line)->bytes, flu_str_size(line));
        flu_buf_char(&b, '\n');
    }
    flu_value done = b.failed ? flu_raise(w, "out-of-memory", "file-write-lines: too much text")
                              : flu_write_whole(w, "file-write-lines", "wbe", path, b.data, b.size);
    flu_buf_free(&b);
    return done;
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
