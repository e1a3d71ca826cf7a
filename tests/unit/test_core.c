/* The table of builtins, and core trees as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "builtins.h"
#include "core.h"

static const span NOWHERE = {0};

/* --- Builtins ------------------------------------------------------------------------------------------------ */

enum { ANY = -1 };
static const char *const row_names[] = {
#define BUILTIN(name, c, min, max, flags, doc)        name,
#define INLINEFN(name, c, min, max, flags, doc)       name,
#define LIBFN(name, c, nparams, min, max, flags, doc) name,
#define ALIAS(alias, name)                            alias,
#include "../../runtime/builtins/builtins.def"
#undef ALIAS
    NULL,
};

static const char *const alias_targets[] = {
#undef BUILTIN
#undef INLINEFN
#undef LIBFN
#define BUILTIN(name, c, min, max, flags, doc)
#define INLINEFN(name, c, min, max, flags, doc)
#define LIBFN(name, c, nparams, min, max, flags, doc)
#define ALIAS(alias, name) name,
#include "../../runtime/builtins/builtins.def"
    NULL,
};

static void every_row_is_found(void **state) {
    (void)state;
    for (size_t i = 0; row_names[i] != NULL; i++) {
        const struct builtin *row = builtin_find(row_names[i]);
        if (row == NULL) fail_msg("%s is not found", row_names[i]);
        assert_true(row->min >= 0);
        if (row->max != ANY && row->max < row->min) fail_msg("%s: more arguments required than allowed", row->name);
        if (strlen(row->doc) < 4) fail_msg("%s has no documentation", row->name);
        if ((row->flags & LIB) && row->nparams < 0)
            fail_msg("%s: a library function has a fixed number of C parameters", row->name);
    }
    for (size_t i = 0; alias_targets[i] != NULL; i++)
        if (builtin_find(alias_targets[i]) == NULL) fail_msg("an alias of %s, which does not exist", alias_targets[i]);
    assert_null(builtin_find("no such name"));
    assert_null(builtin_find(""));
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void no_name_twice(void **state) {
    (void)state;
    size_t n = sizeof row_names / sizeof *row_names - 1;
    const char **names = NEW_ARRAY(const char *, n);
    memcpy(names, row_names, n * sizeof *names);
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 1; i < n; i++)
        if (strcmp(names[i - 1], names[i]) == 0) fail_msg("%s has two rows", names[i]);
}

static void names_are_sorted_and_public(void **state) {
    (void)state;
    size_t n;
    const char *const *names = builtin_names(&n);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(builtin_find(names[i]));
        assert_true(names[i][0] != '%' || names[i][1] == '\0');
        if (i > 0) assert_true(strcmp(names[i - 1], names[i]) < 0);
    }
}

static void rows_say_what_they_take(void **state) {
    (void)state;
    const struct builtin *add = builtin_find("%add");
    assert_string_equal(add->c_name, "flu_add");
    assert_int_equal(add->nparams, 2);
    assert_true(add->flags & INLINE);
    const struct builtin *list = builtin_find("%list");
    assert_int_equal(list->max, ANY);
    assert_int_equal(list->nparams, -1);
    assert_false(list->flags & (INLINE | LIB));
}

/* --- Printing ------------------------------------------------------------------------------------------------ */

static void check_prints(const core *x, const char *expected) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    core_print(out, x, 0);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static core **items(size_t n, ...) {
    core **result = NEW_ARRAY(core *, n);
    va_list args;
    va_start(args, n);
    for (size_t i = 0; i < n; i++) result[i] = va_arg(args, core *);
    va_end(args);
    return result;
}

static core *number(int64_t i) { return core_int(i, NOWHERE); }
static core *name(const char *s) { return core_global(intern_cstr(s), NOWHERE); }

static lambda *function(core *body, size_t required, size_t optional, bool rest, ...) {
    lambda *fn = NEW(lambda);
    *fn = (lambda){.required = required, .optional = optional, .rest = rest, .body = body};
    size_t n = required + optional + rest;
    fn->params = NEW_ARRAY(var *, n);
    va_list args;
    va_start(args, rest);
    for (size_t i = 0; i < n; i++) fn->params[i] = va_arg(args, var *);
    va_end(args);
    return fn;
}

static void leaves(void **state) {
    (void)state;
    check_prints(core_nil(NOWHERE), "nil\n");
    check_prints(core_bool(true, NOWHERE), "true\n");
    check_prints(core_bool(false, NOWHERE), "false\n");
    check_prints(number(-5), "-5\n");
    check_prints(core_string("a\"b", NOWHERE), "\"a\\\"b\"\n");
    check_prints(core_quote_symbol(intern_cstr("x"), NOWHERE), "'x\n");
    check_prints(name("f"), "f\n");
    check_prints(core_local(var_new("x", NOWHERE), NOWHERE), "x\n");
}

