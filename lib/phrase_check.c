/* May a province's own wording stand for ours? */
#include "lib/phrase.h"

#include <string.h>

#include "lib/diag.h"

/* Which values a template names, and whether outside of < > (bits of enum standing). */
enum standing { WITHIN = 1, OUTSIDE = 2 };

struct named {
    unsigned char slots[SLOT_COUNT];
};

static enum phrase_fault
fault_at(enum phrase_fault fault, const char *text, const char *at, size_t *offset)
{
    *offset = (size_t)(at - text);
    return fault;
}

/* The name behind the brace at `at`; OWN_GOOD: *slot is it, *bytes with braces. */
static enum phrase_fault
scan_name(const char *at, enum slot *slot, size_t *bytes, char name[SLOT_NAME_BYTES])
{
    size_t len = strcspn(at + 1, "{}<>");

    if (len == 0 || at[1 + len] != '}') {
        return OWN_BRACE;
    }
    *slot = slot_find(at + 1, len);
    *bytes = len + 2;
    if (*slot != SLOT_COUNT) {
        return OWN_GOOD;
    }
    len = len < SLOT_NAME_BYTES ? len : SLOT_NAME_BYTES - 1;
    memcpy(name, at + 1, len);
    name[len] = '\0';
    return OWN_UNKNOWN;
}

/* Is it well formed, and what does it name? */
static enum phrase_fault
scan(const char *text, struct named *found, size_t *offset, char name[SLOT_NAME_BYTES])
{
    const char *open = NULL; /* the "<" that we are behind */
    const char *at = text;

    memset(found, 0, sizeof *found);
    while (*at != '\0') {
        enum slot slot = SLOT_COUNT;
        size_t bytes = 1;

        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            return fault_at(OWN_CONTROL, text, at, offset);
        }
        if (*at == '{') {
            enum phrase_fault fault = scan_name(at, &slot, &bytes, name);

            if (fault != OWN_GOOD) {
                return fault_at(fault, text, at, offset);
            }
            found->slots[slot] |= open == NULL ? OUTSIDE : WITHIN;
        } else if (*at == '}') {
            return fault_at(OWN_BRACE, text, at, offset);
        } else if (*at == (open == NULL ? '>' : '<')) {
            return fault_at(OWN_ANGLE, text, at, offset);
        } else if (*at == '<' || *at == '>') {
            open = open == NULL ? at : NULL;
        }
        at += bytes;
    }
    return open == NULL ? OWN_GOOD : fault_at(OWN_ANGLE, text, open, offset);
}

/* What ours names; it is well formed, as a test asserts. */
static void
scan_ours(enum phrase p, enum language language, struct named *ours)
{
    char name[SLOT_NAME_BYTES];
    size_t at;

    MUST(scan(phrase_template(p, language), ours, &at, name) == OWN_GOOD);
}

static bool
is_mark(size_t slot)
{
    return slot == SLOT_SIMULATED || slot == SLOT_simulated;
}

enum phrase_fault
phrase_check(enum phrase p, enum language language, const char *text, size_t *at,
             char name[SLOT_NAME_BYTES])
{
    struct named ours;
    struct named other; /* ours in the other language: a value is there in both */
    struct named theirs;
    enum phrase_fault fault;
    size_t i;

    *at = 0;
    name[0] = '\0';
    if (strlen(text) > PHRASE_OWN_BYTES_MAX) {
        return OWN_LONG;
    }
    fault = scan(text, &theirs, at, name);
    if (fault != OWN_GOOD) {
        return fault;
    }
    scan_ours(p, language, &ours);
    scan_ours(p, language == LANGUAGE_VI ? LANGUAGE_EN : LANGUAGE_VI, &other);
    for (i = 0; i < SLOT_COUNT; i++) {
        bool lacks = (ours.slots[i] & OUTSIDE) != 0 && (theirs.slots[i] & OUTSIDE) == 0;
        bool mark = is_mark(i) && ours.slots[i] != 0 && theirs.slots[i] == 0;
        bool loose = (theirs.slots[i] & OUTSIDE) != 0 &&
                     ((ours.slots[i] | other.slots[i]) & OUTSIDE) == 0;

        if (lacks || mark || loose) {
            memcpy(name, slot_name((enum slot)i), strlen(slot_name((enum slot)i)) + 1);
            fault = loose ? OWN_LOOSE : OWN_LACKS;
            break;
        }
    }
    if (fault == OWN_LOOSE) { /* the brace of its first one */
        const char *place = text;

        while ((place = strstr(place, name)) != NULL &&
               (place == text || place[-1] != '{' || place[strlen(name)] != '}')) {
            place++;
        }
        *at = place == NULL ? 0 : (size_t)(place - text) - 1;
    }
    return fault;
}

void
phrase_slots(enum phrase p, enum language language, struct buf *out)
{
    struct named ours;
    size_t i;

    scan_ours(p, language, &ours);
    for (i = 0; i < SLOT_COUNT; i++) {
        bool outside = (ours.slots[i] & OUTSIDE) != 0;

        if (ours.slots[i] != 0) {
            buf_text(out, out->len > 0 ? " " : "");
            buf_format(out, outside ? "{%s}" : "<{%s}>", slot_name((enum slot)i));
        }
    }
}
