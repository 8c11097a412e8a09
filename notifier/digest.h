/*
 * digest - rows that wait for an office, and the one message that they become. A row is
 * what the office has to know of one alert now; a later one of the same alert takes its
 * place. Hash `rows` (leader/code -> line); what was sent stays in digest:<code>.
 */
#ifndef DONDOC_NOTIFIER_DIGEST_H
#define DONDOC_NOTIFIER_DIGEST_H

#include "notifier/deliver.h"

struct digest_row {
    char code[ALERT_CODE_BYTES];
    char reason[16]; /* escalated, repeat, better, worse, corrected, resolved … */
    uint32_t number;
    struct spot at; /* its event */
    int rung;
    int32_t since; /* day on which the alert opened */
};

struct rows; /* of all offices of a province */
struct rows *rows_new(void);
void rows_free(struct rows **r);
MUST_USE enum status rows_read(struct rows *rows, struct redis *r, const char *slug);
void row_put(struct batch *b, const char *leader, const struct digest_row *row);
/* The problem has ended before the office heard: true when a row was taken out. */
bool row_drop(struct batch *b, const char *leader, const char *code);

/* Once a working day: the digests that are due go into the inboxes. */
void digest_day(struct batch *b, int32_t today);
/* code of the digest of a day: QNG-2026-W38-TH-chair-province */
void digest_code(const struct catalogue *c, const struct leader *l, int32_t day,
                 char out[ALERT_CODE_BYTES]);

/* Rows of one that was sent (code), or of the next one (leader), in order of severity.
 * The events are those of the journal; they and the rows live in the arena. */
struct digest_item {
    const struct digest_row *row;
    const struct alert_event *event; /* NULL: it is not in the journal any more */
    bool acknowledged;
};
MUST_USE enum status digest_read(struct province *p, const char *code, struct arena *a,
                                 struct digest_item **items, size_t *count);
MUST_USE enum status digest_next(struct province *p, const char *leader,
                                 struct arena *a, struct digest_item **items,
                                 size_t *count);

#endif
