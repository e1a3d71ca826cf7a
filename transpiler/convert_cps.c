/* convert_cps.c: core to first-order CPS (cps.h).
 *
 * Straight-line code becomes a chain of CPS_BINDs; a branch whose value is needed becomes a join label. Calls in tail
 * position stay calls (CPS_TAIL): they save nothing. A call of a builtin that may suspend is never a tail call, so that
 * a parked task has a frame that tells where it waits. Terminates: one walk over the tree. */
#include <assert.h>
#include <string.h>

#include "cps.h"
#include "simplify.h"

typedef enum dest_kind { DEST_RETURN, DEST_BIND, DEST_JUMP } dest_kind;

/* Where the value of an expression goes. */
typedef struct dest {
    dest_kind kind;
    var *var;         /* DEST_BIND: NULL if the value is not needed */
    cps_label *label; /* DEST_JUMP: to a label of no parameter (value not needed) or one */
} dest;

typedef struct label_map {
    const label *from;
    cps_label *to;
    dest dest;
    struct label_map *next;
} label_map;

typedef struct cps_builder {
    cps_function *f;
    cps_node **hole;     /* where the next node goes; NULL: what comes is not reached */
    cps_node *unreached; /* such code is built all the same, and never looked at again */
    cps_label *handler;  /* innermost enclosing try */
    label_map *labels;
    cps_point **last_point;
    int next_label;
} cps_builder;

static void convert(cps_builder *b, core *x, dest d);
static atom convert_value(cps_builder *b, core *x);

/* ---- small parts ---- */

static void add_var(cps_builder *b, var *v) {
    v->id = (int)b->f->var_count;
    v->owner = b->f->fn;
    PUSH(b->f->vars, b->f->var_count, b->f->var_capacity, v);
}

static var *new_temp(cps_builder *b, span at) {
    var *v = var_temp(at);
    add_var(b, v);
    return v;
}

static cps_node *append(cps_builder *b, cps_kind kind, span at) {
    cps_node *n = NEW(cps_node);
    n->kind = kind;
    n->at = at;
    if (!b->hole) b->hole = &b->unreached;
    *b->hole = n;
    b->hole = &n->next;
    return n;
}

static cps_point *new_point(cps_builder *b, span at, bool suspends, var *result) {
    cps_point *p = NEW(cps_point);
    *p = (cps_point){
        .number = b->f->point_count++, .at = at, .suspends = suspends, .result = result, .handler = b->handler};
    if (suspends) b->f->resume_count++;
    *b->last_point = p;
    b->last_point = &p->next;
    return p;
}

static atom var_atom(var *v) { return (atom){.kind = ATOM_VAR, .var = v}; }

static atom const_atom(datum *x) { return (atom){.kind = ATOM_CONST, .datum = x}; }

static cps_label *new_label(cps_builder *b, const char *name, var **params, size_t count) {
    cps_label *l = NEW(cps_label);
    *l = (cps_label){.name = name, .params = params, .count = count, .id = ++b->next_label};
    return l;
}

static bool op_fails(const op *o) {
    switch (o->kind) {
    case OP_PRIM: return !(o->prim->flags & NOTHROW) || (o->prim->flags & SUSPENDS);
    case OP_CALL: return INFO(o->fn)->may_fail;
    case OP_CALL_VALUE: return true;
    case OP_GLOBAL_REF: return o->checked;
    default: return false;
    }
}

static bool op_suspends(const op *o) {
    switch (o->kind) {
    case OP_PRIM: return o->prim->flags & SUSPENDS;
    case OP_CALL: return INFO(o->fn)->may_suspend;
    default: return o->kind == OP_CALL_VALUE;
    }
}

static bool op_never_returns(const op *o) { return o->kind == OP_PRIM && (o->prim->flags & NORETURN); }

/* ---- finishing with a value ---- */

static void jump_to(cps_builder *b, cps_label *l, atom value, span at) {
    cps_node *n = append(b, CPS_JUMP, at);
    n->label = l;
    n->count = (uint32_t)l->count;
    if (l->count) {
        n->items = NEW_ARRAY(atom, 1);
        n->items[0] = value;
    }
    l->jumps++;
    b->hole = NULL;
}

