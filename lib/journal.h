/*
 * journal - the province's two streams (reports, alerts). An entry's id is
 * <seq>-0 with dense seq from 1, assigned by the append Function; fields: k (kind),
 * b (body), h (chain: hex BLAKE2b-128 of previous chain, kind and body; reports only).
 *
 * Appending to the reports journal is one call of the Function dd_append, which
 * refuses (nothing written) unless the head is the expected one and every guard holds:
 *     guard: hash key, field, expected value; "" expects that the field is absent
 *     set:   hash key, field, value
 *     new:   hash key, field, value: a guard that it is absent, and its set
 * Two writers (ingest, notifier's acts) therefore never overwrite each other.
 * Source: design.md sections 1 and 5; reliability.md F2, F3.
 */
#ifndef DONDOC_JOURNAL_H
#define DONDOC_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/redis.h"
#include "lib/status.h"

enum journal_kind {
    JOURNAL_REPORTS, /* packed ReportRecords, each preceded by its length (4 bytes LE)
                      */
    JOURNAL_TICK,
    JOURNAL_PROGRAMME,
    JOURNAL_ACT,
    JOURNAL_ALERTS,  /* alerts journal only */
    JOURNAL_UNKNOWN, /* written by a newer version: the reader parks it */
};

#define JOURNAL_BODY_MAX (256u * 1024u) /* a batch of reports */
#define JOURNAL_PROGRAMME_MAX (1024u * 1024u)
#define JOURNAL_RECORDS_MAX 512u
#define JOURNAL_CHAIN_BYTES 33 /* 32 hex digits and a zero */
#define JOURNAL_LOG_ID_BYTES 33

const char *journal_kind_name(enum journal_kind kind); /* "reports" … */
enum journal_kind journal_kind_parse(const char *name, size_t len);

/* Where the journal ends; what an append expects. */
struct journal_head {
    uint64_t seq;                      /* 0: empty */
    char chain[JOURNAL_CHAIN_BYTES];   /* "" when empty */
    int64_t tick;                      /* hour of the last tick; 0: none yet */
    char programme[65];                /* digest in force at the head; "" none */
    char log_id[JOURNAL_LOG_ID_BYTES]; /* minted when the journal is first used */
    uint64_t trimmed; /* seq of the last entry that was trimmed away; 0: none */
    char trim_chain[JOURNAL_CHAIN_BYTES]; /* and its chain value */
    /* How many there were after the last append; at least so many must stand. Only as
     * read: an append of ours does not move them here. */
    uint64_t receipts;
    uint64_t acts;
};

/* Reads the head; mints the log id if there is none. Believable after the first write.
 */
MUST_USE enum status journal_head_read(struct redis *r, const char *province,
                                       struct journal_head *head);
/* The same for who may only read: an empty log id stays empty. */
MUST_USE enum status journal_head_look(struct redis *r, const char *province,
                                       struct journal_head *head);

enum journal_table { TABLE_RECEIPTS, TABLE_ACTS, TABLE_HEAD };

/* An append in the making; reuse it with journal_append_begin. */
struct journal_append {
    struct args args;
    struct journal_head next; /* the head if this succeeds */
    size_t guards;            /* fields that must hold */
    const char *list_name;    /* internal: the list that still grows, NULL: none, */
    enum journal_table list_table; /* of which table, */
    size_t list_at;                /* the place of its count in args, */
    size_t list_fields;            /* and the count */
    size_t programme_at;           /* places of the programme in args */
    size_t programme_key_at;
    char province[64];
};

void journal_append_init(struct journal_append *a);
void journal_append_fini(struct journal_append *a);
/* body borrowed until sent. */
void journal_append_begin(struct journal_append *a, const char *province,
                          const struct journal_head *head, enum journal_kind kind,
                          const void *body, size_t body_bytes);
/*
 * In any order: no field is set before every guard was looked at. Fields of one kind
 * and one table that come one after the other cost least. Texts are copied. The head's
 * own fields tick and programme are set like any other and stand in a->next then.
 */
void journal_append_guard(struct journal_append *a, enum journal_table table,
                          const char *field, const char *expected);
/* A guard that the field is absent, and its set; not for the head. */
void journal_append_new(struct journal_append *a, enum journal_table table,
                        const char *field, const char *value);
void journal_append_set(struct journal_append *a, enum journal_table table,
                        const char *field, const char *value);
/* SET dondoc:{p}:programme:<digest> text, in the same call (programme entries); the
 * text is copied. */
void journal_append_programme(struct journal_append *a, const char *digest,
                              const void *text, size_t text_bytes);
