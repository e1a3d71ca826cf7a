/* expand_effect.c: performing effects, handlers, define-effect.
 *
 * An effect becomes (%perform 'type 'op default arg ...), default being the library's function or the absent argument.
 * Only once the whole program is known does the resolver (effects.c) see whether anything handles the type, and leave
 * just the call of the default if nothing does. */
#include <string.h>

#include "expand.h"
#include "program.h"

/* ---- names ---- */

/* "type:op" in parts; false: it is no such name. */
static bool split_effect(const char *name, const char **type, const char **op) {
    const char *colon = strchr(name, ':');
    if (!colon || colon == name || !colon[1]) return false;
    *type = intern(name, (size_t)(colon - name));
    *op = intern_cstr(colon + 1);
    return true;
}

static bool is_handled(const expander *x, const char *type) {
    for (size_t i = 0; i < x->handled_count; i++)
        if (x->handled[i] == type) return true;
    return false;
}

static void note_handled(expander *x, const char *type) {
    type = name_base(type);
    if (!is_handled(x, type)) PUSH(x->handled, x->handled_count, x->handled_capacity, type);
}

bool is_known_effect(const expander *x, const char *name) {
    const char *type, *op;
    if (!split_effect(name, &type, &op)) return false;
    if (is_handled(x, type)) return true;
    for (size_t i = 0; i < x->effect_count; i++)
        if (x->effects[i].type == type) return true;
    return imports_effect(x, type) || effect_function(name) != NULL;
}

/* ---- performing ---- */

static core *effect_default(const char *effect, span at) {
    const char *function = effect_function(effect);
    if (!function) return core_prim0("%undef", at);
    return core_library_value(function, at);
}

/* Of the type error: raise is the function error, any other one raises an error of that kind. */
static core *expand_error_effect(expander *x, const char *op, datum **args, size_t count, span at) {
    core **items = NEW_ARRAY(core *, count + 1);
    items[0] = core_quote_symbol(op, at);
    for (size_t i = 0; i < count; i++) items[i + 1] = expand_form(x, args[i]);
    return core_prim("%error-effect", items, count + 1, at);
}

core *expand_effect_call(expander *x, const char *effect, datum **args, size_t count, span at) {
    enum { TYPE, OP, DEFAULT, ARGUMENTS };
    const char *type, *op;
    if (!split_effect(effect, &type, &op)) return core_nil(at); /* the caller has checked it */
    if (strcmp(type, "error") == 0 && strcmp(op, "raise") != 0) return expand_error_effect(x, op, args, count, at);
    core **items = NEW_ARRAY(core *, count + ARGUMENTS);
    items[TYPE] = core_quote_symbol(type, at);
    items[OP] = core_quote_symbol(op, at);
    items[DEFAULT] = effect_default(effect, at);
    for (size_t i = 0; i < count; i++) items[ARGUMENTS + i] = expand_form(x, args[i]);
    return core_prim("%perform", items, count + ARGUMENTS, at);
}

/* As a procedure: (lambda args (perform with args)). The library's function is as good where this module has no
 * handler. */
core *expand_effect_value(expander *x, const char *effect, span at) {
    const char *type, *op;
    if (!split_effect(effect, &type, &op)) return core_nil(at);
    if (!is_handled(x, type) && effect_function(effect)) return effect_default(effect, at);
    lambda *fn = NEW(lambda);
    *fn = (lambda){.name = effect, .at = at, .params = NEW_ARRAY(var *, 1), .rest = true};
    fn->params[0] = var_temp(at);
    core **items = NEW_ARRAY(core *, 4);
    items[0] = core_quote_symbol(type, at);
    items[1] = core_quote_symbol(op, at);
    items[2] = effect_default(effect, at);
    items[3] = core_local(fn->params[0], at);
    fn->body = core_prim("%perform-list", items, 4, at);
    return core_lambda(fn, at);
}

