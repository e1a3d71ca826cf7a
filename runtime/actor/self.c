/* self.c: what an actor's handler does to its own actor: become, stop, stash. */
#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/literal.h"
#include "flu/sched.h"

static flu_actor *own(flu_worker *w, const char *proc) {
    flu_actor *a = flu_running_actor(w);
    if (a == NULL)
        flu_raise(w, "no-actor", "%s: there is no actor here: it can be called by an actor's handler only", proc);
    return a;
}

flu_value flu_become_slow(flu_worker *w, flu_value state, flu_value handler) {
    flu_actor *a = own(w, "become");
    if (a == NULL) return FLU_ABNORMAL;
    if (handler != FLU_UNDEF) {
        if (!flu_is_proc(handler))
            return flu_type_error(w, "become", 2, "a procedure of a state and a message", handler);
        a->handler = handler;
    }
    a->state = state;
    a->flags |= FLU_ACTOR_BECAME;
    return FLU_NIL;
}

flu_value flu_stop(flu_worker *w, flu_value reason) {
    flu_actor *a = own(w, "stop");
    if (a == NULL) return FLU_ABNORMAL;
    flu_ties *ties = flu_actor_ties(w, a);
    flu_lock_take(w, &a->box.lock);
    if (!flu_actor_has(a, FLU_ACTOR_STOPPING)) {
        ties->stop_reason = reason == FLU_UNDEF ? FLU_SYMBOL_LIT("normal") : reason;
        a->signs |= FLU_ACTOR_STOPPING;
    }
    flu_lock_release(w, &a->box.lock);
    return FLU_NIL;
}

flu_value flu_stash(flu_worker *w) {
    flu_actor *a = own(w, "stash!");
    if (a == NULL) return FLU_ABNORMAL;
    if (a->current.message == 0)
        return flu_raise(w, "no-message", "stash!: no message is being handled, or it is stashed already");
    flu_letters_push(w, &flu_actor_ties(w, a)->stash, a->current);
    a->current = (flu_letter){0, 0};
    a->flags &= (uint16_t)~FLU_ACTOR_OPEN;
    return FLU_TRUE;
}

flu_value flu_unstash_all(flu_worker *w) {
    flu_actor *a = own(w, "unstash-all!");
    if (a == NULL) return FLU_ABNORMAL;
    if (a->ties == NULL) return FLU_FIX(0);
    flu_letters *stash = &a->ties->stash;
    uint32_t count = flu_letters_count(stash);
    flu_lock_take(w, &a->box.lock);
    while (flu_letters_count(stash) > 0)
        flu_letters_push_first(w, &a->box.letters, flu_letters_remove(stash, flu_letters_count(stash) - 1));
    flu_lock_release(w, &a->box.lock);
    return FLU_FIX(count);
}
