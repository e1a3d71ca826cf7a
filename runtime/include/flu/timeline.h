/* timeline.h: FLU_TRACE=file.json: a timeline of the program, which ui.perfetto.dev and chrome://tracing open.
 *
 * The file is in the Trace Event Format: a JSON array with one event a line. "Workers" has a track for each worker,
 * with a slice for each time that it ran a task, and inside it one for each letter that an actor handled; "tasks" has a
 * track for each task or actor that waited, with a slice for each wait. Arrows (flows) go from a spawn to the first run
 * of the task, from whoever ended a wait to the task that went on, and from the sending of a message to its receipt.
 *
 * Whoever calls these has seen that w->timeline is set, so a program without a timeline pays one test for each. All of
 * them write under one lock, in the order of time; none is called with a lock of the runtime's that they would take.
 * The clock is the real one, also under FLU_CLOCK=virtual. */
#ifndef FLU_TIMELINE_H
#define FLU_TIMELINE_H

#include "actor.h"
#include "task.h"

/* Reads FLU_TRACE, in which %p stands for the number of the process. A file that cannot be written ends the program. */
void flu_timeline_start(flu_runtime *rt);
/* Closes slices that are open, and the file; nothing is noted after that. */
void flu_timeline_finish(void);
/* Is there one? For new workers, and the collector's thread. */
bool flu_timeline_is_on(void);

void flu_timeline_spawned(flu_worker *w, flu_task *t);
/* The worker starts or goes on with t, and leaves the task that it ran. These pairs nest. */
void flu_timeline_enter(flu_worker *w, flu_task *t);
void flu_timeline_leave(flu_worker *w);
/* The running task is about to wait; it goes on at once, as it had been woken already; it is about to end. */
void flu_timeline_parks(flu_worker *w, flu_task *t);
void flu_timeline_goes_on(flu_worker *w, flu_task *t);
void flu_timeline_ends(flu_worker *w, flu_task *t);
/* The running task ends the wait of t. */
void flu_timeline_wakes(flu_worker *w, flu_task *t);

/* What stands in the letter for its site: a pair of that and the number of the arrow. */
flu_value flu_timeline_send(flu_worker *w, flu_value message, flu_value site);
/* The running task or actor takes a letter. */
void flu_timeline_take(flu_worker *w, flu_letter letter);

/* A collection begins, or is over. On any thread; allocates nothing from the collector. */
void flu_timeline_collection(bool begins);

#endif
