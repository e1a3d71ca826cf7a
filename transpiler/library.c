/* library.c: exports as C functions, and their header (library.h). */
#include "library.h"

#include <ctype.h>
#include <string.h>

#include "emit.h"
#include "modules.h"

/* ---- C names ---- */

static bool is_ascii(const char *name) {
    for (; *name; name++)
        if ((unsigned char)*name >= 0x80) return false;
    return true;
}

static void report_no_c_name(const module_export *e, const char *name, diag *d) {
    diag_error(d, E0319, e->at, "%s cannot be a name in C", name);
    diag_hint(d, "export it under another name: (export (%s as other))", name);
}

static const library_export *find_c_name(const c_library *lib, const char *c_name) {
    for (size_t i = 0; i < lib->count; i++)
        if (!strcmp(lib->exports[i].c_name, c_name)) return &lib->exports[i];
    return NULL;
}

static void report_same_c_name(const library_export *x, const library_export *old, diag *d) {
    diag_error(d, E0320, x->export->at, "%s and %s would both be %s in C", old->name, x->name, x->c_name);
    diag_note_at(d, old->export->at, "the other one");
    diag_hint(d, "export one of them under another name: (export (%s as other))", x->name);
}

/* The C name of the library itself; NULL: reported. */
static const char *library_name(const module *m, diag *d) {
    const char *prefix = c_spelling(m->name);
    if (is_ascii(m->name) && strncmp(prefix, "flu", 3) != 0 && !isdigit((unsigned char)m->name[0]))
        return arena_printf("%s_library", prefix);
    diag_error(d, E0319, m->unit->at, "a C library cannot be called %s", m->name);
    diag_hint(d, "begin with (module name ...), in letters and digits; names that begin with flu are the runtime's");
    return NULL;
}

/* ---- what is exported ---- */

static bool is_assigned(const module *m, const char *name) {
    for (size_t i = 0; i < m->assigned_count; i++)
        if (m->assigned[i] == name) return true;
    return false;
}

static void add(c_library *lib, const module *m, const module_export *e, diag *d) {
    const top *t = find_definition(e->home, e->inner);
    library_export x = {.name = e->name, .export = e, .doc = t ? t->doc : NULL};
    if (t && t->value && t->value->kind == CORE_LAMBDA && !is_assigned(e->home, e->inner)) x.fn = t->value->fn;
    if (!x.doc && x.fn) x.doc = x.fn->doc;
    x.c_name = arena_printf("%s_%s", c_spelling(m->name), c_spelling(e->name));
    const library_export *old = find_c_name(lib, x.c_name);
    if (!is_ascii(e->name)) {
        report_no_c_name(e, e->name, d);
    } else if (old && old->export->home == e->home && old->export->inner == e->inner && old->name == e->name) {
        return; /* a variant, exported by itself and with its type */
    } else if (old) {
        report_same_c_name(&x, old, d);
    } else if (lib->c_name && !strcmp(x.c_name, lib->c_name)) {
        diag_error(d, E0320, e->at, "%s would be %s in C, which is the name of the library itself", e->name, x.c_name);
        diag_hint(d, "export it under another name: (export (%s as other))", e->name);
    } else {
        PUSH(lib->exports, lib->count, lib->capacity, x);
    }
}

/* Types come with their constructors, predicates and accessors; macros are nothing that C could use. */
static void add_export(c_library *lib, const module *m, const module_export *e, diag *d) {
    if (e->macro && m->unit->chooses_exports) {
        diag_error(d, E0319, e->at, "%s is a macro: C cannot use it", e->name);
        diag_hint(d, "leave it out of the exports");
    }
    if (e->macro) return;
    if (e->inner) add(lib, m, e, d);
    for (size_t i = 0; i < e->member_count; i++) add_export(lib, m, e->members[i], d);
}

/* ---- the code that gives the values to the runtime ---- */

/* The name that module m has for it. */
static const char *name_in(const module *m, const module_export *e) {
    if (e->home == m) return e->inner;
    for (size_t i = 0; i < m->reference_count; i++) {
        const module_export *r = m->references[i].export;
        if (r->home == e->home && r->inner == e->inner) return m->references[i].name;
    }
    return e->inner;
}

static core *thunk(core *body) {
    lambda *fn = NEW(lambda);
    fn->at = body->at;
    fn->body = body;
    return core_lambda(fn, body->at);
}

static top export_code(const module *m, const library_export *x, size_t number) {
    span at = x->export->at;
    core *value = core_global(name_in(m, x->export), at);
    core **items = NEW_ARRAY(core *, 2);
    items[0] = core_int((int64_t)number, at);
    items[1] = x->fn ? value : thunk(value);
    return (top){.kind = TOP_EXPR, .at = at, .value = core_prim("%embed-export", items, 2, at)};
}

/* The exports from number `first` on are those of m. */
static void add_code(const c_library *lib, module *m, size_t first) {
    top *tops = NEW_ARRAY(top, m->count + lib->count - first);
    if (m->count) memcpy(tops, m->tops, m->count * sizeof *tops);
    for (size_t i = first; i < lib->count; i++) tops[m->count++] = export_code(m, &lib->exports[i], i);
    m->tops = tops;
}

