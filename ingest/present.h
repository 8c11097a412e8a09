/*
 * present - the revision that stands for each unit/group/period, as far as this
 * process knows it: a bounded cache in front of the receipts hash. It holds only what
 * was committed on, or read after the first write of, the present connection (F2), and
 * is dropped with it. What is not in it is assumed to be new; the append Function's
 * guards find out when that is wrong.
 */
#ifndef INGEST_PRESENT_H
#define INGEST_PRESENT_H

#include "lib/receipt.h"
#include "lib/redis.h"
#include "lib/status.h"

struct present_cache;
struct present_cache *present_cache_new(void);
void present_cache_free(struct present_cache **c);
void present_cache_clear(struct present_cache *c);
/* NULL: not known here. Borrowed until the next put or clear. */
const struct receipt *present_get(const struct present_cache *c, const char *key);
void present_put(struct present_cache *c, const char *key, const struct receipt *p);

/* The same for a key that is needed several times: it is measured and hashed once.
 * text borrowed. */
struct present_key {
    const char *text;
    size_t bytes;
    uint64_t hash; /* of this cache alone */
};
struct present_key present_key(const struct present_cache *c, const char *text);
const struct receipt *present_find(const struct present_cache *c,
                                   const struct present_key *k);
void present_set(struct present_cache *c, const struct present_key *k,
                 const struct receipt *p);

/*
 * present_read - what stands for a key, from Redis; blocking. revision 0: nothing.
 * Revisions are dense, so the last one that exists stands.
 */
MUST_USE enum status present_read(struct redis *r, const char *province,
                                  const char *key, struct receipt *out);

/* present_read_all - the same for several keys, in one round trip for all of few
 * revisions. out has `count` places. */
MUST_USE enum status present_read_all(struct redis *r, const char *province,
                                      const char *const *keys, size_t count,
                                      struct receipt *out);

/* Names one revision of one report for the sender: "2/<hash>". out 64 bytes. */
#define REVISION_NAME_BYTES 64
void revision_name(const struct receipt *p, char out[REVISION_NAME_BYTES]);

#endif
