/* regex.c: regular expressions by PCRE2. A file of its own, so that programs without them do not link PCRE2.
 *
 * Everything that PCRE2 allocates is collected memory; nothing is ever freed by hand, and a regex needs no finalizer.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "flu/regex.h"

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/text.h"

#include "arguments.h"
#include "string_internal.h"

/* ---- compiling ---- */

static void *take(size_t size, void *w) { return flu_alloc(w, size); }
static void leave(FLU_UNUSED void *p, FLU_UNUSED void *w) {}

static flu_value pattern_error(flu_worker *w, const char *proc, flu_value pattern, int code, size_t at) {
    char message[256];
    pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
    return flu_raise_data(w, "parse-error", pattern, "%s: bad regular expression at position %zu: %s", proc,
                          flu_string_position(pattern, at < flu_str_size(pattern) ? at : flu_str_size(pattern)),
                          message);
}

/* Not what a program may keep: its memory functions refer to w. That is safe, since they are called for nothing but
 * matching data made on the spot (see match_data). */
static flu_value compile(flu_worker *w, const char *proc, flu_value pattern) {
    int error;
    PCRE2_SIZE at;
    pcre2_general_context *memory = pcre2_general_context_create(take, leave, w);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)FLU_STR(pattern)->bytes, flu_str_size(pattern),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK, &error, &at, context);
    if (code == NULL) return pattern_error(w, proc, pattern, error, at);
    flu_regex *r = flu_alloc(w, sizeof *r);
    r->h = FLU_HEADER(FLU_T_REGEX, 0, 0, 0);
    r->code = code;
    r->pattern = pattern;
    return FLU_VALUE(r);
}

flu_value flu_fn_regex(flu_worker *w, flu_value pattern) {
    if (flu_is(pattern, FLU_T_REGEX)) return pattern;
    return flu_need_string(w, "regex", 1, pattern) ? compile(w, "regex", pattern) : FLU_ABNORMAL;
}

/* ---- searching ---- */

/* A search through one subject. */
typedef struct search {
    flu_worker *w;
    const char *proc;
    pcre2_code *code;
    pcre2_match_data *data;
    flu_value subject;
    size_t from, to;   /* the match just found, in bytes */
    size_t next;       /* where the next search starts */
    bool empty_before; /* the last match was empty: the next one must not be, at the same place */
} search;

/* Starts a search; false after throwing. re: a regex or a pattern. */
static bool search_start(search *s, flu_worker *w, const char *proc, flu_value re, flu_value subject) {
    if (flu_is_string(re)) re = compile(w, proc, re);
    if (re == FLU_ABNORMAL) return false;
    if (!flu_is(re, FLU_T_REGEX)) return flu_type_error(w, proc, 1, "a regex or its pattern as a string", re), false;
    if (!flu_need_string(w, proc, 2, subject)) return false;
    *s = (search){.w = w, .proc = proc, .code = FLU_REGEX(re)->code, .subject = subject};
    s->data = pcre2_match_data_create_from_pattern(s->code, pcre2_general_context_create(take, leave, w));
    return true;
}

typedef enum found { NOT_FOUND, FOUND, FAILED /* thrown */ } found;

static found match_at(search *s, size_t at, uint32_t options) {
    int n = pcre2_match(s->code, (PCRE2_SPTR)FLU_STR(s->subject)->bytes, flu_str_size(s->subject), at,
                        options | PCRE2_NO_UTF_CHECK, s->data, NULL);
    if (n == PCRE2_ERROR_NOMATCH) return NOT_FOUND;
    if (n < 0) {
        char message[256];
        pcre2_get_error_message(n, (PCRE2_UCHAR *)message, sizeof message);
        flu_raise(s->w, "domain-error", "%s: the search failed: %s", s->proc, message);
        return FAILED;
    }
    const PCRE2_SIZE *bounds = pcre2_get_ovector_pointer(s->data);
    s->from = bounds[0];
    s->to = bounds[1];
    if (s->from > s->to) s->from = s->to; /* \K in a lookahead */
    return FOUND;
}

/* The next match, not overlapping those before. */
static found search_next(search *s) {
    size_t size = flu_str_size(s->subject);
    if (s->next > size) return NOT_FOUND;
    found f = match_at(s, s->next, s->empty_before ? PCRE2_NOTEMPTY_ATSTART : 0);
    if (f != FOUND) return f;
    s->empty_before = s->from == s->to;
    s->next = s->to;
    return f;
}

/* Group i of the match just found; nil if it took no part. */
static flu_value group(search *s, uint32_t i) {
    const PCRE2_SIZE *bounds = pcre2_get_ovector_pointer(s->data);
    if (i >= pcre2_get_ovector_count(s->data) || bounds[2 * i] == PCRE2_UNSET || bounds[2 * i] > bounds[2 * i + 1])
        return FLU_NIL;
    return flu_string_part(s->w, s->subject, bounds[2 * i], bounds[2 * i + 1]);
}

static flu_value match_value(search *s) {
    flu_list_builder groups = {FLU_EMPTY, NULL};
    for (uint32_t i = 1; i < pcre2_get_ovector_count(s->data); i++) flu_list_add(s->w, &groups, group(s, i));
    flu_value items[] = {
        FLU_KEYWORD_LIT("match"),  flu_string_part(s->w, s->subject, s->from, s->to),
        FLU_KEYWORD_LIT("groups"), groups.list,
        FLU_KEYWORD_LIT("start"),  FLU_FIX(flu_string_position(s->subject, s->from)),
        FLU_KEYWORD_LIT("end"),    FLU_FIX(flu_string_position(s->subject, s->to)),
    };
    return flu_dict_lit(s->w, 4, items);
}

