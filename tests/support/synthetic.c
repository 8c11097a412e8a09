#include "tests/support/synthetic.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/entry_sets.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/receipt.h"

#define FIRST_HOUR 464000 /* some hour of the year 2022 */
#define UNITS 200u

static const char digest[] =
    "5e7e71c000000000000000000000000000000000000000000000000000000000";
static const char bundle[] = "synthetic";

static void
append(struct synthetic *s, struct redis *r, struct journal_append *a)
{
    enum status st = journal_append_call(a, r, NULL, 0, NULL);

    if (st != ST_OK) {
        fail_msg("append: %s, %s", status_name(st), redis_error(r));
    }
    s->head = a->next;
}

void
synthetic_begin(struct synthetic *s, struct redis *r, const char *province)
{
    struct programme_record p = {digest, (const uint8_t *)bundle, sizeof bundle - 1,
                                 "synthetic", hour_start(FIRST_HOUR).ms + 5};
    struct arena *arena = arena_new(1u << 16);
    struct journal_append a;
    struct buf body;
    char hour[24];

    memset(s, 0, sizeof *s);
    crypto_init();
    s->province = province;
    assert_int_equal(journal_head_read(r, province, &s->head), ST_OK);
    journal_append_init(&a);
    buf_init(&body, 4096);
    programme_encode(&p, arena, &body);
    journal_append_begin(&a, province, &s->head, JOURNAL_PROGRAMME, buf_str(&body),
                         body.len);
    (void)snprintf(hour, sizeof hour, "%d", FIRST_HOUR);
    journal_append_set(&a, TABLE_HEAD, "tick", hour);
    journal_append_set(&a, TABLE_HEAD, "programme", digest);
    journal_append_programme(&a, digest, bundle, sizeof bundle - 1);
    append(s, r, &a);
    buf_fini(&body);
    journal_append_fini(&a);
    arena_free(&arena);
}

static void
tick(struct synthetic *s, struct redis *r, struct journal_append *a)
{
    struct tick_record t = {.hour = s->head.tick + 1, .simulated = true};
    struct buf body;
    char hour[24];

    buf_init(&body, 64);
    tick_encode(&t, &body);
    (void)snprintf(hour, sizeof hour, "%" PRId64, t.hour);
    journal_append_begin(a, s->province, &s->head, JOURNAL_TICK, buf_str(&body),
                         body.len);
    journal_append_set(a, TABLE_HEAD, "tick", hour);
    append(s, r, a);
    buf_fini(&body);
}

static void
act(struct synthetic *s, struct redis *r, struct journal_append *a, struct arena *arena)
{
    char id[32];
    char seq[24];
    struct wire_act w = {.id = id,
                         .kind = "tick-confirm",
                         .subject = "",
                         .note = "synthetic",
                         .until = "",
                         .by = "synthetic",
                         .at_ms = hour_start(s->head.tick).ms + 9};
    struct buf body;

    (void)snprintf(id, sizeof id, "synthetic-%u", s->hours);
    (void)snprintf(seq, sizeof seq, "%" PRIu64, s->head.seq + 1);
    buf_init(&body, 4096);
    act_encode(&w, arena, &body);
    journal_append_begin(a, s->province, &s->head, JOURNAL_ACT, buf_str(&body),
                         body.len);
    journal_append_set(a, TABLE_ACTS, id, seq);
    append(s, r, a);
    buf_fini(&body);
}

/* One record; unit and period say which, and every tenth is the second of its key. */
struct made {
    char unit[16];
    char period[24];
    char field[RECEIPT_FIELD_BYTES];
    char line[RECEIPT_LINE_BYTES];
    uint32_t revision;
};

