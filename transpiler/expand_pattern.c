/* expand_pattern.c: reads patterns. */
#include <string.h>

#include "expand.h"

typedef struct pattern_reader {
    expander *x;
    bound_name *names; /* bound so far, in order */
    size_t count, capacity;
} pattern_reader;

static pattern *read_pattern(pattern_reader *r, datum *d);
static pattern *next_pattern(pattern_reader *r, datum **items, size_t count, size_t *i);

/* ---- making patterns ---- */

static pattern *pattern_new(pattern_kind kind, span at, size_t subs) {
    pattern *p = NEW(pattern);
    *p = (pattern){.kind = kind, .at = at, .subs = NEW_ARRAY(pattern *, subs + 1), .count = subs};
    return p;
}

static pattern *pattern_around(pattern_kind kind, pattern *sub, span at) {
    pattern *p = pattern_new(kind, at, 1);
    p->subs[0] = sub;
    return p;
}

static const bound_name *find_bound(const bound_name *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (names[i].name == name) return &names[i];
    return NULL;
}

static void bind_name(pattern_reader *r, const datum *name) {
    const bound_name *old = find_bound(r->names, r->count, name->text);
    if (!old) {
        PUSH(r->names, r->count, r->capacity, ((bound_name){name->text, name->at}));
        return;
    }
    diag_error(r->x->d, E0202, name->at, "the pattern binds %s twice", name->text);
    diag_note_at(r->x->d, old->at, "first bound here");
    diag_hint(r->x->d, "to ask for equal parts bind two names and compare them: (when pattern (= a b))");
}

static pattern *variable_pattern(pattern_reader *r, const datum *name) {
    if (strcmp(name->text, "_") == 0) return pattern_new(PATTERN_ANY, name->at, 0);
    bind_name(r, name);
    pattern *p = pattern_new(PATTERN_VAR, name->at, 0);
    p->name = name->text;
    return p;
}

/* Binds the names in a pattern that is wrong, so that the body of the clause is not full of unknown names too. */
static void recover_names(pattern_reader *r, pattern *bad, datum *d) {
    size_t first = d->kind == DATUM_LIST ? 1 : 0;
    if (is_name(d) && strcmp(d->text, "_") != 0 && !find_bound(r->names, r->count, d->text)) {
        PUSH(r->names, r->count, r->capacity, ((bound_name){d->text, d->at}));
        bad->subs[bad->count] = pattern_new(PATTERN_VAR, d->at, 0);
        bad->subs[bad->count++]->name = d->text;
    }
    for (size_t i = first; i < d->count; i++) recover_names(r, bad, d->items[i]);
}

static size_t count_data(const datum *d) {
    size_t n = 1;
    for (size_t i = 0; i < d->count; i++) n += count_data(d->items[i]);
    return n;
}

static pattern *bad_pattern(pattern_reader *r, datum *d) {
    pattern *p = pattern_new(PATTERN_BAD, d->at, count_data(d));
    p->count = 0;
    recover_names(r, p, d);
    return p;
}

static pattern *report_shape(pattern_reader *r, datum *d, const char *what, const char *hint) {
    diag_error(r->x->d, E0204, d->at, "%s", what);
    diag_hint(r->x->d, "%s", hint);
    return bad_pattern(r, d);
}

static pattern *report_no_pattern(pattern_reader *r, datum *d, const char *hint) {
    diag_error(r->x->d, E0201, d->at, "%s is not a pattern", datum_text(d, 40));
    diag_hint(r->x->d, "%s", hint);
    return bad_pattern(r, d);
}

/* ---- names ---- */

static bool is_capitalised(const char *name) { return name[0] >= 'A' && name[0] <= 'Z'; }

static pattern *tag_pattern(const datum *head, const variant *v, size_t fields, span at) {
    pattern *p = pattern_new(PATTERN_TAG, at, fields);
    p->name = name_base(v ? v->name : head->text); /* an imported one may have another name here */
    p->variant = v;
    return p;
}

static bool is_constant(const variant *v) { return v && v->type && v->fields == 0; }

