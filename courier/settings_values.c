/* Which values may stand in courier.yaml, and what the settings are asked for. */
#include "courier/settings.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS_BYTES_MAX 254
#define URL_BYTES_MAX 2000

int64_t
settings_duration(const char *text)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    size_t digits = strspn(text, "0123456789");
    size_t i;

    if (digits == 0 || digits > 9) {
        return -1;
    }
    for (i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text + digits, units[i].name) == 0) {
            return strtoll(text, NULL, 10) * units[i].ms;
        }
    }
    return -1;
}

bool
settings_host_good(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= 253 && strspn(text, SETTINGS_LETTERS ".-:[]") == len;
}

bool
settings_address_good(const char *text)
{
    const char *at = strchr(text, '@');
    size_t local = at == NULL ? 0 : (size_t)(at - text);

    return local > 0 && local <= 64 && strlen(text) <= ADDRESS_BYTES_MAX &&
           strspn(text, SETTINGS_LETTERS ".!#$%&'*+/=?^_`{|}~-") == local &&
           at[1] != '\0' && strspn(at + 1, SETTINGS_LETTERS ".-") == strlen(at + 1) &&
           strstr(text, "..") == NULL;
}

bool
settings_host_is_here(const char *host)
{
    static const char *const here[] = {"127.0.0.1", "localhost", "[::1]"};
    size_t i;

    for (i = 0; i < sizeof here / sizeof here[0]; i++) {
        size_t len = strlen(here[i]);

        if (strncmp(host, here[i], len) == 0 && strchr(":/", host[len]) != NULL) {
            return true; /* strchr finds the end, too */
        }
    }
    return false;
}

bool
settings_url_good(const char *text)
{
    const char *host = strstr(text, "://");
    size_t i;

    if (host == NULL || strlen(text) > URL_BYTES_MAX) {
        return false;
    }
    for (i = 0; text[i] != '\0'; i++) {
        if (text[i] <= ' ' || text[i] > '~' || strchr("\"<>\\^`{|}", text[i]) != NULL) {
            return false;
        }
    }
    host += 3;
    if (strcspn(host, "/?#:") == 0 || memchr(host, '@', strcspn(host, "/?#")) != NULL) {
        return false;
    }
    return strncmp(text, "https://", 8) == 0 ||
           (strncmp(text, "http://", 7) == 0 && settings_host_is_here(host));
}

void
settings_free(struct settings **s)
{
    if (*s != NULL) {
        arena_free(&(*s)->arena);
        mem_free(s);
    }
}

const struct office *
settings_office(const struct settings *s, const char *leader)
{
    size_t i;

    for (i = 0; i < s->office_count; i++) {
        if (strcmp(s->offices[i].leader, leader) == 0) {
            return &s->offices[i];
        }
    }
    return NULL;
}

bool
office_has(const struct office *o, enum channel channel)
{
    return channel == CHANNEL_MAIL ? o->mail_count > 0 : o->url[0] != '\0';
}
