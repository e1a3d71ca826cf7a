/* handler.c: handler forms and effects; handler.h says what they are. */
#include "flu/handler.h"

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"

/* As the compiler writes them (expand_effect.c). */
typedef enum clause_kind { CLAUSE_PLAIN, CLAUSE_RESUME, CLAUSE_ERROR } clause_kind;

typedef struct clause {
    flu_value type, op; /* symbols; op nil: the whole type */
    flu_value f;
    flu_value kind; /* fixnum: clause_kind */
} clause;

typedef struct clauses {
    flu_header h;
    uint32_t count;
    bool gives_up; /* has clauses that are no plain ones: a frame of the handler's is needed */
    clause items[];
} clauses;

typedef struct flu_handler {
    flu_prompt prompt; /* must be first */
    clauses *clauses;
    flu_value result; /* maps the body's value; nil: none */
    /* The body is captured for this clause, with these arguments (a list), until its continuation is called. */
    const clause *request;
    flu_value arguments;
    uint32_t serial; /* counts captures: tells the continuations apart */
    bool captured;   /* the last one has not been called yet, nor given up */
    bool escaped;    /* it was used as a value: whoever has it may call it later */
} flu_handler;

#define HANDLER(v) FLU_AS(flu_handler, v)

/* Resume points; at FLU_POINT_CAPTURED the body has performed an effect. */
enum {
    BODY = FLU_POINT_CAPTURED + 1, /* the body's value arrives */
    ANSWER,                        /* that of a resume clause's procedure */
    GIVEN_UP,                      /* the body has been unwound */
    MASKED,                        /* the value of a plain clause's procedure */
    CALL,                          /* a continuation is to be called */
    TASK_END,                      /* a body has been unwound at its task's end */
};
enum { SUBJECT, VALUE, FLAG, SLOTS };

static flu_value handler_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info handler_info = {
    .name = "handler", .file = "<runtime>", .resume = handler_resume, .column = FLU_CLEANS_UP};

static flu_value fill(flu_frame *f, flu_value subject, flu_value value, flu_value flag) {
    if (f != NULL) {
        f->slots[SUBJECT] = subject;
        f->slots[VALUE] = value;
        f->slots[FLAG] = flag;
    }
    return FLU_ABNORMAL;
}

static flu_value save(flu_worker *w, flu_frame *old, unsigned point, flu_value subject, flu_value value,
                      flu_value flag) {
    return fill(flu_save(w, old, &handler_info, point, SLOTS), subject, value, flag);
}

static bool suspends(flu_worker *w, flu_value v) { return v == FLU_ABNORMAL && w->signal == FLU_SUSPEND; }

/* Arguments that f has no parameter for are dropped. */
static flu_value call_dropping(flu_worker *w, flu_value f, int argc, const flu_value *argv) {
    unsigned aux = flu_header_aux(FLU_PROC(f)->h);
    int max = aux == FLU_ARITY_ANY ? FLU_PROC(f)->info->max : (int)aux;
    return flu_call_n(w, f, max >= 0 && argc > max ? max : argc, argv);
}

/* ---- continuations ---- */

static flu_value enter(flu_worker *w, flu_frame *old, flu_handler *h, flu_value v);

static bool is_pending(const flu_handler *h, uint32_t serial) { return h->captured && h->serial == serial; }

enum { CONTINUATION_HANDLER, CONTINUATION_SERIAL, CONTINUATION_SLOTS };

static flu_value continue_body(flu_worker *w, flu_value self, flu_value v) {
    flu_handler *h = HANDLER(FLU_PROC(self)->env[CONTINUATION_HANDLER]);
    if (!is_pending(h, (uint32_t)flu_fix(FLU_PROC(self)->env[CONTINUATION_SERIAL])))
        return flu_raise(w, "error", "the continuation has been used already");
    h->captured = false;
    if (h->escaped) flu_on_garbage(FLU_PROC(self), NULL, NULL);
    flu_prompt_push(w, &h->prompt, h->prompt.top);
    return enter(w, NULL, h, v);
}