static void warn_capitalised(pattern_reader *r, const datum *name, const variant *v) {
    diag_warning(r->x->d, W0110, name->at, "%s stands for any value here and binds it", name->text);
    if (v)
        diag_hint(r->x->d, "it has %zu field%s: write (%s%s)", v->fields, v->fields == 1 ? "" : "s", name->text,
                  v->fields == 1 ? " _" : " _ ...");
    else
        diag_hint(r->x->d, "no define-type declares it; write '%s for the symbol, or a name in lower case", name->text);
}

static pattern *name_pattern(pattern_reader *r, datum *d) {
    const variant *v = variant_find(r->x, d->text);
    if (is_constant(v)) return tag_pattern(d, v, 0, d->at);
    if (strcmp(d->text, "Nil") == 0) return pattern_new(PATTERN_EMPTY, d->at, 0);
    if (strncmp(d->text, "...", 3) == 0 || strcmp(d->text, "@") == 0)
        return report_no_pattern(
            r, d, d->text[0] == '@' ? "write name @ pattern" : "...rest stands last in a list pattern [p q ...rest]");
    if (is_capitalised(d->text)) warn_capitalised(r, d, v);
    return variable_pattern(r, d);
}

/* ---- sequences ---- */

/* One pattern, or the three data name @ pattern, at items[*i]. */
static pattern *next_pattern(pattern_reader *r, datum **items, size_t count, size_t *i) {
    datum *d = items[(*i)++];
    if (*i >= count || !is_symbol(items[*i], "@")) return read_pattern(r, d);
    datum *sign = items[(*i)++];
    if (!is_name(d)) {
        diag_error(r->x->d, E0204, d->at, "a name is expected before @, not %s", datum_text(d, 40));
        diag_hint(r->x->d, "write name @ pattern");
        if (*i < count) return read_pattern(r, items[(*i)++]);
    } else if (*i < count) {
        pattern *p = pattern_new(PATTERN_AS, (span){d->at.src, d->at.start, items[*i]->at.end}, 1);
        p->name = d->text;
        bind_name(r, d);
        p->subs[0] = read_pattern(r, items[(*i)++]);
        return p;
    } else {
        diag_error(r->x->d, E0204, sign->at, "a pattern is expected after @");
        diag_hint(r->x->d, "write %s @ pattern", d->text);
    }
    return bad_pattern(r, d);
}

static pattern **next_patterns(pattern_reader *r, datum **items, size_t count, size_t *found) {
    pattern **out = NEW_ARRAY(pattern *, count + 1);
    *found = 0;
    for (size_t i = 0; i < count;) out[(*found)++] = next_pattern(r, items, count, &i);
    return out;
}

static bool is_rest(const datum *d) { return is_name(d) && strncmp(d->text, "...", 3) == 0; }

/* The patterns behind ...rest are kept for their names. */
static pattern *report_not_last(pattern_reader *r, pattern *rest, datum **items, size_t count, size_t *i) {
    diag_error(r->x->d, E0207, items[*i]->at, "nothing can follow ...rest in a list pattern");
    diag_hint(r->x->d, "it takes all the elements that are left: put it last");
    pattern *p = pattern_new(PATTERN_BAD, rest->at, count - *i + 1);
    p->count = 0;
    p->subs[p->count++] = rest;
    while (*i < count)
        if (is_rest(items[*i]))
            ++*i;
        else
            p->subs[p->count++] = next_pattern(r, items, count, i);
    return p;
}

/* ...name, or ... name, as the last thing; *i is moved behind it. */
static pattern *rest_pattern(pattern_reader *r, datum **items, size_t count, size_t *i) {
    datum *d = items[(*i)++];
    datum *name = NEW(datum);
    *name = *d;
    name->text = derived_name(d->text, d->text + 3);
    if (!name->text[0]) {
        if (*i == count || !is_name(items[*i]))
            return report_shape(r, d, "a name is expected after ...",
                                "write [p q ...rest], or ..._ to ignore the rest");
        name = items[(*i)++];
    }
    pattern *rest = variable_pattern(r, name);
    return *i < count ? report_not_last(r, rest, items, count, i) : rest;
}

static pattern *cons_pattern(pattern *head, pattern *tail, span at) {
    pattern *p = pattern_new(PATTERN_CONS, at, 2);
    p->subs[0] = head;
    p->subs[1] = tail;
    return p;
}

