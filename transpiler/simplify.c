/* simplify.c: makes the program smaller and more direct without changing what it does.
 *
 * In:  resolved program.  Out: the same, rewritten in place:
 *   - calls of known procedures are direct: as many arguments as parameters (absent optional ones %undef, rest a list)
 *   - literals and copies propagated, builtins folded, unreachable and unused code dropped
 *   - procedures called once, and small ones that cannot fail, inlined (others are left to the C compiler, which
 *     keeps them apart in error traces)
 *   - local procedures that are only tail-called are labels; self tail calls are jumps
 * Terminates: a round that changes nothing is the last one, and there is a most number of rounds, each linear but for
 * nested local procedures. */
#include <string.h>

#include "simplify.h"

enum { MAX_ROUNDS = 4, INLINE_SIZE = 12 };

/* What the walks find out about the procedure at hand. */
static bool rewritten;   /* the present round changed something */
static bool local_procs; /* it has, or may have, a CORE_FIX */

/* x with a note that it is not what was there before. */
static core *changed(core *x) {
    rewritten = true;
    return x;
}

/* ---- which globals are initialised before any code runs ---- */

static bool is_literal(const core *x) {
    if (x->kind != CORE_CONST) return false;
    switch (x->datum->kind) {
    case DATUM_LIST: return x->datum->count == 0 && !x->datum->tail;
    case DATUM_BRACKET: return x->datum->count == 0;
    case DATUM_BRACE: return false;
    default: return true;
    }
}

/* What the expander puts before all else: it runs no code of the program. */
static bool is_hidden_start(const core *x) {
    if (x->kind != CORE_PRIM) return false;
    for (size_t i = 0; i < x->count; i++)
        if (x->items[i]->kind != CORE_CONST) return false;
    const char *name = x->prim->name;
    return !strcmp(name, "%select-state") || !strcmp(name, "%record-declare") || !strcmp(name, "%tagged");
}

static bool starts_module(const core *x) {
    return x->kind == CORE_CALL && x->a->kind == CORE_GLOBAL && x->a->global->module->start == x;
}

/* A leading run of definitions whose initialisers are literals cannot be observed unset: the modules that run before
 * know nothing of this one. */
static void mark_early(const lambda *module_code) {
    const core *body = module_code->body;
    if (body->kind != CORE_SEQ) return;
    for (size_t i = 0; i < body->count; i++) {
        const core *x = body->items[i];
        if (starts_module(x)) continue;
        if (x->kind != CORE_SET_GLOBAL || !(x->a->kind == CORE_CONST || is_hidden_start(x->a))) return;
        x->global->early = true;
    }
}

/* ---- known calls ---- */

static lambda *known_callee(const core *f) {
    if (f->kind == CORE_LOCAL && !f->var->assigned) return f->var->fn;
    if (f->kind == CORE_GLOBAL && f->global) return f->global->fn;
    return NULL;
}

static core *rest_list(core **items, size_t count, span at) { return core_prim("%list", items, count, at); }

static void fill_arguments(core *call, const lambda *fn) {
    size_t positional = fn->required + fn->optional, n = lambda_params(fn);
    core **items = NEW_ARRAY(core *, n ? n : 1);
    for (size_t i = 0; i < positional; i++)
        items[i] = i < call->count ? call->items[i] : core_prim("%undef", NULL, 0, call->at);
    if (fn->rest) {
        size_t extra = call->count > positional ? call->count - positional : 0;
        items[positional] = rest_list(call->items + (extra ? positional : 0), extra, call->at);
    }
    call->items = items;
    call->count = n;
    call->direct = true;
}

static bool arity_fits(const lambda *fn, size_t given) {
    return given >= fn->required && (fn->rest || given <= fn->required + fn->optional);
}

/* Requires: count_uses, and keeps its counts right. */
static void make_direct(core **child, void *context) {
    core *x = *child;
    core_children(x, make_direct, context, true);
    if (x->kind != CORE_CALL || x->direct) return;
    lambda *fn = known_callee(x->a);
    if (!fn || !arity_fits(fn, x->count)) return;
    fill_arguments(x, fn);
    if (x->a->kind == CORE_LOCAL) x->a->var->calls++;
}

/* ---- counting ---- */

static void reset_binding(var *v) {
    v->uses = v->calls = 0;
    v->alias = NULL;
    v->fn = NULL;
    v->info = NULL;
    v->assigned = false;
}

static void reset_params(const lambda *fn) {
    for (size_t i = 0; i < lambda_params(fn); i++) reset_binding(fn->params[i]);
}

