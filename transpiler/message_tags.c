/* message_tags.c: which tags do the receive clauses of a program name?
 *
 * In:  the data of all its files. Out: a set of names. They are the tags at the root of
 *   - the patterns of (receive clause ...), as an expression or in a define-actor;
 *   - the patterns of a (match m clause ...), where m is a message: the message parameter of an actor's handler, that
 *     is of a lambda in (actor init handler) or (become state handler), or of a procedure that is named there; or the
 *     name that a clause (m body ...) of receive, or ((receive) m body ...) of select, gives to any message.
 * The walk knows nothing of scopes: a tag too many makes a message only of a call, in the place of a message, of what
 * is no definition of the program. */
#include <stdlib.h>
#include <string.h>

#include "expand.h"

typedef struct name_set {
    const char **slots; /* open addressing by the interned name's address */
    size_t count, size;
} name_set;

struct message_tags {
    name_set names;
    name_set received; /* by receive expressions */
    bool any_received; /* one takes any message */
};

typedef struct tag_finder {
    name_set tags;
    name_set handlers; /* procedures that handle messages */
    name_set makers;   /* procedures that make such procedures */
} tag_finder;

/* ---- sets of names ---- */

static size_t slot_of(const char *const *slots, size_t size, const char *name) {
    size_t i = ((uintptr_t)name >> 4) * 0x9e3779b97f4a7c15u >> 20 & (size - 1);
    while (slots[i] && slots[i] != name) i = (i + 1) & (size - 1);
    return i;
}

static bool contains(const name_set *s, const char *name) {
    return s->size && s->slots[slot_of(s->slots, s->size, name)];
}

static void grow(name_set *s) {
    size_t size = s->size ? s->size * 2 : 64;
    const char **slots = NEW_ARRAY(const char *, size);
    for (size_t i = 0; i < s->size; i++)
        if (s->slots[i]) slots[slot_of(slots, size, s->slots[i])] = s->slots[i];
    s->slots = slots;
    s->size = size;
}

static void add(name_set *s, const char *name) {
    if (contains(s, name)) return;
    if (s->count * 2 >= s->size) grow(s);
    s->slots[slot_of(s->slots, s->size, name)] = name;
    s->count++;
}

bool is_message_tag(const message_tags *tags, const char *interned_name) {
    return contains(&tags->names, interned_name);
}

void note_received(message_tags *tags, const message_shapes *shapes) {
    tags->any_received |= shapes->any;
    for (size_t i = 0; i < shapes->count; i++) add(&tags->received, shapes->items[i].tag);
}

bool may_be_received(const message_tags *tags, const char *tag) {
    return tags->any_received || contains(&tags->received, tag);
}

/* ---- patterns ---- */

static bool is_form_headed_by_name(const datum *d) {
    return d->kind == DATUM_LIST && d->count > 0 && !d->tail && is_name(d->items[0]);
}

static void note_pattern(tag_finder *f, const datum *d);

static void note_patterns(tag_finder *f, datum *const *items, size_t count) {
    for (size_t i = 0; i < count; i++) note_pattern(f, items[i]);
}

static void note_pattern(tag_finder *f, const datum *d) {
    if (!is_form_headed_by_name(d) || d->sugar) return;
    if (is_symbol(d->items[0], "or") || is_symbol(d->items[0], "as"))
        note_patterns(f, d->items + 1, d->count - 1);
    else if (is_symbol(d->items[0], "when"))
        note_patterns(f, d->items + 1, d->count - (d->count > 1 ? 2 : 1)); /* without the guard */
    else if (!is_pattern_word(d->items[0]->text) && !is_symbol(d->items[0], "quote"))
        add(&f->tags, name_base(d->items[0]->text));
}

/* (pattern body ...), also (name @ pattern body ...) */
static void note_clauses(tag_finder *f, datum *const *clauses, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const datum *c = clauses[i];
        if (c->kind != DATUM_LIST || c->count == 0) continue;
        bool alias = c->count > 2 && is_symbol(c->items[1], "@");
        note_pattern(f, c->items[alias ? 2 : 0]);
    }
}

/* ---- matches on messages ---- */

static bool is_lambda(const datum *d) {
    return (is_headed(d, "lambda") || is_headed(d, "fn")) && d->count > 1 && d->items[1]->kind == DATUM_LIST;
}

static bool is_quoting(const datum *d) { return is_headed(d, "quote") || is_headed(d, "quasiquote"); }

/* Notes the matches on the message of this name. */
static void scan_matches(tag_finder *f, const datum *d, const char *message) {
    if (is_quoting(d)) return;
    if (is_headed(d, "match") && d->count > 1 && d->items[1]->kind == DATUM_SYMBOL && d->items[1]->text == message)
        note_clauses(f, d->items + 2, d->count - 2);
    for (size_t i = 0; i < d->count; i++) scan_matches(f, d->items[i], message);
}

