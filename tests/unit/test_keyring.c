#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/keyring.h"

/* Of the right form; nobody knows their secret halves. */
#define KEY_A "abcdefghijklmnopqrstabcdefghijklmnopqrst"
#define KEY_B "0123456789ABCDEFGHIJ?:+=^!/*&<>()[]{}@$#"
#define KEY_MANUAL "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

static struct keyring *keyring;
static char why[256];

static int
setup(void **state)
{
    (void)state;
    crypto_init();
    keyring = NULL;
    why[0] = '\0';
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    keyring_free(&keyring);
    return 0;
}

static void
parse(const char *text)
{
    if (keyring_parse(text, strlen(text), &keyring, why, sizeof why) != ST_OK) {
        fail_msg("got refused: %s", why);
    }
}

static void
line_says_who_a_key_is(void **state)
{
    const struct principal *p;

    (void)state;
    parse(KEY_A " role=unit name=21040 scope=21040,21043 province=quang-ngai # one\n");
    assert_int_equal(keyring_count(keyring), 1);
    p = keyring_find(keyring, KEY_A);
    assert_non_null(p);
    assert_ptr_equal(p, keyring_at(keyring, 0));
    assert_string_equal(p->key, KEY_A);
    assert_int_equal(p->role, ROLE_UNIT);
    assert_string_equal(p->name, "21040");
    assert_string_equal(p->province, "quang-ngai");
    assert_int_equal(p->scope_count, 2);
    assert_string_equal(p->scope[1], "21043");
    assert_false(p->scope_all);
}

static void
key_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    parse(KEY_A " role=leader name=chair-province\n");
    assert_null(keyring_find(keyring, KEY_B));
    assert_null(keyring_find(keyring, ""));
    assert_null(keyring_find(keyring, KEY_A "x"));
}

static void
comments_blank_lines_tabs_and_line_ends_do_not_matter(void **state)
{
    (void)state;
    parse("\xEF\xBB\xBF# keys of the province\r\n\n   \t\r\n"
          "\t" KEY_A "\trole=ops\tname=operator\r\n"
          "  # " KEY_B " role=ops name=commented-out\n");
    assert_int_equal(keyring_count(keyring), 1);
}

static void
last_line_needs_no_newline(void **state)
{
    (void)state;
    parse(KEY_A " role=ops name=a\n" KEY_B " role=service name=scorer");
    assert_int_equal(keyring_count(keyring), 2);
    assert_int_equal(keyring_find(keyring, KEY_B)->role, ROLE_SERVICE);
}

static void
empty_keyring_knows_nobody(void **state)
{
    (void)state;
    parse("");
    assert_int_equal(keyring_count(keyring), 0);
    assert_null(keyring_find(keyring, KEY_A));
}

static void
wrong_line_refuses_the_whole_text_and_says_why(void **state)
{
    static const struct {
        const char *name;
        const char *line;
        const char *want; /* stands in the complaint */
    } cases[] = {
        {"no key", "role=unit name=21040 scope=21040", "40 characters"},
        {"short key", "abc role=unit name=1 scope=1", "40 characters"},
        {"manual's key", KEY_MANUAL " role=ops name=a", "manual"},
        {"manual's second key",
         "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 role=unit name=a scope=*", "manual"},
        {"key of our own example",
         "2CVWV6D&QXW]Ii55A)@qco1MAyn+7#3/w+9Xnrjk role=leader name=a", "manual"},
        {"unknown role", KEY_B " role=clerk name=a", "role=clerk is not a role"},
        {"no role", KEY_B " name=a", "role= is missing"},
        {"no name", KEY_B " role=ops", "name= is missing"},
        {"nothing but a key", KEY_B, "role= is missing"},
        {"unit without scope", KEY_B " role=unit name=a", "scope= is missing"},
        {"leader with scope", KEY_B " role=leader name=a scope=1", "is for role=unit"},
        {"empty scope", KEY_B " role=unit name=a scope=", "with commas"},
        {"hole in scope", KEY_B " role=unit name=a scope=1,,2", "with commas"},
        {"scope of an id", KEY_B " role=unit name=a scope=1@2025-07-01", "with commas"},
        {"empty name", KEY_B " role=ops name=", "use 1 to 64"},
        {"name with a quote", KEY_B " role=ops name=a\"b", "use 1 to 64"},
        {"province in capitals", KEY_B " role=ops name=a province=QN", "small letters"},
        {"twice the same", KEY_B " role=ops role=unit name=a", "stands twice"},
        {"unknown word", KEY_B " role=ops name=a until=2026", "is not known here"},
        {"no day", KEY_B " role=ops name=a not-after=soon",
         "not-after=soon is not a day"},
        {"day as people write it", KEY_B " role=ops name=a not-after=30/11/2026",
         "not-after=2026-11-30"},
        {"day that is none", KEY_B " role=ops name=a not-before=2026-02-29",
         "not-before=2026-02-29 is not a day"},
        {"empty day", KEY_B " role=ops name=a not-before=", "is not a day"},
        {"day and more", KEY_B " role=ops name=a not-after=2026-11-30x",
         "is not a day"},
        {"two ends", KEY_B " role=ops name=a not-after=2026-11-30 not-after=2026-12-01",
         "not-after= stands twice"},
        {"end before begin",
         KEY_B " role=ops name=a not-before=2026-12-02 not-after=2026-12-01",
         "a day before not-before"},
        {"no word", KEY_B " role=ops name=a please", "is not name=value"},
        {"key on two lines", KEY_A " role=ops name=b", "line 1 already"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];

        (void)snprintf(text, sizeof text, KEY_A " role=ops name=a\n%s\n",
                       cases[i].line);
        if (keyring_parse(text, strlen(text), &keyring, why, sizeof why) != ST_BAD ||
            keyring != NULL) {
            fail_msg("%s: got accepted, want refused", cases[i].name);
        }
        if (strncmp(why, "line 2: ", 8) != 0 || strstr(why, cases[i].want) == NULL) {
            fail_msg("%s: got \"%s\", want line 2 and \"%s\"", cases[i].name, why,
                     cases[i].want);
        }
    }
}

