#include "ingest/decide.h"

#include <string.h>

static void
reason_ask(const struct checked *report, struct refused *why)
{
    refused_set(why, REFUSAL_REASON_NEEDED, "reason", "", "");
    if (report->record.due_day != 0) {
        day_text(report->record.due_day, why->day);
    }
}

static bool
content_equal(const struct checked *report, const struct receipt *present)
{
    return memcmp(present->hash, report->hash, sizeof report->hash) == 0;
}

static enum outcome
offered_decide(const struct checked *report, const struct receipt *present,
               uint32_t *revision)
{
    uint32_t stands = present == NULL ? 0 : present->revision;
    bool equal = stands > 0 && content_equal(report, present);
    uint32_t ahead;

    if (report->offered <= stands) {
        return report->offered == stands && equal ? OUTCOME_DUPLICATE
                                                  : OUTCOME_SUPERSEDED;
    }
    ahead = report->offered - stands;
    if (ahead > OFFERED_GAP_MAX) {
        if (equal) {
            return OUTCOME_DUPLICATE;
        }
        ahead = OFFERED_GAP_MAX;
    }
    *revision = stands + ahead;
    return stands == 0 ? OUTCOME_ACCEPTED : OUTCOME_REPLACED;
}

/* The number in "2/<hash>"; 0 when there is none. */
static uint32_t
revision_named(const char *replaces)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; replaces[i] >= '0' && replaces[i] <= '9' && i < 9; i++) {
        n = n * 10 + (uint32_t)(replaces[i] - '0');
    }
    return replaces[i] == '/' ? n : 0;
}

static enum outcome
ordinary_decide(const struct checked *report, const struct receipt *present,
                uint32_t *revision, struct refused *why)
{
    bool reasoned = report->record.reason[0] != '\0';
    char name[REVISION_NAME_BYTES];

    if (present != NULL && present->revision > 0 && content_equal(report, present)) {
        return OUTCOME_DUPLICATE;
    }
    if (report->by_office && !reasoned) {
        reason_ask(report, why);
        return OUTCOME_REJECTED;
    }
    if (present == NULL || present->revision == 0) {
        uint32_t named = revision_named(report->replaces);

        *revision = 1 + (named < OFFERED_GAP_MAX ? named : OFFERED_GAP_MAX - 1);
        return OUTCOME_ACCEPTED;
    }
    revision_name(present, name);
    if (strcmp(report->replaces, name) != 0) {
        return OUTCOME_SUPERSEDED;
    }
    if (report->past_due && !reasoned) {
        reason_ask(report, why);
        return OUTCOME_REJECTED;
    }
    *revision = present->revision + 1;
    return OUTCOME_REPLACED;
}

enum outcome
report_decide(const struct checked *report, const struct receipt *present,
              uint32_t *revision, struct refused *why)
{
    if (report->offered > 0) {
        return offered_decide(report, present, revision);
    }
    return ordinary_decide(report, present, revision, why);
}
