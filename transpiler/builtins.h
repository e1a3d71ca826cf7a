/* builtins.h: the one table of builtins, read by the resolver, the suspension analysis, the emitter and flc2c doc.
 *
 * The rows stand in runtime/builtins/<area>.def, all included by runtime/builtins/builtins.def:
 *
 *   BUILTIN("recv!", flu_chan_recv, 1, 1, SUSPENDS, "(recv! ch): the next value; nil once closed and drained.")
 *   INLINEFN("%add", flu_add, 2, 2, PURE|FOLD, "...")            the C function is static inline in a runtime header
 *   LIBFN("map", flu_lib_map, 3, 2, ANY, SUSPENDS, "...")        written in FluentAI (stdlib), emitted by flc2c
 * --stdlib; the third field is the number of C parameters ALIAS("receive!", "recv!")
 *
 * C signature:
 *   BUILTIN, INLINEFN, max a number   flu_value f(flu_worker *w, flu_value a1 .. a_max)   absent optional ones are
 * FLU_UNDEF BUILTIN, max ANY                  flu_value f(flu_worker *w, int argc, const flu_value *argv)    argc >=
 * min was checked LIBFN                             flu_value f(flu_worker *w, flu_value a1 .. a_k)     required, then
 * optional (FLU_UNDEF when absent), then the rest list if there is one (max is ANY)
 *
 * A name that starts with % is the compiler's own and cannot be written in a program. */
#ifndef BUILTINS_H
#define BUILTINS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum builtin_flags {
    THROWS = 0,   /* the default: may raise an error, never suspends */
    NOTHROW = 1,  /* always gives a value */
    SUSPENDS = 2, /* may suspend the task (and raise) */
    PURE = 4,     /* no effects, and equal arguments give equal results: unused calls may be dropped if NOTHROW */
    FOLD = 8,     /* as PURE, and worth computing at compile time on literals (fold.c knows it) */
    LIB = 16,     /* set by LIBFN */
    INLINE = 256, /* set by INLINEFN */
    CALLS = 512,  /* ends in a call of one of its arguments: as a tail call it needs no frame, and its caller checks the
                     stack */
    NORETURN = 32,   /* never gives a value: throw, error, exit */
    BOOLEAN = 64,    /* gives true or false */
    ALLOCATES = 128, /* NOTHROW, but gives a fresh object: not to be duplicated */
    LIBRARY = 1024,  /* there is C code that will call library procedures written in FluentAI for it */
    TLS = 2048,      /* LIBFN: in the part of the library that needs OpenSSL and zlib, a C file of its own */
} builtin_flags;

struct builtin {
    const char *name;
    const char *c_name;
    int min, max; /* number of arguments; max -1 (ANY): no limit */
    int nparams;  /* C parameters after the worker; -1: (argc, argv) */
    unsigned flags;
    const char *doc;
};

/* The row of a name or alias (its name is then the other one); NULL: no builtin. */
const struct builtin *builtin_find(const char *name);
/* All names, aliases included, sorted, without the compiler's own, for "did you mean" and completion. */
const char *const *builtin_names(size_t *count);
/* The end of the forms that a documentation begins with: where ": " follows them. */
const char *builtin_signature_end(const char *doc);

#endif
