/* effects.h: which effects the program handles. Used by the resolver. */
#ifndef EFFECTS_H
#define EFFECTS_H

#include "core.h"

typedef struct effect_set effect_set;

effect_set *collect_effects(module *const *modules, size_t count, bool all_handled);
/* A %perform node: itself, or what is left of it where nothing handles its type. Its arity is checked against
 * define-effect. */
core *simplify_effect(const effect_set *s, diag *d, core *perform);
/* A call of a builtin (call->a), or the builtin as a value, as the performing of its effect; NULL: nothing handles
 * that. */
core *effect_of_call(const effect_set *s, const core *call);
core *effect_of_value(const effect_set *s, const core *function);

#endif
