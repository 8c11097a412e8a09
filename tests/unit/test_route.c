// link: notifier
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "notifier/route.h"
#include "tests/support/alert_programme.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static int
setup(void **state)
{
    *state = alert_programme_load();
    return 0;
}

static int
teardown(void **state)
{
    struct catalogue *c = *state;

    catalogue_free(&c);
    return 0;
}

/* "a b c": words of a list, in order. */
static void
list_of(const char *words, struct leaders *out)
{
    char one[64];
    int used;

    while (sscanf(words, "%63s%n", one, &used) == 1) {
        leaders_add(out, one);
        words += used;
    }
}

static void
check(const struct catalogue *c, const char *name, const char *reason,
      const char *subject, const char *told, const char *want)
{
    const struct alert_event e = {.code = "QNG-2023-7c-x",
                                  .number = 1,
                                  .kind = "behind",
                                  .reason = reason,
                                  .target = "7c",
                                  .subject = subject};
    struct leaders before = {0};
    struct leaders got = {0};
    struct leaders right = {0};
    struct buf text;
    size_t i;

    list_of(told, &before);
    list_of(want, &right);
    assert_int_equal(route(c, &e, &before, &got), ST_OK);
    buf_init(&text, 4096);
    for (i = 0; i < got.count; i++) {
        buf_format(&text, "%s ", got.ids[i]);
    }
    if (got.count != right.count) {
        fail_msg("%s: got %s, want %s", name, buf_str(&text), want);
    }
    for (i = 0; i < right.count; i++) {
        if (!leaders_has(&got, right.ids[i])) {
            fail_msg("%s: got %s, want %s", name, buf_str(&text), want);
        }
    }
    buf_fini(&text);
    leaders_fini(&before);
    leaders_fini(&got);
    leaders_fini(&right);
}

static void
a_new_alert_goes_to_the_leaders_in_whose_scope_it_is(void **state)
{
    static const struct {
        const char *name;
        const char *subject;
        const char *want;
    } cases[] = {
        {"commune: its head and its district's", "21040", "head-21040 head-530"},
        {"its neighbour in the same district", "21043", "head-21043 head-530"},
        {"a commune of the other district", "21046", "head-21046 head-531"},
        {"a district: its head, no commune", "530", "head-530"},
        {"a department: its head, not the chair", "D51-SNV", "head-D51-SNV"},
        {"the province: its chair alone", "51", "chair-province"},
        {"communes as a whole: the province's chair", "level-commune",
         "chair-province"},
        {"the same by the level's name", "commune", "chair-province"},
        {"departments as a whole", "level-province", "chair-province"},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        check(*state, cases[i].name, "new", cases[i].subject, "", cases[i].want);
    }
}

static void
that_a_reminder_is_done_nobody_hears(void **state)
{
    static const struct {
        const char *kind, *reason;
        size_t hear;
    } cases[] = {{"reminder", "resolved", 0},
                 {"reminder", "withdrawn", 0},
                 {"reminder", "corrected", 1},
                 {"overdue", "resolved", 1},
                 {"overdue", "withdrawn", 1}};
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const struct alert_event e = {.code = "QNG-2023-09-BC-digitisation-21040",
                                      .number = 2,
                                      .kind = cases[i].kind,
                                      .reason = cases[i].reason,
                                      .subject = "21040"};
        struct leaders before = {0};
        struct leaders got = {0};

        list_of("head-21040", &before);
        assert_int_equal(route(*state, &e, &before, &got), ST_OK);
        assert_int_equal(got.count, cases[i].hear);
        assert_int_equal(route_ends_unheard(&e), cases[i].hear == 0);
        leaders_fini(&before);
        leaders_fini(&got);
    }
}

static void
a_later_message_goes_to_exactly_those_who_were_told(void **state)
{
    static const char *const reasons[] = {"worse",    "better",    "corrected",
                                          "resolved", "withdrawn", "repeat"};
    size_t i;

    for (i = 0; i < COUNT(reasons); i++) {
        check(*state, "all told", reasons[i], "21040", "head-21040 head-530",
              "head-21040 head-530");
        check(*state, "one told: nobody new", reasons[i], "21040", "head-530",
              "head-530");
        check(*state, "nobody told", reasons[i], "21040", "", "");
        check(*state, "told, and out of scope by now", reasons[i], "21040",
              "head-21046", "head-21046");
        check(*state, "told, and no office any more", reasons[i], "21040", "gone",
              "gone");
        check(*state, "the unit is gone", reasons[i], "nobody", "head-21040",
              "head-21040");
    }
}

static void
an_alert_opened_again_goes_by_scope_again(void **state)
{
    check(*state, "opened again", "new", "21040", "head-21046", "head-21040 head-530");
}

static void
a_leader_hears_once(void **state)
{
    struct leaders l = {0};

    (void)state;
    leaders_add(&l, "head-530");
    leaders_add(&l, "head-530");
    assert_int_equal(l.count, 1);
    leaders_fini(&l);
}

