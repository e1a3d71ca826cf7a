/* sched.h: the inside of the runtime: workers' queues and timers, program state, traces. Not for emitted code.
 *
 * Who calls whom: main.c starts the runtime (alloc.c, clock.c) and the main task, and calls flu_sched_loop (sched.c),
 * which runs tasks, fires timers (timer.c), waits for input (poll.c), and reports at the end (report.c). */
#ifndef FLU_SCHED_H
#define FLU_SCHED_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "print.h"
#include "task.h"
#include "worker.h"

struct flu_program;

/* ---- input and output readiness ---- */

/* One descriptor somebody waits on. Owned by its user; linked while watched. */
typedef struct flu_watch {
    struct flu_watch *next;
    const flu_wait_queue *waiters; /* once it is empty nobody wants the descriptor any more: the watch is dropped */
    int fd;
    bool weak;  /* does not keep the program alive */
    bool quiet; /* a deadlock is declared although it might come (signals) */
    /* On the worker, between tasks: fd is readable, or at its end. */
    void (*ready)(flu_worker *w, struct flu_watch *self);
} flu_watch;

/* What waits when no task can run. The default (poll.c) serves a few descriptors with poll(2); a program that does more
 * input and output installs another one. */
typedef struct flu_poller {
    /* From any worker. */
    void (*watch)(flu_worker *w, flu_watch *x);
    void (*unwatch)(flu_worker *w, flu_watch *x);
    /* Waits until a descriptor is ready or the monotonic clock reaches `until` (nanoseconds; 0: only looks; INT64_MAX:
     * no limit) and calls ready for those that are. May return early. One worker at a time: whoever has set
     * rt->polling. */
    void (*wait)(flu_worker *w, int64_t until);
    /* Has a wait under way, or else the next one, return at once. From any thread. */
    void (*wake)(flu_runtime *rt);
} flu_poller;

extern const flu_poller flu_default_poller;

/* ---- a worker's scheduler ---- */

/* A place in the timer heap. Cancelled timers leave their place behind: it is dead when its seq is not the timer's. */
typedef struct flu_timer_slot {
    flu_timer *timer;
    int64_t due;
    uint64_t seq;
} flu_timer_slot;

/* On the C stack of a task that waits while another one runs on top of it (flu_run_woken). */
typedef struct flu_awaited {
    flu_promise *promise;
    struct flu_awaited *outer;
    bool is_late; /* when it was settled another task was to run next */
} flu_awaited;

/* The run queue is guarded by lock, for other workers steal from it; the timers by timer_lock, for others cancel and
 * fire them. The rest is touched by its own worker only. What is marked (hint) is also read without a lock, by other
 * workers and by the ticker thread, which may see a stale value. Order of locks: timer_lock is innermost. */
typedef struct flu_sched {
    flu_lock lock;
    flu_task *first, *last;  /* run queue, first come first served */
    flu_task *lifo;          /* the task just woken: runs next, so that two that talk stay hot */
    flu_task *newest;        /* tasks that were new when there were very many, linked by next; runs before `first` */
    flu_task *oldest_new;    /* the last of them */
    uint32_t new_streak;     /* picks since they became so many */
    uint32_t lifo_streak;    /* picks from lifo in a row */
    uint32_t until_events;   /* picks left before timers and input are looked at */
    uint32_t nested;         /* tasks that wait for one that runs on top of them (flu_run_woken) */
    flu_awaited *awaited;    /* of the one on top of all, or NULL */
    uint32_t busy;           /* runnable tasks that are no daemons */
    _Atomic uint32_t queued; /* runnable tasks (hint) */
    _Atomic uint64_t picks;  /* counts task switches (hint), */
    _Atomic uint64_t made;   /* tasks made (hint), */
    _Atomic uint64_t moved;  /* and letters taken and values put into channels (hint): what gets on without a switch */
    _Atomic bool idle;       /* about to wait, or waiting, for an event or for work (hint) */
    flu_task *switch_to;     /* with FLU_SWITCHED: the task to start */
    bool parked;             /* waits for unparked (guarded by the gate, workers.c) */
    pthread_cond_t unparked;
    uint32_t steal_from; /* the worker to look at first, for work to steal */
    /* Timers: a heap of four-way nodes, smallest (due, seq) first. */
    flu_lock timer_lock;
    flu_timer_slot *timers;
    uint32_t timer_count, timer_capacity;
    uint32_t timers_dead;   /* places of cancelled timers */
    uint32_t timers_strong; /* set timers, and firing ones, that keep the program alive */
    uint64_t timer_seq;
    _Atomic int64_t timer_next;           /* when the first one is due; INT64_MAX: none (hint) */
    uint32_t last_id, ids_left;           /* of the numbers that are this worker's to give */
    int64_t last_owner, owners_left;      /* the same for owners of tables (%owner) */
    struct flu_ask *first_ask, *last_ask; /* new requests, while the worker is solo (ask.c), by next */
    flu_task *spare_tasks;                /* of actors that ran out of mail, by next (actor.c) */
    uint32_t spare_count;
    /* Combined promises (promise.c): parts that have settled, and combinations whose other parts are to be cancelled. A
     * list, not recursion: combinations may be nested to any depth. */
    bool combining; /* somebody works the lists off */
    flu_wait_queue parts_settled;
    struct flu_combined *dismissed_first, *dismissed_last;
} flu_sched;

