/*
 * dondoc verify and dondoc archive against a real Redis: what was done to a journal by
 * hand is found and named; what is archived is the journal; nothing is trimmed that
 * somebody needs. The journals are synthetic.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/archive.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/child.h"
#include "tests/support/command.h"
#include "tests/support/redis_server.h"
#include "tests/support/synthetic.h"

static struct redis_server *server;
static struct redis *client;
static struct synthetic made;
static struct command run;
static char province[32]; /* a fresh one for each test */
static char dir[512];     /* an archive of its own for each test */

static int
setup(void **state)
{
    static int provinces;

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    (void)snprintf(dir, sizeof dir, "%s/archive-%s", redis_server_dir(server),
                   province);
    assert_int_equal(mkdir(dir, 0700), 0);
    synthetic_begin(&made, client, province);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    redis_free(&client);
    return 0;
}

static void
ask(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
}

/* Any answer will do. */
static void
doing(const char *format, ...)
{
    char command[1024];
    char text[2048];
    char prefix[64];
    size_t len = 0;
    const char *at;
    va_list args;
    char *answer;

    va_start(args, format);
    (void)vsnprintf(command, sizeof command, format, args);
    va_end(args);
    (void)snprintf(prefix, sizeof prefix, "dondoc:{%s}:", province);
    for (at = command; *at != '\0' && len + 64 < sizeof text; at++) {
        if (*at == '$') {
            len += (size_t)snprintf(text + len, sizeof text - len, "%s", prefix);
        } else {
            text[len++] = *at;
        }
    }
    text[len] = '\0';
    answer = redis_ask(client, text);
    assert_true(answer[0] != '!');
    mem_free(&answer);
}

static void
verify(const char *more)
{
    command_run(&run, "verify --redis %s --province %s %s",
                redis_server_address(server), province, more);
}

static void
archive(const char *more)
{
    command_run(&run, "archive --redis %s --province %s --archive %s %s",
                redis_server_address(server), province, dir, more);
}

static void
verify_archived(void)
{
    char more[600];

    (void)snprintf(more, sizeof more, "--archive %s", dir);
    verify(more);
}

/* --- verify --- */

static void
an_untouched_journal_is_clean(void **state)
{
    (void)state;
    verify("");
    command_want(&run, 0, "No damage");
    synthetic_hours(&made, client, 30, 20, true);
    verify("");
    command_want(&run, 0, "No damage");
    verify("--json");
    command_want(&run, 0, "\"findings\":0");
    verify("--quiet");
    assert_int_equal(run.code, 0);
    assert_string_equal(run.out, "");
}

static void
verify_only_reads(void **state)
{
    char *before;

    (void)state;
    synthetic_hours(&made, client, 10, 20, true);
    before = redis_digest(client, province);
    verify("");
    command_want(&run, 0, "No damage");
    redis_unchanged(client, province, before);
}

static void
verify_without_redis_is_unavailable(void **state)
{
    (void)state;
    command_run(&run, "verify --redis unix:/nonexistent/x.sock --province %s",
                province);
    command_want(&run, 69, "Redis");
    command_run(&run, "verify --redis %s --province %s extra",
                redis_server_address(server), province);
    command_want(&run, 64, "too much");
}

