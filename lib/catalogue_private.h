/*
 * catalogue_private - what the files of the catalogue share: the index behind the
 * look-ups, the state of one loading, and readers that turn a place in a file into a
 * value or a finding. Nobody else includes this, except the catalogue's tests.
 *
 * A reader never stops the run: it adds a finding and returns a harmless value, so that
 * one run names every mistake. What was not read stays NONE, 0 or "", and later checks
 * keep quiet about it: one mistake, one finding.
 */
#ifndef DONDOC_CATALOGUE_PRIVATE_H
#define DONDOC_CATALOGUE_PRIVATE_H

#include "lib/catalogue.h"
#include "lib/csv.h"
#include "lib/mem.h"
#include "lib/table.h"
#include "lib/yaml.h"

struct catalogue_index {
    struct arena *arena; /* every text of the catalogue */
    struct table *units; /* id -> index; likewise below */
    struct table *codes; /* unit code -> its first holder by time */
    struct table *groups;
    struct table *measures;
    struct table *targets;
    struct table *leaders;
    int *next_holder;  /* by unit: the next holder of its code, or NONE */
    int32_t *holidays; /* sorted; workdays borrows them */
    int32_t *worked;
};

/* The files of a programme that are loaded. */
enum programme_file {
    FILE_PROGRAMME,
    FILE_MEASURES,
    FILE_TARGETS,
    FILE_UNITS,
    FILE_LEADERS,
    FILE_HOLIDAYS,
    FILE_PHRASES, /* may be left out */
    FILE_COUNT
};
const char *programme_file_name(enum programme_file f);

struct document {
    const char
        *id; /* first, as in all things that have a name (see catalogue_nearest) */
    const char *title_vi;
    const char *title_en;
};

/* Columns of units.csv, in the order of the README. */
enum unit_column {
    COLUMN_CODE,
    COLUMN_NAME_VI,
    COLUMN_NAME_EN,
    COLUMN_KIND,
    COLUMN_LEVEL,
    COLUMN_PARENT,
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_EXEMPT,
    COLUMN_HEAD_VI,
    COLUMN_HEAD_EN,
    COLUMN_SYSTEM,
    COLUMN_NOTE,
    COLUMN_COUNT
};

/* The files of one programme: the one that is loaded, or one that it includes. */
struct source {
    const char *names[FILE_COUNT]; /* "measures.yaml", "x/measures.yaml" */
    const struct catalogue_file *files[FILE_COUNT]; /* NULL: not there */
    struct yaml *yaml[FILE_COUNT];
    struct document *documents;
    size_t document_count;
};

/* A programme that this one includes, as programme.yaml says it. */
#define INCLUDES_MAX 4
struct include {
    const char *programme; /* slug; "": refused */
    const char *as;        /* its targets are <as>-<id> here */
    const struct yaml_node *node;
    const struct yaml_node *targets; /* list of ids; NULL: all */
    bool adopted;                    /* a promise of this province from now on, */
    int document;                    /* by this document, or NONE */
    const char *section;
    struct source source;
};

/* Where a thing stands: a target, a measure, a group, an indicator. */
struct origin {
    const struct source *from;
    const struct yaml_node *node;
};

struct loader {
    struct catalogue *c;
    struct catalogue_index *ix;
    struct findings *found;
    struct source *from;    /* what is read now, and */
    enum programme_file at; /* which of its files */
    struct source own;
    struct include includes[INCLUDES_MAX];
    size_t include_count;
    struct csv *csv;           /* units.csv */
    int columns[COLUMN_COUNT]; /* place in a row; NONE: no such column */
    size_t *unit_rows;         /* by unit: its row in csv */
    struct origin *targets;    /* by target: where it stands; likewise below, */
    struct origin *measures;   /* of measures.yaml once it was read without a mistake */
    struct origin *groups;
    struct origin *indicators;
    const struct yaml_node **leaders; /* by leader: its entry in leaders.yaml */
    size_t errors;                    /* found before this loading */
    bool full;                        /* the arena's bound was reached */
    bool measures_good; /* else the checks that build on them are left out */
    bool units_good;    /* every row was taken; likewise */
};

/* --- findings (catalogue_findings.c) --- */

