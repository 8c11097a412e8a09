/* What report_file.c (CSV) and report_json.c share. Nobody else includes this. */
#ifndef DONDOC_CLI_REPORT_PRIVATE_H
#define DONDOC_CLI_REPORT_PRIVATE_H

#include "cli/report_file.h"
#include "cli/report_value.h"

/* A new row with empty texts; borrowed until the next one is added. */
struct report_row *report_row_add(struct report_file *f, size_t line);
/* The index of a measure's column; added when it is new. */
size_t report_column(struct report_file *f, const char *name, size_t place);
void report_figure_add(struct report_row *row, size_t column, const struct number *n);
/* Names what is wrong with a figure. */
void report_number_refuse(struct report_file *f, struct report_row *row, size_t place,
                          const char *name, const char *value,
                          enum number_verdict verdict);
/* Judges unit, period, from, to and reason of a row that has figures; places[i] is the
 * column of each of them from 1, 0 unknown. */
void report_row_judge(struct report_file *f, struct report_row *row,
                      const size_t places[5]);
void report_csv_parse(struct report_file *f, const char *text, size_t bytes);
void report_json_parse(struct report_file *f, const char *text, size_t bytes);

#endif
