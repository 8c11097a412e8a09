#include "lib/ops.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/functions.h"
#include "lib/mem.h"

#define EVERY_US 1000000
#define TIDY_US 60000000
#define KEY_MAX_BYTES 192
#define ERROR_MAX_BYTES 256

struct ops {
    char *service;
    char *instance;
    char *version;
    char started[INSTANT_TEXT_BYTES];
    char error[ERROR_MAX_BYTES];
    char why[ERROR_MAX_BYTES];
    struct mono written;    /* 0: not yet */
    struct mono tidied;     /* 0: not yet */
    struct mono connect_at; /* not before */
};

struct ops *
ops_new(const char *service, const char *instance, const char *version)
{
    struct ops *o = mem_alloc(sizeof *o);

    o->service = mem_copy_text(service);
    o->instance = mem_copy_text(instance);
    o->version = mem_copy_text(version);
    instant_text_utc(instant_now(), o->started);
    return o;
}

void
ops_free(struct ops **o)
{
    if (*o == NULL) {
        return;
    }
    mem_free(&(*o)->service);
    mem_free(&(*o)->instance);
    mem_free(&(*o)->version);
    mem_free(o);
}

static void
ascii_copy(char out[ERROR_MAX_BYTES], const char *text)
{
    size_t i = 0;

    for (; i < ERROR_MAX_BYTES - 1 && text[i] != '\0'; i++) {
        out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    }
    out[i] = '\0';
}

void
ops_error(struct ops *o, const char *text)
{
    ascii_copy(o->error, text);
}

void
ops_why(struct ops *o, const char *text)
{
    ascii_copy(o->why, text);
}

int
ops_wait_ms(const struct ops *o)
{
    int64_t us = EVERY_US - mono_since_us(o->written);

    return o->written.us == 0 || us <= 0 ? 0 : (int)((us + 999) / 1000);
}

static void
ops_key(const char *kind, const char *service, const char *name,
        char out[KEY_MAX_BYTES])
{
    int len = snprintf(out, KEY_MAX_BYTES, "dondoc:ops:%s%s:%s", kind, service, name);

    MUST(len > 0 && len < KEY_MAX_BYTES);
}

static void
ops_put_args(struct redis *r, struct args *a)
{
    redis_put(r, a->argc, a->argv, a->lens);
    args_clear(a);
}

static void
ops_put_hash(const struct ops *o, struct redis *r, const struct ops_value *values,
             size_t count, struct args *a)
{
    char key[KEY_MAX_BYTES];
    char now[INSTANT_TEXT_BYTES];
    const char *fixed[] = {"version",    o->version, "functions", FUNCTIONS_VERSION,
                           "started",    o->started, "updated",   now,
                           "last_error", o->error,   "why",       o->why};

    ops_key("", o->service, o->instance, key);
    instant_text_utc(instant_now(), now);
    args_text(a, "HSET");
    args_text(a, key);
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        args_text(a, fixed[i]);
    }
    for (size_t i = 0; i < count; i++) {
        args_text(a, values[i].name);
        args_int(a, values[i].number);
    }
    ops_put_args(r, a);
}

#define CONNECT_US 2000000

bool
ops_due(struct ops *o, struct redis *r)
{
    int64_t first;

    if (ops_wait_ms(o) > 0) {
        return false;
    }
    if (redis_connected(r)) {
        return true;
    }
    if (mono_now().us < o->connect_at.us) {
        return false;
    }
    o->connect_at.us = mono_now().us + CONNECT_US;
    return redis_connect(r, "dondoc:ops:hello", &first) == ST_OK;
}

size_t
ops_put(struct ops *o, struct redis *r, const struct ops_value *values, size_t count)
{
    struct args a;
    char key[KEY_MAX_BYTES];
    size_t answers = 2;

    if (ops_wait_ms(o) > 0) {
        return 0;
    }
    o->written = mono_now();
    args_init(&a);
    ops_put_hash(o, r, values, count, &a);
    ops_key("heartbeat:", o->service, o->instance, key);
    args_text(&a, "SET");
    args_text(&a, key);
    args_int(&a, instant_now().ms);
    args_text(&a, "PX");
    args_int(&a, OPS_HEARTBEAT_MS);
    ops_put_args(r, &a);
    for (size_t i = 0; i < count; i++) {
        if (values[i].alarm) {
            ops_key("metric:", o->service, values[i].name, key);
            args_text(&a, "SET");
            args_text(&a, key);
            args_int(&a, values[i].number);
            ops_put_args(r, &a);
            answers++;
        }
    }
    args_fini(&a);
    return answers;
}

/* After the heartbeat is written: this instance names its own version. */
static void
ops_tidy(struct ops *o, struct redis *r)
{
    enum status st;

    if (o->tidied.us != 0 && mono_since_us(o->tidied) < TIDY_US) {
        return;
    }
    o->tidied = mono_now();
    st = functions_tidy(r);
    if (st != ST_OK && st != ST_DENIED) { /* with ACL users it is ingest's alone */
        ops_error(o, redis_error(r)); /* an old library is only untidy: in a minute */
    }
}

enum status
ops_write(struct ops *o, struct redis *r, const struct ops_value *values, size_t count)
{
    size_t answers = ops_put(o, r, values, count);
    enum status st = ST_OK;

    for (size_t i = 0; i < answers; i++) {
        struct reply *rep = NULL;

        if (redis_next(r, &rep) != ST_OK) {
            ops_error(o, redis_error(r));
            return ST_AGAIN;
        }
        if (reply_type(rep) == REPLY_ERROR) {
            ops_error(o, reply_str(rep, NULL));
            st = ST_BAD;
        }
        reply_free(&rep);
    }
    if (answers > 0) {
        ops_tidy(o, r);
    }
    return st;
}
