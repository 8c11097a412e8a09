/*
 * told - what leaders were told last about an alert, and what they must be told now:
 * the difference, not the history, is sent. Pure.
 *
 *   told nothing   -> behind | missed   new (the same code again: its number grows)
 *   told behind    -> missed            worse
 *   told missed    -> behind            corrected
 *   told, and the told figure changed   corrected
 *   told behind    -> behind            at a further window: the gap there and that of
 *                                       the told window as it is now: larger worse,
 *                                       smaller better, the same repeat
 *   told           -> nothing wanted    resolved; withdrawn when no window of the span
 *                                       justifies it with the figures as they are now
 *
 * A further window ends later than the told one. Only windows that a lag counts in are
 * further ones (lib/wanted.c): no extra report between two of a cadence. Where every
 * report speaks for itself (no cadence) a portal may send one a day: there only a
 * window that ends in a later month is a further one, so that a lag is told at most
 * once a month.
 * Source: design.md section 4, Alert.
 */
#ifndef DONDOC_TOLD_H
#define DONDOC_TOLD_H

#include "lib/score.h"

enum reason {
    REASON_NONE,
    REASON_NEW,
    REASON_WORSE,
    REASON_CORRECTED,
    REASON_RESOLVED,
    REASON_WITHDRAWN,
    REASON_REPEAT,
    REASON_BETTER,
};
const char *reason_name(enum reason r);
MUST_USE enum status reason_parse(const char *name, enum reason *r);

/* What was told last about one alert; kept under told and alert:<code>. */
struct told {
    char code[ALERT_CODE_BYTES];
    enum alert_kind kind;           /* NONE: closed */
    uint32_t number;                /* messages so far; 0: never told */
    char window[PERIOD_TEXT_BYTES]; /* of the figure that was told */
    int64_t num;
    int64_t den;
    int64_t opened_at_ms;
    enum reason reason; /* of the last message */
    char
        before[PERIOD_TEXT_BYTES]; /* falling, while open: the window before the fall */
    int64_t before_num;
};

/*
 * told_reason - what has to be said, by the table above.
 * cadence         of the group that the target's indicator is reported in.
 * figure_changed  the figure of told->window is another one now (told_changed), and
 * now             the score that it told; both only looked at while told->kind is not
 *                 NONE.
 */
enum reason told_reason(const struct told *told, const struct wanted *wanted,
                        enum cadence cadence, bool figure_changed,
                        const struct score *now);

/*
 * told_changed - is the figure that leaders were told another one now?
 * now  out; the score of the told window as it is now; all zero when the programme does
 *      not know such a window.
 */
bool told_changed(const struct catalogue *c, const struct facts *f,
                  const struct target *t, struct subject_ref s, const struct told *told,
                  struct score *now);

/* One line, ASCII: kind=behind n=1 reason=new window=2023-09 num=1130 den=2386
 * opened=1696…; falling also before=2023-08 before_num=1200 */
#define TOLD_LINE_BYTES 256
void told_line(const struct told *t, char out[TOLD_LINE_BYTES]);
MUST_USE enum status told_parse(const char *code, const char *line, struct told *t);

#endif
