/*
 * route - who hears of an event. Pure.
 * A message that opens an alert goes to every office whose scope covers the subject,
 * whose levels hold the subject's level and who wants the kind (the first rung); every
 * later one goes to exactly those who were told of that alert before, whatever the
 * programme says by then. Offices on a rung above hear when it climbs to them.
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
void leaders_remove(struct leaders *l, const char *id);

/* Does the message open the alert (again)? */
bool route_opens(const struct alert_event *e);
/* Does the reason end an alert: resolved, withdrawn? */
bool reason_ends(const char *reason);
/* A reminder that is done: the report is there, overdue as a whole, or not asked for.
 * No office hears of it, and nothing about it waits any more. */
bool route_ends_unheard(const struct alert_event *e);

/*
 * route_rung - on which rung an office hears of a kind of alert about a subject: 1 its
 * own matter, 2 or 3 when it climbs, 0 never.
 */
int route_rung(const struct catalogue *c, const struct leader *l, const char *kind,
               const char *subject);

/*
 * route - the ids of all who hear of it, put into *out (empty before).
 * c     the programme in force; NULL: none.
 * told  who was told of this code before.
 * Errors: ST_GONE  it opens an alert about a subject that the programme does not hold
 */
MUST_USE enum status route(const struct catalogue *c, const struct alert_event *e,
                           const struct leaders *told, struct leaders *out);

#endif
