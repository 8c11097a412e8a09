#include "tests/support/included_programme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char RULES_PROGRAMME[] =
    "programme: rules\n"
    "version: 1\n"
    "prefix: RUL\n"
    "province_unit: \"X\"\n"
    "title_vi: Quy tắc\n"
    "title_en: Rules\n"
    "word_vi: mức\n"
    "word_en: line\n"
    "years: {from: 2022, to: 2026}\n"
    "year: civil\n"
    "alerts_from: 2022-08-01\n"
    "illustrative: true\n"
    "contact_vi: Không\n"
    "contact_en: None\n"
    "documents:\n"
    "  - {id: qd, title_vi: Quyết định, title_en: Decision}\n";

static const char RULES_MEASURES[] =
    "measures:\n"
    "  - {code: results, name_vi: a, name_en: a, count_vi: kết quả, count_en: results, "
    "nature: stock}\n"
    "  - {code: results_digitised, name_vi: b, name_en: b, count_vi: kết quả, "
    "count_en: results, nature: stock, part_of: results}\n"
    "  - {code: dossiers, name_vi: c, name_en: c, count_vi: hồ sơ, count_en: dossiers, "
    "nature: flow}\n"
    "  - {code: answers, name_vi: d, name_en: d, count_vi: phiếu, count_en: answers, "
    "nature: flow}\n"
    "  - {code: answers_good, name_vi: e, name_en: e, count_vi: phiếu, count_en: "
    "answers, nature: flow, part_of: answers}\n"
    "  - {code: visits, name_vi: f, name_en: f, count_vi: lượt, count_en: visits, "
    "nature: flow}\n"
    "groups:\n"
    "  - {code: digitisation, name_vi: g, name_en: g, "
    "measures: [results, results_digitised, dossiers], "
    "reported_by: [department, commune], calendar: civil, cadence: monthly, "
    "due: {working_days: 5}, source: unit}\n"
    "  - {code: survey, name_vi: h, name_en: h, measures: [answers, answers_good], "
    "reported_by: [commune], calendar: civil, cadence: quarterly, "
    "due: {working_days: 10}}\n"
    "  - {code: visiting, name_vi: k, name_en: k, measures: [visits], "
    "reported_by: [commune], calendar: civil, cadence: quarterly, "
    "due: {working_days: 10}}\n"
    "indicators:\n"
    "  - {id: share, name_vi: i, name_en: i, numerator: [results_digitised], "
    "denominator: [results], better: up, legal_basis: x}\n"
    "  - {id: content, name_vi: j, name_en: j, numerator: [answers_good], "
    "denominator: [answers], better: up, legal_basis: y}\n"
    "  - {id: visits_all, name_vi: l, name_en: l, value: visits, better: up, "
    "legal_basis: z}\n";

static const char RULES_TARGETS[] =
    "targets:\n"
    "  - {id: \"4.2\", indicator: content, subject: each, level: commune, "
    "kind: at_least, threshold: 90, full_marks: true, " END
    "  - {id: \"5.2\", indicator: share, subject: each, level: commune, kind: steps, "
    "steps: {2022: 10, 2023: 20, 2024: 30, 2025: 40, 2026: 50}, exempt: by_unit, "
    "exempt_confirmed: {by: Bộ, date: 2022-01-01}, " END
    "  - {id: \"6.1\", indicator: visits_all, subject: each, level: commune, "
    "kind: times_per_year, times: 4, " END
    "  - {id: \"9\", subject: province, level: all, kind: info, " END;

static const struct catalogue_file RULES[] = {
    {"rules/measures.yaml", RULES_MEASURES, sizeof RULES_MEASURES - 1},
    {"rules/programme.yaml", RULES_PROGRAMME, sizeof RULES_PROGRAMME - 1},
    {"rules/targets.yaml", RULES_TARGETS, sizeof RULES_TARGETS - 1},
};

static void
change_make(struct both *b, size_t n, const struct change *change)
{
    struct catalogue_file *f = &b->files[change->file];
    const char *at =
        change->from[0] == '\0' ? f->text + f->bytes : strstr(f->text, change->from);

    if (at == NULL) {
        fail_msg("“%s” fits nothing in %s", change->from, f->name);
        return;
    }
    buf_init(&b->texts[n], 1 << 20);
    buf_add(&b->texts[n], f->text, (size_t)(at - f->text));
    buf_text(&b->texts[n], change->to);
    buf_text(&b->texts[n], at + strlen(change->from));
    f->text = buf_str(&b->texts[n]);
    f->bytes = b->texts[n].len;
}

void
both_load(struct both *b, const char *include, const struct change *changes)
{
    memset(b, 0, sizeof *b);
    memcpy(b->files, SPECIMEN, sizeof SPECIMEN);
    memcpy(b->files + SPECIMEN_FILES, RULES, sizeof RULES);
    change_make(b, 0, &(struct change){P, "", include});
    for (size_t i = 0; changes != NULL && i < CHANGES_MAX && changes[i].to != NULL;
         i++) {
        change_make(b, i + 1, &changes[i]);
    }
    b->st = catalogue_load(b->files, FILES, &b->c, &b->found);
}

void
both_fini(struct both *b)
{
    catalogue_free(&b->c);
    findings_fini(&b->found);
    for (size_t i = 0; i <= CHANGES_MAX; i++) {
        buf_fini(&b->texts[i]);
    }
}

void
both_print(const struct both *b)
{
    for (size_t i = 0; i < b->found.count; i++) {
        const struct finding *f = &b->found.items[i];

        print_message("  %s:%d:%d: %s | %s\n", f->file, f->line, f->column, f->text,
                      f->text_vi);
    }
}

const struct target *
target_of(const struct both *b, const char *id)
{
    int target = catalogue_target(b->c, id);

    if (target == NONE) {
        fail_msg("no target %s", id);
    }
    return &b->c->targets[target];
}
