#include "tests/support/specimen_programme.h"

/* A thing a line, as short as the format allows: the tests change one at a time. */

static const char PROGRAMME[] =
    "programme: test-province\n"
    "version: 1\n"
    "prefix: TST\n"
    "province_unit: \"1\"\n"
    "title_vi: Chương trình thử\n"
    "title_en: Test programme\n"
    "word_vi: mục tiêu\n"
    "word_en: target\n"
    "years: {from: 2021, to: 2025}\n"
    "year: civil\n"
    "alerts_from: 2021-01-01\n"
    "illustrative: false\n"
    "contact_vi: Văn phòng\n"
    "contact_en: Office\n"
    "documents:\n"
    "  - {id: nq, title_vi: Nghị quyết, title_en: Resolution}\n";

static const char MEASURES[] =
    "measures:\n"
    "  - {code: results, name_vi: a, name_en: a, count_vi: kết quả, count_en: results, "
    "nature: stock}\n"
    "  - {code: results_digitised, name_vi: b, name_en: b, count_vi: kết quả, "
    "count_en: results, nature: stock, part_of: results}\n"
    "  - {code: dossiers, name_vi: c, name_en: c, count_vi: hồ sơ, count_en: dossiers, "
    "nature: flow}\n"
    "  - {code: rank, name_vi: d, name_en: d, count_vi: bậc, count_en: places, "
    "nature: value, decimals: 0, pool: 63}\n"
    "  - {code: ranked, name_vi: e, name_en: e, count_vi: tỉnh, count_en: provinces, "
    "nature: value}\n"
    "groups:\n"
    "  - {code: digitisation, name_vi: g, name_en: g, "
    "measures: [results, results_digitised, dossiers], "
    "reported_by: [department, commune], calendar: civil, cadence: monthly, "
    "due: {working_days: 5}, source: unit}\n"
    "  - {code: indices, name_vi: h, name_en: h, measures: [rank, ranked], "
    "reported_by: [province], calendar: civil, cadence: yearly, "
    "due: {next_year: 04-30}}\n"
    "indicators:\n"
    "  - {id: share, name_vi: i, name_en: i, numerator: [results_digitised], "
    "denominator: [results], better: up, legal_basis: x}\n"
    "  - {id: place, name_vi: j, name_en: j, value: rank, ranked: ranked, better: "
    "down, "
    "legal_basis: x}\n";

#define TAIL "title_vi: t, title_en: t, citation: {document: nq, section: \"1\"}}\n"

static const char TARGETS[] =
    "targets:\n"
    "  - {id: 7a, indicator: share, subject: each, level: province, kind: at_least, "
    "threshold: 60, reading_vi: hiểu, reading_en: read, rejected_vi: bỏ, "
    "rejected_en: left, " TAIL
    "  - {id: 7c, indicator: share, subject: each, level: commune, kind: steps, "
    "steps: {2021: 15, 2022: 35, 2023: 54.95, 2024: 75}, exempt: by_unit, "
    "exempt_confirmed: {by: \"\", date: \"\"}, " TAIL
    "  - {id: 10c, indicator: share, subject: province, level: all, kind: at_least, "
    "pace: due, threshold: 50, due: 2025-06-30, " TAIL
    "  - {id: 1b, indicator: place, subject: province, level: province, "
    "kind: rank_gain, threshold: 5, baseline: {year: 2020, value: 60}, " TAIL
    "  - {id: 1d, indicator: place, subject: province, level: province, "
    "kind: rank_at_most, pace: due, threshold: 30, due: 2025-12-31, " TAIL
    "  - {id: 1e, indicator: place, subject: each, level: province, kind: info, " TAIL
    "  - {id: i, indicator: share, subject: each, level: commune, kind: info, " TAIL;

static const char UNITS[] =
    "code,name_vi,name_en,kind,level,parent,valid_from,valid_to,exempt,head_vi,head_en,"
    "code_system,note\n"
    "1,Tỉnh Thử,Test province,province,province,,,,,Chủ tịch UBND tỉnh,"
    "Chair of the province,GSO,\n"
    "S1,Sở Một,Department one,department,province,1,,,,Giám đốc Sở Một,"
    "Director one,local,\n"
    "11,Huyện Một,District one,district,district,1,,2024-12-31,,Chủ tịch huyện Một,"
    "Chair of district one,GSO,\n"
    "12,Huyện Hai,District two,district,district,1,2022-01-01,,,Chủ tịch huyện Hai,"
    "Chair of district two,GSO,\n"
    "101,xã Một,commune one,commune,commune,11,,,assumed-no,Chủ tịch UBND xã Một,"
    "Chair one,GSO,\n"
    "102,xã Hai,commune two,commune,commune,12,2022-01-01,,unknown,"
    "Chủ tịch UBND xã Hai,Chair two,GSO,\n"
    "103,xã Ba,commune three,commune,commune,11,,2023-12-31,yes,Chủ tịch UBND xã Ba,"
    "Chair three,GSO,\n"
    "103,xã Ba mới,new commune three,commune,commune,12,2024-01-01,,no,"
    "Chủ tịch UBND xã Ba mới,Chair new three,GSO,\n"
    "104,xã Bốn,commune four,commune,commune,11,,2024-06-15,assumed-no,"
    "Chủ tịch UBND xã Bốn,Chair four,GSO,\n"
    "104,xã Bốn mới,new commune four,commune,commune,12,2024-06-16,2024-12-31,,"
    "Chủ tịch UBND xã Bốn mới,Chair new four,GSO,\n";

static const char LEADERS[] = "leaders:\n"
                              "  - id: chair\n"
                              "    title_vi: Chủ tịch\n"
                              "    title_en: Chair\n"
                              "    scope: \"1\"\n"
                              "    levels: [province, district, commune]\n"
                              "    own: true\n"
                              "    kinds: [missed, overdue, behind, falling, "
                              "reminder, hold]\n"
                              "  - id: head-{unit}\n"
                              "    for_each: commune\n"
                              "    title_vi: \"{head_vi}, {name_vi}\"\n"
                              "    title_en: \"{head_en}, {name_en}\"\n"
                              "    scope: \"{unit}\"\n"
                              "    levels: [commune]\n"
                              "    language: en\n"
                              "  - id: director\n"
                              "    title_vi: Giám đốc\n"
                              "    title_en: Director\n"
                              "    scope: \"1\"\n"
                              "    levels: [province]\n";

static const char HOLIDAYS[] = "holidays:\n"
                               "  - {date: 2025-01-01, name: Tết}\n"
                               "  - {date: 2021-01-01, name: Tết}\n"
                               "  - {date: 2022-01-01, name: Tết}\n"
                               "  - {date: 2023-01-02, name: Tết}\n"
                               "  - {date: 2024-01-01, name: Tết}\n"
                               "working_days:\n"
                               "  - {date: 2024-05-04, name: bù}\n";

const struct catalogue_file SPECIMEN[SPECIMEN_FILES] = {
    {"holidays.yaml", HOLIDAYS, sizeof HOLIDAYS - 1},
    {"leaders.yaml", LEADERS, sizeof LEADERS - 1},
    {"measures.yaml", MEASURES, sizeof MEASURES - 1},
    {"programme.yaml", PROGRAMME, sizeof PROGRAMME - 1},
    {"targets.yaml", TARGETS, sizeof TARGETS - 1},
    {"units.csv", UNITS, sizeof UNITS - 1},
};
