/*
 * Putting programmes in force over the real wire: a bad one changes nothing, whoever
 * sends it, and says where the mistake is; one that includes another is in force with
 * all its texts, its groups are reported and its targets scored.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include <limits.h>
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

#include "lib/journal.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "lib/programme_dir.h"
#include "tests/support/command.h"
#include "tests/support/dump.h"
#include "tests/support/specimen_programme.h"
#include "tests/support/stack.h"

#define PROVINCE "test-province"
#define PART_BYTES 49152u
#define KEY "dondoc:{" PROVINCE "}:"

/* Of Decision 766 one line that the province reports itself and one over all units. */
#define INCLUDE_766                                                                    \
    "include:\n  - {programme: quoc-gia-766, as: \"766\", targets: [\"3.1\", \"4.2\"]"
#define PLAIN INCLUDE_766 "}\n"
#define ADOPTED                                                                        \
    INCLUDE_766 ", adopted: true, citation: {document: nq, section: \"II.3\"}}\n"

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct redis *redis;
    char key[200];
    char folder[200];
    struct command command;
};

static struct fixture fx;

static void
file_write(const char *name, const char *text, const char *more)
{
    char path[400];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", fx.folder, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fputs(more, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* The specimen as a folder, with what it includes behind programme.yaml. */
static void
folder_write(const char *include)
{
    for (size_t i = 0; i < SPECIMEN_FILES; i++) {
        file_write(SPECIMEN[i].name, SPECIMEN[i].text,
                   strcmp(SPECIMEN[i].name, "programme.yaml") == 0 ? include : "");
    }
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;
    char beside[400];
    char real[PATH_MAX];
    char why[200];

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "province", "role=unit name=province scope=1");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    (void)snprintf(fx.key, sizeof fx.key, "%s/ops-own.key", fx.stack.dir);
    assert_int_equal(keyfile_write(fx.key, ops, "", why, sizeof why), ST_OK);
    (void)snprintf(fx.folder, sizeof fx.folder, "%s/" PROVINCE, fx.stack.dir);
    assert_int_equal(mkdir(fx.folder, 0700), 0);
    (void)snprintf(beside, sizeof beside, "%s/quoc-gia-766", fx.stack.dir);
    assert_non_null(realpath("programmes/quoc-gia-766", real));
    assert_int_equal(symlink(real, beside), 0);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    fx.redis = redis_server_client(fx.stack.redis);
    side_clock(&fx.ops, "2023-07-03 09:00");
    folder_write(PLAIN);
    side_programme(&fx.ops, fx.folder);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    redis_free(&fx.redis);
    stack_stop(&fx.stack, true);
    return 0;
}

/* --- what is in force --- */

static void
services_push(const char *period, const char *figures)
{
    struct wire_receipt r;

    side_push(&fx.unit, "1", "services", period, figures, "", "", &r);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    stack_settle(&fx.stack);
}

/* Of 1.800 procedures so many are online. */
#define SERVICES(online)                                                               \
    "procedures=1800 procedures_online=" online " procedures_online_used=600 "         \
    "procedures_fee=100 procedures_fee_synchronised=90 procedures_fee_online=80 "      \
    "procedures_citizens=900 procedures_population_data=450"

static void
want_score(const char *field, const char *part)
{
    char ask[200];
    char *got;

    (void)snprintf(ask, sizeof ask, "HGET " KEY "scores:1 %s", field);
    got = redis_ask(fx.redis, ask);
    if (strstr(got, part) == NULL) {
        fail_msg("%s: got “%s”, want “%s”", field, got, part);
    }
    mem_free(&got);
}

/* --- putting one in force --- */

/* Sends the bytes in parts and takes the last answer. */
static void
bundle_put(const struct buf *bundle, const char *digest, struct unit_reply *reply)
{
    struct unit_request q = {.kind = UNIT_REQUEST_PROGRAMME};
    size_t at = 0;

    q.programme.digest = digest;
    q.programme.total_bytes = (uint32_t)bundle->len;
    do {
        size_t left = bundle->len - at;
        bool last = left <= PART_BYTES;

        q.programme.offset = (uint32_t)at;
        q.programme.data = (const uint8_t *)bundle->data + at;
        q.programme.data_bytes = last ? left : PART_BYTES;
        assert_int_equal(side_ask_for(&fx.ops, &q, last ? 10000 : 50, reply),
                         last ? ST_OK : ST_AGAIN);
        at += q.programme.data_bytes;
    } while (at < bundle->len);
}

