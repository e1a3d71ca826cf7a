/* expand_data.c: quoted data, collections, records and variant types. */
#include <string.h>

#include "expand.h"

/* ---- equality of literals ---- */

static bool is_number(const datum *d) {
    return d->kind == DATUM_INT || d->kind == DATUM_BIGINT || d->kind == DATUM_FLOAT;
}

/* Is the float that int? */
static bool float_is_int(double f, int64_t i) {
    return f >= -0x1p62 && f <= 0x1p62 && f == (double)(int64_t)f && (int64_t)f == i;
}

static bool numbers_equal(const datum *a, const datum *b) {
    if (a->kind == DATUM_FLOAT && b->kind != DATUM_FLOAT) {
        const datum *swap = a;
        a = b, b = swap;
    }
    if (a->kind == DATUM_FLOAT) return a->f == b->f;
    if (b->kind == DATUM_FLOAT) return a->kind == DATUM_INT && float_is_int(b->f, a->i);
    if (a->kind != b->kind) return false;
    return a->kind == DATUM_INT ? a->i == b->i : strcmp(a->text, b->text) == 0;
}

static bool is_sequence(const datum *d) { return d->kind == DATUM_LIST || d->kind == DATUM_BRACKET; }

bool datum_equal(const datum *a, const datum *b) {
    if (is_number(a) && is_number(b)) return numbers_equal(a, b);
    if (a->kind != b->kind && !(is_sequence(a) && is_sequence(b))) return false;
    switch (a->kind) {
    case DATUM_STRING: return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
    case DATUM_SYMBOL:
    case DATUM_KEYWORD: return a->text == b->text;
    case DATUM_LIST:
    case DATUM_BRACKET:
    case DATUM_BRACE: break;
    default: return true;
    }
    if (a->count != b->count || !a->tail != !b->tail) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!datum_equal(a->items[i], b->items[i])) return false;
    return !a->tail || datum_equal(a->tail, b->tail);
}

static size_t hash_bytes(const void *bytes, size_t n, size_t h) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001b3u;
    return h;
}

static size_t hash_double(double f) {
    if (f == 0) f = 0; /* -0.0 too */
    return hash_bytes(&f, sizeof f, 1);
}

/* Equal data have equal hashes; of collections only their size counts. */
static size_t datum_hash(const datum *d) {
    switch (d->kind) {
    case DATUM_INT: return hash_double((double)d->i);
    case DATUM_FLOAT: return hash_double(d->f);
    case DATUM_BIGINT:
    case DATUM_STRING: return hash_bytes(d->text, strlen(d->text), 2);
    case DATUM_SYMBOL:
    case DATUM_KEYWORD: return ((uintptr_t)d->text >> 4) * 0x9e3779b97f4a7c15u >> 24;
    case DATUM_LIST:
    case DATUM_BRACKET: return d->count + 7;
    case DATUM_BRACE: return d->count + 77;
    default: return (size_t)d->kind;
    }
}

/* ---- dicts: checks ---- */

static bool is_literal(const datum *d) {
    return is_quoted(d) ||
           (d->kind != DATUM_SYMBOL && d->kind != DATUM_LIST && d->kind != DATUM_BRACKET && d->kind != DATUM_BRACE);
}

static const datum *literal_value(const datum *d) { return is_quoted(d) ? d->items[1] : d; }

static void report_equal_keys(expander *x, const datum *first, const datum *second) {
    diag_error(x->d, E0115, second->at, "the key %s stands in this dict already", datum_text(second, 40));
    diag_note_at(x->d, first->at, "the first one");
    diag_hint(x->d, "remove one of the two, or use another key");
}

/* quoted: all keys are literal data. */
static void check_keys(expander *x, const datum *d, bool quoted) {
    size_t size = 4;
    while (size < d->count) size *= 2;
    const datum **slots = NEW_ARRAY(const datum *, size);
    for (size_t i = 0; i + 1 < d->count; i += 2) {
        const datum *key = d->items[i];
        if (!quoted && !is_literal(key)) continue;
        const datum *value = quoted ? key : literal_value(key);
        size_t slot = datum_hash(value) & (size - 1);
        while (slots[slot] && !datum_equal(quoted ? slots[slot] : literal_value(slots[slot]), value))
            slot = (slot + 1) & (size - 1);
        if (slots[slot])
            report_equal_keys(x, slots[slot], key);
        else
            slots[slot] = key;
    }
}

