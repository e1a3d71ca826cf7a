/* resolve.c: binds names to top-level definitions and builtins, checks arities, and makes the main procedure.
 *
 * In:  modules from expand(), whose locals are bound already.
 * Out: program; every CORE_GLOBAL has its global, calls of builtins are CORE_PRIM, other uses of builtins CORE_BUILTIN.
 * Requires: nothing.  Breaks: the modules' trees, which it rewrites in place. */
#include <assert.h>
#include <string.h>

#include "borrowed.h"
#include "effects.h"
#include "modules.h"
#include "program.h"

typedef struct resolver {
    program *p;
    diag *d;
    module *module;          /* being resolved */
    name_map *names;         /* its names: global */
    const char **candidates; /* for "did you mean": made at the first need in a module */
    size_t candidate_count;
    effect_set *effects;
    int lambda_depth; /* of the expression being resolved: 0 is evaluated in the order of the text */
} resolver;

/* ---- names ---- */

static global *find_global(const resolver *r, const char *name) { return name_map_get(r->names, name); }

static void add_global(resolver *r, global *g) {
    name_map_put(r->names, g->name, g);
    PUSH(r->p->globals, r->p->global_count, r->p->global_capacity, g);
}

/* The files of the library share their names. */
static void enter_module(resolver *r, module *m) {
    r->module = m;
    if (!r->p->stdlib || !r->names) r->names = &m->globals;
    r->candidates = NULL;
    r->candidate_count = 0;
}

/* Names that refer to other modules. Those of definitions that were in error stay unknown. */
static void add_references(resolver *r, const module *m) {
    for (size_t i = 0; i < m->reference_count; i++) {
        const module_export *e = m->references[i].export;
        global *old = find_global(r, m->references[i].name);
        global *g = e->inner ? name_map_get(&e->home->globals, e->inner) : NULL;
        if (g && (!old || old->module != m)) name_map_put(r->names, m->references[i].name, g);
    }
}

static void define_global(resolver *r, top *t) {
    global *old = find_global(r, t->name);
    if (old) {
        diag_error(r->d, E0301, t->place, "%s is defined twice", t->name);
        diag_note_at(r->d, old->place, "first defined here");
        diag_hint(r->d, "rename one of the two, or use (set! %s ...) to give it a new value", t->name);
        return;
    }
    if (!r->p->stdlib && builtin_find(t->name)) {
        diag_warning(r->d, W0131, t->name_at, "%s is a builtin: this definition replaces it in this module", t->name);
    }
    global *g = NEW(global);
    *g = (global){
        .name = t->name, .at = t->name_at, .place = t->place, .module = r->module, .order = (int)r->p->global_count};
    if (t->value->kind == CORE_LAMBDA) {
        g->fn = t->value->fn;
        if (!g->fn->name) g->fn->name = t->name;
    }
    g->init = t->value;
    add_global(r, g);
}

static void collect_candidates(resolver *r) {
    size_t builtins;
    const module *m = r->module;
    const char *const *names = builtin_names(&builtins);
    r->candidates = NEW_ARRAY(const char *, builtins + m->count + m->reference_count + 1);
    for (size_t i = 0; i < m->count; i++)
        if (m->tops[i].kind == TOP_DEFINE && m->tops[i].name[0] != '%')
            r->candidates[r->candidate_count++] = m->tops[i].name;
    for (size_t i = 0; i < m->reference_count; i++) r->candidates[r->candidate_count++] = m->references[i].name;
    memcpy(r->candidates + r->candidate_count, names, builtins * sizeof *names);
    r->candidate_count += builtins;
}

static bool is_candidate(const resolver *r, const char *name) {
    for (size_t i = 0; i < r->candidate_count; i++)
        if (strcmp(r->candidates[i], name) == 0) return true;
    return false;
}

/* The nearest of the names that reach the reference: node->datum is the nearest local or special form. */
static const char *nearest_name(resolver *r, const core *node) {
    if (!r->candidates) collect_candidates(r);
    const char *near = did_you_mean(node->name, r->candidates, r->candidate_count);
    if (!node->datum) return near;
    bool own = near && find_global(r, near); /* of two that are as near, the program's own */
    const char *both[] = {own ? near : node->datum->text, own ? node->datum->text : near};
    return did_you_mean(node->name, both, near ? 2 : 1);
}

