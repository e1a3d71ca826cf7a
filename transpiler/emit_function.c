/* emit_function.c: one C function for one FluentAI procedure.
 *
 * A procedure with resume points is printed once, as an inline function `NAME_code(w, frame, v, params)`, and used
 * twice: NAME passes no frame, so the C compiler drops the resume switch from it and loops stay single-entry;
 * NAME_resume passes the frame to go on from. A label whose code directly follows needs no goto; one that is jumped to
 * once is printed at its jump. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "simplify.h"

typedef struct function_emitter {
    emitter *e;
    FILE *out;
    const cps_function *f;
    const char **names;       /* C names, by var id */
    unsigned *uses;           /* reads, by var id */
    bool *at_top;             /* declared at the top of the function */
    bool *boolean;            /* holds true or false */
    const char **folded;      /* expression to print in place of the variable */
    const char **unboxed;     /* C double that holds the variable's value as a number, where one is in scope */
    const var **unboxed_vars; /* these variables, in the order they came into scope */
    size_t unboxed_count, unboxed_capacity;
    size_t fewest_unboxed; /* least unboxed_count in the part of the code being printed */
    unsigned next_double;
    uint32_t *vector_length; /* by var id: the variable holds a vector with at least so many elements; 0: not known */
    uint32_t *longest;       /* by var id: what the constant accesses through it need */
    const var **vectors;     /* these variables, in the order they became known */
    size_t vector_count, vector_capacity, fewest_vectors;
    bool resumable;
    enum { ONE_BODY, FAST_BODY, GENERAL_BODY } version; /* of a speculative function: see emit_speculative */
    const cps_point **deopts;                           /* guesses made so far in the fast body */
    size_t deopt_count, deopt_capacity;
    int indent;
    uint32_t line; /* last #line */
    const char *path;
    const cps_point **pending; /* points whose cold code is still to be printed */
    size_t pending_count, pending_capacity;
} function_emitter;

/* ---- text ---- */

static void print_indent(function_emitter *fe) { fprintf(fe->out, "%*s", fe->indent * 4, ""); }

static void print_line_directive(function_emitter *fe, span at) {
    if (!fe->e->opt->line_directives || !at.src) return;
    uint32_t line, column;
    source_position(at.src, at.start, &line, &column);
    if (line == fe->line && fe->path == at.src->path) return;
    fe->line = line;
    fe->path = at.src->path;
    fprintf(fe->out, "#line %u ", line);
    print_c_path(fe->out, at.src->path);
    fputc('\n', fe->out);
}

