/* string.c: making strings, taking them apart, putting them together. What needs Unicode tables is in string_case.c. */
#include "flu/text.h"

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/equal.h"
#include "flu/print.h"

#include "arguments.h"
#include "string_internal.h"

/* ---- strings that always exist: the empty one and those of one ASCII character ---- */

typedef struct short_string {
    flu_header h;
    uint32_t length, hash;
    char bytes[16];
} short_string;
_Static_assert(offsetof(short_string, bytes) == offsetof(flu_string, bytes), "the same layout as flu_string");

#define CHAR_1(c)                                                                                                      \
    {                                                                                                                  \
        FLU_HEADER(FLU_T_STRING, 0, 0, 1), 1, 0, { (char)(c) }                                                         \
    }
#define CHAR_4(c)  CHAR_1(c), CHAR_1((c) + 1), CHAR_1((c) + 2), CHAR_1((c) + 3)
#define CHAR_16(c) CHAR_4(c), CHAR_4((c) + 4), CHAR_4((c) + 8), CHAR_4((c) + 12)
#define CHAR_64(c) CHAR_16(c), CHAR_16((c) + 16), CHAR_16((c) + 32), CHAR_16((c) + 48)

/* Not const: their hashes are stored when first asked for. */
static short_string ascii_strings[128] __attribute__((aligned(16))) = {CHAR_64(0), CHAR_64(64)};
static short_string empty_string __attribute__((aligned(16))) = {FLU_HEADER(FLU_T_STRING, 0, 0, 0), 0, 0, {0}};

#define EMPTY_STRING FLU_VALUE(&empty_string)

/* ---- making strings ---- */

flu_string *flu_string_alloc(flu_worker *w, size_t size, size_t points) {
    flu_string *s = flu_alloc_atomic(w, sizeof *s + size + 1);
    s->h = FLU_HEADER(FLU_T_STRING, 0, 0, size);
    s->length = (uint32_t)points;
    s->hash = 0;
    s->bytes[size] = '\0';
    return s;
}

flu_value flu_string_make(flu_worker *w, const char *text, size_t size, size_t points) {
    if (size == 0) return EMPTY_STRING;
    if (size == 1) return FLU_VALUE(&ascii_strings[(unsigned char)*text]);
    flu_string *s = flu_string_alloc(w, size, points);
    memcpy(s->bytes, text, size);
    return FLU_VALUE(s);
}

flu_value flu_string_new(flu_worker *w, const char *text, size_t size) {
    return flu_string_make(w, text, size, flu_utf8_count(text, size));
}

flu_value flu_string_lit(flu_worker *w, const char *text) { return flu_string_new(w, text, strlen(text)); }

flu_value flu_string_checked(flu_worker *w, const char *proc, const char *text, size_t size) {
    if (!flu_string_room(w, proc, size)) return FLU_ABNORMAL;
    if (!flu_utf8_valid(text, size)) return flu_raise(w, "parse-error", "%s: the text is not valid UTF-8", proc);
    return flu_string_new(w, text, size);
}

bool flu_string_room(flu_worker *w, const char *proc, size_t size) {
    if (flu_likely(size <= FLU_STRING_MAX)) return flu_memory_room(w, proc, size);
    return flu_raise(w, "out-of-memory", "%s: the string is too long", proc), false;
}

flu_value flu_char_string(flu_worker *w, uint32_t point) {
    char bytes[4];
    size_t size = flu_utf8_put(bytes, point);
    return flu_string_make(w, bytes, size, 1);
}

flu_value flu_bytes_new(flu_worker *w, size_t size) {
    flu_bytes *b = flu_alloc_atomic(w, sizeof *b + size);
    b->h = FLU_HEADER(FLU_T_BYTES, 0, 0, size);
    return FLU_VALUE(b);
}

flu_value flu_bytes_copy(flu_worker *w, const void *data, size_t size) {
    flu_value v = flu_bytes_new(w, size);
    memcpy(FLU_BYTES(v)->data, data, size);
    return v;
}

/* ---- positions ---- */

size_t flu_string_offset(flu_value s, size_t i) {
    const char *text = FLU_STR(s)->bytes, *p = text;
    if (flu_str_is_ascii(s)) return i;
    if (i == FLU_STR(s)->length) return flu_str_size(s);
    while (i-- > 0) {
        unsigned char c = (unsigned char)*p;
        p += c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    }
    return (size_t)(p - text);
}

