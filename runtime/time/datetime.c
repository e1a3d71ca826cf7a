/* datetime.c: the procedures datetime:... and date:create. A date and time is an int: milliseconds since 1970-01-01
 * 00:00 UTC, as (now) gives them, so that <, =, - and dict keys work on it as on any int. */
#include "time_internal.h"

#include <inttypes.h>
#include <math.h>

#include "flu/builtins.h"
#include "flu/number.h"
#include "flu/sched.h"
#include "value/arguments.h"

/* ---- arguments and results ---- */

flu_value flu_datetime_value(flu_worker *w, const char *proc, int64_t ms) {
    if (ms >= FLU_DATETIME_MIN && ms <= FLU_DATETIME_MAX) return FLU_FIX(ms);
    return flu_raise(w, "domain-error", "%s: the time is beyond the years from -%d to %d", proc, FLU_YEAR_MAX,
                     FLU_YEAR_MAX);
}

bool flu_need_datetime(flu_worker *w, const char *proc, int position, flu_value v, int64_t *ms) {
    if (!flu_is_int(v)) return flu_type_error(w, proc, position, "a time (an int of milliseconds)", v), false;
    *ms = flu_is_fix(v) ? flu_fix(v) : INT64_MAX;
    return flu_datetime_value(w, proc, *ms) != FLU_ABNORMAL;
}

/* ---- now ---- */

flu_value flu_datetime_today(flu_worker *w) {
    int64_t now = flu_wall_ms(w);
    return FLU_FIX(now - (now % FLU_MS_PER_DAY + FLU_MS_PER_DAY) % FLU_MS_PER_DAY);
}

/* ---- making ---- */

/* The int arguments from argv on, absent ones as in *t. False after throwing. */
static bool take_parts(flu_worker *w, const char *proc, int argc, const flu_value *argv, flu_datetime *t) {
    int *const parts[] = {&t->month, &t->day, &t->hour, &t->minute, &t->second, &t->millisecond};
    for (int i = 0; i < argc; i++) {
        if (!flu_need_int(w, proc, i + 1, argv[i])) return false;
        int64_t n = flu_is_fix(argv[i]) ? flu_fix(argv[i]) : INT32_MAX;
        if (n > INT32_MAX || n < -INT32_MAX) n = INT32_MAX;
        if (i == 0)
            t->year = n;
        else
            *parts[i - 1] = (int)n;
    }
    return true;
}

static flu_value create(flu_worker *w, const char *proc, int argc, const flu_value *argv) {
    char wrong[FLU_WRONG_SIZE];
    flu_datetime t = {.month = 1, .day = 1};
    if (!take_parts(w, proc, argc, argv, &t)) return FLU_ABNORMAL;
    if (flu_datetime_wrong(wrong, &t) != NULL) return flu_raise(w, "domain-error", "%s: there is no %s", proc, wrong);
    return FLU_FIX(flu_datetime_ms(&t));
}

flu_value flu_datetime_create(flu_worker *w, flu_value year, flu_value month, flu_value day, flu_value hour,
                              flu_value minute, flu_value second, flu_value millisecond) {
    const flu_value parts[] = {year, month, day, hour, minute, second, millisecond};
    int count = 3;
    while (count < 7 && parts[count] != FLU_UNDEF) count++;
    return create(w, "datetime:create", count, parts);
}

flu_value flu_date_create(flu_worker *w, flu_value year, flu_value month, flu_value day) {
    const flu_value parts[] = {year, month, day};
    return create(w, "date:create", 3, parts);
}

/* ---- parts ---- */

static bool split(flu_worker *w, const char *proc, flu_value v, flu_datetime *t) {
    int64_t ms;
    if (!flu_need_datetime(w, proc, 1, v, &ms)) return false;
    flu_datetime_split(ms, t);
    return true;
}

flu_value flu_datetime_year(flu_worker *w, flu_value v) {
    flu_datetime t;
    return split(w, "datetime:year", v, &t) ? FLU_FIX(t.year) : FLU_ABNORMAL;
}
flu_value flu_datetime_month(flu_worker *w, flu_value v) {
    flu_datetime t;
    return split(w, "datetime:month", v, &t) ? FLU_FIX(t.month) : FLU_ABNORMAL;
}
flu_value flu_datetime_day(flu_worker *w, flu_value v) {
    flu_datetime t;
    return split(w, "datetime:day", v, &t) ? FLU_FIX(t.day) : FLU_ABNORMAL;
}
flu_value flu_datetime_hour(flu_worker *w, flu_value v) {
    flu_datetime t;
    return split(w, "datetime:hour", v, &t) ? FLU_FIX(t.hour) : FLU_ABNORMAL;
}
flu_value flu_datetime_minute(flu_worker *w, flu_value v) {
    flu_datetime t;
    return split(w, "datetime:minute", v, &t) ? FLU_FIX(t.minute) : FLU_ABNORMAL;
}
flu_value flu_datetime_second(flu_worker *w, flu_value v) {
    flu_datetime t;
    return split(w, "datetime:second", v, &t) ? FLU_FIX(t.second) : FLU_ABNORMAL;
}
flu_value flu_datetime_weekday(flu_worker *w, flu_value v) {
    int64_t ms;
    return flu_need_datetime(w, "datetime:weekday", 1, v, &ms) ? FLU_FIX(flu_weekday(ms)) : FLU_ABNORMAL;
}

