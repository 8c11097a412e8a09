/* Files of a command: where they are, reading one, the settings file. */
#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/language.h"
#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/yaml.h"

#define WHY_BYTES 512
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Settings of other commands may stand in the same file; these are not mistakes. */
static const char *const elsewhere[] = {
    "server",       "server-key", "key",        "province",
    "timeout",      "lang",       "notifier",   "leader-key",
    "notifier-key", "redis",      "redis-user", "redis-password-file",
    "outbox",
};

char *
options_home(const char *name)
{
    const char *dir = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    struct buf path;
    char *out;

    buf_init(&path, 4096);
    if (dir != NULL && dir[0] == '/') {
        buf_format(&path, "%s/dondoc", dir);
    } else {
        buf_format(&path, "%s/.config/dondoc", home == NULL ? "." : home);
    }
    if (name[0] != '\0') {
        buf_format(&path, "/%s", name);
    }
    out = mem_copy_text(buf_str(&path));
    buf_fini(&path);
    return out;
}

char *
options_file_read(const char *path, size_t max, size_t *bytes, char *why,
                  size_t why_bytes)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "rb");
    struct stat info;
    struct buf text;
    char piece[8192];
    size_t got;
    char *out = NULL;

    if (f == NULL || (fstat(fileno(f), &info) == 0 && S_ISDIR(info.st_mode))) {
        (void)snprintf(why, why_bytes, "%s: %s", path,
                       f == NULL ? strerror(errno) : strerror(EISDIR));
        if (f != NULL) {
            (void)fclose(f); /* only read */
        }
        return NULL;
    }
    buf_init(&text, max);
    while (!text.cut && (got = fread(piece, 1, sizeof piece, f)) > 0) {
        buf_add(&text, piece, got);
    }
    if (ferror(f) != 0) {
        (void)snprintf(why, why_bytes, "%s: %s", path, strerror(errno));
    } else if (text.cut) {
        (void)snprintf(why, why_bytes,
                       words("%s: lớn hơn %zu byte", "%s: larger than %zu bytes"), path,
                       max);
    } else {
        *bytes = text.len;
        out = mem_copy(buf_str(&text), text.len);
    }
    buf_fini(&text);
    if (!is_stdin) {
        (void)fclose(f); /* only read */
    }
    return out;
}

static bool
setting_known(const struct options *o, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(o->settings[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
file_setting(struct options *o, size_t count, const struct yaml_node *root, size_t i)
{
    const char *name = root->names[i];
    const struct yaml_node *node = root->items[i];
    char why[WHY_BYTES];

    if (setting_known(o, count, name) && strcmp(name, "config") != 0) {
        if (node->type != YAML_SCALAR) {
            (void)snprintf(why, sizeof why, "%s",
                           words("cần đúng một giá trị", "takes one value"));
        } else if (conf_set(o->conf, name, node->text, CONF_FROM_FILE, why,
                            sizeof why) == ST_OK) {
            return true;
        }
        (void)fprintf(stderr, "%s:%d:%d: %s: %s\n", o->file, node->line, node->column,
                      name, why);
        return false;
    }
    for (size_t k = 0; k < COUNT(elsewhere); k++) {
        if (strcmp(name, elsewhere[k]) == 0) {
            return true;
        }
    }
    (void)fprintf(stderr,
                  words("%s:%d:%d: “%s” không phải là tên cài đặt\n",
                        "%s:%d:%d: “%s” is not a setting\n"),
                  o->file, root->name_nodes[i]->line, root->name_nodes[i]->column,
                  name);
    return false;
}

static bool
file_settings(struct options *o, size_t count, const char *text, size_t bytes)
{
    const struct yaml_node *root;
    struct yaml *yaml = NULL;
    char why[WHY_BYTES];
    int line = 0;
    int column = 0;
    bool good = true;

    if (yaml_parse(text, bytes, &yaml, &line, &column, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr, "%s:%d:%d: %s\n", o->file, line, column, why);
        return false;
    }
    root = yaml_root(yaml);
    if (root->type == YAML_MAP) {
        for (size_t i = 0; i < root->count; i++) {
            good = file_setting(o, count, root, i) && good; /* all are said */
        }
    } else if (root->type != YAML_SCALAR || root->text[0] != '\0') {
        (void)fprintf(stderr, "%s:%d:%d: %s\n", o->file, root->line, root->column,
                      words("mỗi dòng cần có dạng TÊN: GIÁ TRỊ",
                            "lines NAME: VALUE are expected"));
        good = false;
    }
    yaml_free(&yaml);
    return good;
}

bool
options_file_take(struct options *o, size_t count)
{
    const char *given = conf_text(o->conf, "config");
    struct stat info;
    char why[WHY_BYTES];
    size_t bytes = 0;
    char *text;
    bool good;

    o->file = given[0] != '\0' ? mem_copy_text(given) : options_home("dondoc.yaml");
    if (given[0] == '\0' && stat(o->file, &info) != 0 && errno == ENOENT) {
        o->file[0] = '\0';
        return true;
    }
    text = options_file_read(o->file, YAML_BYTES_MAX, &bytes, why, sizeof why);
    if (text == NULL) {
        (void)fprintf(stderr,
                      words("Không đọc được tệp cài đặt: %s\n",
                            "The settings file cannot be read: %s\n"),
                      why);
        return false;
    }
    good = file_settings(o, count, text, bytes);
    mem_free(&text);
    return good;
}
