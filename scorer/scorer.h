/*
 * scorer - what the files of the service share.
 *
 * The path of an entry: turn.c takes entries behind the checkpoint out of hints or
 * reads them, apply.c puts each into the facts and marks what it touches, rescore.c
 * scores what was touched and compares the wanted state of each alert with what was
 * told, and one Function call commits facts, scores, alert events and checkpoint
 * together (commit.c), while the entries behind it are computed.
 *
 * Everything computed is a function of the entries, one by one: how many of them share
 * a commit changes nothing.
 */
#ifndef SCORER_SCORER_H
#define SCORER_SCORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bus.h"
#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/follow.h"
#include "lib/hint.h"
#include "lib/journal.h"
#include "lib/owner.h"
#include "lib/redis.h"
#include "lib/score.h"
#include "lib/table.h"
#include "lib/told.h"
#include "lib/wire.h"

#define ENTRIES_A_READ 64u
#define EFFECTS_A_COMMIT 2000u /* a commit is closed when it holds so many */
#define EVENTS_AN_ENTRY 500u
#define ALERTS_MAX 1000000u
#define FIELD_FACTS "facts" /* of the checkpoint: how many there were */

struct scorer_counters {
    uint64_t entries, reports, commits, alerts, parked, ticks, acts;
};

/* A (unit, group) that an entry touched, once. */
struct touched {
    int unit;
    int group;
    int year; /* of the windows that changed */
    uint64_t entry;
    uint32_t index;
    int64_t at_ms;
    const char *by; /* whose report it is; "": none */
    size_t before;  /* place + 1 of another one of the unit; 0: none */
};

/* A sum over units that an entry touched, once. */
struct touched_whole {
    int target;
    struct subject_ref ref;
    int year;
    bool judged;
    struct touched cause;
    size_t before; /* place + 1 of another one of the target; 0: none */
};

struct lines;   /* lines.c */
struct missing; /* missing.h */
struct openers; /* brake.h */

/* The entry that is being applied, and the report of it that is; a tick has none, and
 * a programme stands for all reports that it scores anew. */
struct in_hand {
    enum journal_kind kind;
    uint64_t seq;
    uint64_t entry; /* place of the report: another entry when it was parked */
    uint32_t index;
    int64_t at_ms;  /* received-at; 0: there is none */
    const char *by; /* principal, in event_arena; NULL: no report */
};

/* Reports of a period come together: the one that was read last. */
struct period_last {
    char code[PERIOD_TEXT_BYTES]; /* "": none yet */
    enum calendar_rule rule;
    struct window window;
};

struct state {
    struct scorer *scorer;
    const char *slug;
    struct redis *redis;
    bool ready;          /* taken over; memory is that of `seen` */
    bool fenced;         /* another scorer has taken over; its heartbeat is watched */
    bool stopped;        /* its journal is not whole: until SIGHUP or the next start */
    struct mono said_at; /* when that was said last */
    char owner[OWNER_BYTES]; /* which */
    struct follow follow;
    struct effects effects;
    uint64_t seen; /* last entry in memory: committed, on its way, or to be sent */
    char chain[JOURNAL_CHAIN_BYTES]; /* its chain value; what follows must follow */
    int64_t tick;                    /* as of seen */
    char programme[65];
    struct catalogue *catalogue; /* NULL: none in force */
    struct facts *facts;
    struct table *told; /* code -> struct told * */
    struct missing *missing;
    struct openers *openers;
    struct in_hand in_hand;
    struct period_last period;
    uint8_t *latest;      /* verdict + 1 of unit x target, for the summary */
    int16_t *latest_year; /* and the year it speaks of */
    int64_t *counts;      /* target x verdict: units */
    struct lines *lines;  /* scores of this commit that are not written yet */
    struct table *kept;   /* scores as they stood before a programme; else NULL */
    struct touched *touched;
    size_t touched_count;
    size_t touched_room;
    size_t *touched_of; /* of each unit: place + 1 of the last; NULL: no memory yet */
    struct touched_whole *wholes;
    size_t whole_count;
    size_t wholes_room;
    size_t *wholes_of;          /* of each target: the same */
    struct alert_event *events; /* of the entry in hand */
    size_t event_count;
    size_t events_room;
    char run_id[REDIS_RUN_ID_BYTES]; /* of the Redis it is connected to; "" unknown */
    bool look;                       /* there may be entries that no hint brought */
    struct mono swept;               /* when it looked last */
    struct mono waits; /* since when the first entry that is not committed does */
    struct mono sent;  /* when Redis last took something of the commit on its way */
    bool want_write;   /* a part of it has not gone out */
    struct buf hint;   /* of that commit; empty: it has nothing for the notifier */
    struct mono retry_at;
    unsigned retries;
    char why[200];
};

