/*
 * notifier - what the files of the service share: one province, one leader's session,
 * the whole.
 *
 * The path of an alert: loop.c takes entries of the alerts journal out of hints, or
 * inbox.c reads them; route.c says who hears, and one Function call commits the
 * references in the inboxes, who was told what, and the checkpoint. send.c gives these
 * rows to who has had all before them, and reads every other subscribed leader's inbox
 * from where the last sending ended, as far as the credit goes; event.c brings the
 * event, render.c the words, in the programme in force at that moment. Received moves
 * the key's cursor, which goes to disk with the next commit, or by itself when there is
 * none for a while.
 *
 * Invariants
 *  1. A position is <alerts seq> * POSITION_EVENTS + <index in the entry>; it grows
 *     within an inbox, and the inbox's entry id is <seq>-<index>.
 *  2. The cursor of a key never moves back, nor beyond what was sent to it.
 *  3. Of an alert's hash only told:<leader> and ack_* are ours; the rest is the
 * scorer's.
 */
#ifndef DONDOC_NOTIFIER_NOTIFIER_H
#define DONDOC_NOTIFIER_NOTIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bus.h"
#include "lib/catalogue.h"
#include "lib/follow.h"
#include "lib/hint.h"
#include "lib/journal.h"
#include "lib/keyring.h"
#include "lib/owner.h"
#include "lib/ops.h"
#include "lib/redis.h"
#include "lib/service.h"
#include "lib/stats.h"
#include "lib/table.h"
#include "lib/wire.h"

#define POSITION_EVENTS 1024u
#define HINTS_A_TURN 64u
#define CREDIT_DEFAULT 64u
#define CREDIT_MAX 256u
#define SESSIONS_MAX 8192u
#define SESSIONS_A_KEY 8u /* one device that goes wild leaves room for the others */
#define SESSIONS_A_COURIER 4096u /* which has one for each office and channel */
#define NOTE_BYTES_MAX 1000u
#define LEADER_ID_BYTES 96
#define OFFICES_MAX (1u << 20)
#define CHANNEL_BYTES 16

/* Events and words of a table: some thousands of rows. */
#define TABLE_ARENA_BYTES (32u * 1024u * 1024u)

#define FIELD_TOLD "told:"

struct notifier;
struct event_cache;
struct batch;  /* batch.h */
struct ladder; /* ladder.h */
struct rows;   /* digest.h */
struct holds;  /* hold.h */
struct known;  /* known.h */
struct shares; /* share.h */

enum province_state {
    PROVINCE_DOWN,    /* no connection; retried with back-off */
    PROVINCE_STANDBY, /* another instance has taken over; its heartbeat is watched */
    PROVINCE_READY,
};

struct province {
    struct notifier *notifier;
    const char *slug;
    struct redis *redis;
    struct follow follow;
    struct effects effects;
    enum province_state state;
    bool stopped; /* the journal has a hole behind the checkpoint: until SIGHUP */
    char why[160];
    struct mono said_at; /* when that was said last */
    char
        run_id[REDIS_RUN_ID_BYTES]; /* of the Redis whose reports journal was checked */
    struct catalogue *catalogue;    /* in force at the checkpoint; NULL: none */
    struct event_cache *events;
    struct fresh_row *fresh; /* fresh.h: FRESH_MAX of them */
    struct known *known;     /* who was told, as the last commit left it */
    struct ladder *ladder; /* the three: read at taking over, dropped with the memory */
    struct rows *rows;
    struct holds *holds;
    struct journal_read read;        /* the entries in hand: of the last read, */
    bool hinted;                     /* or of hints, until the turn ends */
    char linked[REDIS_RUN_ID_BYTES]; /* which Redis it is connected to; "" unknown */
    char owner[OWNER_BYTES];         /* standing by: instance that has taken over */
    bool tried;                      /* connecting was tried once */
    struct mono retry_at;
    uint32_t retries;
    bool look; /* there may be entries that no hint brought */
    struct mono swept;
    struct mono cursors_since; /* one has moved and is not on disk; 0: none */
};