static void nodes(void **state) {
    (void)state;
    var *x = var_new("x", NOWHERE), *y = var_new("y", NOWHERE), *zs = var_new("zs", NOWHERE), *t = var_temp(NOWHERE);
    core *get_x = core_local(x, NOWHERE);
    check_prints(core_if(get_x, number(1), number(2), NOWHERE), "(if x 1 2)\n");
    check_prints(core_let(x, number(1), get_x, NOWHERE), "(let (x 1) x)\n");
    check_prints(core_call(name("f"), items(2, get_x, number(2)), 2, NOWHERE), "(f x 2)\n");
    check_prints(core_call(name("f"), NULL, 0, NOWHERE), "(f)\n");
    check_prints(core_prim("%add", items(2, get_x, number(2)), 2, NOWHERE), "(%add x 2)\n");
    check_prints(core_set_local(x, number(1), NOWHERE), "(set! x 1)\n");
    assert_true(x->assigned);
    check_prints(core_set_global(intern_cstr("g"), number(1), NOWHERE), "(set! g 1)\n");
    check_prints(core_seq(items(2, get_x, number(1)), 2, NOWHERE), "(do x 1)\n");
    assert_ptr_equal(core_seq(items(1, get_x), 1, NOWHERE), get_x);
    check_prints(core_try(get_x, t, core_local(t, NOWHERE), NOWHERE), "(try x (catch %t %t))\n");
    check_prints(core_lambda(function(get_x, 1, 1, true, x, y, zs), NOWHERE), "(lambda (x &optional y &rest zs) x)\n");
    check_prints(core_lambda(function(get_x, 0, 0, true, x), NOWHERE), "(lambda (&rest x) x)\n");
}

static void labels_and_fix(void **state) {
    (void)state;
    var *i = var_new("i", NOWHERE), *f = var_new("f", NOWHERE);
    label *l = NEW(label);
    *l = (label){.name = intern_cstr("loop"), .params = NEW_ARRAY(var *, 1), .count = 1, .is_loop = true};
    l->params[0] = i;
    l->body = core_jump(l, items(1, core_local(i, NOWHERE)), 1, NOWHERE);
    check_prints(core_label(l, core_jump(l, items(1, number(0)), 1, NOWHERE), NOWHERE),
                 "(loop-label (loop i) (jump loop i) (jump loop 0))\n");
    core *fix = NEW(core);
    *fix = (core){.kind = CORE_FIX, .count = 1, .fns = NEW_ARRAY(lambda *, 1), .b = core_local(f, NOWHERE)};
    fix->fns[0] = function(core_local(i, NOWHERE), 1, 0, false, i);
    fix->fns[0]->self = f;
    check_prints(fix, "(fix ((f (lambda (i) i))) f)\n");
}

static void equal_names_are_told_apart(void **state) {
    (void)state;
    var *a = var_new("x", NOWHERE), *b = var_new("x", NOWHERE), *c = var_new("x", NOWHERE);
    core *use = core_call(core_local(a, NOWHERE), items(2, core_local(b, NOWHERE), core_local(c, NOWHERE)), 2, NOWHERE);
    check_prints(core_let(a, number(1), core_let(b, number(2), use, NOWHERE), NOWHERE),
                 "(let (x 1) (let (x.1 2) (x x.1 x.2)))\n");
}

static void long_nodes_are_broken(void **state) {
    (void)state;
    core *f = name("a-procedure-with-a-rather-long-name");
    core *call = core_call(
        f, items(2, core_call(f, items(1, number(1)), 1, NOWHERE), core_call(f, items(1, number(2)), 1, NOWHERE)), 2,
        NOWHERE);
    check_prints(core_if(call, number(1), number(2), NOWHERE), "(if (a-procedure-with-a-rather-long-name\n"
                                                               "      (a-procedure-with-a-rather-long-name 1)\n"
                                                               "      (a-procedure-with-a-rather-long-name 2))\n"
                                                               "    1\n"
                                                               "    2)\n");
}

static void deep_and_shared_trees(void **state) {
    (void)state;
    core *deep = number(0);
    for (int i = 0; i < 100000; i++) deep = core_if(number(i), deep, number(1), NOWHERE);
    FILE *out = fopen("/dev/null", "w");
    core_print(out, deep, 0);
    deep = number(0);
    for (int i = 0; i < 100000; i++) deep = core_let(var_new("x", NOWHERE), deep, number(i), NOWHERE);
    core_print(out, deep, 0);
    deep = number(0);
    for (int i = 0; i < 100000; i++) deep = core_let(var_new("x", NOWHERE), number(i), deep, NOWHERE);
    core_print(out, deep, 0);
    fclose(out);
}

static void modules(void **state) {
    (void)state;
    top tops[] = {
        {.kind = TOP_DEFINE, .name = intern_cstr("a"), .doc = "A \"doc\".", .value = number(1)},
        {.kind = TOP_DEFINE, .name = intern_cstr("b"), .value = name("a")},
        {.kind = TOP_EXPR, .value = core_call(name("f"), items(1, name("b")), 1, NOWHERE)},
    };
    module m = {.name = intern_cstr("test"), .tops = tops, .count = 3};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    module_print(out, &m);
    fclose(out);
    assert_string_equal(text, "(module test\n"
                              "  (define a\n"
                              "    \"A \\\"doc\\\".\"\n"
                              "    1)\n"
                              "  (define b\n"
                              "    a)\n"
                              "  (f b))\n");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found),
        cmocka_unit_test(no_name_twice),
        cmocka_unit_test(names_are_sorted_and_public),
        cmocka_unit_test(rows_say_what_they_take),
        cmocka_unit_test(leaves),
        cmocka_unit_test(nodes),
        cmocka_unit_test(labels_and_fix),
        cmocka_unit_test(equal_names_are_told_apart),
        cmocka_unit_test(long_nodes_are_broken),
        cmocka_unit_test(deep_and_shared_trees),
        cmocka_unit_test(modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
