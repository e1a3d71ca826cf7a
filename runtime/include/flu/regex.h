/* regex.h: compiled regular expressions. */
#ifndef FLU_REGEX_H
#define FLU_REGEX_H

#include "worker.h"

typedef struct flu_regex {
    flu_header h;
    void *code;        /* pcre2_code, in collected memory */
    flu_value pattern; /* a string */
} flu_regex;
#define FLU_REGEX(v) FLU_AS(flu_regex, v)

#endif
