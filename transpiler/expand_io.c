/* expand_io.c: with-open-file and router. */
#include "expand.h"

/* ---- with-open-file ---- */

static bool check_file(expander *x, const datum *head) {
    if (head->kind == DATUM_LIST && !head->tail && (head->count == 2 || head->count == 3) && is_name(head->items[0]))
        return true;
    diag_error(x->d, E0105, head->at, "with-open-file takes (name path mode), not %s", datum_text(head, 40));
    diag_hint(x->d, "write (with-open-file (f \"notes.txt\" \"r\") body ...); modes are \"r\", \"w\" and \"a\"");
    return false;
}

/* The file is open from before the try to after it: on every way out it is closed once. */
core *expand_with_open_file(expander *x, datum *form) {
    span at = form->at;
    datum *head = form->items[1];
    if (!check_file(x, head)) return core_nil(at);
    const datum *name = head->items[0];
    core *path = expand_form(x, head->items[1]);
    core *mode = head->count == 3 ? expand_form(x, head->items[2]) : core_string("r", at);
    core *open = core_prim2("%file-open", path, mode, head->at);
    var *file = var_temp(at), *v = var_new(name->text, name->at);
    const binding *mark = x->scope;
    scope_bind(x, name->text, v);
    core *body = expand_body(x, form->items + 2, form->count - 2, at);
    scope_leave(x, mark);
    core *close = core_prim1("%file-close", core_local(file, at), at);
    return core_let(file, open, core_finally(core_let(v, core_local(file, at), body, at), close, at), at);
}

/* ---- router ---- */

static bool check_route(expander *x, const datum *d) {
    bool method = d->kind == DATUM_LIST && !d->tail && d->count == 3 &&
                  (is_name(d->items[0]) || d->items[0]->kind == DATUM_STRING);
    if (method) return true;
    diag_error(x->d, E0105, d->at, "a route is (METHOD path handler), not %s", datum_text(d, 40));
    diag_hint(x->d, "write (router (GET \"/users/:id\" (fn (request) ...)) ...)");
    return false;
}

static core *route(expander *x, datum *d) {
    core **parts = NEW_ARRAY(core *, 3);
    parts[0] = core_string(d->items[0]->text, d->items[0]->at);
    parts[1] = expand_form(x, d->items[1]);
    parts[2] = expand_form(x, d->items[2]);
    return core_prim("%list", parts, 3, d->at);
}

core *expand_router(expander *x, datum *form) {
    size_t n = form->count - 1;
    core **routes = NEW_ARRAY(core *, n);
    for (size_t i = 0; i < n; i++)
        routes[i] = check_route(x, form->items[i + 1]) ? route(x, form->items[i + 1]) : core_nil(form->at);
    return core_prim1("%router", core_prim("%list", routes, n, form->at), form->at);
}
