/* embed_value.c: values between C programs and the runtime that they embed (embed.h): conversions, handles, failures.
 *
 * A handle is a place in a table that the collector scans. Other threads read no value from it; they only clear places,
 * so the collector need not know of them. */
#include <stdlib.h>

#include "embed_internal.h"
#include "flu/arith.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/text.h"

/* ---- handles ---- */

struct flu_any_held {
    size_t place;
    flu_any_held *next_free;
};

/* Static data is scanned, so `values` is alive. */
static struct {
    pthread_mutex_t lock; /* guards all else */
    flu_value *values;
    size_t count, capacity;
    flu_any_held *free; /* released ones: their places are nil */
} handles = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *plain_memory(size_t size) {
    void *p = calloc(1, size);
    if (p == NULL) flu_fatal("out-of-memory: no memory is left");
    return p;
}

/* Lock held. */
static void grow_table(flu_worker *w) {
    size_t capacity = handles.capacity ? 2 * handles.capacity : 64;
    flu_value *values = flu_alloc(w, capacity * sizeof *values);
    for (size_t i = 0; i < capacity; i++) values[i] = i < handles.count ? handles.values[i] : FLU_NIL;
    handles.values = values;
    handles.capacity = capacity;
}

static flu_any_held *hold(flu_worker *w, flu_value v) {
    pthread_mutex_lock(&handles.lock);
    flu_any_held *h = handles.free;
    if (h != NULL) {
        handles.free = h->next_free;
    } else {
        if (handles.count == handles.capacity) grow_table(w);
        h = plain_memory(sizeof *h);
        h->place = handles.count++;
    }
    handles.values[h->place] = v;
    pthread_mutex_unlock(&handles.lock);
    return h;
}

static flu_value held(const flu_any_held *h) {
    pthread_mutex_lock(&handles.lock);
    flu_value v = handles.values[h->place];
    pthread_mutex_unlock(&handles.lock);
    return v;
}

static void let_go(flu_any_held *h) {
    pthread_mutex_lock(&handles.lock);
    handles.values[h->place] = FLU_NIL;
    h->next_free = handles.free;
    handles.free = h;
    pthread_mutex_unlock(&handles.lock);
}

void flu_any_release(flu_any *a) {
    switch (a->kind) {
    case FLU_ANY_STRING:
    case FLU_ANY_BYTES:
    case FLU_ANY_SYMBOL:
    case FLU_ANY_KEYWORD: free((char *)a->as.text); break;
    case FLU_ANY_HANDLE: let_go(a->as.handle); break;
    default: break;
    }
    *a = flu_any_nil();
}

/* ---- from C ---- */

/* The values of n items, in memory that the collector scans; NULL: thrown. One more place stands before them. */
static flu_value *items_of(flu_worker *w, const flu_any *a) {
    flu_value *items = flu_alloc(w, (a->size + 1) * sizeof *items);
    items[0] = FLU_NIL;
    for (size_t i = 0; i < a->size; i++) {
        items[i + 1] = embed_value(w, &a->as.items[i]);
        if (items[i + 1] == FLU_ABNORMAL) return NULL;
    }
    return items;
}

static flu_value make_list(flu_worker *w, const flu_any *a) {
    flu_value *items = items_of(w, a);
    if (items == NULL) return FLU_ABNORMAL;
    flu_value list = FLU_EMPTY;
    for (size_t i = a->size; i > 0; i--) list = flu_cons(w, items[i], list);
    return list;
}

static flu_value make_dict(flu_worker *w, const flu_any *a) {
    if (a->size % 2 != 0) return flu_raise(w, "domain-error", "a dict from C has a key without a value");
    flu_value *items = items_of(w, a);
    if (items == NULL) return FLU_ABNORMAL;
    flu_value d = flu_dict_lit(w, 0, NULL);
    for (size_t i = 1; i < a->size && d != FLU_ABNORMAL; i += 2) d = flu_fn_dict_set(w, d, items[i], items[i + 1]);
    return d;
}

static flu_value make_tagged(flu_worker *w, const flu_any *a) {
    flu_value *items = items_of(w, a);
    if (items == NULL) return FLU_ABNORMAL;
    return flu_tagged_new(w, 0, flu_symbol_new(a->name, strlen(a->name)), a->size, items + 1);
}

