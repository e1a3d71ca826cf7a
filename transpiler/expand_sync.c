/* expand_sync.c: with-lock and its like: a body between taking something and giving it back. */
#include "expand.h"

/* (taken = (take object); body; (give object taken)), on every way out. Giving back neither fails nor waits, so it
 * needs no procedure of its own as the cleanup of try does. */
static core *expand_held(expander *x, datum *form, const char *take, const char *give) {
    span at = form->at;
    var *object = var_temp(at), *taken = var_temp(at), *result = var_temp(at), *thrown = var_temp(at);
    core *expression = expand_form(x, form->items[1]);
    core *body = expand_body(x, form->items + 2, form->count - 2, at);
    core *give_back = core_prim2(give, core_local(object, at), core_local(taken, at), at);
    core *give_first = core_prim2(give, core_local(object, at), core_local(taken, at), at);
    core *failing = core_seq2(give_first, core_prim1("%rethrow", core_local(thrown, at), at), at);
    core *guarded = core_try(body, thrown, failing, at);
    core *normal = core_seq2(give_back, core_local(result, at), at);
    core *held = core_let(result, guarded, normal, at);
    core *take_it = core_prim1(take, core_local(object, at), at);
    return core_let(object, expression, core_let(taken, take_it, held, at), at);
}

core *expand_with_lock(expander *x, datum *form) { return expand_held(x, form, "%lock", "%unlock"); }
core *expand_with_permit(expander *x, datum *form) { return expand_held(x, form, "%permit", "%permit-end"); }
core *expand_with_read_lock(expander *x, datum *form) { return expand_held(x, form, "%read-lock", "%read-unlock"); }
core *expand_with_write_lock(expander *x, datum *form) { return expand_held(x, form, "%write-lock", "%write-unlock"); }
