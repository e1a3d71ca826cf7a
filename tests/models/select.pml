/* select.pml: two selects over the same two channels (select.c, and chan.c for the operations on a channel).
 *
 * Each of two tasks selects twice. A select has two clauses, on one channel each or both on the same one, each sending
 * or receiving; each channel has room for no value or for one. The wait of the first task may also be ended by a
 * deadline. Parking itself is the subject of park.pml: here a task that is woken simply goes on. What is done under
 * locks is one step here: others see nothing of it before the locks are free, but for the claims, of which each such
 * step makes one that counts at most.
 *
 * Checked: every value whose sending is reported as done is received once, or still in its channel, and no other value
 * is; a task is woken once in each wait; while it runs it has no waiter queued; and when nothing moves any more no lock
 * is held and no two clauses that wait fit together.
 *
 * check:
 * mutant: SOURCE_ORDER: the locks are taken in the order of the clauses: two selects wait for each other
 * mutant: NO_CLAIM: a waiter is taken whether or not its task was claimed: a value is doubled or lost
 * mutant: NO_SECOND_LOOK: what was not ready one by one is not tried again under all locks: both wait for ever
 * mutant: LEFT_BEHIND: flu_select_end leaves the waiters of the other clauses in their queues
 */

#define ROUNDS  2
#define TASKS   2
#define CLAUSES 2
#define CHANS   2
#define NOBODY  255
#define VALUES  (TASKS * ROUNDS * CLAUSES)

mtype = { RECV, SEND };

/* ---- channels ---- */

bool lock[CHANS]; /* their order is that of the addresses */
bit capacity[CHANS];
byte count[CHANS];
byte ring[CHANS]; /* the one value */

/* Queues of waiters. A waiter is task * CLAUSES + clause; capacity is for all there are. */
chan senders0 = [4] of { byte };
chan senders1 = [4] of { byte };
chan receivers0 = [4] of { byte };
chan receivers1 = [4] of { byte };
chan senders[CHANS], receivers[CHANS];

/* ---- tasks ---- */

mtype kind[4];  /* by waiter: what its clause does, */
bit object[4];  /* on which channel (the second select has them the other way round), */
byte value[4];  /* with what: waiter.value */
bool claimed[TASKS]; /* CLAIMED in task->wait */
bool ready[TASKS];   /* READY */
bool waiting[TASKS]; /* the wait has begun */
byte chosen[TASKS];  /* wake_value: the clause; NOBODY: the deadline */
byte got[TASKS];     /* selecting->value */

/* ---- ghosts ---- */

/* What one side has noted, and the other not yet. */
bool sent[VALUES], received[VALUES];
bool finished[TASKS];

#define take(l)    atomic { !l -> l = true }
#define release(l) l = false
#define is_queued(x) (senders[object[x]]??[eval(x)] || receivers[object[x]]??[eval(x)])

/* ---- one clause, its channel's lock held ---- */

/* flu_wait_queue_claim: wake is the oldest waiter whose wait is still on, or NOBODY. */
inline claim_first(q, wake, x) {
    wake = NOBODY;
    do
    :: wake == NOBODY && len(q) > 0 ->
        q?x;
#ifdef NO_CLAIM
        wake = x;
#else
        if
        :: !claimed[x / CLAUSES] -> wake = x
        :: else
        fi;
#endif
        claimed[x / CLAUSES] = true
    :: else -> break
    od;
    x = 0
}

/* try_clause: done, v: what was received; wake, with wake_value: whom to wake once all locks are free. */
inline try_clause(x, done, v, wake, wake_value) {
    c = object[x];
    if
    :: kind[x] == SEND ->
        claim_first(receivers[c], wake, tmp);
        wake_value = value[x];
        if
        :: wake != NOBODY -> done = true
        :: wake == NOBODY && count[c] < capacity[c] -> ring[c] = value[x]; count[c]++; done = true
        :: else -> done = false
        fi
    :: else ->
        claim_first(senders[c], wake, tmp);
        wake_value = NOBODY; /* true */
        done = true;
        if
        :: count[c] > 0 ->
            v = ring[c];
            ring[c] = 0;
            count[c]--;
            if
            :: wake != NOBODY -> ring[c] = value[wake]; count[c]++
            :: else
            fi
        :: count[c] == 0 && wake != NOBODY -> v = value[wake]
        :: else -> done = false
        fi
    fi;
    c = 0
}

/* flu_select_wake, for the waiter x. */
inline flu_waiter_wake(x, v) {
    d_step {
        assert(waiting[x / CLAUSES] && !ready[x / CLAUSES]);
        chosen[x / CLAUSES] = x % CLAUSES;
        got[x / CLAUSES] = v;
        ready[x / CLAUSES] = true
    }
}

/* The task learns that this clause is done: what it sent is gone, or what it received is its own. */
inline note(x, v) {
    d_step {
        if
        :: kind[x] == SEND ->
            assert(!sent[value[x]]);
            sent[value[x]] = !received[value[x]];
            received[value[x]] = false
        :: else ->
            assert(!received[v]);
            received[v] = !sent[v];
            sent[v] = false
        fi
    }
}

/* ---- the select ---- */

/* Both, which may be the same. */
inline release_locks(t) {
    if
    :: object[t * CLAUSES] != object[t * CLAUSES + 1] -> release(lock[object[t * CLAUSES + 1]])
    :: else
    fi;
    release(lock[object[t * CLAUSES]])
}

inline flu_select_end(t) {
    i = 0;
    do
    :: i < CLAUSES ->
        x = t * CLAUSES + i;
        atomic {
            !lock[object[x]];
            if
            :: kind[x] == SEND && senders[object[x]]??[eval(x)] -> senders[object[x]]??eval(x)
            :: kind[x] == RECV && receivers[object[x]]??[eval(x)] -> receivers[object[x]]??eval(x)
            :: else
            fi
        }
        i++
    :: else -> x = 0; i = 0; break
    od
}

