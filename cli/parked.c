/*
 * dondoc parked - what the journal holds and nobody could apply. list and show only
 * read; retry and drop are acts of a person: ingest appends them (a key of role ops),
 * the scorer carries them out, and this command waits to see what came of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/act.h"
#include "cli/archived.h"
#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/journal_line.h"
#include "cli/language.h"
#include "cli/reading.h"
#include "cli/table_print.h"
#include "lib/instant.h"

#define WAIT_US 10000000
#define LOOK_NS 50000000L
#define LINES_BYTES (8u << 20)
#define ARENA_BYTES (16u << 20)

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    {"note", CONF_TEXT, "", 0, 0, "ghi chú, lưu trong sổ ghi",
     "a note, kept in the journal"},
    ARCHIVE_ROW,
};

static const struct option_spec spec = {
    .command = "parked",
    .synopsis =
        "list\nshow ENTRY:INDEX [--archive DIR]\nretry ENTRY:INDEX [--note TEXT]\n"
        "drop ENTRY:INDEX [--note TEXT]",
    .vi =
        "Những báo cáo đã nằm trong sổ ghi nhưng chưa tính được, với lý do.\n"
        "retry yêu cầu tính lại (sau khi đã sửa chương trình), drop bỏ khỏi danh sách; "
        "cả hai cần khóa\nvai trò ops và được lưu trong sổ ghi.\n",
    .en =
        "Reports that stand in the journal and could not be applied, with the reason.\n"
        "retry applies one again (after the programme was mended), drop takes it off "
        "the list;\nboth need a key of role ops and are kept in the journal.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

struct parked_place {
    uint64_t entry;
    uint32_t index;
};

static const char *
reason_why(const char *reason)
{
    static const char *const said[][3] = {
        {"unknown_unit", "đơn vị không có trong chương trình",
         "the unit is not in the programme"},
        {"unknown_group", "nhóm số liệu không có trong chương trình",
         "the group is not in the programme"},
        {"unknown_measure", "chỉ số không có trong chương trình",
         "a measure is not in the programme"},
        {"bad_period", "mã kỳ không hợp lệ", "the period is none"},
        {"older_revision", "đã có lần gửi mới hơn", "a newer revision stands"},
        {"no_programme", "khi đó chưa có chương trình", "no programme was in force"},
        {"unreadable", "không giải mã được", "cannot be decoded"},
        {"torn_entry", "mục bị hỏng", "the entry is torn"},
    };
    size_t i;

    for (i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (strcmp(reason, said[i][0]) == 0) {
            return words(said[i][1], said[i][2]);
        }
    }
    return "";
}

static int
list(const struct reading *r)
{
    struct board_parked_list parked;
    struct table_print *t;
    size_t i;

    if (board_parked(r->redis, r->province, &parked) != ST_OK) {
        board_parked_fini(&parked);
        return reading_broken(r);
    }
    t = table_print_new(4);
    table_print_head(t, 0, words("mục", "entry"), TABLE_LEFT);
    table_print_head(t, 1, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 2, words("lý do", "reason"), TABLE_LEFT);
    table_print_head(t, 3, "", TABLE_LEFT);
    for (i = 0; i < parked.count; i++) {
        char at[48];

        (void)snprintf(at, sizeof at, "%" PRIu64 ":%" PRIu32, parked.items[i].entry,
                       parked.items[i].index);
        table_print_cell(t, at);
        table_print_cell(t, parked.items[i].unit);
        table_print_cell(t, parked.items[i].reason);
        table_print_cell(t, reason_why(parked.items[i].reason));
    }
    if (parked.count > 0) {
        table_print_out(t);
    } else {
        (void)puts(words("Không có gì bị treo.", "Nothing is parked."));
    }
    table_print_free(&t);
    board_parked_fini(&parked);
    return EXIT_DONE;
}

/* ST_GONE: this place is not parked. */
static enum status
parked_find(const struct reading *r, struct parked_place at, struct board_parked *out)
{
    struct board_parked_list parked;
    enum status st = board_parked(r->redis, r->province, &parked);
    size_t i;

    if (st == ST_OK) {
        st = ST_GONE;
        for (i = 0; i < parked.count; i++) {
            if (parked.items[i].entry == at.entry &&
                parked.items[i].index == at.index) {
                *out = parked.items[i];
                st = ST_OK;
            }
        }
    }
    board_parked_fini(&parked);
    return st;
}

static int
not_parked(struct parked_place at)
{
    (void)fprintf(stderr,
                  words("%" PRIu64 ":%" PRIu32
                        " không nằm trong danh sách treo. Đề nghị xem: dondoc parked "
                        "list\n",
                        "%" PRIu64 ":%" PRIu32
                        " is not parked. Please see: dondoc parked list\n"),
                  at.entry, at.index);
    return EXIT_DATA;
}

/* Line `index` of the lines of an entry. */
static void
line_print(const char *lines, uint32_t index)
{
    while (index > 0 && lines != NULL) {
        lines = strchr(lines, '\n');
        lines = lines == NULL ? NULL : lines + 1;
        index--;
    }
    if (lines != NULL) {
        (void)printf("%.*s\n", (int)strcspn(lines, "\n"), lines);
    }
}