/* In a loop that waits for another thread. */
#if defined(__x86_64__) || defined(__i386__)
#define flu_pause() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define flu_pause() __asm__ volatile("yield")
#else
#define flu_pause() atomic_signal_fence(memory_order_seq_cst)
#endif

#define FLU_SPARE_FINE     8       /* workers.spare while tasks run for some microseconds only; else 1 */
#define FLU_EVENT_INTERVAL 64      /* picks between two looks at timers and input */
#define FLU_LIFO_LIMIT     128     /* picks from lifo in a row while others wait */
#define FLU_LETTERS        512     /* that a task may send in one run: flu_letter_sent */
#define FLU_MANY_TASKS     4096    /* runnable tasks; beyond that, the newest runs first, but */
#define FLU_NEW_SHARE      256     /* one pick of so many is the first of the queue, and */
#define FLU_NEW_LIMIT      1000000 /* after so many picks all become part of the queue */

#define FLU_IDS_IN_STORE    256       /* numbers for objects that a worker takes at once */
#define FLU_OWNERS_IN_STORE (1 << 20) /* the same for owners: there are 2^60 */

#define FLU_MAX_WORKERS 256

/* All workers (workers.c). What is not marked otherwise is guarded by gate. */
struct flu_workers {
    pthread_mutex_t gate;
    pthread_cond_t halt; /* one more worker idles or has halted: for the one that wants to be alone */
    pthread_cond_t over; /* nobody is alone any more */
    flu_worker *all[FLU_MAX_WORKERS];
    _Atomic uint32_t count;     /* of them; each was started before it is counted */
    uint32_t limit;             /* FLU_WORKERS, or the cores */
    _Atomic uint32_t idle;      /* workers that wait for work or events (hint) */
    uint32_t halted;            /* workers that wait for `alone` to end */
    flu_worker *poller;         /* the one that waits for events, or NULL */
    int64_t poll_until;         /* until when it waits */
    bool poller_woken;          /* it will return soon */
    flu_worker *alone;          /* the only one that runs now, or NULL */
    bool starting;              /* a worker is being started */
    flu_worker *_Atomic keeper; /* all runnable tasks are to become its, and the others are to park; or NULL */
    /* Hints of the ticker, and answers: */
    _Atomic bool merge_wanted;  /* several workers are no faster than one: keeper is set */
    _Atomic uint32_t spare;     /* more runnable tasks than this are worth waking an idle worker for */
    _Atomic bool more_wanted;   /* tasks have waited for a worker for a whole tick */
    _Atomic bool solo_wanted;   /* one worker has been enough for some ticks */
    _Atomic bool parallel;      /* more than one may run: each worker's `parallel` */
    _Atomic bool look_for_end;  /* the main task is done: is all else? */
    _Atomic bool warm;          /* several were busy a short while ago: others are called without waiting for a tick */
    bool eager;                 /* always; for tests */
    _Atomic uint32_t searching; /* workers that look for work to steal */
    _Atomic uint64_t steals, parks; /* statistics */
};

/* What actors share (runtime/actor). */
struct flu_post {
    flu_lock bonds_lock;  /* guards all links, monitors and names */
    flu_lock counts_lock; /* guards dead letters, their hook, and the counts of reports */
    flu_value names;      /* dict from a name, a string, to the actor or task that has it */
    flu_value roots;      /* supervisors that are nobody's children, the last one first; what SIGTERM stops */
    flu_value stop_roots; /* a procedure that stops a list of them */
    uint64_t dead_letters;
    flu_value dead_letter_hook; /* a procedure, or nil */
    flu_value reported_tags;    /* set of those whose dead letters were reported */
    int64_t reports_since;      /* crash reports: the second that is being counted */
    uint32_t reports;
};

