/* mailbox.c: rings of letters. */
#include "flu/actor.h"

#include "flu/sched.h"

void flu_letters_grow(flu_worker *w, flu_letters *l) {
    uint32_t count = flu_letters_count(l);
    if (count > UINT32_MAX / 4) flu_fatal("out-of-memory: a mailbox holds a thousand million messages");
    uint32_t capacity = count ? 2 * count : 1; /* most actors never have two letters at once */
    flu_letter *items = flu_alloc(w, capacity * sizeof *items);
    for (uint32_t i = 0; i < count; i++) items[i] = *flu_letters_at(l, i);
    *l = (flu_letters){.items = items, .tail = count, .capacity = capacity};
}

void flu_letters_push_first(flu_worker *w, flu_letters *l, flu_letter letter) {
    if (flu_letters_count(l) == l->capacity) flu_letters_grow(w, l);
    l->head--;
    *flu_letters_at(l, 0) = letter;
}

flu_letter flu_letters_remove(flu_letters *l, uint32_t i) {
    if (flu_likely(i == 0)) return flu_letters_pop(l);
    flu_letter letter = *flu_letters_at(l, i);
    uint32_t count = flu_letters_count(l);
    if (i < count / 2) { /* the shorter side moves */
        for (; i > 0; i--) *flu_letters_at(l, i) = *flu_letters_at(l, i - 1);
        flu_letters_pop(l);
        return letter;
    }
    for (; i + 1 < count; i++) *flu_letters_at(l, i) = *flu_letters_at(l, i + 1);
    *flu_letters_at(l, i) = (flu_letter){0, 0};
    l->tail--;
    return letter;
}