static void bind_op(cps_builder *b, op *o, var *result) {
    cps_node *n = append(b, CPS_BIND, o->at);
    n->op = o;
    n->result = result;
    if (op_fails(o)) n->point = new_point(b, o->at, op_suspends(o), result);
}

static void stop(cps_builder *b, span at) {
    append(b, CPS_STOP, at);
    b->hole = NULL;
}

static op *move_op(atom a, span at) {
    op *o = NEW(op);
    *o = (op){.kind = OP_MOVE, .at = at, .items = NEW_ARRAY(atom, 1), .count = 1};
    o->items[0] = a;
    return o;
}

static void give_atom(cps_builder *b, atom a, dest d, span at) {
    switch (d.kind) {
    case DEST_RETURN:
        append(b, CPS_RETURN, at)->test = a;
        b->hole = NULL;
        break;
    case DEST_BIND:
        if (d.var) bind_op(b, move_op(a, at), d.var);
        break;
    case DEST_JUMP: jump_to(b, d.label, a, at); break;
    }
}

static bool tail_callable(const cps_builder *b, const op *o) {
    if (b->handler) return false;
    if (o->kind == OP_CALL || o->kind == OP_CALL_VALUE) return true;
    return o->kind == OP_PRIM && (o->prim->flags & (LIB | CALLS));
}

static void give_op(cps_builder *b, op *o, dest d) {
    if (d.kind == DEST_RETURN && tail_callable(b, o)) {
        append(b, CPS_TAIL, o->at)->op = o;
        b->hole = NULL;
        return;
    }
    if (d.kind == DEST_BIND) {
        bind_op(b, o, d.var);
        if (op_never_returns(o)) stop(b, o->at);
        return;
    }
    bool needed = d.kind == DEST_RETURN || d.label->count == 1;
    var *t = needed ? new_temp(b, o->at) : NULL;
    bind_op(b, o, t);
    if (op_never_returns(o)) {
        stop(b, o->at);
        return;
    }
    give_atom(b, t ? var_atom(t) : (atom){0}, d, o->at);
}

/* ---- values ---- */

static datum nil_datum = {.kind = DATUM_NIL};

static bool has_static_object(const lambda *fn) { return INFO(fn)->free_count == 0; }

static atom procedure_atom(cps_builder *b, lambda *fn) {
    if (fn != b->f->fn || has_static_object(fn)) return (atom){.kind = ATOM_PROC, .fn = fn};
    if (!b->f->self) {
        b->f->self = var_new(intern_cstr("self"), fn->at);
        add_var(b, b->f->self);
    }
    return var_atom(b->f->self);
}

static atom local_atom(cps_builder *b, var *v) {
    if (v->fn && (has_static_object(v->fn) || v->fn == b->f->fn)) return procedure_atom(b, v->fn);
    return var_atom(v->info ? v->info : v);
}

/* The value without any code, if it has one. */
static bool trivial(cps_builder *b, core *x, atom *out) {
    switch (x->kind) {
    case CORE_CONST: *out = const_atom(x->datum); return true;
    case CORE_LOCAL: *out = local_atom(b, x->var); return true;
    case CORE_BUILTIN: *out = (atom){.kind = ATOM_BUILTIN, .prim = x->prim}; return true;
    case CORE_GLOBAL:
        if (!x->global->fn) return false;
        *out = procedure_atom(b, x->global->fn);
        return true;
    case CORE_LAMBDA:
        if (!has_static_object(x->fn)) return false;
        *out = procedure_atom(b, x->fn);
        return true;
    default: return false;
    }
}

static atom convert_value(cps_builder *b, core *x) {
    atom a;
    if (trivial(b, x, &a)) return a;
    var *t = new_temp(b, x->at);
    convert(b, x, (dest){.kind = DEST_BIND, .var = t});
    return var_atom(t);
}

static bool is_trivial_kind(const core *x) {
    return x->kind == CORE_CONST || x->kind == CORE_LOCAL || x->kind == CORE_BUILTIN;
}