/* An entry with other fields under the same id: the stream is written anew. */
static void
stream_rewrite(uint64_t first, uint64_t other, const char *kind, const char *body,
               const char *chain)
{
    char key[KEY_BYTES];
    const char *all[] = {"XRANGE", key, "-", "+"};
    const char *del[] = {"DEL", key};
    struct reply *rep = NULL;
    struct reply *gone = NULL;
    size_t i;

    key_make(key, province, KEY_REPORTS);
    assert_int_equal(redis_call(client, 4, all, NULL, &rep), ST_OK);
    assert_int_equal(redis_call(client, 2, del, NULL, &gone), ST_OK);
    reply_free(&gone);
    for (i = 0; i < reply_count(rep); i++) {
        /* `first` and `other` change places; without `other` the fields are given */
        size_t from = i + 1 == first && other != 0   ? other - 1
                      : i + 1 == other && other != 0 ? first - 1
                                                     : i;
        const struct reply *fields = reply_at(reply_at(rep, from), 1);
        char id[32];
        const char *argv[9] = {"XADD", key, id, "k", NULL, "b", NULL, "h", NULL};
        size_t lens[9];
        bool mine = i + 1 == first && other == 0;
        size_t k;

        (void)snprintf(id, sizeof id, "%zu-0", i + 1);
        for (k = 0; k < 9; k++) {
            lens[k] = argv[k] == NULL ? 0 : strlen(argv[k]);
        }
        argv[4] = reply_str(reply_field(fields, "k"), &lens[4]);
        argv[6] = reply_str(reply_field(fields, "b"), &lens[6]);
        argv[8] = reply_str(reply_field(fields, "h"), &lens[8]);
        if (mine && kind != NULL) {
            argv[4] = kind;
            lens[4] = strlen(kind);
        }
        if (mine && body != NULL) {
            argv[6] = body;
            lens[6] = strlen(body);
        }
        if (mine && chain != NULL) {
            argv[8] = chain;
            lens[8] = strlen(chain);
        }
        assert_int_equal(redis_call(client, 9, argv, lens, &gone), ST_OK);
        reply_free(&gone);
    }
    reply_free(&rep);
}

#define OTHER_CHAIN "00000000000000000000000000000000"

