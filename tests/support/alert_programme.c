#include "tests/support/alert_programme.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/programme.h"

static const char programme[] =
    "programme: quang-ngai\n"
    "version: 1\n"
    "prefix: QNG\n"
    "province_unit: \"51\"\n"
    "title_vi: \"Chương trình thử nghiệm\"\n"
    "title_en: \"A programme for tests\"\n"
    "word_vi: chỉ tiêu\n"
    "word_en: target\n"
    "years: {from: 2021, to: 2025}\n"
    "year: civil\n"
    "alerts_from: 2021-01-01\n"
    "illustrative: false\n"
    "contact_vi: \"Văn phòng UBND tỉnh\"\n"
    "contact_en: \"Office of the provincial People's Committee\"\n"
    "documents:\n"
    "  - id: nq5\n"
    "    title_vi: \"Nghị quyết Hội nghị Tỉnh ủy lần thứ 5, khóa XX\"\n"
    "    title_en: \"Resolution of the 5th conference of the Provincial Party "
    "Committee, XXth term\"\n";

#define MEASURE(code, vi, en, count_vi, count_en, nature, more)                        \
    "  - code: " code "\n"                                                             \
    "    name_vi: \"" vi "\"\n"                                                        \
    "    name_en: \"" en "\"\n"                                                        \
    "    count_vi: " count_vi "\n"                                                     \
    "    count_en: " count_en "\n"                                                     \
    "    nature: " nature "\n"                                                         \
    "    decimals: 0\n" more

#define GROUP(code, measures, by, cadence, due)                                        \
    "  - code: " code "\n"                                                             \
    "    name_vi: \"Nhóm " code "\"\n"                                                 \
    "    name_en: \"Group " code "\"\n"                                                \
    "    measures: [" measures "]\n"                                                   \
    "    reported_by: [" by "]\n"                                                      \
    "    calendar: civil\n"                                                            \
    "    cadence: " cadence "\n"                                                       \
    "    due: {" due "}\n"                                                             \
    "    cumulative: false\n"                                                          \
    "    source: unit\n"                                                               \
    "    note: \"for tests\"\n"

#define INDICATOR(id, vi, en, what)                                                    \
    "  - id: " id "\n"                                                                 \
    "    version: 1\n"                                                                 \
    "    name_vi: \"" vi "\"\n"                                                        \
    "    name_en: \"" en "\"\n" what "    min_denominator: 30\n"                       \
    "    empty: not_applicable\n"                                                      \
    "    legal_basis: \"II.3\"\n"

static const char measures[] = "measures:\n" MEASURE(
    "results_in_force", "Kết quả còn hiệu lực", "Results in force", "kết quả",
    "results", "stock", "") MEASURE("results_digitised", "Kết quả đã số hóa",
                                    "Results digitised", "kết quả", "results", "stock",
                                    "    part_of: results_in_force\n")
    MEASURE(
        "work_files", "Hồ sơ công việc", "Work files", "hồ sơ công việc", "work files",
        "flow",
        "") MEASURE("work_files_online", "Hồ sơ trên mạng", "Work files online",
                    "hồ sơ công việc", "work files", "flow",
                    "    part_of: work_files\n") MEASURE("papi_rank", "Thứ hạng PAPI",
                                                         "PAPI rank", "bậc", "places",
                                                         "value", "    pool: 63\n")
        MEASURE("papi_scored", "Số tỉnh có điểm PAPI", "Provinces with a score", "tỉnh",
                "provinces", "value",
                "") "groups:\n" GROUP("digitisation",
                                      "results_in_force, results_digitised",
                                      "department, district, commune", "monthly",
                                      "working_days: 5")
            GROUP("work", "work_files, work_files_online",
                  "department, district, commune", "monthly", "working_days: 5")
                GROUP(
                    "indices", "papi_rank, papi_scored", "province", "yearly",
                    "next_year: 06-30") "indicators:\n" INDICATOR("digitised",
                                                                  "tỷ lệ số hóa kết "
                                                                  "quả giải quyết TTHC "
                                                                  "còn hiệu lực",
                                                                  "share of results in "
                                                                  "force that are "
                                                                  "digitised",
                                                                  "    numerator: "
                                                                  "[results_digitised]"
                                                                  "\n"
                                                                  "    denominator: "
                                                                  "[results_in_force]\n"
                                                                  "    better: up\n")
                    INDICATOR(
                        "work_online",
                        "tỷ lệ hồ sơ công việc xử lý trên môi trường mạng",
                        "share of work files handled online",
                        "    numerator: [work_files_online]\n"
                        "    denominator: [work_files]\n"
                        "    better: up\n") "  - id: papi\n"
                                            "    version: 1\n"
                                            "    name_vi: \"thứ hạng Chỉ số PAPI\"\n"
                                            "    name_en: \"rank in the PAPI index\"\n"
                                            "    value: papi_rank\n"
                                            "    ranked: papi_scored\n"
                                            "    better: down\n"
                                            "    empty: not_applicable\n"
                                            "    legal_basis: \"II.3\"\n";

