/* test_sched.c: frames, the trampoline, tasks, errors and the program's end, driven by procedures as the compiler emits
 * them. */
#include "emitted.h"

/* ---- recursion: the C stack moves to the heap ---- */

static flu_value sum_to(flu_worker *w, flu_value n);
static flu_value sum_to_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_site sum_to_sites[] = {{1, 1}, {1, 40}};
static const flu_proc_info sum_to_info = {"sum-to", "test.flu", sum_to_resume, sum_to_sites, 2, 1, 1, 1, 1};

static flu_value sum_to_body(flu_worker *w, flu_frame *old, flu_value n) {
    if (n == FLU_FIX(0)) return n;
    flu_value v = sum_to(w, n - FLU_FIX(1) + FLU_TAG_FIXNUM);
    if (flu_unlikely(v == FLU_ABNORMAL)) LEAVE(old, &sum_to_info, 1, n);
    return flu_add(w, n, v);
}
static flu_value sum_to(flu_worker *w, flu_value n) {
    if (flu_must_yield(w)) YIELD(NULL, &sum_to_info, 0, n);
    return sum_to_body(w, NULL, n);
}
static flu_value sum_to_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_value n = f->slots[0];
    if (v == FLU_ABNORMAL) LEAVE(f, &sum_to_info, flu_frame_point(f), n);
    return flu_frame_point(f) == 0 ? sum_to_body(w, f, n) : flu_add(w, n, v);
}

static flu_value deep_main(flu_worker *w) {
    flu_value v = sum_to(w, FLU_FIX(3000000));
    if (v == FLU_ABNORMAL) return v; /* suspended in tail position, as it were */
    return v;
}
THUNK(deep, 1);
static flu_value deep_code(flu_worker *w, flu_value self) { return deep_main(w); }
static flu_value deep_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
THUNK(show_await, 2);
static flu_value shown(flu_worker *w, flu_value v) {
    say_int(flu_fix(v));
    return FLU_NIL;
}
static flu_value show_await_code(flu_worker *w, flu_value self) {
    flu_value p = flu_spawn(w, THUNK_VALUE(deep));
    flu_value v = flu_await(w, p, FLU_UNDEF);
    if (v == FLU_ABNORMAL) LEAVE(NULL, &show_await_info, 1, FLU_NIL);
    return shown(w, v);
}
static flu_value show_await_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) LEAVE(f, &show_await_info, 1, FLU_NIL);
    return shown(w, v);
}
static flu_value main_show_await(flu_worker *w) { return show_await_code(w, FLU_NIL); }

static void test_deep_recursion(void **state) { expect_output(run(main_show_await), "4500001500000\n"); }

/* A runaway recursion, caught by a handler whose frame has long been in the heap. */
static flu_value runaway(flu_worker *w, flu_value n);
static flu_value runaway_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info runaway_info = {"runaway", "test.flu", runaway_resume, sum_to_sites, 2, 7, 1, 1, 1};
static flu_value runaway(flu_worker *w, flu_value n) {
    if (flu_must_yield(w)) YIELD(NULL, &runaway_info, 0, n);
    flu_value v = runaway(w, n);
    if (flu_unlikely(v == FLU_ABNORMAL)) LEAVE(NULL, &runaway_info, 1, n);
    return FLU_FIX(flu_fix(v) + 1);
}
static flu_value runaway_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_value n = f->slots[0];
    if (flu_frame_point(f) == 0 && v != FLU_ABNORMAL) {
        v = runaway(w, n);
        if (v == FLU_ABNORMAL) LEAVE(f, &runaway_info, 1, n);
    }
    if (v == FLU_ABNORMAL) LEAVE(f, &runaway_info, 1, n);
    return FLU_FIX(flu_fix(v) + 1);
}
THUNK(guard, 8);
static flu_value guard_handle(flu_worker *w, flu_frame *old) {
    if (w->signal == FLU_SUSPEND) LEAVE(old, &guard_info, 1, FLU_NIL);
    flu_trace_site(w, &guard_info, 1);
    flu_value e = flu_catch(w);
    CHECK(flu_is(e, FLU_T_ERROR));
    say(FLU_SYM(FLU_ERR(e)->kind)->name);
    say("\n");
    flu_value lines = flu_error_trace(w, e);
    int count = 0;
    for (; flu_is_cons(lines); lines = FLU_CELL(lines)->tail) count++;
    CHECK(count == 51);
    CHECK(w->task->depth == 0);
    return FLU_NIL;
}
static flu_value guard_code(flu_worker *w, flu_value self) {
    flu_value v = runaway(w, FLU_FIX(1));
    if (v == FLU_ABNORMAL) return guard_handle(w, NULL);
    return v;
}
static flu_value guard_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return v == FLU_ABNORMAL ? guard_handle(w, f) : v;
}
static flu_value main_guard(flu_worker *w) { return guard_code(w, FLU_NIL); }

