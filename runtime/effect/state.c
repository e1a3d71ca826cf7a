/* state.c: the store behind the state effects, private stores, and transactions.
 *
 * A store is a dict from keys to entries. Each write makes a new entry (a cell with the value), so that an entry's
 * identity is the version of its key. A transaction belongs to its task: it keeps its own writes, and the entries that
 * it has seen; a commit checks under the store's lock that they are still the present ones. One begun inside another of
 * the same store looks through it, commits into it, and leaves it as it is if rolled back: only the outermost one meets
 * the store. */
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/dynamic.h"
#include "flu/handler.h"
#include "flu/literal.h"
#include "flu/sched.h"

typedef struct flu_store {
    flu_header h;
    flu_lock lock;     /* guards entries */
    flu_value entries; /* a dict: key -> entry */
} flu_store;

/* In force for the body of with-isolated-state, and tasks spawned in it. */
typedef struct flu_store_scope {
    flu_dynamic dynamic;
    flu_store *store;
} flu_store_scope;

/* Of one task, until it commits, rolls back or ends. */
typedef struct flu_transaction {
    flu_header h;
    struct flu_transaction *outer; /* the task's one before, of any store, or NULL */
    flu_store *store;
    flu_value seen;   /* a dict: key -> the entry at the first look, or nil; of the outermost one of a store */
    flu_value writes; /* a dict: key -> an entry, or nil for a deletion */
} flu_transaction;

/* ---- stores ---- */

static flu_value empty_dict(flu_worker *w) { return flu_dict_lit(w, 0, NULL); }

static flu_store *store_new(flu_worker *w, flu_value entries) {
    flu_store *s = flu_alloc(w, sizeof *s); /* cleared */
    s->h = FLU_HEADER(FLU_T_NODE, 0, 0, 0);
    s->entries = entries;
    return s;
}

static flu_store *program_store(flu_worker *w) {
    flu_store *s = __atomic_load_n(&w->rt->store, __ATOMIC_ACQUIRE);
    return s != NULL ? s : flu_store_first((void **)&w->rt->store, store_new(w, empty_dict(w)));
}

static flu_store *current_store(flu_worker *w) {
    for (flu_dynamic *d = flu_dynamic_head(w); d != NULL; d = d->parent)
        if (d->kind == FLU_DYNAMIC_STORE) return ((flu_store_scope *)d)->store;
    return program_store(w);
}

/* The first of these transactions, from the inside out, that is one of this store, or NULL. */
static flu_transaction *transaction_on(flu_transaction *t, const flu_store *s) {
    while (t != NULL && t->store != s) t = t->outer;
    return t;
}

/* The transaction that reads and writes go to, or NULL. */
static flu_transaction *current_transaction(flu_worker *w, const flu_store *s) {
    struct flu_task_more *more = flu_task_more_or_null(w->task);
    return more == NULL ? NULL : transaction_on(more->transaction, s);
}

/* An entry's value; FLU_UNDEF: there is none. */
static flu_value entry_value(flu_value entry) { return flu_is_cons(entry) ? FLU_CELL(entry)->head : FLU_UNDEF; }

static flu_value or_nil(flu_value v) { return v == FLU_UNDEF ? FLU_NIL : v; }

/* ---- reading and writing; entry nil: none ---- */

static flu_value present_entry(flu_worker *w, flu_store *s, flu_value key) {
    flu_lock_take(w, &s->lock);
    flu_value entries = s->entries;
    flu_lock_release(w, &s->lock);
    return or_nil(flu_dict_get(w, entries, key));
}

/* As the transaction sees it: by its writes, else by those around it, else as it was at the first look. */
static flu_value seen_entry(flu_worker *w, flu_transaction *t, flu_value key) {
    flu_transaction *outermost = t;
    for (; t != NULL; t = transaction_on(t->outer, t->store)) {
        flu_value entry = flu_dict_get(w, t->writes, key);
        if (entry != FLU_UNDEF) return entry;
        outermost = t;
    }
    flu_value entry = flu_dict_get(w, outermost->seen, key);
    if (entry != FLU_UNDEF) return entry;
    entry = present_entry(w, outermost->store, key);
    outermost->seen = flu_dict_set(w, outermost->seen, key, entry);
    return entry;
}

