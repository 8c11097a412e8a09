/*
 * share - how much one key may ask of the notifier in a second, so that one that asks
 * without end takes its own time and nobody else's. Beyond it requests are not read:
 * `busy` is said once in the second, and all are counted. What needs no count: requests
 * have a part of each turn of the loop, then alerts have theirs, and libzmq hands over
 * the connections' messages one each in turn.
 *
 * A request costs about what it keeps us busy, in tenths of a millisecond, so that one
 * key has at most a tenth of our time; what writes lines in the log or entries in the
 * journal costs more. A Received that moves is free: there is one at most for each
 * message that we sent.
 *
 * Why nobody who works hits these bounds
 *  - A leader's program subscribes once in a connection, from the start once in its
 *    life, and beats each 10 s. People acknowledge by hand. A program that acknowledges
 *    many, one behind the other, hears `busy` behind the 33rd, since it waits for each
 *    answer: it goes on in the next second, and none is lost.
 *  - A courier subscribes all its offices and channels at once, up to 600 (the sockets
 *    that one process has), as does the one that stands by with the same key each 3 s;
 *    it never asks from the start. Several large ones with one key hear `busy`, wait a
 *    second and ask again.
 */
#ifndef DONDOC_NOTIFIER_SHARE_H
#define DONDOC_NOTIFIER_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/instant.h"
#include "lib/keyring.h"
#include "lib/wire.h"

#define TAKE_US 10000 /* of one turn for requests; on a slow disk one takes longer */

#define SHARE_ANY 1u          /* beats, what is refused */
#define SHARE_SUBSCRIBE 20u   /* with its two lines in the log; 50 a second */
#define SHARE_FROM_START 250u /* reads the whole inbox; 4 a second */
#define SHARE_ACKNOWLEDGE 30u /* an entry of the journal; 33 a second */
#define SHARE_PREVIEW 50u     /* reads all that is open; 20 a second */
#define SHARE_BEYOND 100u     /* reads, and a line in the log; 10 a second */
#define SHARE_A_SECOND 1000u  /* of a key, */
#define SHARE_A_COURIER 2000u /* and of a courier's, whose subscriptions cost 1 */

struct shares;

struct shares *shares_new(uint64_t seed);
void shares_free(struct shares **s);
/* False: this key has had its share of this second. */
bool share_take(struct shares *s, enum role role, const char *key, unsigned cost);
/* What was taken turned out to be free. */
void share_back(struct shares *s, const char *key, unsigned cost);
/* True once in a second for each key: say that it has had its share. */
bool share_say(struct shares *s, const char *key);
unsigned share_cost(enum role role, const struct leader_request *q);

#endif
