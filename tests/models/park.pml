/* park.pml: parking, waking and cancelling: the wait protocol of task.h (task.h, task.c, timer.c, cancel.c, sched.c).
 *
 * One task waits for two promises, one after the other, each with or without a deadline, the first one perhaps behind a
 * shield. Against it: whoever settles the promises (by the queue, under the promise's lock), the timer (under its
 * heap's lock), and a canceller. Each of them comes or does not. Two workers run the task, so that the one it has left
 * may still be in commit_wait while the other goes on with it.
 *
 * Checked: a wait is ended once, by a party of that same wait, whenever a party comes; the task is pushed once, and
 * only while it is in no queue and does not run; while it runs it has no waiter queued and no timer set.
 * Not modelled: weak memory (each step is seen by all at once), cleanups and the grace time.
 *
 * check:
 * mutant: REMOVE_FIRST: the waker takes the waiter out before it claims: a late claim ends the next wait
 * mutant: BLIND_COMMIT: commit_wait does not look at READY: the wake-up is lost
 * mutant: NO_LAST_LOOK: commit_wait does not look at task->cancel: the cancellation is lost
 * mutant: LATE_TIMER: the timer claims after it has released its heap: it ends the next wait
 * mutant: LATE_LEVEL: flu_cancel_poke claims before task->cancel is seen by others: the cancellation is lost
 */

#define ROUNDS 2
#define NOBODY 255

/* task->wait */
#define CLAIMED   1
#define COMMITTED 2
#define READY     4

mtype = { CANCEL_NONE, CANCEL_HELD, CANCEL_REQUESTED }; /* task->cancel */
mtype = { VALUE, TIMEOUT, THROWN };                     /* how the wait ended: wake_value */

/* ---- the objects ---- */

bool object_lock[ROUNDS], settled[ROUNDS];
bool timer_lock, promise_lock;

/* The task. */
byte wait = CLAIMED | COMMITTED | READY;
mtype cancel = CANCEL_NONE;
mtype wake_value;
bool requested, shield; /* guarded by promise_lock */
bool task_settled;
byte waiter_queue = NOBODY; /* waiter.queue: of which promise */
bool timer_set, timed;      /* the timer's index >= 0; FLU_TASK_TIMED */

/* Run queues: all of them together. */
byte runnable = 1;

/* ---- ghosts: what the properties speak of ---- */

byte round;    /* the present wait, or the one to come */
byte wakes;    /* calls of flu_wake in the present wait */
bool running;  /* on a worker: up to commit_wait's step */
bool started;
bool comes[ROUNDS], canceller_comes, may_time, done;

#define take(l)    atomic { !l -> l = true }
#define release(l) l = false

#define nothing_left (waiter_queue == NOBODY && !timer_set)

/* ---- the protocol ---- */

inline flu_claim(won) {
    atomic {
        won = !(wait & CLAIMED);
        wait = wait | CLAIMED;
    }
}

/* flu_wake and flu_wake_throw. */
inline flu_wake(v, before) {
    atomic {
        assert(wakes == 0);
        wakes++;
        wake_value = v;
    }
    atomic { /* make_ready */
        before = wait;
        wait = wait | READY;
    }
    if
    :: before & COMMITTED -> flu_queue_next()
    :: else
    fi
}

inline flu_queue_next() {
    atomic {
        assert(runnable == 0 && !running);
        runnable++;
    }
}

inline flu_wait_begin() {
    atomic {
        assert(nothing_left);
        wakes = 0;
        wait = 0;
    }
}

inline flu_wait_end() {
    if
    :: waiter_queue != NOBODY -> /* waiter_withdraw: round is its promise's */
        take(object_lock[round]);
        waiter_queue = NOBODY;
        release(object_lock[round])
    :: else
    fi;
    if
    :: timed -> /* flu_timer_cancel */
        take(timer_lock);
        timer_set = false;
        release(timer_lock);
        timed = false
    :: else
    fi
}

/* Under promise_lock. */
inline sum_up(level) { level = (requested -> (shield -> CANCEL_HELD : CANCEL_REQUESTED) : CANCEL_NONE) }

inline flu_cancel_poke(won, level, before) {
    if
    :: task_settled
    :: else ->
        take(promise_lock);
        sum_up(level);
#ifndef LATE_LEVEL
        cancel = level;
#endif
        won = false;
        if
        :: level == CANCEL_REQUESTED -> flu_claim(won)
        :: else
        fi;
#ifdef LATE_LEVEL
        cancel = level;
#endif
        release(promise_lock);
        if
        :: won -> flu_wake(THROWN, before)
        :: else
        fi
    fi
}

