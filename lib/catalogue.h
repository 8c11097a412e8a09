/*
 * catalogue - a programme loaded and checked: units, measures, groups, indicators,
 * targets, leaders, holidays as plain arrays with indexes. Immutable after loading; one
 * for each programme entry in force. Format: programmes/README.md.
 */
#ifndef DONDOC_CATALOGUE_H
#define DONDOC_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/calendar.h"
#include "lib/ratio.h"
#include "lib/status.h"

#define NONE (-1) /* no such index */

enum level { LEVEL_PROVINCE, LEVEL_DISTRICT, LEVEL_COMMUNE, LEVEL_ALL };
#define LEVEL_COUNT 3
enum unit_kind { KIND_PROVINCE, KIND_DEPARTMENT, KIND_DISTRICT, KIND_COMMUNE };
enum exempt { EXEMPT_NO, EXEMPT_YES, EXEMPT_ASSUMED_NO, EXEMPT_UNKNOWN };

const char *level_name(enum level level); /* "province" … "all" */
const char *unit_kind_name(enum unit_kind kind);

struct unit {
    const char *id; /* code, or where it had two holders code@first-day (code@first:
                       its first holder, whose first day is not known) */
    const char *code;
    const char *name_vi;
    const char *name_en;
    enum unit_kind kind;
    enum level level;
    int parent; /* index, or NONE; resolved at the unit's first day in the programme */
    int32_t from; /* valid days, inclusive; DAY_NONE: since ever */
    int32_t to;   /* DAY_OPEN: no end */
    enum exempt exempt;
    const char *head_vi; /* the office that leads it */
    const char *head_en;
};

enum nature { NATURE_STOCK, NATURE_FLOW, NATURE_VALUE };

struct measure {
    const char *code;
    const char *name_vi;
    const char *name_en;
    const char *count_vi; /* the countable thing: "kết quả" */
    const char *count_en;
    enum nature nature;
    int decimals;     /* values are scaled by 10^decimals */
    int part_of;      /* measure, or NONE */
    int pool;         /* ranks: size of the pool; else 0 */
    bool never_falls; /* a fall is told as such: alert kind `falling` */
};

#define GROUP_MEASURES_MAX 32

struct group {
    const char *code;
    const char *name_vi;
    const char *name_en;
    int measures[GROUP_MEASURES_MAX];
    size_t measure_count;
    unsigned reported_by; /* bit 1u << enum unit_kind */
    enum calendar_rule rule;
    enum cadence cadence;
    struct due_rule due;
    int remind;              /* working days before the due date; 0: no reminder */
    const char *demanded_vi; /* the document that demands the report, and */
    const char *demanded_en;
    const char *demanded_section; /* its clause; "": none is known, nobody is urged */
    bool cumulative;              /* also takes 2026@2026-09-26 */
    const char *source;           /* "" any key in scope, "unit", "system:<name>" */
};

#define INDICATOR_SUM_MAX 8

/* What a ratio is when there was nothing to count: no ratio, or the best or the worst
 * there is (100 %, 0 %; where lower is better the other way round). */
enum empty { EMPTY_NOT_APPLICABLE, EMPTY_FULL, EMPTY_ZERO };

struct indicator {
    const char *id;
    const char *name_vi;
    const char *name_en;
    int group;                        /* the group that holds its measures */
    bool is_value;                    /* a single measure, not a ratio */
    int numerator[INDICATOR_SUM_MAX]; /* measures; is_value: [0] is the measure */
    size_t numerator_count;
    int denominator[INDICATOR_SUM_MAX];
    size_t denominator_count;
    int ranked; /* measure: how many of the pool had a score, or NONE */
    bool better_up;
    int64_t min_denominator; /* of one that is not empty */
    enum empty empty;
    const char *legal_basis;
};

