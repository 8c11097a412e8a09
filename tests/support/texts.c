/* Hostile texts, and asking with them. */
#include "tests/support/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/utf8.h"

const struct hostile hostile_texts[] = {
    {"not UTF-8", MARK "\xff\xfe", true},
    {"Latin-1", MARK " x\xe3 Ba T\xf4", true},
    {"cut", MARK "\xe1\xba", true},
    {"overlong slash", MARK "\xc0\xaf", true},
    {"overlong zero", MARK "\xc0\x80x", true},
    {"overlong line feed", MARK "\xe0\x80\x8ax", true},
    {"high half of a pair", MARK "\xed\xa0\x80x", true},
    {"both halves", MARK "\xed\xa0\xbd\xed\xb8\x80", true},
    {"beyond Unicode", MARK "\xf4\x90\x80\x80", true},
    {"NUL", "x" NUL_PAIR MARK, true},
    {"NUL at the end", MARK NUL_PAIR, true},
    {"ESC", MARK "\x1b[2J\x1b[31m", true},
    {"the title of a window", MARK "\x1b]0;x\x07", true},
    {"backspace", MARK "\b\b\b\b\b\bx", true},
    {"carriage return", "x\r" MARK, true},
    {"delete", MARK "\x7f", true},
    {"C1",
     MARK "\xc2\x9b"
          "31m",
     true},
    {"C1 in Latin-1",
     MARK "\x9b"
          "31m",
     true},
    {"next line, C1", "x\xc2\x85" MARK, true},
    {"a line of a log", "x\n2026-11-21T00:00:00.000Z error ingest forged " MARK "=1",
     false},
    {"a line of a table", "x\n" MARK "\n" MARK "\tx", false},
    {"right to left",
     MARK "\xe2\x80\xae"
          "gpj.exe",
     false},
    {"isolate", MARK "\xe2\x81\xa6x\xe2\x81\xa9", false},
    {"marks of direction", MARK "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", false},
    {"line separator", "x\xe2\x80\xa8" MARK "\xe2\x80\xa9" MARK, false},
    {"quotes", MARK "\" forged=\"1", false},
    {"backslash", MARK "\\\" forged=1 \\", false},
    {"key=value", MARK " forged=1 role=ops", false},
    {"formula", "=cmd|' /C calc'!A0+" MARK, false},
    {"formula at", "@SUM(1+1)*" MARK, false},
    {"HTML", "<script>alert('" MARK "')</script><img src=x onerror=a()>", false},
    {"attribute", "\" onmouseover=\"" MARK, false},
    {"format", "%s%n%n%p%1000d" MARK, false},
    {"path", "../../../../etc/" MARK, false},
    {"key of Redis", "dondoc:{quang-ngai}:head " MARK " *", false},
    {"shell", "$(id);`id`|" MARK " &", false},
    {"YAML", "x: {" MARK ": [\"", false},
    {"JSON", "\"}, {\"" MARK "\": \"", false},
};
const size_t hostile_text_count = sizeof hostile_texts / sizeof *hostile_texts;

void
texts_nulls_put(struct buf *out)
{
    size_t i;

    for (i = 0; i + 1 < out->len; i++) {
        if (memcmp(out->data + i, NUL_PAIR, 2) == 0) {
            out->data[i] = out->data[i + 1] = '\0';
        }
    }
}

static void
send_and_wait(struct side *d, struct bus_message *m)
{
    struct bus_poll_item item = {.socket = d->socket};
    struct mono began = mono_now();

    texts_nulls_put(&d->out);
    while (bus_send(d->socket, buf_str(&d->out), d->out.len) != ST_OK) {
        assert_true(mono_since_us(began) < 5000000);
        nap_ms(2);
    }
    while (bus_receive(d->socket, m) != ST_OK) {
        assert_int_equal(bus_poll(d->bus, &item, 1, 100), ST_OK);
        assert_true(mono_since_us(began) < 5000000);
    }
}

/* Every text of an answer is one that any client can read, and every sentence one that
 * any terminal can show. */
static void
answer_text(const char *what, const char *text, bool sentence)
{
    size_t left = text == NULL ? 0 : strlen(text);

    while (left > 0) {
        size_t step = utf8_char_bytes(text, left);

        if (step == 0 ||
            (utf8_obeyed(text, step) &&
             (sentence || (step < 3 && strchr("\t\n\xd8", *text) == NULL)))) {
            fail_msg("the answer's %s holds byte %02x", what, (unsigned char)*text);
        }
        text += step;
        left -= step;
    }
}

