/* One message in the making: what the files that choose its sentences share. */
#ifndef DONDOC_NOTIFIER_WRITING_H
#define DONDOC_NOTIFIER_WRITING_H

#include <stdbool.h>

#include "lib/buf.h"
#include "notifier/phrase.h"
#include "notifier/view.h"

enum reason {
    REASON_NEW,
    REASON_REPEAT,
    REASON_WORSE,
    REASON_BETTER,
    REASON_CORRECTED,
    REASON_RESOLVED,
    REASON_WITHDRAWN,
    REASON_OTHER /* of a newer version */
};

/* One message in one language, in the making. */
struct writing {
    const struct view *w;
    enum reason reason;
    bool missed;
    struct values v;
    struct buf out;
};

/* render.c */
void say(struct writing *m, enum phrase p); /* one more sentence */
void new_line(struct writing *m);
bool named(const struct writing *m, enum slot slot); /* has it a value? */

/* render_missing.c: about a report that is not there */
enum phrase missing_tag(const struct writing *m);
void write_missing(struct writing *m);

#endif
