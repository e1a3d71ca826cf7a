/* emitted.h: what the tests of the scheduler need: procedures written by hand as the compiler would emit them, and a
 * way to run a whole program in a child process and look at what it wrote and how it ended. */
#ifndef EMITTED_H
#define EMITTED_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "flu/flu.h"
#include "flu/sched.h"

/* Every procedure takes a worker, a frame, a value, whether it needs them or not. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* ---- emitted procedures ---- */

/* A call gave FLU_ABNORMAL at resume point `point`: saves live variables (at least one), then leaves. */
#define LEAVE(old, info, point, ...)                                                                                   \
    do {                                                                                                               \
        flu_value live_[] = {__VA_ARGS__};                                                                             \
        flu_frame *f_ = flu_save(w, old, info, point, sizeof live_ / sizeof *live_);                                   \
        if (f_ != NULL) memcpy(f_->slots, live_, sizeof live_);                                                        \
        return FLU_ABNORMAL;                                                                                           \
    } while (0)

/* The check at entry or loop head failed. */
#define YIELD(old, info, point, ...)                                                                                   \
    do {                                                                                                               \
        flu_value live_[] = {__VA_ARGS__};                                                                             \
        flu_frame *f_ = flu_yield(w, old, info, point, sizeof live_ / sizeof *live_);                                  \
        if (f_ != NULL) memcpy(f_->slots, live_, sizeof live_);                                                        \
        return FLU_ABNORMAL;                                                                                           \
    } while (0)

/* A procedure value without parameters, of code `name##_code`, resumed by `name##_resume`. */
#define THUNK(id, line_)                                                                                               \
    static flu_value id##_code(flu_worker *w, flu_value self);                                                         \
    static flu_value id##_resume(flu_worker *w, flu_frame *f, flu_value v);                                            \
    FLU_UNUSED static const flu_site id##_sites[] = {{line_, 1}, {line_, 2}, {line_, 3}, {line_, 4}};                  \
    static const flu_proc_info id##_info = {#id, "test.flu", id##_resume, id##_sites, 4, line_, 1, 0, 0};              \
    FLU_UNUSED FLU_PROC_STATIC(id##_proc, 0, id##_code, &id##_info)
#define THUNK_VALUE(id) FLU_VALUE(&id##_proc)

/* A procedure with n free variables made at run time. */
static inline flu_value make_closure(flu_worker *w, const flu_proc_info *info, flu_code0 code, int n,
                                     const flu_value *env) {
    flu_proc *p = flu_alloc(w, sizeof *p + (size_t)n * sizeof *env);
    p->h = FLU_PROC_HEADER(0, (unsigned)n);
    p->code = (flu_code)code;
    p->info = info;
    memcpy(p->env, env, (size_t)n * sizeof *env);
    return FLU_VALUE(p);
}

static inline void say(const char *text) { flu_out_write(text, strlen(text)); }
static inline void say_int(int64_t n) {
    char text[32];
    flu_out_write(text, (size_t)snprintf(text, sizeof text, "%lld\n", (long long)n));
}
/* In the program: stops it if a condition does not hold. */
#define CHECK(c)                                                                                                       \
    do {                                                                                                               \
        if (!(c)) {                                                                                                    \
            fprintf(stderr, "CHECK failed, line %d: %s\n", __LINE__, #c);                                              \
            _exit(99);                                                                                                 \
        }                                                                                                              \
    } while (0)

/* ---- running a program ---- */

typedef struct outcome {
    int status; /* exit status; -1: killed by a signal */
    char out[65536], err[65536];
} outcome;

static inline void slurp(FILE *f, char *text, size_t size) {
    rewind(f);
    size_t n = fread(text, 1, size - 1, f);
    text[n] = '\0';
    fclose(f);
}

/* settings: "NAME=value" up to NULL. input: standard input, or NULL for none. */
static inline const outcome *run_with(flu_value (*main_code)(flu_worker *w), const char *input, char **settings) {
    static outcome o;
    FILE *out = tmpfile(), *err = tmpfile(), *in = tmpfile();
    assert_true(out && err && in);
    if (input) fputs(input, in);
    rewind(in);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fileno(in), 0);
        dup2(fileno(out), 1);
        dup2(fileno(err), 2);
        for (; settings && *settings; settings++) putenv(*settings);
        const flu_program program = {"test.flu", NULL, main_code};
        char *argv[] = {"test", "one", "two", NULL};
        _exit(flu_main(3, argv, &program));
    }
    int status;
    waitpid(child, &status, 0);
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    slurp(out, o.out, sizeof o.out);
    slurp(err, o.err, sizeof o.err);
    fclose(in);
    return &o;
}
#define SETTINGS(...) ((char *[]){__VA_ARGS__, NULL})
#define run(code)     run_with(code, NULL, NULL)

/* The program ended well and wrote this. */
static inline void expect_output(const outcome *o, const char *out) {
    if (*o->err) print_message("standard error: %s\n", o->err);
    assert_string_equal(o->out, out);
    assert_int_equal(o->status, 0);
}

#endif
