/*
 * Every text that reaches ingest and notifier from outside, with everything in it that
 * a log, a terminal, a spreadsheet or a page could take for more than a text: refused
 * with the name of its field, or taken and harmless. Afterwards no line of a log holds
 * any of it, and what the commands print of it obeys nobody.
 *
 * Seen to fail on: lib/wire.c without wire_texts_whole (a NUL hides the rest of a
 * text), ingest/answer.c that sends a refused value as it came, text_valid that takes
 * all (ingest and notifier), a log line with the source of a report in it, flow_plain
 * that takes nothing out.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/journal.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "lib/programme_dir.h"
#include "lib/utf8.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"
#include "tests/support/texts.h"

#define PROVINCE "quang-ngai"
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct side leader;
    struct side courier;
    char ops_key[200];
    char head_key[200];
    char alert[128]; /* code of one that the leader was told of */
    pid_t pids[PART_COUNT];
    size_t taken;
    size_t refused;
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

static void
alert_seen(void *context, const struct wire_alert *alert)
{
    (void)context;
    if (strcmp(alert->kind, "behind") == 0) {
        (void)snprintf(fx.alert, sizeof fx.alert, "%s", alert->code);
    }
}

static int
setup(void **state)
{
    static const char *const months[][2] = {{"2023-06", "2023-07-03 09:00"},
                                            {"2023-07", "2023-08-03 09:00"},
                                            {"2023-08", "2023-09-03 09:00"}};
    const struct bus_keys *unit, *ops, *head, *courier;
    struct wire_receipt r;
    size_t i;

    (void)state;
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=21055");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    head = stack_key(&fx.stack, "head", "role=leader name=head-21055");
    courier = stack_key(&fx.stack, "courier", "role=courier name=courier");
    stack_start(&fx.stack);
    memcpy(fx.pids, fx.stack.pids, sizeof fx.pids);
    key_write("ops", ops, fx.ops_key);
    key_write("head", head, fx.head_key);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_open(&fx.leader, &fx.stack, SIDE_LEADERS, head);
    side_open(&fx.courier, &fx.stack, SIDE_LEADERS, courier);
    side_clock(&fx.ops, "2023-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    for (i = 0; i < COUNT_OF(months); i++) {
        side_clock(&fx.ops, months[i][1]);
        side_push(&fx.unit, "21055", "digitisation", months[i][0],
                  "results_in_force=2386 results_in_force_digitised=100", "", "", &r);
        assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    }
    stack_settle(&fx.stack);
    (void)side_watch(&fx.leader, true, alert_seen, NULL);
    assert_string_not_equal(fx.alert, "");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    side_close(&fx.leader);
    side_close(&fx.courier);
    stack_stop(&fx.stack, true);
    return 0;
}

/* ---- the fields ---- */

enum field_place {
    IN_REPORT,
    IN_MEASURE,
    IN_DECIMAL,
    IN_OFFERED,
    IN_KEY,
    IN_HELLO,
    IN_LAST,
    IN_HOLD,
    IN_PARKED,
    IN_RELEASE,
    IN_PAUSE,
    IN_PART,
    IN_PROVINCE,
    IN_SUBSCRIBE,
    IN_COURIER,
    IN_ACKNOWLEDGE,
    IN_PREVIEW,
    IN_LEADERS_PROVINCE,
};

enum fate {
    CODE,   /* never taken, whatever it says */
    FREE,   /* taken when it is a text */
    UNKEPT, /* compared with something, or not read: an answer is enough */
};

