/* call.c: calls of procedures whose arity the caller does not know, and apply. */
#include <stdio.h>
#include <string.h>

#include "flu/actor.h"
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/number.h"
#include "flu/print.h"
#include "flu/sched.h"
#include "flu/worker.h"

/* What was probably meant by calling it. */
static const char *instead_of_call(flu_value f) {
    if (flu_is_behaviour(f)) return "; write (spawn-actor NAME arguments ...)";
    if (flu_is_dict(f) || flu_is_keyword(f)) return "; write (get dict key)";
    if (flu_is_list(f) || flu_is(f, FLU_T_VECTOR)) return "; write (nth list index)";
    if (flu_is_actor(f)) return "; write (! actor message) or (ask actor message)";
    if (flu_is_promise(f)) return "; await it for its value";
    return "";
}

static FLU_COLD flu_value not_a_procedure(flu_worker *w, flu_value f) {
    return flu_raise_data(w, "type-error", f, "not a procedure: %s%s", flu_shown(w, f), instead_of_call(f));
}

/* A procedure without a name is told by its place. */
static FLU_COLD flu_value wrong_arity(flu_worker *w, flu_value f, int given) {
    const flu_proc_info *info = FLU_PROC(f)->info;
    char name[300];
    bool placed = strcmp(info->name, "lambda") == 0 && !flu_is_library(info);
    snprintf(name, sizeof name, placed ? "%s at %s:%u:%u" : "%s", info->name, info->file, info->line,
             info->column & ~FLU_CLEANS_UP);
    return flu_arity_error(w, name, info->min, info->max, given);
}

/* f is anything that does not take exactly argc arguments by its header. */
static flu_value call_general(flu_worker *w, flu_value f, int argc, const flu_value *argv) {
    if (!flu_is_proc(f)) return not_a_procedure(w, f);
    if (flu_header_aux(FLU_PROC(f)->h) != FLU_ARITY_ANY) return wrong_arity(w, f, argc);
    return ((flu_code_any)FLU_PROC(f)->code)(w, f, argc, argv);
}

flu_value flu_call_slow0(flu_worker *w, flu_value f) { return call_general(w, f, 0, NULL); }

flu_value flu_call_slow1(flu_worker *w, flu_value f, flu_value a) { return call_general(w, f, 1, &a); }

flu_value flu_call_slow2(flu_worker *w, flu_value f, flu_value a, flu_value b) {
    flu_value argv[] = {a, b};
    return call_general(w, f, 2, argv);
}

flu_value flu_call_slow3(flu_worker *w, flu_value f, flu_value a, flu_value b, flu_value c) {
    flu_value argv[] = {a, b, c};
    return call_general(w, f, 3, argv);
}

flu_value flu_call_slow4(flu_worker *w, flu_value f, flu_value a, flu_value b, flu_value c, flu_value d) {
    flu_value argv[] = {a, b, c, d};
    return call_general(w, f, 4, argv);
}

typedef flu_value (*code5)(flu_worker *, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value);
typedef flu_value (*code6)(flu_worker *, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value);
typedef flu_value (*code7)(flu_worker *, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value,
                           flu_value);
typedef flu_value (*code8)(flu_worker *, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value, flu_value,
                           flu_value, flu_value);
_Static_assert(FLU_MAX_ARITY == 8, "flu_call_n knows all exact arities");

flu_value flu_call_n(flu_worker *w, flu_value f, int argc, const flu_value *argv) {
    if (argc > FLU_MAX_ARITY || !flu_is_proc_of(f, (unsigned)argc)) return call_general(w, f, argc, argv);
    flu_code code = FLU_PROC(f)->code;
    const flu_value *a = argv;
    switch (argc) {
    case 0: return ((flu_code0)code)(w, f);
    case 1: return ((flu_code1)code)(w, f, a[0]);
    case 2: return ((flu_code2)code)(w, f, a[0], a[1]);
    case 3: return ((flu_code3)code)(w, f, a[0], a[1], a[2]);
    case 4: return ((flu_code4)code)(w, f, a[0], a[1], a[2], a[3]);
    case 5: return ((code5)code)(w, f, a[0], a[1], a[2], a[3], a[4]);
    case 6: return ((code6)code)(w, f, a[0], a[1], a[2], a[3], a[4], a[5]);
    case 7: return ((code7)code)(w, f, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    default: return ((code8)code)(w, f, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    }
}

/* (apply f a... list) */
flu_value flu_apply(flu_worker *w, int argc, const flu_value *argv) {
    flu_value list = argv[argc - 1];
    size_t count = (size_t)argc - 2;
    flu_value rest = list;
    for (; flu_is_cons(rest); rest = FLU_CELL(rest)->tail) count++;
    if (rest != FLU_EMPTY && rest != FLU_NIL) return flu_type_error(w, "apply", argc, "a list", list);
    if (count > INT32_MAX) return flu_raise(w, "arity-error", "apply: too many arguments");

    flu_value few[16];
    flu_value *all = count <= 16 ? few : flu_alloc(w, count * sizeof *all);
    size_t n = 0;
    for (int i = 1; i < argc - 1; i++) all[n++] = argv[i];
    for (rest = list; flu_is_cons(rest); rest = FLU_CELL(rest)->tail) all[n++] = FLU_CELL(rest)->head;
    return flu_call_n(w, argv[0], (int)n, all);
}
