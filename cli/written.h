/*
 * written - values as other programs read them: members of a JSON object, cells of a
 * CSV line. Numbers have a point, no thousands sign and no unit; days are ISO days.
 */
#ifndef DONDOC_CLI_WRITTEN_H
#define DONDOC_CLI_WRITTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/ratio.h"

/* "name":value with a comma before it, unless it is the first of its object. */
void json_name(struct buf *out, const char *name);
void json_text(struct buf *out, const char *name, const char *text); /* NULL: null */
void json_int(struct buf *out, const char *name, int64_t number);
void json_bool(struct buf *out, const char *name, bool truth);
void json_day(struct buf *out, const char *name, int32_t day); /* null for none */
/* As text with its decimals: "47.35"; null where den is 0. The number was cut before.
 */
void json_decimal(struct buf *out, const char *name, struct ratio r, int decimals);
/* {"num":…,"den":…}: exactly; null where den is 0. */
void json_ratio(struct buf *out, const char *name, struct ratio r);
/* Opens "name":{ or "name":[; end closes with the sign given. */
void json_open(struct buf *out, const char *name, char sign);
void json_close(struct buf *out, char sign);
/* The next value of a list: the comma before it, where one is needed. */
void json_next(struct buf *out);

/* A cell, quoted where it must be; a comma before it unless it begins its line. A text
 * that a spreadsheet would take for a formula (= + - @ tab, line end first) gets an
 * apostrophe before it; a number stays a number. */
void csv_cell(struct buf *out, const char *text);
void csv_int(struct buf *out, int64_t number);
void csv_decimal(struct buf *out, struct ratio r, int decimals); /* "" for none */
void csv_end(struct buf *out);

#endif
