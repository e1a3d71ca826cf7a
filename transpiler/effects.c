/* effects.c: which effects the program handles, for the resolver: what nothing handles is a plain call.
 *
 * An effect (%perform 'type 'op default arg ...) whose type no handler of the program mentions becomes the call of its
 * default; without one it raises unhandled-effect, which draws a warning. The other way round a library function that
 * is the default answer of an effect becomes the performing of that effect, if its type is handled. */
#include "effects.h"

#include <string.h>

#include "expand.h"

enum { TYPE, OP, DEFAULT, ARGUMENTS };

struct effect_set {
    bool all_handled;     /* nobody knows what handlers the program has */
    const char **handled; /* interned types */
    size_t handled_count, handled_capacity;
    effect_declaration *declared;
    size_t declared_count, declared_capacity;
};

static bool is_handled(const effect_set *s, const char *type) {
    for (size_t i = 0; i < s->handled_count; i++)
        if (s->handled[i] == type) return true;
    return s->all_handled;
}

effect_set *collect_effects(module *const *modules, size_t count, bool all_handled) {
    effect_set *s = NEW(effect_set);
    s->all_handled = all_handled;
    for (size_t m = 0; m < count; m++) {
        for (size_t i = 0; i < modules[m]->handled_count; i++)
            if (s->all_handled || !is_handled(s, modules[m]->handled[i]))
                PUSH(s->handled, s->handled_count, s->handled_capacity, modules[m]->handled[i]);
        for (size_t i = 0; i < modules[m]->effect_count; i++)
            PUSH(s->declared, s->declared_count, s->declared_capacity, modules[m]->effects[i]);
    }
    return s;
}

/* ---- declared effects ---- */

/* The operation's declaration; *type_declared: some operation of the type is. */
static const effect_declaration *find_declaration(const effect_set *s, const char *type, const char *op,
                                                  bool *type_declared) {
    const effect_declaration *found = NULL;
    for (size_t i = 0; i < s->declared_count; i++) {
        if (s->declared[i].type != type) continue;
        *type_declared = true;
        if (s->declared[i].op == op) found = &s->declared[i];
    }
    return found;
}

static void check_declared(const effect_set *s, diag *d, const char *type, const char *op, size_t given, span at) {
    bool type_declared = false;
    const effect_declaration *e = find_declaration(s, type, op, &type_declared);
    if (!e) {
        if (!type_declared) return;
        diag_warning(d, W0133, at, "define-effect gives %s no operation %s", type, op);
        diag_hint(d, "add (%s ...) to (define-effect %s ...), or check the spelling", op, type);
        return;
    }
    if (given >= (size_t)e->min && (e->max < 0 || given <= (size_t)e->max)) return;
    const char *more = e->max < 0 ? "at least " : "";
    if (e->max >= 0 && e->min != e->max)
        diag_error(d, E0303, at, "%s:%s takes %d to %d arguments, but is performed with %zu", type, op, e->min, e->max,
                   given);
    else
        diag_error(d, E0303, at, "%s:%s takes %s%d argument%s, but is performed with %zu", type, op, more, e->min,
                   e->min == 1 ? "" : "s", given);
    diag_note_at(d, e->at, "declared here");
}

/* ---- performing ---- */

/* Evaluates the arguments, then raises. */
static core *unhandled_code(const core *x, span at) {
    size_t n = x->count - ARGUMENTS;
    core **items = NEW_ARRAY(core *, n + 1);
    for (size_t i = 0; i < n; i++) items[i] = x->items[ARGUMENTS + i];
    items[n] = core_prim2("%unhandled-effect", x->items[TYPE], x->items[OP], at);
    return core_seq(items, n + 1, at);
}

core *simplify_effect(const effect_set *s, diag *d, core *x) {
    const char *type = x->items[TYPE]->datum->text, *op = x->items[OP]->datum->text;
    check_declared(s, d, type, op, x->count - ARGUMENTS, x->at);
    if (is_handled(s, type)) return x;
    if (x->items[DEFAULT]->kind == CORE_BUILTIN)
        return core_call(x->items[DEFAULT], x->items + ARGUMENTS, x->count - ARGUMENTS, x->at);
    if (x->items[DEFAULT]->kind == CORE_PRIM) { /* %undef; else an error was reported */
        diag_warning(d, W0134, x->at, "nothing in the program handles %s:%s", type, op);
        diag_hint(d, "install a handler: (handler ((%s:%s (fn (...) ...))) body ...)", type, op);
    }
    return unhandled_code(x, x->at);
}

/* ---- functions that perform effects ---- */

/* The handled effects that the function performs, as quoted types and operations by turns: at most `room` items. */
static size_t handled_effects(const effect_set *s, const char *function, span at, core **names, size_t room) {
    size_t n = 0;
    const char *effect;
    for (size_t i = 0; n < room && (effect = function_effect(function, i)) != NULL; i++) {
        const char *colon = strchr(effect, ':'), *type = intern(effect, (size_t)(colon - effect));
        if (!is_handled(s, type)) continue;
        names[n++] = core_quote_symbol(type, at);
        names[n++] = core_quote_symbol(intern_cstr(colon + 1), at);
    }
    return n;
}

/* Performs one or several effects: [count] type op ... default, and what follows. */
static core *perform(const char *one, const char *several, core **names, size_t name_count, core *otherwise,
                     core *const *rest, size_t rest_count, span at) {
    bool single = name_count == 2;
    core **items = NEW_ARRAY(core *, name_count + rest_count + 2);
    size_t n = 0;
    if (!single) items[n++] = core_int((int64_t)name_count / 2, at);
    memcpy(items + n, names, name_count * sizeof *names);
    n += name_count;
    items[n++] = otherwise;
    if (rest_count) memcpy(items + n, rest, rest_count * sizeof *rest);
    return core_prim(single ? one : several, items, n + rest_count, at);
}

enum { MOST_NAMES = 8 };

core *effect_of_call(const effect_set *s, const core *call) {
    if (!s->handled_count && !s->all_handled) return NULL;
    core *names[MOST_NAMES];
    size_t n = handled_effects(s, call->a->prim->name, call->at, names, MOST_NAMES);
    if (!n) return NULL;
    return perform("%perform", "%perform-any", names, n, call->a, call->items, call->count, call->at);
}

core *effect_of_value(const effect_set *s, const core *function) {
    if (!s->handled_count && !s->all_handled) return NULL;
    span at = function->at;
    core *names[MOST_NAMES];
    size_t n = handled_effects(s, function->prim->name, at, names, MOST_NAMES);
    if (!n) return NULL;
    lambda *fn = NEW(lambda);
    *fn = (lambda){.name = function->prim->name, .at = at, .params = NEW_ARRAY(var *, 1), .rest = true};
    fn->params[0] = var_temp(at);
    core *arguments = core_local(fn->params[0], at), *otherwise = core_library_value(function->prim->name, at);
    fn->body = perform("%perform-list", "%perform-any-list", names, n, otherwise, &arguments, 1, at);
    return core_lambda(fn, at);
}