static flu_value call_continuation(flu_worker *w, flu_value self, flu_value v) {
    /* A handler that goes on by calling it each time may do so without end. */
    if (flu_must_yield(w)) return fill(flu_yield(w, NULL, &handler_info, CALL, SLOTS), self, v, FLU_NIL);
    return continue_body(w, self, v);
}

static const flu_proc_info continuation_info = {.name = "continuation", .file = "<runtime>", .min = 1, .max = 1};

static flu_value continuation_new(flu_worker *w, flu_handler *h) {
    flu_value k = flu_closure_new(w, 1, CONTINUATION_SLOTS, (flu_code)call_continuation, &continuation_info);
    FLU_PROC(k)->env[CONTINUATION_HANDLER] = FLU_VALUE(h);
    FLU_PROC(k)->env[CONTINUATION_SERIAL] = FLU_FIX(h->serial);
    return k;
}

/* ---- bodies that are given up ---- */

/* The body is unwound, so that its cleanup runs. Gives what enter does: a throw of an unwind error if all went well. */
static flu_value unwind(flu_worker *w, flu_handler *h) {
    h->captured = false;
    flu_prompt_push(w, &h->prompt, h->prompt.top);
    return enter(w, NULL, h, flu_throw(w, flu_unwind_error(w)));
}

/* The body had no cleanup to run. */
static void drop(flu_handler *h) {
    h->captured = false;
    h->prompt.frames = NULL;
    h->prompt.top = NULL;
    h->prompt.depth = 0;
    h->prompt.inside = 0;
}

/* The unwound body has given v. Did an error of its cleanup come out (in flight again)? */
static bool cleanup_failed(flu_worker *w, flu_value v) {
    if (v != FLU_ABNORMAL) return false;
    if (!flu_is_unwinding(w->thrown)) return true;
    flu_catch(w);
    return false;
}

static flu_value given_up(flu_worker *w, flu_frame *old, flu_value result, flu_value thrown, flu_value v) {
    if (suspends(w, v)) return save(w, old, GIVEN_UP, FLU_NIL, result, thrown);
    if (cleanup_failed(w, v)) return FLU_ABNORMAL;
    return thrown == FLU_TRUE ? flu_rethrow(w, result) : result;
}

/* result: of the handler form, or FLU_ABNORMAL with a throw. */
static flu_value give_up(flu_worker *w, flu_frame *old, flu_handler *h, flu_value result) {
    if (!flu_prompt_cleans_up(&h->prompt)) {
        drop(h);
        return result;
    }
    flu_value thrown = FLU_BOOL(result == FLU_ABNORMAL);
    if (result == FLU_ABNORMAL) result = flu_catch(w);
    return given_up(w, old, result, thrown, unwind(w, h));
}

static flu_value give_up_garbage(flu_worker *w, flu_value self) {
    flu_handler *h = HANDLER(FLU_PROC(self)->env[0]);
    return h->captured ? give_up(w, NULL, h, FLU_NIL) : FLU_NIL;
}
static const flu_proc_info give_up_info = {.name = "handler", .file = "<runtime>"};

/* Nobody can call the continuation any more. */
static void continuation_is_garbage(void *object, void *data) {
    flu_runtime *rt = data;
    flu_value h = FLU_PROC(object)->env[CONTINUATION_HANDLER];
    if (!is_pending(HANDLER(h), (uint32_t)flu_fix(FLU_PROC(object)->env[CONTINUATION_SERIAL]))) return;
    flu_value thunk = flu_closure_new(rt->finalizer, 0, 1, (flu_code)give_up_garbage, &give_up_info);
    FLU_PROC(thunk)->env[0] = h;
    flu_spawn(rt->finalizer, thunk);
}

