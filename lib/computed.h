/*
 * computed - what scorer and notifier leave in Redis, key by key, so that two Redis can
 * be compared: facts, scores, summary, what leaders were told, alerts, the alerts
 * journal, inboxes, what is parked, the texts of programmes. Nothing here writes.
 *
 * Not among them: the reports journal with its head, receipts and acts (they are not
 * computed; `dondoc verify` checks them), who has read what (cursor), and what says who
 * is at work (epoch, owner, checkpoint).
 */
#ifndef DONDOC_COMPUTED_H
#define DONDOC_COMPUTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/keys.h"
#include "lib/redis.h"
#include "lib/status.h"

enum computed_type { COMPUTED_HASH, COMPUTED_STREAM, COMPUTED_TEXT };

struct computed_family {
    const char *name; /* "facts:": all that begin so; "summary": that one */
    enum computed_type type;
    bool grows; /* what stands is never changed: a part of the journal makes a part */
    bool notifier; /* of the alerts journal: moves with notifier's checkpoint too */
};

struct computed_key {
    char name[KEY_BYTES]; /* "facts:21055" */
    const struct computed_family *family;
};
struct computed_keys {
    struct computed_key *items; /* sorted by name, each once */
    size_t count;
    size_t room;
};
/* Those that stand now; appended, so that two Redis make one list. */
MUST_USE enum status computed_list(struct redis *r, const char *province,
                                   struct computed_keys *out);
void computed_keys_fini(struct computed_keys *k);

/* Where the services stand: what a value speaks of. */
struct computed_place {
    uint64_t scorer;   /* entry of the reports journal */
    uint64_t out;      /* the scorer's last entry of the alerts journal */
    uint64_t notifier; /* entry of the alerts journal */
};
MUST_USE enum status computed_place(struct redis *r, const char *province,
                                    struct computed_place *at);

/* A field of a hash, an entry of a stream (its fields as "k=alerts b=…"), a text. */
struct computed_line {
    char *field;
    char *value;
    size_t bytes;
};
struct computed_lines {
    struct computed_line *items; /* hashes: sorted by field; streams: in their order */
    size_t count;
    size_t room;
    bool other_type; /* the key holds something else: nothing was read */
};
/* A key as it stood together with the places, at one instant. A key that is not there
 * has no lines. Not for streams that grow. */
MUST_USE enum status computed_read(struct redis *r, const char *province,
                                   const struct computed_key *key,
                                   struct computed_place *at,
                                   struct computed_lines *out);
/* Entries of a stream behind `after` ("0-0": from the first), at most max. */
MUST_USE enum status computed_page(struct redis *r, const char *province,
                                   const struct computed_key *key, const char *after,
                                   size_t max, struct computed_lines *out);
/* How many entries a stream holds; 0 when it is not there or no stream. */
MUST_USE enum status computed_length(struct redis *r, const char *province,
                                     const struct computed_key *key, uint64_t *count);
void computed_lines_fini(struct computed_lines *l);

/* Is this field of alert:<code> the notifier's? */
bool computed_field_notifier(const char *field);

#define COMPUTED_INBOX_MAX 10000u /* an inbox keeps so many; older ones go */

#endif