static void
all_dump(struct buf *out)
{
    stack_settle(&fx.stack);
    buf_init(out, 1 << 24);
    province_dump(fx.redis, PROVINCE, out);
}

/* What is sent past the command's own check: the folder's files with one text changed,
 * or left out, or another name on them. */
static const struct bad {
    const char *name;
    const char *file;
    const char *from; /* NULL: the file is left out */
    const char *to;
    const char *said; /* in English */
    const char *said_vi;
} BAD[] = {
    {"a mistake of its own", "targets.yaml", "threshold: 60", "threshold: 900",
     "not valid at targets.yaml:2:91: \"threshold\" is 900; 100 percent is the most",
     "hợp lệ tại targets.yaml:2:91: \"threshold\" là 900; nhiều nhất là 100"},
    {"a mistake in the included text", "quoc-gia-766/targets.yaml", "threshold: 80",
     "threshold: 180", "not valid at quoc-gia-766/targets.yaml:82:16: ",
     "hợp lệ tại quoc-gia-766/targets.yaml:82:16"},
    {"the included text is not there", "quoc-gia-766/measures.yaml", NULL, NULL,
     "not valid at programme.yaml:18:17: quoc-gia-766 is included",
     "hợp lệ tại programme.yaml:18:17"},
    {"a file is not there", "units.csv", NULL, NULL,
     "not valid at units.csv: the file is missing", "hợp lệ tại units.csv"},
    {"another province", "programme.yaml", "programme: test-province",
     "programme: quang-ngai", "not valid at programme.yaml: quang-ngai",
     "hợp lệ tại programme.yaml: quang-ngai"},
    {"no text at all", "holidays.yaml",
     "holidays:", "\xff\xfe:", "not valid at holidays.yaml:1:1: this line is not UTF-8",
     "hợp lệ tại holidays.yaml:1:1"},
};

/* `d` with the change; the changed text is *changed, mem_free it. */
static size_t
files_changed(const struct bad *b, const struct programme_dir *d,
              struct catalogue_file *files, char **changed)
{
    size_t count = 0;

    *changed = NULL;
    for (size_t i = 0; i < d->count; i++) {
        const char *at;
        size_t bytes;

        files[count] = d->files[i];
        if (strcmp(d->files[i].name, b->file) != 0) {
            count++;
            continue;
        }
        if (b->from == NULL) {
            continue;
        }
        at = strstr(d->files[i].text, b->from);
        assert_non_null(at);
        bytes = d->files[i].bytes + strlen(b->to) + 1;
        *changed = mem_alloc(bytes);
        (void)snprintf(*changed, bytes, "%.*s%s%s", (int)(at - d->files[i].text),
                       d->files[i].text, b->to, at + strlen(b->from));
        files[count].text = *changed;
        files[count++].bytes = strlen(*changed);
    }
    return count;
}

