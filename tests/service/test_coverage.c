/*
 * dondoc check --coverage: is every row of a source a target, or left out with a
 * reason? First on a folder of the test, where one thing is wrong at a time; then on
 * the programmes that are shipped, against the ids of the 206 rows of the five
 * documents.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/command.h"
#include "tests/support/specimen_programme.h"

static char folder[1024];
static char list[1024];
static const char *root;

static void
file_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
left_out_write(const char *text)
{
    char path[1200];

    (void)snprintf(path, sizeof path, "%s/left_out.yaml", folder);
    (void)unlink(path);
    if (text != NULL) {
        file_write(path, text);
    }
}

/* All ids of the specimen: seven targets, of which 1e and i are shown only. */
#define ALL                                                                            \
    "test-province.7a\ntest-province.7c\ntest-province.10c\ntest-province.1b\n"        \
    "test-province.1d\ntest-province.1e\n"
#define LEFT(id) "  - {id: " id ", reason_vi: vì sao, reason_en: why}\n"

static const struct {
    const char *name;
    const char *ids;
    const char *left_out; /* NULL: no such file */
    const char *more;     /* options */
    int code;
    const char *says; /* %F the folder, %L the list */
    const char *counts;
} CASES[] = {
    {"complete", "id\n" ALL "test-province.i\n", NULL, "", 0, "0 errors",
     "%F: 7 ids in the list; 5 targets judged, 2 info, 0 left out\n"},
    {"complete with one left out", "id\n" ALL "test-province.i\ntest-province.9x\n",
     "left_out:\n" LEFT("9x"), "", 0, "0 errors",
     "%F: 8 ids in the list; 5 targets judged, 2 info, 1 left out\n"},
    {"rows of other programmes", "id\n" ALL "test-province.i\nother.9x\n", NULL, "", 0,
     "0 errors", "%F: 7 ids in the list; "},
    {"the column of the ids among others",
     "row,id,note\n1,test-province.7a,a\n2,test-province.7c,\n3,test-province.10c,\n"
     "4,test-province.1b,\n5,test-province.1d,\n6,test-province.1e,\n7,test-province.i,"
     "\n",
     NULL, "", 0, "0 errors", "%F: 7 ids in the list; "},
    {"one missing", "id\n" ALL "test-province.i\ntest-province.9x\n", NULL, "", 65,
     "%L:9: error: 9x is missing in %F; add it to targets.yaml, or to left_out.yaml "
     "with "
     "the reason\n",
     "%F: 8 ids in the list; "},
    {"one that is not in the list", "id\n" ALL, NULL, "", 0,
     "%F: warning: i is not in the list %L\n", "%F: 6 ids in the list; "},
    {"one left out that is not in the list", "id\n" ALL "test-province.i\n",
     "left_out:\n" LEFT("9x"), "", 0, "%F: warning: 9x is not in the list %L\n",
     "7 ids in the list; 5 targets judged, 2 info, 1 left out"},
    {"one in both", "id\n" ALL "test-province.i\n", "left_out:\n" LEFT("7c"), "", 65,
     "%F/left_out.yaml:2:10: error: this is a target in targets.yaml too; take one "
     "out\n",
     "1 errors"},
    {"one left out twice", "id\n" ALL "test-province.i\ntest-province.9x\n",
     "left_out:\n" LEFT("9x") LEFT("9x"), "", 65,
     "%F/left_out.yaml:3:10: error: this stands here twice; take one out\n",
     "1 errors"},
    {"no reason", "id\n" ALL "test-province.i\ntest-province.9x\n",
     "left_out:\n  - {id: 9x, reason_vi: vì sao}\n", "", 65,
     "%F/left_out.yaml:2:5: error: an item has id, reason_vi and reason_en, and no "
     "other "
     "key; write all three\n",
     "1 errors"},
    {"no list of what is left out", "id\n" ALL "test-province.i\n", "left: []\n", "",
     65, "%F/left_out.yaml:1:1: error: write left_out: and a list of items under it\n",
     "1 errors"},
    {"another prefix", "id\nx-7a\nx-7c\nx-10c\nx-1b\nx-1d\nx-1e\nx-i\n", NULL,
     " --coverage-prefix x-", 0, "0 errors", "%F: 7 ids in the list; "},
    {"a prefix that no id has", "id\n" ALL, NULL, " --coverage-prefix y-", 65,
     "%L: error: no id begins with \"y-\"; give the right --coverage-prefix\n",
     "%F: 0 ids in the list; "},
    {"no column of ids", "code\n" ALL, NULL, "", 65,
     "%L:1:1: error: the first line has no column \"id\"; add it\n", "1 errors"},
};

