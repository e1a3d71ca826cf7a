/* stream.c: generators and pullers: taking turns, asking for an element, closing; stream.h says what they are. */
#include "flu/stream.h"

#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"

/* What is done with the stream. */
enum request { NEXT_PAIR, NEXT_ITEM, CLOSE };

/* Resume points; at FLU_POINT_CAPTURED the body has yielded. */
enum {
    BODY = FLU_POINT_CAPTURED + 1, /* the body's or puller's value arrives */
    START,                         /* nothing is done yet */
    TURN,                          /* waits for the turn */
    CLOSED,                        /* the puller's close procedure has returned */
};
enum { STREAM, REQUEST, ERROR, SLOTS };

static flu_value stream_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info stream_info = {
    .name = "stream-next", .file = "<runtime>", .resume = stream_resume, .column = FLU_CLEANS_UP, .min = 1, .max = 1};

static flu_value fill(flu_frame *f, flu_stream *s, enum request request, flu_value error) {
    if (f != NULL) {
        f->slots[STREAM] = FLU_VALUE(s);
        f->slots[REQUEST] = FLU_FIX(request);
        f->slots[ERROR] = error;
    }
    return FLU_ABNORMAL;
}

static flu_value save(flu_worker *w, flu_frame *old, unsigned point, flu_stream *s, enum request request,
                      flu_value error) {
    return fill(flu_save(w, old, &stream_info, point, SLOTS), s, request, error);
}

/* ---- making ---- */

static flu_stream *stream_new(flu_worker *w, flu_value next) {
    flu_stream *s = flu_alloc(w, sizeof *s); /* cleared */
    s->prompt.dynamic.h = FLU_HEADER(FLU_T_STREAM, 0, 0, 0);
    s->prompt.dynamic.kind = FLU_DYNAMIC_PROMPT;
    s->id = flu_next_id(w);
    s->next = next;
    s->close = s->value = FLU_NIL;
    return s;
}

flu_value flu_generator_make(flu_worker *w, flu_value body) { return FLU_VALUE(stream_new(w, body)); }

flu_value flu_stream_puller(flu_worker *w, flu_value next, flu_value close) {
    flu_stream *s = stream_new(w, next);
    s->pulls = true;
    s->close = close;
    return FLU_VALUE(s);
}

/* ---- turns ---- */

static FLU_COLD flu_value asks_itself(flu_worker *w, enum request request) {
    return flu_raise(w, "deadlock", "%s: called by the stream itself",
                     request == CLOSE ? "stream-close" : "stream-next");
}

/* Somebody else has the turn, and the lock is held. */
static FLU_NOINLINE flu_value wait_for_turn(flu_worker *w, flu_frame *old, flu_stream *s, enum request request) {
    if (s->runner == w->task) {
        flu_lock_release(w, &s->lock);
        return asks_itself(w, request);
    }
    if (flu_cancel_due_locked(w)) {
        flu_lock_release(w, &s->lock);
        return FLU_ABNORMAL;
    }
    flu_waiter *wt = flu_wait_begin(w);
    wt->lock = &s->lock;
    wt->value = FLU_NIL;
    wt->clause = 0;
    flu_wait_queue_push(&s->waiters, wt);
    flu_lock_release(w, &s->lock);
    flu_park(w, FLU_WAIT_LOCK, FLU_VALUE(s));
    return save(w, old, TURN, s, request, FLU_NIL);
}

/* The one that waits longest gets it. */
static FLU_NOINLINE void pass_turn(flu_worker *w, flu_stream *s) {
    flu_waiter *wt = flu_wait_queue_claim(w, &s->waiters);
    s->busy = wt != NULL;
    s->runner = wt == NULL ? NULL : wt->task;
    flu_lock_release(w, &s->lock);
    if (wt != NULL) flu_wake(w, wt->task, FLU_NIL);
}

static inline void end_turn(flu_worker *w, flu_stream *s) {
    flu_lock_take(w, &s->lock);
    if (flu_unlikely(s->waiters.first != NULL)) {
        pass_turn(w, s);
        return;
    }
    s->busy = false;
    s->runner = NULL;
    flu_lock_release(w, &s->lock);
}

/* ---- results ---- */

/* v: the element, or FLU_UNDEF at the end. */
static inline flu_value answer(flu_worker *w, enum request request, flu_value v) {
    switch (request) {
    case NEXT_ITEM: return v;
    case CLOSE: return FLU_NIL;
    case NEXT_PAIR: break;
    }
    bool more = v != FLU_UNDEF;
    return flu_cons(w, more ? v : FLU_NIL, flu_cons(w, FLU_BOOL(more), FLU_EMPTY));
}

/* The stream gives nothing any more and keeps nothing alive. */
static void set_ended(flu_stream *s) {
    s->state = FLU_STREAM_ENDED;
    s->next = s->close = s->value = FLU_NIL;
    s->prompt.top = NULL;
}

/* ---- generators ---- */

static flu_value close_garbage(flu_worker *w, flu_value self) { return flu_stream_close(w, FLU_PROC(self)->env[0]); }
static const flu_proc_info close_garbage_info = {.name = "stream-close", .file = "<runtime>"};