static void test_stack_overflow_is_caught(void **state) {
    expect_output(run_with(main_guard, NULL, SETTINGS("FLU_MAX_DEPTH_MB=20")), "stack-overflow\n");
}

static flu_value main_runaway(flu_worker *w) { return runaway(w, FLU_FIX(1)); }

static void test_stack_overflow_uncaught(void **state) {
    const outcome *o = run_with(main_runaway, NULL, SETTINGS("FLU_MAX_DEPTH_MB=20"));
    assert_int_equal(o->status, 1);
    assert_non_null(strstr(o->err, "error: stack-overflow: recursion deeper than 20 MB"));
    assert_non_null(strstr(o->err, "more ..."));
    int lines = 0;
    for (const char *p = o->err; *p; p++) lines += *p == '\n';
    assert_int_equal(lines, 52);
}

/* ---- tasks: order, async, await ---- */

/* A task that says its number, yields, and says it again. */
static flu_value twice_code(flu_worker *w, flu_value self);
static flu_value twice_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return v;
    say_int(flu_fix(f->slots[0]));
    return f->slots[0];
}
static const flu_proc_info twice_info = {"twice", "test.flu", twice_resume, sum_to_sites, 2, 9, 1, 0, 0};
static flu_value twice_code(flu_worker *w, flu_value self) {
    flu_value n = FLU_PROC(self)->env[0];
    say_int(flu_fix(n));
    if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(NULL, &twice_info, 0, n);
    return FLU_NIL;
}
static flu_value twice(flu_worker *w, int n) {
    flu_value env[] = {FLU_FIX(n)};
    return make_closure(w, &twice_info, twice_code, 1, env);
}

static flu_value main_spawn_order(flu_worker *w) {
    for (int i = 1; i <= 3; i++) flu_spawn_value(w, twice(w, i));
    say("main\n");
    return FLU_NIL;
}
static void test_spawned_tasks_run_in_order(void **state) {
    expect_output(run(main_spawn_order), "main\n1\n2\n3\n1\n2\n3\n");
}

static flu_value main_async_order(flu_worker *w) {
    for (int i = 1; i <= 3; i++) flu_async(w, twice(w, i));
    say("main\n");
    return FLU_NIL;
}
static void test_async_starts_at_once(void **state) {
    expect_output(run(main_async_order), "1\n2\n3\nmain\n1\n2\n3\n");
}

