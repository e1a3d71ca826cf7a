/* value.h: the representation of every FluentAI value, and the layout of heap objects.
 *
 * A value is one machine word. The low three bits are its tag:
 *
 *   000  pointer to a heap object that starts with a header word
 *   010  pointer to a cons cell: two bare words, no header
 *   011  never a value: the first word of an object (its header) has this tag, so that a cons cell and an object
 *        can be told apart by their first word (the heap walk of the deadlock report relies on it)
 *   110  immediate: nil, true, false, the empty list, undef
 *   111  fixnum, 61 bits
 *   001, 100, 101  float (self-tagging; see flu_float below)
 *
 * The all-zero word is FLU_ABNORMAL: no value, "look at w->signal" (worker.h).
 *
 * Self-tagging of floats is from Melançon, Serrano, Feeley, "Float Self-Tagging" (OOPSLA 2025): the bits of the
 * double are rotated left by four, which brings the exponent's top three bits into the tag; doubles with the usual
 * exponents (and the zeros) thereby carry a float tag of their own accord, the rest are boxed. */
#ifndef FLU_VALUE_H
#define FLU_VALUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define flu_likely(x)     __builtin_expect(!!(x), 1)
#define flu_unlikely(x)   __builtin_expect(!!(x), 0)
#define FLU_UNREACHABLE() __builtin_unreachable()
#define FLU_COLD          __attribute__((cold, noinline))
#define FLU_COLD_CALL                                                                                                  \
    __attribute__((cold)) /* on a prototype: calls are unlikely, and code around them is laid out so */
#define FLU_NOINLINE __attribute__((noinline))
#ifdef __clang__
#define FLU_ONE_COPY FLU_NOINLINE
#else
/* Code that a procedure and its resuming share. gcc would make a copy for the latter, whose unused arguments it knows,
 * and then warn of the places that only the former comes to. */
#define FLU_ONE_COPY __attribute__((noinline, noclone))
#endif
#define FLU_ALIGNED      __attribute__((aligned(64))) /* a short hot loop or recursion gains 20 % by luck, or so */
#define FLU_INLINE       static inline __attribute__((always_inline))
#define FLU_INLINED      inline __attribute__((always_inline)) /* before "static": a prototype without it stands above */
#define FLU_UNUSED       __attribute__((unused))
#define FLU_NORETURN     __attribute__((noreturn))
#define FLU_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define flu_likely(x)     (x)
#define flu_unlikely(x)   (x)
#define FLU_UNREACHABLE() ((void)0)
#define FLU_COLD
#define FLU_COLD_CALL
#define FLU_NOINLINE
#define FLU_ONE_COPY
#define FLU_ALIGNED
#define FLU_INLINE  static inline
#define FLU_INLINED inline
#define FLU_UNUSED
#define FLU_NORETURN
#define FLU_PRINTF(f, a)
#endif

typedef uintptr_t flu_value;
_Static_assert(sizeof(flu_value) == 8, "flc2c needs a 64-bit machine");

typedef struct flu_worker flu_worker;

enum {
    FLU_TAG_OBJECT = 0,
    FLU_TAG_CONS = 2,
    FLU_TAG_HEADER = 3,
    FLU_TAG_IMMEDIATE = 6,
    FLU_TAG_FIXNUM = 7,
    FLU_TAG_MASK = 7
};

#define FLU_ABNORMAL ((flu_value)0) /* not a value: an operation suspended or threw */
#define FLU_NIL      ((flu_value)0x06)
#define FLU_FALSE    ((flu_value)0x0e)
#define FLU_TRUE     ((flu_value)0x16)
#define FLU_EMPTY    ((flu_value)0x1e) /* the empty list () */
#define FLU_UNDEF    ((flu_value)0x26) /* an absent optional argument, an unset variable; programs never see it */

