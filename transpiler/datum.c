/* datum.c: printing data as text that reads back the same. */
#include "datum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "codepoint.h"

static bool has_copies(const datum *d) {
    if (d->kind == DATUM_SYMBOL) return name_copied(d->text) != NULL;
    for (size_t i = 0; i < d->count; i++)
        if (has_copies(d->items[i])) return true;
    return d->tail && has_copies(d->tail);
}

uint32_t datum_weight(datum *d) {
    if (d->kind < DATUM_LIST) return 1;
    if (d->weight) return d->weight;
    uint64_t n = 1;
    for (size_t i = 0; i < d->count; i++) n += datum_weight(d->items[i]);
    if (d->tail) n += datum_weight(d->tail);
    d->weight = n < MAX_WEIGHT ? n : MAX_WEIGHT;
    return d->weight;
}

datum *datum_base(datum *d) {
    if (d->kind < DATUM_SYMBOL || d->kind == DATUM_KEYWORD || !has_copies(d)) return d;
    datum *base = NEW(datum);
    *base = *d;
    if (d->kind == DATUM_SYMBOL) {
        base->text = name_base(d->text);
        return base;
    }
    base->items = NEW_ARRAY(datum *, d->count + 1);
    for (size_t i = 0; i < d->count; i++) base->items[i] = datum_base(d->items[i]);
    if (d->tail) base->tail = datum_base(d->tail);
    return base;
}

/* Where the text goes: a stream, or a buffer (NULL: only counted) that is full at limit. */
typedef struct sink {
    FILE *out;
    char *buffer;
    size_t used, limit;
} sink;

static bool full(const sink *s) { return s->out == NULL && s->used >= s->limit; }

static void put_bytes(sink *s, const char *text, size_t n) {
    if (s->out != NULL) {
        fwrite(text, 1, n, s->out);
        return;
    }
    size_t room = s->limit - s->used;
    if (n > room) n = room;
    if (s->buffer != NULL) memcpy(s->buffer + s->used, text, n);
    s->used += n;
}

static void put(sink *s, const char *text) { put_bytes(s, text, strlen(text)); }

static void put_float(sink *s, double f) {
    char text[40];
    if (isnan(f)) {
        put(s, "nan");
        return;
    }
    if (isinf(f)) {
        put(s, f > 0 ? "inf" : "-inf");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, f);
        if (strtod(text, NULL) == f) break;
    }
    put(s, text);
    if (strpbrk(text, ".e") == NULL) put(s, ".0");
}

static void put_escaped(sink *s, unsigned char c) {
    char text[12];
    const char *known = c == '"'    ? "\\\""
                        : c == '\\' ? "\\\\"
                        : c == '\n' ? "\\n"
                        : c == '\t' ? "\\t"
                        : c == '\r' ? "\\r"
                                    : NULL;
    snprintf(text, sizeof text, "\\u{%x}", c);
    put(s, known != NULL ? known : text);
}

static void put_string(sink *s, const char *text, size_t size) {
    put(s, "\"");
    for (size_t i = 0; i < size && !full(s);) {
        size_t plain = i;
        while (plain < size && text[plain] != '"' && text[plain] != '\\' && (unsigned char)text[plain] >= 0x20 &&
               text[plain] != 0x7F)
            plain++;
        put_bytes(s, text + i, plain - i);
        if (plain < size) put_escaped(s, (unsigned char)text[plain++]);
        i = plain;
    }
    put(s, "\"");
}

static const char *prefix_of(const datum *x) {
    static const char *const prefixes[][2] = {
        {"quote", "'"}, {"quasiquote", "`"}, {"unquote", ","}, {"unquote-splicing", ",@"}};
    if (!x->sugar || x->kind != DATUM_LIST || x->count != 2 || x->items[0]->kind != DATUM_SYMBOL) return NULL;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strcmp(x->items[0]->text, prefixes[i][0]) == 0) return prefixes[i][1];
    return NULL;
}