flu_value embed_value(flu_worker *w, const flu_any *a) {
    switch (a->kind) {
    case FLU_ANY_NIL: return FLU_NIL;
    case FLU_ANY_BOOL: return FLU_BOOL(a->as.boolean);
    case FLU_ANY_INT: return flu_int(w, a->as.integer);
    case FLU_ANY_FLOAT: return flu_float(w, a->as.real);
    case FLU_ANY_STRING: return flu_string_checked(w, "argument from C", a->as.text, a->size);
    case FLU_ANY_BYTES: return flu_bytes_copy(w, a->as.text, a->size);
    case FLU_ANY_SYMBOL: return flu_symbol_new(a->as.text, a->size);
    case FLU_ANY_KEYWORD: return flu_keyword_new(a->as.text, a->size);
    case FLU_ANY_HANDLE: return held(a->as.handle);
    case FLU_ANY_LIST: return make_list(w, a);
    case FLU_ANY_DICT: return make_dict(w, a);
    case FLU_ANY_TAGGED: return make_tagged(w, a);
    }
    return flu_raise(w, "type-error", "an argument from C is of no kind that there is (%d)", (int)a->kind);
}

/* ---- to C ---- */

static char *copy_text(const void *text, size_t size) {
    char *copy = plain_memory(size + 1);
    memcpy(copy, text, size);
    return copy;
}

static flu_any text_any(flu_any_kind kind, const void *text, size_t size) {
    return flu_any_text_of_kind(kind, copy_text(text, size), size);
}

flu_any embed_any(flu_worker *w, flu_value v) {
    int64_t n;
    if (v == FLU_NIL) return flu_any_nil();
    if (v == FLU_TRUE || v == FLU_FALSE) return flu_any_bool(v == FLU_TRUE);
    if (flu_is_int(v) && flu_int_fits(v, &n)) return flu_any_int(n);
    if (flu_is_number(v) && !flu_is_int(v)) return flu_any_float(flu_to_double(v));
    if (flu_is_string(v)) return text_any(FLU_ANY_STRING, FLU_STR(v)->bytes, flu_str_size(v));
    if (flu_is_bytes(v)) return text_any(FLU_ANY_BYTES, FLU_BYTES(v)->data, flu_header_size(FLU_BYTES(v)->h));
    if (flu_is_symbol(v)) return text_any(FLU_ANY_SYMBOL, FLU_SYM(v)->name, strlen(FLU_SYM(v)->name));
    if (flu_is_keyword(v)) return text_any(FLU_ANY_KEYWORD, FLU_SYM(v)->name, strlen(FLU_SYM(v)->name));
    flu_any a = flu_any_of_kind(FLU_ANY_HANDLE, 0);
    a.as.handle = hold(w, v);
    return a;
}

/* ---- failures ---- */

flu_failure *embed_failure(const char *kind, const char *message) {
    flu_failure *f = plain_memory(sizeof *f);
    f->kind = copy_text(kind, strlen(kind));
    f->message = copy_text(message, strlen(message));
    f->trace = copy_text("", 0);
    return f;
}

static const char *displayed(flu_worker *w, flu_value v, bool readable) {
    flu_buf b;
    flu_buf_init(&b);
    if (readable)
        flu_repr(w, &b, v);
    else
        flu_display(w, &b, v);
    const char *text = copy_text(b.data, b.size);
    flu_buf_free(&b);
    return text;
}

static const char *trace_text(const struct flu_trace *trace) {
    flu_buf b;
    flu_buf_init(&b);
    flu_trace_print(&b, trace, "");
    const char *text = copy_text(b.data, b.size);
    flu_buf_free(&b);
    return text;
}

flu_failure *embed_thrown(flu_worker *w) {
    struct flu_trace *trace;
    flu_value v = flu_take_throw(w, &trace);
    bool is_error = flu_is(v, FLU_T_ERROR);
    flu_failure *f = plain_memory(sizeof *f);
    f->kind = is_error ? displayed(w, FLU_ERR(v)->kind, false) : copy_text("thrown", 6);
    f->message = is_error ? displayed(w, FLU_ERR(v)->message, false) : displayed(w, v, true);
    f->trace = trace_text(trace);
    f->value = embed_any(w, v);
    return f;
}

void flu_failure_release(flu_failure *f) {
    if (f == NULL) return;
    free((char *)f->kind);
    free((char *)f->message);
    free((char *)f->trace);
    flu_any_release(&f->value);
    free(f);
}
