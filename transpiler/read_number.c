/* read_number.c: integers of any size, floats and the ranges of patterns, from the text of one token. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"

/* Integers within FLU_FIXNUM_MIN .. FLU_FIXNUM_MAX are DATUM_INTs. */
static const int64_t INT_MAX_61 = ((int64_t)1 << 60) - 1;

bool begins_number(const lexer *x, uint32_t start, uint32_t end) {
    const char *s = x->text + start;
    uint32_t n = end - start, i = s[0] == '+' || s[0] == '-';
    if (i < n && s[i] == '.') i++;
    if (i >= n || !is_digit(s[i])) return false;
    /* The Lisp names of inc and dec. */
    return !(n == 2 && s[0] == '1' && (s[1] == '+' || s[1] == '-'));
}

/* Digits of base, single underscores between them, up to end. Gives the place of the first character that does not
 * belong; *bad_underscore is set if an underscore is misplaced. */
static const char *skip_digits(const char *p, const char *end, int base, bool *bad_underscore) {
    const char *start = p;
    for (; p < end; p++) {
        int v = hex_value(*p);
        if (v >= 0 && v < base) continue;
        if (*p != '_') break;
        bool after_digit = p > start && p[-1] != '_';
        bool before_digit = p + 1 < end && hex_value(p[1]) >= 0 && hex_value(p[1]) < base;
        if (!after_digit || !before_digit) *bad_underscore = true;
    }
    return p;
}

/* --- Integers ------------------------------------------------------------------------------------------------ */

