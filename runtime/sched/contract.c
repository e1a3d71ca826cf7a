/* contract.c: the error of a contract that does not hold. */
#include <string.h>

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/print.h"

enum { SHOWN_VALUE = 200 }; /* bytes of each value in the message */

static void add_value(flu_worker *w, flu_buf *b, flu_value v) {
    flu_value text = flu_repr_string(w, v, SHOWN_VALUE);
    if (text != FLU_ABNORMAL) flu_buf_add(b, FLU_STR(text)->bytes, flu_str_size(text));
}

/* (f a b) */
static void add_call(flu_worker *w, flu_buf *b, const char *name, flu_value args) {
    flu_buf_printf(b, "(%s", name);
    for (; flu_is_cons(args); args = FLU_CELL(args)->tail) {
        flu_buf_char(b, ' ');
        add_value(w, b, FLU_CELL(args)->head);
    }
    flu_buf_char(b, ')');
}

static flu_value add_entry(flu_worker *w, flu_value d, flu_value key, flu_value value) {
    return d == FLU_ABNORMAL || value == FLU_ABNORMAL ? FLU_ABNORMAL : flu_dict_set(w, d, key, value);
}

/* (%contract-violation name kind clause arguments result): strings, a list, the absent argument if there is no result
 * yet. */
flu_value flu_contract_violation(flu_worker *w, flu_value name, flu_value kind, flu_value clause, flu_value args,
                                 flu_value result) {
    flu_buf b;
    flu_buf_init(&b);
    flu_buf_printf(&b, "%s %s of %s does not hold for ", FLU_STR(kind)->bytes, FLU_STR(clause)->bytes,
                   FLU_STR(name)->bytes);
    add_call(w, &b, FLU_STR(name)->bytes, args);
    if (result != FLU_UNDEF) {
        flu_buf_puts(&b, ", which gave ");
        add_value(w, &b, result);
    }
    flu_value message = flu_buf_string(w, &b, "contract");
    flu_buf_free(&b);
    flu_value kind_key = flu_keyword_new(FLU_STR(kind)->bytes, flu_str_size(kind));
    flu_value data = add_entry(w, FLU_EMPTY_DICT, FLU_KEYWORD_LIT("function"), name);
    data = add_entry(w, data, FLU_KEYWORD_LIT("kind"), kind_key);
    data = add_entry(w, data, FLU_KEYWORD_LIT("clause"), clause);
    data = add_entry(w, data, FLU_KEYWORD_LIT("arguments"), args);
    if (result != FLU_UNDEF) data = add_entry(w, data, FLU_KEYWORD_LIT("result"), result);
    if (message == FLU_ABNORMAL || data == FLU_ABNORMAL) return FLU_ABNORMAL;
    return flu_raise_data(w, "contract-violation", data, "%s", FLU_STR(message)->bytes);
}
