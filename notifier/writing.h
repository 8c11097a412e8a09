/* One message in the making: what the files that choose its sentences share. */
#ifndef DONDOC_NOTIFIER_WRITING_H
#define DONDOC_NOTIFIER_WRITING_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/phrase.h"
#include "notifier/render.h"
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

enum reason reason_parse(const char *word);

/* One message in one language, in the making. */
struct writing {
    const struct view *w;
    enum reason reason;
    bool missed;
    const struct journey *journey; /* NULL: straight to whom it is about */
    bool escalated;
    struct values v;
    struct buf out;
};

#define WRITING_BYTES_MAX 12288

/* render.c */
/* Another language of the same message: values anew, the text empty. */
void writing_init(struct writing *m, const struct view *w, enum language language,
                  size_t bytes_max, struct arena *a);
/* The text, in the arena; m is finished with. */
const char *writing_text(struct writing *m, struct arena *a);
enum phrase tag_of(const struct writing *m);
void say_notes(struct writing *m);          /* simulated, an illustration */
void say_end(struct writing *m);            /* contact, code */
void say(struct writing *m, enum phrase p); /* one more sentence */
void new_line(struct writing *m);
bool named(const struct writing *m, enum slot slot); /* has it a value? */

/* render_missing.c: about a report that is not there */
enum phrase missing_tag(const struct writing *m);
void write_missing(struct writing *m);

/* render_falling.c: about a count that is lower than it was */
enum phrase falling_tag(const struct writing *m);
void write_falling(struct writing *m);

/* render_climb.c: what was sent upwards, or held before */
void climb_values(struct writing *m, struct arena *a);
void say_climbed(struct writing *m); /* since when, who knows, what is asked for */

#endif
