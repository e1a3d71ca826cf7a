/* session.h: what the host program of flc2c repl tells the runtime. */
#ifndef FLU_SESSION_H
#define FLU_SESSION_H

/* Loads a shared object and gives its procedure flu_session_code, which takes the worker; NULL: reported on stderr. Set
 * by the host before flu_main: so other programs need no dynamic loader. */
extern void *(*flu_session_open)(const char *path);

#endif
