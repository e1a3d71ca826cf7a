/* program.h: a whole program between the resolver and the emitter, and the passes over it, in order.
 *
 *   resolve        module -> program: names bound, arities checked, known calls brought to full argument lists
 *   find_ready     references that need no check that the definition has been evaluated
 *   simplify       folding, inlining, known calls, loops, dead code
 *   own_updates    dicts and sets that a loop alone holds are changed in place
 *   convert_closures  boxes for assigned captured variables; which lambdas escape; free variables
 *   mark_suspending   which procedures can suspend, and which can fail at all
 *   convert_cps    (cps.h) first-order CPS: every call that may suspend gets a resume point and its live variables
 *   emit_c         (emit.h)
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "builtins.h"
#include "core.h"

typedef struct program {
    const char *path;     /* of the main source file */
    const module *module; /* the main one */
    bool separate;        /* only the modules of one file are emitted; others are external */
    bool stdlib;          /* compiling the library itself: % names allowed, LIBFN definitions are external */
    global **globals;     /* in the order of the text */
    size_t global_count, global_capacity;
    struct foreign **foreigns; /* of all modules */
    size_t foreign_count, foreign_capacity;
    lambda *main;       /* the top-level forms in order, as a procedure of no arguments */
    lambda **externals; /* procedures of external modules that it refers to (convert_closures) */
    size_t external_count, external_capacity;
    lambda **lambdas; /* all procedures to emit (convert_closures) */
    size_t lambda_count, lambda_capacity;
} program;

/* What passes know of a lambda: lambda->info. */
typedef struct lambda_info {
    global *global; /* the top-level definition that is this lambda, or NULL */
    bool external;  /* of a module that another C file has */
    bool linked;    /* other C files may refer to it: external linkage, and arguments as usual */
    bool escapes;   /* used as a value: needs a procedure object and the closure convention */
    var **free;     /* free variables, in order of first use */
    size_t free_count, free_capacity;
    lambda *outermost;     /* the procedure of the top level it is nested in, or itself */
    lambda *nested, *next; /* closures: of an outermost one: all inside it, last first, linked by next */
    bool boxes;            /* closures: of an outermost one: there are variables that must live in boxes */
    bool may_suspend;      /* may give FLU_ABNORMAL with FLU_SUSPEND */
    bool may_fail;         /* may give FLU_ABNORMAL at all */
    bool cleans_up;        /* has a try that may run code of the program (convert_cps) */
    bool checks_entry;     /* calls something that is no builtin: compares the stack pointer at entry */
    const char *c_name;
    size_t size;              /* nodes, for inlining */
    bool one_copy;            /* too long to be compiled twice (emit.c) */
    bool has_object;          /* its static procedure object is referred to (emit.c) */
    bool called;              /* by a direct call (floats.c) */
    bool called_again;        /* by more than one */
    bool called_in_loop;      /* in a loop of a procedure (floats.c) */
    struct cps_function *cps; /* what it became (convert_cps) */
    bool recursive;
    /* strongly connected components (mark_suspending) */
    int index, low;
    bool on_stack;
    int component;
} lambda_info;

#define INFO(fn) ((lambda_info *)(fn)->info)

typedef enum program_kind { WHOLE_PROGRAM, SEPARATE_MODULE, LIBRARY_SOURCES } program_kind;
program *resolve(module *const *modules, size_t count, program_kind kind, diag *d);
/* After resolve, without errors: warns about what is legal but hardly meant. tags: of the whole program; NULL: they are
 * not known. */
void warn_of_uses(module *const *modules, size_t count, const message_tags *tags, diag *d);
/* Is it a definition that other C files may refer to? Only with --separate. */
bool is_linked(const program *p, const global *g);
void find_ready(program *p); /* sets core.ready of references */
void simplify(program *p);
void own_updates(program *p);
void convert_closures(program *p);
void mark_suspending(program *p);
void program_print(FILE *out, const program *p);

/* core_walk.c: calls visit on each direct child (a core ** so that it can be replaced). Does not enter lambdas of
 * CORE_LAMBDA and CORE_FIX unless into_lambdas. */
typedef void core_visitor(core **child, void *context);
void core_children(core *x, core_visitor *visit, void *context, bool into_lambdas);
/* A deep copy with fresh variables, labels and lambdas; rename maps nothing at first. */
core *core_copy(const core *x);
lambda *lambda_copy(const lambda *fn);

#endif
