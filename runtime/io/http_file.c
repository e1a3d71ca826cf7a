/* http_file.c: files under a folder, for static-files (stdlib/static.flu; http_file.h). */
#include "http_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "file_internal.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/foreign.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "handle.h"

enum {
    PIECE = 64 << 10,  /* read and sent at once */
    TURN = 16 * PIECE, /* then others get theirs */
    AHEAD = 4 * PIECE, /* read when the disk must be asked */
    PATH_SIZE = 4096,
    NOT_FOUND = -1,
    FORBIDDEN = -2,
    BROKEN = -3, /* see errno */
};

/* Non-blocking: a FIFO is opened at once too, and then refused. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

static const flu_class file_class = {.name = "http-file", .print = NULL};

flu_http_file *flu_http_file_of(flu_value v) { return flu_is_handle(v, &file_class) ? FLU_AS(flu_http_file, v) : NULL; }

/* ---- names ---- */

/* Some segment of a path, `size` bytes: may the world ask for it? Dot segments are never resolved, so that a path means
 * the same here and to every proxy; no backslashes, for files that come from where these separate. */
static bool is_served(const char *segment, size_t size, bool hidden) {
    if (memchr(segment, '\\', size) != NULL || memchr(segment, '\0', size) != NULL) return false;
    if (*segment != '.') return true;
    return hidden && !(size == 1 || (size == 2 && segment[1] == '.'));
}

/* The path without its empty segments, relative, in `to`; "." for the folder itself. False: it is none that is served.
 */
static bool relative_path(const char *path, size_t size, bool hidden, char to[PATH_SIZE]) {
    size_t n = 0;
    for (const char *at = path, *end = path + size; at < end;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t segment = (size_t)((slash ? slash : end) - at);
        if (segment > 0) {
            if (!is_served(at, segment, hidden) || n + segment + 2 > PATH_SIZE) return false;
            if (n > 0) to[n++] = '/';
            memcpy(to + n, at, segment);
            n += segment;
        }
        at += segment + 1;
    }
    if (n == 0) to[n++] = '.';
    to[n] = '\0';
    return true;
}

/* ---- opening ---- */

/* Where the kernel cannot resolve beneath a folder: each segment on its own, and no symbolic links. */
static int open_step_by_step(int folder, char *path) {
    int at = folder;
    for (char *segment = path, *next; segment != NULL; segment = next) {
        next = strchr(segment, '/');
        if (next != NULL) *next++ = '\0';
        int flags = next != NULL ? O_PATH | O_DIRECTORY | O_CLOEXEC : OPEN_FLAGS;
        int fd = openat(at, segment, flags | O_NOFOLLOW), cause = errno;
        if (at != folder) close(at);
        errno = cause;
        if (fd < 0) return -1;
        at = fd;
    }
    return at;
}

/* Symbolic links are followed as long as they stay beneath the folder: the kernel sees to that, so there is no moment
 * between a check and its use. */
static int open_beneath(int folder, char *path) {
    struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd;
    do fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
    while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    bool unknown = fd < 0 && (errno == ENOSYS || errno == EPERM); /* EPERM: a sandbox that does not know the call */
    return unknown ? open_step_by_step(folder, path) : (int)fd;
}

static int refusal(void) {
    if (errno == EACCES || errno == EPERM) return FORBIDDEN;
    bool absent = errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EXDEV || errno == ENAMETOOLONG ||
                  errno == ENXIO || errno == ENODEV;
    return absent ? NOT_FOUND : BROKEN;
}

/* A descriptor, or one of the refusals. */
static int open_under(const char *root, char *path) {
    int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return BROKEN;
    int fd = open_beneath(folder, path), cause = errno;
    close(folder);
    errno = cause;
    return fd >= 0 ? fd : refusal();
}

static void is_garbage(void *object, FLU_UNUSED void *data) {
    flu_http_file *f = object;
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
}

