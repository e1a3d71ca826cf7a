/* actor.h: actors, mailboxes, links and monitors. Not for emitted code, which uses the builtins of actor.def.
 *
 * An actor is a mailbox, a state and a handler. It owns a task only while there is mail: the first letter that reaches
 * an idle actor activates it (flu_actor_activate takes a spare task of the worker's), and the task goes back when the
 * mailbox is empty. That task runs the loop of actor.c: take the oldest letter, call the handler, keep its result.
 *
 * Life: STARTING (on-start runs) -> RUNNING -> STOPPED. A supervised child goes from RUNNING to SUSPENDED when it ends
 * and from there back to RUNNING (flu_actor_adopt gives it the behaviour of a fresh actor, which becomes an ALIAS of
 * it) or to STOPPED. Letters that reach a SUSPENDED actor wait; those that reach a STOPPED one are dead.
 *
 * Locks: mailbox.lock guards an actor's mailbox, status, signs, task, and the requests to it that have no answer yet.
 * rt->post.bonds_lock guards all links, monitors and registered names, rt->post.counts_lock dead letters and reports:
 * they change seldom. Order: mailbox.lock before the promise.lock of a task; otherwise one at a time. An adoption moves
 * what is guarded by all of them, and the identity of an actor: it happens while no other worker runs. */
#ifndef FLU_ACTOR_H
#define FLU_ACTOR_H

#include "print.h"
#include "task.h"

/* ---- mailboxes ---- */

typedef struct flu_letter {
    flu_value message;
    flu_value site; /* where it was sent: a string "file:line", or nil; with a timeline a pair of that and a number */
} flu_letter;
FLU_INLINE flu_value flu_letter_site(flu_letter letter) {
    return flu_is_cons(letter.site) ? FLU_CELL(letter.site)->head : letter.site;
}

/* A ring that grows. Counting modulo 2^32, the letters are those from head up to, not including, tail. */
typedef struct flu_letters {
    flu_letter *items; /* capacity of them, a power of two; NULL: none yet */
    uint32_t head, tail, capacity;
} flu_letters;

typedef struct flu_mailbox {
    flu_lock lock;
    uint32_t cursor;        /* how many letters the receive under way has looked at */
    flu_wait_queue waiting; /* its owner, parked in a receive or a select */
    flu_letters letters;
} flu_mailbox;

#define flu_letters_count(l) ((l)->tail - (l)->head)
FLU_INLINE flu_letter *flu_letters_at(const flu_letters *l, uint32_t i) {
    return &l->items[(l->head + i) & (l->capacity - 1)];
}
FLU_COLD_CALL void flu_letters_grow(flu_worker *w, flu_letters *l);
FLU_INLINE void flu_letters_push(flu_worker *w, flu_letters *l, flu_letter letter) {
    if (flu_unlikely(flu_letters_count(l) == l->capacity)) flu_letters_grow(w, l);
    l->items[l->tail++ & (l->capacity - 1)] = letter;
}
#define FLU_LETTERS_KEPT 4096 /* a ring that was larger is given up when it is empty */
/* The oldest; there is one. What has left the ring is not kept alive by it. */
FLU_INLINE flu_letter flu_letters_pop(flu_letters *l) {
    flu_letter *first = flu_letters_at(l, 0);
    /* Word by word, as it was written: the processor does not forward two stores to one load of 16 bytes. */
    flu_letter letter = {__atomic_load_n(&first->message, __ATOMIC_RELAXED),
                         __atomic_load_n(&first->site, __ATOMIC_RELAXED)};
    *first = (flu_letter){0, 0};
    l->head++;
    if (flu_unlikely(l->capacity > FLU_LETTERS_KEPT) && l->head == l->tail) *l = (flu_letters){0};
    return letter;
}
void flu_letters_push_first(flu_worker *w, flu_letters *l, flu_letter letter);
flu_letter flu_letters_remove(flu_letters *l, uint32_t i); /* the i-th oldest, from 0; there are more than i */

/* ---- what an actor does ---- */

enum flu_mailbox_policy { FLU_MAILBOX_BLOCK, FLU_MAILBOX_DROP_NEWEST, FLU_MAILBOX_DROP_OLDEST, FLU_MAILBOX_ERROR };

