/* test_sync.c: the structures of sync.h from the inside: what cancelled waiters leave behind, who owns what, and that
 * every lock is released again: each script runs once more with real locks (w->parallel), where a lock taken twice
 * would hang. What programs can see is tests/lang's business (sync-*). */
#include "emitted.h"

#include "flu/sync.h"

/* ---- scripts: a main task that lets the others run after each step ---- */

typedef void step(flu_worker *w);
static step *const *script; /* ends with NULL */
static bool real_locks;

THUNK(script_main, 1);

static flu_value play(flu_worker *w, flu_frame *old, int64_t at) {
    w->parallel = real_locks;
    if (!script[at]) {
        w->parallel = false;
        say("end\n");
        return FLU_NIL;
    }
    script[at](w);
    flu_yield_now(w);
    LEAVE(old, &script_main_info, 1, FLU_FIX(at + 1));
}
static flu_value script_main_code(flu_worker *w, flu_value self) { return play(w, NULL, 0); }
static flu_value script_main_resume(flu_worker *w, flu_frame *f, flu_value v) {
    CHECK(v != FLU_ABNORMAL);
    return play(w, f, flu_fix(f->slots[0]));
}
static flu_value main_script(flu_worker *w) { return script_main_code(w, FLU_NIL); }

static void play_script(step *const *steps) {
    script = steps;
    for (int i = 0; i < 2; i++) {
        real_locks = i == 1;
        expect_output(run_with(main_script, NULL, SETTINGS("FLU_CLOCK=virtual")), "end\n");
    }
}
#define SCRIPT(...) play_script((step *const[]){__VA_ARGS__, NULL})

/* ---- tasks that do one operation; their value is its result ---- */

typedef flu_value operation(flu_worker *w, flu_value object);

