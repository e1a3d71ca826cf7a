/* tool_fmt_print.c: layout_node -> text.
 *
 * A list stands on one line if its author wrote it so and it fits; otherwise its style says before which items a line
 * begins. Ends: each node is printed once. Recursion follows the nesting. */
#include "arena.h"
#include "tool_fmt.h"

/* A comment behind code, or below such a comment: where it goes is known when its neighbours are. */
typedef struct side_comment {
    const layout_node *comment;
    size_t offset;   /* in the text, where it is to be inserted */
    uint32_t line;   /* of the output */
    uint32_t column; /* that the line has reached; 0: it stands alone below another one */
} side_comment;

typedef struct printer {
    text out;
    uint32_t line, column;
    unsigned data; /* quotes around */
    side_comment *sides;
    size_t side_count, side_capacity;
} printer;

/* A list while it is printed over several lines. */
typedef struct list_state {
    const layout_node *list;
    layout_style style, item_style; /* item_style: STYLE_CALL is by their heads */
    layout_style first;
    uint32_t fixed;
    uint32_t start;  /* column of its opener */
    uint32_t indent; /* of the next line in it */
    uint32_t after;  /* closers and commas that follow it directly */
    size_t count;    /* items printed, without remarks */
    bool too_long;   /* it has no line breaks: only its length is against one line */
    bool hanging;    /* a call whose arguments stand below its head, two columns in */
    bool aligned_try;
    const layout_node *before; /* the item printed last, remarks included */
    bool before_grew;          /* it takes several lines, which its author did not write so */
} list_state;

static void print_node(printer *p, const layout_node *x, layout_style style, uint32_t after);

/* ---- text ---- */

static void put(printer *p, const char *s, size_t n) {
    text_add_bytes(&p->out, s, n);
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n')
            p->line++, p->column = 0;
        else
            p->column += ((unsigned char)s[i] & 0xC0) != 0x80;
    }
}

static void put_char(printer *p, char c) { put(p, &c, 1); }

static void begin_line(printer *p, uint32_t indent, bool blank_before) {
    put(p, "\n\n", 1 + blank_before);
    for (uint32_t i = 0; i < indent; i++) put_char(p, ' ');
}

static bool fits(const printer *p, const layout_node *x, uint32_t after) {
    return x->width < LAYOUT_NEVER && p->column + x->width + after <= LAYOUT_WIDTH;
}

static char closer_of(char opener) { return opener == '(' ? ')' : opener == '[' ? ']' : '}'; }

/* Would the prefix and what follows it be read as another prefix? */
static bool needs_space(const layout_node *prefix) {
    const layout_node *item = prefix->items[0];
    bool comma = prefix->size == 1 && prefix->text[0] == ',';
    return comma && item->kind == LAYOUT_ATOM && item->text[0] == '@';
}

static void put_flat(printer *p, const layout_node *x) {
    if (x->kind != LAYOUT_LIST) put(p, x->text, x->size);
    if (x->opener) put_char(p, x->opener);
    bool spaced = x->kind == LAYOUT_LIST;
    for (size_t i = 0; i < x->count; i++) {
        if ((i > 0 && spaced) || (!spaced && (x->count > 1 || needs_space(x)))) put_char(p, ' ');
        put_flat(p, x->items[i]);
        if (x->items[i]->comma) put_char(p, ',');
    }
    if (x->opener) put_char(p, closer_of(x->opener));
}

/* ---- comments ---- */

static void note_side(printer *p, const layout_node *x, uint32_t column) {
    side_comment side = {.comment = x, .offset = p->out.size, .line = p->line, .column = column};
    PUSH(p->sides, p->side_count, p->side_capacity, side);
}

/* Does x go on below the comment before it, in the same column? */
static bool continues_side(const printer *p, const layout_node *x, const layout_node *before) {
    if (!before || before->kind != LAYOUT_COMMENT || x->breaks != 1 || x->column != before->column) return false;
    return p->side_count > 0 && p->sides[p->side_count - 1].comment == before;
}

static void print_comment(printer *p, const layout_node *x, const layout_node *before, uint32_t indent) {
    if (!before && p->column == 0) {
        put(p, x->text, x->size);
    } else if (before && continues_side(p, x, before)) {
        begin_line(p, 0, false);
        note_side(p, x, 0);
    } else if (x->breaks == 0 || !before) {
        note_side(p, x, p->column);
    } else {
        begin_line(p, indent, x->breaks > 1);
        put(p, x->text, x->size);
    }
}

