/*
 * watch - a leader's side: what the files of the command share.
 *
 * The order that keeps the promise: a message is printed, the output is flushed, its id
 * is noted in the file of --seen, and only then the server hears that it was received.
 * What dies in between comes again with the same id.
 */
#ifndef DONDOC_CLI_WATCH_H
#define DONDOC_CLI_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/link.h"
#include "lib/buf.h"
#include "lib/instant.h"
#include "lib/wire.h"

/* --- watch_seen.c: ids printed before, to drop doubles --- */

struct seen;
/* path "": remembers for this run only. NULL: why says what is wrong with the file. */
struct seen *seen_open(const char *path, char *why, size_t why_bytes);
void seen_close(struct seen **s);
bool seen_has(const struct seen *s, const char *id);
void seen_add(struct seen *s, const char *id);
/* On disk; false: it could not be written. */
bool seen_flush(struct seen *s);

/* --- watch_show.c --- */

void watch_show_greeting(const struct leader_reply *reply); /* on stderr */
void watch_show_alert(const struct wire_alert *alert);
void watch_show_json(const struct wire_alert *alert, struct buf *line);
/* Says it, returns the exit status. */
int watch_show_refusal(const struct wire_refusal *why);

/* --- watch_link.c: leader messages over the link --- */

struct watch_link {
    struct link *link;
    long timeout_s;
    const char *province;
    struct arena *arena; /* the last message */
    struct buf out;
    uint64_t request_id;
    struct mono heard; /* the last message of any kind */
};

/* 0, or the exit status after saying why there is no connection. */
int watch_link_open(struct watch_link *w, const struct options *o);
void watch_link_close(struct watch_link *w);
/* version, province and request_id are filled in. ST_AGAIN: no connection in time. */
MUST_USE enum status watch_link_send(struct watch_link *w, struct leader_request *q);
/* The next message within ms. Errors: ST_AGAIN none; ST_BAD not of this protocol. */
MUST_USE enum status watch_link_receive(struct watch_link *w, int ms,
                                        struct leader_reply *reply);

/* --- watch_act.c --- */

/* --ack: one acknowledgement; the exit status. */
int watch_acknowledge(struct watch_link *w, const char *code, const char *note,
                      const char *until);

#endif
