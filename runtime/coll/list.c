/* list.c: lists: the procedures that need no callback. They give lists and take any collection but strings where a list
 * is expected. Nothing here recurses. */
#include <flu/arith.h>
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/equal.h>
#include <flu/literal.h>
#include <flu/number.h>

#include <stdio.h>

#include "table.h"
#include "value/arguments.h"

/* ---- arguments ---- */

/* The argument as a list; strings are refused here. FLU_ABNORMAL: type-error was thrown. */
static flu_value list_arg(flu_worker *w, const char *proc, int position, flu_value v) {
    if (flu_likely(flu_is_list(v))) return v;
    if (v == FLU_NIL) return FLU_EMPTY;
    switch (flu_type_of(v)) {
    case FLU_T_VECTOR:
    case FLU_T_DICT:
    case FLU_T_SET:
    case FLU_T_BYTES:
    case FLU_T_QUEUE: return flu_seq_list(w, proc, position, v);
    default: return flu_type_error(w, proc, position, "a list", v);
    }
}

/* Lists end in () or nil. */
#define ends_well(rest) ((rest) == FLU_EMPTY || (rest) == FLU_NIL)

/* Elements of the argument as an array; -1: thrown. */
static int64_t array_arg(flu_worker *w, const char *proc, int position, flu_value v, flu_value **items) {
    if (!flu_is_vector(v) && (v = list_arg(w, proc, position, v)) == FLU_ABNORMAL) return -1;
    return flu_seq_array(w, proc, position, v, items);
}

/* A count: an int, negative ones count as 0, huge ones as very many. False: type-error was thrown. */
static bool count_arg(flu_worker *w, const char *proc, int position, flu_value v, int64_t *n) {
    if (!flu_is_int(v)) {
        flu_type_error(w, proc, position, "an int", v);
        return false;
    }
    int sign = flu_int_sign(v);
    *n = sign < 0 ? 0 : flu_is_fix(v) ? flu_fix(v) : INT64_MAX;
    return true;
}

/* A size: an int of at least 1. False: type-error or domain-error was thrown. */
static bool size_arg(flu_worker *w, const char *proc, int position, flu_value v, int64_t *n) {
    if (!count_arg(w, proc, position, v, n)) return false;
    if (*n >= 1) return true;
    flu_domain_error(w, proc, position, "at least 1", v);
    return false;
}

/* ---- making lists ---- */

const flu_value *flu_items_lit(int n, flu_value *items, const flu_value *const *from) {
    for (int i = 0; i < n; i++)
        if (from[i] != NULL) items[i] = *from[i];
    return items;
}

flu_value flu_list_lit(flu_worker *w, int n, const flu_value *items, flu_value tail) {
    while (n-- > 0) tail = flu_cons(w, items[n], tail);
    return tail;
}

flu_value flu_list(flu_worker *w, int argc, const flu_value *argv) { return flu_list_lit(w, argc, argv, FLU_EMPTY); }

flu_value flu_list_star(flu_worker *w, int argc, const flu_value *argv) {
    return flu_list_lit(w, argc - 1, argv, argv[argc - 1]);
}

static flu_value list2(flu_worker *w, flu_value a, flu_value b) { return flu_cons(w, a, flu_cons(w, b, FLU_EMPTY)); }

/* Copies list in front of tail. FLU_ABNORMAL: type-error for an improper list was thrown. */
static flu_value copy_onto(flu_worker *w, const char *proc, int position, flu_value list, flu_value tail) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value rest = list;
    for (; flu_is_cons(rest); rest = FLU_CELL(rest)->tail) flu_list_add(w, &b, FLU_CELL(rest)->head);
    if (!ends_well(rest)) return flu_improper_error(w, proc, position, list);
    if (b.last == NULL) return tail;
    b.last->tail = tail;
    return b.list;
}

