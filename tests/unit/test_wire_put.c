/*
 * What is written by hand is, byte for byte, what protobuf-c writes. Seen to fail with
 * a field left out, with two in the wrong order, with a length of one byte only, and
 * with a signed number that is not zigzag.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/mem.h"
#include "lib/wire.h"
#include "lib/wire_private.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BYTES_MAX (1u << 20)

static struct arena *a;
static struct buf got;
static struct buf want;
static char text[20000];

static int
setup(void **state)
{
    (void)state;
    a = arena_new(BYTES_MAX);
    buf_init(&got, BYTES_MAX);
    buf_init(&want, BYTES_MAX);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&a);
    buf_fini(&got);
    buf_fini(&want);
    return 0;
}

/* A text of so many bytes; good until the next. */
static char *
text_of(size_t bytes)
{
    memset(text, 'x', bytes);
    text[bytes] = '\0';
    return text;
}

static void
want_equal(const char *got_at, size_t got_bytes)
{
    assert_int_equal(got_bytes, want.len);
    assert_memory_equal(got_at, want.data, want.len);
}

static const int64_t numbers[] = {
    0,   1,     -1,    63,        64,        -64,       -65,       127,
    128, 16383, 16384, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 1760000000};
/* Around the places where a length needs a byte more. */
static const size_t lengths[] = {0, 1, 40, 90, 100, 110, 127, 128, 500, 16300, 16384};

/* --- records --- */

static void
record_pack(const struct report_record *r)
{
    Dondoc__ReportRecord m = DONDOC__REPORT_RECORD__INIT;
    size_t i;

    m.unit = (char *)r->unit;
    m.group = (char *)r->group;
    m.period = (char *)r->period;
    m.first_day = r->first_day;
    m.last_day = r->last_day;
    m.revision = r->revision;
    m.n_figures = r->figure_count;
    WIRE_ARRAY(a, r->figure_count, Dondoc__FigureRecord, dondoc__figure_record__init,
               m.figures);
    for (i = 0; i < r->figure_count; i++) {
        m.figures[i]->measure = (char *)r->figures[i].measure;
        m.figures[i]->scaled = r->figures[i].scaled;
        m.figures[i]->not_applicable = r->figures[i].not_applicable;
    }
    m.received_at_ms = r->received_at_ms;
    m.due_day = r->due_day;
    m.on_time = r->on_time;
    m.principal = (char *)r->principal;
    m.reason = (char *)r->reason;
    m.made_at_ms = r->made_at_ms;
    m.source_system = (char *)r->source_system;
    m.hash.data = (uint8_t *)r->hash;
    m.hash.len = r->hash == NULL ? 0 : 16;
    m.first_received_at_ms = r->first_received_at_ms;
    wire_pack(&m.base, &want);
}

static void
record_case(int64_t n, size_t length)
{
    uint8_t hash[16] = {0, 1, 2, 0xff};
    struct figure_record figures[] = {
        {"all", n, false}, {"", 0, false}, {text_of(length), n, n % 2 != 0}};
    struct report_record r = {.unit = "U01",
                              .group = length % 2 == 0 ? "things" : "",
                              .period = "2025-01",
                              .first_day = (int32_t)n,
                              .last_day = (int32_t)(n >> 1),
                              .revision = (uint32_t)n,
                              .figures = figures,
                              .figure_count = length % 4,
                              .received_at_ms = n,
                              .due_day = (int32_t)n,
                              .on_time = n % 2 != 0,
                              .principal = "reporter",
                              .reason = text,
                              .made_at_ms = n / 3,
                              .source_system = "perf",
                              .hash = n == 0 ? NULL : hash,
                              .first_received_at_ms = n};
    uint32_t bytes;

    arena_reset(a);
    buf_clear(&got);
    buf_clear(&want);
    report_record_encode(&r, a, &got);
    record_pack(&r);
    bytes = (uint32_t)(uint8_t)got.data[0] | (uint32_t)(uint8_t)got.data[1] << 8 |
            (uint32_t)(uint8_t)got.data[2] << 16 | (uint32_t)(uint8_t)got.data[3] << 24;
    assert_int_equal(bytes, got.len - 4);
    want_equal(got.data + 4, got.len - 4);
}

static void
a_record_is_what_protobuf_writes(void **state)
{
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        for (k = 0; k < COUNT(lengths); k++) {
            record_case(numbers[i], lengths[k]);
        }
    }
}

/* --- receipts --- */

