/* test_chan.c: channels and select from the inside: the invariants of chan.h, what waits leave behind, what is kept
 * alive, and that a steady exchange allocates nothing. What programs can see is tests/lang's business (chan-*,
 * select-*, promise-*). */
#include "emitted.h"

#include "flu/chan.h"

/* ---- scripts: a main task that lets the others run after each step ---- */

typedef void step(flu_worker *w);
static step *const *script; /* ends with NULL */

THUNK(script_main, 1);

static flu_value play(flu_worker *w, flu_frame *old, int64_t at) {
    if (!script[at]) {
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
    expect_output(run(main_script), "end\n");
}
#define SCRIPT(...) play_script((step *const[]){__VA_ARGS__, NULL})

/* ---- tasks that do one operation; their value is its result ---- */

static flu_value pass(flu_worker *w, flu_frame *f, flu_value v) { return v; }
static const flu_proc_info one_info = {.name = "one", .file = "test.flu", .resume = pass};

static flu_value recv_code(flu_worker *w, flu_value self) { return flu_chan_recv(w, FLU_PROC(self)->env[0]); }
static flu_value send_code(flu_worker *w, flu_value self) {
    return flu_chan_send(w, FLU_PROC(self)->env[0], FLU_PROC(self)->env[1]);
}

static flu_task *receiver(flu_worker *w, flu_chan *ch) {
    flu_value env[] = {FLU_VALUE(ch)};
    return FLU_TASK(flu_spawn(w, make_closure(w, &one_info, recv_code, 1, env)));
}
static flu_task *sender(flu_worker *w, flu_chan *ch, int64_t n) {
    flu_value env[] = {FLU_VALUE(ch), FLU_FIX(n)};
    return FLU_TASK(flu_spawn(w, make_closure(w, &one_info, send_code, 2, env)));
}

static bool gave(const flu_task *t, flu_value v) { return t->promise.state == FLU_FULFILLED && t->promise.value == v; }
static bool waits(const flu_task *t) { return t->promise.state == FLU_PENDING; }
static bool nobody_waits(const flu_chan *ch) { return !ch->senders.first && !ch->receivers.first; }

static flu_chan *ch, *other;
static flu_task *a, *b, *c;

/* ---- the ring ---- */

static bool slots_clear(const flu_chan *x) {
    for (uint32_t i = 0; i < x->size; i++)
        if (x->ring[i]) return false;
    return true;
}

static void ring_wraps_and_grows(flu_worker *w) {
    ch = flu_chan_new(w, 100, FLU_CHAN_BLOCK);
    CHECK(ch->ring == NULL);
    int64_t in = 0, out = 0;
    flu_value v;
    flu_waiter *wake;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 7 && in - out < 100; i++) CHECK(flu_chan_offer(w, ch, FLU_FIX(in++)) == FLU_CHAN_DONE);
        for (int i = 0; i < 5; i++) {
            CHECK(flu_chan_recv_locked(w, ch, &v, &wake) == FLU_CHAN_DONE);
            CHECK(v == FLU_FIX(out++) && !wake);
        }
        CHECK(ch->count == in - out);
    }
    while (out < in) {
        CHECK(flu_chan_recv_locked(w, ch, &v, &wake) == FLU_CHAN_DONE);
        CHECK(v == FLU_FIX(out++));
    }
    CHECK(flu_chan_recv_locked(w, ch, &v, &wake) == FLU_CHAN_WAIT);
    CHECK(ch->size <= 128 && slots_clear(ch));
}

static void large_ring_is_given_back(flu_worker *w) {
    ch = flu_chan_new(w, INT64_MAX, FLU_CHAN_UNBOUNDED);
    flu_value v;
    flu_waiter *wake;
    for (int i = 0; i < 20000; i++) flu_chan_offer(w, ch, FLU_FIX(i));
    CHECK(ch->size >= 20000);
    for (int i = 0; i < 20000; i++) flu_chan_recv_locked(w, ch, &v, &wake);
    CHECK(ch->count == 0 && ch->ring == NULL);
    CHECK(flu_chan_offer(w, ch, FLU_FIX(1)) == FLU_CHAN_DONE && ch->size == 2);
}

static void test_ring(void **state) { SCRIPT(ring_wraps_and_grows, large_ring_is_given_back); }

/* ---- waiting and waking ---- */

