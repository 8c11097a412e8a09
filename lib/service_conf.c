/* Settings of a service: the common ones, the file, --help. */
#include "lib/service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/diag.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "lib/yaml.h"

#define FILE_MAX_BYTES (1u << 20)
#define KEYRING_MAX_BYTES (64u << 20)
#define HELP_MAX_BYTES 65536
#define SLUG "abcdefghijklmnopqrstuvwxyz0123456789-"

static const struct conf_setting common[] = {
    {"redis", CONF_TEXT, "unix:/run/dondoc/redis.sock", 0, 0,
     "where Redis is: unix:/PATH or tcp:HOST:PORT"},
    {"redis-user", CONF_TEXT, "", 0, 0, "ACL user of this service; empty: default"},
    {"redis-password-file", CONF_TEXT, "", 0, 0,
     "file with that user's password on its first line"},
    {"redis-timeout-ms", CONF_INT, "2000", 50, 60000,
     "how long an answer of Redis may take, ms"},
    {"province", CONF_TEXT, "", 0, 0,
     "provinces served here, slugs with commas: quang-ngai,phu-tho"},
    {"instance", CONF_TEXT, "1", 0, 0,
     "name of this instance among those of the same service"},
    {"key-file", CONF_TEXT, "", 0, 0, "our CURVE key pair (dondoc keys new)"},
    {"keyring", CONF_TEXT, "", 0, 0, "who may connect; without it nobody"},
    {"memory-max-mib", CONF_INT, "2048", 0, 1048576,
     "memory above which listening sockets are opened anew, MiB; 0: never"},
    {"simulated", CONF_SWITCH, "false", 0, 0,
     "serve simulated programmes: time comes from the player"},
    {"ready-file", CONF_TEXT, "", 0, 0,
     "file made when work begins, with the endpoints bound; gone when it ends"},
};

#define COMMON_COUNT (sizeof common / sizeof common[0])

/* --- arguments --- */

/* --config FILE or --config=FILE at argv[*i]; false: it is something else. */
static bool
service_arg_config(struct service *s, int argc, char **argv, int *i)
{
    if (strncmp(argv[*i], "--config=", 9) == 0) {
        s->args.config = argv[*i] + 9;
        return true;
    }
    if (strcmp(argv[*i], "--config") != 0) {
        return false;
    }
    s->args.config = *i + 1 < argc ? argv[++*i] : NULL;
    return true;
}

enum status
service_args_take(struct service *s, int argc, char **argv)
{
    const char *file = getenv("DONDOC_CONFIG");

    s->args.config = file == NULL ? "" : file;
    s->args.argv = mem_alloc((size_t)argc * sizeof *s->args.argv);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            s->args.help = true;
        } else if (strcmp(argv[i], "--version") == 0) {
            s->args.version = true;
        } else if (strcmp(argv[i], "--check-config") == 0) {
            s->args.check_config = true;
        } else if (!service_arg_config(s, argc, argv, &i)) {
            s->args.argv[s->args.argc++] = argv[i];
        }
    }
    if (s->args.config == NULL) {
        diag_warn("usage", "--config needs a file");
        return ST_BAD;
    }
    return ST_OK;
}

void
service_settings_join(struct service *s)
{
    s->setting_count = s->spec->count + COMMON_COUNT;
    s->settings = mem_alloc(s->setting_count * sizeof *s->settings);
    if (s->spec->count > 0) {
        memcpy(s->settings, s->spec->settings,
               s->spec->count * sizeof *s->spec->settings);
    }
    memcpy(s->settings + s->spec->count, common, sizeof common);
}

/* --- the file --- */

/* A list of scalars stands for its items with commas. */
static bool
service_file_value(const struct yaml_node *node, struct buf *value)
{
    if (node->type == YAML_SCALAR) {
        buf_text(value, node->text);
        return true;
    }
    if (node->type == YAML_MAP) {
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i]->type != YAML_SCALAR) {
            return false;
        }
        buf_text(value, i == 0 ? "" : ",");
        buf_text(value, node->items[i]->text);
    }
    return true;
}

static bool
service_file_setting(const char *path, const struct yaml_node *root, size_t i,
                     struct conf *conf)
{
    const struct yaml_node *node = root->items[i];
    const struct yaml_node *name = root->name_nodes[i];
    char why[SERVICE_WHY_BYTES] = "is not one value, nor a list of values";
    struct buf value;
    enum status st;

