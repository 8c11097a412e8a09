/*
 * route - who hears of an event. Pure.
 * A message that opens an alert goes to every leader whose scope covers the subject and
 * whose levels hold the subject's level; every later one goes to exactly those who were
 * told of that alert before, whatever the programme says by then.
 * Source: design.md section 4 (Alert, Leader).
 */
#ifndef DONDOC_NOTIFIER_ROUTE_H
#define DONDOC_NOTIFIER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/catalogue.h"
#include "lib/status.h"
#include "lib/wire.h"

/* A growing list of leaders' ids; texts are owned. */
struct leaders {
    char **ids;
    size_t count;
    size_t room;
};
void leaders_fini(struct leaders *l);
void leaders_clear(struct leaders *l);
bool leaders_has(const struct leaders *l, const char *id);
void leaders_add(struct leaders *l, const char *id); /* once each */

/* Does the message open the alert (again)? */
bool route_opens(const struct alert_event *e);

/*
 * route - the ids of all who hear of it, put into *out (empty before).
 * c     the programme in force; NULL: none.
 * told  who was told of this code before.
 * Errors: ST_GONE  it opens an alert about a subject that the programme does not hold
 */
MUST_USE enum status route(const struct catalogue *c, const struct alert_event *e,
                           const struct leaders *told, struct leaders *out);

#endif
