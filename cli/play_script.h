/*
 * play_script - the script of `dondoc play`: lines of words, parsed whole before
 * anything is played. Pure. The format: doc/play-format.md.
 */
#ifndef DONDOC_CLI_PLAY_SCRIPT_H
#define DONDOC_CLI_PLAY_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

enum play_kind {
    PLAY_PROGRAMME,    /* path: a folder */
    PLAY_CLOCK,        /* at_ms */
    PLAY_PUSH,         /* path: a file; ended, reason */
    PLAY_SAY,          /* text */
    PLAY_EXPECT_ALERT, /* code, alert, reason; window or "" */
    PLAY_EXPECT_NONE,  /* code */
    PLAY_EXPECT_TOLD,  /* number of alerts that were ever told */
    PLAY_EXPECT_OPEN,  /* number of alerts open now */
    PLAY_EXPECT_SCORE, /* subject, target, year, verdict */
};

/* Texts are "" where a kind has none; owned by the script. */
struct play_step {
    size_t line;
    enum play_kind kind;
    char *path;
    char *reason; /* of a push; of an alert: new worse corrected … */
    bool ended;
    int64_t at_ms;
    char *text;  /* say; code; subject */
    char *alert; /* behind missed; target */
    char *window;
    char *verdict;
    int year;
    long number;
};

struct play_script {
    struct play_step *steps; /* a loop over months is written out */
    size_t count;
    size_t room;
};

struct play_fault {
    size_t line;
    char vi[400];
    char en[400];
};

/* ST_BAD: *fault says where and what; nothing is kept. */
MUST_USE enum status play_script_parse(const char *text, struct play_script *out,
                                       struct play_fault *fault);
void play_script_free(struct play_script *s);

#endif
