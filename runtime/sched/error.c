/* error.c: error values, raising and catching, and the traces that throws collect on their way out.
 *
 * A throw in flight keeps its trace in w->trace, a buffer of the worker's: nothing else runs on the worker until the
 * throw is taken. An error value gets an immutable copy when it is caught, or when it settles a promise; throwing it
 * again goes on from that copy. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/prompt.h"
#include "flu/sched.h"
#include "flu/special.h"
#include "flu/text.h"

/* ---- traces ---- */

#define TRACE_MAX (2 * FLU_TRACE_ENDS)

static uint64_t trace_kept(uint64_t total) { return total < TRACE_MAX ? total : TRACE_MAX; }

/* Where the i-th site of a trace is stored, if it still is. */
static uint64_t trace_place(uint64_t i) {
    return i < FLU_TRACE_ENDS ? i : FLU_TRACE_ENDS + (i - FLU_TRACE_ENDS) % FLU_TRACE_ENDS;
}

static bool is_last(const struct flu_trace *t, const flu_proc_info *info) {
    return t->total > 0 && t->entries[trace_place(t->total - 1)].info == info;
}

void flu_trace_site(flu_worker *w, const flu_proc_info *info, unsigned point) {
    struct flu_trace *t = w->trace;
    unsigned next = t->next;
    t->next = FLU_TRACE_CALLER;
    if (flu_unlikely(next == FLU_TRACE_SAME) && is_last(t, info)) return;
    t->entries[trace_place(t->total++)] = (flu_trace_entry){info, point, next == FLU_TRACE_AWAITER};
}

static void trace_load(struct flu_trace *t, const struct flu_trace *from) {
    t->total = 0;
    if (from == NULL) return;
    t->total = from->total;
    memcpy(t->entries, from->entries, trace_kept(from->total) * sizeof *t->entries);
}

/* The copy that outlives the throw. NULL: no sites. */
static struct flu_trace *trace_copy(flu_worker *w, const struct flu_trace *from) {
    if (from->total == 0) return NULL;
    uint64_t n = trace_kept(from->total);
    /* Its pointers are to static data only. */
    struct flu_trace *t = flu_alloc_atomic(w, FLU_TRACE_SIZE(n));
    *t = (struct flu_trace){.total = from->total};
    memcpy(t->entries, from->entries, n * sizeof *t->entries);
    return t;
}

static bool is_of_library_only(const struct flu_trace *t) {
    for (uint64_t i = 0; i < trace_kept(t->total); i++)
        if (!flu_is_library(t->entries[i].info)) return false;
    return true;
}

/* Of an error that the library has just raised for this call; one that has come by the program is told already. */
void flu_called_as(flu_worker *w, const char *name, const char *alias) {
    size_t n = strlen(name);
    if (w->signal != FLU_THROW || !flu_is(w->thrown, FLU_T_ERROR) || !is_of_library_only(w->trace)) return;
    flu_error *e = FLU_ERR(w->thrown);
    if (!flu_is_string(e->message)) return;
    const char *text = FLU_STR(e->message)->bytes;
    if (strncmp(text, name, n) != 0 || text[n] != ':') return;
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_puts(&b, alias);
    flu_buf_add(&b, text + n, flu_str_size(e->message) - n);
    e->message = flu_string_new(w, b.data, b.size);
    flu_buf_free(&b);
}

static flu_site site_of(const flu_proc_info *info, unsigned point) {
    if (point < info->site_count && info->sites[point].line != 0) return info->sites[point];
    return (flu_site){info->line, info->column & ~FLU_CLEANS_UP};
}

void flu_site_print(flu_buf *b, const flu_proc_info *info, unsigned point) {
    flu_site site = site_of(info, point);
    flu_buf_printf(b, "%s (%s:%u:%u)", info->name, info->file, site.line, site.column);
}

/* Of a program's own procedures, or of the library if none of the program's is among those kept. */
typedef struct trace_printer {
    flu_buf *out;
    const char *indent;
    bool all;     /* the library's too */
    bool awaited; /* by the next procedure that is not left out */
} trace_printer;

static void trace_print_range(trace_printer *p, const struct flu_trace *t, uint64_t from, uint64_t to) {
    for (uint64_t i = from; i < to; i++) {
        const flu_trace_entry *e = &t->entries[trace_place(i)];
        bool left_out = !p->all && flu_is_library(e->info);
        p->awaited |= e->awaited;
        if (left_out) continue;
        flu_buf_puts(p->out, p->indent);
        flu_buf_puts(p->out, p->awaited ? "-- awaited by " : "at ");
        flu_site_print(p->out, e->info, e->point);
        flu_buf_char(p->out, '\n');
        p->awaited = false;
    }
}

