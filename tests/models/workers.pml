/* workers.pml: how many workers run, and when (workers.c; the loop and look_at_input of sched.c; flu_queue_give).
 *
 * Three workers; the program starts with the first one, solo. Tasks are only counted. A running task may queue another
 * one, or call flu_alone_begin and flu_alone_end; an event may come, whose callback queues a task; the ticker gives any
 * hint at any time. How often each happens is bounded. What the gate guards is one step, up to where a condition is
 * waited for; the hints that are read without it are read in steps of their own.
 *
 * Checked: no task is queued while all workers sleep, nor elsewhere when one goes solo; a worker goes solo when all
 * others are parked; between flu_alone_begin and flu_alone_end nobody else takes, queues or runs a task; there is one
 * poller; and, with progress, whoever wants to be alone comes to be so, and nobody looks for work for ever.
 * Not modelled: timers, virtual time, FLU_WORKERS=N:eager, threads that cannot be started, `warm` (as a hint of the
 * ticker's).
 *
 * check: -DHINTS=2 -DALONES=0
 * check: -DHINTS=2 -DSPAWNS=1 -DEVENTS=0
 * check: -DLIMIT=2 -DALONES=0
 * check: -DLIMIT=2 -DHINTS=2 -DSPAWNS=1 progress
 * mutant: PARK_UNSEEN -DLIMIT=2 -DALONES=0: the last worker that parks does not wake the poller: nobody is solo
 * mutant: HASTY_ALONE -DLIMIT=2 -DHINTS=2: flu_alone_begin does not wait for those that run
 * mutant: HASTY_SOLO -DLIMIT=2 -DHINTS=2 -DALONES=0: try_solo does not look whether another one polls
 * mutant: NO_WAKING -DLIMIT=2 -DHINTS=2 progress: flu_alone_begin does not wake the poller, and waits for ever
 * mutant: KEEPER_SLEEPS -DLIMIT=2 -DALONES=0: idle() does not look whether the keeper has been given tasks meanwhile: it
 *     parks on them (solo_wanted being set), and the giver goes solo and sees nothing to do
 * mutant: TWO_STARTS -DHINTS=2 -DALONES=0 -DEVENTS=0: start_worker does not look at the limit under the gate: two workers
 *     that have both seen more_wanted exceed it by one
 */

#define WORKERS 3
#define NOBODY  255

#ifndef LIMIT
#define LIMIT WORKERS /* workers.limit */
#endif

#ifndef SPAWNS
#define SPAWNS 2
#endif
#ifndef EVENTS
#define EVENTS 1
#endif
#ifndef HINTS
#define HINTS 3
#endif
#ifndef ALONES
#define ALONES 1
#endif

/* ---- struct flu_workers ---- */

byte count = 1;
byte idle, halted;
byte poller = NOBODY, alone = NOBODY, keeper = NOBODY;
bool poller_woken;
bool merge_wanted, more_wanted, solo_wanted;
byte searching;

/* ---- the workers: flu_worker, flu_sched ---- */

byte queued[WORKERS];
bool parallel[WORKERS];
bool parked[WORKERS];
bool limit[WORKERS]; /* flu_stack_limit(w) == UINTPTR_MAX: w is to look */

/* ---- the world ---- */

bool wakes; /* the poller's event descriptor */
byte spawns = SPAWNS, events = EVENTS, hints = HINTS, alones = ALONES;

/* ---- ghosts ---- */

bool asleep[WORKERS] = true; /* parked, polling, or solo and waiting for an event; not started yet */
byte only = 0;               /* the one that is solo, or alone */

#define running        (count - idle - halted)
#define others_idle(w) (asleep[(w + 1) % 3] && asleep[(w + 2) % 3])
#define all_queued     (queued[0] + queued[1] + queued[2])
#define may_act(w)     (only == NOBODY || only == w)
#define all_asleep     (asleep[0] && asleep[1] && asleep[2] && !wakes)

/* The last one to do so is solo: only then does it see whether the program has ended, or is stuck. */
inline goes_to_sleep(w) {
    asleep[w] = true;
    assert(!all_asleep || (only == w && all_queued == 0))
}

/* ---- small parts: gate held ---- */

inline wake_poller() {
    if
    :: poller == NOBODY || poller_woken
    :: else -> poller_woken = true; wakes = true
    fi
}

inline wait_while_alone(w) {
    do
    :: alone != NOBODY && alone != w ->
        halted++;
        alone == NOBODY; /* waits for `over` */
        halted--
    :: else -> break
    od
}

inline preempt_others(w) {
    limit[(w + 1) % 3] = count > (w + 1) % 3;
    limit[(w + 2) % 3] = count > (w + 2) % 3
}