static const module_unit *exporter_among(module_unit *const *units, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (find_export(units[i]->module, name)) return units[i];
    return NULL;
}

/* A module that this one could have the name from, without another import: NULL: none. */
static const module_unit *exporter_of(const module *m, const char *name) {
    const module_unit *u = m->unit;
    const module_unit *found = exporter_among(u->before, u->before_count, name);
    for (size_t i = 0; i < u->import_count && !found; i++)
        found = exporter_among(u->imports[i].units, u->imports[i].unit_count, name);
    return found;
}

static void report_unknown(resolver *r, const core *node) {
    diag_error(r->d, E0302, node->at, "%s is not defined", node->name);
    const module_unit *exporter = exporter_of(r->module, node->name);
    if (exporter) {
        diag_hint(r->d, "module %s exports it: write %s.%s, or import the name", exporter->name, exporter->name,
                  node->name);
        return;
    }
    const char *near = nearest_name(r, node);
    bool own = near && (find_global(r, near) || (node->datum && near == node->datum->text));
    const borrowed_word *word = own ? NULL : borrowed_word_find(node->name);
    const char *dot = strchr(node->name + 1, '.');
    if (!word && strncmp(node->name, "make-", 5) == 0 && is_candidate(r, node->name + 5))
        diag_hint(r->d, "write (%s ...)", node->name + 5);
    else if (!word && !near && dot && dot[1] && strchr(dot + 1, '.') == NULL)
        diag_hint(
            r->d,
            "a part of a dict is (get %.*s :%s), of a record (TYPE-%s %.*s); MODULE.NAME needs (import \"MODULE\")",
            (int)(dot - node->name), node->name, dot + 1, dot + 1, (int)(dot - node->name), node->name);
    else if (word)
        diag_hint(r->d, "%s", word->hint);
    else if (near)
        diag_hint(r->d, "did you mean `%s`?", near);
    else
        diag_hint(r->d, "define it with (define %s ...), or check the spelling", node->name);
}

static const builtin *visible_builtin(const resolver *r, const char *name) {
    return name[0] == '%' && name[1] && !r->p->stdlib ? NULL : builtin_find(name);
}

/* ---- arities ---- */

static const char *arity_text(int min, int max) {
    if (max < 0) return arena_printf("at least %d argument%s", min, min == 1 ? "" : "s");
    if (min == max) return arena_printf("%d argument%s", min, min == 1 ? "" : "s");
    return arena_printf("%d to %d arguments", min, max);
}

static void report_arity(resolver *r, const core *call, const char *name, int min, int max, const char *usage) {
    diag_error(r->d, E0303, call->at, "%s takes %s, but is called with %zu", name, arity_text(min, max), call->count);
    if (call->count == 3 && strcmp(name, "assoc") == 0 && max == 2)
        diag_hint(r->d,
                  "(assoc key pairs) looks in a list of pairs; a dict with one more key is (dict-set d key value)");
    else if (usage)
        diag_hint(r->d, "write %s", usage);
}

/* Effects such as state:get are rows with another name, but documented by their own. */
static const char *called_name(const builtin *b, const char *name) {
    if (name[0] != '%' || !name[1] || b->doc[0] != '(' || b->doc[1] == '%') return name;
    return arena_printf("%.*s", (int)strcspn(b->doc + 1, " )"), b->doc + 1);
}

/* How a library procedure is called, by the name that it was called by: the documentation begins with it. */
static const char *usage_of(const builtin *b, const char *name) {
    const char *own = called_name(b, b->name);
    size_t n = strlen(own);
    if (b->doc[0] != '(' || strncmp(b->doc + 1, own, n) != 0) return NULL;
    const char *rest = b->doc + 1 + n;
    return arena_printf("(%s%.*s", name, (int)(builtin_signature_end(b->doc) - rest), rest);
}

static int lambda_max(const lambda *fn) { return fn->rest ? -1 : (int)(fn->required + fn->optional); }

static bool arity_fits(int min, int max, size_t given) { return (int)given >= min && (max < 0 || (int)given <= max); }

static bool is_word(const core *x, datum_kind kind) { return x->kind == CORE_CONST && x->datum->kind == kind; }

