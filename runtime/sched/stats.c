/* stats.c: FLU_STATS=1: what the program has used, on standard error when it ends. All numbers are kept for other
 * purposes too, or come from the system: counting costs nothing. */
#include <sys/resource.h>

#include "flu/sched.h"

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

/* What all workers have counted. */
struct counts {
    uint64_t made, picks, timers, ids;
};

static struct counts all_counts(const flu_runtime *rt) {
    struct counts sum = {.ids = atomic_load_explicit(&rt->last_id, memory_order_relaxed)};
    uint32_t count = atomic_load_explicit(&rt->workers.count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++) {
        const flu_sched *s = rt->workers.all[i]->sched;
        sum.made += atomic_load_explicit(&s->made, memory_order_relaxed);
        sum.picks += atomic_load_explicit(&s->picks, memory_order_relaxed);
        sum.timers += s->timer_seq;
        sum.ids -= s->ids_left;
    }
    return sum;
}

void flu_stats_print(flu_worker *w) {
    const flu_runtime *rt = w->rt;
    struct counts n = all_counts(rt);
    flu_memory_numbers memory = flu_memory_count();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double elapsed = (double)(flu_real_now() - rt->started_at) / 1e9;
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "statistics:\n");
    flu_buf_printf(&b, "  %12llu  tasks started\n", (unsigned long long)n.made);
    flu_buf_printf(&b, "  %12llu  task switches\n", (unsigned long long)n.picks);
    flu_buf_printf(&b, "  %12llu  tasks, promises and channels made\n", (unsigned long long)n.ids);
    flu_buf_printf(&b, "  %12llu  timers set\n", (unsigned long long)n.timers);
    flu_buf_printf(&b, "  %12llu  garbage collections\n", (unsigned long long)memory.collections);
    flu_buf_printf(&b, "  %12.1f  MB heap, at most\n", (double)memory.heap / 1048576);
    flu_buf_printf(&b, "  %12.1f  MB memory of the process, at most\n", (double)usage.ru_maxrss / 1024);
    flu_buf_printf(&b, "  %12.3f  s processor time\n", seconds(usage.ru_utime) + seconds(usage.ru_stime));
    flu_buf_printf(&b, "  %12.3f  s elapsed\n", elapsed);
    flu_err_write(b.data, b.size);
    flu_buf_free(&b);
}