static pattern *list_pattern(pattern_reader *r, datum *d, datum **items, size_t count) {
    pattern **elements = NEW_ARRAY(pattern *, count + 1), *tail = NULL;
    size_t n = 0;
    for (size_t i = 0; i < count;)
        if (is_rest(items[i]))
            tail = rest_pattern(r, items, count, &i);
        else
            elements[n++] = next_pattern(r, items, count, &i);
    if (!tail && d->tail) tail = read_pattern(r, d->tail);
    if (!tail) tail = pattern_new(PATTERN_EMPTY, d->at, 0);
    while (n-- > 0) tail = cons_pattern(elements[n], tail, n ? elements[n]->at : d->at);
    return tail;
}

/* ---- dicts ---- */

static bool is_dict_key(const datum *d) {
    if (is_quoted(d)) return true;
    return d->kind != DATUM_SYMBOL && d->kind != DATUM_LIST && d->kind != DATUM_BRACKET && d->kind != DATUM_BRACE;
}

static void report_key(pattern_reader *r, const datum *key) {
    diag_error(r->x->d, E0206, key->at, "the key of a dict pattern is a literal, not %s", datum_text(key, 40));
    if (is_name(key))
        diag_hint(r->x->d,
                  "write :%s or '%s for a key; if it is the tag of a message or record, (%s ...) in parentheses",
                  key->text, key->text, key->text);
    else
        diag_hint(r->x->d, "write {:key pattern}");
}

static pattern *dict_pattern(pattern_reader *r, datum *d) {
    pattern *p = pattern_new(PATTERN_DICT, d->at, d->count);
    p->keys = NEW_ARRAY(datum *, d->count + 1);
    p->count = 0;
    for (size_t i = 0; i < d->count;) {
        datum *key = d->items[i++];
        if (i == d->count) {
            diag_error(r->x->d, E0204, key->at, "the key %s has no pattern", datum_text(key, 40));
            diag_hint(r->x->d, "write {:key pattern}, or {:key _} if only the key matters");
            break;
        }
        if (!is_dict_key(key)) report_key(r, key);
        p->keys[p->count] = is_quoted(key) ? key->items[1] : key;
        pattern *value = next_pattern(r, d->items, d->count, &i);
        p->subs[p->count++] = pattern_around(PATTERN_PRESENT, value, value->at);
    }
    return p;
}

/* ---- pattern words ---- */

static pattern *read_or(pattern_reader *r, datum *d);

static pattern *read_as(pattern_reader *r, datum *d) {
    datum *name = d->items[1];
    if (!is_name(name)) return report_shape(r, d, "as binds a name", "write (as name pattern)");
    size_t i = 2;
    pattern *p = pattern_new(PATTERN_AS, d->at, 1);
    p->name = name->text;
    bind_name(r, name);
    p->subs[0] = next_pattern(r, d->items, d->count, &i);
    return i == d->count ? p : report_shape(r, d, "as takes one pattern", "write (as name pattern)");
}

static pattern *read_when(pattern_reader *r, datum *d) {
    size_t i = 1;
    pattern *sub = next_pattern(r, d->items, d->count, &i);
    if (i + 1 != d->count)
        return report_shape(r, d, "when takes a pattern and one guard", "write (when pattern guard)");
    pattern *p = pattern_around(PATTERN_WHEN, sub, d->at);
    p->datum = d->items[i];
    return p;
}

static pattern *read_view(pattern_reader *r, datum *d) {
    size_t i = 2;
    pattern *sub = next_pattern(r, d->items, d->count, &i);
    if (i != d->count) return report_shape(r, d, "view takes a function and one pattern", "write (view f pattern)");
    pattern *p = pattern_around(PATTERN_VIEW, sub, d->at);
    p->datum = d->items[1];
    return p;
}

static pattern *read_pred(pattern_reader *r, datum *d) {
    size_t i = 2;
    pattern *sub = d->count > 2 ? next_pattern(r, d->items, d->count, &i) : pattern_new(PATTERN_ANY, d->at, 0);
    if (i != d->count) return report_shape(r, d, "? takes a predicate and at most one name", "write (? pred name)");
    pattern *p = pattern_around(PATTERN_PRED, sub, d->at);
    p->datum = d->items[1];
    return p;
}

