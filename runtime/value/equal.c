/* equal.c: equality and hashing of all values.
 *
 * Both walk nested data with a stack of their own (a few frames on the C stack, then collected memory), one frame for
 * each open collection; a list is one frame however long it is. So neither depth nor length is limited by the C stack.
 */
#include "flu/equal.h"

#include <math.h>

#include "flu/collections.h"
#include "flu/number.h"

/* ---- hashing bytes: 64-bit words folded by 128-bit multiplication ---- */

static uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const unsigned char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load32(const unsigned char *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

#define SEED_1 0x2d358dccaa6c78a5u
#define SEED_2 0x8bb84b93962eacc9u

uint32_t flu_bytes_hash(const void *data, size_t size) {
    const unsigned char *p = data;
    uint64_t a, b, state = SEED_1 ^ size;
    size_t left = size;
    for (; left > 16; p += 16, left -= 16) state = fold(load64(p) ^ SEED_2, load64(p + 8) ^ state);
    if (left >= 8) { /* the two loads may overlap */
        a = load64(p);
        b = load64(p + left - 8);
    } else if (left >= 4) {
        a = load32(p);
        b = load32(p + left - 4);
    } else if (left > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[left / 2] << 8 | p[left - 1];
        b = 0;
    } else {
        a = b = 0;
    }
    uint64_t h = fold(a ^ SEED_2, b ^ state);
    h = fold(h ^ SEED_1, SEED_2);
    uint32_t hash = (uint32_t)(h ^ h >> 32);
    return hash ? hash : 1;
}

uint32_t flu_string_hash(flu_value s) {
    uint32_t hash = __atomic_load_n(&FLU_STR(s)->hash, __ATOMIC_RELAXED);
    if (flu_likely(hash != 0)) return hash;
    hash = flu_bytes_hash(FLU_STR(s)->bytes, flu_str_size(s));
    __atomic_store_n(&FLU_STR(s)->hash, hash, __ATOMIC_RELAXED);
    return hash;
}

static uint32_t mix(uint64_t n) {
    n = (n ^ n >> 32) * 0x9e3779b97f4a7c15u;
    n = (n ^ n >> 29) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(n >> 32);
}

/* ---- the stack of open collections ---- */

typedef enum frame_kind { OPEN_LIST, OPEN_ARRAY, OPEN_VECTOR, OPEN_DICT, OPEN_SET } frame_kind;

typedef struct frame {
    frame_kind kind;
    uint32_t hash;     /* hashing: of the elements so far */
    uint32_t key_hash; /* hashing a dict: of the key whose value comes next */
    size_t i, count;   /* arrays: the next element (dicts: key or value), and how many there are */
    flu_value a, b;    /* the collections; lists: what is left of them */
    flu_value *x, *y;  /* arrays: their elements */
} frame;

enum { LOCAL_FRAMES = 24 };

typedef struct stack {
    flu_worker *w;
    frame *frames; /* local, or in collected memory: the elements' arrays may be seen from here only */
    size_t count, capacity;
    bool keys;        /* equality as of keys */
    uint32_t vectors; /* open ones */
    frame local[LOCAL_FRAMES];
} stack;

static void stack_start(stack *s, flu_worker *w, bool keys) {
    s->w = w;
    s->frames = s->local;
    s->count = 0;
    s->capacity = LOCAL_FRAMES;
    s->keys = keys;
    s->vectors = 0;
}

static frame *push(stack *s, frame_kind kind) {
    if (s->count == s->capacity) {
        frame *more = flu_alloc(s->w, 2 * s->capacity * sizeof *more);
        memcpy(more, s->frames, s->count * sizeof *more);
        s->frames = more;
        s->capacity *= 2;
    }
    frame *f = &s->frames[s->count++];
    *f = (frame){.kind = kind};
    return f;
}

/* ---- equality ---- */

typedef enum verdict { DIFFERENT, EQUAL, OPENED } verdict;

static bool is_nan(flu_value v) { return flu_is(v, FLU_T_FLOAT) && isnan(flu_double(v)); }

static bool numbers_equal(const stack *s, flu_value a, flu_value b) {
    return flu_compare(a, b) == FLU_SAME || (s->keys && is_nan(a) && is_nan(b));
}

static verdict open_arrays(stack *s, frame_kind kind, flu_value *x, flu_value *y, size_t n) {
    if (n == 0) return EQUAL;
    frame *f = push(s, kind);
    f->x = x;
    f->y = y;
    f->count = n;
    return OPENED;
}

/* Vectors may contain themselves: a pair that is being compared already decides nothing. */
static bool vectors_open(const stack *s, flu_value a, flu_value b) {
    if (s->vectors == 0) return false;
    for (size_t i = 0; i < s->count; i++)
        if (s->frames[i].kind == OPEN_VECTOR && s->frames[i].a == a && s->frames[i].b == b) return true;
    return false;
}

static bool doubles_equal(const stack *s, const double *x, const double *y, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i] && !(s->keys && isnan(x[i]) && isnan(y[i]))) return false;
    return true;
}

