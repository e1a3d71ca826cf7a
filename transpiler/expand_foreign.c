/* expand_foreign.c: (define-c (name (param type) ...) result "c_function" :header "<h.h>" :lib "l" :blocking true). */
#include <ctype.h>
#include <string.h>

#include "expand.h"
#include "foreign.h"

static const char usage[] = "write (define-c (cbrt (x float)) float \"cbrt\" :header \"<math.h>\" :lib \"m\")";

static const char *const type_names[] = {"int", "float", "bool", "string", "bytes", "pointer", "void"};
enum { TYPE_COUNT = sizeof type_names / sizeof *type_names };

/* Functions of the C library that are known without :header. */
static const struct {
    const char *header, *functions;
} known_headers[] = {
    {"<math.h>",
     " acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 fabs floor fma fmax "
     "fmin fmod hypot lgamma log log10 log1p log2 nextafter pow remainder rint round sin sinh sqrt tan tanh "
     "tgamma trunc "},
    {"<string.h>", " memcmp strcmp strcasecmp strlen strncmp strerror strchr strstr "},
    {"<stdlib.h>", " abs abort atexit atof atoi atol exit free getenv labs llabs malloc calloc rand random realpath "
                   "setenv srand srandom system unsetenv "},
    {"<ctype.h>", " isalnum isalpha isdigit islower ispunct isspace isupper tolower toupper "},
    {"<stdio.h>", " perror putchar puts remove rename "},
    {"<unistd.h>", " access chdir close fork getgid getpid getppid getuid isatty nice pause rmdir sleep sync unlink "
                   "usleep "},
    {"<time.h>", " clock time "},
};

static void mistake(expander *x, span at, const char *what) {
    diag_error(x->d, E0166, at, "%s", what);
    diag_hint(x->d, usage);
}

/* ---- types ---- */

static bool read_type(expander *x, const datum *d, bool is_result, foreign_type *out) {
    for (size_t i = 0; is_name(d) && i < TYPE_COUNT; i++) {
        if (!is_symbol(d, type_names[i])) continue;
        *out = (foreign_type)i;
        if (is_result && *out == FOREIGN_BYTES) {
            diag_error(x->d, E0166, d->at, "bytes cannot be a result: C does not tell how many there are");
            diag_hint(x->d, "take a pointer, or a string if the C function gives text");
        } else if (!is_result && *out == FOREIGN_VOID) {
            mistake(x, d->at, "void is a type of results only");
        }
        return true;
    }
    diag_error(x->d, E0166, d->at, "%s is no type of C values", datum_text(d, 40));
    const char *near = is_name(d) ? did_you_mean(d->text, type_names, TYPE_COUNT) : NULL;
    if (near)
        diag_hint(x->d, "did you mean `%s`?", near);
    else
        diag_hint(x->d, "the types are int (int64_t), float (double), bool, string, bytes, pointer and void");
    return false;
}

/* ---- the C function's name, headers and libraries: texts that go into C and on a command line ---- */

static bool is_c_name(const datum *d) {
    if (d->kind != DATUM_STRING || d->size == 0 || isdigit((unsigned char)d->text[0])) return false;
    for (size_t i = 0; i < d->size; i++)
        if (!isalnum((unsigned char)d->text[i]) && d->text[i] != '_') return false;
    return true;
}

static bool is_header(const datum *d) {
    if (d->kind != DATUM_STRING || d->size == 0 || memchr(d->text, '\n', d->size) || strlen(d->text) != d->size)
        return false;
    bool system = d->text[0] == '<' && d->text[d->size - 1] == '>';
    return !strpbrk(d->text, "\"\\") && (system || !strpbrk(d->text, "<>"));
}

static bool is_lib(const datum *d) {
    return d->kind == DATUM_STRING && d->size > 0 && strlen(d->text) == d->size && d->text[0] != '-' &&
           !strpbrk(d->text, " \t\n\"'\\;");
}

/* The texts of an option: one string, or several in brackets. */
static const char **read_texts(expander *x, const datum *d, bool (*fits)(const datum *d), const char *what,
                               size_t *count) {
    *count = 0;
    if (!d) return NULL;
    bool several = d->kind == DATUM_BRACKET;
    size_t n = several ? d->count : 1;
    const char **texts = NEW_ARRAY(const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const datum *text = several ? d->items[i] : d;
        if (fits(text))
            texts[(*count)++] = text->text;
        else
            mistake(x, text->at, arena_printf("%s is expected here, not %s", what, datum_text(text, 40)));
    }
    return texts;
}

static void find_header(foreign *f) {
    const char *word = arena_printf(" %s ", f->c_function);
    f->headers = NEW_ARRAY(const char *, 1);
    for (size_t i = 0; i < sizeof known_headers / sizeof *known_headers; i++)
        if (strstr(known_headers[i].functions, word)) f->headers[f->header_count++] = known_headers[i].header;
}

