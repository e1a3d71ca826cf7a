/* embed.h: FluentAI libraries in C programs (flc2c --lib): starting the runtime, values, calls, actors, errors.
 *
 * For C and C++; stands alone. The header that flc2c --lib -H makes includes it.
 *
 * Threads. The runtime runs on threads of its own. All functions here, and those of a library, may be called from any
 * thread of the program but not from C functions that FluentAI code calls on the runtime's own threads (those declared
 * by define-c without :blocking true): that would wait for itself, and gives state-conflict. A call hands its request
 * to the runtime, where it becomes a task, and waits until that ends; calls of several threads run side by side as
 * tasks do. The caller touches nothing that the garbage collector owns.
 *
 * Results. Functions that can fail give NULL, or a flu_failure that the caller releases; then *result is nil. Where a
 * result is not wanted NULL may be given in its place. */
#ifndef FLU_EMBED_H
#define FLU_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- values ---- */

typedef enum flu_any_kind {
    FLU_ANY_NIL,
    FLU_ANY_BOOL,    /* as.boolean */
    FLU_ANY_INT,     /* as.integer; an int that does not fit arrives as FLU_ANY_HANDLE */
    FLU_ANY_FLOAT,   /* as.real */
    FLU_ANY_STRING,  /* as.text: UTF-8, size bytes; a result has a NUL behind them */
    FLU_ANY_BYTES,   /* as.text: size bytes */
    FLU_ANY_SYMBOL,  /* as.text: the name, size bytes */
    FLU_ANY_KEYWORD, /* the same, without the colon */
    FLU_ANY_HANDLE,  /* as.handle: any other value, held by the runtime until it is released */
    /* Only as arguments; items belong to the caller and are copied before the call returns: */
    FLU_ANY_LIST,   /* as.items: size of them */
    FLU_ANY_DICT,   /* as.items: size of them, each key before its value */
    FLU_ANY_TAGGED, /* name and as.items: a message, record or variant such as (increment 5) */
} flu_any_kind;

typedef struct flu_any_held flu_any_held;

/* A FluentAI value as C sees it. Arguments lend what they point to for the time of the call. A result owns it: release
 * each one once (flu_any_release). */
typedef struct flu_any {
    flu_any_kind kind;
    size_t size;
    const char *name;
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text;
        flu_any_held *handle;
        const struct flu_any *items;
    } as;
} flu_any;

static inline flu_any flu_any_of_kind(flu_any_kind kind, size_t size) {
    flu_any v;
    memset(&v, 0, sizeof v);
    v.kind = kind;
    v.size = size;
    return v;
}
static inline flu_any flu_any_nil(void) { return flu_any_of_kind(FLU_ANY_NIL, 0); }
static inline flu_any flu_any_bool(bool b) {
    flu_any v = flu_any_of_kind(FLU_ANY_BOOL, 0);
    v.as.boolean = b;
    return v;
}
static inline flu_any flu_any_int(int64_t n) {
    flu_any v = flu_any_of_kind(FLU_ANY_INT, 0);
    v.as.integer = n;
    return v;
}
static inline flu_any flu_any_float(double d) {
    flu_any v = flu_any_of_kind(FLU_ANY_FLOAT, 0);
    v.as.real = d;
    return v;
}
static inline flu_any flu_any_text_of_kind(flu_any_kind kind, const char *text, size_t size) {
    flu_any v = flu_any_of_kind(kind, size);
    v.as.text = text;
    return v;
}
/* UTF-8 that ends in a NUL; anything else raises parse-error. */
static inline flu_any flu_any_string(const char *text) {
    return flu_any_text_of_kind(FLU_ANY_STRING, text, strlen(text));
}
static inline flu_any flu_any_bytes(const void *data, size_t size) {
    return flu_any_text_of_kind(FLU_ANY_BYTES, (const char *)data, size);
}
static inline flu_any flu_any_symbol(const char *name) {
    return flu_any_text_of_kind(FLU_ANY_SYMBOL, name, strlen(name));
}
static inline flu_any flu_any_keyword(const char *name) {
    return flu_any_text_of_kind(FLU_ANY_KEYWORD, name, strlen(name));
}
static inline flu_any flu_any_list(const flu_any *items, size_t count) {
    flu_any v = flu_any_of_kind(FLU_ANY_LIST, count);
    v.as.items = items;
    return v;
}
/* items: count of them, an even number: key, value, key, value ... */
static inline flu_any flu_any_dict(const flu_any *items, size_t count) {
    flu_any v = flu_any_of_kind(FLU_ANY_DICT, count);
    v.as.items = items;
    return v;
}
static inline flu_any flu_any_tagged(const char *tag, const flu_any *fields, size_t count) {
    flu_any v = flu_any_of_kind(FLU_ANY_TAGGED, count);
    v.name = tag;
    v.as.items = fields;
    return v;
}

