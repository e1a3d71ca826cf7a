/* expand_select.c: select.
 *
 * All channels and values are evaluated in the order of the text and handed to %select, which gives the number of the
 * chosen clause; the clause then takes its value by %select-value before anything else runs. */
#include <string.h>

#include "expand.h"

/* The numbers that %select knows (runtime/builtins/special.def). */
typedef enum select_kind { SELECT_RECV, SELECT_SEND, SELECT_AWAIT, SELECT_RECEIVE } select_kind;
enum { SELECT_HAS_DEFAULT = 1, SELECT_ORDERED = 2, SELECT_CHOSE_DEFAULT = -1, SELECT_CHOSE_TIMEOUT = -2 };

typedef struct select_clause {
    select_kind kind;
    datum *form;
    core *object, *value; /* value: of a send, else nil */
} select_clause;

typedef struct select_parts {
    select_clause *clauses;
    size_t count;
    datum *timeout, *otherwise; /* the clauses */
    core *ms;
    size_t timeout_place; /* clauses before it in the text */
    bool ordered;
} select_parts;

/* ---- reading the clauses ---- */

static const char usage[] = "write ((recv! ch) (fn (v) ...)), ((send! ch v) body ...), ((await p) (fn (v) ...)), "
                            "((receive) (fn (message) ...)), (timeout ms body ...) or (default body ...)";

static bool report_clause(expander *x, span at, const char *what, const char *hint) {
    diag_error(x->d, E0120, at, "%s", what);
    diag_hint(x->d, "%s", hint);
    return false;
}

static bool check_once(expander *x, const datum *first, const datum *clause) {
    if (!first) return true;
    diag_error(x->d, E0121, clause->at, "select has a second %s clause", clause->items[0]->text);
    diag_note_at(x->d, first->at, "the first one");
    return false;
}

static void read_timeout(expander *x, datum *clause, select_parts *parts) {
    if (!check_once(x, parts->timeout, clause)) return;
    if (clause->count < 2) {
        report_clause(x, clause->at, "the timeout clause has no duration",
                      "write (timeout ms body ...), in milliseconds");
        return;
    }
    parts->timeout = clause;
    parts->ms = expand_form(x, clause->items[1]);
    parts->timeout_place = parts->count;
}

static void read_default(expander *x, datum *clause, select_parts *parts) {
    if (check_once(x, parts->otherwise, clause)) parts->otherwise = clause;
}

typedef struct operation {
    const char *name;
    size_t operands;
    select_kind kind;
    const char *usage;
} operation;

static const operation operations[] = {
    {"recv!", 1, SELECT_RECV, "write ((recv! ch) (fn (v) ...)) or ((recv! ch) v body ...)"},
    {"receive!", 1, SELECT_RECV, "write ((receive! ch) (fn (v) ...)) or ((receive! ch) v body ...)"},
    {"send!", 2, SELECT_SEND, "write ((send! ch value) body ...)"},
    {"receive", 0, SELECT_RECEIVE, "write ((receive) (fn (message) ...)) or ((receive) message body ...)"},
    {"await", 1, SELECT_AWAIT, "write ((await p) (fn (v) ...)); for a limit add (timeout ms body ...)"},
};

static const operation *find_operation(const datum *head) {
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (is_headed(head, operations[i].name)) return &operations[i];
    return NULL;
}

/* ((recv! ch) v body ...): v must be a name. */
static bool check_handler(expander *x, const datum *clause, const operation *op) {
    if (op->kind == SELECT_SEND) return true;
    if (clause->count == 1) return report_clause(x, clause->at, "select clause has no handler", op->usage);
    if (clause->count > 2 && !is_name(clause->items[1]))
        return report_clause(x, clause->items[1]->at,
                             "the name for the value is expected here, as several forms follow",
                             arena_printf("write ((%s ...) v body ...), or _ for the name", op->name));
    return true;
}

