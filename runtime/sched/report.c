/* report.c: what the program says on standard error when it ends badly: uncaught errors, unhandled rejections,
 * deadlocks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/sched.h"
#include "flu/special.h"
#include "flu/sync.h"

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
        if (flu_is(v, FLU_T_ERROR)) flu_trace_print(b, FLU_ERR(v)->trace, "  ");
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

/* ---- deadlock ---- */

struct task_list {
    flu_task **items;
    size_t count, capacity;
};

static bool is_parked(flu_task *t) {
    uint32_t bits = atomic_load(&t->wait);
    return (bits & FLU_WAIT_COMMITTED) && !(bits & FLU_WAIT_CLAIMED) && atomic_load(&t->promise.state) == FLU_PENDING;
}

/* Called with the collector's lock held: allocates elsewhere. */
static void add_parked(flu_task *t, void *data) {
    struct task_list *list = data;
    if (!is_parked(t)) return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        flu_task **items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL) return; /* the report gets shorter */
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = t;
}

static int by_id(const void *a, const void *b) {
    uint32_t x = (*(flu_task *const *)a)->promise.id, y = (*(flu_task *const *)b)->promise.id;
    return (x > y) - (x < y);
}

static const char *wait_name(unsigned kind) {
    switch (kind) {
    case FLU_WAIT_SEND: return "send!";
    case FLU_WAIT_RECV: return "recv!";
    case FLU_WAIT_SELECT: return "select";
    case FLU_WAIT_AWAIT: return "await";
    case FLU_WAIT_SLEEP: return "sleep";
    case FLU_WAIT_RECEIVE: return "receive";
    case FLU_WAIT_LOCK: return "lock";
    case FLU_WAIT_IO: return "input";
    case FLU_WAIT_ENQUEUE: return "enqueue!";
    case FLU_WAIT_DEQUEUE: return "dequeue!";
    case FLU_WAIT_READ_LOCK: return "with-read-lock";
    case FLU_WAIT_WRITE_LOCK: return "with-write-lock";
    case FLU_WAIT_PERMIT: return "acquire!";
    case FLU_WAIT_BARRIER: return "barrier-wait!";
    case FLU_WAIT_LATCH: return "latch-wait!";
    case FLU_WAIT_GROUP: return "wg-wait!";
    case FLU_WAIT_EVENT: return "event-wait!";
    case FLU_WAIT_RATE: return "rate-limit!";
    case FLU_WAIT_KEY: return "held key";
    default: return "wait";
    }
}

bool flu_is_library(const flu_proc_info *info) {
    return info->file[0] == '\0' || info->file[0] == '<' || strncmp(info->file, "stdlib/", 7) == 0;
}

/* The place in the program: library procedures that wait on its behalf are passed over if a caller is known. */
static const flu_frame *telling_frame(const flu_task *t) {
    for (const flu_frame *f = t->frames; f != NULL; f = f->parent)
        if (!flu_is_library(f->info)) return f;
    return t->frames;
}

static void describe_wait(flu_worker *w, flu_buf *b, flu_task *t) {
    flu_buf_puts(b, wait_name(t->wait_kind));
    if (flu_parking_of(t)->wait_object != FLU_NIL) {
        flu_buf_puts(b, " on ");
        flu_repr(w, b, flu_parking_of(t)->wait_object);
        flu_sync_print_holder(b, flu_parking_of(t)->wait_object);
    }
    if (t->wait_kind == FLU_WAIT_SELECT) flu_select_print(w, b, t);
}

void flu_describe_task(flu_worker *w, flu_buf *b, flu_task *t) {
    if (is_parked(t))
        describe_wait(w, b, t);
    else
        flu_buf_puts(b, "running");
    const flu_frame *f = telling_frame(t);
    if (f == NULL) return;
    flu_buf_puts(b, " at ");
    flu_site_print(b, f->info, flu_frame_point(f));
}

/* The parked tasks, oldest first. The caller frees the items. */
static struct task_list parked_tasks(flu_runtime *rt) {
    struct task_list list = {NULL, 0, 0};
    flu_each_task(rt, add_parked, &list);
    if (list.count) qsort(list.items, list.count, sizeof *list.items, by_id);
    return list;
}

void flu_describe_parked(flu_worker *w, flu_buf *b, const flu_task *but, size_t most) {
    struct task_list list = parked_tasks(w->rt);
    size_t others = 0;
    for (size_t i = 0; i < list.count; i++) {
        flu_task *t = list.items[i];
        if (t == but || t == w->rt->main_task || others++ >= most) continue;
        flu_buf_printf(b, "\ntask %u: ", t->promise.id);
        flu_describe_task(w, b, t);
    }
    if (others > most) flu_buf_printf(b, "\nand %zu more tasks that wait", others - most);
    free(list.items);
}

void flu_report_deadlock(flu_worker *w) {
    if (w->rt->testing != NULL) w->rt->testing->stuck(w);
    struct task_list list = parked_tasks(w->rt);
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "deadlock: the main task waits, and nothing can wake it\n");
    for (size_t i = 0; i < list.count; i++) {
        flu_task *t = list.items[i];
        flu_buf_printf(&b, "  task %u%s: ", t->promise.id, t == w->rt->main_task ? " (main)" : "");
        flu_describe_task(w, &b, t);
        flu_buf_char(&b, '\n');
    }
    flu_out_flush();
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
    free(list.items);
}

/* ---- the end ---- */

int flu_program_finish(flu_worker *w, int status) {
    flu_alone_begin(w); /* for ever */
    flu_unhandled_report(w);
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

void flu_fatal(const char *message) {
    flu_out_flush();
    flu_err_write("error: ", 7);
    flu_err_write(message, strlen(message));
    flu_err_write("\n", 1);
    exit(1);
}