flu_value flu_append2(flu_worker *w, flu_value a, flu_value b) {
    if (b == FLU_EMPTY && flu_is_list(a) && flu_list_length(a) >= 0) return a;
    if (!flu_is_list(a) && a != FLU_NIL) return flu_type_error(w, "unquote-splicing", 1, "a list", a);
    return copy_onto(w, "unquote-splicing", 1, a, b);
}

flu_value flu_fn_append(flu_worker *w, int argc, const flu_value *argv) {
    if (argc == 0) return FLU_EMPTY;
    flu_value tail = argv[argc - 1];
    if (!flu_is_list(tail)) tail = flu_cons(w, tail, FLU_EMPTY);
    for (int i = argc - 1; i-- > 0;) {
        flu_value list = list_arg(w, "append", i + 1, argv[i]);
        if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
        tail = copy_onto(w, "append", i + 1, list, tail);
        if (tail == FLU_ABNORMAL) return FLU_ABNORMAL;
    }
    return tail;
}

/* A loop in C cannot be interrupted when memory runs out half way: a list that can never fit is refused at once. */
static bool fits_in_memory(flu_worker *w, const char *proc, uint64_t n) {
    if (n <= UINT32_MAX) return flu_memory_room(w, proc, (size_t)n * sizeof(flu_cell));
    flu_raise(w, "out-of-memory", "%s: the list would be too long", proc);
    return false;
}

flu_value flu_fn_repeat(flu_worker *w, flu_value x, flu_value count) {
    int64_t n;
    flu_value list = FLU_EMPTY;
    if (!count_arg(w, "repeat", 2, count, &n) || !fits_in_memory(w, "repeat", (uint64_t)n)) return FLU_ABNORMAL;
    while (n-- > 0) list = flu_cons(w, x, list);
    return list;
}

/* ---- range ---- */

static flu_value int_range(flu_worker *w, int64_t from, int64_t to, int64_t step) {
    flu_value list = FLU_EMPTY;
    if (step > 0 ? from >= to : from <= to) return list;
    uint64_t distance = step > 0 ? (uint64_t)to - (uint64_t)from : (uint64_t)from - (uint64_t)to;
    uint64_t stride = step > 0 ? (uint64_t)step : -(uint64_t)step;
    uint64_t n = (distance - 1) / stride + 1;
    if (!fits_in_memory(w, "range", n)) return FLU_ABNORMAL;
    while (n-- > 0) list = flu_cons(w, FLU_FIX(from + (int64_t)n * step), list);
    return list;
}

/* Floats: from + i * step, so that errors do not add up. Big ints: by addition. */
static flu_value general_range(flu_worker *w, flu_value from, flu_value to, flu_value step, bool upwards) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    bool exact = flu_is_int(from) && flu_is_int(step);
    flu_value x = from;
    for (int64_t i = 1; flu_compare(x, to) == (upwards ? FLU_LESS : FLU_GREATER); i++) {
        flu_list_add(w, &b, x);
        x = flu_add(w, exact ? x : from, exact ? step : flu_mul(w, step, FLU_FIX(i)));
        if (x == FLU_ABNORMAL) return FLU_ABNORMAL;
    }
    return b.list;
}

static int number_sign(flu_value v) {
    if (flu_is_int(v)) return flu_int_sign(v);
    double d = flu_double(v);
    return d > 0 ? 1 : d < 0 ? -1 : 0;
}

