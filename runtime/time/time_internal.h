/* time_internal.h: what the files of runtime/time share. */
#ifndef FLU_TIME_INTERNAL_H
#define FLU_TIME_INTERNAL_H

#include "calendar.h"
#include "flu/print.h"
#include "flu/worker.h"

/* A time argument: an int of milliseconds, in range. False after throwing type-error or domain-error. */
bool flu_need_datetime(flu_worker *w, const char *proc, int position, flu_value v, int64_t *ms);
/* The value of a time; domain-error naming proc where it is out of range. */
flu_value flu_datetime_value(flu_worker *w, const char *proc, int64_t ms);
/* Appends 2024-05-17T12:30:15.250Z; the milliseconds only where there are any, or always. */
void flu_datetime_put_iso(flu_buf *b, int64_t ms, bool always_milliseconds);
/* parse-error: format, of proc, has a directive of this letter ('\0': none behind the %), which is unknown. */
flu_value flu_directive_error(flu_worker *w, const char *proc, flu_value format, const char *directive);

#endif
