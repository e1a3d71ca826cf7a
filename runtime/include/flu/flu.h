/* flu.h: everything emitted C needs. */
#ifndef FLU_H
#define FLU_H

#include "value.h"
#include "worker.h"
#include "arith.h"
#include "literal.h"
#include "special.h"
#include "predicates.h"
#include "collections.h"
#include "sync.h"
#include "actor.h"
#include "builtins.h"

/* What an emitted program hands to the runtime. */
typedef struct flu_program {
    const char *name;                 /* source path */
    void (*init)(flu_worker *w);      /* interns symbols, builds literals that cannot be static data */
    flu_value (*main)(flu_worker *w); /* the top-level forms, as the main task */
} flu_program;

/* Runs the program to its end; gives the exit status. */
int flu_main(int argc, char **argv, const flu_program *program);

#endif
