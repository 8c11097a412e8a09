/* What the files of `dondoc alerts` share. Nobody else includes this. */
#ifndef DONDOC_CLI_ALERTS_H
#define DONDOC_CLI_ALERTS_H

#include "cli/alert_words.h"
#include "cli/reading.h"

struct alert_row {
    const struct board_alert *alert; /* borrowed */
    enum severity severity;
    struct alert_figure figure; /* as it stands now; value "" there is none */
    int64_t gap;                /* scaled, to put rows in order */
    int age;                    /* working days since it was opened; -1 not known */
    int late; /* working days since the due date; -1 none, or not past */
};

/* Which alerts; the gravest first, then the wider gap, then the older one. */
struct alert_filter {
    bool closed;       /* these too */
    const char *kind;  /* "" every */
    const char *unit;  /* a unit's id, and what lies under it; "" every */
    const char *level; /* or "level-commune"; "" */
    bool held;         /* only what is kept back */
    bool paused;       /* only what is paused; with both: either */
    const char *today; /* ISO; a pause that is over is none */
};

struct alert_list {
    struct reading reading;
    struct board_alerts alerts;
    struct alert_row *rows;
    size_t count;
    size_t shown; /* of these; the rest is only counted */
    int32_t today;
    char today_iso[DAY_TEXT_BYTES];
};

/* Is it paused on this day? */
bool alert_paused(const struct board_alert *a, const char *today);
bool alert_passes(const struct catalogue *c, const struct alert_filter *f,
                  const struct board_alert *a);
/* For qsort. Open ones before closed ones. */
int alert_row_compare(const void *a, const void *b);

struct alert_counts {
    size_t open[SEVERITY_COUNT];
    size_t all_open;
    size_t closed;
    size_t acknowledged; /* of the open ones */
    size_t paused;
    size_t held; /* of all: an end may be held, too */
};

/* alerts_print.c */
void alerts_print_text(const struct alert_list *l);
void alert_counts_make(const struct alert_list *l, struct alert_counts *n);

/* alerts_export.c: all of them, however many are shown */
void alerts_print_json(const struct alert_list *l);
void alerts_print_csv(const struct alert_list *l);

#endif
