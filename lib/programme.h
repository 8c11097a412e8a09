/*
 * programme - the text of a programme as it stands in Redis (dondoc:{p}:programme:
 * <digest>, a packed Bundle) and the catalogue it makes.
 */
#ifndef DONDOC_PROGRAMME_H
#define DONDOC_PROGRAMME_H

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/redis.h"
#include "lib/status.h"

/* Hex BLAKE2b-256 of a packed bundle. */
void programme_digest(const void *bundle, size_t bytes, char out[65]);

/* The packed bundle of files, appended to out. Files are sorted by name first. */
void programme_pack(struct catalogue_file *files, size_t count, struct buf *out);

/*
 * programme_load - a catalogue from a packed bundle; its digest is set.
 * found  out; what the check says (findings_fini it).
 * Errors: ST_BAD not a bundle (found may be empty), or errors in it.
 */
MUST_USE enum status programme_load(const void *bundle, size_t bytes,
                                    struct catalogue **out, struct findings *found);

/*
 * programme_read - the programme of a digest, from Redis.
 * Errors: ST_GONE not there; ST_BAD it is there and cannot be read by this version;
 *         ST_AGAIN the connection.
 */
MUST_USE enum status programme_read(struct redis *r, const char *province,
                                    const char *digest, struct catalogue **out);

#endif
