/* The parts of lib/journal that need no Redis: names of kinds, framing of records. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/journal.h"

static void
kinds_have_names_and_unknown_ones_are_told(void **state)
{
    static const struct {
        const char *name;
        enum journal_kind kind;
    } rows[] = {
        {"reports", JOURNAL_REPORTS},     {"tick", JOURNAL_TICK},
        {"programme", JOURNAL_PROGRAMME}, {"act", JOURNAL_ACT},
        {"alerts", JOURNAL_ALERTS},       {"unknown", JOURNAL_UNKNOWN},
    };
    static const char *const others[] = {"", "report", "reportsx", "Tick", "tick\n"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(journal_kind_name(rows[i].kind), rows[i].name);
        assert_int_equal(journal_kind_parse(rows[i].name, strlen(rows[i].name)),
                         rows[i].kind);
    }
    for (i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(journal_kind_parse(others[i], strlen(others[i])),
                         JOURNAL_UNKNOWN);
    }
}

static void
records_come_back_as_they_were_framed(void **state)
{
    static const size_t sizes[] = {1, 3, 255, 256, 70000};
    static uint8_t body[5 * 4 + 1 + 3 + 255 + 256 + 70000];
    struct journal_cursor c = {body, sizeof body};
    const uint8_t *record;
    size_t bytes;
    size_t at = 0;
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        journal_record_head(sizes[i], body + at);
        memset(body + at + 4, (int)i, sizes[i]);
        at += 4 + sizes[i];
    }
    assert_int_equal(at, sizeof body);
    for (i = 0; i < 5; i++) {
        assert_int_equal(journal_record_next(&c, &record, &bytes), ST_OK);
        assert_int_equal(bytes, sizes[i]);
        assert_int_equal(record[0], i);
        assert_int_equal(record[bytes - 1], i);
    }
    assert_int_equal(journal_record_next(&c, &record, &bytes), ST_GONE);
}

static void
torn_bodies_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum status want;
    } rows[] = {
        {"", 0, ST_GONE},
        {"\1", 1, ST_BAD},
        {"\1\0\0", 3, ST_BAD},
        {"\1\0\0\0", 4, ST_BAD},
        {"\0\0\0\0", 4, ST_BAD},
        {"\2\0\0\0x", 5, ST_BAD},
        {"\xff\xff\xff\xffx", 5, ST_BAD},
        {"\1\0\0\0x", 5, ST_OK},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct journal_cursor c = {(const uint8_t *)rows[i].bytes, rows[i].len};
        const uint8_t *record;
        size_t bytes;

        assert_int_equal(journal_record_next(&c, &record, &bytes), rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names_and_unknown_ones_are_told),
        cmocka_unit_test(records_come_back_as_they_were_framed),
        cmocka_unit_test(torn_bodies_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
