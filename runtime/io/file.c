/* file.c: whole files, and folders. */
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

flu_value flu_read_whole(flu_worker *w, const char *proc, flu_value path, size_t most,
                         flu_value (*result)(flu_worker *w, flu_file_op *op)) {
    flu_file_op here, *op = flu_file_op_at(w, &here, proc, path, flu_run_read_whole);
    if (op == NULL) return FLU_ABNORMAL;
    op->most = most;
    op->result = result;
    return flu_file_op_start(w, op);
}

flu_value flu_write_whole(flu_worker *w, const char *proc, const char *mode, flu_value path, flu_value data,
                          const char *bytes, size_t size) {
    flu_file_op here, *op = flu_file_op_at(w, &here, proc, path, flu_run_write_whole);
    if (op == NULL) return FLU_ABNORMAL;
    op->mode = mode;
    op->data = data;
    op->bytes = bytes;
    op->size = size;
    return flu_file_op_start(w, op);
}

flu_value flu_file_read(flu_worker *w, flu_value x) {
    return flu_is_file(x) ? flu_file_rest(w, "file-read", x, SIZE_MAX, flu_op_text)
                          : flu_read_whole(w, "file-read", x, SIZE_MAX, flu_op_text);
}

static flu_value write_text(flu_worker *w, const char *proc, const char *mode, flu_value x, flu_value text) {
    if (!flu_is_file(x) && flu_path_arg(w, proc, 1, x) == NULL) return FLU_ABNORMAL;
    if (flu_is_bytes(text)) return flu_type_error(w, proc, 2, "a string (file-write-bytes writes bytes)", text);
    if (!flu_is_string(text)) return flu_type_error(w, proc, 2, "a string", text);
    const char *bytes = FLU_STR(text)->bytes;
    size_t size = flu_str_size(text);
    return flu_is_file(x) ? flu_file_put(w, proc, x, text, bytes, size)
                          : flu_write_whole(w, proc, mode, x, text, bytes, size);
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
