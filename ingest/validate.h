/*
 * validate - is a report right? Pure: the programme, the sender and the moment are
 * arguments. What is taken comes out resolved (unit's id, window's days, scaled figures
 * in the order of the group, content hash); what is refused comes out with a stable
 * code, the field, the value and what was expected.
 */
#ifndef INGEST_VALIDATE_H
#define INGEST_VALIDATE_H

#include "lib/catalogue.h"
#include "lib/entry_sets.h"
#include "lib/instant.h"
#include "lib/keyring.h"
#include "lib/mem.h"
#include "lib/refusal.h"
#include "lib/wire.h"

#define REPORT_KEY_BYTES 160
#define REPORT_REASON_MAX 500u

/* Why not. Texts are cut to fit; code REFUSAL_NONE: nothing is wrong. */
struct refused {
    enum refusal_code code;
    char field[96];
    char value[96];
    char expected[160];
    char day[16]; /* ISO, where the sentence names a day */
    char until[16];
    char unit[64];
};

struct checked {
    struct report_record record; /* revision 0: decided later */
    char key[REPORT_KEY_BYTES];  /* unit/group/period */
    uint32_t key_hash;           /* equal for equal keys */
    uint8_t hash[16];            /* record.hash points here when encoded */
    const char *replaces;        /* as the sender said: "2/<hash>", or "" */
    bool past_due;
    bool by_office;   /* a correction by an office: needs a reason */
    uint32_t offered; /* sent again after a loss: the revision it was; 0: ordinary */
};

/* What a period of a group means: nearly all reports name one of a few. */
struct known_period {
    int group;
    struct window window; /* code "": nothing is known */
    int32_t due;
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];
    char days[REPORT_DAYS_BYTES]; /* as they are hashed */
};

#define KNOWN_PERIODS 16u

/* A programme, and what was found out about its periods. */
struct checks {
    const struct catalogue *catalogue; /* NULL: none */
    struct known_period known[KNOWN_PERIODS];
};

/* Nothing is known of another programme. One that was freed must not be known, either:
 * another may stand in its place; catalogue NULL. */
void checks_begin(struct checks *k, const struct catalogue *catalogue);

/*
 * report_check - is a report right by the programme of k?
 * in, who  borrowed; out's texts are theirs or in the arena `a`, none is the
 *          programme's: it may be replaced before the batch is written.
 * Returns false with *why filled when the report is refused, whole.
 */
bool report_check(struct checks *k, const struct principal *who,
                  const struct wire_report *in, struct instant now, struct arena *a,
                  struct checked *out, struct refused *why);

/* The key of a Standing question, resolved the same way; scope is checked too. */
bool report_key_check(const struct catalogue *c, const struct principal *who,
                      const struct wire_key *in, struct refused *why,
                      char key[REPORT_KEY_BYTES]);

/* Figures of a report by place in its group. */
struct placed {
    bool given[GROUP_MEASURES_MAX];
    bool not_applicable[GROUP_MEASURES_MAX]; /* of what is given, as are the others: */
    int64_t scaled[GROUP_MEASURES_MAX];
    const char *measure[GROUP_MEASURES_MAX]; /* the report's own text */
};

/* validate_figures.c: each measure of the group at most once, in range, parts within
 * their wholes; at least one figure. */
bool figures_check(const struct catalogue *c, const struct group *g,
                   const struct wire_report *in, struct placed *out,
                   struct refused *why);

/* validate_record.c: what is right comes out resolved; u as the report names it. */
void checked_fill(const struct checks *k, const struct known_period *p,
                  const struct unit *u, const struct principal *who,
                  const struct wire_report *in, const struct placed *placed,
                  struct instant now, int32_t today, struct arena *a,
                  struct checked *out);

/* Is a text short enough, and UTF-8 without control characters? */
bool text_check(const char *field, const char *text, size_t max, struct refused *why);
#define CODE_TEXT_MAX 64u
/* The text itself when it is short and clean enough to be sent back, else "". */
const char *text_echo(const char *text);

void refused_set(struct refused *why, enum refusal_code code, const char *field,
                 const char *value, const char *expected);

#endif
