/*
 * What the people of a province decide, at the real ingest and with the real command:
 * hold, release and pause are taken from those who may, refused with a remedy
 * otherwise, recorded with author and hour, and shown by status, alerts and history.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/journal.h"
#include "lib/keyfile.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"
#include "tests/support/stack_acl.h"

#define PROVINCE "quang-ngai"
#define CODE "QNG-2023-7c-21040"
#define CLOSED "QNG-2022-7c-21040"
#define OTHER "QNG-2023-7c-21043"
#define OCTOBER_9 "1696827600000" /* Monday 2023-10-09, noon in Viet Nam */

static struct {
    struct stack stack;
    struct redis *r;
    struct side ops;
    struct side office;
    struct side neighbour; /* an office of another province */
    struct side unit;
    struct command run;
} fx;

static bool all_passed = true;
static bool passed;

static void
hset(const char *name, const char *part, const char *field, const char *value)
{
    char key[KEY_BYTES];
    const char *argv[4] = {"HSET", key, field, value};
    struct reply *rep = NULL;

    if (part == NULL) {
        key_make(key, PROVINCE, name);
    } else {
        key_make2(key, PROVINCE, name, part);
    }
    assert_int_equal(redis_call(fx.r, 4, argv, NULL, &rep), ST_OK);
    assert_int_equal(reply_status(rep), ST_OK);
    reply_free(&rep);
}