static void
ingest_itself_refuses_a_bad_programme_and_nothing_changes(void **state)
{
    struct programme_dir d;
    struct findings found = {0};
    struct buf before;

    (void)state;
    services_push("2023@2023-06-30", SERVICES("1224"));
    assert_int_equal(programme_dir_read(fx.folder, &d, &found), ST_OK);
    all_dump(&before);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct catalogue_file files[PROGRAMME_FILES_MAX];
        struct unit_reply reply = {.kind = UNIT_REPLY_NONE};
        char digest[65];
        char *changed;
        size_t count = files_changed(&BAD[i], &d, files, &changed);
        struct buf bundle;
        struct buf after;

        print_message("%s\n", BAD[i].name);
        buf_init(&bundle, JOURNAL_PROGRAMME_MAX);
        programme_pack(files, count, &bundle);
        programme_digest(buf_str(&bundle), bundle.len, digest);
        bundle_put(&bundle, digest, &reply);
        assert_int_equal(reply.kind, UNIT_REPLY_REFUSAL);
        assert_string_equal(reply.refusal.code, "bad_programme");
        print_message("  %s\n  %s\n", reply.refusal.message_en,
                      reply.refusal.message_vi);
        assert_non_null(strstr(reply.refusal.message_en, BAD[i].said));
        assert_non_null(strstr(reply.refusal.message_vi, BAD[i].said_vi));
        all_dump(&after);
        dump_same(&before, &after);
        buf_fini(&after);
        buf_fini(&bundle);
        mem_free(&changed);
    }
    buf_fini(&before);
    programme_dir_fini(&d);
    findings_fini(&found);
    /* And the one before goes on. */
    services_push("2023@2023-07-02", SERVICES("1225"));
    want_score("766-3.1/2023", "num=1225 den=1800");
}

static void
what_is_no_bundle_is_refused_and_nothing_changes(void **state)
{
    struct unit_reply reply = {.kind = UNIT_REPLY_NONE};
    char digest[65];
    struct buf bundle;
    struct buf before;
    struct buf after;

    (void)state;
    all_dump(&before);
    buf_init(&bundle, 4096);
    buf_text(&bundle, "targets: all of them\n");
    programme_digest(buf_str(&bundle), bundle.len, digest);
    bundle_put(&bundle, digest, &reply);
    assert_int_equal(reply.kind, UNIT_REPLY_REFUSAL);
    assert_string_equal(reply.refusal.code, "bad_programme");
    /* Bytes that are not those of the digest: cut or changed on the way. */
    digest[0] = digest[0] == '0' ? '1' : '0';
    bundle_put(&bundle, digest, &reply);
    assert_int_equal(reply.kind, UNIT_REPLY_REFUSAL);
    assert_string_equal(reply.refusal.code, "bad_programme");
    all_dump(&after);
    dump_same(&before, &after);
    buf_fini(&bundle);
    buf_fini(&before);
    buf_fini(&after);
}

/* dondoc programme put DIR, as an operator types it. */
static void
command_put(void)
{
    char endpoint[200];

    stack_endpoint(&fx.stack, SIDE_OPS, endpoint);
    command_run(
        &fx.command,
        "programme put %s --server %s --server-key %s --key %s --province " PROVINCE
        " --redis %s",
        fx.folder, endpoint, fx.stack.service_keys.public_key, fx.key,
        redis_server_address(fx.stack.redis));
}

static void
the_command_shows_each_mistake_with_a_caret_and_sends_nothing(void **state)
{
    struct buf before;
    struct buf after;
    char *bad = mem_alloc(1 << 16);
    const char *at = NULL;

    (void)state;
    all_dump(&before);
    for (size_t i = 0; i < SPECIMEN_FILES; i++) {
        if (strcmp(SPECIMEN[i].name, "programme.yaml") == 0) {
            at = strstr(SPECIMEN[i].text, "prefix");
            (void)snprintf(bad, 1 << 16, "%.*sprefx%s", (int)(at - SPECIMEN[i].text),
                           SPECIMEN[i].text, at + strlen("prefix"));
        }
    }
    file_write("programme.yaml", bad, PLAIN);
    file_write("holidays.yaml", "holidays:\n  - {date: 2021-02-30, name: Tết}\n", "");
    command_put();
    command_want(&fx.command, 65,
                 "programme.yaml:3:1: error: unknown key \"prefx\"; did you mean "
                 "\"prefix\"?\n    prefx: TST\n    ^\n");
    command_want(&fx.command, 65,
                 "holidays.yaml:2:12: error: \"date\" is \"2021-02-30\"");
    command_want(&fx.command, 65,
                 "    - {date: 2021-02-30, name: Tết}\n               ^\n");
    command_want(&fx.command, 65, "2 errors");
    command_want(&fx.command, 65, "Nothing was changed at the server.");
    all_dump(&after);
    dump_same(&before, &after);
    buf_fini(&before);
    buf_fini(&after);
    mem_free(&bad);
}

/* --- an included programme --- */

