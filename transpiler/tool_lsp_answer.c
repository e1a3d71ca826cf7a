/* tool_lsp_answer.c: the answers to requests about a document, each made in a process of its own. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "builtins.h"
#include "expand.h"
#include "tool_fmt.h"
#include "tool_lsp.h"

enum { MAX_FILES = 2000 }; /* of a workspace that are searched for a name */

/* A request at a place of a document. */
typedef struct place {
    const source *src;
    uint32_t offset;
    span word;
    const char *name;
} place;

static place place_of_request(lsp_server *s, const lsp_document *doc, const json *params) {
    const char *error;
    place p = {.src = source_load(doc->path, &error)};
    p.offset = (uint32_t)lsp_offset(s, p.src->text, p.src->size, json_get(params, "position"));
    p.word = lsp_word_at(p.src, p.offset);
    p.name = arena_copy(p.src->text + p.word.start, p.word.end - p.word.start);
    return p;
}

/* The same, with the names of the program. */
typedef struct target {
    place p;
    lsp_index index;
    const lsp_name *name; /* that stands there; NULL: none */
} target;

static target target_of_request(lsp_server *s, const lsp_document *doc, const json *params) {
    target t = {.p = place_of_request(s, doc, params)};
    lsp_index_program(s, doc->path, diag_silent(), &t.index);
    t.name = lsp_name_at(&t.index, doc->path, t.p.offset);
    return t;
}

/* The last part of module.name. */
static const char *plain_name(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && dot > name && dot[1] ? dot + 1 : name;
}

/* ---- definitions ---- */

/* By the form of definitions, in the file and those it names: macros, types, and files with errors. */
static span definition_by_form(const lsp_index *index, const place *p, const lsp_entry **entry) {
    lsp_entry *outline = NEW(lsp_entry);
    *outline = lsp_outline(p->src);
    if ((*entry = lsp_entry_named(outline, p->name))) return (*entry)->at;
    const source *last = p->src;
    for (size_t i = 0; i < index->count; i++) {
        const source *src = index->names[i].at.src;
        if (src == last) continue;
        last = src;
        *outline = lsp_outline(src);
        if ((*entry = lsp_entry_named(outline, plain_name(p->name)))) return (*entry)->at;
    }
    return (span){0};
}

static void answer_definition(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    target t = target_of_request(s, doc, params);
    const lsp_entry *entry;
    span at = t.name ? t.name->definition : definition_by_form(&t.index, &t.p, &entry);
    if (at.src)
        lsp_add_location(s, at, &a->result);
    else
        text_add(&a->result, "null");
}

/* ---- hover ---- */

/* "(f x): what it does" */
static void describe_builtin(const char *doc, text *out) {
    int depth = 0;
    const char *end = doc;
    for (; *end; end++) {
        depth += (strchr("([{", *end) != NULL) - (strchr(")]}", *end) != NULL);
        if (depth == 0 && end[0] == ':' && end[1] == ' ') break;
    }
    text_printf(out, "```lisp\n%.*s\n```", (int)(end - doc), doc);
    if (*end) text_printf(out, "\n\n%s", end + 2);
}

/* Of the language and the library; false: no such name. */
static bool describe_known(const char *name, text *out) {
    const special_form *form = special_form_find(name);
    const struct builtin *row = name[0] == '%' && name[1] ? NULL : builtin_find(name);
    const char *function = effect_function(name);
    if (!form && !row) form = call_form_find(name);
    if (form)
        text_printf(out, "```lisp\n%s\n```\n\nA form of the language.", form->usage);
    else if (row)
        describe_builtin(row->doc, out);
    else if (function)
        text_printf(out, "The effect `%s`; without a handler it is a call of `%s`.", name, function);
    return form || row || function;
}

static void describe_definition(const lsp_name *n, text *out) {
    lsp_entry outline = lsp_outline(n->definition.src);
    span at = n->definition;
    const lsp_entry *entry = lsp_entry_named(&outline, arena_copy(at.src->text + at.start, at.end - at.start));
    uint32_t line, column;
    source_position(at.src, at.start, &line, &column);
    const char *slash = strrchr(at.src->path, '/');
    if (entry) lsp_describe(entry, out);
    text_printf(out, "%sDefined, line %u of %s", entry ? "\n\n" : "", line, slash ? slash + 1 : at.src->path);
}