size_t flu_string_position(flu_value s, size_t at) {
    return flu_str_is_ascii(s) ? at : flu_utf8_count(FLU_STR(s)->bytes, at);
}

flu_value flu_string_at(flu_worker *w, flu_value s, size_t i) {
    const char *p = FLU_STR(s)->bytes + flu_string_offset(s, i);
    return flu_char_string(w, flu_utf8_next(&p));
}

flu_value flu_string_chars(flu_worker *w, flu_value s) {
    flu_list_builder list = {FLU_EMPTY, NULL};
    size_t at = 0, size = flu_str_size(s);
    while (at < size) {
        const char *start = FLU_STR(s)->bytes + at, *p = start;
        uint32_t point = flu_utf8_next(&p);
        at += (size_t)(p - start);
        flu_list_add(w, &list, flu_char_string(w, point));
    }
    return list.list;
}

flu_value flu_string_part(flu_worker *w, flu_value s, size_t from, size_t to) {
    if (from == 0 && to == flu_str_size(s)) return s;
    const char *text = FLU_STR(s)->bytes + from;
    return flu_string_make(w, text, to - from, flu_str_is_ascii(s) ? to - from : flu_utf8_count(text, to - from));
}

size_t flu_find_bytes(flu_value s, size_t from, flu_value sub) {
    const char *text = FLU_STR(s)->bytes;
    const char *found = memmem(text + from, flu_str_size(s) - from, FLU_STR(sub)->bytes, flu_str_size(sub));
    return found ? (size_t)(found - text) : FLU_NOT_FOUND;
}

/* ---- simple questions ---- */

flu_value flu_fn_string_length(flu_worker *w, flu_value s) {
    return flu_need_string(w, "string-length", 1, s) ? FLU_FIX(FLU_STR(s)->length) : FLU_ABNORMAL;
}

flu_value flu_fn_string_empty_p(flu_worker *w, flu_value s) {
    return flu_need_string(w, "string-empty?", 1, s) ? FLU_BOOL(flu_str_size(s) == 0) : FLU_ABNORMAL;
}

static bool need_two(flu_worker *w, const char *proc, flu_value a, flu_value b) {
    return flu_need_string(w, proc, 1, a) && flu_need_string(w, proc, 2, b);
}

flu_value flu_fn_string_contains_p(flu_worker *w, flu_value s, flu_value sub) {
    if (!need_two(w, "string-contains?", s, sub)) return FLU_ABNORMAL;
    return FLU_BOOL(flu_find_bytes(s, 0, sub) != FLU_NOT_FOUND);
}

flu_value flu_fn_string_starts_with_p(flu_worker *w, flu_value s, flu_value prefix) {
    if (!need_two(w, "string-starts-with?", s, prefix)) return FLU_ABNORMAL;
    size_t n = flu_str_size(prefix);
    return FLU_BOOL(n <= flu_str_size(s) && memcmp(FLU_STR(s)->bytes, FLU_STR(prefix)->bytes, n) == 0);
}

flu_value flu_fn_string_ends_with_p(flu_worker *w, flu_value s, flu_value suffix) {
    if (!need_two(w, "string-ends-with?", s, suffix)) return FLU_ABNORMAL;
    size_t n = flu_str_size(suffix), size = flu_str_size(s);
    return FLU_BOOL(n <= size && memcmp(FLU_STR(s)->bytes + size - n, FLU_STR(suffix)->bytes, n) == 0);
}

flu_value flu_fn_string_index_of(flu_worker *w, flu_value s, flu_value sub, flu_value from_arg) {
    int64_t from = 0;
    if (!need_two(w, "string-index-of", s, sub)) return FLU_ABNORMAL;
    if (from_arg != FLU_UNDEF && !flu_need_count(w, "string-index-of", 3, from_arg, &from)) return FLU_ABNORMAL;
    if (from > (int64_t)FLU_STR(s)->length) return FLU_FIX(-1);
    size_t at = flu_find_bytes(s, flu_string_offset(s, (size_t)from), sub);
    return at == FLU_NOT_FOUND ? FLU_FIX(-1) : FLU_FIX(flu_string_position(s, at));
}

static flu_value in_order(flu_worker *w, const char *proc, int wanted, int argc, const flu_value *argv) {
    bool holds = true;
    for (int i = 0; i < argc; i++) {
        if (!flu_need_string(w, proc, i + 1, argv[i])) return FLU_ABNORMAL;
        if (i > 0 && (int)flu_compare(argv[i - 1], argv[i]) != wanted) holds = false;
    }
    return FLU_BOOL(holds);
}

