// link: notifier
/*
 * Every message that leaders can get, as files that a person reads: tests/golden/words,
 * one for each kind and language, each reason in it. `make golden-words` writes them
 * anew; what has changed is then read before it is committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/calendar.h"
#include "tests/support/render_case.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define FILE_BYTES (256u * 1024u)
#define EIGHT (-4 * 3600000) /* from noon */

static const char *const kinds[] = {"reminder", "overdue", "behind", "missed"};
static const char *const reasons[] = {"new",       "worse",    "better",   "repeat",
                                      "corrected", "resolved", "withdrawn"};

static int
setup(void **state)
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

    while (strcmp(reasons[i], reason) != 0) {
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

/* --- files --- */

static void
path_of(const char *kind, const char *language, char *out, size_t out_bytes)
{
    const char *root = getenv("DONDOC_ROOT");

    (void)snprintf(out, out_bytes, "%s/tests/golden/words/%s.%s.txt",
                   root == NULL ? "." : root, kind, language);
}

static void
message_add(struct fixture *f, const struct alert_event *e, const char *leader, bool vi,
            struct buf *out)
{
    struct rendered r;

    render_for(f, e, leader, &r);
    buf_format(out, "=== %s, %s ===\n\n%s\n\n%s\n\n(%s)\n\n", e->reason, leader,
               vi ? r.subject_vi : r.subject_en, vi ? r.text_vi : r.text_en,
               vi ? r.brief_vi : r.brief_en);
}

static void
kind_render(struct fixture *f, const char *kind, bool vi, struct buf *out)
{
    bool figure = strcmp(kind, "behind") == 0 || strcmp(kind, "missed") == 0;
    size_t i;

    for (i = 0; i < COUNT(reasons); i++) {
        struct alert_event e =
            figure ? figure_event(kind, reasons[i]) : report_event(kind, reasons[i]);

        message_add(f, &e, "head-21040", vi, out);
        if (i == 0 && strcmp(kind, "reminder") != 0) {
            message_add(f, &e, "head-530", vi, out);
        }
    }
    if (strcmp(kind, "overdue") == 0) {
        struct alert_event e = report_event(kind, "new");

        e.code = "QNG-2023-09-BC-digitisation-level-commune";
        e.subject = "level-commune";
        e.units = 173;
        message_add(f, &e, "chair-province", vi, out);
        e = report_event(kind, "resolved");
        e.code = "QNG-2023-09-BC-digitisation-level-commune";
        e.subject = "level-commune";
        e.covered = 1;
        e.units = 173;
        message_add(f, &e, "chair-province", vi, out);
        e = report_event(kind, "new");
        e.rule_day = day_from_civil(2023, 10, 5);
        e.late = true;
        message_add(f, &e, "head-21040", vi, out);
    }
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
    static char stands[FILE_BYTES];
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

static void
the_words_are_those_that_were_read(void **state)
{
    const char *asked = getenv("DONDOC_GOLDEN_WRITE");
    bool writes = asked != NULL && strcmp(asked, "1") == 0;
    struct buf text;
    char path[512];
    size_t i;
    int vi;

    buf_init(&text, FILE_BYTES);
    for (i = 0; i < COUNT(kinds); i++) {
        for (vi = 0; vi < 2; vi++) {
            buf_clear(&text);
            kind_render(*state, kinds[i], vi == 1, &text);
            assert_false(text.cut);
            path_of(kinds[i], vi == 1 ? "vi" : "en", path, sizeof path);
            if (writes) {
                file_write(path, &text);
            } else {
                file_compare(path, &text);
            }
        }
    }
    buf_fini(&text);
}

/* What no text may hold, whatever is changed in it. */
static void
no_text_blames_shouts_or_shows_a_gap_in_the_template(void **state)
{
    static const char *const never[] = {
        "!", "không báo cáo", "đồng chí", "{", "}", "yêu cầu đơn vị", "  ", " .", " ,"};
    struct buf text;
    size_t i;
    size_t k;

    buf_init(&text, FILE_BYTES);
    for (i = 0; i < 2 * COUNT(kinds); i++) {
        buf_clear(&text);
        kind_render(*state, kinds[i / 2], i % 2 == 0, &text);
        for (k = 0; k < COUNT(never); k++) {
            const char *at = strstr(buf_str(&text), never[k]);

            if (at != NULL) {
                fail_msg("%s: “%s” in “%.80s”", kinds[i / 2], never[k], at);
            }
        }
        assert_non_null(
            strstr(buf_str(&text), i % 2 == 0 ? "Đầu mối liên hệ: " : "Contact: "));
    }
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_are_those_that_were_read),
        cmocka_unit_test(no_text_blames_shouts_or_shows_a_gap_in_the_template),
    };

    return cmocka_run_group_tests(tests, setup, render_teardown);
}