    buf_init(&value, FILE_MAX_BYTES);
    st = ST_BAD;
    if (service_file_value(node, &value)) {
        st = conf_set(conf, root->names[i], buf_str(&value), CONF_FROM_FILE, why,
                      sizeof why);
    }
    buf_fini(&value);
    if (st == ST_OK) {
        return true;
    }
    if (st == ST_GONE) {
        node = name; /* the name is wrong, not the value */
    }
    diag_warn("config", "at=%s:%d:%d setting=%s reason=\"%s\"", path, node->line,
              node->column, root->names[i], why);
    return false;
}

static enum status
service_conf_file(const char *path, struct conf *conf)
{
    char why[SERVICE_WHY_BYTES];
    const struct yaml_node *root;
    struct yaml *yaml = NULL;
    size_t bytes;
    int line = 0;
    int column = 0;
    bool good = true;
    char *text = service_file_read(path, FILE_MAX_BYTES, &bytes, why, sizeof why);

    if (text == NULL) {
        diag_warn("config", "setting=config %s", why);
        return ST_BAD;
    }
    if (yaml_parse(text, bytes, &yaml, &line, &column, why, sizeof why) != ST_OK) {
        diag_warn("config", "at=%s:%d:%d reason=\"%s\"", path, line, column, why);
        mem_free(&text);
        return ST_BAD;
    }
    root = yaml_root(yaml);
    if (root != NULL && root->type == YAML_MAP) {
        for (size_t i = 0; i < root->count; i++) {
            good = service_file_setting(path, root, i, conf) && good; /* all said */
        }
    } else if (root != NULL && (root->type != YAML_SCALAR || root->text[0] != '\0')) {
        diag_warn("config", "at=%s:%d:%d reason=\"expected lines NAME: VALUE\"", path,
                  root->line, root->column);
        good = false;
    }
    yaml_free(&yaml);
    mem_free(&text);
    return good ? ST_OK : ST_BAD;
}

enum status
service_conf_read(const struct service *s, struct conf **out, bool *usage)
{
    struct conf *conf = conf_new(s->settings, s->setting_count);
    char **rest = mem_alloc(((size_t)s->args.argc + 1) * sizeof *rest);
    char why[SERVICE_WHY_BYTES];
    int rest_count = 0;
    enum status st;

    st = conf_flags(conf, s->args.argc, s->args.argv, rest, &rest_count, why,
                    sizeof why);
    if (st == ST_OK && rest_count > 0) {
        (void)snprintf(why, sizeof why, "\"%.64s\": a service takes no operands",
                       rest[0]);
        st = ST_BAD;
    }
    mem_free(&rest);
    *usage = st != ST_OK;
    if (st == ST_OK) {
        st = conf_environment(conf, why, sizeof why);
    }
    if (st != ST_OK) {
        diag_warn(*usage ? "usage" : "config", "reason=\"%s\"", why);
    } else if (s->args.config[0] != '\0') {
        st = service_conf_file(s->args.config, conf);
    }
    if (st != ST_OK) {
        conf_free(&conf);
        return ST_BAD;
    }
    *out = conf;
    return ST_OK;
}

/* --- what the settings name --- */

static bool
service_slug_valid(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= 64 && strspn(text, SLUG) == len;
}

static enum status
service_provinces_cut(struct service *s)
{
    char *at;

    s->provinces_text = mem_copy_text(conf_text(s->conf, "province"));
    at = s->provinces_text;
    while (at != NULL) {
        char *comma = strchr(at, ',');

        if (comma != NULL) {
            *comma++ = '\0';
        }
        if (!service_slug_valid(at) || service_serves(s, at) ||
            s->province_count == SERVICE_PROVINCES_MAX) {
            diag_warn("config",
                      "setting=province value=\"%s\" reason=\"name 1 to %d provinces, "
                      "each once, small letters, digits and -, with commas and no "
                      "blanks: --province quang-ngai\"",
                      conf_text(s->conf, "province"), SERVICE_PROVINCES_MAX);
            return ST_BAD;
        }
        s->provinces[s->province_count++] = at;
        at = comma;
    }
    return ST_OK;
}

