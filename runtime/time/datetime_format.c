/* datetime_format.c: times as text: (datetime:format t [format]) and (datetime:iso-format t). */
#include "time_internal.h"

#include <inttypes.h>
#include <string.h>

#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/print.h"

/* As ISO 8601: four digits, or a sign and six. */
static void put_year(flu_buf *b, int64_t year) {
    flu_buf_printf(b, year < 0 || year > 9999 ? "%+07" PRId64 : "%04" PRId64, year);
}

void flu_datetime_put_iso(flu_buf *b, int64_t ms, bool always_milliseconds) {
    flu_datetime t;
    flu_datetime_split(ms, &t);
    put_year(b, t.year);
    flu_buf_printf(b, "-%02d-%02dT%02d:%02d:%02d", t.month, t.day, t.hour, t.minute, t.second);
    if (t.millisecond != 0 || always_milliseconds) flu_buf_printf(b, ".%03d", t.millisecond);
    flu_buf_char(b, 'Z');
}

static void put_date(flu_buf *b, const flu_datetime *t) {
    put_year(b, t->year);
    flu_buf_printf(b, "-%02d-%02d", t->month, t->day);
}

/* What the directive's letter stands for; false: there is none. */
static bool put_field(flu_buf *b, char letter, int64_t ms, const flu_datetime *t) {
    int weekday = flu_weekday(ms), hour12 = (t->hour + 11) % 12 + 1;
    int64_t year;
    switch (letter) {
    case 'Y': put_year(b, t->year); return true;
    case 'y': flu_buf_printf(b, "%02d", (int)((t->year % 100 + 100) % 100)); return true;
    case 'm': flu_buf_printf(b, "%02d", t->month); return true;
    case 'd': flu_buf_printf(b, "%02d", t->day); return true;
    case 'e': flu_buf_printf(b, "%2d", t->day); return true;
    case 'j': flu_buf_printf(b, "%03d", flu_day_of_year(t)); return true;
    case 'H': flu_buf_printf(b, "%02d", t->hour); return true;
    case 'I': flu_buf_printf(b, "%02d", hour12); return true;
    case 'p': flu_buf_puts(b, t->hour < 12 ? "AM" : "PM"); return true;
    case 'M': flu_buf_printf(b, "%02d", t->minute); return true;
    case 'S': flu_buf_printf(b, "%02d", t->second); return true;
    case 'L': flu_buf_printf(b, "%03d", t->millisecond); return true;
    case 'f': flu_buf_printf(b, "%06d", t->millisecond * 1000); return true;
    case 'B': flu_buf_puts(b, flu_month_names[t->month - 1]); return true;
    case 'b': flu_buf_add(b, flu_month_names[t->month - 1], 3); return true;
    case 'A': flu_buf_puts(b, flu_weekday_names[weekday]); return true;
    case 'a': flu_buf_add(b, flu_weekday_names[weekday], 3); return true;
    case 'u': flu_buf_printf(b, "%d", weekday + 1); return true;
    case 'w': flu_buf_printf(b, "%d", (weekday + 1) % 7); return true;
    case 'V': flu_buf_printf(b, "%02d", flu_iso_week(ms, &year)); return true;
    case 'G': flu_iso_week(ms, &year), put_year(b, year); return true;
    case 's': flu_buf_printf(b, "%" PRId64, (ms - t->millisecond) / 1000); return true;
    case 'F': put_date(b, t); return true;
    case 'T': flu_buf_printf(b, "%02d:%02d:%02d", t->hour, t->minute, t->second); return true;
    case 'R': flu_buf_printf(b, "%02d:%02d", t->hour, t->minute); return true;
    case 'z': flu_buf_puts(b, "+0000"); return true;
    case 'Z': flu_buf_puts(b, "UTC"); return true;
    case 'n': flu_buf_char(b, '\n'); return true;
    case 't': flu_buf_char(b, '\t'); return true;
    case '%': flu_buf_char(b, '%'); return true;
    default: return false;
    }
}

flu_value flu_directive_error(flu_worker *w, const char *proc, flu_value format, const char *directive) {
    if (*directive == '\0') return flu_raise_data(w, "parse-error", format, "%s: the format ends in %%", proc);
    flu_value shown = flu_repr_string(w, format, 60);
    return flu_raise_data(w, "parse-error", format, "%s: unknown directive %%%c in %s", proc,
                          (unsigned char)*directive < 0x80 ? *directive : '?', FLU_STR(shown)->bytes);
}

/* False after throwing. */
static bool put_formatted(flu_worker *w, flu_buf *b, int64_t ms, flu_value format) {
    flu_datetime t;
    flu_datetime_split(ms, &t);
    const char *p = FLU_STR(format)->bytes, *end = p + flu_str_size(format);
    for (; p < end; p++) {
        if (*p != '%')
            flu_buf_char(b, *p);
        else if (!put_field(b, *++p, ms, &t))
            return flu_directive_error(w, "datetime:format", format, p), false;
    }
    return true;
}

flu_value flu_datetime_format(flu_worker *w, flu_value v, flu_value format) {
    int64_t ms;
    flu_buf b;
    if (!flu_need_datetime(w, "datetime:format", 1, v, &ms)) return FLU_ABNORMAL;
    if (format == FLU_UNDEF) return flu_datetime_iso_format(w, v);
    if (!flu_is_string(format)) return flu_type_error(w, "datetime:format", 2, "a string", format);
    flu_buf_init(&b);
    flu_value text = put_formatted(w, &b, ms, format) ? flu_buf_string(w, &b, "datetime:format") : FLU_ABNORMAL;
    flu_buf_free(&b);
    return text;
}

flu_value flu_datetime_iso_format(flu_worker *w, flu_value v) {
    int64_t ms;
    flu_buf b;
    if (!flu_need_datetime(w, "datetime:iso-format", 1, v, &ms)) return FLU_ABNORMAL;
    flu_buf_init(&b);
    flu_datetime_put_iso(&b, ms, false);
    flu_value text = flu_buf_string(w, &b, "datetime:iso-format");
    flu_buf_free(&b);
    return text;
}
