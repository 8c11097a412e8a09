/*
 * dondoc replay - a province computed once more from its journal, and compared with
 * what is stored; or computed with another programme, to see what that would change.
 *
 * The real scorer and notifier do the computing, on a Redis of their own without disk
 * (replay.h tells the path), so that what is compared is the product itself. The
 * province's Redis is only read. Memory: as much again as the province takes there.
 *
 * Compared, byte for byte: facts, scores, summary, told, alert, the alerts journal,
 * inboxes, what is parked, the texts of programmes. Not compared: the reports journal
 * with head, receipts and acts (they are what is computed from: dondoc verify), cursor
 * (who has read how far is no matter of the journal), checkpoint, epoch and owner (who
 * was at work, and when).
 */
#include "cli/replay.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/mem.h"
#include "lib/programme.h"

#define ARENA_BYTES (4u * JOURNAL_PROGRAMME_MAX)
#define CHANGED_SLUG "with-the-folder" /* of the second computation */
#define SLUGS_BYTES 160

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    ARCHIVE_ROW,
    {"until", CONF_TEXT, "", 0, 0, "tình hình lúc hết ngày này, ví dụ 2023-06-30",
     "how things stood at the end of this day, such as 2023-06-30"},
    {"programme", CONF_TEXT, "", 0, 0,
     "thử chương trình ở thư mục này với báo cáo đã nhận",
     "try the programme in this folder on the reports taken so far"},
    {"json", CONF_SWITCH, "false", 0, 0, "mỗi dòng một đối tượng JSON",
     "one JSON object a line"},
};

