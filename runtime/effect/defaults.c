/* defaults.c: default answers of the effects time:format, gc:collect and gc:stats, and of those of the type error. */
#include <math.h>
#include <time.h>

#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/sched.h"

/* ---- time ---- */

enum { LONGEST_TIME = 400 }; /* bytes of a formatted time */

flu_value flu_time_format(flu_worker *w, flu_value ms, flu_value format) {
    if (!flu_is_fix(ms) && !flu_is_float(ms))
        return flu_type_error(w, "time:format", 1, "a number of milliseconds", ms);
    if (format != FLU_UNDEF && !flu_is_string(format)) return flu_type_error(w, "time:format", 2, "a string", format);
    double seconds = floor((flu_is_fix(ms) ? (double)flu_fix(ms) : flu_double(ms)) / 1000);
    if (!(fabs(seconds) < 1e15)) return flu_domain_error(w, "time:format", 1, "a time that the calendar has", ms);
    time_t t = (time_t)seconds;
    struct tm parts;
    char text[LONGEST_TIME];
    if (gmtime_r(&t, &parts) == NULL) return flu_domain_error(w, "time:format", 1, "a time that the calendar has", ms);
    const char *by = format == FLU_UNDEF ? "%Y-%m-%dT%H:%M:%SZ" : FLU_STR(format)->bytes;
    return flu_string_new(w, text, strftime(text, sizeof text, by, &parts));
}

/* ---- the collector ---- */

flu_value flu_gc_collect(flu_worker *w) {
    flu_memory_collect();
    flu_preempt(w); /* finalizers run between tasks */
    return FLU_NIL;
}

flu_value flu_gc_stats(flu_worker *w) {
    size_t s[4];
    flu_memory_stats(w->rt, s);
    flu_value items[] = {FLU_KEYWORD_LIT("heap-size"), FLU_FIX(s[0]), FLU_KEYWORD_LIT("free"),        FLU_FIX(s[1]),
                         FLU_KEYWORD_LIT("allocated"), FLU_FIX(s[2]), FLU_KEYWORD_LIT("collections"), FLU_FIX(s[3])};
    return flu_dict_lit(w, 4, items);
}
