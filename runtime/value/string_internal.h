/* string_internal.h: what the files of runtime/value share about strings. */
#ifndef FLU_STRING_INTERNAL_H
#define FLU_STRING_INTERNAL_H

#include "flu/text.h"

#define FLU_NOT_FOUND SIZE_MAX

/* Bytes from..to of s, which are boundaries of characters; s itself if that is all of it. */
flu_value flu_string_part(flu_worker *w, flu_value s, size_t from, size_t to);
/* Byte offset of the first occurrence of sub at or behind byte offset `from`, or FLU_NOT_FOUND. */
size_t flu_find_bytes(flu_value s, size_t from, flu_value sub);

#endif