/* (error 'kind message data ...): with a kind there is one value as data only. */
static void check_error_call(resolver *r, const core *call) {
    size_t n = call->count;
    if (n <= 3 || !(is_word(call->items[0], DATUM_SYMBOL) || is_word(call->items[0], DATUM_KEYWORD))) return;
    const core *key = call->items[n - 2];
    if (is_word(key, DATUM_KEYWORD) && strcmp(key->datum->text, "cause") == 0) n -= 2;
    if (n <= 3) return;
    diag_error(r->d, E0303, call->at, "error with a kind takes one value as data behind the message, but is given %zu",
               n - 2);
    diag_hint(r->d, "put the data into a list: (error kind message (list a b))");
}

/* An option of spawn-actor that is misspelt counts as an argument. */
static void hint_option(resolver *r, const core *call) {
    static const char *const options[] = {"name", "link", "monitor"};
    const core *key = call->count >= 2 ? call->items[call->count - 2] : NULL;
    if (!key || key->kind != CORE_CONST || key->datum->kind != DATUM_KEYWORD) return;
    const char *near = did_you_mean(key->datum->text, options, 3);
    if (near) diag_hint(r->d, "did you mean `:%s`, the option of spawn-actor?", near);
}

static void check_known_call(resolver *r, const core *call, const lambda *fn, span defined_at) {
    int min = (int)fn->required, max = lambda_max(fn);
    if (arity_fits(min, max, call->count)) return;
    report_arity(r, call, fn->name ? fn->name : "this procedure", min, max, NULL);
    if (call->spawns) hint_option(r, call);
    if (defined_at.src) diag_note_at(r->d, defined_at, "defined here");
}

/* ---- the walk ---- */

static void resolve_expr(resolver *r, core *x);

static void resolve_child(core **child, void *context) { resolve_expr(context, *child); }

/* Of a module that has run before this one begins. */
static bool is_imported(const resolver *r, const global *g) { return g->module != r->module && !r->p->stdlib; }

static void resolve_reference(resolver *r, core *x) {
    global *g = find_global(r, x->name);
    if (g) {
        x->global = g;
        x->ready = (g->ready && r->lambda_depth == 0) || is_imported(r, g);
        g->used = true;
        return;
    }
    const builtin *b = visible_builtin(r, x->name);
    if (b) {
        x->kind = CORE_BUILTIN;
        x->prim = b;
        return;
    }
    report_unknown(r, x);
}

static bool is_unheard_of(resolver *r, const core *x) {
    return x->kind == CORE_GLOBAL && !find_global(r, x->name) && !visible_builtin(r, x->name) &&
           !exporter_of(r->module, x->name) && !borrowed_word_find(x->name) && !nearest_name(r, x);
}

/* (red green blue): no name of it means anything, nor is one misspelt. */
static bool is_unquoted_list(resolver *r, const core *x) {
    for (size_t i = 0; i < x->count; i++) /* before any name is looked up: most calls end here */
        if (x->items[i]->kind != CORE_GLOBAL) return false;
    if (x->count == 0 || !is_unheard_of(r, x->a)) return false;
    for (size_t i = 0; i < x->count; i++)
        if (!is_unheard_of(r, x->items[i])) return false;
    return true;
}

static void report_unquoted_list(const resolver *r, const core *x) {
    const char *names = x->a->name, *list = names;
    for (size_t i = 0; i < x->count; i++) {
        names = arena_printf("%s%s%s", names, i + 1 < x->count ? ", " : " and ", x->items[i]->name);
        list = arena_printf("%s %s", list, x->items[i]->name);
    }
    diag_error(r->d, E0302, x->at, "%s are not defined", names);
    diag_hint(r->d, "a list of symbols is written '(%s); a procedure %s needs a (define (%s ...))", list, x->a->name,
              x->a->name);
}

