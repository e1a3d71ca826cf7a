/* clock.c: the monotonic and the wall clock; under FLU_CLOCK=virtual both follow virtual time. */
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

int64_t flu_now(flu_worker *w) { return w->rt->virtual_clock ? w->rt->virtual_now : flu_real_now(); }

int64_t flu_wall_ms(flu_worker *w) {
    if (w->rt->virtual_clock) return w->rt->wall_at_start + w->rt->virtual_now / 1000000;
    return read_clock(CLOCK_REALTIME) / 1000000;
}

flu_value flu_now_ms(flu_worker *w) { return FLU_FIX(flu_wall_ms(w)); }
flu_value flu_monotonic_ms(flu_worker *w) { return FLU_FIX(flu_now(w) / 1000000); }
