/* builtins.h: C prototypes of all builtins, made from the table (transpiler/builtins.h describes its rows). */
#ifndef FLU_BUILTINS_H
#define FLU_BUILTINS_H

#include "worker.h"

#define FLU_PROTO_0(f) flu_value f(flu_worker *w)
#define FLU_PROTO_1(f) flu_value f(flu_worker *w, flu_value a)
#define FLU_PROTO_2(f) flu_value f(flu_worker *w, flu_value a, flu_value b)
#define FLU_PROTO_3(f) flu_value f(flu_worker *w, flu_value a, flu_value b, flu_value c)
#define FLU_PROTO_4(f) flu_value f(flu_worker *w, flu_value a, flu_value b, flu_value c, flu_value d)
#define FLU_PROTO_5(f) flu_value f(flu_worker *w, flu_value a, flu_value b, flu_value c, flu_value d, flu_value e)
#define FLU_PROTO_6(f)                                                                                                 \
    flu_value f(flu_worker *w, flu_value a, flu_value b, flu_value c, flu_value d, flu_value e, flu_value g)
#define FLU_PROTO_7(f)                                                                                                 \
    flu_value f(flu_worker *w, flu_value a, flu_value b, flu_value c, flu_value d, flu_value e, flu_value g,           \
                flu_value h)
#define FLU_PROTO_8(f)                                                                                                 \
    flu_value f(flu_worker *w, flu_value a, flu_value b, flu_value c, flu_value d, flu_value e, flu_value g,           \
                flu_value h, flu_value i)
#define FLU_PROTO_ANY(f) flu_value f(flu_worker *w, int argc, const flu_value *argv)

#define BUILTIN(name, c_name, min, max, flags, doc)        FLU_PROTO_##max(c_name);
#define LIBFN(name, c_name, nparams, min, max, flags, doc) FLU_PROTO_##nparams(c_name);
#define INLINEFN(name, c_name, min, max, flags, doc)
#define ALIAS(alias, name)
#include "builtins/builtins.def"
#undef BUILTIN
#undef LIBFN
#undef INLINEFN
#undef ALIAS

#endif
