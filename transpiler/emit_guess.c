/* emit_guess.c: arithmetic in C doubles, and how long what has been learned holds. Where a guess of the fast body
 * fails, control leaves for the general body (emit_speculative). */
#include <stdlib.h>
#include <string.h>

#include "emit_function.h"

/* ---- floats in C doubles ---- */

/* Doubles made for boxed variables go out of scope with their C block, and at resume points, which do not restore them.
 */
static void forget_unboxed(function_emitter *fe, size_t kept) {
    while (fe->unboxed_count > kept) fe->unboxed[fe->unboxed_vars[--fe->unboxed_count]->id] = NULL;
    if (fe->fewest_unboxed > kept) fe->fewest_unboxed = kept;
}

void forget_vectors(function_emitter *fe, size_t kept) {
    while (fe->vector_count > kept) fe->vector_length[fe->vectors[--fe->vector_count]->id] = 0;
    if (fe->fewest_vectors > kept) fe->fewest_vectors = kept;
}

void forget_known_vectors(function_emitter *fe, size_t kept) {
    while (fe->known_vector_count > kept) fe->is_vector[fe->known_vectors[--fe->known_vector_count]->id] = false;
    if (fe->fewest_known_vectors > kept) fe->fewest_known_vectors = kept;
}

void forget_bodies(function_emitter *fe, size_t kept) {
    while (fe->body_count > kept) fe->body[fe->bodies[--fe->body_count]->id] = NULL;
    if (fe->fewest_bodies > kept) fe->fewest_bodies = kept;
}

/* What is known where a part of the code begins that may be left in its middle. */

facts begin_part(function_emitter *fe) {
    facts outer = {fe->fewest_unboxed, fe->fewest_vectors, fe->fewest_known_vectors, fe->fewest_bodies,
                   fe->fewest_fixnums};
    fe->fewest_unboxed = fe->unboxed_count;
    fe->fewest_vectors = fe->vector_count;
    fe->fewest_known_vectors = fe->known_vector_count;
    fe->fewest_bodies = fe->body_count;
    fe->fewest_fixnums = fe->fixnum_count;
    return outer;
}

/* Behind the part only that holds which held before it and was not forgotten in it. */
void end_part(function_emitter *fe, facts outer) {
    forget_unboxed(fe, fe->fewest_unboxed);
    forget_vectors(fe, fe->fewest_vectors);
    forget_known_vectors(fe, fe->fewest_known_vectors);
    forget_bodies(fe, fe->fewest_bodies);
    forget_fixnums(fe, fe->fewest_fixnums);
    if (outer.fewest_unboxed < fe->fewest_unboxed) fe->fewest_unboxed = outer.fewest_unboxed;
    if (outer.fewest_vectors < fe->fewest_vectors) fe->fewest_vectors = outer.fewest_vectors;
    if (outer.fewest_known_vectors < fe->fewest_known_vectors) fe->fewest_known_vectors = outer.fewest_known_vectors;
    if (outer.fewest_bodies < fe->fewest_bodies) fe->fewest_bodies = outer.fewest_bodies;
    if (outer.fewest_fixnums < fe->fewest_fixnums) fe->fewest_fixnums = outer.fewest_fixnums;
}

/* At a point where the code can be entered. The fast body has none, so what is known of fixnums is kept; and what is a
 * vector remains one. */
void forget_all(function_emitter *fe) {
    forget_unboxed(fe, 0);
    forget_vectors(fe, 0);
    forget_bodies(fe, 0);
}

/* The double of an atom known to be a number already; NULL: it has to be unboxed first. */
const char *double_text(function_emitter *fe, atom a) {
    if (a.kind == ATOM_VAR) return a.var->flonum ? fe->names[a.var->id] : fe->unboxed[a.var->id];
    if (a.kind != ATOM_CONST) return NULL;
    if (a.datum->kind == DATUM_FLOAT) return float_literal(a.datum->f);
    return a.datum->kind == DATUM_INT ? arena_printf("(double)%lld", (long long)a.datum->i) : NULL;
}

static const char *slow_call(function_emitter *fe, const op *o) {
    const char *name = o->count == 1 ? o->prim->c_name : arena_printf("%s_slow", o->prim->c_name);
    return join_atoms(fe, arena_printf("%s(w", name), o->items, o->count, ")");
}

