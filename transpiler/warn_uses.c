/* warn_uses.c: programs that are legal, and do something else than they look like.
 *
 *   W0136  the promise of an async function, ask or combinator is thrown away
 *   W0137  an actor that is known is sent a message that none of its clauses takes
 *   W0138  an actor waits for its own answer
 *
 * In: the modules after resolve, which reported no errors. Nothing is changed.
 * Where it cannot be certain it says nothing: what is a promise or an actor must be seen in the text. */
#include <string.h>

#include "program.h"

/* A variable around the expression being looked at. */
typedef struct let_scope {
    const var *v;
    const core *init;
    unsigned depth; /* of procedures around it */
    const struct let_scope *outer;
} let_scope;

/* The actors started with a name that stands in the text. */
typedef struct named_actor {
    const char *name;            /* string, symbol or keyword alike */
    const message_shapes *takes; /* NULL: several are called so, or it cannot be told */
    const struct named_actor *next;
} named_actor;

typedef struct use_walk {
    diag *d;
    const message_tags *tags;
    const named_actor *named;
    bool names_change;    /* the program registers actors under names of its own */
    bool handlers_change; /* some actor becomes another */
    const let_scope *lets;
    unsigned depth;
    const message_shapes *self; /* of the actor whose procedure this is in; NULL: none */
    unsigned self_depth;        /* its procedures are that deep: deeper ones may run in other tasks */
} use_walk;

/* The last expression of lets. */
static const core *tail_of(const core *x) {
    while (x->kind == CORE_LET) x = x->b;
    return x;
}

static bool is_prim(const core *x, const char *name) {
    return x->kind == CORE_PRIM && strcmp(x->prim->name, name) == 0;
}

/* ---- which actor is it? ---- */

/* The procedure that a call certainly calls, or NULL. */
static const lambda *callee(const core *call) {
    const core *f = call->a;
    if (f->kind == CORE_GLOBAL) return f->global ? f->global->fn : NULL;
    return f->kind == CORE_LOCAL && !f->var->assigned ? f->var->info : NULL;
}

static const char *name_text(const core *x) {
    if (x->kind != CORE_CONST) return NULL;
    datum_kind kind = x->datum->kind;
    bool name = kind == DATUM_STRING || kind == DATUM_SYMBOL || kind == DATUM_KEYWORD;
    return name ? name_base(intern_cstr(x->datum->text)) : NULL;
}

/* (%spawn-actor thunk name link monitor site), whose thunk calls the definition. */
static const message_shapes *spawned(const core *x) {
    const core *thunk = x->items[0];
    const core *call = thunk->kind == CORE_LAMBDA ? tail_of(thunk->fn->body) : thunk;
    const lambda *fn = call->kind == CORE_CALL ? callee(call) : NULL;
    const core *behaviour = fn ? tail_of(fn->body) : NULL;
    bool known = behaviour && is_prim(behaviour, "%behaviour") && behaviour->items[2]->kind == CORE_LAMBDA;
    return known ? behaviour->items[2]->fn->takes : NULL;
}

static const named_actor *find_named(const use_walk *w, const char *name) {
    for (const named_actor *n = w->named; n; n = n->next)
        if (n->name == name) return n;
    return NULL;
}

static const let_scope *find_let(const use_walk *w, const var *v) {
    for (const let_scope *s = w->lets; s; s = s->outer)
        if (s->v == v) return s;
    return NULL;
}

/* Is it certainly the actor that runs here? */
static bool is_self(const use_walk *w, const core *x) {
    if (!w->self) return false;
    const let_scope *s = x->kind == CORE_LOCAL && !x->var->assigned ? find_let(w, x->var) : NULL;
    if (s && s->init->kind == CORE_LOCAL) return is_self(w, s->init);
    return s ? is_prim(s->init, "self") && s->depth == w->self_depth : is_prim(x, "self") && w->depth == w->self_depth;
}

/* What the actor that x gives takes; NULL: it is not known, or no actor. */
static const message_shapes *actor_of(const use_walk *w, const core *x) {
    const char *name = w->names_change ? NULL : name_text(is_prim(x, "whereis") ? x->items[0] : x);
    const named_actor *named = name ? find_named(w, name) : NULL;
    if (named) return named->takes;
    if (is_self(w, x)) return w->self;
    x = tail_of(x);
    if (is_prim(x, "%spawn-actor")) return spawned(x);
    if (x->kind == CORE_GLOBAL && x->global && !x->global->assigned && !x->global->fn && x->global->init)
        return x->global->init->kind == CORE_GLOBAL ? NULL : actor_of(w, x->global->init);
    const let_scope *s = x->kind == CORE_LOCAL && !x->var->assigned ? find_let(w, x->var) : NULL;
    return s ? actor_of(w, s->init) : NULL;
}

/* ---- messages ---- */

