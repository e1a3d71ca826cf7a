/* expand.h: what the files of the expander share. The public function is expand() in core.h.
 *
 *   expand.c          the module, scopes and names, the dispatch to the forms
 *   expand_forms.c    the tables: special forms, effects with a library function
 *   expand_module.c   imported names, exports
 *   expand_lambda.c   procedures and their parameters
 *   expand_body.c     definition forms, bodies with inner definitions
 *   expand_binding.c  let, letrec, named let, set!
 *   expand_control.c  if, cond, case, loops, threading, assert, try
 *   expand_data.c     quote, quasiquote, [ ] and { }, define-record, define-type
 *   expand_async.c    tasks, promises, for-each-recv
 *   expand_cancel.c   with-timeout and its like, with-tasks, with-resource, defer
 *   expand_select.c   select
 *   expand_test.c     deftest and assertions
 *   expand_message.c  the message place of !, ask and the like
 *   expand_actor.c    actor, define-actor, spawn-actor, receive
 *   expand_supervisor.c  define-supervisor, supervisor, child-spec
 *   expand_stream.c   generators, for-stream
 *   expand_effect.c   performing effects, handlers
 *   expand_contract.c  spec:contract
 *   expand_foreign.c   define-c
 *   expand_macro.c    define-syntax, let-syntax, expansion of macros; with macro.h
 *   expand_sync.c     with-lock, with-permit, with-read-lock, with-write-lock
 *   expand_pattern.c  patterns: data -> pattern
 *   expand_coverage.c warnings about clauses that cannot be reached and variants that are missing
 *   expand_match.c    patterns -> tests
 *
 * Every function that takes a datum reports what is wrong with it and still gives a core node (nil at worst). */
#ifndef EXPAND_H
#define EXPAND_H

#include "builtins.h"
#include "modules.h"

typedef struct body body;
typedef struct macro macro;
typedef struct contract contract;
typedef struct variant variant;

/* ---- scopes ---- */

/* The names that an actor's clauses, or the :ensures of a contract, find bound. */
typedef enum implicit { NOT_IMPLICIT, IMPLICIT_STATE, IMPLICIT_SELF, IMPLICIT_RESULT } implicit;

/* A local name. Bindings are entered and left like a stack; while several of one name exist the newest counts. */
typedef struct binding {
    const char *name;
    var *var;                 /* NULL: a macro */
    macro *macro;             /* NULL: a variable */
    size_t depth;             /* bindings that were there when it was entered, and itself */
    struct binding *shadowed; /* next older one in the same bucket */
    struct binding *older;    /* the one entered before it */
    bool used;                /* referenced: set! alone is no use */
    bool expected_used;       /* W0113 if it is not */
    implicit implicit;
    const variant *variant; /* constructor of an inner define-type or define-record, else NULL */
    body *body;             /* the body with the define that binds it, else NULL */
    size_t item;            /* that define's place in the body */
} binding;

enum { SCOPE_BUCKETS = 512 };

/* A name defined at the top level of the module. */
typedef struct top_name {
    const char *name;
    const variant *variant;        /* constructor of a define-type or define-record, else NULL */
    macro *macro;                  /* NULL: a definition */
    const module_export *imported; /* what an imported name refers to; NULL: a definition of the module */
    span at;                       /* where it is imported */
    bool implied; /* imported along with another name: a definition or other import may take its place */
    bool *use;    /* set when it is used; NULL: nobody asks */
} top_name;

/* Exporting `owner` exports `name` too. */
typedef struct family_member {
    const char *name, *owner;
    span at;
} family_member;

/* The constructor of a define-type (type set) or define-record (type NULL). */
struct variant {
    const char *name;
    span at;
    size_t fields;
    const struct variant_type *type;
};

typedef struct variant_type {
    const char *name;
    const variant *variants;
    size_t count;
} variant_type;

typedef struct unused_name {
    const char *name;
    span at;
} unused_name;

/* The function body (or top-level form) that is being expanded: what defer belongs to. */
typedef struct deferral {
    struct deferral *outer;
    var *thunks; /* the list of what was deferred; NULL: nothing is */
} deferral;