/* A binding is met before what refers to it, so one walk both resets and counts. */
static void count(core **child, void *context) {
    core *x = *child;
    switch (x->kind) {
    case CORE_LOCAL: x->var->uses++; break;
    case CORE_SET_LOCAL: x->var->assigned = true, x->var->uses++; break;
    case CORE_CALL:
        if (x->direct && x->a->kind == CORE_LOCAL) x->a->var->calls++;
        break;
    case CORE_JUMP: x->label->jumps++; break;
    case CORE_LET:
    case CORE_TRY: reset_binding(x->var); break;
    case CORE_LAMBDA: reset_params(x->fn); break;
    case CORE_FIX:
        local_procs = true;
        for (size_t i = 0; i < x->count; i++) {
            reset_binding(x->fns[i]->self);
            x->fns[i]->self->fn = x->fns[i];
            reset_params(x->fns[i]);
        }
        break;
    case CORE_LABEL:
        x->label->jumps = 0;
        for (size_t i = 0; i < x->label->count; i++) reset_binding(x->label->params[i]);
        break;
    default: break;
    }
    core_children(x, count, context, true);
}

static void count_uses(core **body) {
    local_procs = false;
    count(body, NULL);
}

/* ---- predicates ---- */

/* May be dropped when its value is not used. */
static bool removable(const core *x) {
    switch (x->kind) {
    case CORE_CONST:
    case CORE_LOCAL:
    case CORE_BUILTIN:
    case CORE_LAMBDA: return true;
    case CORE_GLOBAL: return x->global->fn || x->global->early;
    case CORE_PRIM:
        if (!(x->prim->flags & NOTHROW) || !(x->prim->flags & (PURE | ALLOCATES))) return false;
        for (size_t i = 0; i < x->count; i++)
            if (!removable(x->items[i])) return false;
        return true;
    default: return false;
    }
}

/* May stand in place of every reference to a variable bound to it. */
static bool propagates(const core *x) {
    if (x->kind == CORE_LOCAL) return !x->var->assigned;
    if (x->kind == CORE_GLOBAL) return x->global->fn != NULL;
    return is_literal(x) || x->kind == CORE_BUILTIN;
}

typedef struct size_walk {
    size_t size;
    bool simple; /* cannot fail, suspend, or bind procedures */
} size_walk;

static void measure(core **child, void *context) {
    size_walk *s = context;
    core *x = *child;
    s->size++;
    if (s->size > INLINE_SIZE) s->simple = false;
    if (!s->simple) return;
    switch (x->kind) {
    case CORE_CONST: s->simple = is_literal(x); break;
    case CORE_LOCAL:
    case CORE_IF:
    case CORE_LET:
    case CORE_SEQ: break;
    case CORE_GLOBAL: s->simple = x->global->early; break;
    case CORE_PRIM: s->simple = (x->prim->flags & NOTHROW) && !(x->prim->flags & SUSPENDS); break;
    default: s->simple = false;
    }
    core_children(x, measure, s, false);
}

bool is_inlined(const lambda *fn) {
    if (fn->rest || fn->optional) return false;
    size_walk s = {0, true};
    core *body = fn->body;
    measure(&body, &s);
    return s.simple;
}

/* ---- the rewriting walk ---- */

static core *simp(core *x);

static core *bind_arguments(const lambda *fn, core **items, span at) {
    core *body = fn->body;
    for (size_t i = lambda_params(fn); i-- > 0;) body = core_let(fn->params[i], items[i], body, at);
    return body;
}

static void simp_items(core *x) {
    for (size_t i = 0; i < x->count; i++) x->items[i] = simp(x->items[i]);
}

static core *simp_local(core *x) {
    if (!x->var->alias) return x;
    core *c = NEW(core);
    *c = *x->var->alias;
    c->at = x->at;
    return changed(c);
}

bool is_constant(const global *g) { return g->early && !g->assigned && is_literal(g->init); }

static core *simp_global(core *x) {
    const global *g = x->global;
    if (g && is_constant(g)) return changed(core_const(g->init->datum, x->at));
    return x;
}

static bool is_not(const core *x) { return x->kind == CORE_PRIM && !strcmp(x->prim->name, "%not"); }

/* The test is simplified already, the branches may be. */
static core *simp_if_tested(core *x) {
    while (is_not(x->a)) {
        core *then = x->b;
        x->a = x->a->items[0];
        x->b = x->c;
        x->c = then;
        rewritten = true;
    }
    if (x->a->kind != CORE_CONST) return x;
    datum_kind k = x->a->datum->kind;
    return changed(k == DATUM_FALSE || k == DATUM_NIL ? x->c : x->b);
}

static core *simp_if(core *x) {
    x->a = simp(x->a);
    core *chosen = simp_if_tested(x);
    if (chosen != x) return simp(chosen);
    x->b = simp(x->b);
    x->c = simp(x->c);
    return x;
}

