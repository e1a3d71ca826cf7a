/* clock.c: the monotonic and the wall clock, real or virtual.
 *
 * Virtual time stands still while a task can run, and jumps to the next timer when none can (sched.c). It holds for the
 * whole program: throughout under FLU_CLOCK=virtual, where the monotonic clock starts at 0, or while some task is
 * inside a (with-virtual-time ...), where both clocks go on from the present time. When the last such form is left the
 * clocks are the real ones again. Timers set when a form is entered or left keep the time
 * they have left. Changed by a worker that is alone. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flu/builtins.h"
#include "flu/number.h"
#include "flu/sched.h"

static int64_t read_clock(clockid_t id) {
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t flu_real_now(void) { return read_clock(CLOCK_MONOTONIC); }

static int64_t real_wall_ms(void) { return read_clock(CLOCK_REALTIME) / 1000000; }

int64_t flu_now(flu_worker *w) { return flu_clock_is_virtual(w) ? w->rt->virtual_now : flu_real_now(); }

int64_t flu_wall_ms(flu_worker *w) {
    return flu_clock_is_virtual(w) ? w->rt->wall_at_start + w->rt->virtual_now / 1000000 : real_wall_ms();
}

/* ---- virtual time ---- */

static void start_virtual(flu_runtime *rt, int64_t now) {
    rt->virtual_now = now;
    rt->wall_at_start = real_wall_ms() - now / 1000000;
    atomic_store_explicit(&rt->virtual_clock, true, memory_order_relaxed);
}

void flu_clock_start(flu_runtime *rt) {
    const char *clock = getenv("FLU_CLOCK");
    bool given = clock != NULL && *clock != '\0';
    if (given && strcmp(clock, "virtual") != 0 && strcmp(clock, "real") != 0)
        flu_bad_setting("FLU_CLOCK", clock, "real or virtual");
    /* What is to be repeated exactly cannot depend on how fast the machine is. */
    bool starts_virtual = given ? strcmp(clock, "virtual") == 0 : rt->schedule != NULL;
    if (!starts_virtual) return;
    rt->virtual_depth = 1;
    start_virtual(rt, 0);
}

flu_value flu_virtual_begin(flu_worker *w) {
    bool alone = flu_alone_begin(w);
    if (w->rt->virtual_depth++ == 0) start_virtual(w->rt, flu_real_now());
    flu_alone_end(w, alone);
    return FLU_NIL;
}

flu_value flu_virtual_end(flu_worker *w) {
    flu_runtime *rt = w->rt;
    bool alone = flu_alone_begin(w);
    if (--rt->virtual_depth == 0) {
        atomic_store_explicit(&rt->virtual_clock, false, memory_order_relaxed);
        flu_timers_shift(w, flu_real_now() - rt->virtual_now);
    }
    flu_alone_end(w, alone);
    return FLU_NIL;
}

/* ---- builtins ---- */

flu_value flu_now_ms(flu_worker *w) { return FLU_FIX(flu_wall_ms(w)); }
flu_value flu_monotonic_ms(flu_worker *w) { return FLU_FIX(flu_now(w) / 1000000); }
