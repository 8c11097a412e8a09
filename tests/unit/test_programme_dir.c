/*
 * The two real programmes, read from programmes/ as a province's office has them (the
 * test runs in the repository's root), and a folder that is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/catalogue.h"
#include "lib/instant.h"
#include "lib/programme_dir.h"

static struct catalogue *
real_loaded(const char *path, struct findings *found)
{
    struct programme_dir d;
    struct catalogue *c = NULL;
    enum status st = programme_dir_read(path, &d, found);

    if (st == ST_GONE) {
        print_message("%s is not here: skipped\n", path);
        programme_dir_fini(&d);
        findings_fini(found);
        skip();
    }
    assert_int_equal(st, ST_OK);
    st = catalogue_load(d.files, d.count, &c, found);
    for (size_t i = 0; i < found->count; i++) {
        print_message("%s/%s:%d:%d: %s\n", path, found->items[i].file,
                      found->items[i].line, found->items[i].column,
                      found->items[i].text);
    }
    programme_dir_fini(&d); /* the catalogue keeps copies: nothing may hang on this */
    assert_int_equal(st, ST_OK);
    return c;
}

static size_t
count_units(const struct catalogue *c, enum unit_kind kind, int32_t day, int exempt)
{
    size_t count = 0;

    for (size_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        count += u->kind == kind && unit_valid_on(u, day) &&
                 (exempt == NONE || (int)u->exempt == exempt);
    }
    return count;
}

static void
quang_ngai_has_its_real_units(void **state)
{
    struct findings found = {0};
    struct mono start = mono_now();
    struct catalogue *c = real_loaded("programmes/quang-ngai", &found);
    int64_t us = mono_since_us(start);
    int32_t in_2023 = day_from_civil(2023, 6, 30);

    (void)state;
    print_message("loaded in %lld us\n", (long long)us);
    assert_int_equal(count_units(c, KIND_COMMUNE, in_2023, NONE), 173);
    assert_int_equal(count_units(c, KIND_COMMUNE, day_from_civil(2025, 1, 1), NONE),
                     170);
    assert_int_equal(count_units(c, KIND_DISTRICT, in_2023, NONE), 13);
    assert_int_equal(count_units(c, KIND_COMMUNE, in_2023, EXEMPT_UNKNOWN), 63);
    assert_int_equal(count_units(c, KIND_COMMUNE, in_2023, EXEMPT_ASSUMED_NO), 110);
    assert_int_equal(found.count, 2); /* two questions, nothing else */
    assert_int_equal(found.errors, 0);
    for (size_t i = 0; i < c->unit_count; i++) {
        assert_true((c->units[i].parent == NONE) == ((int)i == c->province_unit));
    }
    catalogue_free(&c);
    findings_fini(&found);
}

static void
phu_tho_has_its_163_units_and_wakes_nobody(void **state)
{
    struct findings found = {0};
    struct catalogue *c = real_loaded("programmes/phu-tho-illustration", &found);
    int32_t day = day_from_civil(2026, 9, 26);

    (void)state;
    assert_int_equal(count_units(c, KIND_DEPARTMENT, day, NONE) +
                         count_units(c, KIND_COMMUNE, day, NONE),
                     163);
    assert_int_equal(found.count, 0);
    for (size_t i = 0; i < c->target_count; i++) {
        assert_false(target_armed(c, &c->targets[i], &c->units[1], true));
    }
    catalogue_free(&c);
    findings_fini(&found);
}

static void
a_folder_that_is_not_there_is_said_so(void **state)
{
    struct findings found = {0};
    struct programme_dir d;

    (void)state;
    assert_int_equal(programme_dir_read("programmes/nowhere", &d, &found), ST_GONE);
    assert_int_equal(found.errors, 1);
    programme_dir_fini(&d);
    findings_fini(&found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quang_ngai_has_its_real_units),
        cmocka_unit_test(phu_tho_has_its_163_units_and_wakes_nobody),
        cmocka_unit_test(a_folder_that_is_not_there_is_said_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
