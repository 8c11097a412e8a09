/*
 * The library's part alone: messages encoded and decoded, entries chained, receipts
 * written and read, alerts sealed.
 */
#include <string.h>

#include "lib/bus.h"
#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/entry_sets.h"
#include "lib/journal.h"
#include "lib/mem.h"
#include "lib/receipt.h"
#include "lib/sealed.h"
#include "tests/perf/paths.h"

#define RECORDS 256
#define BYTES_MAX (1u << 20)
#define RECEIVED_MS INT64_C(1769900000000)

static struct arena *arena;
static struct buf out;

static void
begin(void)
{
    arena = arena_new(4 * WIRE_ARENA_BYTES);
    buf_init(&out, BYTES_MAX);
}

static size_t
end(size_t units)
{
    arena_free(&arena);
    buf_fini(&out);
    return units;
}

/* --- records of the journal --- */

static void
record_encode(size_t i, struct buf *to)
{
    struct figure_record figures[] = {{.measure = "things_all"},
                                      {.measure = "things_done"},
                                      {.measure = "things_online"}};
    uint8_t hash[16];
    struct report_record r = {.unit = perf_unit(i % PERF_UNITS),
                              .group = "things",
                              .period = perf_period(i / PERF_UNITS),
                              .first_day = day_from_civil(PERF_YEAR, 1, 1),
                              .last_day = day_from_civil(PERF_YEAR, 1, 31),
                              .revision = 1,
                              .figures = figures,
                              .figure_count = 3,
                              .received_at_ms = RECEIVED_MS + (int64_t)i,
                              .due_day = day_from_civil(PERF_YEAR, 2, 10),
                              .principal = "reporter",
                              .reason = "",
                              .source_system = "perf",
                              .hash = hash};

    perf_figures(i, &figures[0].scaled, &figures[1].scaled, &figures[2].scaled);
    report_record_hash(&r, hash);
    report_record_encode(&r, arena, to);
}

static void
records_encode(void *with)
{
    size_t i;

    (void)with;
    for (i = 0; i < RECORDS; i++) {
        arena_reset(arena);
        record_encode(i, &out);
    }
}

static size_t
record_encode_run(void)
{
    begin();
    records_encode(NULL); /* the buffer grows */
    buf_clear(&out);
    counted(records_encode, NULL);
    MUST(!out.cut);
    return end(RECORDS);
}

static void
records_decode(void *with)
{
    struct journal_cursor cur = {(const uint8_t *)out.data, out.len};
    struct report_record r;
    const uint8_t *record;
    size_t *count = with;
    size_t bytes;

    while (journal_record_next(&cur, &record, &bytes) == ST_OK) {
        arena_reset(arena);
        MUST(report_record_decode(record, bytes, arena, &r) == ST_OK);
        (*count)++;
    }
}

static size_t
record_decode_run(void)
{
    size_t count = 0;

    begin();
    records_encode(NULL);
    counted(records_decode, &count);
    MUST(count == RECORDS);
    return end(count);
}

/* --- the chain --- */

#define CHAIN_KIB 32

static void
chain(void *with)
{
    static const char before[] = "0123456789abcdef0123456789abcdef";

    journal_chain(before, JOURNAL_REPORTS, out.data, (size_t)CHAIN_KIB << 10, with);
}

static size_t
chain_run(void)
{
    char after[JOURNAL_CHAIN_BYTES];

    begin();
    records_encode(NULL);
    MUST(out.len >= (size_t)CHAIN_KIB << 10);
    counted(chain, after);
    return end(CHAIN_KIB);
}

/* --- receipts as Redis keeps them --- */

static void
lines(void *with)
{
    struct receipt r = {.revision = 1,
                        .entry = 1000,
                        .received_at_ms = RECEIVED_MS,
                        .due_day = day_from_civil(PERF_YEAR, 2, 10),
                        .on_time = true};
    char field[RECEIPT_FIELD_BYTES];
    char line[RECEIPT_LINE_BYTES];
    uint32_t i;

    (void)with;
    for (i = 0; i < RECORDS; i++) {
        r.index = i;
        receipt_field("U01/things/2025-01", i + 1, field);
        receipt_line(&r, line);
    }
}

static size_t
receipt_line_run(void)
{
    counted(lines, NULL);
    return RECORDS;
}

/* --- an answer with receipts, read by a client --- */

