/* token.c: cancel tokens: what is to happen when somebody gives the word.
 *
 * A token keeps a list of registrations: bodies of with-cancel, callbacks, and tokens derived from it. A derived token
 * is registered with its parent only while it has registrations of its own: otherwise nobody can notice when the parent
 * is cancelled but by asking, and asking looks at the parents. So a long-lived token does not collect those of all the
 * requests it has ever served. */
#include "flu/token.h"

#include "flu/builtins.h"
#include "flu/sched.h"

typedef struct token {
    flu_header h; /* FLU_T_TOKEN; size: its number, for printing */
    struct token *parent;
    flu_token_link *first, *last; /* registrations, the oldest first; none once cancelled */
    flu_token_link *up;           /* its own with the parent, or NULL */
    flu_value reason;
    bool cancelled;
} token;
#define TOKEN(v) FLU_AS(token, v)

struct flu_token_link {
    flu_token_link *next, *prev;
    token *owner;     /* NULL: not linked any more */
    flu_scope *scope; /* one of these three */
    token *derived;
    flu_value callback;
};

/* ---- registrations; rt->tokens_lock held ---- */

static void append(token *t, flu_token_link *link) {
    link->owner = t;
    link->next = NULL;
    link->prev = t->last;
    if (t->last)
        t->last->next = link;
    else
        t->first = link;
    t->last = link;
}

static void take_out(flu_token_link *link) {
    token *t = link->owner;
    if (link->prev)
        link->prev->next = link->next;
    else
        t->first = link->next;
    if (link->next)
        link->next->prev = link->prev;
    else
        t->last = link->prev;
    link->next = link->prev = NULL;
    link->owner = NULL;
}

/* t has a registration now: so has its parent. */
static void link_up(flu_worker *w, token *t) {
    for (; t->parent != NULL && t->up == NULL; t = t->parent) {
        t->up = flu_alloc(w, sizeof *t->up); /* cleared */
        t->up->derived = t;
        append(t->parent, t->up);
    }
}

static flu_token_link *add_link(flu_worker *w, token *t) {
    flu_token_link *link = flu_alloc(w, sizeof *link); /* cleared */
    append(t, link);
    link_up(w, t);
    return link;
}

static void unlink_up(token *t) {
    for (; t->first == NULL && t->up != NULL; t = t->parent) {
        take_out(t->up);
        t->up = NULL;
    }
}

static flu_lock *tokens_lock(flu_worker *w) { return &w->rt->tokens_lock; }

/* The reason if t, or one that it was derived from, is cancelled: true. */
static bool find_reason(const token *t, flu_value *reason) {
    while (t != NULL && !t->cancelled) t = t->parent;
    if (t != NULL) *reason = t->reason;
    return t != NULL;
}

flu_token_link *flu_token_link_scope(flu_worker *w, flu_value v, flu_scope *s, flu_value *reason) {
    flu_lock_take(w, tokens_lock(w));
    flu_token_link *link = find_reason(TOKEN(v), reason) ? NULL : add_link(w, TOKEN(v));
    if (link != NULL) link->scope = s;
    flu_lock_release(w, tokens_lock(w));
    return link;
}

void flu_token_unlink(flu_worker *w, flu_token_link *link) {
    flu_lock_take(w, tokens_lock(w));
    token *t = link->owner;
    if (t != NULL) {
        take_out(link);
        unlink_up(t);
    }
    flu_lock_release(w, tokens_lock(w));
}

/* ---- cancelling ---- */

bool flu_token_is_cancelled(flu_worker *w, flu_value v, flu_value *reason) {
    flu_lock_take(w, tokens_lock(w));
    bool cancelled = find_reason(TOKEN(v), reason);
    flu_lock_release(w, tokens_lock(w));
    return cancelled;
}

/* Marks t and all that were derived from it, and gives their registrations but those of tokens, linked by next, in
 * order. Lock held. */