static flu_value pass(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static const flu_proc_info one_info = {.name = "one", .file = "test.flu", .resume = pass};

static operation *const operations[] = {flu_mutex_lock_slow, flu_sync_acquire,  flu_rw_lock_read,   flu_rw_lock_write,
                                        flu_latch_wait,      flu_barrier_wait,  flu_rate_limit,     flu_event_wait,
                                        flu_wait_group_wait, flu_async_dequeue, flu_semaphore_enter};

static flu_value one_code(flu_worker *w, flu_value self) {
    return operations[flu_fix(FLU_PROC(self)->env[0])](w, FLU_PROC(self)->env[1]);
}

static flu_task *task_doing(flu_worker *w, operation *op, flu_value object) {
    int64_t n = 0;
    while (operations[n] != op) n++;
    flu_value env[] = {FLU_FIX(n), object};
    return FLU_TASK(flu_spawn(w, make_closure(w, &one_info, one_code, 2, env)));
}

static bool gave(const flu_task *t, flu_value v) { return t->promise.state == FLU_FULFILLED && t->promise.value == v; }
static bool waits(const flu_task *t) { return t->promise.state == FLU_PENDING; }
static bool cancelled(const flu_task *t) { return t->promise.state == FLU_CANCELLED; }
static bool nobody_waits(flu_value v) {
    return FLU_SYNC(v)->waiters.first == NULL && FLU_SYNC(v)->waiters.last == NULL;
}
static void cancel(flu_worker *w, flu_task *t) { CHECK(flu_cancel(w, FLU_VALUE(t), FLU_NIL) == FLU_TRUE); }

/* In static variables for as long as the script runs; the collector knows them. */
static flu_value object;
static flu_task *a, *b, *c;

/* ---- mutexes ---- */

static void three_lock(flu_worker *w) {
    object = flu_mutex_make(w);
    a = task_doing(w, flu_mutex_lock_slow, object);
    b = task_doing(w, flu_mutex_lock_slow, object);
    c = task_doing(w, flu_sync_acquire, object);
}
static void first_owns(flu_worker *w) {
    CHECK(gave(a, FLU_VALUE(a)) && waits(b) && waits(c));
    CHECK(FLU_MUTEX(object)->owner == a);
    cancel(w, b);
    CHECK(FLU_SYNC(object)->waiters.first != NULL); /* dead, but still there */
    flu_mutex_unlock(w, object, FLU_VALUE(b));      /* not the holder: nothing */
    CHECK(FLU_MUTEX(object)->owner == a);
    flu_mutex_unlock(w, object, FLU_VALUE(a));
    CHECK(FLU_MUTEX(object)->owner == c); /* at once, and past b */
}
static void last_owns(flu_worker *w) {
    CHECK(cancelled(b) && gave(c, FLU_TRUE) && nobody_waits(object));
    flu_mutex_unlock(w, object, FLU_VALUE(c));
    CHECK(FLU_MUTEX(object)->owner == NULL);
    CHECK(flu_mutex_lock(w, object) == FLU_VALUE(w->task));
    flu_mutex_unlock(w, object, FLU_VALUE(w->task));
    CHECK(FLU_MUTEX(object)->owner == NULL);
}
static void test_mutex(void **state) { SCRIPT(three_lock, first_owns, last_owns); }

/* ---- semaphores ---- */

static void three_acquire(flu_worker *w) {
    object = flu_semaphore_make(w, FLU_FIX(0));
    a = task_doing(w, flu_sync_acquire, object);
    b = task_doing(w, flu_semaphore_enter, object);
    c = task_doing(w, flu_sync_acquire, object);
}
static void only_the_first(flu_worker *w) {
    cancel(w, a);
    flu_sync_release(w, object);
    CHECK(FLU_SEMAPHORE(object)->permits == 0); /* b has it */
    cancel(w, c);
    flu_sync_release(w, object);
    CHECK(FLU_SEMAPHORE(object)->permits == 1);
}
static void permits_left(flu_worker *w) {
    CHECK(cancelled(a) && gave(b, FLU_TRUE) && cancelled(c) && nobody_waits(object));
    CHECK(FLU_SEMAPHORE(object)->permits == 1);
}
static void test_semaphore(void **state) { SCRIPT(three_acquire, only_the_first, permits_left); }

/* ---- read-write locks ---- */

static flu_value hold;
static void writer_between_readers(flu_worker *w) {
    object = flu_rw_lock_make(w);
    hold = flu_rw_lock_read(w, object);
    a = task_doing(w, flu_rw_lock_write, object);
    b = task_doing(w, flu_rw_lock_read, object);
}
static void writer_gives_up(flu_worker *w) {
    CHECK(waits(a) && waits(b) && FLU_RW_LOCK(object)->writer == NULL);
    cancel(w, a);
}
static void reader_is_in(flu_worker *w) {
    CHECK(cancelled(a) && b->promise.state == FLU_FULFILLED && nobody_waits(object));
    flu_rw_lock_end_read(w, object, hold);
    flu_rw_lock_end_read(w, object, hold); /* again: nothing */
    CHECK(FLU_RW_LOCK(object)->reads == (flu_read_hold *)b->promise.value);
    a = task_doing(w, flu_rw_lock_write, object);
}
static void writer_is_in(flu_worker *w) {
    CHECK(waits(a));
    flu_rw_lock_end_read(w, object, b->promise.value);
    CHECK(FLU_RW_LOCK(object)->writer == a && FLU_RW_LOCK(object)->reads == NULL);
    flu_rw_lock_end_write(w, object, FLU_VALUE(b)); /* not the holder */
    CHECK(FLU_RW_LOCK(object)->writer == a);
    flu_rw_lock_end_write(w, object, FLU_VALUE(a));
    CHECK(FLU_RW_LOCK(object)->writer == NULL && nobody_waits(object));
}
static void test_rw_lock(void **state) { SCRIPT(writer_between_readers, writer_gives_up, reader_is_in, writer_is_in); }

/* ---- barriers and gates ---- */

static void two_of_three(flu_worker *w) {
    object = flu_barrier_make(w, FLU_FIX(3));
    a = task_doing(w, flu_barrier_wait, object);
    b = task_doing(w, flu_barrier_wait, object);
}
static void one_dead(flu_worker *w) {
    CHECK(waits(a) && waits(b) && FLU_BARRIER(object)->queued == 2);
    cancel(w, a);
    c = task_doing(w, flu_barrier_wait, object);
}
static void two_again(flu_worker *w) {
    CHECK(cancelled(a) && waits(b) && waits(c) && FLU_BARRIER(object)->queued == 2);
    CHECK(flu_barrier_wait(w, object) == FLU_TRUE);
    CHECK(nobody_waits(object) && FLU_BARRIER(object)->queued == 0);
}
static void both_through(flu_worker *w) { CHECK(gave(b, FLU_FALSE) && gave(c, FLU_FALSE)); }
static void test_barrier(void **state) { SCRIPT(two_of_three, one_dead, two_again, both_through); }

static void wait_at_gates(flu_worker *w) {
    object = flu_latch_make(w, FLU_FIX(1));
    a = task_doing(w, flu_latch_wait, object);
    b = task_doing(w, flu_latch_wait, object);
    hold = flu_event_make(w);
    c = task_doing(w, flu_event_wait, hold);
}
static void open_gates(flu_worker *w) {
    CHECK(waits(a) && waits(b) && waits(c));
    cancel(w, a);
    CHECK(flu_latch_count_down(w, object) == FLU_FIX(0) && flu_latch_count_down(w, object) == FLU_FIX(0));
    CHECK(flu_event_set(w, hold) == FLU_TRUE && flu_event_reset(w, hold) == FLU_TRUE);
}
static void through_gates(flu_worker *w) {
    CHECK(cancelled(a) && gave(b, FLU_TRUE) && gave(c, FLU_TRUE) && nobody_waits(object) && nobody_waits(hold));
}
static void test_gates(void **state) { SCRIPT(wait_at_gates, open_gates, through_gates); }

/* ---- rate limiters ---- */

static void fill_window(flu_worker *w) {
    object = flu_rate_limiter_make(w, FLU_FIX(100), FLU_FIX(1000));
    for (int i = 0; i < 100; i++) CHECK(flu_rate_limit(w, object) == FLU_TRUE); /* the ring grows */
    CHECK(FLU_RATE_LIMITER(object)->timer->index < 0);
    a = task_doing(w, flu_rate_limit, object);
    b = task_doing(w, flu_rate_limit, object);
}
static void both_give_up(flu_worker *w) {
    CHECK(waits(a) && waits(b) && FLU_RATE_LIMITER(object)->timer->index >= 0);
    CHECK(w->sched->timers_strong == 1);
    cancel(w, a);
    cancel(w, b);
}
static void no_timer_left(flu_worker *w) {
    CHECK(cancelled(a) && cancelled(b) && nobody_waits(object));
    CHECK(FLU_RATE_LIMITER(object)->timer->index < 0 && w->sched->timers_strong == 0);
    c = task_doing(w, flu_rate_limit, object);
    c->daemon = true;
    w->sched->busy--; /* as if it had been one when it was queued */
}
static void daemons_do_not_count(flu_worker *w) {
    CHECK(waits(c) && FLU_RATE_LIMITER(object)->timer->index >= 0 && w->sched->timers_strong == 0);
}
static void test_rate_limiter(void **state) { SCRIPT(fill_window, both_give_up, no_timer_left, daemons_do_not_count); }

/* ---- priority queues ---- */

static void heap_keeps_nothing(flu_worker *w) {
    object = flu_priority_queue_make(w, THUNK_VALUE(script_main)); /* less? is not called here */
    flu_priority_queue *q = FLU_PRIORITY_QUEUE(object);
    for (int i = 0; i < 20; i++) CHECK(flu_priority_queue_insert(w, object, FLU_FIX(i), FLU_FIX(i)) == FLU_TRUE);
    CHECK(q->count == 20);
    for (int i = 0; i < 20; i++) CHECK(flu_priority_queue_remove(w, object, FLU_FIX(0)) != FLU_ABNORMAL);
    for (uint32_t i = 0; i < q->capacity; i++) CHECK(q->heap[i].value == 0);
    a = task_doing(w, flu_async_dequeue, object);
    b = task_doing(w, flu_async_dequeue, object);
}
static void hand_over(flu_worker *w) {
    CHECK(waits(a) && waits(b) && FLU_PRIORITY_QUEUE(object)->guard->owner == NULL);
    cancel(w, a);
    CHECK(flu_priority_queue_offer(w, object, FLU_FIX(7)) == FLU_TRUE);
    CHECK(flu_priority_queue_offer(w, object, FLU_FIX(8)) == FLU_FALSE);
}
static void handed_over(flu_worker *w) {
    CHECK(cancelled(a) && gave(b, FLU_FIX(7)) && nobody_waits(object));
    CHECK(flu_async_queue_close(w, object) == FLU_TRUE);
    CHECK(flu_priority_queue_offer(w, object, FLU_FIX(9)) == FLU_NIL);
}
static void test_priority_queue(void **state) { SCRIPT(heap_keeps_nothing, hand_over, handed_over); }

/* ---- concurrent dicts ---- */

static void keys_are_freed(flu_worker *w) {
    object = flu_cdict_make(w, FLU_UNDEF);
    flu_cdict *d = FLU_CDICT(object);
    flu_value holds[3];
    for (int i = 0; i < 3; i++) holds[i] = flu_cdict_hold(w, object, FLU_FIX(i), FLU_NIL);
    CHECK(flu_table_count(d->more) == 2 && d->first->owner == w->task);
    for (int i = 0; i < 3; i++) flu_cdict_end(w, object, holds[i]);
    CHECK(flu_table_count(d->more) == 0 && d->first->owner == NULL);
    CHECK(flu_cdict_set(w, object, FLU_FIX(1), FLU_TRUE) == FLU_TRUE);
    CHECK(flu_cdict_delete(w, object, FLU_FIX(1)) == FLU_TRUE && flu_cdict_delete(w, object, FLU_FIX(1)) == FLU_FALSE);
}
static void test_cdict(void **state) { SCRIPT(keys_are_freed); }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutex),   cmocka_unit_test(test_semaphore),      cmocka_unit_test(test_rw_lock),
        cmocka_unit_test(test_barrier), cmocka_unit_test(test_gates),          cmocka_unit_test(test_rate_limiter),
        cmocka_unit_test(test_cdict),   cmocka_unit_test(test_priority_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
