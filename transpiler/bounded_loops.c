/* bounded_loops.c: loops that need no check of the time slice, as they are short of themselves.
 *
 * A loop that goes on with the tail of one of its parameters ends with that list, which is finite: cells cannot be
 * changed. If each round does only what takes some nanoseconds, and allocates nothing, the loop as a whole is short
 * too: even a million elements take a millisecond. Such a loop may neither hold another one nor call a procedure: what
 * it leaves to, in tail position, may be anything.
 *
 * A loop that counts up from 0 or more, while its counter is below a literal of some thousand, is short as well; it may
 * call procedures that do as little as its own rounds. */
#include "simplify.h"
#include "text.h"

/* Variables bound to the tail of a parameter. */
typedef struct tail_var {
    const var *v, *param;
    struct tail_var *next;
} tail_var;

typedef struct walk {
    const label *l;
    int calls; /* so deep a round may call procedures */
    tail_var *tails;
    bool *shrinks; /* by parameter: every jump so far passes a tail of it */
} walk;

/* ---- what a round may do ---- */

static const char *const short_prims[] = {"vector-ref", "vector-set!", "empty?",    "sqrt",
                                          "%cell-ref",  "%cell-set!",  "%need-proc"};

static bool is_short_prim(const builtin *b) {
    if ((b->flags & NORETURN) || is_one_of(b->name, short_prims, sizeof short_prims / sizeof *short_prims)) return true;
    return (b->flags & INLINE) && (b->flags & PURE) && !(b->flags & (SUSPENDS | CALLS | ALLOCATES));
}

typedef struct length {
    int calls;
    bool is_long;
} length;

static void note_if_long(core **child, void *context);

/* calls: how deep procedures may be called. */
static bool is_short(core *x, int calls) {
    lambda *callee;
    switch (x->kind) {
    case CORE_CALL:
        callee = direct_callee(x);
        if (calls == 0 || !callee || !is_short(callee->body, calls - 1)) return false;
        break;
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
    length found = {calls, false};
    core_children(x, note_if_long, &found, false);
    return !found.is_long;
}

static void note_if_long(core **child, void *context) {
    length *found = context;
    if (!found->is_long) found->is_long = !is_short(*child, found->calls);
}

static bool all_short(const walk *w, core *const *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!is_short(items[i], w->calls)) return false;
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
    case CORE_JUMP: note_jump(w, x); return all_short(w, x->items, x->count);
    case CORE_IF: return is_short(x->a, w->calls) && is_short_round(w, x->b) && is_short_round(w, x->c);
    case CORE_LET: note_tail(w, x); return is_short(x->a, w->calls) && is_short_round(w, x->b);
    case CORE_SEQ: return all_short(w, x->items, x->count - 1) && is_short_round(w, x->items[x->count - 1]);
    case CORE_LABEL: return !x->label->is_loop && is_short_round(w, x->label->body) && is_short_round(w, x->a);
    default: return false;
    }
}

static bool walks_a_list(const label *l) {
    walk w = {.l = l, .shrinks = NEW_ARRAY(bool, l->count + 1)};
    for (size_t i = 0; i < l->count; i++) w.shrinks[i] = true;
    if (!is_short_round(&w, l->body)) return false;
    for (size_t i = 0; i < l->count; i++)
        if (w.shrinks[i]) return true;
    return false;
}

/* ---- counting ---- */

enum { MOST_ROUNDS = 10000, DEEPEST_CALLS = 2 };

static bool is_literal(const core *x, int64_t least, int64_t most) {
    return x->kind == CORE_CONST && x->datum->kind == DATUM_INT && x->datum->i >= least && x->datum->i <= most;
}

/* A literal within these bounds and the variable; gives that, or NULL. */
static const var *added_to(const core *x, int64_t least, int64_t most) {
    if (x->kind != CORE_PRIM || !same_text(x->prim->name, "%add")) return NULL;
    const core *a = x->items[0], *b = x->items[1];
    return a->kind == CORE_LOCAL && is_literal(b, least, most) ? a->var : NULL;
}

/* What all jumps to the label in some part of the program must pass for one parameter. */
typedef struct passing {
    const label *l;
    size_t param;
    bool (*allows)(const struct passing *p, const core *passed);
    int64_t least, most; /* of the literal */
    bool holds;
} passing;

static void look_at_jumps(core **child, void *context) {
    passing *p = context;
    core *x = *child;
    if (x->kind == CORE_JUMP && x->label == p->l && !p->allows(p, x->items[p->param])) p->holds = false;
    if (p->holds) core_children(x, look_at_jumps, p, false);
}

static bool is_step(const passing *p, const core *passed) {
    return added_to(passed, p->least, p->most) == p->l->params[p->param];
}

static bool is_literal_start(const passing *p, const core *passed) { return is_literal(passed, p->least, p->most); }

/* Also another counter, or that and a literal. */
static bool is_start(const passing *p, const core *passed) {
    if (is_literal_start(p, passed)) return true;
    const var *v = passed->kind == CORE_LOCAL ? passed->var : added_to(passed, p->least, p->most);
    return v && v->counter;
}

static bool steps_by(const label *l, size_t param, int64_t least, int64_t most) {
    passing p = {l, param, is_step, least, most, !l->params[param]->assigned};
    core *body = l->body;
    look_at_jumps(&body, &p);
    return p.holds;
}

static bool starts_by(core *loop, size_t param, bool (*allows)(const passing *p, const core *passed), int64_t most) {
    passing p = {loop->label, param, allows, 0, most, true};
    look_at_jumps(&loop->a, &p);
    return p.holds;
}

/* The test of the loop's counter against a literal that each round begins with. NULL: there is none. *out: where the
 * loop is left. */
static const core *counter_test(const label *l, size_t param, core **out) {
    static const char *const go_on[] = {"%lt", "%le"}, *const leave[] = {"%ge", "%gt", "%equal"};
    const core *x = l->body, *test = x->a;
    if (x->kind != CORE_IF || test->kind != CORE_PRIM || test->count != 2) return NULL;
    const core *counter = test->items[0];
    if (counter->kind != CORE_LOCAL || counter->var != l->params[param]) return NULL;
    if (!is_literal(test->items[1], 0, MOST_ROUNDS)) return NULL;
    if (is_one_of(test->prim->name, go_on, 2))
        *out = x->c;
    else if (is_one_of(test->prim->name, leave, 3))
        *out = x->b;
    else
        return NULL;
    return test;
}

static bool counts_to_literal(core *loop, size_t param) {
    const label *l = loop->label;
    walk w = {.l = l, .calls = DEEPEST_CALLS, .shrinks = NEW_ARRAY(bool, l->count + 1)};
    core *out;
    const core *test = counter_test(l, param, &out);
    if (!test || goes_on(&w, out) || !is_short_round(&w, l->body)) return false;
    if (!same_text(test->prim->name, "%equal")) return l->params[param]->counter && steps_by(l, param, 1, MOST_ROUNDS);
    return steps_by(l, param, 1, 1) && starts_by(loop, param, is_literal_start, test->items[1]->datum->i);
}

bool is_bounded_loop(core *loop) {
    const label *l = loop->label;
    for (size_t i = 0; i < l->count; i++)
        l->params[i]->counter = steps_by(l, i, 0, MOST_ROUNDS) && starts_by(loop, i, is_start, MOST_ROUNDS);
    if (walks_a_list(l)) return true;
    for (size_t i = 0; i < l->count; i++)
        if (counts_to_literal(loop, i)) return true;
    return false;
}
