/*
 * sealed - an AlertMessage that only one key pair opens (proto/README.md, section 8).
 * The connection is encrypted anyway; this is for the day on which a message goes to
 * the wrong connection: there it is 48 bytes and noise.
 *
 * It is sealed at the moment of sending, to the key of the connection that it goes to,
 * and never kept so: who reads the same inbox with another key gets it sealed to that.
 */
#ifndef DONDOC_SEALED_H
#define DONDOC_SEALED_H

#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/status.h"
#include "lib/wire.h"

/* Of a LeaderReply, over the same one unsealed: the box, and the key of its field. */
#define SEALED_MORE_BYTES 50

/*
 * sealed_close - seal the alert of a reply: its kind becomes LEADER_REPLY_SEALED.
 *
 * public_key  the receiver's CURVE key, Z85.
 * a           as for leader_reply_encode.
 * plain, box  cleared here; box holds what the reply points to then.
 *
 * Errors: ST_BAD    nothing can be sealed to this key; the reply is as it was
 *         ST_LIMIT  box is too small
 */
MUST_USE enum status sealed_close(struct leader_reply *reply, const char *public_key,
                                  struct arena *a, struct buf *plain, struct buf *box);
/*
 * sealed_open - open it again; a reply of another kind is left alone. Keys in Z85.
 *
 * Errors: ST_BAD    sealed to another key, changed, cut, or no AlertMessage in it
 *         ST_LIMIT  the arena is full
 */
MUST_USE enum status sealed_open(struct leader_reply *reply, const char *public_key,
                                 const char *secret_key, struct arena *a);

#endif
