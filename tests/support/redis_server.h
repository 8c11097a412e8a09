/*
 * redis_server - a private redis-server for tests: a fresh directory under $TMPDIR, a
 * unix socket, the settings of etc/redis.conf (so that file is tested, too). Dies with
 * the test program. Run from the root of the source, or with DONDOC_ROOT set.
 */
#ifndef DONDOC_TESTS_REDIS_SERVER_H
#define DONDOC_TESTS_REDIS_SERVER_H

#include <stdbool.h>

#include "lib/redis.h"

struct redis_server;

/*
 * redis_server_start - start it and wait until it answers; ends the program if it does
 * not within the deadline.
 * options  borrowed; "--name", "value", …, NULL; wins over etc/redis.conf. May be NULL.
 */
struct redis_server *redis_server_start(const char *const *options);

/*
 * redis_server_wrap - servers started from now on are children of etc/redis-start
 * --supervise, as in production; the process killed or stopped is that wrapper.
 * parent       borrowed; where their directories are made (the log lies under $TMPDIR
 *              all the same); NULL: $TMPDIR.
 * environment  borrowed; "NAME", "value", …, NULL, for the wrapper. NULL: alone again.
 */
void redis_server_wrap(const char *parent, const char *const *environment);

/* With -9, and wait until it is gone. */
void redis_server_kill(struct redis_server *s);
/* On the same data after a kill; a torn tail is cut first by etc/redis-start --check.
 */
void redis_server_again(struct redis_server *s);
/* The same, and waits for nothing: it may not become ready. */
void redis_server_launch(struct redis_server *s);

/* Stops it. The directory is removed if the test passed and DONDOC_KEEP is not 1. */
void redis_server_stop(struct redis_server **s, bool passed);

const char *redis_server_address(const struct redis_server *s); /* "unix:/…" */
const char *redis_server_dir(const struct redis_server *s);
int redis_server_pid(const struct redis_server *s);
const char *redis_server_log(const struct redis_server *s);

/* A connected client (first write "dondoc:ops:hello"), Functions loaded, 5 s time-out.
 */
struct redis *redis_server_client(const struct redis_server *s);

/*
 * redis_ask - one command, its words separated by blanks; '' is an empty word. Returns
 * the answer as text, to be freed with mem_free: an array as [a b], nil as -, an error
 * as !words, a broken connection as !!words.
 */
char *redis_ask(struct redis *r, const char *command);
/* Fails the cmocka test, and says what came instead, unless the answer is `want`. */
void redis_want(struct redis *r, const char *command, const char *want);
/* The same; each $ in both texts stands for "dondoc:{province}:". */
void redis_want_in(struct redis *r, const char *province, const char *command,
                   const char *want);
/* redis_ask with the same. */
char *redis_ask_in(struct redis *r, const char *province, const char *command);
/* Names and hashes of the values of a province's keys; freed with mem_free. */
char *redis_digest(struct redis *r, const char *province);
/* Fails the cmocka test unless redis_digest is still `before`, which it frees. */
void redis_unchanged(struct redis *r, const char *province, char *before);

#endif
