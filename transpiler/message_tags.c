/* message_tags.c: which tags do the receive clauses of a program name?
 *
 * In:  the data of all its files. Out: a set of names. They are the tags at the root of
 *   - the patterns of (receive clause ...), as an expression or in a define-actor;
 *   - the patterns of a (match m clause ...), where m is the message parameter of an actor's handler: of a lambda in
 *     (actor init handler) or (become state handler), or of a procedure that is named there.
 * The walk knows nothing of scopes: a tag too many makes a message only of a call, in the place of a message, of what
 * is no definition of the program. */
#include <string.h>

#include "expand.h"

typedef struct name_set {
    const char **slots; /* open addressing by the interned name's address */
    size_t count, size;
} name_set;

struct message_tags {
    name_set names;
};

typedef struct tag_finder {
    name_set tags;
    name_set handlers; /* procedures that handle messages, or make such procedures */
} tag_finder;

/* The message parameters of the handlers around a form. */
typedef struct message_names {
    const char *name;
    const struct message_names *outer;
} message_names;

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
        add(&f->tags, d->items[0]->text);
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

/* ---- handlers ---- */

static bool is_lambda(const datum *d) {
    return (is_headed(d, "lambda") || is_headed(d, "fn")) && d->count > 1 && d->items[1]->kind == DATUM_LIST;
}

static bool is_quoting(const datum *d) { return is_headed(d, "quote") || is_headed(d, "quasiquote"); }

static bool is_message(const message_names *messages, const datum *d) {
    while (messages && messages->name != d->text) messages = messages->outer;
    return messages && is_name(d);
}

/* Notes the matches on messages in a handler, or in what makes one. */
static void scan_handler(tag_finder *f, const datum *d, const message_names *messages) {
    if (is_quoting(d)) return;
    message_names inner = {NULL, messages};
    if (is_lambda(d) && d->items[1]->count >= 2 && is_name(d->items[1]->items[1])) {
        inner.name = d->items[1]->items[1]->text;
        messages = &inner;
    }
    if (is_headed(d, "match") && d->count > 1 && is_message(messages, d->items[1]))
        note_clauses(f, d->items + 2, d->count - 2);
    for (size_t i = 0; i < d->count; i++) scan_handler(f, d->items[i], messages);
}

/* The operand of actor or become that gives a handler. */
static void note_handler(tag_finder *f, const datum *d) {
    if (is_name(d))
        add(&f->handlers, d->text);
    else if (is_form_headed_by_name(d) && !is_lambda(d))
        add(&f->handlers, d->items[0]->text);
    scan_handler(f, d, NULL);
}

static void find_receives(tag_finder *f, const datum *d) {
    if (is_quoting(d)) return;
    if (is_headed(d, "receive")) note_clauses(f, d->items + 1, d->count - 1);
    if ((is_headed(d, "actor") || is_headed(d, "become")) && d->count == 3) note_handler(f, d->items[2]);
    for (size_t i = 0; i < d->count; i++) find_receives(f, d->items[i]);
}

/* (define (name state message) body ...) of a handler, or (define name (lambda ...)), or (name (lambda ...)) in a let
 */
static void find_handlers(tag_finder *f, const datum *d) {
    if (is_quoting(d)) return;
    size_t head = is_headed(d, "define") && d->count > 2 ? 1 : 0;
    const datum *what = d->count > head ? d->items[head] : NULL;
    bool function = head && what->kind == DATUM_LIST && what->count > 0 && is_name(what->items[0]);
    const datum *name = function ? what->items[0] : what;
    if (d->kind == DATUM_LIST && name && is_name(name) && contains(&f->handlers, name->text)) {
        message_names message = {NULL, NULL};
        if (function && what->count > 2 && is_name(what->items[2])) message.name = what->items[2]->text;
        for (size_t i = head + 1; i < d->count; i++) scan_handler(f, d->items[i], &message);
    }
    for (size_t i = 0; i < d->count; i++) find_handlers(f, d->items[i]);
}

const message_tags *find_message_tags(const datum_file *const *files, size_t count) {
    tag_finder f = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < files[i]->count; k++) find_receives(&f, files[i]->forms[k]);
    for (size_t i = 0; i < count && f.handlers.count; i++)
        for (size_t k = 0; k < files[i]->count; k++) find_handlers(&f, files[i]->forms[k]);
    message_tags *tags = NEW(message_tags);
    tags->names = f.tags;
    return tags;
}
