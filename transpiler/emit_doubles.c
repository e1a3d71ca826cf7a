/* emit_doubles.c: vectors that stand for records of floats, as points and bodies do.
 *
 * A vector of floats only keeps them as an array of C doubles (collections.h). A procedure that reads and stores
 * several such elements of its parameters, at literal indices, and does nothing else to vectors, asks for that once:
 *
 *   static flu_value attract(flu_worker *w, flu_value b, flu_value c) {
 *       flu_body body_1 = flu_doubles_of(b, 7);
 *       if (flu_unlikely(!body_1)) goto general;
 *       flu_body body_2 = flu_doubles_of(c, 7);
 *       if (flu_unlikely(!body_2)) goto general;
 *       double dx = flu_body_doubles(body_1)[0] - flu_body_doubles(body_2)[0];
 *       ...
 *   general:
 *       return attract__fast(w, b, c);
 *   }
 *
 * NAME__fast is the fast body as elsewhere, which asks at every access. */
#include "emit_function.h"

/* What the accesses through a variable are. */
typedef struct access_count {
    size_t floats;
    bool others;
} access_count;

typedef struct search {
    const function_emitter *fe;
    access_count *of; /* by var id */
} search;

static void count_access(search *s, const cps_node *n) {
    const op *o = n->op;
    if (o->count == 0 || o->items[0].kind != ATOM_VAR || !is_vector_op(o)) return;
    access_count *count = &s->of[o->items[0].var->id];
    bool is_float = stores_double(o) || (n->result && n->result->flonum);
    if (n->deopt && is_float && is_constant_vector_access(o))
        count->floats++;
    else
        count->others = true;
}

/* false: some operation may replace the body of a vector, or make it shorter. */
static bool search_node(search *s, const cps_node *n) {
    for (; n; n = n->next) {
        if (n->kind == CPS_CHECK || n->kind == CPS_CLOSURES || (n->kind == CPS_LABEL && n->label->is_loop))
            return false;
        if (n->kind == CPS_BIND) {
            if ((n->point && n->point->suspends) || may_change_bodies(n->op)) return false;
            count_access(s, n);
        }
        if (n->kind == CPS_IF && !search_node(s, n->other)) return false;
        if (n->kind == CPS_LABEL && !search_node(s, n->label->body)) return false;
    }
    return true;
}

static void learn_doubles(function_emitter *fe, const var *v) {
    fe->in_doubles[v->id] = true;
    PUSH(fe->double_vectors, fe->double_vector_count, fe->double_vector_capacity, v);
}

bool find_double_vectors(function_emitter *fe) {
    enum { FEWEST_ACCESSES = 4, MOST_VECTORS = 4 };
    const lambda *fn = fe->f->fn;
    if (has_linkage(fn) || takes_self(fn)) return false;
    fe->in_doubles = NEW_ARRAY(bool, fe->f->var_count + 1);
    search s = {fe, NEW_ARRAY(access_count, fe->f->var_count + 1)};
    if (!search_node(&s, fe->f->body)) return false;
    size_t accesses = 0;
    for (size_t i = 0; i < lambda_params(fn); i++) {
        const var *v = fn->params[i];
        if (!s.of[v->id].floats || s.of[v->id].others || v->assigned || v->flonum) continue;
        learn_doubles(fe, v);
        accesses += s.of[v->id].floats;
    }
    return accesses >= FEWEST_ACCESSES && fe->double_vector_count <= MOST_VECTORS;
}

void emit_double_guards(function_emitter *fe) {
    for (size_t i = 0; i < fe->double_vector_count; i++) {
        const var *v = fe->double_vectors[i];
        const char *test = arena_printf("flu_doubles_of(%s, %u)", fe->names[v->id], fe->longest[v->id]);
        const char *body = name_body(fe, v, test);
        statement(fe, "if (flu_unlikely(!%s)) goto general;", body);
        learn_length(fe, v, fe->longest[v->id]);
        fe->leaves_at_entry = true;
    }
}
