/*
 * dondoc keys - key pairs, and the keyring that says who each public key is. A secret
 * key is made where it is used and never travels; only public keys are sent.
 */
#include "cli/keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/keypair.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/keyfile.h"
#include "lib/keyring.h"
#include "lib/mem.h"

#define KEYRING_BYTES_MAX (64u << 20)
#define WHY_BYTES 512

static const struct option_row rows[] = {
    {"programme", CONF_TEXT, "", 0, 0, "invite: thư mục chương trình của tỉnh",
     "invite: folder of the province's programme"},
    {"server", CONF_TEXT, "", 0, 0,
     "invite: địa chỉ máy chủ tiếp nhận, tcp://HOST:5701",
     "invite: address of the server, tcp://HOST:5701"},
    {"server-key", CONF_TEXT, "", 0, 0, "invite: khóa công khai của máy chủ",
     "invite: public key of the server"},
    {"out", CONF_TEXT, "", 0, 0, "invite: tệp mời sẽ tạo (mặc định: ra màn hình)",
     "invite: the file to make (default: stdout)"},
};

static const struct option_spec spec = {
    .command = "keys",
    .synopsis = "new NAME\n"
                "add KEYRING role=unit name=21040 scope=21040 KEY\n"
                "list KEYRING\n"
                "fingerprint KEY|FILE\n"
                "invite UNIT --programme DIR --server tcp://HOST:5701 --server-key KEY "
                "[--out FILE]",
    .vi = "new tạo cặp khóa trong tệp NAME.key và in khóa công khai.\n"
          "add thêm một dòng vào tệp khóa của máy chủ, sau khi kiểm tra toàn bộ tệp.\n"
          "invite viết tệp mời cho một đơn vị: địa chỉ, khóa máy chủ, số liệu, kỳ hạn; "
          "không có gì bí mật.\n",
    .en =
        "new makes a key pair in the file NAME.key and prints the public key.\n"
        "add puts a line into the server's keyring, after checking the whole file.\n"
        "invite writes a file for a unit: address, server key, measures, when they are "
        "due; nothing secret.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

static int
keys_new(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash == NULL ? name : slash + 1;
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    struct bus_keys keys;
    struct buf path;
    struct buf about;
    int code;

    buf_init(&path, 4096);
    buf_init(&about, 4096);
    buf_format(&path, "%s.key", name);
    buf_format(&about, "dondoc key of %s", base);
    code = keypair_write(buf_str(&path), buf_str(&about), &keys);
    if (code == EXIT_DONE) {
        keyring_fingerprint(keys.public_key, fingerprint);
        (void)printf("%s\n", keys.public_key);
        (void)fprintf(
            stderr,
            words("Đã tạo %s (chỉ chủ tệp đọc được; không sao chép, không gửi "
                  "đi). Dấu vân tay: %s\n"
                  "Đăng ký ở máy chủ: dondoc keys add KEYRING role=unit "
                  "name=%s scope=%s '%s'\n",
                  "Made %s (only its owner can read it; do not copy it, do not "
                  "send it). Fingerprint: %s\n"
                  "To register it at the server: dondoc keys add KEYRING "
                  "role=unit name=%s scope=%s '%s'\n"),
            buf_str(&path), fingerprint, base, base, keys.public_key);
    }
    crypto_wipe(&keys, sizeof keys);
    buf_fini(&path);
    buf_fini(&about);
    return code;
}

/* --- the keyring --- */

/* The keyring's text; a file that is not there is an empty one when `may_miss`. */
static char *
keyring_text(const char *path, bool may_miss, size_t *bytes)
{
    char why[WHY_BYTES];
    struct stat info;
    char *text;

    if (may_miss && stat(path, &info) != 0 && errno == ENOENT) {
        *bytes = 0;
        return mem_copy_text("");
    }
    text = options_file_read(path, KEYRING_BYTES_MAX, bytes, why, sizeof why);
    if (text == NULL) {
        (void)fprintf(stderr,
                      words("Không đọc được tệp khóa của máy chủ: %s\n",
                            "The keyring cannot be read: %s\n"),
                      why);
    }
    return text;
}

static int
keyring_check(const char *path, const char *text, size_t bytes, struct keyring **out)
{
    char why[WHY_BYTES];

    if (keyring_parse(text, bytes, out, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, why);
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

/* Which operand is the key: the one that is none of the four name=value words. */
static int
key_among(char **words_given, int count)
{
    static const char *const names[] = {"role=", "name=", "scope=", "province="};
    int found = -1;

    for (int i = 0; i < count; i++) {
        bool named = false;

        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            named = named || strncmp(words_given[i], names[k], strlen(names[k])) == 0;
        }
        if (!named && found >= 0) {
            return -1; /* two of them: neither is taken */
        }
        found = named ? found : i;
    }
    return found;
}

static int
keyring_put(const char *path, const char *text, size_t bytes, const char *key)
{
    struct keyring *ring = NULL;
    char why[WHY_BYTES];
    int code = keyring_check(path, text, bytes, &ring);
    const struct principal *p;

    if (code == EXIT_DONE &&
        files_replace(path, text, bytes, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr,
                      words("Chưa thêm được khóa: %s\n", "The key was not added: %s\n"),
                      why);
        code = EXIT_DATA;
    }
    p = ring == NULL ? NULL : keyring_find(ring, key);
    if (code == EXIT_DONE && p != NULL) {
        (void)printf(
            words("Đã thêm khóa %s: %s %s (nay có %zu khóa). Dịch vụ đang chạy "
                  "đọc lại tệp khi nhận tín hiệu HUP.\n",
                  "Added the key %s: %s %s (%zu keys now). A running service "
                  "reads the file again on the signal HUP.\n"),
            p->fingerprint, role_name(p->role), p->name, keyring_count(ring));
    }
    keyring_free(&ring);
    return code;
}

static int
keys_add(const char *path, char **given, int count)
{
    int key = key_among(given, count);
    struct buf text;
    size_t bytes = 0;
    char *old;
    int code;

    if (key < 0 || !bus_key_valid(given[key])) {
        return options_usage("keys", "%s",
                             words("keys add cần đúng một khóa công khai 40 ký tự, đặt "
                                   "trong dấu nháy đơn",
                                   "keys add takes one public key of 40 characters, in "
                                   "single quotes"));
    }
    old = keyring_text(path, true, &bytes);
    if (old == NULL) {
        return EXIT_DATA;
    }
    buf_init(&text, KEYRING_BYTES_MAX);
    buf_add(&text, old, bytes);
    if (bytes > 0 && old[bytes - 1] != '\n') {
        buf_char(&text, '\n');
    }
    buf_text(&text, given[key]);
    for (int i = 0; i < count; i++) {
        if (i != key) {
            buf_format(&text, " %s", given[i]);
        }
    }
    buf_char(&text, '\n');
    code = keyring_put(path, buf_str(&text), text.len, given[key]);
    buf_fini(&text);
    mem_free(&old);
    return code;
}

static void
scope_text(const struct principal *p, struct buf *out)
{
    buf_clear(out);
    buf_text(out, p->scope_all ? "*" : "");
    for (size_t i = 0; i < p->scope_count; i++) {
        if (i == 8) {
            buf_format(out, words(" … (%zu đơn vị)", " … (%zu units)"), p->scope_count);
            break;
        }
        buf_format(out, "%s%s", i == 0 ? "" : ",", p->scope[i]);
    }
}

static int
keys_list(const char *path)
{
    struct table_print *t;
    struct keyring *ring = NULL;
    struct buf scope;
    size_t bytes;
    char *text = keyring_text(path, false, &bytes);
    int code;

    if (text == NULL) {
        return EXIT_DATA;
    }
    code = keyring_check(path, text, bytes, &ring);
    mem_free(&text);
    if (code != EXIT_DONE) {
        return code;
    }
    buf_init(&scope, 4096);
    t = table_print_new(5);
    table_print_head(t, 0, words("dấu vân tay", "fingerprint"), TABLE_LEFT);
    table_print_head(t, 1, words("vai trò", "role"), TABLE_LEFT);
    table_print_head(t, 2, words("tên", "name"), TABLE_LEFT);
    table_print_head(t, 3, words("tỉnh", "province"), TABLE_LEFT);
    table_print_head(t, 4, words("phạm vi", "scope"), TABLE_LEFT);
    for (size_t i = 0; i < keyring_count(ring); i++) {
        const struct principal *p = keyring_at(ring, i);

        scope_text(p, &scope);
        table_print_cell(t, p->fingerprint);
        table_print_cell(t, role_name(p->role));
        table_print_cell(t, p->name);
        table_print_cell(t, p->province);
        table_print_cell(t, buf_str(&scope));
    }
    table_print_out(t);
    table_print_free(&t);
    buf_fini(&scope);
    keyring_free(&ring);
    return EXIT_DONE;
}

static int
keys_fingerprint(const char *given)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    struct bus_keys keys;
    char why[WHY_BYTES];

    if (bus_key_valid(given)) {
        keyring_fingerprint(given, fingerprint);
        (void)printf("%s\n", fingerprint);
        return EXIT_DONE;
    }
    if (keyfile_read(given, &keys, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr,
                      words("“%s” không phải là khóa công khai 40 ký tự, và %s\n",
                            "“%s” is no public key of 40 characters, and %s\n"),
                      given, why);
        return EXIT_DATA;
    }
    keyring_fingerprint(keys.public_key, fingerprint);
    (void)printf("%s %s\n", fingerprint, keys.public_key);
    crypto_wipe(&keys, sizeof keys);
    return EXIT_DONE;
}

static int
keys_do(const struct options *o)
{
    const char *what = o->operand_count > 0 ? o->operands[0] : "";
    char **rest = o->operands + 1;
    int count = o->operand_count - 1;

    if (strcmp(what, "new") == 0 && count == 1) {
        return keys_new(rest[0]);
    }
    if (strcmp(what, "add") == 0 && count >= 2) {
        return keys_add(rest[0], rest + 1, count - 1);
    }
    if (strcmp(what, "list") == 0 && count == 1) {
        return keys_list(rest[0]);
    }
    if (strcmp(what, "fingerprint") == 0 && count == 1) {
        return keys_fingerprint(rest[0]);
    }
    if (strcmp(what, "invite") == 0 && count == 1) {
        return keys_invite(o, rest[0]);
    }
    return options_usage(
        "keys", "%s",
        words("cần một trong: new NAME, add KEYRING … KEY, list KEYRING, "
              "fingerprint KEY|FILE, invite UNIT …",
              "one of: new NAME, add KEYRING … KEY, list KEYRING, "
              "fingerprint KEY|FILE, invite UNIT …"));
}

int
cli_keys(int argc, char **argv)
{
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    crypto_init();
    code = keys_do(&o);
    options_fini(&o);
    return code;
}
