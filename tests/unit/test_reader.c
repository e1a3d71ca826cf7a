/* The reader: what texts become, and where and how mistakes are reported. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "datum.h"

/* --- Helpers ------------------------------------------------------------------------------------------------- */

typedef struct reading {
    datum_file file;
    diag *d;
    char *reports; /* what diag_flush prints */
} reading;

static reading read_bytes(const char *text, size_t size) {
    reading r = {0};
    size_t report_size;
    FILE *out = open_memstream(&r.reports, &report_size);
    r.d = diag_new(out, COLOR_NEVER);
    r.file = read_source(source_from_text("t", text, size), r.d);
    diag_flush(r.d);
    fclose(out);
    return r;
}

static reading read_text(const char *text) { return read_bytes(text, strlen(text)); }

/* All forms as text, one space between. */
static const char *printed(const reading *r) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < r->file.count; i++) {
        if (i > 0) fputc(' ', out);
        datum_print(out, r->file.forms[i]);
    }
    fclose(out);
    const char *copy = arena_copy(text, size);
    free(text);
    return copy;
}

/* The reports alone: LINE:COLUMN: ..., one a line, with notes and hints, without excerpts and the count. */
static const char *summary(const reading *r) {
    char *text = arena_alloc(strlen(r->reports) + 1), *end = text;
    for (const char *p = r->reports; *p != '\0';) {
        size_t n = strcspn(p, "\n") + 1;
        if (strncmp(p, "t:", 2) == 0) end = mempcpy(end, p + 2, n - 2);
        if (strncmp(p, "  hint:", 7) == 0) end = mempcpy(end, p + 2, n - 2);
        p += n;
    }
    *end = '\0';
    return text;
}

/* Reads without any report, and prints so. */
static void check_reads(const char *text, const char *expected) {
    reading r = read_text(text);
    assert_string_equal(r.reports, "");
    assert_string_equal(printed(&r), expected);
    free(r.reports);
}

static void check_reports(const char *text, const char *forms, const char *expected) {
    reading r = read_text(text);
    assert_string_equal(summary(&r), expected);
    assert_string_equal(printed(&r), forms);
    free(r.reports);
}

/* The one datum of a text without mistakes. */
static const datum *read_one(const char *text) {
    reading r = read_text(text);
    assert_string_equal(r.reports, "");
    assert_int_equal(r.file.count, 1);
    free(r.reports);
    return r.file.forms[0];
}

static void check_kind(const char *text, datum_kind kind, const char *printed_as) {
    const datum *x = read_one(text);
    assert_int_equal(x->kind, kind);
    assert_string_equal(datum_text(x, 1000), printed_as);
}

static void check_int(const char *text, int64_t value) {
    const datum *x = read_one(text);
    assert_int_equal(x->kind, DATUM_INT);
    assert_true(x->i == value);
}

static void check_float(const char *text, double value) {
    const datum *x = read_one(text);
    assert_int_equal(x->kind, DATUM_FLOAT);
    assert_memory_equal(&x->f, &value, sizeof value);
}

static void check_string(const char *text, const char *bytes, size_t size) {
    const datum *x = read_one(text);
    assert_int_equal(x->kind, DATUM_STRING);
    assert_int_equal(x->size, size);
    assert_memory_equal(x->text, bytes, size);
    assert_int_equal(x->text[size], 0);
}

static void check_symbol(const char *text) {
    const datum *x = read_one(text);
    assert_int_equal(x->kind, DATUM_SYMBOL);
    assert_string_equal(x->text, text);
    assert_int_equal(x->size, strlen(text));
    assert_ptr_equal(x->text, intern_cstr(text));
}

static void check_span(const datum *x, uint32_t start, uint32_t end) {
    assert_int_equal(x->at.start, start);
    assert_int_equal(x->at.end, end);
}

/* text repeated n times, between before and after. */
static char *repeated(const char *before, const char *text, size_t n, const char *after) {
    size_t size = strlen(text);
    char *result = arena_alloc(strlen(before) + n * size + strlen(after) + 1), *p = stpcpy(result, before);
    for (size_t i = 0; i < n; i++) p = stpcpy(p, text);
    strcpy(p, after);
    return result;
}

/* --- Data ---------------------------------------------------------------------------------------------------- */

static void nothing(void **state) {
    (void)state;
    check_reads("", "");
    check_reads("  \n\t ; comment", "");
    check_reads("#||#", "");
    check_reads("#;x", "");
}

static void integers(void **state) {
    (void)state;
    check_int("42", 42);
    check_int("-7", -7);
    check_int("+7", 7);
    check_int("0", 0);
    check_int("-0", 0);
    check_int("007", 7);
    check_int("0x1F", 31);
    check_int("0X1f", 31);
    check_int("-0x10", -16);
    check_int("0b101", 5);
    check_int("0B11", 3);
    check_int("1_000_000", 1000000);
    check_int("0xFF_FF", 65535);
    check_int("0b1111_0000", 240);
    check_int("1152921504606846975", ((int64_t)1 << 60) - 1);
    check_int("-1152921504606846976", -((int64_t)1 << 60));
    check_int("0xFFFFFFFFFFFFFFF", ((int64_t)1 << 60) - 1);
}

