/* load_modules.c: the files of a program, found by following its imports.
 *
 * In:  the path of the main file. Out: a graph of modules, each after those it imports; every import knows its modules.
 * Ends: a file is read once, and an import of one that is still being loaded is a cycle, which is reported and cut. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builtins.h"
#include "modules.h"

typedef struct loader {
    module_graph *graph;
    const module_folders *folders;
    diag *d;
    bool runs_tests;
} loader;

static void load_imports(loader *l, module_file *f);

/* ---- files ---- */

static const char *real_path(const char *path) {
    char real[PATH_MAX];
    if (strcmp(path, "-") == 0 || !realpath(path, real)) return path;
    return arena_copy(real, strlen(real));
}

/* Adds the file, read but not yet with its imports. NULL: cannot be read (*error). */
static module_file *read_file(loader *l, const char *path, const char **error) {
    source *src = source_load(path, error);
    if (!src) return NULL;
    size_t errors = diag_error_count(l->d);
    datum_file *data = NEW(datum_file);
    *data = read_source(src, l->d);
    data->runs_tests = l->runs_tests && l->graph->file_count == 0;
    module_file *f = NEW(module_file);
    *f = (module_file){.path = path, .real = real_path(path), .data = data, .loading = true};
    read_units(f, l->d);
    for (size_t i = 0; i < f->unit_count; i++)
        f->units[i]->is_imported = l->graph->file_count > 0 || i + 1 < f->unit_count;
    if (l->graph->file_count && diag_error_count(l->d) > errors) l->graph->incomplete = true;
    PUSH(l->graph->files, l->graph->file_count, l->graph->file_capacity, f);
    return f;
}

static module_file *known_file(const loader *l, const char *real) {
    for (size_t i = 0; i < l->graph->file_count; i++)
        if (strcmp(l->graph->files[i]->real, real) == 0) return l->graph->files[i];
    return NULL;
}

/* ---- the search ---- */

static bool is_file(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static const char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(path, (size_t)(slash - path) + (slash == path)) : "";
}

static const char *joined(const char *folder, const char *path) {
    size_t n = strlen(folder);
    while (strncmp(path, "./", 2) == 0) path += 2;
    if (n == 0 || strcmp(folder, ".") == 0) return path;
    return arena_printf("%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", path);
}

/* Without "folder/.." where that leads to the same file, which it may not behind a link. */
static const char *shortened(const char *path) {
    const char *up = strstr(path, "/../");
    while (up) {
        size_t start = (size_t)(up - path);
        while (start > 0 && path[start - 1] != '/') start--;
        const char *shorter = arena_printf("%.*s%s", (int)start, path, up + strlen("/../"));
        bool folder = path[start] != '.' && strcmp(real_path(shorter), real_path(path)) == 0;
        if (folder) path = shorter;
        up = strstr(folder ? path : up + 1, "/../");
    }
    return path;
}

static const char *with_flu(const char *path) {
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".flu") == 0 ? path : arena_printf("%s.flu", path);
}

static bool is_anchored(const char *path) {
    return path[0] == '/' || strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0;
}

/* The path of the file that an import means; NULL: there is none, and *searched is a text with the folders. */
static const char *find_file(const loader *l, const module_file *from, const char *path, const char **searched) {
    const char *file = with_flu(path), *own = folder_of(from->path);
    const char *found = path[0] == '/' ? file : joined(own, file);
    if (is_file(found)) return shortened(found);
    if (path[0] == '/') {
        *searched = arena_printf("there is no file %s", file);
        return NULL;
    }
    *searched = arena_printf("looked for %s in %s", file, *own ? own : "the current folder");
    for (size_t i = 0; i < l->folders->count && !is_anchored(path); i++) {
        found = joined(l->folders->names[i], file);
        if (is_file(found)) return shortened(found);
        *searched = arena_printf("%s, %s", *searched, l->folders->names[i]);
    }
    return NULL;
}

/* ---- reports ---- */

/* A builtin NAME-... or NAME:... for "NAME", "std/NAME" and the like, or NULL. */
static const char *library_member(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t count, n = strlen(name);
    const char *const *names = builtin_names(&count);
    for (size_t i = 0; n > 1 && i < count; i++)
        if (strncmp(names[i], name, n) == 0 && (names[i][n] == '-' || names[i][n] == ':')) return names[i];
    return NULL;
}

static void report_missing(loader *l, const import_form *import, const char *searched) {
    diag_error(l->d, E0311, import->path_at, "there is no module \"%s\"", import->path);
    const char *member = library_member(import->path);
    if (member)
        diag_hint(l->d, "functions of the library, such as %s, need no import: flc2c doc describes them", member);
    diag_hint(l->d, "%s", searched);
    if (!is_anchored(import->path))
        diag_hint(l->d, "folders to look in are added by -I DIR and by the environment variable FLU_PATH");
    l->graph->incomplete = true;
}

