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
    struct board_holds holds;
    bool silent_wanted;
    int32_t silent_since;
    struct silences silences;
};

void overview_text(const struct overview *v);
/* status_silent.c; nothing unless it was asked for. */
void overview_silent_text(const struct overview *v);
/* status_holds.c: what keeps messages back, on every status, before all else. */
void overview_holds_text(const struct overview *v);
void overview_holds_json(const struct overview *v, struct buf *out);
void overview_json(const struct overview *v);
/* Splits "7c/commune/behind"; false: it is none. Texts of 64 bytes. */
bool summary_field(const char *field, char *target, char *level, enum verdict *v);

#endif
