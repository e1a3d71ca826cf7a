/* tool_repl.h: flc2c repl.
 *
 *   tool_repl.c       reads what is entered, and keeps the names that it defines
 *   tool_repl_line.c  lines from a terminal: editing, history, completion
 *   tool_repl_host.c  the process that runs it, and the C of both sides
 *
 * What is entered is compiled by a fork of its own to a shared object, which the host loads and runs. */
#ifndef TOOL_REPL_H
#define TOOL_REPL_H

#include <sys/types.h>

#include "driver.h"
#include "session.h"
#include "text.h"

/* ---- lines from a terminal ---- */

typedef struct line_editor line_editor;
/* The names that a word may be completed to, in any order; command: it stands first in the line and begins with a
 * colon. */
typedef const char *const *line_names(void *context, bool command, size_t *count);

/* Until there is something to read on standard input; false: Ctrl-C came first. */
bool repl_wait_input(void);
/* NULL: the terminal cannot do it, or flc2c was built without libedit. Reads the history of earlier sessions. */
line_editor *editor_new(line_names *names, void *context);
/* Adds a line with its newline; false: the end of the input, or Ctrl-C. */
bool editor_read(line_editor *e, const char *prompt, text *out);
/* Into the history, and its file: $XDG_STATE_HOME/flc2c/history, by default below ~/.local/state. */
void editor_remember(line_editor *e, const char *entry);
void editor_end(line_editor *e);

/* ---- the host ---- */

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
