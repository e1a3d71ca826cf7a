/* datetime_parse.c: times from text: (datetime:parse s [format]) and (datetime:parse-iso s). */
#include "time_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "flu/builtins.h"
#include "flu/print.h"
#include "value/arguments.h"

typedef struct time_parser {
    const char *proc;
    const char *at; /* up to a NUL; a NUL inside the text fits no format and so is an error */
    flu_datetime t;
    int64_t offset;     /* milliseconds east of Greenwich */
    int64_t seconds;    /* of %s */
    bool given_seconds; /* %s was there */
    bool twelve, pm;    /* %I, %p */
    int day_of_year;    /* 0: not given */
} time_parser;

/* ---- pieces ---- */

/* A number of least to most digits. False: there is none. */
static bool number(time_parser *p, int least, int most, int64_t *n) {
    int count = 0;
    *n = 0;
    for (; count < most && isdigit((unsigned char)*p->at); count++) *n = *n * 10 + (*p->at++ - '0');
    return count >= least;
}

static bool part(time_parser *p, int least, int most, int *n) {
    int64_t value;
    if (!number(p, least, most, &value)) return false;
    *n = (int)value;
    return true;
}

/* Four digits, or a sign and six. */
static bool year(time_parser *p) {
    bool negative = *p->at == '-';
    if (*p->at != '-' && *p->at != '+') return number(p, 4, 4, &p->t.year);
    p->at++;
    if (!number(p, 4, 6, &p->t.year)) return false;
    if (negative) p->t.year = -p->t.year;
    return true;
}

static bool literal(time_parser *p, char c) { return *p->at == c ? p->at++, true : false; }

/* Digits behind the point; what is beyond milliseconds is cut off. */
static bool fraction(time_parser *p, int most) {
    int scale = 100, digits = 0;
    p->t.millisecond = 0;
    for (; digits < most && isdigit((unsigned char)*p->at); digits++, scale /= 10)
        p->t.millisecond += (*p->at++ - '0') * scale;
    return digits > 0;
}

/* Z, UTC, GMT, or an offset: +hh, +hhmm, +hh:mm. */
static bool zone(time_parser *p) {
    int hours, minutes = 0;
    if (strncasecmp(p->at, "UTC", 3) == 0 || strncasecmp(p->at, "GMT", 3) == 0) return p->at += 3, true;
    if (literal(p, 'Z') || literal(p, 'z')) return true;
    bool west = *p->at == '-';
    if (!literal(p, '-') && !literal(p, '+')) return false;
    if (!part(p, 2, 2, &hours)) return false;
    bool colon = literal(p, ':');
    if ((colon || isdigit((unsigned char)*p->at)) && !part(p, 2, 2, &minutes)) return false;
    p->offset = ((int64_t)hours * 60 + minutes) * 60000 * (west ? -1 : 1);
    return hours < 24 && minutes < 60;
}

/* The index of the name, or its first three letters, that stands here; -1: none. */
static int name_of(time_parser *p, const char *const *names, int count) {
    for (int i = 0; i < count; i++) {
        size_t size = strncasecmp(p->at, names[i], strlen(names[i])) == 0 ? strlen(names[i]) : 3;
        if (strncasecmp(p->at, names[i], size) == 0) return p->at += size, i;
    }
    return -1;
}

static bool half_of_day(time_parser *p) {
    p->pm = strncasecmp(p->at, "PM", 2) == 0;
    if (!p->pm && strncasecmp(p->at, "AM", 2) != 0) return false;
    p->twelve = true;
    p->at += 2;
    return true;
}

static bool epoch_seconds(time_parser *p) {
    bool negative = literal(p, '-');
    if (!number(p, 1, 16, &p->seconds)) return false;
    const int64_t beyond = FLU_DATETIME_MAX / 100; /* of all times; in milliseconds it still is an int64_t */
    if (p->seconds > beyond) p->seconds = beyond;
    if (negative) p->seconds = -p->seconds;
    return p->given_seconds = true;
}

/* ---- formats ---- */

static void skip_space(time_parser *p) {
    while (isspace((unsigned char)*p->at)) p->at++;
}

static bool two_digit_year(time_parser *p) {
    if (!number(p, 2, 2, &p->t.year)) return false;
    p->t.year += p->t.year < 69 ? 2000 : 1900; /* as POSIX has it */
    return true;
}

static bool clock_time(time_parser *p, bool seconds) {
    if (!part(p, 2, 2, &p->t.hour) || !literal(p, ':') || !part(p, 2, 2, &p->t.minute)) return false;
    return !seconds || (literal(p, ':') && part(p, 2, 2, &p->t.second));
}

static bool date(time_parser *p) {
    return year(p) && literal(p, '-') && part(p, 2, 2, &p->t.month) && literal(p, '-') && part(p, 2, 2, &p->t.day);
}

typedef enum outcome { FITS, DIFFERS, UNKNOWN } outcome;

