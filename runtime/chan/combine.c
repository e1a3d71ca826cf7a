/* combine.c: promise-all, promise-all-settled, promise-race, promise-any.
 *
 * A combined promise is settled by callback waiters on its parts, never by a task of its own. Its parts, the waiters on
 * them and the promise itself are tied together by one `combined` object, reachable from the waiters (so from the
 * unsettled parts) and from the promise's cancel field until it is settled. */
#include <stdio.h>

#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/sched.h"

static bool is_settled(flu_promise *p) { return atomic_load_explicit(&p->state, memory_order_acquire) != FLU_PENDING; }

typedef enum combination { ALL, ALL_SETTLED, RACE, ANY } combination;

typedef struct part {
    flu_promise *promise;
    flu_waiter *waiter;
} part;

typedef struct flu_combined {
    flu_canceller canceller; /* must be first */
    combination how;
    uint32_t count;        /* of parts */
    _Atomic uint32_t left; /* parts that have not settled yet: whoever brings it to 0 settles the result */
    flu_promise *result;
    flu_value dismissal;       /* error for the parts that have lost, and */
    struct flu_combined *next; /* the next one, in the list of flu_sched */
    part parts[];
} combined;

static flu_value list_of(flu_worker *w, const combined *c, flu_value (*item)(flu_worker *w, const flu_promise *p)) {
    flu_value list = FLU_EMPTY;
    for (uint32_t i = c->count; i-- > 0;) list = flu_cons(w, item(w, c->parts[i].promise), list);
    return list;
}

static flu_value result_item(flu_worker *w FLU_UNUSED, const flu_promise *p) { return p->value; }

/* {:status :fulfilled :value v} or {:status :rejected :error e} */
static flu_value status_item(flu_worker *w, const flu_promise *p) {
    bool fulfilled = p->state == FLU_FULFILLED;
    flu_value items[] = {
        FLU_KEYWORD_LIT("status"),
        fulfilled ? FLU_KEYWORD_LIT("fulfilled") : FLU_KEYWORD_LIT("rejected"),
        fulfilled ? FLU_KEYWORD_LIT("value") : FLU_KEYWORD_LIT("error"),
        p->value,
    };
    return flu_dict_lit(w, 2, items);
}

static flu_value aggregate_error(flu_worker *w, const char *proc, flu_value errors) {
    char message[80];
    snprintf(message, sizeof message, "%s: %s", proc,
             errors == FLU_EMPTY ? "no promises" : "all promises were rejected");
    return flu_make_error(w, FLU_SYMBOL_LIT("aggregate"), message, errors);
}

static void detach(flu_worker *w, part *p) {
    flu_lock_take(w, &p->promise->lock);
    /* Once p has settled its waiter is on its way to part_settled. */
    if (p->waiter && !is_settled(p->promise) && p->waiter->queue) flu_wait_queue_remove(p->waiter);
    flu_lock_release(w, &p->promise->lock);
}

static void work_off(flu_worker *w);

/* The result is settled: the parts that are still running have lost. */
static void dismiss(flu_worker *w, combined *c, flu_value error) {
    flu_sched *s = w->sched;
    c->dismissal = error;
    if (s->dismissed_last)
        s->dismissed_last->next = c;
    else
        s->dismissed_first = c;
    s->dismissed_last = c;
    work_off(w);
}

static void cancel_parts(flu_worker *w, combined *c) {
    for (uint32_t i = 0; i < c->count; i++) detach(w, &c->parts[i]);
    for (uint32_t i = 0; i < c->count; i++)
        if (!is_settled(c->parts[i].promise)) flu_cancel_with(w, c->parts[i].promise, c->dismissal);
}

/* (cancel result): the parts are cancelled for the same reason. */
static FLU_CANCELLER void cancel_combined(flu_worker *w, flu_promise *p, flu_value error) {
    combined *c = flu_canceller_of(p);
    if (flu_promise_reject(w, p, error)) dismiss(w, c, error);
}

static flu_value parts_of(flu_worker *w, flu_promise *p) {
    const combined *c = flu_canceller_of(p);
    flu_value list = FLU_EMPTY;
    if (c == NULL) return list;
    for (uint32_t i = c->count; i-- > 0;) list = flu_cons(w, FLU_VALUE(c->parts[i].promise), list);
    return list;
}

static void settle_as(flu_worker *w, combined *c, flu_promise *p) {
    bool won = p->state == FLU_FULFILLED ? flu_promise_fulfil(w, c->result, p->value)
                                         : flu_promise_reject(w, c->result, p->value);
    if (won) dismiss(w, c, flu_cancelled_error(w, FLU_NIL));
}

/* Every part has settled, none of them in a way that decides alone. */
static void settle_whole(flu_worker *w, combined *c) {
    switch (c->how) {
    case ALL: flu_promise_fulfil(w, c->result, list_of(w, c, result_item)); break;
    case ALL_SETTLED: flu_promise_fulfil(w, c->result, list_of(w, c, status_item)); break;
    case RACE: flu_promise_reject(w, c->result, aggregate_error(w, "promise-race", FLU_EMPTY)); break;
    case ANY: flu_promise_reject(w, c->result, aggregate_error(w, "promise-any", list_of(w, c, result_item))); break;
    }
}

/* Does this settled part decide the result on its own? */
static bool is_decisive(const combined *c, const flu_promise *p) {
    switch (c->how) {
    case ALL: return p->state != FLU_FULFILLED;
    case ANY: return p->state == FLU_FULFILLED;
    case RACE: return true;
    case ALL_SETTLED: return false;
    }
    FLU_UNREACHABLE();
}