/* ---- arithmetic ---- */

/* v plus n units of so many milliseconds; a float's fraction of a millisecond is rounded. */
static flu_value add(flu_worker *w, const char *proc, flu_value v, flu_value n, int64_t unit) {
    int64_t ms;
    if (!flu_need_datetime(w, proc, 1, v, &ms) || !flu_need_number(w, proc, 2, n)) return FLU_ABNORMAL;
    __int128 more = 0;
    double d = flu_is_int(n) ? 0 : round(flu_double(n) * (double)unit);
    if (flu_is_fix(n))
        more = (__int128)flu_fix(n) * unit;
    else if (flu_is_int(n) || !(fabs(d) < 1e18))
        more = INT64_MAX;
    else
        more = (int64_t)d;
    more += ms;
    bool fits = more >= FLU_DATETIME_MIN && more <= FLU_DATETIME_MAX;
    return flu_datetime_value(w, proc, fits ? (int64_t)more : INT64_MAX);
}

flu_value flu_datetime_add_days(flu_worker *w, flu_value v, flu_value n) {
    return add(w, "datetime:add-days", v, n, FLU_MS_PER_DAY);
}
flu_value flu_datetime_add_hours(flu_worker *w, flu_value v, flu_value n) {
    return add(w, "datetime:add-hours", v, n, 3600000);
}
flu_value flu_datetime_add_minutes(flu_worker *w, flu_value v, flu_value n) {
    return add(w, "datetime:add-minutes", v, n, 60000);
}
flu_value flu_datetime_add_seconds(flu_worker *w, flu_value v, flu_value n) {
    return add(w, "datetime:add-seconds", v, n, 1000);
}

/* ---- two of them ---- */

/* a - b in milliseconds. False after throwing. */
static bool difference(flu_worker *w, const char *proc, flu_value a, flu_value b, int64_t *ms) {
    int64_t x, y;
    if (!flu_need_datetime(w, proc, 1, a, &x) || !flu_need_datetime(w, proc, 2, b, &y)) return false;
    *ms = x - y;
    return true;
}

flu_value flu_datetime_before_p(flu_worker *w, flu_value a, flu_value b) {
    int64_t ms;
    return difference(w, "datetime:before?", a, b, &ms) ? FLU_BOOL(ms < 0) : FLU_ABNORMAL;
}
flu_value flu_datetime_after_p(flu_worker *w, flu_value a, flu_value b) {
    int64_t ms;
    return difference(w, "datetime:after?", a, b, &ms) ? FLU_BOOL(ms > 0) : FLU_ABNORMAL;
}
flu_value flu_datetime_equal_p(flu_worker *w, flu_value a, flu_value b) {
    int64_t ms;
    return difference(w, "datetime:equal?", a, b, &ms) ? FLU_BOOL(ms == 0) : FLU_ABNORMAL;
}
flu_value flu_datetime_diff_seconds(flu_worker *w, flu_value a, flu_value b) {
    int64_t ms;
    return difference(w, "datetime:diff-seconds", a, b, &ms) ? flu_float(w, (double)ms / 1000) : FLU_ABNORMAL;
}
flu_value flu_datetime_diff_days(flu_worker *w, flu_value a, flu_value b) {
    int64_t ms;
    return difference(w, "datetime:diff-days", a, b, &ms) ? FLU_FIX(ms / FLU_MS_PER_DAY) : FLU_ABNORMAL;
}

/* ---- timestamps ---- */

flu_value flu_datetime_to_timestamp(flu_worker *w, flu_value v) {
    int64_t ms;
    return flu_need_datetime(w, "datetime:to-timestamp", 1, v, &ms) ? v : FLU_ABNORMAL;
}

flu_value flu_datetime_from_timestamp(flu_worker *w, flu_value v) {
    const char *proc = "datetime:from-timestamp";
    if (!flu_need_number(w, proc, 1, v)) return FLU_ABNORMAL;
    double d = flu_is_int(v) ? 0 : floor(flu_double(v));
    if (!flu_is_int(v)) return flu_datetime_value(w, proc, fabs(d) < 1e17 ? (int64_t)d : INT64_MAX);
    return flu_datetime_value(w, proc, flu_is_fix(v) ? flu_fix(v) : INT64_MAX);
}