/* async in async in async, deeper than the C stack: each is still started at once, before its starter goes on. */
#define NESTED 20000
static int nested_order[2 * NESTED + 2], nested_count;
static flu_value nest(flu_worker *w, int n);
static const flu_proc_info nest_info;
static flu_value nest_done(flu_value self_n) {
    nested_order[nested_count++] = -(int)flu_fix(self_n);
    return FLU_NIL;
}
static flu_value nest_resume(flu_worker *w, flu_frame *f, flu_value v) {
    CHECK(v != FLU_ABNORMAL && flu_is_promise(v));
    return nest_done(f->slots[0]);
}
static flu_value nest_code(flu_worker *w, flu_value self) {
    flu_value n = FLU_PROC(self)->env[0];
    nested_order[nested_count++] = (int)flu_fix(n);
    if (flu_fix(n) == NESTED) return nest_done(n);
    char filler[100]; /* a frame of some size */
    memset(filler, (int)flu_fix(n), sizeof filler);
    __asm__ volatile("" ::"r"(filler) : "memory");
    flu_value v = nest(w, (int)flu_fix(n) + 1);
    if (v == FLU_ABNORMAL) LEAVE(NULL, &nest_info, 0, n);
    return nest_done(n);
}
static const flu_proc_info nest_info = {"nest", "test.flu", nest_resume, sum_to_sites, 2, 9, 1, 0, 0};
static flu_value nest(flu_worker *w, int n) {
    flu_value env[] = {FLU_FIX(n)};
    return flu_async(w, make_closure(w, &nest_info, nest_code, 1, env));
}
static flu_value main_nested_async(flu_worker *w) {
    flu_value v = nest(w, 1);
    CHECK(v != FLU_ABNORMAL);
    CHECK(nested_count == 2 * NESTED);
    for (int i = 0; i < NESTED; i++) {
        CHECK(nested_order[i] == i + 1);
        CHECK(nested_order[NESTED + i] == -(NESTED - i));
    }
    say("ok\n");
    return FLU_NIL;
}
static void test_nested_async(void **state) { expect_output(run(main_nested_async), "ok\n"); }

/* A value that is a procedure of no arguments is called by spawn, and only by spawn. */
THUNK(says_called, 3);
static flu_value says_called_code(flu_worker *w, flu_value self) {
    say("called\n");
    return FLU_NIL;
}
static flu_value says_called_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
THUNK(gives_thunk, 3);
static flu_value gives_thunk_code(flu_worker *w, flu_value self) { return THUNK_VALUE(says_called); }
static flu_value gives_thunk_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static flu_value main_spawn_thunk(flu_worker *w) {
    flu_async(w, THUNK_VALUE(gives_thunk));
    say("main\n");
    flu_spawn_value(w, THUNK_VALUE(gives_thunk));
    return FLU_NIL;
}
static void test_spawn_calls_a_thunk(void **state) { expect_output(run(main_spawn_thunk), "main\ncalled\n"); }

/* ---- park and wake: fairness ---- */

static flu_wait_queue parked[2]; /* single worker: no lock needed */
static flu_lock parked_lock;
static int64_t rounds, starved;
static bool stop;

static flu_value park_on(flu_worker *w, flu_wait_queue *q) {
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &parked_lock;
    flu_wait_queue_push(q, wt);
    return flu_park(w, FLU_WAIT_LOCK, FLU_NIL);
}
static void wake_on(flu_worker *w, flu_wait_queue *q) {
    flu_waiter *wt = flu_wait_queue_claim(w, q);
    if (wt) flu_wake(w, wt->task, FLU_TRUE);
}

static flu_value ping_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info ping_info = {"ping", "test.flu", ping_resume, sum_to_sites, 2, 9, 1, 0, 0};
static flu_value ping_step(flu_worker *w, flu_frame *old, flu_value side) {
    rounds++;
    wake_on(w, &parked[1 - flu_fix(side)]);
    if (stop) return FLU_NIL;
    if (park_on(w, &parked[flu_fix(side)]) == FLU_ABNORMAL) LEAVE(old, &ping_info, 0, side);
    return FLU_NIL;
}
static flu_value ping_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return v;
    return ping_step(w, f, f->slots[0]);
}
static flu_value ping_code(flu_worker *w, flu_value self) { return ping_step(w, NULL, FLU_PROC(self)->env[0]); }
THUNK(third, 5);
static flu_value third_step(flu_worker *w, flu_frame *old) {
    if (rounds > 100000) {
        CHECK(starved > 100);
        stop = true;
        return FLU_NIL;
    }
    starved++;
    if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(old, &third_info, 0, FLU_NIL);
    return FLU_NIL;
}
static flu_value third_code(flu_worker *w, flu_value self) { return third_step(w, NULL); }
static flu_value third_resume(flu_worker *w, flu_frame *f, flu_value v) { return third_step(w, f); }
static flu_value main_fairness(flu_worker *w) {
    for (int i = 0; i < 2; i++) {
        flu_value env[] = {FLU_FIX(i)};
        flu_spawn(w, make_closure(w, &ping_info, ping_code, 1, env));
    }
    flu_spawn(w, THUNK_VALUE(third));
    return FLU_NIL;
}
static void test_hand_off_does_not_starve(void **state) { expect_output(run(main_fairness), ""); }

