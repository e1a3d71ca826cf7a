/* core.h: the core language, a tree of about 15 node kinds: what the expander makes and all later passes work on. */
#ifndef CORE_H
#define CORE_H

#include "arena.h"
#include "datum.h"
#include "name_map.h"

typedef struct core core;
typedef struct lambda lambda;
typedef struct label label;

/* A local variable: one binding, whatever its name. */
typedef struct var {
    const char *name; /* interned, as in the source; "" for a compiler temporary */
    span at;
    bool assigned;  /* a CORE_SET_LOCAL exists */
    bool temporary; /* made by the compiler: never warned about */
    /* Owned by later passes: */
    bool captured;  /* referenced in another lambda than owner */
    bool counter;   /* a loop's parameter that counts up, from 0 or more (bounded_loops.c) */
    bool flonum;    /* always a float, held in a C double (floats.c) */
    bool likely;    /* probably a float: held in a double by the fast version of a procedure (floats.c) */
    bool as_number; /* likely, and only used where an int would be converted to a float anyway */
    int id;         /* number within the function (emitter) */
    unsigned mark;  /* closures: the last procedure it was found free in */
    unsigned uses;  /* references, counted anew by each simplifier round */
    unsigned calls; /* of these, as the operator of a direct call */
    lambda *owner;  /* the lambda that binds it (resolver) */
    core *alias;    /* simplifier: a constant or variable that this one always equals, or NULL */
    lambda *fn;     /* simplifier: the lambda a CORE_FIX binds it to, or NULL */
    void *info;
} var;

/* A top-level definition. */
typedef struct global {
    const char *name;
    span at;    /* of the name */
    span place; /* of the definition */
    struct module *module;
    bool assigned; /* set! somewhere, or defined by a non-lambda evaluated at run time */
    lambda *fn;    /* the procedure it is always bound to, or NULL */
    core *init;    /* its initialiser */
    bool used, exported, emitted;
    bool ready; /* resolver: its definition stands before the form being resolved */
    bool early; /* initialised before any code of the program can run: no check needed at a reference */
    const char *c_name;
    int order; /* position in the text, for use-before-initialisation */
    void *info;
} global;

typedef struct builtin builtin; /* builtins.h: a row of the table */

typedef enum core_kind {
    CORE_CONST,   /* datum: a literal or quoted value */
    CORE_LOCAL,   /* var */
    CORE_GLOBAL,  /* name; the resolver fills global, or turns it into CORE_BUILTIN. datum: a local or form of a similar
                   * name,  if the name seems unknown */
    CORE_BUILTIN, /* prim: a builtin used as a value */
    CORE_SET_LOCAL,  /* var, a; gives nil */
    CORE_SET_GLOBAL, /* name/global, a; gives nil */
    CORE_IF,         /* a, b, c (c never NULL) */
    CORE_LET,        /* var, a = initialiser, b = body: one binding, not visible in its initialiser */
    CORE_FIX,        /* fns[count], b = body: mutually recursive lambdas, bound to fns[i]->self */
    CORE_LAMBDA,     /* fn */
    CORE_CALL,       /* a = operator, items[count] = arguments */
    CORE_PRIM,       /* prim, items[count]: call of a builtin that user code cannot have redefined */
    CORE_SEQ,        /* items[count], count >= 1: the last one's value */
    CORE_TRY,        /* a = body, var = thrown value, b = handler: any throw in body runs the handler instead */
    CORE_LABEL, /* label = (params, body), a = expression in which CORE_JUMPs to it may stand in tail position (also in
                 * the label's own body: a loop); the value of the jump is the value of the whole form */
    CORE_JUMP,  /* label, items[count] = arguments */
    CORE_KIND_COUNT
} core_kind;

struct label {
    const char *name;
    var **params;
    size_t count;
    core *body;
    bool is_loop; /* body jumps to the label itself */
    bool bounded; /* a loop that needs no check of the time slice (bounded_loops.c) */
    unsigned jumps;
    void *info;
};

/* The tagged values that the clauses of an actor take. */
typedef struct message_shape {
    const char *tag; /* interned */
    size_t fields;
} message_shape;

typedef struct message_shapes {
    message_shape *items;
    size_t count, capacity;
    bool any; /* a clause takes others too, or it cannot be told */
    span at;
} message_shapes;

/* Parameters: required, then optional (absent: FLU_UNDEF arrives; the expander has put the default's evaluation into
 * the body as (if (%absent? x) default x)), then a rest list. */
struct lambda {
    const char *name; /* for messages and C names; NULL: anonymous */
    const char *doc;
    span at;
    var **params; /* required + optional + (rest ? 1 : 0) of them */
    size_t required, optional;
    bool rest;
    bool async;     /* a call gives a promise of what the body gives */
    bool top_level; /* no procedure of the program: its top-level code, or a piece of it */
    core *body;
    var *self;                   /* the variable a CORE_FIX binds it to */
    const message_shapes *takes; /* the handler of a define-actor; NULL: another procedure */
    lambda *outer;               /* enclosing lambda, NULL at top level (resolver) */
    void *info;                  /* owned by later passes */
};

/* 64 bytes: large programs have millions of nodes, and every pass reads them all. Only the fields that core_kind names
 * may be read; of the others, a, items and count are there (NULL, 0) in all kinds that share them with nothing. */
