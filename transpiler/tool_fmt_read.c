/* tool_fmt_read.c: text -> layout_node. The text is one that the reader accepts, so there is nothing to report; where a
 * comma is white space is decided as in reader.c. Recursion follows the nesting, which the reader limits. */
#include "codepoint.h"
#include "lexer.h"
#include "tool_fmt.h"

typedef struct scanner {
    lexer x;
    uint32_t line_start;
    uint32_t breaks; /* line breaks since the last token */
} scanner;

static layout_node *read_items(scanner *s, char opener, unsigned quasi);

static uint32_t columns(const char *p, size_t n) {
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) count += ((unsigned char)p[i] & 0xC0) != 0x80;
    return count;
}

static layout_node *new_node(const scanner *s, layout_kind kind, uint32_t start, uint32_t end) {
    layout_node *x = NEW(layout_node);
    *x = (layout_node){.kind = kind,
                       .text = s->x.text + start,
                       .size = end - start,
                       .breaks = s->breaks < 2 ? s->breaks : 2,
                       .column = columns(s->x.text + s->line_start, start - s->line_start)};
    x->broken = memchr(x->text, '\n', x->size) != NULL;
    x->width = x->broken ? LAYOUT_NEVER : columns(x->text, x->size);
    return x;
}

/* ---- where tokens end ---- */

static uint32_t token_end(const scanner *s, uint32_t pos) {
    while (pos < s->x.size && !(class_at(&s->x, pos) & CLASS_DELIMITER)) pos++;
    return pos;
}

static uint32_t line_end(const scanner *s, uint32_t pos) {
    const char *end = memchr(s->x.text + pos, '\n', s->x.size - pos);
    return end ? (uint32_t)(end - s->x.text) : s->x.size;
}

static uint32_t block_end(const scanner *s, uint32_t pos) {
    size_t level = 0;
    for (; pos + 1 < s->x.size; pos++) {
        char c = s->x.text[pos], next = s->x.text[pos + 1];
        if (c == '|' && next == '#') {
            pos++;
            if (--level == 0) return pos + 1;
        } else if (c == '#' && next == '|') {
            pos++;
            level++;
        }
    }
    return s->x.size;
}

/* #\a, #\( and #\u{e9} */
static uint32_t character_end(const scanner *s, uint32_t start) {
    uint32_t pos = start + 2, cp;
    if (s->x.text[pos] == 'u' && s->x.text[pos + 1] == '{') {
        while (s->x.text[pos] != '}') pos++;
        return token_end(s, pos + 1);
    }
    bool delimiter = class_at(&s->x, pos) & CLASS_DELIMITER;
    size_t n = utf8_decode(s->x.text + pos, s->x.size - pos, &cp);
    pos += n ? (uint32_t)n : 1;
    return delimiter ? pos : token_end(s, pos);
}

/* ---- nodes ---- */

static layout_node *take(scanner *s, layout_kind kind, uint32_t end) {
    layout_node *x = new_node(s, kind, s->x.pos, end);
    const char *newline = memrchr(x->text, '\n', x->size);
    if (newline) s->line_start = (uint32_t)(newline + 1 - s->x.text);
    s->x.pos = end;
    s->breaks = 0;
    return x;
}

static layout_node *take_comment(scanner *s) {
    layout_node *x = take(s, LAYOUT_COMMENT, line_end(s, s->x.pos));
    while (x->size > 0 && strchr(" \t\r\f\v", x->text[x->size - 1])) x->size--;
    x->whole_line = true;
    x->width = LAYOUT_NEVER;
    return x;
}

static bool at_end(const scanner *s) { return s->x.pos >= s->x.size; }

/* Does a comma here stand before what it unquotes? */
static bool comma_unquotes(const scanner *s, char opener, unsigned quasi) {
    if (opener == '(' || opener == '\0') return true;
    uint32_t next = s->x.pos + 1;
    char c = s->x.text[next];
    if (quasi == 0 || next >= s->x.size || c == ';' || c == ',' || c == ')' || c == ']' || c == '}') return false;
    if (c == '#' && (s->x.text[next + 1] == '|' || s->x.text[next + 1] == ';')) return false;
    return !(class_at(&s->x, next) & (CLASS_SPACE | CLASS_CONTROL));
}

static bool skip_space(scanner *s) {
    char c = s->x.text[s->x.pos];
    if (c == '\n') {
        s->breaks++;
        s->line_start = s->x.pos + 1;
    } else if (!(class_at(&s->x, s->x.pos) & CLASS_SPACE)) {
        return false;
    }
    s->x.pos++;
    return true;
}

static void measure(layout_node *x, uint32_t around) {
    uint32_t width = around;
    for (size_t i = 0; i < x->count; i++) {
        const layout_node *item = x->items[i];
        bool breaks = item->breaks > 0 && (i > 0 || x->kind != LAYOUT_LIST);
        x->broken |= item->broken || breaks;
        width += item->width + item->comma + (i > 0 && x->kind == LAYOUT_LIST);
        if (breaks || item->whole_line || width > LAYOUT_NEVER) width = LAYOUT_NEVER;
    }
    x->width = width;
    x->whole_line = x->kind == LAYOUT_DISCARD && x->count > 0 && x->items[x->count - 1]->whole_line;
}

