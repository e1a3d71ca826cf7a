/* expand_async.c: tasks, promises, receiving loops, and effects that the library answers. */
#include <string.h>

#include "expand.h"

/* ---- tasks ---- */

/* What a task runs is a function body of its own: defer runs at its end. */
core *expand_task_thunk(expander *x, datum *d) {
    deferral own;
    deferral_enter(x, &own);
    core *body = expand_form(x, d);
    return core_thunk(deferral_leave(x, body, d->at), d->at);
}

static core *expand_task(expander *x, const datum *form, const char *prim) {
    return core_prim1(prim, expand_task_thunk(x, form->items[1]), form->at);
}

core *expand_spawn(expander *x, datum *form) { return expand_task(x, form, "%spawn"); }
core *expand_spawn_daemon(expander *x, datum *form) { return expand_task(x, form, "%spawn-daemon"); }
core *expand_promise(expander *x, datum *form) { return expand_task(x, form, "%promise"); }

/* A list of plain names, or one with &optional or &rest: what can only be meant as parameters. */
static bool is_parameter_list(const datum *d) {
    if (d->kind != DATUM_LIST || d->sugar || (d->tail && !is_name(d->tail))) return false;
    bool marked = d->tail != NULL;
    for (size_t i = 0; i < d->count; i++) {
        marked |= is_symbol(d->items[i], "&optional") || is_symbol(d->items[i], "&rest");
        if (!is_name(d->items[i]) && !marked) return false;
    }
    return true;
}

static bool looks_like_call(const expander *x, const datum *params) {
    for (size_t i = 0; i < params->count; i++)
        if (!is_name(params->items[i]) || !name_bound(x, params->items[i]->text)) return false;
    return params->count > 0 && !params->tail;
}

core *expand_async(expander *x, datum *form) {
    if (form->count == 2) return expand_task(x, form, "%async");
    const datum *params = form->items[1];
    if (!is_parameter_list(params)) {
        diag_error(x->d, E0117, form->at, "async with several forms begins with a parameter list, not %s",
                   datum_text(params, 40));
        diag_hint(
            x->d,
            "to run these forms as a task write (async (do ...)); for an async function write (async (x y) body ...)");
        return core_nil(form->at);
    }
    if (looks_like_call(x, params)) {
        diag_warning(x->d, W0114, params->at, "%s is taken as the parameter list of an async function",
                     datum_text(params, 40));
        diag_hint(x->d, "to run these forms as a task write (async (do %s ...))", datum_text(params, 40));
    }
    return expand_async_fn(x, form);
}

core *expand_virtual_time(expander *x, datum *form) {
    span at = form->at;
    core *body = expand_body(x, form->items + 1, form->count - 1, at);
    return core_seq2(core_prim0("%virtual-begin", at), core_finally(body, core_prim0("%virtual-end", at), at), at);
}

/* ---- for-each-recv ---- */

/* loop: r = (%recv ch), bound to name unless it is the absent argument: the end. */
static core *receive_loop(core *channel, var *name, core *body, span at) {
    var *ch = var_temp(at), *r = var_temp(at);
    label *loop = label_new("for-each-recv", 0);
    loop->is_loop = true;
    core *received = core_prim1("%recv", core_local(ch, at), at);
    core *at_end = core_prim1("%absent?", core_local(r, at), at);
    core *again = core_jump(loop, NEW_ARRAY(core *, 1), 0, at);
    core *round = core_let(name, core_local(r, at), core_seq2(body, again, at), at);
    loop->body = core_let(r, received, core_if(at_end, core_nil(at), round, at), at);
    core *enter = core_jump(loop, NEW_ARRAY(core *, 1), 0, at);
    return core_let(ch, channel, core_label(loop, enter, at), at);
}

core *expand_for_each_recv(expander *x, datum *form) {
    datum *head = form->items[1];
    if (head->kind != DATUM_LIST || head->tail || head->count != 2 || !is_name(head->items[0])) {
        diag_error(x->d, E0105, head->at, "for-each-recv takes (name channel), not %s", datum_text(head, 40));
        diag_hint(x->d, "write (for-each-recv (x ch) body ...)");
        return core_nil(form->at);
    }
    const datum *name = head->items[0];
    core *channel = expand_form(x, head->items[1]);
    var *v = var_new(name->text, name->at);
    const binding *mark = x->scope;
    scope_bind(x, name->text, v);
    core *body = expand_body(x, form->items + 2, form->count - 2, form->at);
    scope_leave(x, mark);
    return receive_loop(channel, v, body, form->at);
}
