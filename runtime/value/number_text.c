/* number_text.c: numbers to text and back, for programs. The forms are those of the reader of programs. */
#include <math.h>

#include "flu/builtins.h"
#include "flu/number.h"
#include "flu/print.h"
#include "flu/text.h"

#include "arguments.h"
#include "number_internal.h"

/* ---- reading ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Length of the run of digits and underscores at the start of text. */
static size_t digit_run(const char *text, size_t size) {
    size_t n = 0;
    while (n < size && (is_digit(text[n]) || text[n] == '_')) n++;
    return n;
}

/* The parts of a decimal number: [whole][.fraction][e exponent]. */
typedef struct decimal {
    const char *whole, *fraction;
    size_t whole_size, fraction_size;
    int64_t exponent;
    bool is_float;
} decimal;

/* The exponent's digits, cut off where they no longer matter. False: malformed. */
static bool scan_exponent(const char *text, size_t size, int64_t *exponent) {
    bool negative = size > 0 && *text == '-';
    if (size > 0 && (*text == '-' || *text == '+')) text++, size--;
    if (!flu_digits_valid(text, size, 10)) return false;
    *exponent = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] != '_' && *exponent < INT32_MAX) *exponent = *exponent * 10 + (text[i] - '0');
    if (negative) *exponent = -*exponent;
    return true;
}

static bool scan_decimal(decimal *d, const char *text, size_t size) {
    const char *end = text + size;
    *d = (decimal){.whole = text, .whole_size = digit_run(text, size)};
    text += d->whole_size;
    if (d->whole_size > 0 && !flu_digits_valid(d->whole, d->whole_size, 10)) return false;
    if (text < end && *text == '.') {
        d->is_float = true;
        d->fraction = ++text;
        d->fraction_size = digit_run(text, (size_t)(end - text));
        text += d->fraction_size;
        if (d->fraction_size > 0 && !flu_digits_valid(d->fraction, d->fraction_size, 10)) return false;
    }
    if (d->whole_size == 0 && d->fraction_size == 0) return false;
    if (text == end) return true;
    d->is_float = true;
    return (*text == 'e' || *text == 'E') && scan_exponent(text + 1, (size_t)(end - text - 1), &d->exponent);
}

static size_t copy_digits(char *out, const char *text, size_t size) {
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] != '_') out[n++] = text[i];
    return n;
}

static double decimal_value(const decimal *d) {
    flu_buf b;
    double value = 0;
    flu_buf_init(&b);
    if (flu_buf_reserve(&b, d->whole_size + d->fraction_size)) {
        size_t whole = copy_digits(b.data, d->whole, d->whole_size);
        size_t fraction = copy_digits(b.data + whole, d->fraction, d->fraction_size);
        value = flu_decimal_to_double(b.data, whole + fraction, d->exponent - (int64_t)fraction);
    }
    flu_buf_free(&b);
    return value;
}

static bool text_is(const char *text, size_t size, const char *word) {
    return size == strlen(word) && memcmp(text, word, size) == 0;
}

/* The number without its sign; FLU_UNDEF: none. */
static flu_value parse_magnitude(flu_worker *w, const char *text, size_t size, bool negative) {
    decimal d;
    if (text_is(text, size, "inf")) return flu_float(w, negative ? -INFINITY : INFINITY);
    if (size > 2 && text[0] == '0' && (text[1] | 32) == 'x')
        return flu_digits_valid(text + 2, size - 2, 16) ? flu_int_from_digits(w, text + 2, size - 2, 16, negative)
                                                        : FLU_UNDEF;
    if (size > 2 && text[0] == '0' && (text[1] | 32) == 'b')
        return flu_digits_valid(text + 2, size - 2, 2) ? flu_int_from_digits(w, text + 2, size - 2, 2, negative)
                                                       : FLU_UNDEF;
    if (!scan_decimal(&d, text, size)) return FLU_UNDEF;
    if (!d.is_float) return flu_int_from_digits(w, d.whole, d.whole_size, 10, negative);
    double value = decimal_value(&d);
    return flu_float(w, negative ? -value : value);
}

flu_value flu_parse_number(flu_worker *w, const char *text, size_t size, int radix) {
    if (text_is(text, size, "nan")) return radix == 10 ? flu_float(w, NAN) : FLU_UNDEF;
    bool negative = size > 0 && *text == '-';
    if (size > 0 && (*text == '-' || *text == '+')) text++, size--;
    if (radix == 10) return parse_magnitude(w, text, size, negative);
    return flu_digits_valid(text, size, radix) ? flu_int_from_digits(w, text, size, radix, negative) : FLU_UNDEF;
}

/* An optional radix argument. False after throwing. */
static bool need_radix(flu_worker *w, const char *proc, flu_value v, int *radix) {
    *radix = 10;
    if (v == FLU_UNDEF) return true;
    if (!flu_need_int(w, proc, 2, v)) return false;
    if (!flu_is_fix(v) || flu_fix(v) < 2 || flu_fix(v) > 36)
        return flu_domain_error(w, proc, 2, "a radix from 2 to 36", v), false;
    *radix = (int)flu_fix(v);
    return true;
}

/* FLU_UNDEF: no number. */
static flu_value number_in(flu_worker *w, flu_value s, int radix) {
    return flu_parse_number(w, FLU_STR(s)->bytes, flu_str_size(s), radix);
}

flu_value flu_fn_string_to_number(flu_worker *w, flu_value s, flu_value radix_arg) {
    int radix;
    if (!flu_need_string(w, "string->number", 1, s) || !need_radix(w, "string->number", radix_arg, &radix))
        return FLU_ABNORMAL;
    flu_value v = number_in(w, s, radix);
    if (v != FLU_UNDEF) return v;
    flu_value shown = flu_repr_string(w, s, 60);
    return flu_raise_data(w, "parse-error", s, "string->number: %s is no number", FLU_STR(shown)->bytes);
}

flu_value flu_fn_parse_number(flu_worker *w, flu_value s, flu_value otherwise) {
    if (!flu_need_string(w, "parse-number", 1, s)) return FLU_ABNORMAL;
    flu_value v = number_in(w, s, 10);
    return v == FLU_UNDEF ? otherwise : v;
}

/* ---- writing ---- */

static flu_value int_to_string(flu_worker *w, flu_value v, int radix) {
    if (flu_is_fix(v) && radix == 10) { /* the text goes straight into the string */
        char text[FLU_NUMBER_SIZE];
        size_t size = flu_fix_text(text, flu_fix(v));
        return flu_string_make(w, text, size, size);
    }
    flu_buf b;
    flu_buf_init(&b);
    if (flu_buf_reserve(&b, flu_int_text_bound(v, radix))) {
        size_t size = flu_int_text(b.data, v, radix);
        if (size == 0) b.failed = true;
        b.size = size;
    }
    flu_value s = flu_buf_string(w, &b, "number->string");
    flu_buf_free(&b);
    return s;
}

flu_value flu_fn_number_to_string(flu_worker *w, flu_value v, flu_value radix_arg) {
    char text[FLU_NUMBER_SIZE];
    int radix;
    if (!flu_need_number(w, "number->string", 1, v) || !need_radix(w, "number->string", radix_arg, &radix))
        return FLU_ABNORMAL;
    if (flu_is_int(v)) return int_to_string(w, v, radix);
    if (radix != 10) return flu_type_error(w, "number->string", 1, "an int (for a radix)", v);
    size_t size = flu_float_text(text, flu_double(v));
    return flu_string_make(w, text, size, size);
}
