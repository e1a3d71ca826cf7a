/* emit.c: the C file of a program: includes, prototypes, literals, variables, procedures, init function, main. */
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "foreign.h"
#include "library.h"
#include "simplify.h"

/* ---- representation of procedures ---- */

/* PUSH, while a function is printed, for what lasts. */
#define KEEP(items, count, capacity, item)                                                                             \
    do {                                                                                                               \
        arena_region outer_ = arena_use(ARENA_KEPT);                                                                   \
        PUSH(items, count, capacity, item);                                                                            \
        arena_use(outer_);                                                                                             \
    } while (0)

enum { MAX_EXACT = 8 };

bool takes_self(const lambda *fn) { return INFO(fn)->escapes && !INFO(fn)->global; }

bool has_exact_entry(const lambda *fn) { return !fn->rest && !fn->optional && fn->required <= MAX_EXACT; }

const char *proc_text(emitter *e, lambda *fn) {
    if (!INFO(fn)->has_object) KEEP(e->static_procs, e->static_proc_count, e->static_proc_capacity, fn);
    INFO(fn)->has_object = true;
    return arena_printf("FLU_VALUE(&%s__proc)", INFO(fn)->c_name);
}

void note_builtin(emitter *e, const builtin *b) {
    if (b->flags & (LIB | LIBRARY)) e->uses_library = true;
    if (b->flags & TLS) e->uses_tls = true;
}

const char *builtin_text(emitter *e, const builtin *b) {
    note_builtin(e, b);
    for (size_t i = 0; i < e->builtin_proc_count; i++)
        if (e->builtin_procs[i] == b) return arena_printf("FLU_VALUE(&%s__proc)", b->c_name);
    KEEP(e->builtin_procs, e->builtin_proc_count, e->builtin_proc_capacity, b);
    return arena_printf("FLU_VALUE(&%s__proc)", b->c_name);
}

const char *global_text(emitter *e, global *g) {
    if (!g->emitted) KEEP(e->globals, e->global_count, e->global_capacity, g);
    g->emitted = true;
    return g->c_name;
}

/* ---- signatures ---- */

static bool is_external(const emitter *e, const lambda *fn) {
    const global *g = INFO(fn)->global;
    const builtin *b = e->p->stdlib && g ? builtin_find(g->name) : NULL;
    return b && (b->flags & LIB) && !strcmp(b->name, g->name);
}

bool has_linkage(const lambda *fn) { return INFO(fn)->linked || !strncmp(INFO(fn)->c_name, "flu_lib_", 8); }

void emit_signature(output *out, const lambda *fn, const char *suffix, const char *const *names) {
    bool code = !strcmp(suffix, "__code");
    bool external = !code && has_linkage(fn);
    out_printf(out, "%s %s%s(flu_worker *w",
               code       ? INFO(fn)->one_copy ? "static FLU_ONE_COPY flu_value" : "FLU_INLINE flu_value"
               : external ? "flu_value"
                          : "static flu_value",
               INFO(fn)->c_name, suffix);
    if (code) out_text(out, ", flu_frame *frame, flu_value v");
    if (takes_self(fn)) out_text(out, ", flu_value self");
    size_t n = lambda_params(fn) + (INFO(fn)->escapes ? 0 : INFO(fn)->free_count);
    for (size_t i = 0; i < n; i++) {
        bool flonum = i < lambda_params(fn) && fn->params[i]->flonum;
        out_printf(out, ", %s%s%s", flonum ? "double" : "flu_value", names ? " " : "", names ? names[i] : "");
    }
    out_char(out, ')');
}

static void emit_prototypes(output *out, const emitter *e) {
    for (size_t i = 0; i < e->p->lambda_count; i++) {
        lambda *fn = e->p->lambdas[i];
        if (!is_external(e, fn)) {
            emit_signature(out, fn, "", NULL);
            out_text(out, ";\n");
        }
    }
    for (size_t i = 0; i < e->p->external_count; i++) {
        emit_signature(out, e->p->externals[i], "", NULL);
        out_text(out, ";\n");
    }
}

/* ---- procedure objects ---- */

static void emit_any_arguments(output *out, size_t required, size_t optional, bool rest) {
    for (size_t i = 0; i < required; i++) out_printf(out, ", argv[%zu]", i);
    for (size_t i = required; i < required + optional; i++)
        out_printf(out, ", argc > %zu ? argv[%zu] : FLU_UNDEF", i, i);
    size_t n = required + optional;
    if (rest)
        out_printf(out, ",\n        argc > %zu ? flu_list_lit(w, argc - %zu, argv + %zu, FLU_EMPTY) : FLU_EMPTY", n, n,
                   n);
}