/* The tagged value that a message is made as, or NULL. */
static const core *tagged_value(const core *message) {
    const core *x = message;
    if (x->kind == CORE_GLOBAL && x->global && x->name[0] == '%' && x->global->init) x = x->global->init;
    return is_prim(x, "%tagged") && x->count > 0 && x->items[0]->kind == CORE_CONST ? x : NULL;
}

static const char *nearest_tag(const message_shapes *takes, const char *tag) {
    const char **tags = NEW_ARRAY(const char *, takes->count + 1);
    for (size_t i = 0; i < takes->count; i++) tags[i] = takes->items[i].tag;
    return did_you_mean(tag, tags, takes->count);
}

static const char *tag_list(const message_shapes *takes) {
    const char *text = "";
    for (size_t i = 0; i < takes->count; i++) text = arena_printf("%s%s%s", text, i ? ", " : "", takes->items[i].tag);
    return text;
}

static void report_tag(const use_walk *w, const core *message, const message_shapes *takes, const char *tag) {
    const char *near = nearest_tag(takes, tag);
    diag_warning(w->d, W0137, message->at, "no clause of this actor takes a message (%s ...)", tag);
    diag_note_at(w->d, takes->at, "its clauses");
    if (near)
        diag_hint(w->d, "did you mean `%s`?", near);
    else
        diag_hint(w->d, "it has clauses for %s; other messages go to the dead letters", tag_list(takes));
}

static const char *fields_text(size_t n) { return arena_printf("%zu field%s", n, n == 1 ? "" : "s"); }

static void report_fields(const use_walk *w, const core *message, const message_shapes *takes,
                          const message_shape *wanted, size_t given, bool asked) {
    diag_warning(w->d, W0137, message->at, "the clause for (%s ...) takes %s, but this message has %s", wanted->tag,
                 fields_text(wanted->fields), fields_text(given));
    diag_note_at(w->d, takes->at, "the clauses of the actor");
    if (asked)
        diag_hint(w->d, "ask adds the reply handle as the last field: the pattern needs a name for it");
    else if (wanted->fields == given + 1)
        diag_hint(w->d, "if the last field is a reply handle, (ask actor (%s ...)) adds it", wanted->tag);
    else
        diag_hint(w->d, "no clause takes it: it goes to the dead letters");
}

static void check_message(const use_walk *w, const core *target, const core *message, bool asked) {
    const core *value = tagged_value(message);
    if (!w->tags || !value || w->handlers_change) return;
    const message_shapes *takes = actor_of(w, target);
    const char *tag = name_base(value->items[0]->datum->text);
    if (!takes || takes->any || may_be_received(w->tags, tag)) return;
    const message_shape *same_tag = NULL;
    for (size_t i = 0; i < takes->count; i++) {
        if (takes->items[i].tag != tag) continue;
        if (takes->items[i].fields == value->count - 1) return;
        same_tag = &takes->items[i];
    }
    if (same_tag)
        report_fields(w, message, takes, same_tag, value->count - 1, asked);
    else
        report_tag(w, message, takes, tag);
}

static void check_await(const use_walk *w, const core *x) {
    const core *asked = x->count > 0 ? tail_of(x->items[0]) : x;
    if (w->depth != w->self_depth || !is_prim(asked, "%ask-send")) return;
    const core *target = asked->items[0];
    for (const core *let = x->items[0]; let->kind == CORE_LET; let = let->b)
        if (target->kind == CORE_LOCAL && let->var == target->var) target = let->a;
    if (!is_self(w, target)) return;
    diag_warning(w->d, W0138, x->at, "the actor waits for an answer of its own, which it cannot give meanwhile");
    diag_hint(w->d, "an actor handles one message at a time: call a procedure that both clauses share, or send with ! "
                    "and go on in the clause for the answer");
}

/* ---- promises ---- */

static const char *const combinators[] = {"promise-all",  "promise-all-settled", "promise-any",
                                          "promise-race", "promise-map",         "delay"};

static const char *combinator(const core *x) {
    for (size_t i = 0; x->kind == CORE_PRIM && i < sizeof combinators / sizeof *combinators; i++)
        if (strcmp(x->prim->name, combinators[i]) == 0) return combinators[i];
    return NULL;
}

static void check_discarded_call(const use_walk *w, const core *x) {
    const lambda *fn = callee(x);
    if (!fn || !fn->async) return;
    const char *name = fn->name ? name_base(fn->name) : "this function";
    diag_warning(w->d, W0136, x->at, "%s is async, and the promise of this call is thrown away", name);
    diag_hint(w->d, "write (await (%s ...)) to wait for it, or (spawn (%s ...)) if nobody is to wait", name, name);
}