static flu_value find_entry(flu_worker *w, flu_store *s, flu_value key) {
    flu_transaction *t = current_transaction(w, s);
    return t != NULL ? seen_entry(w, t, key) : present_entry(w, s, key);
}

static flu_value with_entry(flu_worker *w, flu_value entries, flu_value key, flu_value entry) {
    return entry == FLU_NIL ? flu_dict_remove(w, entries, key) : flu_dict_set(w, entries, key, entry);
}

/* Nothing allocates under the lock that could run a finalizer: those run between tasks. */
static void put_entry(flu_worker *w, flu_store *s, flu_value key, flu_value entry) {
    flu_transaction *t = current_transaction(w, s);
    if (t != NULL) {
        seen_entry(w, t, key);
        t->writes = flu_dict_set(w, t->writes, key, entry);
        return;
    }
    flu_lock_take(w, &s->lock);
    s->entries = with_entry(w, s->entries, key, entry);
    flu_lock_release(w, &s->lock);
}

/* ---- the effects' default answers ---- */

flu_value flu_state_get(flu_worker *w, flu_value key, flu_value otherwise) {
    flu_value v = entry_value(find_entry(w, current_store(w), key));
    return v != FLU_UNDEF ? v : or_nil(otherwise);
}

flu_value flu_state_set(flu_worker *w, flu_value key, flu_value v) {
    put_entry(w, current_store(w), key, flu_cons(w, v, FLU_NIL));
    return v;
}

flu_value flu_state_delete(flu_worker *w, flu_value key) {
    flu_store *s = current_store(w);
    bool there = find_entry(w, s, key) != FLU_NIL;
    if (there) put_entry(w, s, key, FLU_NIL);
    return FLU_BOOL(there);
}

static void delete_keys(flu_worker *w, flu_store *s, flu_value dict) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, dict, &pairs);
    for (size_t i = 0; i < n; i++) put_entry(w, s, pairs[2 * i], FLU_NIL);
}

flu_value flu_state_clear(flu_worker *w) {
    flu_store *s = current_store(w);
    flu_transaction *t = current_transaction(w, s);
    if (t == NULL) {
        flu_lock_take(w, &s->lock);
        s->entries = empty_dict(w);
        flu_lock_release(w, &s->lock);
        return FLU_NIL;
    }
    delete_keys(w, s, s->entries);
    for (; t != NULL; t = transaction_on(t->outer, s)) delete_keys(w, s, t->writes);
    return FLU_NIL;
}

/* (%state-entry key): the entry, or nil; (%state-swap key entry v): stores v if that is still the entry. */
flu_value flu_state_entry(flu_worker *w, flu_value key) { return find_entry(w, current_store(w), key); }

flu_value flu_state_swap(flu_worker *w, flu_value key, flu_value entry, flu_value v) {
    flu_store *s = current_store(w);
    flu_value newer = flu_cons(w, v, FLU_NIL);
    if (current_transaction(w, s) != NULL) {
        put_entry(w, s, key, newer);
        return FLU_TRUE;
    }
    flu_lock_take(w, &s->lock);
    bool same = or_nil(flu_dict_get(w, s->entries, key)) == entry;
    if (same) s->entries = flu_dict_set(w, s->entries, key, newer);
    flu_lock_release(w, &s->lock);
    return FLU_BOOL(same);
}

/* ---- transactions ---- */

flu_value flu_state_begin(flu_worker *w) {
    struct flu_task_more *more = flu_running_more(w);
    flu_store *s = current_store(w);
    flu_transaction *t = flu_alloc(w, sizeof *t);
    *t = (flu_transaction){FLU_HEADER(FLU_T_NODE, 0, 0, 0), more->transaction, s, empty_dict(w), empty_dict(w)};
    more->transaction = t;
    return FLU_NIL;
}

