/* http_file.h: a part of a file as the body of an HTTP response: sent in pieces, never held in memory as a whole.
 *
 * Belongs to the response it was made for. It is closed once that has been sent, or cannot be; one that nobody refers
 * to any more is closed by the collector. */
#ifndef FLU_HTTP_FILE_H
#define FLU_HTTP_FILE_H

#include "flu/sched.h"

typedef struct flu_http_file {
    flu_opaque o;
    flu_lock lock;       /* guards fd, which therefore cannot be closed while it is read, and warm */
    int fd;              /* of a regular file; -1: closed */
    int64_t warm;        /* up to here the system has read it */
    int64_t size;        /* of the file when it was opened, in bytes */
    int64_t start, left; /* the part that is sent, in bytes; not changed any more once a task sends it */
    int64_t modified;    /* seconds since 1970 */
    flu_value tag;       /* its ETag: a strong one, of number, size and time of change */
} flu_http_file;

/* NULL: v is something else. */
flu_http_file *flu_http_file_of(flu_value v);

/* What the conditions of a request (RFC 9110, 13) make of a file: 200, 304, 412; 206 or 416 for a range, and in *start
 * and *left the bytes of it. With the tag and time of modification that the file has. */
int flu_http_condition(flu_worker *w, flu_value headers, bool is_get, const flu_http_file *f, int64_t *start,
                       int64_t *left);
/* Of a file, by its name. */
const char *flu_media_type(const char *name);
/* Text of a date as HTTP has it. */
enum { FLU_HTTP_DATE_SIZE = 64 };
void flu_http_date(int64_t seconds, char text[FLU_HTTP_DATE_SIZE]);

#endif