/* (effect type:op args ...) or (effect type op args ...) */
core *expand_effect(expander *x, datum *form) {
    const datum *head = form->items[1];
    const char *type, *op;
    if (is_name(head) && split_effect(head->text, &type, &op))
        return expand_effect_call(x, head->text, form->items + 2, form->count - 2, form->at);
    if (is_name(head) && form->count > 2 && is_name(form->items[2])) {
        const char *effect = arena_printf("%s:%s", head->text, form->items[2]->text);
        return expand_effect_call(x, effect, form->items + 3, form->count - 3, form->at);
    }
    diag_error(x->d, E0102, head->at, "effect needs the name of an effect, not %s", datum_text(head, 40));
    diag_hint(x->d, "write (effect io:print x) or (effect io print x)");
    return core_nil(form->at);
}

/* ---- define-effect ---- */

static bool read_operation(expander *x, const char *type, const datum *d, effect_declaration *out) {
    if (d->kind != DATUM_LIST || d->count == 0 || !is_name(d->items[0])) {
        diag_error(x->d, E0124, d->at, "an operation is a name with its parameters, not %s", datum_text(d, 40));
        diag_hint(x->d, "write (define-effect logger (log level message) (flush))");
        return false;
    }
    *out = (effect_declaration){.type = type, .op = name_base(d->items[0]->text), .at = d->at};
    bool optional = false;
    for (size_t i = 1; i < d->count; i++) {
        if (is_symbol(d->items[i], "&optional")) {
            optional = true;
        } else if (is_symbol(d->items[i], "&rest")) {
            out->max = -1;
            return true;
        } else {
            out->min += !optional;
            out->max++;
        }
    }
    if (d->tail) out->max = -1;
    return true;
}

static void declare_effect(expander *x, const datum *form) {
    if (form->count < 2 || !is_name(form->items[1])) return;
    for (size_t i = 2; i < form->count; i++) {
        effect_declaration e;
        if (read_operation(x, name_base(form->items[1]->text), form->items[i], &e))
            PUSH(x->effects, x->effect_count, x->effect_capacity, e);
    }
}

core *expand_define_effect(expander *x, datum *form) {
    const datum *name = form->items[1];
    if (!is_name(name) || strchr(name->text, ':')) {
        diag_error(x->d, E0102, name->at, "the name of the effect's type is expected here, not %s",
                   datum_text(name, 40));
        diag_hint(x->d, "write (define-effect logger (log level message))");
    }
    return core_nil(form->at);
}

/* ---- what the module handles and declares ---- */

static void scan_clauses(expander *x, const datum *clauses) {
    if (clauses->kind != DATUM_LIST) return;
    for (size_t i = 0; i < clauses->count; i++) {
        const datum *c = clauses->items[i];
        if (c->kind != DATUM_LIST || c->count == 0 || !is_name(c->items[0])) continue;
        const char *type = c->items[0]->text, *op;
        split_effect(type, &type, &op);
        note_handled(x, type);
    }
}

void scan_effects(expander *x, datum *const *forms, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const datum *d = forms[i];
        if (d->kind != DATUM_LIST && d->kind != DATUM_BRACKET && d->kind != DATUM_BRACE) continue;
        if (is_headed(d, "handler") && d->count > 1) scan_clauses(x, d->items[1]);
        if (is_headed(d, "define-effect")) declare_effect(x, d);
        for (size_t k = 0; k < d->count; k++)
            if (same_origin(d, d->items[k])) scan_effects(x, d->items + k, 1);
    }
}

/* ---- continuations that are not only called ---- */

typedef struct escape_search {
    const var *k;
    bool found;
} escape_search;

static void look_for(core **child, void *context) {
    escape_search *s = context;
    if ((*child)->kind == CORE_LOCAL && (*child)->var == s->k) s->found = true;
    if (!s->found) core_children(*child, look_for, s, true);
}

static bool mentions(core *x, const var *k) {
    escape_search s = {.k = k};
    look_for(&x, &s);
    return s.found;
}

static bool lambdas_mention(const core *x, const var *k) {
    if (x->kind == CORE_LAMBDA) return mentions(x->fn->body, k);
    for (size_t i = 0; i < x->count; i++)
        if (mentions(x->fns[i]->body, k)) return true;
    return false;
}

