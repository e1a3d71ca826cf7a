/* embed_internal.h: between the files of the embedding interface: embed.c (threads, start and stop), embed_request.c
 * (requests as tasks), embed_value.c (values, handles, failures). */
#ifndef FLU_EMBED_INTERNAL_H
#define FLU_EMBED_INTERNAL_H

#include "flu/embed.h"
#include "flu/sched.h"

/* What another thread asks the runtime to do. It lives on that thread's stack, which waits until it is done. */
typedef struct request request;
struct request {
    request *next;           /* posted, not taken yet */
    request *before, *after; /* in the list of all that are not done */
    /* As a task. Gives a value, or FLU_ABNORMAL: thrown or suspended. */
    flu_value (*begin)(flu_worker *w, request *r);
    /* With the value of begin, of a step that suspended; it may set another step. NULL: that value is the result. */
    flu_value (*then)(flu_worker *w, request *r, flu_value v);
    /* Before whoever waits is told of the outcome; v: the result, or FLU_ABNORMAL if there is a failure. NULL: nothing.
     */
    flu_value (*finally)(flu_worker *w, request *r, flu_value v);
    /* What is wanted, by whoever posts it: */
    unsigned entry;
    flu_any target, key;
    size_t count, more_count;
    const flu_any *arguments, *more;
    int64_t number;
    /* The outcome: */
    flu_any result;
    flu_failure *failure;
    bool done; /* guarded by the embedding's lock */
    pthread_cond_t ended;
};

/* embed.c */

/* Has the runtime run it, and waits; then r->result and r->failure are set. */
void embed_post(request *r);
/* On a worker: r has its outcome. Its memory is gone afterwards. */
void embed_done(request *r);
/* The exported value with that number: a procedure, or one of no arguments that gives a variable's value. */
flu_value embed_exported(unsigned entry);

/* embed_request.c */

/* On a worker, between tasks: r becomes a task. */
void embed_begin(flu_worker *w, request *r);
/* A task that runs the library's top-level forms. */
flu_task *embed_main_task(flu_worker *w, request *r);

/* embed_value.c: the handles are guarded by a lock of their own */

/* A new value; FLU_ABNORMAL: thrown. On a worker. */
flu_value embed_value(flu_worker *w, const flu_any *a);
/* What C gets for v. On a worker. */
flu_any embed_any(flu_worker *w, flu_value v);
/* The thrown value, taken from w, as C gets it. */
flu_failure *embed_thrown(flu_worker *w);
/* A failure of the interface itself. From any thread. */
flu_failure *embed_failure(const char *kind, const char *message);

#endif
