/* tagged.c: tagged values and the registry of record types. */
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/literal.h>
#include <flu/sched.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the registry ---- */

enum { FIRST_ROOM = 64, MAX_RECORDS = 0xffff }; /* ids must fit a header's aux */

typedef struct record_type {
    flu_value tag; /* a symbol; like the keywords interned and never freed */
    uint32_t count;
    flu_value fields[]; /* keywords */
} record_type;

/* Record types are declared at module start and live as long as the process, as symbols do. Readers need no lock: a
 * table is published after it is filled, entries never change, and an outgrown table is kept. */
typedef struct record_table {
    uint32_t room;
    record_type *types[]; /* by id; [0] is not used */
} record_table;

static _Atomic(record_table *) records;
static uint32_t record_count;                      /* guarded by record_lock */
static atomic_flag record_lock = ATOMIC_FLAG_INIT; /* held for the few instructions of a declaration */

static void *checked(void *memory) {
    if (memory == NULL) flu_fatal("out-of-memory: no memory is left for a record type");
    return memory;
}

/* The table, with room for one more type. record_lock is held. */
static record_table *room_for_one(void) {
    record_table *old = atomic_load_explicit(&records, memory_order_relaxed);
    if (old != NULL && record_count + 1 < old->room) return old;
    uint32_t room = old == NULL ? FIRST_ROOM : old->room * 2;
    record_table *new = checked(calloc(1, sizeof *new + room * sizeof new->types[0]));
    new->room = room;
    if (old != NULL) memcpy(new->types, old->types, old->room * sizeof old->types[0]);
    return new;
}

static unsigned register_type(record_type *type) {
    while (atomic_flag_test_and_set_explicit(&record_lock, memory_order_acquire)) {
    }
    if (record_count >= MAX_RECORDS) flu_fatal("a program can declare 65535 record types at most");
    record_table *table = room_for_one();
    unsigned id = ++record_count;
    table->types[id] = type;
    atomic_store_explicit(&records, table, memory_order_release);
    atomic_flag_clear_explicit(&record_lock, memory_order_release);
    return id;
}

static record_type *new_type(flu_value tag, uint32_t count) {
    record_type *type = checked(malloc(sizeof *type + count * sizeof(flu_value)));
    type->tag = tag;
    type->count = count;
    return type;
}

unsigned flu_record_declare(FLU_UNUSED flu_worker *w, flu_value tag, int nfields, const char *const *fields) {
    record_type *type = new_type(tag, (uint32_t)nfields);
    for (int i = 0; i < nfields; i++) type->fields[i] = flu_keyword_new(fields[i], strlen(fields[i]));
    return register_type(type);
}

flu_value flu_record_declare_values(FLU_UNUSED flu_worker *w, flu_value tag, flu_value fields) {
    record_type *type = new_type(tag, (uint32_t)flu_list_length(fields));
    for (uint32_t i = 0; i < type->count; i++, fields = FLU_CELL(fields)->tail) {
        const char *name = FLU_SYM(FLU_CELL(fields)->head)->name;
        type->fields[i] = flu_keyword_new(name, strlen(name));
    }
    return FLU_FIX(register_type(type));
}

/* NULL: not declared. */
static const record_type *type_of_id(unsigned id) {
    record_table *table = atomic_load_explicit(&records, memory_order_acquire);
    return id != 0 && table != NULL && id < table->room ? table->types[id] : NULL;
}

const flu_value *flu_record_fields(unsigned id, uint32_t *count) {
    const record_type *type = type_of_id(id);
    if (type == NULL) return NULL;
    *count = type->count;
    return type->fields;
}

/* ---- making and reading tagged values ---- */

flu_value flu_fn_make_tagged(flu_worker *w, int argc, const flu_value *argv) {
    if (!flu_is_symbol(argv[0])) return flu_type_error(w, "make-tagged", 1, "a symbol", argv[0]);
    return flu_tagged_make(w, argc, argv);
}

