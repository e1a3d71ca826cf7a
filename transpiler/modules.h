/* modules.h: the modules of a program: the files that belong to it, what each imports, and what each exports.
 *
 *   load_modules.c   finds and reads files, imports first; cycles
 *   module_forms.c   reads module, import and export
 *   expand_module.c  imported names in the expander, and the table of what a module exports
 *
 * A file is one unit, or several: each (module name ...) form is a unit of its own, and so are all the forms outside of
 * such forms. Importing the file imports what all its units export. */
#ifndef MODULES_H
#define MODULES_H

#include "core.h"

typedef struct module_file module_file;
typedef struct module_unit module_unit;

/* name, or (name as other), of an import or export. */
typedef struct renamed_name {
    const char *name, *as; /* interned; equal if nothing was renamed */
    span at;
    bool used; /* of an import: something needs it */
} renamed_name;

/* (import "path" names) */
typedef struct import_form {
    span at;
    span path_at;
    const char *path; /* as written */
    bool all;         /* (import "path" *) */
    bool used;        /* something needs a name that all brings */
    renamed_name *names;
    size_t count, capacity;
    module_unit **units; /* what it imports from; none: not found, which was reported */
    size_t unit_count;
} import_form;

/* A unit that must run before another one, and the place in that one which asks for it first. */
typedef struct module_start {
    const module_unit *unit;
    span at;
} module_start;

/* A module as it was read. */
struct module_unit {
    const char *name; /* interned */
    span at;          /* of the name; the file's start if that gives the name */
    const module_file *file;
    const source *src;
    datum **forms; /* the body, without imports and exports */
    size_t count, capacity;
    import_form *imports; /* in order */
    size_t import_count, import_capacity;
    renamed_name *exports;
    size_t export_count, export_capacity;
    bool chooses_exports; /* there is an export list: only what it names is exported, else all definitions */
    bool runs_tests;      /* for flc2c test */
    bool no_contracts;    /* --no-contracts */
    const struct session_names *session; /* flc2c repl: what earlier entries have defined; else NULL */
    bool is_imported;                    /* other modules may ask for its exports */
    bool ordered;                        /* it has its place in the order of all units */
    module_unit *const *before;          /* units of the same file that stand before it: their members can be named */
    size_t before_count;
    module_start *starts; /* units whose code runs at the start of this one */
    size_t start_count, start_capacity;
    module *module; /* what expand() made of it */
};

struct module_file {
    const char *path; /* as messages show it */
    const char *real; /* without links; two paths to one file lead to one module */
    const datum_file *data;
    module_unit **units; /* in the order they run */
    size_t unit_count, unit_capacity;
    const module_file
        *importer;             /* while it is being loaded: the file that asked for it, NULL: the program itself ... */
    const import_form *import; /* ... and where */
    bool loading;
};

/* The modules of a program. */
typedef struct module_graph {
    module_unit **units; /* each after those it imports; the main one last */
    size_t count, capacity;
    module_file **files; /* in the order they were found, the main one first */
    size_t file_count, file_capacity;
    bool incomplete; /* some import was not found, or has errors of the reader: names may be missing */
} module_graph;

/* Where modules are looked for besides the importing file's folder, in order. */
typedef struct module_folders {
    const char *const *names;
    size_t count;
} module_folders;

/* Reads the program that begins with the file at path ("-": standard input), and all that it imports, directly or not.
 * Reports what is wrong; NULL if the main file cannot be read. runs_tests: those of the main file are to run. */
module_graph *load_modules(const char *path, const module_folders *folders, bool runs_tests, diag *d);
/* The modules of one file alone; imports lead nowhere. */
module_graph *graph_of_data(const datum_file *data, diag *d);

/* module_forms.c: fills in f->units. */
void read_units(module_file *f, diag *d);

/* ---- exports: made by the expander, read by those of importing modules and by the resolver ---- */

/* A name that a module exports. */
typedef struct module_export module_export;
struct module_export {
    const char *name;  /* interned, as importers write it */
    span at;           /* its definition */
    module *home;      /* the module that defines it; another one if this one only passes it on */
    const char *inner; /* its name there; NULL: no value, but a type or effect */
    const struct variant *variant;
    struct macro *macro;
    module_export **members; /* what importing it brings along: variants and predicates of a type, accessors of a record
                              */
    size_t member_count, member_capacity;
};

/* A name by which a module refers to something of another one. */
typedef struct module_reference {
    const char *name; /* interned, unique in the module */
    const module_export *export;
} module_reference;

/* The export of that name, or NULL. */
const module_export *find_export(const module *m, const char *interned_name);
/* Its own definition of that name, exported or not; NULL: there is none. */
const top *find_definition(const module *m, const char *interned_name);

#endif
