/* driver_options.c: the command line's options: one table, one small function per option that needs more than a flag.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

bool driver_error(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("flc2c: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

/* ---- the options ---- */

typedef enum value_mode {
    NO_VALUE,
    VALUE,          /* --name=VALUE, --name VALUE, -nVALUE, -n VALUE */
    VALUE_OPTIONAL, /* --name or --name=VALUE */
} value_mode;

typedef struct option_row {
    const char *name;
    value_mode mode;
    bool (*take)(driver_options *o, const char *value); /* value NULL: none given */
} option_row;

static bool take_output(driver_options *o, const char *value) {
    if (*value == '\0') return driver_error("-o needs a file name");
    o->output = value;
    return true;
}

static bool take_include(driver_options *o, const char *value) {
    PUSH(o->compile.include_dirs, o->compile.include_count, o->include_capacity, value);
    return true;
}

static bool take_folder(driver_options *o, const char *value) {
    (void)o;
    return chdir(value) == 0 || driver_error("cannot go to %s: %s", value, strerror(errno));
}

static bool take_deps(driver_options *o, const char *value) {
    (void)value;
    o->write_deps = true;
    return true;
}

static bool take_deps_path(driver_options *o, const char *value) {
    o->deps_path = value;
    return true;
}

static bool take_emit(driver_options *o, const char *value) {
    size_t n = 0;
    for (; compile_passes[n]; n++)
        if (strcmp(compile_passes[n], value) == 0) {
            o->compile.emit = value;
            return true;
        }
    fprintf(stderr, "flc2c: --emit: there is no pass \"%s\"; the passes are", value);
    for (size_t i = 0; i < n; i++) fprintf(stderr, " %s", compile_passes[i]);
    fputc('\n', stderr);
    return false;
}

static bool take_no_line(driver_options *o, const char *value) {
    (void)value;
    o->compile.line_directives = false;
    return true;
}

static bool take_no_contracts(driver_options *o, const char *value) {
    (void)value;
    o->compile.no_contracts = true;
    return true;
}

static bool take_color(driver_options *o, const char *value) {
    if (!value || strcmp(value, "always") == 0)
        o->color = COLOR_ALWAYS;
    else if (strcmp(value, "never") == 0)
        o->color = COLOR_NEVER;
    else if (strcmp(value, "auto") == 0)
        o->color = COLOR_AUTO;
    else
        return driver_error("--color takes auto, always or never, not \"%s\"", value);
    return true;
}

static bool take_stdlib(driver_options *o, const char *value) {
    (void)value;
    o->compile.stdlib = true;
    return true;
}

static bool take_separate(driver_options *o, const char *value) {
    (void)value;
    o->compile.separate = true;
    return true;
}

static bool take_main(driver_options *o, const char *value) {
    (void)value;
    o->compile.separate_main = true;
    return true;
}

static bool take_static(driver_options *o, const char *value) {
    (void)value;
    o->link_static = true;
    return true;
}

static bool take_debug(driver_options *o, const char *value) {
    (void)value;
    o->debug = true;
    return true;
}

/* A whole number of at least 1; 0: reported. */
static long take_count(const char *option, const char *value) {
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (errno == 0 && end != value && *end == '\0' && n >= 1 && n <= 1000000000) return n;
    driver_error("%s takes a number of at least 1, not \"%s\"", option, value);
    return 0;
}

static bool take_schedules(driver_options *o, const char *value) {
    return (o->schedules = take_count("--schedules", value)) > 0;
}

static bool take_timeout(driver_options *o, const char *value) {
    return (o->test_timeout = take_count("--timeout", value)) > 0;
}

static bool take_filter(driver_options *o, const char *value) {
    PUSH(o->filters, o->filter_count, o->filter_capacity, value);
    return true;
}

static bool take_quiet(driver_options *o, const char *value) {
    (void)value;
    o->quiet = true;
    return true;
}

static bool take_help(driver_options *o, const char *value) {
    (void)value;
    o->help = true;
    return true;
}

static bool take_version(driver_options *o, const char *value) {
    (void)value;
    o->version = true;
    return true;
}

static bool take_check(driver_options *o, const char *value) {
    (void)value;
    o->check_only = true;
    return true;
}

static bool take_json(driver_options *o, const char *value) {
    (void)value;
    o->json = true;
    return true;
}

static bool take_junit(driver_options *o, const char *value) {
    if (*value == '\0') return driver_error("--junit needs a file name");
    o->junit = value;
    return true;
}