struct shown {
    char text[72];
};
struct shown shown(const char *value); /* cut at a character, for a message */

#define refuse(l, at, ...) finding_add((l)->found, FINDING_ERROR, at, __VA_ARGS__)

struct place node_place(const struct loader *l, const struct yaml_node *node);
struct place file_place(const struct loader *l, enum programme_file f);
struct place unit_place(const struct loader *l, size_t unit, enum unit_column column);
/* Column (in characters) and line of a field of a row of units.csv. */
struct place field_place(const struct loader *l, const struct csv_row *row,
                         size_t field);

/*
 * catalogue_nearest - of things whose first member is their name, the one most like
 * `name`; NULL when none is like it. At most two letters may differ.
 */
const char *catalogue_nearest(const void *things, size_t count, size_t bytes,
                              const char *name);

/* --- readers (catalogue_read.c) --- */

/* BLANK may be there and empty; an empty MAY is a value that was forgotten. */
/* The most there can be, of included programmes too. */
#define MEASURES_MAX 256
#define GROUPS_MAX 64
#define INDICATORS_MAX 256
#define TARGETS_MAX 512

enum key_need { MAY, NEED, BLANK };
struct key_rule {
    const char *name;
    enum key_need need;
};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Is it a map with known keys only, and all required ones filled? Complains otherwise;
 * false only when it is no map. */
bool read_map(struct loader *l, const struct yaml_node *node,
              const struct key_rule *rules, size_t count);
/* A list of 1 to `max`; NULL when absent or (with a finding) something else. */
const struct yaml_node *read_list(struct loader *l, const struct yaml_node *map,
                                  const char *key, size_t max);
/* The text of a scalar, borrowed from the file; NULL when absent, empty or no scalar.
 */
const char *read_scalar(struct loader *l, const struct yaml_node *node,
                        const char *key);
/* A text for people, kept in the catalogue; "" when absent. */
const char *read_text(struct loader *l, const struct yaml_node *map, const char *key);
const char *keep_text(struct loader *l, const char *text);
#define TEXT_BYTES_MAX 4000

enum code_shape { CODE_WORD, CODE_NAME, CODE_SLUG, CODE_PREFIX, CODE_UNIT };
bool code_fits(enum code_shape shape, const char *text);
/* A code of that shape, kept; "" when absent or refused. */
const char *read_code(struct loader *l, const struct yaml_node *map, const char *key,
                      enum code_shape shape);
/* Index into names, fallback when absent or refused. */
int read_choice(struct loader *l, const struct yaml_node *map, const char *key,
                const char *const *names, size_t count, int fallback);
/* A list of choices as bits; 0 when absent. */
unsigned read_choices(struct loader *l, const struct yaml_node *map, const char *key,
                      const char *const *names, size_t count);
bool read_truth(struct loader *l, const struct yaml_node *map, const char *key,
                bool fallback);
/* {document: nq5, section: "II.3(7)"}; node NULL, or a document that is not there: "".
 */
void read_citation(struct loader *l, const struct yaml_node *node,
                   const char **document_vi, const char **document_en,
                   const char **section);
int64_t read_whole(struct loader *l, const struct yaml_node *map, const char *key,
                   int64_t min, int64_t max, int64_t fallback);
int64_t node_whole(struct loader *l, const struct yaml_node *node, const char *key,
                   int64_t min, int64_t max, int64_t fallback); /* one of a list */
/* A decimal of at most two places, exact; den 0 when absent or refused. */
struct ratio read_decimal(struct loader *l, const struct yaml_node *map,
                          const char *key, int64_t max, const char *unit_en,
                          const char *unit_vi);
#define PERCENT "percent", "phần trăm"
/* Likewise, of at most so many places; a baseline has the places of its measure. */
struct ratio read_figure(struct loader *l, const struct yaml_node *map, const char *key,
                         int64_t max, int places);
int32_t read_day(struct loader *l, const struct yaml_node *map, const char *key,
                 int32_t fallback);
/* The thing that a text names, NONE when absent or (with a finding) unknown. */
int find_name(const void *things, size_t count, size_t bytes, const char *name);
int read_reference(struct loader *l, const struct yaml_node *node, const char *key,
                   const void *things, size_t count, size_t bytes);
