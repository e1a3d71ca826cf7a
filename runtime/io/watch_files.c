/* watch_files.c: changes of files, told by inotify (stdlib/watch.flu has watch-files).
 *
 * Folders are watched, never files: a file that is replaced is another one then, but its name stays. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_internal.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/stream.h"
#include "flu/text.h"
#include "handle.h"

#define PROC   "watch-files"
#define EVENTS (IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF)

enum { READ_ROOM = 4096 };

/* Belongs to the stream that reads it; only the task that asks that stream uses it. The descriptor has its own lock. */
typedef struct watcher {
    flu_opaque o;
    flu_value handle;  /* of the inotify descriptor */
    flu_value folders; /* dict from numbers of watches to paths */
    flu_value path;    /* as it was given */
    flu_value name;    /* only this one in the folder counts; nil: all do */
    int root;          /* the watch without which there is nothing to tell */
    bool ended;
} watcher;

static const flu_class watcher_class = {.name = "file-watcher", .print = NULL};

/* ---- watches ---- */

/* The number of the watch; -1: see errno. */
static int add(flu_worker *w, watcher *x, flu_value path, uint32_t more) {
    int fd = FLU_HANDLE(x->handle)->fd;
    if (fd < 0) return errno = EBADF, -1;
    int number = inotify_add_watch(fd, FLU_STR(path)->bytes, EVENTS | IN_ONLYDIR | IN_EXCL_UNLINK | more);
    if (number >= 0) x->folders = flu_dict_set(w, x->folders, FLU_FIX(number), path);
    return number;
}

/* "a/b" and "c": "a/b/c". */
static flu_value joined(flu_worker *w, flu_value folder, const char *name) {
    const char *text = FLU_STR(folder)->bytes;
    size_t size = flu_str_size(folder);
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_add(&b, text, size);
    if (size > 0 && text[size - 1] != '/') flu_buf_char(&b, '/');
    flu_buf_puts(&b, name);
    flu_value path = flu_text_or_bytes(w, b.data, b.size);
    flu_buf_free(&b);
    return path;
}

/* The folder that a file is in, and its name there. */
static void split(flu_worker *w, flu_value path, flu_value *folder, flu_value *name) {
    const char *text = FLU_STR(path)->bytes, *slash = strrchr(text, '/');
    *name = slash ? flu_string_lit(w, slash + 1) : path;
    *folder =
        slash == NULL ? flu_string_lit(w, ".") : flu_string_new(w, text, slash == text ? 1 : (size_t)(slash - text));
}

/* (%watcher path): of a folder, or of one file, which need not be there, in a folder that is. io-error. */
flu_value flu_watcher_new(flu_worker *w, flu_value path) {
    struct stat st;
    const char *text = flu_path_arg(w, PROC, 1, path);
    if (text == NULL) return FLU_ABNORMAL;
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return flu_io_error(w, PROC, path);
    watcher *x = flu_alloc(w, sizeof *x);
    x->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &watcher_class};
    x->handle = flu_handle_new(w, &flu_pipe_class, fd);
    x->folders = flu_dict_lit(w, 0, NULL);
    x->path = path;
    x->name = FLU_NIL;
    flu_value folder = path;
    if (stat(text, &st) < 0 || !S_ISDIR(st.st_mode)) split(w, path, &folder, &x->name);
    x->root = add(w, x, folder, 0);
    if (x->root >= 0) return FLU_VALUE(x);
    int cause = errno;
    flu_handle_close(w, FLU_HANDLE(x->handle));
    errno = cause;
    return flu_io_error(w, PROC, path);
}

/* (%watch-add x path): watches one more folder; false: it is none, or cannot be read. io-error: the system allows no
 * more watches. */
flu_value flu_watcher_add(flu_worker *w, flu_value v, flu_value path) {
    if (!flu_is_string(path)) return FLU_FALSE;
    if (add(w, FLU_AS(watcher, v), path, IN_DONT_FOLLOW) >= 0) return FLU_TRUE;
    return errno == ENOSPC || errno == ENOMEM || errno == EBADF ? flu_io_error(w, PROC, path) : FLU_FALSE;
}

/* (%watch-close x): any number of times; whoever waits for it is woken. */
flu_value flu_watcher_close(flu_worker *w, flu_value v) {
    flu_handle_close(w, FLU_HANDLE(FLU_AS(watcher, v)->handle));
    return FLU_NIL;
}

