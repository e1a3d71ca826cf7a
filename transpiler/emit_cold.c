/* emit_cold.c: code off the straight path: saving frames, unwinding, leaving the fast body, and the switch that
 * resumes. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "builtins.h"
#include "emit_function.h"

const char *label_name(const cps_label *l) {
    const char *base = l->is_handler ? "catch" : l->is_loop ? "loop" : l->name;
    return arena_printf("%s_%d", base, l->id);
}
/* ---- cold code: frames and unwinding ---- */

static const char *info_name(const function_emitter *fe) { return arena_printf("%s__info", INFO(fe->f->fn)->c_name); }

static const char *leave_text(const cps_point *p) {
    return p->handler ? arena_printf("goto %s;", label_name(p->handler)) : "return FLU_ABNORMAL;";
}

static void store_live(function_emitter *fe, const cps_point *p) {
    for (size_t i = 0; i < p->live_count; i++)
        statement(fe, "saved->slots[%zu] = %s;", i, atom_text(fe, (atom){.kind = ATOM_VAR, .var = p->live[i]}));
}

/* The same in w->leaving, where doubles stand as they are: boxing one could need a call. Gives the set of these. */
static uint32_t store_leaving(function_emitter *fe, const cps_point *p) {
    uint32_t doubles = 0;
    for (size_t i = 0; i < p->live_count; i++) {
        const var *v = p->live[i];
        const char *text = v->flonum ? arena_printf("flu_double_bits(%s)", fe->names[v->id])
                                     : atom_text(fe, (atom){.kind = ATOM_VAR, .var = p->live[i]});
        statement(fe, "w->leaving[%zu] = %s;", i, text);
        if (v->flonum) doubles |= UINT32_C(1) << i;
    }
    return doubles;
}

static void fill_frame_now(function_emitter *fe, const cps_point *p) {
    store_live(fe, p);
    statement(fe, "return FLU_ABNORMAL;");
}

/* The live variables go into the frame; without any, the frame is complete as it is. */
static void fill_frame(function_emitter *fe, const cps_point *p) {
    if (fe->f->shared_frame)
        statement(fe, "goto fill;");
    else
        fill_frame_now(fe, p);
}

static const cps_point *any_resume_point(const cps_function *f) {
    const cps_point *p = f->points;
    while (!p->suspends) p = p->next;
    return p;
}

/* The head of the form at this place, as it is written; NULL: no form with a name. */
static const char *head_at(span at) {
    if (!at.src || at.start >= at.end || at.src->text[at.start] != '(') return NULL;
    const char *name = at.src->text + at.start + 1;
    name += strspn(name, " \t\r\n");
    size_t n = strcspn(name, " \t\r\n()[]{}\"';`,");
    return n && name + n < at.src->text + at.end ? arena_printf("%.*s", (int)n, name) : NULL;
}

/* Messages of the library have a procedure's first name; what the program has written may be another one. */
static void emit_alias(function_emitter *fe, const cps_point *p) {
    const char *written = fe->e->p->stdlib ? NULL : head_at(p->at);
    const builtin *b = written ? builtin_find(written) : NULL;
    if (b && strcmp(b->name, written)) statement(fe, "flu_called_as(w, \"%s\", \"%s\");", b->name, written);
}

static void emit_throw_point(function_emitter *fe, const cps_point *p) {
    out_printf(fe->out, "thrown_%d:\n", p->number);
    emit_alias(fe, p);
    if (!p->handler) {
        statement(fe, "return flu_leave_thrown(w, &%s, %d);", info_name(fe), p->number);
        return;
    }
    statement(fe, "flu_trace_site(w, &%s, %d);", info_name(fe), p->number);
    statement(fe, "%s", leave_text(p));
}

/* Without a handler, leaving a check is a tail call: the C function needs neither stack nor saved registers for it. */
bool leaves_by_tail_call(const function_emitter *fe, const cps_point *p) {
    return p->at_check && !p->handler && !fe->f->shared_frame && p->live_count <= MAX_LEAVING;
}

