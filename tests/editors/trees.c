/* trees.c: what tree-sitter's library makes of the grammar in editors/tree-sitter. Linked with its src/parser.c.
 *
 * trees errors FILE...        the places of errors, as FILE:LINE:COLUMN; status 1 if there are any
 * trees print FILE            the tree: a line a node, indented, with the text of leaves
 * trees captures QUERY FILE   what a query's captures name, in the order of the text; a later pattern hides an earlier
 * one */
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_fluentai(void);

typedef struct text {
    char *bytes; /* the file, and a NUL */
    uint32_t size;
} text;

static void die(const char *what, const char *name) {
    fprintf(stderr, "trees: %s: %s\n", what, name);
    exit(2);
}

static text read_file(const char *name) {
    FILE *f = fopen(name, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) die("cannot open", name);
    long size = ftell(f);
    rewind(f);
    text t = {malloc((size_t)size + 1), (uint32_t)size};
    if (t.bytes == NULL || fread(t.bytes, 1, t.size, f) != t.size) die("cannot read", name);
    t.bytes[size] = '\0';
    fclose(f);
    return t;
}

static TSTree *parse(text t) {
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_fluentai()))
        die("parser.c", "of a version that the library cannot use");
    TSTree *tree = ts_parser_parse_string(parser, NULL, t.bytes, t.size);
    ts_parser_delete(parser);
    return tree;
}

/* --- Errors -------------------------------------------------------------------------------------------------- */

static int report_errors(const char *file, TSNode node) {
    if (!ts_node_has_error(node)) return 0;
    if (ts_node_is_missing(node) || strcmp(ts_node_type(node), "ERROR") == 0) {
        TSPoint at = ts_node_start_point(node);
        printf("%s:%u:%u: %s %s\n", file, at.row + 1, at.column + 1, ts_node_is_missing(node) ? "missing" : "error at",
               ts_node_type(node));
        return 1;
    }
    int count = 0;
    for (uint32_t i = 0; i < ts_node_child_count(node); i++) count += report_errors(file, ts_node_child(node, i));
    return count;
}

static int errors_of(const char *file) {
    text t = read_file(file);
    TSTree *tree = parse(t);
    int count = report_errors(file, ts_tree_root_node(tree));
    ts_tree_delete(tree);
    free(t.bytes);
    return count;
}

/* --- Trees --------------------------------------------------------------------------------------------------- */

/* A line end is written \n, so that a leaf takes one line. */
static void print_text(text t, TSNode node) {
    for (uint32_t i = ts_node_start_byte(node); i < ts_node_end_byte(node); i++)
        t.bytes[i] == '\n' ? fputs("\\n", stdout) : putchar(t.bytes[i]);
    putchar('\n');
}

static void print_tree(text t, TSNode node, int depth) {
    uint32_t count = ts_node_named_child_count(node);
    printf("%*s%s", depth * 2, "", ts_node_type(node));
    if (count > 0 || ts_node_child_count(node) > 0) {
        putchar('\n');
    } else {
        putchar(' ');
        print_text(t, node);
    }
    for (uint32_t i = 0; i < count; i++) print_tree(t, ts_node_named_child(node, i), depth + 1);
}

/* --- Queries ------------------------------------------------------------------------------------------------- */

typedef struct capture {
    TSNode node;
    uint32_t pattern, name;
} capture;

static bool text_is(text t, TSNode node, const char *value) {
    uint32_t start = ts_node_start_byte(node), size = ts_node_end_byte(node) - start;
    return strlen(value) == size && memcmp(t.bytes + start, value, size) == 0;
}

static bool text_matches(text t, TSNode node, const char *pattern) {
    regex_t re;
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0) die("pattern", pattern);
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    char *copy = strndup(t.bytes + start, end - start);
    bool result = regexec(&re, copy, 0, NULL, 0) == 0;
    free(copy);
    regfree(&re);
    return result;
}