void flu_trace_print(flu_buf *b, const struct flu_trace *t, const char *indent) {
    if (t == NULL) return;
    trace_printer p = {.out = b, .indent = indent, .all = is_of_library_only(t)};
    if (t->total <= TRACE_MAX) {
        trace_print_range(&p, t, 0, t->total);
        return;
    }
    trace_print_range(&p, t, 0, FLU_TRACE_ENDS);
    flu_buf_printf(b, "%s... %llu more ...\n", indent, (unsigned long long)(t->total - TRACE_MAX));
    trace_print_range(&p, t, t->total - FLU_TRACE_ENDS, t->total);
}

bool flu_trace_place(flu_buf *b, const struct flu_trace *t) {
    for (uint64_t i = 0; t != NULL && i < t->total && i < FLU_TRACE_ENDS; i++) {
        const flu_proc_info *info = t->entries[i].info;
        if (flu_is_library(info)) continue;
        flu_site site = site_of(info, t->entries[i].point);
        flu_buf_printf(b, "%s:%u:%u", info->file, site.line, site.column);
        return true;
    }
    return false;
}

/* ---- throwing and catching ---- */

flu_value flu_throw_from(flu_worker *w, flu_value v, const struct flu_trace *from, enum flu_trace_next next) {
    trace_load(w->trace, from);
    w->trace->next = (uint8_t)next;
    w->trace->hidden_value = ~v;
    w->thrown = v;
    w->signal = FLU_THROW;
    return FLU_ABNORMAL;
}

/* An error value that was caught before goes on from the trace it has: (catch e ... (throw e)) keeps the origin
 * visible.
 */
flu_value flu_throw(flu_worker *w, flu_value v) { return flu_throw_from(w, v, flu_trace_of(v), FLU_TRACE_CALLER); }

/* The trace of the throw in flight, which an error value keeps. Of tasks that catch one error at once the last one's
 * trace stays. */
static struct flu_trace *keep_trace(flu_worker *w, flu_value v) {
    struct flu_trace *kept = flu_trace_of(v);
    if (kept != NULL && kept->total == w->trace->total) return kept;
    kept = trace_copy(w, w->trace);
    if (flu_is(v, FLU_T_ERROR)) atomic_store_explicit(&FLU_ERR(v)->trace, kept, memory_order_release);
    return kept;
}

flu_value flu_take_throw(flu_worker *w, struct flu_trace **trace) {
    flu_value v = w->thrown;
    w->thrown = FLU_NIL;
    w->signal = FLU_NO_SIGNAL;
    *trace = keep_trace(w, v);
    return v;
}

flu_value flu_catch(flu_worker *w) {
    flu_value v = w->thrown;
    w->thrown = FLU_NIL;
    w->signal = FLU_NO_SIGNAL;
    if (flu_is(v, FLU_T_ERROR)) keep_trace(w, v);
    return v;
}

/* A value that is no error value carries no trace; but if no other throw came between, the buffer still has its sites.
 */
flu_value flu_rethrow(flu_worker *w, flu_value v) {
    if (flu_is(v, FLU_T_ERROR)) return flu_throw_from(w, v, flu_trace_of(v), FLU_TRACE_SAME);
    if (w->trace->hidden_value != ~v) return flu_throw(w, v);
    w->trace->next = FLU_TRACE_SAME;
    w->thrown = v;
    w->signal = FLU_THROW;
    return FLU_ABNORMAL;
}

static bool has_cause(flu_value error, flu_value cause) {
    for (int depth = 0; depth < 1000; depth++) {
        if (error == cause) return true;
        if (!flu_is(error, FLU_T_ERROR)) return false;
        error = FLU_ERR(error)->cause;
    }
    return true;
}

flu_value flu_finally_error(flu_worker *w, flu_value error, flu_value old) {
    if (flu_is(error, FLU_T_ERROR) && !has_cause(old, error) && !flu_is_unwinding(old)) {
        flu_value none = FLU_NIL;
        atomic_compare_exchange_strong(&FLU_ERR(error)->cause, &none, old);
    }
    return flu_rethrow(w, error);
}

/* ---- making errors ---- */

static flu_value error_new(flu_worker *w, flu_value kind, flu_value message, flu_value data, flu_value cause) {
    flu_error *e = flu_alloc(w, sizeof *e);
    e->h = FLU_HEADER(FLU_T_ERROR, 0, 0, 0);
    e->kind = kind;
    e->message = message;
    e->data = data;
    atomic_init(&e->cause, cause);
    atomic_init(&e->trace, NULL);
    return FLU_VALUE(e);
}

