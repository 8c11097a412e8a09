/*
 * dondoc join FILE - from an invitation to a working set-up: makes the key pair on this
 * machine, writes the settings, prints the one line to send back and the line for cron.
 * Running it again changes nothing that is there.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/flow.h"
#include "cli/keypair.h"
#include "cli/language.h"
#include "cli/options.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/keyfile.h"
#include "lib/keyring.h"
#include "lib/mem.h"
#include "lib/yaml.h"

#define WHY_BYTES 512
#define TEXT_BYTES 8192
#define WORD_MAX 64

static const struct option_row rows[] = {
    {"dir", CONF_TEXT, "", 0, 0,
     "thư mục cho tệp khóa và cài đặt (mặc định ~/.config/dondoc)",
     "folder for key and settings (default ~/.config/dondoc)"},
};

static const struct option_spec spec = {
    .command = "join",
    .synopsis = "FILE [--dir DIR]",
    .vi =
        "Đọc tệp mời của tỉnh, tạo cặp khóa trên máy này, viết tệp cài đặt, và in một "
        "dòng\nđể gửi lại cho đầu mối của tỉnh. Khóa bí mật không rời khỏi máy này.\n",
    .en = "Reads the province's invitation, makes the key pair on this machine, writes "
          "the\nsettings, and prints the one line to send back. The secret key never "
          "leaves this\nmachine.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

struct invitation {
    const char *province;
    const char *server;
    const char *server_key;
    const char *unit;
    const char *name;
};

struct place {
    char *dir;
    char *key;
    char *settings;
};

/* --- the invitation --- */

static bool
word_good(const char *text, const char *letters)
{
    size_t len = strlen(text);

    return len > 0 && len <= WORD_MAX && text[0] != '.' && strspn(text, letters) == len;
}

static const char *
member(const struct yaml_node *root, const char *name)
{
    const struct yaml_node *node = yaml_get(root, name);

    return node == NULL || node->type != YAML_SCALAR ? "" : node->text;
}