typedef struct expander {
    diag *d;
    module_unit *unit;
    module *module;    /* that it makes */
    bool runs_tests;   /* for flc2c test */
    bool no_contracts; /* they are read, but not checked */
    message_tags *tags;
    bool new_tags;  /* for module.new_tags */
    binding *scope; /* newest */
    binding *buckets[SCOPE_BUCKETS];
    top_name *top_names; /* open addressing by the interned name's address */
    size_t top_name_count, top_name_slots;
    const char **defined; /* in the order of the text */
    size_t defined_count, defined_capacity;
    module_reference *references;
    size_t reference_count, reference_capacity;
    family_member *family;
    size_t family_count, family_capacity;
    top *hidden, *tops; /* hidden: made by the expander, evaluated before all others */
    size_t hidden_count, hidden_capacity, top_count, top_capacity;
    const char **assigned; /* for module.assigned */
    size_t assigned_count, assigned_capacity;
    unused_name *unused;
    size_t unused_count, unused_capacity;
    deferral *deferral; /* innermost */
    size_t select_count, message_count;
    const char **handled; /* types of effects that handlers of the module name */
    size_t handled_count, handled_capacity;
    effect_declaration *effects;
    size_t effect_count, effect_capacity;
    const datum **plain_begins; /* begin and do forms known to hold no definitions: open addressing */
    size_t plain_begin_count, plain_begin_slots;
    struct foreign **foreigns; /* C functions it declares (foreign.h) */
    size_t foreign_count, foreign_capacity;
    bool has_macros;                  /* any at all */
    bool endless;                     /* macros have made more code than they may */
    size_t macro_data;                /* data that expansions have made */
    size_t macro_nesting;             /* expansions around the form being expanded */
    const struct macro_use *expanded; /* the last one */
} expander;

binding *scope_bind(expander *x, const char *name, var *v);
/* NULL: no local of that name. A copy of a name that nothing binds is what it copies, where its macro was defined. */
binding *scope_find(const expander *x, const char *name);
size_t scope_depth(const expander *x);
/* Forgets all bindings entered since `mark` was x->scope. */
void scope_leave(expander *x, const binding *mark);

/* Also for name.member of an imported module. */
const top_name *top_find(const expander *x, const char *name);
const top_name *top_find_here(const expander *x, const char *name); /* only under exactly this name; no use of it */
/* The name that a definition of the module has, or would have: that of a copy may be the original's. */
const char *top_spelling(const expander *x, const char *name);
/* Does `name`, here, mean the same as the literal `other` of the macro m? */
bool same_meaning(const expander *x, const char *name, const char *other, const macro *m);
/* A name made of another one, like point-x of point: a copy by the same expansion if that is one. */
const char *derived_name(const char *name, const char *made);
/* Adds a name, or replaces what it was. */
void top_set(expander *x, top_name t);
/* The constructor that a name stands for at this place, or NULL. */
const variant *variant_find(const expander *x, const char *name);
/* Is it a local or a definition of this module? (state and self, which an actor's clauses find bound, are not.) */
bool is_user_defined(const expander *x, const char *name);
/* Is it a local, a definition of this module, a builtin or a special form? */
bool name_bound(const expander *x, const char *name);
/* Adds a definition that programs cannot name, evaluated at module start; gives its name, derived from `name`. */
const char *define_hidden(expander *x, const char *name, core *value, span at);

/* ---- modules (expand_module.c) ---- */

void declare_imports(expander *x);
/* A definition at top level; false: an import has that name, which was reported. */
bool check_imported(expander *x, const char *name, span place);
/* module.member of an imported module: makes it a name that top_find knows, if there is such a member. */
const top_name *find_member(const expander *x, const char *name);
/* A copy of a name in a template of another module's macro: what it means there, made known here; or NULL. */
const top_name *find_for_macro(const expander *x, const char *copy);
/* Does an import refer to what the name t is in the module of home? */
bool refers_to(const module_export *e, const expander *home, const top_name *t);
/* Names in a macro's rules count as used. */
void use_names(const expander *x, const datum *rules);
/* Is it module.member, of a module that does not export it? Then that has been reported. */
bool report_missing_member(const expander *x, const datum *name);
/* Fills in what module m exports and refers to; warns about unused imports. */
void finish_module(expander *x, module *m);
/* Is it a type of effects that an imported module declares? */
bool imports_effect(const expander *x, const char *type);

/* ---- forms ---- */

typedef core *form_expander(expander *x, datum *form);

typedef struct special_form {
    const char *name;
    int min, max; /* operands; -1: any number */
    form_expander *expand;
    const char *usage;
} special_form;

const special_form *special_form_find(const char *name);
/* Forms that a program may define itself, at top level too: what reads like a call of a procedure. */
const special_form *call_form_find(const char *name);
/* Of both kinds. */
const char *const *special_form_names(size_t *count);
/* A name that stands in the wrong place in one of the tables, or NULL (for the unit test). */
const char *special_forms_disorder(void);
/* The library function that answers an effect such as "io:print" by default, or NULL. */
const char *effect_function(const char *effect);
/* The i-th effect that a library function answers by default, or NULL. */
const char *function_effect(const char *function, size_t i);

