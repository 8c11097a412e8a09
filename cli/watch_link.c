/* Leader messages over the connection that all commands share. */
#include "cli/watch.h"

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/crypto.h"
#include "lib/sealed.h"

#define SLICE_MS 100

int
watch_link_open(struct watch_link *w, const struct options *o)
{
    struct link_target target;
    int code;

    link_target_from(o, &target);
    w->timeout_s = target.timeout_s;
    w->province = target.province;
    code = link_open(&target, &w->link);
    if (code != EXIT_DONE) {
        return code;
    }
    w->arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&w->out, BUS_MESSAGE_MAX);
    crypto_random(&w->request_id, sizeof w->request_id);
    w->request_id >>= 16; /* room to count up */
    code = link_connect(w->link, false);
    w->heard = mono_now();
    return code;
}

void
watch_link_close(struct watch_link *w)
{
    link_close(&w->link);
    arena_free(&w->arena);
    buf_fini(&w->out);
}

enum status
watch_link_send(struct watch_link *w, struct leader_request *q)
{
    struct mono start = mono_now();
    enum status st;

    q->version = WIRE_VERSION;
    q->province = w->province;
    if (q->request_id == 0) {
        q->request_id = ++w->request_id;
    }
    buf_clear(&w->out);
    leader_request_encode(q, w->arena, &w->out);
    while ((st = bus_send(link_socket(w->link), buf_str(&w->out), w->out.len)) ==
               ST_AGAIN &&
           mono_since_us(start) < w->timeout_s * 1000000) {
        struct bus_poll_item item = {.socket = NULL, .fd = -1};

        /* Only the monitor has to be heard: what came is read by the caller. */
        if (bus_poll(link_bus(w->link), &item, 1, SLICE_MS) != ST_OK) {
            break;
        }
    }
    return st;
}

enum status
watch_link_receive(struct watch_link *w, int ms, struct leader_reply *reply)
{
    struct bus_poll_item item = {.socket = link_socket(w->link), .fd = -1};
    struct bus_message m;
    enum status st = bus_receive(link_socket(w->link), &m);

    if (st == ST_AGAIN && ms > 0) {
        st = bus_poll(link_bus(w->link), &item, 1, ms);
        if (st == ST_OK) {
            st = bus_receive(link_socket(w->link), &m);
        }
    }
    if (st != ST_OK) {
        return st;
    }
    arena_reset(w->arena);
    st = leader_reply_decode(m.body, m.body_bytes, w->arena, reply);
    bus_message_close(&m);
    if (st == ST_OK) {
        st = sealed_open(reply, link_keys(w->link)->public_key,
                         link_keys(w->link)->secret_key, w->arena);
    }
    w->heard = mono_now();
    return st == ST_OK && reply->version == WIRE_VERSION ? ST_OK : ST_BAD;
}
