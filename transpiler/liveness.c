/* liveness.c: find_live: which variables each resume point must save.
 *
 * Backward over the tree; a label's live set is what its body needs, found before the jumps to it are met, except in
 * loops, which need more than one pass. The sets only grow, so the passes end (the classical data-flow argument; in
 * practice nesting depth + 1 passes). The last pass notes what each point saves. */
#include <string.h>

#include "cps.h"

typedef struct liveness {
    cps_function *f;
    size_t words;
    bool changed;   /* the set of a loop grew */
    bool recording; /* the last pass */
    size_t saves;   /* of all points together */
    var_set saved;  /* by any of them */
    var_set *spare; /* sets to be used again */
    size_t spare_count, spare_capacity;
} liveness;

/* Hundreds of resume points with hundreds of live variables each would make code of quadratic size. Such a procedure
 * saves every variable that is live anywhere, at each point: it may hold on to some values longer than it needs them.
 */
enum { MAX_SAVES = 4000 };

static var_set new_set(liveness *l) {
    if (!l->spare_count) return (var_set){NEW_ARRAY(uint64_t, l->words)};
    var_set s = l->spare[--l->spare_count];
    memset(s.words, 0, l->words * sizeof *s.words);
    return s;
}

static void drop_set(liveness *l, var_set s) {
    if (s.words) PUSH(l->spare, l->spare_count, l->spare_capacity, s);
}

static void add(var_set s, const var *v) { s.words[v->id / 64] |= UINT64_C(1) << (v->id % 64); }

static void drop(var_set s, const var *v) { s.words[v->id / 64] &= ~(UINT64_C(1) << (v->id % 64)); }

static void add_all(const liveness *l, var_set to, var_set from) {
    if (!from.words) return;
    for (size_t i = 0; i < l->words; i++) to.words[i] |= from.words[i];
}

static void add_atom(var_set s, atom a) {
    if (a.kind == ATOM_VAR) add(s, a.var);
}

static void add_atoms(var_set s, const atom *items, size_t count) {
    for (size_t i = 0; i < count; i++) add_atom(s, items[i]);
}

static void add_op(var_set s, const op *o) {
    if (o->callee.kind == ATOM_VAR) add(s, o->callee.var);
    add_atoms(s, o->items, o->count);
}

static size_t size_of(const liveness *l, var_set s) {
    size_t n = 0;
    for (size_t i = 0; i < l->words; i++) n += (size_t)__builtin_popcountll(s.words[i]);
    return n;
}

static void set_live(const liveness *l, cps_point *p, var_set live) {
    p->live_count = size_of(l, live);
    p->live = NEW_ARRAY(var *, p->live_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->words; i++)
        for (uint64_t rest = live.words[i]; rest; rest &= rest - 1)
            p->live[n++] = l->f->vars[i * 64 + (size_t)__builtin_ctzll(rest)];
}

static bool shares_frame(const liveness *l) { return !l->f->speculative && l->saves > MAX_SAVES; }

static void record_point(liveness *l, cps_point *p, var_set live) {
    if (!l->recording) return;
    l->saves += size_of(l, live);
    add_all(l, l->saved, live);
    if (!shares_frame(l)) set_live(l, p, live);
}

/* What must survive the point: the rest of the code (in live), and the handler if it resumes with an error. */
static void live_at_point(liveness *l, cps_point *p, var_set live) {
    if (!p) return;
    if (p->handler) add_all(l, live, p->handler->live);
    if (p->suspends) record_point(l, p, live);
}

static void live_before(liveness *l, const cps_node *n, var_set live);

static void update_label(liveness *l, cps_label *label) {
    var_set live = new_set(l);
    live_before(l, label->body, live);
    for (size_t i = 0; i < label->count; i++) drop(live, label->params[i]);
    if (label->is_loop) {
        if (!label->live.words) label->live = new_set(l);
        l->changed |= memcmp(label->live.words, live.words, l->words * sizeof *live.words) != 0;
    }
    drop_set(l, label->live);
    label->live = live;
}

/* The body of a loop is looked at again, and then needs what is known already. */
static void live_before_label(liveness *l, const cps_node *n, var_set live) {
    update_label(l, n->label);
    live_before(l, n->next, live);
    if (n->label->is_loop) return;
    drop_set(l, n->label->live);
    n->label->live = (var_set){0};
}

static void live_before_closures(const cps_node *n, var_set live) {
    for (size_t i = 0; i < n->count; i++) add_atoms(live, n->envs[i], ((lambda_info *)n->fns[i]->info)->free_count);
    for (size_t i = 0; i < n->count; i++) drop(live, n->fns[i]->self);
}

/* Adds to live (empty) what node n and all behind it need. */
static void live_before(liveness *l, const cps_node *n, var_set live) {
    switch (n->kind) {
    case CPS_RETURN: add_atom(live, n->test); break;
    case CPS_TAIL: add_op(live, n->op); break;
    case CPS_STOP: break;
    case CPS_JUMP:
        add_all(l, live, n->label->live);
        add_atoms(live, n->items, n->count);
        break;
    case CPS_IF: {
        var_set other = new_set(l);
        live_before(l, n->next, live);
        live_before(l, n->other, other);
        add_all(l, live, other);
        add_atom(live, n->test);
        drop_set(l, other);
        break;
    }
    case CPS_LABEL: live_before_label(l, n, live); break;
    case CPS_CLOSURES:
        live_before(l, n->next, live);
        live_before_closures(n, live);
        break;
    case CPS_CHECK:
        live_before(l, n->next, live);
        live_at_point(l, n->point, live);
        break;
    case CPS_BIND:
        live_before(l, n->next, live);
        if (n->result) drop(live, n->result);
        live_at_point(l, n->point, live);
        add_op(live, n->op);
        if (n->deopt) record_point(l, n->deopt, live);
        break;
    }
}

static void share_frame(liveness *l) {
    cps_point shared = {0};
    set_live(l, &shared, l->saved);
    for (cps_point *p = l->f->points; p; p = p->next) {
        if (!p->suspends) continue;
        p->live = shared.live;
        p->live_count = shared.live_count;
    }
    l->f->shared_frame = true;
}

void find_live(cps_function *f) {
    liveness l = {.f = f, .words = f->var_count / 64 + 1, .changed = true};
    while (l.changed) {
        l.changed = false;
        live_before(&l, f->body, new_set(&l));
    }
    l.recording = true;
    l.saved = new_set(&l);
    live_before(&l, f->body, new_set(&l));
    if (shares_frame(&l)) share_frame(&l);
}
