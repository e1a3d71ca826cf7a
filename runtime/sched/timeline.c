/* timeline.c: FLU_TRACE (timeline.h). */
#include "flu/timeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flu/collections.h"
#include "flu/sched.h"

enum { WORKERS = 1, TASKS = 2 };       /* processes, as the format calls groups of tracks */
enum { COLLECTOR_TRACK = 1000 };       /* among the workers */
enum { LABEL = 64 };                   /* bytes of names and waits, one of them a NUL */
#define WRITE_AFTER INT64_C(200000000) /* nanoseconds: what a killed program loses at most */

/* What is known of a task that has not ended; guarded by timeline.lock. */
typedef struct entry {
    struct entry *next;
    uint32_t id;    /* the task's */
    uint32_t track; /* among the tasks: the number of the task, or of the actor that it ran last; 0: none yet */
    uint64_t flow;  /* the arrow that ends where it goes on; 0: none */
    int64_t since;  /* when it began to wait; 0: it does not */
    char name[LABEL];
    char waits[LABEL];
} entry;

/* Of a worker, which alone touches it. */
typedef struct lane {
    uint32_t depth;       /* slices of tasks that are open, one inside the other */
    uint64_t letter_open; /* bit i: inside the i-th of them a letter's slice is open */
    char then[LABEL];     /* why the innermost one ends */
} lane;

static struct {
    pthread_mutex_t lock; /* innermost: the collector takes it, too */
    _Atomic bool on;
    FILE *file;
    char path[1024];
    int64_t started, written; /* real nanoseconds */
    uint64_t flows;
    entry **entries; /* a hash table of lists */
    size_t entry_count, entry_lists;
    flu_runtime *rt;
    lane lanes[FLU_MAX_WORKERS];
} timeline = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool flu_timeline_is_on(void) { return atomic_load_explicit(&timeline.on, memory_order_relaxed); }

/* ---- writing; lock held ---- */

static void stop_writing(const char *why) {
    char text[1200];
    atomic_store(&timeline.on, false);
    fclose(timeline.file);
    snprintf(text, sizeof text, "warning: FLU_TRACE: %s: %s; the timeline ends there\n", timeline.path, why);
    flu_err_write(text, strlen(text));
}

static void write_now(int64_t now) {
    timeline.written = now;
    if (fflush(timeline.file) != 0) stop_writing(strerror(errno));
}

/* One event: its kind, track and time, then what the format adds. */
static void __attribute__((format(printf, 5, 6)))
put(char kind, int group, uint32_t track, int64_t now, const char *format, ...) {
    if (!flu_timeline_is_on()) return;
    va_list args;
    va_start(args, format);
    fprintf(timeline.file, "{\"ph\":\"%c\",\"pid\":%d,\"tid\":%u,\"ts\":%.3f", kind, group, track,
            (double)(now - timeline.started) / 1e3);
    vfprintf(timeline.file, format, args);
    fputs("},\n", timeline.file);
    va_end(args);
    if (now - timeline.written >= WRITE_AFTER) write_now(now);
}

static void put_name(const char *what, int group, uint32_t track, const char *name) {
    put('M', group, track, timeline.started, ",\"name\":\"%s\",\"args\":{\"name\":\"%s\"}", what, name);
}

static void put_arrow(char kind, int64_t now, uint32_t track, const char *category, uint64_t flow) {
    put(kind, WORKERS, track, now, ",\"cat\":\"%s\",\"name\":\"%s\",\"id\":%llu%s", category, category,
        (unsigned long long)flow, kind == 'f' ? ",\"bp\":\"e\"" : "");
}

/* ---- labels: text as it may stand in JSON, cut to fit ---- */