static void big_integers(void **state) {
    (void)state;
    check_kind("1152921504606846976", DATUM_BIGINT, "1152921504606846976");
    check_kind("-1152921504606846977", DATUM_BIGINT, "-1152921504606846977");
    check_kind("+1152921504606846976", DATUM_BIGINT, "1152921504606846976");
    check_kind("000123456789_012345678901234567890", DATUM_BIGINT, "123456789012345678901234567890");
    check_kind("0x1000000000000000", DATUM_BIGINT, "1152921504606846976");
    check_kind("0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF", DATUM_BIGINT, "340282366920938463463374607431768211455");
    check_kind("-0x100000000000000000000000000000000", DATUM_BIGINT, "-340282366920938463463374607431768211456");
    check_kind("0x2540BE400000000000", DATUM_BIGINT, "687194767360000000000");
    const char *bits = repeated("0b1", "0", 100, "");
    check_kind(bits, DATUM_BIGINT, "1267650600228229401496703205376");
    const datum *x = read_one(repeated("", "9", 5000, ""));
    assert_int_equal(x->kind, DATUM_BIGINT);
    assert_int_equal(x->size, 5000);
    /* 16^1000 has 1205 decimal digits and begins so. */
    x = read_one(repeated("0x1", "0", 1000, ""));
    assert_int_equal(x->size, 1205);
    assert_memory_equal(x->text, "13182040", 8);
}

static void floats(void **state) {
    (void)state;
    check_float("3.14", 3.14);
    check_float("-0.5", -0.5);
    check_float("1e9", 1e9);
    check_float("1E9", 1e9);
    check_float("2.5e-3", 0.0025);
    check_float("1e+2", 100.0);
    check_float(".5", 0.5);
    check_float("-.5", -0.5);
    check_float("5.", 5.0);
    check_float("-0.0", -0.0);
    check_float("1_000.5", 1000.5);
    check_float("1.000_1", 1.0001);
    check_float("1e1_0", 1e10);
    check_float("inf", INFINITY);
    check_float("+inf", INFINITY);
    check_float("-inf", -INFINITY);
    assert_true(isnan(read_one("nan")->f));
    assert_true(isnan(read_one("+nan")->f));
    check_float("179769313486231570000000000000000000000e270", 1.7976931348623157e308);
    check_float("4.9e-324", 4.9e-324);
    check_float(repeated("0.", "3", 200, ""), 1.0 / 3);
}

static void floats_out_of_range(void **state) {
    (void)state;
    check_reports("1e999 -1e999 1e-999", "inf -inf 0.0",
                  "1:1: warning[W0102]: `1e999` is out of the range of floats and becomes inf\n"
                  "1:7: warning[W0102]: `-1e999` is out of the range of floats and becomes -inf\n"
                  "1:14: warning[W0102]: `1e-999` is out of the range of floats and becomes 0.0\n");
}

static void ranges(void **state) {
    (void)state;
    const datum *x = read_one("1..5");
    assert_int_equal(x->kind, DATUM_LIST);
    assert_true(x->sugar);
    assert_int_equal(x->count, 3);
    assert_ptr_equal(x->items[0]->text, intern_cstr(".."));
    assert_int_equal(x->items[1]->i, 1);
    assert_int_equal(x->items[2]->i, 5);
    check_span(x, 0, 4);
    check_span(x->items[0], 1, 3);
    check_span(x->items[1], 0, 1);
    check_span(x->items[2], 3, 4);
    assert_string_equal(datum_text(x, 99), "1..5");
    x = read_one("-3..=0x10");
    assert_ptr_equal(x->items[0]->text, intern_cstr("..="));
    assert_int_equal(x->items[1]->i, -3);
    assert_int_equal(x->items[2]->i, 16);
    check_reads("(.. 1 5) (..= 1 5) 0xF..-1 1_0..1_000", "(.. 1 5) (..= 1 5) 15..-1 10..1000");
    check_reads("9999999999999999999..=99999999999999999999", "9999999999999999999..=99999999999999999999");
}

static void strings(void **state) {
    (void)state;
    check_string("\"\"", "", 0);
    check_string("\"hello\"", "hello", 5);
    check_string("\"a\\n\\t\\r\\\\\\\"\\0\\x41\\u{1F600}\"", "a\n\t\r\\\"\0A\xF0\x9F\x98\x80", 12);
    check_string("\"raw\nnewline\"", "raw\nnewline", 11);
    check_string("\"cr\r\n\"", "cr\r\n", 4);
    check_string("\"\\xe9\\u{e9}\"", "\xC3\xA9\xC3\xA9", 4);
    check_string("\"\\u{0}\\u{10FFFF}\"", "\0\xF4\x8F\xBF\xBF", 5);
    check_string("\"; #| ( [ '\"", "; #| ( [ '", 10);
    check_string("\"\\01\"",
                 "\0"
                 "1",
                 2);
    check_string("\"äöü\"", "äöü", 6);
    const char raw_nul[] = "\"a\0b\"";
    reading r = read_bytes(raw_nul, sizeof raw_nul - 1);
    assert_string_equal(r.reports, "");
    assert_int_equal(r.file.forms[0]->size, 3);
    assert_memory_equal(r.file.forms[0]->text, "a\0b", 3);
    free(r.reports);
}

static void unknown_escapes(void **state) {
    (void)state;
    check_reports("\"a\\qb\\'\"", "\"a\\\\qb\\\\'\"",
                  "1:3: warning[W0101]: unknown escape `\\q` in a string keeps its backslash\n"
                  "hint: write \\\\ for a backslash\n"
                  "1:6: warning[W0101]: unknown escape `\\'` in a string keeps its backslash\n"
                  "hint: write \\\\ for a backslash\n");
    check_reports("\"\\é\"", "\"\\\\é\"",
                  "1:2: warning[W0101]: unknown escape `\\é` in a string keeps its backslash\n"
                  "hint: write \\\\ for a backslash\n");
    check_reports("\"a\\\nb\"", "\"a\\\\\\nb\"",
                  "1:3: warning[W0101]: backslash at the end of a line in a string is kept\n"
                  "hint: a string may simply go on in the next line\n");
}

