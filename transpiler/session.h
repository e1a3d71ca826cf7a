/* session.h: what is entered in flc2c repl, compiled as a program of its own that shares the definitions of others. */
#ifndef SESSION_H
#define SESSION_H

#include "core.h"

/* Names that were defined before; interned. */
typedef struct session_names {
    const char **names;
    size_t count, capacity;
    datum_file *messages; /* earlier entries with receive clauses: their tags are messages in later ones too */
    size_t message_count, message_capacity;
} session_names;

/* Makes the definitions of a module, and what it imports, entries of the table that all of a session share, and
 * references to them and to those of `before` look there. Expressions show their values. Adds the new names to
 * `defined`, each perhaps several times.
 * In: a module from expand(); resolve() is still to come. Breaks: it has no definitions of its own any more. */
void share_definitions(module *m, const session_names *before, session_names *defined);

#endif