static char plain(char c) { return c == '"' ? '\'' : c == '\\' || (unsigned char)c < ' ' || c == 0x7F ? '_' : c; }
static bool is_continuation(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

static void set_label(char label[LABEL], const char *text) {
    size_t n = 0;
    for (; *text != '\0' && n < LABEL - 1; text++) label[n++] = plain(*text);
    if (is_continuation(*text)) { /* cut in the middle of a character */
        while (n > 0 && is_continuation(label[n - 1])) n--;
        if (n > 0) n--;
    }
    label[n] = '\0';
}

static void label_value(flu_worker *w, char label[LABEL], const char *before, flu_value v) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, before);
    if (v != FLU_NIL) flu_repr(w, &b, v);
    flu_buf_char(&b, '\0');
    set_label(label, b.failed ? before : b.data);
    flu_buf_free(&b);
}

/* A message's tag, or what kind of value it is. */
static void label_message(char label[LABEL], flu_value message) {
    flu_value tag = flu_is(message, FLU_T_TAGGED) ? FLU_TAGGED(message)->tag : message;
    set_label(label, flu_is_symbol(tag) || flu_is_keyword(tag) ? FLU_SYM(tag)->name : "message");
}

/* By the procedure that it starts with, or the place of that. */
static void label_task(char label[LABEL], const flu_runtime *rt, const flu_task *t) {
    char text[2 * LABEL];
    bool starts = !(t->flags & FLU_TASK_STARTED) && flu_is_proc(t->start);
    const flu_proc_info *info = starts ? FLU_PROC(t->start)->info : NULL;
    if (t == rt->main_task)
        snprintf(text, sizeof text, "main");
    else if (info == NULL)
        snprintf(text, sizeof text, "task %u", t->promise.id);
    else if (strcmp(info->name, "lambda") == 0)
        snprintf(text, sizeof text, "task %u %.90s:%u", t->promise.id, info->file, info->line);
    else
        snprintf(text, sizeof text, "task %u %.90s", t->promise.id, info->name);
    set_label(label, text);
}

/* ---- what is known of tasks; lock held ---- */

static void more_lists(void) {
    size_t lists = timeline.entry_lists ? 2 * timeline.entry_lists : 256;
    entry **entries = calloc(lists, sizeof *entries);
    if (entries == NULL) flu_fatal("FLU_TRACE: no memory is left");
    for (size_t i = 0; i < timeline.entry_lists; i++)
        for (entry *e = timeline.entries[i], *next; e != NULL; e = next) {
            next = e->next;
            e->next = entries[e->id & (lists - 1)];
            entries[e->id & (lists - 1)] = e;
        }
    free(timeline.entries);
    timeline.entries = entries;
    timeline.entry_lists = lists;
}

static entry **place_of(uint32_t id) {
    if (timeline.entry_count >= timeline.entry_lists) more_lists();
    entry **place = &timeline.entries[id & (timeline.entry_lists - 1)];
    while (*place != NULL && (*place)->id != id) place = &(*place)->next;
    return place;
}

static entry *entry_of(const flu_task *t) {
    entry **place = place_of(t->promise.id);
    if (*place != NULL) return *place;
    entry *e = calloc(1, sizeof *e);
    if (e == NULL) flu_fatal("FLU_TRACE: no memory is left");
    e->id = t->promise.id;
    label_task(e->name, timeline.rt, t);
    timeline.entry_count++;
    return *place = e;
}

static void forget(const flu_task *t) {
    entry **place = place_of(t->promise.id), *e = *place;
    if (e == NULL) return;
    *place = e->next;
    timeline.entry_count--;
    free(e);
}

/* Gives the time: it never goes back. */
static int64_t lock(void) {
    pthread_mutex_lock(&timeline.lock);
    return flu_real_now();
}

static void unlock(void) { pthread_mutex_unlock(&timeline.lock); }

static lane *lane_of(const flu_worker *w) { return &timeline.lanes[w->number]; }

/* ---- tasks ---- */

