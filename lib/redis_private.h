/* What the files of lib/redis share. */
#ifndef DONDOC_REDIS_PRIVATE_H
#define DONDOC_REDIS_PRIVATE_H

#include "lib/redis.h"

struct redisContext; /* hiredis */

/*
 * hiredis connects and parses. Formatting is ours, because its is slow, sending,
 * because its write raises SIGPIPE, and waiting, because its time-out starts afresh
 * with every read. The socket never blocks after connecting.
 */
struct redis {
    char *address;
    char *user;
    char *password;
    int timeout_ms;
    struct redisContext *context; /* NULL: not connected */
    char *out;                    /* formatted commands; [out_sent, out_used) wait */
    size_t out_sent;
    size_t out_used;
    size_t out_room;
    size_t awaited; /* answers to come */
    char error[512];
};

/*
 * redis_break - the connection is of no use any more: what was sent may have happened
 * or not. Closes it, notes why; always ST_AGAIN.
 */
enum status redis_break(struct redis *r, const char *why);

#endif