flu_value flu_fn_range(flu_worker *w, flu_value a, flu_value b, flu_value step) {
    flu_value from = b == FLU_UNDEF ? FLU_FIX(0) : a, to = b == FLU_UNDEF ? a : b;
    if (step == FLU_UNDEF) step = FLU_FIX(1);
    if (!flu_is_number(a)) return flu_type_error(w, "range", 1, "a number", a);
    if (!flu_is_number(to)) return flu_type_error(w, "range", 2, "a number", to);
    if (!flu_is_number(step)) return flu_type_error(w, "range", 3, "a number", step);
    int sign = number_sign(step);
    if (sign == 0) return flu_domain_error(w, "range", 3, "a step other than 0 and nan", step);
    if (flu_are_fix(from, to) && flu_is_fix(step)) return int_range(w, flu_fix(from), flu_fix(to), flu_fix(step));
    double distance = (flu_to_double(to) - flu_to_double(from)) / flu_to_double(step);
    if (distance > 0 && !fits_in_memory(w, "range", distance < 1e18 ? (uint64_t)distance : UINT64_MAX))
        return FLU_ABNORMAL;
    return general_range(w, from, to, step, sign > 0);
}

/* ---- head, tail and friends ---- */

/* head, tail, second, third: the cell with index i. NULL: thrown. */
static flu_cell *cell_at(flu_worker *w, const char *proc, flu_value v, int64_t i) {
    flu_value list = list_arg(w, proc, 1, v);
    if (list == FLU_ABNORMAL) return NULL;
    int64_t n = 0;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail)
        if (n++ == i) return FLU_CELL(list);
    if (n == 0)
        flu_raise(w, "index-error", "%s: the list is empty", proc);
    else
        flu_index_error(w, proc, FLU_FIX(i), n);
    return NULL;
}

flu_value flu_head_error(flu_worker *w, flu_value v) {
    flu_cell *cell = cell_at(w, "head", v, 0);
    return cell ? cell->head : FLU_ABNORMAL;
}

flu_value flu_tail_error(flu_worker *w, flu_value v) {
    flu_cell *cell = cell_at(w, "tail", v, 0);
    return cell ? cell->tail : FLU_ABNORMAL;
}

flu_value flu_second_error(flu_worker *w, flu_value v) {
    flu_cell *cell = cell_at(w, "second", v, 1);
    return cell ? cell->head : FLU_ABNORMAL;
}

flu_value flu_third_error(flu_worker *w, flu_value v) {
    flu_cell *cell = cell_at(w, "third", v, 2);
    return cell ? cell->head : FLU_ABNORMAL;
}

flu_value flu_fn_last(flu_worker *w, flu_value v) {
    flu_cell *cell = cell_at(w, "last", v, 0);
    if (cell == NULL) return FLU_ABNORMAL;
    while (flu_is_cons(cell->tail)) cell = FLU_CELL(cell->tail);
    return cell->head;
}

/* ---- parts ---- */

static flu_value reversed(flu_worker *w, const char *proc, int position, flu_value list) {
    flu_value out = FLU_EMPTY, l = list;
    for (; flu_is_cons(l); l = FLU_CELL(l)->tail) out = flu_cons(w, FLU_CELL(l)->head, out);
    return ends_well(l) ? out : flu_improper_error(w, proc, position, list);
}

flu_value flu_fn_reverse(flu_worker *w, flu_value v) {
    flu_value list = list_arg(w, "reverse", 1, v);
    return list == FLU_ABNORMAL ? FLU_ABNORMAL : reversed(w, "reverse", 1, list);
}

flu_value flu_list_reverse(flu_worker *w, flu_value list, flu_value proc, flu_value position) {
    return reversed(w, FLU_STR(proc)->bytes, (int)flu_fix(position), list);
}

/* The first n elements as a new list, and what follows them. False: the list is improper, thrown. */
static bool cut(flu_worker *w, const char *proc, int position, flu_value list, int64_t n, flu_value *front,
                flu_value *rest) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value l = list;
    for (; n > 0 && flu_is_cons(l); n--, l = FLU_CELL(l)->tail) flu_list_add(w, &b, FLU_CELL(l)->head);
    *front = b.list;
    *rest = l == FLU_NIL ? FLU_EMPTY : l;
    if (flu_is_list(*rest)) return true;
    flu_improper_error(w, proc, position, list);
    return false;
}

