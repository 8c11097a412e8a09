#include "lib/functions.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"

#define OPS_PREFIX "dondoc:ops:"
#define HEARTBEAT_PREFIX OPS_PREFIX "heartbeat:"
#define OPS_KEY_BYTES 256
#define VERSIONS_MAX 64 /* a bit for each */

/* "dondoc" is 1, "dondoc_7" is 7, another's library 0. */
static unsigned
version_of(const char *library)
{
    const char *rest = library + strlen(FUNCTIONS_NAME);
    unsigned version;
    char end;

    if (strncmp(library, FUNCTIONS_NAME, strlen(FUNCTIONS_NAME)) != 0) {
        return 0;
    }
    if (rest[0] == '\0') {
        return 1;
    }
    return sscanf(rest, "_%u%c", &version, &end) == 1 ? version : 0;
}

static unsigned
version_ours(void)
{
    return version_of(FUNCTIONS_LIBRARY);
}

/* Older libraries that are loaded, a bit for each version. */
static enum status
old_versions(struct redis *r, uint64_t *old)
{
    static const char *const list[] = {"FUNCTION", "LIST", "LIBRARYNAME",
                                       FUNCTIONS_NAME "*"};
    struct reply *rep = NULL;
    enum status st = redis_call(r, 4, list, NULL, &rep);
    size_t i;

    *old = 0;
    for (i = 0; st == ST_OK && i < reply_count(rep); i++) {
        unsigned version =
            version_of(reply_str(reply_field(reply_at(rep, i), "library_name"), NULL));

        if (version > 0 && version < version_ours() && version < VERSIONS_MAX) {
            *old |= (uint64_t)1 << version;
        }
    }
    reply_free(&rep);
    return st;
}

/* The version that the instance behind a heartbeat's key names. */
static enum status
instance_version(struct redis *r, const char *heartbeat, uint64_t *named)
{
    char key[OPS_KEY_BYTES];
    const char *argv[] = {"HGET", key, "functions"};
    struct reply *rep = NULL;
    enum status st;
    int64_t version;

    (void)snprintf(key, sizeof key, OPS_PREFIX "%s",
                   heartbeat + strlen(HEARTBEAT_PREFIX));
    st = redis_call(r, 3, argv, NULL, &rep);
    version = reply_type(rep) == REPLY_STRING ? reply_int(rep) : 1;
    if (st == ST_OK && version > 0 && version < VERSIONS_MAX) {
        *named |= (uint64_t)1 << version;
    }
    reply_free(&rep);
    return st;
}

static enum status
live_versions(struct redis *r, uint64_t *named)
{
    static const char heartbeats[] = HEARTBEAT_PREFIX "*";
    char cursor[32] = "0";
    const char *argv[] = {"SCAN", cursor, "MATCH", heartbeats, "COUNT", "1000"};
    enum status st;
    size_t i;

    *named = 0;
    do {
        struct reply *rep = NULL;
        const struct reply *keys;

        st = redis_call(r, 6, argv, NULL, &rep);
        keys = reply_at(rep, 1);
        for (i = 0; st == ST_OK && i < reply_count(keys); i++) {
            st = instance_version(r, reply_str(reply_at(keys, i), NULL), named);
        }
        (void)snprintf(cursor, sizeof cursor, "%s", reply_str(reply_at(rep, 0), NULL));
        reply_free(&rep);
    } while (st == ST_OK && strcmp(cursor, "0") != 0);
    return st;
}

static enum status
library_delete(struct redis *r, unsigned version)
{
    char name[32] = FUNCTIONS_NAME;
    const char *argv[] = {"FUNCTION", "DELETE", name};
    struct reply *rep = NULL;
    enum status st;

    if (version > 1) {
        (void)snprintf(name, sizeof name, FUNCTIONS_NAME "_%u", version);
    }
    st = redis_call(r, 3, argv, NULL, &rep);
    if (st == ST_OK) {
        diag_info("functions_deleted", "library=%s", name);
    }
    reply_free(&rep);
    return st;
}

enum status
functions_tidy(struct redis *r)
{
    uint64_t old;
    uint64_t named = 0;
    enum status st = old_versions(r, &old);
    unsigned version;

    if (st == ST_OK && old != 0) { /* mostly there is none */
        st = live_versions(r, &named);
    }
    for (version = 1; st == ST_OK && version < VERSIONS_MAX; version++) {
        if ((old & ~named & (uint64_t)1 << version) != 0) {
            st = library_delete(r, version);
        }
    }
    return st;
}