flu_value flu_fn_tuple(flu_worker *w, int argc, const flu_value *argv) {
    return flu_tagged_new(w, 0, FLU_SYMBOL_LIT("tuple"), (size_t)argc, argv);
}

flu_value flu_fn_tagged_tag(flu_worker *w, flu_value v) {
    return flu_is(v, FLU_T_TAGGED) ? FLU_TAGGED(v)->tag : flu_type_error(w, "tagged-tag", 1, "a tagged value", v);
}

flu_value flu_fn_tagged_values(flu_worker *w, flu_value v) {
    if (!flu_is(v, FLU_T_TAGGED)) return flu_type_error(w, "tagged-values", 1, "a tagged value", v);
    return flu_list_lit(w, (int)flu_header_size(FLU_TAGGED(v)->h), FLU_TAGGED(v)->fields, FLU_EMPTY);
}

/* ---- records ---- */

/* Of this type, or tagged as its values are: what its predicate and its pattern accept. */
static bool is_record(flu_value v, flu_value id) {
    if (!flu_is(v, FLU_T_TAGGED)) return false;
    if (flu_header_aux(FLU_TAGGED(v)->h) == (unsigned)flu_fix(id)) return true;
    const record_type *type = type_of_id((unsigned)flu_fix(id));
    return type != NULL && flu_is_tagged(v, type->tag, type->count);
}

/* type-error: argument `position` of the procedure TAG-SUFFIX is not of this record type. */
static flu_value not_of_type(flu_worker *w, flu_value tag, const char *suffix, int position, flu_value got) {
    char proc[160], expected[160];
    snprintf(proc, sizeof proc, "%s-%s", FLU_SYM(tag)->name, suffix);
    snprintf(expected, sizeof expected, "a %s", FLU_SYM(tag)->name);
    return flu_type_error(w, proc, position, expected, got);
}

flu_value flu_record_field(flu_worker *w, flu_value r, flu_value id, flu_value tag, flu_value i) {
    if (flu_likely(is_record(r, id))) return FLU_TAGGED(r)->fields[flu_fix(i)];
    const record_type *type = type_of_id((unsigned)flu_fix(id));
    return not_of_type(w, tag, type ? FLU_SYM(type->fields[flu_fix(i)])->name : "field", 1, r);
}

bool flu_named(flu_value key, const char *name) {
    if (flu_is_string(key))
        return flu_str_size(key) == strlen(name) && memcmp(FLU_STR(key)->bytes, name, strlen(name)) == 0;
    return (flu_is_keyword(key) || flu_is_symbol(key)) && strcmp(FLU_SYM(key)->name, name) == 0;
}

/* Position of the field that key (a keyword, symbol or string) names; -1: none. */
static int field_position(const record_type *type, flu_value key) {
    for (uint32_t i = 0; i < type->count; i++)
        if (key == type->fields[i] || flu_named(key, FLU_SYM(type->fields[i])->name)) return (int)i;
    return -1;
}

static FLU_COLD flu_value no_field(flu_worker *w, const char *name, flu_value field) {
    flu_value text = flu_repr_string(w, field, 80);
    return flu_raise_data(w, "key-error", field, "%s-with: %s is no field of %s", name, FLU_STR(text)->bytes, name);
}

flu_value flu_record_with(flu_worker *w, int argc, const flu_value *argv) {
    flu_value r = argv[1];
    const record_type *type = type_of_id((unsigned)flu_fix(argv[0]));
    const char *name = FLU_SYM(type->tag)->name;
    if (!is_record(r, argv[0])) return not_of_type(w, type->tag, "with", 1, r);
    if (argc % 2 != 0)
        return flu_raise(w, "arity-error", "%s-with: takes a record, then fields and values in turn", name);
    flu_value copy = flu_tagged_new(w, (unsigned)flu_fix(argv[0]), type->tag, type->count, FLU_TAGGED(r)->fields);
    for (int i = 2; i < argc; i += 2) {
        int at = field_position(type, argv[i]);
        if (at < 0) return no_field(w, name, argv[i]);
        FLU_TAGGED(copy)->fields[at] = argv[i + 1];
    }
    return copy;
}