static void read_operation(expander *x, datum *clause, select_parts *parts) {
    datum *head = clause->items[0];
    const operation *op = find_operation(head);
    if (!op) {
        report_clause(x, head->at, arena_printf("select cannot wait for %s", datum_text(head, 40)), usage);
        return;
    }
    if (head->count != op->operands + 1) {
        report_clause(x, head->at,
                      arena_printf("%s in select takes %zu operand%s, but has %zu", op->name, op->operands,
                                   op->operands == 1 ? "" : "s", head->count - 1),
                      op->usage);
        return;
    }
    if (!check_handler(x, clause, op)) return;
    select_clause *out = &parts->clauses[parts->count++];
    *out = (select_clause){.kind = op->kind, .form = clause};
    if (op->kind == SELECT_RECEIVE) note_received(x->tags, &(message_shapes){.any = true});
    out->object = op->kind == SELECT_RECEIVE ? core_prim0("self", head->at) : expand_form(x, head->items[1]);
    out->value = op->kind == SELECT_SEND ? expand_form(x, head->items[2]) : core_nil(head->at);
}

static void read_clause(expander *x, datum *clause, select_parts *parts) {
    if (clause->kind != DATUM_LIST || clause->count == 0 || clause->tail)
        report_clause(x, clause->at, arena_printf("a select clause is expected here, not %s", datum_text(clause, 40)),
                      usage);
    else if (is_symbol(clause->items[0], "timeout") || is_symbol(clause->items[0], "after"))
        read_timeout(x, clause, parts);
    else if (is_symbol(clause->items[0], "default") || is_symbol(clause->items[0], "else"))
        read_default(x, clause, parts);
    else if (find_operation(clause) && clause->count > 1) /* the parentheses around the operation are missing */
        report_clause(x, clause->at,
                      arena_printf("%s needs parentheses of its own in a clause", clause->items[0]->text), usage);
    else
        read_operation(x, clause, parts);
}

static select_parts read_select(expander *x, datum *form) {
    select_parts parts = {.clauses = NEW_ARRAY(select_clause, form->count)};
    size_t first = 1;
    if (form->count > 1 && form->items[1]->kind == DATUM_KEYWORD && strcmp(form->items[1]->text, "ordered") == 0) {
        parts.ordered = true;
        first = 2;
    }
    size_t errors = diag_error_count(x->d);
    for (size_t i = first; i < form->count; i++) read_clause(x, form->items[i], &parts);
    if (!parts.count && !parts.timeout && !parts.otherwise && diag_error_count(x->d) == errors)
        report_clause(x, form->at, "select has no clause, so it would wait for ever", usage);
    if (parts.timeout && parts.otherwise) {
        diag_warning(x->d, W0111, parts.timeout->at, "the timeout can never run: with a %s clause select does not wait",
                     parts.otherwise->items[0]->text);
        diag_note_at(x->d, parts.otherwise->at, "the %s clause", parts.otherwise->items[0]->text);
    }
    return parts;
}

/* ---- handlers ---- */

static core *select_value(span at) { return core_prim0("%select-value", at); }

/* handler: called with the value if it is a procedure, else the result. value NULL: called without arguments. */
static core *call_handler(core *handler, var *value, span at) {
    core **args = NEW_ARRAY(core *, 1);
    if (value) args[0] = core_local(value, at);
    size_t count = value ? 1 : 0;
    if (handler->kind == CORE_LAMBDA) return core_call(handler, args, count, at);
    if (handler->kind == CORE_CONST) return handler;
    var *h = var_temp(handler->at);
    core *call = core_call(core_local(h, at), args, count, at);
    core *is_procedure = core_prim1("%procedure?", core_local(h, at), at);
    return core_let(h, handler, core_if(is_procedure, call, core_local(h, at), at), at);
}

static core *send_code(expander *x, const datum *clause) {
    if (clause->count != 2) return expand_body(x, clause->items + 1, clause->count - 1, clause->at);
    return call_handler(expand_form(x, clause->items[1]), NULL, clause->at);
}