flu_value flu_fn_string_lt(flu_worker *w, int argc, const flu_value *argv) {
    return in_order(w, "string<?", FLU_LESS, argc, argv);
}
flu_value flu_fn_string_gt(flu_worker *w, int argc, const flu_value *argv) {
    return in_order(w, "string>?", FLU_GREATER, argc, argv);
}

/* ---- parts ---- */

flu_value flu_fn_substring(flu_worker *w, flu_value s, flu_value start_arg, flu_value end_arg) {
    int64_t start, end;
    if (!flu_need_string(w, "substring", 1, s)) return FLU_ABNORMAL;
    if (!flu_need_slice(w, "substring", start_arg, end_arg, FLU_STR(s)->length, &start, &end)) return FLU_ABNORMAL;
    size_t from = flu_string_offset(s, (size_t)start);
    return flu_string_part(w, s, from, flu_str_is_ascii(s) ? (size_t)end : flu_string_offset(s, (size_t)end));
}

flu_value flu_fn_string_ref(flu_worker *w, flu_value s, flu_value i) {
    int64_t at;
    if (!flu_need_string(w, "string-ref", 1, s)) return FLU_ABNORMAL;
    int64_t length = FLU_STR(s)->length;
    if (!flu_need_index(w, "string-ref", 2, i, length - 1, length, &at)) return FLU_ABNORMAL;
    return flu_string_at(w, s, (size_t)at);
}

flu_value flu_fn_string_split(flu_worker *w, flu_value s, flu_value delimiter) {
    if (!need_two(w, "string-split", s, delimiter)) return FLU_ABNORMAL;
    if (flu_str_size(delimiter) == 0) return flu_string_chars(w, s);
    flu_list_builder list = {FLU_EMPTY, NULL};
    size_t from = 0, at;
    while ((at = flu_find_bytes(s, from, delimiter)) != FLU_NOT_FOUND) {
        flu_list_add(w, &list, flu_string_part(w, s, from, at));
        from = at + flu_str_size(delimiter);
    }
    flu_list_add(w, &list, flu_string_part(w, s, from, flu_str_size(s)));
    return list.list;
}

/* Ends of lines are \n or \r\n; the last line needs none. */
flu_value flu_fn_lines(flu_worker *w, flu_value s) {
    if (!flu_need_string(w, "lines", 1, s)) return FLU_ABNORMAL;
    flu_list_builder list = {FLU_EMPTY, NULL};
    size_t from = 0, size = flu_str_size(s);
    while (from < size) {
        const char *text = FLU_STR(s)->bytes, *newline = memchr(text + from, '\n', size - from);
        size_t next = newline ? (size_t)(newline - text) + 1 : size, end = newline ? next - 1 : size;
        if (newline && end > from && text[end - 1] == '\r') end--;
        flu_list_add(w, &list, flu_string_part(w, s, from, end));
        from = next;
    }
    return list.list;
}

flu_value flu_fn_string_to_list(flu_worker *w, flu_value s) {
    return flu_need_string(w, "string->list", 1, s) ? flu_string_chars(w, s) : FLU_ABNORMAL;
}

flu_value flu_fn_string_bytes(flu_worker *w, flu_value s) {
    if (!flu_need_string(w, "string-bytes", 1, s)) return FLU_ABNORMAL;
    return flu_bytes_copy(w, FLU_STR(s)->bytes, flu_str_size(s));
}

flu_value flu_fn_bytes_to_string(flu_worker *w, flu_value b) {
    if (!flu_is_bytes(b)) return flu_type_error(w, "bytes->string", 1, "a bytes object", b);
    return flu_string_checked(w, "bytes->string", (const char *)FLU_BYTES(b)->data, flu_bytes_size(b));
}

/* ---- putting together ---- */

flu_value flu_string_concat2(flu_worker *w, flu_value a, flu_value b) {
    size_t n = flu_str_size(a), m = flu_str_size(b);
    if (m == 0) return a;
    if (n == 0) return b;
    if (!flu_string_room(w, "string-concat", n + m)) return FLU_ABNORMAL;
    flu_string *s = flu_string_alloc(w, n + m, (size_t)FLU_STR(a)->length + FLU_STR(b)->length);
    memcpy(s->bytes, FLU_STR(a)->bytes, n);
    memcpy(s->bytes + n, FLU_STR(b)->bytes, m);
    return FLU_VALUE(s);
}

