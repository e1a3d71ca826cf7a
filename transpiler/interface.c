/* interface.c: the interface of a module as S-expressions, one export a line. */
#include "interface.h"

#include <string.h>

#include "macro.h"
#include "simplify.h"

static void print_params(FILE *out, const lambda *fn) {
    fprintf(out, " (");
    for (size_t i = 0; i < lambda_params(fn); i++) {
        const char *marker = i == fn->required + fn->optional ? "&rest " : i == fn->required ? "&optional " : "";
        fprintf(out, "%s%s%s", i ? " " : "", marker, fn->params[i]->name);
    }
    fputc(')', out);
}

static void print_procedure(FILE *out, const char *name, const lambda *fn) {
    fprintf(out, "  (procedure %s", name);
    print_params(out, fn);
    if (is_inlined(fn)) {
        fputc(' ', out);
        core_print(out, fn->body, 4);
    }
    fputs(")\n", out);
}

static void print_global(FILE *out, const char *name, const global *g) {
    if (g->fn) {
        print_procedure(out, name, g->fn);
    } else if (is_constant(g)) {
        fprintf(out, "  (constant %s ", name);
        datum_print(out, g->init->datum);
        fputs(")\n", out);
    } else {
        fprintf(out, "  (%s %s)\n", g->early ? "early" : "variable", name);
    }
}

static void print_variant(FILE *out, const variant *v) {
    fprintf(out, "  (variant %s %zu", v->name, v->fields);
    for (size_t i = 0; v->type && i < v->type->count; i++) fprintf(out, " %s", v->type->variants[i].name);
    fputs(")\n", out);
}

static void print_macro(FILE *out, const macro *m) {
    fprintf(out, "  (macro %s", m->name);
    for (size_t i = 0; i < m->literal_count; i++) fprintf(out, " %s", m->literals[i]);
    if (m->ellipsis) fprintf(out, " %s", m->ellipsis->text);
    for (size_t i = 0; i < m->rule_count; i++) {
        fputs("\n    ", out);
        datum_print(out, m->rules[i].pattern);
        fputc(' ', out);
        datum_print(out, m->rules[i].template);
    }
    fputs(")\n", out);
}

/* Another module's definition that this one passes on is described there. */
static void print_export(FILE *out, const module *m, const module_export *e) {
    const global *g = e->inner ? name_map_get(&e->home->globals, e->inner) : NULL;
    fprintf(out, "  (export %s %s %s", e->name, e->inner ? e->inner : "-", e->home == m ? "-" : e->home->src->path);
    for (size_t i = 0; i < e->member_count; i++) fprintf(out, " %s", e->members[i]->name);
    fputs(")\n", out);
    if (e->home != m) return;
    if (g) print_global(out, e->inner, g);
    if (e->variant) print_variant(out, e->variant);
    if (e->macro) print_macro(out, e->macro);
}

static void print_effects(FILE *out, const module *m) {
    for (size_t i = 0; i < m->effect_count; i++) {
        const effect_declaration *e = &m->effects[i];
        fprintf(out, "  (effect %s %s %d %d)\n", e->type, e->op, e->min, e->max);
    }
}

/* Templates may refer to whatever there is. */
static void print_hidden(FILE *out, const module *m) {
    for (size_t i = 0; i < m->count; i++) {
        const global *g = m->tops[i].kind == TOP_DEFINE ? name_map_get(&m->globals, m->tops[i].name) : NULL;
        if (g && g->module == m) print_global(out, g->name, g);
    }
    for (size_t i = 0; i < m->reference_count; i++) fprintf(out, "  (imported %s)\n", m->references[i].name);
}

static void print_module(FILE *out, const module *m) {
    fprintf(out, "(module %s\n", m->name);
    for (size_t i = 0; i < m->export_count; i++) print_export(out, m, m->exports[i]);
    if (m->exports_macros) print_hidden(out, m);
    print_effects(out, m);
    fputs(")\n", out);
}

void print_interface(FILE *out, const program *p, const message_tags *tags, module *const *modules, size_t count) {
    fprintf(out, "; The interface of %s, made by flc2c " FLC2C_VERSION ". Modules that import it depend on this.\n",
            p->path);
    for (size_t i = 0; i < count; i++)
        if (!modules[i]->external) print_module(out, modules[i]);
    print_message_tags(out, tags);
}
