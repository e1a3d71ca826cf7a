/* macro_match.c: does a use of a macro match a pattern, and what do the variables stand for then?
 *
 * Requires: a rule that macro_read has checked. Allocates only for repetitions and rests. */
#include <string.h>

#include "macro.h"

typedef struct matcher {
    expander *x;
    const macro *m;
    const macro_rule *rule;
} matcher;

static bool match_datum(const matcher *t, const datum *p, datum *d, capture *captures);

/* Elements from `from` on, as a datum of the same kind. */
static datum *rest_of(const datum *d, size_t from) {
    if (from == d->count && d->tail) return d->tail;
    datum *rest = NEW(datum);
    *rest = *d;
    rest->sugar = false;
    rest->weight = 0;
    rest->items = d->items + from;
    rest->count = d->count - from;
    if (rest->count) rest->at.start = rest->items[0]->at.start;
    return rest;
}

static bool match_unit(const matcher *t, const datum *p, size_t i, const datum *d, size_t k, capture *captures) {
    for (size_t n = 0; n < macro_unit(p); n++)
        if (!match_datum(t, p->items[i + n], d->items[k + n], captures)) return false;
    return true;
}

static bool in_group(const macro_var *v, const datum *group) {
    for (unsigned i = 0; i < v->depth; i++)
        if (v->groups[i] == group) return true;
    return false;
}

/* The unit at p->items[i], `times` times, from d->items[k] on. */
static bool match_repeated(const matcher *t, const datum *p, size_t i, const datum *d, size_t k, size_t times,
                           capture *captures) {
    size_t vars = t->rule->var_count;
    capture *one = NEW_ARRAY(capture, vars + 1);
    for (size_t v = 0; v < vars; v++)
        if (in_group(&t->rule->vars[v], p->items[i]))
            captures[v] = (capture){.many = NEW_ARRAY(capture, times + 1), .count = times};
    for (size_t n = 0; n < times; n++) {
        if (!match_unit(t, p, i, d, k + n * macro_unit(p), one)) return false;
        for (size_t v = 0; v < vars; v++)
            if (in_group(&t->rule->vars[v], p->items[i])) captures[v].many[n] = one[v];
    }
    return true;
}

/* The items of a sequence that its pattern takes without the ellipsis; *ellipsis: is there one? */
static size_t least_items(const macro *m, const datum *p, size_t from, bool *ellipsis) {
    size_t unit = macro_unit(p);
    *ellipsis = false;
    for (size_t i = from; i < p->count && !*ellipsis; i += unit) *ellipsis = macro_repeats(m, p, i);
    return p->count - from - (*ellipsis ? unit + 1 : 0);
}

static bool match_tail(const matcher *t, const datum *p, datum *d, size_t k, capture *captures) {
    if (p->tail) return match_datum(t, p->tail, rest_of(d, k), captures);
    return k == d->count && !d->tail;
}

/* The elements from `from` on of both. */
static bool match_sequence(const matcher *t, const datum *p, datum *d, size_t from, capture *captures) {
    bool ellipsis;
    size_t unit = macro_unit(p), least = least_items(t->m, p, from, &ellipsis), k = from;
    if (d->count < from + least) return false;
    size_t times = (d->count - from - least) / unit;
    for (size_t i = from; i < p->count; i += unit) {
        if (!macro_repeats(t->m, p, i)) {
            if (!match_unit(t, p, i, d, k, captures)) return false;
            k += unit;
            continue;
        }
        if (!match_repeated(t, p, i, d, k, times, captures)) return false;
        k += times * unit;
        i++;
    }
    return match_tail(t, p, d, k, captures);
}

static bool match_name(const matcher *t, const datum *p, datum *d, capture *captures) {
    if (macro_is_literal(t->m, p->text)) return is_name(d) && same_meaning(t->x, d->text, p->text, t->m);
    if (strcmp(p->text, "_") == 0) return true;
    captures[macro_find_var(t->rule, p->text)].one = d;
    return true;
}

static bool match_datum(const matcher *t, const datum *p, datum *d, capture *captures) {
    switch (p->kind) {
    case DATUM_SYMBOL: return match_name(t, p, d, captures);
    case DATUM_LIST:
    case DATUM_BRACKET:
    case DATUM_BRACE: return d->kind == p->kind && match_sequence(t, p, d, 0, captures);
    default: return datum_equal(p, d);
    }
}

bool macro_match(expander *x, const macro *m, const macro_rule *r, const datum *use, capture *captures) {
    matcher t = {x, m, r};
    return match_sequence(&t, r->pattern, (datum *)use, 1, captures);
}