static void three_receivers(flu_worker *w) {
    ch = flu_chan_new(w, 8, FLU_CHAN_BLOCK);
    a = receiver(w, ch), b = receiver(w, ch), c = receiver(w, ch);
}
static void three_values(flu_worker *w) {
    CHECK(waits(a) && waits(b) && waits(c));
    for (int i = 1; i <= 3; i++) CHECK(flu_chan_send(w, FLU_VALUE(ch), FLU_FIX(i)) == FLU_TRUE);
    CHECK(ch->count == 0 && ch->ring == NULL); /* handed over, never buffered */
    CHECK(nobody_waits(ch));
}
static void served_in_order(flu_worker *w) { CHECK(gave(a, FLU_FIX(1)) && gave(b, FLU_FIX(2)) && gave(c, FLU_FIX(3))); }
static void test_receivers(void **state) { SCRIPT(three_receivers, three_values, served_in_order); }

static void three_senders(flu_worker *w) {
    ch = flu_chan_new(w, 1, FLU_CHAN_BLOCK);
    a = sender(w, ch, 1), b = sender(w, ch, 2), c = sender(w, ch, 3);
}
static void nobody_overtakes(flu_worker *w) {
    CHECK(gave(a, FLU_TRUE) && waits(b) && waits(c));
    CHECK(flu_chan_recv(w, FLU_VALUE(ch)) == FLU_FIX(1));
    CHECK(ch->count == 1); /* the oldest sender's value moved up at once */
    CHECK(flu_chan_offer(w, ch, FLU_FIX(9)) == FLU_CHAN_WAIT);
    CHECK(b->promise.parking->waiter.value == FLU_NIL); /* and the sender does not keep it */
    CHECK(flu_chan_recv(w, FLU_VALUE(ch)) == FLU_FIX(2));
    CHECK(flu_chan_recv(w, FLU_VALUE(ch)) == FLU_FIX(3));
    CHECK(nobody_waits(ch) && slots_clear(ch));
}
static void all_sent(flu_worker *w) { CHECK(gave(b, FLU_TRUE) && gave(c, FLU_TRUE)); }
static void test_senders(void **state) { SCRIPT(three_senders, nobody_overtakes, all_sent); }

/* A wait that has ended otherwise is still queued until its task runs: it is passed over. */
static void cancelled_receiver_is_passed_over(flu_worker *w) {
    CHECK(waits(a) && waits(b));
    flu_cancel(w, FLU_VALUE(a), FLU_NIL);
    CHECK(ch->receivers.first == &a->promise.parking->waiter);
    CHECK(flu_chan_send(w, FLU_VALUE(ch), FLU_FIX(7)) == FLU_TRUE);
    CHECK(ch->receivers.first == &c->promise.parking->waiter);
}
static void next_receiver_has_it(flu_worker *w) {
    CHECK(a->promise.state == FLU_CANCELLED && gave(b, FLU_FIX(7)) && waits(c));
    CHECK(flu_chan_close_now(w, ch) && !flu_chan_close_now(w, ch) && nobody_waits(ch));
}
static void closed_for_the_last(flu_worker *w) { CHECK(gave(c, FLU_NIL)); }
static void test_stale_receivers(void **state) {
    SCRIPT(three_receivers, cancelled_receiver_is_passed_over, next_receiver_has_it, closed_for_the_last);
}

static void cancelled_sender_is_passed_over(flu_worker *w) {
    flu_cancel(w, FLU_VALUE(b), FLU_NIL);
    CHECK(flu_chan_recv(w, FLU_VALUE(ch)) == FLU_FIX(1));
    CHECK(flu_chan_recv(w, FLU_VALUE(ch)) == FLU_FIX(3));
}
static void one_was_cancelled(flu_worker *w) {
    CHECK(b->promise.state == FLU_CANCELLED && gave(c, FLU_TRUE) && ch->count == 0 && nobody_waits(ch));
}
static void test_stale_senders(void **state) {
    SCRIPT(three_senders, cancelled_sender_is_passed_over, one_was_cancelled);
}

static void close_refuses_senders(flu_worker *w) {
    CHECK(flu_chan_close_now(w, ch));
    CHECK(nobody_waits(ch) && b->promise.parking->waiter.value == FLU_NIL);
    b->promise.observed = c->promise.observed = true;
}
static void senders_failed(flu_worker *w) {
    CHECK(b->promise.state == FLU_REJECTED && c->promise.state == FLU_REJECTED);
    CHECK(FLU_ERR(b->promise.value)->kind == FLU_SYMBOL_LIT("channel-closed"));
    CHECK(flu_chan_recv(w, FLU_VALUE(ch)) == FLU_FIX(1) && flu_chan_recv(w, FLU_VALUE(ch)) == FLU_NIL);
}
static void test_close(void **state) { SCRIPT(three_senders, close_refuses_senders, senders_failed); }

