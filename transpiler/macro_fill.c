/* macro_fill.c: templates: the check when a macro is read, and the data that an expansion makes of them.
 *
 * A subtemplate under an ellipsis is repeated over the variables in it that stand under more ellipses in the pattern
 * than are left for them further inside, and with them over those of the same repeated subpattern. So in
 * ((a b ...) ...) -> ((a b) ...) ... each a goes with its own bs. */
#include <string.h>

#include "macro.h"

typedef struct filler {
    expander *x;
    const macro *m;
    const macro_rule *rule;
    macro_instance *instance; /* NULL: only checking */
    size_t size;
    bool literally; /* inside (... template) */
    bool failed;
} filler;

/* The variables at one place of the template. */
typedef struct frame {
    const capture *captures; /* NULL: only checking */
    unsigned *used;          /* of each variable: ellipses that the place is under, as far as they repeat it */
} frame;

static bool is_ellipsis(const filler *f, const datum *d) { return !f->literally && macro_is_ellipsis(f->m, d); }

/* (... template) */
static bool is_escape(const filler *f, const datum *t) {
    return t->kind == DATUM_LIST && t->count == 2 && !t->tail && is_ellipsis(f, t->items[0]);
}

/* Ellipses behind the unit at items[i]. */
static size_t ellipses_after(const filler *f, const datum *sequence, size_t i) {
    size_t n = 0, next = i + macro_unit(sequence);
    while (next + n < sequence->count && is_ellipsis(f, sequence->items[next + n])) n++;
    return n;
}

/* ---- which variables does an ellipsis repeat? ---- */

/* Marks the variables in t that have more ellipses left than there are around them in t. */
static void mark_needed(filler *f, const datum *t, unsigned nested, const frame *at, bool *marks) {
    if (is_escape(f, t)) {
        f->literally = true;
        mark_needed(f, t->items[1], nested, at, marks);
        f->literally = false;
        return;
    }
    if (is_name(t)) {
        int v = macro_find_var(f->rule, t->text);
        if (v >= 0 && f->rule->vars[v].depth > at->used[v] + nested) marks[v] = true;
        return;
    }
    if (t->kind != DATUM_LIST && t->kind != DATUM_BRACKET && t->kind != DATUM_BRACE) return;
    size_t unit = macro_unit(t);
    for (size_t i = 0; i < t->count;) {
        size_t ellipses = ellipses_after(f, t, i);
        for (size_t k = i; k < i + unit && k < t->count; k++)
            mark_needed(f, t->items[k], nested + (unsigned)ellipses, at, marks);
        i += unit + ellipses;
    }
    if (t->tail) mark_needed(f, t->tail, nested, at, marks);
}

static const datum *next_group(const filler *f, size_t v, const frame *at) {
    const macro_var *var = &f->rule->vars[v];
    return at->used[v] < var->depth ? var->groups[at->used[v]] : NULL;
}

/* The variables that the outermost of `ellipses` behind a unit repeats; false: none. */
static bool find_repeated(filler *f, const datum *sequence, size_t i, size_t ellipses, const frame *at, bool *marks) {
    for (size_t k = i; k < i + macro_unit(sequence) && k < sequence->count; k++)
        mark_needed(f, sequence->items[k], (unsigned)ellipses - 1, at, marks);
    size_t vars = f->rule->var_count;
    bool any = false;
    for (size_t v = 0; v < vars; v++) any |= marks[v];
    for (size_t v = 0; v < vars; v++)
        for (size_t u = 0; marks[v] && u < vars; u++)
            if (!marks[u] && next_group(f, u, at) == next_group(f, v, at)) marks[u] = true;
    return any;
}

/* One repetition further inside. */
static frame inner_frame(const filler *f, const frame *at, const bool *marks) {
    size_t vars = f->rule->var_count;
    frame inner = {.used = NEW_ARRAY(unsigned, vars + 1)};
    for (size_t v = 0; v < vars; v++) inner.used[v] = at->used[v] + marks[v];
    return inner;
}

/* ---- checking ---- */

static void bad_template(filler *f, const datum *d, const char *what, const char *hint) {
    f->failed = true;
    diag_error(f->x->d, E0131, d->at, "%s", what);
    diag_hint(f->x->d, "%s", hint);
}

static void check(filler *f, const datum *t, const frame *at);

