#include "lib/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/diag.h"
#include "lib/mem.h"

#define NAME_MAX_BYTES 64

struct conf_value {
    char *text; /* owned; NULL: no default, nothing set */
    long number;
    bool on;
    enum conf_source from;
};

struct conf {
    const struct conf_setting *settings; /* borrowed */
    struct conf_value *values;           /* the same order */
    size_t count;
};

static const char *const sources[] = {
    [CONF_FROM_FLAG] = "flag",
    [CONF_FROM_ENVIRONMENT] = "environment",
    [CONF_FROM_FILE] = "file",
    [CONF_FROM_DEFAULT] = "default",
};

static bool
conf_find(const struct conf *c, const char *name, size_t *index)
{
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->settings[i].name, name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* The value of a name that the program itself wrote: a wrong one is our bug. */
static const struct conf_value *
conf_value(const struct conf *c, const char *name, enum conf_type type)
{
    size_t i;

    MUST(conf_find(c, name, &i));
    MUST(c->settings[i].type == type);
    return &c->values[i];
}

/* Digits with an optional minus sign, nothing else. */
static bool
conf_parse_int(const char *text, long *number)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    size_t len = strlen(digits);

    if (len == 0 || strspn(digits, "0123456789") != len) {
        return false;
    }
    errno = 0;
    *number = strtol(text, NULL, 10);
    return errno == 0;
}