/* Left to right, each once: a variable that a later argument may assign is copied first. */
static atom *convert_items(cps_builder *b, core **items, size_t count) {
    atom *out = NEW_ARRAY(atom, count ? count : 1);
    size_t last_effect = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_trivial_kind(items[i])) last_effect = i;
    for (size_t i = 0; i < count; i++) {
        out[i] = convert_value(b, items[i]);
        if (out[i].kind == ATOM_VAR && out[i].var->assigned && i < last_effect) {
            var *t = new_temp(b, items[i]->at);
            bind_op(b, move_op(out[i], items[i]->at), t);
            out[i] = var_atom(t);
        }
    }
    return out;
}

/* ---- control ---- */

static bool is_const_bool(const core *x, bool *value) {
    if (x->kind != CORE_CONST) return false;
    *value = x->datum->kind != DATUM_FALSE && x->datum->kind != DATUM_NIL;
    return true;
}

static void branch(cps_builder *b, core *test, cps_label *yes, cps_label *no);

/* (if (if a b false) ..): the inner branches go straight to the outer ones. */
static void branch_if(cps_builder *b, core *test, cps_label *yes, cps_label *no) {
    cps_label *then = new_label(b, "then", NULL, 0);
    cps_label *otherwise = new_label(b, "else", NULL, 0);
    cps_node *n = append(b, CPS_LABEL, test->at);
    n->label = then;
    cps_node *m = append(b, CPS_LABEL, test->at);
    m->label = otherwise;
    branch(b, test->a, then, otherwise);
    b->hole = &otherwise->body;
    branch(b, test->c, yes, no);
    b->hole = &then->body;
    branch(b, test->b, yes, no);
}

static void branch(cps_builder *b, core *test, cps_label *yes, cps_label *no) {
    bool value;
    if (is_const_bool(test, &value)) {
        jump_to(b, value ? yes : no, (atom){0}, test->at);
        return;
    }
    if (test->kind == CORE_PRIM && !strcmp(test->prim->name, "%not")) {
        branch(b, test->items[0], no, yes);
        return;
    }
    if (test->kind == CORE_IF) {
        branch_if(b, test, yes, no);
        return;
    }
    atom a = convert_value(b, test);
    cps_node *n = append(b, CPS_IF, test->at);
    n->test = a;
    b->hole = &n->next;
    jump_to(b, yes, (atom){0}, test->at);
    b->hole = &n->other;
    jump_to(b, no, (atom){0}, test->at);
}

/* Runs the rest with a destination that any number of branches can use; afterwards the hole is behind the join. */
static dest open_join(cps_builder *b, dest d, span at) {
    if (d.kind != DEST_BIND) return d;
    var **params = NEW_ARRAY(var *, 1);
    params[0] = d.var;
    cps_label *l = new_label(b, "join", params, d.var ? 1 : 0);
    append(b, CPS_LABEL, at)->label = l;
    return (dest){.kind = DEST_JUMP, .label = l};
}

static void close_join(cps_builder *b, dest outer, dest inner) {
    if (outer.kind == DEST_BIND) b->hole = &inner.label->body;
}

static bool tests_local(const core *x, const char *prim) {
    return x->kind == CORE_PRIM && !strcmp(x->prim->name, prim) && x->items[0]->kind == CORE_LOCAL;
}

/* Clauses for the empty list mostly stand before those for cells, which are met more often. */
static core *cells_first(core *x) {
    core *second = x->c;
    if (!tests_local(x->a, "%empty?") || second->kind != CORE_IF || !tests_local(second->a, "%cons?")) return x;
    if (x->a->items[0]->var != second->a->items[0]->var) return x;
    core *outer = NEW(core), *inner = NEW(core);
    *outer = *second;
    *inner = *x;
    outer->c = inner;
    inner->c = second->c;
    return outer;
}