static void emit_any_check(output *out, const char *name, size_t min, long max) {
    if (max < 0 && min == 0) return;
    out_text(out, "    if (");
    if (min) out_printf(out, "argc < %zu%s", min, max < 0 ? "" : " || ");
    if (max >= 0) out_printf(out, "argc > %ld", max);
    out_text(out, ") return flu_arity_error(w, ");
    print_c_string(out, name, strlen(name));
    out_printf(out, ", %zu, %ld, argc);\n", min, max);
}

/* The entry for calls with any number of arguments: optional and rest parameters, or very many. */
static void emit_any_entry(output *out, const lambda *fn) {
    const char *c_name = INFO(fn)->c_name;
    out_printf(out, "static flu_value %s__any(flu_worker *w, flu_value self, int argc, const flu_value *argv) {\n",
               c_name);
    emit_any_check(out, fn->name ? fn->name : "lambda", fn->required,
                   fn->rest ? -1 : (long)(fn->required + fn->optional));
    out_printf(out, "    return %s(w%s", c_name, takes_self(fn) ? ", self" : "");
    emit_any_arguments(out, fn->required, fn->optional, fn->rest);
    out_text(out, ");\n}\n");
}

static void emit_exact_entry(output *out, const char *c_name, size_t n) {
    out_printf(out, "static flu_value %s__entry(flu_worker *w, flu_value self", c_name);
    for (size_t i = 0; i < n; i++) out_printf(out, ", flu_value a%zu", i + 1);
    out_printf(out, ") {\n    return %s(w", c_name);
    for (size_t i = 0; i < n; i++) out_printf(out, ", a%zu", i + 1);
    out_text(out, ");\n}\n");
}

static void emit_static_proc(output *out, const lambda *fn) {
    const char *c_name = INFO(fn)->c_name, *linkage = INFO(fn)->linked ? "LINKED" : "STATIC";
    if (INFO(fn)->external) {
        out_printf(out, "extern const flu_proc %s__proc;\n", c_name);
        return;
    }
    out_printf(out, "static const flu_proc_info %s__info;\n", c_name);
    if (!has_exact_entry(fn)) {
        emit_any_entry(out, fn);
        out_printf(out, "FLU_PROC_%s(%s__proc, FLU_ARITY_ANY, %s__any, &%s__info);\n", linkage, c_name, c_name, c_name);
    } else if (takes_self(fn)) {
        out_printf(out, "FLU_PROC_STATIC(%s__proc, %zu, %s, &%s__info);\n", c_name, lambda_params(fn), c_name, c_name);
    } else {
        emit_exact_entry(out, c_name, lambda_params(fn));
        out_printf(out, "FLU_PROC_%s(%s__proc, %zu, %s__entry, &%s__info);\n", linkage, c_name, lambda_params(fn),
                   c_name, c_name);
    }
}

static void emit_builtin_proc(output *out, const builtin *b) {
    out_printf(out, "static const flu_proc_info %s__info = {", b->c_name);
    print_c_string(out, b->name, strlen(b->name));
    out_printf(out, ", NULL, NULL, NULL, 0, 0, 0, %d, %d};\n", b->min, b->max);
    if (b->min == b->max && b->max >= 0 && b->max <= MAX_EXACT && b->nparams == b->max) {
        emit_exact_entry(out, b->c_name, (size_t)b->max);
        out_printf(out, "FLU_PROC_STATIC(%s__proc, %d, %s__entry, &%s__info);\n", b->c_name, b->max, b->c_name,
                   b->c_name);
        return;
    }
    out_printf(out, "static flu_value %s__any(flu_worker *w, flu_value self, int argc, const flu_value *argv) {\n",
               b->c_name);
    emit_any_check(out, b->name, (size_t)b->min, b->max);
    out_printf(out, "    return %s(w", b->c_name);
    if (b->nparams < 0) {
        out_text(out, ", argc, argv");
    } else {
        bool rest = b->max < 0;
        size_t positional = (size_t)b->nparams - (rest ? 1 : 0);
        emit_any_arguments(out, (size_t)b->min, positional - (size_t)b->min, rest);
    }
    out_printf(out, ");\n}\nFLU_PROC_STATIC(%s__proc, FLU_ARITY_ANY, %s__any, &%s__info);\n", b->c_name, b->c_name,
               b->c_name);
}

static void emit_proc_objects(output *out, emitter *e) {
    for (size_t i = 0; i < e->static_proc_count; i++) emit_static_proc(out, e->static_procs[i]);
    for (size_t i = 0; i < e->builtin_proc_count; i++) emit_builtin_proc(out, e->builtin_procs[i]);
    for (size_t i = 0; i < e->p->lambda_count; i++) {
        lambda *fn = e->p->lambdas[i];
        if (!INFO(fn)->escapes || INFO(fn)->free_count == 0) continue;
        out_printf(out, "static const flu_proc_info %s__info;\n", INFO(fn)->c_name);
        if (!has_exact_entry(fn)) emit_any_entry(out, fn);
    }
}