/* Made by a define-actor procedure; immutable. */
typedef struct flu_behaviour {
    flu_opaque o;
    flu_value name;     /* a symbol */
    flu_value init;     /* (lambda () state), or a list of the state */
    flu_value handler;  /* (lambda (state message) ...) */
    flu_value on_start; /* (lambda (state) ...) or nil */
    flu_value on_stop;  /* (lambda (state reason) ...) or nil */
    uint32_t limit;     /* letters that its mailbox holds; 0: any number */
    uint8_t policy;     /* what happens to more: enum flu_mailbox_policy */
} flu_behaviour;
extern const flu_class flu_behaviour_class;
FLU_INLINE bool flu_is_behaviour(flu_value v) {
    return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == &flu_behaviour_class;
}

/* ---- actors ---- */

enum flu_actor_status {
    FLU_ACTOR_STARTING,
    FLU_ACTOR_RUNNING,
    FLU_ACTOR_SUSPENDED, /* a supervised child between two lives */
    FLU_ACTOR_STOPPED,
    FLU_ACTOR_ALIAS, /* its behaviour was given to another actor: see state */
};

enum {                            /* flags */
       FLU_ACTOR_BECAME = 1,      /* the handler has called become: its value is not the next state */
       FLU_ACTOR_KEEPS_STATE = 2, /* of a define-actor: only become changes the state */
       FLU_ACTOR_OPEN = 4,        /* a receive may still take the message being handled */
       FLU_ACTOR_BOUNDED = 8,
       FLU_ACTOR_CRASHED = 16, /* its own code threw, or was given up by a handler */
       FLU_ACTOR_ENDING = 32,  /* on-stop runs */
};

enum {                           /* signs, which others may give it */
       FLU_ACTOR_STOPPING = 1,   /* it is to stop, for ties->stop_reason */
       FLU_ACTOR_KILLED = 2,     /* and at once */
       FLU_ACTOR_SUPERVISED = 4, /* somebody decides about its next life */
};

struct flu_ties;

typedef struct flu_actor {
    flu_header h;
    uint32_t id;
    _Atomic uint8_t status; /* enum flu_actor_status; changed with box.lock held */
    _Atomic uint8_t signs;  /* the same */
    uint16_t flags;         /* the actor's own */
    flu_mailbox box;
    flu_value state; /* of an alias: the actor that it is now */
    flu_value handler;
    flu_task *task;      /* that handles its letters now; NULL: idle */
    flu_letter current;  /* the message being handled; message FLU_NIL and site 0: none */
    flu_behaviour *does; /* NULL: made by (actor init handler) */
    struct flu_ties *ties;
} flu_actor;
#define FLU_ACTOR(v)    FLU_AS(flu_actor, v)
#define flu_is_actor(v) flu_is(v, FLU_T_ACTOR)

enum flu_bond_kind {
    FLU_LINK,    /* when either side ends abnormally the other gets an exit signal */
    FLU_MONITOR, /* when `to` ends, `from` gets a message */
    FLU_CHILD,   /* `from` supervises `to`; lasts over restarts */
};

/* In the list of both sides; guarded by rt->post.bonds_lock. */
typedef struct flu_bond {
    flu_opaque o;
    uint32_t id;
    uint8_t kind;       /* enum flu_bond_kind */
    bool broken;        /* in no list (any more) */
    flu_value from, to; /* actors or tasks */
    struct flu_bond *from_next, *from_prev, *to_next, *to_prev;
} flu_bond;

/* The rarely needed parts of an actor, or of a task that takes part in messages. */
typedef struct flu_ties {
    flu_value owner;      /* the actor or task */
    flu_mailbox box;      /* a task's; an actor has its own */
    flu_bond *bonds;      /* links and monitors of either direction */
    flu_value names;      /* list of the names it is registered under */
    struct flu_ask *asks; /* requests to it that have no answer yet */
    flu_wait_queue room;  /* senders that wait for room in a bounded mailbox */
    flu_letters stash;
    flu_promise *started, *ended; /* made when somebody waits for it */
    flu_value stop_reason;        /* of a stop that is under way, or of its last end */
    flu_value supervisor;         /* of a child: the supervisor's actor, else nil */
    flu_value child;              /* of a child: the supervisor's record of it */
    flu_value child_id;           /* of a child; of a supervisor that is none: nil */
    flu_value expects;            /* of an actor made for a restart: the child that it is to become, else nil */
    struct flu_dynamic *handlers; /* of an actor: what was in force where it was made (handler.h), or NULL */
    int64_t receive_until;        /* when the receive under way expires; INT64_MAX: never */
    uint32_t incarnation;
    bool traps;         /* exit signals come as messages */
    bool of_supervisor; /* made while a child was started: somebody looks after it */
} flu_ties;

