/* test_timer.c: the timer heap, sleeping, deadlines, virtual time. */
#include "emitted.h"

/* ---- the heap, driven directly ---- */

#define MANY 20000

static flu_runtime *start(void) {
    static char *argv[] = {"test", NULL};
    static const flu_program program = {"test.flu", NULL, NULL};
    flu_runtime *rt = flu_runtime_start(1, argv, &program);
    rt->virtual_clock = true;
    atomic_store(&rt->ticker_started, true); /* nothing to tick for */
    return rt;
}

static int64_t fired[MANY];
static int fired_count;
static void note(flu_worker *w, flu_timer *t) { fired[fired_count++] = flu_fix(t->data); }

static flu_timer *timer_new(flu_worker *w, int64_t data) {
    flu_timer *t = flu_alloc(w, sizeof *t);
    t->h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0);
    t->index = -1;
    t->fire = note;
    t->data = FLU_FIX(data);
    return t;
}

static uint32_t next_random(uint32_t *seed) { return *seed = *seed * 1664525 + 1013904223; }

/* Timers fire by (due, order of setting), whatever was cancelled or set anew in between. */
static void test_heap_order(void **state) {
    flu_runtime *rt = start();
    flu_worker *w = rt->worker;
    static flu_timer *timers[MANY];
    static int64_t due[MANY];
    static uint64_t set_at[MANY];
    uint32_t seed = 1;
    uint64_t clock = 0;
    for (int i = 0; i < MANY; i++) {
        timers[i] = timer_new(w, i);
        due[i] = 1 + next_random(&seed) % 1000;
        set_at[i] = ++clock;
        flu_timer_set(w, timers[i], due[i]);
    }
    int alive = MANY;
    for (int i = 0; i < MANY; i++) {
        if (next_random(&seed) >> 16 & 1) {
            flu_timer_cancel(w, timers[i]);
            flu_timer_cancel(w, timers[i]); /* no-op */
            due[i] = 0;
            alive--;
        } else if (next_random(&seed) >> 16 & 1) {
            due[i] = 1 + next_random(&seed) % 1000;
            set_at[i] = ++clock;
            flu_timer_set(w, timers[i], due[i]);
        }
    }
    assert_int_equal(w->sched->timers_strong, alive);
    fired_count = 0;
    int64_t next;
    while ((next = flu_timers_next(w)) != INT64_MAX) {
        assert_true(next > rt->virtual_now);
        rt->virtual_now = next;
        int before = fired_count;
        flu_timers_run(w);
        assert_true(fired_count > before);
        for (int i = before; i < fired_count; i++) assert_int_equal(due[fired[i]], next);
        for (int i = before + 1; i < fired_count; i++) assert_true(set_at[fired[i - 1]] < set_at[fired[i]]);
    }
    assert_int_equal(fired_count, alive);
    assert_int_equal(w->sched->timer_count, 0);
    assert_int_equal(w->sched->timers_strong, 0);
}

/* Cancelled timers do not pile up. */
static void test_cancelled_timers_leave(void **state) {
    flu_worker *w = start()->worker;
    flu_timer *last = timer_new(w, 0);
    flu_timer_set(w, last, INT64_MAX / 2);
    for (int i = 0; i < 100000; i++) {
        flu_timer *t = timer_new(w, i);
        flu_timer_set(w, t, 1000 + i);
        flu_timer_cancel(w, t);
    }
    assert_true(w->sched->timer_capacity <= 1024);
    assert_int_equal(flu_timers_next(w), INT64_MAX / 2);
}

/* The clock is set: set timers keep their order and the time they have left, cancelled ones stay cancelled. */
static void test_shift(void **state) {
    flu_worker *w = start()->worker;
    flu_timer *a = timer_new(w, 1), *b = timer_new(w, 2), *c = timer_new(w, 3), *d = timer_new(w, 4);
    flu_timer_set(w, a, 500);
    flu_timer_set(w, b, 300);
    flu_timer_set(w, c, 100);
    flu_timer_set(w, d, 400);
    flu_timer_cancel(w, c);
    flu_timer_set(w, d, 400); /* leaves a dead place behind */
    flu_timers_shift(w, -200);
    assert_int_equal(flu_timers_next(w), 100);
    assert_int_equal(a->due, 300);
    assert_int_equal(d->due, 200);
    flu_timers_shift(w, 1000);
    assert_int_equal(w->sched->timer_next, 1100);
    w->rt->virtual_now = 1200;
    fired_count = 0;
    flu_timers_run(w);
    assert_int_equal(fired_count, 2);
    assert_int_equal(fired[0], 2);
    assert_int_equal(fired[1], 4);
    assert_int_equal(flu_timers_next(w), 1300);
}