static bool is_range(const datum *x) {
    return x->sugar && x->kind == DATUM_LIST && x->count == 3 && x->items[0]->kind == DATUM_SYMBOL &&
           (strcmp(x->items[0]->text, "..") == 0 || strcmp(x->items[0]->text, "..=") == 0);
}

static void put_atom(sink *s, const datum *x) {
    char number[24];
    switch (x->kind) {
    case DATUM_INT:
        snprintf(number, sizeof number, "%lld", (long long)x->i);
        put(s, number);
        break;
    case DATUM_FLOAT: put_float(s, x->f); break;
    case DATUM_STRING: put_string(s, x->text, x->size); break;
    case DATUM_TRUE: put(s, "true"); break;
    case DATUM_FALSE: put(s, "false"); break;
    case DATUM_NIL: put(s, "nil"); break;
    case DATUM_KEYWORD:
        put(s, ":");
        put(s, x->text);
        break;
    default: put(s, x->text); break;
    }
}

/* A datum being printed: the next of its items. Data can be 10,000 levels deep, so no recursion. */
typedef struct cursor {
    const datum *x;
    size_t next;
} cursor;

typedef struct cursor_stack {
    cursor *items;
    size_t count, capacity;
} cursor_stack;

static const char *opener(const datum *x) { return x->kind == DATUM_LIST ? "(" : x->kind == DATUM_BRACKET ? "[" : "{"; }
static const char *closer(const datum *x) { return x->kind == DATUM_LIST ? ")" : x->kind == DATUM_BRACKET ? "]" : "}"; }

/* A symbol that begins with @ must not directly follow a comma: that would read as `,@`. */
static void begin_datum(sink *s, cursor_stack *stack, const datum *x) {
    if (x->kind < DATUM_LIST) {
        put_atom(s, x);
        return;
    }
    const char *prefix = prefix_of(x);
    if (prefix != NULL) {
        put(s, prefix);
        const datum *inner = x->items[1];
        if (prefix[0] == ',' && inner->kind == DATUM_SYMBOL && inner->text[0] == '@') put(s, " ");
    } else if (!is_range(x)) {
        put(s, opener(x));
    }
    PUSH(stack->items, stack->count, stack->capacity, ((cursor){.x = x, .next = prefix != NULL || is_range(x)}));
}

/* The text before item i of a list; a range is written from its second item on: 1..5. */
static void put_separator(sink *s, const datum *x, size_t i) {
    if (is_range(x)) {
        if (i == 2) put(s, x->items[0]->text);
    } else if (prefix_of(x) == NULL && i > 0) {
        put(s, " ");
    }
}

static void print_datum(sink *s, const datum *root) {
    cursor_stack stack = {0};
    begin_datum(s, &stack, root);
    while (stack.count > 0 && !full(s)) {
        cursor *top = &stack.items[stack.count - 1];
        const datum *x = top->x, *item = NULL;
        if (top->next < x->count) {
            put_separator(s, x, top->next);
            item = x->items[top->next];
        } else if (top->next == x->count && x->tail != NULL) {
            put(s, x->count > 0 ? " . " : ". ");
            item = x->tail;
        }
        top->next++;
        if (item != NULL) {
            begin_datum(s, &stack, item);
            continue;
        }
        if (prefix_of(x) == NULL && !is_range(x)) put(s, closer(x));
        stack.count--;
    }
}

void datum_print(FILE *out, const datum *x) {
    sink s = {.out = out};
    print_datum(&s, x);
}

const char *datum_text(const datum *x, size_t max) {
    /* Room for one byte more than max, to see whether the text goes on. */
    sink s = {.limit = max + 1, .buffer = arena_alloc(max + 5)};
    print_datum(&s, x);
    if (s.used > max) {
        size_t n = max;
        while (n > 0 && ((unsigned char)s.buffer[n] & 0xC0) == 0x80) n--;
        memcpy(s.buffer + n, "...", 4);
    } else {
        s.buffer[s.used] = '\0';
    }
    return s.buffer;
}

size_t datum_width(const datum *x, size_t max) {
    sink s = {.limit = max + 1};
    print_datum(&s, x);
    return s.used;
}