static verdict open_vectors(stack *s, flu_value a, flu_value b) {
    flu_value *x, *y;
    size_t n = flu_vector_count(a);
    if (n != flu_vector_count(b)) return DIFFERENT;
    flu_body p = flu_vector_body(a), q = flu_vector_body(b);
    if (flu_body_is_doubles(p) && flu_body_is_doubles(q))
        return doubles_equal(s, flu_body_doubles(p), flu_body_doubles(q), n) ? EQUAL : DIFFERENT;
    if (vectors_open(s, a, b)) return EQUAL;
    if (flu_vector_elements(s->w, a, &x) < n || flu_vector_elements(s->w, b, &y) < n) return DIFFERENT;
    verdict v = open_arrays(s, OPEN_VECTOR, x, y, n);
    if (v == OPENED) {
        frame *f = &s->frames[s->count - 1];
        f->a = a;
        f->b = b;
        s->vectors++;
    }
    return v;
}

static verdict open_dicts(stack *s, flu_value a, flu_value b) {
    flu_value *pairs;
    if (flu_table_count(a) != flu_table_count(b)) return DIFFERENT;
    size_t n = flu_dict_entries(s->w, a, &pairs);
    verdict v = open_arrays(s, OPEN_DICT, pairs, NULL, n);
    if (v == OPENED) {
        s->frames[s->count - 1].a = a; /* keeps pairs */
        s->frames[s->count - 1].b = b;
    }
    return v;
}

static verdict sets_equal(stack *s, flu_value a, flu_value b) {
    flu_value *items;
    if (flu_table_count(a) != flu_table_count(b)) return DIFFERENT;
    size_t n = flu_set_entries(s->w, a, &items);
    for (size_t i = 0; i < n; i++)
        if (!flu_set_has(s->w, b, items[i])) return DIFFERENT;
    return EQUAL;
}

static verdict open_queues(stack *s, flu_value a, flu_value b) {
    flu_value *x, *y;
    if (flu_header_size(FLU_QUEUE(a)->h) != flu_header_size(FLU_QUEUE(b)->h)) return DIFFERENT;
    int64_t n = flu_seq_array(s->w, "=", 1, a, &x), m = flu_seq_array(s->w, "=", 2, b, &y);
    return n == m && n >= 0 ? open_arrays(s, OPEN_ARRAY, x, y, (size_t)n) : DIFFERENT;
}

static bool bytes_equal(flu_value a, flu_value b) {
    return flu_bytes_size(a) == flu_bytes_size(b) &&
           memcmp(FLU_BYTES(a)->data, FLU_BYTES(b)->data, flu_bytes_size(a)) == 0;
}

/* Two different objects of the same type. */
static verdict compare_objects(stack *s, flu_type type, flu_value a, flu_value b) {
    switch (type) {
    case FLU_T_STRING: return flu_string_equals(a, b) ? EQUAL : DIFFERENT;
    case FLU_T_BYTES: return bytes_equal(a, b) ? EQUAL : DIFFERENT;
    case FLU_T_VECTOR: return open_vectors(s, a, b);
    case FLU_T_DICT: return open_dicts(s, a, b);
    case FLU_T_SET: return sets_equal(s, a, b);
    case FLU_T_QUEUE: return open_queues(s, a, b);
    case FLU_T_TAGGED: {
        uint32_t n = flu_header_size(FLU_TAGGED(a)->h);
        if (FLU_TAGGED(a)->tag != FLU_TAGGED(b)->tag || n != flu_header_size(FLU_TAGGED(b)->h)) return DIFFERENT;
        return open_arrays(s, OPEN_ARRAY, FLU_TAGGED(a)->fields, FLU_TAGGED(b)->fields, n);
    }
    case FLU_T_ERROR: /* kind, message, data, cause */
        return open_arrays(s, OPEN_ARRAY, &FLU_ERR(a)->kind, &FLU_ERR(b)->kind, 4);
    default: return DIFFERENT; /* symbols, procedures, channels ...: by identity */
    }
}

