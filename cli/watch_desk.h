/*
 * watch_desk - `dondoc watch` on a terminal: one line a message, its text on demand,
 * acknowledgement from within. Lines are read as the terminal gives them (with its own
 * editing); nothing about the terminal is changed, so nothing has to be put back.
 */
#ifndef DONDOC_CLI_WATCH_DESK_H
#define DONDOC_CLI_WATCH_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/calendar.h"
#include "lib/wire.h"

/* "31/10/2026" or "2026-10-31" as ISO, "" as it is; false: neither. */
bool watch_day(const char *text, char out[DAY_TEXT_BYTES]);

/* --- watch_line.c: pure --- */

/* What is shown; "" and 0: everything. */
struct watch_filter {
    const char *unit;
    const char *kind;
    int64_t since_ms;
};
bool watch_passes(const struct watch_filter *f, const struct wire_alert *a);

/* How lines are written. */
struct watch_look {
    size_t columns;
    bool colour;
    int64_t now_ms; /* for ages */
};

/*
 * watch_line - appends "#3 [chậm tiến độ] Xã B: 47,35% (…) · 5 giờ · CODE/1" and a line
 * feed. What is too wide is cut before the age and the code; in a narrow window those
 * two go to a line of their own. Without the figure of a server that sends none the
 * first line of the message stands there.
 */
void watch_line(const struct wire_alert *a, size_t number, const struct watch_look *k,
                struct buf *out);
/*
 * watch_rows - appends the table of a digest, a hold or a progress report: a line for
 * each row with the subject, what it is about and the figure, its code below. Rows
 * whose code the text names already are left out.
 */
void watch_rows(const struct wire_alert *a, const struct watch_look *k,
                struct buf *out);
/* Of a kind that carries a table and is no alert: there is nothing to take on. */
bool watch_is_list(const char *kind);
/* The whole message, within the columns. */
void watch_details(const char *subject, const char *text, const struct watch_look *k,
                   struct buf *out);
/* "12 phút", "5 giờ", "3 ngày"; the day itself when the time is not that of the clock.
 */
#define AGE_BYTES 32
void watch_age(const struct wire_alert *a, int64_t now_ms, char out[AGE_BYTES]);

/* --- watch_keep.c --- */

/* A copy whose texts and rows live in the arena; what does not fit is empty. */
void watch_keep(const struct wire_alert *a, struct arena *arena,
                struct wire_alert *out);

/* --- watch_desk.c --- */

#define DESK_NOTE_BYTES 1001

enum desk_order { DESK_NOTHING, DESK_QUIT, DESK_ACKNOWLEDGE };
struct desk_wish {
    char code[128];
    char note[DESK_NOTE_BYTES];
    char until[DAY_TEXT_BYTES]; /* ISO; "" none */
};

struct desk;
/* NULL: standard output is no terminal. keys: listen to the keyboard, if there is one.
 */
struct desk *desk_new(bool details, bool keys);
void desk_free(struct desk **d);
void desk_alert(struct desk *d, const struct wire_alert *a);
/* A message that the filter keeps from view is named all the same: it was received. */
void desk_hidden(struct desk *d, const struct wire_alert *a);
/* What waited is shown. */
void desk_ready(struct desk *d);
/* Something was said between the lines: what was asked for is asked again. */
void desk_ask_again(struct desk *d);
/* What was typed since, without waiting. */
enum desk_order desk_input(struct desk *d, struct desk_wish *wish);

#endif
