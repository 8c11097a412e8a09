/*
 * dondoc keys - key pairs, and the keyring that says who each public key is. A secret
 * key is made where it is used and never travels; only public keys are sent.
 */
#include "cli/keys.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/keypair.h"
#include "cli/language.h"
#include "lib/crypto.h"
#include "lib/keyfile.h"

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
    {"overlap", CONF_INT, "14", 0, 366,
     "rotate: số ngày khóa cũ còn dùng được bên cạnh khóa mới",
     "rotate: days for which the old key is good beside the new one"},
    {"reason", CONF_TEXT, "", 0, 0, "revoke: lý do, ghi vào tệp khóa",
     "revoke: why; stands in the keyring"},
    {"role", CONF_TEXT, "", 0, 0,
     "rotate, revoke: vai trò, khi một tên có ở nhiều vai trò",
     "rotate, revoke: the role, when a name stands with several"},
    {"json", CONF_SWITCH, "false", 0, 0, "export: danh sách JSON",
     "export: a JSON list"},
    {"csv", CONF_SWITCH, "false", 0, 0, "export: bảng CSV (mặc định)",
     "export: a CSV table (default)"},
};

static const struct option_spec spec = {
    .command = "keys",
    .synopsis = "new NAME\n"
                "add KEYRING role=unit name=21040 scope=21040 "
                "[not-before=DAY] [not-after=DAY] KEY\n"
                "list KEYRING\n"
                "rotate KEYRING NAME NEWKEY [--overlap DAYS] [--role ROLE]\n"
                "revoke KEYRING KEY|FINGERPRINT|NAME [--reason TEXT] [--role ROLE]\n"
                "export KEYRING [--json|--csv]\n"
                "fingerprint KEY|FILE\n"
                "invite UNIT --programme DIR --server tcp://HOST:5701 --server-key KEY "
                "[--out FILE]\n"
                "record PROVINCE KEY|FINGERPRINT --reason TEXT",
    .vi = "new tạo cặp khóa trong tệp NAME.key và in khóa công khai.\n"
          "add thêm một dòng vào tệp khóa của máy chủ, sau khi kiểm tra toàn bộ tệp.\n"
          "list cho biết ai đang được đăng ký, đến ngày nào; đánh dấu khóa đã hoặc sắp "
          "hết hạn (30 ngày).\n"
          "rotate thêm khóa mới cùng vai trò, phạm vi; khóa cũ còn dùng được thêm "
          "một thời gian.\n"
          "revoke thu hồi ngay: dòng đó thành ghi chú có ngày và lý do.\n"
          "export in ra ai được làm gì, đến khi nào, để kiểm tra; không có gì bí mật.\n"
          "invite viết tệp mời cho một đơn vị: địa chỉ, khóa máy chủ, số liệu, kỳ hạn; "
          "không có gì bí mật.\n"
          "record ghi việc đã làm với khóa vào sổ ghi của tỉnh (dondoc keys record "
          "--help).\n",
    .en =
        "new makes a key pair in the file NAME.key and prints the public key.\n"
        "add puts a line into the server's keyring, after checking the whole file.\n"
        "list says who is registered and until when, and marks what has ended or ends "
        "within 30 days.\n"
        "rotate adds a new key with the same role and scope; the old one is good for "
        "some days more.\n"
        "revoke is at once: the line becomes a comment with the day and the reason.\n"
        "export prints who may what and until when, for an audit; nothing secret.\n"
        "invite writes a file for a unit: address, server key, measures, when they are "
        "due; nothing secret.\n"
        "record writes what was done with a key into the province's journal (dondoc "
        "keys record --help).\n",
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
    if (strcmp(what, "rotate") == 0 && count == 3) {
        return keys_rotate(o, rest[0], rest[1], rest[2]);
    }
    if (strcmp(what, "revoke") == 0 && count == 2) {
        return keys_revoke(o, rest[0], rest[1]);
    }
    if (strcmp(what, "export") == 0 && count == 1) {
        return keys_export(o, rest[0]);
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
              "rotate KEYRING NAME NEWKEY, revoke KEYRING KEY|FINGERPRINT|NAME, "
              "export KEYRING, fingerprint KEY|FILE, invite UNIT …, record …",
              "one of: new NAME, add KEYRING … KEY, list KEYRING, "
              "rotate KEYRING NAME NEWKEY, revoke KEYRING KEY|FINGERPRINT|NAME, "
              "export KEYRING, fingerprint KEY|FILE, invite UNIT …, record …"));
}

int
cli_keys(int argc, char **argv)
{
    struct options o;
    int code;

    if (argc > 1 && strcmp(argv[1], "record") == 0) {
        return keys_record(argc, argv);
    }
    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    crypto_init();
    code = keys_do(&o);
    options_fini(&o);
    return code;
}
