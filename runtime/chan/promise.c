/* promise.c: promises made by hand, (promise e), delay, timeout. */
#include <stdio.h>
#include <stdlib.h>

#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"

/* ---- settled and settled by hand ---- */

flu_value flu_promise_resolved(flu_worker *w, flu_value v) {
    flu_promise *p = flu_promise_new(w);
    flu_promise_fulfil(w, p, v);
    return FLU_VALUE(p);
}

flu_value flu_promise_rejected(flu_worker *w, flu_value error) {
    flu_promise *p = flu_promise_new(w);
    flu_promise_reject(w, p, error);
    return FLU_VALUE(p);
}

flu_value flu_promise_deferred(flu_worker *w) {
    flu_promise *p = flu_promise_new(w);
    p->deferred = true;
    return FLU_VALUE(p);
}

static bool is_settled(flu_promise *p) { return atomic_load_explicit(&p->state, memory_order_acquire) != FLU_PENDING; }

/* p, if the program may settle it by hand, or if there is nothing left to settle; else NULL (FLU_THROW). */
static flu_promise *settleable(flu_worker *w, const char *proc, flu_value p) {
    if (flu_is_promise(p) && (FLU_PROM(p)->deferred || is_settled(FLU_PROM(p)))) return FLU_PROM(p);
    flu_type_error(w, proc, 1, "a promise made by deferred", p);
    return NULL;
}

flu_value flu_promise_resolve(flu_worker *w, flu_value p, flu_value v) {
    flu_promise *d = settleable(w, "resolve!", p);
    if (d == NULL) return FLU_ABNORMAL;
    flu_ask_answered(w, d);
    return FLU_BOOL(flu_promise_fulfil(w, d, v));
}

flu_value flu_promise_refuse(flu_worker *w, flu_value p, flu_value error) {
    flu_promise *d = settleable(w, "reject!", p);
    if (d == NULL) return FLU_ABNORMAL;
    flu_ask_answered(w, d);
    return FLU_BOOL(flu_promise_reject(w, d, error));
}

/* ---- (promise e) ---- */

static flu_value resolve_code(flu_worker *w, flu_value self, flu_value v) {
    return FLU_BOOL(flu_promise_fulfil(w, FLU_PROM(FLU_PROC(self)->env[0]), v));
}
static flu_value reject_code(flu_worker *w, flu_value self, flu_value error) {
    return FLU_BOOL(flu_promise_reject(w, FLU_PROM(FLU_PROC(self)->env[0]), error));
}
static const flu_proc_info resolve_info = {.name = "resolve", .file = "", .min = 1, .max = 1};
static const flu_proc_info reject_info = {.name = "reject", .file = "", .min = 1, .max = 1};

/* A procedure with one free variable. */
static flu_value make_proc(flu_worker *w, const flu_proc_info *info, flu_code code, flu_value env) {
    flu_proc *p = flu_alloc(w, sizeof *p + sizeof env);
    p->h = FLU_PROC_HEADER((unsigned)info->min, 1);
    p->code = code;
    p->info = info;
    p->env[0] = env;
    return FLU_VALUE(p);
}

enum { EVALUATING, EXECUTING }; /* resume points of the task that (promise e) starts */
static flu_value promise_resume(flu_worker *w, flu_frame *f, flu_value v);
static flu_value promise_code(flu_worker *w, flu_value self);
static const flu_proc_info promise_info = {.name = "promise", .file = "", .resume = promise_resume};

/* The executor has returned, or thrown (v is FLU_ABNORMAL): what counts is how d was settled first. */
static flu_value executed(flu_worker *w, flu_value d, flu_value v) {
    if (v == FLU_ABNORMAL) {
        flu_value error = flu_catch(w);
        if (flu_is_cancellation(error)) return flu_throw(w, error);
        flu_promise_reject(w, FLU_PROM(d), error);
    }
    return flu_await(w, d, FLU_UNDEF);
}

static flu_value execute(flu_worker *w, flu_frame *old, flu_value executor) {
    flu_value d = flu_promise_deferred(w);
    flu_value resolve = make_proc(w, &resolve_info, (flu_code)resolve_code, d);
    flu_value v = flu_call2(w, executor, resolve, make_proc(w, &reject_info, (flu_code)reject_code, d));
    if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) {
        flu_save(w, old, &promise_info, EXECUTING, 1)->slots[0] = d;
        return FLU_ABNORMAL;
    }
    return executed(w, d, v);
}

