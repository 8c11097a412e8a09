/*
 * owner - which instance of a service serves a province, so that one that was fenced
 * off stands by for as long as that one lives. Serves liveness only: what may be
 * written is decided by the epoch, whatever stands here.
 */
#ifndef DONDOC_OWNER_H
#define DONDOC_OWNER_H

#include <stdbool.h>

#include "lib/redis.h"
#include "lib/status.h"

#define OWNER_BYTES 96

/* Say that this instance has taken over: owner:<service> = instance. */
MUST_USE enum status owner_write(struct redis *r, const char *province,
                                 const char *service, const char *instance);

/*
 * owner_stands - is somebody else still serving?
 * owner    in/out, OWNER_BYTES; "" is read anew.
 * instance this one. When the owner is still itself, whoever raised the epoch was
 * killed before it could say so, or was an earlier life of this very instance: nobody
 *          else serves. (Callers look only after a pause, longer than a take-over.)
 * stands   out: another instance is the owner, and its heartbeat has not expired.
 * Connects when it has to. Errors: ST_AGAIN the connection (closed).
 */
MUST_USE enum status owner_stands(struct redis *r, const char *province,
                                  const char *service, const char *instance,
                                  char *owner, bool *stands);

#endif
