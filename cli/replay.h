/*
 * What the files of `dondoc replay` share. Nobody else includes this.
 *
 * The path of a replay: replay_scratch.c starts a private Redis in a directory of its
 * own, replay_feed.c appends the journal's entries to it, the real scorer and notifier
 * compute from them there (replay_scratch.c), and replay_compare.c lays what they left
 * beside what is stored; or replay_change.c lays two computations beside each other.
 *
 * Invariants
 *  1. The province's Redis is only read, over a connection without the first write.
 *  2. Every process started here dies with this one, and the directory goes then.
 */
#ifndef DONDOC_CLI_REPLAY_H
#define DONDOC_CLI_REPLAY_H

#include <sys/types.h>

#include "cli/archived.h"
#include "cli/bundle.h"
#include "lib/computed.h"
#include "lib/instant.h"

#define SCRATCH_PATH_BYTES 96 /* a socket's path has at most 107 */

/* A Redis, a scorer and a notifier of our own. */
struct scratch {
    char dir[SCRATCH_PATH_BYTES]; /* "": none yet */
    struct redis *redis;
    int hold;      /* cleaner lives while this end of its pipe is open; -1: none */
    pid_t cleaner; /* 0: not running, as with the others */
    pid_t server;
    pid_t scorer;
    pid_t notifier;
};

/* Where entries go: the province under its own slug, or with another programme. */
struct replay_side {
    const char *slug;
    const struct bundle *programme; /* NULL: the journal's own */
    struct journal_head head;       /* of the side's journal */
    struct board_checkpoint scorer; /* as last seen */
};

struct replay {
    struct reading reading;
    struct history history;
    struct scratch scratch;
    struct replay_side sides[2];
    size_t side_count;
    struct bundle bundle; /* of --programme */
    struct catalogue *after;
    /* the journal as it is read */
    uint64_t done; /* last entry that was appended to the sides */
    char chain[JOURNAL_CHAIN_BYTES];
    int32_t until; /* last day that is taken; DAY_OPEN: all */
    bool ended;    /* an entry of a later day was met */
    bool simulated;
    bool timed;   /* a tick was met: simulated is known */
    int64_t hour; /* of the last tick taken; 0: none */
    struct journal_append append;
    struct journal_read read;
    struct arena *arena;
    size_t put; /* calls whose answers are awaited */
    /* what came of it */
    bool json;
    struct mono began;
    struct mono said;
    int64_t took_us;
    uint64_t keys;
    uint64_t lines;
    uint64_t differences;
    uint64_t other_programme; /* scores that say the same, computed with another one */
    bool notifier_behind;     /* what it writes could not be compared */
};

/* --- replay_scratch.c; exit statuses, all said --- */

int scratch_open(struct scratch *s);
/* Scorer and notifier for these provinces (slugs with commas). */
int scratch_services(struct scratch *s, const char *provinces, bool simulated);
/* Do all live? */
int scratch_alive(struct scratch *s);
void scratch_close(struct scratch *s);

/* --- replay_feed.c; exit statuses, all said --- */

/* Appends the entries behind x->done up to `seq` (less when x->until ends it). */
int feed_to(struct replay *x, uint64_t seq);
/* Until scorer and notifier have computed all that was appended. */
int feed_await(struct replay *x);

/* --- replay_compare.c --- */

/* Everything stored with everything computed; with x->until what only grows. The exit
 * status of what failed, or 0; x->differences counts. */
int compare_all(struct replay *x);

/* --- replay_change.c --- */

/* What side 1 has otherwise than side 0. */
int change_list(struct replay *x);
/* replay_change_alerts.c: printed, and how many. */
int change_alerts(struct replay *x, size_t *differ);
int change_parked(struct replay *x, size_t *differ);

/* --- replay_say.c --- */

/* One difference, counted; a NULL value is not there. */
void say_difference(struct replay *x, const char *key, const char *field,
                    const struct computed_line *stored,
                    const struct computed_line *computed);
void say_progress(struct replay *x, uint64_t done, uint64_t all);
/* The verdicts of a side, by target: its summary. The exit status. */
int say_state(struct replay *x, size_t side);
void say_summary(struct replay *x);
double say_rate(const struct replay *x); /* entries a second */
/* The name of Redis failed in the scratch: 69, said. */
int say_scratch_broken(struct replay *x);

#endif
