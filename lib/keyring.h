/*
 * keyring - who a public key is: a text file like authorized_keys, one line a key,
 *     <40 characters Z85> role=unit name=21040 scope=21040,21043 # comment
 * role  unit     pushes reports for the units in its scope (one or many)
 *       office   corrects any unit's report of the province, with a reason
 *       leader   receives alerts; name is the leader's id in leaders.yaml
 *       courier  receives the alerts of the offices that it carries to mail or webhooks
 *       ops      acts, programmes, clock of a simulation
 *       service  may hear hints
 * scope  unit codes, or *; demanded of role unit, an office has * anyway, others none
 * province=<slug> limits a key to one province (default: all that the instance serves)
 * not-before=2026-12-01 not-after=2027-12-31  civil days (UTC+7), both included:
 *     outside of them the key is as if it were not there
 * Two lines with the same role and name are one principal with two keys, as while one
 * key takes the place of another.
 * A comment "# revoked 2026-11-21 <fingerprint> ..." says of a key that is no longer
 * there why it is not; it admits and refuses nothing by itself.
 * Blank lines and lines that start with # are skipped. A key stands on one line only.
 * Pure: text in, table out.
 */
#ifndef DONDOC_KEYRING_H
#define DONDOC_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

#define KEYRING_FINGERPRINT_BYTES 17 /* 16 hex digits of BLAKE2b-128 and a zero */

enum role { ROLE_UNIT, ROLE_OFFICE, ROLE_LEADER, ROLE_COURIER, ROLE_OPS, ROLE_SERVICE };

const char *role_name(enum role role);

struct principal {
    const char *key; /* Z85 */
    enum role role;
    const char *name;
    const char *province;     /* "" any */
    const char *const *scope; /* scope_count codes; scope_all: any */
    size_t scope_count;
    bool scope_all;
    int32_t not_before; /* DAY_NONE: always was (lib/calendar.h) */
    int32_t not_after;  /* the last day; DAY_OPEN: no end */
    char fingerprint[KEYRING_FINGERPRINT_BYTES]; /* of the key's text */
};

struct keyring;

/*
 * keyring_parse - text borrowed during the call.
 * why  out, why_bytes long: "line 3: role=clerk is not a role (unit office …)".
 * Errors: ST_BAD a line is wrong: the whole text is refused, *out untouched.
 */
MUST_USE enum status keyring_parse(const char *text, size_t text_bytes,
                                   struct keyring **out, char *why, size_t why_bytes);
void keyring_free(struct keyring **k);
/* What people and logs call a key by. */
void keyring_fingerprint(const char *key, char out[KEYRING_FINGERPRINT_BYTES]);
/* NULL when the key is not there; borrowed until keyring_free. Its days are not looked
 * at: principal_valid_on. */
const struct principal *keyring_find(const struct keyring *k, const char *key);
/* Does a comment say that this key was revoked? For the words of a refusal. */
bool keyring_revoked(const struct keyring *k, const char *fingerprint);
size_t keyring_count(const struct keyring *k);
const struct principal *keyring_at(const struct keyring *k, size_t i);
/* Is the key good on this civil day? */
bool principal_valid_on(const struct principal *p, int32_t day);
/* Does the scope name this unit (code, or code@day: the code before the @ counts)? */
bool principal_reports_for(const struct principal *p, const char *unit);
/*
 * May this role use sockets of this domain ("units", "leaders", "ops", "services")?
 * unit and office: units; ops: ops, units (acts and programmes go in there, and ingest
 * looks at the role) and leaders (previews of digests only, notifier looks at it);
 * leader, courier: leaders; service: services.
 */
bool role_admitted(enum role role, const char *domain);

#endif