static bool is_int(const datum *d) { return d->kind == DATUM_INT || d->kind == DATUM_BIGINT; }

static pattern *read_range(pattern_reader *r, datum *d) {
    bool inclusive = strcmp(d->items[0]->text, "..=") == 0;
    datum *low = d->items[1], *high = d->items[2];
    if (!is_int(low) || !is_int(high)) {
        datum *bad = is_int(low) ? high : low;
        diag_error(r->x->d, E0205, bad->at, "the ends of a range are ints, not %s", datum_text(bad, 40));
        diag_hint(r->x->d, "write 1..5 or 1..=5; for other values use a guard: (when x (< a x b))");
        return bad_pattern(r, d);
    }
    if (low->kind == DATUM_INT && high->kind == DATUM_INT && low->i + !inclusive > high->i)
        diag_warning(r->x->d, W0111, d->at, "this range is empty");
    pattern *p = pattern_new(PATTERN_RANGE, d->at, 0);
    p->keys = d->items + 1;
    p->inclusive = inclusive;
    return p;
}

static pattern *read_cons(pattern_reader *r, datum *d) {
    size_t found;
    pattern **subs = next_patterns(r, d->items + 1, d->count - 1, &found);
    if (found == 2) return cons_pattern(subs[0], subs[1], d->at);
    return report_shape(r, d, arena_printf("%s takes two patterns, but has %zu", d->items[0]->text, found),
                        "write (cons head tail)");
}

static pattern *read_list(pattern_reader *r, datum *d) { return list_pattern(r, d, d->items + 1, d->count - 1); }

static datum *error_kind(datum *d) {
    if (is_quoted(d) && is_name(d->items[1])) return d->items[1];
    return d->kind == DATUM_KEYWORD ? d : NULL;
}

/* (error 'kind e), (error 'kind); also (error e) for any error value, (error k e) to have its kind. */
static pattern *read_error(pattern_reader *r, datum *d) {
    datum *kind = error_kind(d->items[1]);
    size_t i = 1;
    pattern *p = pattern_new(PATTERN_ERROR, d->at, 2), *first = NULL;
    p->count = kind || d->count == 2 ? 1 : 2;
    p->datum = kind;
    if (kind)
        i = 2;
    else
        first = next_pattern(r, d->items, d->count, &i);
    if (i < d->count) {
        p->subs[0] = next_pattern(r, d->items, d->count, &i);
        p->subs[1] = first;
    } else {
        p->count = 1;
        p->subs[0] = first ? first : pattern_new(PATTERN_ANY, d->at, 0);
    }
    if (i == d->count) return p;
    return report_shape(r, d, "error takes a kind and one pattern", "write (error 'kind e): e is the error value");
}

typedef struct pattern_word {
    const char *name;
    size_t min, max; /* data after the word; max 0: any number */
    pattern *(*read)(pattern_reader *r, datum *d);
    const char *usage;
} pattern_word;

static const pattern_word pattern_words[] = {
    {"..", 2, 2, read_range, "write (.. low high) or low..high: high is excluded"},
    {"..=", 2, 2, read_range, "write (..= low high) or low..=high: high is included"},
    {"?", 1, 4, read_pred, "write (? pred) or (? pred name)"},
    {"Cons", 2, 6, read_cons, "write (Cons head tail)"},
    {"as", 2, 4, read_as, "write (as name pattern)"},
    {"cons", 2, 6, read_cons, "write (cons head tail)"},
    {"error", 1, 6, read_error, "write (error 'kind e)"},
    {"list", 0, 0, read_list, "write (list p q ...rest)"},
    {"or", 1, 0, read_or, "write (or p q)"},
    {"view", 2, 4, read_view, "write (view f pattern)"},
    {"when", 2, 4, read_when, "write (when pattern guard)"},
};

static const pattern_word *find_word(const char *name) {
    for (size_t i = 0; i < sizeof pattern_words / sizeof *pattern_words; i++)
        if (strcmp(pattern_words[i].name, name) == 0) return &pattern_words[i];
    return NULL;
}

bool is_pattern_word(const char *name) { return find_word(name) != NULL; }