/* All of items, with a separator between them unless it is FLU_UNDEF. They are strings. */
static flu_value join(flu_worker *w, const char *proc, size_t count, const flu_value *items, flu_value separator) {
    size_t size = 0, points = 0, gap = 0, gap_points = 0;
    if (count == 0) return EMPTY_STRING;
    if (count == 1) return items[0];
    if (separator != FLU_UNDEF) gap = flu_str_size(separator), gap_points = FLU_STR(separator)->length;
    for (size_t i = 0; i < count; i++) size += flu_str_size(items[i]), points += FLU_STR(items[i])->length;
    size += gap * (count - 1), points += gap_points * (count - 1);
    if (size == 0) return EMPTY_STRING;
    if (!flu_string_room(w, proc, size)) return FLU_ABNORMAL;
    flu_string *s = flu_string_alloc(w, size, points);
    char *p = s->bytes;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && gap > 0) p = mempcpy(p, FLU_STR(separator)->bytes, gap);
        p = mempcpy(p, FLU_STR(items[i])->bytes, flu_str_size(items[i]));
    }
    return FLU_VALUE(s);
}

flu_value flu_fn_string_concat(flu_worker *w, int argc, const flu_value *argv) {
    for (int i = 0; i < argc; i++)
        if (!flu_need_string(w, "string-concat", i + 1, argv[i])) return FLU_ABNORMAL;
    return argc == 2 ? flu_string_concat2(w, argv[0], argv[1])
                     : join(w, "string-concat", (size_t)argc, argv, FLU_UNDEF);
}

/* The strings in argument `position`; -1 after throwing. */
static int64_t strings_of(flu_worker *w, const char *proc, int position, flu_value collection, flu_value **items) {
    int64_t n = flu_seq_array(w, proc, position, collection, items);
    for (int64_t i = 0; i < n; i++) {
        if (flu_is_string((*items)[i])) continue;
        flu_type_error(w, proc, position, "a list of strings", (*items)[i]);
        return -1;
    }
    return n;
}

flu_value flu_fn_string_join(flu_worker *w, flu_value a, flu_value b) {
    flu_value *items;
    bool separator_first = flu_is_string(a) && !flu_is_string(b);
    flu_value separator = separator_first ? a : b;
    if (!flu_is_string(separator)) return flu_type_error(w, "string-join", 2, "a string (the separator)", b);
    if (flu_is_string(a) && flu_is_string(b)) return flu_type_error(w, "string-join", 1, "a list of strings", a);
    int64_t n = strings_of(w, "string-join", separator_first ? 2 : 1, separator_first ? b : a, &items);
    return n < 0 ? FLU_ABNORMAL : join(w, "string-join", (size_t)n, items, separator);
}

flu_value flu_fn_list_to_string(flu_worker *w, flu_value list) {
    flu_value *items;
    int64_t n = strings_of(w, "list->string", 1, list, &items);
    return n < 0 ? FLU_ABNORMAL : join(w, "list->string", (size_t)n, items, FLU_UNDEF);
}

/* `to` in front of every character and at the end: what replacing the empty string comes to. */
static void replace_empty(flu_buf *b, flu_value s, flu_value to) {
    const char *p = FLU_STR(s)->bytes, *end = p + flu_str_size(s);
    flu_buf_add(b, FLU_STR(to)->bytes, flu_str_size(to));
    while (p < end) {
        const char *start = p;
        flu_utf8_next(&p);
        flu_buf_add(b, start, (size_t)(p - start));
        flu_buf_add(b, FLU_STR(to)->bytes, flu_str_size(to));
    }
}

static void replace_all(flu_buf *b, flu_value s, flu_value from, flu_value to) {
    size_t start = 0, at;
    while ((at = flu_find_bytes(s, start, from)) != FLU_NOT_FOUND) {
        flu_buf_add(b, FLU_STR(s)->bytes + start, at - start);
        flu_buf_add(b, FLU_STR(to)->bytes, flu_str_size(to));
        start = at + flu_str_size(from);
    }
    flu_buf_add(b, FLU_STR(s)->bytes + start, flu_str_size(s) - start);
}

flu_value flu_fn_string_replace(flu_worker *w, flu_value s, flu_value from, flu_value to) {
    flu_buf b;
    if (!need_two(w, "string-replace", s, from) || !flu_need_string(w, "string-replace", 3, to)) return FLU_ABNORMAL;
    if (flu_find_bytes(s, 0, from) == FLU_NOT_FOUND) return s;
    flu_buf_init(&b);
    if (flu_str_size(from) == 0)
        replace_empty(&b, s, to);
    else
        replace_all(&b, s, from, to);
    flu_value result = flu_buf_string(w, &b, "string-replace");
    flu_buf_free(&b);
    return result;
}

