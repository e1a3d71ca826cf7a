/* csv.c: (csv-parse text [separator]) and (csv-stringify rows [separator]), RFC 4180. Both stop for other tasks between
 * two rows. */
#include "text_internal.h"

#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/number.h"
#include "flu/print.h"

enum { CHECK_EVERY = 64 }; /* rows */

typedef struct csv_parser {
    flu_worker *w;
    flu_value text;
    const char *start, *at, *end; /* *end is a NUL */
    flu_value separator;          /* a string of one character */
    flu_list_builder rows;
} csv_parser;

/* ---- the separator ---- */

/* The optional separator argument, a comma unless given; FLU_ABNORMAL after throwing. */
static flu_value separator_argument(flu_worker *w, const char *proc, flu_value v) {
    if (v == FLU_UNDEF) return flu_char_string(w, ',');
    if (!flu_is_string(v)) return flu_type_error(w, proc, 2, "a string (the separator)", v);
    if (FLU_STR(v)->length != 1 || strchr("\"\r\n", *FLU_STR(v)->bytes) != NULL)
        return flu_domain_error(w, proc, 2, "one character (the separator), neither a quote nor a line end", v);
    return v;
}

static bool is_separator(flu_value separator, const char *at, const char *end) {
    size_t size = flu_str_size(separator);
    return (size_t)(end - at) >= size && memcmp(at, FLU_STR(separator)->bytes, size) == 0;
}

/* ---- parsing ---- */

static flu_value fail(csv_parser *p, const char *at, const char *message) {
    return flu_text_error(p->w, "csv-parse", p->start, at, message);
}

static bool at_line_end(const csv_parser *p) { return p->at == p->end || *p->at == '\n' || *p->at == '\r'; }
static bool at_field_end(const csv_parser *p) { return at_line_end(p) || is_separator(p->separator, p->at, p->end); }

static flu_value plain_field(csv_parser *p) {
    const char *from = p->at;
    for (; !at_field_end(p); p->at++)
        if (*p->at == '"') return fail(p, p->at, "a quote inside a field that does not begin with one");
    return flu_string_new(p->w, from, (size_t)(p->at - from));
}

/* The text between the quotes goes to b, doubled ones as one. False after throwing. */
static bool copy_quoted(csv_parser *p, flu_buf *b) {
    const char *open = p->at++;
    for (;;) {
        const char *quote = memchr(p->at, '"', (size_t)(p->end - p->at));
        if (quote == NULL) return fail(p, open, "the quoted field has no closing quote"), false;
        flu_buf_add(b, p->at, (size_t)(quote - p->at));
        p->at = quote + 1;
        if (*p->at != '"') return true;
        flu_buf_char(b, *p->at++);
    }
}

static flu_value quoted_field(csv_parser *p) {
    flu_buf b;
    flu_buf_init(&b);
    flu_value field = copy_quoted(p, &b) ? flu_buf_string(p->w, &b, "csv-parse") : FLU_ABNORMAL;
    flu_buf_free(&b);
    if (field == FLU_ABNORMAL || at_field_end(p)) return field;
    return fail(p, p->at, "text behind the closing quote of a field");
}

static void skip_line_end(csv_parser *p) {
    if (*p->at == '\r') p->at++;
    if (*p->at == '\n') p->at++;
}

/* One row, with its line end. False after throwing. */
static bool parse_row(csv_parser *p) {
    flu_list_builder row = {FLU_EMPTY, NULL};
    for (;;) {
        flu_value field = *p->at == '"' ? quoted_field(p) : plain_field(p);
        if (field == FLU_ABNORMAL) return false;
        flu_list_add(p->w, &row, field);
        if (at_line_end(p)) break;
        p->at += flu_str_size(p->separator);
    }
    if (p->at < p->end) skip_line_end(p);
    flu_list_add(p->w, &p->rows, row.list);
    return true;
}

enum { TEXT, OFFSET, SEPARATOR, ROWS, LAST_ROW, PARSE_SLOTS };

