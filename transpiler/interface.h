/* interface.h: what other modules are compiled against, as text: the .flui file of a module. */
#ifndef INTERFACE_H
#define INTERFACE_H

#include "modules.h"
#include "program.h"

/* Everything about the modules of the main file that the C of a module importing them may depend on: when two
 * interfaces are equal, that C is too. It is for build tools to compare; flc2c reads the sources.
 * Requires: simplify(p), and before convert_closures(p). */
void print_interface(FILE *out, const program *p, const message_tags *tags, module *const *modules, size_t count);

#endif
