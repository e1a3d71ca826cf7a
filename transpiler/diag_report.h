/* diag_report.h: reports as they are kept, for diag.c, which collects them, and diag_print.c, which prints them. */
#ifndef DIAG_REPORT_H
#define DIAG_REPORT_H

#include "diag.h"

typedef struct note {
    span at;
    const char *text;
} note;

typedef struct report {
    severity sev;
    diag_code code;
    span at;
    const macro_use *expansion; /* innermost; NULL: none */
    const char *text, *hint;
    note *notes;
    size_t note_count, note_capacity;
    uint32_t hash;
    bool printed;
} report;

struct diag {
    bool ignored[DIAG_CODE_COUNT]; /* warnings with these codes */
    const source *warned;          /* the file whose warnings count; NULL: all */
    FILE *out;
    bool color;
    report *reports;
    size_t count, capacity;
    size_t pending;          /* reports[pending..count) are not printed yet */
    size_t errors, warnings; /* reported, also those not stored */
    size_t shown[DIAG_NOTE + 1];
    const macro_use *expanding;
    bool ignore_extras; /* the last report was not kept: drop its hints */
    span *spoilt;       /* places whose reports are dropped */
    size_t spoilt_count, spoilt_capacity;
    uint32_t *table; /* 1 + index in reports, by hash; open addressing */
    size_t table_size;
};

/* ---- source.c ---- */

span span_in_text(span at);                                     /* in the text itself, whatever has been made of it */
bool source_has_bom(const source *src);                         /* a byte-order mark */
uint32_t source_line_index(const source *src, uint32_t offset); /* from 0 */

/* ---- diag_allow.c ---- */

/* Has the user said that this warning is not wanted, for all files or at this place? */
bool diag_is_allowed(span at, diag_code code);

#endif
