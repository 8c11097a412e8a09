/*
 * leaders_door - the scene of an attack at the leaders' door: notifier_scene's real
 * notifier and Redis, HEAD_B as the good one whose alerts and questions are measured,
 * and attackers that are children of the test and speak by raw_peer only.
 *
 * Bounds as in tests/support/attack.h: 250 ms with DONDOC_QUIET=1, else 2 s, and half
 * of the alerts within 250 ms on any machine.
 */
#ifndef DONDOC_TESTS_LEADERS_DOOR_H
#define DONDOC_TESTS_LEADERS_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/attack.h"
#include "tests/support/notifier_scene.h"

#define DOOR_ROWS 3000 /* in the inbox of HEAD_C after door_setup_full: G-0, G-1, … */

extern struct scene *door;             /* of the test that runs */
extern char door_at[SCENE_PATH_BYTES]; /* its notifier */

/* Of cmocka; the teardown is scene_teardown. */
int door_setup(void **state);
int door_setup_full(void **state);

/* --- the attacker --- */

/* A connection with the key of `who`, which says that its routing id is `identity`. */
bool door_open(struct raw_peer *p, enum who who, const void *identity, size_t bytes);
bool door_say(struct raw_peer *p, struct leader_request *q);
/* What came is thrown away, so that more can come. */
void door_drain(const struct raw_peer *p);

/* --- the good one --- */

/* Another alert for it, until it has come, as the next. */
int64_t door_hear_us(struct client *good);
/*
 * door_serves - 20 alerts a second and as many questions of the good one while the
 * attack goes on: each once, in order, p99 of both under the bound; then, within
 * ATTACK_RECOVERY_MS, all as before, memory (100 MB) and newcomers included. An attack
 * that takes every core is measured up to three times.
 */
void door_serves(void (*attack)(void), const char *name);

#endif
