/*
 * render - the words of a message: one event, the programme in force and the office
 * that reads it in, first line and text out, in Vietnamese and English. Pure. Source:
 * the wording rules stand at the head of phrases.def.
 */
#ifndef DONDOC_NOTIFIER_RENDER_H
#define DONDOC_NOTIFIER_RENDER_H

#include <stdbool.h>

#include "lib/catalogue.h"
#include "lib/mem.h"
#include "lib/wire.h"

/* All texts are in the arena. */
struct rendered {
    const char *subject_vi;
    const char *subject_en;
    const char *text_vi;
    const char *text_en;
    const char *brief_vi; /* whom it is about and the essential figure, one line */
    const char *brief_en;
};

#define RENDER_ARENA_BYTES (256u * 1024u)

/*
 * render_alert - every kind of event gets words, also one whose target or unit the
 * programme does not hold any more.
 * leader     NULL: the office is not in the programme any more.
 * simulated  the service serves simulated programmes; the event's own mark counts too.
 */
void render_alert(const struct catalogue *c, const struct alert_event *e,
                  const struct leader *leader, bool simulated, struct arena *a,
                  struct rendered *out);

#endif
