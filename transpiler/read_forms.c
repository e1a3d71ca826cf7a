/* read_forms.c: open forms. What is finished goes to the form around it; openers, closers, prefixes and dots. */
#include "reader.h"

enum { MAX_DEPTH = 10000 };

/* ---- finished data go to the form around them ---- */

/* Spelt-out (quasiquote ...) and (unquote ...) count like their prefixes. */
static void note_head(reader *r, frame *f, const datum *head) {
    if (head->kind != DATUM_SYMBOL) return;
    if (head->text == r->quasiquote)
        f->quasi++;
    else if (f->quasi > 0 && (head->text == r->unquote || head->text == r->splicing))
        f->quasi--;
}

static void add_item(reader *r, frame *f, datum *x) {
    if (f->dot && r->item_count - f->base > f->dot_index) {
        if (f->dot_reported) return;
        f->dot_reported = true;
        diag_error(r->x.d, E0013, x->at, "more than one element after a dot");
        diag_hint(r->x.d, "the dot stands before the last element: (a b . rest)");
        return;
    }
    if (r->item_count == f->base && f->kind == FRAME_PAREN) note_head(r, f, x);
    PUSH(r->items, r->item_count, r->item_capacity, x);
}

static datum *wrap(reader *r, const frame *f, datum *x) {
    uint32_t prefix_end = f->start + (f->prefix == r->splicing ? 2 : 1);
    datum *result = datum_new(&r->x, DATUM_LIST, f->start, x->at.end);
    result->sugar = true;
    result->count = 2;
    result->items = NEW_ARRAY(datum *, 2);
    result->items[0] = datum_symbol(&r->x, f->prefix, f->start, prefix_end);
    result->items[1] = x;
    return result;
}

void deliver(reader *r, datum *x) {
    if (r->too_deep > 0) return;
    frame *f;
    while ((f = top(r)) != NULL && is_prefix(f)) {
        r->depth--;
        if (f->kind == FRAME_DISCARD) return;
        x = wrap(r, f, x);
    }
    if (f != NULL) {
        add_item(r, f, x);
        return;
    }
    if (r->has_boundary && !r->distrust && !r->broken) r->flat_style = true;
    if (r->guessed || r->broken) spoil(&r->x, x->at.start, x->at.end);
    PUSH(r->forms, r->form_count, r->form_capacity, x);
    r->last_form_start = x->at.start;
    if (r->column_one_form == x->at.start) r->column_one_end = x->at.end;
    r->any_form = true;
}

/* (a . (b c)) is (a b c): a tail that is a plain list is joined. */
static void set_tail(datum *list, datum *tail) {
    if (tail->kind != DATUM_LIST || tail->sugar) {
        list->tail = tail;
        return;
    }
    datum **items = NEW_ARRAY(datum *, list->count + tail->count);
    if (list->count > 0) memcpy(items, list->items, list->count * sizeof *items);
    if (tail->count > 0) memcpy(items + list->count, tail->items, tail->count * sizeof *items);
    list->items = items;
    list->count += tail->count;
    list->tail = tail->tail;
}

/* Ends the innermost form, which is no prefix. */
void finish_frame(reader *r, uint32_t end) {
    static const datum_kind kinds[] = {DATUM_LIST, DATUM_BRACKET, DATUM_BRACE};
    frame f = r->frames[--r->depth];
    r->brackets--;
    datum *list = datum_new(&r->x, f.is_call ? DATUM_LIST : kinds[f.kind], f.start, end);
    list->count = r->item_count - f.base;
    datum *tail = NULL;
    if (f.dot && list->count > f.dot_index) {
        tail = r->items[r->item_count - 1];
        list->count--;
    } else if (f.dot) {
        diag_error(r->x.d, E0013, span_of(&r->x, f.dot_at, f.dot_at + 1), "nothing after the dot");
        diag_hint(r->x.d, "the dot stands before the last element: (a b . rest)");
    }
    list->items = NEW_ARRAY(datum *, list->count);
    if (list->count > 0) memcpy(list->items, r->items + f.base, list->count * sizeof *list->items);
    if (tail != NULL) set_tail(list, tail);
    r->item_count = f.base;
    if (f.column == f.line_indent) r->ended = (ended_form){f.start, f.column, end};
    deliver(r, list);
}