/* The actor whose letters a task with FLU_TASK_ACTOR handles (it may be an alias). Such a task is nobody's promise. */
#define flu_task_actor(t) ((t)->promise.value)

/* Is one of these signs given? A glance, unless box.lock is held. */
#define flu_actor_has(a, sign) ((atomic_load_explicit(&(a)->signs, memory_order_relaxed) & (sign)) != 0)
#define flu_actor_status(a)    ((enum flu_actor_status)atomic_load_explicit(&(a)->status, memory_order_relaxed))
FLU_INLINE struct flu_ties *flu_actor_ties_or_null(const flu_actor *a) {
    return __atomic_load_n(&a->ties, __ATOMIC_ACQUIRE);
}
/* Flags that never change but by adoption: also for others than the actor. */
#define flu_actor_is_bounded(a) ((a)->does != NULL && (a)->does->limit != 0)

/* The actor that v, an actor, stands for. */
FLU_INLINE flu_actor *flu_actor_of(flu_value v) {
    flu_actor *a = FLU_ACTOR(v);
    while (flu_unlikely(flu_actor_status(a) == FLU_ACTOR_ALIAS)) a = FLU_ACTOR(a->state);
    return a;
}

flu_ties *flu_actor_ties(flu_worker *w, flu_actor *a); /* made at the first call */
flu_ties *flu_task_ties_new(flu_worker *w, flu_task *t);
FLU_INLINE flu_ties *flu_task_ties_or_null(const flu_task *t) {
    struct flu_task_more *more = flu_task_more_or_null(t);
    return more == NULL ? NULL : __atomic_load_n(&more->ties, __ATOMIC_ACQUIRE);
}
FLU_INLINE flu_ties *flu_task_ties(flu_worker *w, flu_task *t) {
    flu_ties *ties = flu_task_ties_or_null(t);
    return flu_likely(ties != NULL) ? ties : flu_task_ties_new(w, t);
}
/* The same for an actor or task; NULL: x is neither. */
flu_ties *flu_ties_of(flu_worker *w, flu_value x);
/* The actor whose letters the running task handles; NULL: it is a plain task. */
FLU_INLINE flu_actor *flu_running_actor(flu_worker *w) {
    flu_task *t = w->task;
    return t->flags & FLU_TASK_ACTOR ? flu_actor_of(flu_task_actor(t)) : NULL;
}
/* (self): the running actor or task. */
flu_value flu_running(flu_worker *w);

/* A new idle actor; starts with its first letter, or by flu_actor_activate. */
flu_actor *flu_actor_new(flu_worker *w, flu_value state, flu_value handler);
/* Lock held, a has no task: gives it one. The caller queues it (flu_queue_next) when the lock is free. */
flu_task *flu_actor_activate(flu_worker *w, flu_actor *a);
/* child, which is suspended, goes on with the behaviour, state, task and ties of fresh, which becomes its alias. */
void flu_actor_adopt(flu_worker *w, flu_actor *child, flu_actor *fresh);
/* A suspended or stopped actor will not live again: its letters are dead, its name is free. */
void flu_actor_retire(flu_worker *w, flu_actor *a, flu_value reason);
/* The task of an actor has come to its end, by v or a throw. */
void flu_actor_task_ended(flu_worker *w, flu_task *t, flu_value v);

/* A letter was taken from a bounded mailbox: the first sender that waits for room gets it. */
void flu_mailbox_has_room(flu_worker *w, flu_actor *a);
/* Puts a letter into the mailbox of an actor or task, whatever its limit; to a dead one it is a dead letter. */
void flu_deliver(flu_worker *w, flu_value target, flu_letter letter);
/* (! target message): site as in flu_letter. May suspend. */
flu_value flu_send(flu_worker *w, flu_value target, flu_value message, flu_value site);

enum flu_dead_cause { FLU_DEAD_STOPPED, FLU_DEAD_NO_CLAUSE };
void flu_dead_letter(flu_worker *w, flu_value target, flu_letter letter, enum flu_dead_cause cause);

/* (become state handler); handler may be FLU_UNDEF. */
flu_value flu_become_slow(flu_worker *w, flu_value state, flu_value handler);
FLU_INLINE flu_value flu_become(flu_worker *w, flu_value state, flu_value handler) {
    flu_task *t = w->task;
    if (flu_unlikely(handler != FLU_UNDEF || !(t->flags & FLU_TASK_ACTOR))) return flu_become_slow(w, state, handler);
    flu_actor *a = FLU_ACTOR(flu_task_actor(t));
    if (flu_unlikely(flu_actor_status(a) != FLU_ACTOR_RUNNING)) return flu_become_slow(w, state, handler);
    a->state = state;
    if (flu_unlikely(!(a->flags & FLU_ACTOR_BECAME))) a->flags |= FLU_ACTOR_BECAME;
    return FLU_NIL;
}