static bool check_dict(expander *x, const datum *d, bool quoted) {
    if (d->count % 2) {
        const datum *last = d->items[d->count - 1];
        diag_error(x->d, E0114, last->at, "the key %s has no value", datum_text(last, 40));
        diag_hint(x->d, "a dict is written with keys and values in turn: {:a 1 :b 2}");
        return false;
    }
    check_keys(x, d, quoted);
    return true;
}

/* Dicts inside quoted data obey the same rules. */
static bool check_quoted(expander *x, const datum *d) {
    bool ok = d->kind != DATUM_BRACE || check_dict(x, d, true);
    for (size_t i = 0; i < d->count; i++) ok &= check_quoted(x, d->items[i]);
    return ok && (!d->tail || check_quoted(x, d->tail));
}

core *expand_quote(expander *x, datum *form) {
    datum *d = form->items[1];
    return check_quoted(x, d) ? core_const(d, d->at) : core_nil(form->at);
}

/* ---- [ ] and { } ---- */

static bool all_constant(core *const *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (items[i]->kind != CORE_CONST) return false;
    return true;
}

/* Lists and dicts are immutable, so one whose elements are constant is a constant. */
static core *collection(datum_kind kind, const char *prim, core **items, size_t count, span at) {
    if (!all_constant(items, count)) return core_prim(prim, items, count, at);
    datum **data = NEW_ARRAY(datum *, count + 1);
    for (size_t i = 0; i < count; i++) data[i] = items[i]->datum;
    datum *d = datum_list(data, count, at);
    d->kind = kind;
    return core_const(d, at);
}

static core **expand_elements(expander *x, const datum *d) {
    core **items = NEW_ARRAY(core *, d->count + 1);
    for (size_t i = 0; i < d->count; i++) items[i] = expand_form(x, d->items[i]);
    return items;
}

core *expand_list_literal(expander *x, datum *d) {
    return collection(DATUM_LIST, "%list", expand_elements(x, d), d->count, d->at);
}

core *expand_dict_literal(expander *x, datum *d) {
    core **items = expand_elements(x, d);
    if (!check_dict(x, d, false)) return core_nil(d->at);
    return collection(DATUM_BRACE, "%dict", items, d->count, d->at);
}

/* ---- quasiquote ---- */

static core *quasi(expander *x, datum *d, unsigned depth);

static bool check_one_operand(expander *x, const datum *d) {
    if (d->count == 2) return true;
    diag_error(x->d, E0101, d->at, "%s takes 1 operand, but has %zu", d->items[0]->text, d->count - 1);
    diag_hint(x->d, "write ,x or (unquote x)");
    return false;
}

static bool is_splice(const datum *d, unsigned depth) { return depth == 1 && is_headed(d, "unquote-splicing"); }

/* (head x) at another depth: the form itself is data. */
static core *quasi_nested(expander *x, datum *d, unsigned depth) {
    core **items = NEW_ARRAY(core *, d->count);
    items[0] = core_const(d->items[0], d->items[0]->at);
    for (size_t i = 1; i < d->count; i++) items[i] = quasi(x, d->items[i], depth);
    return collection(DATUM_LIST, "%list", items, d->count, d->at);
}

/* Elements from `from` on up to the next splice, then `tail`. NULL tail: the list ends there. */
static core *quasi_run(core **items, size_t count, core *tail, span at) {
    if (!tail) return collection(DATUM_LIST, "%list", items, count, at);
    if (!count) return tail;
    core **with_tail = NEW_ARRAY(core *, count + 1);
    memcpy(with_tail, items, count * sizeof *items);
    with_tail[count] = tail;
    return core_prim("%list*", with_tail, count + 1, at);
}

