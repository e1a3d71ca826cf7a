/* worker.h: the calling convention of emitted code and of builtins: workers, abnormal returns, frames, procedures.
 *
 * Every FluentAI procedure and every builtin is a C function that takes the worker first and gives a flu_value:
 *
 *   a value        the normal result
 *   FLU_ABNORMAL   look at w->signal:
 *       FLU_THROW    w->thrown holds the thrown value; callers unwind to the nearest try
 *       FLU_SUSPEND  the running task stops here. Every C function on the way out to the trampoline appends one heap
 *                    frame (its live variables and its resume point) to the capture chain, innermost first. The chain
 *                    is the task's continuation; the trampoline (sched.c) later re-enters it frame by frame.
 *
 * A function whose call stands in tail position has nothing to save and just passes FLU_ABNORMAL on; that is also why
 * tail calls need no more than a C call: when the C stack is full the overflow check suspends, and frames of tail
 * callers vanish.
 */
#ifndef FLU_WORKER_H
#define FLU_WORKER_H

#include "value.h"

typedef struct flu_runtime flu_runtime;
typedef struct flu_task flu_task;
typedef struct flu_frame flu_frame;

typedef enum flu_signal { FLU_NO_SIGNAL, FLU_THROW, FLU_SUSPEND } flu_signal;

/* Why the running task is being suspended: tells the trampoline what to do once the chain is complete. */
typedef enum flu_suspend_reason {
    FLU_PARKED,     /* a wake-up will come: a waiter or timer refers to the task */
    FLU_PREEMPTED,  /* its time slice is over: back of the run queue */
    FLU_OVERFLOWED, /* the C stack is nearly full: go on at once with an empty one */
    FLU_SWITCHED,   /* the same, found by (async e): the new task first, then this one */
    FLU_CAPTURED,   /* the part of the continuation up to w->prompt is taken away (prompt.h) */
} flu_suspend_reason;

#define FLU_LEAVING      16 /* most variables that flu_leave_check and flu_leave_fast take */
#define FLU_SIZE_CLASSES 32 /* free lists for objects of 1..32 granules of 16 bytes */
#define FLU_GRANULE      16

/* One per thread, in uncollectable memory that the collector scans. Only its own thread touches it, except stack_limit,
 * and what the collector does to the free lists while the thread is stopped. */
struct flu_worker {
    /* The entry and loop checks compare the stack pointer with this. Normally the real limit; any thread may store
     * UINTPTR_MAX here to have the running task come to flu_yield soon (preemption, out of memory). */
    uintptr_t stack_limit;
    flu_value thrown;                        /* valid after FLU_ABNORMAL with FLU_THROW */
    flu_signal signal;                       /* valid after FLU_ABNORMAL */
    flu_suspend_reason reason;               /* valid after FLU_ABNORMAL with FLU_SUSPEND */
    void *free[FLU_SIZE_CLASSES + 1];        /* cleared cells, linked by their first word; may hold pointers */
    void *free_atomic[FLU_SIZE_CLASSES + 1]; /* pointer-free cells: dropped when a collection starts */
    flu_task *task;                          /* the running task */
    flu_frame *captured;                     /* capture chain, innermost first */
    flu_frame **captured_end;                /* where the next outer frame goes; the chain is empty while a task runs */
    size_t captured_words;                   /* total size of the captured frames */
    struct flu_prompt *prompt;               /* with FLU_CAPTURED: what delimits the captured part */
    struct flu_trace *trace;                 /* sites passed by the throw in flight (error.c) */
    uintptr_t real_stack_limit;
    flu_runtime *rt;
    struct flu_sched *sched; /* run queue, timers, statistics: sched.h */
    bool parallel;           /* other workers run: locks and claims must be real. Changes between tasks (workers.c) */
    bool timeline;           /* FLU_TRACE: what happens is noted (timeline.h) */
    uint8_t number;          /* of the worker, from 0 */
    uint32_t letters_left;   /* that the running task may send before it gives way: flu_letter_sent */
    uint32_t collections;    /* how often free_atomic was dropped: alloc.c */
    uint64_t random[4];      /* generator of random numbers; all zero: not seeded yet (number.c) */
    /* Live variables of an activation that is being left, on their way into its frame; else all zero. */
    flu_value leaving[FLU_LEAVING];
};

/* ---- procedures ---- */

