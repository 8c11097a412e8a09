/*
 * programme_change - what would be otherwise if another programme were in force: the
 * verdicts, the alerts, the reports that it cannot read, the units whose ids it
 * changes. Pure: two programmes, the reports and the told alerts as they stand, and a
 * day go in. It decides as the scorer does when it meets a programme entry
 * (scorer/apply.c), with the same functions of lib/.
 */
#ifndef DONDOC_CLI_PROGRAMME_CHANGE_H
#define DONDOC_CLI_PROGRAMME_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/score.h"
#include "lib/told.h"

/* A report as it stands: a field of facts:<unit>. Texts are borrowed. */
struct change_line {
    const char *unit;
    const char *field; /* group/period */
    const char *value;
};

/* An alert that leaders were told of, and what it is about. Texts are borrowed. */
struct change_told {
    struct told told;
    const char *target;
    const char *subject; /* "": not known */
};

struct change_input {
    const struct catalogue *before; /* in force */
    const struct catalogue *after;  /* about to be */
    const struct change_line *lines;
    size_t line_count;
    const struct change_told *told; /* sorted by code */
    size_t told_count;
    int32_t today;
    bool simulated;
};

/* Units with a verdict; rows only where the two differ. */
struct change_verdict {
    const struct target *target; /* of `after`, or of `before` when it is dropped */
    enum verdict verdict;
    uint64_t before;
    uint64_t after;
};

/* A message that would go out. */
struct change_alert {
    char code[ALERT_CODE_BYTES];
    enum reason reason;
    enum alert_kind kind; /* now; of a closed one: what was told */
    const struct target *target;
    struct subject_ref subject;
    struct score at; /* that decides; withdrawn: of the told window, as it is now */
    char told_window[PERIOD_TEXT_BYTES]; /* "": never told */
};

/* An open alert that the new programme never comes to: nothing would close it. */
enum stay { STAY_TARGET, STAY_UNIT, STAY_ILLUSTRATIVE, STAY_OTHER };
struct change_stay {
    const struct change_told *told; /* borrowed from the input */
    enum stay why;
};

/* Reports that would not be read, or not whole. */
enum loss {
    LOSS_UNIT,     /* no such unit */
    LOSS_GROUP,    /* no such group */
    LOSS_PERIOD,   /* the calendar gives the period other days */
    LOSS_MEASURE,  /* no such measure in the group */
    LOSS_DECIMALS, /* the measure has fewer decimals now */
    LOSS_LINE,     /* a line that cannot be read at all */
};
struct change_loss {
    enum loss why;
    const char *name;  /* unit, group or measure; borrowed */
    const char *group; /* LOSS_MEASURE, LOSS_DECIMALS; else "" */
    uint64_t reports;
    uint64_t units;
    const char *last_unit; /* the one counted last: lines come unit by unit */
};

/* The reports and alerts of the old id are not found under the new one. */
struct change_id {
    const char *before;
    const char *after;
};

struct change {
    struct change_verdict *verdicts;
    size_t verdict_count;
    size_t verdict_room;
    struct change_alert *alerts; /* of all reasons, in the programme's order */
    size_t alert_count;
    size_t alert_room;
    struct change_stay *stays;
    size_t stay_count;
    size_t stay_room;
    struct change_loss *losses;
    size_t loss_count;
    size_t loss_room;
    struct change_id *ids;
    size_t id_count;
    size_t id_room;
};

/* All of it; change_fini gives it back. Borrows from the input and its programmes. */
void change_make(const struct change_input *in, struct change *out);
void change_fini(struct change *c);
size_t change_alerts_of(const struct change *c, enum reason reason);

/*
 * change_facts - lines into facts as the scorer reads them; what is not read is added
 * to `losses` (may be NULL). Lines that `before` (may be NULL) cannot read either are
 * not lost by the change and not counted.
 */
void change_facts(const struct change_input *in, const struct catalogue *c,
                  struct facts *f, struct change *losses);

/* Units whose code is still there and whose id is not. */
void change_ids(const struct catalogue *before, const struct catalogue *after,
                struct change *out);

/* --- units about which nobody would be woken --- */

enum unarmed { UNARMED_UNKNOWN, UNARMED_UNCONFIRMED, UNARMED_EXEMPT, UNARMED_MEMBERS };
struct change_unarmed {
    const struct target *target;
    enum unarmed why;
    size_t count; /* units; UNARMED_MEMBERS: 1, the whole */
    int first;    /* unit, as an example; NONE: the whole */
};
struct change_unarmed_list {
    struct change_unarmed *items;
    size_t count;
    size_t room;
};
/* By target and reason; targets that never wake anybody are left out, and an
 * illustrative programme has no rows at all. mem_free the items. */
void change_unarmed(const struct catalogue *c, bool simulated,
                    struct change_unarmed_list *out);

#endif
