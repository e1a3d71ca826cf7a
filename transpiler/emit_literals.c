/* emit_literals.c: literals as C: static data where all parts are static, else built once by the init function. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "text.h"

typedef struct literal {
    const char *text;   /* the C expression */
    const char *object; /* static definition, or NULL */
    const char *init;   /* statement for the init function, or NULL */
    bool is_static;     /* text is an address constant */
    datum_kind kind;    /* key: strings, symbols, keywords, big integers by text */
    const char *name;
    size_t size;
    const datum *source; /* key of the rest */
    size_t hash;
    struct literal *next;
} literal;

struct literals {
    struct name_set *names;
    literal **all; /* the remembered ones, in order */
    size_t count, capacity;
    literal **buckets;
    size_t bucket_count; /* at least count */
};

enum { FIRST_BUCKETS = 1024 };

struct literals *literals_new(struct name_set *names) {
    struct literals *l = NEW(struct literals);
    l->names = names;
    l->bucket_count = FIRST_BUCKETS;
    l->buckets = NEW_ARRAY(literal *, FIRST_BUCKETS);
    return l;
}

/* width: source characters on a line; then the literal goes on in another one. */
static const char *c_chars(const char *s, size_t size, size_t width) {
    text t = {0};
    size_t column = 0;
    text_add(&t, "\"");
    for (size_t i = 0; i < size; i++, column++) {
        unsigned char c = (unsigned char)s[i];
        if (column >= width) {
            text_add(&t, "\"\n    \"");
            column = 0;
        }
        if (c == '"' || c == '\\')
            text_printf(&t, "\\%c", c);
        else if (c == '\n')
            text_add(&t, "\\n");
        else if (c == '?' || c < 32 || c >= 127)
            text_printf(&t, "\\%03o", c);
        else
            text_add_bytes(&t, s + i, 1);
    }
    text_add(&t, "\"");
    return text_chars(&t);
}

static const char *c_string(const char *s, size_t size) { return c_chars(s, size, 90); }

void print_c_string(output *out, const char *s, size_t size) { out_text(out, c_string(s, size)); }

const char *c_path(const char *path) { return c_chars(path, strlen(path), SIZE_MAX); }

static size_t count_points(const char *s, size_t size) {
    size_t n = 0;
    for (size_t i = 0; i < size; i++) n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

/* ---- keys ---- */

static bool keyed_by_text(datum_kind k) { return k == DATUM_STRING || k == DATUM_BIGINT; }

/* Interned: the address of the text is the key. */
static bool is_interned(datum_kind k) { return k == DATUM_SYMBOL || k == DATUM_KEYWORD; }

static size_t hash_of(const datum *x) {
    if (is_interned(x->kind)) return ((uintptr_t)x->text + x->kind) * 0x9e3779b97f4a7c15u >> 20;
    if (!keyed_by_text(x->kind)) return (uintptr_t)x * 0x9e3779b97f4a7c15u >> 20;
    uint64_t h = (uint64_t)x->kind;
    size_t n = x->kind == DATUM_STRING ? x->size : strlen(x->text);
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)x->text[i]) * 0x100000001b3u;
    return h;
}

static bool same_key(const literal *lit, const datum *x) {
    if (lit->kind != x->kind) return false;
    if (is_interned(x->kind)) return lit->name == x->text;
    if (!keyed_by_text(x->kind)) return lit->source == x;
    size_t n = x->kind == DATUM_STRING ? x->size : strlen(x->text);
    return lit->size == n && memcmp(lit->name, x->text, n) == 0;
}

/* ---- making ---- */

static literal *literal_of(struct literals *l, const datum *x);

static void make_string(struct literals *l, literal *lit, const datum *x) {
    const char *id = literal_identifier(l->names, "str", NULL);
    lit->object = arena_printf("FLU_STRING(%s, %u, %zu, %s);", id, x->size, count_points(x->text, x->size),
                               c_string(x->text, x->size));
    lit->text = arena_printf("FLU_VALUE(&%s)", id);
    lit->is_static = true;
}

static void make_variable(struct literals *l, literal *lit, const char *base, const char *text, const char *init) {
    const char *id = literal_identifier(l->names, base, text);
    const char *variable = arena_printf("static flu_value %s;", id);
    lit->object = lit->object ? arena_printf("%s\n%s", lit->object, variable) : variable;
    lit->init = arena_printf("%s = %s;", id, init);
    lit->text = id;
}

static void make_symbol(struct literals *l, literal *lit, const datum *x) {
    bool keyword = x->kind == DATUM_KEYWORD;
    make_variable(l, lit, keyword ? "key" : "sym", x->text,
                  arena_printf("%s(%s, %zu)", keyword ? "flu_keyword_new" : "flu_symbol_new",
                               c_string(x->text, strlen(x->text)), strlen(x->text)));
}

