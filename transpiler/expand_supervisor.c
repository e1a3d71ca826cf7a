/* expand_supervisor.c: define-supervisor, supervisor, child-spec.
 *
 * All give calls of %supervisor-spec and %child-spec (stdlib/supervisor.flu). What can be seen to be wrong is reported
 * here; what is computed is checked when the specification is made. */
#include <string.h>

#include "expand.h"

static void report_supervisor(expander *x, span at, const char *what, const char *hint) {
    diag_error(x->d, E0162, at, "%s", what);
    diag_hint(x->d, "%s", hint);
}

/* ---- words: one of a few symbols ---- */

typedef struct word_list {
    const char *what, *hint;
    const char *const *words;
    size_t count;
} word_list;

#define WORDS(...) (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static const word_list strategies = {"strategy", "the strategies are one-for-one, one-for-all and rest-for-one",
                                     WORDS("one-for-one", "one-for-all", "rest-for-one")};
static const word_list restarts = {"restart type", "a child is permanent, transient or temporary",
                                   WORDS("permanent", "transient", "temporary")};
static const word_list types = {"child type", "a child is a worker or a supervisor", WORDS("worker", "supervisor")};
static const word_list shutdowns = {"way to shut down", "write milliseconds, :brutal or :infinity",
                                    WORDS("brutal", "infinity")};

static bool is_word(const word_list *list, const char *text) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->words[i], text) == 0) return true;
    return false;
}

/* word, 'word or :word: its text; NULL: an expression. A bare name that the program has is a variable. */
static const char *word_text(const expander *x, const datum *d) {
    if (is_quoted(d) && is_name(d->items[1])) return d->items[1]->text;
    if (d->kind == DATUM_KEYWORD) return d->text;
    return is_name(d) && !is_user_defined(x, d->text) ? d->text : NULL;
}

static void report_word(expander *x, const datum *d, const char *text, const word_list *list) {
    const char *near = text ? did_you_mean(text, list->words, list->count) : NULL;
    report_supervisor(x, d->at, arena_printf("%s is no %s", datum_text(d, 40), list->what),
                      near ? arena_printf("did you mean `%s%s`?", list == &shutdowns ? ":" : "", near) : list->hint);
}

static bool is_literal(const datum *d) {
    return d->kind != DATUM_SYMBOL && d->kind != DATUM_LIST && d->kind != DATUM_BRACKET && d->kind != DATUM_BRACE;
}

/* The symbol itself, or an expression that is to give it. */
static core *expand_word(expander *x, datum *d, const word_list *list) {
    const char *text = word_text(x, d);
    if (text && is_word(list, text)) return core_quote_symbol(text, d->at);
    if (!text && !is_literal(d)) return expand_form(x, d);
    report_word(x, d, text, list);
    return core_quote_symbol(intern_cstr(list->words[0]), d->at);
}

/* ---- numbers ---- */

static bool is_number(const datum *d) { return d->kind == DATUM_INT || d->kind == DATUM_FLOAT; }

static double number_value(const datum *d) { return d->kind == DATUM_INT ? (double)d->i : d->f; }

/* A number from `low` on where it is literal. */
static core *expand_number(expander *x, datum *d, double low, bool whole, const char *what) {
    core *value = expand_form(x, d);
    if (value->kind != CORE_CONST) return value;
    const datum *n = value->datum;
    bool fits = is_number(n) && !(whole && n->kind != DATUM_INT) && number_value(n) >= low;
    if (!fits)
        report_supervisor(x, d->at, arena_printf("%s cannot be %s", what, datum_text(d, 40)),
                          whole ? arena_printf("it is an int from %g on", low)
                                : arena_printf("it is a number of milliseconds from %g on", low));
    return value;
}

static core *expand_intensity(expander *x, datum *d) { return expand_number(x, d, 0, true, "the number of restarts"); }

static core *expand_period(expander *x, datum *d) {
    return expand_number(x, d, 1, false, "the period of the restarts");
}

/* ---- children ---- */

typedef enum child_option { CHILD_RESTART, CHILD_SHUTDOWN, CHILD_BACKOFF, CHILD_TYPE, CHILD_OPTIONS } child_option;

/* ms, :brutal or :infinity; the words are handed on as keywords. */
static core *expand_shutdown(expander *x, datum *d) {
    const char *text = word_text(x, d);
    if (!text) return expand_number(x, d, 0, false, "the time of a shutdown");
    if (!is_word(&shutdowns, text)) {
        report_word(x, d, text, &shutdowns);
        return core_nil(d->at);
    }
    datum *keyword = NEW(datum);
    *keyword = (datum){.kind = DATUM_KEYWORD, .at = d->at, .text = text, .size = strlen(text)};
    return core_const(keyword, d->at);
}

/* (min max), also [min max], '(min max) and (list min max): the two data, or NULL. */
static datum **backoff_pair(datum *d) {
    if (is_quoted(d)) d = d->items[1];
    if (d->kind != DATUM_LIST && d->kind != DATUM_BRACKET) return NULL;
    size_t skip = d->count == 3 && is_headed(d, "list") ? 1 : 0;
    return d->count == skip + 2 && !d->tail ? d->items + skip : NULL;
}