static int
show(struct reading *r, const char *archive, struct parked_place at)
{
    const struct journal_entry *e = NULL;
    char why[DAMAGE_BYTES];
    struct board_parked parked;
    struct history history;
    struct arena *a;
    struct buf lines;
    bool holds;
    enum status st = parked_find(r, at, &parked);

    if (st != ST_OK) {
        return st == ST_GONE ? not_parked(at) : reading_broken(r);
    }
    flow_printf(stdout, "%s  %s\n", parked.reason, reason_why(parked.reason));
    if (r->head.programme[0] != '\0') {
        (void)reading_programme(r); /* without it decimals are missing, no more */
    }
    a = arena_new(ARENA_BYTES);
    buf_init(&lines, LINES_BYTES);
    history_init(&history, r, archive);
    st = history_one(&history, at.entry, &e, &holds, why);
    if (st == ST_OK) {
        journal_text(r->catalogue, e, a, &lines);
        line_print(buf_str(&lines), at.index);
    } else if (st == ST_GONE) {
        (void)printf(
            words("Không xem được mục này: %s.\n", "The entry cannot be shown: %s.\n"),
            why);
    }
    history_fini(&history);
    buf_fini(&lines);
    arena_free(&a);
    return st == ST_AGAIN ? reading_broken(r) : EXIT_DONE;
}

/* --- acts --- */

/* Until the scorer has read the act, or the time is over. */
static enum status
scorer_wait(struct reading *r, uint64_t entry)
{
    static const struct timespec pause = {0, LOOK_NS};
    struct mono start = mono_now();
    enum status st;

    while ((st = board_checkpoint(r->redis, r->province, "scorer", &r->scorer)) ==
               ST_OK &&
           r->scorer.seq < entry && mono_since_us(start) < WAIT_US) {
        (void)nanosleep(&pause, NULL); /* shorter does no harm */
    }
    return st;
}

static int
act(struct reading *r, const struct options *o, const char *kind,
    struct parked_place at)
{
    struct board_parked parked;
    char subject[48];
    uint64_t entry = 0;
    enum status st = parked_find(r, at, &parked);
    int code;

    if (st != ST_OK) {
        return st == ST_GONE ? not_parked(at) : reading_broken(r);
    }
    (void)snprintf(subject, sizeof subject, "%" PRIu64 ":%" PRIu32, at.entry, at.index);
    code = act_send(o, NULL,
                    &(struct wire_act){.kind = kind,
                                       .subject = subject,
                                       .note = conf_text(o->conf, "note")},
                    &entry);
    if (code != EXIT_DONE) {
        return code;
    }
    (void)printf(words("Đã ghi, mục %" PRIu64 ".\n", "Written, entry %" PRIu64 ".\n"),
                 entry);
    if (scorer_wait(r, entry) != ST_OK) {
        return reading_broken(r);
    }
    if (r->scorer.seq < entry) {
        (void)puts(words("Dịch vụ chấm điểm chưa đọc đến mục này; xem: dondoc status",
                         "The scorer has not read it yet; see: dondoc status"));
        return EXIT_DONE;
    }
    st = parked_find(r, at, &parked);
    if (st == ST_GONE) {
        (void)puts(
            strcmp(kind, "parked-drop") == 0
                ? words("Đã bỏ khỏi danh sách treo.", "Taken off the list.")
                : words("Đã tính lại, có hiệu lực.", "Applied; it takes effect."));
        return EXIT_DONE;
    }
    if (st != ST_OK) {
        return reading_broken(r);
    }
    (void)printf(
        words("Vẫn chưa tính được: %s %s\n", "It still cannot be applied: %s %s\n"),
        parked.reason, reason_why(parked.reason));
    return EXIT_DATA;
}

static int
parked_run(struct reading *r, const struct options *o)
{
    const char *what = o->operands[0];
    struct parked_place at = {0, 0};
    char end;

    if (strcmp(what, "list") == 0 && o->operand_count == 1) {
        return list(r);
    }
    if (o->operand_count != 2 || sscanf(o->operands[1], "%" SCNu64 ":%" SCNu32 "%c",
                                        &at.entry, &at.index, &end) != 2) {
        return options_usage("parked", "%s",
                             words("cần: list, hoặc show|retry|drop MỤC:SỐ, ví dụ 57:3",
                                   "either list, or show|retry|drop ENTRY:INDEX, such "
                                   "as 57:3"));
    }
    if (strcmp(what, "show") == 0) {
        return show(r, conf_text(o->conf, "archive"), at);
    }
    if (strcmp(what, "retry") == 0) {
        return act(r, o, "parked-retry", at);
    }
    if (strcmp(what, "drop") == 0) {
        return act(r, o, "parked-drop", at);
    }
    return options_usage("parked", words("không có “%s”", "there is no “%s”"), what);
}

int
cli_parked(int argc, char **argv)
{
    struct reading r;
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count == 0) {
        code = options_usage("parked", "%s",
                             words("cần: list, show, retry hoặc drop",
                                   "one of list, show, retry, drop"));
    } else {
        code = reading_open(&r, &o);
        if (code == EXIT_DONE) {
            code = parked_run(&r, &o);
            reading_close(&r);
        }
    }
    options_fini(&o);
    return code;
}