/* A task that only computes gives way after its time slice. */
static volatile bool other_ran;
THUNK(other, 6);
static flu_value other_code(flu_worker *w, flu_value self) {
    other_ran = true;
    return FLU_NIL;
}
static flu_value other_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
THUNK(spin, 6);
static flu_value spin_loop(flu_worker *w, flu_frame *old) {
    while (!other_ran)
        if (flu_must_yield(w)) YIELD(old, &spin_info, 0, FLU_NIL);
    say("other ran\n");
    return FLU_NIL;
}
static flu_value spin_code(flu_worker *w, flu_value self) { return spin_loop(w, NULL); }
static flu_value spin_resume(flu_worker *w, flu_frame *f, flu_value v) { return spin_loop(w, f); }
static flu_value main_preempt(flu_worker *w) {
    flu_spawn(w, THUNK_VALUE(other));
    return spin_code(w, FLU_NIL);
}
static void test_preemption(void **state) { expect_output(run(main_preempt), "other ran\n"); }

/* ---- errors ---- */

THUNK(fails, 10);
static flu_value fails_code(flu_worker *w, flu_value self) {
    flu_raise(w, "io-error", "disk %d is full", 3);
    LEAVE(NULL, &fails_info, 1, FLU_NIL);
}
static flu_value fails_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static flu_value main_uncaught(flu_worker *w) { return fails_code(w, FLU_NIL); }
static void test_uncaught(void **state) {
    const outcome *o = run(main_uncaught);
    assert_int_equal(o->status, 1);
    assert_string_equal(o->err, "error: io-error: disk 3 is full\n  at fails (test.flu:10:2)\n");
}

static flu_value main_uncaught_value(flu_worker *w) { return flu_throw(w, FLU_FIX(42)); }
static void test_uncaught_value(void **state) {
    const outcome *o = run(main_uncaught_value);
    assert_int_equal(o->status, 1);
    assert_string_equal(o->err, "error: uncaught: 42\n");
}

THUNK(awaits_failure, 11);
static flu_value awaits_failure_code(flu_worker *w, flu_value self) {
    flu_value v = flu_await(w, flu_spawn(w, THUNK_VALUE(fails)), FLU_UNDEF);
    if (v == FLU_ABNORMAL) LEAVE(NULL, &awaits_failure_info, 2, FLU_NIL);
    return v;
}
static flu_value awaits_failure_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) LEAVE(f, &awaits_failure_info, 2, FLU_NIL);
    return v;
}
static flu_value main_awaited_failure(flu_worker *w) { return awaits_failure_code(w, FLU_NIL); }
static void test_trace_through_await(void **state) {
    const outcome *o = run(main_awaited_failure);
    assert_int_equal(o->status, 1);
    assert_string_equal(o->err, "error: io-error: disk 3 is full\n  at fails (test.flu:10:2)\n"
                                "  -- awaited by awaits_failure (test.flu:11:3)\n");
}