static void convert_if(cps_builder *b, core *x, dest d) {
    x = cells_first(x);
    dest inner = open_join(b, d, x->at);
    cps_label *yes = new_label(b, "then", NULL, 0), *no = new_label(b, "else", NULL, 0);
    append(b, CPS_LABEL, x->b->at)->label = no;
    append(b, CPS_LABEL, x->c->at)->label = yes;
    branch(b, x->a, yes, no);
    b->hole = &yes->body;
    convert(b, x->b, inner);
    b->hole = &no->body;
    convert(b, x->c, inner);
    close_join(b, d, inner);
}

static void append_check(cps_builder *b, span at) {
    cps_node *check = append(b, CPS_CHECK, at);
    check->point = new_point(b, at, true, NULL);
    check->point->at_check = true;
}

static void convert_label(cps_builder *b, core *x, dest d) {
    dest inner = open_join(b, d, x->at);
    label *from = x->label;
    for (size_t i = 0; i < from->count; i++) add_var(b, from->params[i]);
    cps_label *l = new_label(b, from->name ? from->name : "loop", from->params, from->count);
    l->is_loop = from->is_loop;
    label_map *saved = b->labels, *m = NEW(label_map);
    *m = (label_map){from, l, inner, saved};
    b->labels = m;
    append(b, CPS_LABEL, x->at)->label = l;
    convert(b, x->a, inner);
    b->hole = &l->body;
    if (l->is_loop && !from->bounded) append_check(b, x->at);
    convert(b, from->body, inner);
    b->labels = saved;
    close_join(b, d, inner);
}

static void convert_jump(cps_builder *b, core *x) {
    label_map *m = b->labels;
    while (m->from != x->label) m = m->next;
    atom *items = convert_items(b, x->items, x->count);
    cps_node *n = append(b, CPS_JUMP, x->at);
    n->label = m->to;
    n->items = items;
    n->count = (uint32_t)x->count;
    m->to->jumps++;
    b->hole = NULL;
}

static void convert_try(cps_builder *b, core *x, dest d) {
    dest inner = open_join(b, d, x->at);
    var **params = NEW_ARRAY(var *, 1);
    params[0] = x->var;
    add_var(b, x->var);
    cps_label *handler = new_label(b, "catch", params, 1);
    handler->is_handler = true;
    if (!x->closes) INFO(b->f->fn)->cleans_up = true;
    append(b, CPS_LABEL, x->at)->label = handler;
    cps_label *outer = b->handler;
    b->handler = handler;
    convert(b, x->a, inner);
    b->handler = outer;
    b->hole = &handler->body;
    convert(b, x->b, inner);
    close_join(b, d, inner);
}

/* ---- procedures ---- */

static atom *free_atoms(cps_builder *b, const lambda *fn, atom *out) {
    for (size_t i = 0; i < INFO(fn)->free_count; i++) *out++ = local_atom(b, INFO(fn)->free[i]);
    return out;
}

