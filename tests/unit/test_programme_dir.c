/*
 * The two real programmes, read from programmes/ as a province's office has them (the
 * test runs in the repository's root), a folder that is not there, and folders that
 * include others.
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

#include "lib/catalogue.h"
#include "lib/instant.h"
#include "lib/programme_dir.h"

static struct catalogue *
real_loaded(const char *path, struct findings *found)
{
    struct programme_dir d;
    struct catalogue *c = NULL;
    enum status st = programme_dir_read(path, &d, found);

    if (st == ST_GONE) {
        print_message("%s is not here: skipped\n", path);
        programme_dir_fini(&d);
        findings_fini(found);
        skip();
    }
    assert_int_equal(st, ST_OK);
    st = catalogue_load(d.files, d.count, &c, found);
    for (size_t i = 0; i < found->count; i++) {
        print_message("%s/%s:%d:%d: %s\n", path, found->items[i].file,
                      found->items[i].line, found->items[i].column,
                      found->items[i].text);
    }
    programme_dir_fini(&d); /* the catalogue keeps copies: nothing may hang on this */
    assert_int_equal(st, ST_OK);
    return c;
}

static size_t
count_units(const struct catalogue *c, enum unit_kind kind, int32_t day, int exempt)
{
    size_t count = 0;

    for (size_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        count += u->kind == kind && unit_valid_on(u, day) &&
                 (exempt == NONE || (int)u->exempt == exempt);
    }
    return count;
}

static void
quang_ngai_has_its_real_units(void **state)
{
    struct findings found = {0};
    struct mono start = mono_now();
    struct catalogue *c = real_loaded("programmes/quang-ngai", &found);
    int64_t us = mono_since_us(start);
    int32_t in_2023 = day_from_civil(2023, 6, 30);

    (void)state;
    print_message("loaded in %lld us\n", (long long)us);
    assert_int_equal(count_units(c, KIND_COMMUNE, in_2023, NONE), 173);
    assert_int_equal(count_units(c, KIND_COMMUNE, day_from_civil(2025, 1, 1), NONE),
                     170);
    assert_int_equal(count_units(c, KIND_DISTRICT, in_2023, NONE), 13);
    assert_int_equal(count_units(c, KIND_COMMUNE, in_2023, EXEMPT_UNKNOWN), 63);
    assert_int_equal(count_units(c, KIND_COMMUNE, in_2023, EXEMPT_ASSUMED_NO), 110);
    assert_int_equal(found.count, 2); /* two questions, nothing else */
    assert_int_equal(found.errors, 0);
    for (size_t i = 0; i < c->unit_count; i++) {
        assert_true((c->units[i].parent == NONE) == ((int)i == c->province_unit));
    }
    catalogue_free(&c);
    findings_fini(&found);
}

static void
phu_tho_has_its_163_units_and_wakes_nobody(void **state)
{
    struct findings found = {0};
    struct catalogue *c = real_loaded("programmes/phu-tho-illustration", &found);
    int32_t day = day_from_civil(2026, 9, 26);

    (void)state;
    assert_int_equal(count_units(c, KIND_DEPARTMENT, day, NONE) +
                         count_units(c, KIND_COMMUNE, day, NONE),
                     163);
    assert_int_equal(found.count, 0);
    for (size_t i = 0; i < c->target_count; i++) {
        assert_false(target_armed(c, &c->targets[i], &c->units[1], true));
    }
    catalogue_free(&c);
    findings_fini(&found);
}

static void
a_folder_that_is_not_there_is_said_so(void **state)
{
    struct findings found = {0};
    struct programme_dir d;

    (void)state;
    assert_int_equal(programme_dir_read("programmes/nowhere", &d, &found), ST_GONE);
    assert_int_equal(found.errors, 1);
    programme_dir_fini(&d);
    findings_fini(&found);
}

/* --- programmes that include others --- */

static char top[1024];

