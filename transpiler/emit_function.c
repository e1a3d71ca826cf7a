/* emit_function.c: one C function for one FluentAI procedure.
 *
 * A procedure with resume points is printed once, as an inline function `NAME_code(w, frame, v, params)`, and used
 * twice: NAME passes no frame, so the C compiler drops the resume switch from it and loops stay single-entry;
 * NAME_resume passes the frame to go on from. A label whose code directly follows needs no goto; one that is jumped to
 * once is printed at its jump. */
#include <stdlib.h>
#include <string.h>

#include "emit_function.h"

/* ---- preparation ---- */

static void count_atom(function_emitter *fe, atom a) {
    if (a.kind == ATOM_VAR) fe->uses[a.var->id]++;
}

static void count_atoms(function_emitter *fe, const atom *items, size_t count) {
    for (size_t i = 0; i < count; i++) count_atom(fe, items[i]);
}

static void prepare_point(function_emitter *fe, const cps_point *p) {
    if (!p || !p->suspends) return;
    if (p->result) fe->at_top[p->result->id] = true;
    if (p->live == fe->prepared) return;
    fe->prepared = p->live;
    for (size_t i = 0; i < p->live_count; i++) fe->at_top[p->live[i]->id] = true;
}

static void prepare_op(function_emitter *fe, const cps_node *n) {
    if (is_constant_vector_access(n->op)) {
        uint32_t *longest = &fe->longest[n->op->items[0].var->id], needed = (uint32_t)n->op->items[1].datum->i + 1;
        if (needed > *longest) *longest = needed;
    }
    count_atoms(fe, n->op->items, n->op->count);
    count_atom(fe, n->op->callee);
}

static void prepare_label(function_emitter *fe, const cps_label *l);

static void prepare(function_emitter *fe, const cps_node *n) {
    for (; n; n = n->next) {
        prepare_point(fe, n->point);
        if (n->op) prepare_op(fe, n);
        if (n->kind == CPS_BIND && n->result && n->result->assigned) fe->at_top[n->result->id] = true;
        if (n->kind == CPS_IF || n->kind == CPS_RETURN) count_atom(fe, n->test);
        if (n->kind == CPS_JUMP) count_atoms(fe, n->items, n->count);
        if (n->kind == CPS_IF) prepare(fe, n->other);
        if (n->kind == CPS_LABEL) prepare_label(fe, n->label);
        if (n->kind == CPS_CLOSURES)
            for (size_t i = 0; i < n->count; i++) count_atoms(fe, n->envs[i], INFO(n->fns[i])->free_count);
    }
}

static void prepare_label(function_emitter *fe, const cps_label *l) {
    for (size_t i = 0; i < l->count; i++) fe->at_top[l->params[i]->id] = true;
    prepare(fe, l->body);
}

/* ---- the whole function ---- */

static bool is_param(const function_emitter *fe, size_t id) {
    size_t params = lambda_params(fe->f->fn);
    if (id < params) return true;
    if (fe->f->self && (size_t)fe->f->self->id == id) return true;
    return !INFO(fe->f->fn)->escapes && id < params + INFO(fe->f->fn)->free_count;
}

static void name_variables(function_emitter *fe) {
    struct name_set *local = name_set_new(fe->e->names);
    reserve_identifier(local, "self");
    for (size_t i = 0; i < fe->f->var_count; i++) {
        const var *v = fe->f->vars[i];
        if (v == fe->f->self)
            fe->names[i] = "self";
        else
            fe->names[i] = c_identifier(local, v->name[0] ? v->name : "t");
    }
}

static void declare_variables_of(function_emitter *fe, bool flonum) {
    size_t column = 0;
    for (size_t i = 0; i < fe->f->var_count; i++) {
        if (!fe->at_top[i] || is_param(fe, i) || !fe->uses[i] || fe->f->vars[i]->flonum != flonum) continue;
        if (column == 0) print_indent(fe);
        if (column == 0)
            out_text(fe->out, fe->f->shared_frame ? "volatile " : ""); /* not worth data flow over all points */
        out_printf(fe->out, "%s %s", column == 0 ? c_type(fe->f->vars[i]) : ",", fe->names[i]);
        if (fe->f->shared_frame) out_text(fe->out, flonum ? " = 0" : " = FLU_NIL"); /* saved even before it is set */
        column += strlen(fe->names[i]) + 2;
        if (column > 90) {
            out_text(fe->out, ";\n");
            column = 0;
        }
    }
    if (column) out_text(fe->out, ";\n");
}

