/* select.c: waiting for the first of several operations.
 *
 * Two phases. First each clause is tried on its own, under its object's lock alone, from the rotating start: the usual
 * case ends here. Then, if nothing was ready, all locks are taken (in address order, so that two selects cannot wait
 * for each other), everything is tried again, and only then is the task queued on all objects at once; from there the
 * first party that claims the task's wait completes its clause, and flu_wait_end takes the other waiters out.
 *
 * A select never meets itself: its waiters are queued only after its last look. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/chan.h"
#include "flu/literal.h"
#include "flu/sched.h"

enum { DEFAULT_CHOSEN = -1, TIMEOUT_CHOSEN = -2 };
enum { WITH_DEFAULT = 1, ORDERED = 2 }; /* flags of %select */
enum { MAX_CLAUSES = UINT16_MAX, FEW = 16 };

typedef enum clause_kind { RECV, SEND, AWAIT, RECEIVE } clause_kind;

/* As %select passes them: three arguments each. */
typedef struct clause {
    flu_value kind; /* fixnum: clause_kind */
    flu_value object;
    flu_value value; /* to send */
} clause;

/* What trying a clause gave. */
typedef struct outcome {
    flu_value value;  /* received, or awaited */
    flu_value error;  /* raised instead; 0: none */
    flu_waiter *wake; /* claimed: to be woken once all locks are free */
    flu_value wake_value;
} outcome;

typedef struct selection {
    const clause *clauses;
    int count;
    flu_rotation *state; /* NULL: source order */
    flu_lock **locks;    /* distinct, by address, while all are held */
    int lock_count;
} selection;

/* What a task needs for selects: made at its first one. */
struct flu_selecting {
    flu_value value; /* goes with the number of the chosen clause, for %select-value */
    int count, capacity;
    /* `count` of them are in use by the present wait. The objects must stay alive until flu_select_end takes the
     * waiters out: the collector does not follow the pointers into them that the waiters hold. */
    struct place {
        flu_waiter *waiter;
        flu_value object;
    } * places;
};

static FLU_NOINLINE struct flu_selecting *make_selecting(flu_worker *w, flu_parking *p) {
    p->select = flu_alloc(w, sizeof *p->select); /* cleared */
    p->select->value = FLU_NIL;
    return p->select;
}

FLU_INLINE struct flu_selecting *selecting(flu_worker *w, flu_task *t) {
    flu_parking *p = flu_task_parking(w, t);
    return flu_likely(p->select != NULL) ? p->select : make_selecting(w, p);
}

static clause_kind kind_of(const clause *c) { return (clause_kind)flu_fix(c->kind); }

/* A nil channel never fires. */
static bool is_dead(const clause *c) { return c->object == FLU_NIL; }

/* ---- trying one clause ---- */

static bool try_recv(flu_worker *w, flu_chan *ch, outcome *o) {
    o->value = FLU_NIL;
    o->wake_value = FLU_TRUE;
    return flu_chan_recv_locked(w, ch, &o->value, &o->wake) != FLU_CHAN_WAIT;
}

static bool try_send(flu_worker *w, flu_chan *ch, flu_value v, outcome *o) {
    flu_chan_result r = flu_chan_send_locked(w, ch, v, &o->wake);
    o->value = FLU_TRUE;
    o->wake_value = v;
    if (r == FLU_CHAN_CLOSED) o->error = FLU_UNDEF; /* made when no lock is held */
    return r != FLU_CHAN_WAIT;
}

static bool try_await(flu_promise *p, outcome *o) {
    switch (atomic_load_explicit(&p->state, memory_order_acquire)) {
    case FLU_PENDING: return false;
    case FLU_FULFILLED: o->value = p->value; return true;
    default: o->error = p->value; return true;
    }
}

/* The own mailbox: object is the running actor or task, whose ties check_object has made. */
static flu_mailbox *mailbox_of(const clause *c) { return flu_mailbox_of(c->object); }