static bool take_allow(driver_options *o, const char *value) {
    (void)o;
    const char *unknown = diag_allow(value);
    if (unknown) return driver_error("--allow: %s is no code of a warning; see flc2c explain", unknown);
    return true;
}

static bool take_lib(driver_options *o, const char *value) {
    (void)value;
    o->compile.library = true;
    return true;
}

static bool take_header(driver_options *o, const char *value) {
    if (*value == '\0') return driver_error("-H needs a file name");
    o->header = value;
    return true;
}

static bool take_print_libs(driver_options *o, const char *value) {
    (void)value;
    o->print_libs = true;
    return true;
}

static const option_row option_rows[] = {
    {"-o", VALUE, take_output},
    {"-C", VALUE, take_folder},
    {"-H", VALUE, take_header},
    {"-I", VALUE, take_include},
    {"-MD", NO_VALUE, take_deps},
    {"-MF", VALUE, take_deps_path},
    {"-h", NO_VALUE, take_help},
    {"--allow", VALUE, take_allow},
    {"--check", NO_VALUE, take_check},
    {"--color", VALUE_OPTIONAL, take_color},
    {"--debug", NO_VALUE, take_debug},
    {"--emit", VALUE, take_emit},
    {"--filter", VALUE, take_filter},
    {"--help", NO_VALUE, take_help},
    {"--json", NO_VALUE, take_json},
    {"--junit", VALUE, take_junit},
    {"--lib", NO_VALUE, take_lib},
    {"--main", NO_VALUE, take_main},
    {"--no-contracts", NO_VALUE, take_no_contracts},
    {"--no-line", NO_VALUE, take_no_line},
    {"--print-libs", NO_VALUE, take_print_libs},
    {"--quiet", NO_VALUE, take_quiet},
    {"--schedules", VALUE, take_schedules},
    {"--separate", NO_VALUE, take_separate},
    {"--static", NO_VALUE, take_static},
    {"--stdlib", NO_VALUE, take_stdlib},
    {"--timeout", VALUE, take_timeout},
    {"--version", NO_VALUE, take_version},
};
enum { OPTION_COUNT = sizeof option_rows / sizeof *option_rows };

const char *option_name(size_t i) { return i < OPTION_COUNT ? option_rows[i].name : NULL; }

/* The row that an argument spells; *value is what stands in the same argument (after "=" or a short name), or NULL. */
static const option_row *find_option(const char *argument, const char **value) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const option_row *row = &option_rows[i];
        size_t n = strlen(row->name);
        if (strncmp(argument, row->name, n) != 0) continue;
        *value = NULL;
        if (argument[n] == '\0') return row;
        if (row->mode == NO_VALUE) continue;
        bool is_long = argument[1] == '-';
        if (is_long && argument[n] != '=') continue;
        *value = argument + n + is_long;
        return row;
    }
    return NULL;
}

static bool unknown_option(const char *argument) {
    const char *names[OPTION_COUNT];
    for (size_t i = 0; i < OPTION_COUNT; i++) names[i] = option_rows[i].name;
    const char *name = arena_copy(argument, strcspn(argument, "="));
    const char *near = did_you_mean(name, names, OPTION_COUNT);
    if (near) return driver_error("unknown option %s; did you mean `%s`?", argument, near);
    return driver_error("unknown option %s; see flc2c --help", argument);
}

/* Takes the option at argv[*i], and its value if that stands in the next argument. */
static bool parse_option(driver_options *o, char **argv, size_t *i) {
    const char *value;
    const option_row *row = find_option(argv[*i], &value);
    if (!row) return unknown_option(argv[*i]);
    if (row->mode == VALUE && !value) {
        if (!argv[*i + 1]) return driver_error("%s needs a value", row->name);
        value = argv[++*i];
    }
    return row->take(o, value);
}

static void add_file(driver_options *o, const char *path) { PUSH(o->files, o->file_count, o->file_capacity, path); }

