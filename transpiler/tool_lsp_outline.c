/* tool_lsp_outline.c: the definitions of a file, from its data alone: a file that does not compile has them too. */
#include <string.h>

#include "tool_lsp.h"

/* SymbolKind of LSP */
enum {
    KIND_MODULE = 2,
    KIND_CLASS = 5,
    KIND_METHOD = 6,
    KIND_FIELD = 8,
    KIND_ENUM = 10,
    KIND_INTERFACE = 11,
    KIND_FUNCTION = 12,
    KIND_VARIABLE = 13,
    KIND_ENUM_MEMBER = 22,
    KIND_STRUCT = 23,
    KIND_OPERATOR = 25,
};

typedef struct form_kind {
    const char *head;
    int kind, children; /* of what follows the name; 0: nothing */
} form_kind;

static const form_kind form_kinds[] = {
    {"define", KIND_VARIABLE, 0},
    {"define-actor", KIND_CLASS, 0},
    {"define-async", KIND_FUNCTION, 0},
    {"define-c", KIND_FUNCTION, 0},
    {"define-effect", KIND_INTERFACE, KIND_METHOD},
    {"define-generator", KIND_FUNCTION, 0},
    {"define-record", KIND_STRUCT, 0},
    {"define-supervisor", KIND_CLASS, 0},
    {"define-syntax", KIND_OPERATOR, 0},
    {"define-type", KIND_ENUM, KIND_ENUM_MEMBER},
    {"deftest", KIND_METHOD, 0},
    {"module", KIND_MODULE, 0},
};

static bool is_symbol(const datum *x) { return x->kind == DATUM_SYMBOL; }

static const form_kind *kind_of_form(const datum *form) {
    if (form->kind != DATUM_LIST || form->count < 2 || !is_symbol(form->items[0])) return NULL;
    for (size_t i = 0; i < sizeof form_kinds / sizeof *form_kinds; i++)
        if (strcmp(form_kinds[i].head, form->items[0]->text) == 0) return &form_kinds[i];
    return NULL;
}

/* x, or (x ...). NULL: neither. */
static const datum *name_in(const datum *x) {
    if (x->kind == DATUM_LIST && x->count) x = x->items[0];
    return is_symbol(x) || x->kind == DATUM_STRING ? x : NULL;
}

static void add_entry(lsp_entry *parent, const datum *name, int kind, const datum *form) {
    lsp_entry entry = {.name = name->text, .kind = kind, .form = form, .at = name->at};
    PUSH(parent->children, parent->count, parent->capacity, entry);
}

static void add_forms(lsp_entry *parent, datum *const *forms, size_t count);

static void add_form(lsp_entry *parent, const datum *form) {
    const form_kind *row = kind_of_form(form);
    const datum *name = row ? name_in(form->items[1]) : NULL;
    if (!name) return;
    bool procedure = form->items[1]->kind == DATUM_LIST || (form->count > 2 && kind_of_form(form->items[2]));
    add_entry(parent, name, row->kind == KIND_VARIABLE && procedure ? KIND_FUNCTION : row->kind, form);
    lsp_entry *entry = &parent->children[parent->count - 1];
    if (row->kind == KIND_MODULE) add_forms(entry, form->items + 2, form->count - 2);
    for (size_t i = 2; row->children && i < form->count; i++)
        if (name_in(form->items[i])) add_entry(entry, name_in(form->items[i]), row->children, form->items[i]);
}

static void add_forms(lsp_entry *parent, datum *const *forms, size_t count) {
    for (size_t i = 0; i < count; i++) add_form(parent, forms[i]);
}

lsp_entry lsp_outline(const source *src) {
    datum_file file = read_source(src, diag_silent());
    lsp_entry outline = {0};
    add_forms(&outline, file.forms, file.count);
    return outline;
}

const lsp_entry *lsp_entry_named(const lsp_entry *outline, const char *name) {
    for (size_t i = 0; i < outline->count; i++) {
        const lsp_entry *e = &outline->children[i], *inner = lsp_entry_named(e, name);
        if (e->kind != KIND_METHOD && strcmp(e->name, name) == 0) return e;
        if (inner) return inner;
    }
    return NULL;
}

/* ---- descriptions ---- */

static const char *docstring(const datum *form) {
    bool body = form->kind == DATUM_LIST && form->count > 3 && form->items[1]->kind == DATUM_LIST;
    return body && form->items[2]->kind == DATUM_STRING ? form->items[2]->text : NULL;
}

void lsp_describe(const lsp_entry *entry, text *out) {
    const datum *form = entry->form;
    bool call = entry->kind == KIND_FUNCTION && form->items[1]->kind == DATUM_LIST;
    text_printf(out, "```lisp\n%s\n```", datum_text(call ? form->items[1] : form, 240));
    if (docstring(form)) text_printf(out, "\n\n%s", docstring(form));
}
