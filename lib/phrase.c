#include "lib/phrase.h"

#include <stdint.h>
#include <string.h>

#include "lib/diag.h"

#define PHRASE_BYTES_MAX 4096

static const char *const templates[][LANGUAGE_COUNT] = {
#define PHRASE(name, vi, en) {vi, en},
#include "lib/phrases.def"
#undef PHRASE
};

static const char *const phrase_names[] = {
#define PHRASE(name, vi, en) #name,
#include "lib/phrases.def"
#undef PHRASE
};

static const char *const slot_names[] = {
#define X(name) #name,
    PHRASE_SLOTS(X)
#undef X
};

static const unsigned char slot_lengths[] = {
#define X(name) sizeof #name - 1,
    PHRASE_SLOTS(X)
#undef X
};

const char *
phrase_name(enum phrase p)
{
    MUST((size_t)p < PHRASE_COUNT);
    return phrase_names[p];
}

const char *
slot_name(enum slot slot)
{
    MUST((size_t)slot < SLOT_COUNT);
    return slot_names[slot];
}

const char *
phrase_template(enum phrase p, enum language language)
{
    MUST((size_t)p < PHRASE_COUNT);
    return templates[p][language];
}

/* The slot of a name; SLOT_COUNT: there is none. */
static enum slot
slot_find(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < SLOT_COUNT; i++) {
        if (slot_lengths[i] == len && slot_names[i][0] == name[0] &&
            memcmp(slot_names[i], name, len) == 0) {
            break;
        }
    }
    return (enum slot)i;
}

/* --- templates in pieces --- */

/* Reading a template letter by letter cost most of a message. In pieces it is a text
 * that stands as it is and what comes behind it. */
struct piece {
    const char *text; /* of the template; no zero byte behind it */
    uint16_t bytes;
    uint16_t within; /* PIECE_ANGLE: so many pieces more up to the ">" */
    uint8_t then;    /* a slot, or: */
};
#define PIECE_NOTHING 253u
#define PIECE_ANGLE 254u
#define PIECE_END 255u
_Static_assert(SLOT_COUNT < PIECE_NOTHING, "a slot fits a piece");

/* Each takes a byte of a text or more, the end none. */
#define PIECES_MAX (PHRASE_OWN_BYTES_MAX + 1)

/* The value of the name at `at` (behind its brace); *bytes: the name and its brace. */
static uint8_t
piece_slot(const char *at, size_t *bytes)
{
    size_t len = strcspn(at, "}");
    enum slot slot = slot_find(at, len);

    MUST(at[len] == '}');
    *bytes = len + 1;
    if (slot == SLOT_COUNT) {
        diag_panic(__FILE__, __LINE__, "a phrase names a value that there is not");
    }
    return (uint8_t)slot;
}

static size_t
pieces_make(const char *template, struct piece out[PIECES_MAX])
{
    const char *at = template;
    size_t count = 0;
    size_t open = 0; /* the piece that ends in the "<" we are behind */
    bool ended = false;

    while (!ended) {
        struct piece *p = &out[count];
        size_t bytes = strcspn(at, "{<>");

        MUST(count < PIECES_MAX && bytes <= UINT16_MAX);
        *p =
            (struct piece){.text = at, .bytes = (uint16_t)bytes, .then = PIECE_NOTHING};
        at += bytes;
        bytes = 0;
        if (*at == '\0') {
            p->then = PIECE_END;
            ended = true;
        } else if (*at == '{') {
            p->then = piece_slot(at + 1, &bytes);
        } else if (*at == '<') {
            p->then = PIECE_ANGLE;
            open = count;
        } else { /* its own piece, so that leaving out ends behind it */
            out[open].within = (uint16_t)(count - open);
        }
        at += bytes + (ended ? 0 : 1);
        count++;
    }
    return count;
}