flu_value flu_fn_take(flu_worker *w, flu_value count, flu_value v) {
    if (flu_unlikely(flu_is(v, FLU_T_STREAM))) return flu_lib_stream_take(w, count, v);
    int64_t n;
    flu_value list, front, rest;
    if (!count_arg(w, "take", 1, count, &n)) return FLU_ABNORMAL;
    if ((list = list_arg(w, "take", 2, v)) == FLU_ABNORMAL) return FLU_ABNORMAL;
    return cut(w, "take", 2, list, n, &front, &rest) ? front : FLU_ABNORMAL;
}

flu_value flu_fn_drop(flu_worker *w, flu_value count, flu_value v) {
    if (flu_unlikely(flu_is(v, FLU_T_STREAM))) return flu_lib_stream_drop(w, count, v);
    int64_t n;
    flu_value list;
    if (!count_arg(w, "drop", 1, count, &n)) return FLU_ABNORMAL;
    if ((list = list_arg(w, "drop", 2, v)) == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (; n > 0 && flu_is_cons(list); n--) list = FLU_CELL(list)->tail;
    if (list == FLU_NIL) return FLU_EMPTY;
    return flu_is_list(list) ? list : flu_improper_error(w, "drop", 2, v);
}

flu_value flu_fn_split_at(flu_worker *w, flu_value count, flu_value v) {
    int64_t n;
    flu_value list, front, rest;
    if (!count_arg(w, "split-at", 1, count, &n)) return FLU_ABNORMAL;
    if ((list = list_arg(w, "split-at", 2, v)) == FLU_ABNORMAL) return FLU_ABNORMAL;
    return cut(w, "split-at", 2, list, n, &front, &rest) ? list2(w, front, rest) : FLU_ABNORMAL;
}

flu_value flu_fn_list_slice(flu_worker *w, flu_value v, flu_value start, flu_value end) {
    flu_value *items;
    int64_t from, to, n = array_arg(w, "list-slice", 1, v, &items);
    if (n < 0) return FLU_ABNORMAL;
    if (!flu_need_slice(w, "list-slice", start, end, n, &from, &to)) return FLU_ABNORMAL;
    return flu_list_lit(w, (int)(to - from), items + from, FLU_EMPTY);
}

flu_value flu_fn_list_set(flu_worker *w, flu_value v, flu_value index, flu_value x) {
    flu_value list = list_arg(w, "list-set", 1, v), front, rest;
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    int64_t i, n = flu_list_length(list);
    if (n < 0) return flu_improper_error(w, "list-set", 1, v);
    if (!flu_need_index(w, "list-set", 2, index, n - 1, n, &i)) return FLU_ABNORMAL;
    cut(w, "list-set", 1, list, i, &front, &rest);
    return copy_onto(w, "list-set", 1, front, flu_cons(w, x, FLU_CELL(rest)->tail));
}

/* The argument that is an int and the one that is the list, in either order. */
static bool size_and_list(flu_worker *w, const char *proc, flu_value a, flu_value b, int64_t *size, flu_value *list) {
    bool size_first = flu_is_int(a);
    if (!size_arg(w, proc, size_first ? 1 : 2, size_first ? a : b, size)) return false;
    *list = flu_seq_list(w, proc, size_first ? 2 : 1, size_first ? b : a); /* strings too */
    return *list != FLU_ABNORMAL;
}

flu_value flu_fn_chunk(flu_worker *w, flu_value a, flu_value b) {
    if (flu_unlikely(flu_is(a, FLU_T_STREAM) || flu_is(b, FLU_T_STREAM))) return flu_lib_stream_chunk(w, a, b);
    flu_list_builder chunks = {FLU_EMPTY, NULL};
    flu_value rest, front;
    int64_t n;
    if (!size_and_list(w, "chunk", a, b, &n, &rest)) return FLU_ABNORMAL;
    while (rest != FLU_EMPTY) {
        if (!cut(w, "chunk", 1, rest, n, &front, &rest)) return FLU_ABNORMAL;
        flu_list_add(w, &chunks, front);
    }
    return chunks.list;
}

flu_value flu_fn_sliding_window(flu_worker *w, flu_value a, flu_value b) {
    flu_value list, *items, windows = FLU_EMPTY;
    int64_t size;
    if (!size_and_list(w, "sliding-window", a, b, &size, &list)) return FLU_ABNORMAL;
    int64_t n = flu_seq_array(w, "sliding-window", 1, list, &items);
    if (n < 0) return FLU_ABNORMAL;
    for (int64_t i = n - size; i >= 0; i--)
        windows = flu_cons(w, flu_list_lit(w, (int)size, items + i, FLU_EMPTY), windows);
    return windows;
}

/* ---- nested lists ---- */

/* Adds the elements of list; false: it is improper, thrown. */
static bool add_elements(flu_worker *w, flu_list_builder *b, const char *proc, flu_value list) {
    flu_value rest = list;
    for (; flu_is_cons(rest); rest = FLU_CELL(rest)->tail) flu_list_add(w, b, FLU_CELL(rest)->head);
    if (ends_well(rest)) return true;
    flu_improper_error(w, proc, 1, list);
    return false;
}

flu_value flu_fn_flatten(flu_worker *w, flu_value v) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value list = list_arg(w, "flatten", 1, v);
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) {
        flu_value x = FLU_CELL(list)->head;
        if (!flu_is_list(x))
            flu_list_add(w, &b, x);
        else if (!add_elements(w, &b, "flatten", x))
            return FLU_ABNORMAL;
    }
    return ends_well(list) ? b.list : flu_improper_error(w, "flatten", 1, v);
}