static bool is_noted_pending(flu_value note) {
    return is_pending(HANDLER(FLU_CELL(note)->head), (uint32_t)flu_fix(FLU_CELL(note)->tail));
}

/* Notes that the running task's end gives h up, if nobody has called its continuation by then. Notes that are out of
 * date are dropped whenever there are twice as many as were left the last time. */
static void note_pending(flu_worker *w, flu_handler *h) {
    struct flu_task_more *more = flu_running_more(w);
    if (more->pending == 0) more->pending = FLU_EMPTY;
    if (++more->pending_count > 2 * more->pending_kept + 16) {
        flu_value kept = FLU_EMPTY;
        more->pending_count = 1;
        for (flu_value l = more->pending; l != FLU_EMPTY; l = FLU_CELL(l)->tail) {
            if (!is_noted_pending(FLU_CELL(l)->head)) continue;
            kept = flu_cons(w, FLU_CELL(l)->head, kept);
            more->pending_count++;
        }
        more->pending = kept;
        more->pending_kept = more->pending_count;
    }
    more->pending = flu_cons(w, flu_cons(w, FLU_VALUE(h), FLU_FIX(h->serial)), more->pending);
}

/* (%continuation-escapes k): k, which is about to be used otherwise than by calling it. */
flu_value flu_continuation_escapes(flu_worker *w, flu_value k) {
    if (!flu_is_proc(k) || FLU_PROC(k)->info != &continuation_info) return k;
    flu_handler *h = HANDLER(FLU_PROC(k)->env[CONTINUATION_HANDLER]);
    if (h->escaped || !is_pending(h, (uint32_t)flu_fix(FLU_PROC(k)->env[CONTINUATION_SERIAL]))) return k;
    h->escaped = true;
    if (!flu_prompt_cleans_up(&h->prompt)) return k;
    flu_on_garbage(FLU_PROC(k), continuation_is_garbage, w->rt);
    note_pending(w, h);
    return k;
}

/* v: what the last body has given; result and thrown: how the task ends. */
static flu_value task_ends(flu_worker *w, flu_frame *old, flu_value result, flu_value thrown, flu_value v) {
    struct flu_task_more *more = flu_running_more(w);
    for (;;) {
        if (suspends(w, v)) return save(w, old, TASK_END, FLU_NIL, result, thrown);
        if (cleanup_failed(w, v)) {
            result = flu_catch(w);
            thrown = FLU_TRUE;
        }
        if (!flu_is_cons(more->pending)) return thrown == FLU_TRUE ? flu_rethrow(w, result) : result;
        flu_value note = FLU_CELL(more->pending)->head;
        more->pending = FLU_CELL(more->pending)->tail;
        v = is_noted_pending(note) ? unwind(w, HANDLER(FLU_CELL(note)->head)) : FLU_NIL;
    }
}

flu_value flu_handlers_task_ends(flu_worker *w, flu_value v) {
    if (v != FLU_ABNORMAL) return task_ends(w, NULL, v, FLU_FALSE, FLU_NIL);
    return task_ends(w, NULL, flu_catch(w), FLU_TRUE, FLU_NIL);
}

/* ---- the handler form ---- */

/* The clause's procedure has given v in the place of the form. */
static flu_value answered(flu_worker *w, flu_frame *old, flu_handler *h, uint32_t serial, flu_value v) {
    if (!is_pending(h, serial)) return v; /* no frame is needed any more: a handler may go on for ever */
    if (suspends(w, v)) return save(w, old, ANSWER, FLU_VALUE(h), FLU_FIX(serial), FLU_NIL);
    return h->escaped ? v : give_up(w, old, h, v);
}

