/* reader.c: source text -> data with positions.
 *
 * In: the text of one file. Out: its top-level forms; errors are reported and repaired as well as can be guessed, so
 * that the forms after them are read. Keeps an explicit stack of open forms: depth never uses the C stack.
 *
 * Two mistakes show only at the end of the file: a form and a string that were never closed. The reader then goes back
 * to where the top-level form at fault began and reads on from there with more suspicion: a definition in column 1 ends
 * what is open before it, the suspected string ends with its line. So valid text is never judged by its indentation.
 * Each such step moves forward or changes the mode, and their number is limited. */
#include "reader.h"

/* Delimiters end a symbol. Bytes from 0x80 on are parts of symbols, but need a look (CLASS_HIGH). */
const unsigned char char_class[256] = {
    [0 ... 8] = CLASS_DELIMITER | CLASS_CONTROL,
    ['\t' ... '\r'] = CLASS_DELIMITER | CLASS_SPACE,
    [14 ... 31] = CLASS_DELIMITER | CLASS_CONTROL,
    [' '] = CLASS_DELIMITER | CLASS_SPACE,
    ['('] = CLASS_DELIMITER,
    [')'] = CLASS_DELIMITER,
    ['['] = CLASS_DELIMITER,
    [']'] = CLASS_DELIMITER,
    ['{'] = CLASS_DELIMITER,
    ['}'] = CLASS_DELIMITER,
    ['"'] = CLASS_DELIMITER,
    [';'] = CLASS_DELIMITER,
    ['\''] = CLASS_DELIMITER,
    ['`'] = CLASS_DELIMITER,
    [','] = CLASS_DELIMITER,
    [127] = CLASS_DELIMITER | CLASS_CONTROL,
    [128 ... 255] = CLASS_HIGH,
};

/* ---- small things ---- */

int quoted_size(const lexer *x, uint32_t start, uint32_t end) {
    enum { LONGEST = 60 };
    if (end - start <= LONGEST) return (int)(end - start);
    uint32_t n = LONGEST;
    while (n > 0 && ((unsigned char)x->text[start + n] & 0xC0) == 0x80) n--;
    return (int)n;
}

datum *datum_new(const lexer *x, datum_kind kind, uint32_t start, uint32_t end) {
    datum *result = NEW(datum);
    result->kind = kind;
    result->at = span_of(x, start, end);
    return result;
}

datum *datum_symbol(const lexer *x, const char *interned, uint32_t start, uint32_t end) {
    datum *result = datum_new(x, DATUM_SYMBOL, start, end);
    result->text = interned;
    result->size = strlen(interned);
    return result;
}

void spoil(lexer *x, uint32_t start, uint32_t end) {
    PUSH(x->spoilt, x->spoilt_count, x->spoilt_capacity, span_of(x, start, end));
}

/* ---- the loop ---- */

static void read_token(reader *r) {
    switch (r->x.text[r->x.pos]) {
    case '(': open_form(r, FRAME_PAREN); break;
    case '[': open_form(r, FRAME_BRACKET); break;
    case '{': open_form(r, FRAME_BRACE); break;
    case ')': close_form(r, FRAME_PAREN); break;
    case ']': close_form(r, FRAME_BRACKET); break;
    case '}': close_form(r, FRAME_BRACE); break;
    case '"': read_string(r); break;
    case '\'': push_prefix(r, r->quote, 1); break;
    case '`': push_prefix(r, r->quasiquote, 1); break;
    case ',': read_comma(r); break;
    case '#': read_hash(r); break;
    case ':': read_keyword(r); break;
    default:
        if (class_at(&r->x, r->x.pos) & CLASS_CONTROL)
            skip_control(r);
        else
            read_atom(r);
    }
}

/* One report a line: a file in another encoding has many bad bytes. */
static void check_utf8(reader *r) {
    const char *p = r->x.text, *end = p + r->x.size;
    while (p < end) {
        uint64_t word;
        while (end - p >= 8 && (memcpy(&word, p, 8), (word & 0x8080808080808080u) == 0)) p += 8;
        if (p == end) break;
        uint32_t cp;
        size_t n = utf8_decode(p, (size_t)(end - p), &cp);
        if (n > 0) {
            p += n;
            continue;
        }
        uint32_t at = (uint32_t)(p - r->x.text);
        diag_error(r->x.d, E0009, span_of(&r->x, at, at + 1), "byte 0x%02X is not UTF-8", (unsigned char)*p);
        diag_hint(r->x.d, "save the file as UTF-8");
        p = memchr(p, '\n', (size_t)(end - p));
        if (p == NULL) break;
    }
}

static void intern_names(reader *r) {
    r->true_name = intern_cstr("true");
    r->false_name = intern_cstr("false");
    r->nil_name = intern_cstr("nil");
    r->inf_name = intern_cstr("inf");
    r->nan_name = intern_cstr("nan");
    r->dot_name = intern_cstr(".");
    r->quote = intern_cstr("quote");
    r->quasiquote = intern_cstr("quasiquote");
    r->unquote = intern_cstr("unquote");
    r->splicing = intern_cstr("unquote-splicing");
}

/* A byte-order mark counts as nothing, a line #!... as a comment. */
static void skip_start(reader *r) {
    if (starts_with(r, 0, "\xEF\xBB\xBF")) r->x.pos = r->line_start = 3;
    if (starts_with(r, r->x.pos, "#!")) skip_line(r);
}

/* Forms of earlier entries of a session stand behind the text, where they change no positions. */
static void bring_to_front(reader *r, uint32_t offset) {
    size_t n = 0;
    while (n < r->form_count && r->forms[n]->at.start < offset) n++;
    datum **forms = NEW_ARRAY(datum *, r->form_count);
    memcpy(forms, r->forms + n, (r->form_count - n) * sizeof *forms);
    memcpy(forms + (r->form_count - n), r->forms, n * sizeof *forms);
    r->forms = forms;
}

datum_file read_source(const source *src, diag *d) {
    reader r = {.x = {.src = src, .d = d, .text = src->text, .size = (uint32_t)src->size}, .distrust_at = UINT32_MAX};
    intern_names(&r);
    check_utf8(&r);
    skip_start(&r);
    do {
        for (skip_blanks(&r); r.x.pos < r.x.size; skip_blanks(&r)) {
            if (!r.line_begun) begin_line(&r, r.x.pos);
            if (r.depth == 0) begin_form(&r, r.x.pos);
            read_token(&r);
        }
    } while (!end_text(&r));
    for (size_t i = 0; i < r.x.spoilt_count; i++) diag_spoil(d, r.x.spoilt[i]);
    if (src->first_form && r.form_count) bring_to_front(&r, src->first_form);
    return (datum_file){.src = src, .forms = r.forms, .count = r.form_count, .unfinished = r.unfinished};
}
