/*
 * rule_test_private - what the files that read tests.yaml share. A reader never stops
 * the run: it adds a finding and returns a harmless value, so that one run names every
 * mistake.
 */
#ifndef DONDOC_CLI_RULE_TEST_PRIVATE_H
#define DONDOC_CLI_RULE_TEST_PRIVATE_H

#include "cli/rule_test.h"
#include "lib/yaml.h"

struct rule_reader {
    const struct catalogue *c;
    struct findings *found;
    const char *file;
    uint64_t entries; /* reports put so far, as their places in a journal */
};

/* A key of a map, and whether it must be there. */
struct rule_key {
    const char *name;
    bool need;
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

struct place rule_place(const struct rule_reader *r, const struct yaml_node *node);

#define rule_refuse(r, node, ...)                                                      \
    finding_add((r)->found, FINDING_ERROR, rule_place(r, node), __VA_ARGS__)

/* A value for a message, cut at a character. */
struct rule_said {
    char text[72];
};
struct rule_said rule_said(const char *text);

/* --- rule_test_yaml.c --- */

/* Is it a map with known keys only, and all needed ones there? */
bool rule_map(struct rule_reader *r, const struct yaml_node *node,
              const struct rule_key *keys, size_t count);
/* The text of a scalar that is not empty; NULL when absent or (with a finding) else. */
const char *rule_text(struct rule_reader *r, const struct yaml_node *node,
                      const char *key);
/* A list of at least one; NULL when absent or (with a finding) something else. */
const struct yaml_node *rule_list(struct rule_reader *r, const struct yaml_node *map,
                                  const char *key);
bool rule_truth(struct rule_reader *r, const struct yaml_node *map, const char *key);
int32_t rule_day(struct rule_reader *r, const struct yaml_node *map, const char *key);
/* Digits only; false with a finding. */
bool rule_whole(struct rule_reader *r, const struct yaml_node *node, const char *key,
                int64_t *out);
/* "47.35", "-0.67": exact, times 10^decimals; false: something else, or more places. */
bool rule_decimal(const char *text, int decimals, int64_t *scaled);
/* One of the names, its index; NONE with a finding that lists them. */
int rule_choice(struct rule_reader *r, const struct yaml_node *node, const char *key,
                const char *const *names, size_t count);
/* `what` names something that is not there; of `count` things whose first member is
 * their name, the one most like it is offered. */
void rule_unknown(struct rule_reader *r, const struct yaml_node *node, const char *key,
                  const void *things, size_t count, size_t bytes);

/* --- rule_test_resolve.c: what reports and expectations both name --- */

/* A window that the group's reports have; false with a finding. */
bool rule_window(struct rule_reader *r, const struct yaml_node *node, const char *key,
                 const struct group *g, struct window *w);
/* The holder of a code on the window's last day; NONE with a finding. */
int rule_unit(struct rule_reader *r, const struct yaml_node *node, const char *key,
              const struct window *w);

/* --- rule_test_reports.c --- */

/* Reads the list and puts what it holds into t->facts. newest: in and out, the last day
 * of the newest window; latest: no window may end behind that day. */
void rule_reports(struct rule_reader *r, const struct yaml_node *list,
                  struct rule_test *t, int32_t latest, int32_t *newest);

/* --- rule_test_expect.c --- */

/* The target that a test names, and its version (0: by the window). */
struct rule_target {
    const char *id;
    int version;
    int target; /* its newest version; NONE: unknown, and said so */
};
void rule_expects(struct rule_reader *r, const struct yaml_node *list,
                  const struct rule_target *of, struct rule_test *t, int32_t latest,
                  int32_t *newest);

#endif
