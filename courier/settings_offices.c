/* courier.yaml, section offices: who hears by mail, who by webhook. */
#include "courier/settings_private.h"

#include <string.h>

#define LEADER_BYTES_MAX 90

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
        return settings_refuse(
            r, node, "mail: expected an address, or a list of 1 to %d", ADDRESSES_MAX);
    }
    o->mail = arena_take(r->s->arena, count * sizeof *o->mail);
    for (i = 0; i < count; i++) {
        if (items[i]->type != YAML_SCALAR || !settings_address_good(items[i]->text)) {
            return settings_refuse(r, items[i],
                                   "mail: this is no address name@host of letters "
                                   "without marks");
        }
        o->mail[o->mail_count++] = arena_text(r->s->arena, items[i]->text);
    }
    return r->s->smtp.host != NULL
               ? ST_OK
               : settings_refuse(r, node,
                                 "mail: there is no smtp: section in this file");
}

static enum status
webhook_take(struct reading *r, const struct yaml_node *map, struct office *o)
{
    static const char *const names[] = {"url", "secret-file", "ca-file"};
    enum status st = MAP_CHECK(r, map, "webhook", names);

    if (st != ST_OK) {
        return st;
    }
    o->url = settings_text(r, map, "url", NULL);
    o->ca_file = settings_text(r, map, "ca-file", "");
    if (o->url == NULL || o->ca_file == NULL ||
        settings_secret_take(r, map, "secret-file", &o->secret) != ST_OK) {
        return ST_BAD;
    }
    if (!settings_url_good(o->url)) {
        return settings_refuse(
            r, yaml_get(map, "url"),
            "webhook.url: expected https://… without a user in it (http only "
            "to 127.0.0.1, [::1] or localhost)");
    }
    if (strlen(o->secret) < SECRET_BYTES_MIN) {
        return settings_refuse(
            r, map,
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
        return settings_refuse(r, name, "offices: \"%.40s\" is no id of leaders.yaml",
                               leader);
    }
    st = MAP_CHECK(r, map, leader, names);
    if (st != ST_OK) {
        return st;
    }
    mail = yaml_get(map, "mail");
    webhook = yaml_get(map, "webhook");
    if (mail == NULL && webhook == NULL) {
        return settings_refuse(r, map, "%s: neither mail nor webhook", leader);
    }
    if (mail != NULL) {
        st = mail_take(r, mail, o);
    }
    if (st == ST_OK && webhook != NULL) {
        st = webhook_take(r, webhook, o);
    }
    return st;
}

enum status
settings_offices(struct reading *r, const struct yaml_node *map)
{
    struct settings *s = r->s;
    size_t channels = 0;
    size_t i;

    if (map == NULL || map->type != YAML_MAP || map->count == 0) {
        return settings_refuse(
            r, map == NULL ? &(struct yaml_node){.line = 1, .column = 1} : map,
            "offices: expected lines LEADER: {mail: …, webhook: …}");
    }
    if (map->count > CHANNELS_MAX) {
        return settings_refuse(
            r, map, "offices: more than %d; let another courier carry the rest",
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
               : settings_refuse(
                     r, map,
                     "offices: %zu channels, more than %d; let another courier carry "
                     "the rest",
                     channels, CHANNELS_MAX);
}
