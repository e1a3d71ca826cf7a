/* calendar.c: see calendar.h. The conversions count years from March on, so that the leap day is the last of its year
 * (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
#include "calendar.h"

#include <inttypes.h>
#include <stdio.h>

enum { DAYS_PER_ERA = 146097 }; /* 400 years */

const char *const flu_month_names[12] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
const char *const flu_weekday_names[7] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); } /* b > 0 */

bool flu_is_leap_year(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int flu_days_in_month(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && flu_is_leap_year(year) ? 29 : days[month - 1];
}

int64_t flu_days_from_date(int64_t year, int month, int day) {
    if (month <= 2) year--;
    int64_t era = floor_div(year, 400), year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - 719468; /* 0000-03-01 to 1970-01-01 */
}

static void date_from_days(int64_t days, flu_datetime *t) {
    days += 719468;
    int64_t era = floor_div(days, DAYS_PER_ERA), day_of_era = days - era * DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* from March */
    t->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    t->month = (int)(month < 10 ? month + 3 : month - 9);
    t->year = year_of_era + era * 400 + (t->month <= 2);
}

int64_t flu_datetime_ms(const flu_datetime *t) {
    int64_t seconds = (t->hour * 60 + t->minute) * 60 + t->second;
    return flu_days_from_date(t->year, t->month, t->day) * FLU_MS_PER_DAY + seconds * 1000 + t->millisecond;
}

void flu_datetime_split(int64_t ms, flu_datetime *t) {
    int64_t days = floor_div(ms, FLU_MS_PER_DAY);
    int rest = (int)(ms - days * FLU_MS_PER_DAY);
    date_from_days(days, t);
    t->millisecond = rest % 1000;
    t->second = rest / 1000 % 60;
    t->minute = rest / 60000 % 60;
    t->hour = rest / 3600000;
}

int flu_weekday(int64_t ms) {
    int64_t days = floor_div(ms, FLU_MS_PER_DAY) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7);
}

int flu_day_of_year(const flu_datetime *t) {
    return (int)(flu_days_from_date(t->year, t->month, t->day) - flu_days_from_date(t->year, 1, 1)) + 1;
}

/* A week belongs to the year of its Thursday. */
int flu_iso_week(int64_t ms, int64_t *year) {
    flu_datetime t;
    flu_datetime_split(ms + (3 - flu_weekday(ms)) * FLU_MS_PER_DAY, &t);
    *year = t.year;
    return (flu_day_of_year(&t) - 1) / 7 + 1;
}

const char *flu_datetime_wrong(char out[FLU_WRONG_SIZE], const flu_datetime *t) {
    const struct {
        const char *name;
        int64_t value, low, high;
    } parts[] = {{"year", t->year, -FLU_YEAR_MAX, FLU_YEAR_MAX},
                 {"month", t->month, 1, 12},
                 {"day", t->day, 1, 31},
                 {"hour", t->hour, 0, 23},
                 {"minute", t->minute, 0, 59},
                 {"second", t->second, 0, 59},
                 {"millisecond", t->millisecond, 0, 999}};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].value < parts[i].low || parts[i].value > parts[i].high)
            return snprintf(out, FLU_WRONG_SIZE, "%s %" PRId64, parts[i].name, parts[i].value), out;
    if (t->day <= flu_days_in_month(t->year, t->month)) return NULL;
    return snprintf(out, FLU_WRONG_SIZE, "day %d of %s %" PRId64, t->day, flu_month_names[t->month - 1], t->year), out;
}
