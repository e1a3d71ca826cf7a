/* json_write.c: (json-stringify x [:indent n]), RFC 8259.
 *
 * Like the parser it keeps its open collections on a stack of its own, and stops for other tasks. */
#include "text_internal.h"

#include <math.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/print.h"

enum { LOCAL_OPEN = 16, CHECK_EVERY = 256, MAX_INDENT = 100 };

static const char json_data[] = "data for JSON (dicts, lists, strings, numbers, true, false, nil)";

typedef enum open_kind { IN_LIST, IN_ITEMS, IN_VECTOR, IN_DICT } open_kind;

typedef struct open {
    open_kind kind;
    bool first;
    flu_value v; /* the collection; a list: what is left of it */
    flu_value *items;
    size_t i, count;
} open;

typedef struct json_writer {
    flu_worker *w;
    flu_value next;   /* to be written, unless it is FLU_UNDEF */
    flu_value pieces; /* list of strings, last first: what was written before the last stop */
    int indent;
    size_t count, capacity;
    open *stack; /* local, or in collected memory */
    open local[LOCAL_OPEN];
} json_writer;

static flu_value json_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info json_info = {.name = "json-stringify", .file = "<runtime>", .resume = json_resume};

/* ---- text ---- */

FLU_INLINE void put(flu_buf *b, const char *text, size_t size) {
    memcpy(b->data + b->size, text, size);
    b->size += size;
}

static void put_escaped(flu_buf *b, char c) {
    static const char *const names[' '] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"};
    if (c == '"' || c == '\\') {
        char escaped[] = {'\\', c};
        flu_buf_add(b, escaped, 2);
    } else if (names[(unsigned char)c] != NULL) {
        flu_buf_puts(b, names[(unsigned char)c]);
    } else {
        flu_buf_printf(b, "\\u%04x", (unsigned char)c);
    }
}

static void put_text(flu_buf *b, const char *text, size_t size) {
    const char *end = text + size;
    uint64_t mixed = 0;
    if (!flu_buf_reserve(b, size + 2)) return;
    b->data[b->size++] = '"';
    for (;;) {
        const char *special = flu_json_plain(text, end, &mixed);
        if (!flu_buf_reserve(b, (size_t)(end - text) + 1)) return;
        put(b, text, (size_t)(special - text));
        if (special == end) break;
        put_escaped(b, *special);
        text = special + 1;
    }
    flu_buf_char(b, '"');
}

static void put_int(flu_buf *b, flu_value v) {
    if (!flu_buf_reserve(b, flu_is_fix(v) ? FLU_NUMBER_SIZE : flu_int_text_bound(v, 10))) return;
    size_t size = flu_is_fix(v) ? flu_fix_text(b->data + b->size, flu_fix(v)) : flu_int_text(b->data + b->size, v, 10);
    b->failed |= size == 0;
    b->size += size;
}

static void put_name(flu_buf *b, flu_value symbol) {
    put_text(b, FLU_SYM(symbol)->name, flu_header_size(FLU_SYM(symbol)->h));
}

/* ---- values that contain nothing ---- */

static flu_value cannot_write(flu_worker *w, flu_value v) {
    return flu_type_error(w, "json-stringify", 1, json_data, v);
}

static bool put_float(flu_worker *w, flu_buf *b, double d) {
    if (!isfinite(d))
        return flu_raise(w, "domain-error", "json-stringify: JSON has no %s", isnan(d) ? "nan" : "infinities"), false;
    if (flu_buf_reserve(b, FLU_NUMBER_SIZE)) b->size += flu_float_text(b->data + b->size, d);
    return true;
}

/* False after throwing. */
static bool put_atom(flu_worker *w, flu_buf *b, flu_value v) {
    if (flu_is_string(v)) return put_text(b, FLU_STR(v)->bytes, flu_str_size(v)), true;
    if (flu_is_int(v)) return put_int(b, v), true;
    if (flu_is_float(v)) return put_float(w, b, flu_double(v));
    if (v == FLU_NIL) return flu_buf_add(b, "null", 4), true;
    if (v == FLU_TRUE) return flu_buf_add(b, "true", 4), true;
    if (v == FLU_FALSE) return flu_buf_add(b, "false", 5), true;
    if (v == FLU_EMPTY) return flu_buf_add(b, "[]", 2), true;
    if (flu_is_keyword(v) || flu_is_symbol(v)) return put_name(b, v), true;
    return cannot_write(w, v), false;
}

