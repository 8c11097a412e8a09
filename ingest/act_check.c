#include "ingest/act_check.h"

#include <string.h>

#include "lib/calendar.h"
#include "lib/text.h"

#define ID_BYTES_MIN 8u
#define ID_BYTES_MAX 64u
#define SUBJECT_BYTES_MAX 127u /* a code (ALERT_CODE_BYTES), or the id of a hold */
#define HOLD_ID_BYTES_MAX 120u
#define UNTIL_BYTES_MAX 16u
#define DROP_BYTES_MAX 120u
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define DROP_KINDS "missed,overdue,behind,falling,reminder"

/* What an act of this kind may, and must, say. */
struct act_rule {
    const char *kind;
    bool office;  /* a key of role office may do it, too */
    bool subject; /* demanded */
    bool note;    /* demanded */
    int days_max; /* until is demanded, and lies at most so far ahead; 0: none */
};

static const struct act_rule rules[] = {
    {"tick-confirm", false, false, false, 0},
    {"parked-retry", false, false, false, 0},
    {"parked-drop", false, false, false, 0},
    {"hold", true, false, true, HOLD_DAYS_MAX},
    {"release", true, false, false, 0},
    {"pause", true, true, true, PAUSE_DAYS_MAX},
    {"key", false, true, true, 0},
};

static const struct act_rule *
rule_of(const char *kind)
{
    size_t i;

    for (i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].kind, kind) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

bool
act_allowed(const char *kind, enum role role)
{
    const struct act_rule *rule = rule_of(kind);

    return role == ROLE_OPS || (role == ROLE_OFFICE && rule != NULL && rule->office);
}

bool
act_form_check(const struct wire_act *act, struct refused *why)
{
    size_t id_bytes = strlen(act->id);

    if (rule_of(act->kind) == NULL) {
        refused_set(
            why, REFUSAL_BAD_ACT, "act.kind", text_echo(act->kind),
            "tick-confirm, parked-retry, parked-drop, hold, release, pause, key");
        return false;
    }
    if (id_bytes < ID_BYTES_MIN || id_bytes > ID_BYTES_MAX ||
        !text_valid(act->id, id_bytes)) {
        refused_set(why, REFUSAL_BAD_ACT, "act.id", text_echo(act->id), "8-64 byte");
        return false;
    }
    return text_check("act.subject", act->subject, SUBJECT_BYTES_MAX, why) &&
           text_check("act.note", act->note, REPORT_REASON_MAX, why) &&
           text_check("act.until", act->until, UNTIL_BYTES_MAX, why) &&
           text_check("act.drop", act->drop, DROP_BYTES_MAX, why);
}

static bool
needed(const struct wire_act *act, const char *field, const char *text, bool wanted,
       struct refused *why)
{
    if (wanted && text[strspn(text, " \t\n")] == '\0') {
        refused_set(why, REFUSAL_ACT_INCOMPLETE, field, act->kind, "");
        return false;
    }
    return true;
}

/* What the kind has no use for is a misunderstanding, not something to pass over. */
static bool
unused(const struct wire_act *act, const char *field, const char *text, bool used,
       struct refused *why)
{
    if (!used && text[0] != '\0') {
        refused_set(why, REFUSAL_BAD_ACT, field, text_echo(text), act->kind);
        return false;
    }
    return true;
}

static bool
until_check(const struct wire_act *act, int32_t today, int days_max,
            struct refused *why)
{
    int32_t day;

    if (day_parse(act->until, &day) == ST_OK && day >= today &&
        day <= today + days_max) {
        return true;
    }
    refused_set(why, REFUSAL_ACT_DAY, "act.until", text_echo(act->until), "");
    day_text(today, why->day);
    day_text(today + days_max, why->until);
    return false;
}

/* One of the kinds, between commas; no kind is empty. */
static bool
drop_known(const char *kind, size_t bytes)
{
    const char *at = DROP_KINDS;

    for (;;) {
        size_t len = strcspn(at, ",");

        if (len == bytes && memcmp(at, kind, bytes) == 0) {
            return true;
        }
        if (at[len] == '\0') {
            return false;
        }
        at += len + 1;
    }
}

static bool
drop_check(const struct wire_act *act, struct refused *why)
{
    const char *at = act->drop;

    if (at[0] == '\0') {
        return true;
    }
    for (;;) {
        size_t len = strcspn(at, ",");

        if (!drop_known(at, len)) {
            refused_set(why, REFUSAL_BAD_ACT, "act.drop", text_echo(act->drop),
                        DROP_KINDS);
            return false;
        }
        if (at[len] == '\0') {
            return true;
        }
        at += len + 1;
    }
}

static bool
hold_id_check(const struct wire_act *act, struct refused *why)
{
    size_t len = strlen(act->subject);

    if (len > HOLD_ID_BYTES_MAX || strspn(act->subject, LETTERS ":._-") != len) {
        refused_set(why, REFUSAL_BAD_ACT, "act.subject", text_echo(act->subject),
                    "A-Z a-z 0-9 : . _ -");
        return false;
    }
    return true;
}

/* keyring_fingerprint */
static bool
fingerprint_check(const struct wire_act *act, struct refused *why)
{
    if (strlen(act->subject) + 1 != KEYRING_FINGERPRINT_BYTES ||
        strspn(act->subject, "0123456789abcdef") != strlen(act->subject)) {
        refused_set(why, REFUSAL_BAD_ACT, "act.subject", text_echo(act->subject),
                    "16 hex digits");
        return false;
    }
    return true;
}

bool
act_kind_check(const struct wire_act *act, int32_t today, struct refused *why)
{
    const struct act_rule *rule = rule_of(act->kind);
    bool release = strcmp(act->kind, "release") == 0;

    if (rule == NULL || (!rule->office && !rule->subject)) {
        return rule != NULL; /* the scorer looks at the place; nothing else is in it */
    }
    if (!needed(act, "act.subject", act->subject, rule->subject, why) ||
        !needed(act, "act.note", act->note, rule->note, why) ||
        !needed(act, "act.until", act->until, rule->days_max > 0, why) ||
        !unused(act, "act.subject", act->subject, rule->subject || release, why) ||
        !unused(act, "act.until", act->until, rule->days_max > 0, why) ||
        !unused(act, "act.drop", act->drop, release, why)) {
        return false;
    }
    if (rule->days_max > 0) {
        return until_check(act, today, rule->days_max, why);
    }
    if (strcmp(act->kind, "key") == 0) {
        return fingerprint_check(act, why);
    }
    return hold_id_check(act, why) && drop_check(act, why);
}
