/* calendar.h: days and their parts in the proleptic Gregorian calendar, UTC (internal to runtime/time). Without leap
 * seconds, as everywhere in POSIX: a day has 86,400,000 milliseconds. */
#ifndef FLU_CALENDAR_H
#define FLU_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define FLU_MS_PER_DAY   ((int64_t)86400000)
#define FLU_YEAR_MAX     999999 /* six digits, as ISO 8601 writes years beyond 9999; -999999 is the first */
#define FLU_DATETIME_MAX ((int64_t)31494784780799999)  /* 999999-12-31T23:59:59.999 */
#define FLU_DATETIME_MIN ((int64_t)-31619087596800000) /* -999999-01-01 */

typedef struct flu_datetime {
    int64_t year;
    int month, day; /* from 1 */
    int hour, minute, second, millisecond;
} flu_datetime;

bool flu_is_leap_year(int64_t year);
int flu_days_in_month(int64_t year, int month);
/* Days since 1970-01-01. */
int64_t flu_days_from_date(int64_t year, int month, int day);
/* Milliseconds since 1970; the parts must be in their ranges. */
int64_t flu_datetime_ms(const flu_datetime *t);
void flu_datetime_split(int64_t ms, flu_datetime *t);
/* Monday 0. */
int flu_weekday(int64_t ms);
/* Day of the year, from 1. */
int flu_day_of_year(const flu_datetime *t);
/* ISO 8601: the week, from 1, and in *year the year that it belongs to. */
int flu_iso_week(int64_t ms, int64_t *year);

/* What is out of range, as for an error message ("month 13"), or NULL. */
enum { FLU_WRONG_SIZE = 64 };
const char *flu_datetime_wrong(char out[FLU_WRONG_SIZE], const flu_datetime *t);

extern const char *const flu_month_names[12];
extern const char *const flu_weekday_names[7]; /* Monday first */

#endif