static flu_token_link *cancel_all(token *t, flu_value reason) {
    flu_token_link *found = NULL, **end = &found, *todo = t->first;
    t->cancelled = true;
    t->reason = reason;
    t->first = t->last = NULL;
    while (todo != NULL) {
        flu_token_link *link = todo;
        todo = link->next;
        link->next = link->prev = NULL;
        link->owner = NULL;
        token *derived = link->derived;
        if (derived == NULL) {
            *end = link;
            end = &link->next;
            continue;
        }
        derived->up = NULL;
        if (derived->cancelled) continue;
        derived->cancelled = true;
        derived->reason = reason;
        if (derived->last != NULL) {
            derived->last->next = todo;
            todo = derived->first;
        }
        derived->first = derived->last = NULL;
    }
    return found;
}

static flu_token_link *cancel_locked(token *t, flu_value reason) {
    if (t->up != NULL) {
        token *parent = t->parent;
        take_out(t->up);
        t->up = NULL;
        unlink_up(parent);
    }
    return cancel_all(t, reason);
}

/* Asks the scopes to end; gives the list of the callbacks, which the caller is to call. */
static flu_value tell_all(flu_worker *w, flu_token_link *link, flu_value reason) {
    flu_value callbacks = FLU_EMPTY, *end = &callbacks;
    while (link != NULL) {
        flu_token_link *next = link->next;
        link->next = NULL;
        if (link->scope != NULL) {
            flu_scope_request(w, link->scope, flu_cancelled_error(w, reason));
        } else {
            *end = flu_cons(w, link->callback, FLU_EMPTY);
            end = &FLU_CELL(*end)->tail;
        }
        link = next;
    }
    return callbacks;
}

/* (%token-cancel token reason): the callbacks; the absent argument if it was cancelled before. */
flu_value flu_token_cancel(flu_worker *w, flu_value v, flu_value reason) {
    if (!flu_is_token(v)) return flu_type_error(w, "cancel!", 1, "a cancel token", v);
    flu_value earlier;
    if (flu_token_is_cancelled(w, v, &earlier)) return FLU_UNDEF;
    flu_lock_take(w, tokens_lock(w));
    bool first = !TOKEN(v)->cancelled;
    flu_token_link *links = first ? cancel_locked(TOKEN(v), reason) : NULL;
    flu_lock_release(w, tokens_lock(w));
    return first ? tell_all(w, links, reason) : FLU_UNDEF;
}

/* ---- builtins ---- */

flu_value flu_token_make(flu_worker *w, flu_value parent) {
    bool derived = parent != FLU_UNDEF && parent != FLU_NIL;
    if (derived && !flu_is_token(parent)) return flu_type_error(w, "cancel-token", 1, "a cancel token", parent);
    token *t = flu_alloc(w, sizeof *t); /* cleared */
    uint32_t id = flu_next_id(w);
    t->h = FLU_HEADER(FLU_T_TOKEN, 0, 0, id);
    t->parent = derived ? TOKEN(parent) : NULL;
    t->reason = FLU_NIL;
    return FLU_VALUE(t);
}

flu_value flu_token_cancelled_p(flu_worker *w, flu_value v) {
    if (!flu_is_token(v)) return flu_type_error(w, "token-cancelled?", 1, "a cancel token", v);
    flu_value reason;
    return FLU_BOOL(flu_token_is_cancelled(w, v, &reason));
}

/* (%token-watch token f): registers f; if the token is cancelled it gives a list of the reason instead, else (). */
flu_value flu_token_watch(flu_worker *w, flu_value v, flu_value f) {
    if (!flu_is_token(v)) return flu_type_error(w, "on-cancel", 1, "a cancel token", v);
    if (!flu_is_proc(f)) return flu_type_error(w, "on-cancel", 2, "a procedure", f);
    flu_value reason;
    flu_lock_take(w, tokens_lock(w));
    bool cancelled = find_reason(TOKEN(v), &reason);
    if (!cancelled) add_link(w, TOKEN(v))->callback = f;
    flu_lock_release(w, tokens_lock(w));
    return cancelled ? flu_cons(w, reason, FLU_EMPTY) : FLU_EMPTY;
}