static void
refusal_note(const struct wire_refusal *r, struct texts_outcome *out)
{
    out->refused = r->code != NULL && r->code[0] != '\0';
    if (!out->refused) {
        return;
    }
    answer_text("field", r->field, false);
    answer_text("value", r->value, false);
    answer_text("Vietnamese sentence", r->message_vi, true);
    answer_text("English sentence", r->message_en, true);
    assert_true(strlen(r->message_vi) > 10 && strlen(r->message_en) > 10);
    (void)snprintf(out->code, sizeof out->code, "%s", r->code);
    (void)snprintf(out->field, sizeof out->field, "%s",
                   r->field == NULL ? "" : r->field);
    (void)snprintf(out->message, sizeof out->message, "%s", r->message_en);
}

void
texts_unit_ask(struct side *d, struct unit_request *q, struct texts_outcome *out)
{
    struct bus_message m;
    struct unit_reply r;

    memset(out, 0, sizeof *out);
    q->version = WIRE_VERSION;
    q->province = q->province == NULL ? d->stack->province : q->province;
    q->request_id = ++d->request_id;
    arena_reset(d->arena);
    buf_clear(&d->out);
    unit_request_encode(q, d->arena, &d->out);
    for (;;) {
        send_and_wait(d, &m);
        arena_reset(d->arena);
        assert_int_equal(unit_reply_decode(m.body, m.body_bytes, d->arena, &r), ST_OK);
        bus_message_close(&m);
        if (r.kind != UNIT_REPLY_REFUSAL || strcmp(r.refusal.code, "busy") != 0) {
            break;
        }
        nap_ms(20);
    }
    assert_int_equal(r.request_id, q->request_id);
    if (r.kind == UNIT_REPLY_REFUSAL) {
        refusal_note(&r.refusal, out);
    } else if (r.kind == UNIT_REPLY_RECEIPTS) {
        assert_int_equal(r.receipt_count, 1);
        answer_text("unit", r.receipts[0].unit, false);
        answer_text("group", r.receipts[0].group, false);
        answer_text("period", r.receipts[0].period, false);
        refusal_note(&r.receipts[0].refusal, out);
    } else if (r.kind == UNIT_REPLY_STANDINGS) {
        assert_int_equal(r.standing_count, 1);
        out->refused = r.standings[0].revision == 0; /* nothing stands there */
    }
}

/* The answer to request q within `ms`; what else comes meanwhile is passed over. */
static bool
leader_answer(struct side *d, const struct leader_request *q, int ms,
              struct leader_reply *r)
{
    struct bus_poll_item item = {.socket = d->socket};
    struct mono began = mono_now();
    struct bus_message m;

    while (mono_since_us(began) < (int64_t)ms * 1000) {
        if (bus_receive(d->socket, &m) != ST_OK) {
            assert_int_equal(bus_poll(d->bus, &item, 1, 20), ST_OK);
            continue;
        }
        arena_reset(d->arena);
        assert_int_equal(leader_reply_decode(m.body, m.body_bytes, d->arena, r), ST_OK);
        bus_message_close(&m);
        if (r->request_id == q->request_id) {
            return true;
        }
    }
    return false;
}

/* One key may ask only so much in a second: asked again when it is busy, or silent. */
void
texts_leader_ask(struct side *d, struct leader_request *q, struct texts_outcome *out)
{
    struct mono began = mono_now();
    struct leader_reply r;
    bool answered = false;

    memset(out, 0, sizeof *out);
    q->version = WIRE_VERSION;
    q->province = q->province == NULL ? d->stack->province : q->province;
    while (!answered ||
           (r.kind == LEADER_REPLY_REFUSAL && strcmp(r.refusal.code, "busy") == 0)) {
        if (mono_since_us(began) > 10000000) {
            fail_msg("request %d was not answered", (int)q->kind);
        }
        q->request_id = ++d->request_id;
        arena_reset(d->arena);
        buf_clear(&d->out);
        leader_request_encode(q, d->arena, &d->out);
        texts_nulls_put(&d->out);
        status_ignore(bus_send(d->socket, buf_str(&d->out), d->out.len)); /* again */
        answered = leader_answer(d, q, 300, &r);
    }
    if (r.kind == LEADER_REPLY_REFUSAL) {
        refusal_note(&r.refusal, out);
    }
}