/* `pending` is the stack of what is left of the lists around the one at hand. */
flu_value flu_fn_flatten_deep(flu_worker *w, flu_value v) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value list = list_arg(w, "flatten-deep", 1, v), pending = FLU_EMPTY;
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (;;) {
        while (!flu_is_cons(list)) {
            if (!ends_well(list)) return flu_improper_error(w, "flatten-deep", 1, v);
            if (pending == FLU_EMPTY) return b.list;
            list = FLU_CELL(pending)->head;
            pending = FLU_CELL(pending)->tail;
        }
        flu_value x = FLU_CELL(list)->head;
        list = FLU_CELL(list)->tail;
        if (!flu_is_list(x)) {
            flu_list_add(w, &b, x);
            continue;
        }
        if (list != FLU_EMPTY) pending = flu_cons(w, list, pending);
        list = x;
    }
}

/* ---- several lists at once ---- */

/* The arguments as lists, in new memory. NULL: thrown. */
static flu_value *lists_arg(flu_worker *w, const char *proc, int argc, const flu_value *argv) {
    flu_value *lists = flu_alloc(w, (size_t)(argc + 1) * sizeof *lists);
    for (int i = 0; i < argc; i++) {
        lists[i] = list_arg(w, proc, i + 1, argv[i]);
        if (lists[i] == FLU_ABNORMAL) return NULL;
    }
    return lists;
}

/* True if all have an element; false at the end of the shortest one. */
static bool all_cons(int n, const flu_value *lists) {
    for (int i = 0; i < n; i++)
        if (!flu_is_cons(lists[i])) return false;
    return n > 0;
}

/* The list of the heads; each list moves on to its tail. */
static flu_value take_heads(flu_worker *w, int n, flu_value *lists) {
    flu_value heads = FLU_EMPTY;
    while (n-- > 0) {
        heads = flu_cons(w, FLU_CELL(lists[n])->head, heads);
        lists[n] = FLU_CELL(lists[n])->tail;
    }
    return heads;
}

