/*
 * attack - the scene of an attack: the whole of dondoc as real processes, a department
 * that must be served all the time, keys of a rogue and of a leader, and a stranger's.
 * The attacker is a child that uses raw_peer only (a bus does not survive a fork).
 */
#ifndef DONDOC_TESTS_ATTACK_H
#define DONDOC_TESTS_ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/instant.h"
#include "tests/support/raw_peer.h"
#include "tests/support/stack.h"

#define ATTACK_MS 3000
/* The promise for the others' acknowledged reports, 250 ms, is held against on a quiet
 * machine (`make attacks`); a busy one may take longer, but never stand still. */
#define ATTACK_P99_US 250000
#define ATTACK_P99_BUSY_US 2000000
#define ATTACK_RECOVERY_MS 5000 /* until all is as before */
#define ATTACK_UNITS_MAX 200
#define ATTACK_MONTHS 96 /* 2016 to 2023, whose reports are taken */

struct attack_scene {
    struct stack stack;
    struct side good; /* may report for the other communes */
    struct side ops;
    struct bus_keys rogue; /* registered: a unit's, the last sixty communes */
    struct bus_keys head;  /* registered: a leader's */
    struct bus_keys stranger;
    char units[200];
    char leaders[200];
    pid_t pids[PART_COUNT];
    char codes[ATTACK_UNITS_MAX][16]; /* communes of the programme */
    size_t code_count;
    size_t rogue_from;  /* the first of the rogue's communes */
    size_t pushed;      /* reports of the good one so far */
    size_t resident_kb; /* of ingest, before the first attack */
};

/* The programme of Quảng Ngãi is in force and it is 2/1/2024. */
void attack_open(struct attack_scene *s);
void attack_open_with_port(struct attack_scene *s); /* units come by TCP */
void attack_close(struct attack_scene *s);

/* Report number i of a stretch of communes: its unit and period. */
void attack_key(const struct attack_scene *s, size_t from, size_t i, const char **unit,
                char period[16]);

/* A child that attacks and ends by itself with status 0. */
pid_t attack_start(void (*with)(void));
/* Has the time of an attack passed? */
bool attack_over(struct mono began);

/*
 * attack_serves - reports and asks again and again while an attack goes on; prints the
 * 99th per cent of acknowledged reports and of questions, and wants both under
 * the bound (ATTACK_P99_BUSY_US, with DONDOC_QUIET=1 ATTACK_P99_US), then
 * attack_recovered. An attack that takes every core is measured up to three times.
 */
void attack_serves(struct attack_scene *s, void (*with)(void), const char *name);
/* Everybody lives, by the process that began, and within ATTACK_RECOVERY_MS reports are
 * acknowledged in time and ingest's memory is back to 160 MB over the beginning. */
void attack_recovered(struct attack_scene *s, const char *name);
size_t attack_resident_kb(pid_t pid);

#endif