/* Comments in neighbouring lines that stood in one column do so again. Gives the end of the group. */
static size_t side_group(const printer *p, size_t from, uint32_t *column) {
    size_t i = from;
    *column = 0;
    for (; i < p->side_count; i++) {
        const side_comment *s = &p->sides[i];
        bool together = i == from || (s->line == s[-1].line + 1 && s->comment->column == s[-1].comment->column);
        if (!together) break;
        if (s->column + 1 > *column) *column = s->column + 1;
    }
    return i;
}

static void insert_sides(const printer *p, text *out) {
    size_t done = 0, end, i = 0;
    uint32_t column;
    while (i < p->side_count) {
        for (end = side_group(p, i, &column); i < end; i++) {
            const side_comment *s = &p->sides[i];
            text_add_bytes(out, p->out.chars + done, s->offset - done);
            done = s->offset;
            for (uint32_t c = s->column; c < column; c++) text_add_bytes(out, " ", 1);
            text_add_bytes(out, s->comment->text, s->comment->size);
        }
    }
    if (p->out.size > done) text_add_bytes(out, p->out.chars + done, p->out.size - done);
}

/* ---- where an item of a broken list goes ---- */

static bool is_keyword(const layout_node *x) { return x && x->kind == LAYOUT_ATOM && x->text[0] == ':'; }

/* After others in a list where the author's line breaks count. */
static bool begins_line_among(const printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    bool keyed = is_keyword(s->before) && !is_keyword(x);
    if (x->breaks > 0) return true;
    if (keyed) return false;
    if (s->too_long || s->before_grew) return true;
    p = &(const printer){.column = p->column + 1};
    return !fits(p, x, after) && !x->broken;
}

static bool begins_line_in_call(const printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    if (s->count == 0) return false;
    if (s->count == 1) return x->breaks > 0 || s->hanging;
    return begins_line_among(p, s, x, after);
}

static bool begins_line_in_items(const printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    return s->count > 0 && begins_line_among(p, s, x, after);
}

/* The value of a key stays beside it; x is the item at that index. */
static bool begins_line_in_dict(const printer *p, const list_state *s, const layout_node *x, size_t index) {
    if (s->count % 2 == 1 || s->count == 0) return false;
    if (x->breaks > 0 || s->too_long || s->before_grew) return true;
    const layout_node *value = index + 1 < s->list->count ? s->list->items[index + 1] : NULL;
    uint32_t width = 1 + x->width + (value ? 1 + value->width : 0);
    return p->column + width + 2 > LAYOUT_WIDTH && !x->broken && !(value && value->broken);
}

static bool begins_line_in_body(const printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    if (s->count == 0) return false;
    if (s->count <= s->fixed) return x->kind == LAYOUT_ATOM && !fits(p, x, after + 1);
    if (s->fixed == 0 && s->count == 1) return x->breaks > 0;
    return x->breaks > 0 || !is_keyword(s->before) || is_keyword(x);
}

static bool begins_line_in_clause(const printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    if (s->count != 1) return s->count > 1;
    if (x->breaks > 0) return true;
    return !x->broken && (s->too_long || !fits(&(const printer){.column = p->column + 1}, x, after));
}

static bool begins_line_of_value(const printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    if (s->count <= s->fixed) return false;
    if (s->count > s->fixed + 1) return begins_line_among(p, s, x, after);
    if (x->breaks > 0) return true;
    bool fits_below = s->start + 2 + x->width + after <= LAYOUT_WIDTH;
    if (x->broken || fits(&(const printer){.column = p->column + 1}, x, after)) return false;
    return x->kind != LAYOUT_LIST || (s->fixed > 0 && fits_below);
}

static bool begins_line(const printer *p, const list_state *s, const layout_node *x, size_t index, uint32_t after) {
    if (!s->before) return false;
    if (s->before->whole_line) return true;
    if (is_remark(s->before)) return x->breaks > 0;
    switch (s->style) {
    case STYLE_CALL: return begins_line_in_call(p, s, x, after);
    case STYLE_BODY:
    case STYLE_CLAUSES: return begins_line_in_body(p, s, x, after);
    case STYLE_VALUE: return begins_line_of_value(p, s, x, after);
    case STYLE_CLAUSE: return begins_line_in_clause(p, s, x, after);
    case STYLE_LINES: return s->count > 0;
    case STYLE_ITEMS: break;
    }
    if (s->list->opener == '{') return begins_line_in_dict(p, s, x, index);
    return begins_line_in_items(p, s, x, after);
}