static void describe_local(const lsp_name *n, text *out) {
    uint32_t line, column;
    span at = n->definition;
    source_position(at.src, at.start, &line, &column);
    text_printf(out, "`%.*s`: a local variable, bound on line %u", (int)(at.end - at.start), at.src->text + at.start,
                line);
}

/* Adds nothing where there is nothing to be said. */
static void describe_target(const target *t, text *out) {
    const lsp_entry *entry = NULL;
    if (t->name && t->name->top)
        describe_definition(t->name, out);
    else if (t->name)
        describe_local(t->name, out);
    else if (*t->p.name && !describe_known(t->p.name, out) && definition_by_form(&t->index, &t->p, &entry).src)
        lsp_describe(entry, out);
}

static void answer_hover(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    target t = target_of_request(s, doc, params);
    text markdown = {0};
    describe_target(&t, &markdown);
    if (markdown.size == 0) {
        text_add(&a->result, "null");
        return;
    }
    text_add(&a->result, "{\"contents\":{\"kind\":\"markdown\",\"value\":");
    json_add(&a->result, markdown.chars, markdown.size);
    text_add(&a->result, "},\"range\":");
    lsp_add_range(s, t.p.src, t.p.word.start, t.p.word.end, &a->result);
    text_add(&a->result, "}");
}

/* ---- references ---- */

static bool same_place(span a, span b) { return a.start == b.start && strcmp(a.src->path, b.src->path) == 0; }

static bool has_span(const span *spans, size_t count, span at) {
    for (size_t i = 0; i < count; i++)
        if (same_place(spans[i], at)) return true;
    return false;
}

typedef struct span_list {
    span *items;
    size_t count, capacity;
} span_list;

static void add_references(const lsp_index *index, span definition, span_list *list) {
    for (size_t i = 0; i < index->count; i++) {
        const lsp_name *n = &index->names[i];
        if (!same_place(n->definition, definition) || has_span(list->items, list->count, n->at)) continue;
        PUSH(list->items, list->count, list->capacity, n->at);
    }
}

static bool mentions(const char *path, span name) {
    const char *error;
    const source *src = source_load(path, &error);
    return src && memmem(src->text, src->size, name.src->text + name.start, name.end - name.start);
}

/* All places of what is defined there, in the programs of the workspace. */
static void find_references(lsp_server *s, const lsp_document *doc, const target *t, span_list *list) {
    const lsp_name *n = t->name;
    add_references(&t->index, n->definition, list);
    if (!n->top || !s->root) return;
    path_list files = {0};
    find_sources(&files, s->root, NULL);
    for (size_t i = 0; i < files.count && i < MAX_FILES; i++) {
        if (strcmp(files.paths[i], doc->path) == 0 || !mentions(files.paths[i], n->definition)) continue;
        lsp_index index = {0};
        lsp_index_program(s, files.paths[i], diag_silent(), &index);
        add_references(&index, n->definition, list);
    }
}

static void answer_references(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    target t = target_of_request(s, doc, params);
    span_list list = {0};
    if (t.name) find_references(s, doc, &t, &list);
    const json *declaration = json_get(json_get(params, "context"), "includeDeclaration");
    const char *comma = "";
    text_add(&a->result, "[");
    for (size_t i = 0; i < list.count; i++) {
        if (declaration && !json_true(declaration) && same_place(list.items[i], t.name->definition)) continue;
        text_add(&a->result, comma);
        lsp_add_location(s, list.items[i], &a->result);
        comma = ",";
    }
    text_add(&a->result, "]");
}

static void answer_highlight(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    target t = target_of_request(s, doc, params);
    span_list list = {0};
    if (t.name) add_references(&t.index, t.name->definition, &list);
    const char *comma = "";
    text_add(&a->result, "[");
    for (size_t i = 0; i < list.count; i++) {
        if (strcmp(list.items[i].src->path, doc->path) != 0) continue;
        text_printf(&a->result, "%s{\"range\":", comma);
        lsp_add_range(s, t.p.src, list.items[i].start, list.items[i].end, &a->result);
        text_add(&a->result, "}");
        comma = ",";
    }
    text_add(&a->result, "]");
}

/* ---- rename ---- */