static layout_node *read_node(scanner *s, char opener, unsigned quasi);

/* The prefix at the place, of n bytes, and the form behind it. */
static layout_node *read_prefix(scanner *s, layout_kind kind, uint32_t n, char opener, unsigned quasi) {
    layout_node *x = take(s, kind, s->x.pos + n), *item = NULL;
    while (!at_end(s) && (!item || is_remark(item))) {
        if (skip_space(s)) continue;
        if (s->x.text[s->x.pos] == ',' && !comma_unquotes(s, opener, quasi)) {
            s->x.pos++;
            continue;
        }
        if (strchr(")]}", s->x.text[s->x.pos])) break;
        item = read_node(s, opener, quasi);
        PUSH(x->items, x->count, x->capacity, item);
    }
    if (x->count == 1) item->breaks = 0; /* nothing stands between */
    measure(x, n);
    return x;
}

static layout_node *read_list(scanner *s, unsigned quasi) {
    layout_node *start = take(s, LAYOUT_LIST, s->x.pos + 1);
    layout_node *x = read_items(s, start->text[0], quasi);
    x->breaks = start->breaks;
    x->column = start->column;
    if (!at_end(s)) s->x.pos++;
    s->breaks = 0;
    return x;
}

static layout_node *read_node(scanner *s, char opener, unsigned quasi) {
    char c = s->x.text[s->x.pos], next = s->x.text[s->x.pos + 1];
    switch (c) {
    case '(':
    case '[':
    case '{': return read_list(s, quasi);
    case '"': return take(s, LAYOUT_ATOM, string_end(&s->x, s->x.pos));
    case ';': return take_comment(s);
    case '\'': return read_prefix(s, LAYOUT_PREFIX, 1, opener, quasi);
    case '`': return read_prefix(s, LAYOUT_PREFIX, 1, opener, quasi + 1);
    case ',': return read_prefix(s, LAYOUT_PREFIX, next == '@' ? 2 : 1, opener, quasi ? quasi - 1 : 0);
    case '#':
        if (next == ';') return read_prefix(s, LAYOUT_DISCARD, 2, opener, quasi);
        if (next == '|') return take(s, LAYOUT_BLOCK, block_end(s, s->x.pos));
        if (next == '\\') return take(s, LAYOUT_ATOM, character_end(s, s->x.pos));
        break;
    default: break;
    }
    return take(s, LAYOUT_ATOM, token_end(s, s->x.pos + 1));
}

static bool is_name(const layout_node *x, const char *name) {
    return x->kind == LAYOUT_ATOM && x->size == strlen(name) && memcmp(x->text, name, x->size) == 0;
}

/* Quasiquotes that are open behind the head of a list. */
static unsigned quasi_behind(const layout_node *head, unsigned quasi) {
    if (is_name(head, "quasiquote")) return quasi + 1;
    return quasi && (is_name(head, "unquote") || is_name(head, "unquote-splicing")) ? quasi - 1 : quasi;
}

static void add_item(layout_node *list, layout_node *item) { PUSH(list->items, list->count, list->capacity, item); }

/* Up to the closer, or the end of the text. */
static layout_node *read_items(scanner *s, char opener, unsigned quasi) {
    layout_node *list = NEW(layout_node);
    *list = (layout_node){.kind = LAYOUT_LIST, .opener = opener};
    bool any = false;
    while (!at_end(s)) {
        if (skip_space(s)) continue;
        char c = s->x.text[s->x.pos];
        if (c == ')' || c == ']' || c == '}') break;
        if (c == ',' && !comma_unquotes(s, opener, quasi)) {
            s->x.pos++;
            if (list->count && !is_remark(list->items[list->count - 1])) list->items[list->count - 1]->comma = true;
            continue;
        }
        layout_node *item = read_node(s, opener, quasi);
        add_item(list, item);
        if (!any && !is_remark(item)) {
            any = true;
            if (opener == '(') quasi = quasi_behind(item, quasi);
        }
    }
    measure(list, 2);
    return list;
}

layout_node *layout_read(const char *text, size_t size) {
    scanner s = {.x = {.text = text, .size = (uint32_t)size}};
    layout_node *first = NULL;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) s.x.pos = s.line_start = 3;
    if (strncmp(text + s.x.pos, "#!", 2) == 0) first = take_comment(&s);
    layout_node *forms = read_items(&s, '\0', 0);
    if (!first) return forms;
    layout_node *all = NEW(layout_node);
    *all = (layout_node){.kind = LAYOUT_LIST};
    add_item(all, first);
    for (size_t i = 0; i < forms->count; i++) add_item(all, forms->items[i]);
    return all;
}
