/* tool_repl_line.c: lines from a terminal, with editing, history and completion by libedit. */
#include "tool_repl.h"

#ifdef HAVE_LIBEDIT
#include <glob.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum {
    REMEMBERED = 1000, /* entries */
    MOST_SHOWN = 200,  /* names that complete a word */
    SHOWN_WIDTH = 78,
};

struct line_editor {
    EditLine *edit;
    History *history;
    const char *prompt;
    const char *path; /* of the history's file; NULL: there is none */
    line_names *names;
    void *context;
};

/* ---- history ---- */

static const char *history_path(void) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/') return arena_printf("%s/flc2c/history", state);
    return home && *home ? arena_printf("%s/.local/state/flc2c/history", home) : NULL;
}

static void load_history(line_editor *e) {
    HistEvent event;
    history(e->history, &event, H_SETSIZE, REMEMBERED);
    history(e->history, &event, H_SETUNIQUE, 1);
    e->path = history_path();
    if (e->path) history(e->history, &event, H_LOAD, e->path); /* the first time it is missing */
}

static void save_history(line_editor *e) {
    HistEvent event;
    if (!e->path) return;
    char *folder = arena_copy(e->path, (size_t)(strrchr(e->path, '/') - e->path));
    if (access(folder, W_OK) && !make_folders(folder))
        e->path = NULL;
    else
        history(e->history, &event, H_SAVE, e->path);
}

/* Several lines come back as one, where their ends mean nothing: not in strings, nor after comments. */
static bool can_be_joined(const char *entry) {
    unsigned quotes = 0;
    for (const char *p = entry; *p; p++) {
        if (*p == ';' || (*p == '\n' && quotes % 2)) return false;
        if (*p == '\\' && p[1]) p++;
        quotes += *p == '"';
    }
    return true;
}

static const char *joined(const char *entry) {
    text line = {0};
    for (size_t n; *entry; entry += strspn(entry, " \t\r\n")) {
        n = strcspn(entry, "\n");
        while (n && strchr(" \t\r", entry[n - 1])) n--;
        if (line.size && n) text_add(&line, " ");
        text_add_bytes(&line, entry, n);
        entry += strcspn(entry, "\n");
    }
    return text_chars(&line);
}

static void remember_line(line_editor *e, const char *line) {
    HistEvent event;
    if (line[strspn(line, " \t\r\n")]) history(e->history, &event, H_ENTER, line);
}

void editor_remember(line_editor *e, const char *entry) {
    if (can_be_joined(entry))
        remember_line(e, joined(entry));
    else
        for (size_t n; *entry; entry += n + (entry[n] == '\n')) {
            n = strcspn(entry, "\n");
            remember_line(e, arena_copy(entry, n));
        }
    save_history(e);
}

/* ---- completion ---- */

/* Names that begin with the word, each once, in order. */
typedef struct matches {
    const char **names;
    size_t count, capacity;
} matches;

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_matches(matches *m) {
    size_t kept = 0;
    if (m->count) qsort(m->names, m->count, sizeof *m->names, compare_names);
    for (size_t i = 0; i < m->count; i++)
        if (!kept || strcmp(m->names[kept - 1], m->names[i]) != 0) m->names[kept++] = m->names[i];
    m->count = kept;
}

static matches find_matches(const line_editor *e, const char *word, size_t size, bool command) {
    size_t count;
    const char *const *names = e->names(e->context, command, &count);
    matches m = {0};
    for (size_t i = 0; i < count; i++)
        if (strncmp(names[i], word, size) == 0) PUSH(m.names, m.count, m.capacity, names[i]);
    sort_matches(&m);
    return m;
}

