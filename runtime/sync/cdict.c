/* cdict.c: concurrent dicts; sync.h says how they work. */
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/equal.h"
#include "flu/print.h"
#include "flu/sched.h"
#include "sync_internal.h"

flu_value flu_cdict_make(flu_worker *w, flu_value initial) {
    if (initial == FLU_UNDEF || initial == FLU_NIL)
        initial = flu_fn_dict_new(w, 0, NULL);
    else if (!flu_is(initial, FLU_T_DICT))
        return flu_type_error(w, "cdict", 1, "a dict", initial);
    flu_cdict *d = flu_alloc(w, sizeof *d);
    d->h = FLU_HEADER(FLU_T_CDICT, 0, 0, flu_next_id(w));
    d->dict = initial;
    d->more = flu_fn_dict_new(w, 0, NULL);
    return FLU_VALUE(d);
}

static bool is_cdict(flu_value v) { return flu_is(v, FLU_T_CDICT); }

static flu_value not_a_cdict(flu_worker *w, const char *proc, flu_value v) {
    return flu_type_error(w, proc, 1, "a cdict", v);
}

/* The present entries: a persistent dict, to be used without the lock. */
static flu_value snapshot(flu_worker *w, flu_cdict *d) {
    flu_lock_take(w, &d->lock);
    flu_value dict = d->dict;
    flu_lock_release(w, &d->lock);
    return dict;
}

flu_value flu_cdict_get(flu_worker *w, flu_value d, flu_value key, flu_value otherwise) {
    if (!is_cdict(d)) return not_a_cdict(w, "cdict-get", d);
    flu_value v = flu_dict_get(w, snapshot(w, FLU_CDICT(d)), key);
    return v != FLU_UNDEF ? v : otherwise != FLU_UNDEF ? otherwise : FLU_NIL;
}

flu_value flu_cdict_to_dict(flu_worker *w, flu_value d) {
    return is_cdict(d) ? snapshot(w, FLU_CDICT(d)) : not_a_cdict(w, "cdict->dict", d);
}

/* ---- keys held, lock held ---- */

/* NULL: nobody holds key. */
static flu_key_hold *find_hold(flu_worker *w, flu_cdict *d, flu_value key) {
    flu_key_hold *first = d->first;
    if (first != NULL && first->owner != NULL && flu_key_equals(w, first->key, key)) return first;
    if (flu_table_count(d->more) == 0) return NULL;
    flu_value hold = flu_dict_get(w, d->more, key);
    return hold == FLU_UNDEF ? NULL : FLU_AS(flu_key_hold, hold);
}

static flu_key_hold *new_hold(flu_worker *w) {
    flu_key_hold *hold = flu_alloc(w, sizeof *hold); /* cleared */
    hold->h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    hold->key = FLU_NIL;
    return hold;
}

static flu_key_hold *add_hold(flu_worker *w, flu_cdict *d, flu_value key) {
    if (d->first == NULL) d->first = new_hold(w);
    flu_key_hold *hold = d->first;
    if (hold->owner != NULL) {
        hold = new_hold(w);
        d->more = flu_dict_set(w, d->more, key, FLU_VALUE(hold));
    }
    hold->owner = w->task;
    hold->key = key;
    return hold;
}

static void drop_hold(flu_worker *w, flu_cdict *d, flu_key_hold *hold) {
    if (hold != d->first) d->more = flu_dict_remove(w, d->more, hold->key);
    hold->owner = NULL;
    hold->key = FLU_NIL;
}

/* ---- changes ---- */