/* dondoc explain of the province and the included line says this. */
static void
explanation_says(const char *part)
{
    command_run(&fx.command, "explain 1 766-3.1 --province " PROVINCE " --redis %s",
                redis_server_address(fx.stack.redis));
    command_want(&fx.command, 0, part);
}

/*
 * 3.1 of the set: 80 % of the procedures online get the full mark. 1.224 of 1.800 are
 * 68 %; 80 % would be 1.440, so 216 more. A sample set of nobody's: shown, no alert.
 */
static void
an_included_group_is_reported_and_scored(void **state)
{
    (void)state;
    services_push("2023@2023-06-30", SERVICES("1224"));
    want_score("766-3.1/2023",
               "behind value=68.00 required=80.00 gap=12.00 num=1224 "
               "den=1800 need_now=216 need_year=216 window=2023@2023-06-30 ");
    services_push("2023@2023-07-02", SERVICES("1224"));
    want_score("766-3.1/2023", "window=2023@2023-07-02 ");
    redis_want_in(fx.redis, PROVINCE, "EXISTS $alert:TST-2023-766-3.1-1", "0");
    redis_want_in(fx.redis, PROVINCE, "HLEN $told", "0");
    explanation_says("[illustration, not a target of the province]\n");
    explanation_says("Alert: none, this is only an illustration.");
}

/* Adopted, the same figures are a promise of the province: two windows in a row, each
 * 12 points and 216 procedures short. */
static void
adopted_it_opens_an_alert_that_names_the_decision(void **state)
{
    char *told;

    (void)state;
    services_push("2023@2023-06-30", SERVICES("1224"));
    services_push("2023@2023-07-02", SERVICES("1224"));
    folder_write(ADOPTED);
    command_put();
    command_want(&fx.command, 0, "In force since entry");
    command_want(&fx.command, 0, "2 of them from quoc-gia-766\n");
    stack_settle(&fx.stack);
    redis_want_in(fx.redis, PROVINCE, "EXISTS $alert:TST-2023-766-3.1-1", "1");
    told = redis_ask(fx.redis, "HGET " KEY "told TST-2023-766-3.1-1");
    assert_true(told[0] != '\0');
    mem_free(&told);
    explanation_says("adopted under section II.3 of the Resolution");
    if (strstr(fx.command.out, "illustration,") != NULL) {
        fail_msg("adopted, and still an illustration: %s", fx.command.out);
    }
}

/* Another word in the folder beside is another programme. */
static void
the_included_text_is_part_of_the_digest(void **state)
{
    struct programme_dir d;
    struct findings found = {0};
    char digest[2][65];
    char *changed = NULL;

    (void)state;
    assert_int_equal(programme_dir_read(fx.folder, &d, &found), ST_OK);
    assert_int_equal(d.count, SPECIMEN_FILES + 3);
    for (size_t i = 0; i < 2; i++) {
        static const struct bad other = {
            "", "quoc-gia-766/targets.yaml", "threshold", "threshold ", NULL, NULL};
        struct catalogue_file files[PROGRAMME_FILES_MAX];
        struct buf bundle;
        size_t count = d.count;

        memcpy(files, d.files, sizeof files);
        if (i == 1) {
            count = files_changed(&other, &d, files, &changed);
        }
        buf_init(&bundle, JOURNAL_PROGRAMME_MAX);
        programme_pack(files, count, &bundle);
        programme_digest(buf_str(&bundle), bundle.len, digest[i]);
        buf_fini(&bundle);
    }
    assert_string_not_equal(digest[0], digest[1]);
    mem_free(&changed);
    programme_dir_fini(&d);
    findings_fini(&found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            ingest_itself_refuses_a_bad_programme_and_nothing_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_no_bundle_is_refused_and_nothing_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(
            the_command_shows_each_mistake_with_a_caret_and_sends_nothing, setup,
            teardown),
        cmocka_unit_test_setup_teardown(an_included_group_is_reported_and_scored, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            adopted_it_opens_an_alert_that_names_the_decision, setup, teardown),
        cmocka_unit_test_setup_teardown(the_included_text_is_part_of_the_digest, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
