/*
 * service - the skeleton of a service: main() is a table of settings and one call of
 * service_main. It does, in this order: arguments, settings (flag, environment, file,
 * default), limits, signals, run(), goodbye. The only module that installs signal
 * handlers: SIGTERM and SIGINT ask to stop, SIGHUP asks to read settings and keyring
 * again, SIGPIPE is ignored.
 *
 * run() opens what it needs (service_redis_new, service_bus), says service_ready and
 * loops over bus_poll with service_wake_fd among the items until service_stopping.
 * It returns the exit status.
 */
#ifndef DONDOC_SERVICE_H
#define DONDOC_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/bus.h"
#include "lib/conf.h"
#include "lib/keyring.h"
#include "lib/redis.h"

/* Exit statuses, as sysexits has them. */
enum {
    EXIT_DONE = 0,
    EXIT_USAGE = 64,
    EXIT_UNAVAILABLE = 69,
    EXIT_BUG = 70,
    EXIT_REFUSED = 77,
    EXIT_CONFIG = 78,
};

struct service;

struct service_spec {
    const char *name;                    /* "ingest"; the program is dondoc-ingest */
    const char *purpose;                 /* one line for --help */
    const char *help;                    /* more of it, ends in a newline; or NULL */
    const struct conf_setting *settings; /* besides the common ones of service_conf.c */
    size_t count;
    int (*run)(struct service *service);
    /* More that --check-config looks at, said on stderr when it is wrong; or NULL. */
    enum status (*check)(const struct service *service);
};

/* Everything main() does; returns the exit status. */
int service_main(int argc, char **argv, const struct service_spec *spec);

/* --- what run() asks for; all borrowed --- */

const struct conf *service_conf(const struct service *s); /* until service_reload */
const char *service_name(const struct service *s);
const char *service_instance(const struct service *s);
size_t service_province_count(const struct service *s); /* at least 1 */
const char *service_province(const struct service *s, size_t i);
bool service_serves(const struct service *s, const char *province);

/* A connection with the common settings, not connected yet; the caller frees it. A
 * password file that cannot be read is fatal. */
struct redis *service_redis_new(const struct service *s);

/*
 * service_bus - the bus, made at the first call; nothing may fork after it. Its ZAP
 * handler admits the keys of the keyring whose role fits the domain, whose days are
 * not over and whose province is served here; without a keyring nobody. bus_poll also
 * looks at the keyring's file: service_reload_wanted. Freed by the skeleton after
 * run().
 */
struct bus *service_bus(struct service *s);
/* Our key pair. No `key-file` is fatal. */
const struct bus_keys *service_keys(const struct service *s);
/* Who a sender is, NULL: not registered, or not on this day; borrowed until
 * service_reload and service_reload_wanted. */
const struct principal *service_principal(const struct service *s, const char *key);

/* --- signals --- */

int service_wake_fd(const struct service *s); /* readable after a signal */
bool service_stopping(struct service *s);
/* True once for each SIGHUP. A keyring whose file has changed is taken here without
 * being asked, within a second of the change; a wrong one is said and the old stays. */
bool service_reload_wanted(struct service *s);
/* True once after the keys that are good have changed: by their file or by the day. */
bool service_keys_changed(struct service *s);
/*
 * service_reload - read settings and keyring again. What is wrong is said, and all
 * stays as it was. Settings that run() has used already (sockets, Redis, provinces,
 * keys) take effect at the next start. Texts and principals borrowed before are gone.
 */
void service_reload(struct service *s);

/* --- changing the server's key: for services with the setting old-key-file --- */

/* ST_GONE: none is set; ST_BAD: it is wrong, said on stderr. The caller wipes it. */
MUST_USE enum status service_old_keys(const struct service *s, struct bus_keys *keys);
/* For --check-config: none of these settings is given without old-key-file.
 */
MUST_USE enum status service_old_check(const struct service *s,
                                       const char *const settings[], size_t count);
/* A second ROUTER with the old key at the endpoint of this setting; *out stays as it
 * is when the setting is empty. What is wrong is fatal. */
void service_old_router(struct service *s, const char *setting, const char *domain,
                        struct bus_socket **out);

/*
 * service_ready - say on stderr, to systemd (NOTIFY_SOCKET) and in `ready-file` that
 * work begins; format gives "name=value …", the endpoints bound among them.
 */
void service_ready(struct service *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