static void
receipt_fill(const struct wire_receipt *from, Dondoc__Receipt *to)
{
    to->outcome = (Dondoc__Outcome)from->outcome;
    to->unit = (char *)from->unit;
    to->group = (char *)from->group;
    to->period = (char *)from->period;
    to->revision = from->revision;
    to->entry = from->entry;
    to->index = from->index;
    to->hash = (char *)from->hash;
    to->received_at_ms = from->received_at_ms;
    to->due = (char *)from->due;
    to->on_time = from->on_time;
    to->from = (char *)from->from;
    to->to = (char *)from->to;
    to->n_old_figures = from->old_count;
    to->old_figures = wire_figures_pack(from->old_figures, from->old_count, a);
    if (from->refusal.code != NULL) {
        to->refusal = wire_refusal_pack(&from->refusal, a);
    }
    if (from->sealed) {
        to->seal.data = (uint8_t *)from->seal;
        to->seal.len = sizeof from->seal;
    }
    to->first_received_at_ms = from->first_received_at_ms;
}

static void
reply_pack(const struct unit_reply *reply)
{
    Dondoc__UnitReply m = DONDOC__UNIT_REPLY__INIT;
    Dondoc__Receipts receipts = DONDOC__RECEIPTS__INIT;
    size_t i;

    m.version = reply->version;
    m.request_id = reply->request_id;
    m.body_case = DONDOC__UNIT_REPLY__BODY_RECEIPTS;
    m.receipts = &receipts;
    receipts.n_receipts = reply->receipt_count;
    WIRE_ARRAY(a, reply->receipt_count, Dondoc__Receipt, dondoc__receipt__init,
               receipts.receipts);
    for (i = 0; i < reply->receipt_count; i++) {
        receipt_fill(&reply->receipts[i], receipts.receipts[i]);
    }
    wire_pack(&m.base, &want);
}

static void
receipts_case(int64_t n, size_t length, size_t count)
{
    static const struct wire_figure old[] = {{"all", WIRE_COUNT, 0, NULL},
                                             {"done", WIRE_DECIMAL, 0, ""},
                                             {"rank", WIRE_NOT_APPLICABLE, 0, NULL},
                                             {"none", WIRE_NOTHING, 0, NULL}};
    struct wire_receipt receipts[100] = {{.outcome = OUTCOME_NONE}};
    struct unit_reply reply = {.version = (uint32_t)n,
                               .request_id = (uint64_t)n,
                               .kind = UNIT_REPLY_RECEIPTS,
                               .receipts = receipts,
                               .receipt_count = count};
    size_t i;

    for (i = 0; i < count; i++) {
        receipts[i] = (struct wire_receipt){.outcome = (enum outcome)(i % 8),
                                            .unit = "U01",
                                            .group = i % 2 == 0 ? NULL : "things",
                                            .period = "",
                                            .revision = (uint32_t)n,
                                            .entry = (uint64_t)n,
                                            .index = (uint32_t)i,
                                            .hash = text_of(length),
                                            .received_at_ms = n,
                                            .due = "2025-02-10",
                                            .on_time = n > 0,
                                            .from = "2025-01-01",
                                            .to = "2025-01-31",
                                            .old_figures = old,
                                            .old_count = i % 5,
                                            .sealed = i % 3 != 0,
                                            .seal = {0, 7},
                                            .first_received_at_ms = n};
        if (i % 4 == 1) {
            receipts[i].refusal =
                (struct wire_refusal){"busy", "", text, "bận", i == 1 ? "" : "busy"};
        }
    }
    arena_reset(a);
    buf_clear(&got);
    buf_clear(&want);
    unit_reply_encode(&reply, a, &got);
    reply_pack(&reply);
    want_equal(got.data, got.len);
}

static void
receipts_are_what_protobuf_writes(void **state)
{
    static const size_t counts[] = {0, 1, 2, 9, 100};
    size_t i;
    size_t k;
    size_t j;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        for (k = 0; k < COUNT(lengths); k++) {
            for (j = 0; j < COUNT(counts); j++) {
                if (counts[j] * lengths[k] < 40000) {
                    receipts_case(numbers[i], lengths[k], counts[j]);
                }
            }
        }
    }
}

/* --- messages to offices --- */

static void
row_fill(const struct wire_row *from, Dondoc__DigestRow *to)
{
    to->code = (char *)from->code;
    to->kind = (char *)from->kind;
    to->reason = (char *)from->reason;
    to->unit = (char *)from->unit;
    to->target = (char *)from->target;
    to->unit_vi = (char *)from->unit_vi;
    to->unit_en = (char *)from->unit_en;
    to->about_vi = (char *)from->about_vi;
    to->about_en = (char *)from->about_en;
    to->figure_vi = (char *)from->figure_vi;
    to->figure_en = (char *)from->figure_en;
    to->since_vi = (char *)from->since_vi;
    to->since_en = (char *)from->since_en;
    to->acknowledged = from->acknowledged;
}