#define TARGET_TAIL(vi, en, section)                                                   \
    "    title_vi: \"" vi "\"\n"                                                       \
    "    title_en: \"" en "\"\n"                                                       \
    "    citation: {document: nq5, section: \"" section "\"}\n"                        \
    "    reading_vi: \"để kiểm thử\"\n"                                         \
    "    reading_en: \"for tests\"\n"                                                  \
    "    rejected_vi: \"để kiểm thử\"\n"                                        \
    "    rejected_en: \"for tests\"\n"

static const char targets[] =
    "targets:\n"
    "  - id: 7c\n"
    "    indicator: digitised\n"
    "    subject: each\n"
    "    level: commune\n"
    "    kind: steps\n"
    "    pace: linear\n"
    "    steps: {2021: 15, 2022: 35, 2023: 55, 2024: 75, 2025: 95}\n" TARGET_TAIL(
        "Số hóa kết quả ở cấp xã", "Digitising results, commune level",
        "II.3(7)") "  - id: 9c\n"
                   "    indicator: work_online\n"
                   "    subject: level\n"
                   "    level: commune\n"
                   "    kind: at_least\n"
                   "    pace: due\n"
                   "    threshold: 60\n"
                   "    due: 2025-12-31\n" TARGET_TAIL(
                       "Hồ sơ công việc trên mạng ở cấp xã",
                       "Work files online, communes",
                       "II.3(9)") "  - id: 10c\n"
                                  "    indicator: work_online\n"
                                  "    subject: province\n"
                                  "    level: all\n"
                                  "    kind: at_least\n"
                                  "    pace: due\n"
                                  "    threshold: 50\n"
                                  "    due: 2025-12-31\n" TARGET_TAIL(
                                      "Hồ sơ công việc trên mạng toàn tỉnh",
                                      "Work files online, province",
                                      "II.3(10)") "  - id: 1b\n"
                                                  "    indicator: papi\n"
                                                  "    subject: province\n"
                                                  "    level: province\n"
                                                  "    kind: rank_gain\n"
                                                  "    pace: flat\n"
                                                  "    threshold: 5\n"
                                                  "    baseline: {year: 2020, value: "
                                                  "60}\n" TARGET_TAIL(
                                                      "Thứ hạng PAPI: số bậc tăng bình "
                                                      "quân",
                                                      "PAPI rank: average gain",
                                                      "II.3(1)") "  - id: 1d\n"
                                                                 "    indicator: papi\n"
                                                                 "    subject: "
                                                                 "province\n"
                                                                 "    level: province\n"
                                                                 "    kind: "
                                                                 "rank_at_most\n"
                                                                 "    pace: due\n"
                                                                 "    threshold: 30\n"
                                                                 "    due: "
                                                                 "2025-12-"
                                                                 "31\n" TARGET_TAIL(
                                                                     "Thứ hạng PAPI "
                                                                     "năm 2025",
                                                                     "PAPI rank for "
                                                                     "2025",
                                                                     "II.3(1)");

static const char units[] =
    "code,name_vi,name_en,kind,level,parent,valid_from,valid_to,exempt,head_vi,head_en,"
    "code_system,note\n"
    "51,Tỉnh A,A province,province,province,,,,,Chủ tịch UBND tỉnh A,Chair of the "
    "People's Committee of A province,GSO,\n"
    "D51-SNV,Sở Nội vụ,Department of Home Affairs,department,province,51,,,,Giám đốc "
    "Sở "
    "Nội vụ,Director of Home Affairs,local,\n"
    "530,Huyện D,D district,district,district,51,,,,Chủ tịch UBND huyện D,Chair of the "
    "People's Committee of D district,GSO,\n"
    "531,Huyện E,E district,district,district,51,,,,Chủ tịch UBND huyện E,Chair of the "
    "People's Committee of E district,GSO,\n"
    "21040,Xã B,B commune,commune,commune,530,,,,Chủ tịch UBND xã B,Chair of the "
    "People's Committee of B commune,GSO,\n"
    "21043,Xã C,C commune,commune,commune,530,,,,Chủ tịch UBND xã C,Chair of the "
    "People's Committee of C commune,GSO,\n"
    "21046,Xã G,G commune,commune,commune,531,,,,Chủ tịch UBND xã G,Chair of the "
    "People's Committee of G commune,GSO,\n";

