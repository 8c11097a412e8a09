/* What the files of `dondoc history` share. Nobody else includes this. */
#ifndef DONDOC_CLI_HISTORY_H
#define DONDOC_CLI_HISTORY_H

#include "cli/alert_words.h"
#include "cli/reading.h"
#include "lib/mem.h"

/* A message, or an acknowledgement, as the alerts journal has it. */
struct moment {
    bool act;
    uint64_t entry; /* of the alerts journal */
    uint32_t index;
    struct alert_event event; /* unless act; texts in the life's arena */
    struct wire_act ack;
    bool *inbox; /* unless act: was it put to office i? */
};

/* An office that may have been told. */
struct office {
    char id[96];
    char told[64];     /* "3/12-0": last message and its place; "" not in the hash */
    uint64_t received; /* the furthest of its keys' cursors; 0 none */
};

struct life {
    struct reading reading;
    struct board_alert alert; /* as it stands */
    struct board_checkpoint notifier;
    struct arena *arena;
    struct moment *moments; /* as they came */
    size_t count;
    size_t room;
    struct office *offices;
    size_t office_count;
    size_t office_room;
};

/* The place of a message in an office's inbox (doc/operations.md, `cursor`). */
uint64_t moment_position(const struct moment *m);
bool moment_received(const struct moment *m, const struct office *o);

/* history_read.c; false: Redis, or the journal, as redis_error says. */
MUST_USE enum status life_read(struct life *l, const char *code);
void life_fini(struct life *l);

/* history_print.c */
void life_text(const struct life *l);
void life_json(const struct life *l);

#endif
