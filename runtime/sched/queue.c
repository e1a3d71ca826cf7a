/* queue.c: a worker's run queue.
 *
 * Three parts: the slot for the task just woken, a queue in order of arrival, and a stack of new tasks for when there
 * are very many. The worker itself takes from all of them; another worker that has nothing to do steals from the queue
 * and the stack, and from the slot only when the worker does not get on. */
#include "flu/sched.h"

static inline void set_queued(flu_sched *s, uint32_t n) { atomic_store_explicit(&s->queued, n, memory_order_relaxed); }

static inline uint32_t queued(const flu_sched *s) { return atomic_load_explicit(&s->queued, memory_order_relaxed); }

/* Lock held, here and in all that follow, but where it is said. */
static inline void count_in(flu_sched *s, const flu_task *t) {
    s->busy += !t->daemon;
    set_queued(s, queued(s) + 1);
}

static inline void count_out(flu_sched *s, const flu_task *t) {
    s->busy -= !t->daemon;
    set_queued(s, queued(s) - 1);
}

static inline void append(flu_sched *s, flu_task *t) {
    t->next = NULL;
    if (s->last)
        s->last->next = t;
    else
        s->first = t;
    s->last = t;
}

/* ---- putting in ---- */

/* Lock held, released: has an idle worker come if there is more here than the task that runs next. */
static inline void unlock_and_tell(flu_worker *w, flu_sched *s) {
    if (flu_likely(!w->parallel)) return;
    struct flu_workers *ws = &w->rt->workers;
    bool spare = queued(s) > atomic_load_explicit(&ws->spare, memory_order_relaxed) &&
                 atomic_load_explicit(&ws->idle, memory_order_relaxed) > 0;
    flu_lock_release(w, &s->lock);
    if (flu_unlikely(spare)) flu_workers_wake(w->rt);
}

void flu_queue_push(flu_worker *w, flu_task *t) {
    flu_sched *s = w->sched;
    flu_lock_take(w, &s->lock);
    count_in(s, t);
    append(s, t);
    unlock_and_tell(w, s);
}

/* Beyond some number of runnable tasks, new ones go in front: a tree of spawns is then walked in depth, and takes
 * memory for its depth, not for its width. */
void flu_queue_new(flu_worker *w, flu_task *t) {
    flu_sched *s = w->sched;
    flu_lock_take(w, &s->lock);
    bool many = queued(s) >= FLU_MANY_TASKS;
    count_in(s, t);
    if (flu_likely(!many)) {
        append(s, t);
    } else {
        t->next = s->newest;
        if (s->newest == NULL) s->oldest_new = t;
        s->newest = t;
    }
    unlock_and_tell(w, s);
}

/* Of several tasks woken at once the first one takes the slot, the others queue: so they run in the order they were
 * woken. */
void flu_queue_next(flu_worker *w, flu_task *t) {
    flu_sched *s = w->sched;
    flu_lock_take(w, &s->lock);
    count_in(s, t);
    if (s->lifo == NULL)
        s->lifo = t;
    else
        append(s, t);
    unlock_and_tell(w, s);
}

void flu_queue_free_slot(flu_worker *w) {
    flu_sched *s = w->sched;
    if (s->lifo == NULL) return;
    append(s, s->lifo);
    s->lifo = NULL;
}

/* ---- taking out ---- */

static inline flu_task *take_first(flu_sched *s) {
    flu_task *t = s->first;
    if (t == NULL) return NULL;
    s->first = t->next;
    if (s->first == NULL) s->last = NULL;
    t->next = NULL;
    return t;
}

/* The newest task, mostly; NULL: take the first of the queue. All others have their turn too, now and then from the
 * queue, and in the end all that waited for long are put into it. */
static FLU_NOINLINE flu_task *take_newest(flu_sched *s) {
    flu_task *t = s->newest;
    if (++s->new_streak >= FLU_NEW_LIMIT) {
        if (s->last)
            s->last->next = t;
        else
            s->first = t;
        s->last = s->oldest_new;
        s->newest = s->oldest_new = NULL;
        s->new_streak = 0;
        return NULL;
    }
    if (s->new_streak % FLU_NEW_SHARE == 0 && s->first != NULL) return NULL;
    s->newest = t->next;
    if (s->newest == NULL) {
        s->oldest_new = NULL;
        s->new_streak = 0;
    }
    t->next = NULL;
    return t;
}