#define HEAD(kind, levels)                                                             \
    "  - id: \"head-{unit}\"\n"                                                        \
    "    for_each: " kind "\n"                                                         \
    "    title_vi: \"{head_vi}\"\n"                                                    \
    "    title_en: \"{head_en}\"\n"                                                    \
    "    scope: \"{unit}\"\n"                                                          \
    "    levels: [" levels "]\n"                                                       \
    "    language: vi\n"

static const char leaders[] =
    "leaders:\n"
    "  - id: chair-province\n"
    "    title_vi: \"Chủ tịch UBND tỉnh\"\n"
    "    title_en: \"Chair of the provincial People's Committee\"\n"
    "    scope: \"51\"\n"
    "    levels: [province, district, commune]\n"
    "    own: true\n"
    "    language: vi\n" HEAD("department", "province")
        HEAD("district", "district, commune") HEAD("commune", "commune");

static const char holidays[] = "holidays:\n"
                               "  - {date: 2021-01-01, name: Tết Dương lịch}\n"
                               "working_days: []\n";

static const struct catalogue_file files[] = {
    {"programme.yaml", programme, sizeof programme - 1},
    {"measures.yaml", measures, sizeof measures - 1},
    {"targets.yaml", targets, sizeof targets - 1},
    {"leaders.yaml", leaders, sizeof leaders - 1},
    {"holidays.yaml", holidays, sizeof holidays - 1},
    {"units.csv", units, sizeof units - 1},
};

#define FILE_COUNT (sizeof files / sizeof files[0])

/* One file in the place of another of the same name. */
static void
file_replace(struct catalogue_file *list, const char *name, const char *text)
{
    size_t i;

    for (i = 0; strcmp(list[i].name, name) != 0; i++) {
    }
    list[i].text = text;
    list[i].bytes = strlen(text);
}

static struct catalogue *
files_load(const struct catalogue_file *list)
{
    struct findings found = {0};
    struct catalogue *c = NULL;
    enum status st = catalogue_load(list, FILE_COUNT, &c, &found);
    size_t i;

    for (i = 0; st != ST_OK && i < found.count; i++) {
        diag_warn("alert_programme", "at=%s:%d:%d %s", found.items[i].file,
                  found.items[i].line, found.items[i].column, found.items[i].text);
    }
    MUST(st == ST_OK);
    findings_fini(&found);
    return c;
}

struct catalogue *
alert_programme_load(void)
{
    return files_load(files);
}

struct catalogue *
alert_programme_load_with(const char *offices)
{
    struct catalogue_file list[FILE_COUNT];
    struct catalogue *c;
    struct buf text;

    buf_init(&text, 1u << 20);
    buf_format(&text, "%s%s", leaders, offices);
    memcpy(list, files, sizeof files);
    file_replace(list, "leaders.yaml", buf_str(&text));
    c = files_load(list);
    buf_fini(&text);
    return c;
}

void
alert_programme_pack_with(const char *offices, bool urgent, struct buf *out,
                          char *digest)
{
    static const char mark[] = "  - id: 9c\n";
    struct catalogue_file sorted[FILE_COUNT];
    size_t before = out->len;
    const char *at = strstr(targets, mark);
    struct buf with_offices;
    struct buf with_urgent;

    buf_init(&with_offices, 1u << 20);
    buf_init(&with_urgent, 1u << 20);
    buf_format(&with_offices, "%s%s", leaders, offices);
    MUST(at != NULL);
    at += sizeof mark - 1;
    buf_add(&with_urgent, targets, (size_t)(at - targets));
    buf_format(&with_urgent, "%s%s", urgent ? "    urgent: true\n" : "", at);
    memcpy(sorted, files, sizeof files);
    file_replace(sorted, "leaders.yaml", buf_str(&with_offices));
    file_replace(sorted, "targets.yaml", buf_str(&with_urgent));
    programme_pack(sorted, FILE_COUNT, out);
    programme_digest(out->data + before, out->len - before, digest);
    buf_fini(&with_offices);
    buf_fini(&with_urgent);
}

void
alert_programme_pack(struct buf *out, char *digest)
{
    alert_programme_pack_with("", false, out, digest);
}
