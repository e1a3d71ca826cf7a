/* expand_module.c: names that a module has from others, and those that it gives to others.
 *
 * Imported names stand among the module's own top-level names, before those are declared. Whatever the module can name
 * is noted as a reference; the resolver finds its definition. */
#include <string.h>

#include "macro.h"

static const char *shown_path(const module_unit *u) { return u->src->path; }

/* ---- exports of other modules ---- */

const module_export *find_export(const module *m, const char *name) { return name_map_get(&m->export_names, name); }

const top *find_definition(const module *m, const char *name) {
    for (size_t i = 0; i < m->count; i++)
        if (m->tops[i].kind == TOP_DEFINE && m->tops[i].name == name) return &m->tops[i];
    return NULL;
}

static const module_export *find_imported(const import_form *import, const char *name) {
    const module_export *found = NULL;
    for (size_t i = 0; i < import->unit_count && !found; i++) found = find_export(import->units[i]->module, name);
    return found;
}

static const char *nearest_export(const module *m, const char *name) {
    const char **names = NEW_ARRAY(const char *, m->export_count + 1);
    for (size_t i = 0; i < m->export_count; i++) names[i] = m->exports[i]->name;
    return m->export_count ? did_you_mean(name, names, m->export_count) : NULL;
}

static void report_not_exported(const expander *x, span at, const module_unit *u, const char *name) {
    diag_error(x->d, E0313, at, "module %s (%s) does not export %s", u->name, shown_path(u), name);
    const char *near = nearest_export(u->module, name);
    const top *own = find_definition(u->module, name);
    span hidden = own ? own->place : (span){0};
    if (hidden.src) diag_note_at(x->d, hidden, "it is defined here");
    if (hidden.src)
        diag_hint(x->d, "add %s to the exports of %s", name, u->name);
    else if (near)
        diag_hint(x->d, "did you mean `%s`?", near);
    else if (!u->module->export_count)
        diag_hint(x->d, "it exports nothing");
}

/* ---- imported names ---- */

static bool same_definition(const module_export *a, const module_export *b) {
    return a->home == b->home && a->inner == b->inner && a->macro == b->macro && (a->inner || a->macro || a == b);
}

static void report_clash(expander *x, const top_name *old, const module_export *e, span at) {
    diag_error(x->d, E0314, at, "%s is imported from two modules, %s and %s", old->name, old->imported->home->name,
               e->home->name);
    diag_note_at(x->d, old->at, "imported here from %s", old->imported->home->name);
    diag_note_at(x->d, old->imported->at, "its definition in %s", old->imported->home->name);
    diag_note_at(x->d, e->at, "its definition in %s", e->home->name);
    diag_hint(x->d, "import one of them as (%s as other), or write %s.%s", old->name, e->home->name, e->name);
}

static void add_reference(expander *x, const char *name, const module_export *e) {
    PUSH(x->references, x->reference_count, x->reference_capacity, ((module_reference){name, e}));
}

/* Types and effects have no meaning as names themselves. */
static void import_name(expander *x, const module_export *e, top_name t) {
    if (!e->inner && !e->macro) {
        if (t.use && !e->member_count) *t.use = true;
        return;
    }
    const top_name *old = top_find_here(x, t.name);
    if (old) {
        if (t.implied || (old->imported && same_definition(old->imported, e))) return;
        if (!old->implied) {
            report_clash(x, old, e, t.at);
            return;
        }
    }
    t.imported = e;
    t.variant = e->variant;
    t.macro = e->macro;
    top_set(x, t);
    add_reference(x, t.name, e);
}

/* What a member is called if the name it comes along with is called `as` here: point-x of point, as p, is p-x. */
static const char *member_name(const char *member, const char *name, const char *as) {
    size_t n = strlen(name);
    bool derived = strncmp(member, name, n) == 0 && (member[n] == '?' || member[n] == '-');
    return name != as && derived ? intern_cstr(arena_printf("%s%s", as, member + n)) : member;
}

static void import_members(expander *x, const module_export *e, const renamed_name *r, span at, bool *use) {
    for (size_t i = 0; i < e->member_count; i++) {
        const char *name = member_name(e->members[i]->name, r->name, r->as);
        import_name(x, e->members[i], (top_name){.name = name, .at = at, .use = use, .implied = true});
    }
}