static void characters(void **state) {
    (void)state;
    check_string("#\\a", "a", 1);
    check_string("#\\newline", "\n", 1);
    check_string("#\\space", " ", 1);
    check_string("#\\tab", "\t", 1);
    check_string("#\\return", "\r", 1);
    check_string("#\\nul", "\0", 1);
    check_string("#\\u{e9}", "\xC3\xA9", 2);
    check_string("#\\u{1F600}", "\xF0\x9F\x98\x80", 4);
    check_string("#\\u00e9", "\xC3\xA9", 2);
    check_string("#\\x41", "A", 1);
    check_string("#\\é", "é", 2);
    check_reads("(#\\( #\\) #\\; #\\\" #\\' #\\  #\\, #\\u #\\x #\\1 #\\\\)",
                "(\"(\" \")\" \";\" \"\\\"\" \"'\" \" \" \",\" \"u\" \"x\" \"1\" \"\\\\\")");
    check_reads("#\\a(b)#\\]", "\"a\" (b) \"]\"");
}

static void symbols_and_keywords(void **state) {
    (void)state;
    static const char *const symbols[] = {"fetch-data", "recv!", "io:print",  "list->string", "math.sin", "+",
                                          "-",          "*",     "/",         "->",           "->>",      "<=",
                                          "=",          "!=",    "**",        "a.b.c",        "x1",       "_",
                                          "_1",         "@",     "...rest",   "...",          "..",       "..=",
                                          "?",          "&rest", "&optional", "1+",           "1-",       "+a",
                                          "-a",         "-->",   "%",         "a#b",          "a:b",      "a:",
                                          "λ",          "größe", "日本",      "|x|",          "\\",       "$x",
                                          "^",          "~",     "infinity",  "nane",         "truep",    "nil?",
                                          "#x"};
    for (size_t i = 0; i + 1 < sizeof symbols / sizeof *symbols; i++) check_symbol(symbols[i]);
    const datum *k = read_one(":name");
    assert_int_equal(k->kind, DATUM_KEYWORD);
    assert_ptr_equal(k->text, intern_cstr("name"));
    check_reads(":a-b :a:b ::c :1 :drop-newest :é", ":a-b :a:b ::c :1 :drop-newest :é");
}

static void constants(void **state) {
    (void)state;
    check_kind("true", DATUM_TRUE, "true");
    check_kind("false", DATUM_FALSE, "false");
    check_kind("#t", DATUM_TRUE, "true");
    check_kind("#f", DATUM_FALSE, "false");
    check_kind("#true", DATUM_TRUE, "true");
    check_kind("#false", DATUM_FALSE, "false");
    check_kind("nil", DATUM_NIL, "nil");
    check_kind("()", DATUM_LIST, "()");
    check_kind("[]", DATUM_BRACKET, "[]");
    check_kind("{}", DATUM_BRACE, "{}");
    check_reads("(#t #f)[#t]", "(true false) [true]");
}

static void delimiters(void **state) {
    (void)state;
    check_reads("a(b)c[d]e{f}g\"h\"i;j\nk", "a (b) c [d] e {f} g \"h\" i k");
    check_reads("x'y", "x 'y");
    check_reads("x'(1)", "x '(1)");
    check_reads("x`y", "x `y");
    check_reads("1'a", "1 'a");
    check_reads("\"a\"\"b\"", "\"a\" \"b\"");
}

static void quotes(void **state) {
    (void)state;
    const datum *x = read_one("'x");
    assert_int_equal(x->kind, DATUM_LIST);
    assert_true(x->sugar);
    assert_ptr_equal(x->items[0]->text, intern_cstr("quote"));
    check_span(x, 0, 2);
    check_span(x->items[0], 0, 1);
    check_span(x->items[1], 1, 2);
    x = read_one("`(a ,b ,@c)");
    assert_ptr_equal(x->items[0]->text, intern_cstr("quasiquote"));
    assert_ptr_equal(x->items[1]->items[1]->items[0]->text, intern_cstr("unquote"));
    const datum *splice = x->items[1]->items[2];
    assert_ptr_equal(splice->items[0]->text, intern_cstr("unquote-splicing"));
    check_span(splice, 7, 10);
    check_span(splice->items[0], 7, 9);
    assert_false(read_one("(quote x)")->sugar);
    check_reads("' x '[1 2] '{:a 1} ''x '() '#;y z", "'x '[1 2] '{:a 1} ''x '() 'z");
    check_reads("(quote x) (unquote-splicing x)", "(quote x) (unquote-splicing x)");
    check_reads("`(a ,(b `(c ,(d ,e))))", "`(a ,(b `(c ,(d ,e))))");
    check_reads("`(1 , @x)", "`(1 , @x)");
}