static flu_value answer(flu_worker *w, flu_frame *old, flu_handler *h) {
    const clause *c = h->request;
    uint32_t serial = ++h->serial;
    h->captured = true;
    h->escaped = false;
    flu_value argv[1 + 8], *all = argv;
    int64_t count = flu_list_length(h->arguments);
    if (count > 8) all = flu_alloc(w, (size_t)(count + 1) * sizeof *all);
    int argc = 0;
    all[argc++] = continuation_new(w, h);
    for (flu_value a = h->arguments; flu_is_cons(a); a = FLU_CELL(a)->tail) all[argc++] = FLU_CELL(a)->head;
    h->arguments = FLU_EMPTY;
    return answered(w, old, h, serial, call_dropping(w, c->f, argc, all));
}

/* Does an error clause take this thrown value? Cancellations are not for handlers. */
static const clause *error_clause(const flu_handler *h, flu_value thrown) {
    if (flu_is_cancellation(thrown)) return NULL;
    flu_value error = FLU_SYMBOL_LIT("error"), raise = FLU_SYMBOL_LIT("raise");
    for (uint32_t i = 0; i < h->clauses->count; i++) {
        const clause *c = &h->clauses->items[i];
        if (c->type != error) continue;
        if (c->op == FLU_NIL || c->op == raise) return c;
        if (flu_is(thrown, FLU_T_ERROR) && flu_same_kind(FLU_ERR(thrown)->kind, c->op)) return c;
    }
    return NULL;
}

static flu_value used_continuation(flu_worker *w, FLU_UNUSED flu_value self, FLU_UNUSED flu_value v) {
    return flu_raise(w, "error", "what was thrown cannot be resumed");
}
static const flu_proc_info used_info = {.name = "continuation", .file = "<runtime>", .min = 1, .max = 1};
FLU_PROC_STATIC(used_procedure, 1, used_continuation, &used_info);

static flu_value body_threw(flu_worker *w, flu_handler *h) {
    const clause *c = h->clauses->gives_up ? error_clause(h, w->thrown) : NULL;
    if (c == NULL) return FLU_ABNORMAL;
    flu_value argv[] = {FLU_VALUE(&used_procedure), flu_catch(w)};
    bool resumes = c->kind == FLU_FIX(CLAUSE_RESUME);
    return call_dropping(w, c->f, resumes ? 2 : 1, resumes ? argv : argv + 1);
}

static flu_value body_ended(flu_worker *w, flu_handler *h, flu_value v) {
    flu_prompt_pop(w, &h->prompt);
    if (v == FLU_ABNORMAL) return body_threw(w, h);
    return h->result == FLU_NIL ? v : flu_call1(w, h->result, v);
}

static flu_value enter(flu_worker *w, flu_frame *old, flu_handler *h, flu_value v) {
    switch (flu_prompt_enter(w, &h->prompt, &v)) {
    case FLU_BODY_CAPTURED: return answer(w, old, h);
    case FLU_BODY_ENDED: return body_ended(w, h, v);
    case FLU_BODY_SUSPENDED: break;
    }
    return fill(flu_prompt_save(w, &h->prompt, old, &handler_info, BODY, SLOTS), FLU_VALUE(h), FLU_NIL, FLU_NIL);
}

static flu_handler *handler_new(flu_worker *w, clauses *clauses, flu_value result) {
    flu_handler *h = flu_alloc(w, sizeof *h); /* cleared */
    h->prompt.dynamic.h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    h->prompt.dynamic.kind = FLU_DYNAMIC_HANDLER;
    h->clauses = clauses;
    h->result = result;
    h->arguments = FLU_EMPTY;
    return h;
}

/* spec: a list of (type op kind), one for each procedure. */
static clauses *clauses_new(flu_worker *w, flu_value spec, int count, const flu_value *procedures) {
    clauses *all = flu_alloc(w, sizeof *all + (size_t)count * sizeof *all->items);
    all->h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    all->count = (uint32_t)count;
    for (int i = 0; i < count; i++, spec = FLU_CELL(spec)->tail) {
        flu_value type = FLU_CELL(spec)->head, op = FLU_CELL(type)->tail, kind = FLU_CELL(op)->tail;
        all->items[i] = (clause){FLU_CELL(type)->head, FLU_CELL(op)->head, procedures[i], FLU_CELL(kind)->head};
        all->gives_up |= all->items[i].kind != FLU_FIX(CLAUSE_PLAIN);
    }
    return all;
}

