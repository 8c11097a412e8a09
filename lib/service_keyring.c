/* Who is let in: the keyring that a service holds, its days, its refusals. */
#include "lib/service_private.h"

#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"

#define DAY_ASKED_EVERY_US 1000000
#define ENDS_WARN_DAYS 14
#define LINES_MAX 50 /* of one kind, when many keys change at once */

/* --- the day --- */

/* Real time, also where a player sets the clock of the programmes: a key is a thing of
 * this world. */
static int32_t
service_today(void)
{
    return instant_day(instant_now());
}

bool
service_day_look(struct service *s)
{
    int32_t day;

    if (s->day_asked.us != 0 && mono_since_us(s->day_asked) < DAY_ASKED_EVERY_US) {
        return false;
    }
    s->day_asked = mono_now();
    day = service_today();
    if (day == s->day) {
        return false;
    }
    s->day = day;
    return true;
}

/* --- who somebody is --- */

/* Its days are not looked at. Who is asked for is mostly who was admitted just now. */
static const struct principal *
service_find(const struct service *s, const char *key)
{
    if (s->admitted != NULL && strcmp(s->admitted->key, key) == 0) {
        return s->admitted;
    }
    return s->keyring == NULL ? NULL : keyring_find(s->keyring, key);
}

const struct principal *
service_principal(const struct service *s, const char *key)
{
    const struct principal *p = service_find(s, key);

    return p != NULL && principal_valid_on(p, s->day) ? p : NULL;
}

/* NULL: it may. p NULL: the key is not in the keyring. */
static const char *
service_refusal(const struct service *s, const struct principal *p, const char *domain,
                const char *fingerprint)
{
    if (p == NULL) {
        return s->keyring != NULL && keyring_revoked(s->keyring, fingerprint)
                   ? "revoked"
                   : "unknown";
    }
    if (!principal_valid_on(p, s->day)) {
        return s->day < p->not_before ? "not_yet" : "ended";
    }
    if (!role_admitted(p->role, domain)) {
        return "wrong_door";
    }
    if (p->province[0] != '\0' && !service_serves(s, p->province)) {
        return "province_not_served";
    }
    return NULL;
}

bool
service_admit(void *context, const char *domain, const char *key)
{
    struct service *s = context;
    const struct principal *p = service_find(s, key);
    char fingerprint[KEYRING_FINGERPRINT_BYTES] = "";
    const char *why;
    uint64_t times;

    if (p == NULL) {
        keyring_fingerprint(key, fingerprint);
    }
    why = service_refusal(s, p, domain, fingerprint);
    if (why == NULL) {
        s->admitted = p;
        return true;
    }
    if (knocks_take(&s->knocks, p == NULL ? fingerprint : p->fingerprint, mono_now(),
                    &times)) {
        diag_warn("key_refused",
                  "domain=%s fingerprint=%s role=%s name=%s reason=%s times=%llu",
                  domain, p == NULL ? fingerprint : p->fingerprint,
                  p == NULL ? "-" : role_name(p->role), p == NULL ? "-" : p->name, why,
                  (unsigned long long)times);
    }
    return false;
}

void
service_refusals_summary(struct service *s)
{
    uint64_t unsaid = knocks_summary(&s->knocks, mono_now());

    if (unsaid > 0) {
        diag_warn("keys_refused_more",
                  "times=%llu total=%llu effect=\"not said one by "
                  "one\"",
                  (unsigned long long)unsaid, (unsigned long long)s->knocks.total);
    }
}

/* --- days that come to an end --- */

