/* foreign.h: C functions that a program calls (define-c): made by expand_foreign.c, printed by emit_foreign.c.
 *
 * Each becomes a builtin of the program's own, whose C function is printed into the program: it converts the arguments,
 * calls, and converts the result. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "builtins.h"
#include "diag.h"
#include "output.h"

typedef enum foreign_type {
    FOREIGN_INT,     /* int64_t */
    FOREIGN_FLOAT,   /* double */
    FOREIGN_BOOL,    /* bool */
    FOREIGN_STRING,  /* const char *, NULL: nil */
    FOREIGN_BYTES,   /* const unsigned char *; parameters only */
    FOREIGN_POINTER, /* void *, NULL: nil */
    FOREIGN_VOID,    /* results only */
} foreign_type;

typedef struct foreign {
    struct builtin row;     /* its c_name is that of the printed function */
    span at;                /* the define-c */
    const char *name;       /* in the program */
    const char *c_function; /* what is called */
    foreign_type *params;
    size_t param_count;
    foreign_type result;
    const char **headers; /* "<math.h>" or "mine.h", as written */
    size_t header_count;
    const char **libs; /* "m" for -lm, or a file */
    size_t lib_count;
    bool blocking;
} foreign;

typedef struct emitter emitter;

/* The functions and what they need, before all else of the program. */
void emit_foreign(output *out, foreign *const *functions, size_t count, bool line_directives);

#endif