static void statement(function_emitter *fe, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void statement(function_emitter *fe, const char *format, ...) {
    va_list args;
    va_start(args, format);
    print_indent(fe);
    vfprintf(fe->out, format, args);
    fputc('\n', fe->out);
    va_end(args);
}

static const char *atom_text(function_emitter *fe, atom a) {
    switch (a.kind) {
    case ATOM_VAR:
        if (a.var->flonum) return arena_printf("flu_float(w, %s)", fe->names[a.var->id]);
        return fe->folded[a.var->id] ? fe->folded[a.var->id] : fe->names[a.var->id];
    case ATOM_CONST: return literal_text(fe->e->literals, a.datum);
    case ATOM_PROC: return proc_text(fe->e, a.fn);
    case ATOM_BUILTIN: return builtin_text(fe->e, a.prim);
    default: return "FLU_NIL";
    }
}

static const char *join_atoms(function_emitter *fe, const char *head, const atom *items, size_t count,
                              const char *tail) {
    char *text;
    size_t size;
    FILE *m = open_memstream(&text, &size);
    fputs(head, m);
    for (size_t i = 0; i < count; i++)
        fprintf(m, "%s%s",
                i == 0 && head[strlen(head) - 1] == '{' ? ""
                : i % 8 == 7                            ? ",\n        "
                                                        : ", ",
                atom_text(fe, items[i]));
    fputs(tail, m);
    fclose(m);
    const char *copy = arena_copy(text, size);
    free(text);
    return copy;
}

static const char *argv_text(function_emitter *fe, const atom *items, size_t count) {
    return count ? join_atoms(fe, "(flu_value[]){", items, count, "}") : "NULL";
}

enum { MAX_NESTED_CONS = 4 };

static const char *list_text(function_emitter *fe, const atom *items, size_t count) {
    const char *text = "FLU_EMPTY";
    for (size_t i = count; i-- > 0;) text = arena_printf("flu_cons(w, %s, %s)", atom_text(fe, items[i]), text);
    return text;
}

static const char *prim_text(function_emitter *fe, const op *o) {
    const builtin *b = o->prim;
    if (b->flags & LIB) fe->e->uses_library = true;
    if (!strcmp(b->name, "%list") && o->count <= MAX_NESTED_CONS) return list_text(fe, o->items, o->count);
    if (!strcmp(b->name, "%undef")) return "FLU_UNDEF";
    if (b->nparams < 0) return arena_printf("%s(w, %zu, %s)", b->c_name, o->count, argv_text(fe, o->items, o->count));
    bool rest = (b->flags & LIB) && b->max < 0;
    size_t positional = (size_t)b->nparams - (rest ? 1 : 0);
    size_t given = o->count < positional ? o->count : positional;
    const char *text = join_atoms(fe, arena_printf("%s(w", b->c_name), o->items, given, "");
    for (size_t i = given; i < positional; i++) text = arena_printf("%s, FLU_UNDEF", text);
    if (!rest) return arena_printf("%s)", text);
    size_t extra = o->count - given;
    if (extra <= MAX_NESTED_CONS) return arena_printf("%s, %s)", text, list_text(fe, o->items + given, extra));
    return arena_printf("%s, flu_list_lit(w, %zu, %s, FLU_EMPTY))", text, extra,
                        argv_text(fe, o->items + given, extra));
}

static const char *double_text(function_emitter *fe, atom a);

static const char *call_text(function_emitter *fe, const op *o) {
    const char *head = arena_printf("%s(w", INFO(o->fn)->c_name);
    if (takes_self(o->fn)) head = arena_printf("%s, %s", head, atom_text(fe, o->callee));
    const char *text = head;
    for (size_t i = 0; i < o->count; i++) {
        bool as_double = i < lambda_params(o->fn) && o->fn->params[i]->flonum;
        const char *item = as_double ? double_text(fe, o->items[i]) : atom_text(fe, o->items[i]);
        text = arena_printf("%s, %s", text, item);
    }
    return arena_printf("%s)", text);
}

static const char *call_value_text(function_emitter *fe, const op *o) {
    const char *callee = atom_text(fe, o->callee);
    if (o->count <= 4)
        return join_atoms(fe, arena_printf("flu_call%zu(w, %s", o->count, callee), o->items, o->count, ")");
    return arena_printf("flu_call_n(w, %s, %zu, %s)", callee, o->count, argv_text(fe, o->items, o->count));
}

static const char *comparison_text(function_emitter *fe, const op *o);

static const char *op_text(function_emitter *fe, const op *o) {
    switch (o->kind) {
    case OP_MOVE: return atom_text(fe, o->items[0]);
    case OP_PRIM: return is_float_comparison(o) ? comparison_text(fe, o) : prim_text(fe, o);
    case OP_CALL: return call_text(fe, o);
    case OP_CALL_VALUE: return call_value_text(fe, o);
    case OP_GLOBAL_REF: return global_text(fe->e, o->global);
    case OP_GLOBAL_SET: return arena_printf("%s = %s", global_text(fe->e, o->global), atom_text(fe, o->items[0]));
    }
    return NULL;
}

/* ---- preparation ---- */

static void count_atom(function_emitter *fe, atom a) {
    if (a.kind == ATOM_VAR) fe->uses[a.var->id]++;
}

static void count_atoms(function_emitter *fe, const atom *items, size_t count) {
    for (size_t i = 0; i < count; i++) count_atom(fe, items[i]);
}

static void prepare_point(function_emitter *fe, const cps_point *p) {
    if (!p || !p->suspends) return;
    if (p->result) fe->at_top[p->result->id] = true;
    for (size_t i = 0; i < p->live_count; i++) fe->at_top[p->live[i]->id] = true;
}

static void prepare_op(function_emitter *fe, const cps_node *n) {
    if (is_constant_vector_access(n->op)) {
        uint32_t *longest = &fe->longest[n->op->items[0].var->id], needed = (uint32_t)n->op->items[1].datum->i + 1;
        if (needed > *longest) *longest = needed;
    }
    count_atoms(fe, n->op->items, n->op->count);
    count_atom(fe, n->op->callee);
}

static void prepare_label(function_emitter *fe, const cps_label *l);

static void prepare(function_emitter *fe, const cps_node *n) {
    for (; n; n = n->next) {
        prepare_point(fe, n->point);
        if (n->op) prepare_op(fe, n);
        if (n->kind == CPS_BIND && n->result && n->result->assigned) fe->at_top[n->result->id] = true;
        if (n->kind == CPS_IF || n->kind == CPS_RETURN) count_atom(fe, n->test);
        if (n->kind == CPS_JUMP) count_atoms(fe, n->items, n->count);
        if (n->kind == CPS_IF) prepare(fe, n->other);
        if (n->kind == CPS_LABEL) prepare_label(fe, n->label);
        if (n->kind == CPS_CLOSURES)
            for (size_t i = 0; i < n->count; i++) count_atoms(fe, n->envs[i], INFO(n->fns[i])->free_count);
    }
}

static void prepare_label(function_emitter *fe, const cps_label *l) {
    for (size_t i = 0; i < l->count; i++) fe->at_top[l->params[i]->id] = true;
    prepare(fe, l->body);
}

static bool is_unused(const function_emitter *fe, const var *v) { return !v || fe->uses[v->id] == 0; }

/* ---- folding single-use values into the expression that uses them next ---- */

static bool op_uses(const op *o, const var *v) {
    if (o->callee.kind == ATOM_VAR && o->callee.var == v) return true;
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].kind == ATOM_VAR && o->items[i].var == v) return true;
    return false;
}

static bool node_uses(const cps_node *n, const var *v) {
    if (!n) return false;
    if (n->kind == CPS_BIND || n->kind == CPS_TAIL) return op_uses(n->op, v);
    if (n->kind == CPS_IF || n->kind == CPS_RETURN) return n->test.kind == ATOM_VAR && n->test.var == v;
    return false;
}

static bool foldable(const function_emitter *fe, const cps_node *n) {
    if (!n->result || n->result->flonum || (n->point && !is_float_comparison(n->op)) || fe->uses[n->result->id] != 1 ||
        n->result->assigned || fe->at_top[n->result->id])
        return false;
    if (n->op->kind == OP_PRIM && !(n->op->prim->flags & (PURE | ALLOCATES)) && strcmp(n->op->prim->name, "%cell-ref"))
        return false;
    if (n->op->kind == OP_PRIM && n->op->prim->nparams < 0) return false;
    return n->op->kind != OP_GLOBAL_SET && n->op->kind != OP_CALL && node_uses(n->next, n->result) &&
           strlen(fe->names[n->result->id]) > 0;
}

/* ---- nodes ---- */

static void emit_node(function_emitter *fe, const cps_node *n, const cps_label *next);

static const char *c_type(const var *v) { return v->flonum ? "double" : "flu_value"; }

