/* output.c: print and its relatives, and the buffer of standard output. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "flu/builtins.h"
#include "flu/number.h"
#include "flu/print.h"
#include "flu/text.h"

/* The one buffer of standard output, for all workers. lock guards everything in it. */
static struct {
    pthread_mutex_t lock;
    size_t used;
    int failed;                                       /* errno of a write that nobody was told of; 0: none */
    enum { NOT_LOOKED, TERMINAL, FILE_OR_PIPE } kind; /* a terminal's is flushed at newlines */
    char bytes[64 * 1024];
} out = {.lock = PTHREAD_MUTEX_INITIALIZER}; /* all zero: takes no room in the executable */

/* The reader of our output is gone: end as a program without a handler for SIGPIPE would. */
static FLU_NORETURN void die_of_pipe(void) {
    sigset_t set;
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGPIPE);
    _exit(128 + SIGPIPE);
}

static int wait_writable(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, -1) < 0 && errno != EINTR ? errno : 0;
}

/* Writes all of it; 0 or the errno. */
static int write_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n >= 0) {
            text += n;
            size -= (size_t)n;
        } else if (errno == EPIPE) {
            die_of_pipe();
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            int e = wait_writable(fd);
            if (e != 0) return e;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int flush_locked(void) {
    int e = write_all(STDOUT_FILENO, out.bytes, out.used);
    out.used = 0;
    return e;
}

static int write_locked(const char *text, size_t size) {
    int e = 0;
    if (out.kind == NOT_LOOKED) out.kind = isatty(STDOUT_FILENO) ? TERMINAL : FILE_OR_PIPE;
    if (size > sizeof out.bytes - out.used) e = flush_locked();
    if (size > sizeof out.bytes) return e != 0 ? e : write_all(STDOUT_FILENO, text, size);
    memcpy(out.bytes + out.used, text, size);
    out.used += size;
    if (out.kind == TERMINAL && memchr(text, '\n', size) && e == 0) e = flush_locked();
    return e;
}

int flu_out_write(const char *text, size_t size) {
    pthread_mutex_lock(&out.lock);
    int e = write_locked(text, size);
    pthread_mutex_unlock(&out.lock);
    return e;
}

int flu_out_flush(void) {
    pthread_mutex_lock(&out.lock);
    int e = flush_locked();
    if (e == 0) e = out.failed;
    pthread_mutex_unlock(&out.lock);
    return e;
}

void flu_out_idle(void) {
    if (pthread_mutex_trylock(&out.lock) != 0) return; /* whoever writes will be idle, too */
    int e = flush_locked();
    if (e != 0) out.failed = e;
    pthread_mutex_unlock(&out.lock);
}

void flu_out_by_lines(void) {
    pthread_mutex_lock(&out.lock);
    out.kind = TERMINAL;
    pthread_mutex_unlock(&out.lock);
}

int flu_err_write(const char *text, size_t size) { return write_all(STDERR_FILENO, text, size); }

/* ---- for programs ---- */

static flu_value write_error(flu_worker *w, const char *proc, const char *stream, int e) {
    char reason[128];
    return flu_raise(w, "io-error", "%s: cannot write to %s: %s", proc, stream, strerror_r(e, reason, sizeof reason));
}

static void display_all(flu_worker *w, flu_buf *b, const char *separator, int argc, const flu_value *argv) {
    for (int i = 0; i < argc; i++) {
        if (i > 0) flu_buf_puts(b, separator);
        flu_display(w, b, argv[i]);
    }
}

/* Composes the whole text first, so that it goes out in one piece. */
static flu_value print_to(flu_worker *w, const char *proc, int (*write_to)(const char *, size_t), const char *stream,
                          const char *end, int argc, const flu_value *argv) {
    flu_buf b;
    flu_buf_init(&b);
    display_all(w, &b, " ", argc, argv);
    flu_buf_puts(&b, end);
    bool failed = b.failed;
    int e = failed ? 0 : write_to(b.data, b.size);
    flu_buf_free(&b);
    if (failed) return flu_raise(w, "out-of-memory", "%s: the text is too long", proc);
    return e == 0 ? FLU_NIL : write_error(w, proc, stream, e);
}

flu_value flu_fn_print(flu_worker *w, int argc, const flu_value *argv) {
    return print_to(w, "print", flu_out_write, "standard output", "", argc, argv);
}
flu_value flu_fn_print_line(flu_worker *w, int argc, const flu_value *argv) {
    return print_to(w, "print-line", flu_out_write, "standard output", "\n", argc, argv);
}
flu_value flu_fn_print_error(flu_worker *w, int argc, const flu_value *argv) {
    return print_to(w, "print-error", flu_err_write, "standard error", "\n", argc, argv);
}

/* The usual case: (str "prefix" n). */
static flu_value concat_int(flu_worker *w, flu_value s, int64_t n) {
    char digits[FLU_NUMBER_SIZE];
    size_t size = flu_str_size(s), more = flu_fix_text(digits, n);
    if (!flu_string_room(w, "str", size + more)) return FLU_ABNORMAL;
    flu_string *r = flu_string_alloc(w, size + more, (size_t)FLU_STR(s)->length + more);
    memcpy(r->bytes, FLU_STR(s)->bytes, size);
    memcpy(r->bytes + size, digits, more);
    return FLU_VALUE(r);
}

flu_value flu_fn_str(flu_worker *w, int argc, const flu_value *argv) {
    flu_buf b;
    if (argc == 1 && flu_is_string(argv[0])) return argv[0];
    if (argc == 2 && flu_is_string(argv[0]) && flu_str_size(argv[0]) > 0) {
        if (flu_is_fix(argv[1])) return concat_int(w, argv[0], flu_fix(argv[1]));
        if (flu_is_string(argv[1])) return flu_string_concat2(w, argv[0], argv[1]);
    }
    flu_buf_init(&b);
    display_all(w, &b, "", argc, argv);
    flu_value s = flu_buf_string(w, &b, "str");
    flu_buf_free(&b);
    return s;
}

flu_value flu_fn_repr(flu_worker *w, flu_value v) {
    flu_buf b;
    flu_buf_init(&b);
    flu_repr(w, &b, v);
    flu_value s = flu_buf_string(w, &b, "repr");
    flu_buf_free(&b);
    return s;
}
