/*
 * settings - courier.yaml: which office hears by mail, which by webhook, and how.
 * Pure but for the secrets, which are read through a function given. What is wrong is
 * said with its place and never with an address.
 */
#ifndef DONDOC_COURIER_SETTINGS_H
#define DONDOC_COURIER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/catalogue.h" /* enum channel, channel_name */
#include "lib/mem.h"
#include "lib/status.h"

#define CHANNELS_MAX 512 /* one connection each; more: another courier for the rest */
#define ADDRESSES_MAX 20 /* of one office */
#define SECRET_BYTES_MIN 16

struct smtp {
    const char *host; /* NULL: there is no mail server */
    int64_t port;
    bool starttls;
    const char *user;     /* "" none */
    const char *password; /* "" none */
    const char *from;
    const char *from_name;
    const char *ca_file; /* "" the system's */
};

struct office {
    const char *leader;
    const char **mail; /* mail_count addresses */
    size_t mail_count;
    const char *url; /* "" no webhook */
    const char *secret;
    const char *ca_file;
};

struct settings {
    struct arena *arena; /* holds all of it */
    struct smtp smtp;
    int64_t first_ms;
    int64_t max_ms;
    int64_t dead_after_ms;
    int64_t escalate_after_ms;
    int64_t timeout_ms; /* for one whole attempt */
    struct office *offices;
    size_t office_count;
};

/*
 * A secret: the first line of a file, into the arena. NULL and why when it cannot be
 * read.
 */
typedef const char *settings_secret(const char *path, struct arena *a, char *why,
                                    size_t why_bytes);

/*
 * Errors: ST_BAD; why says "line 7, column 3: …". *out untouched.
 */
MUST_USE enum status settings_parse(const char *text, size_t bytes,
                                    settings_secret *secret, struct settings **out,
                                    char *why, size_t why_bytes);
/* The same from a file; why begins with its name. */
MUST_USE enum status settings_load(const char *path, struct settings **out, char *why,
                                   size_t why_bytes);
void settings_free(struct settings **s);

const struct office *settings_office(const struct settings *s, const char *leader);
bool office_has(const struct office *o, enum channel channel);

/* "250ms", "30s", "10m", "48h" in milliseconds; -1: none of these. */
int64_t settings_duration(const char *text);
#define SETTINGS_LETTERS                                                               \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
bool settings_host_good(const char *text);
/* 127.0.0.1, [::1] or localhost, alone or with a port or path behind it. */
bool settings_host_is_here(const char *text);
/* One address of plain ASCII, name@host. */
bool settings_address_good(const char *text);
/* https, or http to this machine; no user and password in it. */
bool settings_url_good(const char *text);

#endif