static void
hash_clear(const char *name)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"DEL", key};
    struct reply *rep = NULL;

    key_make(key, PROVINCE, name);
    assert_int_equal(redis_call(fx.r, 2, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

/* One that is open and one that was, as scorer and notifier write them. */
static void
alerts_stand(void)
{
    hset(KEY_TOLD, NULL, CODE,
         "kind=behind n=2 reason=worse window=2023-09 num=1130 den=2386 "
         "opened=" OCTOBER_9);
    hset(KEY_ALERT, CODE, "state", "open");
    hset(KEY_ALERT, CODE, "kind", "behind");
    hset(KEY_ALERT, CODE, "target", "7c");
    hset(KEY_ALERT, CODE, "subject", "21040");
    hset(KEY_TOLD, NULL, CLOSED,
         "kind=none n=2 reason=resolved window=2022-12 num=9 den=10 "
         "opened=" OCTOBER_9);
    hset(KEY_ALERT, CLOSED, "state", "closed");
    hset(KEY_ALERT, CLOSED, "kind", "behind");
}

static void
key_save(const char *name, const struct bus_keys *keys)
{
    char path[200];
    char why[200];

    (void)snprintf(path, sizeof path, "%s/%s.key", fx.stack.dir, name);
    assert_int_equal(keyfile_write(path, keys, name, why, sizeof why), ST_OK);
}

static int
group_setup(void **state)
{
    const struct bus_keys *ops, *office, *neighbour, *unit;

    (void)state;
    stack_init(&fx.stack, PROVINCE ",phu-tho", true);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops-1");
    office =
        stack_key(&fx.stack, "office", "role=office name=vp-ubnd province=" PROVINCE);
    neighbour =
        stack_key(&fx.stack, "neighbour", "role=office name=vp-khac province=phu-tho");
    unit = stack_key(&fx.stack, "unit", "role=unit name=21040 scope=21040");
    key_save("ops", ops);
    key_save("office", office);
    fx.stack.redis =
        fx.stack.acl ? stack_acl_redis(&fx.stack) : redis_server_start(NULL);
    fx.r = redis_server_client(fx.stack.redis);
    stack_part_start(&fx.stack, PART_INGEST);
    fx.stack.province = PROVINCE; /* of the two, the one that is asked about */
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_open(&fx.office, &fx.stack, SIDE_UNITS, office);
    side_open(&fx.neighbour, &fx.stack, SIDE_UNITS, neighbour);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    side_close(&fx.ops);
    side_close(&fx.office);
    side_close(&fx.neighbour);
    side_close(&fx.unit);
    redis_free(&fx.r);
    stack_stop(&fx.stack, all_passed);
    return 0;
}

static int
setup(void **state)
{
    (void)state;
    passed = false;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    all_passed = all_passed && passed;
    return 0;
}

/* --- acts on the wire --- */

struct answer {
    uint64_t entry;
    char code[64]; /* of a refusal; "" done */
    char field[64];
    char vi[512];
    char en[512];
};

static void
act_ask(struct side *d, const struct wire_act *act, struct answer *out)
{
    struct unit_request q = {.kind = UNIT_REQUEST_ACT, .act = *act};
    const char **texts[] = {&q.act.kind,  &q.act.subject, &q.act.note,
                            &q.act.until, &q.act.by,      &q.act.drop};
    struct unit_reply reply;
    size_t i;

    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = *texts[i] == NULL ? "" : *texts[i];
    }
    memset(out, 0, sizeof *out);
    assert_int_equal(side_ask(d, &q, &reply), ST_OK);
    if (reply.kind == UNIT_REPLY_DONE) {
        out->entry = reply.done_entry;
        return;
    }
    assert_int_equal(reply.kind, UNIT_REPLY_REFUSAL);
    (void)snprintf(out->code, sizeof out->code, "%s", reply.refusal.code);
    (void)snprintf(out->field, sizeof out->field, "%s", reply.refusal.field);
    (void)snprintf(out->vi, sizeof out->vi, "%s", reply.refusal.message_vi);
    (void)snprintf(out->en, sizeof out->en, "%s", reply.refusal.message_en);
}

static void
id_make(char out[40])
{
    static unsigned count;

    (void)snprintf(out, 40, "act-of-test-%06u", ++count);
}

/* Before the player has set a clock nobody knows what day it is. */
static void
a_day_is_not_judged_before_there_is_a_clock(void **state)
{
    struct wire_act act = {
        .id = "before-the-clock", .kind = "hold", .note = "x", .until = "2023-10-20"};
    struct answer a;

    (void)state;
    act_ask(&fx.ops, &act, &a);
    assert_string_equal(a.code, "not_ready");
    passed = true;
}

/* The clock of the tests that follow. 60 days behind 9/10/2023: 22 of October, 30 of
 * November, 8 of December. 180: 22 + 30 + 31 + 31 + 29 + 31 = 174 to the end of March,
 * so 6/4/2024. */
static void
what_is_wrong_is_refused_with_its_field_and_a_remedy(void **state)
{
    char long_note[502] = {0};
    const struct {
        const char *name;
        struct wire_act act;
        const char *code;
        const char *field;
        const char *en;
    } cases[] = {
        {"another kind",
         {.kind = "open-sesame"},
         "bad_act",
         "act.kind",
         "hold, release, pause"},
        {"hold without a reason",
         {.kind = "hold", .until = "2023-10-20"},
         "act_incomplete",
         "act.note",
         "need a reason"},
        {"hold with a reason of blanks",
         {.kind = "hold", .note = "  ", .until = "2023-10-20"},
         "act_incomplete",
         "act.note",
         "need a reason"},
        {"hold without an end",
         {.kind = "hold", .note = "x"},
         "act_incomplete",
         "act.until",
         "a last day"},
        {"hold until a day that is none",
         {.kind = "hold", .note = "x", .until = "20/10/2023"},
         "act_day",
         "act.until",
         "from 2023-10-09 to 2023-12-08"},
        {"hold until yesterday",
         {.kind = "hold", .note = "x", .until = "2023-10-08"},
         "act_day",
         "act.until",
         "from 2023-10-09 to 2023-12-08"},
        {"hold for 61 days",
         {.kind = "hold", .note = "x", .until = "2023-12-09"},
         "act_day",
         "act.until",
         "from 2023-10-09 to 2023-12-08"},
        {"hold of a thing",
         {.kind = "hold", .subject = CODE, .note = "x", .until = "2023-10-20"},
         "bad_act",
         "act.subject",
         CODE},
        {"hold that drops",
         {.kind = "hold", .note = "x", .until = "2023-10-20", .drop = "behind"},
         "bad_act",
         "act.drop",
         "behind"},
        {"a note that moves the cursor",
         {.kind = "hold", .note = "\033[2Jx", .until = "2023-10-20"},
         "bad_text",
         "act.note",
         "control character"},
        {"a note that is too long",
         {.kind = "hold", .note = long_note, .until = "2023-10-20"},
         "too_long",
         "act.note",
         "501"},
        {"release of an odd id",
         {.kind = "release", .subject = "key:a b"},
         "bad_act",
         "act.subject",
         "key:a b"},
        {"release with an end",
         {.kind = "release", .until = "2023-10-20"},
         "bad_act",
         "act.until",
         "2023-10-20"},
        {"release without a kind that there is",
         {.kind = "release", .drop = "behind,late"},
         "bad_act",
         "act.drop",
         "missed,overdue,behind,falling,reminder"},
        {"release with an empty kind",
         {.kind = "release", .drop = "behind,"},
         "bad_act",
         "act.drop",
         "missed,overdue,behind,falling,reminder"},
        {"a key that is none",
         {.kind = "key", .subject = "21040", .note = "revoked: lost"},
         "bad_act",
         "act.subject",
         "16 hex digits"},
        {"pause of nothing",
         {.kind = "pause", .note = "x", .until = "2023-10-20"},
         "act_incomplete",
         "act.subject",
         "the code of an alert"},
        {"pause without an end",
         {.kind = "pause", .subject = CODE, .note = "x"},
         "act_incomplete",
         "act.until",
         "a last day"},
        {"pause for 181 days",
         {.kind = "pause", .subject = CODE, .note = "x", .until = "2024-04-07"},
         "act_day",
         "act.until",
         "from 2023-10-09 to 2024-04-06"},
        {"pause of what is closed",
         {.kind = "pause", .subject = CLOSED, .note = "x", .until = "2023-10-20"},
         "alert_not_open",
         "act.subject",
         "dondoc alerts"},
        {"pause of what never was",
         {.kind = "pause",
          .subject = "QNG-2023-7c-1",
          .note = "x",
          .until = "2023-10-20"},
         "alert_not_open",
         "act.subject",
         "dondoc alerts"},
    };
    size_t i;

    (void)state;
    memset(long_note, 'a', sizeof long_note - 1);
    side_clock(&fx.ops, "2023-10-09 10:00");
    alerts_stand();
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire_act act = cases[i].act;
        struct answer a;
        char id[40];

        id_make(id);
        act.id = id;
        act_ask(&fx.ops, &act, &a);
        if (strcmp(a.code, cases[i].code) != 0 ||
            strcmp(a.field, cases[i].field) != 0 || strstr(a.en, cases[i].en) == NULL ||
            a.vi[0] == '\0') {
            fail_msg("%s: got entry %llu, %s in %s: %s", cases[i].name,
                     (unsigned long long)a.entry, a.code, a.field, a.en);
        }
    }
    redis_want_in(fx.r, PROVINCE, "HLEN $acts", "0");
    passed = true;
}