static void
file_write(const char *folder, const char *name, const char *text)
{
    char path[2048];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s/%s", top, folder, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
folder_make(const char *name)
{
    char path[2048];

    (void)snprintf(path, sizeof path, "%s/%s", top, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

/* The files of a folder do not have to be right to be read, but for programme.yaml. */
static void
folders_make(void)
{
    static const char *const NAMES[] = {"holidays.yaml", "leaders.yaml",
                                        "measures.yaml", "programme.yaml",
                                        "targets.yaml",  "units.csv"};
    const char *given = getenv("TMPDIR");

    (void)snprintf(top, sizeof top, "%s/include-XXXXXX",
                   given == NULL ? "/tmp" : given);
    assert_non_null(mkdtemp(top));
    folder_make("province");
    folder_make("rules");
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        file_write("province", NAMES[i], "x\n");
        file_write("rules", NAMES[i], "y\n");
    }
}

static const struct {
    const char *name;
    const char *programme; /* programme.yaml of the province */
    enum status status;
    const char *files; /* in their order */
    const char *said;  /* file and text of the only finding */
} INCLUDES[] = {
    {"none", "programme: province\n", ST_OK,
     "holidays.yaml leaders.yaml measures.yaml programme.yaml targets.yaml units.csv ",
     NULL},
    {"one", "include: [{programme: rules, as: r}]\n", ST_OK,
     "holidays.yaml leaders.yaml measures.yaml programme.yaml rules/measures.yaml "
     "rules/programme.yaml rules/targets.yaml targets.yaml units.csv ",
     NULL},
    {"one twice, which the check refuses",
     "include: [{programme: rules, as: r}, {programme: rules, as: s}]\n", ST_OK,
     "holidays.yaml leaders.yaml measures.yaml programme.yaml rules/measures.yaml "
     "rules/programme.yaml rules/targets.yaml targets.yaml units.csv ",
     NULL},
    {"out of the folder, which the check refuses",
     "include: [{programme: ../../etc, as: r}, {programme: [rules], as: s}, rules]\n",
     ST_OK,
     "holidays.yaml leaders.yaml measures.yaml programme.yaml targets.yaml units.csv ",
     NULL},
    {"one that is no YAML, which the check refuses", "include: [{programme: rules\n",
     ST_OK,
     "holidays.yaml leaders.yaml measures.yaml programme.yaml targets.yaml units.csv ",
     NULL},
    {"one that is not there", "include: [{programme: gone, as: r}]\n", ST_BAD,
     "holidays.yaml leaders.yaml measures.yaml programme.yaml targets.yaml units.csv ",
     "gone/measures.yaml the programme includes it, and the folder beside has no such "
     "file; put it there, or take the entry out of \"include\""},
};

static void
what_is_included_is_read_from_the_folder_beside(void **state)
{
    char path[2048];

    (void)state;
    folders_make();
    (void)snprintf(path, sizeof path, "%s/province", top);
    for (size_t i = 0; i < sizeof INCLUDES / sizeof INCLUDES[0]; i++) {
        struct findings found = {0};
        struct programme_dir d;
        char names[1024] = "";
        char said[1024];

        print_message("%s\n", INCLUDES[i].name);
        file_write("province", "programme.yaml", INCLUDES[i].programme);
        assert_int_equal(programme_dir_read(path, &d, &found), INCLUDES[i].status);
        for (size_t k = 0; k < d.count; k++) {
            size_t len = strlen(names);

            (void)snprintf(names + len, sizeof names - len, "%s ", d.files[k].name);
            assert_int_equal(d.files[k].text[d.files[k].bytes], '\0');
        }
        assert_string_equal(names, INCLUDES[i].files);
        assert_int_equal(found.errors, INCLUDES[i].said == NULL ? 0 : 3);
        if (INCLUDES[i].said != NULL) {
            (void)snprintf(said, sizeof said, "%s %s", found.items[0].file,
                           found.items[0].text);
            assert_string_equal(said, INCLUDES[i].said);
        }
        programme_dir_fini(&d);
        findings_fini(&found);
    }
}

/* Included files count too: 1 MiB is for all together. */
static void
what_is_included_counts_for_the_size(void **state)
{
    static char much[PROGRAMME_BYTES_MAX];
    struct findings found = {0};
    struct programme_dir d;
    char path[2048];

    (void)state;
    folders_make();
    (void)snprintf(path, sizeof path, "%s/province", top);
    memset(much, '#', sizeof much - 1);
    file_write("rules", "targets.yaml", much);
    file_write("province", "programme.yaml", "include: [{programme: rules, as: r}]\n");
    assert_int_equal(programme_dir_read(path, &d, &found), ST_LIMIT);
    assert_string_equal(found.items[0].file, "rules/targets.yaml");
    assert_non_null(strstr(found.items[0].text, "larger than 1 MiB"));
    programme_dir_fini(&d);
    findings_fini(&found);
}

/* phrases.yaml goes with the others when there is one; not that of an included one. */
static void
own_words_go_along(void **state)
{
    struct findings found = {0};
    struct programme_dir d;
    char path[2048];
    size_t words = 0;

    (void)state;
    folders_make();
    (void)snprintf(path, sizeof path, "%s/province", top);
    file_write("rules", "phrases.yaml", "phrases: {}\n");
    file_write("province", "phrases.yaml", "phrases: {}\n");
    file_write("province", "programme.yaml", "include: [{programme: rules, as: r}]\n");
    assert_int_equal(programme_dir_read(path, &d, &found), ST_OK);
    for (size_t i = 0; i < d.count; i++) {
        words += strstr(d.files[i].name, "phrases.yaml") != NULL;
    }
    assert_int_equal(words, 1);
    assert_string_equal(d.files[3].name, "phrases.yaml");
    programme_dir_fini(&d);
    findings_fini(&found);
}

/* What stands in a folder that somebody else made, in the place of a file. */
static const struct {
    const char *name;
    enum { A_LINK, A_LINK_BESIDE, A_FIFO, A_FOLDER, IN_CAPITALS, MORE_FILES } what;
    enum status status;
    const char *says;
} STRANGE[] = {
    {"a link out of the folder", A_LINK, ST_BAD, "is a link, which is not followed"},
    {"a link in an included one", A_LINK_BESIDE, ST_BAD, "is a link"},
    {"a FIFO that nobody writes", A_FIFO, ST_BAD, "plain file"},
    {"a folder", A_FOLDER, ST_BAD, "plain file"},
    {"a name in capitals", IN_CAPITALS, ST_BAD, "the file is missing"},
    {"files with other names", MORE_FILES, ST_OK, NULL},
};

/* Puts it where targets.yaml stood. */
static void
strange_put(size_t i)
{
    static char long_name[256];
    char path[2048];
    char other[2048];
    bool beside = STRANGE[i].what == A_LINK_BESIDE;

    (void)snprintf(path, sizeof path, "%s/%s/targets.yaml", top,
                   beside ? "rules" : "province");
    (void)snprintf(other, sizeof other, "%s/province/TARGETS.YAML", top);
    if (STRANGE[i].what == MORE_FILES) {
        memset(long_name, 'x', sizeof long_name - 1);
        file_write("province", long_name, "x");
        file_write("province", "a\n\033[2J", "x");
        file_write("province", ".hidden", "x");
        file_write("province", "CON", "x");
        file_write("province", "Units.csv", "x");
        return;
    }
    assert_int_equal(unlink(path), 0);
    if (STRANGE[i].what == A_LINK || beside) {
        assert_int_equal(symlink("/etc/passwd", path), 0);
    } else if (STRANGE[i].what == A_FIFO) {
        assert_int_equal(mkfifo(path, 0600), 0);
    } else if (STRANGE[i].what == A_FOLDER) {
        assert_int_equal(mkdir(path, 0700), 0);
    } else {
        file_write("province", "TARGETS.YAML", "x\n");
    }
}

/* Seen to fail without O_NOFOLLOW (a file of ours would be sent and shown) and without
 * O_NONBLOCK (it would wait for ever). */
static void
only_plain_files_of_their_names_are_read(void **state)
{
    char path[2048];

    (void)state;
    for (size_t i = 0; i < sizeof STRANGE / sizeof STRANGE[0]; i++) {
        struct findings found = {0};
        struct programme_dir d;

        folders_make();
        file_write("province", "programme.yaml",
                   "include: [{programme: rules, as: r}]\n");
        strange_put(i);
        (void)snprintf(path, sizeof path, "%s/province", top);
        (void)alarm(10);
        if (programme_dir_read(path, &d, &found) != STRANGE[i].status) {
            fail_msg("%s: another status", STRANGE[i].name);
        }
        (void)alarm(0);
        if (STRANGE[i].says == NULL) {
            assert_int_equal(d.count, 9);
        } else {
            assert_int_equal(found.errors, 1);
            assert_non_null(strstr(found.items[0].file, "targets.yaml"));
            assert_non_null(strstr(found.items[0].text, STRANGE[i].says));
        }
        for (size_t k = 0; k < d.count; k++) {
            assert_null(strstr(d.files[k].text, "root:"));
        }
        programme_dir_fini(&d);
        findings_fini(&found);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quang_ngai_has_its_real_units),
        cmocka_unit_test(phu_tho_has_its_163_units_and_wakes_nobody),
        cmocka_unit_test(a_folder_that_is_not_there_is_said_so),
        cmocka_unit_test(what_is_included_is_read_from_the_folder_beside),
        cmocka_unit_test(what_is_included_counts_for_the_size),
        cmocka_unit_test(own_words_go_along),
        cmocka_unit_test(only_plain_files_of_their_names_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
