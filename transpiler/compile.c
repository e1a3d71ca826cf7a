/* compile.c: the pipeline, one pass a line. */
#include "compile.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cps.h"
#include "emit.h"
#include "foreign.h"
#include "interface.h"
#include "library.h"
#include "modules.h"
#include "program.h"
#include "session.h"

const char *const compile_passes[] = {"read", "expand", "resolve", "simplify", "closures", "cps", "c", NULL};

typedef struct unit_list {
    module_unit **units; /* in the order they run */
    size_t count, capacity;
    const datum_file **files;
    size_t file_count, file_capacity;
    bool incomplete;
} unit_list;

static bool stop_after(const compile_options *opt, const char *pass) { return opt->emit && !strcmp(opt->emit, pass); }

static void print_data(FILE *out, const datum_file *f) {
    for (size_t i = 0; i < f->count; i++) {
        datum_print(out, f->forms[i]);
        fputc('\n', out);
    }
}

static void print_cps(FILE *out, cps_function **functions, size_t count) {
    for (size_t i = 0; i < count; i++) cps_print(out, functions[i]);
}

/* What the interface of a module tells besides the program. */
typedef struct interface_source {
    const message_tags *tags;
    module *const *modules;
    size_t count;
    const c_library *library; /* --lib, or NULL */
} interface_source;

static void describe(const program *prog, const compile_options *opt, const interface_source *in) {
    if (!opt->interface) return;
    FILE *stream = out_stream(opt->interface);
    if (!stream) arena_out_of_memory();
    print_interface(stream, prog, in->tags, in->modules, in->count);
    fclose(stream);
}

/* The passes from a resolved program on. Only valid programs get here. */
static void compile_program(program *prog, const compile_options *opt, const interface_source *in, FILE *dump,
                            output *out) {
    if (stop_after(opt, "resolve")) {
        program_print(dump, prog);
        return;
    }
    find_ready(prog);
    simplify(prog);
    own_updates(prog);
    if (stop_after(opt, "simplify")) {
        program_print(dump, prog);
        return;
    }
    if (opt->separate) describe(prog, opt, in);
    convert_closures(prog);
    if (stop_after(opt, "closures")) {
        program_print(dump, prog);
        return;
    }
    mark_suspending(prog);
    cps_function **functions = convert_cps(prog);
    if (stop_after(opt, "cps")) {
        print_cps(dump, functions, prog->lambda_count);
        return;
    }
    emit_c(out, prog, functions,
           &(emit_options){.line_directives = opt->line_directives,
                           .has_main = opt->separate_main,
                           .session = opt->session != NULL,
                           .library = in->library});
    if (in->library && opt->header) print_library_header(opt->header, in->library);
}

/* ---- from files to modules ---- */

static void note_files(const module_graph *g, dep_list *deps) {
    for (size_t i = 0; i < g->file_count; i++) PUSH(deps->paths, deps->count, deps->capacity, g->files[i]->path);
}

/* The folders that modules are looked for in, besides the importing file's own. */
static module_folders module_search(const compile_options *opt) {
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < opt->include_count; i++) PUSH(names, count, capacity, opt->include_dirs[i]);
    const char *path = getenv("FLU_PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        if (n) PUSH(names, count, capacity, arena_copy(path, n));
        path += n + (path[n] == ':');
    }
    if (opt->library_dir) PUSH(names, count, capacity, opt->library_dir);
    return (module_folders){names, count};
}

/* The modules of one program, or of each file of the library. False: a file cannot be read. */
static bool load_units(const char *const *paths, size_t count, const compile_options *opt, diag *d, unit_list *out,
                       dep_list *deps) {
    module_folders folders = module_search(opt);
    for (size_t i = 0; i < count; i++) {
        const module_graph *g = load_modules(paths[i], &folders, opt->tests, d);
        if (!g) return false;
        note_files(g, deps);
        out->incomplete |= g->incomplete;
        for (size_t k = 0; k < g->file_count; k++)
            PUSH(out->files, out->file_count, out->file_capacity, g->files[k]->data);
        for (size_t k = 0; k < g->count; k++) {
            g->units[k]->no_contracts = opt->no_contracts;
            g->units[k]->session = opt->session;
            g->units[k]->is_imported |= opt->separate || opt->library;
            PUSH(out->units, out->count, out->capacity, g->units[k]);
        }
    }
    return true;
}

/* Which forms are messages depends on the receives of the whole program. Macros may make more of them: then those forms
 * are to be looked at again. */
static module **expand_units(const unit_list *list, message_tags *tags, diag *d) {
    diag_mark mark = diag_mark_now(d);
    module **modules = NEW_ARRAY(module *, list->count);
    for (int round = 1;; round++) {
        bool new_tags = false;
        for (size_t i = 0; i < list->count; i++) {
            modules[i] = expand(list->units[i], tags, d);
            new_tags |= modules[i]->new_tags;
        }
        if (!new_tags || round == 3) return modules;
        diag_rewind(d, mark);
    }
}