enum target_kind {
    TARGET_STEPS,
    TARGET_AT_LEAST,
    TARGET_ABOVE,
    TARGET_AT_MOST,
    TARGET_BELOW,
    TARGET_ALL,
    TARGET_REDUCE_BY,
    TARGET_RANK_AT_MOST,
    TARGET_RANK_GAIN,
    TARGET_IMPROVE,
    TARGET_BY_DATE,
    TARGET_TIMES_PER_YEAR,
    TARGET_INFO
};
enum pace { PACE_LINEAR, PACE_FLAT, PACE_DUE };
enum subject { SUBJECT_EACH, SUBJECT_LEVEL, SUBJECT_PROVINCE };

const char *target_kind_name(enum target_kind kind);

#define TARGET_YEARS_MAX 16

struct target {
    const char *id;
    int indicator;
    enum subject subject;
    enum level level; /* LEVEL_ALL: the province over all levels */
    enum target_kind kind;
    enum pace pace;
    struct ratio
        steps[TARGET_YEARS_MAX]; /* by year - years_from; den 0: none; percent */
    struct ratio step_before;    /* included: that of the year before its own first one;
                                    den 0: none, or among the steps */
    struct ratio threshold; /* percent, the value's unit, rank, places a year, times a
                               year; reduce_by: percent less */
    int32_t due;            /* PACE_DUE: day; else DAY_NONE */
    int baseline_year;      /* rank_gain, reduce_by, improve; 0: none */
    int64_t baseline_value; /* rank_gain */
    struct ratio baseline;  /* reduce_by, improve: as stated; den 0: of the reports */
    int years_from;         /* its own years; 0: the programme's */
    int years_to;
    int version;
    int32_t valid_from; /* windows that end before it are not judged */
    bool versions;      /* there is another version of it, */
    bool later;         /* an earlier one, */
    bool superseded;    /* a later one, from the year after years_to on */
    bool by_exempt;     /* units' exempt column decides */
    bool exempt_confirmed;
    int open_windows;         /* when `behind` opens: windows in a row, */
    struct ratio open_points; /* each at least so many points short, */
    int64_t open_things;      /* and so many things */
    int close_windows;        /* and when it ends: windows in a row on pace, */
    struct ratio
        close_points;  /* each at least so many points over the line; den 0: none */
    bool urgent;       /* climbs as a message, not as a row of a digest */
    bool full_marks;   /* a scoring line, not a duty */
    bool illustrative; /* of an included programme that is no promise; ask
                          target_illustrative */
    const char
        *programme; /* slug of the programme it is included from; NULL: its own */
    const char *title_vi;
    const char *title_en;
    const char *document_vi; /* title of the cited document */
    const char *document_en;
    const char *section;
    const char *reading_vi; /* of the clause: the one taken; "": none is written */
    const char *reading_en;
    const char *rejected_vi; /* and those not taken */
    const char *rejected_en;
    const char *responsible_vi; /* the office that the document names; "" or NULL */
    const char *responsible_en;
};

/* What an office can hear of; the kinds of messages. */
enum hear {
    HEAR_MISSED,
    HEAR_OVERDUE,
    HEAR_BEHIND,
    HEAR_FALLING,
    HEAR_REMINDER,
    HEAR_HOLD,     /* that messages are held, and why */
    HEAR_PROGRESS, /* how all targets stand, once a quarter */
    HEAR_COUNT
};
const char *hear_name(enum hear h);  /* "missed" … "progress"; HEAR_COUNT: "other" */
enum hear hear_of(const char *kind); /* HEAR_COUNT: none of these */
#define HEAR_USUAL                                                                     \
    (1u << HEAR_MISSED | 1u << HEAR_OVERDUE | 1u << HEAR_BEHIND | 1u << HEAR_FALLING | \
     1u << HEAR_REMINDER)

enum digest_every { DIGEST_NEVER, DIGEST_DAILY, DIGEST_WEEKLY };

/* Devices that a courier carries to. */
enum channel { CHANNEL_MAIL, CHANNEL_WEB, CHANNEL_COUNT };
const char *channel_name(enum channel c); /* "mail", "web" */

#define RUNG_FIRST 2 /* the unit's own office is the first */
#define RUNG_LAST 3

