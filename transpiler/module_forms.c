/* module_forms.c: which modules a file consists of, and what their module, import and export forms say.
 *
 * In:  the data of a file. Out: its units. Whatever is malformed is reported and left out. Only the top level of a file
 * and of a module form is looked at: anywhere else these forms are reported by the expander. */
#include <string.h>

#include "expand.h"
#include "modules.h"

static const char import_usage[] = "write (import \"path\" (name other as mine)), (import \"path\" *) or (import "
                                   "\"path\" ()), with a path relative to this file";
static const char export_usage[] = "write (export name (name as other))";
static const char module_usage[] = "write (module name (export a b) body ...) or (module name [a b] body ...)";

/* ---- names ---- */

static bool is_as(datum *const *items, size_t count, size_t i) {
    return i + 2 < count && is_symbol(items[i + 1], "as") && is_name(items[i + 2]);
}

static bool is_sequence(const datum *d) { return (d->kind == DATUM_LIST || d->kind == DATUM_BRACKET) && !d->tail; }

/* The name at items[*i], alone or with (name as other) or name as other; false: reported. */
static bool read_name(datum *const *items, size_t count, size_t *i, const char *usage, diag *d, renamed_name *out) {
    const datum *x = items[*i];
    if (is_name(x)) {
        bool renamed = is_as(items, count, *i);
        *out = (renamed_name){x->text, renamed ? items[*i + 2]->text : x->text, x->at, false};
        *i += renamed ? 3 : 1;
        return true;
    }
    ++*i;
    if (is_sequence(x) && x->count == 3 && is_name(x->items[0]) && is_as(x->items, 3, 0)) {
        *out = (renamed_name){x->items[0]->text, x->items[2]->text, x->items[0]->at, false};
        return true;
    }
    diag_error(d, E0310, x->at, "a name or (name as other) is expected here, not %s", datum_text(x, 40));
    diag_hint(d, "%s", usage);
    return false;
}

/* ---- import ---- */

static void read_imported_names(const datum *list, import_form *out, diag *d) {
    for (size_t i = 0; i < list->count;) {
        renamed_name name;
        if (read_name(list->items, list->count, &i, import_usage, d, &name))
            PUSH(out->names, out->count, out->capacity, name);
    }
}

static void read_import(module_unit *u, const datum *form, diag *d) {
    import_form out = {.at = form->at};
    const datum *path = form->count > 1 ? form->items[1] : form, *names = form->count > 2 ? form->items[2] : NULL;
    bool malformed = form->tail || path->kind != DATUM_STRING || form->count > 3;
    if (!malformed && names) malformed = !is_symbol(names, "*") && !is_sequence(names);
    if (malformed || strlen(path->text) != path->size || !path->size) {
        diag_error(d, E0310, form->at, "malformed import");
        diag_hint(d, "%s", import_usage);
        return;
    }
    out.path_at = path->at;
    out.path = path->text;
    out.all = names && is_name(names);
    if (names && !out.all) read_imported_names(names, &out, d);
    PUSH(u->imports, u->import_count, u->import_capacity, out);
}

/* ---- export ---- */

static void read_exports(module_unit *u, datum *const *items, size_t count, const char *usage, diag *d) {
    u->chooses_exports = true;
    for (size_t i = 0; i < count;) {
        renamed_name name;
        if (read_name(items, count, &i, usage, d, &name)) PUSH(u->exports, u->export_count, u->export_capacity, name);
    }
}

static void add_form(module_unit *u, datum *form, diag *d) {
    if (is_headed(form, "import"))
        read_import(u, form, d);
    else if (is_headed(form, "export"))
        read_exports(u, form->items + 1, form->count - 1, export_usage, d);
    else
        PUSH(u->forms, u->count, u->capacity, form);
}

/* ---- module ---- */

static const char *file_module_name(const source *src) {
    const char *path = src->path, *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t n = strlen(base);
    if (n > 4 && strcmp(base + n - 4, ".flu") == 0) n -= 4;
    return intern(base, n);
}

static module_unit *new_unit(const module_file *f, const char *name, span at) {
    module_unit *u = NEW(module_unit);
    *u = (module_unit){.name = name, .at = at, .file = f, .src = f->data->src, .runs_tests = f->data->runs_tests};
    return u;
}

static bool check_new_name(const module_file *f, const datum *name, diag *d) {
    for (size_t i = 0; i < f->unit_count; i++) {
        if (f->units[i]->name != name->text) continue;
        diag_error(d, E0310, name->at, "two modules of this file are called %s", name->text);
        diag_note_at(d, f->units[i]->at, "the first one");
        return false;
    }
    return true;
}

/* (module name [exports ...] body ...); names that directly follow the module's are exports too. */
static void read_module(module_file *f, const datum *form, diag *d) {
    const datum *name = form->count > 1 ? form->items[1] : form;
    if (!is_name(name)) {
        diag_error(d, E0310, name->at, "the name of the module is expected%s%s", name == form ? "" : " here, not ",
                   name == form ? "" : datum_text(name, 40));
        diag_hint(d, module_usage);
        return;
    }
    if (!check_new_name(f, name, d)) return;
    module_unit *u = new_unit(f, name->text, name->at);
    size_t body = 2;
    while (body < form->count && is_name(form->items[body])) body++;
    if (body > 2) {
        read_exports(u, form->items + 2, body - 2, module_usage, d);
    } else if (form->count > 2 && form->items[2]->kind == DATUM_BRACKET) {
        read_exports(u, form->items[2]->items, form->items[2]->count, module_usage, d);
        body = 3;
    }
    for (size_t i = body; i < form->count; i++) add_form(u, form->items[i], d);
    PUSH(f->units, f->unit_count, f->unit_capacity, u);
}

void read_units(module_file *f, diag *d) {
    module_unit *outside = new_unit(f, file_module_name(f->data->src), (span){.src = f->data->src});
    for (size_t i = 0; i < f->data->count; i++) {
        datum *form = f->data->forms[i];
        if (is_headed(form, "module"))
            read_module(f, form, d);
        else
            add_form(outside, form, d);
    }
    bool only_one = f->unit_count == 1 && !outside->count && !outside->import_count && !outside->export_count;
    if (!only_one) PUSH(f->units, f->unit_count, f->unit_capacity, outside);
    for (size_t i = 0; i < f->unit_count; i++) {
        f->units[i]->before = f->units;
        f->units[i]->before_count = i;
        f->units[i]->runs_tests = f->data->runs_tests;
    }
}