/* A leader's connection that has subscribed; forgotten when the connection is gone. */
struct session {
    struct bus_peer peer;
    struct province *province;
    char key[BUS_KEY_BYTES];
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char leader[LEADER_ID_BYTES];
    char channel[CHANNEL_BYTES]; /* a courier's; "": an office's own device */
    unsigned credit;
    uint64_t sent;                  /* position of the last message sent */
    uint64_t received;              /* what the client says it has stored */
    uint64_t durable;               /* the key's cursor as it is on disk */
    uint64_t newest;                /* position in the inbox when we looked, 0: never */
    uint64_t in_flight[CREDIT_MAX]; /* positions sent and not received, ascending */
    unsigned in_flight_count;
    uint64_t backlog_to; /* last position there was at subscribing */
    bool backlog_told;
    bool more;                 /* the inbox may hold rows behind `sent` */
    struct mono blocked_until; /* its queue was full */
    struct mono beat;          /* when we last sent anything */
    uint64_t confirm;          /* request that waits for the cursor of its Received, */
    uint64_t confirm_at;       /* this position, to be on disk; 0: none */
};

struct notifier_counters {
    uint64_t entries, events, routed, parked, commits;
    uint64_t sent, received, acknowledged, refused, malformed, unknown_fields;
    uint64_t beyond; /* Received of what no inbox holds */
    uint64_t busy;   /* requests of keys that have had their share */
};

struct notifier {
    struct service *service;
    struct bus *bus;
    struct bus_socket *leaders;
    struct bus_socket *hints;       /* NULL: sweep only */
    struct bus_message *hints_held; /* those of this turn: HINTS_A_TURN of them, */
    size_t hints_held_count;        /* of which so many are there */
    /* With the server's key before; mostly NULL. A peer knows the socket that it came
     * by (lib/bus.h), so answers and sessions need not. */
    struct bus_socket *leaders_old;
    bool simulated;
    int sweep_ms;
    struct province *provinces;
    size_t province_count;
    struct session **sessions;
    size_t session_count;
    size_t session_room;
    struct shares *shares;
    struct mono busy_said;
    struct arena *arena; /* one request and its answer */
    struct arena *words; /* one message's words */
    struct arena *table; /* the rows of one that has a table */
    struct buf out;
    bool seal;        /* alerts go sealed to the key of their connection */
    struct buf plain; /* what is about to be sealed, */
    struct buf box;   /* and sealed */
    struct ops *ops;
    struct redis *ops_redis; /* a connection of its own: display never waits for work */
    char last_error[160];
    struct notifier_counters counters;
    struct stats *alert_us; /* report received to alert sent, live and not simulated */
};

/* province.c */
void province_init(struct province *p, struct notifier *n, const char *slug);
void province_fini(struct province *p);
/* Connects and takes over when it is time to; false while it is not ready. */
bool province_work(struct province *p);
/* After ST_STALE, ST_AGAIN, …: drops all memory; ST_FENCED: stands by. */
void province_lost(struct province *p, enum status st, const char *what);
/* Time as this province's entries carry it: simulated, the hour of the last tick, or of
 * the programme before there was one. */
struct instant province_now(const struct province *p);

/* inbox.c */
/* Entries of a hint join those in hand when they are the next ones, and stay until
 * inbox_hints_done; bodies are borrowed until then. Else the journal is to be read. */
void inbox_hinted(struct province *p, const struct hint *h);
/* Commits those in hand. */
void inbox_hints_follow(struct province *p);
void inbox_hints_done(struct province *p);
/* Follows the journal until its end, or a few commits far. True: there is more. */
bool inbox_follow(struct province *p);
/* After SIGHUP: look again at a journal that had a hole. */
void inbox_resume(struct province *p);
/* Commits the cursors alone, when any has moved and waited for another commit to go
 * with: now, or as long as it may. */
void inbox_cursors(struct province *p, bool now);
int64_t inbox_cursors_wait_us(const struct province *p); /* INT64_MAX: none has */

/* event.c: decoded entries of the alerts journal, the last ones kept. */
struct event_cache *event_cache_new(void);
void event_cache_free(struct event_cache **c);
void event_cache_clear(struct event_cache *c);
#define EVENT_CACHE_ENTRIES 128u /* more than one read of the journal */
/*
 * Errors: ST_BAD not AlertEvents, or more than POSITION_EVENTS of them
 */
