/* token.h: cancel tokens (token.c): what with-cancel needs of them. */
#ifndef FLU_TOKEN_H
#define FLU_TOKEN_H

#include "cancel.h"

#define flu_is_token(v) flu_is(v, FLU_T_TOKEN)

typedef struct flu_token_link flu_token_link; /* a registration with a token */

/* Is the token, or one that it was derived from, cancelled? *reason: why. */
bool flu_token_is_cancelled(flu_worker *w, flu_value token, flu_value *reason);
/* Once the token is cancelled the scope is asked to end. NULL: it is cancelled already, for *reason. */
flu_token_link *flu_token_link_scope(flu_worker *w, flu_value token, flu_scope *s, flu_value *reason);
void flu_token_unlink(flu_worker *w, flu_token_link *link);

#endif
