/* What a service asks of a Redis before it trusts it: the Functions, the settings. */
#include "lib/redis.h"

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/functions.h"
#include "lib/mem.h"

/* Is the loaded library the text built into this binary? */
static bool
functions_same(const struct reply *list)
{
    size_t len;
    const char *code = reply_str(reply_field(reply_at(list, 0), "library_code"), &len);

    return len == functions_lua_len && memcmp(code, functions_lua, len) == 0;
}

enum status
redis_load_functions(struct redis *r)
{
    static const char library[] = FUNCTIONS_LIBRARY;
    static const char *const list[] = {"FUNCTION", "LIST", "LIBRARYNAME", library,
                                       "WITHCODE"};
    const char *const load[] = {"FUNCTION", "LOAD", "REPLACE", functions_lua};
    const size_t load_lens[] = {8, 4, 7, functions_lua_len};
    struct reply *rep = NULL;
    enum status st = redis_call(r, 5, list, NULL, &rep);
    bool same = st == ST_OK && functions_same(rep);
    bool there = st == ST_OK && reply_count(rep) > 0;

    reply_free(&rep);
    if (st != ST_OK || same) {
        return st;
    }
    st = redis_call(r, 4, load, load_lens, &rep);
    reply_free(&rep);
    if (st != ST_DENIED) {
        return st;
    }
    /* With ACL users ingest alone loads; the version in the name is what counts. */
    if (there) {
        return ST_OK;
    }
    redis_error_set(r,
                    "the Functions %s are not loaded yet and this user may not load "
                    "them: start dondoc-ingest of this release",
                    library);
    return ST_AGAIN;
}

/* design.md section 8. want NULL: any number above zero. */
static const struct {
    const char *name;
    const char *want;
} settings_wanted[] = {
    {"appendonly", "yes"},
    {"appendfsync", "always"},
    {"no-appendfsync-on-rewrite", "no"},
    {"aof-load-truncated", "no"},
    {"maxmemory-policy", "noeviction"},
    {"maxmemory", NULL},
    {"save", ""},
};

#define SETTINGS_TEXT_BYTES 1024u
#define SETTINGS_WANTED (sizeof settings_wanted / sizeof settings_wanted[0])

static void
settings_compare(const struct reply *rep, struct buf *why)
{
    size_t i;

    for (i = 0; i < SETTINGS_WANTED; i++) {
        const struct reply *field = reply_field(rep, settings_wanted[i].name);
        const char *got = field == NULL ? "(unknown)" : reply_str(field, NULL);
        const char *want = settings_wanted[i].want;

        if (want == NULL ? reply_int(field) > 0
                         : field != NULL && strcmp(got, want) == 0) {
            continue;
        }
        if (why->len > 0) {
            buf_text(why, "; ");
        }
        if (want == NULL) {
            buf_format(why, "%s=%s, must be set", settings_wanted[i].name, got);
        } else {
            buf_format(why, "%s=%s, must be %s", settings_wanted[i].name, got,
                       want[0] == '\0' ? "empty" : want);
        }
    }
}

enum status
redis_settings_check(struct redis *r, char *why, size_t why_bytes)
{
    const char *argv[2 + SETTINGS_WANTED] = {"CONFIG", "GET"};
    struct reply *rep = NULL;
    struct buf text;
    enum status st;
    size_t i;

    for (i = 0; i < SETTINGS_WANTED; i++) {
        argv[2 + i] = settings_wanted[i].name;
    }
    buf_init(&text, SETTINGS_TEXT_BYTES);
    st = redis_call(r, 2 + SETTINGS_WANTED, argv, NULL, &rep);
    if (st == ST_OK) {
        settings_compare(rep, &text);
    } else {
        buf_text(&text, redis_error(r));
    }
    if (st == ST_OK && text.len > 0) {
        st = ST_BAD;
        redis_error_set(r, "%s", buf_str(&text));
    }
    if (why_bytes > 0) {
        size_t len = text.len < why_bytes ? text.len : why_bytes - 1;

        memcpy(why, buf_str(&text), len);
        why[len] = '\0';
    }
    buf_fini(&text);
    reply_free(&rep);
    return st;
}

enum status
redis_run_id(struct redis *r, char out[REDIS_RUN_ID_BYTES])
{
    static const char *const argv[] = {"INFO", "server"};
    struct reply *rep = NULL;
    enum status st = redis_call(r, 2, argv, NULL, &rep);
    const char *at = strstr(reply_str(rep, NULL), "\nrun_id:");

    if (st != ST_OK || at == NULL || sscanf(at, "\nrun_id:%47[0-9a-f]", out) != 1) {
        out[0] = '\0';
    }
    reply_free(&rep);
    return st;
}