static void
each_kind_of_damage_is_named(void **state)
{
    static const struct {
        const char *name;
        const char *command; /* to Redis; "": the stream is written anew */
        uint64_t first, other;
        const char *kind, *body, *chain;
        const char *code, *where;
    } cases[] = {
        {"changed body", "", 9, 0, NULL, "\x08\x01", NULL, "changed", "entry 9"},
        {"changed kind", "", 9, 0, "act", NULL, NULL, "changed", "entry 9"},
        {"changed chain value", "", 9, 0, NULL, NULL, OTHER_CHAIN, "chain", "entry 9"},
        {"two entries in each other's place", "", 9, 10, NULL, NULL, NULL, "reordered",
         "entry 9"},
        {"two far apart", "", 9, 14, NULL, NULL, NULL, "reordered", "entry 9"},
        {"first entry", "", 1, 0, NULL, "x", NULL, "changed", "entry 1"},
        {"one deleted", "XDEL $reports 9-0", 0, 0, NULL, NULL, NULL, "missing",
         "entry 9"},
        {"the last deleted", "XDEL $reports %last-0", 0, 0, NULL, NULL, NULL, "missing",
         "entry 21"},
        {"trimmed by hand", "XTRIM $reports MINID 5-0", 0, 0, NULL, NULL, NULL,
         "missing", "entries 1 to 4"},
        {"written by hand behind the end", "XADD $reports 99-0 k tick b x h y", 0, 0,
         NULL, NULL, NULL, "head", "head"},
        {"head set back", "HSET $head seq 20", 0, 0, NULL, NULL, NULL, "head", "head"},
        {"head's chain", "HSET $head chain " OTHER_CHAIN, 0, 0, NULL, NULL, NULL,
         "head", "entry 21"},
        {"head's tick", "HSET $head tick 5", 0, 0, NULL, NULL, NULL, "tick", "head"},
        {"head's programme", "HSET $head programme abc", 0, 0, NULL, NULL, NULL,
         "programme", "head"},
        {"a field that is none", "HSET $head seq x", 0, 0, NULL, NULL, NULL, "head",
         "head"},
        {"the seal", "HSET $checkpoint:scorer seal " OTHER_CHAIN, 0, 0, NULL, NULL,
         NULL, "seal", "entry 21"},
        {"scorer ahead of the journal", "HSET $checkpoint:scorer seq 400", 0, 0, NULL,
         NULL, NULL, "checkpoint", "checkpoint"},
        {"a receipt changed",
         "HSET $receipts 20000/digitisation/2022-00000-0/1 "
         "hash=" OTHER_CHAIN " at=3:0 received=5 due=- on_time=1",
         0, 0, NULL, NULL, NULL, "receipt_differs", "report 3:0"},
        {"a receipt deleted", "HDEL $receipts 20001/digitisation/2022-00000-0/1", 0, 0,
         NULL, NULL, NULL, "receipt_missing", "report 3:1"},
        {"a receipt of nothing", "HSET $receipts 20001/digitisation/2029-1/1 at=3:1", 0,
         0, NULL, NULL, NULL, "receipt_orphan", "20001/digitisation/2029-1/1"},
        {"an act deleted", "HDEL $acts synthetic-0", 0, 0, NULL, NULL, NULL, "act",
         "entry 4"},
        {"an act of nothing", "HSET $acts nobody-did-this 3", 0, 0, NULL, NULL, NULL,
         "act_orphan", "acts"},
        {"a fact of another place",
         "HSET $facts:20001 digitisation/2022-00000-0 rev=1_at=2:0", 0, 0, NULL, NULL,
         NULL, "fact_missing", "3:1"},
        {"a fact gone", "HDEL $facts:20001 digitisation/2022-00000-0", 0, 0, NULL, NULL,
         NULL, "fact_missing", "3:1"},
        {"a programme gone",
         "DEL $programme:"
         "5e7e71c000000000000000000000000000000000000000000000000000000000",
         0, 0, NULL, NULL, NULL, "programme", "entry 1"},
    };
    char want[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[48];
        char command[512];
        const char *at;

        (void)snprintf(name, sizeof name, "%s-damage-%zu", province, i);
        {
            char whole[32];

            (void)snprintf(whole, sizeof whole, "%s", province);
            (void)snprintf(province, sizeof province, "d%zu", i);
            synthetic_begin(&made, client, province);
            synthetic_hours(&made, client, 9, 6, true);
            assert_int_equal(made.head.seq, 21);
            if (cases[i].command[0] == '\0') {
                stream_rewrite(cases[i].first, cases[i].other, cases[i].kind,
                               cases[i].body, cases[i].chain);
            } else {
                at = strstr(cases[i].command, "%last");
                (void)snprintf(command, sizeof command, "%s",
                               at == NULL ? cases[i].command : "XDEL $reports 21-0");
                doing("%s", command);
            }
            verify("");
            if (run.code != 65) {
                fail_msg("%s: not found: %s", cases[i].name, run.out);
            }
            (void)snprintf(want, sizeof want, "%-18s %s: ", cases[i].code,
                           cases[i].where);
            if (strstr(run.out, want) == NULL) {
                fail_msg("%s: want “%s”, got: %s", cases[i].name, want, run.out);
            }
            (void)snprintf(province, sizeof province, "%s", whole);
        }
    }
}

static void
hash_set(const char *name, const char *field, const char *value)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HSET", key, field, value};
    struct reply *rep = NULL;

    key_make(key, province, name);
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

static void
a_fact_with_other_figures_than_its_report_is_named(void **state)
{
#define FACT "rev=1 at=3:1 from=- to=- received=1 results_in_force="
    static const struct {
        const char *line;
        bool good;
    } cases[] = {
        {FACT "2001 results_in_force_digitised=1", true},
        {FACT "20.01 results_in_force_digitised=0.1", true},
        {FACT "2002 results_in_force_digitised=1", false},
        {FACT "2001 results_in_force_digitised=x", false},
        {FACT "2001 results_in_force_digitised=10", false},
        {FACT "2001", false},
        {FACT "2001 results_in_force_digitised=1 work_files=5", false},
    };

    (void)state;
    synthetic_hours(&made, client, 9, 6, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hash_set("facts:20001", "digitisation/2022-00000-0", cases[i].line);
        verify("");
        command_want(&run, cases[i].good ? 0 : 65,
                     cases[i].good ? "No damage" : "fact               report 3:1: ");
    }
}