static core *escape(const var *k, span at) { return core_prim1("%continuation-escapes", core_local((var *)k, at), at); }

/* Where the continuation k gets into other hands, or into a closure, that is noted. */
static void mark_escapes(core **child, void *context) {
    const var *k = context;
    core *x = *child;
    if (x->kind == CORE_LOCAL && x->var == k) {
        *child = escape(k, x->at);
        return;
    }
    if (x->kind == CORE_CALL && x->a->kind == CORE_LOCAL && x->a->var == k) {
        for (size_t i = 0; i < x->count; i++) mark_escapes(&x->items[i], context);
        return;
    }
    core_children(x, mark_escapes, context, false);
    if ((x->kind == CORE_LAMBDA || x->kind == CORE_FIX) && lambdas_mention(x, k))
        *child = core_seq2(escape(k, x->at), x, x->at);
}

/* ---- handler ---- */

typedef enum clause_kind { CLAUSE_PLAIN, CLAUSE_RESUME, CLAUSE_ERROR } clause_kind; /* as handler.c knows them */

typedef struct handler_parts {
    datum **spec; /* (type op kind) each */
    core **procedures;
    size_t count;
    core *finally, *result; /* NULL: none */
} handler_parts;

static bool is_resume(const datum *d) { return d->kind == DATUM_KEYWORD && strcmp(d->text, "resume") == 0; }

/* (fn (params ...) :resume k body ...) as (fn (k params ...) body ...), or NULL. */
static datum *resuming_function(expander *x, const datum *f) {
    if (!is_function_literal(x, f) || f->count < 4 || !is_resume(f->items[2])) return NULL;
    const datum *params = f->items[1], *k = f->items[3];
    if (!is_name(k)) {
        diag_error(x->d, E0124, k->at, "the name of the continuation must follow :resume, not %s", datum_text(k, 40));
        diag_hint(x->d, "write (fn (x) :resume k (k x))");
        return NULL;
    }
    bool list = params->kind == DATUM_LIST;
    size_t count = list ? params->count : 0;
    datum *all = datum_list(NEW_ARRAY(datum *, count + 1), count + 1, params->at);
    all->items[0] = (datum *)k;
    if (count) memcpy(all->items + 1, params->items, count * sizeof *params->items);
    all->tail = list ? params->tail : (datum *)params;
    datum **items = NEW_ARRAY(datum *, f->count - 2);
    items[0] = f->items[0];
    items[1] = all;
    memcpy(items + 2, f->items + 4, (f->count - 4) * sizeof *items);
    return datum_list(items, f->count - 2, f->at);
}

static datum *symbol_or_nil(const char *name, span at) {
    datum *d = NEW(datum);
    *d = (datum){.kind = name ? DATUM_SYMBOL : DATUM_NIL, .at = at, .text = name, .size = name ? strlen(name) : 0};
    return d;
}

static datum *clause_spec(const char *type, const char *op, clause_kind kind, span at) {
    datum **items = NEW_ARRAY(datum *, 3);
    datum *number = NEW(datum);
    *number = (datum){.kind = DATUM_INT, .at = at, .i = kind};
    items[0] = symbol_or_nil(type, at);
    items[1] = symbol_or_nil(op, at);
    items[2] = number;
    return datum_list(items, 3, at);
}

static void read_effect_clause(expander *x, const datum *clause, handler_parts *parts) {
    const char *name = clause->items[0]->text, *type = name, *op = NULL;
    split_effect(name, &type, &op);
    datum *resuming = resuming_function(x, clause->items[1]);
    clause_kind kind = resuming ? CLAUSE_RESUME : strcmp(type, "error") == 0 ? CLAUSE_ERROR : CLAUSE_PLAIN;
    core *f = expand_named(x, resuming ? resuming : clause->items[1], name);
    if (resuming && f->kind == CORE_LAMBDA && f->fn->required > 0) mark_escapes(&f->fn->body, f->fn->params[0]);
    if (kind != CLAUSE_ERROR) note_handled(x, type);
    parts->spec[parts->count] = clause_spec(type, op, kind, clause->at);
    parts->procedures[parts->count++] = f;
}

