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

enum outcome
report_decide(const struct checked *report, const struct present *present,
              struct refused *why)
{
    bool reasoned = report->record.reason[0] != '\0';
    char name[REVISION_NAME_BYTES];

    if (present != NULL && present->revision > 0 &&
        memcmp(present->hash, report->hash, sizeof report->hash) == 0) {
        return OUTCOME_DUPLICATE;
    }
    if (report->by_office && !reasoned) {
        reason_ask(report, why);
        return OUTCOME_REJECTED;
    }
    if (present == NULL || present->revision == 0) {
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
    return OUTCOME_REPLACED;
}