flu_value flu_fn_zip(flu_worker *w, int argc, const flu_value *argv) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    for (int i = 0; i < argc; i++)
        if (flu_unlikely(flu_is(argv[i], FLU_T_STREAM)))
            return flu_lib_stream_zip(w, flu_list_lit(w, argc, argv, FLU_EMPTY));
    flu_value *lists = lists_arg(w, "zip", argc, argv);
    if (lists == NULL) return FLU_ABNORMAL;
    while (all_cons(argc, lists)) flu_list_add(w, &b, take_heads(w, argc, lists));
    return b.list;
}

flu_value flu_fn_unzip(flu_worker *w, flu_value v) {
    flu_list_builder columns = {FLU_EMPTY, NULL};
    flu_value *rows;
    int64_t n = array_arg(w, "unzip", 1, v, &rows);
    if (n < 0) return FLU_ABNORMAL;
    if (n == 0) return list2(w, FLU_EMPTY, FLU_EMPTY);
    while (all_cons((int)n, rows)) flu_list_add(w, &columns, take_heads(w, (int)n, rows));
    for (int64_t i = 0; i < n; i++)
        if (!ends_well(rows[i])) return flu_type_error(w, "unzip", 1, "a list of lists of one length", v);
    return columns.list;
}

flu_value flu_fn_interleave(flu_worker *w, int argc, const flu_value *argv) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value *lists = lists_arg(w, "interleave", argc, argv);
    if (lists == NULL) return FLU_ABNORMAL;
    while (all_cons(argc, lists)) {
        for (int i = 0; i < argc; i++) {
            flu_list_add(w, &b, FLU_CELL(lists[i])->head);
            lists[i] = FLU_CELL(lists[i])->tail;
        }
    }
    return b.list;
}

flu_value flu_fn_interpose(flu_worker *w, flu_value separator, flu_value v) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    flu_value list = list_arg(w, "interpose", 2, v);
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) {
        if (b.last != NULL) flu_list_add(w, &b, separator);
        flu_list_add(w, &b, FLU_CELL(list)->head);
    }
    return ends_well(list) ? b.list : flu_improper_error(w, "interpose", 2, v);
}

flu_value flu_list_heads(flu_worker *w, flu_value lists) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    for (; flu_is_cons(lists); lists = FLU_CELL(lists)->tail) {
        flu_value list = FLU_CELL(lists)->head;
        if (!flu_is_cons(list)) return FLU_NIL;
        flu_list_add(w, &b, FLU_CELL(list)->head);
    }
    return b.list;
}

flu_value flu_list_tails(flu_worker *w, flu_value lists) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    for (; flu_is_cons(lists); lists = FLU_CELL(lists)->tail)
        flu_list_add(w, &b, FLU_CELL(FLU_CELL(lists)->head)->tail);
    return b.list;
}

flu_value flu_collect_value(flu_worker *w, flu_value last, flu_value v) {
    if (v == FLU_NIL) return last;
    if (!flu_is_list(v)) return flu_collect(w, last, v);
    for (; flu_is_cons(v); v = FLU_CELL(v)->tail) last = flu_collect(w, last, FLU_CELL(v)->head);
    return last;
}

flu_value flu_count_value(flu_worker *w, flu_value v, flu_value proc, flu_value position) {
    int64_t n;
    if (!count_arg(w, FLU_STR(proc)->bytes, (int)flu_fix(position), v, &n)) return FLU_ABNORMAL;
    return FLU_FIX(n < FLU_FIXNUM_MAX ? n : FLU_FIXNUM_MAX);
}

flu_value flu_list_length_value(flu_worker *w, flu_value list, flu_value proc, flu_value position) {
    int64_t n = flu_list_length(list);
    return n < 0 ? flu_improper_error(w, FLU_STR(proc)->bytes, (int)flu_fix(position), list) : FLU_FIX(n);
}