static void part_settled(flu_worker *w, combined *c, flu_promise *p) {
    if (is_decisive(c, p)) {
        settle_as(w, c, p);
    } else if (atomic_fetch_sub_explicit(&c->left, 1, memory_order_acq_rel) == 1) {
        settle_whole(w, c);
    }
}

static combined *next_dismissed(flu_sched *s) {
    combined *c = s->dismissed_first;
    if (!c) return NULL;
    s->dismissed_first = c->next;
    if (!c->next) s->dismissed_last = NULL;
    c->next = NULL;
    return c;
}

static flu_waiter *next_settled(flu_sched *s) {
    flu_waiter *wt = s->parts_settled.first;
    if (wt) flu_wait_queue_remove(wt);
    return wt;
}

/* Settling and cancelling may add to the lists: whoever finds nobody at work empties them. */
static void work_off(flu_worker *w) {
    flu_sched *s = w->sched;
    if (s->combining) return;
    s->combining = true;
    for (;;) {
        flu_waiter *wt = next_settled(s);
        combined *c = wt ? FLU_AS(combined, wt->value) : next_dismissed(s);
        if (!c) break;
        if (wt)
            part_settled(w, c, c->parts[wt->clause].promise);
        else
            cancel_parts(w, c);
    }
    s->combining = false;
}

static void notify_part(flu_worker *w, flu_waiter *self, FLU_UNUSED flu_value object) {
    flu_wait_queue_push(&w->sched->parts_settled, self);
    work_off(w);
}

/* Queues a waiter on p unless it has settled. */
static bool attach(flu_worker *w, combined *c, uint32_t i) {
    part *p = &c->parts[i];
    flu_waiter *wt = flu_alloc(w, sizeof *wt);
    wt->lock = &p->promise->lock;
    wt->value = FLU_VALUE(c);
    wt->clause = i;
    wt->notify = notify_part;
    flu_lock_take(w, &p->promise->lock);
    p->waiter = wt;
    bool pending = !is_settled(p->promise);
    if (pending) flu_wait_queue_push(&p->promise->waiters, wt);
    flu_lock_release(w, &p->promise->lock);
    return pending;
}

/* Of several parts settled already the first in order that decides does. */
static bool settle_at_once(flu_worker *w, combined *c) {
    for (uint32_t i = 0; i < c->count; i++) {
        flu_promise *p = c->parts[i].promise;
        if (!is_settled(p) || !is_decisive(c, p)) continue;
        settle_as(w, c, p);
        return true;
    }
    return false;
}

static void attach_all(flu_worker *w, combined *c) {
    for (uint32_t i = 0; i < c->count; i++)
        if (!attach(w, c, i)) part_settled(w, c, c->parts[i].promise);
    /* Another worker may have settled the result while the last parts were still being attached. */
    if (is_settled(c->result))
        for (uint32_t i = 0; i < c->count; i++) detach(w, &c->parts[i]);
}

static combined *combined_new(flu_worker *w, combination how, uint32_t n) {
    combined *c = flu_alloc(w, sizeof *c + n * sizeof *c->parts);
    c->canceller = (flu_canceller){cancel_combined, parts_of};
    c->how = how;
    c->count = n;
    atomic_init(&c->left, n);
    c->result = flu_promise_new(w);
    flu_set_canceller(c->result, c);
    return c;
}

static bool set_part(flu_worker *w, combined *c, uint32_t i, const char *proc, int position, flu_value p) {
    if (!flu_is_promise(p)) {
        flu_type_error(w, proc, position, "a promise or task", p);
        return false;
    }
    flu_observe(FLU_PROM(p));
    c->parts[i].promise = FLU_PROM(p);
    return true;
}

static bool set_parts(flu_worker *w, combined *c, const char *proc, const flu_value *argv) {
    for (uint32_t i = 0; i < c->count; i++)
        if (!set_part(w, c, i, proc, (int)i + 1, argv[i])) return false;
    return true;
}

static bool set_parts_of_list(flu_worker *w, combined *c, const char *proc, flu_value list) {
    for (uint32_t i = 0; i < c->count; i++, list = FLU_CELL(list)->tail)
        if (!set_part(w, c, i, proc, 1, FLU_CELL(list)->head)) return false;
    return true;
}

static uint32_t list_length(flu_value list) {
    uint32_t n = 0;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) n++;
    return n;
}

static flu_value combine(flu_worker *w, combination how, const char *proc, int argc, const flu_value *argv) {
    bool one_list = argc == 1 && flu_is_list(argv[0]);
    combined *c = combined_new(w, how, one_list ? list_length(argv[0]) : (uint32_t)argc);
    if (!(one_list ? set_parts_of_list(w, c, proc, argv[0]) : set_parts(w, c, proc, argv))) return FLU_ABNORMAL;
    if (c->count == 0) {
        settle_whole(w, c);
    } else if (!settle_at_once(w, c)) {
        attach_all(w, c);
    }
    return FLU_VALUE(c->result);
}

flu_value flu_promise_all(flu_worker *w, int argc, const flu_value *argv) {
    return combine(w, ALL, "promise-all", argc, argv);
}
flu_value flu_promise_all_settled(flu_worker *w, int argc, const flu_value *argv) {
    return combine(w, ALL_SETTLED, "promise-all-settled", argc, argv);
}
flu_value flu_promise_race(flu_worker *w, int argc, const flu_value *argv) {
    return combine(w, RACE, "promise-race", argc, argv);
}
flu_value flu_promise_any(flu_worker *w, int argc, const flu_value *argv) {
    return combine(w, ANY, "promise-any", argc, argv);
}
