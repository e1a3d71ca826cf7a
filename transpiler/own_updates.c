/* own_updates.c: a loop that alone holds the dict or set it builds changes it in place.
 *
 * In (let loop ((i 0) (d {})) (if (= i n) d (loop (+ i 1) (dict-set d i 0)))) nobody can see the old d once the new one
 * is there, so the path copy of each dict-set is made for nobody. Such a loop gets an owner, a number that no other
 * has, and its updates become %dict-set-owned and the like: these copy what the owner has not made itself (the dict
 * that the loop began with, say) and change the rest (runtime/coll/trie.h). The same goes for the accumulator of fold.
 * This is what Clojure's transients are written by hand for; uniqueness is found by a linear walk, as in linear type
 * systems.
 *
 * The rule, for one parameter of a loop: on every path through the body it is read any number of times, by builtins
 * that keep nothing of it, and then consumed at most once: passed to an update, passed on to the next round, or given
 * away (returned, stored, captured by nothing). The next round gets it, an update of it, or a constant. So whatever was
 * given away is never updated afterwards: no later round holds it. An error that leaves an update has changed nothing
 * yet.
 *
 * Runs after simplify(): before it, library procedures of the program would hide the updates. */
#include <string.h>

#include "simplify.h"

/* ---- what builtins do with a table ---- */

typedef struct update_rule {
    const char *name, *owned; /* owned NULL: the update stays a copy */
    size_t min, max;          /* arguments of the form that is known; `owned` has the most, and the owner */
} update_rule;

static const update_rule updates[] = {
    {"dict-set", "%dict-set-owned", 3, 3}, {"dict-update", "%dict-update-owned", 3, 4},
    {"set-add", "%set-add-owned", 2, 2},   {"dict-remove", NULL, 2, SIZE_MAX},
    {"set-remove", NULL, 2, SIZE_MAX},
};

static const char *const readers[] = {"get",      "dict-get-or", "dict-has?", "dict-size", "set-has?",
                                      "set-size", "empty?",      "length",    "dict?",     "set?"};

/* Procedures that hand an accumulator through a lambda and keep nothing of it. */
typedef struct fold_rule {
    const char *name;
    size_t arguments, accumulator; /* of the call; which parameter of the lambda */
    size_t params;
} fold_rule;

static const fold_rule folds[] = {
    {"fold", 3, 0, 2}, {"reduce", 3, 0, 2}, {"fold-right", 3, 1, 2}, {"dict-fold", 3, 0, 3}};

static bool is_prim(const core *x, const char *name) { return x->kind == CORE_PRIM && !strcmp(x->prim->name, name); }

static const update_rule *update_of(const core *x) {
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++)
        if (is_prim(x, updates[i].name) && x->count >= updates[i].min && x->count <= updates[i].max) return &updates[i];
    return NULL;
}

static bool is_reader(const core *x) {
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (is_prim(x, readers[i])) return true;
    return false;
}

static const fold_rule *fold_of(const core *x) {
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
        if (is_prim(x, folds[i].name) && x->count == folds[i].arguments) return &folds[i];
    return NULL;
}

/* ---- the walk ---- */

/* A variable that held the table before, and may not occur any more. */
typedef struct past {
    const var *v;
    struct past *before;
} past;

/* Follows the table, in the order of evaluation. */
typedef struct path {
    const var *held;   /* the variable that holds the table */
    past *past;        /* those before it */
    bool consumed;     /* held may not occur any more */
    bool failed;       /* the rule is broken */
    const label *loop; /* NULL: of a fold */
    size_t index;      /* of the parameter */
    core **found;      /* updates of it */
    size_t count, capacity;
} path;

typedef void walk_fn(core *x, path *p);
static walk_fn walk, walk_next;

static bool is_held(const core *x, const path *p) { return x->kind == CORE_LOCAL && x->var == p->held; }

static void consume(path *p) {
    p->failed |= p->consumed;
    p->consumed = true;
}