static bool takes(flu_value v, int n) {
    return flu_is_proc_of(v, (unsigned)n) || (flu_is_proc_of(v, FLU_ARITY_ANY) && FLU_PROC(v)->info->min == n);
}

/* e has been evaluated to v. */
static flu_value evaluated(flu_worker *w, flu_frame *old, flu_value v) {
    if (takes(v, 2)) return execute(w, old, v);
    return takes(v, 0) ? flu_call0(w, v) : v;
}

static flu_value promise_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (flu_frame_point(f) == EXECUTING) return executed(w, f->slots[0], v);
    return v == FLU_ABNORMAL ? v : evaluated(w, f, v);
}

static flu_value promise_code(flu_worker *w, flu_value self) {
    flu_value v = flu_call0(w, FLU_PROC(self)->env[0]);
    if (v != FLU_ABNORMAL) return evaluated(w, NULL, v);
    if (w->signal == FLU_SUSPEND) flu_save(w, NULL, &promise_info, EVALUATING, 1)->slots[0] = FLU_NIL;
    return FLU_ABNORMAL;
}

flu_value flu_promise_value(flu_worker *w, flu_value thunk) {
    return flu_spawn(w, make_proc(w, &promise_info, (flu_code)promise_code, thunk));
}

/* ---- delay ---- */

typedef struct delayed {
    flu_canceller canceller; /* must be first */
    flu_timer *timer;        /* data: the delayed */
    flu_promise *promise;
    flu_value value;
} delayed;

static void delay_over(flu_worker *w, flu_timer *t) {
    delayed *d = FLU_AS(delayed, t->data);
    flu_promise_fulfil(w, d->promise, d->value);
}

static FLU_CANCELLER void cancel_delayed(flu_worker *w, flu_promise *p, flu_value error) {
    delayed *d = flu_canceller_of(p);
    if (flu_promise_reject(w, p, error)) flu_timer_cancel(w, d->timer);
}

flu_value flu_promise_delay(flu_worker *w, flu_value ms, flu_value v) {
    int64_t ns = flu_duration(w, "delay", 1, ms);
    if (ns < 0) return FLU_ABNORMAL;
    delayed *d = flu_alloc(w, sizeof *d);
    d->canceller.cancel = cancel_delayed;
    d->timer = flu_alloc(w, sizeof *d->timer);
    *d->timer =
        (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .fire = delay_over, .data = FLU_VALUE(d)};
    d->promise = flu_promise_new(w);
    flu_set_canceller(d->promise, d);
    d->value = v == FLU_UNDEF ? FLU_NIL : v;
    flu_timer_set(w, d->timer, flu_now(w) + ns);
    return FLU_VALUE(d->promise);
}

/* ---- timeout ---- */

enum { WAITING, CLEANING }; /* resume points: for p itself; for its cleanup, once it was cancelled */
enum { PROMISE, DEFAULT, MS, TIMEOUT_SLOTS };

static flu_value timeout_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info timeout_info = {.name = "timeout", .file = "", .resume = timeout_resume, .min = 2, .max = 3};

/* How long cleanup may take before the timeout goes on without it: the grace time of a cancellation. */
static int64_t grace_ns(void) {
    const char *text = getenv("FLU_CANCEL_GRACE");
    int64_t ms = text ? strtoll(text, NULL, 10) : 5000;
    return (ms < 0 ? 0 : ms < 1000000000 ? ms : 1000000000) * 1000000;
}

/* p's value or error, if it settles in this time; else FLU_UNDEF. */
static flu_value await_for(flu_worker *w, flu_promise *p, int64_t ns) {
    if (!is_settled(p) && flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &p->lock);
    bool pending = !is_settled(p);
    if (pending && ns > 0) {
        flu_waiter *wt = flu_wait_begin(w);
        flu_wait_deadline(w, flu_now(w) + ns, FLU_UNDEF, NULL);
        wt->lock = &p->lock;
        wt->clause = 0;
        flu_wait_queue_push(&p->waiters, wt);
    }
    flu_lock_release(w, &p->lock);
    if (!pending) return flu_await(w, FLU_VALUE(p), FLU_UNDEF);
    if (ns == 0) return FLU_UNDEF;
    return flu_park(w, FLU_WAIT_AWAIT, FLU_VALUE(p));
}