/* Puts the call behind what r has to send; the caller awaits the answer. */
void journal_append_put(struct journal_append *a, struct redis *r);
/*
 * journal_append_result - what the answer says.
 * conflicts  out, may be NULL; room for conflict_room indices of guards that did not
 *            hold: from 0, those of _guard and _new as they were called
 * Returns ST_OK (head moved to a->next), ST_STALE (*conflict_count > 0: guards; == 0:
 * the head moved), ST_AGAIN (OOM, LOADING, …: unknown or not committed), ST_BAD.
 */
MUST_USE enum status journal_append_result(const struct journal_append *a,
                                           const struct reply *rep, size_t *conflicts,
                                           size_t conflict_room,
                                           size_t *conflict_count);
/* The three above, blocking. */
MUST_USE enum status journal_append_call(struct journal_append *a, struct redis *r,
                                         size_t *conflicts, size_t conflict_room,
                                         size_t *conflict_count);

/*
 * journal_trim - remove the entries up to and including `up_to` from the reports
 * journal, and note in the head where it begins now. Call it when these entries lie
 * exported and synced; the journal's newest entry always stays.
 * head_seq  the journal's end, so that a decision taken on an older one does nothing
 * chain     the chain value of entry `up_to`, as it was exported
 * removed   out, may be NULL
 * Returns ST_OK (again for one that was done before), ST_STALE (the head moved: read it
 * again), ST_LIMIT (a reader's checkpoint is lower, or a parked report lies there),
 * ST_BAD (the entry's chain is another: export again; or refused by its arguments),
 * ST_AGAIN (unknown: the same again). redis_error says it in words. Nothing was removed
 * unless ST_OK or ST_AGAIN.
 */
MUST_USE enum status journal_trim(struct redis *r, const char *province,
                                  uint64_t head_seq, uint64_t up_to, const char *chain,
                                  uint64_t *removed);

/* Length-prefixed records of a JOURNAL_REPORTS body. */
struct journal_cursor {
    const uint8_t *at;
    size_t left;
};
/* ST_OK with the next record, ST_GONE at the end, ST_BAD when the body is torn. */
MUST_USE enum status journal_record_next(struct journal_cursor *c,
                                         const uint8_t **record, size_t *record_bytes);
void journal_record_head(size_t record_bytes, uint8_t out[4]);

struct journal_entry {
    uint64_t seq;
    enum journal_kind kind;
    const char *kind_word; /* as written; says more than JOURNAL_UNKNOWN */
    const uint8_t *body;   /* borrowed from the read */
    size_t body_bytes;
    const char *chain; /* "" on the alerts journal */
};

/* Result of a read; entries borrow from rep. */
struct journal_read {
    struct reply *rep;
    struct journal_entry *entries;
    size_t count;
    size_t room;
};
void journal_read_init(struct journal_read *rd);
void journal_read_fini(struct journal_read *rd);
/*
 * journal_read_after - up to `max` entries behind `after` of stream KEY_REPORTS or
 * KEY_ALERTS. A gap (first id is not after+1, or nothing where the journal says that
 * there is something) is ST_GONE: the stream was trimmed under its reader or an entry
 * is missing; stop, never skip. Entries before a gap are given first, the next read
 * says ST_GONE. An id with another shape: ST_BAD. redis_error says which in words.
 */
MUST_USE enum status journal_read_after(struct redis *r, const char *province,
                                        const char *stream, uint64_t after, size_t max,
                                        struct journal_read *rd);
/* One entry by its seq; ST_GONE when it is not there. */
MUST_USE enum status journal_read_one(struct redis *r, const char *province,
                                      const char *stream, uint64_t seq,
                                      struct journal_read *rd);
/*
 * journal_read_each - several entries by their seqs (each above 0), in one round trip.
 * rds  `count` of them, initialised; one whose entry is not there, or cannot be read,
 * is left with count 0. Errors: ST_AGAIN the connection; ST_BAD Redis refused
 */
MUST_USE enum status journal_read_each(struct redis *r, const char *province,
                                       const char *stream, const uint64_t *seqs,
                                       size_t count, struct journal_read *rds);
/*
 * journal_chain - chain value of an entry, from the one before it: BLAKE2b-128 over
 * before, a zero, the kind's word, a zero, body. Not for JOURNAL_UNKNOWN.
 */
void journal_chain(const char *before, enum journal_kind kind, const void *body,
                   size_t body_bytes, char out[JOURNAL_CHAIN_BYTES]);
/* Does the entry's chain value follow from `before`? Any kind, unknown ones too. */
bool journal_entry_follows(const struct journal_entry *entry, const char *before);

#endif