bool parse_options(driver_options *o, char **argv, bool stop_at_file) {
    bool only_files = false;
    for (size_t i = 0; argv[i]; i++) {
        /* flc2c doc -> asks for that name, as it does for - alone, which elsewhere is standard input. */
        bool is_option = !only_files && argv[i][0] == '-' && argv[i][1] != '\0' && argv[i][1] != '>';
        if (is_option && strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if (is_option) {
            if (!parse_option(o, argv, &i)) return false;
        } else {
            add_file(o, argv[i]);
            if (stop_at_file) {
                o->program_args = argv + i + 1;
                return true;
            }
        }
    }
    return true;
}

/* ---- help ---- */

static const char help_start[] =
    "flc2c: compiles FluentAI programs to C\n"
    "\n"
    "USAGE\n"
    "  flc2c [options] FILE [-o OUT.c]          compile to C (standard output unless -o)\n"
    "  flc2c run [options] FILE [args ...]      compile, link and run; the executable is cached\n"
    "  flc2c build [options] FILE -o PROG       compile and link\n"
    "  flc2c check [options] FILE ...           report errors and warnings only\n"
    "  flc2c test [options] [FILE|DIR ...] [TEXT ...]   run the tests whose names contain a TEXT (default: all below "
    ".)\n"
    "  flc2c fmt [--check] FILE|DIR ...         lay out source text; FILE - is standard input to standard output\n"
    "  flc2c lsp [-I DIR]                       the language server, on standard input and output\n"
    "  flc2c repl [-I DIR]                      enter forms, see what they give; :help tells more\n"
    "  flc2c new NAME                           make a project: program, module, tests, Makefile\n"
    "  flc2c explain CODE                       explain a diagnostic such as E0301; no CODE: list all\n"
    "  flc2c doc NAME ...                       describe library functions, forms, a section; no NAME: list sections\n"
    "  flc2c completion SHELL                   print completions for bash, zsh or fish, or the manual page (man)\n"
    "\n"
    "  FILE - is standard input.\n"
    "\n"
    "OPTIONS\n"
    "  -o FILE          write there, in one step; nothing is written after an error\n"
    "  -C DIR           go to DIR first: file names, also those in messages, are relative to it\n"
    "  -I DIR           look for modules in DIR too\n"
    "  -MD              also write a make rule with the files that were read, to OUT.d\n"
    "  -MF FILE         write that rule to FILE\n"
    "  --emit=PASS      print what a pass made instead of C: "; /* the passes follow */

static const char help_end[] =
    "\n"
    "  --lib            a C library: what FILE exports becomes C functions, and there is no main\n"
    "  -H FILE          with --lib: write their header there (default: OUT.h beside OUT.c)\n"
    "  --no-contracts   do not check contracts (spec:contract) at run time\n"
    "  --no-line        no #line directives: C that is laid out for reading\n"
    "  --print-libs     print the -l flags that the program needs for its define-c forms, instead of C\n"
    "  --separate       only FILE's own modules, for one C file a source file; also writes their interface, OUT.flui\n"
    "  --main           with --separate: FILE is where the program begins, its C has main\n"
    "  --stdlib         FILEs are the standard library's sources (used to build libflurt)\n"
    "  --static         build, run: link everything statically\n"
    "  --debug          build, run: -Og -g instead of -O2\n"
    "  --check          fmt: write nothing; print the files that would change, and exit with 1 if there are any\n"
    "  --json           check: the errors and warnings as JSON on standard output\n"
    "  --junit FILE     test: also write the report to FILE, as JUnit's XML\n"
    "  --schedules N    test: each test also under N seeds of FLU_SCHEDULE, which run its tasks in other orders\n"
    "  --timeout MS     test: milliseconds that one test may take (default 10000)\n"
    "  --filter TEXT    test: the same as TEXT, also if a file has that name\n"
    "  --quiet          test: only what fails\n"
    "  --allow CODES    do not show these warnings: W0113,W0131, or all\n"
    "  --color[=WHEN]   colours in diagnostics: auto (default), always, never\n"
    "  --version        print the version\n"
    "  --help           print this text\n"
    "\n"
    "ENVIRONMENT\n"
    "  CC CFLAGS LDFLAGS   C compiler (default cc) and flags for build and run\n"
    "  FLU_HOME            prefix with include/flu and lib/libflurt.a, instead of flc2c's own\n"
    "  FLU_PATH            more folders with modules, separated by colons\n"
    "  XDG_CACHE_HOME      flc2c run keeps executables under flc2c/ there (default ~/.cache)\n"
    "\n"
    "EXIT STATUS\n"
    "  0 success; 1 the program has errors, or a file cannot be read or written; 2 wrong usage.\n"
    "  flc2c run: the program's own. flc2c test: 1 if a test failed.\n"
    "\n"
    "EXAMPLES\n"
    "  flc2c hello.flu -o hello.c && cc hello.c $(pkg-config --cflags --libs flurt) -o hello\n"
    "  flc2c build --static hello.flu -o hello\n";

void print_help(FILE *out) {
    fputs(help_start, out);
    for (size_t i = 0; compile_passes[i]; i++) fprintf(out, "%s%s", i ? " " : "", compile_passes[i]);
    fputs(help_end, out);
}