struct scorer {
    const char *instance; /* of this process */
    struct state *states;
    size_t state_count;
    bool simulated;
    struct bus_socket *hints_out;
    struct bus_socket *hints_in; /* NULL: sweep only */
    struct arena *arena;
    struct arena *event_arena; /* texts of the events of one entry */
    struct buf line;
    struct buf body;
    long redis_timeout_ms;
    struct scorer_counters counters;
    char last_error[200];
};

/* state.c */
void state_init(struct state *s, struct scorer *scorer, const char *slug,
                struct redis *redis);
void state_fini(struct state *s);
/* Connects and takes over when it is time to; false while it is not ready. */
bool state_work(struct state *s);
/* All memory is dropped; taken over again after a pause. */
void state_lost(struct state *s, const char *why);
/*
 * The journal is not as it was written: this province stands still, the others go on.
 * Never skipped, said again every minute, tried again after state_resume. An instance
 * that another one has overtaken stands by instead, and one that lost its connection
 * looks again.
 */
void state_stop(struct state *s, const char *why);
void state_resume(struct state *s);
void state_memory_drop(struct state *s);
/* Facts and told alerts from Redis for a catalogue (taken). */
MUST_USE enum status state_memory_read(struct state *s, struct catalogue *c);
struct told *state_told(struct state *s, const char *code, bool make);
int32_t state_day(const struct state *s); /* of the last tick */

/* turn.c */
/*
 * state_hinted - what a hint brings. Of its entries only the very next ones are taken,
 * as the Redis has them to which we are connected; else the journal is to be read.
 */
void state_hinted(struct state *s, const struct hint *h);
/* Takes over, reads, commits, as far as each is due. True: there may be more. */
bool state_turn(struct state *s, int sweep_ms);
/* How long until what is in memory is to be sent; INT64_MAX: all of it is, or waits for
 * the answer to what was sent. */
int64_t state_wait_us(const struct state *s);

/* commit.c: one at a time; while it is on its way nothing is asked on the connection.
 * False: the province is lost. */
/* Sends what is in memory, behind the answer to the commit before. */
bool state_commit(struct state *s);
/* Waits until all that was sent is answered. */
bool state_land(struct state *s);
/* Without waiting: its answer, if it is there. */
bool commit_collect(struct state *s);
/* How long until an answer that does not come is given up; INT64_MAX: none is awaited.
 */
int64_t commit_patience_us(const struct state *s);

/* apply.c */
/*
 * entry_apply - effects of one entry into s->effects and memory.
 * *barrier: the commit must be closed before this entry; nothing was done.
 * Errors: ST_AGAIN the connection; ST_BAD what it names is not as it was written. What
 *         was put into memory is then to be dropped.
 */
MUST_USE enum status entry_apply(struct state *s, const struct journal_entry *e,
                                 bool *barrier);

/* rescore.c */
/* By what is in hand. The latest of an entry's reports of the same unit, group and year
 * is the cause of whatever follows. */
void touch(struct state *s, int unit, int group, int year);
/* The last day that is looked at: that of the last tick, or of a report behind it. */
int32_t touched_day(const struct state *s, const struct touched *cause);
/* Scores everything touched; effects of it, and the entry's events. */
void rescore(struct state *s);
/* Everything there is: after a new programme. */
void rescore_all(struct state *s, uint64_t entry, int64_t at_ms);
/* latest and counts from the facts, without effects: at a take-over. */
void summary_fill(struct state *s);

/* lines.c */
struct lines *lines_new(void);
void lines_free(struct lines **l);
void lines_drop(struct lines *l);
/* The line of a subject, written when the commit closes: with the last score put. */
void line_put(struct state *s, int target, struct subject_ref ref, int year,
              const struct score *score);
void lines_write(struct state *s);

/* kept.c */
/* The lines of scores that are committed, for rescore_all. ST_AGAIN: the connection. */
MUST_USE enum status kept_read(struct state *s);
void kept_drop(struct state *s);
/* Does the line say what stands already, but for the programme it names? */
bool kept_same(const struct state *s, const char *subject, const char *field,
               const char *line);

/* summary.c */
void summary_set(struct state *s, int target, int unit, int year, enum verdict v,
                 bool write);
void summary_write(struct state *s); /* all of it */
void summary_erase(struct state *s); /* the fields of a programme that goes */

/* event.c */
struct alert_event *event_room(struct state *s); /* one more, empty */
void event_add(struct state *s, int target, struct subject_ref subject, int year,
               const struct wanted *wanted, struct told *told, enum reason reason,
               const struct score *told_now, const struct touched *cause);
/* What was told, in both places. */
void told_write(struct state *s, const struct told *told, const struct alert_event *ev);
/* The events of the entry in hand as entries of the alerts journal. All that opens
 * comes in one go: how much it is together decides what is braked. */
void events_flush(struct state *s);

#endif
