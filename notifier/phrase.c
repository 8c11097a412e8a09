#include "notifier/phrase.h"

#include <stdbool.h>
#include <string.h>

#include "lib/diag.h"

#define PHRASE_BYTES_MAX 4096

static const char *const templates[][LANGUAGE_COUNT] = {
#define PHRASE(name, vi, en) {vi, en},
#include "notifier/phrases.def"
#undef PHRASE
};

static const char *const slot_names[] = {
#define X(name) #name,
    PHRASE_SLOTS(X)
#undef X
};

const char *
phrase_template(enum phrase p, enum language language)
{
    MUST((size_t)p < PHRASE_COUNT);
    return templates[p][language];
}

/* The value of the name at `at` (behind its brace); *bytes: the name and its brace. */
static const char *
slot_value(const struct values *v, const char *at, size_t *bytes)
{
    size_t len = strcspn(at, "}");
    size_t i;

    MUST(at[len] == '}');
    *bytes = len + 1;
    for (i = 0; i < SLOT_COUNT; i++) {
        if (strlen(slot_names[i]) == len && memcmp(slot_names[i], at, len) == 0) {
            return v->text[i] == NULL ? "" : v->text[i];
        }
    }
    diag_panic(__FILE__, __LINE__, "a phrase names a value that there is not");
}

/* Has every value between here and the ">" something in it? */
static bool
part_filled(const struct values *v, const char *at)
{
    size_t bytes;

    while (*at != '>') {
        MUST(*at != '\0');
        if (*at++ == '{') {
            if (slot_value(v, at, &bytes)[0] == '\0') {
                return false;
            }
            at += bytes;
        }
    }
    return true;
}

void
phrase_add(enum phrase p, const struct values *v, struct buf *out)
{
    const char *at = phrase_template(p, v->language);
    size_t bytes;

    while (*at != '\0') {
        if (*at == '{') {
            buf_text(out, slot_value(v, at + 1, &bytes));
            at += 1 + bytes;
        } else if (*at == '<') {
            at = part_filled(v, at) ? at + 1 : strchr(at, '>') + 1;
        } else {
            if (*at != '>') {
                buf_char(out, *at);
            }
            at++;
        }
    }
}

const char *
phrase_text(enum phrase p, const struct values *v, struct arena *a)
{
    struct buf out;
    const char *text;

    buf_init(&out, PHRASE_BYTES_MAX);
    phrase_add(p, v, &out);
    text = arena_text(a, buf_str(&out));
    buf_fini(&out);
    return text == NULL ? "" : text;
}
