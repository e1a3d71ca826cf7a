/* expand_message.c: messages, and the forms that have one among their operands: ! reply! ask send-after send-every
 * broadcast! message.
 *
 * In the place of a message, (tag x ...) builds a tagged value where tag is no definition of the program in scope, and
 * either some receive clause of the program names it or nothing has that name. All else is an ordinary expression. */
#include <string.h>

#include "expand.h"

core *site_string(span at) {
    at = span_written(at);
    const char *path = at.src ? at.src->path : "?";
    return core_string(arena_printf("%s:%u", path, at.src ? source_line(at.src, at.start) : 0u), at);
}

/* ---- is it a message? ---- */

/* Effects need no declaration, so any name type:op is one. */
static bool is_effect_name(const char *name) {
    const char *colon = strchr(name, ':');
    return colon && colon != name && colon[1];
}

static bool means_something(const expander *x, const char *name) { return name_bound(x, name) || is_effect_name(name); }

static bool is_tag(const expander *x, const char *name) {
    if (is_user_defined(x, name) || is_pattern_word(name)) return false;
    return is_message_tag(x->tags, name_base(name)) || !means_something(x, name);
}

/* (tag x ...) */
static bool is_message_form(const expander *x, const datum *d) {
    bool form = d->kind == DATUM_LIST && d->count > 0 && !d->tail && !d->sugar && is_name(d->items[0]);
    return form && is_tag(x, d->items[0]->text);
}

/* as and view look like tags, but a pattern takes them for something else. */
static bool report_pattern_word(expander *x, const datum *d) {
    bool form = d->kind == DATUM_LIST && d->count > 0 && is_name(d->items[0]);
    if (!form || !is_pattern_word(d->items[0]->text) || means_something(x, d->items[0]->text)) return false;
    const char *word = d->items[0]->text;
    diag_error(x->d, E0302, d->items[0]->at, "%s is not defined", word);
    diag_hint(x->d, "%s is a word of patterns, so a message cannot have it as its tag: choose another", word);
    return true;
}

/* (get) where no receive knows that tag: a call of a builtin that cannot be meant as such. */
static bool report_builtin(expander *x, const datum *d) {
    bool form = d->kind == DATUM_LIST && d->count > 0 && !d->tail && is_name(d->items[0]);
    const char *name = form ? d->items[0]->text : NULL;
    const builtin *row = form && !is_user_defined(x, name) ? builtin_find(name) : NULL;
    if (!row || call_form_find(name)) return false;
    int given = (int)d->count - 1;
    if (given >= row->min && (row->max < 0 || given <= row->max)) return false;
    diag_error(x->d, E0303, d->at, "the builtin %s cannot be called with %d argument%s", name, given,
               given == 1 ? "" : "s");
    diag_hint(
        x->d,
        "it is no message, as no receive of the program has a clause for (%s ...); to build one all the same write "
        "(message %s ...)",
        name, name);
    return true;
}

static bool report_no_message(expander *x, const datum *d) { return report_pattern_word(x, d) || report_builtin(x, d); }

/* ---- making messages ---- */

/* The fields' values in order; one more is left free behind them. */
static core **expand_fields(expander *x, const datum *form) {
    core **items = NEW_ARRAY(core *, form->count + 1);
    items[0] = core_quote_symbol(form->items[0]->text, form->items[0]->at);
    for (size_t i = 1; i < form->count; i++) items[i] = expand_form(x, form->items[i]);
    return items;
}

/* A message whose fields are constants is made once. */
static core *tagged(expander *x, core **items, size_t count, span at) {
    core *value = core_prim("%tagged", items, count, at);
    for (size_t i = 0; i < count; i++)
        if (items[i]->kind != CORE_CONST) return value;
    const char *name = arena_printf("%%message:%zu", ++x->message_count);
    return core_global(define_hidden(x, name, value, at), at);
}

core *expand_message(expander *x, datum *d) {
    d = expand_head(x, d);
    if (is_message_form(x, d)) return tagged(x, expand_fields(x, d), d->count, d->at);
    return report_no_message(x, d) ? core_nil(d->at) : expand_form(x, d);
}

/* (message tag x ...) */
core *expand_make_message(expander *x, datum *form) {
    const datum *tag = form->items[1];
    if (!is_name(tag)) {
        diag_error(x->d, E0102, tag->at, "the tag of the message is expected here, not %s", datum_text(tag, 40));
        diag_hint(x->d,
                  "write (message tag argument ...); if the tag is to be computed (make-tagged tag argument ...)");
        return core_nil(form->at);
    }
    if (is_pattern_word(tag->text)) {
        diag_warning(x->d, W0116, tag->at, "no pattern can match a message with the tag %s", tag->text);
        diag_hint(x->d, "(%s ...) means something else in a pattern: choose another tag", tag->text);
    }
    datum fields = *form;
    fields.items++;
    fields.count--;
    return tagged(x, expand_fields(x, &fields), fields.count, form->at);
}

/* ---- sending ---- */

core *expand_tell(expander *x, datum *form) {
    core *target = expand_form(x, form->items[1]);
    return core_prim3("%tell", target, expand_message(x, form->items[2]), site_string(form->at), form->at);
}

