/*
 * keys record - what was done with a key, into the province's journal: the keyring says
 * who may, the journal says who changed it, when and why, and is chained. Nothing is
 * changed by it; the keyring need not be at hand.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/act.h"
#include "cli/cli.h"
#include "cli/keys.h"
#include "cli/language.h"
#include "lib/bus.h"

static const struct option_row rows[] = {
    {"reason", CONF_TEXT, "", 0, 0,
     "đã làm gì với khóa, vì sao, ai có mặt; lưu trong sổ ghi",
     "what was done with the key, why, who was present; kept in the journal"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON", "one JSON object"},
};

static const struct option_spec spec = {
    .command = "keys",
    .synopsis = "record PROVINCE KEY|FINGERPRINT --reason TEXT [--json]",
    .vi = "Ghi vào sổ ghi của tỉnh việc đã làm với một khóa (đăng ký, thay, thu hồi): "
          "ngày giờ, tên\nkhóa của người ghi, dấu vân tay, lý do. Không thay đổi tệp "
          "khóa. Ghi ngay sau dondoc keys\nadd, rotate hoặc revoke; xem lại: dondoc "
          "journal. Cần khóa vai trò ops.\n",
    .en = "Writes into the province's journal what was done with a key (registered, "
          "rotated,\nrevoked): when, by whose key, fingerprint, why. The keyring is "
          "not changed. To be done\nafter dondoc keys add, rotate or revoke; to read "
          "it: dondoc journal. Needs a key of role ops.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

/* Sixteen digits, as people copy them: in fours, in capitals. */
static bool
fingerprint_take(const char *given, char out[KEYRING_FINGERPRINT_BYTES])
{
    size_t len = 0;

    if (bus_key_valid(given)) {
        keyring_fingerprint(given, out);
        return true;
    }
    for (; *given != '\0'; given++) {
        if (*given == ' ' || *given == '-') {
            continue;
        }
        if (!isxdigit((unsigned char)*given) || len + 1 >= KEYRING_FINGERPRINT_BYTES) {
            return false;
        }
        out[len++] = (char)tolower((unsigned char)*given);
    }
    out[len] = '\0';
    return len + 1 == KEYRING_FINGERPRINT_BYTES;
}

static int
record(const struct options *o)
{
    struct wire_act act = {.kind = "key"};
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    uint64_t entry = 0;
    int code;

    if (o->operand_count != 3) {
        return options_usage("keys", "%s",
                             words("cần: record TỈNH KHÓA|DẤU-VÂN-TAY --reason …",
                                   "wanted: record PROVINCE KEY|FINGERPRINT --reason "
                                   "…"));
    }
    if (!fingerprint_take(o->operands[2], fingerprint)) {
        return options_usage(
            "keys",
            words("“%s” không phải là khóa công khai, cũng không phải là dấu vân tay "
                  "16 ký tự; xem dondoc keys list",
                  "“%s” is neither a public key nor a fingerprint of 16 digits; see "
                  "dondoc keys list"),
            o->operands[2]);
    }
    code = act_reason("keys", o, &act.note);
    if (code != EXIT_DONE) {
        return code;
    }
    act.subject = fingerprint;
    code = act_send(o, o->operands[1], &act, &entry);
    if (code != EXIT_DONE) {
        return code;
    }
    if (conf_switch(o->conf, "json")) {
        act_json(o->operands[1], &act, entry);
    } else {
        (void)printf(words("Đã ghi vào sổ ghi của %s, mục %llu: khóa %s.\n",
                           "Written into the journal of %s, entry %llu: key %s.\n"),
                     o->operands[1], (unsigned long long)entry, fingerprint);
    }
    return EXIT_DONE;
}

int
keys_record(int argc, char **argv)
{
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    code = record(&o);
    options_fini(&o);
    return code;
}
