/* tool_lsp_index.c: what the names of a program mean.
 *
 * In: the modules as the expander has made them, where every local name is bound already. Out: a row for each place in
 * the text where a name is defined or stands for something defined. Code made by macros has no rows; what a macro was
 * given has. Requires: nothing; with errors in the program there are fewer rows. */
#include <string.h>

#include "modules.h"
#include "program.h"
#include "lexer.h"
#include "simplify.h"
#include "tool_lsp.h"

typedef struct walk {
    lsp_index *index;
    const module *module;
} walk;

/* ---- places ---- */

static bool is_delimiter(const source *src, uint32_t at) {
    return at >= src->size || (char_class[(unsigned char)src->text[at]] & CLASS_DELIMITER);
}

/* The name as it stands at the beginning of the span, or at the end of a qualified name there; src NULL: it does not.
 */
static span place_of(span at, const char *name) {
    size_t n = strlen(name);
    if (!at.src || at.src->expansion || n == 0 || at.start >= at.src->size) return (span){0};
    uint32_t end = at.start;
    while (!is_delimiter(at.src, end)) end++;
    if (end - at.start < n || memcmp(at.src->text + end - n, name, n) != 0) return (span){0};
    if (end - at.start > n && at.src->text[end - n - 1] != '.') return (span){0};
    return (span){at.src, end - (uint32_t)n, end};
}

/* The place of a name that is the n-th item (0: the operator) of the form in brackets at the place. */
static span place_in_form(span form, unsigned n, const char *name) {
    if (!form.src || form.src->expansion) return (span){0};
    uint32_t at = form.start + 1;
    for (;; n--) {
        while (at < form.end && strchr(" \t\r\n", form.src->text[at])) at++;
        if (n == 0) return place_of((span){form.src, at, form.end}, name);
        while (!is_delimiter(form.src, at)) at++;
    }
}

static void add_name(const walk *w, span at, span definition, const top *t, const module *home) {
    if (!at.src || !definition.src) return;
    lsp_name row = {.at = at, .definition = definition, .top = t, .home = home};
    PUSH(w->index->names, w->index->count, w->index->capacity, row);
}

/* ---- locals ---- */

/* Those of the compiler have names that are no symbols. */
static const char *variable_name(const var *v) { return v->temporary || !*v->name ? "" : name_base(v->name); }
static span variable_place(const var *v) { return place_of(v->at, variable_name(v)); }

static void add_variable(const walk *w, const var *v) {
    span at = v ? variable_place(v) : (span){0};
    add_name(w, at, at, NULL, NULL);
}

static void add_variables(const walk *w, var *const *vars, size_t count) {
    for (size_t i = 0; i < count; i++) add_variable(w, vars[i]);
}

static void add_lambda(const walk *w, const lambda *fn) {
    add_variable(w, fn->self);
    add_variables(w, fn->params, lambda_params(fn));
}

/* ---- definitions at the top level ---- */

static const module_export *referred(const module *m, const char *name) {
    for (size_t i = 0; i < m->reference_count; i++)
        if (m->references[i].name == name) return m->references[i].export;
    return NULL;
}

static void add_top(const walk *w, span at, const module *home, const top *t) {
    if (t) add_name(w, at, place_of(t->name_at, name_base(t->name)), t, home);
}

static void add_export_use(const walk *w, span at, const module_export *e) {
    if (e && e->inner) add_top(w, at, e->home, find_definition(e->home, e->inner));
}

/* The name at a place, as it is written there. */
static void add_global(const walk *w, span at, const char *name) {
    const top *t = find_definition(w->module, name);
    const module_export *e = t ? NULL : referred(w->module, name);
    const top *meant = t ? t : e && e->inner ? find_definition(e->home, e->inner) : NULL;
    if (!meant) return;
    span place = place_of(at, name_base(meant->name));
    if (!place.src && e) place = place_of(at, name_base(name)); /* renamed by the import */
    add_top(w, place, t ? w->module : e->home, meant);
}

/* ---- the trees ---- */

static void walk_node(core **child, void *context) {
    const walk *w = context;
    core *x = *child;
    switch (x->kind) {
    case CORE_LOCAL: add_name(w, place_of(x->at, variable_name(x->var)), variable_place(x->var), NULL, NULL); break;
    case CORE_SET_LOCAL:
        add_name(w, place_in_form(x->at, 1, variable_name(x->var)), variable_place(x->var), NULL, NULL);
        break;
    case CORE_GLOBAL: add_global(w, x->at, x->name); break;
    case CORE_SET_GLOBAL: add_global(w, place_in_form(x->at, 1, name_base(x->name)), x->name); break;
    case CORE_LET:
    case CORE_TRY: add_variable(w, x->var); break;
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++) add_lambda(w, x->fns[i]);
        break;
    case CORE_LAMBDA: add_lambda(w, x->fn); break;
    case CORE_LABEL: add_variables(w, x->label->params, x->label->count); break;
    default: break;
    }
    core_children(x, walk_node, context, true);
}

/* name, or (name as other): name's place, written at r->at. */
static span renamed_place(const renamed_name *r) {
    bool form = r->at.src && r->at.start < r->at.src->size && r->at.src->text[r->at.start] == '(';
    return form ? place_in_form(r->at, 0, r->name) : place_of(r->at, r->name);
}

static void walk_imports(const walk *w, const module_unit *u) {
    for (size_t i = 0; i < u->import_count; i++) {
        const import_form *import = &u->imports[i];
        for (size_t k = 0; k < import->count; k++) {
            const module_export *e = NULL;
            for (size_t m = 0; m < import->unit_count && !e; m++)
                if (import->units[m]->module) e = find_export(import->units[m]->module, import->names[k].name);
            add_export_use(w, renamed_place(&import->names[k]), e);
        }
    }
    for (size_t i = 0; i < u->export_count; i++) add_global(w, renamed_place(&u->exports[i]), u->exports[i].name);
}

static void walk_module(walk *w, module *m) {
    w->module = m;
    for (size_t i = 0; i < m->count; i++) {
        top *t = &m->tops[i];
        if (t->kind == TOP_DEFINE) add_top(w, place_of(t->name_at, name_base(t->name)), m, t);
        if (t->value) walk_node(&t->value, w);
    }
    if (m->unit) walk_imports(w, m->unit);
}

static void index_modules(module *const *modules, size_t count, void *context) {
    walk w = {.index = context};
    for (size_t i = 0; i < count; i++) walk_module(&w, modules[i]);
}

void lsp_index_program(const lsp_server *s, const char *path, diag *d, lsp_index *index) {
    compile_options options = s->options->compile;
    options.tests = true;
    check_program(path, &options, d, index_modules, index);
}

const lsp_name *lsp_name_at(const lsp_index *index, const char *path, uint32_t offset) {
    for (size_t i = 0; i < index->count; i++) {
        const lsp_name *n = &index->names[i];
        if (n->at.start <= offset && offset <= n->at.end && strcmp(n->at.src->path, path) == 0) return n;
    }
    return NULL;
}

span lsp_word_at(const source *src, uint32_t offset) {
    uint32_t start = offset, end = offset;
    while (start > 0 && !is_delimiter(src, start - 1)) start--;
    while (!is_delimiter(src, end)) end++;
    return (span){src, start, end};
}