/* (%handle spec result thunk f ...) */
flu_value flu_handle(flu_worker *w, int argc, const flu_value *argv) {
    enum { SPEC, RESULT, THUNK, PROCEDURES };
    for (int i = PROCEDURES; i < argc; i++)
        if (!flu_is_proc(argv[i])) return flu_type_error(w, "handler", i - PROCEDURES + 1, "a procedure", argv[i]);
    if (argv[RESULT] != FLU_NIL && !flu_is_proc(argv[RESULT]))
        return flu_type_error(w, "handler: return", 1, "a procedure", argv[RESULT]);
    clauses *all = clauses_new(w, argv[SPEC], argc - PROCEDURES, argv + PROCEDURES);
    flu_handler *h = handler_new(w, all, argv[RESULT]);
    flu_value thunk = argv[THUNK];
    flu_prompt_push(w, &h->prompt, &h->prompt.dynamic);
    return enter(w, NULL, h, flu_call0(w, thunk));
}

/* ---- performing ---- */

/* The clause for an effect; one for the operation goes before one for the whole type. */
static const clause *find_clause(const flu_handler *h, flu_value type, flu_value op) {
    const clause *whole = NULL;
    for (uint32_t i = 0; i < h->clauses->count; i++) {
        const clause *c = &h->clauses->items[i];
        if (c->type != type || c->kind == FLU_FIX(CLAUSE_ERROR)) continue;
        if (c->op == op) return c;
        if (c->op == FLU_NIL && whole == NULL) whole = c;
    }
    return whole;
}

/* An effect, or several that one function performs: pairs of a type and an operation. */
typedef struct effects {
    const flu_value *names; /* type, op, type, op, ... */
    int count;              /* of pairs, >= 1 */
} effects;

/* The innermost handler that answers any of the effects, one in front going before those behind it; *op: which. */
static const clause *find_handler(flu_worker *w, effects e, flu_handler **handler, flu_value *op) {
    for (flu_dynamic *d = flu_dynamic_head(w); d != NULL; d = flu_dynamic_outer(d)) {
        if (d->kind != FLU_DYNAMIC_HANDLER) continue;
        for (int i = 0; i < e.count; i++) {
            const clause *c = find_clause((flu_handler *)d, e.names[2 * i], e.names[2 * i + 1]);
            if (c == NULL) continue;
            *handler = (flu_handler *)d;
            *op = e.names[2 * i + 1];
            return c;
        }
    }
    return NULL;
}

static flu_value unmasked(flu_worker *w, flu_frame *old, flu_value mask, flu_value v) {
    if (suspends(w, v)) return save(w, old, MASKED, mask, FLU_NIL, FLU_NIL);
    flu_dynamic_set(w, FLU_AS(flu_mask, mask)->dynamic.parent);
    return v;
}

/* Calls a plain clause's procedure as if outside of h. */
static flu_value call_outside(flu_worker *w, flu_handler *h, flu_value f, int argc, const flu_value *argv) {
    flu_mask *mask = flu_alloc(w, sizeof *mask);
    mask->dynamic = (flu_dynamic){FLU_HEADER(FLU_T_NODE, 0, 0, 0), flu_dynamic_head(w), FLU_DYNAMIC_MASK};
    mask->masked = &h->prompt.dynamic;
    flu_dynamic_set(w, &mask->dynamic);
    return unmasked(w, NULL, FLU_VALUE(mask), call_dropping(w, f, argc, argv));
}

static flu_value symbol_string(flu_worker *w, flu_value symbol) {
    return flu_string_new(w, FLU_SYM(symbol)->name, flu_header_size(FLU_SYM(symbol)->h));
}