static void assign(function_emitter *fe, const var *v, const char *text) {
    if (is_unused(fe, v))
        statement(fe, "(void)%s;", text);
    else if (fe->at_top[v->id])
        statement(fe, "%s = %s;", fe->names[v->id], text);
    else
        statement(fe, "%s %s = %s;", c_type(v), fe->names[v->id], text);
}

/* The code printed so far goes to the cold code of p, which may go on to p's handler. */
static void leave_at(function_emitter *fe, const cps_point *p) {
    PUSH(fe->pending, fe->pending_count, fe->pending_capacity, p);
    if (p->handler) p->handler->targeted = true;
}

/* ---- floats in C doubles ---- */

/* Doubles made for boxed variables go out of scope with their C block, and at resume points, which do not restore them.
 */
static void forget_unboxed(function_emitter *fe, size_t kept) {
    while (fe->unboxed_count > kept) fe->unboxed[fe->unboxed_vars[--fe->unboxed_count]->id] = NULL;
    if (fe->fewest_unboxed > kept) fe->fewest_unboxed = kept;
}

static void forget_vectors(function_emitter *fe, size_t kept) {
    while (fe->vector_count > kept) fe->vector_length[fe->vectors[--fe->vector_count]->id] = 0;
    if (fe->fewest_vectors > kept) fe->fewest_vectors = kept;
}

/* What is known where a part of the code begins that may be left in its middle. */
typedef struct facts {
    size_t fewest_unboxed, fewest_vectors;
} facts;

static facts begin_part(function_emitter *fe) {
    facts outer = {fe->fewest_unboxed, fe->fewest_vectors};
    fe->fewest_unboxed = fe->unboxed_count;
    fe->fewest_vectors = fe->vector_count;
    return outer;
}

/* Behind the part only that holds which held before it and was not forgotten in it. */
static void end_part(function_emitter *fe, facts outer) {
    forget_unboxed(fe, fe->fewest_unboxed);
    forget_vectors(fe, fe->fewest_vectors);
    if (outer.fewest_unboxed < fe->fewest_unboxed) fe->fewest_unboxed = outer.fewest_unboxed;
    if (outer.fewest_vectors < fe->fewest_vectors) fe->fewest_vectors = outer.fewest_vectors;
}

static void forget_all(function_emitter *fe) {
    forget_unboxed(fe, 0);
    forget_vectors(fe, 0);
}

/* The double of an atom known to be a number already; NULL: it has to be unboxed first. */
static const char *double_text(function_emitter *fe, atom a) {
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
    statement(fe, "double %s;", name);
    statement(fe, "if (flu_unlikely(!flu_unbox_number(%s, &%s))) {", atom_text(fe, a), name);
    statement(fe, "    %s;", slow_call(fe, n->op));
    statement(fe, "    goto thrown_%d;", n->point->number);
    statement(fe, "}");
    leave_at(fe, n->point);
    remember_unboxed(fe, a, name);
    return name;
}

/* In the fast body: both operands are taken to be floats; if one is not, the general body goes on from here. */
static const char *guard_operand(function_emitter *fe, const cps_node *n, atom a) {
    const char *known = double_text(fe, a);
    if (known) return known;
    const char *name = arena_printf("number_%u", ++fe->next_double);
    const char *text = atom_text(fe, a);
    statement(fe, "if (flu_unlikely(!flu_is_flonum(%s))) goto deopt_%d;", text, n->deopt->number);
    statement(fe, "double %s = flu_flonum(%s);", name, text);
    PUSH(fe->deopts, fe->deopt_count, fe->deopt_capacity, n->deopt);
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
        statement(fe, "if (flu_unlikely(%s == 0)) goto deopt_%d;", divisor, n->deopt->number);
        PUSH(fe->deopts, fe->deopt_count, fe->deopt_capacity, n->deopt);
        return;
    }
    statement(fe, "if (flu_unlikely(%s == 0)) {", divisor);
    statement(fe, "    %s;", slow_call(fe, n->op));
    statement(fe, "    goto thrown_%d;", n->point->number);
    statement(fe, "}");
    leave_at(fe, n->point);
}

static void emit_float_bind(function_emitter *fe, const cps_node *n) {
    const op *o = n->op;
    if (o->kind == OP_MOVE) {
        if (!is_unused(fe, n->result)) assign(fe, n->result, double_text(fe, o->items[0]));
        return;
    }
    bool guess = !is_float_arithmetic(o);
    const char *a = guess ? guard_operand(fe, n, o->items[0]) : unbox_operand(fe, n, o->items[0]);
    if (o->count == 1) {
        if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("__builtin_sqrt(%s)", a));
        return;
    }
    const char *b = guess ? guard_operand(fe, n, o->items[1]) : unbox_operand(fe, n, o->items[1]);
    if (c_operator(o) == '/') emit_divisor_check(fe, n, b, guess);
    if (!is_unused(fe, n->result)) assign(fe, n->result, arena_printf("%s %c %s", a, c_operator(o), b));
}

static const char *comparison_text(function_emitter *fe, const op *o) {
    static const char *const operators[][2] = {
        {"%lt", "<"}, {"%gt", ">"}, {"%le", "<="}, {"%ge", ">="}, {"%equal", "=="}};
    const char *c = "";
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i][0], o->prim->name)) c = operators[i][1];
    return arena_printf("FLU_BOOL(%s %s %s)", double_text(fe, o->items[0]), c, double_text(fe, o->items[1]));
}

static const char *cold_label(const cps_point *p) { return p->suspends ? "save" : "thrown"; }

static void print_check_of_result(function_emitter *fe, const cps_node *n, const char *name) {
    const cps_point *p = n->point;
    if (p->suspends && fe->version != FAST_BODY) fprintf(fe->out, "resume_%d:\n", p->number);
    statement(fe, "if (flu_unlikely(%s == FLU_ABNORMAL)) goto %s_%d;", name, cold_label(p), p->number);
    leave_at(fe, p);
}

