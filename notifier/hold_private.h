/*
 * What the files of hold share. hold.c keeps the state, hold_take.c says what an event
 * does to it, hold_end.c what acts and days do, hold_notice.c tells the offices.
 *
 * Invariants
 *  1. Between two entries every line names a hold that stands, or HOLD_NONE: released,
 *     and on its way out with the next entry.
 *  2. Between two entries a hold that began by itself has a line.
 *  3. Between two entries memory is what the two hashes say.
 */
#ifndef DONDOC_NOTIFIER_HOLD_PRIVATE_H
#define DONDOC_NOTIFIER_HOLD_PRIVATE_H

#include "notifier/hold.h"

#define HOLD_NONE "-"

/* One hold; born by a brake or a person, gone when it is released or empty. */
struct hold {
    char id[HOLD_ID_BYTES];
    int32_t since;
    int32_t until;            /* its last day */
    char level[16];           /* of the units; "all": of several; "-": a person's */
    uint32_t units;           /* about so many, */
    uint32_t of;              /* of those that there were when it began */
    char by[LEADER_ID_BYTES]; /* key, or office; "-": nobody */
    int32_t said;             /* day of the last notice; DAY_NONE: none yet */
    uint32_t number;          /* of that notice; 0: none yet */
    uint32_t listed;          /* notice whose list is still right; 0: there is none */
    uint64_t act;             /* of a person: the entry that has it in full */
    char reason[NOTE_BYTES_MAX]; /* a person's, ASCII; "-": none */

    /* only while an entry is applied */
    const char *notice; /* reason of the notice that is due; NULL: none */
    bool changed;       /* its line has to be written */
    bool over;
    char ended_by[LEADER_ID_BYTES]; /* "": by itself */
    bool released; /* by an act, or a person's time was over; then of its lines */
    uint32_t sent;
    uint32_t dropped;
};

/* One alert of which nothing goes out. */
struct held {
    char code[ALERT_CODE_BYTES];
    struct spot at; /* its newest event, and */
    uint32_t number;
    char reason[16]; /* what that one says */
    char hold[HOLD_ID_BYTES];
    bool opened; /* while it was held: it goes out as a new one */
    bool told;   /* leaders were told of it, and of no end */
    char kind[16];
    char subject[64];
};

/* A hold that has ended: the same id on the same day goes on with its numbers. */
struct hold_ended {
    char id[HOLD_ID_BYTES];
    int32_t since;
    uint32_t number;
};

struct holds {
    struct table *held; /* code -> struct held * */
    struct hold **items;
    size_t count;
    size_t room;
    struct hold_ended *ended;
    size_t ended_count;
    size_t ended_room;
    bool leaving; /* there may be lines of HOLD_NONE */
    bool moved;   /* lines came, went or changed in the entry in hand */
};

/* ---- hold.c ---- */

#define HOLD_LINE_BYTES (NOTE_BYTES_MAX + 512)
#define HELD_LINE_BYTES 512
void hold_line(const struct hold *h, char out[HOLD_LINE_BYTES]);
MUST_USE enum status hold_parse(const char *id, const char *line, struct hold *h);
void held_line(const struct held *l, char out[HELD_LINE_BYTES]);
MUST_USE enum status held_parse(const char *code, const char *line, struct held *l);

struct hold *hold_find(const struct holds *h, const char *id); /* NULL: none stands */
struct hold *hold_add(struct holds *h, const char *id, int32_t since, int32_t until);
void hold_write(struct batch *b, struct hold *hold);
/* Forgotten by memory and Redis; `hold` is freed. */
void hold_remove(struct batch *b, struct hold *hold);

struct held *held_find(const struct holds *h, const char *code); /* NULL: none */
void held_write(struct batch *b, const struct held *line);       /* copied */
void held_remove(struct batch *b, const char *code);
/* Lines of a hold, in the order of their events; mem_free the list, not the lines. */
struct held **held_of(const struct holds *h, const char *id, size_t *count);
/* How many units they are about. */
uint32_t held_units(struct held **lines, size_t count);
bool hold_is_automatic(const char *id); /* neither a person's nor HOLD_NONE */

/* ---- hold_take.c ---- */

enum hold_step {
    HOLD_PASSES, /* it is not kept back; a line that there was is overtaken by it */
    HOLD_KEEPS,  /* *next is its line */
    HOLD_LEAVES  /* its line goes, and nobody hears */
};
/* Pure. line: of its code, NULL: there is none. person: a hold of a person stands. */
enum hold_step hold_decide(const struct held *line, bool person,
                           const struct alert_event *e, struct spot at,
                           struct held *next);

/* ---- hold_end.c ---- */

/* Is the kind in the list "behind,overdue"? Blanks around the commas do not matter. */
bool kind_dropped(const char *drop, const char *kind);

/* ---- hold_notice.c; hold_read.c reads what it writes ---- */

#define HOLD_FIELD_WHY "why"
#define HOLD_PART_BYTES (ALERT_CODE_BYTES + 16)
/* digest:<part> is the hash of a notice: "<code>/<number>". */
void hold_part(const char *code, uint32_t number, char out[HOLD_PART_BYTES]);
/* QNG-2023-10-09-TG-key-21040; the day is the one on which it began. */
void hold_code(const char *prefix, const struct hold *h, char out[ALERT_CODE_BYTES]);
void hold_notices(struct batch *b);

#endif