static bool try_receive(flu_worker *w, outcome *o) {
    o->value = flu_mailbox_take_locked(w);
    return o->value != 0;
}

/* A glance that saves most attempts: false if the clause cannot be done now. With other workers only under the lock. */
FLU_INLINE bool may_be_ready(const clause *c) {
    if (is_dead(c)) return false;
    flu_chan *ch = FLU_CHAN(c->object);
    switch (kind_of(c)) {
    case RECV: return ch->count > 0 || ch->senders.first || ch->closed;
    case SEND: return ch->count < ch->capacity || ch->receivers.first || ch->closed || ch->policy != FLU_CHAN_BLOCK;
    case AWAIT: return atomic_load_explicit(&FLU_PROM(c->object)->state, memory_order_relaxed) != FLU_PENDING;
    case RECEIVE: return true;
    }
    FLU_UNREACHABLE();
}

/* The object's lock is held. True: done, with its outcome. */
static bool try_clause(flu_worker *w, const clause *c, outcome *o) {
    *o = (outcome){0};
    if (is_dead(c)) return false;
    switch (kind_of(c)) {
    case RECV: return try_recv(w, FLU_CHAN(c->object), o);
    case SEND: return try_send(w, FLU_CHAN(c->object), c->value, o);
    case AWAIT: return try_await(FLU_PROM(c->object), o);
    case RECEIVE: return try_receive(w, o);
    }
    FLU_UNREACHABLE();
}

static flu_lock *lock_of(const clause *c) {
    if (is_dead(c)) return NULL;
    switch (kind_of(c)) {
    case RECV:
    case SEND: return &FLU_CHAN(c->object)->lock;
    case AWAIT: return &FLU_PROM(c->object)->lock;
    case RECEIVE: return &mailbox_of(c)->lock;
    }
    FLU_UNREACHABLE();
}

static bool try_clause_alone(flu_worker *w, const clause *c, outcome *o) {
    flu_lock *l = lock_of(c);
    if (!l) return false;
    flu_lock_take(w, l);
    bool done = try_clause(w, c, o);
    flu_lock_release(w, l);
    return done;
}

/* ---- trying all ---- */

static int first_look(const selection *s) {
    if (!s->state || s->count == 0) return 0;
    return (int)(atomic_load_explicit(&s->state->next, memory_order_relaxed) % (uint32_t)s->count);
}

/* The clause that was done, from the rotating start; -1: none is ready. held: all locks are. */
static int try_all(flu_worker *w, const selection *s, bool held, outcome *o) {
    int i = first_look(s);
    for (int left = s->count; left > 0; left--) {
        const clause *c = &s->clauses[i];
        if (w->parallel && !held ? try_clause_alone(w, c, o) : may_be_ready(c) && try_clause(w, c, o)) return i;
        if (++i == s->count) i = 0;
    }
    return -1;
}

/* Clause i was done without waiting, and no lock is held. */
static flu_value finish(flu_worker *w, const selection *s, int i, const outcome *o) {
    if (s->state) atomic_store_explicit(&s->state->next, (uint32_t)i + 1, memory_order_relaxed);
    if (o->wake) flu_waiter_wake(w, o->wake, o->wake_value);
    if (o->error == FLU_UNDEF) return flu_throw(w, flu_chan_closed_error(w, "send!"));
    if (o->error) return flu_throw(w, o->error);
    selecting(w, w->task)->value = o->value;
    return FLU_FIX(i);
}

/* ---- all locks ---- */

static void add_lock(selection *s, flu_lock *l) {
    int i = s->lock_count;
    while (i > 0 && s->locks[i - 1] > l) i--;
    if (i > 0 && s->locks[i - 1] == l) return;
    memmove(&s->locks[i + 1], &s->locks[i], (size_t)(s->lock_count - i) * sizeof *s->locks);
    s->locks[i] = l;
    s->lock_count++;
}

