/* driver_test.c: flc2c test: which files, which tests, under which schedules; and the report.
 *
 * Each file is one program. It runs all its tests in one process; if it ends in the middle (a crash, a call of exit, a
 * test that hangs) the test it was at has failed, and the program is started again for those that are left. With
 * --schedules N the same happens once more for each seed, without the tests that have failed already. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver_test.h"

typedef struct totals {
    size_t files, passed, failed, broken; /* broken: files that could not be tested to their end */
} totals;

static bool show_progress; /* standard output is a terminal */

/* ---- which files ---- */

static bool mentions_deftest(const char *path) {
    const char *error;
    const source *src = source_load(path, &error);
    return src && memmem(src->text, src->size, "(deftest", strlen("(deftest")) != NULL;
}

/* An argument is a file or folder if there is one, or if it can only be meant so; else a part of a name. */
static bool sort_argument(driver_options *o, path_list *list, const char *argument) {
    struct stat st;
    bool exists = stat(argument, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) {
        find_sources(list, argument, mentions_deftest);
    } else if (exists) {
        PUSH(list->paths, list->count, list->capacity, argument);
    } else if (is_source_name(argument) || strchr(argument, '/')) {
        return driver_error("cannot read %s: %s", argument, strerror(errno));
    } else {
        PUSH(o->filters, o->filter_count, o->filter_capacity, argument);
    }
    return true;
}

static bool find_files(driver_options *o, path_list *list) {
    bool only_filters = true;
    for (size_t i = 0; i < o->file_count; i++) {
        size_t filters = o->filter_count;
        if (!sort_argument(o, list, o->files[i])) return false;
        only_filters &= o->filter_count > filters;
    }
    if (only_filters) find_sources(list, ".", mentions_deftest);
    return true;
}

/* ---- running ---- */

static void clear_progress(void) {
    if (show_progress) fputs("\r\033[K", stdout);
}

static void print_progress(const test_file *f, const test_case *t) {
    printf("\r\033[K%.40s: %.60s", f->path, t->name);
    fflush(stdout);
}

static bool is_shown(const test_case *t) { return t->name != NULL; }

static void run_round(test_file *f, test_plan *plan) {
    for (size_t i = 0; i < f->count; i++)
        if (f->cases[i].outcome == TEST_PASSED) f->cases[i].outcome = TEST_NOT_RUN;
    while (run_test_program(f, plan)) {
    }
}

static bool all_failed(const test_file *f) {
    for (size_t i = 0; i < f->count; i++)
        if (is_shown(&f->cases[i]) && f->cases[i].outcome != TEST_FAILED) return false;
    return true;
}

static void run_seeds(test_file *f, test_plan *plan, long count) {
    plan->seeded = true;
    for (plan->seed = 1; plan->seed <= (unsigned long)count; plan->seed++) {
        if (f->problem || all_failed(f)) return;
        run_round(f, plan);
        if (f->problem) f->problem = arena_printf("%s\nunder FLU_SCHEDULE=seed:%lu", f->problem, plan->seed);
    }
}

/* ---- the command that repeats a failure ---- */

static const char *shell_word(const char *text) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
    if (*text && strspn(text, plain) == strlen(text)) return text;
    const char *quoted = "'";
    for (const char *p = text; *p; p++)
        quoted = *p == '\'' ? arena_printf("%s'\\''", quoted) : arena_printf("%s%c", quoted, *p);
    return arena_printf("%s'", quoted);
}

/* Does the test fail alone too, under its seed? */
static bool fails_alone(const test_file *f, size_t number, const driver_options *o) {
    test_file copy = *f;
    copy.cases = NEW_ARRAY(test_case, f->count);
    copy.capacity = f->count;
    memcpy(copy.cases, f->cases, f->count * sizeof *copy.cases);
    test_case *t = &copy.cases[number - 1];
    t->outcome = TEST_NOT_RUN;
    test_plan plan = {.options = o, .seeded = true, .seed = t->seed, .only = number};
    run_test_program(&copy, &plan);
    return copy.cases[number - 1].outcome == TEST_FAILED;
}

static void find_repeat_command(test_file *f, size_t number, const driver_options *o) {
    test_case *t = &f->cases[number - 1];
    t->repeat = arena_printf("FLU_SCHEDULE=seed:%lu flc2c test %s", t->seed, shell_word(f->path));
    if (fails_alone(f, number, o)) t->repeat = arena_printf("%s --filter %s", t->repeat, shell_word(t->name));
}