enum flu_unhandled_policy { FLU_UNHANDLED_ERROR, FLU_UNHANDLED_WARN, FLU_UNHANDLED_IGNORE };

/* What a program does in addition when flc2c test runs it (test/testing.c). */
struct flu_testing {
    int64_t deadline;                                       /* of the present test: real nanoseconds; INT64_MAX: none */
    void (*look)(flu_worker *w);                            /* now and then: is the deadline over? */
    void (*stuck)(flu_worker *w) __attribute__((noreturn)); /* in place of the deadlock report */
};

/* One per process; made by flu_runtime_start, never freed. In memory that the collector scans. */
struct flu_runtime {
    flu_worker *worker; /* the first one, on the main thread */
    struct flu_workers workers;
    const struct flu_program *program;
    int argc; /* arguments of the program, its own name left out */
    char **argv;
    flu_task *main_task;
    _Atomic bool main_done;
    _Atomic(flu_task *)
        interrupted;          /* a task that is to be interrupted at the end of its time slice (session.c); NULL */
    _Atomic bool dump_wanted; /* SIGQUIT came */
    int exit_status;          /* of an end without an uncaught error: 1 once an unhandled rejection was reported */
    _Atomic uint32_t last_id; /* that a worker has in store */
    _Atomic int64_t last_owner;
    const flu_poller *poller;
    flu_watch *watches;        /* watched descriptors (poll.c) */
    _Atomic uint32_t watching; /* how many (ticker) */
    uint32_t watches_strong;   /* those that keep the program alive */
    uint32_t watches_quiet;
    /* settings, from the environment */
    enum flu_unhandled_policy unhandled;
    uint64_t max_depth;      /* words of frames per task */
    size_t heap_max;         /* bytes; 0: no limit */
    int64_t cancel_grace;    /* nanoseconds that a cancelled task's cleanup may take */
    size_t stack_region;     /* bytes of C stack that tasks may use */
    bool stats;              /* print them at the end */
    struct flu_leaks *leaks; /* what was found so far; NULL: not wanted (leaks.c) */
    /* clock.c */
    int64_t started_at;         /* real monotonic nanoseconds */
    _Atomic bool virtual_clock; /* (ticker) */
    uint32_t virtual_depth;     /* with-virtual-time forms that are running; one more under FLU_CLOCK=virtual */
    int64_t virtual_now;        /* nanoseconds */
    int64_t wall_at_start;      /* virtual clock: milliseconds since 1970 at virtual time 0 */
    /* schedule.c */
    struct flu_schedule *schedule; /* FLU_SCHEDULE; NULL: tasks run in their usual order */
    flu_lock lengths;              /* vector-push! and vector-pop! of all vectors; before the next one */
    flu_lock vectors;              /* guards the replacement of a vector's body (collections.h) */
    struct flu_testing *testing;   /* NULL: no test is run */
    /* alloc.c */
    _Atomic size_t allocated;      /* bytes handed to free lists, about */
    _Atomic size_t heap_look;      /* at how many bytes allocated it is looked whether the heap is to grow early */
    _Atomic size_t heap_for_tasks; /* bytes of runnable tasks at which the heap may have to grow */
    _Atomic bool out_of_memory;    /* raised at the running task's next check */
    _Atomic int64_t collecting;    /* nanoseconds that collections have taken so far, and */
    _Atomic int64_t collects_from; /* when the one under way began (flu_real_now); 0: there is none */
    /* report.c: rejected promises that nobody has observed, in the order of rejection */
    struct flu_unhandled *unhandled_first, *unhandled_last;
    _Atomic bool finalizers_due; /* objects with finalizers became garbage */
    /* ticker.c */
    _Atomic bool ticker_started;
    struct flu_stdin *stdin_reader; /* system.c */
    struct flu_io *io;              /* io/handle.c; NULL: not used yet */
    struct flu_signals *signals;    /* io/process.c; NULL: none is handled */
    void *shared[3];                /* values that the library shares: http_message.c */
    void (*ended)(flu_worker *w,
                  int status);   /* ffi/embed.c: in place of the end of the process; NULL: none. No return */
    struct flu_helpers *helpers; /* ffi/job.c; NULL: not used yet. Acquire, release */
    struct flu_store *store;     /* state.c: of all tasks that have no private one; NULL: not used yet */
    struct flu_post post;
    flu_lock tokens_lock;    /* guards all cancel tokens (token.c) */
    flu_lock finalizer_lock; /* one worker at a time calls finalizers: */
    flu_worker *finalizer;   /* that one */
    flu_lock unhandled_lock; /* guards the list of unhandled rejections */
    flu_lock watch_lock;     /* guards the list of watches and their counts */
};