/* The row of the special form whose use `form` is (a list headed by its name, which no local shadows), or NULL. */
const special_form *special_form_of(const expander *x, const datum *form);
bool is_form(const expander *x, const datum *form, const char *name);
/* lambda, fn, async-fn, or async with a parameter list: evaluates to a procedure without doing anything else. */
bool is_function_literal(const expander *x, const datum *form);

core *expand_form(expander *x, datum *d);

/* ---- macros ---- */

macro *macro_named(const expander *x, const char *name); /* NULL: no macro */
macro *macro_of(const expander *x, const datum *form);   /* whose use the form is, or NULL */
void declare_macro(expander *x, const char *name, macro *m);
core *expand_macro(expander *x, datum *form);
/* What is left of d when it is no macro use any more. */
datum *expand_head(expander *x, datum *d);
/* Looks for what a pass over the text has looked for in the text: code that an expansion has made. */
void note_expanded(expander *x, datum *d);
core *report_macro_value(expander *x, const datum *name);

/* ---- forms ---- */

/* The same where only the truth of the value counts. */
core *expand_test(expander *x, datum *d);
/* A lambda without a name of its own gets this one. */
core *expand_named(expander *x, datum *d, const char *name);
/* An async function's traces show its task under the same name. */
void name_lambda(lambda *fn, const char *name);
/* Forms in a sequence whose definitions are its own; nil if there are none. */
core *expand_body(expander *x, datum *const *forms, size_t count, span at);

/* Around the expansion of a function body: deferral_leave gives it with what it has deferred run at its end. */
void deferral_enter(expander *x, deferral *d);
core *deferral_leave(expander *x, core *body, span at);
/* A procedure of no arguments, which is a function body of its own, that runs d. */
core *expand_task_thunk(expander *x, datum *d);

/* ---- data ---- */

bool is_symbol(const datum *d, const char *name);
static inline bool is_name(const datum *d) { return d->kind == DATUM_SYMBOL; }
bool is_headed(const datum *d, const char *name); /* a proper list whose first element is this symbol */
bool is_quoted(const datum *d);                   /* (quote x) */
datum *datum_list(datum **items, size_t count, span at);
/* Are two literals or quoted data equal by the language's `=`? */
bool datum_equal(const datum *a, const datum *b);

/* ---- core ---- */

core *core_fix(lambda **fns, size_t count, core *body, span at);
core *core_prim0(const char *name, span at);
core *core_prim1(const char *name, core *a, span at);
core *core_prim2(const char *name, core *a, core *b, span at);
core *core_prim3(const char *name, core *a, core *b, core *c, span at);
/* The library's function of that name, whatever the program has defined, and a call of it (the resolver checks the
 * arity). */
core *core_library_value(const char *name, span at);
core *core_library_call(const char *name, core **items, size_t count, span at);
core *core_call1(core *f, core *a, span at);
/* The body of a cleanup, in which cancellations wait for the grace time. */
core *core_cleanup(core *body, span at);
/* body; if it throws, cleanup runs before the throw goes on. An error in the cleanup takes its place. */
core *core_cleanup_on_throw(core *body, core *cleanup, span at);
/* A stream whose elements the forms yield; name: for traces, or NULL. */
core *expand_generator_body(expander *x, datum *const *forms, size_t count, const char *name, span at);
core *core_seq2(core *a, core *b, span at);
/* body, and cleanup on every way out of it: (try body (finally cleanup)). */
core *core_finally(core *body, core *cleanup, span at);
/* A procedure of no arguments. */
core *core_thunk(core *body, span at);
/* A loop without parameters: body, in whose tail position the loop's label may be jumped to. */
label *label_new(const char *name, size_t param_count);

/* ---- definitions (expand_lambda.c, expand_body.c) ---- */

typedef struct lambda_form lambda_form;
struct lambda_form {
    const char *name; /* NULL: anonymous */
    span at;
    datum **params;
    size_t param_count;
    datum *rest; /* what stands after the dot; the name alone of (lambda args ...); NULL: none */
    datum **body;
    size_t body_count;
    bool async;
    contract *contract;                                    /* NULL: none */
    core *(*make_body)(expander *x, const lambda_form *f); /* NULL: body is a sequence of forms */
};

core *expand_lambda_form(expander *x, const lambda_form *f);
/* Fills in params and rest from a parameter list or a single name; reports anything else. */
void lambda_form_params(expander *x, lambda_form *f, datum *params);