static void
key_is_good_on_its_days_the_first_and_the_last_included(void **state)
{
    static const struct {
        const char *days;
        const char *day;
        bool want;
    } cases[] = {
        {"", "1990-01-01", true},
        {"", "2100-12-31", true},
        {"not-before=2026-12-01", "2026-11-30", false},
        {"not-before=2026-12-01", "2026-12-01", true},
        {"not-before=2026-12-01", "2100-12-31", true},
        {"not-after=2026-12-31", "2026-12-31", true},
        {"not-after=2026-12-31", "2027-01-01", false},
        {"not-after=2024-02-29", "2024-02-29", true},
        {"not-before=2026-12-01 not-after=2026-12-01", "2026-11-30", false},
        {"not-before=2026-12-01 not-after=2026-12-01", "2026-12-01", true},
        {"not-before=2026-12-01 not-after=2026-12-01", "2026-12-02", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct principal *p;
        char text[256];
        int32_t day;

        (void)snprintf(text, sizeof text, KEY_A " role=ops name=a %s # c\n",
                       cases[i].days);
        parse(text);
        p = keyring_find(keyring, KEY_A); /* found, whatever the day */
        assert_non_null(p);
        assert_int_equal(day_parse(cases[i].day, &day), ST_OK);
        if (principal_valid_on(p, day) != cases[i].want) {
            fail_msg("\"%s\" on %s: got %d", cases[i].days, cases[i].day,
                     !cases[i].want);
        }
        keyring_free(&keyring);
    }
}

static void
two_keys_of_one_name_stand_side_by_side(void **state)
{
    (void)state;
    parse(KEY_A " role=leader name=chair not-after=2026-12-05\n" KEY_B
                " role=leader name=chair\n");
    assert_int_equal(keyring_count(keyring), 2);
    assert_string_equal(keyring_find(keyring, KEY_A)->name,
                        keyring_find(keyring, KEY_B)->name);
    assert_int_equal(keyring_find(keyring, KEY_A)->not_after,
                     day_from_civil(2026, 12, 5));
    assert_int_equal(keyring_find(keyring, KEY_A)->not_before, DAY_NONE);
    assert_int_equal(keyring_find(keyring, KEY_B)->not_after, DAY_OPEN);
}

static void
comment_of_a_revocation_is_known_and_changes_nothing(void **state)
{
    (void)state;
    parse("# revoked 2026-11-21 0123456789abcdef role=unit name=a reason=lost\n"
          "# revoked 2026-11-21 fedc\n"
          "#revoked 2026-11-21 1111111111111111 x\n" KEY_A " role=ops name=a\n");
    assert_int_equal(keyring_count(keyring), 1);
    assert_true(keyring_revoked(keyring, "0123456789abcdef"));
    assert_false(keyring_revoked(keyring, "fedc"));
    assert_false(keyring_revoked(keyring, "1111111111111111"));
    assert_false(keyring_revoked(keyring, keyring_at(keyring, 0)->fingerprint));
}

static void
zero_byte_in_a_line_is_refused(void **state)
{
    static const char text[] = KEY_A " role=ops\0 name=a\n";

    (void)state;
    assert_int_equal(keyring_parse(text, sizeof text - 1, &keyring, why, sizeof why),
                     ST_BAD);
    assert_null(keyring);
}

static void
scope_names_the_units_a_key_reports_for(void **state)
{
    static const struct {
        const char *unit;
        bool want;
    } cases[] = {
        {"21040", true}, {"21040@2025-07-01", true}, {"21043", true},
        {"2104", false}, {"210400", false},          {"21041", false},
        {"", false},     {"@2025-07-01", false},     {"*", false},
    };
    const struct principal *p;

    (void)state;
    parse(KEY_A " role=unit name=desk scope=21040,21043\n");
    p = keyring_find(keyring, KEY_A);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (principal_reports_for(p, cases[i].unit) != cases[i].want) {
            fail_msg("\"%s\": got %d", cases[i].unit, !cases[i].want);
        }
    }
}

