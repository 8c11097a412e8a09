/*
 * redis - the only includer of hiredis. One connection; argv calls only; pipelines;
 * replies as an opaque tree. After any ST_AGAIN the connection is closed and the
 * outcome of what was sent is unknown: the same again after redis_connect (and
 * redis_load_functions: an instance that is restarted may have lost them).
 *
 * The first command on every connection is a write (`INCR <epoch or hello key>`)
 * whose reply is awaited: nothing read on a connection is believed before it, since
 * after a kill between write and fsync Redis serves what a power cut can take back.
 */
#ifndef DONDOC_REDIS_H
#define DONDOC_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

struct redis;
struct reply; /* borrowed parts live until the root is freed */

enum reply_type {
    REPLY_NIL,
    REPLY_STRING,
    REPLY_INTEGER,
    REPLY_ARRAY,
    REPLY_STATUS,
    REPLY_ERROR
};

struct redis_settings {
    const char *address;  /* "unix:/path" or "tcp:host:port" */
    const char *user;     /* NULL or "": default */
    const char *password; /* NULL or "": none */
    int timeout_ms;       /* for connecting and for a blocking answer; > 0 */
};

struct redis *
redis_new(const struct redis_settings *settings); /* copies; not connected */
void redis_free(struct redis **r);

/*
 * redis_connect - connect, AUTH, then `INCR first_key` awaited; *first is its result.
 * A service passes its epoch key, a command-line tool "dondoc:ops:hello".
 * first_key NULL: no first write (ops user, which only reads; such reads are display).
 * Errors: ST_AGAIN not reachable, LOADING, …; ST_DENIED wrong user or password;
 *         ST_BAD no such form of address, or first_key holds something else.
 * redis_error says which in words.
 */
MUST_USE enum status redis_connect(struct redis *r, const char *first_key,
                                   int64_t *first);
bool redis_connected(const struct redis *r);
void redis_close(struct redis *r);
const char *redis_error(const struct redis *r); /* last error in words; never NULL */
/* What redis_error says from now on, for modules that read through a connection. */
void redis_error_set(struct redis *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int redis_fd(const struct redis *r);        /* -1 when not connected */
bool redis_idle(const struct redis *r);     /* no answer is awaited */
size_t redis_unsent(const struct redis *r); /* bytes put that have not gone out */

/*
 * redis_load_functions - FUNCTION LOAD REPLACE of the library built into the binary,
 * unless the loaded one has the same text already. Libraries of other versions stay.
 * A user that may not load: ST_OK when this version is there, else ST_AGAIN.
 */
MUST_USE enum status redis_load_functions(struct redis *r);

/*
 * redis_settings_check - are the settings those of design.md section 8 (CONFIG GET)?
 * why  out; `why_bytes` long; "appendfsync=everysec, must be always" on ST_BAD, all
 *      that is wrong separated by "; "; "" on ST_OK.
 * Errors: ST_BAD acknowledge nothing; ST_DENIED this user may not CONFIG GET.
 */
MUST_USE enum status redis_settings_check(struct redis *r, char *why, size_t why_bytes);

/* Which Redis is this? It has another run id after each of its starts; "" when it does
 * not say: then it is never the same. */
#define REDIS_RUN_ID_BYTES 48
MUST_USE enum status redis_run_id(struct redis *r, char out[REDIS_RUN_ID_BYTES]);

/* --- a command as an argument vector; lens NULL: zero-terminated strings --- */

/*
 * redis_call - one command and its answer, blocking; not while answers of a pipeline
 * are awaited. *out is freed by the caller whenever it is not NULL.
 * Errors: ST_BAD, ST_DENIED  an error reply that stays one; *out is set
 *         ST_AGAIN           no answer, or one that reply_status calls temporary
 */
MUST_USE enum status redis_call(struct redis *r, size_t argc, const char *const *argv,
                                const size_t *lens, struct reply **out);

/* Pipeline: put a command behind the others; nothing is sent yet. */
void redis_put(struct redis *r, size_t argc, const char *const *argv,
               const size_t *lens);
/* Next answer, blocking (sends what is put). Error replies are ST_OK with REPLY_ERROR;
 * reply_status tells what they mean, and the connection stays open. */
MUST_USE enum status redis_next(struct redis *r, struct reply **out);
/* Without blocking: send what the socket takes; *more: not all of it. ST_AGAIN: broken.
 */
MUST_USE enum status redis_send(struct redis *r, bool *more);
/* Without blocking: *out NULL when no whole answer is there yet. ST_AGAIN: broken.
 * Call it until *out is NULL before waiting for the socket again: one read may have
 * brought several answers. */
MUST_USE enum status redis_try(struct redis *r, struct reply **out);

/* --- an argument vector that grows; numbers are printed into it --- */
struct args {
    const char **argv;
    size_t *lens;
    size_t argc;
    size_t room;
    struct args_block *blocks; /* owned copies */
};
void args_init(struct args *a);
void args_fini(struct args *a);
void args_clear(struct args *a);
void args_add(struct args *a, const void *p, size_t len);  /* borrowed until sent */
void args_copy(struct args *a, const void *p, size_t len); /* copied */
void args_text(struct args *a, const char *text);          /* copied */
void args_int(struct args *a, int64_t n);
void args_all(struct args *a, const struct args *from); /* each borrowed until sent */
/* A copy in the place of item `at`: for a count known only at the end. */
void args_replace(struct args *a, size_t at, const void *p, size_t len);
void args_replace_int(struct args *a, size_t at, int64_t n);
/* A copy that is no argument yet, until args_clear. */
char *args_keep(struct args *a, const void *p, size_t len);

/* --- answers --- */
void reply_free(struct reply **rep);
/*
 * reply_status - ST_OK unless it is an error reply. ST_AGAIN: OOM, MISCONF, READONLY,
 * LOADING, BUSY, NOREPLICAS, VERSION, Function not found, …: not committed, the same
 * again later; ST_DENIED: NOAUTH, WRONGPASS, NOPERM; ST_BAD: everything else.
 */
MUST_USE enum status reply_status(const struct reply *rep);
enum reply_type reply_type(const struct reply *rep);         /* NULL gives REPLY_NIL */
const char *reply_str(const struct reply *rep, size_t *len); /* "" when not a string */
int64_t reply_int(const struct reply *rep); /* integer, or a string of digits; else 0 */
size_t reply_count(const struct reply *rep);
const struct reply *reply_at(const struct reply *rep, size_t i); /* NULL outside */
/* Value of a field in a flat field/value array (HGETALL, XRANGE fields); NULL if none.
 */
const struct reply *reply_field(const struct reply *rep, const char *field);

#endif