static const struct field {
    const char *name; /* in the refusal of what is no text; "": any refusal */
    enum field_place place;
    size_t offset;
    enum fate fate;
} fields[] = {
    {"unit", IN_REPORT, offsetof(struct wire_report, unit), CODE},
    {"group", IN_REPORT, offsetof(struct wire_report, group), CODE},
    {"period", IN_REPORT, offsetof(struct wire_report, period), CODE},
    {"from", IN_REPORT, offsetof(struct wire_report, from), CODE},
    {"to", IN_REPORT, offsetof(struct wire_report, to), CODE},
    {"reason", IN_REPORT, offsetof(struct wire_report, reason), FREE},
    {"source_system", IN_REPORT, offsetof(struct wire_report, source_system), FREE},
    {"replaces", IN_REPORT, offsetof(struct wire_report, replaces), CODE},
    {"measure", IN_MEASURE, 0, CODE},
    {"", IN_DECIMAL, 0, CODE},
    {"", IN_OFFERED, offsetof(struct wire_held, unit), CODE},
    {"", IN_OFFERED, offsetof(struct wire_held, group), CODE},
    {"", IN_OFFERED, offsetof(struct wire_held, period), CODE},
    {"", IN_OFFERED, offsetof(struct wire_held, hash), CODE},
    {"", IN_OFFERED, offsetof(struct wire_held, due), CODE},
    {"", IN_KEY, offsetof(struct wire_key, unit), CODE},
    {"", IN_KEY, offsetof(struct wire_key, group), CODE},
    {"", IN_KEY, offsetof(struct wire_key, period), CODE},
    {"", IN_HELLO, offsetof(struct unit_request, hello.log_id), UNKEPT},
    {"", IN_HELLO, offsetof(struct unit_request, hello.software), UNKEPT},
    {"", IN_LAST, offsetof(struct wire_held, unit), UNKEPT},
    {"", IN_LAST, offsetof(struct wire_held, group), UNKEPT},
    {"", IN_LAST, offsetof(struct wire_held, period), UNKEPT},
    {"", IN_LAST, offsetof(struct wire_held, hash), UNKEPT},
    {"", IN_LAST, offsetof(struct wire_held, due), UNKEPT},
    {"act.id", IN_HOLD, offsetof(struct wire_act, id), UNKEPT},
    {"act.kind", IN_HOLD, offsetof(struct wire_act, kind), CODE},
    {"act.subject", IN_HOLD, offsetof(struct wire_act, subject), CODE},
    {"act.note", IN_HOLD, offsetof(struct wire_act, note), FREE},
    {"act.until", IN_HOLD, offsetof(struct wire_act, until), CODE},
    {"act.drop", IN_HOLD, offsetof(struct wire_act, drop), CODE},
    {"", IN_HOLD, offsetof(struct wire_act, by), UNKEPT},
    {"act.subject", IN_PARKED, offsetof(struct wire_act, subject), UNKEPT},
    {"act.note", IN_PARKED, offsetof(struct wire_act, note), UNKEPT},
    {"act.subject", IN_RELEASE, offsetof(struct wire_act, subject), CODE},
    {"act.drop", IN_RELEASE, offsetof(struct wire_act, drop), CODE},
    {"act.subject", IN_PAUSE, offsetof(struct wire_act, subject), CODE},
    {"act.note", IN_PAUSE, offsetof(struct wire_act, note), FREE},
    {"digest", IN_PART, offsetof(struct unit_request, programme.digest), CODE},
    {"province", IN_PROVINCE, 0, CODE},
    {"", IN_SUBSCRIBE, offsetof(struct leader_request, leader), CODE},
    {"", IN_SUBSCRIBE, offsetof(struct leader_request, channel), CODE},
    {"", IN_COURIER, offsetof(struct leader_request, leader), CODE},
    {"", IN_COURIER, offsetof(struct leader_request, channel), CODE},
    {"acknowledge.id", IN_ACKNOWLEDGE, offsetof(struct leader_request, acknowledge.id),
     CODE},
    {"acknowledge.alert", IN_ACKNOWLEDGE,
     offsetof(struct leader_request, acknowledge.alert), CODE},
    {"acknowledge.note", IN_ACKNOWLEDGE,
     offsetof(struct leader_request, acknowledge.note), FREE},
    {"acknowledge.until", IN_ACKNOWLEDGE,
     offsetof(struct leader_request, acknowledge.until), CODE},
    {"", IN_PREVIEW, offsetof(struct leader_request, leader), CODE},
    {"", IN_LEADERS_PROVINCE, 0, CODE},
};

static void
text_set(void *where, size_t offset, const char *text)
{
    memcpy((char *)where + offset, &text, sizeof text);
}

static void
report_ask(const struct field *f, const char *text, struct texts_outcome *out)
{
    static int64_t digitised = 101; /* another figure each time: another revision */
    struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, digitised++, NULL}};
    struct wire_held held = {.unit = "21055",
                             .group = "digitisation",
                             .period = "2023-08",
                             .hash = "00112233445566778899aabbccddeeff",
                             .due = ""};
    struct wire_report report = {.unit = "21055",
                                 .group = "digitisation",
                                 .period = "2023-08",
                                 .figures = figures,
                                 .figure_count = 2};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    char stands[64];

    side_standing(&fx.unit, report.unit, report.group, report.period, stands);
    report.replaces = stands;
    if (f->place == IN_REPORT) {
        text_set(&report, f->offset, text);
    } else if (f->place == IN_MEASURE) {
        figures[1].measure = text;
    } else if (f->place == IN_DECIMAL) {
        figures[1] =
            (struct wire_figure){"results_in_force_digitised", WIRE_DECIMAL, 0, text};
    } else {
        text_set(&held, f->offset, text);
        report.offered = &held;
    }
    q.push.reports = &report;
    q.push.count = 1;
    texts_unit_ask(&fx.unit, &q, out);
}

