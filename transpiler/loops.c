/* loops.c: known procedures that are only tail-called become labels: loops and join points of the procedure they stand
 * in. */
#include "simplify.h"

size_t lambda_params(const lambda *fn) { return fn->required + fn->optional + (fn->rest ? 1 : 0); }

typedef struct target {
    const var *v;    /* calls through this variable */
    const global *g; /* or of this definition */
} target;

static bool is_target(const core *f, target t) {
    return (f->kind == CORE_LOCAL && t.v && f->var == t.v) || (f->kind == CORE_GLOBAL && t.g && f->global == t.g);
}

typedef struct mention {
    target t;
    bool found;
} mention;

static void look_for(core **child, void *context) {
    mention *m = context;
    if (m->found) return;
    if (is_target(*child, m->t)) m->found = true;
    core_children(*child, look_for, m, true);
}

static bool mentions(core *x, target t) {
    mention m = {t, false};
    look_for(&x, &m);
    return m.found;
}

bool mentions_var(core *x, const var *v) { return mentions(x, (target){v, NULL}); }

static bool mentioned_in_items(const core *x, target t) {
    for (size_t i = 0; i < x->count; i++)
        if (mentions(x->items[i], t)) return true;
    return false;
}

/* Every mention of t in x, which stands in tail position, is a direct tail call? */
static bool only_tail_called(core *x, target t) {
    switch (x->kind) {
    case CORE_CALL:
        return (x->direct || !is_target(x->a, t)) && !mentioned_in_items(x, t) &&
               (is_target(x->a, t) || !mentions(x->a, t));
    case CORE_IF: return !mentions(x->a, t) && only_tail_called(x->b, t) && only_tail_called(x->c, t);
    case CORE_LET:
    case CORE_TRY: return !mentions(x->a, t) && only_tail_called(x->b, t);
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++)
            if (mentions(x->fns[i]->body, t)) return false;
        return only_tail_called(x->b, t);
    case CORE_SEQ:
        for (size_t i = 0; i + 1 < x->count; i++)
            if (mentions(x->items[i], t)) return false;
        return only_tail_called(x->items[x->count - 1], t);
    case CORE_LABEL: return only_tail_called(x->label->body, t) && only_tail_called(x->a, t);
    default: return !mentions(x, t);
    }
}

/* Replaces direct tail calls of t in x by jumps to l; gives how many. */
static size_t calls_to_jumps(core *x, target t, label *l) {
    size_t n = 0;
    switch (x->kind) {
    case CORE_CALL:
        if (!x->direct || !is_target(x->a, t)) return 0;
        *x = *core_jump(l, x->items, x->count, x->at);
        return 1;
    case CORE_IF: return calls_to_jumps(x->b, t, l) + calls_to_jumps(x->c, t, l);
    case CORE_LET:
    case CORE_TRY:
    case CORE_FIX: return calls_to_jumps(x->b, t, l);
    case CORE_SEQ: return calls_to_jumps(x->items[x->count - 1], t, l);
    case CORE_LABEL: n = calls_to_jumps(x->label->body, t, l); return n + calls_to_jumps(x->a, t, l);
    default: return 0;
    }
}

static label *label_for(const lambda *fn, var **params) {
    label *l = NEW(label);
    *l = (label){.name = fn->name, .params = params, .count = lambda_params(fn), .body = fn->body};
    return l;
}

core *contify(core *x) {
    if (x->count != 1) return x;
    lambda *fn = x->fns[0];
    target t = {fn->self, NULL};
    if (fn->self->assigned || fn->self->uses != fn->self->calls) return x;
    if (!only_tail_called(x->b, t) || !only_tail_called(fn->body, t)) return x;
    label *l = label_for(fn, fn->params);
    size_t again = calls_to_jumps(fn->body, t, l);
    l->is_loop = again > 0;
    l->jumps = (unsigned)(again + calls_to_jumps(x->b, t, l));
    return core_label(l, x->b, x->at);
}

void make_self_loop(lambda *fn, const global *g) {
    target t = {fn->self, g};
    label *l = label_for(fn, fn->params);
    if (!calls_to_jumps(fn->body, t, l)) return;
    l->is_loop = true;
    var **params = NEW_ARRAY(var *, l->count + 1);
    core **items = NEW_ARRAY(core *, l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        params[i] = var_new(l->params[i]->name, l->params[i]->at);
        params[i]->temporary = l->params[i]->temporary;
        items[i] = core_local(params[i], fn->at);
    }
    fn->params = params;
    fn->body = core_label(l, core_jump(l, items, l->count, fn->at), fn->at);
}
