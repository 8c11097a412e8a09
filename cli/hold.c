/*
 * dondoc hold PROVINCE - nothing goes out to anybody until it is released or its last
 * day is over; everything is scored and recorded meanwhile. dondoc pause CODE - one
 * alert neither climbs nor is repeated until a day. Acts of a person, with author.
 */
#include <stdio.h>
#include <string.h>

#include "cli/act.h"
#include "cli/cli.h"
#include "cli/language.h"
#include "cli/link.h"
#include "cli/reading.h"

static const struct option_row hold_rows[] = {
    {"reason", CONF_TEXT, "", 0, 0, "vì sao tạm giữ; lưu trong sổ ghi",
     "why; kept in the journal"},
    {"until", CONF_TEXT, "", 0, 0,
     "ngày cuối cùng, nhiều nhất 60 ngày: 2026-10-31 hoặc 31/10/2026",
     "the last day, at most 60 days ahead: 2026-10-31 or 31/10/2026"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON", "one JSON object"},
};

static const struct option_spec hold_spec = {
    .command = "hold",
    .synopsis = "PROVINCE --reason TEXT --until DAY [--json]",
    .vi =
        "Tạm giữ mọi thông báo của một tỉnh: số liệu vẫn được tiếp nhận, tính toán và "
        "lưu, nhưng\nkhông thông báo nào được gửi đi. Dùng khi thấy có sai sót lớn (ví "
        "dụ ngưỡng nhập nhầm) và\ncần kiểm tra trước. Hết ngày --until thì tự mở và "
        "gửi; mở sớm hơn, hoặc bỏ bớt:\n  dondoc release TỈNH\nLệnh tạm giữ được nêu "
        "đầu tiên trong dondoc status. Cần khóa vai trò ops hoặc office.\n",
    .en =
        "Keeps every message of a province back: figures are still taken, scored and "
        "recorded, but\nnothing goes out. For when something is badly wrong (a "
        "threshold mistyped) and somebody has\nto look first. After the day of --until "
        "it opens by itself and sends; to open it before, or\nto leave some out:\n"
        "  dondoc release PROVINCE\nIt stands first on every dondoc status. Needs a "
        "key of role ops or office.\n",
    .rows = hold_rows,
    .count = sizeof hold_rows / sizeof *hold_rows,
    .link = true,
};

static const struct option_row pause_rows[] = {
    {"reason", CONF_TEXT, "", 0, 0, "vì sao tạm dừng; lưu trong sổ ghi",
     "why; kept in the journal"},
    {"until", CONF_TEXT, "", 0, 0,
     "ngày cuối cùng, nhiều nhất 180 ngày: 2026-10-31 hoặc 31/10/2026",
     "the last day, at most 180 days ahead: 2026-10-31 or 31/10/2026"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON", "one JSON object"},
};

static const struct option_spec pause_spec = {
    .command = "pause",
    .synopsis = "CODE --reason TEXT --until DAY [--json]",
    .vi = "Tạm dừng một cảnh báo đang mở: đến hết ngày --until không nhắc lại và không "
          "báo cáo cấp\ntrên; đính chính, thu hồi và đóng vẫn được gửi. Không có tạm "
          "dừng vô thời hạn. Mã lấy từ\ndondoc alerts. Cần khóa vai trò ops hoặc "
          "office.\n",
    .en =
        "Pauses an alert that is open: until the day of --until is over it is not "
        "repeated and does\nnot climb; corrections, withdrawals and its end are still "
        "sent. There is no pause without an\nend. The code is that of dondoc alerts. "
        "Needs a key of role ops or office.\n",
    .rows = pause_rows,
    .count = sizeof pause_rows / sizeof *pause_rows,
    .link = true,
};

/* One operand, a reason and a day; 0, or what to end with. */
static int
wish_take(const struct option_spec *s, const struct options *o, struct wire_act *act,
          char until[DAY_TEXT_BYTES])
{
    int code;

    if (o->operand_count != 1 || o->operands[0][0] == '\0') {
        return options_usage(s->command, "%s",
                             s == &hold_spec
                                 ? words("cần đúng một mã tỉnh, ví dụ quang-ngai",
                                         "one province is wanted, such as quang-ngai")
                                 : words("cần đúng một mã cảnh báo, ví dụ "
                                         "QNG-2023-7c-21040",
                                         "one code is wanted, such as "
                                         "QNG-2023-7c-21040"));
    }
    code = act_reason(s->command, o, &act->note);
    if (code == EXIT_DONE) {
        code = act_until(s->command, o, until);
    }
    act->kind = s->command;
    act->until = until;
    return code;
}

static void
held_say(const char *province, const char *until_iso, uint64_t entry)
{
    char until[DAY_TEXT_BYTES] = "-";
    int32_t day;

    if (day_parse(until_iso, &day) == ST_OK) {
        day_say(day, until);
    }
    (void)printf(
        words(
            "Đã ghi, mục %llu: từ lúc này không thông báo nào của %s được gửi đi, đến "
            "hết ngày %s;\nsố liệu vẫn được tính và lưu. Mở sớm hơn: dondoc release "
            "%s\n",
            "Written, entry %llu: from now on nothing goes out in %s, up to and with "
            "%s;\neverything is still scored and recorded. To open it before: dondoc "
            "release %s\n"),
        (unsigned long long)entry, province, until, province);
}

static void
paused_say(const char *code, const char *until_iso, uint64_t entry)
{
    char until[DAY_TEXT_BYTES] = "-";
    int32_t day;

    if (day_parse(until_iso, &day) == ST_OK) {
        day_say(day, until);
    }
    (void)printf(
        words("Đã ghi, mục %llu: cảnh báo %s tạm dừng đến hết ngày %s; không nhắc lại, "
              "không\nbáo cáo cấp trên. Đính chính, thu hồi và đóng vẫn được gửi.\n",
              "Written, entry %llu: %s is paused up to and with %s; it is not repeated "
              "and does\nnot climb. Corrections, withdrawals and its end are still "
              "sent.\n"),
        (unsigned long long)entry, code, until);
}

static int
wish_run(const struct option_spec *s, const struct options *o)
{
    struct wire_act act = {.kind = s->command};
    char until[DAY_TEXT_BYTES];
    char code_text[ALERT_CODE_BYTES];
    const char *province = conf_text(o->conf, "province");
    uint64_t entry = 0;
    bool hold = s == &hold_spec;
    int code = wish_take(s, o, &act, until);

    if (code != EXIT_DONE) {
        return code;
    }
    if (hold) {
        province = o->operands[0];
    } else { /* people copy what stands under a message, with its number */
        (void)snprintf(code_text, sizeof code_text, "%.*s",
                       (int)strcspn(o->operands[0], "/"), o->operands[0]);
        act.subject = code_text;
    }
    code = act_send(o, province, &act, &entry);
    if (code != EXIT_DONE) {
        return code;
    }
    if (conf_switch(o->conf, "json")) {
        act_json(province, &act, entry);
    } else if (hold) {
        held_say(province, until, entry);
    } else {
        paused_say(code_text, until, entry);
    }
    return EXIT_DONE;
}

static int
command_run(const struct option_spec *s, int argc, char **argv)
{
    struct options o;
    int code;

    if (!options_take(&o, s, argc, argv, &code)) {
        return code;
    }
    code = wish_run(s, &o);
    options_fini(&o);
    return code;
}

int
cli_hold(int argc, char **argv)
{
    return command_run(&hold_spec, argc, argv);
}

int
cli_pause(int argc, char **argv)
{
    return command_run(&pause_spec, argc, argv);
}