/* The head of the form at the top level (or in a module) that defines what stands there. */
static const char *defining_head(const datum *const *forms, size_t count, span at) {
    for (size_t i = 0; i < count; i++) {
        const datum *form = forms[i];
        if (form->kind != DATUM_LIST || form->count == 0 || form->at.start > at.start || form->at.end < at.end)
            continue;
        const datum *head = form->items[0];
        if (head->kind != DATUM_SYMBOL) return "";
        if (strcmp(head->text, "module") != 0) return head->text;
        return defining_head((const datum *const *)form->items, form->count, at);
    }
    return "";
}

/* The word in the quotes of a template, or a contract: places that stand for the definition without being in the index.
 */
static void add_unexpanded(const datum *x, bool inside, const char *name, span_list *list) {
    if (x->kind == DATUM_SYMBOL && inside && x->text == name && !has_span(list->items, list->count, x->at))
        PUSH(list->items, list->count, list->capacity, x->at);
    if (x->kind < DATUM_LIST) return;
    bool names_form = x->count > 0 && x->items[0]->kind == DATUM_SYMBOL;
    const char *head = names_form ? x->items[0]->text : "";
    inside |= strcmp(head, "syntax-rules") == 0 || strcmp(head, "spec:contract") == 0;
    for (size_t i = 0; i < x->count; i++) add_unexpanded(x->items[i], inside, name, list);
    if (x->tail) add_unexpanded(x->tail, inside, name, list);
}

static bool good_name(const char *name) {
    diag *d = diag_silent();
    datum_file f = read_source(source_from_text("name", name, strlen(name)), d);
    return !diag_failed(d) && f.count == 1 && f.forms[0]->kind == DATUM_SYMBOL &&
           strlen(f.forms[0]->text) == strlen(name) && !special_form_find(f.forms[0]->text);
}

/* What is defined there can be renamed; else a->error says why not. */
static bool check_rename(const target *t, lsp_answer *a) {
    const lsp_name *n = t->name;
    if (!n) {
        const char *word = t->p.name;
        bool known = *word && (special_form_find(word) || builtin_find(word));
        a->error = known ? arena_printf("%s is a name of the language: it cannot be renamed", word)
                         : "there is no variable or definition here that can be renamed";
        return false;
    }
    if (!n->top) return true;
    datum_file file = read_source(n->definition.src, diag_silent());
    const char *head = defining_head((const datum *const *)file.forms, file.count, n->definition);
    if (strcmp(head, "define-type") != 0 && strcmp(head, "define-record") != 0) return true;
    a->error = arena_printf("%s also names predicates, accessors and patterns: rename it by hand", head);
    return false;
}

static void add_edits(lsp_server *s, const span_list *list, const char *name, text *out) {
    const char *file_comma = "";
    text_add(out, "{\"changes\":{");
    for (size_t i = 0; i < list->count; i++) {
        const char *path = list->items[i].src->path, *comma = "";
        bool seen = false;
        for (size_t k = 0; k < i; k++) seen |= strcmp(list->items[k].src->path, path) == 0;
        if (seen) continue;
        text_add(out, file_comma);
        json_add_text(out, lsp_uri_of(path));
        text_add(out, ":[");
        for (size_t k = i; k < list->count; k++) {
            if (strcmp(list->items[k].src->path, path) != 0) continue;
            text_printf(out, "%s{\"range\":", comma);
            lsp_add_range(s, list->items[k].src, list->items[k].start, list->items[k].end, out);
            text_add(out, ",\"newText\":");
            json_add_text(out, name);
            text_add(out, "}");
            comma = ",";
        }
        text_add(out, "]");
        file_comma = ",";
    }
    text_add(out, "}}");
}

static void answer_rename(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    target t = target_of_request(s, doc, params);
    const lsp_name *n = t.name;
    span_list list = {0};
    const char *name = json_text(json_get(params, "newName"));
    if (!check_rename(&t, a)) return;
    if (!good_name(name)) {
        a->error = arena_printf("\"%s\" cannot be the name of a variable or definition", name);
        return;
    }
    find_references(s, doc, &t, &list);
    if (n->top) {
        datum_file file = read_source(n->definition.src, diag_silent());
        const char *old =
            intern(n->definition.src->text + n->definition.start, n->definition.end - n->definition.start);
        for (size_t i = 0; i < file.count; i++) add_unexpanded(file.forms[i], false, old, &list);
    }
    add_edits(s, &list, name, &a->result);
}

static void answer_prepare_rename(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    target t = target_of_request(s, doc, params);
    if (check_rename(&t, a)) lsp_add_range(s, t.name->at.src, t.name->at.start, t.name->at.end, &a->result);
}