/* %F and %L filled in. */
static void
fill(const char *text, char out[4096])
{
    size_t at = 0;

    out[0] = '\0';
    for (; *text != '\0' && at + 1 < 4096; text++) {
        if (*text == '%' && (text[1] == 'F' || text[1] == 'L')) {
            at += (size_t)snprintf(out + at, 4096 - at, "%s",
                                   text[1] == 'F' ? folder : list);
            text++;
        } else {
            out[at++] = *text;
            out[at] = '\0';
        }
    }
}

static void
each_difference_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        static struct command c;
        char says[4096];
        char counts[4096];

        print_message("%s\n", CASES[i].name);
        file_write(list, CASES[i].ids);
        left_out_write(CASES[i].left_out);
        fill(CASES[i].says, says);
        fill(CASES[i].counts, counts);
        command_run(&c, "check %s --lang en --coverage %s%s", folder, list,
                    CASES[i].more);
        command_want(&c, CASES[i].code, says);
        command_want(&c, CASES[i].code, counts);
    }
    left_out_write(NULL);
}

static void
a_list_that_is_not_there_is_said(void **state)
{
    static struct command c;

    (void)state;
    command_run(&c, "check %s --lang en --coverage %s.none", folder, list);
    command_want(&c, 65, ".none: error: ");
}

/* What is included is another document's: no row of this one, and missing in none. */
static void
included_targets_are_not_counted(void **state)
{
    static struct command c;
    char path[1200];
    char text[8192];
    size_t p = 0;

    (void)state;
    while (strcmp(SPECIMEN[p].name, "programme.yaml") != 0) {
        p++;
    }
    (void)snprintf(path, sizeof path, "%s/programme.yaml", folder);
    (void)snprintf(text, sizeof text,
                   "%sinclude:\n  - {programme: quoc-gia-766, as: \"766\"}\n",
                   SPECIMEN[p].text);
    file_write(path, text);
    file_write(list, "id\n" ALL "test-province.i\n");
    command_run(&c, "check %s --lang en --coverage %s", folder, list);
    command_want(&c, 0, ": 7 ids in the list; 5 targets judged, 2 info, 0 left out\n");
    command_want(&c, 0,
                 " of them from quoc-gia-766 (an illustration: not a promise of the "
                 "province, opens no alert)\n");
    file_write(list, "id\n" ALL "test-province.i\ntest-province.766-3.1\n");
    command_run(&c, "check %s --lang en --coverage %s", folder, list);
    command_want(&c, 65, "error: 766-3.1 is missing in ");
    file_write(path, SPECIMEN[p].text);
}

/* tests/golden/target_ids.csv: the document's slug, and the row's id in it. */
static void
every_row_of_the_five_documents_is_in_its_programme(void **state)
{
    static const struct {
        const char *slug;
        const char *rows;
    } SHIPPED[] = {
        {"tien-giang", ": 46 ids in the list; "},
        {"quang-ngai", ": 51 ids in the list; "},
        {"chuong-trinh-002", ": 42 ids in the list; "},
        {"tay-ninh", ": 26 ids in the list; "},
        {"bac-kan", ": 41 ids in the list; "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof SHIPPED / sizeof SHIPPED[0]; i++) {
        static struct command c;

        command_run(&c, "check %s/programmes/%s --lang en --coverage %s", root,
                    SHIPPED[i].slug, "tests/golden/target_ids.csv");
        command_want(&c, 0, SHIPPED[i].rows);
        command_want(&c, 0, ": 0 errors");
        if (strstr(c.out, "is not in the list") != NULL) {
            fail_msg("%s has more than its document: %s", SHIPPED[i].slug, c.out);
        }
    }
}

static int
set_up(void **state)
{
    const char *given = getenv("DONDOC_TEST_DIR");
    char path[2048];
    char real[2048];

    (void)state;
    root = getenv("DONDOC_ROOT");
    if (given == NULL || root == NULL) {
        (void)fputs("run by tests/run build/tests/service/test_coverage\n", stderr);
        return -1;
    }
    (void)snprintf(folder, sizeof folder, "%s/test-province", given);
    (void)snprintf(list, sizeof list, "%s/rows.csv", given);
    (void)snprintf(path, sizeof path, "%s/quoc-gia-766", given);
    (void)snprintf(real, sizeof real, "%s/programmes/quoc-gia-766", root);
    if (mkdir(folder, 0700) != 0 || symlink(real, path) != 0) {
        return -1;
    }
    for (size_t i = 0; i < SPECIMEN_FILES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, SPECIMEN[i].name);
        file_write(path, SPECIMEN[i].text);
    }
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_is_said),
        cmocka_unit_test(a_list_that_is_not_there_is_said),
        cmocka_unit_test(included_targets_are_not_counted),
        cmocka_unit_test(every_row_of_the_five_documents_is_in_its_programme),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
