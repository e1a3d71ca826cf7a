/* alloc.c: memory: Boehm's collector, tuned, or plain malloc (-DFLU_GC_NONE) for the sanitizers.
 *
 * Each worker takes cells from its own free lists, filled by GC_malloc_many a block at a time. Lists of cells with
 * pointers are traced through their links from the worker, which is uncollectable memory. Nothing traces links through
 * pointer-free cells: those lists are dropped when a collection starts, which costs a block for each size in use. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "flu/sched.h"
#include "flu/timeline.h"

#define THREAD_STACK ((size_t)8 << 20) /* of workers: as that of the main thread, usually; pages come when touched */

#define SIZE_CLASS(bytes) (((bytes) + FLU_GRANULE - 1) / FLU_GRANULE)

/* Memory is exhausted: the running task gets out-of-memory at its next check. */
static void raise_later(flu_worker *w) {
    w->rt->out_of_memory = true;
    flu_preempt(w);
}

#define SMALL_REQUEST ((size_t)1 << 20) /* the reserve has room for those */

/* Bytes that could still be allocated. */
static size_t memory_left(flu_runtime *rt);

bool flu_memory_room(flu_worker *w, const char *proc, size_t bytes) {
    if (flu_likely(bytes < SMALL_REQUEST) || bytes <= memory_left(w->rt)) return true;
    flu_raise(w, "out-of-memory", "%s: %zu bytes are more than is left", proc, bytes);
    return false;
}

/* What there is when no limit is set: it may be in use by others, but more cannot be had. */
static size_t physical_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : SIZE_MAX;
}

#ifndef FLU_GC_NONE

#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#define GC_THREADS /* before its header: threads are started by way of the collector */
#include <gc/gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

static flu_runtime *the_runtime; /* set once at start: for the collector's callbacks */

#define RESERVE ((size_t)8 << 20) /* what a task may still allocate until it notices that the limit is reached */

/* As the collector counts for its limit: with what it has given back to the system for now. */
static size_t full_heap_size(void) { return GC_get_heap_size() + GC_get_unmapped_bytes(); }

void flu_memory_limit(flu_runtime *rt) {
    if (rt->heap_max == 0) return;
    size_t size = full_heap_size();
    /* The collector's heap never shrinks: after the reserve was used, that is the new limit. */
    GC_set_max_heap_size(size > rt->heap_max ? size : rt->heap_max);
}

static size_t memory_in_use(void) { return GC_get_heap_size() - GC_get_free_bytes(); }

static size_t memory_left(flu_runtime *rt) {
    size_t limit = rt->heap_max ? rt->heap_max : physical_memory();
    size_t used = memory_in_use();
    if (used > limit / 4) { /* much of it may be garbage */
        GC_gcollect();
        used = memory_in_use();
    }
    return used < limit ? limit - used : 0;
}

/* The allocation of `bytes` failed: lets the heap grow over its limit, until the task notices. */
static void grant_reserve(flu_worker *w, size_t bytes) {
    size_t size = full_heap_size();
    size_t limit = w->rt->heap_max;
    if (limit == 0 || size + bytes > 2 * limit + 8 * RESERVE) flu_fatal("out-of-memory: no memory is left");
    GC_set_max_heap_size(size + bytes + RESERVE);
    raise_later(w);
}

enum { LARGE_PAGES_FROM = 8 << 20 }; /* bytes of a mapping that are worth it */

/* Growing the heap before the collector asks for it saves most collections of programs that keep much. One that keeps
 * little runs better in a heap that fits into the cache. Looked at whenever the bytes allocated so far have doubled. */
enum { FIRST_LOOK = 4 << 20, LEAST_HEAP = 16 << 20, HEAP_TO_KEPT = 32 };
static const struct {
    size_t allocated, heap; /* what the heap may grow to, once so many bytes have been allocated */
} heap_steps[] = {{(size_t)256 << 20, (size_t)128 << 20}, {(size_t)16 << 20, (size_t)64 << 20}, {0, LEAST_HEAP}};

/* The first touch of a page costs a fault; of large pages there are few. The collector does not tell where its heap
 * lies: it is looked up among the mappings of the process, only when the heap has grown much. */
static void want_large_pages(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    if (maps == NULL) return;
    char line[256], rights[5];
    uintptr_t from, to;
    unsigned long inode;
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %lu", &from, &to, rights, &inode) != 4) continue;
        if (inode == 0 && strcmp(rights, "rw-p") == 0 && to - from >= LARGE_PAGES_FROM && GC_is_heap_ptr((void *)from))
            madvise((void *)from, to - from, MADV_HUGEPAGE);
    }
    fclose(maps);
}