proctype task(byte t) {
    byte round, i, x, first, v, wake, wake_value, tmp;
    bit c;
    bool done;
    do
    :: round < ROUNDS ->
        atomic { /* which select it is; first: where its rotation stands */
            assert(!is_queued(t * CLAUSES) && !is_queued(t * CLAUSES + 1));
            i = 0;
            do
            :: i < CLAUSES ->
                x = t * CLAUSES + i;
                object[x] = 1 - object[x];
                value[x] = (t * ROUNDS + round) * CLAUSES + i;
                i++
            :: else -> break
            od;
            if :: first = 0 :: first = 1 fi;
            x = 0;
            i = 0
        }
        /* select_first: each clause alone, under its own lock. */
        do
        :: i < CLAUSES ->
            x = t * CLAUSES + (first + i) % CLAUSES;
            atomic {
                !lock[object[x]];
                try_clause(x, done, v, wake, wake_value)
            }
            if
            :: done -> goto finish
            :: else -> i++
            fi
        :: else -> i = 0; break
        od;
        /* look_at_all: take_locks */
        x = t * CLAUSES;
#ifdef SOURCE_ORDER
        take(lock[object[x]]);
        if
        :: object[x + 1] != object[x] -> take(lock[object[x + 1]])
        :: else
        fi;
#else
        if
        :: object[x] == 0 || object[x + 1] == 0 -> take(lock[0])
        :: else
        fi;
        if
        :: object[x] == 1 || object[x + 1] == 1 -> take(lock[1])
        :: else
        fi;
#endif
        atomic {
#ifndef NO_SECOND_LOOK
            do
            :: i < CLAUSES && !done ->
                x = t * CLAUSES + (first + i) % CLAUSES;
                try_clause(x, done, v, wake, wake_value);
                i++
            :: else -> break
            od;
#endif
            i = 0;
            if
            :: done
            :: else -> /* wait_for_any: flu_wait_begin, enlist_all */
                claimed[t] = false;
                ready[t] = false;
                waiting[t] = true;
                do
                :: i < CLAUSES ->
                    x = t * CLAUSES + i;
                    if
                    :: kind[x] == SEND -> senders[object[x]]!x
                    :: else -> receivers[object[x]]!x
                    fi;
                    i++
                :: else -> i = 0; break
                od
            fi
        }
        release_locks(t);
        if
        :: done -> goto finish
        :: else
        fi;
end_parked:
        atomic { ready[t] -> waiting[t] = false }
#ifndef LEFT_BEHIND
        flu_select_end(t);
#endif
        assert(!is_queued(t * CLAUSES) && !is_queued(t * CLAUSES + 1));
        if
        :: chosen[t] != NOBODY -> note(t * CLAUSES + chosen[t], got[t])
        :: else
        fi;
        goto next;
finish:
        if
        :: wake != NOBODY -> flu_waiter_wake(wake, wake_value)
        :: else
        fi;
        note(x, v);
next:
        atomic {
            round++;
            i = 0; x = 0; v = 0; first = 0; wake = NOBODY; wake_value = 0; done = false;
            chosen[t] = 0;
            got[t] = 0
        }
    :: else -> break
    od;
    finished[t] = true
}

/* The deadline of the first task's present wait; it may come once. */
proctype deadline() {
    bool won;
    if
    :: atomic { waiting[0] -> won = !claimed[0]; claimed[0] = true }
        if
        :: won -> d_step { assert(waiting[0] && !ready[0]); chosen[0] = NOBODY; ready[0] = true }
        :: else
        fi
    :: true
    fi
}

/* When nothing moves any more. */

#define waits(x, k) (!finished[x / CLAUSES] && kind[x] == k)

proctype quiescence() {
    byte x, y;
    timeout;
    d_step {
        assert(!lock[0] && !lock[1]);
        assert(finished[0] || (waiting[0] && !ready[0]));
        assert(finished[1] || (waiting[1] && !ready[1]));
        do /* no clause that waits could be done */
        :: x < TASKS * CLAUSES ->
            assert(!waits(x, RECV) || count[object[x]] == 0);
            assert(!waits(x, SEND) || count[object[x]] == capacity[object[x]]);
            y = 0;
            do
            :: y < TASKS * CLAUSES ->
                assert(x / CLAUSES == y / CLAUSES || object[x] != object[y] || !waits(x, SEND) || !waits(y, RECV));
                y++
            :: else -> break
            od;
            x++
        :: else -> break
        od;
        x = 0;
        do /* no value is lost, or comes from nowhere */
        :: x < VALUES ->
            assert(!received[x]);
            y = (count[0] > 0 && ring[0] == x) + (count[1] > 0 && ring[1] == x);
            assert(y == sent[x]);
            x++
        :: else -> break
        od
    }
}

init {
    byte i;
    atomic {
        senders[0] = senders0; senders[1] = senders1;
        receivers[0] = receivers0; receivers[1] = receivers1;
        if :: capacity[0] = 0 :: capacity[0] = 1 fi;
        if :: capacity[1] = 0 :: capacity[1] = 1 fi;
        do
        :: i < TASKS * CLAUSES ->
            if :: kind[i] = SEND :: kind[i] = RECV fi;
            if :: object[i] = 1 :: i > 0 -> object[i] = 0 fi; /* for i = 0 the one is as good as the other */
            i++
        :: else -> break
        od;
        run task(0);
        run task(1);
        run deadline();
        run quiescence()
    }
}