/* Complains when the name of the newest thing (things[count]) is there already. */
void check_new_name(struct loader *l, const struct yaml_node *map, const char *key,
                    const void *things, size_t count, size_t bytes);
bool whole_parse(const char *text, int64_t max, int64_t *out);
int32_t year_first_day(const struct catalogue *c); /* of the programme; needs years */
int32_t year_last_day(const struct catalogue *c);

/* --- the files, in the order in which they are read --- */

/* One file of l->from: is it text, and can it be parsed? catalogue_load.c */
bool parse_file(struct loader *l, enum programme_file f);
/* A file of this name goes to l->from; more than one of it is an error. */
bool take_file(struct loader *l, const struct catalogue_file *file);
void load_programme(struct loader *l); /* catalogue_programme.c */
/* Of it: ladder, brake and progress (catalogue_ladder.c); what is not said stays. */
void load_ladder(struct loader *l, const struct yaml_node *root);
void load_measures(struct loader *l);   /* catalogue_measures.c */
void load_indicators(struct loader *l); /* catalogue_indicators.c */
void load_units(struct loader *l);      /* catalogue_units.c */
void load_parents(struct loader *l);    /* catalogue_parents.c, called by load_units */
void load_targets(struct loader *l);    /* catalogue_targets.c */
void load_leaders(struct loader *l);    /* catalogue_leaders.c */
/* What an office of leaders.yaml hears of, when and where: all of a leader but its
 * names and scope (catalogue_leader_wants.c). */
void load_leader_wants(struct loader *l, const struct yaml_node *node,
                       struct leader *wants);
void load_holidays(struct loader *l); /* catalogue_programme.c */
void load_phrases(struct loader *l);  /* catalogue_phrases.c; only when it is there */
/* What programme.yaml says of other programmes, and taking them in: the first while it
 * is read, the second last, when everything before it is in order. */
void load_include_list(struct loader *l,
                       const struct yaml_node *root); /* catalogue_include.c */
void load_includes(struct loader *l, const struct catalogue_file *files, size_t count);
void include_merge(struct loader *l, struct include *in, const struct catalogue *from,
                   const struct origin *targets); /* catalogue_include_merge.c */
void check_reporters(struct loader *l); /* catalogue_reporters.c: who reports at all */
/* Last, and only without errors (catalogue_chain.c): does somebody hear of everything?
 */
void check_chain(struct loader *l);
/* The places of what measures.yaml of l->from holds; `count` of them are there. */
struct origin *read_origins(const struct loader *l, const char *key, size_t count);

/* Parts of the above: what each kind of target needs (catalogue_target_kinds.c), */
extern const char *const TARGET_KIND_NAMES[];
#define TARGET_KIND_COUNT (TARGET_INFO + 1)
#define TARGET_VALUE_MAX 1000000000
bool kind_is_rank(enum target_kind kind);
void load_target_kind(struct loader *l, const struct yaml_node *node, struct target *t);
void load_pace(struct loader *l, const struct yaml_node *node, struct target *t);
void load_target_steps(struct loader *l, const struct yaml_node *node,
                       struct target *t); /* catalogue_target_steps.c */
/* years, version and valid_from, and how they fit the versions before
 * (catalogue_target_years.c); */
void load_target_years(struct loader *l, const struct yaml_node *node,
                       struct target *t);
void join_versions(struct loader *l, const struct yaml_node *node, struct target *t);
/* and whether they fit the rest (catalogue_target_check.c). */
#define TARGET_RANK_MAX 1000
int target_pool(const struct catalogue *c,
                const struct target *t); /* or that maximum */
void check_indicator(struct loader *l, const struct yaml_node *node,
                     const struct target *t);
void check_subject(struct loader *l, const struct yaml_node *node,
                   const struct target *t);
void check_calendar(struct loader *l, const struct yaml_node *node,
                    const struct target *t);
void ask_exemptions(struct loader *l); /* last, and only without errors; */
void check_dates(struct loader *l);    /* likewise */

/* The index: after the units, and after everything. */
void index_units(struct loader *l);
void index_names(struct loader *l);

/* Is the unit one of those a target sums or judges (level, kind reports the group)? */
bool target_counts(const struct catalogue *c, const struct target *t,
                   const struct unit *u);

#endif