static void
who_may_do_it_and_who_may_not(void **state)
{
    static const struct {
        const char *name;
        struct side *side;
        struct wire_act act;
        const char *code; /* "" taken */
    } cases[] = {
        {"ops", &fx.ops, {.kind = "hold", .note = "x", .until = "2023-10-09"}, ""},
        {"office",
         &fx.office,
         {.kind = "hold", .note = "x", .until = "2023-12-08"},
         ""},
        {"office, all holds", &fx.office, {.kind = "release"}, ""},
        {"office, one",
         &fx.office,
         {.kind = "release",
          .subject = "programme:43112a61b3c9",
          .drop = "missed,overdue,behind,falling,reminder"},
         ""},
        {"office pauses",
         &fx.office,
         {.kind = "pause", .subject = CODE, .note = "x", .until = "2024-04-06"},
         ""},
        {"an office confirms no clock", &fx.office, {.kind = "tick-confirm"}, "denied"},
        {"nor retries",
         &fx.office,
         {.kind = "parked-retry", .subject = "57:3"},
         "denied"},
        {"an office of another province",
         &fx.neighbour,
         {.kind = "hold", .note = "x", .until = "2023-10-20"},
         "denied"},
        {"a unit",
         &fx.unit,
         {.kind = "hold", .note = "x", .until = "2023-10-20"},
         "denied"},
    };
    size_t i;

    (void)state;
    alerts_stand();
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire_act act = cases[i].act;
        struct answer a;
        char id[40];

        id_make(id);
        act.id = id;
        act_ask(cases[i].side, &act, &a);
        if (strcmp(a.code, cases[i].code) != 0 ||
            (a.entry == 0) != (cases[i].code[0] != '\0')) {
            fail_msg("%s: got entry %llu, %s in %s: %s", cases[i].name,
                     (unsigned long long)a.entry, a.code, a.field, a.en);
        }
    }
    passed = true;
}