/* A timer set by one that fires waits for the next look. */
static int chain_fired;
static void chain(flu_worker *w, flu_timer *t) {
    chain_fired++;
    flu_timer_set(w, t, flu_now(w));
}
static void test_timer_set_while_firing(void **state) {
    flu_worker *w = start()->worker;
    flu_timer *t = timer_new(w, 0);
    t->fire = chain;
    flu_timer_set(w, t, 0);
    flu_timers_run(w);
    assert_int_equal(chain_fired, 1);
    flu_timers_run(w);
    assert_int_equal(chain_fired, 2);
}

static void test_durations(void **state) {
    flu_worker *w = start()->worker;
    assert_int_equal(flu_duration(w, "sleep", 1, FLU_FIX(3)), 3000000);
    assert_int_equal(flu_duration(w, "sleep", 1, FLU_FIX(-3)), 0);
    assert_int_equal(flu_duration(w, "sleep", 1, flu_float(w, 0.25)), 250000);
    assert_int_equal(flu_duration(w, "sleep", 1, flu_float(w, 1e-9)), 1);
    assert_int_equal(flu_duration(w, "sleep", 1, flu_float(w, -1.5)), 0);
    assert_true(flu_duration(w, "sleep", 1, FLU_FIX(FLU_FIXNUM_MAX)) > 0);
    assert_true(flu_duration(w, "sleep", 1, flu_float(w, 1e300)) > 0);
    assert_int_equal(flu_duration(w, "sleep", 1, FLU_NIL), -1);
    assert_int_equal(w->signal, FLU_THROW);
}

/* ---- sleeping tasks ---- */

/* Sleeps env[0] ms, then says it. */
static flu_value sleeper_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return v;
    CHECK(v == FLU_NIL);
    say_int(flu_fix(f->slots[0]));
    return f->slots[0];
}
static const flu_site sites[] = {{1, 1}};
static const flu_proc_info sleeper_info = {"sleeper", "test.flu", sleeper_resume, sites, 1, 1, 1, 0, 0};
static flu_value sleeper_code(flu_worker *w, flu_value self) {
    flu_value ms = FLU_PROC(self)->env[0];
    if (flu_sleep(w, ms) == FLU_ABNORMAL) LEAVE(NULL, &sleeper_info, 0, ms);
    return FLU_NIL;
}
static flu_value sleeper(flu_worker *w, int64_t ms) {
    flu_value env[] = {FLU_FIX(ms)};
    return make_closure(w, &sleeper_info, sleeper_code, 1, env);
}

static flu_value main_sleepers(flu_worker *w) {
    static const int ms[] = {30, 10, 20, 0, 10};
    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++) flu_spawn(w, sleeper(w, ms[i]));
    say("main\n");
    return FLU_NIL;
}
static void test_sleepers_wake_in_order(void **state) {
    expect_output(run(main_sleepers), "main\n0\n10\n10\n20\n30\n");
}

/* Days pass at once. */
static flu_value main_virtual(flu_worker *w) {
    for (int i = 5; i > 0; i--) flu_spawn(w, sleeper(w, i * 86400000LL));
    return FLU_NIL;
}
static void test_virtual_time(void **state) {
    expect_output(run_with(main_virtual, NULL, SETTINGS("FLU_CLOCK=virtual")),
                  "86400000\n172800000\n259200000\n345600000\n432000000\n");
}

static flu_value main_sleeping_daemon(flu_worker *w) {
    flu_spawn_daemon_value(w, sleeper(w, 60000));
    flu_spawn_daemon_value(w, sleeper(w, 5));
    flu_spawn(w, sleeper(w, 20));
    return FLU_NIL;
}
static void test_sleeping_daemon_does_not_keep_alive(void **state) {
    expect_output(run(main_sleeping_daemon), "5\n20\n");
}

/* ---- deadlines ---- */