static void resolve_call(resolver *r, core *x) {
    if (is_unquoted_list(r, x)) {
        report_unquoted_list(r, x);
        return;
    }
    for (size_t i = 0; i < x->count; i++) resolve_expr(r, x->items[i]);
    core *f = x->a;
    if (f->kind == CORE_GLOBAL)
        resolve_reference(r, f);
    else if (f->kind != CORE_BUILTIN)
        resolve_expr(r, f);
    if (f->kind == CORE_BUILTIN) {
        const builtin *b = f->prim;
        if (!arity_fits(b->min, b->max, x->count)) {
            const char *name = called_name(b, f->name);
            report_arity(r, x, name, b->min, b->max, usage_of(b, name));
        } else if (strcmp(b->name, "error") == 0) {
            check_error_call(r, x);
        }
        core *effect = effect_of_call(r->effects, x);
        if (effect) {
            *x = *effect;
            return;
        }
        x->kind = CORE_PRIM;
        x->prim = b;
        x->a = NULL;
    } else if (f->kind == CORE_GLOBAL && f->global && f->global->fn) {
        check_known_call(r, x, f->global->fn, f->global->at);
    } else if (f->kind == CORE_LOCAL && f->var->info && !f->var->assigned) {
        check_known_call(r, x, f->var->info, f->var->at);
    } else if (f->kind == CORE_LAMBDA) {
        check_known_call(r, x, f->fn, (span){0});
    } else if (f->kind == CORE_CONST) {
        diag_warning(r->d, W0132, f->at, "%s is not a procedure: this call raises type-error",
                     datum_text(f->datum, 40));
        diag_hint(r->d, f->datum->kind == DATUM_LIST ? "write (list ...) or '(...) for data"
                                                     : "a form (f x) calls f; write [..] or (list ..) for a list");
    }
}

/* Of the items only the arguments are expressions; the default stays the function itself. */
static void resolve_perform(resolver *r, core *x) {
    core *simple = simplify_effect(r->effects, r->d, x);
    if (simple != x) {
        *x = *simple;
        resolve_expr(r, x);
        return;
    }
    for (size_t i = 3; i < x->count; i++) resolve_expr(r, x->items[i]);
}

static bool is_perform(const core *x) { return strcmp(x->prim->name, "%perform") == 0; }

/* (%perform-list 'type 'op default args) */
static bool is_perform_list(const core *x) { return strcmp(x->prim->name, "%perform-list") == 0; }

/* A builtin as a value. */
static void resolve_builtin(resolver *r, core *x) {
    core *effect = effect_of_value(r->effects, x);
    if (effect) *x = *effect;
}

/* A template of that module may: then the name is a copy. */
static void report_assigned_import(resolver *r, const core *x, const global *g) {
    diag_error(r->d, E0316, x->at, "%s is imported from %s and cannot be assigned here", x->name, g->module->name);
    diag_note_at(r->d, g->place, "its definition");
    diag_hint(r->d, "let %s export a procedure that assigns it", g->module->name);
}

static void resolve_set_global(resolver *r, core *x) {
    resolve_expr(r, x->a);
    global *g = find_global(r, x->name);
    if (!g) {
        if (visible_builtin(r, x->name)) {
            diag_error(r->d, E0305, x->at, "%s is a builtin and cannot be assigned", x->name);
            diag_hint(r->d, "define a variable of your own with (define %s ...) first", x->name);
        } else {
            report_unknown(r, x);
        }
        return;
    }
    if (is_imported(r, g) && !name_copied(x->name)) {
        report_assigned_import(r, x, g);
        return;
    }
    x->global = g;
    g->assigned = true;
    g->fn = NULL;
}

static void resolve_expr(resolver *r, core *x) {
    switch (x->kind) {
    case CORE_GLOBAL:
        resolve_reference(r, x);
        if (x->kind == CORE_BUILTIN) resolve_builtin(r, x);
        break;
    case CORE_BUILTIN: resolve_builtin(r, x); break;
    case CORE_PRIM:
        if (is_perform(x))
            resolve_perform(r, x);
        else if (is_perform_list(x))
            resolve_expr(r, x->items[3]);
        else
            core_children(x, resolve_child, r, true);
        break;
    case CORE_SET_GLOBAL: resolve_set_global(r, x); break;
    case CORE_CALL: resolve_call(r, x); break;
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++) x->fns[i]->self->info = x->fns[i];
        r->lambda_depth++;
        for (size_t i = 0; i < x->count; i++) resolve_expr(r, x->fns[i]->body);
        r->lambda_depth--;
        resolve_expr(r, x->b);
        break;
    case CORE_LET:
        if (x->a->kind == CORE_LAMBDA) x->var->info = x->a->fn;
        core_children(x, resolve_child, r, true);
        break;
    case CORE_LAMBDA:
        r->lambda_depth++;
        resolve_expr(r, x->fn->body);
        r->lambda_depth--;
        break;
    default: core_children(x, resolve_child, r, true); break;
    }
}

