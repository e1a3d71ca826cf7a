/* library.h: a C library (flc2c --lib): what a program exports, as C functions, and their header.
 *
 * Code at the end of each module of the main file gives the exported values to the runtime, each with a number. The C
 * function of an export asks the runtime to call that number (embed.h); a variable counts as a procedure of no
 * arguments. C names are MODULE_name. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "core.h"
#include "output.h"

struct module_export;

typedef struct library_export {
    const char *name; /* as importers would write it */
    const char *c_name;
    const struct module_export *export;
    const lambda *fn; /* NULL: a variable */
    const char *doc;  /* NULL: none */
} library_export;

typedef struct c_library {
    const char *source; /* path of the main file */
    const char *c_name; /* of its flu_library */
    library_export *exports;
    size_t count, capacity;
} c_library;

/* What the modules of src export. Adds to these the code that gives the values to the runtime; reports what C cannot
 * have. Requires: expanded, all exports known. */
c_library *plan_library(module *const *modules, size_t count, const source *src, diag *d);

/* The names of the functions, which nothing else in the file may have. */
struct name_set;
void reserve_library_names(const c_library *lib, struct name_set *names);
/* The functions, after the procedures of the program; main_name: the C function that runs its top-level forms. */
void emit_library(output *out, const c_library *lib, const char *main_name);
void print_library_header(output *out, const c_library *lib);

#endif
