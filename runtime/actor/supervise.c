/* supervise.c: what supervisors need from the runtime. Their rules are in stdlib/supervisor.flu.
 *
 * A child is an actor or a task. The runtime tells its supervisor (an actor) about each end of a life by the message
 * (%ended record reason incarnation); the supervisor decides, and answers by %child-adopt (a new life) or
 * %child-retire. */
#include <signal.h>
#include <unistd.h>

#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/sched.h"

/* ---- starting a child ---- */

/* Around the evaluation of a child's expression: before it the actor that goes on as what it gives, or true: it is the
 * first start; after it false. */
flu_value flu_child_expect(flu_worker *w, flu_value child) {
    flu_task_more(w, w->task)->expects = child == FLU_FALSE ? 0 : child;
    return FLU_NIL;
}

/* Is a supervisor here, starting a child? */
flu_value flu_in_supervisor(flu_worker *w) {
    const struct flu_task_more *more = flu_task_more_or_null(w->task);
    return FLU_BOOL(more != NULL && more->expects != 0);
}

void flu_expect_child(flu_worker *w, flu_actor *a) {
    const struct flu_task_more *more = flu_task_more_or_null(w->task);
    if (more == NULL || more->expects == 0) return;
    flu_ties *ties = flu_actor_ties(w, a);
    ties->of_supervisor = true;
    if (!flu_is_actor(more->expects)) return;
    ties->expects = more->expects;
    ties->incarnation = flu_actor_of(more->expects)->ties->incarnation + 1;
}

/* Waits until a has started: true, or raises the error of its start. */
flu_value flu_child_await_start(flu_worker *w, flu_value child) {
    if (!flu_is_actor(child)) return FLU_TRUE;
    flu_actor *a = flu_actor_of(child);
    flu_ties *ties = flu_actor_ties(w, a);
    flu_lock_take(w, &a->box.lock);
    if (flu_actor_status(a) == FLU_ACTOR_STARTING && ties->started == NULL) ties->started = flu_promise_new(w);
    flu_promise *waited = flu_actor_status(a) == FLU_ACTOR_STARTING ? ties->started : NULL;
    flu_lock_release(w, &a->box.lock);
    return waited == NULL ? FLU_TRUE : flu_await(w, FLU_VALUE(waited), FLU_UNDEF);
}

/* child: an actor or task; its ties say whose it is. */
static void supervise(flu_worker *w, flu_value child, flu_value record, flu_value id, flu_value incarnation) {
    flu_ties *ties = flu_ties_of(w, child);
    ties->child = record;
    ties->child_id = id;
    ties->incarnation = (uint32_t)flu_fix(incarnation);
    if (flu_is_actor(child)) flu_actor_of(child)->signs |= FLU_ACTOR_SUPERVISED;
    if (ties->supervisor != FLU_NIL) return; /* it is its child already */
    ties->supervisor = flu_running(w);
    flu_bond_new(w, ties->supervisor, child, FLU_CHILD);
}

static bool has_ended(flu_value x) {
    if (flu_is_actor(x)) return flu_actor_status(flu_actor_of(x)) == FLU_ACTOR_STOPPED;
    return atomic_load_explicit(&FLU_PROM(x)->state, memory_order_acquire) != FLU_PENDING;
}

/* It ended before it could be made a child: the supervisor hears of it as of any end. */
static void tell_early_end(flu_worker *w, flu_value child) {
    const flu_ties *ties = flu_ties_of(w, child);
    if (flu_is_actor(child)) {
        flu_actor_of(child)->status = FLU_ACTOR_SUSPENDED;
        flu_child_ended(w, ties, ties->stop_reason);
    } else {
        flu_child_ended(w, ties, flu_task_end_reason(FLU_TASK(child)));
    }
}

/* What the expression gave (fresh) is the child from now on; `before`: what was until now, nil at the first start.
 * Gives the child: an actor keeps its identity. */
flu_value flu_child_adopt(flu_worker *w, flu_value before, flu_value fresh, flu_value record, flu_value id,
                          flu_value incarnation) {
    if (!flu_is_actor(fresh) && !flu_is_task(fresh)) {
        return flu_raise_data(w, "type-error", fresh, "the expression of child %s must give an actor or task, got %s%s",
                              flu_shown(w, id), flu_shown(w, fresh),
                              flu_is_proc(fresh) ? "; (spawn-actor name ...) starts an actor" : "");
    }
    bool alone = flu_alone_begin(w);
    bool dead = has_ended(fresh);
    flu_value child = fresh;
    if (flu_is_actor(before) && flu_is_actor(fresh) && flu_actor_of(before) != flu_actor_of(fresh)) {
        child = before;
        flu_actor_adopt(w, flu_actor_of(child), flu_actor_of(fresh));
    }
    supervise(w, child, record, id, incarnation);
    if (dead) tell_early_end(w, child);
    flu_alone_end(w, alone);
    return child;
}

/* ---- the end of a child ---- */

void flu_child_ended(flu_worker *w, const flu_ties *child, flu_value reason) {
    flu_value fields[] = {child->child, reason, FLU_FIX(child->incarnation)};
    flu_deliver(w, child->supervisor, (flu_letter){flu_tagged_new(w, 0, FLU_SYMBOL_LIT("%ended"), 3, fields), FLU_NIL});
}

void flu_child_orphaned(flu_worker *w, flu_value child) {
    flu_value killed = FLU_SYMBOL_LIT("killed");
    if (flu_is_task(child)) {
        flu_task_request(w, FLU_TASK(child), flu_cancelled_error(w, killed), FLU_REQUEST_KILL);
        return;
    }
    bool alone = flu_alone_begin(w);
    flu_actor *a = flu_actor_of(child);
    a->signs &= (uint8_t)~FLU_ACTOR_SUPERVISED;
    if (flu_actor_status(a) == FLU_ACTOR_SUSPENDED)
        flu_actor_retire(w, a, killed);
    else
        flu_actor_request_stop(w, a, killed, true);
    flu_alone_end(w, alone);
}