static void
hello_ask(const struct field *f, const char *text, struct texts_outcome *out)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct wire_held held = {.unit = "21055", .group = "digitisation"};

    if (f->place == IN_HELLO) {
        text_set(&q, f->offset, text);
    } else {
        text_set(&held, f->offset, text);
        q.hello.last = &held;
    }
    texts_unit_ask(&fx.unit, &q, out);
}

static void
act_ask(const struct field *f, const char *text, struct texts_outcome *out)
{
    static unsigned number;
    struct unit_request q = {.kind = UNIT_REQUEST_ACT};
    char id[32];

    (void)snprintf(id, sizeof id, "texts-of-acts-%u", ++number);
    q.act.id = id;
    if (f->place == IN_HOLD) {
        q.act.kind = "hold";
        q.act.note = "why";
        q.act.until = "2023-09-05";
    } else if (f->place == IN_PARKED) {
        q.act.kind = "parked-drop";
        q.act.subject = "1000000:0";
    } else if (f->place == IN_PAUSE) {
        q.act.kind = "pause";
        q.act.subject = fx.alert;
        q.act.note = "why";
        q.act.until = "2023-09-05";
    } else {
        q.act.kind = "release";
    }
    text_set(&q.act, f->offset, text);
    texts_unit_ask(&fx.ops, &q, out);
}

static void
leaders_ask(const struct field *f, const char *text, struct texts_outcome *out)
{
    static unsigned number;
    struct side *d = f->place == IN_COURIER ? &fx.courier : &fx.leader;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    char id[32];

    (void)snprintf(id, sizeof id, "texts-acknowledged-%u", ++number);
    if (f->place == IN_COURIER) {
        q.leader = "head-21055";
        q.channel = "mail";
    } else if (f->place == IN_ACKNOWLEDGE) {
        q.kind = LEADER_REQUEST_ACKNOWLEDGE;
        q.acknowledge.id = id;
        q.acknowledge.alert = fx.alert;
    } else if (f->place == IN_PREVIEW) {
        q.kind = LEADER_REQUEST_PREVIEW;
    } else if (f->place == IN_LEADERS_PROVINCE) {
        q.kind = LEADER_REQUEST_BEAT;
        q.province = text;
    }
    if (f->place != IN_LEADERS_PROVINCE) {
        text_set(&q, f->offset, text);
    }
    texts_leader_ask(d, &q, out);
}

static void
ask(const struct field *f, const char *text, struct texts_outcome *out)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct wire_key key = {"21055", "digitisation", "2023-08"};

    switch (f->place) {
    case IN_REPORT:
    case IN_MEASURE:
    case IN_DECIMAL:
    case IN_OFFERED:
        report_ask(f, text, out);
        break;
    case IN_HELLO:
    case IN_LAST:
        hello_ask(f, text, out);
        break;
    case IN_HOLD:
    case IN_PARKED:
    case IN_RELEASE:
    case IN_PAUSE:
        act_ask(f, text, out);
        break;
    case IN_KEY:
        text_set(&key, f->offset, text);
        q.kind = UNIT_REQUEST_STANDING;
        q.standing.keys = &key;
        q.standing.count = 1;
        texts_unit_ask(&fx.unit, &q, out);
        break;
    case IN_PART:
        q.kind = UNIT_REQUEST_PROGRAMME;
        q.programme.total_bytes = 4;
        q.programme.data = (const uint8_t *)MARK;
        q.programme.data_bytes = 4;
        text_set(&q, f->offset, text);
        texts_unit_ask(&fx.ops, &q, out);
        break;
    case IN_PROVINCE:
        q.province = text;
        texts_unit_ask(&fx.unit, &q, out);
        break;
    default:
        leaders_ask(f, text, out);
        break;
    }
}

