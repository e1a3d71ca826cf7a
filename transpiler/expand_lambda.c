/* expand_lambda.c: procedures and their parameters. */
#include <string.h>

#include "expand.h"

/* ---- parameters ---- */

typedef struct optional_param {
    var *raw; /* the parameter itself: the argument, or absent */
    var *v;   /* what the body sees */
    core *init;
} optional_param;

typedef struct param_reader {
    expander *x;
    lambda *fn;
    bound_name *names;
    size_t name_count, count;
    optional_param *optionals;
} param_reader;

/* p: the whole parameter, which may have a default. */
static void note_name(param_reader *r, const datum *name, const datum *p) {
    for (size_t i = 0; i < r->name_count && strcmp(name->text, "_") != 0; i++) {
        if (r->names[i].name != name->text) continue;
        diag_error(r->x->d, E0104, p->at, "two parameters are called %s", name->text);
        diag_note_at(r->x->d, r->names[i].at, "the first one");
        break;
    }
    r->names[r->name_count++] = (bound_name){name->text, p->at};
}

static void add_required(param_reader *r, const datum *name) {
    note_name(r, name, name);
    var *v = var_new(name->text, name->at);
    scope_bind(r->x, name->text, v);
    r->fn->params[r->count++] = v;
    r->fn->required++;
}

/* p: the whole parameter. Its default sees the parameters before it; NULL: nil */
static void add_optional(param_reader *r, const datum *p, const datum *name, datum *init) {
    note_name(r, name, p);
    optional_param *o = &r->optionals[r->fn->optional++];
    o->raw = var_new(name->text, name->at);
    r->fn->params[r->count++] = o->raw;
    core *value = init ? expand_named(r->x, init, name->text) : core_nil(name->at);
    o->init = core_if(core_prim1("%absent?", core_local(o->raw, name->at), name->at), value,
                      core_local(o->raw, name->at), name->at);
    o->v = var_new(name->text, name->at);
    scope_bind(r->x, name->text, o->v);
}

static void add_rest(param_reader *r, const datum *name) {
    note_name(r, name, name);
    var *v = var_new(name->text, name->at);
    scope_bind(r->x, name->text, v);
    r->fn->params[r->count++] = v;
    r->fn->rest = true;
}

static void bad_param(param_reader *r, const datum *p, const char *what, const char *hint) {
    diag_error(r->x->d, E0103, p->at, "%s", what);
    diag_hint(r->x->d, "%s", hint);
}

static void read_optional(param_reader *r, datum *p) {
    if (is_name(p))
        add_optional(r, p, p, NULL);
    else if (p->kind == DATUM_LIST && !p->tail && (p->count == 1 || p->count == 2) && is_name(p->items[0]))
        add_optional(r, p, p->items[0], p->count == 2 ? p->items[1] : NULL);
    else {
        bad_param(r, p, "an optional parameter is a name or (name default)", "write &optional (x 1) y");
        if (p->kind == DATUM_LIST && p->count > 2 && is_name(p->items[0])) add_optional(r, p, p->items[0], p->items[1]);
    }
}

static void read_required(param_reader *r, datum *p) {
    if (is_name(p))
        add_required(r, p);
    else if (p->kind == DATUM_LIST && p->count == 2 && is_name(p->items[0])) {
        bad_param(r, p, "a parameter with a default needs &optional before it",
                  arena_printf("write &optional %s", datum_text(p, 60)));
        add_required(r, p->items[0]);
    } else {
        bool resume = p->kind == DATUM_KEYWORD && strcmp(p->text, "resume") == 0;
        bad_param(r, p, arena_printf("a parameter is a name, not %s", datum_text(p, 40)),
                  resume ? "in a handler's clause it stands behind the parameters: (fn (x) :resume k body ...)"
                         : "to take a value apart use match in the body");
    }
}

/* What follows &rest: gives the number of data used up. */
static size_t read_rest(param_reader *r, datum **params, size_t left) {
    if (left < 2 || !is_name(params[1])) {
        bad_param(r, params[0], arena_printf("a name must follow %s", params[0]->text), "write &rest xs");
        return 1;
    }
    if (left > 2) bad_param(r, params[2], "nothing can follow the rest parameter", "&rest xs stands last");
    add_rest(r, params[1]);
    return left;
}

