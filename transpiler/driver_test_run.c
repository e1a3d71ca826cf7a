/* driver_test_run.c: runs a test program once, and listens to what it reports (runtime/test/testing.c describes the
 * reports). Its output goes to a file, in which each report says how far it has come: so it can be told whose it is. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver_test.h"

extern char **environ;

#define TIMEOUT_MS    10000
#define GRACE_MS      5000  /* for a program to report by itself that a test takes too long */
#define OUTPUT_MAX    20000 /* bytes of a failed test's output that are kept */
#define EVENTS_FD     3     /* in the program */
#define SETTING_COUNT 6

typedef struct test_run {
    test_file *file;
    const test_plan *plan;
    pid_t pid;
    int output, events;
    char *pending; /* reports read so far; malloc'd */
    size_t size, capacity;
    size_t current; /* number of the test that runs, 0: none */
    long long current_output;
    bool done, killed;
} test_run;

/* ---- the program's settings ---- */

static long timeout_ms(const test_run *r) {
    return r->plan->options->test_timeout ? r->plan->options->test_timeout : TIMEOUT_MS;
}

static bool is_skipped(const test_run *r, size_t number) {
    if (r->plan->only) return number != r->plan->only;
    return r->file->cases[number - 1].outcome != TEST_NOT_RUN;
}

static const char *skip_list(const test_run *r) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return "";
    for (size_t i = 1; i <= r->file->count; i++)
        if (is_skipped(r, i)) fprintf(out, "%zu,", i);
    fclose(out);
    const char *list = arena_copy(text, size);
    free(text);
    return list;
}

static const char *filter_lines(const driver_options *o) {
    const char *lines = "";
    for (size_t i = 0; i < o->filter_count; i++) lines = arena_printf("%s%s%s", lines, i ? "\n" : "", o->filters[i]);
    return lines;
}

/* flc2c's own environment, and what the runtime is to know. */
static char **program_environment(const test_run *r) {
    size_t count = 0, n = 0;
    while (environ[count]) count++;
    char **env = NEW_ARRAY(char *, count + SETTING_COUNT + 1);
    bool own_schedule = r->plan->seeded || r->plan->options->schedules > 0;
    for (size_t i = 0; i < count; i++)
        if (!own_schedule || strncmp(environ[i], "FLU_SCHEDULE=", 13) != 0) env[n++] = environ[i];
    env[n++] = arena_printf("FLU_TEST_EVENTS=%d", EVENTS_FD);
    env[n++] = arena_printf("FLU_TEST_TIMEOUT=%ld", timeout_ms(r));
    env[n++] = arena_printf("FLU_TEST_SKIP=%s", skip_list(r));
    env[n++] = arena_printf("FLU_TEST_FILTER=%s", filter_lines(r->plan->options));
    if (getenv("FLU_WORKERS") == NULL) env[n++] = "FLU_WORKERS=1"; /* a test is to give the same every time */
    if (r->plan->seeded) env[n++] = arena_printf("FLU_SCHEDULE=seed:%lu", r->plan->seed);
    env[n] = NULL;
    return env;
}

/* ---- start ---- */

/* An unnamed file that both output streams are appended to; -1: reported. */
static int output_file(void) {
    const char *tmp = getenv("TMPDIR");
    char *path = arena_printf("%s/flc2c-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int fd = mkostemp(path, O_APPEND | O_CLOEXEC);
    if (fd < 0)
        driver_error("cannot make a file in %s: %s", tmp && *tmp ? tmp : "/tmp", strerror(errno));
    else
        unlink(path);
    return fd;
}

static bool spawn_program(test_run *r, int events_end) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, r->output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, r->output, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, events_end, EVENTS_FD);
    char *argv[] = {arena_copy(r->file->path, strlen(r->file->path)), NULL};
    int failed = posix_spawn(&r->pid, r->file->program, &actions, NULL, argv, program_environment(r));
    posix_spawn_file_actions_destroy(&actions);
    return !failed || driver_error("cannot run %s: %s", r->file->program, strerror(failed));
}

static bool start(test_run *r) {
    int ends[2];
    if ((r->output = output_file()) < 0) return false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(r->output);
        return driver_error("cannot make a pipe: %s", strerror(errno));
    }
    r->events = ends[0];
    bool ok = spawn_program(r, ends[1]);
    close(ends[1]);
    if (!ok) {
        close(r->output);
        close(r->events);
    }
    return ok;
}

/* ---- what the tests printed ---- */

static const char *output_between(const test_run *r, long long from, long long to) {
    if (to < 0) to = lseek(r->output, 0, SEEK_END);
    if (from >= to) return NULL;
    const char *cut = "";
    if (to - from > OUTPUT_MAX) {
        cut = arena_printf("... %lld bytes are left out\n", to - from - OUTPUT_MAX);
        from = to - OUTPUT_MAX;
    }
    char *text = arena_alloc((size_t)(to - from) + 1);
    ssize_t n = pread(r->output, text, (size_t)(to - from), from);
    return n > 0 ? arena_printf("%s%.*s", cut, (int)n, text) : NULL;
}

/* ---- reports ---- */

typedef struct test_report {
    char kind;
    size_t number;
    unsigned line;
    long ms;
    long long output;
    const char *text; /* not NUL-terminated */
    size_t size;
} test_report;

