/*
 * notifier_scene - dondoc-notifier as a real process on a real Redis, for its service
 * tests. The test plays the scorer (entries of the alerts journal) and the leaders
 * (clients on the bus). Each test has a province of its own, so that one Redis serves
 * all of a program.
 */
#ifndef DONDOC_TESTS_NOTIFIER_SCENE_H
#define DONDOC_TESTS_NOTIFIER_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/bus.h"
#include "lib/follow.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/wire.h"
#include "tests/support/redis_server.h"

#define DEADLINE_US 20000000
#define SCENE_PATH_BYTES 256

/* Whose key: leaders of the alert programme, a unit, an office that is none, nobody. */
enum who {
    HEAD_B,
    HEAD_C,
    HEAD_G,
    DISTRICT_D,
    CHAIR,
    UNIT,
    STRANGER,
    COURIER,
    UP_530, /* of a programme with more offices: scene_offices */
    OPS,
    NOBODY,
    WHO_COUNT
};

/* Of the whole program. */
extern struct redis_server *scene_server;
extern struct bus *scene_bus;
extern struct bus_keys scene_server_keys;
extern struct bus_keys scene_keys[WHO_COUNT];
extern bool scene_seals; /* notifiers that are started from now on: --seal on */

/* Of one test. */
struct scene {
    char province[32];
    char dir[SCENE_PATH_BYTES];
    struct redis *r;
    struct follow scorer;
    struct effects effects;
    struct arena *arena;
    pid_t pids[2];
};

struct client {
    struct bus_socket *socket;
    enum who who;
    struct arena *arena; /* the last message */
    struct leader_reply reply;
    bool sealed; /* it was; reply is what was in it */
};

int scene_group_setup(void **state);
void scene_group_teardown(bool passed);
int scene_setup(void **state);
int scene_teardown(void **state);
int scene_setup_sealed(void **state); /* its notifiers seal */

/* Instance 0 or 1; waits until it is ready. */
void notifier_start(struct scene *s, int instance);
void notifier_end(struct scene *s, int instance, int sig);
void scene_endpoint(const struct scene *s, int instance, char out[SCENE_PATH_BYTES]);

/* --- the scorer's side --- */

/* The effects so far, in one commit. */
void scene_commit(struct scene *s);
struct alert_event event_of(const char *code, uint32_t number, const char *reason,
                            const char *subject);
/* One entry with these events, in one commit. */
void tell(struct scene *s, const struct alert_event *events, size_t count);
void tell_one(struct scene *s, const char *code, uint32_t number, const char *reason,
              const char *subject);

/* The programme again with more offices (entries of leaders.yaml) in force. */
void scene_offices(struct scene *s, const char *offices, bool urgent);
/* A tick of a civil day's hour. */
void tell_tick(struct scene *s, const char *day, int hour, bool caught_up);
void tell_act(struct scene *s, const struct wire_act *act);
/* Until the notifier has taken in all that was told. */
void settle(const struct scene *s);

/* --- a leader's side --- */

void client_open(struct client *c, const struct scene *s, int instance, enum who who);
void client_close(struct client *c);
void client_send_bytes(struct client *c, const void *p, size_t bytes);
void client_send(struct client *c, const struct scene *s, struct leader_request *q);
/* The next message; ST_AGAIN: none came in time. */
MUST_USE enum status client_try(struct client *c, int64_t us);
void want_kind(struct client *c, enum leader_reply_kind kind);
void want_alert(struct client *c, const char *id);
void want_refusal(struct client *c, const char *code);
/* Answers come in order: what did not come before the beat was not sent. */
void want_quiet(struct client *c, const struct scene *s);
void subscribe(struct client *c, const struct scene *s, uint32_t credit,
               uint64_t waiting);
void received(struct client *c, const struct scene *s, uint64_t position);
void acknowledge(struct client *c, const struct scene *s, const char *id,
                 const char *alert, const char *note, const char *until);

/* A command for Redis, %s the province, again and again until it answers `want`. */
void wait_for(const struct scene *s, const char *format, const char *want);
/* The same where it must be so already. */
void want_now(const struct scene *s, const char *format, const char *want);

#endif
