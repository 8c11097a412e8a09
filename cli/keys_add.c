/* keys add, keys rotate: another key in the keyring; what is there is never edited but
 * for its last day. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/keys.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/mem.h"

#define BLANKS " \t\r"

/* --- add --- */

/* Which operand is the key: the one that is none of the name=value words. */
static int
key_among(char **given, int count)
{
    static const char *const names[] = {
        "role=", "name=", "scope=", "province=", "not-before=", "not-after="};
    int found = -1;

    for (int i = 0; i < count; i++) {
        bool named = false;

        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            named = named || strncmp(given[i], names[k], strlen(names[k])) == 0;
        }
        if (!named && found >= 0) {
            return -1; /* two of them: neither is taken */
        }
        found = named ? found : i;
    }
    return found;
}

/* A newline in a word would be a line of its own, and that another key. */
static bool
words_are_plain(char **given, int count)
{
    for (int i = 0; i < count; i++) {
        for (const char *at = given[i]; *at != '\0'; at++) {
            if ((unsigned char)*at <= ' ' || *at == 0x7f) {
                return false;
            }
        }
    }
    return true;
}

static bool
key_was_revoked(const struct keys_file *f, const char *key)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];

    keyring_fingerprint(key, fingerprint);
    if (!keyring_revoked(f->ring, fingerprint)) {
        return false;
    }
    (void)fprintf(stderr,
                  words("Khóa %s đã bị thu hồi và không được đăng ký lại; đề nghị tạo "
                        "cặp khóa mới (dondoc keys new).\n",
                        "The key %s was revoked and is not registered again; please "
                        "make a new pair (dondoc keys new).\n"),
                  fingerprint);
    return true;
}

/* The text so far, with a newline at its end. */
static void
text_begin(const struct keys_file *f, struct buf *text)
{
    buf_init(text, KEYRING_BYTES_MAX);
    buf_add(text, f->text, f->bytes);
    if (f->bytes > 0 && f->text[f->bytes - 1] != '\n') {
        buf_char(text, '\n');
    }
}

/* A courier's key reads what every office is told. */
static void
courier_note(const struct principal *p)
{
    if (p->role == ROLE_COURIER && p->province[0] == '\0') {
        (void)fputs(words("Lưu ý: khóa role=courier không ghi province= đọc được hộp "
                          "thông báo của mọi chức danh ở mọi tỉnh mà dịch vụ này phục "
                          "vụ. Đề nghị ghi province=<mã tỉnh>.\n",
                          "Note: a key of role=courier without province= reads the "
                          "inboxes of all offices of every province served here. "
                          "Better write province=<slug>.\n"),
                    stderr);
    }
}

int
keys_add(const char *path, char **given, int count)
{
    int key = key_among(given, count);
    const struct principal *p;
    struct keys_file f;
    struct buf text;
    int code;

    if (key < 0 || !bus_key_valid(given[key]) || !words_are_plain(given, count)) {
        return options_usage("keys", "%s",
                             words("keys add cần đúng một khóa công khai 40 ký tự, đặt "
                                   "trong dấu nháy đơn",
                                   "keys add takes one public key of 40 characters, in "
                                   "single quotes"));
    }
    code = keys_file_open(&f, path, true);
    if (code != EXIT_DONE) {
        return code;
    }
    if (key_was_revoked(&f, given[key])) {
        keys_file_close(&f);
        return EXIT_DATA;
    }
    text_begin(&f, &text);
    buf_text(&text, given[key]);
    for (int i = 0; i < count; i++) {
        if (i != key) {
            buf_format(&text, " %s", given[i]);
        }
    }
    buf_char(&text, '\n');
    code = keys_file_put(&f, &text);
    if (code == EXIT_DONE && (p = keyring_find(f.ring, given[key])) != NULL) {
        (void)printf(
            words("Đã thêm khóa %s: %s %s (nay có %zu khóa). Dịch vụ đang chạy "
                  "tự đọc lại tệp trong vòng một giây.\n",
                  "Added the key %s: %s %s (%zu keys now). A running service "
                  "reads the file again within a second.\n"),
            p->fingerprint, role_name(p->role), p->name, keyring_count(f.ring));
        courier_note(p);
    }
    buf_fini(&text);
    keys_file_close(&f);
    return code;
}

/* --- rotate --- */

static bool
principal_is(const struct principal *p, const char *name, const char *role)
{
    return strcmp(p->name, name) == 0 &&
           (role[0] == '\0' || strcmp(role_name(p->role), role) == 0);
}

/*
 * Whose key is to change: the last line of that name. NULL was said: nobody, or two
 * different principals are called so.
 */