/* It is not to live again. */
flu_value flu_child_retire(flu_worker *w, flu_value child, flu_value reason) {
    if (flu_is_task(child)) {
        flu_child_bond_end(w, flu_ties_of(w, child));
        return FLU_NIL;
    }
    bool alone = flu_alone_begin(w);
    flu_actor *a = flu_actor_of(child);
    a->signs &= (uint8_t)~FLU_ACTOR_SUPERVISED;
    a->ties->supervisor = FLU_NIL;
    if (flu_actor_status(a) == FLU_ACTOR_SUSPENDED) flu_actor_retire(w, a, reason);
    flu_alone_end(w, alone);
    return FLU_NIL;
}

/* A promise that settles when the present life of x is over. */
flu_value flu_end_promise(flu_worker *w, flu_value x) {
    if (flu_is_task(x)) return x;
    if (!flu_is_actor(x)) return flu_type_error(w, "stop-actor", 1, "an actor or task", x);
    flu_actor *a = flu_actor_of(x);
    flu_ties *ties = flu_actor_ties(w, a);
    flu_lock_take(w, &a->box.lock);
    bool over = flu_actor_status(a) == FLU_ACTOR_STOPPED || flu_actor_status(a) == FLU_ACTOR_SUSPENDED;
    if (!over && ties->ended == NULL) ties->ended = flu_promise_new(w);
    flu_promise *end = over ? NULL : ties->ended;
    flu_lock_release(w, &a->box.lock);
    return end == NULL ? flu_promise_resolved(w, FLU_TRUE) : FLU_VALUE(end);
}

/* Asks x to stop; kill: without cleanup that suspends. */
flu_value flu_stop_request(flu_worker *w, flu_value x, flu_value reason, flu_value kill) {
    bool hard = flu_truthy(kill);
    if (flu_is_actor(x))
        flu_actor_request_stop(w, flu_actor_of(x), reason, hard);
    else if (flu_is_task(x))
        flu_task_request(w, FLU_TASK(x), flu_cancelled_error(w, reason), hard ? FLU_REQUEST_KILL : FLU_REQUEST_EXIT);
    else
        return flu_type_error(w, hard ? "kill" : "stop-actor", 1, "an actor or task", x);
    return FLU_TRUE;
}

flu_value flu_kill(flu_worker *w, flu_value x) { return flu_stop_request(w, x, FLU_SYMBOL_LIT("killed"), FLU_TRUE); }

flu_value flu_incarnation(flu_worker *w, flu_value x) {
    if (!flu_is_actor(x)) return flu_type_error(w, "incarnation", 1, "an actor", x);
    flu_actor *a = flu_actor_of(x);
    return FLU_FIX(a->ties ? a->ties->incarnation : 1);
}

flu_value flu_normal_reason_p(FLU_UNUSED flu_worker *w, flu_value reason) {
    return FLU_BOOL(flu_reason_is_normal(reason));
}

flu_value flu_itself_p(flu_worker *w, flu_value x) {
    return FLU_BOOL((flu_is_actor(x) ? FLU_VALUE(flu_actor_of(x)) : x) == flu_running(w));
}

/* ---- SIGTERM ---- */

static int signal_pipe[2];

static void on_sigterm(int number) {
    char byte = (char)number;
    ssize_t written = write(signal_pipe[1], &byte, 1);
    (void)written; /* full: an earlier signal waits to be seen */
}

static flu_value stop_roots_code(flu_worker *w, flu_value self) {
    (void)self;
    return flu_call1(w, w->rt->post.stop_roots, w->rt->post.roots);
}
static const flu_proc_info stop_roots_info = {.name = "SIGTERM", .file = ""};
FLU_PROC_STATIC(stop_roots_proc, 0, stop_roots_code, &stop_roots_info);

static void sigterm_came(flu_worker *w, flu_watch *self) {
    w->rt->poller->unwatch(w, self);
    flu_spawn(w, FLU_VALUE(&stop_roots_proc));
}

static void catch_sigterm(flu_worker *w) {
    if (pipe(signal_pipe) != 0) return; /* no descriptors: the signal ends the program at once */
    flu_watch *x = flu_alloc(w, sizeof *x);
    x->fd = signal_pipe[0];
    x->weak = x->quiet = true;
    x->ready = sigterm_came;
    w->rt->poller->watch(w, x);
    struct sigaction action = {.sa_handler = on_sigterm};
    sigaction(SIGTERM, &action, NULL);
}

/* A supervisor that is nobody's child; stop: a procedure that stops a list of them and ends the program. */
flu_value flu_root_supervisor(flu_worker *w, flu_value supervisor, flu_value stop) {
    struct flu_post *post = &w->rt->post;
    bool alone = flu_alone_begin(w);
    if (post->stop_roots == FLU_NIL && w->rt->ended == NULL) catch_sigterm(w); /* embedded: signals are not ours */
    post->stop_roots = stop;
    flu_value alive = FLU_EMPTY;
    for (flu_value rest = flu_fn_reverse(w, post->roots); flu_is_cons(rest); rest = FLU_CELL(rest)->tail)
        if (!has_ended(FLU_CELL(rest)->head)) alive = flu_cons(w, FLU_CELL(rest)->head, alive);
    post->roots = flu_cons(w, supervisor, alive);
    flu_alone_end(w, alone);
    return FLU_NIL;
}
