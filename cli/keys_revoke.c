/*
 * keys revoke: a line becomes a comment that says since when, who it was and why, so
 * that an audit finds it and the key is not registered again by mistake.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/keys.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/text.h"

#define REASON_BYTES_MAX 200

/* Which lines are meant: those of a key, of a fingerprint, or of a name. */
static bool
is_meant(const struct principal *p, const char *which, const char *role)
{
    if (role[0] != '\0' && strcmp(role_name(p->role), role) != 0) {
        return false;
    }
    return strcmp(p->key, which) == 0 || strcmp(p->fingerprint, which) == 0 ||
           strcmp(p->name, which) == 0;
}

/* How many are meant; 0 was said. Two roles under one name are two principals: in a
 * hurry the wrong one would go, too. */
static size_t
meant_count(const struct keys_file *f, const char *which, const char *role)
{
    const struct principal *first = NULL;
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    size_t count = 0;

    for (size_t i = 0; i < keyring_count(f->ring); i++) {
        const struct principal *p = keyring_at(f->ring, i);

        if (!is_meant(p, which, role)) {
            continue;
        }
        if (first != NULL && first->role != p->role) {
            (void)fprintf(stderr,
                          words("%s: tên %s có ở hai vai trò %s và %s; đề nghị ghi rõ "
                                "--role, hoặc dấu vân tay của khóa\n",
                                "%s: the name %s stands with the roles %s and %s; "
                                "please say which with --role, or a fingerprint\n"),
                          f->path, which, role_name(first->role), role_name(p->role));
            return 0;
        }
        first = p;
        count++;
    }
    if (count > 0) {
        return count;
    }
    keyring_fingerprint(which, fingerprint);
    if (keyring_revoked(f->ring, which) || keyring_revoked(f->ring, fingerprint)) {
        (void)fprintf(stderr,
                      words("%s: khóa %s đã bị thu hồi từ trước\n",
                            "%s: the key %s was revoked before\n"),
                      f->path, which);
    } else {
        (void)fprintf(
            stderr,
            words("%s: không có khóa, dấu vân tay hay tên %s; xem dondoc keys "
                  "list\n",
                  "%s: there is no key, fingerprint or name %s; see dondoc "
                  "keys list\n"),
            f->path, which);
    }
    return 0;
}

static void
revoked_write(const struct keys_file *f, const char *which, const char *role,
              const char *reason, struct buf *out)
{
    const char *at = f->text;
    const char *end = f->text + f->bytes;
    char day[DAY_TEXT_BYTES];
    const char *line;
    size_t bytes;

    day_text(keys_today(), day);
    while (keys_line(&at, end, &line, &bytes)) {
        const struct principal *p = keys_line_principal(f->ring, line, bytes);

        if (p == NULL || !is_meant(p, which, role)) {
            buf_add(out, line, bytes);
        } else {
            buf_format(out, "# revoked %s %s ", day, p->fingerprint);
            keys_who(p, out);
            if (reason[0] != '\0') {
                buf_format(out, " reason=%s", reason);
            }
        }
        buf_char(out, '\n');
    }
}

static bool
reason_is_plain(const char *reason)
{
    return strlen(reason) <= REASON_BYTES_MAX && strpbrk(reason, "\t\n") == NULL &&
           text_valid(reason, strlen(reason));
}

int
keys_revoke(const struct options *o, const char *path, const char *which)
{
    const char *reason = conf_text(o->conf, "reason");
    const char *role = conf_text(o->conf, "role");
    struct keys_file f;
    struct buf text;
    size_t count;
    int code;

    if (!reason_is_plain(reason)) {
        return options_usage("keys", "%s",
                             words("--reason là một dòng chữ, tối đa 200 byte",
                                   "--reason is one line of text, at most 200 bytes"));
    }
    code = keys_file_open(&f, path, true);
    if (code != EXIT_DONE) {
        return code;
    }
    count = meant_count(&f, which, role);
    if (count == 0) {
        keys_file_close(&f);
        return EXIT_DATA;
    }
    buf_init(&text, KEYRING_BYTES_MAX);
    revoked_write(&f, which, role, reason, &text);
    code = keys_file_put(&f, &text);
    if (code == EXIT_DONE) {
        (void)printf(
            words("Đã thu hồi %zu khóa của %s (còn %zu khóa). Dịch vụ đang chạy "
                  "từ chối khóa đó trong vòng một giây, cả trên kết nối đang "
                  "mở.\n",
                  "Revoked %zu key(s) of %s (%zu keys left). A running service "
                  "refuses them within a second, also on a connection that is "
                  "open.\n"),
            count, which, keyring_count(f.ring));
    }
    buf_fini(&text);
    keys_file_close(&f);
    return code;
}
