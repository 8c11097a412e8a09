#include "courier/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/yaml.h"

#define ARENA_BYTES (8u * YAML_BYTES_MAX)
#define LEADER_BYTES_MAX 90
#define DAY_MS (INT64_C(86400) * 1000)

/* What reading needs everywhere, and its complaint. */
struct reading {
    struct settings *s;
    settings_secret *secret;
    char *why;
    size_t why_bytes;
};

static enum status refuse(struct reading *r, const struct yaml_node *at,
                          const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum status
refuse(struct reading *r, const struct yaml_node *at, const char *format, ...)
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

static enum status
map_check(struct reading *r, const struct yaml_node *map, const char *what,
          const char *const *names, size_t count)
{
    size_t i;
    size_t k;

    if (map->type != YAML_MAP) {
        return refuse(r, map, "%s: expected lines NAME: VALUE", what);
    }
    for (i = 0; i < map->count; i++) {
        for (k = 0; k < count && strcmp(map->names[i], names[k]) != 0; k++) {
        }
        if (k == count) {
            return refuse(r, map->name_nodes[i], "%s: \"%.40s\" is not known here",
                          what, map->names[i]);
        }
    }
    return ST_OK;
}

#define MAP_CHECK(r, map, what, names)                                                 \
    map_check(r, map, what, names, sizeof(names) / sizeof(names)[0])

/* The text of a value, or the fallback when it is not there; NULL: refused. */
static const char *
text_of(struct reading *r, const struct yaml_node *map, const char *name,
        const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, name);

    if (node == NULL && fallback != NULL) {
        return fallback;
    }
    if (node == NULL || node->type != YAML_SCALAR || node->text[0] == '\0') {
        (void)refuse(r, node == NULL ? map : node, "%s: is missing, or not one value",
                     name);
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
        return refuse(r, node,
                      "%s: write a time like 250ms, 30s, 10m or 48h, not under %lld ms "
                      "and not over %lld h",
                      name, (long long)least, (long long)(most / 3600000));
    }
    return ST_OK;
}

/* *out stays "" when no such file is named. */
static enum status
secret_take(struct reading *r, const struct yaml_node *map, const char *name,
            const char **out)
{
    const struct yaml_node *node = yaml_get(map, name);
    const char *path = text_of(r, map, name, "");
    char why[200];

    *out = "";
    if (path == NULL) {
        return ST_BAD;
    }
    if (path[0] == '\0') {
        return ST_OK;
    }
    *out = r->secret(path, r->s->arena, why, sizeof why);
    return *out != NULL ? ST_OK : refuse(r, node, "%s: %s", name, why);
}

/* --- smtp, retry --- */

