/* ready.c: find_ready: which references to top-level definitions need no check that their initialiser has run.
 *
 * The top-level forms are gone through in order. What a form mentions, directly or by way of the procedures that it
 * mentions, can run from then on, in whatever task, and not before; so where it refers to a definition that stands
 * above the form it is ready. Every procedure is looked at once, when the first form that leads to it comes. */
#include "program.h"

typedef struct ready_pass {
    lambda **pending; /* mentioned, still to be looked at */
    size_t count, capacity;
} ready_pass;

/* Marks on globals, in global->info: nobody else uses it before convert_cps. */
static char defined_mark, mentioned_mark, both_mark;

static bool has(const global *g, const char *mark) { return g->info == mark || g->info == &both_mark; }

static void add(global *g, char *mark) {
    if (!has(g, mark)) g->info = g->info ? &both_mark : mark;
}

static void look(core **child, void *context) {
    ready_pass *p = context;
    core *x = *child;
    if (x->kind == CORE_GLOBAL && has(x->global, &defined_mark)) x->ready = true;
    if (x->kind == CORE_GLOBAL && x->global->fn && !has(x->global, &mentioned_mark)) {
        add(x->global, &mentioned_mark);
        PUSH(p->pending, p->count, p->capacity, x->global->fn);
    }
    core_children(x, look, p, true);
}

static void look_at_form(ready_pass *p, core *x) {
    look(&x, p);
    while (p->count) look(&p->pending[--p->count]->body, p);
}

static void go_through(ready_pass *p, core *body);

/* The code of a module, or a part of a long program. */
static lambda *piece_of(const core *x) {
    lambda *fn = x->kind == CORE_CALL && x->a->kind == CORE_GLOBAL ? x->a->global->fn : NULL;
    return fn && fn->top_level ? fn : NULL;
}

static void go_through_form(ready_pass *p, core *x) {
    lambda *piece = piece_of(x);
    if (piece) {
        go_through(p, piece->body);
        return;
    }
    look_at_form(p, x);
    if (x->kind == CORE_SET_GLOBAL) add(x->global, &defined_mark);
}

static void go_through(ready_pass *p, core *body) {
    if (body->kind != CORE_SEQ) {
        go_through_form(p, body);
        return;
    }
    for (size_t i = 0; i < body->count; i++) go_through_form(p, body->items[i]);
}

void find_ready(program *prog) {
    ready_pass p = {0};
    if (!prog->stdlib && !prog->separate) go_through(&p, prog->main->body); /* else others may call its procedures */
    for (size_t i = 0; i < prog->global_count; i++) prog->globals[i]->info = NULL;
}
