/* What an entry leaves beside it, computed from the entry alone; what cannot be read is
 * counted, and costs only itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/entry_sets.h"

struct fixture {
    struct entry_sets sets;
    struct arena *arena;
    struct buf body;
};

static int
setup(void **state)
{
    static struct fixture f;

    entry_sets_init(&f.sets);
    f.arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&f.body, JOURNAL_BODY_MAX);
    *state = &f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    entry_sets_fini(&f->sets);
    arena_free(&f->arena);
    buf_fini(&f->body);
    return 0;
}

static void
take(struct fixture *f, enum journal_kind kind, int64_t tick_before)
{
    const struct journal_entry e = {.seq = 57,
                                    .kind = kind,
                                    .kind_word = "",
                                    .body = (const uint8_t *)buf_str(&f->body),
                                    .body_bytes = f->body.len,
                                    .chain = ""};

    entry_sets_take(&f->sets, &e, tick_before);
    buf_clear(&f->body);
}

static void
record_add(struct fixture *f, uint32_t revision, int64_t received_at_ms,
           const uint8_t *hash)
{
    const struct report_record r = {.unit = "101",
                                    .group = "g",
                                    .period = "2023-09",
                                    .revision = revision,
                                    .received_at_ms = received_at_ms,
                                    .hash = hash};

    report_record_encode(&r, f->arena, &f->body);
}

static const uint8_t hash[16] = {0xab};

static void
a_batch_leaves_a_receipt_for_each_record_that_can_be_read(void **state)
{
    struct fixture *f = *state;

    record_add(f, 2, 1000, hash);
    record_add(f, 1, 500, NULL); /* no hash: cannot be read */
    record_add(f, 3, 700, hash);
    buf_add(&f->body, "\xff", 1);
    take(f, JOURNAL_REPORTS, 0);
    assert_int_equal(f->sets.count, 2);
    assert_int_equal(f->sets.unreadable, 2); /* the record, and the torn end */
    assert_string_equal(f->sets.records[0].field, "101/g/2023-09/2");
    assert_string_equal(f->sets.records[1].field, "101/g/2023-09/3");
    assert_int_equal(f->sets.records[1].index, 2);
    assert_string_equal(f->sets.records[1].line,
                        "hash=ab000000000000000000000000000000 at=57:2 received=700 "
                        "due=- on_time=0");
    assert_int_equal(f->sets.at_ms, 1000); /* the latest of them */
}

static void
a_tick_without_an_hour_is_none(void **state)
{
    static const int64_t hours[] = {0, -1};
    struct fixture *f = *state;
    struct tick_record tick = {.hour = 471234};
    size_t i;

    tick_encode(&tick, &f->body);
    take(f, JOURNAL_TICK, 0);
    assert_int_equal(f->sets.tick, 471234);
    assert_int_equal(f->sets.unreadable, 0);
    for (i = 0; i < sizeof hours / sizeof *hours; i++) {
        tick.hour = hours[i];
        tick_encode(&tick, &f->body);
        take(f, JOURNAL_TICK, 0);
        assert_int_equal(f->sets.tick, 0);
        assert_int_equal(f->sets.unreadable, 1);
    }
    buf_add(&f->body, "\x0b", 1);
    take(f, JOURNAL_TICK, 0);
    assert_int_equal(f->sets.unreadable, 1);
}

static void
the_first_programme_begins_the_time(void **state)
{
    const struct programme_record in = {.digest = "1f2e", .at_ms = 1688144400000};
    struct fixture *f = *state;

    programme_encode(&in, f->arena, &f->body);
    take(f, JOURNAL_PROGRAMME, 0);
    assert_string_equal(f->sets.programme.digest, "1f2e");
    assert_int_equal(f->sets.tick, hour_of((struct instant){1688144400000}));
    programme_encode(&in, f->arena, &f->body);
    take(f, JOURNAL_PROGRAMME, 471234);
    assert_int_equal(f->sets.tick, 0);
    buf_add(&f->body, "\x0b", 1);
    take(f, JOURNAL_PROGRAMME, 0);
    assert_null(f->sets.programme.digest);
    assert_int_equal(f->sets.unreadable, 1);
}

