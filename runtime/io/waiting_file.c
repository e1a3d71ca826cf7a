/* waiting_file.c: whole files that may make one wait: pipes, terminals, devices. A helper thread reads or writes them
 * while only the calling task waits (ffi/job.c). Why not the poller: opening a named pipe waits too, for its other end.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "file_internal.h"
#include "flu/foreign.h"
#include "flu/print.h"
#include "flu/text.h"

typedef struct transfer {
    flu_job job; /* must be first */
    const char *proc;
    const char *mode; /* of fopen */
    flu_value path;
    flu_value text; /* to be written */
    flu_buf read;
    int cause; /* errno of the failure; 0: none */
} transfer;

bool flu_file_may_wait(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static transfer *transfer_new(flu_worker *w, const char *proc, const char *mode, flu_value path, void (*run)(flu_job *),
                              flu_value (*end)(flu_worker *, flu_job *)) {
    transfer *t = flu_job_new(w, sizeof *t, run, end);
    t->proc = proc;
    t->mode = mode;
    t->path = path;
    return t;
}

static flu_value failure(flu_worker *w, const transfer *t) {
    errno = t->cause;
    return flu_io_error(w, t->proc, t->path);
}

/* ---- reading ---- */

static void run_read(flu_job *job) {
    transfer *t = (transfer *)job;
    FILE *f = fopen(FLU_STR(t->path)->bytes, t->mode);
    if (f == NULL || !flu_read_all(f, &t->read)) t->cause = errno;
    if (f != NULL) fclose(f);
}

static void drop_read(flu_job *job) { flu_buf_free(&((transfer *)job)->read); }

static flu_value end_read(flu_worker *w, flu_job *job) {
    transfer *t = (transfer *)job;
    flu_value v = t->cause != 0 ? failure(w, t) : flu_text_read(w, t->proc, t->path, &t->read);
    flu_buf_free(&t->read);
    return v;
}

flu_value flu_file_read_waiting(flu_worker *w, const char *proc, flu_value path) {
    transfer *t = transfer_new(w, proc, "rbe", path, run_read, end_read);
    t->job.drop = drop_read;
    flu_buf_init(&t->read);
    return flu_job_start(w, &t->job);
}

/* ---- writing ---- */

static void run_write(flu_job *job) {
    transfer *t = (transfer *)job;
    size_t size = flu_str_size(t->text);
    FILE *f = fopen(FLU_STR(t->path)->bytes, t->mode);
    if (f == NULL) {
        t->cause = errno;
        return;
    }
    if (fwrite(FLU_STR(t->text)->bytes, 1, size, f) != size) t->cause = errno;
    if (fclose(f) != 0 && t->cause == 0) t->cause = errno;
}

static flu_value end_write(flu_worker *w, flu_job *job) {
    transfer *t = (transfer *)job;
    return t->cause != 0 ? failure(w, t) : FLU_NIL;
}

flu_value flu_file_write_waiting(flu_worker *w, const char *proc, const char *mode, flu_value path, flu_value text) {
    transfer *t = transfer_new(w, proc, mode, path, run_write, end_write);
    t->text = text;
    return flu_job_start(w, &t->job);
}
