/* wait_graph.c: which task waits for which, and cycles of them, for the reports of task_report.c.
 *
 * A task that waits for a task, for the answer of an actor or task, for a lock that somebody holds, or for a combined
 * promise of such, has a successor: of several the first one that waits itself. Following successors finds the cycles.
 */
#include "flu/actor.h"
#include "flu/sched.h"
#include "flu/sync.h"

enum {
    LONGEST = 100, /* cycles of more tasks are not found: the search stays linear */
    NESTED = 10,   /* combined promises within each other that are looked into */
};

static flu_task *awaited(flu_worker *w, flu_value v, int depth);

/* The first part of a combined promise that waits. */
static flu_task *awaited_part(flu_worker *w, flu_promise *p, int depth) {
    flu_canceller *c = flu_canceller_of(p);
    if (c == NULL || c->parts == NULL || depth == NESTED) return NULL;
    for (flu_value list = c->parts(w, p); flu_is_cons(list); list = FLU_CELL(list)->tail) {
        flu_task *t = awaited(w, FLU_CELL(list)->head, depth + 1);
        if (t != NULL && flu_task_is_parked(t)) return t;
    }
    return NULL;
}

/* Who would settle it, as far as that is known. */
static flu_task *awaited(flu_worker *w, flu_value v, int depth) {
    if (flu_is_task(v)) return FLU_TASK(v);
    if (!flu_is_promise(v) || atomic_load(&FLU_PROM(v)->state) != FLU_PENDING) return NULL;
    flu_value asked = flu_asked(FLU_PROM(v));
    if (flu_is_actor(asked)) return flu_actor_of(asked)->task;
    return flu_is_task(asked) ? FLU_TASK(asked) : awaited_part(w, FLU_PROM(v), depth);
}

/* NULL: not known, or nobody in particular. */
static flu_task *successor(flu_worker *w, flu_task *t) {
    if (!flu_task_is_parked(t)) return NULL;
    flu_value object = flu_parking_of(t)->wait_object;
    return t->wait_kind == FLU_WAIT_AWAIT ? awaited(w, object, 0) : flu_sync_holder(object);
}

/* Is t, which no task of its cycle precedes by number, in one? */
static bool leads_cycle(flu_worker *w, flu_task *t) {
    flu_task *next = successor(w, t);
    for (int n = 1; n <= LONGEST && next != NULL && next != t && next->promise.id > t->promise.id; n++)
        next = successor(w, next);
    return next == t;
}

void flu_task_print(flu_worker *w, flu_buf *b, flu_task *t) {
    flu_buf_printf(b, "task %u", t->promise.id);
    if (t == w->rt->main_task) flu_buf_puts(b, " (main)");
    if (!(t->flags & FLU_TASK_ACTOR) || flu_task_actor(t) == FLU_NIL) return;
    flu_buf_puts(b, " of ");
    flu_repr(w, b, flu_task_actor(t));
}

static void put_cycle(flu_worker *w, flu_buf *b, flu_task *first) {
    flu_task *t = successor(w, first);
    flu_task_print(w, b, first);
    flu_buf_puts(b, " waits for ");
    if (t == first) flu_buf_puts(b, "itself");
    for (; t != first; t = successor(w, t)) {
        flu_task_print(w, b, t);
        flu_buf_puts(b, ", which waits for ");
    }
    if (successor(w, first) != first) flu_task_print(w, b, first);
}

void flu_cycle_print(flu_worker *w, flu_buf *b, flu_task *t, const char *before, const char *after) {
    if (!leads_cycle(w, t)) return;
    flu_buf_puts(b, before);
    flu_buf_puts(b, "cycle: ");
    put_cycle(w, b, t);
    flu_buf_puts(b, after);
}