c_library *plan_library(module *const *modules, size_t count, const source *src, diag *d) {
    c_library *lib = NEW(c_library);
    lib->source = src->path;
    lib->c_name = library_name(modules[count - 1], d);
    for (size_t i = 0; i < count; i++) {
        module *m = modules[i];
        size_t first = lib->count;
        if (m->src != src) continue;
        if (m->export_count && !lib->count && i + 1 < count && lib->c_name) lib->c_name = library_name(m, d);
        for (size_t k = 0; k < m->export_count; k++) add_export(lib, m, m->exports[k], d);
        if (!diag_failed(d)) add_code(lib, m, first);
    }
    return lib;
}

/* ---- C ---- */

/* Words that C++ programs, which may include the header, cannot have as parameters; and the parameters' own. */
static const char *const taken[] = {
    "and",       "and_eq",  "bitand",   "bitor",   "catch",    "class",   "compl",     "const_cast",
    "decltype",  "delete",  "explicit", "export",  "friend",   "mutable", "namespace", "new",
    "noexcept",  "not",     "not_eq",   "nullptr", "operator", "or",      "or_eq",     "private",
    "protected", "public",  "template", "this",    "throw",    "try",     "typeid",    "typename",
    "using",     "virtual", "xor",      "xor_eq",  "result",   "count",   "more",      "arguments",
};

/* The names of the parameters that every call has. */
static const char **parameter_names(const lambda *fn) {
    struct name_set *names = name_set_new(NULL);
    const char **list = NEW_ARRAY(const char *, fn->required + 1);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) reserve_identifier(names, taken[i]);
    for (size_t i = 0; i < fn->required; i++) list[i] = c_identifier(names, fn->params[i]->name);
    return list;
}

static bool takes_more(const lambda *fn) { return fn->optional || fn->rest; }

static void print_prototype(output *out, const library_export *x, const char *const *names) {
    out_printf(out, "flu_failure *%s(", x->c_name);
    for (size_t i = 0; x->fn && i < x->fn->required; i++) out_printf(out, "flu_any %s, ", names[i]);
    if (x->fn && takes_more(x->fn)) out_text(out, "size_t count, const flu_any *more, ");
    out_text(out, "flu_any *result)");
}

static void emit_export(output *out, const library_export *x, size_t number) {
    const lambda *fn = x->fn;
    const char **names = fn ? parameter_names(fn) : NULL;
    size_t required = fn ? fn->required : 0;
    out_char(out, '\n');
    print_prototype(out, x, names);
    out_text(out, " {\n");
    if (required) out_text(out, "    const flu_any arguments[] = {");
    for (size_t i = 0; i < required; i++) out_printf(out, "%s%s", i ? ", " : "", names[i]);
    if (required) out_text(out, "};\n");
    out_printf(out, "    return flu_library_call(%zu, %zu, %s, %s, result);\n}\n", number, required,
               required ? "arguments" : "NULL", fn && takes_more(fn) ? "count, more" : "0, NULL");
}

void reserve_library_names(const c_library *lib, struct name_set *names) {
    reserve_identifier(names, lib->c_name);
    for (size_t i = 0; i < lib->count; i++) reserve_identifier(names, lib->exports[i].c_name);
}

void emit_library(output *out, const c_library *lib, const char *main_name) {
    out_text(out, "\n#include <flu/embed.h>\n\nstatic const flu_program library__program = {");
    print_c_string(out, lib->source, strlen(lib->source));
    out_printf(out, ", init, %s};\n", main_name);
    out_printf(out, "extern const flu_library %s;\nconst flu_library %s = {&library__program, %zu};\n", lib->c_name,
               lib->c_name, lib->count);
    for (size_t i = 0; i < lib->count; i++) emit_export(out, &lib->exports[i], i);
}

/* ---- the header ---- */

static void print_doc(output *out, const library_export *x) {
    const lambda *fn = x->fn;
    out_text(out, "\n/* ");
    if (fn) out_char(out, '(');
    print_in_comment(out, x->name);
    for (size_t i = 0; fn && i < fn->required + fn->optional + fn->rest; i++) {
        if (i == fn->required && fn->optional) out_text(out, " &optional");
        if (i == fn->required + fn->optional) out_text(out, " &rest");
        out_char(out, ' ');
        print_in_comment(out, fn->params[i]->name);
    }
    if (fn) out_char(out, ')');
    for (const char *line = x->doc; line && *line;) {
        size_t n = strcspn(line, "\n");
        out_text(out, "\n * ");
        print_in_comment(out, arena_copy(line, n));
        line += n + (line[n] == '\n');
    }
    out_text(out, " */\n");
}

/* GEOMETRY_LIBRARY_H */
static const char *guard_of(const c_library *lib) {
    char *guard = arena_printf("%s_H", lib->c_name);
    for (char *c = guard; *c; c++) *c = (char)toupper((unsigned char)*c);
    return guard;
}

void print_library_header(output *out, const c_library *lib) {
    const char *guard = guard_of(lib);
    out_text(out, "/* Generated by flc2c from ");
    print_in_comment(out, lib->source);
    out_text(
        out,
        ". Do not edit.\n *\n"
        " * flu_library_start starts the runtime with this library; then the functions below may be called from\n"
        " * any thread. Each gives NULL, or a failure to be released; *result is to be released too (embed.h). */\n");
    out_printf(out, "#ifndef %s\n#define %s\n\n#include <flu/embed.h>\n\n", guard, guard);
    out_text(out, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    out_printf(out, "extern const flu_library %s;\n", lib->c_name);
    for (size_t i = 0; i < lib->count; i++) {
        const library_export *x = &lib->exports[i];
        print_doc(out, x);
        print_prototype(out, x, x->fn ? parameter_names(x->fn) : NULL);
        out_text(out, ";\n");
    }
    out_text(out, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
