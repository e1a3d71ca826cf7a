/* borrowed.c: words of other languages that mean nothing here, and what to write in their place. */
#include "borrowed.h"

#include <stdlib.h>
#include <string.h>

static const borrowed_word words[] = {
#define BORROWED(name, hint, defines) {name, hint, defines},
#include "borrowed_words.def"
#undef BORROWED
};
enum { WORD_COUNT = sizeof words / sizeof *words };

static int compare(const void *name, const void *row) { return strcmp(name, ((const borrowed_word *)row)->name); }

const borrowed_word *borrowed_word_find(const char *name) {
    return bsearch(name, words, WORD_COUNT, sizeof *words, compare);
}
