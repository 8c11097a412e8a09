/*
 * render - the words of a message: one event, the programme in force and the office
 * that reads it in, first line and text out, in Vietnamese and English. Pure. Source:
 * the wording rules stand at the head of lib/phrases.def.
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

/* How the message came to this office. */
struct journey {
    int rung;       /* 2, 3: it climbed here (reason escalated); 0: its own matter */
    unsigned again; /* how often it was repeated there */
    bool held;      /* kept back, and released by a person */
    int32_t since;  /* escalated: the day on which it opened; DAY_NONE: not known */
    int32_t today;  /* rung > 0: the day on which it climbed or was said again;
                       0, DAY_NONE: not known */
};
#define JOURNEY_HOUR 8 /* of that day: what climbs by working days does so then */
/* DAY_NONE when the ladder did not say it, or nobody knows when. */
int32_t journey_day(const struct journey *j);

/* One line of a digest or of a notice. */
struct render_row {
    const struct alert_event *event;
    const char *reason; /* escalated, repeat, resolved …; "": the event's own */
    int rung;
    int32_t since;
    bool acknowledged;
    uint32_t part; /* of a digest: the message it is in; 0: the first */
};

/* Why messages are held. */
struct render_hold {
    const char *id;     /* "person", "programme:5e3a…", "key:21040", "tick:465000" */
    const char *reason; /* new, repeat, escalated (prolonged), resolved (released) */
    int32_t since;
    int32_t until;
    const char *level; /* "commune"; "": everything */
    uint32_t units;    /* so many of */
    uint32_t of;
    const char *by;       /* office or key that holds; "" */
    const char *ended_by; /* of the end: who released; NULL, "": nobody, by itself */
    bool released;        /* the end is a release, or a person's time was over: */
    uint32_t sent;        /* so many went out, */
    uint32_t dropped;     /* so many never do, */
    uint32_t kept;        /* and so many are in a person's hold now */
    const char *note;     /* a person's reason; NULL, "": none was given */
    uint32_t number;      /* of the message under its code; 0: the first */
};

/*
 * render_alert - every kind of event gets words, also one whose target or unit the
 * programme does not hold any more.
 * leader     NULL: the office is not in the programme any more.
 * simulated  the service serves simulated programmes; the event's own mark counts too.
 */
void render_alert(const struct catalogue *c, const struct alert_event *e,
                  const struct leader *leader, bool simulated, struct arena *a,
                  struct rendered *out);
/* The same of a message that climbed, or was held. */
void render_journey(const struct catalogue *c, const struct alert_event *e,
                    const struct journey *j, const struct leader *leader,
                    bool simulated, struct arena *a, struct rendered *out);

/*
 * Messages with a table: text (a table of at most 100 columns in it; as many rows as
 * one message holds in both languages, then a sentence says how many more) and the same
 * rows for machines, those of most gravity first. Lines of the table begin with two
 * blanks, no other line does. *rows: in the arena. code  of the message; today: the day
 * on which it is made.
 */
struct rendered_table {
    struct rendered words;
    struct wire_row *rows;
    size_t row_count;
};
/* Message `part` of a digest, from 1; items are those of all its parts, which it
 * counts. today DAY_NONE: what it held is not known any more, and it says so. */
void render_digest_part(const struct catalogue *c, const char *code, uint32_t part,
                        int32_t today, const struct render_row *items, size_t count,
                        const struct leader *leader, bool simulated, struct arena *a,
                        struct rendered_table *out);
/* The first one. */
void render_digest(const struct catalogue *c, const char *code, int32_t today,
                   const struct render_row *items, size_t count,
                   const struct leader *leader, bool simulated, struct arena *a,
                   struct rendered_table *out);
void render_hold(const struct catalogue *c, const char *code, int32_t today,
                 const struct render_hold *why, const struct render_row *items,
                 size_t count, const struct leader *leader, bool simulated,
                 struct arena *a, struct rendered_table *out);
/* An event of kind progress. */
void render_progress(const struct catalogue *c, const struct alert_event *e,
                     const struct leader *leader, bool simulated, struct arena *a,
                     struct rendered_table *out);

#endif