static void arrow_to(flu_worker *w, entry *e, int64_t now, const char *category) {
    if (e->flow != 0 || lane_of(w)->depth == 0) return; /* by a timer or input, not by a task */
    e->flow = ++timeline.flows;
    put_arrow('s', now, w->number, category, e->flow);
}

void flu_timeline_spawned(flu_worker *w, flu_task *t) {
    int64_t now = lock();
    arrow_to(w, entry_of(t), now, "wake");
    unlock();
}

void flu_timeline_wakes(flu_worker *w, flu_task *t) {
    int64_t now = lock();
    arrow_to(w, entry_of(t), now, "wake");
    unlock();
}

/* Its wait, if it had one, is over. */
static void goes_on(flu_worker *w, const flu_task *t, int64_t now) {
    entry *e = entry_of(t);
    if (e->flow != 0) put_arrow('f', now, w->number, "wake", e->flow);
    if (e->since != 0)
        put('X', TASKS, e->track, e->since, ",\"cat\":\"wait\",\"name\":\"%s\",\"dur\":%.3f", e->waits,
            (double)(now - e->since) / 1e3);
    e->flow = 0;
    e->since = 0;
}

/* The number of the track and its name: the actor that it runs, or its own. */
static uint32_t identify(flu_worker *w, const flu_task *t, char label[LABEL]) {
    flu_value actor = t->flags & FLU_TASK_ACTOR ? flu_task_actor(t) : FLU_NIL;
    *label = '\0';
    if (actor == FLU_NIL) return t->promise.id;
    label_value(w, label, "", actor);
    return flu_actor_of(actor)->id;
}

void flu_timeline_enter(flu_worker *w, flu_task *t) {
    char label[LABEL];
    lane *l = lane_of(w);
    uint32_t track = identify(w, t, label);
    int64_t now = lock();
    put('B', WORKERS, w->number, now, ",\"cat\":\"task\",\"name\":\"%s\",\"args\":{\"id\":%u}",
        *label ? label : entry_of(t)->name, track);
    l->depth++;
    set_label(l->then, "yields");
    goes_on(w, t, now);
    unlock();
}

static void close_letter(flu_worker *w, lane *l, int64_t now) {
    uint64_t bit = l->depth < 64 ? UINT64_C(1) << l->depth : 0;
    if (l->letter_open & bit) put('E', WORKERS, w->number, now, "%s", "");
    l->letter_open &= ~bit;
}

static void leave(flu_worker *w, lane *l, int64_t now) {
    if (l->depth == 0) return; /* the timeline is over */
    close_letter(w, l, now);
    put('E', WORKERS, w->number, now, ",\"args\":{\"then\":\"%s\"}", l->then);
    l->depth--;
    set_label(l->then, "yields");
}

void flu_timeline_leave(flu_worker *w) {
    int64_t now = lock();
    leave(w, lane_of(w), now);
    unlock();
}

void flu_timeline_parks(flu_worker *w, flu_task *t) {
    char label[LABEL], before[LABEL], waits[LABEL];
    flu_value object = flu_parking_of(t)->wait_object;
    snprintf(before, sizeof before, "%s%s", flu_wait_name(t->wait_kind), object != FLU_NIL ? " " : "");
    label_value(w, waits, before, object);
    uint32_t track = identify(w, t, label);
    int64_t now = lock();
    entry *e = entry_of(t);
    if (e->track != track) put_name("thread_name", TASKS, track, *label ? label : e->name);
    e->track = track;
    e->since = now;
    set_label(e->waits, waits);
    set_label(lane_of(w)->then, waits);
    unlock();
}

void flu_timeline_goes_on(flu_worker *w, flu_task *t) {
    int64_t now = lock();
    goes_on(w, t, now);
    set_label(lane_of(w)->then, "yields");
    unlock();
}

void flu_timeline_ends(flu_worker *w, flu_task *t) {
    lock();
    forget(t);
    set_label(lane_of(w)->then, "ends");
    unlock();
}

/* ---- messages ---- */