static bool saves_variables(const function_emitter *fe) {
    for (const cps_point *p = fe->f->points; p; p = p->next)
        if (p->suspends && p->live_count && !leaves_by_tail_call(fe, p)) return true;
    if (fe->version != FAST_BODY) return false;
    for (const cps_point *p = fe->f->deopts; p; p = p->next)
        if (p->live_count > MAX_LEAVING) return true;
    return false;
}

static void declare_variables(function_emitter *fe) {
    declare_variables_of(fe, false);
    declare_variables_of(fe, true);
    if (saves_variables(fe)) statement(fe, "flu_frame *saved;");
}

/* A closure's free variables are read from its procedure object once, at the first entry. */
static void load_free_variables(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    if (!INFO(fn)->escapes) return;
    for (size_t i = 0; i < INFO(fn)->free_count; i++) {
        int id = fe->f->free[i]->id;
        if (!fe->uses[id]) continue;
        statement(fe, fe->at_top[id] ? "%s = FLU_PROC(self)->env[%zu];" : "flu_value %s = FLU_PROC(self)->env[%zu];",
                  fe->names[id], i);
    }
}

static const char *may_comment(const lambda *fn) {
    return INFO(fn)->may_suspend ? "may suspend" : INFO(fn)->may_fail ? "never suspends" : "never suspends or fails";
}

static void print_comment(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    out_text(fe->out, "\n/* (");
    print_in_comment(fe->out, fn->name ? fn->name : "lambda");
    for (size_t i = 0; i < lambda_params(fn); i++) {
        if (i == fn->required && fn->optional) out_text(fe->out, " &optional");
        if (i == fn->required + fn->optional) out_text(fe->out, " &rest");
        const char *name = fn->params[i]->name;
        out_char(fe->out, ' ');
        print_in_comment(fe->out, name[0] ? name : "_");
    }
    out_printf(fe->out, "): %s */\n", may_comment(fn));
}

static void emit_sites(function_emitter *fe) {
    const cps_function *f = fe->f;
    const char *c_name = INFO(f->fn)->c_name;
    uint32_t line = 0, column = 0;
    if (f->point_count) {
        out_printf(fe->out, "static const flu_site %s__sites[] = {", c_name);
        for (const cps_point *p = f->points; p; p = p->next) {
            span at = span_written(p->at);
            if (at.src) source_position(at.src, at.start, &line, &column);
            out_printf(fe->out, "%s{%u, %u}",
                       p == f->points        ? ""
                       : p->number % 10 == 0 ? ",\n    "
                                             : ", ",
                       line, column);
        }
        out_text(fe->out, "};\n");
    }
    line = column = 0;
    span place = span_written(f->fn->at);
    if (place.src) source_position(place.src, place.start, &line, &column);
    out_printf(fe->out, "static const flu_proc_info %s__info = {", c_name);
    const char *name = f->fn->name ? f->fn->name : "lambda";
    if (f->fn->top_level) name = "main";
    print_c_string(fe->out, name, strlen(name));
    out_text(fe->out, ", ");
    const char *path = place.src ? place.src->path : fe->e->p->path;
    print_c_string(fe->out, path, strlen(path));
    bool resumes = f->resume_count || f->speculative;
    out_printf(fe->out, ", %s%s, %s%s, %d, %u, %u%s, %zu, %d};\n", resumes ? c_name : "NULL", resumes ? "__resume" : "",
               f->point_count ? c_name : "NULL", f->point_count ? "__sites" : "", f->point_count, line, column,
               INFO(f->fn)->cleans_up ? " | FLU_CLEANS_UP" : "", f->fn->required,
               f->fn->rest ? -1 : (int)(f->fn->required + f->fn->optional));
}

const char **param_names(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    size_t n = lambda_params(fn) + INFO(fn)->free_count;
    const char **names = NEW_ARRAY(const char *, n + 1);
    for (size_t i = 0; i < n; i++) names[i] = fe->names[i];
    return names;
}

