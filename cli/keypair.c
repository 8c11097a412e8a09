#include "cli/keypair.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/crypto.h"
#include "lib/keyfile.h"

#define WHY_BYTES 512

int
keypair_make(struct bus_keys *keys)
{
    crypto_init();
    do {
        if (bus_keys_new(keys) != ST_OK) {
            (void)fprintf(
                stderr, "%s\n",
                words("Thư viện libzmq trên máy này không có CURVE; đề nghị cài "
                      "bản khác.",
                      "The libzmq of this machine is without CURVE; please "
                      "install another."));
            return EXIT_CONFIG;
        }
    } while (isalnum((unsigned char)keys->public_key[0]) == 0);
    return EXIT_DONE;
}

int
keypair_write(const char *path, const char *about, struct bus_keys *keys)
{
    char why[WHY_BYTES];
    int code = keypair_make(keys);

    if (code != EXIT_DONE) {
        return code;
    }
    switch (keyfile_write(path, keys, about, why, sizeof why)) {
    case ST_OK:
        return EXIT_DONE;
    case ST_STALE:
        (void)fprintf(
            stderr,
            words("Tệp khóa %s đã có và không bị ghi đè. Đề nghị dùng tên khác, "
                  "hoặc chuyển tệp cũ đi nếu chắc chắn không còn dùng.\n",
                  "The key file %s is there already and is never overwritten. "
                  "Please take another name, or move the old file away if it "
                  "is surely not used any more.\n"),
            path);
        return EXIT_DATA;
    default:
        (void)fprintf(stderr,
                      words("Không ghi được tệp khóa: %s\n",
                            "The key file cannot be written: %s\n"),
                      why);
        return EXIT_DATA;
    }
}
