/* The programme that all paths are counted with. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/diag.h"
#include "tests/perf/paths.h"

#define UNITS_BYTES 16384u
#define SHORT_EVERY 20

static const char programme[] =
    "# SYNTHETIC: to count instructions; nobody promised any of it.\n"
    "programme: perf\n"
    "version: 1\n"
    "prefix: PERF\n"
    "province_unit: S0\n"
    "title_vi: \"SỐ LIỆU GIẢ để đếm lệnh máy\"\n"
    "title_en: \"SYNTHETIC figures to count instructions\"\n"
    "word_vi: mục tiêu\n"
    "word_en: target\n"
    "years: {from: 2021, to: 2025}\n"
    "year: civil\n"
    "alerts_from: 2021-01-01\n"
    "simulated: true\n"
    "illustrative: false\n"
    "contact_vi: \"không có\"\n"
    "contact_en: \"none\"\n"
    "brake: {programme: 100, key: 100, tick: 100}\n"
    "documents:\n"
    "  - id: none\n"
    "    title_vi: \"Không có văn bản nào: số liệu giả\"\n"
    "    title_en: \"No document at all: synthetic\"\n";

#define MEASURE(code, more)                                                            \
    "  - code: " code "\n"                                                             \
    "    name_vi: \"Việc giả (" code ")\"\n"                                           \
    "    name_en: \"Synthetic things (" code ")\"\n"                                   \
    "    count_vi: việc\n"                                                           \
    "    count_en: things\n"                                                           \
    "    nature: stock\n"                                                              \
    "    decimals: 0\n" more
#define INDICATOR(id, part)                                                            \
    "  - id: " id "\n"                                                                 \
    "    version: 1\n"                                                                 \
    "    name_vi: \"Tỷ lệ giả " id "\"\n"                                              \
    "    name_en: \"Synthetic ratio " id "\"\n"                                        \
    "    numerator: [" part "]\n"                                                      \
    "    denominator: [things_all]\n"                                                  \
    "    better: up\n"                                                                 \
    "    min_denominator: 30\n"                                                        \
    "    empty: not_applicable\n"                                                      \
    "    legal_basis: \"none: synthetic\"\n"

static const char months_measures[] = "measures:\n" MEASURE("things_all", "")
    MEASURE("things_done", "    part_of: things_all\n") MEASURE(
        "things_online",
        "    part_of: things_all\n") "groups:\n"
                                     "  - code: things\n"
                                     "    name_vi: Nhóm giả\n"
                                     "    name_en: Synthetic group\n"
                                     "    measures: [things_all, things_done, "
                                     "things_online]\n"
                                     "    reported_by: [commune]\n"
                                     "    calendar: civil\n"
                                     "    cadence: monthly\n"
                                     "    due: {working_days: 5}\n"
                                     "    cumulative: false\n"
                                     "    source: \"system:reporter\"\n"
                                     "indicators:\n" INDICATOR("done", "things_done")
                                         INDICATOR("online", "things_online");

#define TARGET(id, indicator, subject, kind, pace, line)                               \
    "  - id: " id "\n"                                                                 \
    "    indicator: " indicator "\n"                                                   \
    "    subject: " subject "\n"                                                       \
    "    level: commune\n"                                                             \
    "    kind: " kind "\n"                                                             \
    "    pace: " pace "\n"                                                             \
    "    " line "\n"                                                                   \
    "    title_vi: \"Mục tiêu giả " id "\"\n"                                          \
    "    title_en: \"Synthetic target " id "\"\n"                                      \
    "    citation: {document: none, section: \"0\"}\n"                                 \
    "    reading_vi: \"Giả, chỉ để đếm.\"\n"                                 \
    "    reading_en: \"Synthetic, to count.\"\n"

static const char months_targets[] =
    "targets:\n" TARGET("t1", "done", "each", "at_least", "flat",
                        "threshold: 50\n    open: {windows: 1, points: 0, things: 0}")
        TARGET("t2", "done", "each", "steps", "linear",
               "steps: {2021: 15, 2022: 20, 2023: 25, 2024: 30, 2025: 40}")
            TARGET("t3", "online", "level", "at_least", "due",
                   "threshold: 50\n    due: 2025-12-31")
                TARGET("t4", "online", "each", "at_least", "flat", "threshold: 30");

/* The same, reported each day as the year so far. */
static const char days_measures[] = "measures:\n" MEASURE("things_all", "")
    MEASURE("things_done", "    part_of: things_all\n") MEASURE(
        "things_shown",
        "    part_of: things_all\n") "groups:\n"
                                     "  - code: things\n"
                                     "    name_vi: Nhóm giả\n"
                                     "    name_en: Synthetic group\n"
                                     "    measures: [things_all, things_done, "
                                     "things_shown]\n"
                                     "    reported_by: [commune]\n"
                                     "    calendar: civil\n"
                                     "    cadence: none\n"
                                     "    cumulative: true\n"
                                     "    source: \"system:reporter\"\n"
                                     "indicators:\n" INDICATOR("done", "things_done")
                                         INDICATOR("shown", "things_shown");

