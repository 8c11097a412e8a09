/*
 * board - what stands in Redis about a province, for commands that only look: where the
 * journals end, how far each service is, which instances live, the summary, the scores
 * of a subject, the alerts that leaders were told of, what is parked. Nothing here
 * writes, except the first command of a connection (lib/redis.h says why).
 *
 * Results are plain structs; lists are owned by the caller (board_…_fini). A line this
 * version cannot read is left out and counted, never fatal: looking must work when
 * nothing else does.
 */
#ifndef DONDOC_BOARD_H
#define DONDOC_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/journal.h"
#include "lib/redis.h"
#include "lib/status.h"

/* redis_connect for a command that looks. */
MUST_USE enum status board_connect(struct redis *r);

/* The head, without minting a log id; all zero and "" when nothing was ever written. */
MUST_USE enum status board_head(struct redis *r, const char *province,
                                struct journal_head *head);

struct board_checkpoint {
    bool has; /* the service has committed something */
    uint64_t seq;
    uint64_t out; /* scorer: last entry of the alerts journal */
    int64_t tick;
    uint64_t sealed; /* scorer: the last entry that was sealed, and its chain value */
    char seal[JOURNAL_CHAIN_BYTES];
    char updated[32]; /* UTC, as it was written */
    char programme[65];
};
MUST_USE enum status board_checkpoint(struct redis *r, const char *province,
                                      const char *service,
                                      struct board_checkpoint *out);

/*
 * board_first_day - the day of the province's first entry when that is its first
 * programme (due dates before it are past and open nothing); else DAY_NONE.
 */
MUST_USE enum status board_first_day(struct redis *r, const char *province,
                                     int32_t *day);

/*
 * board_simulated - is the province's time the player's? As its newest tick says;
 * false when there is none among the last entries.
 */
MUST_USE enum status board_simulated(struct redis *r, const char *province,
                                     const struct journal_head *head, bool *out);

/* --- instances, from dondoc:ops --- */

#define BOARD_COUNTERS_MAX 40

struct board_counter {
    char name[32];
    int64_t number;
};

struct board_instance {
    char service[16]; /* "ingest" "scorer" "notifier" */
    char instance[32];
    char version[24];
    char started[32]; /* as it was written: UTC */
    char updated[32];
    char last_error[256];
    char why[256]; /* why something is not served now; "" all is, or an older release */
    bool alive;    /* its heartbeat has not expired */
    struct board_counter counters[BOARD_COUNTERS_MAX];
    size_t counter_count;
};
struct board_instances {
    struct board_instance *items; /* sorted: ingest, scorer, notifier; then by name */
    size_t count;
    size_t room;
};
MUST_USE enum status board_instances(struct redis *r, struct board_instances *out);
void board_instances_fini(struct board_instances *l);
/* False: it has no such counter. */
bool board_counter(const struct board_instance *i, const char *name, int64_t *number);

/* --- hashes of a province as they stand --- */

struct board_line {
    char *field;
    char *value;
};
struct board_lines {
    struct board_line *items; /* sorted by field */
    size_t count;
    size_t room;
};
MUST_USE enum status board_summary(struct redis *r, const char *province,
                                   struct board_lines *out);
MUST_USE enum status board_scores(struct redis *r, const char *province,
                                  const char *subject, struct board_lines *out);
/* The reports of a unit's id as they stand: field group/period (lib/facts.h). */
MUST_USE enum status board_facts(struct redis *r, const char *province,
                                 const char *unit, struct board_lines *out);
/* What leaders were told last, by code (lib/told.h). */
MUST_USE enum status board_told(struct redis *r, const char *province,
                                struct board_lines *out);
/* The same about reports that are missing. */
MUST_USE enum status board_missing(struct redis *r, const char *province,
                                   struct board_lines *out);
void board_lines_fini(struct board_lines *l);
/* NULL: no such field. */
const char *board_line(const struct board_lines *l, const char *field);

/* The value behind "name=" in a line of words; false: not there. Cut to fit. */
bool board_word(const char *line, const char *name, char *out, size_t out_bytes);

/* --- alerts: about figures, and about reports that are missing --- */

struct board_alert {
    char code[ALERT_CODE_BYTES];
    bool open;
    bool missing;    /* about a report: group and due, no target and no figure */
    uint32_t number; /* messages so far */
    char kind[16];   /* of the last message: behind missed reminder overdue */
    char reason[16]; /* of the last message */
    char target[64];
    char group[64];
    char subject[64];
    char window[PERIOD_TEXT_BYTES];
    char due[DAY_TEXT_BYTES]; /* ISO; "" it has none */
    int64_t num;              /* of the figure that was told */
    int64_t den;
    int64_t opened_at_ms;
    char ack_by[64]; /* who took it on; "" nobody */
    char ack_at[32]; /* and when, as it was written */
    char ack_until[DAY_TEXT_BYTES];
};
struct board_alerts {
    struct board_alert *items; /* sorted by code */
    size_t count;
    size_t room;
};
MUST_USE enum status board_alerts(struct redis *r, const char *province,
                                  struct board_alerts *out);
void board_alerts_fini(struct board_alerts *l);
/* One alert; ST_GONE: nobody was ever told. */
MUST_USE enum status board_alert(struct redis *r, const char *province,
                                 const char *code, struct board_alert *out);
/* Everything under alert:<code>, who was told among it. */
MUST_USE enum status board_alert_fields(struct redis *r, const char *province,
                                        const char *code, struct board_lines *out);
/* What was received: office/fingerprint of a key to a position. */
MUST_USE enum status board_cursors(struct redis *r, const char *province,
                                   struct board_lines *out);

/*
 * board_inbox - does the office's inbox hold the message that stands at entry-index of
 * the alerts journal? Several questions at once: put each, then take the answers in the
 * same order, every one of them.
 */
void board_inbox_put(struct redis *r, const char *province, const char *leader,
                     uint64_t entry, uint32_t index);
MUST_USE enum status board_inbox_take(struct redis *r, bool *has);

/* --- what nobody could apply --- */

struct board_parked {
    uint64_t entry;
    uint32_t index;
    char unit[64];
    char reason[64];
};
struct board_parked_list {
    struct board_parked *items; /* oldest first; at most the first 10.000 */
    size_t count;
    size_t room;
};
MUST_USE enum status board_parked(struct redis *r, const char *province,
                                  struct board_parked_list *out);
void board_parked_fini(struct board_parked_list *l);
MUST_USE enum status board_parked_count(struct redis *r, const char *province,
                                        int64_t *count);

/*
 * board_file - a file of a programme that was in force, such as stated.csv; appended.
 * Errors: ST_GONE no such programme, or no such file in it.
 */
MUST_USE enum status board_file(struct redis *r, const char *province,
                                const char *digest, const char *name, struct buf *out);

#endif
