#include "lib/redis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "lib/diag.h"

/* A struct reply is a redisReply under a name of ours; nobody else looks inside. */
static const redisReply *
reply_inner(const struct reply *rep)
{
    return (const redisReply *)(const void *)rep;
}

void
reply_free(struct reply **rep)
{
    if (*rep != NULL) {
        freeReplyObject(*rep);
        *rep = NULL;
    }
}

enum reply_type
reply_type(const struct reply *rep)
{
    if (rep == NULL) {
        return REPLY_NIL;
    }
    switch (reply_inner(rep)->type) {
    case REDIS_REPLY_STRING:
        return REPLY_STRING;
    case REDIS_REPLY_INTEGER:
        return REPLY_INTEGER;
    case REDIS_REPLY_ARRAY:
        return REPLY_ARRAY;
    case REDIS_REPLY_STATUS:
        return REPLY_STATUS;
    case REDIS_REPLY_ERROR:
        return REPLY_ERROR;
    default:
        return REPLY_NIL;
    }
}

const char *
reply_str(const struct reply *rep, size_t *len)
{
    enum reply_type type = reply_type(rep);
    bool text = type == REPLY_STRING || type == REPLY_STATUS || type == REPLY_ERROR;

    if (len != NULL) {
        *len = text ? reply_inner(rep)->len : 0;
    }
    return text ? reply_inner(rep)->str : "";
}

/* Digits with an optional sign and nothing else. */
static int64_t
reply_digits(const char *text, size_t len)
{
    long long n;
    char *end;

    if (len == 0 || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) {
        return 0;
    }
    errno = 0;
    n = strtoll(text, &end, 10);
    return errno == 0 && end == text + len ? (int64_t)n : 0;
}

int64_t
reply_int(const struct reply *rep)
{
    if (reply_type(rep) == REPLY_INTEGER) {
        return reply_inner(rep)->integer;
    }
    if (reply_type(rep) == REPLY_STRING) {
        return reply_digits(reply_inner(rep)->str, reply_inner(rep)->len);
    }
    return 0;
}

size_t
reply_count(const struct reply *rep)
{
    return reply_type(rep) == REPLY_ARRAY ? reply_inner(rep)->elements : 0;
}

const struct reply *
reply_at(const struct reply *rep, size_t i)
{
    if (i >= reply_count(rep)) {
        return NULL;
    }
    return (const struct reply *)(const void *)reply_inner(rep)->element[i];
}

const struct reply *
reply_field(const struct reply *rep, const char *field)
{
    size_t field_len = strlen(field);
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        size_t len;
        const char *name = reply_str(reply_at(rep, i), &len);

        if (len == field_len && memcmp(name, field, len) == 0) {
            return reply_at(rep, i + 1);
        }
    }
    return NULL;
}

/* First words of error replies, or whole beginnings where the first word says little.
 */
static const struct {
    const char *begins;
    enum status status;
} reply_errors[] = {
    {"OOM ", ST_AGAIN},
    {"MISCONF ", ST_AGAIN},
    {"READONLY ", ST_AGAIN},
    {"LOADING ", ST_AGAIN},
    {"BUSY ", ST_AGAIN},
    {"UNKILLABLE ", ST_AGAIN},
    {"NOREPLICAS ", ST_AGAIN},
    {"MASTERDOWN ", ST_AGAIN},
    {"CLUSTERDOWN ", ST_AGAIN},
    {"TRYAGAIN ", ST_AGAIN},
    {"NOSCRIPT ", ST_AGAIN},
    {"VERSION ", ST_AGAIN},
    {"ERR Function not found", ST_AGAIN},
    {"ERR max number of clients", ST_AGAIN},
    {"NOAUTH ", ST_DENIED},
    {"WRONGPASS ", ST_DENIED},
    {"NOPERM ", ST_DENIED},
    {"ERR AUTH ", ST_DENIED},
    {"ERR The user executing the script ", ST_DENIED},
};

enum status
reply_status(const struct reply *rep)
{
    const char *text;
    size_t i;

    if (reply_type(rep) != REPLY_ERROR) {
        return ST_OK;
    }
    text = reply_str(rep, NULL);
    for (i = 0; i < sizeof reply_errors / sizeof reply_errors[0]; i++) {
        if (strncmp(text, reply_errors[i].begins, strlen(reply_errors[i].begins)) ==
            0) {
            return reply_errors[i].status;
        }
    }
    return ST_BAD;
}
