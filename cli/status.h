/* What the files of `dondoc status` share. Nobody else includes this. */
#ifndef DONDOC_CLI_STATUS_H
#define DONDOC_CLI_STATUS_H

#include "cli/health.h"
#include "cli/reading.h"
#include "lib/silent.h"

struct overview {
    struct reading reading;
    struct health health;
    struct health_report report;
    struct board_lines summary;
    struct board_alerts alerts;
    bool silent_wanted;
    int32_t silent_since;
    struct silences silences;
};

void overview_text(const struct overview *v);
void overview_json(const struct overview *v);
/* Splits "7c/commune/behind"; false: it is none. Texts of 64 bytes. */
bool summary_field(const char *field, char *target, char *level, enum verdict *v);

#endif