flu_value flu_make_error(flu_worker *w, flu_value kind, const char *message, flu_value data) {
    return error_new(w, kind, flu_string_lit(w, message), data, FLU_NIL);
}

flu_value flu_cancelled_error(flu_worker *w, flu_value reason) {
    flu_value v = flu_make_error(w, FLU_SYMBOL_LIT("cancelled"), "the task was cancelled", reason);
    FLU_ERR(v)->h = FLU_HEADER(FLU_T_ERROR, FLU_ERROR_CANCELLED, 0, 0);
    return v;
}

flu_value flu_unwind_error(flu_worker *w) {
    flu_value v = flu_make_error(w, FLU_SYMBOL_LIT("cancelled"), "the body was given up", FLU_NIL);
    FLU_ERR(v)->h = FLU_HEADER(FLU_T_ERROR, FLU_ERROR_CANCELLED | FLU_ERROR_UNWIND, 0, 0);
    return v;
}

static flu_value raise_va(flu_worker *w, const char *kind, flu_value data, const char *format, va_list args) {
    char local[400];
    char *text = local;
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(local, sizeof local, format, args);
    if (size < 0) size = 0;
    if ((size_t)size >= sizeof local) {
        text = flu_alloc_atomic(w, (size_t)size + 1);
        vsnprintf(text, (size_t)size + 1, format, again);
    }
    va_end(again);
    flu_value message = flu_string_new(w, text, (size_t)size);
    return flu_throw(w, error_new(w, flu_symbol_new(kind, strlen(kind)), message, data, FLU_NIL));
}

flu_value flu_raise(flu_worker *w, const char *kind, const char *format, ...) {
    va_list args;
    va_start(args, format);
    raise_va(w, kind, FLU_NIL, format, args);
    va_end(args);
    return FLU_ABNORMAL;
}

flu_value flu_raise_data(flu_worker *w, const char *kind, flu_value data, const char *format, ...) {
    va_list args;
    va_start(args, format);
    raise_va(w, kind, data, format, args);
    va_end(args);
    return FLU_ABNORMAL;
}

/* ---- the errors that many primitives raise ---- */

#define SHOWN_VALUE 80 /* bytes of a value's text in a message */

const char *flu_shown(flu_worker *w, flu_value v) {
    flu_value text = flu_repr_string(w, v, SHOWN_VALUE);
    return text == FLU_ABNORMAL ? "..." : FLU_STR(text)->bytes;
}

/* What was probably forgotten. */
static const char *advice(const char *expected, flu_value got) {
    if (flu_is_promise(got) && !strstr(expected, "promise")) return "; await it for its value";
    if (got != FLU_NIL && strstr(expected, "a promise or task")) return "; (spawn e) starts a task for e, and gives it";
    return "";
}

flu_value flu_type_error(flu_worker *w, const char *proc, int position, const char *expected, flu_value got) {
    return flu_raise_data(w, "type-error", got, "%s: argument %d must be %s, got %s%s", proc, position, expected,
                          flu_shown(w, got), advice(expected, got));
}

flu_value flu_domain_error(flu_worker *w, const char *proc, int position, const char *expected, flu_value got) {
    return flu_raise_data(w, "domain-error", got, "%s: argument %d must be %s, got %s", proc, position, expected,
                          flu_shown(w, got));
}

flu_value flu_index_error(flu_worker *w, const char *proc, flu_value index, int64_t length) {
    return flu_raise_data(w, "index-error", index, "%s: index %s out of range for length %lld", proc,
                          flu_shown(w, index), (long long)length);
}

static const char *plural(int n) { return n == 1 ? "" : "s"; }

flu_value flu_arity_error(flu_worker *w, const char *proc, int min, int max, int given) {
    if (max < 0)
        return flu_raise(w, "arity-error", "%s: expected at least %d argument%s, given %d", proc, min, plural(min),
                         given);
    if (min == max)
        return flu_raise(w, "arity-error", "%s: expected %d argument%s, given %d", proc, min, plural(min), given);
    return flu_raise(w, "arity-error", "%s: expected %d to %d arguments, given %d", proc, min, max, given);
}

flu_value flu_unbound(flu_worker *w, const char *name) {
    return flu_raise(w, "unbound-variable", "%s is used before it is initialised", name);
}

/* (%unbound 'name) */
flu_value flu_unbound_variable(flu_worker *w, flu_value name) { return flu_unbound(w, FLU_SYM(name)->name); }

flu_value flu_match_error(flu_worker *w, flu_value v) {
    return flu_raise_data(w, "match-error", v, "no clause matches %s", flu_shown(w, v));
}

