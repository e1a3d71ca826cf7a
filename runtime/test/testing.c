/* testing.c: what a program does when flc2c test runs it: keeps the tests that deftest defines, and tells flc2c how
 * each one went. The loop over the tests is FluentAI: stdlib/test.flu.
 *
 * Tests run one after the other, each in a task of its own. A test that takes too long, or that nothing can wake any
 * more, is reported with what it waits for, and ends the process: its task cannot be stopped for sure. flc2c then
 * starts the program again for the tests that are left, as it does after a crash.
 *
 * flc2c says in the environment what to do; %tests-begin takes it out there, so that other processes do not see it:
 *   FLU_TEST_EVENTS   descriptor to report to
 *   FLU_TEST_TIMEOUT  milliseconds that a test may take
 *   FLU_TEST_SKIP     numbers of tests that are not to run, with commas
 *   FLU_TEST_FILTER   lines; a test runs if its name contains one of them
 * A report is a line "KIND TEST LINE MS OUTPUT SIZE", then SIZE bytes of text and a newline. TEST counts from 1 in the
 * order of definition, 0 is the program's top level. OUTPUT is the position in the file that standard output and error
 * go to. Kinds: T a test is defined (text: its name), B it begins, P it passed, F it failed, H it hangs (text: why), D
 * all are done. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flu/builtins.h"
#include "flu/flu.h"
#include "flu/sched.h"
#include "flu/text.h"

#define TIMEOUT_MS 10000
#define PARKED_MAX 10 /* waiting tasks listed beside the test's own */

typedef struct test {
    flu_value name, thunk;
    uint32_t line;
    bool wanted;
} test;

/* Touched by the worker's thread alone. */
typedef struct runner {
    struct flu_testing hooks; /* must be first */
    int events;               /* -1: nobody listens */
    int64_t timeout;          /* nanoseconds */
    test *tests;
    uint32_t count, capacity, current; /* current: number of the test that runs, 0: none */
    flu_task *task;                    /* that runs it */
    int64_t started_at;                /* real */
    char *skip, *filter;               /* copies of the settings, or NULL */
} runner;

static runner *runner_of(flu_worker *w) { return (runner *)w->rt->testing; }

/* ---- reports to flc2c ---- */

static void write_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n <= 0) return; /* flc2c is gone */
        text += n;
        size -= (size_t)n;
    }
}

static void report(runner *r, char kind, uint32_t number, const char *text, size_t size) {
    flu_buf b;
    if (r->events < 0) return;
    flu_out_flush();
    int64_t ms = (flu_real_now() - r->started_at) / 1000000;
    flu_buf_init(&b);
    flu_buf_printf(&b, "%c %u %u %lld %lld %zu\n", kind, number, number ? r->tests[number - 1].line : 0, (long long)ms,
                   (long long)lseek(STDOUT_FILENO, 0, SEEK_CUR), size);
    flu_buf_add(&b, text, size);
    flu_buf_char(&b, '\n');
    write_all(r->events, b.data, b.size);
    flu_buf_free(&b);
}

/* ---- tests that do not end ---- */

static void print_waits(flu_worker *w, flu_buf *b) {
    runner *r = runner_of(w);
    flu_task *own = r->task != NULL ? r->task : w->rt->main_task;
    flu_buf_puts(b, r->current ? "\nthe test: " : "\nthe top level: ");
    flu_describe_task(w, b, own);
    flu_describe_parked(w, b, own, PARKED_MAX);
}

/* why: without a newline */
static FLU_NORETURN void give_up(flu_worker *w, const char *why) {
    runner *r = runner_of(w);
    flu_buf text, *b = &text;
    flu_buf_init(b);
    if (r->current) flu_buf_printf(b, "%s:%u: ", w->rt->program->name, r->tests[r->current - 1].line);
    flu_buf_puts(b, why);
    print_waits(w, b);
    report(r, 'H', r->current, b->data, b->size);
    _exit(1);
}

static void look_at_clock(flu_worker *w) {
    runner *r = runner_of(w);
    if (flu_real_now() < r->hooks.deadline) return;
    char why[64];
    snprintf(why, sizeof why, "timeout: not finished after %lld ms", (long long)(r->timeout / 1000000));
    give_up(w, why);
}

static FLU_NORETURN void nothing_can_run(flu_worker *w) { give_up(w, "deadlock: it waits, and nothing can wake it"); }

static void start_clock(runner *r) {
    r->started_at = flu_real_now();
    r->hooks.deadline = r->started_at + r->timeout;
}

/* ---- start ---- */

/* A copy of the setting, which is then removed; NULL: not given. */
static char *take_setting(const char *name) {
    const char *value = getenv(name);
    char *copy = value != NULL && *value != '\0' ? strdup(value) : NULL;
    unsetenv(name);
    return copy;
}

