/*
 * known - who was told of an alert, kept from one commit to the next, so that the next
 * event of a code is passed on without asking Redis first. Pure.
 *
 * A copy of what is the notifier's in the hash alert:<code>: the fields told:<leader>,
 * and whether somebody has taken it on. Nobody else writes these, and while our epoch
 * holds no other notifier does (lib/follow.h, invariant 1); so what was once read, or
 * written, stays true until we write again.
 *
 * Life: told.c puts what a batch has read and changed when its commit was answered OK,
 * and drops what the batch cannot be sure of. Whatever costs the province its memory
 * (a commit that failed, a connection that broke, an instance that took over) clears
 * this, too: province.c.
 *
 * Invariants
 *  1. What is here is what the hash holds. What is not here must be asked for.
 *  2. It takes no more than its bytes: those unused for longest go.
 */
#ifndef DONDOC_NOTIFIER_KNOWN_H
#define DONDOC_NOTIFIER_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notifier/route.h"

/* For about 2,500 alerts of three offices each, which is more than are open at once in
 * a province of a hundred communes; five full ones leave the service below 16 MiB. */
#define KNOWN_BYTES_MAX (512u * 1024u)

struct known;

/* seed: as table_new. */
struct known *known_new(size_t bytes_max, uint64_t seed);
void known_free(struct known **k);
void known_clear(struct known *k);

/*
 * known_get - what is known of a code, as the one used last.
 * messages, rows  out; who was told by a message, and by a row of a digest; both empty
 *                 before, untouched when false.
 * Returns false: nothing is known.
 */
bool known_get(struct known *k, const char *code, struct leaders *messages,
               struct leaders *rows, bool *acked);

/* In place of what was known of the code. What takes more than an eighth of the bytes
 * is not kept, nor is then what was there before. */
void known_put(struct known *k, const char *code, const struct leaders *messages,
               const struct leaders *rows, bool acked);

/* Nothing is known of the code any more; nothing may have been. */
void known_drop(struct known *k, const char *code);

size_t known_count(const struct known *k);
size_t known_bytes(const struct known *k);

#endif