#define FLU_BOOL(c) ((c) ? FLU_TRUE : FLU_FALSE)
/* nil and false differ in one bit only. */
#define flu_truthy(v) (((v) & ~(flu_value)8) != FLU_NIL)

/* ---- fixnums ---- */

#define FLU_FIXNUM_MAX ((int64_t)0x0fffffffffffffff)
#define FLU_FIXNUM_MIN (-FLU_FIXNUM_MAX - 1)
#define FLU_FIX(n)     (((flu_value)(int64_t)(n) << 3) | FLU_TAG_FIXNUM)
#define flu_fix(v)     ((int64_t)(v) >> 3) /* requires flu_is_fix(v) */
/* The tag is all ones: adding 1 clears it, which takes one instruction less than comparing it. In 32 bits, because gcc
 * would keep a 64-bit zero found so in a register, for a FLU_ABNORMAL to be returned much later. */
#define flu_is_fix(v)     (((uint32_t)((v) + 1) & FLU_TAG_MASK) == 0)
#define flu_are_fix(a, b) flu_is_fix((a) & (b))
#define flu_fits_fix(n)   ((int64_t)(n) >= FLU_FIXNUM_MIN && (int64_t)(n) <= FLU_FIXNUM_MAX)

/* ---- cons cells ---- */

typedef struct flu_cell {
    flu_value head, tail;
} flu_cell;

#define flu_is_cons(v)   (((v)&FLU_TAG_MASK) == FLU_TAG_CONS)
#define FLU_CELL(v)      ((flu_cell *)((v)-FLU_TAG_CONS)) /* requires flu_is_cons(v) */
#define FLU_FROM_CELL(c) ((flu_value)(uintptr_t)(c) + FLU_TAG_CONS)
#define flu_is_list(v)   (flu_is_cons(v) || (v) == FLU_EMPTY)

/* ---- objects: a header word, then the fields ----
 * header bits 0-2: 011; 3-7: flags (by type); 8-15: type; 16-31: aux (by type); 32-63: size (by type). */

typedef uint64_t flu_header;

typedef enum flu_type {
    FLU_T_NONE,    /* not an object (flu_type_of gives it for immediates, fixnums, self-tagged floats, cells) */
    FLU_T_STRING,  /* flu_string */
    FLU_T_SYMBOL,  /* flu_symbol, interned */
    FLU_T_KEYWORD, /* flu_symbol, interned apart from symbols */
    FLU_T_FLOAT,   /* flu_boxed_float: exponents that self-tagging does not cover */
    FLU_T_BIGINT,  /* flu_bigint: an int outside the fixnum range */
    FLU_T_VECTOR,  /* flu_vector */
    FLU_T_BYTES,   /* flu_bytes */
    FLU_T_DICT,    /* flu_dict */
    FLU_T_SET,     /* flu_set */
    FLU_T_TAGGED,  /* flu_tagged: messages, records, variants, tuples */
    FLU_T_ERROR,   /* flu_error */
    FLU_T_PROC,    /* flu_proc */
    FLU_T_VARCELL, /* flu_varcell: the box of a captured variable that is assigned */
    FLU_T_FRAME,   /* flu_frame (worker.h): part of a reified continuation */
    FLU_T_PROMISE, /* flu_promise (task.h) */
    FLU_T_TASK,    /* flu_task (task.h): starts with a flu_promise */
    FLU_T_CHANNEL, /* flu_chan */
    FLU_T_BROADCAST,
    FLU_T_TIMER,
    FLU_T_QUEUE, /* persistent queue of queue-new */
    FLU_T_REGEX,
    FLU_T_NODE, /* inner nodes of tries and other parts that programs never see */
    FLU_T_ACTOR,
    FLU_T_SUPERVISOR,
    FLU_T_TOKEN,
    FLU_T_STREAM,
    /* sync.h */
    FLU_T_ATOM,
    FLU_T_CDICT,
    FLU_T_MUTEX,
    FLU_T_RW_LOCK,
    FLU_T_SEMAPHORE,
    FLU_T_BARRIER,
    FLU_T_LATCH,
    FLU_T_WAIT_GROUP,
    FLU_T_EVENT,
    FLU_T_RATE_LIMITER,
    FLU_T_ASYNC_QUEUE, /* a flu_chan */
    FLU_T_PRIORITY_QUEUE,
    FLU_T_OTHER, /* flu_opaque: any further library object; its class says what */
    FLU_T_COUNT
} flu_type;