/* Ours, made when they are first used; at most as many as there are, for ever. */
static const struct piece *
pieces_of_ours(enum phrase p, enum language language)
{
    static struct piece *made[PHRASE_COUNT][LANGUAGE_COUNT];
    struct piece pieces[PIECES_MAX];

    if (made[p][language] == NULL) {
        size_t count = pieces_make(phrase_template(p, language), pieces);

        made[p][language] = mem_copy(pieces, count * sizeof *pieces);
    }
    return made[p][language];
}

static bool
is_filled(const struct values *v, const struct piece *p)
{
    return p->then >= SLOT_COUNT ||
           (v->text[p->then] != NULL && v->text[p->then][0] != '\0');
}

/* Has every value behind this "<" and before its ">" something in it? */
static bool
within_filled(const struct values *v, const struct piece *angle)
{
    size_t i;

    for (i = 1; i <= angle->within; i++) {
        if (!is_filled(v, angle + i)) {
            return false;
        }
    }
    return true;
}

/* Most are short: two moves that may overlap are less than a call. */
static inline void
bytes_copy(char *to, const char *from, size_t bytes)
{
    if (bytes > 16 || bytes < 4) {
        memcpy(to, from, bytes);
    } else if (bytes >= 8) {
        uint64_t first;
        uint64_t last;

        memcpy(&first, from, sizeof first);
        memcpy(&last, from + bytes - sizeof last, sizeof last);
        memcpy(to, &first, sizeof first);
        memcpy(to + bytes - sizeof last, &last, sizeof last);
    } else {
        uint32_t first;
        uint32_t last;

        memcpy(&first, from, sizeof first);
        memcpy(&last, from + bytes - sizeof last, sizeof last);
        memcpy(to, &first, sizeof first);
        memcpy(to + bytes - sizeof last, &last, sizeof last);
    }
}

/* As buf_add, which it leaves to grow and to cut. */
static inline void
piece_put(struct buf *out, const char *text, size_t bytes)
{
    if (bytes < out->room - out->len && bytes <= out->max - out->len) {
        bytes_copy(out->data + out->len, text, bytes);
        out->len += bytes;
    } else {
        buf_add(out, text, bytes);
    }
}

static void
pieces_put(const struct piece *p, const struct values *v, struct buf *out)
{
    if (out->room == 0) {
        buf_add(out, "", 0); /* there is room for the zero byte, then */
    }
    for (;; p++) {
        if (p->bytes > 0) {
            piece_put(out, p->text, p->bytes);
        }
        if (p->then < SLOT_COUNT) {
            if (v->text[p->then] != NULL) {
                piece_put(out, v->text[p->then], strlen(v->text[p->then]));
            }
        } else if (p->then == PIECE_END) {
            break;
        } else if (p->then == PIECE_ANGLE && !within_filled(v, p)) {
            p += p->within;
        }
    }
    out->data[out->len] = '\0';
}

static void
own_add(const char *template, const struct values *v, struct buf *out)
{
    struct piece pieces[PIECES_MAX];

    (void)pieces_make(template, pieces);
    pieces_put(pieces, v, out);
}

void
phrase_add(enum phrase p, const struct values *v, struct buf *out)
{
    const char *own = v->own == NULL ? NULL : v->own[PHRASE_PLACE(p, v->language)];

    MUST((size_t)p < PHRASE_COUNT);
    if (own != NULL) {
        own_add(own, v, out);
    } else {
        pieces_put(pieces_of_ours(p, v->language), v, out);
    }
}

const char *
phrase_text(enum phrase p, const struct values *v, struct arena *a)
{
    char place[PHRASE_BYTES_MAX + 1];
    struct buf out;
    const char *text;

    buf_place(&out, place, sizeof place);
    phrase_add(p, v, &out);
    text = arena_copy(a, place, out.len);
    return text == NULL ? "" : text;
}

/* --- a province's own wording --- */

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
            memcpy(name, slot_names[i], strlen(slot_names[i]) + 1);
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
            buf_format(out, outside ? "{%s}" : "<{%s}>", slot_names[i]);
        }
    }
}