/* What stands in it goes into file names, a keyring and cron: only plain words pass. */
static bool
invitation_take(const char *path, const struct yaml_node *root, struct invitation *out)
{
    static const char slug[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    static const char code[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789._@-";
    static const char address[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-:/[]%";
    const char *wrong = NULL;

    *out = (struct invitation){
        member(root, "province"), member(root, "server"), member(root, "server-key"),
        member(root, "unit"),     member(root, "name"),
    };
    if (strcmp(member(root, "invitation"), "1") != 0) {
        wrong = "invitation";
    } else if (!word_good(out->province, slug)) {
        wrong = "province";
    } else if (strlen(out->server) > 250 || out->server[0] == '\0' ||
               strspn(out->server, address) != strlen(out->server)) {
        wrong = "server";
    } else if (!bus_key_valid(out->server_key)) {
        wrong = "server-key";
    } else if (!word_good(out->unit, code)) {
        wrong = "unit";
    }
    if (wrong != NULL) {
        (void)fprintf(
            stderr,
            words("%s: mục “%s” thiếu hoặc không đúng. Đề nghị xin lại tệp mời "
                  "từ đầu mối của tỉnh (dondoc keys invite).\n",
                  "%s: “%s” is missing or wrong. Please ask the province's "
                  "contact for the invitation again (dondoc keys invite).\n"),
            path, wrong);
    }
    return wrong == NULL;
}

/* --- what is written --- */

static bool
key_have(const struct place *at, const struct invitation *inv, struct bus_keys *keys,
         int *code)
{
    char why[WHY_BYTES];
    char about[WORD_MAX + 32];

    switch (keyfile_read(at->key, keys, why, sizeof why)) {
    case ST_OK:
        (void)fprintf(stderr,
                      words("Dùng cặp khóa đã có: %s\n",
                            "Using the key pair that is there: %s\n"),
                      at->key);
        return true;
    case ST_GONE:
        (void)snprintf(about, sizeof about, "dondoc key of %s", inv->unit);
        *code = keypair_write(at->key, about, keys);
        return *code == EXIT_DONE;
    default:
        (void)fprintf(stderr, "%s\n", why);
        *code = EXIT_DATA;
        return false;
    }
}

static int
settings_write(const struct place *at, const struct invitation *inv)
{
    struct buf text;
    char why[WHY_BYTES];
    size_t bytes = 0;
    char *there;
    enum status st;
    int code = EXIT_DONE;

    buf_init(&text, TEXT_BYTES);
    /* Neither Z85 nor the words let through above hold a quote; a path might. */
    buf_format(&text,
               "# dondoc push, dondoc push --probe\n"
               "server: '%s'\nserver-key: '%s'\nprovince: '%s'\nkey: '",
               inv->server, inv->server_key, inv->province);
    for (const char *c = at->key; *c != '\0'; c++) {
        buf_text(&text, *c == '\'' ? "'" : "");
        buf_char(&text, *c);
    }
    buf_text(&text, "'\n");
    st = files_new(at->settings, 0600, buf_str(&text), text.len, why, sizeof why);
    if (st == ST_STALE) {
        there = options_file_read(at->settings, TEXT_BYTES, &bytes, why, sizeof why);
        if (there == NULL || strcmp(there, buf_str(&text)) != 0) {
            (void)fprintf(
                stderr,
                words("Tệp cài đặt %s đã có với nội dung khác và không bị ghi "
                      "đè. Đề nghị dùng --dir THƯ MỤC KHÁC, hoặc chuyển tệp cũ "
                      "đi.\n",
                      "The settings file %s is there with other content and is "
                      "not overwritten. Please use --dir ANOTHER FOLDER, or move "
                      "the old file away.\n"),
                at->settings);
            code = EXIT_CONFIG;
        }
        mem_free(&there);
    } else if (st != ST_OK) {
        (void)fprintf(stderr,
                      words("Không ghi được tệp cài đặt: %s\n",
                            "The settings cannot be written: %s\n"),
                      why);
        code = EXIT_DATA;
    }
    buf_fini(&text);
    return code;
}

static void
next_steps(const struct place *at, const struct invitation *inv,
           const struct bus_keys *keys)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char *name = flow_safe(inv->name); /* whoever wrote the invitation chose it */

    keyring_fingerprint(keys->public_key, fingerprint);
    (void)printf(words("Đơn vị %s%s%s, tỉnh %s: khóa %s, cài đặt %s.\n\n",
                       "Unit %s%s%s, province %s: key %s, settings %s.\n\n"),
                 inv->unit, name[0] == '\0' ? "" : ", ", name, inv->province, at->key,
                 at->settings);
    mem_free(&name);
    (void)printf(
        words("1. Gửi dòng sau cho đầu mối của tỉnh (dấu vân tay %s, đọc qua "
              "điện thoại để đối chiếu):\n\n",
              "1. Send this line to the province's contact (its fingerprint is "
              "%s; read it out by phone to compare):\n\n"),
        fingerprint);
    (void)printf("%s role=unit name=%s scope=%.*s province=%s\n\n", keys->public_key,
                 inv->unit, (int)strcspn(inv->unit, "@"), inv->unit, inv->province);
    (void)printf(words("2. Khi tỉnh báo đã đăng ký:\n\n"
                       "dondoc push --probe --config '%s'\n"
                       "dondoc push --template bao-cao.csv --config '%s'\n"
                       "dondoc push bao-cao.csv --config '%s'\n\n",
                       "2. When the province has registered it:\n\n"
                       "dondoc push --probe --config '%s'\n"
                       "dondoc push --template report.csv --config '%s'\n"
                       "dondoc push report.csv --config '%s'\n\n"),
                 at->settings, at->settings, at->settings);
    (void)printf(
        words("3. Để máy tự gửi mỗi ngày làm việc lúc 8 giờ 15 (gửi lại là an "
              "toàn), thêm dòng này bằng crontab -e:\n\n",
              "3. To send by itself at 8:15 every working day (sending again is "
              "safe), add this line with crontab -e:\n\n"));
    (void)printf("15 8 * * 1-5 dondoc push \"$HOME/%s\" --config '%s'\n",
                 words("bao-cao.csv", "report.csv"), at->settings);
}

static int
join(const struct place *at, const struct invitation *inv)
{
    struct bus_keys keys;
    char why[WHY_BYTES];
    int code = EXIT_DONE;

    if (files_folder(at->dir, why, sizeof why) != ST_OK) {
        (void)fprintf(
            stderr,
            words("Không tạo được thư mục: %s\n", "The folder cannot be made: %s\n"),
            why);
        return EXIT_DATA;
    }
    if (!key_have(at, inv, &keys, &code)) {
        return code;
    }
    code = settings_write(at, inv);
    if (code == EXIT_DONE) {
        next_steps(at, inv, &keys);
    }
    crypto_wipe(&keys, sizeof keys);
    return code;
}

/* Absolute, since cron starts elsewhere. */
static char *
folder_of(const struct options *o)
{
    const char *given = conf_text(o->conf, "dir");
    char here[TEXT_BYTES];
    struct buf path;
    char *out;

    if (given[0] == '\0') {
        return options_home("");
    }
    buf_init(&path, TEXT_BYTES);
    if (given[0] != '/' && getcwd(here, sizeof here) != NULL) {
        buf_format(&path, "%s/", here);
    }
    buf_text(&path, given);
    out = mem_copy_text(buf_str(&path));
    buf_fini(&path);
    return out;
}

static char *
path_in(const char *dir, const char *name, const char *ending)
{
    struct buf path;
    char *out;

    buf_init(&path, TEXT_BYTES);
    buf_format(&path, "%s/%s%s", dir, name, ending);
    out = mem_copy_text(buf_str(&path));
    buf_fini(&path);
    return out;
}

static int
join_file(const struct options *o, const char *path, const char *text, size_t bytes)
{
    struct invitation inv;
    struct yaml *yaml = NULL;
    char why[WHY_BYTES];
    int line = 0;
    int column = 0;
    int code = EXIT_DATA;

    if (yaml_parse(text, bytes, &yaml, &line, &column, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr, "%s:%d:%d: %s\n", path, line, column, why);
        return EXIT_DATA;
    }
    if (invitation_take(path, yaml_root(yaml), &inv)) {
        struct place at = {.dir = folder_of(o)};

        at.key = path_in(at.dir, inv.unit, ".key");
        at.settings = path_in(at.dir, "dondoc", ".yaml");
        code = join(&at, &inv);
        mem_free(&at.dir);
        mem_free(&at.key);
        mem_free(&at.settings);
    }
    yaml_free(&yaml);
    return code;
}

int
cli_join(int argc, char **argv)
{
    struct options o;
    char why[WHY_BYTES];
    size_t bytes = 0;
    char *text;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count != 1) {
        code = options_usage("join", "%s",
                             words("cần một tệp mời", "one invitation is expected"));
    } else {
        crypto_init();
        text =
            options_file_read(o.operands[0], YAML_BYTES_MAX, &bytes, why, sizeof why);
        if (text == NULL) {
            (void)fprintf(stderr,
                          words("Không đọc được tệp mời: %s\n",
                                "The invitation cannot be read: %s\n"),
                          why);
            code = EXIT_DATA;
        } else {
            code = join_file(&o, o.operands[0], text, bytes);
        }
        mem_free(&text);
    }
    options_fini(&o);
    return code;
}
