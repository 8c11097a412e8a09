/* The notice of a hold: why, what is on the list, what can be done. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calendar.h"
#include "notifier/table_message.h"

#define NAME_BYTES 128
#define NUMBER_BYTES 16
#define DIGITS 10

enum hold_cause { CAUSE_PERSON, CAUSE_PROGRAMME, CAUSE_KEY, CAUSE_TICK, CAUSE_OTHER };

static enum hold_cause
cause_of(const char *id, const char **name)
{
    static const struct {
        const char *prefix;
        enum hold_cause cause;
    } causes[] = {
        {"programme:", CAUSE_PROGRAMME}, {"key:", CAUSE_KEY}, {"tick:", CAUSE_TICK}};
    size_t i;

    *name = id;
    for (i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        size_t len = strlen(causes[i].prefix);

        if (strncmp(id, causes[i].prefix, len) == 0) {
            *name = id + len;
            return causes[i].cause;
        }
    }
    return strcmp(id, "person") == 0 ? CAUSE_PERSON : CAUSE_OTHER;
}

/* "lúc 08 giờ 00 phút ngày 09/10/2023", of an hour's number; it borrows {left}, {day}.
 */
static void
fill_tick(struct table_message *t, const char *number, int32_t today)
{
    char *end = NULL;
    long long hour = strtoll(number, &end, DIGITS);
    char text[NAME_BYTES];

    if (end == number || *end != '\0' || hour < 0 || hour / 24 > INT32_MAX / 24) {
        message_text(t, SLOT_name, number);
        return;
    }
    (void)snprintf(text, sizeof text, "%02d", (int)(hour % 24));
    message_text(t, SLOT_left, text);
    message_day(t, SLOT_day, hour_day(hour));
    message_phrase(t, SLOT_name, PHRASE_HOLD_TICK);
    message_text(t, SLOT_left, "");
    message_day(t, SLOT_day, today);
}

/* The title when it is an office, else the key's name. */
static void
fill_by(struct table_message *t, const char *by)
{
    const struct catalogue *c = t->view.catalogue;
    int leader = by == NULL ? NONE : catalogue_leader(c, by);
    int l;

    message_text(t, SLOT_by, by == NULL ? "" : by);
    for (l = 0; l < LANGUAGE_COUNT && leader != NONE; l++) {
        struct filling f = message_filling(t, (enum language)l);

        filling_text(&f, SLOT_by,
                     filling_either(&f, c->leaders[leader].title_vi,
                                    c->leaders[leader].title_en));
    }
}

static void
fill_cause(struct table_message *t, const struct render_hold *why, int32_t today)
{
    static const enum phrase phrases[] = {
        [CAUSE_PERSON] = PHRASE_HOLD_CAUSE_PERSON,
        [CAUSE_PROGRAMME] = PHRASE_HOLD_CAUSE_PROGRAMME,
        [CAUSE_KEY] = PHRASE_HOLD_CAUSE_KEY,
        [CAUSE_TICK] = PHRASE_HOLD_CAUSE_TICK,
        [CAUSE_OTHER] = PHRASE_HOLD_CAUSE_OTHER,
    };
    static const enum phrase levels[] = {PHRASE_LEVEL_PROVINCE, PHRASE_LEVEL_DISTRICT,
                                         PHRASE_LEVEL_COMMUNE, PHRASE_LEVEL_ALL};
    enum level level = LEVEL_ALL;
    const char *name;
    enum hold_cause cause = cause_of(why->id, &name);

    (void)view_level_parse(why->level == NULL ? "" : why->level, &level);
    message_phrase(t, SLOT_level, levels[level]);
    message_count(t, SLOT_covered, why->units);
    message_count(t, SLOT_units, why->of);
    fill_by(t, why->by);
    message_text(t, SLOT_note, why->note == NULL ? "" : why->note);
    message_text(t, SLOT_name, name);
    if (cause == CAUSE_TICK) {
        fill_tick(t, name, today);
    }
    message_phrase(t, SLOT_cause, phrases[cause]);
}

