/*
 * dondoc digest --preview at the real notifier: what an office would be told now, for
 * people and for programs, to those who may see it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json.h"
#include "lib/keyfile.h"
#include "lib/text.h"
#include "tests/support/command.h"
#include "tests/support/notifier_scene.h"

#define COLUMNS 100
#define CODE "QNG-2023-7c-21040"

#define OFFICE(id, scope, more)                                                        \
    "  - id: " id "\n"                                                                 \
    "    title_vi: \"Chức danh " id "\"\n"                                             \
    "    title_en: \"Office " id "\"\n"                                                \
    "    scope: \"" scope "\"\n" more

/* One on the second rung for each district, or the ladder has a gap. */
static const char offices[] =
    OFFICE("up-{unit}", "{unit}",
           "    for_each: district\n    rungs: {commune: 2}\n    digest: daily\n")
        OFFICE("up-51", "51", "    rungs: {commune: 3}\n    digest: weekly\n");

static void
preview(struct command *c, const struct scene *s, enum who who, const char *more)
{
    char path[SCENE_PATH_BYTES + 16];
    char endpoint[SCENE_PATH_BYTES];
    char why[200];

    (void)snprintf(path, sizeof path, "%s/%d.key", s->dir, (int)who);
    (void)remove(path); /* one a run is enough */
    assert_int_equal(keyfile_write(path, &scene_keys[who], "", why, sizeof why), ST_OK);
    scene_endpoint(s, 0, endpoint);
    command_run(c, "digest %s --server %s --server-key %s --key %s --province %s", more,
                endpoint, scene_server_keys.public_key, path, s->province);
}

static void
begin(struct scene *s)
{
    scene_offices(s, offices, false);
    notifier_start(s, 0);
    settle(s);
}

static void
want_narrow(const struct command *c)
{
    char text[COMMAND_OUT_BYTES];
    char *save = NULL;
    char *line;

    (void)snprintf(text, sizeof text, "%s", c->out);
    for (line = strtok_r(text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        if (text_width(line) > COLUMNS) {
            fail_msg("%zu columns: %s", text_width(line), line);
        }
    }
}

/* Two further windows that are no better: the office above it hears. */
static void
what_waits_is_printed_and_nothing_is_sent(void **state)
{
    struct scene *s = *state;
    const struct json_node *rows;
    struct json *json = NULL;
    struct command c;
    char why[200];
    int line;

    begin(s);
    preview(&c, s, OPS, "--preview up-530");
    command_want(&c, 0, "there is nothing to report");
    tell_one(s, CODE, 1, "new", "21040");
    tell_one(s, CODE, 2, "repeat", "21040");
    settle(s);
    preview(&c, s, OPS, "--preview up-530");
    command_want(&c, 0, CODE);
    want_narrow(&c);
    preview(&c, s, UP_530, "--preview --lang vi");
    command_want(&c, 0, CODE);
    want_narrow(&c);
    preview(&c, s, OPS, "--preview up-530 --json");
    assert_int_equal(c.code, 0);
    if (json_parse(c.out, strlen(c.out), &json, &line, why, sizeof why) != ST_OK) {
        fail_msg("%d: %s in %s", line, why, c.out);
    }
    rows = json_get(json_root(json), "rows");
    assert_non_null(rows);
    assert_int_equal(rows->count, 1);
    assert_string_equal(json_get(rows->items[0], "code")->text, CODE);
    json_free(&json);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
}

static void
who_may_not_see_it_is_told_so(void **state)
{
    struct scene *s = *state;
    struct command c;

    begin(s);
    preview(&c, s, UP_530, "--preview up-51");
    command_want(&c, 77, "(denied)");
    preview(&c, s, OPS, "--preview nobody");
    command_want(&c, 77, "(unknown_office)");
    preview(&c, s, OPS, "");
    command_want(&c, 64, "--preview is wanted");
    preview(&c, s, OPS, "--preview up-51 up-530");
    command_want(&c, 64, "at most one office");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_waits_is_printed_and_nothing_is_sent),
        TEST(who_may_not_see_it_is_told_so),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
