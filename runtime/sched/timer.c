/* timer.c: one-shot timers in a four-way heap, sleeping, and waits with a deadline.
 *
 * A cancelled timer leaves its place in the heap (most timers guard waits that end in time: cancelling must cost
 * nothing); when half of the places are dead the heap is rebuilt without them. A place is alive when its seq is its
 * timer's. Each worker has a heap; others may cancel what is in it, and fire what is due. */
#include <math.h>

#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/sched.h"

#define ARITY 4

static inline bool earlier(const flu_timer_slot *a, const flu_timer_slot *b) {
    return a->due < b->due || (a->due == b->due && a->seq < b->seq);
}

static inline uint64_t seq_of(const flu_timer *t) { return atomic_load_explicit(&t->seq, memory_order_relaxed); }
static inline bool is_set(const flu_timer *t) { return atomic_load_explicit(&t->index, memory_order_relaxed) >= 0; }
static inline void set_index(flu_timer *t, int32_t index) {
    atomic_store_explicit(&t->index, index, memory_order_release);
}

/* A timer may be in another worker's heap by now. */
static inline bool is_dead(const flu_timer_slot *slot) {
    /* In this order: a timer that is being set elsewhere has a new seq before it is set. */
    return atomic_load_explicit(&slot->timer->index, memory_order_acquire) < 0 || seq_of(slot->timer) != slot->seq;
}

static void sift_up(flu_timer_slot *heap, uint32_t i, flu_timer_slot moving) {
    while (i > 0) {
        uint32_t parent = (i - 1) / ARITY;
        if (!earlier(&moving, &heap[parent])) break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = moving;
}

static void sift_down(flu_timer_slot *heap, uint32_t count, uint32_t i, flu_timer_slot moving) {
    for (;;) {
        uint32_t first = ARITY * i + 1;
        if (first >= count) break;
        uint32_t last = first + ARITY < count ? first + ARITY : count;
        uint32_t least = first;
        for (uint32_t c = first + 1; c < last; c++)
            if (earlier(&heap[c], &heap[least])) least = c;
        if (!earlier(&heap[least], &moving)) break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = moving;
}

static void note_next(flu_sched *s) {
    atomic_store_explicit(&s->timer_next, s->timer_count ? s->timers[0].due : INT64_MAX, memory_order_relaxed);
}

static void remove_first(flu_sched *s) {
    flu_timer_slot last = s->timers[--s->timer_count];
    s->timers[s->timer_count].timer = NULL; /* the collector scans the whole array */
    if (s->timer_count) sift_down(s->timers, s->timer_count, 0, last);
}

static void remove_dead(flu_sched *s) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->timer_count; i++)
        if (!is_dead(&s->timers[i])) s->timers[kept++] = s->timers[i];
    for (uint32_t i = kept; i < s->timer_count; i++) s->timers[i].timer = NULL;
    s->timer_count = kept;
    s->timers_dead = 0;
    for (uint32_t i = kept / ARITY + 1; i-- > 0;)
        if (i < kept) sift_down(s->timers, kept, i, s->timers[i]);
}

static void make_room(flu_worker *w, flu_sched *s) {
    if (s->timer_count < s->timer_capacity) return;
    if (s->timer_count == UINT32_MAX / 2) flu_fatal("out-of-memory: too many timers");
    uint32_t capacity = s->timer_capacity ? 2 * s->timer_capacity : 16;
    flu_timer_slot *slots = flu_alloc(w, capacity * sizeof *slots);
    if (s->timer_count) memcpy(slots, s->timers, s->timer_count * sizeof *slots);
    s->timers = slots;
    s->timer_capacity = capacity;
}

void flu_timer_set(flu_worker *w, flu_timer *t, int64_t due) {
    flu_sched *s = w->sched;
    flu_timer_cancel(w, t);
    if (flu_unlikely(!atomic_load_explicit(&w->rt->ticker_started, memory_order_relaxed))) flu_ticker_start(w->rt);
    flu_lock_take(w, &s->timer_lock);
    make_room(w, s);
    uint64_t seq = ++s->timer_seq << 8 | w->number;
    t->due = due;
    atomic_store_explicit(&t->seq, seq, memory_order_relaxed);
    set_index(t, 0);
    s->timers_strong += !t->weak;
    sift_up(s->timers, s->timer_count++, (flu_timer_slot){t, due, seq});
    note_next(s);
    flu_lock_release(w, &s->timer_lock);
}

