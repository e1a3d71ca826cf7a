/* expand.c: the surface language becomes core: the module, names, and the dispatch to the forms.
 *
 * In:  data from read_source().
 * Out: module: core trees whose locals are bound (CORE_LOCAL); all other names are CORE_GLOBAL for the resolver. Calls
 * that user code cannot redirect are CORE_PRIM. Hidden definitions (names with %) come first. Requires: nothing; any
 * data is taken. Reports what is wrong and goes on with nil in its place. */
#include <string.h>

#include "borrowed.h"
#include "macro.h"
#include "session.h"
#include "text.h"

/* ---- scopes ---- */

static size_t bucket_of(const char *name) {
    return ((uintptr_t)name >> 4) * 0x9e3779b97f4a7c15u >> 32 & (SCOPE_BUCKETS - 1);
}

size_t scope_depth(const expander *x) { return x->scope ? x->scope->depth : 0; }

binding *scope_bind(expander *x, const char *name, var *v) {
    binding *b = NEW(binding);
    binding **bucket = &x->buckets[bucket_of(name)];
    *b = (binding){.name = name, .var = v, .shadowed = *bucket, .older = x->scope, .depth = scope_depth(x) + 1};
    *bucket = b;
    x->scope = b;
    return b;
}

/* Among the `depth` oldest bindings. */
static binding *find_below(const expander *x, const char *name, size_t depth) {
    binding *b = x->buckets[bucket_of(name)];
    while (b && (b->name != name || b->depth > depth)) b = b->shadowed;
    return b;
}

static binding *find_from(const expander *x, const char *name, size_t depth) {
    for (;;) {
        binding *b = find_below(x, name, depth);
        const name_copy *copy = name_copied(name);
        if (b || !copy) return b;
        name = copy->of;
        depth = copy->made->instance->m->depth;
    }
}

/* What the clauses of an actor find bound is bound in those of a template too. */
static binding *find_implicit(const expander *x, const char *name) {
    if (top_find(x, name)) return NULL;
    binding *b = find_below(x, name_base(name), SIZE_MAX);
    return b && b->implicit ? b : NULL;
}

binding *scope_find(const expander *x, const char *name) {
    binding *b = x->buckets[bucket_of(name)];
    while (b && b->name != name) b = b->shadowed;
    if (b || !name_copied(name)) return b;
    b = find_from(x, name, SIZE_MAX);
    return b ? b : find_implicit(x, name);
}

void scope_leave(expander *x, const binding *mark) {
    for (; x->scope != mark; x->scope = x->scope->older) {
        binding *b = x->scope;
        x->buckets[bucket_of(b->name)] = b->shadowed;
        if (b->expected_used && !b->used && b->name[0] != '_' && !name_copied(b->name))
            PUSH(x->unused, x->unused_count, x->unused_capacity, ((unused_name){b->name, b->var->at}));
    }
}

/* ---- names of the module ---- */

static size_t top_slot(const top_name *slots, size_t size, const char *name) {
    size_t i = ((uintptr_t)name >> 4) * 0x9e3779b97f4a7c15u >> 20 & (size - 1);
    while (slots[i].name && slots[i].name != name) i = (i + 1) & (size - 1);
    return i;
}

const top_name *top_find_here(const expander *x, const char *name) {
    if (!x->top_name_slots) return NULL;
    const top_name *t = &x->top_names[top_slot(x->top_names, x->top_name_slots, name)];
    return t->name ? t : NULL;
}

static bool is_at_home(const expander *x, const name_copy *c) { return c->made->instance->m->home == x; }

const char *top_spelling(const expander *x, const char *name) {
    for (const name_copy *c; (c = name_copied(name)) && !top_find_here(x, name) && is_at_home(x, c);) name = c->of;
    return name;
}

const top_name *top_find(const expander *x, const char *name) {
    name = top_spelling(x, name);
    const top_name *t = top_find_here(x, name);
    if (!t) t = name_copied(name) ? find_for_macro(x, name) : find_member(x, name);
    if (t && t->use) *t->use = true;
    return t;
}