static void emit_failing_bind(function_emitter *fe, const cps_node *n) {
    const char *text = op_text(fe, n->op);
    const cps_point *p = n->point;
    if (n->op->kind == OP_GLOBAL_REF) {
        const char *name = global_text(fe->e, n->op->global);
        statement(fe, "if (flu_unlikely(%s == FLU_UNDEF)) {", name);
        statement(fe, "    flu_unbound(w, \"%s\");", n->op->global->name);
        statement(fe, "    goto thrown_%d;", p->number);
        statement(fe, "}");
        leave_at(fe, p);
        if (!is_unused(fe, n->result)) assign(fe, n->result, name);
        return;
    }
    bool unused = is_unused(fe, n->result);
    if (n->op->kind == OP_PRIM && (n->op->prim->flags & NORETURN)) {
        statement(fe, "%s;", text);
        statement(fe, "goto thrown_%d;", p->number);
        leave_at(fe, p);
        return;
    }
    if (unused && !p->suspends) {
        statement(fe, "if (flu_unlikely(%s == FLU_ABNORMAL)) goto thrown_%d;", text, p->number);
        leave_at(fe, p);
        return;
    }
    if (unused) {
        statement(fe, "v = %s;", text);
        print_check_of_result(fe, n, "v");
        return;
    }
    assign(fe, n->result, text);
    print_check_of_result(fe, n, fe->names[n->result->id]);
}

/* ---- vectors: an access that succeeded tells that the variable holds a vector, and how long it is at least ---- */

static bool in_range(const function_emitter *fe, const op *o) {
    return is_constant_vector_access(o) && fe->vector_length[o->items[0].var->id] > o->items[1].datum->i;
}

static const char *access_text(function_emitter *fe, const op *o) {
    return arena_printf("flu_vector_data(%s)[%lld]", atom_text(fe, o->items[0]), (long long)o->items[1].datum->i);
}

static void learn_vector(function_emitter *fe, const op *o) {
    const var *v = o->items[0].var;
    PUSH(fe->vectors, fe->vector_count, fe->vector_capacity, v);
    fe->vector_length[v->id] = (uint32_t)o->items[1].datum->i + 1;
}

/* May o make a vector shorter? */
static bool keeps_vectors(const op *o) {
    if (o->kind == OP_MOVE || o->kind == OP_GLOBAL_REF || o->kind == OP_GLOBAL_SET) return true;
    if (o->kind != OP_PRIM) return false;
    return (o->prim->flags & PURE) || op_is_prim(o, "vector-ref") || op_is_prim(o, "vector-set!");
}

static void emit_known_access(function_emitter *fe, const cps_node *n) {
    print_line_directive(fe, n->at);
    if (op_is_prim(n->op, "vector-set!")) {
        statement(fe, "%s = %s;", access_text(fe, n->op), atom_text(fe, n->op->items[2]));
        if (!is_unused(fe, n->result)) assign(fe, n->result, "FLU_NIL");
    } else if (!is_unused(fe, n->result)) {
        assign(fe, n->result, access_text(fe, n->op));
    }
}

/* In the fast body one check at the first access serves all accesses through the variable. */
static void guard_vector(function_emitter *fe, const cps_node *n) {
    if (in_range(fe, n->op)) return;
    const var *v = n->op->items[0].var;
    const char *name = atom_text(fe, n->op->items[0]);
    statement(fe, "if (flu_unlikely(!flu_is_vector_of(%s, %u))) goto deopt_%d;", name, fe->longest[v->id],
              n->deopt->number);
    PUSH(fe->deopts, fe->deopt_count, fe->deopt_capacity, n->deopt);
    PUSH(fe->vectors, fe->vector_count, fe->vector_capacity, v);
    fe->vector_length[v->id] = fe->longest[v->id];
}

static void emit_bind(function_emitter *fe, const cps_node *n) {
    if (n->deopt && fe->version == FAST_BODY && is_constant_vector_access(n->op)) guard_vector(fe, n);
    if (in_range(fe, n->op)) {
        if (n->deopt && fe->version == GENERAL_BODY) fprintf(fe->out, "deopt_%d:;\n", n->deopt->number);
        emit_known_access(fe, n);
        return;
    }
    if (!keeps_vectors(n->op)) forget_vectors(fe, 0);
    if (n->op->kind == OP_PRIM && (n->op->prim->flags & BOOLEAN) && n->result) fe->boolean[n->result->id] = true;
    if (n->deopt && fe->version == GENERAL_BODY) fprintf(fe->out, "deopt_%d:;\n", n->deopt->number);
    if (n->result && n->result->flonum) {
        print_line_directive(fe, n->at);
        emit_float_bind(fe, n);
        return;
    }
    if (n->point && !is_float_comparison(n->op)) {
        print_line_directive(fe, n->at);
        emit_failing_bind(fe, n);
        if (is_constant_vector_access(n->op)) learn_vector(fe, n->op);
        if (n->point->suspends || n->deopt) forget_all(fe);
        return;
    }
    if (foldable(fe, n)) {
        fe->folded[n->result->id] = op_text(fe, n->op);
        return;
    }
    bool effect = n->op->kind == OP_GLOBAL_SET || n->op->kind == OP_CALL ||
                  (n->op->kind == OP_PRIM && !(n->op->prim->flags & (PURE | ALLOCATES)));
    if (is_unused(fe, n->result) && !effect) return;
    if (n->op->kind == OP_MOVE && n->op->items[0].kind == ATOM_VAR && n->op->items[0].var == n->result) return;
    print_line_directive(fe, n->at);
    if (n->op->kind == OP_GLOBAL_SET)
        statement(fe, "%s;", op_text(fe, n->op));
    else
        assign(fe, n->result, op_text(fe, n->op));
}

