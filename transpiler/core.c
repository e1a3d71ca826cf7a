/* core.c: making core nodes, and printing them as S-expressions. */
#include "core.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builtins.h"

/* --- Constructors -------------------------------------------------------------------------------------------- */

static core *new_node(core_kind kind, span at) {
    core *x = NEW(core);
    x->kind = kind;
    x->at = at;
    return x;
}

static core *new_node_with_items(core_kind kind, core **items, size_t count, span at) {
    core *x = new_node(kind, at);
    x->items = items;
    x->count = count;
    return x;
}

core *core_const(datum *literal, span at) {
    core *x = new_node(CORE_CONST, at);
    x->datum = datum_base(literal);
    return x;
}

core *core_local(var *v, span at) {
    core *x = new_node(CORE_LOCAL, at);
    x->var = v;
    return x;
}

core *core_global(const char *name, span at) {
    core *x = new_node(CORE_GLOBAL, at);
    x->name = name;
    return x;
}

core *core_set_local(var *v, core *value, span at) {
    core *x = new_node(CORE_SET_LOCAL, at);
    x->var = v;
    x->a = value;
    v->assigned = true;
    return x;
}

core *core_set_global(const char *name, core *value, span at) {
    core *x = new_node(CORE_SET_GLOBAL, at);
    x->name = name;
    x->a = value;
    return x;
}

core *core_if(core *test, core *then, core *otherwise, span at) {
    core *x = new_node(CORE_IF, at);
    x->a = test;
    x->b = then;
    x->c = otherwise;
    return x;
}

core *core_let(var *v, core *init, core *body, span at) {
    core *x = new_node(CORE_LET, at);
    x->var = v;
    x->a = init;
    x->b = body;
    return x;
}

core *core_lambda(lambda *fn, span at) {
    core *x = new_node(CORE_LAMBDA, at);
    x->fn = fn;
    return x;
}

core *core_call(core *operator_, core **items, size_t count, span at) {
    core *x = new_node_with_items(CORE_CALL, items, count, at);
    x->a = operator_;
    return x;
}

core *core_prim(const char *builtin_name, core **items, size_t count, span at) {
    core *x = new_node_with_items(CORE_PRIM, items, count, at);
    x->prim = builtin_find(builtin_name);
    assert(x->prim != NULL);
    return x;
}

core *core_seq(core **items, size_t count, span at) {
    assert(count >= 1);
    return count == 1 ? items[0] : new_node_with_items(CORE_SEQ, items, count, at);
}

core *core_try(core *body, var *thrown, core *handler, span at) {
    core *x = new_node(CORE_TRY, at);
    x->a = body;
    x->var = thrown;
    x->b = handler;
    return x;
}

core *core_label(label *l, core *a, span at) {
    core *x = new_node(CORE_LABEL, at);
    x->label = l;
    x->a = a;
    return x;
}

core *core_jump(label *l, core **items, size_t count, span at) {
    core *x = new_node_with_items(CORE_JUMP, items, count, at);
    x->label = l;
    return x;
}

static core *literal(datum_kind kind, span at) {
    core *x = new_node(CORE_CONST, at);
    x->datum = NEW(datum);
    x->datum->kind = kind;
    x->datum->at = at;
    return x;
}

core *core_nil(span at) { return literal(DATUM_NIL, at); }
core *core_bool(bool value, span at) { return literal(value ? DATUM_TRUE : DATUM_FALSE, at); }

core *core_int(int64_t i, span at) {
    core *x = literal(DATUM_INT, at);
    x->datum->i = i;
    return x;
}

core *core_string(const char *text, span at) {
    core *x = literal(DATUM_STRING, at);
    x->datum->size = strlen(text);
    x->datum->text = arena_copy(text, x->datum->size);
    return x;
}

core *core_quote_symbol(const char *interned_name, span at) {
    core *x = literal(DATUM_SYMBOL, at);
    x->datum->text = name_base(interned_name);
    x->datum->size = strlen(interned_name);
    return x;
}

var *var_new(const char *name, span at) {
    var *v = NEW(var);
    v->name = name;
    v->at = at;
    return v;
}

var *var_temp(span at) {
    var *v = var_new("", at);
    v->temporary = true;
    return v;
}

/* --- Printing ------------------------------------------------------------------------------------------------ */

