/* format.c: string-format.
 *
 * A directive is ~[-][0][width][.precision]letter. '-' aligns left, '0' fills numbers with zeros. */
#include <math.h>
#include <stdio.h>

#include "flu/builtins.h"
#include "flu/number.h"
#include "flu/print.h"
#include "flu/text.h"

#include "arguments.h"

enum { MOST_WIDTH = 100000, MOST_PRECISION = 1000 };

typedef struct directive {
    bool left, zeros;
    int width;     /* 0: none */
    int precision; /* -1: none */
    char letter;
} directive;

typedef struct formatter {
    flu_worker *w;
    flu_buf out;
    flu_buf field; /* the text of one argument, before it is aligned */
    int argc, next;
    const flu_value *argv;
} formatter;

/* A number of a directive; gives the place behind it. Too large a number becomes limit + 1. */
static const char *scan_number(const char *p, const char *end, int limit, int *n) {
    for (*n = 0; p < end && *p >= '0' && *p <= '9'; p++)
        if (*n <= limit) *n = *n * 10 + (*p - '0');
    if (*n > limit) *n = limit + 1;
    return p;
}

/* Reads what follows the tilde; NULL after throwing. */
static const char *scan_directive(formatter *f, directive *d, const char *p, const char *end) {
    *d = (directive){.precision = -1};
    for (; p < end && (*p == '-' || *p == '0'); p++) *(*p == '-' ? &d->left : &d->zeros) = true;
    p = scan_number(p, end, MOST_WIDTH, &d->width);
    if (p < end && *p == '.') p = scan_number(p + 1, end, MOST_PRECISION, &d->precision);
    if (d->width > MOST_WIDTH || d->precision > MOST_PRECISION)
        return flu_raise(f->w, "parse-error", "string-format: width or precision too large"), NULL;
    if (p == end) return flu_raise(f->w, "parse-error", "string-format: the template ends within a directive"), NULL;
    d->letter = *p;
    return p + 1;
}

/* The text of an argument, its sign included, goes to f->field. */

static bool put_int(formatter *f, flu_value v, int radix) {
    if (!flu_need_int(f->w, "string-format", f->next + 1, v)) return false;
    if (!flu_buf_reserve(&f->field, flu_int_text_bound(v, radix))) return true;
    size_t size = flu_int_text(f->field.data, v, radix);
    f->field.failed |= size == 0;
    f->field.size = size;
    return true;
}

/* printf's decimal point depends on the locale: the digits around it do not. */
static void put_fixed(flu_buf *b, double d, int precision) {
    flu_buf_printf(b, "%.*f", precision, d);
    if (precision == 0 || b->failed) return;
    size_t whole = b->data[0] == '-';
    while (b->data[whole] >= '0' && b->data[whole] <= '9') whole++;
    memmove(b->data + whole + 1, b->data + b->size - precision, (size_t)precision);
    b->data[whole] = '.';
    b->size = whole + 1 + (size_t)precision;
}

/* Without a precision: the shortest digits, but never an exponent. */
static void put_shortest(flu_buf *b, double d) {
    char digits[18];
    int point = 0, count = d == 0 ? 0 : flu_float_digits(digits, &point, fabs(d));
    put_fixed(b, d, count > point && d != 0 ? count - point : 1);
}

static bool put_float(formatter *f, flu_value v, int precision) {
    char text[FLU_NUMBER_SIZE];
    if (!flu_need_number(f->w, "string-format", f->next + 1, v)) return false;
    double d = flu_to_double(v);
    if (!isfinite(d))
        flu_buf_add(&f->field, text, flu_float_text(text, d));
    else if (precision >= 0)
        put_fixed(&f->field, d, precision);
    else
        put_shortest(&f->field, d);
    return true;
}

