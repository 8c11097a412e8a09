/*
 * table_message - what digest, notice of a hold and progress report have in common: a
 * message that is about no single event, in both languages at once. Pure.
 */
#ifndef DONDOC_NOTIFIER_TABLE_MESSAGE_H
#define DONDOC_NOTIFIER_TABLE_MESSAGE_H

#include "notifier/filling.h"
#include "notifier/rows.h"
#include "notifier/writing.h"

struct table_message {
    struct alert_event event; /* stands for none: code, number 1, the day */
    struct view view;
    struct writing m[LANGUAGE_COUNT];
    struct arena *arena;
};

/* Begins with whom it is for and the notes. A pointer to `t` stays in it. */
void table_message_init(struct table_message *t, const struct catalogue *c,
                        const char *code, int32_t today, const struct leader *leader,
                        bool simulated, struct arena *a);
/* Contact and code; then the texts of out. */
void table_message_end(struct table_message *t, enum phrase subject, enum phrase brief,
                       struct rendered *out);

/* The same in both languages. */
struct filling message_filling(struct table_message *t, enum language language);
void message_say(struct table_message *t, enum phrase p);
void message_line(struct table_message *t);
void message_phrase(struct table_message *t, enum slot slot, enum phrase p);
void message_day(struct table_message *t, enum slot slot, int32_t day);
void message_text(struct table_message *t, enum slot slot, const char *text);
/* 05; 0: missing */
void message_things(struct table_message *t, enum slot slot, size_t n);
/* 5; 0 */
void message_count(struct table_message *t, enum slot slot, size_t n);

#endif
