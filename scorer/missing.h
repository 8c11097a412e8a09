/*
 * missing - reports that are not there: a reminder before the due date, an alert behind
 * it, one for a whole level that is silent. Decided once a working day at a tick, so a
 * desk hears at most once a day; a report that arrives closes its alert at once.
 *
 * Under `missing`: code -> what was told last. Under `due`, what due dates are reckoned
 * with:
 *
 *   decided              the last day that was decided
 *   down/<day>           minutes of its working hours without ingest
 *   from/<group>/<kind>  since when a report is demanded of units of that kind, and
 *   from/@<unit>         since when the unit is known: due before, it opens nothing
 *   progress             the quarter after which it was told how targets stand
 *   parked/<place>       -> report: it came, and nobody could apply it
 */
#ifndef DONDOC_SCORER_MISSING_H
#define DONDOC_SCORER_MISSING_H

#include "lib/missing.h"
#include "scorer/scorer.h"

/* What was told about one missing report, or about a level's. */
struct told_missing {
    char code[ALERT_CODE_BYTES];
    enum missing_kind kind; /* NONE: closed */
    uint32_t number;
    enum reason reason; /* of the last message */
    int64_t opened_at_ms;
    char group[48];
    char period[PERIOD_TEXT_BYTES];
    char subject[SUBJECT_NAME_BYTES];
};

struct missing {
    struct table *told;   /* code -> struct told_missing * */
    struct table *parked; /* unit/group/window -> how many */
    struct table *places; /* "57:3" -> the report's name, owned */
    bool parked_full;     /* too many to know: nobody is missing */
    struct table *from;   /* group/kind, @unit -> day */
    struct outages outages;
    int32_t decided;                  /* DAY_NONE: never yet */
    char progress[PERIOD_TEXT_BYTES]; /* the quarter told last; "" none is known */
    int32_t *overdue; /* unit x group: last day of the newest window whose report is
                         overdue; DAY_NONE: none. NULL without a programme */
};

/* missing_state.c */
struct missing *missing_new(void);
void missing_free(struct missing **m);
/* Both hashes, and the index by the catalogue (may be NULL). */
MUST_USE enum status missing_read(struct missing *m, struct redis *r, const char *slug,
                                  const struct catalogue *c);
struct told_missing *missing_told(struct missing *m, const char *code, bool make);
/* Kind and number have moved: memory's index, and both places in Redis. `due` DAY_NONE:
 * not known any more. */
void missing_write(struct state *s, struct told_missing *t, enum missing_kind before,
                   int32_t due);
/* Closed long ago: gone from memory and from `missing`. */
void missing_told_forget(struct state *s, struct told_missing *t);
void missing_decided_write(struct state *s, int32_t day);
void missing_progress_write(struct state *s, const char *quarter); /* "": erase */
void missing_from_write(struct state *s, const char *name, int32_t day);
void missing_from_erase(struct state *s, const char *name);
void missing_outage_write(struct state *s, int32_t day, uint32_t minutes);

/* missing_parked.c */
void missing_parked_add(struct missing *m, const char *place, const char *report);
void missing_parked_put(struct state *s, const char *unit, const char *group,
                        const char *window, uint64_t entry, uint32_t index);
/* Applied after all, or dropped by a person. */
void missing_parked_forget(struct state *s, uint64_t entry, uint32_t index);
bool missing_is_parked(const struct missing *m, const char *unit, const char *group,
                       const char *window);

/* missing.c: once a working day */
void missing_tick(struct state *s, const struct tick_record *t);

/* missing_close.c */
void missing_arrived(struct state *s, int unit, int group, const struct window *w,
                     uint64_t entry, uint32_t index, int64_t at_ms);
/* It came and was parked. */
void missing_parked(struct state *s, const struct report_record *r, uint64_t entry,
                    uint32_t index);
/* A programme was put in force: what it adds is asked for from now on, and what it does
 * not ask for any more is withdrawn. */
void missing_programme(struct state *s, int64_t at_ms);
/* Is the unit's report overdue, so that nothing opens about figures up to that day? */
bool missing_mutes(const struct state *s, const struct target *t,
                   struct subject_ref ref, int32_t last);

#endif