/* Room for the locks is the caller's: count of them. */
static void take_locks(flu_worker *w, selection *s, flu_lock **room) {
    s->locks = room;
    s->lock_count = 0;
    if (!w->parallel) return;
    for (int i = 0; i < s->count; i++) {
        flu_lock *l = lock_of(&s->clauses[i]);
        if (l) add_lock(s, l);
    }
    for (int i = 0; i < s->lock_count; i++) flu_lock_take(w, s->locks[i]);
}

static void release_locks(flu_worker *w, const selection *s) {
    for (int i = s->lock_count; i-- > 0;) flu_lock_release(w, s->locks[i]);
}

/* ---- waiting ---- */

/* There are n waiters at least. */
static void reserve_waiters(flu_worker *w, struct flu_selecting *s, int n) {
    int have = s->capacity;
    if (n <= have) return;
    struct place *all = flu_alloc(w, (size_t)n * sizeof *all);
    for (int i = 0; i < n; i++) all[i].waiter = i < have ? s->places[i].waiter : flu_alloc(w, sizeof *all->waiter);
    s->places = all;
    s->capacity = n;
}

static flu_wait_queue *queue_of(const clause *c) {
    switch (kind_of(c)) {
    case RECV: return &FLU_CHAN(c->object)->receivers;
    case SEND: return &FLU_CHAN(c->object)->senders;
    case RECEIVE: return &mailbox_of(c)->waiting;
    default: return &FLU_PROM(c->object)->waiters;
    }
}

/* All locks are held. */
static void enlist_all(const selection *s, flu_task *t) {
    struct flu_selecting *all = flu_parking_of(t)->select;
    t->flags |= FLU_TASK_SELECTING;
    all->count = 0;
    for (int i = 0; i < s->count; i++) {
        const clause *c = &s->clauses[i];
        flu_lock *l = lock_of(c);
        if (!l) continue;
        struct place *place = &all->places[all->count++];
        place->object = c->object;
        flu_waiter *wt = place->waiter;
        wt->lock = l;
        wt->task = t;
        wt->value = kind_of(c) == SEND ? c->value : FLU_NIL;
        wt->clause = (uint32_t)i + 1;
        wt->select = s->state;
        flu_wait_queue_push(queue_of(c), wt);
    }
}

/* Everything is queued on, all locks held on entry. */
static flu_value wait_for_any(flu_worker *w, const selection *s, int64_t wait_ns) {
    if (flu_cancel_due_locked(w)) {
        release_locks(w, s);
        return FLU_ABNORMAL;
    }
    flu_wait_begin(w);
    if (wait_ns != INT64_MAX) flu_wait_deadline(w, flu_now(w) + wait_ns, FLU_FIX(TIMEOUT_CHOSEN), NULL);
    enlist_all(s, w->task);
    release_locks(w, s);
    return flu_park(w, FLU_WAIT_SELECT, FLU_NIL);
}

/* Nothing was ready one by one: now all at one moment. That matters also where nothing is waited for: a value that
 * moves from channel to channel could escape a look that follows it. */
static flu_value look_at_all(flu_worker *w, selection *s, int64_t wait_ns, int otherwise) {
    flu_lock *few[FEW], **room = s->count <= FEW ? few : flu_alloc(w, (size_t)s->count * sizeof *room);
    if (wait_ns != 0) reserve_waiters(w, selecting(w, w->task), s->count);
    take_locks(w, s, room);
    outcome o;
    int chosen = w->parallel ? try_all(w, s, true, &o) : -1;
    if (chosen < 0 && wait_ns != 0) return wait_for_any(w, s, wait_ns);
    release_locks(w, s);
    return chosen < 0 ? FLU_FIX(otherwise) : finish(w, s, chosen, &o);
}

/* wait_ns: 0: only look; INT64_MAX: no limit. otherwise: what is chosen when nothing is ready in that time. */
static flu_value select_first(flu_worker *w, selection *s, int64_t wait_ns, int otherwise) {
    outcome o;
    int chosen = try_all(w, s, false, &o);
    return chosen >= 0 ? finish(w, s, chosen, &o) : look_at_all(w, s, wait_ns, otherwise);
}