/* What `program` starts with: fills the settings from the environment, starts the collector and the worker. */
flu_runtime *flu_runtime_start(int argc, char **argv, const struct flu_program *program);

/* ---- alloc.c ---- */

/* Starts the collector and gives the runtime and its worker, both cleared. */
flu_runtime *flu_memory_start(void);
/* One more worker, with all that it needs (main.c); memory comes from w. */
flu_worker *flu_worker_new(flu_worker *w, flu_runtime *rt);
/* Before flu_memory_start, on a thread other than the main one which is to be the first worker's. */
void flu_memory_first_thread(void);
/* Takes the signals that the collector needs on all its threads out of a set that is to be blocked. */
void flu_memory_keep_signals(sigset_t *set);
/* Cleared memory for a worker. */
flu_worker *flu_memory_worker(void);
/* Runs fn(data) on a detached thread that the collector knows. False: no thread is to be had. */
bool flu_thread_start(void *(*fn)(void *data), void *data);
typedef struct flu_memory_numbers {
    uint64_t collections;
    size_t heap; /* bytes at its largest; 0: not known (no collector) */
} flu_memory_numbers;
flu_memory_numbers flu_memory_count(void);
/* Applies rt->heap_max (again, after memory was exhausted). */
void flu_memory_limit(flu_runtime *rt);
/* Calls visit for every task that is still reachable. No other worker may run. */
void flu_each_task(flu_runtime *rt, void (*visit)(flu_task *t, void *data), void *data);
/* Has `fn(object, data)` called, between tasks, once object is garbage; object stays valid during the call. data:
 * memory that the collector does not scan. fn NULL: not any more. */
void flu_on_garbage(void *object, void (*fn)(void *object, void *data), void *data);
/* Looks for garbage now; bytes of the heap, those of it free, those ever allocated, and collections so far. */
void flu_memory_collect(void);
void flu_memory_stats(flu_runtime *rt, size_t stats[4]);
/* Calls what flu_on_garbage has become due for; rt->finalizer is w meanwhile. */
void flu_run_finalizers(flu_worker *w);
/* Without a collector the tasks are kept in a list for flu_each_task; t is new. */
#ifdef FLU_GC_NONE
void flu_memory_note_task(flu_task *t);
#else
#define flu_memory_note_task(t) ((void)(t))
#endif

/* ---- sched.c ---- */

/* Runs tasks until the program ends; gives its exit status. */
int flu_sched_loop(flu_worker *w);
/* Runs t on top of the C stack until it parks, ends or yields. t is in no queue. */
void flu_run(flu_worker *w, flu_task *t);
/* The running task is about to wait. Runs the task that has just been woken, and would run next, on top of the C stack,
 * if that may be: what the running one waits for may be there after that, without its having left. False: it may not.
 */
bool flu_run_woken(flu_worker *w);
/* Is enough of the C stack left to run another task on top of it? */
FLU_INLINE bool flu_stack_to_spare(const flu_worker *w) {
    return flu_sp() > w->real_stack_limit + w->rt->stack_region / 2;
}
/* Sets the limits of the C stack for tasks: `region` bytes below the caller. */
void flu_stack_region(flu_worker *w, size_t region);

/* ---- queue.c ---- */

void flu_queue_push(flu_worker *w, flu_task *t); /* at the back */
void flu_queue_new(flu_worker *w, flu_task *t);  /* a new task: at the back, unless there are very many */
void flu_queue_next(flu_worker *w, flu_task *t); /* runs next, if no other is to */
/* The task that was to run next goes to the back: the running one is about to wake another, and to wait for it. The
 * worker is solo. */