inline wake_parked(woken) {
    woken = NOBODY;
    if
    :: parked[0] -> woken = 0
    :: !parked[0] && parked[1] -> woken = 1
    :: !parked[0] && !parked[1] && parked[2] -> woken = 2
    :: else
    fi;
    if
    :: woken != NOBODY -> parked[woken] = false; asleep[woken] = false; idle--
    :: else
    fi
}

inline try_solo(w, yes) {
    yes = false;
    if
#ifdef HASTY_SOLO
    :: alone != NOBODY || running > 1 || halted > 0
#else
    :: poller != NOBODY || alone != NOBODY || running > 1 || halted > 0
#endif
    :: else ->
        assert(others_idle(w) && all_queued == queued[w] && only == NOBODY && poller == NOBODY);
        parallel[w] = false;
        only = w;
        yes = true
    fi
}

inline merge(w, yes) {
    if
    :: keeper == NOBODY
    :: keeper != NOBODY && keeper != w -> /* flu_queue_give */
        queued[keeper] = queued[keeper] + queued[w];
        queued[w] = 0
    :: else ->
        wake_poller();
        try_solo(w, yes);
        if
        :: yes -> keeper = NOBODY
        :: else
        fi
    fi
}

/* ---- starting and waking workers ---- */

inline flu_workers_wake(woken) {
    if
    :: searching > 0 /* it will find it, and wake the next */
    :: else ->
        atomic {
            if
            :: alone == NOBODY && keeper == NOBODY ->
                wake_parked(woken);
                if
                :: woken == NOBODY -> wake_poller()
                :: else
                fi
            :: else
            fi
        }
    fi
}

inline start_worker() {
    atomic {
        if
#ifndef TWO_STARTS
        :: count == LIMIT /* meanwhile */
#endif
        :: else ->
            assert(count < LIMIT);
            parallel[count] = true;
            asleep[count] = false;
            count++
        fi
    }
}

/* A task joins w's queue: unlock_and_tell. */
inline flu_queue_push(w, woken) {
    atomic {
        assert(may_act(w));
        queued[w]++;
        woken = (parallel[w] && queued[w] > 1 && idle > 0 -> 1 : 0) /* is there one to spare? */
    }
    if
    :: woken == 1 -> flu_workers_wake(woken)
    :: else
    fi;
    woken = 0
}

/* ---- the parts of the loop ---- */

inline halt_if_wanted(w, yes) {
    atomic {
        wait_while_alone(w);
        if /* choose_keeper */
        :: merge_wanted ->
            merge_wanted = false;
            if
            :: keeper == NOBODY -> keeper = w; preempt_others(w)
            :: else
            fi
        :: else
        fi;
        merge(w, yes);
        if
        :: solo_wanted ->
            solo_wanted = false;
            if
            :: parallel[w] -> try_solo(w, yes)
            :: else /* merge has done it: nothing changes */
            fi
        :: else
        fi;
        yes = false
    }
}

inline flu_workers_look(w, yes, woken) {
    if
    :: parallel[w] -> halt_if_wanted(w, yes)
    :: else
    fi;
    if
    :: more_wanted ->
        more_wanted = false;
        if
        :: parallel[w] && idle > 0 -> flu_workers_wake(woken)
        :: !parallel[w] -> /* go_parallel */
            atomic {
                parallel[w] = true;
                only = NOBODY;
                wake_parked(woken)
            }
            if
            :: woken == NOBODY && count < LIMIT -> start_worker()
            :: else
            fi
        :: else ->
            if
            :: count < LIMIT -> start_worker()
            :: else
            fi
        fi;
        woken = 0
    :: else
    fi
}

/* An event, whose callback wakes a task; or none. */
inline look_at_input(w, woken) {
    if
    :: atomic { parallel[w] && poller == NOBODY -> poller = w; assert(may_act(w)) }
        wakes = false;
        if
        :: atomic { events > 0 -> events-- } flu_queue_push(w, woken)
        :: true
        fi;
        atomic { assert(poller == w); poller = NOBODY }
    :: atomic { !parallel[w] && events > 0 -> events-- } flu_queue_push(w, woken)
    :: true /* nothing is watched; or somebody has the gate */
    fi
}

/* flu_queue_steal: half of what the victim has. Who runs may be missed: what it runs next is not to be stolen. */
inline steal(w, victim, t) {
    if
    :: atomic {
           queued[victim] > 0 && !limit[w] ->
           assert(may_act(w));
           t = true;
           queued[w] = queued[w] + (queued[victim] + 1) / 2 - 1;
           queued[victim] = queued[victim] / 2
       }
    :: queued[victim] == 0 || limit[w] || !asleep[victim]
    fi
}

inline search(w, t, others, woken) {
    searching++;
    steal(w, (w + 1) % 3, t);
    if
    :: t
    :: else -> steal(w, (w + 2) % 3, t)
    fi;
    atomic { searching--; others = searching }
    if
    :: t && others == 0 && idle > 0 && (queued[0] > 1 || queued[1] > 1 || queued[2] > 1) -> flu_workers_wake(woken)
    :: else
    fi;
    others = 0;
    woken = 0
}

