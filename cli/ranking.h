/*
 * ranking - the order of a league table. Pure. Equal ratios share a place and the next
 * one is counted on (1, 2, 2, 4); among equals the programme's order of units decides
 * who is printed first. Ratios are compared exactly, never as they are printed.
 */
#ifndef DONDOC_CLI_RANKING_H
#define DONDOC_CLI_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ranked {
    int unit;
    int64_t num;
    int64_t den;  /* > 0 */
    size_t place; /* out; from 1 */
};

/* smallest: the smallest ratio first, else the largest. */
void ranking_make(struct ranked *rows, size_t count, bool smallest);

#endif