THUNK(impatient, 3);
static flu_value impatient_end(flu_worker *w, flu_frame *old, flu_value start) {
    if (w->signal == FLU_SUSPEND) LEAVE(old, &impatient_info, 0, start);
    CHECK(flu_now(w) / 1000000 - flu_fix(start) >= 15);
    flu_trace_site(w, &impatient_info, 0);
    return FLU_ABNORMAL;
}
static flu_value impatient_code(flu_worker *w, flu_value self) {
    flu_value start = FLU_FIX(flu_now(w) / 1000000);
    flu_value v = flu_await(w, FLU_VALUE(flu_promise_new(w)), FLU_FIX(15));
    CHECK(v == FLU_ABNORMAL);
    return impatient_end(w, NULL, start);
}
static flu_value impatient_resume(flu_worker *w, flu_frame *f, flu_value v) {
    CHECK(v == FLU_ABNORMAL);
    return impatient_end(w, f, f->slots[0]);
}
static flu_value main_impatient(flu_worker *w) { return impatient_code(w, FLU_NIL); }
static void test_await_times_out(void **state) {
    const outcome *o = run(main_impatient);
    assert_int_equal(o->status, 1);
    assert_string_equal(o->err, "error: timeout: await: not settled within 15 ms\n  at impatient (test.flu:3:1)\n");
}

/* A settlement in time; the deadline then does nothing, and does not keep the program alive. */
THUNK(patient, 4);
static flu_value patient_code(flu_worker *w, flu_value self) {
    flu_value p = flu_spawn(w, sleeper(w, 5));
    if (flu_await(w, p, FLU_FIX(60000)) == FLU_ABNORMAL) LEAVE(NULL, &patient_info, 0, FLU_NIL);
    return FLU_NIL;
}
static flu_value patient_resume(flu_worker *w, flu_frame *f, flu_value v) {
    CHECK(v == FLU_FIX(5));
    say("in time\n");
    return FLU_NIL;
}
static flu_value main_patient(flu_worker *w) { return patient_code(w, FLU_NIL); }
static void test_await_in_time(void **state) { expect_output(run(main_patient), "5\nin time\n"); }

/* A timer is not starved by a task that only computes, nor by tasks that only yield. */
static bool timer_fired;
static void note_fired(flu_worker *w, flu_timer *t) { timer_fired = true; }
THUNK(computes, 5);
static flu_value compute_loop(flu_worker *w, flu_frame *old) {
    while (!timer_fired)
        if (flu_must_yield(w)) YIELD(old, &computes_info, 0, FLU_NIL);
    return FLU_NIL;
}
static flu_value computes_code(flu_worker *w, flu_value self) {
    flu_timer *t = timer_new(w, 0);
    t->fire = note_fired;
    flu_timer_set(w, t, flu_now(w) + 3000000);
    return compute_loop(w, NULL);
}
static flu_value computes_resume(flu_worker *w, flu_frame *f, flu_value v) { return compute_loop(w, f); }

static flu_value main_computes(flu_worker *w) { return computes_code(w, FLU_NIL); }

THUNK(yields, 6);
static flu_value yields_code(flu_worker *w, flu_value self) {
    flu_timer *t = timer_new(w, 0);
    t->fire = note_fired;
    flu_timer_set(w, t, flu_now(w) + 3000000);
    if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(NULL, &yields_info, 0, FLU_NIL);
    return FLU_NIL;
}
static flu_value yields_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (timer_fired) return FLU_NIL;
    if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(f, &yields_info, 0, FLU_NIL);
    return FLU_NIL;
}
static flu_value main_yields(flu_worker *w) { return yields_code(w, FLU_NIL); }

static void test_timers_are_not_starved(void **state) {
    int64_t start = flu_real_now();
    expect_output(run(main_computes), "");
    assert_true(flu_real_now() - start < 500000000); /* some 20 ms on a machine with nothing else to do */
    expect_output(run(main_yields), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sleepers_wake_in_order),
        cmocka_unit_test(test_virtual_time),
        cmocka_unit_test(test_sleeping_daemon_does_not_keep_alive),
        cmocka_unit_test(test_await_times_out),
        cmocka_unit_test(test_await_in_time),
        cmocka_unit_test(test_timers_are_not_starved),
        cmocka_unit_test(test_heap_order),
        cmocka_unit_test(test_cancelled_timers_leave),
        cmocka_unit_test(test_shift),
        cmocka_unit_test(test_timer_set_while_firing),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