struct leader {
    const char *id;
    const char *title_vi;
    const char *title_en;
    int scope;            /* unit index: it and what lies under it */
    unsigned levels;      /* bit 1u << enum level of the subjects it hears about */
    bool own;             /* only what is about the scope's unit itself; a level or the
                             province as a whole is about the province's unit */
    const char *language; /* "vi" or "en" */
    unsigned kinds;       /* bit 1u << enum hear: what it wants */
    int rungs[LEVEL_COUNT]; /* of subjects of a level under its scope: the rung on which
                               it hears of them, 2 or 3; 0: never */
    enum digest_every digest;
    int hours_from;  /* civil hours of working days in which devices may reach it; */
    int hours_to;    /* equal: at any time */
    unsigned urgent; /* kinds (as above) that may reach it at any time, */
    struct ratio urgent_points; /* and a lag from this gap on; den 0: none does */
    unsigned channels;          /* bit 1u << enum channel */
};

/* After how much a problem that nobody takes on climbs: a lag (`behind`) by further
 * windows that are no better, everything else by working days. */
struct ladder_rule {
    int windows[RUNG_LAST - 1]; /* to the second, the third rung */
    int working_days[RUNG_LAST - 1];
    int repeat_windows; /* from then on again after so many, then after twice as many
                           and so on; 0: never */
    int repeat_days;
};

/* Share of a level's units, in percent, above which what would open is held: of one
 * programme, of one key's reports within an hour, of one tick. 100: never. */
struct brake_rule {
    int programme;
    int key;
    int tick;
    int units; /* only for levels of so many units */
};

struct catalogue {
    const char *slug;
    const char *prefix;
    const char *title_vi;
    const char *title_en;
    const char *word_vi; /* what the document calls a target */
    const char *word_en;
    const char *contact_vi;
    const char *contact_en;
    int version;
    int coverage;     /* percent of a whole's units that must have a figure; 0: all */
    int history_from; /* figures of earlier years than years_from are taken and shown
                         from this one on; judged is nothing of them */
    int years_from;
    int years_to;
    enum calendar_rule rule; /* year of the targets */
    int32_t alerts_from;
    struct ladder_rule ladder;
    struct brake_rule brake;
    int progress_days; /* working days after a quarter's end: how all targets stand is
                          told then; 0: never */
    const char *const *phrases; /* the province's own wording, PHRASE_COUNT x languages;
                                   NULL, or a NULL in it: ours */
    bool simulated;             /* only for services started with --simulated */
    bool illustrative;
    int province_unit; /* index */
    char digest[65];   /* hex BLAKE2b-256 of the packed bundle; "" if not from one */

    struct unit *units;
    size_t unit_count;
    struct measure *measures;
    size_t measure_count;
    struct group *groups;
    size_t group_count;
    struct indicator *indicators;
    size_t indicator_count;
    struct target *targets;
    size_t target_count;
    struct target *infos; /* `info` targets without an indicator: listed only */
    size_t info_count;
    struct leader *leaders;
    size_t leader_count;
    struct workdays workdays;

    struct catalogue_index *index; /* private */
};

/* A file of a programme, in memory. */
struct catalogue_file {
    const char *name;
    const char *text;
    size_t bytes;
};

/*
 * What the check found; printed as file:line:column: what; remedy. At most
 * FINDINGS_MAX are kept, the last one then says that there are more. `file` is a name
 * in the programme's folder, of an included programme "<its folder>/<name>", or "".
 */
#define FINDINGS_MAX 200
#define FINDING_FILE_BYTES 72
enum finding_kind { FINDING_ERROR, FINDING_WARNING, FINDING_QUESTION };
struct finding {
    enum finding_kind kind;
    char file[FINDING_FILE_BYTES];
    int line; /* 0: the whole file */
    int column;
    char text[400];    /* what, with the value; then the remedy */
    char text_vi[600]; /* the same in Vietnamese */
};
struct findings {
    struct finding *items;
    size_t count;
    size_t room;
    size_t errors;
};
struct place {
    const char *file;
    int line; /* 0: the whole file */
    int column;
};
/*
 * finding_add - one more finding, in both languages. Both formats take the same
 * arguments in the same order; a word that differs is passed twice and left out once
 * by %.0s. Over FINDINGS_MAX errors are only counted.
 */