/* A node is taken apart into pieces: texts, line breaks and nodes, which a stack of pieces works off, last piece first;
 * so depth does not use the C stack. What fits into the rest of a line is printed flat: the test stops as soon as the
 * line is full, so the whole takes linear time. */
typedef enum piece_kind { PIECE_TEXT, PIECE_DATUM, PIECE_BREAK, PIECE_NODE } piece_kind;

typedef struct piece {
    piece_kind kind;
    int indent; /* PIECE_BREAK: columns; -1: flat, only a space. PIECE_NODE: where its parts go; -1: flat */
    const char *text;
    const datum *datum;
    const core *node;
} piece;

typedef struct pieces {
    piece *items;
    size_t count, capacity;
} pieces;

/* Variables of one name are told apart by number: x, x.1, x.2, in order of appearance. */
typedef struct named {
    const void *key;
    const char *text;
} named;

typedef struct printer {
    FILE *out;
    named *names; /* open addressing by address */
    size_t name_count, name_size;
    struct {
        const char *name;
        unsigned used;
    } * counters;
    size_t counter_count, counter_capacity;
} printer;

enum { LINE_WIDTH = 100, STEP = 2, MOST_INDENT = 70 };

static size_t name_slot(const named *names, size_t size, const void *key) {
    size_t i = ((uintptr_t)key >> 4) * 0x9e3779b97f4a7c15u >> 20 & (size - 1);
    while (names[i].key != NULL && names[i].key != key) i = (i + 1) & (size - 1);
    return i;
}

static void grow_names(printer *p) {
    size_t size = p->name_size == 0 ? 64 : p->name_size * 2;
    named *bigger = NEW_ARRAY(named, size);
    for (size_t i = 0; i < p->name_size; i++)
        if (p->names[i].key != NULL) bigger[name_slot(bigger, size, p->names[i].key)] = p->names[i];
    p->names = bigger;
    p->name_size = size;
}

static unsigned next_number(printer *p, const char *name) {
    for (size_t i = 0; i < p->counter_count; i++)
        if (strcmp(p->counters[i].name, name) == 0) return p->counters[i].used++;
    if (p->counter_count == p->counter_capacity)
        p->counters = arena_grow(p->counters, sizeof *p->counters, &p->counter_capacity);
    p->counters[p->counter_count].name = name;
    p->counters[p->counter_count++].used = 1;
    return 0;
}

static const char *unique_name(printer *p, const void *key, const char *name) {
    if (p->name_count * 2 >= p->name_size) grow_names(p);
    named *slot = &p->names[name_slot(p->names, p->name_size, key)];
    if (slot->key != NULL) return slot->text;
    if (name == NULL || name[0] == '\0') name = "%t";
    unsigned number = next_number(p, name);
    p->name_count++;
    *slot = (named){.key = key, .text = number == 0 ? name : arena_printf("%s.%u", name, number)};
    return slot->text;
}

/* Definitions that macros have made are told apart from others of that name: x~1. */
static const char *global_name(const char *name) {
    const name_copy *copy = name_copied(name);
    return copy ? arena_printf("%s~%u", name, copy->number) : name;
}

static const char *var_name(printer *p, const var *v) { return unique_name(p, v, v->name); }
static const char *label_name(printer *p, const label *l) { return unique_name(p, l, l->name); }

static void add_piece(pieces *to, piece x) { PUSH(to->items, to->count, to->capacity, x); }
static void add_text(pieces *to, const char *text) { add_piece(to, (piece){.kind = PIECE_TEXT, .text = text}); }
static void add_break(pieces *to, int indent) { add_piece(to, (piece){.kind = PIECE_BREAK, .indent = indent}); }
static void add_node(pieces *to, const core *x, int indent) {
    add_piece(to, (piece){.kind = PIECE_NODE, .node = x, .indent = indent});
}

/* One level further in; flat stays flat. */
static int inner(int indent) { return indent < 0 ? -1 : indent + STEP; }

static void add_part(pieces *to, const core *x, int indent) {
    add_break(to, indent);
    add_node(to, x, indent);
}

static void add_items(pieces *to, const core *x, int indent) {
    for (size_t i = 0; i < x->count; i++) add_part(to, x->items[i], indent);
}

static void add_constant(pieces *to, const datum *d) {
    bool quoted = d->kind == DATUM_SYMBOL || d->kind >= DATUM_LIST;
    if (quoted) add_text(to, "'");
    add_piece(to, (piece){.kind = PIECE_DATUM, .datum = d});
}