/* (%cdict-hold d k "proc"): waits for key k of a cdict and gives what %cdict-end takes. */
flu_value flu_cdict_hold(flu_worker *w, flu_value v, flu_value key, flu_value proc) {
    flu_cdict *d = FLU_CDICT(v);
    flu_lock_take(w, &d->lock);
    flu_key_hold *hold = find_hold(w, d, key);
    if (hold != NULL && hold->owner != w->task && !flu_cancel_due_locked(w)) {
        flu_sync_enlist(w, &d->lock, &hold->waiters, FLU_VALUE(hold), NULL);
        return flu_sync_park(w, &d->lock, FLU_WAIT_KEY, v);
    }
    bool own = hold != NULL && hold->owner == w->task, free = hold == NULL;
    if (free) hold = add_hold(w, d, key);
    flu_lock_release(w, &d->lock);
    if (free) return FLU_VALUE(hold);
    if (!own) return FLU_ABNORMAL; /* cancelled */
    return flu_raise_data(w, "deadlock", key, "%s: the task is updating key %s already", FLU_STR(proc)->bytes,
                          FLU_STR(flu_repr_string(w, key, 40))->bytes);
}

/* (%cdict-end d hold): the next one that waits for the key holds it now. */
flu_value flu_cdict_end(flu_worker *w, flu_value v, flu_value h) {
    flu_cdict *d = FLU_CDICT(v);
    flu_key_hold *hold = FLU_AS(flu_key_hold, h);
    flu_lock_take(w, &d->lock);
    flu_waiter *next = flu_wait_queue_claim(w, &hold->waiters);
    if (next)
        hold->owner = next->task;
    else
        drop_hold(w, d, hold);
    flu_lock_release(w, &d->lock);
    if (next) flu_sync_hand_over(w, next);
    return FLU_NIL;
}

static void put(flu_worker *w, flu_cdict *d, flu_value key, flu_value value) {
    d->dict = flu_dict_set(w, d->dict, key, value);
}

static flu_value take(flu_worker *w, flu_cdict *d, flu_value key) {
    bool there = flu_dict_get(w, d->dict, key) != FLU_UNDEF;
    if (there) d->dict = flu_dict_remove(w, d->dict, key);
    return FLU_BOOL(there);
}

/* (%cdict-put d k v): stores it; d is a cdict, and the task holds k. Gives v. */
flu_value flu_cdict_put(flu_worker *w, flu_value d, flu_value key, flu_value value) {
    flu_lock_take(w, &FLU_CDICT(d)->lock);
    put(w, FLU_CDICT(d), key, value);
    flu_lock_release(w, &FLU_CDICT(d)->lock);
    return value;
}

/* (%cdict-take d k): the same, removes k. Was it there? */
flu_value flu_cdict_take(flu_worker *w, flu_value d, flu_value key) {
    flu_lock_take(w, &FLU_CDICT(d)->lock);
    flu_value there = take(w, FLU_CDICT(d), key);
    flu_lock_release(w, &FLU_CDICT(d)->lock);
    return there;
}

/* ---- changes that programs make: no library procedures, so that the place of the call is known while a task waits
 * ---- */

flu_value flu_cdict_update(flu_worker *w, flu_value d, flu_value key, flu_value f, flu_value otherwise) {
    if (!is_cdict(d)) return not_a_cdict(w, "cdict-update!", d);
    if (!flu_is_proc(f)) return flu_type_error(w, "cdict-update!", 3, "a procedure", f);
    return flu_lib_cdict_update(w, d, key, f, otherwise);
}

flu_value flu_cdict_set(flu_worker *w, flu_value v, flu_value key, flu_value value) {
    if (!is_cdict(v)) return not_a_cdict(w, "cdict-set!", v);
    flu_cdict *d = FLU_CDICT(v);
    flu_lock_take(w, &d->lock);
    bool free = find_hold(w, d, key) == NULL;
    if (free) put(w, d, key, value);
    flu_lock_release(w, &d->lock);
    return free ? value : flu_lib_cdict_set(w, v, key, value);
}

flu_value flu_cdict_delete(flu_worker *w, flu_value v, flu_value key) {
    if (!is_cdict(v)) return not_a_cdict(w, "cdict-delete!", v);
    flu_cdict *d = FLU_CDICT(v);
    flu_lock_take(w, &d->lock);
    flu_value there = find_hold(w, d, key) == NULL ? take(w, d, key) : FLU_UNDEF;
    flu_lock_release(w, &d->lock);
    return there != FLU_UNDEF ? there : flu_lib_cdict_delete(w, v, key);
}
