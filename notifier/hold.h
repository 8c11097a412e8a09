/*
 * hold - what is kept back until somebody has looked: by a person (everything), or by
 * itself because too much would open at once (AlertEvent.brake). Everything is scored
 * and recorded meanwhile. Only a hold of a person opens at its end; the others are
 * prolonged and told again. Hashes `hold` (id -> why) and `held` (code -> event).
 */
#ifndef DONDOC_NOTIFIER_HOLD_H
#define DONDOC_NOTIFIER_HOLD_H

#include "notifier/deliver.h"

#define HOLD_ID_BYTES 120
#define HOLD_PERSON "person"
#define HOLD_DAYS 5 /* working days of one that began by itself */

struct holds;
struct holds *holds_new(void);
void holds_free(struct holds **h);
MUST_USE enum status holds_read(struct holds *h, struct redis *r, const char *slug);

/* Is everything shut? Then ladder and digests wait, too. */
bool hold_of_person(const struct holds *h);
bool hold_has(const struct holds *h, const char *code);
/* True: the event is kept back, and noted; nothing is to be sent of it. */
bool hold_takes(struct batch *b, const struct alert_event *e, struct spot at);
/* hold and release */
void hold_act(struct batch *b, const struct wire_act *act);
/* Each tick: a person's hold may end. `daily`: once a working day, notices and what is
 * prolonged. */
void hold_tick(struct batch *b, int32_t today, bool daily);

#endif