static void
alert_fill(const struct wire_alert *from, Dondoc__AlertMessage *to)
{
    size_t i;

    to->position = from->position;
    to->id = (char *)from->id;
    to->code = (char *)from->code;
    to->kind = (char *)from->kind;
    to->reason = (char *)from->reason;
    to->unit = (char *)from->unit;
    to->target = (char *)from->target;
    to->window = (char *)from->window;
    to->subject_vi = (char *)from->subject_vi;
    to->subject_en = (char *)from->subject_en;
    to->text_vi = (char *)from->text_vi;
    to->text_en = (char *)from->text_en;
    to->at_ms = from->at_ms;
    to->simulated = from->simulated;
    to->acknowledged = from->acknowledged;
    to->brief_vi = (char *)from->brief_vi;
    to->brief_en = (char *)from->brief_en;
    to->urgent = from->urgent;
    to->wait_until_ms = from->wait_until_ms;
    to->rung = from->rung;
    to->held = from->held;
    to->n_rows = from->row_count;
    WIRE_ARRAY(a, from->row_count, Dondoc__DigestRow, dondoc__digest_row__init,
               to->rows);
    for (i = 0; i < from->row_count; i++) {
        row_fill(&from->rows[i], to->rows[i]);
    }
}

static void
alert_case(int64_t n, size_t length, const struct wire_row *rows)
{
    struct leader_reply reply = {
        .version = (uint32_t)n, .request_id = (uint64_t)n, .kind = LEADER_REPLY_ALERT};
    struct wire_alert full = {.position = (uint64_t)n,
                              .id = "PERF-1/1",
                              .code = "PERF-1",
                              .kind = "behind",
                              .reason = "new",
                              .unit = "U01",
                              .target = "t1",
                              .window = "2025-02",
                              .subject_vi = "Chậm",
                              .subject_en = "late",
                              .text_vi = text_of(length),
                              .text_en = text,
                              .brief_vi = "gọn",
                              .brief_en = "short",
                              .at_ms = n,
                              .simulated = n % 2 != 0,
                              .acknowledged = n % 3 != 0,
                              .urgent = n % 5 != 0,
                              .wait_until_ms = n / 7,
                              .rung = (uint32_t)n,
                              .held = n % 7 != 0,
                              .rows = rows,
                              .row_count = length % 3};
    Dondoc__LeaderReply m = DONDOC__LEADER_REPLY__INIT;
    Dondoc__AlertMessage alert = DONDOC__ALERT_MESSAGE__INIT;

    arena_reset(a);
    buf_clear(&got);
    buf_clear(&want);
    if (length > 0) { /* else a message within that has nothing in it */
        reply.alert = full;
        alert_fill(&full, &alert);
    }
    leader_reply_encode(&reply, a, &got);
    m.version = reply.version;
    m.request_id = reply.request_id;
    m.body_case = DONDOC__LEADER_REPLY__BODY_ALERT;
    m.alert = &alert;
    wire_pack(&m.base, &want);
    want_equal(got.data, got.len);
}

static void
messages_are_what_protobuf_writes(void **state)
{
    static const struct wire_row rows[2] = {
        {"c", "behind", "new", "U01", "t1", "xã", "unit", "việc", "things", "1", "one",
         "5/3", "5 March", true},
        {"", "", "", "", "", "", "", "", "", "", "", "", "", false}};
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        for (k = 0; k < COUNT(lengths); k++) {
            alert_case(numbers[i], lengths[k], rows);
        }
    }
}

/* --- events --- */

static Dondoc__Fraction *
fraction_pack(struct ratio r)
{
    Dondoc__Fraction *m = wire_take(a, sizeof *m);

    dondoc__fraction__init(m);
    m->num = r.num;
    m->den = r.den;
    return m;
}

static void
progress_fill(const struct alert_event *in, Dondoc__AlertEvent *m)
{
    size_t i;

    m->n_progress = in->progress_count;
    WIRE_ARRAY(a, in->progress_count, Dondoc__ProgressRow, dondoc__progress_row__init,
               m->progress);
    for (i = 0; i < in->progress_count; i++) {
        m->progress[i]->target = wire_text(in->progress[i].target);
        m->progress[i]->level = wire_text(in->progress[i].level);
        m->progress[i]->met = in->progress[i].met;
        m->progress[i]->on_pace = in->progress[i].on_pace;
        m->progress[i]->behind = in->progress[i].behind;
        m->progress[i]->missed = in->progress[i].missed;
        m->progress[i]->on_way = in->progress[i].on_way;
        m->progress[i]->no_data = in->progress[i].no_data;
        m->progress[i]->other = in->progress[i].other;
    }
}