static void print_modules(FILE *out, module *const *modules, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (count > 1) fprintf(out, "; module %s, %s\n", modules[i]->name, modules[i]->src->path);
        module_print(out, modules[i]);
    }
}

static void add_once(const char ***items, size_t *count, size_t *capacity, const char *item) {
    for (size_t i = 0; i < *count; i++)
        if (strcmp((*items)[i], item) == 0) return;
    PUSH(*items, *count, *capacity, item);
}

/* "m" is -lm; a file is itself. */
static const char *link_word(const char *lib) {
    size_t n = strlen(lib);
    bool file = strchr(lib, '/') || (n > 2 && lib[n - 2] == '.') || (n > 3 && strcmp(lib + n - 3, ".so") == 0);
    return file ? lib : arena_printf("-l%s", lib);
}

static void note_foreign(const program *prog, dep_list *deps) {
    for (size_t i = 0; i < prog->foreign_count; i++) {
        const foreign *f = prog->foreigns[i];
        for (size_t k = 0; k < f->lib_count; k++)
            add_once(&deps->libs, &deps->lib_count, &deps->lib_capacity, link_word(f->libs[k]));
        for (size_t k = 0; k < f->header_count; k++)
            if (f->headers[k][0] != '<')
                add_once(&deps->headers, &deps->header_count, &deps->header_capacity, f->headers[k]);
    }
}

static void check_different_names(const unit_list *list, size_t unit, diag *d) {
    const module_unit *u = list->units[unit];
    for (size_t i = 0; i < unit; i++) {
        if (list->units[i]->name != u->name) continue;
        diag_error(d, E0318, u->at, "two modules are called %s", u->name);
        diag_note_at(d, list->units[i]->at, "the other one");
        diag_hint(d, "modules that are compiled separately are told apart by their names: give one of the two another "
                     "one, by (module name ...) or by its file's name");
    }
}

/* All modules but those of the first file are compiled by other runs of flc2c. */
static void mark_external(const unit_list *list, diag *d) {
    for (size_t i = 0; i < list->count; i++) {
        list->units[i]->module->external = list->units[i]->src != list->files[0]->src;
        check_different_names(list, i, d);
    }
}

/* dump: where --emit prints what is not C. */
static bool run_passes(const char *const *paths, size_t count, const compile_options *opt, diag *d, FILE *dump,
                       output *out, dep_list *deps) {
    unit_list list = {0};
    if (!load_units(paths, count, opt, d, &list, deps)) return false;
    if (stop_after(opt, "read")) {
        print_data(dump, list.files[0]);
        return !diag_failed(d);
    }
    message_tags *tags = find_message_tags(list.files, list.file_count);
    for (size_t i = 0; opt->session && i < opt->session->message_count; i++)
        for (size_t k = 0; k < opt->session->messages[i].count; k++)
            add_message_tags(tags, opt->session->messages[i].forms[k]);
    if (opt->separate) diag_warn_about(d, list.files[0]->src);
    module **modules = expand_units(&list, tags, d);
    if (stop_after(opt, "expand")) {
        print_modules(dump, modules, list.count);
        return !diag_failed(d);
    }
    if (list.incomplete) return false; /* names would seem unknown */
    c_library *library = NULL;
    if (opt->library && !diag_failed(d)) library = plan_library(modules, list.count, list.files[0]->src, d);
    program_kind kind = opt->stdlib ? LIBRARY_SOURCES : opt->separate ? SEPARATE_MODULE : WHOLE_PROGRAM;
    if (opt->separate) mark_external(&list, d);
    if (opt->session && list.count && !diag_failed(d))
        share_definitions(modules[list.count - 1], opt->session, opt->defined);
    program *prog = resolve(modules, list.count, kind, d); /* also after errors: it reports more */
    if (diag_failed(d)) return false;
    if (!opt->stdlib && !opt->session) warn_of_uses(modules, list.count, opt->separate ? NULL : tags, d);
    note_foreign(prog, deps);
    compile_program(prog, opt, &(interface_source){tags, modules, list.count, library}, dump, out);
    return true;
}

bool compile_files(const char *const *paths, size_t count, const compile_options *opt, diag *d, output *out,
                   dep_list *deps) {
    if (!opt->emit) return run_passes(paths, count, opt, d, NULL, out, deps);
    FILE *dump = out_stream(out);
    if (!dump) arena_out_of_memory();
    bool ok = run_passes(paths, count, opt, d, dump, out, deps);
    fclose(dump);
    return ok;
}

void check_program(const char *path, const compile_options *opt, diag *d, module_visitor *look, void *context) {
    unit_list list = {0};
    dep_list deps = {0};
    if (!load_units(&path, 1, opt, d, &list, &deps)) return;
    message_tags *tags = find_message_tags(list.files, list.file_count);
    module **modules = expand_units(&list, tags, d);
    if (look) look(modules, list.count, context);
    if (list.incomplete) return;
    resolve(modules, list.count, opt->stdlib ? LIBRARY_SOURCES : WHOLE_PROGRAM, d);
    if (!opt->stdlib && !diag_failed(d)) warn_of_uses(modules, list.count, tags, d);
}