typedef struct flu_site {
    uint32_t line, column; /* 1-based; line 0: unknown */
} flu_site;

/* Static description of one emitted (or C) procedure. */
typedef struct flu_proc_info {
    const char *name; /* as in the source; "lambda" where it has none */
    const char *file;
    flu_value (*resume)(flu_worker *w, flu_frame *frame, flu_value v); /* NULL: never suspends */
    const flu_site *sites; /* by resume point, and on for points that only throw */
    uint32_t site_count;
    uint32_t line, column; /* column: perhaps with FLU_CLEANS_UP */
    int16_t min, max;      /* number of arguments; max -1: any */
} flu_proc_info;

/* In a procedure's column: it may run code when a throw passes through it (it has a try). */
#define FLU_CLEANS_UP 0x80000000u

#define FLU_ARITY_ANY 0xffffu /* header aux of a procedure whose code takes (w, self, argc, argv) */
#define FLU_MAX_ARITY 8       /* most arguments of an exact-arity code pointer */

typedef void (*flu_code)(void); /* gcc: the type that any code pointer may be cast to */

/* A procedure value. header aux: its exact number of arguments (at most FLU_MAX_ARITY), or FLU_ARITY_ANY. size: free
 * variables. code: flu_value (*)(flu_worker *, flu_value self, flu_value a1 .. an) or  flu_value (*)(flu_worker *,
 * flu_value self, int argc, const flu_value *argv), which checks argc itself. argv belongs to the caller and is dead
 * once the callee has returned or suspended: copy what is needed. */
typedef struct flu_proc {
    flu_header h;
    flu_code code;
    const flu_proc_info *info;
    flu_value env[];
} flu_proc;
#define FLU_PROC(v)                   FLU_AS(flu_proc, v)
#define flu_is_proc(v)                flu_is(v, FLU_T_PROC)
#define FLU_PROC_HEADER(arity, nfree) FLU_HEADER(FLU_T_PROC, 0, arity, nfree)

typedef flu_value (*flu_code0)(flu_worker *, flu_value);
typedef flu_value (*flu_code1)(flu_worker *, flu_value, flu_value);
typedef flu_value (*flu_code2)(flu_worker *, flu_value, flu_value, flu_value);
typedef flu_value (*flu_code3)(flu_worker *, flu_value, flu_value, flu_value, flu_value);
typedef flu_value (*flu_code4)(flu_worker *, flu_value, flu_value, flu_value, flu_value, flu_value);
typedef flu_value (*flu_code_any)(flu_worker *, flu_value, int, const flu_value *);

/* Is v a procedure of exactly n arguments? One comparison of the header's low half. */
FLU_INLINE bool flu_is_proc_of(flu_value v, unsigned n) {
    return (v & FLU_TAG_MASK) == FLU_TAG_OBJECT && (uint32_t)FLU_OBJECT(v)->h == (uint32_t)FLU_PROC_HEADER(n, 0);
}

/* Call any value with n arguments: wrong arity raises arity-error, what is not a procedure type-error. May suspend.
 * The slow entries also serve optional and rest parameters. */
flu_value flu_call_slow0(flu_worker *w, flu_value f);
flu_value flu_call_slow1(flu_worker *w, flu_value f, flu_value a);
flu_value flu_call_slow2(flu_worker *w, flu_value f, flu_value a, flu_value b);
flu_value flu_call_slow3(flu_worker *w, flu_value f, flu_value a, flu_value b, flu_value c);
flu_value flu_call_slow4(flu_worker *w, flu_value f, flu_value a, flu_value b, flu_value c, flu_value d);
/* argv is copied before any suspension. */
flu_value flu_call_n(flu_worker *w, flu_value f, int argc, const flu_value *argv);