/* What is not defined, here and where the macro was, means the same under the same name: a word or builtin. */
static bool same_top(const expander *x, const char *name, const char *other, const macro *m) {
    if (m->home == x) return top_spelling(x, name) == top_spelling(x, other);
    const top_name *a = top_find(x, name), *b = top_find(m->home, other);
    return a && b ? a->imported && refers_to(a->imported, m->home, b) : !a && !b && name_base(name) == name_base(other);
}

bool same_meaning(const expander *x, const char *name, const char *other, const macro *m) {
    const binding *a = find_from(x, name, SIZE_MAX), *b = find_from(x, other, m->depth);
    return a || b ? a == b : same_top(x, name, other, m);
}

const char *derived_name(const char *name, const char *made) {
    const name_copy *copy = name_copied(name);
    made = intern_cstr(made);
    return copy ? instance_copy(copy->made->instance, derived_name(copy->of, made)) : made;
}

static void top_names_grow(expander *x) {
    size_t size = x->top_name_slots ? x->top_name_slots * 2 : 64;
    top_name *slots = NEW_ARRAY(top_name, size);
    for (size_t i = 0; i < x->top_name_slots; i++)
        if (x->top_names[i].name) slots[top_slot(slots, size, x->top_names[i].name)] = x->top_names[i];
    x->top_names = slots;
    x->top_name_slots = size;
}

void top_set(expander *x, top_name t) {
    if (x->top_name_count * 2 >= x->top_name_slots) top_names_grow(x);
    top_name *slot = &x->top_names[top_slot(x->top_names, x->top_name_slots, t.name)];
    x->top_name_count += !slot->name;
    *slot = t;
    x->has_macros |= t.macro != NULL;
}

static void define_top(expander *x, top_name t) {
    top_set(x, t);
    PUSH(x->defined, x->defined_count, x->defined_capacity, t.name);
}

static void declare_top(expander *x, const char *name, const variant *v) {
    const top_name *old = top_find_here(x, name);
    if (old && !old->implied) return; /* the resolver reports the second definition */
    define_top(x, (top_name){.name = name, .variant = v});
}

void declare_macro(expander *x, const char *name, macro *m) { define_top(x, (top_name){.name = name, .macro = m}); }

const variant *variant_find(const expander *x, const char *name) {
    const binding *b = scope_find(x, name);
    if (b) return b->variant;
    const top_name *t = top_find(x, name);
    return t ? t->variant : NULL;
}

bool is_user_defined(const expander *x, const char *name) {
    const binding *b = scope_find(x, name);
    return b ? b->implicit == NOT_IMPLICIT : top_find(x, name) != NULL;
}

bool name_bound(const expander *x, const char *name) {
    return is_user_defined(x, name) || builtin_find(name) || special_form_find(name) || call_form_find(name);
}

const char *define_hidden(expander *x, const char *name, core *value, span at) {
    const char *unique = intern_cstr(name);
    for (size_t n = 2; top_find(x, unique); n++) unique = intern_cstr(arena_printf("%s:%zu", name, n));
    declare_top(x, unique, NULL);
    PUSH(x->hidden, x->hidden_count, x->hidden_capacity,
         ((top){.kind = TOP_DEFINE, .at = at, .name = unique, .name_at = at, .place = at, .value = value}));
    return unique;
}

/* ---- data ---- */

bool is_symbol(const datum *d, const char *name) { return d->kind == DATUM_SYMBOL && same_text(d->text, name); }

bool is_headed(const datum *d, const char *name) {
    return d->kind == DATUM_LIST && d->count > 0 && !d->tail && is_symbol(d->items[0], name);
}

bool is_quoted(const datum *d) { return d->count == 2 && is_headed(d, "quote"); }

datum *datum_list(datum **items, size_t count, span at) {
    datum *d = NEW(datum);
    *d = (datum){.kind = DATUM_LIST, .at = at, .items = items, .count = count};
    return d;
}

/* ---- core ---- */

core *core_fix(lambda **fns, size_t count, core *body, span at) {
    core *c = NEW(core);
    *c = (core){.kind = CORE_FIX, .at = at, .fns = fns, .count = count, .b = body};
    return c;
}

core *core_prim0(const char *name, span at) { return core_prim(name, NEW_ARRAY(core *, 1), 0, at); }

core *core_prim1(const char *name, core *a, span at) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = a;
    return core_prim(name, items, 1, at);
}