/* set! makes a definition a variable; which ones must be known before calls are checked against definitions. */
static void mark_assigned(const resolver *r, const module *m) {
    for (size_t i = 0; i < m->assigned_count; i++) {
        global *g = find_global(r, m->assigned[i]);
        if (!g || (is_imported(r, g) && !name_copied(m->assigned[i]))) continue; /* reported later */
        g->assigned = true;
        g->fn = NULL;
    }
}

static void resolve_top(resolver *r, top *t) {
    resolve_expr(r, t->value);
    global *g = t->kind == TOP_DEFINE ? find_global(r, t->name) : NULL;
    if (g) g->ready = true;
}

/* ---- the main procedure ---- */

static bool evaluated_in_place(const global *g) { return !g->fn; }

static core *top_code(resolver *r, top *t) {
    if (t->kind == TOP_EXPR) return t->value;
    global *g = find_global(r, t->name);
    if (!g || g->init != t->value || !evaluated_in_place(g)) return NULL;
    core *set = core_set_global(t->name, t->value, t->at);
    set->global = g;
    return set;
}

/* Long top levels are cut into procedures of this many forms each, to bound the C compiler's work on one function. */
enum { FORMS_PER_PROCEDURE = 40 };

static lambda *main_lambda(core *body, span at) {
    lambda *fn = NEW(lambda);
    *fn = (lambda){.name = "main", .top_level = true, .at = at, .params = NEW_ARRAY(var *, 1), .body = body};
    return fn;
}

static lambda *part_lambda(core *const *forms, size_t count, core *next) {
    core **items = NEW_ARRAY(core *, count + 1);
    memcpy(items, forms, count * sizeof *items);
    if (next) items[count] = next;
    span at = forms[0]->at;
    return main_lambda(core_seq(items, count + (next ? 1 : 0), at), at);
}

/* A call of fn, which becomes a definition that programs cannot name. */
static core *call_hidden(resolver *r, lambda *fn, const char *name, span at) {
    global *g = NEW(global);
    *g = (global){.name = intern_cstr(name), .at = fn->at, .used = true, .fn = fn, .module = r->module};
    g->init = core_lambda(fn, fn->at);
    add_global(r, g);
    core *f = core_global(g->name, at);
    f->global = g;
    return core_call(f, NEW_ARRAY(core *, 1), 0, at);
}

typedef struct code_list {
    core **items;
    size_t count, capacity;
} code_list;

/* The code of the modules that this one starts stands before its own. */
static void add_starts(const resolver *r, const module_unit *u, code_list *out) {
    for (size_t i = 0; u && i < u->start_count; i++) {
        const module_start *start = &u->starts[i];
        core *call = start->unit->module->start;
        if (!call || (r->p->separate && start->unit->module->external)) continue;
        call->at = call->a->at = start->at;
        PUSH(out->items, out->count, out->capacity, call);
    }
}

static void add_code(resolver *r, const module *m, code_list *out) {
    for (size_t i = 0; i < m->count; i++) {
        core *code = top_code(r, &m->tops[i]);
        if (code) PUSH(out->items, out->count, out->capacity, code);
    }
}

static core *copy_of_start(const module *m, span at) {
    core *f = core_global(m->start->a->name, at);
    f->global = m->start->a->global;
    return core_call(f, NEW_ARRAY(core *, 1), 0, at);
}

static bool is_imported_before(const module_unit *u, size_t import) {
    for (size_t i = 0; i < import; i++)
        if (u->imports[i].units == u->imports[import].units) return true;
    return false;
}

/* Which module starts another one first, only the whole program knows: so each starts all it imports, and those that
 * have run do nothing. */
static void add_external_starts(const module_unit *u, code_list *out) {
    for (size_t i = 0; i < u->import_count; i++) {
        const import_form *import = &u->imports[i];
        if (!import->unit_count || is_imported_before(u, i)) continue;
        const module *m = import->units[import->unit_count - 1]->module;
        if (m->external) PUSH(out->items, out->count, out->capacity, copy_of_start(m, import->at));
    }
}

/* What the module does when it runs, after it has started those that it imports. */
static void add_all_code(resolver *r, const module *m, code_list *out) {
    add_starts(r, m->unit, out);
    if (r->p->separate) add_external_starts(m->unit, out);
    add_code(r, m, out);
}