static void commas(void **state) {
    (void)state;
    check_reads("[1, 2,3 ,4,,5,]", "[1 2 3 4 5]");
    check_reads("{:a 1, :b 2,}", "{:a 1 :b 2}");
    check_reads("'[a,b]", "'[a b]");
    check_reads("`[1, 2,a ,b, c]", "`[1 2 ,a ,b c]");
    check_reads("`[,@a,@b]", "`[,@a ,@b]");
    check_reads("`{:k ,v, :l ,w}", "`{:k ,v :l ,w}");
    check_reads("`(a ,(f [x,y]))", "`(a ,(f [x y]))");
    check_reads("`(a ,(f `[x ,y]))", "`(a ,(f `[x ,y]))");
    check_reads("(quasiquote [a ,b])", "(quasiquote [a ,b])");
    check_reads("`(a (unquote [b ,c]))", "`(a (unquote [b c]))");
    check_reads("(f a,b)", "(f a ,b)");
    check_reads("`[1,;c\n2]", "`[1 2]");
    check_reads("`[1,#|c|#2,#;x 3]", "`[1 2 3]");
    check_reads("[a,@b]", "[a @b]");
    check_reads("['a,'b]", "['a 'b]");
}

static void dotted_lists(void **state) {
    (void)state;
    const datum *x = read_one("(a b . c)");
    assert_int_equal(x->count, 2);
    assert_ptr_equal(x->tail->text, intern_cstr("c"));
    x = read_one("(. xs)");
    assert_int_equal(x->count, 0);
    assert_non_null(x->tail);
    check_reads("(a . (b c)) (a . ()) (a . (b . c)) (a . (b . (c . ())))", "(a b c) (a) (a b . c) (a b c)");
    check_reads("(a . 'b) `(a . ,b) (a . [b]) (a . nil)", "(a . 'b) `(a . ,b) (a . [b]) (a . nil)");
    check_reads("(a . #;x b #;y)", "(a . b)");
    check_reads("(a .b) (a ...b) (a . 5) (a .5)", "(a .b) (a ...b) (a . 5) (a 0.5)");
}

static void comments(void **state) {
    (void)state;
    check_reads("a ; b\nc", "a c");
    check_reads("a #| b #| c |# d |# e", "a e");
    check_reads("#|#|#||#|#|#x", "x");
    check_reads("#|||#x", "x");
    check_reads("(a #;b c) #;(d e) f", "(a c) f");
    check_reads("#;#;a b c", "c");
    check_reads("(a #; #| x |# ; y\n b)", "(a)");
    check_reads("#;'a b", "b");
    check_reads("a#|b|#", "a#|b|#");
}

static void white_space(void **state) {
    (void)state;
    check_reads("\xEF\xBB\xBF(a)", "(a)");
    check_reads("(a\r\nb\rc\fd\ve\tf)", "(a b c d e f)");
    check_reads("#!/usr/bin/env flc2c\na", "a");
    check_reads("\xEF\xBB\xBF#!x\na", "a");
    check_reads("#!x", "");
}

static void spans(void **state) {
    (void)state;
    const datum *x = read_one("  (define (f x)\n  [x, {:k \"é\"}])");
    check_span(x, 2, 33);
    check_span(x->items[0], 3, 9);
    check_span(x->items[1], 10, 15);
    check_span(x->items[2], 18, 32);
    check_span(x->items[2]->items[1], 22, 31);
    check_span(x->items[2]->items[1]->items[0], 23, 25);
    check_span(x->items[2]->items[1]->items[1], 26, 30);
    x = read_one("'(a)");
    check_span(x, 0, 4);
    check_span(x->items[1], 1, 4);
    check_span(read_one("\xEF\xBB\xBFx"), 3, 4);
}

/* --- Mistakes ------------------------------------------------------------------------------------------------ */

#define E7(place, token) place ": error[E0007]: malformed number `" token "`\n"

static void malformed_numbers(void **state) {
    (void)state;
    check_reports(
        "12abc", "0",
        E7("1:1", "12abc") "hint: a name cannot begin with a digit; put a space after `12` if two things are meant\n");
    check_reports("0xZZ", "0", E7("1:1", "0xZZ") "hint: `Z` is not a hexadecimal digit\n");
    check_reports("0x", "0", E7("1:1", "0x") "hint: hexadecimal digits follow `0x`\n");
    check_reports("-0b12", "0", E7("1:1", "-0b12") "hint: `2` is not a binary digit\n");
    check_reports("1__0", "0", E7("1:1", "1__0") "hint: an underscore stands between two digits: 1_000\n");
    check_reports("1_", "0", E7("1:1", "1_") "hint: an underscore stands between two digits: 1_000\n");
    check_reports("1.2.3", "0",
                  E7("1:1", "1.2.3") "hint: a number has one decimal point; a range is written 1..5 or 1..=5\n");
    check_reports("1/2", "0", E7("1:1", "1/2") "hint: there are no fractions: write (/ 1.0 3)\n");
    check_reports("1e", "0", E7("1:1", "1e") "hint: digits follow the `e` of an exponent: 1e9\n");
    check_reports("0o17", "0", E7("1:1", "0o17") "hint: integers are written in decimal, as 0x1F or as 0b101\n");
    check_reports("1..x", "0", E7("1:1", "1..x") "hint: a range ends with an integer: 1..5\n");
    check_reports("1..", "0", E7("1:1", "1..") "hint: a range ends with an integer: 1..5\n");
    check_reports("1..=", "0", E7("1:1", "1..=") "hint: a range ends with an integer: 1..=5\n");
    check_reports("1.5..2", "0", E7("1:1", "1.5..2") "hint: the ends of a range are integers\n");
    check_reports("1+1", "0", E7("1:1", "1+1") "hint: a number is followed by a space or a bracket\n");
    check_reports(
        "(f 1x\n   2y)", "(f 0 0)",
        E7("1:4", "1x") "hint: a name cannot begin with a digit; put a space after `1` if two things are meant\n" E7(
            "2:4", "2y") "hint: a name cannot begin with a digit; put a space after `2` if two things are meant\n");
}

