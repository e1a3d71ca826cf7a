/* emit_function.h: what the files that print one C function share.
 *
 *   emit_function.c  the function: names, declarations, versions, entries
 *   emit_node.c      CPS nodes: statements, branches, labels
 *   emit_text.c      expressions
 *   emit_guess.c     floats in C doubles, and guesses about them
 *   emit_vector.c    accesses to vectors, and what is known of these
 *   emit_fixnum.c    guesses about fixnums
 *   emit_leaf.c      the leaves of a recursion
 *   emit_doubles.c   procedures for vectors of floats only
 *   emit_cold.c      frames, unwinding, the resume switch
 */
#ifndef EMIT_FUNCTION_H
#define EMIT_FUNCTION_H

#include "emit.h"
#include "simplify.h"

typedef struct function_emitter {
    emitter *e;
    output *out;
    const cps_function *f;
    const char **names;       /* C names, by var id */
    unsigned *uses;           /* reads, by var id */
    bool *at_top;             /* declared at the top of the function */
    var **prepared;           /* the live variables of the last point looked at for it: points may share them */
    bool *boolean;            /* holds true or false */
    const char **folded;      /* expression to print in place of the variable */
    const char **unboxed;     /* C double that holds the variable's value as a number, where one is in scope */
    const var **unboxed_vars; /* these variables, in the order they came into scope */
    size_t unboxed_count, unboxed_capacity;
    size_t fewest_unboxed; /* least unboxed_count in the part of the code being printed */
    unsigned next_double, next_body;
    uint32_t *vector_length; /* by var id: the variable holds a vector with at least so many elements; 0: not known */
    uint32_t *longest;       /* by var id: what the constant accesses through it need */
    const var **vectors;     /* these variables, in the order they became known */
    size_t vector_count, vector_capacity, fewest_vectors;
    bool *is_vector;           /* by var id: the variable holds a vector, though perhaps no longer one of that length */
    const var **known_vectors; /* these variables, in the order they became known */
    size_t known_vector_count, known_vector_capacity, fewest_known_vectors;
    const char **body;  /* C variable that holds the body of the vector in the variable, where one is in scope */
    const var **bodies; /* these variables, in the order the bodies came into scope */
    size_t body_count, body_capacity, fewest_bodies;
    bool *in_doubles; /* by var id: the body of the vector in the parameter is of doubles, all through; NULL: of none */
    const var **double_vectors; /* these parameters */
    size_t double_vector_count, double_vector_capacity;
    bool *tested;            /* by var id: has been found to hold a fixnum (fast body) */
    const var **fixnum_vars; /* these variables, in the order they became known */
    size_t fixnum_count, fixnum_capacity, fewest_fixnums;
    const cps_node *leaf_branch; /* the branch that emit_leaf_test has printed: here it always goes on (fast body) */
    bool leaves_at_entry;        /* the fast body hands over to the general one at its entry */
    bool resumable;
    bool calls_code;   /* the fast body goes on in the general one from its beginning */
    bool only_resumed; /* the general body: nobody does */
    enum { ONE_BODY, FAST_BODY, GENERAL_BODY } version; /* of a speculative function: see emit_speculative */
    const cps_point **deopts;                           /* guesses made so far in the fast body */
    size_t deopt_count, deopt_capacity;
    int indent;
    uint32_t line; /* last #line */
    const char *path;
    const cps_point **pending; /* points whose cold code is still to be printed */
    size_t pending_count, pending_capacity;
} function_emitter;

typedef struct facts {
    size_t fewest_unboxed, fewest_vectors, fewest_known_vectors, fewest_bodies, fewest_fixnums;
} facts;