/* ---- symbols ---- */

static void add_symbols(lsp_server *s, const lsp_entry *entries, size_t count, text *out) {
    text_add(out, "[");
    for (size_t i = 0; i < count; i++) {
        const lsp_entry *e = &entries[i];
        text_add(out, i ? ",{\"name\":" : "{\"name\":");
        json_add_text(out, *e->name ? e->name : " ");
        text_printf(out, ",\"kind\":%d,\"range\":", e->kind);
        lsp_add_range(s, e->form->at.src, e->form->at.start, e->form->at.end, out);
        text_add(out, ",\"selectionRange\":");
        lsp_add_range(s, e->at.src, e->at.start, e->at.end, out);
        text_add(out, ",\"children\":");
        add_symbols(s, e->children, e->count, out);
        text_add(out, "}");
    }
    text_add(out, "]");
}

static void answer_symbols(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    (void)params;
    const char *error;
    lsp_entry outline = lsp_outline(source_load(doc->path, &error));
    add_symbols(s, outline.children, outline.count, &a->result);
}

/* ---- completion ---- */

typedef struct completion {
    lsp_server *s;
    const place *p;
    name_map seen;
    size_t count;
    text *out;
} completion;

/* CompletionItemKind */
enum { ITEM_FUNCTION = 3, ITEM_VARIABLE = 6, ITEM_KEYWORD = 14 };

static void add_completion(completion *c, const char *name, size_t size, int kind, const char *detail) {
    size_t typed = c->p->offset - c->p->word.start;
    const char *interned = intern(name, size);
    bool fits = size > typed && memcmp(name, c->p->src->text + c->p->word.start, typed) == 0;
    if (!fits || name_map_get(&c->seen, interned)) return;
    name_map_put(&c->seen, interned, (void *)interned);
    text_add(c->out, c->count++ ? ",{\"label\":" : "{\"label\":");
    json_add(c->out, name, size);
    text_printf(c->out, ",\"kind\":%d,\"textEdit\":{\"range\":", kind);
    lsp_add_range(c->s, c->p->src, c->p->word.start, c->p->offset, c->out);
    text_add(c->out, ",\"newText\":");
    json_add(c->out, name, size);
    text_add(c->out, "}");
    if (detail) {
        text_add(c->out, ",\"detail\":");
        json_add(c->out, detail, strcspn(detail, "\n"));
    }
    text_add(c->out, "}");
}

/* All symbols around the place, in the form at the top level that it is in: local names among them. */
static void add_words(completion *c, const datum *x) {
    bool here = x->at.start <= c->p->offset && c->p->offset <= x->at.end;
    if (x->kind == DATUM_SYMBOL && !here) add_completion(c, x->text, x->size, ITEM_VARIABLE, NULL);
    if (x->kind < DATUM_LIST) return;
    for (size_t i = 0; i < x->count; i++) add_words(c, x->items[i]);
}

static void add_local_words(completion *c) {
    datum_file file = read_source(c->p->src, diag_silent());
    for (size_t i = 0; i < file.count; i++)
        if (file.forms[i]->at.start <= c->p->offset && c->p->offset <= file.forms[i]->at.end)
            add_words(c, file.forms[i]);
}

static void add_entries(completion *c, const lsp_entry *outline) {
    for (size_t i = 0; i < outline->count; i++) {
        const lsp_entry *e = &outline->children[i];
        const datum *head = e->form->kind == DATUM_LIST ? e->form->items[0] : NULL;
        bool test = head && head->kind == DATUM_SYMBOL && strcmp(head->text, "deftest") == 0;
        if (!test) add_completion(c, e->name, strlen(e->name), ITEM_FUNCTION, NULL);
        add_entries(c, e);
    }
}

/* What the module imports, by the names it has there. */
static void add_references_of(module *const *modules, size_t count, void *context) {
    completion *c = context;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(modules[i]->src->path, c->p->src->path) != 0) continue;
        for (size_t k = 0; k < modules[i]->reference_count; k++) {
            const char *name = name_base(modules[i]->references[k].name);
            add_completion(c, name, strlen(name), ITEM_FUNCTION, NULL);
        }
    }
}

