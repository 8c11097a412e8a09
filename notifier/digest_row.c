/* A row as a line, the code of a digest and the days on which it is due: pure. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "notifier/digest.h"

void
row_line(const struct digest_row *row, char out[ROW_LINE_BYTES])
{
    char at[SPOT_BYTES];
    char since[DAY_TEXT_BYTES];
    char part[24];

    spot_text(row->at, at);
    day_text(row->since, since);
    (void)snprintf(part, sizeof part, " part=%" PRIu32, row->part);
    (void)snprintf(out, ROW_LINE_BYTES,
                   "reason=%s n=%" PRIu32 " at=%s rung=%d since=%s%s", row->reason,
                   row->number, at, row->rung, since, row->part > 0 ? part : "");
}

enum status
row_line_parse(const char *code, const char *line, struct digest_row *row)
{
    char at[SPOT_BYTES];
    char since[DAY_TEXT_BYTES];
    int used = 0;

    memset(row, 0, sizeof *row);
    if (!alert_code_fits(code) ||
        sscanf(line, "reason=%15s n=%" SCNu32 " at=%39s rung=%d since=%15s%n",
               row->reason, &row->number, at, &row->rung, since, &used) != 5 ||
        (line[used] != '\0' &&
         sscanf(line + used, " part=%" SCNu32, &row->part) != 1) ||
        !spot_read(at, &row->at) || row->rung < 0 || row->rung > RUNG_LAST) {
        return ST_BAD;
    }
    (void)snprintf(row->code, sizeof row->code, "%s", code);
    if (strcmp(since, "-") == 0) {
        row->since = DAY_NONE;
        return ST_OK;
    }
    return day_parse(since, &row->since);
}

bool
row_first(const struct digest_row *row)
{
    return strcmp(row->reason, "escalated") == 0 || strcmp(row->reason, "new") == 0;
}

void
row_merge(const struct digest_row *stands, struct digest_row *row)
{
    if (row_first(stands)) {
        memcpy(row->reason, stands->reason, sizeof row->reason);
        row->rung = row->rung > stands->rung ? row->rung : stands->rung;
        row->since = stands->since;
    }
}

/* A week belongs to the year of its Thursday. */
void
iso_week(int32_t day, int *year, int *week)
{
    int32_t thursday = day - day_weekday(day) + 3;

    *year = day_year(thursday);
    *week = (thursday - day_from_civil(*year, 1, 1)) / 7 + 1;
}

void
digest_code(const struct catalogue *c, const struct leader *l, int32_t day,
            char out[ALERT_CODE_BYTES])
{
    char date[DAY_TEXT_BYTES];
    int year;
    int week;

    if (l->digest == DIGEST_WEEKLY) {
        iso_week(day, &year, &week);
        (void)snprintf(out, ALERT_CODE_BYTES, "%s-%d-W%02d-TH-%s", c->prefix, year,
                       week, l->id);
        return;
    }
    day_text(day, date);
    (void)snprintf(out, ALERT_CODE_BYTES, "%s-%s-TH-%s", c->prefix, date, l->id);
}

/* The first working day of a week is the first on which the daily work is done in it:
 * behind Tet, or an outage, a later one. */
bool
digest_due(enum digest_every every, int32_t sent, int32_t today)
{
    int year;
    int week;
    int sent_year;
    int sent_week;

    if (sent == DAY_NONE) {
        return true;
    }
    if (every != DIGEST_WEEKLY) {
        return today > sent;
    }
    iso_week(today, &year, &week);
    iso_week(sent, &sent_year, &sent_week);
    return year != sent_year || week != sent_week;
}
