/*
 * reading - what the commands that look share: the settings of Redis, the connection,
 * the programme and the facts that stand, and how numbers, days and verdicts are said
 * in the language of this process.
 */
#ifndef DONDOC_CLI_READING_H
#define DONDOC_CLI_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "lib/board.h"
#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/ratio.h"
#include "lib/redis.h"
#include "lib/score.h"

/* Rows of option_spec for a command that reads; a command that has a link as well
 * takes its province from there and leaves the last one out. */
#define READING_REDIS_ROWS                                                             \
    {"redis",                                                                          \
     CONF_TEXT,                                                                        \
     "unix:/run/dondoc/redis.sock",                                                    \
     0,                                                                                \
     0,                                                                                \
     "Redis ở đâu: unix:/ĐƯỜNG-DẪN hoặc tcp:HOST:PORT",                                \
     "where Redis is: unix:/PATH or tcp:HOST:PORT"},                                   \
        {"redis-user",                                                                 \
         CONF_TEXT,                                                                    \
         "",                                                                           \
         0,                                                                            \
         0,                                                                            \
         "người dùng ACL của Redis",                                                   \
         "ACL user of Redis; empty: default"},                                         \
    {                                                                                  \
        "redis-password-file", CONF_TEXT, "", 0, 0,                                    \
            "tệp có mật khẩu của người dùng đó ở dòng đầu",                            \
            "file with that user's password on its first line"                         \
    }
#define READING_PROVINCE_ROW                                                           \
    {                                                                                  \
        "province", CONF_TEXT, "", 0, 0, "mã tỉnh, ví dụ quang-ngai",                  \
            "the province, such as quang-ngai"                                         \
    }

struct reading {
    const char *province; /* borrowed from the options */
    struct redis *redis;  /* connected */
    struct journal_head head;
    struct board_checkpoint scorer;
    struct catalogue *catalogue; /* reading_programme; NULL: none in force */
    struct facts *facts;         /* reading_facts */
    bool simulated;
};

/*
 * reading_open - settings, connection, head and the scorer's checkpoint.
 * Returns 0, or the exit status after saying what is wrong (64, 69, 77, 78).
 */
int reading_open(struct reading *r, const struct options *o);
/* The same of a province that is named on the command line; borrowed. */
int reading_open_province(struct reading *r, const struct options *o,
                          const char *province);
/* Settings only, so that a command can judge the connection itself. */
int reading_init(struct reading *r, const struct options *o);
void reading_close(struct reading *r);
/* What redis_error says, in a sentence; EXIT_UNAVAILABLE. */
int reading_broken(const struct reading *r);

/*
 * reading_programme - the programme that the scores stand for (of the scorer's
 * checkpoint), else the one in force. 69 when there is none, said.
 */
int reading_programme(struct reading *r);
/* And all facts. */
int reading_facts(struct reading *r);
/* The day that scores speak of: of the last tick, or of a newer report. */
int32_t reading_today(const struct reading *r);

/* --- names; borrowed --- */

const char *unit_words(const struct unit *u); /* its name in our language */
/* An id as a person typed it: exact, or a code with one holder; NONE: not there. */
int unit_find(const struct catalogue *c, const char *text);
/* Says what might have been meant, by id or by name; EXIT_DATA. */
int unit_unknown(const struct catalogue *c, const char *text);
int target_unknown(const struct catalogue *c, const char *text);

/* --- words and numbers; out RATIO_TEXT_BYTES, DAY_TEXT_BYTES, WHEN_BYTES --- */

const char *verdict_words(enum verdict v, bool full_marks);
const char *kind_words(const char *kind);     /* behind missed … */
const char *reason_words(const char *reason); /* new worse corrected … */
void count_say(int64_t n, char *out);
void percent_say(struct ratio r, enum cut cut, char *out); /* "49,96%" */
void day_say(int32_t day, char *out);
#define WHEN_BYTES 40
void when_say(int64_t ms, char *out); /* "09/10/2023 08:12"; "-" for 0 */
void hour_say(int64_t hour, char *out);
/* A figure with the decimals of its measure; "x" when not applicable. */
void figure_say(const struct catalogue *c, int measure, const struct figure *f,
                char *out);

/* "[mô phỏng]" where the province's time is the player's, or ""; then what the
 * programme is, when it is only an illustration. */
void reading_marks(const struct reading *r);
/* The same above what is about one target (NULL: none), which may be an illustration in
 * a programme that is none. */
void reading_marks_about(const struct reading *r, const struct target *t);

#endif