core *core_prim2(const char *name, core *a, core *b, span at) {
    core **items = NEW_ARRAY(core *, 2);
    items[0] = a, items[1] = b;
    return core_prim(name, items, 2, at);
}

core *core_prim3(const char *name, core *a, core *b, core *c, span at) {
    core **items = NEW_ARRAY(core *, 3);
    items[0] = a, items[1] = b, items[2] = c;
    return core_prim(name, items, 3, at);
}

core *core_library_value(const char *name, span at) {
    const builtin *row = builtin_find(name);
    core *f = core_global(intern_cstr(name), at);
    if (row) {
        f->kind = CORE_BUILTIN;
        f->prim = row;
    }
    return f;
}

core *core_library_call(const char *name, core **items, size_t count, span at) {
    return core_call(core_library_value(name, at), items, count, at);
}

core *core_call1(core *f, core *a, span at) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = a;
    return core_call(f, items, 1, at);
}

core *core_seq2(core *a, core *b, span at) {
    core **items = NEW_ARRAY(core *, 2);
    items[0] = a, items[1] = b;
    return core_seq(items, 2, at);
}

core *core_thunk(core *body, span at) {
    lambda *fn = NEW(lambda);
    *fn = (lambda){.at = at, .params = NEW_ARRAY(var *, 1), .body = body};
    return core_lambda(fn, at);
}

label *label_new(const char *name, size_t param_count) {
    label *l = NEW(label);
    *l = (label){.name = name, .params = NEW_ARRAY(var *, param_count + 1), .count = param_count};
    return l;
}

/* ---- special forms ---- */

static const special_form *special_form_named(const expander *x, const datum *form) {
    const datum *head = form->items[0];
    /* 'x means (quote x) even where a local is called quote. */
    if (head->kind != DATUM_SYMBOL || (!form->sugar && scope_find(x, head->text))) return NULL;
    const special_form *row = special_form_find(head->text);
    return row || top_find(x, head->text) ? row : call_form_find(head->text);
}

const special_form *special_form_of(const expander *x, const datum *form) {
    if (form->kind != DATUM_LIST || form->count == 0 || form->tail) return NULL;
    return special_form_named(x, form);
}

bool is_form(const expander *x, const datum *form, const char *name) {
    return is_headed(form, name) && special_form_of(x, form) != NULL;
}

static bool operands_fit(const datum *form, const special_form *row) {
    size_t given = form->count - 1;
    return given >= (size_t)row->min && (row->max < 0 || given <= (size_t)row->max);
}

static const char *operand_range(const special_form *row) {
    const char *plural = row->min == 1 && row->max <= 1 ? "" : "s";
    if (row->max < 0) return arena_printf("at least %d operand%s", row->min, row->min == 1 ? "" : "s");
    if (row->min == row->max) return arena_printf("%d operand%s", row->min, plural);
    return arena_printf("%d to %d operands", row->min, row->max);
}

bool check_operands(expander *x, const datum *form, const special_form *row) {
    if (operands_fit(form, row)) return true;
    diag_error(x->d, E0101, form->at, "%s takes %s, but has %zu", row->name, operand_range(row), form->count - 1);
    diag_hint(x->d, "write %s", row->usage);
    return false;
}

static core *expand_special(expander *x, datum *form, const special_form *row) {
    if (!check_operands(x, form, row)) return core_nil(form->at);
    return row->expand(x, form);
}

/* ---- names ---- */

static core *expand_local(binding *b, span at) {
    core *node = core_local(b->var, at);
    b->used = true;
    if (b->body) body_note_reference(b->body, b->item, node);
    return node;
}

/* ---- names that nothing has: what was meant? ---- */

static datum *symbol_datum(const char *name, span at) {
    datum *d = NEW(datum);
    *d = (datum){.kind = DATUM_SYMBOL, .at = at, .text = name, .size = strlen(name)};
    return d;
}

static const char *nearest_of(const char *name, const char *const *candidates, size_t count) {
    return count ? did_you_mean(name, candidates, count) : NULL;
}

static const char *nearest_form(const char *name) {
    size_t count;
    const char *const *names = special_form_names(&count);
    return nearest_of(name, names, count);
}

