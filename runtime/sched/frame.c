/* frame.c: heap frames: what the C stack turns into when a task suspends (worker.h describes the convention). */
#include <string.h>

#include "flu/sched.h"

/* Appends the frame of an activation to the capture chain, innermost first. */
static inline flu_frame *capture(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point, unsigned n) {
    flu_frame *f = old;
    uint32_t room;
    if (old != NULL && flu_header_size(old->h) >= n) {
        /* A loop that suspends again and again allocates nothing. What is dead at this point must not be kept. */
        room = flu_header_size(old->h);
        for (uint32_t i = n; i < room; i++) old->slots[i] = FLU_NIL;
    } else {
        f = flu_alloc(w, sizeof *f + n * sizeof(flu_value));
        room = n;
    }
    f->h = FLU_HEADER(FLU_T_FRAME, 0, point, room);
    f->info = info;
    f->parent = NULL;
    *w->captured_end = f;
    w->captured_end = &f->parent;
    w->captured_words += flu_frame_words(f);
    return f;
}

flu_frame *flu_frame_new(flu_worker *w, const flu_proc_info *info, unsigned point, unsigned n) {
    flu_frame *f = flu_alloc(w, sizeof *f + n * sizeof(flu_value));
    f->h = FLU_HEADER(FLU_T_FRAME, 0, point, n);
    f->info = info;
    return f;
}

flu_frame *flu_save(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point, unsigned n) {
    if (flu_likely(w->signal == FLU_SUSPEND)) return capture(w, old, info, point, n);
    flu_trace_site(w, info, point);
    return NULL;
}

flu_frame *flu_yield(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point, unsigned n) {
    bool preempted = flu_stack_limit(w) == UINTPTR_MAX;
    flu_set_stack_limit(w, w->real_stack_limit);
    if (flu_unlikely(w->rt->out_of_memory)) {
        w->rt->out_of_memory = false;
        flu_memory_limit(w->rt);
        flu_raise(w, "out-of-memory", "the heap limit of %zu bytes is reached", w->rt->heap_max);
        flu_trace_site(w, info, point);
        return NULL;
    }
    flu_task *interrupted = atomic_load_explicit(&w->rt->interrupted, memory_order_relaxed);
    if (flu_unlikely(interrupted != NULL) && interrupted == w->task) {
        atomic_store(&w->rt->interrupted, NULL);
        flu_raise(w, "cancelled", "interrupted");
        flu_trace_site(w, info, point);
        return NULL;
    }
    if (flu_unlikely(w->rt->schedule != NULL) && preempted) preempted = flu_schedule_preempts(w);
    w->signal = FLU_SUSPEND;
    w->reason = preempted ? FLU_PREEMPTED : FLU_OVERFLOWED;
    if (preempted) w->sched->until_events = 0;
    return capture(w, old, info, point, n);
}

static flu_value from_double_bits(flu_worker *w, flu_value bits) {
    double d;
    memcpy(&d, &bits, sizeof d);
    return flu_float(w, d);
}

/* Nothing may stay in w->leaving, or the collector would keep it. */
static inline void fill(flu_worker *w, flu_frame *f, unsigned n, uint32_t doubles) {
    for (unsigned i = 0; i < n; i++) {
        if (f) f->slots[i] = doubles >> i & 1 ? from_double_bits(w, w->leaving[i]) : w->leaving[i];
        w->leaving[i] = FLU_ABNORMAL;
    }
}

flu_value flu_leave_check(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point, unsigned n,
                          uint32_t doubles) {
    fill(w, flu_yield(w, old, info, point, n), n, doubles);
    return FLU_ABNORMAL;
}

flu_value flu_leave_fast(flu_worker *w, const flu_proc_info *info, unsigned point, unsigned n, uint32_t doubles) {
    flu_frame *f = flu_frame_new(w, info, point, n);
    fill(w, f, n, doubles);
    return info->resume(w, f, FLU_NIL);
}

flu_value flu_leave_thrown(flu_worker *w, const flu_proc_info *info, unsigned point) {
    flu_trace_site(w, info, point);
    return FLU_ABNORMAL;
}
