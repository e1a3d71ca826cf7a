/* symbol.c: symbols and keywords: one object for each name, for the life of the process. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "flu/builtins.h"
#include "flu/equal.h"
#include "flu/text.h"

#include "arguments.h"

/* The table of all symbols and keywords: open addressing, at most half full, power of two. Process-wide because symbols
 * are compared by address. All of it is guarded by lock; the symbols themselves never change (but for a symbol's record
 * id). */
static struct {
    pthread_mutex_t lock;
    flu_symbol **slots;
    size_t capacity, count;
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum { FIRST_CAPACITY = 1024 };

static FLU_NORETURN void no_memory(void) {
    static const char message[] = "flc2c runtime: out of memory for symbols\n";
    fwrite(message, 1, sizeof message - 1, stderr);
    abort();
}

static void *take(size_t size) {
    void *p = aligned_alloc(FLU_GRANULE, (size + FLU_GRANULE - 1) / FLU_GRANULE * FLU_GRANULE);
    if (p == NULL) no_memory();
    return p;
}

static bool is_named(const flu_symbol *s, flu_type type, const char *name, size_t size, uint32_t hash) {
    return s->hash == hash && flu_header_type(s->h) == type && flu_header_size(s->h) == size &&
           memcmp(s->name, name, size) == 0;
}

/* The slot of this name, or the free one where it belongs. */
static flu_symbol **find_slot(flu_type type, const char *name, size_t size, uint32_t hash) {
    size_t mask = table.capacity - 1, i = hash & mask;
    while (table.slots[i] != NULL && !is_named(table.slots[i], type, name, size, hash)) i = (i + 1) & mask;
    return &table.slots[i];
}

static void grow(void) {
    size_t old_capacity = table.capacity;
    flu_symbol **old = table.slots;
    table.capacity = old_capacity ? old_capacity * 2 : FIRST_CAPACITY;
    table.slots = calloc(table.capacity, sizeof *table.slots);
    if (table.slots == NULL) no_memory();
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i] != NULL)
            *find_slot(flu_header_type(old[i]->h), old[i]->name, flu_header_size(old[i]->h), old[i]->hash) = old[i];
    free(old);
}

static flu_symbol *make(flu_type type, const char *name, size_t size, uint32_t hash) {
    flu_symbol *s = take(sizeof *s + size + 1);
    char *copy = (char *)(s + 1);
    memcpy(copy, name, size);
    copy[size] = '\0';
    *s = (flu_symbol){.h = FLU_HEADER(type, 0, 0, size), .hash = hash, .name = copy};
    return s;
}

static flu_value intern(flu_type type, const char *name, size_t size) {
    uint32_t hash = flu_bytes_hash(name, size) ^ (type == FLU_T_KEYWORD ? 0x5bd1e995u : 0);
    pthread_mutex_lock(&table.lock);
    if (table.count * 2 >= table.capacity) grow();
    flu_symbol **slot = find_slot(type, name, size, hash);
    if (*slot == NULL) {
        *slot = make(type, name, size, hash);
        table.count++;
    }
    flu_value v = FLU_VALUE(*slot);
    pthread_mutex_unlock(&table.lock);
    return v;
}

flu_value flu_symbol_new(const char *name, size_t size) { return intern(FLU_T_SYMBOL, name, size); }
flu_value flu_keyword_new(const char *name, size_t size) { return intern(FLU_T_KEYWORD, name, size); }

/* ---- for programs ---- */

static flu_value name_of(flu_worker *w, flu_value symbol) {
    return flu_string_new(w, FLU_SYM(symbol)->name, flu_header_size(FLU_SYM(symbol)->h));
}

flu_value flu_fn_string_to_symbol(flu_worker *w, flu_value s) {
    if (!flu_need_string(w, "string->symbol", 1, s)) return FLU_ABNORMAL;
    return flu_symbol_new(FLU_STR(s)->bytes, flu_str_size(s));
}

flu_value flu_fn_string_to_keyword(flu_worker *w, flu_value s) {
    if (!flu_need_string(w, "string->keyword", 1, s)) return FLU_ABNORMAL;
    return flu_keyword_new(FLU_STR(s)->bytes, flu_str_size(s));
}

/* Keywords are accepted too: error kinds are either. */
flu_value flu_fn_symbol_to_string(flu_worker *w, flu_value v) {
    if (flu_is_symbol(v) || flu_is_keyword(v)) return name_of(w, v);
    return flu_type_error(w, "symbol->string", 1, "a symbol", v);
}

flu_value flu_fn_keyword_to_string(flu_worker *w, flu_value v) {
    if (flu_is_keyword(v)) return name_of(w, v);
    return flu_type_error(w, "keyword->string", 1, "a keyword", v);
}
