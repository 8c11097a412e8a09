#include "cli/play_script.h"

#include <stdio.h>
#include <string.h>

#include "cli/play_line.h"
#include "lib/calendar.h"
#include "lib/mem.h"
#include "lib/score.h"

#define DAY_MS 86400000
#define CIVIL_MS (7 * 3600000) /* UTC+7 */
#define STEPS_MAX 100000u
#define LOOP_DAY_MAX 28 /* every month has it */

static int64_t
civil_ms(int32_t day, int minutes)
{
    return (int64_t)day * DAY_MS + (int64_t)minutes * 60000 - CIVIL_MS;
}

/* --- what there is --- */

static enum status
programme_line(struct play_line *l)
{
    const char *path = line_next(l);

    if (path[0] == '\0') {
        return line_wrong(l, "programme cần một thư mục", "programme needs a folder");
    }
    line_step(l, PLAY_PROGRAMME)->path = mem_copy_text(path);
    return line_ended(l);
}

static enum status
clock_line(struct play_line *l)
{
    const char *word = line_next(l);
    int32_t day;
    int minutes = 0;

    if (day_parse(word, &day) != ST_OK) {
        return line_wrong(l, "“%s” không phải là ngày như 2022-04-15",
                          "“%s” is no day such as 2022-04-15", word);
    }
    if (line_clock(l, &minutes) != ST_OK) {
        return ST_BAD;
    }
    line_step(l, PLAY_CLOCK)->at_ms = civil_ms(day, minutes);
    return line_ended(l);
}

/* What stands behind the word push: FILE [ended] [reason "…"]. */
struct pushing {
    const char *path;
    const char *reason;
    bool ended;
};

static enum status
pushing_take(struct play_line *l, struct pushing *out)
{
    *out = (struct pushing){line_next(l), "", false};
    if (out->path[0] == '\0') {
        return line_wrong(l, "push cần một tệp", "push needs a file");
    }
    while (line_more(l)) {
        if (line_next_is(l, "ended")) {
            out->ended = true;
        } else if (line_next_is(l, "reason") && line_more(l)) {
            out->reason = line_next(l);
        } else {
            return line_wrong(l, "sau push FILE chỉ có ended và reason \"…\"",
                              "behind push FILE only ended and reason \"…\" may stand");
        }
    }
    return ST_OK;
}

static void
pushing_add(struct play_line *l, const struct pushing *p)
{
    struct play_step *step = line_step(l, PLAY_PUSH);

    step->path = mem_copy_text(p->path);
    step->reason = mem_copy_text(p->reason);
    step->ended = p->ended;
}

static enum status
push_line(struct play_line *l)
{
    struct pushing p;

    if (pushing_take(l, &p) != ST_OK) {
        return ST_BAD;
    }
    pushing_add(l, &p);
    return ST_OK;
}

static enum status
months_line(struct play_line *l)
{
    struct pushing p;
    int first = 0;
    int last = 0;
    int minutes = 0;
    int month;
    long day = 0;

    if (line_months(l, &first, &last) != ST_OK) {
        return ST_BAD;
    }
    if (!line_next_is(l, "day")) {
        return line_wrong(l, "cần: day NGÀY at GIỜ push TỆP",
                          "wanted: day D at HH:MM push FILE");
    }
    if (line_number(l, 1, LOOP_DAY_MAX, &day) != ST_OK) {
        return ST_BAD;
    }
    if (!line_next_is(l, "at")) {
        return line_wrong(l, "cần: at GIỜ push TỆP", "wanted: at HH:MM push FILE");
    }
    if (line_clock(l, &minutes) != ST_OK) {
        return ST_BAD;
    }
    if (!line_next_is(l, "push")) {
        return line_wrong(l, "cần: push TỆP", "wanted: push FILE");
    }
    if (pushing_take(l, &p) != ST_OK) {
        return ST_BAD;
    }
    for (month = first; month <= last; month++) {
        int32_t at = day_from_civil(month / 12, month % 12 + 1, (int)day);

        line_step(l, PLAY_CLOCK)->at_ms = civil_ms(at, minutes);
        pushing_add(l, &p);
    }
    return ST_OK;
}

/* --- expectations --- */

static bool
one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(word, *list) == 0) {
            return true;
        }
    }
    return false;
}

static enum status
expect_alert(struct play_line *l)
{
    static const char *const kinds[] = {"behind", "missed", "reminder", "overdue",
                                        NULL};
    static const char *const reasons[] = {
        "new", "worse", "better", "repeat", "corrected", "resolved", "withdrawn", NULL};
    struct play_step *step;
    const char *code = line_next(l);
    const char *kind = line_next(l);
    const char *reason = line_next(l);
    const char *window = line_next_is(l, "window") ? line_next(l) : "";

    if (code[0] == '\0' || !one_of(kind, kinds) || !one_of(reason, reasons)) {
        return line_wrong(l,
                          "cần: expect alert MÃ behind|missed|reminder|overdue "
                          "new|worse|better|repeat|corrected|resolved|withdrawn",
                          "wanted: expect alert CODE behind|missed|reminder|overdue "
                          "new|worse|better|repeat|corrected|resolved|withdrawn");
    }
    step = line_step(l, PLAY_EXPECT_ALERT);
    step->text = mem_copy_text(code);
    step->alert = mem_copy_text(kind);
    step->reason = mem_copy_text(reason);
    step->window = mem_copy_text(window);
    return line_ended(l);
}

