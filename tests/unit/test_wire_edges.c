/*
 * Every kind of message: it comes back as the same bytes, and an arena that is smaller
 * than what it needs, by however much, is ST_LIMIT and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/wire.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- one of each --- */

static const struct wire_figure figures[] = {
    {"results_in_force", WIRE_COUNT, 2386, NULL},
    {"points", WIRE_DECIMAL, 0, "41.09"},
    {"payments", WIRE_NOT_APPLICABLE, 0, NULL},
    {"nothing", WIRE_NOTHING, 0, NULL},
};

static const struct wire_held held = {
    "21055", "digitisation", "2023-09",    2,    "00ff",   57,
    3,       1696406400123,  "2023-10-05", true, {1, 2, 3}};

static const struct wire_report reports[] = {
    {"21055", "digitisation", "2023-09", "2023-09-01", "2023-09-30", figures,
     COUNT(figures), "lý do", 17, "motcua", "2/ab", &held},
    {"21055", "digitisation", "2023-10", "", "", NULL, 0, "", 0, "", "", NULL},
};

static const struct wire_key keys[] = {{"21055", "digitisation", "2023-09"},
                                       {"21058", "digitisation", "2023-09"}};

static const struct unit_request unit_requests[] = {
    {.version = 1, .request_id = 9, .province = "toy", .kind = UNIT_REQUEST_NONE},
    {.kind = UNIT_REQUEST_HELLO, .hello = {"log", "dondoc 1", &held}},
    {.kind = UNIT_REQUEST_HELLO, .hello = {"log", "dondoc 1", NULL}},
    {.kind = UNIT_REQUEST_PUSH, .push = {reports, COUNT(reports), true}},
    {.kind = UNIT_REQUEST_STANDING, .standing = {keys, COUNT(keys)}},
    {.kind = UNIT_REQUEST_PROGRAMME,
     .programme = {"1f2e", 9, 3, (const uint8_t *)"\0ab", 3, true}},
    {.kind = UNIT_REQUEST_ACT,
     .act = {"id", "parked-retry", "5:1", "note", "2023-12-01", "ops", 1234}},
    {.kind = UNIT_REQUEST_CLOCK, .clock_ms = -5},
};

static const char *const scope[] = {"21055", "21058"};
static const struct wire_group_info groups[] = {{"digitisation", scope, 2},
                                                {"empty", NULL, 0}};
static const struct wire_receipt receipts[] = {
    {.outcome = OUTCOME_REPLACED,
     .unit = "21055",
     .group = "digitisation",
     .period = "2023-09",
     .revision = 2,
     .entry = 57,
     .index = 3,
     .hash = "00ff",
     .received_at_ms = 12,
     .due = "2023-10-05",
     .on_time = true,
     .from = "2023-09-01",
     .to = "2023-09-30",
     .old_figures = figures,
     .old_count = COUNT(figures),
     .sealed = true,
     .seal = {9, 8, 7},
     .first_received_at_ms = 11},
    {.outcome = OUTCOME_REJECTED, .refusal = {"negative", "a", "-1", "âm", "negative"}},
};
static const struct wire_standing standings[] = {{2, "00ff", 12, figures, 4},
                                                 {0, "", 0, NULL, 0}};

static const struct unit_reply unit_replies[] = {
    {.version = 1, .request_id = 9, .kind = UNIT_REPLY_NONE},
    {.kind = UNIT_REPLY_SERVER_INFO,
     .info = {"1.0", "log", 12, "1f2e", 65536, 100, "commune", scope, 2, true, "ready",
              groups, 2, true}},
    {.kind = UNIT_REPLY_RECEIPTS, .receipts = receipts, .receipt_count = 2},
    {.kind = UNIT_REPLY_STANDINGS, .standings = standings, .standing_count = 2},
    {.kind = UNIT_REPLY_DONE, .done_entry = 57, .done_note = "note"},
    {.kind = UNIT_REPLY_REFUSAL,
     .refusal = {"denied", "province", "x", "từ chối", "denied"}},
};