static void add_params(printer *p, pieces *to, const lambda *fn) {
    size_t n = fn->required + fn->optional + fn->rest;
    add_text(to, "(");
    for (size_t i = 0; i < n; i++) {
        if (i > 0) add_text(to, " ");
        if (fn->optional > 0 && i == fn->required) add_text(to, "&optional ");
        if (fn->rest && i == n - 1) add_text(to, "&rest ");
        add_text(to, var_name(p, fn->params[i]));
    }
    add_text(to, ")");
}

static void add_lambda(printer *p, pieces *to, const lambda *fn, int indent) {
    add_text(to, "(lambda ");
    add_params(p, to, fn);
    add_part(to, fn->body, inner(indent));
    add_text(to, ")");
}

static void add_fix(printer *p, pieces *to, const core *x, int indent) {
    add_text(to, "(fix (");
    for (size_t i = 0; i < x->count; i++) {
        const lambda *fn = x->fns[i];
        if (i > 0) add_break(to, indent < 0 ? -1 : indent + 6);
        add_text(to, "(");
        add_text(to, fn->self == NULL ? "_" : var_name(p, fn->self));
        add_text(to, " ");
        add_lambda(p, to, fn, indent < 0 ? -1 : indent + 6);
        add_text(to, ")");
    }
    add_text(to, ")");
    add_part(to, x->b, inner(indent));
    add_text(to, ")");
}

static void add_label(printer *p, pieces *to, const core *x, int indent) {
    const label *l = x->label;
    add_text(to, l->is_loop ? "(loop-label (" : "(label (");
    add_text(to, label_name(p, l));
    for (size_t i = 0; i < l->count; i++) {
        add_text(to, " ");
        add_text(to, var_name(p, l->params[i]));
    }
    add_text(to, ")");
    add_part(to, l->body, indent < 0 ? -1 : indent + 2 * STEP);
    add_part(to, x->a, inner(indent));
    add_text(to, ")");
}

/* (let (x init) body): a body that is a let again stays at the same depth, so that long chains do not run off to the
 * right. */
static void add_let(printer *p, pieces *to, const core *x, int indent) {
    add_text(to, "(let (");
    add_text(to, var_name(p, x->var));
    add_text(to, " ");
    add_node(to, x->a, indent < 0 ? -1 : indent + 6);
    add_text(to, ")");
    bool chain = x->b->kind == CORE_LET && indent >= 0;
    add_part(to, x->b, chain ? indent : inner(indent));
    add_text(to, ")");
}

static void add_if(pieces *to, const core *x, int indent) {
    add_text(to, "(if ");
    add_node(to, x->a, indent < 0 ? -1 : indent + 4);
    add_part(to, x->b, indent < 0 ? -1 : indent + 4);
    add_part(to, x->c, indent < 0 ? -1 : x->c->kind == CORE_IF ? indent : indent + 4);
    add_text(to, ")");
}

/* Pieces of a node, in order. */
static void take_apart(printer *p, pieces *to, const core *x, int indent) {
    switch (x->kind) {
    case CORE_CONST: add_constant(to, x->datum); return;
    case CORE_LOCAL: add_text(to, var_name(p, x->var)); return;
    case CORE_GLOBAL: add_text(to, global_name(x->global != NULL ? x->global->name : x->name)); return;
    case CORE_BUILTIN: add_text(to, x->prim->name); return;
    case CORE_SET_LOCAL:
        add_text(to, "(set! ");
        add_text(to, var_name(p, x->var));
        add_part(to, x->a, inner(indent));
        break;
    case CORE_SET_GLOBAL:
        add_text(to, "(set! ");
        add_text(to, global_name(x->global != NULL ? x->global->name : x->name));
        add_part(to, x->a, inner(indent));
        break;
    case CORE_IF: add_if(to, x, indent); return;
    case CORE_LET: add_let(p, to, x, indent); return;
    case CORE_FIX: add_fix(p, to, x, indent); return;
    case CORE_LAMBDA: add_lambda(p, to, x->fn, indent); return;
    case CORE_CALL:
        add_text(to, "(");
        add_node(to, x->a, inner(indent));
        add_items(to, x, inner(indent));
        break;
    case CORE_PRIM:
        /* A builtin that cannot be redefined is marked, so that it can be told from a call of a global. */
        add_text(to, x->prim->name[0] == '%' ? "(" : "(%");
        add_text(to, x->prim->name);
        add_items(to, x, inner(indent));
        break;
    case CORE_SEQ:
        add_text(to, "(do");
        add_items(to, x, inner(indent));
        break;
    case CORE_TRY:
        add_text(to, "(try");
        add_part(to, x->a, indent < 0 ? -1 : indent + 2 * STEP);
        add_break(to, inner(indent));
        add_text(to, "(catch ");
        add_text(to, var_name(p, x->var));
        add_part(to, x->b, indent < 0 ? -1 : indent + 2 * STEP);
        add_text(to, ")");
        break;
    case CORE_LABEL: add_label(p, to, x, indent); return;
    case CORE_JUMP:
        add_text(to, "(jump ");
        add_text(to, label_name(p, x->label));
        add_items(to, x, inner(indent));
        break;
    case CORE_KIND_COUNT: return;
    }
    add_text(to, ")");
}

