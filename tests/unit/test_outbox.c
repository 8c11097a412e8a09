/* link: cli */
/* The outbox of `dondoc push`: what is put there comes back, what has its receipt goes
 * where it belongs, and whose cron line would send it. */
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

#include "cli/cron.h"
#include "cli/language.h"
#include "cli/outbox.h"
#include "cli/push_plan.h"
#include "lib/mem.h"

#define WHY 1024
#define DAY_MS INT64_C(86400000)
#define RECEIVED_MS INT64_C(1700000000000)

static char base[512];
static char dir[600];
static unsigned tests;

static int
fresh(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "%s/box%u/deep", base, ++tests);
    return 0;
}

static struct outbox *
opened(void)
{
    struct outbox *b = NULL;
    char why[WHY] = "";

    if (outbox_open(dir, "quang-ngai", &b, why, sizeof why) != ST_OK) {
        fail_msg("outbox_open: %s", why);
    }
    return b;
}

static bool
there(const char *name)
{
    char path[1000];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

static void
file_make(const char *name, const char *text)
{
    char path[1000];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
folder_make(const char *name)
{
    char path[1000];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static const char *const measures[] = {"a", "b", "c"};
static const struct wire_group_info groups[] = {{"one", measures, 3}};
static const char *const scope[] = {"21040", "21043"};
static const struct wire_server_info info = {.principal = "unit",
                                             .scope = scope,
                                             .scope_count = 2,
                                             .groups = groups,
                                             .group_count = 1,
                                             .reports_max = 100,
                                             .state = "ready"};

static struct report_file *
planned(const char *text, struct plan *p)
{
    struct report_file *f = report_file_parse(text, strlen(text));

    plan_make(f, &info, p);
    assert_int_equal(f->fault_count, 0);
    return f;
}

/* Puts the reports of a CSV there, as a run that ends at once would leave them. */
static void
put(const char *text)
{
    struct outbox *b = opened();
    struct plan p;
    struct report_file *f = planned(text, &p);
    char why[WHY] = "";

    if (outbox_add(b, &p, "vì \"sót\" sổ", 5, "tệp.csv", why, sizeof why) != ST_OK) {
        fail_msg("outbox_add: %s", why);
    }
    plan_fini(&p);
    report_file_free(&f);
    outbox_close(&b);
}

static void
what_was_put_comes_back_as_it_was(void **state)
{
    const char *text = "unit;period;from;to;a;b;c;reason\n"
                       "21040;2023-06;2023-06-01;2023-06-30;0;41,09;x;\n"
                       "21043;2023-06;;;12;;;khác\n";
    struct plan p;
    struct report_file *f = planned(text, &p);
    struct wire_report r;
    struct outbox *b;

    (void)state;
    put(text);
    b = opened();
    assert_int_equal(outbox_count(b), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct planned *item = &outbox_waiting(b)->items[i];

        assert_true(planned_equal(item, &p.items[i], "vì \"sót\" sổ"));
        assert_int_equal(item->number, i + 1);
        assert_string_equal(item->file, "tệp.csv");
        assert_false(item->asked);
        planned_report(item, "another reason, of another run", 99, &r);
        assert_string_equal(r.reason, i == 0 ? "vì \"sót\" sổ" : "khác");
        assert_int_equal(r.made_at_ms, 5);
        assert_null(r.offered);
    }
    assert_false(planned_equal(&outbox_waiting(b)->items[0], &p.items[1], ""));
    outbox_close(&b);
    plan_fini(&p);
    report_file_free(&f);
}

static void
many_are_there_at_once_and_numbers_grow(void **state)
{
    char text[4096] = "unit;period;a\n";
    struct outbox *b;

    (void)state;
    for (int i = 1; i <= 40; i++) {
        (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                       "21040;%d-%02d;%d\n", 2020 + i / 12, i % 12 + 1, i);
    }
    put(text);
    put("unit;period;a\n21040;2024-01;1\n");
    b = opened();
    assert_int_equal(outbox_count(b), 41);
    assert_int_equal(outbox_waiting(b)->items[39].figures[0].count, 40);
    assert_int_equal(outbox_waiting(b)->items[40].number, 41);
    outbox_close(&b);
}

static void
what_stands_is_remembered_once_it_was_asked(void **state)
{
    struct planned *items[1];
    struct outbox *b;
    char why[WHY];

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    b = opened();
    items[0] = &outbox_waiting(b)->items[0];
    items[0]->asked = true;
    items[0]->newer = true;
    items[0]->replaces = "2/abc";
    assert_int_equal(outbox_save(b, items, 1, why, sizeof why), ST_OK);
    outbox_close(&b);
    b = opened();
    assert_true(outbox_waiting(b)->items[0].asked);
    assert_true(outbox_waiting(b)->items[0].newer);
    assert_string_equal(outbox_waiting(b)->items[0].replaces, "2/abc");
    assert_string_equal(outbox_waiting(b)->items[0].reason, "vì \"sót\" sổ");
    outbox_close(&b);
}

static void
a_second_run_is_told_and_changes_nothing(void **state)
{
    struct outbox *b;
    struct outbox *second = NULL;
    char why[WHY];

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    b = opened();
    file_make("0000000009.json.new", "{"); /* as if the first were writing */
    assert_int_equal(outbox_open(dir, "quang-ngai", &second, why, sizeof why),
                     ST_AGAIN);
    assert_non_null(strstr(why, "Another run"));
    assert_null(second);
    assert_true(there("0000000009.json.new"));
    outbox_close(&b);
    b = opened();
    outbox_close(&b);
}

static void
what_is_no_report_is_put_aside_or_removed(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"province\": \"quang-ngai\"}",
        "{\"province\": \"quang-ngai\", \"report\": {\"unit\": \"21040\"}}",
        "{\"province\": \"quang-ngai\", \"report\": {\"unit\": \"21040\", \"group\": "
        "\"g\", \"period\": \"p\", \"figures\": [{\"measure\": \"a\", \"count\": "
        "1.5}]}}",
        "{\"province\": \"quang-ngai\", \"report\": {\"unit\": 5, \"group\": \"g\", "
        "\"period\": \"p\", \"figures\": []}}"};
    struct outbox *b;

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        file_make("0000000005.json", bad[i]);
        file_make("0000000006.json.new", "{"); /* never finished, so never sent */
        b = opened();
        if (outbox_count(b) != 1 || there("0000000005.json") ||
            !there("0000000005.json.bad") || there("0000000006.json.new")) {
            fail_msg("%zu: %s", i, bad[i]);
        }
        outbox_close(&b);
    }
}

static void
reports_of_another_province_refuse_the_folder(void **state)
{
    struct outbox *b = NULL;
    char why[WHY];

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    assert_int_equal(outbox_open(dir, "phu-tho", &b, why, sizeof why), ST_BAD);
    assert_non_null(strstr(why, "quang-ngai"));
    assert_null(b);
    assert_true(there("0000000001.json"));
}

/* What was put aside waits for a person: no other file may take its place. */
static void
numbers_of_what_was_put_aside_are_not_given_again(void **state)
{
    struct outbox *b;
    struct plan p;
    struct report_file *f;
    char why[WHY];

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    file_make("0000000004.json.bad", "{");
    put("unit;period;a\n21040;2023-06;2\n");
    assert_true(there("0000000005.json"));
    folder_make("refused");
    file_make("refused/0000000007.json", "{}");
    put("unit;period;a\n21040;2023-06;3\n");
    assert_true(there("0000000008.json"));
    file_make("refused/9999999998.json", "{}"); /* a longer name is never read again */
    b = opened();
    f = planned("unit;period;a\n21040;2023-06;4\n", &p);
    assert_int_equal(outbox_add(b, &p, "", 5, "f", why, sizeof why), ST_BAD);
    assert_int_equal(outbox_count(b), 3);
    assert_true(there("refused/0000000007.json"));
    plan_fini(&p);
    report_file_free(&f);
    outbox_close(&b);
}

static void
a_file_too_large_for_a_report_holds_nothing_back(void **state)
{
    char *much = mem_alloc(300001);
    struct outbox *b;

    (void)state;
    memset(much, ' ', 300000);
    put("unit;period;a\n21040;2023-06;1\n");
    file_make("0000000002.json", much);
    folder_make("0000000003.json");
    b = opened();
    assert_int_equal(outbox_count(b), 1);
    assert_true(there("0000000002.json.bad"));
    assert_true(there("0000000003.json.bad"));
    outbox_close(&b);
    mem_free(&much);
}

static void
nobody_else_reads_or_writes_there(void **state)
{
    static const char *const files[] = {"0000000001.json", "lock"};
    struct outbox *b = NULL;
    struct stat is;
    char path[1000];
    char why[WHY];
    mode_t old = umask(0);

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        assert_int_equal(stat(path, &is), 0);
        assert_int_equal(is.st_mode & 0777, 0600);
    }
    assert_int_equal(stat(dir, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0700);
    (void)umask(old);
    assert_int_equal(chmod(dir, 0770), 0); /* they would send with our key */
    assert_int_equal(outbox_open(dir, "quang-ngai", &b, why, sizeof why), ST_BAD);
    assert_non_null(strstr(why, "chmod 700"));
    assert_int_equal(chmod(dir, 0755), 0);
    b = opened();
    outbox_close(&b);
}

/* A link under the name that is written next leads nowhere. */
static void
what_is_written_is_a_file_of_its_own(void **state)
{
    struct outbox *b;
    struct planned *item;
    struct stat is;
    char path[1000];
    char victim[1000];
    char why[WHY];

    (void)state;
    put("unit;period;a\n21040;2023-06;1\n");
    file_make("victim", "precious");
    b = opened();
    (void)snprintf(victim, sizeof victim, "%s/victim", dir);
    (void)snprintf(path, sizeof path, "%s/0000000001.json.new", dir);
    assert_int_equal(symlink(victim, path), 0);
    item = &outbox_waiting(b)->items[0];
    assert_int_equal(outbox_save(b, &item, 1, why, sizeof why), ST_OK);
    assert_int_equal(stat(victim, &is), 0);
    assert_int_equal(is.st_size, strlen("precious"));
    outbox_close(&b);
    b = opened();
    assert_int_equal(outbox_count(b), 1);
    outbox_close(&b);
}

/* --- receipts --- */

static void
answer(struct planned *item, enum outcome o, uint64_t entry, bool sealed)
{
    item->outcome = o;
    item->unit = "21040@2021-01-01";
    item->revision = 1;
    item->entry = entry;
    item->index = 3;
    item->hash = "00112233445566778899aabbccddeeff";
    item->received_at_ms = RECEIVED_MS + (int64_t)entry;
    item->changes = "a 9";
    item->due = "2023-07-07";
    item->on_time = true;
    item->sealed = sealed;
    memset(item->seal, 0xab, sizeof item->seal);
}

static void
settle(struct outbox *b, struct planned *item)
{
    char why[WHY] = "";

    if (outbox_settle(b, &item, 1, why, sizeof why) != ST_OK) {
        fail_msg("outbox_settle: %s", why);
    }
}

static void
a_receipt_decides_where_a_report_goes(void **state)
{
    static const struct {
        enum outcome outcome;
        bool sealed;
        bool newer;
        bool fresh;
        bool waits;
        bool kept;
        bool logged;
        bool refused;
    } cases[] = {
        {OUTCOME_ACCEPTED, true, false, false, false, true, false, false},
        {OUTCOME_REPLACED, true, false, true, false, true, false, false},
        {OUTCOME_DUPLICATE, true, true, true, false, true, false, false},
        {OUTCOME_ACCEPTED, false, false, false, false, false, false, false},
        /* a later report of our own has won: that one was seen */
        {OUTCOME_SUPERSEDED, false, false, false, false, false, true, false},
        {OUTCOME_SUPERSEDED, false, true, false, false, false, true, true},
        {OUTCOME_SUPERSEDED, false, false, true, false, false, true, true},
        {OUTCOME_REJECTED, false, false, false, false, false, true, true},
        {OUTCOME_RETRY_LATER, false, true, false, true, false, false, false},
        {OUTCOME_NONE, false, false, false, true, false, false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outbox *b;

        (void)fresh(state);
        put("unit;period;a\n21040;2023-06;1\n");
        b = opened();
        outbox_waiting(b)->items[0].newer = cases[i].newer;
        outbox_waiting(b)->items[0].fresh = cases[i].fresh;
        answer(&outbox_waiting(b)->items[0], cases[i].outcome, 7, cases[i].sealed);
        settle(b, &outbox_waiting(b)->items[0]);
        assert_int_equal(outbox_count(b), cases[i].waits);
        outbox_close(&b);
        if (there("0000000001.json") != cases[i].waits ||
            there("kept/0000000001.json") != cases[i].kept ||
            there("refused/0000000001.json") != cases[i].refused ||
            there("log.txt") != cases[i].logged) {
            fail_msg("case %zu: %s", i, outcome_name(cases[i].outcome));
        }
    }
}

/* A report that was acknowledged with entry 7. */
static struct outbox *
kept_one(void)
{
    struct outbox *b;

    put("unit;period;a\n21040;2023-06;1\n");
    b = opened();
    answer(&outbox_waiting(b)->items[0], OUTCOME_ACCEPTED, 7, true);
    settle(b, &outbox_waiting(b)->items[0]);
    outbox_close(&b);
    return opened();
}

static void
a_kept_receipt_comes_back_whole(void **state)
{
    struct outbox *b = kept_one();
    struct wire_held last;
    struct wire_report r;
    uint8_t seal[WIRE_SEAL_BYTES];

    (void)state;
    memset(seal, 0xab, sizeof seal);
    assert_true(outbox_last(b, &last));
    assert_string_equal(last.unit, "21040@2021-01-01");
    assert_string_equal(last.group, "one");
    assert_string_equal(last.period, "2023-06");
    assert_int_equal(last.revision, 1);
    assert_int_equal(last.entry, 7);
    assert_int_equal(last.index, 3);
    assert_int_equal(last.received_at_ms, RECEIVED_MS + 7);
    assert_string_equal(last.due, "2023-07-07");
    assert_string_equal(last.hash, "00112233445566778899aabbccddeeff");
    assert_true(last.on_time);
    assert_memory_equal(last.seal, seal, sizeof seal);
    assert_int_equal(outbox_count(b), 0);
    planned_report(&outbox_kept(b)->items[0], "", 0, &r);
    assert_string_equal(r.unit, "21040"); /* as it was sent */
    assert_non_null(r.offered);
    outbox_close(&b);
}

static void
the_same_receipt_is_not_kept_twice(void **state)
{
    struct outbox *b = kept_one();

    (void)state;
    outbox_close(&b);
    put("unit;period;a\n21040;2023-06;1\n");
    assert_true(there("0000000002.json")); /* a kept number is not used again */
    b = opened();
    answer(&outbox_waiting(b)->items[0], OUTCOME_DUPLICATE, 7, true);
    settle(b, &outbox_waiting(b)->items[0]);
    outbox_close(&b);
    assert_false(there("0000000002.json"));
    assert_false(there("kept/0000000002.json"));
    assert_true(there("kept/0000000001.json"));
}

static void
an_offered_report_gets_its_new_receipt_or_keeps_the_old_one(void **state)
{
    static const struct {
        enum outcome outcome;
        bool kept;
        bool refused;
    } cases[] = {
        {OUTCOME_ACCEPTED, true, false},    {OUTCOME_DUPLICATE, true, false},
        {OUTCOME_SUPERSEDED, true, false},  {OUTCOME_REJECTED, false, true},
        {OUTCOME_RETRY_LATER, true, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool new_receipt = cases[i].outcome == OUTCOME_ACCEPTED ||
                           cases[i].outcome == OUTCOME_DUPLICATE;
        struct outbox *b;
        struct wire_held last;

        (void)fresh(state);
        b = kept_one();
        answer(&outbox_kept(b)->items[0], cases[i].outcome, 2, new_receipt);
        settle(b, &outbox_kept(b)->items[0]);
        assert_int_equal(outbox_count(b), 0);
        outbox_close(&b);
        if (there("kept/0000000001.json") != cases[i].kept ||
            there("refused/0000000001.json") != cases[i].refused) {
            fail_msg("case %zu: %s", i, outcome_name(cases[i].outcome));
        }
        b = opened();
        if (cases[i].kept) {
            assert_true(outbox_last(b, &last));
            assert_int_equal(last.entry, new_receipt ? 2 : 7);
        }
        outbox_close(&b);
    }
}

static void
our_own_receipts_are_known_kept_or_of_this_run(void **state)
{
    const char *name = "1/00112233445566778899aabbccddeeff";
    struct outbox *b = kept_one();
    struct planned other = outbox_kept(b)->items[0];

    (void)state;
    assert_true(outbox_ours(b, &outbox_kept(b)->items[0], name));
    assert_false(outbox_ours(b, &outbox_kept(b)->items[0],
                             "2/00112233445566778899aabbccddeeff"));
    assert_false(outbox_ours(b, &outbox_kept(b)->items[0], "1/00112233"));
    assert_false(outbox_ours(b, &outbox_kept(b)->items[0], ""));
    other.group = "two";
    assert_false(outbox_ours(b, &other, name));
    outbox_close(&b);
    (void)fresh(state);
    put("unit;period;a\n21040;2023-06;1\n21040;2023-07;1\n");
    b = opened();
    answer(&outbox_waiting(b)->items[0], OUTCOME_ACCEPTED, 7, false); /* no seal */
    settle(b, &outbox_waiting(b)->items[0]);
    assert_true(outbox_ours(b, &outbox_waiting(b)->items[0], name));
    assert_false(outbox_ours(b, &outbox_waiting(b)->items[1], name));
    outbox_close(&b);
}

static void
kept_reports_go_when_both_clocks_say_so(void **state)
{
    const int64_t over = RECEIVED_MS + 7 + 7 * DAY_MS + 1;
    const int64_t before = RECEIVED_MS + 6 * DAY_MS;
    struct outbox *b = kept_one();

    (void)state;
    outbox_prune(b, over, before);
    outbox_prune(b, before, over);
    outbox_prune(b, over - 1, over - 1);
    outbox_prune(b, INT64_MIN, over);
    assert_true(there("kept/0000000001.json"));
    outbox_prune(b, over, over);
    assert_false(there("kept/0000000001.json"));
    outbox_close(&b);
}

/* --- the server --- */

static void
what_the_server_said_is_there_when_it_is_away(void **state)
{
    struct wire_server_info none = info;
    struct wire_server_info other = info;
    const struct outbox_server *s;
    struct outbox *b = opened();
    char why[WHY];

    (void)state;
    assert_int_equal(outbox_server(b)->info.group_count, 0);
    assert_int_equal(outbox_learn(b, &info, "f00d", why, sizeof why), ST_OK);
    assert_int_equal(outbox_journal(b, "log-1", true, why, sizeof why), ST_OK);
    none.group_count = 0;
    assert_int_equal(outbox_learn(b, &none, "f00d", why, sizeof why), ST_OK);
    outbox_close(&b);
    b = opened();
    s = outbox_server(b);
    assert_string_equal(s->principal, "unit");
    assert_string_equal(s->key, "f00d");
    assert_string_equal(s->log_id, "log-1");
    assert_true(s->offering);
    assert_int_equal(s->info.scope_count, 2);
    assert_string_equal(s->info.scope[1], "21043");
    assert_int_equal(s->info.group_count,
                     1); /* of the time when there was a programme */
    assert_string_equal(s->info.groups[0].measures[2], "c");
    other.principal = "another";
    assert_int_equal(outbox_learn(b, &other, "beef", why, sizeof why), ST_OK);
    outbox_close(&b); /* it was empty */
    b = kept_one();
    assert_int_equal(outbox_learn(b, &info, "f00d", why, sizeof why), ST_DENIED);
    assert_non_null(strstr(why, "--outbox"));
    assert_int_equal(outbox_learn(b, &other, "beef", why, sizeof why), ST_OK);
    outbox_close(&b);
    file_make("server.json", "{\"groups\": 5, \"scope\": {}, \"log_id\": []");
    b = opened();
    assert_int_equal(outbox_server(b)->info.group_count, 0);
    assert_true(outbox_server(b)->offering); /* of which journal nobody knows now */
    outbox_close(&b);
    (void)fresh(state);
    b = opened();
    assert_false(outbox_server(b)->offering);
    outbox_close(&b);
}

static void
the_folder_is_one_for_each_key(void **state)
{
    char *path;

    (void)state;
    assert_int_equal(setenv("XDG_STATE_HOME", "/state", 1), 0);
    path = outbox_home("quang-ngai", "/etc/dondoc/21040.key");
    assert_string_equal(path, "/state/dondoc/quang-ngai/21040");
    mem_free(&path);
    assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
    assert_int_equal(setenv("HOME", "/home/x", 1), 0);
    path = outbox_home("quang-ngai", "mine");
    assert_string_equal(path, "/home/x/.local/state/dondoc/quang-ngai/mine");
    mem_free(&path);
    assert_int_equal(unsetenv("HOME"), 0);
    path = outbox_home("quang-ngai", "mine");
    if (geteuid() == 0) {
        assert_string_equal(path, "/var/lib/dondoc/outbox/quang-ngai/mine");
    } else {
        assert_null(path);
    }
    mem_free(&path);
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
}

/* --- cron --- */

static void
only_a_line_that_sends_this_outbox_counts(void **state)
{
    static const struct {
        const char *line;
        const char *user;
        bool sends;
    } cases[] = {
        {"*/15 * * * * /usr/bin/dondoc push", NULL, true},
        {"15 8 * * 1-5 dondoc push \"$HOME/report.csv\" --config '/c.yaml'", NULL,
         true},
        {"@hourly dondoc push >/dev/null", NULL, true},
        {"0 * * * * cd /x && dondoc  push", NULL, true},
        {"  0 * * * * dondoc push --outbox=/box", NULL, true},
        {"*/15 * * * * me /usr/bin/dondoc push", "me", true},
        {"@daily me dondoc push", "me", true},
        {"*/15 * * * * you /usr/bin/dondoc push", "me", false},
        {"# */15 * * * * dondoc push", NULL, false},
        {"", NULL, false},
        {"X=dondoc push", NULL, false},
        {"*/15 * * * *", NULL, false},
        {"*/15 * * * * dondoc status", NULL, false},
        {"*/15 * * * * mydondoc push", NULL, false},
        {"*/15 * * * * dondoc pushing", NULL, false},
        {"*/15 * * * * dondoc push --probe", NULL, false},
        {"*/15 * * * * dondoc push x.csv --dry-run", NULL, false},
        {"*/15 * * * * dondoc push --outbox=/other", NULL, false},
        {"*/15 * * * * dondoc push --outbox=/box2", NULL, false},
        {"*/15 * * * * dondoc push --outbox=/my/box", NULL, false},
        {"*/15 * * * * dondoc push --outbox '/box'", NULL, true},
        {"*/15 * * * * dondoc push --config /other.yaml", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cron_sends(cases[i].line, cases[i].user, "/box", "/c.yaml") !=
            cases[i].sends) {
            fail_msg("%s", cases[i].line);
        }
    }
}

static void
the_line_for_cron_holds_the_settings_in_use(void **state)
{
    static const struct option_spec spec = {
        .command = "push", .synopsis = "", .vi = "", .en = "", .link = true};
    char *argv[] = {"push",      "--server=tcp://h:1", "--server-key",
                    "a%b'c",     "--key=/no/such key", "--province=p",
                    "--lang=vi", "--timeout=9"};
    struct options o;
    char *line;
    int code;

    (void)state;
    assert_int_equal(setenv("XDG_CONFIG_HOME", "/none", 1), 0);
    assert_true(options_take(&o, &spec, 8, argv, &code));
    line = cron_line(&o, "/no/box");
    assert_int_equal(strncmp(line, "*/15 * * * * /", 14), 0);
    assert_non_null(strstr(line, " push --server=tcp://h:1 --server-key='a\\%b'\\''c' "
                                 "--province=p --timeout=9 --key='/no/such key' "
                                 "--outbox=/no/box --lang=vi"));
    mem_free(&line);
    options_fini(&o);
    assert_true(language_set("en"));
}

int
main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup(what_was_put_comes_back_as_it_was, fresh),
        cmocka_unit_test_setup(many_are_there_at_once_and_numbers_grow, fresh),
        cmocka_unit_test_setup(what_stands_is_remembered_once_it_was_asked, fresh),
        cmocka_unit_test_setup(a_second_run_is_told_and_changes_nothing, fresh),
        cmocka_unit_test_setup(what_is_no_report_is_put_aside_or_removed, fresh),
        cmocka_unit_test_setup(reports_of_another_province_refuse_the_folder, fresh),
        cmocka_unit_test_setup(numbers_of_what_was_put_aside_are_not_given_again,
                               fresh),
        cmocka_unit_test_setup(a_file_too_large_for_a_report_holds_nothing_back, fresh),
        cmocka_unit_test_setup(nobody_else_reads_or_writes_there, fresh),
        cmocka_unit_test_setup(what_is_written_is_a_file_of_its_own, fresh),
        cmocka_unit_test_setup(a_receipt_decides_where_a_report_goes, fresh),
        cmocka_unit_test_setup(a_kept_receipt_comes_back_whole, fresh),
        cmocka_unit_test_setup(the_same_receipt_is_not_kept_twice, fresh),
        cmocka_unit_test_setup(
            an_offered_report_gets_its_new_receipt_or_keeps_the_old_one, fresh),
        cmocka_unit_test_setup(our_own_receipts_are_known_kept_or_of_this_run, fresh),
        cmocka_unit_test_setup(kept_reports_go_when_both_clocks_say_so, fresh),
        cmocka_unit_test_setup(what_the_server_said_is_there_when_it_is_away, fresh),
        cmocka_unit_test(the_folder_is_one_for_each_key),
        cmocka_unit_test(only_a_line_that_sends_this_outbox_counts),
        cmocka_unit_test(the_line_for_cron_holds_the_settings_in_use),
    };
    const char *given = getenv("DONDOC_TEST_DIR");

    (void)snprintf(base, sizeof base, "%s", given == NULL ? "/tmp" : given);
    if (given == NULL) {
        (void)snprintf(base, sizeof base, "/tmp/test-outbox.%ld", (long)getpid());
    }
    return cmocka_run_group_tests(all, NULL, NULL);
}
