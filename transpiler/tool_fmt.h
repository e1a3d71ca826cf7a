/* tool_fmt.h: flc2c fmt: source text laid out afresh.
 *
 *   tool_fmt_read.c    text -> layout_node: a tree that keeps comments, line breaks and the spelling of every token
 *   tool_fmt_style.c   which forms are laid out how: one table
 *   tool_fmt_print.c   layout_node -> text
 *   tool_fmt.c         the whole, its check, and the command
 *
 * Line breaks of the author stay where the style of a form allows them; what is too long is broken, and what the style
 * joins is joined if it fits. All of it is arena memory. */
#ifndef TOOL_FMT_H
#define TOOL_FMT_H

#include "datum.h"
#include "text.h"

enum { LAYOUT_WIDTH = 100 };

typedef enum layout_kind {
    LAYOUT_ATOM,    /* a token, or a string */
    LAYOUT_LIST,    /* in one of the three kinds of brackets */
    LAYOUT_PREFIX,  /* ' ` , ,@ and what they stand before: the last item; comments may come between */
    LAYOUT_DISCARD, /* #; and a form, which counts as a comment */
    LAYOUT_COMMENT, /* ; to the end of its line, without white space behind */
    LAYOUT_BLOCK,   /* #| |# */
} layout_kind;

typedef struct layout_node {
    layout_kind kind;
    char opener;      /* of a list */
    bool comma;       /* one stands behind it, as white space */
    bool broken;      /* line breaks of the text are inside */
    bool whole_line;  /* it cannot be followed by anything on its line: comments, and what ends in one */
    const char *text; /* of an atom or comment, or the prefix */
    uint32_t size;    /* of text */
    uint32_t breaks;  /* line breaks before it: 0, 1, 2 for more */
    uint32_t column;  /* where it stood in its line, in code points from 0 */
    uint32_t width;   /* on one line; LAYOUT_NEVER: it does not stand on one */
    struct layout_node **items;
    size_t count, capacity;
} layout_node;

enum { LAYOUT_NEVER = UINT32_MAX / 4 };

/* The forms of a text without errors of the reader, as items of one node. */
layout_node *layout_read(const char *text, size_t size);

static inline bool is_remark(const layout_node *x) { return x->kind >= LAYOUT_DISCARD; }

/* ---- styles ---- */

typedef enum layout_style {
    STYLE_CALL,    /* arguments below the first one, or two columns in if that begins a line */
    STYLE_BODY,    /* `fixed` items beside the head, then one a line, two columns in */
    STYLE_CLAUSES, /* the same, and the items are clauses */
    STYLE_VALUE,   /* as a body, but its last item may begin on the first line: (define x value) */
    STYLE_CLAUSE,  /* (pattern body ...): the body below the pattern, or beside it, one a line */
    STYLE_ITEMS,   /* data: as many in a line as the author wrote */
    STYLE_LINES,   /* one item a line */
} layout_style;

typedef struct layout_rule {
    const char *head;
    layout_style style;
    unsigned fixed;
    layout_style first; /* STYLE_LINES: the first fixed item is a list of bindings, STYLE_CLAUSES: of clauses */
} layout_rule;

/* The rule for forms with that head, by the table or by how such names usually work. */
layout_rule layout_rule_for(const char *head, size_t size);

/* Adds the text of all forms to out. */
void layout_print(const layout_node *forms, text *out);

/* ---- the whole ---- */

/* The text in its layout. False: the reader reports errors in it, or the layout would change what it means, which is an
 * error of flc2c; both are told to d. */
bool format_source(const source *src, diag *d, text *out);

#endif