static pattern *read_word(pattern_reader *r, datum *d, const pattern_word *w) {
    size_t given = d->count - 1;
    if (given >= w->min && (!w->max || given <= w->max)) return w->read(r, d);
    return report_shape(r, d, arena_printf("the pattern %s has %zu operand%s", w->name, given, given == 1 ? "" : "s"),
                        w->usage);
}

/* ---- or ---- */

static void report_missing(pattern_reader *r, const pattern *alternative, const bound_name *missing) {
    diag_error(r->x->d, E0203, alternative->at, "this alternative does not bind %s, another one does", missing->name);
    diag_note_at(r->x->d, missing->at, "bound here");
    diag_hint(r->x->d, "bind the same names in all alternatives, or _ where the value does not matter");
}

/* Reports the first of `wanted` that is not among `names`. */
static bool all_bound(pattern_reader *r, const pattern *alternative, const bound_name *wanted, size_t wanted_count,
                      const bound_name *names, size_t count) {
    for (size_t i = 0; i < wanted_count; i++) {
        if (find_bound(names, count, wanted[i].name)) continue;
        report_missing(r, alternative, &wanted[i]);
        return false;
    }
    return true;
}

/* Does a further alternative bind the names of the first one, and no others? If not, the body still gets them all. */
static void check_alternative(pattern_reader *r, pattern *p, const pattern *sub, const bound_name *names,
                              size_t count) {
    bool bad = sub->kind == PATTERN_BAD || p->subs[0]->kind == PATTERN_BAD;
    if (!bad && all_bound(r, sub, p->names, p->name_count, names, count))
        all_bound(r, p->subs[0], names, count, p->names, p->name_count);
    bound_name *all = NEW_ARRAY(bound_name, p->name_count + count + 1);
    if (p->name_count) memcpy(all, p->names, p->name_count * sizeof *all);
    p->names = all;
    for (size_t i = 0; i < count; i++)
        if (!find_bound(all, p->name_count, names[i].name)) all[p->name_count++] = names[i];
}

/* The names bound since there were `base` of them; forgets them. */
static bound_name *take_names(pattern_reader *r, size_t base, size_t *count) {
    *count = r->count - base;
    bound_name *names = NEW_ARRAY(bound_name, *count + 1);
    if (*count) memcpy(names, r->names + base, *count * sizeof *names);
    r->count = base;
    return names;
}

/* Each alternative binds the same names; they are then bound once for what follows. */
static pattern *read_or(pattern_reader *r, datum *d) {
    size_t base = r->count;
    pattern *p = pattern_new(PATTERN_OR, d->at, d->count - 1);
    p->count = 0;
    for (size_t i = 1; i < d->count;) {
        pattern *sub = next_pattern(r, d->items, d->count, &i);
        size_t count;
        bound_name *names = take_names(r, base, &count);
        if (p->count == 0) {
            p->names = names;
            p->name_count = count;
        } else {
            check_alternative(r, p, sub, names, count);
        }
        p->subs[p->count++] = sub;
    }
    for (size_t i = 0; i < p->name_count; i++) PUSH(r->names, r->count, r->capacity, p->names[i]);
    return p;
}

/* ---- lists in parentheses, literals ---- */

static void check_field_count(pattern_reader *r, const pattern *p) {
    const variant *v = p->variant;
    if (!v || v->fields == p->count) return;
    diag_warning(r->x->d, W0115, p->at, "%s has %zu field%s, but this pattern has %zu", p->name, v->fields,
                 v->fields == 1 ? "" : "s", p->count);
    if (v->at.src) diag_note_at(r->x->d, v->at, "declared here");
}

static pattern *literal_pattern(datum *d, span at) {
    pattern *p = pattern_new(PATTERN_LITERAL, at, 0);
    p->datum = d;
    return p;
}

static pattern *quoted_pattern(datum *d) {
    datum *value = d->items[1];
    bool empty =
        value->kind == DATUM_NIL || ((value->kind == DATUM_LIST || value->kind == DATUM_BRACKET) && value->count == 0);
    return empty ? pattern_new(PATTERN_EMPTY, d->at, 0) : literal_pattern(datum_base(value), d->at);
}

