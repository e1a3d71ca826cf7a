/* compile.c: the pipeline, one pass a line. */
#include "compile.h"

#include <string.h>

#include "arena.h"
#include "cps.h"
#include "emit.h"
#include "program.h"

const char *const compile_passes[] = {"read", "expand", "resolve", "simplify", "closures", "cps", "c", NULL};

static bool stop_after(const compile_options *opt, const char *pass) { return opt->emit && !strcmp(opt->emit, pass); }

static datum_file *read_file(const char *path, const compile_options *opt, diag *d, dep_list *deps) {
    const char *error;
    source *src = source_load(path, &error);
    if (!src) {
        diag_error(d, E0901, (span){0}, "cannot read %s: %s", path, error);
        return NULL;
    }
    PUSH(deps->paths, deps->count, deps->capacity, path);
    datum_file *file = NEW(datum_file);
    *file = read_source(src, d);
    file->runs_tests = opt->tests;
    return file;
}

static void print_data(FILE *out, const datum_file *f) {
    for (size_t i = 0; i < f->count; i++) {
        datum_print(out, f->forms[i]);
        fputc('\n', out);
    }
}

static void print_cps(FILE *out, cps_function **functions, size_t count) {
    for (size_t i = 0; i < count; i++) cps_print(out, functions[i]);
}

/* The passes from a resolved program on. Only valid programs get here. */
static void compile_program(program *prog, const compile_options *opt, FILE *dump, output *out) {
    if (stop_after(opt, "resolve")) {
        program_print(dump, prog);
        return;
    }
    simplify(prog);
    if (stop_after(opt, "simplify")) {
        program_print(dump, prog);
        return;
    }
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
    emit_c(out, prog, functions, &(emit_options){.line_directives = opt->line_directives});
}

/* Which forms are messages depends on the receives of the whole program. Macros may make more of them: then those forms
 * are to be looked at again. */
static module **expand_all(const datum_file *const *files, size_t count, diag *d) {
    message_tags *tags = find_message_tags(files, count);
    diag_mark mark = diag_mark_now(d);
    module **modules = NEW_ARRAY(module *, count);
    for (int round = 1;; round++) {
        bool new_tags = false;
        for (size_t i = 0; i < count; i++) {
            modules[i] = expand(files[i], tags, d);
            new_tags |= modules[i]->new_tags;
        }
        if (!new_tags || round == 3) return modules;
        diag_rewind(d, mark);
    }
}

/* dump: where --emit prints what is not C. */
static bool run_passes(const char *const *paths, size_t count, const compile_options *opt, diag *d, FILE *dump,
                       output *out, dep_list *deps) {
    const datum_file **files = NEW_ARRAY(const datum_file *, count);
    for (size_t i = 0; i < count; i++) {
        files[i] = read_file(paths[i], opt, d, deps);
        if (!files[i]) return false;
        if (stop_after(opt, "read")) print_data(dump, files[i]);
    }
    if (stop_after(opt, "read")) return !diag_failed(d);
    module **modules = expand_all(files, count, d);
    for (size_t i = 0; i < count && stop_after(opt, "expand"); i++) module_print(dump, modules[i]);
    if (stop_after(opt, "expand")) return !diag_failed(d);
    program *prog = resolve(modules, count, opt->stdlib, d); /* also after errors: it reports more */
    if (diag_failed(d)) return false;
    compile_program(prog, opt, dump, out);
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