static flu_value parse_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info parse_info = {.name = "csv-parse", .file = "<runtime>", .resume = parse_resume};

static flu_value stop_parsing(csv_parser *p, flu_frame *old) {
    flu_frame *f = flu_yield(p->w, old, &parse_info, 0, PARSE_SLOTS);
    if (f == NULL) return FLU_ABNORMAL;
    f->slots[TEXT] = p->text;
    f->slots[OFFSET] = FLU_FIX(p->at - p->start);
    f->slots[SEPARATOR] = p->separator;
    f->slots[ROWS] = p->rows.list;
    f->slots[LAST_ROW] = FLU_FROM_CELL(p->rows.last);
    return FLU_ABNORMAL;
}

static flu_value parse_all(csv_parser *p, flu_frame *old) {
    for (int left = CHECK_EVERY; p->at < p->end; left--) {
        if (!parse_row(p)) return FLU_ABNORMAL;
        if (left > 0) continue;
        if (flu_must_yield(p->w)) return stop_parsing(p, old);
        left = CHECK_EVERY;
    }
    return p->rows.list;
}

static void set_text(csv_parser *p, flu_value text) {
    p->text = text;
    p->start = p->at = FLU_STR(text)->bytes;
    p->end = p->start + flu_str_size(text);
}

static flu_value parse_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
    csv_parser p = {.w = w, .separator = f->slots[SEPARATOR]};
    set_text(&p, f->slots[TEXT]);
    p.at += flu_fix(f->slots[OFFSET]);
    p.rows = (flu_list_builder){f->slots[ROWS], FLU_CELL(f->slots[LAST_ROW])};
    return parse_all(&p, f);
}

flu_value flu_csv_parse(flu_worker *w, flu_value text, flu_value separator) {
    csv_parser p = {.w = w, .rows = {FLU_EMPTY, NULL}};
    if (!flu_is_string(text)) return flu_type_error(w, "csv-parse", 1, "a string", text);
    p.separator = separator_argument(w, "csv-parse", separator);
    if (p.separator == FLU_ABNORMAL) return FLU_ABNORMAL;
    set_text(&p, text);
    if (strncmp(p.at, "\xef\xbb\xbf", 3) == 0) p.at += 3; /* a byte order mark */
    return parse_all(&p, NULL);
}

/* ---- writing ---- */

typedef struct csv_writer {
    flu_worker *w;
    flu_value rest;      /* rows to be written */
    flu_value pieces;    /* list of strings, last first: what was written before the last stop */
    flu_value separator; /* a string of one character */
} csv_writer;

static bool needs_quotes(flu_value separator, const char *text, size_t size) {
    for (const char *p = text; p < text + size; p++)
        if (*p == '"' || *p == '\r' || *p == '\n' || is_separator(separator, p, text + size)) return true;
    return false;
}

static void put_quoted(flu_buf *b, const char *text, size_t size) {
    flu_buf_char(b, '"');
    for (const char *p = text; p < text + size; p++) {
        if (*p == '"') flu_buf_char(b, '"');
        flu_buf_char(b, *p);
    }
    flu_buf_char(b, '"');
}

/* A field that is no collection. False after throwing. */
static bool put_field(csv_writer *p, flu_buf *b, flu_value v, bool alone) {
    flu_buf text;
    if (v != FLU_NIL && !flu_is_string(v) && !flu_is_number(v) && v != FLU_TRUE && v != FLU_FALSE &&
        !flu_is_keyword(v) && !flu_is_symbol(v))
        return flu_type_error(p->w, "csv-stringify", 1, "rows of strings, numbers, names, booleans and nil", v), false;
    flu_buf_init(&text);
    if (v != FLU_NIL) flu_display(p->w, &text, v);
    /* A row of one empty field must not look like an empty line. */
    if ((alone && text.size == 0) || needs_quotes(p->separator, text.data, text.size))
        put_quoted(b, text.data, text.size);
    else
        flu_buf_add(b, text.data, text.size);
    flu_buf_free(&text);
    return true;
}