/* x is evaluated for what it does alone. */
static void check_discarded(const use_walk *w, const core *x) {
    if (x->kind == CORE_CALL) {
        check_discarded_call(w, x);
    } else if (is_prim(x, "%ask-send")) {
        diag_warning(w->d, W0136, x->at, "the answer to this request is thrown away");
        diag_hint(w->d, "write (await (ask ...)) for the answer, or send with ! if none is wanted");
    } else if (combinator(x)) {
        diag_warning(w->d, W0136, x->at, "the promise that %s gives is thrown away: nothing waits here", combinator(x));
        diag_hint(w->d, "write (await (%s ...))", combinator(x));
    }
}

/* ---- the walk ---- */

static void walk(use_walk *w, const core *x, bool discarded);

static void walk_items(use_walk *w, const core *x) {
    for (size_t i = 0; i < x->count; i++) walk(w, x->items[i], false);
}

static void walk_lambda(use_walk *w, const lambda *fn) {
    w->depth++;
    walk(w, fn->body, false);
    w->depth--;
}

static void walk_let(use_walk *w, const core *x, bool discarded) {
    let_scope scope = {x->var, x->a, w->depth, w->lets};
    walk(w, x->a, false);
    w->lets = &scope;
    walk(w, x->b, discarded);
    w->lets = scope.outer;
}

/* The procedures of an actor. */
static void walk_behaviour(use_walk *w, const core *x) {
    use_walk outer = *w;
    const core *handler = x->items[2];
    w->self = handler->kind == CORE_LAMBDA ? handler->fn->takes : NULL;
    w->self_depth = w->depth + 1;
    walk_items(w, x);
    *w = outer;
}

static void walk_prim(use_walk *w, const core *x) {
    if (is_prim(x, "%tell") || is_prim(x, "%ask-send"))
        check_message(w, x->items[0], x->items[1], is_prim(x, "%ask-send"));
    else if (is_prim(x, "%send-after") || is_prim(x, "%send-every"))
        check_message(w, x->items[1], x->items[2], false);
    else if (is_prim(x, "await"))
        check_await(w, x);
    if (is_prim(x, "%behaviour"))
        walk_behaviour(w, x);
    else
        walk_items(w, x);
}

static void walk(use_walk *w, const core *x, bool discarded) {
    if (discarded) check_discarded(w, x);
    switch (x->kind) {
    case CORE_LET: walk_let(w, x, discarded); break;
    case CORE_IF:
        walk(w, x->a, false);
        walk(w, x->b, discarded);
        walk(w, x->c, discarded);
        break;
    case CORE_SEQ:
        for (size_t i = 0; i + 1 < x->count; i++) walk(w, x->items[i], true);
        walk(w, x->items[x->count - 1], discarded);
        break;
    case CORE_FIX:
        for (size_t i = 0; i < x->count; i++) walk_lambda(w, x->fns[i]);
        walk(w, x->b, discarded);
        break;
    case CORE_LAMBDA: walk_lambda(w, x->fn); break;
    case CORE_TRY:
        walk(w, x->a, discarded);
        walk(w, x->b, discarded);
        break;
    case CORE_LABEL:
        walk(w, x->label->body, discarded);
        walk(w, x->a, discarded);
        break;
    case CORE_SET_LOCAL:
    case CORE_SET_GLOBAL: walk(w, x->a, false); break;
    case CORE_CALL:
        walk(w, x->a, false);
        walk_items(w, x);
        break;
    case CORE_PRIM: walk_prim(w, x); break;
    case CORE_JUMP: walk_items(w, x); break;
    default: break;
    }
}

/* ---- names of actors ---- */

static void note_name(use_walk *w, const core *spawn) {
    const char *name = name_text(spawn->items[1]);
    if (!name) {
        w->names_change |= spawn->items[1]->kind != CORE_CONST;
        return;
    }
    const named_actor *known = find_named(w, name);
    named_actor *n = NEW(named_actor);
    *n = (named_actor){name, spawned(spawn), w->named};
    if (known && known->takes != n->takes) n->takes = NULL;
    w->named = n;
}

static void scan(core **child, void *context) {
    use_walk *w = context;
    const core *x = *child;
    if (is_prim(x, "%spawn-actor"))
        note_name(w, x);
    else if (is_prim(x, "register") || (x->kind == CORE_BUILTIN && strcmp(x->prim->name, "register") == 0))
        w->names_change = true;
    else if (is_prim(x, "become") && x->count > 1)
        w->handlers_change = true;
    core_children(*child, scan, w, true);
}

/* The value of a module's last form is what the program ends with: its tasks are waited for. */
static bool is_last(const module *m, size_t i) { return i + 1 == m->count; }

void warn_of_uses(module *const *modules, size_t count, const message_tags *tags, diag *d) {
    use_walk w = {.d = d, .tags = tags};
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->count; i++) scan(&modules[m]->tops[i].value, &w);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->count; i++) {
            const top *t = &modules[m]->tops[i];
            walk(&w, t->value, t->kind == TOP_EXPR && !is_last(modules[m], i));
        }
}