static void walk_items(core *x, size_t from, path *p) {
    for (size_t i = from; i < x->count; i++) walk(x->items[i], p);
}

/* An update of the table, whose value is the table from now on. A plain variable counts when the call is made, after
 * the other arguments. */
static void walk_update(core *x, path *p) {
    bool plain = is_held(x->items[0], p);
    if (!plain) walk_next(x->items[0], p);
    walk_items(x, 1, p);
    if (plain) consume(p);
    if (update_of(x)->owned) PUSH(p->found, p->count, p->capacity, x);
}

static bool mentions_held(core *x, const path *p) { return mentions_var(x, p->held); }

static bool mentions_past(core *x, const path *p) {
    for (const past *v = p->past; v; v = v->before)
        if (mentions_var(x, v->v)) return true;
    return false;
}

/* Does the value of x come from the held table by updates alone? */
static bool is_chain(const core *x, const path *p) {
    while (update_of(x)) x = x->items[0];
    return is_held(x, p);
}

static void walk_read(core *x, path *p) {
    walk_items(x, is_held(x->items[0], p) ? 1 : 0, p);
    if (is_held(x->items[0], p)) p->failed |= p->consumed;
}

/* A jump to the loop: the arguments in order, but a plain variable is only looked at when all are there. */
static void walk_round(core *x, path *p) {
    core *next = x->items[p->index];
    for (size_t i = 0; i < x->count; i++) {
        if (i != p->index)
            walk(x->items[i], p);
        else if (!is_held(next, p))
            walk_next(next, p);
    }
    if (is_held(next, p)) consume(p);
}

/* A jump to another label, whose body is walked as if nothing had been consumed before it. */
static void walk_jump(core *x, path *p) {
    walk_items(x, 0, p);
    if ((p->consumed && mentions_held(x->label->body, p)) || mentions_past(x->label->body, p)) p->failed = true;
}

/* One of the two runs; or, of a label, the second after the first, whose jumps are looked at by themselves. */
static void walk_branches(core *first, core *second, walk_fn *f, path *p) {
    bool before = p->consumed;
    f(first, p);
    bool after = p->consumed;
    p->consumed = before;
    f(second, p);
    p->consumed |= after;
}

/* A variable that is bound to an update of the table holds it in the body. */
static void walk_let(core *x, walk_fn *f, path *p) {
    if (!update_of(x->a) || !is_chain(x->a, p) || x->var->assigned) {
        walk(x->a, p);
        f(x->b, p);
        return;
    }
    walk_update(x->a, p);
    if (mentions_held(x->b, p)) p->failed = true;
    past outer = {p->held, p->past};
    p->past = &outer;
    p->held = x->var;
    p->consumed = false;
    f(x->b, p);
    p->held = outer.v;
    p->past = outer.before;
    p->consumed = true;
}

static void walk_seq(core *x, walk_fn *f, path *p) {
    for (size_t i = 0; i + 1 < x->count; i++) walk(x->items[i], p);
    f(x->items[x->count - 1], p);
}

/* What both kinds of positions have in common; false: x is of another kind. */
static bool walk_shape(core *x, walk_fn *f, path *p) {
    switch (x->kind) {
    case CORE_IF:
        walk(x->a, p);
        walk_branches(x->b, x->c, f, p);
        return true;
    case CORE_LET: walk_let(x, f, p); return true;
    case CORE_SEQ: walk_seq(x, f, p); return true;
    case CORE_TRY: /* the handler runs after any part of the body */
        f(x->a, p);
        f(x->b, p);
        return true;
    case CORE_LABEL: walk_branches(x->a, x->label->body, f, p); return true;
    case CORE_JUMP: x->label == p->loop ? walk_round(x, p) : walk_jump(x, p); return true;
    default: return false;
    }
}