static void
event_fill(const struct alert_event *in, Dondoc__AlertEvent *m)
{
    m->code = wire_text(in->code);
    m->number = in->number;
    m->kind = wire_text(in->kind);
    m->reason = wire_text(in->reason);
    m->target = wire_text(in->target);
    m->subject = wire_text(in->subject);
    m->year = in->year;
    m->window = wire_text(in->window);
    m->first_day = in->first_day;
    m->last_day = in->last_day;
    m->numerator = in->numerator;
    m->denominator = in->denominator;
    m->required = fraction_pack(in->required);
    m->step = fraction_pack(in->step);
    m->step_before = fraction_pack(in->step_before);
    m->step_before_year = in->step_before_year;
    m->need_now = in->need_now;
    m->need_year = in->need_year;
    m->since_window = wire_text(in->since_window);
    m->windows = in->windows;
    m->old_numerator = in->old_numerator;
    m->old_denominator = in->old_denominator;
    m->old_window = wire_text(in->old_window);
    m->at_ms = in->at_ms;
    m->opened_at_ms = in->opened_at_ms;
    m->entry = in->entry;
    m->index = in->index;
    m->simulated = in->simulated;
    m->covered = in->covered;
    m->units = in->units;
    m->ranked = in->ranked;
    m->pool = in->pool;
    m->group = wire_text(in->group);
    m->due_day = in->due_day;
    m->rule_day = in->rule_day;
    m->late = in->late;
    m->brake = wire_text(in->brake);
    m->by = wire_text(in->by);
    m->measure = wire_text(in->measure);
    progress_fill(in, m);
}

static struct alert_event
event_of(int64_t n, size_t length)
{
    static struct progress_row progress[2] = {{.target = "t1", .level = "commune"}};

    progress[0].met = (uint32_t)n;
    progress[0].on_pace = 1;
    progress[0].behind = (uint32_t)(n >> 3);
    progress[0].missed = 2;
    progress[0].on_way = 300;
    progress[0].no_data = 4;
    progress[0].other = (uint32_t)n;
    return (struct alert_event){.code = "PERF-2025-t1-U01",
                                .number = (uint32_t)n,
                                .kind = "behind",
                                .reason = n > 0 ? "new" : NULL,
                                .target = "t1",
                                .subject = "U01",
                                .year = (int32_t)n,
                                .window = "2025-02",
                                .first_day = (int32_t)(n >> 1),
                                .last_day = -(int32_t)(n >> 2),
                                .numerator = n,
                                .denominator = n / 2,
                                .required = {n, n % 3},
                                .step = {0, n},
                                .step_before = {n, 0},
                                .step_before_year = (int32_t)n,
                                .need_now = n / 3,
                                .need_year = n,
                                .since_window = "2025-01",
                                .windows = (uint32_t)n,
                                .old_numerator = n / 5,
                                .old_denominator = n,
                                .old_window = "2025",
                                .at_ms = n,
                                .opened_at_ms = n / 7,
                                .entry = (uint64_t)n,
                                .index = (uint32_t)n,
                                .simulated = n % 2 != 0,
                                .covered = (uint32_t)n,
                                .units = 64,
                                .ranked = n,
                                .pool = n / 11,
                                .group = "things",
                                .due_day = (int32_t)n,
                                .rule_day = (int32_t)(n >> 5),
                                .late = n % 3 != 0,
                                .brake = text_of(length),
                                .by = "reporter",
                                .measure = text,
                                .progress = progress,
                                .progress_count = length % 3};
}

static void
events_are_what_protobuf_writes(void **state)
{
    size_t i;
    size_t k;
    size_t j;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        for (k = 0; k < COUNT(lengths); k++) {
            struct alert_event events[3] = {event_of(numbers[i], lengths[k])};
            Dondoc__AlertEvents m = DONDOC__ALERT_EVENTS__INIT;

            events[2] = events[0];
            arena_reset(a);
            buf_clear(&got);
            buf_clear(&want);
            alert_events_encode(events, i % 4, a, &got);
            m.n_events = i % 4;
            WIRE_ARRAY(a, m.n_events, Dondoc__AlertEvent, dondoc__alert_event__init,
                       m.events);
            for (j = 0; j < m.n_events; j++) {
                event_fill(&events[j], m.events[j]);
            }
            wire_pack(&m.base, &want);
            want_equal(got.len == 0 ? "" : got.data, got.len);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_what_protobuf_writes),
        cmocka_unit_test(receipts_are_what_protobuf_writes),
        cmocka_unit_test(messages_are_what_protobuf_writes),
        cmocka_unit_test(events_are_what_protobuf_writes),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
