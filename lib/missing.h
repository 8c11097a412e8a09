/*
 * missing - reports that should be there and are not: when a report is due, whether it
 * is there, and what should be open about it on a day. Pure: facts, days and outages
 * are arguments.
 *
 * A due date on which ingest could not acknowledge for more than two working hours
 * moves, for everybody, to the next working day on which it could.
 * Source: design.md section 4 (Alert; Group, cadence, window).
 */
#ifndef DONDOC_MISSING_H
#define DONDOC_MISSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/wire.h"

/* Decided once a working day, at the first tick from this civil hour on. */
#define MISSING_HOUR 8
/* More minutes than these, of a day's working hours, move a due date. */
#define OUTAGE_MINUTES 120u
/* A level of at least so many units of which none has reported is told as one. */
#define SILENT_UNITS 5u

enum missing_kind { MISSING_NONE, MISSING_REMINDER, MISSING_OVERDUE };
const char *missing_kind_name(enum missing_kind k); /* "none" "reminder" "overdue" */
MUST_USE enum status missing_kind_parse(const char *name, enum missing_kind *k);

/* Minutes of working hours in which no report could be acknowledged, by day; days
 * ascending, each once. */
struct outage {
    int32_t day;
    uint32_t minutes;
};
struct outages {
    struct outage *items;
    size_t count;
    size_t room;
};
void outages_fini(struct outages *o);
/* More minutes of a day; all that it has now. Days come in any order: who was overtaken
 * may read what is already ahead of him, before he is told so. */
uint32_t outages_add(struct outages *o, int32_t day, uint32_t minutes);

/* Is the civil hour (0-23) one of the working hours: 8-12 and 13-17 of a working day?
 * The clock of the offices; no document of the programmes sets one. */
bool working_hour(const struct workdays *wd, int32_t day, int hour);

struct missing_due {
    int32_t day;     /* DAY_NONE: nothing is due */
    int32_t by_rule; /* before outages moved it */
    int32_t remind;  /* first day of the reminder; DAY_NONE: none */
};
void missing_due(const struct group *g, const struct window *w,
                 const struct workdays *wd, const struct outages *outages,
                 struct missing_due *out);

/* Is the window's report there, or a cumulative one whose day lies in the window? */
bool missing_reported(const struct series *s, const struct window *w);

/* Must this unit report the group's window? It has to be valid on the window's last day
 * and still on the day on which the report is due. */
bool missing_expected(const struct group *g, const struct unit *u,
                      const struct window *w, const struct missing_due *due);

/* What the day makes of a report that is not there. */
enum missing_kind missing_on(const struct missing_due *due, int32_t day);

/* QNG-2023-09-BC-procedures-21040; subject is a unit's id or "level-commune". out
 * ALERT_CODE_BYTES. */
void missing_code(const struct catalogue *c, const struct group *g,
                  const struct window *w, const char *subject, char *out);

/* A tick of an hour in which ingest was away, or that was made up for: what a day
 * decides, in scorer and notifier, waits for the next one. */
bool tick_is_behind(const struct tick_record *t);

#endif
