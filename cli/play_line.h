/* A line of a script being parsed, word by word. Of play_script.c and play_line.c only.
 */
#ifndef DONDOC_CLI_PLAY_LINE_H
#define DONDOC_CLI_PLAY_LINE_H

#include <stdbool.h>

#include "cli/play_script.h"

#define PLAY_WORDS_MAX 16
#define PLAY_WORD_BYTES 400

struct play_line {
    struct play_script *script;
    struct play_fault *fault;
    size_t number;
    char words[PLAY_WORDS_MAX][PLAY_WORD_BYTES];
    size_t count;
    size_t at; /* the next word */
};

/* ST_BAD, with the line's number; vi and en are formats for the same arguments. */
MUST_USE enum status line_wrong(struct play_line *l, const char *vi, const char *en,
                                ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Words apart; "…" is one word; # ends the line. */
MUST_USE enum status line_split(struct play_line *l, const char *text);
/* The next word, or ""; borrowed until the next line. */
const char *line_next(struct play_line *l);
bool line_next_is(struct play_line *l, const char *word); /* takes it when it is */
bool line_more(const struct play_line *l);
MUST_USE enum status line_ended(struct play_line *l); /* nothing may stand behind */

struct play_step *line_step(struct play_line *l, enum play_kind kind);

MUST_USE enum status line_number(struct play_line *l, long min, long max, long *out);
/* "09:00" as minutes of the day. */
MUST_USE enum status line_clock(struct play_line *l, int *minutes);
/* "2021-01..2025-06" as months since year 0. */
MUST_USE enum status line_months(struct play_line *l, int *first, int *last);

#endif