/* Replaces the node on top of the stack by its pieces, the first one on top. */
static void expand_top(printer *p, pieces *stack, const core *x, int indent) {
    size_t bottom = stack->count;
    take_apart(p, stack, x, indent);
    for (size_t i = bottom, j = stack->count; i + 1 < j; i++) {
        piece swap = stack->items[--j];
        stack->items[j] = stack->items[i];
        stack->items[i] = swap;
    }
}

/* Does the node fit into so many columns, flat? Looks no further than that. */
static bool fits(printer *p, pieces *scratch, const core *x, int room) {
    scratch->count = 0;
    add_node(scratch, x, -1);
    while (scratch->count > 0 && room >= 0) {
        piece top = scratch->items[--scratch->count];
        switch (top.kind) {
        case PIECE_TEXT: room -= (int)strnlen(top.text, LINE_WIDTH + 1); break;
        case PIECE_DATUM: room -= (int)datum_width(top.datum, LINE_WIDTH); break;
        case PIECE_BREAK: room--; break;
        case PIECE_NODE:
            /* More parts than columns do not fit, and need not be looked at. */
            if (top.node->count > LINE_WIDTH) return false;
            expand_top(p, scratch, top.node, -1);
        }
    }
    return room >= 0;
}

/* Deep nesting would otherwise be printed as blanks for the most part. */
static void new_line(FILE *out, int indent) { fprintf(out, "\n%*s", indent < MOST_INDENT ? indent : MOST_INDENT, ""); }

static int room_at(int indent) { return LINE_WIDTH - (indent < MOST_INDENT ? indent : MOST_INDENT); }

static void print_node(printer *p, const core *x, int indent) {
    pieces stack = {0}, scratch = {0};
    add_node(&stack, x, indent);
    while (stack.count > 0) {
        piece top = stack.items[--stack.count];
        switch (top.kind) {
        case PIECE_TEXT: fputs(top.text, p->out); break;
        case PIECE_DATUM: datum_print(p->out, top.datum); break;
        case PIECE_BREAK:
            if (top.indent < 0)
                fputc(' ', p->out);
            else
                new_line(p->out, top.indent);
            break;
        case PIECE_NODE: {
            bool flat = top.indent < 0 || fits(p, &scratch, top.node, room_at(top.indent));
            expand_top(p, &stack, top.node, flat ? -1 : top.indent);
        }
        }
    }
}

void core_print(FILE *out, const core *x, int indent) {
    printer p = {.out = out};
    fprintf(out, "%*s", indent, "");
    print_node(&p, x, indent);
    fputc('\n', out);
}

static void print_doc(FILE *out, const char *doc) {
    const datum text = {.kind = DATUM_STRING, .text = doc, .size = strlen(doc)};
    new_line(out, 2 * STEP);
    datum_print(out, &text);
}

void module_print(FILE *out, const module *m) {
    fprintf(out, "(module %s", m->name != NULL ? m->name : "main");
    for (size_t i = 0; i < m->count; i++) {
        const top *t = &m->tops[i];
        printer p = {.out = out};
        new_line(out, STEP);
        if (t->kind == TOP_DEFINE) {
            fprintf(out, "(define %s", global_name(t->name));
            if (t->doc != NULL) print_doc(out, t->doc);
            new_line(out, 2 * STEP);
            print_node(&p, t->value, 2 * STEP);
            fputc(')', out);
        } else {
            print_node(&p, t->value, STEP);
        }
    }
    fputs(")\n", out);
}
