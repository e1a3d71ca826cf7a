/* session.c: the runtime's side of flc2c repl. The program is a loop (stdlib/session.flu) that is told shared objects
 * on one descriptor, each the code of what was entered, and answers on another one when it has run. Definitions are
 * kept in a table by name: what was entered later finds them there, whatever they are then. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/foreign.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/sched.h"
#include "flu/session.h"

enum { COMMANDS = 3, ANSWERS = 4 }; /* descriptors that flc2c repl leaves open */

void *(*flu_session_open)(const char *path);

/* The table, and the task that runs what was entered last (nil: none). The collector finds them here; guarded by lock.
 */
static flu_value definitions, evaluation = FLU_NIL;
static flu_lock lock;

/* ---- definitions ---- */

flu_value flu_session_set(flu_worker *w, flu_value name, flu_value value) {
    flu_lock_take(w, &lock);
    flu_value d = definitions ? definitions : flu_dict_lit(w, 0, NULL);
    flu_lock_release(w, &lock);
    d = flu_dict_set(w, d, name, value); /* only the task of the session defines */
    flu_lock_take(w, &lock);
    definitions = d;
    flu_lock_release(w, &lock);
    return FLU_NIL;
}

flu_value flu_session_get(flu_worker *w, flu_value name) {
    flu_lock_take(w, &lock);
    flu_value d = definitions;
    flu_lock_release(w, &lock);
    flu_value v = d ? flu_dict_get(w, d, name) : FLU_UNDEF;
    if (v != FLU_UNDEF) return v;
    return flu_raise(w, "unbound-variable", "%s has no value: its definition failed", FLU_STR(name)->bytes);
}

/* ---- running what was entered ---- */

typedef flu_value entered_code(flu_worker *w);

/* Ends in a call: its frames are those of the code. */
flu_value flu_session_load(flu_worker *w, flu_value path) {
    entered_code *code = (entered_code *)flu_session_open(FLU_STR(path)->bytes);
    return code ? code(w) : flu_raise(w, "io-error", "the compiled code cannot be loaded");
}

flu_value flu_session_show(flu_worker *w, flu_value v) {
    if (v == FLU_NIL) return FLU_NIL;
    flu_value text = flu_fn_repr(w, v);
    if (text == FLU_ABNORMAL) return FLU_ABNORMAL;
    return flu_fn_print_line(w, 1, &text);
}

flu_value flu_session_report(flu_worker *w, flu_value thrown) {
    static const struct flu_trace none;
    flu_report_uncaught(w, thrown, flu_is(thrown, FLU_T_ERROR) ? flu_trace_of(thrown) : &none);
    return FLU_NIL;
}

/* ---- interrupts ---- */

flu_value flu_session_task(flu_worker *w, flu_value task) {
    flu_lock_take(w, &lock);
    evaluation = task;
    flu_lock_release(w, &lock);
    atomic_store(&w->rt->interrupted, NULL);
    return FLU_NIL;
}

/* A task that waits is cancelled; one that computes gets the error when its time slice ends. */
flu_value flu_session_interrupt(flu_worker *w) {
    flu_lock_take(w, &lock);
    flu_value task = evaluation;
    flu_lock_release(w, &lock);
    if (task == FLU_NIL) return FLU_NIL;
    atomic_store(&w->rt->interrupted, flu_is(task, FLU_T_TASK) ? FLU_TASK(task) : NULL);
    return flu_cancel(w, task, flu_string_new(w, "interrupted", strlen("interrupted")));
}

/* ---- commands ---- */

typedef struct command_job {
    flu_job job;
    size_t size;
    char line[4096];
} command_job;

static void read_command(flu_job *job) {
    command_job *c = (command_job *)job;
    while (c->size < sizeof c->line) {
        ssize_t n = read(COMMANDS, c->line + c->size, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            c->size = 0;
            return;
        }
        if (c->line[c->size] == '\n') return;
        c->size++;
    }
}

static flu_value command_text(flu_worker *w, flu_job *job) {
    const command_job *c = (const command_job *)job;
    return c->size ? flu_string_new(w, c->line, c->size) : FLU_NIL;
}

flu_value flu_session_next(flu_worker *w) {
    return flu_job_start(w, flu_job_new(w, sizeof(command_job), read_command, command_text));
}

flu_value flu_session_done(FLU_UNUSED flu_worker *w) {
    flu_out_flush();
    while (write(ANSWERS, "\n", 1) < 0 && errno == EINTR) {
    }
    return FLU_NIL;
}