static const struct option_spec spec = {
    .command = "replay",
    .synopsis = "[PROVINCE] [--until DAY] [--programme DIR] [--archive DIR] [--json]",
    .vi =
        "Tính lại toàn bộ từ sổ ghi, bằng chính scorer và notifier trên một Redis tạm, "
        "rồi so với những\ngì đang lưu: từng byte, hoặc kể ra chỗ khác (khóa, trường, "
        "đang lưu, tính lại). Redis của tỉnh chỉ\nđược đọc, các dịch vụ vẫn chạy. Máy "
        "cần redis-server và thêm chừng ấy bộ nhớ như tỉnh đang dùng.\n"
        "So sánh: facts, scores, summary, told, alert, sổ cảnh báo, inbox, parked, "
        "programme.\n"
        "Không so sánh: reports, head, receipts, acts (xem dondoc verify); cursor (ai "
        "đã "
        "đọc đến đâu\nkhông nằm trong sổ ghi); checkpoint, epoch, owner (ai chạy, lúc "
        "nào).\n"
        "--until: chỉ so những gì không bao giờ đổi: sổ cảnh báo, inbox đến lúc đó, "
        "programme.\n"
        "--programme: không có gì được áp dụng; mọi chương trình trong sổ ghi được "
        "thay "
        "bằng thư mục này.\n"
        "Mã thoát 0: giống nhau, 65: khác nhau hoặc sổ ghi hỏng, 69: không đọc được, "
        "75: "
        "chạy lại.\n",
    .en =
        "Computes everything again from the journal, with the scorer and notifier "
        "themselves on a\nRedis of their own, and compares it with what is stored: "
        "byte "
        "for byte, or the differences are\nlisted (key, field, stored, recomputed). "
        "The "
        "province's Redis is only read; the services may be at\nwork. Needs "
        "redis-server "
        "here, and as much memory again as the province takes.\n"
        "Compared: facts, scores, summary, told, alert, the alerts journal, inbox, "
        "parked, programme.\n"
        "Not compared: reports, head, receipts, acts (dondoc verify does); cursor (who "
        "has read how far\nis not in the journal); checkpoint, epoch, owner (who was "
        "at "
        "work, and when).\n"
        "--until: compared is only what never changes: the alerts journal and inboxes "
        "up "
        "to then, programme.\n"
        "--programme: nothing is put in force; the folder takes the place of every "
        "programme in the journal.\n"
        "Exit status 0: the same, 65: different, or the journal is damaged, 69: not "
        "reachable, 75: run again.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* --- before --- */

static int
options_look(struct replay *x, const struct options *o)
{
    const char *day = conf_text(o->conf, "until");
    char why[256];

    x->json = conf_switch(o->conf, "json");
    x->until = DAY_OPEN;
    if (o->operand_count > 1) {
        return options_usage("replay", words("“%s” thừa", "“%s” is too much"),
                             o->operands[1]);
    }
    if (o->operand_count == 1 && conf_set(o->conf, "province", o->operands[0],
                                          CONF_FROM_FLAG, why, sizeof why) != ST_OK) {
        return options_usage("replay", "%s", why);
    }
    if (day[0] != '\0' && day_parse(day, &x->until) != ST_OK) {
        return options_usage("replay",
                             words("--until “%s” không phải là ngày; ví dụ 2023-06-30",
                                   "--until “%s” is no day; such as 2023-06-30"),
                             day);
    }
    return EXIT_DONE;
}

/* Only reads, so without the first write of other commands: what a power cut may still
 * take back shows as an entry that is read here and gone later, and changes nothing. */
static int
live_open(struct replay *x, const struct options *o)
{
    struct reading *r = &x->reading;
    int code = reading_init(r, o);
    enum status st;

    if (code != EXIT_DONE) {
        return code;
    }
    st = redis_connect(r->redis, NULL, NULL);
    if (st == ST_OK) {
        st = board_head(r->redis, r->province, &r->head);
    }
    if (st == ST_OK) {
        st = board_checkpoint(r->redis, r->province, "scorer", &r->scorer);
    }
    if (st == ST_OK) {
        st = board_simulated(r->redis, r->province, &r->head, &r->simulated);
    }
    if (st != ST_OK) {
        code = reading_broken(r);
        return st == ST_DENIED ? EXIT_REFUSED : code;
    }
    if (r->head.seq == 0) {
        (void)fprintf(
            stderr,
            words("Sổ ghi của tỉnh %s trong Redis này còn trống: không có gì "
                  "để tính lại.\n",
                  "The journal of %s in this Redis is empty: there is nothing "
                  "to compute.\n"),
            r->province);
        return EXIT_UNAVAILABLE;
    }
    return EXIT_DONE;
}

/* The folder as it would be put in force; a wrong one is not tried. */
static int
folder_read(struct replay *x, const char *path)
{
    struct findings found = {0};
    int code = bundle_read(&x->bundle, path);

    if (code == EXIT_DONE && programme_load(x->bundle.bytes.data, x->bundle.bytes.len,
                                            &x->after, &found) != ST_OK) {
        (void)fprintf(
            stderr,
            words("Chương trình trong %s có %zu lỗi; đề nghị chạy: dondoc check "
                  "%s\n",
                  "The programme in %s has errors (%zu); please run: dondoc "
                  "check %s\n"),
            path, found.errors, path);
        code = EXIT_DATA;
    }
    findings_fini(&found);
    return code;
}

/* --- computing --- */

static void
sides_begin(struct replay *x)
{
    x->sides[0].slug = x->reading.province;
    x->side_count = 1;
    if (x->after != NULL) {
        x->sides[1].slug = CHANGED_SLUG;
        x->sides[1].programme = &x->bundle;
        x->side_count = 2;
    }
}

/* Whose time is it, when no tick says so? */
static bool
simulated(const struct replay *x)
{
    return x->timed ? x->simulated
                    : x->reading.simulated || (x->after != NULL && x->after->simulated);
}

static int
compute(struct replay *x)
{
    const struct reading *r = &x->reading;
    char slugs[SLUGS_BYTES];
    int code = scratch_open(&x->scratch);

    x->began = mono_now();
    if (code == EXIT_DONE) {
        /* What is stored speaks of the scorer's place; nothing stored is needed to try
         * a programme. */
        code = feed_to(x, x->after != NULL ? r->head.seq : r->scorer.seq);
    }
    if (code == EXIT_DONE && x->done == 0 && x->until != DAY_OPEN) {
        (void)fputs(words("Đến ngày đó sổ ghi chưa có gì.\n",
                          "By that day there was nothing in the journal.\n"),
                    stderr);
        return EXIT_DATA;
    }
    if (code == EXIT_DONE) {
        (void)snprintf(slugs, sizeof slugs, "%s%s%s", x->sides[0].slug,
                       x->side_count > 1 ? "," : "",
                       x->side_count > 1 ? x->sides[1].slug : "");
        code = scratch_services(&x->scratch, slugs, simulated(x));
    }
    if (code == EXIT_DONE) {
        code = feed_await(x);
    }
    x->took_us = mono_since_us(x->began);
    return code;
}

/* --- after --- */

static void
until_say(const struct replay *x)
{
    char when[WHEN_BYTES];
    char day[DAY_TEXT_BYTES];

    day_say(x->until, day);
    hour_say(x->hour, when);
    if (x->json) {
        (void)printf("{\"until_entry\":%llu}\n", (unsigned long long)x->done);
        return;
    }
    (void)printf(words("Tình hình đến hết ngày %s (mục %llu; tick cuối %s):\n",
                       "As it stood at the end of %s (entry %llu; last tick %s):\n"),
                 day, (unsigned long long)x->done, x->hour == 0 ? "-" : when);
}

static int
stored_compare(struct replay *x)
{
    int code = EXIT_DONE;

    if (x->until != DAY_OPEN) {
        until_say(x);
        code = say_state(x, 0);
    }
    if (code == EXIT_DONE) {
        code = compare_all(x);
    }
    if (code != EXIT_DONE) {
        return code;
    }
    if (x->until != DAY_OPEN && !x->json) {
        (void)puts(
            words("So sánh sổ cảnh báo và inbox đến lúc đó (phần còn lại đang lưu "
                  "là của hôm nay).",
                  "Compared: the alerts journal and inboxes up to then (the rest "
                  "that is stored is of today)."));
    } else if (!x->json && x->reading.head.seq > x->done) {
        (void)printf(
            words("(%llu mục cuối của sổ ghi scorer chưa chấm, chưa so sánh)\n",
                  "(the last %llu entries of the journal are not scored yet and "
                  "not compared)\n"),
            (unsigned long long)(x->reading.head.seq - x->done));
    }
    say_summary(x);
    return x->differences > 0 ? EXIT_DATA : x->notifier_behind ? EXIT_AGAIN : EXIT_DONE;
}

static int
replay_run(struct replay *x, const struct options *o)
{
    const char *folder = conf_text(o->conf, "programme");
    int code = folder[0] == '\0' ? EXIT_DONE : folder_read(x, folder);

    if (code == EXIT_DONE) {
        code = live_open(x, o);
    }
    if (code != EXIT_DONE) {
        return code;
    }
    history_init(&x->history, &x->reading, conf_text(o->conf, "archive"));
    sides_begin(x);
    code = compute(x);
    if (code == EXIT_DONE) {
        code = x->after != NULL ? change_list(x) : stored_compare(x);
    }
    history_fini(&x->history);
    scratch_close(&x->scratch);
    return code;
}

int
cli_replay(int argc, char **argv)
{
    struct replay x = {.scratch = {.hold = -1}};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    crypto_init();
    x.said = mono_now();
    x.arena = arena_new(ARENA_BYTES);
    bundle_init(&x.bundle);
    journal_append_init(&x.append);
    journal_read_init(&x.read);
    code = options_look(&x, &o);
    if (code == EXIT_DONE) {
        code = replay_run(&x, &o);
    }
    journal_read_fini(&x.read);
    journal_append_fini(&x.append);
    bundle_fini(&x.bundle);
    catalogue_free(&x.after);
    arena_free(&x.arena);
    reading_close(&x.reading);
    options_fini(&o);
    return code;
}