/* ---- lists over several lines ---- */

static const layout_node *item_at(const layout_node *list, size_t n) {
    for (size_t i = 0; i < list->count; i++)
        if (!is_remark(list->items[i]) && n-- == 0) return list->items[i];
    return NULL;
}

static bool is_atom(const layout_node *x, const char *name) {
    return x && x->kind == LAYOUT_ATOM && x->size == strlen(name) && memcmp(x->text, name, x->size) == 0;
}

static void apply_rule(list_state *s, const layout_rule *rule) {
    const layout_node *head = item_at(s->list, 0), *next = item_at(s->list, 1);
    s->style = rule->style;
    s->fixed = rule->fixed;
    s->first = rule->first;
    bool names_loop = is_atom(head, "let") && next && next->kind == LAYOUT_ATOM;
    const layout_node *exports = item_at(s->list, 2);
    bool exporting = is_atom(head, "module") && exports && exports->opener == '[';
    s->fixed += names_loop || exporting;
    if (is_atom(head, "define") && next && next->kind == LAYOUT_ATOM) s->style = STYLE_VALUE;
    if (s->style == STYLE_CLAUSES) s->item_style = STYLE_CLAUSE;
    s->aligned_try = is_atom(head, "try");
}

static void choose_style(list_state *s, const printer *p, layout_style style) {
    const layout_node *head = item_at(s->list, 0);
    s->style = style;
    bool named = s->list->opener == '(' && head && head->kind == LAYOUT_ATOM && p->data == 0;
    if (s->list->opener != '(' || p->data) {
        s->style = STYLE_ITEMS;
    } else if (style == STYLE_CALL && named) {
        layout_rule rule = layout_rule_for(head->text, head->size);
        apply_rule(s, &rule);
    } else if (style == STYLE_CLAUSE && (is_atom(head, "after") || is_atom(head, "timeout"))) {
        s->style = STYLE_BODY;
        s->fixed = 1;
    }
}

/* The widest argument, one with its keyword counted as one. */
static uint32_t widest_argument(const layout_node *list) {
    uint32_t widest = 0;
    for (size_t i = 1; i < list->count; i++) {
        uint32_t width = list->items[i]->width + 1;
        if (is_keyword(list->items[i - 1]) && i > 1) width += list->items[i - 1]->width + 1;
        if (width > widest) widest = width;
    }
    return widest;
}

static bool only_atoms(const layout_node *list) {
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i]->kind != LAYOUT_ATOM) return false;
    return true;
}

/* Arguments that are too long beside the head go below it, if that helps. */
static bool must_hang(const list_state *s) {
    const layout_node *head = item_at(s->list, 0);
    if (s->style != STYLE_CALL || !s->too_long || !head) return false;
    uint32_t widest = widest_argument(s->list), beside = s->start + 2 + head->width;
    return beside + widest > LAYOUT_WIDTH && s->start + 2 + widest <= LAYOUT_WIDTH;
}

static list_state open_list(const printer *p, const layout_node *x, layout_style style, uint32_t after) {
    list_state s = {.list = x, .start = p->column, .after = after, .item_style = STYLE_CALL, .first = STYLE_CALL};
    choose_style(&s, p, style);
    bool plain = s.style == STYLE_ITEMS || s.style == STYLE_LINES;
    s.indent = s.start + (plain ? 1 : 2);
    bool atoms = (s.style == STYLE_CALL || plain) && x->opener != '{' && only_atoms(x);
    s.too_long = x->width < LAYOUT_NEVER && !atoms;
    s.hanging = must_hang(&s);
    return s;
}

/* The items behind the first one go below it where it stands beside the head. */
static bool aligns_with(const list_state *s, bool new_line) {
    if (new_line || s->count != 1) return false;
    if (s->style == STYLE_CALL || s->style == STYLE_CLAUSE) return true;
    return (s->style == STYLE_BODY || s->style == STYLE_CLAUSES) && s->fixed == 0 && !s->aligned_try;
}

/* Of the bindings of let, or the clauses of handler. */
static layout_style style_in_lines(layout_style of_list) {
    return of_list == STYLE_CLAUSES ? STYLE_CLAUSE : STYLE_VALUE;
}

static void print_lines(printer *p, const layout_node *x, layout_style item_style, uint32_t after);

