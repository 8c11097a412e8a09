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
#include "cli/watch_desk.h"
#include "lib/buf.h"
#include "lib/crypto.h"
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
/* The answer to an acknowledgement of `code`; entry 0: it stood before. */
void watch_show_acknowledged(const char *code, uint64_t entry);

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

/* --- watch_run.c: the session --- */

#define WISH_TRIES 3

/* An acknowledgement that was typed and is not answered yet. */
struct watch_wish {
    bool active;
    struct desk_wish wish;
    char id[CRYPTO_HEX128_BYTES];  /* the same at each try */
    uint64_t asked_as[WISH_TRIES]; /* request ids; kept for an answer that comes late */
    struct mono asked;
    int tries;
};

struct watch {
    struct watch_link link;
    struct seen *seen;
    struct desk *desk; /* NULL: no terminal, or --json */
    struct watch_filter filter;
    struct watch_wish wish;
    struct buf line;
    bool json;
    bool once;
    bool from_start;
    bool greeted;
    bool lost;           /* said that the connection is */
    bool ended;          /* the backlog is */
    bool quit;           /* somebody typed so */
    bool due;            /* something was printed and the server does not know */
    uint64_t hidden;     /* messages that the filter kept from view */
    uint64_t printed;    /* position of the last message of this session */
    struct mono unasked; /* the last message that a session of ours brings */
    struct mono beat;
    struct mono subscribe_at; /* us 0: a session is there */
};

/* Until the end; the exit status. */
int watch_run(struct watch *w);

#endif