static void
an_act_without_an_id_is_none(void **state)
{
    struct wire_act act = {"id", "parked-retry", "5:1", "", "", "ops", 12, ""};
    struct fixture *f = *state;

    act_encode(&act, f->arena, &f->body);
    take(f, JOURNAL_ACT, 0);
    assert_string_equal(f->sets.act_id, "id");
    act.id = "";
    act_encode(&act, f->arena, &f->body);
    take(f, JOURNAL_ACT, 0);
    assert_null(f->sets.act_id);
    assert_int_equal(f->sets.unreadable, 1);
    buf_add(&f->body, "\x0b", 1);
    take(f, JOURNAL_ACT, 0);
    assert_null(f->sets.act_id);
}

static void
kinds_that_are_not_of_this_journal_leave_nothing(void **state)
{
    static const enum journal_kind kinds[] = {JOURNAL_ALERTS, JOURNAL_UNKNOWN};
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        take(f, kinds[i], 0);
        assert_int_equal(f->sets.unreadable, 1);
        assert_int_equal(f->sets.count, 0);
    }
}

/* Ingest takes no such texts; a journal that holds them is hashed as far as they fit,
 * never beyond. */
static void
texts_of_any_length_are_hashed_within_bounds(void **state)
{
    static char longer[400];
    static char longest[4000];
    const struct figure_record figures[] = {{longer, 1, false}};
    const struct figure_record others[] = {{longest, 1, false}};
    struct report_record r = {.unit = longer,
                              .group = "g",
                              .period = "2023",
                              .figures = figures,
                              .figure_count = 1};
    uint8_t a[RECEIPT_HASH_BYTES];
    uint8_t b[RECEIPT_HASH_BYTES];

    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    memset(longest, 'x', sizeof longest - 1);
    report_record_hash(&r, a);
    r.unit = longest;
    r.figures = others;
    report_record_hash(&r, b);
    assert_memory_equal(a, b, sizeof a);
}

/* However many figures it has and however long their names are: parts of a long one are
 * hashed one after the other. A part of more than 255 bytes counts with a zero byte. */
static void
the_hash_is_that_of_the_whole_text(void **state)
{
    static char names[32][400];
    static struct figure_record figures[32];
    static char text[32 * 400];
    struct report_record r = {.unit = "21055",
                              .group = "digitisation",
                              .period = "2023-06",
                              .first_day = 19509,
                              .last_day = -3,
                              .figures = figures};
    uint8_t got[RECEIPT_HASH_BYTES];
    uint8_t want[RECEIPT_HASH_BYTES];
    char days[REPORT_DAYS_BYTES];
    size_t bytes;
    size_t len;
    size_t i;

    (void)state;
    for (bytes = 1; bytes < sizeof names[0]; bytes += 9) {
        len =
            (size_t)snprintf(text, sizeof text, "21055/digitisation/2023-06/19509/-3");
        for (i = 0; i <= 32; i++) {
            r.figure_count = i;
            report_record_hash(&r, got);
            crypto_hash128(text, len, want);
            assert_memory_equal(got, want, sizeof want);
            report_days_text(r.first_day, r.last_day, days);
            report_key_hash("21055/digitisation/2023-06", days, figures, i, got);
            assert_memory_equal(got, want, sizeof want);
            if (i == 32) {
                break;
            }
            memset(names[i], 'a' + (int)i % 26, bytes);
            names[i][bytes] = '\0';
            figures[i] = (struct figure_record){names[i], 7 * (int64_t)i, i % 5 == 4};
            if (figures[i].not_applicable) {
                (void)snprintf(text + len, sizeof text - len, "/%s=x", names[i]);
            } else {
                (void)snprintf(text + len, sizeof text - len, "/%s=%zu", names[i],
                               7 * i);
            }
            if (strlen(text + len) > 255) {
                text[len + 255] = '\0';
                len += 256;
            } else {
                len += strlen(text + len);
            }
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_leaves_a_receipt_for_each_record_that_can_be_read),
        TEST(a_tick_without_an_hour_is_none),
        TEST(the_first_programme_begins_the_time),
        TEST(an_act_without_an_id_is_none),
        TEST(kinds_that_are_not_of_this_journal_leave_nothing),
        TEST(texts_of_any_length_are_hashed_within_bounds),
        TEST(the_hash_is_that_of_the_whole_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
