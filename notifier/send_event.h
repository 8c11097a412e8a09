/*
 * send_event - an event to all who hear of it: the offices whose own matter it is,
 * those who were told of it before, in the way in which they were told, and those to
 * whom it climbs.
 */
#ifndef DONDOC_NOTIFIER_SEND_EVENT_H
#define DONDOC_NOTIFIER_SEND_EVENT_H

#include "notifier/deliver.h"

/*
 * event_pass - an event of the entry in hand: kept back or sent, and noted by the
 * ladder.
 * Errors: ST_GONE  it opens an alert about a subject that the programme does not hold;
 *                  nothing was done
 */
MUST_USE enum status event_pass(struct batch *b, const struct alert_event *e,
                                struct spot at);

/*
 * event_send - one that was kept back, now that nothing does any more.
 * opened  while it was kept back: it goes out as a new one, whatever it says.
 * held    true; its rows stand behind those of the entry in hand.
 */
void event_send(struct batch *b, const struct alert_event *e, struct spot at,
                bool opened, bool told_before);

#endif
