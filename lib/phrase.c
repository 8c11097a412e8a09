#include "lib/phrase.h"

#include <stdint.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/put.h"

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

enum slot
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
#define OURS_MAX 4096 /* of all of ours; a test makes them all */

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
pieces_make(const char *template, struct piece *out, size_t max)
{
    const char *at = template;
    size_t count = 0;
    size_t open = 0; /* the piece that ends in the "<" we are behind */
    bool ended = false;

    while (!ended) {
        struct piece *p = &out[count];
        size_t bytes = strcspn(at, "{<>");

        MUST(count < max && bytes <= UINT16_MAX);
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

/* Ours, made when they are first used, for ever: never taken from the heap, which the
 * simulator gives back with each service that it ends. */
static struct piece ours[OURS_MAX];
static size_t ours_count;
static const struct piece *made[PHRASE_COUNT][LANGUAGE_COUNT];

static void
pieces_keep(enum phrase p, enum language language)
{
    struct piece *first = &ours[ours_count];

    ours_count +=
        pieces_make(phrase_template(p, language), first, OURS_MAX - ours_count);
    made[p][language] = first;
}

static inline const struct piece *
pieces_of_ours(enum phrase p, enum language language)
{
    if (made[p][language] == NULL) {
        pieces_keep(p, language);
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

/* Where the next byte goes, and what is behind the last that fits. */
struct sink {
    struct buf *out;
    char *at;
    const char *end;
};

static void
sink_on(struct sink *s)
{
    const struct buf *b = s->out;

    s->at = b->data + b->len;
    s->end = b->data + (b->room - 1 < b->max ? b->room - 1 : b->max);
}

/* As buf_add, which it leaves to grow and to cut. */
static void
sink_grow(struct sink *s, const char *text, size_t bytes)
{
    s->out->len = (size_t)(s->at - s->out->data);
    buf_add(s->out, text, bytes);
    sink_on(s);
}

static inline void
sink_put(struct sink *s, const char *text, size_t bytes)
{
    if (bytes > (size_t)(s->end - s->at)) {
        sink_grow(s, text, bytes);
        return;
    }
    short_copy(s->at, text, bytes);
    s->at += bytes;
}

static void
pieces_put(const struct piece *p, const struct values *v, struct buf *out)
{
    struct sink s = {.out = out};

    if (out->room == 0) {
        buf_add(out, "", 0);
    }
    sink_on(&s);
    for (;; p++) {
        sink_put(&s, p->text, p->bytes);
        if (p->then < SLOT_COUNT) {
            if (v->text[p->then] != NULL) {
                sink_put(&s, v->text[p->then], strlen(v->text[p->then]));
            }
        } else if (p->then == PIECE_END) {
            break;
        } else if (p->then == PIECE_ANGLE && !within_filled(v, p)) {
            p += p->within;
        }
    }
    *s.at = '\0';
    out->len = (size_t)(s.at - out->data);
}

static void
own_add(const char *template, const struct values *v, struct buf *out)
{
    struct piece pieces[PIECES_MAX];

    (void)pieces_make(template, pieces, PIECES_MAX);
    pieces_put(pieces, v, out);
}

static inline const char *
own_of(enum phrase p, const struct values *v)
{
    MUST((size_t)p < PHRASE_COUNT);
    return v->own == NULL ? NULL : v->own[PHRASE_PLACE(p, v->language)];
}

void
phrase_add(enum phrase p, const struct values *v, struct buf *out)
{
    const char *own = own_of(p, v);

    if (own != NULL) {
        own_add(own, v, out);
    } else {
        pieces_put(pieces_of_ours(p, v->language), v, out);
    }
}

const char *
phrase_text(enum phrase p, const struct values *v, struct arena *a)
{
    const char *own = own_of(p, v);
    const struct piece *first = pieces_of_ours(p, v->language);
    char place[PHRASE_BYTES_MAX + 1];
    struct buf out;
    const char *text;

    if (own == NULL && first->then == PIECE_END) { /* it names nothing */
        return first->text;
    }
    buf_place(&out, place, sizeof place);
    phrase_add(p, v, &out);
    text = arena_copy(a, place, out.len);
    return text == NULL ? "" : text;
}