/* x gives the next round its table. */
static void walk_next(core *x, path *p) {
    if (p->failed || walk_shape(x, walk_next, p)) return;
    if (is_held(x, p))
        consume(p);
    else if (update_of(x) && is_chain(x, p))
        walk_update(x, p);
    else if (x->kind == CORE_PRIM && x->prim->flags & NORETURN)
        walk_items(x, 0, p);
    else if (x->kind != CORE_CONST)
        p->failed = true;
}

static void walk_lambdas(core *x, path *p) {
    for (size_t i = 0; i < x->count; i++)
        if (mentions_held(x->fns[i]->body, p)) p->failed = true;
    walk(x->b, p);
}

/* x, whose value goes anywhere. */
static void walk(core *x, path *p) {
    if (p->failed || walk_shape(x, walk, p)) return;
    switch (x->kind) {
    case CORE_LOCAL:
        if (is_held(x, p)) consume(p);
        return;
    case CORE_LAMBDA: p->failed |= mentions_held(x->fn->body, p); return;
    case CORE_FIX: walk_lambdas(x, p); return;
    case CORE_SET_LOCAL:
    case CORE_SET_GLOBAL: walk(x->a, p); return;
    case CORE_CALL:
        walk(x->a, p);
        walk_items(x, 0, p);
        return;
    case CORE_PRIM:
        if (update_of(x) && is_chain(x, p))
            walk_update(x, p);
        else if (x->count > 0 && is_reader(x))
            walk_read(x, p);
        else
            walk_items(x, 0, p);
        return;
    default: return;
    }
}

/* ---- the change ---- */

/* A missing argument is nil. */
static void make_owned(core *x, var *owner) {
    const update_rule *rule = update_of(x);
    core **items = NEW_ARRAY(core *, rule->max + 1);
    for (size_t i = 0; i < rule->max; i++) items[i] = i < x->count ? x->items[i] : core_nil(x->at);
    items[rule->max] = core_local(owner, x->at);
    *x = *core_prim(rule->owned, items, rule->max + 1, x->at);
}

/* The updates that p found get an owner; *owner NULL: none has been made. */
static void take_over(const path *p, var **owner, span at) {
    if (p->failed || p->count == 0) return;
    if (!*owner) {
        *owner = var_new("", at);
        (*owner)->temporary = true;
    }
    for (size_t i = 0; i < p->count; i++) make_owned(p->found[i], *owner);
}

static core *with_owner(core *x, var *owner) {
    if (!owner) return x;
    core *inner = NEW(core);
    *inner = *x;
    return core_let(owner, core_prim("%owner", NULL, 0, x->at), inner, x->at);
}

static core *own_in_loop(core *x) {
    label *l = x->label;
    var *owner = NULL;
    for (size_t i = 0; i < l->count; i++) {
        path p = {.held = l->params[i], .loop = l, .index = i, .failed = l->params[i]->assigned};
        walk(l->body, &p);
        take_over(&p, &owner, x->at);
    }
    return with_owner(x, owner);
}

static core *own_in_fold(core *x, const fold_rule *rule) {
    const lambda *fn = x->items[0]->kind == CORE_LAMBDA ? x->items[0]->fn : NULL;
    if (!fn || fn->required != rule->params || fn->optional || fn->rest || fn->async) return x;
    const var *accumulator = fn->params[rule->accumulator];
    path p = {.held = accumulator, .failed = accumulator->assigned};
    walk_next(fn->body, &p);
    var *owner = NULL;
    take_over(&p, &owner, x->at);
    return with_owner(x, owner);
}

static void visit(core **child, void *context) {
    core *x = *child;
    core_children(x, visit, context, true);
    if (x->kind == CORE_LABEL && x->label->is_loop)
        *child = own_in_loop(x);
    else if (x->kind == CORE_PRIM && fold_of(x))
        *child = own_in_fold(x, fold_of(x));
}

void own_updates(program *p) {
    for (size_t i = 0; i < p->global_count; i++)
        if (p->globals[i]->fn) visit(&p->globals[i]->fn->body, NULL);
    visit(&p->main->body, NULL);
}
