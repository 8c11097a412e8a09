/*
 * A push read by hand (lib/wire_push.c) is what the library reads from the same bytes,
 * or it is declined: for what clients write, for every truncation of it, for bytes
 * changed at random. What clients write is not declined.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/wire_private.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ARENA_BYTES (4 * WIRE_ARENA_BYTES) /* as ingest has it */

static struct arena *by_hand;
static struct arena *by_library;
static struct arena *encoding;
static struct buf bytes;
static struct buf first;
static struct buf second;

static int
setup(void **state)
{
    (void)state;
    by_hand = arena_new(ARENA_BYTES);
    by_library = arena_new(ARENA_BYTES);
    encoding = arena_new(8 * ARENA_BYTES);
    buf_init(&bytes, 1u << 20);
    buf_init(&first, 1u << 20);
    buf_init(&second, 1u << 20);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&by_hand);
    arena_free(&by_library);
    arena_free(&encoding);
    buf_fini(&bytes);
    buf_fini(&first);
    buf_fini(&second);
    return 0;
}

static void
encoded(const struct unit_request *q, struct buf *out)
{
    arena_reset(encoding);
    buf_clear(out);
    unit_request_encode(q, encoding, out);
}

/* Read by hand? Then the library says the same, and ingest would have taken it. */
static bool
same_or_declined(const void *p, size_t count)
{
    struct unit_request hand;
    struct unit_request library;

    arena_reset(by_hand);
    arena_reset(by_library);
    if (!unit_request_get(p, count, by_hand, &hand)) {
        return false;
    }
    assert_int_equal(unit_request_unpack(p, count, by_library, &library), ST_OK);
    assert_true(arena_taken(by_library) <= WIRE_ARENA_BYTES);
    assert_true(arena_taken(by_hand) <= WIRE_ARENA_BYTES);
    assert_int_equal(hand.kind, UNIT_REQUEST_PUSH);
    assert_int_equal(library.unknown_fields, 0);
    assert_int_equal(hand.unknown_fields, 0);
    encoded(&hand, &first);
    encoded(&library, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(buf_str(&first), buf_str(&second), first.len);
    return true;
}

/* --- what clients write --- */

static const struct wire_figure figures[] = {
    {"results_in_force", WIRE_COUNT, 2386, NULL},
    {"zero", WIRE_COUNT, 0, NULL},
    {"least", WIRE_COUNT, INT64_MIN, NULL},
    {"points", WIRE_DECIMAL, 0, "41.09"},
    {"empty", WIRE_DECIMAL, 0, ""},
    {"none", WIRE_NOT_APPLICABLE, 0, NULL},
    {"nothing", WIRE_NOTHING, 0, NULL},
    {"", WIRE_NOTHING, 0, NULL},
};

static const struct wire_held held = {
    "21055", "digitisation", "2023-09",    2,    "00ff",           UINT64_MAX,
    3,       1696406400123,  "2023-10-05", true, {1, 2, [15] = 16}};
static const struct wire_held held_nothing;

static const struct wire_report reports[] = {
    {"21055", "digitisation", "2023-09", "2023-09-01", "2023-09-30", figures,
     COUNT(figures), "nhầm số liệu", 17, "motcua", "2/ab", &held},
    {"21058", "digitisation", "2023-09", "", "", figures, 1, "", -1, "", "", NULL},
    {"", "", "", "", "", NULL, 0, "", 0, "", "", NULL},
    {"21055@2023-07-01", "g", "2023", "", "", figures + 3, 1, "", 0, "", "",
     &held_nothing},
};

static const struct unit_request pushes[] = {
    {.kind = UNIT_REQUEST_PUSH},
    {.version = 1, .request_id = 9, .province = "toy", .kind = UNIT_REQUEST_PUSH},
    {.version = 1,
     .request_id = UINT64_MAX,
     .province = "quang-ngai",
     .kind = UNIT_REQUEST_PUSH,
     .push = {reports, COUNT(reports), true}},
    {.version = UINT32_MAX, .kind = UNIT_REQUEST_PUSH, .push = {reports + 1, 1, false}},
};

static void
what_clients_write_is_read_by_hand(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(pushes); i++) {
        encoded(&pushes[i], &bytes);
        assert_true(same_or_declined(buf_str(&bytes), bytes.len));
    }
}