/* Elements are expanded in order, then put together from the end. */
static core *quasi_list(expander *x, datum *d, unsigned depth) {
    core **items = NEW_ARRAY(core *, d->count + 1);
    for (size_t i = 0; i < d->count; i++) {
        datum *e = d->items[i];
        bool splice = is_splice(e, depth);
        items[i] = !splice                   ? quasi(x, e, depth)
                   : check_one_operand(x, e) ? expand_form(x, e->items[1])
                                             : core_nil(e->at);
    }
    core *code = d->tail ? quasi(x, d->tail, depth) : NULL;
    size_t end = d->count;
    for (size_t i = d->count; i-- > 0;) {
        if (!is_splice(d->items[i], depth)) continue;
        core *rest = quasi_run(items + i + 1, end - i - 1, code, d->at);
        code = core_prim2("%append2", items[i], rest, d->items[i]->at);
        end = i;
    }
    return quasi_run(items, end, code, d->at);
}

static core *quasi_dict(expander *x, datum *d, unsigned depth) {
    core **items = NEW_ARRAY(core *, d->count + 1);
    for (size_t i = 0; i < d->count; i++) items[i] = quasi(x, d->items[i], depth);
    if (!check_dict(x, d, false)) return core_nil(d->at);
    return collection(DATUM_BRACE, "%dict", items, d->count, d->at);
}

static bool has_unquote(const datum *d) {
    if (is_headed(d, "unquote") || is_headed(d, "unquote-splicing")) return true;
    for (size_t i = 0; i < d->count; i++)
        if (has_unquote(d->items[i])) return true;
    return d->tail && has_unquote(d->tail);
}

static core *quasi(expander *x, datum *d, unsigned depth) {
    if (is_headed(d, "unquote")) {
        if (depth > 1) return quasi_nested(x, d, depth - 1);
        return check_one_operand(x, d) ? expand_form(x, d->items[1]) : core_nil(d->at);
    }
    if (is_headed(d, "unquote-splicing")) {
        if (depth > 1) return quasi_nested(x, d, depth - 1);
        diag_error(x->d, E0116, d->at, ",@ stands where there is no list to splice into");
        diag_hint(x->d, "write `(a ,@xs b); to insert the list as one value use a comma alone");
        return core_nil(d->at);
    }
    if (is_headed(d, "quasiquote")) return quasi_nested(x, d, depth + 1);
    switch (d->kind) {
    case DATUM_LIST:
    case DATUM_BRACKET: return quasi_list(x, d, depth);
    case DATUM_BRACE: return quasi_dict(x, d, depth);
    default: return core_const(d, d->at);
    }
}

core *expand_quasiquote(expander *x, datum *form) {
    if (!has_unquote(form->items[1])) return expand_quote(x, form);
    return quasi(x, form->items[1], 1);
}

/* ---- define-record, define-type ---- */

typedef struct type_maker {
    expander *x;
    const datum *form;
    item_list *out;
} type_maker;

static core *quoted_name(const char *name, span at) { return core_quote_symbol(name, at); }

static definition *add_made(const type_maker *m, const char *name, span at, core *value) {
    definition *def = NEW(definition);
    *def = (definition){.kind = DEFINE_MADE,
                        .name = name,
                        .at = m->form->at,
                        .name_at = at,
                        .place = at,
                        .made = value,
                        .generated = true};
    if (value->kind == CORE_LAMBDA) value->fn->name = def->name;
    add_definition(m->out, def);
    return def;
}

static lambda *made_lambda(size_t params, span at) {
    lambda *fn = NEW(lambda);
    *fn = (lambda){.at = at, .params = NEW_ARRAY(var *, params + 1), .required = params};
    return fn;
}

/* Declares the tag and its fields; gives the name of the id. */
static const char *declare_record(const type_maker *m, const datum *name, datum **fields, size_t count) {
    core *names = core_const(datum_list(fields, count, name->at), name->at);
    core *id = core_prim2("%record-declare", quoted_name(name->text, name->at), names, name->at);
    return define_hidden(m->x, arena_printf("%%record:%s", name->text), id, name->at);
}

