/* foreign.h: calling C functions from programs (define-c): conversions, and calls on helper threads. */
#ifndef FLU_FOREIGN_H
#define FLU_FOREIGN_H

#include "task.h"

/* ---- arguments ----
 * Each gives false after raising an error that names proc and the argument's position: type-error, or domain-error for
 * a value of the right type that C cannot take. Strings and bytes are lent: they stay where they are while v lives. */

bool flu_c_int(flu_worker *w, const char *proc, int position, flu_value v, int64_t *out);
bool flu_c_float(flu_worker *w, const char *proc, int position, flu_value v, double *out); /* takes ints too */
bool flu_c_bool(flu_worker *w, const char *proc, int position, flu_value v, bool *out);
/* nil: NULL. domain-error for a string with a NUL in it. */
bool flu_c_string(flu_worker *w, const char *proc, int position, flu_value v, const char **out);
bool flu_c_bytes(flu_worker *w, const char *proc, int position, flu_value v, const unsigned char **out);
bool flu_c_pointer(flu_worker *w, const char *proc, int position, flu_value v, void **out);

/* v is alive at least until here. */
FLU_INLINE void flu_c_keep(flu_value v) { __asm__ volatile("" : : "r"(v)); }

/* ---- results ---- */

flu_value flu_c_from_int(flu_worker *w, const char *proc, int64_t n);
flu_value flu_c_from_float(flu_worker *w, const char *proc, double d);
flu_value flu_c_from_bool(flu_worker *w, const char *proc, bool b);
/* A copy; NULL: nil. parse-error if it is not UTF-8. */
flu_value flu_c_from_string(flu_worker *w, const char *proc, const char *text);
flu_value flu_c_from_pointer(flu_worker *w, const char *proc, void *p); /* NULL: nil */

/* What an expression is, for the C compiler: the numbers of __builtin_classify_type. */
enum { FLU_C_INTEGER = 1, FLU_C_POINTER = 5, FLU_C_REAL = 8 };
#define FLU_C_CLASS(call)                 (__builtin_classify_type(call) <= 4 ? FLU_C_INTEGER : __builtin_classify_type(call))
#define FLU_C_CHECK(call, expected, text) _Static_assert(FLU_C_CLASS(call) == (int)(expected), text)

/* ---- calls that block: on a thread of a pool, while only the calling task waits ---- */

typedef struct flu_job flu_job;
struct flu_job {
    flu_job *next; /* in a list of the pool */
    flu_job *prev; /* in the list of all jobs under way, which keeps it and what it points to alive */
    flu_job *later;
    void (*run)(flu_job *job);                     /* on a helper thread, which may use nothing of the runtime */
    flu_value (*end)(flu_worker *w, flu_job *job); /* on a worker: the value of the call, or FLU_ABNORMAL: thrown */
    void (*drop)(flu_job *job); /* in its place, if the task has been cancelled: frees what run has made; or NULL. On
                                   the helper, or on a worker; uses nothing of the runtime */
    _Atomic bool abandoned;     /* the task has been cancelled: run may end early */
};
/* A job of size bytes (cleared), which begins with a flu_job. */
void *flu_job_new(flu_worker *w, size_t size, void (*run)(flu_job *), flu_value (*end)(flu_worker *, flu_job *));
/* Has the job run, and parks the task until it is done. A task that is cancelled meanwhile goes on at once; the job
 * is abandoned, and its result is dropped. */
flu_value flu_job_start(flu_worker *w, flu_job *job);

#endif