static void
what_is_not_said_is_empty_and_never_null(void **state)
{
    struct unit_request q;
    const struct wire_report *r;

    (void)state;
    arena_reset(by_hand);
    assert_true(unit_request_get("\x5a\x06\x0a\x04\x32\x00\x5a\x00", 8, by_hand, &q));
    assert_string_equal(q.province, "");
    assert_int_equal(q.push.count, 1);
    r = &q.push.reports[0];
    assert_string_equal(r->unit, "");
    assert_string_equal(r->group, "");
    assert_string_equal(r->period, "");
    assert_string_equal(r->from, "");
    assert_string_equal(r->to, "");
    assert_string_equal(r->reason, "");
    assert_string_equal(r->source_system, "");
    assert_string_equal(r->replaces, "");
    assert_int_equal(r->figure_count, 1);
    assert_string_equal(r->figures[0].measure, "");
    assert_int_equal(r->figures[0].kind, WIRE_NOTHING);
    assert_non_null(r->offered);
    assert_string_equal(r->offered->hash, "");
    assert_string_equal(r->offered->due, "");
}

/* --- what is declined --- */

static const struct odd_case {
    const char *name;
    const char *bytes;
    size_t count;
} odd_cases[] = {
#define ODD(name, text)                                                                \
    {                                                                                  \
        name, text, sizeof(text) - 1                                                   \
    }
    ODD("nothing at all", ""),
    ODD("a hello", "\x08\x01\x52\x00"),
    ODD("fields of the request in another order", "\x10\x09\x08\x01\x5a\x00"),
    ODD("a number twice", "\x08\x01\x08\x01\x5a\x00"),
    ODD("a version over 32 bits", "\x08\x80\x80\x80\x80\x10\x5a\x00"),
    ODD("two bodies", "\x5a\x00\x5a\x00"),
    ODD("a body before the province", "\x5a\x00\x1a\x01x"),
    ODD("a field that is not known", "\x08\x01\x5a\x00\xf8\x07\x01"),
    ODD("one within the push", "\x5a\x02\x18\x01"),
    ODD("one within a report", "\x5a\x05\x0a\x03\x60\x01\x00"),
    ODD("one within a figure", "\x5a\x06\x0a\x04\x32\x02\x28\x01"),
    ODD("one within a receipt", "\x5a\x06\x0a\x04\x5a\x02\x60\x01"),
    ODD("reports behind the flag", "\x5a\x04\x10\x01\x0a\x00"),
    ODD("two values of a figure", "\x5a\x08\x0a\x06\x32\x04\x10\x02\x20\x01"),
    ODD("a value before its measure", "\x5a\x08\x0a\x06\x32\x04\x10\x02\x0a\x00"),
    ODD("a flag that is no 0 or 1", "\x5a\x02\x10\x02"),
    ODD("a NUL in a text", "\x1a\x03x\0y\x5a\x00"),
    ODD("a text as a number", "\x18\x01\x5a\x00"),
    ODD("a number as a text", "\x0a\x01\x01\x5a\x00"),
    ODD("a tag longer than it needs", "\x88\x00\x01\x5a\x00"),
    ODD("a report that ends behind its push", "\x5a\x02\x0a\x01\x00"),
    ODD("a number without an end", "\x08\xff"),
#undef ODD
};

static void
anything_else_is_declined(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(odd_cases); i++) {
        struct unit_request q;

        arena_reset(by_hand);
        if (unit_request_get(odd_cases[i].bytes, odd_cases[i].count, by_hand, &q)) {
            fail_msg("%s: got read by hand, want declined", odd_cases[i].name);
        }
    }
}

/* Short texts are copied by their ends, long ones as a whole. */
static void
texts_of_every_length_are_read_but_none_with_a_nul(void **state)
{
    char message[64];
    size_t len;
    size_t nul;

    (void)state;
    for (len = 0; len < 40; len++) {
        for (nul = 0; nul <= len; nul++) {
            struct unit_request q;
            size_t i;

            message[0] = 0x1a; /* the province */
            message[1] = (char)len;
            for (i = 0; i < len; i++) {
                message[2 + i] = (char)(i % 3 == 0 ? 0x80 + i : i % 3 == 1 ? 1 : 'a');
            }
            memcpy(message + 2 + len, "\x5a", 2);
            if (nul < len) {
                message[2 + nul] = 0;
            }
            arena_reset(by_hand);
            assert_int_equal(unit_request_get(message, len + 4, by_hand, &q),
                             nul == len);
            if (nul == len) {
                assert_int_equal(strlen(q.province), len);
                assert_memory_equal(q.province, message + 2, len);
            }
        }
    }
}

/* Declined by hand, it leaves no trace in the arena, of which ingest counts what a
 * request takes. */
