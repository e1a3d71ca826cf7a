/* macro_read.c: (syntax-rules ...) becomes a macro.
 *
 * In:  the datum. Out: macro, whose patterns and templates are the data themselves, with the variables of each rule.
 * Every rule that it holds has been checked: matching and filling need not look for mistakes. */
#include <string.h>

#include "macro.h"

typedef struct rule_reader {
    expander *x;
    const macro *m;
    macro_rule *rule;
    const datum **groups; /* around what is read */
    size_t depth, capacity;
    bool failed;
} rule_reader;

/* ---- what the parts of a macro are ---- */

bool macro_is_literal(const macro *m, const char *name) {
    for (size_t i = 0; i < m->literal_count; i++)
        if (m->literals[i] == name) return true;
    return false;
}

bool macro_is_ellipsis(const macro *m, const datum *d) {
    if (m->ellipsis) return d->kind == m->ellipsis->kind && d->text == m->ellipsis->text;
    return is_symbol(d, "...") && !macro_is_literal(m, d->text);
}

size_t macro_unit(const datum *sequence) { return sequence->kind == DATUM_BRACE ? 2 : 1; }

bool macro_repeats(const macro *m, const datum *sequence, size_t i) {
    size_t next = i + macro_unit(sequence);
    return next < sequence->count && macro_is_ellipsis(m, sequence->items[next]);
}

int macro_find_var(const macro_rule *r, const char *name) {
    for (size_t i = 0; i < r->var_count; i++)
        if (r->vars[i].name == name) return (int)i;
    return -1;
}

/* ---- patterns ---- */

static void bad_rule(rule_reader *r, const datum *d, const char *what, const char *hint) {
    diag_error(r->x->d, E0131, d->at, "%s", what);
    diag_hint(r->x->d, "%s", hint);
    r->failed = true;
}

static void add_variable(rule_reader *r, const datum *name) {
    int old = macro_find_var(r->rule, name->text);
    if (old >= 0) {
        diag_error(r->x->d, E0131, name->at, "the pattern has two variables %s", name->text);
        diag_note_at(r->x->d, r->rule->vars[old].at->at, "the first one");
        r->failed = true;
        return;
    }
    macro_var v = {.name = name->text, .at = name, .depth = (unsigned)r->depth};
    v.groups = NEW_ARRAY(const datum *, r->depth + 1);
    if (r->depth) memcpy(v.groups, r->groups, r->depth * sizeof *v.groups);
    PUSH(r->rule->vars, r->rule->var_count, r->rule->var_capacity, v);
}

static void read_subpattern(rule_reader *r, const datum *p);

static void read_unit(rule_reader *r, const datum *sequence, size_t i) {
    for (size_t k = i; k < i + macro_unit(sequence) && k < sequence->count; k++) read_subpattern(r, sequence->items[k]);
}

static void read_repeated(rule_reader *r, const datum *sequence, size_t i) {
    PUSH(r->groups, r->depth, r->capacity, sequence->items[i]);
    read_unit(r, sequence, i);
    r->depth--;
}

/* The elements of a sequence from `from` on. */
static void read_sequence(rule_reader *r, const datum *sequence, size_t from) {
    bool repeated = false;
    size_t unit = macro_unit(sequence);
    if ((sequence->kind == DATUM_BRACE) && sequence->count == 1)
        bad_rule(r, sequence, "the key in this pattern has no value", "write {:key pattern}");
    for (size_t i = from; i < sequence->count; i += unit) {
        if (!macro_repeats(r->m, sequence, i)) {
            read_unit(r, sequence, i);
            continue;
        }
        if (repeated)
            bad_rule(r, sequence->items[i + unit], "there is a second ellipsis in this sequence",
                     "one ellipsis takes all the elements that the others leave");
        repeated = true;
        read_repeated(r, sequence, i);
        i++;
    }
    if (sequence->tail) read_subpattern(r, sequence->tail);
}

