/*
 * ingest - what the files of the service share: a push on its way, the state of a
 * province, the whole.
 *
 * The path of a report: request.c decodes it, push.c checks and queues it, batch.c
 * forms a batch when no call is in flight, sends it to Redis in one Function call,
 * and writes the receipts and the hint when the answer is there.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/decide.h"
#include "ingest/down.h"
#include "ingest/present.h"
#include "ingest/queue.h"
#include "ingest/seal.h"
#include "ingest/validate.h"
#include "lib/bus.h"
#include "lib/catalogue.h"
#include "lib/journal.h"
#include "lib/journal_check.h"
#include "lib/keyring.h"
#include "lib/redis.h"
#include "lib/stats.h"
#include "lib/wire.h"
#define QUEUE_WAIT_MS 10000    /* longest wait for Redis before RETRY_LATER */
#define TICK_GAP_MAX 26        /* hours; a larger gap waits for a person */
#define AHEAD_ENTRIES 16u      /* entries read ahead, at most 4 MiB of reports */
#define UPLOAD_MAX 4u          /* programmes being sent at the same time */
#define CHORES_BUDGET_US 10000 /* of a turn; reports must not wait for questions */
/* Decoding may take WIRE_ARENA_BYTES; the rest is for what we make of it. */
#define REQUEST_ARENA_BYTES (4u * WIRE_ARENA_BYTES)
#define MEMORY_FULL_PERCENT                                                            \
    85 /* of maxmemory: beyond it RETRY_LATER, long before OOM */

struct ingest;
struct service;

/* One push of a client; lives from its arrival until its receipts are sent. */
struct push {
    struct arena *arena; /* owns everything decoded from it */
    struct bus_socket *socket;
    struct bus_peer peer;
    uint64_t request_id;
    struct wire_receipt *receipts;
    size_t count;
    size_t left; /* receipts not decided yet */
    struct mono began;
};

/* One checked report waiting for its place in the journal. */
struct pending {
    struct pending *next;
    struct push *push;
    size_t at;     /* which receipt of the push */
    unsigned lane; /* queue.h: counted there */
    struct checked checked;
    struct present_key key; /* of checked.key, made when it is picked */
    struct mono since;
    bool probe; /* what stands must be read before deciding */
    bool fresh; /* what stands was read for the batch that is being formed */
};

/* A request that needs a quiet connection: done between two batches. */
struct chore {
    struct chore *next;
    struct mono since;
    unsigned lane; /* queue.h: counted there */
    struct bus_socket *socket;
    struct bus_peer peer;
    struct arena *arena;
    struct unit_request request; /* borrows from arena */
    struct principal who;        /* texts copied into arena */
    struct catalogue *catalogue; /* UNIT_REQUEST_PROGRAMME: checked */
    struct buf bundle;           /* and its text */
};

struct upload {
    struct bus_peer peer;
    bool used;
    char digest[65];
    struct buf data;
    struct mono last;
};

enum province_state {
    PROVINCE_DOWN,      /* no connection; retried with back-off */
    PROVINCE_CHECKING,  /* connected; the journal is being read before it is trusted */
    PROVINCE_UNSETTLED, /* Redis, or what stands in it, is not as it must be */
    PROVINCE_READY,
};

struct province {
    struct ingest *ingest;
    const char *slug;
    struct redis *redis; /* its own connection: one call in flight at most */
    enum province_state state;
    char why[256]; /* not ready: the reason in words */
    struct journal_head head;
    char run_id[REDIS_RUN_ID_BYTES]; /* of the Redis whose journal was looked at; "" */
    bool checked;                    /* to its end: else it is looked at again */
    bool trusted;                    /* checked, or the same Redis as before */
    bool broken;                     /* the journal is not as it was written */
    struct journal_check check;
    size_t check_entries; /* read in one step */
    struct mono check_began;
    struct mono check_said;
    struct catalogue *catalogue; /* NULL: no programme in force */
    struct checks checks;        /* reports by it */
    struct present_cache *presents;
    struct journal_read ahead[AHEAD_ENTRIES]; /* ahead.c */
    uint64_t ahead_seqs[AHEAD_ENTRIES];
    size_t ahead_count;