typedef enum definition_kind { DEFINE_VALUE, DEFINE_FUNCTION, DEFINE_MADE, DEFINE_FORM } definition_kind;

/* One name that a definition form defines. */
typedef struct definition {
    definition_kind kind;
    const char *name;
    span at, name_at;
    span place;     /* what a report about the definition points at: the form, or the part of it that makes this name */
    datum *value;   /* DEFINE_VALUE; NULL: nil */
    lambda_form fn; /* DEFINE_FUNCTION */
    core *made;     /* DEFINE_MADE */
    datum *form;    /* DEFINE_FORM: the whole form ... */
    form_expander *make; /* ... and what makes the value of it */
    const variant *variant;
    const char *owner; /* exporting this name exports the definition too; NULL: none */
    bool early;        /* at top level: to be evaluated at module start */
    bool generated;    /* one of several names made from one form: not being used is no mistake */
} definition;

/* A form of a body or module, with begin and do flattened where they hold definitions. */
typedef struct body_item {
    datum *const *forms; /* expressions, in a scope of their own; NULL: a definition */
    size_t form_count;
    span at;
    definition *def;
    const struct macro_use *expansion; /* the use of a macro that it comes from, or NULL */
} body_item;

typedef struct item_list {
    body_item *items;
    size_t count, capacity;
    bool top;       /* of a module */
    macro **macros; /* defined in a body */
    size_t macro_count, macro_capacity;
    contract **contracts;
    size_t contract_count, contract_capacity;
} item_list;

/* A reference to, or assignment of, a name that a body defines: the body must know them all to order its definitions.
 */
void body_note_reference(body *b, size_t item, core *node);
definition *definition_new(definition_kind kind, const datum *form, const datum *name);
/* Definitions and expressions as one letrec* body. */
core *expand_items(expander *x, const item_list *items, span at);
void declare_definition(expander *x, definition *def);
/* Once the definitions of a module are declared: reports (def x ...) and the like, and takes them as definitions. */
void mend_borrowed(expander *x, item_list *items);
void collect_items(expander *x, datum *const *forms, size_t count, item_list *out);
core *expand_definition(expander *x, const definition *def);
void collect_record(expander *x, datum *form, item_list *out);     /* define-record */
void collect_type(expander *x, datum *form, item_list *out);       /* define-type */
void collect_actor(expander *x, datum *form, item_list *out);      /* define-actor */
void collect_supervisor(expander *x, datum *form, item_list *out); /* define-supervisor */
void collect_syntax(expander *x, datum *form, item_list *out);     /* define-syntax */
/* The names of the body are bound now: those in the templates of its macros may mean them. */
void macros_see_body(const expander *x, const item_list *items);
void collect_contract(expander *x, datum *form, item_list *out); /* spec:contract */
/* Gives the definitions among the items the contracts that are about them. */
void attach_contracts(expander *x, const item_list *items);
void contract_of_local(const definition *def, var *self);
/* The body of a function with a contract; NULL: the contract is not to be checked. */
core *contract_body(expander *x, const lambda_form *f);
void collect_foreign(expander *x, datum *form, item_list *out); /* define-c */
void add_definition(item_list *out, definition *def);
/* Reports a wrong number of operands of a form and gives false. */
bool check_operands(expander *x, const datum *form, const special_form *row);

/* ---- patterns ---- */

typedef enum pattern_kind {
    PATTERN_ANY,
    PATTERN_VAR,     /* name */
    PATTERN_LITERAL, /* datum */
    PATTERN_EMPTY,
    PATTERN_CONS,        /* subs: head, tail */
    PATTERN_TAG,         /* name, subs: fields */
    PATTERN_DICT,        /* keys, subs */
    PATTERN_OR,          /* subs; names: bound by each of them */
    PATTERN_AS,          /* name, subs[0] */
    PATTERN_WHEN,        /* subs[0], datum: guard */
    PATTERN_VIEW,        /* datum: function, subs[0] */
    PATTERN_RANGE,       /* keys: low, high; inclusive */
    PATTERN_PRED,        /* datum: predicate, subs[0] */
    PATTERN_ERROR,       /* datum: kind, or NULL and subs[1] for the kind; subs[0]: the error */
    PATTERN_UNCANCELLED, /* subs[0], for values that are no cancellation (made for catch) */
    PATTERN_TEST,        /* datum: a guard; the value does not matter (made by the compiler) */
    PATTERN_PRESENT,     /* subs[0], for values that are not absent (made by the compiler) */
    PATTERN_BAD,         /* reported already; subs: variables for the names in it */
} pattern_kind;