void
service_keys_end_warn(const struct service *s)
{
    size_t count = s->keyring == NULL ? 0 : keyring_count(s->keyring);
    size_t ends = 0;

    for (size_t i = 0; i < count; i++) {
        const struct principal *p = keyring_at(s->keyring, i);
        char day[DAY_TEXT_BYTES];

        if (p->not_after < s->day || p->not_after == DAY_OPEN ||
            p->not_after - s->day > ENDS_WARN_DAYS) {
            continue;
        }
        if (ends++ >= LINES_MAX) {
            continue;
        }
        day_text(p->not_after, day);
        diag_warn("key_ends",
                  "fingerprint=%s role=%s name=%s last_day=%s days=%d "
                  "remedy=\"dondoc keys rotate\"",
                  p->fingerprint, role_name(p->role), p->name, day,
                  (int)(p->not_after - s->day));
    }
    if (ends > LINES_MAX) {
        diag_warn("keys_end_more", "keys=%zu remedy=\"dondoc keys list\"",
                  ends - LINES_MAX);
    }
}

/* Somebody who hears our hints and may no longer: PUB cannot leave one out. */
static void
service_subscribers_out(struct service *s)
{
    if (s->bus != NULL) {
        diag_info("hints_reopened", "why=\"a key of role service has gone\"");
        bus_subscribers_out(s->bus);
    }
}

void
service_day_turned(struct service *s)
{
    size_t count = s->keyring == NULL ? 0 : keyring_count(s->keyring);
    bool heard = false;

    for (size_t i = 0; i < count; i++) {
        const struct principal *p = keyring_at(s->keyring, i);

        heard |= p->role == ROLE_SERVICE && p->not_after == s->day - 1;
    }
    if (heard) {
        service_subscribers_out(s);
    }
    service_keys_end_warn(s);
    s->keys_changed = true;
}

/* --- one keyring in the place of another --- */

static bool
principal_same(const struct principal *a, const struct principal *b)
{
    if (a->role != b->role || strcmp(a->name, b->name) != 0 ||
        strcmp(a->province, b->province) != 0 || a->not_before != b->not_before ||
        a->not_after != b->not_after || a->scope_all != b->scope_all ||
        a->scope_count != b->scope_count) {
        return false;
    }
    for (size_t i = 0; i < a->scope_count; i++) {
        if (strcmp(a->scope[i], b->scope[i]) != 0) {
            return false;
        }
    }
    return true;
}

static void
key_say(const char *event, const struct principal *p, size_t said)
{
    if (said < LINES_MAX) {
        diag_info(event, "fingerprint=%s role=%s name=%s", p->fingerprint,
                  role_name(p->role), p->name);
    }
}

struct keyring_change {
    size_t came;
    size_t went;
    size_t changed;
    bool service_went;
};

static void
keyring_compare(const struct keyring *from, const struct keyring *to, int32_t day,
                struct keyring_change *c)
{
    size_t before = from == NULL ? 0 : keyring_count(from);
    size_t after = to == NULL ? 0 : keyring_count(to);

    for (size_t i = 0; i < before; i++) {
        const struct principal *p = keyring_at(from, i);
        const struct principal *now = to == NULL ? NULL : keyring_find(to, p->key);

        if (now == NULL) {
            key_say("key_went", p, c->went++);
        } else if (!principal_same(p, now)) {
            key_say("key_changed", now, c->changed++);
        }
        c->service_went |=
            p->role == ROLE_SERVICE &&
            (now == NULL || now->role != ROLE_SERVICE || !principal_valid_on(now, day));
    }
    for (size_t i = 0; i < after; i++) {
        const struct principal *p = keyring_at(to, i);

        if (from == NULL || keyring_find(from, p->key) == NULL) {
            key_say("key_came", p, c->came++);
        }
    }
}

void
service_keyring_swap(struct service *s, struct keyring **taken)
{
    struct keyring_change c = {0};
    struct keyring *old = s->keyring;

    keyring_compare(old, *taken, s->day, &c);
    s->keyring = *taken;
    s->admitted = NULL; /* the old one's */
    *taken = NULL;
    keyring_free(&old);
    s->keys_changed = true;
    if (c.service_went) {
        service_subscribers_out(s);
    }
    diag_info("reloaded", "keys=%zu came=%zu went=%zu changed=%zu",
              s->keyring == NULL ? 0 : keyring_count(s->keyring), c.came, c.went,
              c.changed);
}

bool
service_keys_changed(struct service *s)
{
    bool changed = s->keys_changed;

    s->keys_changed = false;
    return changed;
}