static const struct leader_request leader_requests[] = {
    {.version = 1, .request_id = 9, .province = "toy", .kind = LEADER_REQUEST_NONE},
    {.kind = LEADER_REQUEST_SUBSCRIBE, .credit = 32, .from_start = true},
    {.kind = LEADER_REQUEST_SUBSCRIBE, .leader = "head-21055", .channel = "mail"},
    {.kind = LEADER_REQUEST_RECEIVED, .received = UINT64_MAX},
    {.kind = LEADER_REQUEST_ACKNOWLEDGE,
     .acknowledge = {"id", "TOY-2023-7c-21055", "đã rõ", "2023-12-01"}},
    {.kind = LEADER_REQUEST_BEAT},
};

static const struct leader_reply leader_replies[] = {
    {.version = 1, .request_id = 9, .kind = LEADER_REPLY_NONE},
    {.kind = LEADER_REPLY_SUBSCRIBED,
     .subscribed = {"chair", "Chủ tịch", "Chair", 5, 7, true, "vi"}},
    {.kind = LEADER_REPLY_ALERT,
     .alert = {5, "id", "code", "behind", "new", "21055", "7c", "2023-09", "về", "on",
               "văn", "text", "ngắn", "brief", 12, true, true}},
    {.kind = LEADER_REPLY_ACKNOWLEDGED, .acknowledged = {"code", 57}},
    {.kind = LEADER_REPLY_BACKLOG_END, .backlog_position = 5},
    {.kind = LEADER_REPLY_BEAT},
    {.kind = LEADER_REPLY_REFUSAL,
     .refusal = {.code = "denied", .message_vi = "từ chối", .message_en = "denied"}},
};

static const struct figure_record record_figures[] = {{"a", -5, false}, {"b", 0, true}};
static const uint8_t hash[16] = {1, 2, 3};
static const struct report_record records[] = {
    {"21055", "g", "2023", -3, 19000, 4, record_figures, 2, 12, 19010, true, "commune",
     "lý do", 17, "motcua", hash, 11},
    {.unit = "21055", .hash = hash},
};

static const struct programme_record programmes[] = {
    {"1f2e", (const uint8_t *)"\0ab", 3, "ops", 12},
    {"1f2e", NULL, 0, "ops", 12}, /* as it stands on the alerts journal */
};

static const struct wire_act acts[] = {
    {"id", "parked-drop", "5:1", "note", "2023-12-01", "ops", 1234, ""}};

static const struct wire_file files[] = {{"units.csv", (const uint8_t *)"a,b", 3},
                                         {"empty.yaml", NULL, 0}};

static const struct alert_event events[] = {
    {.code = "TOY-2023-7c-21055",
     .number = 2,
     .kind = "behind",
     .reason = "new",
     .target = "7c",
     .subject = "21055",
     .year = 2023,
     .window = "2023-09",
     .first_day = 19600,
     .last_day = 19630,
     .numerator = 1130,
     .denominator = 2386,
     .required = {182345, 3650},
     .step = {55, 1},
     .step_before = {35, 1},
     .step_before_year = 2022,
     .need_now = 63,
     .need_year = 183,
     .since_window = "2023-08",
     .windows = 2,
     .old_numerator = 1,
     .old_denominator = 2,
     .old_window = "2023-07",
     .at_ms = 12,
     .opened_at_ms = 11,
     .entry = 57,
     .index = 3,
     .simulated = true,
     .covered = 1,
     .units = 1,
     .ranked = 63,
     .pool = 63},
    {.code = "nothing required yet"},
};

/* --- a kind of message, with the type left to its two functions --- */

struct kind {
    const char *name;
    const char *values;
    size_t count;
    size_t value_bytes;
    void (*encode)(const void *value, struct arena *a, struct buf *out);
    /* Decodes, and when that went well encodes again. */
    enum status (*again)(const struct buf *in, struct arena *decoded, struct arena *a,
                         struct buf *out);
};

