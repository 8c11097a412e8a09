/*
 * link - one connection of a command to ingest (or, raw, to the notifier): open,
 * connect with a deadline, ask and await the answer, and say in words why there is
 * none.
 */
#ifndef DONDOC_CLI_LINK_H
#define DONDOC_CLI_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "lib/bus.h"
#include "lib/wire.h"

struct link;

struct link_target {
    const char *endpoint;   /* tcp://host:port */
    const char *server_key; /* Z85 */
    const char *key_file;
    const char *province;
    long timeout_s; /* for the connection, and for each answer */
};

/* From the settings `server`, `server-key`, `key`, `province`, `timeout`. */
void link_target_from(const struct options *o, struct link_target *out);

/*
 * link_open - read the key file and begin to connect.
 * t  borrowed until link_close.
 * Returns 0, or the exit status after saying on stderr what is wrong.
 */
int link_open(const struct link_target *t, struct link **out);
void link_close(struct link **l);

/*
 * link_connect - wait for the handshake.
 * hasty  end at the first sight of a refused port or an unknown name; else keep trying
 *        until the time is over, since the server may be starting.
 * Returns 0, or the exit status: 69, 77 (our key is not registered), 78 (another server
 * key). link_explain says the rest.
 */
int link_connect(struct link *l, bool hasty);
/* Why there is no connection, or no answer, in full sentences; the exit status. */
int link_explain(struct link *l);

/*
 * link_ask - one request, its answer.
 * request  version, province and request_id are filled in.
 * a        the answer's memory.
 * Sent again twice, unchanged, when no answer comes in time.
 * Errors: ST_AGAIN no answer; it may have been done, and the same again is harmless
 *         ST_LIMIT the request is over BUS_MESSAGE_MAX
 *         ST_BAD   an answer that is not of this protocol
 */
MUST_USE enum status link_ask(struct link *l, struct unit_request *request,
                              struct arena *a, struct unit_reply *reply);
/* Sends without awaiting an answer; `request_id` 0 is given the next one. */
MUST_USE enum status link_send(struct link *l, struct unit_request *request);
/* The answer to what was sent last, within the time of one answer. */
MUST_USE enum status link_await(struct link *l, uint64_t request_id, struct arena *a,
                                struct unit_reply *reply);

/*
 * link_hello - connect, introduce ourselves, learn who the server says we are.
 * Returns 0 with reply->info, or the exit status after saying what is wrong.
 */
int link_hello(struct link *l, bool hasty, struct arena *a, struct unit_reply *reply);
/* The same from a client that keeps receipts: the journal that they are of, "" none,
 * and the newest, or NULL. */
int link_hello_held(struct link *l, bool hasty, const char *log_id,
                    const struct wire_held *last, struct arena *a,
                    struct unit_reply *reply);

/* A refusal of a whole request, in the language of the process; its exit status. */
int link_refused(const struct wire_refusal *why);

/* What the progress line on stderr counts (shown after 2 s, only on a terminal). */
void link_progress(struct link *l, size_t done, size_t all);
void link_progress_end(struct link *l);

/* For other protocols on the same connection. */
struct bus *link_bus(struct link *l);
struct bus_socket *link_socket(struct link *l);
const struct bus_keys *link_keys(const struct link *l);

#endif