/* Gives back what a result owns; it is nil afterwards. Releasing nil, a number or a bool does nothing. Also when the
 * runtime has been stopped. */
void flu_any_release(flu_any *result);

/* ---- errors ---- */

/* What was thrown. All of it belongs to the failure; release it once. */
typedef struct flu_failure {
    const char *kind;    /* of an error value: "type-error", "timeout" ...; "thrown" for any other value */
    const char *message; /* of an error value; the readable form of any other */
    const char *trace;   /* "at area (geometry.flu:3:5)" and so on, a line each; "" if nothing is known */
    flu_any value;       /* the thrown value; nil if the runtime itself refused */
} flu_failure;

void flu_failure_release(flu_failure *f); /* NULL: does nothing */

/* ---- starting and stopping ---- */

/* A library made by flc2c --lib. */
typedef struct flu_library {
    const struct flu_program *program;
    unsigned exports;
} flu_library;

/* Starts the runtime, runs the library's top-level forms, and gives their error, if any: `deadlock` if they can never
 * end. After a failure the runtime is stopped. argv: what (args) gives, without the program's name; it must stay. A
 * process can start one library once; else state-conflict. The environment variables are those of any program. */
flu_failure *flu_library_start(const flu_library *library, int argc, char **argv);

/* Refuses new calls, waits up to grace_ms milliseconds (negative: without limit) until those under way have ended,
 * fails the others (kind cancelled), flushes standard output, and stops all tasks where they stand: finally clauses of
 * theirs do not run. Does nothing if the runtime does not run. The threads of the runtime sleep from then on. */
void flu_library_stop(int64_t grace_ms);

/* What the functions of a library do: calls its definition number `entry` with these arguments, and more of them. */
flu_failure *flu_library_call(unsigned entry, size_t count, const flu_any *arguments, size_t more_count,
                              const flu_any *more, flu_any *result);

/* ---- values of the runtime ---- */

/* Calls a procedure. */
flu_failure *flu_any_call(flu_any procedure, size_t count, const flu_any *arguments, flu_any *result);
/* (await p ms): the value of a promise or task, or its error. timeout_ms negative: no limit; else kind timeout. */
flu_failure *flu_any_await(flu_any promise, int64_t timeout_ms, flu_any *result);
/* (! target message): an actor, task, or the name of one. Waits where ! waits: for room in a bounded mailbox. */
flu_failure *flu_any_send(flu_any target, flu_any message);
/* (ask target message ms), and its reply. The message is a symbol or tagged; the reply handle becomes its last field.
 * timeout_ms negative: that of ask without one. */
flu_failure *flu_any_ask(flu_any target, flu_any message, int64_t timeout_ms, flu_any *result);
/* (length v), an int. */
flu_failure *flu_any_length(flu_any collection, flu_any *result);
/* (nth v index), from 0; index-error. */
flu_failure *flu_any_nth(flu_any collection, int64_t index, flu_any *result);
/* (get v key): nil if it is missing. */
flu_failure *flu_any_get(flu_any collection, flu_any key, flu_any *result);
/* (repr v), a string. */
flu_failure *flu_any_repr(flu_any value, flu_any *result);

#ifdef __cplusplus
}
#endif

#endif
