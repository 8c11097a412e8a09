/* A programme comes in parts: they are gathered by peer, checked whole, then queued. */
#include "ingest/asked.h"

#include <stdio.h>
#include <string.h>

#include "lib/programme.h"

#define UPLOAD_IDLE_US 30000000
/* The entry adds digest, key and time to the bundle. */
#define PROGRAMME_BUNDLE_MAX (JOURNAL_PROGRAMME_MAX - 1024u)

static struct upload *
upload_find(struct ingest *in, const struct bus_peer *peer)
{
    struct upload *oldest = &in->uploads[0];
    size_t i;

    for (i = 0; i < UPLOAD_MAX; i++) {
        struct upload *u = &in->uploads[i];

        if (u->used && u->peer.len == peer->len &&
            memcmp(u->peer.id, peer->id, peer->len) == 0) {
            return u;
        }
    }
    for (i = 0; i < UPLOAD_MAX; i++) {
        struct upload *u = &in->uploads[i];

        if (!u->used || mono_since_us(u->last) > UPLOAD_IDLE_US) {
            return u;
        }
        if (u->last.us < oldest->last.us) {
            oldest = u;
        }
    }
    return NULL;
}

static void
upload_end(struct upload *u)
{
    buf_fini(&u->data);
    u->used = false;
}

/* The first mistake with its place; warnings and questions refuse nothing. */
static void
programme_mistake(struct asked *q, const struct findings *found)
{
    char place[FINDING_FILE_BYTES + 32];
    size_t i = 0;

    while (i < found->count && found->items[i].kind != FINDING_ERROR) {
        i++;
    }
    if (i == found->count) {
        asked_refuse(q, REFUSAL_BAD_PROGRAMME, "programme.yaml",
                     "the bytes are no programme's files; send its folder with dondoc "
                     "programme put",
                     "không phải các tệp của chương trình; gửi thư mục bằng dondoc "
                     "programme put");
        return;
    }
    (void)snprintf(place, sizeof place, "%s:%d:%d", found->items[i].file,
                   found->items[i].line, found->items[i].column);
    asked_refuse(q, REFUSAL_BAD_PROGRAMME,
                 found->items[i].line > 0 ? place : found->items[i].file,
                 found->items[i].text, found->items[i].text_vi);
}

static void
programme_whole(struct asked *q, struct upload *u)
{
    struct findings found = {0};
    struct catalogue *catalogue = NULL;
    char digest[65];
    struct chore *c;
    enum status st;

    programme_digest(buf_str(&u->data), u->data.len, digest);
    if (strcmp(digest, u->digest) != 0) {
        asked_refuse(q, REFUSAL_BAD_PROGRAMME, "digest", u->digest, digest);
        return;
    }
    st = programme_load(buf_str(&u->data), u->data.len, &catalogue, &found);
    if (st != ST_OK) {
        programme_mistake(q, &found);
    } else if (strcmp(catalogue->slug, q->province->slug) != 0) {
        asked_refuse(q, REFUSAL_BAD_PROGRAMME, "programme.yaml", catalogue->slug,
                     catalogue->slug);
    } else if (catalogue->simulated && !q->in->simulated) {
        asked_refuse(q, REFUSAL_NOT_SIMULATED, "simulated", "true", "");
    } else if (q->request.programme.validate_only) {
        struct unit_reply reply = {.version = WIRE_VERSION,
                                   .request_id = q->request.request_id,
                                   .kind = UNIT_REPLY_DONE,
                                   .done_note = "checked; nothing was changed"};

        answer_send(q->in, q->socket, &q->message->peer, &reply);
    } else {
        c = chore_new(q);
        c->catalogue = catalogue;
        catalogue = NULL;
        buf_add(&c->bundle, buf_str(&u->data), u->data.len);
        chore_take(q, c);
    }
    catalogue_free(&catalogue);
    findings_fini(&found);
}

void
upload_part(struct asked *q)
{
    struct upload *u = upload_find(q->in, &q->message->peer);

    if (u == NULL) {
        asked_refuse(q, REFUSAL_BUSY, "", "", "");
        return;
    }
    if (q->request.programme.offset == 0) {
        if (u->used) {
            upload_end(u);
        }
        u->used = true;
        u->peer = q->message->peer;
        buf_init(&u->data, JOURNAL_PROGRAMME_MAX);
        (void)snprintf(u->digest, sizeof u->digest, "%s", q->request.programme.digest);
    }
    u->last = mono_now();
    if (!u->used || q->request.programme.offset != u->data.len ||
        q->request.programme.total_bytes > PROGRAMME_BUNDLE_MAX) {
        asked_refuse(q, REFUSAL_BAD_PROGRAMME, "offset", "0", "0");
        upload_end(u);
        return;
    }
    buf_add(&u->data, q->request.programme.data, q->request.programme.data_bytes);
    if (u->data.len >= q->request.programme.total_bytes) {
        programme_whole(q, u);
        upload_end(u);
    }
}