static void remember_unboxed(function_emitter *fe, atom a, const char *name) {
    if (a.kind != ATOM_VAR || a.var->assigned || fe->folded[a.var->id]) return;
    fe->unboxed[a.var->id] = name;
    PUSH(fe->unboxed_vars, fe->unboxed_count, fe->unboxed_capacity, a.var);
}

/* Leaves the code for operands that are no numbers to the general function, which raises the error. */
static const char *unbox_operand(function_emitter *fe, const cps_node *n, atom a) {
    const char *known = double_text(fe, a);
    if (known) return known;
    const char *name = arena_printf("number_%u", ++fe->next_double);
    const char *text = atom_text(fe, a);
    statement(fe, "if (flu_unlikely(!flu_unboxes(%s))) {", text);
    statement(fe, "    %s;", slow_call(fe, n->op));
    statement(fe, "    goto thrown_%d;", n->point->number);
    statement(fe, "}");
    leave_at(fe, n->point);
    statement(fe, "double %s = flu_unbox(%s);", name, text);
    remember_unboxed(fe, a, name);
    return name;
}

void use_deopt(function_emitter *fe, cps_point *p) {
    if (!p->used) PUSH(fe->deopts, fe->deopt_count, fe->deopt_capacity, p);
    p->used = true;
}

/* In the fast body: an operand is taken to be a float, or beside a float a number that is easily made one; if it is
 * not, the general body goes on from here. */
static const char *guard_operand(function_emitter *fe, const cps_node *n, atom a) {
    const char *known = double_text(fe, a);
    if (known) return known;
    const char *name = arena_printf("number_%u", ++fe->next_double);
    const char *text = atom_text(fe, a);
    bool any = is_float_arithmetic(n->op);
    statement(fe, "if (flu_unlikely(!flu_is_%s(%s))) goto deopt_%d;", any ? "small_number" : "flonum", text,
              n->deopt->number);
    statement(fe, "double %s = flu_%s(%s);", name, any ? "small_number" : "flonum", text);
    use_deopt(fe, n->deopt);
    remember_unboxed(fe, a, name);
    return name;
}

static char c_operator(const op *o) {
    switch (o->prim->name[1]) {
    case 'a': return '+';
    case 's': return '-';
    case 'm': return '*';
    default: return '/';
    }
}

static void emit_divisor_check(function_emitter *fe, const cps_node *n, const char *divisor, bool guess) {
    if (guess) {
        statement(fe, "if (flu_unlikely(flu_may_be_zero(%s))) goto deopt_%d;", divisor, n->deopt->number);
        use_deopt(fe, n->deopt);
        return;
    }
    statement(fe, "if (flu_unlikely(flu_is_zero(%s))) {", divisor);
    statement(fe, "    %s;", slow_call(fe, n->op));
    statement(fe, "    goto thrown_%d;", n->point->number);
    statement(fe, "}");
    leave_at(fe, n->point);
}

void emit_float_bind(function_emitter *fe, const cps_node *n) {
    const op *o = n->op;
    if (o->kind == OP_MOVE) {
        if (!is_unused(fe, n->result)) assign(fe, n->result, double_text(fe, o->items[0]));
        return;
    }
    bool guess = fe->version == FAST_BODY && n->deopt;
    const char *a = guess ? guard_operand(fe, n, o->items[0]) : unbox_operand(fe, n, o->items[0]);
    if (o->count == 1) {
        if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("__builtin_sqrt(%s)", a));
        return;
    }
    const char *b = guess ? guard_operand(fe, n, o->items[1]) : unbox_operand(fe, n, o->items[1]);
    if (c_operator(o) == '/') emit_divisor_check(fe, n, b, guess);
    if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("%s %c %s", a, c_operator(o), b));
}

const char *comparison_text(function_emitter *fe, const op *o) {
    static const char *const operators[][2] = {
        {"%lt", "<"}, {"%gt", ">"}, {"%le", "<="}, {"%ge", ">="}, {"%equal", "=="}};
    const char *c = "";
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i][0], o->prim->name)) c = operators[i][1];
    return arena_printf("FLU_BOOL(%s %s %s)", double_text(fe, o->items[0]), c, double_text(fe, o->items[1]));
}
