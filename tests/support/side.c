/* The sides of a unit, an operator and a leader: asking the real services. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/child.h"
#include "tests/support/stack.h"

#define READY_US 10000000

void
side_open(struct side *d, struct stack *s, const char *where,
          const struct bus_keys *keys)
{
    char endpoint[200];

    memset(d, 0, sizeof *d);
    d->stack = s;
    d->arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&d->out, BUS_MESSAGE_MAX * 2);
    assert_int_equal(bus_new(NULL, NULL, &d->bus), ST_OK);
    stack_endpoint(s, where, endpoint);
    assert_int_equal(bus_connect_dealer(d->bus, endpoint, s->service_keys.public_key,
                                        keys, &d->socket),
                     ST_OK);
}

void
side_close(struct side *d)
{
    bus_close(&d->socket);
    bus_free(&d->bus);
    arena_free(&d->arena);
    buf_fini(&d->out);
}

/* The next message within ms; ST_AGAIN when none came. */
static enum status
side_receive(struct side *d, int ms, struct bus_message *m)
{
    struct mono began = mono_now();

    for (;;) {
        struct bus_poll_item item = {.socket = d->socket};
        int64_t left = ms - mono_since_us(began) / 1000;

        if (bus_receive(d->socket, m) == ST_OK) {
            return ST_OK;
        }
        if (left <= 0) {
            return ST_AGAIN;
        }
        if (bus_poll(d->bus, &item, 1, (int)left) != ST_OK) {
            return ST_AGAIN;
        }
    }
}

/* Sends when the connection is there; a DEALER without a peer takes nothing. */
static bool
side_send(struct side *d, int ms)
{
    struct mono began = mono_now();

    while (bus_send(d->socket, buf_str(&d->out), d->out.len) != ST_OK) {
        if (mono_since_us(began) > (int64_t)ms * 1000) {
            return false;
        }
        nap_ms(2);
    }
    return true;
}

enum status
side_ask_for(struct side *d, struct unit_request *request, int ms,
             struct unit_reply *reply)
{
    struct mono began = mono_now();
    struct bus_message m;

    request->version = WIRE_VERSION;
    request->province = d->stack->province;
    request->request_id = ++d->request_id;
    arena_reset(d->arena);
    buf_clear(&d->out);
    unit_request_encode(request, d->arena, &d->out);
    if (!side_send(d, ms)) {
        return ST_AGAIN;
    }
    for (;;) {
        int64_t left = ms - mono_since_us(began) / 1000;
        enum status st;

        if (left <= 0 || side_receive(d, (int)left, &m) != ST_OK) {
            return ST_AGAIN;
        }
        arena_reset(d->arena);
        st = unit_reply_decode(m.body, m.body_bytes, d->arena, reply);
        bus_message_close(&m);
        if (st != ST_OK || reply->request_id == request->request_id) {
            return st;
        }
    }
}

enum status
side_ask(struct side *d, struct unit_request *request, struct unit_reply *reply)
{
    struct mono began = mono_now();
    enum status st = ST_AGAIN;

    while (st == ST_AGAIN && mono_since_us(began) < 10000000) {
        st = side_ask_for(d, request, 2000, reply);
    }
    return st;
}

void
side_clock(struct side *ops, const char *civil)
{
    struct unit_request q = {.kind = UNIT_REQUEST_CLOCK};
    struct unit_reply r = {0};
    int year, month, mday, hour, minute;

    assert_int_equal(
        sscanf(civil, "%d-%d-%d %d:%d", &year, &month, &mday, &hour, &minute), 5);
    q.clock_ms =
        ((int64_t)day_from_civil(year, month, mday) * 24 + hour - 7) * 3600000 +
        minute * 60000;
    assert_int_equal(side_ask_for(ops, &q, 30000, &r), ST_OK);
    if (r.kind != UNIT_REPLY_DONE) {
        fail_msg("clock %s: %s", civil, r.refusal.message_en);
    }
}

