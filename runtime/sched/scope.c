/* scope.c: the forms that put a scope or a shield around a body: with-timeout, with-deadline, with-cancel, shield. Each
 * calls the body, a thunk, and has a frame of its own while that is suspended. */
#include "flu/builtins.h"
#include "flu/cancel.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/sched.h"
#include "flu/text.h"
#include "flu/token.h"

typedef struct guard {
    flu_scope scope; /* must be first */
    const flu_proc_info *info;
    flu_value limit; /* with-timeout: milliseconds, as given; else nil */
    flu_timer *timer;
    flu_token_link *link; /* with-cancel */
} guard;

static flu_value guard_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info timeout_info = {
    .name = "with-timeout", .file = "", .resume = guard_resume, .column = FLU_CLEANS_UP, .min = 1};
static const flu_proc_info deadline_info = {
    .name = "with-deadline", .file = "", .resume = guard_resume, .column = FLU_CLEANS_UP, .min = 1};
static const flu_proc_info token_info = {
    .name = "with-cancel", .file = "", .resume = guard_resume, .column = FLU_CLEANS_UP, .min = 1};

static flu_value timeout_error(flu_worker *w, const guard *g) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, g->info->name);
    flu_buf_puts(&b, ": not finished ");
    if (g->limit == FLU_NIL) {
        flu_buf_puts(&b, "in time");
    } else {
        flu_buf_puts(&b, "within ");
        flu_display(w, &b, g->limit);
        flu_buf_puts(&b, " ms");
    }
    flu_buf_char(&b, '\0');
    flu_value error = flu_make_error(w, FLU_SYMBOL_LIT("timeout"), b.failed ? "timeout" : b.data, FLU_NIL);
    flu_buf_free(&b);
    return error;
}

static flu_value leave(flu_worker *w, flu_frame *old, guard *g, flu_value v) {
    if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) {
        flu_save(w, old, g->info, 0, 1)->slots[0] = FLU_VALUE(g);
        return FLU_ABNORMAL;
    }
    if (g->timer != NULL) flu_timer_cancel(w, g->timer);
    if (g->link != NULL) flu_token_unlink(w, g->link);
    if (!flu_scope_pop(w, &g->scope, v) || g->info == &token_info) return v;
    flu_catch(w);
    return flu_throw(w, timeout_error(w, g));
}

static flu_value guard_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return leave(w, f, FLU_AS(guard, f->slots[0]), v);
}

static guard *guard_new(flu_worker *w, const flu_proc_info *info) {
    guard *g = flu_alloc(w, sizeof *g); /* cleared */
    g->info = info;
    g->limit = FLU_NIL;
    return g;
}

static flu_value run_guarded(flu_worker *w, guard *g, flu_value body) {
    flu_scope_push(w, &g->scope);
    return leave(w, NULL, g, flu_call0(w, body));
}

/* ---- with-timeout, with-deadline ---- */

static void expire(flu_worker *w, flu_scope *s) {
    flu_scope_request(w, s, flu_cancelled_error(w, FLU_SYMBOL_LIT("timeout")));
}

static void time_is_over(flu_worker *w, flu_timer *t) { expire(w, (flu_scope *)FLU_OBJECT(t->data)); }

static void set_timer(flu_worker *w, guard *g, int64_t due) {
    g->timer = flu_alloc(w, sizeof *g->timer);
    *g->timer = (flu_timer){.h = FLU_HEADER(FLU_T_TIMER, 0, 0, 0), .index = -1, .fire = time_is_over};
    g->timer->weak = w->task->daemon;
    g->timer->data = FLU_VALUE(g);
    flu_timer_set(w, g->timer, due);
}

static flu_value run_until(flu_worker *w, guard *g, int64_t due, flu_value body) {
    if (due <= flu_now(w))
        expire(w, &g->scope);
    else
        set_timer(w, g, due);
    return run_guarded(w, g, body);
}

flu_value flu_with_timeout(flu_worker *w, flu_value ms, flu_value body) {
    int64_t ns = flu_duration(w, "with-timeout", 1, ms);
    if (ns < 0) return FLU_ABNORMAL;
    guard *g = guard_new(w, &timeout_info);
    g->limit = ms;
    return run_until(w, g, flu_now(w) + ns, body);
}

flu_value flu_with_deadline(flu_worker *w, flu_value t, flu_value body) {
    int64_t due = flu_duration(w, "with-deadline", 1, t);
    if (due < 0) return FLU_ABNORMAL;
    return run_until(w, guard_new(w, &deadline_info), due, body);
}

/* ---- with-cancel ---- */

flu_value flu_with_cancel(flu_worker *w, flu_value token, flu_value body) {
    if (!flu_is_token(token)) return flu_type_error(w, "with-cancel", 1, "a cancel token", token);
    guard *g = guard_new(w, &token_info);
    flu_value reason;
    g->link = flu_token_link_scope(w, token, &g->scope, &reason);
    if (g->link == NULL) flu_scope_request(w, &g->scope, flu_cancelled_error(w, reason));
    return run_guarded(w, g, body);
}

/* ---- shield ---- */

static flu_value shield_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info shield_info = {.name = "shield", .file = "", .resume = shield_resume, .min = 1};

static flu_value leave_shield(flu_worker *w, flu_frame *old, flu_dynamic *d, flu_value v) {
    if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) {
        flu_save(w, old, &shield_info, 0, 1)->slots[0] = FLU_VALUE(d);
        return FLU_ABNORMAL;
    }
    flu_shield_pop(w, d);
    return v;
}

static flu_value shield_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return leave_shield(w, f, FLU_AS(flu_dynamic, f->slots[0]), v);
}

flu_value flu_shield(flu_worker *w, flu_value body) {
    flu_dynamic *d = flu_alloc(w, sizeof *d);
    flu_shield_push(w, d);
    return leave_shield(w, NULL, d, flu_call0(w, body));
}