static void print_item(printer *p, const list_state *s, const layout_node *x, uint32_t after) {
    bool lines = s->first != STYLE_CALL && s->count == s->fixed && x->opener == '(';
    if (lines)
        print_lines(p, x, style_in_lines(s->first), after);
    else
        print_node(p, x, s->count > s->fixed || s->style == STYLE_LINES ? s->item_style : STYLE_CALL, after);
    if (x->comma) put_char(p, ',');
}

static void place_item(printer *p, list_state *s, size_t index) {
    const layout_node *x = s->list->items[index];
    uint32_t after = x->comma + (index + 1 == s->list->count ? 1 + s->after : 0);
    bool new_line = begins_line(p, s, x, index, after);
    if (new_line)
        begin_line(p, s->indent, x->breaks > 1);
    else if (s->before)
        put_char(p, ' ');
    if (aligns_with(s, new_line)) s->indent = p->column;
    uint32_t line = p->line;
    print_item(p, s, x, after);
    s->before_grew = p->line > line && !x->broken;
    s->count++;
}

/* A comment or a form commented out. */
static void place_remark(printer *p, list_state *s, const layout_node *x) {
    if (x->kind == LAYOUT_COMMENT) {
        print_comment(p, x, s->before, s->indent);
        return;
    }
    bool new_line = s->before && (x->breaks > 0 || s->before->whole_line);
    if (new_line)
        begin_line(p, s->indent, x->breaks > 1);
    else if (s->before)
        put_char(p, ' ');
    print_node(p, x, STYLE_CALL, 0);
    s->before_grew = false;
}

static void print_items(printer *p, list_state *s) {
    put_char(p, s->list->opener);
    for (size_t i = 0; i < s->list->count; i++) {
        const layout_node *x = s->list->items[i];
        if (is_remark(x))
            place_remark(p, s, x);
        else
            place_item(p, s, i);
        s->before = x;
    }
    if (s->before && s->before->whole_line) begin_line(p, s->indent, false);
    put_char(p, closer_of(s->list->opener));
}

static void print_lines(printer *p, const layout_node *x, layout_style item_style, uint32_t after) {
    if (fits(p, x, after)) {
        put_flat(p, x);
        return;
    }
    list_state s = open_list(p, x, STYLE_LINES, after);
    s.item_style = item_style;
    print_items(p, &s);
}

static void print_prefix(printer *p, const layout_node *x, layout_style style, uint32_t after) {
    bool quotes = x->text[0] == '\'';
    uint32_t indent = p->column + x->size;
    const layout_node *before = x;
    put(p, x->text, x->size);
    if (x->count == 1 && needs_space(x)) put_char(p, ' ');
    for (size_t i = 0; i < x->count; i++) {
        const layout_node *item = x->items[i];
        bool last = i + 1 == x->count;
        if (item->kind == LAYOUT_COMMENT) {
            print_comment(p, item, before, indent);
        } else {
            if (before->whole_line || (before != x && item->breaks > 0))
                begin_line(p, indent, false);
            else if (x->count > 1)
                put_char(p, ' ');
            p->data += quotes;
            print_node(p, item, style, last ? after : 0);
            p->data -= quotes;
        }
        before = item;
    }
}

static void print_node(printer *p, const layout_node *x, layout_style style, uint32_t after) {
    if (fits(p, x, after)) {
        put_flat(p, x);
    } else if (x->kind == LAYOUT_LIST) {
        list_state s = open_list(p, x, style, after);
        print_items(p, &s);
    } else if (x->kind == LAYOUT_PREFIX || x->kind == LAYOUT_DISCARD) {
        print_prefix(p, x, style, after);
    } else {
        put(p, x->text, x->size);
    }
}

void layout_print(const layout_node *forms, text *out) {
    printer p = {0};
    const layout_node *before = NULL;
    for (size_t i = 0; i < forms->count; i++) {
        const layout_node *x = forms->items[i];
        bool beside = before && before->kind >= LAYOUT_DISCARD && !before->whole_line && x->breaks == 0;
        if (x->kind == LAYOUT_COMMENT) {
            print_comment(&p, x, before, 0);
        } else {
            if (beside)
                put_char(&p, ' ');
            else if (before)
                begin_line(&p, 0, x->breaks > 1);
            print_node(&p, x, STYLE_CALL, x->comma);
        }
        before = x;
    }
    if (forms->count) put_char(&p, '\n');
    insert_sides(&p, out);
}
