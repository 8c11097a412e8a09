/*
 * included_programme - a programme that includes another: the specimen, and "rules", an
 * illustration that shares a group with it and has two of its own. Years: the
 * specimen's are 2021 to 2025, those of the rules 2022 to 2026.
 */
#ifndef DONDOC_TESTS_INCLUDED_PROGRAMME_H
#define DONDOC_TESTS_INCLUDED_PROGRAMME_H

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "tests/support/refusals.h"
#include "tests/support/specimen_programme.h"

/* How a target of the rules ends. */
#define END "title_vi: t, title_en: u, citation: {document: qd, section: \"III\"}}\n"
#define INCLUDE "include:\n  - {programme: rules, as: \"766\"}\n"

/* The files of both: the specimen's six, then the three of the rules. */
enum { RM = SPECIMEN_FILES, RP, RT, FILES };

/* One text of one file becomes another; "" in `from`: it is put behind the file. */
struct change {
    int file;
    const char *from;
    const char *to;
};

#define CHANGES_MAX 3

struct both {
    struct catalogue_file files[FILES];
    struct buf texts[CHANGES_MAX + 1];
    struct catalogue *c;
    struct findings found;
    enum status st;
};

/* Both, with `include` behind programme.yaml and the changes; both_fini it. */
void both_load(struct both *b, const char *include, const struct change *changes);
void both_fini(struct both *b);
void both_print(const struct both *b);
/* Fails the test when there is none. */
const struct target *target_of(const struct both *b, const char *id);

#endif