#define PLAIN(type)                                                                    \
    static void type##_put(const void *value, struct arena *a, struct buf *out)        \
    {                                                                                  \
        type##_encode(value, a, out);                                                  \
    }                                                                                  \
    static enum status type##_again(const struct buf *in, struct arena *decoded,       \
                                    struct arena *a, struct buf *out)                  \
    {                                                                                  \
        struct type m;                                                                 \
        enum status st = type##_decode(buf_str(in), in->len, decoded, &m);             \
                                                                                       \
        if (st == ST_OK) {                                                             \
            type##_encode(&m, a, out);                                                 \
        }                                                                              \
        return st;                                                                     \
    }

PLAIN(unit_request)
PLAIN(unit_reply)
PLAIN(leader_request)
PLAIN(leader_reply)

static void
record_put(const void *value, struct arena *a, struct buf *out)
{
    report_record_encode(value, a, out);
}

static enum status
record_again(const struct buf *in, struct arena *decoded, struct arena *a,
             struct buf *out)
{
    struct report_record m;
    enum status st = report_record_decode(in->data + 4, in->len - 4, decoded, &m);

    if (st == ST_OK) {
        report_record_encode(&m, a, out);
    }
    return st;
}

static void
programme_put(const void *value, struct arena *a, struct buf *out)
{
    programme_encode(value, a, out);
}

static enum status
programme_again(const struct buf *in, struct arena *decoded, struct arena *a,
                struct buf *out)
{
    struct programme_record m;
    enum status st = programme_decode(buf_str(in), in->len, decoded, &m);

    if (st == ST_OK) {
        programme_encode(&m, a, out);
    }
    return st;
}

static void
act_put(const void *value, struct arena *a, struct buf *out)
{
    act_encode(value, a, out);
}

static enum status
act_again(const struct buf *in, struct arena *decoded, struct arena *a, struct buf *out)
{
    struct wire_act m;
    enum status st = act_decode(buf_str(in), in->len, decoded, &m);

    if (st == ST_OK) {
        act_encode(&m, a, out);
    }
    return st;
}

static void
bundle_put(const void *value, struct arena *a, struct buf *out)
{
    bundle_encode(value, COUNT(files), a, out);
}

static enum status
bundle_again(const struct buf *in, struct arena *decoded, struct arena *a,
             struct buf *out)
{
    struct wire_file *m;
    size_t count;
    enum status st = bundle_decode(buf_str(in), in->len, decoded, &m, &count);

    if (st == ST_OK) {
        bundle_encode(m, count, a, out);
    }
    return st;
}

static void
events_put(const void *value, struct arena *a, struct buf *out)
{
    alert_events_encode(value, COUNT(events), a, out);
}

static enum status
events_again(const struct buf *in, struct arena *decoded, struct arena *a,
             struct buf *out)
{
    struct alert_event *m;
    size_t count;
    enum status st = alert_events_decode(buf_str(in), in->len, decoded, &m, &count);

    if (st == ST_OK) {
        alert_events_encode(m, count, a, out);
    }
    return st;
}

#define VALUES(array) (const char *)(array), COUNT(array), sizeof *(array)

static const struct kind kinds[] = {
    {"unit request", VALUES(unit_requests), unit_request_put, unit_request_again},
    {"unit reply", VALUES(unit_replies), unit_reply_put, unit_reply_again},
    {"leader request", VALUES(leader_requests), leader_request_put,
     leader_request_again},
    {"leader reply", VALUES(leader_replies), leader_reply_put, leader_reply_again},
    {"report record", VALUES(records), record_put, record_again},
    {"programme", VALUES(programmes), programme_put, programme_again},
    {"act", VALUES(acts), act_put, act_again},
    {"bundle", (const char *)files, 1, sizeof files, bundle_put, bundle_again},
    {"alert events", (const char *)events, 1, sizeof events, events_put, events_again},
};

struct fixture {
    struct arena *encoding;
    struct arena *decoding;
    struct buf first;
    struct buf second;
};

static int
setup(void **state)
{
    static struct fixture f;

    f.encoding = arena_new(WIRE_ARENA_BYTES);
    f.decoding = arena_new(WIRE_ARENA_BYTES);
    buf_init(&f.first, 1u << 20);
    buf_init(&f.second, 1u << 20);
    *state = &f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->encoding);
    arena_free(&f->decoding);
    buf_fini(&f->first);
    buf_fini(&f->second);
    return 0;
}

