#include "lib/keyring_private.h"

#include <stdint.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/table.h"
#include "lib/z85.h"

#define KEYS_MAX 200000 /* a country of units with several keys each */

static const char *const roles[] = {
    [ROLE_UNIT] = "unit",       [ROLE_OFFICE] = "office", [ROLE_LEADER] = "leader",
    [ROLE_COURIER] = "courier", [ROLE_OPS] = "ops",       [ROLE_SERVICE] = "service",
};

#define ROLE_COUNT (sizeof roles / sizeof roles[0])

struct keyring {
    struct keyring_line **lines; /* in the order of the file */
    size_t count;
    size_t room;
    struct table *by_key;
    char (*revoked)[KEYRING_FINGERPRINT_BYTES]; /* named in comments */
    size_t revoked_count;
    size_t revoked_room;
};

const char *
role_name(enum role role)
{
    MUST((size_t)role < ROLE_COUNT);
    return roles[role];
}

enum status
role_parse(const char *text, enum role *role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(text, roles[i]) == 0) {
            *role = (enum role)i;
            return ST_OK;
        }
    }
    return ST_BAD;
}

bool
role_admitted(enum role role, const char *domain)
{
    switch (role) {
    case ROLE_UNIT:
    case ROLE_OFFICE:
        return strcmp(domain, "units") == 0;
    case ROLE_LEADER:
    case ROLE_COURIER:
        return strcmp(domain, "leaders") == 0;
    case ROLE_OPS: /* acts and programmes go in at the units' door; previews of digests
                      are asked for at the leaders' */
        return strcmp(domain, "ops") == 0 || strcmp(domain, "units") == 0 ||
               strcmp(domain, "leaders") == 0;
    case ROLE_SERVICE:
        return strcmp(domain, "services") == 0;
    }
    return false;
}

void
keyring_fingerprint(const char *key, char out[KEYRING_FINGERPRINT_BYTES])
{
    char whole[CRYPTO_HEX128_BYTES];

    crypto_hex128(key, strlen(key), whole);
    memcpy(out, whole, KEYRING_FINGERPRINT_BYTES - 1);
    out[KEYRING_FINGERPRINT_BYTES - 1] = '\0';
}

static enum status
keyring_add(struct keyring *k, struct keyring_line **taken,
            const struct keyring_fault *f)
{
    struct keyring_line *l = *taken;
    const struct keyring_line *other =
        table_pointer(k->by_key, l->principal.key, Z85_KEY_LEN);
    enum status st = ST_OK;

    if (other != NULL) {
        st = keyring_refuse(f, "this key stands on line %zu already; one key, one line",
                            other->number);
    } else if (table_put_pointer(k->by_key, l->principal.key, Z85_KEY_LEN, l) !=
               ST_OK) {
        st = keyring_refuse(f, "more than %d keys", KEYS_MAX);
    }
    if (st != ST_OK) {
        keyring_line_free(taken);
        return st;
    }
    mem_array_room((void **)&k->lines, k->count, &k->room,
                   sizeof(struct keyring_line *));
    k->lines[k->count++] = l;
    *taken = NULL;
    return ST_OK;
}

/* "# revoked 2026-11-21 71850f09f013f4bf role=..." */
static void
keyring_comment(struct keyring *k, const char *text, size_t bytes)
{
    static const char mark[] = "# revoked ";
    const size_t before = sizeof mark - 1 + strlen("2026-11-21 ");
    const size_t len = KEYRING_FINGERPRINT_BYTES - 1;
    char *into;

    if (bytes < before + len || memcmp(text, mark, sizeof mark - 1) != 0 ||
        k->revoked_count >= KEYS_MAX) {
        return;
    }
    mem_array_room((void **)&k->revoked, k->revoked_count, &k->revoked_room,
                   sizeof *k->revoked);
    into = k->revoked[k->revoked_count++];
    memcpy(into, text + before, len);
    into[len] = '\0';
}

bool
keyring_revoked(const struct keyring *k, const char *fingerprint)
{
    for (size_t i = 0; i < k->revoked_count; i++) {
        if (strcmp(k->revoked[i], fingerprint) == 0) {
            return true;
        }
    }
    return false;
}

enum status
keyring_parse(const char *text, size_t text_bytes, struct keyring **out, char *why,
              size_t why_bytes)
{
    struct keyring_fault f = {why, why_bytes, 0};
    struct keyring *k = mem_alloc(sizeof *k);
    const char *at = text;
    const char *end = text + text_bytes;
    uint64_t seed;

    crypto_random(&seed, sizeof seed);
    k->by_key = table_new(KEYS_MAX, seed);
    if (text_bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        at += 3; /* an editor's byte order mark */
    }
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        struct keyring_line *l = NULL;
        enum status st;

        f.line++;
        st = keyring_line_parse(at, (size_t)(stop - at), &f, &l);
        if (st == ST_OK && l != NULL) {
            st = keyring_add(k, &l, &f);
        } else if (st == ST_OK) {
            keyring_comment(k, at, (size_t)(stop - at));
        }
        if (st != ST_OK) {
            keyring_free(&k);
            return st;
        }
        at = stop + 1;
    }
    *out = k;
    return ST_OK;
}

void
keyring_free(struct keyring **k)
{
    if (*k == NULL) {
        return;
    }
    for (size_t i = 0; i < (*k)->count; i++) {
        keyring_line_free(&(*k)->lines[i]);
    }
    mem_free(&(*k)->lines);
    mem_free(&(*k)->revoked);
    table_free(&(*k)->by_key);
    mem_free(k);
}

const struct principal *
keyring_find(const struct keyring *k, const char *key)
{
    return table_pointer(k->by_key, key, strlen(key)); /* principal stands first */
}

size_t
keyring_count(const struct keyring *k)
{
    return k->count;
}

const struct principal *
keyring_at(const struct keyring *k, size_t i)
{
    MUST(i < k->count);
    return &k->lines[i]->principal;
}

bool
principal_valid_on(const struct principal *p, int32_t day)
{
    return p->not_before <= day && day <= p->not_after;
}

bool
principal_reports_for(const struct principal *p, const char *unit)
{
    size_t len;

    if (unit[0] == '\0' || unit[0] == '@') {
        return false;
    }
    if (p->scope_all) {
        return true;
    }
    len = strcspn(unit, "@");
    for (size_t i = 0; i < p->scope_count; i++) {
        if (strlen(p->scope[i]) == len && memcmp(p->scope[i], unit, len) == 0) {
            return true;
        }
    }
    return false;
}
