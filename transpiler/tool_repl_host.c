/* tool_repl_host.c: the process that keeps a session, and compiling for it. */
#include "tool_repl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text.h"

enum { COMMANDS = 3, ANSWERS = 4 }; /* descriptors in the host: runtime/sched/session.c */

static const char host_c[] = "/* The host of flc2c repl. */\n"
                             "#include <dlfcn.h>\n"
                             "#include <stdio.h>\n"
                             "#include <flu/flu.h>\n"
                             "#include <flu/session.h>\n"
                             "static void *open_entry(const char *path) {\n"
                             "    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);\n"
                             "    if (!object) fprintf(stderr, \"%s\\n\", dlerror());\n"
                             "    return object ? dlsym(object, \"flu_session_code\") : NULL;\n"
                             "}\n"
                             "static void init(flu_worker *w) { flu_lib_init(w), flu_lib_tls_init(w); }\n"
                             "int main(int argc, char **argv) {\n"
                             "    static const flu_program program = {\"repl\", init, flu_lib_session_loop};\n"
                             "    flu_session_open = open_entry;\n"
                             "    return flu_main(argc, argv, &program);\n"
                             "}\n";

static const char *host_program(const driver_options *given) {
    driver_options o = *given;
    compilation c = {0};
    o.link = LINK_HOST;
    out_text(&c.text, host_c);
    const char *program = cached_program(&c, &o);
    out_free(&c.text);
    return program;
}

/* In the child: from then on it is the host. The descriptors may have each other's numbers. */
_Noreturn static void become_host(const char *program, int commands, int answers) {
    int high = fcntl(answers, F_DUPFD, 10);
    commands = fcntl(commands, F_DUPFD, 10);
    dup2(commands, COMMANDS);
    dup2(high, ANSWERS);
    close(commands);
    close(high);
    signal(SIGINT, SIG_DFL);
    char *argv[] = {"repl", NULL};
    execv(program, argv);
    driver_error("cannot run %s: %s", program, strerror(errno));
    _exit(STATUS_FAILED);
}

bool host_start(repl_host *h, const driver_options *o) {
    int commands[2], answers[2];
    const char *tmp = getenv("TMPDIR"), *program = host_program(o);
    char *folder = arena_printf("%s/flc2c-repl.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!program) return false;
    if (!mkdtemp(folder)) return driver_error("cannot make a folder %s: %s", folder, strerror(errno));
    if (pipe2(commands, O_CLOEXEC) || pipe2(answers, O_CLOEXEC)) return driver_error("no pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid < 0) return driver_error("cannot start a process: %s", strerror(errno));
    if (pid == 0) become_host(program, commands[0], answers[1]);
    close(commands[0]);
    close(answers[1]);
    *h = (repl_host){.pid = pid, .commands = commands[1], .answers = answers[0], .folder = folder};
    return true;
}

/* ---- compiling, in a process of its own: its memory goes with it ---- */

static void write_names(int fd, const session_names *names) {
    FILE *out = fdopen(fd, "w");
    for (size_t i = 0; out && i < names->count; i++) fprintf(out, "%s\n", names->names[i]);
    if (out) fclose(out);
}

static bool compile_entry(const driver_options *given, const source *src, const session_names *names,
                          const char *object, session_names *defined) {
    driver_options o = *given;
    compilation c = {0};
    diag *d = diag_new(stderr, o.color);
    o.link = LINK_SESSION;
    o.compile.session = names;
    o.compile.defined = defined;
    source_provide(src->path, src->text, src->size)->first_form = src->first_form;
    diag_ignore(d, W0135); /* what is imported may be used by later entries */
    bool ok = compile_files(&src->path, 1, &o.compile, d, &c.text, &c.deps);
    diag_flush(d);
    return ok && !diag_failed(d) && compile_c_program(&c, &o, object);
}

static const char *read_all(int fd) {
    text all = {0};
    char chunk[4096];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0) text_add_bytes(&all, chunk, (size_t)n);
    close(fd);
    return text_chars(&all);
}

static bool ended_well(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool host_compile(repl_host *h, const driver_options *o, const source *src, const session_names *names,
                  const char **object, const char **defined) {
    int ends[2];
    *object = arena_printf("%s/%u.so", h->folder, ++h->count);
    if (pipe2(ends, O_CLOEXEC)) return driver_error("no pipe: %s", strerror(errno));
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        session_names fresh = {0};
        signal(SIGINT, SIG_DFL);
        bool ok = compile_entry(o, src, names, *object, &fresh);
        write_names(ends[1], &fresh);
        _exit(ok ? STATUS_OK : STATUS_FAILED);
    }
    close(ends[1]);
    *defined = read_all(ends[0]);
    return pid > 0 && ended_well(pid);
}

/* ---- running ---- */

bool host_run(repl_host *h, const char *object) {
    const char *line = arena_printf("%s\n", object);
    char answer;
    ssize_t n;
    if (write(h->commands, line, strlen(line)) < 0) return false;
    while ((n = read(h->answers, &answer, 1)) < 0 && errno == EINTR) {
    }
    unlink(object); /* it is loaded, or will never be */
    return n == 1;
}

int host_end(repl_host *h) {
    int status = 0;
    close(h->commands);
    close(h->answers);
    while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR) {
    }
    rmdir(h->folder);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    driver_error("the session was ended by signal %d (%s); its definitions are lost", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    return STATUS_FAILED;
}
