/* driver_cc.c: from C text to an executable: where headers and runtime are, the C compiler's command line, and the
 * cache. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

extern char **environ;

/* ---- where the runtime is ---- */

typedef struct installation {
    const char *include; /* folder that holds flu/flu.h */
    const char *archive; /* libflurt.a */
} installation;

static bool exists(const char *path) { return access(path, R_OK) == 0; }

static bool use_if_there(installation *in, const char *include, const char *archive) {
    if (!exists(arena_printf("%s/flu/flu.h", include)) || !exists(archive)) return false;
    *in = (installation){include, archive};
    return true;
}

static bool use_prefix(installation *in, const char *prefix) {
    const char *include = arena_printf("%s/%s", prefix, FLC2C_INCLUDEDIR);
    return use_if_there(in, include, arena_printf("%s/%s/libflurt.a", prefix, FLC2C_LIBDIR)) ||
           use_if_there(in, include, arena_printf("%s/lib/libflurt.a", prefix));
}

/* The prefix that flc2c itself is installed under: its binary is in PREFIX/bin. NULL: cannot be told. */
static const char *own_prefix(void) {
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return NULL;
    path[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (!slash) return NULL;
        *slash = '\0';
    }
    return arena_copy(path, strlen(path));
}

static bool find_installation(installation *in) {
    const char *home = getenv("FLU_HOME");
    if (home && *home)
        return use_prefix(in, home) ||
               driver_error("FLU_HOME is %s, but include/flu/flu.h and lib/libflurt.a are not there", home);
    const char *prefix = own_prefix();
    if (prefix && use_prefix(in, prefix)) return true;
    return use_if_there(in, FLC2C_BUILD_INCLUDE, FLC2C_BUILD_LIB "/libflurt.a") ||
           driver_error(
               "the runtime (flu/flu.h, libflurt.a) is not installed beside flc2c; set FLU_HOME to its prefix");
}

const char *installed_modules(void) {
    const char *home = getenv("FLU_HOME");
    const char *prefix = home && *home ? home : own_prefix();
    const char *folder = prefix ? arena_printf("%s/share/flc2c/modules", prefix) : NULL;
    return folder && exists(folder) ? folder : NULL;
}

/* ---- the C compiler's command line ---- */

typedef struct command_line {
    char **words; /* ended by NULL once complete */
    size_t count, capacity;
} command_line;

static void add_word(command_line *c, const char *word) {
    PUSH(c->words, c->count, c->capacity, arena_copy(word, strlen(word)));
}

/* Adds what stands between the blanks of text (CC="ccache gcc", CFLAGS). NULL: nothing. */
static void add_words(command_line *c, const char *text) {
    while (text && *text) {
        size_t blank = strspn(text, " \t\n");
        size_t n = strcspn(text += blank, " \t\n");
        if (n > 0) PUSH(c->words, c->count, c->capacity, arena_copy(text, n));
        text += n;
    }
}

static const char *c_compiler(void) {
    const char *cc = getenv("CC");
    return cc && *cc ? cc : "cc";
}

static void add_compiler_flags(command_line *c, const driver_options *o) {
    add_words(c, c_compiler());
    add_words(c, o->debug ? "-std=gnu11 -Og -g" : o->link == LINK_SESSION ? "-std=gnu11 -O1" : "-std=gnu11 -O2");
    add_word(c, "-fno-math-errno"); /* sqrt is one instruction then */
    add_words(c, getenv("CFLAGS"));
}

/* Only what a program uses is linked: each procedure of the runtime is a section of its own. */
static void add_linker_flags(command_line *c, const driver_options *o) {
    if (o->link == LINK_PROGRAM) add_words(c, "-Wl,--gc-sections -Wl,--as-needed");
    if (o->link == LINK_SESSION) add_words(c, "-shared -fPIC");
    if (o->link == LINK_HOST) add_words(c, "-rdynamic -Wl,--whole-archive");
    if (o->link_static)
        add_words(c, FLC2C_STATIC);
    else if (!o->debug)
        add_word(c, "-Wl,-O1");
    add_words(c, getenv("LDFLAGS"));
}

/* Headers in quotes stand beside the program's source. */
static const char *source_folder(const compilation *c) {
    const char *path = c->deps.count ? c->deps.paths[0] : "", *slash = strrchr(path, '/');
    return slash ? arena_copy(path, (size_t)(slash - path)) : ".";
}

static command_line compile_command(const compilation *compiled, const driver_options *o, const installation *in,
                                    const char *c_file, const char *program) {
    command_line c = {0};
    add_compiler_flags(&c, o);
    add_word(&c, arena_printf("-I%s", in->include));
    if (compiled->deps.header_count) add_word(&c, arena_printf("-I%s", source_folder(compiled)));
    add_word(&c, c_file);
    add_word(&c, "-o");
    add_word(&c, program);
    add_linker_flags(&c, o);
    if (o->link != LINK_SESSION) add_word(&c, in->archive);
    if (o->link == LINK_HOST) add_word(&c, "-Wl,--no-whole-archive");
    for (size_t i = 0; i < compiled->deps.lib_count; i++) add_word(&c, compiled->deps.libs[i]);
    if (o->link != LINK_SESSION) add_words(&c, FLC2C_LIBS);
    PUSH(c.words, c.count, c.capacity, NULL);
    return c;
}

