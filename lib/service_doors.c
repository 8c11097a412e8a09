/* Two doors while the server's key is being changed: the new key's and the old one's.
 */
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keyfile.h"
#include "lib/service.h"

#define WHY_BYTES 512

enum status
service_old_keys(const struct service *s, struct bus_keys *keys)
{
    const char *path = conf_text(service_conf(s), "old-key-file");
    char why[WHY_BYTES];

    if (path[0] == '\0') {
        return ST_GONE;
    }
    if (keyfile_read(path, keys, why, sizeof why) != ST_OK) {
        diag_warn("config", "setting=old-key-file reason=\"%s\"", why);
        return ST_BAD;
    }
    if (strcmp(keys->public_key, service_keys(s)->public_key) == 0) {
        diag_warn(
            "config",
            "setting=old-key-file file=%s reason=\"it is the key pair of key-file\" "
            "remedy=\"key-file names the new pair, old-key-file the one before\"",
            path);
        crypto_wipe(keys, sizeof *keys);
        return ST_BAD;
    }
    return ST_OK;
}

enum status
service_old_check(const struct service *s, const char *const settings[], size_t count)
{
    struct bus_keys keys;
    enum status st = service_old_keys(s, &keys);
    size_t given = 0;

    for (size_t i = 0; i < count; i++) {
        given += conf_text(service_conf(s), settings[i])[0] != '\0';
    }
    crypto_wipe(&keys, sizeof keys);
    if (st == ST_BAD) {
        return ST_BAD;
    }
    if (st == ST_GONE && given > 0) {
        diag_warn("config",
                  "setting=%s reason=\"without old-key-file nobody is there\" "
                  "remedy=\"name the old key pair, or leave %s out\"",
                  settings[0], settings[0]);
        return ST_BAD;
    }
    return ST_OK;
}

void
service_old_router(struct service *s, const char *setting, const char *domain,
                   struct bus_socket **out)
{
    const char *endpoint = conf_text(service_conf(s), setting);
    struct bus_keys keys;

    if (endpoint[0] == '\0') {
        return;
    }
    if (service_old_keys(s, &keys) != ST_OK) {
        diag_fatal(EXIT_CONFIG, "no_old_key",
                   "setting=old-key-file remedy=\"name the key pair that %s is to "
                   "serve, or leave %s out\"",
                   setting, setting);
    }
    if (bus_bind_router(service_bus(s), endpoint, domain, &keys, out) != ST_OK) {
        diag_fatal(EXIT_UNAVAILABLE, "bind",
                   "setting=%s endpoint=%s why=\"%s\" remedy=\"choose a place that "
                   "nobody else has\"",
                   setting, endpoint, bus_error(service_bus(s)));
    }
    diag_info("old_door", "setting=%s endpoint=%s domain=%s server_key=%s", setting,
              bus_endpoint(*out), domain, keys.public_key);
    crypto_wipe(&keys, sizeof keys);
}