FLU_INLINE flu_value flu_call0(flu_worker *w, flu_value f) {
    return flu_likely(flu_is_proc_of(f, 0)) ? ((flu_code0)FLU_PROC(f)->code)(w, f) : flu_call_slow0(w, f);
}
FLU_INLINE flu_value flu_call1(flu_worker *w, flu_value f, flu_value a) {
    return flu_likely(flu_is_proc_of(f, 1)) ? ((flu_code1)FLU_PROC(f)->code)(w, f, a) : flu_call_slow1(w, f, a);
}
FLU_INLINE flu_value flu_call2(flu_worker *w, flu_value f, flu_value a, flu_value b) {
    return flu_likely(flu_is_proc_of(f, 2)) ? ((flu_code2)FLU_PROC(f)->code)(w, f, a, b) : flu_call_slow2(w, f, a, b);
}
FLU_INLINE flu_value flu_call3(flu_worker *w, flu_value f, flu_value a, flu_value b, flu_value c) {
    return flu_likely(flu_is_proc_of(f, 3)) ? ((flu_code3)FLU_PROC(f)->code)(w, f, a, b, c)
                                            : flu_call_slow3(w, f, a, b, c);
}
FLU_INLINE flu_value flu_call4(flu_worker *w, flu_value f, flu_value a, flu_value b, flu_value c, flu_value d) {
    return flu_likely(flu_is_proc_of(f, 4)) ? ((flu_code4)FLU_PROC(f)->code)(w, f, a, b, c, d)
                                            : flu_call_slow4(w, f, a, b, c, d);
}

/* ---- frames ---- */

/* A reified activation. header aux: resume point; size: number of slots the frame has room for. One-shot: once resumed,
 * a frame belongs to the activation it became, which may fill it again when it suspends again. */
struct flu_frame {
    flu_header h;
    const flu_proc_info *info;
    flu_frame *parent; /* next outer frame; NULL: the task's outermost */
    flu_value slots[];
};
#define flu_frame_point(f) flu_header_aux((f)->h)

/* A call at resume point `point` of the procedure gave FLU_ABNORMAL.
 *   SUSPEND  appends a frame with room for n slots to the capture chain and gives it; the caller fills slots 0..n-1 and
 *            returns FLU_ABNORMAL. `old` is the frame this activation was resumed from, or NULL: reused if large
 * enough. THROW    records the site in the trace and gives NULL: the caller goes to its handler or returns
 * FLU_ABNORMAL. */
flu_frame *flu_save(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point, unsigned n);

/* The entry or loop check failed: decides between preemption and overflow, and gives a frame as flu_save does.
 * Resuming passes nil, or FLU_ABNORMAL with FLU_THROW (stack-overflow, out-of-memory). */
flu_frame *flu_yield(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point, unsigned n);

/* The same for an activation without a handler: the n live variables stand in w->leaving, and the result, FLU_ABNORMAL,
 * is the activation's own. So it is a tail call, and a procedure that calls nothing else needs neither stack nor saved
 * registers. Bit i of doubles: variable i stands there as the bits of a C double. */
FLU_COLD_CALL flu_value flu_leave_check(flu_worker *w, flu_frame *old, const flu_proc_info *info, unsigned point,
                                        unsigned n, uint32_t doubles);

/* A guess of the fast version failed: goes on at this point of the general version, with the n live variables in
 * w->leaving. Tail call too. */
FLU_COLD_CALL flu_value flu_leave_fast(flu_worker *w, const flu_proc_info *info, unsigned point, unsigned n,
                                       uint32_t doubles);
/* A frame outside any chain, for the same with more variables; the caller fills it. */
FLU_COLD_CALL flu_frame *flu_frame_new(flu_worker *w, const flu_proc_info *info, unsigned point, unsigned n);

/* How often guesses of a procedure failed since the program began. After that many failures it guesses no more. */
typedef uint32_t flu_failures;
#define FLU_MAX_FAILURES     500
#define flu_count_failure(n) __atomic_fetch_add(&(n), 1, __ATOMIC_RELAXED)
#define flu_guesses_fail(n)  flu_unlikely(__atomic_load_n(&(n), __ATOMIC_RELAXED) > FLU_MAX_FAILURES)

/* A throw passes this site (of a point that cannot suspend). */
FLU_COLD_CALL void flu_trace_site(flu_worker *w, const flu_proc_info *info, unsigned point);
/* The same where no handler is: gives FLU_ABNORMAL. */
FLU_COLD_CALL flu_value flu_leave_thrown(flu_worker *w, const flu_proc_info *info, unsigned point);
/* A call that may have failed stands in the program by an alias of the procedure: if its error's message begins with
 * the procedure's own name, it is to begin with the alias. Before flu_trace_site, flu_leave_thrown or flu_save. */
FLU_COLD_CALL void flu_called_as(flu_worker *w, const char *name, const char *alias);

/* At a handler: takes the thrown value, and attaches the trace to it if it is an error value. Clears the signal. */
flu_value flu_catch(flu_worker *w);

