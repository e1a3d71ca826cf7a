/* emit_node.c: CPS nodes as C statements. A label whose code directly follows needs no goto; one that is jumped to once
 * is printed at its jump. */
#include <stdlib.h>
#include <string.h>

#include "emit_function.h"

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

bool used_next_only(const function_emitter *fe, const cps_node *n) {
    const var *v = n->result;
    return v && fe->uses[v->id] == 1 && !v->assigned && !fe->at_top[v->id] && node_uses(n->next, v);
}

static bool foldable(const function_emitter *fe, const cps_node *n) {
    if (!used_next_only(fe, n) || n->result->flonum || (n->point && !is_float_comparison(n->op))) return false;
    if (n->op->kind == OP_PRIM && !(n->op->prim->flags & (PURE | ALLOCATES)) && strcmp(n->op->prim->name, "%cell-ref"))
        return false;
    if (n->op->kind == OP_PRIM && n->op->prim->nparams < 0) return false;
    return n->op->kind != OP_GLOBAL_SET && n->op->kind != OP_CALL;
}

/* ---- results ---- */

bool is_unused(const function_emitter *fe, const var *v) { return !v || fe->uses[v->id] == 0; }

const char *c_type(const var *v) { return v->flonum ? "double" : "flu_value"; }

void assign(function_emitter *fe, const var *v, const char *text) {
    if (is_unused(fe, v))
        statement(fe, "(void)%s;", text);
    else if (!fe->at_top[v->id])
        statement(fe, "%s %s = %s;", c_type(v), fe->names[v->id], text);
    else if (strcmp(fe->names[v->id], text)) /* (set! x x) */
        statement(fe, "%s = %s;", fe->names[v->id], text);
}

/* The code printed so far goes to the cold code of p, which may go on to p's handler. */
void leave_at(function_emitter *fe, const cps_point *p) {
    PUSH(fe->pending, fe->pending_count, fe->pending_capacity, p);
    if (p->handler) p->handler->targeted = true;
}

static const char *cold_label(const cps_point *p) { return p->suspends ? "save" : "thrown"; }

