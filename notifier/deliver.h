/*
 * deliver - a message into the inbox of one office: the row, who was told, who is
 * woken. Nothing here decides; route.c, ladder.c, hold.c and digest.c do.
 *
 * A row stands at the place of the event it speaks of, or, made by a tick or an act, at
 * the next free place of that entry in that inbox. Its fields:
 *
 *   code, n   the alert and the number of the message
 *   at        <seq>-<index> of the event, when the row stands elsewhere
 *   r         the rung, when it climbed to this office; "2" or, again, "2.1"
 *   t         with r: the day on which that was
 *   h         1: it was held; 2: and opened meanwhile, so that it is told as new
 *   d         1: a digest, 2: a notice of a hold; code names the hash digest:<code>
 */
#ifndef DONDOC_NOTIFIER_DELIVER_H
#define DONDOC_NOTIFIER_DELIVER_H

#include "notifier/batch.h"

struct spot {
    uint64_t seq; /* entry of the alerts journal; 0: none */
    uint32_t index;
};
#define SPOT_BYTES 40
void spot_text(struct spot at, char out[SPOT_BYTES]); /* "57-3" */
bool spot_read(const char *text, struct spot *at);

enum delivery_kind { DELIVERY_ALERT, DELIVERY_DIGEST, DELIVERY_NOTICE };

struct delivery {
    enum delivery_kind kind;
    const char *code;
    uint32_t number;
    struct spot event; /* what it speaks of; none for digest and notice */
    struct spot
        row;  /* where it stands; seq 0: the next free place of the entry in hand */
    int rung; /* 0: the office's own matter; 2, 3 */
    unsigned again; /* how often it was repeated on that rung */
    bool held;
    bool opened; /* while it was held */
};

/*
 * b->seq_in_hand is the entry. For an alert told:<leader> is written, too. An inbox
 * takes POSITION_EVENTS rows of one entry: alerts beyond become rows of a digest.
 */
void deliver(struct batch *b, const char *leader, const struct delivery *d);
/* How many messages of a digest the inbox takes of the entry in hand. */
size_t places_left(const struct batch *b, const char *leader);
/* End of an entry of events: what it made besides their own rows gets its places. */
void deliver_later(struct batch *b);

#endif