static void emit_check(function_emitter *fe, const cps_node *n) {
    print_line_directive(fe, n->at);
    statement(fe, "if (flu_must_yield(w)) goto yield_%d;", n->point->number);
    if (fe->version != FAST_BODY) fprintf(fe->out, "resume_%d:;\n", n->point->number);
    leave_at(fe, n->point);
    forget_all(fe);
}

static void emit_closures(function_emitter *fe, const cps_node *n) {
    print_line_directive(fe, n->at);
    for (size_t i = 0; i < n->count; i++) {
        lambda *fn = n->fns[i];
        lambda_info *info = INFO(fn);
        const char *made = has_exact_entry(fn)
                               ? arena_printf("flu_closure_new(w, %zu, %zu, (flu_code)%s, &%s__info)",
                                              lambda_params(fn), info->free_count, info->c_name, info->c_name)
                               : arena_printf("flu_closure_new(w, FLU_ARITY_ANY, %zu, (flu_code)%s__any, &%s__info)",
                                              info->free_count, info->c_name, info->c_name);
        if (fe->at_top[fn->self->id])
            statement(fe, "%s = %s;", fe->names[fn->self->id], made);
        else
            statement(fe, "flu_value %s = %s;", fe->names[fn->self->id], made);
    }
    for (size_t i = 0; i < n->count; i++)
        for (size_t k = 0; k < INFO(n->fns[i])->free_count; k++)
            statement(fe, "FLU_PROC(%s)->env[%zu] = %s;", fe->names[n->fns[i]->self->id], k,
                      atom_text(fe, n->envs[i][k]));
}

/* Parallel assignment of the arguments to the label's parameters. */
static bool reads_param(const atom *items, size_t from, size_t count, const var *param) {
    for (size_t i = from; i < count; i++)
        if (items[i].kind == ATOM_VAR && items[i].var == param) return true;
    return false;
}

static void emit_moves(function_emitter *fe, const cps_label *l, const atom *items) {
    bool conflict = false;
    for (size_t i = 0; i < l->count; i++)
        conflict |= !is_unused(fe, l->params[i]) && reads_param(items, i + 1, l->count, l->params[i]);
    const char **texts = NEW_ARRAY(const char *, l->count + 1);
    for (size_t i = 0; i < l->count; i++)
        texts[i] = l->params[i]->flonum ? double_text(fe, items[i]) : atom_text(fe, items[i]);
    if (conflict) {
        statement(fe, "{");
        fe->indent++;
        for (size_t i = 0; i < l->count; i++) {
            if (is_unused(fe, l->params[i]) || items[i].kind != ATOM_VAR) continue;
            statement(fe, "%s next_%zu = %s;", c_type(l->params[i]), i, texts[i]);
            texts[i] = arena_printf("next_%zu", i);
        }
    }
    for (size_t i = 0; i < l->count; i++) {
        if (is_unused(fe, l->params[i])) continue;
        if (strcmp(fe->names[l->params[i]->id], texts[i]))
            statement(fe, "%s = %s;", fe->names[l->params[i]->id], texts[i]);
    }
    if (conflict) {
        fe->indent--;
        statement(fe, "}");
    }
}

static bool printed_at_jump(const cps_label *l) { return l->jumps == 1 && !l->is_loop && !l->is_handler; }

static const char *label_name(const cps_label *l) {
    const char *base = l->is_handler ? "catch" : l->is_loop ? "loop" : l->name;
    return arena_printf("%s_%d", base, l->id);
}

static void emit_jump(function_emitter *fe, const cps_node *n, const cps_label *next) {
    cps_label *l = n->label;
    emit_moves(fe, l, n->items);
    if (printed_at_jump(l)) {
        emit_node(fe, l->body, next);
    } else if (l != next || l->placed) {
        statement(fe, "goto %s;", label_name(l));
        l->targeted = true;
    }
}

static const char *test_text(function_emitter *fe, atom test) {
    const char *text = atom_text(fe, test);
    if (test.kind == ATOM_VAR && fe->boolean[test.var->id]) return arena_printf("%s != FLU_FALSE", text);
    return arena_printf("flu_truthy(%s)", text);
}

static bool only_falls_through(const cps_node *n, const cps_label *next) {
    return n->kind == CPS_JUMP && n->label == next && next && !next->placed && n->count == 0;
}

static const char *negated_test(function_emitter *fe, atom test) {
    const char *text = atom_text(fe, test);
    if (test.kind == ATOM_VAR && fe->boolean[test.var->id]) return arena_printf("%s == FLU_FALSE", text);
    return arena_printf("!flu_truthy(%s)", text);
}

/* Does control certainly not come out behind the C code of n? */
static bool leaves(const cps_node *n, const cps_label *next) {
    for (; n; n = n->next) {
        switch (n->kind) {
        case CPS_RETURN:
        case CPS_TAIL:
        case CPS_STOP: return true;
        case CPS_JUMP:
            return printed_at_jump(n->label) ? leaves(n->label->body, next) : n->label != next || n->label->placed;
        case CPS_IF: return leaves(n->next, next) && leaves(n->other, next);
        case CPS_LABEL: return !printed_at_jump(n->label) ? leaves(n->label->body, next) : leaves(n->next, next);
        default: break;
        }
    }
    return false;
}

static const cps_node *behind_single_jump(const cps_node *n) {
    while (n->kind == CPS_JUMP && n->count == 0 && printed_at_jump(n->label)) n = n->label->body;
    return n;
}

