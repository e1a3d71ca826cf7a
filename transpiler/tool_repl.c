/* tool_repl.c: flc2c repl: entries, commands, and what later entries must know of earlier ones.
 *
 * Values of definitions live in the host. Macros, types, records and effects are also known to the compiler: their
 * forms are compiled again behind each later entry, where they change no positions. */
#include "tool_repl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtins.h"
#include "expand.h"
#include "tools.h"

/* A form that is repeated. */
typedef struct repeated_form {
    const char *name, *text; /* name interned */
} repeated_form;

typedef struct repl {
    const driver_options *options;
    repl_host host;
    session_names names;
    repeated_form *forms;
    size_t form_count, form_capacity;
    unsigned entries;
    bool interactive;    /* prompts are shown */
    line_editor *editor; /* NULL: lines are read as they come */
} repl;

/* The signal may come to the thread that only waits for this one: so it is told through a pipe. */
static int interrupts[2] = {-1, -1};
static bool interrupted;

static void note_interrupt(int signal_number) {
    int error = errno;
    (void)signal_number;
    if (write(interrupts[1], "", 1) < 0) errno = error; /* full: it has been told */
    errno = error;
}

static bool catch_interrupts(void) {
    struct sigaction action = {.sa_handler = note_interrupt};
    if (pipe2(interrupts, O_CLOEXEC | O_NONBLOCK)) return driver_error("no pipe: %s", strerror(errno));
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    return true;
}

/* Those that came while an entry ran were meant for that. */
static void forget_interrupts(void) {
    char bytes[64];
    while (read(interrupts[0], bytes, sizeof bytes) > 0) continue;
    interrupted = false;
}

bool repl_wait_input(void) {
    struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = interrupts[0], .events = POLLIN}};
    while (poll(ends, 2, -1) < 0)
        if (errno != EINTR) return true;
    interrupted = ends[1].revents != 0;
    return !interrupted;
}

/* ---- reading ---- */

/* Byte by byte: what follows belongs to the program's own (read-line). */
static bool read_plain_line(text *out) {
    char c;
    for (;;) {
        if (!repl_wait_input()) return false;
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text_add_bytes(out, &c, 1);
        if (c == '\n') return true;
    }
}

/* Adds a line; false: the end of the input, or an interrupt. */
static bool read_line(const repl *r, const char *prompt, text *out) {
    if (r->editor) return editor_read(r->editor, prompt, out);
    if (r->interactive) fputs(prompt, stdout);
    fflush(stdout);
    return read_plain_line(out);
}

static bool is_command(const char *entry) {
    const char *p = entry + strspn(entry, " \t");
    return *p == ':';
}

/* All forms of the text are closed, or closed too often: then it is an error, which the compiler tells. */
static bool is_complete(const text *entry) {
    return !read_source(source_from_text("<repl>", entry->chars, entry->size), diag_silent()).unfinished;
}

/* False: the end of the input. Empty after an interrupt. */
static bool read_entry(repl *r, text *out) {
    *out = (text){0};
    forget_interrupts();
    for (const char *prompt = "flu> "; read_line(r, prompt, out); prompt = "...> ") {
        if (!is_command(out->chars) && !is_complete(out)) continue;
        if (r->editor) editor_remember(r->editor, out->chars);
        return true;
    }
    if (interrupted) {
        *out = (text){0};
        if (r->interactive) fputs("^C\n", stdout);
        return true;
    }
    if (!out->size && r->interactive) fputs("\n", stdout);
    return out->size > 0;
}

/* ---- what is repeated ---- */

static const char *name_of_form(const datum *form) {
    static const char *const heads[] = {"define-syntax", "define-type", "define-record", "define-effect"};
    if (form->kind != DATUM_LIST || form->count < 2 || form->items[0]->kind != DATUM_SYMBOL) return NULL;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strcmp(form->items[0]->text, heads[i]) == 0 && form->items[1]->kind == DATUM_SYMBOL)
            return form->items[1]->text;
    return NULL;
}

