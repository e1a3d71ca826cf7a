/* driver_output.c: files that appear whole or not at all, and make rules. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"

bool write_bytes(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        text += n;
        size -= (size_t)n;
    }
    return true;
}

static bool write_all(int fd, const output *text) {
    for (const output_block *b = text->first; b; b = b->next)
        if (!write_bytes(fd, b->chars, b->size)) return false;
    return true;
}

static bool cannot_write(const char *path) { return driver_error("cannot write %s: %s", path, strerror(errno)); }

/* Devices and pipes cannot be replaced: they are written to. */
static bool write_in_place(const char *path, const output *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return cannot_write(path);
    bool ok = write_all(fd, text);
    if (!ok) cannot_write(path);
    close(fd);
    return ok;
}

static mode_t default_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* A temporary file beside the target, so that the rename stays within one file system. */
static bool write_and_rename(const char *path, const output *text, mode_t mode) {
    char *temp = arena_printf("%s.XXXXXX", path);
    int fd = mkstemp(temp);
    if (fd < 0) return cannot_write(path);
    bool ok = write_all(fd, text) && fchmod(fd, mode) == 0;
    if (close(fd) != 0) ok = false;
    if (ok && rename(temp, path) == 0) return true;
    cannot_write(path);
    unlink(temp);
    return false;
}

static bool write_stdout(const output *text) {
    return write_all(STDOUT_FILENO, text) || cannot_write("standard output");
}

/* Through a symbolic link the file it names is replaced, not the link. */
static bool replace(const char *path, const output *text, mode_t mode) {
    char real[PATH_MAX];
    return write_and_rename(realpath(path, real) ? real : path, text, mode);
}

bool write_output(const char *path, const output *text) {
    struct stat st;
    if (strcmp(path, "-") == 0) return write_stdout(text);
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) return write_in_place(path, text);
    return replace(path, text, default_mode());
}

bool replace_file(const char *path, const output *text) {
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return write_output(path, text);
    return replace(path, text, st.st_mode & 07777);
}

static bool has_text(FILE *in, const output *text) {
    for (const output_block *b = text->first; b; b = b->next)
        for (size_t i = 0; i < b->size; i++)
            if (getc(in) != (unsigned char)b->chars[i]) return false;
    return getc(in) == EOF;
}

static void take_time_of(const char *path, const dep_list *sources) {
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {0}};
    struct stat st;
    for (size_t i = 0; i < sources->count; i++) {
        if (stat(sources->paths[i], &st) != 0) return;
        bool newer = st.st_mtim.tv_sec > times[1].tv_sec ||
                     (st.st_mtim.tv_sec == times[1].tv_sec && st.st_mtim.tv_nsec > times[1].tv_nsec);
        if (newer) times[1] = st.st_mtim;
    }
    utimensat(AT_FDCWD, path, times, 0); /* if that fails, too much is made again */
}

bool write_if_changed(const char *path, const output *text, const dep_list *sources) {
    FILE *in = fopen(path, "rb");
    bool same = in && has_text(in, text);
    if (in) fclose(in);
    if (same) return true;
    if (!write_output(path, text)) return false;
    take_time_of(path, sources);
    return true;
}

/* ---- where interfaces are ---- */

static size_t folder_size(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Bytes of the folders that both paths begin with. */
static size_t common_folders(const char *a, const char *b) {
    size_t common = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/') common = i + 1;
    return common;
}

const char *interface_of(const char *source, const char *main_source, const char *main_output) {
    size_t common = common_folders(source, main_source), out = folder_size(main_output);
    for (const char *s = main_source + common; (s = strchr(s, '/')); s++) { /* a folder up, for source and output */
        if (out == 0) return source;
        for (out--; out > 0 && main_output[out - 1] != '/';) out--;
    }
    const char *rest = source + common;
    if (rest[0] == '/' || strncmp(rest, "../", 3) == 0) return source;
    return with_extension(arena_printf("%.*s%s", (int)out, main_output, rest), ".flui");
}

/* A file name in a make rule: what make would read as something else is escaped. */
static void print_make_name(output *out, const char *name) {
    for (; *name; name++) {
        if (*name == ' ' || *name == '#' || *name == '\t') out_char(out, '\\');
        if (*name == '$') out_char(out, '$');
        out_char(out, *name);
    }
}

static bool is_file_name(const char *path) { return strcmp(path, "-") != 0 && path[0] != '<'; }

bool write_deps_file(const char *path, const char *target, const dep_list *deps) {
    output rules = {0};
    print_make_name(&rules, target);
    out_char(&rules, ':');
    for (size_t i = 0; i < deps->count; i++) {
        if (!is_file_name(deps->paths[i])) continue;
        out_text(&rules, " \\\n  ");
        print_make_name(&rules, deps->paths[i]);
    }
    out_char(&rules, '\n');
    for (size_t i = 0; i < deps->count; i++) {
        if (!is_file_name(deps->paths[i])) continue;
        out_char(&rules, '\n');
        print_make_name(&rules, deps->paths[i]);
        out_text(&rules, ":\n");
    }
    bool ok = write_output(path, &rules);
    out_free(&rules);
    return ok;
}

bool make_folders(const char *path) {
    char *p = arena_copy(path, strlen(path));
    for (char *slash = p + 1;; slash++) {
        if (*slash != '/' && *slash != '\0') continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(p, 0777) != 0 && errno != EEXIST)
            return driver_error("cannot make folder %s: %s", p, strerror(errno));
        *slash = kept;
        if (kept == '\0') return true;
    }
}

const char *with_extension(const char *path, const char *extension) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t stem = dot && dot != name ? (size_t)(dot - path) : strlen(path);
    return arena_printf("%.*s%s", (int)stem, path, extension);
}