/* text: source of the expression, a string. */
flu_value flu_assert_failed(flu_worker *w, flu_value message, flu_value text) {
    if (message == FLU_UNDEF)
        return flu_raise(w, "assertion-failed", "%s", flu_is_string(text) ? FLU_STR(text)->bytes : "assertion failed");
    flu_buf b;
    flu_buf_init(&b);
    flu_display(w, &b, message);
    flu_value shown_message = flu_buf_string(w, &b, "assert");
    flu_buf_free(&b);
    if (shown_message == FLU_ABNORMAL) return FLU_ABNORMAL;
    return flu_throw(w, error_new(w, FLU_SYMBOL_LIT("assertion-failed"), shown_message, FLU_NIL, FLU_NIL));
}

/* ---- builtins ---- */

flu_value flu_throw_value(flu_worker *w, flu_value v) { return flu_throw(w, v); }

/* A message as given: strings as they are, anything else as it would be displayed. */
static flu_value message_text(flu_worker *w, flu_value v) {
    if (flu_is_string(v)) return v;
    flu_buf b;
    flu_buf_init(&b);
    flu_display(w, &b, v);
    flu_value text = flu_buf_string(w, &b, "error");
    flu_buf_free(&b);
    return text;
}

/* Takes a trailing `:cause e` off the arguments. */
static flu_value take_cause(int *argc, const flu_value *argv, int first) {
    if (*argc - first < 2) return FLU_NIL;
    flu_value key = argv[*argc - 2];
    if (!flu_is_keyword(key) || strcmp(FLU_SYM(key)->name, "cause") != 0) return FLU_NIL;
    *argc -= 2;
    return argv[*argc + 1];
}

/* (error message data...), (error kind message [data] [:cause e]) */
flu_value flu_error_raise(flu_worker *w, int argc, const flu_value *argv) {
    bool has_kind = flu_is_symbol(argv[0]) || flu_is_keyword(argv[0]);
    int given = argc;
    flu_value cause = take_cause(&argc, argv, 1);
    flu_value message = message_text(w, argv[has_kind && argc > 1 ? 1 : 0]);
    if (message == FLU_ABNORMAL) return FLU_ABNORMAL;
    if (!has_kind) {
        flu_value data = flu_list_lit(w, argc - 1, argv + 1, FLU_EMPTY);
        return flu_throw(w, error_new(w, FLU_SYMBOL_LIT("error"), message, data, cause));
    }
    if (strcmp(FLU_SYM(argv[0])->name, "cancelled") == 0)
        return flu_type_error(w, "error", 1, "a kind that programs may raise", argv[0]);
    if (argc > 3) return flu_arity_error(w, "error", 1, 3, given);
    return flu_throw(w, error_new(w, argv[0], message, argc > 2 ? argv[2] : FLU_NIL, cause));
}

static flu_error *error_arg(flu_worker *w, const char *proc, flu_value v) {
    if (flu_is(v, FLU_T_ERROR)) return FLU_ERR(v);
    flu_type_error(w, proc, 1, "an error value", v);
    return NULL;
}

flu_value flu_error_kind(flu_worker *w, flu_value v) {
    flu_error *e = error_arg(w, "error-kind", v);
    return e ? e->kind : FLU_ABNORMAL;
}

flu_value flu_error_message(flu_worker *w, flu_value v) {
    flu_error *e = error_arg(w, "error-message", v);
    return e ? e->message : FLU_ABNORMAL;
}

flu_value flu_error_data(flu_worker *w, flu_value v) {
    flu_error *e = error_arg(w, "error-data", v);
    return e ? e->data : FLU_ABNORMAL;
}

flu_value flu_error_cause(flu_worker *w, flu_value v) {
    flu_error *e = error_arg(w, "error-cause", v);
    return e ? e->cause : FLU_ABNORMAL;
}

/* The list of the lines of a text, each ended by a newline. */
static flu_value list_of_lines(flu_worker *w, const char *text, size_t size) {
    flu_value list = FLU_EMPTY;
    size_t end = size;
    while (end > 0) {
        size_t start = --end; /* the newline */
        while (start > 0 && text[start - 1] != '\n') start--;
        list = flu_cons(w, flu_string_new(w, text + start, end - start), list);
        end = start;
    }
    return list;
}

flu_value flu_error_trace(flu_worker *w, flu_value v) {
    if (error_arg(w, "error-trace", v) == NULL) return FLU_ABNORMAL;
    flu_buf b;
    flu_buf_init(&b);
    flu_trace_print(&b, flu_trace_of(v), "");
    flu_value list = list_of_lines(w, b.data, b.size);
    flu_buf_free(&b);
    return list;
}
