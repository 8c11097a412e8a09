/*
 * conf - settings of a program from a table: flag, then DONDOC_* environment, then
 * settings file, then default. Pure but for getenv; reading the file is service's.
 */
#ifndef DONDOC_CONF_H
#define DONDOC_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/status.h"

enum conf_type {
    CONF_TEXT,
    CONF_INT,
    CONF_SWITCH
}; /* a switch takes no value as a flag */

struct conf_setting {
    const char *name; /* "redis"; flag --redis, environment DONDOC_REDIS (- is _) */
    enum conf_type type;
    const char *fallback; /* default as text; NULL: none, "" for CONF_TEXT */
    long min;             /* CONF_INT */
    long max;
    const char *help; /* one line, with the unit: "how long …, ms" */
};

struct conf;

struct conf *conf_new(const struct conf_setting *settings, size_t count); /* borrowed */
void conf_free(struct conf **c);

/* From where a value came; a later source never overrides an earlier one. */
enum conf_source {
    CONF_FROM_FLAG,
    CONF_FROM_ENVIRONMENT,
    CONF_FROM_FILE,
    CONF_FROM_DEFAULT
};

/* ST_GONE: no such setting; ST_BAD: not a value of its type (why says what is). */
MUST_USE enum status conf_set(struct conf *c, const char *name, const char *value,
                              enum conf_source from, char *why, size_t why_bytes);
/* Takes DONDOC_* of every setting from the environment. */
MUST_USE enum status conf_environment(struct conf *c, char *why, size_t why_bytes);

/*
 * conf_flags - takes --name value, --name=value and switches from argv; what is left
 * (operands) is put into rest (room argc), in order. "--" ends flags.
 */
MUST_USE enum status conf_flags(struct conf *c, int argc, char **argv, char **rest,
                                int *rest_count, char *why, size_t why_bytes);

const char *conf_text(const struct conf *c, const char *name); /* never NULL */
long conf_int(const struct conf *c, const char *name);
bool conf_switch(const struct conf *c, const char *name);
enum conf_source conf_from(const struct conf *c, const char *name);
/* Lines "  --name VALUE   help (default …)" for --help, into out (struct buf). */
struct buf;
void conf_help(const struct conf *c, struct buf *out);
/* Lines "name=value  # from where" for --check-config; secrets (…password) hidden. */
void conf_show(const struct conf *c, struct buf *out);

#endif
