/* simplify.h: the parts of the simplifier (simplify.c) that stand in files of their own. */
#ifndef SIMPLIFY_H
#define SIMPLIFY_H

#include "program.h"

core *fold_prim(core *x);     /* fold.c: x, or the constant it always gives */
core *simplify_prim(core *x); /* simplify_prim.c: two-argument inline cases of variadic builtins, then folding */

/* simplify.c: do calls of this top-level procedure disappear? */
bool is_inlined(const lambda *fn);
/* Does each reference to g become the literal it is defined as? */
bool is_constant(const global *g);

/* loops.c */
/* A CORE_FIX of one lambda that is only tail-called becomes a CORE_LABEL; otherwise x unchanged. */
core *contify(core *x);
/* Self tail calls of fn become jumps to a loop label around its body. g: the definition that is fn, or NULL. */
void make_self_loop(lambda *fn, const global *g);

bool mentions_var(core *x, const var *v); /* anywhere in x, nested lambdas included */

size_t lambda_params(const lambda *fn); /* required + optional + rest */

/* bounded_loops.c: is the loop, a CORE_LABEL, over soon, whatever it is given? Also marks its counters. Loops around it
 * come first. */
bool is_bounded_loop(core *loop);

/* suspend.c: the procedure that is called; NULL: it is not known */
lambda *direct_callee(const core *call);

#endif
