// link: notifier
/* The words of an alert for the kinds that are no plain share: limits, reductions, a
 * better year, a date, a number of times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/calendar.h"
#include "notifier/render.h"
#include "tests/support/render_case.h"
#include "tests/support/specimen_programme.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define TAIL "title_vi: t, title_en: t, citation: {document: nq, section: \"1\"}}\n"
#define EACH "subject: each, level: commune, "
#define WHOLE "subject: province, level: province, "

static const char INDICATORS[] =
    "  - {id: lowshare, name_vi: tỷ lệ chưa số hóa, name_en: share not digitised, "
    "numerator: [results_digitised], denominator: [results], better: down, "
    "legal_basis: "
    "x}\n"
    "  - {id: count, name_vi: số đầu mối, name_en: number of bodies, value: results, "
    "better: down, legal_basis: x}\n"
    "  - {id: done, name_vi: đề án được phê duyệt, name_en: schemes approved, value: "
    "results_digitised, better: up, legal_basis: x}\n"
    "  - {id: events, name_vi: số báo cáo, name_en: number of reports, value: "
    "dossiers, "
    "better: up, legal_basis: x}\n";

static const char TARGETS[] =
    "targets:\n"
    "  - {id: over, indicator: share, " EACH "kind: above, threshold: 95, " TAIL
    "  - {id: most, indicator: lowshare, " EACH "kind: at_most, threshold: 10, " TAIL
    "  - {id: none, indicator: count, " EACH "kind: at_most, threshold: 0, " TAIL
    "  - {id: less, indicator: count, " EACH
    "kind: reduce_by, percent: 10, baseline: {year: 2021}, " TAIL
    "  - {id: more, indicator: share, " EACH
    "kind: improve, baseline: {year: 2020, value: 50}, " TAIL
    "  - {id: rank, indicator: place, " WHOLE
    "kind: improve, baseline: {year: 2020, value: 60}, " TAIL
    "  - {id: done, indicator: done, " EACH "kind: by_date, due: 2022-06-30, " TAIL
    "  - {id: four, indicator: events, " EACH "kind: times_per_year, times: 4, " TAIL;

static int
setup(void **state)
{
    static struct fixture f;
    struct catalogue_file files[SPECIMEN_FILES];
    struct findings found = {0};
    struct buf measures;

    memcpy(files, SPECIMEN, sizeof files);
    buf_init(&measures, 1 << 16);
    buf_add(&measures, files[2].text, files[2].bytes);
    buf_text(&measures, INDICATORS);
    files[2].text = buf_str(&measures);
    files[2].bytes = measures.len;
    files[4].text = TARGETS;
    files[4].bytes = sizeof TARGETS - 1;
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &f.c, &found), ST_OK);
    findings_fini(&found);
    buf_fini(&measures);
    f.a = arena_new(RENDER_ARENA_BYTES);
    *state = &f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    catalogue_free(&f->c);
    arena_free(&f->a);
    return 0;
}

struct word_case {
    const char *target;
    const char *kind;
    const char *reason;
    const char *window;
    int year;
    int64_t num;
    int64_t den;
    struct ratio step;
    struct ratio before;
    int before_year;
    int64_t need;
    const char *tag;
    const char *vi;
    const char *en;
};

static const struct word_case CASES[] = {
    {"over",
     "behind",
     "new",
     "2023-06",
     2023,
     940,
     1000,
     {95, 1},
     {0, 0},
     0,
     11,
     "[Chưa đạt mức yêu cầu]",
     "Đến ngày 30/6/2023, i của đơn vị là 94,00% (940/1.000 kết quả); mục tiêu là trên "
     "95% (chênh lệch 1,00 điểm phần trăm). Theo mục 1 Nghị quyết, mục tiêu của cấp xã "
     "là trên 95%.\nTính trên số liệu hiện có, cần thêm 11 kết quả đạt yêu cầu để đạt "
     "mục "
     "tiêu.",
     "the target is more than 95% (off by 1.00 percentage points)."},
    {"over",
     "missed",
     "new",
     "2023-12",
     2023,
     950,
     1000,
     {95, 1},
     {0, 0},
     0,
     1,
     "[Không đạt mục tiêu năm 2023]",
     "là 95,00% (950/1.000 kết quả); mục tiêu là trên 95%. Theo mục",
     "was 95.00% (950/1,000 results); the target is more than 95%."},
    {"over",
     "behind",
     "resolved",
     "2023-07",
     2023,
     951,
     1000,
     {95, 1},
     {0, 0},
     0,
     0,
     "[Đã đạt mục tiêu năm 2023]",
     "là 95,10% (951/1.000 kết quả), phù hợp với mục tiêu (trên 95%).",
     "as the target asks (more than 95%)."},
    {"most",
     "behind",
     "new",
     "2023-06",
     2023,
     110,
     1000,
     {10, 1},
     {0, 0},
     0,
     10,
     "[Chưa đạt mức yêu cầu]",
     "tỷ lệ chưa số hóa của đơn vị là 11,00% (110/1.000 kết quả); mục tiêu là không "
     "quá "
     "10% (chênh lệch 1,00 điểm phần trăm).",
     "10 fewer results would reach the target."},
    {"none",
     "missed",
     "new",
     "2023-12",
     2023,
     2,
     1,
     {0, 1},
     {0, 0},
     0,
     2,
     "[Không đạt mục tiêu năm 2023]",
     "số đầu mối của đơn vị là 2 kết quả; mục tiêu là không quá 0 kết quả (chênh lệch "
     "02 "
     "kết quả).",
     "is at most 0 results (off by 2 results)."},
    {"less",
     "missed",
     "new",
     "2025-12",
     2025,
     281,
     1,
     {2808, 10},
     {312, 1},
     2021,
     1,
     "[Không đạt mục tiêu năm 2025]",
     "là 281 kết quả; mức gốc năm 2021 là 312 kết quả, mức cần đạt là không quá 280 "
     "kết "
     "quả (chênh lệch 01 kết quả). Theo mục 1 Nghị quyết, mục tiêu là giảm ít nhất 10% "
     "so "
     "với năm 2021, đánh giá tại ngày 31/12/2025.",
     "the target is 10% less than in 2021, judged on 31 December 2025."},
    {"more",
     "missed",
     "new",
     "2021-12",
     2021,
     500,
     1000,
     {50, 1},
     {50, 1},
     2020,
     1,
     "[Không đạt mục tiêu năm 2021]",
     "Năm 2021, i của đơn vị là 50,00% (500/1.000 kết quả), chưa cao hơn năm 2020 "
     "(50,00%). Theo mục 1 Nghị quyết, mục tiêu là kết quả năm sau cao hơn năm trước.",
     "is 50.00% (500/1,000 results), not above that of 2020 (50.00%)."},
    {"rank",
     "missed",
     "new",
     "2021",
     2021,
     61,
     1,
     {60, 1},
     {60, 1},
     2020,
     2,
     "[Không đạt mục tiêu năm 2021]",
     "Năm 2021, j của tỉnh là hạng 61, chưa tốt hơn hạng của năm 2020 (60",
     "rank 61"},
    {"done",
     "missed",
     "new",
     "2022-06",
     2025,
     0,
     1,
     {1, 1},
     {0, 0},
     0,
     1,
     "[Không đạt mục tiêu năm 2022]",
     "Theo số liệu đã nhận đến ngày 30/6/2022, chưa ghi nhận hoàn thành: đề án được "
     "phê "
     "duyệt của đơn vị (0 kết quả; mục tiêu là tối thiểu 1 kết quả); thời hạn hoàn "
     "thành "
     "là ngày 30/6/2022.",
     "completion is not on record: schemes approved of your unit"},
    {"four",
     "missed",
     "new",
     "2023-12",
     2023,
     3,
     1,
     {4, 1},
     {0, 0},
     0,
     1,
     "[Không đạt mục tiêu năm 2023]",
     "Năm 2023, theo số liệu đã nhận đến ngày 31/12/2023, số báo cáo của đơn vị là 3 "
     "hồ "
     "sơ; mục tiêu là tối thiểu 4 hồ sơ trong năm (còn thiếu 01 hồ sơ).",
     "the target is at least 4 dossiers in the year (1 dossiers missing)."},
    {"four",
     "missed",
     "resolved",
     "2023-12",
     2023,
     4,
     1,
     {4, 1},
     {0, 0},
     0,
     0,
     "[Đã đạt mục tiêu năm 2023]",
     "phù hợp với mục tiêu (tối thiểu 4 hồ sơ trong năm).",
     "as the target asks (at least 4 dossiers in the year)."},
};

static void
each_kind_has_its_own_words(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct word_case *k = &CASES[i];
        bool whole = strcmp(k->target, "rank") == 0;
        struct alert_event e = {
            .code = "TST-1",
            .number = 1,
            .kind = k->kind,
            .reason = k->reason,
            .target = k->target,
            .subject = whole ? "1" : "101",
            .year = k->year,
            .window = k->window,
            .numerator = k->num,
            .denominator = k->den,
            .required = k->step,
            .step = k->step,
            .step_before = k->before,
            .step_before_year = k->before_year,
            .need_now = k->need,
            .need_year = k->need,
            .since_window = k->window,
            .windows = 1,
            .old_window = "",
            .at_ms = noon(2026, 1, 9),
            .opened_at_ms = noon(2026, 1, 9),
            .covered = 1,
            .units = 1,
        };
        struct rendered r;

        render_for(f, &e, whole ? "chair" : "head-101", &r);
        want_part(r.subject_vi, k->tag);
        want_part(r.text_vi, k->vi);
        want_part(r.text_en, k->en);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_has_its_own_words, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
