/* expand_cancel.c: with-timeout, with-deadline, with-cancel, shield, with-tasks, spawn-in, with-resource, defer. */
#include "expand.h"

/* ---- a body under something ---- */

static core *body_thunk(expander *x, const datum *form, size_t first) {
    return core_thunk(expand_body(x, form->items + first, form->count - first, form->at), form->at);
}

/* (FORM subject body ...) */
static core *expand_guarded(expander *x, const datum *form, const char *prim) {
    core *subject = expand_form(x, form->items[1]);
    return core_prim2(prim, subject, body_thunk(x, form, 2), form->at);
}

core *expand_with_timeout(expander *x, datum *form) { return expand_guarded(x, form, "%with-timeout"); }
core *expand_with_deadline(expander *x, datum *form) { return expand_guarded(x, form, "%with-deadline"); }
core *expand_with_cancel(expander *x, datum *form) { return expand_guarded(x, form, "%with-cancel"); }
core *expand_shield(expander *x, datum *form) { return core_prim1("%shield", body_thunk(x, form, 1), form->at); }

/* ---- with-tasks ---- */

core *expand_with_tasks(expander *x, datum *form) {
    span at = form->at;
    const datum *head = form->items[1];
    if (head->kind != DATUM_LIST || head->tail || head->count != 1 || !is_name(head->items[0])) {
        diag_error(x->d, E0105, head->at, "with-tasks takes the name of the scope in parentheses, not %s",
                   datum_text(head, 40));
        diag_hint(x->d, "write (with-tasks (g) ... (spawn-in g e) ...)");
        return core_nil(at);
    }
    const datum *name = head->items[0];
    var *g = var_new(name->text, name->at);
    const binding *mark = x->scope;
    scope_bind(x, name->text, g);
    core *body = body_thunk(x, form, 2);
    scope_leave(x, mark);
    return core_let(g, core_prim0("%task-scope", at), core_prim2("%with-tasks", core_local(g, at), body, at), at);
}

core *expand_spawn_in(expander *x, datum *form) {
    core *scope = expand_form(x, form->items[1]);
    return core_prim2("%spawn-in", scope, expand_task_thunk(x, form->items[2]), form->at);
}

/* ---- with-resource ---- */

static bool check_resource(expander *x, const datum *head) {
    if (head->kind == DATUM_LIST && !head->tail && head->count == 3 && is_name(head->items[0])) return true;
    diag_error(x->d, E0105, head->at, "with-resource takes (name acquire release), not %s", datum_text(head, 40));
    diag_hint(x->d, "write (with-resource (f (open) close) body ...): close is called with f on every way out");
    return false;
}

/* Between the acquisition and the try nothing suspends: the resource cannot be lost. */
core *expand_with_resource(expander *x, datum *form) {
    span at = form->at;
    datum *head = form->items[1];
    if (!check_resource(x, head)) return core_nil(at);
    const datum *name = head->items[0];
    core *acquire = expand_form(x, head->items[1]), *release = expand_form(x, head->items[2]);
    var *resource = var_temp(at), *releaser = var_temp(at), *v = var_new(name->text, name->at);
    const binding *mark = x->scope;
    scope_bind(x, name->text, v);
    core *body = expand_body(x, form->items + 2, form->count - 2, at);
    scope_leave(x, mark);
    core *cleanup = core_call1(core_local(releaser, at), core_local(resource, at), head->items[2]->at);
    core *guarded = core_finally(core_let(v, core_local(resource, at), body, at), cleanup, at);
    return core_let(resource, acquire, core_let(releaser, release, guarded, at), at);
}

/* ---- defer ---- */

void deferral_enter(expander *x, deferral *d) {
    *d = (deferral){.outer = x->deferral};
    x->deferral = d;
}

core *deferral_leave(expander *x, core *body, span at) {
    var *thunks = x->deferral->thunks;
    x->deferral = x->deferral->outer;
    if (!thunks) return body;
    core *run = core_prim1("%run-deferred", core_local(thunks, at), at);
    return core_let(thunks, core_prim("%list", NEW_ARRAY(core *, 1), 0, at), core_finally(body, run, at), at);
}

/* (set! thunks (cons (lambda () e) thunks)) */
core *expand_defer(expander *x, datum *form) {
    span at = form->at;
    if (!x->deferral->thunks) x->deferral->thunks = var_temp(at);
    var *thunks = x->deferral->thunks;
    core *thunk = expand_task_thunk(x, form->items[1]);
    thunk->fn->name = "defer";
    core *all = core_prim2("%list*", thunk, core_local(thunks, at), at);
    return core_seq2(core_set_local(thunks, all, at), core_nil(at), at);
}
