/* crash.c: what an actor's crash prints on standard error, and how an actor prints. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/sched.h"

enum {
    STATE_WIDTH = 200,    /* bytes shown of a state or message */
    REPORTS_AT_ONCE = 100 /* in a second; more are only counted: a storm must not drown the program, or its log */
};

static const char *name_of(const flu_actor *a) { return a->does ? FLU_SYM(a->does->name)->name : NULL; }

void flu_actor_print(flu_buf *b, flu_value v) {
    const flu_actor *a = flu_actor_of(v);
    flu_buf_puts(b, "#<actor ");
    if (name_of(a)) flu_buf_printf(b, "%s ", name_of(a));
    flu_buf_printf(b, "%u>", a->id);
}

/* May one more report be printed in this second? Tells how many were not. */
static bool in_limits(flu_worker *w, flu_buf *b) {
    struct flu_post *post = &w->rt->post;
    int64_t now = flu_real_now();
    flu_lock_take(w, &post->counts_lock);
    if (now - post->reports_since > 1000000000) {
        if (post->reports > REPORTS_AT_ONCE)
            flu_buf_printf(b, "error: %u more crashes were not reported one by one\n", post->reports - REPORTS_AT_ONCE);
        post->reports_since = now;
        post->reports = 0;
    }
    bool within = ++post->reports <= REPORTS_AT_ONCE;
    flu_lock_release(w, &post->counts_lock);
    return within;
}

static void put_reason(flu_worker *w, flu_buf *b, flu_value reason) {
    if (flu_is(reason, FLU_T_ERROR)) {
        flu_display(w, b, FLU_ERR(reason)->kind);
        flu_buf_puts(b, ": ");
        flu_display(w, b, FLU_ERR(reason)->message);
    } else {
        flu_repr(w, b, reason);
    }
}

static void put_cut(flu_worker *w, flu_buf *b, flu_value v) {
    flu_buf_puts(b, FLU_STR(flu_repr_string(w, v, STATE_WIDTH))->bytes);
}

static void put_message(flu_worker *w, flu_buf *b, const flu_actor *a) {
    if (flu_actor_status(a) == FLU_ACTOR_STARTING) {
        flu_buf_puts(b, "  while starting\n");
        return;
    }
    if (a->current.message == 0) return;
    flu_buf_puts(b, "  message: ");
    put_cut(w, b, a->current.message);
    flu_value site = flu_letter_site(a->current);
    if (flu_is_string(site)) flu_buf_printf(b, ", sent at %s", FLU_STR(site)->bytes);
    flu_buf_char(b, '\n');
}

enum { MAX_LEVELS = 32 }; /* of supervisors shown in a path */

/* "app/db": the names of the supervisors above a child, and its own. */
static void put_path(flu_worker *w, flu_buf *b, const flu_ties *ties, int levels) {
    const flu_actor *supervisor = flu_actor_of(ties->supervisor);
    const flu_ties *above = supervisor->ties;
    if (levels > 0 && above != NULL && above->supervisor != FLU_NIL)
        put_path(w, b, above, levels - 1);
    else
        flu_buf_puts(b, name_of(supervisor) ? name_of(supervisor) : "supervisor");
    flu_buf_char(b, '/');
    flu_display(w, b, ties->child_id);
}

static void put_child(flu_worker *w, flu_buf *b, const flu_ties *ties) {
    if (ties == NULL || ties->supervisor == FLU_NIL) return;
    uint32_t restarts = ties->incarnation - 1;
    flu_buf_puts(b, "  child: ");
    put_path(w, b, ties, MAX_LEVELS);
    flu_buf_printf(b, ", restarted %u time%s so far\n", restarts, restarts == 1 ? "" : "s");
}

static void write_report(flu_buf *b) {
    flu_out_flush();
    flu_err_write(b->data, b->size);
    flu_buf_free(b);
}

void flu_report_crash(flu_worker *w, flu_actor *a, flu_value reason, const struct flu_trace *trace) {
    if (!flu_is_watched(w, a->ties)) w->rt->exit_status = 1;
    flu_buf b;
    flu_buf_init(&b);
    if (in_limits(w, &b)) {
        flu_buf_puts(&b, "error: ");
        flu_actor_print(&b, FLU_VALUE(a));
        flu_buf_puts(&b, " crashed: ");
        put_reason(w, &b, reason);
        flu_buf_char(&b, '\n');
        flu_trace_print(&b, trace, "  ");
        put_message(w, &b, a);
        flu_buf_puts(&b, "  state: ");
        put_cut(w, &b, a->state);
        flu_buf_char(&b, '\n');
        put_child(w, &b, a->ties);
    }
    if (b.size > 0)
        write_report(&b);
    else
        flu_buf_free(&b);
}

void flu_report_task_crash(flu_worker *w, flu_task *t, const flu_ties *ties) {
    flu_buf b;
    flu_buf_init(&b);
    if (in_limits(w, &b)) {
        flu_buf_printf(&b, "error: task %u crashed: ", t->promise.id);
        put_reason(w, &b, t->promise.value);
        flu_buf_char(&b, '\n');
        flu_trace_print(&b, t->promise.trace, "  ");
        put_child(w, &b, ties);
    }
    if (b.size > 0)
        write_report(&b);
    else
        flu_buf_free(&b);
}

void flu_report_on_stop(flu_worker *w, flu_actor *a, flu_value error, const struct flu_trace *trace) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "error: on-stop of ");
    flu_actor_print(&b, FLU_VALUE(a));
    flu_buf_puts(&b, " failed: ");
    put_reason(w, &b, error);
    flu_buf_char(&b, '\n');
    flu_trace_print(&b, trace, "  ");
    write_report(&b);
}

/* ---- what supervisors say ---- */

/* "app/db" for a child that the running supervisor knows by this id. */
static void put_own_child(flu_worker *w, flu_buf *b, flu_value id) {
    flu_ties as_child = {.supervisor = flu_running(w), .child_id = id};
    put_path(w, b, &as_child, MAX_LEVELS);
}

flu_value flu_supervisor_gives_up(flu_worker *w, flu_value id, flu_value intensity, flu_value period) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, "error: supervisor gives up: more than ");
    flu_display(w, &b, intensity);
    flu_buf_puts(&b, " restarts within ");
    flu_display(w, &b, period);
    flu_buf_puts(&b, " ms, the last one of ");
    put_own_child(w, &b, id);
    flu_buf_char(&b, '\n');
    write_report(&b);
    return FLU_NIL;
}

flu_value flu_restart_failed(flu_worker *w, flu_value id, flu_value error) {
    flu_buf b;
    flu_buf_init(&b);
    if (in_limits(w, &b)) {
        flu_buf_puts(&b, "error: restart of ");
        put_own_child(w, &b, id);
        flu_buf_puts(&b, " failed: ");
        put_reason(w, &b, error);
        flu_buf_char(&b, '\n');
        flu_trace_print(&b, flu_trace_of(error), "  ");
    }
    if (b.size > 0)
        write_report(&b);
    else
        flu_buf_free(&b);
    return FLU_NIL;
}