flu_value flu_proc_arity(flu_worker *w, flu_value f, flu_value proc) {
    if (!flu_is_proc(f)) return flu_type_error(w, FLU_STR(proc)->bytes, 1, "a procedure", f);
    return FLU_FIX(FLU_PROC(f)->info->min);
}

flu_value flu_seqs_to_lists(flu_worker *w, flu_value seqs, flu_value proc, flu_value position) {
    flu_list_builder b = {FLU_EMPTY, NULL};
    int at = (int)flu_fix(position);
    for (; flu_is_cons(seqs); seqs = FLU_CELL(seqs)->tail) {
        flu_value list = flu_seq_list(w, FLU_STR(proc)->bytes, at++, FLU_CELL(seqs)->head);
        if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
        flu_list_add(w, &b, list);
    }
    return b.list;
}

/* ---- searching ---- */

/* Position of x and the cell that holds it; -1: not there; -2: improper, thrown. */
static int64_t position_of(flu_worker *w, const char *proc, flu_value x, flu_value v) {
    flu_value list = list_arg(w, proc, 2, v);
    if (list == FLU_ABNORMAL) return -2;
    for (int64_t i = 0; flu_is_cons(list); i++, list = FLU_CELL(list)->tail)
        if (flu_equal(w, FLU_CELL(list)->head, x) == FLU_TRUE) return i;
    if (ends_well(list)) return -1;
    flu_improper_error(w, proc, 2, v);
    return -2;
}

flu_value flu_fn_list_index_of(flu_worker *w, flu_value x, flu_value list) {
    int64_t i = position_of(w, "list-index-of", x, list);
    return i == -2 ? FLU_ABNORMAL : FLU_FIX(i);
}

flu_value flu_fn_member_p(flu_worker *w, flu_value x, flu_value list) {
    if (flu_is_set(list)) return FLU_BOOL(flu_set_has(w, list, x));
    int64_t i = position_of(w, "member?", x, list);
    return i == -2 ? FLU_ABNORMAL : FLU_BOOL(i >= 0);
}

flu_value flu_fn_assoc(flu_worker *w, flu_value key, flu_value pairs) {
    flu_value list = list_arg(w, "assoc", 2, pairs);
    if (list == FLU_ABNORMAL) return FLU_ABNORMAL;
    for (; flu_is_cons(list); list = FLU_CELL(list)->tail) {
        flu_value pair = FLU_CELL(list)->head;
        if (!flu_is_cons(pair)) return flu_type_error(w, "assoc", 2, "a list of pairs", pairs);
        if (flu_equal(w, FLU_CELL(pair)->head, key) == FLU_TRUE) return pair;
    }
    return ends_well(list) ? FLU_NIL : flu_improper_error(w, "assoc", 2, pairs);
}

flu_value flu_fn_list_unique(flu_worker *w, flu_value v) {
    flu_value *items, *kept, seen = FLU_EMPTY_SET;
    int64_t n = array_arg(w, "list-unique", 1, v, &items);
    if (n < 0) return FLU_ABNORMAL;
    seen = flu_table_make(w, items, (size_t)n, 1);
    size_t m = flu_set_entries(w, seen, &kept);
    return flu_list_lit(w, (int)m, kept, FLU_EMPTY);
}

/* ---- sorting by the natural order ---- */

typedef struct keyed {
    flu_value key, item;
} keyed;

/* May a stand in front of b without being swapped? NaN counts as greater than all numbers. */
static inline bool in_order(flu_value a, flu_value b) {
    if (flu_are_fix(a, b)) return (int64_t)a <= (int64_t)b;
    flu_order order = flu_compare(a, b);
    if (order != FLU_UNORDERED) return order != FLU_GREATER;
    return flu_is_float(b) && flu_double(b) != flu_double(b);
}

static void insertion_sort(keyed *a, size_t n) {
    for (size_t i = 1; i < n; i++) {
        keyed x = a[i];
        size_t k = i;
        for (; k > 0 && !in_order(a[k - 1].key, x.key); k--) a[k] = a[k - 1];
        a[k] = x;
    }
}