static void check_repeated(filler *f, const datum *sequence, size_t i, size_t ellipses, const frame *at) {
    frame inner = *at;
    for (; ellipses > 0; ellipses--) {
        bool *marks = NEW_ARRAY(bool, f->rule->var_count + 1);
        if (!find_repeated(f, sequence, i, ellipses, &inner, marks)) {
            bad_template(f, sequence->items[i + macro_unit(sequence)],
                         "nothing in the part before this ellipsis stands under an ellipsis in the pattern",
                         "in the template, too, an ellipsis follows a variable, or a form with one, that the pattern "
                         "repeats; (... ...) stands for the ellipsis itself");
            return;
        }
        inner = inner_frame(f, &inner, marks);
    }
    for (size_t k = i; k < i + macro_unit(sequence) && k < sequence->count; k++) check(f, sequence->items[k], &inner);
}

static void check_name(filler *f, const datum *t, const frame *at) {
    int v = macro_find_var(f->rule, t->text);
    if (v < 0 || f->rule->vars[v].depth == at->used[v]) return;
    unsigned left = f->rule->vars[v].depth - at->used[v];
    bad_template(
        f, t, arena_printf("%s stands under %s in the pattern", t->text, left == 1 ? "an ellipsis" : "more ellipses"),
        arena_printf("write %s %s", t->text, left == 1 ? "..." : "... ..."));
    diag_note_at(f->x->d, f->rule->vars[v].at->at, "the variable");
}

static void check_sequence(filler *f, const datum *t, const frame *at) {
    size_t unit = macro_unit(t);
    for (size_t i = 0; i < t->count;) {
        size_t ellipses = ellipses_after(f, t, i);
        if (is_ellipsis(f, t->items[i]))
            bad_template(f, t->items[i], "there is nothing before this ellipsis that it could repeat",
                         "write (... ...) for the ellipsis itself");
        else if (ellipses)
            check_repeated(f, t, i, ellipses, at);
        else
            for (size_t k = i; k < i + unit && k < t->count; k++) check(f, t->items[k], at);
        i += unit + ellipses;
    }
    if (t->tail) check(f, t->tail, at);
}

static void check(filler *f, const datum *t, const frame *at) {
    if (f->failed) return;
    if (is_escape(f, t)) {
        f->literally = true;
        check(f, t->items[1], at);
        f->literally = false;
    } else if (is_name(t)) {
        if (is_ellipsis(f, t)) bad_template(f, t, "there is nothing before this ellipsis", "write (... ...)");
        check_name(f, t, at);
    } else if (t->kind == DATUM_LIST || t->kind == DATUM_BRACKET || t->kind == DATUM_BRACE) {
        check_sequence(f, t, at);
    }
}

bool macro_check_template(expander *x, const macro *m, const macro_rule *r) {
    filler f = {.x = x, .m = m, .rule = r};
    frame at = {.used = NEW_ARRAY(unsigned, r->var_count + 1)};
    check(&f, r->template, &at);
    return !f.failed;
}

/* ---- filling ---- */

const char *instance_copy(macro_instance *n, const char *name) {
    for (size_t i = 0; i < n->copy_count; i++)
        if (n->copies[i].of == name) return n->copies[i].copy;
    const char *copy = copy_name(name, &n->e);
    n->copies =
        n->copy_count == n->copy_capacity ? arena_grow(n->copies, sizeof *n->copies, &n->copy_capacity) : n->copies;
    n->copies[n->copy_count].of = name;
    n->copies[n->copy_count++].copy = copy;
    return copy;
}

static span expanded_place(macro_instance *n, span at) {
    if (!at.src) return n->e.use;
    size_t i = 0;
    while (i < n->source_count && n->sources[i].of != at.src) i++;
    if (i == n->source_count) {
        if (i == n->source_capacity) n->sources = arena_grow(n->sources, sizeof *n->sources, &n->source_capacity);
        n->sources[i].of = at.src;
        n->sources[i].expanded = source_expanded(at.src, &n->e);
        n->source_count++;
    }
    at.src = n->sources[i].expanded;
    return at;
}

static datum *copy_of(filler *f, const datum *t) {
    datum *d = NEW(datum);
    *d = *t;
    d->at = expanded_place(f->instance, t->at);
    if (d->kind >= DATUM_LIST) d->weight = 0;
    f->size++;
    return d;
}

typedef struct data {
    datum **items;
    size_t count, capacity;
} data;

