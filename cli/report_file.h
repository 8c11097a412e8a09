/*
 * report_file - the file that a clerk or a system hands to `dondoc push`: a CSV as
 * Excel in Vietnam writes it, or JSON. Pure: text in, rows and faults out; nothing is
 * guessed. The format, with all that is refused and what to do: doc/report-format.md.
 *
 * A fault of one row holds back that row alone; a fault of the file (a column missing,
 * two ways of writing thousands) holds back everything.
 */
#ifndef DONDOC_CLI_REPORT_FILE_H
#define DONDOC_CLI_REPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/wire.h"

#define REPORT_FILE_BYTES_MAX (16u * 1024u * 1024u)
#define REPORT_REASON_BYTES 500 /* as the server takes it; proto/README.md */

struct report_figure {
    size_t column;        /* index into columns */
    enum wire_value kind; /* never WIRE_NOTHING: an empty cell makes no figure */
    int64_t count;
    char *decimal; /* "41.09": a point; NULL for the other kinds */
};

struct report_row {
    size_t line; /* of the CSV, or number of the JSON item, from 1 */
    char *unit;
    char *period;
    char *from; /* "" when not given; likewise to and reason */
    char *to;
    char *reason;
    struct report_figure *figures;
    size_t figure_count; /* 0: nothing to send for this row */
    size_t figure_room;
    bool refused; /* a fault names this row */
};

struct report_fault {
    size_t line;      /* 0: the whole file */
    size_t column;    /* of the CSV, from 1; 0: the whole row, or JSON */
    char *name;       /* of the column or member; "" none */
    char *value;      /* as it was written; "" none */
    const char *code; /* stable, for programs */
    char *vi;         /* what is wrong with it, and the remedy */
    char *en;
};

struct report_file {
    bool json;
    char **columns; /* measures, in the order of the file (JSON: of first mention) */
    size_t *places; /* the CSV column of each, from 1; JSON 0 */
    size_t column_count;
    size_t column_room;
    size_t place_room;
    struct report_row *rows;
    size_t row_count;
    size_t row_room;
    struct report_fault *faults;
    size_t fault_count;
    size_t fault_room;
    bool refused; /* as a whole: nothing of it may be sent */
};

/* JSON when the text begins with [ or {, else CSV. Never NULL; see `refused`. */
struct report_file *report_file_parse(const char *text, size_t bytes);
void report_file_free(struct report_file **f);

/*
 * report_fault_add - name a fault.
 * row   the row that is refused by it, or NULL: the file as a whole.
 * vi    format of the sentence in Vietnamese, without place and value; `en` likewise,
 *       with the same arguments.
 */
void report_fault_add(struct report_file *f, struct report_row *row, size_t column,
                      const char *name, const char *value, const char *code,
                      const char *vi, const char *en, ...)
    __attribute__((format(printf, 7, 9))) __attribute__((format(printf, 8, 9)));

#endif
