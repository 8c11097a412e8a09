/*
 * closing - what the end of its units did to a verdict, and how that is said: by
 * explain and by the tables alike.
 */
#ifndef DONDOC_CLI_CLOSING_H
#define DONDOC_CLI_CLOSING_H

#include "lib/score.h"

enum closing {
    CLOSING_NONE,
    CLOSING_WITH_UNIT, /* ended inside the span: the last verdict stands */
    CLOSING_NOT_JUDGED /* ended before the day on which it would have been judged */
};

/* By `today`; score->ends has to be set (score_subject, score_ends). */
enum closing closing_of(const struct catalogue *c, const struct target *t,
                        struct subject_ref subject, const struct score *score,
                        int32_t today);
const char *closing_name(enum closing closing); /* "with_unit"; NULL for none */

/* The verdict and what became of it, in full: "on pace; closed with the unit".
 * `verdict` is what it is called. */
#define CLOSING_BYTES 192
void closing_say(enum closing closing, const struct score *score, const char *verdict,
                 char out[CLOSING_BYTES]);
/* In a cell of a table: "chưa đánh giá"; why stands below it. */
void closing_say_short(enum closing closing, const char *verdict,
                       char out[CLOSING_BYTES]);

#endif