static void
a_subject_nobody_knows_is_refused(void **state)
{
    const struct alert_event e = {
        .kind = "behind", .reason = "new", .subject = "99999", .target = "7c"};
    struct leaders told = {0};
    struct leaders got = {0};

    assert_int_equal(route(*state, &e, &told, &got), ST_GONE);
    assert_int_equal(route(NULL, &e, &told, &got), ST_GONE);
    assert_int_equal(got.count, 0);
}

static void
the_levels_of_a_leader_decide(void **state)
{
    struct catalogue *c = *state;
    struct leader *district = &c->leaders[catalogue_leader(c, "head-530")];
    unsigned levels = district->levels;

    district->levels = 1u << LEVEL_DISTRICT;
    check(c, "district hears of itself only", "new", "21040", "", "head-21040");
    district->levels = levels;
}

#define OFFICE(id, scope, more)                                                        \
    "  - id: \"" id "\"\n"                                                             \
    "    title_vi: \"Chức danh\"\n"                                                  \
    "    title_en: \"Office\"\n"                                                       \
    "    scope: \"" scope "\"\n" more

/* Those above, each on its rung, and some that want few kinds. */
static const char offices[] = OFFICE(
    "up-{unit}", "{unit}", "    for_each: district\n    rungs: {commune: 2}\n")
    OFFICE("home-affairs", "51", "    rungs: {district: 2, province: 2, commune: 3}\n")
        OFFICE("up-51", "51",
               "    levels: [province]\n    own: true\n"
               "    rungs: {province: 3, district: 3}\n")
            OFFICE("figures", "51", "    levels: [commune]\n    kinds: [missed]\n")
                OFFICE("committee", "51", "    kinds: [hold, progress]\n");

static void
an_office_hears_on_its_rung_of_what_lies_under_its_scope(void **state)
{
    static const struct {
        const char *name;
        const char *office;
        const char *kind;
        const char *subject;
        int want;
    } cases[] = {
        {"its own commune", "head-21040", "behind", "21040", 1},
        {"the neighbour", "head-21040", "behind", "21043", 0},
        {"the district above", "up-530", "behind", "21040", 2},
        {"another district", "up-531", "behind", "21040", 0},
        {"the district itself: no rung for that level", "up-530", "behind", "530", 0},
        {"the third rung", "home-affairs", "overdue", "21040", 3},
        {"of districts the second", "home-affairs", "missed", "530", 2},
        {"of departments", "home-affairs", "falling", "D51-SNV", 2},
        {"a level as a whole is the province's", "home-affairs", "behind",
         "level-commune", 2},
        {"all of it stands as high as the province", "home-affairs", "behind", "all",
         2},
        {"an own matter is the first rung, whatever else", "up-51", "behind", "51", 1},
        {"not its own: the third", "up-51", "behind", "D51-SNV", 3},
        {"a reminder never climbs", "up-530", "reminder", "21040", 0},
        {"a reminder is the unit's own", "head-21040", "reminder", "21040", 1},
        {"and not the district's", "head-530", "reminder", "21040", 0},
        {"a kind that it does not want", "figures", "behind", "21040", 0},
        {"one that it wants", "figures", "missed", "21040", 1},
        {"how all targets stand: who wants it", "committee", "progress", "51", 1},
        {"and nobody else", "chair-province", "progress", "51", 0},
        {"who wants that wants no lag", "committee", "behind", "51", 0},
        {"a subject that is not there", "home-affairs", "behind", "99999", 0},
        {"a kind of a later release", "home-affairs", "other", "21040", 0},
    };
    struct catalogue *c = alert_programme_load_with(offices);
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        int l = catalogue_leader(c, cases[i].office);
        int got;

        assert_int_not_equal(l, NONE);
        got = route_rung(c, &c->leaders[l], cases[i].kind, cases[i].subject);
        if (got != cases[i].want) {
            fail_msg("%s: got %d, want %d", cases[i].name, got, cases[i].want);
        }
    }
    catalogue_free(&c);
}

static void
who_is_taken_from_a_list_is_not_in_it(void **state)
{
    struct leaders l = {0};

    (void)state;
    list_of("a b c", &l);
    leaders_remove(&l, "b");
    leaders_remove(&l, "d");
    assert_int_equal(l.count, 2);
    assert_false(leaders_has(&l, "b"));
    assert_true(leaders_has(&l, "a"));
    assert_true(leaders_has(&l, "c"));
    leaders_fini(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_alert_goes_to_the_leaders_in_whose_scope_it_is),
        cmocka_unit_test(a_later_message_goes_to_exactly_those_who_were_told),
        cmocka_unit_test(that_a_reminder_is_done_nobody_hears),
        cmocka_unit_test(an_alert_opened_again_goes_by_scope_again),
        cmocka_unit_test(a_leader_hears_once),
        cmocka_unit_test(a_subject_nobody_knows_is_refused),
        cmocka_unit_test(an_office_hears_on_its_rung_of_what_lies_under_its_scope),
        cmocka_unit_test(who_is_taken_from_a_list_is_not_in_it),
        cmocka_unit_test(the_levels_of_a_leader_decide),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
