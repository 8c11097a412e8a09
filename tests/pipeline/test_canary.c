/*
 * What people write stays where it belongs: words and figures that stand nowhere else
 * go through all services, accepted and refused, and afterwards stand in the journal
 * and in no log, no ops key and no error that Redis keeps. doc/operations.md, *What is
 * written down about people*, lists what may stand there.
 *
 * Seen to fail on: ingest/request.c with the reason of a report in a line of its log
 * (`logs_hold_none_of_it`).
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"
#include "tests/support/stack_acl.h"

#define PROVINCE "quang-ngai"
#define GROUP "digitisation"
#define FILE_MAX_BYTES (64u << 20)

/* Each stands in what somebody wrote, and nowhere in ours. */
#define REASON "lydoKANARI1"
#define SOURCE "nguonKANARI2"
#define REFUSED_GROUP "nhomKANARI3"
#define REFUSED_REASON "tuchoiKANARI4"
#define REFUSED_MEASURE "chitieuKANARI5"
#define HOLD_REASON "tamgiuKANARI6"
#define ACK_NOTE "tiepnhanKANARI7"
#define FILE_NAME "tepKANARI8"
#define FIGURE "736100413" /* of documents digitised */
#define REFUSED_FIGURE "736100429"
#define FIGURE_VI "736.100.413"

static const char *const canaries[] = {
    "KANARI", FIGURE, REFUSED_FIGURE, FIGURE_VI, "736.100.429",
};

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct redis *all;
    const struct bus_keys *head;
    char ops_key[200];
    char unit_key[200];
    char head_key[200];
    struct command run;
};

static struct fixture fx;

