/* emit_vector.c: vector-ref, vector-set! and vector-length.
 *
 * An access that succeeded tells that the variable holds a vector and how long it is at least, until something may make
 * vectors shorter. Its body (collections.h) is loaded into a C variable, which serves until something may replace
 * bodies. That it is a vector holds for ever. So of several accesses through a variable only the first is checked, and
 * elements that are used as floats are C doubles from the vector to the arithmetic. */
#include "emit_function.h"
#include "text.h"

static bool is_set(const op *o) { return op_is_prim(o, "vector-set!") && o->count == 3; }

bool stores_double(const op *o) { return is_set(o) && atom_is_float(o->items[2]); }

bool is_vector_op(const op *o) {
    static const char *const names[] = {"vector-ref", "vector-set!", "vector-length", "vector-push!"};
    return o->kind == OP_PRIM && is_one_of(o->prim->name, names, sizeof names / sizeof *names);
}

static bool is_known_vector(const function_emitter *fe, atom a) {
    return a.kind == ATOM_VAR && fe->is_vector[a.var->id];
}

static bool is_known_index(const function_emitter *fe, atom a) {
    return fe->version == FAST_BODY ? is_known_fixnum(fe, a) : atom_is_fixnum_literal(a);
}

/* Behind an operation on it that succeeded. */
static void learn_type(function_emitter *fe, atom a) {
    if (a.kind != ATOM_VAR || a.var->assigned || fe->is_vector[a.var->id]) return;
    fe->is_vector[a.var->id] = true;
    PUSH(fe->known_vectors, fe->known_vector_count, fe->known_vector_capacity, a.var);
}

/* A definition that is never assigned, of a new vector: who has got its value has a vector. */
static bool is_vector_global(const global *g) {
    static const char *const makers[] = {"vector", "make-vector"};
    return !g->assigned && g->init && g->init->kind == CORE_PRIM && is_one_of(g->init->prim->name, makers, 2);
}

void learn_global(function_emitter *fe, const cps_node *n) {
    if (n->op->kind == OP_GLOBAL_REF && n->result && is_vector_global(n->op->global))
        learn_type(fe, (atom){.kind = ATOM_VAR, .var = n->result});
}

static bool in_range(const function_emitter *fe, const op *o) {
    return is_constant_vector_access(o) && fe->vector_length[o->items[0].var->id] > o->items[1].datum->i;
}

void learn_length(function_emitter *fe, const var *v, uint32_t length) {
    PUSH(fe->vectors, fe->vector_count, fe->vector_capacity, v);
    fe->vector_length[v->id] = length;
}

void learn_vector(function_emitter *fe, const op *o) {
    if (is_vector_op(o)) learn_type(fe, o->items[0]);
    if (!is_constant_vector_access(o)) return;
    learn_length(fe, o->items[0].var, (uint32_t)o->items[1].datum->i + 1);
}

bool may_change_bodies(const op *o) {
    if (o->kind == OP_MOVE || o->kind == OP_GLOBAL_REF || o->kind == OP_GLOBAL_SET) return false;
    if (is_vector_ref(o) || stores_double(o)) return false;
    return o->kind != OP_PRIM || !(o->prim->flags & PURE);
}

void forget_changed_vectors(function_emitter *fe, const op *o) {
    if (!may_change_bodies(o)) return;
    forget_bodies(fe, 0);
    if (!is_set(o)) forget_vectors(fe, 0);
}

const char *name_body(function_emitter *fe, const var *v, const char *body) {
    const char *name = arena_printf("body_%u", ++fe->next_body);
    statement(fe, "flu_body %s = %s;", name, body);
    if (!v || v->assigned || fe->folded[v->id]) return name;
    fe->body[v->id] = name;
    PUSH(fe->bodies, fe->body_count, fe->body_capacity, v);
    return name;
}

/* The C variable with the body of the vector. Requires: it is one. */
static const char *body_text(function_emitter *fe, atom vector) {
    const var *v = vector.kind == ATOM_VAR ? vector.var : NULL;
    if (v && fe->body[v->id]) return fe->body[v->id];
    return name_body(fe, v, arena_printf("flu_vector_body(%s)", atom_text(fe, vector)));
}

static const char *index_text(function_emitter *fe, const op *o) {
    if (is_constant_vector_access(o)) return arena_printf("%lld", (long long)o->items[1].datum->i);
    return arena_printf("flu_fix(%s)", atom_text(fe, o->items[1]));
}

static void leave_unless(function_emitter *fe, const cps_node *n, const char *test) {
    statement(fe, "if (flu_unlikely(!%s)) goto deopt_%d;", test, n->deopt->number);
    use_deopt(fe, n->deopt);
}