static const char *nearest_binding(const expander *x, const char *name) {
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    for (const binding *b = x->scope; b; b = b->older) PUSH(names, count, capacity, b->name);
    return nearest_of(name, names, count);
}

/* Of the names that the resolver does not know: locals and special forms. */
static const char *nearest_local(const expander *x, const char *name) {
    const char *found[] = {nearest_binding(x, name), nearest_form(name)};
    if (!found[0]) return found[1];
    return found[1] ? did_you_mean(name, found, 2) : found[0];
}

static const char *nearest_top(const expander *x, const char *name) {
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < x->top_name_slots; i++)
        if (x->top_names[i].name) PUSH(names, count, capacity, x->top_names[i].name);
    return nearest_of(name, names, count);
}

/* The special form that a misspelt head must have meant, as no other name is as near; or NULL. */
static const char *misspelt_form(const expander *x, const char *name) {
    const char *form = nearest_form(name), *nearest[4];
    if (!form) return NULL;
    size_t builtins, n = 0;
    const char *const *names = builtin_names(&builtins);
    const char *others[] = {nearest_binding(x, name), nearest_top(x, name), nearest_of(name, names, builtins)};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i]) nearest[n++] = others[i];
    nearest[n++] = form;
    return did_you_mean(name, nearest, n) == form ? form : NULL;
}

/* Its operands are not expanded: they are no expressions, so their names would all seem unknown. */
static core *report_misspelt(expander *x, const datum *form, const char *hint) {
    const datum *head = form->items[0];
    diag_error(x->d, E0302, head->at, "%s is not defined", head->text);
    diag_hint(x->d, "%s", hint);
    return core_nil(form->at);
}

static bool is_session_name(const session_names *s, const char *name) {
    return s && is_one_of(name_base(name), s->names, s->count);
}

/* Is it the name of an effect or of something to come, and nothing that exists? */
static bool is_free_name(const expander *x, const char *name) {
    return !top_find(x, name) && !builtin_find(name) && !is_session_name(x->unit->session, name);
}

static core *expand_name(expander *x, const datum *d) {
    binding *b = scope_find(x, d->text);
    if (b && b->macro) return report_macro_value(x, d);
    if (b) return expand_local(b, d->at);
    if (x->has_macros && macro_named(x, d->text)) return report_macro_value(x, d);
    if (!is_free_name(x, d->text)) return core_global(top_spelling(x, d->text), d->at);
    core *value = call_form_value(d->text, d->at);
    if (value) return value;
    if (special_form_find(d->text) || call_form_find(d->text)) {
        diag_error(x->d, E0110, d->at, "%s is a special form, not a value", d->text);
        diag_hint(x->d, "use it as (%s ...); to pass it on, wrap it in a function: (fn (x) (%s ...))", d->text,
                  d->text);
        return core_nil(d->at);
    }
    if (report_missing_member(x, d)) return core_nil(d->at);
    if (is_known_effect(x, d->text)) return expand_effect_value(x, d->text, d->at);
    core *node = core_global(top_spelling(x, d->text), d->at);
    const char *near = nearest_local(x, d->text);
    if (near) node->datum = symbol_datum(near, d->at);
    return node;
}

/* ---- calls ---- */

static core **expand_all(expander *x, datum **items, size_t count) {
    core **out = NEW_ARRAY(core *, count + 1);
    for (size_t i = 0; i < count; i++) out[i] = expand_form(x, items[i]);
    return out;
}

static bool is_constant_variant(const expander *x, const datum *head) {
    const variant *v = variant_find(x, head->text);
    return v && v->type && v->fields == 0;
}

static bool is_near_own(const expander *x, const char *name) {
    return nearest_top(x, name) || nearest_binding(x, name);
}

/* What a head is in another language, unless it is rather a name of the program itself, misspelt. */
static const borrowed_word *borrowed_head(const expander *x, const char *name) {
    const borrowed_word *word = borrowed_word_find(name);
    return word && !word->defines && is_near_own(x, name) ? NULL : word;
}

