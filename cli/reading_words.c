/* How units, verdicts, numbers and moments are said. Source: the words of the domain.
 */
#include "cli/reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/nearest.h"
#include "lib/mem.h"
#include "lib/text.h"

#define SUGGESTIONS_MAX 5

const char *
unit_words(const struct unit *u)
{
    const char *name = words(u->name_vi, u->name_en);

    return name == NULL || name[0] == '\0' ? u->name_vi : name;
}

int
unit_find(const struct catalogue *c, const char *text)
{
    int found = catalogue_unit(c, text);
    size_t i;

    for (i = 0; found == NONE && i < c->unit_count; i++) {
        if (strcmp(c->units[i].code, text) == 0) {
            found = (int)i; /* the ids of both holders are named when it had two */
        }
    }
    for (i = 0; found != NONE && i < c->unit_count; i++) {
        if ((int)i != found && strcmp(c->units[i].code, text) == 0 &&
            strcmp(c->units[found].id, text) != 0) {
            return NONE;
        }
    }
    return found;
}

/* Units whose name holds the text, without regard to marks and case. */
static int
suggest_by_name(const struct catalogue *c, const char *text)
{
    char *folded = text_fold(text);
    int said = 0;
    size_t i;

    for (i = 0; i < c->unit_count && said < SUGGESTIONS_MAX; i++) {
        char *name = text_fold(c->units[i].name_vi);
        bool hit = strstr(name, folded) != NULL || strcmp(c->units[i].code, text) == 0;

        mem_free(&name);
        if (hit) {
            (void)fprintf(stderr, "  %s  %s\n", c->units[i].id,
                          unit_words(&c->units[i]));
            said++;
        }
    }
    mem_free(&folded);
    return said;
}

int
unit_unknown(const struct catalogue *c, const char *text)
{
    const char **ids = mem_alloc((c->unit_count + 1) * sizeof *ids);
    const char *near;
    size_t i;

    (void)fprintf(
        stderr,
        words("Không có đơn vị “%s” trong chương trình %s, hoặc mã này có hai "
              "đơn vị.\n",
              "There is no unit “%s” in the programme %s, or the code had two "
              "holders.\n"),
        text, c->slug);
    for (i = 0; i < c->unit_count; i++) {
        ids[i] = c->units[i].id;
    }
    if (suggest_by_name(c, text) == 0) {
        near = nearest_name(text, ids, c->unit_count);
        if (near != NULL) {
            (void)fprintf(stderr,
                          words("Có phải là:\n  %s  %s\n", "Did you mean:\n  %s  %s\n"),
                          near, unit_words(&c->units[catalogue_unit(c, near)]));
        }
    }
    (void)fputs(words("Cũng dùng được: province, level-province, level-district, "
                      "level-commune.\n",
                      "Also understood: province, level-province, level-district, "
                      "level-commune.\n"),
                stderr);
    mem_free(&ids);
    return EXIT_DATA;
}

int
target_unknown(const struct catalogue *c, const char *text)
{
    const char **ids = mem_alloc((c->target_count + 1) * sizeof *ids);
    const char *near;
    size_t i;

    for (i = 0; i < c->target_count; i++) {
        ids[i] = c->targets[i].id;
    }
    near = nearest_name(text, ids, c->target_count);
    (void)fprintf(stderr, words("Không có %s “%s”", "There is no %s “%s”"),
                  words(c->word_vi, c->word_en), text);
    if (near != NULL) {
        (void)fprintf(stderr, words("; có phải là %s?", "; did you mean %s?"), near);
    }
    (void)fputs(words("\nCó:", "\nThere are:"), stderr);
    for (i = 0; i < c->target_count; i++) {
        (void)fprintf(stderr, " %s", ids[i]);
    }
    (void)fputs("\n", stderr);
    mem_free(&ids);
    return EXIT_DATA;
}

/* --- words --- */