static core *receive_code(expander *x, const datum *clause) {
    if (clause->count == 2) {
        var *value = var_temp(clause->at);
        core *code = call_handler(expand_form(x, clause->items[1]), value, clause->at);
        return core_let(value, select_value(clause->at), code, clause->at);
    }
    const datum *name = clause->items[1];
    const binding *mark = x->scope;
    var *v = var_new(name->text, name->at);
    scope_bind(x, name->text, v);
    core *body = expand_body(x, clause->items + 2, clause->count - 2, clause->at);
    scope_leave(x, mark);
    return core_let(v, select_value(clause->at), body, clause->at);
}

static core *clause_code(expander *x, const select_clause *c) {
    return c->kind == SELECT_SEND ? send_code(x, c->form) : receive_code(x, c->form);
}

/* ---- putting it together ---- */

static bool needs_no_order(const core *x) { return x->kind == CORE_CONST || x->kind == CORE_LAMBDA; }

/* Variables for operands that must be evaluated before the timeout although it comes first among %select's arguments.
 */
typedef struct operand_order {
    var **vars;
    core **inits;
    size_t count;
} operand_order;

static core *ordered(operand_order *o, core *x) {
    if (needs_no_order(x)) return x;
    var *v = o->vars[o->count] = var_temp(x->at);
    o->inits[o->count++] = x;
    return core_local(v, x->at);
}

static core *select_call(expander *x, select_parts *parts, operand_order *order, span at) {
    const char *name = arena_printf("%%select:%zu", ++x->select_count);
    const char *state = define_hidden(x, name, core_prim0("%select-state", at), at);
    bool reorder = parts->timeout && !needs_no_order(parts->ms);
    for (size_t i = 0; reorder && i < parts->timeout_place; i++) {
        parts->clauses[i].object = ordered(order, parts->clauses[i].object);
        parts->clauses[i].value = ordered(order, parts->clauses[i].value);
    }
    core **args = NEW_ARRAY(core *, 3 + 3 * parts->count);
    size_t n = 0;
    args[n++] = core_global(state, at);
    args[n++] = core_int((parts->otherwise ? SELECT_HAS_DEFAULT : 0) | (parts->ordered ? SELECT_ORDERED : 0), at);
    args[n++] = parts->timeout ? parts->ms : core_prim0("%undef", at);
    for (size_t i = 0; i < parts->count; i++) {
        args[n++] = core_int(parts->clauses[i].kind, at);
        args[n++] = parts->clauses[i].object;
        args[n++] = parts->clauses[i].value;
    }
    return core_prim("%select", args, n, at);
}

typedef struct branch {
    int64_t index;
    core *code;
} branch;

static core *dispatch(const branch *branches, size_t count, var *chosen, span at) {
    if (count == 0) return core_nil(at); /* reported: no clause was right */
    core *code = branches[--count].code;
    while (count-- > 0) {
        core *test = core_prim2("%eq?", core_local(chosen, at), core_int(branches[count].index, at), at);
        code = core_if(test, branches[count].code, code, at);
    }
    return code;
}

core *expand_select(expander *x, datum *form) {
    span at = form->at;
    select_parts parts = read_select(x, form);
    operand_order order = {NEW_ARRAY(var *, 2 * parts.count + 1), NEW_ARRAY(core *, 2 * parts.count + 1), 0};
    core *call = select_call(x, &parts, &order, at);
    branch *branches = NEW_ARRAY(branch, parts.count + 2);
    size_t n = 0;
    for (size_t i = 0; i < parts.count; i++) branches[n++] = (branch){(int64_t)i, clause_code(x, &parts.clauses[i])};
    const datum *d = parts.otherwise, *t = parts.timeout;
    if (d) branches[n++] = (branch){SELECT_CHOSE_DEFAULT, expand_body(x, d->items + 1, d->count - 1, d->at)};
    if (t) branches[n++] = (branch){SELECT_CHOSE_TIMEOUT, expand_body(x, t->items + 2, t->count - 2, t->at)};
    var *chosen = var_temp(at);
    core *code = core_let(chosen, call, dispatch(branches, n, chosen, at), at);
    while (order.count-- > 0) code = core_let(order.vars[order.count], order.inits[order.count], code, at);
    return code;
}
