/* emit.h: CPS to C. */
#ifndef EMIT_H
#define EMIT_H

#include "cps.h"
#include "output.h"

typedef struct emit_options {
    bool line_directives;
    bool session;                    /* flu_session_code takes the place of main */
    bool has_main;                   /* of a separate module: it is the program's main one */
    const struct c_library *library; /* --lib: what it exports; no main then. Or NULL */
} emit_options;

/* Prints the whole C file. Deterministic: equal programs give equal bytes.
 * Requires: functions from convert_cps(p), one per lambda, in order. */
void emit_c(output *out, program *p, cps_function **functions, const emit_options *opt);

/* ---- between the emitter's files ---- */

typedef struct emitter {
    output *out; /* where function bodies go */
    program *p;
    const emit_options *opt;
    struct name_set *names; /* C names at file level */
    struct literals *literals;
    lambda **static_procs; /* procedures whose static objects are referred to */
    size_t static_proc_count, static_proc_capacity;
    const builtin **builtin_procs;
    size_t builtin_proc_count, builtin_proc_capacity;
    global **globals; /* definitions that need a variable */
    size_t global_count, global_capacity;
    bool uses_library;            /* calls procedures written in FluentAI: flu_lib_init must run first */
    bool uses_tls;                /* flu_lib_tls_init too */
    const char *path, *path_text; /* of the last #line, and the same in C */
} emitter;

/* emit.c: something in the C file refers to b. */
void note_builtin(emitter *e, const builtin *b);

/* emit_names.c */
/* The C name of a definition that other C files may refer to: the same in all of them. */
const char *linked_identifier(struct name_set *set, const char *module, const char *name);
/* The C procedure that runs a module, and those it imports, once. */
const char *run_identifier(const char *module);
/* A C identifier made from a FluentAI name, not in set; adds it. Names of the C library and of the runtime are avoided.
 */
struct name_set *name_set_new(const struct name_set *outer);
const char *c_identifier(struct name_set *set, const char *name);
/* How a name is spelt in C, whatever else is called so: letters, digits and underscores. */
const char *c_spelling(const char *name);
/* For an object that holds a literal: sym__increment, str__1, which no program's name can be. */
const char *literal_identifier(struct name_set *set, const char *kind, const char *text);
void reserve_identifier(struct name_set *set, const char *c_name);
/* From now on no identifier is a plain word that a C header might use. */
void guard_identifiers(struct name_set *set);

/* A name or path inside a C comment: what would end or upset the comment is changed. */
void print_in_comment(output *out, const char *text);

/* emit_literals.c */
struct literals *literals_new(struct name_set *names);
/* A C expression for a datum; objects it needs are remembered. */
const char *literal_text(struct literals *l, const datum *x);
void emit_literal_objects(output *out, const struct literals *l);   /* static objects and variables */
void emit_literal_functions(output *out, const struct literals *l); /* functions that those call */
void emit_literal_init(output *out, const struct literals *l);      /* statements of the init function */
const char *float_literal(double d);                                /* a C expression of type double */
void print_c_string(output *out, const char *s, size_t size);       /* a long one on several lines */
const char *c_path(const char *path);                               /* always on one line, as #line needs it */

/* emit_function.c */
void emit_function(emitter *e, cps_function *f);
const char *proc_text(emitter *e, lambda *fn); /* expression of a static procedure object */
const char *builtin_text(emitter *e, const builtin *b);
const char *global_text(emitter *e, global *g);
bool takes_self(const lambda *fn);      /* escapes, and is no top-level definition */
bool has_exact_entry(const lambda *fn); /* can be called with exactly its parameters through its object */

/* emit.c */
bool has_linkage(const lambda *fn); /* other C files may call it by its name */
void emit_signature(output *out, const lambda *fn, const char *suffix, const char *const *param_names);

#endif