static void
an_act_is_recorded_with_author_and_hour_and_once(void **state)
{
    struct wire_act act = {.id = "c0ffee0123456789",
                           .kind = "pause",
                           .subject = CODE,
                           .note = "đang chuyển hệ thống",
                           .until = "2023-10-20",
                           .by = "somebody-else",
                           .at_ms = 1};
    struct journal_read rd;
    struct wire_act stands;
    struct answer first, again;

    (void)state;
    alerts_stand();
    act_ask(&fx.office, &act, &first);
    assert_true(first.entry > 0);
    journal_read_init(&rd);
    assert_int_equal(journal_read_one(fx.r, PROVINCE, KEY_REPORTS, first.entry, &rd),
                     ST_OK);
    assert_int_equal(act_decode(rd.entries[0].body, rd.entries[0].body_bytes,
                                fx.office.arena, &stands),
                     ST_OK);
    assert_string_equal(stands.by, "vp-ubnd");
    assert_string_equal(stands.note, act.note);
    assert_string_equal(stands.until, "2023-10-20");
    assert_int_equal(stands.at_ms, 1696820400000); /* 2023-10-09 10:00 in Viet Nam */
    journal_read_fini(&rd);

    act_ask(&fx.office, &act, &again);
    assert_string_equal(again.code, "");
    assert_int_equal(again.entry, 0);
    hset(KEY_ALERT, CODE, "state", "closed"); /* it was done while it was open */
    act_ask(&fx.office, &act, &again);
    assert_string_equal(again.code, "");
    hset(KEY_ALERT, CODE, "state", "open");
    act.note = "lý do khác";
    act_ask(&fx.office, &act, &again);
    assert_string_equal(again.code, "act_taken");
    act.note = "đang chuyển hệ thống";
    act_ask(&fx.ops, &act, &again); /* another author is another act */
    assert_string_equal(again.code, "act_taken");
    passed = true;
}

/* --- the command --- */

/* Where a line is broken and how wide a column is, is not what these tests are about.
 */
static void
blanks_squeeze(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        bool blank = *text == ' ' || *text == '\n';

        if (!blank || to == fx.run.out || to[-1] != ' ') {
            *to++ = (char)(blank ? ' ' : *text);
        }
    }
    *to = '\0';
}

static void
type(const char *key, const char *words)
{
    char endpoint[200];

    stack_endpoint(&fx.stack, strcmp(key, "ops") == 0 ? SIDE_OPS : SIDE_UNITS,
                   endpoint);
    command_run(&fx.run,
                "%s --server %s --server-key %s --key %s/%s.key --province " PROVINCE,
                words, endpoint, fx.stack.service_keys.public_key, fx.stack.dir, key);
    blanks_squeeze(fx.run.out);
}

static void
look(const char *words)
{
    command_run(&fx.run, "%s --redis %s --province " PROVINCE, words,
                redis_server_address(fx.stack.redis));
    blanks_squeeze(fx.run.out);
}

