#include "lib/keyring.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/table.h"
#include "lib/z85.h"

#define KEYS_MAX 200000 /* a country of units with several keys each */
#define LINE_MAX_BYTES 65536
#define NAME_MAX_BYTES 64
#define PROVINCE_MAX_BYTES 64
#define BLANKS " \t\r"

static const char *const roles[] = {
    [ROLE_UNIT] = "unit",       [ROLE_OFFICE] = "office", [ROLE_LEADER] = "leader",
    [ROLE_COURIER] = "courier", [ROLE_OPS] = "ops",       [ROLE_SERVICE] = "service",
};

#define ROLE_COUNT (sizeof roles / sizeof roles[0])

/* One line of the file; everything it points to lies in text. */
struct keyring_line {
    struct principal principal; /* first: what callers see */
    char *text;                 /* owned copy, cut into words */
    const char **scope;         /* owned */
    size_t scope_room;
    size_t number;
};

struct keyring {
    struct keyring_line **lines; /* in the order of the file */
    size_t count;
    size_t room;
    struct table *by_key;
};

/* What parsing one line needs for its complaint. */
struct keyring_fault {
    char *why;
    size_t why_bytes;
    size_t line;
};

static enum status keyring_refuse(const struct keyring_fault *f, const char *format,
                                  ...) __attribute__((format(printf, 2, 3)));

static enum status
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

const char *
role_name(enum role role)
{
    MUST((size_t)role < ROLE_COUNT);
    return roles[role];
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
    case ROLE_OPS: /* acts and programmes go in at the units' door */
        return strcmp(domain, "ops") == 0 || strcmp(domain, "units") == 0;
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
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(value, roles[i]) == 0) {
            l->principal.role = (enum role)i;
            return ST_OK;
        }
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

enum keyring_word { WORD_ROLE, WORD_NAME, WORD_SCOPE, WORD_PROVINCE, WORD_COUNT };

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
    case WORD_COUNT:
        break;
    }
    MUST(!"a word of the keyring");
    return ST_BAD;
}

static enum status
keyring_words(struct keyring_line *l, char *at, const struct keyring_fault *f)
{
    static const char *const names[WORD_COUNT] = {"role", "name", "scope", "province"};
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
        while (which < WORD_COUNT && strcmp(word, names[which]) != 0) {
            which++;
        }
        if (which == WORD_COUNT) {
            return keyring_refuse(f, "%s= is not known here (role name scope province)",
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
    for (size_t i = WORD_ROLE; i <= WORD_NAME; i++) {
        if (!seen[i]) {
            return keyring_refuse(f, "%s= is missing", names[i]);
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
    /* An office may correct any unit; nobody else reports, whatever is written. */
    if (l->principal.role != ROLE_UNIT) {
        l->principal.scope_all = l->principal.role == ROLE_OFFICE;
    }
    return ST_OK;
}

static void
keyring_line_free(struct keyring_line **l)
{
    if (*l != NULL) {
        mem_free(&(*l)->scope);
        mem_free(&(*l)->text);
        mem_free(l);
    }
}

/* *out stays NULL for a blank line or a comment. */
static enum status
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
principal_reports_for(const struct principal *p, const char *unit)
{
    size_t len = strcspn(unit, "@");

    if (len == 0) {
        return false;
    }
    if (p->scope_all) {
        return true;
    }
    for (size_t i = 0; i < p->scope_count; i++) {
        if (strlen(p->scope[i]) == len && memcmp(p->scope[i], unit, len) == 0) {
            return true;
        }
    }
    return false;
}