static void emit_if(function_emitter *fe, const cps_node *n, const cps_label *next) {
    print_line_directive(fe, n->at);
    const cps_node *then = behind_single_jump(n->next), *other = behind_single_jump(n->other);
    if (only_falls_through(then, next)) {
        statement(fe, "if (%s) {", negated_test(fe, n->test));
        then = other;
        other = NULL;
    } else {
        statement(fe, "if (%s) {", test_text(fe, n->test));
    }
    fe->indent++;
    facts outer = begin_part(fe);
    emit_node(fe, then, next);
    end_part(fe, outer);
    fe->indent--;
    if (!other || only_falls_through(other, next)) {
        statement(fe, "}");
    } else if (leaves(then, next)) {
        statement(fe, "}");
        emit_node(fe, other, next);
    } else {
        statement(fe, "} else {");
        fe->indent++;
        outer = begin_part(fe);
        emit_node(fe, other, next);
        end_part(fe, outer);
        fe->indent--;
        statement(fe, "}");
    }
}

static void emit_label(function_emitter *fe, const cps_node *n, const cps_label *next) {
    cps_label *l = n->label;
    if (printed_at_jump(l)) {
        emit_node(fe, n->next, next);
        return;
    }
    facts outer = begin_part(fe);
    emit_node(fe, n->next, l->is_handler ? NULL : l);
    end_part(fe, outer);
    l->placed = true;
    if (l->targeted || l->is_loop) fprintf(fe->out, "%s:;\n", label_name(l));
    if (l->is_handler) {
        if (is_unused(fe, l->params[0]))
            statement(fe, "(void)flu_catch(w);");
        else
            statement(fe, "%s = flu_catch(w);", fe->names[l->params[0]->id]);
    }
    emit_node(fe, l->body, next);
}

static void emit_tail(function_emitter *fe, const cps_node *n) {
    print_line_directive(fe, n->at);
    statement(fe, "return %s;", op_text(fe, n->op));
}

static void emit_node(function_emitter *fe, const cps_node *n, const cps_label *next) {
    for (; n; n = n->next) {
        switch (n->kind) {
        case CPS_BIND: emit_bind(fe, n); break;
        case CPS_CLOSURES: emit_closures(fe, n); break;
        case CPS_CHECK: emit_check(fe, n); break;
        case CPS_IF: emit_if(fe, n, next); return;
        case CPS_LABEL: emit_label(fe, n, next); return;
        case CPS_JUMP: emit_jump(fe, n, next); return;
        case CPS_RETURN:
            print_line_directive(fe, n->at);
            statement(fe, "return %s;", atom_text(fe, n->test));
            return;
        case CPS_TAIL: emit_tail(fe, n); return;
        case CPS_STOP: return;
        }
    }
}

/* ---- cold code: frames and unwinding ---- */

static const char *info_name(const function_emitter *fe) { return arena_printf("%s__info", INFO(fe->f->fn)->c_name); }

static const char *leave_text(const cps_point *p) {
    return p->handler ? arena_printf("goto %s;", label_name(p->handler)) : "return FLU_ABNORMAL;";
}

/* The live variables go into the frame; without any, the frame is complete as it is. */
static void fill_frame(function_emitter *fe, const cps_point *p) {
    for (size_t i = 0; i < p->live_count; i++)
        statement(fe, "saved->slots[%zu] = %s;", i, atom_text(fe, (atom){.kind = ATOM_VAR, .var = p->live[i]}));
    statement(fe, "return FLU_ABNORMAL;");
}

static void emit_throw_point(function_emitter *fe, const cps_point *p) {
    fprintf(fe->out, "thrown_%d:\n", p->number);
    statement(fe, "flu_trace_site(w, &%s, %d);", info_name(fe), p->number);
    statement(fe, "%s", leave_text(p));
}

static void emit_frame(function_emitter *fe, const cps_point *p, const char *function) {
    const char *old = fe->version == FAST_BODY ? "NULL" : "frame";
    const char *call = arena_printf("%s(w, %s, &%s, %d, %zu)", function, old, info_name(fe), p->number, p->live_count);
    if (p->live_count)
        statement(fe, "if (!(saved = %s)) %s", call, leave_text(p));
    else if (p->handler)
        statement(fe, "if (!%s) %s", call, leave_text(p));
    else
        statement(fe, "%s;", call);
    fill_frame(fe, p);
}

static void emit_check_point(function_emitter *fe, const cps_point *p) {
    fprintf(fe->out, "yield_%d:\n", p->number);
    emit_frame(fe, p, "flu_yield");
    if (fe->version != FAST_BODY) emit_throw_point(fe, p);
}

static void emit_save_point(function_emitter *fe, const cps_point *p) {
    fprintf(fe->out, "save_%d:\n", p->number);
    emit_frame(fe, p, "flu_save");
}

static void emit_cold_code(function_emitter *fe) {
    for (size_t i = 0; i < fe->pending_count; i++) {
        const cps_point *p = fe->pending[i];
        if (i > 0 && fe->pending[i - 1] == p) continue; /* an operation with two places to fail */
        if (p->at_check)
            emit_check_point(fe, p);
        else if (p->suspends)
            emit_save_point(fe, p);
        else
            emit_throw_point(fe, p);
    }
}

static void emit_deopts(function_emitter *fe) {
    for (size_t i = 0; i < fe->deopt_count; i++) {
        const cps_point *p = fe->deopts[i];
        if (i > 0 && fe->deopts[i - 1] == p) continue;
        fprintf(fe->out, "deopt_%d:\n", p->number);
        statement(fe, "saved = flu_frame_new(w, &%s, %d, %zu);", info_name(fe), p->number, p->live_count);
        for (size_t k = 0; k < p->live_count; k++)
            statement(fe, "saved->slots[%zu] = %s;", k, atom_text(fe, (atom){.kind = ATOM_VAR, .var = p->live[k]}));
        statement(fe, "return %s__resume(w, saved, FLU_NIL);", INFO(fe->f->fn)->c_name);
    }
}

/* ---- the resume switch ---- */

