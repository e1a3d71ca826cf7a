/* steal.pml: run queues that are stolen from, and when the program is over (queue.c; is_over and nothing_strong_left of
 * sched.c).
 *
 * Three workers, the first one with the main task. A running task may start others, at the back of the queue or, as
 * those that are woken, in the slot; it may be a daemon, and may halt in the middle of its work (flu_alone_begin). Who
 * has nothing to do steals. Once the main task is done any worker may look, at any time, whether the program is over.
 * How flu_alone_begin stops the others is the subject of workers.pml: here they are at rest, between two tasks or
 * halted in one, before it goes on.
 *
 * Checked: each task runs once; the counts of a queue are those of its tasks whenever nobody holds its lock; the
 * program ends when no task is left but daemons, and then it does end.
 *
 * check:
 * check: -DLIMIT=2 -DTASKS=4
 * mutant: NO_LOCK: the thief does not lock the victim's queue: a task runs twice, or a count is wrong
 * mutant: NOT_ALONE: is_over does not stop the others: stolen tasks in a thief's hand are in no count
 * mutant: HALTED_UNSEEN: is_busy does not look at the tasks that have halted
 * mutant: LOOT_UNCOUNTED -DTASKS=4: the thief does not count in what it has stolen
 */

#define WORKERS 3
#ifndef TASKS
#define TASKS 3
#endif
#ifndef LIMIT
#define LIMIT WORKERS
#endif
#define NOBODY  255
#define NONE    255

/* ---- flu_sched ---- */

chan first0 = [TASKS] of { byte };
chan first1 = [TASKS] of { byte };
chan first2 = [TASKS] of { byte };
chan first[WORKERS];
byte lifo[WORKERS] = NONE;
byte queued[WORKERS], busy[WORKERS];
bool lock[WORKERS];

byte task[WORKERS] = NONE; /* flu_worker.task */

/* ---- the program ---- */

bool main_done;
byte started = 1; /* tasks; the first one is the main task */
bool daemon[TASKS];
byte alone = NOBODY;
bool over;

/* ---- ghosts ---- */

bool ran[TASKS];
byte strong = 1;       /* tasks that keep the program alive, and have not ended */
bool at_rest[WORKERS]; /* idle, or halted */

#define take(l)     atomic { !l -> l = true }
#define release(l)  l = false
#define others_rest (at_rest[(w + 1) % 3] && at_rest[(w + 2) % 3])

/* ---- the queue, lock held ---- */

inline count_in(s, t) {
    busy[s] = busy[s] + !daemon[t];
    queued[s]++
}

inline count_out(s, t) {
    assert(t != NONE && queued[s] > 0);
    busy[s] = busy[s] - !daemon[t];
    queued[s]--
}

/* flu_queue_push, or flu_queue_next. */
inline flu_queue_put(w, t, next) {
    take(lock[w]);
    count_in(w, t);
    if
    :: next && lifo[w] == NONE -> lifo[w] = t
    :: else -> first[w]!t
    fi;
    release(lock[w])
}

inline flu_queue_pick(w, t) {
    take(lock[w]);
    if
    :: lifo[w] != NONE -> t = lifo[w]; lifo[w] = NONE
    :: lifo[w] == NONE && len(first[w]) > 0 -> first[w]?t
    :: else -> t = NONE
    fi;
    if
    :: t != NONE -> count_out(w, t)
    :: else
    fi;
    release(lock[w])
}

/* The loot: t, and the rest. */
inline flu_queue_steal(w, v, t, rest, want, x) {
    t = NONE;
    if
    :: queued[v] == 0
    :: else ->
#ifndef NO_LOCK
        take(lock[v]);
#endif
        want = (queued[v] + 1) / 2;
        do /* take_half */
        :: want > 0 && len(first[v]) > 0 ->
            first[v]?x;
            count_out(v, x);
            if
            :: t == NONE -> t = x
            :: else -> rest!x
            fi;
            want--
        :: else -> break
        od;
        if /* take_slot, if the victim is stuck */
        :: t == NONE && lifo[v] != NONE -> t = lifo[v]; lifo[v] = NONE; count_out(v, t)
        :: true
        fi;
        x = 0;
        want = 0;
#ifndef NO_LOCK
        release(lock[v]);
#endif
        if
        :: len(rest) > 0 ->
            take(lock[w]);
            do
            :: len(rest) > 0 ->
                rest?x;
                first[w]!x;
#ifdef LOOT_UNCOUNTED
                queued[w]++
#else
                count_in(w, x)
#endif
            :: else -> break
            od;
            x = 0;
            release(lock[w])
        :: else
        fi
    fi
}

