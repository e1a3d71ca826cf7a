/* prompt.h: one-shot delimited continuations.
 *
 * A prompt is the delimiter around a body: a generator's, or a handler's. It runs the body as part of the running task,
 * from a C activation of its own, with a small trampoline for those of the body's frames that are in the heap
 * (flu_prompt_enter). To capture is to suspend with the reason FLU_CAPTURED: every C function on the way out saves its
 * frame as usual, and the chain ends at the prompt instead of the task's trampoline. The chain, with the body's frames
 * that had stayed in the heap behind it and the records that the body had put on the dynamic list, is the continuation;
 * it is kept in the prompt itself. Resuming puts the records back on top of the resumer's list and enters the frames,
 * from a new activation of the prompt: nothing is ever copied, which is why it works once.
 *
 * Where a body is suspended for another reason (its task waits, or is preempted) the prompt's activation saves a frame
 * like everybody else, and all frames are then one chain: `in_heap`. A capture that finds its prompt there is completed
 * by whichever trampoline runs the chain, which cuts it at the prompt's frame (flu_prompt_cut).
 *
 * A captured body that is given up is resumed with a throw that no catch takes (flu_unwind_error), so that its cleanup
 * runs. */
#ifndef FLU_PROMPT_H
#define FLU_PROMPT_H

#include "dynamic.h"

/* First member of what delimits a body. */
typedef struct flu_prompt {
    flu_dynamic dynamic; /* on the task's list while the body runs */
    flu_frame *frames;   /* of the body: while it runs, those that are not on the C stack; else the continuation */
    flu_frame **end;     /* where the next outer frame would go; valid while there are frames */
    flu_frame *frame;    /* while in_heap: its activation's own frame */
    flu_dynamic *top;    /* while captured: the innermost record of the body's part of the dynamic list */
    uint32_t depth;      /* words of frames */
    uint16_t outside;    /* while the body runs: task->cleanups outside of it */
    uint16_t inside;     /* while captured: how many cleanups the body is in */
    bool in_heap;        /* the activation is a frame in the heap */
} flu_prompt;

/* Resume point, of any prompt's procedure, that a cut continues at: a capture has been completed. */
#define FLU_POINT_CAPTURED 0

typedef enum flu_body_event {
    FLU_BODY_ENDED,     /* *v is its value, or FLU_ABNORMAL with FLU_THROW */
    FLU_BODY_CAPTURED,  /* by flu_prompt_capture: the prompt's part has been cut off */
    FLU_BODY_SUSPENDED, /* otherwise: the activation is to save its frame by flu_prompt_save */
} flu_body_event;

/* Cancellations look at records and cleanups that a body brings along, or takes away. */
void flu_prompt_moved(flu_worker *w, flu_prompt *p, int cleanups);

/* Puts the prompt, with the body's records if it was captured, on the running task's list. */
FLU_INLINE void flu_prompt_push(flu_worker *w, flu_prompt *p, flu_dynamic *top) {
    struct flu_task_more *more = flu_running_more(w);
    flu_lock *lock = &w->task->promise.lock; /* others look through the list for cancellation requests */
    flu_lock_take(w, lock);
    int moved = w->task->cleanups - p->outside;
    p->dynamic.parent = more->dynamic;
    more->dynamic = top;
    p->in_heap = false;
    p->frame = NULL;
    p->outside = w->task->cleanups;
    w->task->cleanups += p->inside;
    flu_lock_release(w, lock);
    if (flu_unlikely(top != &p->dynamic || p->inside != 0)) flu_prompt_moved(w, p, moved);
}
/* Takes it off after the body has ended. */
FLU_INLINE void flu_prompt_pop(flu_worker *w, flu_prompt *p) {
    flu_dynamic_set(w, p->dynamic.parent);
    p->dynamic.parent = NULL;
}

/* v is what the body has given so far: the result of its first call, or what its continuation is resumed with. */
flu_body_event flu_prompt_enter(flu_worker *w, flu_prompt *p, flu_value *v);
/* The activation's frame, behind the body's: as flu_save. */
flu_frame *flu_prompt_save(flu_worker *w, flu_prompt *p, flu_frame *old, const flu_proc_info *info, unsigned point,
                           unsigned n);

/* From inside the body: captures up to p, which is on the running task's list. Gives FLU_ABNORMAL. */
FLU_INLINE flu_value flu_prompt_capture(flu_worker *w, flu_prompt *p) {
    struct flu_task_more *more = flu_task_more_or_null(w->task);
    flu_lock_take(w, &w->task->promise.lock);
    p->top = more->dynamic;
    more->dynamic = p->dynamic.parent;
    p->dynamic.parent = NULL;
    p->inside = (uint16_t)(w->task->cleanups - p->outside);
    w->task->cleanups = p->outside;
    flu_lock_release(w, &w->task->promise.lock);
    if (flu_unlikely(p->top != &p->dynamic || p->inside != 0)) flu_cancel_refresh(w, w->task);
    w->prompt = p;
    w->signal = FLU_SUSPEND;
    w->reason = FLU_CAPTURED;
    return FLU_ABNORMAL;
}
/* A trampoline has met a capture that is not its own; *frames, *depth words of them, are its frames and those just
 * saved. If w->prompt's frame is among them the capture is completed, that frame being the next one to enter (with any
 * value); else false. */
bool flu_prompt_cut(flu_worker *w, flu_frame **frames, uint32_t *depth);

/* Would anything run if the captured body were given up? */
bool flu_prompt_cleans_up(const flu_prompt *p);

/* A new error to unwind a body with: only cleanup sees it pass. */
flu_value flu_unwind_error(flu_worker *w);

#endif