static const char *signature(const char *name, datum *const *fields, size_t count) {
    const char *text = arena_printf("(%s", name);
    for (size_t i = 0; i < count; i++) text = arena_printf("%s %s", text, fields[i]->text);
    return arena_printf("%s)", text);
}

static core *constructor(const datum *name, const char *id, datum **fields, size_t count) {
    span at = name->at;
    lambda *fn = made_lambda(count, at);
    core **args = NEW_ARRAY(core *, count + 2);
    args[0] = core_global(id, at);
    args[1] = quoted_name(name->text, at);
    for (size_t i = 0; i < count; i++) {
        fn->params[i] = var_new(fields[i]->text, fields[i]->at);
        args[i + 2] = core_local(fn->params[i], fields[i]->at);
    }
    fn->doc = arena_printf("%s: a new %s.", signature(name->text, fields, count), name->text);
    fn->body = core_prim("%record", args, count + 2, at);
    return core_lambda(fn, at);
}

/* Who imports `owner` imports the definition too. */
static void belongs_to(definition *def, const datum *owner) { def->owner = owner->text; }

static void add_predicate(const type_maker *m, const datum *name, size_t fields) {
    span at = name->at;
    lambda *fn = made_lambda(1, at);
    fn->params[0] = var_new(intern_cstr("x"), at);
    fn->doc = arena_printf("(%s? x): is x a %s?", name->text, name->text);
    fn->body = core_prim3("%tagged?", core_local(fn->params[0], at), quoted_name(name->text, at),
                          core_int((int64_t)fields, at), at);
    const char *predicate = derived_name(name->text, arena_printf("%s?", name->text));
    belongs_to(add_made(m, predicate, at, core_lambda(fn, at)), name);
}

static void add_accessor(const type_maker *m, const datum *name, const char *id, const datum *field, size_t i) {
    span at = field->at;
    lambda *fn = made_lambda(1, at);
    fn->params[0] = var_new(name->text, at);
    fn->doc = arena_printf("(%s-%s %s): its field %s.", name->text, field->text, name->text, field->text);
    core **args = NEW_ARRAY(core *, 4);
    args[0] = core_local(fn->params[0], at);
    args[1] = core_global(id, at);
    args[2] = quoted_name(name->text, at);
    args[3] = core_int((int64_t)i, at);
    fn->body = core_prim("%record-field", args, 4, at);
    const char *accessor = derived_name(name->text, arena_printf("%s-%s", name->text, field->text));
    belongs_to(add_made(m, accessor, at, core_lambda(fn, at)), name);
}

/* (point-with p :x 3): the list of fields and values is spread by apply. */
static void add_with(const type_maker *m, const datum *name, const char *id) {
    span at = name->at;
    lambda *fn = made_lambda(1, at);
    fn->rest = true;
    fn->params = NEW_ARRAY(var *, 2);
    fn->params[0] = var_new(name->text, at);
    fn->params[1] = var_new(intern_cstr("changes"), at);
    fn->doc = arena_printf("(%s-with %s :field value ...): a copy with other values in these fields.", name->text,
                           name->text);
    core **args = NEW_ARRAY(core *, 4);
    args[0] = core_library_value("%record-with", at);
    args[1] = core_global(id, at);
    args[2] = core_local(fn->params[0], at);
    args[3] = core_local(fn->params[1], at);
    fn->body = core_library_call("apply", args, 4, at);
    const char *with = derived_name(name->text, arena_printf("%s-with", name->text));
    belongs_to(add_made(m, with, at, core_lambda(fn, at)), name);
}

/* Fields are distinct names; with others the form is given up. */
static bool check_fields(expander *x, datum *const *fields, size_t count, const char *hint) {
    for (size_t i = 0; i < count; i++) {
        if (!is_name(fields[i])) {
            diag_error(x->d, E0118, fields[i]->at, "a field is a name, not %s", datum_text(fields[i], 40));
            diag_hint(x->d, "%s", hint);
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (fields[k]->text != fields[i]->text) continue;
            diag_error(x->d, E0119, fields[i]->at, "two fields are called %s", fields[i]->text);
            diag_note_at(x->d, fields[k]->at, "the first one");
            return false;
        }
    }
    return true;
}

