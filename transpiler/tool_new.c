/* tool_new.c: flc2c new: a project that builds and has tests. Its files are templates, in which @NAME@ stands for the
 * project's name. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"
#include "tools.h"

typedef struct template_file {
    const char *path, *text;
} template_file;

static const template_file files[] = {
    {"main.flu", "; @NAME@: greets those it is told to.\n"
                 "(import \"greeting\" (greeting))\n"
                 "\n"
                 "(define names (if (empty? (args)) [\"world\"] (args)))\n"
                 "\n"
                 "(for-each (fn (name) (print-line (greeting name))) names)\n"},
    {"greeting.flu", "; greeting: what is said to somebody. Replace it by modules of your own.\n"
                     "(module greeting [greeting]\n"
                     "\n"
                     "  (define (greeting name)\n"
                     "    \"The line that greets somebody of this name.\"\n"
                     "    (if (= name \"\") (error 'domain-error \"greeting: an empty name\") nil)\n"
                     "    (str \"Hello, \" name \"!\")))\n"},
    {"tests/greeting_test.flu", "(import \"../greeting\" (greeting))\n"
                                "\n"
                                "(deftest \"a greeting names whom it greets\"\n"
                                "  (assert-equal \"Hello, Ada!\" (greeting \"Ada\")))\n"
                                "\n"
                                "(deftest \"nobody is greeted without a name\"\n"
                                "  (assert-error domain-error (greeting \"\")))\n"},
    {"Makefile", "# @NAME@: make builds bin/@NAME@; make test, make check, make format, make clean.\n"
                 "FLU_MK := $(shell pkg-config --variable=flu_mk flurt 2>/dev/null || \\\n"
                 "    command -v flc2c | sed -n 's,bin/flc2c$$,include/flu.mk,p')\n"
                 "ifeq ($(wildcard $(FLU_MK)),)\n"
                 "$(error flc2c is not found: install it (./dev install in its sources), and put its bin folder into "
                 "PATH)\n"
                 "endif\n"
                 "include $(FLU_MK)\n"
                 "\n"
                 "# The program begins in main.flu; each module has its object here.\n"
                 "FLU_MAIN = main\n"
                 "OBJECTS = main.o greeting.o\n"
                 "\n"
                 "all: bin/@NAME@\n"
                 "\n"
                 "bin/@NAME@: $(OBJECTS)\n"
                 "\t@mkdir -p bin\n"
                 "\t$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@\n"
                 "\n"
                 "test:\n"
                 "\t$(FLC2C) test tests\n"
                 "\n"
                 "check:\n"
                 "\t$(FLC2C) check main.flu\n"
                 "\t$(FLC2C) fmt --check .\n"
                 "\n"
                 "format:\n"
                 "\t$(FLC2C) fmt .\n"
                 "\n"
                 "clean: flu-clean\n"
                 "\t$(RM) -r bin\n"
                 "\n"
                 ".PHONY: all test check format clean\n"},
    {".gitignore", "/bin/\n*.c\n*.o\n*.d\n*.flui\n"},
    {"README.md", "# @NAME@\n"
                  "\n"
                  "A program in FluentAI. It needs flc2c, make, pkg-config and a C compiler.\n"
                  "\n"
                  "    make                  # builds bin/@NAME@\n"
                  "    bin/@NAME@ Ada Grace\n"
                  "    make clean; make FLU_STATIC=1    # the same in one file that needs no libraries\n"
                  "    make test             # runs the tests in tests/\n"
                  "    make check            # errors, warnings, layout\n"
                  "    make format           # lays out the sources\n"
                  "\n"
                  "| file | |\n"
                  "| --- | --- |\n"
                  "| `main.flu` | where the program begins |\n"
                  "| `greeting.flu` | a module; more modules: a file, and its object in the `Makefile` |\n"
                  "| `tests/` | files with `deftest` forms |\n"},
    {".github/workflows/ci.yml",
     "# Builds and tests at each push. The variable FLC2C_REPOSITORY (settings of the repository) says where the\n"
     "# sources of flc2c are, as owner/name.\n"
     "name: ci\n"
     "on: [push, pull_request]\n"
     "jobs:\n"
     "  test:\n"
     "    runs-on: ubuntu-latest\n"
     "    steps:\n"
     "      - uses: actions/checkout@v4\n"
     "      - uses: actions/checkout@v4\n"
     "        with:\n"
     "          repository: ${{ vars.FLC2C_REPOSITORY }}\n"
     "          path: .flc2c\n"
     "      - run: |\n"
     "          sudo apt-get update\n"
     "          sudo apt-get install -y gcc make pkg-config meson ninja-build libgc-dev libtommath-dev "
     "libutf8proc-dev libpcre2-dev libssl-dev zlib1g-dev libc-ares-dev\n"
     "      - run: |\n"
     "          meson setup .flc2c/build .flc2c -Dtests=false --prefix=/usr\n"
     "          sudo ninja -C .flc2c/build install\n"
     "      - run: make\n"
     "      - run: make test\n"
     "      - run: make check\n"},
};

/* ---- the name ---- */

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool check_name(const char *name) {
    bool good = isalpha((unsigned char)name[0]) && strlen(name) <= 64;
    for (const char *p = name; *p; p++) good &= isalnum((unsigned char)*p) || *p == '-' || *p == '_';
    return good || driver_error("new: \"%s\" cannot be the name of a project: a letter, then letters, digits, - and _, "
                                "at most 64 in all",
                                name);
}

/* ---- the folder ---- */

static bool is_empty(const char *folder) {
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, NULL);
    for (int i = 0; i < n; i++) free(entries[i]);
    if (n >= 0) free(entries);
    return n == 2; /* . and .. */
}

/* There is nothing at that path yet, or an empty folder. */
static bool check_place(const char *path) {
    struct stat st;
    if (lstat(path, &st) != 0) return errno == ENOENT || driver_error("new: cannot make %s: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode)) return driver_error("new: %s exists, and is not a folder; choose another name", path);
    return is_empty(path) ||
           driver_error("new: the folder %s exists and is not empty; choose another name, or remove it", path);
}

/* ---- the files ---- */

static bool write_template(const char *folder, const template_file *file, const char *name) {
    static const char mark[] = "@NAME@";
    const char *path = arena_printf("%s/%s", folder, file->path), *at = file->text, *next;
    output out = {0};
    for (; (next = strstr(at, mark)); at = next + strlen(mark)) {
        out_bytes(&out, at, (size_t)(next - at));
        out_text(&out, name);
    }
    out_text(&out, at);
    bool ok = make_folders(arena_copy(path, (size_t)(last_part(path) - path - 1))) && write_output(path, &out);
    out_free(&out);
    return ok;
}

int new_command(const driver_options *o) {
    const char *path = o->files[0];
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    path = arena_copy(path, length);
    const char *name = last_part(path);
    if (!check_name(name)) return STATUS_USAGE;
    if (!check_place(path)) return STATUS_FAILED;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!write_template(path, &files[i], name)) return STATUS_FAILED;
    printf("made %s; next:\n  cd %s && make && make test && bin/%s\n", path, path, name);
    return STATUS_OK;
}
