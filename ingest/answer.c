/* Answers to clients: refusals in two languages, receipts when a push is decided. */
#include "ingest/ingest.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"

#define SPARE_ARENAS_MAX 1024u /* each keeps up to ARENA_KEPT_BYTES */

struct arena *
ingest_arena(struct ingest *in)
{
    if (in->spare_count > 0) {
        return in->spare[--in->spare_count];
    }
    return arena_new(REQUEST_ARENA_BYTES);
}

void
ingest_arena_done(struct ingest *in, struct arena *a)
{
    if (in->spare_count >= SPARE_ARENAS_MAX) {
        arena_free(&a);
        return;
    }
    arena_reset(a);
    mem_array_room((void **)&in->spare, in->spare_count, &in->spare_room,
                   sizeof *in->spare);
    in->spare[in->spare_count++] = a;
}

#define TEXTS_KEPT 20u

/*
 * An answer too long for one message keeps outcomes, codes, fields and values of all;
 * sentences only of the first refusals, and no figures of others. Silence would be
 * worse: the sender would ask for ever.
 */
static void
answer_shorten(const struct unit_reply *reply, struct arena *a, struct buf *out)
{
    struct unit_reply shorter = *reply;
    struct wire_receipt *receipts;
    struct wire_standing *standings;
    size_t i;

    arena_reset(a);
    receipts = arena_take(a, (reply->receipt_count + 1) * sizeof *receipts);
    standings = arena_take(a, (reply->standing_count + 1) * sizeof *standings);
    MUST(receipts != NULL && standings != NULL);
    for (i = 0; i < reply->receipt_count; i++) {
        receipts[i] = reply->receipts[i];
        receipts[i].old_count = 0;
        if (i >= TEXTS_KEPT) {
            receipts[i].refusal.message_vi = receipts[i].refusal.message_en = "";
        }
    }
    for (i = 0; i < reply->standing_count; i++) {
        standings[i] = reply->standings[i];
        standings[i].figure_count = 0;
    }
    shorter.receipts = receipts;
    shorter.standings = standings;
    buf_clear(out);
    unit_reply_encode(&shorter, a, out);
}

/* What is packed in in->out. */
static void
out_send(struct ingest *in, struct bus_socket *socket, const struct bus_peer *peer)
{
    if (in->out.len > BUS_MESSAGE_MAX) { /* cannot be, with texts as short as ours */
        diag_warn("answer_too_long", "bytes=%zu", in->out.len);
        return;
    }
    /* A peer that is gone or does not read asks again: nothing is lost with this, but
     * it costs both sides a round, so it is counted. */
    if (bus_send_to(socket, peer, buf_str(&in->out), in->out.len) != ST_OK) {
        in->counters.unsent++;
    }
}

void
answer_send(struct ingest *in, struct bus_socket *socket, const struct bus_peer *peer,
            const struct unit_reply *reply)
{
    arena_reset(in->scratch);
    buf_clear(&in->out);
    unit_reply_encode(reply, in->scratch, &in->out);
    if (in->out.len > BUS_MESSAGE_MAX) {
        answer_shorten(reply, in->scratch, &in->out);
    }
    out_send(in, socket, peer);
}

/* What somebody sent may be no UTF-8, or be cut within a letter: whoever reads answers
 * strictly would not read this one at all. */
static const char *
value_kept(const char *text, struct arena *a)
{
    struct buf value;
    const char *kept;

    buf_init(&value, REFUSAL_MESSAGE_MAX);
    refusal_value(&value, text);
    kept = arena_text(a, buf_str(&value));
    buf_fini(&value);
    return kept;
}

void
refusal_texts(const struct refused *why, struct arena *a, struct wire_refusal *out)
{
    struct refusal_values values = {why->field, why->value, why->expected,
                                    why->day,   why->until, why->unit};
    struct buf vi;
    struct buf en;

    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    refusal_fill(why->code, &values, &vi, &en);
    out->code = refusal_name(why->code);
    out->field = value_kept(why->field, a);
    out->value = value_kept(why->value, a);
    out->message_vi = arena_text(a, buf_str(&vi));
    out->message_en = arena_text(a, buf_str(&en));
    buf_fini(&vi);
    buf_fini(&en);
}

void
answer_refusal(struct ingest *in, struct bus_socket *socket,
               const struct bus_peer *peer, uint64_t request_id,
               const struct refused *why)
{
    struct arena *a = ingest_arena(in);
    struct unit_reply reply = {
        .version = WIRE_VERSION, .request_id = request_id, .kind = UNIT_REPLY_REFUSAL};

    refusal_texts(why, a, &reply.refusal);
    answer_send(in, socket, peer, &reply);
    ingest_arena_done(in, a);
}

void
receipt_refuse(struct wire_receipt *r, enum outcome outcome, const struct refused *why,
               struct arena *a)
{
    r->outcome = outcome;
    refusal_texts(why, a, &r->refusal);
}

static void
push_count(struct ingest *in, const struct push *push)
{
    size_t i;

    for (i = 0; i < push->count; i++) {
        switch (push->receipts[i].outcome) {
        case OUTCOME_ACCEPTED:
            in->counters.accepted++;
            break;
        case OUTCOME_REPLACED:
            in->counters.replaced++;
            break;
        case OUTCOME_DUPLICATE:
            in->counters.duplicate++;
            break;
        case OUTCOME_SUPERSEDED:
            in->counters.superseded++;
            break;
        case OUTCOME_REJECTED:
            in->counters.rejected++;
            break;
        case OUTCOME_RETRY_LATER:
            in->counters.retry_later++;
            break;
        case OUTCOME_NONE:
        case OUTCOME_VALID:
            break;
        }
    }
}

static void
push_answer(struct ingest *in, const struct push *push)
{
    const struct unit_reply reply = {.version = WIRE_VERSION,
                                     .request_id = push->request_id,
                                     .kind = UNIT_REPLY_RECEIPTS,
                                     .receipts = push->receipts,
                                     .receipt_count = push->count};

    answer_send(in, push->socket, &push->peer, &reply);
}

/* Most need no more; what does not fit is made again, shorter. */
static bool
push_answer_short(struct ingest *in, const struct push *push)
{
    arena_reset(in->scratch);
    buf_clear(&in->out);
    push_reply_encode(WIRE_VERSION, push->request_id, push->receipts, push->count,
                      in->scratch, &in->out);
    if (in->out.len > BUS_MESSAGE_MAX) {
        return false;
    }
    out_send(in, push->socket, &push->peer);
    return true;
}

void
push_decided_at(struct ingest *in, struct push *push, struct mono now)
{
    struct arena *a = push->arena;

    if (push->left > 0) {
        return;
    }
    if (!push_answer_short(in, push)) {
        push_answer(in, push);
    }
    FAULT("ingest.receipt_sent");
    push_count(in, push);
    stats_add(in->ack_us, now.us - push->began.us);
    ingest_arena_done(in, a); /* and the push with it */
}

void
push_decided(struct ingest *in, struct push *push)
{
    if (push->left == 0) {
        push_decided_at(in, push, mono_now());
    }
}
