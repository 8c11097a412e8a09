/* What would change, for people: lists of at most LIST_MAX lines. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "cli/programme_preview.h"
#include "cli/reading.h"
#include "cli/table_print.h"

#define LIST_MAX 20
#define FIGURE_BYTES (4 * RATIO_TEXT_BYTES)

/* The rows, then how many are not shown; the table is freed. */
static void
list_out(struct table_print **t, size_t count)
{
    table_print_out(*t);
    table_print_free(t);
    if (count > LIST_MAX) {
        (void)printf(words("… và %zu dòng nữa\n", "… and %zu more\n"),
                     count - LIST_MAX);
    }
}

static size_t
shown(size_t count)
{
    return count < LIST_MAX ? count : LIST_MAX;
}

/* --- verdicts --- */

static const char *
level_words(enum level level)
{
    static const char *const said[][2] = {
        [LEVEL_PROVINCE] = {"tỉnh", "province"},
        [LEVEL_DISTRICT] = {"huyện", "district"},
        [LEVEL_COMMUNE] = {"xã", "commune"},
        [LEVEL_ALL] = {"toàn tỉnh", "all"},
    };

    return words(said[level][0], said[level][1]);
}

static void
verdicts_print(const struct change *c, const char *word)
{
    struct table_print *t;
    size_t i;

    if (c->verdict_count == 0) {
        (void)puts(words("Số đơn vị theo từng kết luận: không đổi.",
                         "Units by verdict: no change."));
        return;
    }
    (void)puts(words("Số đơn vị theo từng kết luận:", "Units by verdict:"));
    t = table_print_new(5);
    table_print_head(t, 0, word, TABLE_LEFT);
    table_print_head(t, 1, words("cấp", "level"), TABLE_LEFT);
    table_print_head(t, 2, words("kết luận", "verdict"), TABLE_LEFT);
    table_print_head(t, 3, words("hiện nay", "now"), TABLE_RIGHT);
    table_print_head(t, 4, words("sau khi áp dụng", "then"), TABLE_RIGHT);
    for (i = 0; i < shown(c->verdict_count); i++) {
        const struct change_verdict *v = &c->verdicts[i];

        table_print_cell(t, v->target->id);
        table_print_cell(t, level_words(v->target->level));
        table_print_cell(t, verdict_words(v->verdict, v->target->full_marks));
        table_print_number(t, v->before);
        table_print_number(t, v->after);
    }
    list_out(&t, c->verdict_count);
}

/* --- alerts --- */

/* "47,35% (1.130/2.386)"; a rank or points as they are. */
static void
figure_words(const struct catalogue *c, const struct change_alert *a, char *out)
{
    const struct indicator *ind = &c->indicators[a->target->indicator];
    bool vietnamese = language_now() == LANGUAGE_VI;
    struct shown s;
    char value[RATIO_TEXT_BYTES];
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];

    score_shown(c, a->target, &a->at, &s);
    if (s.value.den == 0) {
        (void)snprintf(out, FIGURE_BYTES, "-");
        return;
    }
    ratio_text(s.value, s.decimals, CUT_DOWN, vietnamese, value);
    if (ind->is_value) {
        (void)snprintf(out, FIGURE_BYTES, "%s", value);
        return;
    }
    count_say(a->at.standing.num, num);
    count_say(a->at.standing.den, den);
    (void)snprintf(out, FIGURE_BYTES, "%s%% (%s/%s)", value, num, den);
}

static void
required_words(const struct catalogue *c, const struct change_alert *a, char *out)
{
    char number[RATIO_TEXT_BYTES];
    struct shown s;

    score_shown(c, a->target, &a->at, &s);
    if (s.required.den == 0) {
        (void)snprintf(out, FIGURE_BYTES, "-");
        return;
    }
    ratio_text(s.required, s.decimals, CUT_DOWN, language_now() == LANGUAGE_VI, number);
    (void)snprintf(out, FIGURE_BYTES, "%s%s", number,
                   c->indicators[a->target->indicator].is_value ? "" : "%");
}

static void
subject_words(const struct catalogue *c, const struct change_alert *a, char *out)
{
    if (a->subject.unit != NONE) {
        (void)snprintf(out, FIGURE_BYTES, "%s", unit_words(&c->units[a->subject.unit]));
    } else if (a->target->subject == SUBJECT_PROVINCE) {
        (void)snprintf(out, FIGURE_BYTES, "%s",
                       unit_words(&c->units[c->province_unit]));
    } else {
        subject_name(c, a->target, a->subject, out);
    }
}

static void
alert_row(const struct catalogue *c, const struct change_alert *a,
          struct table_print *t)
{
    char text[FIGURE_BYTES];