static void
one_text(const struct field *f, const struct hostile *t)
{
    struct texts_outcome got;

    ask(f, t->text, &got);
    fx.taken += !got.refused;
    fx.refused += got.refused;
    if (f->fate == UNKEPT) {
        return;
    }
    if (got.refused != (t->bad || f->fate == CODE)) {
        fail_msg("%s in %s (%d): %s %s", t->name, f->name, (int)f->place,
                 got.refused ? "refused with" : "taken", got.code);
    }
    if (t->bad && strcmp(got.field, f->name) != 0 &&
        strstr(got.message, f->name) == NULL) {
        fail_msg("%s in %s (%d): refused as %s of %s: %s", t->name, f->name,
                 (int)f->place, got.code, got.field, got.message);
    }
}

static void
a_text_is_refused_by_its_field_or_harmless(void **state)
{
    size_t f;
    size_t t;

    (void)state;
    for (f = 0; f < COUNT_OF(fields); f++) {
        for (t = 0; t < hostile_text_count; t++) {
            one_text(&fields[f], &hostile_texts[t]);
        }
    }
    print_message("%zu fields, %zu texts: %zu refused, %zu taken\n", COUNT_OF(fields),
                  hostile_text_count, fx.refused, fx.taken);
    stack_settle(&fx.stack);
}

/* ---- programmes ---- */

static const struct hostile_file {
    const char *name;
    const char *file;  /* one more, with these bytes; or, when it is there, instead */
    const char *text;  /* NULL: what it has */
    const char *from;  /* this becomes `text` in it; NULL: all of it */
    const char *field; /* of the refusal */
} hostile_files[] = {
    {"out of the folder", "../" MARK, "x", NULL, "bundle"},
    {"out of a folder beside", "rules/../../" MARK, "x", NULL, "bundle"},
    {"from the root", "/etc/" MARK, "x", NULL, "bundle"},
    {"hidden", "." MARK, "x", NULL, "bundle"},
    {"no name", "", "x", NULL, "bundle"},
    {"a folder", "rules/", "x", NULL, "bundle"},
    {"a name of two lines", "a\n" MARK, "x", NULL, "bundle"},
    {"a name with a NUL", "programme.yaml" NUL_PAIR MARK, "x", NULL, "bundle"},
    {"a name with ESC", "\x1b[2J" MARK, "x", NULL, "bundle"},
    {"a name that is no UTF-8", MARK "\xff", "x", NULL, "bundle"},
    {"a name in capitals", "UNITS.CSV", "x", NULL, "bundle"},
    {"a device of another system", "CON", "x", NULL, "bundle"},
    {"a stream of another system", "units.csv:" MARK, "x", NULL, "bundle"},
    {"a file twice", "units.csv", NULL, NULL, "units.csv"},
    {"a text that is no UTF-8", "targets.yaml", "# " MARK "\xff\n", NULL,
     "targets.yaml:1:"},
    {"a text with ESC", "targets.yaml", "# " MARK "\x1b[2J\n", NULL, "targets.yaml:1:"},
    {"right to left", "targets.yaml", "# " MARK "\xe2\x80\xae\n", NULL,
     "targets.yaml:1:"},
    {"a line separator", "units.csv", "x\xe2\x80\xa8" MARK "\n", NULL, "units.csv:1:"},
    {"ESC by an escape", "targets.yaml", "\"" MARK "\\e[2J\": 1\n", NULL,
     "targets.yaml:1:"},
    {"C1 by an escape", "targets.yaml", "\"" MARK "\\x9b\": 1\n", NULL,
     "targets.yaml:1:"},
};

static void
bundle_send(const struct buf *bundle, struct texts_outcome *out)
{
    struct unit_request q = {.kind = UNIT_REQUEST_PROGRAMME};
    struct unit_reply r;
    char digest[65];
    size_t offset;
    size_t part = 49152;

    programme_digest(bundle->data, bundle->len, digest);
    q.programme.digest = digest;
    q.programme.total_bytes = (uint32_t)bundle->len;
    for (offset = 0; offset < bundle->len; offset += part) {
        q.programme.offset = (uint32_t)offset;
        q.programme.data = (const uint8_t *)bundle->data + offset;
        if (bundle->len - offset > part) { /* only the last part is answered */
            q.programme.data_bytes = part;
            assert_int_equal(side_ask_for(&fx.ops, &q, 50, &r), ST_AGAIN);
        } else {
            q.programme.data_bytes = bundle->len - offset;
            texts_unit_ask(&fx.ops, &q, out);
        }
    }
}

static int
wire_file_compare(const void *a, const void *b)
{
    return strcmp(((const struct wire_file *)a)->name,
                  ((const struct wire_file *)b)->name);
}

