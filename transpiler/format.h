/* format.h: printf for the text that flc2c makes most of. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf, and several times faster for %s, %.*s, %c, %d, %u, %ld, %lld, %llu and %zu without flags or width;
 * from the first other conversion on it is vsnprintf. Gives the length of the whole text, the NUL not counted; if that
 * is not below room, what stands in to is of no use. */
size_t format_text(char *to, size_t room, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

#endif