    table_print_cell(t, a->code);
    subject_words(c, a, text);
    table_print_cell(t, text);
    table_print_cell(t, kind_words(alert_kind_name(a->kind)));
    table_print_cell(t,
                     a->at.window.code[0] != '\0' ? a->at.window.code : a->told_window);
    figure_words(c, a, text);
    table_print_cell(t, text);
    required_words(c, a, text);
    table_print_cell(t, text);
}

static void
alerts_print(const struct catalogue *c, const struct change *change, enum reason reason,
             const char *title)
{
    size_t count = change_alerts_of(change, reason);
    struct table_print *t;
    size_t i;

    if (count == 0) {
        return;
    }
    (void)printf("%s: %zu\n", title, count);
    t = table_print_new(6);
    table_print_head(t, 0, words("cảnh báo", "alert"), TABLE_LEFT);
    table_print_head(t, 1, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 2, words("loại", "kind"), TABLE_LEFT);
    table_print_head(t, 3, words("kỳ", "window"), TABLE_LEFT);
    table_print_head(t, 4, words("số liệu", "figure"), TABLE_RIGHT);
    table_print_head(t, 5, words("yêu cầu", "required"), TABLE_RIGHT);
    for (i = 0; i < change->alert_count && table_print_rows(t) < LIST_MAX; i++) {
        if (change->alerts[i].reason == reason) {
            alert_row(c, &change->alerts[i], t);
        }
    }
    list_out(&t, count);
}

static void
all_alerts_print(const struct catalogue *c, const struct change *change)
{
    if (change->alert_count == 0) {
        (void)puts(words("Cảnh báo: không có tin nào được gửi.",
                         "Alerts: no message would be sent."));
        return;
    }
    alerts_print(c, change, REASON_NEW,
                 words("Cảnh báo sẽ mở", "Alerts that would be opened"));
    alerts_print(c, change, REASON_WORSE,
                 words("Cảnh báo sẽ nặng hơn", "Alerts that would become worse"));
    alerts_print(c, change, REASON_BETTER,
                 words("Cảnh báo sẽ nhẹ hơn", "Alerts that would become better"));
    alerts_print(c, change, REASON_REPEAT,
                 words("Cảnh báo sẽ được nhắc lại", "Alerts that would be repeated"));
    alerts_print(c, change, REASON_CORRECTED,
                 words("Cảnh báo sẽ đính chính", "Alerts that would be corrected"));
    alerts_print(c, change, REASON_RESOLVED,
                 words("Cảnh báo sẽ đóng", "Alerts that would be resolved"));
    alerts_print(c, change, REASON_WITHDRAWN,
                 words("Cảnh báo sẽ thu hồi", "Alerts that would be withdrawn"));
}

/* --- warnings --- */

static const char *
stay_words(enum stay why)
{
    switch (why) {
    case STAY_TARGET:
        return words("không còn mục tiêu này", "the target is gone");
    case STAY_UNIT:
        return words("không còn đơn vị này", "the unit is gone");
    case STAY_ILLUSTRATIVE:
        return words("chương trình chỉ là minh họa",
                     "the programme is an illustration");
    case STAY_OTHER:
        break;
    }
    return words("không còn được xét", "not looked at any more");
}

static void
stays_print(const struct change *c)
{
    struct table_print *t;
    size_t i;

    if (c->stay_count == 0) {
        return;
    }
    (void)printf(
        words("CHÚ Ý: cảnh báo đang mở sẽ mở mãi, vì chương trình mới không còn "
              "xét đến: %zu.\nĐề nghị giữ lại mục tiêu, đơn vị cũ trong thư mục "
              "(đơn vị thì ghi valid_to):\n",
              "WARNING: open alerts that would stay open for ever, because the "
              "new programme does not\ncome to them: %zu. Please keep the old "
              "target or unit in the folder (a unit with its valid_to):\n"),
        c->stay_count);
    t = table_print_new(4);
    table_print_head(t, 0, words("cảnh báo", "alert"), TABLE_LEFT);
    table_print_head(t, 1, words("mục tiêu", "target"), TABLE_LEFT);
    table_print_head(t, 2, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 3, words("vì sao", "why"), TABLE_LEFT);
    for (i = 0; i < shown(c->stay_count); i++) {
        const struct change_stay *s = &c->stays[i];

        table_print_cell(t, s->told->told.code);
        table_print_cell(t, s->told->target);
        table_print_cell(t, s->told->subject);
        table_print_cell(t, stay_words(s->why));
    }
    list_out(&t, c->stay_count);
}