static void
star_and_office_report_for_any_unit_and_others_for_none(void **state)
{
    static const struct {
        const char *line;
        bool want;
    } cases[] = {
        {KEY_A " role=unit name=portal scope=*\n", true},
        {KEY_A " role=office name=office\n", true},
        {KEY_A " role=leader name=chair\n", false},
        {KEY_A " role=ops name=operator\n", false},
        {KEY_A " role=ops name=operator scope=*\n", false},
        {KEY_A " role=service name=scorer\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct principal *p;

        parse(cases[i].line);
        p = keyring_at(keyring, 0);
        if (principal_reports_for(p, "21040") != cases[i].want ||
            principal_reports_for(p, "")) {
            fail_msg("%s: got %d", cases[i].line, !cases[i].want);
        }
        keyring_free(&keyring);
    }
}

static void
role_opens_its_own_doors_only(void **state)
{
    static const struct {
        enum role role;
        const char *doors;
    } cases[] = {
        {ROLE_UNIT, "units"},       {ROLE_OFFICE, "units"},
        {ROLE_LEADER, "leaders"},   {ROLE_OPS, "units ops leaders"},
        {ROLE_SERVICE, "services"}, {ROLE_COURIER, "leaders"},
    };
    static const char *const domains[] = {"units",    "leaders", "ops",
                                          "services", "",        "other"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t d = 0; d < sizeof domains / sizeof domains[0]; d++) {
            bool want =
                domains[d][0] != '\0' && strstr(cases[i].doors, domains[d]) != NULL;

            if (role_admitted(cases[i].role, domains[d]) != want) {
                fail_msg("%s at \"%s\": got %d", role_name(cases[i].role), domains[d],
                         !want);
            }
        }
    }
}

static void
fingerprint_is_sixteen_digits_of_the_key(void **state)
{
    char a[KEYRING_FINGERPRINT_BYTES];
    char b[KEYRING_FINGERPRINT_BYTES];

    (void)state;
    parse(KEY_A " role=ops name=a\n");
    keyring_fingerprint(KEY_A, a);
    keyring_fingerprint(KEY_B, b);
    assert_string_equal(keyring_at(keyring, 0)->fingerprint, a);
    assert_int_equal(strlen(a), 16);
    assert_int_equal(strspn(a, "0123456789abcdef"), 16);
    assert_string_not_equal(a, b);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(line_says_who_a_key_is),
        CLAIM(key_that_is_not_there_is_not_found),
        CLAIM(comments_blank_lines_tabs_and_line_ends_do_not_matter),
        CLAIM(last_line_needs_no_newline),
        CLAIM(empty_keyring_knows_nobody),
        CLAIM(wrong_line_refuses_the_whole_text_and_says_why),
        CLAIM(key_is_good_on_its_days_the_first_and_the_last_included),
        CLAIM(two_keys_of_one_name_stand_side_by_side),
        CLAIM(comment_of_a_revocation_is_known_and_changes_nothing),
        CLAIM(zero_byte_in_a_line_is_refused),
        CLAIM(scope_names_the_units_a_key_reports_for),
        CLAIM(star_and_office_report_for_any_unit_and_others_for_none),
        CLAIM(role_opens_its_own_doors_only),
        CLAIM(fingerprint_is_sixteen_digits_of_the_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