static void convert_closures_of(cps_builder *b, lambda **fns, size_t count, span at) {
    lambda **made = NEW_ARRAY(lambda *, count ? count : 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (INFO(fns[i])->escapes && INFO(fns[i])->free_count) made[n++] = fns[i];
    if (!n) return;
    cps_node *node = append(b, CPS_CLOSURES, at);
    node->fns = made;
    node->count = (uint32_t)n;
    node->envs = NEW_ARRAY(atom *, n);
    for (size_t i = 0; i < n; i++) {
        node->envs[i] = NEW_ARRAY(atom, INFO(made[i])->free_count);
        free_atoms(b, made[i], node->envs[i]);
    }
}

static void pass_free_variables(cps_builder *b, op *o) {
    size_t extra = INFO(o->fn)->free_count;
    atom *items = NEW_ARRAY(atom, o->count + extra + 1);
    memcpy(items, o->items, o->count * sizeof *items);
    free_atoms(b, o->fn, items + o->count);
    o->items = items;
    o->count += extra;
}

static void convert_fix(cps_builder *b, core *x, dest d) {
    for (size_t i = 0; i < x->count; i++) add_var(b, x->fns[i]->self);
    convert_closures_of(b, x->fns, x->count, x->at);
    convert(b, x->b, d);
}

static void convert_lambda(cps_builder *b, core *x, dest d) {
    var *t = new_temp(b, x->at);
    if (x->fn->name) t->name = intern_cstr(x->fn->name);
    x->fn->self = t;
    convert_closures_of(b, &x->fn, 1, x->at);
    give_atom(b, var_atom(t), d, x->at);
}

static void convert_call(cps_builder *b, core *x, dest d) {
    op *o = NEW(op);
    *o = (op){.kind = OP_CALL_VALUE, .at = x->at, .count = x->count};
    if (x->direct) {
        o->kind = OP_CALL;
        o->fn = x->a->kind == CORE_LOCAL ? x->a->var->fn : x->a->global->fn;
        o->items = convert_items(b, x->items, x->count);
        if (!INFO(o->fn)->escapes)
            pass_free_variables(b, o);
        else if (x->a->kind == CORE_LOCAL)
            o->callee = local_atom(b, x->a->var);
    } else {
        core **all = NEW_ARRAY(core *, x->count + 1);
        all[0] = x->a;
        memcpy(all + 1, x->items, x->count * sizeof *all);
        atom *atoms = convert_items(b, all, x->count + 1);
        o->callee = atoms[0];
        o->items = atoms + 1;
    }
    give_op(b, o, d);
}

/* ---- the walk ---- */

static void convert_prim(cps_builder *b, core *x, dest d) {
    op *o = NEW(op);
    *o = (op){.kind = OP_PRIM, .at = x->at, .prim = x->prim, .count = x->count};
    o->items = convert_items(b, x->items, x->count);
    give_op(b, o, d);
}

static void convert_seq(cps_builder *b, core *x, dest d) {
    for (size_t i = 0; i + 1 < x->count; i++) convert(b, x->items[i], (dest){.kind = DEST_BIND});
    convert(b, x->items[x->count - 1], d);
}

static void convert_let(cps_builder *b, core *x, dest d) {
    add_var(b, x->var);
    convert(b, x->a, (dest){.kind = DEST_BIND, .var = x->var});
    convert(b, x->b, d);
}

static void convert_set_local(cps_builder *b, core *x, dest d) {
    /* Not bound directly: if the operation fails the variable must keep its value for a handler. */
    bind_op(b, move_op(convert_value(b, x->a), x->at), x->var);
    give_atom(b, const_atom(&nil_datum), d, x->at);
}

static void convert_global(cps_builder *b, core *x, dest d) {
    op *o = NEW(op);
    *o = (op){.kind = OP_GLOBAL_REF, .at = x->at, .global = x->global, .checked = !x->global->early && !x->ready};
    give_op(b, o, d);
}

static void convert_set_global(cps_builder *b, core *x, dest d) {
    atom *items = NEW_ARRAY(atom, 1);
    items[0] = convert_value(b, x->a);
    op *o = NEW(op);
    *o = (op){.kind = OP_GLOBAL_SET, .at = x->at, .global = x->global, .items = items, .count = 1};
    bind_op(b, o, NULL);
    give_atom(b, const_atom(&nil_datum), d, x->at);
}

static void convert(cps_builder *b, core *x, dest d) {
    atom a;
    if (trivial(b, x, &a)) {
        give_atom(b, a, d, x->at);
        return;
    }
    switch (x->kind) {
    case CORE_GLOBAL: convert_global(b, x, d); break;
    case CORE_SET_LOCAL: convert_set_local(b, x, d); break;
    case CORE_SET_GLOBAL: convert_set_global(b, x, d); break;
    case CORE_IF: convert_if(b, x, d); break;
    case CORE_LET: convert_let(b, x, d); break;
    case CORE_FIX: convert_fix(b, x, d); break;
    case CORE_LAMBDA: convert_lambda(b, x, d); break;
    case CORE_CALL: convert_call(b, x, d); break;
    case CORE_PRIM: convert_prim(b, x, d); break;
    case CORE_SEQ: convert_seq(b, x, d); break;
    case CORE_TRY: convert_try(b, x, d); break;
    case CORE_LABEL: convert_label(b, x, d); break;
    case CORE_JUMP: convert_jump(b, x); break;
    default: assert(!"core kind"); break;
    }
}

/* Free variables are variables of the function under the same names: parameters, or loaded from self at entry. */
static void bind_free(cps_builder *b) {
    lambda_info *info = INFO(b->f->fn);
    b->f->free = NEW_ARRAY(var *, info->free_count + 1);
    for (size_t i = 0; i < info->free_count; i++) {
        var *v = info->free[i], *c = NEW(var);
        *c = *v;
        c->fn = NULL;
        add_var(b, c);
        v->info = c;
        b->f->free[i] = c;
    }
}

static void unbind_free(const cps_function *f) {
    for (size_t i = 0; i < INFO(f->fn)->free_count; i++) INFO(f->fn)->free[i]->info = NULL;
}

/* ---- pruning: labels that nothing reaches any more, because their jumps stood in unreachable code ---- */

static void prune_node(cps_node **at);

static void use_point(const cps_node *n) {
    if (!n->point) return;
    n->point->used = true;
    if (n->point->handler) n->point->handler->jumps++;
}

static void prune_label(cps_node **at) {
    cps_node *n = *at;
    n->label->jumps = 0;
    prune_node(&n->next);
    unsigned entries = n->label->jumps;
    if (entries) {
        prune_node(&n->label->body);
        n->label->is_loop &= n->label->jumps > entries;
    } else {
        *at = n->next;
    }
}

static void prune_node(cps_node **at) {
    for (; *at; at = &(*at)->next) {
        cps_node *n = *at;
        use_point(n);
        if (n->kind == CPS_JUMP) n->label->jumps++;
        if (n->kind == CPS_IF) prune_node(&n->other);
        if (n->kind == CPS_LABEL) {
            prune_label(at);
            return;
        }
    }
}

static void prune(cps_function *f) {
    prune_node(&f->body);
    cps_point **link = &f->points;
    f->point_count = f->resume_count = 0;
    for (cps_point *p = f->points; p; p = p->next) {
        if (!p->used) continue;
        *link = p;
        link = &p->next;
        p->number = f->point_count++;
        if (p->suspends) f->resume_count++;
    }
    *link = NULL;
}

/* Not of a module that this one imports. */
static bool is_call_of_next_part(const core *x) {
    return x->kind == CORE_CALL && x->direct && x->a->kind == CORE_GLOBAL && x->a->global->fn->top_level &&
           strchr(x->a->global->name, ':');
}

/* Not even the last call of the top level is a tail call: error traces end with "at main". But its parts call each
 * other so. */
static void convert_top_level(cps_builder *b, core *body) {
    size_t last = body->kind == CORE_SEQ ? body->count - 1 : 0;
    if (body->kind == CORE_SEQ && is_call_of_next_part(body->items[last])) {
        for (size_t i = 0; i < last; i++) convert(b, body->items[i], (dest){.kind = DEST_BIND});
        convert(b, body->items[last], (dest){.kind = DEST_RETURN});
        return;
    }
    convert(b, body, (dest){.kind = DEST_BIND});
    give_atom(b, const_atom(&nil_datum), (dest){.kind = DEST_RETURN}, body->at);
}

static cps_function *convert_function(lambda *fn) {
    cps_function *f = NEW(cps_function);
    f->fn = fn;
    INFO(fn)->cps = f;
    cps_builder b = {.f = f, .hole = &f->body, .last_point = &f->points};
    for (size_t i = 0; i < lambda_params(fn); i++) add_var(&b, fn->params[i]);
    bind_free(&b);
    if (INFO(fn)->checks_entry) append_check(&b, fn->at);
    if (fn->top_level)
        convert_top_level(&b, fn->body);
    else
        convert(&b, fn->body, (dest){.kind = DEST_RETURN});
    unbind_free(f);
    prune(f);
    return f;
}

cps_function **convert_cps(program *p) {
    cps_function **out = NEW_ARRAY(cps_function *, p->lambda_count);
    for (size_t i = 0; i < p->lambda_count; i++) out[i] = convert_function(p->lambdas[i]);
    find_float_params(p, out);
    for (size_t i = 0; i < p->lambda_count; i++) {
        find_floats(out[i]);
        find_fixnums(out[i]);
        find_live(out[i]);
    }
    return out;
}
