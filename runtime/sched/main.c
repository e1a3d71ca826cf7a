/* main.c: the program's start: settings from the environment, the runtime, the main task. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "flu/flu.h"
#include "flu/sched.h"
#include "flu/timeline.h"
#include "text/log_setting.h"

#define STACK_REGION    ((size_t)1 << 20) /* C stack that tasks use before their frames move to the heap */
#define DEPTH_MB        1024
#define CANCEL_GRACE_MS 5000

/* ---- settings ---- */

/* The number that the variable holds, -1 if it is not set. *unit: the character behind it, one of units or NUL. */
static int64_t number_setting(const char *name, const char *expected, const char *units, char *unit) {
    const char *text = getenv(name);
    if (text == NULL || *text == '\0') return -1;
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    *unit = *end;
    bool alone = *end == '\0' || (strchr(units, *end) != NULL && end[1] == '\0');
    if (errno != 0 || *text < '0' || *text > '9' || !alone) flu_bad_setting(name, text, expected);
    return n;
}

/* Bytes: a number, with K, M or G behind it; a bare number that would be less than 64 KB counts megabytes. 0: not
 * given. */
static size_t size_setting(const char *name) {
    const char *expected = "a number with K, M or G behind it";
    char unit;
    int64_t n = number_setting(name, expected, "kKmMgG", &unit);
    if (n < 0) return 0;
    int shift = unit == 'k' || unit == 'K'   ? 10
                : unit == 'm' || unit == 'M' ? 20
                : unit == 'g' || unit == 'G' ? 30
                : n < 65536                  ? 20
                                             : 0;
    if (n > INT64_MAX >> shift) flu_bad_setting(name, getenv(name), expected);
    return (size_t)n << shift;
}

static uint64_t depth_setting(void) {
    char unit;
    int64_t mb = number_setting("FLU_MAX_DEPTH_MB", "a number of megabytes", "", &unit);
    if (mb <= 0) mb = DEPTH_MB;
    if (mb > 16384) mb = 16384; /* a task counts its words in 32 bits */
    return (uint64_t)mb * ((1 << 20) / sizeof(flu_value));
}

static int64_t grace_setting(void) {
    char unit;
    int64_t ms = number_setting("FLU_CANCEL_GRACE", "a number of milliseconds", "", &unit);
    if (ms < 0) ms = CANCEL_GRACE_MS;
    return (ms < 1000000000 ? ms : 1000000000) * 1000000;
}

static void read_unhandled(flu_runtime *rt) {
    const char *text = getenv("FLU_UNHANDLED");
    if (text == NULL || *text == '\0') return;
    if (strcmp(text, "warn") == 0)
        rt->unhandled = FLU_UNHANDLED_WARN;
    else if (strcmp(text, "ignore") == 0)
        rt->unhandled = FLU_UNHANDLED_IGNORE;
    else
        flu_bad_setting("FLU_UNHANDLED", text, "warn or ignore");
}

static void read_settings(flu_runtime *rt) {
    rt->heap_max = size_setting("FLU_HEAP_MAX");
    rt->max_depth = depth_setting();
    rt->cancel_grace = grace_setting();
    read_unhandled(rt);
    flu_read_log_setting();
}

/* Below the region, the rest of the thread's stack belongs to the runtime's own C functions. */
static size_t stack_region(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return STACK_REGION;
    size_t quarter = (size_t)limit.rlim_cur / 4;
    return quarter < STACK_REGION ? quarter : STACK_REGION;
}

/* ---- workers ---- */

/* What a worker needs to run; the memory comes from `by`. */
static void equip(flu_worker *by, flu_worker *w) {
    w->captured_end = &w->captured;
    w->trace = flu_alloc_atomic(by, FLU_TRACE_SIZE(2 * FLU_TRACE_ENDS));
    *w->trace = (struct flu_trace){0};
    w->sched = flu_alloc(by, sizeof *w->sched);
    atomic_store(&w->sched->timer_next, INT64_MAX);
    pthread_cond_init(&w->sched->unparked, NULL);
}

flu_worker *flu_worker_new(flu_worker *by, flu_runtime *rt) {
    flu_worker *w = flu_memory_worker();
    w->rt = rt;
    w->number = (uint8_t)atomic_load(&rt->workers.count);
    w->parallel = true;
    w->timeline = flu_timeline_is_on();
    equip(by, w);
    return w;
}

/* ---- start ---- */

flu_runtime *flu_runtime_start(int argc, char **argv, const flu_program *program) {
    flu_runtime *rt = flu_memory_start();
    flu_worker *w = rt->worker;
    rt->program = program;
    rt->argc = argc > 0 ? argc - 1 : 0;
    rt->argv = argv + 1;
    rt->workers.all[0] = w;
    atomic_store(&rt->workers.count, 1);
    rt->poller = &flu_default_poller;
    rt->post = (struct flu_post){.names = flu_dict_lit(w, 0, NULL),
                                 .roots = FLU_EMPTY,
                                 .stop_roots = FLU_NIL,
                                 .dead_letter_hook = FLU_NIL,
                                 .reported_tags = flu_fn_set_new(w, 0, NULL)};
    read_settings(rt);
    flu_memory_limit(rt);
    equip(w, w);
    rt->started_at = flu_real_now();
    rt->stats = flu_setting_is_on("FLU_STATS");
    flu_leaks_start(rt);
    flu_schedule_start(rt);
    flu_workers_start(rt);
    flu_timeline_start(rt);
    flu_clock_start(rt);
    rt->stack_region = stack_region();
    flu_stack_region(w, rt->stack_region);
    return rt;
}

static flu_value run_program(flu_worker *w, FLU_UNUSED flu_value self) { return w->rt->program->main(w); }

static const flu_proc_info main_info = {.name = "main", .file = "<runtime>"};
FLU_PROC_STATIC(main_procedure, 0, run_program, &main_info);

int flu_main(int argc, char **argv, const flu_program *program) {
    flu_runtime *rt = flu_runtime_start(argc, argv, program);
    flu_worker *w = rt->worker;
    if (program->init) program->init(w);
    flu_dump_start(rt);
    rt->main_task = flu_task_make(w, FLU_VALUE(&main_procedure));
    flu_queue_push(w, rt->main_task);
    return flu_program_finish(w, flu_sched_loop(w));
}