static void
key_write(const char *name, const struct bus_keys *keys, char path[200])
{
    char why[200];

    (void)snprintf(path, 200, "%s/%s-own.key", fx.stack.dir, name);
    assert_int_equal(keyfile_write(path, keys, "", why, sizeof why), ST_OK);
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;

    (void)state;
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=21055,21043");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    fx.head = stack_key(&fx.stack, "head-21055", "role=leader name=head-21055");
    stack_start(&fx.stack);
    key_write("ops", ops, fx.ops_key);
    key_write("unit", unit, fx.unit_key);
    key_write("head", fx.head, fx.head_key);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    fx.all = redis_server_client(fx.stack.redis);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    redis_free(&fx.all);
    side_close(&fx.unit);
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

/* --- saying it --- */

static void
command_at(const char *where, const char *key, const char *words)
{
    char server[200];

    stack_endpoint(&fx.stack, where, server);
    command_run(&fx.run, "%s --province %s --server %s --server-key %s --key %s", words,
                PROVINCE, server, fx.stack.service_keys.public_key, key);
}

static enum outcome
report(const char *group, const char *period, const char *measure, int64_t figure,
       const char *reason, const char *replaces)
{
    const struct wire_figure figures[] = {
        {.measure = "results_in_force", .kind = WIRE_COUNT, .count = 2000000000},
        {.measure = measure, .kind = WIRE_COUNT, .count = figure},
    };
    const struct wire_report sent = {.unit = "21055",
                                     .group = group,
                                     .period = period,
                                     .figures = figures,
                                     .figure_count = 2,
                                     .reason = reason,
                                     .source_system = SOURCE,
                                     .replaces = replaces};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};

    q.push.reports = &sent;
    q.push.count = 1;
    assert_int_equal(side_ask(&fx.unit, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_RECEIPTS);
    assert_int_equal(r.receipt_count, 1);
    return r.receipts[0].outcome;
}

#define DIGITISED "results_in_force_digitised"

static void
everybody_says_his_canary(void **state)
{
    char words[400];
    char stands[64];
    FILE *f;

    (void)state;
    side_clock(&fx.ops, "2023-07-03 09:00");
    assert_int_equal(report(GROUP, "2023-06", DIGITISED, 736100400, "", ""),
                     OUTCOME_ACCEPTED);
    side_clock(&fx.ops, "2023-08-03 09:00");
    assert_int_equal(report(GROUP, "2023-07", DIGITISED, 736100401, "", ""),
                     OUTCOME_ACCEPTED);
    side_clock(&fx.ops, "2023-09-03 09:00");
    assert_int_equal(report(GROUP, "2023-08", DIGITISED, 736100413, "", ""),
                     OUTCOME_ACCEPTED);
    side_standing(&fx.unit, "21055", GROUP, "2023-07", stands);
    assert_int_equal(report(GROUP, "2023-07", DIGITISED, 736100402, REASON, stands),
                     OUTCOME_REPLACED);
    assert_int_equal(
        report(REFUSED_GROUP, "2023-07", DIGITISED, 736100429, REFUSED_REASON, ""),
        OUTCOME_REJECTED);
    assert_int_equal(
        report(GROUP, "2023-05", REFUSED_MEASURE, 736100429, REFUSED_REASON, ""),
        OUTCOME_REJECTED);
    assert_int_equal(report(GROUP, "2023-05", DIGITISED, 736100429,
                            REFUSED_REASON "\x1b[2J\x01", ""),
                     OUTCOME_REJECTED);
    stack_settle(&fx.stack);
    command_at(SIDE_OPS, fx.ops_key,
               "hold " PROVINCE " --until 2023-09-20 --reason " HOLD_REASON);
    command_want(&fx.run, 0, "");
    stack_settle(&fx.stack);
    (void)snprintf(words, sizeof words, "%s/" FILE_NAME ".csv", fx.stack.dir);
    f = fopen(words, "w");
    assert_non_null(f);
    (void)fputs("unit;period;results_in_force;" DIGITISED "\n"
                "21055;2023-05;2000000000;" REFUSED_FIGURE "\n"
                "99999;2023-05;2000000000;" REFUSED_FIGURE "\n",
                f);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(words, sizeof words,
                   "push %s/" FILE_NAME ".csv --timeout 3 --outbox %s/outbox",
                   fx.stack.dir, fx.stack.dir);
    command_at(SIDE_UNITS, fx.unit_key, words);
    command_want(&fx.run, 65, "");
    (void)snprintf(words, sizeof words,
                   "watch --ack QNG-2023-7c-21055 --note " ACK_NOTE);
    command_at(SIDE_LEADERS, fx.head_key, words);
    command_want(&fx.run, 0, "");
    stack_settle(&fx.stack);
}

/* --- looking for it --- */

static void
want_none(const char *where, const char *text)
{
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        const char *at = strstr(text, canaries[i]);

        if (at != NULL) {
            size_t back = (size_t)(at - text) < 120 ? (size_t)(at - text) : 120;

            fail_msg("%s: …%.240s…", where, at - back);
        }
    }
}

/* Does a body of this stream hold it? */
static bool
stream_has(const char *stream, const char *text)
{
    char key[200];
    const char *argv[] = {"XRANGE", key, "-", "+"};
    struct reply *rep = NULL;
    size_t text_len = strlen(text);
    bool found = false;

    (void)snprintf(key, sizeof key, "dondoc:{" PROVINCE "}:%s", stream);
    assert_int_equal(redis_call(fx.all, 4, argv, NULL, &rep), ST_OK);
    for (size_t i = 0; i < reply_count(rep) && !found; i++) {
        size_t len;
        const char *body =
            reply_str(reply_field(reply_at(reply_at(rep, i), 1), "b"), &len);

        for (size_t at = 0; at + text_len <= len && !found; at++) {
            found = memcmp(body + at, text, text_len) == 0;
        }
    }
    reply_free(&rep);
    return found;
}