static void malformed_escapes(void **state) {
    (void)state;
    static const char braces[] = "hint: write \\u{...} with hexadecimal digits in braces, as in \\u{e9}\n";
    static const char range[] = "hint: one to six hexadecimal digits, at most 10FFFF, no surrogate (D800 to DFFF)\n";
    static const char hex[] = "hint: write \\xHH with two hexadecimal digits, as in \\x41\n";
    check_reports("\"\\u{110000}\"", "\"\xEF\xBF\xBD\"",
                  arena_printf("1:2: error[E0008]: malformed escape `\\u{110000}`\n%s", range));
    check_reports("\"\\u{D800}\"", "\"\xEF\xBF\xBD\"",
                  arena_printf("1:2: error[E0008]: malformed escape `\\u{D800}`\n%s", range));
    check_reports("\"\\u{}\"", "\"\xEF\xBF\xBD\"",
                  arena_printf("1:2: error[E0008]: malformed escape `\\u{}`\n%s", range));
    check_reports("\"a\\u00e9\"", "\"a\xEF\xBF\xBD\"",
                  arena_printf("1:3: error[E0008]: malformed escape `\\u00e9`\n%s", braces));
    check_reports("\"\\u\"", "\"?\"", arena_printf("1:2: error[E0008]: malformed escape `\\u`\n%s", braces));
    check_reports("\"\\u{12\"", "\"\xEF\xBF\xBD\"",
                  arena_printf("1:2: error[E0008]: malformed escape `\\u{12`\n%s", braces));
    check_reports("\"\\x4\"", "\"\xEF\xBF\xBD\"", arena_printf("1:2: error[E0008]: malformed escape `\\x4`\n%s", hex));
    check_reports("\"\\xg\"", "\"?g\"", arena_printf("1:2: error[E0008]: malformed escape `\\x`\n%s", hex));
}

static void malformed_characters(void **state) {
    (void)state;
    check_reports("#\\newlin", "\"?\"",
                  "1:1: error[E0012]: unknown character name `#\\newlin`\nhint: did you mean `#\\newline`?\n");
    check_reports(
        "#\\qqq", "\"?\"",
        "1:1: error[E0012]: unknown character name `#\\qqq`\nhint: write #\\a, #\\newline, #\\u{e9}, or a string\n");
    check_reports("#\\\nx", "\"?\" x",
                  "1:1: error[E0012]: no character after `#\\`\nhint: write #\\newline for a line break\n");
    check_reports("#\\", "\"?\"",
                  "1:1: error[E0012]: no character after `#\\`\nhint: write #\\newline for a line break\n");
    check_reports("#\\u{d800}", "\"?\"",
                  "1:1: error[E0008]: malformed character `#\\u{d800}`\n"
                  "hint: one to six hexadecimal digits in braces, at most 10FFFF, no surrogate: #\\u{e9}\n");
}

static void unknown_hash(void **state) {
    (void)state;
    check_reports("#foo", "nil",
                  "1:1: error[E0011]: unknown syntax `#foo`\n"
                  "hint: booleans are #t and #f, characters #\\a, comments #| |# and #;\n");
    check_reports("#(1 2)", "(vector 1 2)",
                  "1:1: error[E0011]: unknown syntax `#(`\nhint: a vector is written (vector 1 2)\n");
    check_reports("#{1 {2}}", "(set 1 {2})",
                  "1:1: error[E0011]: unknown syntax `#{`\nhint: a set is written (set 1 2)\n");
    check_reports("#[1]", "[1]",
                  "1:1: error[E0011]: unknown syntax `#[`\n"
                  "hint: booleans are #t and #f, characters #\\a, comments #| |# and #;\n");
    check_reports(
        "(#<actor c 2> 1)", "(nil 1)",
        "1:2: error[E0011]: unknown syntax `#<actor c 2>`\nhint: opaque values are printed so, but cannot be read\n");
    check_reports("#'car", "car",
                  "1:1: error[E0011]: unknown syntax `#'`\nhint: procedures are values: write just the name\n");
    check_reports("a\n#!b c\nd", "a d",
                  "2:1: error[E0011]: unknown syntax `#!b`\nhint: `#!` is allowed in the first line only\n");
    check_reports("#", "nil",
                  "1:1: error[E0011]: unknown syntax `#`\n"
                  "hint: booleans are #t and #f, characters #\\a, comments #| |# and #;\n");
    check_reports("a |# b", "a b",
                  "1:3: error[E0011]: `|#` without `#|`\nhint: block comments nest: look for a `|#` too many before\n");
}

static void bad_characters(void **state) {
    (void)state;
    reading r = read_bytes("a\0b \"\0\" ;\0\n", 11);
    assert_string_equal(summary(&r),
                        "1:2: error[E0010]: NUL character outside a string\nhint: remove it; in a string write \\0\n"
                        "1:10: error[E0010]: NUL character outside a string\nhint: remove it; in a string write \\0\n");
    assert_string_equal(printed(&r), "a b \"\\u{0}\"");
    free(r.reports);
    check_reports(
        "a\x01", "a",
        "1:2: error[E0010]: control character U+0001 outside a string\nhint: remove it; in a string write \\u{1}\n");
    check_reports("a\u00A0b", "a b",
                  "1:2: error[E0010]: no-break space (U+00A0) in the program text\nhint: replace it by a plain space, "
                  "or remove it\n");
    check_reports("(a)\xEF\xBB\xBF", "(a)",
                  "1:4: error[E0010]: byte-order mark (U+FEFF) in the program text\nhint: replace it by a plain space, "
                  "or remove it\n");
    check_reports("(f “a b” c)", "(f \"a b\" c)",
                  "1:4: error[E0010]: curly quote (U+201C) in the program text\nhint: strings are written with plain "
                  "quotes: \"text\"\n");
}