static const char days_targets[] =
    "targets:\n" TARGET("t1", "done", "each", "at_least", "flat",
                        "threshold: 50\n    open: {windows: 1, points: 0, things: 0}")
        TARGET("t2", "shown", "each", "at_least", "flat", "threshold: 10")
            TARGET("t3", "done", "level", "at_least", "due",
                   "threshold: 50\n    due: 2025-12-31")
                TARGET("t4", "done", "each", "at_least", "flat", "threshold: 15");

static const char leaders[] = "leaders:\n"
                              "  - id: listener\n"
                              "    title_vi: \"Người nghe giả\"\n"
                              "    title_en: \"Synthetic listener\"\n"
                              "    scope: S0\n"
                              "    levels: [commune]\n"
                              "    language: vi\n";

static const char holidays[] = "holidays:\n"
                               "  - {date: 2021-01-01, name: giả}\n"
                               "working_days: []\n";

static const char units_head[] =
    "code,name_vi,name_en,kind,level,parent,valid_from,valid_to,exempt,head_vi,head_en,"
    "code_system,note\n"
    "S0,Tỉnh giả,Synthetic province,province,province,,,,,Người đứng đầu giả,Synthetic "
    "head,local,synthetic\n";

static struct catalogue *
load(const struct buf *units, const char *measures, const char *targets)
{
    const struct catalogue_file files[] = {
        {"holidays.yaml", holidays, sizeof holidays - 1},
        {"leaders.yaml", leaders, sizeof leaders - 1},
        {"measures.yaml", measures, strlen(measures)},
        {"programme.yaml", programme, sizeof programme - 1},
        {"targets.yaml", targets, strlen(targets)},
        {"units.csv", buf_str(units), units->len},
    };
    struct findings found = {0};
    struct catalogue *c = NULL;

    if (catalogue_load(files, sizeof files / sizeof *files, &c, &found) != ST_OK) {
        diag_fatal(70, "programme", "why=\"%s\"", found.items[0].text);
    }
    findings_fini(&found);
    return c;
}

static struct catalogue *
programme_of(const char *measures, const char *targets)
{
    struct catalogue *c;
    struct buf units;
    size_t i;

    buf_init(&units, UNITS_BYTES);
    buf_text(&units, units_head);
    for (i = 0; i < PERF_UNITS; i++) {
        buf_format(&units,
                   "%s,Xã giả %zu,Synthetic commune %zu,commune,commune,S0,,,no,Người "
                   "đứng đầu giả,Synthetic head,local,synthetic\n",
                   perf_unit(i), i + 1, i + 1);
    }
    MUST(!units.cut);
    c = load(&units, measures, targets);
    buf_fini(&units);
    (void)snprintf(c->digest, sizeof c->digest, "%s", "5e7e71c0");
    return c;
}

struct catalogue *
perf_programme(void)
{
    return programme_of(months_measures, months_targets);
}

struct catalogue *
perf_programme_days(void)
{
    return programme_of(days_measures, days_targets);
}

const char *
perf_unit(size_t i)
{
    static char units[PERF_UNITS][8];

    MUST(i < PERF_UNITS);
    if (units[i][0] == '\0') {
        (void)snprintf(units[i], sizeof units[i], "U%02zu", (i + 1) % 100);
    }
    return units[i];
}

const char *
perf_period(size_t i)
{
    static char periods[12][16];

    MUST(i < 12);
    if (periods[i][0] == '\0') {
        (void)snprintf(periods[i], sizeof periods[i], "%d-%02zu", PERF_YEAR,
                       (i + 1) % 100);
    }
    return periods[i];
}

void
perf_figures(size_t report, int64_t *all, int64_t *done, int64_t *online)
{
    *all = 1000 + (int64_t)(report % 97);
    *done = report % SHORT_EVERY == 0 ? *all / 3 : *all - (int64_t)(report % 89);
    *online = *all - (int64_t)(report % 83);
}
