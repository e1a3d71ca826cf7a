/* expand_macro.c: macros among the names of a program: define-syntax, let-syntax, letrec-syntax, and the expansion of
 * uses. */
#include <string.h>

#include "macro.h"

/* Limits that only expansions without end reach. */
enum { MAX_DEPTH = 10000, MAX_DATA = 3000000 };

/* ---- names ---- */

macro *macro_named(const expander *x, const char *name) {
    if (!x->has_macros) return NULL;
    const binding *b = scope_find(x, name);
    if (b) return b->macro;
    const top_name *t = top_find(x, name);
    return t ? t->macro : NULL;
}

macro *macro_of(const expander *x, const datum *form) {
    if (!x->has_macros || form->kind != DATUM_LIST || form->count == 0 || form->sugar || !is_name(form->items[0]))
        return NULL;
    return macro_named(x, form->items[0]->text);
}

core *report_macro_value(expander *x, const datum *name) {
    diag_error(x->d, E0110, name->at, "%s is a macro, not a value", name->text);
    diag_hint(x->d, "use it as (%s ...); to pass it on, wrap it in a function: (fn (x) (%s ...))", name->text,
              name->text);
    return core_nil(name->at);
}

/* ---- expansion ---- */

static datum *nothing(span at) {
    datum *d = NEW(datum);
    *d = (datum){.kind = DATUM_NIL, .at = at};
    return d;
}

/* Both as written: an expansion may put a use before the definition. */
static bool stands_before(const datum *form, const macro *m) {
    const source *src = form->at.src;
    bool repeated = src && src->first_form && m->at.start >= src->first_form; /* of an earlier entry of flc2c repl */
    return src && src == m->at.src && !src->expansion && form->at.start < m->at.start && !repeated;
}

static void report_early(expander *x, const datum *form, const macro *m) {
    diag_error(x->d, E0133, form->at, "the macro %s is used before its definition", m->name);
    diag_note_at(x->d, m->at, "defined here");
    diag_hint(x->d,
              "put the define-syntax before the first use: unlike functions, macros are known only from there on");
}

static const char *patterns_text(const macro *m) {
    enum { SHOWN = 8 };
    const char *text = "";
    for (size_t i = 0; i < m->rule_count && i < SHOWN; i++) {
        datum shown = *m->rules[i].pattern, name = *shown.items[0];
        datum **items = NEW_ARRAY(datum *, shown.count);
        memcpy(items, shown.items, shown.count * sizeof *items);
        name.text = m->name;
        name.size = strlen(m->name);
        items[0] = &name;
        shown.items = items;
        text = arena_printf("%s%s%s", text, i ? ", " : "", datum_text(&shown, 80));
    }
    return m->rule_count > SHOWN ? arena_printf("%s, ...", text) : text;
}

static datum *report_no_match(expander *x, const datum *form, const macro *m) {
    if (!m->rule_count) return nothing(form->at); /* its definition is wrong, or it has no rules */
    diag_error(x->d, E0132, form->at, "no pattern of the macro %s matches %s", m->name, datum_text(form, 60));
    diag_note_at(x->d, m->at, "defined here");
    diag_hint(x->d, "it can be used as %s", patterns_text(m));
    return nothing(form->at);
}

static datum *report_endless(expander *x, const datum *form, macro *m) {
    if (m->endless || x->endless) return nothing(form->at);
    m->endless = true;
    x->endless = x->macro_data >= MAX_DATA;
    diag_error(x->d, E0134, span_written(form->at), "the expansion of %s does not end", m->name);
    diag_note_at(x->d, m->at, "the macro");
    diag_hint(
        x->d,
        "a macro that uses itself needs a pattern that ends the recursion, before the one that goes on; the limits "
        "are %d expansions inside each other and %d elements of code",
        MAX_DEPTH, MAX_DATA);
    return nothing(form->at);
}

static macro_instance *new_instance(const macro *m, const datum *form) {
    macro_instance *n = NEW(macro_instance);
    const macro_use *around = form->at.src ? form->at.src->expansion : NULL;
    *n = (macro_instance){.m = m};
    n->e = (macro_use){
        .name = m->name, .defined = m->at, .use = form->at, .depth = around ? around->depth + 1 : 0, .instance = n};
    return n;
}

static datum *expand_use(expander *x, macro *m, datum *form) {
    if (m->endless || x->endless) return nothing(form->at);
    if (stands_before(form, m)) {
        report_early(x, form, m);
        return nothing(form->at);
    }
    for (size_t i = 0; i < m->rule_count; i++) {
        const macro_rule *r = &m->rules[i];
        capture *captures = NEW_ARRAY(capture, r->var_count + 1);
        if (!macro_match(x, m, r, form, captures)) continue;
        macro_instance *n = new_instance(m, form);
        if (n->e.depth >= MAX_DEPTH || x->macro_data >= MAX_DATA) return report_endless(x, form, m);
        datum *d = macro_fill(x, r, captures, n, &x->macro_data);
        if (!d) return nothing(form->at);
        if (datum_weight(d) > MAX_DATA) return report_endless(x, form, m);
        x->expanded = &n->e;
        note_expanded(x, d);
        return d;
    }
    return report_no_match(x, form, m);
}

