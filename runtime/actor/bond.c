/* bond.c: links, monitors, exit signals, and the names of actors and tasks.
 *
 * A bond stands in the lists of both its sides, so that either can leave in constant time, and nothing is left behind
 * when one of them ends. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/sched.h"
#include "flu/special.h"

static void print_bond(void *buf, flu_value v) {
    const flu_bond *b = FLU_AS(flu_bond, v);
    flu_buf_printf(buf, "#<%s %u>", b->kind == FLU_LINK ? "link" : "monitor", b->id);
}
static const flu_class bond_class = {.name = "monitor", .print = print_bond};

static bool is_bond(flu_value v) { return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == &bond_class; }

/* ---- the lists: rt->bonds_lock is held ---- */

/* The two links of b in the list of `side`, which is from or to. */
static flu_bond **next_of(flu_bond *b, const flu_ties *side) {
    return b->from == side->owner ? &b->from_next : &b->to_next;
}
static flu_bond **prev_of(flu_bond *b, const flu_ties *side) {
    return b->from == side->owner ? &b->from_prev : &b->to_prev;
}

static void enlist(flu_ties *side, flu_bond *b) {
    *next_of(b, side) = side->bonds;
    if (side->bonds != NULL) *prev_of(side->bonds, side) = b;
    side->bonds = b;
}

static void delist(flu_ties *side, flu_bond *b) {
    flu_bond *next = *next_of(b, side), *prev = *prev_of(b, side);
    if (next != NULL) *prev_of(next, side) = prev;
    if (prev != NULL)
        *next_of(prev, side) = next;
    else
        side->bonds = next;
    *next_of(b, side) = *prev_of(b, side) = NULL;
}

/* side: ties of one side of b, which may have ended. */
static void break_bond(flu_worker *w, flu_bond *b, flu_ties *side) {
    flu_value other = b->from == side->owner ? b->to : b->from;
    b->broken = true;
    delist(side, b);
    delist(flu_ties_of(w, other), b);
}

static flu_value canonical(flu_value x) { return flu_is_actor(x) ? FLU_VALUE(flu_actor_of(x)) : x; }

static bool is_alive(flu_value x) {
    if (flu_is_actor(x)) return flu_actor_status(flu_actor_of(x)) != FLU_ACTOR_STOPPED;
    return atomic_load_explicit(&FLU_PROM(x)->state, memory_order_acquire) == FLU_PENDING;
}

static flu_bond *bond_make(flu_worker *w, enum flu_bond_kind kind) {
    flu_bond *b = flu_alloc(w, sizeof *b); /* cleared */
    b->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &bond_class};
    b->id = flu_next_id(w);
    b->kind = (uint8_t)kind;
    return b;
}

flu_bond *flu_bond_new(flu_worker *w, flu_value from, flu_value to, enum flu_bond_kind kind) {
    flu_bond *b = bond_make(w, kind);
    b->from = canonical(from);
    b->to = canonical(to);
    b->broken = b->from == b->to; /* with oneself: never fires */
    if (b->broken) return b;
    if (flu_is_task(b->to)) flu_observe(FLU_PROM(b->to));
    flu_ties *mine = flu_ties_of(w, b->from), *theirs = flu_ties_of(w, b->to);
    flu_lock_take(w, &w->rt->post.bonds_lock);
    enlist(mine, b);
    enlist(theirs, b);
    flu_lock_release(w, &w->rt->post.bonds_lock);
    return b;
}

/* The other side may have ended while b was made, on another worker: has that side seen b? False: it has not, nor will
 * it, and b is broken now. */
static bool is_seen(flu_worker *w, flu_bond *b) {
    flu_fence(w); /* b is in the lists before is_alive looks */
    if (b->broken || is_alive(b->to)) return true;
    flu_lock_take(w, &w->rt->post.bonds_lock);
    bool seen = b->broken;
    if (!seen) break_bond(w, b, flu_ties_of(w, b->from));
    flu_lock_release(w, &w->rt->post.bonds_lock);
    return seen;
}

/* ---- exit signals ---- */

static flu_letter exit_message(flu_worker *w, flu_value from, flu_value reason) {
    flu_value fields[] = {from, reason};
    return (flu_letter){flu_tagged_new(w, 0, FLU_SYMBOL_LIT("exit"), 2, fields), FLU_NIL};
}