/* ---- select ---- */

static flu_value rotation;

static flu_value select_code(flu_worker *w, flu_value self) {
    const flu_value *env = FLU_PROC(self)->env;
    flu_value argv[] = {env[0],     FLU_FIX(0), env[3],      FLU_FIX(0), env[1],  FLU_NIL,
                        FLU_FIX(1), env[2],     FLU_FIX(99), FLU_FIX(0), FLU_NIL, FLU_NIL};
    return flu_select(w, 12, argv);
}
/* A task that selects among receiving from x, sending 99 to y, and a nil channel. */
static flu_task *selector(flu_worker *w, flu_chan *x, flu_chan *y, flu_value timeout) {
    flu_value env[] = {rotation, FLU_VALUE(x), FLU_VALUE(y), timeout};
    return FLU_TASK(flu_spawn(w, make_closure(w, &one_info, select_code, 4, env)));
}

static void a_parked_select(flu_worker *w) {
    rotation = flu_select_state(w);
    ch = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    other = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    a = selector(w, ch, other, FLU_UNDEF);
}
static void first_clause_wins(flu_worker *w) {
    CHECK(waits(a) && ch->receivers.first && other->senders.first);
    CHECK(flu_chan_offer(w, ch, FLU_FIX(5)) == FLU_CHAN_DONE);
    flu_value v;
    flu_waiter *wake;
    CHECK(flu_chan_recv_locked(w, other, &v, &wake) == FLU_CHAN_WAIT); /* the loser sends nothing */
}
static void no_trace_is_left(flu_worker *w) {
    CHECK(gave(a, FLU_FIX(0)));
    CHECK(nobody_waits(ch) && nobody_waits(other));
    CHECK(FLU_AS(flu_rotation, rotation)->next == 1);
    b = selector(w, ch, other, FLU_UNDEF);
}
static void second_clause_wins(flu_worker *w) {
    CHECK(flu_chan_recv(w, FLU_VALUE(other)) == FLU_FIX(99));
    CHECK(FLU_AS(flu_rotation, rotation)->next == 2);
}
static void again_no_trace(flu_worker *w) {
    CHECK(gave(b, FLU_FIX(1)) && nobody_waits(ch) && nobody_waits(other));
    c = selector(w, ch, other, FLU_UNDEF);
}
static void cancel_the_select(flu_worker *w) { flu_cancel(w, FLU_VALUE(c), FLU_NIL); }
static void cancelled_without_trace(flu_worker *w) {
    CHECK(c->promise.state == FLU_CANCELLED && nobody_waits(ch) && nobody_waits(other));
    a = selector(w, ch, other, FLU_FIX(0)); /* only looks */
}
static void looked_only(flu_worker *w) { CHECK(gave(a, FLU_FIX(-2)) && nobody_waits(ch) && nobody_waits(other)); }
static void test_select(void **state) {
    SCRIPT(a_parked_select, first_clause_wins, no_trace_is_left, second_clause_wins, again_no_trace, cancel_the_select,
           cancelled_without_trace, looked_only);
}

/* ---- combinators ---- */

static flu_promise *combined, *loser;

static void race_with_a_parked_task(flu_worker *w) {
    ch = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    a = receiver(w, ch);
    loser = flu_promise_new(w);
    flu_value parts[] = {FLU_VALUE(a), FLU_VALUE(loser)};
    combined = FLU_PROM(flu_promise_race(w, 2, parts));
    CHECK(a->promise.waiters.first && loser->waiters.first && combined->cancel);
    flu_promise_fulfil(w, loser, FLU_FIX(3));
    CHECK(combined->state == FLU_FULFILLED && combined->value == FLU_FIX(3));
    CHECK(!a->promise.waiters.first && !combined->cancel); /* the loser does not keep the combination */
}
static void loser_is_cancelled(flu_worker *w) { CHECK(a->promise.state == FLU_CANCELLED); }
static void test_race(void **state) { SCRIPT(race_with_a_parked_task, loser_is_cancelled); }

/* ---- what is kept alive ---- */