static void import_one(expander *x, const import_form *import, renamed_name *r) {
    const module_export *e = find_imported(import, r->name);
    if (!e) {
        report_not_exported(x, r->at, import->units[import->unit_count - 1], r->name);
        return;
    }
    if (special_form_find(r->as)) {
        diag_error(x->d, E0111, r->at, "%s is a special form and cannot be redefined", r->as);
        return;
    }
    import_name(x, e, (top_name){.name = r->as, .at = r->at, .use = &r->used});
    import_members(x, e, r, r->at, &r->used);
}

static void import_all(expander *x, import_form *import) {
    for (size_t u = 0; u < import->unit_count; u++) {
        const module *m = import->units[u]->module;
        for (size_t i = 0; i < m->export_count; i++) {
            const module_export *e = m->exports[i];
            import_name(x, e, (top_name){.name = e->name, .at = import->at, .use = &import->used});
            import_members(x, e, &(renamed_name){.name = e->name, .as = e->name}, import->at, &import->used);
        }
    }
}

static void look_for_macros(expander *x, const import_form *import) {
    for (size_t u = 0; u < import->unit_count; u++) x->has_macros |= import->units[u]->module->exports_macros;
}

void declare_imports(expander *x) {
    for (size_t i = 0; i < x->unit->before_count; i++) x->has_macros |= x->unit->before[i]->module->exports_macros;
    for (size_t i = 0; i < x->unit->import_count; i++) {
        import_form *import = &x->unit->imports[i];
        if (!import->unit_count) continue; /* reported */
        look_for_macros(x, import);
        if (import->all) import_all(x, import);
        for (size_t k = 0; k < import->count; k++) import_one(x, import, &import->names[k]);
    }
}

bool check_imported(expander *x, const char *name, span place) {
    const top_name *t = top_find_here(x, name);
    if (!t || !t->imported || t->implied) return true;
    diag_error(x->d, E0314, place, "%s is defined here, and imported from %s", name, t->imported->home->name);
    diag_note_at(x->d, t->at, "imported here");
    diag_note_at(x->d, t->imported->at, "its definition in %s", t->imported->home->name);
    diag_hint(x->d, "rename the definition, or import the other one as (%s as other)", t->imported->name);
    return false;
}

/* ---- module.member ---- */

typedef struct member_search {
    const expander *x;
    const char *name, *member;
    size_t module_size;        /* of the part of name before the dot */
    const module_unit *module; /* one of that name */
    const module_export *found;
    import_form *import;
} member_search;

static void look_in(member_search *s, const module_unit *u, import_form *import) {
    if (strlen(u->name) != s->module_size || strncmp(u->name, s->name, s->module_size) != 0 || s->found) return;
    s->module = u;
    s->found = find_export(u->module, s->member);
    s->import = import;
}

/* Tries each dot of the name: those of modules and members may have dots too. */
static bool search_member(member_search *s) {
    for (const char *dot = strchr(s->name, '.'); dot && !s->found; dot = strchr(dot + 1, '.')) {
        if (dot == s->name || !dot[1]) continue;
        s->module_size = (size_t)(dot - s->name);
        s->member = intern_cstr(dot + 1);
        const module_unit *u = s->x->unit;
        for (size_t i = 0; i < u->before_count; i++) look_in(s, u->before[i], NULL);
        for (size_t i = 0; i < u->import_count; i++)
            for (size_t k = 0; k < u->imports[i].unit_count; k++) look_in(s, u->imports[i].units[k], &u->imports[i]);
    }
    return s->found != NULL;
}

const top_name *find_member(const expander *x, const char *name) {
    if (!strchr(name, '.')) return NULL;
    member_search s = {.x = x, .name = name};
    if (!search_member(&s)) return NULL;
    expander *names = (expander *)x; /* only its table of names grows */
    import_name(names, s.found,
                (top_name){.name = name,
                           .at = s.import ? s.import->at : s.module->at,
                           .use = s.import ? &s.import->used : NULL});
    return top_find_here(x, name);
}

/* ---- names in templates of other modules' macros ---- */