static long long take_number(const char *name, long long otherwise) {
    char *text = take_setting(name);
    long long n = text != NULL ? strtoll(text, NULL, 10) : otherwise;
    free(text);
    return n;
}

flu_value flu_tests_begin(flu_worker *w) {
    runner *r = flu_alloc(w, sizeof *r);
    r->hooks = (struct flu_testing){INT64_MAX, look_at_clock, nothing_can_run};
    r->events = (int)take_number("FLU_TEST_EVENTS", -1);
    r->timeout = take_number("FLU_TEST_TIMEOUT", TIMEOUT_MS) * 1000000;
    r->skip = take_setting("FLU_TEST_SKIP");
    r->filter = take_setting("FLU_TEST_FILTER");
    if (r->events >= 0) fcntl(r->events, F_SETFD, FD_CLOEXEC);
    flu_out_by_lines(); /* what a crash would lose */
    start_clock(r);
    w->rt->testing = &r->hooks;
    return FLU_NIL;
}

/* ---- tests ---- */

static bool is_skipped(const runner *r, uint32_t number) {
    for (const char *p = r->skip; p != NULL && *p != '\0'; p += *p == ',') {
        char *end;
        if (strtoul(p, &end, 10) == number) return true;
        p = end;
    }
    return false;
}

static bool is_named(const runner *r, flu_value name) {
    if (r->filter == NULL) return true;
    for (const char *line = r->filter; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (memmem(FLU_STR(name)->bytes, flu_str_size(name), line, strcspn(line, "\n")) != NULL) return true;
    }
    return false;
}

static void grow(flu_worker *w, runner *r) {
    if (r->count < r->capacity) return;
    uint32_t capacity = r->capacity ? 2 * r->capacity : 16;
    test *tests = flu_alloc(w, capacity * sizeof *tests);
    if (r->count) memcpy(tests, r->tests, r->count * sizeof *tests);
    r->tests = tests;
    r->capacity = capacity;
}

flu_value flu_test_define(flu_worker *w, flu_value name, flu_value thunk, flu_value line) {
    if (!flu_is_string(name)) return flu_type_error(w, "deftest", 1, "a string", name);
    runner *r = runner_of(w);
    grow(w, r);
    uint32_t number = r->count + 1;
    bool named = is_named(r, name);
    r->tests[r->count++] = (test){name, thunk, (uint32_t)flu_fix(line), named && !is_skipped(r, number)};
    if (named) report(r, 'T', number, FLU_STR(name)->bytes, flu_str_size(name));
    return FLU_NIL;
}

flu_value flu_test_next(flu_worker *w) {
    runner *r = runner_of(w);
    r->task = NULL;
    do {
        if (r->current == r->count) return FLU_NIL;
    } while (!r->tests[r->current++].wanted);
    flu_value thunk = r->tests[r->current - 1].thunk;
    flu_schedule_restart(w->rt); /* so that a test alone repeats what it did among others */
    w->rt->exit_status = 0;
    start_clock(r);
    report(r, 'B', r->current, "", 0);
    return thunk;
}

flu_value flu_test_task(flu_worker *w, flu_value task) {
    runner_of(w)->task = FLU_TASK(task);
    return task;
}

static void print_failure(flu_worker *w, flu_buf *b, const flu_promise *p) {
    const test *t = &runner_of(w)->tests[runner_of(w)->current - 1];
    if (!flu_trace_place(b, p->trace)) flu_buf_printf(b, "%s:%u", w->rt->program->name, t->line);
    flu_buf_puts(b, ": ");
    flu_error_print(w, b, p->value, p->trace);
}

/* Also what a test leaves behind counts: rejections that nobody awaited, actors that crashed. */
flu_value flu_test_end(flu_worker *w, flu_value task) {
    runner *r = runner_of(w);
    const flu_promise *p = FLU_PROM(task);
    r->hooks.deadline = INT64_MAX;
    flu_unhandled_report(w);
    bool failed = atomic_load(&p->state) != FLU_FULFILLED, reported = w->rt->exit_status != 0;
    flu_buf b;
    flu_buf_init(&b);
    if (failed) print_failure(w, &b, p);
    if (!failed && reported)
        flu_buf_printf(&b, "%s:%u: an error that nobody handled was reported, see the output", w->rt->program->name,
                       r->tests[r->current - 1].line);
    report(r, failed || reported ? 'F' : 'P', r->current, b.data, b.size);
    flu_buf_free(&b);
    return FLU_NIL;
}

flu_value flu_tests_done(flu_worker *w) {
    runner *r = runner_of(w);
    r->current = 0;
    report(r, 'D', 0, "", 0);
    flu_program_end(w, 0);
}
