/* rule_test_print - what dondoc test found, for people or as JSON, on stdout. */
#ifndef DONDOC_CLI_RULE_TEST_PRINT_H
#define DONDOC_CLI_RULE_TEST_PRINT_H

#include "cli/rule_test.h"

/* One file with its programme. */
struct rule_run {
    const struct catalogue *c;
    const char *path; /* of tests.yaml */
    const struct rule_tests *tests;
    struct rule_cover cover;
    size_t hold;
    size_t fail;
    size_t lacking; /* kinds that are not complete, and tests marked boundary that are
                       not on the edge */
};

/* Judges everything and prints: failures, the table of kinds, what lacks, the sum. */
void rule_run_print(struct rule_run *run);
/* The same as one line of JSON. */
void rule_run_json(struct rule_run *run);
/* tests.yaml, or its programme, could not be read: the findings as one line of JSON. */
void rule_findings_json(const char *path, const struct findings *found);

#endif
