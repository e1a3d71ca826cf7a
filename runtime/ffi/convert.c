/* convert.c: values to C and back (foreign.h), and pointers as values. */
#include <inttypes.h>
#include <string.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/foreign.h"
#include "flu/number.h"
#include "flu/print.h"
#include "flu/text.h"

/* ---- pointers ---- */

typedef struct pointer {
    flu_opaque o;
    void *address; /* not the collector's: whoever gave it owns what it points to */
} pointer;

static void print_pointer(void *buf, flu_value v) {
    flu_buf_printf(buf, "#<pointer 0x%" PRIxPTR ">", (uintptr_t)FLU_AS(pointer, v)->address);
}

static const flu_class pointer_class = {.name = "pointer", .print = print_pointer};

static bool is_pointer(flu_value v) { return flu_is(v, FLU_T_OTHER) && FLU_AS(flu_opaque, v)->cls == &pointer_class; }

flu_value flu_pointer_p(FLU_UNUSED flu_worker *w, flu_value v) { return FLU_BOOL(is_pointer(v)); }

flu_value flu_pointer_address(flu_worker *w, flu_value v) {
    if (!is_pointer(v)) return flu_type_error(w, "pointer-address", 1, "a pointer", v);
    return flu_int_unsigned(w, (uintptr_t)FLU_AS(pointer, v)->address);
}

/* ---- arguments ---- */

static bool wrong_type(flu_worker *w, const char *proc, int position, const char *expected, flu_value v) {
    flu_type_error(w, proc, position, expected, v);
    return false;
}

bool flu_c_int(flu_worker *w, const char *proc, int position, flu_value v, int64_t *out) {
    if (!flu_is_int(v)) return wrong_type(w, proc, position, "an int", v);
    if (flu_int_fits(v, out)) return true;
    flu_raise(w, "domain-error", "%s: argument %d does not fit in 64 bits: %s", proc, position, flu_shown(w, v));
    return false;
}

bool flu_c_float(flu_worker *w, const char *proc, int position, flu_value v, double *out) {
    if (!flu_is_number(v)) return wrong_type(w, proc, position, "a number", v);
    *out = flu_to_double(v);
    return true;
}

bool flu_c_bool(flu_worker *w, const char *proc, int position, flu_value v, bool *out) {
    if (v != FLU_TRUE && v != FLU_FALSE) return wrong_type(w, proc, position, "true or false", v);
    *out = v == FLU_TRUE;
    return true;
}

bool flu_c_string(flu_worker *w, const char *proc, int position, flu_value v, const char **out) {
    *out = NULL;
    if (v == FLU_NIL) return true;
    if (!flu_is_string(v)) return wrong_type(w, proc, position, "a string or nil", v);
    *out = FLU_STR(v)->bytes;
    if (strlen(*out) == flu_str_size(v)) return true;
    flu_raise(w, "domain-error", "%s: argument %d is a string with a NUL in it, where C would end it", proc, position);
    return false;
}

bool flu_c_bytes(flu_worker *w, const char *proc, int position, flu_value v, const unsigned char **out) {
    *out = NULL;
    if (v == FLU_NIL) return true;
    if (!flu_is_bytes(v)) return wrong_type(w, proc, position, "bytes or nil", v);
    *out = FLU_BYTES(v)->data;
    return true;
}

bool flu_c_pointer(flu_worker *w, const char *proc, int position, flu_value v, void **out) {
    *out = NULL;
    if (v == FLU_NIL) return true;
    if (!is_pointer(v)) return wrong_type(w, proc, position, "a pointer or nil", v);
    *out = FLU_AS(pointer, v)->address;
    return true;
}

/* ---- results ---- */

flu_value flu_c_from_int(flu_worker *w, FLU_UNUSED const char *proc, int64_t n) { return flu_int(w, n); }
flu_value flu_c_from_float(flu_worker *w, FLU_UNUSED const char *proc, double d) { return flu_float(w, d); }
flu_value flu_c_from_bool(FLU_UNUSED flu_worker *w, FLU_UNUSED const char *proc, bool b) { return FLU_BOOL(b); }

flu_value flu_c_from_string(flu_worker *w, const char *proc, const char *text) {
    return text == NULL ? FLU_NIL : flu_string_checked(w, proc, text, strlen(text));
}

flu_value flu_c_from_pointer(flu_worker *w, FLU_UNUSED const char *proc, void *address) {
    if (address == NULL) return FLU_NIL;
    pointer *p = flu_alloc(w, sizeof *p);
    p->o = (flu_opaque){FLU_HEADER(FLU_T_OTHER, 0, 0, 0), &pointer_class};
    p->address = address;
    return FLU_VALUE(p);
}
