/*
 * follow - the checkpointed consumer: read entries behind the checkpoint, compute,
 * commit effects and checkpoint in ONE call of the Function dd_apply.
 *
 * Invariants
 *  1. dd_apply writes only if the epoch is the current one and the checkpoint is the
 *     expected one; it validates everything first and writes last.
 *  2. Taking over: INCR epoch, then read checkpoint and state, then follow.
 *  3. After ST_STALE or ST_AGAIN the caller drops all memory and takes over again;
 *     after ST_FENCED it stands by until the other's heartbeat has expired.
 * Source: design.md section 1, idea 3; reliability.md 4.5.
 */
#ifndef DONDOC_FOLLOW_H
#define DONDOC_FOLLOW_H

#include "lib/hint.h"
#include "lib/journal.h"
#include "lib/redis.h"
#include "lib/status.h"

/* A commit that was put and is not answered: what its OK will make true. */
struct follow_sent {
    bool waiting;
    uint64_t seq;
    uint64_t out_seq;
    int64_t tick;
    char programme[65];
    char seal[JOURNAL_CHAIN_BYTES]; /* "": none goes with it */
};

struct follow {
    const char *province; /* borrowed */
    const char *service;  /* "scorer", "notifier"; borrowed */
    const char *stream;   /* KEY_REPORTS or KEY_ALERTS: what it reads */
    int64_t epoch;
    uint64_t checkpoint; /* seq of the last entry whose effects are committed */
    uint64_t out_seq;   /* seq of the last entry this service wrote to alerts; else 0 */
    char programme[65]; /* digest in force at the checkpoint; "" none */
    int64_t tick;       /* last tick at the checkpoint */
    uint64_t sealed;    /* seq of the last entry that was sealed; 0: none yet. Lower
                           than the checkpoint after an older release was at work */
    char seal[JOURNAL_CHAIN_BYTES]; /* and its chain value */
    struct follow_sent sent;
};

void follow_init(struct follow *f, const char *province, const char *service,
                 const char *stream);

/*
 * follow_take_over - INCR epoch (awaited), then the checkpoint hash into f.
 */
MUST_USE enum status follow_take_over(struct follow *f, struct redis *r);

/* Has another instance taken over since? It may have moved what this one reads. */
MUST_USE enum status follow_overtaken(const struct follow *f, struct redis *r,
                                      bool *overtaken);

/* Internal to effects: where a key or a field stands among those of this commit. */
struct effects_index {
    struct effects_place *places;
    size_t room; /* a power of two, at most half full */
};

/* Effects of one commit. All keys belong to the province. */
struct effects {
    struct args keys;
    struct args ops;                /* on streams, in order */
    size_t count;                   /* effects put; a field counts once */
    uint64_t out_first;             /* out_seq without these effects */
    uint64_t out_next;              /* and with them */
    char seal[JOURNAL_CHAIN_BYTES]; /* of the entry at the new checkpoint; "" none */
    void (*closing)(void *owner);   /* may be NULL: called when nothing more comes, to
                                       put what only then is known */
    void *owner;
    /* internal */
    size_t alert_at[HINT_ENTRIES_MAX]; /* places in ops of the bodies of the first
                                          alerts entries, for the hint */
    struct effects_key *hashes;        /* one for each of `keys` */
    size_t hashes_room;
    struct effects_field *fields;
    size_t field_count;
    size_t fields_room;
    struct effects_index key_index;
    struct effects_index field_index;
    uint64_t commit;      /* how many there were */
    const char *province; /* of all keys; NULL: none yet */
    size_t name_at;       /* in a key: behind the province */
    size_t key_last;      /* place of the key that was found last */
};
void effects_init(struct effects *e);
void effects_fini(struct effects *e);
/* What is put next follows upon what f has committed or put. */
void effects_clear(struct effects *e, const struct follow *f);
/* Nothing more comes but what `closing` puts: before they are sent. */
void effects_close(struct effects *e);
/* As dd_apply takes them; borrowed until effects_clear. */
void effects_args(const struct effects *e, struct args *a);
/*
 * name, part as in key_make2; part NULL as key_make. Everything is copied. What is set
 * and deleted of one key is one effect each, with the fields as they stand
 * at the end; keys come in the order in which they were first named.
 */
void effects_hset(struct effects *e, const struct follow *f, const char *name,
                  const char *part, const char *field, const void *value, size_t len);
void effects_hdel(struct effects *e, const struct follow *f, const char *name,
                  const char *part, const char *field);
/* Chain value of the entry at the new checkpoint, checked by the caller: stored with it
 * as the seal. A reader of the alerts journal, which has no chain, seals nothing. */
void effects_seal(struct effects *e, const char *chain);
/* Appends to the alerts journal with the next dense id. */
void effects_alert(struct effects *e, const struct follow *f, enum journal_kind kind,
                   const void *body, size_t body_bytes);
/* The entries of the alerts journal among these effects, until they are cleared; at
 * most so many fit a hint. Returns how many there are, 0 when there are more than that.
 */
size_t effects_alerts(const struct effects *e,
                      struct journal_entry entries[HINT_ENTRIES_MAX]);
/* XADD with id <seq>-<index> to inbox:<leader> or parked; MAXLEN 10000 for inboxes.
 * Ids in one stream must grow. fields: flat field/value pairs, zero-terminated. */
void effects_xadd(struct effects *e, const struct follow *f, const char *name,
                  const char *part, uint64_t seq, uint32_t index,
                  const char *const *fields, size_t field_count);
void effects_xdel(struct effects *e, const struct follow *f, const char *name,
                  const char *part, uint64_t seq, uint32_t index);

/*
 * follow_apply - commit effects and move the checkpoint to `seq` (may equal the
 * present one: effects of a person's act on the same place), with programme and tick.
 * On ST_OK f is moved; on anything else f is unchanged and nothing can be assumed.
 * Errors: ST_FENCED, ST_STALE, ST_AGAIN as in the invariants; ST_BAD, ST_DENIED:
 * nothing was written (a key of another type, an id out of order, a right that is
 * missing); redis_error says which.
 */
MUST_USE enum status follow_apply(struct follow *f, struct redis *r, struct effects *e,
                                  uint64_t seq, const char *programme, int64_t tick);

/*
 * The same in two steps, so that the effects of the next entries can be formed while
 * Redis writes these. One at a time; nothing else is asked on the connection meanwhile.
 *
 * follow_put     puts the call behind what the connection is to send. The effects may
 *                be cleared then.
 * follow_result  takes its answer: returns as follow_apply, and as there the connection
 *                is closed after ST_AGAIN.
 * follow_drop    there will be no answer: the connection is lost.
 * follow_seq     last entry whose effects are committed or on their way.
 * follow_out     last entry of the alerts journal that is.
 */
void follow_put(struct follow *f, struct redis *r, struct effects *e, uint64_t seq,
                const char *programme, int64_t tick);
MUST_USE enum status follow_result(struct follow *f, struct redis *r,
                                   const struct reply *rep);
void follow_drop(struct follow *f);
uint64_t follow_seq(const struct follow *f);
uint64_t follow_out(const struct follow *f);

#endif
