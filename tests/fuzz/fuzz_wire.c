/*
 * fuzz_wire - any bytes as each message that comes from outside or stands in a journal:
 * refused, or decoded within the arena; what was decoded encodes and decodes again to
 * the same bytes.
 */
#include <stdint.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/journal.h"
#include "lib/wire.h"
#include "lib/wire_private.h"
#include "tests/support/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct arena *decoded;
static struct arena *encoded;
static struct buf first;
static struct buf second;

static void
again(void)
{
    arena_reset(decoded);
    arena_reset(encoded);
    buf_clear(&first);
    buf_clear(&second);
}

/* A push is read by hand first: as the library reads it, and it would have been taken;
 * or not at all. */
static void
push_by_hand(const uint8_t *data, size_t bytes)
{
    struct unit_request hand;
    struct unit_request library;

    again();
    if (!unit_request_get(data, bytes, decoded, &hand)) {
        return;
    }
    unit_request_encode(&hand, encoded, &first);
    arena_reset(decoded);
    MUST(unit_request_unpack(data, bytes, decoded, &library) == ST_OK);
    MUST(arena_taken(decoded) <= WIRE_ARENA_BYTES);
    MUST(library.kind == UNIT_REQUEST_PUSH && library.unknown_fields == 0);
    arena_reset(encoded);
    unit_request_encode(&library, encoded, &second);
    MUST(first.len == second.len &&
         memcmp(buf_str(&first), buf_str(&second), first.len) == 0);
}

static void
unit_request(const uint8_t *data, size_t bytes)
{
    struct unit_request q;

    again();
    if (unit_request_decode(data, bytes, decoded, &q) != ST_OK) {
        return;
    }
    unit_request_encode(&q, encoded, &first);
    arena_reset(encoded);
    /* What we encode is ours to read; only doubled fields make it smaller. */
    if (unit_request_decode(buf_str(&first), first.len, encoded, &q) == ST_OK) {
        arena_reset(decoded);
        unit_request_encode(&q, decoded, &second);
        MUST(first.len == second.len &&
             memcmp(buf_str(&first), buf_str(&second), first.len) == 0);
    }
}

static void
others(const uint8_t *data, size_t bytes)
{
    struct journal_cursor cursor = {data, bytes};
    struct leader_request leader;
    struct unit_reply reply;
    struct leader_reply leader_reply;
    struct report_record record;
    struct alert_event *events;
    struct wire_file *files;
    struct tick_record tick;
    struct wire_act act;
    const uint8_t *one;
    size_t one_bytes;
    size_t count;

    again();
    status_ignore(leader_request_decode(data, bytes, decoded, &leader));
    again();
    status_ignore(unit_reply_decode(data, bytes, decoded, &reply));
    again();
    status_ignore(leader_reply_decode(data, bytes, decoded, &leader_reply));
    again();
    status_ignore(wire_alert_decode(data, bytes, decoded, &leader_reply.alert));
    again();
    if (report_record_get(data, bytes, decoded, &record)) {
        struct report_record other;

        MUST(report_record_unpack(data, bytes, encoded, &other) == ST_OK);
        MUST(records_same(&record, &other));
    }
    again();
    status_ignore(report_record_decode(data, bytes, decoded, &record));
    again();
    status_ignore(alert_events_decode(data, bytes, decoded, &events, &count));
    again();
    status_ignore(bundle_decode(data, bytes, decoded, &files, &count));
    again();
    status_ignore(act_decode(data, bytes, decoded, &act));
    status_ignore(tick_decode(data, bytes, &tick));
    while (journal_record_next(&cursor, &one, &one_bytes) == ST_OK) {
        MUST(one >= data && one + one_bytes <= data + bytes);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (decoded == NULL) {
        decoded = arena_new(WIRE_ARENA_BYTES);
        encoded = arena_new(8 * WIRE_ARENA_BYTES);
        buf_init(&first, 16u << 20);
        buf_init(&second, 16u << 20);
    }
    if (bytes > 65536) {
        return 0;
    }
    push_by_hand(data, bytes);
    unit_request(data, bytes);
    others(data, bytes);
    return 0;
}
