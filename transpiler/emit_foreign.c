/* emit_foreign.c: the C functions between a program and those that it declares by define-c. */
#include "foreign.h"

#include <string.h>

#include "arena.h"

/* How a type is written in C; converted from a value, tested and made; what a result must be for the C compiler. */
typedef struct c_type {
    const char *c, *take, *make, *expected;
} c_type;

static const c_type c_types[] = {
    [FOREIGN_INT] = {"int64_t", "flu_c_int", "flu_c_from_int", "FLU_C_INTEGER"},
    [FOREIGN_FLOAT] = {"double", "flu_c_float", "flu_c_from_float", "FLU_C_REAL"},
    [FOREIGN_BOOL] = {"bool", "flu_c_bool", "flu_c_from_bool", "FLU_C_INTEGER"},
    [FOREIGN_STRING] = {"const char *", "flu_c_string", "flu_c_from_string", "FLU_C_POINTER"},
    [FOREIGN_BYTES] = {"const unsigned char *", "flu_c_bytes", NULL, "FLU_C_POINTER"},
    [FOREIGN_POINTER] = {"void *", "flu_c_pointer", "flu_c_from_pointer", "FLU_C_POINTER"},
    [FOREIGN_VOID] = {"void", NULL, NULL, NULL},
};

/* "double x" or "void *x". */
static const char *declared(foreign_type t, const char *name) {
    const char *c = c_types[t].c;
    return arena_printf("%s%s%s", c, c[strlen(c) - 1] == '*' ? "" : " ", name);
}

static void emit_headers(output *out, foreign *const *functions, size_t count) {
    const char **seen = NULL;
    size_t seen_count = 0, capacity = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < functions[i]->header_count; k++) {
            const char *header = functions[i]->headers[k];
            size_t n = 0;
            while (n < seen_count && strcmp(seen[n], header) != 0) n++;
            if (n < seen_count) continue;
            PUSH(seen, seen_count, capacity, header);
            out_printf(out, header[0] == '<' ? "#include %s\n" : "#include \"%s\"\n", header);
        }
}

static void line(output *out, const foreign *f, bool line_directives) {
    span at = span_written(f->at);
    if (!line_directives || !at.src) return;
    out_printf(out, "#line %u \"", source_line(at.src, at.start));
    for (const char *p = at.src->path; *p; p++) {
        if (*p == '"' || *p == '\\') out_char(out, '\\');
        out_char(out, *p);
    }
    out_text(out, "\"\n");
}

/* Without a header the types are those of the definition. */
static void emit_prototype(output *out, const foreign *f) {
    if (f->header_count) return;
    out_printf(out, "extern %s(", declared(f->result, f->c_function));
    for (size_t i = 0; i < f->param_count; i++) out_printf(out, "%s%s", i ? ", " : "", c_types[f->params[i]].c);
    out_text(out, f->param_count ? ");\n" : "void);\n");
}

/* f(a1, a2), its arguments being PREFIXc1 and so on. */
static void emit_call(output *out, const foreign *f, const char *prefix) {
    out_printf(out, "%s(", f->c_function);
    for (size_t i = 0; i < f->param_count; i++)
        out_printf(out, "%s%s%sc%zu", i ? ", " : "",
                   f->params[i] == FOREIGN_STRING  ? "(char *)"
                   : f->params[i] == FOREIGN_BYTES ? "(void *)"
                                                   : "",
                   prefix, i + 1);
    out_char(out, ')');
}

/* The C compiler is told what the result must be, so that a wrong type is an error and not a wrong value. */
static void emit_result_check(output *out, const foreign *f, const char *prefix, bool lines) {
    if (f->result == FOREIGN_VOID) return;
    line(out, f, lines);
    out_printf(out, "    FLU_C_CHECK(");
    emit_call(out, f, prefix);
    out_printf(out, ", %s, \"define-c %s: the result of the C function %s does not have the type given\");\n",
               c_types[f->result].expected, f->name, f->c_function);
}

static void emit_signature(output *out, const foreign *f) {
    out_printf(out, "static flu_value %s(flu_worker *w", f->row.c_name);
    for (size_t i = 0; i < f->param_count; i++) out_printf(out, ", flu_value a%zu", i + 1);
    out_text(out, ") {\n");
}

static void emit_conversions(output *out, const foreign *f, const char *prefix) {
    for (size_t i = 0; i < f->param_count; i++)
        out_printf(out, "    if (!%s(w, \"%s\", %zu, a%zu, &%sc%zu)) return FLU_ABNORMAL;\n",
                   c_types[f->params[i]].take, f->name, i + 1, i + 1, prefix, i + 1);
}

