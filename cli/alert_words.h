/*
 * alert_words - what the commands that show alerts share: how severe a kind is, the
 * figure of an alert in one short text, names of subjects and offices. Pure, except
 * that it speaks the language of the process.
 */
#ifndef DONDOC_CLI_ALERT_WORDS_H
#define DONDOC_CLI_ALERT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/board.h"
#include "lib/catalogue.h"
#include "lib/ratio.h"
#include "lib/wire.h"

/* The gravest first. */
enum severity {
    SEVERITY_MISSED,
    SEVERITY_OVERDUE,
    SEVERITY_BEHIND,
    SEVERITY_FALLING,
    SEVERITY_REMINDER,
    SEVERITY_OTHER,
    SEVERITY_COUNT
};
enum severity alert_severity(const char *kind);
const char *severity_name(enum severity s); /* the kind; "other" */

/* "đang mở", "đã đóng", "đã thu hồi" */
const char *alert_state_words(const struct board_alert *a);
/* "2 working days"; Vietnamese documents write 02. */
#define DAYS_WORDS_BYTES 64
void working_days_words(int days, char out[DAYS_WORDS_BYTES]);

/* A figure held against what is asked, as it is printed: cut toward the worse side. */
struct alert_figure {
    char value[RATIO_TEXT_BYTES]; /* "47.35"; "" there is none */
    char required[RATIO_TEXT_BYTES];
    char gap[RATIO_TEXT_BYTES]; /* "" not short, or only just */
    bool counts;                /* a percentage; of these: */
    int64_t num;
    int64_t den;
    int64_t rank; /* places a year: the rank itself; else 0 */
    char window[PERIOD_TEXT_BYTES];
};

/* From a line of scores:<subject> (lib/score.h). */
void alert_figure_line(const char *line, struct alert_figure *out);
/* From an event of the alerts journal. */
void alert_figure_event(const struct catalogue *c, const struct target *t,
                        const struct alert_event *ev, struct alert_figure *out);

/* "47,35% (1.130/2.386), cần tối thiểu 50,02%"; "" when there is no figure. t may be
 * NULL: not in the programme any more. */
#define FIGURE_WORDS_BYTES 256
void alert_figure_words(const struct catalogue *c, const struct target *t,
                        const struct alert_figure *f, char out[FIGURE_WORDS_BYTES]);

/* "2.67" as 26700, to put gaps in order; "" is 0. */
int64_t alert_gap_scaled(const char *text);

/* "Xã Bình Nguyên", "cấp xã (tính chung)"; the name itself when it is not known. c may
 * be NULL. */
#define ALERT_NAME_BYTES 256
void alert_subject_words(const struct catalogue *c, const char *subject,
                         char out[ALERT_NAME_BYTES]);
/* Title of the target or of the group's report; "" when it is not known. */
const char *alert_title(const struct catalogue *c, const char *target,
                        const char *group);
/* The same of an alert, or of the measure that fell; the code where none is known. */
const char *alert_about(const struct catalogue *c, const struct board_alert *a);
/* Title of the office, or its id. */
const char *office_words(const struct catalogue *c, const char *leader);

#endif