/* The stack pointer, near enough. Reading the register directly keeps the frame pointer out of leaf procedures. */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
register uintptr_t flu_stack_pointer __asm__("rsp");
#define flu_sp() flu_stack_pointer
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
register uintptr_t flu_stack_pointer __asm__("sp");
#define flu_sp() flu_stack_pointer
#else
#define flu_sp() ((uintptr_t)__builtin_frame_address(0))
#endif

/* The check at procedure entry and loop head. Code that has come back from flu_yield must not check again before it has
 * got on: the limit may stay where it is (schedule.c). */
#define flu_must_yield(w)             flu_unlikely(flu_sp() < flu_stack_limit(w))
#define flu_stack_limit(w)            __atomic_load_n(&(w)->stack_limit, __ATOMIC_RELAXED)
#define flu_set_stack_limit(w, bound) __atomic_store_n(&(w)->stack_limit, bound, __ATOMIC_RELAXED)

/* ---- raising errors from C: each returns FLU_ABNORMAL ---- */

flu_value flu_throw(flu_worker *w, flu_value v);
/* An error value of this kind; the message is printf-formatted UTF-8 (plain printf conversions only). */
flu_value flu_raise(flu_worker *w, const char *kind, const char *format, ...) FLU_PRINTF(3, 4);
/* The same with data (any value). */
flu_value flu_raise_data(flu_worker *w, const char *kind, flu_value data, const char *format, ...) FLU_PRINTF(4, 5);
/* A value as messages show it: its repr, cut after some 80 bytes. Collected. */
const char *flu_shown(flu_worker *w, flu_value v);
/* type-error "PROC: argument POS must be WHAT, got VALUE" ; position from 1. */
flu_value flu_type_error(flu_worker *w, const char *proc, int position, const char *expected, flu_value got);
/* As flu_type_error: of the right type, but no value that the procedure takes. */
flu_value flu_domain_error(flu_worker *w, const char *proc, int position, const char *expected, flu_value got);
/* index-error "PROC: index I out of range for length N". */
flu_value flu_index_error(flu_worker *w, const char *proc, flu_value index, int64_t length);
/* arity-error naming the procedure, what it takes and what was given. max -1: any. */
flu_value flu_arity_error(flu_worker *w, const char *proc, int min, int max, int given);
/* unbound-variable. */
flu_value flu_unbound(flu_worker *w, const char *name);
/* A new error value without raising it. message is copied. */
flu_value flu_make_error(flu_worker *w, flu_value kind, const char *message, flu_value data);

/* ---- allocation ---- */

/* Memory for n bytes that may hold pointers, cleared, 16-aligned. Never NULL: when memory is exhausted the running task
 * gets out-of-memory at its next check (a reserve keeps things going until then). */
void *flu_alloc_slow(flu_worker *w, size_t bytes);
/* The same for memory without pointers, which is not cleared. */
void *flu_alloc_atomic(flu_worker *w, size_t bytes);

/* For builtins that make something as large as the program says, before they start: a loop in C cannot be interrupted
 * when memory runs out half way. False: `bytes` more are not to be had, and out-of-memory naming proc was thrown. */
bool flu_memory_room(flu_worker *w, const char *proc, size_t bytes);

FLU_INLINE void *flu_alloc(flu_worker *w, size_t bytes) {
    size_t c = (bytes + FLU_GRANULE - 1) / FLU_GRANULE;
    if (flu_likely(c <= FLU_SIZE_CLASSES)) {
        void **p = w->free[c];
        if (flu_likely(p != NULL)) {
            w->free[c] = *p;
            *p = NULL;
            return p;
        }
    }
    return flu_alloc_slow(w, bytes);
}

FLU_INLINE flu_value flu_cons(flu_worker *w, flu_value head, flu_value tail) {
    flu_cell *c = flu_alloc(w, sizeof *c);
    c->head = head;
    c->tail = tail;
    return FLU_FROM_CELL(c);
}

/* A procedure object with room for nfree free variables, which the caller stores at once. */
FLU_INLINE flu_value flu_closure_new(flu_worker *w, unsigned arity, unsigned nfree, flu_code code,
                                     const flu_proc_info *info) {
    flu_proc *p = flu_alloc(w, sizeof *p + nfree * sizeof(flu_value));
    p->h = FLU_PROC_HEADER(arity, nfree);
    p->code = code;
    p->info = info;
    return FLU_VALUE(p);
}

#endif