/* What the name t of the module of home is. */
static module_export *meaning_of(const expander *home, const top_name *t) {
    module_export *e = NEW(module_export);
    *e = t->imported ? *t->imported
                     : (module_export){.home = home->module,
                                       .inner = t->macro ? NULL : t->name,
                                       .variant = t->variant,
                                       .macro = t->macro,
                                       .at = t->macro ? t->macro->at : (span){0}};
    e->name = t->name;
    return e;
}

bool refers_to(const module_export *e, const expander *home, const top_name *t) {
    return same_definition(e, meaning_of(home, t));
}

const top_name *find_for_macro(const expander *x, const char *name) {
    const name_copy *copy = name_copied(name);
    const macro *m = copy->made->instance->m;
    const top_name *t = m->home == x ? NULL : top_find(m->home, copy->of);
    if (!t) return NULL;
    expander *names = (expander *)x; /* only its table of names grows */
    import_name(names, meaning_of(m->home, t), (top_name){.name = name, .at = m->at, .implied = true});
    return top_find_here(x, name);
}

void use_names(const expander *x, const datum *rules) {
    if (is_name(rules)) top_find(x, rules->text);
    for (size_t i = 0; i < rules->count; i++) use_names(x, rules->items[i]);
    if (rules->tail) use_names(x, rules->tail);
}

bool report_missing_member(const expander *x, const datum *name) {
    if (!strchr(name->text, '.')) return false;
    member_search s = {.x = x, .name = name->text};
    if (search_member(&s) || !s.module) return false;
    report_not_exported(x, name->at, s.module, intern_cstr(name->text + strlen(s.module->name) + 1));
    return true;
}

bool imports_effect(const expander *x, const char *type) {
    const module_unit *u = x->unit;
    for (size_t i = 0; i < u->import_count; i++)
        for (size_t k = 0; k < u->imports[i].unit_count; k++) {
            const module *m = u->imports[i].units[k]->module;
            for (size_t e = 0; e < m->effect_count; e++)
                if (m->effects[e].type == type) return true;
        }
    return false;
}

/* ---- exports of this module ---- */

typedef struct export_list {
    expander *x;
    module *m;
    name_map places; /* of definitions: top */
    name_map owners; /* names that bring others along: themselves */
    size_t capacity;
} export_list;

/* The meaning of a name as an export; NULL: it has none. */
static module_export *make_export(const export_list *l, const char *name, const char *as, span at) {
    const top_name *t = top_find(l->x, name);
    module_export *e = NEW(module_export);
    if (t && t->imported) {
        *e = *t->imported;
        e->name = as;
        return e;
    }
    const top *place = name_map_get(&l->places, name);
    *e = (module_export){.name = as, .at = place ? place->place : at, .home = l->m};
    if (t) {
        e->inner = t->macro ? NULL : name;
        e->macro = t->macro;
        e->variant = t->variant;
        if (t->macro) e->at = t->macro->at;
        return e;
    }
    if (name_map_get(&l->owners, name)) return e;
    for (size_t i = 0; i < l->x->effect_count; i++)
        if (l->x->effects[i].type == name) return e;
    return NULL;
}

/* e, or what is there already under its name. */
static module_export *add_export(export_list *l, module_export *e, span at) {
    module *m = l->m;
    module_export *old = name_map_get(&m->export_names, e->name);
    if (!old) {
        PUSH(m->exports, m->export_count, l->capacity, e);
        m->exports_macros |= e->macro != NULL;
        name_map_put(&m->export_names, e->name, e);
        return e;
    }
    if (!same_definition(old, e) && (old->inner || e->inner)) {
        diag_error(l->x->d, E0314, at, "%s is exported twice, with two meanings", e->name);
        diag_note_at(l->x->d, old->at, "the first one");
        diag_note_at(l->x->d, e->at, "the other one");
    }
    return old;
}

static void add_member(module_export *e, module_export *member) {
    PUSH(e->members, e->member_count, e->member_capacity, member);
}

/* Exports what comes along with e, which is called `name` inside the module. */
static void export_members(export_list *l, module_export *e, const char *name) {
    const expander *x = l->x;
    if (e->member_count || !name_map_get(&l->owners, name)) return;
    for (size_t i = 0; i < x->family_count; i++) {
        const family_member *f = &x->family[i];
        if (f->owner != name) continue;
        module_export *member = make_export(l, f->name, member_name(f->name, name, e->name), f->at);
        if (!member) continue;
        member = add_export(l, member, f->at);
        export_members(l, member, f->name);
        add_member(e, member);
        for (size_t k = 0; k < member->member_count; k++) add_member(e, member->members[k]);
    }
}