static void
what_is_declined_takes_nothing(void **state)
{
    static char odd[9000] = "\x1a\x9d\x46";
    struct unit_request q;

    (void)state;
    memset(odd + 3, 'x', sizeof odd - 3); /* a province, and then rubbish */
    arena_reset(by_hand);
    arena_reset(by_library);
    assert_int_equal(unit_request_decode(odd, sizeof odd, by_hand, &q), ST_BAD);
    assert_int_equal(unit_request_unpack(odd, sizeof odd, by_library, &q), ST_BAD);
    assert_int_equal(arena_taken(by_hand), arena_taken(by_library));
}

/* --- limits --- */

/* The largest that is read by hand is no more than ingest takes from the library. */
static void
the_largest_push_fits_what_the_library_may_take(void **state)
{
    static struct wire_figure many[2049];
    static struct wire_report hundred[WIRE_REPORTS_MAX + 1];
    struct unit_request q = {.version = 1,
                             .kind = UNIT_REQUEST_PUSH,
                             .push = {hundred, WIRE_REPORTS_MAX, false}};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(many); i++) {
        many[i] = (struct wire_figure){"m", WIRE_DECIMAL, 0, "1"};
    }
    for (i = 0; i < COUNT(hundred); i++) {
        hundred[i] = reports[0];
        hundred[i].figures = many;
        hundred[i].figure_count = i == 0 ? 2048 - 99 * 17 : 17;
    }
    encoded(&q, &bytes);
    assert_true(same_or_declined(buf_str(&bytes), bytes.len));
    hundred[1].figure_count++;
    encoded(&q, &bytes);
    assert_false(same_or_declined(buf_str(&bytes), bytes.len));
    hundred[1].figure_count = 0;
    q.push.count = WIRE_REPORTS_MAX + 1;
    encoded(&q, &bytes);
    assert_false(same_or_declined(buf_str(&bytes), bytes.len));
    /* Figures of one byte each: all in one report. */
    for (i = 0; i < COUNT(many); i++) {
        many[i] = (struct wire_figure){"", WIRE_NOTHING, 0, NULL};
    }
    hundred[0].figure_count = 2048;
    q.push.count = 1;
    encoded(&q, &bytes);
    assert_true(same_or_declined(buf_str(&bytes), bytes.len));
}

static void
a_small_arena_is_a_limit(void **state)
{
    struct unit_request q;
    size_t most;

    (void)state;
    encoded(&pushes[2], &bytes);
    for (most = 16; most < 4096; most += 16) {
        struct arena *small = arena_new(most);
        enum status st = unit_request_decode(buf_str(&bytes), bytes.len, small, &q);

        assert_true(st == ST_LIMIT || st == ST_OK);
        arena_free(&small);
    }
}

/* --- mutations --- */

static void
every_truncation_is_read_as_the_library_reads_it(void **state)
{
    size_t i;
    size_t count;

    (void)state;
    for (i = 0; i < COUNT(pushes); i++) {
        encoded(&pushes[i], &bytes);
        for (count = 0; count < bytes.len; count++) {
            (void)same_or_declined(buf_str(&bytes), count);
        }
    }
}

#define ROUNDS 40000

static uint64_t
chance(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void
changed_bytes_are_read_as_the_library_reads_them(void **state)
{
    static char changed[4096];
    uint64_t seed = 7;
    size_t taken = 0;
    size_t round;

    (void)state;
    encoded(&pushes[2], &bytes);
    assert_true(bytes.len <= sizeof changed);
    for (round = 0; round < ROUNDS; round++) {
        size_t changes = 1 + chance(&seed) % 3;

        memcpy(changed, buf_str(&bytes), bytes.len);
        while (changes-- > 0) {
            uint64_t how = chance(&seed);
            char *at = &changed[chance(&seed) % bytes.len];

            *at = (char)(how % 2 == 0   ? *at ^ (1 << how / 2 % 8)
                         : how % 3 == 0 ? (int)(how / 6 % 128)
                                        : 0);
        }
        taken += same_or_declined(changed, bytes.len);
    }
    /* Most changes within texts and numbers leave the form as it is. */
    assert_true(taken > ROUNDS / 10 && taken < ROUNDS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_clients_write_is_read_by_hand),
        cmocka_unit_test(what_is_not_said_is_empty_and_never_null),
        cmocka_unit_test(anything_else_is_declined),
        cmocka_unit_test(texts_of_every_length_are_read_but_none_with_a_nul),
        cmocka_unit_test(what_is_declined_takes_nothing),
        cmocka_unit_test(the_largest_push_fits_what_the_library_may_take),
        cmocka_unit_test(a_small_arena_is_a_limit),
        cmocka_unit_test(every_truncation_is_read_as_the_library_reads_it),
        cmocka_unit_test(changed_bytes_are_read_as_the_library_reads_them),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
