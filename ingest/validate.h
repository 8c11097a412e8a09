/*
 * validate - is a report right? Pure: the programme, the sender and the moment are
 * arguments. What is taken comes out resolved (unit's id, window's days, scaled figures
 * in the order of the group, content hash); what is refused comes out with a stable
 * code, the field, the value and what was expected.
 */
#ifndef INGEST_VALIDATE_H
#define INGEST_VALIDATE_H

#include "lib/catalogue.h"
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
    struct report_record record; /* revision 0: decided later; texts in the arena */
    char key[REPORT_KEY_BYTES];  /* unit/group/period */
    uint8_t hash[16];            /* record.hash points here when encoded */
    const char *replaces;        /* as the sender said: "2/<hash>", or "" */
    bool past_due;
    bool by_office;   /* a correction by an office: needs a reason */
    uint32_t offered; /* sent again after a loss: the revision it was; 0: ordinary */
};

/*
 * report_check - in borrowed; out's texts live in the arena `a`.
 * Returns false with *why filled when the report is refused, whole.
 */
bool report_check(const struct catalogue *c, const struct principal *who,
                  const struct wire_report *in, struct instant now, struct arena *a,
                  struct checked *out, struct refused *why);

/* The key of a Standing question, resolved the same way; scope is checked too. */
bool report_key_check(const struct catalogue *c, const struct principal *who,
                      const struct wire_key *in, struct refused *why,
                      char key[REPORT_KEY_BYTES]);

/* Figures of a report by place in its group. */
struct placed {
    bool given[GROUP_MEASURES_MAX];
    bool not_applicable[GROUP_MEASURES_MAX];
    int64_t scaled[GROUP_MEASURES_MAX];
};

/* validate_figures.c: each measure of the group at most once, in range, parts within
 * their wholes; at least one figure. */
bool figures_check(const struct catalogue *c, const struct group *g,
                   const struct wire_report *in, struct placed *out,
                   struct refused *why);

/* Is a text short enough, and UTF-8 without control characters? */
bool text_check(const char *field, const char *text, size_t max, struct refused *why);
#define CODE_TEXT_MAX 64u
/* The text itself when it is short and clean enough to be sent back, else "". */
const char *text_echo(const char *text);

void refused_set(struct refused *why, enum refusal_code code, const char *field,
                 const char *value, const char *expected);

#endif
