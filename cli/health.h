/*
 * health - is all well with a province, and if not, why and what to type. Pure: what
 * was read and the hour come in, causes come out, the worst first.
 */
#ifndef DONDOC_CLI_HEALTH_H
#define DONDOC_CLI_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/board.h"

enum health_state { HEALTH_OK, HEALTH_DEGRADED, HEALTH_STOPPED }; /* exit 0, 1, 2 */

struct health {
    char redis_why[400];    /* not reachable; "" it is, and the rest was read */
    char redis_probe[200];  /* the command that asks Redis itself */
    char settings_why[400]; /* Redis not set up as it must be; "" it is */
    const char *province;
    struct journal_head head;
    struct board_checkpoint scorer;
    struct board_checkpoint notifier;
    bool scorer_moves; /* its checkpoint moved while we looked */
    bool notifier_moves;
    struct board_instances instances;
    struct board_undelivered_list undelivered; /* of every courier that lives */
    struct board_dead_list dead;               /* of the last day */
    int64_t parked;
    size_t alerts_open;
    bool simulated; /* ticks come from the player: no clock is compared */
    int64_t hour;   /* now, civil */
};

#define HEALTH_DEAD_MS INT64_C(86400000) /* so long is a dead letter shown */
#define HEALTH_CAUSES_MAX 24

struct health_cause {
    enum health_state state;
    char vi[500];
    char en[500];
    char command[200]; /* what to type next; "" nothing */
};

struct health_report {
    enum health_state state;
    struct health_cause causes[HEALTH_CAUSES_MAX]; /* STOPPED before DEGRADED */
    size_t count;
};

void health_judge(const struct health *h, struct health_report *out);

/* How far behind: entries of the reports, and of the alerts journal. */
uint64_t health_scorer_lag(const struct health *h);
uint64_t health_notifier_lag(const struct health *h);

const char *health_name(enum health_state s); /* OK DEGRADED STOPPED */

#endif
