/* tool_json.h: JSON for the tools: values read from a text, and text made of strings. Arena memory. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include <stdbool.h>

#include "text.h"

typedef enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} json_kind;

typedef struct json {
    json_kind kind;
    const char *raw; /* as it stands in the text, raw_size bytes */
    size_t raw_size;
    double number;
    const char *text; /* of a string: decoded, NUL-terminated, may hold NULs */
    size_t size;
    const char *key;     /* of a member of an object */
    struct json **items; /* elements, or members in order */
    size_t count, capacity;
} json;

/* NULL: not JSON, or nested too deep. */
const json *json_parse(const char *s, size_t n);
/* The member of that name, or element of that index; NULL: there is none. o may be NULL, or anything. */
const json *json_get(const json *o, const char *key);
const json *json_at(const json *a, size_t index);
/* What these give for anything else: "", the default, false. */
const char *json_text(const json *s);
long json_int(const json *n, long otherwise);
bool json_true(const json *b);

/* Adds a string in quotes. What is not UTF-8 in it becomes U+FFFD. */
void json_add(text *out, const char *s, size_t n);
static inline void json_add_text(text *out, const char *s) { json_add(out, s, strlen(s)); }

#endif
