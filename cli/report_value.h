/*
 * report_value - one cell of a report: a number as Vietnamese offices write it, a unit
 * code, a period code, and how Excel spoils each. Pure.
 */
#ifndef DONDOC_CLI_REPORT_VALUE_H
#define DONDOC_CLI_REPORT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/wire.h"

enum number_verdict {
    NUMBER_GOOD,
    NUMBER_POINT,    /* 1.20 0.204 12.3456: a point that parts no group of three */
    NUMBER_COMMA,    /* 1,204: three digits after a comma, a count or a decimal */
    NUMBER_EXPONENT, /* 1e3 */
    NUMBER_NEGATIVE,
    NUMBER_PERCENT,
    NUMBER_LARGE, /* over 15 digits */
    NUMBER_SHAPE, /* anything else */
};

#define NUMBER_DECIMAL_BYTES 32

struct number {
    enum wire_value kind; /* WIRE_NOTHING for an empty text */
    int64_t count;
    char decimal[NUMBER_DECIMAL_BYTES]; /* "41.09" */
    bool dotted;                        /* written with groups of three */
    bool plain;                         /* 1000 or more, written without */
};

/* A cell of a CSV: 1204, 1.204, 41,09, x or nothing. */
enum number_verdict number_read(const char *text, struct number *out);
/* A text in JSON: "41.09" or "x". */
enum number_verdict number_read_json(const char *text, struct number *out);

enum unit_verdict {
    UNIT_GOOD,
    UNIT_ZERO_LOST, /* four digits: codes of communes have five */
    UNIT_SHAPE,
};
enum unit_verdict unit_read(const char *text);

enum period_verdict {
    PERIOD_GOOD,
    PERIOD_DATE, /* 06/2023, 1/6/2023, Jun-23, 45078: Excel made a date of it */
    PERIOD_SHAPE,
};
/* better: out, PERIOD_TEXT_BYTES; the code that was probably meant, or "". */
enum period_verdict period_read(const char *text, char *better);

#endif