void flu_queue_free_slot(flu_worker *w);
/* The task that is to run next, taken from the worker's queue; NULL: it is empty. */
flu_task *flu_queue_pick(flu_worker *w);
/* The task that flu_queue_pick would give, or NULL: none, or it has to be chosen. The worker is solo. */
FLU_INLINE flu_task *flu_queue_peek(const flu_sched *s) {
    if (s->lifo != NULL) return s->lifo_streak + 1 < FLU_LIFO_LIMIT ? s->lifo : NULL;
    return s->newest == NULL ? s->first : NULL;
}
/* One more; of the worker's own counts, which others may read. */
FLU_INLINE void flu_count(_Atomic uint64_t *n) {
    atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + 1, memory_order_relaxed);
}
/* Takes about half of what victim has to do, and gives one task of it; NULL: it has nothing to spare. stuck: victim has
 * not switched tasks for a while, so that even the task it would run next is spare. */
flu_task *flu_queue_steal(flu_worker *w, flu_worker *victim, bool stuck);
/* All that w has to do becomes the other's. */
void flu_queue_give(flu_worker *w, flu_worker *to);
/* Asks the running task to yield at its next check. From any thread. */
FLU_INLINE void flu_preempt(flu_worker *w) { flu_set_stack_limit(w, UINTPTR_MAX); }

/* The running task has sent a letter. One that sends very many gives way to those that read them: the letters are then
 * handled while they are still in the cache, and a fast sender does not fill the memory. */
FLU_INLINE void flu_letter_sent(flu_worker *w) {
    if (flu_unlikely(--w->letters_left == 0)) flu_preempt(w);
}

/* ---- workers.c ---- */

/* Is this thread one of the workers? Not set for the main thread of an ordinary program. */
extern _Thread_local bool flu_thread_is_worker;

/* Reads FLU_WORKERS; the first worker is made already. After flu_schedule_start. */
void flu_workers_start(flu_runtime *rt);
/* The worker between two tasks: starts others, halts while another is alone, and so on, if any of that is wanted. */
void flu_workers_look(flu_worker *w);
/* The worker's own queue is empty, and it is not solo: a task of another's; or NULL, after some waiting: it is to look
 * again, or it is solo now. */
flu_task *flu_workers_find(flu_worker *w);
/* There is more to do than this worker can begin: an idle one is woken. */
FLU_COLD_CALL void flu_workers_wake(flu_runtime *rt);
/* Between these no other worker runs tasks, and the caller's locks cost nothing. Nests. The caller holds no lock; it
 * may be in the middle of a task, and other workers may have halted in the middle of theirs, where they call the same.
 * With one worker they do nothing. */
bool flu_alone_begin(flu_worker *w); /* gives what flu_alone_end is to be told */
void flu_alone_end(flu_worker *w, bool begun);

/* A number for an object to print with. Each worker has some in store: one is not in the way of another. */
FLU_COLD_CALL uint32_t flu_next_ids(flu_worker *w);
FLU_INLINE uint32_t flu_next_id(flu_worker *w) {
    flu_sched *s = w->sched;
    if (flu_unlikely(s->ids_left == 0)) return flu_next_ids(w);
    s->ids_left--;
    return ++s->last_id;
}

/* Words that a frame takes in the heap. */
#define flu_frame_words(f) (flu_header_size((f)->h) + (uint32_t)(sizeof(flu_frame) / sizeof(flu_value)))

/* ---- task.c ---- */

flu_task *flu_task_make(flu_worker *w, flu_value thunk);
/* Is v a procedure that can be called without arguments? */
bool flu_takes_no_arguments(flu_value v);
/* v: the value of the outermost frame, or FLU_ABNORMAL with FLU_THROW. Settles the task. */
void flu_task_finish(flu_worker *w, flu_task *t, flu_value v);

/* ---- error.c: traces ---- */

#define FLU_TRACE_ENDS 25 /* sites kept at each end of a trace */

typedef struct flu_trace_entry {
    const flu_proc_info *info;
    uint32_t point;
    bool awaited; /* the site awaited the promise that the entries before it belong to */
} flu_trace_entry;

/* The sites a throw has passed, innermost first: the first 25, then the last 25 as a ring. As part of an error value or
 * promise it is immutable and holds as many entries as it has sites, at most 50. */
