/*
 * Messages of every release so far are understood by this one, field by field, and what
 * a newer one adds is counted and harms nothing (tests/golden/wire/README.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/journal.h"
#include "lib/wire.h"
#include "tests/support/golden.h"

struct coded {
    const struct golden *g;
    struct arena *in;
    struct arena *out;
    struct buf again;
    unsigned unknown;
    bool understood;  /* a kind that we know */
    size_t counts[3]; /* same, more, decoded or refused */
};

typedef enum status coder(struct coded *c);

static enum status
unit_request(struct coded *c)
{
    struct unit_request m;
    enum status st = unit_request_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st == ST_OK) {
        c->unknown = m.unknown_fields;
        c->understood = m.kind != UNIT_REQUEST_NONE;
        unit_request_encode(&m, c->out, &c->again);
    }
    return st;
}

static enum status
unit_reply(struct coded *c)
{
    struct unit_reply m;
    enum status st = unit_reply_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st == ST_OK) {
        unit_reply_encode(&m, c->out, &c->again);
    }
    return st;
}

static enum status
leader_request(struct coded *c)
{
    struct leader_request m;
    enum status st = leader_request_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st == ST_OK) {
        c->unknown = m.unknown_fields;
        c->understood = m.kind != LEADER_REQUEST_NONE;
        leader_request_encode(&m, c->out, &c->again);
    }
    return st;
}

static enum status
leader_reply(struct coded *c)
{
    struct leader_reply m;
    enum status st = leader_reply_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st == ST_OK) {
        leader_reply_encode(&m, c->out, &c->again);
    }
    return st;
}

static enum status
report_record(struct coded *c)
{
    struct journal_cursor cursor;
    struct report_record m;
    const uint8_t *record;
    struct buf framed;
    size_t bytes;
    enum status st = report_record_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st != ST_OK) {
        return st;
    }
    buf_init(&framed, 65536);
    report_record_encode(&m, c->out, &framed); /* with its length before it */
    cursor = (struct journal_cursor){(const uint8_t *)buf_str(&framed), framed.len};
    assert_int_equal(journal_record_next(&cursor, &record, &bytes), ST_OK);
    buf_add(&c->again, record, bytes);
    buf_fini(&framed);
    return ST_OK;
}

static enum status
tick(struct coded *c)
{
    struct tick_record m;
    enum status st = tick_decode(c->g->bytes, c->g->len, &m);

    if (st == ST_OK) {
        tick_encode(&m, &c->again);
    }
    return st;
}

static enum status
programme(struct coded *c)
{
    struct programme_record m;
    enum status st = programme_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st == ST_OK) {
        programme_encode(&m, c->out, &c->again);
    }
    return st;
}

static enum status
act(struct coded *c)
{
    struct wire_act m;
    enum status st = act_decode(c->g->bytes, c->g->len, c->in, &m);

    if (st == ST_OK) {
        act_encode(&m, c->out, &c->again);
    }
    return st;
}

static enum status
alert_events(struct coded *c)
{
    struct alert_event *events;
    size_t count;
    enum status st =
        alert_events_decode(c->g->bytes, c->g->len, c->in, &events, &count);

    if (st == ST_OK) {
        alert_events_encode(events, count, c->out, &c->again);
    }
    return st;
}

static coder *
coder_of(const char *kind)
{
    static const struct {
        const char *kind;
        coder *code;
    } coders[] = {
        {"unit_request", unit_request},     {"unit_reply", unit_reply},
        {"leader_request", leader_request}, {"leader_reply", leader_reply},
        {"report_record", report_record},   {"tick", tick},
        {"programme", programme},           {"act", act},
        {"alert_events", alert_events},
    };
    size_t i;

    for (i = 0; i < sizeof coders / sizeof *coders; i++) {
        if (strcmp(coders[i].kind, kind) == 0) {
            return coders[i].code;
        }
    }
    fail_msg("there is no kind %s", kind);
    return NULL;
}

static void
one(void *context, const struct golden *g)
{
    struct coded *c = context;
    bool same;

    c->g = g;
    c->unknown = 0;
    c->understood = true;
    arena_reset(c->in);
    arena_reset(c->out);
    buf_clear(&c->again);
    if (coder_of(g->kind)(c) != ST_OK) {
        fail_msg("%s: not decoded any more", g->path);
    }
    same = c->again.len == g->len && memcmp(buf_str(&c->again), g->bytes, g->len) == 0;
    if (strcmp(g->expect, "same") == 0 && !same) {
        fail_msg("%s: a field of it is not understood any more", g->path);
    }
    if (c->unknown != g->unknown) {
        fail_msg("%s: %u unknown fields, want %u", g->path, c->unknown, g->unknown);
    }
    if (c->understood == (strcmp(g->expect, "refused") == 0)) {
        fail_msg("%s: its kind is known or not, against what is expected", g->path);
    }
    c->counts[same ? 0 : c->unknown > 0 ? 1 : 2]++;
}

static void
messages_of_every_release_are_understood(void **state)
{
    struct coded c = {.in = arena_new(WIRE_ARENA_BYTES),
                      .out = arena_new(8 * WIRE_ARENA_BYTES)};

    (void)state;
    buf_init(&c.again, 1u << 20);
    assert_true(golden_all(one, &c) >= 30);
    assert_true(c.counts[0] >= 25 && c.counts[1] >= 2 && c.counts[2] >= 3);
    arena_free(&c.in);
    arena_free(&c.out);
    buf_fini(&c.again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_every_release_are_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
