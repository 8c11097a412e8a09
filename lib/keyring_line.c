/* One line of a keyring: cut into words, each word judged. */
#include "lib/keyring_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/z85.h"

#define LINE_MAX_BYTES 65536
#define NAME_MAX_BYTES 64
#define PROVINCE_MAX_BYTES 64
#define BLANKS " \t\r"

enum status
keyring_refuse(const struct keyring_fault *f, const char *format, ...)
{
    va_list args;
    int len = snprintf(f->why, f->why_bytes, "line %zu: ", f->line);

    if (len > 0 && (size_t)len < f->why_bytes) {
        va_start(args, format);
        (void)vsnprintf(f->why + len, f->why_bytes - (size_t)len, format, args);
        va_end(args);
    }
    return ST_BAD;
}

/* Letters, digits and . _ @ -: nothing that could be mistaken in a log or a Redis key.
 */
static bool
keyring_word_valid(const char *word, size_t max_bytes)
{
    size_t len = strlen(word);

    return len > 0 && len <= max_bytes &&
           strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789._@-") == len;
}

static bool
keyring_slug_valid(const char *word)
{
    size_t len = strlen(word);

    return len > 0 && len <= PROVINCE_MAX_BYTES && word[0] != '-' &&
           strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static enum status
keyring_role(struct keyring_line *l, const char *value, const struct keyring_fault *f)
{
    if (role_parse(value, &l->principal.role) == ST_OK) {
        return ST_OK;
    }
    return keyring_refuse(f,
                          "role=%s is not a role (unit office leader courier "
                          "ops service)",
                          value);
}

/* value is cut at its commas. */
static enum status
keyring_scope(struct keyring_line *l, char *value, const struct keyring_fault *f)
{
    if (strcmp(value, "*") == 0) {
        l->principal.scope_all = true;
        return ST_OK;
    }
    while (value != NULL) {
        char *comma = strchr(value, ',');

        if (comma != NULL) {
            *comma++ = '\0';
        }
        if (!keyring_word_valid(value, NAME_MAX_BYTES) || strchr(value, '@') != NULL) {
            return keyring_refuse(f,
                                  "scope names \"%s\": write unit codes with commas "
                                  "and no blanks (21040,21043), or *",
                                  value);
        }
        mem_array_room((void **)&l->scope, l->principal.scope_count, &l->scope_room,
                       sizeof *l->scope);
        l->scope[l->principal.scope_count++] = value;
        value = comma;
    }
    l->principal.scope = l->scope;
    return ST_OK;
}

static enum status
keyring_day(const char *word, const char *value, int32_t *day,
            const struct keyring_fault *f)
{
    if (day_parse(value, day) == ST_OK) {
        return ST_OK;
    }
    return keyring_refuse(f,
                          "%s=%s is not a day: write year, month and day with a - "
                          "between them (%s=2026-11-30), or leave it out",
                          word, value, word);
}

enum keyring_word {
    WORD_ROLE,
    WORD_NAME,
    WORD_SCOPE,
    WORD_PROVINCE,
    WORD_NOT_BEFORE,
    WORD_NOT_AFTER,
    WORD_COUNT
};

static const char *const words[WORD_COUNT] = {
    [WORD_ROLE] = "role",
    [WORD_NAME] = "name",
    [WORD_SCOPE] = "scope",
    [WORD_PROVINCE] = "province",
    [WORD_NOT_BEFORE] = "not-before",
    [WORD_NOT_AFTER] = "not-after",
};

static enum status
keyring_word_take(struct keyring_line *l, enum keyring_word which, char *value,
                  const struct keyring_fault *f)
{
    switch (which) {
    case WORD_ROLE:
        return keyring_role(l, value, f);
    case WORD_NAME:
        if (!keyring_word_valid(value, NAME_MAX_BYTES)) {
            return keyring_refuse(f, "name=%s: use 1 to %d letters, digits, . _ @ or -",
                                  value, NAME_MAX_BYTES);
        }
        l->principal.name = value;
        return ST_OK;
    case WORD_SCOPE:
        return keyring_scope(l, value, f);
    case WORD_PROVINCE:
        if (!keyring_slug_valid(value)) {
            return keyring_refuse(f, "province=%s: use small letters, digits and -",
                                  value);
        }
        l->principal.province = value;
        return ST_OK;
    case WORD_NOT_BEFORE:
        return keyring_day(words[which], value, &l->principal.not_before, f);
    case WORD_NOT_AFTER:
        return keyring_day(words[which], value, &l->principal.not_after, f);
    case WORD_COUNT:
        break;
    }
    MUST(!"a word of the keyring");
    return ST_BAD;
}

/* Do the words of a line fit together? */
static enum status
keyring_whole(struct keyring_line *l, const bool seen[WORD_COUNT],
              const struct keyring_fault *f)
{
    for (size_t i = WORD_ROLE; i <= WORD_NAME; i++) {
        if (!seen[i]) {
            return keyring_refuse(f, "%s= is missing", words[i]);
        }
    }
    if (l->principal.role == ROLE_UNIT && !seen[WORD_SCOPE]) {
        return keyring_refuse(f, "scope= is missing: name the units this key reports "
                                 "for (scope=21040,21043)");
    }
    if (l->principal.role != ROLE_UNIT && l->principal.scope_count > 0) {
        return keyring_refuse(f, "scope= is for role=unit; a key with role=%s has none",
                              role_name(l->principal.role));
    }
    if (l->principal.not_after < l->principal.not_before) {
        return keyring_refuse(f, "not-after is a day before not-before: the key would "
                                 "never be good; mend one of them");
    }
    /* An office may correct any unit; nobody else reports, whatever is written. */
    if (l->principal.role != ROLE_UNIT) {
        l->principal.scope_all = l->principal.role == ROLE_OFFICE;
    }
    return ST_OK;
}

static enum status
keyring_words(struct keyring_line *l, char *at, const struct keyring_fault *f)
{
    bool seen[WORD_COUNT] = {false};
    char *rest = NULL;

    for (char *word = strtok_r(at, BLANKS, &rest); word != NULL && word[0] != '#';
         word = strtok_r(NULL, BLANKS, &rest)) {
        char *value = strchr(word, '=');
        size_t which = 0;
        enum status st;

        if (value == NULL) {
            return keyring_refuse(
                f, "\"%s\" is not name=value (a comment begins with #)", word);
        }
        *value++ = '\0';
        while (which < WORD_COUNT && strcmp(word, words[which]) != 0) {
            which++;
        }
        if (which == WORD_COUNT) {
            return keyring_refuse(f,
                                  "%s= is not known here (role name scope province "
                                  "not-before not-after)",
                                  word);
        }
        if (seen[which]) {
            return keyring_refuse(f, "%s= stands twice", word);
        }
        seen[which] = true;
        st = keyring_word_take(l, (enum keyring_word)which, value, f);
        if (st != ST_OK) {
            return st;
        }
    }
    return keyring_whole(l, seen, f);
}

void
keyring_line_free(struct keyring_line **l)
{
    if (*l != NULL) {
        mem_free(&(*l)->scope);
        mem_free(&(*l)->text);
        mem_free(l);
    }
}

enum status
keyring_line_parse(const char *text, size_t bytes, const struct keyring_fault *f,
                   struct keyring_line **out)
{
    struct keyring_line *l;
    char *at;
    enum status st;

    if (bytes > LINE_MAX_BYTES || memchr(text, '\0', bytes) != NULL) {
        return keyring_refuse(f, "longer than %d bytes, or with a zero byte in it",
                              LINE_MAX_BYTES);
    }
    l = mem_alloc(sizeof *l);
    l->text = mem_copy(text, bytes);
    l->number = f->line;
    l->principal.province = "";
    l->principal.name = "";
    l->principal.not_before = DAY_NONE;
    l->principal.not_after = DAY_OPEN;
    at = l->text + strspn(l->text, BLANKS);
    /* A key may begin with #; a first word of just 40 such characters is one. */
    if (*at == '\0' || (*at == '#' && strcspn(at, BLANKS) != Z85_KEY_LEN)) {
        keyring_line_free(&l);
        return ST_OK;
    }
    l->principal.key = at;
    at += strcspn(at, BLANKS);
    if (*at != '\0') {
        *at++ = '\0';
    }
    if (!z85_key_valid(l->principal.key)) {
        st = keyring_refuse(f, "does not begin with a public key of 40 characters Z85 "
                               "(or it is the one that the manual of ZeroMQ prints); "
                               "dondoc keys new makes one");
    } else {
        st = keyring_words(l, at, f);
    }
    if (st != ST_OK) {
        keyring_line_free(&l);
        return st;
    }
    keyring_fingerprint(l->principal.key, l->principal.fingerprint);
    *out = l;
    return ST_OK;
}
