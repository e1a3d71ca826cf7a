/* literal.h: static data that emitted C defines for literals, and constructors for those that are built at start. */
#ifndef FLU_LITERAL_H
#define FLU_LITERAL_H

#include "worker.h"

/* Static string: FLU_STRING(str_1, 5, 5, "hello"); its value is FLU_VALUE(&str_1). bytes and code points are given. */
#define FLU_STRING(id, nbytes, npoints, text)                                                                          \
    static struct {                                                                                                    \
        flu_header h;                                                                                                  \
        uint32_t length, hash;                                                                                         \
        char bytes[(nbytes) + 1];                                                                                      \
    } id __attribute__((aligned(16))) = {FLU_HEADER(FLU_T_STRING, 0, 0, nbytes), npoints, 0, text}

/* Static cons cell (only of static parts): FLU_CELL_STATIC(cell_2, FLU_FIX(1), FLU_CELL_VALUE(cell_1)). */
#define FLU_CELL_STATIC(id, head, tail) static flu_cell id __attribute__((aligned(16))) = {head, tail}
#define FLU_CELL_VALUE(id)              (FLU_VALUE(&id) + FLU_TAG_CONS)

/* A float whose self-tagged word the compiler has worked out; d is for the reader. */
#define FLU_FLONUM(word, d) ((flu_value)UINT64_C(word))
/* Static float with an exponent that self-tagging does not cover. */
#define FLU_BOXED_FLOAT(id, d_)                                                                                        \
    static const flu_boxed_float id __attribute__((aligned(16))) = {FLU_HEADER(FLU_T_FLOAT, 0, 0, 0), d_}

/* Static procedure without free variables: its value is FLU_VALUE(&id). */
#define FLU_PROC_STATIC(id, arity, code_, info_)                                                                       \
    static const flu_proc id __attribute__((aligned(16))) = {FLU_PROC_HEADER(arity, 0), (flu_code)(code_), info_}
/* The same for other C files to refer to (flc2c --separate). */
#define FLU_PROC_LINKED(id, arity, code_, info_)                                                                       \
    extern const flu_proc id;                                                                                          \
    const flu_proc id __attribute__((aligned(16))) = {FLU_PROC_HEADER(arity, 0), (flu_code)(code_), info_}

/* Interned, never freed. name is copied unless already known. */
flu_value flu_symbol_new(const char *name, size_t size);
flu_value flu_keyword_new(const char *name, size_t size);
/* Looked up at the first use of each place. */
#define FLU_SYMBOL_LIT(s)  FLU_INTERNED_ONCE(flu_symbol_new(s, sizeof(s) - 1))
#define FLU_KEYWORD_LIT(s) FLU_INTERNED_ONCE(flu_keyword_new(s, sizeof(s) - 1))
#define FLU_INTERNED_ONCE(make)                                                                                        \
    __extension__({                                                                                                    \
        static flu_value interned_;                                                                                    \
        flu_value v_ = __atomic_load_n(&interned_, __ATOMIC_ACQUIRE);                                                  \
        if (flu_unlikely(v_ == 0)) __atomic_store_n(&interned_, v_ = (make), __ATOMIC_RELEASE);                        \
        v_;                                                                                                            \
    })
/* A copy of UTF-8 text (must be valid). */
flu_value flu_string_new(flu_worker *w, const char *text, size_t size);
flu_value flu_string_lit(flu_worker *w, const char *text); /* NUL-terminated */
/* An int from decimal text of any length (valid by construction). */
flu_value flu_int_lit(flu_worker *w, const char *decimal);
/* A dict of n keys and values in turn; a list of n elements. */
flu_value flu_dict_lit(flu_worker *w, int n, const flu_value *items);
flu_value flu_list_lit(flu_worker *w, int n, const flu_value *items, flu_value tail);
/* items, of which those whose from is not NULL have got their values from there. */
const flu_value *flu_items_lit(int n, flu_value *items, const flu_value *const *from);

/* Declares a record or variant type; gives its id (aux of its tagged values), never 0. fields: names, for get and with.
 */
unsigned flu_record_declare(flu_worker *w, flu_value tag, int nfields, const char *const *fields);

/* Prepares the library procedures written in FluentAI (stdlib); emitted programs that call one call this first. */
void flu_lib_init(flu_worker *w);
/* The same for those of them that need TLS: programs that call none do not link OpenSSL. */
void flu_lib_tls_init(flu_worker *w);

#endif