/* Nobody can ask for another element: its cleanup runs in a task of its own. */
static void stream_is_garbage(void *object, void *data) {
    flu_runtime *rt = data;
    flu_stream *s = object;
    if (s->state != FLU_STREAM_SUSPENDED || s->busy) return;
    flu_value thunk = flu_closure_new(rt->finalizer, 0, 1, (flu_code)close_garbage, &close_garbage_info);
    FLU_PROC(thunk)->env[0] = FLU_VALUE(s);
    flu_spawn(rt->finalizer, thunk);
}

/* Many finalizers make collections slow: they are not left behind. */
static FLU_NOINLINE void watch(flu_worker *w, flu_stream *s, bool on) {
    s->watched = on;
    flu_on_garbage(s, on ? stream_is_garbage : NULL, w->rt);
}

static inline flu_value yielded(flu_worker *w, flu_stream *s, enum request request) {
    flu_value v = s->value;
    s->value = FLU_NIL;
    s->state = FLU_STREAM_SUSPENDED;
    if (flu_unlikely(!s->watched) && flu_prompt_cleans_up(&s->prompt)) watch(w, s, true);
    end_turn(w, s);
    return answer(w, request, v);
}

/* The body has given v, or thrown. */
static flu_value body_ended(flu_worker *w, flu_stream *s, enum request request, flu_value v) {
    flu_prompt_pop(w, &s->prompt);
    bool unwound = s->closing && v == FLU_ABNORMAL && w->thrown == s->value;
    if (flu_unlikely(s->watched)) watch(w, s, false);
    set_ended(s);
    end_turn(w, s);
    if (v == FLU_ABNORMAL && !unwound) return FLU_ABNORMAL;
    if (unwound) flu_catch(w);
    return answer(w, request, FLU_UNDEF);
}

static inline flu_value enter_body(flu_worker *w, flu_frame *old, flu_stream *s, enum request request, flu_value v) {
    switch (flu_prompt_enter(w, &s->prompt, &v)) {
    case FLU_BODY_CAPTURED: return yielded(w, s, request);
    case FLU_BODY_ENDED: return body_ended(w, s, request, v);
    case FLU_BODY_SUSPENDED: break;
    }
    return fill(flu_prompt_save(w, &s->prompt, old, &stream_info, BODY, SLOTS), s, request, FLU_NIL);
}

static FLU_NOINLINE flu_value start_body(flu_worker *w, flu_frame *old, flu_stream *s, enum request request) {
    flu_value body = s->next;
    s->next = FLU_NIL;
    s->state = FLU_STREAM_SUSPENDED;
    flu_prompt_push(w, &s->prompt, &s->prompt.dynamic);
    return enter_body(w, old, s, request, flu_call1(w, body, FLU_VALUE(s)));
}

static inline flu_value generate(flu_worker *w, flu_frame *old, flu_stream *s, enum request request) {
    if (flu_unlikely(s->state == FLU_STREAM_FRESH)) return start_body(w, old, s, request);
    flu_prompt_push(w, &s->prompt, s->prompt.top);
    return enter_body(w, old, s, request, FLU_NIL);
}

static flu_value close_body(flu_worker *w, flu_frame *old, flu_stream *s) {
    if (s->state == FLU_STREAM_FRESH) {
        set_ended(s);
        end_turn(w, s);
        return FLU_NIL;
    }
    s->closing = true;
    s->value = flu_unwind_error(w);
    flu_prompt_push(w, &s->prompt, s->prompt.top);
    return enter_body(w, old, s, CLOSE, flu_throw(w, s->value));
}

/* ---- pullers ---- */

/* The close procedure has returned, or thrown. error: what the puller had thrown, or FLU_UNDEF. */
static flu_value puller_closed(flu_worker *w, flu_frame *old, flu_stream *s, enum request request, flu_value error,
                               flu_value v) {
    if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) return save(w, old, CLOSED, s, request, error);
    end_turn(w, s);
    if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
    return error == FLU_UNDEF ? answer(w, request, FLU_UNDEF) : flu_rethrow(w, error);
}

static flu_value close_puller(flu_worker *w, flu_frame *old, flu_stream *s, enum request request, flu_value error) {
    flu_value close = s->close;
    set_ended(s);
    return puller_closed(w, old, s, request, error, close == FLU_NIL ? FLU_NIL : flu_call0(w, close));
}

static inline flu_value pulled(flu_worker *w, flu_frame *old, flu_stream *s, enum request request, flu_value v) {
    if (flu_unlikely(v == FLU_ABNORMAL)) {
        if (w->signal == FLU_SUSPEND) return save(w, old, BODY, s, request, FLU_NIL);
        return close_puller(w, old, s, request, flu_catch(w));
    }
    if (flu_unlikely(v == FLU_UNDEF)) set_ended(s);
    end_turn(w, s);
    return answer(w, request, v);
}

/* ---- requests ---- */