static void scan_body(tag_finder *f, const datum *form, size_t from, const datum *message) {
    if (!is_name(message)) return;
    for (size_t i = from; i < form->count; i++) scan_matches(f, form->items[i], message->text);
}

/* The outermost procedures in a form, which take the state and a message. */
static void scan_handlers(tag_finder *f, const datum *d) {
    if (is_quoting(d)) return;
    if (is_lambda(d) && d->items[1]->count >= 2) {
        scan_body(f, d, 2, d->items[1]->items[1]);
        return;
    }
    for (size_t i = 0; i < d->count; i++) scan_handlers(f, d->items[i]);
}

/* (m body ...) of a receive */
static void scan_clauses(tag_finder *f, datum *const *clauses, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (is_form_headed_by_name(clauses[i])) scan_body(f, clauses[i], 1, clauses[i]->items[0]);
}

/* ((receive) (fn (m) ...)) or ((receive) m body ...) of a select */
static void scan_select_clause(tag_finder *f, const datum *c) {
    if (c->kind != DATUM_LIST || c->count < 2 || !is_headed(c->items[0], "receive")) return;
    const datum *handler = c->items[1];
    if (is_lambda(handler) && handler->items[1]->count == 1)
        scan_body(f, handler, 2, handler->items[1]->items[0]);
    else
        scan_body(f, c, 2, handler);
}

/* The operand of actor or become that gives a handler. */
static void note_handler(tag_finder *f, const datum *d) {
    if (is_name(d))
        add(&f->handlers, d->text);
    else if (is_form_headed_by_name(d) && !is_lambda(d))
        add(&f->makers, d->items[0]->text);
    scan_handlers(f, d);
}

static void find_receives(tag_finder *f, const datum *d) {
    if (d->count == 0 || is_quoting(d)) return;
    if (is_headed(d, "receive")) {
        note_clauses(f, d->items + 1, d->count - 1);
        scan_clauses(f, d->items + 1, d->count - 1);
    }
    scan_select_clause(f, d);
    if ((is_headed(d, "actor") || is_headed(d, "become")) && d->count == 3) note_handler(f, d->items[2]);
    for (size_t i = 0; i < d->count; i++)
        if (same_origin(d, d->items[i])) find_receives(f, d->items[i]);
}

/* (define (name state message) body ...), (define name (lambda ...)), (name (lambda ...)) in a let */
static void scan_definition(tag_finder *f, const datum *d) {
    if (d->kind != DATUM_LIST || d->count < 2) return;
    size_t value = is_headed(d, "define") && d->count > 2 ? 2 : 1;
    const datum *name = d->items[value - 1], *params = NULL;
    if (value == 2 && name->kind == DATUM_LIST && name->count > 0) {
        params = name;
        name = params->items[0];
    }
    if (!is_name(name)) return;
    if (params && params->count > 2 && contains(&f->handlers, name->text)) scan_body(f, d, value, params->items[2]);
    if (contains(&f->makers, name->text) || (!params && contains(&f->handlers, name->text)))
        for (size_t i = value; i < d->count; i++) scan_handlers(f, d->items[i]);
}

static void find_handlers(tag_finder *f, const datum *d) {
    if (is_quoting(d)) return;
    scan_definition(f, d);
    for (size_t i = 0; i < d->count; i++)
        if (same_origin(d, d->items[i])) find_handlers(f, d->items[i]);
}

bool add_message_tags(message_tags *tags, const datum *code) {
    size_t before = tags->names.count;
    tag_finder f = {.tags = tags->names};
    find_receives(&f, code);
    if (f.handlers.count + f.makers.count) find_handlers(&f, code);
    tags->names = f.tags;
    return tags->names.count > before;
}

message_tags *find_message_tags(const datum_file *const *files, size_t count) {
    tag_finder f = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < files[i]->count; k++) find_receives(&f, files[i]->forms[k]);
    for (size_t i = 0; i < count && f.handlers.count + f.makers.count; i++)
        for (size_t k = 0; k < files[i]->count; k++) find_handlers(&f, files[i]->forms[k]);
    message_tags *tags = NEW(message_tags);
    tags->names = f.tags;
    return tags;
}

static int compare_tags(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void print_message_tags(FILE *out, const message_tags *tags) {
    const name_set *s = &tags->names;
    const char **sorted = NEW_ARRAY(const char *, s->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < s->size; i++)
        if (s->slots[i]) sorted[count++] = s->slots[i];
    qsort(sorted, count, sizeof *sorted, compare_tags);
    fputs("(tags", out);
    for (size_t i = 0; i < count; i++) fprintf(out, " %s", sorted[i]);
    fputs(")\n", out);
}
