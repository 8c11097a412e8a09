#include "tests/support/words_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"

#define EIGHT (-4 * 3600000) /* from noon */
#define HOUR_MS 3600000LL

const char *const WORDS_REASONS[WORDS_REASON_COUNT] = {
    "new", "worse", "better", "repeat", "corrected", "resolved", "withdrawn"};

int
words_setup(void **state)
{
    int failed = render_setup(state);
    struct fixture *f = *state;
    struct group *g = &f->c->groups[catalogue_group(f->c, "digitisation")];

    g->name_vi = "Số hóa kết quả giải quyết TTHC";
    g->name_en = "Digitisation of results";
    g->demanded_vi = "Kế hoạch cải cách hành chính của tỉnh";
    g->demanded_en = "administrative-reform plan of the province";
    g->demanded_section = "III.2";
    return failed;
}

/* --- what the scorer would have written --- */

/* September 2023 of Xã B: due on Friday 06/10/2023. */
static struct alert_event
report_event(const char *kind, const char *reason)
{
    struct alert_event e = {
        .code = "QNG-2023-09-BC-digitisation-21040",
        .number = 1,
        .kind = kind,
        .reason = reason,
        .target = "",
        .group = "digitisation",
        .subject = "21040",
        .year = 2023,
        .window = "2023-09",
        .first_day = day_from_civil(2023, 9, 1),
        .last_day = day_from_civil(2023, 9, 30),
        .due_day = day_from_civil(2023, 10, 6),
        .rule_day = day_from_civil(2023, 10, 6),
        .old_window = "",
        .at_ms = noon(2023, 10, 4) + EIGHT,
        .opened_at_ms = noon(2023, 10, 4) + EIGHT,
    };

    if (strcmp(kind, "overdue") == 0) {
        e.at_ms = noon(2023, 10, 9) + EIGHT;
    }
    if (strcmp(reason, "new") != 0) {
        e.number = 2;
        e.at_ms += 24 * 3600000;
    }
    return e;
}

/* What is counted, by reason: 1.130 of 2.386 was told before, of 1.300 when the year
 * was over. */
static struct alert_event
figure_event(const char *kind, const char *reason)
{
    static const int64_t behind[] = {1130, 1100, 1160, 1130, 1140, 1240, 1240};
    static const int64_t missed[] = {1300, 1300, 1305, 1300, 1290, 1320, 1320};
    bool over = strcmp(kind, "missed") == 0;
    struct alert_event e = september();
    size_t i = 0;

    while (strcmp(WORDS_REASONS[i], reason) != 0) {
        i++;
    }
    e.kind = kind;
    e.reason = reason;
    e.old_window = over ? "2023-12" : "2023-09";
    e.old_numerator = over ? 1300 : 1130;
    e.old_denominator = 2386;
    e.numerator = over ? missed[i] : behind[i];
    if (over) {
        e.window = "2023-12";
        e.first_day = day_from_civil(2023, 12, 1);
        e.last_day = day_from_civil(2023, 12, 31);
        e.required = e.step;
        e.at_ms = noon(2024, 1, 8);
        e.opened_at_ms = strcmp(reason, "worse") == 0 ? e.opened_at_ms : e.at_ms;
    }
    if (i > 0) {
        e.number = 2;
        e.at_ms += 2LL * 24 * 3600000;
    }
    /* 49,9589 % of 2.386 is 1.192,02 and 55 % 1.312,3: 1.193 and 1.313 are needed. */
    e.need_now = (over ? 1313 : 1193) - e.numerator;
    e.need_year = 1313 - e.numerator;
    e.need_now = e.need_now > 0 ? e.need_now : 0;
    e.need_year = e.need_year > 0 ? e.need_year : 0;
    return e;
}

/* What is in force, by reason: 2.386 were told for August. */
static struct alert_event
falling_event(const char *reason)
{
    static const int64_t counts[] = {2300, 2290, 2310, 2300, 2320, 2390, 2390};
    struct alert_event e = september();
    size_t i = 0;

    while (strcmp(WORDS_REASONS[i], reason) != 0) {
        i++;
    }
    e.code = "QNG-2023-GIAM-results_in_force-21040";
    e.kind = "falling";
    e.reason = reason;
    e.target = "";
    e.group = "digitisation";
    e.measure = "results_in_force";
    e.required = (struct ratio){0, 0};
    e.step = (struct ratio){0, 0};
    e.numerator = counts[i];
    e.denominator = 1;
    e.old_window = "2023-08";
    e.old_numerator = 2386;
    e.old_denominator = 1;
    if (i > 0) {
        e.number = 2;
        e.at_ms += 48 * HOUR_MS;
    }
    return e;
}