/* The self-tagged word of value.h, or 0 if the double must be boxed. */
static uint64_t flonum_word(double d) {
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    bits = bits << 4 | bits >> 60;
    return 0x19u >> (bits & 7) & 1 ? bits + 1 : 0;
}

const char *float_literal(double d) {
    if (isnan(d)) return "__builtin_nan(\"\")";
    if (isinf(d)) return d > 0 ? "__builtin_inf()" : "-__builtin_inf()";
    const char *s = arena_printf("%.17g", d);
    return strpbrk(s, ".e") ? s : arena_printf("%s.0", s);
}

static void make_float(struct literals *l, literal *lit, const datum *x) {
    uint64_t word = flonum_word(x->f);
    lit->is_static = true;
    if (word) {
        lit->text = arena_printf("FLU_FLONUM(0x%016llx, %s)", (unsigned long long)word, float_literal(x->f));
        return;
    }
    const char *id = literal_identifier(l->names, "float", NULL);
    lit->object = arena_printf("FLU_BOXED_FLOAT(%s, %s);", id, float_literal(x->f));
    lit->text = arena_printf("FLU_VALUE(&%s)", id);
}

static bool all_static(literal *const *items, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!items[i]->is_static) return false;
    return true;
}

static void make_static_list(struct literals *l, literal *lit, literal *const *items, size_t n, const char *tail) {
    text cells = {0};
    for (size_t i = n; i-- > 0;) {
        const char *id = literal_identifier(l->names, "cell", NULL);
        text_printf(&cells, "%sFLU_CELL_STATIC(%s, %s, %s);", i + 1 < n ? "\n" : "", id, items[i]->text, tail);
        tail = arena_printf("FLU_CELL_VALUE(%s)", id);
    }
    lit->object = text_chars(&cells);
    lit->text = tail;
    lit->is_static = true;
}

static void add_items(text *to, literal *const *items, size_t n, const char *(*word)(const literal *)) {
    text_add(to, "{");
    for (size_t i = 0; i < n; i++) {
        text_add(to, i ? "," : "");
        text_add(to, i % 8 == 7 ? "\n        " : i ? " " : "");
        text_add(to, word(items[i]));
    }
    text_add(to, "}");
}

static const char *word_of(const literal *lit) { return lit->text; }
static const char *static_word_of(const literal *lit) { return lit->is_static ? lit->text : "0"; }
static const char *variable_of(const literal *lit) { return lit->is_static ? "0" : arena_printf("&%s", lit->text); }

/* C compilers need quadratic time for long initialisers that are no constants: those are filled in by the runtime. */
enum { MAX_INLINE_ITEMS = 128 };

static const char *big_array_text(struct literals *l, literal *lit, literal *const *items, size_t n) {
    const char *id = literal_identifier(l->names, "items", NULL);
    text arrays = {0};
    text_printf(&arrays, "static flu_value %s[] = ", id);
    add_items(&arrays, items, n, static_word_of);
    text_printf(&arrays, ";\nstatic const flu_value *const %s_from[] = ", id);
    add_items(&arrays, items, n, variable_of);
    text_add(&arrays, ";");
    lit->object = text_chars(&arrays);
    return arena_printf("flu_items_lit(%zu, %s, %s_from)", n, id, id);
}

/* The expression of an array of the items; lit->object is what it needs. */
static const char *array_text(struct literals *l, literal *lit, literal *const *items, size_t n) {
    if (n > MAX_INLINE_ITEMS) return big_array_text(l, lit, items, n);
    text array = {0};
    text_add(&array, "(flu_value[])");
    add_items(&array, items, n, word_of);
    return text_chars(&array);
}

enum { MAX_STATIC_CELLS = 64 };

static void make_list(struct literals *l, literal *lit, const datum *x) {
    literal **items = NEW_ARRAY(literal *, x->count + 1);
    for (size_t i = 0; i < x->count; i++) items[i] = literal_of(l, x->items[i]);
    literal *tail = x->tail ? literal_of(l, x->tail) : NULL;
    const char *tail_text = tail ? tail->text : "FLU_EMPTY";
    if (x->count <= MAX_STATIC_CELLS && all_static(items, x->count) && (!tail || tail->is_static)) {
        make_static_list(l, lit, items, x->count, tail_text);
    } else {
        make_variable(
            l, lit, "list", NULL,
            arena_printf("flu_list_lit(w, %zu, %s, %s)", x->count, array_text(l, lit, items, x->count), tail_text));
    }
}

static void make_dict(struct literals *l, literal *lit, const datum *x) {
    literal **items = NEW_ARRAY(literal *, x->count + 1);
    for (size_t i = 0; i < x->count; i++) items[i] = literal_of(l, x->items[i]);
    make_variable(l, lit, "dict", NULL,
                  x->count ? arena_printf("flu_dict_lit(w, %zu, %s)", x->count / 2, array_text(l, lit, items, x->count))
                           : "flu_dict_lit(w, 0, NULL)");
}