#define FLU_HEADER(type, flags, aux, size)                                                                             \
    ((flu_header)FLU_TAG_HEADER | (flu_header)(flags) << 3 | (flu_header)(type) << 8 | (flu_header)(aux) << 16 |       \
     (flu_header)(size) << 32)
#define flu_header_type(h)  ((flu_type)((h) >> 8 & 0xff))
#define flu_header_flags(h) ((unsigned)((h) >> 3 & 0x1f))
#define flu_header_aux(h)   ((unsigned)((h) >> 16 & 0xffff))
#define flu_header_size(h)  ((uint32_t)((h) >> 32))

typedef struct flu_object {
    flu_header h;
} flu_object;

#define flu_is_object(v) (((v)&FLU_TAG_MASK) == FLU_TAG_OBJECT && (v) != 0)
#define FLU_OBJECT(v)    ((flu_object *)(v))
#define FLU_VALUE(p)     ((flu_value)(uintptr_t)(p))
#define FLU_AS(T, v)     ((T *)(v)) /* requires the type to have been checked */

/* Is v an object of this type? v may be any value but FLU_ABNORMAL. */
FLU_INLINE bool flu_is(flu_value v, flu_type type) {
    return (v & FLU_TAG_MASK) == FLU_TAG_OBJECT && flu_header_type(FLU_OBJECT(v)->h) == type;
}
FLU_INLINE flu_type flu_type_of(flu_value v) {
    return (v & FLU_TAG_MASK) == FLU_TAG_OBJECT ? flu_header_type(FLU_OBJECT(v)->h) : FLU_T_NONE;
}

/* Immutable UTF-8. header size: length in bytes. */
typedef struct flu_string {
    flu_header h;
    uint32_t length; /* in code points; equal to the byte length exactly when the text is ASCII */
    uint32_t hash;   /* 0: not computed yet (a benign race: all writers store the same value) */
    char bytes[];    /* header size bytes and a NUL; may hold NULs itself */
} flu_string;
#define FLU_STR(v)       FLU_AS(flu_string, v)
#define flu_is_string(v) flu_is(v, FLU_T_STRING)
#define flu_str_size(v)  ((size_t)flu_header_size(FLU_STR(v)->h)) /* bytes */

/* Symbols and keywords are interned: equal names, equal pointers. Never freed. */
typedef struct flu_symbol {
    flu_header h;     /* size: length in bytes; aux of a symbol: id of the record type it names, or 0 */
    uint32_t hash;    /* of the name */
    const char *name; /* UTF-8, NUL-terminated, without the colon of a keyword */
} flu_symbol;
#define FLU_SYM(v)        FLU_AS(flu_symbol, v)
#define flu_is_symbol(v)  flu_is(v, FLU_T_SYMBOL)
#define flu_is_keyword(v) flu_is(v, FLU_T_KEYWORD)

/* Mutable vector. The elements live apart so that vector-push! can grow them; a vector of floats keeps them as C
 * doubles (flu_body, collections.h). */
typedef struct flu_vector {
    flu_header h;
    uint32_t length, capacity;
    uintptr_t body;
} flu_vector;
#define FLU_VEC(v) FLU_AS(flu_vector, v)

typedef struct flu_bytes {
    flu_header h; /* size: length in bytes */
    uint8_t data[];
} flu_bytes;