MUST_USE enum status event_cache_put(struct event_cache *c, uint64_t seq,
                                     const void *body, size_t body_bytes,
                                     const struct alert_event **events, size_t *count);
/* The event of a position, from memory or the journal; ST_GONE: there is none. */
MUST_USE enum status event_find(struct province *p, uint64_t seq, uint32_t index,
                                const struct alert_event **event);

/* session.c */
struct session *session_find(struct notifier *n, const struct bus_peer *peer);
/* Opens, or begins anew, for q->leader. ST_LIMIT: too many, or too many of this key.
 * Others: the connection to Redis. */
MUST_USE enum status session_subscribe(struct province *p, const struct bus_message *m,
                                       const struct principal *who,
                                       const struct leader_request *q);
/* Reads s->newest. Fails as the connection to Redis does. */
MUST_USE enum status session_newest(struct session *s);
/* request_id: to be confirmed when the cursor is on disk; 0: need not. False: it did
 * not move. */
bool session_received(struct session *s, uint64_t position, uint64_t request_id);
void session_forget(struct notifier *n, struct session *s);
/* A leader's inbox has new rows, to be read. */
void sessions_wake(struct province *p, const char *leader);
/* Nobody is served by a province that stands by. */
void sessions_end(struct province *p);
/* After the keyring was read anew. */
void sessions_check_keys(struct notifier *n);

/* cursor.c */
/* As it is on disk. */
MUST_USE enum status session_cursor(const struct session *s, uint64_t *position);
/* Has a cursor of this key moved that is not on disk yet? */
bool sessions_cursor_waits(const struct province *p, const char *key,
                           const char *leader);
/* Puts the cursors that have moved into the effects; how many. */
size_t sessions_cursors(struct province *p);
/* They are on disk. */
void sessions_cursors_done(struct province *p);
/* Reads them again after taking over: another instance may have moved them. */
MUST_USE enum status sessions_take_over(struct province *p);

/* send.c */
/* The rows of a commit: sent from memory to who has had all before them, as far as its
 * credit goes; the others read them. */
void sessions_rows(struct batch *b);
/* Sends what credit allows. True: somebody could take more at once. */
bool sessions_send(struct province *p);
void sessions_beat(struct notifier *n);
/* One reply; ST_GONE: not connected any more. */
enum status reply_send(struct notifier *n, const struct bus_peer *peer,
                       const struct leader_reply *reply);
/* The same for one with an alert, sealed to the connection's key where that is set. */
enum status alert_send(struct notifier *n, const struct bus_peer *peer, const char *key,
                       struct leader_reply *reply);

/* courier.c: what is asked of a courier's subscription besides. */
enum courier_may { COURIER_MAY, COURIER_UNWANTED, COURIER_BESIDE };
/* Does the office want this channel (as the programme in force says), and does no other
 * courier carry for it on another connection that stands? */
enum courier_may courier_may(struct province *p, const struct bus_peer *peer,
                             const char *leader, const char *channel);
/* After a programme was put in force: channels that an office does not want now. */
void couriers_check(struct province *p);

/* request.c */
void leader_request_take(struct notifier *n, const struct bus_message *m);

/* refuse.c */
enum leader_refusal {
    LEADER_BAD_FRAME,
    LEADER_WRONG_VERSION,
    LEADER_UNKNOWN_PROVINCE,
    LEADER_DENIED,
    LEADER_NOT_READY,
    LEADER_BUSY,
    LEADER_BAD_ACT,
    LEADER_NOT_YOURS,      /* an alert that this leader was not told of */
    LEADER_UNKNOWN_OFFICE, /* the keyring's name is not in leaders.yaml */
    LEADER_BAD_OFFICE,     /* a courier's Subscribe, or one that acts like a courier */
    LEADER_CHANNEL_UNWANTED, /* the office's `channels` do not name it */
    LEADER_OTHER_COURIER,    /* somebody carries there already */
    LEADER_CURSOR_BEYOND     /* Received of what this session was not sent */
};
void leader_refuse(struct notifier *n, const struct bus_peer *peer, uint64_t request_id,
                   enum leader_refusal code, const char *field, const char *value);

/* act.c */
/* Appends the acknowledgement to the reports journal and answers. */
void acknowledge(struct province *p, const struct bus_message *m,
                 const struct principal *who, const struct leader_request *q);

#endif