/* t leaves the heap, or its place there dies. */
static void unset(flu_sched *s, flu_timer *t) {
    set_index(t, -1);
    s->timers_strong -= !t->weak;
}

bool flu_timer_cancel(flu_worker *w, flu_timer *t) {
    uint64_t seq = seq_of(t);
    if (seq == 0) return false; /* never set */
    flu_sched *s = w->rt->workers.all[seq & 0xff]->sched;
    flu_lock_take(w, &s->timer_lock);
    bool set = is_set(t);
    if (set) {
        unset(s, t);
        if (++s->timers_dead > 64 && s->timers_dead > s->timer_count / 2) remove_dead(s);
    }
    flu_lock_release(w, &s->timer_lock);
    return set;
}

static void drop_dead_first(flu_sched *s) {
    while (s->timer_count && is_dead(&s->timers[0])) {
        remove_first(s);
        s->timers_dead--;
    }
    note_next(s);
}

/* ---- all heaps ---- */

static uint32_t worker_count(flu_worker *w) {
    return atomic_load_explicit(&w->rt->workers.count, memory_order_acquire);
}

static int64_t next_of(flu_worker *w, flu_sched *s) {
    if (atomic_load_explicit(&s->timer_next, memory_order_relaxed) == INT64_MAX) return INT64_MAX;
    flu_lock_take(w, &s->timer_lock);
    drop_dead_first(s);
    int64_t due = s->timer_count ? s->timers[0].due : INT64_MAX;
    flu_lock_release(w, &s->timer_lock);
    return due;
}

int64_t flu_timers_hint(flu_runtime *rt) {
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < atomic_load_explicit(&rt->workers.count, memory_order_acquire); i++) {
        int64_t due = atomic_load_explicit(&rt->workers.all[i]->sched->timer_next, memory_order_relaxed);
        if (due < next) next = due;
    }
    return next;
}

int64_t flu_timers_next(flu_worker *w) {
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < worker_count(w); i++) {
        int64_t due = next_of(w, w->rt->workers.all[i]->sched);
        if (due < next) next = due;
    }
    return next;
}

/* All by the same amount: the heaps stay in order. */
void flu_timers_shift(flu_worker *w, int64_t by) {
    for (uint32_t i = 0; i < worker_count(w); i++) {
        flu_sched *s = w->rt->workers.all[i]->sched;
        for (uint32_t k = 0; k < s->timer_count; k++) {
            flu_timer_slot *slot = &s->timers[k];
            if (!is_dead(slot)) slot->timer->due += by;
            slot->due += by;
        }
        note_next(s);
    }
}

/* Lock held: the first timer that is due, taken out; NULL: none is. *fires: is it to fire? */
static inline flu_timer *take_due(flu_worker *w, flu_sched *s, int64_t now, uint64_t newest, bool *fires) {
    drop_dead_first(s);
    if (s->timer_count == 0 || s->timers[0].due > now || s->timers[0].seq > newest) return NULL;
    flu_timer *t = s->timers[0].timer;
    remove_first(s);
    if (s->timer_count) __builtin_prefetch(s->timers[0].timer);
    unset(s, t);
    *fires = !t->ends_wait || flu_claim(w, FLU_TASK(t->data));
    return t;
}

static void run_heap(flu_worker *w, flu_sched *s, int64_t now) {
    if (atomic_load_explicit(&s->timer_next, memory_order_relaxed) > now) return;
    flu_lock_take(w, &s->timer_lock);
    uint64_t newest =
        s->timer_seq << 8 | 0xff; /* timers set by those that fire now wait for the next look: nobody starves */
    flu_timer *t;
    bool fires;
    while ((t = take_due(w, s, now, newest, &fires)) != NULL) {
        flu_lock_release(w, &s->timer_lock);
        if (fires) t->fire(w, t);
        flu_lock_take(w, &s->timer_lock);
    }
    note_next(s);
    flu_lock_release(w, &s->timer_lock);
}

