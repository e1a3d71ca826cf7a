/* main.c: flc2c: which command, and what each does with a compiled program. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"
#include "tools.h"

/* ---- one compilation ---- */

bool compile(const driver_options *o, const char *const *files, size_t count, compilation *c) {
    *c = (compilation){0};
    diag *d = diag_new(stderr, o->color);
    bool ok = compile_files(files, count, &o->compile, d, &c->text, &c->deps);
    diag_flush(d);
    return ok && !diag_failed(d);
}

/* ---- commands: each gives the exit status ---- */

/* Where the make rule goes: -MF, or OUT.d beside OUT.c. */
static const char *deps_path(const driver_options *o) {
    return o->deps_path ? o->deps_path : with_extension(o->output ? o->output : o->files[0], ".d");
}

/* On one line, for a shell or make. */
static void print_libs(const dep_list *deps) {
    for (size_t i = 0; i < deps->lib_count; i++) printf("%s%s", i ? " " : "", deps->libs[i]);
    putchar('\n');
}

/* What the C file of a module depends on: its source, and the interfaces of others. */
static dep_list separate_deps(const driver_options *o, const dep_list *files) {
    dep_list deps = *files;
    deps.paths = NULL;
    deps.count = deps.capacity = 0;
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->paths[i];
        const char *dep = i ? interface_of(path, o->files[0], o->output) : path;
        PUSH(deps.paths, deps.count, deps.capacity, dep);
    }
    return deps;
}

static const char *c_output(const driver_options *o) { return o->output ? o->output : "-"; }

/* The C, and the file for those who use it, which goes last: whoever waits for it finds the C too. */
static int transpile_with(const driver_options *o, const output *companion, const char *companion_path) {
    compilation c;
    bool ok = compile(o, o->files, 1, &c);
    dep_list deps = o->compile.separate ? separate_deps(o, &c.deps) : c.deps;
    if (ok && o->write_deps) ok = write_deps_file(deps_path(o), c_output(o), &deps);
    if (ok) ok = write_output(c_output(o), &c.text);
    if (ok) ok = write_if_changed(companion_path, companion, &c.deps);
    out_free(&c.text);
    return ok ? STATUS_OK : STATUS_FAILED;
}

static int transpile_separately(const driver_options *given) {
    driver_options o = *given;
    output interface = {0};
    o.compile.interface = &interface;
    int status = transpile_with(&o, &interface, with_extension(o.output, ".flui"));
    out_free(&interface);
    return status;
}

static int transpile_library(const driver_options *given) {
    driver_options o = *given;
    output header = {0};
    o.compile.header = &header;
    int status = transpile_with(&o, &header, o.header ? o.header : with_extension(o.output, ".h"));
    out_free(&header);
    return status;
}

static int transpile(const driver_options *o) {
    if (o->compile.library && !o->compile.emit && !o->print_libs) return transpile_library(o);
    if (o->compile.separate && !o->compile.emit) return transpile_separately(o);
    compilation c;
    const char *target = o->output ? o->output : with_extension(o->files[0], ".c");
    bool ok = compile(o, o->files, o->file_count, &c);
    if (ok && o->write_deps) ok = write_deps_file(deps_path(o), target, &c.deps);
    if (ok && o->print_libs) print_libs(&c.deps);
    if (ok && !o->print_libs) ok = write_output(c_output(o), &c.text);
    out_free(&c.text);
    return ok ? STATUS_OK : STATUS_FAILED;
}

static int build(const driver_options *o) {
    compilation c;
    bool ok = compile(o, o->files, 1, &c) && compile_c_program(&c, o, o->output);
    if (ok && o->write_deps) ok = write_deps_file(deps_path(o), o->output, &c.deps);
    out_free(&c.text);
    return ok ? STATUS_OK : STATUS_FAILED;
}

/* The program takes flc2c's place, so that its exit status, signals and standard streams are its own. */
static int run(const driver_options *o) {
    compilation c;
    const char *program = compile(o, o->files, 1, &c) ? cached_program(&c, o) : NULL;
    out_free(&c.text);
    if (!program) return STATUS_FAILED;
    size_t n = 0;
    while (o->program_args[n]) n++;
    char **argv = NEW_ARRAY(char *, n + 2);
    argv[0] = arena_copy(o->files[0], strlen(o->files[0]));
    memcpy(argv + 1, o->program_args, n * sizeof *argv);
    execv(program, argv);
    driver_error("cannot run %s: %s", program, strerror(errno));
    return STATUS_FAILED;
}

static void list_codes(void) {
#define DIAG_CODE(code, title, text) printf("%s  %s\n", #code, title);
#include "diag_codes.def"
#undef DIAG_CODE
}

static int explain(const driver_options *o) {
    if (o->file_count == 0) list_codes();
    for (size_t i = 0; i < o->file_count; i++) {
        const char *text = diag_explain(o->files[i]);
        if (!text) {
            driver_error("there is no diagnostic %s; flc2c explain lists them all", o->files[i]);
            return STATUS_FAILED;
        }
        printf("%s%s\n", i ? "\n" : "", text);
    }
    return STATUS_OK;
}

/* ---- which command ---- */

typedef struct command {
    const char *name; /* NULL: the default, no name is written */
    size_t min_files, max_files;
    bool takes_program_args, needs_output;
    int (*run)(const driver_options *o);
} command;

#define ANY_NUMBER SIZE_MAX