static inline flu_task *take_next(flu_sched *s) {
    flu_task *t = NULL;
    if (flu_unlikely(s->newest != NULL)) t = take_newest(s);
    return t != NULL ? t : take_first(s);
}

static inline flu_task *pick(flu_sched *s) {
    flu_task *t = s->lifo;
    if (flu_likely(t != NULL)) {
        s->lifo = NULL;
        if (flu_unlikely(++s->lifo_streak >= FLU_LIFO_LIMIT && (s->first != NULL || s->newest != NULL))) {
            append(s, t); /* two that keep waking each other must not starve the rest */
            t = take_next(s);
            s->lifo_streak = 0;
        }
    } else {
        t = take_next(s);
        if (t == NULL) return NULL;
        s->lifo_streak = 0;
    }
    count_out(s, t);
    return t;
}

flu_task *flu_queue_pick(flu_worker *w) {
    flu_lock_take(w, &w->sched->lock);
    flu_task *t = pick(w->sched);
    flu_lock_release(w, &w->sched->lock);
    return t;
}

/* ---- giving all away ---- */

/* w's whole queue goes to another one's. */
void flu_queue_give(flu_worker *w, flu_worker *to) {
    flu_sched *s = w->sched, *d = to->sched;
    flu_lock_take(w, &s->lock);
    flu_task *t, *first = NULL, *last = NULL;
    uint32_t count = 0, busy = 0;
    while ((t = pick(s)) != NULL) {
        t->next = NULL;
        if (last != NULL)
            last->next = t;
        else
            first = t;
        last = t;
        count++;
        busy += !t->daemon;
    }
    flu_lock_release(w, &s->lock);
    if (count == 0) return;
    flu_lock_take(w, &d->lock);
    if (d->last != NULL)
        d->last->next = first;
    else
        d->first = first;
    d->last = last;
    d->busy += busy;
    set_queued(d, queued(d) + count);
    flu_lock_release(w, &d->lock);
}

/* ---- stealing ---- */

enum { MOST_STOLEN = 128 }; /* tasks: the victim's lock is held while they are counted */

/* The stolen tasks, linked by next. */
struct loot {
    flu_task *first, *last;
    uint32_t count, busy;
};

static void add_loot(struct loot *loot, flu_task *t) {
    t->next = NULL;
    if (loot->last)
        loot->last->next = t;
    else
        loot->first = t;
    loot->last = t;
    loot->count++;
    loot->busy += !t->daemon;
}

/* The first half of the queue: the oldest. Of very many new tasks one: those on the stack each stand for a tree. */
static void take_half(flu_sched *s, struct loot *loot) {
    uint32_t want = (queued(s) + 1) / 2;
    if (want > MOST_STOLEN) want = MOST_STOLEN;
    flu_task *t;
    while (loot->count < want && (t = take_first(s)) != NULL) {
        count_out(s, t);
        add_loot(loot, t);
    }
    if (loot->count > 0 || (t = s->newest) == NULL) return;
    s->newest = t->next;
    if (s->newest == NULL) s->oldest_new = NULL;
    count_out(s, t);
    add_loot(loot, t);
}

static void take_slot(flu_sched *s, struct loot *loot) {
    flu_task *t = s->lifo;
    if (t == NULL) return;
    s->lifo = NULL;
    count_out(s, t);
    add_loot(loot, t);
}

flu_task *flu_queue_steal(flu_worker *w, flu_worker *victim, bool stuck) {
    flu_sched *s = victim->sched;
    if (queued(s) == 0) return NULL;
    struct loot loot = {0};
    flu_lock_take(w, &s->lock);
    take_half(s, &loot);
    if (loot.count == 0 && stuck) take_slot(s, &loot);
    flu_lock_release(w, &s->lock);
    flu_task *t = loot.first;
    if (t == NULL) return NULL;
    loot.first = t->next;
    t->next = NULL;
    loot.busy -= !t->daemon;
    if (loot.first == NULL) return t;
    s = w->sched;
    flu_lock_take(w, &s->lock);
    if (s->last)
        s->last->next = loot.first;
    else
        s->first = loot.first;
    s->last = loot.last;
    s->busy += loot.busy;
    set_queued(s, queued(s) + loot.count - 1);
    flu_lock_release(w, &s->lock);
    return t;
}