/* Whatever stands in a table, each line is an object of JSON. */
static void
findings_are_json_whatever_they_show(void **state)
{
    char wild[4000];
    size_t lines = 0;
    char *save = NULL;

    (void)state;
    synthetic_hours(&made, client, 3, 6, true);
    memset(wild, '\x01', sizeof wild - 1);
    wild[sizeof wild - 1] = '\0';
    hash_set("receipts", wild, wild);
    hash_set("receipts", "\"\\\xff\n", "\xc3");
    verify("--json");
    for (char *line = strtok_r(run.out, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save), lines++) {
        struct json *json = NULL;
        char why[200];
        int at;

        if (json_parse(line, strlen(line), &json, &at, why, sizeof why) != ST_OK) {
            fail_msg("%s: %s", why, line);
        }
        json_free(&json);
    }
    assert_int_equal(lines, 3);
}

static void
what_stands_for_a_loss_is_no_damage(void **state)
{
    (void)state;
    synthetic_hours(&made, client, 3, 6, true);
    doing("HSET $receipts 20077/digitisation/2022-1/1 "
          "hash=" OTHER_CHAIN "_at=0:0_received=5_due=-_on_time=0");
    verify("");
    /* (underscores: the line is in no form of ours, so it belongs to nothing) */
    command_want(&run, 65, "receipt_orphan");
    {
        char key[KEY_BYTES];
        const char *argv[] = {"HSET", key, "20077/digitisation/2022-1/1",
                              "hash=" OTHER_CHAIN " at=0:0 received=5 due=- on_time=0"};
        struct reply *rep = NULL;

        key_make(key, province, KEY_RECEIPTS);
        assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
        reply_free(&rep);
    }
    verify("");
    command_want(&run, 0, "No damage");
}

/* --- archive --- */

static void
an_archive_is_the_journal_and_grows_with_it(void **state)
{
    struct archive a;
    struct archive_cursor c;
    struct journal_entry e;
    struct journal_read rd;
    uint64_t seq;

    (void)state;
    synthetic_hours(&made, client, 20, 20, true);
    archive("--no-trim");
    command_want(&run, 0, "Archived entries 1 to");
    archive("--no-trim");
    command_want(&run, 0, "Nothing new");
    synthetic_hours(&made, client, 20, 20, true);
    archive("--no-trim");
    command_want(&run, 0, "Archived entries");
    assert_int_equal(archive_open(&a, dir, province), ST_OK);
    assert_int_equal(archive_last(&a), made.head.seq);
    archive_cursor_init(&c, &a);
    journal_read_init(&rd);
    for (seq = 1; seq <= made.head.seq; seq++) {
        assert_int_equal(archive_next(&c, &e), ST_OK);
        assert_int_equal(journal_read_one(client, province, KEY_REPORTS, seq, &rd),
                         ST_OK);
        assert_int_equal(e.seq, seq);
        assert_int_equal(e.kind, rd.entries[0].kind);
        assert_string_equal(e.chain, rd.entries[0].chain);
        assert_int_equal(e.body_bytes, rd.entries[0].body_bytes);
        assert_memory_equal(e.body, rd.entries[0].body, e.body_bytes);
    }
    assert_int_equal(archive_next(&c, &e), ST_GONE);
    journal_read_fini(&rd);
    archive_cursor_fini(&c);
    archive_fini(&a);
    verify_archived();
    command_want(&run, 0, "No damage");
}

static void
what_is_old_leaves_redis_and_is_read_from_the_archive(void **state)
{
    char *before;

    (void)state;
    synthetic_hours(&made, client, 60, 6, true);
    archive("--keep-days 1");
    command_want(&run, 0, "Removed");
    ask("XRANGE $reports 1-0 1-0", "[]");
    verify_archived();
    command_want(&run, 0, "No damage");
    command_want(&run, 0, "looked at 130 entries");
    verify("");
    command_want(&run, 0, "please add --archive");
    command_run(&run, "journal --redis %s --province %s --from 1",
                redis_server_address(server), province);
    command_want(&run, 69, "--archive DIR");
    command_run(&run, "journal --redis %s --province %s --from 1 --archive %s",
                redis_server_address(server), province, dir);
    command_want(&run, 0, "The chain holds from entry 1 to 130");
    command_run(&run, "journal --redis %s --province %s", redis_server_address(server),
                province);
    command_want(&run, 0, "to 130");
    before = redis_digest(client, province);
    archive("--keep-days 1"); /* again: nothing more is old */
    command_want(&run, 0, "Nothing new");
    redis_unchanged(client, province, before);
    synthetic_hours(&made, client, 30, 6, true);
    archive("--keep-days 1");
    command_want(&run, 0, "Removed");
    verify_archived();
    command_want(&run, 0, "No damage");
}