/* Owns fd. */
static flu_value file_value(flu_worker *w, int fd, const struct stat *st) {
    flu_http_file *f = flu_alloc(w, sizeof *f);
    char tag[80];
    f->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &file_class};
    f->fd = fd;
    f->size = f->left = st->st_size;
    f->modified = st->st_mtim.tv_sec;
    flu_on_garbage(f, is_garbage, NULL);
    snprintf(tag, sizeof tag, "\"%llx-%llx-%llx%08lx\"", (unsigned long long)st->st_ino,
             (unsigned long long)st->st_size, (unsigned long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
    f->tag = flu_string_lit(w, tag);
    return FLU_VALUE(f);
}

/* (%static-open root path hidden): the file; true: a folder; nil: there is none that is served; false: it must not be
 * read. io-error for anything else, such as a root that is no folder. */
flu_value flu_static_open(flu_worker *w, flu_value root, flu_value path, flu_value hidden) {
    char name[PATH_SIZE];
    struct stat st;
    const char *folder = flu_path_arg(w, "static-files", 1, root);
    if (folder == NULL) return FLU_ABNORMAL;
    if (!relative_path(FLU_STR(path)->bytes, flu_str_size(path), hidden == FLU_TRUE, name)) return FLU_NIL;
    int fd = open_under(folder, name);
    if (fd == BROKEN) return flu_io_error(w, "static-files", root);
    if (fd < 0) return fd == FORBIDDEN ? FLU_FALSE : FLU_NIL;
    bool known = fstat(fd, &st) == 0;
    if (known && S_ISREG(st.st_mode)) return file_value(w, fd, &st);
    close(fd);
    return known && S_ISDIR(st.st_mode) ? FLU_TRUE : FLU_NIL;
}

/* ---- what the handler asks ---- */

/* (%http-file? x) */
flu_value flu_http_file_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(flu_http_file_of(v) != NULL); }

/* (%http-file-close f): any number of times. */
flu_value flu_http_file_close(flu_worker *w, flu_value v) {
    flu_http_file *f = flu_http_file_of(v);
    flu_lock_take(w, &f->lock);
    int fd = f->fd;
    f->fd = -1;
    flu_lock_release(w, &f->lock);
    if (fd >= 0) {
        flu_on_garbage(f, NULL, NULL);
        close(fd);
    }
    return FLU_NIL;
}

static flu_value set(flu_worker *w, flu_value headers, const char *name, const char *value) {
    return flu_dict_set(w, headers, flu_string_lit(w, name), flu_string_lit(w, value));
}

/* (%http-file-answer f request): (status headers) by the request's conditions; f becomes the range it asks for. */
flu_value flu_http_file_answer(flu_worker *w, flu_value v, flu_value request) {
    flu_http_file *f = flu_http_file_of(v);
    flu_value asked = flu_dict_get(w, request, flu_string_lit(w, "headers"));
    flu_value method = flu_dict_get(w, request, flu_string_lit(w, "method"));
    bool is_get = flu_is_string(method) && strcmp(FLU_STR(method)->bytes, "GET") == 0;
    char text[FLU_HTTP_DATE_SIZE], range[80];
    if (!flu_is(asked, FLU_T_DICT)) asked = flu_dict_lit(w, 0, NULL);
    int status = flu_http_condition(w, asked, is_get, f, &f->start, &f->left);
    flu_http_date(f->modified, text);
    flu_value headers = set(w, flu_dict_lit(w, 0, NULL), "Last-Modified", text);
    headers = flu_dict_set(w, headers, flu_string_lit(w, "ETag"), f->tag);
    headers = set(w, headers, "Accept-Ranges", "bytes");
    long long size = f->size, start = f->start, left = f->left;
    if (status == 416) snprintf(range, sizeof range, "bytes */%lld", size);
    if (status == 206) snprintf(range, sizeof range, "bytes %lld-%lld/%lld", start, start + left - 1, size);
    if (status == 206 || status == 416) headers = set(w, headers, "Content-Range", range);
    flu_value parts[2] = {FLU_FIX(status), headers};
    return flu_list_lit(w, 2, parts, FLU_EMPTY);
}

/* (%media-type name) */
flu_value flu_http_media_type(flu_worker *w, flu_value name) {
    return flu_string_lit(w, flu_media_type(FLU_STR(name)->bytes));
}

/* (%url-escape segment): a segment of a path, as a URL has it. */
flu_value flu_url_escape(flu_worker *w, flu_value segment) {
    flu_buf b;
    flu_buf_init(&b);
    for (size_t i = 0; i < flu_str_size(segment); i++) {
        unsigned char c = (unsigned char)FLU_STR(segment)->bytes[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c != 0 && strchr("-._~", c) != NULL);
        if (plain)
            flu_buf_char(&b, (char)c);
        else
            flu_buf_printf(&b, "%%%02X", c);
    }
    return flu_buf_string(w, &b, "static-files");
}

/* ---- sending ---- */

enum { WOULD_BLOCK = -1, SHORTER = -2, UNREADABLE = -3 };

