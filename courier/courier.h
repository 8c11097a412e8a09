/*
 * courier - what the files of the service share.
 *
 * The path of a message: link.c subscribes to an office's inbox at the notifier, as one
 * more device of that office, with a cursor of its own for each channel; device.c keeps
 * the few messages that the credit lets through and hands the first one over, again and
 * again with back-off, until the other side took it or it is a dead letter; only then
 * the notifier gets Received. transfer.c speaks SMTP and HTTP.
 *
 * Invariants
 *  1. The inbox at the notifier is the queue. Nothing is kept here that a kill could
 *     lose: what was not marked received comes again.
 *  2. One transfer at a time for an office and channel, in the order of the inbox.
 *  3. What was handed over in this life is not handed over again in it (`handed`).
 * After a kill it may be, for what lies between the other side's yes and the notifier's
 *     commit of our Received; Message-ID and X-Dondoc-Id are then the same.
 */
#ifndef DONDOC_COURIER_COURIER_H
#define DONDOC_COURIER_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "courier/settings.h"
#include "courier/transfer.h"
#include "lib/bus.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/ops.h"
#include "lib/redis.h"
#include "lib/service.h"
#include "lib/wire.h"

#define CREDIT 8u /* messages in hand for one office and channel */
#define HANDED (2u * CREDIT)
#define MESSAGE_ID_BYTES 160
#define TITLE_BYTES 400
#define MAILS_AT_ONCE 8u /* connections to the one mail server */
#define LEADER_BYTES 96
#define WHY_BYTES 512

struct courier;

/* A message in hand: the bytes of the notifier's reply, decoded when it is its turn. */
struct message {
    uint64_t position;
    char id[MESSAGE_ID_BYTES];
    int64_t at_ms; /* when it began to wait */
    uint8_t *reply;
    size_t bytes;
};

struct handed {
    uint64_t position;
    char id[MESSAGE_ID_BYTES];
};

enum link_state { LINK_DOWN, LINK_ASKED, LINK_UP };

/* One office and channel. */
struct device {
    struct courier *courier;
    char leader[LEADER_BYTES];
    enum channel channel;
    /* link.c */
    struct bus_socket *socket;
    enum link_state state;
    unsigned handshakes; /* of the connection on which we asked */
    struct mono asked;
    struct mono heard;
    struct mono ask_at;      /* not before */
    bool refused;            /* by the notifier, the last time */
    uint64_t received;       /* position to be said, 0: none */
    char title[TITLE_BYTES]; /* in the office's language */
    char language[4];
    /* device.c */
    struct message queue[CREDIT];
    size_t queue_count;
    struct handed handed[HANDED]; /* the last ones, round and round */
    size_t handed_next;
    struct transfer *transfer; /* of queue[0] */
    struct mono began;         /* that transfer */
    uint32_t attempt;
    struct mono retry_at;
    struct mono failing_since; /* 0: the last attempt went well */
};

/* A message that nobody will get by this channel any more. */
struct dead_letter {
    int64_t at_ms;
    char leader[LEADER_BYTES];
    enum channel channel;
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
    struct dead_letter *dead; /* not in Redis yet, oldest first */
    size_t dead_count;
};

/* link.c */
void link_open(struct device *d);
void link_close(struct device *d);
/* Subscribes when it is time, takes what came, says Received. */
void link_turn(struct device *d);
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
/* How long its first message waits, s; 0: none does. */
int64_t device_age_s(const struct device *d);

/* report.c */
void report_open(struct courier *c);
void report_close(struct courier *c);
void report_dead(struct courier *c, const struct device *d, const struct message *m,
                 const char *why);
/* Once a second; a Redis that is away is left alone for half a minute. */
void report_turn(struct courier *c);
int report_wait_ms(const struct courier *c);

#endif