static const struct principal *
principal_named(const struct keys_file *f, const char *name, const char *role)
{
    const struct principal *found = NULL;

    for (size_t i = 0; i < keyring_count(f->ring); i++) {
        const struct principal *p = keyring_at(f->ring, i);

        if (!principal_is(p, name, role)) {
            continue;
        }
        if (found != NULL && found->role != p->role) {
            (void)fprintf(stderr,
                          words("%s: tên %s có ở hai vai trò %s và %s; đề nghị ghi rõ "
                                "--role\n",
                                "%s: the name %s stands with the roles %s and %s; "
                                "please say which with --role\n"),
                          f->path, name, role_name(found->role), role_name(p->role));
            return NULL;
        }
        found = p;
    }
    if (found == NULL) {
        (void)fprintf(stderr,
                      words("%s: không có khóa nào mang tên %s; xem dondoc keys list\n",
                            "%s: no key has the name %s; see dondoc keys list\n"),
                      f->path, name);
    }
    return found;
}

/* The words of a line but for its key and its days, then its comment. */
static void
line_rest(const char *line, size_t bytes, struct buf *rest, const char **comment)
{
    char *copy = mem_copy(line, bytes);
    char *more = NULL;
    bool key = true;

    *comment = "";
    for (char *word = strtok_r(copy, BLANKS, &more); word != NULL;
         word = strtok_r(NULL, BLANKS, &more)) {
        if (key) {
            key = false; /* it may begin with a # */
        } else if (word[0] == '#') {
            *comment = line + (word - copy);
            break;
        } else if (strncmp(word, "not-before=", 11) != 0 &&
                   strncmp(word, "not-after=", 10) != 0) {
            buf_format(rest, " %s", word);
        }
    }
    mem_free(&copy);
}

/* A line of p: its key again, or the fresh one, with these days. */
static void
line_write(struct buf *out, const char *key, const char *line, size_t bytes,
           int32_t not_before, int32_t not_after)
{
    char day[DAY_TEXT_BYTES];
    const char *comment;
    struct buf rest;
    size_t comment_bytes;

    buf_init(&rest, KEYRING_BYTES_MAX);
    line_rest(line, bytes, &rest, &comment);
    buf_format(out, "%s%s", key, buf_str(&rest));
    if (not_before != DAY_NONE) {
        day_text(not_before, day);
        buf_format(out, " not-before=%s", day);
    }
    if (not_after != DAY_OPEN) {
        day_text(not_after, day);
        buf_format(out, " not-after=%s", day);
    }
    if (comment[0] != '\0') {
        comment_bytes = (size_t)(line + bytes - comment);
        while (comment_bytes > 0 && comment[comment_bytes - 1] == '\r') {
            comment_bytes--;
        }
        buf_text(out, " ");
        buf_add(out, comment, comment_bytes);
    }
    buf_char(out, '\n');
    buf_fini(&rest);
}

/* Every line as it is; those of `who` end on `last`; then the fresh key's. */
static void
rotated_write(const struct keys_file *f, const struct principal *who, const char *key,
              int32_t last, struct buf *out)
{
    const char *at = f->text;
    const char *end = f->text + f->bytes;
    const char *model = NULL;
    const char *line;
    size_t model_bytes = 0;
    size_t bytes;

    while (keys_line(&at, end, &line, &bytes)) {
        const struct principal *p = keys_line_principal(f->ring, line, bytes);

        if (p == who) {
            model = line;
            model_bytes = bytes;
        }
        if (p != NULL && p->role == who->role && strcmp(p->name, who->name) == 0 &&
            p->not_before <= last && p->not_after > last) {
            line_write(out, p->key, line, bytes, p->not_before, last);
        } else {
            buf_add(out, line, bytes);
            buf_char(out, '\n');
        }
    }
    MUST(model != NULL);
    line_write(out, key, model, model_bytes, DAY_NONE, DAY_OPEN);
}

int
keys_rotate(const struct options *o, const char *path, const char *name,
            const char *key)
{
    int32_t last = keys_today() + (int32_t)conf_int(o->conf, "overlap");
    const struct principal *who;
    const struct principal *p;
    char day[DAY_TEXT_BYTES];
    struct keys_file f;
    struct buf text;
    int code;

    if (!bus_key_valid(key)) {
        return options_usage(
            "keys", "%s",
            words("keys rotate cần khóa công khai mới gồm 40 ký tự, đặt trong "
                  "dấu nháy đơn",
                  "keys rotate takes the new public key of 40 characters, in "
                  "single quotes"));
    }
    code = keys_file_open(&f, path, true);
    if (code != EXIT_DONE) {
        return code;
    }
    who = principal_named(&f, name, conf_text(o->conf, "role"));
    if (who == NULL || key_was_revoked(&f, key)) {
        keys_file_close(&f);
        return EXIT_DATA;
    }
    buf_init(&text, KEYRING_BYTES_MAX);
    rotated_write(&f, who, key, last, &text);
    code = keys_file_put(&f, &text);
    if (code == EXIT_DONE && (p = keyring_find(f.ring, key)) != NULL) {
        day_text_vi(last, day);
        (void)printf(
            words("Đã thêm khóa mới %s của %s %s. Khóa cũ còn dùng được đến hết ngày "
                  "%s.\n",
                  "Added the new key %s of %s %s. The old one is good until the end of "
                  "%s.\n"),
            p->fingerprint, role_name(p->role), p->name, day);
    }
    buf_fini(&text);
    keys_file_close(&f);
    return code;
}
