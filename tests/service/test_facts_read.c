/*
 * A scorer that takes over has what units reported, also when the programme changed its
 * measures since: one figure may be lost by that, never what stands beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/facts_read.h"
#include "tests/support/redis_server.h"
#include "tests/support/specimen_programme.h"

static struct redis_server *server;
static struct redis *client;
static bool all_passed = true;

static int
group_setup(void **state)
{
    (void)state;
    server = redis_server_start(NULL);
    client = redis_server_client(server);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    redis_free(&client);
    redis_server_stop(&server, all_passed);
    return 0;
}

static void
put(const char *unit, const char *field, const char *line)
{
    char key[64];
    const char *argv[4] = {"HSET", key, field, line};
    struct reply *rep = NULL;

    (void)snprintf(key, sizeof key, "dondoc:{test-province}:facts:%s", unit);
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

#define JUNE "rev=1 at=57:3 from=2023-06-01 to=2023-06-30 received=1688000000000"
#define OF_2022 "rev=1 at=58:0 from=2022-01-01 to=2022-12-31 received=1688000000000"

static void
a_changed_measure_costs_no_other_figure(void **state)
{
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct facts *f;
    const struct series *s;
    size_t skipped = 77;

    (void)state;
    all_passed = false;
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &c, &found), ST_OK);
    f = facts_new(c);
    put("101", "digitisation/2023-06",
        JUNE " results=2386 results_old=7 results_digitised=1130 dossiers=12.00");
    put("1", "indices/2022", OF_2022 " rank=20.5 ranked=61.0");
    put("1", "indices/2021", "rev=1 nothing else");
    put("1", "gone/2023-06", JUNE " thing=1");
    put("102", "digitisation/2023-06", JUNE " results=5");
    assert_int_equal(facts_read(client, "test-province", c, f, &skipped), ST_OK);
    assert_int_equal(skipped, 2); /* lines of which nothing is known */

    s = facts_series(f, catalogue_unit(c, "101"), catalogue_group(c, "digitisation"));
    assert_int_equal(s->count, 1);
    assert_int_equal(s->facts[0].figures[0].scaled, 2386);
    assert_int_equal(s->facts[0].figures[1].scaled, 1130);
    assert_int_equal(s->facts[0].figures[2].scaled, 12);
    s = facts_series(f, catalogue_unit(c, "1"), catalogue_group(c, "indices"));
    assert_int_equal(s->count, 1);
    assert_int_equal(s->facts[0].figures[0].state, FIGURE_ABSENT);
    assert_int_equal(s->facts[0].figures[1].scaled, 61);
    s = facts_series(f, catalogue_unit(c, "102"), catalogue_group(c, "digitisation"));
    assert_int_equal(s->count, 1);
    facts_free(&f);
    catalogue_free(&c);
    findings_fini(&found);
    all_passed = true;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_measure_costs_no_other_figure),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
