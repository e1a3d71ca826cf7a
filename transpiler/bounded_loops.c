/* bounded_loops.c: loops that need no check of the time slice, as they are short of themselves.
 *
 * A loop that goes on with the tail of one of its parameters ends with that list, which is finite: cells cannot be
 * changed. If each round does only what takes some nanoseconds, and allocates nothing, the loop as a whole is short
 * too: even a million elements take a millisecond. Such a loop may neither hold another one nor call a procedure: what
 * it leaves to, in tail position, may be anything. */
#include "simplify.h"
#include "text.h"

/* Variables bound to the tail of a parameter. */
typedef struct tail_var {
    const var *v, *param;
    struct tail_var *next;
} tail_var;

typedef struct walk {
    const label *l;
    tail_var *tails;
    bool *shrinks; /* by parameter: every jump so far passes a tail of it */
} walk;

/* ---- what a round may do ---- */

static const char *const short_prims[] = {"vector-ref", "vector-set!", "empty?",
                                          "%cell-ref",  "%cell-set!",  "%need-proc"};

static bool is_short_prim(const builtin *b) {
    if (b->flags & NORETURN) return true;
    if (!(b->flags & INLINE) || (b->flags & (SUSPENDS | CALLS | ALLOCATES))) return false;
    return (b->flags & PURE) || is_one_of(b->name, short_prims, sizeof short_prims / sizeof *short_prims);
}

static void note_if_long(core **child, void *context);

static bool is_short(core *x) {
    switch (x->kind) {
    case CORE_CALL:
    case CORE_LAMBDA:
    case CORE_FIX:
    case CORE_TRY: return false;
    case CORE_PRIM:
        if (!is_short_prim(x->prim)) return false;
        break;
    case CORE_LABEL:
        if (x->label->is_loop) return false;
        break;
    default: break;
    }
    bool is_long = false;
    core_children(x, note_if_long, &is_long, false);
    return !is_long;
}

static void note_if_long(core **child, void *context) {
    bool *is_long = context;
    if (!*is_long) *is_long = !is_short(*child);
}

static bool all_short(core *const *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!is_short(items[i])) return false;
    return true;
}

/* ---- what the jumps pass ---- */

/* The parameter that x is a tail of, or NULL. */
static const var *tail_of(const walk *w, const core *x) {
    static const char *const tails[] = {"%tail", "tail"};
    if (x->kind == CORE_LOCAL) {
        for (const tail_var *t = w->tails; t; t = t->next)
            if (t->v == x->var) return t->param;
        return NULL;
    }
    if (x->kind != CORE_PRIM || !is_one_of(x->prim->name, tails, 2)) return NULL;
    const core *list = x->items[0];
    const var *further = tail_of(w, list);
    return further ? further : list->kind == CORE_LOCAL && !list->var->assigned ? list->var : NULL;
}

static void note_tail(walk *w, const core *let) {
    const var *param = tail_of(w, let->a);
    if (!param || let->var->assigned) return;
    tail_var *t = NEW(tail_var);
    *t = (tail_var){let->var, param, w->tails};
    w->tails = t;
}

static void note_jump(walk *w, const core *jump) {
    for (size_t i = 0; i < w->l->count; i++)
        if (tail_of(w, jump->items[i]) != w->l->params[i]) w->shrinks[i] = false;
}

/* ---- the walk ---- */

typedef struct jump_search {
    const label *l;
    bool found;
} jump_search;

static void look_for_jump(core **child, void *context) {
    jump_search *s = context;
    if (s->found) return;
    if ((*child)->kind == CORE_JUMP && (*child)->label == s->l)
        s->found = true;
    else
        core_children(*child, look_for_jump, s, false);
}

static bool goes_on(const walk *w, core *x) {
    jump_search s = {w->l, false};
    look_for_jump(&x, &s);
    return s.found;
}

/* x stands in tail position in the loop: is everything short that is done before the jumps in it? */
static bool is_short_round(walk *w, core *x) {
    if (!goes_on(w, x)) return true; /* it leaves the loop */
    switch (x->kind) {
    case CORE_JUMP: note_jump(w, x); return all_short(x->items, x->count);
    case CORE_IF: return is_short(x->a) && is_short_round(w, x->b) && is_short_round(w, x->c);
    case CORE_LET: note_tail(w, x); return is_short(x->a) && is_short_round(w, x->b);
    case CORE_SEQ: return all_short(x->items, x->count - 1) && is_short_round(w, x->items[x->count - 1]);
    case CORE_LABEL: return !x->label->is_loop && is_short_round(w, x->label->body) && is_short_round(w, x->a);
    default: return false;
    }
}

bool is_bounded_loop(const label *l) {
    walk w = {.l = l, .shrinks = NEW_ARRAY(bool, l->count + 1)};
    for (size_t i = 0; i < l->count; i++) w.shrinks[i] = true;
    if (!is_short_round(&w, l->body)) return false;
    for (size_t i = 0; i < l->count; i++)
        if (w.shrinks[i]) return true;
    return false;
}