void
side_standing(struct side *d, const char *unit, const char *group, const char *period,
              char out[64])
{
    struct wire_key key = {unit, group, period};
    struct unit_request q = {.kind = UNIT_REQUEST_STANDING};
    struct unit_reply r = {0};

    q.standing.keys = &key;
    q.standing.count = 1;
    assert_int_equal(side_ask(d, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_STANDINGS);
    assert_int_equal(r.standing_count, 1);
    (void)snprintf(out, 64, "%s", r.standings[0].hash);
}

static size_t
figures_split(char *text, struct wire_figure *out, size_t max)
{
    size_t count = 0;
    char *save = NULL;
    char *word;

    for (word = strtok_r(text, " ", &save); word != NULL && count < max;
         word = strtok_r(NULL, " ", &save)) {
        char *equals = strchr(word, '=');

        assert_non_null(equals);
        *equals = '\0';
        out[count].measure = word;
        if (strcmp(equals + 1, "x") == 0) {
            out[count].kind = WIRE_NOT_APPLICABLE;
        } else {
            out[count].kind = WIRE_COUNT;
            out[count].count = strtoll(equals + 1, NULL, 10);
        }
        count++;
    }
    return count;
}

void
side_push(struct side *d, const char *unit, const char *group, const char *period,
          const char *figures, const char *reason, const char *replaces,
          struct wire_receipt *receipt)
{
    struct wire_figure list[16] = {0};
    char *text = mem_copy_text(figures);
    struct wire_report report = {.unit = unit,
                                 .group = group,
                                 .period = period,
                                 .figures = list,
                                 .reason = reason,
                                 .replaces = replaces};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};

    report.figure_count = figures_split(text, list, 16);
    q.push.reports = &report;
    q.push.count = 1;
    assert_int_equal(side_ask(d, &q, &r), ST_OK);
    if (r.kind != UNIT_REPLY_RECEIPTS) {
        fail_msg("push was refused: %s %s", r.refusal.code, r.refusal.message_en);
    }
    if (r.receipt_count != 1 || r.receipts == NULL) {
        fail_msg("%zu receipts for one report", r.receipt_count);
        return;
    }
    *receipt = r.receipts[0];
    mem_free(&text);
}

static void
leader_send(struct side *d, const struct leader_request *q)
{
    buf_clear(&d->out);
    leader_request_encode(q, d->arena, &d->out);
    assert_true(side_send(d, 5000));
}

size_t
side_watch(struct side *d, bool received, side_alert *each, void *context)
{
    struct leader_request q = {.version = WIRE_VERSION,
                               .request_id = ++d->request_id,
                               .province = d->stack->province,
                               .kind = LEADER_REQUEST_SUBSCRIBE};
    struct mono start = mono_now();
    uint64_t last = 0;
    size_t count = 0;
    bool ended = false;

    leader_send(d, &q);
    while (!ended) {
        struct leader_reply r;
        struct bus_message m;

        assert_int_equal(side_receive(d, 10000, &m), ST_OK);
        arena_reset(d->arena);
        assert_int_equal(leader_reply_decode(m.body, m.body_bytes, d->arena, &r),
                         ST_OK);
        bus_message_close(&m);
        if (r.kind == LEADER_REPLY_REFUSAL) {
            /* Redis was away a moment ago: every leader's software asks again. */
            if (strcmp(r.refusal.code, "not_ready") != 0 || count > 0 ||
                mono_since_us(start) > READY_US) {
                fail_msg("leader refused: %s", r.refusal.message_en);
            }
            child_pause_us(20000);
            leader_send(d, &q);
        }
        if (r.kind == LEADER_REPLY_ALERT) {
            count++;
            last = r.alert.position;
            each(context, &r.alert);
            if (received) {
                q.kind = LEADER_REQUEST_RECEIVED;
                q.received = last;
                leader_send(d, &q);
            }
        }
        ended = r.kind == LEADER_REPLY_BACKLOG_END;
    }
    return count;
}