static datum *fill(filler *f, const datum *t, const frame *at);

static void fill_unit(filler *f, const datum *sequence, size_t i, const frame *at, data *out) {
    for (size_t k = i; k < i + macro_unit(sequence) && k < sequence->count; k++)
        PUSH(out->items, out->count, out->capacity, fill(f, sequence->items[k], at));
}

static void report_lengths(filler *f, const datum *d, size_t a, size_t b) {
    f->failed = true;
    const macro_var *vars = f->rule->vars;
    diag_error(f->x->d, E0132, f->instance->e.use,
               "in this use of %s the ellipses of %s and %s have different numbers of elements", f->m->name,
               vars[a].name, vars[b].name);
    diag_note_at(f->x->d, d->at, "the template repeats both together");
}

/* How often the marked variables repeat. */
static size_t repetitions(filler *f, const datum *d, const frame *at, const bool *marks) {
    size_t first = f->rule->var_count;
    for (size_t v = 0; v < f->rule->var_count && !f->failed; v++) {
        if (!marks[v]) continue;
        if (first == f->rule->var_count)
            first = v;
        else if (at->captures[v].count != at->captures[first].count)
            report_lengths(f, d, first, v);
    }
    return f->failed ? 0 : at->captures[first].count;
}

static void fill_repeated(filler *f, const datum *sequence, size_t i, size_t ellipses, const frame *at, data *out) {
    if (ellipses == 0) {
        fill_unit(f, sequence, i, at, out);
        return;
    }
    size_t vars = f->rule->var_count;
    bool *marks = NEW_ARRAY(bool, vars + 1);
    find_repeated(f, sequence, i, ellipses, at, marks);
    size_t times = repetitions(f, sequence->items[i], at, marks);
    for (size_t n = 0; n < times && !f->failed; n++) {
        frame inner = inner_frame(f, at, marks);
        capture *captures = NEW_ARRAY(capture, vars + 1);
        for (size_t v = 0; v < vars; v++) captures[v] = marks[v] ? at->captures[v].many[n] : at->captures[v];
        inner.captures = captures;
        fill_repeated(f, sequence, i, ellipses - 1, &inner, out);
    }
}

/* A tail that is a list in parentheses goes on the list, as the reader does it. */
static void add_tail(filler *f, datum *d, data *out, datum *tail) {
    if (tail->kind == DATUM_LIST && !tail->sugar) {
        for (size_t i = 0; i < tail->count; i++) PUSH(out->items, out->count, out->capacity, tail->items[i]);
        f->size += tail->count;
        tail = tail->tail;
    }
    d->tail = tail;
}

static datum *fill_sequence(filler *f, const datum *t, const frame *at) {
    datum *d = copy_of(f, t);
    data out = {0};
    for (size_t i = 0; i < t->count;) {
        size_t ellipses = ellipses_after(f, t, i);
        fill_repeated(f, t, i, ellipses, at, &out);
        i += macro_unit(t) + ellipses;
    }
    if (t->tail) add_tail(f, d, &out, fill(f, t->tail, at));
    d->items = out.items;
    d->count = out.count;
    return d;
}

static datum *fill_name(filler *f, const datum *t, const frame *at) {
    int v = macro_find_var(f->rule, t->text);
    if (v >= 0) return at->captures[v].one;
    datum *d = copy_of(f, t);
    d->text = instance_copy(f->instance, t->text);
    return d;
}

static datum *fill(filler *f, const datum *t, const frame *at) {
    if (is_escape(f, t)) {
        f->literally = true;
        datum *d = fill(f, t->items[1], at);
        f->literally = false;
        return d;
    }
    switch (t->kind) {
    case DATUM_SYMBOL: return fill_name(f, t, at);
    case DATUM_LIST:
    case DATUM_BRACKET:
    case DATUM_BRACE: return fill_sequence(f, t, at);
    default: return copy_of(f, t);
    }
}

datum *macro_fill(expander *x, const macro_rule *r, const capture *captures, macro_instance *instance, size_t *size) {
    filler f = {.x = x, .m = instance->m, .rule = r, .instance = instance};
    frame at = {.captures = captures, .used = NEW_ARRAY(unsigned, r->var_count + 1)};
    datum *d = fill(&f, r->template, &at);
    *size += f.size;
    return f.failed ? NULL : d;
}