/* A call by a name that nothing in the program or the library has: an effect. NULL: it is none. */
static core *expand_free_call(expander *x, datum *form) {
    const char *name = form->items[0]->text;
    const borrowed_word *word = borrowed_head(x, name);
    if (word) return report_misspelt(x, form, word->hint);
    const char *colon = strchr(name, ':');
    if (!colon || colon == name || !colon[1]) {
        const char *meant = misspelt_form(x, name);
        return meant ? report_misspelt(x, form, arena_printf("did you mean `%s`?", meant)) : NULL;
    }
    if (!is_known_effect(x, name) && is_near_own(x, name)) return NULL; /* misspelt */
    return expand_effect_call(x, name, form->items + 1, form->count - 1, form->at);
}

static core *expand_call(expander *x, datum *form) {
    datum *head = form->items[0];
    binding *local = head->kind == DATUM_SYMBOL ? scope_find(x, head->text) : NULL;
    /* In an actor's clauses self is the actor, and (self) is too, as everywhere. */
    if (local && local->implicit == IMPLICIT_SELF && form->count == 1) return expand_local(local, form->at);
    if (head->kind == DATUM_SYMBOL && !local) {
        if (form->count == 1 && is_constant_variant(x, head)) {
            diag_error(x->d, E0123, form->at, "%s has no fields: it is a constant, not a procedure", head->text);
            diag_hint(x->d, "write %s without parentheses", head->text);
            return core_nil(form->at);
        }
        if (is_free_name(x, head->text) && report_missing_member(x, head)) return core_nil(form->at);
        core *free_call = is_free_name(x, head->text) ? expand_free_call(x, form) : NULL;
        if (free_call) return free_call;
    }
    core *operator_ = expand_form(x, head);
    return core_call(operator_, expand_all(x, form->items + 1, form->count - 1), form->count - 1, form->at);
}

static core *expand_list(expander *x, datum *form) {
    if (x->has_macros && macro_of(x, form)) return expand_macro(x, form);
    if (form->tail) {
        diag_error(x->d, E0122, form->at, "a form with a dot cannot be evaluated");
        diag_hint(x->d,
                  "to call a function with the elements of a list, write (apply f a list); data is quoted: '(a . b)");
        return core_nil(form->at);
    }
    if (form->count == 0) return core_const(form, form->at);
    const special_form *row = special_form_named(x, form);
    return row ? expand_special(x, form, row) : expand_call(x, form);
}

core *expand_form(expander *x, datum *d) {
    switch (d->kind) {
    case DATUM_SYMBOL: return expand_name(x, d);
    case DATUM_LIST: return expand_list(x, d);
    case DATUM_BRACKET: return expand_list_literal(x, d);
    case DATUM_BRACE: return expand_dict_literal(x, d);
    default: return core_const(d, d->at);
    }
}

core *expand_test(expander *x, datum *d) {
    d = expand_head(x, d);
    if (is_form(x, d, "and")) return expand_and_or_test(x, d, true);
    if (is_form(x, d, "or")) return expand_and_or_test(x, d, false);
    return expand_form(x, d);
}

void name_lambda(lambda *fn, const char *name) {
    fn->name = name;
    const core *body = fn->body;
    bool async = body->kind == CORE_PRIM && strcmp(body->prim->name, "%async") == 0;
    if (async && body->items[0]->kind == CORE_LAMBDA) body->items[0]->fn->name = name;
}

core *expand_named(expander *x, datum *d, const char *name) {
    core *value = expand_form(x, d);
    if (value->kind == CORE_LAMBDA && !value->fn->name) name_lambda(value->fn, name);
    return value;
}

/* ---- the module ---- */

void declare_definition(expander *x, definition *def) {
    const top_name *old = top_find_here(x, def->name);
    if (old && old->macro) {
        diag_error(x->d, E0301, def->place, "%s is defined twice", def->name);
        diag_note_at(x->d, old->macro->at, "the other definition, a macro");
        diag_hint(x->d, "rename one of the two");
        return;
    }
    if (special_form_find(def->name)) {
        diag_error(x->d, E0111, def->place, "%s is a special form and cannot be redefined", def->name);
        diag_hint(x->d, "choose another name; only local variables may be called %s", def->name);
        return;
    }
    if (!check_imported(x, def->name, def->place)) return;
    if (def->owner)
        PUSH(x->family, x->family_count, x->family_capacity, ((family_member){def->name, def->owner, def->name_at}));
    if (call_form_find(def->name) && !builtin_find(def->name))
        diag_warning(x->d, W0131, def->name_at, "%s is a form of the language: this definition replaces it", def->name);
    declare_top(x, def->name, def->variant);
}