/* Keys are text in JSON; numbers become theirs. False after throwing. */
static bool put_key(flu_worker *w, flu_buf *b, flu_value key) {
    if (flu_is_number(key)) {
        flu_buf_char(b, '"');
        bool ok = put_atom(w, b, key);
        flu_buf_char(b, '"');
        return ok;
    }
    if (flu_is_string(key) || flu_is_keyword(key) || flu_is_symbol(key)) return put_atom(w, b, key);
    flu_value shown = flu_repr_string(w, key, 60);
    flu_raise_data(w, "type-error", key,
                   "json-stringify: argument 1 must have keys that are strings, keywords, symbols or numbers, got %s",
                   FLU_STR(shown)->bytes);
    return false;
}

/* ---- collections ---- */

static bool is_open(const json_writer *p, flu_value vector) {
    for (size_t i = 0; i < p->count; i++)
        if (p->stack[i].kind == IN_VECTOR && p->stack[i].v == vector) return true;
    return false;
}

static open *push(json_writer *p, open_kind kind, flu_value v) {
    if (p->count == p->capacity) {
        open *more = flu_alloc(p->w, 2 * p->capacity * sizeof *more);
        memcpy(more, p->stack, p->count * sizeof *more);
        p->stack = more;
        p->capacity *= 2;
    }
    open *o = &p->stack[p->count++];
    *o = (open){.kind = kind, .first = true, .v = v};
    return o;
}

typedef enum opened { NO_COLLECTION, OPENED, FAILED } opened;

static opened open_items(json_writer *p, flu_buf *b, open_kind kind, flu_value v) {
    open *o = push(p, kind, v);
    if (kind == IN_VECTOR)
        o->count = flu_vector_elements(p->w, v, &o->items);
    else if (kind == IN_DICT)
        o->count = 2 * flu_dict_entries(p->w, v, &o->items);
    else
        o->count = flu_set_entries(p->w, v, &o->items);
    flu_buf_char(b, kind == IN_DICT ? '{' : '[');
    return OPENED;
}

static opened open_collection(json_writer *p, flu_buf *b, flu_value v) {
    if (flu_is_cons(v)) return push(p, IN_LIST, v), flu_buf_char(b, '['), OPENED;
    switch (flu_type_of(v)) {
    case FLU_T_DICT: return open_items(p, b, IN_DICT, v);
    case FLU_T_SET: return open_items(p, b, IN_ITEMS, v);
    case FLU_T_QUEUE: p->next = flu_seq_list(p->w, "json-stringify", 1, v); return OPENED;
    case FLU_T_VECTOR:
        if (!is_open(p, v)) return open_items(p, b, IN_VECTOR, v);
        flu_raise(p->w, "domain-error", "json-stringify: a vector contains itself");
        return FAILED;
    default: return NO_COLLECTION;
    }
}

static void put_line(const json_writer *p, flu_buf *b) {
    size_t spaces = (size_t)p->indent * p->count;
    if (p->indent == 0 || !flu_buf_reserve(b, spaces + 1)) return;
    b->data[b->size] = '\n';
    memset(b->data + b->size + 1, ' ', spaces);
    b->size += spaces + 1;
}

static void put_separator(const json_writer *p, flu_buf *b, open *o) {
    if (!o->first) flu_buf_char(b, ',');
    o->first = false;
    put_line(p, b);
}

static void close_innermost(json_writer *p, flu_buf *b) {
    open *o = &p->stack[--p->count];
    if (!o->first) put_line(p, b);
    flu_buf_char(b, o->kind == IN_DICT ? '}' : ']');
}

/* Writes what comes before the next element, and that becomes p->next. False: the collection is complete, or an error
 * was thrown, which leaves p->next FLU_ABNORMAL. */
static bool next_element(json_writer *p, flu_buf *b, open *o) {
    if (o->kind == IN_LIST) {
        if (!flu_is_cons(o->v)) {
            if (o->v != FLU_EMPTY && o->v != FLU_NIL) p->next = cannot_write(p->w, o->v);
            return false;
        }
        put_separator(p, b, o);
        p->next = FLU_CELL(o->v)->head;
        o->v = FLU_CELL(o->v)->tail;
        return true;
    }
    if (o->i == o->count) return false;
    put_separator(p, b, o);
    if (o->kind == IN_DICT) {
        if (!put_key(p->w, b, o->items[o->i++])) return p->next = FLU_ABNORMAL, false;
        flu_buf_add(b, ": ", p->indent > 0 ? 2 : 1);
    }
    p->next = o->items[o->i++];
    return true;
}

/* Closes what is complete; p->next is the next value then, or FLU_UNDEF. False after throwing. */
static bool find_next(json_writer *p, flu_buf *b) {
    while (p->count > 0) {
        if (next_element(p, b, &p->stack[p->count - 1])) return true;
        if (p->next == FLU_ABNORMAL) return false;
        close_innermost(p, b);
    }
    p->next = FLU_UNDEF;
    return true;
}