core *expand_broadcast(expander *x, datum *form) {
    core **items = NEW_ARRAY(core *, 2);
    items[0] = expand_form(x, form->items[1]);
    items[1] = expand_message(x, form->items[2]);
    return core_library_call("broadcast!", items, 2, form->at);
}

static core *expand_timed(expander *x, const datum *form, const char *prim) {
    core **items = NEW_ARRAY(core *, 4);
    items[0] = expand_form(x, form->items[1]);
    items[1] = expand_form(x, form->items[2]);
    items[2] = expand_message(x, form->items[3]);
    items[3] = site_string(form->at);
    return core_prim(prim, items, 4, form->at);
}

core *expand_send_after(expander *x, datum *form) { return expand_timed(x, form, "%send-after"); }
core *expand_send_every(expander *x, datum *form) { return expand_timed(x, form, "%send-every"); }

/* ---- ask ---- */

/* Variables that hold operands, which are evaluated before the reply handle is made. */
typedef struct operands {
    var **vars;
    core **values;
    size_t count;
} operands;

static core *held(operands *o, core *value) {
    if (value->kind == CORE_CONST) return value;
    var *v = o->vars[o->count] = var_temp(value->at);
    o->values[o->count++] = value;
    return core_local(v, value->at);
}

/* Another reference to what held() gave. */
static core *again(const core *operand) {
    return operand->kind == CORE_CONST ? core_const(operand->datum, operand->at)
                                       : core_local(operand->var, operand->at);
}

/* The message with the handle as its last field. */
static core *request(expander *x, datum *d, operands *o, var *handle) {
    span at = d->at;
    d = expand_head(x, d);
    if (!is_message_form(x, d)) {
        core *message = held(o, report_no_message(x, d) ? core_nil(at) : expand_form(x, d));
        return core_prim2("%ask-value", message, core_local(handle, at), at);
    }
    core **items = expand_fields(x, d);
    for (size_t i = 1; i < d->count; i++) items[i] = held(o, items[i]);
    items[d->count] = core_local(handle, at);
    return core_prim("%tagged", items, d->count + 1, at);
}

static core *ask_code(core *target, core *ms, core *message, var *handle, span at) {
    core **items = NEW_ARRAY(core *, 4);
    items[0] = target;
    items[1] = message;
    items[2] = core_local(handle, at);
    items[3] = site_string(at);
    return core_let(handle, core_prim2("%ask-handle", again(target), ms, at), core_prim("%ask-send", items, 4, at), at);
}

core *expand_ask(expander *x, datum *form) {
    span at = form->at;
    datum *message = form->items[2];
    operands o = {NEW_ARRAY(var *, message->count + 3), NEW_ARRAY(core *, message->count + 3), 0};
    var *handle = var_temp(at);
    core *target = held(&o, expand_form(x, form->items[1]));
    core *asked = request(x, message, &o, handle);
    core *ms = form->count > 3 ? held(&o, expand_form(x, form->items[3])) : core_prim0("%undef", at);
    core *code = ask_code(target, ms, asked, handle, at);
    while (o.count-- > 0) code = core_let(o.vars[o.count], o.values[o.count], code, at);
    return code;
}

/* ---- as values ---- */

typedef struct value_form {
    const char *name, *prim, *params[3];
} value_form;

static const value_form value_forms[] = {
    {"!", "%tell", {"target", "message"}},
    {"reply!", "%tell", {"handle", "message"}},
    {"send-after", "%send-after", {"ms", "target", "message"}},
    {"send-every", "%send-every", {"ms", "target", "message"}},
};

static lambda *value_lambda(const char *name, size_t params, span at) {
    lambda *fn = NEW(lambda);
    *fn = (lambda){.name = name, .at = at, .params = NEW_ARRAY(var *, params + 1), .required = params};
    return fn;
}

static core *ask_value(span at) {
    lambda *fn = value_lambda("ask", 2, at);
    static const char *const names[] = {"target", "message", "ms"};
    for (size_t i = 0; i < 3; i++) fn->params[i] = var_new(intern_cstr(names[i]), at);
    fn->optional = 1;
    var *handle = var_temp(at);
    core *message = core_prim2("%ask-value", core_local(fn->params[1], at), core_local(handle, at), at);
    fn->body = ask_code(core_local(fn->params[0], at), core_local(fn->params[2], at), message, handle, at);
    return core_lambda(fn, at);
}

static core *sending_value(const value_form *f, span at) {
    size_t count = f->params[2] ? 3 : 2;
    lambda *fn = value_lambda(f->name, count, at);
    core **items = NEW_ARRAY(core *, count + 1);
    for (size_t i = 0; i < count; i++) {
        fn->params[i] = var_new(intern_cstr(f->params[i]), at);
        items[i] = core_local(fn->params[i], at);
    }
    items[count] = site_string(at);
    fn->body = core_prim(f->prim, items, count + 1, at);
    return core_lambda(fn, at);
}

core *call_form_value(const char *name, span at) {
    if (strcmp(name, "ask") == 0) return ask_value(at);
    for (size_t i = 0; i < sizeof value_forms / sizeof *value_forms; i++)
        if (strcmp(value_forms[i].name, name) == 0) return sending_value(&value_forms[i], at);
    return NULL;
}