/* ---- names ---- */

static const char *qualified_name(const lambda *fn) {
    const char *name = fn->name ? fn->name : "lambda";
    if (fn->top_level && name[0] == '%') return arena_printf("main_%s", name + strlen("%main:"));
    if (!fn->outer || !fn->outer->name || fn->outer->top_level) return name;
    return arena_printf("%s_%s", fn->outer->name, name);
}

/* With the module's name before it, but for the main one. */
static const char *name_in_program(const emitter *e, const module *m, const char *name) {
    return !m || m == e->p->module || e->p->stdlib ? name : arena_printf("%s-%s", m->name, name);
}

static const module *module_of(const lambda *fn) {
    const global *g = INFO(INFO(fn)->outermost)->global;
    return g ? g->module : NULL;
}

/* In the order of the text of each module, with those that are not needed here: other C files find the same names. */
static void name_linked(emitter *e) {
    for (size_t i = 0; i < e->p->global_count; i++) {
        global *g = e->p->globals[i];
        g->c_name = linked_identifier(e->names, g->module->name, g->name);
        if (g->fn && g->fn->info) INFO(g->fn)->c_name = g->c_name;
    }
    for (size_t i = 0; i < e->p->external_count; i++) {
        const global *g = INFO(e->p->externals[i])->global;
        if (g->module->start && g->module->start->a->global == g) INFO(g->fn)->c_name = run_identifier(g->module->name);
    }
}

/* Objects of procedures that other C files may use as values. */
static void make_linked_objects(emitter *e) {
    for (size_t i = 0; i < e->p->lambda_count; i++)
        if (INFO(e->p->lambdas[i])->linked) proc_text(e, e->p->lambdas[i]);
}

/* Before any function is printed: local names must differ from these. */
static void name_globals(emitter *e) {
    if (e->p->separate) return; /* done */
    for (size_t i = 0; i < e->p->global_count; i++) {
        global *g = e->p->globals[i];
        if (!g->fn) g->c_name = c_identifier(e->names, name_in_program(e, g->module, g->name));
    }
}

static void name_functions(emitter *e) {
    for (size_t i = 0; i < e->p->lambda_count; i++) {
        lambda *fn = e->p->lambdas[i];
        if (INFO(fn)->c_name) continue;
        if (fn == e->p->main)
            INFO(fn)->c_name = c_identifier(e->names, "main-forms");
        else if (is_external(e, fn))
            INFO(fn)->c_name = builtin_find(INFO(fn)->global->name)->c_name;
        else
            INFO(fn)->c_name = c_identifier(e->names, name_in_program(e, module_of(fn), qualified_name(fn)));
    }
}

/* ---- the file ---- */

static void emit_globals(output *out, const emitter *e) {
    for (size_t i = 0; i < e->global_count; i++) {
        const global *g = e->globals[i];
        bool external = e->p->separate && g->module->external;
        if (e->p->separate) out_printf(out, "extern flu_value %s;\n", g->c_name);
        if (!external) out_printf(out, "%sflu_value %s = FLU_UNDEF;\n", e->p->separate ? "" : "static ", g->c_name);
    }
}

static void emit_head(output *out, const emitter *e) {
    out_text(out, "/* Generated by flc2c from ");
    print_in_comment(out, e->p->path);
    out_text(out, ". Do not edit. */\n#include <flu/flu.h>\n\n");
    static const char *const unused[] = {"parameter", "function", "variable", "but-set-variable", "const-variable"};
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
        out_printf(out, "#pragma GCC diagnostic ignored \"-Wunused-%s\"\n", unused[i]);
    if (e->opt->line_directives) /* one line of the source is one line of C: see out_join */
        out_text(out, "#pragma GCC diagnostic ignored \"-Wmisleading-indentation\"\n");
    out_char(out, '\n');
}

static void emit_init(output *out, const emitter *e) {
    emit_literal_functions(out, e->literals);
    out_text(out, "\nstatic void init(flu_worker *w) {\n");
    out_text(out, e->uses_library ? "    flu_lib_init(w);\n" : "    (void)w;\n");
    if (e->uses_tls) out_text(out, "    flu_lib_tls_init(w);\n");
    emit_literal_init(out, e->literals);
    out_text(out, "}\n");
}

static void emit_run(output *out, const emitter *e) {
    const char *run = run_identifier(e->p->module->name);
    out_printf(out, "\n/* Runs the module, unless it has run. */\nflu_value %s(flu_worker *w);\n", run);
    out_printf(out, "flu_value %s(flu_worker *w) {\n    static bool has_run;\n", run);
    out_text(out, "    if (has_run) return FLU_NIL;\n    has_run = true;\n    init(w);\n");
    out_printf(out, "    return %s(w);\n}\n", INFO(e->p->main)->c_name);
}