static void
record_make(const struct synthetic *s, unsigned i, uint64_t entry, struct made *m,
            struct arena *arena, struct buf *body)
{
    bool second = s->hours > 0 && i % 10 == 3;
    unsigned hour = second ? s->hours - 1 : s->hours;
    unsigned of = second ? i - 3 : i;
    const struct figure_record figures[] = {
        {"results_in_force", 2000 + (int64_t)i, false},
        {"results_in_force_digitised", (int64_t)i + second, false}};
    uint8_t hash[RECEIPT_HASH_BYTES];
    struct report_record rec = {.unit = m->unit,
                                .group = "digitisation",
                                .period = m->period,
                                .first_day = 19000,
                                .last_day = 19030,
                                .revision = second ? 2 : 1,
                                .figures = figures,
                                .figure_count = 2,
                                .received_at_ms = hour_start(s->head.tick).ms + i,
                                .due_day = 19040,
                                .on_time = true,
                                .principal = "synthetic",
                                .reason = "",
                                .source_system = "",
                                .hash = hash};
    struct receipt receipt = {.entry = entry,
                              .index = i,
                              .received_at_ms = rec.received_at_ms,
                              .due_day = rec.due_day,
                              .on_time = true};
    char key[RECEIPT_FIELD_BYTES];

    (void)snprintf(m->unit, sizeof m->unit, "%u", 20000 + of % UNITS);
    (void)snprintf(m->period, sizeof m->period, "2022-%05u-%u", hour, of / UNITS);
    m->revision = rec.revision;
    report_record_hash(&rec, hash);
    memcpy(receipt.hash, hash, sizeof hash);
    report_record_encode(&rec, arena, body);
    (void)snprintf(key, sizeof key, "%s/digitisation/%s", m->unit, m->period);
    receipt_field(key, rec.revision, m->field);
    receipt_line(&receipt, m->line);
}

static void
fact_put(const struct synthetic *s, struct redis *r, const struct made *m,
         uint64_t entry, unsigned i)
{
    char key[KEY_BYTES];
    char field[64];
    char line[256];
    const char *argv[] = {"HSET", key, field, line};

    key_make2(key, s->province, KEY_FACTS, m->unit);
    (void)snprintf(field, sizeof field, "digitisation/%s", m->period);
    (void)snprintf(line, sizeof line,
                   "rev=%" PRIu32 " at=%" PRIu64 ":%u from=- to=- received=1 "
                   "results_in_force=%u results_in_force_digitised=%u",
                   m->revision, entry, i, 2000 + i, i + m->revision - 1);
    redis_put(r, 4, argv, NULL);
}

static void
checkpoint(const struct synthetic *s, struct redis *r)
{
    char key[KEY_BYTES];
    char seq[24];
    const char *argv[] = {"HSET", key,    "seq",         seq,      "out",
                          "0",    "seal", s->head.chain, "sealed", seq};
    struct reply *rep = NULL;

    key_make2(key, s->province, KEY_CHECKPOINT, "scorer");
    (void)snprintf(seq, sizeof seq, "%" PRIu64, s->head.seq);
    assert_int_equal(redis_call(r, 10, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

static void
batch(struct synthetic *s, struct redis *r, struct journal_append *a,
      struct arena *arena, unsigned records, bool applied)
{
    struct made *made = mem_alloc(records * sizeof *made);
    struct buf body;
    unsigned i;

    buf_init(&body, JOURNAL_BODY_MAX);
    for (i = 0; i < records; i++) {
        arena_reset(arena);
        record_make(s, i, s->head.seq + 1, &made[i], arena, &body);
    }
    journal_append_begin(a, s->province, &s->head, JOURNAL_REPORTS, buf_str(&body),
                         body.len);
    for (i = 0; i < records; i++) {
        journal_append_set(a, TABLE_RECEIPTS, made[i].field, made[i].line);
    }
    append(s, r, a);
    for (i = 0; applied && i < records; i++) {
        fact_put(s, r, &made[i], s->head.seq, i);
    }
    for (i = 0; applied && i < records; i++) {
        struct reply *rep = NULL;

        assert_int_equal(redis_next(r, &rep), ST_OK);
        reply_free(&rep);
    }
    s->records += records;
    buf_fini(&body);
    mem_free(&made);
}

void
synthetic_hours(struct synthetic *s, struct redis *r, unsigned hours, unsigned records,
                bool applied)
{
    struct arena *arena = arena_new(1u << 20);
    struct journal_append a;
    unsigned i;

    journal_append_init(&a);
    for (i = 0; i < hours; i++) {
        tick(s, r, &a);
        batch(s, r, &a, arena, records, applied);
        if (s->hours % 7 == 0) {
            act(s, r, &a, arena);
        }
        s->hours++;
    }
    if (applied) {
        checkpoint(s, r);
    }
    journal_append_fini(&a);
    arena_free(&arena);
}
