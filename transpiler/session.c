/* session.c: definitions of a module become entries of the session's table. Ends: one walk over its trees. */
#include "session.h"

#include "modules.h"
#include "program.h"

typedef struct sharing {
    name_map shared; /* names that are looked up in the table */
} sharing;

static core *name_literal(const char *name, span at) { return core_string(name_base(name), at); }

static core *look_up(const char *name, span at) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = name_literal(name, at);
    return core_prim("%session-get", items, 1, at);
}

static core *enter(const char *name, core *value, span at) {
    core **items = NEW_ARRAY(core *, 2);
    items[0] = name_literal(name, at);
    items[1] = value;
    return core_prim("%session-set", items, 2, at);
}

static core *show(core *value, span at) {
    core **items = NEW_ARRAY(core *, 1);
    items[0] = value;
    return core_prim("%session-show", items, 1, at);
}

static void share_node(core **child, void *context) {
    const sharing *s = context;
    core *x = *child;
    core_children(x, share_node, context, true);
    bool global = x->kind == CORE_GLOBAL || x->kind == CORE_SET_GLOBAL;
    if (!global || !name_map_get(&s->shared, x->name)) return;
    *child = x->kind == CORE_GLOBAL ? look_up(x->name, x->at) : enter(x->name, x->a, x->at);
}

static void add_shared(sharing *s, const char *name) { name_map_put(&s->shared, name, (void *)name); }

static void define_name(sharing *s, const char *name, session_names *defined) {
    const char *plain = intern_cstr(name_base(name));
    add_shared(s, name);
    PUSH(defined->names, defined->count, defined->capacity, plain);
}

/* Each import is entered under the names that it has here. */
static size_t count_imports(const module *m) {
    size_t n = 0;
    for (size_t i = 0; i < m->reference_count; i++) n += m->references[i].export->inner != NULL;
    return n;
}

static void enter_imports(const module *m, top *tops, session_names *defined) {
    span at = {.src = m->src};
    for (size_t i = 0; i < m->reference_count; i++) {
        const module_reference *r = &m->references[i];
        if (!r->export->inner) continue;
        *tops++ = (top){.kind = TOP_EXPR, .at = at, .value = enter(r->name, core_global(r->name, at), at)};
        PUSH(defined->names, defined->count, defined->capacity, intern_cstr(name_base(r->name)));
    }
}

static void share_top(sharing *s, top *t) {
    bool procedure = t->kind == TOP_DEFINE && t->value->kind == CORE_LAMBDA;
    if (procedure && !t->value->fn->name) t->value->fn->name = t->name;
    share_node(&t->value, s);
    t->value = t->kind == TOP_DEFINE ? enter(t->name, t->value, t->at) : show(t->value, t->at);
    t->kind = TOP_EXPR;
}

void share_definitions(module *m, const session_names *before, session_names *defined) {
    sharing s = {0};
    for (size_t i = 0; i < before->count; i++) add_shared(&s, before->names[i]);
    /* What this entry imports hides what was defined before. */
    for (size_t i = 0; i < m->reference_count; i++)
        if (m->references[i].export->inner) name_map_put(&s.shared, m->references[i].name, NULL);
    for (size_t i = 0; i < m->count; i++)
        if (m->tops[i].kind == TOP_DEFINE) define_name(&s, m->tops[i].name, defined);
    size_t imports = count_imports(m);
    top *tops = NEW_ARRAY(top, m->count + imports + 1);
    enter_imports(m, tops, defined);
    for (size_t i = 0; i < m->count; i++) {
        share_top(&s, &m->tops[i]);
        tops[imports + i] = m->tops[i];
    }
    m->tops = tops;
    m->count += imports;
    m->assigned_count = 0; /* of the table's entries nothing is known */
}
