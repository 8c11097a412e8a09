/* lib/hint: what is written comes back; what is of another form brings no entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/hint.h"

#define RUN "0123456789abcdef0123456789abcdef01234567"
#define CHAIN "00112233445566778899aabbccddeeff"

static struct buf out;
static struct hint h;

static int
setup(void **state)
{
    (void)state;
    buf_init(&out, HINT_BYTES_MAX);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    buf_fini(&out);
    return 0;
}

static struct journal_entry
entry_of(enum journal_kind kind, const char *chain, const void *body, size_t bytes)
{
    return (struct journal_entry){
        .kind = kind, .chain = chain, .body = body, .body_bytes = bytes};
}

static void
entries_come_back_as_they_were_written(void **state)
{
    static const char body[] = "a body\n with \0 anything 7 - 9\n";
    struct journal_entry in[HINT_ENTRIES_MAX];
    size_t count;
    size_t i;

    (void)state;
    for (i = 0; i < HINT_ENTRIES_MAX; i++) {
        in[i] = entry_of(i % 3 == 0   ? JOURNAL_REPORTS
                         : i % 3 == 1 ? JOURNAL_ALERTS
                                      : JOURNAL_ACT,
                         i % 2 == 0 ? CHAIN : "", body, sizeof body - i);
    }
    for (count = 0; count <= HINT_ENTRIES_MAX; count++) {
        hint_write(&out, "quang-ngai", INT64_MAX, RUN, in, count);
        assert_int_equal(hint_read(buf_str(&out), out.len, &h), ST_OK);
        assert_string_equal(h.province, "quang-ngai");
        assert_int_equal(h.seq, INT64_MAX);
        assert_string_equal(h.run_id, count > 0 ? RUN : "");
        assert_int_equal(h.count, count);
        for (i = 0; i < count; i++) {
            assert_int_equal(h.entries[i].seq, INT64_MAX - count + 1 + i);
            assert_int_equal(h.entries[i].kind, in[i].kind);
            assert_string_equal(h.entries[i].kind_word, journal_kind_name(in[i].kind));
            assert_string_equal(h.entries[i].chain, in[i].chain);
            assert_int_equal(h.entries[i].body_bytes, in[i].body_bytes);
            assert_memory_equal(h.entries[i].body, body, in[i].body_bytes);
        }
    }
}

static void
what_does_not_fit_is_left_out_and_the_text_stays(void **state)
{
    static char body[HINT_BYTES_MAX];
    struct journal_entry in[HINT_ENTRIES_MAX + 1];
    size_t i;

    (void)state;
    for (i = 0; i <= HINT_ENTRIES_MAX; i++) {
        in[i] = entry_of(JOURNAL_REPORTS, CHAIN, "b", 1);
    }
    hint_write(&out, "p", 100, RUN, in, HINT_ENTRIES_MAX + 1);
    assert_string_equal(buf_str(&out), "p 100");
    hint_write(&out, "p", 100, "", in, 1); /* a Redis that does not say who it is */
    assert_string_equal(buf_str(&out), "p 100");
    in[1] = entry_of(JOURNAL_REPORTS, CHAIN, body, sizeof body - 100);
    hint_write(&out, "p", 100, RUN, in, 2);
    assert_string_equal(buf_str(&out), "p 100");
    in[0] = entry_of(JOURNAL_REPORTS, CHAIN, body, sizeof body - 200);
    hint_write(&out, "p", 100, RUN, in, 1);
    assert_true(out.len > sizeof body - 200 && out.len <= HINT_BYTES_MAX);
    assert_int_equal(hint_read(buf_str(&out), out.len, &h), ST_OK);
    assert_int_equal(h.count, 1);
}

static void
an_older_hint_says_that_there_is_something(void **state)
{
    static const char text[] = "quang-ngai 812";

    (void)state;
    assert_int_equal(hint_read(text, strlen(text), &h), ST_OK);
    assert_string_equal(h.province, "quang-ngai");
    assert_int_equal(h.seq, 812);
    assert_int_equal(h.count, 0);
}

static void
what_says_no_place_is_refused(void **state)
{
    static const char *const texts[] = {
        "",    " 8",   "p",     "p ",        "p x",
        "p 0", "p 08", "p -1",  "p 8 ",      "p 9223372036854775808",
        "\n",  "p\n8", "p 8\r", "p  8\nab\n"};
    char long_name[HINT_PROVINCE_BYTES + 3];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (hint_read(texts[i], strlen(texts[i]), &h) != ST_BAD) {
            fail_msg("taken: \"%s\"", texts[i]);
        }
    }
    assert_int_equal(hint_read("p\0q 8", 5, &h), ST_BAD);
    memset(long_name, 'p', HINT_PROVINCE_BYTES);
    memcpy(long_name + HINT_PROVINCE_BYTES, " 8", 3);
    assert_int_equal(hint_read(long_name, HINT_PROVINCE_BYTES + 2, &h), ST_BAD);
    assert_int_equal(hint_read(long_name + 1, HINT_PROVINCE_BYTES + 1, &h), ST_OK);
}

static void
entries_of_another_form_are_none(void **state)
{
    static const char *const texts[] = {
        "p 8\n",
        "p 8\n\n",
        "p 8\nRUN\n",
        "p 8\nab",
        "p 8\nab\n",
        "p 8\nab\nact",
        "p 8\nab\nact - 1\n",
        "p 8\nab\nact - 2\nx",
        "p 8\nab\nact - 1\nxy",
        "p 8\nab\nact - 01\nx",
        "p 8\nab\nact - x\nx",
        "p 8\nab\nact -- 1\nx",
        "p 8\nab\nact  1\nx",
        "p 8\nab\nact ABC 1\nx",
        "p 8\nab\n - 1\nx",
        "p 8\nab\nnews - 1\nx",
        "p 8\nab\nunknown - 1\nx",
        "p 8\nab\nact - 99999999\nx",
        "p 8\nab\nact 00112233445566778899aabbccddeeff0 1\nx",
        "p 1\nab\nact - 1\nxact - 1\ny", /* before the first place */
        "p 8\nab\nact - 1\nxact - 1",    /* the second is torn: neither */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (hint_read(texts[i], strlen(texts[i]), &h) != ST_OK || h.count != 0) {
            fail_msg("wrong: \"%s\" has %zu", texts[i], h.count);
        }
    }
    assert_int_equal(hint_read("p 8\nab\nact - 1\nx", 16, &h), ST_OK);
    assert_int_equal(h.count, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_back_as_they_were_written),
        cmocka_unit_test(what_does_not_fit_is_left_out_and_the_text_stays),
        cmocka_unit_test(an_older_hint_says_that_there_is_something),
        cmocka_unit_test(what_says_no_place_is_refused),
        cmocka_unit_test(entries_of_another_form_are_none),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