static void expand_backoff(expander *x, datum *d, core **min, core **max) {
    datum **pair = backoff_pair(d);
    if (!pair) {
        report_supervisor(x, d->at, arena_printf("a backoff is two times, not %s", datum_text(d, 40)),
                          "write :backoff (min max), in milliseconds");
        return;
    }
    size_t errors = diag_error_count(x->d);
    *min = expand_number(x, pair[0], 0, false, "the shortest backoff");
    *max = expand_number(x, pair[1], 0, false, "the longest backoff");
    bool literal = (*min)->kind == CORE_CONST && (*max)->kind == CORE_CONST && diag_error_count(x->d) == errors;
    if (literal && number_value((*min)->datum) > number_value((*max)->datum))
        report_supervisor(x, d->at, "the shortest backoff is longer than the longest",
                          "write :backoff (min max), in milliseconds");
}

/* (HEAD id expression option ...): id is the child's name already expanded. */
static core *child_code(expander *x, const datum *form, core *id, const char *name) {
    span at = form->at;
    option options[CHILD_OPTIONS] = {
        [CHILD_RESTART] = {.name = "restart"},
        [CHILD_SHUTDOWN] = {.name = "shutdown"},
        [CHILD_BACKOFF] = {.name = "backoff"},
        [CHILD_TYPE] = {.name = "type"},
    };
    read_options(x, "a child", form->items + 3, form->count - 3, options, CHILD_OPTIONS);
    core *start = expand_task_thunk(x, form->items[2]);
    start->fn->name = name;
    core **items = NEW_ARRAY(core *, 8);
    const datum *none = core_nil(at)->datum;
    for (size_t i = 0; i < 8; i++) items[i] = core_const((datum *)none, at);
    items[0] = id;
    items[1] = start;
    datum *restart = options[CHILD_RESTART].value, *shutdown = options[CHILD_SHUTDOWN].value;
    datum *backoff = options[CHILD_BACKOFF].value, *type = options[CHILD_TYPE].value;
    items[2] = restart ? expand_word(x, restart, &restarts) : core_quote_symbol(intern_cstr("permanent"), at);
    if (shutdown) items[3] = expand_shutdown(x, shutdown);
    if (backoff) expand_backoff(x, backoff, &items[4], &items[5]);
    if (type) items[6] = expand_word(x, type, &types);
    items[7] = site_string(at);
    return core_library_call("%child-spec", items, 8, at);
}

/* (child-spec id expression option ...): id is evaluated. */
core *expand_child_spec(expander *x, datum *form) {
    return child_code(x, form, expand_form(x, form->items[1]), "child");
}

/* ---- define-supervisor ---- */

typedef struct supervisor_parts {
    datum *strategy, *intensity;
    datum **children;
    size_t child_count;
} supervisor_parts;

static const char child_usage[] = "write (child id expression :restart permanent :shutdown 5000 ...)";

/* The name, or keyword or string, that a child is known by. */
static const datum *child_id(const datum *form) {
    const datum *d = form->items[1];
    if (is_quoted(d)) d = d->items[1];
    return is_name(d) || d->kind == DATUM_KEYWORD || d->kind == DATUM_STRING ? d : NULL;
}

static const datum *find_child(const supervisor_parts *parts, const datum *id) {
    for (size_t i = 0; i < parts->child_count; i++)
        if (datum_equal(child_id(parts->children[i]), id)) return parts->children[i];
    return NULL;
}

static void read_child(expander *x, datum *d, supervisor_parts *parts) {
    if (d->count < 3) {
        report_supervisor(x, d->at, "a child has a name and an expression that starts it", child_usage);
        return;
    }
    const datum *id = child_id(d);
    if (!id) {
        report_supervisor(x, d->items[1]->at,
                          arena_printf("the name of the child is expected here, not %s", datum_text(d->items[1], 40)),
                          child_usage);
        return;
    }
    const datum *same = find_child(parts, id);
    if (same) {
        report_supervisor(x, d->at, arena_printf("two children are called %s", datum_text(id, 40)),
                          "each child of a supervisor needs a name of its own");
        diag_note_at(x->d, same->at, "the first one");
        return;
    }
    parts->children[parts->child_count++] = d;
}

static void read_once(expander *x, datum *d, datum **place) {
    if (*place) {
        diag_error(x->d, E0121, d->at, "the supervisor has a second %s", d->items[0]->text);
        diag_note_at(x->d, (*place)->at, "the first one");
        return;
    }
    *place = d;
}

static void report_unknown_part(expander *x, const datum *d) {
    static const char *const names[] = {"strategy", "intensity", "child"};
    bool headed = d->kind == DATUM_LIST && d->count > 0 && is_name(d->items[0]);
    const char *near = headed ? did_you_mean(d->items[0]->text, names, 3) : NULL;
    report_supervisor(x, d->at, arena_printf("%s is no part of a supervisor", datum_text(d, 40)),
                      near ? arena_printf("did you mean `(%s ...)`?", near)
                           : "the parts are (strategy one-for-one), (intensity 3 5000) and (child id expression ...)");
}

