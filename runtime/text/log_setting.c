/* log_setting.c: the environment variable FLU_LOG. A file of its own: every program reads it, few write log lines.
 *
 * Words separated by commas choose the form (text, json) and the first level (debug, info, warn, error, off); without
 * them: text, info. */
#include "log_setting.h"

#include <stdlib.h>
#include <string.h>

#include "flu/sched.h"

flu_log_setting flu_log = {.least = LOG_INFO};
const char *const flu_log_level_names[LOG_LEVELS] = {"debug", "info", "warn", "error", "off"};

flu_log_level flu_log_level_of(const char *name, size_t size) {
    flu_log_level level = LOG_DEBUG;
    while (level < LOG_LEVELS &&
           (strlen(flu_log_level_names[level]) != size || memcmp(flu_log_level_names[level], name, size) != 0))
        level++;
    return level;
}

static bool read_word(const char *word, size_t size) {
    bool json = size == 4 && memcmp(word, "json", 4) == 0;
    if (json || (size == 4 && memcmp(word, "text", 4) == 0)) return flu_log.as_json = json, true;
    flu_log_level level = flu_log_level_of(word, size);
    if (level < LOG_LEVELS) atomic_store_explicit(&flu_log.least, level, memory_order_relaxed);
    return level < LOG_LEVELS || size == 0;
}

void flu_read_log_setting(void) {
    const char *all = getenv("FLU_LOG");
    for (const char *p = all; p != NULL;) {
        size_t size = strcspn(p, ",");
        if (!read_word(p, size)) flu_bad_setting("FLU_LOG", all, "of the words text json debug info warn error off");
        p = p[size] == ',' ? p + size + 1 : NULL;
    }
}