/* The running task asks. */
inline flu_cancel_due(due, level) {
    due = false;
    if
    :: cancel == CANCEL_REQUESTED ->
        take(promise_lock);
        sum_up(level);
        cancel = level;
        due = level == CANCEL_REQUESTED;
        release(promise_lock)
    :: else
    fi
}

/* flu_shield_push and flu_shield_pop: the list changes, then what concerns the task is recomputed. */
inline set_shield(up, level) {
    take(promise_lock);
    shield = up;
    release(promise_lock);
    if
    :: cancel != CANCEL_NONE -> /* flu_cancel_refresh */
        take(promise_lock);
        sum_up(level);
        cancel = level;
        release(promise_lock)
    :: else
    fi
}

/* ---- workers ---- */

/* flu_await(p, ms), up to its end: parks, or has gone on. */
inline flu_await(parks, due, level, won) {
    parks = false;
    flu_cancel_due(due, level);
    if
    :: due -> over = true
    :: else ->
        flu_wait_begin();
        if
        :: may_time -> timed = true; take(timer_lock); timer_set = true; release(timer_lock)
        :: true
        fi;
        take(object_lock[round]);
        if
        :: settled[round] -> /* by another worker in between */
            release(object_lock[round]);
            flu_claim(won); /* flu_wait_give_up */
            if
            :: won -> flu_wait_end()
            :: else -> parks = true
            fi
        :: else ->
            waiter_queue = round;
            release(object_lock[round]);
            parks = true
        fi
    fi
}

proctype worker() {
    bool parks, due, won, over, ready;
    byte before;
    mtype level;
next:
    atomic {
        if
        :: runnable > 0 -> runnable--; assert(!running); running = true
        :: done -> goto out
        :: !running && runnable == 0 && !comes[round] && !timed && (!canceller_comes || shield) -> goto out /* it waits for ever */
        fi
    }
    over = false;
    if
    :: started -> goto woken
    :: else -> started = true
    fi;
    if
    :: set_shield(true, level)
    :: true
    fi;
    do
    :: flu_await(parks, due, level, won);
        if
        :: over -> break
        :: !over && parks ->
            atomic { /* commit_wait */
                ready = (wait & READY) != 0;
#ifdef BLIND_COMMIT
                ready = false;
#endif
                wait = wait | COMMITTED;
                running = ready;
            }
            if
            :: !ready ->
#ifndef NO_LAST_LOOK
                /* A request that came after the last look, and before the wait began, found nothing to claim. */
                if
                :: cancel == CANCEL_REQUESTED -> flu_cancel_poke(won, level, before)
                :: else
                fi;
#endif
                goto next
            :: else
            fi;
woken:
            flu_wait_end();
            assert(nothing_left && wakes == 1);
            if
            :: wake_value == THROWN -> break
            :: else
            fi
        :: else
        fi;
        assert(nothing_left);
        if
        :: shield -> set_shield(false, level)
        :: else
        fi;
        if
        :: round == ROUNDS - 1 -> break
        :: else -> round++
        fi
    od;
    atomic {
        assert(nothing_left);
        task_settled = true;
        running = false;
        done = true
    }
    goto next;
out:
    skip
}

/* ---- the parties ---- */

/* flu_promise_fulfil: claim_waiters and tell_waiters. */
proctype settler(byte i) {
    bool won;
    byte before;
    take(object_lock[i]);
    settled[i] = true;
    if
    :: waiter_queue == i ->
#ifdef REMOVE_FIRST
        waiter_queue = NOBODY;
        flu_claim(won);
#else
        flu_claim(won);
        waiter_queue = NOBODY;
#endif
        assert(!won || round == i)
    :: else
    fi;
    release(object_lock[i]);
    if
    :: won -> flu_wake(VALUE, before)
    :: else
    fi
}

/* run_heap: what it finds set is due. */
proctype timer() {
    bool won;
    byte before, of_round;
end:
    do
    :: atomic { timer_set && !timer_lock -> timer_lock = true }
        of_round = round;
        timer_set = false;
#ifdef LATE_TIMER
        release(timer_lock);
        flu_claim(won);
#else
        flu_claim(won);
        release(timer_lock);
#endif
        assert(!won || round == of_round);
        if
        :: won -> flu_wake(TIMEOUT, before)
        :: else
        fi
    od
}

/* flu_task_request. */
proctype canceller() {
    bool won;
    byte before;
    mtype level;
    take(promise_lock);
    requested = true;
    release(promise_lock);
    flu_cancel_poke(won, level, before)
}

init {
    atomic {
        if :: comes[0] = true; run settler(0) :: true fi;
        if :: comes[1] = true; run settler(1) :: true fi;
        if :: canceller_comes = true; run canceller() :: true fi;
        if :: may_time = true; run timer() :: true fi;
        run worker();
        run worker()
    }
}