/* Magnitude of digits in base 2, 10 or 16; false: does not fit in 61 bits with its sign. */
static bool small_integer(const char *p, const char *end, int base, bool negative, int64_t *result) {
    uint64_t magnitude = 0, limit = (uint64_t)INT_MAX_61 + negative;
    for (; p < end; p++) {
        if (*p == '_') continue;
        uint64_t v = (uint64_t)hex_value(*p);
        if (magnitude > (limit - v) / (uint64_t)base) return false;
        magnitude = magnitude * (uint64_t)base + v;
    }
    *result = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

static const char *decimal_text(const char *p, const char *end, bool negative, size_t *size) {
    while (p < end - 1 && (*p == '0' || *p == '_')) p++;
    char *text = arena_alloc((size_t)(end - p) + 2), *q = text;
    if (negative) *q++ = '-';
    for (; p < end; p++)
        if (*p != '_') *q++ = *p;
    *size = (size_t)(q - text);
    return text;
}

enum { LIMB = 1000000000, LIMB_DIGITS = 9 };

/* limbs = limbs * 2^bits + value, in base 10^9, least significant first. Gives the new count. */
static size_t shift_in(uint32_t *limbs, size_t count, unsigned bits, uint32_t value) {
    uint64_t carry = value;
    for (size_t i = 0; i < count; i++) {
        uint64_t t = ((uint64_t)limbs[i] << bits) + carry;
        limbs[i] = (uint32_t)(t % LIMB);
        carry = t / LIMB;
    }
    for (; carry > 0; carry /= LIMB) limbs[count++] = (uint32_t)(carry % LIMB);
    return count;
}

/* Decimal text of a hexadecimal or binary number of any length (quadratic; fine up to a million digits). */
static const char *decimal_from_bits(const char *p, const char *end, int base, bool negative, size_t *size) {
    unsigned step = base == 16 ? 4 : 1, bits = 0;
    uint32_t *limbs = NEW_ARRAY(uint32_t, (size_t)(end - p) * step / 29 + 4), chunk = 0;
    size_t count = 0;
    for (; p < end; p++) {
        if (*p == '_') continue;
        chunk = chunk << step | (uint32_t)hex_value(*p);
        bits += step;
        if (bits < 32) continue;
        count = shift_in(limbs, count, bits, chunk);
        bits = 0, chunk = 0;
    }
    if (bits > 0) count = shift_in(limbs, count, bits, chunk);
    char *text = arena_alloc(count * LIMB_DIGITS + 3), *q = text;
    if (negative) *q++ = '-';
    q += sprintf(q, "%u", limbs[count - 1]);
    for (size_t i = count - 1; i-- > 0;) q += sprintf(q, "%09u", limbs[i]);
    *size = (size_t)(q - text);
    return text;
}

static datum *make_integer(lexer *x, const char *digits, const char *digits_end, int base, bool negative,
                           uint32_t start, uint32_t end) {
    datum *result = datum_new(x, DATUM_INT, start, end);
    if (small_integer(digits, digits_end, base, negative, &result->i)) return result;
    result->kind = DATUM_BIGINT;
    size_t size;
    result->text = base == 10 ? decimal_text(digits, digits_end, negative, &size)
                              : decimal_from_bits(digits, digits_end, base, negative, &size);
    result->size = (uint32_t)size;
    return result;
}

/* --- Errors -------------------------------------------------------------------------------------------------- */

static datum *malformed(lexer *x, uint32_t start, uint32_t end) {
    diag_error(x->d, E0007, span_of(x, start, end), "malformed number `%.*s`", QUOTED(x, start, end));
    spoil(x, start, end);
    return datum_new(x, DATUM_INT, start, end);
}

/* A hint for the decimal number that goes wrong at bad. */
static void hint_decimal(lexer *x, const char *token, const char *first, const char *bad, const char *end) {
    bool words = bad < end && (((*bad | 32) >= 'a' && (*bad | 32) <= 'z') || (unsigned char)*bad >= 0x80);
    if (*bad == '/' && bad > first)
        diag_hint(x->d, "there are no fractions: write (/ 1.0 3)");
    else if (bad < end && *bad == '.' && bad > first)
        diag_hint(x->d, "a number has one decimal point; a range is written 1..5 or 1..=5");
    else if (words && *first == '0' && bad == first + 1 && (*bad | 32) == 'o')
        diag_hint(x->d, "integers are written in decimal, as 0x1F or as 0b101");
    else if (words)
        diag_hint(x->d, "a name cannot begin with a digit; put a space after `%.*s` if two things are meant",
                  (int)(bad - token), token);
    else
        diag_hint(x->d, "a number is followed by a space or a bracket");
}

static datum *bad_underscore(lexer *x, uint32_t start, uint32_t end) {
    datum *zero = malformed(x, start, end);
    diag_hint(x->d, "an underscore stands between two digits: 1_000");
    return zero;
}

/* --- Forms --------------------------------------------------------------------------------------------------- */

/* 0x1F, 0b101: p is behind the sign. */
static datum *read_prefixed(lexer *x, const char *p, uint32_t start, uint32_t end) {
    const char *stop = x->text + end;
    int base = (p[1] | 32) == 'x' ? 16 : 2;
    bool misplaced = false;
    const char *bad = skip_digits(p + 2, stop, base, &misplaced);
    const char *name = base == 16 ? "hexadecimal" : "binary";
    if (bad < stop || bad == p + 2) {
        datum *zero = malformed(x, start, end);
        uint32_t cp;
        size_t n = bad < stop ? utf8_decode(bad, (size_t)(stop - bad), &cp) : 0;
        if (n == 0)
            diag_hint(x->d, "%s digits follow `%.2s`", name, p);
        else
            diag_hint(x->d, "`%.*s` is not a %s digit", (int)n, bad, name);
        return zero;
    }
    if (misplaced) return bad_underscore(x, start, end);
    return make_integer(x, p + 2, stop, base, x->text[start] == '-', start, end);
}

/* strtod wants a NUL-terminated text without underscores. */
static double parse_float(const char *p, const char *end) {
    char small[64];
    size_t n = (size_t)(end - p), k = 0;
    char *text = n < sizeof small ? small : arena_alloc(n + 1);
    for (; p < end; p++)
        if (*p != '_') text[k++] = *p;
    text[k] = '\0';
    errno = 0;
    return strtod(text, NULL);
}

static datum *make_float(lexer *x, uint32_t start, uint32_t end) {
    datum *result = datum_new(x, DATUM_FLOAT, start, end);
    result->f = parse_float(x->text + start, x->text + end);
    if (errno == ERANGE && (isinf(result->f) || result->f == 0.0)) {
        diag_warning(x->d, W0102, span_of(x, start, end), "`%.*s` is out of the range of floats and becomes %s",
                     QUOTED(x, start, end),
                     result->f == 0.0 ? "0.0"
                     : result->f > 0  ? "inf"
                                      : "-inf");
    }
    return result;
}

/* 1..5, 1..=5: dots is the offset of the first point. */
static datum *read_range(lexer *x, uint32_t start, uint32_t dots, uint32_t end) {
    bool inclusive = x->text[dots + 2] == '=';
    uint32_t second = dots + 2 + inclusive;
    bool again = memmem(x->text + second, end - second, "..", 2) != NULL;
    if (second >= end || again || !begins_number(x, second, end)) {
        datum *zero = malformed(x, start, end);
        diag_hint(x->d, "a range ends with an integer: %.*s..%s5", (int)(dots - start), x->text + start,
                  inclusive ? "=" : "");
        return zero;
    }
    datum *from = read_number(x, start, dots), *to = read_number(x, second, end);
    bool integers = from->kind <= DATUM_BIGINT && to->kind <= DATUM_BIGINT;
    if (!integers) {
        datum *zero = malformed(x, start, end);
        diag_hint(x->d, "the ends of a range are integers");
        return zero;
    }
    datum *range = datum_new(x, DATUM_LIST, start, end);
    range->sugar = true;
    range->count = 3;
    range->items = NEW_ARRAY(datum *, 3);
    range->items[0] = datum_symbol(x, intern_cstr(inclusive ? "..=" : ".."), dots, second);
    range->items[1] = from;
    range->items[2] = to;
    return range;
}

/* Integer part, fraction, exponent. */
static datum *read_decimal(lexer *x, const char *p, uint32_t start, uint32_t end) {
    const char *first = p, *stop = x->text + end;
    bool misplaced = false, is_float = false;
    p = skip_digits(p, stop, 10, &misplaced);
    const char *digits_end = p;
    if (p < stop && *p == '.') {
        is_float = true;
        p = skip_digits(p + 1, stop, 10, &misplaced);
    }
    if (p < stop && (*p | 32) == 'e') {
        const char *digits = p + 1;
        if (digits < stop && (*digits == '+' || *digits == '-')) digits++;
        const char *after = skip_digits(digits, stop, 10, &misplaced);
        if (after > digits) {
            is_float = true;
            p = after;
        } else if (digits == stop) {
            datum *zero = malformed(x, start, end);
            diag_hint(x->d, "digits follow the `%c` of an exponent: 1e9", *p);
            return zero;
        }
    }
    if (p < stop) {
        datum *zero = malformed(x, start, end);
        hint_decimal(x, x->text + start, first, p, stop);
        return zero;
    }
    if (misplaced) return bad_underscore(x, start, end);
    if (is_float) return make_float(x, start, end);
    return make_integer(x, first, digits_end, 10, x->text[start] == '-', start, end);
}

datum *read_number(lexer *x, uint32_t start, uint32_t end) {
    const char *p = x->text + start;
    const char *dots = memmem(p, end - start, "..", 2);
    if (dots != NULL) return read_range(x, start, (uint32_t)(dots - x->text), end);
    if (*p == '+' || *p == '-') p++;
    bool prefixed = p[0] == '0' && p + 1 < x->text + end && ((p[1] | 32) == 'x' || (p[1] | 32) == 'b');
    return prefixed ? read_prefixed(x, p, start, end) : read_decimal(x, p, start, end);
}