static void define_case(test_file *f, const test_report *e) {
    while (f->count < e->number) PUSH(f->cases, f->count, f->capacity, (test_case){0});
    test_case *t = &f->cases[e->number - 1];
    if (t->name) return; /* known from an earlier run */
    t->name = arena_copy(e->text, e->size);
    t->line = e->line;
}

static void fail(test_run *r, size_t number, const char *text, long long output_end) {
    test_case *t = &r->file->cases[number - 1];
    t->outcome = TEST_FAILED;
    t->text = text;
    t->output = output_between(r, r->current_output, output_end);
    t->seeded = r->plan->seeded;
    t->seed = r->plan->seed;
    r->current = 0;
}

static void begin(test_run *r, const test_report *e) {
    r->current = e->number;
    r->current_output = e->output;
    if (r->plan->progress) r->plan->progress(r->file, &r->file->cases[e->number - 1]);
}

static void pass(test_run *r, const test_report *e) {
    r->file->cases[e->number - 1].outcome = TEST_PASSED;
    r->file->cases[e->number - 1].ms = e->ms;
    r->current = 0;
}

static void handle(test_run *r, const test_report *e) {
    const char *text = arena_copy(e->text, e->size);
    bool known = e->number >= 1 && e->number <= r->file->count;
    if (e->kind == 'T' && e->number >= 1)
        define_case(r->file, e);
    else if (e->kind == 'B' && known)
        begin(r, e);
    else if (e->kind == 'P' && known)
        pass(r, e);
    else if ((e->kind == 'F' || e->kind == 'H') && known)
        fail(r, e->number, text, e->output);
    else if (e->kind == 'H')
        r->file->problem = text;
    else if (e->kind == 'D')
        r->done = true;
}

/* Takes one whole report off the front; 0: there is none. */
static size_t take_report(test_run *r) {
    char *newline = r->size ? memchr(r->pending, '\n', r->size) : NULL;
    test_report e;
    if (!newline) return 0;
    if (sscanf(r->pending, "%c %zu %u %ld %lld %zu", &e.kind, &e.number, &e.line, &e.ms, &e.output, &e.size) != 6)
        return 0;
    size_t head = (size_t)(newline - r->pending) + 1, whole = head + e.size + 1;
    if (r->size < whole) return 0;
    e.text = r->pending + head;
    handle(r, &e);
    return whole;
}

static void take_reports(test_run *r) {
    size_t n;
    while ((n = take_report(r)) > 0) {
        memmove(r->pending, r->pending + n, r->size - n);
        r->size -= n;
        r->pending[r->size] = '\0';
    }
}

/* False: the program has closed its end. */
static bool read_reports(test_run *r) {
    if (r->capacity - r->size < 4096) {
        size_t capacity = 2 * r->capacity + 8192;
        char *grown = realloc(r->pending, capacity);
        if (!grown) return driver_error("out of memory");
        r->pending = grown;
        r->capacity = capacity;
    }
    ssize_t n;
    do n = read(r->events, r->pending + r->size, r->capacity - r->size - 1);
    while (n < 0 && errno == EINTR);
    if (n <= 0) return false;
    r->size += (size_t)n;
    r->pending[r->size] = '\0';
    take_reports(r);
    return true;
}

/* A program that has not reported for so long hangs where it cannot even tell: it is killed. */
static void listen_to(test_run *r) {
    struct pollfd p = {r->events, POLLIN, 0};
    for (;;) {
        int n = poll(&p, 1, (int)(timeout_ms(r) + GRACE_MS));
        if (n < 0 && errno == EINTR) continue;
        if (n > 0 && read_reports(r)) continue;
        if (n == 0) {
            r->killed = true;
            kill(r->pid, SIGKILL);
        }
        return;
    }
}

/* ---- the end ---- */

static const char *ending(const test_run *r, int status) {
    if (r->killed) return arena_printf("timeout: killed after %ld ms without a sign of life", timeout_ms(r) + GRACE_MS);
    if (WIFSIGNALED(status))
        return arena_printf("crash: the program was killed by signal %d (%s)", WTERMSIG(status),
                            strsignal(WTERMSIG(status)));
    return arena_printf("exit: the program ended with status %d", WEXITSTATUS(status));
}

static const char *ending_in_test(const test_run *r, int status) {
    return arena_printf("%s:%u: %s", r->file->path, r->file->cases[r->current - 1].line, ending(r, status));
}

static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

bool run_test_program(test_file *f, const test_plan *plan) {
    test_run r = {.file = f, .plan = plan};
    if (!start(&r)) {
        f->problem = "the program could not be started";
        return false;
    }
    size_t failed_before = 0, failed = 0;
    for (size_t i = 0; i < f->count; i++) failed_before += f->cases[i].outcome == TEST_FAILED;
    listen_to(&r);
    int status = wait_for(r.pid);
    if (r.current) fail(&r, r.current, ending_in_test(&r, status), -1);
    for (size_t i = 0; i < f->count; i++) failed += f->cases[i].outcome == TEST_FAILED;
    if (!r.done && failed == failed_before) {
        if (!f->problem) f->problem = ending(&r, status);
        f->output = output_between(&r, 0, -1);
    }
    free(r.pending);
    close(r.output);
    close(r.events);
    return !r.done && !f->problem;
}