/* count times s. */
static flu_value repeat(flu_worker *w, const char *proc, flu_value s, int64_t count) {
    size_t size = flu_str_size(s);
    if (size == 0 || count == 0) return EMPTY_STRING;
    bool endless = (uint64_t)count > FLU_STRING_MAX / size;
    if (!flu_string_room(w, proc, endless ? SIZE_MAX : size * (size_t)count)) return FLU_ABNORMAL;
    flu_string *r = flu_string_alloc(w, size * (size_t)count, FLU_STR(s)->length * (size_t)count);
    for (int64_t i = 0; i < count; i++) memcpy(r->bytes + (size_t)i * size, FLU_STR(s)->bytes, size);
    return FLU_VALUE(r);
}

flu_value flu_fn_string_repeat(flu_worker *w, flu_value s, flu_value n) {
    int64_t count;
    if (!flu_need_string(w, "string-repeat", 1, s) || !flu_need_count(w, "string-repeat", 2, n, &count))
        return FLU_ABNORMAL;
    return count == 1 ? s : repeat(w, "string-repeat", s, count);
}

flu_value flu_fn_string_reverse(flu_worker *w, flu_value s) {
    if (!flu_need_string(w, "string-reverse", 1, s)) return FLU_ABNORMAL;
    size_t size = flu_str_size(s);
    if (FLU_STR(s)->length < 2) return s;
    flu_string *r = flu_string_alloc(w, size, FLU_STR(s)->length);
    const char *p = FLU_STR(s)->bytes, *end = p + size;
    char *out = r->bytes + size;
    while (p < end) {
        const char *start = p;
        flu_utf8_next(&p);
        out -= p - start;
        memcpy(out, start, (size_t)(p - start));
    }
    return FLU_VALUE(r);
}

/* ---- padding ---- */

/* n characters of fill, over and over. */
static void add_fill(flu_buf *b, flu_value fill, int64_t n) {
    int64_t length = FLU_STR(fill)->length;
    for (; n >= length; n -= length) flu_buf_add(b, FLU_STR(fill)->bytes, flu_str_size(fill));
    flu_buf_add(b, FLU_STR(fill)->bytes, flu_string_offset(fill, (size_t)n));
}

/* s with the missing characters added; left_of says how many of them go in front. */
static flu_value pad(flu_worker *w, const char *proc, int64_t (*left_of)(int64_t), flu_value s, flu_value n,
                     flu_value fill) {
    int64_t width;
    flu_buf b;
    if (fill == FLU_UNDEF) fill = FLU_VALUE(&ascii_strings[' ']);
    if (!flu_need_string(w, proc, 1, s) || !flu_need_int(w, proc, 2, n) || !flu_need_string(w, proc, 3, fill))
        return FLU_ABNORMAL;
    if (flu_str_size(fill) == 0) return flu_raise(w, "domain-error", "%s: argument 3 must not be empty", proc);
    if (!flu_int_fits(n, &width)) width = flu_int_sign(n) < 0 ? 0 : INT64_MAX;
    int64_t missing = width - (int64_t)FLU_STR(s)->length;
    if (missing <= 0) return s;
    if (!flu_string_room(w, proc, (size_t)missing)) return FLU_ABNORMAL;
    flu_buf_init(&b);
    add_fill(&b, fill, left_of(missing));
    flu_buf_add(&b, FLU_STR(s)->bytes, flu_str_size(s));
    add_fill(&b, fill, missing - left_of(missing));
    flu_value result = flu_buf_string(w, &b, proc);
    flu_buf_free(&b);
    return result;
}

static int64_t all_left(int64_t missing) { return missing; }
static int64_t none_left(int64_t missing) { return missing * 0; }
static int64_t half_left(int64_t missing) { return missing / 2; }

flu_value flu_fn_string_pad_left(flu_worker *w, flu_value s, flu_value n, flu_value fill) {
    return pad(w, "string-pad-left", all_left, s, n, fill);
}
flu_value flu_fn_string_pad_right(flu_worker *w, flu_value s, flu_value n, flu_value fill) {
    return pad(w, "string-pad-right", none_left, s, n, fill);
}
flu_value flu_fn_string_pad_center(flu_worker *w, flu_value s, flu_value n, flu_value fill) {
    return pad(w, "string-pad-center", half_left, s, n, fill);
}