static void interrupt(flu_worker *w, flu_value v) { flu_watcher_close(w, v); }

/* (%watch-stream s x): s, a puller that reads x; closing it ends its wait. */
flu_value flu_watcher_stream(FLU_UNUSED flu_worker *w, flu_value s, flu_value v) {
    FLU_STREAM(s)->value = v;
    FLU_STREAM(s)->interrupt = interrupt;
    return s;
}

/* A folder that has been moved away takes its watches along, and those below it: they are given up. */
static void forget_below(flu_worker *w, watcher *x, flu_value path) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, x->folders, &pairs), size = flu_str_size(path);
    for (size_t i = 0; i < n; i++) {
        const char *text = FLU_STR(pairs[2 * i + 1])->bytes;
        if (strncmp(text, FLU_STR(path)->bytes, size) != 0 || (text[size] != '\0' && text[size] != '/')) continue;
        inotify_rm_watch(FLU_HANDLE(x->handle)->fd, (int)flu_fix(pairs[2 * i]));
        x->folders = flu_dict_remove(w, x->folders, pairs[2 * i]);
    }
}

/* ---- events ---- */

enum kind { CREATED, CHANGED, DELETED, OVERFLOWED }; /* as stdlib/watch.flu has them */

static flu_value told(flu_worker *w, enum kind kind, flu_value path, bool folder) {
    flu_value parts[3] = {FLU_FIX(kind), path, FLU_BOOL(folder)};
    return flu_list_lit(w, 3, parts, FLU_EMPTY);
}

/* The next event, taken out of the buffer; false: it holds none. */
static bool take_event(flu_endpoint *h, struct inotify_event *e, char name[NAME_MAX + 1]) {
    if (flu_handle_buffered(h) < sizeof *e) return false;
    memcpy(e, h->data + h->start, sizeof *e);
    size_t size = e->len > NAME_MAX ? NAME_MAX : e->len;
    memcpy(name, h->data + h->start + sizeof *e, size);
    name[size] = '\0';
    flu_handle_take(h, sizeof *e + e->len);
    return true;
}

/* What the event says; the absent argument: nothing of interest. */
static flu_value meaning(flu_worker *w, watcher *x, const struct inotify_event *e, const char *name) {
    bool folder = e->mask & IN_ISDIR;
    if (e->mask & IN_Q_OVERFLOW) return told(w, OVERFLOWED, x->path, false);
    if (e->wd == x->root && e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) {
        x->ended = true;
        return told(w, DELETED, x->path, x->name == FLU_NIL);
    }
    flu_value at = flu_dict_get(w, x->folders, FLU_FIX(e->wd));
    if (at == FLU_UNDEF) return FLU_UNDEF; /* given up meanwhile */
    if (e->mask & IN_IGNORED) x->folders = flu_dict_remove(w, x->folders, FLU_FIX(e->wd));
    if (e->len == 0 || (x->name != FLU_NIL && strcmp(FLU_STR(x->name)->bytes, name) != 0)) return FLU_UNDEF;
    flu_value path = x->name == FLU_NIL ? joined(w, at, name) : x->path;
    if (e->mask & IN_MOVED_FROM && folder && flu_is_string(path)) forget_below(w, x, path);
    if (e->mask & (IN_CREATE | IN_MOVED_TO)) return told(w, CREATED, path, folder);
    if (e->mask & (IN_DELETE | IN_MOVED_FROM)) return told(w, DELETED, path, folder);
    return e->mask & IN_CLOSE_WRITE ? told(w, CHANGED, path, false) : FLU_UNDEF;
}

/* (%watch-next x): (kind path folder?) of the next event; nil: there will be none; the absent argument: again. */
flu_value flu_watcher_next(flu_worker *w, flu_value v) {
    watcher *x = FLU_AS(watcher, v);
    flu_endpoint *h = FLU_HANDLE(x->handle);
    struct inotify_event e;
    char name[NAME_MAX + 1];
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    bool got = h->fd >= 0 && !x->ended && take_event(h, &e, name);
    int filled = got || h->fd < 0 || x->ended ? 1 : flu_handle_fill(h, READ_ROOM);
    if (filled == -1) return flu_handle_wait(w, h, FLU_READABLE);
    bool over = h->fd < 0 || x->ended || filled <= 0;
    flu_lock_release(w, &h->lock);
    return over ? FLU_NIL : got ? meaning(w, x, &e, name) : FLU_UNDEF;
}