static void
nothing_is_trimmed_that_somebody_needs(void **state)
{
    static const struct {
        const char *name, *command, *want, *begins;
    } cases[] = {
        {"young", "PING", "Archived", "1"},
        {"a parked report", "XADD $parked 3-1 at 3:1 unit 5 reason x", "Removed", "3"},
        {"the scorer's checkpoint", "HSET $checkpoint:scorer seq 10", "Removed", "11"},
        {"no scorer yet", "DEL $checkpoint:scorer", "Archived", "1"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char whole[32];
        char first[48];

        (void)snprintf(whole, sizeof whole, "%s", province);
        (void)snprintf(province, sizeof province, "k%zu", i);
        synthetic_begin(&made, client, province);
        synthetic_hours(&made, client, 60, 6, true);
        doing("%s", cases[i].command);
        archive(i == 0 ? "" : "--keep-days 0");
        command_want(&run, 0, cases[i].want);
        (void)snprintf(first, sizeof first, "XRANGE $reports - + COUNT 1");
        {
            char text[2048];
            char *answer;
            char want[32];

            (void)snprintf(text, sizeof text, "XRANGE dondoc:{%s}:reports - + COUNT 1",
                           province);
            answer = redis_ask(client, text);
            (void)snprintf(want, sizeof want, "[[%s-0", cases[i].begins);
            if (strncmp(answer, want, strlen(want)) != 0) {
                fail_msg("%s: want %s, got %.40s", cases[i].name, want, answer);
            }
            mem_free(&answer);
        }
        (void)snprintf(province, sizeof province, "%s", whole);
    }
}

static void
archiving_refuses_what_it_must_not_do(void **state)
{
    char other[700];

    (void)state;
    synthetic_hours(&made, client, 60, 6, true);
    command_run(&run, "archive --redis %s --province %s --archive /nonexistent/dir",
                redis_server_address(server), province);
    command_want(&run, 69, "There is no directory");
    command_run(&run, "archive --redis %s --province %s", redis_server_address(server),
                province);
    command_want(&run, 64, "--archive DIR");
    command_run(&run,
                "archive --redis unix:/nonexistent/x.sock --province %s --archive %s",
                province, dir);
    command_want(&run, 69, "Redis");
    archive("--keep-days 1");
    command_want(&run, 0, "Removed");
    /* Another directory: what was trimmed away is not in it. */
    (void)snprintf(other, sizeof other, "%s/other", dir);
    assert_int_equal(mkdir(other, 0700), 0);
    command_run(&run, "archive --redis %s --province %s --archive %s",
                redis_server_address(server), province, other);
    command_want(&run, 65, "is the backup disk mounted?");
    /* A broken journal is not archived beyond the damage. */
    synthetic_hours(&made, client, 2, 6, true);
    doing("XDEL $reports %" PRIu64 "-0", made.head.seq - 1);
    archive("");
    command_want(&run, 65, "dondoc verify");
}

/* Another journal, or one that was restored to an earlier state and went on. */
static void
a_journal_that_has_parted_is_refused_until_a_person_says_so(void **state)
{
    char other[32];
    char path[700];
    struct archive a;

    (void)state;
    synthetic_hours(&made, client, 10, 6, true);
    archive("--no-trim");
    command_want(&run, 0, "Archived");
    /* The end is lost. */
    doing("DEL $reports $head $receipts $acts $checkpoint:scorer");
    synthetic_begin(&made, client, province);
    synthetic_hours(&made, client, 5, 6, true);
    archive("--no-trim");
    command_want(&run, 65, "the journal has lost its end");
    verify_archived();
    command_want(&run, 65, "journal_short");
    /* It went on otherwise. */
    synthetic_hours(&made, client, 9, 7, true);
    archive("--no-trim");
    command_want(&run, 65, "--continue");
    archive("--no-trim --continue");
    command_want(&run, 0, "agree up to entry 13"); /* the next tick is the same */
    assert_int_equal(archive_open(&a, dir, province), ST_OK);
    assert_int_equal(archive_last(&a), made.head.seq);
    archive_fini(&a);
    (void)snprintf(path, sizeof path,
                   "%s/%s/aside-000000000023/"
                   "reports-000000000001-000000000023.jrn",
                   dir, province);
    assert_int_equal(access(path, R_OK), 0);
    verify_archived();
    command_want(&run, 0, "No damage");
    /* Nothing in common at all. */
    (void)snprintf(other, sizeof other, "%s", province);
    doing("DEL $reports $head $receipts $acts $checkpoint:scorer");
    synthetic_begin(&made, client, province);
    doing("DEL $reports $head");
    assert_int_equal(journal_head_read(client, province, &made.head), ST_OK);
    synthetic_hours(&made, client, 4, 3, true);
    archive("--no-trim");
    command_want(&run, 65, "Nothing was written");
    archive("--no-trim --continue");
    command_want(&run, 0, "agree up to entry 0");
}

/* --- damaged archives --- */

static void
byte_flip(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    int byte;

    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    byte = fgetc(f);
    assert_true(byte != EOF);
    assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
    assert_true(fputc(byte ^ 1, f) != EOF);
    assert_int_equal(fclose(f), 0);
}

static void
damage_of_the_archive_is_named(void **state)
{
    char first[700], second[700], aside[700];

    (void)state;
    synthetic_hours(&made, client, 10, 6, true);
    archive("--no-trim");
    command_want(&run, 0, "1 to 23");
    synthetic_hours(&made, client, 10, 6, true);
    archive("--no-trim");
    command_want(&run, 0, "24 to 44");
    synthetic_hours(&made, client, 1, 6, true);
    archive("--no-trim");
    (void)snprintf(first, sizeof first, "%s/%s/reports-000000000001-000000000023.jrn",
                   dir, province);
    (void)snprintf(second, sizeof second, "%s/%s/reports-000000000024-000000000044.jrn",
                   dir, province);
    (void)snprintf(aside, sizeof aside, "%s/aside", dir);
    byte_flip(first, 3000);
    verify_archived();
    command_want(&run, 65, "000000000023.jrn");
    command_want(&run, 65, "archive            archive: ");
    byte_flip(first, 3000); /* back again */
    /* The chain value before entry 1, which there is not. */
    byte_flip(first, (long)strlen("dondoc-journal 1  1 ") + (long)strlen(province));
    verify_archived();
    command_want(&run, 65, "entry 1 does not follow");
    byte_flip(first, (long)strlen("dondoc-journal 1  1 ") + (long)strlen(province));
    assert_int_equal(rename(second, aside), 0);
    verify_archived();
    command_want(&run, 65, "entries 24 to 44 are missing");
    archive("--no-trim");
    command_want(&run, 65, "entries 24 to 44 are missing");
    assert_int_equal(rename(aside, second), 0);
    assert_int_equal(truncate(second, 2000), 0);
    verify_archived();
    command_want(&run, 65, "torn or cut at entry");
}

/* --- interruptions --- */

static void
two_at_once_and_kills_at_any_moment_leave_a_whole_archive(void **state)
{
    int rounds = 25;
    int round;

    (void)state;
    synthetic_hours(&made, client, 100, 60, true);
    for (round = 0; round < rounds; round++) {
        pid_t one = command_start("archive --redis %s --province %s --archive %s "
                                  "--keep-days 1",
                                  redis_server_address(server), province, dir);
        pid_t two = command_start("archive --redis %s --province %s --archive %s "
                                  "--keep-days 1",
                                  redis_server_address(server), province, dir);

        child_pause_us(1000 + 1700L * round);
        (void)kill(one, SIGKILL);
        (void)kill(two, SIGKILL);
        (void)waitpid(one, NULL, 0);
        (void)waitpid(two, NULL, 0);
        synthetic_hours(&made, client, 2, 60, true);
        verify_archived();
        command_want(&run, 0, "No damage");
    }
    archive("--keep-days 1");
    assert_int_equal(run.code, 0);
    verify_archived();
    command_want(&run, 0, "No damage");
    ask("XRANGE $reports 1-0 1-0", "[]");
}

static void
a_second_one_waits_for_nobody(void **state)
{
    struct archive a;
    int lock;

    (void)state;
    if (fork() == 0) { /* a lock of our own would not keep us out */
        if (archive_lock(&a, dir, province, &lock) == ST_OK) {
            child_pause_us(3000000);
        }
        _exit(0);
    }
    do {
        char path[700];

        child_pause_us(20000);
        (void)snprintf(path, sizeof path, "%s/%s/lock", dir, province);
        if (access(path, F_OK) == 0) {
            break;
        }
    } while (true);
    child_pause_us(100000);
    archive("");
    command_want(&run, 75, "Another dondoc archive");
    (void)wait(NULL);
    archive("");
    command_want(&run, 0, "Archived");
}

/* --- size --- */

/* DONDOC_VERIFY_REPORTS=1000000: how long a whole verify takes, printed. */
static void
a_long_journal_is_verified_in_pieces(void **state)
{
    const char *text = getenv("DONDOC_VERIFY_REPORTS");
    unsigned hours = (text != NULL ? (unsigned)atoi(text) : 10240u) / 256u;
    struct mono start;
    double verified, archived, verified_archived;
    struct rusage used;

    (void)state;
    synthetic_hours(&made, client, hours, 256, true);
    start = mono_now();
    verify("");
    verified = (double)mono_since_us(start) / 1e6;
    command_want(&run, 0, "No damage");
    start = mono_now();
    archive("--keep-days 1");
    archived = (double)mono_since_us(start) / 1e6;
    assert_int_equal(run.code, 0);
    start = mono_now();
    verify_archived();
    verified_archived = (double)mono_since_us(start) / 1e6;
    command_want(&run, 0, "No damage");
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &used), 0); /* the largest command */
    print_message("synthetic: %" PRIu64 " reports in %" PRIu64
                  " entries: verify %.1f s, archive %.1f s, verify --archive %.1f s, "
                  "%ld MiB\n",
                  made.records, made.head.seq, verified, archived, verified_archived,
                  used.ru_maxrss / 1024);
    assert_true(used.ru_maxrss < 200 * 1024);
}

int
main(void)
{
    const char *options[] = {"--maxmemory", "4gb", NULL};
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(an_untouched_journal_is_clean),
        TEST(verify_only_reads),
        TEST(verify_without_redis_is_unavailable),
        TEST(each_kind_of_damage_is_named),
        TEST(a_fact_with_other_figures_than_its_report_is_named),
        TEST(findings_are_json_whatever_they_show),
        TEST(what_stands_for_a_loss_is_no_damage),
        TEST(an_archive_is_the_journal_and_grows_with_it),
        TEST(what_is_old_leaves_redis_and_is_read_from_the_archive),
        TEST(nothing_is_trimmed_that_somebody_needs),
        TEST(archiving_refuses_what_it_must_not_do),
        TEST(a_journal_that_has_parted_is_refused_until_a_person_says_so),
        TEST(damage_of_the_archive_is_named),
        TEST(two_at_once_and_kills_at_any_moment_leave_a_whole_archive),
        TEST(a_second_one_waits_for_nobody),
        TEST(a_long_journal_is_verified_in_pieces),
#undef TEST
    };
    int failed;

    diag_init("test_verify");
    server = redis_server_start(options);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
