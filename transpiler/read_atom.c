/* read_atom.c: names, numbers, keywords, what begins with #, and characters that must not stand in a program. */
#include <math.h>

#include "reader.h"

/* What must not stand in a name because nobody could see it, or NULL. */
static const char *unwanted_name(uint32_t cp) {
    if (cp == 0xA0 || cp == 0x202F || cp == 0x2007) return "no-break space";
    if ((cp >= 0x2000 && cp <= 0x200A) || cp == 0x205F || cp == 0x3000 || cp == 0x1680) return "typographic space";
    if (cp == 0x200B || cp == 0x2060) return "zero-width space";
    if (cp == 0xFEFF) return "byte-order mark";
    if (cp == 0x2028 || cp == 0x2029 || cp == 0x85) return "Unicode line separator";
    if (cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069))
        return "direction mark";
    if (cp >= 0x80 && cp < 0xA0) return "control character";
    if (cp == 0x201C || cp == 0x201D || cp == 0x2018 || cp == 0x2019) return "curly quote";
    return NULL;
}

/* The end of a token that begins at pos. *high: it has bytes outside of ASCII. */
static uint32_t scan_token(const reader *r, uint32_t pos, bool *high) {
    unsigned seen = 0;
    for (; !(class_at(&r->x, pos) & CLASS_DELIMITER); pos++) seen |= class_at(&r->x, pos);
    *high = seen & CLASS_HIGH;
    return pos;
}

/* Where a token must end because an unwanted character stands in it. */
static uint32_t cut_at_unwanted(const reader *r, uint32_t start, uint32_t end) {
    for (uint32_t p = start; p < end;) {
        uint32_t cp = 0;
        size_t n = utf8_decode(r->x.text + p, end - p, &cp);
        if (n > 1 && unwanted_name(cp) != NULL) return p;
        p += n == 0 ? 1 : (uint32_t)n;
    }
    return end;
}

/* A text in curly quotes is read as the string that was meant, if it ends on its line. */
static void read_curly_string(reader *r, uint32_t start, uint32_t after, const char *closing) {
    const char *from = r->x.text + after;
    const char *line_end = memchr(from, '\n', r->x.size - after);
    size_t n = line_end == NULL ? r->x.size - after : (size_t)(line_end - from);
    const char *close = memmem(from, n, closing, 3);
    if (close == NULL) return;
    uint32_t to = (uint32_t)(close - r->x.text);
    r->x.pos = to + 3;
    deliver(r, read_string_contents(&r->x, after, to, span_of(&r->x, start, to + 3)));
}

static void skip_unwanted(reader *r) {
    uint32_t start = r->x.pos, cp = 0;
    uint32_t end = start + (uint32_t)utf8_decode(r->x.text + start, r->x.size - start, &cp);
    const char *name = unwanted_name(cp);
    r->x.pos = end;
    spoil_around(r, start, end);
    diag_error(r->x.d, E0010, span_of(&r->x, start, end), "%s (U+%04X) in the program text", name, cp);
    bool curly = cp >= 0x2018 && cp <= 0x201D;
    diag_hint(r->x.d,
              curly ? "strings are written with plain quotes: \"text\"" : "replace it by a plain space, or remove it");
    if (cp == 0x201C) read_curly_string(r, start, end, "\xE2\x80\x9D");
    if (cp == 0x2018) read_curly_string(r, start, end, "\xE2\x80\x99");
}

static void read_float_name(reader *r, double f, uint32_t start, uint32_t end) {
    datum *x = datum_new(&r->x, DATUM_FLOAT, start, end);
    x->f = f;
    deliver(r, x);
}

static void read_symbol(reader *r, uint32_t start, uint32_t end) {
    const char *name = intern(r->x.text + start, end - start);
    if (name == r->dot_name) {
        read_dot(r, start);
    } else if (name == r->true_name || name == r->false_name || name == r->nil_name) {
        datum_kind kind = name == r->true_name ? DATUM_TRUE : name == r->false_name ? DATUM_FALSE : DATUM_NIL;
        deliver(r, datum_new(&r->x, kind, start, end));
    } else if (name == r->inf_name) {
        read_float_name(r, INFINITY, start, end);
    } else if (name == r->nan_name) {
        read_float_name(r, NAN, start, end);
    } else {
        datum *x = datum_new(&r->x, DATUM_SYMBOL, start, end);
        x->text = name;
        x->size = end - start;
        deliver(r, x);
    }
}

/* +inf -inf +nan -nan */
static bool signed_float_name(const char *s, uint32_t n, double *f) {
    if (n != 4 || (s[0] != '+' && s[0] != '-')) return false;
    bool is_inf = memcmp(s + 1, "inf", 3) == 0;
    if (!is_inf && memcmp(s + 1, "nan", 3) != 0) return false;
    *f = !is_inf ? NAN : s[0] == '-' ? -INFINITY : INFINITY;
    return true;
}

void read_atom(reader *r) {
    uint32_t start = r->x.pos;
    bool high;
    double f;
    uint32_t end = scan_token(r, start, &high);
    if (high) end = cut_at_unwanted(r, start, end);
    if (end == start) {
        skip_unwanted(r);
        return;
    }
    const char *s = r->x.text + start;
    r->x.pos = end;
    if (s[0] == '|' && s[1] == '#') {
        diag_error(r->x.d, E0011, span_of(&r->x, start, start + 2), "`|#` without `#|`");
        diag_hint(r->x.d, "block comments nest: look for a `|#` too many before");
        r->x.pos = start + 2;
    } else if (signed_float_name(s, end - start, &f)) {
        read_float_name(r, f, start, end);
    } else if (begins_number(&r->x, start, end)) {
        deliver(r, read_number(&r->x, start, end));
    } else {
        read_symbol(r, start, end);
    }
}

