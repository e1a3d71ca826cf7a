/* tool_repl.h: flc2c repl.
 *
 *   tool_repl.c       reads what is entered, and keeps the names that it defines
 *   tool_repl_host.c  the process that runs it, and the C of both sides
 *
 * What is entered is compiled by a fork of its own to a shared object, which the host loads and runs. */
#ifndef TOOL_REPL_H
#define TOOL_REPL_H

#include <sys/types.h>

#include "driver.h"
#include "session.h"

/* The process with the session's definitions. */
typedef struct repl_host {
    pid_t pid;
    int commands, answers; /* descriptors of ours */
    const char *folder;    /* for shared objects; removed at the end */
    unsigned count;        /* of those made */
} repl_host;

bool host_start(repl_host *h, const driver_options *o);
/* Compiles and runs the text of a file or entry. False: it has errors, or the host is gone. names: what was defined
 * before. *defined: a text with the new names, one a line, arena memory. */
bool host_compile(repl_host *h, const driver_options *o, const source *src, const session_names *names,
                  const char **object, const char **defined);
/* False: the host has ended. */
bool host_run(repl_host *h, const char *object);
/* Its exit status; if a signal ended it, that is reported. */
int host_end(repl_host *h);

#endif
