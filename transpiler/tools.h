/* tools.h: the commands of flc2c that are tools for writing programs; each gives the exit status. */
#ifndef TOOLS_H
#define TOOLS_H

#include "driver.h"

int check_command(const driver_options *o);      /* tool_check.c */
int completion_command(const driver_options *o); /* tool_shell.c */
int fmt_command(const driver_options *o);        /* tool_fmt.c */
int lsp_command(const driver_options *o);        /* tool_lsp.c */
int repl_command(const driver_options *o);       /* tool_repl.c */
int new_command(const driver_options *o);        /* tool_new.c */

#endif
