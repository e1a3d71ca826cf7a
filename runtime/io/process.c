/* process.c: running other programs (stdlib/process.flu has process-run), and signals. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/text.h"
#include "handle.h"

extern char **environ;

/* ---- a child ----
 * A thread waits for its end, without taking its status, and says so through a socket. Until the task has closed its
 * end of that socket the child's number is not given to any other process: so a signal cannot hit a stranger. */

struct child {
    pid_t pid;
    int socket;
};

static void *watch_child(void *data) {
    struct child c = *(struct child *)data;
    siginfo_t info;
    char byte = 0;
    free(data);
    while (waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    send(c.socket, &byte, 1, MSG_NOSIGNAL);
    while (recv(c.socket, &byte, 1, 0) > 0 || errno == EINTR) errno = 0;
    while (waitpid(c.pid, NULL, 0) < 0 && errno == EINTR) {
    }
    close(c.socket);
    return NULL;
}

/* Both ends close on exec; the parent's does not block. */
static bool make_pipe(int ends[2], int parents) {
    if (pipe2(ends, O_CLOEXEC) < 0) return false;
    fcntl(ends[parents], F_SETFL, O_NONBLOCK);
    return true;
}

static void close_pipe(const int ends[2]) {
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
}

static char **argument_array(flu_worker *w, flu_value command, flu_value args) {
    int64_t n = flu_list_length(args);
    char **argv = calloc((size_t)n + 2, sizeof *argv);
    if (argv == NULL) {
        flu_raise(w, "out-of-memory", "process-run: too many arguments");
        return NULL;
    }
    argv[0] = FLU_STR(command)->bytes;
    for (int64_t i = 1; flu_is_cons(args); args = FLU_CELL(args)->tail, i++) {
        flu_value arg = FLU_CELL(args)->head;
        if (!flu_is_string(arg) || strlen(FLU_STR(arg)->bytes) != flu_str_size(arg)) {
            free(argv);
            flu_type_error(w, "process-run", 2, "a list of strings without NUL", arg);
            return NULL;
        }
        argv[i] = FLU_STR(arg)->bytes;
    }
    return argv;
}

/* 0, or an errno. */
static int spawn(char **argv, int pipes[3][2], pid_t *pid) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&files, pipes[i][i == 0 ? 0 : 1], i);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &usual);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static bool start_watching(pid_t pid, int sockets[2]) {
    struct child *c = malloc(sizeof *c);
    if (c == NULL) return false;
    *c = (struct child){pid, sockets[1]};
    if (flu_thread_start(watch_child, c)) return true;
    free(c);
    return false;
}

static flu_value start_failed(flu_worker *w, flu_value command, int cause, int pipes[3][2], int sockets[2]) {
    for (int i = 0; i < 3; i++) close_pipe(pipes[i]);
    close_pipe(sockets);
    return flu_raise_data(w, "io-error", command, "process-run: %s: %s", FLU_STR(command)->bytes, strerror(cause));
}

/* (%process-start command args): (pid socket stdin stdout stderr). */
flu_value flu_process_start(flu_worker *w, flu_value command, flu_value args) {
    if (!flu_is_string(command) || strlen(FLU_STR(command)->bytes) != flu_str_size(command))
        return flu_type_error(w, "process-run", 1, "a command (a string without NUL)", command);
    args = flu_seq_list(w, "process-run", 2, args);
    char **argv = args == FLU_ABNORMAL ? NULL : argument_array(w, command, args);
    if (argv == NULL) return FLU_ABNORMAL;
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, sockets[2] = {-1, -1};
    pid_t pid;
    bool made = make_pipe(pipes[0], 1) && make_pipe(pipes[1], 0) && make_pipe(pipes[2], 0) &&
                socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0;
    int failed = made ? spawn(argv, pipes, &pid) : errno;
    free(argv);
    if (failed) return start_failed(w, command, failed, pipes, sockets);
    if (!start_watching(pid, sockets)) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return start_failed(w, command, EAGAIN, pipes, sockets);
    }
    fcntl(sockets[0], F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 3; i++) close(pipes[i][i == 0 ? 0 : 1]);
    flu_value parts[5] = {
        FLU_FIX(pid), flu_handle_new(w, &flu_pipe_class, sockets[0]), flu_handle_new(w, &flu_pipe_class, pipes[0][1]),
        flu_handle_new(w, &flu_pipe_class, pipes[1][0]), flu_handle_new(w, &flu_pipe_class, pipes[2][0])};
    return flu_list_lit(w, 5, parts, FLU_EMPTY);
}