/* Bytes of the file, at least one; or one of the above. Would block: the disk must be asked. */
static int64_t read_piece(flu_worker *w, flu_http_file *f, int64_t at, char *to, size_t most) {
    struct iovec part = {to, most};
    ssize_t n = -1;
    errno = EBADF;
    flu_lock_take(w, &f->lock);
    bool wait = at < f->warm;
    while (f->fd >= 0) {
        n = wait ? pread(f->fd, to, most, at) : preadv2(f->fd, &part, 1, at, RWF_NOWAIT);
        if (n >= 0 || (errno != EINTR && (wait || errno == EAGAIN))) break;
        wait = wait || errno != EINTR; /* not every file system knows RWF_NOWAIT */
    }
    flu_lock_release(w, &f->lock);
    if (n > 0) return n;
    return n == 0 ? SHORTER : errno == EAGAIN ? WOULD_BLOCK : UNREADABLE;
}

typedef struct warm_job {
    flu_job job;
    flu_http_file *file;
    int fd; /* its own */
    int64_t at;
} warm_job;

/* What has been read once is in the system's memory. */
static void warm(flu_job *job) {
    warm_job *j = (warm_job *)job;
    char *bytes = malloc(AHEAD);
    ssize_t n = bytes == NULL ? 0 : pread(j->fd, bytes, AHEAD, j->at);
    (void)n;
    free(bytes);
    close(j->fd);
}

static flu_value warmed(flu_worker *w, flu_job *job) {
    warm_job *j = (warm_job *)job;
    flu_lock_take(w, &j->file->lock);
    j->file->warm = j->at + AHEAD;
    flu_lock_release(w, &j->file->lock);
    return FLU_UNDEF;
}

/* Parks the task until the disk has been read. */
static flu_value wait_for_disk(flu_worker *w, flu_http_file *f, int64_t at) {
    warm_job *j = flu_job_new(w, sizeof *j, warm, warmed);
    j->file = f;
    j->at = at;
    flu_lock_take(w, &f->lock);
    j->fd = f->fd < 0 ? -1 : fcntl(f->fd, F_DUPFD_CLOEXEC, 3);
    flu_lock_release(w, &f->lock);
    int fd = j->fd;
    flu_value v = flu_job_start(w, &j->job);
    if (v == FLU_ABNORMAL && w->signal == FLU_THROW && fd >= 0) close(fd);
    return v;
}

static flu_value cannot_read(flu_worker *w, int64_t n) {
    return flu_network_error(w, "http", n == SHORTER ? "a file became shorter while it was sent" : NULL);
}

/* Lock held. Bytes sent of the next piece; what TLS has taken it may still have to send: then of size 0. -1: would
 * block, -2: the connection has failed; -3: the file has, for *reason. */
static int64_t send_piece(flu_worker *w, flu_endpoint *h, flu_http_file *f, int64_t sent, char *piece,
                          int64_t *reason) {
    size_t most = f->left - sent < PIECE ? (size_t)(f->left - sent) : PIECE;
    if (most == 0) return h->transport == NULL ? 0 : flu_handle_send(h, piece, 0);
    int64_t size = *reason = read_piece(w, f, f->start + sent, piece, most);
    return size < 0 ? -3 : flu_handle_send(h, piece, (size_t)size);
}

/* (%http-file-send c f sent): sends the bytes behind the first `sent` ones. nil: all have gone out; an int: how many by
 * now; the absent argument: again. */
flu_value flu_http_file_send(flu_worker *w, flu_value c, flu_value v, flu_value from) {
    flu_http_file *f = flu_http_file_of(v);
    flu_endpoint *h = FLU_HANDLE(c);
    int64_t sent = flu_fix(from), before = sent, n = 1, reason = 0;
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    char *piece = malloc(PIECE);
    if (piece == NULL) return flu_raise(w, "out-of-memory", "http: no memory to send a file");
    flu_lock_take(w, &h->lock);
    while (h->fd >= 0 && n > 0 && sent - before < TURN) {
        n = send_piece(w, h, f, sent, piece, &reason);
        if (n > 0) sent += n;
    }
    int cause = errno;
    free(piece);
    errno = cause;
    if (h->fd < 0 || n == -2) return flu_handle_error(w, "tcp-write", h);
    if (n == -1 && sent == before) return flu_handle_wait(w, h, FLU_WRITABLE);
    flu_lock_release(w, &h->lock);
    errno = cause;
    if (n == -3 && reason != WOULD_BLOCK) return cannot_read(w, reason);
    if (n == -3 && sent == before) return wait_for_disk(w, f, f->start + sent);
    return n == 0 ? FLU_NIL : FLU_FIX(sent);
}