static enum phrase
hold_tag(const char *reason)
{
    if (strcmp(reason, "repeat") == 0) {
        return PHRASE_TAG_HOLD_REPEAT;
    }
    if (strcmp(reason, "escalated") == 0) {
        return PHRASE_TAG_HOLD_PROLONGED;
    }
    return strcmp(reason, "resolved") == 0 ? PHRASE_TAG_HOLD_ENDED : PHRASE_TAG_HOLD;
}

/* How it ended; it borrows {by}, {covered} and {units}. */
static void
say_end_of(struct table_message *t, const struct render_hold *why, bool person)
{
    bool by = why->ended_by != NULL && why->ended_by[0] != '\0';

    if (!why->released) {
        if (!person && !by) {
            message_say(t, PHRASE_HOLD_MENDED);
        }
        return;
    }
    fill_by(t, by ? why->ended_by : NULL);
    message_count(t, SLOT_covered, why->sent);
    message_count(t, SLOT_units, why->dropped);
    message_say(t, person && !by ? PHRASE_HOLD_OVER : PHRASE_HOLD_RELEASED);
    if (why->kept > 0) {
        message_count(t, SLOT_left, why->kept);
        message_say(t, PHRASE_HOLD_KEPT);
    }
    message_count(t, SLOT_covered, why->units);
    message_count(t, SLOT_units, why->of);
}

static void
say_what(struct table_message *t, const struct render_hold *why, bool person)
{
    if (strcmp(why->reason, "resolved") == 0) {
        message_say(t, person ? PHRASE_HOLD_ENDED_PERSON : PHRASE_HOLD_ENDED);
        say_end_of(t, why, person);
        return;
    }
    if (person) {
        message_say(t, PHRASE_HOLD_NEW_PERSON);
    } else {
        message_say(t, strcmp(why->reason, "escalated") == 0 ? PHRASE_HOLD_PROLONGED
                                                             : PHRASE_HOLD_NEW);
        message_say(t, PHRASE_HOLD_UNTIL);
    }
    message_say(t, PHRASE_HOLD_MEANWHILE);
}

void
render_hold(const struct catalogue *c, const char *code, int32_t today,
            const struct render_hold *why, const struct render_row *items, size_t count,
            const struct leader *leader, bool simulated, struct arena *a,
            struct rendered_table *out)
{
    bool ended = strcmp(why->reason, "resolved") == 0;
    bool person = strcmp(why->id, "person") == 0;
    const struct rows_form form = {.most = ROWS_A_MESSAGE,
                                   .more = PHRASE_HOLD_LIST_MORE};
    char number[NUMBER_BYTES];
    struct table_message t;

    memset(out, 0, sizeof *out);
    table_message_init(&t, c, code, today, leader, simulated, a);
    if (why->number > 0) {
        message_count(&t, SLOT_n, why->number);
    }
    if (why->number > 1) {
        (void)snprintf(number, sizeof number, "%" PRIu32, why->number);
        message_text(&t, SLOT_n, number);
    }
    message_phrase(&t, SLOT_tag, hold_tag(why->reason));
    message_day(&t, SLOT_since, why->since);
    message_day(&t, SLOT_until, why->until);
    fill_cause(&t, why, today);
    say_what(&t, why, person);
    message_line(&t);
    if (count > 0) {
        message_things(&t, SLOT_count, count);
        message_say(&t, PHRASE_HOLD_LIST);
        message_line(&t);
        rows_write(c, &form, items, count, today, &t.m[LANGUAGE_VI], &t.m[LANGUAGE_EN],
                   a, out);
    } else if (!ended) {
        message_say(&t, PHRASE_HOLD_LIST_EMPTY);
        message_line(&t);
    }
    if (!ended) {
        message_say(&t, person ? PHRASE_HOLD_ASK_PERSON : PHRASE_HOLD_ASK);
    }
    message_phrase(&t, SLOT_cause,
                   person ? PHRASE_HOLD_SHORT_ALL : PHRASE_HOLD_SHORT_UNITS);
    table_message_end(&t, PHRASE_HOLD_SUBJECT, PHRASE_HOLD_BRIEF, &out->words);
}
