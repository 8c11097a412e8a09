/*
 * missing - reports that are not there: a reminder before the due date, an alert behind
 * it, one for a whole level that is silent. Decided once a working day at a tick, so a
 * desk hears at most once a day; a report that arrives closes its alert at once.
 *
 * Redis: `missing` code -> what was told last; `due` what due dates are reckoned with:
 *   decided            the last day that was decided
 *   down/<day>         minutes of its working hours in which ingest could not
 * acknowledge from/<group>       since when it is asked for: what was due before opens
 * nothing parked/<report>    it came, and nobody could apply it: its unit is not to
 * blame
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
    struct table *parked; /* unit/group/period -> entry * 1024 + index */
    struct table *from;   /* group -> day */
    struct outages outages;
    int32_t decided;   /* DAY_NONE: never yet */
    uint16_t *overdue; /* unit x group: alerts open; NULL without a programme */
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
void missing_decided_write(struct state *s, int32_t day);
void missing_from_write(struct state *s, const char *group, int32_t day);
void missing_outage_write(struct state *s, int32_t day, uint32_t minutes);
bool missing_is_parked(const struct missing *m, const char *unit, const char *group,
                       const char *period);

/* missing.c */
void missing_tick(struct state *s, const struct tick_record *t);
void missing_arrived(struct state *s, int unit, int group, const struct window *w,
                     uint64_t entry, uint32_t index, int64_t at_ms);
/* A programme was put in force: its groups are asked for from now on, and what it does
 * not ask for any more is withdrawn. */
void missing_programme(struct state *s, int64_t at_ms);
/* It came and was parked; or (r NULL) what was parked there is dropped by a person. */
void missing_parked(struct state *s, const struct report_record *r, uint64_t entry,
                    uint32_t index);
/* Is the unit's report overdue, so that nothing opens about its older figures? */
bool missing_mutes(const struct state *s, const struct target *t,
                   struct subject_ref ref);

#endif