/* The code as a procedure; long code in several, each of which ends in a call of the next. */
static lambda *code_lambda(resolver *r, const code_list *codes, span at) {
    if (codes->count <= FORMS_PER_PROCEDURE)
        return main_lambda(codes->count ? core_seq(codes->items, codes->count, at) : core_nil(at), at);
    core *next = NULL;
    for (size_t part = (codes->count - 1) / FORMS_PER_PROCEDURE + 1; part-- > 1;) {
        size_t start = part * FORMS_PER_PROCEDURE;
        size_t n = codes->count - start < FORMS_PER_PROCEDURE ? codes->count - start : FORMS_PER_PROCEDURE;
        lambda *fn = part_lambda(codes->items + start, n, next);
        next = call_hidden(r, fn, arena_printf("%%main:%zu", part + 1), fn->at);
    }
    return part_lambda(codes->items, FORMS_PER_PROCEDURE, next);
}

/* What a module does when it runs, as a call for the module that starts it. NULL: nothing. */
static void build_start(resolver *r, module *m) {
    code_list codes = {0};
    span at = {.src = m->src};
    enter_module(r, m);
    add_all_code(r, m, &codes);
    if (codes.count || m->external) m->start = call_hidden(r, code_lambda(r, &codes, at), "%main", at);
}

/* Of several files of the library, all; else of the last module, which starts the others. */
static void build_main(resolver *r, module *const *modules, size_t count) {
    code_list codes = {0};
    size_t first = r->p->stdlib ? 0 : count - 1;
    for (size_t m = 0; m < first; m++) build_start(r, modules[m]);
    for (size_t m = first; m < count; m++) {
        enter_module(r, modules[m]);
        add_all_code(r, modules[m], &codes);
    }
    r->p->main = code_lambda(r, &codes, (span){.src = modules[first]->src});
}

static void mark_exported(const module *m) {
    for (size_t i = 0; i < m->export_count; i++) {
        const module_export *e = m->exports[i];
        global *g = e->inner ? name_map_get(&e->home->globals, e->inner) : NULL;
        if (g) g->exported = true;
    }
}

program *resolve(module *const *modules, size_t count, program_kind kind, diag *d) {
    program *p = NEW(program);
    bool stdlib = kind == LIBRARY_SOURCES;
    p->separate = kind == SEPARATE_MODULE;
    const module *main = modules[stdlib ? 0 : count - 1];
    p->path = main->src ? main->src->path : "?";
    p->module = main;
    p->stdlib = stdlib;
    resolver r = {.p = p, .d = d, .effects = collect_effects(modules, count, p->separate)};
    for (size_t m = 0; m < count; m++) {
        enter_module(&r, modules[m]);
        for (size_t i = 0; i < modules[m]->count; i++)
            if (modules[m]->tops[i].kind == TOP_DEFINE) define_global(&r, &modules[m]->tops[i]);
        add_references(&r, modules[m]);
    }
    for (size_t m = 0; m < count; m++) {
        enter_module(&r, modules[m]);
        mark_assigned(&r, modules[m]);
        for (size_t i = 0; i < modules[m]->foreign_count; i++)
            PUSH(p->foreigns, p->foreign_count, p->foreign_capacity, modules[m]->foreigns[i]);
    }
    for (size_t m = 0; m < count; m++) {
        enter_module(&r, modules[m]);
        for (size_t i = 0; i < modules[m]->count; i++) resolve_top(&r, &modules[m]->tops[i]);
    }
    for (size_t m = 0; m < count && p->separate; m++) mark_exported(modules[m]);
    build_main(&r, modules, count);
    return p;
}

/* Templates of an exported macro may refer to any definition of their module. */
bool is_linked(const program *p, const global *g) {
    if (!p->separate) return false;
    return !g->fn || g->exported || g->module->exports_macros;
}

void program_print(FILE *out, const program *p) {
    for (size_t i = 0; i < p->global_count; i++) {
        const global *g = p->globals[i];
        if (!g->fn) continue;
        fprintf(out, "(define %s\n  ", g->name);
        core_print(out, core_lambda(g->fn, g->at), 2);
        fprintf(out, ")\n");
    }
    fprintf(out, "(main\n  ");
    core_print(out, p->main->body, 2);
    fprintf(out, ")\n");
}