static void
hold_and_pause_are_typed(void **state)
{
    (void)state;
    alerts_stand();
    type("office", "hold " PROVINCE " --reason nguong-nhap-nham --until 20/10/2023");
    command_want(&fx.run, 0,
                 "nothing goes out in quang-ngai, up to and with 2023-10-20");
    command_want(&fx.run, 0, "dondoc release quang-ngai");
    type("ops", "hold " PROVINCE " --reason x --until 2023-10-20 --lang vi");
    command_want(&fx.run, 0, "đến hết ngày 20/10/2023");
    type("ops", "hold " PROVINCE " --reason x --until 2023-10-20 --json");
    command_want(&fx.run, 0, "{\"act\":\"hold\",\"province\":\"quang-ngai\",");
    type("ops", "hold " PROVINCE " --until 2023-10-20");
    command_want(&fx.run, 64, "--reason is wanted");
    type("ops", "hold " PROVINCE " --reason x");
    command_want(&fx.run, 64, "--until is wanted");
    type("ops", "hold " PROVINCE " --reason x --until soon");
    command_want(&fx.run, 64, "is no day");
    type("ops", "hold --reason x --until 2023-10-20");
    command_want(&fx.run, 64, "one province is wanted");
    type("office", "hold phu-tho --reason x --until 2023-10-20");
    command_want(&fx.run, 77, "may not do this");
    type("ops", "hold nowhere --reason x --until 2023-10-20");
    command_want(&fx.run, 78, "not served here");
    type("ops", "hold " PROVINCE " --reason x --until 2024-10-20");
    command_want(&fx.run, 65, "from 2023-10-09 to 2023-12-08");
    type("office", "pause " CODE "/2 --reason dang-sua --until 2023-11-30");
    command_want(&fx.run, 0, CODE " is paused up to and with 2023-11-30");
    type("office", "pause " CLOSED " --reason dang-sua --until 2023-11-30");
    command_want(&fx.run, 65, "is not open, so it cannot be paused");
    type("office", "pause --reason dang-sua --until 2023-11-30");
    command_want(&fx.run, 64, "one code is wanted");
    passed = true;
}

static void
a_key_is_put_on_record(void **state)
{
    (void)state;
    type("ops", "keys record " PROVINCE " 0123-4567-89AB-cdef --reason mat-may");
    command_want(&fx.run, 0, ": key 0123456789abcdef.");
    type("ops",
         "keys record " PROVINCE " 0123456789abcdef --reason x --lang vi --json");
    command_want(&fx.run, 0, "{\"act\":\"key\",\"province\":\"quang-ngai\",");
    type("ops", "keys record " PROVINCE " 0123456789abcdef");
    command_want(&fx.run, 64, "--reason is wanted");
    type("ops", "keys record " PROVINCE " 21040 --reason x");
    command_want(&fx.run, 64, "neither a public key nor a fingerprint");
    type("office", "keys record " PROVINCE " 0123456789abcdef --reason x");
    command_want(&fx.run, 77, "may not do this");
    look("journal");
    command_want(&fx.run, 0, "key 0123456789abcdef by ops-1: mat-may");
    passed = true;
}

/* As the notifier writes it: three behind by a programme, one of a unit that is held
 * and was told before; everything else by a person. */
static void
held_stand(void)
{
    alerts_stand();
    hset(KEY_HOLD, NULL, "programme:43112a61b3c9",
         "since=2023-10-09 until=2023-10-16 level=commune units=27 of=173 by=- "
         "said=2023-10-09 n=1 list=2 act=0 reason=");
    hset(KEY_HELD, NULL, CODE,
         "at=57-2 n=3 hold=programme:43112a61b3c9 opened=0 told=1 kind=behind "
         "reason=worse subject=level-commune");
    hset(KEY_HELD, NULL, OTHER,
         "at=57-3 n=1 hold=programme:43112a61b3c9 opened=1 told=0 kind=behind "
         "reason=new subject=level-commune");
}

