/* expand_stream.c: generators, yield, and loops over streams. */
#include "expand.h"

/* The variable that a yield in the scope refers to. */
#define GENERATOR intern_cstr("%generator")

core *expand_generator_body(expander *x, datum *const *forms, size_t count, const char *name, span at) {
    var *generator = var_new(GENERATOR, at);
    const binding *mark = x->scope;
    scope_bind(x, GENERATOR, generator);
    lambda *fn = NEW(lambda);
    *fn = (lambda){.name = name ? name : "generator", .at = at, .params = NEW_ARRAY(var *, 1), .required = 1};
    fn->params[0] = generator;
    fn->body = expand_body(x, forms, count, at);
    scope_leave(x, mark);
    return core_prim1("%generator", core_lambda(fn, at), at);
}

core *expand_generator(expander *x, datum *form) {
    return expand_generator_body(x, form->items + 1, form->count - 1, NULL, form->at);
}

/* Outside of a generator's text it is the innermost generator running that yields: procedures can do it for one. */
core *expand_yield(expander *x, datum *form) {
    core *value = expand_form(x, form->items[1]);
    const binding *b = scope_find(x, GENERATOR);
    core *generator = b ? core_local(b->var, form->at) : core_nil(form->at);
    return core_prim2("%yield", generator, value, form->at);
}

/* loop: item = (%stream-item s), bound to name unless it is the absent argument: the end. Left by a throw, the stream
 * is closed. */
static core *stream_loop(core *stream, var *name, core *body, span at) {
    var *s = var_temp(at), *item = var_temp(at);
    label *loop = label_new("for-stream", 0);
    loop->is_loop = true;
    core *next = core_prim1("%stream-item", core_local(s, at), at);
    core *at_end = core_prim1("%absent?", core_local(item, at), at);
    core *again = core_jump(loop, NEW_ARRAY(core *, 1), 0, at);
    core *round = core_let(name, core_local(item, at), core_seq2(body, again, at), at);
    loop->body = core_let(item, next, core_if(at_end, core_nil(at), round, at), at);
    core *enter = core_jump(loop, NEW_ARRAY(core *, 1), 0, at);
    core *close = core_cleanup(core_prim1("stream-close", core_local(s, at), at), at);
    core *checked = core_prim3("%stream-arg", core_string("for-stream", at), core_int(1, at), stream, at);
    core *guarded = core_cleanup_on_throw(core_label(loop, enter, at), close, at);
    guarded->closes = guarded->b->items[0]->closes = close->items[1]->items[0]->closes = true;
    return core_let(s, checked, guarded, at);
}

core *expand_for_stream(expander *x, datum *form) {
    datum *head = form->items[1];
    if (head->kind != DATUM_LIST || head->tail || head->count != 2 || !is_name(head->items[0])) {
        diag_error(x->d, E0105, head->at, "for-stream takes (name stream), not %s", datum_text(head, 40));
        diag_hint(x->d, "write (for-stream (x s) body ...)");
        return core_nil(form->at);
    }
    const datum *name = head->items[0];
    core *stream = expand_form(x, head->items[1]);
    var *v = var_new(name->text, name->at);
    const binding *mark = x->scope;
    scope_bind(x, name->text, v);
    core *body = expand_body(x, form->items + 2, form->count - 2, form->at);
    scope_leave(x, mark);
    return stream_loop(stream, v, body, form->at);
}