typedef enum progress { DONE, MORE, THROWN } progress;

static progress write_some(json_writer *p, flu_buf *b) {
    for (int left = CHECK_EVERY; left > 0; left--) {
        flu_value v = p->next;
        p->next = FLU_UNDEF;
        opened o = open_collection(p, b, v);
        if (o == FAILED || (o == NO_COLLECTION && !put_atom(p->w, b, v))) return THROWN;
        if (p->next == FLU_UNDEF && !find_next(p, b)) return THROWN;
        if (p->next == FLU_UNDEF || b->failed) return DONE;
    }
    return MORE;
}

/* ---- stopping for others ---- */

static json_writer *in_heap(json_writer *p) {
    json_writer *copy = flu_alloc(p->w, sizeof *copy);
    *copy = *p;
    if (p->stack == p->local) copy->stack = copy->local;
    return copy;
}

/* The text written since the last stop goes to p->pieces; false: out-of-memory was thrown. */
static bool set_aside(json_writer *p, flu_buf *b) {
    flu_value piece = flu_buf_string(p->w, b, "json-stringify");
    if (piece == FLU_ABNORMAL) return false;
    p->pieces = flu_cons(p->w, piece, p->pieces);
    return true;
}

static flu_value stop(flu_worker *w, flu_frame *old, json_writer *p, flu_buf *b) {
    if (!set_aside(p, b)) return FLU_ABNORMAL;
    flu_frame *f = flu_yield(w, old, &json_info, 0, 1);
    if (f != NULL) f->slots[0] = FLU_VALUE(old == NULL ? in_heap(p) : p);
    return FLU_ABNORMAL;
}

static flu_value finished(json_writer *p, flu_buf *b) {
    if (p->pieces == FLU_EMPTY) return flu_buf_string(p->w, b, "json-stringify");
    if (!set_aside(p, b)) return FLU_ABNORMAL;
    return flu_fn_list_to_string(p->w, flu_fn_reverse(p->w, p->pieces));
}

/* p: on the C stack, or in the heap if the writer was resumed from `old`. */
static flu_value write_all(flu_worker *w, flu_frame *old, json_writer *p) {
    flu_buf b;
    progress made;
    flu_buf_init(&b);
    do made = write_some(p, &b);
    while (made == MORE && !flu_must_yield(w));
    flu_value result = made == MORE ? stop(w, old, p, &b) : made == DONE ? finished(p, &b) : FLU_ABNORMAL;
    flu_buf_free(&b);
    return result;
}

static void start(json_writer *p, flu_worker *w, flu_value v, int indent) {
    p->w = w;
    p->next = v;
    p->pieces = FLU_EMPTY;
    p->indent = indent;
    p->count = 0;
    p->capacity = LOCAL_OPEN;
    p->stack = p->local;
}

bool flu_json_put(flu_worker *w, flu_buf *b, flu_value v) {
    json_writer p;
    progress made;
    start(&p, w, v, 0);
    do made = write_some(&p, b);
    while (made == MORE);
    return made == DONE;
}

static flu_value json_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
    json_writer *p = FLU_AS(json_writer, f->slots[0]);
    p->w = w; /* another worker may have taken the task over */
    return write_all(w, f, p);
}

/* ---- the procedure ---- */

/* The options: none, or :indent and its value. -1 after throwing. */
static int indent_option(flu_worker *w, flu_value option, flu_value indent) {
    if (option == FLU_UNDEF) return 0;
    if (option != FLU_KEYWORD_LIT("indent")) return flu_type_error(w, "json-stringify", 2, ":indent", option), -1;
    if (indent == FLU_UNDEF)
        return flu_raise(w, "arity-error", "json-stringify: :indent must be followed by a number"), -1;
    if (indent == FLU_NIL || indent == FLU_FALSE) return 0;
    if (!flu_is_int(indent)) return flu_type_error(w, "json-stringify", 3, "an int", indent), -1;
    if (!flu_is_fix(indent) || flu_fix(indent) < 0 || flu_fix(indent) > MAX_INDENT)
        return flu_raise_data(w, "domain-error", indent, "json-stringify: :indent must be from 0 to %d, got %s",
                              MAX_INDENT, flu_shown(w, indent)),
               -1;
    return (int)flu_fix(indent);
}

flu_value flu_json_stringify(flu_worker *w, flu_value v, flu_value option, flu_value indent_arg) {
    json_writer p;
    int indent = indent_option(w, option, indent_arg);
    if (indent < 0) return FLU_ABNORMAL;
    start(&p, w, v, indent);
    return write_all(w, NULL, &p);
}