static void many_forgotten(flu_worker *w) {
    for (int i = 0; i < 1000; i++) receiver(w, flu_chan_new(w, 0, FLU_CHAN_BLOCK));
}
static void many_forgotten_selects(flu_worker *w) {
    for (int i = 0; i < 1000; i++)
        selector(w, flu_chan_new(w, 0, FLU_CHAN_BLOCK), flu_chan_new(w, 0, FLU_CHAN_BLOCK), FLU_UNDEF);
}
static void kept_ones(flu_worker *w) {
    ch = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    for (int i = 0; i < 100; i++) receiver(w, ch);
    other = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    for (int i = 0; i < 100; i++) selector(w, flu_chan_new(w, 0, FLU_CHAN_BLOCK), other, FLU_UNDEF);
}
static void nothing(flu_worker *w) {}
static void count_task(flu_task *t, void *data) { ++*(int *)data; }
static void forgotten_are_collected(flu_worker *w) {
    int tasks = 0;
    flu_each_task(w->rt, count_task, &tasks);
#ifndef FLU_GC_NONE
    CHECK(tasks >= 201 && tasks < 300); /* conservative: a few may survive */
#endif
    for (int i = 0; i < 100; i++) CHECK(flu_chan_offer(w, ch, FLU_FIX(i)) == FLU_CHAN_DONE);
    for (int i = 0; i < 100; i++) CHECK(flu_chan_recv(w, FLU_VALUE(other)) == FLU_FIX(99));
}
static void test_collection(void **state) {
    SCRIPT(many_forgotten, many_forgotten_selects, kept_ones, nothing, forgotten_are_collected);
}

/* ---- a steady exchange allocates nothing ---- */

static flu_chan *ping, *pong;
enum { ROUNDS = 20000 };

/* (let loop ((n ROUNDS)) (send! ping n) (recv! pong) (loop (- n 1))), and the same from the other side. */
THUNK(player, 1);
static flu_value player_run(flu_worker *w, flu_frame *f, unsigned point, int64_t n) {
    for (;; point = 0, n--) {
        if (n == 0) return FLU_NIL;
        if (point == 0 && flu_chan_send(w, FLU_VALUE(ping), FLU_FIX(n)) == FLU_ABNORMAL)
            LEAVE(f, &player_info, 1, FLU_FIX(n));
        if (point <= 1 && flu_chan_recv(w, FLU_VALUE(pong)) == FLU_ABNORMAL) LEAVE(f, &player_info, 2, FLU_FIX(n));
    }
}
static flu_value player_code(flu_worker *w, flu_value self) { return player_run(w, NULL, 0, ROUNDS); }
static flu_value player_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return player_run(w, f, flu_frame_point(f), flu_fix(f->slots[0]));
}
THUNK(echo, 1);
static flu_value echo_run(flu_worker *w, flu_frame *f, unsigned point) {
    for (;; point = 0) {
        if (point == 0 && flu_chan_recv(w, FLU_VALUE(ping)) == FLU_ABNORMAL) LEAVE(f, &echo_info, 1, FLU_NIL);
        if (point <= 1 && flu_chan_send(w, FLU_VALUE(pong), FLU_TRUE) == FLU_ABNORMAL) LEAVE(f, &echo_info, 2, FLU_NIL);
    }
}
static flu_value echo_code(flu_worker *w, flu_value self) { return echo_run(w, NULL, 0); }
static flu_value echo_resume(flu_worker *w, flu_frame *f, flu_value v) { return echo_run(w, f, flu_frame_point(f)); }

static size_t allocated_before;
static flu_value exchange_main(flu_worker *w) {
    ping = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    pong = flu_chan_new(w, 0, FLU_CHAN_BLOCK);
    flu_spawn(w, THUNK_VALUE(echo));
    flu_value p = flu_spawn(w, THUNK_VALUE(player));
    allocated_before = w->rt->allocated;
    return flu_await(w, p, FLU_UNDEF);
}
THUNK(steady, 1);
static flu_value steady_end(flu_worker *w) {
    CHECK(w->rt->allocated - allocated_before < 64 * 1024); /* free lists are filled by the block */
    say("end\n");
    return FLU_NIL;
}
static flu_value steady_code(flu_worker *w, flu_value self) {
    if (exchange_main(w) == FLU_ABNORMAL) LEAVE(NULL, &steady_info, 1, FLU_NIL);
    return steady_end(w);
}
static flu_value steady_resume(flu_worker *w, flu_frame *f, flu_value v) { return steady_end(w); }
static flu_value main_steady(flu_worker *w) { return steady_code(w, FLU_NIL); }

static void test_steady_exchange(void **state) { expect_output(run(main_steady), "end\n"); }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring),          cmocka_unit_test(test_receivers),
        cmocka_unit_test(test_senders),       cmocka_unit_test(test_stale_receivers),
        cmocka_unit_test(test_stale_senders), cmocka_unit_test(test_close),
        cmocka_unit_test(test_select),        cmocka_unit_test(test_race),
        cmocka_unit_test(test_collection),    cmocka_unit_test(test_steady_exchange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