static void expand_heap(flu_runtime *rt, size_t want) {
    if (rt->heap_max != 0 && want > rt->heap_max) want = rt->heap_max;
    size_t size = GC_get_heap_size();
    if (size < want && GC_expand_hp(want - size)) want_large_pages();
}

/* What the last collection has left, about. */
static size_t memory_kept(void) {
    size_t used = memory_in_use(), fresh = GC_get_bytes_since_gc();
    return used > fresh ? used - fresh : 0;
}

static void look_at_heap(flu_runtime *rt, size_t allocated) {
    unsigned step = 0;
    while (allocated < heap_steps[step].allocated) step++;
    size_t want = memory_kept() * HEAP_TO_KEPT, most = heap_steps[step].heap;
    if (want < LEAST_HEAP) want = LEAST_HEAP;
    expand_heap(rt, want < most ? want : most);
}

/* A heap that fills with runnable tasks holds no garbage to speak of: collecting it would be work for nothing. What a
 * task takes with its thunk and what that refers to, about; how much of the heap they may take before it grows. */
enum { TASK_BYTES = 256, TASK_SHARE = 4, TASK_GROWTH = 4 };

static void grow_for_tasks(flu_worker *w) {
    flu_runtime *rt = w->rt;
    if (w->sched == NULL) return; /* at start */
    size_t queued = atomic_load_explicit(&w->sched->queued, memory_order_relaxed);
    if (flu_likely(queued * TASK_BYTES < atomic_load_explicit(&rt->heap_for_tasks, memory_order_relaxed))) return;
    size_t heap = GC_get_heap_size();
    if (queued * TASK_BYTES > heap / TASK_SHARE) expand_heap(rt, heap * TASK_GROWTH);
    atomic_store_explicit(&rt->heap_for_tasks, GC_get_heap_size() / TASK_SHARE, memory_order_relaxed);
}

static void account(flu_worker *w, size_t bytes) {
    flu_runtime *rt = w->rt;
    size_t allocated = atomic_fetch_add_explicit(&rt->allocated, bytes, memory_order_relaxed) + bytes;
    size_t look = atomic_load_explicit(&rt->heap_look, memory_order_relaxed);
    if (flu_unlikely(allocated >= look) && atomic_compare_exchange_strong(&rt->heap_look, &look, 2 * allocated))
        look_at_heap(rt, allocated);
    grow_for_tasks(w);
}

/* Cells of c granules, linked by their first words. */
static void *fill(flu_worker *w, size_t c, bool atomic) {
    account(w, 4096);
    for (;;) {
        void *list;
        if (atomic)
            GC_generic_malloc_many(c * FLU_GRANULE, GC_I_PTRFREE, &list);
        else
            list = GC_malloc_many(c * FLU_GRANULE);
        if (flu_likely(list != NULL)) return list;
        grant_reserve(w, 0);
    }
}

static void *alloc_large(flu_worker *w, size_t bytes, bool atomic) {
    account(w, bytes);
    for (;;) {
        void *p = atomic ? GC_malloc_atomic(bytes) : GC_malloc(bytes);
        if (flu_likely(p != NULL)) return p;
        grant_reserve(w, bytes);
    }
}

FLU_NOINLINE void *flu_alloc_slow(flu_worker *w, size_t bytes) {
    size_t c = SIZE_CLASS(bytes);
    if (c > FLU_SIZE_CLASSES) return alloc_large(w, bytes, false);
    if (c == 0) c = 1;
    void **cell = fill(w, c, false);
    w->free[c] = *cell;
    *cell = NULL;
    return cell;
}

/* A collection that another worker causes may come between any two instructions, and drops the lists. What is behind
 * the cell taken is then not to be put back; the cell itself stands in a register. */
void *flu_alloc_atomic(flu_worker *w, size_t bytes) {
    size_t c = SIZE_CLASS(bytes);
    if (flu_unlikely(c > FLU_SIZE_CLASSES)) return alloc_large(w, bytes, true);
    if (c == 0) c = 1;
    volatile uint32_t *collections = &w->collections;
    uint32_t before = *collections;
    atomic_signal_fence(memory_order_seq_cst);
    void **cell = w->free_atomic[c];
    if (flu_unlikely(cell == NULL)) cell = fill(w, c, true);
    w->free_atomic[c] = *cell;
    atomic_signal_fence(memory_order_seq_cst);
    if (flu_unlikely(*collections != before)) w->free_atomic[c] = NULL;
    return cell;
}

/* Under the collector's lock. */
static void note_collection(bool begins) {
    flu_runtime *rt = the_runtime;
    int64_t now = flu_real_now();
    if (!begins) {
        int64_t took = now - atomic_load_explicit(&rt->collects_from, memory_order_relaxed);
        atomic_fetch_add_explicit(&rt->collecting, took, memory_order_relaxed);
    }
    atomic_store_explicit(&rt->collects_from, begins ? now : 0, memory_order_release);
    if (flu_unlikely(flu_timeline_is_on())) flu_timeline_collection(begins);
}

