/* macro.h: syntax-rules.
 *
 *   macro_read.c   (syntax-rules ...) -> macro, checked
 *   macro_match.c  a use against the patterns
 *   macro_fill.c   a template with what matched -> data
 *   expand_macro.c names and scopes of macros, define-syntax, let-syntax, expansion
 *
 * Hygiene. Each expansion makes a copy (copy_name in arena.h) of every symbol that its template brings in. If code of
 * the expansion binds the copy, nothing else can refer to that binding. If nothing binds it, it means what the original
 * means where the macro was defined: scope_find and top_find look there. As data a copy is its original (name_base).
 * Copies have the same characters, so words of forms (else, catch, @) need no care. */
#ifndef MACRO_H
#define MACRO_H

#include "expand.h"

typedef struct macro_var {
    const char *name;
    const datum *at;
    unsigned depth;       /* number of ellipses it stands under in the pattern */
    const datum **groups; /* the repeated subpatterns it stands in, outermost first */
} macro_var;

typedef struct macro_rule {
    const datum *pattern, *template;
    macro_var *vars;
    size_t var_count, var_capacity;
} macro_rule;

struct macro {
    const char *name;
    span at;      /* of its name in its definition */
    size_t depth; /* of the scope it was defined in: the names of its templates see that many bindings */
    const expander *home;
    const datum *ellipsis; /* NULL: ... */
    const char **literals;
    size_t literal_count;
    macro_rule *rules;
    size_t rule_count;
    bool endless; /* its expansion was found not to end: it is not expanded any more */
};

/* What belongs to one expansion. */
typedef struct macro_instance {
    macro_use e;
    const macro *m;
    struct {
        const char *of, *copy;
    } * copies;
    size_t copy_count, copy_capacity;
    struct {
        const source *of, *expanded;
    } * sources;
    size_t source_count, source_capacity;
} macro_instance;

/* What a pattern variable stands for: a datum, or, under an ellipsis, one capture for each repetition. */
typedef struct capture {
    datum *one;
    struct capture *many;
    size_t count;
} capture;

/* Reads (syntax-rules ...). Reports mistakes; gives a macro with the rules that are right. */
macro *macro_read(expander *x, const datum *name, const datum *rules);
bool macro_is_literal(const macro *m, const char *name);
bool macro_is_ellipsis(const macro *m, const datum *d);
/* Does a sequence of data repeat its unit at items[i]? A unit is one datum, in braces a key and its value. */
bool macro_repeats(const macro *m, const datum *sequence, size_t i);
size_t macro_unit(const datum *sequence);
/* The variable of that name, or -1. */
int macro_find_var(const macro_rule *r, const char *name);

/* Does the use match the rule? Then captures[i] is what its i-th variable stands for. */
bool macro_match(expander *x, const macro *m, const macro_rule *r, const datum *use, capture *captures);

/* Checks, once, that the ellipses of the template fit its variables. */
bool macro_check_template(expander *x, const macro *m, const macro_rule *r);
/* The template with captures in it; *size counts the data made. NULL: repetitions of different lengths (reported). */
datum *macro_fill(expander *x, const macro_rule *r, const capture *captures, macro_instance *instance, size_t *size);

/* The copy of `name` that an expansion has made or makes now: also for names derived from those in its template. */
const char *instance_copy(macro_instance *instance, const char *name);

#endif