static TSNode captured(const TSQueryMatch *match, uint32_t name) {
    for (uint16_t i = 0; i < match->capture_count; i++)
        if (match->captures[i].index == name) return match->captures[i].node;
    return (TSNode){0};
}

/* One predicate: steps[0] is its name, steps[1] a capture, the rest are strings. The library leaves them to its users.
 */
static bool predicate_holds(const TSQuery *query, const TSQueryPredicateStep *steps, uint32_t count,
                            const TSQueryMatch *match, text t) {
    uint32_t size;
    const char *name = ts_query_string_value_for_id(query, steps[0].value_id, &size);
    if (strcmp(name, "set!") == 0) return true; /* says how to show it, not whether */
    bool is_pattern = strcmp(name, "match?") == 0;
    if (!is_pattern && strcmp(name, "any-of?") != 0) die("unknown predicate", name);
    TSNode node = captured(match, steps[1].value_id);
    for (uint32_t i = 2; i < count; i++) {
        const char *value = ts_query_string_value_for_id(query, steps[i].value_id, &size);
        if (is_pattern ? text_matches(t, node, value) : text_is(t, node, value)) return true;
    }
    return false;
}

static bool predicates_hold(const TSQuery *query, const TSQueryMatch *match, text t) {
    uint32_t count;
    const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(query, match->pattern_index, &count);
    for (uint32_t start = 0; start < count;) {
        uint32_t end = start;
        while (steps[end].type != TSQueryPredicateStepTypeDone) end++;
        if (!predicate_holds(query, steps + start, end - start, match, t)) return false;
        start = end + 1;
    }
    return true;
}

static TSQuery *load_query(const char *file) {
    text t = read_file(file);
    uint32_t at;
    TSQueryError error;
    TSQuery *query = ts_query_new(tree_sitter_fluentai(), t.bytes, t.size, &at, &error);
    if (query == NULL) {
        static const char *const kinds[] = {"none", "syntax", "node type", "field", "capture", "structure", "language"};
        fprintf(stderr, "%s: error (%s) at byte %u: %.30s\n", file, kinds[error], at, t.bytes + at);
        exit(1);
    }
    free(t.bytes);
    return query;
}

static void print_captures(const char *query_file, text t, TSNode root) {
    TSQuery *query = load_query(query_file);
    TSQueryCursor *cursor = ts_query_cursor_new();
    ts_query_cursor_exec(cursor, query, root);
    TSQueryMatch match;
    uint32_t index, size;
    capture last = {0};
    for (bool more = true; more;) {
        while ((more = ts_query_cursor_next_capture(cursor, &match, &index)) && !predicates_hold(query, &match, t))
            continue;
        capture next = {0};
        if (more) next = (capture){match.captures[index].node, match.pattern_index, match.captures[index].index};
        bool same = more && !ts_node_is_null(last.node) && ts_node_eq(next.node, last.node);
        if (same && next.pattern < last.pattern) continue;
        if (!same && !ts_node_is_null(last.node)) {
            printf("%-22s", ts_query_capture_name_for_id(query, last.name, &size));
            print_text(t, last.node);
        }
        last = next;
    }
    ts_query_cursor_delete(cursor);
    ts_query_delete(query);
}

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "errors") == 0) {
        int count = 0;
        for (int i = 2; i < argc; i++) count += errors_of(argv[i]);
        return count > 0;
    }
    bool captures = argc == 4 && strcmp(argv[1], "captures") == 0;
    if (!captures && !(argc == 3 && strcmp(argv[1], "print") == 0)) die("usage", "trees errors|print|captures ...");
    text t = read_file(argv[argc - 1]);
    TSTree *tree = parse(t);
    if (captures)
        print_captures(argv[2], t, ts_tree_root_node(tree));
    else
        print_tree(t, ts_tree_root_node(tree), 0);
    ts_tree_delete(tree);
    free(t.bytes);
    return 0;
}
