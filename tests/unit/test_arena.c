/* The arena's two regions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"

static void assert_clear(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
}

static void scratch_memory_is_cleared(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 100, 5000, 40000, 1 << 20};
    arena_region outer = arena_use(ARENA_SCRATCH);
    assert_int_equal(outer, ARENA_KEPT);
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char *p = arena_alloc(sizes[i]);
            assert_int_equal((uintptr_t)p % 8, 0);
            assert_clear(p, sizes[i]);
            memset(p, 1, sizes[i]);
            assert_string_equal(arena_printf("%d %s", round, "texts"), arena_printf("%d texts", round));
        }
        arena_clear_scratch();
    }
    assert_int_equal(arena_use(outer), ARENA_SCRATCH);
}

static void kept_memory_stays(void **state) {
    (void)state;
    char *kept = arena_printf("kept %d", 1);
    arena_use(ARENA_SCRATCH);
    const char *name = intern_cstr("a name made in the midst of it");
    arena_use(ARENA_KEPT);
    char *more = arena_printf("kept %d", 2);
    arena_use(ARENA_SCRATCH);
    arena_printf("gone");
    arena_clear_scratch();
    arena_use(ARENA_KEPT);
    arena_clear_scratch();
    assert_string_equal(kept, "kept 1");
    assert_string_equal(more, "kept 2");
    assert_ptr_equal(name, intern_cstr("a name made in the midst of it"));
    assert_string_equal(name, "a name made in the midst of it");
}

static void all_is_freed(void **state) {
    (void)state;
    arena_use(ARENA_SCRATCH);
    arena_alloc(1);
    arena_use(ARENA_KEPT);
    arena_free_all();
    assert_clear(arena_alloc(100), 100);
    assert_string_equal(intern_cstr("x"), "x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scratch_memory_is_cleared),
        cmocka_unit_test(kept_memory_stays),
        cmocka_unit_test(all_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