static void emit_frame(function_emitter *fe, const cps_point *p) {
    const char *old = fe->version == FAST_BODY ? "NULL" : "frame";
    if (leaves_by_tail_call(fe, p)) {
        uint32_t doubles = store_leaving(fe, p);
        statement(fe, "return flu_leave_check(w, %s, &%s, %d, %zu, %u);", old, info_name(fe), p->number, p->live_count,
                  doubles);
        return;
    }
    const char *function = p->at_check ? "flu_yield" : "flu_save";
    const char *call = arena_printf("%s(w, %s, &%s, %d, %zu)", function, old, info_name(fe), p->number, p->live_count);
    if (p->live_count)
        statement(fe, "if (!(saved = %s)) %s", call, leave_text(p));
    else if (p->handler)
        statement(fe, "if (!%s) %s", call, leave_text(p));
    else
        statement(fe, "%s;", call);
    fill_frame(fe, p);
}

static void emit_check_point(function_emitter *fe, const cps_point *p) {
    out_printf(fe->out, "yield_%d:\n", p->number);
    emit_frame(fe, p);
    if (fe->version != FAST_BODY) emit_throw_point(fe, p);
}

static void emit_save_point(function_emitter *fe, const cps_point *p) {
    out_printf(fe->out, "save_%d:\n", p->number);
    emit_alias(fe, p);
    emit_frame(fe, p);
}

void emit_cold_code(function_emitter *fe) {
    for (size_t i = 0; i < fe->pending_count; i++) {
        const cps_point *p = fe->pending[i];
        if (i > 0 && fe->pending[i - 1] == p) continue; /* an operation with two places to fail */
        print_line_directive(fe, p->at);
        if (p->at_check)
            emit_check_point(fe, p);
        else if (p->suspends)
            emit_save_point(fe, p);
        else
            emit_throw_point(fe, p);
    }
    if (!fe->f->shared_frame) return;
    out_text(fe->out, "fill:\n");
    fill_frame_now(fe, any_resume_point(fe->f));
}

void emit_deopts(function_emitter *fe) {
    if (fe->leaves_at_entry && !fe->leaf_branch) {
        out_text(fe->out, "general:\n");
        if (fe->double_vector_count)
            emit_call_of(fe, "__fast");
        else
            emit_call_of_code(fe);
    }
    for (size_t i = 0; i < fe->deopt_count; i++) {
        const cps_point *p = fe->deopts[i];
        print_line_directive(fe, p->at);
        out_printf(fe->out, "deopt_%d:\n", p->number);
        if (fe->f->risky) statement(fe, "flu_count_failure(%s__failures);", INFO(fe->f->fn)->c_name);
        if (p->live_count <= MAX_LEAVING) {
            uint32_t doubles = store_leaving(fe, p);
            statement(fe, "return flu_leave_fast(w, &%s, %d, %zu, %u);", info_name(fe), p->number, p->live_count,
                      doubles);
            continue;
        }
        statement(fe, "saved = flu_frame_new(w, &%s, %d, %zu);", info_name(fe), p->number, p->live_count);
        store_live(fe, p);
        statement(fe, "return %s__resume(w, saved, FLU_NIL);", INFO(fe->f->fn)->c_name);
    }
}

/* ---- the resume switch ---- */

static void emit_loads(function_emitter *fe, const cps_point *p) {
    for (size_t i = 0; i < p->live_count; i++)
        out_printf(fe->out, p->live[i]->flonum ? " %s = flu_double(frame->slots[%zu]);" : " %s = frame->slots[%zu];",
                   fe->names[p->live[i]->id], i);
}

static void emit_resume_case(function_emitter *fe, const cps_point *p, const char *to) {
    print_indent(fe);
    out_printf(fe->out, "case %d:", p->number);
    if (!fe->f->shared_frame) emit_loads(fe, p);
    if (p->at_check) out_printf(fe->out, " if (flu_unlikely(v == FLU_ABNORMAL)) goto thrown_%d;", p->number);
    if (p->result && !is_unused(fe, p->result)) out_printf(fe->out, " %s = v;", fe->names[p->result->id]);
    out_printf(fe->out, " goto %s_%d;\n", to, p->number);
}

void emit_resume_switch(function_emitter *fe) {
    if (fe->f->shared_frame) {
        print_indent(fe);
        emit_loads(fe, any_resume_point(fe->f));
        out_char(fe->out, '\n');
    }
    statement(fe, "    switch (flu_frame_point(frame)) {");
    fe->indent++;
    for (const cps_point *p = fe->f->points; p; p = p->next)
        if (p->suspends) emit_resume_case(fe, p, "resume");
    for (const cps_point *p = fe->f->deopts; p; p = p->next)
        if (p->used && fe->version == GENERAL_BODY) emit_resume_case(fe, p, "deopt");
    fe->indent--;
    statement(fe, "    default: FLU_UNREACHABLE();");
    statement(fe, "    }");
}
