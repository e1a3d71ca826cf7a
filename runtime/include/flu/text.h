/* text.h: strings for C code. All text is valid UTF-8; positions and lengths that programs see count code points. */
#ifndef FLU_TEXT_H
#define FLU_TEXT_H

#include "literal.h"
#include "worker.h"

/* ---- making strings ---- */

/* A string of `size` bytes to be filled at once (a NUL follows them already); points: its length in code points. size
 * must not exceed FLU_STRING_MAX (callers that compute sizes check with flu_string_room). */
#define FLU_STRING_MAX ((size_t)0xfffffff0)
flu_string *flu_string_alloc(flu_worker *w, size_t size, size_t points);
/* A copy of text known to have this many code points. */
flu_value flu_string_make(flu_worker *w, const char *text, size_t size, size_t points);
/* A copy of any bytes: FLU_ABNORMAL with parse-error naming proc if they are not UTF-8. */
flu_value flu_string_checked(flu_worker *w, const char *proc, const char *text, size_t size);
/* False if size is too large for a string: then out-of-memory was thrown. */
bool flu_string_room(flu_worker *w, const char *proc, size_t size);
flu_value flu_string_concat2(flu_worker *w, flu_value a, flu_value b); /* requires strings */
/* The one-character string; code point must be a Unicode scalar value. Allocates nothing for ASCII. */
flu_value flu_char_string(flu_worker *w, uint32_t point);
/* Bytes object holding a copy of data. */
flu_value flu_bytes_copy(flu_worker *w, const void *data, size_t size);
flu_value flu_bytes_new(flu_worker *w, size_t size); /* to be filled at once */

/* ---- looking at strings ---- */

#define flu_str_is_ascii(v) (FLU_STR(v)->length == flu_header_size(FLU_STR(v)->h))
/* Byte offset of code point i, 0 <= i <= length. O(1) for ASCII. */
size_t flu_string_offset(flu_value s, size_t i);
/* The one-character string at i: (string-ref s i). Requires 0 <= i < length. */
flu_value flu_string_at(flu_worker *w, flu_value s, size_t i);
/* Position in code points of byte offset `at`. */
size_t flu_string_position(flu_value s, size_t at);
/* List of one-character strings. */
flu_value flu_string_chars(flu_worker *w, flu_value s);

/* ---- UTF-8 ---- */

/* Code points in valid UTF-8. */
size_t flu_utf8_count(const char *text, size_t size);
bool flu_utf8_valid(const char *text, size_t size);
/* Decodes the code point at *text (valid UTF-8) and moves past it. */
uint32_t flu_utf8_next(const char **text);
/* Writes a code point (1 to 4 bytes), gives the length. */
size_t flu_utf8_put(char *out, uint32_t point);

#endif