static void add_library(completion *c) {
    size_t forms, builtins;
    const char *const *names = special_form_names(&forms);
    for (size_t i = 0; i < forms; i++) {
        const special_form *form = special_form_find(names[i]);
        if (!form) form = call_form_find(names[i]);
        add_completion(c, names[i], strlen(names[i]), ITEM_KEYWORD, form ? form->usage : NULL);
    }
    names = builtin_names(&builtins);
    for (size_t i = 0; i < builtins; i++)
        add_completion(c, names[i], strlen(names[i]), ITEM_FUNCTION, builtin_find(names[i])->doc);
}

static void answer_completion(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    place p = place_of_request(s, doc, params);
    completion c = {.s = s, .p = &p, .out = &a->result};
    lsp_entry outline = lsp_outline(p.src);
    text_add(&a->result, "{\"isIncomplete\":false,\"items\":[");
    add_entries(&c, &outline);
    add_local_words(&c);
    check_program(doc->path, &s->options->compile, diag_silent(), add_references_of, &c);
    add_library(&c);
    text_add(&a->result, "]}");
}

/* ---- formatting ---- */

static void answer_formatting(lsp_server *s, const lsp_document *doc, const json *params, lsp_answer *a) {
    (void)params;
    const char *error;
    const source *src = source_load(doc->path, &error);
    text out = {0};
    if (!format_source(src, diag_silent(), &out)) {
        a->error = "the file has errors, so it was not laid out: mend those that are shown first";
        return;
    }
    bool same = out.size == src->size && memcmp(text_chars(&out), src->text, out.size) == 0;
    text_add(&a->result, "[");
    if (!same) {
        text_add(&a->result, "{\"range\":");
        lsp_add_range(s, src, 0, (uint32_t)src->size, &a->result);
        text_add(&a->result, ",\"newText\":");
        json_add(&a->result, text_chars(&out), out.size);
        text_add(&a->result, "}");
    }
    text_add(&a->result, "]");
}

/* ---- diagnostics ---- */

/* What is wrong in another file stands at the start of this one. */
static void add_diagnostic(lsp_server *s, const lsp_document *doc, const source *own, const diag_item *item,
                           text *out) {
    bool here = item->at.src && strcmp(item->at.src->path, doc->path) == 0;
    text message = {0};
    if (item->at.src && !here) {
        uint32_t line, column;
        source_position(item->at.src, item->at.start, &line, &column);
        text_printf(&message, "%s:%u:%u: ", item->at.src->path, line, column);
    }
    text_add(&message, item->text);
    if (item->hint) text_printf(&message, "\nhint: %s", item->hint);
    text_add(out, "{\"range\":");
    lsp_add_range(s, own, here ? item->at.start : 0, here ? item->at.end : 0, out);
    text_printf(out,
                ",\"severity\":%d,\"code\":\"%s\",\"source\":\"flc2c\",\"message\":", item->sev == DIAG_ERROR ? 1 : 2,
                diag_code_name(item->code));
    json_add(out, message.chars, message.size);
    text_add(out, "}");
}

void lsp_diagnose(lsp_server *s, const lsp_document *doc, text *out) {
    enum { MOST = 200 };
    const char *error;
    const source *own = source_load(doc->path, &error);
    diag *d = diag_silent();
    lsp_index index = {0};
    size_t count;
    lsp_index_program(s, doc->path, d, &index);
    const diag_item *items = diag_take(d, &count);
    text_add(out, "{\"uri\":");
    json_add_text(out, doc->uri);
    text_add(out, ",\"diagnostics\":[");
    for (size_t i = 0; i < count && i < MOST; i++) {
        if (i) text_add(out, ",");
        add_diagnostic(s, doc, own, &items[i], out);
    }
    text_add(out, "]}");
}

/* ---- which request ---- */

static const struct {
    const char *method;
    lsp_handler *handler;
} handlers[] = {
    {"textDocument/completion", answer_completion},
    {"textDocument/definition", answer_definition},
    {"textDocument/documentHighlight", answer_highlight},
    {"textDocument/documentSymbol", answer_symbols},
    {"textDocument/formatting", answer_formatting},
    {"textDocument/hover", answer_hover},
    {"textDocument/prepareRename", answer_prepare_rename},
    {"textDocument/references", answer_references},
    {"textDocument/rename", answer_rename},
};

lsp_handler *lsp_handler_of(const char *method) {
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (strcmp(handlers[i].method, method) == 0) return handlers[i].handler;
    return NULL;
}