/* Encodes value i of the kind into f->first, and gives what decoding it takes. */
static size_t
encoded(struct fixture *f, const struct kind *k, size_t i)
{
    arena_reset(f->encoding);
    arena_reset(f->decoding);
    buf_clear(&f->first);
    buf_clear(&f->second);
    k->encode(k->values + i * k->value_bytes, f->encoding, &f->first);
    assert_int_equal(k->again(&f->first, f->decoding, f->encoding, &f->second), ST_OK);
    return arena_taken(f->decoding);
}

static void
each_kind_comes_back_as_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    size_t k;
    size_t i;

    for (k = 0; k < COUNT(kinds); k++) {
        for (i = 0; i < kinds[k].count; i++) {
            (void)encoded(f, &kinds[k], i);
            if (f->first.len != f->second.len ||
                memcmp(buf_str(&f->first), buf_str(&f->second), f->first.len) != 0) {
                fail_msg("%s %zu: %zu bytes went out, %zu others came back",
                         kinds[k].name, i, f->first.len, f->second.len);
            }
        }
    }
}

static void
each_kind_says_that_its_arena_is_too_small(void **state)
{
    struct fixture *f = *state;
    size_t k;
    size_t i;
    size_t max;

    for (k = 0; k < COUNT(kinds); k++) {
        for (i = 0; i < kinds[k].count; i++) {
            size_t need = encoded(f, &kinds[k], i);

            for (max = 0; max < need; max += 16) {
                struct arena *small = arena_new(max);
                enum status st =
                    kinds[k].again(&f->first, small, f->encoding, &f->second);

                arena_free(&small);
                if (st != ST_LIMIT) {
                    fail_msg("%s %zu in %zu of %zu bytes: got %s, want %s",
                             kinds[k].name, i, max, need, status_name(st),
                             status_name(ST_LIMIT));
                }
            }
        }
    }
}

/* 0x0b begins a group, which no message of ours has. */
static void
each_kind_refuses_foreign_bytes(void **state)
{
    struct fixture *f = *state;
    size_t k;

    for (k = 0; k < COUNT(kinds); k++) {
        struct tick_record tick;

        arena_reset(f->decoding);
        buf_clear(&f->first);
        buf_add(&f->first, "\x0b\x0b\x0b\x0b\x0b\x0b", 6);
        assert_int_equal(
            kinds[k].again(&f->first, f->decoding, f->encoding, &f->second), ST_BAD);
        assert_int_equal(tick_decode(buf_str(&f->first), f->first.len, &tick), ST_BAD);
    }
}

static void
malformed_is_not_too_large_in_an_arena_that_is_nearly_full(void **state)
{
    struct fixture *f = *state;
    struct arena *small = arena_new(2048);
    struct unit_request q;

    (void)f;
    assert_int_equal(unit_request_decode("\xff", 1, small, &q), ST_BAD);
    arena_free(&small);
}

static void
a_tick_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    const struct tick_record in = {471234, 121, true, true};
    struct tick_record out;

    tick_encode(&in, &f->first);
    assert_int_equal(tick_decode(buf_str(&f->first), f->first.len, &out), ST_OK);
    assert_int_equal(out.hour, 471234);
    assert_int_equal(out.down_minutes, 121);
    assert_true(out.simulated);
    assert_true(out.caught_up);
}

static void
a_record_whose_hash_is_not_16_bytes_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct report_record none = {.unit = "21055"};
    struct report_record out;

    report_record_encode(&none, f->encoding, &f->first);
    assert_int_equal(
        report_record_decode(f->first.data + 4, f->first.len - 4, f->decoding, &out),
        ST_BAD);
}

/* A Figure that says not_applicable = false says nothing; it is not "not applicable".
 */