void flu_timers_run(flu_worker *w) {
    int64_t now = flu_now(w);
    for (uint32_t i = 0; i < worker_count(w); i++) run_heap(w, w->rt->workers.all[i]->sched, now);
}

/* ---- durations ---- */

#define DURATION_MAX (INT64_MAX / 4) /* some 73 years: sums with the clock do not overflow */

int64_t flu_duration(flu_worker *w, const char *proc, int position, flu_value ms) {
    if (flu_is_fix(ms)) {
        int64_t n = flu_fix(ms);
        if (n <= 0) return 0;
        return n > DURATION_MAX / 1000000 ? DURATION_MAX : n * 1000000;
    }
    if (!flu_is_number(ms)) {
        flu_type_error(w, proc, position, "a number of milliseconds", ms);
        return -1;
    }
    double ns = flu_to_double(ms) * 1e6;
    if (!(ns > 0)) return 0; /* nan counts as 0 too */
    return ns > (double)DURATION_MAX ? DURATION_MAX : (int64_t)ceil(ns);
}

/* ---- waits that end by the clock ---- */

/* The timer of a wait with a deadline, kept in parking->timer. */
struct deadline {
    flu_timer timer;
    flu_value value; /* what the wait then gives; FLU_ABNORMAL: a timeout error */
    flu_value message;
};

/* The timer is spent: nothing to cancel. With other workers the task's flags are its own until it is woken. */
static inline void no_longer_timed(flu_worker *w, flu_task *t) {
    if (flu_likely(!w->parallel)) t->flags &= (uint8_t)~FLU_TASK_TIMED;
}

static void wake_sleeper(flu_worker *w, flu_timer *timer) {
    flu_task *t = FLU_TASK(timer->data);
    no_longer_timed(w, t);
    flu_wake(w, t, FLU_NIL);
}

static void end_wait(flu_worker *w, flu_timer *timer) {
    struct deadline *d = (struct deadline *)timer;
    flu_task *t = FLU_TASK(timer->data);
    no_longer_timed(w, t);
    if (d->value != FLU_ABNORMAL) {
        flu_wake(w, t, d->value);
        return;
    }
    flu_value error = flu_make_error(w, FLU_SYMBOL_LIT("timeout"), FLU_STR(d->message)->bytes, FLU_NIL);
    flu_wake_throw(w, t, error);
}

/* The running task's own timer, of this size and kind. */
static flu_timer *own_timer(flu_worker *w, size_t size, void (*fire)(flu_worker *w, flu_timer *t)) {
    flu_task *task = w->task;
    flu_parking *parking = flu_task_parking(w, task);
    flu_timer *t = parking->timer;
    if (t != NULL && t->fire == fire) return t;
    t = flu_alloc(w, size);
    t->h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0);
    t->index = -1;
    t->fire = fire;
    t->ends_wait = true;
    t->weak = task->daemon;
    t->data = FLU_VALUE(task);
    parking->timer = t;
    return t;
}

static void set_own_timer(flu_worker *w, flu_timer *t, int64_t due) {
    w->task->flags |= FLU_TASK_TIMED;
    flu_timer_set(w, t, due);
}

void flu_wait_deadline(flu_worker *w, int64_t due, flu_value v, const char *message) {
    struct deadline *d = (struct deadline *)own_timer(w, sizeof *d, end_wait);
    d->value = v;
    d->message = v == FLU_ABNORMAL ? flu_string_lit(w, message) : FLU_NIL;
    set_own_timer(w, &d->timer, due);
}

flu_value flu_sleep(flu_worker *w, flu_value ms) {
    int64_t duration = flu_duration(w, "sleep", 1, ms);
    if (duration < 0 || flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_wait_begin(w);
    set_own_timer(w, own_timer(w, sizeof(flu_timer), wake_sleeper), flu_now(w) + duration);
    return flu_park(w, FLU_WAIT_SLEEP, FLU_NIL);
}