/* The task has the turn. */
static inline flu_value serve(flu_worker *w, flu_frame *old, flu_stream *s, enum request request) {
    if (flu_unlikely(s->state == FLU_STREAM_ENDED)) {
        end_turn(w, s);
        return answer(w, request, FLU_UNDEF);
    }
    if (flu_unlikely(request == CLOSE))
        return s->pulls ? close_puller(w, old, s, CLOSE, FLU_UNDEF) : close_body(w, old, s);
    return s->pulls ? pulled(w, old, s, request, flu_call0(w, s->next)) : generate(w, old, s, request);
}

static inline flu_value take_turn(flu_worker *w, flu_frame *old, flu_stream *s, enum request request) {
    flu_lock_take(w, &s->lock);
    if (flu_unlikely(s->busy)) return wait_for_turn(w, old, s, request);
    s->busy = true;
    s->runner = w->task;
    flu_lock_release(w, &s->lock);
    return serve(w, old, s, request);
}

static inline flu_value begin(flu_worker *w, flu_stream *s, enum request request) {
    /* Streams may be stacked to any height, each one a C call. */
    if (flu_must_yield(w)) return fill(flu_yield(w, NULL, &stream_info, START, SLOTS), s, request, FLU_NIL);
    return take_turn(w, NULL, s, request);
}

static flu_value stream_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_stream *s = FLU_STREAM(f->slots[STREAM]);
    enum request request = (enum request)flu_fix(f->slots[REQUEST]);
    switch (flu_frame_point(f)) {
    case FLU_POINT_CAPTURED: return yielded(w, s, request);
    case BODY: return s->pulls ? pulled(w, f, s, request, v) : body_ended(w, s, request, v);
    case CLOSED: return puller_closed(w, f, s, request, f->slots[ERROR], v);
    case START: return v == FLU_ABNORMAL ? FLU_ABNORMAL : take_turn(w, f, s, request);
    default: return v == FLU_ABNORMAL ? FLU_ABNORMAL : serve(w, f, s, request);
    }
}

/* ---- builtins ---- */

flu_value flu_stream_next(flu_worker *w, flu_value s) {
    if (flu_unlikely(!flu_is_stream(s))) return flu_type_error(w, "stream-next", 1, "a stream", s);
    return begin(w, FLU_STREAM(s), NEXT_PAIR);
}

flu_value flu_stream_item(flu_worker *w, flu_value s) {
    if (flu_unlikely(!flu_is_stream(s))) return flu_type_error(w, "stream-next", 1, "a stream", s);
    return begin(w, FLU_STREAM(s), NEXT_ITEM);
}

flu_value flu_stream_close(flu_worker *w, flu_value s) {
    if (flu_unlikely(!flu_is_stream(s))) return flu_type_error(w, "stream-close", 1, "a stream", s);
    if (FLU_STREAM(s)->interrupt != NULL) {
        flu_value subject = __atomic_load_n(&FLU_STREAM(s)->value, __ATOMIC_RELAXED);
        if (subject != FLU_NIL) FLU_STREAM(s)->interrupt(w, subject);
    }
    return begin(w, FLU_STREAM(s), CLOSE);
}

flu_value flu_stream_p(FLU_UNUSED flu_worker *w, flu_value s) { return FLU_BOOL(flu_is_stream(s)); }

flu_value flu_stream_arg(flu_worker *w, flu_value proc, flu_value position, flu_value s) {
    return flu_is_stream(s) ? s : flu_type_error(w, FLU_STR(proc)->bytes, (int)flu_fix(position), "a stream", s);
}

flu_value flu_number_arg(flu_worker *w, flu_value proc, flu_value position, flu_value n) {
    bool ok = flu_is_fix(n) || flu_is_float(n) || flu_is(n, FLU_T_BIGINT);
    return ok ? n : flu_type_error(w, FLU_STR(proc)->bytes, (int)flu_fix(position), "a number", n);
}

/* ---- yield ---- */

/* The generator of the text around a yield, if its body runs in this task; for a yield outside of any (in a procedure
 * that a generator calls): the innermost one that does. */
static FLU_NOINLINE flu_stream *find_generator(flu_dynamic *d, flu_value generator) {
    if (generator != FLU_NIL) {
        while (d != NULL && FLU_VALUE(d) != generator) d = d->parent;
    } else {
        while (d != NULL && d->kind != FLU_DYNAMIC_PROMPT) d = flu_dynamic_outer(d);
    }
    return (flu_stream *)d;
}

flu_value flu_yield_value(flu_worker *w, flu_value generator, flu_value v) {
    flu_dynamic *d = flu_dynamic_head(w);
    flu_stream *s = FLU_VALUE(d) == generator ? (flu_stream *)d : find_generator(d, generator);
    if (flu_unlikely(s == NULL))
        return flu_raise(w, "error",
                         generator == FLU_NIL ? "yield: no generator is running here"
                                              : "yield: its generator is not running here");
    if (flu_unlikely(s->closing)) return flu_raise(w, "error", "yield: the generator is being closed");
    s->value = v;
    return flu_prompt_capture(w, &s->prompt);
}