static void invalid_utf8(void **state) {
    (void)state;
    check_reports("\"\xE9\"", "\"\xE9\"", "1:2: error[E0009]: byte 0xE9 is not UTF-8\nhint: save the file as UTF-8\n");
    /* Overlong, surrogate, beyond the last code point, cut off: once a line. */
    check_reports("; \xC0\x80 \xC0\n; \xED\xA0\x80\n; \xF4\x90\x80\x80\n; \xE2\x82", "",
                  "1:3: error[E0009]: byte 0xC0 is not UTF-8\nhint: save the file as UTF-8\n"
                  "2:3: error[E0009]: byte 0xED is not UTF-8\nhint: save the file as UTF-8\n"
                  "3:3: error[E0009]: byte 0xF4 is not UTF-8\nhint: save the file as UTF-8\n"
                  "4:3: error[E0009]: byte 0xE2 is not UTF-8\nhint: save the file as UTF-8\n");
}

static void misplaced_dots(void **state) {
    (void)state;
    static const char hint[] = "hint: the dot stands before the last element: (a b . rest)\n";
    check_reports("(a . )", "(a)", arena_printf("1:4: error[E0013]: nothing after the dot\n%s", hint));
    check_reports("( . )", "()", arena_printf("1:3: error[E0013]: nothing after the dot\n%s", hint));
    check_reports("(a . b c d)", "(a . b)",
                  arena_printf("1:8: error[E0013]: more than one element after a dot\n%s", hint));
    check_reports("(a . b . c)", "(a . b)", arena_printf("1:8: error[E0013]: a second dot in one list\n%s", hint));
    check_reports("[a . b]", "[a b]",
                  "1:4: error[E0013]: a dot alone in `[ ]`\nhint: in a list pattern the rest is written ...rest\n");
    check_reports(". a", "a", "1:1: error[E0013]: a dot outside of any list\nhint: remove it\n");
    check_reports("(a '. b)", "(a . b)",
                  "1:4: error[E0014]: quote without a form after it\nhint: write the form directly after it\n");
}

static void dangling_prefixes(void **state) {
    (void)state;
    static const char hint[] = "hint: write the form directly after it\n";
    check_reports("(a ')", "(a)", arena_printf("1:4: error[E0014]: quote without a form after it\n%s", hint));
    check_reports("a '", "a", arena_printf("1:3: error[E0014]: quote without a form after it\n%s", hint));
    check_reports("`(,)", "`()", arena_printf("1:3: error[E0014]: unquote without a form after it\n%s", hint));
    check_reports("(f a,)", "(f a)",
                  "1:5: error[E0014]: unquote without a form after it\n"
                  "hint: a comma means unquote; arguments are separated by spaces\n");
    check_reports("(a #;)", "(a)", "1:4: error[E0014]: `#;` without a form after it\nhint: remove it\n");
    check_reports("#;", "", "1:1: error[E0014]: `#;` without a form after it\nhint: remove it\n");
}

static void empty_keywords(void **state) {
    (void)state;
    check_reports("(f :)", "(f nil)",
                  "1:4: error[E0015]: keyword without a name\nhint: the name directly follows the colon: :name\n");
    check_reports("{\"a\": 1}", "{\"a\" 1}",
                  "1:5: error[E0015]: keyword without a name\n"
                  "hint: a dict is written {:key 1 \"key\" 2}, without a colon in between\n");
}

/* --- Brackets that do not pair ------------------------------------------------------------------------------- */

#define E1(place) place ": error[E0001]: `(` is never closed\n"

static void unclosed_forms(void **state) {
    (void)state;
    check_reports("(a (b)", "(a (b))", E1("1:1") "hint: add `)` at the end\n");
    check_reports("(a [b {c", "(a [b {c}])",
                  E1("1:1") "1:7: note: the innermost form left open begins here\nhint: add `}])` at the end\n");
    check_reports("'(a", "'(a)", E1("1:2") "hint: add `)` at the end\n");
    check_reports("(a '", "(a)", E1("1:1") "hint: add `)` at the end\n");
    check_reports("(define (f)\n  (a)\n\n(define (g)\n  (b))\n", "(define (f) (a)) (define (g) (b))",
                  E1("1:1") "hint: add `)` before line 4\n");
    /* Text that is in order is never judged by its indentation. */
    check_reads("(do\n(define x 1)\n(f x))", "(do (define x 1) (f x))");
    check_reads("(a\n(b)\n(c)\n)\n(d)", "(a (b) (c)) (d)");
}