void read_keyword(reader *r) {
    uint32_t start = r->x.pos;
    bool high;
    uint32_t end = scan_token(r, start + 1, &high);
    if (high) end = cut_at_unwanted(r, start + 1, end);
    r->x.pos = end;
    if (end == start + 1) {
        const frame *f = innermost_bracket(r);
        spoil(&r->x, start, end);
        diag_error(r->x.d, E0015, span_of(&r->x, start, end), "keyword without a name");
        diag_hint(r->x.d, f != NULL && f->kind == FRAME_BRACE
                              ? "a dict is written {:key 1 \"key\" 2}, without a colon in between"
                              : "the name directly follows the colon: :name");
        if (f == NULL || f->kind != FRAME_BRACE) deliver(r, datum_new(&r->x, DATUM_NIL, start, end));
        return;
    }
    datum *x = datum_new(&r->x, DATUM_KEYWORD, start, end);
    x->text = intern(r->x.text + start + 1, end - start - 1);
    x->size = end - start - 1;
    deliver(r, x);
}

/* ---- # ---- */

static void hint_hash(reader *r, char c) {
    const char *hint = c == 'x' || c == 'X'   ? "hexadecimal is written 0x1F"
                       : c == 'b' || c == 'B' ? "binary is written 0b101"
                       : c == '!'             ? "`#!` is allowed in the first line only"
                       : c == '\''            ? "procedures are values: write just the name"
                       : c == '<'             ? "opaque values are printed so, but cannot be read"
                       : c == '('             ? "a vector is written (vector 1 2)"
                       : c == '{'             ? "a set is written (set 1 2)"
                                              : "booleans are #t and #f, characters #\\a, comments #| |# and #;";
    diag_hint(r->x.d, "%s", hint);
}

/* The end of the unknown thing at start. */
static uint32_t unknown_hash_end(reader *r, uint32_t start) {
    char c = r->x.text[start + 1];
    bool high;
    uint32_t end = scan_token(r, start + 1, &high);
    if (high) end = cut_at_unwanted(r, start, end);
    if (c == '(' || c == '[' || c == '{' || c == '\'') return start + 2;
    /* #<channel 3>: up to the angle bracket in the same line. */
    size_t n = c == '<' ? strcspn(r->x.text + end, ">()[]{}\"\n") : 0;
    return c == '<' && r->x.text[end - 1] != '>' && r->x.text[end + n] == '>' ? end + (uint32_t)n + 1 : end;
}

/* #(1 2) and #{1 2} are read as the calls that were meant. */
static void open_call(reader *r, uint32_t start, char opener) {
    size_t depth = r->depth;
    r->x.pos = start + 1;
    open_form(r, opener == '(' ? FRAME_PAREN : FRAME_BRACE);
    if (r->depth == depth) return;
    top(r)->is_call = true;
    top(r)->start = start;
    deliver(r, datum_symbol(&r->x, intern_cstr(opener == '(' ? "vector" : "set"), start, start + 2));
}

static void read_unknown_hash(reader *r) {
    uint32_t start = r->x.pos, end = unknown_hash_end(r, start);
    char c = r->x.text[start + 1];
    bool opener = c == '(' || c == '{';
    spoil(&r->x, start, end);
    diag_error(r->x.d, E0011, span_of(&r->x, start, end), "unknown syntax `%.*s`", QUOTED(&r->x, start, end));
    hint_hash(r, c);
    if (opener) {
        open_call(r, start, c);
        return;
    }
    r->x.pos = c == '[' ? start + 1 : end;
    if (c == '!') skip_line(r);
    if (c != '!' && c != '\'' && c != '[') deliver(r, datum_new(&r->x, DATUM_NIL, start, end));
}

void read_hash(reader *r) {
    uint32_t start = r->x.pos;
    char c = r->x.text[start + 1];
    if (c == ';') {
        push_frame(r, (frame){.kind = FRAME_DISCARD, .start = start, .quasi = quasi_level(r)});
        r->x.pos += 2;
        return;
    }
    if (c == '\\') {
        datum *x = read_character(&r->x);
        deliver(r, x);
        return;
    }
    bool high;
    uint32_t end = scan_token(r, start, &high), n = end - start;
    bool is_true = (n == 2 && c == 't') || (n == 5 && memcmp(r->x.text + start, "#true", 5) == 0);
    bool is_false = (n == 2 && c == 'f') || (n == 6 && memcmp(r->x.text + start, "#false", 6) == 0);
    if (!is_true && !is_false) {
        read_unknown_hash(r);
        return;
    }
    r->x.pos = end;
    deliver(r, datum_new(&r->x, is_true ? DATUM_TRUE : DATUM_FALSE, start, end));
}

void skip_control(reader *r) {
    uint32_t at = r->x.pos++;
    unsigned char c = (unsigned char)r->x.text[at];
    if (c == '\0') {
        report_nul(r, at);
        return;
    }
    spoil_around(r, at, at + 1);
    diag_error(r->x.d, E0010, span_of(&r->x, at, at + 1), "control character U+%04X outside a string", c);
    diag_hint(r->x.d, "remove it; in a string write \\u{%x}", c);
}