void finding_add(struct findings *f, enum finding_kind kind, struct place at,
                 const char *en, const char *vi, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));
void findings_fini(struct findings *f);

/*
 * catalogue_load - parse and check a programme's files.
 * found  out; appended to; errors > 0 with ST_BAD. Questions: what the province still
 *        has to answer (exemptions not known, lists not confirmed).
 */
MUST_USE enum status catalogue_load(const struct catalogue_file *files, size_t count,
                                    struct catalogue **out, struct findings *found);
void catalogue_free(struct catalogue **c);

/* Look-ups by text; NONE when not there. */
int catalogue_unit(const struct catalogue *c, const char *id); /* exact id */
/*
 * catalogue_unit_at - the holder of a code (or id) on a window's last day.
 * Errors: ST_GONE   no such code at all
 *         ST_BAD    not valid on that day (*unit: the nearest holder)
 *         ST_STALE  a bare code with two holders inside the window: *unit and *other
 */
MUST_USE enum status catalogue_unit_at(const struct catalogue *c, const char *code,
                                       const struct window *w, int *unit, int *other);
int catalogue_group(const struct catalogue *c, const char *code);
int catalogue_measure(const struct catalogue *c, const char *code);
int catalogue_target(const struct catalogue *c, const char *id); /* newest version */
/* The version that governs a year; where there is one only, that one. */
int catalogue_target_at(const struct catalogue *c, const char *id, int year);
int catalogue_leader(const struct catalogue *c, const char *id);

bool unit_valid_on(const struct unit *u, int32_t day);
bool unit_under(const struct catalogue *c, int unit, int above); /* itself included */
/* Is the measure in the group, and where (index into group.measures)? NONE if not. */
int group_measure_place(const struct group *g, int measure);
/* Threshold of a year, percent/value/rank/places/times; den 0 when the target has none
 * that year, or when it depends on the subject (reduce_by, improve). */
struct ratio target_step(const struct catalogue *c, const struct target *t, int year);
/* The step of the year before, where a line to this year's begins: perhaps of an
 * earlier version, or of the programme that it is included from. Likewise. */
struct ratio target_step_before(const struct catalogue *c, const struct target *t,
                                int year);
/* First and last year of a target: its own or the programme's; the last one is that of
 * a later due date, which is waited for. */
int target_year_first(const struct catalogue *c, const struct target *t);
int target_year_last(const struct catalogue *c, const struct target *t);
/* Is this the version of its id that speaks of the year? The first one also speaks of
 * the years before it, the last one of those after. */
bool target_governs(const struct catalogue *c, const struct target *t, int year);
/* Lower is better: the figure must not be above the threshold. */
bool target_lower(const struct catalogue *c, const struct target *t);
/* A threshold that is not reached by a figure equal to it. */
bool target_strict(const struct target *t);
/* Not a promise of this province: shown, opens no alert, and every text says so. The
 * whole programme is an illustration, or the included one that the target is from. */
bool target_illustrative(const struct catalogue *c, const struct target *t);
/* Is the unit a subject of this `each` target (level, kind reports the group)? */
bool target_concerns(const struct catalogue *c, const struct target *t,
                     const struct unit *u);
/*
 * May an alert of this target wake anybody about this unit? Not when illustrative, when
 * the exemption is unknown, or assumed outside a run labelled simulated.
 */
bool target_armed(const struct catalogue *c, const struct target *t,
                  const struct unit *u, bool simulated);
/* Alert code: QNG-2023-7c-21040; subject is a unit's id or a level's name. */
#define ALERT_CODE_BYTES 128
void alert_code(const struct catalogue *c, const struct target *t, int year,
                const char *subject, char out[ALERT_CODE_BYTES]);
/* QNG-2023-GIAM-accounts-21040 (giảm: to fall): a measure that never falls has. */
void falling_code(const struct catalogue *c, const struct measure *m, int year,
                  const char *subject, char out[ALERT_CODE_BYTES]);
/* QNG-2023-Q3-TD (tiến độ): how all targets stand after a quarter. */
void progress_code(const struct catalogue *c, const struct window *quarter,
                   char out[ALERT_CODE_BYTES]);

#endif
