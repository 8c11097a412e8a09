/*
 * message - a row of an inbox as a message: the event, digest or notice it names, in
 * the words of the programme in force.
 */
#ifndef DONDOC_NOTIFIER_MESSAGE_H
#define DONDOC_NOTIFIER_MESSAGE_H

#include "notifier/deliver.h"
#include "notifier/digest.h"

/* One row of an inbox; texts are borrowed from the reply. */
struct row {
    uint64_t position;
    const char *code;
    uint32_t number;
    struct spot event; /* of which it speaks */
    int rung; /* 2, 3: it climbed; 1: said again to its own office; 0: neither */
    unsigned again;
    int32_t day; /* on which it climbed; DAY_NONE: it did not */
    bool held;
    bool opened; /* while it was held */
    enum delivery_kind kind;
};
/* item: id and fields, as XRANGE gives them. False: not in its form. */
bool row_parse(const struct reply *item, struct row *row);

#define MESSAGE_ID_BYTES (ALERT_CODE_BYTES + 48)
struct message {
    char id[MESSAGE_ID_BYTES];
    struct wire_alert alert; /* texts in n->words or n->table */
    int64_t fresh_ms; /* received-at of what it tells at once; 0: it is no such news */
};

/*
 * message_make - the message of a row for an office.
 * channel       of a courier's session; "": an office's own device.
 * acknowledged  somebody has taken the alert on.
 * Errors: ST_AGAIN the connection to Redis. What is not in the journal any more still
 * makes a message: the office hears that there was something.
 */
MUST_USE enum status message_make(struct province *p, const char *leader,
                                  const char *channel, const struct row *row,
                                  bool acknowledged, struct message *out);

/* The digest that would go to an office now, as a message of position 0. */
MUST_USE enum status message_preview(struct province *p, const char *leader,
                                     struct message *out);

/* Points by which a ratio is short of what is required, exact; den 0: it is no ratio,
 * or it is not short. */
struct ratio event_gap(const struct catalogue *c, const struct alert_event *e);
/* May it reach the office at any time? */
bool event_urgent(const struct catalogue *c, const struct alert_event *e,
                  const struct leader *l);

#endif
