/* embed_request.c: the requests of a C program (embed.h), each run as a task.
 *
 * A request is begun by the first function below that is its `begin`; while it waits, a frame of this file stands in
 * the task's continuation, so that its value or what it throws comes back to here and goes to the thread that waits. */
#include "embed_internal.h"
#include "flu/actor.h"
#include "flu/arith.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/predicates.h"

/* ---- requests as tasks ---- */

/* A request's address as a value that is nothing to the collector: it is on another thread's stack, and aligned. */
static flu_value value_of(const request *r) { return FLU_FIX((intptr_t)((uintptr_t)r >> 3)); }
static request *request_of(flu_value v) { return (request *)((uintptr_t)flu_fix(v) << 3); }

static flu_value resume_request(flu_worker *w, flu_frame *frame, flu_value v);
static const flu_site request_site = {0, 0};
static const flu_proc_info request_info = {
    .name = "C", .file = "", .resume = resume_request, .sites = &request_site, .site_count = 1};

static flu_value suspended(flu_worker *w, flu_frame *frame, request *r) {
    flu_frame *f = flu_save(w, frame, &request_info, 0, 1);
    f->slots[0] = value_of(r);
    return FLU_ABNORMAL;
}

static flu_value finish(flu_worker *w, request *r, flu_value v) {
    if (v == FLU_ABNORMAL)
        r->failure = embed_thrown(w);
    else
        r->result = embed_any(w, v);
    if (r->finally != NULL) r->finally(w, r, v);
    embed_done(r);
    return FLU_NIL;
}

/* v: what the last step gave. */
static flu_value go_on(flu_worker *w, flu_frame *frame, request *r, flu_value v) {
    for (;;) {
        if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) return suspended(w, frame, r);
        if (v == FLU_ABNORMAL || r->then == NULL) return finish(w, r, v);
        flu_value (*then)(flu_worker *, request *, flu_value) = r->then;
        r->then = NULL;
        v = then(w, r, v);
    }
}

static flu_value resume_request(flu_worker *w, flu_frame *frame, flu_value v) {
    return go_on(w, frame, request_of(frame->slots[0]), v);
}

static flu_value run_request(flu_worker *w, flu_value self) {
    request *r = request_of(FLU_PROC(self)->env[0]);
    return go_on(w, NULL, r, r->begin(w, r));
}

static flu_value thunk_of(flu_worker *w, request *r) {
    flu_proc *p = flu_alloc(w, sizeof *p + sizeof(flu_value));
    p->h = FLU_PROC_HEADER(0, 1);
    p->code = (flu_code)run_request;
    p->info = &request_info;
    p->env[0] = value_of(r);
    return FLU_VALUE(p);
}

void embed_begin(flu_worker *w, request *r) { flu_spawn(w, thunk_of(w, r)); }

flu_task *embed_main_task(flu_worker *w, request *r) { return flu_task_make(w, thunk_of(w, r)); }

/* The outcome for whoever has posted r; result may be NULL. */
static flu_failure *outcome(request *r, flu_any *result) {
    embed_post(r);
    if (result != NULL)
        *result = r->result;
    else
        flu_any_release(&r->result);
    return r->failure;
}

/* ---- calls ---- */

static bool add_arguments(flu_worker *w, flu_value *to, size_t count, const flu_any *from) {
    for (size_t i = 0; i < count; i++)
        if ((to[i] = embed_value(w, &from[i])) == FLU_ABNORMAL) return false;
    return true;
}

static flu_value call(flu_worker *w, request *r, flu_value f) {
    size_t n = r->count + r->more_count;
    if (n > INT32_MAX) return flu_raise(w, "arity-error", "a call from C has too many arguments");
    flu_value *values = flu_alloc(w, (n + 1) * sizeof *values);
    if (!add_arguments(w, values, r->count, r->arguments)) return FLU_ABNORMAL;
    if (!add_arguments(w, values + r->count, r->more_count, r->more)) return FLU_ABNORMAL;
    return flu_call_n(w, f, (int)n, values);
}

static flu_value call_exported(flu_worker *w, request *r) { return call(w, r, embed_exported(r->entry)); }

static flu_value call_procedure(flu_worker *w, request *r) {
    flu_value f = embed_value(w, &r->target);
    return f == FLU_ABNORMAL ? f : call(w, r, f);
}

