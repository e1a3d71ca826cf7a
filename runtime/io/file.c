/* file.c: whole files and folders, and reading a file line by line. The calls block the worker: files answer at once,
 * as good as always. What may not is read and written whole by a helper (waiting_file.c). */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file_internal.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/sched.h"
#include "flu/text.h"

flu_value flu_io_error(flu_worker *w, const char *proc, flu_value path) {
    return flu_raise_data(w, "io-error", path, "%s: %s: %s", proc, FLU_STR(path)->bytes, strerror(errno));
}

const char *flu_path_arg(flu_worker *w, const char *proc, int position, flu_value path) {
    if (flu_is_string(path) && strlen(FLU_STR(path)->bytes) == flu_str_size(path)) return FLU_STR(path)->bytes;
    flu_type_error(w, proc, position, "a path (a string without NUL)", path);
    return NULL;
}

/* ---- whole files ---- */

bool flu_read_all(FILE *f, flu_buf *b) {
    char part[16384];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) flu_buf_add(b, part, n);
    return !ferror(f);
}

flu_value flu_text_read(flu_worker *w, const char *proc, flu_value path, const flu_buf *b) {
    if (b->failed) return flu_raise(w, "out-of-memory", "%s: %s is too large", proc, FLU_STR(path)->bytes);
    return flu_string_checked(w, proc, b->data, b->size);
}

flu_value flu_file_read(flu_worker *w, flu_value path) {
    if (flu_file_of(path) != NULL) return flu_file_rest(w, "file-read", flu_file_of(path), SIZE_MAX, true);
    const char *name = flu_path_arg(w, "file-read", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    if (flu_file_may_wait(name)) return flu_file_read_waiting(w, "file-read", path);
    FILE *f = fopen(name, "rbe");
    if (f == NULL) return flu_io_error(w, "file-read", path);
    flu_buf b;
    flu_buf_init(&b);
    bool ok = flu_read_all(f, &b);
    flu_value text = ok ? flu_text_read(w, "file-read", path, &b) : flu_io_error(w, "file-read", path);
    flu_buf_free(&b);
    fclose(f);
    return text;
}

flu_value flu_write_whole(flu_worker *w, const char *proc, const char *mode, flu_value path, const char *bytes,
                          size_t size) {
    FILE *f = fopen(FLU_STR(path)->bytes, mode);
    if (f == NULL) return flu_io_error(w, proc, path);
    bool ok = fwrite(bytes, 1, size, f) == size;
    int cause = errno;
    if (fclose(f) != 0) {
        cause = errno;
        ok = false;
    }
    errno = cause;
    return ok ? FLU_NIL : flu_io_error(w, proc, path);
}

static flu_value write_text(flu_worker *w, const char *proc, const char *mode, flu_value path, flu_value text) {
    flu_file *f = flu_file_of(path);
    if (f == NULL && flu_path_arg(w, proc, 1, path) == NULL) return FLU_ABNORMAL;
    if (!flu_is_string(text)) return flu_type_error(w, proc, 2, "a string", text);
    if (f != NULL) return flu_file_put(w, proc, f, FLU_STR(text)->bytes, flu_str_size(text));
    if (flu_file_may_wait(FLU_STR(path)->bytes)) return flu_file_write_waiting(w, proc, mode, path, text);
    return flu_write_whole(w, proc, mode, path, FLU_STR(text)->bytes, flu_str_size(text));
}

flu_value flu_file_write(flu_worker *w, flu_value path, flu_value text) {
    return write_text(w, "file-write", "wbe", path, text);
}

flu_value flu_file_append(flu_worker *w, flu_value path, flu_value text) {
    return write_text(w, "file-append", "abe", path, text);
}

flu_value flu_file_exists_p(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "file-exists?", 1, path);
    return name == NULL ? FLU_ABNORMAL : FLU_BOOL(access(name, F_OK) == 0);
}

flu_value flu_file_delete(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "file-delete", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    return unlink(name) == 0 ? FLU_NIL : flu_io_error(w, "file-delete", path);
}

/* ---- folders ---- */

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static int no_dots(const struct dirent *e) { return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0; }

flu_value flu_dir_list(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "dir-list", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    struct dirent **entries;
    int n = scandir(name, &entries, no_dots, by_name);
    if (n < 0) return flu_io_error(w, "dir-list", path);
    flu_value list = FLU_EMPTY;
    while (n-- > 0) {
        flu_value entry = list == FLU_ABNORMAL
                              ? FLU_ABNORMAL
                              : flu_string_checked(w, "dir-list", entries[n]->d_name, strlen(entries[n]->d_name));
        list = entry == FLU_ABNORMAL ? FLU_ABNORMAL : flu_cons(w, entry, list);
        free(entries[n]);
    }
    free(entries);
    return list;
}

/* ---- line by line ---- */

typedef struct line_reader {
    flu_opaque o;
    FILE *file; /* NULL: closed */
} line_reader;

static const flu_class reader_class = {.name = "line-reader", .print = NULL};

static void reader_is_garbage(void *object, FLU_UNUSED void *data) {
    line_reader *r = object;
    if (r->file != NULL) fclose(r->file);
}

/* (%line-reader path), and (%line-reader-next r): the next line, or the absent argument; (%line-reader-close r). */
flu_value flu_line_reader(flu_worker *w, flu_value path) {
    const char *name = flu_path_arg(w, "line-stream", 1, path);
    if (name == NULL) return FLU_ABNORMAL;
    FILE *f = fopen(name, "rbe");
    if (f == NULL) return flu_io_error(w, "line-stream", path);
    line_reader *r = flu_alloc(w, sizeof *r);
    r->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &reader_class};
    r->file = f;
    flu_on_garbage(r, reader_is_garbage, NULL);
    return FLU_VALUE(r);
}

flu_value flu_line_reader_next(flu_worker *w, flu_value v) {
    line_reader *r = FLU_AS(line_reader, v);
    if (r->file == NULL) return FLU_UNDEF;
    char *line = NULL;
    size_t room = 0;
    ssize_t size = getline(&line, &room, r->file);
    flu_value text = FLU_UNDEF;
    if (size > 0) {
        size -= line[size - 1] == '\n';
        size -= size > 0 && line[size - 1] == '\r';
        text = flu_string_checked(w, "line-stream", line, (size_t)size);
    }
    free(line);
    return text;
}

flu_value flu_line_reader_close(FLU_UNUSED flu_worker *w, flu_value v) {
    line_reader *r = FLU_AS(line_reader, v);
    if (r->file == NULL) return FLU_NIL;
    fclose(r->file);
    r->file = NULL;
    flu_on_garbage(r, NULL, NULL);
    return FLU_NIL;
}