static void unclosed_by_indentation(void **state) {
    (void)state;
    static const char note[] = "note: to judge by its indentation, it should end before this line\n";
    check_reports("(define (f x)\n  (let ((y 1))\n    (g y)\n  (+ x 1))\n\n(f 1)\n",
                  "(define (f x) (let ((y 1)) (g y) (+ x 1))) (f 1)",
                  arena_printf("2:3: error[E0001]: `(` is never closed\n4:3: %shint: add `)` before line 4\n", note));
    check_reports("(f (a b\n  (c)\n  (d)\n", "(f (a b (c) (d)))",
                  E1("1:1") "1:4: note: the innermost form left open begins here\nhint: add `))` at the end\n");
    check_reports("(let ((a 1)\n      (b 2)\n  (+ a b))\n", "(let ((a 1) (b 2) (+ a b)))",
                  arena_printf("1:6: error[E0001]: `(` is never closed\n3:3: %shint: add `)` before line 3\n", note));
    /* Odd indentation earlier in the form is not to blame. */
    check_reports("(f\n  (if a\n  (b)\n  (c))\n  (d)\n  (e\n", "(f (if a (b) (c)) (d) (e))",
                  E1("1:1") "6:3: note: the innermost form left open begins here\nhint: add `))` at the end\n");
}

static void unclosed_several(void **state) {
    (void)state;
    check_reports("(a\n\n(b\n\n(c)\n\n(d\n", "(a) (b) (c) (d)",
                  E1("1:1") "hint: add `)` before line 3\n" E1("3:1") "hint: add `)` before line 5\n" E1(
                      "7:1") "hint: add `)` at the end\n");
    /* Other mistakes in a form that is read twice are reported once. */
    check_reports(
        "(a 1x\n\n(b)\n", "(a 0) (b)",
        E1("1:1") "hint: add `)` before line 3\n" E7(
            "1:4", "1x") "hint: a name cannot begin with a digit; put a space after `1` if two things are meant\n");
}

static void extra_closers(void **state) {
    (void)state;
    check_reports(
        "(a))\n(b)", "(a) (b)",
        "1:4: error[E0002]: `)` without an opener\nhint: remove it; the form that begins on line 1 was complete\n");
    check_reports(
        "(a)) ]}\n(b)", "(a) (b)",
        "1:4: error[E0002]: `) ]}` without an opener\nhint: remove it; the form that begins on line 1 was complete\n");
    check_reports(")", "", "1:1: error[E0002]: `)` without an opener\nhint: remove it\n");
}

static void mismatched_closers(void **state) {
    (void)state;
    check_reports("(a [b)]", "(a [b])",
                  "1:6: error[E0003]: `)` does not close the `[` opened on line 1\nhint: write `]` here\n"
                  "1:7: error[E0003]: `]` does not close the `(` opened on line 1\nhint: write `)` here\n");
    check_reports("(a [b))", "(a [b])",
                  "1:6: error[E0003]: `)` does not close the `[` opened on line 1\nhint: write `]` here\n");
    check_reports("(a [b) c", "(a [b]) c",
                  "1:6: error[E0003]: `)` does not close the `[` opened on line 1\nhint: add `]` before this `)`\n");
    check_reports("(a\n b]", "(a b)",
                  "2:3: error[E0003]: `]` does not close the `(` opened on line 1\n1:1: note: opened here\nhint: write "
                  "`)` here\n");
    check_reports("(a b] c)", "(a b c)",
                  "1:5: error[E0003]: `]` does not close the `(` opened on line 1\nhint: remove this `]`\n");
    check_reports("(a [b '(c] d)", "(a [b '(c)] d)",
                  "1:10: error[E0003]: `]` does not close the `(` opened on line 1\nhint: add `)` before this `]`\n");
}

static void unclosed_strings(void **state) {
    (void)state;
    static const char rest[] =
        "error[E0004]: string is never closed\nhint: add `\"` where the text ends, perhaps in this line\n";
    check_reports("(print \"hello)\n(f)", "(print \"hello\") (f)", arena_printf("1:8: %s", rest));
    check_reports("\"", "\"\"", arena_printf("1:1: %s", rest));
    check_reports("\"a\\", "\"a\"", arena_printf("1:1: %s", rest));
    check_reports("(f \"a)\n(f \"b\")\n(f \"c\")\n", "(f \"a\") (f \"b\") (f \"c\")", arena_printf("1:4: %s", rest));
    check_reports("(f \"a\")\n(f \"b)\n(f \"c\")\n", "(f \"a\") (f \"b\") (f \"c\")", arena_printf("2:4: %s", rest));
}

static void unclosed_comments(void **state) {
    (void)state;
    check_reports("a #| b", "a", "1:3: error[E0005]: block comment is never closed\nhint: add `|#`\n");
    check_reports("(a #| b)\nc", "(a)", "1:4: error[E0005]: block comment is never closed\nhint: add `|#`\n");
    check_reports("#| a #| b |#", "",
                  "1:1: error[E0005]: block comment is never closed\n1:6: note: this inner `#|` needs its own "
                  "`|#`\nhint: add `|#`\n");
    check_reports("#|", "", "1:1: error[E0005]: block comment is never closed\nhint: add `|#`\n");
    check_reports("#|#", "", "1:1: error[E0005]: block comment is never closed\nhint: add `|#`\n");
}

/* --- Limits -------------------------------------------------------------------------------------------------- */

static const char deep_hint[] = "hint: build such data when the program runs\n";

