/* What the files of `dondoc history` share. Nobody else includes this. */
#ifndef DONDOC_CLI_HISTORY_H
#define DONDOC_CLI_HISTORY_H

#include "cli/alert_words.h"
#include "cli/reading.h"
#include "lib/mem.h"

enum moment_kind {
    MOMENT_MESSAGE, /* an event of the alerts journal */
    MOMENT_ACT,     /* of a person: acknowledge, pause, hold, release */
    MOMENT_POST     /* put into an inbox later than its event, or with a digest */
};

struct moment {
    enum moment_kind kind;
    uint64_t entry; /* of the alerts journal */
    uint32_t index;
    struct alert_event event; /* message; texts in the life's arena */
    bool *inbox;              /* message: was it put to office i? */
    struct wire_act ack;      /* act; the same */
    struct board_row row;     /* post */
    size_t office;            /* post: whose inbox */
    int64_t at_ms;            /* post: 0 not known */
};

/* A courier's channel of an office, and how far it has carried. */
struct way {
    char channel[16]; /* "mail", "web" */
    uint64_t at;
};
#define WAYS_MAX 4

/* An office that may have been told. */
struct office {
    char id[96];
    char told[64];     /* "3/12-0": last message and its place; "" not in the hash */
    uint64_t received; /* the furthest of its desks' cursors; 0 none */
    struct way ways[WAYS_MAX];
    size_t way_count;
};

struct life {
    struct reading reading;
    struct board_alert alert; /* as it stands */
    struct board_checkpoint notifier;
    struct board_dead_list dead; /* all that is kept */
    struct arena *arena;
    struct moment *moments; /* as they came */
    size_t count;
    size_t room;
    struct office *offices;
    size_t office_count;
    size_t office_room;
    struct moment *posts; /* rows of inboxes, before they are put among the moments */
    size_t post_count;
    size_t post_room;
    struct wire_act hold; /* of a person, before there was an event; kind NULL: none */
    uint64_t hold_entry;
};

/* Is it open, as far as the moments go? */
bool life_alive(const struct life *l);

/* The place of a message, or of a post, in an office's inbox (doc/operations.md,
 * `cursor`). */
uint64_t moment_position(const struct moment *m);
bool moment_received(const struct moment *m, const struct office *o);

/* history_read.c; false: Redis, or the journal, as redis_error says. */
MUST_USE enum status life_read(struct life *l, const char *code);
void life_fini(struct life *l);

/* history_posts.c: the offices' rows about the alert; before the journal is read, which
 * tells when each was put there (life_post_times), and then put among the moments. */
MUST_USE enum status life_posts_read(struct life *l, const char *code);
void life_post_times(struct life *l, const struct journal_entry *e, struct arena *a);
void life_posts_merge(struct life *l);
/* The post of office i at the moment's own place; NULL: none. */
const struct moment *life_post_at(const struct life *l, const struct moment *m,
                                  size_t office);

/* history_ways.c: by which way, and why by none. */
enum way_state { WAY_WAITING, WAY_CARRIED, WAY_DEAD };

void way_put(struct office *o, const char *channel, uint64_t at);
/* A message or a post, a way of the office; why a dead letter is one, else "". */
enum way_state way_state(const struct life *l, const struct moment *m, size_t office,
                         const struct way *way, const char **why);
const char *way_state_name(enum way_state s); /* waiting carried dead */
void ways_words(const struct life *l, const struct moment *m, size_t office,
                struct buf *out);
/* Of a message that is in nobody's inbox. */
void nowhere_words(const struct life *l, const struct moment *m, struct buf *out);

/* history_print.c */
void life_text(const struct life *l);
/* history_json.c */
void life_json(const struct life *l);

#endif