static void emit_separate_main(output *out, const emitter *e) {
    out_text(out, "\nstatic void init_none(flu_worker *w) { (void)w; }\n");
    out_text(out, "\nint main(int argc, char **argv) {\n    static const flu_program program = {");
    print_c_string(out, e->p->path, strlen(e->p->path));
    out_printf(out, ", init_none, %s};\n    return flu_main(argc, argv, &program);\n}\n",
               run_identifier(e->p->module->name));
}

static void emit_main(output *out, const emitter *e) {
    out_text(out, "\nint main(int argc, char **argv) {\n    static const flu_program program = {");
    print_c_string(out, e->p->path, strlen(e->p->path));
    out_printf(out, ", init, %s};\n    return flu_main(argc, argv, &program);\n}\n", INFO(e->p->main)->c_name);
}

static void emit_session_code(output *out, const emitter *e) {
    out_text(
        out,
        "\nflu_value flu_session_code(flu_worker *w);\nflu_value flu_session_code(flu_worker *w) {\n    init(w);\n");
    out_printf(out, "    return %s(w);\n}\n", INFO(e->p->main)->c_name);
}

/* Callers trust the row of a builtin: one that says too little would make programs silently wrong. */
static void check_row(output *out, const lambda *fn, bool tls) {
    const builtin *b = builtin_find(INFO(fn)->global->name);
    if (INFO(fn)->may_suspend && !(b->flags & SUSPENDS))
        out_printf(out, "#error \"the row of %s must say SUSPENDS\"\n", b->name);
    if (tls != !!(b->flags & TLS))
        out_printf(out, "#error \"the row of %s must %ssay TLS\"\n", b->name, tls ? "" : "not ");
}

/* Is it the part that the first of its procedures says? */
static bool check_rows(output *out, const emitter *e) {
    bool tls = false, first = true;
    for (size_t i = 0; i < e->p->lambda_count; i++) {
        const lambda *fn = e->p->lambdas[i];
        if (!is_external(e, fn)) continue;
        if (first) tls = builtin_find(INFO(fn)->global->name)->flags & TLS;
        first = false;
        check_row(out, fn, tls);
    }
    return tls;
}

static void emit_library_init(output *out, const emitter *e) {
    bool tls = check_rows(out, e);
    emit_literal_functions(out, e->literals);
    out_text(out, "\n/* Called once by the runtime, before any library procedure. */\n");
    out_printf(out, "void flu_lib_%sinit(flu_worker *w) {\n    static bool done;\n    (void)w;\n", tls ? "tls_" : "");
    out_text(out, "    if (done) return; /* each C file of a program asks for it */\n    done = true;\n");
    emit_literal_init(out, e->literals);
    out_printf(out, "    %s(w);\n}\n", INFO(e->p->main)->c_name);
}

static void emit_file_head(emitter *e, output *out) {
    emit_head(out, e);
    emit_foreign(out, e->p->foreigns, e->p->foreign_count, e->opt->line_directives);
    emit_prototypes(out, e);
    out_char(out, '\n');
    emit_globals(out, e);
    emit_literal_objects(out, e->literals);
    emit_proc_objects(out, e);
}

static void emit_functions(emitter *e, cps_function **functions) {
    arena_region outer = arena_use(ARENA_SCRATCH);
    for (size_t i = 0; i < e->p->lambda_count; i++) {
        emit_function(e, functions[i]);
        arena_clear_scratch();
    }
    arena_use(outer);
}

/* The functions are printed first: what stands before them in the file is what they were found to need. */
void emit_c(output *out, program *p, cps_function **functions, const emit_options *opt) {
    output bodies = {0};
    emitter e = {.out = &bodies, .p = p, .opt = opt, .names = name_set_new(NULL)};
    e.literals = literals_new(e.names);
    reserve_identifier(e.names, "init");
    reserve_identifier(e.names, "argc");
    reserve_identifier(e.names, "argv");
    if (opt->library) reserve_library_names(opt->library, e.names);
    if (p->foreign_count) guard_identifiers(e.names); /* headers may define or declare any name */
    if (p->separate) name_linked(&e);
    name_functions(&e);
    if (p->separate) make_linked_objects(&e);
    name_globals(&e);
    emit_functions(&e, functions);
    emit_file_head(&e, out);
    out_append(out, &bodies);
    if (p->stdlib) {
        emit_library_init(out, &e);
        return;
    }
    emit_init(out, &e);
    if (opt->session)
        emit_session_code(out, &e);
    else if (opt->library)
        emit_library(out, opt->library, INFO(p->main)->c_name);
    else if (!p->separate)
        emit_main(out, &e);
    if (p->separate) emit_run(out, &e);
    if (p->separate && opt->has_main) emit_separate_main(out, &e);
}