    struct queue queue;
    struct chore *chores;
    struct chore **chores_end;

    /* The batch whose call is in flight. */
    bool in_flight;
    struct journal_append append;
    struct pending *batch[JOURNAL_RECORDS_MAX];
    enum outcome outcomes[JOURNAL_RECORDS_MAX];
    uint32_t revisions[JOURNAL_RECORDS_MAX];
    struct receipt stood[JOURNAL_RECORDS_MAX]; /* what each replaces */
    struct receipt_lines lines;
    size_t guard_owner[2 * JOURNAL_RECORDS_MAX]; /* guard -> batch index */
    size_t batch_count;
    size_t guard_count;
    struct buf body;
    struct mono sent;

    struct instant clock; /* simulated: set by the player only */
    bool tick_confirmed;  /* a person said that the clock is right */
    bool tick_waits;
    struct down down; /* when nothing could be acknowledged */
    bool known;       /* connected once since the start */
    bool want_write;  /* part of a call is not sent yet */
    struct mono retry_at;
    struct mono memory_at; /* when to ask for the memory again */
    unsigned retries;
};

struct ingest_counters {
    uint64_t accepted, replaced, duplicate, superseded, rejected, retry_later;
    uint64_t batches, ticks, acts, programmes, denied, malformed, unknown_fields;
    uint64_t re_offer_asked; /* hellos answered with re_offer */
    uint64_t re_offered;     /* reports taken that came with their old receipt */
    uint64_t held_ignored;   /* receipts shown in a hello that are not ours or theirs */
    uint64_t unsent;         /* answers to peers that are gone or do not read */
};

struct ingest {
    struct service *service;
    struct bus *bus;
    struct bus_socket *units;
    struct bus_socket *ops;
    struct bus_socket *hints;
    struct bus_socket *units_old; /* with the server's key before; mostly NULL */
    struct bus_socket *ops_old;
    struct seal_key seal_key;
    struct seal_key seal_key_old; /* proves receipts given before; else the same */
    bool simulated;
    long redis_timeout_ms;
    struct province *provinces;
    size_t province_count;
    struct upload uploads[UPLOAD_MAX];
    struct arena *scratch; /* one request, one answer */
    struct buf out;        /* the answer being packed */
    struct day_texts days; /* of receipts: mostly the same few */
    struct arena **spare;  /* arenas of finished pushes */
    size_t spare_count;
    size_t spare_room;
    struct ingest_counters counters;
    struct stats *ack_us; /* report in to receipt out */
    char last_error[160];
};

/* request.c */
void ingest_request(struct ingest *in, struct bus_socket *socket,
                    const struct bus_message *m);

/* answer.c */
struct arena *ingest_arena(struct ingest *in);
void ingest_arena_done(struct ingest *in, struct arena *a);
void answer_send(struct ingest *in, struct bus_socket *socket,
                 const struct bus_peer *peer, const struct unit_reply *reply);
void answer_refusal(struct ingest *in, struct bus_socket *socket,
                    const struct bus_peer *peer, uint64_t request_id,
                    const struct refused *why);
/* Texts of the refusal in both languages, in the arena. */
void refusal_texts(const struct refused *why, struct arena *a,
                   struct wire_refusal *out);
/* A receipt is decided; sends the push's answer when it was the last. */
void push_decided(struct ingest *in, struct push *push);
/* The same when the clock was just read: once for all of a batch. */
void push_decided_at(struct ingest *in, struct push *push, struct mono now);
void receipt_refuse(struct wire_receipt *r, enum outcome outcome,
                    const struct refused *why, struct arena *a);