/* ---- the select form ---- */

static FLU_NOINLINE bool check_object(flu_worker *w, const clause *c) {
    switch (kind_of(c)) {
    case RECV:
        if (is_dead(c) || flu_is_chan(c->object)) return true;
        flu_type_error(w, "recv!", 1, "a channel or nil", c->object);
        return false;
    case SEND:
        if (is_dead(c) || flu_is_chan(c->object)) return true;
        flu_type_error(w, "send!", 1, "a channel or nil", c->object);
        return false;
    case AWAIT:
        if (!flu_is_promise(c->object)) {
            flu_type_error(w, "await", 1, "a promise or task", c->object);
            return false;
        }
        flu_observe(FLU_PROM(c->object));
        return true;
    case RECEIVE: flu_ties_of(w, c->object); return true;
    }
    FLU_UNREACHABLE();
}

FLU_INLINE bool check_clause(flu_worker *w, const clause *c) {
    return (kind_of(c) <= SEND && flu_is_chan(c->object)) || check_object(w, c);
}

flu_value flu_select_state(flu_worker *w) {
    flu_rotation *st = flu_alloc(w, sizeof *st);
    st->h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    return FLU_VALUE(st);
}

flu_value flu_select(flu_worker *w, int argc, const flu_value *argv) {
    int flags = (int)flu_fix(argv[1]);
    int64_t wait_ns = INT64_MAX;
    if (argv[2] != FLU_UNDEF && (wait_ns = flu_duration(w, "timeout", 1, argv[2])) < 0) return FLU_ABNORMAL;
    selection s = {.clauses = (const clause *)(argv + 3), .count = (argc - 3) / 3};
    if (!(flags & ORDERED)) s.state = FLU_AS(flu_rotation, argv[0]);
    for (int i = 0; i < s.count; i++)
        if (!check_clause(w, &s.clauses[i])) return FLU_ABNORMAL;
    if (flags & WITH_DEFAULT) return select_first(w, &s, 0, DEFAULT_CHOSEN);
    return select_first(w, &s, wait_ns, TIMEOUT_CHOSEN);
}

flu_value flu_select_value(flu_worker *w) {
    struct flu_selecting *s = flu_parking_of(w->task)->select;
    flu_value v = s->value;
    s->value = FLU_NIL;
    return v;
}

void flu_select_end(flu_worker *w, flu_task *t) {
    struct flu_selecting *s = flu_parking_of(t)->select;
    for (int i = 0; i < s->count; i++) {
        flu_waiter *wt = s->places[i].waiter;
        flu_lock_take(w, wt->lock);
        if (wt->queue) flu_wait_queue_remove(wt);
        flu_lock_release(w, wt->lock);
        wt->value = FLU_NIL;
        s->places[i].object = 0;
    }
    s->count = 0;
}

static const char *operation_of(const flu_waiter *wt, flu_value object) {
    if (flu_is_actor(object) || wt->queue == NULL) return "receive in";
    if (flu_is_task(object) && wt->queue != &FLU_PROM(object)->waiters) return "receive in";
    if (!flu_is_chan(object)) return "await";
    return wt->queue == &FLU_CHAN(object)->senders ? "send!" : "recv!";
}

void flu_select_print(flu_worker *w, flu_buf *b, const flu_task *t) {
    const struct flu_selecting *s = flu_parking_of(t)->select;
    for (int i = 0; i < s->count; i++) {
        flu_value object = s->places[i].object;
        flu_buf_printf(b, "%s %s ", i ? "," : " among", operation_of(s->places[i].waiter, object));
        flu_repr(w, b, object);
    }
}

void flu_select_note(const flu_waiter *wt) {
    if (wt->select) atomic_store_explicit(&wt->select->next, wt->clause, memory_order_relaxed);
}