const char *
verdict_words(enum verdict v, bool full_marks)
{
    static const char *const said[][2] = {
        [VERDICT_NO_DATA] = {"chưa có số liệu", "no data"},
        [VERDICT_MET] = {"đã đạt chỉ tiêu năm", "met"},
        [VERDICT_ON_PACE] = {"đúng tiến độ", "on pace"},
        [VERDICT_BEHIND] = {"chậm tiến độ", "behind"},
        [VERDICT_MISSED] = {"không đạt chỉ tiêu năm", "missed"},
        [VERDICT_ON_WAY] = {"đang thực hiện, chưa đến hạn", "on the way, not due yet"},
        [VERDICT_EXEMPT] = {"thuộc diện loại trừ", "exempt"},
        [VERDICT_NOT_APPLICABLE] = {"không phát sinh", "not applicable"},
        [VERDICT_TOO_SMALL] = {"số lượng ít, không xếp hạng", "too small, not ranked"},
        [VERDICT_INFO] = {"theo dõi, không đánh giá", "shown, not judged"},
    };

    if (full_marks && v == VERDICT_BEHIND) {
        return words("chưa đạt mức điểm tối đa", "below the full-mark line");
    }
    if (full_marks && (v == VERDICT_MET || v == VERDICT_ON_PACE)) {
        return words("đạt mức điểm tối đa", "at the full-mark line");
    }
    return words(said[v][0], said[v][1]);
}

/* The words of `word` in a table of code, Vietnamese, English; itself when it is new.
 */
static const char *
said_words(const char *const said[][3], size_t count, const char *word)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (strcmp(word, said[i][0]) == 0) {
            return words(said[i][1], said[i][2]);
        }
    }
    return word;
}

const char *
kind_words(const char *kind)
{
    static const char *const said[][3] = {
        {"behind", "chậm tiến độ", "behind"},
        {"missed", "không đạt", "missed"},
        {"overdue", "quá hạn gửi báo cáo", "report overdue"},
        {"falling", "giảm so với kỳ trước", "falling"},
        {"reminder", "sắp đến hạn gửi báo cáo", "reminder"},
        {"digest", "bản tổng hợp", "digest"},
        {"hold", "tạm giữ thông báo", "messages held"},
        {"progress", "báo cáo tiến độ", "progress report"},
    };

    return said_words(said, sizeof said / sizeof said[0], kind);
}

const char *
reason_words(const char *reason)
{
    static const char *const said[][3] = {
        {"new", "cảnh báo mới", "new"},
        {"worse", "nặng hơn", "worse"},
        {"better", "nhẹ hơn", "better"},
        {"repeat", "nhắc lại", "repeat"},
        {"corrected", "đính chính", "corrected"},
        {"escalated", "báo cáo cấp trên", "escalated"},
        {"resolved", "được đóng", "resolved"},
        {"withdrawn", "thu hồi", "withdrawn"},
    };

    return said_words(said, sizeof said / sizeof said[0], reason);
}

/* --- numbers and moments --- */

static bool
vietnamese(void)
{
    return language_now() == LANGUAGE_VI;
}

void
count_say(int64_t n, char *out)
{
    count_text(n, vietnamese(), out);
}

void
percent_say(struct ratio r, enum cut cut, char *out)
{
    size_t len;

    ratio_text(r, 2, cut, vietnamese(), out);
    len = strlen(out);
    if (r.den != 0 && len + 1 < RATIO_TEXT_BYTES) {
        memcpy(out + len, "%", 2);
    }
}

void
day_say(int32_t day, char *out)
{
    if (vietnamese() && day != DAY_NONE && day != DAY_OPEN) {
        day_text_vi(day, out);
    } else {
        day_text(day, out);
    }
}

void
when_say(int64_t ms, char *out)
{
    char text[INSTANT_TEXT_BYTES] = "-";

    if (ms != 0) {
        if (vietnamese()) {
            instant_text_short((struct instant){ms}, text);
        } else {
            instant_text_civil((struct instant){ms}, text);
            text[10] = ' ';
            text[16] = '\0'; /* 2023-10-09 08:12: seconds and zone are not news */
        }
    }
    (void)snprintf(out, WHEN_BYTES, "%s", text);
}

void
hour_say(int64_t hour, char *out)
{
    when_say(hour == 0 ? 0 : hour_start(hour).ms, out);
}

void
figure_say(const struct catalogue *c, int measure, const struct figure *f, char *out)
{
    int64_t one = 1;
    int decimals = measure == NONE ? 0 : c->measures[measure].decimals;
    int i;

    if (f->state != FIGURE_NUMBER) {
        (void)snprintf(out, RATIO_TEXT_BYTES, "%s",
                       f->state == FIGURE_NOT_APPLICABLE ? "x" : "-");
        return;
    }
    for (i = 0; i < decimals; i++) {
        one *= 10;
    }
    ratio_text(ratio_of(f->scaled, one), decimals, CUT_DOWN, vietnamese(), out);
}
