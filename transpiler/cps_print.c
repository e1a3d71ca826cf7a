/* cps_print.c: CPS as text, for --emit=cps. */
#include "cps.h"
#include "simplify.h"

static void print_atom(FILE *out, atom a) {
    switch (a.kind) {
    case ATOM_VAR: fprintf(out, "%s.%d", a.var->name, a.var->id); break;
    case ATOM_CONST: fputs(datum_text(a.datum, 60), out); break;
    case ATOM_PROC: fprintf(out, "#'%s", a.fn->name ? a.fn->name : "lambda"); break;
    case ATOM_BUILTIN: fprintf(out, "#'%s", a.prim->name); break;
    default: fputs("_", out);
    }
}

static void print_atoms(FILE *out, const atom *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fputc(' ', out);
        print_atom(out, items[i]);
    }
}

static void print_op(FILE *out, const op *o) {
    switch (o->kind) {
    case OP_MOVE: break;
    case OP_PRIM: fprintf(out, "(%s", o->prim->name); break;
    case OP_CALL: fprintf(out, "(%s", o->fn->name ? o->fn->name : "lambda"); break;
    case OP_CALL_VALUE:
        fputs("(call ", out);
        print_atom(out, o->callee);
        break;
    case OP_GLOBAL_REF: fprintf(out, "(global %s", o->global->name); break;
    case OP_GLOBAL_SET: fprintf(out, "(set-global %s", o->global->name); break;
    }
    print_atoms(out, o->items, o->count);
    if (o->kind != OP_MOVE) fputc(')', out);
}

static void print_point(FILE *out, const cps_point *p) {
    if (!p) return;
    fprintf(out, "   ; %s %d", p->suspends ? "resume point" : "throws at", p->number);
    if (p->suspends) fputs(", live:", out);
    for (size_t i = 0; p->suspends && i < p->live_count; i++) fprintf(out, " %s.%d", p->live[i]->name, p->live[i]->id);
    if (p->handler) fprintf(out, ", handler catch_%d", p->handler->id);
}

static void print_node(FILE *out, const cps_node *n, int indent);

static void print_label(FILE *out, const cps_node *n, int indent) {
    const cps_label *l = n->label;
    print_node(out, n->next, indent);
    fprintf(out, "%*s%s_%d", indent > 2 ? indent - 2 : 0, "", l->is_handler ? "catch" : l->name, l->id);
    for (size_t i = 0; i < l->count; i++) fprintf(out, " %s.%d", l->params[i]->name, l->params[i]->id);
    fputs(l->is_loop ? ": (loop)\n" : ":\n", out);
    print_node(out, l->body, indent);
}

static void print_simple(FILE *out, const cps_node *n) {
    switch (n->kind) {
    case CPS_BIND:
        if (n->result) fprintf(out, "%s.%d = ", n->result->name, n->result->id);
        print_op(out, n->op);
        break;
    case CPS_CLOSURES:
        for (size_t i = 0; i < n->count; i++) {
            fprintf(out, "%s%s.%d = closure", i ? "; " : "", n->fns[i]->self->name, n->fns[i]->self->id);
            print_atoms(out, n->envs[i], INFO(n->fns[i])->free_count);
        }
        break;
    case CPS_CHECK: fputs("check", out); break;
    case CPS_JUMP:
        fprintf(out, "goto %s_%d", n->label->name, n->label->id);
        print_atoms(out, n->items, n->count);
        break;
    case CPS_RETURN:
        fputs("return ", out);
        print_atom(out, n->test);
        break;
    case CPS_TAIL:
        fputs("tail ", out);
        print_op(out, n->op);
        break;
    default: fputs("stop", out);
    }
    print_point(out, n->point);
    fputc('\n', out);
}

static void print_node(FILE *out, const cps_node *n, int indent) {
    for (; n; n = n->next) {
        if (n->kind == CPS_LABEL) {
            print_label(out, n, indent);
            return;
        }
        fprintf(out, "%*s", indent, "");
        if (n->kind == CPS_IF) {
            fputs("if ", out);
            print_atom(out, n->test);
            fputc('\n', out);
            print_node(out, n->next, indent + 2);
            fprintf(out, "%*selse\n", indent, "");
            print_node(out, n->other, indent + 2);
            return;
        }
        print_simple(out, n);
    }
}

void cps_print(FILE *out, const cps_function *f) {
    fprintf(out, "%s", f->fn->name ? f->fn->name : "lambda");
    for (size_t i = 0; i < lambda_params(f->fn); i++)
        fprintf(out, " %s.%d", f->fn->params[i]->name, f->fn->params[i]->id);
    fputs(":\n", out);
    print_node(out, f->body, 2);
}