static void merge(keyed *to, const keyed *a, const keyed *a_end, const keyed *b, const keyed *b_end) {
    while (a < a_end && b < b_end) *to++ = in_order(a->key, b->key) ? *a++ : *b++;
    while (a < a_end) *to++ = *a++;
    while (b < b_end) *to++ = *b++;
}

/* Stable, bottom up. spare: as large as a. Gives whichever of the two holds the result. */
static keyed *merge_sort(keyed *a, keyed *spare, size_t n) {
    enum { RUN = 8 };
    for (size_t i = 0; i < n; i += RUN) insertion_sort(a + i, n - i < RUN ? n - i : RUN);
    for (size_t run = RUN; run < n; run *= 2) {
        for (size_t i = 0; i < n; i += 2 * run) {
            size_t middle = i + run < n ? i + run : n, end = i + 2 * run < n ? i + 2 * run : n;
            merge(spare + i, a + i, a + middle, a + middle, a + end);
        }
        keyed *swap = a;
        a = spare;
        spare = swap;
    }
    return a;
}

/* All numbers, or all strings? Otherwise type-error about the first key that does not fit the first one. */
static bool are_comparable(flu_worker *w, const char *proc, int position, const keyed *a, size_t n) {
    if (n == 0) return true;
    bool strings = flu_is_string(a[0].key);
    for (size_t i = 0; i < n; i++) {
        if (strings ? flu_is_string(a[i].key) : flu_is_number(a[i].key)) continue;
        const char *expected = i == 0 ? "numbers or of strings" : strings ? "strings" : "numbers";
        flu_raise_data(w, "type-error", a[i].key, "%s: argument %d must be a list of %s, but element %zu is %s", proc,
                       position, expected, i, flu_shown(w, a[i].key));
        return false;
    }
    return true;
}

/* The items in the order of their keys. FLU_ABNORMAL: thrown. */
static flu_value sorted_list(flu_worker *w, const char *proc, int position, keyed *a, size_t n) {
    if (!are_comparable(w, proc, position, a, n)) return FLU_ABNORMAL;
    a = merge_sort(a, flu_alloc(w, (n + 1) * sizeof *a), n);
    flu_value list = FLU_EMPTY;
    while (n-- > 0) list = flu_cons(w, a[n].item, list);
    return list;
}

/* keys and items: lists of one length, proper. */
static keyed *keyed_array(flu_worker *w, flu_value keys, flu_value items, size_t n) {
    keyed *a = flu_alloc(w, (n + 1) * sizeof *a);
    for (size_t i = 0; i < n; i++, keys = FLU_CELL(keys)->tail, items = FLU_CELL(items)->tail)
        a[i] = (keyed){FLU_CELL(keys)->head, FLU_CELL(items)->head};
    return a;
}

flu_value flu_sort_by_keys(flu_worker *w, flu_value keys, flu_value items, flu_value proc, flu_value position) {
    const char *name = FLU_STR(proc)->bytes;
    int64_t n = flu_list_length(keys);
    if (n < 0) return flu_improper_error(w, name, (int)flu_fix(position), keys);
    return sorted_list(w, name, (int)flu_fix(position), keyed_array(w, keys, items, (size_t)n), (size_t)n);
}

flu_value flu_key_less_p(flu_worker *w, flu_value a, flu_value b, flu_value proc) {
    if (flu_are_fix(a, b)) return FLU_BOOL((int64_t)a < (int64_t)b);
    flu_order order = flu_compare(a, b);
    if (order != FLU_INCOMPARABLE) return FLU_BOOL(order == FLU_LESS);
    flu_value odd = flu_is_number(a) || flu_is_string(a) ? b : a;
    return flu_type_error(w, FLU_STR(proc)->bytes, 1, "a function that gives only numbers, or only strings", odd);
}