static void
hostile_file_send(const struct hostile_file *h, struct texts_outcome *out)
{
    struct arena *a = arena_new(4 * JOURNAL_PROGRAMME_MAX);
    struct programme_dir d = {0};
    struct findings found = {0};
    struct wire_file files[PROGRAMME_FILES_MAX + 1];
    struct buf bundle;
    size_t count;
    size_t i;

    assert_int_equal(programme_dir_read("programmes/" PROVINCE, &d, &found), ST_OK);
    for (count = 0; count < d.count; count++) {
        files[count] = (struct wire_file){d.files[count].name,
                                          (const uint8_t *)d.files[count].text,
                                          d.files[count].bytes};
    }
    for (i = 0; i < count && strcmp(files[i].name, h->file) != 0; i++) {
    }
    if (h->text == NULL) {
        assert_true(i < count);
        files[count] = files[i];
        count++;
    } else {
        files[i] =
            (struct wire_file){h->file, (const uint8_t *)h->text, strlen(h->text)};
        count += i == count;
    }
    qsort(files, count, sizeof *files, wire_file_compare);
    buf_init(&bundle, 2 * JOURNAL_PROGRAMME_MAX);
    bundle_encode(files, count, a, &bundle);
    texts_nulls_put(&bundle);
    bundle_send(&bundle, out);
    buf_fini(&bundle);
    programme_dir_fini(&d);
    findings_fini(&found);
    arena_free(&a);
}

static void
a_file_of_a_programme_has_its_name_and_is_text(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(hostile_files); i++) {
        const struct hostile_file *h = &hostile_files[i];
        struct texts_outcome got = {0};

        hostile_file_send(h, &got);
        if (!got.refused || strcmp(got.code, "bad_programme") != 0 ||
            strncmp(got.field, h->field, strlen(h->field)) != 0) {
            fail_msg("%s: %s “%s” of “%s”: %s", h->name,
                     got.refused ? "refused as" : "taken", got.code, got.field,
                     got.message);
        }
    }
}

/* ---- what is left of it ---- */

static void
line_look(const char *path, const char *line, size_t len)
{
    size_t at = 0;
    size_t step;

    for (; at < len; at += step) {
        step = utf8_char_bytes(line + at, len - at);
        if (step == 0 || utf8_obeyed(line + at, step)) {
            fail_msg("%s: byte %02x in: %.*s", path, (unsigned char)line[at], (int)len,
                     line);
        }
    }
    if (strstr(line, MARK) != NULL || strstr(line, "forged") != NULL) {
        fail_msg("%s: %.*s", path, (int)len, line);
    }
    if (strstr(path, "redis") == NULL &&
        (len < 30 || line[4] != '-' || line[10] != 'T' || line[23] != 'Z')) {
        fail_msg("%s: not a line of ours: %.*s", path, (int)len, line);
    }
}

static size_t
log_look(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *line = NULL;
    size_t room = 0;
    size_t count = 0;
    ssize_t got;

    assert_non_null(f);
    while ((got = getline(&line, &room, f)) > 0) {
        assert_int_equal(line[got - 1], '\n');
        line_look(path, line, (size_t)got - 1);
        count++;
    }
    free(line); /* getline's */
    assert_int_equal(fclose(f), 0);
    return count;
}

static void
no_log_holds_any_of_it(void **state)
{
    static const char *const logs[] = {"ingest", "scorer", "notifier"};
    char path[300];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(logs); i++) {
        (void)snprintf(path, sizeof path, "%s/%s.log", fx.stack.dir, logs[i]);
        assert_true(log_look(path) > 0);
    }
    (void)log_look(redis_server_log(fx.stack.redis));
}

static void
everybody_lives(void **state)
{
    (void)state;
    for (size_t i = 0; i < PART_COUNT; i++) {
        stack_part_signal(&fx.stack, (enum stack_part)i, 0);
        assert_int_equal(fx.stack.pids[i], fx.pids[i]);
    }
}

/* What a command prints: nothing that a terminal obeys, and no line that begins with
 * what somebody wrote. */