/* Tagged value. header size: number of fields; aux: record id (0: not of a define-record or define-type). */
typedef struct flu_tagged {
    flu_header h;
    flu_value tag; /* a symbol */
    flu_value fields[];
} flu_tagged;
#define FLU_TAGGED(v) FLU_AS(flu_tagged, v)
/* Is v tagged with this symbol and n fields? The test that patterns compile to. */
FLU_INLINE bool flu_is_tagged(flu_value v, flu_value tag, uint32_t n) {
    return flu_is(v, FLU_T_TAGGED) && FLU_TAGGED(v)->tag == tag && flu_header_size(FLU_TAGGED(v)->h) == n;
}

typedef struct flu_error {
    flu_header h;
    flu_value kind;    /* a symbol, or keyword as given */
    flu_value message; /* a string */
    flu_value data;    /* any; a list for (error message data...) */
    /* A promise may give one error to tasks of several workers, so what changes later is atomic: */
    _Atomic flu_value cause;           /* an error or nil */
    _Atomic(struct flu_trace *) trace; /* immutable; filled when first caught or reported; NULL: none yet */
} flu_error;
#define FLU_ERR(v) FLU_AS(flu_error, v)

typedef struct flu_boxed_float {
    flu_header h;
    double d;
} flu_boxed_float;

/* |value| > fixnum range always (results are normalised). aux: 1 if negative; size: number of digits. */
typedef struct flu_bigint {
    flu_header h;
    uint64_t digits[]; /* mp_digit of libtommath, least significant first */
} flu_bigint;

typedef struct flu_varcell {
    flu_header h;
    flu_value value; /* FLU_UNDEF until initialised */
} flu_varcell;

/* Library objects without a type number of their own. */
typedef struct flu_class {
    const char *name;                      /* what #<name id> prints */
    void (*print)(void *buf, flu_value v); /* NULL: #<name> ; buf is a flu_buf */
} flu_class;
typedef struct flu_opaque {
    flu_header h;
    const flu_class *cls;
} flu_opaque;

/* ---- floats ---- */

/* Set of the tags 1, 4, 5, once for each value of the two bits above the tag: so that a bit test instruction, which
 * looks at five bits of the word, needs no mask. */
#define FLU_FLOAT_TAGS 0x32323232u

FLU_INLINE bool flu_is_flonum(flu_value v) { return FLU_FLOAT_TAGS >> (v & 31) & 1; }
FLU_INLINE bool flu_is_float(flu_value v) { return flu_is_flonum(v) || flu_is(v, FLU_T_FLOAT); }

/* requires flu_is_flonum(v) */
FLU_INLINE double flu_flonum(flu_value v) {
    uint64_t bits = v - 1;
    double d;
    bits = bits >> 4 | bits << 60;
    memcpy(&d, &bits, sizeof d);
    return d;
}
/* requires flu_is_float(v) */
FLU_INLINE double flu_double(flu_value v) { return flu_is_flonum(v) ? flu_flonum(v) : FLU_AS(flu_boxed_float, v)->d; }

FLU_COLD_CALL flu_value flu_box_float(flu_worker *w, double d);

FLU_INLINE uint64_t flu_double_bits(double d) {
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}
FLU_INLINE uint64_t flu_float_word(double d) { return flu_double_bits(d) << 4 | flu_double_bits(d) >> 60; }
/* Does it need no box? The exponent's top bits are 000, 011 or 100 then; see FLU_FLOAT_TAGS. */
FLU_INLINE bool flu_tags_itself(double d) { return 0x19191919u >> (flu_float_word(d) & 31) & 1; }
/* requires flu_tags_itself(d) */
FLU_INLINE flu_value flu_from_double(double d) { return flu_float_word(d) + 1; }

FLU_INLINE flu_value flu_float(flu_worker *w, double d) {
    return flu_likely(flu_tags_itself(d)) ? flu_from_double(d) : flu_box_float(w, d);
}

#endif
