/* mailbox.c: rings of letters. */
#include "flu/actor.h"

#include "flu/sched.h"

enum { FIRST_CAPACITY = 4, KEPT_CAPACITY = 4096 }; /* a ring that was larger is given up when it is empty */

static void grow(flu_worker *w, flu_letters *l) {
    if (l->capacity > UINT32_MAX / 4) flu_fatal("out-of-memory: a mailbox holds two thousand million messages");
    uint32_t capacity = l->capacity ? 2 * l->capacity : FIRST_CAPACITY;
    flu_letter *items = flu_alloc(w, capacity * sizeof *items);
    for (uint32_t i = 0; i < l->count; i++) items[i] = *flu_letters_at(l, i);
    l->items = items;
    l->capacity = capacity;
    l->head = 0;
}

void flu_letters_push(flu_worker *w, flu_letters *l, flu_letter letter) {
    if (flu_unlikely(l->count == l->capacity)) grow(w, l);
    l->count++;
    *flu_letters_at(l, l->count - 1) = letter;
}

void flu_letters_push_first(flu_worker *w, flu_letters *l, flu_letter letter) {
    if (l->count == l->capacity) grow(w, l);
    l->head = (l->head - 1) & (l->capacity - 1);
    l->count++;
    *flu_letters_at(l, 0) = letter;
}

/* What has left the ring must not be kept alive by it. */
static void emptied(flu_letters *l) {
    if (l->count == 0 && l->capacity > KEPT_CAPACITY) *l = (flu_letters){0};
}

flu_letter flu_letters_pop(flu_letters *l) {
    flu_letter *first = flu_letters_at(l, 0), letter = *first;
    *first = (flu_letter){0, 0};
    l->head = (l->head + 1) & (l->capacity - 1);
    l->count--;
    emptied(l);
    return letter;
}

flu_letter flu_letters_remove(flu_letters *l, uint32_t i) {
    flu_letter letter = *flu_letters_at(l, i);
    if (i < l->count / 2) { /* the shorter side moves */
        for (; i > 0; i--) *flu_letters_at(l, i) = *flu_letters_at(l, i - 1);
        flu_letters_pop(l);
        return letter;
    }
    for (; i + 1 < l->count; i++) *flu_letters_at(l, i) = *flu_letters_at(l, i + 1);
    *flu_letters_at(l, i) = (flu_letter){0, 0};
    l->count--;
    emptied(l);
    return letter;
}