/* Text is cut to its precision. */
static void put_text(formatter *f, flu_value v, const directive *d) {
    if (d->letter == 's')
        flu_repr(f->w, &f->field, v);
    else
        flu_display(f->w, &f->field, v);
    if (d->precision < 0) return;
    const char *p = f->field.data, *end = p + f->field.size;
    for (int i = 0; i < d->precision && p < end; i++) flu_utf8_next(&p);
    f->field.size = (size_t)(p - f->field.data);
}

static bool put_argument(formatter *f, const directive *d, flu_value v) {
    switch (d->letter) {
    case 'd': return put_int(f, v, 10);
    case 'x': return put_int(f, v, 16);
    case 'f': return put_float(f, v, d->precision);
    default: return put_text(f, v, d), true;
    }
}

static void fill(flu_buf *b, char c, size_t n) {
    while (n-- > 0) flu_buf_char(b, c);
}

static void put_aligned(formatter *f, const directive *d, bool number) {
    flu_buf *field = &f->field;
    size_t points = flu_utf8_count(field->data, field->size);
    size_t missing = (size_t)d->width > points ? (size_t)d->width - points : 0;
    size_t sign = number && field->size > 0 && field->data[0] == '-';
    bool zeros = number && d->zeros && !d->left;
    if (zeros) flu_buf_add(&f->out, field->data, sign);
    if (number && !d->left) fill(&f->out, zeros ? '0' : ' ', missing);
    flu_buf_add(&f->out, field->data + (zeros ? sign : 0), field->size - (zeros ? sign : 0));
    if (!number || d->left) fill(&f->out, ' ', missing);
    f->out.failed |= field->failed;
}

static bool format_argument(formatter *f, const directive *d) {
    if (f->next == f->argc) {
        flu_raise(f->w, "arity-error", "string-format: too few arguments: the template wants more than %d",
                  f->argc - 1);
        return false;
    }
    flu_value v = f->argv[f->next];
    f->field.size = 0;
    if (!put_argument(f, d, v)) return false;
    f->next++;
    put_aligned(f, d, flu_is_number(v));
    return true;
}

static const char *format_directive(formatter *f, const char *p, const char *end) {
    directive d;
    p = scan_directive(f, &d, p, end);
    if (p == NULL) return NULL;
    switch (d.letter) {
    case '%': flu_buf_char(&f->out, '\n'); return p;
    case '~': flu_buf_char(&f->out, '~'); return p;
    case 'a':
    case 's':
    case 'd':
    case 'f':
    case 'x': return format_argument(f, &d) ? p : NULL;
    default:
        if (d.letter > ' ' && d.letter < 0x7f)
            flu_raise(f->w, "parse-error", "string-format: there is no directive ~%c, but ~a ~s ~d ~f ~x ~%% ~~",
                      d.letter);
        else
            flu_raise(f->w, "parse-error", "string-format: a tilde is followed by a s d f x %% or ~");
        return NULL;
    }
}

static bool format_template(formatter *f, flu_value template) {
    const char *p = FLU_STR(template)->bytes, *end = p + flu_str_size(template);
    while (p != NULL && p < end) {
        const char *tilde = memchr(p, '~', (size_t)(end - p));
        flu_buf_add(&f->out, p, (size_t)((tilde ? tilde : end) - p));
        p = tilde ? format_directive(f, tilde + 1, end) : end;
    }
    return p != NULL;
}

flu_value flu_fn_string_format(flu_worker *w, int argc, const flu_value *argv) {
    formatter f;
    if (!flu_need_string(w, "string-format", 1, argv[0])) return FLU_ABNORMAL;
    f.w = w;
    f.argc = argc;
    f.argv = argv;
    f.next = 1;
    flu_buf_init(&f.out);
    flu_buf_init(&f.field);
    flu_value s = format_template(&f, argv[0]) ? flu_buf_string(w, &f.out, "string-format") : FLU_ABNORMAL;
    flu_buf_free(&f.out);
    flu_buf_free(&f.field);
    return s;
}
