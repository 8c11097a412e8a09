/*
 * digest - rows that wait for an office, and the messages that they become. A row is
 * what the office has to know of one alert now; a later one of the same alert takes its
 * place. Hash `rows` (leader/code -> line, and the field `sent`, the last day on which
 * digests went out); what was sent stays in digest:<code> (alert's code -> line, and
 * the fields `leader` and `day`).
 *
 * A digest of N rows is ceil(N / ROWS_A_MESSAGE) messages, code/1, code/2, …: open
 * alerts by code, then those that have ended. Which message a row is in stands in its
 * line, so that it is the same whenever one is made again.
 */
#ifndef DONDOC_NOTIFIER_DIGEST_H
#define DONDOC_NOTIFIER_DIGEST_H

#include "notifier/deliver.h"

struct digest_row {
    char code[ALERT_CODE_BYTES];
    char reason[16]; /* escalated, repeat, better, worse, corrected, resolved …; new:
                        an inbox had no place for the message */
    uint32_t number;
    struct spot at; /* its event */
    int rung;
    int32_t since; /* day on which the alert opened */
    uint32_t part; /* message of its digest, from 1; 0: it waits, or was sent before
                      digests had parts */
};

#define ROW_LINE_BYTES 128
void row_line(const struct digest_row *row, char out[ROW_LINE_BYTES]);
MUST_USE enum status row_line_parse(const char *code, const char *line,
                                    struct digest_row *row);
/* The office has heard nothing of this alert before: told when the digest goes out. */
bool row_first(const struct digest_row *row);
/* `row` takes the place of `stands`: who has not heard yet hears that it climbed, with
 * the figures of now. Pure. */
void row_merge(const struct digest_row *stands, struct digest_row *row);

struct rows; /* of all offices of a province */
struct rows *rows_new(void);
void rows_free(struct rows **r);
MUST_USE enum status rows_read(struct rows *rows, struct redis *r, const char *slug);
/* The offices for which a row of this alert waits, added to *out. */
void rows_waiting(const struct rows *rows, const char *code, struct leaders *out);
/* Those of one office, with their parts; at most max. Returns how many there are. */
size_t rows_of(const struct rows *rows, const char *leader, struct digest_row *out,
               size_t max);
void row_put(struct batch *b, const char *leader, const struct digest_row *row);
/* The problem has ended before the office heard: true when a row was taken out. */
bool row_drop(struct batch *b, const char *leader, const char *code);
/* Whatever it says: a message says more. */
void row_remove(struct batch *b, const char *leader, const char *code);

/* Once a working day: the digests that are due go into the inboxes. */
void digest_day(struct batch *b, int32_t today);
/* Is the digest of an office due? sent: the last day on which digests went out. Pure.
 */
bool digest_due(enum digest_every every, int32_t sent, int32_t today);
/* Year and number of the ISO week of a day. */
void iso_week(int32_t day, int *year, int *week);
/* code of the digest of a day: QNG-2026-W38-TH-chair-province */
void digest_code(const struct catalogue *c, const struct leader *l, int32_t day,
                 char out[ALERT_CODE_BYTES]);

/* Rows of a digest, by part and code; the events are those of the journal, copied into
 * the arena as everything is. */
struct digest_item {
    struct digest_row row;
    const struct alert_event *event; /* NULL: it is not in the journal any more */
    bool acknowledged;
};
struct digest {
    int32_t day; /* on which it was, or would be, sent */
    struct digest_item *items;
    size_t count;
};
/* One that was sent. ST_GONE: there is none; ST_LIMIT: it does not fit the arena. */
MUST_USE enum status digest_read(struct province *p, const char *code, struct arena *a,
                                 struct digest *out);
/* The next one of an office; count 0: nothing waits. */
MUST_USE enum status digest_next(struct province *p, const char *leader,
                                 struct arena *a, struct digest *out);

#endif