static void emit_resume_case(function_emitter *fe, const cps_point *p, const char *to) {
    print_indent(fe);
    fprintf(fe->out, "case %d:", p->number);
    for (size_t i = 0; i < p->live_count; i++)
        fprintf(fe->out, p->live[i]->flonum ? " %s = flu_double(frame->slots[%zu]);" : " %s = frame->slots[%zu];",
                fe->names[p->live[i]->id], i);
    if (p->at_check) fprintf(fe->out, " if (flu_unlikely(v == FLU_ABNORMAL)) goto thrown_%d;", p->number);
    if (p->result && !is_unused(fe, p->result)) fprintf(fe->out, " %s = v;", fe->names[p->result->id]);
    fprintf(fe->out, " goto %s_%d;\n", to, p->number);
}

static void emit_resume_switch(function_emitter *fe) {
    statement(fe, "    switch (flu_frame_point(frame)) {");
    fe->indent++;
    for (const cps_point *p = fe->f->points; p; p = p->next)
        if (p->suspends) emit_resume_case(fe, p, "resume");
    for (const cps_point *p = fe->f->deopts; p; p = p->next) emit_resume_case(fe, p, "deopt");
    fe->indent--;
    statement(fe, "    default: FLU_UNREACHABLE();");
    statement(fe, "    }");
}

/* ---- the whole function ---- */

static bool is_param(const function_emitter *fe, size_t id) {
    if (fe->version == GENERAL_BODY) return false; /* everything comes from the frame */
    size_t params = lambda_params(fe->f->fn);
    if (id < params) return true;
    if (fe->f->self && (size_t)fe->f->self->id == id) return true;
    return !INFO(fe->f->fn)->escapes && id < params + INFO(fe->f->fn)->free_count;
}

static void name_variables(function_emitter *fe) {
    struct name_set *local = name_set_new(fe->e->names);
    reserve_identifier(local, "self");
    for (size_t i = 0; i < fe->f->var_count; i++) {
        const var *v = fe->f->vars[i];
        if (v == fe->f->self)
            fe->names[i] = "self";
        else
            fe->names[i] = c_identifier(local, v->name[0] ? v->name : "t");
    }
}

static void declare_variables_of(function_emitter *fe, bool flonum) {
    size_t column = 0;
    for (size_t i = 0; i < fe->f->var_count; i++) {
        if (!fe->at_top[i] || is_param(fe, i) || !fe->uses[i] || fe->f->vars[i]->flonum != flonum) continue;
        if (column == 0) print_indent(fe);
        fprintf(fe->out, "%s %s", column == 0 ? c_type(fe->f->vars[i]) : ",", fe->names[i]);
        column += strlen(fe->names[i]) + 2;
        if (column > 90) {
            fputs(";\n", fe->out);
            column = 0;
        }
    }
    if (column) fputs(";\n", fe->out);
}

static bool saves_variables(const function_emitter *fe) {
    for (const cps_point *p = fe->f->points; p; p = p->next)
        if (p->suspends && p->live_count) return true;
    return fe->version == FAST_BODY;
}

static void declare_variables(function_emitter *fe) {
    declare_variables_of(fe, false);
    declare_variables_of(fe, true);
    if (saves_variables(fe)) statement(fe, "flu_frame *saved;");
}

/* A closure's free variables are read from its procedure object once, at the first entry. */
static void load_free_variables(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    if (!INFO(fn)->escapes) return;
    for (size_t i = 0; i < INFO(fn)->free_count; i++) {
        int id = fe->f->free[i]->id;
        if (!fe->uses[id]) continue;
        statement(fe, fe->at_top[id] ? "%s = FLU_PROC(self)->env[%zu];" : "flu_value %s = FLU_PROC(self)->env[%zu];",
                  fe->names[id], i);
    }
}

static const char *may_comment(const lambda *fn) {
    return INFO(fn)->may_suspend ? "may suspend" : INFO(fn)->may_fail ? "never suspends" : "never suspends or fails";
}

static void print_comment(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    fputs("\n/* (", fe->out);
    print_in_comment(fe->out, fn->name ? fn->name : "lambda");
    for (size_t i = 0; i < lambda_params(fn); i++) {
        if (i == fn->required && fn->optional) fputs(" &optional", fe->out);
        if (i == fn->required + fn->optional) fputs(" &rest", fe->out);
        const char *name = fn->params[i]->name;
        fputc(' ', fe->out);
        print_in_comment(fe->out, name[0] ? name : "_");
    }
    fprintf(fe->out, "): %s */\n", may_comment(fn));
}

static void emit_sites(function_emitter *fe) {
    const cps_function *f = fe->f;
    const char *c_name = INFO(f->fn)->c_name;
    uint32_t line = 0, column = 0;
    if (f->point_count) {
        fprintf(fe->out, "static const flu_site %s__sites[] = {", c_name);
        for (const cps_point *p = f->points; p; p = p->next) {
            if (p->at.src) source_position(p->at.src, p->at.start, &line, &column);
            fprintf(fe->out, "%s{%u, %u}", p == f->points ? "" : p->number % 10 == 0 ? ",\n    " : ", ", line, column);
        }
        fputs("};\n", fe->out);
    }
    line = column = 0;
    if (f->fn->at.src) source_position(f->fn->at.src, f->fn->at.start, &line, &column);
    fprintf(fe->out, "static const flu_proc_info %s__info = {", c_name);
    const char *name = f->fn->name ? f->fn->name : "lambda";
    if (f->fn->top_level) name = "main";
    print_c_string(fe->out, name, strlen(name));
    fputs(", ", fe->out);
    const char *path = f->fn->at.src ? f->fn->at.src->path : fe->e->p->path;
    print_c_string(fe->out, path, strlen(path));
    fprintf(fe->out, ", %s%s, %s%s, %d, %u, %u, %zu, %d};\n", f->resume_count ? c_name : "NULL",
            f->resume_count ? "__resume" : "", f->point_count ? c_name : "NULL", f->point_count ? "__sites" : "",
            f->point_count, line, column, f->fn->required, f->fn->rest ? -1 : (int)(f->fn->required + f->fn->optional));
}