static enum status
expect_score(struct play_line *l)
{
    struct play_step *step;
    const char *subject = line_next(l);
    const char *target = line_next(l);
    const char *verdict;
    enum verdict v;
    long year = 0;

    if (target[0] == '\0') {
        return line_wrong(l, "cần: expect score ĐƠN-VỊ CHỈ-TIÊU NĂM KẾT-LUẬN",
                          "wanted: expect score SUBJECT TARGET YEAR VERDICT");
    }
    if (line_number(l, CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX, &year) != ST_OK) {
        return ST_BAD;
    }
    verdict = line_next(l);
    if (verdict_parse(verdict, &v) != ST_OK) {
        return line_wrong(
            l, "“%s” không phải là kết luận (met, on_pace, behind, missed, …)",
            "“%s” is no verdict (met, on_pace, behind, missed, …)", verdict);
    }
    step = line_step(l, PLAY_EXPECT_SCORE);
    step->text = mem_copy_text(subject);
    step->alert = mem_copy_text(target);
    step->year = (int)year;
    step->verdict = mem_copy_text(verdict);
    return line_ended(l);
}

static enum status
expect_count(struct play_line *l, enum play_kind kind)
{
    long number = 0;

    if (line_number(l, 0, 1000000, &number) != ST_OK) {
        return ST_BAD;
    }
    line_step(l, kind)->number = number;
    return line_ended(l);
}

static enum status
expect_line(struct play_line *l)
{
    const char *what = line_next(l);

    if (strcmp(what, "alert") == 0) {
        return expect_alert(l);
    }
    if (strcmp(what, "none") == 0 && line_more(l)) {
        line_step(l, PLAY_EXPECT_NONE)->text = mem_copy_text(line_next(l));
        return line_ended(l);
    }
    if (strcmp(what, "told") == 0) {
        return expect_count(l, PLAY_EXPECT_TOLD);
    }
    if (strcmp(what, "open") == 0) {
        return expect_count(l, PLAY_EXPECT_OPEN);
    }
    if (strcmp(what, "score") == 0) {
        return expect_score(l);
    }
    return line_wrong(l, "sau expect là alert, none, told, open hoặc score",
                      "behind expect stands alert, none, told, open or score");
}

/* --- the whole --- */

static enum status
line_parse(struct play_line *l, const char *text)
{
    static const struct {
        const char *name;
        enum status (*parse)(struct play_line *l);
    } kinds[] = {
        {"programme", programme_line}, {"clock", clock_line},   {"push", push_line},
        {"months", months_line},       {"expect", expect_line},
    };
    size_t i;

    text += strspn(text, " \t");
    if (strncmp(text, "say ", 4) == 0) { /* its text may hold quotes and # */
        line_step(l, PLAY_SAY)->text = mem_copy_text(text + 4 + strspn(text + 4, " "));
        return ST_OK;
    }
    if (line_split(l, text) != ST_OK) {
        return ST_BAD;
    }
    if (l->count == 0) {
        return ST_OK;
    }
    for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (line_next_is(l, kinds[i].name)) {
            return kinds[i].parse(l);
        }
    }
    return line_wrong(
        l, "không có lệnh “%s”; có: programme, clock, push, months, say, expect",
        "there is no “%s”; there are: programme, clock, push, months, say, "
        "expect",
        l->words[0]);
}

static enum status
lines_parse(struct play_line *l, char *text)
{
    while (text != NULL) {
        char *end = strchr(text, '\n');

        if (end != NULL) {
            *end = '\0';
        }
        text[strcspn(text, "\r")] = '\0';
        l->number++;
        if (line_parse(l, text) != ST_OK) {
            return ST_BAD;
        }
        if (l->script->count > STEPS_MAX) {
            return line_wrong(l, "kịch bản quá dài", "the script is too long");
        }
        text = end == NULL ? NULL : end + 1;
    }
    return ST_OK;
}

enum status
play_script_parse(const char *text, struct play_script *out, struct play_fault *fault)
{
    struct play_line *l = mem_alloc(sizeof *l);
    char *copy = mem_copy_text(text);
    enum status st;

    memset(out, 0, sizeof *out);
    memset(fault, 0, sizeof *fault);
    l->script = out;
    l->fault = fault;
    st = lines_parse(l, copy);
    if (st != ST_OK) {
        play_script_free(out);
    }
    mem_free(&copy);
    mem_free(&l);
    return st;
}

void
play_script_free(struct play_script *s)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        struct play_step *step = &s->steps[i];

        mem_free(&step->path);
        mem_free(&step->reason);
        mem_free(&step->text);
        mem_free(&step->alert);
        mem_free(&step->window);
        mem_free(&step->verdict);
    }
    mem_free(&s->steps);
    memset(s, 0, sizeof *s);
}