/* `from`, which x is linked to, has ended for this reason. */
static void signal_exit(flu_worker *w, flu_value x, flu_value from, flu_value reason) {
    if (!is_alive(x)) return;
    if (flu_ties_of(w, x)->traps) {
        flu_deliver(w, x, exit_message(w, from, reason));
        return;
    }
    if (flu_same_kind(reason, FLU_SYMBOL_LIT("normal"))) return;
    if (flu_is_actor(x))
        flu_actor_request_stop(w, flu_actor_of(x), reason, false);
    else
        flu_task_request(w, FLU_TASK(x), flu_cancelled_error(w, reason), FLU_REQUEST_EXIT);
}

static void tell_down(flu_worker *w, flu_value watcher, flu_value ref, flu_value from, flu_value reason) {
    if (!is_alive(watcher)) return;
    flu_value fields[] = {ref, from, reason};
    flu_deliver(w, watcher, (flu_letter){flu_tagged_new(w, 0, FLU_SYMBOL_LIT("down"), 3, fields), FLU_NIL});
}

static void tell_broken(flu_worker *w, flu_bond *b, flu_value owner, flu_value reason) {
    flu_value other = b->from == owner ? b->to : b->from;
    switch (b->kind) {
    case FLU_LINK: signal_exit(w, other, owner, reason); break;
    case FLU_MONITOR:
        if (b->to == owner) tell_down(w, b->from, FLU_VALUE(b), owner, reason);
        break;
    case FLU_CHILD:
        if (b->from == owner) flu_child_orphaned(w, b->to);
        break;
    }
}

void flu_bonds_broken(flu_worker *w, flu_ties *ties, flu_value reason) {
    for (;;) {
        flu_lock_take(w, &w->rt->post.bonds_lock);
        flu_bond *b = ties->bonds;
        /* A child stays its supervisor's between its lives. */
        while (b != NULL && b->kind == FLU_CHILD && b->to == ties->owner) b = *next_of(b, ties);
        if (b != NULL) break_bond(w, b, ties);
        flu_lock_release(w, &w->rt->post.bonds_lock);
        if (b == NULL) return;
        tell_broken(w, b, ties->owner, reason);
    }
}

void flu_child_bond_end(flu_worker *w, flu_ties *ties) {
    flu_lock_take(w, &w->rt->post.bonds_lock);
    flu_bond *b = ties->bonds;
    while (b != NULL && !(b->kind == FLU_CHILD && b->to == ties->owner)) b = *next_of(b, ties);
    if (b != NULL) break_bond(w, b, ties);
    flu_lock_release(w, &w->rt->post.bonds_lock);
}

bool flu_is_watched(flu_worker *w, const flu_ties *ties) {
    if (ties == NULL) return false;
    if (ties->supervisor != FLU_NIL || ties->of_supervisor) return true;
    bool watched = false;
    flu_lock_take(w, &w->rt->post.bonds_lock);
    for (flu_bond *b = ties->bonds; b != NULL && !watched; b = *next_of(b, ties))
        watched = b->kind == FLU_LINK || b->to == ties->owner;
    flu_lock_release(w, &w->rt->post.bonds_lock);
    return watched;
}

/* The reason of a task's end: normal, or its error; for one that was made to stop the reason of that. */
static flu_value reason_of(flu_promise *p) {
    switch (atomic_load_explicit(&p->state, memory_order_acquire)) {
    case FLU_FULFILLED: return FLU_SYMBOL_LIT("normal");
    case FLU_CANCELLED: return FLU_ERR(p->value)->data == FLU_NIL ? p->value : FLU_ERR(p->value)->data;
    default: return p->value;
    }
}

flu_value flu_task_end_reason(flu_task *t) { return reason_of(&t->promise); }

void flu_task_ties_ended(flu_worker *w, flu_task *t, flu_ties *ties) {
    flu_names_free(w, ties);
    if (ties->supervisor != FLU_NIL) {
        if (atomic_load_explicit(&t->promise.state, memory_order_relaxed) == FLU_REJECTED)
            flu_report_task_crash(w, t, ties);
        flu_child_ended(w, ties, reason_of(&t->promise));
    }
    flu_bonds_broken(w, ties, reason_of(&t->promise));
    flu_lock_take(w, &ties->box.lock);
    flu_letters letters = ties->box.letters;
    ties->box.letters = (flu_letters){0};
    flu_lock_release(w, &ties->box.lock);
    while (flu_letters_count(&letters) > 0)
        flu_dead_letter(w, FLU_VALUE(t), (flu_letter){flu_letters_pop(&letters).message, FLU_NIL}, FLU_DEAD_STOPPED);
}

/* ---- a child takes over what its new life has made ---- */