static void
not_applicable_unsaid_is_nothing(void **state)
{
    /* UnitRequest{push{report{figure{measure "a", not_applicable false}}}} */
    static const uint8_t bytes[] = {0x5a, 0x09, 0x0a, 0x07, 0x32, 0x05,
                                    0x0a, 0x01, 'a',  0x20, 0x00};
    struct fixture *f = *state;
    struct unit_request q;

    assert_int_equal(unit_request_decode(bytes, sizeof bytes, f->decoding, &q), ST_OK);
    assert_int_equal(q.push.reports[0].figure_count, 1);
    assert_string_equal(q.push.reports[0].figures[0].measure, "a");
    assert_int_equal(q.push.reports[0].figures[0].kind, WIRE_NOTHING);
}

/* A newer server's outcome that we do not know must not be taken for a success. */
static void
an_unknown_outcome_is_none(void **state)
{
    static const uint8_t known[] = {OUTCOME_NONE, OUTCOME_ACCEPTED, OUTCOME_VALID};
    struct fixture *f = *state;
    uint8_t bytes[] = {0x5a, 0x04, 0x0a, 0x02, 0x08, 0x00};
    /* -1 as a varint */
    static const uint8_t below[] = {0x5a, 0x0d, 0x0a, 0x0b, 0x08, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    struct unit_reply r;
    size_t i;

    for (i = 0; i < sizeof known; i++) {
        bytes[5] = known[i];
        assert_int_equal(unit_reply_decode(bytes, sizeof bytes, f->decoding, &r),
                         ST_OK);
        assert_int_equal(r.receipts[0].outcome, known[i]);
    }
    bytes[5] = OUTCOME_VALID + 1;
    assert_int_equal(unit_reply_decode(bytes, sizeof bytes, f->decoding, &r), ST_OK);
    assert_int_equal(r.receipts[0].outcome, OUTCOME_NONE);
    assert_int_equal(unit_reply_decode(below, sizeof below, f->decoding, &r), ST_OK);
    assert_int_equal(r.receipts[0].outcome, OUTCOME_NONE);
}

static void
an_outcome_has_its_name_or_none(void **state)
{
    (void)state;
    assert_string_equal(outcome_name(OUTCOME_NONE), "NONE");
    assert_string_equal(outcome_name(OUTCOME_VALID), "VALID");
    assert_string_equal(outcome_name((enum outcome)(OUTCOME_VALID + 1)), "UNKNOWN");
}

/* What is required is a fraction; absent and a denominator of 0 are "nothing required",
 * a negative denominator is not turned into another fraction. */
static void
a_fraction_without_a_denominator_is_none(void **state)
{
    static const struct ratio given[] = {{55, 1}, {55, 0}, {55, -1}};
    struct fixture *f = *state;
    struct alert_event in = {.code = "x"};
    struct alert_event *out;
    size_t count;
    size_t i;

    for (i = 0; i < COUNT(given); i++) {
        in.required = given[i];
        buf_clear(&f->first);
        alert_events_encode(&in, 1, f->encoding, &f->first);
        assert_int_equal(alert_events_decode(buf_str(&f->first), f->first.len,
                                             f->decoding, &out, &count),
                         ST_OK);
        assert_int_equal(out->required.den, given[i].den == 1 ? 1 : 0);
        assert_int_equal(out->required.num, given[i].den == 1 ? 55 : 0);
    }
    /* AlertEvents{event{code "x"}}: an older writer that sent no fraction. */
    assert_int_equal(
        alert_events_decode("\x0a\x03\x0a\x01x", 5, f->decoding, &out, &count), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(out->required.den, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_comes_back_as_the_same_bytes),
        TEST(each_kind_says_that_its_arena_is_too_small),
        TEST(each_kind_refuses_foreign_bytes),
        TEST(malformed_is_not_too_large_in_an_arena_that_is_nearly_full),
        TEST(a_tick_comes_back_whole),
        TEST(a_record_whose_hash_is_not_16_bytes_is_refused),
        TEST(not_applicable_unsaid_is_nothing),
        TEST(an_unknown_outcome_is_none),
        TEST(an_outcome_has_its_name_or_none),
        TEST(a_fraction_without_a_denominator_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
