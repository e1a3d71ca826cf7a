/* emit_text.c: C expressions for atoms and operations. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "emit_function.h"
#include "text.h"

/* ---- text ---- */

void print_indent(function_emitter *fe) {
    if (fe->out->joins) return;
    static const char blanks[] = "                                                                ";
    for (size_t n = (size_t)fe->indent * 4; n;) {
        size_t part = n < sizeof blanks - 1 ? n : sizeof blanks - 1;
        out_bytes(fe->out, blanks, part);
        n -= part;
    }
}

void print_line_directive(function_emitter *fe, span at) {
    if (!fe->e->opt->line_directives || !at.src) return;
    at = span_written(at);
    uint32_t line = source_line(at.src, at.start);
    if (line == fe->line && fe->path == at.src->path) return;
    fe->line = line;
    fe->path = at.src->path;
    if (fe->e->path != at.src->path) {
        fe->e->path = at.src->path;
        arena_region outer = arena_use(ARENA_KEPT);
        fe->e->path_text = c_path(at.src->path);
        arena_use(outer);
    }
    out_break(fe->out);
    out_printf(fe->out, "#line %u %s", line, fe->e->path_text);
    out_break(fe->out);
}

/* A C function begins and ends: all of its C, up to the next directive, has the line of the directive before it. */
void begin_c_function(function_emitter *fe) {
    if (!fe->e->opt->line_directives) return;
    fe->line = 0;
    out_join(fe->out, true);
    print_line_directive(fe, fe->f->fn->at);
}

void end_c_function(function_emitter *fe) {
    if (!fe->e->opt->line_directives) return;
    out_join(fe->out, false);
    out_text(fe->out, "#line 1 \"<flc2c>\"\n"); /* what no line of the source stands for */
}

void statement(function_emitter *fe, const char *format, ...) {
    va_list args;
    va_start(args, format);
    print_indent(fe);
    out_vprintf(fe->out, format, args);
    out_char(fe->out, '\n');
    va_end(args);
}

const char *atom_text(function_emitter *fe, atom a) {
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

const char *join_atoms(function_emitter *fe, const char *head, const atom *items, size_t count, const char *tail) {
    text joined = {0};
    text_add(&joined, head);
    bool opened = joined.size && joined.chars[joined.size - 1] == '{';
    for (size_t i = 0; i < count; i++) {
        text_add(&joined, i == 0 && opened ? "" : i % 8 == 7 ? ",\n        " : ", ");
        text_add(&joined, atom_text(fe, items[i]));
    }
    text_add(&joined, tail);
    return text_chars(&joined);
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
    note_builtin(fe->e, b);
    if (same_text(b->name, "%list") && o->count <= MAX_NESTED_CONS) return list_text(fe, o->items, o->count);
    if (same_text(b->name, "%undef")) return "FLU_UNDEF";
    const char *access = vector_op_text(fe, o);
    if (access) return access;
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

static const char *call_text(function_emitter *fe, const op *o) {
    text call = {0};
    text_add(&call, INFO(o->fn)->c_name);
    text_add(&call, calls_with_fixnums(fe, o) ? "__fix(w" : "(w");
    if (takes_self(o->fn)) {
        text_add(&call, ", ");
        text_add(&call, atom_text(fe, o->callee));
    }
    for (size_t i = 0; i < o->count; i++) {
        bool as_double = i < lambda_params(o->fn) && o->fn->params[i]->flonum;
        text_add(&call, ", ");
        text_add(&call, as_double ? double_text(fe, o->items[i]) : atom_text(fe, o->items[i]));
    }
    text_add(&call, ")");
    return text_chars(&call);
}

static const char *call_value_text(function_emitter *fe, const op *o) {
    const char *callee = atom_text(fe, o->callee);
    if (o->count <= 4)
        return join_atoms(fe, arena_printf("flu_call%zu(w, %s", o->count, callee), o->items, o->count, ")");
    return arena_printf("flu_call_n(w, %s, %zu, %s)", callee, o->count, argv_text(fe, o->items, o->count));
}

const char *op_text(function_emitter *fe, const op *o) {
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