static void read_subpattern(rule_reader *r, const datum *p) {
    switch (p->kind) {
    case DATUM_LIST:
    case DATUM_BRACKET:
    case DATUM_BRACE: read_sequence(r, p, 0); return;
    case DATUM_SYMBOL:
        if (macro_is_literal(r->m, p->text)) return;
        if (macro_is_ellipsis(r->m, p))
            bad_rule(r, p, "there is nothing before this ellipsis that it could repeat", "write (name x ...)");
        else if (strcmp(p->text, "_") != 0)
            add_variable(r, p);
        return;
    default:
        if (macro_is_ellipsis(r->m, p)) bad_rule(r, p, "there is nothing before this ellipsis", "write (name x ...)");
    }
}

/* ---- rules ---- */

static bool read_rule(expander *x, const macro *m, const datum *d, macro_rule *rule) {
    if (d->kind != DATUM_LIST || d->tail || d->count != 2) {
        diag_error(x->d, E0130, d->at, "a rule is a pattern and a template in parentheses, not %s", datum_text(d, 40));
        diag_hint(x->d, d->kind == DATUM_LIST && d->count > 2 ? "write ((name x ...) (do form ...)) for several forms"
                                                              : "write ((name x ...) template)");
        return false;
    }
    const datum *pattern = d->items[0];
    *rule = (macro_rule){.pattern = pattern, .template = d->items[1]};
    if (pattern->kind != DATUM_LIST || pattern->count == 0 || !is_name(pattern->items[0])) {
        diag_error(x->d, E0130, pattern->at, "a pattern is a list that begins with the macro's name or _, not %s",
                   datum_text(pattern, 40));
        diag_hint(x->d, "write (_ x ...)");
        return false;
    }
    rule_reader r = {.x = x, .m = m, .rule = rule};
    read_sequence(&r, pattern, 1);
    return !r.failed && macro_check_template(x, m, rule);
}

static bool read_literals(expander *x, macro *m, const datum *list) {
    if (list->kind != DATUM_LIST || list->tail) {
        diag_error(x->d, E0130, list->at, "the list of literals is expected here, not %s", datum_text(list, 40));
        diag_hint(x->d, "write (syntax-rules () ((_ x ...) template) ...)");
        return false;
    }
    m->literals = NEW_ARRAY(const char *, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        if (is_name(list->items[i])) {
            m->literals[m->literal_count++] = list->items[i]->text;
            continue;
        }
        diag_error(x->d, E0130, list->items[i]->at, "a literal is a name, not %s", datum_text(list->items[i], 40));
        diag_hint(x->d, "numbers, strings and keywords in patterns need not be listed: they match themselves");
    }
    return true;
}

static bool is_own_ellipsis(const datum *d) { return d->kind == DATUM_SYMBOL || d->kind == DATUM_KEYWORD; }

macro *macro_read(expander *x, const datum *name, const datum *rules) {
    macro *m = NEW(macro);
    *m = (macro){.name = name->text, .at = name->at, .home = x};
    bool plain = rules->kind == DATUM_LIST && !rules->tail && rules->count >= 2;
    if (!plain || !is_symbol(rules->items[0], "syntax-rules")) {
        diag_error(x->d, E0130, rules->at, "the rules of the macro %s are expected here, not %s", name->text,
                   datum_text(rules, 40));
        diag_hint(x->d, "write (syntax-rules (literal ...) (pattern template) ...)");
        return m;
    }
    size_t i = 1;
    if (is_own_ellipsis(rules->items[1]) && rules->count > 2) m->ellipsis = rules->items[i++];
    if (!read_literals(x, m, rules->items[i++])) return m;
    m->rules = NEW_ARRAY(macro_rule, rules->count);
    for (; i < rules->count; i++)
        if (read_rule(x, m, rules->items[i], &m->rules[m->rule_count])) m->rule_count++;
    return m;
}
