/* cps.h: first-order CPS: what convert_cps() makes and emit_c() prints.
 *
 * A function is a tree of nodes. Every operation that may give FLU_ABNORMAL is bound by a CPS_BIND of its own and has a
 * point: a place in the function that its error traces name and, if it may suspend, at which a frame can resume it.
 * Loops, joins after branches and handlers are labels with parameters; only enclosing labels are jumped to. */
#ifndef CPS_H
#define CPS_H

#include "program.h"

typedef struct cps_node cps_node;
typedef struct cps_label cps_label;

typedef enum atom_kind {
    ATOM_NONE,
    ATOM_VAR,
    ATOM_CONST,   /* datum */
    ATOM_PROC,    /* the static procedure object of fn */
    ATOM_BUILTIN, /* the static procedure object of a builtin */
} atom_kind;

typedef struct atom {
    atom_kind kind;
    union { /* by kind */
        var *var;
        datum *datum;
        lambda *fn;
        const builtin *prim;
    };
} atom;

typedef enum op_kind {
    OP_MOVE, /* items[0] */
    OP_PRIM, /* prim(items) */
    OP_CALL, /* fn(items), known; callee = its procedure object if it escapes; else items end with its free variables */
    OP_CALL_VALUE, /* callee(items) */
    OP_GLOBAL_REF, /* global; unbound-variable if checked */
    OP_GLOBAL_SET, /* global = items[0] */
} op_kind;

typedef struct op {
    op_kind kind;
    bool checked;
    bool fixnums; /* done on fixnums in the fast body (fixnums.c) */
    span at;
    union { /* by kind */
        const builtin *prim;
        lambda *fn;
        global *global;
    };
    atom callee;
    atom *items;
    size_t count;
} op;

typedef struct var_set {
    uint64_t *words;
} var_set;

/* A place where FLU_ABNORMAL can arise. */
typedef struct cps_point {
    int number;
    span at;
    bool suspends; /* a frame can resume here */
    bool at_check; /* entry or loop check: resumes with nil at the check itself */
    bool used;
    var *result;        /* receives the value on resumption; NULL: none */
    cps_label *handler; /* of the enclosing try, or NULL */
    var **live;         /* saved in the frame */
    size_t live_count;
    struct cps_point *next;
} cps_point;

typedef enum cps_kind {
    CPS_BIND,     /* result = op; next */
    CPS_CLOSURES, /* fns[count]: allocates their procedure objects, then fills them; next */
    CPS_CHECK,    /* must the task yield?; next */
    CPS_IF,       /* test, next (then), other */
    CPS_LABEL,    /* label in next (the entry); its body */
    CPS_JUMP,     /* label(items) */
    CPS_RETURN,   /* test: the value */
    CPS_TAIL,     /* return op */
    CPS_STOP,     /* not reached: the operation before never gives a value */
} cps_kind;

struct cps_label {
    const char *name;
    var **params;
    size_t count;
    cps_node *body;
    bool is_loop, is_handler;
    unsigned jumps;
    var_set live; /* at the start of body, without params (liveness.c) */
    int id;
    bool placed, targeted; /* emitter: its code is printed; a goto refers to it */
};

struct cps_node {
    cps_kind kind;
    uint32_t count; /* of fns or items */
    span at;
    cps_node *next;
    op *op;           /* CPS_BIND, CPS_TAIL; else NULL */
    cps_point *point; /* NULL: it cannot fail */
    union {
        var *result;      /* CPS_BIND */
        cps_label *label; /* CPS_LABEL, CPS_JUMP */
        cps_node *other;  /* CPS_IF */
        atom **envs;      /* CPS_CLOSURES: the free variables' values of each */
    };
    union {
        cps_point *deopt; /* CPS_BIND: if an operand is not what was guessed; NULL: needs no guess */
        lambda **fns;     /* CPS_CLOSURES */
        atom *items;      /* CPS_JUMP */
        atom test;        /* CPS_IF, CPS_RETURN */
    };
};

typedef struct cps_function {
    lambda *fn;
    var **vars; /* all variables, by id: parameters, free variables, then locals */
    size_t var_count, var_capacity;
    var **free; /* this function's own copies of its free variables, in the order of lambda_info.free */
    var *self;  /* its procedure object, if the code refers to it; else NULL */
    cps_node *body;
    cps_point *points; /* in order */
    int point_count;
    cps_point *deopts; /* where the fast version leaves for the general one; numbered behind the points */
    op **calls;        /* its direct calls (floats.c) */
    size_t call_count, call_capacity;
    bool may_have_floats; /* it or a caller has a float literal or sqrt (floats.c) */
    bool float_pending;   /* floats.c: to be looked at again */
    bool speculative;     /* has variables that are likely floats or fixnums: emitted in a fast and a general version */
    bool risky;           /* the fast version may have to leave often */
    bool guards_entry;    /* some parameters are fixnums in the fast version */
    bool *fixnums;        /* by var id: always holds a fixnum in the fast version */
    bool *certain_floats, *fast_floats; /* by var id: var.flonum in the general and the fast version */
    bool shared_frame; /* all resume points save the same variables: one piece of code does it (liveness.c) */
    int resume_count;  /* points that suspend */
} cps_function;

/* Gives one cps_function for each of p->lambdas, in order.
 * Requires: mark_suspending().  Breaks: the core trees, whose variables it renumbers. */
cps_function **convert_cps(program *p);
void cps_print(FILE *out, const cps_function *f);

/* floats.c: finds variables that always hold floats (var.flonum), which are emitted as C doubles, and ones that
 * probably do (var.likely). */
void find_float_params(program *p, cps_function **functions); /* parameters that every call gives a float */
void find_floats(cps_function *f);
/* Chooses what var.flonum means while a speculative function is printed: the likely ones too, or only the certain ones.
 */
void assume_likely_floats(cps_function *f, bool assume);
void add_deopt(cps_function *f, cps_node *n); /* the fast version may leave before n */
bool atom_is_float(atom a);                   /* a float literal, or a variable found so */
bool is_float_arithmetic(const op *o); /* %add %sub %mul %div with a float among the operands, sqrt: gives a float */
bool op_is_prim(const op *o, const char *name);
bool is_vector_ref(const op *o);
bool is_constant_vector_access(const op *o); /* vector-ref or vector-set! of a variable at a literal index */
bool is_float_comparison(const op *o);       /* %lt .. on floats (small int literals count) */

/* fixnums.c: finds arithmetic that is likely on fixnums. After find_floats(). */
void find_fixnums(cps_function *f);
bool atom_is_fixnum_literal(atom a);

/* liveness.c: fills cps_point.live. */
void find_live(cps_function *f);

#endif