static void make(struct literals *l, literal *lit, const datum *x) {
    lit->is_static = true;
    switch (x->kind) {
    case DATUM_INT:
        lit->text =
            arena_printf("FLU_FIX(%s%lld)", x->i < -0x7fffffff || x->i > 0x7fffffff ? "INT64_C(" : "", (long long)x->i);
        if (x->i < -0x7fffffff || x->i > 0x7fffffff) lit->text = arena_printf("%s)", lit->text);
        break;
    case DATUM_TRUE: lit->text = "FLU_TRUE"; break;
    case DATUM_FALSE: lit->text = "FLU_FALSE"; break;
    case DATUM_NIL: lit->text = "FLU_NIL"; break;
    case DATUM_FLOAT: make_float(l, lit, x); break;
    case DATUM_STRING: make_string(l, lit, x); break;
    default:
        lit->is_static = false;
        if (x->kind == DATUM_SYMBOL || x->kind == DATUM_KEYWORD)
            make_symbol(l, lit, x);
        else if (x->kind == DATUM_BIGINT)
            make_variable(l, lit, "big", NULL, arena_printf("flu_int_lit(w, \"%s\")", x->text));
        else if (x->kind == DATUM_BRACE)
            make_dict(l, lit, x);
        else if (x->count == 0 && !x->tail)
            lit->text = "FLU_EMPTY", lit->is_static = true;
        else
            make_list(l, lit, x);
    }
}

static void grow_buckets(struct literals *l) {
    l->bucket_count *= 4;
    l->buckets = NEW_ARRAY(literal *, l->bucket_count);
    for (size_t i = 0; i < l->count; i++) {
        literal **bucket = &l->buckets[l->all[i]->hash % l->bucket_count];
        l->all[i]->next = *bucket;
        *bucket = l->all[i];
    }
}

static void remember(struct literals *l, literal *lit) {
    PUSH(l->all, l->count, l->capacity, lit);
    if (l->count > l->bucket_count) {
        grow_buckets(l);
        return;
    }
    literal **bucket = &l->buckets[lit->hash % l->bucket_count];
    lit->next = *bucket;
    *bucket = lit;
}

/* Is it one word, for which nothing need be remembered? */
static bool is_immediate(const datum *x) {
    return x->kind == DATUM_INT || x->kind == DATUM_TRUE || x->kind == DATUM_FALSE || x->kind == DATUM_NIL;
}

static literal *find(const struct literals *l, const datum *x, size_t hash) {
    for (literal *lit = l->buckets[hash % l->bucket_count]; lit; lit = lit->next)
        if (lit->hash == hash && same_key(lit, x)) return lit;
    return NULL;
}

static literal *new_literal(struct literals *l, const datum *x) {
    literal *lit = NEW(literal);
    lit->kind = x->kind;
    lit->source = x;
    if (is_interned(x->kind)) lit->name = x->text;
    if (keyed_by_text(x->kind)) {
        lit->name = x->text;
        lit->size = x->kind == DATUM_STRING ? x->size : strlen(x->text);
    }
    make(l, lit, x);
    return lit;
}

static literal *literal_of(struct literals *l, const datum *x) {
    if (is_immediate(x)) return new_literal(l, x);
    size_t hash = hash_of(x);
    literal *lit = find(l, x, hash);
    if (lit) return lit;
    arena_region outer = arena_use(ARENA_KEPT);
    lit = new_literal(l, x);
    lit->hash = hash;
    remember(l, lit);
    arena_use(outer);
    return lit;
}

const char *literal_text(struct literals *l, const datum *x) { return literal_of(l, x)->text; }

void emit_literal_objects(output *out, const struct literals *l) {
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i]->object) out_printf(out, "%s\n", l->all[i]->object);
}

/* C compilers take long for long functions: what needs many statements is done by several. */
enum { MAX_INITS = 500 };

static bool has_long_init(const struct literals *l) {
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++) count += l->all[i]->init != NULL;
    return count > MAX_INITS;
}

void emit_literal_functions(output *out, const struct literals *l) {
    if (!has_long_init(l)) return;
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (!l->all[i]->init) continue;
        if (count % MAX_INITS == 0)
            out_printf(out, "%s\nstatic FLU_COLD void init__%zu(flu_worker *w) {\n    (void)w;\n", count ? "}\n" : "",
                       count / MAX_INITS + 1);
        out_printf(out, "    %s\n", l->all[i]->init);
        count++;
    }
    out_text(out, "}\n");
}

void emit_literal_init(output *out, const struct literals *l) {
    if (!has_long_init(l)) {
        for (size_t i = 0; i < l->count; i++)
            if (l->all[i]->init) out_printf(out, "    %s\n", l->all[i]->init);
        return;
    }
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i]->init && count++ % MAX_INITS == 0) out_printf(out, "    init__%zu(w);\n", count / MAX_INITS + 1);
}