typedef struct pattern pattern;
struct pattern {
    pattern_kind kind;
    span at;
    const char *name;
    datum *datum;
    pattern **subs;
    size_t count;
    datum **keys;
    struct bound_name *names;
    size_t name_count;
    const variant *variant; /* PATTERN_TAG of a declared constructor */
    bool inclusive;
};

typedef struct bound_name {
    const char *name;
    span at;
} bound_name;

typedef struct match_clause {
    pattern *pattern;
    datum **body;
    size_t body_count;
    span at;
    const char *prelude; /* a builtin to call once everything has matched, before the body; NULL: none */
} match_clause;

/* Reads the pattern at the head of a clause, which may take three data (name @ p); the rest is the body. in_catch: by
 * the rules of catch clauses. False: reported, no clause. */
bool parse_clause(expander *x, datum **items, size_t count, span at, bool in_catch, match_clause *out);
/* Is it a word with a meaning of its own at the head of a pattern, and so never a tag? */
bool is_pattern_word(const char *name);
/* Warns about clauses that can never be reached and variants that are missing. exhaustive: a value that no clause
 * takes is an error. */
void check_coverage(expander *x, const match_clause *clauses, size_t count, bool exhaustive, span at);
/* Tests v against the clauses in order; otherwise: the code when none matches. */
core *compile_clauses(expander *x, const match_clause *clauses, size_t count, var *v, core *otherwise);

/* ---- messages (expand_message.c) ---- */

/* What stands in the place of a message: a form that is one, or an expression. */
core *expand_message(expander *x, datum *d);
/* "file.flu:LINE", for reports: where a message was sent, an actor started. */
core *site_string(span at);
/* What ! and the like are as values; NULL: this form has none. */
core *call_form_value(const char *name, span at);

/* ---- options (expand_actor.c) ---- */

/* :name value in turn. */
typedef struct option {
    const char *name;
    datum *key, *value; /* NULL: not given */
} option;

/* Reads items as options; reports those that are none of `options`, given twice or without a value. form: what they
 * belong to, for messages. */
void read_options(expander *x, const char *form, datum **items, size_t count, option *options, size_t option_count);

/* ---- one function per special form, named after it ---- */

form_expander expand_defer, expand_shield, expand_spawn_in, expand_with_cancel, expand_with_deadline,
    expand_with_resource, expand_with_tasks, expand_with_timeout;
form_expander expand_actor, expand_and, expand_arrow, expand_arrow_last, expand_ask, expand_assert, expand_async,
    expand_async_fn, expand_begin, expand_broadcast, expand_case, expand_child_spec, expand_cond, expand_define,
    expand_dotimes, expand_effect, expand_for_each_recv, expand_if, expand_lambda, expand_let, expand_letrec,
    expand_make_message, expand_match, expand_misplaced, expand_or, expand_promise, expand_quasiquote, expand_quote,
    expand_receive, expand_select, expand_send_after, expand_send_every, expand_set, expand_spawn, expand_spawn_actor,
    expand_spawn_daemon, expand_supervisor, expand_tell, expand_try, expand_unless, expand_when, expand_while;
form_expander expand_misplaced_module;                                  /* expand_module.c */
form_expander expand_router, expand_with_open_file;                     /* expand_io.c */
form_expander expand_let_syntax;                                        /* expand_macro.c */
form_expander expand_virtual_time;                                      /* expand_async.c */
form_expander expand_assert_equal, expand_assert_error, expand_deftest; /* expand_test.c */
/* What a program under flc2c test begins and ends with. */
core *expand_tests_begin(span at);
core *expand_tests_run(span at);
form_expander expand_with_lock, expand_with_permit, expand_with_read_lock, expand_with_write_lock; /* expand_sync.c */
form_expander expand_define_effect, expand_handler, expand_with_isolated_state;                    /* expand_effect.c */
form_expander expand_for_stream, expand_generator, expand_yield;                                   /* expand_stream.c */
core *expand_list_literal(expander *x, datum *d);
core *expand_dict_literal(expander *x, datum *d);
/* Performs an effect, "type:op"; the same as a procedure. */
core *expand_effect_call(expander *x, const char *effect, datum **args, size_t count, span at);
core *expand_effect_value(expander *x, const char *effect, span at);
/* Notes the handlers and define-effects anywhere in the forms. */
void scan_effects(expander *x, datum *const *forms, size_t count);

/* Does the module handle or declare effects of this type, or the library answer the effect? */
bool is_known_effect(const expander *x, const char *name);
core *expand_and_or_test(expander *x, datum *form, bool is_and); /* and/or where only the truth counts */

#endif