static void test_one_file(test_file *f, const driver_options *o) {
    test_plan plan = {.options = o, .progress = show_progress ? print_progress : NULL};
    run_round(f, &plan);
    if (o->schedules) run_seeds(f, &plan, o->schedules);
    for (size_t i = 0; i < f->count; i++)
        if (f->cases[i].outcome == TEST_FAILED && f->cases[i].seeded) find_repeat_command(f, i + 1, o);
}

/* ---- the report ---- */

static void print_lines(const char *indent, const char *text) {
    while (*text) {
        size_t n = strcspn(text, "\n");
        printf("%s%.*s\n", indent, (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void print_output(const char *output) {
    if (!output) return;
    printf("        output:\n");
    print_lines("          ", output);
}

#define SLOW_MS 500

static void print_case(const test_case *t, const driver_options *o) {
    bool failed = t->outcome == TEST_FAILED;
    if (o->quiet && t->outcome == TEST_PASSED) return;
    const char *outcome = failed ? "FAIL" : t->outcome == TEST_PASSED ? "ok" : "-";
    printf("  %-6s%s", outcome, t->name);
    if (!failed && t->ms >= SLOW_MS) printf(" (%ld ms)", t->ms);
    putchar('\n');
    if (!failed) return;
    print_lines("        ", t->text);
    if (t->seeded) printf("        under FLU_SCHEDULE=seed:%lu; to repeat it:\n          %s\n", t->seed, t->repeat);
    print_output(t->output);
}

static void print_problem(const test_file *f) {
    printf("  FAIL  (outside of the tests)\n");
    print_lines("        ", f->problem);
    print_output(f->output);
}

static void report_file(const test_file *f, const driver_options *o, totals *sum) {
    size_t failed = 0, passed = 0, shown = 0;
    for (size_t i = 0; i < f->count; i++) {
        shown += is_shown(&f->cases[i]);
        failed += f->cases[i].outcome == TEST_FAILED;
        passed += f->cases[i].outcome == TEST_PASSED;
    }
    sum->failed += failed;
    sum->passed += passed;
    sum->files += shown > 0 || f->problem;
    sum->broken += f->problem != NULL;
    clear_progress();
    if ((shown == 0 || (o->quiet && failed == 0)) && !f->problem) return;
    printf("%s\n", f->path);
    for (size_t i = 0; i < f->count; i++)
        if (is_shown(&f->cases[i])) print_case(&f->cases[i], o);
    if (f->problem) print_problem(f);
    fflush(stdout);
}

static int print_summary(const totals *sum, const driver_options *o) {
    size_t tests = sum->passed + sum->failed;
    if (tests == 0 && sum->broken == 0) {
        puts(o->filter_count ? "no test has such a name" : "no tests");
        return STATUS_OK;
    }
    printf("%zu test%s in %zu file%s", tests, tests == 1 ? "" : "s", sum->files, sum->files == 1 ? "" : "s");
    if (o->schedules) printf(", under %ld schedules", o->schedules);
    printf(": %zu passed, %zu failed", sum->passed, sum->failed);
    if (sum->broken) printf("; %zu file%s with problems", sum->broken, sum->broken == 1 ? "" : "s");
    putchar('\n');
    return sum->failed || sum->broken ? STATUS_FAILED : STATUS_OK;
}

/* The executable; NULL: the diagnostics have been printed. */
static const char *test_program(const char *path, const driver_options *o) {
    compilation c;
    const char *program = compile(o, &path, 1, &c) ? cached_program(&c, o) : NULL;
    out_free(&c.text);
    return program;
}

int test_command(const driver_options *given) {
    driver_options o = *given;
    path_list list = {0};
    totals sum = {0};
    output suites = {0};
    o.compile.tests = true;
    show_progress = isatty(STDOUT_FILENO);
    if (!find_files(&o, &list)) return STATUS_USAGE;
    for (size_t i = 0; i < list.count; i++) {
        test_file f = {.path = list.paths[i], .program = test_program(list.paths[i], &o)};
        if (f.program)
            test_one_file(&f, &o);
        else
            f.problem = "it does not compile";
        report_file(&f, &o, &sum);
        if (o.junit) junit_add_file(&suites, &f);
    }
    int status = print_summary(&sum, &o);
    return o.junit && !junit_write(o.junit, &suites) ? STATUS_FAILED : status;
}
