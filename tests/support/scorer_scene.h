/*
 * scorer_scene - the scorer's own functions on a real Redis, an entry at a time: a
 * journal is written as ingest would, and each entry is applied and committed.
 */
#ifndef DONDOC_TESTS_SCORER_SCENE_H
#define DONDOC_TESTS_SCORER_SCENE_H

#include <stdint.h>

#include "lib/keys.h"
#include "scorer/scorer.h"
#include "tests/support/redis_server.h"

extern struct scorer_scene {
    struct redis_server *server;
    struct redis *client; /* the writer's side */
    struct scorer scorer;
    struct state s;
    struct journal_head head;
    struct journal_append append;
    struct buf body; /* of the entry that is being made */
    struct arena *arena;
    char province[32];                  /* a fresh one for each test */
    int64_t at_ms;                      /* of the programme's entry; 0: 1/7/2023 */
    const struct catalogue_file *files; /* of the programme; NULL: the specimen */
} scene;

int scorer_setup(void **state);
int scorer_teardown(void **state);
/* Runs the tests with a Redis of their own; what they return. */
int scorer_tests(const char *name, int (*tests)(void));

/* A command's answer; $ is the province's prefix. */
void want(const char *command, const char *answer);

/* The body as an entry; applying the newest one; committing; all three. */
void put(enum journal_kind kind);
enum status apply(bool *barrier);
void commit(void);
void take(enum journal_kind kind);

/* Reports into the body. */
void record_add(const char *unit, const char *group, const char *period,
                const struct figure_record *figures, size_t count, uint32_t revision);
extern const struct figure_record ordinary[2];
void ordinary_add(const char *period, uint32_t revision); /* of 101, digitisation */

void programme_body(const char *by);
void programme_take(const char *by);
void act_put(const char *kind, const char *subject);
void act_take(const char *kind, const char *subject);
void tick_take(int64_t hour);
int64_t hour_at(int year, int month, int mday, int hour);

#endif