/* What was lent stays alive until the result, which may point into it, has been converted. */
static void emit_keeps(output *out, const foreign *f) {
    for (size_t i = 0; i < f->param_count; i++)
        if (f->params[i] == FOREIGN_STRING || f->params[i] == FOREIGN_BYTES)
            out_printf(out, "    flu_c_keep(a%zu);\n", i + 1);
}

/* Called at once. */
static void emit_direct(output *out, const foreign *f, bool lines) {
    emit_signature(out, f);
    for (size_t i = 0; i < f->param_count; i++)
        out_printf(out, "    %s;\n", declared(f->params[i], arena_printf("c%zu", i + 1)));
    emit_conversions(out, f, "");
    emit_result_check(out, f, "", lines);
    line(out, f, lines);
    if (f->result == FOREIGN_VOID) {
        out_text(out, "    ");
        emit_call(out, f, "");
        out_text(out, ";\n");
        emit_keeps(out, f);
        out_text(out, "    return FLU_NIL;\n}\n");
        return;
    }
    out_printf(out, "    %s%s", declared(f->result, "result"),
               f->result == FOREIGN_STRING    ? " = (const char *)"
               : f->result == FOREIGN_POINTER ? " = (void *)"
                                              : " = ");
    emit_call(out, f, "");
    out_printf(out, ";\n    flu_value value = %s(w, \"%s\", result);\n", c_types[f->result].make, f->name);
    emit_keeps(out, f);
    out_text(out, "    return value;\n}\n");
}

/* Called on a helper thread: the arguments wait in a job, with the values that they may point into. */
static void emit_blocking(output *out, const foreign *f, bool lines) {
    const char *id = f->row.c_name;
    bool gives = f->result != FOREIGN_VOID;
    out_printf(out, "typedef struct %s__job {\n    flu_job job;\n", id);
    for (size_t i = 0; i < f->param_count; i++)
        out_printf(out, "    flu_value a%zu;\n    %s;\n", i + 1, declared(f->params[i], arena_printf("c%zu", i + 1)));
    if (gives) out_printf(out, "    %s;\n", declared(f->result, "result"));
    out_printf(out, "} %s__job;\n", id);
    out_printf(out, "static void %s__run(flu_job *job) {\n    %s__job *j = (%s__job *)job;\n    (void)j;\n", id, id,
               id);
    emit_result_check(out, f, "j->", lines);
    line(out, f, lines);
    out_text(out, !gives                         ? "    "
                  : f->result == FOREIGN_STRING  ? "    j->result = (const char *)"
                  : f->result == FOREIGN_POINTER ? "    j->result = (void *)"
                                                 : "    j->result = ");
    emit_call(out, f, "j->");
    out_text(out, ";\n}\n");
    out_printf(out, "static flu_value %s__end(flu_worker *w, flu_job *job) {\n    (void)w, (void)job;\n", id);
    if (gives)
        out_printf(out, "    return %s(w, \"%s\", ((%s__job *)job)->result);\n}\n", c_types[f->result].make, f->name,
                   id);
    else
        out_text(out, "    return FLU_NIL;\n}\n");
    emit_signature(out, f);
    out_printf(out, "    %s__job *j = flu_job_new(w, sizeof *j, %s__run, %s__end);\n", id, id, id);
    for (size_t i = 0; i < f->param_count; i++) out_printf(out, "    j->a%zu = a%zu;\n", i + 1, i + 1);
    emit_conversions(out, f, "j->");
    out_text(out, "    return flu_job_start(w, &j->job);\n}\n");
}

void emit_foreign(output *out, foreign *const *functions, size_t count, bool line_directives) {
    if (!count) return;
    out_text(out, "#include <flu/foreign.h>\n");
    emit_headers(out, functions, count);
    out_text(out, "\n#pragma GCC diagnostic error \"-Wint-conversion\"\n"
                  "#pragma GCC diagnostic error \"-Wincompatible-pointer-types\"\n"
                  "#pragma GCC diagnostic error \"-Wimplicit-function-declaration\"\n"
                  "#pragma GCC diagnostic ignored \"-Wabsolute-value\"\n"
                  "#ifdef __clang__\n"
                  "#pragma GCC diagnostic ignored \"-Wincompatible-library-redeclaration\"\n"
                  "#else\n"
                  "#pragma GCC diagnostic ignored \"-Wbuiltin-declaration-mismatch\"\n"
                  "#endif\n");
    for (size_t i = 0; i < count; i++) {
        const foreign *f = functions[i];
        out_char(out, '\n');
        emit_prototype(out, f);
        if (f->blocking)
            emit_blocking(out, f, line_directives);
        else
            emit_direct(out, f, line_directives);
    }
    out_char(out, '\n');
}