static pattern *tagged_pattern(pattern_reader *r, datum *d) {
    datum *head = d->items[0];
    const variant *v = variant_find(r->x, head->text);
    if (strcmp(head->text, "Nil") == 0 && d->count == 1 && !v) return pattern_new(PATTERN_EMPTY, d->at, 0);
    size_t found;
    pattern **subs = next_patterns(r, d->items + 1, d->count - 1, &found);
    pattern *p = tag_pattern(head, v, found, d->at);
    p->subs = subs;
    check_field_count(r, p);
    return p;
}

static pattern *form_pattern(pattern_reader *r, datum *d) {
    if (d->count == 0 && !d->tail) return pattern_new(PATTERN_EMPTY, d->at, 0);
    if (d->tail && !is_symbol(d->count ? d->items[0] : d, "list"))
        return report_no_pattern(r, d, "write (cons a b) for a pair, [a b ...rest] for a list");
    if (is_quoted(d)) return quoted_pattern(d);
    datum *head = d->items[0];
    if (is_symbol(head, "quasiquote") || is_symbol(head, "unquote") || is_symbol(head, "unquote-splicing"))
        return report_no_pattern(r, d, "patterns know only the plain quote: 'name; write lists as [p q]");
    if (head->kind == DATUM_LIST && is_quoted(head))
        return report_no_pattern(
            r, d,
            arena_printf("write [%s ...] for a list that begins with %s", datum_text(head, 30), datum_text(head, 30)));
    if (!is_name(head)) return report_no_pattern(r, d, "write [p q] for a list, (tag p q) for a tagged value");
    const variant *v = variant_find(r->x, head->text);
    const pattern_word *w = v && v->type && is_capitalised(head->text) ? NULL : find_word(head->text);
    return w ? read_word(r, d, w) : tagged_pattern(r, d);
}

static pattern *read_pattern(pattern_reader *r, datum *d) {
    switch (d->kind) {
    case DATUM_SYMBOL: return name_pattern(r, d);
    case DATUM_NIL: return pattern_new(PATTERN_EMPTY, d->at, 0);
    case DATUM_LIST: return form_pattern(r, d);
    case DATUM_BRACKET: return list_pattern(r, d, d->items, d->count);
    case DATUM_BRACE: return dict_pattern(r, d);
    default: return literal_pattern(d, d->at);
    }
}

/* ---- clauses ---- */

/* Only (error 'cancelled e) catches a cancellation. */
static pattern *without_cancelled(pattern *p) {
    switch (p->kind) {
    case PATTERN_ANY:
    case PATTERN_VAR:
    case PATTERN_PRED:
    case PATTERN_VIEW:
    case PATTERN_BAD: return pattern_around(PATTERN_UNCANCELLED, p, p->at);
    case PATTERN_ERROR: return p->datum ? p : pattern_around(PATTERN_UNCANCELLED, p, p->at);
    case PATTERN_AS:
    case PATTERN_WHEN:
    case PATTERN_OR:
        for (size_t i = 0; i < p->count; i++) p->subs[i] = without_cancelled(p->subs[i]);
        return p;
    default: return p;
    }
}

/* (err) alone is a variable in catch, unless it is a constant of a define-type. */
static bool is_catch_variable(const expander *x, const datum *d) {
    return d->kind == DATUM_LIST && d->count == 1 && !d->tail && is_name(d->items[0]) &&
           !is_constant(variant_find(x, d->items[0]->text)) && strcmp(d->items[0]->text, "Nil") != 0;
}

bool parse_clause(expander *x, datum **items, size_t count, span at, bool in_catch, match_clause *out) {
    if (count == 0) {
        diag_error(x->d, E0208, at, "the clause has no pattern");
        diag_hint(x->d, in_catch ? "write (catch e handler ...) or (catch (error 'kind e) handler ...)"
                                 : "write (pattern body ...)");
        return false;
    }
    pattern_reader r = {.x = x};
    size_t i = 0;
    pattern *p;
    if (in_catch && is_catch_variable(x, items[0]) && !(count > 1 && is_symbol(items[1], "@")))
        p = variable_pattern(&r, items[i++]->items[0]);
    else
        p = next_pattern(&r, items, count, &i);
    if (in_catch) p = without_cancelled(p);
    *out = (match_clause){.pattern = p, .body = items + i, .body_count = count - i, .at = at};
    return true;
}