static void emit_body(function_emitter *fe) {
    fe->indent = 1;
    declare_variables(fe);
    if (fe->version == FAST_BODY && fe->resumable) statement(fe, "flu_value v;");
    if (fe->version == GENERAL_BODY || (fe->resumable && fe->version == ONE_BODY)) {
        if (fe->only_resumed) statement(fe, "if (!frame) FLU_UNREACHABLE();");
        statement(fe, "if (frame) {");
        emit_resume_switch(fe);
        statement(fe, "}");
    }
    load_free_variables(fe);
    if (fe->version == FAST_BODY && !fe->leaf_branch) emit_entry_guards(fe);
    emit_node(fe, fe->f->body, NULL);
    emit_cold_code(fe);
    emit_deopts(fe);
    out_text(fe->out, "}\n");
    end_c_function(fe);
}

static size_t c_param_count(const lambda *fn) {
    return lambda_params(fn) + (INFO(fn)->escapes && takes_self(fn) ? 1 : INFO(fn)->global ? 0 : INFO(fn)->free_count);
}

void emit_call_of(function_emitter *fe, const char *suffix) {
    const lambda *fn = fe->f->fn;
    out_printf(fe->out, "    return %s%s(w", INFO(fn)->c_name, suffix);
    for (size_t i = 0; i < lambda_params(fn) + INFO(fn)->free_count; i++) out_printf(fe->out, ", %s", fe->names[i]);
    out_text(fe->out, ");\n");
}

void emit_fast_prototype(function_emitter *fe) {
    fe->indent = 1;
    emit_signature(fe->out, fe->f->fn, "__fast", NULL);
    out_text(fe->out, ";\n");
}

void emit_call_of_code(function_emitter *fe) {
    const lambda *fn = fe->f->fn;
    fe->calls_code = true;
    out_printf(fe->out, "    return %s__code(w, NULL, FLU_NIL", INFO(fn)->c_name);
    if (takes_self(fn)) out_text(fe->out, ", self");
    size_t n = lambda_params(fn) + (takes_self(fn) ? 0 : INFO(fn)->free_count);
    for (size_t i = 0; i < n; i++) out_printf(fe->out, ", %s", fe->names[i]);
    out_text(fe->out, ");\n");
}

static void emit_entry(function_emitter *fe) {
    const char *suffix = emit_leaf_of_kind(fe) ? "__fast" : "";
    begin_c_function(fe);
    emit_signature(fe->out, fe->f->fn, suffix, param_names(fe));
    out_text(fe->out, " {\n");
    emit_call_of_code(fe);
    out_text(fe->out, "}\n");
    end_c_function(fe);
}

static void emit_resume_entry(function_emitter *fe) {
    const char *c_name = INFO(fe->f->fn)->c_name;
    begin_c_function(fe);
    out_printf(fe->out, "static flu_value %s__resume(flu_worker *w, flu_frame *frame, flu_value v) {\n", c_name);
    out_printf(fe->out, "    if (!frame) FLU_UNREACHABLE();\n    return %s__code(w, frame, v", c_name);
    for (size_t i = 0; i < c_param_count(fe->f->fn); i++) out_text(fe->out, ", FLU_NIL");
    out_text(fe->out, ");\n}\n");
    end_c_function(fe);
}

/* For a second printing. */
static void reset_labels(const cps_node *n) {
    for (; n; n = n->next) {
        if (n->kind == CPS_IF) reset_labels(n->other);
        if (n->kind != CPS_LABEL) continue;
        n->label->placed = n->label->targeted = false;
        reset_labels(n->label->body);
    }
}

static void begin_version(function_emitter *fe) {
    size_t n = fe->f->var_count + 1;
    fe->uses = NEW_ARRAY(unsigned, n);
    fe->at_top = NEW_ARRAY(bool, n);
    fe->prepared = NULL;
    fe->boolean = NEW_ARRAY(bool, n);
    fe->folded = NEW_ARRAY(const char *, n);
    fe->unboxed = NEW_ARRAY(const char *, n);
    fe->vector_length = NEW_ARRAY(uint32_t, n);
    fe->is_vector = NEW_ARRAY(bool, n);
    fe->longest = NEW_ARRAY(uint32_t, n);
    fe->body = NEW_ARRAY(const char *, n);
    if (fe->version == GENERAL_BODY) reset_labels(fe->f->body);
    fe->tested = NEW_ARRAY(bool, n);
    prepare(fe, fe->f->body);
    if (fe->version == ONE_BODY) return;
    for (const cps_point *p = fe->f->deopts; p; p = p->next) prepare_point(fe, p);
}

