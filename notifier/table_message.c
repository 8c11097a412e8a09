#include "notifier/table_message.h"

#include <string.h>

#include "lib/calendar.h"

void
table_message_init(struct table_message *t, const struct catalogue *c, const char *code,
                   int32_t today, const struct leader *leader, bool simulated,
                   struct arena *a)
{
    int l;

    memset(t, 0, sizeof *t);
    t->arena = a;
    t->event = (struct alert_event){
        .code = code,
        .number = 1,
        .kind = "",
        .reason = "new",
        .target = "",
        .subject = "",
        .window = "",
        .since_window = "",
        .old_window = "",
        .at_ms = hour_start((int64_t)today * 24 + JOURNEY_HOUR).ms,
    };
    view_make(&t->view, c, &t->event, leader, simulated);
    for (l = 0; l < LANGUAGE_COUNT; l++) {
        writing_init(&t->m[l], &t->view, (enum language)l, BUS_MESSAGE_MAX, a);
    }
    message_day(t, SLOT_day, today);
    message_say(t, PHRASE_TO);
    message_line(t);
    say_notes(&t->m[LANGUAGE_VI]);
    say_notes(&t->m[LANGUAGE_EN]);
}

void
table_message_end(struct table_message *t, enum phrase subject, enum phrase brief,
                  struct rendered *out)
{
    const char *subjects[LANGUAGE_COUNT];
    const char *briefs[LANGUAGE_COUNT];
    const char *texts[LANGUAGE_COUNT];
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        subjects[l] = phrase_text(subject, &t->m[l].v, t->arena);
        briefs[l] = phrase_text(brief, &t->m[l].v, t->arena);
        say_end(&t->m[l]);
        texts[l] = writing_text(&t->m[l], t->arena);
    }
    *out = (struct rendered){subjects[LANGUAGE_VI], subjects[LANGUAGE_EN],
                             texts[LANGUAGE_VI],    texts[LANGUAGE_EN],
                             briefs[LANGUAGE_VI],   briefs[LANGUAGE_EN]};
}

struct filling
message_filling(struct table_message *t, enum language language)
{
    return (struct filling){&t->view, t->arena, &t->m[language].v,
                            language == LANGUAGE_VI};
}

void
message_say(struct table_message *t, enum phrase p)
{
    say(&t->m[LANGUAGE_VI], p);
    say(&t->m[LANGUAGE_EN], p);
}

void
message_line(struct table_message *t)
{
    new_line(&t->m[LANGUAGE_VI]);
    new_line(&t->m[LANGUAGE_EN]);
}

void
message_phrase(struct table_message *t, enum slot slot, enum phrase p)
{
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        t->m[l].v.text[slot] = phrase_text(p, &t->m[l].v, t->arena);
    }
}

void
message_day(struct table_message *t, enum slot slot, int32_t day)
{
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(t, (enum language)l);

        if (day != DAY_NONE) {
            filling_day(&f, slot, day);
        }
    }
}

void
message_text(struct table_message *t, enum slot slot, const char *text)
{
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(t, (enum language)l);

        filling_text(&f, slot, text);
    }
}

void
message_things(struct table_message *t, enum slot slot, size_t n)
{
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(t, (enum language)l);

        t->m[l].v.text[slot] = "";
        filling_things(&f, slot, (int64_t)n);
    }
}

void
message_count(struct table_message *t, enum slot slot, size_t n)
{
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(t, (enum language)l);

        filling_count(&f, slot, (int64_t)n);
    }
}
