/* driver.h: the parts of the command line: options, writing files, and running the C compiler.
 *
 * Everything here reports on stderr as "flc2c: ..." and gives false; strings are arena memory. */
#ifndef DRIVER_H
#define DRIVER_H

#include "arena.h"
#include "compile.h"

/* Exit statuses of flc2c itself; a program under "flc2c run" has its own. */
enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

typedef enum link_kind {
    LINK_PROGRAM,
    LINK_SESSION, /* flc2c repl: a shared object for the program of LINK_HOST */
    LINK_HOST,    /* a program with all of the runtime, for shared objects to find */
} link_kind;

typedef struct driver_options {
    const char **files; /* FILE arguments, in order; "-" is standard input */
    size_t file_count, file_capacity;
    const char *output;      /* -o; NULL: not given */
    bool write_deps;         /* -MD */
    const char *deps_path;   /* -MF; NULL: not given */
    compile_options compile; /* -I, --emit, --no-line, --stdlib */
    size_t include_capacity; /* of compile.include_dirs */
    color_mode color;        /* --color */
    link_kind link;
    bool link_static, debug; /* build and run: --static, --debug */
    const char *header;      /* -H; NULL: not given */
    bool print_libs;         /* --print-libs: instead of C */
    bool help, version;
    bool check_only;      /* fmt: --check */
    bool json;            /* check: --json */
    const char *junit;    /* test: --junit; NULL: not given */
    const char **filters; /* test: names contain one of them */
    size_t filter_count, filter_capacity;
    long schedules;            /* test: --schedules; 0: not given */
    long test_timeout;         /* test: --timeout in ms; 0: not given */
    bool quiet;                /* test: --quiet */
    char *const *program_args; /* run: what follows FILE, ended by NULL */
} driver_options;

/* C, or what --emit asked for; text is freed by out_free. */
typedef struct compilation {
    output text;
    dep_list deps;
} compilation;

/* driver_options.c: reads argv[1..] of a command; stop_at_file: what follows the first FILE is the program's (flc2c
 * run). On false the usage error has been reported. */
bool parse_options(driver_options *o, char **argv, bool stop_at_file);
void print_help(FILE *out);
const char *option_name(size_t i); /* of all options, in order; NULL: there are no more */
/* "flc2c: message", on stderr; gives false. */
bool driver_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* driver_output.c */

/* Replaces path by the text in one step: a reader sees the old file or the new one, never a part. "-": standard output.
 */
bool write_output(const char *path, const output *text);
/* As write_output, for a file that exists and keeps its permissions. */
bool replace_file(const char *path, const output *text);
/* The same for what is made of these files: if path has this text already it is not touched, else it becomes as old as
 * the newest of them. Whatever was made of the same files since then is up to date, in whichever order all was made. */
bool write_if_changed(const char *path, const output *text, const dep_list *sources);
/* With --separate: the interface that the module of `source` has, if the outputs lie to each other as the sources do,
 * as main_output to main_source. source itself if that cannot be said. */
const char *interface_of(const char *source, const char *main_source, const char *main_output);
/* The make rule "target: files", and an empty rule for each file, so that a deleted one does not stop make. */
bool write_deps_file(const char *path, const char *target, const dep_list *deps);
/* Creates the folder and its parents where missing. */
bool make_folders(const char *path);
/* Writes all of it; false, with errno set: it cannot be written. */
bool write_bytes(int fd, const char *text, size_t size);
/* path with its last ".flu" (or other extension) replaced; extension holds the dot and may be "". */
const char *with_extension(const char *path, const char *extension);

/* driver_files.c */

typedef struct path_list {
    const char **paths;
    size_t count, capacity;
} path_list;

bool is_source_name(const char *path); /* does it end in .flu? */
typedef bool source_filter(const char *path);
/* The sources below a folder for which wanted (NULL: all), in the order of their names. Hidden ones are left out, and
 * links to folders are not followed. */
void find_sources(path_list *list, const char *folder, source_filter *wanted);

/* driver_cc.c */

/* Compiles C text and links it with the runtime to an executable, by $CC $CFLAGS $LDFLAGS. Replaces program in one
 * step. */
bool compile_c_program(const compilation *c, const driver_options *o, const char *program);
/* The executable of this C text, from the cache (${XDG_CACHE_HOME:-~/.cache}/flc2c) or made now; NULL: reported. The
 * name is made of the C text, the runtime archive, and the C compiler with its flags: whatever changes one of them
 * makes another. */
const char *cached_program(const compilation *c, const driver_options *o);
/* The folder of the modules that are installed with flc2c; NULL: there is none. */
const char *installed_modules(void);

/* main.c */

const char *command_name(size_t i); /* as option_name */

/* One program. Reports on stderr; false: errors were found. */
bool compile(const driver_options *o, const char *const *files, size_t count, compilation *c);

/* driver_doc.c: flc2c doc: gives the exit status. */
int doc_command(const driver_options *o);

/* driver_test.c: flc2c test: gives the exit status. */
int test_command(const driver_options *o);

#endif
