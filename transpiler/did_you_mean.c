/* did_you_mean.c: the name that was meant, when one is not known. */
#include <string.h>

#include "arena.h"
#include "diag.h"

enum { MAX_NAME = 64 }; /* longer names are not guessed at */

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

/* Insertions, deletions, replacements and exchanges of neighbours; anything above limit is limit + 1. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m, size_t limit) {
    size_t rows[3][MAX_NAME + 1];
    size_t *before = rows[0], *previous = rows[1], *row = rows[2];
    if ((n > m ? n - m : m - n) > limit) return limit + 1;
    for (size_t j = 0; j <= m; j++) previous[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t best = row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            row[j] = min_size(min_size(previous[j], row[j - 1]) + 1, previous[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_size(row[j], before[j - 2] + 1);
            best = min_size(best, row[j]);
        }
        if (best > limit) return limit + 1;
        size_t *free_row = before;
        before = previous, previous = row, row = free_row;
    }
    return previous[m];
}

static bool letters_exchanged(const char *a, const char *b) { return a[0] == b[1] && a[1] == b[0] && b[2] == '\0'; }

const char *did_you_mean(const char *name, const char *const *candidates, size_t n) {
    size_t length = strlen(name);
    if (length < 2 || length > MAX_NAME) return NULL;
    size_t limit = length / 3;
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *candidate = candidates[i];
        if (length == 2) {
            if (best == NULL && candidate[0] != candidate[1] && strlen(candidate) == 2 &&
                letters_exchanged(name, candidate))
                best = candidate;
            continue;
        }
        size_t size = strnlen(candidate, MAX_NAME + 1);
        if (size > MAX_NAME || size > length + limit || size + limit < length) continue;
        size_t distance = edit_distance(name, length, candidate, size, limit);
        if (distance == 0 || distance > limit) continue;
        best = candidate;
        limit = distance - 1;
        if (limit == 0) break;
    }
    return best;
}