static const command commands[] = {
    {"build", 1, 1, false, true, build},
    {"check", 1, ANY_NUMBER, false, false, check_command},
    {"completion", 1, 1, false, false, completion_command},
    {"doc", 0, ANY_NUMBER, false, false, doc_command},
    {"explain", 0, ANY_NUMBER, false, false, explain},
    {"fmt", 1, ANY_NUMBER, false, false, fmt_command},
    {"lsp", 0, 0, false, false, lsp_command},
    {"new", 1, 1, false, false, new_command},
    {"repl", 0, 0, false, false, repl_command},
    {"run", 1, 1, true, false, run},
    {"test", 0, ANY_NUMBER, false, false, test_command},
    {NULL, 1, 1, false, false, transpile},
};
enum { DEFAULT_COMMAND = sizeof commands / sizeof *commands - 1 };

const char *command_name(size_t i) { return i < DEFAULT_COMMAND ? commands[i].name : NULL; }

static const command *find_command(const char *word) {
    for (size_t i = 0; word && i < DEFAULT_COMMAND; i++)
        if (strcmp(commands[i].name, word) == 0) return &commands[i];
    return &commands[DEFAULT_COMMAND];
}

/* Says what is wrong with the files and options taken together. */
static bool check_usage(const command *cmd, const driver_options *o) {
    size_t max = o->compile.stdlib ? ANY_NUMBER : cmd->max_files;
    if (cmd->run == new_command && o->file_count != 1)
        return driver_error("new needs one name: flc2c new NAME makes a project in the folder NAME");
    if (cmd->run == lsp_command && o->file_count)
        return driver_error("lsp takes no files: it speaks the language server protocol on standard input and output");
    if (cmd->run == repl_command && o->file_count)
        return driver_error("repl takes no files: start it, then enter :load %s", o->files[0]);
    if (o->file_count < cmd->min_files) return driver_error("no input file; see flc2c --help");
    if (o->file_count > max) return driver_error("more than one input file: %s, %s", o->files[0], o->files[1]);
    if (cmd->needs_output && !o->output) return driver_error("%s needs -o PROGRAM", cmd->name);
    if (cmd->needs_output && strcmp(o->output, "-") == 0)
        return driver_error("%s cannot write a program to standard output", cmd->name);
    bool separate = o->compile.separate;
    if (separate && (cmd->run != transpile || o->compile.stdlib))
        return driver_error("--separate goes with flc2c FILE alone");
    if (separate && !o->compile.emit && (!o->output || strcmp(o->output, "-") == 0))
        return driver_error("--separate needs -o OUT.c");
    bool library = o->compile.library;
    if (library && (cmd->run != transpile || o->compile.stdlib || separate))
        return driver_error("--lib goes with flc2c FILE alone");
    if (library && !o->header && (!o->output || strcmp(o->output, "-") == 0))
        return driver_error("--lib needs -o OUT.c, or -H OUT.h");
    if (o->header && !library) return driver_error("-H goes with --lib");
    if (o->compile.separate_main && !separate) return driver_error("--main goes with --separate");
    if (o->deps_path && !o->write_deps) return driver_error("-MF needs -MD");
    if (cmd->run != transpile && o->compile.emit) return driver_error("--emit goes with flc2c FILE alone");
    if (cmd->run != transpile && o->print_libs) return driver_error("--print-libs goes with flc2c FILE alone");
    if (cmd->run != fmt_command && o->check_only) return driver_error("--check goes with flc2c fmt alone");
    if (cmd->run != check_command && o->json) return driver_error("--json goes with flc2c check alone");
    if (cmd->run != test_command && o->junit) return driver_error("--junit goes with flc2c test alone");
    if (!o->write_deps) return true;
    bool names_deps = o->deps_path || (o->output && strcmp(o->output, "-") != 0) || strcmp(o->files[0], "-") != 0;
    return names_deps || driver_error("-MD with standard input and output needs -MF");
}

/* ---- a large stack ---- */

typedef struct job {
    const command *cmd;
    driver_options options;
    int status;
} job;

static void *run_job(void *argument) {
    job *j = argument;
    j->status = j->cmd->run(&j->options);
    return NULL;
}

/* The passes recurse over the program's nesting; the memory is only reserved, and touched where it is needed. */
static void run_with_large_stack(job *j) {
    for (size_t megabytes = 512; megabytes >= 16; megabytes /= 2) {
        pthread_attr_t attributes;
        pthread_t thread;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, megabytes << 20);
        int failed = pthread_create(&thread, &attributes, run_job, j);
        pthread_attr_destroy(&attributes);
        if (failed) continue; /* an address space limit: less may do */
        pthread_join(thread, NULL);
        return;
    }
    run_job(j);
}

static int flush_stdout(int status) {
    if (fflush(stdout) == 0) return status;
    driver_error("cannot write standard output: %s", strerror(errno));
    return STATUS_FAILED;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return STATUS_USAGE;
    }
    job j = {.cmd = find_command(argv[1])};
    j.options.compile.line_directives = true;
    if (!parse_options(&j.options, argv + 1 + (j.cmd->name != NULL), j.cmd->takes_program_args)) return STATUS_USAGE;
    if (j.options.help) {
        print_help(stdout);
    } else if (j.options.version) {
        puts("flc2c " FLC2C_VERSION);
    } else {
        if (!check_usage(j.cmd, &j.options)) return STATUS_USAGE;
        j.options.compile.library_dir = installed_modules();
        run_with_large_stack(&j);
    }
    arena_free_all();
    return flush_stdout(j.status);
}
