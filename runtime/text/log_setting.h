/* log_setting.h: what the logger: procedures write, by FLU_LOG and logger:set-level; of the whole process. */
#ifndef FLU_LOG_SETTING_H
#define FLU_LOG_SETTING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum flu_log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF, LOG_LEVELS } flu_log_level;

typedef struct flu_log_setting {
    atomic_int least; /* the first level written; relaxed: a message at the same time may go either way */
    bool as_json;     /* set at the start, then read only */
} flu_log_setting;
extern flu_log_setting flu_log;
extern const char *const flu_log_level_names[LOG_LEVELS];

/* The level of this name; LOG_LEVELS: there is none. */
flu_log_level flu_log_level_of(const char *name, size_t size);
/* Reads FLU_LOG, when the program starts: before there are other threads. */
void flu_read_log_setting(void);

#endif