static verdict compare(stack *s, flu_value a, flu_value b) {
    if (a == b) return is_nan(a) && !s->keys ? DIFFERENT : EQUAL;
    if (flu_is_number(a)) return flu_is_number(b) && numbers_equal(s, a, b) ? EQUAL : DIFFERENT;
    if (flu_is_cons(a)) {
        if (!flu_is_cons(b)) return DIFFERENT;
        frame *f = push(s, OPEN_LIST);
        f->a = a;
        f->b = b;
        return OPENED;
    }
    flu_type type = flu_type_of(a);
    return type != FLU_T_NONE && type == flu_type_of(b) ? compare_objects(s, type, a, b) : DIFFERENT;
}

/* The next pair of a list frame; the pair behind the last cells is that of the tails, and ends the frame. */
static void next_of_lists(stack *s, frame *f, flu_value *a, flu_value *b) {
    if (flu_is_cons(f->a) && flu_is_cons(f->b)) {
        *a = FLU_CELL(f->a)->head;
        *b = FLU_CELL(f->b)->head;
        f->a = FLU_CELL(f->a)->tail;
        f->b = FLU_CELL(f->b)->tail;
        return;
    }
    *a = f->a;
    *b = f->b;
    s->count--;
}

/* Gives the next pair to compare of the innermost open collections, closing those that are done. False: there is none.
 * *b FLU_UNDEF: a key is missing. */
static bool next_pair(stack *s, flu_value *a, flu_value *b) {
    while (s->count > 0) {
        frame *f = &s->frames[s->count - 1];
        if (f->kind == OPEN_LIST) return next_of_lists(s, f, a, b), true;
        if (f->i < f->count) {
            size_t i = f->i++;
            if (f->kind == OPEN_DICT) {
                *a = f->x[2 * i + 1];
                *b = flu_dict_get(s->w, f->b, f->x[2 * i]);
            } else {
                *a = f->x[i];
                *b = f->y[i];
            }
            return true;
        }
        s->vectors -= f->kind == OPEN_VECTOR;
        s->count--;
    }
    return false;
}

/* Requires that a and b have been found to be worth a look inside. */
static FLU_NOINLINE bool equal_deep(flu_worker *w, flu_value a, flu_value b, bool keys) {
    stack s;
    stack_start(&s, w, keys);
    do {
        if (compare(&s, a, b) == DIFFERENT) return false;
    } while (next_pair(&s, &a, &b));
    return true;
}

static bool equal(flu_worker *w, flu_value a, flu_value b, bool keys) {
    if (a == b && !is_nan(a)) return true;
    if (flu_are_fix(a, b)) return false;
    flu_type type = flu_type_of(a);
    if (type == FLU_T_STRING) return flu_is_string(b) && flu_string_equals(a, b);
    if (type == FLU_T_SYMBOL || type == FLU_T_KEYWORD) return false;
    return equal_deep(w, a, b, keys);
}

bool flu_equals(flu_worker *w, flu_value a, flu_value b) { return equal(w, a, b, false); }
bool flu_key_equals(flu_worker *w, flu_value a, flu_value b) { return equal(w, a, b, true); }

/* ---- hashing ---- */

static frame *open_elements(stack *s, frame_kind kind, flu_value *items, size_t n) {
    frame *f = push(s, kind);
    f->x = items;
    f->count = n;
    return f;
}

static frame *open_queue(stack *s, flu_value v) {
    flu_value *items;
    int64_t n = flu_seq_array(s->w, "hash", 1, v, &items);
    return open_elements(s, OPEN_ARRAY, items, n > 0 ? (size_t)n : 0);
}

static frame *open_tagged(stack *s, flu_value v) {
    frame *f = open_elements(s, OPEN_ARRAY, FLU_TAGGED(v)->fields, flu_header_size(FLU_TAGGED(v)->h));
    f->hash = FLU_SYM(FLU_TAGGED(v)->tag)->hash;
    return f;
}