static void
a_hold_stands_on_every_status(void **state)
{
    (void)state;
    held_stand();
    hset(KEY_HOLD, NULL, "person",
         "since=2023-10-09 until=2023-10-20 level=- units=0 of=0 by=ops-1 "
         "said=2023-10-09 n=1 list=0 act=9 reason=nguong nhap nham");
    look("status");
    command_want(&fx.run, 1,
                 "HELD: every message, set by ops-1: nguong nhap nham; since "
                 "2023-10-09");
    command_want(&fx.run, 1,
                 "putting programme 43112a61b3c9 in force would open alerts "
                 "for 27 of 173");
    command_want(&fx.run, 1,
                 "2 held; to see and send: dondoc release quang-ngai "
                 "programme:43112a61b3c9");
    assert_true(strstr(fx.run.out, "HELD") < strstr(fx.run.out, " Services "));
    assert_true(strstr(fx.run.out, "every message") < strstr(fx.run.out, "by itself"));
    look("status --json");
    command_want(&fx.run, 1, "\"holds\":[{\"id\":\"person\",\"since\":\"2023-10-09\"");
    command_want(&fx.run, 1, "\"units\":27,\"of\":173");
    command_want(&fx.run, 1, "\"held\":2");
    look("status --lang vi");
    command_want(&fx.run, 1, "TẠM GIỮ: mọi thông báo, do ops-1 đặt: nguong nhap nham");
    hash_clear(KEY_HOLD);
    hash_clear(KEY_HELD);
    look("status");
    assert_null(strstr(fx.run.out, "HELD"));
    passed = true;
}

static void
release_shows_what_would_go_out_and_asks(void **state)
{
    char words[400];

    (void)state;
    held_stand();
    (void)snprintf(words, sizeof words, "release " PROVINCE " --redis %s",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 64, "--yes is wanted");
    (void)snprintf(words, sizeof words,
                   "release " PROVINCE " --redis %s --yes --drop missed",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 0, "programme:43112a61b3c9: putting programme 43112a61b3c9");
    command_want(&fx.run, 0, "commune 2 1 goes out");
    command_want(&fx.run, 0, "Written, entry ");
    (void)snprintf(words, sizeof words,
                   "release " PROVINCE
                   " programme:43112a61b3c9 --redis %s --yes --drop "
                   "behind,missed --note da-xem --json",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 0, "\"hold\":\"programme:43112a61b3c9\"");
    command_want(&fx.run, 0,
                 "{\"kind\":\"behind\",\"level\":\"commune\",\"count\":2,\"opened\":1,"
                 "\"sent\":false}");
    (void)snprintf(words, sizeof words,
                   "release " PROVINCE " --redis %s --yes --drop late",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 64, "is not missed, overdue, behind, falling or reminder");
    (void)snprintf(words, sizeof words, "release --redis %s --yes",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 64, "a province is wanted");
    passed = true;
}

/* What a person types, on a terminal that script(1) lends; the exit status. */
static int
type_on_terminal(const char *words, const char *answer)
{
    char path[200];
    char endpoint[200];
    char line[600];
    const char *build = getenv("DONDOC_BUILD");
    FILE *f;
    int status;

    stack_endpoint(&fx.stack, SIDE_UNITS, endpoint);
    (void)snprintf(path, sizeof path, "%s/typed.sh", fx.stack.dir);
    f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(
        f,
        "exec env DONDOC_LANG=en HOME=/nonexistent '%s/bin/dondoc' %s --redis "
        "'%s' --server '%s' --server-key '%s' --key '%s/office.key'\n",
        build == NULL ? "build" : build, words, redis_server_address(fx.stack.redis),
        endpoint, fx.stack.service_keys.public_key, fx.stack.dir);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(line, sizeof line, "echo %s | script -qefc 'sh %s' /dev/null 2>&1",
                   answer, path);
    (void)fflush(NULL);
    f = popen(line, "r");
    assert_non_null(f);
    fx.run.out[fread(fx.run.out, 1, sizeof fx.run.out - 1, f)] = '\0';
    status = pclose(f);
    blanks_squeeze(fx.run.out);
    return WEXITSTATUS(status);
}