/* ---- ends ---- */

/* Asks a to stop for this reason: between messages, or where it next suspends. kill: no on-stop, no cleanup that
 * suspends. False: it has ended already. */
bool flu_actor_request_stop(flu_worker *w, flu_actor *a, flu_value reason, bool kill);
/* Is it an end that is no failure: normal, shutdown, or a list that starts so? */
bool flu_reason_is_normal(flu_value reason);
/* The owner of these ties has ended: exit signals and down messages go out. */
void flu_bonds_broken(flu_worker *w, flu_ties *ties, flu_value reason);
/* Somebody looks after it: it has a link or monitor, or a supervisor. */
bool flu_is_watched(flu_worker *w, const flu_ties *ties);
/* The task t has ended, fulfilled or not, and has ties. */
void flu_task_ties_ended(flu_worker *w, flu_task *t, flu_ties *ties);
flu_bond *flu_bond_new(flu_worker *w, flu_value from, flu_value to, enum flu_bond_kind kind);
/* Links, monitors, names and requests of `fresh` become child's. */
void flu_ties_move(flu_worker *w, flu_actor *child, flu_actor *fresh);
/* a was made while the running task evaluated the expression of a child that is being restarted: a may become it. */
void flu_expect_child(flu_worker *w, flu_actor *a);
/* (register name x): FLU_ABNORMAL if the name is taken. */
flu_value flu_register(flu_worker *w, flu_value name, flu_value x);
/* The actor or task of that name; FLU_NIL: none. name: a string, symbol or keyword. */
flu_value flu_whereis(flu_worker *w, flu_value name);
void flu_names_free(flu_worker *w, flu_ties *ties);

/* ---- supervision (supervise.c) ---- */

/* A life of a child has ended: its supervisor gets a message. */
void flu_child_ended(flu_worker *w, const flu_ties *child, flu_value reason);
/* The supervisor of this child (actor or task) was killed: so is the child. */
void flu_child_orphaned(flu_worker *w, flu_value child);
/* The reason of the end of t, which has ended. */
flu_value flu_task_end_reason(flu_task *t);
/* It is no child any more. */
void flu_child_bond_end(flu_worker *w, flu_ties *ties);

/* ---- requests (ask.c) ---- */

/* The reply handle that ends the message, or NULL. */
flu_promise *flu_reply_handle(flu_value message);
/* The actor or task that is to settle this promise, a reply handle without an answer; nil: it is none. */
flu_value flu_asked(flu_promise *handle);
/* Rejects a request that its actor will not answer. */
void flu_ask_refuse(flu_worker *w, flu_promise *handle, flu_value reason);
void flu_asks_refuse_all(flu_worker *w, flu_ties *ties, flu_value reason);
/* New requests of this worker, those that have no answer yet, get their timers, and a place in the lists of whom they
 * were made to: before the worker looks at timers, and before another one may run. */
void flu_asks_enter(flu_worker *w);
/* The requests to fresh become child's. */
void flu_asks_move(flu_worker *w, flu_actor *child, flu_actor *fresh);
/* A reply for this handle is about to be delivered: the request is over. */
void flu_ask_answered(flu_worker *w, flu_promise *handle);

/* ---- receive (receive.c) ---- */

/* The mailbox of an actor, or of a task that has ties. */
FLU_INLINE flu_mailbox *flu_mailbox_of(flu_value x) {
    return flu_is_actor(x) ? &flu_actor_of(x)->box : &flu_task_more_or_null(FLU_TASK(x))->ties->box;
}
/* For select: the oldest message of the running actor or task, taken with the mailbox's lock held; 0: none. */
flu_value flu_mailbox_take_locked(flu_worker *w);

/* ---- reports (crash.c) ---- */

/* The same of a supervised task, which was rejected. */
void flu_report_task_crash(flu_worker *w, flu_task *t, const flu_ties *ties);
void flu_report_on_stop(flu_worker *w, flu_actor *a, flu_value error, const struct flu_trace *trace);
void flu_report_crash(flu_worker *w, flu_actor *a, flu_value reason, const struct flu_trace *trace);
void flu_actor_print(flu_buf *b, flu_value v); /* #<actor counter 3> */

#endif