/* The operation's name goes first where the clause is for a whole type. */
static flu_value answer_by(flu_worker *w, flu_handler *h, const clause *c, flu_value op, int argc,
                           const flu_value *argv) {
    flu_value few[8], *all = few;
    if (c->op == FLU_NIL && c->type != FLU_SYMBOL_LIT("error")) {
        if (argc >= 8) all = flu_alloc(w, (size_t)(argc + 1) * sizeof *all);
        all[0] = symbol_string(w, op);
        memcpy(all + 1, argv, (size_t)argc * sizeof *argv);
        argv = all;
        argc++;
    }
    if (c->kind == FLU_FIX(CLAUSE_PLAIN)) return call_outside(w, h, c->f, argc, argv);
    h->request = c;
    h->arguments = flu_list_lit(w, argc, argv, FLU_EMPTY);
    return flu_prompt_capture(w, &h->prompt);
}

static FLU_COLD flu_value unhandled(flu_worker *w, flu_value type, flu_value op) {
    return flu_raise(w, "unhandled-effect", "no handler for %s:%s", FLU_SYM(type)->name, FLU_SYM(op)->name);
}

/* otherwise: a procedure, or FLU_UNDEF. */
static flu_value perform(flu_worker *w, effects e, flu_value otherwise, int argc, const flu_value *argv) {
    flu_handler *h;
    flu_value op;
    const clause *c = find_handler(w, e, &h, &op);
    if (c != NULL) return answer_by(w, h, c, op, argc, argv);
    return otherwise == FLU_UNDEF ? unhandled(w, e.names[0], e.names[1]) : flu_call_n(w, otherwise, argc, argv);
}

static flu_value perform_list(flu_worker *w, effects e, flu_value otherwise, flu_value arguments) {
    flu_value few[8], *all = few;
    int64_t count = flu_list_length(arguments);
    if (count > 8) all = flu_alloc(w, (size_t)count * sizeof *all);
    int argc = 0;
    for (; flu_is_cons(arguments); arguments = FLU_CELL(arguments)->tail) all[argc++] = FLU_CELL(arguments)->head;
    return perform(w, e, otherwise, argc, all);
}

/* (%perform type op default arg ...) */
flu_value flu_perform(flu_worker *w, int argc, const flu_value *argv) {
    return perform(w, (effects){argv, 1}, argv[2], argc - 3, argv + 3);
}

/* (%perform-list type op default args) */
flu_value flu_perform_list(flu_worker *w, flu_value type, flu_value op, flu_value otherwise, flu_value arguments) {
    flu_value names[] = {type, op};
    return perform_list(w, (effects){names, 1}, otherwise, arguments);
}

/* (%perform-any count type op ... default arg ...) */
flu_value flu_perform_any(flu_worker *w, int argc, const flu_value *argv) {
    int count = (int)flu_fix(argv[0]), first = 2 * count + 2;
    return perform(w, (effects){argv + 1, count}, argv[first - 1], argc - first, argv + first);
}

/* (%perform-any-list count type op ... default args) */
flu_value flu_perform_any_list(flu_worker *w, FLU_UNUSED int argc, const flu_value *argv) {
    int count = (int)flu_fix(argv[0]);
    return perform_list(w, (effects){argv + 1, count}, argv[2 * count + 1], argv[2 * count + 2]);
}

/* (%error-effect op arg ...): an error of kind op, for the handlers of error effects that take it. */
flu_value flu_error_effect(flu_worker *w, int argc, const flu_value *argv) {
    flu_value error = FLU_SYMBOL_LIT("error");
    for (flu_dynamic *d = flu_dynamic_head(w); d != NULL; d = flu_dynamic_outer(d)) {
        if (d->kind != FLU_DYNAMIC_HANDLER) continue;
        const clauses *all = ((flu_handler *)d)->clauses;
        for (uint32_t i = 0; i < all->count; i++) {
            const clause *c = &all->items[i];
            if (c->type == error && (c->op == FLU_NIL || c->op == argv[0])) return flu_error_raise(w, argc, argv);
        }
    }
    return unhandled(w, error, argv[0]);
}

