/* borrowed.h: words of other languages that newcomers write. */
#ifndef BORROWED_H
#define BORROWED_H

#include <stdbool.h>

typedef struct borrowed_word {
    const char *name, *hint;
    bool defines; /* (word NAME ...) or (word (NAME ...) ...) is meant to define NAME */
} borrowed_word;

/* NULL: it is none. Programs may define these names: ask only about those that are not defined. */
const borrowed_word *borrowed_word_find(const char *name);

#endif