void flu_ties_move(flu_worker *w, flu_actor *child, flu_actor *fresh) {
    flu_ties *to = flu_actor_ties(w, child), *from = fresh->ties;
    to->handlers = from == NULL ? NULL : from->handlers;
    if (from == NULL) return;
    flu_lock_take(w, &w->rt->post.bonds_lock);
    for (flu_bond *b; (b = from->bonds) != NULL;) {
        delist(from, b);
        if (b->from == from->owner) b->from = to->owner;
        if (b->to == from->owner) b->to = to->owner;
        enlist(to, b);
    }
    flu_lock_release(w, &w->rt->post.bonds_lock);
    for (flu_value names = from->names; flu_is_cons(names); names = FLU_CELL(names)->tail) {
        flu_value name = FLU_CELL(names)->head;
        w->rt->post.names = flu_dict_set(w, w->rt->post.names, name, to->owner);
        to->names = flu_cons(w, name, to->names);
    }
    from->names = FLU_EMPTY;
    to->traps = from->traps;
    to->stash = from->stash;
    to->started = from->started;
    to->receive_until = from->receive_until;
    flu_asks_move(w, child, fresh);
}

/* ---- builtins ---- */

static bool check_process(flu_worker *w, const char *proc, flu_value x) {
    if (flu_is_actor(x) || flu_is_task(x)) return true;
    flu_type_error(w, proc, 1, "an actor or task", x);
    return false;
}

/* bonds_lock held. */
static flu_bond *find_link(flu_worker *w, flu_value mine, flu_value other) {
    const flu_ties *ties = flu_ties_of(w, mine);
    for (flu_bond *b = ties->bonds; b != NULL; b = *next_of(b, ties))
        if (b->kind == FLU_LINK && (b->from == other || b->to == other)) return b;
    return NULL;
}

static flu_value dead_reason(flu_value x) {
    return flu_is_task(x) ? reason_of(FLU_PROM(x)) : FLU_SYMBOL_LIT("no-process");
}

/* Linking to what has ended gives its exit signal at once, as in Erlang. */
flu_value flu_link_to(flu_worker *w, flu_value x) {
    if (!check_process(w, "link", x)) return FLU_ABNORMAL;
    flu_value mine = flu_running(w);
    x = canonical(x);
    if (x == mine) return FLU_TRUE;
    bool alive = is_alive(x);
    if (alive) {
        flu_lock_take(w, &w->rt->post.bonds_lock);
        bool linked = find_link(w, mine, x) != NULL;
        flu_lock_release(w, &w->rt->post.bonds_lock);
        if (!linked) alive = is_seen(w, flu_bond_new(w, mine, x, FLU_LINK));
    }
    if (alive) return FLU_TRUE;
    if (flu_is_task(x)) flu_observe(FLU_PROM(x));
    signal_exit(w, mine, x, dead_reason(x));
    return FLU_TRUE;
}

flu_value flu_unlink_from(flu_worker *w, flu_value x) {
    if (!check_process(w, "unlink", x)) return FLU_ABNORMAL;
    flu_lock_take(w, &w->rt->post.bonds_lock);
    flu_value mine = flu_running(w);
    flu_bond *b = find_link(w, mine, canonical(x));
    if (b != NULL) break_bond(w, b, flu_ties_of(w, mine));
    flu_lock_release(w, &w->rt->post.bonds_lock);
    return FLU_BOOL(b != NULL);
}

flu_value flu_monitor(flu_worker *w, flu_value x) {
    if (!check_process(w, "monitor", x)) return FLU_ABNORMAL;
    x = canonical(x);
    flu_bond *b = NULL;
    if (is_alive(x)) {
        b = flu_bond_new(w, flu_running(w), x, FLU_MONITOR);
        if (is_seen(w, b)) return FLU_VALUE(b);
    }
    if (flu_is_task(x)) flu_observe(FLU_PROM(x));
    if (b == NULL) b = bond_make(w, FLU_MONITOR);
    b->broken = true;
    tell_down(w, flu_running(w), FLU_VALUE(b), x, FLU_SYMBOL_LIT("no-process"));
    return FLU_VALUE(b);
}

flu_value flu_demonitor(flu_worker *w, flu_value ref) {
    if (!is_bond(ref)) return flu_type_error(w, "demonitor", 1, "what monitor gave", ref);
    flu_bond *b = FLU_AS(flu_bond, ref);
    flu_lock_take(w, &w->rt->post.bonds_lock);
    bool held = !b->broken;
    if (held) break_bond(w, b, flu_ties_of(w, b->from));
    flu_lock_release(w, &w->rt->post.bonds_lock);
    return FLU_BOOL(held);
}

