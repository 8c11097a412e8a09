#include "lib/sealed.h"

#include "lib/crypto.h"

enum status
sealed_close(struct leader_reply *reply, const char *public_key, struct arena *a,
             struct buf *plain, struct buf *box)
{
    static const uint8_t room[CRYPTO_SEAL_BYTES];

    buf_clear(plain);
    wire_alert_encode(&reply->alert, a, plain);
    buf_clear(box);
    buf_add(box, room, sizeof room);
    buf_add(box, buf_str(plain), plain->len); /* for its length: it is written over */
    if (box->cut) {
        return ST_LIMIT;
    }
    if (crypto_seal(buf_str(plain), plain->len, public_key, (uint8_t *)box->data) !=
        ST_OK) {
        return ST_BAD;
    }
    reply->kind = LEADER_REPLY_SEALED;
    reply->sealed.bytes = (const uint8_t *)box->data;
    reply->sealed.len = box->len;
    return ST_OK;
}

enum status
sealed_open(struct leader_reply *reply, const char *public_key, const char *secret_key,
            struct arena *a)
{
    size_t bytes = reply->sealed.len;
    enum status st;
    uint8_t *text;

    if (reply->kind != LEADER_REPLY_SEALED) {
        return ST_OK;
    }
    text = arena_take(a, bytes + 1);
    if (text == NULL) {
        return ST_LIMIT;
    }
    if (crypto_seal_open(reply->sealed.bytes, bytes, public_key, secret_key, text) !=
        ST_OK) {
        return ST_BAD;
    }
    st = wire_alert_decode(text, bytes - CRYPTO_SEAL_BYTES, a, &reply->alert);
    if (st == ST_OK) {
        reply->kind = LEADER_REPLY_ALERT;
    }
    return st;
}