/* All threads but this one are stopped, but at the start and the end. */
static void GC_CALLBACK on_collection(GC_EventType event) {
    bool begins = event == GC_EVENT_START;
    if (begins || event == GC_EVENT_END) note_collection(begins);
    if (event != GC_EVENT_POST_STOP_WORLD) return;
    struct flu_workers *ws = &the_runtime->workers;
    uint32_t count = atomic_load_explicit(&ws->count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++) {
        ws->all[i]->collections++;
        memset(ws->all[i]->free_atomic, 0, sizeof ws->all[i]->free_atomic);
    }
}

static void GC_CALLBACK no_warning(char *message, GC_word arg) {
    (void)message;
    (void)arg;
}

static void GC_CALLBACK finalizers_are_due(void) { atomic_store(&the_runtime->finalizers_due, true); }

static void start_collector(void) {
    GC_set_all_interior_pointers(0); /* else a 16-byte cell takes 32 */
    GC_set_free_space_divisor(1);    /* fewer collections for more memory */
    GC_set_warn_proc(no_warning);
    GC_set_finalize_on_demand(1);
    GC_set_dont_precollect(1); /* nothing is there yet: half of a small program's time */
    GC_INIT();
    GC_register_displacement(FLU_TAG_CONS);
}

flu_worker *flu_memory_worker(void) { return GC_malloc_uncollectable(sizeof(flu_worker)); }

flu_runtime *flu_memory_start(void) {
    if (!GC_is_init_called()) start_collector();
    flu_runtime *rt = GC_malloc_uncollectable(sizeof *rt);
    rt->worker = flu_memory_worker();
    rt->worker->rt = rt;
    rt->heap_look = FIRST_LOOK;
    the_runtime = rt;
    GC_set_on_collection_event(on_collection);
    GC_set_finalizer_notifier(finalizers_are_due);
    return rt;
}

/* A task, as the heap walk knows it: its header, and what it waits with points back. */
static bool is_task(const void *p, size_t size) {
    const flu_task *t = p;
    if (size < sizeof *t || t->promise.h != FLU_HEADER(FLU_T_TASK, 0, 0, 0)) return false;
    flu_parking *parking = t->promise.parking;
    return parking == NULL || (GC_base(parking) == parking && parking->waiter.task == t);
}

struct task_walk {
    void (*visit)(flu_task *t, void *data);
    void *data;
};

static void GC_CALLBACK walk_object(void *object, size_t bytes, void *data) {
    struct task_walk *walk = data;
    if (GC_get_kind_and_size(object, NULL) != GC_I_PTRFREE && is_task(object, bytes)) walk->visit(object, walk->data);
}

static void *GC_CALLBACK walk_all(void *data) {
    GC_enumerate_reachable_objects_inner(walk_object, data);
    return NULL;
}

void flu_each_task(flu_runtime *rt, void (*visit)(flu_task *t, void *data), void *data) {
    struct task_walk walk = {visit, data};
    (void)rt;
    GC_gcollect();
    GC_call_with_alloc_lock(walk_all, &walk);
}

flu_memory_numbers flu_memory_count(void) {
    return (flu_memory_numbers){GC_get_gc_no(), full_heap_size()}; /* the heap's address space never shrinks */
}

void flu_memory_collect(void) { GC_gcollect(); }

int64_t flu_memory_collecting(flu_runtime *rt, int64_t now) {
    int64_t since = atomic_load_explicit(&rt->collects_from, memory_order_acquire);
    int64_t all = atomic_load_explicit(&rt->collecting, memory_order_relaxed);
    return since != 0 && since < now ? all + now - since : all;
}

void flu_memory_stats(FLU_UNUSED flu_runtime *rt, size_t stats[4]) {
    stats[0] = GC_get_heap_size();
    stats[1] = GC_get_free_bytes();
    stats[2] = GC_get_total_bytes();
    stats[3] = GC_get_gc_no();
}

void flu_on_garbage(void *object, void (*fn)(void *object, void *data), void *data) {
    GC_register_finalizer_no_order(object, (GC_finalization_proc)fn, data, NULL, NULL);
}

void flu_run_finalizers(flu_worker *w) {
    flu_runtime *rt = w->rt;
    if (flu_likely(!atomic_load_explicit(&rt->finalizers_due, memory_order_relaxed))) return;
    if (!flu_lock_try(w, &rt->finalizer_lock)) return; /* another worker runs them */
    rt->finalizer = w;
    atomic_store(&rt->finalizers_due, false);
    GC_invoke_finalizers();
    flu_lock_release(w, &rt->finalizer_lock);
}