static const char *defined_name(const datum *form) {
    bool list = form->kind == DATUM_LIST && form->count > 1 && form->items[0]->kind == DATUM_SYMBOL;
    if (!list || strncmp(form->items[0]->text, "define", 6) != 0) return NULL;
    const datum *name = form->items[1];
    if (name->kind == DATUM_LIST && name->count) name = name->items[0];
    return name->kind == DATUM_SYMBOL ? name->text : NULL;
}

static void forget_form(repl *r, const char *name) {
    for (size_t i = 0; i < r->form_count; i++)
        if (r->forms[i].name == name) r->forms[i--] = r->forms[--r->form_count];
}

static datum_file forms_of(const source *src) { return read_source(src, diag_silent()); }

static void remember_forms(repl *r, const source *src) {
    datum_file file = forms_of(src);
    if (memmem(src->text, src->size, "(receive", strlen("(receive")))
        PUSH(r->names.messages, r->names.message_count, r->names.message_capacity, file);
    for (size_t i = 0; i < file.count; i++) {
        span at = file.forms[i]->at;
        const char *name = name_of_form(file.forms[i]), *any = defined_name(file.forms[i]);
        if (any) forget_form(r, any);
        repeated_form form = {name, arena_copy(src->text + at.start, at.end - at.start)};
        if (name) PUSH(r->forms, r->form_count, r->form_capacity, form);
    }
}

static bool defines(const datum_file *file, const char *name) {
    for (size_t i = 0; i < file->count; i++)
        if (defined_name(file->forms[i]) == name) return true;
    return false;
}

/* The entry, with the forms that it may need behind it. */
static const source *with_forms(const repl *r, const source *src) {
    datum_file file = forms_of(src);
    text all = {0};
    text_add_bytes(&all, src->text, src->size);
    text_add(&all, "\n");
    for (size_t i = 0; i < r->form_count; i++)
        if (!defines(&file, r->forms[i].name)) text_printf(&all, "%s\n", r->forms[i].text);
    source *result = source_from_text(src->path, all.chars, all.size);
    result->first_form = (uint32_t)src->size + 1;
    return result;
}

/* ---- running ---- */

static void remember_names(repl *r, const char *lines) {
    for (size_t n; *lines; lines += n + 1) {
        n = strcspn(lines, "\n");
        const char *name = intern(lines, n);
        bool known = false;
        for (size_t i = 0; i < r->names.count && !known; i++) known = r->names.names[i] == name;
        if (!known) PUSH(r->names.names, r->names.count, r->names.capacity, name);
    }
}

/* False: the host has ended. */
static bool evaluate(repl *r, const char *path, const char *chars, size_t size) {
    const source *src = source_from_text(path, chars, size);
    const char *object, *defined;
    if (!host_compile(&r->host, r->options, with_forms(r, src), &r->names, &object, &defined)) return true;
    remember_forms(r, src);
    remember_names(r, defined);
    return host_run(&r->host, object);
}

/* ---- commands ---- */

static bool show_help(repl *r, const char *argument) {
    (void)r;
    (void)argument;
    puts("Enter a form: its value is shown, unless it is nil. Definitions stay, and may be made anew.\n"
         "  :doc NAME     describe a function or form of the library\n"
         "  :load FILE    run a file as if it were entered here\n"
         "  :type FORM    what kind of value the form gives\n"
         "  :names        what has been defined\n"
         "  :help         this text\n"
         "  :quit         leave; so does the end of the input\n"
         "Ctrl-C interrupts what runs, or drops what was begun to be entered. Tab completes names,\n"
         "arrow keys bring back what was entered before, Ctrl-R looks for it.");
    return true;
}

static bool show_doc(repl *r, const char *argument) {
    driver_options o = *r->options;
    o.files = &argument;
    o.file_count = *argument != '\0';
    doc_command(&o);
    return true;
}

