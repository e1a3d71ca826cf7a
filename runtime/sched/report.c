/* report.c: what the program says on standard error when it ends badly: uncaught errors, unhandled rejections. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flu/builtins.h"
#include "flu/sched.h"
#include "flu/special.h"

/* ---- errors ---- */

#define CAUSES_MAX 10 /* causes shown of an error */

static void print_thrown(flu_worker *w, flu_buf *b, flu_value v) {
    if (!flu_is(v, FLU_T_ERROR)) {
        flu_buf_puts(b, "uncaught: ");
        flu_repr(w, b, v);
        return;
    }
    flu_display(w, b, FLU_ERR(v)->kind);
    flu_buf_puts(b, ": ");
    flu_display(w, b, FLU_ERR(v)->message);
}

static void print_causes(flu_worker *w, flu_buf *b, flu_value v) {
    for (int n = 0; n < CAUSES_MAX && flu_is(v, FLU_T_ERROR) && FLU_ERR(v)->cause != FLU_NIL; n++) {
        v = FLU_ERR(v)->cause;
        flu_buf_puts(b, "caused by: ");
        print_thrown(w, b, v);
        flu_buf_char(b, '\n');
        flu_trace_print(b, flu_trace_of(v), "  ");
    }
}

void flu_error_print(flu_worker *w, flu_buf *b, flu_value thrown, const struct flu_trace *trace) {
    print_thrown(w, b, thrown);
    flu_buf_char(b, '\n');
    flu_trace_print(b, trace, "  ");
    print_causes(w, b, thrown);
}

static void report_error(flu_worker *w, const char *prefix, flu_value thrown, const struct flu_trace *trace) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, prefix);
    flu_error_print(w, &b, thrown, trace);
    flu_out_flush();
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
}

void flu_report_uncaught(flu_worker *w, flu_value thrown, const struct flu_trace *trace) {
    report_error(w, "error: ", thrown, trace);
}

/* ---- unhandled rejections ---- */

/* A rejected promise that nobody had observed when it was rejected. Plain memory: the list must not keep the promises
 * alive; a finalizer takes each one out. */
struct flu_unhandled {
    struct flu_unhandled *next, *prev;
    uintptr_t hidden; /* complement of the promise's address */
    flu_runtime *rt;
};

static void report_unhandled(flu_worker *w, flu_promise *p) {
    flu_runtime *rt = w->rt;
    if (flu_is_observed(p) || rt->unhandled == FLU_UNHANDLED_IGNORE) return;
    flu_observe(p);
    char prefix[64];
    snprintf(prefix, sizeof prefix,
             "%s: unhandled rejection of #<promise %u>: ", rt->unhandled == FLU_UNHANDLED_WARN ? "warning" : "error",
             p->id);
    report_error(w, prefix, p->value, p->trace);
    if (rt->unhandled == FLU_UNHANDLED_ERROR) rt->exit_status = 1;
}

static void unlink_unhandled(struct flu_unhandled *u) {
    flu_runtime *rt = u->rt;
    if (u->prev)
        u->prev->next = u->next;
    else
        rt->unhandled_first = u->next;
    if (u->next)
        u->next->prev = u->prev;
    else
        rt->unhandled_last = u->prev;
    free(u);
}

static void promise_is_garbage(void *object, void *data) {
    struct flu_unhandled *u = data;
    flu_worker *w = u->rt->finalizer;
    flu_lock_take(w, &w->rt->unhandled_lock);
    unlink_unhandled(u);
    flu_lock_release(w, &w->rt->unhandled_lock);
    report_unhandled(w, object);
}

void flu_unhandled_add(flu_worker *w, flu_promise *p) {
    flu_runtime *rt = w->rt;
    struct flu_unhandled *u = malloc(sizeof *u);
    if (u == NULL) flu_fatal("out-of-memory: no memory is left");
    flu_lock_take(w, &rt->unhandled_lock);
    *u = (struct flu_unhandled){NULL, rt->unhandled_last, ~(uintptr_t)p, rt};
    if (rt->unhandled_last)
        rt->unhandled_last->next = u;
    else
        rt->unhandled_first = u;
    rt->unhandled_last = u;
    flu_lock_release(w, &rt->unhandled_lock);
    flu_on_garbage(p, promise_is_garbage, u);
}

void flu_unhandled_report(flu_worker *w) {
    for (struct flu_unhandled *u = w->rt->unhandled_first; u != NULL; u = u->next)
        report_unhandled(w, (flu_promise *)~u->hidden);
}

/* ---- the end ---- */

int flu_program_finish(flu_worker *w, int status) {
    flu_alone_begin(w); /* for ever */
    flu_unhandled_report(w);
    flu_leaks_report(w);
    if (w->rt->stats) flu_stats_print(w);
    int failed = flu_out_flush();
    if (failed != 0) {
        char text[160];
        int size = snprintf(text, sizeof text, "error: io-error: standard output: %s\n", strerror(failed));
        flu_err_write(text, (size_t)size);
        w->rt->exit_status = 1;
    }
    return status == 0 ? w->rt->exit_status : status;
}

void flu_program_end(flu_worker *w, int status) { exit(flu_program_finish(w, status)); }

void flu_bad_setting(const char *name, const char *value, const char *expected) {
    char text[256];
    snprintf(text, sizeof text, "%s must be %s, not \"%.60s\"", name, expected, value);
    flu_fatal(text);
}

bool flu_setting_is_on(const char *name) {
    const char *text = getenv(name);
    if (text == NULL || *text == '\0' || strcmp(text, "0") == 0) return false;
    if (strcmp(text, "1") != 0) flu_bad_setting(name, text, "0 or 1");
    return true;
}

void flu_fatal(const char *message) {
    flu_out_flush();
    flu_err_write("error: ", 7);
    flu_err_write(message, strlen(message));
    flu_err_write("\n", 1);
    exit(1);
}
