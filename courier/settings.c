/* courier.yaml as a whole: mail server, retries, times. */
#include "courier/settings_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES (8u * YAML_BYTES_MAX)
#define MINUTE_MS INT64_C(60000)
#define DAY_MS (INT64_C(86400) * 1000)

enum status
settings_refuse(struct reading *r, const struct yaml_node *at, const char *format, ...)
{
    va_list args;
    int len =
        snprintf(r->why, r->why_bytes, "line %d, column %d: ", at->line, at->column);

    if (len > 0 && (size_t)len < r->why_bytes) {
        va_start(args, format);
        (void)vsnprintf(r->why + len, r->why_bytes - (size_t)len, format, args);
        va_end(args);
    }
    return ST_BAD;
}

/* --- a map whose names are known --- */

enum status
settings_map_check(struct reading *r, const struct yaml_node *map, const char *what,
                   const char *const *names, size_t count)
{
    size_t i;
    size_t k;

    if (map->type != YAML_MAP) {
        return settings_refuse(r, map, "%s: expected lines NAME: VALUE", what);
    }
    for (i = 0; i < map->count; i++) {
        for (k = 0; k < count && strcmp(map->names[i], names[k]) != 0; k++) {
        }
        if (k == count) {
            return settings_refuse(r, map->name_nodes[i],
                                   "%s: \"%.40s\" is not known here", what,
                                   map->names[i]);
        }
    }
    return ST_OK;
}

/* The text of a value, or the fallback when it is not there; NULL: refused. */
const char *
settings_text(struct reading *r, const struct yaml_node *map, const char *name,
              const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, name);

    if (node == NULL && fallback != NULL) {
        return fallback;
    }
    if (node == NULL || node->type != YAML_SCALAR || node->text[0] == '\0') {
        (void)settings_refuse(r, node == NULL ? map : node,
                              "%s: is missing, or not one value", name);
        return NULL;
    }
    return arena_text(r->s->arena, node->text);
}

static enum status
duration_take(struct reading *r, const struct yaml_node *map, const char *name,
              int64_t least, int64_t most, int64_t *ms)
{
    const struct yaml_node *node = yaml_get(map, name);

    if (node == NULL) {
        return ST_OK; /* the default stands there */
    }
    *ms = node->type == YAML_SCALAR ? settings_duration(node->text) : -1;
    if (*ms < least || *ms > most) {
        return settings_refuse(
            r, node,
            "%s: write a time like 250ms, 30s, 10m or 48h, not under %lld ms "
            "and not over %lld h",
            name, (long long)least, (long long)(most / 3600000));
    }
    return ST_OK;
}

/* *out stays "" when no such file is named. */
enum status
settings_secret_take(struct reading *r, const struct yaml_node *map, const char *name,
                     const char **out)
{
    const struct yaml_node *node = yaml_get(map, name);
    const char *path = settings_text(r, map, name, "");
    char why[200];

    *out = "";
    if (path == NULL) {
        return ST_BAD;
    }
    if (path[0] == '\0') {
        return ST_OK;
    }
    *out = r->secret(path, r->s->arena, why, sizeof why);
    return *out != NULL ? ST_OK : settings_refuse(r, node, "%s: %s", name, why);
}

/* --- smtp, retry --- */

static enum status
smtp_check(struct reading *r, const struct yaml_node *map)
{
    const struct smtp *m = &r->s->smtp;

    if (!settings_host_good(m->host)) {
        return settings_refuse(
            r, map, "smtp.host: expected the name or address of a mail server");
    }
    if (m->port < 1 || m->port > 65535) {
        return settings_refuse(r, map, "smtp.port: expected 1 to 65535");
    }
    if (!settings_address_good(m->from)) {
        return settings_refuse(r, map,
                               "smtp.from: expected one address, name@host, without "
                               "a name or < > around it (the name is from-name)");
    }
    if (strpbrk(m->from_name, "\r\n") != NULL) {
        return settings_refuse(r, map, "smtp.from-name: expected one line");
    }
    if ((m->user[0] != '\0') != (m->password[0] != '\0')) {
        return settings_refuse(r, map, "smtp: user and password-file go together");
    }
    if (!m->starttls && m->user[0] != '\0' && !settings_host_is_here(m->host)) {
        return settings_refuse(
            r, map,
            "smtp: with starttls: never the password would cross the "
            "network for everybody to read; write starttls: required");
    }
    return ST_OK;
}