void flu_select_wake(flu_worker *w, flu_waiter *wt, flu_value v) {
    flu_select_note(wt);
    flu_parking_of(wt->task)->select->value = v;
    /* Those that are runnable may make more of its clauses ready meanwhile, which it then finds without waiting. */
    flu_wake_later(w, wt->task, FLU_FIX(wt->clause - 1));
}

/* ---- alts! ---- */

/* (list value channel) of the clause just chosen: true for a send. */
static flu_value alts_result(flu_worker *w, flu_value channel) {
    return flu_cons(w, flu_select_value(w), flu_cons(w, channel, FLU_EMPTY));
}

/* Slots: the channels, by clause. */
static flu_value alts_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
    return alts_result(w, f->slots[flu_fix(v)]);
}

static const flu_proc_info alts_info = {.name = "alts!", .file = "", .resume = alts_resume, .min = 1, .max = 3};

static flu_value alts_park(flu_worker *w, const clause *clauses, int n) {
    flu_frame *f = flu_save(w, NULL, &alts_info, 0, (unsigned)n);
    for (int i = 0; i < n; i++) f->slots[i] = clauses[i].object;
    return FLU_ABNORMAL;
}

/* One element of alts!: a channel to receive from, or a list of a channel and a value to send. */
static bool read_alt(flu_worker *w, flu_value x, clause *c) {
    *c = (clause){FLU_FIX(RECV), x, FLU_NIL};
    if (flu_is_cons(x) && flu_is_cons(FLU_CELL(x)->tail) && FLU_CELL(FLU_CELL(x)->tail)->tail == FLU_EMPTY)
        *c = (clause){FLU_FIX(SEND), FLU_CELL(x)->head, FLU_CELL(FLU_CELL(x)->tail)->head};
    if (is_dead(c) || flu_is_chan(c->object)) return true;
    flu_type_error(w, "alts!", 1, "a list of channels and [channel value] lists", x);
    return false;
}

/* The number of elements, or -1 (FLU_THROW). */
static int count_alts(flu_worker *w, flu_value alts) {
    int n = 0;
    flu_value rest = alts;
    for (; flu_is_cons(rest) && n < MAX_CLAUSES; rest = FLU_CELL(rest)->tail) n++;
    if (rest == FLU_EMPTY) return n;
    flu_type_error(w, "alts!", 1, "a list of channels and [channel value] lists", alts);
    return -1;
}

static flu_value alts_of(flu_worker *w, flu_value alts, clause *clauses, int n, flu_value otherwise) {
    for (int i = 0; i < n; i++, alts = FLU_CELL(alts)->tail)
        if (!read_alt(w, FLU_CELL(alts)->head, &clauses[i])) return FLU_ABNORMAL;
    selection s = {.clauses = clauses, .count = n};
    flu_value chosen = select_first(w, &s, otherwise == FLU_UNDEF ? INT64_MAX : 0, DEFAULT_CHOSEN);
    if (chosen == FLU_ABNORMAL) return w->signal == FLU_SUSPEND ? alts_park(w, clauses, n) : FLU_ABNORMAL;
    if (chosen != FLU_FIX(DEFAULT_CHOSEN)) return alts_result(w, clauses[flu_fix(chosen)].object);
    return flu_cons(w, otherwise, flu_cons(w, FLU_KEYWORD_LIT("default"), FLU_EMPTY));
}

flu_value flu_alts(flu_worker *w, flu_value alts, flu_value key, flu_value otherwise) {
    if (key != FLU_UNDEF && key != FLU_KEYWORD_LIT("default")) return flu_type_error(w, "alts!", 2, ":default", key);
    if (key != FLU_UNDEF && otherwise == FLU_UNDEF) return flu_arity_error(w, "alts!", 1, 3, 2);
    int n = count_alts(w, alts);
    if (n < 0) return FLU_ABNORMAL;
    clause few[FEW];
    return alts_of(w, alts, n <= FEW ? few : flu_alloc(w, (size_t)n * sizeof *few), n, otherwise);
}