void collect_record(expander *x, datum *form, item_list *out) {
    static const char hint[] = "write (define-record point (x y))";
    const datum *name = form->items[1], *fields = form->items[2];
    if (!is_name(name)) {
        diag_error(x->d, E0118, name->at, "the name of the record is expected here, not %s", datum_text(name, 40));
        diag_hint(x->d, hint);
        return;
    }
    if (fields->kind != DATUM_LIST || fields->tail) {
        diag_error(x->d, E0118, fields->at, "the list of fields is expected here, not %s", datum_text(fields, 40));
        diag_hint(x->d, hint);
        if (fields->kind != DATUM_BRACKET) return;
    }
    if (!check_fields(x, fields->items, fields->count, hint)) return;
    type_maker m = {x, form, out};
    const char *id = declare_record(&m, name, fields->items, fields->count);
    variant *v = NEW(variant);
    *v = (variant){.name = name->text, .at = name->at, .fields = fields->count};
    add_made(&m, name->text, name->at, constructor(name, id, fields->items, fields->count))->variant = v;
    add_predicate(&m, name, fields->count);
    for (size_t i = 0; i < fields->count; i++) add_accessor(&m, name, id, fields->items[i], i);
    add_with(&m, name, id);
}

/* (Circle r), (Unit) or Unit: NULL if it is none of them (reported). */
static const datum *variant_name(expander *x, const datum *d) {
    static const char hint[] = "write (Name field ...), or Name for a variant without fields";
    if (is_name(d)) return d;
    if (d->kind == DATUM_LIST && d->count > 0 && !d->tail && is_name(d->items[0]))
        return check_fields(x, d->items + 1, d->count - 1, hint) ? d->items[0] : NULL;
    diag_error(x->d, E0118, d->at, "a variant is expected here, not %s", datum_text(d, 40));
    diag_hint(x->d, hint);
    return NULL;
}

static bool check_new_variant(expander *x, const variant_type *type, const datum *name) {
    for (size_t i = 0; i < type->count; i++) {
        if (type->variants[i].name != name->text) continue;
        diag_error(x->d, E0119, name->at, "two variants are called %s", name->text);
        diag_note_at(x->d, type->variants[i].at, "the first one");
        return false;
    }
    return true;
}

static void add_variant(const type_maker *m, const datum *name, datum *d, const variant *v) {
    datum **fields = v->fields ? d->items + 1 : NULL; /* a constant may be a bare name, without items */
    const char *id = declare_record(m, name, fields, v->fields);
    core *value;
    if (v->fields) {
        value = constructor(name, id, fields, v->fields);
    } else {
        value = core_prim2("%record", core_global(id, name->at), quoted_name(name->text, name->at), name->at);
    }
    definition *def = add_made(m, name->text, name->at, value);
    def->variant = v;
    if (v->type->name != name->text) belongs_to(def, m->form->items[1]);
    def->early = v->fields == 0;
    add_predicate(m, name, v->fields);
}

void collect_type(expander *x, datum *form, item_list *out) {
    const datum *name = form->items[1];
    if (!is_name(name)) {
        diag_error(x->d, E0118, name->at, "the name of the type is expected here, not %s", datum_text(name, 40));
        diag_hint(x->d, "write (define-type Name (Variant field ...) ...)");
        return;
    }
    type_maker m = {x, form, out};
    variant_type *type = NEW(variant_type);
    variant *variants = NEW_ARRAY(variant, form->count);
    *type = (variant_type){.name = name->text, .variants = variants};
    for (size_t i = 2; i < form->count; i++) {
        datum *d = form->items[i];
        const datum *tag = variant_name(x, d);
        if (!tag || !check_new_variant(x, type, tag)) continue;
        variant *v = &variants[type->count++];
        *v = (variant){.name = tag->text, .at = tag->at, .fields = is_name(d) ? 0 : d->count - 1, .type = type};
        add_variant(&m, tag, d, v);
    }
}