static flu_value timeout_save(flu_worker *w, flu_frame *old, unsigned point, const flu_value *slots) {
    if (w->signal != FLU_SUSPEND) return FLU_ABNORMAL;
    flu_frame *f = flu_save(w, old, &timeout_info, point, TIMEOUT_SLOTS);
    memcpy(f->slots, slots, TIMEOUT_SLOTS * sizeof *slots);
    return FLU_ABNORMAL;
}

static flu_value timed_out(flu_worker *w, const flu_value *slots) {
    if (slots[DEFAULT] != FLU_UNDEF) return slots[DEFAULT];
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "timeout: no result within ");
    flu_display(w, &b, slots[MS]);
    flu_buf_puts(&b, " ms");
    flu_buf_char(&b, '\0');
    flu_value error = flu_make_error(w, FLU_SYMBOL_LIT("timeout"), b.failed ? "timeout" : b.data, FLU_NIL);
    flu_buf_free(&b);
    return flu_throw(w, error);
}

/* The cleanup of p has ended in whatever way, or the grace time has; only a cancellation of this task goes its own way.
 */
static flu_value cleaned(flu_worker *w, flu_frame *old, const flu_value *slots, flu_value v) {
    if (v == FLU_ABNORMAL) {
        if (w->signal == FLU_SUSPEND) return timeout_save(w, old, CLEANING, slots);
        flu_value error = flu_catch(w);
        if (flu_is_cancellation(error) && !is_settled(FLU_PROM(slots[PROMISE]))) return flu_throw(w, error);
    }
    return timed_out(w, slots);
}

/* p has given v, or nothing in time. */
static flu_value waited(flu_worker *w, flu_frame *old, const flu_value *slots, flu_value v) {
    if (v == FLU_ABNORMAL) return timeout_save(w, old, WAITING, slots);
    if (v != FLU_UNDEF) return v;
    flu_promise *p = FLU_PROM(slots[PROMISE]);
    if (flu_cancel(w, FLU_VALUE(p), FLU_NIL) == FLU_ABNORMAL) return FLU_ABNORMAL;
    return cleaned(w, old, slots, is_settled(p) ? FLU_UNDEF : await_for(w, p, grace_ns()));
}

static flu_value timeout_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_value slots[TIMEOUT_SLOTS];
    memcpy(slots, f->slots, sizeof slots);
    if (flu_frame_point(f) == CLEANING) return cleaned(w, f, slots, v);
    return v == FLU_ABNORMAL ? v : waited(w, f, slots, v);
}

flu_value flu_promise_timeout(flu_worker *w, flu_value ms, flu_value p, flu_value otherwise) {
    int64_t ns = flu_duration(w, "timeout", 1, ms);
    if (ns < 0) return FLU_ABNORMAL;
    if (!flu_is_promise(p)) return flu_type_error(w, "timeout", 2, "a promise or task", p);
    flu_observe(FLU_PROM(p));
    flu_value slots[TIMEOUT_SLOTS] = {[PROMISE] = p, [DEFAULT] = otherwise, [MS] = ms};
    return waited(w, NULL, slots, await_for(w, FLU_PROM(p), ns));
}

/* ---- checks for the library functions ---- */

static flu_value checked(flu_worker *w, bool ok, flu_value proc, flu_value position, const char *what, flu_value x) {
    return ok ? x : flu_type_error(w, FLU_STR(proc)->bytes, (int)flu_fix(position), what, x);
}

flu_value flu_promise_arg(flu_worker *w, flu_value proc, flu_value position, flu_value p) {
    if (flu_is_promise(p)) flu_observe(FLU_PROM(p));
    return checked(w, flu_is_promise(p), proc, position, "a promise or task", p);
}

flu_value flu_proc_arg(flu_worker *w, flu_value proc, flu_value position, flu_value f) {
    return checked(w, flu_is_proc(f), proc, position, "a procedure", f);
}

flu_value flu_count_arg(flu_worker *w, flu_value proc, flu_value position, flu_value n) {
    return checked(w, flu_is_fix(n) && flu_fix(n) >= 1, proc, position, "an int of at least 1", n);
}