static void nesting_limit(void **state) {
    (void)state;
    char *open = repeated("", "(", 10000, ""), *deep = repeated(open, ")", 10000, "");
    check_reads(deep, deep);
    char *quotes = repeated("", "'", 10000, "x");
    check_reads(quotes, quotes);
    char *brackets = repeated(repeated("", "[{", 5000, ""), "}]", 5000, "");
    check_reads(brackets, brackets);
    char *too_deep = repeated(repeated("", "(", 10001, ""), ")", 10001, " a");
    reading r = read_text(too_deep);
    assert_string_equal(
        summary(&r),
        arena_printf("1:10001: error[E0006]: forms are nested more than 10000 levels deep\n%s", deep_hint));
    assert_int_equal(r.file.count, 2);
    free(r.reports);
    r = read_text(repeated("", "'", 10001, "x b"));
    assert_string_equal(
        summary(&r),
        arena_printf("1:10001: error[E0006]: forms are nested more than 10000 levels deep\n%s", deep_hint));
    assert_int_equal(r.file.count, 2);
    free(r.reports);
}

static void far_too_deep(void **state) {
    (void)state;
    /* Reported once a form, whatever is inside; an unclosed one besides. */
    char *open = repeated("", "(a [", 200000, "");
    reading r = read_text(open);
    assert_int_equal(diag_error_count(r.d), 2);
    free(r.reports);
    r = read_text(repeated(repeated("", "(", 300000, ""), ")", 300000, repeated("\n", "(", 20000, "")));
    assert_int_equal(diag_error_count(r.d), 3);
    free(r.reports);
    r = read_text(repeated("", "#|", 300000, repeated("", "|#", 300000, "x")));
    assert_string_equal(r.reports, "");
    free(r.reports);
}

static void long_chains(void **state) {
    (void)state;
    /* Quadratic time anywhere would show here. */
    static const char *const texts[] = {"(]",    "\"\\\"\n", "'\n", ")",  "1..",   "#;", "\xE9", "#<",
                                        "(a . ", "[,",       "`,",  "#|", "\"a\n", ": ", "(\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        reading r = read_text(repeated("(", texts[i], 60000, ""));
        assert_true(diag_failed(r.d));
        free(r.reports);
    }
}

static void many_errors(void **state) {
    (void)state;
    reading r = read_text(repeated("", "1x\n", 5000, ""));
    assert_int_equal(diag_error_count(r.d), 5000);
    assert_int_equal(r.file.count, 5000);
    assert_non_null(strstr(r.reports, "\nt:50:1: "));
    assert_null(strstr(r.reports, "\nt:51:1: "));
    assert_non_null(strstr(r.reports, "\n5000 errors (50 shown)\n"));
    free(r.reports);
}

/* --- Printing ------------------------------------------------------------------------------------------------ */

static void texts_are_cut(void **state) {
    (void)state;
    const datum *x = read_one("(define (f x) \"äöü\")");
    assert_string_equal(datum_text(x, 100), "(define (f x) \"äöü\")");
    assert_string_equal(datum_text(x, 23), "(define (f x) \"äöü\")");
    assert_string_equal(datum_text(x, 22), "(define (f x) \"äöü\"...");
    assert_string_equal(datum_text(x, 7), "(define...");
    assert_string_equal(datum_text(x, 16), "(define (f x) \"...");
    assert_string_equal(datum_text(x, 17), "(define (f x) \"ä...");
    assert_string_equal(datum_text(x, 0), "...");
    assert_int_equal(datum_width(x, 100), 23);
    assert_int_equal(datum_width(x, 5), 6);
    const datum *deep = read_one(repeated(repeated("", "(", 10000, ""), ")", 10000, ""));
    assert_string_equal(datum_text(deep, 3), "(((...");
}

static void printing_reads_back(void **state) {
    (void)state;
    check_reads("0.1 1e21 1e22 123456789.125 1e-7 -0.0 100.0 1.7976931348623157e308 5e-324",
                "0.1 1e+21 1e+22 123456789.125 1e-07 -0.0 100.0 1.7976931348623157e+308 4.94065645841247e-324");
    check_reads("\"\\u{1}\\u{7f}\\u{1b}\\n\"", "\"\\u{1}\\u{7f}\\u{1b}\\n\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing),
        cmocka_unit_test(integers),
        cmocka_unit_test(big_integers),
        cmocka_unit_test(floats),
        cmocka_unit_test(floats_out_of_range),
        cmocka_unit_test(ranges),
        cmocka_unit_test(strings),
        cmocka_unit_test(unknown_escapes),
        cmocka_unit_test(characters),
        cmocka_unit_test(symbols_and_keywords),
        cmocka_unit_test(constants),
        cmocka_unit_test(delimiters),
        cmocka_unit_test(quotes),
        cmocka_unit_test(commas),
        cmocka_unit_test(dotted_lists),
        cmocka_unit_test(comments),
        cmocka_unit_test(white_space),
        cmocka_unit_test(spans),
        cmocka_unit_test(malformed_numbers),
        cmocka_unit_test(malformed_escapes),
        cmocka_unit_test(malformed_characters),
        cmocka_unit_test(unknown_hash),
        cmocka_unit_test(bad_characters),
        cmocka_unit_test(invalid_utf8),
        cmocka_unit_test(misplaced_dots),
        cmocka_unit_test(dangling_prefixes),
        cmocka_unit_test(empty_keywords),
        cmocka_unit_test(unclosed_forms),
        cmocka_unit_test(unclosed_by_indentation),
        cmocka_unit_test(unclosed_several),
        cmocka_unit_test(extra_closers),
        cmocka_unit_test(mismatched_closers),
        cmocka_unit_test(unclosed_strings),
        cmocka_unit_test(unclosed_comments),
        cmocka_unit_test(nesting_limit),
        cmocka_unit_test(far_too_deep),
        cmocka_unit_test(long_chains),
        cmocka_unit_test(many_errors),
        cmocka_unit_test(texts_are_cut),
        cmocka_unit_test(printing_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