static void read_part(expander *x, datum *d, supervisor_parts *parts) {
    if (d->tail)
        report_unknown_part(x, d);
    else if (is_headed(d, "strategy"))
        read_once(x, d, &parts->strategy);
    else if (is_headed(d, "intensity"))
        read_once(x, d, &parts->intensity);
    else if (is_headed(d, "child"))
        read_child(x, d, parts);
    else
        report_unknown_part(x, d);
}

static core *strategy_code(expander *x, const datum *part, span at) {
    if (part && part->count == 2) return expand_word(x, part->items[1], &strategies);
    if (part)
        report_supervisor(x, part->at, arena_printf("strategy takes one name, but has %zu", part->count - 1),
                          strategies.hint);
    return core_quote_symbol(intern_cstr("one-for-one"), at);
}

enum { DEFAULT_INTENSITY = 3, DEFAULT_PERIOD = 5000 };

static void intensity_code(expander *x, const datum *part, core **intensity, core **period, span at) {
    *intensity = core_int(DEFAULT_INTENSITY, at);
    *period = core_int(DEFAULT_PERIOD, at);
    if (!part) return;
    if (part->count != 3) {
        report_supervisor(x, part->at, arena_printf("intensity takes two numbers, but has %zu", part->count - 1),
                          "write (intensity restarts period), the period in milliseconds");
        return;
    }
    *intensity = expand_intensity(x, part->items[1]);
    *period = expand_period(x, part->items[2]);
}

static core *children_code(expander *x, const supervisor_parts *parts, span at) {
    core **items = NEW_ARRAY(core *, parts->child_count + 1);
    for (size_t i = 0; i < parts->child_count; i++) {
        const datum *form = parts->children[i], *id = child_id(form);
        items[i] = child_code(x, form, core_const((datum *)id, id->at), id->text);
    }
    return core_prim("%list", items, parts->child_count, at);
}

/* The value of (define-supervisor name part ...). */
static core *supervisor_code(expander *x, datum *form) {
    span at = form->at;
    supervisor_parts parts = {.children = NEW_ARRAY(datum *, form->count)};
    for (size_t i = 2; i < form->count; i++) read_part(x, form->items[i], &parts);
    core **items = NEW_ARRAY(core *, 5);
    items[0] = core_quote_symbol(form->items[1]->text, form->items[1]->at);
    items[1] = strategy_code(x, parts.strategy, at);
    intensity_code(x, parts.intensity, &items[2], &items[3], at);
    items[4] = children_code(x, &parts, at);
    return core_library_call("%supervisor-spec", items, 5, at);
}

void collect_supervisor(expander *x, datum *form, item_list *out) {
    const datum *name = form->items[1];
    if (!is_name(name)) {
        diag_error(x->d, E0102, name->at, "the name of the supervisor is expected here, not %s", datum_text(name, 40));
        diag_hint(x->d,
                  name->kind == DATUM_LIST && name->count > 0
                      ? "for one with parameters write a function that gives (supervisor :children [(child-spec ...)])"
                      : "write (define-supervisor name part ...)");
        return;
    }
    definition *def = definition_new(DEFINE_FORM, form, name);
    def->form = form;
    def->make = supervisor_code;
    add_definition(out, def);
}

/* ---- supervisor ---- */

typedef enum supervisor_option { SUP_STRATEGY, SUP_INTENSITY, SUP_PERIOD, SUP_CHILDREN, SUP_OPTIONS } supervisor_option;

static core *supervisor_operand(expander *x, const option *options, supervisor_option which, span at) {
    datum *d = options[which].value;
    switch (which) {
    case SUP_STRATEGY: return d ? expand_word(x, d, &strategies) : core_quote_symbol(intern_cstr("one-for-one"), at);
    case SUP_INTENSITY: return d ? expand_intensity(x, d) : core_int(DEFAULT_INTENSITY, at);
    case SUP_PERIOD: return d ? expand_period(x, d) : core_int(DEFAULT_PERIOD, at);
    default: return d ? expand_form(x, d) : core_prim("%list", NEW_ARRAY(core *, 1), 0, at);
    }
}

/* (supervisor :strategy s :intensity n :period ms :children specs) */
core *expand_supervisor(expander *x, datum *form) {
    span at = form->at;
    option options[SUP_OPTIONS] = {[SUP_STRATEGY] = {.name = "strategy"},
                                   [SUP_INTENSITY] = {.name = "intensity"},
                                   [SUP_PERIOD] = {.name = "period"},
                                   [SUP_CHILDREN] = {.name = "children"}};
    read_options(x, "supervisor", form->items + 1, form->count - 1, options, SUP_OPTIONS);
    core **items = NEW_ARRAY(core *, SUP_OPTIONS + 1);
    items[0] = core_nil(at);
    for (size_t i = 0; i < SUP_OPTIONS; i++) items[i + 1] = supervisor_operand(x, options, (supervisor_option)i, at);
    return core_library_call("%supervisor-spec", items, SUP_OPTIONS + 1, at);
}
