/* tool_fmt_style.c: how the forms of the language are laid out. A form without a row is a call. */
#include <stdlib.h>
#include <string.h>

#include "tool_fmt.h"

/* clang-format off */
/* Sorted by strcmp. */
static const layout_rule rules[] = {
    { "actor",               STYLE_BODY,    1, STYLE_CALL },
    { "after",               STYLE_BODY,    1, STYLE_CALL },
    { "async",               STYLE_BODY,    0, STYLE_CALL },
    { "async-fn",            STYLE_BODY,    1, STYLE_CALL },
    { "begin",               STYLE_BODY,    0, STYLE_CALL },
    { "case",                STYLE_CLAUSES, 1, STYLE_CALL },
    { "catch",               STYLE_BODY,    1, STYLE_CALL },
    { "cond",                STYLE_CLAUSES, 0, STYLE_CALL },
    { "define",              STYLE_BODY,    1, STYLE_CALL },
    { "define-actor",        STYLE_BODY,    1, STYLE_CALL },
    { "define-async",        STYLE_BODY,    1, STYLE_CALL },
    { "define-c",            STYLE_CALL,    0, STYLE_CALL },
    { "define-effect",       STYLE_BODY,    1, STYLE_CALL },
    { "define-generator",    STYLE_BODY,    1, STYLE_CALL },
    { "define-record",       STYLE_VALUE,   1, STYLE_CALL },
    { "define-supervisor",   STYLE_BODY,    1, STYLE_CALL },
    { "define-syntax",       STYLE_BODY,    1, STYLE_CALL },
    { "define-type",         STYLE_BODY,    1, STYLE_CALL },
    { "defer",               STYLE_BODY,    0, STYLE_CALL },
    { "deftest",             STYLE_BODY,    1, STYLE_CALL },
    { "do",                  STYLE_BODY,    0, STYLE_CALL },
    { "dotimes",             STYLE_BODY,    1, STYLE_CALL },
    { "finally",             STYLE_BODY,    0, STYLE_CALL },
    { "fn",                  STYLE_BODY,    1, STYLE_CALL },
    { "for-each-recv",       STYLE_BODY,    1, STYLE_CALL },
    { "for-stream",          STYLE_BODY,    1, STYLE_CALL },
    { "generator",           STYLE_BODY,    0, STYLE_CALL },
    { "go",                  STYLE_BODY,    0, STYLE_CALL },
    { "handler",             STYLE_BODY,    1, STYLE_CLAUSES },
    { "lambda",              STYLE_BODY,    1, STYLE_CALL },
    { "let",                 STYLE_BODY,    1, STYLE_LINES },
    { "let*",                STYLE_BODY,    1, STYLE_LINES },
    { "let-syntax",          STYLE_BODY,    1, STYLE_LINES },
    { "letrec",              STYLE_BODY,    1, STYLE_LINES },
    { "letrec-syntax",       STYLE_BODY,    1, STYLE_LINES },
    { "match",               STYLE_CLAUSES, 1, STYLE_CALL },
    { "module",              STYLE_BODY,    1, STYLE_CALL },
    { "receive",             STYLE_CLAUSES, 0, STYLE_CALL },
    { "select",              STYLE_CLAUSES, 0, STYLE_CALL },
    { "shield",              STYLE_BODY,    0, STYLE_CALL },
    { "spawn",               STYLE_BODY,    0, STYLE_CALL },
    { "spawn-daemon",        STYLE_BODY,    0, STYLE_CALL },
    { "spawn-in",            STYLE_BODY,    1, STYLE_CALL },
    { "spec:contract",       STYLE_BODY,    1, STYLE_CALL },
    { "syntax-rules",        STYLE_CLAUSES, 1, STYLE_CALL },
    { "timeout",             STYLE_BODY,    1, STYLE_CALL },
    { "try",                 STYLE_BODY,    0, STYLE_CALL },
    { "unless",              STYLE_BODY,    1, STYLE_CALL },
    { "when",                STYLE_BODY,    1, STYLE_CALL },
    { "while",               STYLE_BODY,    1, STYLE_CALL },
    { "with-cancel",         STYLE_BODY,    1, STYLE_CALL },
    { "with-deadline",       STYLE_BODY,    1, STYLE_CALL },
    { "with-isolated-state", STYLE_BODY,    0, STYLE_CALL },
    { "with-lock",           STYLE_BODY,    1, STYLE_CALL },
    { "with-open-file",      STYLE_BODY,    1, STYLE_CALL },
    { "with-permit",         STYLE_BODY,    1, STYLE_CALL },
    { "with-read-lock",      STYLE_BODY,    1, STYLE_CALL },
    { "with-resource",       STYLE_BODY,    1, STYLE_CALL },
    { "with-tasks",          STYLE_BODY,    1, STYLE_CALL },
    { "with-timeout",        STYLE_BODY,    1, STYLE_CALL },
    { "with-virtual-time",   STYLE_BODY,    0, STYLE_CALL },
    { "with-write-lock",     STYLE_BODY,    1, STYLE_CALL },
};
/* clang-format on */

static int compare_rule(const void *name, const void *row) { return strcmp(name, ((const layout_rule *)row)->head); }

static bool begins_with(const char *name, const char *start) { return strncmp(name, start, strlen(start)) == 0; }

/* Macros of a program are mostly named after the forms that they work like. */
static layout_rule usual_rule(const char *name) {
    bool body = begins_with(name, "with-") || begins_with(name, "define-") || begins_with(name, "def-");
    return (layout_rule){"", body ? STYLE_BODY : STYLE_CALL, body, STYLE_CALL};
}

layout_rule layout_rule_for(const char *head, size_t size) {
    char name[32];
    if (size >= sizeof name) return (layout_rule){"", STYLE_CALL, 0, STYLE_CALL};
    memcpy(name, head, size);
    name[size] = '\0';
    const layout_rule *row = bsearch(name, rules, sizeof rules / sizeof *rules, sizeof *rules, compare_rule);
    return row ? *row : usual_rule(name);
}