/* Two tasks await one failure: the trace of each has its own await only. */
static flu_value shared_failure;
THUNK(awaits_shared, 12);
static flu_value awaits_shared_end(flu_worker *w, flu_frame *old) {
    if (w->signal == FLU_SUSPEND) LEAVE(old, &awaits_shared_info, 0, FLU_NIL);
    flu_trace_site(w, &awaits_shared_info, 0);
    flu_value e = flu_catch(w);
    int lines = 0;
    for (flu_value l = flu_error_trace(w, e); flu_is_cons(l); l = FLU_CELL(l)->tail) lines++;
    say_int(lines);
    return FLU_NIL;
}
static flu_value awaits_shared_code(flu_worker *w, flu_value self) {
    flu_value v = flu_await(w, shared_failure, FLU_UNDEF);
    CHECK(v == FLU_ABNORMAL);
    return awaits_shared_end(w, NULL);
}
static flu_value awaits_shared_resume(flu_worker *w, flu_frame *f, flu_value v) {
    CHECK(v == FLU_ABNORMAL);
    return awaits_shared_end(w, f);
}
static flu_value main_shared_failure(flu_worker *w) {
    flu_spawn(w, THUNK_VALUE(awaits_shared));
    flu_spawn(w, THUNK_VALUE(awaits_shared));
    shared_failure = flu_spawn(w, THUNK_VALUE(fails));
    flu_spawn(w, THUNK_VALUE(awaits_shared));
    return FLU_NIL;
}
static void test_each_awaiter_has_its_own_trace(void **state) { expect_output(run(main_shared_failure), "2\n2\n2\n"); }

/* ---- unhandled rejections ---- */

static flu_value main_unhandled(flu_worker *w) {
    flu_spawn(w, THUNK_VALUE(fails));
    return FLU_NIL;
}
static void test_unhandled_rejection(void **state) {
    const outcome *o = run(main_unhandled);
    assert_int_equal(o->status, 1);
    assert_string_equal(o->err, "error: unhandled rejection of #<promise 2>: io-error: disk 3 is full\n"
                                "  at fails (test.flu:10:2)\n");
    o = run_with(main_unhandled, NULL, SETTINGS("FLU_UNHANDLED=warn"));
    assert_int_equal(o->status, 0);
    assert_non_null(strstr(o->err, "warning: unhandled rejection"));
    expect_output(run_with(main_unhandled, NULL, SETTINGS("FLU_UNHANDLED=ignore")), "");
}

#ifndef FLU_GC_NONE
#include <gc/gc.h>
THUNK(collects, 13);
static flu_value collects_code(flu_worker *w, flu_value self) {
    for (int i = 0; i < 50; i++) flu_promise_reject(w, flu_promise_new(w), FLU_FIX(7));
    if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(NULL, &collects_info, 0, FLU_NIL);
    return FLU_NIL;
}
static flu_value collects_resume(flu_worker *w, flu_frame *f, flu_value v) {
    GC_gcollect();
    flu_run_finalizers(w);
    CHECK(w->rt->exit_status == 1);
    say("reported\n");
    return FLU_NIL;
}
static flu_value main_collects(flu_worker *w) { return collects_code(w, FLU_NIL); }
static void test_unhandled_rejection_at_garbage(void **state) {
    const outcome *o = run(main_collects);
    assert_int_equal(o->status, 1);
    assert_string_equal(o->out, "reported\n");
    int reports = 0;
    for (const char *p = o->err; (p = strstr(p, "uncaught: 7")) != NULL; p++) reports++;
    assert_int_equal(reports, 50);
}
#endif

/* ---- the end ---- */

THUNK(stuck, 14);
static flu_value never; /* a promise nobody settles */
static flu_value stuck_code(flu_worker *w, flu_value self) {
    if (flu_await(w, never, FLU_UNDEF) == FLU_ABNORMAL) LEAVE(NULL, &stuck_info, 3, FLU_NIL);
    return FLU_NIL;
}
static flu_value stuck_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static flu_value main_deadlock(flu_worker *w) {
    never = FLU_VALUE(flu_promise_new(w));
    flu_spawn(w, THUNK_VALUE(stuck));
    say("before\n");
    return stuck_code(w, FLU_NIL);
}
static void test_deadlock(void **state) {
    const outcome *o = run(main_deadlock);
    assert_int_equal(o->status, 2);
    assert_string_equal(o->out, "before\n");
    assert_string_equal(o->err, "deadlock: the main task waits, and nothing can wake it\n"
                                "  task 1 (main): await on #<promise 2 pending> at stuck (test.flu:14:4)\n"
                                "  task 3: await on #<promise 2 pending> at stuck (test.flu:14:4)\n");
}