static void
output_look(const char *command)
{
    const char *at = fx.run.out;
    size_t left = strlen(at);
    bool begins = true;

    while (left > 0) {
        size_t step = utf8_char_bytes(at, left);
        bool whole = left > 3 || step != 0; /* the end may be cut */

        if (whole && (step == 0 || (*at != '\n' && utf8_obeyed(at, step)))) {
            fail_msg("%s: byte %02x in: %.100s", command, (unsigned char)*at,
                     at - (at - fx.run.out > 50 ? 50 : at - fx.run.out));
        }
        if (begins && (strncmp(at, MARK, strlen(MARK)) == 0 ||
                       strncmp(at, "2026-11-21T", 11) == 0)) {
            fail_msg("%s: a line of its own: %.100s", command, at);
        }
        begins = *at == '\n';
        step = step == 0 ? 1 : step;
        at += step;
        left -= step;
    }
}

static const struct shown {
    const char *words;
    bool alert;        /* its code goes behind */
    const char *where; /* NULL: Redis; a command for operators asks both */
    bool has;          /* what somebody wrote stands in it */
} shown[] = {
    {"journal --from 5880", false, NULL, true},
    {"journal --from 5880 --json", false, NULL, true},
    {"history", true, NULL, true},
    {"history --json", true, NULL, true},
    {"alerts --all", false, NULL, false},
    {"alerts --all --csv", false, NULL, false},
    {"alerts --all --json", false, NULL, false},
    {"status --silent", false, NULL, true},
    {"status --json", false, NULL, true},
    {"parked list", false, NULL, false},
    {"explain 21055 7c", false, NULL, true},
    {"explain 21055 7c --json", false, NULL, true},
    {"league 7c commune", false, NULL, false},
    {"league 7c commune --csv", false, NULL, false},
    {"progress", false, NULL, false},
    {"verify", false, NULL, false},
    {"undelivered", false, NULL, false},
    {"release " PROVINCE " --yes", false, SIDE_OPS, true},
    {"watch --once --details", false, SIDE_LEADERS, false},
    {"digest --preview", false, SIDE_LEADERS, false},
};

/* Two lines that look like others' words, and turn the direction of writing. */
#define SAID                                                                           \
    "x\n" MARK " is held: no\n2026-11-21T00:00:00.000Z error " MARK                    \
    " forged=1\xe2\x80\xae\xe2\x80\xa8" MARK "\xe2\x80\xa9\xd8\x9c"

static void
everybody_says_it(void)
{
    static const struct field said[] = {
        {"act.note", IN_PAUSE, offsetof(struct wire_act, note), FREE},
        {"acknowledge.note", IN_ACKNOWLEDGE,
         offsetof(struct leader_request, acknowledge.note), FREE},
        {"act.note", IN_HOLD, offsetof(struct wire_act, note), FREE},
        {"reason", IN_REPORT, offsetof(struct wire_report, reason), FREE},
    };
    struct texts_outcome got;
    size_t i;

    for (i = 0; i < COUNT_OF(said); i++) {
        ask(&said[i], SAID, &got);
        assert_false(got.refused);
        stack_settle(&fx.stack);
    }
}

static void
what_is_shown_of_it_obeys_nobody(void **state)
{
    char redis[400];
    char server[200];
    char words[400];
    size_t i;

    (void)state;
    everybody_says_it();
    (void)snprintf(redis, sizeof redis, "%s", redis_server_address(fx.stack.redis));
    for (i = 0; i < COUNT_OF(shown); i++) {
        const struct shown *s = &shown[i];

        (void)snprintf(words, sizeof words, "%s%s%s", s->words, s->alert ? " " : "",
                       s->alert ? fx.alert : "");
        if (s->where == NULL) {
            command_run(&fx.run, "%s --province %s --redis %s", words, PROVINCE, redis);
        } else {
            bool ops = strcmp(s->where, SIDE_OPS) == 0;

            stack_endpoint(&fx.stack, s->where, server);
            command_run(
                &fx.run, "%s --province %s%s%s --server %s --server-key %s --key %s",
                words, PROVINCE, ops ? " --redis " : "", ops ? redis : "", server,
                fx.stack.service_keys.public_key, ops ? fx.ops_key : fx.head_key);
        }
        output_look(words);
        if (fx.run.code != 0 || s->has != (strstr(fx.run.out, MARK) != NULL)) {
            fail_msg("%s: %d, the text %s: %s", words, fx.run.code,
                     s->has ? "is missing" : "stands there", fx.run.out);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_refused_by_its_field_or_harmless),
        cmocka_unit_test(a_file_of_a_programme_has_its_name_and_is_text),
        cmocka_unit_test(no_log_holds_any_of_it),
        cmocka_unit_test(what_is_shown_of_it_obeys_nobody),
        cmocka_unit_test(everybody_lives),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
