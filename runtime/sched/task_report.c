/* task_report.c: which tasks there are and what they wait for: the report of a deadlock, and the one that SIGQUIT asks
 * for. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/sched.h"
#include "flu/sync.h"

/* ---- lists of tasks ---- */

struct task_list {
    bool (*wanted)(flu_task *t);
    flu_task **items;
    size_t count, capacity;
};

bool flu_task_is_parked(flu_task *t) {
    uint32_t bits = atomic_load(&t->wait);
    return (bits & FLU_WAIT_COMMITTED) && !(bits & FLU_WAIT_CLAIMED) && atomic_load(&t->promise.state) == FLU_PENDING;
}

/* Not ended; the spare tasks of actors without mail are none. */
static bool is_alive(flu_task *t) {
    bool spare = (t->flags & FLU_TASK_ACTOR) && flu_task_actor(t) == FLU_NIL;
    return !spare && atomic_load(&t->promise.state) == FLU_PENDING;
}

/* Called with the collector's lock held: allocates elsewhere. */
static void add_wanted(flu_task *t, void *data) {
    struct task_list *list = data;
    if (!list->wanted(t)) return;
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

/* Oldest first. The caller frees the items. */
static struct task_list list_tasks(flu_runtime *rt, bool (*wanted)(flu_task *t)) {
    struct task_list list = {.wanted = wanted};
    flu_each_task(rt, add_wanted, &list);
    if (list.count) qsort(list.items, list.count, sizeof *list.items, by_id);
    return list;
}

/* ---- describing one ---- */

const char *flu_wait_name(unsigned kind) {
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
    return info->file == NULL || info->file[0] == '\0' || info->file[0] == '<' ||
           strncmp(info->file, "stdlib/", 7) == 0;
}

/* The place in the program: library procedures that wait on its behalf are passed over if a caller is known. */
static const flu_frame *telling_frame(const flu_task *t) {
    for (const flu_frame *f = t->frames; f != NULL; f = f->parent)
        if (!flu_is_library(f->info)) return f;
    return t->frames;
}

void flu_describe_wait(flu_worker *w, flu_buf *b, flu_task *t) {
    flu_buf_puts(b, flu_wait_name(t->wait_kind));
    if (flu_parking_of(t)->wait_object != FLU_NIL) {
        flu_buf_puts(b, " on ");
        flu_repr(w, b, flu_parking_of(t)->wait_object);
        flu_sync_print_holder(b, flu_parking_of(t)->wait_object);
    }
    if (t->wait_kind == FLU_WAIT_SELECT) flu_select_print(w, b, t);
}

void flu_describe_task(flu_worker *w, flu_buf *b, flu_task *t) {
    if (flu_task_is_parked(t))
        flu_describe_wait(w, b, t);
    else
        flu_buf_puts(b, "running");
    const flu_frame *f = telling_frame(t);
    if (f == NULL) return;
    flu_buf_puts(b, " at ");
    flu_site_print(b, f->info, flu_frame_point(f));
}

/* ---- deadlock ---- */

void flu_describe_parked(flu_worker *w, flu_buf *b, const flu_task *but, size_t most) {
    struct task_list list = list_tasks(w->rt, flu_task_is_parked);
    size_t others = 0;
    for (size_t i = 0; i < list.count; i++) {
        flu_task *t = list.items[i];
        if (t == but || t == w->rt->main_task || others++ >= most) continue;
        flu_buf_char(b, '\n');
        flu_task_print(w, b, t);
        flu_buf_puts(b, ": ");
        flu_describe_task(w, b, t);
    }
    if (others > most) flu_buf_printf(b, "\nand %zu more tasks that wait", others - most);
    for (size_t i = 0; i < list.count; i++) flu_cycle_print(w, b, list.items[i], "\n", "");
    free(list.items);
}

void flu_report_deadlock(flu_worker *w) {
    if (w->rt->testing != NULL) w->rt->testing->stuck(w);
    struct task_list list = list_tasks(w->rt, flu_task_is_parked);
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "deadlock: the main task waits, and nothing can wake it\n");
    for (size_t i = 0; i < list.count; i++) {
        flu_task *t = list.items[i];
        flu_buf_puts(&b, "  ");
        flu_task_print(w, &b, t);
        flu_buf_puts(&b, ": ");
        flu_describe_task(w, &b, t);
        flu_buf_char(&b, '\n');
    }
    for (size_t i = 0; i < list.count; i++) flu_cycle_print(w, &b, list.items[i], "  ", "\n");
    flu_out_flush();
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
    free(list.items);
}

/* ---- SIGQUIT: every task, while the program goes on ---- */

enum { MOST_TASKS = 1000, MOST_FRAMES = 40 }; /* shown */

static flu_runtime *dumped; /* whose tasks a signal asks for */

/* In a signal handler. Workers that compute look at their next check; one that waits is woken. */
static void on_sigquit(FLU_UNUSED int number) {
    int error = errno;
    flu_runtime *rt = dumped;
    atomic_store(&rt->dump_wanted, true);
    uint32_t count = atomic_load(&rt->workers.count);
    for (uint32_t i = 0; i < count; i++) flu_preempt(rt->workers.all[i]);
    rt->poller->wake(rt);
    errno = error;
}

void flu_dump_start(flu_runtime *rt) {
    dumped = rt;
    struct sigaction action = {.sa_handler = on_sigquit, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGQUIT, &action, NULL);
}

static const char *state_of(const flu_worker *w, const flu_task *t) {
    uint32_t count = atomic_load(&w->rt->workers.count);
    for (uint32_t i = 0; i < count; i++)
        if (w->rt->workers.all[i]->task == t) return "running";
    return t->flags & FLU_TASK_STARTED ? "ready" : "new";
}

void flu_describe_frames(flu_buf *b, const flu_task *t) {
    int shown = 0;
    for (const flu_frame *f = t->frames; f != NULL; f = f->parent) {
        if (flu_is_library(f->info)) continue;
        if (shown++ == MOST_FRAMES) {
            flu_buf_puts(b, "    ...\n");
            return;
        }
        flu_buf_puts(b, "    at ");
        flu_site_print(b, f->info, flu_frame_point(f));
        flu_buf_char(b, '\n');
    }
}

static void put_task(flu_worker *w, flu_buf *b, flu_task *t) {
    flu_buf_puts(b, "  ");
    flu_task_print(w, b, t);
    flu_buf_puts(b, ": ");
    if (flu_task_is_parked(t))
        flu_describe_wait(w, b, t);
    else
        flu_buf_puts(b, state_of(w, t));
    flu_buf_char(b, '\n');
    flu_describe_frames(b, t);
}

void flu_dump_tasks(flu_worker *w) {
    if (!atomic_exchange(&w->rt->dump_wanted, false)) return;
    bool alone = flu_alone_begin(w);
    struct task_list list = list_tasks(w->rt, is_alive);
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_printf(&b, "%zu task%s:\n", list.count, list.count == 1 ? "" : "s");
    for (size_t i = 0; i < list.count && i < MOST_TASKS; i++) put_task(w, &b, list.items[i]);
    if (list.count > MOST_TASKS) flu_buf_printf(&b, "  and %zu more\n", list.count - MOST_TASKS);
    for (size_t i = 0; i < list.count; i++) flu_cycle_print(w, &b, list.items[i], "  ", "\n");
    flu_out_flush();
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
    free(list.items);
    flu_leaks_report(w);
    flu_alone_end(w, alone);
}