static void emit_one_body(function_emitter *fe) {
    begin_c_function(fe);
    emit_signature(fe->out, fe->f->fn, fe->resumable ? "__code" : "", param_names(fe));
    out_text(fe->out, " {\n");
    emit_body(fe);
    if (!fe->resumable) return;
    emit_entry(fe);
    emit_resume_entry(fe);
}

/* The body of a loop that was given a name. The C compiler sees calls from both versions of the caller, and would not
 * put the code there by itself. */
static bool belongs_to_loop(const cps_function *f) {
    enum { MOST_VARIABLES = 128 };
    const lambda_info *info = INFO(f->fn);
    return info->called_in_loop && !info->called_again && !info->escapes && !has_linkage(f->fn) &&
           f->resume_count == 0 && f->var_count <= MOST_VARIABLES;
}

static void emit_fast_version(function_emitter *fe, const char *attribute, const char *suffix) {
    begin_c_function(fe);
    out_text(fe->out, attribute);
    emit_signature(fe->out, fe->f->fn, suffix, param_names(fe));
    out_text(fe->out, " {\n");
    emit_body(fe);
}

/* Prints the fast body for vectors of floats only, if it is worth it: what is printed behind it is NAME__fast. */
static bool emit_double_version(function_emitter *fe) {
    function_emitter version = *fe;
    if (!find_double_vectors(&version)) return false;
    begin_version(&version);
    emit_fast_prototype(fe);
    emit_fast_version(&version, belongs_to_loop(fe->f) ? "FLU_INLINED " : "FLU_ALIGNED ", "");
    reset_labels(fe->f->body);
    for (size_t i = 0; i < version.deopt_count; i++) ((cps_point *)version.deopts[i])->used = false;
    return true;
}

/* Where values are likely floats or fixnums the procedure is printed twice. The fast body takes them for what they
 * likely are, floats in C doubles; where a value turns out to be something else it leaves, through a frame, for the
 * same place in the general body, which also serves to resume. */
static void emit_fast_body(function_emitter *fe) {
    cps_function *f = (cps_function *)fe->f;
    const char *c_name = INFO(f->fn)->c_name;
    assume_likely_floats(f, true);
    fe->version = FAST_BODY;
    begin_version(fe);
    if (f->risky) out_printf(fe->out, "static flu_failures %s__failures;\n", c_name);
    emit_signature(fe->out, f->fn, "__code", NULL);
    out_text(fe->out, ";\n");
    if (emit_double_version(fe))
        emit_fast_version(fe, "FLU_ONE_COPY ", "__fast");
    else
        emit_fast_version(fe, belongs_to_loop(f) ? "FLU_INLINED " : "FLU_ALIGNED ", emit_leaf_test(fe) ? "__fast" : "");
    assume_likely_floats(f, false);
}

static void emit_general_body(function_emitter *fe) {
    fe->version = GENERAL_BODY;
    begin_version(fe);
    begin_c_function(fe);
    emit_signature(fe->out, fe->f->fn, "__code", param_names(fe));
    out_text(fe->out, " {\n");
    emit_body(fe);
    emit_resume_entry(fe);
}

/* A procedure with more points than this is compiled once: NAME and NAME__resume call the same code. */
enum { MAX_INLINE_POINTS = 100 };

void emit_function(emitter *e, cps_function *f) {
    INFO(f->fn)->one_copy = f->fn->top_level || f->point_count > MAX_INLINE_POINTS;
    function_emitter fe = {.e = e, .out = e->out, .f = f, .resumable = f->resume_count > 0};
    fe.names = NEW_ARRAY(const char *, f->var_count + 1);
    name_variables(&fe);
    begin_version(&fe);
    print_comment(&fe);
    if (fe.resumable || f->speculative)
        out_printf(e->out, "static flu_value %s__resume(flu_worker *w, flu_frame *frame, flu_value v);\n",
                   INFO(f->fn)->c_name);
    emit_sites(&fe);
    if (!f->speculative) {
        emit_one_body(&fe);
        return;
    }
    INFO(f->fn)->one_copy = true;
    function_emitter general = fe;
    emit_fast_body(&fe);
    general.only_resumed = !fe.calls_code;
    emit_general_body(&general);
}