static bool load_file(repl *r, const char *argument) {
    const char *error;
    const source *src = *argument ? source_load(argument, &error) : NULL;
    if (!*argument) return driver_error(":load needs the name of a file"), true;
    if (!src) return driver_error("cannot read %s: %s", argument, error), true;
    return evaluate(r, argument, src->text, src->size);
}

/* Predicates, without their question marks; the first one that holds counts. */
static const char *const types[] = {"nil",  "boolean", "int",    "float",     "string", "symbol",  "keyword", "list",
                                    "dict", "set",     "vector", "procedure", "error",  "promise", "chan",    "tagged"};

static bool show_type(repl *r, const char *argument) {
    text form = {0};
    if (!*argument) return driver_error(":type needs a form"), true;
    text_add(&form, "((lambda (x) (cond");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) text_printf(&form, " ((%s? x) '%s)", types[i], types[i]);
    text_printf(&form, " (else 'opaque))) %s)", argument);
    return evaluate(r, "<repl>", form.chars, form.size);
}

static bool show_names(repl *r, const char *argument) {
    (void)argument;
    for (size_t i = 0; i < r->names.count; i++)
        if (r->names.names[i][0] != '%') puts(r->names.names[i]);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(repl *r, const char *argument);
} repl_commands[] = {
    {":doc", show_doc}, {":help", show_help}, {":load", load_file}, {":names", show_names}, {":type", show_type}};
enum { COMMAND_COUNT = sizeof repl_commands / sizeof *repl_commands };

/* False: the session ends. */
static bool run_command(repl *r, char *line) {
    line += strspn(line, " \t");
    char *argument = line + strcspn(line, " \t\r\n"), *end = line + strlen(line);
    if (*argument) *argument++ = '\0';
    argument += strspn(argument, " \t");
    while (end > argument && strchr(" \t\r\n", end[-1])) *--end = '\0';
    if (strcmp(line, ":quit") == 0 || strcmp(line, ":q") == 0) return false;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(line, repl_commands[i].name) == 0) return repl_commands[i].run(r, argument);
    driver_error("there is no command %s; :help lists them", line);
    return true;
}

/* ---- completion ---- */

typedef struct name_list {
    const char **names;
    size_t count, capacity;
} name_list;

/* Those of the compiler itself begin with %. */
static void add_names(name_list *list, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (names[i][0] != '%' || !names[i][1]) PUSH(list->names, list->count, list->capacity, names[i]);
}

/* What a word may be completed to. */
static const char *const *known_names(void *context, bool command, size_t *count) {
    const repl *r = context;
    name_list all = {0};
    for (size_t i = 0; command && i < COMMAND_COUNT; i++)
        PUSH(all.names, all.count, all.capacity, repl_commands[i].name);
    if (command) {
        PUSH(all.names, all.count, all.capacity, ":quit");
    } else {
        size_t n;
        const char *const *names = builtin_names(&n);
        add_names(&all, names, n);
        names = special_form_names(&n);
        add_names(&all, names, n);
        add_names(&all, r->names.names, r->names.count);
        for (size_t i = 0; i < r->form_count; i++) add_names(&all, &r->forms[i].name, 1);
    }
    *count = all.count;
    return all.names;
}

int repl_command(const driver_options *o) {
    repl r = {.options = o, .interactive = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    text entry;
    bool goes_on = true;
    if (!catch_interrupts() || !host_start(&r.host, o)) return STATUS_FAILED;
    if (r.interactive) r.editor = editor_new(known_names, &r);
    if (r.interactive) puts("flc2c " FLC2C_VERSION "; :help for help");
    while (goes_on && read_entry(&r, &entry)) {
        if (!entry.size) continue;
        if (is_command(entry.chars))
            goes_on = run_command(&r, entry.chars);
        else
            goes_on = evaluate(&r, "<repl>", entry.chars, entry.size);
        fflush(stdout);
    }
    if (r.editor) editor_end(r.editor);
    return host_end(&r.host);
}