/* batch.c */
void batch_run(struct province *p);     /* chores, then a batch, if none is in flight */
void batch_collect(struct province *p); /* the answer, if it is there */
void batch_give_up(struct province *p); /* what waited too long gets RETRY_LATER */

/* batch_form.c */
/* Takes decided reports from the queue until the batch is full; answers the others. */
MUST_USE enum status batch_form(struct province *p);
/* Sealed when it says that this report stands, so that it can be offered again. */
void receipt_from_present(const struct province *province, struct wire_receipt *r,
                          const struct pending *pend, enum outcome outcome,
                          const struct receipt *p);
void pending_done(struct province *p, struct pending *pend);
void pending_refuse(struct province *p, struct pending *pend, enum outcome outcome,
                    const struct refused *why);

/* hello.c */
/* Who asks, and what for: read from Redis, or at once from what is known. */
bool hello_needs_look(const struct unit_request *request);
/* re_offer: what the client holds is not here. texts of the answer live in `a`. */
void hello_answer(struct province *p, struct bus_socket *socket,
                  const struct bus_peer *peer, const struct principal *who,
                  uint64_t request_id, struct arena *a, bool re_offer);
MUST_USE enum status chore_hello(struct province *p, struct chore *c);

/* figures.c */
/*
 * Figures of record `index` of a reports entry as the wire shows them.
 * ST_GONE: no such record; ST_BAD: the entry cannot be read.
 */
MUST_USE enum status figures_of_entry(const struct journal_entry *entry, uint32_t index,
                                      const struct catalogue *c, struct arena *a,
                                      const struct wire_figure **out, size_t *count);

/* ahead.c */
/*
 * ahead_entry - an older entry, and with it those that the reports behind `pend` in the
 * queue will want. *out is borrowed until the next call; NULL: it is archived.
 * Errors: ST_AGAIN, ST_BAD as journal_read_each.
 */
MUST_USE enum status ahead_entry(struct province *p, const struct pending *pend,
                                 uint64_t seq, const struct journal_entry **out);
void ahead_clear(struct province *p); /* with the connection */
void ahead_fini(struct province *p);

/* chore.c */
void chores_run(struct province *p);
/* What waited too long for Redis is refused; the same again later is harmless. */
void chores_give_up(struct province *p, int64_t older_us);
void chore_queue(struct province *p, struct chore *c);
void chore_free(struct ingest *in, struct chore **c);

/* province.c */
void province_init(struct province *p, struct ingest *in, const char *slug,
                   struct redis *redis); /* redis is taken */
void province_fini(struct province *p);
/* The head anew after somebody else moved it: what we thought stands may not, and the
 * programme may be another. */
MUST_USE enum status province_head_read(struct province *p);
/* Connects when it is time to; false while it is not ready. */
bool province_work(struct province *p);
/* Every two seconds: has Redis room, and does nobody hold us? Else unsettled. The
 * connection must be idle. */
void province_memory_look(struct province *p);
/* After SIGHUP: look again at once at a journal that was broken. */
void province_resume(struct province *p);
void province_lost(struct province *p, const char *what);
struct instant province_now(const struct province *p);
void province_programme_set(struct province *p, struct catalogue *c);

/* room.c */
/* ST_LIMIT: nothing may be acknowledged now, p->why says why; else as redis_call. */
MUST_USE enum status redis_room(struct province *p);

/* check.c */
/*
 * province_check - before anything is acknowledged on a Redis that we do not know yet:
 * does its journal stand as it was written? A piece of it at a time.
 * Returns ST_OK; ST_LIMIT not read to its end, call again; ST_BAD, ST_GONE broken,
 * redis_error names the entry; else the connection.
 */
MUST_USE enum status province_check(struct province *p);

/* tick.c */
void ticks_append(struct province *p);
int64_t tick_gap(const struct province *p); /* hours since the last tick; 0: none */
/* Nobody is late by a clock that waits for `dondoc tick --confirm`: then the last tick
 * says what day it is. */
void tick_lateness(const struct province *p, struct checked *c);

#endif