/* A task that nothing can wake does not keep the program alive. */
static flu_value main_leaves_stuck(flu_worker *w) {
    never = FLU_VALUE(flu_promise_new(w));
    flu_spawn(w, THUNK_VALUE(stuck));
    return FLU_NIL;
}
static void test_stuck_task_ends_with_the_program(void **state) { expect_output(run(main_leaves_stuck), ""); }

THUNK(exits, 15);
static flu_value exits_code(flu_worker *w, flu_value self) {
    say("exiting\n");
    return flu_exit(w, FLU_FIX(7));
}
static flu_value exits_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static flu_value main_exit(flu_worker *w) {
    flu_async(w, THUNK_VALUE(exits));
    say("not reached\n");
    return FLU_NIL;
}
static void test_exit_flushes(void **state) {
    const outcome *o = run(main_exit);
    assert_int_equal(o->status, 7);
    assert_string_equal(o->out, "exiting\n");
}

static flu_value main_daemon(flu_worker *w) {
    flu_spawn_daemon_value(w, THUNK_VALUE(spin)); /* would run for ever */
    return FLU_NIL;
}
static void test_daemon_does_not_keep_alive(void **state) { expect_output(run(main_daemon), ""); }

/* ---- cancellation ---- */

static flu_value waits_for_ever;
THUNK(cancelled_here, 16);
static flu_value cancelled_here_end(flu_worker *w, flu_frame *old) {
    if (w->signal == FLU_SUSPEND) LEAVE(old, &cancelled_here_info, 0, FLU_NIL);
    flu_value e = w->thrown;
    CHECK(flu_is_cancellation(e));
    say_int(flu_fix(FLU_ERR(e)->data));
    flu_trace_site(w, &cancelled_here_info, 0);
    return FLU_ABNORMAL;
}
static flu_value cancelled_here_code(flu_worker *w, flu_value self) {
    say("runs\n");
    CHECK(flu_await(w, waits_for_ever, FLU_UNDEF) == FLU_ABNORMAL);
    return cancelled_here_end(w, NULL);
}
static flu_value cancelled_here_resume(flu_worker *w, flu_frame *f, flu_value v) {
    CHECK(v == FLU_ABNORMAL);
    return cancelled_here_end(w, f);
}
THUNK(canceller, 17);
static flu_value canceller_code(flu_worker *w, flu_value self) {
    waits_for_ever = FLU_VALUE(flu_promise_new(w));
    flu_value p = flu_async(w, THUNK_VALUE(cancelled_here));
    CHECK(flu_cancel(w, p, FLU_FIX(5)) == FLU_TRUE);
    CHECK(flu_cancel(w, p, FLU_FIX(6)) == FLU_TRUE); /* the first reason counts */
    flu_value unstarted = flu_spawn(w, THUNK_VALUE(cancelled_here));
    CHECK(flu_cancel(w, unstarted, FLU_UNDEF) == FLU_TRUE);
    flu_value pair = flu_cons(w, p, unstarted);
    if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(NULL, &canceller_info, 0, pair);
    return FLU_NIL;
}
static flu_value canceller_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_value pair = f->slots[0];
    if (flu_frame_point(f) == 0) {
        if (flu_yield_now(w) == FLU_ABNORMAL) LEAVE(f, &canceller_info, 1, pair);
    }
    CHECK(atomic_load(&FLU_PROM(FLU_CELL(pair)->head)->state) == FLU_CANCELLED);
    CHECK(atomic_load(&FLU_PROM(FLU_CELL(pair)->tail)->state) == FLU_CANCELLED);
    CHECK(flu_cancel(w, FLU_CELL(pair)->head, FLU_NIL) == FLU_FALSE);
    return FLU_NIL;
}
static flu_value main_cancel(flu_worker *w) { return canceller_code(w, FLU_NIL); }
static void test_cancel(void **state) { expect_output(run(main_cancel), "runs\n5\n"); }

/* ---- calls ---- */

