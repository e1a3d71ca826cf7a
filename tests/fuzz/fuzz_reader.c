/* Any bytes can be read: no crash, no hang; and what was read without an error prints as text that reads back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "datum.h"

typedef struct reading {
    datum_file file;
    diag *d;
} reading;

static reading read_bytes(const char *text, size_t size, FILE *reports) {
    reading r = {.d = diag_new(reports, COLOR_NEVER)};
    r.file = read_source(source_from_text("fuzz.flu", text, size), r.d);
    return r;
}

static char *print_all(const datum_file *f, size_t *size) {
    char *text;
    FILE *out = open_memstream(&text, size);
    for (size_t i = 0; i < f->count; i++) {
        datum_print(out, f->forms[i]);
        fputc('\n', out);
        datum_text(f->forms[i], 40);
    }
    fclose(out);
    return text;
}

/* Spans lie within their parents' and in order. */
static void check_spans(const datum *x) {
    if (x->at.start > x->at.end || x->at.end > x->at.src->size) abort();
    if (x->kind < DATUM_LIST) return;
    for (size_t i = 0; i < x->count; i++) {
        const datum *item = x->items[i];
        if (item->at.start < x->at.start || item->at.end > x->at.end) abort();
        if (i > 0 && !x->sugar && item->at.start < x->items[i - 1]->at.end) abort();
        check_spans(item);
    }
    if (x->tail != NULL) check_spans(x->tail);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
    char *reports;
    size_t report_size, printed_size, again_size;
    FILE *out = open_memstream(&reports, &report_size);
    reading first = read_bytes((const char *)bytes, size, out);
    for (size_t i = 0; i < first.file.count; i++) check_spans(first.file.forms[i]);
    char *printed = print_all(&first.file, &printed_size);
    if (!diag_failed(first.d)) {
        reading again = read_bytes(printed, printed_size, out);
        char *printed_again = print_all(&again.file, &again_size);
        if (diag_failed(again.d) || again_size != printed_size || memcmp(printed, printed_again, printed_size) != 0)
            abort();
        free(printed_again);
    }
    diag_flush(first.d);
    fclose(out);
    if (diag_failed(first.d) && strstr(reports, " error") == NULL) abort();
    free(reports);
    free(printed);
    arena_free_all();
    return 0;
}