enum status
service_keyring_read(const struct service *s, const struct conf *conf,
                     struct keyring **out)
{
    const char *path = conf_text(conf, "keyring");
    char why[SERVICE_WHY_BYTES];
    size_t bytes;
    char *text;
    enum status st;

    (void)s;
    if (path[0] == '\0') {
        *out = NULL;
        return ST_OK;
    }
    if (keyfile_keyring(path, why, sizeof why) != ST_OK) {
        diag_warn("config", "setting=keyring file=%s reason=\"%s\"", path, why);
        return ST_BAD;
    }
    text = service_file_read(path, KEYRING_MAX_BYTES, &bytes, why, sizeof why);
    if (text == NULL) {
        diag_warn("config", "setting=keyring %s", why);
        return ST_BAD;
    }
    st = keyring_parse(text, bytes, out, why, sizeof why);
    if (st != ST_OK) {
        diag_warn("config", "setting=keyring file=%s reason=\"%s\"", path, why);
    }
    mem_free(&text);
    return st;
}

enum status
service_conf_apply(struct service *s)
{
    const char *path = conf_text(s->conf, "key-file");
    char why[SERVICE_WHY_BYTES];

    if (service_provinces_cut(s) != ST_OK) {
        return ST_BAD;
    }
    if (!service_slug_valid(conf_text(s->conf, "instance"))) {
        diag_warn("config",
                  "setting=instance value=\"%s\" reason=\"use 1 to 64 small "
                  "letters, digits and -\"",
                  conf_text(s->conf, "instance"));
        return ST_BAD;
    }
    s->instance = mem_copy_text(conf_text(s->conf, "instance"));
    if (path[0] != '\0') {
        if (keyfile_read(path, &s->keys, why, sizeof why) != ST_OK) {
            diag_warn("config", "setting=key-file reason=\"%s\"", why);
            return ST_BAD;
        }
        s->has_keys = true;
    }
    return service_keyring_read(s, s->conf, &s->keyring);
}

/* --- help --- */

static const char help_tail[] =
    "  --config FILE                file with settings, one line NAME: VALUE each\n"
    "  --check-config               print all settings and where each came from, "
    "check\n"
    "                               the files they name, and exit (0, or 78)\n"
    "  --help, --version\n"
    "\n"
    "A flag goes before the environment, that before the file, that before the "
    "default.\n"
    "\n"
    "Environment:\n"
    "  DONDOC_NAME                  any setting: DONDOC_REDIS, DONDOC_KEY_FILE, ...\n"
    "  DONDOC_CONFIG                the file of --config\n"
    "  DONDOC_TRACE=1               traces on stderr\n"
    "  DONDOC_CORE=1                core files and debuggers are allowed: they see "
    "keys\n"
    "  NOTIFY_SOCKET                systemd's; told when work begins and ends\n"
    "\n"
    "Files:\n"
    "  key-file                     public and secret key, mode 0600 (dondoc keys "
    "new)\n"
    "  keyring                      a line a key: KEY role=unit name=21040 "
    "scope=21040\n"
    "                               [not-before=DAY] [not-after=DAY]; read again when "
    "it "
    "changes\n"
    "\n"
    "Signals:\n"
    "  TERM, INT                    finish what is in hand and stop\n"
    "  HUP                          read settings and keyring again\n"
    "\n"
    "Exit status:\n"
    "  0 stopped as asked   64 wrong usage   69 Redis or an address not available\n"
    "  70 a fault of ours   77 refused       78 wrong settings\n";

void
service_print_help(const struct service *s)
{
    struct conf *conf = conf_new(s->settings, s->setting_count);
    struct buf out;

    buf_init(&out, HELP_MAX_BYTES);
    buf_format(&out, "dondoc-%s: %s\n\nUsage: dondoc-%s [--NAME VALUE]...\n\n",
               s->spec->name, s->spec->purpose, s->spec->name);
    if (s->spec->help != NULL) {
        buf_text(&out, s->spec->help);
        buf_char(&out, '\n');
    }
    buf_text(&out, "Settings:\n");
    conf_help(conf, &out);
    buf_text(&out, help_tail);
    (void)fputs(buf_str(&out), stdout); /* help nobody can read is nobody's loss */
    buf_fini(&out);
    conf_free(&conf);
}
