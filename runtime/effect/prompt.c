/* prompt.c: the trampoline of prompts, and cutting continuations at them; prompt.h says how it all fits. */
#include "flu/prompt.h"

#include "flu/cancel.h"
#include "flu/sched.h"

/* The frames just saved go in front of the body's others. */
static inline void take_captured(flu_worker *w, flu_prompt *p) {
    if (flu_unlikely(w->captured == NULL)) return; /* only tail callers were on the C stack */
    *w->captured_end = p->frames;
    if (p->frames == NULL) p->end = w->captured_end;
    p->frames = w->captured;
    p->depth += (uint32_t)w->captured_words;
    w->captured = NULL;
    w->captured_end = &w->captured;
    w->captured_words = 0;
}

/* The other way round: the body's frames go on outwards with those of its callers. */
static void give_captured(flu_worker *w, flu_prompt *p) {
    if (p->frames == NULL) return;
    w->captured = p->frames;
    w->captured_end = p->end;
    w->captured_words = p->depth;
    p->frames = NULL;
    p->depth = 0;
}

flu_body_event flu_prompt_enter(flu_worker *w, flu_prompt *p, flu_value *v) {
    for (;;) {
        if (*v == FLU_ABNORMAL && w->signal == FLU_SUSPEND) {
            take_captured(w, p);
            if (w->reason == FLU_CAPTURED) {
                if (flu_likely(w->prompt == p)) return FLU_BODY_CAPTURED;
                if (flu_prompt_cut(w, &p->frames, &p->depth)) *v = FLU_NIL;
            }
            if (*v == FLU_ABNORMAL) {
                give_captured(w, p);
                return FLU_BODY_SUSPENDED;
            }
        }
        flu_frame *f = p->frames;
        if (f == NULL) return FLU_BODY_ENDED;
        p->frames = f->parent;
        p->depth -= flu_frame_words(f);
        *v = f->info->resume(w, f, *v);
    }
}

flu_frame *flu_prompt_save(flu_worker *w, flu_prompt *p, flu_frame *old, const flu_proc_info *info, unsigned point,
                           unsigned n) {
    p->in_heap = true;
    p->frame = flu_save(w, old, info, point, n);
    return p->frame;
}

/* Makes the frame the start of what is left, and the part before it the prompt's. */
static void cut_at(flu_prompt *q, flu_frame **frames, flu_frame **link, uint32_t words) {
    flu_frame *rest = *link;
    if (link != frames) {
        *link = NULL;
        q->frames = *frames;
        q->end = link;
    }
    q->depth = words;
    q->in_heap = false;
    q->frame = NULL;
    *frames = rest;
    rest->h = FLU_HEADER(FLU_T_FRAME, 0, FLU_POINT_CAPTURED, flu_header_size(rest->h));
}

bool flu_prompt_cut(flu_worker *w, flu_frame **frames, uint32_t *depth) {
    flu_prompt *q = w->prompt;
    if (!q->in_heap) return false;
    uint32_t words = 0;
    for (flu_frame **link = frames; *link != NULL; link = &(*link)->parent) {
        if (*link == q->frame) {
            cut_at(q, frames, link, words);
            *depth -= words;
            return true;
        }
        words += flu_frame_words(*link);
    }
    return false;
}

void flu_prompt_moved(flu_worker *w, flu_prompt *p, int cleanups) {
    for (flu_dynamic *d = flu_dynamic_head(w); d != &p->dynamic; d = d->parent)
        if (d->kind == FLU_DYNAMIC_SCOPE) ((flu_scope *)d)->cleanups += (uint16_t)cleanups;
    flu_cancel_refresh(w, w->task);
}

bool flu_prompt_cleans_up(const flu_prompt *p) {
    for (const flu_frame *f = p->frames; f != NULL; f = f->parent)
        if (f->info->column & FLU_CLEANS_UP) return true;
    return false;
}