static matches find_files(const char *word, size_t size) {
    glob_t found = {0};
    matches m = {0};
    if (glob(arena_printf("%.*s*", (int)size, word), GLOB_MARK, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            PUSH(m.names, m.count, m.capacity, arena_copy(found.gl_pathv[i], strlen(found.gl_pathv[i])));
    globfree(&found);
    return m;
}

static size_t common_prefix(const matches *m) {
    size_t n = strlen(m->names[0]);
    for (size_t i = 1; i < m->count; i++) {
        size_t k = 0;
        while (k < n && m->names[i][k] == m->names[0][k]) k++;
        n = k;
    }
    while (n && (m->names[0][n] & 0xC0) == 0x80) n--; /* not within a character */
    return n;
}

static void show_matches(const matches *m) {
    size_t shown = m->count < MOST_SHOWN ? m->count : MOST_SHOWN, width = 0;
    for (size_t i = 0; i < shown; i++)
        if (strlen(m->names[i]) + 2 > width) width = strlen(m->names[i]) + 2;
    size_t columns = width < SHOWN_WIDTH ? SHOWN_WIDTH / width : 1;
    for (size_t i = 0; i < shown; i++) printf("%s%-*s", i % columns ? "" : "\n", (int)width, m->names[i]);
    if (shown < m->count) printf("\n%zu more", m->count - shown);
    puts("");
    fflush(stdout);
}

static unsigned char complete(EditLine *edit, int key) {
    static const char delimiters[] = " \t\n()[]{}\"'`,;";
    const LineInfo *line = el_line(edit);
    const char *word = line->cursor;
    line_editor *e;
    (void)key;
    el_get(edit, EL_CLIENTDATA, &e);
    while (word > line->buffer && !strchr(delimiters, word[-1])) word--;
    size_t size = (size_t)(line->cursor - word);
    bool command = word == line->buffer && size && *word == ':';
    bool file = strncmp(line->buffer, ":load ", strlen(":load ")) == 0;
    matches m = file ? find_files(word, size) : find_matches(e, word, size, command);
    if (!m.count) return CC_ERROR;
    size_t common = common_prefix(&m);
    if (common > size) return el_insertstr(edit, arena_copy(m.names[0] + size, common - size)) ? CC_ERROR : CC_REFRESH;
    if (m.count == 1) return CC_NORM;
    show_matches(&m);
    return CC_REDISPLAY;
}

/* ---- reading ---- */

static char *prompt_of(EditLine *edit) {
    line_editor *e;
    el_get(edit, EL_CLIENTDATA, &e);
    return (char *)e->prompt;
}

/* As libedit's own, but Ctrl-C ends it. */
static int read_character(EditLine *edit, wchar_t *out) {
    mbstate_t state = {0};
    char byte;
    (void)edit;
    for (;;) {
        ssize_t n = repl_wait_input() ? read(STDIN_FILENO, &byte, 1) : -1;
        if (n <= 0) return (int)n;
        size_t done = mbrtowc(out, &byte, 1, &state);
        if (done <= 1) return 1;
        if (done == (size_t)-1) state = (mbstate_t){0}; /* no character: left out */
    }
}

static bool can_edit(void) {
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0;
}

line_editor *editor_new(line_names *names, void *context) {
    if (!can_edit()) return NULL;
    /* What is entered is UTF-8, as the language is. */
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
    line_editor *e = NEW(line_editor);
    *e = (line_editor){.edit = el_init("flc2c", stdin, stdout, stderr), .history = history_init(), .names = names};
    e->context = context;
    if (!e->edit || !e->history) return NULL;
    el_set(e->edit, EL_CLIENTDATA, e);
    el_set(e->edit, EL_PROMPT, prompt_of);
    el_set(e->edit, EL_EDITOR, "emacs");
    el_set(e->edit, EL_SIGNAL, 0); /* Ctrl-C ends the reading: tool_repl.c handles the signal */
    el_set(e->edit, EL_GETCFN, read_character);
    el_set(e->edit, EL_HIST, history, e->history);
    el_set(e->edit, EL_ADDFN, "flu-complete", "complete a name", complete);
    el_set(e->edit, EL_BIND, "^I", "flu-complete", NULL);
    el_set(e->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
    load_history(e);
    el_source(e->edit, NULL); /* ~/.editrc */
    return e;
}

bool editor_read(line_editor *e, const char *prompt, text *out) {
    int count = 0;
    e->prompt = prompt;
    el_resize(e->edit); /* the window may have changed */
    /* el_gets shows the prompt first: a Ctrl-D that comes before the terminal is prepared would be lost. */
    el_set(e->edit, EL_PREP_TERM, 1);
    const char *line = el_gets(e->edit, &count);
    if (!line || count <= 0) return false;
    text_add_bytes(out, line, (size_t)count);
    return true;
}

void editor_end(line_editor *e) {
    history_end(e->history);
    el_end(e->edit);
}

#else

line_editor *editor_new(line_names *names, void *context) {
    (void)names;
    (void)context;
    return NULL;
}

/* Never called: there is no editor. */
bool editor_read(line_editor *e, const char *prompt, text *out) {
    (void)e;
    (void)prompt;
    (void)out;
    return false;
}
void editor_remember(line_editor *e, const char *entry) {
    (void)e;
    (void)entry;
}
void editor_end(line_editor *e) { (void)e; }

#endif