/* Opens a collection; NULL: v is none. */
static frame *open_hashed(stack *s, flu_type type, flu_value v) {
    flu_value *items;
    size_t n;
    if (flu_is_cons(v)) return push(s, OPEN_LIST);
    switch (type) {
    case FLU_T_VECTOR:
        s->vectors++;
        n = flu_vector_elements(s->w, v, &items);
        return open_elements(s, OPEN_VECTOR, items, n);
    case FLU_T_DICT: n = flu_dict_entries(s->w, v, &items); return open_elements(s, OPEN_DICT, items, 2 * n);
    case FLU_T_SET: n = flu_set_entries(s->w, v, &items); return open_elements(s, OPEN_SET, items, n);
    case FLU_T_QUEUE: return open_queue(s, v);
    case FLU_T_TAGGED: return open_tagged(s, v);
    case FLU_T_ERROR: return open_elements(s, OPEN_ARRAY, &FLU_ERR(v)->kind, 4);
    default: return NULL;
    }
}

/* Opens the collection, or hashes what is none. */
static bool hash_or_open(stack *s, flu_value v, uint32_t *hash) {
    flu_type type = flu_type_of(v);
    if (flu_is_number(v)) return *hash = flu_number_hash(v), true;
    if (type == FLU_T_STRING) return *hash = flu_string_hash(v), true;
    if (type == FLU_T_SYMBOL || type == FLU_T_KEYWORD) return *hash = FLU_SYM(v)->hash, true;
    if (type == FLU_T_BYTES) return *hash = flu_bytes_hash(FLU_BYTES(v)->data, flu_bytes_size(v)), true;
    /* Inside another vector only the length of one counts: vectors may contain themselves. */
    if (type == FLU_T_VECTOR && s->vectors > 0) return *hash = mix(flu_vector_count(v) + 0x1000), true;
    frame *f = open_hashed(s, type, v);
    if (f == NULL) return *hash = mix(v), true; /* by identity: the collector does not move objects */
    f->a = v;                                   /* a list: what is left of it; else it keeps f->x */
    return false;
}

/* Takes an element's hash into its collection. Entries of dicts and sets count whatever their order. */
static void take_hash(frame *f, uint32_t hash) {
    switch (f->kind) {
    case OPEN_SET: f->hash += mix((uint64_t)hash + 0x2000); break;
    case OPEN_DICT:
        if (f->i & 1)
            f->key_hash = hash; /* i is behind the element just hashed */
        else
            f->hash += mix((uint64_t)f->key_hash << 32 | hash);
        break;
    default: f->hash = mix((uint64_t)f->hash << 32 | hash) + 0x9e3779b9u; break;
    }
}

/* The next element of a frame; false: there is none. */
static bool next_element(frame *f, flu_value *v) {
    if (f->kind == OPEN_LIST) {
        if (!flu_is_cons(f->a)) { /* the end of an improper list counts too */
            if (f->a == FLU_EMPTY) return false;
            *v = f->a;
            f->a = FLU_EMPTY;
            return true;
        }
        *v = FLU_CELL(f->a)->head;
        f->a = FLU_CELL(f->a)->tail;
        return true;
    }
    if (f->i == f->count) return false;
    *v = f->x[f->i++];
    return true;
}

static FLU_NOINLINE uint32_t hash_deep(flu_worker *w, flu_value v) {
    stack s;
    uint32_t hash;
    stack_start(&s, w, true);
    for (;;) {
        bool done = hash_or_open(&s, v, &hash);
        while (done || !next_element(&s.frames[s.count - 1], &v)) {
            if (!done) { /* the innermost collection is complete */
                frame *f = &s.frames[--s.count];
                s.vectors -= f->kind == OPEN_VECTOR;
                hash = mix(((uint64_t)f->kind << 40) + f->hash);
            }
            if (s.count == 0) return hash;
            take_hash(&s.frames[s.count - 1], hash);
            done = false;
        }
    }
}

uint32_t flu_hash(flu_worker *w, flu_value v) {
    if (flu_is_fix(v)) return flu_number_hash(v);
    flu_type type = flu_type_of(v);
    if (flu_likely(type == FLU_T_STRING)) return flu_string_hash(v);
    if (type == FLU_T_SYMBOL || type == FLU_T_KEYWORD) return FLU_SYM(v)->hash;
    return hash_deep(w, v);
}