/* from imports to, which is being loaded: it is from itself, or imports it through others. */
static void report_cycle(loader *l, const module_file *from, const import_form *import, const module_file *to) {
    const char *names = to->path;
    size_t count = 0;
    for (const module_file *f = from; f != to; f = f->importer) {
        names = arena_printf("%s -> %s", f->path, names);
        count++;
    }
    l->graph->incomplete = true;
    if (!count) {
        diag_error(l->d, E0312, import->at, "%s imports itself", from->path);
        return;
    }
    diag_error(l->d, E0312, import->at, "these modules import each other: %s -> %s", to->path, names);
    const module_file **way = NEW_ARRAY(const module_file *, count);
    size_t i = count;
    for (const module_file *f = from; f != to; f = f->importer) way[--i] = f;
    for (i = 0; i < count; i++)
        diag_note_at(l->d, way[i]->import->at, "%s imports %s", way[i]->importer->path, way[i]->path);
    diag_note_at(l->d, import->at, "%s imports %s", from->path, to->path);
    diag_hint(l->d, "move what both need into a module of its own, which both import");
}

/* ---- imports ---- */

/* A module of the same file, if the path is nothing but its name. */
static module_unit *neighbour(const module_unit *u, const char *path) {
    for (size_t i = 0; i < u->before_count; i++)
        if (strcmp(u->before[i]->name, path) == 0) return u->before[i];
    return NULL;
}

static void load_import(loader *l, module_file *f, const module_unit *u, import_form *import) {
    module_unit *near = neighbour(u, import->path);
    if (near) {
        import->units = NEW_ARRAY(module_unit *, 1);
        import->units[import->unit_count++] = near;
        return;
    }
    const char *searched = "", *error, *path = find_file(l, f, import->path, &searched);
    if (!path) {
        report_missing(l, import, searched);
        return;
    }
    module_file *file = known_file(l, real_path(path));
    if (file && file->loading) {
        report_cycle(l, f, import, file);
        return;
    }
    if (!file) {
        file = read_file(l, path, &error);
        if (!file) {
            diag_error(l->d, E0311, import->path_at, "cannot read %s: %s", path, error);
            l->graph->incomplete = true;
            return;
        }
        file->importer = f;
        file->import = import;
        load_imports(l, file);
    }
    import->units = file->units;
    import->unit_count = file->unit_count;
}

static void load_imports(loader *l, module_file *f) {
    for (size_t i = 0; i < f->unit_count; i++)
        for (size_t k = 0; k < f->units[i]->import_count; k++) load_import(l, f, f->units[i], &f->units[i]->imports[k]);
    f->loading = false;
}

/* ---- the order in which they run ---- */

static void order_unit(module_graph *g, module_unit *u);

/* u's code runs before that of `by`, unless it has run by then. */
static void start_unit(module_graph *g, module_unit *by, module_unit *u, span at) {
    if (u->ordered) return;
    order_unit(g, u);
    PUSH(by->starts, by->start_count, by->start_capacity, ((module_start){u, at}));
}

/* The last unit of a file stands for it: it starts the others. */
static void order_unit(module_graph *g, module_unit *u) {
    u->ordered = true;
    bool last = u->before_count + 1 == u->file->unit_count;
    for (size_t i = 0; last && i < u->before_count; i++) start_unit(g, u, u->before[i], u->before[i]->at);
    for (size_t i = 0; i < u->import_count; i++) {
        const import_form *import = &u->imports[i];
        if (import->unit_count) start_unit(g, u, import->units[import->unit_count - 1], import->at);
    }
    PUSH(g->units, g->count, g->capacity, u);
}

module_graph *load_modules(const char *path, const module_folders *folders, bool runs_tests, diag *d) {
    module_graph *g = NEW(module_graph);
    loader l = {.graph = g, .folders = folders, .d = d, .runs_tests = runs_tests};
    const char *error;
    module_file *f = read_file(&l, path, &error);
    if (!f) {
        diag_error(d, E0901, (span){0}, "cannot read %s: %s", path, error);
        return NULL;
    }
    load_imports(&l, f);
    order_unit(g, f->units[f->unit_count - 1]);
    return g;
}

module_graph *graph_of_data(const datum_file *data, diag *d) {
    module_graph *g = NEW(module_graph);
    module_file *f = NEW(module_file);
    *f = (module_file){.path = data->src->path, .real = data->src->path, .data = data};
    read_units(f, d);
    PUSH(g->files, g->file_count, g->file_capacity, f);
    order_unit(g, f->units[f->unit_count - 1]);
    return g;
}