static const char *thrown_kind(flu_worker *w) {
    CHECK(w->signal == FLU_THROW);
    flu_value e = flu_catch(w);
    CHECK(flu_is(e, FLU_T_ERROR));
    return FLU_SYM(FLU_ERR(e)->kind)->name;
}
static flu_value three_code(flu_worker *w, flu_value self, flu_value a, flu_value b, flu_value c) {
    return FLU_FIX(flu_fix(a) * 100 + flu_fix(b) * 10 + flu_fix(c));
}
static const flu_proc_info three_info = {"three", "test.flu", NULL, NULL, 0, 1, 1, 3, 3};
FLU_PROC_STATIC(three_proc, 3, three_code, &three_info);
static flu_value count_code(flu_worker *w, flu_value self, int argc, const flu_value *argv) { return FLU_FIX(argc); }
static const flu_proc_info count_info = {"count", "test.flu", NULL, NULL, 0, 1, 1, 0, -1};
FLU_PROC_STATIC(count_proc, FLU_ARITY_ANY, count_code, &count_info);

static flu_value main_calls(flu_worker *w) {
    flu_value three = FLU_VALUE(&three_proc), count = FLU_VALUE(&count_proc);
    CHECK(flu_call3(w, three, FLU_FIX(1), FLU_FIX(2), FLU_FIX(3)) == FLU_FIX(123));
    CHECK(flu_call2(w, three, FLU_FIX(1), FLU_FIX(2)) == FLU_ABNORMAL);
    CHECK(strcmp(FLU_STR(FLU_ERR(w->thrown)->message)->bytes, "three: expected 3 arguments, given 2") == 0);
    CHECK(strcmp(thrown_kind(w), "arity-error") == 0);
    CHECK(flu_call1(w, FLU_FIX(1), FLU_FIX(2)) == FLU_ABNORMAL);
    CHECK(strcmp(thrown_kind(w), "type-error") == 0);
    CHECK(flu_call0(w, count) == FLU_FIX(0));
    CHECK(flu_call4(w, count, FLU_NIL, FLU_NIL, FLU_NIL, FLU_NIL) == FLU_FIX(4));
    flu_value list = FLU_EMPTY;
    for (int i = 0; i < 1000; i++) list = flu_cons(w, FLU_FIX(i), list);
    flu_value many[] = {count, FLU_NIL, list};
    CHECK(flu_apply(w, 3, many) == FLU_FIX(1001));
    flu_value exact[] = {three, FLU_FIX(4), flu_cons(w, FLU_FIX(5), flu_cons(w, FLU_FIX(6), FLU_EMPTY))};
    CHECK(flu_apply(w, 3, exact) == FLU_FIX(456));
    flu_value wrong[] = {three, FLU_FIX(4)};
    CHECK(flu_apply(w, 2, wrong) == FLU_ABNORMAL);
    CHECK(strcmp(thrown_kind(w), "type-error") == 0);
    return FLU_NIL;
}
static void test_calls(void **state) { expect_output(run(main_calls), ""); }

/* ---- memory ---- */

THUNK(hoards, 20);
static flu_value hoard_loop(flu_worker *w, flu_frame *old, flu_value list, int64_t n) {
    for (;; n++) {
        if (flu_must_yield(w)) {
            flu_frame *f = flu_yield(w, old, &hoards_info, 0, 2);
            if (f == NULL) break;
            f->slots[0] = list;
            f->slots[1] = FLU_FIX(n);
            return FLU_ABNORMAL;
        }
        list = flu_cons(w, FLU_FIX(n), list);
    }
    CHECK(strcmp(thrown_kind(w), "out-of-memory") == 0);
    CHECK(n > 500000);
    say("caught\n");
    return FLU_NIL;
}
static flu_value hoards_code(flu_worker *w, flu_value self) { return hoard_loop(w, NULL, FLU_EMPTY, 0); }
static flu_value hoards_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return hoard_loop(w, f, f->slots[0], flu_fix(f->slots[1]));
}
static flu_value main_hoards(flu_worker *w) {
    for (int i = 0; i < 3; i++) hoards_code(w, FLU_NIL);
    return FLU_NIL;
}
static void test_out_of_memory_is_caught(void **state) {
    expect_output(run_with(main_hoards, NULL, SETTINGS("FLU_HEAP_MAX=16M")), "caught\ncaught\ncaught\n");
}

