/*
 * courier - what the files of the service share.
 *
 * The path of a message: link.c subscribes to an office's inbox at the notifier, as one
 * more device of that office, with a cursor of its own for each channel; queue.c keeps
 * the few messages that the credit lets through and says when the first may go, by the
 * office's hours; device.c hands it over, again and again with back-off, until the
 * other side took it or it is a dead letter; only then the notifier gets Received, and
 * only when the notifier has that on disk the next message is begun. transfer.c speaks
 * SMTP and HTTP; dead.c, undelivered.c and report.c tell operators.
 *
 * Invariants
 *  1. The inbox at the notifier is the queue. Nothing is kept here that a kill could
 *     lose: what was not marked received comes again. Waiting is not kept either: the
 *     notifier says anew until when.
 *  2. One transfer at a time for an office and channel, in the order of the inbox, and
 *     none before the cursor stands behind the one before, nor without a subscription.
 *  3. What was handed over in this life is not handed over again in it (`handed`).
 *  4. A dead letter stands in Redis, where one is wanted, before its Received goes out.
 * After a kill one message for each office and channel may go out again: the one that
 * lies between the other side's yes and the notifier's commit of our Received.
 * Message-ID, X-Dondoc-Id and Idempotency-Key are then the same.
 */
#ifndef DONDOC_COURIER_COURIER_H
#define DONDOC_COURIER_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "courier/queue.h"
#include "courier/settings.h"
#include "courier/transfer.h"
#include "lib/bus.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/ops.h"
#include "lib/redis.h"
#include "lib/service.h"
#include "lib/wire.h"

#define HANDED 32u
#define TITLE_BYTES 400
#define MAILS_AT_ONCE 8u /* connections to the one mail server, a thread each */
#define LEADER_BYTES 96
#define WHY_BYTES 512

struct courier;

struct handed {
    uint64_t position;
    char id[MESSAGE_ID_BYTES];
};

enum link_state { LINK_DOWN, LINK_ASKED, LINK_UP };

/* What the notifier said to our Subscribe, the last time. */
enum admitted {
    ADMITTED,
    NOT_SERVED, /* it has to be mended */
    UNWANTED,   /* the office does not want this channel */
    STANDBY,    /* another courier carries there */
};

/* One office and channel. */
struct device {
    struct courier *courier;
    char leader[LEADER_BYTES];
    enum channel channel;
    /* link.c */
    struct bus_socket *socket;
    enum link_state state;
    enum admitted admitted;
    unsigned handshakes; /* of the connection on which we asked */
    unsigned credit;
    struct mono asked;
    struct mono heard;
    struct mono ask_at;      /* not before */
    uint64_t received;       /* position to be said, 0: none */
    uint64_t requests;       /* numbers of those that want an answer */
    bool said;               /* a Received that is not confirmed yet */
    struct mono said_at;     /* when */
    char title[TITLE_BYTES]; /* in the office's language */
    char language[4];
    char refusal[48]; /* code of the notifier's last no */
    /* device.c */
    struct queue queue;
    struct handed handed[HANDED]; /* the last ones, round and round */
    size_t handed_next;
    struct transfer *transfer; /* of the queue's first */
    struct mono began;         /* that transfer */
    uint32_t attempt;
    struct mono retry_at;
    struct mono failing_since;    /* 0: the last attempt went well */
    char why[HANDOVER_WHY_BYTES]; /* of the last attempt, "" when it went well */
};

/* A message that nobody will get by this channel any more. */
struct dead_letter {
    int64_t at_ms;
    char leader[LEADER_BYTES];
    enum channel channel;
    uint32_t attempts;
    char id[MESSAGE_ID_BYTES];
    char why[HANDOVER_WHY_BYTES + 64];
};

#define DEAD_KEPT 1000u

struct courier_counters {
    uint64_t handed_over[CHANNEL_COUNT];
    uint64_t delayed[CHANNEL_COUNT];
    uint64_t dead, addresses_refused, denied;
};

struct courier {
    struct service *service;
    struct bus *bus;
    const char *province;
    bool simulated;
    struct settings *settings;
    struct transfers *transfers;
    struct device **devices;
    size_t device_count;
    size_t device_room;
    size_t under_way; /* transfers */
    size_t mails_under_way;
    bool stopping; /* nothing new is begun */
    size_t turn;   /* whose turn it is first, so that none is always last */
    struct arena *arena;
    struct buf out;
    struct courier_counters counters;
    char last_error[WHY_BYTES];
    char why[WHY_BYTES]; /* somebody is not served, and why */
    /* report.c */
    struct ops *ops;
    struct redis *redis; /* NULL: none wanted */
    struct mono redis_at;
    /* dead.c */
    struct dead_letter *dead; /* not in Redis yet, oldest first */
    size_t dead_count;
    uint64_t dead_last; /* number of the last one, from 1 */
    struct mono dead_at;
    /* undelivered.c */
    struct mono listed_at;
    bool listed; /* the list in Redis is not empty */
    struct mono looked_at;
    struct mono escalated_at; /* 0: nothing is overdue */
};

/* link.c */
void link_open(struct device *d);
void link_close(struct device *d);
/* Subscribes when it is time, takes what came, says Received. */
void link_turn(struct device *d);
/* Subscribes anew at the next turn. */
void link_again(struct device *d);
/* Does the cursor stand behind all that is settled here? */
bool link_settled(const struct device *d);
/* A message of the notifier, opened if it is sealed to the courier's key. */
MUST_USE enum status reply_read(struct courier *c, const uint8_t *bytes, size_t len,
                                struct leader_reply *reply);
/* How long until link_turn has something to do by itself, ms. */
int link_wait_ms(const struct device *d);

/* device.c */
struct device *device_new(struct courier *c, const char *leader, enum channel channel);
void device_free(struct device **d);
/* A message of the notifier; false: it was handed over already. */
bool device_take(struct device *d, const struct wire_alert *a, const uint8_t *reply,
                 size_t bytes);
/* A new subscription: what is not under way comes again. */
void device_begin_anew(struct device *d);
void device_turn(struct device *d);
int device_wait_ms(const struct device *d);

/* dead.c */
void dead_open(struct courier *c);
void dead_close(struct courier *c);
/* Said, and kept for Redis. Its number; 0: too many wait for Redis, try later. */
uint64_t dead_add(struct courier *c, const struct device *d, const struct message *m,
                  const char *why);
/* Stands where operators find it, so that its message may be marked received. */
bool dead_stands(const struct courier *c, uint64_t number);
/* ST_AGAIN: Redis has gone away; they stay here for the next time. */
MUST_USE enum status dead_write(struct courier *c);

/* undelivered.c */
struct undelivered {
    int64_t waiting[CHANNEL_COUNT]; /* messages that could go */
    int64_t oldest_s[CHANNEL_COUNT];
    int64_t hours;   /* messages that wait for their office's hours */
    int64_t failing; /* devices whose last attempt failed */
    int64_t overdue; /* devices over escalate-after */
};
void undelivered_sum(const struct courier *c, struct undelivered *out);
/* Over escalate-after: said at once, then once an hour, until it is over. */
void undelivered_escalate(struct courier *c);
/* The list in Redis, every few seconds. ST_AGAIN: Redis has gone away. */
MUST_USE enum status undelivered_write(struct courier *c);

/* report.c */
void report_open(struct courier *c);
void report_close(struct courier *c);
/* Once a second; a Redis that is away is left alone for half a minute. */
void report_turn(struct courier *c);
int report_wait_ms(const struct courier *c);

#endif