struct alert_event
words_event(const char *kind, const char *reason)
{
    if (strcmp(kind, "falling") == 0) {
        return falling_event(reason);
    }
    return strcmp(kind, "behind") == 0 || strcmp(kind, "missed") == 0
               ? figure_event(kind, reason)
               : report_event(kind, reason);
}

/* --- a list --- */

void
words_list(struct alert_event events[WORDS_ROWS], struct render_row rows[WORDS_ROWS])
{
    static const struct {
        const char *kind;
        const char *reason; /* of the event */
        const char *as;     /* of the row */
        const char *code;   /* NULL: the event's */
        const char *subject;
        bool acknowledged;
    } list[WORDS_ROWS] = {
        {"behind", "withdrawn", "", "QNG-2023-7c-21046", "21046", false},
        {"behind", "worse", "escalated", NULL, "21040", true},
        {"behind", "new", "escalated", "QNG-2023-7c-21043", "21043", false},
        {"overdue", "new", "escalated", NULL, "21040", false},
        {"overdue", "new", "repeat", "QNG-2023-09-BC-digitisation-level-commune",
         "level-commune", false},
        {"falling", "new", "escalated", NULL, "21040", false},
        {"missed", "new", "escalated", "QNG-2022-7c-21040", "21040", false},
        {"overdue", "resolved", "", "QNG-2023-09-BC-digitisation-21046", "21046",
         false},
    };
    size_t i;

    for (i = 0; i < WORDS_ROWS; i++) {
        events[i] = words_event(list[i].kind, list[i].reason);
        events[i].subject = list[i].subject;
        events[i].code = list[i].code == NULL ? events[i].code : list[i].code;
        events[i].units = 173;
        if (strcmp(list[i].kind, "missed") == 0) { /* of the year before */
            events[i].year = 2022;
            events[i].window = "2022-12";
            events[i].numerator = 800;
            events[i].required = events[i].step = (struct ratio){35, 1};
            events[i].step_before = (struct ratio){15, 1};
            events[i].step_before_year = 2021;
        }
        rows[i] = (struct render_row){.event = &events[i],
                                      .reason = list[i].as,
                                      .rung = 2,
                                      .since = day_from_civil(2023, 10, 9),
                                      .acknowledged = list[i].acknowledged};
    }
}

/* --- files --- */

static void
path_of(const char *kind, const char *language, char *out, size_t out_bytes)
{
    const char *root = getenv("DONDOC_ROOT");

    (void)snprintf(out, out_bytes, "%s/tests/golden/words/%s.%s.txt",
                   root == NULL ? "." : root, kind, language);
}

static void
file_write(const char *path, const struct buf *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(buf_str(text), 1, text->len, file), text->len);
    assert_int_equal(fclose(file), 0);
}

static void
file_compare(const char *path, const struct buf *text)
{
    static char stands[WORDS_FILE_BYTES];
    FILE *file = fopen(path, "rb");
    size_t bytes = file == NULL ? 0 : fread(stands, 1, sizeof stands - 1, file);
    size_t line = 1;
    size_t i;

    if (file != NULL) {
        (void)fclose(file);
    }
    stands[bytes] = '\0';
    if (strcmp(stands, buf_str(text)) == 0) {
        return;
    }
    for (i = 0; stands[i] != '\0' && stands[i] == buf_str(text)[i]; i++) {
        line += stands[i] == '\n';
    }
    fail_msg(
        "%s:%zu is not what is rendered now; when that is meant: make golden-words, "
        "then read what changed",
        path, line);
}

void
words_file(const char *name, const char *language, const struct buf *text)
{
    const char *asked = getenv("DONDOC_GOLDEN_WRITE");
    char path[512];

    assert_false(text->cut);
    path_of(name, language, path, sizeof path);
    if (asked != NULL && strcmp(asked, "1") == 0) {
        file_write(path, text);
    } else {
        file_compare(path, text);
    }
}