static core *let_to_fix(core *x) {
    core *f = NEW(core);
    *f = (core){.kind = CORE_FIX, .at = x->at, .b = x->b, .count = 1, .fns = NEW_ARRAY(lambda *, 1)};
    f->fns[0] = x->a->fn;
    f->fns[0]->self = x->var;
    if (!f->fns[0]->name && x->var->name[0]) f->fns[0]->name = x->var->name;
    local_procs = true;
    return changed(f);
}

static core *simp_fix(core *x);

/* Certainly true or false? */
static bool is_boolean(const core *x) {
    switch (x->kind) {
    case CORE_CONST: return x->datum->kind == DATUM_TRUE || x->datum->kind == DATUM_FALSE;
    case CORE_PRIM: return x->prim->flags & BOOLEAN;
    case CORE_IF: return is_boolean(x->b) && is_boolean(x->c);
    case CORE_LET: return is_boolean(x->b);
    default: return false;
    }
}

static bool is_var(const core *x, const var *v) { return x->kind == CORE_LOCAL && x->var == v; }

/* (let ((t a)) (if t b t)), as `and` is expanded, with a boolean a: (if a b false); likewise `or`. */
static core *simp_and_or(core *x) {
    core *test = x->b;
    if (test->kind != CORE_IF || !is_var(test->a, x->var) || !is_boolean(x->a)) return x;
    if (is_var(test->b, x->var)) test->b = changed(core_bool(true, test->b->at));
    if (is_var(test->c, x->var)) test->c = changed(core_bool(false, test->c->at));
    if (mentions_var(test->b, x->var) || mentions_var(test->c, x->var)) return x;
    test->a = x->a;
    return simp_if_tested(changed(test));
}

static core *simp_let(core *x) {
    if (x->a->kind == CORE_LAMBDA && !x->var->assigned) {
        x->var->fn = x->a->fn;
        return simp_fix(let_to_fix(x));
    }
    x->a = simp(x->a);
    if (x->var->uses == 0 && removable(x->a)) return simp(changed(x->b));
    if (!x->var->assigned && propagates(x->a)) {
        x->var->alias = x->a;
        return simp(changed(x->b));
    }
    x->b = simp(x->b);
    /* (let ((t e)) t) */
    if (is_var(x->b, x->var)) return changed(x->a);
    return x->var->assigned ? x : simp_and_or(x);
}

/* A procedure that no other lambda of its group and not itself calls, but something else does, once. */
static bool called_once_outside(const lambda *fn) {
    const var *v = fn->self;
    return !v->assigned && v->uses == 1 && v->calls == 1 && !mentions_var(fn->body, v);
}

static core *simp_fix(core *x) {
    size_t kept = 0;
    for (size_t i = 0; i < x->count; i++) {
        lambda *fn = x->fns[i];
        if (fn->self->uses == 0) continue;
        x->fns[kept++] = fn;
    }
    if (kept < x->count) rewritten = true;
    x->count = kept;
    if (kept == 0) return simp(x->b);
    for (size_t i = 0; i < x->count; i++) x->fns[i]->body = simp(x->fns[i]->body);
    x->b = simp(x->b);
    core *label = contify(x);
    return label == x ? x : changed(label);
}

/* Where a module's code is in another C file it is not known here, even if there is none: running it also makes the
 * module's symbols and other literals. */
static bool runs_external_module(const global *g) {
    return g->module->external && g->module->start && g->module->start->a->global == g;
}

static core *simp_call(core *x) {
    simp_items(x);
    x->a = simp(x->a);
    core *f = x->a;
    if (f->kind == CORE_BUILTIN) {
        const builtin *b = f->prim;
        if ((int)x->count < b->min || (b->max >= 0 && (int)x->count > b->max)) return x;
        core *p = NEW(core);
        *p = (core){.kind = CORE_PRIM, .at = x->at, .prim = b, .items = x->items, .count = x->count};
        return changed(simplify_prim(p));
    }
    if (f->kind == CORE_LAMBDA && !f->fn->rest && !f->fn->optional && x->count == f->fn->required)
        return simp(changed(bind_arguments(f->fn, x->items, x->at)));
    lambda *fn = known_callee(f);
    if (!fn) return x;
    if (!x->direct && !fn->rest && !fn->optional && x->count == fn->required) {
        x->direct = rewritten = true;
        if (f->kind == CORE_LOCAL) f->var->calls++;
    }
    if (x->direct && f->kind == CORE_GLOBAL && !runs_external_module(f->global) && is_inlined(fn)) {
        lambda *c = lambda_copy(fn);
        return changed(bind_arguments(c, x->items, x->at));
    }
    return x;
}