/* In the fast body: the access is inside a vector, or the general body goes on from here. At literal indices one check
 * serves all accesses through the variable. */
static void guard_access(function_emitter *fe, const cps_node *n) {
    const op *o = n->op;
    if (in_range(fe, o)) return;
    const char *vector = atom_text(fe, o->items[0]);
    bool known = is_known_vector(fe, o->items[0]);
    if (is_constant_vector_access(o)) {
        const var *v = o->items[0].var;
        leave_unless(fe, n, arena_printf("flu_is_vector_of(%s, %u, %d)", vector, fe->longest[v->id], known));
        learn_length(fe, v, fe->longest[v->id]);
    } else {
        leave_unless(fe, n,
                     arena_printf("flu_is_vector_index_known(%s, %s, %d, %d)", vector, atom_text(fe, o->items[1]),
                                  known, is_known_index(fe, o->items[1])));
    }
    learn_type(fe, o->items[0]);
}

static bool is_in_doubles(const function_emitter *fe, atom vector) {
    return fe->in_doubles && vector.kind == ATOM_VAR && fe->in_doubles[vector.var->id];
}

/* In the fast body: the element is taken to be a float. */
static void emit_double_ref(function_emitter *fe, const cps_node *n) {
    const char *kind = n->result->as_number ? "number" : "float";
    const char *body = body_text(fe, n->op->items[0]), *index = index_text(fe, n->op);
    if (is_in_doubles(fe, n->op->items[0])) {
        if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("flu_body_doubles(%s)[%s]", body, index));
        return;
    }
    leave_unless(fe, n, arena_printf("flu_holds_%s(%s, %s)", kind, body, index));
    if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("flu_held_%s(%s, %s)", kind, body, index));
}

/* The access after a test, without the parts of it that are known to hold. */
static const char *known_access_text(function_emitter *fe, const op *o, const char *function, const char *value) {
    const char *args = join_atoms(fe, arena_printf("%s(w", function), o->items, 2, value);
    return arena_printf("%s, %d, %d)", args, is_known_vector(fe, o->items[0]), is_known_index(fe, o->items[1]));
}

const char *vector_op_text(function_emitter *fe, const op *o) {
    if (op_is_prim(o, "vector-length") && is_known_vector(fe, o->items[0]))
        return arena_printf("FLU_FIX(flu_vector_count(%s))", atom_text(fe, o->items[0]));
    if (!is_vector_ref(o) && !is_set(o)) return NULL;
    if (stores_double(o))
        return known_access_text(fe, o, "flu_vector_set_double", arena_printf(", %s", double_text(fe, o->items[2])));
    if (is_set(o) && in_range(fe, o) && fe->body[o->items[0].var->id])
        return arena_printf("flu_hold(w, %s, %s, %s, %s)", atom_text(fe, o->items[0]), fe->body[o->items[0].var->id],
                            index_text(fe, o), atom_text(fe, o->items[2]));
    if (!is_known_vector(fe, o->items[0]) && !is_known_index(fe, o->items[1])) return NULL;
    if (is_vector_ref(o)) return known_access_text(fe, o, "flu_vector_ref_known", "");
    return known_access_text(fe, o, "flu_vector_set_known", arena_printf(", %s", atom_text(fe, o->items[2])));
}

bool emit_vector_access(function_emitter *fe, const cps_node *n) {
    const op *o = n->op;
    if (!is_vector_ref(o) && !is_set(o)) return false;
    bool guess = fe->version == FAST_BODY && n->deopt;
    if (!guess && !in_range(fe, o)) return false;
    print_line_directive(fe, n->at);
    if (guess) guard_access(fe, n);
    if (n->result && n->result->flonum) {
        emit_double_ref(fe, n);
        return true;
    }
    const char *body = body_text(fe, o->items[0]);
    if (is_set(o) && !stores_double(o)) return false; /* may fail: see vector_op_text */
    if (is_set(o) && is_in_doubles(fe, o->items[0])) {
        statement(fe, "flu_body_doubles(%s)[%s] = %s;", body, index_text(fe, o), double_text(fe, o->items[2]));
        if (!is_unused(fe, n->result)) assign(fe, n->result, "FLU_NIL");
    } else if (is_set(o)) {
        const char *d = double_text(fe, o->items[2]);
        if (guess) leave_unless(fe, n, arena_printf("flu_takes_double(%s, %s)", body, d));
        statement(fe, "flu_%s%s, %s, %s);", guess ? "put_double(" : "hold_double(w, ", body, index_text(fe, o), d);
        if (!is_unused(fe, n->result)) assign(fe, n->result, "FLU_NIL");
    } else if (!is_unused(fe, n->result)) {
        assign(fe, n->result, arena_printf("flu_held(w, %s, %s)", body, index_text(fe, o)));
    }
    return true;
}
