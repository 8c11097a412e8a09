/*
 * hold - what is kept back until somebody has looked: by a person (everything), or by
 * itself because too much would open at once (AlertEvent.brake). Everything is scored
 * and recorded meanwhile. Only a hold of a person opens at its end; the others are
 * prolonged and told again. Source: design.md section 4 (Alert, Leader).
 *
 * Of each alert that is kept back only the newest event waits. What opened meanwhile
 * and ends again leaves in silence; an end goes out when leaders were told of the
 * beginning. One reminder is never kept back by a brake, and no notice of a hold by
 * anything.
 *
 * Hashes `hold` (id -> why), `held` (code -> the event that waits), and of each notice
 * that was sent digest:<code>/<number> (field why, and a field for each alert of the
 * list); digest:<code> has the number of the last one.
 */
#ifndef DONDOC_NOTIFIER_HOLD_H
#define DONDOC_NOTIFIER_HOLD_H

#include "notifier/deliver.h"
#include "notifier/render.h"

#define HOLD_ID_BYTES 120
#define HOLD_PERSON "person"
#define HOLD_DAYS 5 /* working days of one that began by itself */

struct holds;
struct holds *holds_new(void);
void holds_free(struct holds **h);
/* Both hashes, in the place of what is remembered. ST_BAD: a line of another release.
 */
MUST_USE enum status holds_read(struct holds *h, struct redis *r, const char *slug);

/* Is everything shut? Then ladder and digests wait, too. */
bool hold_of_person(const struct holds *h);
bool hold_has(const struct holds *h, const char *code);
/* True: the event is kept back, and noted; nothing is to be sent of it. */
bool hold_takes(struct batch *b, const struct alert_event *e, struct spot at);
/* hold and release; other kinds change nothing. */
void hold_act(struct batch *b, const struct wire_act *act);
/* Each tick: a person's hold may end. `daily`: once a working day, notices and what is
 * prolonged. */
void hold_tick(struct batch *b, int32_t today, bool daily);
/* At the end of each entry, when it is known how much is kept back: what was released
 * goes out, holds without anything in them end, and notices are sent. */
void hold_entry_done(struct batch *b);

/* A notice as it was sent, for render_hold; texts, items and events in the arena. */
struct hold_notice {
    struct render_hold why;
    int32_t day; /* on which it was sent */
    struct render_row *items;
    size_t count;
};
/*
 * Errors: ST_GONE  it is not there, or cannot be read by this release
 */
MUST_USE enum status hold_notice_read(struct province *p, const char *code,
                                      uint32_t number, struct arena *a,
                                      struct hold_notice *out);

#endif