static bool
conf_parse_switch(const char *text, bool *on)
{
    static const char *const yes[] = {"true", "yes", "on", "1"};
    static const char *const no[] = {"false", "no", "off", "0"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *on = strcmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static enum status
conf_check(const struct conf_setting *setting, const char *text, struct conf_value *v,
           char *why, size_t why_bytes)
{
    switch (setting->type) {
    case CONF_TEXT:
        return ST_OK;
    case CONF_INT:
        if (!conf_parse_int(text, &v->number) || v->number < setting->min ||
            v->number > setting->max) {
            (void)snprintf(why, why_bytes,
                           "%s: \"%s\" is not a whole number from %ld to %ld",
                           setting->name, text, setting->min, setting->max);
            return ST_BAD;
        }
        return ST_OK;
    case CONF_SWITCH:
        if (!conf_parse_switch(text, &v->on)) {
            (void)snprintf(why, why_bytes, "%s: \"%s\" is neither true nor false",
                           setting->name, text);
            return ST_BAD;
        }
        return ST_OK;
    }
    MUST(!"a type of setting");
    return ST_BAD;
}

static void
conf_store(struct conf_value *v, const struct conf_value *checked, const char *text,
           enum conf_source from)
{
    mem_free(&v->text);
    v->text = mem_copy_text(text);
    v->number = checked->number;
    v->on = checked->on;
    v->from = from;
}

struct conf *
conf_new(const struct conf_setting *settings, size_t count)
{
    struct conf *c = mem_alloc(sizeof *c);
    char why[256];

    c->settings = settings;
    c->count = count;
    c->values = mem_alloc(count * sizeof *c->values);
    for (size_t i = 0; i < count; i++) {
        struct conf_value checked = {0};
        size_t first;

        MUST(conf_find(c, settings[i].name, &first) && first == i);
        MUST(strlen(settings[i].name) <= NAME_MAX_BYTES);
        if (settings[i].fallback != NULL) {
            MUST(conf_check(&settings[i], settings[i].fallback, &checked, why,
                            sizeof why) == ST_OK);
        }
        conf_store(&c->values[i], &checked, settings[i].fallback, CONF_FROM_DEFAULT);
    }
    return c;
}

void
conf_free(struct conf **c)
{
    if (*c == NULL) {
        return;
    }
    for (size_t i = 0; i < (*c)->count; i++) {
        mem_free(&(*c)->values[i].text);
    }
    mem_free(&(*c)->values);
    mem_free(c);
}

enum status
conf_set(struct conf *c, const char *name, const char *value, enum conf_source from,
         char *why, size_t why_bytes)
{
    struct conf_value checked = {0};
    size_t i;

    if (!conf_find(c, name, &i)) {
        (void)snprintf(why, why_bytes, "%s is not a setting (--help lists them)", name);
        return ST_GONE;
    }
    if (conf_check(&c->settings[i], value, &checked, why, why_bytes) != ST_OK) {
        return ST_BAD;
    }
    if (from <= c->values[i].from) {
        conf_store(&c->values[i], &checked, value, from);
    }
    return ST_OK;
}

static void
conf_environment_name(const char *name, char out[NAME_MAX_BYTES + 8])
{
    size_t len = (size_t)snprintf(out, NAME_MAX_BYTES + 8, "DONDOC_%s", name);

    for (size_t i = 0; i < len; i++) {
        out[i] = out[i] == '-' ? '_' : (char)toupper((unsigned char)out[i]);
    }
}

enum status
conf_environment(struct conf *c, char *why, size_t why_bytes)
{
    for (size_t i = 0; i < c->count; i++) {
        char name[NAME_MAX_BYTES + 8];
        char cause[256];
        const char *value;

        conf_environment_name(c->settings[i].name, name);
        value = getenv(name);
        if (value == NULL || value[0] == '\0') {
            continue; /* "DONDOC_X=" in a unit file means: not set */
        }
        if (conf_set(c, c->settings[i].name, value, CONF_FROM_ENVIRONMENT, cause,
                     sizeof cause) != ST_OK) {
            (void)snprintf(why, why_bytes, "environment %s: %s", name, cause);
            return ST_BAD;
        }
    }
    return ST_OK;
}

/* One flag at argv[*at]; moves *at over a value in a word of its own. */
static enum status
conf_flag(struct conf *c, int argc, char **argv, int *at, char *why, size_t why_bytes)
{
    char name[NAME_MAX_BYTES + 1];
    const char *flag = argv[*at] + 2;
    const char *equals = strchr(flag, '=');
    size_t len = equals == NULL ? strlen(flag) : (size_t)(equals - flag);
    const char *value;
    size_t i;

    if (len < sizeof name) {
        memcpy(name, flag, len);
        name[len] = '\0';
    }
    if (len >= sizeof name || !conf_find(c, name, &i)) {
        (void)snprintf(why, why_bytes, "--%.*s is not known here (--help lists all)",
                       (int)(len > NAME_MAX_BYTES ? NAME_MAX_BYTES : len), flag);
        return ST_GONE;
    }
    if (equals != NULL) {
        value = equals + 1;
    } else if (c->settings[i].type == CONF_SWITCH) {
        value = "true";
    } else if (*at + 1 < argc) {
        value = argv[++*at];
    } else {
        (void)snprintf(why, why_bytes, "--%s needs a value: %s", name,
                       c->settings[i].help);
        return ST_BAD;
    }
    return conf_set(c, name, value, CONF_FROM_FLAG, why, why_bytes);
}

enum status
conf_flags(struct conf *c, int argc, char **argv, char **rest, int *rest_count,
           char *why, size_t why_bytes)
{
    int count = 0;
    bool flags = true;

    for (int i = 0; i < argc; i++) {
        if (flags && strcmp(argv[i], "--") == 0) {
            flags = false;
        } else if (flags && strncmp(argv[i], "--", 2) == 0) {
            enum status st = conf_flag(c, argc, argv, &i, why, why_bytes);

            if (st != ST_OK) {
                return st;
            }
        } else if (flags && argv[i][0] == '-' && argv[i][1] != '\0') {
            (void)snprintf(why, why_bytes,
                           "%.32s is not known here (--help lists all; to name a file "
                           "that begins with -, write -- before it)",
                           argv[i]);
            return ST_GONE;
        } else {
            rest[count++] = argv[i];
        }
    }
    *rest_count = count;
    return ST_OK;
}

const char *
conf_text(const struct conf *c, const char *name)
{
    const struct conf_value *v = conf_value(c, name, CONF_TEXT);

    return v->text == NULL ? "" : v->text;
}

long
conf_int(const struct conf *c, const char *name)
{
    return conf_value(c, name, CONF_INT)->number;
}

bool
conf_switch(const struct conf *c, const char *name)
{
    return conf_value(c, name, CONF_SWITCH)->on;
}

enum conf_source
conf_from(const struct conf *c, const char *name)
{
    size_t i;

    MUST(conf_find(c, name, &i));
    return c->values[i].from;
}

void
conf_help(const struct conf *c, struct buf *out)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct conf_setting *s = &c->settings[i];
        char left[NAME_MAX_BYTES + 16];

        (void)snprintf(left, sizeof left, "--%s%s", s->name,
                       s->type == CONF_TEXT  ? " TEXT"
                       : s->type == CONF_INT ? " NUMBER"
                                             : "");
        buf_format(out, "  %-28s %s", left, s->help);
        if (s->type != CONF_SWITCH && s->fallback != NULL && s->fallback[0] != '\0') {
            buf_format(out, " (default %s)", s->fallback);
        }
        buf_char(out, '\n');
    }
}

/* "…password" is a secret; "…password-file" is the path of one. */
static bool
conf_secret(const char *name)
{
    static const char end[] = "password";
    size_t len = strlen(name);

    return len >= sizeof end - 1 && strcmp(name + len - (sizeof end - 1), end) == 0;
}

void
conf_show(const struct conf *c, struct buf *out)
{
    for (size_t i = 0; i < c->count; i++) {
        const char *text = c->values[i].text == NULL ? "" : c->values[i].text;

        if (conf_secret(c->settings[i].name) && text[0] != '\0') {
            text = "(hidden)";
        }
        buf_format(out, "%s=%s  # %s\n", c->settings[i].name, text,
                   sources[c->values[i].from]);
    }
}