flu_failure *flu_library_call(unsigned entry, size_t count, const flu_any *arguments, size_t more_count,
                              const flu_any *more, flu_any *result) {
    request r = {.begin = call_exported,
                 .entry = entry,
                 .count = count,
                 .arguments = arguments,
                 .more_count = more_count,
                 .more = more};
    return outcome(&r, result);
}

flu_failure *flu_any_call(flu_any procedure, size_t count, const flu_any *arguments, flu_any *result) {
    request r = {.begin = call_procedure, .target = procedure, .count = count, .arguments = arguments};
    return outcome(&r, result);
}

/* ---- tasks and actors ---- */

/* Negative: none. */
static flu_value timeout_value(flu_worker *w, int64_t ms) { return ms < 0 ? FLU_UNDEF : flu_int(w, ms); }

static flu_value await_promise(flu_worker *w, request *r) {
    flu_value p = embed_value(w, &r->target);
    return p == FLU_ABNORMAL ? p : flu_await(w, p, timeout_value(w, r->number));
}

flu_failure *flu_any_await(flu_any promise, int64_t timeout_ms, flu_any *result) {
    request r = {.begin = await_promise, .target = promise, .number = timeout_ms};
    return outcome(&r, result);
}

static flu_value send_message(flu_worker *w, request *r) {
    flu_value target = embed_value(w, &r->target);
    flu_value message = target == FLU_ABNORMAL ? target : embed_value(w, &r->key);
    return message == FLU_ABNORMAL ? message : flu_send(w, target, message, FLU_NIL);
}

flu_failure *flu_any_send(flu_any target, flu_any message) {
    request r = {.begin = send_message, .target = target, .key = message};
    return outcome(&r, NULL);
}

static flu_value await_reply(flu_worker *w, request *r, flu_value promise) {
    (void)r;
    return flu_await(w, promise, FLU_UNDEF); /* the request itself ends in time */
}

static flu_value ask(flu_worker *w, request *r) {
    flu_value target = embed_value(w, &r->target), message, handle;
    if (target == FLU_ABNORMAL || (message = embed_value(w, &r->key)) == FLU_ABNORMAL) return FLU_ABNORMAL;
    if ((handle = flu_ask_handle(w, target, timeout_value(w, r->number))) == FLU_ABNORMAL) return FLU_ABNORMAL;
    if ((message = flu_ask_value(w, message, handle)) == FLU_ABNORMAL) return FLU_ABNORMAL;
    r->then = await_reply;
    return flu_ask_send(w, target, message, handle, FLU_NIL);
}

flu_failure *flu_any_ask(flu_any target, flu_any message, int64_t timeout_ms, flu_any *result) {
    request r = {.begin = ask, .target = target, .key = message, .number = timeout_ms};
    return outcome(&r, result);
}

/* ---- collections ---- */

static flu_value length(flu_worker *w, request *r) {
    flu_value v = embed_value(w, &r->target);
    return v == FLU_ABNORMAL ? v : flu_fn_length(w, v);
}

flu_failure *flu_any_length(flu_any collection, flu_any *result) {
    request r = {.begin = length, .target = collection};
    return outcome(&r, result);
}

static flu_value nth(flu_worker *w, request *r) {
    flu_value v = embed_value(w, &r->target);
    return v == FLU_ABNORMAL ? v : flu_fn_nth(w, v, flu_int(w, r->number), FLU_UNDEF);
}

flu_failure *flu_any_nth(flu_any collection, int64_t index, flu_any *result) {
    request r = {.begin = nth, .target = collection, .number = index};
    return outcome(&r, result);
}

static flu_value get(flu_worker *w, request *r) {
    flu_value v = embed_value(w, &r->target), key;
    if (v == FLU_ABNORMAL || (key = embed_value(w, &r->key)) == FLU_ABNORMAL) return FLU_ABNORMAL;
    return flu_fn_get(w, v, key, FLU_UNDEF);
}

flu_failure *flu_any_get(flu_any collection, flu_any key, flu_any *result) {
    request r = {.begin = get, .target = collection, .key = key};
    return outcome(&r, result);
}

static flu_value repr(flu_worker *w, request *r) {
    flu_value v = embed_value(w, &r->target);
    return v == FLU_ABNORMAL ? v : flu_repr_string(w, v, 0);
}

flu_failure *flu_any_repr(flu_any value, flu_any *result) {
    request r = {.begin = repr, .target = value};
    return outcome(&r, result);
}