/* emit_text.c */
void print_indent(function_emitter *fe);
void print_line_directive(function_emitter *fe, span at);
void begin_c_function(function_emitter *fe);
void end_c_function(function_emitter *fe);
/* One indented line of C. */
void statement(function_emitter *fe, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* C expressions; a variable held in a double is boxed. */
const char *atom_text(function_emitter *fe, atom a);
const char *join_atoms(function_emitter *fe, const char *head, const atom *items, size_t count, const char *tail);
const char *op_text(function_emitter *fe, const op *o);

/* emit_guess.c */
/* Around code that control may pass by: what is learned in it is forgotten behind it. */
facts begin_part(function_emitter *fe);
void end_part(function_emitter *fe, facts outer);
void forget_all(function_emitter *fe);
void forget_vectors(function_emitter *fe, size_t kept);
void forget_known_vectors(function_emitter *fe, size_t kept);
void forget_bodies(function_emitter *fe, size_t kept);
/* The double of an atom known to be a number already; NULL: it has to be unboxed first. */
const char *double_text(function_emitter *fe, atom a);
void emit_float_bind(function_emitter *fe, const cps_node *n);
const char *comparison_text(function_emitter *fe, const op *o);

/* emit_vector.c */
/* Behind o: forgets what it may have changed. */
void forget_changed_vectors(function_emitter *fe, const op *o);
/* Prints n if it is an access to a vector that is better done in line; else false. */
bool emit_vector_access(function_emitter *fe, const cps_node *n);
void learn_vector(function_emitter *fe, const op *o);
void learn_global(function_emitter *fe, const cps_node *n);
/* The variable holds a vector of at least so many elements. */
void learn_length(function_emitter *fe, const var *v, uint32_t length);
/* Declares the C variable of the body of the vector in v, which is remembered; v NULL: of another vector. */
const char *name_body(function_emitter *fe, const var *v, const char *body);
bool is_vector_op(const op *o);
/* Is it a vector-set! of what is known to be a float? */
bool stores_double(const op *o);
/* May o replace the body of a vector, or make vectors shorter? */
bool may_change_bodies(const op *o);
/* The C call of an access to a vector of which something is known; NULL: o is none. */
const char *vector_op_text(function_emitter *fe, const op *o);

/* The fast body leaves at p. */
void use_deopt(function_emitter *fe, cps_point *p);

/* emit_fixnum.c */
void forget_fixnums(function_emitter *fe, size_t kept);
bool is_known_fixnum(const function_emitter *fe, atom a);
void emit_fixnum_bind(function_emitter *fe, const cps_node *n);
/* The C operator of a comparison of fixnums; NULL: o is another operation. Requires: o->fixnums. */
const char *fixnum_comparison(const op *o);
/* The tests at the head of the fast body. */
void emit_entry_guards(function_emitter *fe);

/* emit_function.c */
/* By position: parameters, then free variables. */
const char **param_names(function_emitter *fe);
/* The code from its beginning, with the parameters of the function that it stands in. */
void emit_call_of_code(function_emitter *fe);
/* So the function NAME and suffix, for which there are no parameters but those. */
void emit_call_of(function_emitter *fe, const char *suffix);
void emit_fast_prototype(function_emitter *fe);

/* emit_leaf.c */
/* Prints guards and first test of the fast version as functions for the C compiler to put at the calls: the body is
 * NAME__fast then, without them. false: it does not begin with such a test, nothing is printed. */
bool emit_leaf_test(function_emitter *fe);
/* The same of a first test that needs no guesses: for procedures that have one body. */
bool emit_leaf_of_kind(function_emitter *fe);
/* Is o a call of the procedure itself that needs no guards, and may be one of NAME__fix? */
bool calls_with_fixnums(const function_emitter *fe, const op *o);

/* emit_doubles.c */
/* Fills in_doubles. false: not worth a version of the procedure. */
bool find_double_vectors(function_emitter *fe);
/* The tests at the head of that version. */
void emit_double_guards(function_emitter *fe);

/* emit_cold.c */
/* More live variables than this do not fit into w->leaving (FLU_LEAVING of worker.h). */
enum { MAX_LEAVING = 16 };
void emit_cold_code(function_emitter *fe);
/* Is p left by a tail call of the runtime, which makes the frame? */
bool leaves_by_tail_call(const function_emitter *fe, const cps_point *p);
void emit_deopts(function_emitter *fe);
void emit_resume_switch(function_emitter *fe);
/* The C label. */
const char *label_name(const cps_label *l);

/* emit_node.c */
/* Prints n and all behind it. next: the label whose code follows directly, or NULL. */
void emit_node(function_emitter *fe, const cps_node *n, const cps_label *next);
void assign(function_emitter *fe, const var *v, const char *text);
/* What n comes to, past jumps to code that is printed at the jump. */
const cps_node *behind_single_jump(const cps_node *n);
const char *c_type(const var *v);
/* The code printed so far goes to the cold code of p, which may go on to p's handler. */
void leave_at(function_emitter *fe, const cps_point *p);
/* Is the result of n read by the next node and nowhere else, so that its expression can stand there? */
bool used_next_only(const function_emitter *fe, const cps_node *n);
/* Is its value never read? NULL counts as unused. */
bool is_unused(const function_emitter *fe, const var *v);

#endif
