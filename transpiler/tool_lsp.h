/* tool_lsp.h: flc2c lsp: a language server over standard input and output (LSP 3.17).
 *
 *   tool_lsp.c         messages, the state of the session, which request goes where
 *   tool_lsp_text.c    open documents, their changes, URIs and positions
 *   tool_lsp_index.c   what the names in a program mean, from the trees that the compiler's expander makes
 *   tool_lsp_outline.c the definitions of a file, from its data
 *   tool_lsp_answer.c  the answers to requests
 *
 * The server keeps nothing but the texts of open documents. Each answer is made by a process of its own, a fork that
 * runs the compiler's passes and writes the result to a pipe: whatever happens to it, the session goes on, and its
 * memory goes with it. */
#ifndef TOOL_LSP_H
#define TOOL_LSP_H

#include "core.h"
#include "driver.h"
#include "tool_json.h"

/* malloc memory: it outlives messages. */
typedef struct lsp_document {
    char *uri, *path, *text;
    size_t size;
    bool dirty; /* its diagnostics are to be sent */
} lsp_document;

typedef struct lsp_server {
    const driver_options *options;
    lsp_document *documents;
    size_t count;
    char *root; /* folder of the workspace; NULL: none */
    bool utf8;  /* positions count bytes instead of UTF-16 units */
    bool initialized, shut_down;
} lsp_server;

/* ---- tool_lsp_text.c ---- */

lsp_document *lsp_find(lsp_server *s, const char *uri);
void lsp_open(lsp_server *s, const char *uri, const char *text, size_t size);
void lsp_close(lsp_server *s, const char *uri);
/* One element of contentChanges. */
void lsp_change(const lsp_server *s, lsp_document *doc, const json *change);

char *lsp_path_of(const char *uri); /* malloc */
const char *lsp_uri_of(const char *path);

/* Places outside of the text count as its end, or the end of their line. */
size_t lsp_offset(const lsp_server *s, const char *chars, size_t size, const json *position);
void lsp_add_position(const lsp_server *s, const source *src, uint32_t offset, text *out);
void lsp_add_range(const lsp_server *s, const source *src, uint32_t start, uint32_t end, text *out);
/* {"uri": ..., "range": ...} */
void lsp_add_location(const lsp_server *s, span at, text *out);

/* ---- tool_lsp_index.c ---- */

/* A place where a name stands, and the one where it is defined. */
typedef struct lsp_name {
    span at, definition;
    const top *top; /* of a definition at the top level, else NULL */
    const module *home;
} lsp_name;

typedef struct lsp_index {
    lsp_name *names;
    size_t count, capacity;
} lsp_index;

/* The names of the program that begins at path; reports to d. */
void lsp_index_program(const lsp_server *s, const char *path, diag *d, lsp_index *index);
/* The name at that place of the file; NULL: none. */
const lsp_name *lsp_name_at(const lsp_index *index, const char *path, uint32_t offset);
/* The symbol around the place: from its first to behind its last byte; empty where there is none. */
span lsp_word_at(const source *src, uint32_t offset);

/* ---- tool_lsp_outline.c ---- */

/* A definition, by its form alone. */
typedef struct lsp_entry {
    const char *name;
    int kind;          /* SymbolKind */
    const datum *form; /* the whole definition */
    span at;           /* of the name */
    struct lsp_entry *children;
    size_t count, capacity;
} lsp_entry;

/* The definitions of a file, however much is wrong with it; children of one entry. */
lsp_entry lsp_outline(const source *src);
/* The definition of that name in it, also inside of modules; NULL: none. */
const lsp_entry *lsp_entry_named(const lsp_entry *outline, const char *name);
/* Its signature and documentation, as Markdown. */
void lsp_describe(const lsp_entry *entry, text *out);

/* ---- tool_lsp_answer.c ---- */

/* In the process that answers: the result as JSON. error: a message for the user instead; NULL: none. */
typedef struct lsp_answer {
    text result;
    const char *error;
} lsp_answer;
typedef void lsp_handler(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *answer);

lsp_handler *lsp_handler_of(const char *method); /* NULL: there is no such request about a document */
/* The parameters of textDocument/publishDiagnostics. */
void lsp_diagnose(lsp_server *s, const lsp_document *doc, text *out);

#endif