static bool put_row(csv_writer *p, flu_buf *b, flu_value row) {
    flu_value *fields;
    if (flu_is_string(row)) return flu_type_error(p->w, "csv-stringify", 1, "rows, which are collections", row), false;
    int64_t n = flu_seq_array(p->w, "csv-stringify", 1, row, &fields);
    for (int64_t i = 0; i < n; i++) {
        if (i > 0) flu_buf_add(b, FLU_STR(p->separator)->bytes, flu_str_size(p->separator));
        if (!put_field(p, b, fields[i], n == 1)) return false;
    }
    flu_buf_add(b, "\r\n", 2);
    return n >= 0;
}

enum { REST, PIECES, WRITE_SEPARATOR, WRITE_SLOTS };

static flu_value write_resume(flu_worker *w, flu_frame *f, flu_value v);
static const flu_proc_info write_info = {.name = "csv-stringify", .file = "<runtime>", .resume = write_resume};

/* The text since the last stop goes to p->pieces; false: out-of-memory was thrown. */
static bool set_aside(csv_writer *p, flu_buf *b) {
    flu_value piece = flu_buf_string(p->w, b, "csv-stringify");
    if (piece == FLU_ABNORMAL) return false;
    p->pieces = flu_cons(p->w, piece, p->pieces);
    return true;
}

static flu_value stop_writing(csv_writer *p, flu_frame *old, flu_buf *b) {
    if (!set_aside(p, b)) return FLU_ABNORMAL;
    flu_frame *f = flu_yield(p->w, old, &write_info, 0, WRITE_SLOTS);
    if (f == NULL) return FLU_ABNORMAL;
    f->slots[REST] = p->rest;
    f->slots[PIECES] = p->pieces;
    f->slots[WRITE_SEPARATOR] = p->separator;
    return FLU_ABNORMAL;
}

static flu_value finished(csv_writer *p, flu_buf *b) {
    if (p->pieces == FLU_EMPTY) return flu_buf_string(p->w, b, "csv-stringify");
    return set_aside(p, b) ? flu_fn_list_to_string(p->w, flu_fn_reverse(p->w, p->pieces)) : FLU_ABNORMAL;
}

static flu_value write_rows(csv_writer *p, flu_frame *old, flu_buf *b) {
    for (int left = CHECK_EVERY; flu_is_cons(p->rest); left--) {
        if (!put_row(p, b, FLU_CELL(p->rest)->head)) return FLU_ABNORMAL;
        p->rest = FLU_CELL(p->rest)->tail;
        if (left > 0) continue;
        if (flu_must_yield(p->w)) return stop_writing(p, old, b);
        left = CHECK_EVERY;
    }
    return finished(p, b);
}

static flu_value write_all(csv_writer *p, flu_frame *old) {
    flu_buf b;
    flu_buf_init(&b);
    flu_value text = write_rows(p, old, &b);
    flu_buf_free(&b);
    return text;
}

static flu_value write_resume(flu_worker *w, flu_frame *f, flu_value v) {
    if (v == FLU_ABNORMAL) return FLU_ABNORMAL;
    csv_writer p = {w, f->slots[REST], f->slots[PIECES], f->slots[WRITE_SEPARATOR]};
    return write_all(&p, f);
}

flu_value flu_csv_stringify(flu_worker *w, flu_value rows, flu_value separator) {
    csv_writer p = {.w = w, .pieces = FLU_EMPTY};
    if (flu_is_string(rows)) return flu_type_error(w, "csv-stringify", 1, "a collection of rows", rows);
    p.rest = flu_seq_list(w, "csv-stringify", 1, rows);
    p.separator = p.rest == FLU_ABNORMAL ? FLU_ABNORMAL : separator_argument(w, "csv-stringify", separator);
    return p.separator == FLU_ABNORMAL ? FLU_ABNORMAL : write_all(&p, NULL);
}
