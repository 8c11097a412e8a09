#include "lib/knocks.h"

#include <stdio.h>
#include <string.h>

static bool
knock_is_recent(const struct knock *l, struct mono now)
{
    return l->key[0] != '\0' && now.us - l->said.us < KNOCKS_EVERY_US;
}

/* The key's own place, else one that is free or old enough; NULL: all are in use. */
static struct knock *
knocks_place(struct knocks *k, const char *key, struct mono now)
{
    struct knock *found = NULL;

    for (size_t i = 0; i < KNOCKS_LINES; i++) {
        struct knock *l = &k->lines[i];

        if (strcmp(l->key, key) == 0) {
            return l;
        }
        if (!knock_is_recent(l, now) &&
            (found == NULL || l->said.us < found->said.us)) {
            found = l;
        }
    }
    return found;
}

bool
knocks_take(struct knocks *k, const char *key, struct mono now, uint64_t *times)
{
    struct knock *l = knocks_place(k, key, now);

    k->total++;
    if (l == NULL || knock_is_recent(l, now)) {
        if (k->unsaid++ == 0) {
            k->first_unsaid = now;
        }
        if (l != NULL) {
            l->since++;
        }
        return false;
    }
    *times = 1;
    if (strcmp(l->key, key) == 0) {
        *times += l->since;
    }
    (void)snprintf(l->key, sizeof l->key, "%s", key);
    l->said = now;
    l->since = 0;
    return true;
}

uint64_t
knocks_summary(struct knocks *k, struct mono now)
{
    uint64_t unsaid = k->unsaid;

    if (unsaid == 0 || now.us - k->first_unsaid.us < KNOCKS_EVERY_US) {
        return 0;
    }
    k->unsaid = 0;
    return unsaid;
}