/* (%process-status pid): of a child whose end has been told; 128 and the number of the signal that killed it. */
flu_value flu_process_status(FLU_UNUSED flu_worker *w, flu_value pid) {
    siginfo_t info = {0};
    while (waitid(P_PID, (id_t)flu_fix(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    return FLU_FIX(info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status);
}

/* (%process-end pid socket): kills it, if the socket is still open, and closes that: nobody waits for it any more. */
flu_value flu_process_end(flu_worker *w, flu_value pid, flu_value socket) {
    flu_endpoint *h = FLU_HANDLE(socket);
    flu_lock_take(w, &h->lock);
    if (h->fd >= 0) kill((pid_t)flu_fix(pid), SIGKILL);
    flu_lock_release(w, &h->lock);
    flu_handle_close(w, h);
    return FLU_NIL;
}

/* ---- signals ---- */

struct flu_signals {
    flu_watch watch; /* must be first */
    flu_wait_queue waiters;
    flu_lock lock; /* guards handlers */
    flu_value handlers[64];
};

static int signal_pipe[2] = {-1, -1}; /* written by the signal handler; made once, before the first one is set */

static void on_signal(int number) {
    int saved = errno;
    char byte = (char)number;
    ssize_t n = write(signal_pipe[1], &byte, 1);
    (void)n;
    errno = saved;
}

static void signals_came(flu_worker *w, flu_watch *watch) {
    struct flu_signals *s = (struct flu_signals *)watch;
    unsigned char numbers[64];
    ssize_t n = read(watch->fd, numbers, sizeof numbers);
    for (ssize_t i = 0; i < n; i++) {
        flu_lock_take(w, &s->lock);
        flu_value f = s->handlers[numbers[i] & 63];
        flu_lock_release(w, &s->lock);
        if (f != 0 && f != FLU_NIL) flu_spawn(w, f);
    }
}

/* The watch lets the program end, but a main task that waits is no deadlock: a signal may come. */
static struct flu_signals *the_signals(flu_worker *w) {
    static flu_waiter somebody;
    if (w->rt->signals != NULL) return w->rt->signals;
    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0) return NULL;
    struct flu_signals *s = flu_alloc(w, sizeof *s);
    s->watch.fd = signal_pipe[0];
    s->watch.weak = true;
    s->watch.ready = signals_came;
    s->watch.waiters = &s->waiters;
    s->waiters.first = &somebody;
    w->rt->signals = s;
    w->rt->poller->watch(w, &s->watch);
    return s;
}

static int signal_number(const char *name) {
    static const struct {
        const char *name;
        int number;
    } names[] = {{"TERM", SIGTERM},   {"INT", SIGINT},   {"HUP", SIGHUP},   {"USR1", SIGUSR1},
                 {"USR2", SIGUSR2},   {"QUIT", SIGQUIT}, {"ALRM", SIGALRM}, {"CHLD", SIGCHLD},
                 {"WINCH", SIGWINCH}, {"CONT", SIGCONT}, {"PIPE", SIGPIPE}, {"TSTP", SIGTSTP}};
    if (strncmp(name, "SIG", 3) == 0) name += 3;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].number;
    return 0;
}

/* (%on-signal name thunk): nil: the signal does what it did at first. */
flu_value flu_on_signal(flu_worker *w, flu_value name, flu_value thunk) {
    int number = flu_is_string(name) ? signal_number(FLU_STR(name)->bytes) : 0;
    if (number == 0)
        return flu_type_error(w, "on-signal", 1, "the name of a signal (\"TERM\", \"INT\", \"HUP\", \"USR1\" ...)",
                              name);
    bool alone = flu_alone_begin(w);
    struct flu_signals *s = the_signals(w);
    if (s != NULL) s->handlers[number] = thunk;
    flu_alone_end(w, alone);
    if (s == NULL) return flu_raise(w, "io-error", "on-signal: %s", strerror(errno));
    struct sigaction action = {.sa_handler = thunk == FLU_NIL ? SIG_DFL : on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    return FLU_NIL;
}

/* (%takes-none? f) */
flu_value flu_takes_none_p(FLU_UNUSED flu_worker *w, flu_value f) { return FLU_BOOL(flu_takes_no_arguments(f)); }
