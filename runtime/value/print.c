/* print.c: the text of every value. Nested data is walked with a stack of open collections of its own (a list is one
 * entry, however long), so neither depth nor length is limited by the C stack. */
#include "flu/print.h"
#include "flu/stream.h"

#include <inttypes.h>

#include "flu/actor.h"
#include "flu/chan.h"
#include "flu/collections.h"
#include "flu/number.h"
#include "flu/regex.h"
#include "flu/task.h"
#include "flu/text.h"

/* ---- what contains nothing ---- */

static bool is_control(uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

static void put_escaped(flu_buf *b, uint32_t c) {
    switch (c) {
    case '"': flu_buf_puts(b, "\\\""); return;
    case '\\': flu_buf_puts(b, "\\\\"); return;
    case '\n': flu_buf_puts(b, "\\n"); return;
    case '\t': flu_buf_puts(b, "\\t"); return;
    case '\r': flu_buf_puts(b, "\\r"); return;
    default: flu_buf_printf(b, "\\u{%" PRIx32 "}", c);
    }
}

void flu_repr_text(flu_buf *b, const char *text, size_t size) {
    const char *p = text, *end = text + size, *plain = text;
    flu_buf_char(b, '"');
    while (p < end) {
        const char *start = p;
        uint32_t c = flu_utf8_next(&p);
        if (c != '"' && c != '\\' && !is_control(c)) continue;
        flu_buf_add(b, plain, (size_t)(start - plain));
        put_escaped(b, c);
        plain = p;
    }
    flu_buf_add(b, plain, (size_t)(end - plain));
    flu_buf_char(b, '"');
}

static void put_string(flu_buf *b, flu_value s, bool quoted) {
    if (quoted)
        flu_repr_text(b, FLU_STR(s)->bytes, flu_str_size(s));
    else
        flu_buf_add(b, FLU_STR(s)->bytes, flu_str_size(s));
}

static void put_name(flu_buf *b, flu_value symbol) {
    flu_buf_add(b, FLU_SYM(symbol)->name, flu_header_size(FLU_SYM(symbol)->h));
}

static void put_bigint(flu_buf *b, flu_value v) {
    if (!flu_buf_reserve(b, flu_int_text_bound(v, 10))) return;
    size_t size = flu_int_text(b->data + b->size, v, 10);
    if (size == 0) b->failed = true;
    b->size += size;
}

static void put_number(flu_buf *b, flu_value v) {
    char text[FLU_NUMBER_SIZE];
    if (flu_is_fix(v))
        flu_buf_add(b, text, flu_fix_text(text, flu_fix(v)));
    else
        flu_buf_add(b, text, flu_float_text(text, flu_double(v)));
}

static void put_immediate(flu_buf *b, flu_value v) {
    flu_buf_puts(b, v == FLU_NIL     ? "nil"
                    : v == FLU_TRUE  ? "true"
                    : v == FLU_FALSE ? "false"
                    : v == FLU_EMPTY ? "()"
                                     : "#<undefined>");
}

static void put_promise(flu_buf *b, flu_value v) {
    static const char *const states[] = {[FLU_PENDING] = "pending",
                                         [FLU_FULFILLED] = "fulfilled",
                                         [FLU_REJECTED] = "rejected",
                                         [FLU_CANCELLED] = "cancelled"};
    unsigned state = __atomic_load_n((const uint32_t *)&FLU_PROM(v)->state, __ATOMIC_ACQUIRE);
    flu_buf_printf(b, "#<promise %" PRIu32 " %s>", FLU_PROM(v)->id, state < 4 ? states[state] : "pending");
}

/* Kinds and messages are whatever a program gave: anything but names and text is left to the caller, who opens no
 * collection inside an error. */
static void put_error_part(flu_worker *w, flu_buf *b, flu_value v) {
    if (flu_is_symbol(v) || flu_is_keyword(v))
        put_name(b, v);
    else if (flu_is_string(v))
        put_string(b, v, false);
    else
        flu_display(w, b, v);
}

static void put_error(flu_worker *w, flu_buf *b, flu_value v) {
    flu_buf_puts(b, "#<error ");
    put_error_part(w, b, FLU_ERR(v)->kind);
    flu_buf_puts(b, ": ");
    put_error_part(w, b, FLU_ERR(v)->message);
    flu_buf_char(b, '>');
}

static void put_regex(flu_buf *b, flu_value v) {
    flu_buf_puts(b, "#<regex ");
    put_string(b, FLU_REGEX(v)->pattern, true);
    flu_buf_char(b, '>');
}

static void put_other(flu_buf *b, flu_value v) {
    const flu_class *class = FLU_AS(flu_opaque, v)->cls;
    if (class->print)
        class->print(b, v);
    else
        flu_buf_printf(b, "#<%s>", class->name);
}

static void put_object(flu_worker *w, flu_buf *b, flu_value v) {
    static const char *const names[FLU_T_COUNT] = {
        [FLU_T_VARCELL] = "variable",  [FLU_T_FRAME] = "frame", [FLU_T_BROADCAST] = "broadcast",
        [FLU_T_TIMER] = "timer",       [FLU_T_NODE] = "node",   [FLU_T_SUPERVISOR] = "supervisor",
        [FLU_T_TOKEN] = "cancel-token"};
    /* Those of sync.h have their number in the header. */
    static const char *const numbered[FLU_T_COUNT] = {[FLU_T_ATOM] = "atom",
                                                      [FLU_T_CDICT] = "cdict",
                                                      [FLU_T_MUTEX] = "mutex",
                                                      [FLU_T_RW_LOCK] = "rw-lock",
                                                      [FLU_T_SEMAPHORE] = "semaphore",
                                                      [FLU_T_BARRIER] = "barrier",
                                                      [FLU_T_LATCH] = "latch",
                                                      [FLU_T_WAIT_GROUP] = "wait-group",
                                                      [FLU_T_EVENT] = "event",
                                                      [FLU_T_RATE_LIMITER] = "rate-limiter",
                                                      [FLU_T_PRIORITY_QUEUE] = "priority-queue"};
    flu_type type = flu_type_of(v);
    switch (type) {
    case FLU_T_SYMBOL: put_name(b, v); break;
    case FLU_T_KEYWORD: flu_buf_char(b, ':'), put_name(b, v); break;
    case FLU_T_BIGINT: put_bigint(b, v); break;
    case FLU_T_BYTES: flu_buf_printf(b, "#<bytes %zu>", flu_bytes_size(v)); break;
    case FLU_T_ERROR: put_error(w, b, v); break;
    case FLU_T_PROC: flu_buf_printf(b, "#<procedure %s>", FLU_PROC(v)->info->name); break;
    case FLU_T_PROMISE:
    case FLU_T_TASK: put_promise(b, v); break;
    case FLU_T_ACTOR: flu_actor_print(b, v); break;
    case FLU_T_ASYNC_QUEUE: flu_buf_printf(b, "#<async-queue %" PRIu32 ">", FLU_CHAN(v)->id); break;
    case FLU_T_CHANNEL: flu_buf_printf(b, "#<channel %" PRIu32 ">", FLU_CHAN(v)->id); break;
    case FLU_T_STREAM: flu_buf_printf(b, "#<stream %" PRIu32 ">", FLU_STREAM(v)->id); break;
    case FLU_T_QUEUE: flu_buf_printf(b, "#<queue %" PRIu32 ">", flu_header_size(FLU_QUEUE(v)->h)); break;
    case FLU_T_REGEX: put_regex(b, v); break;
    case FLU_T_OTHER: put_other(b, v); break;
    default:
        if (type < FLU_T_COUNT && numbered[type]) {
            flu_buf_printf(b, "#<%s %" PRIu32 ">", numbered[type], flu_header_size(FLU_OBJECT(v)->h));
            break;
        }
        flu_buf_printf(b, "#<%s>", type < FLU_T_COUNT && names[type] ? names[type] : "object");
    }
}

static void put_atom(flu_worker *w, flu_buf *b, flu_value v, bool quoted) {
    if ((v & FLU_TAG_MASK) == FLU_TAG_IMMEDIATE)
        put_immediate(b, v);
    else if (flu_is_fix(v) || flu_is_float(v))
        put_number(b, v);
    else if (flu_is_string(v))
        put_string(b, v, quoted);
    else
        put_object(w, b, v);
}

/* ---- collections ---- */

typedef enum open_kind { IN_LIST, IN_ITEMS, IN_VECTOR } open_kind;

typedef struct open {
    open_kind kind;
    char close;
    bool first;
    flu_value v; /* the collection; a list: what is left of it */
    flu_value *items;
    size_t i, count;
} open;

enum { LOCAL_OPEN = 16 };

typedef struct printer {
    flu_worker *w;
    flu_buf *b;
    open *stack; /* local, or in collected memory (items may be new arrays that nothing else refers to) */
    size_t count, capacity;
    open local[LOCAL_OPEN];
} printer;

static open *push(printer *p, open_kind kind, flu_value v, char close) {
    if (p->count == p->capacity) {
        open *more = flu_alloc(p->w, 2 * p->capacity * sizeof *more);
        memcpy(more, p->stack, p->count * sizeof *more);
        p->stack = more;
        p->capacity *= 2;
    }
    open *o = &p->stack[p->count++];
    *o = (open){.kind = kind, .close = close, .first = true, .v = v};
    return o;
}

static bool is_open(const printer *p, flu_value vector) {
    for (size_t i = 0; i < p->count; i++)
        if (p->stack[i].kind == IN_VECTOR && p->stack[i].v == vector) return true;
    return false;
}

/* Prints the beginning of a collection; false: v is none. */
static bool open_collection(printer *p, flu_value v) {
    open *o;
    if (flu_is_cons(v)) {
        flu_buf_char(p->b, '(');
        push(p, IN_LIST, v, ')');
        return true;
    }
    switch (flu_type_of(v)) {
    case FLU_T_VECTOR:
        if (is_open(p, v)) return flu_buf_puts(p->b, "#(...)"), true;
        flu_buf_puts(p->b, "#(");
        o = push(p, IN_VECTOR, v, ')');
        o->count = flu_vector_elements(p->w, v, &o->items);
        return true;
    case FLU_T_TAGGED:
        flu_buf_char(p->b, '(');
        put_name(p->b, FLU_TAGGED(v)->tag);
        o = push(p, IN_ITEMS, v, ')');
        o->first = false;
        o->count = flu_header_size(FLU_TAGGED(v)->h);
        o->items = FLU_TAGGED(v)->fields;
        return true;
    case FLU_T_DICT:
        flu_buf_char(p->b, '{');
        o = push(p, IN_ITEMS, v, '}');
        o->count = 2 * flu_dict_entries(p->w, v, &o->items);
        return true;
    case FLU_T_SET:
        flu_buf_puts(p->b, "#{");
        o = push(p, IN_ITEMS, v, '}');
        o->count = flu_set_entries(p->w, v, &o->items);
        return true;
    default: return false;
    }
}

/* The next element of the innermost collection; false: it is complete. */
static bool next_element(printer *p, open *o, flu_value *v) {
    if (o->kind == IN_LIST) {
        if (flu_is_cons(o->v)) {
            *v = FLU_CELL(o->v)->head;
            o->v = FLU_CELL(o->v)->tail;
            return true;
        }
        if (o->v == FLU_EMPTY) return false;
        flu_buf_puts(p->b, " .");
        *v = o->v;
        o->v = FLU_EMPTY;
        return true;
    }
    if (o->i == o->count) return false;
    *v = o->items[o->i++];
    return true;
}

/* Prints what stands between elements, and closes collections that are complete. False: everything is printed. */
static bool next_value(printer *p, flu_value *v) {
    while (p->count > 0) {
        open *o = &p->stack[p->count - 1];
        if (next_element(p, o, v)) {
            if (!o->first) flu_buf_char(p->b, ' ');
            o->first = false;
            return true;
        }
        flu_buf_char(p->b, o->close);
        p->count--;
    }
    return false;
}

/* Stops once the buffer is longer than limit. */
static void put_value(flu_worker *w, flu_buf *b, flu_value v, bool quoted, size_t limit) {
    printer p;
    p.w = w;
    p.b = b;
    p.stack = p.local;
    p.count = 0;
    p.capacity = LOCAL_OPEN;
    do {
        if (!open_collection(&p, v)) put_atom(w, b, v, quoted || p.count > 0);
    } while (b->size <= limit && !b->failed && next_value(&p, &v));
}

static bool is_collection(flu_value v) {
    return flu_is_cons(v) || flu_is_vector(v) || flu_is_dict(v) || flu_is_set(v) || flu_is(v, FLU_T_TAGGED);
}

void flu_display(flu_worker *w, flu_buf *b, flu_value v) {
    if (is_collection(v))
        put_value(w, b, v, false, SIZE_MAX);
    else
        put_atom(w, b, v, false);
}

void flu_repr(flu_worker *w, flu_buf *b, flu_value v) {
    if (is_collection(v))
        put_value(w, b, v, true, SIZE_MAX);
    else
        put_atom(w, b, v, true);
}

/* Cuts the text behind the last character that ends at or before `limit`, and adds dots. */
static void cut(flu_buf *b, size_t limit) {
    if (b->size <= limit) return;
    while (limit > 0 && ((unsigned char)b->data[limit] & 0xc0) == 0x80) limit--;
    b->size = limit;
    flu_buf_puts(b, "...");
}

flu_value flu_repr_string(flu_worker *w, flu_value v, size_t limit) {
    flu_buf b;
    flu_buf_init(&b);
    put_value(w, &b, v, true, limit ? limit : SIZE_MAX);
    if (limit) cut(&b, limit);
    flu_value s = flu_string_new(w, b.data, b.size);
    flu_buf_free(&b);
    return s;
}
