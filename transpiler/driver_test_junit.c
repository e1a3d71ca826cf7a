/* driver_test_junit.c: the report of flc2c test as XML, in the form that JUnit writes and build servers read. */
#include "driver_test.h"

#include <string.h>

/* What XML cannot hold is left out. */
static void add_escaped(output *out, const char *s) {
    for (; s && *s; s++) {
        switch (*s) {
        case '&': out_text(out, "&amp;"); break;
        case '<': out_text(out, "&lt;"); break;
        case '>': out_text(out, "&gt;"); break;
        case '"': out_text(out, "&quot;"); break;
        case '\n': out_text(out, "&#10;"); break;
        default:
            if ((unsigned char)*s >= 0x20 || *s == '\t') out_char(out, *s);
        }
    }
}

static void add_attribute(output *out, const char *name, const char *value) {
    out_printf(out, " %s=\"", name);
    add_escaped(out, value);
    out_char(out, '"');
}

static void add_failure(output *out, const char *text, const char *printed) {
    size_t first = text ? strcspn(text, "\n") : 0;
    out_text(out, "      <failure");
    add_attribute(out, "message", arena_copy(text ? text : "", first));
    out_char(out, '>');
    add_escaped(out, text);
    out_text(out, "</failure>\n");
    if (!printed || !*printed) return;
    out_text(out, "      <system-out>");
    add_escaped(out, printed);
    out_text(out, "</system-out>\n");
}

static void add_case(output *out, const test_file *f, const test_case *t) {
    out_text(out, "    <testcase");
    add_attribute(out, "name", t->name);
    add_attribute(out, "classname", f->path);
    out_printf(out, " file=\"");
    add_escaped(out, f->path);
    out_printf(out, "\" line=\"%u\" time=\"%ld.%03ld\">\n", t->line, t->ms / 1000, t->ms % 1000);
    if (t->outcome == TEST_FAILED) add_failure(out, t->text, t->output);
    if (t->outcome == TEST_NOT_RUN) out_text(out, "      <skipped/>\n");
    out_text(out, "    </testcase>\n");
}

void junit_add_file(output *out, const test_file *f) {
    size_t tests = 0, failed = 0, skipped = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (!f->cases[i].name) continue;
        tests++;
        failed += f->cases[i].outcome == TEST_FAILED;
        skipped += f->cases[i].outcome == TEST_NOT_RUN;
    }
    if (tests == 0 && !f->problem) return;
    out_text(out, "  <testsuite");
    add_attribute(out, "name", f->path);
    out_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", tests + (f->problem != NULL),
               failed + (f->problem != NULL), skipped);
    for (size_t i = 0; i < f->count; i++)
        if (f->cases[i].name) add_case(out, f, &f->cases[i]);
    if (f->problem) {
        out_text(out, "    <testcase name=\"(outside of the tests)\"");
        add_attribute(out, "classname", f->path);
        out_text(out, ">\n");
        add_failure(out, f->problem, f->output);
        out_text(out, "    </testcase>\n");
    }
    out_text(out, "  </testsuite>\n");
}

bool junit_write(const char *path, output *suites) {
    output all = {0};
    out_text(&all, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    out_append(&all, suites);
    out_text(&all, "</testsuites>\n");
    bool ok = write_output(path, &all);
    out_free(&all);
    return ok;
}
