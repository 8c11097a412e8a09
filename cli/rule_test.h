/*
 * rule_test - a programme's own tests: reports in, expected verdicts out. tests.yaml
 * stands beside the programme and is not part of it. The figures go into lib/facts and
 * the verdicts come out of lib/score: nothing is computed here that is not computed
 * there. Pure: text in, outcomes out. Format: programmes/README.md.
 */
#ifndef DONDOC_CLI_RULE_TEST_H
#define DONDOC_CLI_RULE_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/score.h"

/* A printed number that is expected: value, required, gap. */
struct rule_number {
    bool given;
    bool none;         /* there is no such number */
    struct ratio want; /* not none: as written */
    const char *text;
};

struct rule_count {
    bool given;
    int64_t want;
};

enum rule_number_field { RULE_VALUE, RULE_REQUIRED, RULE_GAP, RULE_NUMBERS };
enum rule_count_field {
    RULE_NUM,
    RULE_DEN,
    RULE_NEED_NOW,
    RULE_NEED_YEAR,
    RULE_COVERED,
    RULE_UNITS,
    RULE_COUNTS
};
extern const char *const RULE_NUMBER_NAMES[RULE_NUMBERS];
extern const char *const RULE_COUNT_NAMES[RULE_COUNTS];

struct rule_expect {
    int line;
    int column;
    int target; /* index: the version asked for, or the one that governs the window */
    struct subject_ref subject;
    const char *subject_text;
    struct window window;
    enum verdict verdict;
    struct rule_number numbers[RULE_NUMBERS];
    struct rule_count counts[RULE_COUNTS];
    bool has_alert;
    enum alert_kind alert;
};

struct rule_test {
    const char *name;
    const char *note; /* "" none */
    int line;
    int column;
    bool boundary;
    int32_t on;          /* the day of the last tick */
    struct facts *facts; /* of its reports */
    struct rule_expect *expects;
    size_t expect_count;
    size_t expect_room;
};

struct rule_tests {
    struct yaml *yaml; /* owns the texts */
    struct rule_test *tests;
    size_t count;
    size_t room;
};

#define RULE_TESTS_MAX 500

/*
 * rule_tests_read - tests.yaml against its programme.
 * c      borrowed until rule_tests_fini.
 * file   its name and text; the name lives as long as `found`.
 * found  appended to: unknown keys, targets, units, groups, measures, periods; figures
 *        that a report could not hold; windows that are not looked at; names twice.
 * Errors: ST_BAD something was found; *out is empty
 */
MUST_USE enum status rule_tests_read(const struct catalogue *c,
                                     const struct catalogue_file *file,
                                     struct rule_tests *out, struct findings *found);
void rule_tests_fini(struct rule_tests *t);

/* --- running --- */

#define RULE_TEXT_BYTES RATIO_TEXT_BYTES
/* verdict, three numbers, six counts, alert */
#define RULE_FIELDS_MAX (1 + RULE_NUMBERS + RULE_COUNTS + 1)

/* What was expected and what came, as both are printed. */
struct rule_field {
    const char *name;
    char want[RULE_TEXT_BYTES];
    char got[RULE_TEXT_BYTES];
};

struct rule_outcome {
    struct score score;
    struct rule_field wrong[RULE_FIELDS_MAX];
    size_t wrong_count; /* 0: it holds */
};

void rule_judge(const struct catalogue *c, const struct rule_test *t,
                const struct rule_expect *e, struct rule_outcome *out);

/*
 * rule_on_edge - is some expectation of the test on its threshold: exactly, or so that
 * one thing more or less (the smallest step of points) gives another verdict, or on the
 * way reaches what is asked for at the end?
 */
bool rule_on_edge(const struct catalogue *c, const struct rule_test *t);

/* --- is every kind of target tested? --- */

/*
 * Where every target of a kind falls due after its subjects have ended, nobody is ever
 * judged: on_way then counts as met or short, as the figure has reached what is asked
 * for at the end or not.
 */
struct rule_kind {
    bool used;       /* by a target of the programme that is not `info` */
    bool may_judge;  /* somebody is there when one of them falls due */
    bool may_exempt; /* some unit is exempt from one of them */
    size_t met;      /* expectations: met, on_pace */
    size_t fallen;   /* behind, missed */
    size_t exempt;   /* exempt, or where nobody can be: not_applicable */
    size_t boundary; /* tests that say so and are */
    size_t tests;
};

struct rule_cover {
    struct rule_kind kinds[TARGET_INFO + 1];
};

void rule_cover(const struct catalogue *c, const struct rule_tests *t,
                struct rule_cover *out);

/* What a kind lacks, as bits; 0: it is complete. */
enum {
    RULE_LACKS_MET = 1,
    RULE_LACKS_SHORT = 2,
    RULE_LACKS_EXEMPT = 4,
    RULE_LACKS_BOUNDARY = 8
};
unsigned rule_kind_lacks(const struct rule_kind *k);

#endif