static bool is_marker(const datum *p) { return is_name(p) && p->text[0] == '&' && strcmp(p->text, "&") != 0; }

static void read_params(param_reader *r, const lambda_form *f) {
    bool optional = false;
    for (size_t i = 0; i < f->param_count; i++) {
        datum *p = f->params[i];
        if (is_symbol(p, "&optional")) {
            if (optional)
                bad_param(r, p, "&optional stands here a second time", "one &optional serves all that follow");
            optional = true;
        } else if (is_symbol(p, "&rest") || is_symbol(p, "&")) {
            if (p->text[1] == '\0') bad_param(r, p, "& is no marker of parameters", "write &rest xs, or . xs");
            i += read_rest(r, f->params + i, f->param_count - i) - 1;
        } else if (is_marker(p))
            bad_param(r, p, arena_printf("%s is unknown", p->text), "the markers are &optional and &rest");
        else if (optional)
            read_optional(r, p);
        else
            read_required(r, p);
    }
    if (!f->rest) return;
    if (!is_name(f->rest))
        bad_param(r, f->rest, "a name must follow the dot", "write (a b . xs)");
    else if (r->fn->rest)
        bad_param(r, f->rest, "there is a rest parameter already", "write either &rest xs or . xs");
    else
        add_rest(r, f->rest);
}

void lambda_form_params(expander *x, lambda_form *f, datum *params) {
    if (params->kind == DATUM_LIST) {
        f->params = params->items;
        f->param_count = params->count;
        f->rest = params->tail;
        return;
    }
    if (is_name(params)) {
        f->rest = params;
        return;
    }
    diag_error(x->d, E0103, params->at, "a parameter list is expected here, not %s", datum_text(params, 40));
    diag_hint(x->d, params->kind == DATUM_BRACKET ? "write the parameters in parentheses: (a b)"
                                                  : "write (a b), or () for none");
    if (params->kind == DATUM_BRACKET) f->params = params->items, f->param_count = params->count;
}

/* ---- procedures ---- */

/* The task carries the function's name, for error traces. */
static core *async_body(core *body, const char *name, span at) {
    core *thunk = core_thunk(body, at);
    thunk->fn->name = name;
    return core_prim1("%async", thunk, at);
}

static void take_docstring(lambda_form *f, lambda *fn) {
    if (f->body_count < 2 || f->body[0]->kind != DATUM_STRING) return;
    fn->doc = f->body[0]->text;
    f->body++;
    f->body_count--;
}

core *expand_lambda_form(expander *x, const lambda_form *form) {
    lambda_form f = *form;
    lambda *fn = NEW(lambda);
    size_t most = f.param_count + 1;
    *fn = (lambda){.name = f.name, .at = f.at, .params = NEW_ARRAY(var *, most), .async = f.async};
    param_reader r = {
        .x = x, .fn = fn, .names = NEW_ARRAY(bound_name, most), .optionals = NEW_ARRAY(optional_param, most)};
    const binding *mark = x->scope;
    read_params(&r, &f);
    take_docstring(&f, fn);
    deferral own;
    deferral_enter(x, &own);
    core *body = f.contract ? contract_body(x, &f) : NULL;
    if (!body) body = f.make_body ? f.make_body(x, &f) : expand_body(x, f.body, f.body_count, f.at);
    body = deferral_leave(x, body, f.at);
    scope_leave(x, mark);
    for (size_t i = fn->optional; i-- > 0;) {
        const optional_param *o = &r.optionals[i];
        body = core_let(o->v, o->init, body, o->v->at);
    }
    fn->body = f.async ? async_body(body, f.name, f.at) : body;
    return core_lambda(fn, f.at);
}

/* (HEAD params body ...) */
static core *expand_procedure(expander *x, datum *form, bool async) {
    lambda_form f = {.at = form->at, .body = form->items + 2, .body_count = form->count - 2, .async = async};
    lambda_form_params(x, &f, form->items[1]);
    return expand_lambda_form(x, &f);
}

core *expand_lambda(expander *x, datum *form) { return expand_procedure(x, form, false); }
core *expand_async_fn(expander *x, datum *form) { return expand_procedure(x, form, true); }

bool is_function_literal(const expander *x, const datum *form) {
    return is_form(x, form, "lambda") || is_form(x, form, "fn") || is_form(x, form, "async-fn") ||
           (is_form(x, form, "async") && form->count > 2);
}