/* ---- openers, prefixes, dots ---- */

bool push_frame(reader *r, frame f) {
    if (r->depth == MAX_DEPTH || r->too_deep > 0) {
        if (!r->depth_reported) {
            diag_error(r->x.d, E0006, span_of(&r->x, f.start, f.start + 1), "forms are nested more than %d levels deep",
                       MAX_DEPTH);
            diag_hint(r->x.d, "build such data when the program runs");
        }
        r->depth_reported = r->guessed = true;
        return false;
    }
    bool outside = r->brackets == 0;
    f.bracket = !is_prefix(&f) ? r->depth : outside ? SIZE_MAX : top(r)->bracket;
    f.base = r->item_count;
    f.line_indent = r->line_indent;
    f.column = f.start - r->line_start;
    PUSH(r->frames, r->depth, r->frame_capacity, f);
    return true;
}

void open_form(reader *r, frame_kind kind) {
    bool pushed = push_frame(r, (frame){.kind = kind, .start = r->x.pos, .quasi = quasi_level(r)});
    if (pushed)
        r->brackets++;
    else
        r->too_deep++;
    r->x.pos++;
}

void push_prefix(reader *r, const char *name, uint32_t size) {
    unsigned quasi = quasi_level(r);
    if (name == r->quasiquote)
        quasi++;
    else if (name != r->quote && quasi > 0)
        quasi--;
    push_frame(r, (frame){.kind = FRAME_PREFIX, .start = r->x.pos, .quasi = quasi, .prefix = name});
    r->x.pos += size;
}

/* Does a datum stand directly here? */
static bool datum_follows(const reader *r, uint32_t pos) {
    char c = r->x.text[pos];
    if (pos >= r->x.size || c == ';' || c == ',' || (c != '\0' && strchr(CLOSERS, c) != NULL)) return false;
    if (c == '#' && (r->x.text[pos + 1] == '|' || r->x.text[pos + 1] == ';')) return false;
    return !(class_at(&r->x, pos) & (CLASS_SPACE | CLASS_CONTROL));
}

void read_comma(reader *r) {
    const frame *f = innermost_bracket(r);
    bool in_list = f == NULL || f->kind == FRAME_PAREN;
    if (!in_list && (quasi_level(r) == 0 || !datum_follows(r, r->x.pos + 1)))
        r->x.pos++;
    else if (r->x.text[r->x.pos + 1] == '@')
        push_prefix(r, r->splicing, 2);
    else
        push_prefix(r, r->unquote, 1);
}

void read_dot(reader *r, uint32_t at) {
    frame *f = top(r);
    span where = span_of(&r->x, at, at + 1);
    while (f != NULL && is_prefix(f)) {
        report_dangling(r, f);
        r->depth--;
        f = top(r);
    }
    if (r->too_deep > 0) return;
    if (f == NULL || f->kind != FRAME_PAREN) {
        diag_error(r->x.d, E0013, where, f == NULL ? "a dot outside of any list" : "a dot alone in `%c %c`",
                   f == NULL ? 0 : OPENERS[f->kind], f == NULL ? 0 : CLOSERS[f->kind]);
        diag_hint(r->x.d, f == NULL ? "remove it" : "in a list pattern the rest is written ...rest");
    } else if (f->dot) {
        if (f->dot_reported) return;
        f->dot_reported = true;
        diag_error(r->x.d, E0013, where, "a second dot in one list");
        diag_hint(r->x.d, "the dot stands before the last element: (a b . rest)");
    } else {
        f->dot = true;
        f->dot_index = r->item_count - f->base;
        f->dot_at = at;
    }
}

/* ---- closers ---- */

void close_form(reader *r, frame_kind kind) {
    uint32_t at = r->x.pos++;
    if (r->too_deep > 0) {
        r->too_deep--;
        if (r->too_deep == 0) deliver(r, datum_new(&r->x, DATUM_NIL, at, at + 1));
        return;
    }
    for (; r->depth > 0 && is_prefix(top(r)); r->depth--) report_dangling(r, top(r));
    if (r->depth == 0)
        close_nothing(r, at);
    else if (top(r)->kind == kind)
        finish_frame(r, r->x.pos);
    else
        close_mismatch(r, kind, at);
}
