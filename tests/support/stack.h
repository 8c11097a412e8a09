/*
 * stack - the whole of dondoc for a pipeline test: a private Redis, the three services
 * as real processes on sockets in the test's directory, keys made for this run. Parts
 * can be killed with -9 and started again on the same data. All dies with the test.
 */
#ifndef DONDOC_TESTS_STACK_H
#define DONDOC_TESTS_STACK_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/bus.h"
#include "lib/redis.h"
#include "lib/wire.h"
#include "tests/support/redis_server.h"

enum stack_part { PART_INGEST, PART_SCORER, PART_NOTIFIER, PART_COUNT };

#define STACK_KEYS_MAX 16

struct stack_key {
    char name[64];
    struct bus_keys keys;
};

struct stack {
    char dir[128];
    const char *province;
    bool simulated;
    bool acl;            /* each service as its own Redis user: stack_acl.h */
    unsigned units_port; /* 0: ingest's door for units is a Unix socket, else TCP */
    struct redis_server *redis;
    pid_t pids[PART_COUNT];
    struct bus_keys service_keys;
    struct stack_key keys[STACK_KEYS_MAX];
    size_t key_count;
};

/* Nothing runs yet; keys can be added. */
void stack_init(struct stack *s, const char *province, bool simulated);
/* Adds a key to the keyring: "role=unit name=x scope=21055,21043". */
const struct bus_keys *stack_key(struct stack *s, const char *name, const char *rest);
/* Redis and the services; waits until each said that it is ready. */
void stack_start(struct stack *s);
void stack_part_start(struct stack *s, enum stack_part part);
/* The same, and waits for nothing: it may not become ready. */
void stack_part_spawn(struct stack *s, enum stack_part part);
void stack_part_kill(struct stack *s, enum stack_part part); /* -9 */
void stack_part_signal(struct stack *s, enum stack_part part, int sig);
/* Ends all; the directory stays when the test failed. */
void stack_stop(struct stack *s, bool passed);

/* "ipc://…" of units, ops, leaders, hints-in, hints-out. */
void stack_endpoint(const struct stack *s, const char *where, char out[200]);
void nap_ms(long ms);

/* --- a unit's, an operator's or a leader's side --- */

struct side {
    struct stack *stack;
    struct bus *bus;
    struct bus_socket *socket;
    struct arena *arena; /* the last answer; reset by the next question */
    struct buf out;
    uint64_t request_id;
};

#define SIDE_UNITS "units"
#define SIDE_OPS "ops"
#define SIDE_LEADERS "leaders"
void side_open(struct side *d, struct stack *s, const char *where,
               const struct bus_keys *keys);
void side_close(struct side *d);

/* Asks and waits up to ten seconds, sending again; ST_AGAIN: silence. */
MUST_USE enum status side_ask(struct side *d, struct unit_request *request,
                              struct unit_reply *reply);
/* The same once, within `ms`. */
MUST_USE enum status side_ask_for(struct side *d, struct unit_request *request, int ms,
                                  struct unit_reply *reply);

/* Puts programmes/<dir> in force and, when simulated, sets the clock ("2023-09-30
 * 10:00" in UTC+7). Fail the test when refused. */
void side_programme(struct side *ops, const char *dir);
void side_clock(struct side *ops, const char *civil);

/* One report of counts: "results_in_force=2386 results_in_force_digitised=1130";
 * "measure=x" is not applicable. Copies the first receipt's scalars. */
void side_push(struct side *d, const char *unit, const char *group, const char *period,
               const char *figures, const char *reason, const char *replaces,
               struct wire_receipt *receipt);
/* What stands: "revision/hash", or "". out 64 bytes. */
void side_standing(struct side *d, const char *unit, const char *group,
                   const char *period, char out[64]);

/* Leader: subscribe, then take messages until the backlog's end; each AlertMessage is
 * handed to `each`. Acknowledges receipt when told to. Asks again while the notifier is
 * not ready. Returns how many came. */
typedef void side_alert(void *context, const struct wire_alert *alert);
size_t side_watch(struct side *d, bool received, side_alert *each, void *context);

/* Until scorer and notifier have committed all there is, at most ten seconds. */
void stack_settle(struct stack *s);

#endif
