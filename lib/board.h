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

/* An office and channel to which a courier could not deliver yet. */
struct board_undelivered {
    char instance[32]; /* of courier */
    char office[64];
    char channel[16]; /* "mail", "web" */
    char state[16];   /* delayed, not_served; hours and standby are no fault */
    char id[128];     /* of the oldest message; "" none in hand */
    char since[32];   /* when that could have gone, or will; UTC, as it was written */
    int64_t since_ms; /* the same; 0 not said */
    int64_t age_s;    /* since then; 0 it may not go yet */
    int64_t attempts;
    int64_t in_hand;
    bool overdue; /* older than the courier's escalate-after */
    char why[200];
};
struct board_undelivered_list {
    struct board_undelivered *items; /* the oldest first */
    size_t count;
    size_t room;
};
/* Of one instance of courier, for this province; appended. */
MUST_USE enum status board_undelivered(struct redis *r, const char *instance,
                                       const char *province,
                                       struct board_undelivered_list *out);
void board_undelivered_fini(struct board_undelivered_list *l);

/* A message that a mail server or a webhook refused for good. */
struct board_dead {
    char at[32]; /* UTC, as it was written */
    int64_t at_ms;
    char office[64];
    char channel[16];
    char id[128];
    int64_t attempts; /* 0: an older courier did not say */
    char why[200];
};
struct board_dead_list {
    struct board_dead *items; /* the newest first; each message and channel once */
    size_t count;
    size_t room;
};
/* Of the last that are kept, those of this province from an instant on. */
MUST_USE enum status board_dead(struct redis *r, const char *province, int64_t since_ms,
                                struct board_dead_list *out);
void board_dead_fini(struct board_dead_list *l);

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
/* How far open alerts have climbed; what keeps which code back, and since when. */
MUST_USE enum status board_ladder(struct redis *r, const char *province,
                                  struct board_lines *out);
MUST_USE enum status board_hold_lines(struct redis *r, const char *province,
                                      struct board_lines *out);
MUST_USE enum status board_held_lines(struct redis *r, const char *province,
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
    char measure[64]; /* falling: what fell */
    char subject[64];
    char window[PERIOD_TEXT_BYTES];
    char due[DAY_TEXT_BYTES]; /* ISO; "" it has none */
    int64_t num;              /* of the figure that was told */
    int64_t den;
    int64_t opened_at_ms;
    char ack_by[64]; /* who took it on; "" nobody */
    char ack_at[32]; /* and when, as it was written */
    char ack_until[DAY_TEXT_BYTES];
    int rung;                    /* how far it has climbed: 1, 2, 3; 0 not known */
    char paused[DAY_TEXT_BYTES]; /* its last day, ISO; "" it is not */
    char hold[128];              /* what keeps it back: id of a hold; "" nothing */
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

/*
 * board_inbox_rows - every row of an office's inbox, the oldest first: about one code,
 * or a digest of the office.
 */
struct board_row {
    uint64_t entry; /* its place, in entries of the alerts journal */
    uint32_t index;
    uint64_t at_entry; /* of the event; the same as the place when it is its own */
    uint32_t at_index;
    uint32_t number;               /* the n of code/n */
    int rung;                      /* 2, 3: it climbed to the office; else 0 */
    uint32_t again;                /* how often it was repeated behind the last rung */
    bool held;                     /* was held before */
    bool notice;                   /* digest is the notice of a hold */
    char digest[ALERT_CODE_BYTES]; /* it is a row of this digest; "" a message */
};
struct board_rows {
    struct board_row *items;
    size_t count;
    size_t room;
};
MUST_USE enum status board_inbox_rows(struct redis *r, const char *province,
                                      const char *leader, const char *code,
                                      struct board_rows *out);
void board_rows_fini(struct board_rows *l);

/* --- what is kept back (board_holds.c) --- */

struct board_hold {
    char id[128];   /* "person", or the brake: programme:…, key:…, tick:… */
    char since[16]; /* ISO days */
    char until[16];
    char level[32]; /* a brake: how much of which level would have opened */
    int64_t units;
    int64_t of;
    char by[64]; /* a person's */
    char reason[512];
    size_t held; /* codes that it keeps back now */
};
struct board_held {
    char code[ALERT_CODE_BYTES];
    char hold[128];
    char kind[16];    /* of the event that waits; "" not said */
    char subject[64]; /* the same */
    bool opened;      /* while it was held: nobody has heard of it yet */
};
struct board_holds {
    struct board_hold *items; /* that of a person first, then by id */
    size_t count;
    size_t room;
    struct board_held *held; /* by code; without those that are released already */
    size_t held_count;
    size_t held_room;
};
MUST_USE enum status board_holds(struct redis *r, const char *province,
                                 struct board_holds *out);
void board_holds_fini(struct board_holds *l);
/* NULL: no such hold stands. */
const struct board_hold *board_hold(const struct board_holds *l, const char *id);
bool board_hold_of_person(const struct board_hold *h);

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