/* Takes the running task's innermost transaction; NULL: error was thrown. */
static flu_transaction *end_transaction(flu_worker *w, const char *proc) {
    struct flu_task_more *more = flu_task_more_or_null(w->task);
    flu_transaction *t = more == NULL ? NULL : more->transaction;
    if (t == NULL)
        flu_raise(w, "error", "%s: this task has no transaction", proc);
    else
        more->transaction = t->outer;
    return t;
}

/* The store's lock is held. The first key whose entry is another one now, or FLU_UNDEF. */
static flu_value changed_key(flu_worker *w, const flu_transaction *t) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, t->seen, &pairs);
    for (size_t i = 0; i < n; i++)
        if (or_nil(flu_dict_get(w, t->store->entries, pairs[2 * i])) != pairs[2 * i + 1]) return pairs[2 * i];
    return FLU_UNDEF;
}

static void apply_writes(flu_worker *w, const flu_transaction *t) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, t->writes, &pairs);
    for (size_t i = 0; i < n; i++) t->store->entries = with_entry(w, t->store->entries, pairs[2 * i], pairs[2 * i + 1]);
}

/* Its writes become those of the one around it. */
static void commit_into(flu_worker *w, flu_transaction *outer, const flu_transaction *t) {
    flu_value *pairs;
    size_t n = flu_dict_entries(w, t->writes, &pairs);
    for (size_t i = 0; i < n; i++) outer->writes = flu_dict_set(w, outer->writes, pairs[2 * i], pairs[2 * i + 1]);
}

flu_value flu_state_commit(flu_worker *w) {
    flu_transaction *t = end_transaction(w, "state:commit-transaction");
    if (t == NULL) return FLU_ABNORMAL;
    flu_transaction *outer = transaction_on(t->outer, t->store);
    if (outer != NULL) {
        commit_into(w, outer, t);
        return FLU_TRUE;
    }
    flu_lock_take(w, &t->store->lock);
    flu_value key = changed_key(w, t);
    if (key == FLU_UNDEF) apply_writes(w, t);
    flu_lock_release(w, &t->store->lock);
    if (key == FLU_UNDEF) return FLU_TRUE;
    flu_value text = flu_repr_string(w, key, 80);
    return flu_raise_data(w, "state-conflict", key, "state:commit-transaction: %s was changed meanwhile",
                          FLU_STR(text)->bytes);
}

flu_value flu_state_rollback(flu_worker *w) {
    return end_transaction(w, "state:rollback-transaction") ? FLU_TRUE : FLU_ABNORMAL;
}

/* ---- private stores ---- */

static flu_value scope_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info scope_info = {.name = "with-isolated-state", .file = "<runtime>", .resume = scope_resume};

static flu_dynamic *store_scope_new(flu_worker *w, flu_store *s) {
    flu_store_scope *d = flu_alloc(w, sizeof *d);
    d->dynamic = (flu_dynamic){FLU_HEADER(FLU_T_NODE, 0, 0, 0), NULL, FLU_DYNAMIC_STORE};
    d->store = s;
    return &d->dynamic;
}

flu_dynamic *flu_store_scope_copy(flu_worker *w, const flu_dynamic *d) {
    return store_scope_new(w, ((const flu_store_scope *)d)->store);
}

static flu_value scope_ended(flu_worker *w, flu_frame *old, flu_dynamic *d, flu_value v) {
    if (v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) {
        flu_save(w, old, &scope_info, 0, 1)->slots[0] = FLU_VALUE(d);
        return FLU_ABNORMAL;
    }
    flu_dynamic_set(w, d->parent);
    return v;
}

static flu_value scope_resume(flu_worker *w, flu_frame *f, flu_value v) {
    return scope_ended(w, f, (flu_dynamic *)f->slots[0], v);
}

/* A transaction that is open stays with the store it was begun on. */
flu_value flu_with_isolated_state(flu_worker *w, flu_value thunk) {
    flu_store *s = current_store(w);
    flu_lock_take(w, &s->lock);
    flu_value entries = s->entries;
    flu_lock_release(w, &s->lock);
    flu_dynamic *d = store_scope_new(w, store_new(w, entries));
    d->parent = flu_dynamic_head(w);
    flu_dynamic_set(w, d);
    return scope_ended(w, NULL, d, flu_call0(w, thunk));
}