static void print_check_of_result(function_emitter *fe, const cps_node *n, const char *name) {
    const cps_point *p = n->point;
    if (p->suspends && fe->version != FAST_BODY) out_printf(fe->out, "resume_%d:\n", p->number);
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

static void print_bind(function_emitter *fe, const cps_node *n) {
    if (n->deopt && n->deopt->used && fe->version == GENERAL_BODY) {
        out_printf(fe->out, "deopt_%d:;\n", n->deopt->number);
        forget_all(fe);
    }
    if (emit_vector_access(fe, n)) return;
    learn_global(fe, n);
    if (n->op->kind == OP_PRIM && (n->op->prim->flags & BOOLEAN) && n->result) fe->boolean[n->result->id] = true;
    if (n->op->fixnums && fe->version == FAST_BODY) {
        emit_fixnum_bind(fe, n);
        return;
    }
    if (n->result && n->result->flonum) {
        print_line_directive(fe, n->at);
        emit_float_bind(fe, n);
        return;
    }
    if (n->point && !is_float_comparison(n->op)) {
        print_line_directive(fe, n->at);
        emit_failing_bind(fe, n);
        learn_vector(fe, n->op);
        if (n->point->suspends) forget_all(fe);
        return;
    }
    if (foldable(fe, n)) {
        fe->folded[n->result->id] = op_text(fe, n->op);
        return;
    }
    bool effect = n->op->kind == OP_GLOBAL_SET || n->op->kind == OP_CALL ||
                  (n->op->kind == OP_PRIM && !(n->op->prim->flags & (PURE | ALLOCATES)));
    if (is_unused(fe, n->result) && !effect) {
        /* Else a parameter that is only set and moved, in vain, would be taken for a mistake. */
        if (n->op->kind == OP_MOVE && n->op->items[0].kind == ATOM_VAR)
            statement(fe, "(void)%s;", atom_text(fe, n->op->items[0]));
        return;
    }
    if (n->op->kind == OP_MOVE && n->op->items[0].kind == ATOM_VAR && n->op->items[0].var == n->result) return;
    print_line_directive(fe, n->at);
    if (n->op->kind == OP_GLOBAL_SET)
        statement(fe, "%s;", op_text(fe, n->op));
    else
        assign(fe, n->result, op_text(fe, n->op));
}

static void emit_bind(function_emitter *fe, const cps_node *n) {
    print_bind(fe, n);
    forget_changed_vectors(fe, n->op);
}

static void emit_check(function_emitter *fe, const cps_node *n) {
    print_line_directive(fe, n->at);
    statement(fe, "if (flu_must_yield(w)) goto yield_%d;", n->point->number);
    if (fe->version != FAST_BODY) out_printf(fe->out, "resume_%d:;\n", n->point->number);
    leave_at(fe, n->point);
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

/* FLU_BOOL(c) as a C condition: c. NULL: the expression is of another form. */
static const char *bare_condition(const char *text) {
    static const char head[] = "FLU_BOOL(";
    size_t n = strlen(head);
    return strncmp(text, head, n) ? NULL : arena_printf("%.*s", (int)(strlen(text) - n - 1), text + n);
}

static const char *test_text(function_emitter *fe, atom test) {
    const char *text = atom_text(fe, test), *bare = bare_condition(text);
    if (bare) return bare;
    if (test.kind == ATOM_VAR && fe->boolean[test.var->id]) return arena_printf("%s != FLU_FALSE", text);
    return arena_printf("flu_truthy(%s)", text);
}

static bool only_falls_through(const cps_node *n, const cps_label *next) {
    return n->kind == CPS_JUMP && n->label == next && next && !next->placed && n->count == 0;
}

static const char *negated_test(function_emitter *fe, atom test) {
    const char *text = atom_text(fe, test), *bare = bare_condition(text);
    if (bare) return arena_printf("!(%s)", bare);
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

const cps_node *behind_single_jump(const cps_node *n) {
    while (n->kind == CPS_JUMP && n->count == 0 && printed_at_jump(n->label)) n = n->label->body;
    return n;
}

static bool has_branch(const cps_node *n) {
    while (n && n->kind != CPS_IF)
        n = n->kind == CPS_JUMP && printed_at_jump(n->label) ? n->label->body : n->kind == CPS_JUMP ? NULL : n->next;
    return n != NULL;
}

/* Blocks within blocks, by the hundreds in a long `and`, are indented out of sight, and C compilers have limits. From
 * here on the branch with less in it is left by a jump, and the code of the other one follows it. */
enum { MAX_NESTING = 40 };

static void emit_deep_if(function_emitter *fe, atom test, const cps_node *then, const cps_node *other,
                         const cps_label *next) {
    bool negated = has_branch(then) && !has_branch(other);
    statement(fe, "if (%s) {", negated ? negated_test(fe, test) : test_text(fe, test));
    fe->indent++;
    facts outer = begin_part(fe);
    emit_node(fe, negated ? other : then, NULL);
    end_part(fe, outer);
    fe->indent--;
    statement(fe, "}");
    emit_node(fe, negated ? then : other, next);
}

static void emit_if(function_emitter *fe, const cps_node *n, const cps_label *next) {
    const cps_node *then = behind_single_jump(n->next), *other = behind_single_jump(n->other);
    if (n == fe->leaf_branch) {
        emit_node(fe, other, next);
        return;
    }
    print_line_directive(fe, n->at);
    if (fe->indent >= MAX_NESTING) {
        emit_deep_if(fe, n->test, then, other, next);
        return;
    }
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
    if (l->targeted || l->is_loop) out_printf(fe->out, "%s:;\n", label_name(l));
    if (l->is_loop) forget_all(fe); /* what its body changes */
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

void emit_node(function_emitter *fe, const cps_node *n, const cps_label *next) {
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