static enum status
smtp_check(struct reading *r, const struct yaml_node *map)
{
    const struct smtp *m = &r->s->smtp;

    if (!settings_host_good(m->host)) {
        return refuse(r, map,
                      "smtp.host: expected the name or address of a mail server");
    }
    if (m->port < 1 || m->port > 65535) {
        return refuse(r, map, "smtp.port: expected 1 to 65535");
    }
    if (!settings_address_good(m->from)) {
        return refuse(r, map,
                      "smtp.from: expected one address, name@host, without "
                      "a name or < > around it (the name is from-name)");
    }
    if (strpbrk(m->from_name, "\r\n") != NULL) {
        return refuse(r, map, "smtp.from-name: expected one line");
    }
    if ((m->user[0] != '\0') != (m->password[0] != '\0')) {
        return refuse(r, map, "smtp: user and password-file go together");
    }
    if (!m->starttls && m->user[0] != '\0' && !settings_host_is_here(m->host)) {
        return refuse(r, map,
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
    m->host = text_of(r, map, "host", NULL);
    port = text_of(r, map, "port", "587");
    starttls = text_of(r, map, "starttls", "required");
    m->user = text_of(r, map, "user", "");
    m->from = text_of(r, map, "from", NULL);
    m->from_name = text_of(r, map, "from-name", "Đôn Đốc");
    m->ca_file = text_of(r, map, "ca-file", "");
    if (m->host == NULL || port == NULL || starttls == NULL || m->user == NULL ||
        m->from == NULL || m->from_name == NULL || m->ca_file == NULL ||
        secret_take(r, map, "password-file", &m->password) != ST_OK) {
        return ST_BAD;
    }
    m->port = strspn(port, "0123456789") == strlen(port) && strlen(port) <= 5
                  ? strtoll(port, NULL, 10)
                  : -1;
    m->starttls = strcmp(starttls, "required") == 0;
    if (!m->starttls && strcmp(starttls, "never") != 0) {
        return refuse(r, yaml_get(map, "starttls"),
                      "smtp.starttls: expected required or never (\"if it offers it\" "
                      "would let anybody on the way switch it off)");
    }
    return smtp_check(r, map);
}

static enum status
retry_take(struct reading *r, const struct yaml_node *map)
{
    static const char *const names[] = {"first", "max", "dead-after"};
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
    if (st == ST_OK && s->first_ms > s->max_ms) {
        st = refuse(r, map, "retry: first is longer than max");
    }
    return st;
}

/* --- offices --- */

static enum status
mail_take(struct reading *r, const struct yaml_node *node, struct office *o)
{
    struct yaml_node *one = NULL;
    struct yaml_node *const *items = node->items;
    size_t count = node->count;
    size_t i;

    if (node->type == YAML_SCALAR) {
        memcpy(&one, &(const struct yaml_node *){node}, sizeof one); /* only read */
        items = &one;
        count = 1;
    }
    if (node->type == YAML_MAP || count == 0 || count > ADDRESSES_MAX) {
        return refuse(r, node, "mail: expected an address, or a list of 1 to %d",
                      ADDRESSES_MAX);
    }
    o->mail = arena_take(r->s->arena, count * sizeof *o->mail);
    for (i = 0; i < count; i++) {
        if (items[i]->type != YAML_SCALAR || !settings_address_good(items[i]->text)) {
            return refuse(r, items[i],
                          "mail: this is no address name@host of letters "
                          "without marks");
        }
        o->mail[o->mail_count++] = arena_text(r->s->arena, items[i]->text);
    }
    return r->s->smtp.host != NULL
               ? ST_OK
               : refuse(r, node, "mail: there is no smtp: section in this file");
}

static enum status
webhook_take(struct reading *r, const struct yaml_node *map, struct office *o)
{
    static const char *const names[] = {"url", "secret-file", "ca-file"};
    enum status st = MAP_CHECK(r, map, "webhook", names);

    if (st != ST_OK) {
        return st;
    }
    o->url = text_of(r, map, "url", NULL);
    o->ca_file = text_of(r, map, "ca-file", "");
    if (o->url == NULL || o->ca_file == NULL ||
        secret_take(r, map, "secret-file", &o->secret) != ST_OK) {
        return ST_BAD;
    }
    if (!settings_url_good(o->url)) {
        return refuse(r, yaml_get(map, "url"),
                      "webhook.url: expected https://… without a user in it (http only "
                      "to 127.0.0.1, [::1] or localhost)");
    }
    if (strlen(o->secret) < SECRET_BYTES_MIN) {
        return refuse(r, map,
                      "webhook.secret-file: its first line has to be a secret of "
                      "at least %d characters",
                      SECRET_BYTES_MIN);
    }
    return ST_OK;
}

static enum status
office_take(struct reading *r, const struct yaml_node *name,
            const struct yaml_node *map, const char *leader, struct office *o)
{
    static const char *const names[] = {"mail", "webhook"};
    const struct yaml_node *mail;
    const struct yaml_node *webhook;
    enum status st;

    *o = (struct office){.leader = arena_text(r->s->arena, leader),
                         .url = "",
                         .secret = "",
                         .ca_file = ""};
    if (leader[0] == '\0' || strlen(leader) > LEADER_BYTES_MAX ||
        strspn(leader, SETTINGS_LETTERS "._@-") != strlen(leader)) {
        return refuse(r, name, "offices: \"%.40s\" is no id of leaders.yaml", leader);
    }
    st = MAP_CHECK(r, map, leader, names);
    if (st != ST_OK) {
        return st;
    }
    mail = yaml_get(map, "mail");
    webhook = yaml_get(map, "webhook");
    if (mail == NULL && webhook == NULL) {
        return refuse(r, map, "%s: neither mail nor webhook", leader);
    }
    if (mail != NULL) {
        st = mail_take(r, mail, o);
    }
    if (st == ST_OK && webhook != NULL) {
        st = webhook_take(r, webhook, o);
    }
    return st;
}

static enum status
offices_take(struct reading *r, const struct yaml_node *map)
{
    struct settings *s = r->s;
    size_t channels = 0;
    size_t i;

    if (map == NULL || map->type != YAML_MAP || map->count == 0) {
        return refuse(r,
                      map == NULL ? &(struct yaml_node){.line = 1, .column = 1} : map,
                      "offices: expected lines LEADER: {mail: …, webhook: …}");
    }
    if (map->count > CHANNELS_MAX) {
        return refuse(r, map,
                      "offices: more than %d; let another courier carry the rest",
                      CHANNELS_MAX);
    }
    s->offices = arena_take(s->arena, map->count * sizeof *s->offices);
    for (i = 0; i < map->count; i++) {
        struct office *o = &s->offices[s->office_count];
        enum status st =
            office_take(r, map->name_nodes[i], map->items[i], map->names[i], o);

        if (st != ST_OK) {
            return st;
        }
        s->office_count++;
        channels += office_has(o, CHANNEL_MAIL);
        channels += office_has(o, CHANNEL_WEB);
    }
    return channels <= CHANNELS_MAX
               ? ST_OK
               : refuse(
                     r, map,
                     "offices: %zu channels, more than %d; let another courier carry "
                     "the rest",
                     channels, CHANNELS_MAX);
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
    return st == ST_OK ? offices_take(r, yaml_get(root, "offices")) : st;
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
    s->timeout_ms = 60000;
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