flu_value flu_unhandled_effect(flu_worker *w, flu_value type, flu_value op) { return unhandled(w, type, op); }

/* ---- resuming ---- */

static flu_value handler_resume(flu_worker *w, flu_frame *f, flu_value v) {
    flu_value subject = f->slots[SUBJECT], value = f->slots[VALUE], flag = f->slots[FLAG];
    switch (flu_frame_point(f)) {
    case FLU_POINT_CAPTURED: return answer(w, f, HANDLER(subject));
    case BODY: return body_ended(w, HANDLER(subject), v);
    case ANSWER: return answered(w, f, HANDLER(subject), (uint32_t)flu_fix(value), v);
    case GIVEN_UP: return given_up(w, f, value, flag, v);
    case MASKED: return unmasked(w, f, subject, v);
    case CALL: return v == FLU_ABNORMAL ? FLU_ABNORMAL : continue_body(w, subject, value);
    default: return task_ends(w, f, value, flag, v);
    }
}

/* ---- inheritance ---- */

/* A task whose value would be called, if it is a procedure: that too happens inside of what it inherits. */
static flu_value call_value(flu_worker *w, FLU_UNUSED flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL || !flu_takes_no_arguments(v)) return v;
    return flu_call0(w, v);
}
static const flu_proc_info call_value_info = {.name = "spawn", .file = "<runtime>", .resume = call_value};

/* A copy of d for another task: it has no body yet. NULL: d is nothing to inherit. */
static flu_dynamic *copy_record(flu_worker *w, const flu_dynamic *d) {
    if (d->kind == FLU_DYNAMIC_HANDLER)
        return &handler_new(w, ((const flu_handler *)d)->clauses, FLU_NIL)->prompt.dynamic;
    if (d->kind == FLU_DYNAMIC_STORE) return flu_store_scope_copy(w, d);
    return NULL;
}

static flu_dynamic *copy_list(flu_worker *w, const flu_dynamic *from) {
    flu_dynamic *first = NULL, **end = &first;
    for (const flu_dynamic *d = from; d != NULL; d = flu_dynamic_outer(d)) {
        *end = copy_record(w, d);
        if (*end != NULL) end = &(*end)->parent;
    }
    return first;
}

flu_dynamic *flu_handlers_in_force(flu_worker *w) { return w->task == NULL ? NULL : copy_list(w, flu_dynamic_head(w)); }

static void add_frame(flu_task *t, flu_frame ***end, flu_frame *f) {
    **end = f;
    *end = &f->parent;
    t->depth += flu_frame_words(f);
}

void flu_handlers_give(flu_worker *w, flu_dynamic *from, flu_task *t) {
    flu_dynamic *first = copy_list(w, from);
    if (first == NULL) return;
    flu_task_more(w, t)->dynamic = first;
    flu_frame **end = &t->frames;
    if (t->flags & FLU_TASK_CALL_VALUE) {
        t->flags &= (uint8_t)~FLU_TASK_CALL_VALUE;
        add_frame(t, &end, flu_frame_new(w, &call_value_info, 0, 0));
    }
    for (flu_dynamic *d = first; d != NULL; d = d->parent) {
        flu_handler *h = (flu_handler *)d;
        if (d->kind != FLU_DYNAMIC_HANDLER || !h->clauses->gives_up) continue;
        flu_frame *f = flu_frame_new(w, &handler_info, BODY, SLOTS);
        fill(f, FLU_VALUE(h), FLU_NIL, FLU_NIL);
        h->prompt.frame = f;
        h->prompt.in_heap = true;
        add_frame(t, &end, f);
    }
}