static enum status
smtp_take(struct reading *r, const struct yaml_node *map)
{
    static const char *const names[] = {"host",      "port",          "starttls",
                                        "user",      "password-file", "from",
                                        "from-name", "ca-file"};
    struct smtp *m = &r->s->smtp;
    const char *port;
    const char *starttls;
    enum status st = MAP_CHECK(r, map, "smtp", names);

    if (st != ST_OK) {
        return st;
    }
    m->host = settings_text(r, map, "host", NULL);
    port = settings_text(r, map, "port", "587");
    starttls = settings_text(r, map, "starttls", "required");
    m->user = settings_text(r, map, "user", "");
    m->from = settings_text(r, map, "from", NULL);
    m->from_name = settings_text(r, map, "from-name", "Đôn Đốc");
    m->ca_file = settings_text(r, map, "ca-file", "");
    if (m->host == NULL || port == NULL || starttls == NULL || m->user == NULL ||
        m->from == NULL || m->from_name == NULL || m->ca_file == NULL ||
        settings_secret_take(r, map, "password-file", &m->password) != ST_OK) {
        return ST_BAD;
    }
    m->port = strspn(port, "0123456789") == strlen(port) && strlen(port) <= 5
                  ? strtoll(port, NULL, 10)
                  : -1;
    m->starttls = strcmp(starttls, "required") == 0;
    if (!m->starttls && strcmp(starttls, "never") != 0) {
        return settings_refuse(
            r, yaml_get(map, "starttls"),
            "smtp.starttls: expected required or never (\"if it offers it\" "
            "would let anybody on the way switch it off)");
    }
    return smtp_check(r, map);
}

static enum status
retry_take(struct reading *r, const struct yaml_node *map)
{
    static const char *const names[] = {"first", "max", "dead-after", "escalate-after"};
    struct settings *s = r->s;
    enum status st = MAP_CHECK(r, map, "retry", names);

    if (st == ST_OK) {
        st = duration_take(r, map, "first", 50, DAY_MS / 24, &s->first_ms);
    }
    if (st == ST_OK) {
        st = duration_take(r, map, "max", 50, DAY_MS, &s->max_ms);
    }
    if (st == ST_OK) {
        st = duration_take(r, map, "dead-after", 1000, 60 * DAY_MS, &s->dead_after_ms);
    }
    if (st == ST_OK) {
        st = duration_take(r, map, "escalate-after", 1000, 60 * DAY_MS,
                           &s->escalate_after_ms);
    }
    if (st == ST_OK && s->first_ms > s->max_ms) {
        st = settings_refuse(r, map, "retry: first is longer than max");
    }
    return st;
}

/* --- all of it --- */

static enum status
root_take(struct reading *r, const struct yaml_node *root)
{
    static const char *const names[] = {"smtp", "retry", "timeout", "offices"};
    enum status st = MAP_CHECK(r, root, "courier.yaml", names);
    const struct yaml_node *smtp = yaml_get(root, "smtp");
    const struct yaml_node *retry = yaml_get(root, "retry");

    if (st == ST_OK && smtp != NULL) {
        st = smtp_take(r, smtp);
    }
    if (st == ST_OK && retry != NULL) {
        st = retry_take(r, retry);
    }
    if (st == ST_OK) {
        st = duration_take(r, root, "timeout", 100, DAY_MS / 24, &r->s->timeout_ms);
    }
    return st == ST_OK ? settings_offices(r, yaml_get(root, "offices")) : st;
}

enum status
settings_parse(const char *text, size_t bytes, settings_secret *secret,
               struct settings **out, char *why, size_t why_bytes)
{
    struct settings *s = mem_alloc(sizeof *s);
    struct reading r = {s, secret, why, why_bytes};
    struct yaml *yaml = NULL;
    char reason[256];
    int line = 0;
    int column = 0;
    enum status st;

    s->arena = arena_new(ARENA_BYTES); /* YAML_BYTES_MAX of text cannot fill it */
    s->first_ms = 30000;
    s->max_ms = DAY_MS / 24;
    s->dead_after_ms = 2 * DAY_MS;
    s->escalate_after_ms = 60 * MINUTE_MS;
    s->timeout_ms = MINUTE_MS;
    st = yaml_parse(text, bytes, &yaml, &line, &column, reason, sizeof reason);
    if (st != ST_OK) {
        (void)snprintf(why, why_bytes, "line %d, column %d: %s", line, column, reason);
    } else {
        st = root_take(&r, yaml_root(yaml));
    }
    yaml_free(&yaml);
    if (st != ST_OK) {
        settings_free(&s);
        return ST_BAD;
    }
    *out = s;
    return ST_OK;
}