/* Functions that wait, of the C library and POSIX, by name. */
static const char waiting_functions[] =
    " accept clock_nanosleep connect fgets flock fread getaddrinfo getc getchar gethostbyname getline lockf mq_receive "
    "nanosleep pause poll pthread_join read readline recv recvfrom recvmsg select sem_wait sigsuspend sleep system "
    "tcdrain thrd_sleep usleep wait wait3 wait4 waitid waitpid ";

/* It would stop the worker's thread, and all tasks on it. */
static void check_waiting(expander *x, const foreign *f, span at) {
    if (!strstr(waiting_functions, arena_printf(" %s ", f->c_function))) return;
    diag_warning(x->d, W0139, at, "%s may wait, and no other task runs on this thread meanwhile", f->c_function);
    diag_hint(x->d, "add :blocking true: then it runs on a thread of its own, and only the calling task waits");
}

static void read_foreign_options(expander *x, foreign *f, datum **items, size_t count) {
    enum { HEADER, LIB, BLOCKING, OPTION_COUNT };
    option options[OPTION_COUNT] = {{.name = "header"}, {.name = "lib"}, {.name = "blocking"}};
    read_options(x, "define-c", items, count, options, OPTION_COUNT);
    f->headers =
        read_texts(x, options[HEADER].value, is_header, "a header, \"<name.h>\" or \"name.h\",", &f->header_count);
    f->libs = read_texts(x, options[LIB].value, is_lib, "the name of a library, such as \"m\" for -lm,", &f->lib_count);
    const datum *blocking = options[BLOCKING].value;
    if (blocking && blocking->kind != DATUM_TRUE && blocking->kind != DATUM_FALSE)
        mistake(x, blocking->at, arena_printf(":blocking is true or false, not %s", datum_text(blocking, 40)));
    f->blocking = blocking && blocking->kind == DATUM_TRUE;
    if (!blocking) check_waiting(x, f, items[-1]->at);
    if (!options[HEADER].value) find_header(f);
}

/* ---- the procedure ---- */

static bool read_params(expander *x, foreign *f, lambda *fn, const datum *head) {
    for (size_t i = 1; i < head->count; i++) {
        const datum *p = head->items[i];
        if (p->kind != DATUM_LIST || p->count != 2 || p->tail || !is_name(p->items[0])) {
            mistake(x, p->at, arena_printf("a parameter with its type is expected here, not %s", datum_text(p, 40)));
            return false;
        }
        if (!read_type(x, p->items[1], false, &f->params[f->param_count])) return false;
        fn->params[f->param_count++] = var_new(p->items[0]->text, p->items[0]->at);
    }
    return true;
}

static core *call_code(const foreign *f, const lambda *fn, span at) {
    core **args = NEW_ARRAY(core *, f->param_count + 1);
    for (size_t i = 0; i < f->param_count; i++) args[i] = core_local(fn->params[i], at);
    core *call = core_prim0("%undef", at);
    call->prim = &f->row;
    call->items = args;
    call->count = f->param_count;
    return call;
}

static void make_row(expander *x, foreign *f) {
    const char *module = x->unit ? x->unit->name : "";
    char *c_name = arena_printf("flu_c_%s_%zu_%s", module, x->foreign_count + 1, f->c_function);
    for (char *c = c_name; *c; c++)
        if (!isalnum((unsigned char)*c)) *c = '_';
    int n = (int)f->param_count;
    f->row = (struct builtin){.name = arena_printf("%%c:%s", f->name),
                              .c_name = c_name,
                              .min = n,
                              .max = n,
                              .nparams = n,
                              .flags = f->blocking ? SUSPENDS : THROWS,
                              .doc = ""};
}

void collect_foreign(expander *x, datum *form, item_list *out) {
    const datum *head = form->items[1];
    if (head->kind != DATUM_LIST || head->count == 0 || head->tail || !is_name(head->items[0])) {
        mistake(
            x, head->at,
            arena_printf("the name and parameters of the function are expected here, not %s", datum_text(head, 40)));
        return;
    }
    const datum *name = head->items[0];
    foreign *f = NEW(foreign);
    lambda *fn = NEW(lambda);
    *f = (foreign){.at = form->at, .name = name->text, .params = NEW_ARRAY(foreign_type, head->count)};
    *fn = (lambda){.name = name->text, .at = form->at, .params = NEW_ARRAY(var *, head->count)};
    bool ok = read_params(x, f, fn, head) && read_type(x, form->items[2], true, &f->result);
    if (!is_c_name(form->items[3])) {
        mistake(x, form->items[3]->at,
                arena_printf("the name of a C function is expected here, as a string, not %s",
                             datum_text(form->items[3], 40)));
        ok = false;
    } else {
        f->c_function = form->items[3]->text;
        read_foreign_options(x, f, form->items + 4, form->count - 4);
        make_row(x, f);
    }
    fn->required = f->param_count;
    fn->body = ok ? call_code(f, fn, form->at) : core_nil(form->at);
    if (ok) PUSH(x->foreigns, x->foreign_count, x->foreign_capacity, f);
    definition *def = definition_new(DEFINE_MADE, form, name);
    def->made = core_lambda(fn, form->at);
    def->generated = true;
    add_definition(out, def);
}
