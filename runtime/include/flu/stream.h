/* stream.h: streams: lazy sequences that are pulled one element at a time.
 *
 * A stream is a generator (its body runs in a prompt, prompt.h, and each yield captures it) or a puller (a procedure
 * that gives the next element: what the library's combinators are made of). Either runs in the task that asks. A stream
 * may be shared: only one task at a time has the turn, the others wait in order. */
#ifndef FLU_STREAM_H
#define FLU_STREAM_H

#include "prompt.h"

typedef enum flu_stream_state {
    FLU_STREAM_FRESH,     /* nobody has asked yet */
    FLU_STREAM_SUSPENDED, /* between two elements; or, while it has the turn, running */
    FLU_STREAM_ENDED,
} flu_stream_state;

/* All but the lock's own fields are touched by the task that has the turn. */
typedef struct flu_stream {
    flu_prompt prompt; /* of a generator; must be first */
    uint32_t id;
    uint8_t state;   /* flu_stream_state */
    bool pulls;      /* a puller */
    bool closing;    /* the body is being unwound: it cannot yield any more */
    bool watched;    /* its cleanup is run when it becomes garbage */
    flu_value next;  /* generator: the body, a procedure of the stream, until it is called; puller: gives an element
                        or FLU_UNDEF */
    flu_value close; /* puller: a procedure that closes what it pulls from, or nil */
    flu_value value; /* just yielded; while closing: the error that unwinds the body; puller: see interrupt */
    /* NULL, or, for a puller that waits for the world: ends that wait, so that a close need not. Gets value; called
     * without the turn, and without a lock. Set before others see the stream. */
    void (*interrupt)(flu_worker *w, flu_value value);
    flu_lock lock;    /* guards the rest */
    bool busy;        /* somebody has the turn ... */
    flu_task *runner; /* ... this task */
    flu_wait_queue waiters;
} flu_stream;

#define FLU_STREAM(v)    FLU_AS(flu_stream, v)
#define flu_is_stream(v) flu_is(v, FLU_T_STREAM)

#endif