static const char *
loss_words(enum loss why)
{
    static const char *const said[][2] = {
        [LOSS_UNIT] = {"không còn đơn vị", "the unit is gone"},
        [LOSS_GROUP] = {"không còn nhóm", "the group is gone"},
        [LOSS_PERIOD] = {"lịch báo cáo đã đổi", "the calendar is another one"},
        [LOSS_MEASURE] = {"không còn số liệu này trong nhóm",
                          "the measure is gone from its group"},
        [LOSS_DECIMALS] = {"số chữ số thập phân ít hơn", "fewer decimals"},
        [LOSS_LINE] = {"không đọc được", "cannot be read"},
    };

    return words(said[why][0], said[why][1]);
}

static void
losses_print(const struct change *c)
{
    struct table_print *t;
    size_t i;

    if (c->loss_count == 0) {
        return;
    }
    (void)puts(words("CHÚ Ý: báo cáo đã nhận mà chương trình mới không đọc được:",
                     "WARNING: reports taken that the new programme cannot read:"));
    t = table_print_new(5);
    table_print_head(t, 0, words("mã", "code"), TABLE_LEFT);
    table_print_head(t, 1, words("nhóm", "group"), TABLE_LEFT);
    table_print_head(t, 2, words("vì sao", "why"), TABLE_LEFT);
    table_print_head(t, 3, words("báo cáo", "reports"), TABLE_RIGHT);
    table_print_head(t, 4, words("đơn vị", "units"), TABLE_RIGHT);
    for (i = 0; i < shown(c->loss_count); i++) {
        const struct change_loss *l = &c->losses[i];

        table_print_cell(t, l->name);
        table_print_cell(t, l->group);
        table_print_cell(t, loss_words(l->why));
        table_print_number(t, l->reports);
        table_print_number(t, l->units);
    }
    list_out(&t, c->loss_count);
}

static void
ids_print(const struct change *c)
{
    size_t i;

    if (c->id_count == 0) {
        return;
    }
    (void)printf(
        words("CHÚ Ý: đơn vị đổi mã: %zu. Báo cáo và cảnh báo đã có vẫn nằm ở mã "
              "cũ, mã mới bắt đầu từ không:\n",
              "WARNING: units that change their ids: %zu. Their reports and "
              "alerts stay with the old id, the new one begins with nothing:\n"),
        c->id_count);
    for (i = 0; i < shown(c->id_count); i++) {
        (void)printf("%s -> %s\n", c->ids[i].before, c->ids[i].after);
    }
    if (c->id_count > LIST_MAX) {
        (void)printf(words("… và %zu dòng nữa\n", "… and %zu more\n"),
                     c->id_count - LIST_MAX);
    }
}

void
change_print(const struct change_input *in, const struct change *c)
{
    char day[DAY_TEXT_BYTES];

    day_say(in->today, day);
    (void)printf(words("\nNếu áp dụng, theo báo cáo đã nhận, tính đến ngày %s:\n",
                       "\nIf it is put in force, with the reports taken so far, as of "
                       "%s:\n"),
                 day);
    verdicts_print(c, words(in->after->word_vi, in->after->word_en));
    all_alerts_print(in->after, c);
    losses_print(c);
    ids_print(c);
    stays_print(c);
    (void)putchar('\n');
}

/* --- not armed --- */

static const char *
unarmed_words(enum unarmed why)
{
    static const char *const said[][2] = {
        [UNARMED_UNKNOWN] = {"chưa biết có thuộc diện loại trừ không",
                             "not known whether exempt"},
        [UNARMED_UNCONFIRMED] =
            {"giả định không thuộc diện loại trừ, tỉnh chưa xác nhận",
             "assumed not to be exempt, not confirmed"},
        [UNARMED_EXEMPT] = {"thuộc diện loại trừ", "exempt"},
        [UNARMED_MEMBERS] = {"diện loại trừ của các đơn vị thành viên chưa rõ",
                             "not known or not confirmed which members are exempt"},
    };

    return words(said[why][0], said[why][1]);
}

void
unarmed_print(const struct catalogue *c, const struct change_unarmed_list *l)
{
    struct table_print *t;
    size_t i;

    if (c->illustrative || l->count == 0) {
        return; /* of an illustration the check has said so */
    }
    (void)puts(words("\nChưa bật cảnh báo:", "\nNot armed, nobody would be woken:"));
    t = table_print_new(4);
    table_print_head(t, 0, words(c->word_vi, c->word_en), TABLE_LEFT);
    table_print_head(t, 1, words("đơn vị", "units"), TABLE_RIGHT);
    table_print_head(t, 2, words("vì sao", "why"), TABLE_LEFT);
    table_print_head(t, 3, words("ví dụ", "such as"), TABLE_LEFT);
    for (i = 0; i < shown(l->count); i++) {
        const struct change_unarmed *u = &l->items[i];

        table_print_cell(t, u->target->id);
        table_print_number(t, u->count);
        table_print_cell(t, unarmed_words(u->why));
        table_print_cell(t, u->first == NONE ? "" : c->units[u->first].id);
    }
    list_out(&t, l->count);
}