static void expand_top_definition(expander *x, const definition *def) {
    deferral own;
    deferral_enter(x, &own);
    core *value = expand_definition(x, def);
    value = deferral_leave(x, value, def->at);
    if (special_form_find(def->name)) return; /* reported */
    const char *doc = value->kind == CORE_LAMBDA ? value->fn->doc : NULL;
    top t = {.kind = TOP_DEFINE,
             .at = def->at,
             .name = def->name,
             .name_at = def->name_at,
             .place = def->place,
             .value = value,
             .doc = doc};
    if (def->early)
        PUSH(x->hidden, x->hidden_count, x->hidden_capacity, t);
    else
        PUSH(x->tops, x->top_count, x->top_capacity, t);
}

static void expand_top(expander *x, const body_item *item) {
    deferral own; /* outside of functions, what is deferred runs at the end of the top-level form */
    if (item->def) {
        expand_top_definition(x, item->def);
        return;
    }
    deferral_enter(x, &own);
    core *value = deferral_leave(x, expand_form(x, item->forms[0]), item->at);
    PUSH(x->tops, x->top_count, x->top_capacity, ((top){.kind = TOP_EXPR, .at = item->at, .value = value}));
}

/* Only where nothing is wrong otherwise: after an error the uses may be in code that was given up. */
static void report_unused(expander *x) {
    if (diag_failed(x->d)) return;
    for (size_t i = 0; i < x->unused_count; i++) {
        const unused_name *u = &x->unused[i];
        diag_warning(x->d, W0113, u->at, "variable %s is never used", u->name);
        diag_hint(x->d, "remove it, or call it _%s if that is meant", u->name);
    }
}

static module *make_module(expander *x) {
    const module_unit *unit = x->unit;
    module *m = x->module;
    *m = (module){.name = unit->name, .src = unit->src, .unit = unit, .count = x->hidden_count + x->top_count};
    m->foreigns = x->foreigns, m->foreign_count = x->foreign_count;
    m->handled = x->handled, m->handled_count = x->handled_count;
    m->new_tags = x->new_tags;
    m->effects = x->effects, m->effect_count = x->effect_count;
    m->assigned = x->assigned;
    m->assigned_count = x->assigned_count;
    m->tops = NEW_ARRAY(top, m->count + 1);
    if (x->hidden_count) memcpy(m->tops, x->hidden, x->hidden_count * sizeof(top));
    if (x->top_count) memcpy(m->tops + x->hidden_count, x->tops, x->top_count * sizeof(top));
    finish_module(x, m);
    return m;
}

static top code_top(core *value, span at) { return (top){.kind = TOP_EXPR, .at = at, .value = value}; }

void note_expanded(expander *x, datum *d) {
    scan_effects(x, &d, 1);
    x->new_tags |= add_message_tags(x->tags, d);
}

module *expand(module_unit *unit, message_tags *tags, diag *d) {
    expander *x = NEW(expander);
    span start = {.src = unit->src};
    x->d = d;
    x->unit = unit;
    x->module = unit->module = NEW(module);
    x->tags = tags;
    x->runs_tests = unit->runs_tests;
    x->no_contracts = unit->no_contracts;
    if (x->runs_tests) PUSH(x->hidden, x->hidden_count, x->hidden_capacity, code_top(expand_tests_begin(start), start));
    item_list items = {.top = true};
    scan_effects(x, unit->forms, unit->count);
    declare_imports(x);
    collect_items(x, unit->forms, unit->count, &items);
    for (size_t i = 0; i < items.count; i++)
        if (items.items[i].def) declare_definition(x, items.items[i].def);
    mend_borrowed(x, &items);
    attach_contracts(x, &items);
    for (size_t i = 0; i < items.count; i++) {
        diag_expanding(x->d, items.items[i].expansion);
        expand_top(x, &items.items[i]);
    }
    diag_expanding(x->d, NULL);
    report_unused(x);
    if (x->runs_tests) PUSH(x->tops, x->top_count, x->top_capacity, code_top(expand_tests_run(start), start));
    return make_module(x);
}
