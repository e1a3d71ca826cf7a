/* compile.h: the pipeline from source files to C text, as the driver sees it. */
#ifndef COMPILE_H
#define COMPILE_H

#include "diag.h"
#include "output.h"

typedef struct compile_options {
    bool line_directives; /* emit #line */
    bool stdlib;          /* the files are the library: one C file of LIBFN procedures with external linkage, no main */
    bool library;         /* a C library with what the file exports, no main: --lib */
    output *header;       /* with library: where its C header goes */
    bool no_contracts;    /* contracts are not checked at run time */
    bool tests;           /* the program runs its tests: flc2c test */
    bool separate;        /* only the modules of the file itself: --separate */
    bool separate_main;   /* and it is the program's main one */
    output *interface;    /* with separate: where the interface of its modules goes */
    const struct session_names *session; /* flc2c repl: what was defined before; NULL: a program */
    struct session_names *defined;       /* with session: what it defines itself is added */
    const char *emit;                    /* print what this pass made instead of C; NULL: C */
    const char **include_dirs;           /* -I folders, in order */
    size_t include_count;
    const char *library_dir; /* of the installed modules, searched last; NULL: none */
} compile_options;

/* What a compilation depends on: the files that it has read, in order, for -MD; and what its C code needs. Arena
 * memory.
 */
typedef struct dep_list {
    const char **paths;
    size_t count, capacity;
    const char **libs; /* what the program is to be linked with: words of the C compiler's command line, each once */
    size_t lib_count, lib_capacity;
    const char **headers; /* C headers of the program's own, "name.h" */
    size_t header_count, header_capacity;
} dep_list;

/* Compiles one program (or, with opt->stdlib, the library). Writes the C text, or the --emit text, to out. Reports to
 * d; gives false if an error was reported, and then what out holds means nothing. Appends every file read to deps.
 * Recursion over deep input is by design: call it with a large stack. */
bool compile_files(const char *const *paths, size_t count, const compile_options *opt, diag *d, output *out,
                   dep_list *deps);

/* For tools: the passes that report mistakes, on one program. look (may be NULL) gets its modules as the expander has
 * made them, before resolve rewrites them; also those with errors. */
struct module;
typedef void module_visitor(struct module *const *modules, size_t count, void *context);
void check_program(const char *path, const compile_options *opt, diag *d, module_visitor *look, void *context);

/* The names that opt->emit may have, in the order of the passes, ended by NULL. */
extern const char *const compile_passes[];

#endif