flu_value flu_trap_exit(flu_worker *w, flu_value on) {
    flu_ties *ties = flu_ties_of(w, flu_running(w));
    bool before = ties->traps;
    ties->traps = flu_truthy(on);
    return FLU_BOOL(before);
}

flu_value flu_actor_p(FLU_UNUSED flu_worker *w, flu_value x) { return FLU_BOOL(flu_is_actor(x)); }

flu_value flu_alive_p(flu_worker *w, flu_value x) {
    return check_process(w, "alive?", x) ? FLU_BOOL(is_alive(x)) : FLU_ABNORMAL;
}

/* ---- names ---- */

/* A name as the key it is kept under: its text. 0: no name. */
static flu_value name_key(flu_worker *w, flu_value name) {
    if (flu_is_string(name)) return name;
    if (!flu_is_symbol(name) && !flu_is_keyword(name)) return 0;
    return flu_string_lit(w, FLU_SYM(name)->name);
}

static FLU_COLD flu_value name_taken(flu_worker *w, flu_value name) {
    flu_value text = flu_repr_string(w, name, 80);
    return flu_raise_data(w, "name-taken", name, "register: %s is the name of another actor", FLU_STR(text)->bytes);
}

static FLU_COLD flu_value register_dead(flu_worker *w, flu_value x) {
    return flu_raise_data(w, "no-process", x, "register: the actor has stopped");
}

flu_value flu_register(flu_worker *w, flu_value name, flu_value x) {
    flu_value key = name_key(w, name);
    if (key == 0) return flu_type_error(w, "register", 1, "a string, symbol or keyword", name);
    if (!flu_is_actor(x) && !flu_is_task(x)) return flu_type_error(w, "register", 2, "an actor or task", x);
    x = canonical(x);
    if (!is_alive(x)) return register_dead(w, x);
    flu_ties *ties = flu_ties_of(w, x);
    struct flu_post *post = &w->rt->post;
    flu_lock_take(w, &post->bonds_lock);
    flu_value holder = flu_dict_get(w, post->names, key);
    bool fresh = holder == FLU_UNDEF;
    if (fresh) {
        post->names = flu_dict_set(w, post->names, key, x);
        ties->names = flu_cons(w, key, ties->names);
    }
    flu_lock_release(w, &post->bonds_lock);
    if (flu_unlikely(fresh && !is_alive(x))) { /* it has ended meanwhile, and its names were freed before perhaps */
        flu_names_free(w, ties);
        return register_dead(w, x);
    }
    /* A child that is being restarted keeps its name: its new life may ask for it again. */
    if (!fresh && holder != x && holder != ties->expects) return name_taken(w, name);
    return FLU_TRUE;
}

flu_value flu_whereis(flu_worker *w, flu_value name) {
    flu_value key = name_key(w, name);
    if (key == 0) return flu_type_error(w, "whereis", 1, "a string, symbol or keyword", name);
    flu_lock_take(w, &w->rt->post.bonds_lock);
    flu_value names = w->rt->post.names;
    flu_lock_release(w, &w->rt->post.bonds_lock);
    flu_value x = flu_dict_get(w, names, key);
    return x == FLU_UNDEF ? FLU_NIL : x;
}

static flu_value without(flu_worker *w, flu_value list, flu_value key) {
    if (!flu_is_cons(list)) return FLU_EMPTY;
    flu_value head = FLU_CELL(list)->head, tail = FLU_CELL(list)->tail;
    return flu_equal(w, head, key) == FLU_TRUE ? tail : flu_cons(w, head, without(w, tail, key));
}

flu_value flu_unregister(flu_worker *w, flu_value name) {
    flu_value x = flu_whereis(w, name);
    if (x == FLU_ABNORMAL) return FLU_ABNORMAL;
    if (x == FLU_NIL) return FLU_FALSE;
    flu_value key = name_key(w, name);
    flu_ties *ties = flu_ties_of(w, x);
    flu_lock_take(w, &w->rt->post.bonds_lock);
    w->rt->post.names = flu_dict_remove(w, w->rt->post.names, key);
    ties->names = without(w, ties->names, key);
    flu_lock_release(w, &w->rt->post.bonds_lock);
    return FLU_TRUE;
}

void flu_names_free(flu_worker *w, flu_ties *ties) {
    flu_lock_take(w, &w->rt->post.bonds_lock);
    for (flu_value names = ties->names; flu_is_cons(names); names = FLU_CELL(names)->tail)
        w->rt->post.names = flu_dict_remove(w, w->rt->post.names, FLU_CELL(names)->head);
    ties->names = FLU_EMPTY;
    flu_lock_release(w, &w->rt->post.bonds_lock);
}
