/* expand_coverage.c: warns about clauses that can never be reached, and about variants of a type that no clause
 * matches. */
#include <string.h>

#include "expand.h"

/* Does it match every value? False when in doubt. */
static bool irrefutable(const pattern *p) {
    switch (p->kind) {
    case PATTERN_ANY:
    case PATTERN_VAR: return true;
    case PATTERN_AS: return irrefutable(p->subs[0]);
    case PATTERN_OR:
        for (size_t i = 0; i < p->count; i++)
            if (irrefutable(p->subs[i])) return true;
        return false;
    default: return false;
    }
}

static bool covers(const pattern *p, const pattern *q);

static bool covers_all(const pattern *p, const pattern *q) {
    if (p->count != q->count) return false;
    for (size_t i = 0; i < p->count; i++)
        if (!covers(p->subs[i], q->subs[i])) return false;
    return true;
}

static bool dict_covers(const pattern *p, const pattern *q) {
    for (size_t i = 0; i < p->count; i++) {
        size_t k = 0;
        while (k < q->count && !datum_equal(p->keys[i], q->keys[k])) k++;
        if (k == q->count || !covers(p->subs[i]->subs[0], q->subs[k]->subs[0])) return false;
    }
    return true;
}

static bool range_covers(const pattern *p, const pattern *q) {
    const datum *low = p->keys[0], *high = p->keys[1];
    if (low->kind != DATUM_INT || high->kind != DATUM_INT) return false;
    if (q->kind == PATTERN_LITERAL) {
        const datum *d = q->datum;
        return d->kind == DATUM_INT && d->i >= low->i && d->i < high->i + p->inclusive;
    }
    if (q->kind != PATTERN_RANGE || q->keys[0]->kind != DATUM_INT || q->keys[1]->kind != DATUM_INT) return false;
    if (q->keys[0]->i >= q->keys[1]->i + q->inclusive) return false; /* empty: warned about already */
    return q->keys[0]->i >= low->i && q->keys[1]->i + q->inclusive <= high->i + p->inclusive;
}

static bool is_cancellation(const pattern *q) {
    return q->kind == PATTERN_ERROR && q->datum && strcmp(q->datum->text, "cancelled") == 0;
}

static bool error_covers(const pattern *p, const pattern *q) {
    if (q->kind != PATTERN_ERROR || !covers(p->subs[0], q->subs[0])) return false;
    if (!p->datum) return p->count == 1 || irrefutable(p->subs[1]);
    return q->datum && strcmp(p->datum->text, q->datum->text) == 0;
}

/* May q stand for any value that looks like this, as far as cover checks know? Parts that narrow it further are
 * dropped. */
static const pattern *widened(const pattern *q) {
    while (q->kind == PATTERN_AS || q->kind == PATTERN_WHEN || q->kind == PATTERN_PRESENT) q = q->subs[0];
    return q;
}

static bool uncancelled_covers(const pattern *p, const pattern *q) {
    if (q->kind == PATTERN_UNCANCELLED) q = widened(q->subs[0]);
    return !is_cancellation(q) && covers(p->subs[0], q);
}

/* Does p match everything that q matches? False when in doubt. */
static bool covers(const pattern *p, const pattern *q) {
    q = widened(q);
    if (q->kind == PATTERN_BAD || p->kind == PATTERN_BAD) return false;
    if (q->kind == PATTERN_OR && p->kind != PATTERN_OR) {
        for (size_t i = 0; i < q->count; i++)
            if (!covers(p, q->subs[i])) return false;
        return true;
    }
    switch (p->kind) {
    case PATTERN_ANY:
    case PATTERN_VAR: return true;
    case PATTERN_AS:
    case PATTERN_PRESENT: return covers(p->subs[0], q);
    case PATTERN_OR:
        if (q->kind == PATTERN_OR) {
            for (size_t i = 0; i < q->count; i++)
                if (!covers(p, q->subs[i])) return false;
            return true;
        }
        for (size_t i = 0; i < p->count; i++)
            if (covers(p->subs[i], q)) return true;
        return false;
    case PATTERN_UNCANCELLED: return uncancelled_covers(p, q);
    case PATTERN_LITERAL: return q->kind == PATTERN_LITERAL && datum_equal(p->datum, q->datum);
    case PATTERN_EMPTY: return q->kind == PATTERN_EMPTY;
    case PATTERN_CONS: return q->kind == PATTERN_CONS && covers_all(p, q);
    case PATTERN_TAG: return q->kind == PATTERN_TAG && p->name == q->name && covers_all(p, q);
    case PATTERN_DICT: return q->kind == PATTERN_DICT && dict_covers(p, q);
    case PATTERN_RANGE: return range_covers(p, q);
    case PATTERN_ERROR: return error_covers(p, q);
    default: return false; /* guards, views and predicates may say no */
    }
}

static void warn_unreachable(expander *x, const match_clause *clauses, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (!covers(clauses[k].pattern, clauses[i].pattern)) continue;
        diag_warning(x->d, W0111, clauses[i].pattern->at, "this clause can never be reached");
        diag_note_at(x->d, clauses[k].pattern->at, "this pattern takes all that it could match");
        return;
    }
}

/* The type whose variants a pattern names at its root, or NULL. */
static const variant_type *pattern_type(const pattern *p) {
    p = widened(p);
    if (p->kind == PATTERN_OR && p->count) return pattern_type(p->subs[0]);
    return p->kind == PATTERN_TAG && p->variant ? p->variant->type : NULL;
}

/* Without a guard around it? */
static bool names_variant(const pattern *p, const variant *v) {
    while (p->kind == PATTERN_AS) p = p->subs[0];
    if (p->kind == PATTERN_OR) {
        for (size_t i = 0; i < p->count; i++)
            if (names_variant(p->subs[i], v)) return true;
        return false;
    }
    return p->kind == PATTERN_TAG && p->name == v->name && p->count == v->fields;
}

static bool some_clause_names(const match_clause *clauses, size_t count, const variant *v) {
    for (size_t i = 0; i < count; i++)
        if (names_variant(clauses[i].pattern, v)) return true;
    return false;
}

static void warn_missing(expander *x, const match_clause *clauses, size_t count, span at) {
    const variant_type *type = NULL;
    for (size_t i = 0; i < count; i++) {
        if (irrefutable(clauses[i].pattern) || clauses[i].pattern->kind == PATTERN_BAD) return;
        if (!type) type = pattern_type(clauses[i].pattern);
    }
    const char *missing = "";
    size_t n = 0;
    for (size_t i = 0; type && i < type->count; i++)
        if (!some_clause_names(clauses, count, &type->variants[i]))
            missing = arena_printf("%s%s%s", missing, n++ ? ", " : "", type->variants[i].name);
    if (!n) return;
    diag_warning(x->d, W0112, at, "match does not cover the variant%s %s of %s", n == 1 ? "" : "s", missing,
                 type->name);
    diag_hint(x->d, "add a clause for %s, or (_ ...) for the rest", n == 1 ? "it" : "each");
}

void check_coverage(expander *x, const match_clause *clauses, size_t count, bool exhaustive, span at) {
    enum { MOST_CHECKED = 1000 }; /* the check compares each with each */
    for (size_t i = 1; i < count && i < MOST_CHECKED; i++) warn_unreachable(x, clauses, i);
    if (exhaustive && count <= MOST_CHECKED) warn_missing(x, clauses, count, at);
}