static void export_one(export_list *l, const char *name, const char *as, span at) {
    module_export *e = make_export(l, name, as, at);
    if (e) export_members(l, add_export(l, e, at), name);
}

static void report_unknown_export(const expander *x, const renamed_name *r) {
    diag_error(x->d, E0317, r->at, "%s is exported, but not defined in module %s", r->name, x->unit->name);
    const char *near = x->defined_count ? did_you_mean(r->name, x->defined, x->defined_count) : NULL;
    if (near)
        diag_hint(x->d, "did you mean `%s`?", near);
    else if (builtin_find(r->name))
        diag_hint(x->d, "it is a builtin, which every module has");
    else if (!x->defined_count)
        diag_hint(x->d, "definitions of a module stand inside of it: (module %s ... (define (%s ...) ...))",
                  x->unit->name, r->name);
}

static void export_chosen(export_list *l) {
    const module_unit *u = l->x->unit;
    for (size_t i = 0; i < u->export_count; i++) {
        const renamed_name *r = &u->exports[i];
        module_export *e = make_export(l, r->name, r->as, r->at);
        if (e)
            export_members(l, add_export(l, e, r->at), r->name);
        else
            report_unknown_export(l->x, r);
    }
}

/* Not those that programs cannot name: the expander's own, and what templates define under names of theirs. */
static bool can_export(const char *name) { return (name[0] != '%' || !name[1]) && !name_copied(name); }

/* All definitions; types and effects as well. */
static void export_defined(export_list *l) {
    const expander *x = l->x;
    for (size_t i = 0; i < x->defined_count; i++)
        if (can_export(x->defined[i])) export_one(l, x->defined[i], x->defined[i], (span){0});
    for (size_t i = 0; i < x->family_count; i++) export_one(l, x->family[i].owner, x->family[i].owner, x->family[i].at);
    for (size_t i = 0; i < x->effect_count; i++)
        export_one(l, x->effects[i].type, x->effects[i].type, x->effects[i].at);
}

static void build_exports(expander *x, module *m) {
    export_list l = {.x = x, .m = m};
    if (!x->unit->is_imported && !x->unit->chooses_exports) return; /* nobody asks */
    for (size_t i = 0; i < m->count; i++)
        if (m->tops[i].kind == TOP_DEFINE) name_map_put(&l.places, m->tops[i].name, &m->tops[i]);
    for (size_t i = 0; i < x->family_count; i++)
        name_map_put(&l.owners, x->family[i].owner, (void *)x->family[i].owner);
    if (x->unit->chooses_exports)
        export_chosen(&l);
    else
        export_defined(&l);
}

/* Only where nothing is wrong otherwise, as with variables. */
static void report_unused_imports(const expander *x) {
    const module_unit *u = x->unit;
    if (diag_failed(x->d)) return;
    for (size_t i = 0; i < u->import_count; i++) {
        const import_form *import = &u->imports[i];
        for (size_t k = 0; k < import->count; k++) {
            if (import->names[k].used) continue;
            diag_warning(x->d, W0135, import->names[k].at, "%s is imported, but never used", import->names[k].as);
        }
        if (!import->all || import->used || !import->unit_count) continue;
        diag_warning(x->d, W0135, import->at, "nothing that \"%s\" exports is used here", import->path);
        diag_hint(x->d, "if it is imported for what it does when it runs, write (import \"%s\" ())", import->path);
    }
}

void finish_module(expander *x, module *m) {
    build_exports(x, m);
    m->references = x->references;
    m->reference_count = x->reference_count;
    report_unused_imports(x);
}

/* ---- forms in other places ---- */

core *expand_misplaced_module(expander *x, datum *form) {
    const char *name = form->items[0]->text;
    bool is_module = strcmp(name, "module") == 0;
    diag_error(x->d, E0315, form->at, "%s stands inside a form", name);
    diag_hint(x->d,
              is_module ? "modules stand at the top level of a file"
                        : "%ss stand at the top level of a file, or directly in its (module ...) form",
              name);
    return core_nil(form->at);
}