/* So there is something to look for; what was refused is kept nowhere. */
static void
the_journal_holds_what_was_accepted(void **state)
{
    static const struct {
        const char *stream;
        const char *text;
        bool holds;
    } cases[] = {
        {"reports", REASON, true},           {"reports", SOURCE, true},
        {"reports", HOLD_REASON, true},      {"reports", ACK_NOTE, true},
        {"reports", REFUSED_REASON, false},  {"reports", REFUSED_GROUP, false},
        {"reports", REFUSED_MEASURE, false}, {"reports", FILE_NAME, false},
    };
    char *facts = redis_ask_in(fx.all, PROVINCE, "HGETALL $facts:21055");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (stream_has(cases[i].stream, cases[i].text) != cases[i].holds) {
            fail_msg("%s %s", cases[i].text, cases[i].holds ? "is missing" : "stands");
        }
    }
    assert_non_null(strstr(facts, FIGURE));
    mem_free(&facts);
}

static void
file_look(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct buf text;
    char piece[8192];
    size_t got;

    if (f == NULL) {
        return;
    }
    buf_init(&text, FILE_MAX_BYTES);
    while ((got = fread(piece, 1, sizeof piece, f)) > 0) {
        for (size_t i = 0; i < got; i++) {
            piece[i] =
                piece[i] == '\0' ? ' ' : piece[i]; /* else the rest is not seen */
        }
        buf_add(&text, piece, got);
    }
    assert_int_equal(fclose(f), 0);
    want_none(path, buf_str(&text));
    buf_fini(&text);
}

static void
logs_hold_none_of_it(void **state)
{
    DIR *d = opendir(fx.stack.dir);
    struct dirent *e;
    char path[500];
    size_t logs = 0;

    (void)state;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name);

        if (len > 4 && (strcmp(e->d_name + len - 4, ".log") == 0 ||
                        strstr(e->d_name, ".ready") != NULL)) {
            (void)snprintf(path, sizeof path, "%s/%s", fx.stack.dir, e->d_name);
            file_look(path);
            logs++;
        }
    }
    assert_int_equal(closedir(d), 0);
    assert_true(logs >= 6);
    file_look(redis_server_log(fx.stack.redis));
}

static void
ops_keys_hold_none_of_it(void **state)
{
    static const char *const kinds[][2] = {{"hash", "HGETALL"}, {"string", "GET"}};
    struct reply *keys = NULL;
    const char *argv[] = {"KEYS", "dondoc:ops:*"};

    (void)state;
    assert_int_equal(redis_call(fx.all, 2, argv, NULL, &keys), ST_OK);
    assert_true(reply_count(keys) > 10);
    for (size_t i = 0; i < reply_count(keys); i++) {
        const char *key = reply_str(reply_at(keys, i), NULL);
        char command[300];
        char *kind;

        want_none("a name", key);
        (void)snprintf(command, sizeof command, "TYPE %s", key);
        kind = redis_ask(fx.all, command);
        for (size_t k = 0; k < 2; k++) {
            char *text;

            if (strcmp(kind, kinds[k][0]) != 0) {
                continue;
            }
            (void)snprintf(command, sizeof command, "%s %s", kinds[k][1], key);
            text = redis_ask(fx.all, command);
            want_none(key, text);
            mem_free(&text);
        }
        mem_free(&kind);
    }
    reply_free(&keys);
}

static void
what_an_operator_may_ask_redis_holds_none_of_it(void **state)
{
    static const char *const asked[] = {"INFO everything", "CLIENT LIST", "ACL LOG"};
    struct redis *r = stack_acl_client(&fx.stack, "ops");

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char *text = redis_ask(r, asked[i]);

        want_none(asked[i], text);
        mem_free(&text);
    }
    redis_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_says_his_canary),
        cmocka_unit_test(the_journal_holds_what_was_accepted),
        cmocka_unit_test(logs_hold_none_of_it),
        cmocka_unit_test(ops_keys_hold_none_of_it),
        cmocka_unit_test(what_an_operator_may_ask_redis_holds_none_of_it),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