inline park(w) {
    idle++;
    parked[w] = true;
    goes_to_sleep(w);
end_parked:
    !parked[w]
}

/* idle(): yes: w is solo. */
inline go_idle(w, yes, woken) {
    atomic {
        yes = false;
        wait_while_alone(w);
        merge(w, yes);
        if
        :: !parallel[w] -> yes = true
        :: else -> try_solo(w, yes)
        fi;
        if
        :: keeper == w -> keeper = NOBODY
        :: else
        fi;
        if
        :: yes -> goto was_idle
#ifndef KEEPER_SLEEPS
        :: !yes && queued[w] > 0 -> goto was_idle /* another one has given its tasks to the keeper */
#endif
        :: else
        fi;
        if
        :: poller == NOBODY && keeper == NOBODY && !solo_wanted -> /* poll_for_all */
            idle++;
            poller = w;
            poller_woken = false;
            goes_to_sleep(w);
            goto poll
        :: else ->
#ifndef PARK_UNSEEN
            if
            :: running == 1 -> wake_poller()
            :: else
            fi;
#endif
            park(w);
            wait_while_alone(w);
            goto was_idle
        fi
    }
poll:
end_poll:
    if
    :: atomic { wakes -> wakes = false; asleep[w] = false }
    :: atomic { events > 0 -> events--; asleep[w] = false }
        flu_queue_push(w, woken)
    fi;
    atomic {
        assert(poller == w);
        poller = NOBODY;
        idle--;
        wait_while_alone(w)
    }
was_idle:
    skip
}

/* ---- a worker ---- */

proctype worker(byte w) {
    bool t, yes;
    byte woken, others;
end_not_started:
    atomic { count > w -> wait_while_alone(w) } /* run_worker */
    do
    :: true ->
        if /* look_at_events */
        :: atomic { limit[w] || more_wanted || merge_wanted || solo_wanted -> limit[w] = false }
            flu_workers_look(w, yes, woken);
            look_at_input(w, woken)
        :: !limit[w]
        fi;
        if
        :: atomic { queued[w] > 0 -> assert(may_act(w)); queued[w]--; t = true }
        :: queued[w] == 0 ->
            if /* find_work */
            :: parallel[w] ->
                if
                :: keeper == NOBODY -> search(w, t, others, woken)
                :: else
                fi;
                if
                :: !t -> go_idle(w, yes, woken); yes = false
                :: else
                fi
            :: else -> /* wait_for_event */
                atomic { goes_to_sleep(w) }
end_solo:
                atomic { events > 0 -> events--; asleep[w] = false; limit[w] = true } /* until_events = 0 */
                flu_queue_push(w, woken)
            fi
        fi;
        if
        :: t -> /* flu_run */
progress_task:
            assert(may_act(w));
            if
            :: atomic { spawns > 0 -> spawns-- } flu_queue_push(w, woken)
            :: true
            fi;
            if
            :: atomic { alones > 0 -> alones-- }
                if
                :: parallel[w] -> /* flu_alone_begin */
                    atomic { wait_while_alone(w); alone = w }
wait_to_be_alone:
                    atomic {
                        if
#ifdef HASTY_ALONE
                        :: poller != NOBODY && poller != w ->
#else
                        :: running > 1 || (poller != NOBODY && poller != w) ->
#endif
                            preempt_others(w);
                            poller_woken = false;
#ifndef NO_WAKING
                            wake_poller();
#endif
                            goto wait_to_be_alone
                        :: else
                        fi;
                        assert(only == NOBODY);
                        parallel[w] = false;
                        only = w
                    }
                    atomic { /* flu_alone_end */
                        assert(only == w);
                        only = NOBODY;
                        parallel[w] = true;
                        alone = NOBODY
                    }
                :: else
                fi
            :: true
            fi;
            assert(may_act(w));
            t = false
        :: else
        fi
    od
}

/* ---- the ticker ---- */

/* A hint, and call_one: the first worker that does not sleep is to look. */
proctype ticker() {
    do
    :: atomic {
           hints > 0 ->
           hints--;
           if
           :: more_wanted = true
           :: merge_wanted = true
           :: solo_wanted = true; wakes = true
           fi;
           if
           :: !asleep[0] -> limit[0] = true
           :: asleep[0] && !asleep[1] -> limit[1] = true
           :: asleep[0] && asleep[1] && !asleep[2] -> limit[2] = true
           :: else
           fi
       }
    :: hints == 0 -> break
    od
}

init {
    atomic {
        queued[0] = 1;
        asleep[0] = false;
        run worker(0);
        run worker(1);
        run worker(2);
        run ticker()
    }
}