static void
receipts_encode(void)
{
    static struct wire_receipt receipts[WIRE_REPORTS_MAX];
    struct unit_reply reply = {.version = WIRE_VERSION,
                               .request_id = 1,
                               .kind = UNIT_REPLY_RECEIPTS,
                               .receipts = receipts,
                               .receipt_count = WIRE_REPORTS_MAX};
    size_t i;

    for (i = 0; i < WIRE_REPORTS_MAX; i++) {
        receipts[i] = (struct wire_receipt){.outcome = OUTCOME_ACCEPTED,
                                            .unit = perf_unit(i % PERF_UNITS),
                                            .group = "things",
                                            .period = "2025-01",
                                            .revision = 1,
                                            .entry = 1000,
                                            .index = (uint32_t)i,
                                            .hash = "0123456789abcdef0123456789abcdef",
                                            .received_at_ms = RECEIVED_MS,
                                            .due = "2025-02-10",
                                            .on_time = true,
                                            .from = "2025-01-01",
                                            .to = "2025-01-31",
                                            .sealed = true};
    }
    unit_reply_encode(&reply, arena, &out);
}

static void
receipts_decode(void *with)
{
    struct unit_reply reply;

    (void)with;
    arena_reset(arena);
    MUST(unit_reply_decode(out.data, out.len, arena, &reply) == ST_OK);
    MUST(reply.receipt_count == WIRE_REPORTS_MAX);
}

static size_t
receipts_decode_run(void)
{
    begin();
    receipts_encode();
    counted(receipts_decode, NULL);
    return end(WIRE_REPORTS_MAX);
}

/* --- an alert, sealed and opened --- */

struct sealing {
    struct bus_keys keys; /* of a leader */
    struct leader_reply reply;
    struct buf plain;
    struct buf box;
};

static void
seal(void *with)
{
    struct sealing *s = with;

    MUST(sealed_close(&s->reply, s->keys.public_key, arena, &s->plain, &s->box) ==
         ST_OK);
}

static void
open(void *with)
{
    struct sealing *s = with;

    MUST(sealed_open(&s->reply, s->keys.public_key, s->keys.secret_key, arena) ==
         ST_OK);
}

static size_t
sealed_run(void (*first)(void (*work)(void *with), void *with),
           void (*second)(void (*work)(void *with), void *with))
{
    /* From zmq_curve(7); nobody's. */
    struct sealing s = {
        .keys = {.public_key = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
                 .secret_key = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"},
        .reply = {.version = WIRE_VERSION,
                  .kind = LEADER_REPLY_ALERT,
                  .alert = {.position = 1025,
                            .id = "PERF-2025-t1-U01/1",
                            .code = "PERF-2025-t1-U01",
                            .kind = "behind",
                            .reason = "new",
                            .unit = "U01",
                            .target = "t1",
                            .window = "2025-01",
                            .subject_vi = "giả",
                            .subject_en = "synthetic",
                            .text_vi = "giả",
                            .text_en = "synthetic",
                            .brief_vi = "giả",
                            .brief_en = "synthetic"}}};

    begin();
    buf_init(&s.plain, BYTES_MAX);
    buf_init(&s.box, BYTES_MAX);
    first(seal, &s);
    second(open, &s);
    buf_fini(&s.plain);
    buf_fini(&s.box);
    return end(1);
}

static void
plain(void (*work)(void *with), void *with)
{
    work(with);
}

static size_t
alert_seal_run(void)
{
    return sealed_run(counted, plain);
}

static size_t
alert_open_run(void)
{
    return sealed_run(plain, counted);
}

static const struct path paths[] = {
    {"record-encode", "report", "256 records hashed and packed for an entry",
     record_encode_run},
    {"record-decode", "report", "the same 256 unpacked", record_decode_run},
    {"chain", "KiB", "chain value of an entry of 32 KiB (journal_chain)", chain_run},
    {"receipt-line", "receipt", "256 fields and lines of the receipts hash",
     receipt_line_run},
    {"receipts-decode", "receipt", "an answer with 100 receipts, unpacked",
     receipts_decode_run},
    {"alert-seal", "alert", "a short alert packed and sealed to a key (sealed_close)",
     alert_seal_run},
    {"alert-open", "alert", "the same opened (sealed_open)", alert_open_run},
};

int
main(int argc, char **argv)
{
    return paths_main(argc, argv, paths, sizeof paths / sizeof *paths);
}