static const char **param_names(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    size_t n = lambda_params(fn) + INFO(fn)->free_count;
    const char **names = NEW_ARRAY(const char *, n + 1);
    for (size_t i = 0; i < n; i++) names[i] = fe->names[i];
    return names;
}

static void emit_body(function_emitter *fe) {
    fe->indent = 1;
    declare_variables(fe);
    if (fe->version == FAST_BODY && fe->resumable) statement(fe, "flu_value v;");
    if (fe->resumable && fe->version == ONE_BODY) statement(fe, "if (frame) {");
    if (fe->version == GENERAL_BODY || (fe->resumable && fe->version == ONE_BODY)) emit_resume_switch(fe);
    if (fe->resumable && fe->version == ONE_BODY) statement(fe, "}");
    if (fe->version != GENERAL_BODY) load_free_variables(fe);
    emit_node(fe, fe->f->body, NULL);
    emit_cold_code(fe);
    emit_deopts(fe);
    fputs("}\n", fe->out);
}

static size_t c_param_count(const lambda *fn) {
    return lambda_params(fn) + (INFO(fn)->escapes && takes_self(fn) ? 1 : INFO(fn)->global ? 0 : INFO(fn)->free_count);
}

static void emit_entries(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    const char *c_name = INFO(fn)->c_name;
    const char **names = param_names(fe);
    emit_signature(fe->out, fn, "", names);
    fprintf(fe->out, " {\n    return %s__code(w, NULL, FLU_NIL", c_name);
    if (takes_self(fn)) fputs(", self", fe->out);
    size_t n = lambda_params(fn) + (takes_self(fn) ? 0 : INFO(fn)->free_count);
    for (size_t i = 0; i < n; i++) fprintf(fe->out, ", %s", names[i]);
    fprintf(fe->out, ");\n}\nstatic flu_value %s__resume(flu_worker *w, flu_frame *frame, flu_value v) {\n", c_name);
    fprintf(fe->out, "    if (!frame) FLU_UNREACHABLE();\n    return %s__code(w, frame, v", c_name);
    for (size_t i = 0; i < c_param_count(fn); i++) fputs(", FLU_NIL", fe->out);
    fputs(");\n}\n", fe->out);
}

/* Labels and texts are of one printing only. */
static void reset_labels(const cps_node *n) {
    for (; n; n = n->next) {
        if (n->kind == CPS_IF) reset_labels(n->other);
        if (n->kind != CPS_LABEL) continue;
        n->label->placed = n->label->targeted = false;
        reset_labels(n->label->body);
    }
}

static void begin_version(function_emitter *fe, const char **names) {
    size_t n = fe->f->var_count + 1;
    fe->names = names;
    fe->uses = NEW_ARRAY(unsigned, n);
    fe->at_top = NEW_ARRAY(bool, n);
    fe->boolean = NEW_ARRAY(bool, n);
    fe->folded = NEW_ARRAY(const char *, n);
    fe->unboxed = NEW_ARRAY(const char *, n);
    fe->vector_length = NEW_ARRAY(uint32_t, n);
    fe->longest = NEW_ARRAY(uint32_t, n);
    reset_labels(fe->f->body);
    prepare(fe, fe->f->body);
    if (fe->version == ONE_BODY) return;
    for (const cps_point *p = fe->f->deopts; p; p = p->next) prepare_point(fe, p);
    if (fe->version == FAST_BODY) return;
    for (size_t i = 0; i < lambda_params(fe->f->fn) + INFO(fe->f->fn)->free_count; i++) fe->at_top[i] = true;
    if (fe->f->self) fe->at_top[fe->f->self->id] = true;
}

static void emit_one_body(function_emitter *fe) {
    emit_signature(fe->out, fe->f->fn, fe->resumable ? "__code" : "", param_names(fe));
    fputs(" {\n", fe->out);
    emit_body(fe);
    if (fe->resumable) emit_entries(fe);
}

/* Arithmetic on values that are likely floats is printed twice. The fast body keeps them in C doubles, and where a
 * value turns out to be something else it leaves, through a frame, for the same place in the general body, which also
 * serves to resume. */
static void emit_speculative(function_emitter *fe, cps_function *f) {
    const char **names = fe->names;
    function_emitter general = *fe;
    assume_likely_floats(f, true);
    fe->version = FAST_BODY;
    begin_version(fe, names);
    emit_signature(fe->out, f->fn, "", param_names(fe));
    fputs(" {\n", fe->out);
    emit_body(fe);
    assume_likely_floats(f, false);
    general.version = GENERAL_BODY;
    begin_version(&general, names);
    fprintf(fe->out, "static flu_value %s__resume(flu_worker *w, flu_frame *frame, flu_value v) {\n",
            INFO(f->fn)->c_name);
    emit_body(&general);
}

void emit_function(emitter *e, cps_function *f) {
    function_emitter fe = {.e = e, .out = e->out, .f = f, .resumable = f->resume_count > 0};
    fe.names = NEW_ARRAY(const char *, f->var_count + 1);
    name_variables(&fe);
    begin_version(&fe, fe.names);
    print_comment(&fe);
    if (fe.resumable || f->speculative)
        fprintf(e->out, "static flu_value %s__resume(flu_worker *w, flu_frame *frame, flu_value v);\n",
                INFO(f->fn)->c_name);
    emit_sites(&fe);
    if (f->speculative)
        emit_speculative(&fe, f);
    else
        emit_one_body(&fe);
}