static void read_special_clause(expander *x, const datum *clause, core **out) {
    if (*out) {
        diag_error(x->d, E0124, clause->at, "handler has a second %s clause", clause->items[0]->text);
        return;
    }
    *out = expand_form(x, clause->items[1]);
}

static void read_handler_clause(expander *x, const datum *clause, handler_parts *parts) {
    if (clause->kind != DATUM_LIST || clause->tail || clause->count != 2 || !is_name(clause->items[0])) {
        diag_error(x->d, E0124, clause->at, "a clause of handler is (type:op function), not %s",
                   datum_text(clause, 40));
        diag_hint(x->d, "write (handler ((io:print (fn (text) ...)) (error (fn (e) ...))) body ...)");
        return;
    }
    if (is_symbol(clause->items[0], "finally"))
        read_special_clause(x, clause, &parts->finally);
    else if (is_symbol(clause->items[0], "return"))
        read_special_clause(x, clause, &parts->result);
    else
        read_effect_clause(x, clause, parts);
}

/* A second clause for the same effect can never answer. */
static void check_repeated(expander *x, const datum *clauses) {
    for (size_t i = 0; i < clauses->count; i++)
        for (size_t k = 0; k < i; k++) {
            const datum *a = clauses->items[k], *b = clauses->items[i];
            if (a->kind != DATUM_LIST || b->kind != DATUM_LIST || !a->count || !b->count) continue;
            if (!is_name(a->items[0]) || !is_name(b->items[0]) || a->items[0]->text != b->items[0]->text) continue;
            if (is_symbol(b->items[0], "finally") || is_symbol(b->items[0], "return")) continue;
            diag_warning(x->d, W0111, b->at, "an earlier clause answers %s", b->items[0]->text);
            diag_note_at(x->d, a->at, "the earlier one");
            return;
        }
}

/* (%handle 'spec result thunk f ...) */
static core *handle_code(const handler_parts *parts, core *body, span at) {
    enum { SPEC, RESULT, THUNK, PROCEDURES };
    core **items = NEW_ARRAY(core *, parts->count + PROCEDURES);
    items[SPEC] = core_const(datum_list(parts->spec, parts->count, at), at);
    items[RESULT] = parts->result ? parts->result : core_nil(at);
    items[THUNK] = core_thunk(body, at);
    if (parts->count) memcpy(items + PROCEDURES, parts->procedures, parts->count * sizeof *items);
    return core_prim("%handle", items, parts->count + PROCEDURES, at);
}

core *expand_handler(expander *x, datum *form) {
    const datum *clauses = form->items[1];
    span at = form->at;
    if (clauses->kind != DATUM_LIST || clauses->tail) {
        diag_error(x->d, E0124, clauses->at, "the clauses of handler stand in a list, not %s", datum_text(clauses, 40));
        diag_hint(x->d, "write (handler ((type:op (fn (args ...) ...)) ...) body ...)");
        return expand_body(x, form->items + 2, form->count - 2, at);
    }
    handler_parts parts = {.spec = NEW_ARRAY(datum *, clauses->count + 1),
                           .procedures = NEW_ARRAY(core *, clauses->count + 1)};
    check_repeated(x, clauses);
    for (size_t i = 0; i < clauses->count; i++) read_handler_clause(x, clauses->items[i], &parts);
    core *code = handle_code(&parts, expand_body(x, form->items + 2, form->count - 2, at), at);
    if (!parts.finally) return code;
    var *finally = var_temp(at);
    core *call = core_call(core_local(finally, at), NEW_ARRAY(core *, 1), 0, at);
    return core_let(finally, parts.finally, core_finally(code, call, at), at);
}

core *expand_with_isolated_state(expander *x, datum *form) {
    core *thunk = core_thunk(expand_body(x, form->items + 1, form->count - 1, form->at), form->at);
    return core_prim1("%with-isolated-state", thunk, form->at);
}
