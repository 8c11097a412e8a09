/*
 * brake - what would open too many alerts of a level at once is marked, and the
 * notifier holds it until somebody has looked: more than a share of the level's units
 * from one programme entry, from one tick, or from the reports of one key within an
 * hour. An opening is a first message of kind behind, missed or falling about a unit,
 * or one of kind overdue, whether a reminder went before it or not.
 *
 * Life of a key's opening: under `opened` stands <key>/<unit> -> received-at of the
 * report that opened an alert about the unit last; here the same. Written with the
 * alert in one commit, and taken out by the first tick an hour later: memory is always
 * what stands in Redis, so a restart at any moment decides the same.
 * Source: design.md section 4 (Alert); doc/operations.md (Redis keys).
 */
#ifndef DONDOC_SCORER_BRAKE_H
#define DONDOC_SCORER_BRAKE_H

#include "scorer/scorer.h"

struct openers *openers_new(void);
void openers_free(struct openers **o);
/* What stands under `opened`; units of the catalogue (may be NULL). */
MUST_USE enum status openers_read(struct openers *o, struct redis *r, const char *slug,
                                  const struct catalogue *c);

/* What a key opened an hour before this tick or longer ago is forgotten. */
void brake_tick(struct state *s);

/*
 * brake_events - sets `brake` of the events of the entry in hand, and notes what keys
 * opened: "programme:<12 digits of the digest>", "key:<name>", "tick:<hour>". Of a key,
 * what opened before it passed the share has gone out; the entry that passes it is held
 * whole for that level, and so is what comes while the share of the last hour is above.
 */
void brake_events(struct state *s);

#endif
