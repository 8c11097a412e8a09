/*
 * ops - what operators see of a running instance, in plain keys of Redis:
 *     dondoc:ops:<service>:<instance>            hash    version functions started
 *                                                        updated last_error why, and
 *                                                        the counters
 *     dondoc:ops:metric:<service>:<name>         string  the values an alarm hangs on
 *     dondoc:ops:heartbeat:<service>:<instance>  string  wall time in ms; expires
 * At most once a second, in one pipeline. Values are ASCII. Display only: nothing is
 * decided by these keys, except that a heartbeat gone says the instance is, and a
 * library of Functions stays for as long as a live instance names its version.
 */
#ifndef DONDOC_OPS_H
#define DONDOC_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/instant.h"
#include "lib/redis.h"
#include "lib/status.h"

#define OPS_HEARTBEAT_MS 15000

struct ops;

struct ops_value {
    const char *name; /* [a-z0-9_]+ */
    int64_t number;
    bool alarm; /* also as a metric string */
};

struct ops *ops_new(const char *service, const char *instance, const char *version);
void ops_free(struct ops **o);

/* The last error in words, shown until the next; what is not ASCII becomes "?". */
void ops_error(struct ops *o, const char *text);

/* Why something is not served now, in words, ASCII as above; "" when all is. */
void ops_why(struct ops *o, const char *text);

/* Is a second over since the last time? Says how long until then, ms, else 0. */
int ops_wait_ms(const struct ops *o);

/*
 * ops_due - is it time to write, and is r, a connection only for this, there?
 * Connects (first write "dondoc:ops:hello"), at most every two seconds.
 */
bool ops_due(struct ops *o, struct redis *r);

/*
 * ops_put - put the commands behind what is in the pipeline of r.
 * Returns how many answers they will give (0: not due yet); the caller takes them with
 * redis_try or redis_next and need not look at them.
 */
size_t ops_put(struct ops *o, struct redis *r, const struct ops_value *values,
               size_t count);

/*
 * ops_write - ops_put, then wait for the answers; nothing else may be in the pipeline.
 * Once a minute it tidies the Functions of older releases away, too (lib/functions.h).
 * Errors: ST_AGAIN  the connection broke, as redis_next says it
 *         ST_BAD    Redis refused one of the writes (kept as the last error)
 */
MUST_USE enum status ops_write(struct ops *o, struct redis *r,
                               const struct ops_value *values, size_t count);

#endif