static void push_flat(core ***items, size_t *n, size_t *capacity, core *x) {
    if (x->kind == CORE_SEQ)
        for (size_t i = 0; i < x->count; i++) push_flat(items, n, capacity, x->items[i]);
    else
        PUSH(*items, *n, *capacity, x);
}

static core *simp_seq(core *x) {
    bool same = true;
    for (size_t i = 0; i < x->count; i++) {
        x->items[i] = simp(x->items[i]);
        same &= x->items[i]->kind != CORE_SEQ && (i + 1 == x->count || !removable(x->items[i]));
    }
    if (same) return x;
    core **items = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < x->count; i++)
        if (i + 1 == x->count || !removable(x->items[i])) push_flat(&items, &n, &capacity, x->items[i]);
    return changed(core_seq(items, n, x->at));
}

static core *simp_label(core *x) {
    x->a = simp(x->a);
    if (x->label->jumps == 0) return changed(x->a);
    x->label->body = simp(x->label->body);
    return x;
}

static core *simp_prim(core *x) {
    simp_items(x);
    core *simpler = simplify_prim(x);
    return simpler == x ? x : changed(simpler);
}

/* A recursive procedure cannot be inlined; a jump to a label that is jumped to once could be, but the emitter places
 * such bodies after their only jump anyway. */
static core *simp(core *x) {
    switch (x->kind) {
    case CORE_LOCAL: return simp_local(x);
    case CORE_GLOBAL: return simp_global(x);
    case CORE_IF: return simp_if(x);
    case CORE_LET: return simp_let(x);
    case CORE_FIX: return simp_fix(x);
    case CORE_CALL: return simp_call(x);
    case CORE_SEQ: return simp_seq(x);
    case CORE_LABEL: return simp_label(x);
    case CORE_PRIM: return simp_prim(x);
    case CORE_JUMP: simp_items(x); return x;
    case CORE_LAMBDA: x->fn->body = simp(x->fn->body); return x;
    case CORE_SET_LOCAL:
    case CORE_SET_GLOBAL: x->a = simp(x->a); return x;
    case CORE_TRY:
        x->a = simp(x->a);
        if (removable(x->a)) return changed(x->a);
        x->b = simp(x->b);
        return x;
    default: return x;
    }
}

/* ---- inlining of local procedures called once ---- */

/* A procedure whose single use is one direct call outside itself is moved to that call. */
static void inline_once(core **child, void *context) {
    core *x = *child;
    if (x->kind == CORE_FIX) {
        size_t kept = 0;
        for (size_t i = 0; i < x->count; i++) {
            lambda *fn = x->fns[i];
            bool once = called_once_outside(fn);
            if (once)
                fn->self->info = fn; /* marks: to be moved */
            else
                x->fns[kept++] = fn;
        }
        if (kept < x->count) rewritten = true;
        x->count = kept;
    }
    core_children(x, inline_once, context, true);
    if (x->kind == CORE_CALL && x->direct && x->a->kind == CORE_LOCAL && x->a->var->info &&
        x->a->var->info == x->a->var->fn) {
        lambda *fn = x->a->var->fn;
        core *body = fn->body;
        inline_once(&body, context);
        fn->body = body;
        *child = bind_arguments(fn, x->items, x->at);
        return;
    }
    if (x->kind == CORE_FIX && x->count == 0) *child = x->b;
}

/* Leaves the counts right. */
static void simplify_body(core **body) {
    count_uses(body);
    make_direct(body, NULL);
    for (int i = 0; i < MAX_ROUNDS; i++) {
        rewritten = false;
        *body = simp(*body);
        if (rewritten) count_uses(body);
        if (local_procs) inline_once(body, NULL);
        if (!rewritten) return;
        if (local_procs) count_uses(body);
    }
}

/* Loops for the self tail calls of procedures that stayed procedures. */
static void loop_inner(core **child, void *context) {
    core *x = *child;
    core_children(x, loop_inner, context, true);
    if (x->kind == CORE_FIX)
        for (size_t i = 0; i < x->count; i++)
            if (!x->fns[i]->self->assigned) make_self_loop(x->fns[i], NULL);
}

static void simplify_lambda(lambda *fn, const global *g) {
    reset_params(fn);
    simplify_body(&fn->body);
    if (local_procs) loop_inner(&fn->body, NULL);
    if (g) make_self_loop(fn, g);
    reset_params(fn);
    count_uses(&fn->body);
}

void simplify(program *p) {
    mark_early(p->main);
    for (size_t i = 0; i < p->global_count; i++) {
        const global *g = p->globals[i];
        if (g->fn && g->module->start && g->module->start->a->global == g) mark_early(g->fn);
    }
    for (size_t i = 0; i < p->global_count; i++)
        if (p->globals[i]->fn) simplify_lambda(p->globals[i]->fn, p->globals[i]);
    simplify_lambda(p->main, NULL);
}