struct core {
    core_kind kind;
    bool direct; /* CORE_CALL: the callee is known (CORE_FIX variable, CORE_GLOBAL with fn); items match its params one
                    by one */
    bool ready;  /* CORE_GLOBAL: its definition has certainly been evaluated before */
    bool spawns; /* CORE_CALL: of an actor's definition, by spawn-actor */
    bool closes; /* CORE_TRY: made by for-stream, only closes the stream: not worth running for garbage */
    span at;
    union {
        var *var;         /* LOCAL, SET_LOCAL, LET, TRY */
        const char *name; /* GLOBAL, SET_GLOBAL; BUILTIN: as it was written */
        label *label;     /* LABEL, JUMP */
        lambda *fn;       /* LAMBDA */
        core *c;          /* IF */
    };
    core *a;
    union {
        core *b;
        global *global;      /* GLOBAL, SET_GLOBAL */
        const builtin *prim; /* BUILTIN, PRIM */
    };
    union {
        core **items;
        lambda **fns; /* FIX */
        datum *datum; /* CONST, GLOBAL, SET_GLOBAL */
    };
    size_t count;
};

typedef enum top_kind { TOP_DEFINE, TOP_EXPR } top_kind;

/* One top-level form, in order. TOP_DEFINE: name = value, evaluated in place unless value is a lambda never assigned.
 */
typedef struct top {
    top_kind kind;
    span at;
    const char *name;
    span name_at;
    span place; /* what a report about the whole definition points at */
    core *value;
    const char *doc;
} top;

/* An operation of a define-effect. */
typedef struct effect_declaration {
    const char *type, *op; /* interned */
    span at;
    int min, max; /* arguments; max -1: any number */
} effect_declaration;

typedef struct module {
    const char *name;
    const source *src;
    top *tops;
    size_t count;
    const struct module_unit *unit; /* modules.h */
    struct module_export **exports; /* what importing modules can refer to */
    size_t export_count;
    name_map export_names; /* the same by name */
    bool exports_macros;
    const struct module_reference *references; /* names of other modules' definitions that it may refer to */
    size_t reference_count;
    name_map globals;          /* resolver: what its names mean */
    struct foreign **foreigns; /* C functions that it calls (foreign.h) */
    size_t foreign_count;
    bool external;        /* flc2c --separate: another C file has its code */
    core *start;          /* resolver: a call that runs its code; NULL: it has none */
    const char **handled; /* types of effects that its handlers name, interned */
    size_t handled_count;
    effect_declaration *effects;
    size_t effect_count;
    bool new_tags;         /* its macros have made receives with tags that were not known before */
    const char **assigned; /* names that set! assigns and that are no locals, each perhaps several times */
    size_t assigned_count;
} module;

/* message_tags.c: the tags that the receive clauses of a program name, which makes (tag x ...) a message in the place
 * of one even where a builtin has that name. */
typedef struct message_tags message_tags;
message_tags *find_message_tags(const datum_file *const *files, size_t count);
/* Are both from the text, or made by one expansion of a macro? What an expansion was given has been scanned already. */
static inline bool same_origin(const datum *form, const datum *part) {
    return !part->at.src || !form->at.src || part->at.src->expansion == form->at.src->expansion;
}
bool is_message_tag(const message_tags *tags, const char *interned_name);
/* Adds those in code that a macro has made; gives whether there are new ones. */
bool add_message_tags(message_tags *tags, const datum *code);

/* What receive expressions take, besides the clauses of actors, as far as it has been expanded. */
void note_received(message_tags *tags, const message_shapes *shapes);
/* May some receive expression take a message with this tag? */
bool may_be_received(const message_tags *tags, const char *tag);

/* (tags name ...), sorted. */
void print_message_tags(FILE *out, const message_tags *tags);

/* expand.c: special forms, patterns, quasiquote and the rest of the surface syntax become core. Reports and goes on. */
/* Gives unit->module too. Requires: the units it imports from have been expanded. */
module *expand(struct module_unit *unit, message_tags *tags, diag *d);

/* Constructors (core.c). */
core *core_const(datum *x, span at);
core *core_local(var *v, span at);
core *core_global(const char *name, span at);
core *core_set_local(var *v, core *value, span at);
core *core_set_global(const char *name, core *value, span at);
core *core_if(core *test, core *then, core *otherwise, span at);
core *core_let(var *v, core *init, core *body, span at);
core *core_lambda(lambda *fn, span at);
core *core_call(core *operator_, core **items, size_t count, span at);
core *core_prim(const char *builtin_name, core **items, size_t count, span at); /* the row must exist: asserts */
core *core_seq(core **items, size_t count, span at);
core *core_try(core *body, var *thrown, core *handler, span at);
core *core_label(label *l, core *a, span at);
core *core_jump(label *l, core **items, size_t count, span at);
core *core_nil(span at);
core *core_bool(bool value, span at);
core *core_int(int64_t i, span at);
core *core_string(const char *text, span at);
core *core_quote_symbol(const char *interned_name, span at); /* CONST of a symbol datum */
var *var_new(const char *name, span at);
var *var_temp(span at);
void core_print(FILE *out, const core *x, int indent); /* as S-expressions, for --emit=expand */
void module_print(FILE *out, const module *m);

#endif