#else /* FLU_GC_NONE: every object its own malloc, nothing is freed */

/* Objects live as long as the program: they are no leaks. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }

static struct {
    flu_task **items;
    size_t count, capacity;
} all_tasks; /* guarded by all_tasks_lock */
static pthread_mutex_t all_tasks_lock = PTHREAD_MUTEX_INITIALIZER;

static void *get_memory(flu_worker *w, size_t bytes) {
    flu_runtime *rt = w->rt;
    size_t allocated = atomic_fetch_add_explicit(&rt->allocated, bytes, memory_order_relaxed) + bytes;
    if (rt->heap_max != 0 && allocated > rt->heap_max) {
        if (allocated > rt->heap_max + rt->heap_max / 2 + ((size_t)64 << 20))
            flu_fatal("out-of-memory: no memory is left");
        raise_later(w);
    }
    void *p = calloc(1, bytes ? bytes : 1);
    if (p == NULL) flu_fatal("out-of-memory: no memory is left");
    return p;
}

static size_t memory_left(flu_runtime *rt) {
    size_t limit = rt->heap_max ? rt->heap_max : physical_memory();
    return rt->allocated < limit ? limit - rt->allocated : 0;
}

void *flu_alloc_slow(flu_worker *w, size_t bytes) { return get_memory(w, bytes); }
void *flu_alloc_atomic(flu_worker *w, size_t bytes) { return get_memory(w, bytes); }

void flu_memory_limit(flu_runtime *rt) {
    /* Nothing is ever freed: as if all that was used had been. */
    if (rt->heap_max != 0 && rt->allocated > rt->heap_max) rt->heap_max += rt->allocated;
}

flu_worker *flu_memory_worker(void) {
    flu_worker *w = calloc(1, sizeof *w);
    if (w == NULL) flu_fatal("out-of-memory: no memory is left");
    return w;
}

flu_runtime *flu_memory_start(void) {
    flu_runtime *rt = calloc(1, sizeof *rt);
    if (rt == NULL) flu_fatal("out-of-memory: no memory is left");
    rt->worker = flu_memory_worker();
    rt->worker->rt = rt;
    return rt;
}

void flu_memory_note_task(flu_task *t) {
    pthread_mutex_lock(&all_tasks_lock);
    if (all_tasks.count == all_tasks.capacity) {
        size_t capacity = all_tasks.capacity ? 2 * all_tasks.capacity : 64;
        flu_task **items = realloc(all_tasks.items, capacity * sizeof *items);
        if (items == NULL) flu_fatal("out-of-memory: no memory is left");
        all_tasks.items = items;
        all_tasks.capacity = capacity;
    }
    all_tasks.items[all_tasks.count++] = t;
    pthread_mutex_unlock(&all_tasks_lock);
}

void flu_each_task(flu_runtime *rt, void (*visit)(flu_task *t, void *data), void *data) {
    (void)rt;
    for (size_t i = 0; i < all_tasks.count; i++) visit(all_tasks.items[i], data);
}

flu_memory_numbers flu_memory_count(void) { return (flu_memory_numbers){0, 0}; }

void flu_memory_collect(void) {}
int64_t flu_memory_collecting(FLU_UNUSED flu_runtime *rt, FLU_UNUSED int64_t now) { return 0; }

void flu_memory_stats(flu_runtime *rt, size_t stats[4]) {
    stats[0] = stats[2] = rt->allocated;
    stats[1] = stats[3] = 0;
}

void flu_on_garbage(void *object, void (*fn)(void *object, void *data), void *data) {
    (void)object, (void)fn, (void)data; /* nothing ever becomes garbage */
}
void flu_run_finalizers(flu_worker *w) { (void)w; }

#endif

/* ---- threads ---- */

/* With GC_THREADS pthread_create is the collector's. */
void flu_memory_keep_signals(FLU_UNUSED sigset_t *set) {
#ifndef FLU_GC_NONE
    sigdelset(set, GC_get_suspend_signal());
    sigdelset(set, GC_get_thr_restart_signal());
#endif
}

void flu_memory_first_thread(void) {
#ifndef FLU_GC_NONE
    struct GC_stack_base base;
    if (!GC_is_init_called() && GC_get_stack_base(&base) == GC_SUCCESS) GC_set_stackbottom(NULL, &base);
#endif
}

bool flu_thread_start(void *(*fn)(void *data), void *data) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    /* Signals are for the main thread. */
    sigset_t all, old;
    sigfillset(&all);
    flu_memory_keep_signals(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_t thread;
    bool started = pthread_create(&thread, &attr, fn, data) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    return started;
}