struct flu_trace {
    uint64_t total;
    uintptr_t hidden_value; /* w->trace only: complement of the value last thrown, not seen by the collector */
    uint8_t next;           /* w->trace only: flu_trace_next */
    flu_trace_entry entries[];
};
/* What the next site is to the trace so far. */
enum flu_trace_next {
    FLU_TRACE_CALLER,  /* it called the site before it */
    FLU_TRACE_AWAITER, /* it awaited the promise whose trace this is */
    FLU_TRACE_SAME,    /* it may be the same activation, which has caught the value and throws it again */
};
#define FLU_TRACE_SIZE(n) (sizeof(struct flu_trace) + (n) * sizeof(flu_trace_entry))

/* Starts a throw of v whose first sites are in `from` (or NULL). Gives FLU_ABNORMAL. */
flu_value flu_throw_from(flu_worker *w, flu_value v, const struct flu_trace *from, enum flu_trace_next next);
/* Takes the throw in flight: *trace gets its trace (attached to v if v is an error value), or NULL. */
flu_value flu_take_throw(flu_worker *w, struct flu_trace **trace);
/* Appends the lines of a trace, each with this indentation and a newline: those of the program's procedures; of the
 * library only where there are no others. t may be NULL. */
void flu_trace_print(flu_buf *b, const struct flu_trace *t, const char *indent);

/* The trace that a thrown value carries; NULL: none. */
static inline struct flu_trace *flu_trace_of(flu_value thrown) {
    if (!flu_is(thrown, FLU_T_ERROR)) return NULL;
    return atomic_load_explicit(&FLU_ERR(thrown)->trace, memory_order_acquire);
}
/* "FILE:LINE:COLUMN" of the innermost site that is in the program, not in its library; false: there is none. */
bool flu_trace_place(flu_buf *b, const struct flu_trace *t);
/* One line: "at NAME (FILE:LINE:COLUMN)". */
void flu_site_print(flu_buf *b, const flu_proc_info *info, unsigned point);

/* ---- report.c ---- */

/* p was rejected and nobody has observed it yet. */
void flu_unhandled_add(flu_worker *w, flu_promise *p);
/* Reports those left at the end; they set rt->exit_status. */
void flu_unhandled_report(flu_worker *w);
/* "kind: message" (or "uncaught: VALUE"), the trace, and the causes; ends in a newline. trace may be NULL. */
void flu_error_print(flu_worker *w, flu_buf *b, flu_value thrown, const struct flu_trace *trace);
/* What a task waits for, or that it runs, and where: "recv! on #<channel 2> at worker (prog.flu:2:18)". */
void flu_describe_task(flu_worker *w, flu_buf *b, flu_task *t);
/* Of a parked one: "recv! on #<channel 2>". */
void flu_describe_wait(flu_worker *w, flu_buf *b, flu_task *t);
/* Lines for its frames in the program, innermost first. Of one that another worker runs only those that it has left in
 * the heap. */
void flu_describe_frames(flu_buf *b, const flu_task *t);
bool flu_task_is_parked(flu_task *t);
const char *flu_wait_name(unsigned kind); /* flu_wait_kind, as the program calls it */
/* Lines for the other tasks that wait, `but` and the main task left out, at most `most` of them; each begins with a
 * newline. */
void flu_describe_parked(flu_worker *w, flu_buf *b, const flu_task *but, size_t most);
/* Procedures of the runtime, and of the library that is written in FluentAI. */
bool flu_is_library(const flu_proc_info *info);
/* "error: kind: message" and the trace. */
void flu_report_uncaught(flu_worker *w, flu_value thrown, const struct flu_trace *trace);
void flu_report_deadlock(flu_worker *w);
/* From now on SIGQUIT has every task reported on standard error, with its logical stack; the program goes on. */
void flu_dump_start(flu_runtime *rt);
/* The report, if it is wanted. */
void flu_dump_tasks(flu_worker *w);
/* The program's last acts: reports unhandled rejections, which make a status of 0 to 1, and flushes. Gives the status.
 */
int flu_program_finish(flu_worker *w, int status);
/* The same, and ends the process. */
FLU_NORETURN void flu_program_end(flu_worker *w, int status);
/* Is this environment variable 1, not 0 or missing? Another value ends the process. */
bool flu_setting_is_on(const char *name);
/* An environment variable has a value that it cannot have: says so, and ends the process. */
FLU_NORETURN void flu_bad_setting(const char *name, const char *value, const char *expected);
/* Ends the process because the runtime cannot go on (memory). */
FLU_NORETURN void flu_fatal(const char *message);

