/*
 * queue - the messages in hand for one office and channel, in the order of the inbox,
 * and when the first of them may go. Pure: the time is given.
 *
 * An office's hours: a message outside them says until when it waits, and all behind
 * it wait with it, since the order stays. One that waits for nothing (urgent, or late)
 * takes all before it along. So the first may go when any of them may. A window that is
 * full of waiting ones would hide an urgent one behind it: then the first goes as well.
 */
#ifndef DONDOC_COURIER_QUEUE_H
#define DONDOC_COURIER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_ID_BYTES 160
#define CREDIT 16u /* messages in hand, */
#define CREDIT_MOST                                                                    \
    256u /* while the first waits for its office's hours; the most that                \
            the notifier gives */

/* A message in hand: the bytes of the notifier's reply, decoded when it is its turn. */
struct message {
    uint64_t position;
    char id[MESSAGE_ID_BYTES];
    int64_t at_ms;         /* when it came into the inbox */
    int64_t wait_until_ms; /* 0: for nothing */
    uint64_t dead;         /* number of its dead letter; 0: it is none */
    uint8_t *reply;        /* ours */
    size_t bytes;
};

struct queue {
    struct message *items; /* oldest first; at most CREDIT_MOST */
    size_t count;
    size_t room;
};

/* m: its reply is taken. False: there are CREDIT_MOST. */
bool queue_put(struct queue *q, const struct message *m);
void queue_drop(struct queue *q, size_t first, size_t count);
void queue_fini(struct queue *q);
bool queue_holds(const struct queue *q, uint64_t position, const char *id);
/* The instant, ms, from which the first may go; 0: at once; INT64_MAX: there is none.
 */
int64_t queue_due_ms(const struct queue *q);
/* The window of `credit` is full of messages that wait: time for a larger one. */
bool queue_hides(const struct queue *q, size_t credit, int64_t now_ms);
/* Since when the message could have gone: it came, or its waiting was over. */
int64_t message_since_ms(const struct message *m);
/* How many could go now, and for how long the longest of them could, ms. */
size_t queue_undelivered(const struct queue *q, int64_t now_ms, int64_t *longest_ms);

#endif