/* The text that the directive's letter stands for. */
static outcome field(time_parser *p, char letter) {
    bool fits;
    switch (letter) {
    case 'Y': fits = year(p); break;
    case 'y': fits = two_digit_year(p); break;
    case 'm': fits = part(p, 1, 2, &p->t.month); break;
    case 'e': skip_space(p); /* fallthrough */
    case 'd': fits = part(p, 1, 2, &p->t.day); break;
    case 'j': fits = part(p, 1, 3, &p->day_of_year) && p->day_of_year > 0; break;
    case 'H': fits = part(p, 1, 2, &p->t.hour); break;
    case 'I': fits = part(p, 1, 2, &p->t.hour) && p->t.hour >= 1 && p->t.hour <= 12; break;
    case 'p': fits = half_of_day(p); break;
    case 'M': fits = part(p, 1, 2, &p->t.minute); break;
    case 'S': fits = part(p, 1, 2, &p->t.second); break;
    case 'L': fits = fraction(p, 3); break;
    case 'f': fits = fraction(p, 9); break;
    case 'B':
    case 'b': fits = (p->t.month = 1 + name_of(p, flu_month_names, 12)) > 0; break;
    case 'A':
    case 'a': fits = name_of(p, flu_weekday_names, 7) >= 0; break;
    case 's': fits = epoch_seconds(p); break;
    case 'F': fits = date(p); break;
    case 'T': fits = clock_time(p, true); break;
    case 'R': fits = clock_time(p, false); break;
    case 'z':
    case 'Z': fits = zone(p); break;
    case 'n':
    case 't': fits = true, skip_space(p); break;
    case '%': fits = literal(p, '%'); break;
    default: return UNKNOWN;
    }
    return fits ? FITS : DIFFERS;
}

/* Follows the format as far as the text fits; *format comes to stand where it does not. */
static outcome follow(time_parser *p, const char **format, const char *end) {
    for (const char *f = *format; f < end; f++) {
        outcome o;
        *format = f;
        if (*f == '%')
            o = field(p, *++f);
        else if (isspace((unsigned char)*f))
            o = FITS, skip_space(p);
        else
            o = literal(p, *f) ? FITS : DIFFERS;
        if (o != FITS) return o;
    }
    return FITS;
}

/* 2024-05-17, 2024-05-17T12:30, 2024-05-17 12:30:15.250+02:00 and what is in between. */
static bool follow_iso(time_parser *p) {
    if (!date(p)) return false;
    if (*p->at == '\0') return true;
    if (!literal(p, 'T') && !literal(p, 't') && !literal(p, ' ')) return false;
    if (!clock_time(p, false)) return false;
    if (literal(p, ':') && !part(p, 2, 2, &p->t.second)) return false;
    if ((literal(p, '.') || literal(p, ',')) && !fraction(p, 100)) return false;
    return *p->at == '\0' || zone(p);
}

/* ---- the result ---- */

static flu_value misfit(flu_worker *w, const char *proc, flu_value s, const char *kind) {
    flu_value shown = flu_repr_string(w, s, 60);
    return flu_raise_data(w, "parse-error", s, "%s: %s is no time %s", proc, FLU_STR(shown)->bytes, kind);
}

static void settle_hour(time_parser *p) {
    if (p->twelve) p->t.hour = p->t.hour % 12 + (p->pm ? 12 : 0);
}

static flu_value result(flu_worker *w, time_parser *p, flu_value s) {
    char wrong[FLU_WRONG_SIZE];
    settle_hour(p);
    if (p->given_seconds) return flu_datetime_value(w, p->proc, p->seconds * 1000 + p->t.millisecond - p->offset);
    const char *what = flu_datetime_wrong(wrong, &p->t);
    if (p->day_of_year > 365 + flu_is_leap_year(p->t.year)) what = "such day of the year";
    if (what != NULL) {
        flu_value shown = flu_repr_string(w, s, 60);
        return flu_raise_data(w, "parse-error", s, "%s: there is no %s, in %s", p->proc, what, FLU_STR(shown)->bytes);
    }
    int64_t ms = flu_datetime_ms(&p->t);
    if (p->day_of_year > 0) ms += (p->day_of_year - flu_day_of_year(&p->t)) * FLU_MS_PER_DAY;
    return flu_datetime_value(w, p->proc, ms - p->offset);
}

static time_parser parser_for(const char *proc, flu_value s) {
    return (time_parser){.proc = proc, .at = FLU_STR(s)->bytes, .t = {.year = 1970, .month = 1, .day = 1}};
}

static bool at_end(const time_parser *p, flu_value s) { return p->at == FLU_STR(s)->bytes + flu_str_size(s); }

static flu_value parse_iso(flu_worker *w, const char *proc, flu_value s) {
    if (!flu_need_string(w, proc, 1, s)) return FLU_ABNORMAL;
    time_parser p = parser_for(proc, s);
    if (!follow_iso(&p) || !at_end(&p, s)) return misfit(w, proc, s, "as ISO 8601 writes it");
    return result(w, &p, s);
}

flu_value flu_datetime_parse_iso(flu_worker *w, flu_value s) { return parse_iso(w, "datetime:parse-iso", s); }

flu_value flu_datetime_parse(flu_worker *w, flu_value s, flu_value format) {
    const char *proc = "datetime:parse";
    if (format == FLU_UNDEF) return parse_iso(w, proc, s);
    if (!flu_need_string(w, proc, 1, s) || !flu_need_string(w, proc, 2, format)) return FLU_ABNORMAL;
    time_parser p = parser_for(proc, s);
    const char *f = FLU_STR(format)->bytes;
    outcome o = follow(&p, &f, f + flu_str_size(format));
    if (o == UNKNOWN) return flu_directive_error(w, proc, format, f + 1);
    if (o == FITS && at_end(&p, s)) return result(w, &p, s);
    flu_value shown = flu_repr_string(w, format, 60);
    char kind[96];
    snprintf(kind, sizeof kind, "by the format %s", FLU_STR(shown)->bytes);
    return misfit(w, proc, s, kind);
}