/* ---- sync/handover.c ---- */

/* For reports: " (held by task 3)", if object is a lock. */
void flu_sync_print_holder(flu_buf *b, flu_value object);
/* The task that holds it, one of them if they are several readers; NULL: nobody does, or it is no lock. */
flu_task *flu_sync_holder(flu_value object);

/* ---- wait_graph.c ---- */

/* "task 3 of #<actor cook 2>". */
void flu_task_print(flu_worker *w, flu_buf *b, flu_task *t);
/* "cycle: task 1 waits for task 2, which waits for task 1" between two texts, if t is the oldest task of a cycle. Other
 * workers have halted, or have nothing to do. */
void flu_cycle_print(flu_worker *w, flu_buf *b, flu_task *t, const char *before, const char *after);

/* ---- timer.c ---- */

/* Fires what is due, on whichever worker it was set. */
void flu_timers_run(flu_worker *w);
/* When the first set timer of all workers is due; INT64_MAX: none. */
int64_t flu_timers_next(flu_worker *w);
/* The same by a glance, perhaps too early: cancelled timers count. From any thread. */
int64_t flu_timers_hint(flu_runtime *rt);
/* All set timers become due so many nanoseconds later: the clock was set. */
void flu_timers_shift(flu_worker *w, int64_t by);

/* Nanoseconds that collections have taken until now, a moment between two ticks. */
int64_t flu_memory_collecting(flu_runtime *rt, int64_t now);

/* ---- ticker.c ---- */

#define FLU_TICK_NS 5000000 /* a time slice lasts one to two ticks more than this: about 10 ms */

/* Starts the thread that ends time slices; does nothing the second time. */
void flu_ticker_start(flu_runtime *rt);
/* A solo worker has gone from idle to busy. */
void flu_ticker_wake(flu_runtime *rt);

/* ---- balance.c: all of it is for the ticker's thread ---- */

typedef struct flu_balance_mark {
    int64_t at;    /* nanoseconds, those of collections left out */
    uint64_t done; /* by all workers */
} flu_balance_mark;

/* What the ticker knows about all workers together. */
typedef struct flu_balance {
    int waited, enough, solo_ticks; /* ticks in a row */
    flu_balance_mark last;
    uint64_t rate, solo_rate; /* things done in a tick: in the last one; in the last ones that were solo */
    bool tried, in_vain;      /* several workers, against one, which was better */
    int hold, next_hold;      /* ticks until the next trial */
    int check, next_check;    /* ticks until several are tried against one anew */
} flu_balance;

void flu_balance_start(flu_runtime *rt, flu_balance *b);
/* A tick is over, at the end of which tasks wait for a worker, or not: gives hints to the workers. May take some
 * milliseconds. */
void flu_balance_tick(flu_runtime *rt, flu_balance *b, bool waits);

/* ---- clock.c ---- */

/* Reads FLU_CLOCK; after flu_schedule_start. */
void flu_clock_start(flu_runtime *rt);
FLU_INLINE bool flu_clock_is_virtual(flu_worker *w) {
    return atomic_load_explicit(&w->rt->virtual_clock, memory_order_relaxed);
}
int64_t flu_real_now(void);         /* monotonic nanoseconds, never virtual */
int64_t flu_wall_ms(flu_worker *w); /* milliseconds since 1970, perhaps virtual */

/* ---- schedule.c ---- */

/* Reads FLU_SCHEDULE. */
void flu_schedule_start(flu_runtime *rt);
/* The generator is again as at the start. */
void flu_schedule_restart(flu_runtime *rt);
/* rt->schedule is set: puts the task that is to run next into w->sched->lifo, and starts its time slice. */
void flu_schedule_choose(flu_worker *w);
/* rt->schedule is set, and a check has come to flu_yield: does the task yield? */
bool flu_schedule_preempts(flu_worker *w);

/* ---- leaks.c ---- */

void flu_leaks_start(flu_runtime *rt); /* reads FLU_LEAKS; no task is there yet */
/* rt->leaks is set: t, which is new, is reported if it becomes garbage while it waits. */
FLU_COLD_CALL void flu_leaks_watch(flu_worker *w, flu_task *t);
/* Collects garbage and reports the leaks so far, if they are wanted. No other worker may run. */
void flu_leaks_report(flu_worker *w);

/* ---- stats.c ---- */

void flu_stats_print(flu_worker *w);

#endif