static void
a_person_who_says_no_releases_nothing(void **state)
{
    char *before;
    char *after;

    (void)state;
    if (access("/dev/pts/ptmx", F_OK) != 0) {
        print_message("no terminals here: /dev/pts is not mounted\n");
        passed = true;
        skip();
    }
    held_stand();
    before = redis_ask(fx.r, "HGET dondoc:{" PROVINCE "}:head seq");
    assert_int_equal(type_on_terminal("release " PROVINCE, "n"), 0);
    assert_non_null(strstr(fx.run.out, "Send this and open the hold? [y/N]"));
    assert_non_null(strstr(fx.run.out, "Nothing was sent; the hold stands."));
    after = redis_ask(fx.r, "HGET dondoc:{" PROVINCE "}:head seq");
    assert_string_equal(before, after);
    mem_free(&before);
    mem_free(&after);
    assert_int_equal(type_on_terminal("release " PROVINCE, "y"), 0);
    assert_non_null(strstr(fx.run.out, "Written, entry "));
    passed = true;
}

/* When scorer and notifier have read everything, what is not held is not released. */
static void
release_of_nothing_changes_nothing(void **state)
{
    char words[400];
    char seq[32];
    char *head;

    (void)state;
    hash_clear(KEY_HOLD);
    hash_clear(KEY_HELD);
    head = redis_ask(fx.r, "HGET dondoc:{" PROVINCE "}:head seq");
    (void)snprintf(seq, sizeof seq, "%s", head);
    mem_free(&head);
    hset(KEY_CHECKPOINT, "scorer", "seq", seq);
    (void)snprintf(words, sizeof words, "release " PROVINCE " --redis %s --yes",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 0, "Nothing is held in quang-ngai; nothing was changed");
    held_stand();
    (void)snprintf(words, sizeof words, "release " PROVINCE " person --redis %s --yes",
                   redis_server_address(fx.stack.redis));
    type("office", words);
    command_want(&fx.run, 65,
                 "There is no hold “person” in quang-ngai. Those that stand: "
                 "programme:43112a61b3c9");
    redis_want_in(fx.r, PROVINCE, "HGET $head seq", seq);
    passed = true;
}

static void
alerts_mark_what_is_paused_held_and_climbed(void **state)
{
    (void)state;
    held_stand();
    hset(KEY_LADDER, NULL, CODE,
         "kind=behind subject=21040 target=7c n=2 at=57-2 rung=2 steps=2 "
         "since=2023-10-09 told=2 acked=- paused=2023-11-30");
    hset(KEY_CHECKPOINT, "scorer", "tick", "471250"); /* 2023-10-05 */
    look("alerts");
    command_want(&fx.run, 0, "paused until 2023-11-30");
    command_want(&fx.run, 0, "held (programme:43112a61b3c9)");
    command_want(&fx.run, 0, "climbed to rung 2");
    command_want(&fx.run, 0, "paused: 1. Held: 1; to see and open: dondoc release");
    look("alerts --json");
    command_want(
        &fx.run, 0,
        "\"paused_until\":\"2023-11-30\",\"held_by\":\"programme:43112a61b3c9\","
        "\"rung\":2");
    look("alerts --paused");
    command_want(&fx.run, 0, "Open: 1 ");
    look("alerts --held");
    command_want(&fx.run, 0, "Open: 1 ");
    hset(KEY_LADDER, NULL, CODE,
         "kind=behind subject=21040 target=7c n=2 at=57-2 rung=1 steps=0 "
         "since=2023-10-09 told=1 acked=- paused=2023-09-30");
    look("alerts --paused"); /* a pause that is over is none */
    command_want(&fx.run, 0, "Open: 0 ");
    look("alerts --held --lang vi");
    command_want(&fx.run, 0, "đang tạm giữ (programme:43112a61b3c9)");
    hash_clear(KEY_HELD);
    look("alerts --held");
    command_want(&fx.run, 0, "Open: 0 ");
    passed = true;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_day_is_not_judged_before_there_is_a_clock),
        TEST(what_is_wrong_is_refused_with_its_field_and_a_remedy),
        TEST(who_may_do_it_and_who_may_not),
        TEST(an_act_is_recorded_with_author_and_hour_and_once),
        TEST(hold_and_pause_are_typed),
        TEST(a_key_is_put_on_record),
        TEST(a_hold_stands_on_every_status),
        TEST(release_shows_what_would_go_out_and_asks),
        TEST(a_person_who_says_no_releases_nothing),
        TEST(release_of_nothing_changes_nothing),
        TEST(alerts_mark_what_is_paused_held_and_climbed),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