static flu_value main_too_large(flu_worker *w) {
    flu_value list = FLU_EMPTY;
    for (int i = 0; i < 100000000; i++) list = flu_cons(w, FLU_NIL, list); /* never looks */
    return list;
}
static void test_out_of_memory_unnoticed(void **state) {
    const outcome *o = run_with(main_too_large, NULL, SETTINGS("FLU_HEAP_MAX=16M"));
    assert_int_equal(o->status, 1);
    assert_non_null(strstr(o->err, "out-of-memory"));
}

/* ---- input ---- */

THUNK(reads, 21);
static flu_value read_loop(flu_worker *w, flu_frame *old, flu_value line) {
    while (line != FLU_NIL) {
        if (line == FLU_ABNORMAL) LEAVE(old, &reads_info, 0, FLU_NIL);
        say("[");
        say(FLU_STR(line)->bytes);
        say("]");
        line = flu_read_line(w);
    }
    say("\n");
    return FLU_NIL;
}
static flu_value reads_code(flu_worker *w, flu_value self) { return read_loop(w, NULL, flu_read_line(w)); }
static flu_value reads_resume(flu_worker *w, flu_frame *f, flu_value v) { return read_loop(w, f, v); }
static flu_value main_reads(flu_worker *w) { return reads_code(w, FLU_NIL); }
static void test_read_line(void **state) {
    expect_output(run_with(main_reads, "one\r\n\nlast", NULL), "[one][][last]\n");
    expect_output(run_with(main_reads, "", NULL), "\n");
}

/* Nothing to read yet: another task runs meanwhile, and writes what is then read. */
static int late_pipe[2];
THUNK(writes_late, 22);
static flu_value writes_late_code(flu_worker *w, flu_value self) {
    say("other\n");
    CHECK(write(late_pipe[1], "late\n", 5) == 5);
    close(late_pipe[1]);
    return FLU_NIL;
}
static flu_value writes_late_resume(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static flu_value main_reads_late(flu_worker *w) {
    CHECK(pipe(late_pipe) == 0);
    dup2(late_pipe[0], 0);
    flu_spawn(w, THUNK_VALUE(writes_late));
    return reads_code(w, FLU_NIL);
}
static void test_read_line_suspends(void **state) { expect_output(run(main_reads_late), "other\n[late]\n"); }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deep_recursion),
        cmocka_unit_test(test_stack_overflow_is_caught),
        cmocka_unit_test(test_stack_overflow_uncaught),
        cmocka_unit_test(test_spawned_tasks_run_in_order),
        cmocka_unit_test(test_async_starts_at_once),
        cmocka_unit_test(test_nested_async),
        cmocka_unit_test(test_spawn_calls_a_thunk),
        cmocka_unit_test(test_hand_off_does_not_starve),
        cmocka_unit_test(test_preemption),
        cmocka_unit_test(test_uncaught),
        cmocka_unit_test(test_uncaught_value),
        cmocka_unit_test(test_trace_through_await),
        cmocka_unit_test(test_each_awaiter_has_its_own_trace),
        cmocka_unit_test(test_unhandled_rejection),
#ifndef FLU_GC_NONE
        cmocka_unit_test(test_unhandled_rejection_at_garbage),
#endif
        cmocka_unit_test(test_deadlock),
        cmocka_unit_test(test_stuck_task_ends_with_the_program),
        cmocka_unit_test(test_exit_flushes),
        cmocka_unit_test(test_daemon_does_not_keep_alive),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_out_of_memory_is_caught),
        cmocka_unit_test(test_out_of_memory_unnoticed),
        cmocka_unit_test(test_read_line),
        cmocka_unit_test(test_read_line_suspends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