/* ---- resting ---- */

/* wait_while_alone: between two tasks, or in the middle of one. */
inline rest_while_alone(w) {
    if
    :: alone != NOBODY && alone != w ->
        at_rest[w] = true;
        atomic { alone == NOBODY || over -> at_rest[w] = over }
    :: else
    fi
}

inline flu_alone_begin(w) {
    atomic {
        if
        :: alone != NOBODY -> at_rest[w] = true
        :: else
        fi;
        alone == NOBODY || over;
        at_rest[w] = over;
        if
        :: over
        :: else -> alone = w
        fi
    }
    if
    :: over
    :: !over && others_rest
    fi
}

/* ---- the end ---- */

#define counts_fit(s) (queued[s] == len(first[s]) + (lifo[s] != NONE))

#ifdef HALTED_UNSEEN
#define is_busy(x) (busy[x] > 0)
#else
#define is_busy(x) (busy[x] > 0 || (x != w && task[x] != NONE && !daemon[task[x]]))
#endif

inline is_over(w) {
#ifndef NOT_ALONE
    flu_alone_begin(w);
#endif
    if
    :: over
    :: else ->
#ifndef NOT_ALONE
        assert(counts_fit(0) && counts_fit(1) && counts_fit(2));
#endif
        if /* nothing_strong_left */
        :: !is_busy(0) && !is_busy(1) && !is_busy(2) ->
            assert(strong == 0);
            over = true
        :: else
        fi;
#ifndef NOT_ALONE
        alone = NOBODY
#endif
    fi
}

/* ---- a worker ---- */

inline flu_run(w, t, x) {
    task[w] = t;
    assert(!ran[t]);
    ran[t] = true;
    do
    :: atomic { started < TASKS -> x = started; started++; if :: daemon[x] = true :: strong++ fi }
        if
        :: flu_queue_put(w, x, true)
        :: flu_queue_put(w, x, false)
        fi;
        x = 0
    :: true -> break
    od;
    if
    :: true
    :: !over -> /* it wants to be alone for a moment; and may halt before */
        flu_alone_begin(w);
        if
        :: over
        :: else -> alone = NOBODY
        fi
    fi;
    atomic {
        if
        :: over && !daemon[t] -> assert(false) /* never: it was counted */
        :: else
        fi;
        strong = strong - !daemon[t];
        main_done = main_done || t == 0;
        task[w] = NONE;
        t = NONE
    }
}

proctype worker(byte w) {
    byte t = NONE, want, x;
    chan rest = [TASKS] of { byte };
    do
    :: over -> break
    :: else ->
        rest_while_alone(w);
        if
        :: main_done -> is_over(w)
        :: true
        fi;
        if
        :: over -> break
        :: else
        fi;
        flu_queue_pick(w, t);
        if
        :: t == NONE -> flu_queue_steal(w, (w + 1) % 3, t, rest, want, x)
        :: else
        fi;
        if
        :: t == NONE -> flu_queue_steal(w, (w + 2) % 3, t, rest, want, x)
        :: else
        fi;
        if
        :: t != NONE -> flu_run(w, t, x)
        :: else -> /* idle */
            at_rest[w] = true;
            atomic {
                alone == NOBODY && (queued[0] + queued[1] + queued[2] > 0 || main_done) || over ->
                at_rest[w] = over
            }
        fi
    od;
    at_rest[w] = true
}

init {
    atomic {
        first[0] = first0;
        first[1] = first1;
        first[2] = first2;
        first[0]!0;
        queued[0] = 1;
        busy[0] = 1;
        run worker(0);
        run worker(1);
        if
        :: LIMIT == 3 -> run worker(2)
        :: else -> at_rest[2] = true
        fi
    }
}