static flu_value match_or_nil(search *s, found f) {
    return f == FAILED ? FLU_ABNORMAL : f == FOUND ? match_value(s) : FLU_NIL;
}

flu_value flu_fn_regex_match(flu_worker *w, flu_value re, flu_value subject) {
    search s;
    if (!search_start(&s, w, "regex-match", re, subject)) return FLU_ABNORMAL;
    return match_or_nil(&s, match_at(&s, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED));
}

flu_value flu_fn_regex_find(flu_worker *w, flu_value re, flu_value subject, flu_value from_arg) {
    search s;
    int64_t from = 0;
    if (!search_start(&s, w, "regex-find", re, subject)) return FLU_ABNORMAL;
    int64_t length = FLU_STR(subject)->length;
    if (from_arg != FLU_UNDEF && !flu_need_index(w, "regex-find", 3, from_arg, length, length, &from))
        return FLU_ABNORMAL;
    return match_or_nil(&s, match_at(&s, flu_string_offset(subject, (size_t)from), 0));
}

flu_value flu_fn_regex_find_all(flu_worker *w, flu_value re, flu_value subject) {
    search s;
    found f;
    flu_list_builder list = {FLU_EMPTY, NULL};
    if (!search_start(&s, w, "regex-find-all", re, subject)) return FLU_ABNORMAL;
    while ((f = search_next(&s)) == FOUND) flu_list_add(w, &list, match_value(&s));
    return f == FAILED ? FLU_ABNORMAL : list.list;
}

/* Between the matches; an empty match splits between two characters only. */
flu_value flu_fn_regex_split(flu_worker *w, flu_value re, flu_value subject) {
    search s;
    found f;
    size_t from = 0;
    flu_list_builder list = {FLU_EMPTY, NULL};
    if (!search_start(&s, w, "regex-split", re, subject)) return FLU_ABNORMAL;
    size_t size = flu_str_size(subject);
    while ((f = search_next(&s)) == FOUND) {
        if (s.from == s.to && (s.from == from || s.from == size)) continue;
        flu_list_add(w, &list, flu_string_part(w, subject, from, s.from));
        from = s.to;
    }
    flu_list_add(w, &list, flu_string_part(w, subject, from, size));
    return f == FAILED ? FLU_ABNORMAL : list.list;
}

/* ---- replacing ---- */

static void add_group(search *s, flu_buf *b, uint32_t i) {
    flu_value text = group(s, i);
    if (text != FLU_NIL) flu_buf_add(b, FLU_STR(text)->bytes, flu_str_size(text));
}

/* The group that $ at p names ($1, ${1}, ${name}); gives the place behind it, or NULL: it is just a dollar. */
static const char *scan_group(const search *s, const char *p, const char *end, uint32_t *number) {
    char name[64];
    size_t n = 0;
    const char *q = p + 1;
    bool braces = q < end && *q == '{';
    if (braces) q++;
    uint32_t value = 0;
    for (; q < end && *q >= '0' && *q <= '9' && n < 4; q++, n++) value = value * 10 + (uint32_t)(*q - '0');
    if (n > 0) {
        *number = value;
        return !braces ? q : q < end && *q == '}' ? q + 1 : NULL;
    }
    if (!braces) return NULL;
    for (; q < end && *q != '}' && n < sizeof name - 1; q++) name[n++] = *q;
    name[n] = '\0';
    int found = q < end && *q == '}' && n > 0 ? pcre2_substring_number_from_name(s->code, (PCRE2_SPTR)name) : -1;
    if (found < 0) return NULL;
    *number = (uint32_t)found;
    return q + 1;
}

static void add_replacement(search *s, flu_buf *b, flu_value to) {
    const char *p = FLU_STR(to)->bytes, *end = p + flu_str_size(to);
    while (p < end) {
        uint32_t number;
        const char *dollar = memchr(p, '$', (size_t)(end - p));
        flu_buf_add(b, p, (size_t)((dollar ? dollar : end) - p));
        if (dollar == NULL) return;
        const char *behind = scan_group(s, dollar, end, &number);
        if (behind != NULL) {
            add_group(s, b, number);
            p = behind;
        } else {
            flu_buf_char(b, '$');
            p = dollar + 1 + (dollar + 1 < end && dollar[1] == '$');
        }
    }
}

flu_value flu_fn_regex_replace(flu_worker *w, flu_value re, flu_value subject, flu_value to) {
    search s;
    found f;
    flu_buf b;
    size_t from = 0;
    if (!search_start(&s, w, "regex-replace", re, subject) || !flu_need_string(w, "regex-replace", 3, to))
        return FLU_ABNORMAL;
    flu_buf_init(&b);
    while ((f = search_next(&s)) == FOUND) {
        flu_buf_add(&b, FLU_STR(subject)->bytes + from, s.from - from);
        add_replacement(&s, &b, to);
        from = s.to;
    }
    flu_buf_add(&b, FLU_STR(subject)->bytes + from, flu_str_size(subject) - from);
    flu_value result = f == FAILED ? FLU_ABNORMAL : flu_buf_string(w, &b, "regex-replace");
    flu_buf_free(&b);
    return result;
}
