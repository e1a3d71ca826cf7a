/* leaks.c: FLU_LEAKS=1: tasks that wait for what nothing can reach any more, on standard error at the end and
 * with SIGQUIT.
 *
 * A parked task is kept alive by what it waits for. When that becomes garbage so does the task: nobody can ever wake
 * it, and the collector takes both away without a word. Here it is told, with the place where the task waited; tasks at
 * one place are counted. A task that somebody still refers to (who keeps its promise) is never found. */
#include <stdlib.h>
#include <string.h>

#include "flu/sched.h"

#ifndef FLU_GC_NONE

enum { MOST_PLACES = 100 }; /* told apart */

/* Tasks that waited in the same way, with the same logical stack. */
struct leak {
    struct leak *next;
    char *frames;  /* lines, the key with `kind` */
    unsigned kind; /* flu_wait_kind */
    char *oldest;  /* "task 3 of #<actor a 2>: recv! on #<channel 2>" */
    uint32_t id;   /* of that task */
    uint32_t others;
};

/* Guarded by finalizer_lock. */
struct flu_leaks {
    struct leak *list; /* by id */
    uint32_t places, unplaced;
    uint64_t tasks;
};

static char *copy_text(const flu_buf *b) {
    char *text = malloc(b->size + 1);
    if (text == NULL) flu_fatal("out-of-memory: no memory is left");
    memcpy(text, b->data, b->size);
    text[b->size] = '\0';
    return text;
}

static bool is_text(const char *text, const flu_buf *b) {
    return strlen(text) == b->size && memcmp(text, b->data, b->size) == 0;
}

/* Takes the leak out of the list; NULL: a new place. */
static struct leak *take_known(struct flu_leaks *leaks, unsigned kind, const flu_buf *frames) {
    for (struct leak **place = &leaks->list, *l; (l = *place) != NULL; place = &l->next) {
        if (l->kind == kind && is_text(l->frames, frames)) {
            *place = l->next;
            return l;
        }
    }
    return NULL;
}

static void put_in(struct flu_leaks *leaks, struct leak *l) {
    struct leak **place = &leaks->list;
    while (*place != NULL && (*place)->id < l->id) place = &(*place)->next;
    l->next = *place;
    *place = l;
}

static struct leak *make_leak(struct flu_leaks *leaks, unsigned kind, const flu_buf *frames) {
    struct leak *l = calloc(1, sizeof *l);
    if (l == NULL) flu_fatal("out-of-memory: no memory is left");
    leaks->places++;
    l->kind = kind;
    l->frames = copy_text(frames);
    return l;
}

static void describe(flu_worker *w, struct leak *l, flu_task *t) {
    flu_buf b;
    flu_buf_init(&b);
    flu_task_print(w, &b, t);
    flu_buf_puts(&b, ": ");
    flu_describe_wait(w, &b, t);
    free(l->oldest);
    l->oldest = copy_text(&b);
    l->id = t->promise.id;
    flu_buf_free(&b);
}

static void add(flu_worker *w, struct flu_leaks *leaks, flu_task *t, const flu_buf *frames) {
    leaks->tasks++;
    struct leak *l = take_known(leaks, t->wait_kind, frames);
    if (l != NULL) {
        l->others++;
    } else if (leaks->places < MOST_PLACES) {
        l = make_leak(leaks, t->wait_kind, frames);
    } else {
        leaks->unplaced++;
        return;
    }
    if (l->oldest == NULL || t->promise.id < l->id) describe(w, l, t);
    put_in(leaks, l);
}

/* Only the library's own tasks have no frame in the program. */
static void task_is_garbage(void *object, void *data) {
    flu_runtime *rt = data;
    flu_task *t = object;
    if (!flu_task_is_parked(t)) return;
    flu_buf frames;
    flu_buf_init(&frames);
    flu_describe_frames(&frames, t);
    if (frames.size > 0) add(rt->finalizer, rt->leaks, t, &frames);
    flu_buf_free(&frames);
}

void flu_leaks_start(flu_runtime *rt) {
    if (!flu_setting_is_on("FLU_LEAKS")) return;
    rt->leaks = calloc(1, sizeof *rt->leaks);
    if (rt->leaks == NULL) flu_fatal("out-of-memory: no memory is left");
}

void flu_leaks_watch(flu_worker *w, flu_task *t) { flu_on_garbage(t, task_is_garbage, w->rt); }

static void put_leaks(flu_buf *b, const struct flu_leaks *leaks) {
    if (leaks->tasks == 0) {
        flu_buf_puts(b, "leaks: none\n");
        return;
    }
    bool one = leaks->tasks == 1;
    flu_buf_printf(b, "leaks: %llu task%s wait%s for what nothing can reach any more:\n",
                   (unsigned long long)leaks->tasks, one ? "" : "s", one ? "s" : "");
    for (const struct leak *l = leaks->list; l != NULL; l = l->next) {
        flu_buf_printf(b, "  %s\n%s", l->oldest, l->frames);
        if (l->others > 0) flu_buf_printf(b, "    and %u more like it\n", l->others);
    }
    if (leaks->unplaced > 0) flu_buf_printf(b, "  and %u at other places\n", leaks->unplaced);
}

void flu_leaks_report(flu_worker *w) {
    if (w->rt->leaks == NULL) return;
    flu_memory_collect();
    flu_run_finalizers(w);
    flu_buf b;
    flu_buf_init(&b);
    put_leaks(&b, w->rt->leaks);
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
}

#else

void flu_leaks_start(FLU_UNUSED flu_runtime *rt) {
    if (flu_setting_is_on("FLU_LEAKS")) flu_fatal("FLU_LEAKS needs a runtime with a garbage collector");
}
void flu_leaks_watch(FLU_UNUSED flu_worker *w, FLU_UNUSED flu_task *t) {}
void flu_leaks_report(FLU_UNUSED flu_worker *w) {}

#endif
