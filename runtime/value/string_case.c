/* string_case.c: letter case, classes of characters, white space: what needs the tables of utf8proc. */
#include <utf8proc.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/print.h"
#include "flu/text.h"

#include "arguments.h"
#include "string_internal.h"

/* ---- white space ---- */

static bool is_space(uint32_t c) {
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
           c == 0x85;
}

/* The first byte at or behind p that starts a character with is_space == wanted, or end. */
static const char *skip_while(const char *p, const char *end, bool space) {
    while (p < end) {
        const char *next = p;
        if (is_space(flu_utf8_next(&next)) != space) break;
        p = next;
    }
    return p;
}

/* The end of the text without the white space behind it. */
static const char *trim_end(const char *start, const char *end) {
    while (end > start) {
        const char *last = end - 1;
        while (((unsigned char)*last & 0xc0) == 0x80) last--;
        const char *p = last;
        if (!is_space(flu_utf8_next(&p))) break;
        end = last;
    }
    return end;
}

static flu_value trim(flu_worker *w, const char *proc, flu_value s, bool left, bool right) {
    if (!flu_need_string(w, proc, 1, s)) return FLU_ABNORMAL;
    const char *text = FLU_STR(s)->bytes, *end = text + flu_str_size(s), *from = text;
    if (left) from = skip_while(from, end, true);
    if (right) end = trim_end(from, end);
    return flu_string_part(w, s, (size_t)(from - text), (size_t)(end - text));
}

flu_value flu_fn_string_trim(flu_worker *w, flu_value s) { return trim(w, "string-trim", s, true, true); }
flu_value flu_fn_string_trim_left(flu_worker *w, flu_value s) { return trim(w, "string-trim-left", s, true, false); }
flu_value flu_fn_string_trim_right(flu_worker *w, flu_value s) { return trim(w, "string-trim-right", s, false, true); }

flu_value flu_fn_words(flu_worker *w, flu_value s) {
    if (!flu_need_string(w, "words", 1, s)) return FLU_ABNORMAL;
    flu_list_builder list = {FLU_EMPTY, NULL};
    const char *text = FLU_STR(s)->bytes, *end = text + flu_str_size(s), *p = skip_while(text, end, true);
    while (p < end) {
        const char *stop = skip_while(p, end, false);
        flu_list_add(w, &list, flu_string_part(w, s, (size_t)(p - text), (size_t)(stop - text)));
        p = skip_while(stop, end, true);
    }
    return list.list;
}

/* ---- case ---- */

typedef uint32_t (*mapping)(uint32_t c);

static uint32_t upper(uint32_t c) {
    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);
}
static uint32_t lower(uint32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}
static uint32_t title(uint32_t c) { return c < 0x80 ? upper(c) : (uint32_t)utf8proc_totitle((utf8proc_int32_t)c); }

/* The first character by `first`, the others by `rest`. Mapped characters may take more or fewer bytes. */
static flu_value map_case(flu_worker *w, const char *proc, flu_value s, mapping first, mapping rest) {
    flu_buf b;
    if (!flu_need_string(w, proc, 1, s)) return FLU_ABNORMAL;
    const char *p = FLU_STR(s)->bytes, *end = p + flu_str_size(s);
    flu_buf_init(&b);
    for (mapping map = first; p < end; map = rest) {
        char bytes[4];
        flu_buf_add(&b, bytes, flu_utf8_put(bytes, map(flu_utf8_next(&p))));
    }
    flu_value result = flu_buf_string(w, &b, proc);
    flu_buf_free(&b);
    return result;
}

flu_value flu_fn_string_upcase(flu_worker *w, flu_value s) { return map_case(w, "string-upcase", s, upper, upper); }
flu_value flu_fn_string_downcase(flu_worker *w, flu_value s) { return map_case(w, "string-downcase", s, lower, lower); }
flu_value flu_fn_string_capitalize(flu_worker *w, flu_value s) {
    return map_case(w, "string-capitalize", s, title, lower);
}

/* ---- characters: strings of length 1 ---- */

static bool need_char(flu_worker *w, const char *proc, flu_value v, uint32_t *c) {
    if (!flu_is_string(v) || FLU_STR(v)->length != 1)
        return flu_type_error(w, proc, 1, "a one-character string", v), false;
    const char *p = FLU_STR(v)->bytes;
    *c = flu_utf8_next(&p);
    return true;
}

flu_value flu_fn_char_to_int(flu_worker *w, flu_value v) {
    uint32_t c;
    return need_char(w, "char->int", v, &c) ? FLU_FIX(c) : FLU_ABNORMAL;
}

flu_value flu_fn_int_to_char(flu_worker *w, flu_value v) {
    if (!flu_need_int(w, "int->char", 1, v)) return FLU_ABNORMAL;
    int64_t n = flu_is_fix(v) ? flu_fix(v) : -1;
    if (n < 0 || n > 0x10ffff || (n >= 0xd800 && n < 0xe000))
        return flu_domain_error(w, "int->char", 1, "a Unicode code point, 0 to 1114111 without surrogates", v);
    return flu_char_string(w, (uint32_t)n);
}

flu_value flu_fn_char_upcase(flu_worker *w, flu_value v) {
    uint32_t c;
    return need_char(w, "char-upcase", v, &c) ? flu_char_string(w, upper(c)) : FLU_ABNORMAL;
}

flu_value flu_fn_char_downcase(flu_worker *w, flu_value v) {
    uint32_t c;
    return need_char(w, "char-downcase", v, &c) ? flu_char_string(w, lower(c)) : FLU_ABNORMAL;
}

static bool is_letter(uint32_t c) {
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}
static bool is_digit(uint32_t c) { return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ND; }
static bool is_alphanumeric(uint32_t c) { return is_letter(c) || is_digit(c); }
static bool is_upper(uint32_t c) { return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_LU; }
static bool is_lower(uint32_t c) { return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_LL; }

#define CHAR_PREDICATE(c_name, name, test)                                                                             \
    flu_value c_name(flu_worker *w, flu_value v) {                                                                     \
        uint32_t c;                                                                                                    \
        return need_char(w, name, v, &c) ? FLU_BOOL(test(c)) : FLU_ABNORMAL;                                           \
    }

CHAR_PREDICATE(flu_fn_char_alphabetic_p, "char-alphabetic?", is_letter)
CHAR_PREDICATE(flu_fn_char_numeric_p, "char-numeric?", is_digit)
CHAR_PREDICATE(flu_fn_char_alphanumeric_p, "char-alphanumeric?", is_alphanumeric)
CHAR_PREDICATE(flu_fn_char_whitespace_p, "char-whitespace?", is_space)
CHAR_PREDICATE(flu_fn_char_upper_case_p, "char-upper-case?", is_upper)
CHAR_PREDICATE(flu_fn_char_lower_case_p, "char-lower-case?", is_lower)