static bool run_command(const command_line *c) {
    pid_t pid;
    int status;
    int failed = posix_spawnp(&pid, c->words[0], NULL, NULL, c->words, environ);
    if (failed) return driver_error("cannot run the C compiler %s: %s", c->words[0], strerror(failed));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return driver_error("waiting for %s: %s", c->words[0], strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    return driver_error("the C compiler failed (%s)", c->words[0]);
}

/* ---- compiling ---- */

/* A new folder for the C file; its name is the program's, so that messages of the C compiler and debuggers name it. */
static const char *new_work_folder(void) {
    const char *tmp = getenv("TMPDIR");
    char *folder = arena_printf("%s/flc2c.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (mkdtemp(folder)) return folder;
    driver_error("cannot make a folder in %s: %s", tmp && *tmp ? tmp : "/tmp", strerror(errno));
    return NULL;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Compiles c_file to a temporary beside program and renames it: a running or half-written program is never in the way.
 */
static bool compile_and_rename(const compilation *compiled, const char *c_file, const driver_options *o,
                               const char *program) {
    installation in;
    if (!find_installation(&in)) return false;
    const char *temp = arena_printf("%s.tmp%ld", program, (long)getpid());
    command_line c = compile_command(compiled, o, &in, c_file, temp);
    if (run_command(&c)) {
        if (rename(temp, program) == 0) return true;
        driver_error("cannot write %s: %s", program, strerror(errno));
    }
    unlink(temp);
    return false;
}

bool compile_c_program(const compilation *c, const driver_options *o, const char *program) {
    const char *folder = new_work_folder();
    if (!folder) return false;
    const char *c_file = arena_printf("%s/%s.c", folder, base_name(program));
    bool ok = write_output(c_file, &c->text) && compile_and_rename(c, c_file, o, program);
    unlink(c_file);
    rmdir(folder);
    return ok;
}

/* ---- the cache of flc2c run ---- */

#define CACHE_DAYS 30 /* executables not run for so long are removed when a new one is made */

__extension__ typedef unsigned __int128 hash128;

/* FNV-1a in 128 bits: no adversary here, only many programs. */
static hash128 hash_bytes(hash128 h, const void *bytes, size_t size) {
    const hash128 prime = (hash128)1 << 88 | 0x13b;
    for (const unsigned char *p = bytes, *end = p + size; p < end; p++) h = (h ^ *p) * prime;
    return h;
}

/* The final NUL is hashed too, so that neighbours cannot run into each other. NULL is not "". */
static hash128 hash_text(hash128 h, const char *text) {
    return text ? hash_bytes(h, text, strlen(text) + 1) : hash_bytes(h, "\1", 1);
}

/* Stands for the contents of a file: its name, size and time of change. */
static hash128 hash_file(hash128 h, const char *path) {
    struct stat st = {0};
    if (stat(path, &st) != 0) return hash_text(h, path);
    int64_t facts[] = {(int64_t)st.st_size, (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec};
    return hash_bytes(hash_text(h, path), facts, sizeof facts);
}

static const char *cache_key(const compilation *c, const driver_options *o, const installation *in) {
    hash128 h = (hash128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;
    for (const output_block *b = c->text.first; b; b = b->next) h = hash_bytes(h, b->chars, b->size);
    h = hash_file(h, in->archive);
    for (size_t i = 0; i < c->deps.lib_count; i++) h = hash_file(h, c->deps.libs[i]);
    for (size_t i = 0; i < c->deps.header_count; i++)
        h = hash_file(h, arena_printf("%s/%s", source_folder(c), c->deps.headers[i]));
    h = hash_text(h, c_compiler());
    h = hash_text(h, getenv("CFLAGS"));
    h = hash_text(h, getenv("LDFLAGS"));
    unsigned char modes[] = {o->link_static, o->debug};
    h = hash_bytes(h, modes, sizeof modes);
    return arena_printf("%016llx%016llx", (unsigned long long)(h >> 64), (unsigned long long)h);
}

static const char *cache_folder(void) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    const char *folder = cache && *cache == '/' ? arena_printf("%s/flc2c", cache)
                         : home && *home        ? arena_printf("%s/.cache/flc2c", home)
                                                : arena_printf("/tmp/flc2c-%ld", (long)geteuid());
    if (!make_folders(folder)) return NULL;
    struct stat st;
    if (stat(folder, &st) == 0 && st.st_uid == geteuid()) return folder;
    driver_error("%s belongs to another user: set XDG_CACHE_HOME", folder);
    return NULL;
}

static void remove_old_programs(const char *folder) {
    DIR *dir = opendir(folder);
    if (!dir) return;
    time_t limit = time(NULL) - CACHE_DAYS * 24 * 3600;
    struct stat st;
    for (struct dirent *e; (e = readdir(dir));)
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_mtime < limit)
            unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
}

const char *cached_program(const compilation *c, const driver_options *o) {
    installation in;
    const char *folder = cache_folder();
    if (!folder || !find_installation(&in)) return NULL;
    const char *program = arena_printf("%s/%s", folder, cache_key(c, o, &in));
    if (access(program, X_OK) == 0) {
        utimensat(AT_FDCWD, program, NULL, 0); /* in use: not to be removed soon */
        return program;
    }
    remove_old_programs(folder);
    return compile_c_program(c, o, program) ? program : NULL;
}