datum *expand_head(expander *x, datum *d) {
    for (macro *m; (m = macro_of(x, d));) d = expand_use(x, m, d);
    return d;
}

core *expand_macro(expander *x, datum *form) {
    if (x->macro_nesting >= MAX_DEPTH) return expand_form(x, report_endless(x, form, macro_of(x, form)));
    datum *d = expand_head(x, form);
    const macro_use *around = diag_expanding(x->d, x->expanded);
    x->macro_nesting++;
    core *code = expand_form(x, d);
    x->macro_nesting--;
    diag_expanding(x->d, around);
    return code;
}

/* ---- definitions ---- */

static bool check_syntax(expander *x, const datum *form) {
    const datum *name = form->items[1];
    if (is_name(name)) return true;
    diag_error(x->d, E0102, name->at, "the name of the macro is expected here, not %s", datum_text(name, 40));
    diag_hint(x->d, "write (define-syntax name (syntax-rules () ((_ x ...) template) ...))");
    return false;
}

static void declare_top_macro(expander *x, const datum *form, macro *m) {
    const char *name = m->name;
    if (special_form_find(name)) {
        diag_error(x->d, E0111, form->at, "%s is a special form and cannot be redefined", name);
        diag_hint(x->d, "choose another name; only let-syntax and macros in bodies may be called %s", name);
        return;
    }
    const top_name *old = top_find_here(x, name);
    if (!check_imported(x, name, form->at)) return;
    if (old && !old->implied) {
        diag_error(x->d, E0301, form->at, "%s is defined twice", name);
        if (old->macro) diag_note_at(x->d, old->macro->at, "first defined here");
        return;
    }
    if (builtin_find(name) || call_form_find(name))
        diag_warning(x->d, W0131, m->at, "%s is a %s: this definition replaces it in this module", name,
                     builtin_find(name) ? "builtin" : "form of the language");
    declare_macro(x, name, m);
}

static void bind_macro(expander *x, macro *m) {
    scope_bind(x, m->name, NULL)->macro = m;
    x->has_macros = true;
}

void collect_syntax(expander *x, datum *form, item_list *out) {
    if (!check_syntax(x, form)) return;
    macro *m = macro_read(x, form->items[1], form->items[2]);
    use_names(x, form->items[2]);
    if (out->top) {
        declare_top_macro(x, form, m);
        return;
    }
    for (size_t i = 0; i < out->macro_count; i++) {
        if (out->macros[i]->name != m->name) continue;
        diag_error(x->d, E0109, form->at, "%s is defined twice in this body", m->name);
        diag_note_at(x->d, out->macros[i]->at, "first defined here");
    }
    bind_macro(x, m);
    m->depth = scope_depth(x);
    PUSH(out->macros, out->macro_count, out->macro_capacity, m);
}

void macros_see_body(const expander *x, const item_list *items) {
    for (size_t i = 0; i < items->macro_count; i++) items->macros[i]->depth = scope_depth(x);
}

static macro *read_local(expander *x, const datum *b) {
    if (b->kind == DATUM_LIST && b->count == 2 && !b->tail && is_name(b->items[0]))
        return macro_read(x, b->items[0], b->items[1]);
    diag_error(x->d, E0105, b->at, "a name and its rules are expected here, not %s", datum_text(b, 40));
    diag_hint(x->d, "write (let-syntax ((name (syntax-rules () ((_ x) template)))) body ...)");
    return NULL;
}

/* (let-syntax ((name rules) ...) body ...) and letrec-syntax, whose macros may use each other. */
core *expand_let_syntax(expander *x, datum *form) {
    const datum *list = form->items[1];
    const binding *mark = x->scope;
    bool recursive = is_symbol(form->items[0], "letrec-syntax");
    if (list->kind != DATUM_LIST || list->tail) {
        diag_error(x->d, E0105, list->at, "a list of macros is expected here, not %s", datum_text(list, 40));
        diag_hint(x->d, "write (let-syntax ((name (syntax-rules () ((_ x) template)))) body ...)");
        return core_nil(form->at);
    }
    macro **macros = NEW_ARRAY(macro *, list->count + 1);
    size_t count = 0, outside = scope_depth(x);
    for (size_t i = 0; i < list->count; i++)
        if ((macros[count] = read_local(x, list->items[i]))) count++;
    for (size_t i = 0; i < count; i++) bind_macro(x, macros[i]);
    for (size_t i = 0; i < count; i++) macros[i]->depth = recursive ? scope_depth(x) : outside;
    core *code = expand_body(x, form->items + 2, form->count - 2, form->at);
    scope_leave(x, mark);
    return code;
}
