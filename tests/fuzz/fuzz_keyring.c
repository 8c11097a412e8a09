/*
 * fuzz_keyring - any bytes as a keyring: the whole is refused with the number of a line
 * and a sentence, or each key is found again as itself, has a role, a name and a scope
 * that fits the role, and nobody reports for more than the scope says.
 */
#include <stdint.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keyring.h"
#include "lib/utf8.h"
#include "lib/z85.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void
check_scope(const struct principal *p)
{
    size_t i;

    MUST(p->scope_all || p->scope_count > 0 || p->role != ROLE_UNIT);
    MUST(p->role == ROLE_UNIT ||
         (p->scope_count == 0 && p->scope_all == (p->role == ROLE_OFFICE)));
    for (i = 0; i < p->scope_count; i++) {
        MUST(p->scope[i][0] != '\0' && strchr(p->scope[i], '@') == NULL);
        MUST(principal_reports_for(p, p->scope[i]));
    }
    MUST(!principal_reports_for(p, ""));
    MUST(!principal_reports_for(p, "@2025-07-01"));
    /* No code has a blank in it: only a scope of all covers this. */
    MUST(principal_reports_for(p, "no such unit") == p->scope_all);
}

/* A day that stands there is one that can be written and read again. */
static void
check_day(int32_t day)
{
    char text[DAY_TEXT_BYTES];
    int32_t again;

    day_text(day, text);
    MUST(day_parse(text, &again) == ST_OK && again == day);
}

static void
check_key(const struct keyring *k, const struct principal *p)
{
    static const char *const domains[] = {"units", "leaders", "ops", "services"};
    int doors = 0;
    size_t i;

    MUST(z85_key_valid(p->key) && keyring_find(k, p->key) == p);
    MUST(strlen(p->fingerprint) == KEYRING_FINGERPRINT_BYTES - 1);
    MUST(p->not_before <= p->not_after);
    if (p->not_before != DAY_NONE) {
        check_day(p->not_before);
    }
    if (p->not_after != DAY_OPEN) {
        check_day(p->not_after);
    }
    (void)keyring_revoked(k, p->fingerprint); /* either is right */
    MUST(p->not_before == DAY_NONE || !principal_valid_on(p, p->not_before - 1));
    MUST(p->not_after == DAY_OPEN || !principal_valid_on(p, p->not_after + 1));
    MUST(principal_valid_on(p, p->not_before) && principal_valid_on(p, p->not_after));
    MUST(p->name[0] != '\0' && strpbrk(p->name, " \t\r\n=,#") == NULL);
    MUST(strpbrk(p->province, " \t\r\n{}:") == NULL);
    for (i = 0; i < sizeof domains / sizeof *domains; i++) {
        doors += role_admitted(p->role, domains[i]);
    }
    MUST(doors == (p->role == ROLE_OPS ? 3 : 1));
    MUST(role_name(p->role)[0] != '\0' && !role_admitted(p->role, ""));
    check_scope(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct keyring *k = NULL;
    char why[300] = "";
    size_t i;

    if (keyring_parse((const char *)data, bytes, &k, why, sizeof why) != ST_OK) {
        MUST(k == NULL && strncmp(why, "line ", 5) == 0 && strlen(why) > 10);
        return 0;
    }
    for (i = 0; i < keyring_count(k); i++) {
        check_key(k, keyring_at(k, i));
    }
    keyring_free(&k);
    return 0;
}