flu_value flu_timeline_send(flu_worker *w, FLU_UNUSED flu_value message, flu_value site) {
    int64_t now = lock();
    uint64_t flow = lane_of(w)->depth > 0 ? ++timeline.flows : 0;
    if (flow != 0) put_arrow('s', now, w->number, "message", flow);
    unlock();
    return flow == 0 ? site : flu_cons(w, site, FLU_FIX((int64_t)flow));
}

void flu_timeline_take(flu_worker *w, flu_letter letter) {
    char label[LABEL];
    lane *l = lane_of(w);
    label_message(label, letter.message);
    int64_t now = lock();
    close_letter(w, l, now);
    if (l->depth < 64) {
        put('B', WORKERS, w->number, now, ",\"cat\":\"message\",\"name\":\"%s\"", label);
        l->letter_open |= UINT64_C(1) << l->depth;
    }
    if (flu_is_cons(letter.site))
        put_arrow('f', now, w->number, "message", (uint64_t)flu_fix(FLU_CELL(letter.site)->tail));
    unlock();
}

/* ---- the collector ---- */

void flu_timeline_collection(bool begins) {
    int64_t now = lock();
    put(begins ? 'B' : 'E', WORKERS, COLLECTOR_TRACK, now, "%s",
        begins ? ",\"cat\":\"gc\",\"name\":\"garbage collection\"" : "");
    unlock();
}

/* ---- start and end ---- */

/* Copies the name, with the number of the process in place of %p. */
static void set_path(const char *text) {
    size_t n = 0;
    for (; *text != '\0' && n < sizeof timeline.path - 24; text++) {
        if (text[0] == '%' && text[1] == 'p') {
            n += (size_t)snprintf(timeline.path + n, 24, "%d", (int)getpid());
            text++;
        } else {
            timeline.path[n++] = *text;
        }
    }
    timeline.path[n] = '\0';
    if (*text != '\0') flu_fatal("FLU_TRACE: the name of the file is too long");
}

static void name_tracks(void) {
    put_name("process_name", WORKERS, 0, "workers");
    put_name("process_name", TASKS, 0, "tasks");
    put_name("thread_name", WORKERS, COLLECTOR_TRACK, "collector");
    for (uint32_t i = 0; i < timeline.rt->workers.limit; i++) {
        char name[LABEL];
        snprintf(name, sizeof name, "worker %u", i);
        put_name("thread_name", WORKERS, i, name);
    }
}

void flu_timeline_start(flu_runtime *rt) {
    const char *name = getenv("FLU_TRACE");
    if (name == NULL || *name == '\0') return;
    set_path(name);
    timeline.file = fopen(timeline.path, "we");
    if (timeline.file == NULL) {
        char text[1200];
        snprintf(text, sizeof text, "FLU_TRACE: %s: %s", timeline.path, strerror(errno));
        flu_fatal(text);
    }
    timeline.rt = rt;
    timeline.started = timeline.written = flu_real_now();
    fputs("[\n", timeline.file);
    atomic_store(&timeline.on, true);
    rt->worker->timeline = true;
    name_tracks();
    atexit(flu_timeline_finish);
}

/* The last line has no comma behind it. */
void flu_timeline_finish(void) {
    int64_t now = lock();
    uint32_t count = flu_timeline_is_on() ? atomic_load(&timeline.rt->workers.count) : 0;
    for (uint32_t i = 0; i < count; i++)
        while (timeline.lanes[i].depth > 0) leave(timeline.rt->workers.all[i], &timeline.lanes[i], now);
    if (flu_timeline_is_on()) {
        fprintf(timeline.file,
                "{\"ph\":\"M\",\"pid\":%d,\"tid\":0,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":0}}\n]\n",
                WORKERS);
        write_now(now);
    }
    if (flu_timeline_is_on()) {
        atomic_store(&timeline.on, false);
        fclose(timeline.file);
    }
    unlock();
}
